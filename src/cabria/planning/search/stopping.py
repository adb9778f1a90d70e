"""When a search ends. A criterion is asked between rounds and answers with a reason, or "" to go on.

Rounds are counted, not timed, wherever results are compared; a clock may only be added by someone who accepts
that two runs differ.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Protocol


class StoppingCriterion(Protocol):
    def __call__(self, iterations: int, best_cost: float) -> str: ...


@dataclass(frozen=True, slots=True)
class MaxIterations:
    """End after a number of iterations (a search may round up to its own round length)."""

    limit: int

    def __call__(self, iterations: int, best_cost: float) -> str:
        return f"{self.limit:,} iterations done" if iterations >= self.limit else ""


@dataclass(frozen=True, slots=True)
class MaxSeconds:
    """End at a time of the clock that was handed in (for example `time.process_time`)."""

    seconds: float
    clock: Callable[[], float]
    started: float

    def __call__(self, iterations: int, best_cost: float) -> str:
        return f"{self.seconds:g} s used" if self.left_s <= 0 else ""

    @property
    def left_s(self) -> float:
        """Until it ends the search; below 0 when that is over."""
        return self.seconds - (self.clock() - self.started)

    @property
    def share(self) -> float:
        """How much of its time is over; above 1 when that is past."""
        return (self.clock() - self.started) / max(1e-9, self.seconds)


@dataclass(frozen=True, slots=True)
class Interrupted:
    """End when somebody asked for it (Ctrl-C); the search keeps its best plan."""

    is_set: Callable[[], bool]

    def __call__(self, iterations: int, best_cost: float) -> str:
        return "interrupted; the best plan so far was kept" if self.is_set() else ""


@dataclass(frozen=True, slots=True)
class FirstOf:
    criteria: tuple[StoppingCriterion, ...]

    def __call__(self, iterations: int, best_cost: float) -> str:
        return next((reason for c in self.criteria if (reason := c(iterations, best_cost))), "")


def parts(stop: StoppingCriterion) -> Iterator[StoppingCriterion]:
    """The criteria of which one is made: itself, or those of a `FirstOf`."""
    if isinstance(stop, FirstOf):
        for criterion in stop.criteria:
            yield from parts(criterion)
    else:
        yield stop


def clocks(stop: StoppingCriterion) -> Iterator[MaxSeconds]:
    """The clocks that were handed in to end a search."""
    return (part for part in parts(stop) if isinstance(part, MaxSeconds))


def horizon(stop: StoppingCriterion, otherwise: int) -> int:
    """After how many iterations a search will be stopped if its criterion counts them: until then it may cool."""
    return min((part.limit for part in parts(stop) if isinstance(part, MaxIterations)), default=otherwise)


def share_used(stop: StoppingCriterion, iterations: int, otherwise: int) -> float:
    """How much of a search is over, so that it may cool: by counts, or by the clock that was handed in."""
    return min(1.0, max(_shares(stop, iterations), default=iterations / otherwise))


def knows_its_end(stop: StoppingCriterion) -> bool:
    """Whether the criterion itself tells how long a search will be."""
    return any(True for _ in _shares(stop, 0))


def _shares(stop: StoppingCriterion, iterations: int) -> Iterator[float]:
    for part in parts(stop):
        if isinstance(part, MaxIterations):
            yield iterations / max(1, part.limit)
        elif isinstance(part, MaxSeconds):
            yield max(0.0, part.share)
