"""The door: which container goes into which slot of the whole ship, at one call."""

from __future__ import annotations

import math
import time
from dataclasses import dataclass, field, replace

import numpy as np

from cabria.domain.calls import VesselCall
from cabria.domain.plan import LoadingPlan, departure
from cabria.planning.search.result import Listener, Progress, Result, silent
from cabria.planning.search.stopping import FirstOf, MaxIterations, StoppingCriterion
from cabria.planning.stowage import kernels as k
from cabria.planning.stowage.ballast import Afloat
from cabria.planning.stowage.flat import POINTS_PER_MIN, FlatProblem, Prices
from cabria.planning.stowage.instructed import pin_instructed
from cabria.planning.stowage.problem import StowageProblem, StowageSolution
from cabria.planning.stowage.special import DangerousAboard, pin_special, places_of
from cabria.referee import imdg

FIRST_TRIES = 12
"""How many stacks the first plan compares for each box; the search begins too hot for its quality to matter."""


@dataclass(frozen=True, slots=True)
class Params:
    """`iterations` is how long the annealing cools unless the stopping criterion counts iterations itself."""

    iterations: int = 20_000_000
    iterations_a_round: int = 200_000
    settle_share: float = 0.5
    """After which share of the search dangerous goods get their stacks for good."""
    hot_min: float = 40.0
    cold_min: float = 0.2
    prices: Prices = field(default_factory=Prices)


def solve(
    problem: StowageProblem,
    stop: StoppingCriterion,
    *,
    seed: int = 0,
    params: Params = Params(),
    listen: Listener = silent,
) -> Result[StowageSolution]:
    began = time.process_time()
    pinned = pin_special(pin_instructed(problem) if problem.call.instructions else problem)
    flat = FlatProblem.of(pinned, params.prices)
    search = Search(flat, seed, params)
    iterations, stopped = search.run(stop, listen)
    solution = with_ballast(problem.call, _solution(flat, search.state))
    costs = flat.costs(search.state)
    return Result(solution, costs, None, seed, time.process_time() - began, iterations, stopped)


def with_ballast(call: VesselCall, solution: StowageSolution) -> StowageSolution:
    afloat = Afloat.of(call.vessel)
    if afloat is None:
        return solution
    plan = LoadingPlan(call.id, solution.loads, solution.refused, solution.restows)
    return replace(solution, tank_contents_kg=afloat.fill(call, departure(call, plan)))


def _solution(flat: FlatProblem, state: k.State) -> StowageSolution:
    problem = flat.problem
    slots = {**problem.pinned, **flat.slots(state)}
    aboard = {stowed.container.id for stowed in problem.call.remaining}
    return StowageSolution(
        loads={box: slot for box, slot in slots.items() if box not in aboard},
        refused={**problem.refused, **{load.id: "no room" for load in problem.loads if load.id not in slots}},
        restows={
            **{stowed.container.id: stowed.position for stowed in problem.set_back},
            **{box: slot for box, slot in slots.items() if box in aboard},
        },
    )


def construct(flat: FlatProblem, state: k.State) -> None:
    """Boxes lifted aboard first, then reefers, late ports before early ones, 20 ft, heavy boxes."""
    boxes = flat.ship.boxes
    is_short = boxes[:, k.LENGTH] == 0
    last_key_first = (
        -boxes[:, k.MASS],
        ~is_short,
        -boxes[:, k.ORDER],
        -boxes[:, k.NEEDS_PLUG],
        -boxes[:, k.REFUSED_PRICE],
    )
    order = np.lexsort(last_key_first)
    k.insert(flat.ship, state, order.astype(np.int64), FIRST_TRIES)


def _horizon(stop: StoppingCriterion, params: Params) -> int:
    """After how many iterations the search will be stopped, as far as that can be known."""
    criteria = stop.criteria if isinstance(stop, FirstOf) else (stop,)
    return min([c.limit for c in criteria if isinstance(c, MaxIterations)], default=params.iterations)


class Search:
    """The state of the search; between rounds it is a legal plan but for dangerous goods, once settled altogether."""

    def __init__(self, flat: FlatProblem, seed: int, params: Params) -> None:
        self.flat, self.params = flat, params
        self.random = k.generator(seed)
        self.state = flat.start()
        construct(flat, self.state)

    def run(self, stop: StoppingCriterion, listen: Listener) -> tuple[int, str]:
        params, horizon = self.params, _horizon(stop, self.params)
        iterations, is_settled = 0, False
        now = int(k.total_cost(self.flat.ship, self.state))
        while not (stopped := stop(iterations, now / POINTS_PER_MIN)) and iterations < horizon and self.flat.boxes:
            if not is_settled and iterations >= params.settle_share * horizon:
                now, is_settled = self.settle(), True
            steps = min(params.iterations_a_round, horizon - iterations)
            hot, cold = (_temperature(params, at / horizon) for at in (iterations, iterations + steps))
            now = k.anneal(self.flat.ship, self.state, now, steps, hot, cold, self.random)
            iterations += steps
            listen(Progress("stowage", iterations / horizon, now / POINTS_PER_MIN, iterations))
        if not is_settled:
            self.settle()
        return iterations, stopped or f"{iterations:,} iterations done"

    def settle(self) -> int:
        """Give every box with dangerous goods a stack in which it may stand, or leave it ashore; return the cost."""
        flat, state = self.flat, self.state
        dangerous = [b for b, box in enumerate(flat.boxes) if box.dangerous and imdg.hazards_of(box)]
        aboard = DangerousAboard.of(flat.problem)
        stacks = {
            is_20: [
                (int(s), places_of(flat.problem.call.vessel, flat.stack_ids[s], is_20=is_20))
                for s in flat.ship.open_stacks
            ]
            for is_20 in (True, False)
        }
        places = {is_20: dict(entries) for is_20, entries in stacks.items()}
        for b in sorted(dangerous, key=lambda b: (-int(flat.ship.boxes[b, k.REFUSED_PRICE]), flat.boxes[b].id)):
            box, s = flat.boxes[b], int(state.where[b])
            if s == k.ASHORE or not all(aboard.allows(box, place) for place in places[box.is_20][s]):
                allowed = aboard.allowed_stacks(box, stacks[box.is_20])
                s = k.relocate(flat.ship, state, b, np.array(allowed, np.int64))
                if s == k.ASHORE and state.where[b] != k.ASHORE:
                    here = np.array([b], np.int64)
                    k.change(flat.ship, state, int(state.where[b]), k.ASHORE, here, 1, here, 0, 0, k.INFEASIBLE - 1)
            state.locked[b] = 1
            if s != k.ASHORE:
                for place in places[box.is_20][s]:
                    aboard.add(box, place)
        return int(k.total_cost(flat.ship, state))


def _temperature(params: Params, share: float) -> float:
    cooling = math.pow(params.cold_min / params.hot_min, share)
    return POINTS_PER_MIN * params.hot_min * cooling
