"""What the fine twin found, beside what the coarse one finds: the rates are fitted to it, and the errors told.

Figures of the fine twin were made with `python -m benchmarks terminal made:20 ... made:50` (2,400 moves, six quay
cranes of 36 moves an hour) and `week:1.5:40:2`; when it is changed for the better, put its figures here and fit again.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from itertools import product
from typing import Any

from cabria.domain.errors import DataError
from cabria.twin.coarse.problem import Rates

FINE_CALLS: Mapping[int, Mapping[str, float]] = {
    20: {"gmph": 23.82, "crane_waiting": 0.315},
    24: {"gmph": 27.02, "crane_waiting": 0.222},
    30: {"gmph": 30.07, "crane_waiting": 0.135},
    40: {"gmph": 32.18, "crane_waiting": 0.074},
    50: {"gmph": 33.67, "crane_waiting": 0.031},
}
"""By trucks: one made call."""
FINE_WEEKS: Mapping[str, Mapping[str, float]] = {
    "week:1.5:40:2": {
        "gmph": 31.0, "crane_waiting": 0.060, "berth_productivity": 139.1, "rehandles": 0.413, "turn_min": 9.82,
        "turn_min_95": 17.54, "occupancy_mean": 0.440, "kwh_per_move": 16.58, "truck_use": 0.561, "empty_drive": 0.496,
        "yard_crane_use": 0.582,
    },
    "week:1.5:24:2": {
        "gmph": 29.35, "crane_waiting": 0.115, "berth_productivity": 138.2, "rehandles": 0.407, "turn_min": 9.81,
        "turn_min_95": 17.32, "occupancy_mean": 0.439, "kwh_per_move": 16.51, "truck_use": 0.663, "empty_drive": 0.456,
        "yard_crane_use": 0.596,
    },
}  # fmt: skip
"""By instance of the benchmark `terminal`, seed 0. The rates are fitted to the first; the second was held back."""
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
