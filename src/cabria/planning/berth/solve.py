"""The door: who lies where and when, with how many cranes."""

from __future__ import annotations

import time
from math import inf
from typing import Any

import numpy as np

from cabria.domain.berthing import BerthPlan, CraneSpell, Spell, Stay, Unserved, joined_spells
from cabria.domain.told import told
from cabria.planning.berth.crews import named
from cabria.planning.berth.model import improve
from cabria.planning.berth.operators import Search
from cabria.planning.berth.options import CELL, CRANES, END, FIRST, LAST, POINTS, START
from cabria.planning.berth.problem import EFFORTS, BerthProblem, Params
from cabria.planning.search.result import Listener, Progress, Result, silent
from cabria.planning.search.stopping import StoppingCriterion, clocks
from cabria.referee.berth_costs import berth_costs
from cabria.referee.berthing import CROSS, NAMED, judge_berthing

Array = np.ndarray[Any, np.dtype[Any]]

SHORTEST_TRY_S = 0.3
"""Less time than this is not worth building a model for."""
EXACT_S_PER_OPTION = 0.0002
"""Left for each option in play before CP-SAT is asked: to build the model and simplify it, which cannot be cut short,
takes from 0.00002 to 0.0001 s of CPU an option."""
PROVEN = "the plan is proven optimal"
SPENT = "no better plan was left to find"
PROVEN_FOR_STAYS = "no plan with one number of cranes a stay is better"


def solve(
    problem: BerthProblem,
    stop: StoppingCriterion,
    *,
    seed: int = 0,
    params: Params = EFFORTS["normal"],
    listen: Listener = silent,
) -> Result[BerthPlan]:
    """Least cost in money (`referee.berth_costs`). The bound holds where one number of cranes a stay is the rule.

    A last plan that still holds is given up only for one that saves `params.change_worth` of its cost.
    """
    began = time.process_time()
    search, iterations, stopped = _search(problem, stop, seed, params, listen)
    left_out = _released(problem, search)
    if left_out:
        problem = BerthProblem.of(problem.case, released=problem.released | left_out, pins=problem.pins)
        search, iterations, stopped = _search(problem, stop, seed, params, listen)
    plan = _kept_if_alike(problem, search, params) or _plan(problem, search)
    return _result(problem, search, plan, seed, time.process_time() - began, iterations, stopped)


def _search(
    problem: BerthProblem, stop: StoppingCriterion, seed: int, params: Params, listen: Listener
) -> tuple[Search, int, str]:
    last = problem.case.last_plan
    search = Search(problem, seed)
    if not problem.ships:
        search.is_proven = True
        return search, 0, "no ship could be berthed"
    search.start(last.stay_of if last else {})
    iterations, stopped, tries = 0, "", 0

    def over() -> bool:
        return bool(stop(iterations, search.best_cost / POINTS))

    for number in range(params.rounds):
        if stopped := stop(iterations, search.best_cost / POINTS) or _proof(problem, search):
            break
        search.climb(params.pricing_steps, params.pricing_piece, over)
        search.prune()
        count = round(params.iterations * params.growth**number)
        iterations += search.anneal(count, params.piece, over)
        search.prune()
        due = not search.is_proven and _is_time_for_proof(len(search), params, number)
        if due and _seconds_left(stop) >= exact_needs_s(len(search)):
            improve(search, params.exact_limit * 2**tries, over)
            tries += 1
        listen(Progress("berth", (number + 1) / params.rounds, search.best_cost / POINTS, iterations))
    return search, iterations, stopped or _proof(problem, search) or f"{params.rounds} rounds done"


def _proof(problem: BerthProblem, search: Search) -> str:
    if search.is_proven:
        return PROVEN if problem.has_bound else PROVEN_FOR_STAYS
    return SPENT if search.is_spent else ""


def _seconds_left(stop: StoppingCriterion) -> float:
    """Until a clock that was handed in stops the search; infinite without one."""
    return min((clock.left_s for clock in clocks(stop)), default=inf)


def exact_needs_s(options: int) -> float:
    """The CPU seconds without which CP-SAT is not asked about so many options."""
    return SHORTEST_TRY_S + EXACT_S_PER_OPTION * options


def _is_time_for_proof(options: int, params: Params, number: int) -> bool:
    due = number + 1 >= params.rounds_before_exact and options <= params.exact_options
    return due or options <= params.few_options


def _released(problem: BerthProblem, search: Search) -> frozenset[str]:
    """Frozen ships that would not be served as they are."""
    left = [problem.ships[i].id for i, k in enumerate(search.best) if k < 0]
    left += [out.ship for out in problem.impossible]
    return frozenset(ship for ship in left if problem.case.is_frozen(ship)) - problem.released


def _kept_if_alike(problem: BerthProblem, search: Search, params: Params) -> BerthPlan | None:
    """The last plan, if it still holds to the letter and nothing much better was found."""
    last = problem.case.last_plan
    if last is None or {left.ship for left in last.unserved} != {left.ship for left in problem.impossible}:
        return None
    if {ship.id for ship in problem.case.ships} != {*last.stay_of, *(left.ship for left in last.unserved)}:
        return None
    fresh = Search(problem, 0)
    columns = fresh.columns_of(last.stay_of)
    if (columns < 0).any() or (fresh.consistent(columns) < 0).any():
        return None
    stays = {stay.ship: stay for stay in _stays(problem, [(i, fresh.options[:, k]) for i, k in enumerate(columns)])}
    if any(stays[ship.id].end_min != last.stay_of[ship.id].end_min for ship in problem.ships):
        return None
    cost = fresh.price_of(columns)
    if cost - search.best_cost > params.change_worth * cost:
        return None
    broken = {finding.rule for finding in judge_berthing(problem.case, last).hard_by_plan}
    if broken - {NAMED.id, CROSS.id}:
        return None
    return BerthPlan(named(problem.case, last.stays), last.unserved) if broken else last


def _plan(problem: BerthProblem, search: Search) -> BerthPlan:
    stays = named(problem.case, [*problem.kept, *_stays(problem, search.rows())])
    no_room = told("The search found no room for her beside the others.", "left-out-no-room")
    left = tuple(Unserved(problem.ships[i].id, "BERTH-OVERLAP", *no_room) for i, k in enumerate(search.best) if k < 0)
    return BerthPlan(
        tuple(sorted(stays, key=lambda stay: (stay.start_min, stay.position_mm))), problem.impossible + left
    )


def _stays(problem: BerthProblem, rows: list[tuple[int, Array]]) -> list[Stay]:
    return [stay_of(problem, i, row) for i, row in rows]


def stay_of(problem: BerthProblem, i: int, row: Array) -> Stay:
    """The stay that an option of a ship is, its cranes without names."""
    case, step = problem.case, problem.case.rules.step_min
    option = [int(value) for value in row]
    ship = problem.ships[i]
    spells: list[CraneSpell] = []
    start_min, position_mm = option[START] * step, problem.position_mm(i, option[CELL])
    if case.last_plan and case.is_begun(ship.id):
        before = case.last_plan.stay_of[ship.id]
        start_min = before.start_min
        spells = [part for at in range(start_min, case.now_min, step) for part in _as_it_was(before, at, step)]
    for at in range(option[FIRST], option[LAST]):
        if not problem.idle[i, at]:
            spells.append(CraneSpell(Spell(at * step, (at + 1) * step), option[CRANES]))
    return Stay(ship.id, position_mm, start_min, option[END] * step, joined_spells(spells))


def _as_it_was(before: Stay, at: int, step: int) -> list[CraneSpell]:
    cranes = before.cranes_at(at)
    return [CraneSpell(Spell(at, at + step), cranes, before.crane_ids_at(at))] if cranes else []


def _result(
    problem: BerthProblem, search: Search, plan: BerthPlan, seed: int, cpu_s: float, iterations: int, stopped: str
) -> Result[BerthPlan]:
    costs = berth_costs(problem.case, plan)
    bound = _bound(problem, search, sum(costs.values()))
    return Result(plan, costs, bound, seed, cpu_s, iterations, stopped)


def _bound(problem: BerthProblem, search: Search, total: float) -> float | None:
    """In money: the search's bound, and what the search does not decide (ships that are gone or impossible)."""
    if not problem.has_bound:
        return None
    if search.is_proven:
        return total
    ties = len(problem.ships) if problem.case.last_plan else 0
    settled = sum(berth_costs(problem.case, _plan(problem, search)).values()) - search.best_cost / POINTS
    return min(total, (search.lower - ties) / POINTS + settled)
