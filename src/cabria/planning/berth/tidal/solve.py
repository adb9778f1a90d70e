"""The door: ships at a quay that they may leave only at high water."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass
from random import Random

import numpy as np
from ortools.sat.python import cp_model
from scipy.optimize import linprog
from scipy.sparse import csr_array

from cabria.domain.tidal_quay import QuayStay, TidalQuay
from cabria.planning.search.result import Result

TidalPlan = tuple[QuayStay, ...]
Domain = cp_model.Domain


@dataclass(frozen=True, slots=True)
class Params:
    """`work` limits CP-SAT in its own deterministic time; more than `seconds` of wall time it never takes. `orders` are
    tried before.
    """

    work: float = 10.0
    seconds: float = float("inf")
    orders: int = 400


def solve(problem: TidalQuay, *, seed: int = 0, params: Params = Params()) -> Result[TidalPlan]:
    """Least sum of completion minus arrival; the first plan is the ships by arrival, each as early as she fits.

    Raises ValueError when the first plan finds no tide for a ship.
    """
    began = time.process_time()
    plan = better_plan(problem, params.orders, seed)
    cost = _cost(problem, plan)
    model = _Model(problem, plan)
    solver = cp_model.CpSolver()
    solver.parameters.num_workers = 1
    solver.parameters.random_seed = seed
    solver.parameters.max_deterministic_time = params.work
    solver.parameters.max_time_in_seconds = params.seconds
    status = solver.solve(model.cp)
    bound = max(lower_bound(problem), round(solver.best_objective_bound))
    if status in (cp_model.OPTIMAL, cp_model.FEASIBLE):
        plan = model.plan(solver)
        cost = _cost(problem, plan)
    stopped = "the plan is proven optimal" if bound >= cost else "the time for the proof is used"
    return Result(plan, {"time_in_port": cost}, bound, seed, time.process_time() - began, solver.num_branches, stopped)


def first_plan(problem: TidalQuay) -> TidalPlan:
    """Ships by arrival, each as early as she fits."""
    plan = plan_in_order(problem, sorted(problem.ships, key=lambda s: (problem.arrivals[s], s)))
    if plan is None:
        raise ValueError("A ship finds no tide to leave with when ships come by arrival.")
    return plan


def better_plan(problem: TidalQuay, orders: int, seed: int) -> TidalPlan:
    """Hill climbing over the order: one ship goes to another place in it, and what is no dearer is kept."""
    random = Random(seed)
    best = first_plan(problem)
    order = sorted(problem.ships, key=lambda s: (best[s].start, s))
    for _ in range(orders):
        trial = order.copy()
        trial.insert(random.randrange(len(order)), trial.pop(random.randrange(len(order))))
        plan = plan_in_order(problem, trial)
        if plan is not None and _cost(problem, plan) <= _cost(problem, best):
            best, order = plan, trial
    return best


def lower_bound(problem: TidalQuay) -> int:
    """Linear relaxation: shares of starts, one ship in all, and never more length at the quay than it has."""
    possible = [(ship, start) for ship in problem.ships for start in starts(problem, ship)]
    ship, start = (np.array(column) for column in zip(*possible, strict=True))
    time_needed, length = np.array(problem.times)[ship], np.array(problem.lengths)[ship]
    columns = np.arange(len(ship))
    one = csr_array((np.ones(len(ship)), (ship, columns)))
    hours = np.concatenate([np.arange(s, s + t) for s, t in zip(start, time_needed, strict=True)])
    there = csr_array((np.repeat(length, time_needed).astype(float), (hours, np.repeat(columns, time_needed))))
    cost = (start + time_needed - np.array(problem.arrivals)[ship]).astype(float)
    solved = linprog(cost, there, np.full(there.shape[0], float(problem.length)), one, np.ones(one.shape[0]))
    if not solved.success:
        return 0
    # A hundredth is more than the tolerances of the solver add up to.
    return int(np.ceil(solved.fun - 0.01))


def plan_in_order(problem: TidalQuay, order: Sequence[int]) -> TidalPlan | None:
    """Ships in an order, each where she is done first, nearest to the beginning of the quay; None if one finds none."""
    plan: list[QuayStay] = []
    for ship in order:
        stay = next((stay for start in starts(problem, ship) if (stay := _free(problem, plan, ship, start))), None)
        if stay is None:
            return None
        plan.append(stay)
    return tuple(sorted(plan, key=lambda stay: stay.ship))


def starts(problem: TidalQuay, ship: int) -> list[int]:
    """When a ship may start for herself: after arrival and so that she is done in a tide."""
    time_needed, arrival = problem.times[ship], problem.arrivals[ship]
    return [
        done - time_needed
        for tide in problem.tides
        for done in range(max(tide.begin, arrival + time_needed), tide.end + 1)
    ]


def _free(problem: TidalQuay, plan: list[QuayStay], ship: int, start: int) -> QuayStay | None:
    end, length = start + problem.times[ship], problem.lengths[ship]
    there = sorted(
        (stay.position, stay.position + problem.lengths[stay.ship])
        for stay in plan
        if stay.start < end and start < stay.start + problem.times[stay.ship]
    )
    position = 0
    for begin, until in there:
        if position + length <= begin:
            break
        position = max(position, until)
    return QuayStay(ship, position, start) if position + length <= problem.length else None


def _cost(problem: TidalQuay, plan: TidalPlan) -> int:
    return sum(stay.start + problem.times[stay.ship] - problem.arrivals[stay.ship] for stay in plan)


class _Model:
    """Rectangles of time and quay; the first plan is the hint."""

    def __init__(self, problem: TidalQuay, hint: TidalPlan) -> None:
        self.cp = cp = cp_model.CpModel()
        self._decided: list[tuple[cp_model.IntVar, cp_model.IntVar]] = []
        times, quay = [], []
        for stay in hint:
            possible = starts(problem, stay.ship)
            length = problem.lengths[stay.ship]
            start = cp.new_int_var_from_domain(Domain.from_values(possible), "")
            position = cp.new_int_var(0, problem.length - length, "")
            times.append(cp.new_fixed_size_interval_var(start, problem.times[stay.ship], ""))
            quay.append(cp.new_fixed_size_interval_var(position, length, ""))
            cp.add_hint(start, stay.start)
            cp.add_hint(position, stay.position)
            self._decided.append((start, position))
        cp.add_no_overlap_2d(times, quay)
        cp.add_cumulative(times, problem.lengths, problem.length)
        fixed = sum(time - arrival for time, arrival in zip(problem.times, problem.arrivals, strict=True))
        cp.minimize(sum(start for start, _ in self._decided) + fixed)

    def plan(self, solver: cp_model.CpSolver) -> TidalPlan:
        return tuple(
            QuayStay(ship, solver.value(position), solver.value(start))
            for ship, (start, position) in enumerate(self._decided)
        )
