"""One emulated crane: takes jobs, carries them out one after the other, and reports until it is heard.

It reads no clock and knows no broker: `hear`, `advance` and `come_online` are told the time in milliseconds since 1970,
and what it says goes to `say`. What it did is written down before it is said, so that the next program with the same
memory goes on where this one was killed, and does nothing twice.
"""

from __future__ import annotations

from collections.abc import Callable
from itertools import islice

from msgspec.structs import replace

from cabria.adapters.crane_bus import messages as m
from cabria.adapters.crane_bus.emulation.machinery import Machinery
from cabria.adapters.crane_bus.emulation.recalled import KeptJob, Recalled
from cabria.adapters.crane_bus.jobs import cargo_at, faults_of, place_of, work_of
from cabria.adapters.crane_bus.parts import HatchCover, Message
from cabria.adapters.crane_bus.topics import Topic, TopicName
from cabria.adapters.crane_bus.wire import Header, Headers, parse
from cabria.adapters.machine_memory import Fact
from cabria.adapters.timestamps import stamp, unstamp
from cabria.domain.errors import DataError
from cabria.domain.run_events import (
    BoxesLanded,
    BoxesLifted,
    CraneTravelled,
    EnergyUsed,
    JobDone,
    LidLanded,
    LidLifted,
    RunEvent,
    Waited,
)

RETOLD_MS = 1_000
"""Between two times the same reports are told."""
TELEMETRY_MS = 500
CLOCK_MS = 60_000
"""How far the terminal's clock may be off."""
LATELY = 20
"""Ended jobs, and refusals, that a state shows."""
WHAT_OF = {
    m.Travelling: "travelled",
    m.Started: "begun",
    m.Lifted: "lifted",
    m.Landed: "landed",
    m.HatchCoverLifted: "lid lifted",
    m.HatchCoverLanded: "lid landed",
    m.WaitingHandover: "waiting",
    m.Waited: "waited",
    m.EnergyUsed: "energy",
    m.Done: "done",
    m.Failed: "failed",
    m.Cancelled: "cancelled",
    m.OutOfService: "stopped",
    m.BackInService: "resumed",
}


class EmulatedCrane:
    """`happened` is told what its machinery does, `waits` that this needs a permit."""

    def __init__(
        self,
        sheet: m.Factsheet,
        stands_mm: int,
        machinery: Machinery,
        say: Callable[[Message], None],
        *,
        write: Callable[[Fact], None],
        recalled: Recalled,
        log: str,
        interface: str = "crane",
    ) -> None:
        """`stands_mm` is where it stands if it remembers nothing else, `log` the name of its memory if that is new."""
        self.name, self.sheet = sheet.che_id, sheet
        self._machinery, self._say_message, self._write_down = machinery, say, write
        self.recalled = recalled
        self._topic = Topic(interface, self.name, TopicName.STATE)
        self._headers = Headers(self.name)
        self._now_ms = self._told_ms = self._retold_ms = self._telemetry_ms = 0
        self._changed = True
        self._from_mm, self._from_ms = stands_mm, 0
        self._lately: dict[tuple[str, int], m.JobState] = {}
        self._refusals: list[m.Refusal] = []
        if not recalled.log:
            self._write(Fact(self.name, "log", 0, log))
        if recalled.gantry_mm is None:
            recalled.gantry_mm = stands_mm
        else:
            machinery.stands_at(self.name, recalled.gantry_mm)
            self._from_mm = recalled.gantry_mm
        if recalled.cause:
            machinery.stop(self.name)

    def take_up(self, now_ms: int) -> None:
        """The job that was under way when the program was killed goes on."""
        self._now_ms = now_ms
        job = self.at_work
        if job is None:
            return
        if job.status is m.JobStatus.LANDED:
            self._report(m.Done(), job, now_ms)
        elif job.has_lifted:
            assert job.message is not None
            self._machinery.holds(self.name, work_of(job.message, self.sheet.block or ""))
        else:
            self._set_to_work(job)

    # What comes in

    def come_online(self, now_ms: int) -> None:
        """Connected: say so, who it is, and how it is."""
        self._now_ms = max(self._now_ms, now_ms)
        self.tell_connection(m.ConnectionState.ONLINE)
        self._tell_factsheet()
        self._tell_state()
        self._tell_reports()

    def last_will(self, now_ms: int) -> m.Connection:
        """What the broker is to say when the connection breaks."""
        header = self._headers.next(TopicName.CONNECTION, now_ms)
        return m.Connection(**header, connection_state=m.ConnectionState.CONNECTION_BROKEN)

    def hear(self, name: TopicName, payload: bytes, now_ms: int) -> None:
        """A message from the terminal. What cannot be acted upon is refused in the state."""
        self._now_ms = max(self._now_ms, now_ms)
        topic = self._topic.named(name)
        try:
            message = parse(topic, payload)
        except DataError as error:
            self._refuse(name, str(error))
            return
        off_ms = abs(unstamp(message.timestamp) - self._now_ms)
        if off_ms > CLOCK_MS:
            self._refuse(name, f"its clock is {off_ms // 1_000:,} s off", message)
        elif isinstance(message, m.CraneJob):
            self._take(message)
        elif isinstance(message, m.CancelJob):
            self._cancel(message)
        elif isinstance(message, m.HandoverPermit):
            self._permit(message)
        elif isinstance(message, m.Acknowledge):
            self._acknowledged(message)
        elif isinstance(message, m.Query):
            self._answer(message)
        self._begin_next()
        self._tell_news()

    def advance(self, now_ms: int) -> None:
        """Time goes by."""
        self._now_ms = max(self._now_ms, now_ms)
        self._begin_next()
        if self.recalled.reports and self._now_ms - self._retold_ms >= RETOLD_MS:
            self._tell_reports()
        if self._now_ms - self._told_ms >= self.sheet.heartbeat_ms:
            self._changed = True
        self._tell_news()
        if self._is_travelling and self._now_ms - self._telemetry_ms >= TELEMETRY_MS:
            self._tell_telemetry()

    def stop(self, cause: str) -> None:
        """Out of service."""
        if not self.recalled.cause:
            self._machinery.stop(self.name)
            self._report(m.OutOfService(cause=cause), None, self._now_ms)

    def resume(self) -> None:
        if self.recalled.cause:
            self._report(m.BackInService(), None, self._now_ms)
            self._machinery.resume(self.name)

    # What the machinery does

    def happened(self, event: RunEvent, at_ms: Callable[[int], int]) -> None:
        """A run event of this crane; `at_ms` turns its times into milliseconds since 1970."""
        happening = _happening(event, at_ms)
        if happening is not None:
            self._report(happening, self.at_work, at_ms(event.at_ms))

    def waits(self, wire_id: str, truck: str) -> None:
        """The spreader hangs over the place of a truck that is not known to stand there."""
        job = self.recalled.jobs[wire_id]
        if job.status is not m.JobStatus.WAITING_HANDOVER:
            self._report(m.WaitingHandover(truck_id=truck), job, self._now_ms)

    # Jobs

    @property
    def at_work(self) -> KeptJob | None:
        """The job it has begun."""
        return next((job for job in self.recalled.open.values() if job.status is not m.JobStatus.ACKNOWLEDGED), None)

    @property
    def _is_travelling(self) -> bool:
        return self._now_ms < self.recalled.still_ms

    def _begin_next(self) -> None:
        if self.recalled.cause or self._is_travelling or self.at_work is not None:
            return
        job = next(iter(self.recalled.open.values()), None)
        if job is not None:
            self._report(m.Started(), job, self._now_ms)
            self._set_to_work(job)

    def _set_to_work(self, job: KeptJob) -> None:
        assert job.message is not None
        if job.message.kind is m.JobKind.REPOSITION:
            self._machinery.make_way(self.name, job.job_id, job.message.gantry_mm or 0)
        else:
            self._machinery.work(self.name, work_of(job.message, self.sheet.block or ""))

    def _take(self, message: m.CraneJob) -> None:
        known = self.recalled.jobs.get(message.job_id)
        if known is not None:
            if known.message is not None and content_of(known.message) != content_of(message):
                self._refuse(TopicName.JOB, f"job {message.job_id} is known with another content", message)
            else:
                self._show(replace(known.state, order_number=message.order_number))
            return
        fault = faults_of(message, self.sheet)
        if fault is not None:
            self._write(Fact(self.name, "refused", self._now_ms, message.job_id, detail=(message, *fault)))
            self._show(self.recalled.jobs[message.job_id].state)
            return
        if len(self.recalled.open) >= self.sheet.maximum_jobs:
            self._refuse(TopicName.JOB, f"there are {self.sheet.maximum_jobs} jobs already", message)
            return
        boxes = tuple(cargo.container_id for cargo in message.cargo)
        self._write(Fact(self.name, "accepted", self._now_ms, message.job_id, boxes, detail=message))
        self._changed = True

    def _cancel(self, message: m.CancelJob) -> None:
        before = self.recalled.cancels.get(message.order_number) if message.order_number else None
        if before is not None:
            self._show(before)
            return
        job = self.recalled.jobs.get(message.job_id)
        if job is None:
            self._write(Fact(self.name, "never", self._now_ms, message.job_id))
            job = self.recalled.jobs[message.job_id]
        elif not job.status.is_over and not job.has_lifted:
            if job.status is not m.JobStatus.ACKNOWLEDGED:
                self._machinery.take_back(self.name, job.job_id)
            self._report(m.Cancelled(), job, self._now_ms)
        is_cancelled = job.status in (m.JobStatus.CANCELLED, m.JobStatus.FAILED)
        if message.order_number:
            answer = m.JobState(
                job_id=message.job_id,
                order_number=message.order_number,
                status=m.JobStatus.DONE if is_cancelled else m.JobStatus.FAILED,
                code=None if is_cancelled else m.FailureCode.ALREADY_LIFTED,
                reason="" if is_cancelled else f"it is {job.status.lower()}",
            )
            self._write(Fact(self.name, "cancel answered", self._now_ms, message.job_id, detail=answer))
            self._show(answer)
        self._show(job.state)

    def _permit(self, message: m.HandoverPermit) -> None:
        job = self.recalled.jobs.get(message.job_id)
        if job is None or job.message is None:
            self._refuse(TopicName.HANDOVER, f"there is no job {message.job_id}", message)
        elif job.truck != message.truck_id:
            self._refuse(TopicName.HANDOVER, f"{message.job_id} is for truck {job.truck}", message)
        elif not (job.status.is_over or job.is_permitted):
            job.is_permitted = self._changed = True
            self._machinery.permit(job.job_id)

    def _acknowledged(self, message: m.Acknowledge) -> None:
        recalled = self.recalled
        if message.log != recalled.log or message.through > recalled.last_report:
            self._refuse(TopicName.ACKNOWLEDGE, f"there is no report {message.through} of {message.log}", message)
        elif message.through > recalled.acknowledged:
            self._write(Fact(self.name, "acknowledged", self._now_ms, detail=message.through))
            self._retold_ms = self._now_ms

    def _answer(self, message: m.Query) -> None:
        if m.Wanted.FACTSHEET in message.wanted:
            self._tell_factsheet()
        if m.Wanted.REPORTS in message.wanted and self.recalled.reports:
            self._tell_reports()
        if m.Wanted.STATE in message.wanted:
            self._changed = True

    # What it says

    def tell_connection(self, state: m.ConnectionState) -> None:
        self._say_message(m.Connection(**self._header(TopicName.CONNECTION), connection_state=state))

    def _tell_factsheet(self) -> None:
        self._say_message(replace(self.sheet, **self._header(TopicName.FACTSHEET)))

    def _tell_news(self) -> None:
        if self._changed:
            self._tell_state()

    def _tell_state(self) -> None:
        recalled, spreader = self.recalled, self._spreader
        self._changed, self._told_ms = False, self._now_ms
        shown = {(job.job_id, job.number): job.state for job in recalled.open.values()}
        self._say_message(
            m.State(
                **self._header(TopicName.STATE),
                log=recalled.log,
                last_report=recalled.last_report,
                acknowledged=recalled.acknowledged,
                operating_mode=m.OperatingMode.AUTOMATIC,
                is_in_service=not recalled.cause,
                gantry_mm=recalled.gantry_mm or 0,
                is_travelling=self._is_travelling,
                spreader=spreader,
                jobs=tuple((self._lately | shown).values()),
                refusals=tuple(self._refusals),
                cause=recalled.cause,
            )
        )

    def _tell_reports(self) -> None:
        self._retold_ms = self._now_ms
        first = tuple(islice(self.recalled.reports, m.MOST_REPORTS))
        if first:
            self._say_message(m.Reports(**self._header(TopicName.REPORTS), log=self.recalled.log, reports=first))

    def _tell_telemetry(self) -> None:
        self._telemetry_ms = self._now_ms
        header = self._header(TopicName.TELEMETRY)
        where_mm = self._where_mm
        self._say_message(
            m.Telemetry(**header, gantry_mm=where_mm, is_travelling=self._is_travelling, spreader=self._spreader)
        )

    @property
    def _where_mm(self) -> int:
        """Now, on the way."""
        recalled = self.recalled
        to_mm = recalled.gantry_mm or 0
        if not self._is_travelling or recalled.still_ms <= self._from_ms:
            return to_mm
        share = (self._now_ms - self._from_ms) / (recalled.still_ms - self._from_ms)
        return round(self._from_mm + (to_mm - self._from_mm) * min(1.0, max(0.0, share)))

    @property
    def _spreader(self) -> m.Spreader:
        job = self.at_work
        if job is None or job.message is None or not job.has_lifted or job.status is m.JobStatus.LANDED:
            return m.Spreader(is_locked=False)
        boxes = tuple(cargo.container_id for cargo in job.message.cargo)
        lid = job.message.hatch_cover.hatch_cover_id if job.message.hatch_cover else ""
        return m.Spreader(is_locked=True, cargo=boxes, hatch_cover=lid)

    def _report(self, happening: m.Happening, job: KeptJob | None, when_ms: int) -> None:
        """Write down what happened, then say it."""
        report = m.Report(
            number=self.recalled.last_report + 1,
            timestamp=stamp(when_ms),
            happening=happening,
            job_id=job.job_id if job else None,
        )
        if isinstance(happening, m.Travelling):
            self._from_mm, self._from_ms = happening.from_mm, when_ms
        cargo = happening.cargo if isinstance(happening, m.Lifted | m.Landed) else ()
        self._write(
            Fact(
                self.name,
                WHAT_OF[type(happening)],
                when_ms,
                report.job_id or "",
                tuple(one.container_id for one in cargo),
                tuple(str(place_of(one.location)) for one in cargo),
                report,
            )
        )
        if job is not None and job.status.is_over:
            self._show(job.state)
        header = self._header(TopicName.REPORTS)
        if len(self.recalled.reports) <= m.MOST_REPORTS:
            self._say_message(m.Reports(**header, log=self.recalled.log, reports=(report,)))
        self._changed = True

    def _write(self, fact: Fact) -> None:
        self._write_down(fact)
        self.recalled.add(fact)

    def _show(self, state: m.JobState) -> None:
        """In the next states: it ended, or was asked about."""
        key = (state.job_id, state.order_number)
        self._lately.pop(key, None)
        self._lately[key] = state
        while len(self._lately) > LATELY:
            del self._lately[next(iter(self._lately))]
        self._changed = True

    def _refuse(self, topic: TopicName, reason: str, message: Message | None = None) -> None:
        number = message.header_id if message else None
        self._refusals = [*self._refusals, m.Refusal(topic=topic, reason=reason[:300], header_id=number)][-LATELY:]
        self._changed = True
        self._tell_news()

    def _header(self, name: TopicName) -> Header:
        return self._headers.next(name, self._now_ms)


def content_of(job: m.CraneJob) -> tuple[object, ...]:
    """All but the header and the order's number: another order may be for the same job."""
    return job.kind, job.gantry_mm, job.planned_duration_ms, job.cargo, job.hatch_cover, job.handover


def _happening(event: RunEvent, at_ms: Callable[[int], int]) -> m.Happening | None:
    """None for what is no crane's to report."""
    match event:
        case CraneTravelled(_, _, from_mm, to_mm, until_ms):
            return m.Travelling(from_mm=from_mm, to_mm=to_mm, until=stamp(at_ms(until_ms) + 1))
        case BoxesLifted(_, _, containers, places):
            return m.Lifted(cargo=cargo_at(containers, places))
        case BoxesLanded(_, _, containers, places):
            return m.Landed(cargo=cargo_at(containers, places))
        case LidLifted(_, _, call, lid):
            return m.HatchCoverLifted(hatch_cover=HatchCover(vessel_visit=call, hatch_cover_id=lid))
        case LidLanded(_, _, call, lid):
            return m.HatchCoverLanded(hatch_cover=HatchCover(vessel_visit=call, hatch_cover_id=lid))
        case Waited(_, _, since_ms, cause):
            return m.Waited(since=stamp(at_ms(since_ms)), cause=cause[:300])
        case EnergyUsed(_, _, wh):
            return m.EnergyUsed(watt_hours=wh)
        case JobDone():
            return m.Done()
    return None
