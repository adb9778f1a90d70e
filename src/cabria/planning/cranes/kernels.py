"""The hot loop: annealing over blocks of work in order of priority, each order scheduled exactly.

Flat arrays: a plan is four int64 rows (work, first cut, end cut, crane) with one column per block, blocks in order of
priority. Cuts are numbered over all works: work w has cuts `works[CUT, w]` to `works[CUT, w + 1] - 1`. Lifts are
numbered in the same way, cut k lies before lift `cut_lift[k]` of its work, and the time of crane c between two lifts of
one work, no outage counted, is `clock[c, later] - clock[c, earlier]`. Times are whole seconds, places mm of quay.

Rows of `works`, with one column more than there are works: first CUT, FIRST_X, LAST_X, when it may begin (RELEASE),
first index into `waits` (WAIT), whose rows are the OTHER work, the cut BEFORE which all of that must be over, and the
cut of this work SINCE which it waits, and first index into `lates` (LATE), whose rows are a LIFT, rising, and when its
boxes are THERE. Rows of `fleet`, with one column more than there are cranes: READY, START_X
(NOWHERE where it counts not), first index into `outages` (OUTAGE), whose rows are FROM and UNTIL, and when it can leave
where it stands at the start (LEAVES). `law` is gap, travel time and the span it is of, and the price in points of a box
over a block's limit. `feed` has rows (block, boxes); those of the section behind cut
k are `feed_from[k]` to `feed_from[k + 1] - 1`; `limits` are the blocks'.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numba import njit

from cabria.planning.cranes.problem import QUARTER_HOUR_S, SHARED_BAY_S, WAITING_PRICE
from cabria.planning.search.kernels import random_below, random_share

Array = np.ndarray[Any, np.dtype[Any]]

WORK, FIRST, END, CRANE = 0, 1, 2, 3
CUT, FIRST_X, LAST_X, RELEASE, WAIT, LATE = 0, 1, 2, 3, 4, 5
OTHER, BEFORE, SINCE = 0, 1, 2
READY, START_X, OUTAGE, LEAVES = 0, 1, 2, 3
FROM, UNTIL = 0, 1
LIFT, THERE = 0, 1
GAP, TRAVEL, SPAN, PEAK = 0, 1, 2, 3
NOWHERE = -(1 << 60)
INFEASIBLE = 1 << 60

POINTS_PER_S = 100
_POINTS_PER_WAITING_S = round(POINTS_PER_S * WAITING_PRICE)
_POINTS_PER_CUT = POINTS_PER_S * SHARED_BAY_S
POINTS_PER_MIN = 60 * POINTS_PER_S

_PROBLEM = (
    "int64[:, ::1], int64[::1], int64[:, ::1], int64[:, ::1], int64[:, ::1], int64[:, ::1], int64[:, ::1], "
    "int64[::1], int64[::1], int64[:, ::1], float64[::1]"
)
"""clock, cut_lift, works, waits, fleet, outages, lates, law, feed_from, feed, limits"""


@njit("int64(int64[:, ::1], int64[:, ::1], int64[:, ::1], int64, int64, int64, int64)", cache=True, nogil=True)
def _worked_until(clock: Array, fleet: Array, outages: Array, crane: int, now: int, lift: int, end: int) -> Any:
    """When a crane that begins now is through with lifts `lift` to before `end`, none of them in an outage."""
    for w in range(fleet[OUTAGE, crane], fleet[OUTAGE, crane + 1]):
        if now >= outages[UNTIL, w]:
            continue
        # The last lift that is over before the outage, by bisection.
        low, high = lift, end
        while low < high:
            middle = (low + high + 1) // 2
            if now + clock[crane, middle] - clock[crane, lift] <= outages[FROM, w]:
                low = middle
            else:
                high = middle - 1
        if low == end:
            return now + clock[crane, end] - clock[crane, lift]
        lift = low
        now = outages[UNTIL, w]
    return now + clock[crane, end] - clock[crane, lift]


@njit(
    "UniTuple(int64, 2)(int64[:, ::1], int64[:, ::1], int64[:, ::1], int64[:, ::1], int64, int64, int64, int64, int64)",
    cache=True,
    nogil=True,
)
def _with_late(
    clock: Array, fleet: Array, outages: Array, lates: Array, crane: int, now: int, lift: int, end: int, late: int
) -> Any:
    """The same when it waits for boxes that are not there, and how long that is; `late` is the first of its work."""
    waited = 0
    while late < lates.shape[1] and lates[LIFT, late] < end:
        if lates[LIFT, late] >= lift:
            now = _worked_until(clock, fleet, outages, crane, now, lift, lates[LIFT, late])
            lift = lates[LIFT, late]
            waited += max(0, lates[THERE, late] - now)
            now = max(now, lates[THERE, late])
        late += 1
    return _worked_until(clock, fleet, outages, crane, now, lift, end), waited


@njit("int64(int64, int64[::1])", cache=True, nogil=True)
def _travel(distance: int, law: Array) -> Any:
    return (distance * law[TRAVEL] + law[SPAN] - 1) // law[SPAN]


@njit("int64(int64, int64, int64[:, ::1], int64[:, ::1], int64[::1])", cache=True, nogil=True)
def _from_standing(crane: int, work: int, works: Array, fleet: Array, law: Array) -> Any:
    """When the cranes that start from where they stand let a crane begin with a work."""
    low, high = works[FIRST_X, work], works[LAST_X, work]
    earliest = 0
    for other in range(fleet.shape[1] - 1):
        x = fleet[START_X, other]
        if x == NOWHERE:
            continue
        if other == crane:
            free = fleet[LEAVES, other] + _travel(max(abs(low - x), abs(high - x)), law)
        else:
            missing = (
                (crane - other) * law[GAP] - (low - x) if other < crane else (other - crane) * law[GAP] - (x - high)
            )
            free = fleet[LEAVES, other] + max(1, _travel(missing, law)) if missing > 0 else 0
        if free > earliest:
            earliest = free
    return earliest


@njit(
    "float64(int64[:, ::1], int64, int64[:, ::1], int64[::1], int64[:, ::1], int64[:, ::1], int64[:, ::1], "
    "int64[:, ::1], int64[::1], int64[:, ::1], float64[::1], int64[::1], int64)",
    cache=True,
    nogil=True,
)
def _over_limits(
    plan: Array,
    count: int,
    clock: Array,
    cut_lift: Array,
    works: Array,
    fleet: Array,
    outages: Array,
    lates: Array,
    feed_from: Array,
    feed: Array,
    limits: Array,
    starts: Array,
    makespan: int,
) -> Any:
    """Boxes that yard blocks must hand out over their limits, the loads of a section spread evenly over its time."""
    wanted = np.zeros((limits.shape[0], makespan // QUARTER_HOUR_S + 1))
    for k in range(count):
        crane, begin, late = plan[CRANE, k], starts[k], works[LATE, plan[WORK, k]]
        for cut in range(plan[FIRST, k], plan[END, k]):
            end, _ = _with_late(clock, fleet, outages, lates, crane, begin, cut_lift[cut], cut_lift[cut + 1], late)
            for f in range(feed_from[cut], feed_from[cut + 1]):
                for quarter in range(begin // QUARTER_HOUR_S, (end - 1) // QUARTER_HOUR_S + 1):
                    low = max(begin, quarter * QUARTER_HOUR_S)
                    high = min(end, (quarter + 1) * QUARTER_HOUR_S)
                    wanted[feed[0, f], quarter] += feed[1, f] * (high - low) / (end - begin)
            begin = end
    over = 0.0
    for block in range(limits.shape[0]):
        for quarter in range(wanted.shape[1]):
            if wanted[block, quarter] > limits[block]:
                over += wanted[block, quarter] - limits[block]
    return over


@njit(
    f"int64(int64[:, ::1], int64, {_PROBLEM}, int64[::1], int64[::1], int64[::1], int64[::1])",
    cache=True,
    nogil=True,
)
def evaluate(
    plan: Array,
    count: int,
    clock: Array,
    cut_lift: Array,
    works: Array,
    waits: Array,
    fleet: Array,
    outages: Array,
    lates: Array,
    law: Array,
    feed_from: Array,
    feed: Array,
    limits: Array,
    starts: Array,
    ends: Array,
    done: Array,
    totals: Array,
) -> Any:
    """Schedule the blocks in order and return the cost in points, INFEASIBLE when one would wait for a later one.

    Fills `starts` and `ends`; `totals` becomes (makespan, waiting, cuts, sum of cranes' ends).
    """
    cranes = fleet.shape[1] - 1
    all_works = works.shape[1] - 1
    gap, travel, span = law[GAP], law[TRAVEL], law[SPAN]
    for work in range(all_works):
        done[work] = works[CUT, work]
    makespan = 0
    waiting = 0
    for k in range(count):
        work, crane = plan[WORK, k], plan[CRANE, k]
        if plan[FIRST, k] != done[work]:
            return INFEASIBLE
        low, high = works[FIRST_X, work], works[LAST_X, work]
        start = max(fleet[READY, crane], works[RELEASE, work], _from_standing(crane, work, works, fleet, law))
        own_ready = -1
        for j in range(k):
            other, by = plan[WORK, j], plan[CRANE, j]
            if by == crane:
                missing = max(abs(works[LAST_X, other] - low), abs(high - works[FIRST_X, other]))
                own_ready = ends[j] + (missing * travel + span - 1) // span
                if own_ready > start:
                    start = own_ready
            else:
                if by < crane:
                    missing = (crane - by) * gap - (low - works[LAST_X, other])
                else:
                    missing = (by - crane) * gap - (works[FIRST_X, other] - high)
                if missing > 0:
                    free = ends[j] + max(1, (missing * travel + span - 1) // span)
                    if free > start:
                        start = free
        for w in range(works[WAIT, work], works[WAIT, work + 1]):
            if plan[END, k] <= waits[SINCE, w]:
                continue
            other, before = waits[OTHER, w], waits[BEFORE, w]
            if done[other] < before:
                return INFEASIBLE
            for j in range(k):
                if plan[WORK, j] == other and plan[FIRST, j] < before and ends[j] > start:
                    start = ends[j]
        done[work] = plan[END, k]
        starts[k] = start
        first, end = cut_lift[plan[FIRST, k]], cut_lift[plan[END, k]]
        ends[k], waited = _with_late(clock, fleet, outages, lates, crane, start, first, end, works[LATE, work])
        waiting += waited
        if own_ready >= 0:
            waiting += start - own_ready
        if ends[k] > makespan:
            makespan = ends[k]
    ends_sum = 0
    for crane in range(cranes):
        for k in range(count - 1, -1, -1):
            if plan[CRANE, k] == crane:
                ends_sum += ends[k]
                break
    totals[0] = makespan
    totals[1] = waiting
    totals[2] = count - all_works
    totals[3] = ends_sum
    cost = (
        makespan * POINTS_PER_S
        + waiting * _POINTS_PER_WAITING_S
        + totals[2] * _POINTS_PER_CUT
        + ends_sum * POINTS_PER_S // (50 * cranes)
    )
    if law[PEAK] > 0:
        over = _over_limits(
            plan, count, clock, cut_lift, works, fleet, outages, lates, feed_from, feed, limits, starts, makespan
        )
        cost += int(over * law[PEAK])
    return cost


@njit("boolean(int64[:, ::1], int64, int64, int64)", cache=True, nogil=True)
def _move_block(plan: Array, count: int, source: int, target: int) -> Any:
    """Put a block elsewhere in the order; False when it would pass another part of its own work."""
    step = 1 if target > source else -1
    work = plan[WORK, source]
    k = source
    while k != target:
        if plan[WORK, k + step] == work:
            return False
        k += step
    kept = (plan[WORK, source], plan[FIRST, source], plan[END, source], plan[CRANE, source])
    k = source
    while k != target:
        for row in range(4):
            plan[row, k] = plan[row, k + step]
        k += step
    for row in range(4):
        plan[row, target] = kept[row]
    return True


@njit("int64(int64[:, ::1], int64, int64)", cache=True, nogil=True)
def _next_part(plan: Array, count: int, k: int) -> Any:
    """The block that goes on with the work of block k, -1 when there is none."""
    for j in range(k + 1, count):
        if plan[WORK, j] == plan[WORK, k]:
            return j
    return -1


@njit("int64(int64[:, ::1], int64, int64, uint64[::1])", cache=True, nogil=True)
def _change(plan: Array, count: int, cranes: int, state: Array) -> Any:
    """One random change in place; returns the new number of blocks, -1 when nothing could be changed."""
    k = random_below(state, count)
    kind = random_below(state, 100)
    if kind < 25:  # another crane
        if cranes < 2:
            return -1
        crane = plan[CRANE, k] + (1 if random_below(state, 2) else -1)
        if crane < 0 or crane >= cranes:
            return -1
        plan[CRANE, k] = crane
        return count
    if kind < 50:  # another place in the order
        target = random_below(state, count)
        if target == k or not _move_block(plan, count, k, target):
            return -1
        return count
    j = _next_part(plan, count, k)
    if kind < 60:  # another crane and another place
        if cranes < 2:
            return -1
        crane = random_below(state, cranes)
        target = random_below(state, count)
        if crane == plan[CRANE, k] or target == k or not _move_block(plan, count, k, target):
            return -1
        plan[CRANE, target] = crane
        return count
    if kind < 75:  # shift a cut
        if j < 0 or plan[END, j] - plan[FIRST, k] < 2:
            return -1
        if random_below(state, 2):
            cut = plan[FIRST, k] + 1 + random_below(state, plan[END, j] - plan[FIRST, k] - 1)
        else:
            cut = plan[END, k] + 1 - 2 * random_below(state, 2)
        if cut == plan[END, k] or cut <= plan[FIRST, k] or cut >= plan[END, j]:
            return -1
        plan[END, k] = cut
        plan[FIRST, j] = cut
        return count
    if kind < 85:  # join two parts
        if j < 0:
            return -1
        if random_below(state, 2):
            plan[END, k] = plan[END, j]
            gone = j
        else:
            plan[FIRST, j] = plan[FIRST, k]
            gone = k
        for row in range(4):
            for i in range(gone, count - 1):
                plan[row, i] = plan[row, i + 1]
        return count - 1
    # cut a block in two and give one part to a neighbour, anywhere in the order where it may stand
    if count == plan.shape[1] or plan[END, k] - plan[FIRST, k] < 2:
        return -1
    cut = plan[FIRST, k] + 1 + random_below(state, plan[END, k] - plan[FIRST, k] - 1)
    for row in range(4):
        for i in range(count, k + 1, -1):
            plan[row, i] = plan[row, i - 1]
        plan[row, k + 1] = plan[row, k]
    plan[END, k] = cut
    plan[FIRST, k + 1] = cut
    moved = k + (1 if random_below(state, 2) else 0)
    if cranes > 1:
        crane = plan[CRANE, moved] + (1 if random_below(state, 2) else -1)
        if crane >= 0 and crane < cranes:
            plan[CRANE, moved] = crane
    _move_block(plan, count + 1, moved, random_below(state, count + 1))
    return count + 1


@njit(
    f"int64(int64[:, ::1], int64, {_PROBLEM}, int64[:, ::1], int64[::1], int64, int64, int64, float64, float64, "
    "uint64[::1])",
    cache=True,
    nogil=True,
)
def anneal(
    plan: Array,
    count: int,
    clock: Array,
    cut_lift: Array,
    works: Array,
    waits: Array,
    fleet: Array,
    outages: Array,
    lates: Array,
    law: Array,
    feed_from: Array,
    feed: Array,
    limits: Array,
    best: Array,
    best_count: Array,
    begin: int,
    iterations: int,
    of: int,
    hot: float,
    cold: float,
    state: Array,
) -> Any:
    """Iterations `begin` to `begin + iterations` of `of`, cooling from `hot` to `cold` points.

    `plan` and `best` are changed in place; returns the current number of blocks, the best plan's is in `best_count[0]`
    and its cost in `best_count[1]`.
    """
    cranes = fleet.shape[1] - 1
    room = plan.shape[1]
    given = plan
    trial = plan.copy()
    starts = np.zeros(room, np.int64)
    ends = np.zeros(room, np.int64)
    done = np.zeros(works.shape[1], np.int64)
    totals = np.zeros(4, np.int64)
    cost = evaluate(
        plan, count, clock, cut_lift, works, waits, fleet, outages, lates, law, feed_from, feed, limits,
        starts, ends, done, totals,
    )  # fmt: skip
    for iteration in range(begin, begin + iterations):
        temperature = hot * (cold / hot) ** (iteration / of)
        for row in range(4):
            for k in range(count):
                trial[row, k] = plan[row, k]
        changed = _change(trial, count, cranes, state)
        if changed < 0:
            continue
        new_cost = evaluate(
            trial, changed, clock, cut_lift, works, waits, fleet, outages, lates, law, feed_from, feed, limits,
            starts, ends, done, totals,
        )  # fmt: skip
        if new_cost >= INFEASIBLE:
            continue
        chance = random_share(state)
        if new_cost <= cost or chance < np.exp((cost - new_cost) / temperature):
            cost = new_cost
            count = changed
            plan, trial = trial, plan
            if cost < best_count[1]:
                best_count[1] = cost
                best_count[0] = count
                for row in range(4):
                    for k in range(count):
                        best[row, k] = plan[row, k]
    for row in range(4):
        for k in range(count):
            given[row, k] = plan[row, k]
    return count
