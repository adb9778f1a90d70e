"""Which pile for which stack: a set partition over all piles, by level of cost.

The linear relaxation prices every pile. One whose reduced cost exceeds the room between the relaxation and a level is
in no plan that cheap, so a mixed-integer program over the few that are left says whether there is one. Levels rise from
the bound, by what all costs are multiples of, until there is; then it is the cheapest. Masses enter as rows only: used
stacks must carry all boxes, and the cuts of `masses.py`.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from math import ceil, gcd
from typing import Any, NamedTuple

import numpy as np
from scipy.optimize import Bounds, LinearConstraint, linprog, milp

from cabria.planning.stowage.slot_planning.piles import Pile
from cabria.planning.stowage.slot_planning.problem import SlotProblem

Array = np.ndarray[Any, np.dtype[Any]]

_TOLERANCE = 1e-6
_OPTIMAL, _INFEASIBLE = 0, 2
"""How SciPy says that a program was solved, and that it has no answer."""


class Choice(NamedTuple):
    """For each group as many piles as it has stacks."""

    cost: int
    piles: tuple[tuple[Pile, ...], ...]


class Cut(NamedTuple):
    """The counts of these groups, each kind times its slope, are at most `most` in sum."""

    groups: tuple[int, ...]
    slopes: tuple[float, ...]
    most: float


class _Answer(NamedTuple):
    """The cheapest choice found among some piles; `is_complete` when there is none cheaper among them."""

    choice: Choice | None
    is_complete: bool


@dataclass
class Choices:
    """A program ends after `nodes` and looks at no more than `columns` piles, those of least reduced cost.

    `bound` holds for every plan; it is infinite when there is none.
    """

    problem: SlotProblem
    piles: Sequence[Sequence[Pile]]
    nodes: int
    columns: int
    bound: float = 0.0
    programs: int = 0
    _relaxed: float = 0.0
    _reduced: Array = field(init=False)
    _capacity_rows: list[tuple[Array, float]] = field(init=False)

    def __post_init__(self) -> None:
        groups = self.problem.groups
        every = [(group, pile) for group, piles in enumerate(self.piles) for pile in piles]
        self._pile = [pile for _, pile in every]
        self._group = np.array([group for group, _ in every])
        self._cost = np.array([pile.cost for _, pile in every], float)
        counts = np.array([pile.counts for _, pile in every], float).reshape(len(every), len(self.problem.kinds)).T
        of_group = self._group[None] == np.arange(len(groups))[:, None]
        self._rows = np.vstack([counts, of_group])
        self._due = np.array([*self.problem.demand, *(len(group.stacks) for group in groups)], float)
        self._step = gcd(*(pile.cost for pile in self._pile)) or 1
        self._reduced = self._cost
        self._capacity_rows = [self._carries_all()]

    def cut(self, cut: Cut) -> None:
        """From now on every choice keeps this."""
        row = np.array(cut.slopes) @ self._rows[: len(cut.slopes)] * np.isin(self._group, cut.groups)
        scale = max(1.0, abs(cut.most))
        self._capacity_rows.append((row / scale, cut.most / scale))

    def relax(self) -> None:
        """Price the piles and raise the bound."""
        matrix, limits = self._capacity()
        self.programs += 1
        solved = linprog(
            self._cost, A_ub=matrix, b_ub=limits, A_eq=self._rows, b_eq=self._due, bounds=(0, None), method="highs"
        )
        if solved.status == _INFEASIBLE:
            self.bound = np.inf
        elif solved.status == 0:
            duals, capacity_duals = solved.eqlin.marginals, solved.ineqlin.marginals
            reduced = self._cost - duals @ self._rows - capacity_duals @ matrix
            self._relaxed, self._reduced = solved.fun, reduced
            self.bound = max(self.bound, self._step * ceil(solved.fun / self._step - _TOLERANCE))

    def cheapest(self, may_go_on: Callable[[], bool]) -> Choice | None:
        """The cheapest choice; None when there is none. Ended early, it may cost more than `bound`, or be missing."""
        best: Choice | None = None
        level, stride = self.bound, self._step
        while self.bound < (np.inf if best is None else best.cost) and may_go_on():
            kept = np.flatnonzero(self._reduced <= level - self._relaxed + _TOLERANCE)
            choice, is_complete = self._cheapest_of(kept)
            if choice is not None and (best is None or choice.cost < best.cost):
                best = choice
            if not is_complete:
                break
            if best is not None and best.cost <= level:
                self.bound = best.cost
            elif len(kept) == len(self._pile):
                self.bound = np.inf if best is None else best.cost
            else:
                self.bound = level + self._step
                level = level + stride if best is None else best.cost - self._step
                stride *= 2
        return best

    def cheapest_balanced(self, factor: float) -> Choice | None:
        """The cheapest choice whose piles, of boxes of mean mass, fill no stack's mass limit beyond the factor."""
        boxes = self.problem.boxes_by_kind.values()
        mean_kg = np.array([kg[-1] / len(own) for kg, own in zip(self.problem.lightest_kg, boxes, strict=True)])
        limits_kg = np.array([group.mass_limit_kg for group in self.problem.groups], float)[self._group]
        filled_kg = mean_kg @ self._rows[: len(mean_kg)]
        return self._cheapest_of(np.flatnonzero((filled_kg <= factor * limits_kg) | (filled_kg == 0))).choice

    def _cheapest_of(self, kept: Array) -> _Answer:
        is_all = len(kept) <= self.columns
        if not is_all:
            kept = kept[np.argsort(self._reduced[kept], kind="stable")[: self.columns]]
        matrix, limits = self._capacity()
        self.programs += 1
        solved = milp(
            self._cost[kept],
            constraints=[
                LinearConstraint(self._rows[:, kept], self._due, self._due),
                LinearConstraint(matrix[:, kept], -np.inf, limits),
            ],
            bounds=Bounds(0, np.inf),
            integrality=np.ones(len(kept)),
            options={"presolve": False, "node_limit": self.nodes},
        )
        if solved.x is None:
            return _Answer(None, is_all and solved.status == _INFEASIBLE)
        times = np.rint(solved.x).astype(int)
        if (self._rows[:, kept] @ times != self._due).any():
            return _Answer(None, False)
        return _Answer(self._chosen(kept, times), is_all and solved.status == _OPTIMAL)

    def _chosen(self, kept: Array, times: Array) -> Choice:
        piles: list[list[Pile]] = [[] for _ in self.problem.groups]
        for number in np.flatnonzero(times):
            piles[self._group[kept[number]]] += times[number] * [self._pile[kept[number]]]
        return Choice(sum(pile.cost for own in piles for pile in own), tuple(map(tuple, piles)))

    def _capacity(self) -> tuple[Array, Array]:
        rows, limits = zip(*self._capacity_rows, strict=True)
        return np.array(rows), np.array(limits)

    def _carries_all(self) -> tuple[Array, float]:
        """Stacks that are used must carry all boxes: a pile no more than its stack may, nor than its heaviest boxes."""
        limits_kg = [group.mass_limit_kg for group in self.problem.groups]
        lightest = self.problem.lightest_kg
        carried = np.array(
            [
                min(limits_kg[group], sum(kg[-1] - kg[-1 - n] for kg, n in zip(lightest, pile.counts, strict=True)))
                if any(pile.counts)
                else 0
                for group, pile in zip(self._group, self._pile, strict=True)
            ],
            float,
        )
        total = max(1.0, float(sum(kg[-1] for kg in lightest)))
        return -carried / total, -sum(kg[-1] for kg in lightest) / total
