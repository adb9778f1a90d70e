"""The hot loops: times of all stops for an order of jobs, and annealing over orders and cranes.

Flat arrays; crane 0 is the left one. A stop is a crane standing over a bay while it lifts or sets down. Two stops of
different cranes conflict when the left crane's bay plus the gap lies right of the right crane's bay; then one comes
after the other by at least the time to travel that overlap. `free_at[crane, bay]` says from when on a crane may stop
over a bay as far as the stops of the other crane are known.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numba import njit

from cabria.planning.search.kernels import random_below, random_share

Array = np.ndarray[Any, np.dtype[Any]]

NO_HURRY = 1 << 40
_I1, _I2 = "int64[::1]", "int64[:, ::1]"
_GIVEN = (
    _I2,  # jobs: source, target, lift_s, set_down_s, ready_s, due_s
    _I1,  # before_from
    _I1,  # before: jobs that must be done before each job, of each job in turn
    _I1,  # rail: bays, gap, travel_s, left start, right start
    _I1,  # prices: late, makespan, travel
)


@njit(f"void({_I2}, {_I1}, int64, int64, int64)", cache=True, nogil=True)
def _keep_away(free_at: Array, rail: Array, crane: int, bay: int, end: int) -> None:
    """A stop of `crane` that ends at `end` keeps the other one away from the bays on its far side."""
    gap, travel_s = rail[1], rail[2]
    if crane == 0:
        for other in range(1, min(rail[0] + 1, bay + gap)):
            free_at[1, other] = max(free_at[1, other], end + (bay + gap - other) * travel_s)
    else:
        for other in range(max(1, bay - gap + 1), rail[0] + 1):
            free_at[0, other] = max(free_at[0, other], end + (other - bay + gap) * travel_s)


@njit(f"int64({', '.join(_GIVEN)}, {_I1}, {_I1}, int64, {_I2}, {_I2}, {_I1})", cache=True, nogil=True)
def timed(
    jobs: Array,
    before_from: Array,
    before: Array,
    rail: Array,
    prices: Array,
    order: Array,
    crane_of: Array,
    limit: int,
    free_at: Array,
    times: Array,
    figures: Array,
) -> Any:
    """Every job as early as the jobs before it in the order let it; returns the cost, or more than `limit` when it is.

    `times` gets lift and set-down of each job, `figures` lateness, makespan and travel, all in seconds.
    """
    travel_s = rail[2]
    free_at[:] = 0
    at_left, at_right = rail[3], rail[4]
    _keep_away(free_at, rail, 0, at_left, 0)
    _keep_away(free_at, rail, 1, at_right, 0)
    ends_left, ends_right = 0, 0
    late, makespan, travel = 0, 0, 0
    for k in range(order.shape[0]):
        job = order[k]
        crane = crane_of[job]
        source, target = jobs[job, 0], jobs[job, 1]
        at = at_left if crane == 0 else at_right
        ends = ends_left if crane == 0 else ends_right
        lift = max(ends + abs(at - source) * travel_s, jobs[job, 4], free_at[crane, source])
        for n in range(before_from[job], before_from[job + 1]):
            first = before[n]
            lift = max(lift, times[first, 1] + jobs[first, 3])
        lifted = lift + jobs[job, 2]
        down = max(lifted + abs(source - target) * travel_s, free_at[crane, target])
        done = down + jobs[job, 3]
        times[job, 0], times[job, 1] = lift, down
        _keep_away(free_at, rail, crane, source, lifted)
        _keep_away(free_at, rail, crane, target, done)
        if crane == 0:
            at_left, ends_left = target, done
        else:
            at_right, ends_right = target, done
        late += max(0, done - jobs[job, 5])
        makespan = max(makespan, done)
        travel += (abs(at - source) + abs(source - target)) * travel_s
        if prices[0] * late + prices[1] * makespan + prices[2] * travel > limit:
            return limit + 1
    figures[0], figures[1], figures[2] = late, makespan, travel
    return prices[0] * late + prices[1] * makespan + prices[2] * travel


@njit(f"boolean({_I1}, {_I1}, {_I1}, int64, int64)", cache=True, nogil=True)
def _may_go(before_from: Array, before: Array, order: Array, here: int, there: int) -> Any:
    """Whether the job at place `here` may stand at place `there`, as far as jobs before others go."""
    job = order[here]
    if there < here:
        for k in range(there, here):
            for n in range(before_from[job], before_from[job + 1]):
                if before[n] == order[k]:
                    return False
    else:
        for k in range(here + 1, there + 1):
            other = order[k]
            for n in range(before_from[other], before_from[other + 1]):
                if before[n] == job:
                    return False
    return True


@njit(f"void({_I1}, int64, int64)", cache=True, nogil=True)
def _go(order: Array, here: int, there: int) -> None:
    job = order[here]
    step = 1 if there > here else -1
    k = here
    while k != there:
        order[k] = order[k + step]
        k += step
    order[there] = job


@njit(
    f"int64({', '.join(_GIVEN)}, {_I2}, {_I1}, {_I1}, {_I1}, {_I1}, int64, int64, float64, float64, uint64[::1])",
    cache=True,
    nogil=True,
)
def anneal(
    jobs: Array,
    before_from: Array,
    before: Array,
    rail: Array,
    prices: Array,
    may_do: Array,
    order: Array,
    crane_of: Array,
    best_order: Array,
    best_crane_of: Array,
    best_cost: int,
    iterations: int,
    hot: float,
    cold: float,
    state: Array,
) -> Any:
    """Move one job to another place in the order, to the other crane, or both. Keeps the best, returns its cost."""
    count = order.shape[0]
    free_at = np.zeros((2, rail[0] + 1), np.int64)
    times = np.zeros((count, 2), np.int64)
    figures = np.zeros(3, np.int64)
    cost = timed(jobs, before_from, before, rail, prices, order, crane_of, 1 << 60, free_at, times, figures)
    cooling = (cold / hot) ** (1.0 / max(1, iterations))
    temperature = hot
    for _ in range(iterations):
        temperature *= cooling
        here = random_below(state, count)
        there = here
        job = order[here]
        kind = random_below(state, 4)
        if kind != 0 and count > 1:
            reach = count if kind == 1 else 6
            there = max(0, min(count - 1, here + random_below(state, 2 * reach + 1) - reach))
        changes_crane = kind == 0 or (kind == 3 and random_below(state, 2) == 0)
        if changes_crane and may_do[1 - crane_of[job], job] == 0:
            continue
        if there == here and not changes_crane:
            continue
        if not _may_go(before_from, before, order, here, there):
            continue
        limit = cost + np.int64(-temperature * np.log(max(1e-300, 1.0 - random_share(state))))
        _go(order, here, there)
        if changes_crane:
            crane_of[job] = 1 - crane_of[job]
        now = timed(jobs, before_from, before, rail, prices, order, crane_of, limit, free_at, times, figures)
        if now > limit:
            _go(order, there, here)
            if changes_crane:
                crane_of[job] = 1 - crane_of[job]
            continue
        cost = now
        if cost < best_cost:
            best_cost = cost
            best_order[:] = order
            best_crane_of[:] = crane_of
    return best_cost
