"""The door: which of two cranes on one rail does which job when, and where both are at all times."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import Any

import numpy as np

from cabria.domain.rail_work import RailPlan
from cabria.planning.search.kernels import generator
from cabria.planning.search.result import Listener, Progress, Result, silent
from cabria.planning.search.stopping import StoppingCriterion, horizon
from cabria.planning.yard.rail import kernels
from cabria.planning.yard.rail.baselines import nearest_first, zones
from cabria.planning.yard.rail.bound import bound
from cabria.planning.yard.rail.operators import Timed, plan_of, timed, travel_s
from cabria.planning.yard.rail.problem import JobOrder, RailProblem


@dataclass(frozen=True, slots=True)
class Params:
    """`iterations` is how long the annealing cools, unless the stopping criterion counts iterations itself.

    It cools by rounds from one share of the first plan's cost a job to another.
    """

    iterations: int = 300_000
    iterations_a_round: int = 20_000
    hot_share: float = 0.5
    cold_share: float = 0.002

    @classmethod
    def within(cls, seconds: float, jobs: int) -> Params:
        """Cooled down in somewhat less than so many seconds of a usual core."""
        return cls(iterations=max(1_000, min(3_000_000, round(20_000_000 * seconds / max(20, jobs)))))


def solve(
    problem: RailProblem,
    stop: StoppingCriterion,
    *,
    seed: int = 0,
    params: Params = Params(),
    listen: Listener = silent,
) -> Result[RailPlan]:
    """Begins with the better of the two simple rules. Costs are in the case's prices."""
    began = time.process_time()
    rules = (zones(problem), nearest_first(problem))
    first = min(rules, key=lambda taken: _cost(problem, timed(problem, taken)))
    taken, iterations, stopped = _search(problem, first, stop, seed, params, listen)
    return _result(problem, taken, seed, began, iterations, stopped)


def planned(problem: RailProblem, taken: JobOrder) -> Result[RailPlan]:
    """A given order carried out, as for the two simple rules."""
    return _result(problem, taken, 0, time.process_time(), 0, "as given")


def _result(
    problem: RailProblem, taken: JobOrder, seed: int, began: float, iterations: int, stopped: str
) -> Result[RailPlan]:
    found, prices = timed(problem, taken), problem.case.prices
    plan = plan_of(problem.case, found.tasks)
    costs = {
        "late": float(prices.late * found.late_s),
        "makespan": float(prices.makespan * found.makespan_s),
        "travel": prices.travel * travel_s(problem.case, plan),
    }
    cpu_s = time.process_time() - began
    return Result(plan, costs, float(bound(problem.case)), seed, cpu_s, iterations, stopped)


def _cost(problem: RailProblem, found: Timed) -> int:
    prices = problem.case.prices
    return prices.late * found.late_s + prices.makespan * found.makespan_s + prices.travel * found.travel_s


def _search(
    problem: RailProblem, first: JobOrder, stop: StoppingCriterion, seed: int, params: Params, listen: Listener
) -> tuple[JobOrder, int, str]:
    if len(first.order) < 1:
        return first, 0, "nothing to do"
    order, crane_of = np.array(first.order, np.int64), np.array(first.crane_of, np.int64)
    best_order, best_crane_of = order.copy(), crane_of.copy()
    best = _cost(problem, timed(problem, first))
    share = max(1.0, best / len(order))
    state = generator(seed)
    anneal: Any = kernels.anneal
    iterations, of = 0, horizon(stop, params.iterations)

    def temperature() -> float:
        cooled: float = (params.cold_share / params.hot_share) ** (iterations / of)
        return share * params.hot_share * cooled

    while not (stopped := stop(iterations, best)) and iterations < of:
        hot = temperature()
        count = min(params.iterations_a_round, of - iterations)
        iterations += count
        best = int(
            anneal(*problem.given, problem.may_do, order, crane_of, best_order, best_crane_of, best, count,
                   hot, temperature(), state)
        )  # fmt: skip
        listen(Progress("rail", iterations / of, best, iterations))
    taken = JobOrder(tuple(best_order.tolist()), tuple(best_crane_of.tolist()))
    return taken, iterations, stopped or f"{iterations:,} iterations done"
