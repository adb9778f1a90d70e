"""What a crane remembers: its jobs, what it reported, where it stands. Built again from the facts it wrote down."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any, TypeVar

import msgspec

from cabria.adapters.crane_bus import messages as m
from cabria.adapters.crane_bus.jobs import trucks_of
from cabria.adapters.machine_memory import Fact
from cabria.adapters.timestamps import unstamp

Kind = TypeVar("Kind")


@dataclass
class KeptJob:
    """`message` is None for one that was cancelled before it came."""

    job_id: str
    number: int
    message: m.CraneJob | None
    status: m.JobStatus = m.JobStatus.ACKNOWLEDGED
    code: m.FailureCode | None = None
    reason: str = ""
    is_permitted: bool = False
    """It forgets that: it asks again after a new start."""
    has_lifted: bool = False

    @property
    def truck(self) -> str | None:
        """That must stand there, if one must."""
        return next(iter(trucks_of(self.message)), None) if self.message else None

    @property
    def state(self) -> m.JobState:
        return m.JobState(
            job_id=self.job_id,
            order_number=self.number,
            status=self.status,
            code=self.code,
            reason=self.reason,
            truck_id=self.truck,
            is_permitted=self.is_permitted,
        )


@dataclass
class Recalled:
    """`gantry_mm` is where it stands or drives to, None when it never travelled."""

    log: str = ""
    jobs: dict[str, KeptJob] = field(default_factory=dict)
    """All it ever had."""
    open: dict[str, KeptJob] = field(default_factory=dict)
    """Those that are not over, the first to be done first."""
    cancels: dict[int, m.JobState] = field(default_factory=dict)
    """By order number of the cancellation, what became of it."""
    reports: list[m.Report] = field(default_factory=list)
    """Those not acknowledged."""
    last_report: int = 0
    acknowledged: int = 0
    gantry_mm: int | None = None
    still_ms: int = 0
    """When its last travel is over, in UTC."""
    cause: str = ""
    """Why it is out of service, "" when it is in service."""

    @classmethod
    def of(cls, facts: Iterable[Fact]) -> Recalled:
        """From the facts of one crane, in their order. Raises msgspec.ValidationError for what no crane wrote."""
        recalled = cls()
        for fact in facts:
            recalled.add(fact)
        return recalled

    def add(self, fact: Fact) -> None:
        """One more fact. The same code keeps a crane's memory as it goes on."""
        if fact.what == "log":
            self.log = fact.job
        elif fact.what == "accepted":
            message = _as(fact.detail, m.CraneJob)
            self.jobs[fact.job] = self.open[fact.job] = KeptJob(fact.job, message.order_number, message)
        elif fact.what == "refused":
            message = _as(fact.detail[0], m.CraneJob)
            code = m.FailureCode(fact.detail[1])
            self.jobs[fact.job] = KeptJob(
                fact.job, message.order_number, message, m.JobStatus.FAILED, code, str(fact.detail[2])
            )
        elif fact.what == "never":
            self.jobs[fact.job] = KeptJob(fact.job, 0, None, m.JobStatus.CANCELLED)
        elif fact.what == "cancel answered":
            answer = _as(fact.detail, m.JobState)
            self.cancels[answer.order_number] = answer
        elif fact.what == "acknowledged":
            self.acknowledged = int(fact.detail)
            self.reports = [report for report in self.reports if report.number > self.acknowledged]
        else:
            self._reported(_as(fact.detail, m.Report))

    def _reported(self, report: m.Report) -> None:
        self.last_report = report.number
        self.reports.append(report)
        happening = report.happening
        job = self.jobs.get(report.job_id or "")
        if isinstance(happening, m.Travelling):
            self.gantry_mm, self.still_ms = happening.to_mm, unstamp(happening.until)
        elif isinstance(happening, m.OutOfService):
            self.cause = happening.cause
        elif isinstance(happening, m.BackInService):
            self.cause = ""
        if job is not None:
            _follow(job, happening)
            if job.status.is_over:
                self.open.pop(job.job_id, None)


def _as(detail: Any, kind: type[Kind]) -> Kind:
    """What was just written, or was read from a file."""
    return detail if isinstance(detail, kind) else msgspec.convert(detail, kind)


def _follow(job: KeptJob, happening: m.Happening) -> None:
    if isinstance(happening, m.Started):
        job.status = m.JobStatus.STARTED
    elif isinstance(happening, m.Lifted | m.HatchCoverLifted):
        job.status, job.has_lifted = m.JobStatus.LIFTED, True
    elif isinstance(happening, m.WaitingHandover):
        job.status = m.JobStatus.WAITING_HANDOVER
    elif isinstance(happening, m.Landed | m.HatchCoverLanded):
        job.status = m.JobStatus.LANDED
    elif isinstance(happening, m.Done):
        job.status = m.JobStatus.DONE
    elif isinstance(happening, m.Cancelled):
        job.status = m.JobStatus.CANCELLED
    elif isinstance(happening, m.Failed):
        job.status, job.code, job.reason = m.JobStatus.FAILED, happening.code, happening.reason
