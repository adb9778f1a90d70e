"""The hot loop: a beam over crane time. All blocks reached in one slice of time compete, and the best are grown.

Flat arrays. The stacks of all bays stand in one row: `places[stack]` is its bay, row and highest tier. Of each box:
`leaves[box, point]`, the chance of leaving just at a point of time, `remains[box, point]`, the chance of leaving after
it, and `stays[box]`, the chance of not leaving at all. Points are Gauss-Legendre nodes inside each period, their
weights included in `leaves`, which integrates the order inside a period exactly.

A state is numbered `slice * width + rank`. `trail[state]` is its parent, origin, target and crane time; of what stands
where (`standing`, `height`) only the last slices are kept, as many as the longest move can last, one after the other
in a ring. `offers[slice]` is a heap of children not yet grown, the worst on top: parent, origin, target, crane time.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numba import njit

Array = np.ndarray[Any, np.dtype[Any]]

PARENT, ORIGIN, TARGET, CRANE_MS = 0, 1, 2, 3
BAY, ROW, LIMIT = 0, 1, 2

_QUICK: dict[str, Any] = {"cache": True, "nogil": True}
_WORTH_LIFTING = 1e-9
_SHORTER_FIRST = 1e-13
"""Of equally good states the one reached sooner, in rehandles per millisecond."""


@njit("float64(int64, float64[:, ::1], float64[::1], float64[::1])", **_QUICK)
def _in_the_way(box: int, leaves: Array, stays: Array, clear: Array) -> Any:
    points = leaves.shape[1]
    undisturbed = stays[box] * clear[points]
    for point in range(points):
        undisturbed += leaves[box, point] * clear[point]
    return max(0.0, 1.0 - undisturbed)


@njit(
    "float64(int16[::1], int64, float64[:, ::1], float64[:, ::1], float64[::1], float64[::1], float64[::1])", **_QUICK
)
def stack_price(
    boxes: Array, height: int, leaves: Array, remains: Array, stays: Array, clear: Array, dug: Array
) -> Any:
    """How many boxes of a stack are expected to be in the way; `dug` becomes the chance of each.

    `clear` becomes the chance that nothing of the stack has left by each point; its last entry: that all of it stays.
    """
    points = leaves.shape[1]
    clear[:] = 1.0
    total = 0.0
    for tier in range(height):
        box = boxes[tier]
        dug[tier] = _in_the_way(box, leaves, stays, clear) if tier else 0.0
        total += dug[tier]
        for point in range(points):
            clear[point] *= remains[box, point]
        clear[points] *= stays[box]
    return total


@njit("uint64(int64, int64, int64)", **_QUICK)
def _mark(stack: int, tier: int, box: int) -> Any:
    """A number for a box in its place; the sum of all tells one state from another."""
    mixed = np.uint64((stack * 64 + tier) * 65_536 + box + 1) * np.uint64(0x9E3779B97F4A7C15)
    mixed ^= mixed >> np.uint64(29)
    mixed *= np.uint64(0xBF58476D1CE4E5B9)
    return mixed ^ (mixed >> np.uint64(32))


@njit("int64(int64, int64, int64, int64, int64, int64, int64[:, ::1], int64[::1])", **_QUICK)
def move_ms(
    at: int,
    origin: int,
    target: int,
    origin_height: int,
    target_height: int,
    crane_ms: int,
    places: Array,
    times: Array,
) -> Any:
    """Crane time after one more move, the crane standing over stack `at`; as the referee counts it."""
    empty_rows = abs(places[at, ROW] - places[origin, ROW])
    empty_bays = abs(places[at, BAY] - places[origin, BAY])
    loaded_rows = abs(places[origin, ROW] - places[target, ROW])
    loaded_bays = abs(places[origin, BAY] - places[target, BAY])
    tiers = places[origin, LIMIT] + 1 - origin_height + places[target, LIMIT] - target_height
    return (
        crane_ms
        + empty_rows * times[0]
        + loaded_rows * times[1]
        + tiers * (times[2] + times[3])
        + empty_bays * times[4]
        + loaded_bays * times[5]
    )


@njit("void(float64[::1], int64[:, ::1], int64[::1], int64, float64, int64, int64, int64, int64)", **_QUICK)
def _offer(
    worths: Array,
    notes: Array,
    counts: Array,
    slice_: int,
    worth: float,
    parent: int,
    origin: int,
    target: int,
    crane_ms: int,
) -> None:
    """Put a child into its slice's heap; when that is full the worst gives way."""
    room = worths.shape[0]
    if counts[slice_] == room and worth >= worths[0]:
        return
    if counts[slice_] < room:
        at = counts[slice_]
        counts[slice_] += 1
        while at > 0 and worths[(at - 1) // 2] < worth:
            above = (at - 1) // 2
            worths[at] = worths[above]
            notes[at] = notes[above]
            at = above
    else:
        at = 0
        while 2 * at + 1 < room:
            below = 2 * at + 1
            if below + 1 < room and worths[below + 1] > worths[below]:
                below += 1
            if worths[below] <= worth:
                break
            worths[at] = worths[below]
            notes[at] = notes[below]
            at = below
    worths[at] = worth
    notes[at, PARENT] = parent
    notes[at, ORIGIN] = origin
    notes[at, TARGET] = target
    notes[at, CRANE_MS] = crane_ms


@njit(
    "int64(int64, int64, int16[:, :, ::1], int64[:, ::1], uint64[::1], int64[:, ::1], float64[::1], "
    "float64[:, ::1], int64[:, :, ::1], int64[::1], int64[::1])",
    **_QUICK,
)
def settle(
    slice_: int,
    width: int,
    standing: Array,
    height: Array,
    marks: Array,
    trail: Array,
    prices: Array,
    worths: Array,
    notes: Array,
    counts: Array,
    kept: Array,
) -> Any:
    """Keep the best different states offered to a slice, at most `width`, and build them. Returns how many."""
    count = counts[slice_]
    ring = height.shape[0]
    order = np.argsort(worths[slice_, :count], kind="mergesort")
    number = 0
    for choice in order:
        if number == width:
            break
        parent, origin, target, crane_ms = notes[slice_, choice]
        state = slice_ * width + number
        here, there = state % ring, parent % ring
        top = height[there, origin] - 1
        box = standing[there, origin, top]
        goal = height[there, target]
        mark = marks[parent] - _mark(origin, top, box) + _mark(target, goal, box)
        is_new = True
        for other in range(slice_ * width, state):
            is_new = is_new and marks[other] != mark
        if not is_new:
            continue
        standing[here] = standing[there]
        height[here] = height[there]
        standing[here, target, goal] = box
        height[here, target] += 1
        height[here, origin] -= 1
        marks[state] = mark
        trail[state] = notes[slice_, choice]
        prices[state] = worths[slice_, choice] - _SHORTER_FIRST * crane_ms
        number += 1
    kept[slice_] = number
    return number


@njit(
    "float64(int64, int64, int64, int64[:, ::1], float64[:, ::1], int64[:, ::1], int64[::1])",
    **_QUICK,
)
def _promise(here: int, stack: int, at: int, height: Array, dug: Array, places: Array, times: Array) -> Any:
    travel_ms = (
        abs(places[at, BAY] - places[stack, BAY]) * times[4] + abs(places[at, ROW] - places[stack, ROW]) * times[0]
    )
    each_ms = (places[stack, LIMIT] + 1) * (times[2] + times[3]) + 2 * times[1] + 1
    freed, best = 0.0, 0.0
    top = height[here, stack] - 1
    for depth in range(top):
        freed += dug[stack, top - depth]
        best = max(best, freed / (travel_ms + (depth + 1) * each_ms))
    return best


@njit(
    "void(int64, int64, int64, int64, int64, int64, float64, int64[:, ::1], int64[::1], float64[:, ::1], "
    "float64[:, ::1], float64[::1], int16[:, :, ::1], int64[:, ::1], int64[:, ::1], float64[::1], "
    "float64[:, ::1], int64[:, :, ::1], int64[::1], float64[:, ::1], float64[:, ::1], float64[::1], float64[::1])",
    **_QUICK,
)
def grow(
    state: int,
    slice_: int,
    slice_ms: int,
    budget_ms: int,
    origins: int,
    targets: int,
    price_of_ms: float,
    places: Array,
    times: Array,
    leaves: Array,
    remains: Array,
    stays: Array,
    standing: Array,
    height: Array,
    trail: Array,
    prices: Array,
    worths: Array,
    notes: Array,
    counts: Array,
    clear: Array,
    dug: Array,
    promise: Array,
    worth_of: Array,
) -> None:
    """Offer the moves of a state that promise most: from the best `origins` stacks, each to its best `targets`.

    A stack promises the boxes in the way that lifting a few off its top would free, per crane time. A target is as good
    as the box is out of the way there, less `price_of_ms` for the time. The budget has no say in the choice, so that
    what is found by a certain time is the same whatever time follows.
    """
    stacks = places.shape[0]
    here = state % height.shape[0]
    at = trail[state, TARGET]
    now_ms = trail[state, CRANE_MS]
    for stack in range(stacks):
        stack_price(standing[here, stack], height[here, stack], leaves, remains, stays, clear[stack], dug[stack])
        promise[stack] = _promise(here, stack, at, height, dug, places, times)
    if trail[state, PARENT] >= 0:
        promise[at] = 0.0
    for _ in range(origins):
        origin = int(np.argmax(promise))
        if promise[origin] <= _WORTH_LIFTING:
            return
        promise[origin] = 0.0
        top = height[here, origin] - 1
        box = standing[here, origin, top]
        for target in range(stacks):
            worth_of[target] = np.inf
            if target != origin and height[here, target] < places[target, LIMIT]:
                crane_ms = move_ms(at, origin, target, top + 1, height[here, target], now_ms, places, times)
                in_the_way = _in_the_way(box, leaves, stays, clear[target]) if height[here, target] else 0.0
                worth_of[target] = in_the_way + price_of_ms * crane_ms
        for _ in range(targets):
            chosen = int(np.argmin(worth_of))
            if worth_of[chosen] == np.inf:
                break
            crane_ms = move_ms(at, origin, chosen, top + 1, height[here, chosen], now_ms, places, times)
            price = prices[state] - dug[origin, top] + worth_of[chosen] - price_of_ms * crane_ms
            worth_of[chosen] = np.inf
            later = max(slice_ + 1, crane_ms // slice_ms)
            if crane_ms <= budget_ms and later < counts.shape[0]:
                _offer(
                    worths[later],
                    notes[later],
                    counts,
                    later,
                    price + _SHORTER_FIRST * crane_ms,
                    state,
                    origin,
                    chosen,
                    crane_ms,
                )
