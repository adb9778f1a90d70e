"""Checks of a crane: it is told what a terminal would tell it, right and wrong, and its answers are looked at.

Nothing is lifted. The gantry stands still unless it is allowed to drive.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from functools import partial

from msgspec.structs import replace

from cabria.adapters.conformance_check import Check, NotTried, Script, Wait
from cabria.adapters.crane_bus import messages as m
from cabria.adapters.crane_bus.parts import Message
from cabria.adapters.crane_bus.topics import FROM_CRANES, Topic, TopicName
from cabria.adapters.crane_bus.wire import Header, Headers, encode, parse
from cabria.adapters.timestamps import unstamp
from cabria.domain.errors import DataError

SOON_MS = 3_000
RETOLD_MS = 10_000
DRIVES_MS = 120_000


class CraneProbe:
    """The terminal in these checks: it keeps what the crane told and tells it things."""

    def __init__(
        self, crane: str, interface: str, send: Callable[[Topic, bytes], None], clock_ms: Callable[[], int]
    ) -> None:
        self.crane, self.run = crane, f"check{clock_ms() % 1_000_000_000}"
        self._top = Topic(interface, crane, TopicName.STATE)
        self._top.refuse_strange_levels()
        self._send, self._headers, self.clock_ms = send, Headers(crane), clock_ms
        self.wrong: list[str] = []
        """What came and was no message, or was numbered wrongly."""
        self.connection: m.Connection | None = None
        self.sheet: m.Factsheet | None = None
        self.state: m.State | None = None
        self.states_ms: list[int] = []
        self.reports: list[tuple[int, m.Report]] = []
        """With when they came; those that were told again too."""
        self._numbers: dict[TopicName, int] = {}
        self._orders = 0

    @property
    def subscriptions(self) -> tuple[str, ...]:
        return tuple(str(self._top.named(name)) for name in FROM_CRANES)

    def receive(self, topic_text: str, payload: bytes) -> None:
        topic = Topic.parse(topic_text)
        try:
            message = parse(topic, payload)
        except DataError as error:
            self.wrong.append(str(error))
            return
        self._count(topic.name, message)
        now_ms = self.clock_ms()
        if isinstance(message, m.Connection):
            self.connection = message
        elif isinstance(message, m.Factsheet):
            self.sheet = message
        elif isinstance(message, m.State):
            self.state = message
            self.states_ms.append(now_ms)
        elif isinstance(message, m.Reports):
            self.reports += [(now_ms, report) for report in message.reports]

    def _count(self, name: TopicName, message: Message) -> None:
        """Retained messages and last wills are numbered at other times."""
        before = self._numbers.get(name)
        is_counted = name in (TopicName.STATE, TopicName.REPORTS) and before is not None
        if is_counted and message.header_id not in (0, ((before or 0) + 1) % 2**32):
            self.wrong.append(f"on {name} header {message.header_id} follows {before}")
        self._numbers[name] = message.header_id

    def header(self, name: TopicName) -> Header:
        return self._headers.next(name, self.clock_ms())

    def say(self, name: TopicName, message: Message) -> None:
        self.say_bytes(name, encode(message))

    def say_bytes(self, name: TopicName, payload: bytes) -> None:
        self._send(self._top.named(name), payload)

    def ask(self, *wanted: m.Wanted) -> None:
        self.say(TopicName.QUERY, m.Query(**self.header(TopicName.QUERY), wanted=wanted))

    def order(self) -> int:
        self._orders += 1
        return self._orders

    def reposition(self, name: str, at_mm: int) -> m.CraneJob:
        """A job of this run's, not yet sent."""
        return m.CraneJob(
            **self.header(TopicName.JOB),
            job_id=f"{self.run}/{name}",
            order_number=self.order(),
            kind=m.JobKind.REPOSITION,
            gantry_mm=at_mm,
        )

    def job(self, name: str) -> m.JobState | None:
        """How far the state says a job is."""
        jobs = self.state.jobs if self.state else ()
        return next((job for job in jobs if job.job_id == f"{self.run}/{name}"), None)

    def status(self, name: str) -> m.JobStatus | None:
        job = self.job(name)
        return job.status if job else None

    def refused(self, topic: TopicName, since: int) -> bool:
        """Whether the state shows more refusals of a topic than then."""
        return self.refusals(topic) > since

    def refusals(self, topic: TopicName) -> int:
        return sum(refusal.topic == topic for refusal in self.state.refusals) if self.state else 0

    def happened(self, name: str, kind: type) -> list[m.Report]:
        """Reports of a job, each once."""
        found = {r.number: r for _, r in self.reports if r.job_id == f"{self.run}/{name}"}
        return [report for report in found.values() if isinstance(report.happening, kind)]

    @property
    def here_mm(self) -> int:
        if self.state is None:
            raise NotTried("it tells no state")
        return self.state.gantry_mm

    @property
    def known_sheet(self) -> m.Factsheet:
        if self.sheet is None:
            raise NotTried("it tells no factsheet")
        return self.sheet


def crane_checks(probe: CraneProbe, drive_mm: int = 0) -> list[Check]:
    """All of them; the gantry may drive so far."""
    listed: list[tuple[str, str, Callable[[CraneProbe], Script]]] = [
        ("connection", "It says that it is ONLINE, retained", _online),
        ("factsheet", "It tells its factsheet, retained or when asked", _sheet),
        ("state", "It tells its state when asked", _state),
        ("state", "It tells its state as often as its heartbeat says", _heartbeat),
        ("job", "A job is acknowledged and done", _is_done),
        ("job", "The same job again is answered and not done again", _again),
        ("job", "The same id with another content is refused", _other_content),
        ("job", "A job with a field nobody knows is taken", _unknown_field),
        ("job", "A job beyond its rail fails as OUT_OF_REACH", _out_of_reach),
        ("job", "A job that contradicts itself fails with a reason", _contradiction),
        ("job", "A job from an hour ago is refused and not done", _late),
        ("cancel", "Cancelling a job it never had is answered DONE", _cancel_unknown),
        ("cancel", "A job that comes after its cancellation is not begun", _cancelled_before),
        ("cancel", "Cancelling a job that is done is answered FAILED", _cancel_done),
        ("handover", "A permit for a job it does not have is refused", _permit_unknown),
        ("reports", "Reports are numbered one after the other from state to state", _numbered),
        ("reports", "Reports are told again until they are acknowledged", _retold),
        ("acknowledge", "What was acknowledged is not told again", _acknowledged),
        ("acknowledge", "A report that was not made cannot be acknowledged", _acknowledged_too_much),
        ("all", "What is no message is refused in the state", _no_message),
        (
            "reports",
            "A travel is reported with its end, and the job is done no sooner",
            partial(_drive, by_mm=drive_mm),
        ),
        ("all", "Every message keeps to its schema and its number", _readable),
    ]
    return [
        Check(f"C{number:02}", topic, title, partial(script, probe))
        for number, (topic, title, script) in enumerate(listed, 1)
    ]


def _online(probe: CraneProbe) -> Script:
    yield Wait(lambda: probe.connection is not None, SOON_MS)
    if probe.connection is None:
        return "nothing came on connection"
    is_online = probe.connection.connection_state is m.ConnectionState.ONLINE
    return "" if is_online else f"it says {probe.connection.connection_state}"


def _sheet(probe: CraneProbe) -> Script:
    probe.ask(m.Wanted.FACTSHEET, m.Wanted.STATE)
    found = yield Wait(lambda: probe.sheet is not None, SOON_MS)
    return "" if found else "nothing came on factsheet"


def _state(probe: CraneProbe) -> Script:
    before = len(probe.states_ms)
    probe.ask(m.Wanted.STATE)
    found = yield Wait(lambda: len(probe.states_ms) > before, SOON_MS)
    return "" if found else f"nothing came for {SOON_MS / 1_000:.0f} s"


def _heartbeat(probe: CraneProbe) -> Script:
    beat_ms = probe.known_sheet.heartbeat_ms
    before = len(probe.states_ms)
    yield Wait(lambda: False, 3 * beat_ms + 500)
    came = len(probe.states_ms) - before
    return "" if came >= 2 else f"{came} states came in three heartbeats of {beat_ms} ms"


def _is_done(probe: CraneProbe) -> Script:
    probe.say(TopicName.JOB, probe.reposition("stay", probe.here_mm))
    yield Wait(lambda: probe.status("stay") is not None, SOON_MS)
    if probe.status("stay") is None:
        return "no state shows the job"
    done = yield Wait(lambda: probe.status("stay") is m.JobStatus.DONE, RETOLD_MS)
    if not done:
        return f"it is {probe.status('stay')} after {RETOLD_MS // 1_000} s"
    reported = yield Wait(lambda: bool(probe.happened("stay", m.Done)), SOON_MS)
    return "" if reported else "DONE is in its state and in no report"


def _again(probe: CraneProbe) -> Script:
    _needs_done(probe)
    before, begun = len(probe.states_ms), len(probe.happened("stay", m.Started))
    again = probe.reposition("stay", _first(probe).to_mm if probe.happened("stay", m.Travelling) else probe.here_mm)
    probe.say(TopicName.JOB, again)
    yield Wait(lambda: len(probe.states_ms) > before and probe.status("stay") is not None, SOON_MS)
    if probe.status("stay") is not m.JobStatus.DONE:
        return f"it is shown as {probe.status('stay')}"
    yield Wait(lambda: len(probe.happened("stay", m.Started)) > begun, SOON_MS)
    return "" if len(probe.happened("stay", m.Started)) == begun else "it was begun again"


def _first(probe: CraneProbe) -> m.Travelling:
    happening = probe.happened("stay", m.Travelling)[0].happening
    assert isinstance(happening, m.Travelling)
    return happening


def _other_content(probe: CraneProbe) -> Script:
    _needs_done(probe)
    since = probe.refusals(TopicName.JOB)
    probe.say(TopicName.JOB, probe.reposition("stay", probe.here_mm + 1))
    refused = yield Wait(lambda: probe.refused(TopicName.JOB, since), SOON_MS)
    return "" if refused else "its state shows no refusal"


def _unknown_field(probe: CraneProbe) -> Script:
    document = json.loads(encode(probe.reposition("field", probe.here_mm))) | {"colour": "green"}
    probe.say_bytes(TopicName.JOB, json.dumps(document).encode())
    taken = yield Wait(lambda: probe.status("field") not in (None, m.JobStatus.FAILED), SOON_MS)
    return "" if taken else "it was not taken"


def _out_of_reach(probe: CraneProbe) -> Script:
    probe.say(TopicName.JOB, probe.reposition("far", probe.known_sheet.gantry_until_mm + 1_000))
    yield Wait(lambda: probe.status("far") is not None, SOON_MS)
    job = probe.job("far")
    if job is None:
        return "no state shows the job"
    is_right = job.status is m.JobStatus.FAILED and job.code is m.FailureCode.OUT_OF_REACH
    return "" if is_right else f"it is {job.status} {job.code or ''}"


def _contradiction(probe: CraneProbe) -> Script:
    probe.say(TopicName.JOB, replace(probe.reposition("odd", probe.here_mm), gantry_mm=None))
    yield Wait(lambda: probe.status("odd") is not None, SOON_MS)
    job = probe.job("odd")
    return "" if job and job.status is m.JobStatus.FAILED and job.reason else "it did not fail with a reason"


def _late(probe: CraneProbe) -> Script:
    since = probe.refusals(TopicName.JOB)
    hour_ago = Headers(probe.crane).next(TopicName.JOB, probe.clock_ms() - 3_600_000)
    probe.say(TopicName.JOB, replace(probe.reposition("late", probe.here_mm), timestamp=hour_ago["timestamp"]))
    refused = yield Wait(lambda: probe.refused(TopicName.JOB, since), SOON_MS)
    if probe.status("late") is not None:
        return f"it is {probe.status('late')}"
    return "" if refused else "its state shows no refusal"


def _cancel(probe: CraneProbe, name: str) -> int:
    number = probe.order()
    header = probe.header(TopicName.CANCEL)
    probe.say(TopicName.CANCEL, m.CancelJob(**header, job_id=f"{probe.run}/{name}", order_number=number))
    return number


def _answer(probe: CraneProbe, number: int) -> m.JobStatus | None:
    jobs = probe.state.jobs if probe.state else ()
    return next((job.status for job in jobs if job.order_number == number), None)


def _cancel_unknown(probe: CraneProbe) -> Script:
    number = _cancel(probe, "never")
    yield Wait(lambda: _answer(probe, number) is not None, SOON_MS)
    answer = _answer(probe, number)
    return "" if answer is m.JobStatus.DONE else f"it is answered {answer or 'not at all'}"


def _cancelled_before(probe: CraneProbe) -> Script:
    probe.say(TopicName.JOB, probe.reposition("never", probe.here_mm))
    begun = yield Wait(lambda: bool(probe.happened("never", m.Started)), SOON_MS)
    return "it was begun" if begun else ""


def _cancel_done(probe: CraneProbe) -> Script:
    _needs_done(probe)
    number = _cancel(probe, "stay")
    yield Wait(lambda: _answer(probe, number) is not None, SOON_MS)
    answer = _answer(probe, number)
    return "" if answer is m.JobStatus.FAILED else f"it is answered {answer or 'not at all'}"


def _permit_unknown(probe: CraneProbe) -> Script:
    since = probe.refusals(TopicName.HANDOVER)
    header = probe.header(TopicName.HANDOVER)
    probe.say(TopicName.HANDOVER, m.HandoverPermit(**header, job_id=f"{probe.run}/nobody", truck_id="T01"))
    refused = yield Wait(lambda: probe.refused(TopicName.HANDOVER, since), SOON_MS)
    return "" if refused else "its state shows no refusal"


def _numbered(probe: CraneProbe) -> Script:
    yield Wait(lambda: bool(probe.reports), SOON_MS)
    if not probe.reports or probe.state is None:
        raise NotTried("it told no reports")
    numbers = sorted({report.number for _, report in probe.reports})
    if numbers != list(range(numbers[0], numbers[-1] + 1)):
        return f"{numbers[0]} to {numbers[-1]} has gaps"
    is_right = probe.state.last_report >= numbers[-1]
    return "" if is_right else f"its state says {probe.state.last_report} and {numbers[-1]} was told"


def _retold(probe: CraneProbe) -> Script:
    if probe.state is None or probe.state.acknowledged == probe.state.last_report:
        raise NotTried("there is nothing to be acknowledged")
    first, now_ms = probe.state.acknowledged + 1, probe.clock_ms()
    again = yield Wait(lambda: any(at > now_ms and r.number == first for at, r in probe.reports), RETOLD_MS)
    return "" if again else f"report {first} was not told again for {RETOLD_MS // 1_000} s"


def _acknowledge(probe: CraneProbe, through: int) -> None:
    if probe.state is None:
        raise NotTried("it tells no state")
    header = probe.header(TopicName.ACKNOWLEDGE)
    probe.say(TopicName.ACKNOWLEDGE, m.Acknowledge(**header, log=probe.state.log, through=through))


def _acknowledged(probe: CraneProbe) -> Script:
    if probe.state is None or not probe.state.last_report:
        raise NotTried("it made no reports")
    through = probe.state.last_report
    _acknowledge(probe, through)
    shown = yield Wait(lambda: probe.state is not None and probe.state.acknowledged >= through, SOON_MS)
    if not shown:
        return "its state does not show it"
    now_ms = probe.clock_ms()
    again = yield Wait(lambda: any(at > now_ms + 200 and r.number <= through for at, r in probe.reports), SOON_MS)
    return "it was told again" if again else ""


def _acknowledged_too_much(probe: CraneProbe) -> Script:
    if probe.state is None:
        raise NotTried("it tells no state")
    since, last = probe.refusals(TopicName.ACKNOWLEDGE), probe.state.last_report
    _acknowledge(probe, last + 1_000)
    refused = yield Wait(lambda: probe.refused(TopicName.ACKNOWLEDGE, since), SOON_MS)
    if probe.state.acknowledged > probe.state.last_report:
        return f"its state says that {probe.state.acknowledged} is acknowledged"
    return "" if refused else "its state shows no refusal"


def _no_message(probe: CraneProbe) -> Script:
    since = probe.refusals(TopicName.JOB)
    probe.say_bytes(TopicName.JOB, b'{"jobId": 7')
    refused = yield Wait(lambda: probe.refused(TopicName.JOB, since), SOON_MS)
    return "" if refused else "its state shows no refusal"


def _drive(probe: CraneProbe, by_mm: int) -> Script:
    if not by_mm:
        raise NotTried("it may not drive")
    from_mm, sheet = probe.here_mm, probe.known_sheet
    to_mm = from_mm + by_mm if from_mm + by_mm <= sheet.gantry_until_mm else from_mm - by_mm
    probe.say(TopicName.JOB, probe.reposition("drive", to_mm))
    done = yield Wait(lambda: bool(probe.happened("drive", m.Done)), DRIVES_MS)
    travels = probe.happened("drive", m.Travelling)
    if not done or not travels:
        return "it reported no travel" if done else f"it is {probe.status('drive')} after {DRIVES_MS // 1_000} s"
    travel = travels[0].happening
    assert isinstance(travel, m.Travelling)
    if (travel.from_mm, travel.to_mm) != (from_mm, to_mm):
        return f"it went from {travel.from_mm} to {travel.to_mm} mm, not from {from_mm} to {to_mm} mm"
    early_ms = unstamp(travel.until) - unstamp(probe.happened("drive", m.Done)[0].timestamp)
    return f"it was done {early_ms} ms before it stood" if early_ms > 50 else ""


def _readable(probe: CraneProbe) -> Script:
    yield Wait(lambda: bool(probe.wrong), 500)
    return probe.wrong[0] if probe.wrong else ""


def _needs_done(probe: CraneProbe) -> None:
    if not probe.happened("stay", m.Done):
        raise NotTried("no job was done")
