"""The door: plan a voyage, block by block."""

from __future__ import annotations

import time
from dataclasses import dataclass

import numpy as np

from cabria.planning.search.kernels import Array, generator
from cabria.planning.search.result import Listener, Progress, Result, silent
from cabria.planning.search.stopping import StoppingCriterion, share_used
from cabria.planning.stowage.master.bound import Relaxed, branched, relaxed
from cabria.planning.stowage.master.operators import Stowage
from cabria.planning.stowage.master.problem import MasterPlan, MasterProblem
from cabria.referee.master_planning import judge_master_plan

PROVEN = "the plan is proven optimal"


@dataclass(frozen=True, slots=True)
class Params:
    """Temperatures and fines (for a tonne of excess) are in the problem's unit."""

    hot: float = 50.0
    cold: float = 0.1
    softness: float = 300.0
    """Boxes worked under a lid at which it counts as half opened, at first; 0 from the share `hard_from` on."""
    hard_from: float = 0.9
    round_steps: int = 50_000
    iterations: int = 20_000_000
    """When no criterion tells how long it will be."""
    dearer: float = 1.3
    cheaper: float = 0.9
    least_fine: float = 1.0
    most_fine: float = 1_000.0
    mending_rounds: int = 100
    """At most, after the time is up and if there is no plan she may sail with."""
    branching_s: float = 0.0
    """Wall time for the bound with whole lids, 0 for none: with some, two runs may differ."""


def solve(
    problem: MasterProblem,
    stop: StoppingCriterion,
    *,
    seed: int = 0,
    params: Params = Params(),
    listen: Listener = silent,
) -> Result[MasterPlan]:
    """The cheapest plan found; one she may sail with if any was found."""
    began = time.process_time()
    if not problem.waiting:
        return _result(problem, (), None, seed, began, 0, "there is nothing to load")
    known = _bounded(problem, params)
    search = _Search(problem, known, seed, params)
    used, iterations, reason = share_used(stop, 0, params.iterations), 0, ""
    while not reason:
        share = (share_used(stop, iterations, params.iterations) - used) / max(1e-9, 1.0 - used)
        search.round(min(1.0, max(0.0, share)))
        iterations += params.round_steps
        listen(Progress("annealing", share, search.best_cost, iterations))
        reason = stop(iterations, search.best_cost)
        if not reason and share >= 1.0:
            reason = f"{iterations:,} iterations done"
    reason = search.mend() or reason
    bound = None if known is None else known.bound
    return _result(problem, search.plan, bound, seed, began, iterations, reason)


def _bounded(problem: MasterProblem, params: Params) -> Relaxed | None:
    linear = relaxed(problem.voyage)
    whole = branched(problem.voyage, params.branching_s) if params.branching_s > 0 else None
    if linear is None or whole is None:
        return linear
    return whole if whole.bound >= linear.bound else Relaxed(linear.bound, linear.busiest)


class _Search:
    """One annealing, and the best plan so far that she may sail with."""

    def __init__(self, problem: MasterProblem, known: Relaxed | None, seed: int, params: Params) -> None:
        aim = np.zeros(problem.voyage.ports + 1) if known is None else np.floor(known.busiest)
        self._stowage = Stowage.empty(problem, aim)
        self._state = generator(seed)
        self._params = params
        self._fine = params.least_fine
        self._best: Array | None = None
        self.best_cost = float("inf")

    def round(self, share: float) -> None:
        """Some changes at the temperature, softness and fine of that share of the search."""
        p = self._params
        heat = p.hot * (p.cold / p.hot) ** share
        self._stowage.soften(p.softness * max(0.0, 1.0 - share / p.hard_from) ** 2)
        self._stowage.anneal(p.round_steps, heat, heat, self._fine, self._state)
        seaworthy = self._stowage.is_seaworthy
        self._fine = max(p.least_fine, self._fine * p.cheaper) if seaworthy else min(p.most_fine, self._fine * p.dearer)
        if seaworthy:
            self._keep()

    def mend(self) -> str:
        """Go on, cold, until she may sail; what is to be said about it."""
        for _ in range(self._params.mending_rounds):
            if self._best is not None:
                return ""
            self.round(1.0)
        return "" if self._best is not None else "no plan was found with which she may sail"

    @property
    def plan(self) -> MasterPlan:
        stowed = self._stowage.stowed if self._best is None else self._best
        return self._stowage.problem.plan(stowed)

    def _keep(self) -> None:
        cost = self._stowage.cost
        if cost < self.best_cost:
            self.best_cost, self._best = cost, self._stowage.stowed.copy()


def _result(
    problem: MasterProblem, plan: MasterPlan, bound: int | None, seed: int, began: float, iterations: int, reason: str
) -> Result[MasterPlan]:
    judged = judge_master_plan(problem.voyage, plan)
    if bound is not None and judged.is_valid and judged.cost == bound:
        reason = PROVEN
    return Result(plan, judged.costs, bound, seed, time.process_time() - began, iterations, reason)
