"""The door: which box for which place of an order, and every lift, with few digs and a bound on them."""

from __future__ import annotations

import time
from dataclasses import dataclass

from cabria.planning.search.kernels import generator
from cabria.planning.search.result import Listener, Progress, Result, silent
from cabria.planning.search.stopping import StoppingCriterion, horizon
from cabria.planning.yard.whole_yard.bound import digs_bound
from cabria.planning.yard.whole_yard.flat import FlatYard
from cabria.planning.yard.whole_yard.operators import first_choice
from cabria.planning.yard.whole_yard.plans import plan_of
from cabria.planning.yard.whole_yard.problem import Choice, WholeYardPlan, WholeYardProblem

MOST_SECONDS = 60
"""Longer searches were never better."""


@dataclass(frozen=True, slots=True)
class Params:
    """`iterations` is how long the annealing cools, unless the stopping criterion counts iterations itself.

    It cools from `hot` to `cold` digs, by rounds after which it may be stopped; the bound takes `bound_rounds` at most.
    """

    iterations: int = 30_000_000
    iterations_a_round: int = 1_000_000
    hot: float = 0.6
    cold: float = 0.05
    bound_rounds: int = 700

    @classmethod
    def within(cls, seconds: float) -> Params:
        """Cooled down and bounded in about so many seconds of a usual core, for orders of thousands of boxes."""
        seconds = min(seconds, MOST_SECONDS)
        return cls(iterations=max(1, round(4_000_000 * seconds)), bound_rounds=max(1, round(100 * seconds)))


def solve(
    problem: WholeYardProblem,
    stop: StoppingCriterion,
    *,
    seed: int = 0,
    params: Params = Params(),
    listen: Listener = silent,
) -> Result[WholeYardPlan]:
    """Cost and bound are digs; a search stopped early still takes a tenth of a second to cool.

    Raises DataError when the yard is so full that a box in the way has nowhere to go.
    """
    began = time.process_time()
    flat = FlatYard.of(problem)
    choice, iterations, stopped = _search(problem, flat, stop, seed, params, listen)
    plan = plan_of(problem, choice)
    bound = digs_bound(flat, plan.digs, params.bound_rounds, stop) if problem.boxes else 0
    costs = {"digs": float(plan.digs)}
    return Result(plan, costs, float(bound), seed, time.process_time() - began, iterations, stopped)


def _search(
    problem: WholeYardProblem, flat: FlatYard, stop: StoppingCriterion, seed: int, params: Params, listen: Listener
) -> tuple[Choice, int, str]:
    choice = flat.choice(first_choice(problem))
    best, fewest = choice.taken(), choice.digs
    state = generator(seed)
    iterations, of = 0, horizon(stop, params.iterations)

    def temperature() -> float:
        share: float = (params.cold / params.hot) ** (iterations / of)
        return params.hot * share

    while not (stopped := stop(iterations, fewest)) and iterations < of and fewest:
        hot = temperature()
        count = min(params.iterations_a_round, of - iterations)
        iterations += count
        choice.anneal(flat, count, hot, temperature(), state)
        if choice.digs < fewest:
            best, fewest = choice.taken(), choice.digs
        listen(Progress("yard", iterations / of, fewest, iterations))
    if stopped and iterations < of and fewest:  # stopped while hot: one short round cools right down
        choice.anneal(flat, params.iterations_a_round, params.hot, params.cold, state)
        best, fewest = (choice.taken(), choice.digs) if choice.digs < fewest else (best, fewest)
    return best, iterations, stopped or f"{iterations:,} iterations done"
