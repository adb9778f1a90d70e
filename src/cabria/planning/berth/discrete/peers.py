"""Other people's solvers on the same problem, to be measured beside ours."""

from __future__ import annotations

import time
from dataclasses import dataclass

import numpy as np
from ortools.sat.python import cp_model

from cabria.planning.berth.discrete.finish import Stay, cheapest_plan
from cabria.planning.berth.discrete.problem import FlatBerths

MOST_STAYS = 400_000
"""Larger time-indexed models are not given to HiGHS: they would not be built in time."""


@dataclass(frozen=True, slots=True)
class PeerAnswer:
    """`cost` None: no plan found; `bound` None: none proven."""

    cost: float | None
    bound: float | None
    cpu_s: float


def cp_sat(flat: FlatBerths, seconds: float, seed: int) -> PeerAnswer:
    """An optional interval for each ship at each berth, no two of a berth at once; one worker."""
    began = time.process_time()
    cp = cp_model.CpModel()
    at_berth: list[list[cp_model.IntervalVar]] = [[] for _ in range(flat.berths)]
    ends = []
    for ship in range(flat.ships):
        berths = [int(berth) for berth in np.flatnonzero(flat.times[ship])]
        end = cp.new_int_var(0, int(flat.latest[ship, berths].max()), "")
        ends.append(end)
        here = {berth: cp.new_bool_var("") for berth in berths}
        cp.add_exactly_one(here.values())
        for berth, literal in here.items():
            length, latest = int(flat.times[ship, berth]), int(flat.latest[ship, berth])
            earliest = int(max(flat.arrival[ship], flat.opening[berth]))
            if earliest + length > latest:
                cp.add(literal == 0)
                continue
            start = cp.new_int_var(earliest, latest - length, "")
            cp.add(end == start + length).only_enforce_if(literal)
            at_berth[berth].append(cp.new_optional_fixed_size_interval_var(start, length, literal, ""))
    for intervals in at_berth:
        cp.add_no_overlap(intervals)
    cp.minimize(sum(ends) - int(flat.arrival.sum()))
    solver = cp_model.CpSolver()
    solver.parameters.num_workers = 1
    solver.parameters.random_seed = seed
    solver.parameters.max_time_in_seconds = seconds
    found = solver.solve(cp) in (cp_model.OPTIMAL, cp_model.FEASIBLE)
    cpu_s = time.process_time() - began
    return PeerAnswer(solver.objective_value if found else None, solver.best_objective_bound, cpu_s)


def highs(flat: FlatBerths, seconds: float) -> PeerAnswer:
    """The whole time-indexed model, without what our bound leaves out."""
    began = time.process_time()
    stays: list[Stay] = []
    for ship, berth in zip(*np.nonzero(flat.times), strict=True):
        first = int(max(flat.arrival[ship], flat.opening[berth]))
        last = int(flat.latest[ship, berth] - flat.times[ship, berth])
        stays += [(int(ship), int(berth), start) for start in range(first, last + 1)]
        if len(stays) > MOST_STAYS:
            return PeerAnswer(None, None, time.process_time() - began)
    solved = cheapest_plan(flat, stays, seconds)
    cost = None if solved.orders is None else solved.orders.cost(flat)
    return PeerAnswer(cost, solved.bound if np.isfinite(solved.bound) else None, time.process_time() - began)
