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
from cabria.planning.yard.relocation.beam import Array, Beam, Incumbent
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
    """Beams grow from `width` by `growth` up to `max_width` states; gaps up to `proof_gap` relocations are worked on.

    The bound weights are what a relocation of the bound counts in a beam's key beside one of the rollout.
    """

    width: int = 4
    growth: int = 4
    max_width: int = 20_000
    proof_gap: int = 6
    proof_width: int = 30_000
    bound_weight: float = 1.5
    timed_bound_weight: float = 0.7


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
    search = _Search(problem, stop, seed, params)
    stopped = ""
    for _ in search.rounds():
        best = search.incumbent.points / POINTS
        listen(Progress("relocation", 0.0, best, search.iterations))
        if search.is_proven or (stopped := stop(search.iterations, best)):
            break
    plan = search.plan()
    costs = price(problem, plan)
    bound = sum(costs.values()) if search.is_proven else points_bound(problem, search.bound)
    stopped = (
        "proven optimal" if search.is_proven else stopped or "the bay is too wide to search; the greedy plan stands"
    )
    return Result(plan, costs, bound, seed, time.process_time() - began, search.iterations, stopped)


class _Search:
    """The best plan and the bound so far. `iterations` are rollouts, `bound` is in relocations."""

    def __init__(self, problem: RelocationProblem, stop: StoppingCriterion, seed: int, params: Params) -> None:
        self.problem = problem
        self.stop = stop
        self.seed = seed
        self.params = params
        self.flat = FlatBay.of(problem)
        self.incumbent = Incumbent(None, int(NEVER))
        self.bound = self.flat.relocations_bound()
        self.iterations = 0
        self.proof_effort = 0
        self.has_no_better = False

    @property
    def is_proven(self) -> bool:
        return self.has_no_better or self.incumbent.points <= points_bound(self.problem, self.bound) * POINTS

    def plan(self) -> RelocationPlan:
        if self.incumbent.relocations is None and self.has_no_better:
            raise DataError(
                "The bay cannot be emptied: no relocations lead out of it.", remedy="Lower it by a box elsewhere."
            )
        if self.incumbent.relocations is None:
            raise DataError("No plan was found in time.", remedy="Give more time.")
        return plan_of(self.problem, self.incumbent.relocations)

    def rounds(self) -> Iterator[None]:
        """A greedy plan, then beams ever wider, each followed by work on the bound, more when it found nothing."""
        self.iterations = 1
        if greedy := self.flat.roll_out():
            self.incumbent.relocations, self.incumbent.points = greedy
        yield
        if len(self.flat.height) ** 3 * self.flat.boxes > MAX_ROUND_STEPS:
            return
        width = self.params.width
        for attempt in count(self.seed * 1_000):
            beam = Beam(self.flat, width, self._weights(attempt), self.incumbent)
            before = self.incumbent.points
            yield from self._run(beam)
            self.has_no_better = beam.is_complete and not self.problem.counts_time
            yield
            if beam.is_complete:
                return
            yield from self._raise_bound(1.0 if self.incumbent.points == before else 0.2)
            width = _next_width(width, beam.evaluated, _rollouts_left(self.stop, self.iterations), self.params)

    def _raise_bound(self, share: float) -> Iterator[None]:
        """Look for a plan that costs no more than the bound; when there is none, the bound is one higher.

        All such looks together take no more effort than this share of what all beams took.
        """
        per_move = self.problem.prices.relocation * POINTS
        while (
            not self.problem.counts_time
            and self.incumbent.points <= (self.bound + self.params.proof_gap) * per_move
            and not self.is_proven
        ):
            target = Incumbent(None, (self.bound + 1) * per_move)
            beam = Beam(self.flat, self.params.proof_width, self._weights(0, rolls=False), target)
            before = self.iterations
            for _ in self._run(beam):
                if self.proof_effort + self.iterations - before > share * (before - self.proof_effort):
                    beam.is_complete = False
                if not beam.is_complete:
                    break
                yield
            self.proof_effort += self.iterations - before
            if target.relocations is not None:
                self.incumbent.relocations, self.incumbent.points = target.relocations, target.points
            elif not beam.is_complete:
                return
            else:
                self.bound += 1
            yield

    def _run(self, beam: Beam) -> Iterator[None]:
        before = self.iterations
        for _ in beam.rounds():
            self.iterations = before + beam.effort
            yield

    def _weights(self, attempt: int, *, rolls: bool = True) -> Array:
        weight = self.params.timed_bound_weight if self.problem.counts_time else self.params.bound_weight
        unit = usual_relocation_points(self.problem.times, self.flat)
        return np.array([weight * unit, STUCK_RELOCATIONS * unit, attempt, rolls], np.float64)


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
