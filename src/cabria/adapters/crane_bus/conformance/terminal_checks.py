"""Checks of another terminal: an emulated crane listens, and at first does not hear its first job."""

from __future__ import annotations

from dataclasses import dataclass, field

from cabria.adapters.conformance_check import Finding, Result, results_of
from cabria.adapters.crane_bus import messages as m
from cabria.adapters.crane_bus.emulation.crane import EmulatedCrane, content_of
from cabria.adapters.crane_bus.jobs import faults_of
from cabria.adapters.crane_bus.topics import Topic, TopicName
from cabria.adapters.crane_bus.wire import parse
from cabria.domain.errors import DataError

ACKNOWLEDGED_MS = 10_000
LISTED = {
    "readable": ("all", "Every message keeps to its schema"),
    "numbers": ("all", "headerId goes up by one on each topic"),
    "again": ("job", "A job that no state shows is offered again with the same content"),
    "content": ("job", "An id never comes with another content"),
    "limits": ("job", "Jobs are of the kinds and within the limits that the factsheet lists"),
    "many": ("job", "No more jobs are offered than the crane holds"),
    "rising": ("job", "New jobs have rising order numbers"),
    "cancelled": ("cancel", "A job that was cancelled is not offered again"),
    "permits": ("handover", "Permits are for jobs that were offered, and name their truck"),
    "acknowledged": ("acknowledge", "Reports are acknowledged, within ten seconds"),
    "made": ("acknowledge", "Only reports that were made are acknowledged"),
}


@dataclass
class TerminalWatch:
    """Between the wire and the crane. `hear` what comes, `advance` the time, then ask for `results`."""

    crane: EmulatedCrane
    _findings: dict[str, Finding] = field(default_factory=lambda: {name: Finding() for name in LISTED})
    _numbers: dict[TopicName, int] = field(default_factory=dict)
    _jobs: dict[str, m.CraneJob] = field(default_factory=dict)
    _cancelled: set[str] = field(default_factory=set)
    _unheard: m.CraneJob | None = None
    _is_deaf: bool = True
    _waits_since_ms: int | None = None

    def advance(self, now_ms: int) -> None:
        recalled = self.crane.recalled
        if recalled.acknowledged == recalled.last_report:
            self._waits_since_ms = None
        elif self._waits_since_ms is None:
            self._waits_since_ms = now_ms
        elif now_ms - self._waits_since_ms > ACKNOWLEDGED_MS and not self._is_deaf:
            self._findings["acknowledged"].look(False, f"report {recalled.acknowledged + 1} was not")
            self._waits_since_ms = now_ms

    def hear(self, topic: Topic, payload: bytes, now_ms: int) -> None:
        """Look at a message, then let the crane hear it."""
        try:
            message = parse(topic, payload)
        except DataError as error:
            self._findings["readable"].look(False, str(error))
            return
        self._findings["readable"].look(True, "")
        before = self._numbers.get(topic.name)
        if before is not None:
            is_next = message.header_id == (before + 1) % 2**32
            self._findings["numbers"].look(is_next, f"on {topic.name} {message.header_id} follows {before}")
        self._numbers[topic.name] = message.header_id
        if isinstance(message, m.CraneJob):
            self._look_at_job(message)
            if self._is_unheard(message):
                return
        elif isinstance(message, m.CancelJob):
            self._cancelled.add(message.job_id)
        elif isinstance(message, m.HandoverPermit):
            self._look_at_permit(message)
        elif isinstance(message, m.Acknowledge):
            recalled = self.crane.recalled
            is_made = message.log == recalled.log and message.through <= recalled.last_report
            self._findings["made"].look(is_made, f"{message.through} of {message.log} was")
            self._findings["acknowledged"].look(True, "")
        self.crane.hear(topic.name, payload, now_ms)

    def results(self) -> list[Result]:
        if self._unheard is not None and self._is_deaf:
            self._findings["again"].look(False, "the first job was offered once only")
        return results_of("T", LISTED, self._findings)

    def _is_unheard(self, job: m.CraneJob) -> bool:
        """The first job goes unheard until it comes again."""
        if not self._is_deaf:
            return False
        if self._unheard is None:
            self._unheard = job
            return True
        is_same = job.job_id == self._unheard.job_id and content_of(job) == content_of(self._unheard)
        self._findings["again"].look(is_same, f"{job.job_id} came and {self._unheard.job_id} was not shown yet")
        self._is_deaf = False
        return False

    def _look_at_job(self, job: m.CraneJob) -> None:
        findings, before = self._findings, self._jobs.get(job.job_id)
        findings["cancelled"].look(job.job_id not in self._cancelled, f"{job.job_id} was")
        if before is not None:
            findings["content"].look(content_of(job) == content_of(before), f"{job.job_id} did")
            return
        fault = faults_of(job, self.crane.sheet)
        findings["limits"].look(fault is None, f"{job.job_id}: {fault[1] if fault else ''}")
        held, most = len(self.crane.recalled.open), self.crane.sheet.maximum_jobs
        findings["many"].look(held < most, f"{job.job_id} is the {held + 1}th")
        last = max((one.order_number for one in self._jobs.values()), default=0)
        findings["rising"].look(job.order_number > last, f"{job.order_number} follows {last}")
        self._jobs[job.job_id] = job

    def _look_at_permit(self, permit: m.HandoverPermit) -> None:
        job = self.crane.recalled.jobs.get(permit.job_id)
        is_right = job is not None and job.truck == permit.truck_id
        self._findings["permits"].look(is_right, f"truck {permit.truck_id} for {permit.job_id}")
