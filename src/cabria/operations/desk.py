"""The dispatcher's desk: the board, the gateways, and the jobs that are out."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from cabria.domain.run_events import (
    BoxesLanded,
    BoxesLifted,
    JobDone,
    JobGiven,
    JobTakenBack,
    LidLanded,
    LidLifted,
    RunEvent,
    Waited,
)
from cabria.domain.said import Reason
from cabria.operations.board import Board
from cabria.operations.crane_order import Waits
from cabria.operations.gateways import Alarms, Journal, QuayCranes, Trucks, YardCranes
from cabria.operations.records import Alert
from cabria.operations.settings import Settings

IN_A_MOMENT_MS = 5_000
Finished = Callable[["Desk", Any], None]
"""What follows the end of a job: a function of a module, so that a desk can be forked."""


@dataclass(frozen=True, slots=True)
class Gateways:
    """Everything outside."""

    alarms: Alarms
    journal: Journal
    quay_cranes: QuayCranes
    yard_cranes: YardCranes
    trucks: Trucks


@dataclass
class Desk:
    """What every phase of the dispatch cycle works with."""

    board: Board
    out: Gateways
    settings: Settings
    waits: dict[str, Waits] = field(default_factory=dict)
    """By call: which quay crane's steps must wait for which other's."""
    _jobs: dict[str, tuple[Finished, Any]] = field(default_factory=dict)
    look_again_ms: int = 0
    """When the dispatch cycle is wanted even if nothing is reported till then; 0 is never."""
    in_use: set[int] | None = None
    """Stands in reach of quay cranes, as long as a dispatch cycle lasts; None until they are asked for."""
    _job_count: int = 0
    _idle: dict[str, tuple[int, str]] = field(default_factory=dict)
    causes: dict[str, tuple[int, str]] = field(default_factory=dict)
    """Of each machine out of service since when, and why."""
    alerts: dict[int, Alert] = field(default_factory=dict)
    """What a person should look at, or has looked at, by number."""

    @property
    def now_ms(self) -> int:
        return self.out.alarms.now_ms

    def look_again(self, at_ms: int) -> None:
        """Have the dispatch cycle run at that time at the latest; or a little later where trucks tell their way, as
        what is expected of one that waits is always to come in a moment."""
        if self.board.lanes.progress:
            at_ms = max(at_ms, self.now_ms + IN_A_MOMENT_MS)
        self.look_again_ms = min(at_ms, self.look_again_ms or at_ms)

    def record(self, event: RunEvent) -> None:
        if isinstance(event, BoxesLifted | BoxesLanded | LidLifted | LidLanded | Waited):
            crane = self.board.quay_cranes.get(event.crane)
            if crane is not None:
                crane.told_ms = event.at_ms
        self.out.journal.record(event)

    def give(self, machine: str, move: str, reason: Reason, then: Finished, argument: Any) -> str:
        """Open a job for a machine; `then(desk, argument)` follows when it reports the end."""
        job = f"{machine}/{self.next_number()}"
        self._jobs[job] = (then, argument)
        self.record(JobGiven(self.now_ms, job, move, machine, reason))
        return job

    def next_number(self) -> int:
        self._job_count += 1
        return self._job_count

    def is_out(self, job: str) -> bool:
        """Whether a job was given and has neither ended nor been taken back."""
        return job in self._jobs

    @property
    def jobs_out(self) -> tuple[str, ...]:
        return tuple(self._jobs)

    def idle_since(self, crane: str) -> tuple[int, str]:
        """Since when a quay crane with work does none, and for want of what; "" while it does."""
        return self._idle.get(crane, (0, ""))

    def done(self, event: JobDone) -> None:
        """A machine reports the end of a job."""
        then, argument = self._jobs.pop(event.job)
        then(self, argument)

    def take_back(self, job: str, reason: Reason) -> None:
        """A machine is not to do a job any more; its end is no longer waited for."""
        del self._jobs[job]
        self.record(JobTakenBack(self.now_ms, job, reason))

    def waits_for(self, crane: str, cause: str) -> None:
        """A quay crane has work and does none, for want of something; with "" it goes on."""
        since = self._idle.get(crane)
        if since is not None and since[1] == cause:
            return
        if since is not None and since[0] < self.now_ms:
            self.record(Waited(self.now_ms, crane, *since))
        if cause:
            self._idle[crane] = (self.now_ms, cause)
        else:
            self._idle.pop(crane, None)
