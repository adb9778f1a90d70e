"""Two yard cranes on one rail: they never pass each other, keep a gap, and share one block's jobs.

Places are bays along the rail, from 1; a crane needs `bay_travel_s` from one to the next. Times are whole seconds.
"""

from __future__ import annotations

from dataclasses import dataclass

from cabria.domain.errors import DataError

LEFT, RIGHT = 0, 1


@dataclass(frozen=True, slots=True)
class RailJob:
    """One box lifted over bay `source` and set down over bay `target`: retrieval, put-away or tidying.

    It may be lifted from `ready_s` on and should be set down by `due_s`; None is no hurry.
    """

    source: int
    target: int
    lift_s: int = 45
    set_down_s: int = 45
    ready_s: int = 0
    due_s: int | None = None

    def __post_init__(self) -> None:
        if min(self.lift_s, self.set_down_s) < 1 or self.ready_s < 0:
            raise DataError("A job needs at least a second to lift and to set down, and is ready at 0 s or later.")


@dataclass(frozen=True, slots=True)
class RailPrices:
    """What a second costs: of a box set down late, of the whole work, of a crane's travel along the rail."""

    late: int = 10
    makespan: int = 10
    travel: int = 1

    def __post_init__(self) -> None:
        if min(self.late, self.makespan, self.travel) < 0:
            raise DataError("Prices are not below 0.")


USUAL_PRICES = RailPrices()


@dataclass(frozen=True)
class RailCase:
    """`starts` are the bays of the left and the right crane at 0 s. `gap_bays` is how far apart they stay.

    `before` are pairs of jobs, from 0: the second is lifted only when the first is set down (boxes of one stack).
    Raises DataError for what no two cranes could do.
    """

    name: str
    bays: int
    starts: tuple[int, int]
    jobs: tuple[RailJob, ...]
    before: tuple[tuple[int, int], ...] = ()
    gap_bays: int = 4
    bay_travel_s: int = 3
    prices: RailPrices = USUAL_PRICES

    def __post_init__(self) -> None:
        if self.gap_bays < 1 or self.bay_travel_s < 1 or self.bays <= self.gap_bays:
            raise DataError(f"{self.bays} bays do not hold two cranes {self.gap_bays} bays apart.", place="bays")
        left, right = self.starts
        if not (self.may_stand(LEFT, left) and self.may_stand(RIGHT, right) and left + self.gap_bays <= right):
            raise DataError(f"The cranes cannot start over bays {left} and {right}.", place="starts")
        for number, job in enumerate(self.jobs):
            if not any(self.may_do(crane, job) for crane in (LEFT, RIGHT)):
                text = f"No crane reaches both bay {job.source} and bay {job.target}."
                raise DataError(text, place=f"jobs[{number}]")
        self._refuse_circles()

    def may_stand(self, crane: int, bay: int) -> bool:
        """The other crane must have room beside it."""
        return 1 <= bay <= self.bays - self.gap_bays if crane == LEFT else 1 + self.gap_bays <= bay <= self.bays

    def may_do(self, crane: int, job: RailJob) -> bool:
        return self.may_stand(crane, job.source) and self.may_stand(crane, job.target)

    def _refuse_circles(self) -> None:
        waits: list[set[int]] = [set() for _ in self.jobs]
        for first, then in self.before:
            if not (0 <= first < len(self.jobs) and 0 <= then < len(self.jobs)):
                raise DataError(f"There is no pair of jobs {first} and {then}.", place="before")
            waits[then].add(first)
        done: set[int] = set()
        while free := [n for n, others in enumerate(waits) if n not in done and others <= done]:
            done.update(free)
        if len(done) < len(self.jobs):
            left = min(set(range(len(self.jobs))) - done)
            raise DataError(f"Job {left} waits for itself through others.", place="before")


@dataclass(frozen=True, slots=True)
class RailTask:
    """When which crane does a job; it stands still over the source while lifting, then over the target."""

    job: int
    crane: int
    lift_at_s: int
    set_down_at_s: int


@dataclass(frozen=True, slots=True)
class Waypoint:
    """Where a crane is at a time; between two waypoints it moves evenly, after the last one it stays."""

    time_s: float
    bay: float


@dataclass(frozen=True)
class RailPlan:
    """`paths` has the left crane's way and the right one's, each from 0 s on."""

    tasks: tuple[RailTask, ...]
    paths: tuple[tuple[Waypoint, ...], tuple[Waypoint, ...]]
