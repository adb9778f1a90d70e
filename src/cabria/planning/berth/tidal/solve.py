"""The door: ships at a quay that they may leave only at high water."""

from __future__ import annotations

import time
from dataclasses import dataclass

from ortools.sat.python import cp_model

from cabria.domain.tidal_quay import QuayStay, TidalQuay
from cabria.planning.search.result import Result

TidalPlan = tuple[QuayStay, ...]
Domain = cp_model.Domain


@dataclass(frozen=True, slots=True)
class Params:
    """`work` limits CP-SAT in its own deterministic time; more than `seconds` of wall time it never takes."""

    work: float = 10.0
    seconds: float = float("inf")


def solve(problem: TidalQuay, *, seed: int = 0, params: Params = Params()) -> Result[TidalPlan]:
    """Least sum of completion minus arrival; the first plan is the ships by arrival, each as early as she fits.

    Raises ValueError when the first plan finds no tide for a ship.
    """
    began = time.process_time()
    plan = first_plan(problem)
    cost = _cost(problem, plan)
    model = _Model(problem, plan)
    solver = cp_model.CpSolver()
    solver.parameters.num_workers = 1
    solver.parameters.random_seed = seed
    solver.parameters.max_deterministic_time = params.work
    solver.parameters.max_time_in_seconds = params.seconds
    status = solver.solve(model.cp)
    bound = max(model.floor, round(solver.best_objective_bound))
    if status in (cp_model.OPTIMAL, cp_model.FEASIBLE):
        plan = model.plan(solver)
        cost = _cost(problem, plan)
    stopped = "the plan is proven optimal" if bound >= cost else "the time for the proof is used"
    return Result(plan, {"time_in_port": cost}, bound, seed, time.process_time() - began, solver.num_branches, stopped)


def first_plan(problem: TidalQuay) -> TidalPlan:
    """Ships by arrival, each where she is done first, nearest to the beginning of the quay."""
    plan: list[QuayStay] = []
    for ship in sorted(problem.ships, key=lambda s: (problem.arrivals[s], s)):
        stay = next((stay for start in starts(problem, ship) if (stay := _free(problem, plan, ship, start))), None)
        if stay is None:
            raise ValueError(f"Ship {ship + 1} finds no tide to leave with when ships come by arrival.")
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
        self.floor = 0
        for stay in hint:
            possible = starts(problem, stay.ship)
            length = problem.lengths[stay.ship]
            self.floor += possible[0] + problem.times[stay.ship] - problem.arrivals[stay.ship]
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
