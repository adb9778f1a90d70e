"""What a forecast is worth: rehandles on days that it had not seen, with and without it, block by block."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import accumulate

import numpy as np
from scipy import stats

from cabria.domain.errors import DataError
from cabria.experiments.slot_choice import BlockWeeks, Visit, stack_up
from cabria.planning.yard.forecast.problem import YardVisit
from cabria.planning.yard.forecast.solve import Forecaster
from cabria.planning.yard.slots.departures import Departure
from cabria.planning.yard.slots.stacking import (
    ByPenalty,
    LeastRehandles,
    StackingRule,
    incumbent_penalties,
    levelling,
)

TIERS = 5
LEARNED, OURS_ALONE, LEVELLING, INCUMBENT = "learned", "ours alone", "levelling", "incumbent"


@dataclass(frozen=True, slots=True)
class Interval:
    """A mean and its 95 % confidence interval over blocks."""

    mean: float
    low: float
    high: float

    @classmethod
    def of(cls, values: Sequence[float]) -> Interval:
        mean = float(np.mean(values))
        if len(values) < 2:
            return cls(mean, -math.inf, math.inf)
        half = float(stats.t.ppf(0.975, len(values) - 1) * np.std(values, ddof=1) / math.sqrt(len(values)))
        return cls(mean, mean - half, mean + half)

    def __str__(self) -> str:
        return f"{self.mean:.3f} ({self.low:.3f} to {self.high:.3f})"


@dataclass(frozen=True)
class Worth:
    """Rehandles a retrieval of each rule, a figure a block; every rule stacked the same boxes in the same blocks."""

    by_rule: Mapping[str, tuple[float, ...]]
    knows_nothing: bool

    @cached_property
    def rehandles(self) -> Mapping[str, Interval]:
        return {rule: Interval.of(figures) for rule, figures in self.by_rule.items()}

    def saved(self, against: str) -> Interval:
        """Rehandles a retrieval fewer with what was learned than with another rule, in the same blocks."""
        pairs = zip(self.by_rule[against], self.by_rule[LEARNED], strict=True)
        return Interval.of([other - ours for other, ours in pairs])


def worth_of(forecaster: Forecaster, unseen: Sequence[YardVisit], *, blocks: int = 15, fill: float = 0.7) -> Worth:
    """Stack visits that nothing was learned from in so many blocks, each just so large that they fill it to `fill` when
    most of them stand. Raises DataError for too few visits.
    """
    if blocks < 1 or len(unseen) < 10 * blocks:
        raise DataError(f"{len(unseen)} visits are too few for {blocks} blocks.")
    told = forecaster.distributions(unseen)
    figures: dict[str, list[float]] = {rule: [] for rule in (LEARNED, OURS_ALONE, LEVELLING, INCUMBENT)}
    for block in range(blocks):
        numbers = range(block, len(unseen), blocks)
        visits = [unseen[n] for n in numbers]
        stacks = _stacks(visits, fill)
        learned = None if forecaster.knows_nothing else [told[n] for n in numbers]
        rules: dict[str, Callable[[], StackingRule]] = {
            LEARNED: lambda stacks=stacks, learned=learned: _Told(stacks, learned),  # type: ignore[misc]
            OURS_ALONE: lambda stacks=stacks: LeastRehandles(stacks, TIERS),  # type: ignore[misc]
            LEVELLING: lambda stacks=stacks: ByPenalty(stacks, TIERS, levelling),  # type: ignore[misc]
            INCUMBENT: lambda stacks=stacks: ByPenalty(stacks, TIERS, incumbent_penalties),  # type: ignore[misc]
        }
        weeks = BlockWeeks(stacks, TIERS, tuple(Visit(v.arrived_s, v.arrived_s + v.stay_s, v.plan_s) for v in visits))
        for rule, make in rules.items():
            figures[rule].append(stack_up(weeks, make()).rehandles_per_retrieval)
    return Worth({rule: tuple(found) for rule, found in figures.items()}, forecaster.knows_nothing)


def _stacks(visits: Sequence[YardVisit], fill: float) -> int:
    changes = sorted([(v.arrived_s, 1) for v in visits] + [(v.arrived_s + v.stay_s, -1) for v in visits])
    return max(2, math.ceil(max(accumulate(change for _, change in changes)) / (TIERS * fill)))


class _Told(LeastRehandles):
    """Slot choice that is handed the distribution of each box as it comes; its own learning where there are none."""

    def __init__(self, stacks: int, told: Sequence[Departure] | None) -> None:
        super().__init__(stacks, TIERS)
        self._told = told

    def arrives(self, box: int, now_s: float, forecast_s: float | Departure | None) -> int:
        return super().arrives(box, now_s, forecast_s if self._told is None else self._told[box])
