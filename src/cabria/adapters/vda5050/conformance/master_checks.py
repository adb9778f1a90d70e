"""Checks of another fleet control: an emulated truck listens to what it is sent, and is hard of hearing at first.

The first order is not heard, so that it has to be sent again. Then the truck does what it is told; in the middle of the
time a person takes it over for a while. What the other side never did is not tried.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from cabria.adapters.conformance_check import Finding, Result, results_of
from cabria.adapters.vda5050.emulation.vehicle import Vehicle
from cabria.adapters.vda5050.order import InstantActions, Order, faults_of
from cabria.adapters.vda5050.parts import Message
from cabria.adapters.vda5050.state import OperatingMode
from cabria.adapters.vda5050.topics import Topic, TopicName
from cabria.adapters.vda5050.wire import parse
from cabria.adapters.vda5050.zones import Responses
from cabria.domain.errors import DataError

BY_HAND_FROM, BY_HAND_UNTIL = 0.6, 0.75
"""Shares of the time between which a person has the truck."""


LISTED = {
    "readable": ("7", "Every message keeps to the specification"),
    "numbers": ("7.2", "headerId goes up by one on each topic"),
    "graph": ("6.1.1", "Orders keep to the rules of base and horizon"),
    "new": ("6.1.2", "A new order begins with orderUpdateId 0, sequenceId 0, where the truck is"),
    "again": ("6.1.4.5", "An order that no state shows is sent again with the same content"),
    "stitch": ("6.1.2", "An update begins with the last node of the base, unchanged"),
    "rising": ("6.1.2", "orderUpdateId rises with every update"),
    "waits": ("6.6.8", "A new order comes to an idle truck only"),
    "fields": ("7.1.1", "Only optional fields are sent that the factsheet lists"),
    "actions": ("6.2.3", "Only actions are sent that the factsheet lists"),
    "cancelled": ("6.1.3.1", "No update follows a cancelled order"),
    "by hand": ("6.6.6", "No orders or actions are sent while a person has the truck"),
    "responses": ("6.9", "Responses answer requests that were made"),
}


@dataclass
class MasterWatch:
    """Between the wire and the truck. `hear` what comes, `advance` the time, then ask for `results`."""

    vehicle: Vehicle
    until_ms: int
    from_ms: int
    _findings: dict[str, Finding] = field(default_factory=lambda: {name: Finding() for name in LISTED})
    _numbers: dict[TopicName, int] = field(default_factory=dict)
    _last: Order | None = None
    _unheard: Order | None = None
    _is_deaf: bool = True
    _cancelled: set[str] = field(default_factory=set)
    _by_hand_ms: int = 0

    @property
    def is_over(self) -> bool:
        return self._now_ms >= self.until_ms

    def __post_init__(self) -> None:
        self._now_ms = self.from_ms

    def advance(self, now_ms: int) -> None:
        self._now_ms = now_ms
        share = (now_ms - self.from_ms) / max(1, self.until_ms - self.from_ms)
        is_by_hand = BY_HAND_FROM <= share < BY_HAND_UNTIL
        if is_by_hand and self.vehicle.mode is OperatingMode.AUTOMATIC:
            self.vehicle.enter_mode(OperatingMode.MANUAL)
            self._by_hand_ms = now_ms
        elif not is_by_hand and self.vehicle.mode is OperatingMode.MANUAL:
            self.vehicle.enter_mode(OperatingMode.AUTOMATIC)
        self.vehicle.advance(now_ms)

    def hear(self, topic: Topic, payload: bytes, now_ms: int) -> None:
        """Look at a message, then let the truck hear it, the first order but not at first."""
        message = self._readable(topic, payload)
        if message is None:
            return
        self._count(topic.name, message)
        self._look_by_hand(topic.name, now_ms)
        if isinstance(message, Order):
            if self._is_deaf:
                self._deaf(message)
                if self._is_deaf:
                    return
            self._look_at_order(message)
        elif isinstance(message, InstantActions):
            self._look_at_actions(message)
        elif isinstance(message, Responses):
            asked = {request.request_id for request in self.vehicle.zones.requests}
            for response in message.responses:
                self._findings["responses"].look(response.request_id in asked, f"{response.request_id} was not asked")
        self.vehicle.hear(topic.name, payload, now_ms)

    def results(self) -> list[Result]:
        if self._unheard is not None and self._is_deaf:
            self._findings["again"].look(False, "the first order was sent once only")
        return results_of("M", LISTED, self._findings)

    def _readable(self, topic: Topic, payload: bytes) -> Message | None:
        try:
            message = parse(topic, payload)
        except DataError as error:
            self._findings["readable"].look(False, str(error))
            return None
        self._findings["readable"].look(True, "")
        return message

    def _count(self, name: TopicName, message: Message) -> None:
        before = self._numbers.get(name)
        if before is not None:
            is_next = message.header_id == (before + 1) % 2**32
            self._findings["numbers"].look(is_next, f"on {name} {message.header_id} follows {before}")
        self._numbers[name] = message.header_id

    def _look_by_hand(self, name: TopicName, now_ms: int) -> None:
        if self.vehicle.mode is OperatingMode.MANUAL and now_ms - self._by_hand_ms > ON_ITS_WAY_MS:
            is_order = name in (TopicName.ORDER, TopicName.INSTANT_ACTIONS)
            self._findings["by hand"].look(not is_order, f"{name} was sent")
        elif now_ms - self.from_ms > BY_HAND_UNTIL * (self.until_ms - self.from_ms):
            self._findings["by hand"].look(True, "")

    def _deaf(self, order: Order) -> None:
        """The first order goes unheard until it comes again."""
        before = self._unheard
        if before is None:
            self._unheard = order
            return
        is_same = (order.order_id, order.order_update_id, order.nodes, order.edges) == (
            before.order_id,
            before.order_update_id,
            before.nodes,
            before.edges,
        )
        self._findings["again"].look(is_same, f"order {order.order_id} came with another content")
        self._is_deaf = False

    def _look_at_order(self, order: Order) -> None:
        findings, last = self._findings, self._last
        faults = faults_of(order)
        findings["graph"].look(not faults, f"order {order.order_id}: {faults[0] if faults else ''}")
        if faults:
            return
        findings["cancelled"].look(order.order_id not in self._cancelled, f"order {order.order_id} goes on")
        self._look_at_fields(order)
        if last is None or order.order_id != last.order_id:
            is_new = order.order_update_id == 0 and order.nodes[0].sequence_id == 0
            findings["new"].look(is_new, f"order {order.order_id} begins with update {order.order_update_id}")
            if last is not None:
                findings["waits"].look(self.vehicle.is_idle, f"order {order.order_id} came while one was under way")
        elif order.order_update_id > last.order_update_id:
            findings["rising"].look(True, "")
            end, first = last.base_end, order.nodes[0]
            is_same = (first.node_id, first.sequence_id, first.actions) == (end.node_id, end.sequence_id, end.actions)
            findings["stitch"].look(is_same, f"update {order.order_update_id} begins with {first.node_id}")
        else:
            is_same = (order.order_update_id, order.nodes, order.edges) == (
                last.order_update_id,
                last.nodes,
                last.edges,
            )
            findings["rising"].look(is_same, f"update {order.order_update_id} follows {last.order_update_id}")
        self._last = order

    def _look_at_fields(self, order: Order) -> None:
        """That the truck takes the order tells the rest."""
        sheet = self.vehicle.sheet
        sent = {
            "order.edges.corridor": any(edge.corridor for edge in order.edges),
            "order.edges.orientation": any(edge.orientation is not None for edge in order.edges),
            "order.edges.direction": any(edge.direction is not None for edge in order.edges),
        }
        strange = [name for name, is_sent in sent.items() if is_sent and not sheet.understands(name)]
        self._findings["fields"].look(not strange, f"{strange[0] if strange else ''} was sent")
        known = {action.action_type for action in sheet.protocol_features.mobile_robot_actions}
        for action in order.actions:
            self._findings["actions"].look(action.action_type in known, f"{action.action_type} was sent")

    def _look_at_actions(self, message: InstantActions) -> None:
        known = {action.action_type for action in self.vehicle.sheet.protocol_features.mobile_robot_actions}
        for action in message.actions:
            self._findings["actions"].look(action.action_type in known, f"{action.action_type} was sent")
            if action.action_type == "cancelOrder" and self._last is not None:
                self._cancelled.add(self._last.order_id)


ON_ITS_WAY_MS = 2_000
"""What was sent before the state came that tells of the person."""
