"""The search in steps: a bay as flat arrays, its greedy plan, and a beam of one width."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np

from cabria.domain.yard_bay import BayMove
from cabria.planning.yard.premarshal import kernels, steps
from cabria.planning.yard.premarshal.guide import Guide
from cabria.planning.yard.premarshal.problem import PremarshalProblem

Array = np.ndarray[Any, np.dtype[Any]]
Moves = tuple[BayMove, ...]

UNKNOWN = 1 << 30
"""Longer than any plan."""
_STATES_A_ROUND = 8
"""So many states are grown before the search asks whether to stop."""
_REMEMBERED = 1 << 18
"""Places in the table of bays met by steps; a power of two."""


@dataclass(frozen=True)
class FlatBay:
    """Ranks by stack and tier, and how many boxes of each stack stand and stand well; see `kernels`."""

    boxes: Array
    good: Array
    height: Array
    ranks: int

    @classmethod
    def of(cls, problem: PremarshalProblem) -> FlatBay:
        stacks, ranks = problem.bay.stacks, problem.ranks
        boxes = np.zeros((len(stacks), problem.bay.max_tier), np.int16)
        good = np.zeros(len(stacks), np.int16)
        for number, stack in enumerate(stacks):
            boxes[number, : len(stack)] = [ranks[priority] for priority in stack]
            good[number] = next((t for t in range(1, len(stack)) if stack[t] > stack[t - 1]), len(stack))
        return cls(boxes, good, np.array([len(stack) for stack in stacks], np.int16), len(ranks))

    @property
    def bad(self) -> int:
        return int(self.height.sum() - self.good.sum())

    def values(self) -> Array:
        """All that the guide is told of this bay, how far the greedy completion is from one move a bad box included."""
        stacks = self.boxes.shape[0]
        values = np.zeros(kernels.VALUES, np.float32)
        by_rank, pools = np.zeros((3, self.ranks + 2), np.int64), np.zeros((2, stacks), np.int64)
        kernels.describe(self.boxes, self.good, self.height, by_rank, pools, values)
        plan = self.completed()
        values[-1] = kernels.HOPELESS if plan is None else min(len(plan) - self.bad, kernels.HOPELESS)
        return values

    def after(self, moves: Moves) -> FlatBay:
        boxes, good, height = self.boxes.copy(), self.good.copy(), self.height.copy()
        for origin, target in moves:
            kernels.lift(boxes, good, height, origin - 1, target - 1, 0, 0, np.zeros((1, 2), np.int64))
        return FlatBay(boxes, good, height, self.ranks)

    def stepped(self, taken: Iterable[int]) -> Moves:
        """The moves of whole steps, one after the other."""
        boxes, good, height = self.boxes.copy(), self.good.copy(), self.height.copy()
        tops = np.zeros((2, boxes.shape[0]), np.int64)
        moves = np.zeros((4 * self.boxes.size + 100, 2), np.int64)
        plan: list[BayMove] = []
        for step in taken:
            count = steps.take(boxes, good, height, step, tops, moves)
            plan += [BayMove(int(a) + 1, int(b) + 1) for a, b in moves[:count]]
        return tuple(plan)

    def completed(self) -> Moves | None:
        """The greedy plan; None when it finds no end."""
        stacks = self.boxes.shape[0]
        moves = np.zeros((4 * self.boxes.size + 100, 2), np.int64)
        count = kernels.complete(
            self.boxes.copy(),
            self.good.copy(),
            self.height.copy(),
            self.bad,
            len(moves) - self.bad - 50,
            np.zeros((2, stacks), np.int64),
            np.zeros(stacks, np.int64),
            moves,
        )
        return None if count < 0 else tuple(BayMove(int(a) + 1, int(b) + 1) for a, b in moves[:count])


class Beam:
    """One pass: all bays that can be reached in one move more compete, and the `width` most promising are kept.

    With `targets` below the number of stacks, or `frugal`, moves that seldom help are not tried.
    """

    def __init__(self, flat: FlatBay, width: int, targets: int, frugal: bool, guide: Guide):
        stacks, tiers = flat.boxes.shape
        self.flat, self.width, self.targets, self.frugal = flat, width, min(targets, stacks - 1), frugal
        self.guide = guide
        room = width * stacks * max(1, self.targets)
        self.offers, self.prices = np.zeros((room, 4), np.int64), np.zeros(room)
        self.keys = np.zeros(2 * (1 << (2 * room).bit_length()), np.uint64)
        self.used = np.zeros(1, np.uint64)
        self.levels = [self._level(width, stacks, tiers) for _ in range(2)]
        self.came_to = np.full(width, -1, np.int64)
        self.trails: list[Array] = []
        self.evaluations = 0
        self.left_out = False

    @staticmethod
    def _level(width: int, stacks: int, tiers: int) -> tuple[Array, Array, Array, Array]:
        return (
            np.zeros((width, stacks, tiers), np.int16),
            np.zeros((width, stacks), np.int16),
            np.zeros((width, stacks), np.int16),
            np.zeros((width, stacks), np.uint64),
        )

    def run(self, known: Moves | None, may_go_on: Callable[[int, int], bool]) -> Moves | None:
        """The shortest plan met, or `known` when none is shorter. `may_go_on` is told evaluations and shortest length.

        `left_out` is False afterwards only when nothing was cut away: then no plan is shorter.
        """
        best = np.array([UNKNOWN if known is None else len(known), 0, 0, 0, 0, 0])
        count = self._begin()
        while count:
            count, going_on = self._advance(count, best, may_go_on)
            if best[0] < (UNKNOWN if known is None else len(known)):
                known = self._plan(best)
            if not going_on:
                best[5] = 1
                break
        self.left_out = bool(best[5])
        return known

    def _begin(self) -> int:
        boxes, good, height, marks = self.levels[0]
        boxes[0], good[0], height[0] = self.flat.boxes, self.flat.good, self.flat.height
        marks[0] = [kernels.mark_of(stack, int(h)) for stack, h in zip(boxes[0], height[0], strict=True)]
        self.came_to[0] = -1
        return 1

    def _advance(self, count: int, best: Array, may_go_on: Callable[[int, int], bool]) -> tuple[int, bool]:
        """Grow all `count` states of a level and settle the next; returns how many that has and whether to go on."""
        level = len(self.trails) + 1
        self.used[0] += np.uint64(1)
        offered, going_on = 0, True
        for first in range(0, count, _STATES_A_ROUND):
            before = offered
            offered = kernels.grow(
                first,
                min(count, first + _STATES_A_ROUND),
                level,
                offered,
                self.targets,
                self.frugal,
                *self.levels[0],
                self.came_to,
                self.keys,
                self.used,
                self.offers,
                self.prices,
                best,
                self.guide.inward,
                self.guide.bias,
                self.guide.outward,
                self.guide.offset,
                self.flat.ranks,
            )
            self.evaluations += offered - before
            going_on = may_go_on(self.evaluations, int(best[0]))
            if not going_on:
                return 0, False
        trail = np.zeros((min(self.width, offered), 3), np.int32)
        count = kernels.settle(
            offered,
            self.width,
            level,
            self.offers,
            self.prices,
            best,
            *self.levels[0],
            *self.levels[1],
            self.came_to,
            trail,
        )
        self.trails.append(trail)
        self.levels.reverse()
        return count, True

    def _plan(self, best: Array) -> Moves:
        _, level, parent, origin, target, _ = (int(value) for value in best)
        moves = [BayMove(origin + 1, target + 1)]
        for trail in reversed(self.trails[: level - 1]):
            moves.append(BayMove(int(trail[parent, 1]) + 1, int(trail[parent, 2]) + 1))
            parent = int(trail[parent, 0])
        begun = tuple(reversed(moves))
        rest = self.flat.after(begun).completed()
        return begun + (rest or ())


class StepBeam:
    """A beam by whole steps (see `steps`): states of a level have the same number of steps, not of moves.

    A child is priced by the length of its plan as the guide expects it.
    """

    def __init__(self, flat: FlatBay, width: int, guide: Guide):
        stacks, tiers = flat.boxes.shape
        self.flat, self.width, self.guide = flat, width, guide
        room = width * (3 * stacks + 2)
        self.offers, self.prices = np.zeros((room, 4), np.int64), np.zeros(room)
        self.keys, self.lengths = np.zeros(_REMEMBERED, np.uint64), np.zeros(_REMEMBERED, np.int64)
        self.levels = [
            (
                np.zeros((width, stacks, tiers), np.int16),
                np.zeros((width, stacks), np.int16),
                np.zeros((width, stacks), np.int16),
            )
            for _ in range(2)
        ]
        self.made = np.zeros(width, np.int64)
        self.trails: list[Array] = []
        self.evaluations = 0

    def run(self, known: Moves | None, may_go_on: Callable[[int, int], bool]) -> Moves | None:
        """The shortest plan met, or `known` when none is shorter. `may_go_on` hears evaluations and shortest length."""
        best = np.array([UNKNOWN if known is None else len(known), 0, 0, 0])
        boxes, good, height = self.levels[0]
        boxes[0], good[0], height[0] = self.flat.boxes, self.flat.good, self.flat.height
        count = 1
        while count:
            count = self._advance(count, best, may_go_on)
            if best[0] < (UNKNOWN if known is None else len(known)):
                known = self._plan(best)
        return known

    def _advance(self, count: int, best: Array, may_go_on: Callable[[int, int], bool]) -> int:
        """Grow all `count` states of a level and settle the next; returns how many that has, 0 to end."""
        offered = 0
        for first in range(0, count, _STATES_A_ROUND):
            before = offered
            offered = steps.grow_by_steps(
                first,
                min(count, first + _STATES_A_ROUND),
                len(self.trails) + 1,
                offered,
                *self.levels[0],
                self.made,
                self.keys,
                self.lengths,
                self.offers,
                self.prices,
                best,
                self.guide.inward,
                self.guide.bias,
                self.guide.outward,
                self.guide.offset,
                self.flat.ranks,
            )
            self.evaluations += offered - before
            if not may_go_on(self.evaluations, int(best[0])):
                return 0
        trail = np.zeros((self.width, 2), np.int32)
        count = steps.settle_steps(
            offered, self.width, self.offers, self.prices, best, *self.levels[0], *self.levels[1], self.made, trail
        )
        self.trails.append(trail)
        self.levels.reverse()
        return int(count)

    def _plan(self, best: Array) -> Moves:
        _, level, parent, step = (int(value) for value in best)
        taken = [step]
        for trail in reversed(self.trails[: level - 1]):
            taken.append(int(trail[parent, steps.STEP]))
            parent = int(trail[parent, steps.PARENT])
        begun = self.flat.stepped(reversed(taken))
        return begun + (self.flat.after(begun).completed() or ())
