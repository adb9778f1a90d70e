"""General solvers on the literature's week, for comparison: one number of cranes a stay, hours and segments.

Both are told the whole model as it is written down, one core, and the same seconds of wall time. Only for weeks without
tide, wind, gaps and sections, as `made:` gives them.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from itertools import combinations
from math import isfinite

from cabria.domain.berthing import BerthCase, ShipCall

Answer = tuple[float | None, float | None]
"""Cost and bound in money, None where there is none."""


@dataclass(frozen=True, slots=True)
class _Mode:
    """So many cranes for so many steps, enough for places so many segments from the wanted one."""

    cranes: int
    steps: int
    segments: int


def _modes(case: BerthCase, ship: ShipCall) -> Iterator[_Mode]:
    rules = case.rules
    room = (case.quay.length_mm - ship.length_mm) // rules.position_step_mm
    wanted = _wanted(case, ship)
    for cranes in range(ship.min_cranes, ship.max_cranes + 1):
        farthest: dict[int, int] = {}
        for segments in range(max(wanted, room - wanted) + 1):
            away_mm = (ship.wanted_position_mm or 0) + segments * rules.position_step_mm
            steps = -(-rules.work_ppm(ship, away_mm) // (rules.output_ppm(cranes) * rules.step_min))
            farthest[steps] = segments
        for steps, segments in farthest.items():
            yield _Mode(cranes, steps, segments)


def _wanted(case: BerthCase, ship: ShipCall) -> int:
    return (ship.wanted_position_mm or 0) // case.rules.position_step_mm


def _hours(case: BerthCase, minutes: int | None) -> int:
    return 0 if minutes is None else minutes // case.rules.step_min


def by_cp_sat(case: BerthCase, seconds: float) -> Answer:
    from ortools.sat.python import cp_model

    model = cp_model.CpModel()
    horizon = case.rules.horizon_min // case.rules.step_min
    quay = case.quay.length_mm // case.rules.position_step_mm
    cost, stays, places, demands = [], [], [], []
    for ship in case.ships:
        length, modes = ship.length_mm // case.rules.position_step_mm, list(_modes(case, ship))
        start = model.new_int_var(_hours(case, ship.eta.earliest_min), horizon, "")
        end = model.new_int_var(0, horizon, "")
        place = model.new_int_var(0, quay - length, "")
        away, early, late = (model.new_int_var(0, horizon, "") for _ in range(3))
        overrun = model.new_bool_var("")
        chosen = [model.new_bool_var("") for _ in modes]
        model.add_exactly_one(chosen)
        model.add_abs_equality(away, place - _wanted(case, ship))
        for literal, mode in zip(chosen, modes, strict=True):
            model.add(away <= mode.segments).only_enforce_if(literal)
        steps = model.new_int_var(1, horizon, "")
        cranes = model.new_int_var(ship.min_cranes, ship.max_cranes, "")
        model.add(steps == sum(mode.steps * literal for literal, mode in zip(chosen, modes, strict=True)))
        model.add(cranes == sum(mode.cranes * literal for literal, mode in zip(chosen, modes, strict=True)))
        model.add(early >= _hours(case, ship.eta.planned_min) - start)
        model.add(late >= end - _hours(case, ship.wanted_finish_min))
        model.add(end <= _hours(case, ship.last_finish_min)).only_enforce_if(~overrun)
        cost += [
            ship.rates.speed_up_per_h * early,
            ship.rates.late_per_h * late,
            ship.rates.overrun * overrun,
            *(case.rules.crane_hour * m.cranes * m.steps * x for x, m in zip(chosen, modes, strict=True)),
        ]
        stays.append(model.new_interval_var(start, steps, end, ""))
        places.append(model.new_fixed_size_interval_var(place, length, ""))
        demands.append(cranes)
    model.add_no_overlap_2d(stays, places)
    model.add_cumulative(stays, demands, len(case.quay.cranes))
    model.minimize(sum(cost))
    solver = cp_model.CpSolver()
    solver.parameters.num_workers = 1
    solver.parameters.max_time_in_seconds = seconds
    status = solver.solve(model)
    found = status in (cp_model.OPTIMAL, cp_model.FEASIBLE)
    return (solver.objective_value if found else None), solver.best_objective_bound


def by_highs(case: BerthCase, seconds: float) -> Answer:
    """A variable for each start and mode, cranes hour by hour, and left, right, before or after for each two ships."""
    from ortools.math_opt.python import mathopt

    model = mathopt.Model()
    horizon = case.rules.horizon_min // case.rules.step_min
    quay = case.quay.length_mm // case.rules.position_step_mm
    at_work: list[list[object]] = [[] for _ in range(horizon)]
    starts, ends, places, cost = [], [], [], []
    for ship in case.ships:
        length = ship.length_mm // case.rules.position_step_mm
        place = model.add_variable(lb=0, ub=quay - length)
        away = model.add_variable(lb=0, ub=quay)
        model.add_linear_constraint(away >= place - _wanted(case, ship))
        model.add_linear_constraint(away >= _wanted(case, ship) - place)
        chosen, start, end, reach = [], [], [], []
        for mode in _modes(case, ship):
            for begin in range(_hours(case, ship.eta.earliest_min), horizon - mode.steps + 1):
                x = model.add_binary_variable()
                chosen.append(x)
                start.append(begin * x)
                end.append((begin + mode.steps) * x)
                reach.append(mode.segments * x)
                cost.append(_price(case, ship, begin, mode) * x)
                for hour in range(begin, begin + mode.steps):
                    at_work[hour].append(mode.cranes * x)
        model.add_linear_constraint(mathopt.fast_sum(chosen) == 1)
        model.add_linear_constraint(away <= mathopt.fast_sum(reach))
        starts.append(mathopt.fast_sum(start))
        ends.append(mathopt.fast_sum(end))
        places.append((place, length))
    for terms in at_work:
        model.add_linear_constraint(mathopt.fast_sum(terms) <= len(case.quay.cranes))
    for a, b in combinations(range(len(case.ships)), 2):
        sides = [model.add_binary_variable() for _ in range(4)]
        model.add_linear_constraint(mathopt.fast_sum(sides) >= 1)
        for x, (one, other) in zip(sides[:2], ((a, b), (b, a)), strict=True):
            model.add_linear_constraint(ends[one] <= starts[other] + horizon * (1 - x))
        for x, (one, other) in zip(sides[2:], ((a, b), (b, a)), strict=True):
            model.add_linear_constraint(places[one][0] + places[one][1] <= places[other][0] + quay * (1 - x))
    model.minimize(mathopt.fast_sum(cost))
    limits = mathopt.SolveParameters(time_limit=timedelta(seconds=seconds))
    result = mathopt.solve(model, mathopt.SolverType.HIGHS, params=limits)
    bound = result.termination.objective_bounds.dual_bound
    cost = result.objective_value() if result.has_primal_feasible_solution() else None
    return cost, (bound if isfinite(bound) else None)


def _price(case: BerthCase, ship: ShipCall, begin: int, mode: _Mode) -> int:
    end = begin + mode.steps
    late = max(0, end - _hours(case, ship.wanted_finish_min))
    early = max(0, _hours(case, ship.eta.planned_min) - begin)
    overrun = ship.rates.overrun if end > _hours(case, ship.last_finish_min) else 0
    crane_hours = case.rules.crane_hour * mode.cranes * mode.steps
    return ship.rates.speed_up_per_h * early + ship.rates.late_per_h * late + overrun + crane_hours
