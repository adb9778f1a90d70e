"""The hot loops of a beam by whole steps: take a stack down, fill one, or place what can be placed.

Arrays are those of `kernels`. With n stacks, step s < n takes stack s down until it is empty or can be filled again;
n + s takes only its bad boxes off; 2n + s fills it with the bad boxes on top that fit, the tightest first; 3n places
one bad box where it belongs, 3n + 1 all that can be.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numba import njit

from cabria.planning.yard.premarshal.kernels import (
    HOPELESS,
    VALUES,
    complete,
    describe,
    fills_to,
    guess,
    lift,
    look_at,
    mark_of,
    mixed,
    most_welcoming,
    tightest_placement,
)

Array = np.ndarray[Any, np.dtype[Any]]

PARENT, STEP, MOVES, BAD = 0, 1, 2, 3
LENGTH, LEVEL, FROM, LAST_STEP = 0, 1, 2, 3
_PROBES = 32
_QUICK: dict[str, Any] = {"cache": True, "nogil": True}


@njit("int64(int16[:, ::1], int16[::1], int16[::1], int64, int64[:, ::1], int64[:, ::1])", **_QUICK)
def take(boxes: Array, good: Array, height: Array, step: int, tops: Array, moves: Array) -> Any:
    """Carry out a step in place and note its moves; returns how many, 0 when there is nothing to do."""
    stacks, tiers = boxes.shape
    for stack in range(stacks):
        look_at(boxes, good, height, stack, tops)
    number = 0
    kind, stack = step // stacks, step % stacks
    while number < moves.shape[0]:
        if kind <= 1:
            if height[stack] == 0 or (
                height[stack] == good[stack] and (kind == 1 or fills_to(boxes, good, height, stack) >= tiers - 1)
            ):
                break
            origin, target = stack, most_welcoming(boxes, height, stack, tops)
            if target < 0:
                break
        else:
            placement = tightest_placement(height, tiers, tops, stack if kind == 2 else -1)
            if placement < 0:
                break
            origin, target = placement // stacks, placement % stacks
        lift(boxes, good, height, origin, target, 0, number, moves)
        number += 1
        look_at(boxes, good, height, origin, tops)
        look_at(boxes, good, height, target, tops)
        if step == 3 * stacks:
            break
    return number


@njit("boolean(uint64[::1], int64[::1], uint64, int64)", **_QUICK)
def _is_shorter(keys: Array, lengths: Array, key: Any, length: int) -> Any:
    """True and noted when a bay was not reached before in so few moves; a crowded table forgets."""
    mask = np.uint64(keys.shape[0] - 1)
    place = key & mask
    for _ in range(_PROBES):
        if lengths[place] == 0 or keys[place] == key:
            if lengths[place] and lengths[place] <= length:
                return False
            break
        place = (place + np.uint64(1)) & mask
    keys[place], lengths[place] = key, length
    return True


@njit(
    "int64(int64, int64, int64, int64, int16[:, :, ::1], int16[:, ::1], int16[:, ::1], int64[::1], uint64[::1], "
    "int64[::1], int64[:, ::1], float64[::1], int64[::1], float32[:, ::1], float32[::1], float32[::1], float64, int64)",
    **_QUICK,
)
def grow_by_steps(
    first: int,
    end: int,
    level: int,
    offered: int,
    boxes: Array,
    good: Array,
    height: Array,
    made: Array,
    keys: Array,
    lengths: Array,
    offers: Array,
    prices: Array,
    best: Array,
    inward: Array,
    bias: Array,
    outward: Array,
    offset: float,
    ranks: int,
) -> Any:
    """Offer what every step makes of the states `first` to before `end`; returns the number of offers so far.

    `made[state]` is how many moves led to a state. A child's price is the length of its plan as the guide
    expects it. `best` is the shortest plan: length, level, parent and step.
    """
    stacks, tiers = boxes.shape[1], boxes.shape[2]
    tops = np.zeros((2, stacks), np.int64)
    pools = np.zeros((2, stacks), np.int64)
    was_taken_down = np.zeros(stacks, np.int64)
    moves = np.zeros((4 * stacks * tiers + 100, 2), np.int64)
    by_rank = np.zeros((3, ranks + 2), np.int64)
    values = np.zeros(VALUES, np.float32)
    hidden = np.zeros(bias.shape[0], np.float32)
    child = np.zeros((stacks, tiers), np.int16)
    child_good = np.zeros(stacks, np.int16)
    child_height = np.zeros(stacks, np.int16)
    for state in range(first, end):
        for step in range(3 * stacks + 2):
            child[:] = boxes[state]
            child_good[:] = good[state]
            child_height[:] = height[state]
            number = take(child, child_good, child_height, step, tops, moves)
            if number == 0:
                continue
            length = made[state] + number
            bad = 0
            key = np.uint64(0)
            for stack in range(stacks):
                bad += child_height[stack] - child_good[stack]
                key += mark_of(child[stack], child_height[stack])
            if length + bad >= best[LENGTH] or not _is_shorter(keys, lengths, mixed(key), length):
                continue
            price = 0.0
            rest = 0
            if bad > 0:
                describe(child, child_good, child_height, by_rank, pools, values)
                limit = min(best[LENGTH] - length, moves.shape[0] - bad - 50) + 15
                rest = complete(child, child_good, child_height, bad, limit, tops, was_taken_down, moves)
                values[VALUES - 1] = min(rest - bad, HOPELESS) if rest >= 0 else HOPELESS
                price = bad + guess(values, inward, bias, outward, offset, hidden)
            if 0 <= rest < best[LENGTH] - length:
                best[LENGTH], best[LEVEL], best[FROM], best[LAST_STEP] = length + rest, level, state, step
            offers[offered, PARENT] = state
            offers[offered, STEP] = step
            offers[offered, MOVES] = length
            offers[offered, BAD] = bad
            prices[offered] = length + price
            offered += 1
    return offered


@njit(
    "int64(int64, int64, int64[:, ::1], float64[::1], int64[::1], int16[:, :, ::1], int16[:, ::1], int16[:, ::1], "
    "int16[:, :, ::1], int16[:, ::1], int16[:, ::1], int64[::1], int32[:, ::1])",
    **_QUICK,
)
def settle_steps(
    offered: int,
    width: int,
    offers: Array,
    prices: Array,
    best: Array,
    boxes: Array,
    good: Array,
    height: Array,
    next_boxes: Array,
    next_good: Array,
    next_height: Array,
    made: Array,
    trail: Array,
) -> Any:
    """Build the `width` best offers as the next level; their parents and steps go to `trail`. Returns how many."""
    bar = np.inf
    if offered > width:
        bar = np.partition(prices[:offered].copy(), width - 1)[width - 1]
    stacks, tiers = boxes.shape[1], boxes.shape[2]
    tops = np.zeros((2, stacks), np.int64)
    moves = np.zeros((4 * stacks * tiers + 100, 2), np.int64)
    kept = 0
    for offer in range(offered):
        if kept == width:
            break
        if prices[offer] > bar or offers[offer, MOVES] + offers[offer, BAD] >= best[LENGTH] or offers[offer, BAD] == 0:
            continue
        parent = offers[offer, PARENT]
        next_boxes[kept] = boxes[parent]
        next_good[kept] = good[parent]
        next_height[kept] = height[parent]
        take(next_boxes[kept], next_good[kept], next_height[kept], offers[offer, STEP], tops, moves)
        made[kept] = offers[offer, MOVES]
        trail[kept, PARENT] = parent
        trail[kept, STEP] = offers[offer, STEP]
        kept += 1
    return kept
