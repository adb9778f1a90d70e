"""`state`, `connection` and `visualization`: what a vehicle tells of itself (7.7 to 7.9)."""

from __future__ import annotations

from enum import StrEnum

from cabria.adapters.vda5050.parts import (
    Angle,
    BoundingBoxReference,
    IntermediatePath,
    LoadDimensions,
    Message,
    Part,
    Percent,
    PlannedPath,
    Position,
    Positive,
    Trajectory,
    Uint32,
    Velocity,
)


class ConnectionState(StrEnum):
    ONLINE = "ONLINE"
    OFFLINE = "OFFLINE"
    """It said goodbye."""
    HIBERNATING = "HIBERNATING"
    CONNECTION_BROKEN = "CONNECTION_BROKEN"
    """The broker says so: the vehicle's last will."""


class Connection(Message, frozen=True, kw_only=True):
    connection_state: ConnectionState


class Availability(StrEnum):
    ENABLED = "ENABLED"
    DISABLED = "DISABLED"


class MapState(Part, frozen=True, kw_only=True):
    map_id: str
    map_version: str
    map_descriptor: str | None = None
    map_status: Availability


class ZoneSetState(Part, frozen=True, kw_only=True):
    zone_set_id: str
    map_id: str
    zone_set_status: Availability


class StatePosition(Part, frozen=True, kw_only=True):
    x: float
    y: float
    theta: Angle | None = None
    map_id: str


class NodeState(Part, frozen=True, kw_only=True):
    """A node still to be passed."""

    node_id: str
    sequence_id: Uint32
    node_descriptor: str | None = None
    released: bool
    node_position: StatePosition | None = None


class EdgeState(Part, frozen=True, kw_only=True):
    """An edge still to be left."""

    edge_id: str
    sequence_id: Uint32
    edge_descriptor: str | None = None
    released: bool
    trajectory: Trajectory | None = None


class Load(Part, frozen=True, kw_only=True):
    """A box on the vehicle; kilograms and metres."""

    load_id: str | None = None
    load_type: str | None = None
    load_position: str | None = None
    bounding_box_reference: BoundingBoxReference | None = None
    load_dimensions: LoadDimensions | None = None
    weight: Positive | None = None


class RequestStatus(StrEnum):
    REQUESTED = "REQUESTED"
    GRANTED = "GRANTED"
    REVOKED = "REVOKED"
    EXPIRED = "EXPIRED"


class ZoneRequestType(StrEnum):
    ACCESS = "ACCESS"
    REPLANNING = "REPLANNING"


class ZoneRequest(Part, frozen=True, kw_only=True):
    """A vehicle asks to enter a RELEASE zone, or to drive its own way in one for COORDINATED_REPLANNING (6.4.3)."""

    request_id: str
    request_type: ZoneRequestType
    zone_id: str
    zone_set_id: str
    request_status: RequestStatus
    trajectory: Trajectory | None = None


class EdgeRequestType(StrEnum):
    CORRIDOR = "CORRIDOR"


class EdgeRequest(Part, frozen=True, kw_only=True):
    """A vehicle asks to leave its trajectory within the corridor (6.6.10)."""

    request_id: str
    request_type: EdgeRequestType
    edge_id: str
    sequence_id: Uint32
    request_status: RequestStatus


class ActionStatus(StrEnum):
    WAITING = "WAITING"
    INITIALIZING = "INITIALIZING"
    RUNNING = "RUNNING"
    PAUSED = "PAUSED"
    RETRIABLE = "RETRIABLE"
    FINISHED = "FINISHED"
    FAILED = "FAILED"

    @property
    def is_over(self) -> bool:
        return self in (ActionStatus.FINISHED, ActionStatus.FAILED)


class ActionState(Part, frozen=True, kw_only=True):
    action_id: str
    action_type: str | None = None
    action_descriptor: str | None = None
    action_status: ActionStatus
    action_result: str | None = None


class PowerSupply(Part, frozen=True, kw_only=True):
    state_of_charge: Percent
    battery_voltage: float | None = None
    battery_current: float | None = None
    battery_health: Percent | None = None
    charging: bool
    range: Positive | None = None


class OperatingMode(StrEnum):
    """Who is in control (6.6.6)."""

    STARTUP = "STARTUP"
    AUTOMATIC = "AUTOMATIC"
    SEMIAUTOMATIC = "SEMIAUTOMATIC"
    INTERVENED = "INTERVENED"
    MANUAL = "MANUAL"
    SERVICE = "SERVICE"
    TEACH_IN = "TEACH_IN"

    @property
    def takes_orders(self) -> bool:
        return self in (OperatingMode.AUTOMATIC, OperatingMode.SEMIAUTOMATIC, OperatingMode.INTERVENED)

    @property
    def drives(self) -> bool:
        """Whether the vehicle drives by its order now."""
        return self in (OperatingMode.AUTOMATIC, OperatingMode.SEMIAUTOMATIC)


class ErrorLevel(StrEnum):
    """How bad it is (6.6.5.1)."""

    WARNING = "WARNING"
    URGENT = "URGENT"
    CRITICAL = "CRITICAL"
    """It cannot go on with its order, but may be given another."""
    FATAL = "FATAL"
    """A person is needed."""

    @property
    def stops(self) -> bool:
        return self in (ErrorLevel.CRITICAL, ErrorLevel.FATAL)


class Reference(Part, frozen=True, kw_only=True):
    reference_key: str
    reference_value: str


class Translation(Part, frozen=True, kw_only=True):
    translation_key: str
    translation_value: str


class VehicleError(Part, frozen=True, kw_only=True):
    error_type: str
    error_references: tuple[Reference, ...] | None = None
    error_description: str | None = None
    error_description_translations: tuple[Translation, ...] | None = None
    error_hint: str | None = None
    error_hint_translations: tuple[Translation, ...] | None = None
    error_level: ErrorLevel

    def reference(self, key: str) -> str:
        """What it refers to by a key, "" when it does not."""
        return next((r.reference_value for r in self.error_references or () if r.reference_key == key), "")


class InfoLevel(StrEnum):
    DEBUG = "DEBUG"
    INFO = "INFO"


class Information(Part, frozen=True, kw_only=True):
    """For people only (6.6.4)."""

    info_type: str
    info_references: tuple[Reference, ...] | None = None
    info_descriptor: str | None = None
    info_level: InfoLevel


class EmergencyStop(StrEnum):
    MANUAL = "MANUAL"
    REMOTE = "REMOTE"
    NONE = "NONE"


class SafetyState(Part, frozen=True, kw_only=True):
    active_emergency_stop: EmergencyStop
    field_violation: bool


class State(Message, frozen=True, kw_only=True):
    """Everything about a vehicle at one time (6.6). The nodes and edges are those still before it."""

    maps: tuple[MapState, ...] | None = None
    zone_sets: tuple[ZoneSetState, ...] | None = None
    order_id: str
    order_update_id: Uint32
    last_node_id: str
    last_node_sequence_id: Uint32
    node_states: tuple[NodeState, ...]
    edge_states: tuple[EdgeState, ...]
    planned_path: PlannedPath | None = None
    intermediate_path: IntermediatePath | None = None
    mobile_robot_position: Position | None = None
    velocity: Velocity | None = None
    loads: tuple[Load, ...] | None = None
    driving: bool
    paused: bool | None = None
    new_base_request: bool | None = None
    zone_requests: tuple[ZoneRequest, ...] | None = None
    edge_requests: tuple[EdgeRequest, ...] | None = None
    distance_since_last_node: float | None = None
    action_states: tuple[ActionState, ...]
    instant_action_states: tuple[ActionState, ...]
    zone_action_states: tuple[ActionState, ...] | None = None
    power_supply: PowerSupply
    operating_mode: OperatingMode
    errors: tuple[VehicleError, ...]
    information: tuple[Information, ...] | None = None
    safety_state: SafetyState

    @property
    def is_idle(self) -> bool:
        """As 6.6.8 has it."""
        return (
            not self.node_states and not self.edge_states and all(a.action_status.is_over for a in self.action_states)
        )

    def action(self, action_id: str) -> ActionState | None:
        """An action of the order or an instant one; 2.1 reports both in one list."""
        return next((a for a in (*self.instant_action_states, *self.action_states) if a.action_id == action_id), None)


class Visualization(Message, frozen=True, kw_only=True):
    reference_state_header_id: Uint32
    planned_path: PlannedPath | None = None
    intermediate_path: IntermediatePath | None = None
    mobile_robot_position: Position | None = None
    velocity: Velocity | None = None
