"""The door: which box goes into which slot and which lift has which turn, chosen together at one cost."""

from __future__ import annotations

import time
from dataclasses import dataclass

from cabria.planning.loading.joint.flat import FlatProblem
from cabria.planning.loading.joint.operators import POINTS_PER_MIN, Arrangement, points
from cabria.planning.loading.joint.plans import JointSolution, solution_of
from cabria.planning.loading.joint.problem import JointProblem
from cabria.planning.search.kernels import generator
from cabria.planning.search.result import Listener, Progress, Result, silent
from cabria.planning.search.stopping import StoppingCriterion, horizon, share_used


@dataclass(frozen=True, slots=True)
class Params:
    """`iterations` is how long the annealing cools, unless the stopping criterion says itself how long it is.

    It cools from one share of the price of a dig to another, by rounds after which it may be stopped.
    """

    iterations: int = 10_000_000
    iterations_a_round: int = 200_000
    hot_share: float = 0.4
    cold_share: float = 0.002


def solve(
    problem: JointProblem,
    stop: StoppingCriterion,
    *,
    seed: int = 0,
    params: Params = Params(),
    listen: Listener = silent,
) -> Result[JointSolution]:
    """Cost is all that the two change, in minutes; the bound is of digs, block peaks and trucks together.

    Raises DataError when the yard is so full that a box in the way has nowhere to go.
    """
    began = time.process_time()
    arrangement, iterations, stopped = _search(problem, stop, seed, params, listen)
    solution = solution_of(problem, arrangement)
    bound = sum(part.bound for part in solution.parts.values() if part.bound is not None)
    return Result(solution, solution.costs_min, bound, seed, time.process_time() - began, iterations, stopped)


def _search(
    problem: JointProblem, stop: StoppingCriterion, seed: int, params: Params, listen: Listener
) -> tuple[Arrangement, int, str]:
    regular = Arrangement.regular(problem)
    if not problem.groups and not any(len(run) > 1 for run in problem.runs):
        return regular, 0, "no two boxes and no two lifts may change places"
    flat = FlatProblem.of(problem)
    now = flat.state(regular)
    cost = best_cost = flat.points(now)
    best, state, iterations = regular, generator(seed), 0
    of = horizon(stop, params.iterations)
    hot, cold = (points(max(problem.dig_min, 0.1)) * share for share in (params.hot_share, params.cold_share))

    def temperature() -> float:
        return float(hot * (cold / hot) ** share_used(stop, iterations, of))

    while not (stopped := stop(iterations, best_cost / POINTS_PER_MIN)) and iterations < of:
        warm, count = temperature(), min(params.iterations_a_round, of - iterations)
        iterations += count
        cost += now.anneal(flat, count, warm, max(cold, temperature()), state)
        if cost < best_cost:
            best, best_cost = now.arrangement, cost
        listen(Progress("yard", share_used(stop, iterations, of), best_cost / POINTS_PER_MIN, iterations))
    return best, iterations, stopped or f"{iterations:,} iterations done"
