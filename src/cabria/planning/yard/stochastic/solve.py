"""The door: what a policy that sees only the windows begun so far makes of random orders."""

from __future__ import annotations

import time
from dataclasses import dataclass

from cabria.planning.search.kernels import generator
from cabria.planning.search.result import Listener, Progress, Result, silent
from cabria.planning.search.stopping import StoppingCriterion
from cabria.planning.yard.stochastic.operators import FlatBay, Trials
from cabria.planning.yard.stochastic.problem import SampledRetrieval, StochasticProblem

USUAL_TRIALS = Trials()


@dataclass(frozen=True, slots=True)
class Params:
    """`orders` are drawn unless the criterion stops earlier; it is asked after each `orders_a_round`."""

    orders: int = 1_000
    orders_a_round: int = 50
    trials: Trials = USUAL_TRIALS
    remembered_bays: int = 1 << 17


def solve(
    problem: StochasticProblem,
    stop: StoppingCriterion,
    *,
    seed: int = 0,
    params: Params = Params(),
    listen: Listener = silent,
) -> Result[SampledRetrieval]:
    """Cost is the mean of relocations; an iteration is an order. Raises DataError when the bay is too full."""
    began = time.process_time()
    bay = FlatBay(problem, params.remembered_bays)
    state = generator(seed)
    orders: list[tuple[int, ...]] = []
    moves: list[tuple[tuple[int, int], ...]] = []
    relocations: list[int] = []
    stopped, total = "", 0
    while not stopped and len(orders) < params.orders:
        for _ in range(min(params.orders_a_round, params.orders - len(orders))):
            order = bay.draw(state)
            moves.append(bay.empty(order, params.trials))
            orders.append(tuple(order.tolist()))
            relocations.append(len(moves[-1]) - problem.bay.boxes)
            total += relocations[-1]
        listen(Progress("stochastic", len(orders) / params.orders, total / len(orders), len(orders)))
        stopped = stop(len(orders), total / len(orders))
    plan = SampledRetrieval(tuple(orders), tuple(moves), tuple(relocations))
    words = stopped or f"{len(orders):,} orders done"
    costs = {"relocations": plan.mean}
    return Result(plan, costs, problem.bound, seed, time.process_time() - began, len(orders), words)
