"""The hot loops: annealing over who does what in a sweep, and over who does what in which order.

Flat arrays, tasks and cranes from 0, bays from 1. `times[c, i]` is the time of task i by crane c, `bay[i]` its bay,
tasks bay by bay; those of bay b are `first[b]` to `first[b + 1] - 1`; `before[i, j]` is 1 where i must precede j,
directly or through others. Crane c is over `start_bay[c]` at `ready[c]` and cannot work in the windows
`closed[closed_at[c]]` to `closed[closed_at[c + 1] - 1]` (from, to). `gap` is gap_bays + 1.

Both searches lower the sum, over cranes, of what a crane's end lies beyond `aim`: the best makespan so far less one. At
0 the aim is met and set anew. A trial is given up as soon as its sum is more than the draw of the temperature accepts.
"""

from __future__ import annotations

from math import exp, log
from typing import Any

import numpy as np
from numba import njit

from cabria.planning.search.kernels import random_below, random_share

Array = np.ndarray[Any, np.dtype[Any]]

_LONG_AGO = -(1 << 40)
_UNLIKELY = 1 << 60
_GIVEN = "int64[:, ::1], int64[::1], uint8[:, ::1], int64[::1], int64[::1], int64[::1], int64[:, ::1], int64, int64"
_QUICK: dict[str, Any] = {"cache": True, "nogil": True}


@njit("int64(int64, int64, int64, int64[::1], int64[:, ::1])", **_QUICK)
def _past_closed(start: int, time: int, crane: int, closed_at: Array, closed: Array) -> Any:
    """The earliest start at which the crane can work without a break."""
    for window in range(closed_at[crane], closed_at[crane + 1]):
        if start < closed[window, 1] and start + time > closed[window, 0]:
            start = closed[window, 1]
    return start


@njit("int64(int64[::1], int64)", **_QUICK)
def _beyond(ends: Array, aim: int) -> Any:
    total = 0
    for end in ends:
        total += max(0, end - aim)
    return total


@njit(
    "int64(int64[:, ::1], int64[:, ::1], int64[::1], int64[::1], int64[:, ::1], int64[::1], int64[::1], int64[::1], "
    "int64[::1], int64[:, ::1], int64, int64, int64, int64)",
    **_QUICK,
)
def sweep(
    work: Array,
    leaves: Array,
    ends: Array,
    crane_of: Array,
    times: Array,
    first: Array,
    start_bay: Array,
    ready: Array,
    closed_at: Array,
    closed: Array,
    travel: int,
    gap: int,
    aim: int,
    limit: int,
) -> Any:
    """What the cranes' ends lie beyond `aim` when all sweep to the right; given up once it is above `limit`.

    `leaves[c, b]` is when crane c has left bay b and every crane to its right, `gap` bays apart each, has left where it
    then stands; a bay of travel later c may be in bay b + 1. `work[c, b]` are sums of times; fills `leaves`, `ends`.
    """
    cranes, bays = work.shape[0], work.shape[1] - 1
    beyond = 0
    for crane in range(cranes - 1, -1, -1):
        end = 0
        has_windows = closed_at[crane + 1] > closed_at[crane]
        is_last = crane == cranes - 1
        leaves[crane, 0] = _LONG_AGO if is_last else leaves[crane + 1, gap]
        for bay in range(1, bays + crane * gap + 1):
            now = leaves[crane, bay - 1] + travel
            if bay <= bays and work[crane, bay] > 0:
                arrival = ready[crane] + travel * abs(bay - start_bay[crane])
                if arrival > now:
                    now = arrival
                if has_windows:
                    for task in range(first[bay], first[bay + 1]):
                        if crane_of[task] == crane:
                            time = times[crane, task]
                            now = _past_closed(now, time, crane, closed_at, closed) + time
                else:
                    now += work[crane, bay]
                end = now
            leaves[crane, bay] = now if is_last else max(now, leaves[crane + 1, bay + gap])
        ends[crane] = end
        if end > aim:
            beyond += end - aim
            if beyond > limit:
                return beyond
    return beyond


@njit("int64(int64, int64, int64[::1], uint8[:, ::1], int64[::1], int64[::1], int64[::1], int64[::1], int64)", **_QUICK)
def _give(
    task: int,
    to: int,
    bay: Array,
    not_above: Array,
    first: Array,
    hand_of: Array,
    changed: Array,
    was: Array,
    count: int,
) -> Any:
    """Put a task into a hand, and with it what would then be done in the wrong order; the new count of changes.

    In a bay the hand of task a must not be above that of task b where `not_above[a, b]`.
    """
    was_in = hand_of[task]
    for other in range(first[bay[task]], first[bay[task] + 1]):
        if (
            other == task
            or (to > was_in and not_above[task, other] and hand_of[other] < to)
            or (to < was_in and not_above[other, task] and hand_of[other] > to)
        ):
            changed[count] = other
            was[count] = hand_of[other]
            hand_of[other] = to
            count += 1
    return count


@njit("int64(int64, int64[::1], uint8[:, ::1], int64[::1], int64[::1], int64[::1], int64[::1], uint64[::1])", **_QUICK)
def _change_sweep(
    cranes: int, bay: Array, not_above: Array, first: Array, crane_of: Array, changed: Array, was: Array, state: Array
) -> Any:
    """One random change that keeps precedences in each bay; returns how many tasks changed hands."""
    tasks = bay.shape[0]
    task = random_below(state, tasks)
    crane = crane_of[task]
    kind = random_below(state, 12)
    if kind < 6 and random_below(state, 4) == 0:
        to = random_below(state, cranes)
        return _give(task, to, bay, not_above, first, crane_of, changed, was, 0) if to != crane else 0
    if 6 <= kind < 9:
        other = random_below(state, tasks)
        to = crane_of[other]
        if to == crane or bay[task] == bay[other]:
            return 0
        count = _give(task, to, bay, not_above, first, crane_of, changed, was, 0)
        return _give(other, crane, bay, not_above, first, crane_of, changed, was, count)
    to = crane + 1 if random_below(state, 2) == 0 else crane - 1
    if to < 0 or to >= cranes:
        return 0
    if kind < 6:
        return _give(task, to, bay, not_above, first, crane_of, changed, was, 0)
    last = bay[task]
    if kind > 9:
        last = min(last + random_below(state, 1 + first.shape[0] // 3), first.shape[0] - 2)
    all_cranes = kind > 9 and random_below(state, 2) == 0
    count = 0
    for other in range(first[bay[task]], first[last + 1]):
        with_crane = crane_of[other]
        by = with_crane + to - crane if all_cranes else to
        if (all_cranes and 0 <= by < cranes) or (not all_cranes and with_crane == crane):
            changed[count] = other
            was[count] = with_crane
            crane_of[other] = by
            count += 1
    return count


@njit(
    f"int64({_GIVEN}, int64[::1], int64[::1], int64[::1], int64, int64, float64, float64, uint64[::1], int64[::1])",
    **_QUICK,
)
def anneal_sweep(
    times: Array,
    bay: Array,
    before: Array,
    start_bay: Array,
    ready: Array,
    closed_at: Array,
    closed: Array,
    travel: int,
    gap: int,
    first: Array,
    crane_of: Array,
    best: Array,
    iterations: int,
    target: int,
    hot: float,
    cold: float,
    state: Array,
    done: Array,
) -> Any:
    """Anneal `crane_of` (cranes sweep to the right); returns the best makespan and writes its cranes to `best`.

    Ends early at `target`; `done[0]` becomes the iterations made.
    """
    cranes, tasks = times.shape
    bays = first.shape[0] - 2
    work = np.zeros((cranes, bays + 1), np.int64)
    for task in range(tasks):
        work[crane_of[task], bay[task]] += times[crane_of[task], task]
    leaves = np.full((cranes, bays + cranes * gap + 1), _LONG_AGO, np.int64)
    ends = np.zeros(cranes, np.int64)
    changed, was = np.zeros(2 * tasks, np.int64), np.zeros(2 * tasks, np.int64)
    after = np.ascontiguousarray(before.T)  # sweeping to the right, the right crane is first in a bay
    sweep(work, leaves, ends, crane_of, times, first, start_bay, ready, closed_at, closed, travel, gap, 0, _UNLIKELY)
    makespan = ends.max()
    best[:] = crane_of
    aim = makespan - 1
    current = _beyond(ends, aim)
    temperature, cooling = hot, exp(log(cold / hot) / iterations)
    made = 0
    while made < iterations and makespan > target:
        made += 1
        temperature *= cooling
        count = _change_sweep(cranes, bay, after, first, crane_of, changed, was, state)
        if count == 0:
            continue
        for k in range(count):
            task = changed[k]
            work[was[k], bay[task]] -= times[was[k], task]
            work[crane_of[task], bay[task]] += times[crane_of[task], task]
        limit = current + np.int64(-temperature * log(random_share(state) + 1e-18))
        beyond = sweep(
            work, leaves, ends, crane_of, times, first, start_bay, ready, closed_at, closed, travel, gap, aim, limit
        )
        if beyond > limit:
            for k in range(count - 1, -1, -1):
                task = changed[k]
                work[crane_of[task], bay[task]] -= times[crane_of[task], task]
                work[was[k], bay[task]] += times[was[k], task]
                crane_of[task] = was[k]
            continue
        current = beyond
        if beyond == 0:
            makespan = ends.max()
            best[:] = crane_of
            aim = makespan - 1
            current = _beyond(ends, aim)
    done[0] = made
    return makespan


@njit(
    f"int64({_GIVEN}, int64[::1], int64[::1], int64, int64, int64, int64[::1], int64[::1])",
    **_QUICK,
)
def in_order(
    times: Array,
    bay: Array,
    before: Array,
    start_bay: Array,
    ready: Array,
    closed_at: Array,
    closed: Array,
    travel: int,
    gap: int,
    order: Array,
    crane_of: Array,
    since: int,
    aim: int,
    limit: int,
    task_ends: Array,
    ends: Array,
) -> Any:
    """What the cranes' ends lie beyond `aim` when each task starts as early as those before it allow.

    Given up once it is above `limit`. The first `since` tasks of the order have their `task_ends` already (by place in
    the order); fills the others and `ends`.
    """
    beyond = 0
    ends[:] = 0
    for k in range(order.shape[0]):
        task = order[k]
        crane = crane_of[task]
        if k >= since:
            here = bay[task]
            place = here - gap * crane
            start = ready[crane] + travel * abs(start_bay[crane] - here)
            for j in range(k):
                other = order[j]
                by = crane_of[other]
                if by == crane:
                    missing = abs(bay[other] - here)
                elif by < crane:
                    missing = bay[other] - gap * by - place
                else:
                    missing = place - bay[other] + gap * by
                if missing >= 0 and (missing > 0 or by == crane) and task_ends[j] + missing * travel > start:
                    start = task_ends[j] + missing * travel
            time = times[crane, task]
            task_ends[k] = _past_closed(start, time, crane, closed_at, closed) + time
        if task_ends[k] > ends[crane]:
            beyond += max(0, task_ends[k] - aim) - max(0, ends[crane] - aim)
            ends[crane] = task_ends[k]
            if beyond > limit:
                return beyond
    return beyond


@njit("int64(int64[::1], int64, int64, uint8[:, ::1])", **_QUICK)
def _shift(order: Array, source: int, target: int, before: Array) -> Any:
    """Put a task elsewhere in the order, or next to what it may not pass; returns where it came to stand."""
    task = order[source]
    step = 1 if target > source else -1
    k = source
    while k != target:
        other = order[k + step]
        if (step > 0 and before[task, other]) or (step < 0 and before[other, task]):
            break
        order[k] = other
        k += step
    order[k] = task
    return k


@njit("int64(int64[::1], int64[::1], int64, int64[::1], uint8[:, ::1], uint64[::1])", **_QUICK)
def _change_order(order: Array, crane_of: Array, cranes: int, bay: Array, before: Array, state: Array) -> Any:
    """One random change of order or hands; returns the first place in the order that it touched, -1 for none."""
    tasks = order.shape[0]
    k = random_below(state, tasks)
    task = order[k]
    kind = random_below(state, 8)
    if kind < 2:
        other = order[random_below(state, tasks)]
        if crane_of[other] == crane_of[task]:
            return -1
        crane_of[task], crane_of[other] = crane_of[other], crane_of[task]
        for j in range(tasks):
            if order[j] == task or order[j] == other:
                return j
    if kind < 5:
        to = crane_of[task] + 1 if random_below(state, 2) == 0 else crane_of[task] - 1
        if to < 0 or to >= cranes:
            return -1
        if kind == 2:
            was = crane_of[task]
            found = -1
            for j in range(tasks):
                other = order[j]
                if bay[other] == bay[task] and crane_of[other] == was:
                    crane_of[other] = to
                    if found < 0:
                        found = j
            return found
        crane_of[task] = to
        if kind == 3:
            return k
    reach = 1 + random_below(state, 1 + random_below(state, tasks))
    target = k + reach if random_below(state, 2) == 0 else k - reach
    came_to = _shift(order, k, min(max(target, 0), tasks - 1), before)
    return min(k, came_to)


@njit(
    f"int64({_GIVEN}, int64[::1], int64[::1], int64[::1], int64[::1], int64, int64, int64, float64, float64, "
    "uint64[::1], int64[::1])",
    **_QUICK,
)
def anneal_order(
    times: Array,
    bay: Array,
    before: Array,
    start_bay: Array,
    ready: Array,
    closed_at: Array,
    closed: Array,
    travel: int,
    gap: int,
    order: Array,
    crane_of: Array,
    best_order: Array,
    best_cranes: Array,
    makespan: int,
    iterations: int,
    target: int,
    hot: float,
    cold: float,
    state: Array,
    done: Array,
) -> Any:
    """Anneal `order` and `crane_of`; returns the best makespan, at most `makespan`, whose plan is in the bests.

    Ends early at `target`; `done[0]` becomes the iterations made.
    """
    tasks, cranes = bay.shape[0], times.shape[0]
    task_ends, new_ends = np.zeros(tasks, np.int64), np.zeros(tasks, np.int64)
    ends = np.zeros(cranes, np.int64)
    new_order, new_cranes = order.copy(), crane_of.copy()
    aim = makespan - 1
    current = in_order(
        times, bay, before, start_bay, ready, closed_at, closed, travel, gap, order, crane_of, 0, aim, _UNLIKELY,
        task_ends, ends,
    )  # fmt: skip
    temperature, cooling = hot, exp(log(cold / hot) / iterations)
    made = 0
    while made < iterations and makespan > target:
        made += 1
        temperature *= cooling
        since = _change_order(new_order, new_cranes, cranes, bay, before, state)
        if since < 0:
            continue
        new_ends[:since] = task_ends[:since]
        limit = current + np.int64(-temperature * log(random_share(state) + 1e-18))
        beyond = in_order(
            times, bay, before, start_bay, ready, closed_at, closed, travel, gap, new_order, new_cranes, since, aim,
            limit, new_ends, ends,
        )  # fmt: skip
        if beyond > limit:
            new_order[:] = order
            new_cranes[:] = crane_of
            continue
        current = beyond
        order[:] = new_order
        crane_of[:] = new_cranes
        task_ends[:] = new_ends
        if beyond == 0:
            makespan = ends.max()
            best_order[:] = order
            best_cranes[:] = crane_of
            aim = makespan - 1
            current = _beyond(ends, aim)
    done[0] = made
    return makespan
