"""The hot loop of sweeps with a turn: every crane goes to the left, turns where it likes, and goes to the right.

Arrays as in `kernels.py`. A task is in one of 2 * cranes hands: h below `cranes` is crane h on its way to the left,
hand 2 * cranes - 1 - c is crane c on its way back. On the way to the left the left crane comes to a bay first, on the
way back the right one, so the hands of a bay work in the order of their numbers, and a precedence holds where the hand
of the first task is not above that of the second. Where tasks of two ways are in each other's way, the way to the left
comes first. A plan without tasks on the way to the left is a plain sweep.

Places are counted from 1 at the left end of the last crane's room: crane c in bay b is at b + gap * (cranes - 1 - c).
"""

from __future__ import annotations

from math import exp, log
from typing import Any

import numpy as np
from numba import njit

from cabria.planning.cranes.tasks.kernels import _GIVEN, _LONG_AGO, _QUICK, _UNLIKELY, _beyond, _give, _past_closed
from cabria.planning.search.kernels import Array, random_below, random_share


@njit(
    "int64(int64, int64, int64, int64, int64[:, ::1], int64[::1], int64[:, ::1], int64[::1], int64[::1], "
    "int64[:, ::1])",
    **_QUICK,
)
def _worked_until(
    now: int,
    crane: int,
    hand: int,
    bay: int,
    work: Array,
    hand_of: Array,
    times: Array,
    first: Array,
    closed_at: Array,
    closed: Array,
) -> Any:
    """When the crane is done with its tasks of one way in a bay, begun at `now` or as soon as it may work."""
    if closed_at[crane + 1] == closed_at[crane]:
        return now + work[hand, bay]
    for task in range(first[bay], first[bay + 1]):
        if hand_of[task] == hand:
            time = times[crane, task]
            now = _past_closed(now, time, crane, closed_at, closed) + time
    return now


@njit(
    "void(int64[:, ::1], int64[:, ::1], int64[:, ::1], int64[::1], int64[::1], int64[::1], int64[:, ::1], int64[::1], "
    "int64[::1], int64[::1], int64[::1], int64[:, ::1], int64, int64)",
    **_QUICK,
)
def _to_the_left(
    work: Array,
    out_ends: Array,
    free: Array,
    passed: Array,
    turn_bays: Array,
    hand_of: Array,
    times: Array,
    first: Array,
    start_bay: Array,
    ready: Array,
    closed_at: Array,
    closed: Array,
    travel: int,
    gap: int,
) -> None:
    """The way to the left: `out_ends[c, b]` of each bay worked in, at b = 0 of the way, which ends in `turn_bays`.

    `free[c, place]` becomes when crane c may be at a place for those to its left and itself: `passed[place]` is when
    the crane and all to its left have left a place.
    """
    cranes, bays = times.shape[0], first.shape[0] - 2
    passed[:] = _LONG_AGO
    for crane in range(cranes):
        shift = gap * (cranes - 1 - crane)
        out_ends[crane, 0] = _LONG_AGO
        turn_bays[crane] = 0
        for place in range(bays + shift, 0, -1):
            now = passed[place + 1] + travel
            free[crane, place] = now
            bay = place - shift
            if bay >= 1:
                out_ends[crane, bay] = _LONG_AGO
                if work[crane, bay] > 0:
                    now = max(now, ready[crane] + travel * abs(bay - start_bay[crane]))
                    now = _worked_until(now, crane, crane, bay, work, hand_of, times, first, closed_at, closed)
                    out_ends[crane, bay] = now
                    out_ends[crane, 0] = now
                    turn_bays[crane] = bay
            passed[place] = max(now, passed[place])


@njit(
    "int64(int64[:, ::1], int64[:, ::1], int64[:, ::1], int64[::1], int64[::1], int64[::1], int64[::1], "
    "int64[:, ::1], int64[::1], int64[::1], int64[::1], int64[::1], int64[:, ::1], int64, int64, int64, int64)",
    **_QUICK,
)
def there_and_back(
    work: Array,
    out_ends: Array,
    free: Array,
    passed: Array,
    turn_bays: Array,
    ends: Array,
    hand_of: Array,
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
    """What the cranes' ends lie beyond `aim` when all go to the left and back; given up once it is above `limit`.

    `work[hand, b]` are sums of times; fills `ends` and the arrays before it.
    """
    _to_the_left(
        work, out_ends, free, passed, turn_bays, hand_of, times, first, start_bay, ready, closed_at, closed, travel, gap
    )
    cranes, bays = times.shape[0], first.shape[0] - 2
    passed[:] = _LONG_AGO
    beyond = 0
    for crane in range(cranes - 1, -1, -1):
        shift, hand = gap * (cranes - 1 - crane), 2 * cranes - 1 - crane
        turned, turn_bay = out_ends[crane, 0], turn_bays[crane]
        end = max(0, turned)
        for place in range(1 + shift, passed.shape[0] - 1):
            now = passed[place - 1] + travel
            bay = place - shift
            if bay <= bays:
                if work[hand, bay] > 0:
                    now = max(now, free[crane, place], turned + travel * abs(bay - turn_bay))
                    now = max(now, ready[crane] + travel * abs(bay - start_bay[crane]))
                    now = _worked_until(now, crane, hand, bay, work, hand_of, times, first, closed_at, closed)
                    end = now
                now = max(now, out_ends[crane, bay])
            passed[place] = max(now, passed[place])
        ends[crane] = end
        beyond += max(0, end - aim)
        if beyond > limit:
            return beyond
    return beyond


@njit("int64(int64, int64, int64, int64)", **_QUICK)
def _neighbour(hand: int, step: int, cranes: int, stay: int) -> Any:
    """The hand of a neighbouring crane on the same way; `stay` where there is no such crane."""
    to = hand + step if hand < cranes else hand - step
    return to if 0 <= to < 2 * cranes and (to < cranes) == (hand < cranes) else stay


@njit(
    "int64(int64, int64, int64, int64, int64, int64, int64[::1], uint8[:, ::1], int64[::1], int64[::1], int64[::1], "
    "int64[::1])",
    **_QUICK,
)
def _change_stretch(
    since: int,
    last: int,
    hand: int,
    to: int,
    step: int,
    cranes: int,
    bay: Array,
    before: Array,
    first: Array,
    hand_of: Array,
    changed: Array,
    was: Array,
) -> Any:
    """In bays `since` to `last` all tasks move on by a crane (step -1 or 1), or (step 0) those of a hand to another."""
    count = 0
    for task in range(first[since], first[last + 1]):
        by = _neighbour(hand_of[task], step, cranes, -1) if step != 0 else (to if hand_of[task] == hand else -1)
        if by >= 0 and by != hand_of[task]:
            changed[count] = task
            was[count] = hand_of[task]
            hand_of[task] = by
            count += 1
    for k in range(count):
        task = changed[k]
        for other in range(first[bay[task]], first[bay[task] + 1]):
            if (before[task, other] and hand_of[other] < hand_of[task]) or (
                before[other, task] and hand_of[other] > hand_of[task]
            ):
                for m in range(count):
                    hand_of[changed[m]] = was[m]
                return 0
    return count


@njit("int64(int64, int64[::1], uint8[:, ::1], int64[::1], int64[::1], int64[::1], int64[::1], uint64[::1])", **_QUICK)
def _change_hands(
    cranes: int, bay: Array, before: Array, first: Array, hand_of: Array, changed: Array, was: Array, state: Array
) -> Any:
    """One random change that keeps precedences; returns how many tasks changed hands."""
    task = random_below(state, bay.shape[0])
    hand = hand_of[task]
    kind = random_below(state, 16)
    to = 2 * cranes - 1 - hand
    if kind < 3:
        other = random_below(state, bay.shape[0])
        to = hand_of[other]
        if to == hand or bay[task] == bay[other]:
            return 0
        count = _give(task, to, bay, before, first, hand_of, changed, was, 0)
        return _give(other, hand, bay, before, first, hand_of, changed, was, count)
    step = 1 if random_below(state, 2) == 0 else -1
    if kind < 12:
        to = _neighbour(hand, step, cranes, hand)
        if kind < 5:
            to = random_below(state, 2 * cranes)
    if to == hand:
        return 0
    if kind < 9 or kind > 13:
        return _give(task, to, bay, before, first, hand_of, changed, was, 0)
    last = bay[task]
    if kind != 9 and kind != 12:
        last = min(last + random_below(state, 1 + first.shape[0] // 3), first.shape[0] - 2)
    if kind > 11 or random_below(state, 2) == 0:
        step = 0
    return _change_stretch(bay[task], last, hand, to, step, cranes, bay, before, first, hand_of, changed, was)


@njit(
    "void(int64, int64[::1], int64[::1], int64[::1], int64[::1], int64[:, ::1], int64[:, ::1], boolean)",
    **_QUICK,
)
def _carry(
    count: int, changed: Array, was: Array, hand_of: Array, bay: Array, times: Array, work: Array, back: bool
) -> None:
    """Bring `work` up to the last changes, or take them back."""
    cranes = times.shape[0]
    for k in range(count):
        task = changed[k]
        old, new = was[k], hand_of[task]
        if back:
            old, new = new, old
            hand_of[task] = new
        work[old, bay[task]] -= times[min(old, 2 * cranes - 1 - old), task]
        work[new, bay[task]] += times[min(new, 2 * cranes - 1 - new), task]


@njit(
    f"int64({_GIVEN}, int64[::1], int64[::1], int64[::1], int64, int64, float64, float64, uint64[::1], int64[::1])",
    **_QUICK,
)
def anneal_turns(
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
    hand_of: Array,
    best: Array,
    iterations: int,
    target: int,
    hot: float,
    cold: float,
    state: Array,
    done: Array,
) -> Any:
    """Anneal `hand_of`; returns the best makespan and writes its hands to `best`.

    Ends early at `target`; `done[0]` becomes the iterations made.
    """
    cranes, tasks = times.shape
    bays = first.shape[0] - 2
    places = bays + gap * (cranes - 1)
    work = np.zeros((2 * cranes, bays + 1), np.int64)
    for task in range(tasks):
        work[hand_of[task], bay[task]] += times[min(hand_of[task], 2 * cranes - 1 - hand_of[task]), task]
    out_ends, free = np.zeros((cranes, bays + 1), np.int64), np.zeros((cranes, places + 2), np.int64)
    passed, turn_bays, ends = np.zeros(places + 2, np.int64), np.zeros(cranes, np.int64), np.zeros(cranes, np.int64)
    changed, was = np.zeros(tasks, np.int64), np.zeros(tasks, np.int64)
    there_and_back(
        work, out_ends, free, passed, turn_bays, ends, hand_of, times, first, start_bay, ready, closed_at, closed,
        travel, gap, 0, _UNLIKELY,
    )  # fmt: skip
    makespan = ends.max()
    best[:] = hand_of
    aim = makespan - 1
    current = _beyond(ends, aim)
    temperature, cooling = hot, exp(log(cold / hot) / iterations)
    made = 0
    while made < iterations and makespan > target:
        made += 1
        temperature *= cooling
        count = _change_hands(cranes, bay, before, first, hand_of, changed, was, state)
        if count == 0:
            continue
        _carry(count, changed, was, hand_of, bay, times, work, False)
        limit = current + np.int64(-temperature * log(random_share(state) + 1e-18))
        beyond = there_and_back(
            work, out_ends, free, passed, turn_bays, ends, hand_of, times, first, start_bay, ready, closed_at, closed,
            travel, gap, aim, limit,
        )  # fmt: skip
        if beyond > limit:
            _carry(count, changed, was, hand_of, bay, times, work, True)
            continue
        current = beyond
        if beyond == 0:
            makespan = ends.max()
            best[:] = hand_of
            aim = makespan - 1
            current = _beyond(ends, aim)
    done[0] = made
    return makespan
