"""The work that is left divided anew where a crane is out: first at once, then better, few boxes changing their crane.

What a crane that is out had to do goes, block by block, to the crane with which the ship is done earliest. Then blocks
are given away, cut, joined or done earlier or later, by simulated annealing; a box that changes its crane has a small
price, so that a crane that is not concerned keeps its work.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import accumulate, pairwise
from random import Random

import numpy as np

from cabria.domain.call_changes import END_OF_CALL_S
from cabria.domain.errors import DataError
from cabria.planning.cranes.flat import FlatPlan, FlatProblem
from cabria.planning.cranes.kernels import CUT, INFEASIBLE, POINTS_PER_S, Array
from cabria.planning.cranes.lateness import not_waited_for
from cabria.planning.cranes.operators import first_plans, schedule
from cabria.planning.cranes.problem import Block
from cabria.planning.loading.editing.blocks import ToDivide
from cabria.planning.search.kernels import generator

MOVED_BOX_S = 0.25
"""What it costs that a box changes its crane: a papers' line for somebody, so that a minute is worth 240 of them."""
FAR_S = 10**6
"""Above any plan that ends; for what is not possible at all."""
HOT_S, COLD_S = 300.0, 5.0
QUICK_ITERATIONS, FREE_ITERATIONS, HOT_SHARE, COLD_SHARE = 20_000, 100_000, 0.005, 0.00001

Stop = Callable[[int, float], str]


@dataclass(frozen=True)
class Division:
    """What is left, and which crane was to do which section of it."""

    todo: ToDivide
    most_moves: int | None = None

    @cached_property
    def out_of_call(self) -> frozenset[int]:
        """Cranes that do not come back."""
        return frozenset(
            number
            for number, crane in enumerate(self.todo.problem.cranes)
            if crane.ready_s >= END_OF_CALL_S // 2
            or any(outage.until_s >= END_OF_CALL_S // 2 and outage.from_s < FAR_S for outage in crane.outages)
        )

    @cached_property
    def able(self) -> tuple[tuple[int, ...], ...]:
        """By work, the cranes that may do it."""
        problem = self.todo.problem
        return tuple(
            tuple(
                number
                for number, crane in enumerate(problem.cranes)
                if number not in self.out_of_call and problem.may_work(crane, work)
            )
            for work in problem.works
        )

    @cached_property
    def _boxes(self) -> tuple[tuple[int, ...], ...]:
        """By work, how many boxes come before each section."""
        return tuple(
            tuple(accumulate((sum(lift.count for lift in section) for section in work.sections), initial=0))
            for work in self.todo.problem.works
        )

    @cached_property
    def _boxes_of(self) -> Array:
        """By crane (the last row is all of them) and cut of any work, one after another as the flat problem has them:
        how many boxes come before it, of which that crane was to lift those in its row."""
        flat, cranes = self._flat, len(self.todo.problem.cranes)
        found = np.zeros((cranes + 1, len(flat.cut_lift)), np.int64)
        begins = flat.works[CUT].tolist()
        for work, boxes in enumerate(self._boxes):
            found[cranes, begins[work] : begins[work] + len(boxes)] = boxes
        for block in self.todo.blocks:
            boxes, begin = self._boxes[block.work], begins[block.work]
            own = found[block.crane]
            own[begin + block.first + 1 : begin + block.end + 1] += np.diff(boxes[block.first : block.end + 1])
        for begin, end in pairwise(begins):
            found[:cranes, begin:end] = found[:cranes, begin:end].cumsum(axis=1)
        return found

    def _moved_of(self, plan: FlatPlan) -> int:
        _, first, end, crane = plan.columns[:, : plan.count]
        boxes = self._boxes_of
        return int((boxes[-1, end] - boxes[-1, first] - boxes[crane, end] + boxes[crane, first]).sum())

    def moved(self, blocks: Sequence[Block]) -> int:
        """Boxes that another crane lifts than was planned."""
        return self._moved_of(self._flat.pack(blocks))

    @cached_property
    def _flat(self) -> FlatProblem:
        return FlatProblem.of(self.todo.problem)

    def cost_s(self, blocks: Sequence[Block]) -> float:
        """Infinite for what is out of order, or moves more boxes than may."""
        plan = self._flat.pack(blocks)
        moved = self._moved_of(plan)
        if self.most_moves is not None and moved > self.most_moves:
            return math.inf
        points = self._flat.evaluate(plan)
        return points / POINTS_PER_S + MOVED_BOX_S * moved if points < FAR_S * POINTS_PER_S else math.inf

    @cached_property
    def at_once(self) -> list[Block]:
        """What cranes that are out had to do, block by block where the ship is done earliest.

        Raises DataError where no crane in service reaches it, or the budget of moves does not do.
        """
        blocks = list(self.todo.blocks)
        homeless = [place for place, block in enumerate(blocks) if block.crane not in self.able[block.work]]
        for place in homeless:
            blocks[place] = replace(blocks[place], crane=self._nearest(blocks[place]))
        for place in homeless:
            others = [replace(blocks[place], crane=crane) for crane in self.able[blocks[place].work]]
            tried = [[*blocks[:place], block, *blocks[place + 1 :]] for block in others]
            blocks = min(tried, key=lambda each: (_end_s(self.todo, each), self.moved(each)))
        least = self.moved(blocks)
        if self.most_moves is not None and least > self.most_moves:
            text = f"{least:,} boxes must change their crane, {self.most_moves:,} may."
            raise DataError(text, remedy="Allow more with --moves.")
        return blocks

    def _nearest(self, block: Block) -> int:
        able = self.able[block.work]
        if not able:
            bay = self.todo.problem.works[block.work].bays[0]
            raise DataError("No quay crane in service may work there.", place=f"bay {bay:02}")
        return min(able, key=lambda crane: abs(crane - block.crane))

    def quickly(self, *, seed: int) -> list[Block]:
        """The best of what goes on as it stands and of sweeps along the quay, each shortly annealed.

        Raises DataError as `at_once` does.
        """
        return min([self.at_once, *self._each_without_regard(seed, QUICK_ITERATIONS)], key=self.cost_s)

    def waiting_where_it_pays(self, blocks: Sequence[Block], refused_s: int) -> Division:
        """The same, but that no crane waits for late boxes without which the ship had better sail: `refused_s` is what
        each left behind costs."""
        problem = self.todo.problem
        behind = not_waited_for(problem, blocks, refused_s) if problem.ready_s else ()
        return replace(self, todo=self.todo.not_waiting_for(behind)) if behind else self

    def improved(self, blocks: list[Block], stop: Stop, *, iterations: int, seed: int) -> list[Block]:
        """Deterministic for a seed as long as `stop` does not look at a clock."""
        random = Random(seed)
        starts = [blocks, *self._each_without_regard(seed, FREE_ITERATIONS)]
        best = min(starts, key=self.cost_s)
        current = best
        cost = best_cost = self.cost_s(best)
        for number in range(iterations):
            if stop(number, best_cost / 60):
                break
            tried = self._neighbour(current, random)
            if tried is None:
                continue
            other = self.cost_s(tried)
            heat_s = HOT_S * (COLD_S / HOT_S) ** (number / iterations)
            if other <= cost or random.random() < math.exp(min(0.0, (cost - other) / heat_s)):
                current, cost = tried, other
                if cost < best_cost:
                    best, best_cost = current, cost
        return best

    @cached_property
    def _firsts(self) -> list[list[Block]]:
        """What may be annealed: the plan as it stands now, and sweeps along the quay by those in service."""
        out = {self.todo.problem.cranes[number].id for number in self.out_of_call}
        works = tuple(
            replace(work, may=(work.may or frozenset(c.id for c in self.todo.problem.cranes)) - out)
            for work in self.todo.problem.works
        )
        sweeps = first_plans(replace(self.todo.problem, works=works)) if all(self.able) else ()
        return [self.at_once, *sorted(sweeps, key=self.cost_s)[:2]]

    def _each_without_regard(self, seed: int, iterations: int) -> list[list[Block]]:
        """Side by side on the machine's cores, as kernels leave Python free; none hears of another."""
        with ThreadPoolExecutor() as threads:
            return list(threads.map(lambda first: self._without_regard(first, seed, iterations), self._firsts))

    def _without_regard(self, blocks: list[Block], seed: int, iterations: int) -> list[Block]:
        """Annealed in the cranes' own way, which knows nothing of who was to do what."""
        cost = self._flat.evaluate(self._flat.pack(blocks))
        if cost >= INFEASIBLE:
            return blocks
        current, best = self._flat.pack(blocks), self._flat.pack(blocks)
        spell = (0, iterations, iterations)
        self._flat.anneal(current, best, cost, spell, (HOT_SHARE * cost, COLD_SHARE * cost), generator(seed))
        return self._flat.unpack(best)

    def _neighbour(self, blocks: list[Block], random: Random) -> list[Block] | None:
        kind = random.random()
        place = random.randrange(len(blocks))
        block = blocks[place]
        others = [crane for crane in self.able[block.work] if crane != block.crane]
        if kind < 0.4:
            to = max(0, min(len(blocks) - 1, place + random.choice((-3, -2, -1, 1, 2, 3))))
            left = [*blocks[:place], *blocks[place + 1 :]]
            return [*left[:to], block, *left[to:]]
        if kind < 0.6 and others:
            return _joined([*blocks[:place], replace(block, crane=random.choice(others)), *blocks[place + 1 :]])
        if kind < 0.8 and others and block.end - block.first > 1:
            cut = random.randrange(block.first + 1, block.end)
            parts = [replace(block, end=cut), replace(block, first=cut)]
            given = random.randrange(2)
            parts[given] = replace(parts[given], crane=random.choice(others))
            return _joined([*blocks[:place], *parts, *blocks[place + 1 :]])
        return self._shifted(blocks, place, random)

    def _shifted(self, blocks: list[Block], place: int, random: Random) -> list[Block] | None:
        """The cut between a block and the next of its work elsewhere."""
        block = blocks[place]
        then = next((n for n, b in enumerate(blocks) if b.work == block.work and b.first == block.end), None)
        if then is None or blocks[then].end - block.first < 2:
            return None
        cut = random.randrange(block.first + 1, blocks[then].end)
        shifted = list(blocks)
        shifted[place], shifted[then] = replace(block, end=cut), replace(blocks[then], first=cut)
        return shifted


def _end_s(todo: ToDivide, blocks: Sequence[Block]) -> float:
    scheduled = schedule(todo.problem, blocks, todo.times_s)
    return math.inf if scheduled is None else scheduled.makespan_s


def _joined(blocks: list[Block]) -> list[Block]:
    """Blocks of one work that a crane does one right after the other, as one."""
    found: list[Block] = []
    own: dict[int, int] = {}
    for block in blocks:
        before = own.get(block.crane)
        if before is not None and (found[before].work, found[before].end) == (block.work, block.first):
            found[before] = replace(found[before], end=block.end)
            continue
        own[block.crane] = len(found)
        found.append(block)
    return found
