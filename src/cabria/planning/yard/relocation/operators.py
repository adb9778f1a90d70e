"""From a bay to flat arrays and back: relocations become plans, plans are priced, and bounds are worked out."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from cabria.domain.yard_bay import OUT, BayMove
from cabria.planning.yard.relocation import kernels
from cabria.planning.yard.relocation.problem import RelocationPlan, RelocationProblem
from cabria.referee.yard_replay import CraneTimes, replay_bay

Array = np.ndarray[Any, np.dtype[Any]]
POINTS = 1_000
"""Of the kernels in one of a price, so that a millisecond has its price in whole points."""


@dataclass(frozen=True)
class FlatBay:
    """A problem as the kernels want it, after all boxes that may leave at once have left."""

    box: Array
    low: Array
    height: Array
    quality: Array
    account: Array
    due_ms: Array
    given: Array

    @classmethod
    def of(cls, problem: RelocationProblem) -> FlatBay:
        stacks, tiers = len(problem.bay.stacks), problem.bay.max_tier
        priorities = sorted(set(problem.bay.priorities))
        rank_of = {priority: rank for rank, priority in enumerate(priorities, 1)}
        due_ms = np.full(len(priorities) + 1, kernels.NEVER, np.int64)
        for priority, due_s in problem.due_s.items():
            if priority in rank_of:
                due_ms[rank_of[priority]] = due_s * 1000
        times, prices = problem.times, problem.prices
        given = np.array(
            [stacks, tiers, problem.restricted, problem.counts_time, times.trolley_empty_ms, times.trolley_loaded_ms,
             times.hoist_empty_ms + times.hoist_loaded_ms, prices.relocation * POINTS, prices.crane_s, prices.late_s],
            np.int64,
        )  # fmt: skip
        box, low = np.zeros(stacks * tiers, np.int16), np.zeros(stacks * tiers, np.int16)
        height, quality = np.zeros(stacks, np.int16), np.full(stacks, kernels.EMPTY, np.int16)
        for number, stack in enumerate(problem.bay.stacks):
            for priority in stack:
                kernels.put(box, low, height, quality, tiers, number, rank_of[priority])
        account = np.array([0, problem.crane_stack - 1, 0], np.int64)
        kernels.let_out(box, low, height, quality, due_ms, given, account)
        return cls(box, low, height, quality, account, due_ms, given)

    @property
    def is_empty(self) -> bool:
        return not self.height.any()

    @property
    def boxes(self) -> int:
        return int(self.height.sum())

    def relocations_bound(self) -> int:
        """How many relocations are needed at least."""
        scratch = np.empty(len(self.height), np.int16)
        return int(kernels.relocations_bound(self.box, self.low, self.height, 1 << 30, self.given, scratch))

    def roll_out(self) -> tuple[list[int], int] | None:
        """The greedy plan's coded relocations and its points; None when it gets stuck."""
        made = np.zeros(relocation_limit(self), np.int32)
        account = self.account.copy()
        count = kernels.roll_out(
            self.box.copy(), self.low.copy(), self.height.copy(), self.quality.copy(),
            self.due_ms, self.given, account, made,
        )  # fmt: skip
        return None if count < 0 else (made[:count].tolist(), int(account[2]))


def relocation_limit(flat: FlatBay) -> int:
    """More relocations than a sensible plan has."""
    return 4 * flat.boxes + 4 * len(flat.height) + 16


def plan_of(problem: RelocationProblem, relocations: Iterable[int]) -> RelocationPlan:
    """Coded relocations with all retrievals in between: each box leaves as soon as it may, lower stacks first."""
    stacks = [list(stack) for stack in problem.bay.stacks]
    left = list(reversed(problem.bay.priorities))
    moves: list[BayMove] = []

    def let_out() -> None:
        before = -1
        while left and before != len(left):
            before, first = len(left), left[-1]
            for number, stack in enumerate(stacks, 1):
                while stack and left and stack[-1] == first == left[-1]:
                    stack.pop()
                    left.pop()
                    moves.append(BayMove(number, OUT))

    let_out()
    for code in relocations:
        origin, target = divmod(code, kernels.STEP)
        stacks[target].append(stacks[origin].pop())
        moves.append(BayMove(origin + 1, target + 1))
        let_out()
    return RelocationPlan(tuple(moves))


def price(problem: RelocationProblem, plan: RelocationPlan) -> Mapping[str, float]:
    """Costs by component, in points of the prices; parts that have no price are left out."""
    replayed = replay_bay(problem.bay, plan.moves, times=problem.times, crane_stack=problem.crane_stack)
    late_ms = sum(
        max(0, left_ms - 1000 * problem.due_s[priority])
        for priority, left_ms in zip(replayed.retrieved, replayed.left_ms, strict=True)
        if priority in problem.due_s
    )
    parts = {
        "relocations": (problem.prices.relocation, replayed.relocations),
        "crane_s": (problem.prices.crane_s, replayed.crane_s),
        "late_s": (problem.prices.late_s, late_ms / 1000),
    }
    return {name: value * amount for name, (value, amount) in parts.items() if value}


def points_bound(problem: RelocationProblem, relocations: int) -> float:
    """What every plan costs at least in points, given how many relocations are needed at least."""
    crane_s = crane_ms_bound(problem, relocations) / 1000 if problem.prices.crane_s else 0.0
    return problem.prices.relocation * relocations + problem.prices.crane_s * crane_s


def crane_ms_bound(problem: RelocationProblem, relocations: int) -> int:
    """What the crane works at least: hoists, loaded ways and empty ways, each bounded for itself.

    A well placed box is lifted once from where it stands; a badly placed one once more, from the highest tier at best,
    after having been set down there; each further relocation is one more such pair. Loaded ways lead from each
    box's stack to the place outside; what they go to the right in all, less the crane's own shift, goes back empty.
    """
    bay, times = problem.bay, problem.times
    hoist_ms = times.hoist_empty_ms + times.hoist_loaded_ms
    outside = len(bay.stacks) + 1
    depths = sum(bay.max_tier - tier for stack in bay.stacks for tier in range(len(stack))) + 2 * relocations
    ways = sum((outside - number) * len(stack) for number, stack in enumerate(bay.stacks, 1))
    back = max(0, ways - (outside - problem.crane_stack)) if bay.boxes else 0
    return depths * hoist_ms + ways * times.trolley_loaded_ms + back * times.trolley_empty_ms


def usual_relocation_points(times: CraneTimes, flat: FlatBay) -> float:
    """What a relocation costs about: half the height at both ends, a third of the width."""
    stacks, tiers = len(flat.height), len(flat.box) // len(flat.height)
    hoist_ms = times.hoist_empty_ms + times.hoist_loaded_ms
    crane_ms = hoist_ms * (tiers / 2 + 1) + (times.trolley_loaded_ms + times.trolley_empty_ms) * stacks / 3
    return float(flat.given[kernels.PER_MOVE] + flat.given[kernels.PER_MS] * crane_ms)
