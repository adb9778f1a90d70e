"""The door: load a whole ship."""

from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np

from cabria.domain.whole_ship import Plan
from cabria.planning.search.kernels import generator
from cabria.planning.search.result import Listener, Progress, Result, silent
from cabria.planning.search.stopping import FirstOf, MaxIterations, MaxSeconds, StoppingCriterion
from cabria.planning.stowage.whole_ship import kernels as k
from cabria.planning.stowage.whole_ship.kernels import Array, State
from cabria.planning.stowage.whole_ship.operators import Kept, copy_into, members_of, shares, unloaded
from cabria.planning.stowage.whole_ship.problem import WholeShipProblem, spots_of
from cabria.referee.whole_ship import judge_whole_ship


@dataclass(frozen=True, slots=True)
class Params:
    """Temperatures are in the problem's unit, fines in that of an excess (see `kernels.FLOATING`)."""

    hot: tuple[float, ...] = (500.0, 80.0)
    """One search each, with a thread of its own; what comes out does not hang on how many cores there are. Full ships
    want the hot one, emptier ones the cool one."""
    round_steps: int = 50_000
    iterations: int = 20_000_000
    """When no criterion tells how long it will be."""
    cold: float = 0.5
    first_fine: float = 0.3
    dearer: float = 1.35
    cheaper: float = 0.85
    least_fine: float = 0.02
    hard_from: float = 0.9
    """Share of the search after which a plan she may sail with is left no more."""
    exchange_from: float = 0.5
    """From then on a search that is `far_behind` goes on from the best one's plan."""
    far_behind: float = 1.01


def solve(
    problem: WholeShipProblem,
    stop: StoppingCriterion,
    *,
    seed: int = 0,
    params: Params = Params(),
    bound: float | None = None,
    listener: Listener = silent,
) -> Result[Plan]:
    """The cheapest plan found; one she may sail with if any was found. `bound` is handed on to the result."""
    started = time.process_time()
    if problem.is_settled:
        return _result(problem, {}, bound, seed, started, 0, "there is nothing to load or no room")
    searches = [_Search(problem, seed * len(params.hot) + n, hot, params) for n, hot in enumerate(params.hot)]
    best = Kept(members_of(searches[0].state), int(searches[0].state.totals[k.COST]), searches[0].may_sail)
    iterations, reason = 0, ""
    with ThreadPoolExecutor(len(searches)) as pool:
        while not reason:
            share = share_used(stop, iterations, params.iterations)
            list(pool.map(_Search.round, searches, [share] * len(searches)))
            iterations += len(searches) * params.round_steps
            best = _gather(searches, best, share, params)
            listener(Progress("annealing", share, best.cost / k.UNITS, iterations))
            reason = stop(iterations, best.cost / k.UNITS)
            if not reason and iterations >= params.iterations and not _tells(stop):
                reason = f"{iterations:,} iterations done"
    return _result(problem, spots_of(problem, best.members), bound, seed, started, iterations, reason)


def _result(
    problem: WholeShipProblem, plan: Plan, bound: float | None, seed: int, started: float, iterations: int, reason: str
) -> Result[Plan]:
    costs = {name: float(cost) for name, cost in judge_whole_ship(problem.given, plan).costs.items()}
    return Result(plan, costs, bound, seed, time.process_time() - started, iterations, reason)


def _tells(stop: StoppingCriterion) -> bool:
    return isinstance(stop, MaxIterations | MaxSeconds) or (
        isinstance(stop, FirstOf) and any(map(_tells, stop.criteria))
    )


def share_used(stop: StoppingCriterion, iterations: int, otherwise: int) -> float:
    """How much of a search is over, so that it may cool: by counts, or by the clock that was handed in."""
    if isinstance(stop, MaxIterations):
        return min(1.0, iterations / max(1, stop.limit))
    if isinstance(stop, MaxSeconds):
        return min(1.0, max(0.0, (stop.clock() - stop.started) / stop.seconds))
    if isinstance(stop, FirstOf) and _tells(stop):
        return max(share_used(c, iterations, otherwise) for c in stop.criteria if _tells(c))
    return min(1.0, iterations / otherwise)


class _Search:
    """One annealing with prices of its own for the limits of a ship afloat."""

    def __init__(self, problem: WholeShipProblem, seed: int, hot: float, params: Params) -> None:
        self.ship = problem.flat
        self.params, self.hot = params, hot
        self.state: State = unloaded(problem)
        self.state.fines[:] = params.first_fine * k.UNITS
        self.random: Array = generator(seed)
        self.shares = shares()

    @property
    def may_sail(self) -> bool:
        return not self.state.excess[: k.FLOATING].any()

    @property
    def fined(self) -> float:
        return float(self.state.totals[k.COST] + self.state.excess[k.FLOATING])

    def round(self, share: float) -> None:
        params, state = self.params, self.state
        k.afloat(self.ship, state, state.excess)
        hot = self.hot * (params.cold / self.hot) ** share * k.UNITS
        is_hard = share >= params.hard_from and self.may_sail
        k.anneal(self.ship, state, params.round_steps, hot, hot, int(is_hard), self.shares, self.random)
        over = state.excess[: k.FLOATING] > 0
        state.fines[:] *= np.where(over, params.dearer, params.cheaper)
        np.clip(state.fines, params.least_fine * k.UNITS, 1_000.0 * k.UNITS, out=state.fines)


def _gather(searches: list[_Search], best: Kept, share: float, params: Params) -> Kept:
    """The best plan so far; late in the search the worse one goes on from the better one's."""
    for search in searches:
        cost = int(search.state.totals[k.COST])
        if (not search.may_sail, cost) < (not best.may_sail, best.cost):
            best = Kept(members_of(search.state), cost, search.may_sail)
    if share >= params.exchange_from:
        ranked = sorted(searches, key=lambda search: search.fined)
        for worse in ranked[1:]:
            if worse.fined > params.far_behind * ranked[0].fined:
                copy_into(worse.state, ranked[0].state)
    return best
