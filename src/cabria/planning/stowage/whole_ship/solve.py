"""The door: load a whole ship."""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np

from cabria.domain.whole_ship import Plan
from cabria.planning.search.kernels import generator
from cabria.planning.search.result import Listener, Progress, Result, silent
from cabria.planning.search.stopping import StoppingCriterion, knows_its_end, share_used
from cabria.planning.stowage.whole_ship import kernels as k
from cabria.planning.stowage.whole_ship.annealing import anneal
from cabria.planning.stowage.whole_ship.hands import can_be_dealt, deal, put_together
from cabria.planning.stowage.whole_ship.kernels import Array, Ship, State
from cabria.planning.stowage.whole_ship.operators import Kept, copy_into, shares, unloaded
from cabria.planning.stowage.whole_ship.problem import WholeShipProblem, spots_of
from cabria.referee.whole_ship import judge_whole_ship


@dataclass(frozen=True, slots=True)
class Params:
    """Temperatures are in the problem's unit, fines in that of an excess (see `kernels.FLOATING`)."""

    hot_when_full: float = 1_000.0
    hot: float = 80.0
    """Full ships are those on which the first, quick search leaves more than a share of `ashore_when_full` on the
    quay."""
    cold: float = 0.3
    ashore_when_full: float = 0.005
    round_steps: int = 50_000
    """Of each of two hands. Together they work in longer rounds later: `growth` of all changes tried before, but at
    most `most_round_steps`, as to put their work together takes time."""
    growth: float = 0.01
    most_round_steps: int = 200_000
    first_rounds: int = 20
    """Of the quick search, at most; it is to find a plan she may sail with at once."""
    repair_rounds: int = 60
    """At most, after the time is up and if there is no plan she may sail with."""
    iterations: int = 20_000_000
    """When no criterion tells how long it will be."""
    first_fine: float = 0.3
    dearer: float = 1.35
    cheaper: float = 0.85
    least_fine: float = 0.02
    most_fine: float = 1_000.0
    repair_dearer: float = 4.0
    most_repair_fine: float = 1_000_000.0
    hard_from: float = 0.95
    """Share of the search after which a plan she may sail with is left no more, and one she may not is mended. Before,
    two hands work on one plan; from then on, each on one of its own."""
    far_behind: float = 1.01
    """By so much, the plan of one hand is given up for that of the other."""


@dataclass(frozen=True, slots=True)
class Draft:
    """The best plan so far that she may sail with; `plan()` takes some hundredths of a second."""

    cost: float
    plan: Callable[[], Plan]


DraftListener = Callable[[Draft], None]


def ignore(_: Draft) -> None:
    """The listener of a caller who waits for the end."""


def solve(
    problem: WholeShipProblem,
    stop: StoppingCriterion,
    *,
    seed: int = 0,
    params: Params = Params(),
    bound: float | None = None,
    listener: Listener = silent,
    drafts: DraftListener = ignore,
) -> Result[Plan]:
    """The cheapest plan found; one she may sail with if any was found. `bound` is handed on to the result.

    `drafts` is told each better plan she may sail with, between rounds.
    """
    started = time.process_time()
    if problem.is_settled:
        return _result(problem, {}, bound, seed, started, 0, "there is nothing to load or no room")
    first = _Search(problem, seed, params.hot, params)
    best, iterations = _first_plan(problem, first, params, drafts)
    hot = params.hot_when_full if _is_full(problem, first, params) else params.hot
    hands = (_Search(problem, 2 * seed, hot, params), _Search(problem, 2 * seed + 1, hot, params))
    together_until = params.hard_from if can_be_dealt(problem.flat) else 0.0
    dice, reason = random.Random(seed), ""
    with ThreadPoolExecutor(len(hands)) as pool:
        while not reason:
            share = share_used(stop, iterations, params.iterations)
            if share < together_until:
                iterations += _round_together(problem.flat, hands, _steps(iterations, params), share, dice, pool)
            else:
                iterations += _round_apart(hands, share, pool)
            best = _gather(problem, hands, best, drafts)
            listener(Progress("annealing", share, best.cost / k.UNITS, iterations))
            reason = stop(iterations, best.cost / k.UNITS)
            if not reason and iterations >= params.iterations and not knows_its_end(stop):
                reason = f"{iterations:,} iterations done"
    if not best.may_sail:
        best = _mended(problem, hands[0], best, params, drafts)
    return _result(problem, spots_of(problem, best.members()), bound, seed, started, iterations, reason)


def _first_plan(problem: WholeShipProblem, search: _Search, params: Params, drafts: DraftListener) -> tuple[Kept, int]:
    """A quick search, so that there is a plan she may sail with early; and how many changes it tried."""
    best = search.kept()
    for n in range(params.first_rounds):
        search.round(n / params.first_rounds)
        best = _gather(problem, [search], best, drafts)
    return best, params.first_rounds * params.round_steps


def _is_full(problem: WholeShipProblem, first: _Search, params: Params) -> bool:
    return bool(first.state.totals[k.COUNT_ASHORE] > 1 + params.ashore_when_full * len(problem.given.to_load))


def _mended(problem: WholeShipProblem, search: _Search, best: Kept, params: Params, drafts: DraftListener) -> Kept:
    for _ in range(params.repair_rounds):
        search.round(1.0)
        best = _gather(problem, [search], best, drafts)
        if best.may_sail:
            break
    return best


def _result(
    problem: WholeShipProblem, plan: Plan, bound: float | None, seed: int, started: float, iterations: int, reason: str
) -> Result[Plan]:
    costs = {name: float(cost) for name, cost in judge_whole_ship(problem.given, plan).costs.items()}
    return Result(plan, costs, bound, seed, time.process_time() - started, iterations, reason)


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
    def cost(self) -> int:
        return int(self.state.totals[k.COST])

    @property
    def fined(self) -> float:
        return float(self.cost + self.state.excess[k.FLOATING])

    def kept(self) -> Kept:
        return Kept(self.state.members.copy(), self.state.counts.copy(), self.cost, self.may_sail)

    def round(self, share: float) -> None:
        k.afloat(self.ship, self.state, self.state.excess)
        is_late = share >= self.params.hard_from
        self.work(self.ship, self.params.round_steps, share, is_hard=is_late and self.may_sail)
        self.reprice(is_late=is_late)

    def work(self, ship: Ship, steps: int, share: float, *, is_hard: bool = False) -> None:
        """Try changes of the open parts of `ship`."""
        temperature = self.hot * (self.params.cold / self.hot) ** share * k.UNITS
        anneal(ship, self.state, steps, temperature, temperature, int(is_hard), self.shares, self.random)

    def reprice(self, *, is_late: bool = False) -> None:
        """Each limit that is passed gets dearer, the others cheaper."""
        params, state = self.params, self.state
        dearer, most = (params.repair_dearer, params.most_repair_fine) if is_late else (params.dearer, params.most_fine)
        over = state.excess[: k.FLOATING] > 0
        state.fines[:] *= np.where(over, dearer, params.cheaper)
        np.clip(state.fines, params.least_fine * k.UNITS, most * k.UNITS, out=state.fines)


Hands = tuple[_Search, _Search]


def _steps(iterations: int, params: Params) -> int:
    """Of a round of both hands together; they are more the longer the search."""
    return max(params.round_steps, min(params.most_round_steps, int(params.growth * iterations)))


def _round_together(
    ship: Ship, hands: Hands, steps: int, share: float, dice: random.Random, pool: ThreadPoolExecutor
) -> int:
    """Both work on shares of one plan, which both have then; returns how many changes were tried."""
    states = (hands[0].state, hands[1].state)
    dealt = deal(ship, states, dice)
    list(pool.map(lambda hand, own: hand.work(own, steps, share), hands, dealt.ships))
    put_together(ship, states, dealt)
    for hand in hands:
        hand.reprice()
    return len(hands) * steps


def _round_apart(hands: Hands, share: float, pool: ThreadPoolExecutor) -> int:
    """Each works on a plan of its own; returns how many changes were tried."""
    list(pool.map(lambda hand: hand.round(share), hands))
    better, worse = sorted(hands, key=lambda hand: hand.fined)
    if worse.fined > worse.params.far_behind * better.fined:
        copy_into(worse.state, better.state)
    return len(hands) * better.params.round_steps


def _gather(problem: WholeShipProblem, searches: Sequence[_Search], best: Kept, drafts: DraftListener) -> Kept:
    """The best plan so far."""
    for search in searches:
        if (not search.may_sail, search.cost) < (not best.may_sail, best.cost):
            best = search.kept()
            if best.may_sail:
                drafts(_draft(problem, best))
    return best


def _draft(problem: WholeShipProblem, kept: Kept) -> Draft:
    return Draft(kept.cost / k.UNITS, lambda: spots_of(problem, kept.members()))
