"""`factsheet`: what kind of vehicle it is and which parts of VDA 5050 it understands (7.10)."""

from __future__ import annotations

from enum import StrEnum
from typing import Any

from cabria.adapters.vda5050.parts import (
    BlockingType,
    BoundingBoxReference,
    LoadDimensions,
    Message,
    Part,
    Percent,
    Positive,
    Uint32,
)
from cabria.adapters.vda5050.zones import Vertex, ZoneType


class TypeSpecification(Part, frozen=True, kw_only=True):
    """Kinematics, class, localization and navigation are words anyone may add to."""

    series_name: str
    series_description: str | None = None
    mobile_robot_kinematics: str
    mobile_robot_class: str
    maximum_load_mass: Positive
    localization_types: tuple[str, ...]
    navigation_types: tuple[str, ...]
    supported_zones: tuple[ZoneType, ...] | None = None


class PhysicalParameters(Part, frozen=True, kw_only=True):
    """Metres, m/s, m/s2, rad/s."""

    minimum_speed: Positive
    maximum_speed: Positive
    minimum_angular_speed: Positive | None = None
    maximum_angular_speed: Positive | None = None
    maximum_acceleration: Positive
    maximum_deceleration: float
    minimum_height: float
    maximum_height: float
    width: float
    length: float


class StringLengths(Part, frozen=True, kw_only=True):
    maximum_message_length: Uint32 | None = None
    maximum_topic_serial_length: Uint32 | None = None
    maximum_topic_element_length: Uint32 | None = None
    maximum_id_length: Uint32 | None = None
    id_numerical_only: bool | None = None
    maximum_load_id_length: Uint32 | None = None


class Timing(Part, frozen=True, kw_only=True):
    """Seconds."""

    minimum_order_interval: Positive
    minimum_state_interval: Positive
    default_state_interval: Positive | None = None
    visualization_interval: Positive | None = None


class ProtocolLimits(Part, frozen=True, kw_only=True):
    """A limit that is absent or 0 is none. `maximum_array_lengths` goes by names as `order.nodes`."""

    maximum_string_lengths: StringLengths
    maximum_array_lengths: dict[str, Uint32]
    timing: Timing

    def most(self, array: str) -> int | None:
        """How many entries an array may have; None for any number."""
        return self.maximum_array_lengths.get(array) or None


class Support(StrEnum):
    SUPPORTED = "SUPPORTED"
    REQUIRED = "REQUIRED"


class OptionalParameter(Part, frozen=True, kw_only=True):
    """A field that may be left out, as `order.edges.trajectory`, and whether the vehicle can use it or needs it."""

    parameter: str
    support: Support
    description: str | None = None


class ActionScope(StrEnum):
    INSTANT = "INSTANT"
    NODE = "NODE"
    EDGE = "EDGE"
    ZONE = "ZONE"


class ValueDataType(StrEnum):
    BOOL = "BOOL"
    NUMBER = "NUMBER"
    INTEGER = "INTEGER"
    STRING = "STRING"
    OBJECT = "OBJECT"
    ARRAY = "ARRAY"


class ParameterDescription(Part, frozen=True, kw_only=True):
    key: str
    value_data_type: ValueDataType
    description: str | None = None
    is_optional: bool | None = None


class RobotAction(Part, frozen=True, kw_only=True):
    """An action the vehicle knows."""

    action_type: str
    action_description: str | None = None
    action_scopes: tuple[ActionScope, ...]
    action_parameters: tuple[ParameterDescription, ...] | None = None
    action_result: str | None = None
    blocking_types: tuple[BlockingType, ...] | None = None
    pause_allowed: bool
    cancel_allowed: bool


class ProtocolFeatures(Part, frozen=True, kw_only=True):
    optional_parameters: tuple[OptionalParameter, ...]
    mobile_robot_actions: tuple[RobotAction, ...]


class WheelPosition(Part, frozen=True, kw_only=True):
    x: float
    y: float
    theta: float | None = None


class Wheel(Part, frozen=True, kw_only=True):
    type: str
    is_active_driven: bool
    is_active_steered: bool
    position: WheelPosition
    diameter: float
    width: float
    center_displacement: float | None = None
    constraints: str | None = None


class Envelope2d(Part, frozen=True, kw_only=True):
    envelope2d_id: str
    vertices: tuple[Vertex, ...]
    description: str | None = None


class Envelope3d(Part, frozen=True, kw_only=True):
    envelope3d_id: str
    format: str
    data: dict[str, Any] | None = None
    url: str | None = None
    description: str | None = None


class Geometry(Part, frozen=True, kw_only=True):
    wheel_definitions: tuple[Wheel, ...] | None = None
    envelopes2d: tuple[Envelope2d, ...] | None = None
    envelopes3d: tuple[Envelope3d, ...] | None = None


class LoadSet(Part, frozen=True, kw_only=True):
    """Metres, kilograms, radians, seconds."""

    set_name: str
    load_type: str
    load_positions: tuple[str, ...] | None = None
    bounding_box_reference: BoundingBoxReference | None = None
    load_dimensions: LoadDimensions | None = None
    maximum_weight: Positive | None = None
    minimum_loadhandling_height: Positive | None = None
    maximum_loadhandling_height: Positive | None = None
    minimum_loadhandling_depth: float | None = None
    maximum_loadhandling_depth: float | None = None
    minimum_loadhandling_tilt: float | None = None
    maximum_loadhandling_tilt: float | None = None
    maximum_speed: Positive | None = None
    maximum_acceleration: Positive | None = None
    maximum_deceleration: float | None = None
    pick_time: Positive | None = None
    drop_time: Positive | None = None
    description: str | None = None


class LoadSpecification(Part, frozen=True, kw_only=True):
    load_positions: tuple[str, ...] | None = None
    load_sets: tuple[LoadSet, ...] | None = None


class VersionInfo(Part, frozen=True, kw_only=True):
    key: str
    value: str


class Network(Part, frozen=True, kw_only=True):
    dns_servers: tuple[str, ...] | None = None
    ntp_servers: tuple[str, ...] | None = None
    local_ip_address: str | None = None
    netmask: str | None = None
    default_gateway: str | None = None


class BatteryCharging(Part, frozen=True, kw_only=True):
    critical_low_charging_level: Percent | None = None
    minimum_desired_charging_level: Percent | None = None
    maximum_desired_charging_level: Percent | None = None
    minimum_charging_time: Positive | None = None


class Configuration(Part, frozen=True, kw_only=True):
    versions: tuple[VersionInfo, ...] | None = None
    network: Network | None = None
    battery_charging: BatteryCharging | None = None


class Factsheet(Message, frozen=True, kw_only=True):
    type_specification: TypeSpecification
    physical_parameters: PhysicalParameters
    protocol_limits: ProtocolLimits
    protocol_features: ProtocolFeatures
    mobile_robot_geometry: Geometry
    load_specification: LoadSpecification
    mobile_robot_configuration: Configuration | None = None

    def understands(self, parameter: str) -> bool:
        """Whether an optional field may be sent (7.1.1): fleet control sends only what the vehicle supports."""
        return any(known.parameter == parameter for known in self.protocol_features.optional_parameters)

    def can(self, action_type: str, scope: ActionScope) -> bool:
        return any(
            action.action_type == action_type and scope in action.action_scopes
            for action in self.protocol_features.mobile_robot_actions
        )

    def obeys(self, zone: ZoneType) -> bool:
        return zone in (self.type_specification.supported_zones or ())
