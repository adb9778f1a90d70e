"""The door: in which order and where the boxes of a bay are moved so that all get out."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import count
from math import inf

import numpy as np

from cabria.domain.errors import DataError
from cabria.planning.search.result import Listener, Progress, Result, silent
from cabria.planning.search.stopping import FirstOf, MaxIterations, MaxSeconds, StoppingCriterion
from cabria.planning.yard.relocation.beam import Beam, Incumbent
from cabria.planning.yard.relocation.kernels import NEVER
from cabria.planning.yard.relocation.operators import (
    POINTS,
    FlatBay,
    plan_of,
    points_bound,
    price,
    usual_relocation_points,
)
from cabria.planning.yard.relocation.problem import RelocationPlan, RelocationProblem

STUCK_RELOCATIONS = 1_000
MAX_ROUND_STEPS = 300_000_000
"""A bay so wide that trying all relocations of one state takes longer is only worked greedily."""


@dataclass(frozen=True, slots=True)
class Params:
    """Beams grow from `width` by `growth` up to `max_width` states; `bound_weight` is that of a bound in a key."""

    width: int = 4
    growth: int = 4
    max_width: int = 20_000
    bound_weight: float = 1.5


def solve(
    problem: RelocationProblem,
    stop: StoppingCriterion,
    *,
    seed: int = 0,
    params: Params = Params(),
    listen: Listener = silent,
) -> Result[RelocationPlan]:
    """Costs are in points of the prices; iterations are rollouts. The bound is the cost itself when that is proven.

    Raises DataError when the bay cannot be emptied, or no plan was found before the stop.
    """
    began = time.process_time()
    flat = FlatBay.of(problem)
    incumbent = Incumbent(None, int(NEVER))
    relocations_bound = flat.relocations_bound()
    bound = points_bound(problem, relocations_bound)
    iterations, stopped, proven = 0, "", False
    for iterations, proven in _search(problem, flat, incumbent, stop, seed, params):
        best = incumbent.points / POINTS
        proven = proven or best <= bound
        listen(Progress("relocation", 0.0, best, iterations))
        if proven or (stopped := stop(iterations, best)):
            break
    if incumbent.relocations is None:
        raise DataError(
            "The bay cannot be emptied: no relocations lead out of it." if proven else "No plan was found in time.",
            remedy="Lower the bay by a box, or let one leave earlier." if proven else "Give more time.",
        )
    plan = plan_of(problem, incumbent.relocations)
    costs = price(problem, plan)
    bound = sum(costs.values()) if proven else bound
    stopped = "proven optimal" if proven else stopped or "the bay is too wide to search; the greedy plan stands"
    return Result(plan, costs, bound, seed, time.process_time() - began, iterations, stopped)


def _search(
    problem: RelocationProblem,
    flat: FlatBay,
    incumbent: Incumbent,
    stop: StoppingCriterion,
    seed: int,
    params: Params,
) -> Iterator[tuple[int, bool]]:
    """Rollouts so far and whether the incumbent is proven, after each round: a greedy plan, then beams ever wider."""
    if greedy := flat.roll_out():
        incumbent.relocations, incumbent.points = greedy
    yield 1, flat.is_empty
    stacks = len(flat.height)
    if stacks**3 * flat.boxes > MAX_ROUND_STEPS:
        return
    iterations, width = 1, params.width
    unit = usual_relocation_points(problem.times, flat)
    for attempt in count(seed * 1_000):
        weights = np.array([params.bound_weight * unit, STUCK_RELOCATIONS * unit, attempt])
        beam = Beam(flat, width, weights, incumbent)
        for _ in beam.rounds():
            yield iterations + beam.evaluated, False
        iterations += beam.evaluated
        yield iterations, beam.is_complete and not problem.counts_time
        if beam.is_complete:
            return
        width = _next_width(width, beam.evaluated, _rollouts_left(stop, iterations), params)


def _next_width(width: int, spent: int, left: float, params: Params) -> int:
    """Wider by the growth; what is left goes into one beam when it does not suffice for that and a wider one."""
    wider = width * params.growth
    cost = spent / width
    if left < cost * wider * (1 + params.growth):
        wider = max(width // 2, int(0.9 * left / cost))
    return max(params.width, min(wider, params.max_width))


def _rollouts_left(stop: StoppingCriterion, iterations: int) -> float:
    """How many more rollouts the stopping criterion will grant, at the pace so far where it looks at a clock."""
    if isinstance(stop, MaxIterations):
        return max(1, stop.limit - iterations)
    if isinstance(stop, MaxSeconds):
        used_s = max(1e-6, stop.clock() - stop.started)
        return max(1.0, (stop.seconds - used_s) * iterations / used_s)
    if isinstance(stop, FirstOf):
        return min((_rollouts_left(each, iterations) for each in stop.criteria), default=inf)
    return inf
