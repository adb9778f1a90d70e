"""The master side: gives orders to vehicles, releases them piece by piece, and follows each to its end.

It reads no clock and knows no broker: `receive` takes what came on a topic, `tick` lets time go by, and what it sends
goes to `send`. QoS 0 may lose any message, so everything sent is sent again until a state shows that it arrived.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from typing import Any

from cabria.adapters.timestamps import unstamp
from cabria.adapters.vda5050.control import events as e
from cabria.adapters.vda5050.control.order_in_hand import OrderInHand
from cabria.adapters.vda5050.control.robot import PendingAction, Robot
from cabria.adapters.vda5050.control.zone_desk import MayEnter, ZoneDesk
from cabria.adapters.vda5050.factsheet import Factsheet
from cabria.adapters.vda5050.headers import Headers
from cabria.adapters.vda5050.order import Edge, InstantActions, Node
from cabria.adapters.vda5050.parts import VERSION, Action, ActionParameter, BlockingType, Message
from cabria.adapters.vda5050.state import ActionStatus, Availability, Connection, ConnectionState, State
from cabria.adapters.vda5050.topics import FROM_VEHICLES, INTERFACE, RobotId, Topic, TopicName
from cabria.adapters.vda5050.wire import encode, parse, topic_of
from cabria.adapters.vda5050.zones import Responses, ZoneSet, ZoneSetMessage, ZoneType
from cabria.domain.errors import DataError
from cabria.domain.said import said
from cabria.domain.verdict import YES

VERSIONS = {3: VERSION, 2: "2.1.0"}
REFUSALS = {
    "UNSUPPORTED_PARAMETER",
    "VALIDATION_FAILURE",
    "INVALID_ORDER_ACTION",
    "ORDER_UPDATE_FOLLOWING_CANCEL",
    "INSUFFICIENT_MEMORY",
    "NO_ROUTE_TO_TARGET",
    "OTHER_ORDER_ACTIVE",
    "START_NODE_OUT_OF_RANGE",
    "MOBILE_ROBOT_NOT_AVAILABLE",
    "UNKNOWN_MAP_ID",
    "validationError",
    "orderUpdateError",
    "orderError",
    "noRouteError",
}
"""Errors by which a vehicle says that it did not take an order; the last four are those of 2.1."""
SENT_OVER_AND_OVER = 5
"""Times an order is sent before somebody is told."""
FASTEST_M_PER_S, LONGEST_EDGE_M = 100.0, 100_000.0
"""What a vehicle tells beyond these cannot be true."""
FINISHED_ACTIONS = 8
"""In a state, before they are cleared."""


@dataclass(frozen=True, slots=True)
class Bounds:
    """The map: positions outside cannot be true. Metres."""

    x_from: float = -1e5
    y_from: float = -1e5
    x_until: float = 1e5
    y_until: float = 1e5


@dataclass(frozen=True, slots=True)
class Settings:
    """`acknowledge_ms` is how long a vehicle has to show what it was sent; `clock_ms` how far its clock may be off."""

    acknowledge_ms: int = 1_000
    clock_ms: int = 60_000
    bounds: Bounds = Bounds()


class FleetControl:
    """All vehicles of one interface. `hear` is told every event, in order."""

    def __init__(
        self,
        send: Callable[[Topic, bytes], None],
        now_ms: Callable[[], int],
        hear: Callable[[e.FleetEvent], None],
        *,
        may_enter: MayEnter = lambda robot, zone: YES,
        adopt: Callable[[RobotId, State], OrderInHand | None] = lambda robot, state: None,
        interface: str = INTERFACE,
        settings: Settings | None = None,
        zone_set: ZoneSet | None = None,
        fleet: Collection[RobotId] | None = None,
    ) -> None:
        """`zone_set` is given to every vehicle that obeys RELEASE zones, and enabled. `adopt` is asked what order a
        vehicle executes that this program did not give: one given before it was started anew, or none. Vehicles that
        are not of the `fleet` are not listened to; without one, whoever speaks is of it."""
        self.robots: dict[RobotId, Robot] = {}
        zones = None if zone_set is None else frozenset(zone.zone_id for zone in zone_set.zones)
        self.zones = ZoneDesk(may_enter, hear, zones)
        self.interface, self.settings, self.zone_set = interface, settings or Settings(), zone_set
        self._send_bytes, self._now_ms, self._hear, self._adopt = send, now_ms, hear, adopt
        self._fleet = fleet
        self._actions = 0

    @property
    def subscriptions(self) -> tuple[str, ...]:
        return tuple(f"{self.interface}/v{major}/+/+/{name}" for major in VERSIONS for name in FROM_VEHICLES)

    # Orders

    def give(self, robot: RobotId, order_id: str, nodes: Sequence[Node], edges: Sequence[Edge], released: int) -> None:
        """A new order; so many nodes of its path are released. Raises ValueError while another is under way."""
        known = self.robots[robot]
        if known.order is not None:
            raise ValueError(f"{robot} has order {known.order.order_id} under way.")
        if not 1 <= released <= len(nodes) or len(edges) != len(nodes) - 1:
            raise ValueError(f"{len(nodes)} nodes, {len(edges)} edges and {released} released are no order.")
        known.order = OrderInHand(order_id, list(nodes), list(edges), released)
        self._go_on(known)

    def release(self, robot: RobotId, released: int) -> None:
        """The base reaches so many nodes from now on."""
        known = self.robots[robot]
        if known.order is not None:
            known.order.release(released)
            self._go_on(known)

    def reroute(self, robot: RobotId, nodes: Sequence[Node], edges: Sequence[Edge]) -> None:
        """Another horizon; none when there are no nodes."""
        known = self.robots[robot]
        if known.order is not None:
            known.order.reroute(nodes, edges)
            self._go_on(known)

    def cancel(self, robot: RobotId) -> None:
        """Stop as soon as possible and forget the order; OrderCancelled follows."""
        known = self.robots[robot]
        if known.order is not None and not known.order.is_cancelled:
            known.order.is_cancelled = True
            self.act(robot, "cancelOrder", orderId=known.order.order_id)

    def act(self, robot: RobotId, action_type: str, **parameters: Any) -> str:
        """An instant action; returns its id, with which ActionEnded follows."""
        known = self.robots[robot]
        self._actions += 1
        action = Action(
            action_type=action_type,
            action_id=f"I{self._now_ms()}-{self._actions}",
            blocking_type=BlockingType.NONE,
            action_parameters=tuple(ActionParameter(key=key, value=value) for key, value in parameters.items()) or None,
        )
        known.pending[action.action_id] = PendingAction(action, self._now_ms())
        self._send_actions(known, (action,))
        return action.action_id

    # What comes in

    def receive(self, topic_text: str, payload: bytes) -> None:
        """A message from a vehicle or the broker; one that is none is told and changes nothing."""
        try:
            topic = Topic.parse(topic_text)
            message = parse(topic, payload)
        except DataError as error:
            self._hear(e.MessageRefused(topic_text[:300], str(error)))
            return
        if self._fleet is not None and topic.robot not in self._fleet:
            self._hear(e.MessageRefused(topic_text[:300], f"{topic.robot} is not of this fleet."))
            return
        robot = self.robots.get(topic.robot)
        if robot is None or robot.topic.major != topic.major:
            headers = Headers(topic.robot, VERSIONS[topic.major])
            robot = self.robots[topic.robot] = Robot(topic, headers)
        if isinstance(message, Connection):
            self._connected(robot, message)
        elif isinstance(message, Factsheet):
            robot.sheet = message
            robot.headers.version = message.version
        elif isinstance(message, State):
            self._told(robot, message)
        self._look(robot)
        self._go_on(robot)

    def tick(self) -> None:
        """Let time go by: what was not answered is sent again."""
        for robot in self.robots.values():
            if robot.state is not None and robot.state.zone_requests:
                self._answer_zones(robot, robot.state)
            self._go_on(robot)

    def _connected(self, robot: Robot, message: Connection) -> None:
        is_back = robot.connection is not ConnectionState.ONLINE
        robot.connection = message.connection_state
        if message.connection_state is ConnectionState.ONLINE:
            robot.is_counting_anew = True
            if is_back:
                self._hear(e.RobotSeen(robot.topic.robot))

    def _told(self, robot: Robot, state: State) -> None:
        before = robot.state
        if before is not None and not robot.is_counting_anew and not _follows(before.header_id, state.header_id):
            return
        reason = self._nonsense(robot, state)
        if reason:
            self._make_sense(robot, reason)
            return
        robot.state, robot.nonsense, robot.nonsense_times, robot.is_counting_anew = state, "", 0, False
        if robot.connection is None:
            robot.connection = ConnectionState.ONLINE
        self._compare_errors(robot.topic.robot, before, state)
        self._follow_actions(robot, state)
        if robot.order is None and not state.is_idle:
            robot.order = self._adopt(robot.topic.robot, state)
            if robot.order is not None:
                self._hear(e.OrderTakenUp(robot.topic.robot, robot.order.order_id))
        if robot.order is not None:
            self._follow_order(robot, robot.order, state)
        elif not state.is_idle:
            self._unknown_order(robot, state)
        self._answer_zones(robot, state)

    def _nonsense(self, robot: Robot, state: State) -> str:
        """Why a state cannot be true, "" when it can."""
        off_ms = abs(unstamp(state.timestamp) - self._now_ms())
        if off_ms > self.settings.clock_ms:
            return f"its clock is {off_ms // 1_000:,} s off"
        place, bounds = state.mobile_robot_position, self.settings.bounds
        if place is not None and not (
            bounds.x_from <= place.x <= bounds.x_until and bounds.y_from <= place.y <= bounds.y_until
        ):
            return f"it says it is at {place.x:g}, {place.y:g} m, which is outside the map"
        speed = state.velocity.vx or 0.0 if state.velocity is not None else 0.0
        if abs(speed) > FASTEST_M_PER_S:
            return f"it says it drives at {speed:g} m/s"
        driven_m = state.distance_since_last_node or 0.0
        if abs(driven_m) > LONGEST_EDGE_M:
            return f"it says it is {driven_m:g} m behind its last node"
        order = robot.order
        if order is not None and state.order_id == order.order_id and order.base:
            number, odd = divmod(state.last_node_sequence_id, 2)
            is_on_it = not odd and number < len(order.nodes)
            if not is_on_it or state.last_node_id not in ("", order.nodes[number].node_id):
                return f"node {state.last_node_id} ({state.last_node_sequence_id}) is not on its order"
            if state.order_update_id > order.update_id:
                return f"it has update {state.order_update_id} of order {order.order_id}, which was never sent"
        return ""

    def _make_sense(self, robot: Robot, reason: str) -> None:
        """It is told, once until it makes sense again, and asked for another state."""
        robot.nonsense_times += 1
        if not robot.nonsense:
            robot.nonsense = reason
            self._hear(e.Nonsense(robot.topic.robot, reason))
            self._send_actions(robot, (self._one_off("stateRequest", self._now_ms()),))

    def _unknown_order(self, robot: Robot, state: State) -> None:
        """It executes what nobody here gave: it is told to stop that, and somebody is told."""
        if any(pending.action.action_type == "cancelOrder" for pending in robot.pending.values()):
            return
        self._hear(e.Nonsense(robot.topic.robot, said("order-nobody-gave", order=state.order_id)))
        self.act(robot.topic.robot, "cancelOrder", orderId=state.order_id)

    def _compare_errors(self, robot: RobotId, before: State | None, state: State) -> None:
        old = {error.error_type: error for error in before.errors} if before else {}
        new = {error.error_type: error for error in state.errors}
        for name, error in new.items():
            if name not in old:
                self._hear(e.ErrorRaised(robot, name, error.error_level, error.error_description or ""))
        for name in old:
            if name not in new:
                self._hear(e.ErrorCleared(robot, name))

    def _follow_actions(self, robot: Robot, state: State) -> None:
        for name, pending in list(robot.pending.items()):
            shown = state.action(name)
            if shown is None:
                continue
            pending.is_seen = True
            if shown.action_status.is_over:
                del robot.pending[name]
                is_done = shown.action_status is ActionStatus.FINISHED
                result = shown.action_result or ""
                self._hear(e.ActionEnded(robot.topic.robot, name, pending.action.action_type, is_done, result))
        over = [a for a in state.instant_action_states if a.action_status.is_over]
        waits = any(pending.action.action_type == "clearInstantActions" for pending in robot.pending.values())
        if len(over) >= FINISHED_ACTIONS and not waits and robot.topic.major >= 3:
            self.act(robot.topic.robot, "clearInstantActions")

    def _follow_order(self, robot: Robot, order: OrderInHand, state: State) -> None:
        name, is_ours = robot.topic.robot, state.order_id == order.order_id
        self._look_for_refusal(robot, order, state)
        if is_ours:
            self._follow_progress(name, order, state)
        if order.is_cancelled and state.is_idle:
            self._end(robot, e.OrderCancelled(name, order.order_id, order.passed))
        elif is_ours and order.is_acknowledged and state.is_idle:
            if order.passed == len(order.nodes) - 1:
                self._end(robot, e.OrderDone(name, order.order_id))
            elif order.passed < order.base - 1 or not state.operating_mode.takes_orders:
                cause = f"operating mode {state.operating_mode}"
                self._end(robot, e.OrderLost(name, order.order_id, order.passed, cause))
        elif not is_ours and order.base and order.is_acknowledged and state.is_idle:
            self._end(robot, e.OrderLost(name, order.order_id, order.passed, "it knows nothing of it any more"))

    def _follow_progress(self, name: RobotId, order: OrderInHand, state: State) -> None:
        if not order.is_acknowledged and state.order_update_id == order.update_id:
            order.is_acknowledged, order.refusal = True, ""
            after_ms = self._now_ms() - order.first_sent_ms
            self._hear(e.OrderAcknowledged(name, order.order_id, order.update_id, after_ms))
        for number in range(order.passed + 1, state.last_node_sequence_id // 2 + 1):
            self._hear(e.NodePassed(name, order.order_id, number))
        order.passed = max(order.passed, state.last_node_sequence_id // 2)

    def _look_for_refusal(self, robot: Robot, order: OrderInHand, state: State) -> None:
        if order.is_acknowledged or order.refusal:
            return
        for error in state.errors:
            about = error.reference("orderId"), error.reference("orderUpdateId")
            if error.error_type in REFUSALS and about == (order.order_id, str(order.update_id)):
                order.refusal = error.error_type
                description = error.error_description or ""
                self._hear(
                    e.OrderRefused(robot.topic.robot, order.order_id, order.update_id, error.error_type, description)
                )

    def forget(self, robot: RobotId) -> None:
        """Drop an order that was refused, so that another can be given."""
        self.robots[robot].order = None

    def _end(self, robot: Robot, event: e.FleetEvent) -> None:
        robot.order = None
        self._hear(event)

    def _look(self, robot: Robot) -> None:
        """Tell when a vehicle stops by itself and when it goes on."""
        stop = robot.why_stopped()
        if stop == robot.stop:
            return
        was, robot.stop = robot.stop, stop
        if stop:
            self._hear(e.RobotStopped(robot.topic.robot, stop))
        elif was:
            self._hear(e.RobotResumed(robot.topic.robot))

    # What goes out

    def _go_on(self, robot: Robot) -> None:
        """Send what is due: the order or its next update, or again what was not answered."""
        if robot.connection is not ConnectionState.ONLINE or robot.state is None:
            return
        now_ms, wait_ms = self._now_ms(), self.settings.acknowledge_ms
        if robot.sheet is None and now_ms - robot.asked_ms >= wait_ms:
            robot.asked_ms = now_ms
            self._send_actions(robot, (self._one_off("factsheetRequest", now_ms),))
        for pending in robot.pending.values():
            if not pending.is_seen and now_ms - pending.sent_ms >= wait_ms:
                pending.sent_ms = now_ms
                self._send_actions(robot, (pending.action,))
        self._send_zones(robot, now_ms)
        order = robot.order
        if order is None or order.is_cancelled or order.refusal or not robot.state.operating_mode.takes_orders:
            return
        least_ms = 1_000 * robot.sheet.protocol_limits.timing.minimum_order_interval if robot.sheet else 0
        if now_ms - robot.ordered_ms < least_ms:
            return
        if not order.is_acknowledged and now_ms - order.sent_ms >= wait_ms:
            robot.ordered_ms = now_ms
            self._send(robot, order.once_more(robot.headers.next(TopicName.ORDER, now_ms), now_ms))
            if order.times % SENT_OVER_AND_OVER == 0:
                self._hear(e.OrderUnanswered(robot.topic.robot, order.order_id, order.update_id, order.times))
        elif order.is_acknowledged and order.has_news:
            robot.ordered_ms = now_ms
            self._send(robot, order.next_message(robot.headers.next(TopicName.ORDER, now_ms), robot.sheet, now_ms))

    def _send_zones(self, robot: Robot, now_ms: int) -> None:
        """See to it that the vehicle has the zone set and has it enabled."""
        zone_set, sheet, state = self.zone_set, robot.sheet, robot.state
        if zone_set is None or sheet is None or state is None or not sheet.obeys(ZoneType.RELEASE):
            return
        known = next((z for z in state.zone_sets or () if z.zone_set_id == zone_set.zone_set_id), None)
        if known is None and now_ms - robot.asked_ms >= self.settings.acknowledge_ms:
            robot.asked_ms = now_ms
            self._send(robot, ZoneSetMessage(**robot.headers.next(TopicName.ZONE_SET, now_ms), zone_set=zone_set))
        is_disabled = known is not None and known.zone_set_status is Availability.DISABLED
        if is_disabled and not any(p.action.action_type == "enableZoneSet" for p in robot.pending.values()):
            self.act(robot.topic.robot, "enableZoneSet", zoneSetId=zone_set.zone_set_id)

    def _answer_zones(self, robot: Robot, state: State) -> None:
        now_ms = self._now_ms()
        responses = self.zones.answer(robot.topic.robot, state.zone_requests or (), now_ms)
        if responses:
            header = robot.headers.next(TopicName.RESPONSES, now_ms)
            self._send(robot, Responses(**header, responses=tuple(responses)))

    def _one_off(self, action_type: str, now_ms: int) -> Action:
        self._actions += 1
        name = f"I{now_ms}-{self._actions}"
        return Action(action_type=action_type, action_id=name, blocking_type=BlockingType.NONE)

    def _send_actions(self, robot: Robot, actions: tuple[Action, ...]) -> None:
        header = robot.headers.next(TopicName.INSTANT_ACTIONS, self._now_ms())
        self._send(robot, InstantActions(**header, actions=actions))

    def _send(self, robot: Robot, message: Message) -> None:
        self._send_bytes(topic_of(message, self.interface), encode(message))


def _follows(before: int, number: int) -> bool:
    """Whether a message was sent after another; numbers begin anew behind the last of 32 bits."""
    return 0 < (number - before) % 2**32 < 2**31
