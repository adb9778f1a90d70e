"""Visits as numbers: what a model may look at when a box comes, and nothing that is known only later."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Any

import numpy as np

from cabria.planning.yard.forecast.problem import YardVisit

Array = np.ndarray[Any, np.dtype[Any]]
HOUR_S, DAY_S = 3_600.0, 86_400.0
_WORDS = ("kind", "comes_by", "leaves_by", "line", "service", "port")
_MOST_WORDS = 60
WORD_COLUMNS = tuple(range(len(_WORDS)))


class Features:
    """Words become numbers in order of how often they were seen; rare and new ones share 0."""

    def __init__(self, visits: Sequence[YardVisit]) -> None:
        self._numbers: list[dict[str, int]] = []
        for name in _WORDS:
            counts = Counter(getattr(visit, name) for visit in visits)
            common = sorted(counts, key=lambda word: (-counts[word], word))[:_MOST_WORDS]
            self._numbers.append({word: n for n, word in enumerate(common, 1)})

    def of(self, visits: Sequence[YardVisit]) -> Array:
        """One row a visit; NaN where nothing is known."""
        return np.array([self._row(visit) for visit in visits], float).reshape(len(visits), -1)

    def _row(self, visit: YardVisit) -> list[float]:
        words = [float(n.get(getattr(visit, name), 0)) for name, n in zip(_WORDS, self._numbers, strict=True)]
        return [
            *words,
            visit.length_ft,
            visit.mass_kg,
            visit.arrived_s / DAY_S % 7,
            visit.arrived_s / HOUR_S % 24,
            _hours(visit.vessel_due_s, visit.arrived_s),
            _hours(visit.appointment_s, visit.arrived_s),
            float("nan") if visit.plan_s is None else visit.plan_s / DAY_S % 7,
            visit.has_customs_hold,
        ]


def _hours(at_s: int | None, from_s: int) -> float:
    return float("nan") if at_s is None else (at_s - from_s) / HOUR_S
