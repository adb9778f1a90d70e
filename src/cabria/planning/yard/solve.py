"""The door: which box goes in which slot, so that few boxes must be dug away in the yard, and every lift there."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass

from cabria.planning.search.kernels import generator
from cabria.planning.search.result import Listener, Progress, Result, silent
from cabria.planning.search.stopping import StoppingCriterion, horizon
from cabria.planning.yard.flat import POINTS_PER_MIN, FlatProblem
from cabria.planning.yard.operators import digs_bound, price
from cabria.planning.yard.plans import solution_of
from cabria.planning.yard.problem import PEAK_MIN, YardProblem, YardSolution


@dataclass(frozen=True, slots=True)
class Params:
    """`iterations` is how long the annealing cools, unless the stopping criterion counts iterations itself.

    It cools from one share of the price of a dig to another, by rounds after which it may be stopped.
    """

    iterations: int = 10_000_000
    iterations_a_round: int = 500_000
    hot_share: float = 0.6
    cold_share: float = 0.02


def solve(
    problem: YardProblem,
    stop: StoppingCriterion,
    *,
    seed: int = 0,
    params: Params = Params(),
    listen: Listener = silent,
) -> Result[YardSolution]:
    """Cost is digs, inversions on board and block peaks, in minutes; the bound counts unavoidable digs alone.

    Raises DataError when the yard is so full that a box in the way has nowhere to go.
    """
    began = time.process_time()
    choice, iterations, stopped = _search(problem, stop, seed, params, listen)
    solution = solution_of(problem, choice)
    settings = problem.call.settings
    costs = {
        "digs_min": settings.dig_min * solution.digs,
        "yard_inversions_min": settings.inversion_min * solution.inversions,
        "block_peaks_min": PEAK_MIN * price(problem, choice).peak_squares,
    }
    bound = settings.dig_min * digs_bound(problem)
    return Result(solution, costs, bound, seed, time.process_time() - began, iterations, stopped)


def _search(
    problem: YardProblem, stop: StoppingCriterion, seed: int, params: Params, listen: Listener
) -> tuple[Sequence[int], int, str]:
    as_planned = list(range(len(problem.slots)))
    if not problem.groups:
        return as_planned, 0, "no two boxes may change places"
    flat = FlatProblem.of(problem)
    choice = flat.choice(as_planned)
    cost = best_cost = flat.points(choice)
    best = as_planned
    state = generator(seed)
    dig_points = POINTS_PER_MIN * max(problem.call.settings.dig_min, 0.1)
    iterations, of = 0, horizon(stop, params.iterations)

    def temperature() -> float:
        share: float = (params.cold_share / params.hot_share) ** (iterations / of)
        return dig_points * params.hot_share * share

    while not (stopped := stop(iterations, best_cost / POINTS_PER_MIN)) and iterations < of:
        hot = temperature()
        count = min(params.iterations_a_round, of - iterations)
        iterations += count
        cost += choice.anneal(flat, count, hot, temperature(), state)
        if cost < best_cost:
            best, best_cost = choice.box_at.tolist(), cost
        done = iterations / of
        listen(Progress("yard", done, best_cost / POINTS_PER_MIN, iterations))
    return best, iterations, stopped or f"{iterations:,} iterations done"
