"""The hot loop: annealing over blocks of work in order of priority, each order scheduled exactly.

Flat arrays: a plan is four int64 rows (work, first cut, end cut, crane) with one column per block, blocks in order of
priority. Cuts are numbered over all works: work w has cuts `cut_from[w]` to `cut_from[w + 1] - 1`, and the time of
crane c between two cuts of one work is `clock[c, end] - clock[c, first]`. Times are whole seconds.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numba import njit

from cabria.planning.cranes.problem import SHARED_BAY_S, WAITING_PRICE
from cabria.planning.search.kernels import random_below, random_share

Array = np.ndarray[Any, np.dtype[Any]]

WORK, FIRST, END, CRANE = 0, 1, 2, 3
INFEASIBLE = 1 << 60

_POINTS_PER_S = 100
_POINTS_PER_WAITING_S = round(_POINTS_PER_S * WAITING_PRICE)
_POINTS_PER_CUT = _POINTS_PER_S * SHARED_BAY_S
POINTS_PER_MIN = 60 * _POINTS_PER_S


@njit(
    "int64(int64[:, ::1], int64, int64[:, ::1], int64[::1], int64[::1], int64[::1], int64[::1], int64[::1], "
    "int64[::1], int64[::1], int64, int64, int64[::1], int64[::1], int64[::1], int64[::1])",
    cache=True,
    nogil=True,
)
def evaluate(
    plan: Array,
    count: int,
    clock: Array,
    cut_from: Array,
    way_in: Array,
    first_place: Array,
    last_place: Array,
    wait_from: Array,
    waits: Array,
    ready: Array,
    gap: int,
    travel: int,
    starts: Array,
    ends: Array,
    done: Array,
    totals: Array,
) -> Any:
    """Schedule the blocks in order and return the cost in points, INFEASIBLE when one would wait for a later one.

    Fills `starts` and `ends`; `totals` becomes (makespan, waiting, cuts, sum of cranes' ends).
    """
    cranes = ready.shape[0]
    works = cut_from.shape[0] - 1
    for work in range(works):
        done[work] = cut_from[work]
    makespan = 0
    waiting = 0
    for k in range(count):
        work, crane = plan[WORK, k], plan[CRANE, k]
        if plan[FIRST, k] != done[work]:
            return INFEASIBLE
        low, high = first_place[work], last_place[work]
        start = ready[crane]
        own_ready = -1
        for j in range(k):
            other, by = plan[WORK, j], plan[CRANE, j]
            if by == crane:
                missing = max(abs(last_place[other] - low), abs(high - first_place[other]))
                own_ready = ends[j] + (missing * travel + 3) // 4
                if own_ready > start:
                    start = own_ready
            else:
                if by < crane:
                    missing = (crane - by) * gap - (low - last_place[other])
                else:
                    missing = (by - crane) * gap - (first_place[other] - high)
                if missing > 0:
                    free = ends[j] + max(1, (missing * travel + 3) // 4)
                    if free > start:
                        start = free
        if plan[END, k] > way_in[work]:
            for w in range(wait_from[work], wait_from[work + 1]):
                other = waits[w]
                if done[other] < way_in[other]:
                    return INFEASIBLE
                for j in range(k):
                    if plan[WORK, j] == other and plan[FIRST, j] < way_in[other] and ends[j] > start:
                        start = ends[j]
        done[work] = plan[END, k]
        starts[k] = start
        ends[k] = start + clock[crane, plan[END, k]] - clock[crane, plan[FIRST, k]]
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
    totals[2] = count - works
    totals[3] = ends_sum
    return (
        makespan * _POINTS_PER_S
        + waiting * _POINTS_PER_WAITING_S
        + totals[2] * _POINTS_PER_CUT
        + ends_sum * _POINTS_PER_S // (50 * cranes)
    )


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
    "int64(int64[:, ::1], int64, int64[:, ::1], int64[::1], int64[::1], int64[::1], int64[::1], int64[::1], "
    "int64[::1], int64[::1], int64, int64, int64[:, ::1], int64[::1], int64, int64, int64, float64, float64, "
    "uint64[::1])",
    cache=True,
    nogil=True,
)
def anneal(
    plan: Array,
    count: int,
    clock: Array,
    cut_from: Array,
    way_in: Array,
    first_place: Array,
    last_place: Array,
    wait_from: Array,
    waits: Array,
    ready: Array,
    gap: int,
    travel: int,
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
    cranes = ready.shape[0]
    room = plan.shape[1]
    given = plan
    trial = plan.copy()
    starts = np.zeros(room, np.int64)
    ends = np.zeros(room, np.int64)
    done = np.zeros(cut_from.shape[0], np.int64)
    totals = np.zeros(4, np.int64)
    cost = evaluate(
        plan, count, clock, cut_from, way_in, first_place, last_place, wait_from, waits, ready, gap, travel,
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
            trial, changed, clock, cut_from, way_in, first_place, last_place, wait_from, waits, ready, gap, travel,
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
