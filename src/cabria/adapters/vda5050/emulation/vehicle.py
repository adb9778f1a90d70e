"""One emulated truck: hears what fleet control sends, drives, acts, and tells its state.

It reads no clock and knows no broker: `hear`, `advance` and `come_online` are told the time, and what it says goes to
`send`. So the same vehicle runs in a test's own time and on a real wire.
"""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise
from math import isfinite

import msgspec

from cabria.adapters.timestamps import stamp
from cabria.adapters.vda5050.emulation.actions import ActionQueue
from cabria.adapters.vda5050.emulation.instant import InstantActionDesk
from cabria.adapters.vda5050.emulation.kinematics import Drive, Leg, Pose, leg_along
from cabria.adapters.vda5050.emulation.order_taking import Circumstances, Held, Taking, order_error, taking
from cabria.adapters.vda5050.emulation.sheet import factsheet_of
from cabria.adapters.vda5050.emulation.zone_keeping import ZoneKeeper
from cabria.adapters.vda5050.headers import Header, Headers
from cabria.adapters.vda5050.order import Edge, InstantActions, Node, Order
from cabria.adapters.vda5050.parts import Action, Message, Position, Velocity
from cabria.adapters.vda5050.state import (
    Availability,
    Connection,
    ConnectionState,
    EdgeState,
    EmergencyStop,
    ErrorLevel,
    Load,
    MapState,
    NodeState,
    OperatingMode,
    PowerSupply,
    SafetyState,
    State,
    VehicleError,
    Visualization,
)
from cabria.adapters.vda5050.topics import RobotId, Topic, TopicName
from cabria.adapters.vda5050.wire import parse
from cabria.adapters.vda5050.zones import Responses, ZoneSetMessage
from cabria.domain.errors import DataError
from cabria.domain.machines import TruckModel

STEP_S, STEP_AT_PACE_S = 0.2, 0.5
"""The longest step of simulated time, and where that goes by FAST times as fast."""
FAST = 10.0
LONGEST_STILL_MS = 10_000
"""After a longer pause, or a jump of the clock, it goes on as if it had been so long."""
BASE_RUNS_SHORT_M = 30.0
CHARGING_W = 300_000
UNTIL_NEW_ORDER = {
    "UNSUPPORTED_PARAMETER",
    "NO_ORDER_TO_CANCEL",
    "VALIDATION_FAILURE",
    "INVALID_ORDER_ACTION",
    "OUTDATED_ORDER_UPDATE",
    "SAME_ORDER_UPDATE_ID",
    "ORDER_UPDATE_FOLLOWING_CANCEL",
    "INSUFFICIENT_MEMORY",
    "NO_ROUTE_TO_TARGET",
    "OTHER_ORDER_ACTIVE",
    "START_NODE_OUT_OF_RANGE",
    "UNKNOWN_MAP_ID",
    "MOBILE_ROBOT_NOT_AVAILABLE",
}
"""Errors that are told until an order is accepted (6.6.5.4)."""


class Vehicle:
    """A truck. `interval_ms` is how often it tells its state at least, and `pace` how much faster than the wire's time
    it drives and acts."""

    def __init__(
        self,
        robot: RobotId,
        pose: Pose,
        send: Callable[[Message], None],
        *,
        model: TruckModel | None = None,
        map_id: str = "terminal",
        version: str = "3.0.0",
        interval_ms: int = 500,
        pace: float = 1.0,
        charge: float = 1.0,
        remember: Callable[[int], None] = lambda now_ms: None,
        least_interval_ms: int = 100,
        charging_w: int = CHARGING_W,
    ) -> None:
        """`remember` is called before each state, to write down what it will say; `least_interval_ms` lies between two
        states, and between two orders, at least; `charging_w` is what chargers give."""
        self.robot, self.version, self.map_id, self.pace = robot, version, map_id, pace
        self.model = model or TruckModel()
        self.sheet = factsheet_of(robot, self.model, version, stamp(0), least_interval_ms)
        self.drive = Drive(pose, self.model.drive)
        self.actions = ActionQueue()
        self.zones = ZoneKeeper(self.model.length_mm / 1_000)
        self.mode, self.is_paused, self.is_charging, self.is_hibernating = OperatingMode.AUTOMATIC, False, False, False
        self.errors: dict[str, VehicleError] = {}
        self.loads: tuple[Load, ...] = ()
        self.charge_wh = charge * self.model.battery_wh
        self.nodes: list[Node] = []
        self.edges: list[Edge] = []
        self.held: Held | None = None
        self.last_node, self.last_sequence = "", 0
        self.is_cancelling = False
        self.instant = InstantActionDesk(self)
        self._say, self._interval_ms, self._remember = send, interval_ms, remember
        self._headers = Headers(robot, version)
        self._charging_w = charging_w
        self._step_s = STEP_S if pace < FAST else STEP_AT_PACE_S
        self._told: object = None
        self._told_ms = self._now_ms = 0
        self._topic = Topic("vda5050", int(version[0]), *robot, TopicName.STATE)

    @property
    def is_idle(self) -> bool:
        """As 6.6.8 has it."""
        return not (self.nodes or self.edges or self.is_cancelling) and self.actions.are_over

    def come_online(self, now_ms: int) -> None:
        """Connected: say so, who it is, and how it is."""
        self._now_ms = max(self._now_ms, now_ms)
        self.tell_connection(ConnectionState.ONLINE)
        self.tell_factsheet()
        self.tell_state()

    def last_will(self, now_ms: int) -> Connection:
        """What the broker is to say when the connection breaks."""
        header = self._headers.next(TopicName.CONNECTION, now_ms)
        return Connection(**header, connection_state=ConnectionState.CONNECTION_BROKEN)

    def hear(self, name: TopicName, payload: bytes, now_ms: int) -> None:
        """A message from fleet control; one that cannot be read is refused in the state."""
        self._now_ms = max(self._now_ms, now_ms)
        try:
            message = parse(self._topic.named(name), payload)
        except DataError as error:
            if not self.is_hibernating:
                self.raise_error("VALIDATION_FAILURE", str(error))
                self.tell_state()
            return
        if isinstance(message, InstantActions):
            self.instant.hear(message.actions)
        elif self.is_hibernating:
            return
        elif isinstance(message, Order):
            self._take(message)
        elif isinstance(message, Responses):
            for response in message.responses:
                self.zones.hear(response, self._now_ms)
        elif isinstance(message, ZoneSetMessage) and not self.zones.store(message.zone_set):
            self.raise_error("DUPLICATE_ZONE_SET", f"zone set {message.zone_set.zone_set_id} is here already")
        if not self.is_hibernating:
            self.tell_state()

    def advance(self, now_ms: int) -> None:
        """Time goes by; the state is told when something changed, or after the interval."""
        passed_ms = min(max(0, now_ms - self._now_ms), LONGEST_STILL_MS)
        left_s = passed_ms / 1_000 * self.pace
        self._now_ms = max(self._now_ms, now_ms)
        if self.is_hibernating:
            return
        while left_s > 1e-9:
            step_s = min(left_s, self._step_s) if self.drive.speed_m_per_s or self.drive.legs else left_s
            self._step(step_s)
            left_s -= step_s
        is_due = now_ms - self._told_ms >= self._interval_ms
        may_tell = now_ms - self._told_ms >= 1_000 * self.sheet.protocol_limits.timing.minimum_state_interval
        if is_due or (may_tell and self._news() != self._told):
            self.tell_state()

    def enter_mode(self, mode: OperatingMode) -> None:
        """A person takes over, or gives back (6.6.6)."""
        self.mode = mode
        if not mode.drives:
            self.zones.drop_requests()
        if not mode.takes_orders:
            self.clear_order()
        if mode in (OperatingMode.SERVICE, OperatingMode.TEACH_IN, OperatingMode.STARTUP):
            self.last_node = ""
        if mode.takes_orders:
            self.errors.pop("MOBILE_ROBOT_NOT_AVAILABLE", None)

    def raise_error(self, error_type: str, description: str, level: ErrorLevel = ErrorLevel.WARNING) -> None:
        self.errors[error_type] = VehicleError(
            error_type=error_type, error_description=description[:300], error_level=level
        )

    def clear_order(self) -> None:
        """Stop executing; the names of the order and of the last node stay (6.6.7)."""
        self.actions.cancel()
        self.nodes, self.edges = [], []
        self.drive.legs.clear()
        self.drive.on_leg_m = self.drive.speed_m_per_s = 0.0
        self.zones.drop_requests()
        self.is_cancelling = False
        if self.held is not None:
            self.held = Held(self.held.last, self.held.base_end, is_idle=True, was_cancelled=True)

    def stand_at(self, pose: Pose, node: str) -> None:
        """It is put somewhere, and knows."""
        self.drive = Drive(pose, self.model.drive)
        self.last_node = node

    # What it says

    def tell_connection(self, state: ConnectionState) -> None:
        self._say(Connection(**self._header(TopicName.CONNECTION), connection_state=state))

    def tell_factsheet(self) -> None:
        header = self._header(TopicName.FACTSHEET)
        self._say(msgspec.structs.replace(self.sheet, **header))

    def tell_visualization(self) -> None:
        self._say(
            Visualization(
                **self._header(TopicName.VISUALIZATION),
                reference_state_header_id=self._headers.last(TopicName.STATE),
                mobile_robot_position=self._position,
                velocity=Velocity(vx=round(self.drive.speed_m_per_s, 3)),
            )
        )

    def tell_state(self) -> None:
        """Everything, now."""
        self._remember(self._now_ms)
        self._told, self._told_ms = self._news(), self._now_ms
        last = self.held.last if self.held else None
        self._say(
            State(
                **self._header(TopicName.STATE),
                maps=(MapState(map_id=self.map_id, map_version="1", map_status=Availability.ENABLED),),
                zone_sets=self.zones.states,
                order_id=last.order_id if last else "",
                order_update_id=last.order_update_id if last else 0,
                last_node_id=self.last_node,
                last_node_sequence_id=self.last_sequence,
                node_states=tuple(
                    NodeState(node_id=node.node_id, sequence_id=node.sequence_id, released=node.released)
                    for node in self.nodes
                ),
                edge_states=tuple(
                    EdgeState(edge_id=edge.edge_id, sequence_id=edge.sequence_id, released=edge.released)
                    for edge in self.edges
                ),
                mobile_robot_position=self._position,
                velocity=Velocity(vx=round(self.drive.speed_m_per_s, 3)),
                loads=self.loads,
                driving=self.drive.speed_m_per_s > 0,
                paused=self.is_paused,
                new_base_request=self._wants_base,
                zone_requests=self.zones.requests,
                distance_since_last_node=round(self.drive.on_leg_m, 3),
                action_states=self.actions.states,
                instant_action_states=self.instant.states,
                power_supply=PowerSupply(
                    state_of_charge=round(100 * self.charge_wh / self.model.battery_wh, 2), charging=self.is_charging
                ),
                operating_mode=self.mode,
                errors=self._all_errors,
                safety_state=SafetyState(active_emergency_stop=EmergencyStop.NONE, field_violation=False),
            )
        )

    # What it does

    def _take(self, order: Order) -> None:
        if self.is_cancelling:
            verdict: Taking | VehicleError = order_error("OTHER_ORDER_ACTIVE", order, "an order is being cancelled")
        else:
            held = self.held and Held(
                self.held.last, self.held.base_end, is_idle=self.is_idle, was_cancelled=self.held.was_cancelled
            )
            verdict = taking(order, held, Circumstances(self.drive.pose, self.mode, {self.map_id}, self.sheet))
        if verdict in (Taking.NEW, Taking.UPDATE) and not _has_places(order):
            verdict = order_error("NO_ROUTE_TO_TARGET", order, "a node has no position")
        if isinstance(verdict, VehicleError):
            self.errors[verdict.error_type] = verdict
        elif verdict is not Taking.DUPLICATE:
            self._accept(order, is_new=verdict is Taking.NEW)

    def _accept(self, order: Order, *, is_new: bool) -> None:
        self.errors = {name: error for name, error in self.errors.items() if name not in UNTIL_NEW_ORDER}
        first = order.nodes[0]
        if is_new:
            self.drive.legs.clear()
            self.drive.on_leg_m = 0.0
            self.last_node, self.last_sequence = first.node_id, first.sequence_id
            self.actions.begin(order.actions)
            self.actions.reach(first.actions)
            self.nodes, self.edges = [], []
        else:
            for node in self.nodes:
                self.actions.drop(() if node.released else node.actions)
            for edge in self.edges:
                self.actions.drop(() if edge.released else edge.actions)
            self.nodes = [node for node in self.nodes if node.released]
            self.edges = [edge for edge in self.edges if edge.released]
            self.actions.add(order.actions)
        at_base_end = not self.edges
        for edge, (start, end) in zip(order.edges, pairwise(order.nodes), strict=True):
            self.edges.append(edge)
            self.nodes.append(end)
            if edge.released:
                self.drive.legs.append(self._leg(edge, start, end, from_here=at_base_end and start is first))
        if at_base_end and self.edges and self.edges[0].released:
            self.actions.reach(self.edges[0].actions)
        self.held = Held(order, order.base_end, is_idle=False, was_cancelled=False)

    def _leg(self, edge: Edge, start: Node, end: Node, *, from_here: bool) -> Leg:
        """The line of an edge; the first begins where the truck stands."""
        assert start.node_position is not None
        assert end.node_position is not None
        points = [(start.node_position.x, start.node_position.y), (end.node_position.x, end.node_position.y)]
        if edge.trajectory is not None and (edge.trajectory.degree or 1) == 1:
            points = [(point.x, point.y) for point in edge.trajectory.control_points]
        if from_here:
            points[0] = (self.drive.pose.x, self.drive.pose.y)
        speed = self.model.drive.speed_mm_per_s / 1_000
        return leg_along(points, None if from_here else edge.length, min(speed, edge.maximum_speed or speed))

    def _step(self, seconds: float) -> None:
        before_m = self.drive.driven_m
        self.zones.advance(self.drive.driven_m, self._now_ms)
        passed = self.drive.advance(seconds, self._free_m()) if self._may_drive else self.drive.brake(seconds)
        for _ in range(passed):
            self._pass_node()
        for action in self.actions.advance(seconds, is_paused=self.is_paused):
            self._done(action)
        self._spend(self.drive.driven_m - before_m, seconds)
        if self.is_cancelling and not self.drive.speed_m_per_s:
            self.clear_order()
            self.instant.cancelled()

    @property
    def _may_drive(self) -> bool:
        return (
            self.mode.drives
            and not (self.is_paused or self.is_cancelling or self.is_charging)
            and self.charge_wh > 0
            and self.actions.lets_drive
            and not any(error.error_level.stops for error in self.errors.values())
        )

    def _free_m(self) -> float:
        """How far it may drive: to the end of the base, a node where it has to stop, or a zone it may not enter."""
        legs = self.drive.legs
        free, along = 0.0, -self.drive.on_leg_m
        for leg, node in zip(legs, self.nodes, strict=False):
            along = free = along + leg.length_m
            if not all(action.blocking_type.lets_drive for action in node.actions):
                break
        zone_m = self.zones.may_drive_m(tuple(legs), self.drive.on_leg_m, self.drive.driven_m, self._now_ms)
        return min(free, zone_m) if isfinite(zone_m) else free

    def _pass_node(self) -> None:
        edge, node = self.edges.pop(0), self.nodes.pop(0)
        self.actions.leave(edge.actions)
        self.last_node, self.last_sequence = node.node_id, node.sequence_id
        self.actions.reach(node.actions)
        if self.edges and self.edges[0].released:
            self.actions.reach(self.edges[0].actions)

    def _done(self, action: Action) -> None:
        """What a finished action of the order leaves behind."""
        if action.action_type == "pick":
            self.loads = (*self.loads, Load(load_id=str(action.parameter("loadId") or ""), load_position="bed"))
        elif action.action_type == "drop":
            self.loads = self.loads[:-1]
        elif action.action_type in ("startCharging", "stopCharging"):
            self.is_charging = action.action_type == "startCharging"

    def _spend(self, driven_m: float, seconds: float) -> None:
        used_wh = driven_m / 1_000 * self.model.wh_per_km + self.model.on_board_w * seconds / 3_600
        gained_wh = self._charging_w * seconds / 3_600 if self.is_charging else 0.0
        self.charge_wh = min(float(self.model.battery_wh), max(0.0, self.charge_wh - used_wh + gained_wh))

    @property
    def _wants_base(self) -> bool:
        has_horizon = any(not node.released for node in self.nodes)
        return has_horizon and sum(leg.length_m for leg in self.drive.legs) < BASE_RUNS_SHORT_M + self.drive.braking_m

    @property
    def _position(self) -> Position:
        pose = self.drive.pose
        return Position(
            x=round(pose.x, 3),
            y=round(pose.y, 3),
            theta=int(10_000 * pose.theta) / 10_000,
            map_id=self.map_id,
            localized=True,
        )

    @property
    def _all_errors(self) -> tuple[VehicleError, ...]:
        return (*self.errors.values(), *self.zones.errors)

    def _news(self) -> object:
        """What has to be told at once when it changes (6.6)."""
        return (
            self.held and (self.held.last.order_id, self.held.last.order_update_id),
            (self.last_node, self.last_sequence, len(self.nodes)),
            (self.drive.speed_m_per_s > 0, self.is_paused, self.is_charging, self.mode, self._wants_base),
            (self.actions.states, self.instant.states, self.zones.requests, self.zones.states),
            (self._all_errors, self.loads),
        )

    def _header(self, name: TopicName) -> Header:
        return self._headers.next(name, self._now_ms)


def _has_places(order: Order) -> bool:
    return all(node.node_position is not None for node in order.nodes)
