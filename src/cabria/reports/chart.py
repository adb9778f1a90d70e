"""Axes of the report's charts: round numbers for ticks and a straight line from value to place."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

ROUND_STEPS_S = tuple(60 * minutes for minutes in (5, 15, 30, 60, 120, 180, 360, 720, 1440, 7 * 1440))


@dataclass(frozen=True, slots=True)
class Axis:
    """Maps `low`..`high` to `start`..`end` of the picture (`end` may lie before `start`)."""

    low: float
    high: float
    start: float
    end: float

    def __call__(self, value: float) -> float:
        return self.start + (value - self.low) / (self.high - self.low or 1) * (self.end - self.start)

    def ticks(self, wanted: int = 6) -> list[float]:
        """About `wanted` round values within the axis."""
        return round_ticks(self.low, self.high, wanted)


def round_ticks(low: float, high: float, wanted: int) -> list[float]:
    """Multiples of 1, 2 or 5 times a power of ten."""
    if high <= low:
        return [low]
    rough = (high - low) / max(1, wanted)
    power = 10 ** math.floor(math.log10(rough))
    step = next((m * power for m in (1, 2, 5) if m * power >= rough), 10 * power)
    first = math.ceil(low / step - 1e-9)
    return [i * step for i in range(first, math.floor(high / step + 1e-9) + 1)]


def time_ticks(end_s: int) -> Sequence[int]:
    """Round times up to the end, at most fourteen steps apart from the first."""
    wanted_s = max(1, end_s) / 14
    step_s = next((step for step in ROUND_STEPS_S if step >= wanted_s), math.ceil(wanted_s))
    return range(0, end_s + 1, step_s)
