"""A mixed-integer model that grows by variables and rows, and what HiGHS proves about it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
from scipy.optimize import Bounds, LinearConstraint, linprog, milp
from scipy.sparse import csr_matrix

Terms = dict[int, float]
"""Coefficient by variable."""


@dataclass
class Model:
    """To be made as small as possible. Every variable has a greatest value, so any prices of rows prove a bound."""

    costs: list[float] = field(default_factory=list)
    low: list[float] = field(default_factory=list)
    high: list[float] = field(default_factory=list)
    is_whole: list[int] = field(default_factory=list)
    rows: list[tuple[Terms, float]] = field(default_factory=list)
    """Sums that are at most so much."""

    def variable(self, cost: float, high: float, *, is_whole: bool = False) -> int:
        self.costs.append(cost)
        self.low.append(0.0)
        self.high.append(high)
        self.is_whole.append(int(is_whole))
        return len(self.costs) - 1

    def at_most(self, terms: Terms, limit: float) -> None:
        if terms:
            self.rows.append((terms, limit))

    def at_least(self, terms: Terms, limit: float) -> None:
        self.at_most({variable: -value for variable, value in terms.items()}, -limit)

    def equal(self, terms: Terms, value: float) -> None:
        self.at_most(terms, value)
        self.at_least(terms, value)

    def relaxed(self, seconds: float, at: Mapping[int, float] | None = None) -> float | None:
        """A bound without regard to whole numbers, proved by the rows' prices whatever the solver's accuracy.

        With `at`, those variables have those values; None when it took longer or nothing keeps all rows.
        """
        matrix, limits, costs = self._matrix(), self._limits(), np.array(self.costs)
        low, high = self._box(at)
        solved = linprog(
            costs,
            matrix,
            limits,
            bounds=np.column_stack([low, high]),
            method="highs-ipm",
            options={"time_limit": seconds},
        )
        if solved.status != 0:
            return None
        prices = np.minimum(solved.ineqlin.marginals, 0.0)
        reduced = costs - matrix.T @ prices
        return float(prices @ limits + np.minimum(reduced * low, reduced * high).sum())

    def proved(self, seconds: float) -> float | None:
        """The best bound found within the time, with regard to whole numbers."""
        low, high = self._box(None)
        solved = milp(
            np.array(self.costs),
            integrality=np.array(self.is_whole),
            bounds=Bounds(low, high),
            constraints=LinearConstraint(self._matrix(), -np.inf, self._limits()),
            options={"time_limit": seconds},
        )
        found = getattr(solved, "mip_dual_bound", None)
        return float(found) if found is not None and np.isfinite(found) else None

    def _box(self, at: Mapping[int, float] | None) -> tuple[np.ndarray, np.ndarray]:
        low, high = np.array(self.low), np.array(self.high)
        for variable, value in (at or {}).items():
            low[variable] = high[variable] = value
        return low, high

    def _limits(self) -> np.ndarray:
        return np.array([limit for _, limit in self.rows])

    def _matrix(self) -> csr_matrix:
        sizes = [len(terms) for terms, _ in self.rows]
        columns = np.fromiter((column for terms, _ in self.rows for column in terms), np.int64, sum(sizes))
        values = np.fromiter((value for terms, _ in self.rows for value in terms.values()), np.float64, sum(sizes))
        lines = np.repeat(np.arange(len(self.rows)), sizes)
        return csr_matrix((values, (lines, columns)), shape=(len(self.rows), len(self.costs)))
