"""What the fine twin found, beside what the coarse one finds: the rates are fitted to it, and the errors told.

Figures of the fine twin are those of `python -m benchmarks terminal made:24 made:30 made:40` (2,400 moves, six quay
cranes of 36 moves an hour) and `week:1.5 week:1.0 week:1.5:24:2`. `python -m benchmarks events fidelity` holds the
coarse ones against them; when the fine twin is changed for the better, put its figures here and fit again.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from itertools import product
from typing import Any

from cabria.domain.errors import DataError
from cabria.operations.settings import Settings
from cabria.twin.coarse.problem import Rates

FINE_SETTINGS = Settings(yard_ahead_ms=75_000, yard_takes_ahead_ms=75_000, yard_along_ms=0, pair_boxes=False)
"""With which the figures below were found."""
FINE_CALLS: Mapping[int, Mapping[str, float]] = {
    24: {"gmph": 28.9, "crane_waiting": 0.169},
    30: {"gmph": 31.7, "crane_waiting": 0.088},
    40: {"gmph": 33.7, "crane_waiting": 0.030},
}
"""By trucks: one made call."""
FINE_WEEKS: Mapping[str, Mapping[str, float]] = {
    "week:1.5:40:7": {
        "gmph": 32.36, "crane_waiting": 0.024, "berth_productivity": 108.3, "rehandles": 0.305, "turn_min": 10.38,
        "turn_min_95": 18.79, "occupancy_mean": 0.454, "kwh_per_move": 17.03, "truck_use": 0.482, "empty_drive": 0.505,
        "yard_crane_use": 0.503,
    },
    "week:1.0:40:7": {
        "gmph": 32.50, "crane_waiting": 0.019, "berth_productivity": 95.95, "rehandles": 0.268, "turn_min": 8.56,
        "turn_min_95": 14.10, "occupancy_mean": 0.294, "kwh_per_move": 16.73, "truck_use": 0.347, "empty_drive": 0.531,
        "yard_crane_use": 0.343,
    },
    "week:1.5:24:2": {
        "gmph": 30.55, "crane_waiting": 0.087, "rehandles": 0.406, "turn_min": 9.86, "turn_min_95": 17.52,
        "occupancy_mean": 0.439, "truck_use": 0.639, "empty_drive": 0.454, "yard_crane_use": 0.592,
    },
}  # fmt: skip
"""By instance of the benchmark `terminal`, seed 0. The rates are fitted to the first two and the calls; the last was
held back."""
SHARES = frozenset({"crane_waiting", "occupancy_mean", "truck_use", "empty_drive", "yard_crane_use"})
"""Whose error is a difference; that of others is a part of the fine figure."""
Find = Callable[[Rates], Mapping[str, float]]
"""The coarse figures with these rates."""


@dataclass(frozen=True, slots=True)
class Compared:
    """One figure of one instance at both fidelities."""

    instance: str
    figure: str
    fine: float
    coarse: float

    @property
    def error(self) -> float:
        """Coarse against fine: for shares the difference, for others relative."""
        if self.figure in SHARES or not self.fine:
            return self.coarse - self.fine
        return self.coarse / self.fine - 1


def compared(instance: str, fine: Mapping[str, float], coarse: Mapping[str, float]) -> Iterator[Compared]:
    """Every figure that both have. Raises DataError where they have none in common."""
    common = [name for name in fine if name in coarse]
    if not common:
        raise DataError("Nothing is known of it at both fidelities.", place=instance)
    return (Compared(instance, name, fine[name], coarse[name]) for name in common)


def worst(rows: Iterator[Compared]) -> float:
    """The largest error, whatever its sign; 0 of none."""
    return max((abs(row.error) for row in rows), default=0.0)


def fitted(
    instances: Mapping[str, tuple[Mapping[str, float], Find]], tried: Mapping[str, tuple[float, ...]], start: Rates
) -> tuple[Rates, float]:
    """The rates with the least sum of squared errors over all instances, every choice of the `tried` values looked at,
    and that sum. Raises DataError for rates that cannot be."""
    best, least = start, float("inf")
    for values in product(*tried.values()):
        changes: dict[str, Any] = dict(zip(tried, values, strict=True))
        rates = replace(start, **changes)
        error = sum(
            row.error**2 for name, (fine, find) in instances.items() for row in compared(name, fine, find(rates))
        )
        if error < least:
            best, least = rates, error
    return best, least
