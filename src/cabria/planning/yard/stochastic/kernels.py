"""The hot loops: a bay emptied in one revealed order after another, each doubtful move settled by trying it out.

Boxes, stacks and windows count from 0. `label` of a box is when it leaves as far as that is known: its rank among all
boxes once its window is revealed, before that the last rank of its window. `least` of a stack is the smallest label in
it, `NOTHING` where it is empty. `order` lists the boxes as they leave, `window_from` the rank at which each window
begins.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numba import njit

from cabria.planning.search.kernels import random_below

Array = np.ndarray[Any, np.dtype[Any]]

NOTHING = 1 << 40
NO_ROOM = -1
RETRIEVED = -1
"""As target of a written move."""
_PROBES = 32
_QUICK: dict[str, Any] = {"cache": True, "nogil": True, "_nrt": False}
_I1, _I2 = "int64[::1]", "int64[:, ::1]"
_STANDING = f"{_I2}, {_I1}, {_I1}, {_I1}, {_I1}"
"""standing[stack, tier] = box, height, where: the stack of each box, label, least"""


@njit("uint64(uint64)", **_QUICK)
def _mixed(key: Any) -> Any:
    """A number as random as its argument is new (finaliser of splitmix64, Steele, Lea and Flood 2014)."""
    key ^= key >> np.uint64(30)
    key *= np.uint64(0xBF58476D1CE4E5B9)
    key ^= key >> np.uint64(27)
    key *= np.uint64(0x94D049BB133111EB)
    return key ^ (key >> np.uint64(31))


@njit(f"uint64({_I2}, {_I1}, {_I1}, int64)", **_QUICK)
def _stack_key(standing: Array, height: Array, label: Array, stack: int) -> Any:
    key = np.uint64(0x9E3779B97F4A7C15)
    for tier in range(height[stack]):
        key = _mixed(key + np.uint64(label[standing[stack, tier]] + 1))
    return key


@njit(f"int64({_I2}, {_I1}, {_I1}, int64)", **_QUICK)
def _least_of(standing: Array, height: Array, label: Array, stack: int) -> Any:
    least = NOTHING
    for tier in range(height[stack]):
        if label[standing[stack, tier]] < least:
            least = label[standing[stack, tier]]
    return least


@njit(f"void({_I1}, {_I1}, int64, uint64[::1])", **_QUICK)
def shuffle_windows(order: Array, window_from: Array, first: int, state: Array) -> None:
    """A new order inside each window from `first` on, all orders being equally likely."""
    for window in range(first, window_from.shape[0] - 1):
        begin = window_from[window]
        for rank in range(window_from[window + 1] - 1, begin, -1):
            other = begin + random_below(state, rank - begin + 1)
            order[rank], order[other] = order[other], order[rank]


@njit(f"int64({_STANDING}, int64, int64)", **_QUICK)
def expected_min_max(
    standing: Array, height: Array, where: Array, label: Array, least: Array, source: int, tiers: int
) -> Any:
    """Where the rule of expected min-max puts the top box of `source` (Galle, Barnhart and Jaillet 2018); NO_ROOM
    where none has room.

    The stack that is freed soonest among those not wanted before the box; else the one wanted last, and among these
    the one with fewest boxes that may be wanted first. Higher stacks first, then those further left.
    """
    own = label[standing[source, height[source] - 1]]
    best, best_least, best_height = NO_ROOM, NOTHING + 1, -1
    for stack in range(height.shape[0]):
        if stack == source or height[stack] >= tiers or least[stack] <= own:
            continue
        if least[stack] < best_least or (least[stack] == best_least and height[stack] > best_height):
            best, best_least, best_height = stack, least[stack], height[stack]
    if best >= 0:
        return best
    best_least, best_count = -1, 0
    for stack in range(height.shape[0]):
        if stack == source or height[stack] >= tiers or least[stack] < best_least:
            continue
        count = 0
        for tier in range(height[stack]):
            if label[standing[stack, tier]] == least[stack]:
                count += 1
        is_later = least[stack] > best_least
        if is_later or count < best_count or (count == best_count and height[stack] > best_height):
            best, best_least, best_count, best_height = stack, least[stack], count, height[stack]
    return best


@njit(f"void({_STANDING}, int64, int64)", **_QUICK)
def relocate(
    standing: Array, height: Array, where: Array, label: Array, least: Array, source: int, target: int
) -> None:
    """Move the top box of `source`, whose `least` stays as it is: the wanted box stands there."""
    height[source] -= 1
    box = standing[source, height[source]]
    standing[target, height[target]] = box
    height[target] += 1
    where[box] = target
    if label[box] < least[target]:
        least[target] = label[box]


@njit(f"void({_STANDING}, {_I1}, {_I1}, int64)", **_QUICK)
def reveal(
    standing: Array,
    height: Array,
    where: Array,
    label: Array,
    least: Array,
    order: Array,
    window_from: Array,
    window: int,
) -> None:
    """Let the boxes of a window be known by their ranks."""
    begin, end = window_from[window], window_from[window + 1]
    if end - begin == 1:
        return
    for rank in range(begin, end):
        label[order[rank]] = rank
    for rank in range(begin, end):
        stack = where[order[rank]]
        least[stack] = _least_of(standing, height, label, stack)


@njit(f"int64({_STANDING}, {_I1}, {_I1}, {_I1}, int64, int64)", **_QUICK)
def _finish_by_rule(
    standing: Array,
    height: Array,
    where: Array,
    label: Array,
    least: Array,
    order: Array,
    window_from: Array,
    window_of: Array,
    rank: int,
    tiers: int,
) -> Any:
    """Relocations until the bay is empty when the rule decides alone; the bay handed in is used up. -1 without room."""
    moves = 0
    window = window_of[order[rank]]
    for n in range(rank, order.shape[0]):
        box = order[n]
        if window_of[box] != window:
            window = window_of[box]
            reveal(standing, height, where, label, least, order, window_from, window)
        source = where[box]
        while standing[source, height[source] - 1] != box:
            target = expected_min_max(standing, height, where, label, least, source, tiers)
            if target < 0:
                return NO_ROOM
            relocate(standing, height, where, label, least, source, target)
            moves += 1
        height[source] -= 1
        least[source] = _least_of(standing, height, label, source)
    return moves


@njit(f"int64({_STANDING}, {_I1}, {_I1}, int64, uint64[:, ::1])", **_QUICK)
def _candidates(
    standing: Array,
    height: Array,
    where: Array,
    label: Array,
    least: Array,
    is_open: Array,
    key_of: Array,
    tiers: int,
    bay_key: Array,
) -> Any:
    """Mark in `is_open` the stacks worth a trial for the top box of the stack of the least label; how many there are.

    Of stacks with the same labels only the leftmost is tried. `bay_key[0, 0]` gets a number for the whole bay that is
    the same for any order of its stacks.
    """
    source = 0
    for stack in range(1, height.shape[0]):
        if least[stack] < least[source]:
            source = stack
    bay_key[0, 0] = np.uint64(0)
    count = 0
    for stack in range(height.shape[0]):
        key = _stack_key(standing, height, label, stack)
        bay_key[0, 0] += _mixed(key)
        key_of[stack] = np.int64(key >> np.uint64(1))
        is_open[stack] = 1 if stack != source and height[stack] < tiers else 0
        for left in range(stack):
            if is_open[left] == 1 and is_open[stack] == 1 and key_of[left] == key_of[stack]:
                is_open[stack] = 0
        count += is_open[stack]
    return count


@njit("int64(uint64[:, ::1], uint64)", **_QUICK)
def _place_in_memory(memory: Array, key: int) -> Any:
    """Where a bay is remembered or may be; -1 when there is no room for it."""
    slots = np.uint64(memory.shape[0])
    for probe in range(_PROBES):
        place = np.int64((key + np.uint64(probe)) % slots)
        if memory[place, 0] == key or memory[place, 0] == 0:
            return place
    return -1


@njit(
    f"int64({_STANDING}, {_I1}, {_I1}, {_I1}, int64, int64, int64, int64, float64, uint64[:, ::1], {_I2}, {_I2}, {_I2},"
    " uint64[:, ::1])",
    **_QUICK,
)
def choose_target(
    standing: Array,
    height: Array,
    where: Array,
    label: Array,
    least: Array,
    order: Array,
    window_from: Array,
    window_of: Array,
    rank: int,
    tiers: int,
    first_trials: int,
    last_trials: int,
    margin: float,
    memory: Array,
    trial_standing: Array,
    by_stack: Array,
    by_box: Array,
    numbers: Array,
) -> Any:
    """Where the top box above `order[rank]` goes: to the stack with the fewest relocations in drawn orders; or NO_ROOM.

    Every open stack is tried in the same drawn orders of the windows still unknown, the rule finishing each time;
    those clearly behind are dropped, trials are doubled. Only what is revealed counts: the order handed in is sorted
    again where it is not, and the draws start from the bay's own key. A bay met before is remembered whatever the order
    of its stacks; what is in `memory` is never replaced, so that the same bay is always answered alike.
    """
    stacks, boxes = height.shape[0], order.shape[0]
    source = where[order[rank]]
    is_open, key_of, trials = by_stack[0], by_stack[1], by_stack[2]
    if _candidates(standing, height, where, label, least, is_open, key_of, tiers, numbers) <= 1 or last_trials == 0:
        return expected_min_max(standing, height, where, label, least, source, tiers)
    key = numbers[0, 0] | np.uint64(1)
    place = _place_in_memory(memory, key)
    if place >= 0 and memory[place, 0] == key:
        for stack in range(stacks):
            if is_open[stack] == 1 and np.uint64(key_of[stack]) == memory[place, 1]:
                return stack

    drawn = by_box[0]
    for n in range(boxes):
        drawn[n] = order[n]
    unknown = window_of[order[rank]] + 1
    for window in range(unknown, window_from.shape[0] - 1):
        for n in range(window_from[window] + 1, window_from[window + 1]):
            k = n
            while k > window_from[window] and drawn[k] < drawn[k - 1]:
                drawn[k], drawn[k - 1] = drawn[k - 1], drawn[k]
                k -= 1
    state = numbers[1]
    state[0] = key
    preferred = expected_min_max(standing, height, where, label, least, source, tiers)
    for stack in range(stacks):
        trials[stack] = 0
        if is_open[stack] == 1 and key_of[stack] == key_of[preferred]:
            preferred = stack
    made, limit = 0, first_trials
    best = preferred
    while True:
        while made < limit:
            shuffle_windows(drawn, window_from, unknown, state)
            made += 1
            for stack in range(stacks):
                if is_open[stack] == 0:
                    continue
                for s in range(stacks):
                    by_stack[3, s] = height[s]
                    by_stack[4, s] = least[s]
                    for tier in range(height[s]):
                        trial_standing[s, tier] = standing[s, tier]
                for n in range(boxes):
                    by_box[1, n] = where[n]
                    by_box[2, n] = label[n]
                relocate(trial_standing, by_stack[3], by_box[1], by_box[2], by_stack[4], source, stack)
                moves = _finish_by_rule(
                    trial_standing, by_stack[3], by_box[1], by_box[2], by_stack[4], drawn, window_from, window_of, rank,
                    tiers,
                )  # fmt: skip
                trials[stack] += moves if moves >= 0 else boxes * boxes
        best = preferred
        for stack in range(stacks):
            if is_open[stack] == 1 and (is_open[best] == 0 or trials[stack] < trials[best]):
                best = stack
        left = 0
        for stack in range(stacks):
            if is_open[stack] == 1 and trials[stack] - trials[best] > margin * np.sqrt(made):
                is_open[stack] = 0
            left += is_open[stack]
        if left <= 1 or made >= last_trials:
            break
        limit = min(2 * limit, last_trials)
    if place >= 0:
        memory[place, 0] = key
        memory[place, 1] = np.uint64(key_of[best])
    return best


@njit(
    f"int64({_I2}, {_I1}, {_I1}, {_I1}, {_I1}, int64, int64, int64, float64, uint64[:, ::1], {_I2}, {_I2}, {_I2},"
    f" {_I2}, uint64[:, ::1], {_I2})",
    **_QUICK,
)
def empty_bay(
    given: Array,
    given_height: Array,
    order: Array,
    window_from: Array,
    window_of: Array,
    tiers: int,
    first_trials: int,
    last_trials: int,
    margin: float,
    memory: Array,
    standing: Array,
    trial_standing: Array,
    by_stack: Array,
    by_box: Array,
    numbers: Array,
    moves: Array,
) -> Any:
    """Retrieve all boxes in one order and write the moves; how many were written, NO_ROOM when a box can go nowhere.

    `moves[n]` is origin and target (RETRIEVED: out). Nothing is decided by the order of a window not yet begun.
    """
    height, least, where, label = by_stack[5], by_stack[6], by_box[3], by_box[4]
    for box in range(order.shape[0]):
        label[box] = window_from[window_of[box] + 1] - 1
    for stack in range(given_height.shape[0]):
        height[stack] = given_height[stack]
        for tier in range(height[stack]):
            standing[stack, tier] = given[stack, tier]
            where[given[stack, tier]] = stack
        least[stack] = _least_of(standing, height, label, stack)
    made, window = 0, -1
    for rank in range(order.shape[0]):
        box = order[rank]
        if window_of[box] != window:
            window = window_of[box]
            reveal(standing, height, where, label, least, order, window_from, window)
        source = where[box]
        while standing[source, height[source] - 1] != box:
            target = choose_target(
                standing, height, where, label, least, order, window_from, window_of, rank, tiers,
                first_trials, last_trials, margin, memory, trial_standing, by_stack, by_box, numbers,
            )  # fmt: skip
            if target < 0 or made + 1 >= moves.shape[0]:
                return NO_ROOM
            relocate(standing, height, where, label, least, source, target)
            moves[made, 0], moves[made, 1] = source, target
            made += 1
        height[source] -= 1
        least[source] = _least_of(standing, height, label, source)
        moves[made, 0], moves[made, 1] = source, RETRIEVED
        made += 1
    return made
