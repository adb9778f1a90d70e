"""The terminal's side of the crane bus: orders become jobs, reports become run events, in each crane's order, once.

It reads no clock and knows no broker: `receive` takes what came on a topic, `tick` lets time go by, and what it sends
goes to `send`. Orders come from the order desk (`operations/order_desk.py`), which sends them again until they are
acknowledged; permits and acknowledgements are repeated here until the crane's state shows them.

A crane that falls silent keeps its jobs: it may be carrying them out. What it did it reports when it is back.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Protocol

from cabria.adapters.crane_bus import events as e
from cabria.adapters.crane_bus import messages as m
from cabria.adapters.crane_bus.jobs import job_id, message_of, name_in, name_of, place_of
from cabria.adapters.crane_bus.parts import ContainerAt, Message
from cabria.adapters.crane_bus.topics import FROM_CRANES, INTERFACE, MAJOR, Topic, TopicName
from cabria.adapters.crane_bus.wire import Headers, encode, parse, topic_of
from cabria.adapters.timestamps import unstamp
from cabria.domain.containers import ContainerId
from cabria.domain.errors import DataError
from cabria.domain.run_events import (
    BoxesLanded,
    BoxesLifted,
    CraneTravelled,
    EnergyUsed,
    JobDone,
    LidLanded,
    LidLifted,
    MachineResumed,
    MachineStopped,
    Place,
    RunEvent,
    Waited,
)
from cabria.domain.said import said
from cabria.operations.gateways import Alarms
from cabria.operations.order_desk import OrderState
from cabria.operations.records import Order

AGAIN_MS = 1_000
"""Between two times the same is asked or permitted."""
CLOCK_MS = 60_000
"""How far a crane's clock may be off."""
HEARTBEATS = 5
"""So many missed, and a crane counts as silent."""
HEARTBEAT_MS = 2_000
"""Of a crane whose factsheet has not come."""
LONGEST_TRAVEL_MS = 3_600_000
"""On the wire."""
STATE_OF = {
    m.JobStatus.DONE: OrderState.DONE,
    m.JobStatus.FAILED: OrderState.FAILED,
    m.JobStatus.CANCELLED: OrderState.CANCELLED,
}


class OrderAnswers(Protocol):
    """Who is told how far orders are: the order desk."""

    def acknowledged(self, number: int, machine: str) -> None: ...

    def ended(self, number: int, machine: str, end: OrderState, reason: str = "") -> None: ...

    def alive(self, machine: str) -> None: ...

    def says(self, machine: str, states: Mapping[int, OrderState]) -> None: ...


@dataclass
class _Crane:
    """`log` is its memory and `heard` the number of the last report of it that was handled."""

    headers: Headers
    log: str = ""
    heard: int = 0
    waiting: deque[m.Report] = field(default_factory=deque)
    """Reports that came sooner than the end of the travel before them, and those after."""
    still_ms: int = 0
    """When its last travel is over."""
    is_alarm_set: bool = False
    unsafe: deque[tuple[int, bool]] = field(default_factory=deque)
    """Reports handled and not acknowledged: their numbers, and whether something about them is to become durable."""
    safe: int = 0
    acknowledged_ms: int = -AGAIN_MS
    asked_ms: int = -AGAIN_MS
    seen_ms: int | None = None
    is_silent: bool = True
    is_new: bool = True
    """Whether its next state is the first since it came."""
    nonsense: str = ""
    """What was wrong with its last message; "" when it made sense."""
    is_stopped: bool = False
    sheet: m.Factsheet | None = None
    state: m.State | None = None
    told: dict[int, m.JobStatus] = field(default_factory=dict)
    """By order, the status that the order desk was told last."""
    refused: set[tuple[str, int | None, str]] = field(default_factory=set)
    permitted_ms: dict[str, int] = field(default_factory=dict)
    """By job, when the crane was last told that its truck stands."""
    cancelled_ms: dict[str, int] = field(default_factory=dict)
    """By job that is not ours, when it was last cancelled."""


@dataclass(slots=True)
class _Sent:
    """An order that went out; when for the first time, in UTC, and whether a state has shown it since."""

    job: str
    order: Order
    first_ms: int
    is_shown: bool = False


class CraneBus:
    """All cranes of a terminal. `hear` gets run events with their correlation, `orders` how far orders are, `tell` what
    else a person or a log should know. One thread uses it."""

    def __init__(
        self,
        cranes: Collection[str],
        run: str,
        alarms: Alarms,
        hear: Callable[[RunEvent, str], None],
        send: Callable[[Topic, bytes], None],
        orders: OrderAnswers,
        *,
        utc_ms: Callable[[], int],
        terminal_ms: Callable[[int], int],
        heard: Mapping[str, str] | None = None,
        stopped: Collection[str] = (),
        still_ms: Mapping[str, int] | None = None,
        told_ms: Callable[[str], int] = lambda crane: 0,
        interface: str = INTERFACE,
        tell: Callable[[e.CraneEvent], None] = lambda event: None,
    ) -> None:
        """`run` names the journal, so that jobs of two runs are never taken for each other. `heard` has the correlation
        of the last report of each crane that is in the journal, `stopped` the cranes that are out of service by it.
        By it also `still_ms` is when the last travel of cranes is over, and `told_ms(crane)` when one was last told to
        have worked or waited: reports that were held up are heard at one time, and what a crane says that it waited
        before that was told already. `terminal_ms` turns times of the wire into the terminal's."""
        self._run, self._alarms, self._hear, self._send_bytes = run, alarms, hear, send
        self._orders, self._utc_ms, self._terminal_ms = orders, utc_ms, terminal_ms
        self._interface, self._tell, self._told_ms = interface, tell, told_ms
        self._cranes = {name: _Crane(Headers(name)) for name in cranes}
        self._sent: dict[int, _Sent] = {}
        self._standing: set[str] = set()
        for name, correlation in (heard or {}).items():
            _, _, log, number = correlation.split("/")
            crane = self._cranes[name]
            crane.log, crane.heard, crane.safe = log, int(number), int(number)
        for name in stopped:
            self._cranes[name].is_stopped = True
        for name, at_ms in (still_ms or {}).items():
            self._cranes[name].still_ms = at_ms

    @property
    def subscriptions(self) -> tuple[tuple[str, int], ...]:
        """Topic filters and their QoS."""
        return tuple((f"{self._interface}/v{MAJOR}/+/{name}", name.qos) for name in FROM_CRANES)

    @property
    def heard_utc_ms(self) -> Mapping[str, int | None]:
        """When each crane was last heard, None for never; silent ones are left out."""
        return {name: crane.seen_ms for name, crane in self._cranes.items() if not crane.is_silent}

    # Orders

    def send(self, number: int, order: Order) -> None:
        """Offer an order's job, or cancel the one that it takes back; once."""
        crane = self._cranes[order.machine]
        self._sent.setdefault(number, _Sent(name_of(order), order, self._utc_ms()))
        crane.told.pop(number, None)
        is_job = order.verb != "take_back"
        header = crane.headers.next(TopicName.JOB if is_job else TopicName.CANCEL, self._utc_ms())
        self._say(message_of(order, number, self._run, header))

    def cancel(self, number: int, machine: str) -> None:
        """An order is not to be begun any more; its job's state says what became of it."""
        crane = self._cranes[machine]
        known = self._sent.get(number)
        wire_id = job_id(self._run, known.job) if known else self._wire_id(crane, number)
        if wire_id:
            crane.told.pop(number, None)
            self._cancel(crane, wire_id)

    # Trucks

    def truck_stands(self, truck: str) -> None:
        """It stands where it was sent, so that cranes may set down on it and take up from it."""
        self._standing.add(truck)
        for crane in self._cranes.values():
            self._permit(crane)

    def truck_leaves(self, truck: str) -> None:
        """It was sent somewhere else."""
        self._standing.discard(truck)

    # What comes in

    def receive(self, topic_text: str, payload: bytes) -> None:
        """A message from a crane or the broker; one that is none is told and changes nothing."""
        try:
            topic = Topic.parse(topic_text)
            message = parse(topic, payload)
        except DataError as error:
            self._tell(e.MessageRefused(topic_text[:300], str(error)))
            return
        crane = self._cranes.get(topic.crane)
        if crane is None:
            self._tell(e.MessageRefused(topic_text[:300], f"There is no crane {topic.crane}."))
            return
        if isinstance(message, m.Connection):
            self._connected(crane, message)
        elif isinstance(message, m.Factsheet):
            crane.sheet = message
        elif self._makes_sense(crane, message):
            self._is_alive(crane)
            if isinstance(message, m.State):
                self._told_state(crane, message)
            elif isinstance(message, m.Reports):
                self._told_reports(crane, message)

    def durable(self, correlation: str) -> None:
        """The journal has what was reported up to this on the disk: the crane need not tell it again."""
        _, name, log, number = correlation.split("/")
        crane = self._cranes[name]
        if log != crane.log:
            return
        while crane.unsafe and (crane.unsafe[0][0] <= int(number) or not crane.unsafe[0][1]):
            crane.safe = crane.unsafe.popleft()[0]
        self._acknowledge(crane)

    def tick(self) -> None:
        """Let time go by: what was not answered is asked again, who says nothing is told."""
        now_ms = self._utc_ms()
        for name, crane in self._cranes.items():
            self._permit(crane)
            state = crane.state
            if state is not None and state.acknowledged < crane.safe and now_ms - crane.acknowledged_ms >= AGAIN_MS:
                self._acknowledge(crane)
            heartbeat_ms = crane.sheet.heartbeat_ms if crane.sheet else HEARTBEAT_MS
            if not crane.is_silent and crane.seen_ms is not None and now_ms - crane.seen_ms > HEARTBEATS * heartbeat_ms:
                crane.is_silent = True
                self._tell(e.CraneSilent(name, said("crane-not-heard", seconds=(now_ms - crane.seen_ms) // 1_000)))

    # Inside

    def _connected(self, crane: _Crane, message: m.Connection) -> None:
        name = crane.headers.crane
        if message.connection_state is m.ConnectionState.ONLINE:
            crane.is_new = True
            self._is_alive(crane)
            if crane.sheet is None:
                self._ask(crane, m.Wanted.FACTSHEET, m.Wanted.STATE, m.Wanted.REPORTS)
        elif not crane.is_silent:
            crane.is_silent = True
            self._tell(e.CraneSilent(name, said("crane-off-line", link_state=message.connection_state.lower())))

    def _is_alive(self, crane: _Crane) -> None:
        crane.seen_ms = self._utc_ms()
        if crane.is_silent:
            crane.is_silent = False
            self._tell(e.CraneSeen(crane.headers.crane))
        self._orders.alive(crane.headers.crane)

    def _makes_sense(self, crane: _Crane, message: Message) -> bool:
        before, crane.nonsense = crane.nonsense, self._nonsense(crane, message)
        if not crane.nonsense:
            return True
        if not before:  # else it was told, if with other numbers
            self._tell(e.Nonsense(crane.headers.crane, crane.nonsense))
        self._ask(crane, m.Wanted.STATE, reason=crane.nonsense)
        return False

    def _nonsense(self, crane: _Crane, message: Message) -> str:
        """Why a message cannot be true, "" when it can."""
        off_ms = abs(unstamp(message.timestamp) - self._utc_ms())
        if off_ms > CLOCK_MS:
            return f"its clock is {off_ms // 1_000:,} s off"
        if isinstance(message, m.State | m.Telemetry) and crane.sheet is not None:
            sheet = crane.sheet
            if not sheet.gantry_from_mm <= message.gantry_mm <= sheet.gantry_until_mm:
                return f"it says it is at {message.gantry_mm:,} mm, off its rail"
        if isinstance(message, m.State):
            if message.acknowledged > message.last_report:
                return f"report {message.acknowledged} is acknowledged and {message.last_report} is the last one"
            if message.log == crane.log and message.last_report < crane.heard:
                return f"its last report is {message.last_report}, and {crane.heard} was heard"
        if isinstance(message, m.Reports):
            numbers = [report.number for report in message.reports]
            if numbers != list(range(numbers[0], numbers[0] + len(numbers))):
                return "its reports are not numbered one after the other"
            endless = next((r for r in message.reports if not 0 <= _travel_ms(r) <= LONGEST_TRAVEL_MS), None)
            if endless is not None:
                return f"report {endless.number} is of a travel of {_travel_ms(endless) // 1_000:,} s"
            late = next((r for r in message.reports if unstamp(r.timestamp) > self._utc_ms() + CLOCK_MS), None)
            if late is not None:
                return f"report {late.number} is of {late.timestamp}, which is still to come"
        return ""

    def _told_state(self, crane: _Crane, state: m.State) -> None:
        name = crane.headers.crane
        self._know_log(crane, state.log)
        if not crane.waiting and state.acknowledged > crane.heard:
            crane.heard = crane.safe = state.acknowledged  # by a program before this one, to which it was no news
        crane.state = state
        for refusal in state.refusals:
            key = (refusal.topic, refusal.header_id, refusal.reason)
            if key not in crane.refused:
                self._tell(e.RefusedByCrane(name, refusal.topic, refusal.reason))
        crane.refused = {(r.topic, r.header_id, r.reason) for r in state.refusals}
        if crane.is_new:
            crane.is_new = False
            ours = {job.order_number: job for job in state.jobs if name_in(self._run, job.job_id) and job.order_number}
            self._orders.says(name, {n: STATE_OF.get(j.status, OrderState.ACKNOWLEDGED) for n, j in ours.items()})
        for job in state.jobs:
            self._told_job(crane, job)
        shown = {job.order_number for job in state.jobs}
        crane.told = {number: status for number, status in crane.told.items() if number in shown}
        foreign = {job.job_id for job in state.jobs}
        crane.cancelled_ms = {name: at_ms for name, at_ms in crane.cancelled_ms.items() if name in foreign}
        self._permit(crane)
        self._in_service(crane, state)
        if state.last_report > crane.heard + len(crane.waiting):
            self._ask(crane, m.Wanted.REPORTS)

    def _told_job(self, crane: _Crane, job: m.JobState) -> None:
        name, number = crane.headers.crane, job.order_number
        if not name_in(self._run, job.job_id):
            if not job.status.is_over:
                self._not_ours(crane, job.job_id)
            return
        if number == 0 or crane.told.get(number) is job.status:
            return
        sent = self._sent.get(number)
        if sent is not None and not sent.is_shown:
            sent.is_shown = True
            self._tell(e.JobAcknowledged(name, job.job_id, self._utc_ms() - sent.first_ms))
        crane.told[number] = job.status
        if not job.status.is_over:
            self._orders.acknowledged(number, name)
            return
        self._sent.pop(number, None)
        if job.status is m.JobStatus.FAILED:
            self._tell(e.JobFailed(name, job.job_id, job.code, job.reason))
        self._orders.ended(number, name, STATE_OF[job.status], f"{job.code or ''} {job.reason}".strip())

    def _not_ours(self, crane: _Crane, wire_id: str) -> None:
        """Nobody gave that job in this run: it is told once, and cancelled until it is over."""
        now_ms, before_ms = self._utc_ms(), crane.cancelled_ms.get(wire_id)
        if before_ms is None:
            self._tell(e.NotOurs(crane.headers.crane, wire_id))
        if before_ms is None or now_ms - before_ms >= AGAIN_MS:
            crane.cancelled_ms[wire_id] = now_ms
            self._cancel(crane, wire_id)

    def _in_service(self, crane: _Crane, state: m.State) -> None:
        """What a crane of another run's reports is now: only when it has nothing more to tell of ours."""
        if crane.heard == state.last_report and not crane.waiting and state.is_in_service == crane.is_stopped:
            self._stop(
                crane, not state.is_in_service, state.cause, f"crane/{crane.headers.crane}/{crane.log}/{crane.heard}"
            )

    def _stop(self, crane: _Crane, is_stopped: bool, cause: str, correlation: str) -> bool:
        """Whether that is news."""
        if crane.is_stopped is is_stopped:
            return False
        crane.is_stopped = is_stopped
        now_ms, name = self._alarms.now_ms, crane.headers.crane
        self._hear(MachineStopped(now_ms, name, cause) if is_stopped else MachineResumed(now_ms, name), correlation)
        return True

    def _know_log(self, crane: _Crane, log: str) -> None:
        if log == crane.log:
            return
        if crane.log:
            self._tell(e.Forgetful(crane.headers.crane, crane.log, log))
        crane.log, crane.heard, crane.safe = log, 0, 0
        crane.waiting.clear()
        crane.unsafe.clear()

    def _told_reports(self, crane: _Crane, message: m.Reports) -> None:
        self._know_log(crane, message.log)
        for report in message.reports:
            expected = crane.heard + len(crane.waiting) + 1
            if report.number > expected:
                self._ask(crane, m.Wanted.REPORTS, reason=f"report {expected} is missing")
                break
            if report.number == expected:
                crane.waiting.append(report)
        self._deliver(crane)

    def _deliver(self, crane: _Crane) -> None:
        """Hand reports on, as far as the crane's last travel is over: the wire may be quicker than our clock."""
        while crane.waiting:
            left_ms = crane.still_ms - self._alarms.now_ms
            if left_ms > 0:
                if not crane.is_alarm_set:
                    crane.is_alarm_set = True
                    self._alarms.after(left_ms, self._stands_still, crane)
                return
            report = crane.waiting.popleft()
            crane.heard = report.number
            is_news = self._handle(crane, report)
            crane.unsafe.append((report.number, is_news))
        while crane.unsafe and not crane.unsafe[0][1]:
            crane.safe = crane.unsafe.popleft()[0]
            self._acknowledge(crane)

    def _stands_still(self, crane: _Crane) -> None:
        crane.is_alarm_set = False
        self._deliver(crane)

    def _handle(self, crane: _Crane, report: m.Report) -> bool:
        """Whether something was heard that is to become durable before the report is acknowledged."""
        name, happening = crane.headers.crane, report.happening
        correlation = f"crane/{name}/{crane.log}/{report.number}"
        if isinstance(happening, m.OutOfService):
            return self._stop(crane, True, happening.cause or "fault", correlation)
        if isinstance(happening, m.BackInService):
            return self._stop(crane, False, "", correlation)
        job = name_in(self._run, report.job_id or "")
        if not job:
            self._tell(e.NotOurs(name, report.job_id or ""))
            return False
        events = list(self._events(crane, job, report))
        for event in events:
            self._hear(event, correlation)
        return bool(events)

    def _events(self, crane: _Crane, job: str, report: m.Report) -> Iterator[RunEvent]:
        name, now_ms, happening = crane.headers.crane, self._alarms.now_ms, report.happening
        if isinstance(happening, m.Travelling):
            takes_ms = self._terminal_ms(unstamp(happening.until)) - self._terminal_ms(unstamp(report.timestamp))
            crane.still_ms = now_ms + max(0, takes_ms)
            yield CraneTravelled(now_ms, name, happening.from_mm, happening.to_mm, crane.still_ms)
        elif isinstance(happening, m.Lifted):
            self._compare(crane, job, happening.cargo, is_lifted=True)
            yield BoxesLifted(now_ms, name, *_boxes(happening.cargo))
        elif isinstance(happening, m.Landed):
            self._compare(crane, job, happening.cargo, is_lifted=False)
            yield BoxesLanded(now_ms, name, *_boxes(happening.cargo))
        elif isinstance(happening, m.HatchCoverLifted):
            yield LidLifted(now_ms, name, happening.hatch_cover.vessel_visit, happening.hatch_cover.hatch_cover_id)
        elif isinstance(happening, m.HatchCoverLanded):
            yield LidLanded(now_ms, name, happening.hatch_cover.vessel_visit, happening.hatch_cover.hatch_cover_id)
        elif isinstance(happening, m.Waited):
            since_ms = now_ms - max(
                0, self._terminal_ms(unstamp(report.timestamp)) - self._terminal_ms(unstamp(happening.since))
            )
            yield Waited(now_ms, name, max(since_ms, self._told_ms(name)), happening.cause)
        elif isinstance(happening, m.EnergyUsed):
            yield EnergyUsed(now_ms, name, happening.watt_hours)
        elif isinstance(happening, m.Done):
            yield JobDone(now_ms, job)

    def _compare(self, crane: _Crane, job: str, cargo: tuple[ContainerAt, ...], *, is_lifted: bool) -> None:
        """With the order, as long as it is open."""
        work = next(
            (s.order.arguments[0] for s in self._sent.values() if s.job == job and s.order.verb == "work"), None
        )
        if work is None:
            return
        containers = getattr(work, "containers", None) or (work.container,)
        if hasattr(work, "sources"):
            places = work.sources if is_lifted else work.targets
        else:
            places = (work.source if is_lifted else work.target,)
        said = _boxes(cargo)
        if said != (tuple(containers), tuple(places)):
            told = ", ".join(f"{box} at {place}" for box, place in zip(*said, strict=True))
            wanted = ", ".join(f"{box} at {place}" for box, place in zip(containers, places, strict=True))
            self._tell(e.Otherwise(crane.headers.crane, job, told, wanted))

    # What goes out

    def _permit(self, crane: _Crane) -> None:
        """For every job whose truck is known to stand, until the crane knows."""
        state, now_ms = crane.state, self._utc_ms()
        waiting = {
            job.job_id: job.truck_id
            for job in (state.jobs if state else ())
            if job.truck_id in self._standing and not (job.is_permitted or job.status.is_over)
        }
        crane.permitted_ms = {name: at_ms for name, at_ms in crane.permitted_ms.items() if name in waiting}
        for wire_id, truck in waiting.items():
            if now_ms - crane.permitted_ms.get(wire_id, -AGAIN_MS) >= AGAIN_MS:
                crane.permitted_ms[wire_id] = now_ms
                header = crane.headers.next(TopicName.HANDOVER, now_ms)
                self._say(m.HandoverPermit(**header, job_id=wire_id, truck_id=truck or ""))

    def _acknowledge(self, crane: _Crane) -> None:
        now_ms = self._utc_ms()
        crane.acknowledged_ms = now_ms
        header = crane.headers.next(TopicName.ACKNOWLEDGE, now_ms)
        self._say(m.Acknowledge(**header, log=crane.log, through=crane.safe))

    def _ask(self, crane: _Crane, *wanted: m.Wanted, reason: str = "") -> None:
        now_ms = self._utc_ms()
        if now_ms - crane.asked_ms < AGAIN_MS:
            return
        crane.asked_ms = now_ms
        self._say(m.Query(**crane.headers.next(TopicName.QUERY, now_ms), wanted=wanted, reason=reason[:300]))

    def _cancel(self, crane: _Crane, wire_id: str) -> None:
        self._say(m.CancelJob(**crane.headers.next(TopicName.CANCEL, self._utc_ms()), job_id=wire_id))

    def _wire_id(self, crane: _Crane, number: int) -> str:
        """Of an order that only the crane knows."""
        jobs = crane.state.jobs if crane.state else ()
        return next((job.job_id for job in jobs if job.order_number == number), "")

    def _say(self, message: Message) -> None:
        self._send_bytes(topic_of(message, self._interface), encode(message))


def _boxes(cargo: tuple[ContainerAt, ...]) -> tuple[tuple[ContainerId, ...], tuple[Place, ...]]:
    return tuple(ContainerId(c.container_id) for c in cargo), tuple(place_of(c.location) for c in cargo)


def _travel_ms(report: m.Report) -> int:
    """How long a reported travel takes; 0 when it is about something else."""
    happening = report.happening
    return unstamp(happening.until) - unstamp(report.timestamp) if isinstance(happening, m.Travelling) else 0
