"""Orders on their way: sent if and only if they are in the journal, each carried out once, each followed to its end.

An order's id is the number of its entry. It goes out when that entry is durable, again and again with the same id until
the machine acknowledges it, and a machine carries out an id once. Each machine gets the next order when it has the one
before, so that nothing overtakes. After a restart every order that has not ended is put again; the ids do the rest.

A machine that fell silent keeps its order: somebody else gets it only when the machine has said that it did not and
will not do it. When it is back, its word about its orders wins over what we believe, and a difference is an alert.
"""

from __future__ import annotations

from collections import defaultdict, deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import NamedTuple, Protocol

from cabria.domain.said import Reason, Said, said
from cabria.operations.gateways import Alarms, DurableJournal
from cabria.operations.records import Order


class OrderState(StrEnum):
    """How far an order is. The last three are its end."""

    WRITTEN = "written"
    SENT = "sent"
    ACKNOWLEDGED = "acknowledged"
    CANCELLING = "cancelling"
    DONE = "done"
    FAILED = "failed"
    CANCELLED = "cancelled"


ENDS = frozenset({OrderState.DONE, OrderState.FAILED, OrderState.CANCELLED})


@dataclass(frozen=True, slots=True)
class OrderTerms:
    """How long a machine may take to acknowledge, after how many times that is an alert, and how long an order stays
    its own without a sign of life."""

    acknowledge_ms: int = 2_000
    alert_after: int = 5
    lease_ms: int = 10_000


class Alert(NamedTuple):
    """Something that a person should look at. `order` is 0 where it is about no order."""

    at_ms: int
    machine: str
    order: int
    problem: Reason


class Wire(Protocol):
    """What carries messages to machines. It may lose, double and reorder them."""

    def send(self, number: int, order: Order) -> None: ...

    def cancel(self, number: int, machine: str) -> None: ...


@dataclass(slots=True)
class OpenOrder:
    """`since_ms` is when its machine acknowledged it, if it has."""

    order: Order
    state: OrderState = OrderState.WRITTEN
    attempts: int = 0
    is_leased: bool = True
    """Whether the machine has given a sign of life lately."""
    since_ms: int = 0


class OrderDesk:
    """An outbox for machines on a wire. One thread uses it, that of operations.

    `alarms` is the clock itself, not the journaled one: how often something was sent is no part of a terminal's state.
    """

    def __init__(
        self,
        journal: DurableJournal,
        wire: Wire,
        alarms: Alarms,
        alert: Callable[[Alert], None],
        terms: OrderTerms | None = None,
    ) -> None:
        self._journal, self._wire, self._alarms, self._alert = journal, wire, alarms, alert
        self._terms = terms or OrderTerms()
        self.open: dict[int, OpenOrder] = {}
        self._queues: dict[str, deque[int]] = defaultdict(deque)
        """Of each machine what it has not acknowledged yet, the first first."""
        self._held: set[str] = set()
        self._seen_ms: dict[str, int] = {}
        self._last = 0

    def put(self, number: int, order: Order) -> None:
        """An order that was written. Numbers rise."""
        if number <= self._last:
            raise ValueError(f"Order {number} comes after order {self._last}.")
        self._last = number
        self.open[number] = OpenOrder(order)
        self._queues[order.machine].append(number)
        self._next(order.machine)

    def flushed(self) -> None:
        """More of the journal is durable."""
        for machine in self._queues:
            self._next(machine)

    def hold(self, machine: str) -> None:
        """It gets no more orders until released; what it has it may end."""
        self._held.add(machine)

    def release(self, machine: str) -> None:
        self._held.discard(machine)
        self._next(machine)

    def cancel(self, number: int) -> None:
        """An order nobody was sent is cancelled at once; of another the machine says whether it was done before."""
        order = self.open.get(number)
        if order is None:
            return
        if order.state is OrderState.WRITTEN:
            self._end(number)
        elif order.state is not OrderState.CANCELLING:
            order.state, order.attempts = OrderState.CANCELLING, 0
            self._ask(number)

    def drop(self, machine: str) -> None:
        """Nobody waits for a machine's orders any more, as a person has said that it cannot carry them out."""
        self._queues[machine].clear()
        for number in [number for number, one in self.open.items() if one.order.machine == machine]:
            del self.open[number]

    def acknowledged(self, number: int, machine: str) -> None:
        """The machine has an order and will carry it out."""
        order = self._heard(number, machine)
        if order is not None and order.state is OrderState.SENT:
            order.state, order.since_ms = OrderState.ACKNOWLEDGED, self._alarms.now_ms
            self._has_it(number, machine)

    def ended(self, number: int, machine: str, end: OrderState, reason: str = "") -> None:
        """The machine has done an order, could not, or will not as it was cancelled."""
        if end not in ENDS:
            raise ValueError(f"An order does not end {end}.")
        order = self._heard(number, machine)
        if order is None:
            return
        if order.state is OrderState.WRITTEN:
            self._tell(machine, number, said("end-of-unsent-order", order_state=end.value))
            return
        if end is OrderState.FAILED:
            self._tell(machine, number, said("order-failed", why=reason))
        elif end is OrderState.CANCELLED and order.state is not OrderState.CANCELLING:
            self._tell(machine, number, said("order-cancelled-by-itself", why=reason))
        self._end(number)

    def alive(self, machine: str) -> None:
        """A heartbeat, or any other message."""
        self._seen_ms[machine] = self._alarms.now_ms
        for order in self.open.values():
            if order.order.machine == machine:
                order.is_leased = True

    def says(self, machine: str, states: Mapping[int, OrderState]) -> None:
        """After a lost link: all that the machine knows of its orders, which wins over what we believe."""
        for number in [n for n, one in self.open.items() if one.order.machine == machine]:
            believed = self.open[number].state
            told = states.get(number)
            if told in ENDS:
                self.ended(number, machine, told)
            elif told is not None:
                self.acknowledged(number, machine)
            elif believed in (OrderState.ACKNOWLEDGED, OrderState.CANCELLING):
                self._forgot(number, machine, believed)
            elif believed is OrderState.SENT:
                self._send(number)
        for number, state in states.items():
            if number not in self.open and state not in ENDS:
                self._tell(machine, number, said("order-ended-is-held", order_state=state.value))
                self._wire.cancel(number, machine)
        self.alive(machine)

    def _forgot(self, number: int, machine: str, believed: OrderState) -> None:
        """A machine does not know an order that it had acknowledged: it has it again, unless it was to be cancelled."""
        self._tell(machine, number, said("order-forgotten", order_state=believed.value))
        if believed is OrderState.CANCELLING:
            self._end(number)
            return
        self.open[number] = OpenOrder(self.open[number].order)
        queue = self._queues[machine]
        self._queues[machine] = deque(sorted({number, *queue}))
        self._next(machine)

    def _heard(self, number: int, machine: str) -> OpenOrder | None:
        """The open order somebody speaks of; None, with an alert if it makes no sense, for any other."""
        self.alive(machine)
        order = self.open.get(number)
        if order is None:
            if not 0 < number <= self._last:
                self._tell(machine, number, said("order-never-given"))
            return None
        if order.order.machine != machine:
            self._tell(machine, number, said("order-of-another", machine=order.order.machine))
            return None
        return order

    def _next(self, machine: str) -> None:
        queue = self._queues[machine]
        if queue and machine not in self._held:
            first = queue[0]
            if self.open[first].state is OrderState.WRITTEN and first <= self._journal.durable:
                self._send(first)

    def _send(self, number: int) -> None:
        order = self.open[number]
        order.state = OrderState.SENT
        self._ask(number)

    def _ask(self, number: int) -> None:
        """Send what the machine is to answer, and look whether it did."""
        order = self.open[number]
        order.attempts += 1
        self._alarms.after(self._terms.acknowledge_ms, self._look, (number, order.attempts))
        if order.state is OrderState.CANCELLING:
            self._wire.cancel(number, order.order.machine)
        else:
            self._wire.send(number, order.order)

    def _look(self, asked: tuple[int, int]) -> None:
        """No answer in time: again, with the same id."""
        number, attempt = asked
        order = self.open.get(number)
        if order is None or order.attempts != attempt or order.state is OrderState.ACKNOWLEDGED:
            return
        if order.attempts == self._terms.alert_after:
            self._tell(order.order.machine, number, said("no-answer", times=order.attempts))
        self._ask(number)

    def _has_it(self, number: int, machine: str) -> None:
        """It is the machine's now, as long as that gives signs of life."""
        queue = self._queues[machine]
        if number in queue:
            queue.remove(number)
        self._alarms.after(self._terms.lease_ms, self._look_at_lease, number)
        self._next(machine)

    def _look_at_lease(self, number: int) -> None:
        order = self.open.get(number)
        if order is None or order.state is not OrderState.ACKNOWLEDGED:
            return
        machine = order.order.machine
        left_ms = self._seen_ms[machine] + self._terms.lease_ms - self._alarms.now_ms
        if left_ms <= 0 and order.is_leased:
            order.is_leased = False
            self._tell(machine, number, said("silent-with-order", since_ms=self._seen_ms[machine]))
        # Its word that it is done may have been lost; asked again with the same id, it says how far it is.
        self._wire.send(number, order.order)
        self._alarms.after(self._terms.lease_ms, self._look_at_lease, number)

    def _end(self, number: int) -> None:
        machine = self.open.pop(number).order.machine
        queue = self._queues[machine]
        if number in queue:
            queue.remove(number)
        self._next(machine)

    def _tell(self, machine: str, number: int, problem: Said) -> None:
        self._alert(Alert(self._alarms.now_ms, machine, number, problem))
