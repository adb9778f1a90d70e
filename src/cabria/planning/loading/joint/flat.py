"""The problem and an arrangement as the flat arrays that the kernel works on (see `kernels`)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import accumulate
from typing import Any

import numpy as np

from cabria.planning.loading.joint import kernels
from cabria.planning.loading.joint.kernels import Array
from cabria.planning.loading.joint.operators import (
    Arrangement,
    ExchangeTurns,
    dig_points,
    due_s,
    gantry_points_per_m,
    order,
    points,
    price,
)
from cabria.planning.loading.joint.problem import JointProblem
from cabria.planning.yard.flat import FlatProblem as FlatYard
from cabria.planning.yard.flat import drift_max
from cabria.planning.yard.kernels import digs_of
from cabria.planning.yard.problem import WINDOW_S

ORDER_SHARE = 30
"""In how many of 100 changes turns are changed, where they may be."""
NO_FEED = -1


@dataclass(frozen=True)
class FlatProblem:
    """`given` never changes; a `FlatState` does."""

    problem: JointProblem
    yard: FlatYard
    given: kernels.Given

    @classmethod
    def of(cls, problem: JointProblem) -> FlatProblem:
        yard = FlatYard.of(problem.yard)
        (_, _, _, _, _, mass, operator, yard_stack, block, stack_from, stack_boxes, vessel_stack, share, lever,
         below, above, partner, pair_max, min_mass, max_mass, asked, _, _) = yard.given  # fmt: skip
        slots, boxes, groups = problem.yard.slots, problem.yard.boxes, problem.groups
        settings = problem.settings
        ready = problem.yard.call.available_s
        box = np.stack(
            [operator, yard_stack, block, _ints(problem.runway_m), _ints(x for x, _ in problem.stands_m),
             _ints(points(problem.truck_min_per_m(b)) if problem.freedom.feed else 0 for b in boxes),
             _ints(ready.get(b.id, 0) for b in boxes)]
        )  # fmt: skip
        twin_of = {one: other for pair in problem.could_be_twins for one, other in (pair, pair[::-1])}
        count = range(len(slots))
        slot = np.stack(
            [vessel_stack, partner, pair_max, min_mass, max_mass, asked, _ints(problem.quay_m),
             _ints(after for after, _ in problem.turns_s), _ints(before for _, before in problem.turns_s),
             _ints(twin_of.get(n, -1) for n in count), _ints(problem.lift_of[n] for n in count)]
        )  # fmt: skip
        rests: list[list[int]] = [[] for _ in slots]
        for upper, lower in enumerate(problem.supports):
            for other in lower:
                rests[other].append(upper)
        has_turns = ExchangeTurns.supports(problem)
        prices = [
            dig_points(problem), points(settings.inversion_min), settings.max_inversion_kg,
            points(settings.off_order_min), gantry_points_per_m(problem) if problem.freedom.feed else NO_FEED,
            points(problem.twin_min), problem.twin_max_kg, points(settings.refused_min) if ready else 0,
            settings.off_order_lifts, ORDER_SHARE if has_turns else 0,
        ]  # fmt: skip
        given = kernels.Given(
            _ints(accumulate((len(group) for group in groups), initial=0)),
            _ints(n for group in groups for n in group),
            _ints(n for n, group in enumerate(groups) for _ in group),
            mass,
            np.ascontiguousarray(box),
            np.ascontiguousarray(slot),
            share,
            lever,
            below,
            above,
            _pairs(problem.supports),
            _pairs(rests),
            stack_from,
            stack_boxes,
            _window_prices(problem, yard.blocks, block),
            _pairs([lift.slots for lift in problem.lifts]),
            _ints(lift.duration_s for lift in problem.lifts),
            _ints(run[-1] + 1 for run in problem.runs for _ in run),
            _ints(slots[lift.slots[0]].due_s for lift in problem.lifts),
            _ints(drift_max(problem.yard)),
            _ints(prices),
        )
        return cls(problem, yard, given)

    def state(self, arrangement: Arrangement) -> FlatState:
        """All of it counted anew. Ship limits are those of the boxes as they are arranged."""
        problem, box_at = self.problem, arrangement.box_at
        count = len(box_at)
        slot_of, rank_of = [0] * count, [0] * count
        ranked = order(problem, arrangement)
        for rank, slot in enumerate(ranked):
            rank_of[slot] = rank
        for slot, box in enumerate(box_at):
            slot_of[box] = slot
        due = _ints(due_s(problem, arrangement))
        window = due // WINDOW_S
        stack_from, stack_boxes = self.given.stack_from, self.given.stack_boxes
        blocks = self.given.box[kernels.BLOCK]
        handed_out = np.zeros((max(1, len(self.yard.blocks)), 1 + int(max(self.yard.given[1], default=0))), np.int64)
        for slot, box in enumerate(box_at):
            if blocks[box] >= 0:
                handed_out[blocks[box], window[slot]] += 1
        slots = _ints(slot_of)
        digs = [digs_of(stack, due, slots, stack_from, stack_boxes) for stack in range(len(stack_from) - 1)]
        arrays = kernels.State(
            _ints(box_at), slots, due, window, _ints(rank_of), _ints(blocks[box_at[slot]] for slot in ranked),
            _ints(problem.runway_m[box_at[slot]] for slot in ranked), _ints(arrangement.lift_at), _ints(digs),
            self.yard.choice(box_at).room, handed_out, np.zeros(3, np.int64),
        )  # fmt: skip
        return FlatState(arrays)

    def points(self, state: FlatState) -> int:
        """The cost counted anew."""
        return price(self.problem, state.arrangement).total


@dataclass(frozen=True)
class FlatState:
    """Arrays that change in place; see `kernels.State`."""

    arrays: kernels.State

    @property
    def arrangement(self) -> Arrangement:
        return Arrangement(tuple(self.arrays.box_at.tolist()), tuple(self.arrays.lift_at.tolist()))

    def anneal(self, flat: FlatProblem, iterations: int, hot: float, cold: float, dice: Array) -> int:
        """Anneal in place; returns the change of the cost in points."""
        go_on: Any = kernels.anneal
        return int(go_on(flat.given, self.arrays, iterations, hot, cold, dice))

    def exchange_boxes(self, flat: FlatProblem, slot: int, other: int) -> int | None:
        """Do it whatever it costs; returns the change of the cost, None where the ship does not allow it."""
        return self._do(kernels.exchange_boxes, flat, slot, other)

    def exchange_turns(self, flat: FlatProblem, early: int, late: int) -> int | None:
        """Do it whatever it costs; returns the change of the cost, None where a box would hang."""
        return self._do(kernels.exchange_turns, flat, early, late)

    def _do(self, kernel: Any, flat: FlatProblem, one: int, other: int) -> int | None:
        limit = 1 << 60
        change = int(kernel(flat.given, self.arrays, one, other, limit))
        return None if change > limit else change


def _ints(values: Iterable[int]) -> Array:
    return np.array(list(values), np.int64)


def _pairs(rows: Sequence[Sequence[int]]) -> Array:
    return np.array([[*row, -1, -1][:2] for row in rows], np.int64).reshape(-1, 2)


def _window_prices(problem: JointProblem, blocks: Sequence[str], block: Array) -> Array:
    """Points by block and boxes given in one window, as many as a block can ever give."""
    count = int(np.bincount(block[block >= 0]).max()) if (block >= 0).any() else 0
    price_min = problem.settings.block_peak_min if problem.freedom.feed else 0.0
    row = [points(price_min * n * n) for n in range(count + 1)]
    return np.array([row] * max(1, len(blocks)), np.int64)
