"""The problem as the flat arrays kernels work on, and plans to and fro."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate
from typing import Any

import numpy as np

from cabria.planning.cranes import kernels
from cabria.planning.cranes.kernels import Array
from cabria.planning.cranes.operators import section_durations_s
from cabria.planning.cranes.problem import Block, CraneProblem


@dataclass
class FlatPlan:
    """Blocks in order of priority, one per column (see `kernels`); columns from `count` on are spare."""

    columns: Array
    count: int


@dataclass(frozen=True)
class FlatProblem:
    """See `kernels` for the arrays."""

    clock: Array
    cut_from: Array
    way_in: Array
    first_place: Array
    last_place: Array
    wait_from: Array
    waits: Array
    ready: Array
    gap: int
    travel: int

    @classmethod
    def of(cls, problem: CraneProblem) -> FlatProblem:
        works = problem.works
        cut_from = list(accumulate((len(work.sections) + 1 for work in works), initial=0))
        clock = [
            [moment for by_section in by_work for moment in accumulate(by_section, initial=0)]
            for by_work in section_durations_s(problem)
        ]
        waits = [other for work in works for other in work.waits_for]
        return cls(
            clock=np.array(clock, np.int64),
            cut_from=np.array(cut_from, np.int64),
            way_in=np.array([cut_from[n] + work.sections_out for n, work in enumerate(works)], np.int64),
            first_place=np.array([work.first_place for work in works], np.int64),
            last_place=np.array([work.last_place for work in works], np.int64),
            wait_from=np.array(list(accumulate((len(work.waits_for) for work in works), initial=0)), np.int64),
            waits=np.array(waits, np.int64),
            ready=np.array([crane.ready_s for crane in problem.cranes], np.int64),
            gap=problem.gap,
            travel=problem.travel_s,
        )

    def pack(self, blocks: Sequence[Block]) -> FlatPlan:
        room = 2 * len(blocks) + 3 * len(self.way_in) + 8
        columns = np.zeros((4, room), np.int64)
        for k, block in enumerate(blocks):
            cut = self.cut_from[block.work]
            columns[:, k] = (block.work, cut + block.first, cut + block.end, block.crane)
        return FlatPlan(columns, len(blocks))

    def unpack(self, plan: FlatPlan) -> list[Block]:
        blocks = []
        for work, first, end, crane in plan.columns[:, : plan.count].T.tolist():
            cut = int(self.cut_from[work])
            blocks.append(Block(work, first - cut, end - cut, crane))
        return blocks

    def _with(self, plan: FlatPlan) -> tuple[Any, ...]:
        return (
            plan.columns,
            plan.count,
            self.clock,
            self.cut_from,
            self.way_in,
            self.first_place,
            self.last_place,
            self.wait_from,
            self.waits,
            self.ready,
            self.gap,
            self.travel,
        )

    def evaluate(self, plan: FlatPlan) -> int:
        """Cost in points."""
        room = plan.columns.shape[1]
        spare = [np.zeros(size, np.int64) for size in (room, room, len(self.cut_from), 4)]
        return int(kernels.evaluate(*self._with(plan), *spare))

    def anneal(
        self,
        current: FlatPlan,
        best: FlatPlan,
        best_cost: int,
        spell: tuple[int, int, int],
        temperatures: tuple[float, float],
        state: Array,
    ) -> int:
        """Anneal on in place for a spell (first iteration, how many, of how many); returns the best cost."""
        known = np.array([best.count, best_cost], np.int64)
        go_on: Any = kernels.anneal
        current.count = int(go_on(*self._with(current), best.columns, known, *spell, *temperatures, state))
        best.count = int(known[0])
        return int(known[1])
