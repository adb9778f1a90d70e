"""Operations that write everything down: what came in, and after it all that followed.

What comes in, in one order, decides everything that follows (operations ask no clock and no chance of their own), so
whoever does it all again gets the same state, and may check it against what followed the first time: `replay.py`.
Each input is handled to its end before the next, at one time that does not go on meanwhile.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from typing import Any, NamedTuple, Protocol

from cabria.domain.calls import VesselCall
from cabria.domain.containers import ContainerId
from cabria.domain.errors import TerminalError
from cabria.domain.layout import Layout
from cabria.domain.machines import TruckModel
from cabria.domain.plan import LoadingPlan
from cabria.domain.road_visits import RoadVisit
from cabria.domain.run_events import JobDone, Place, RunEvent
from cabria.domain.verdict import Verdict
from cabria.domain.yard import YardInventory
from cabria.operations.control import Control
from cabria.operations.desk import Gateways
from cabria.operations.gateways import (
    Alarms,
    DurableJournal,
    EntryKind,
    Journal,
    JournalStoppedError,
    QuayCranes,
    QuayWork,
    Record,
    Trucks,
    YardCranes,
    YardWork,
)
from cabria.operations.reconciling import Difference, believe
from cabria.operations.records import AlarmRang, Command, InputFailed, MachineKind, OpenTerminal, Order
from cabria.operations.sailing import sail
from cabria.operations.settings import Settings
from cabria.planning.dispatch.traffic.lane_book import LaneBook, Passage

Handler = Callable[[Any], int | None]
FAILURES = (TerminalError, ValueError, TypeError, LookupError, AttributeError, ArithmeticError)
"""What an input that cannot be handled may raise. It is written down, so that a replay goes on where the run did."""


class Outbox(Protocol):
    """Hands orders over. It sends one when the entry of that number is durable, and not before."""

    def put(self, number: int, order: Order) -> None: ...


class Machines:
    """An outbox for machines that are in this program and lose nothing: it hands each order over at once."""

    def __init__(self, quay_cranes: QuayCranes, yard_cranes: YardCranes, trucks: Trucks) -> None:
        self._gateways: Mapping[MachineKind, tuple[object, type]] = {
            MachineKind.QUAY_CRANE: (quay_cranes, QuayCranes),
            MachineKind.YARD_CRANE: (yard_cranes, YardCranes),
            MachineKind.TRUCK: (trucks, Trucks),
        }

    def put(self, number: int, order: Order) -> None:
        gateway, protocol = self._gateways[order.to]
        if not hasattr(protocol, order.verb):
            raise ValueError(f"A {order.to} cannot be told to {order.verb}.")
        getattr(gateway, order.verb)(order.machine, *order.arguments)


class Scribe:
    """Appends inputs and what follows from them. While an input is handled, `at_ms` is its time, else None;
    `last_ms` is that of the last one."""

    def __init__(self, journal: DurableJournal, log: Journal) -> None:
        self.journal, self._log = journal, log
        self.at_ms: int | None = None
        self.last_ms = 0
        self._correlation = ""
        self._written_already: RunEvent | None = None

    @contextmanager
    def handling(self, kind: EntryKind, at_ms: int, content: Any, correlation: str = "") -> Iterator[None]:
        """An input, and inside the `with` all that follows from it. What it raises is written down and raised."""
        number = self.journal.append(Record(kind, at_ms, correlation, content))
        self.at_ms = self.last_ms = at_ms
        self._correlation = correlation or f"#{number}"
        try:
            yield
        except JournalStoppedError:
            raise
        except FAILURES as error:
            failed = InputFailed(f"{type(error).__name__}: {error}")
            self.journal.append(Record(EntryKind.FAILURE, at_ms, self._correlation, failed))
            raise
        finally:
            self.at_ms, self._correlation = None, ""

    def hears(self, event: RunEvent, at_ms: int, correlation: str, then: Callable[[RunEvent], None]) -> None:
        """A report, which may come while another input is handled."""
        if self.at_ms is None:
            with self.handling(EntryKind.REPORT, at_ms, event, correlation):
                self._written_already = event
                then(event)
            return
        self.journal.append(Record(EntryKind.ANSWER, self.at_ms, self._correlation, event))
        self._written_already = event
        then(event)

    def record(self, event: RunEvent) -> None:
        """What the desk writes down: the report it just heard, or a decision."""
        if event is self._written_already:
            self._written_already = None
        else:
            if self.at_ms is None:
                raise ValueError(f"Nothing came in from which this could follow: {event!r:.120}.")
            self.journal.append(Record(EntryKind.DECISION, self.at_ms, self._correlation, event))
        self._log.record(event)

    def ordered(self, order: Order, at_ms: int) -> int:
        """An order, before anybody hears of it."""
        return self.journal.append(Record(EntryKind.ORDER, at_ms, self._correlation, order))

    @property
    def correlation(self) -> str:
        return self._correlation


class _Pending(NamedTuple):
    at_ms: int
    handler: Handler
    argument: Any
    correlation: str


class JournaledAlarms:
    """The clock, with every alarm written down as it rings; time stands still while an input is handled."""

    def __init__(self, alarms: Alarms, scribe: Scribe) -> None:
        self._alarms, self._scribe = alarms, scribe
        self.count = 0
        self.pending: dict[int, _Pending] = {}

    @property
    def now_ms(self) -> int:
        at_ms = self._scribe.at_ms
        return self._alarms.now_ms if at_ms is None else at_ms

    def after(self, delay_ms: int, handler: Handler, argument: Any = None) -> int:
        self.count += 1
        self.set_again(self.count, self.now_ms + delay_ms, handler, argument, self._scribe.correlation)
        return self.count

    def set_again(self, number: int, at_ms: int, handler: Handler, argument: Any, correlation: str) -> None:
        """An alarm that was set in a program that has ended since."""
        self.pending[number] = _Pending(at_ms, handler, argument, correlation)
        self._alarms.after(max(0, at_ms - self._alarms.now_ms), self.ring, number)

    def ring(self, number: int) -> None:
        alarm = self.pending.pop(number)
        at_ms = self._alarms.now_ms
        with self._scribe.handling(EntryKind.ALARM, at_ms, AlarmRang(number), alarm.correlation):
            again_ms = alarm.handler(alarm.argument)
            if again_ms is not None:
                self.after(again_ms, alarm.handler, alarm.argument)


class _Ordering:
    """Machines as the desk sees them: every order is an entry first."""

    def __init__(self, scribe: Scribe, alarms: JournaledAlarms, outbox: Outbox) -> None:
        self._scribe, self._alarms, self._outbox = scribe, alarms, outbox

    def _order(self, to: MachineKind, machine: str, verb: str, *arguments: Any) -> None:
        order = Order(to, machine, verb, arguments)
        self._outbox.put(self._scribe.ordered(order, self._alarms.now_ms), order)


class OrderedQuayCranes(_Ordering):
    def work(self, crane: str, work: QuayWork) -> None:
        self._order(MachineKind.QUAY_CRANE, crane, "work", work)

    def make_way(self, crane: str, job: str, x_mm: int) -> None:
        self._order(MachineKind.QUAY_CRANE, crane, "make_way", job, x_mm)

    def take_back(self, crane: str, job: str) -> None:
        self._order(MachineKind.QUAY_CRANE, crane, "take_back", job)


class OrderedYardCranes(_Ordering):
    def work(self, crane: str, work: YardWork) -> None:
        self._order(MachineKind.YARD_CRANE, crane, "work", work)

    def make_way(self, crane: str, job: str, at_mm: int) -> None:
        self._order(MachineKind.YARD_CRANE, crane, "make_way", job, at_mm)

    def take_back(self, crane: str, job: str) -> None:
        self._order(MachineKind.YARD_CRANE, crane, "take_back", job)


class OrderedTrucks(_Ordering):
    def drive(self, truck: str, job: str, passage: Passage, arrives_ms: int, cargo_kg: int) -> None:
        self._order(MachineKind.TRUCK, truck, "drive", job, passage, arrives_ms, cargo_kg)

    def delay(self, truck: str, passage: Passage, arrives_ms: int) -> None:
        self._order(MachineKind.TRUCK, truck, "delay", passage, arrives_ms)

    def charge(self, truck: str, job: str) -> None:
        self._order(MachineKind.TRUCK, truck, "charge", job)

    def unplug(self, truck: str) -> None:
        self._order(MachineKind.TRUCK, truck, "unplug")


class JournaledControl(Control):
    """A `Control` whose inputs, decisions and orders stand in a durable journal. One thread uses it.

    With an empty journal it begins it: `OpenTerminal`. One that has entries must be replayed first (`replay.py`).
    """

    def __init__(
        self,
        opened: OpenTerminal,
        lanes: LaneBook,
        alarms: Alarms,
        outbox: Outbox,
        journal: DurableJournal,
        log: Journal,
    ) -> None:
        self.opened = opened
        self.scribe = Scribe(journal, log)
        self.alarms = JournaledAlarms(alarms, self.scribe)
        machines = self.scribe, self.alarms, outbox
        out = Gateways(
            self.alarms,
            self.scribe,
            OrderedQuayCranes(*machines),
            OrderedYardCranes(*machines),
            OrderedTrucks(*machines),
        )
        super().__init__(opened.layout, lanes, out, opened.settings)

    @classmethod
    def over(
        cls,
        layout: Layout,
        settings: Settings,
        truck: TruckModel,
        lanes: LaneBook,
        out: Gateways,
        journal: DurableJournal,
    ) -> JournaledControl:
        """For machines in this program, as the twin's; opens an empty journal."""
        machines = Machines(out.quay_cranes, out.yard_cranes, out.trucks)
        control = cls(OpenTerminal(layout, truck, settings), lanes, out.alarms, machines, journal, out.journal)
        control.open()
        return control

    def open(self) -> None:
        """Begin the journal."""
        with self._handling(self.opened, ""):
            pass

    def take_stock(self, yard: YardInventory, correlation: str = "") -> None:
        with self._command("take_stock", yard, correlation=correlation):
            super().take_stock(yard)

    def add_truck(self, name: str, stand: str, correlation: str = "") -> None:
        with self._command("add_truck", name, stand, correlation=correlation):
            super().add_truck(name, stand)

    def berth(self, call: VesselCall, plan: LoadingPlan, correlation: str = "") -> None:
        with self._command("berth", call, plan, correlation=correlation):
            super().berth(call, plan)

    def announce(self, visit: RoadVisit, correlation: str = "") -> Verdict:
        with self._command("announce", visit, correlation=correlation):
            return super().announce(visit)

    def expect_back(self, crane: str, back_ms: int, correlation: str = "") -> Verdict:
        with self._command("expect_back", crane, back_ms, correlation=correlation):
            return super().expect_back(crane, back_ms)

    def sail(self, call: str, correlation: str = "") -> None:
        """A ship leaves. Raises ValueError while she may not."""
        with self._command("sail", call, correlation=correlation):
            sail(self.desk, call)

    def machine_says(
        self, machine: str, boxes: Mapping[ContainerId, Place], correlation: str = ""
    ) -> tuple[Difference, ...]:
        """A machine that was out of reach says where boxes are; it is believed. Returns what we believed otherwise."""
        with self._command("machine_says", machine, boxes, correlation=correlation):
            differences = believe(self.desk.board, boxes)
            self.wake()
            return differences

    def hear(self, event: RunEvent, correlation: str = "") -> None:
        """As `Control`. The end of a job that is not out is no news: machines say it again until it is acknowledged."""
        if isinstance(event, JobDone) and not self.desk.is_out(event.job):
            return
        self.scribe.hears(event, self.alarms.now_ms, correlation, super().hear)

    def do(self, command: Command, correlation: str) -> None:
        """A command as it stands in a journal. Raises ValueError for one that there is not."""
        if command.verb not in COMMANDS:
            raise ValueError(f"There is no command {command.verb!r:.60}.")
        getattr(self, command.verb)(*command.arguments, correlation=correlation)

    def _command(self, verb: str, *arguments: Any, correlation: str) -> AbstractContextManager[None]:
        return self._handling(Command(verb, arguments), correlation)

    def _handling(self, command: Command | OpenTerminal, correlation: str) -> AbstractContextManager[None]:
        return self.scribe.handling(EntryKind.COMMAND, self.alarms.now_ms, command, correlation)


COMMANDS = frozenset({"take_stock", "add_truck", "berth", "announce", "expect_back", "sail", "machine_says"})
"""Methods of `JournaledControl` that a journal may ask for."""
