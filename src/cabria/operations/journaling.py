"""Operations that write everything down: what came in, and after it all that followed.

What comes in, in one order, decides everything that follows (operations ask no clock and no chance of their own), so
whoever does it all again gets the same state, and may check it against what followed the first time: `replay.py`.
Each input is handled to its end before the next, at one time that does not go on meanwhile.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from dataclasses import replace
from typing import Any, NamedTuple, Protocol

from cabria.domain.calls import VesselCall
from cabria.domain.containers import ContainerId
from cabria.domain.errors import DataError, TerminalError
from cabria.domain.gate_visits import Appointment
from cabria.domain.layout import Layout
from cabria.domain.machines import TruckModel
from cabria.domain.message_notes import MessageNote
from cabria.domain.plan import LoadingPlan
from cabria.domain.positions import YardPosition
from cabria.domain.road_visits import Brought, RoadVisit
from cabria.domain.run_events import JobDone, JobTakenBack, MachineResumed, MachineStopped, Place, RunEvent
from cabria.domain.said import Reason, Said, said
from cabria.domain.verdict import YES, Verdict, refuse
from cabria.domain.yard import YardInventory
from cabria.operations import gate_book
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
from cabria.operations.learned import Foretold
from cabria.operations.moves import hurry
from cabria.operations.other_plan import work_by
from cabria.operations.policies import run_by
from cabria.operations.reconciling import Difference, believe
from cabria.operations.records import AlarmRang, Alert, Command, InputFailed, MachineKind, OpenTerminal, Order
from cabria.operations.replanning import give_bay
from cabria.operations.sailing import sail
from cabria.operations.settings import Settings
from cabria.operations.skipping import skip_step
from cabria.operations.towing import tow
from cabria.planning.dispatch.traffic.lane_book import LaneBook, Passage

Handler = Callable[[Any], int | None]
CRANE = "crane/"
"""What the correlation of a numbered report begins with; the machine's name follows."""
MOST_ALERTS = 1_000
"""Kept; the oldest are forgotten first."""
MOST_MESSAGES = 10_000
"""Kept in mind, so that one that is told again is known."""
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


class OrdersOut:
    """Orders whose job has not ended, by number; of those without a job the last ones since a machine's last job ended.

    They are what is put to a machine again after a restart.
    """

    def __init__(self) -> None:
        self.open: dict[int, Order] = {}

    def put(self, number: int, order: Order) -> None:
        if not order.job:
            self._forget(order.machine, order.verb)
        elif order.verb == "drive":
            self._forget(order.machine, "tow")
        self.open[number] = order

    def _forget(self, machine: str, verb: str) -> None:
        for number in [n for n, o in self.open.items() if (o.machine, o.verb) == (machine, verb)]:
            del self.open[number]

    def ended(self, job: str) -> None:
        machine = job.partition("/")[0]
        for number in [n for n, o in self.open.items() if o.machine == machine and self._is_over(o, job)]:
            del self.open[number]

    def _is_over(self, order: Order, job: str) -> bool:
        return order.job in ("", job) or order.verb == "take_back"


class Scribe:
    """Appends inputs and what follows from them. While an input is handled, `at_ms` is its time, else None;
    `last_ms` is that of the last one."""

    def __init__(self, journal: DurableJournal, log: Journal) -> None:
        self.journal, self._log = journal, log
        self.at_ms: int | None = None
        self.last_ms = 0
        self.orders_out = OrdersOut()
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
        if isinstance(event, JobDone | JobTakenBack):
            self.orders_out.ended(event.job)
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
        number = self._scribe.ordered(order, self._alarms.now_ms)
        self._scribe.orders_out.put(number, order)
        self._outbox.put(number, order)


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

    def halt(self, truck: str) -> None:
        self._order(MachineKind.TRUCK, truck, "halt")

    def go_on(self, truck: str) -> None:
        self._order(MachineKind.TRUCK, truck, "go_on")

    def tow(self, truck: str, stand: int) -> None:
        self._order(MachineKind.TRUCK, truck, "tow", stand)


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
        self.heard: dict[str, str] = {}
        """Of each machine that numbers its reports the correlation of the last."""
        machines = self.scribe, self.alarms, outbox
        out = Gateways(
            self.alarms,
            self.scribe,
            OrderedQuayCranes(*machines),
            OrderedYardCranes(*machines),
            OrderedTrucks(*machines),
        )
        super().__init__(opened.layout, lanes, out, opened.settings, opened.truck)

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

    def add_truck(self, name: str, stand: str, *, tells_way: bool = False, correlation: str = "") -> None:
        with self._command("add_telling_truck" if tells_way else "add_truck", name, stand, correlation=correlation):
            super().add_truck(name, stand, tells_way=tells_way)

    def add_telling_truck(self, name: str, stand: str, correlation: str = "") -> None:
        """A truck on a wire: it tells its way itself."""
        self.add_truck(name, stand, tells_way=True, correlation=correlation)

    def berth(self, call: VesselCall, plan: LoadingPlan, correlation: str = "") -> None:
        with self._command("berth", call, plan, correlation=correlation):
            super().berth(call, plan)

    def announce(self, visit: RoadVisit, correlation: str = "") -> Verdict:
        with self._command("announce", visit, correlation=correlation):
            return super().announce(visit)

    def book(self, appointment: Appointment, correlation: str = "") -> Verdict:
        with self._command("book", appointment, correlation=correlation):
            return gate_book.book(self.desk, appointment)

    def cancel_booking(self, visit: str, correlation: str = "") -> Verdict:
        with self._command("cancel_booking", visit, correlation=correlation):
            return gate_book.cancel_booking(self.desk, visit)

    def gate_in(
        self, visit: str, brings: Brought | None = None, takes: ContainerId | None = None, correlation: str = ""
    ) -> Verdict:
        """A road truck of the gate's book is at the gate."""
        with self._command("gate_in", visit, brings, takes, correlation=correlation):
            self.wake()
            return gate_book.gate_in(self.desk, visit, brings, takes)

    def gate_out(self, visit: str, correlation: str = "") -> Verdict:
        """A road truck wants to leave."""
        with self._command("gate_out", visit, correlation=correlation):
            return gate_book.gate_out(self.desk, visit)

    def visitor_stands(self, visit: str, correlation: str = "") -> Verdict:
        """A person says that a road truck stands where it was sent; nobody else can, as it is on no wire."""
        with self._command("visitor_stands", visit, correlation=correlation):
            job = next((job for job in self.desk.jobs_out if job.startswith(f"{visit}/")), "")
            if not job or not self.desk.board.trucks[visit].is_visitor:
                return refuse("{visit} is on no way in here", "visit-on-no-way", visit=visit)
            super().hear(JobDone(self.desk.now_ms, job))
            return YES

    def note_message(self, note: MessageNote, correlation: str = "") -> Verdict:
        """A message came in and changed a call, or nothing; a person should look at it. Reason again, it is known."""
        with self._command("note_message", note, correlation=correlation):
            messages = self.desk.board.messages
            if note.id not in messages:
                messages[note.id] = note
                while len(messages) > MOST_MESSAGES:
                    del messages[next(iter(messages))]
                if note.folder and note.call in self.desk.board.calls:
                    self._alert("", 0, said("call-changed", message=note.kind, what=note.what))
            return YES

    def expect_back(self, crane: str, back_ms: int, correlation: str = "") -> Verdict:
        with self._command("expect_back", crane, back_ms, correlation=correlation):
            return super().expect_back(crane, back_ms)

    def foretell(self, departures: Mapping[ContainerId, Foretold], reason: str, correlation: str = "") -> None:
        with self._command("foretell", departures, reason, correlation=correlation):
            super().foretell(departures, reason)

    def weigh_blocks(self, busy_ms: Mapping[str, int], reason: str, correlation: str = "") -> None:
        with self._command("weigh_blocks", busy_ms, reason, correlation=correlation):
            super().weigh_blocks(busy_ms, reason)

    def sail(self, call: str, correlation: str = "") -> Verdict:
        """A ship leaves, or may not yet."""
        with self._command("sail", call, correlation=correlation):
            return sail(self.desk, call)

    def machine_says(
        self, machine: str, boxes: Mapping[ContainerId, Place], correlation: str = ""
    ) -> tuple[Difference, ...]:
        """A machine that was out of reach says where boxes are; it is believed. Returns what we believed otherwise."""
        with self._command("machine_says", machine, boxes, correlation=correlation):
            differences = believe(self.desk.board, boxes)
            for box, ours, theirs in differences:
                self._alert(machine, 0, _otherwise(box, ours, theirs))
            self.wake()
            return differences

    def take_out(self, machine: str, cause: str, correlation: str = "") -> Verdict:
        """A person takes a machine out of service. What a crane has begun it ends first; a truck stops."""
        with self._command("take_out", machine, cause, correlation=correlation):
            if machine in self.desk.causes:
                why = self.desk.causes[machine][1]
                return refuse("{machine} is out of service already: {why}", "out-already", machine=machine, why=why)
            super().hear(MachineStopped(self.desk.now_ms, self._known(machine), cause))
            if self._drives_itself(machine):
                self.desk.board.taken_out.add(machine)
                self.desk.out.trucks.halt(machine)
            return YES

    def put_back(self, machine: str, correlation: str = "") -> Verdict:
        """A person puts a machine back into service."""
        with self._command("put_back", machine, correlation=correlation):
            if self._known(machine) not in self.desk.causes:
                return refuse("{machine} is in service", "in-service", machine=machine)
            super().hear(MachineResumed(self.desk.now_ms, machine))
            if self._drives_itself(machine):
                self.desk.board.taken_out.discard(machine)
                self.desk.out.trucks.go_on(machine)
            return YES

    def tow(
        self, truck: str, stand: str, set_down: Mapping[ContainerId, YardPosition], reason: str, correlation: str = ""
    ) -> Verdict:
        """A person says that a truck out of service was towed to a stand, and where its boxes were set down."""
        with self._command("tow", truck, stand, set_down, reason, correlation=correlation):
            self.wake()
            return tow(self.desk, truck, stand, set_down, reason)

    def _drives_itself(self, machine: str) -> bool:
        """Whether it is a truck on a wire."""
        board = self.desk.board
        return machine in board.trucks and board.trucks[machine].number in board.lanes.progress

    def hold_queue(self, crane: str, reason: str, correlation: str = "") -> Verdict:
        """Nothing more of a quay crane's queue is released or begun; what is under way is ended."""
        with self._command("hold_queue", crane, reason, correlation=correlation):
            state = self.desk.board.quay_cranes.get(crane)
            if state is None:
                return refuse("there is no quay crane {crane}", "no-such-quay-crane", crane=crane[:60])
            if state.held:
                held = "the queue of {crane} is held already: {why}"
                return refuse(held, "queue-held", crane=crane, why=state.held)
            state.held = reason
            self.wake()
            return YES

    def release_queue(self, crane: str, correlation: str = "") -> Verdict:
        """A queue that was held goes on."""
        with self._command("release_queue", crane, correlation=correlation):
            state = self.desk.board.quay_cranes.get(crane)
            if state is None or not state.held:
                return refuse("the queue of {crane} is not held", "queue-not-held", crane=crane[:60])
            state.held = ""
            self.wake()
            return YES

    def skip_step(self, crane: str, what: str, reason: str, correlation: str = "") -> Verdict:
        """The next step of a quay crane's queue with that container or lid is left out, and what goes with it."""
        with self._command("skip_step", crane, what, reason, correlation=correlation):
            self.wake()
            return skip_step(self.desk, crane, what, reason)

    def give_bay(self, crane: str, bay: int, to: str, reason: str, correlation: str = "") -> Verdict:
        """What a quay crane has still to do over a bay is another's."""
        with self._command("give_bay", crane, bay, to, reason, correlation=correlation):
            self.wake()
            return give_bay(self.desk, crane, bay, to, said("bay-given", bay=bay, crane=to, why=reason))

    def work_by(self, call: str, plan: LoadingPlan, reason: str, correlation: str = "") -> Verdict:
        """What is left of a ship at the quay is done by another plan."""
        with self._command("work_by", call, plan, reason, correlation=correlation):
            self.wake()
            return work_by(self.desk, call, plan, reason)

    def hurry(self, box: ContainerId, reason: str, correlation: str = "") -> Verdict:
        """The move under way with a box goes before others; its turn at a quay crane stays."""
        with self._command("hurry", box, reason, correlation=correlation):
            self.wake()
            return hurry(self.desk, box, reason)

    def run_by(self, policy: str, correlation: str = "") -> Verdict:
        """From now on trucks are run by a named policy; also after a restart."""
        with self._command("run_by", policy, correlation=correlation):
            settings = run_by(self.desk.settings, policy)
            self.desk.settings, self.opened = settings, replace(self.opened, settings=settings)
            self.wake()
            return YES

    def raise_alert(self, machine: str, order: int, problem: Reason, correlation: str = "") -> Verdict:
        """Something that a person should look at; told once until somebody has."""
        with self._command("raise_alert", machine, order, problem, correlation=correlation):
            if any(a.machine == machine and a.problem == problem and not a.seen_by for a in self.desk.alerts.values()):
                return refuse("it has been told and nobody has looked yet", "alert-told-already")
            self._alert(machine, order, problem)
            return YES

    def acknowledge_alert(self, number: int, by: str, correlation: str = "") -> Verdict:
        """A person has looked at an alert."""
        with self._command("acknowledge_alert", number, by, correlation=correlation):
            alert = self.desk.alerts.get(number)
            if alert is None:
                return refuse("there is no alert {alert}", "no-such-alert", alert=number)
            if alert.seen_by:
                return refuse("alert {alert} was seen by {by}", "alert-seen", alert=number, by=alert.seen_by)
            self.desk.alerts[number] = alert._replace(seen_by=by)
            return YES

    def acknowledge_alerts(self, numbers: tuple[int, ...], by: str, correlation: str = "") -> Verdict:
        """A person has looked at alerts together; those that are gone or were seen before stay as they are."""
        with self._command("acknowledge_alerts", numbers, by, correlation=correlation):
            alerts = self.desk.alerts
            new = [number for number in numbers if number in alerts and not alerts[number].seen_by]
            for number in new:
                alerts[number] = alerts[number]._replace(seen_by=by)
            return YES if new else refuse("all of these alerts were seen before, or are gone", "alerts-all-seen")

    def lane_leased(self, truck: str, job: str, windows: int, correlation: str = "") -> None:
        """The first so many segments of a truck's trip are its own now; nobody is booked before it there."""
        with self._command("lane_leased", truck, job, windows, correlation=correlation):
            board = self.desk.board
            number = board.trucks[truck].number
            board.lanes.lease(number, windows, self.desk.now_ms)
            board.leased[truck] = (job, windows)

    def _alert(self, machine: str, order: int, problem: Reason) -> None:
        alerts = self.desk.alerts
        number = self.desk.next_number()
        alerts[number] = Alert(number, self.desk.now_ms, machine, order, problem)
        while len(alerts) > MOST_ALERTS:
            del alerts[next(iter(alerts))]

    def _known(self, machine: str) -> str:
        board = self.desk.board
        if machine not in board.trucks and machine not in board.quay_cranes and machine not in board.yard_cranes:
            raise DataError(
                f"There is no machine {machine!r:.60}.",
                place=machine[:60],
                code="no-such-machine",
                values={"machine": machine[:60]},
            )
        return machine

    def hear(self, event: RunEvent, correlation: str = "") -> None:
        """As `Control`. The end of a job that is not out is no news: machines say it again until it is acknowledged."""
        if isinstance(event, JobDone) and not self.desk.is_out(event.job):
            return
        if correlation.startswith(CRANE):
            self.heard[correlation.split("/")[1]] = correlation
        self.scribe.hears(event, self.alarms.now_ms, correlation, super().hear)

    def do(self, command: Command, correlation: str) -> Any:
        """A command as it stands in a journal, and what it returns. Raises ValueError for one that there is not."""
        if command.verb not in COMMANDS:
            raise ValueError(f"There is no command {command.verb!r:.60}.")
        return getattr(self, command.verb)(*command.arguments, correlation=correlation)

    def _command(self, verb: str, *arguments: Any, correlation: str) -> AbstractContextManager[None]:
        return self._handling(Command(verb, arguments), correlation)

    def _handling(self, command: Command | OpenTerminal, correlation: str) -> AbstractContextManager[None]:
        return self.scribe.handling(EntryKind.COMMAND, self.alarms.now_ms, command, correlation)


def _otherwise(box: ContainerId, ours: Place | None, theirs: Place) -> Said:
    if ours is None:
        return said("box-unknown", box=box, place=str(theirs))
    return said("box-elsewhere", box=box, place=str(theirs), was=str(ours))


COMMANDS = frozenset(
    {
        "take_stock",
        "add_truck",
        "add_telling_truck",
        "berth",
        "announce",
        "book",
        "cancel_booking",
        "gate_in",
        "gate_out",
        "visitor_stands",
        "note_message",
        "expect_back",
        "foretell",
        "weigh_blocks",
        "sail",
        "machine_says",
        "take_out",
        "put_back",
        "tow",
        "hold_queue",
        "release_queue",
        "skip_step",
        "give_bay",
        "work_by",
        "hurry",
        "run_by",
        "raise_alert",
        "acknowledge_alert",
        "acknowledge_alerts",
        "lane_leased",
    }
)
"""Methods of `JournaledControl` that a journal may ask for."""
