"""General solvers on crane tasks, for comparison: who does what in which order, as CP-SAT and HiGHS can be told it.

Both get the whole problem, one core and as many seconds of wall time: a crane for each task, and for each pair of tasks
in each other's way an order with the travel between. Imported only when asked for.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import timedelta
from itertools import combinations, product

from ortools.math_opt.python import mathopt
from ortools.sat.python import cp_model

from cabria.domain.crane_tasks import CraneTasks

Answer = tuple[int | None, int | None]
"""Makespan and bound, None where there is none."""


def _ways(given: CraneTasks, one: int, other: int) -> Iterator[tuple[int, int, int]]:
    """Cranes of two tasks that would be in each other's way, and the travel that must lie between the tasks."""
    for by, other_by in product(given.cranes, repeat=2):
        apart = given.task_bays[other - 1] - given.task_bays[one - 1]
        if by == other_by:
            yield by, other_by, abs(apart) * given.bay_travel
            continue
        missing = abs(other_by - by) * (given.gap_bays + 1) - (apart if by < other_by else -apart)
        if missing > 0:
            yield by, other_by, missing * given.bay_travel


def _arrival(given: CraneTasks, task: int, crane: int) -> int:
    way = abs(given.start_bays[crane - 1] - given.task_bays[task - 1])
    return given.ready_times[crane - 1] + way * given.bay_travel


def _horizon(given: CraneTasks) -> int:
    """One crane alone is done by then."""
    return max(given.ready_times) + sum(given.times) + 2 * given.bays * given.bay_travel * len(given.times)


def by_cp_sat(given: CraneTasks, seconds: float) -> Answer:
    model = cp_model.CpModel()
    horizon = _horizon(given)
    starts = {task: model.new_int_var(0, horizon, "") for task in given.tasks}
    does = {(task, crane): model.new_bool_var("") for task in given.tasks for crane in given.cranes}
    makespan = model.new_int_var(0, horizon, "")
    for task in given.tasks:
        model.add_exactly_one(does[task, crane] for crane in given.cranes)
        model.add(makespan >= starts[task] + given.times[task - 1])
        for crane in given.cranes:
            model.add(starts[task] >= _arrival(given, task, crane)).only_enforce_if(does[task, crane])
    for first, then in given.precedences:
        model.add(starts[then] >= starts[first] + given.times[first - 1])
    for one, other in combinations(given.tasks, 2):
        one_first = model.new_bool_var("")
        for by, other_by, travel in _ways(given, one, other):
            both = [does[one, by], does[other, other_by]]
            gap, other_gap = given.times[one - 1] + travel, given.times[other - 1] + travel
            model.add(starts[other] >= starts[one] + gap).only_enforce_if([one_first, *both])
            model.add(starts[one] >= starts[other] + other_gap).only_enforce_if([~one_first, *both])
    model.minimize(makespan)
    solver = cp_model.CpSolver()
    solver.parameters.max_time_in_seconds = seconds
    solver.parameters.num_workers = 1
    status = solver.solve(model)
    found = status in (cp_model.OPTIMAL, cp_model.FEASIBLE)
    return round(solver.objective_value) if found else None, round(solver.best_objective_bound)


def by_highs(given: CraneTasks, seconds: float) -> Answer:
    model = mathopt.Model()
    horizon = _horizon(given)
    starts = {task: model.add_variable(lb=0, ub=horizon) for task in given.tasks}
    does = {(task, crane): model.add_binary_variable() for task in given.tasks for crane in given.cranes}
    makespan = model.add_variable(lb=0, ub=horizon)
    for task in given.tasks:
        model.add_linear_constraint(mathopt.fast_sum(does[task, crane] for crane in given.cranes) == 1)
        model.add_linear_constraint(makespan >= starts[task] + given.times[task - 1])
        arrival = mathopt.fast_sum(_arrival(given, task, crane) * does[task, crane] for crane in given.cranes)
        model.add_linear_constraint(starts[task] >= arrival)
    for first, then in given.precedences:
        model.add_linear_constraint(starts[then] >= starts[first] + given.times[first - 1])
    for one, other in combinations(given.tasks, 2):
        one_first = model.add_binary_variable()
        for by, other_by, travel in _ways(given, one, other):
            free = 2 - does[one, by] - does[other, other_by]
            gap, other_gap = given.times[one - 1] + travel, given.times[other - 1] + travel
            slack = 2 * horizon
            model.add_linear_constraint(starts[other] >= starts[one] + gap - slack * (1 - one_first + free))
            model.add_linear_constraint(starts[one] >= starts[other] + other_gap - slack * (one_first + free))
    model.minimize(makespan)
    limits = mathopt.SolveParameters(time_limit=timedelta(seconds=seconds))  # HiGHS keeps to one core by itself here
    result = mathopt.solve(model, mathopt.SolverType.HIGHS, params=limits)
    bound = result.termination.objective_bounds.dual_bound
    return (
        round(result.objective_value()) if result.has_primal_feasible_solution() else None,
        -int(-(bound - 1e-6) // 1) if abs(bound) <= horizon else None,
    )


PEERS: dict[str, Callable[[CraneTasks, float], Answer]] = {"cp_sat": by_cp_sat, "highs": by_highs}
