"""Checks of a vehicle. It is driven only when metres to drive are given: all else is tried with it standing still."""

from __future__ import annotations

from collections.abc import Callable
from math import cos, sin
from typing import Any

from msgspec.structs import replace

from cabria.adapters.conformance_check import Check, NotTried, Script, Wait
from cabria.adapters.vda5050.factsheet import Factsheet
from cabria.adapters.vda5050.headers import Headers
from cabria.adapters.vda5050.order import Edge, InstantActions, Node, NodePosition, Order
from cabria.adapters.vda5050.parts import VERSION, Action, ActionParameter, BlockingType, Message, Position
from cabria.adapters.vda5050.state import ActionStatus, Availability, Connection, ConnectionState, State
from cabria.adapters.vda5050.topics import FROM_VEHICLES, RobotId, Topic, TopicName
from cabria.adapters.vda5050.wire import encode, parse
from cabria.adapters.vda5050.zones import (
    GrantType,
    ReleaseLoss,
    Response,
    Responses,
    Vertex,
    Zone,
    ZoneSet,
    ZoneSetMessage,
    ZoneType,
)
from cabria.domain.errors import DataError

SOON_MS = 3_000
LONGEST_SILENCE_MS = 31_000
DRIVE_MS = 120_000


class VehicleProbe:
    """Fleet control's end of the wire to one vehicle: what came, and what is sent."""

    def __init__(
        self, robot: RobotId, interface: str, send: Callable[[Topic, bytes], None], now_ms: Callable[[], int]
    ) -> None:
        self.topic = Topic(interface, 3, *robot, TopicName.STATE)
        self.topic.refuse_strange_levels()
        self._headers, self._send, self.now_ms = Headers(robot, VERSION), send, now_ms
        self.connection: Connection | None = None
        self.sheet: Factsheet | None = None
        self.state: State | None = None
        self.states = 0
        self.refused: list[str] = []
        self.gaps: list[str] = []
        self._count = 0

    @property
    def subscriptions(self) -> tuple[str, ...]:
        return tuple(str(self.topic.named(name)) for name in FROM_VEHICLES)

    def receive(self, topic_text: str, payload: bytes) -> None:
        try:
            message = parse(Topic.parse(topic_text), payload)
        except DataError as error:
            self.refused.append(str(error))
            return
        if isinstance(message, Connection):
            self.connection = message
        elif isinstance(message, Factsheet):
            self.sheet = message
        elif isinstance(message, State):
            if self.state is not None and message.header_id != (self.state.header_id + 1) % 2**32:
                self.gaps.append(f"{message.header_id} follows {self.state.header_id}")
            self.state = message
            self.states += 1

    @property
    def now_state(self) -> State:
        """Raises NotTried when there is none."""
        if self.state is None:
            raise NotTried("no state has come")
        return self.state

    @property
    def place(self) -> Position:
        """Raises NotTried when the vehicle does not say where it is."""
        place = self.now_state.mobile_robot_position
        if place is None:
            raise NotTried("the vehicle does not say where it is")
        return place

    def fresh(self, prefix: str) -> str:
        """A name that was not used before."""
        self._count += 1
        return f"{prefix}-{self.now_ms()}-{self._count}"

    def act(self, action_type: str, **parameters: Any) -> str:
        action = Action(
            action_type=action_type,
            action_id=self.fresh("C"),
            blocking_type=BlockingType.NONE,
            action_parameters=tuple(ActionParameter(key=k, value=v) for k, v in parameters.items()) or None,
        )
        header = self._headers.next(TopicName.INSTANT_ACTIONS, self.now_ms())
        self.put(InstantActions(**header, actions=(action,)))
        return action.action_id

    def order(self, order_id: str, update: int, nodes: tuple[Node, ...], edges: tuple[Edge, ...] = ()) -> Order:
        header = self._headers.next(TopicName.ORDER, self.now_ms())
        order = Order(**header, order_id=order_id, order_update_id=update, nodes=nodes, edges=edges)
        self.put(order)
        return order

    def respond(self, response: Response) -> None:
        self.put(Responses(**self._headers.next(TopicName.RESPONSES, self.now_ms()), responses=(response,)))

    def give_zones(self, zone_set: ZoneSet) -> None:
        self.put(ZoneSetMessage(**self._headers.next(TopicName.ZONE_SET, self.now_ms()), zone_set=zone_set))

    def put(self, message: Message) -> None:
        names = {Order: TopicName.ORDER, InstantActions: TopicName.INSTANT_ACTIONS}
        names |= {Responses: TopicName.RESPONSES, ZoneSetMessage: TopicName.ZONE_SET}
        self._send(self.topic.named(names[type(message)]), encode(message))

    def put_raw(self, name: TopicName, payload: bytes) -> None:
        self._send(self.topic.named(name), payload)

    def has_error(self, error_type: str) -> bool:
        return self.state is not None and any(error.error_type == error_type for error in self.state.errors)

    def status(self, action_id: str) -> ActionStatus | None:
        shown = self.state.action(action_id) if self.state else None
        return shown.action_status if shown else None

    def is_at(self, order_id: str, update: int) -> bool:
        return self.state is not None and (self.state.order_id, self.state.order_update_id) == (order_id, update)


def vehicle_checks(probe: VehicleProbe, drive_m: float) -> list[Check]:
    """In the order in which they are to be tried: later ones go on from where earlier ones leave the vehicle."""
    checks = _VehicleChecks(probe, drive_m)
    listed = (
        ("6.5", "It is on line, and the broker keeps that", checks.connected),
        ("6.10", "It tells its factsheet when asked", checks.factsheet),
        ("6.6", "It tells its state when asked", checks.state_on_request),
        ("6.6", "It tells its state at least every 30 s", checks.state_in_time),
        ("6.1.4.1", "A malformed order is refused", checks.malformed),
        ("6.1.4.7", "An order that begins far away is refused", checks.far_away),
        ("6.1.4.10", "An order on an unknown map is refused", checks.unknown_map),
        ("6.1.4.3", "An order with an unknown action is refused", checks.unknown_action),
        ("6.1.2.1", "An order of one node where it stands is taken and finished", checks.one_node),
        ("6.1.4.5", "The same order once more is ignored", checks.same_again),
        ("6.1.4.5", "The same update with another content is refused", checks.same_update_other_content),
        ("6.1.2", "A finished order goes on with a horizon", checks.horizon),
        ("6.1.2", "The horizon may become another", checks.other_horizon),
        ("6.1.4.4", "An outdated update is refused", checks.outdated),
        ("6.1.4.6", "Another order is refused while one is under way", checks.other_order),
        ("6.1.3", "An order can be cancelled; its name is kept", checks.cancel),
        ("6.1.3.1", "An update of a cancelled order is refused", checks.update_after_cancel),
        ("6.1.3.2", "Cancelling without an order fails and is told", checks.cancel_nothing),
        ("6.2.1", "An unknown instant action is refused", checks.unknown_instant_action),
        ("6.2.3", "It pauses and goes on", checks.pause),
        ("6.2.3", "Finished instant actions can be cleared", checks.clear_actions),
        ("6.4.2", "A zone set is stored, enabled, and not taken twice", checks.zone_set),
        ("6.1.1", "It drives its base and stops at the decision point", checks.drive_base),
        ("6.4.3", "It asks before a RELEASE zone, waits, and enters with leave", checks.release_zone),
        ("7.2", "Numbers of states go up by one", checks.numbers),
        ("7", "Every message keeps to the specification", checks.all_readable),
    )
    return [Check(f"V{n:02}", clause, title, script) for n, (clause, title, script) in enumerate(listed, 1)]


class _VehicleChecks:
    def __init__(self, probe: VehicleProbe, drive_m: float) -> None:
        self._p, self._drive_m = probe, drive_m
        self._order_id = ""
        self._last: Order | None = None

    def connected(self) -> Script:
        p = self._p
        yield Wait(lambda: p.connection is not None, SOON_MS)
        if p.connection is None:
            return "nothing retained on the topic connection"
        state = p.connection.connection_state
        return "" if state is ConnectionState.ONLINE else f"connectionState is {state}"

    def factsheet(self) -> Script:
        p = self._p
        p.sheet = None
        p.act("factsheetRequest")
        came = yield Wait(lambda: p.sheet is not None, SOON_MS)
        return "" if came else "no factsheet came"

    def state_on_request(self) -> Script:
        p = self._p
        before = p.states
        action = p.act("stateRequest")
        came = yield Wait(lambda: p.states > before and p.status(action) is ActionStatus.FINISHED, SOON_MS)
        return "" if came else "no state came that shows the action finished"

    def state_in_time(self) -> Script:
        p = self._p
        before = p.states
        came = yield Wait(lambda: p.states > before, LONGEST_SILENCE_MS)
        return "" if came else "no state for 31 s"

    def malformed(self) -> Script:
        self._p.put_raw(TopicName.ORDER, b'{"headerId": 1, "orderId": "malformed"}')
        return (yield from self._refused("VALIDATION_FAILURE"))

    def far_away(self) -> Script:
        place = self._p.place
        self._p.order(self._p.fresh("far"), 0, (_node("far", 0, replace(place, x=place.x + 1_000)),))
        return (yield from self._refused("START_NODE_OUT_OF_RANGE"))

    def unknown_map(self) -> Script:
        place = replace(self._p.place, map_id="no-such-map")
        self._p.order(self._p.fresh("map"), 0, (_node("here", 0, place),))
        return (yield from self._refused("UNKNOWN_MAP_ID"))

    def unknown_action(self) -> Script:
        action = Action(action_type="noSuchAction", action_id=self._p.fresh("A"), blocking_type=BlockingType.NONE)
        node = replace(_node("here", 0, self._p.place), actions=(action,))
        self._p.order(self._p.fresh("action"), 0, (node,))
        return (yield from self._refused("INVALID_ORDER_ACTION"))

    def one_node(self) -> Script:
        p = self._p
        self._order_id = p.fresh("order")
        self._last = p.order(self._order_id, 0, (_node("here", 0, p.place),))
        done = yield Wait(lambda: p.is_at(self._order_id, 0) and p.now_state.is_idle, SOON_MS)
        return "" if done else "no idle state shows the order"

    def same_again(self) -> Script:
        p, last = self._p, self._taken()
        p.order(last.order_id, last.order_update_id, last.nodes, last.edges)
        yield from self._settle()
        if p.has_error("SAME_ORDER_UPDATE_ID") or p.has_error("OTHER_ORDER_ACTIVE"):
            return "an error is told for the same order"
        return "" if p.is_at(last.order_id, last.order_update_id) else "the state shows another order"

    def same_update_other_content(self) -> Script:
        p, last = self._p, self._taken()
        p.order(last.order_id, last.order_update_id, (replace(last.nodes[0], node_descriptor="another"),))
        return (yield from self._refused("SAME_ORDER_UPDATE_ID", is_new=False))

    def horizon(self) -> Script:
        p, last = self._p, self._taken()
        nodes = (last.nodes[0], _node("ahead", 2, self._ahead(5), released=False))
        self._last = p.order(last.order_id, 1, nodes, (_edge(1, released=False),))
        taken = yield Wait(lambda: p.is_at(last.order_id, 1) and len(p.now_state.node_states) == 1, SOON_MS)
        return "" if taken else "no state shows the update with its horizon"

    def other_horizon(self) -> Script:
        p, last = self._p, self._taken()
        if last.order_update_id != 1:
            raise NotTried("there is no horizon to change")
        nodes = (last.nodes[0], _node("elsewhere", 2, self._ahead(7), released=False))
        self._last = p.order(last.order_id, 2, nodes, (_edge(1, released=False),))
        taken = yield Wait(
            lambda: p.is_at(last.order_id, 2) and [n.node_id for n in p.now_state.node_states] == ["elsewhere"], SOON_MS
        )
        return "" if taken else "no state shows the changed horizon"

    def outdated(self) -> Script:
        last = self._taken()
        if last.order_update_id == 0:
            raise NotTried("no update was taken before")
        self._p.order(last.order_id, last.order_update_id - 1, last.nodes, last.edges)
        return (yield from self._refused("OUTDATED_ORDER_UPDATE", is_new=False))

    def other_order(self) -> Script:
        if self._p.now_state.is_idle:
            raise NotTried("no order is under way")
        self._p.order(self._p.fresh("other"), 0, (_node("here", 0, self._p.place),))
        return (yield from self._refused("OTHER_ORDER_ACTIVE", is_new=False))

    def cancel(self) -> Script:
        p, last = self._p, self._taken()
        if p.now_state.is_idle:
            raise NotTried("no order is under way")
        action = p.act("cancelOrder", orderId=last.order_id)
        done = yield Wait(lambda: p.status(action) is ActionStatus.FINISHED and p.now_state.is_idle, SOON_MS)
        if not done:
            return "no idle state shows cancelOrder finished"
        return "" if p.is_at(last.order_id, last.order_update_id) else "orderId and orderUpdateId were not kept"

    def update_after_cancel(self) -> Script:
        last = self._taken()
        self._p.order(last.order_id, last.order_update_id + 1, last.nodes, last.edges)
        return (yield from self._refused("ORDER_UPDATE_FOLLOWING_CANCEL", is_new=False))

    def cancel_nothing(self) -> Script:
        p = self._p
        action = p.act("cancelOrder")
        told = yield Wait(
            lambda: p.status(action) is ActionStatus.FAILED and p.has_error("NO_ORDER_TO_CANCEL"), SOON_MS
        )
        if not told:
            return "the action did not fail with NO_ORDER_TO_CANCEL"
        error = next(error for error in p.now_state.errors if error.error_type == "NO_ORDER_TO_CANCEL")
        return "" if error.reference("actionId") == action else "the error does not name the actionId"

    def unknown_instant_action(self) -> Script:
        p = self._p
        action = p.act("noSuchAction")
        told = yield Wait(lambda: p.has_error("INVALID_INSTANT_ACTION"), SOON_MS)
        if not told:
            return "no error INVALID_INSTANT_ACTION"
        error = next(error for error in p.now_state.errors if error.error_type == "INVALID_INSTANT_ACTION")
        return "" if error.reference("actionId") == action else "the error does not name the actionId"

    def pause(self) -> Script:
        p = self._p
        p.act("startPause")
        paused = yield Wait(lambda: p.now_state.paused is True, SOON_MS)
        p.act("stopPause")
        resumed = yield Wait(lambda: not p.now_state.paused, SOON_MS)
        return "" if paused and resumed else "paused did not become true and false again"

    def clear_actions(self) -> Script:
        p = self._p
        before = {action.action_id for action in p.now_state.instant_action_states}
        if not before:
            raise NotTried("no instant action is in its state")
        p.act("clearInstantActions")
        gone = yield Wait(
            lambda: not before & {action.action_id for action in p.now_state.instant_action_states}, SOON_MS
        )
        return "" if gone else "finished instant actions are still in its state"

    def zone_set(self) -> Script:
        p = self._p
        if p.sheet is None or not p.sheet.type_specification.supported_zones:
            raise NotTried("its factsheet lists no zones")
        zone_set = self._zones_far_away()
        p.give_zones(zone_set)
        stored = yield Wait(lambda: self._zone_status(zone_set) is Availability.DISABLED, SOON_MS)
        p.act("enableZoneSet", zoneSetId=zone_set.zone_set_id)
        enabled = yield Wait(lambda: self._zone_status(zone_set) is Availability.ENABLED, SOON_MS)
        p.give_zones(zone_set)
        refused = yield Wait(lambda: p.has_error("DUPLICATE_ZONE_SET"), SOON_MS)
        if not (stored and enabled):
            return "the zone set was not shown DISABLED and then ENABLED"
        return "" if refused else "the same zone set again was not refused with DUPLICATE_ZONE_SET"

    def drive_base(self) -> Script:
        p = self._p
        if self._drive_m <= 0:
            raise NotTried("no metres to drive were given (--drive)")
        half = self._ahead(self._drive_m / 2)
        nodes = (
            _node("here", 0, p.place),
            _node("half", 2, half),
            _node("end", 4, self._ahead(self._drive_m), released=False),
        )
        order_id = p.fresh("drive")
        p.order(order_id, 0, nodes, (_edge(1), _edge(3, released=False)))
        there = yield Wait(lambda: p.is_at(order_id, 0) and p.now_state.last_node_id == "half", DRIVE_MS)
        if not there:
            return "the base was not driven to its end"
        yield Wait(lambda: not p.now_state.driving, SOON_MS)
        if p.now_state.driving:
            return "it did not stop at the decision point"
        p.order(order_id, 1, (nodes[1], replace(nodes[2], released=True)), (_edge(3),))
        done = yield Wait(lambda: p.now_state.last_node_id == "end" and p.now_state.is_idle, DRIVE_MS)
        return "" if done else "the update was not driven to its end"

    def release_zone(self) -> Script:
        p = self._p
        if self._drive_m <= 0:
            raise NotTried("no metres to drive were given (--drive)")
        if p.sheet is None or not p.sheet.obeys(ZoneType.RELEASE):
            raise NotTried("its factsheet does not list RELEASE")
        near, far = self._ahead(self._drive_m * 0.6), self._ahead(self._drive_m)
        zone_set = _zone_between(p.fresh("zones"), near, far)
        p.give_zones(zone_set)
        yield Wait(lambda: self._zone_status(zone_set) is Availability.DISABLED, SOON_MS)
        p.act("enableZoneSet", zoneSetId=zone_set.zone_set_id)
        yield Wait(lambda: self._zone_status(zone_set) is Availability.ENABLED, SOON_MS)
        p.order(p.fresh("zone"), 0, (_node("here", 0, p.place), _node("inside", 2, far)), (_edge(1),))
        asked = yield Wait(lambda: bool(p.now_state.zone_requests), DRIVE_MS)
        if not asked:
            return "it did not ask for the zone"
        yield Wait(lambda: p.now_state.last_node_id == "inside", DRIVE_MS // 4)
        if p.now_state.last_node_id == "inside":
            return "it entered without leave"
        request = (p.now_state.zone_requests or ())[0]
        p.respond(Response(request_id=request.request_id, grant_type=GrantType.GRANTED))
        done = yield Wait(lambda: p.now_state.last_node_id == "inside" and p.now_state.is_idle, DRIVE_MS)
        return "" if done else "it did not enter with leave"

    def numbers(self) -> Script:
        yield from ()
        return f"headerId {self._p.gaps[0]}" if self._p.gaps else ""

    def all_readable(self) -> Script:
        yield from ()
        return self._p.refused[0] if self._p.refused else ""

    def _refused(self, error_type: str, *, is_new: bool = True) -> Script:
        """The error comes, and what the vehicle had before it has still."""
        p = self._p
        before = (p.state.order_id, p.state.order_update_id) if p.state else ("", 0)
        told = yield Wait(lambda: p.has_error(error_type), SOON_MS)
        if not told:
            others = ", ".join(error.error_type for error in p.state.errors) if p.state else ""
            return f"no error {error_type}" + (f" but {others}" if others else "")
        return "" if p.is_at(*before) else "the order was taken all the same"

    def _settle(self) -> Script:
        """Let the next states come."""
        before = self._p.states
        self._p.act("stateRequest")
        yield Wait(lambda: self._p.states > before + 1, SOON_MS // 3)
        return ""

    def _taken(self) -> Order:
        if self._last is None or self._p.now_state.order_id != self._last.order_id:
            raise NotTried("the order of one node was not taken")
        return self._last

    def _ahead(self, metres: float) -> Position:
        place = self._p.place
        return replace(place, x=place.x + metres * cos(place.theta), y=place.y + metres * sin(place.theta))

    def _zones_far_away(self) -> ZoneSet:
        place = self._p.place
        far = replace(place, x=place.x + 5_000)
        return _zone_between(self._p.fresh("zones"), far, replace(far, x=far.x + 10))

    def _zone_status(self, zone_set: ZoneSet) -> Availability | None:
        known = self._p.state.zone_sets if self._p.state else None
        return next((z.zone_set_status for z in known or () if z.zone_set_id == zone_set.zone_set_id), None)


def _node(name: str, sequence: int, place: Position, *, released: bool = True) -> Node:
    position = NodePosition(x=place.x, y=place.y, map_id=place.map_id)
    return Node(node_id=name, sequence_id=sequence, released=released, node_position=position, actions=())


def _edge(sequence: int, *, released: bool = True) -> Edge:
    return Edge(edge_id=f"edge{sequence}", sequence_id=sequence, released=released, actions=())


def _zone_between(name: str, start: Position, end: Position) -> ZoneSet:
    """Two metres to either side of the line between two places."""
    aside_x, aside_y = -2 * sin(start.theta), 2 * cos(start.theta)
    ahead_x, ahead_y = 2 * cos(start.theta), 2 * sin(start.theta)
    corners = (
        (start.x - aside_x, start.y - aside_y),
        (end.x + ahead_x - aside_x, end.y + ahead_y - aside_y),
        (end.x + ahead_x + aside_x, end.y + ahead_y + aside_y),
        (start.x + aside_x, start.y + aside_y),
    )
    zone = Zone(
        zone_id="Z1",
        zone_type=ZoneType.RELEASE,
        vertices=tuple(Vertex(x=x, y=y) for x, y in corners),
        release_loss_behavior=ReleaseLoss.STOP,
    )
    return ZoneSet(map_id=start.map_id, zone_set_id=name, zones=(zone,))
