"""The hot loops: annealing by exchanging boxes of a class and turns within their windows; a bound by Lagrange.

Flat arrays. Items are the places of the order, from 0; `turn_of[item]` says when its box leaves, `box_of[item]` which
it is; `item_of[box]` is -1 for a box of the call's classes that stays. A stack lists its boxes bottom first, -1 for a
box that nobody may want. Costs are digs.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numba import njit

from cabria.planning.search.kernels import random_below, random_share

Array = np.ndarray[Any, np.dtype[Any]]

NEVER = 1 << 40
_I1 = "int64[::1]"
_GIVEN = (
    _I1,  # class_from
    _I1,  # class_boxes: boxes of each class; class c has class_boxes[class_from[c]:class_from[c + 1]]
    _I1,  # class_of: of each item
    _I1,  # first_turn: of each item
    _I1,  # last_turn: of each item
    _I1,  # stack_of: of each box
    _I1,  # stack_from
    _I1,  # stack_boxes
)
_STATE = (
    _I1,  # turn_of: of each item
    _I1,  # item_at: of each turn
    _I1,  # box_of: of each item
    _I1,  # item_of: of each box
    _I1,  # stack_digs: of each stack
)


@njit(f"int64(int64, {_I1}, {_I1}, {_I1}, {_I1})", cache=True, nogil=True)
def digs_of(stack: int, stack_from: Array, stack_boxes: Array, turn_of: Array, item_of: Array) -> Any:
    """Boxes of a stack that stand above one that leaves earlier."""
    found = 0
    first = NEVER
    for n in range(stack_from[stack], stack_from[stack + 1]):
        box = stack_boxes[n]
        leaves = NEVER
        if box >= 0 and item_of[box] >= 0:
            leaves = turn_of[item_of[box]]
        if leaves > first:
            found += 1
        else:
            first = leaves
    return found


@njit(f"int64({', '.join(_GIVEN + _STATE)}, int64, int64, float64, float64, uint64[::1])", cache=True, nogil=True)
def anneal(
    class_from: Array,
    class_boxes: Array,
    class_of: Array,
    first_turn: Array,
    last_turn: Array,
    stack_of: Array,
    stack_from: Array,
    stack_boxes: Array,
    turn_of: Array,
    item_at: Array,
    box_of: Array,
    item_of: Array,
    stack_digs: Array,
    reach: int,
    iterations: int,
    hot: float,
    cold: float,
    state: Array,
) -> Any:
    """Try `iterations` exchanges, cooling from `hot` to `cold` digs, and change the state in place.

    With a `reach` above 0 every second exchange is of the turns of two items at most so far apart. Returns by how many
    digs the cost has changed.
    """
    items = turn_of.shape[0]
    total = 0
    temperature = hot
    cooling = (cold / hot) ** (1.0 / max(1, iterations // 256))
    for iteration in range(iterations):
        if iteration % 256 == 255:
            temperature *= cooling
        n = random_below(state, items)
        a = box_of[n]
        of_turns = reach > 0 and iteration % 2 == 0
        if of_turns:
            turn = turn_of[n] + random_below(state, 2 * reach + 1) - reach
            if turn < 0 or turn >= items or turn == turn_of[n]:
                continue
            m = item_at[turn]
            if turn < first_turn[n] or turn > last_turn[n]:
                continue
            if turn_of[n] < first_turn[m] or turn_of[n] > last_turn[m]:
                continue
            b = box_of[m]
            turn_of[m] = turn_of[n]
            turn_of[n] = turn
        else:
            c = class_of[n]
            count = class_from[c + 1] - class_from[c]
            if count < 2:
                continue
            b = class_boxes[class_from[c] + random_below(state, count)]
            if b == a:
                continue
            m = item_of[b]
            item_of[a], item_of[b] = m, n
        p, q = stack_of[a], stack_of[b]
        digs_p = digs_of(p, stack_from, stack_boxes, turn_of, item_of)
        digs_q = digs_of(q, stack_from, stack_boxes, turn_of, item_of) if q != p else 0
        cost = digs_p - stack_digs[p]
        if q != p:
            cost += digs_q - stack_digs[q]
        if cost > 0 and random_share(state) >= np.exp(-cost / temperature):
            if of_turns:
                turn = turn_of[n]
                turn_of[n] = turn_of[m]
                turn_of[m] = turn
            else:
                item_of[a], item_of[b] = n, m
            continue
        total += cost
        stack_digs[p] = digs_p
        if q != p:
            stack_digs[q] = digs_q
        if of_turns:
            item_at[turn_of[n]], item_at[turn_of[m]] = n, m
        else:
            box_of[n] = b
            if m >= 0:
                box_of[m] = a
    return total


@njit(f"int64({_I1}, float64[::1], {_I1}, {_I1}, int64, int64, int64[:, ::1], float64[::1])", cache=True, nogil=True)
def _undominated(
    first: Array,
    cost: Array,
    came_from: Array,
    took: Array,
    kept: int,
    count: int,
    scratch: Array,
    scratch_cost: Array,
) -> Any:
    """Keep states, rising, that no later and cheaper one beats; the first `kept` rise, the others fall."""
    i, j, found = kept - 1, kept, 0
    least = np.inf
    while i >= 0 or j < count:
        if j >= count or (i >= 0 and first[i] >= first[j]):
            k = i
            i -= 1
        else:
            k = j
            j += 1
        if cost[k] < least:
            least = cost[k]
            scratch[0, found], scratch[1, found], scratch[2, found] = first[k], came_from[k], took[k]
            scratch_cost[found] = cost[k]
            found += 1
    for k in range(found):
        from_end = found - 1 - k
        first[k], came_from[k], took[k] = scratch[0, from_end], scratch[1, from_end], scratch[2, from_end]
        cost[k] = scratch_cost[from_end]
    return found


@njit(
    f"float64({', '.join([_I1] * 8)}, int64, float64[::1], {_I1})",
    cache=True,
    nogil=True,
)
def relaxed_digs(
    class_items: Array,
    item_from: Array,
    class_of_box: Array,
    spare: Array,
    first_turn: Array,
    last_turn: Array,
    stack_from: Array,
    stack_boxes: Array,
    most_states: int,
    price: Array,
    used: Array,
) -> Any:
    """Fewest digs less prices when every stack may choose from all items of its boxes' classes, taken or not.

    Items of class c are class_items[item_from[c]:item_from[c + 1]], rising. A box is in the way for certain when its
    first turn is after the last turn of an item below. Boxes of a class with `spare` may stay. Counts in `used` how
    often each item is taken. A dynamic programme over the boxes bottom first; a state is the earliest item below.
    """
    total = 0.0
    used[:] = 0
    levels = 0
    for s in range(stack_from.shape[0] - 1):
        levels = max(levels, stack_from[s + 1] - stack_from[s])
    first = np.empty((levels + 1, most_states), np.int64)
    cost = np.empty((levels + 1, most_states), np.float64)
    came_from = np.empty((levels + 1, most_states), np.int64)
    took = np.empty((levels + 1, most_states), np.int64)
    best_after = np.empty(most_states, np.int64)
    scratch = np.empty((3, most_states), np.int64)
    scratch_cost = np.empty(most_states, np.float64)
    for s in range(stack_from.shape[0] - 1):
        first[0, 0], cost[0, 0] = NEVER, 0.0
        states = 1
        height = stack_from[s + 1] - stack_from[s]
        for level in range(height):
            box = stack_boxes[stack_from[s] + level]
            start, end = 0, 0
            may_stay = box < 0
            if box >= 0:
                c = class_of_box[box]
                start, end = item_from[c], item_from[c + 1]
                may_stay = spare[c] > 0
            # The dearest item from each on, for a box that will be dug away anyway.
            best = -1
            for k in range(end - 1, start - 1, -1):
                if best < 0 or price[class_items[k]] > price[class_items[best]]:
                    best = k
                best_after[k - start] = best
            count = 0
            # Nothing earlier below is disturbed: the state stays what it is.
            behind = start
            for old in range(states):
                m = first[level, old]
                until = last_turn[m] if m < NEVER else NEVER
                while behind < end and first_turn[class_items[behind]] <= until:
                    behind += 1
                least, item = np.inf, -1
                if behind < end:
                    item = class_items[best_after[behind - start]]
                    least = 1.0 - price[item]
                if may_stay:
                    in_the_way = 1.0 if m < NEVER else 0.0
                    if in_the_way < least:
                        least, item = in_the_way, -1
                k = behind - 1
                while k >= start and class_items[k] > m:
                    if -price[class_items[k]] < least:
                        least, item = -price[class_items[k]], class_items[k]
                    k -= 1
                if least < np.inf:
                    first[level + 1, count] = m
                    cost[level + 1, count] = cost[level, old] + least
                    came_from[level + 1, count] = old
                    took[level + 1, count] = item
                    count += 1
            # The box leaves before all below it.
            kept = count
            best_old = -1
            old = states - 1
            for k in range(end - 1, start - 1, -1):
                t = class_items[k]
                while old >= 0 and first[level, old] > t:
                    if best_old < 0 or cost[level, old] < cost[level, best_old]:
                        best_old = old
                    old -= 1
                if best_old >= 0:
                    first[level + 1, count] = t
                    cost[level + 1, count] = cost[level, best_old] - price[t]
                    came_from[level + 1, count] = best_old
                    took[level + 1, count] = t
                    count += 1
            states = _undominated(
                first[level + 1], cost[level + 1], came_from[level + 1], took[level + 1], kept, count,
                scratch, scratch_cost,
            )  # fmt: skip
        at = 0
        for k in range(states):
            if cost[height, k] < cost[height, at]:
                at = k
        total += cost[height, at]
        for level in range(height, 0, -1):
            if took[level, at] >= 0:
                used[took[level, at]] += 1
            at = came_from[level, at]
    return total
