"""The problem as the flat arrays kernels work on, and plans to and fro."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import accumulate, chain
from typing import Any

import numpy as np

from cabria.planning.cranes import kernels
from cabria.planning.cranes.kernels import Array
from cabria.planning.cranes.operators import lift_times_s, loads_by_block
from cabria.planning.cranes.problem import PEAK_PRICE_S, SPAN_MM, Block, CraneProblem


@dataclass
class FlatPlan:
    """Blocks in order of priority, one per column (see `kernels`); columns from `count` on are spare."""

    columns: Array
    count: int


@dataclass(frozen=True)
class FlatProblem:
    """See `kernels` for the arrays."""

    clock: Array
    cut_lift: Array
    works: Array
    waits: Array
    fleet: Array
    outages: Array
    lates: Array
    law: Array
    feed_from: Array
    feed: Array
    limits: Array

    @classmethod
    def of(cls, problem: CraneProblem) -> FlatProblem:
        names = list(problem.feed.limits) if problem.feed else []
        feed, feed_from = _feed(problem, names)
        outages = [(outage.from_s, outage.until_s) for crane in problem.cranes for outage in crane.outages]
        return cls(
            clock=_clock(problem),
            cut_lift=_cut_lift(problem),
            works=_works(problem),
            waits=_waits(problem),
            fleet=_fleet(problem),
            outages=np.ascontiguousarray(np.array(outages, np.int64).reshape(-1, 2).T),
            lates=np.ascontiguousarray(np.array(_lates(problem), np.int64).reshape(-1, 2).T),
            law=np.array(
                [
                    problem.gap_mm,
                    problem.travel_s,
                    SPAN_MM,
                    kernels.POINTS_PER_S * PEAK_PRICE_S if problem.feed else 0,
                ],
                np.int64,
            ),
            feed_from=feed_from,
            feed=feed,
            limits=np.array([problem.feed.limits[name] for name in names] if problem.feed else [], np.float64),
        )

    def pack(self, blocks: Sequence[Block]) -> FlatPlan:
        room = 2 * len(blocks) + 3 * self.works.shape[1] + 8
        columns = np.zeros((4, room), np.int64)
        cuts = self._cuts
        rows = [(b.work, cuts[b.work] + b.first, cuts[b.work] + b.end, b.crane) for b in blocks]
        columns[:, : len(blocks)] = np.array(rows, np.int64).reshape(-1, 4).T
        return FlatPlan(columns, len(blocks))

    @cached_property
    def _cuts(self) -> list[int]:
        """The first cut of each work."""
        return list(map(int, self.works[kernels.CUT]))

    def unpack(self, plan: FlatPlan) -> list[Block]:
        blocks = []
        for work, first, end, crane in plan.columns[:, : plan.count].T.tolist():
            cut = int(self.works[kernels.CUT, work])
            blocks.append(Block(work, first - cut, end - cut, crane))
        return blocks

    def _with(self, plan: FlatPlan) -> tuple[Any, ...]:
        given = (self.clock, self.cut_lift, self.works, self.waits, self.fleet, self.outages, self.lates, self.law)
        return (plan.columns, plan.count, *given, self.feed_from, self.feed, self.limits)

    def evaluate(self, plan: FlatPlan) -> int:
        """Cost in points."""
        room = plan.columns.shape[1]
        spare = [np.zeros(size, np.int64) for size in (room, room, self.works.shape[1], 4)]
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


def _clock(problem: CraneProblem) -> Array:
    """By crane, the time before each lift of a work and after its last."""
    return np.array(
        [
            [moment for by_section in by_work for moment in accumulate(chain.from_iterable(by_section), initial=0)]
            for by_work in lift_times_s(problem)
        ],
        np.int64,
    )


def _cut_lift(problem: CraneProblem) -> Array:
    found: list[int] = []
    for work in problem.works:
        begin = found[-1] + 1 if found else 0
        found += accumulate((len(section) for section in work.sections), initial=begin)
    return np.array(found, np.int64)


def _works(problem: CraneProblem) -> Array:
    works = problem.works
    cut_from = list(accumulate((len(work.sections) + 1 for work in works), initial=0))
    rows = np.zeros((6, len(works) + 1), np.int64)
    rows[kernels.CUT] = cut_from
    rows[kernels.WAIT] = list(accumulate((len(work.waits) for work in works), initial=0))
    lates = [sum(problem.lift_ready_s(lift) > 0 for section in work.sections for lift in section) for work in works]
    rows[kernels.LATE] = list(accumulate(lates, initial=0))
    for number, work in enumerate(works):
        rows[kernels.FIRST_X, number] = work.first_x_mm
        rows[kernels.LAST_X, number] = work.last_x_mm
        rows[kernels.RELEASE, number] = problem.offsets_s[work.ship]
    return rows


def _waits(problem: CraneProblem) -> Array:
    cut_from = list(accumulate((len(work.sections) + 1 for work in problem.works), initial=0))
    rows = [
        (wait.other, cut_from[wait.other] + wait.until, cut_from[number] + wait.since)
        for number, work in enumerate(problem.works)
        for wait in work.waits
    ]
    return np.ascontiguousarray(np.array(rows, np.int64).reshape(-1, 3).T)


def _lates(problem: CraneProblem) -> list[tuple[int, int]]:
    found, number = [], 0
    for work in problem.works:
        for section in work.sections:
            for lift in section:
                if ready_s := problem.lift_ready_s(lift):
                    found.append((number, ready_s))
                number += 1
        number += 1
    return found


def _fleet(problem: CraneProblem) -> Array:
    cranes = problem.cranes
    rows = np.zeros((4, len(cranes) + 1), np.int64)
    rows[kernels.OUTAGE] = list(accumulate((len(crane.outages) for crane in cranes), initial=0))
    for number, crane in enumerate(cranes):
        rows[kernels.READY, number] = crane.ready_s
        rows[kernels.START_X, number] = crane.x_mm if crane.travels_from_x else kernels.NOWHERE
        rows[kernels.LEAVES, number] = crane.leaves_s
    return rows


def _feed(problem: CraneProblem, names: Sequence[str]) -> tuple[Array, Array]:
    """What each section asks of which yard block, and where each cut's part of it begins."""
    entries: list[tuple[int, int]] = []
    begins: list[int] = []
    for number, work in enumerate(problem.works):
        for section in range(len(work.sections)):
            begins.append(len(entries))
            asked = loads_by_block(problem, number, section)
            entries += [(names.index(name), count) for name, count in asked.items()]
        begins.append(len(entries))
    feed = np.ascontiguousarray(np.array(entries, np.int64).reshape(-1, 2).T)
    return feed, np.array([*begins, len(entries)], np.int64)
