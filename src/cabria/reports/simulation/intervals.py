"""How sure a mean of replications is (Student 1908), and the difference of two variants on the same seeds."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from math import sqrt
from statistics import mean, stdev

from cabria.referee.run_record import RunRecord

CONFIDENCE = 0.95


@dataclass(frozen=True, slots=True)
class Interval:
    """The mean of `count` values, and half the width of its 95 % confidence interval: None for a single value."""

    mean: float
    half: float | None
    count: int

    @property
    def is_clear(self) -> bool:
        """Whether the interval leaves out zero: a difference that chance does not explain."""
        return self.half is not None and abs(self.mean) > self.half


def interval_of(values: Sequence[float]) -> Interval | None:
    """None for no values."""
    if not values:
        return None
    if len(values) == 1:
        return Interval(values[0], None, 1)
    from scipy.special import stdtrit

    quantile = float(stdtrit(len(values) - 1, 0.5 + CONFIDENCE / 2))
    return Interval(mean(values), quantile * stdev(values) / sqrt(len(values)), len(values))


def values_of(records: Iterable[RunRecord], measure: str) -> Mapping[int, float]:
    """A measure by seed, of the runs that have it."""
    return {record.seed: value for record in records if (value := record.measures.get(measure)) is not None}


def paired(ours: Mapping[int, float], first: Mapping[int, float]) -> Interval | None:
    """The mean difference on the seeds that both have: what both owe to their seeds falls out."""
    return interval_of([value - first[seed] for seed, value in ours.items() if seed in first])
