"""The door: which ship at which berth, in what order."""

from __future__ import annotations

import math
import time
from dataclasses import dataclass

from cabria.domain.discrete_berths import DiscreteBerths
from cabria.planning.berth.discrete import kernels
from cabria.planning.berth.discrete.finish import cheapest_plan
from cabria.planning.berth.discrete.operators import ROUNDING, Annealing, RisingBound, first_orders
from cabria.planning.berth.discrete.problem import BerthPlan, FlatBerths
from cabria.planning.search.kernels import generator
from cabria.planning.search.result import Listener, Progress, Result, silent
from cabria.planning.search.stopping import StoppingCriterion, clocks, horizon

PROVEN = "the plan is proven optimal"
GRACE_S = 0.03
"""So much later than the clock says the bound may still be raised, which often proves the last plan."""


@dataclass(frozen=True, slots=True)
class Params:
    """Annealings follow each other, each `growth` times as long as the one before, the bound rising in between; the
    last one takes what is left of the iterations (unless the stopping criterion counts them itself) or of its time.

    The exact end game is played for `finish_s` once no more than `finish_stays` stays are left (0 s: never), so that
    a caller who counts iterations gets the same plan everywhere. `mix` is told at `kernels.anneal`; temperatures are
    in units of cost.
    """

    iterations: int = 3_000_000
    first_iterations: int = 400_000
    growth: float = 2.0
    piece: int = 100_000
    hot: float = 20.0
    cold: float = 0.4
    mix: tuple[float, float, float, float] = (0.45, 0.45, 0.15, 3.0)
    bound_steps: int = 150
    bound_rounds: int = 6
    rounds_before_finish: int = 3
    finish_s: float = 0.0
    finish_stays: int = 25_000


def solve(
    problem: DiscreteBerths,
    stop: StoppingCriterion,
    *,
    seed: int = 0,
    params: Params = Params(),
    listen: Listener = silent,
) -> Result[BerthPlan]:
    """Least sum of completion minus arrival. `late` prices what is done too late: 0 in a valid plan."""
    began = time.process_time()
    search = _Search(FlatBerths.of(problem), stop, seed, params, listen)
    search.run()
    flat, best = search.flat, search.annealing.best
    plan = best.plan(flat)
    in_port = sum(e.start + int(flat.times[e.ship, e.berth]) - int(flat.arrival[e.ship]) for e in plan)
    costs = {"time_in_port": in_port, "late": best.cost(flat) - in_port}
    cpu_s = time.process_time() - began
    return Result(plan, costs, search.bound, seed, cpu_s, search.iterations, search.stopped)


class _Search:
    """Annealing, bound and end game by turns, until one says that it is over."""

    def __init__(self, flat: FlatBerths, stop: StoppingCriterion, seed: int, params: Params, listen: Listener) -> None:
        first = first_orders(flat)
        self.flat, self.params = flat, params
        self.annealing = Annealing(flat, first, first.copy(), kernels.FAR, generator(seed), params.mix)
        self.rising: RisingBound | None = None
        self.bound: float = 0
        self.iterations, self.stopped = 0, ""
        self._stop, self._listen = stop, listen
        self._clock = next(clocks(stop), None)
        self._most = horizon(stop, params.iterations)
        self._finish_s = params.finish_s
        self._rounds = 0
        self._rise_s = 0.0

    def run(self) -> None:
        params, annealing = self.params, self.annealing
        length = params.first_iterations
        while not self.stopped:
            annealing.cool(self._with_rest(length), params.piece, params.hot, params.cold, self._goes_on)
            self._rounds += 1
            self._raise_bound()
            if not self.stopped:
                self._finish()
            if self.bound >= annealing.best_cost:
                self.stopped = PROVEN
            length = int(length * params.growth)
            annealing.current = annealing.best.copy()

    def _goes_on(self, count: int) -> bool:
        self.iterations += count
        cost = self.annealing.best_cost
        done = self._share_done()
        self._listen(Progress("berths", done, cost, self.iterations))
        counted = "" if self._clock or done < 1 else f"{self.iterations:,} iterations done"
        self.stopped = self._stop(self.iterations, cost) or counted
        return not self.stopped and cost > self.bound

    def _share_done(self) -> float:
        if self._clock is None:
            return min(1.0, self.iterations / self._most)
        return min(1.0, self._clock.share)

    def _left_s(self) -> float:
        return math.inf if self._clock is None else self._clock.left_s

    def _with_rest(self, length: int) -> int:
        """All that is left when it is less than this and the next annealing: an unfinished cooling is lost time."""
        done = self._share_done()
        left = self.iterations * (1 - done) / done if self.iterations and done else float("inf")
        return max(self.params.piece, int(left)) if left < (1 + self.params.growth) * length else length

    def _raise_bound(self) -> None:
        cost = self.annealing.best_cost
        if self.rising is None:
            self.rising = RisingBound(self.flat, self.annealing.best, cost)
        self.rising.lower(cost)
        for _ in range(self.params.bound_rounds):
            if self.rising.is_at_its_end or self._left_s() + GRACE_S <= self._rise_s:
                break
            began_s = self._left_s()
            self.rising.rise(self.params.bound_steps)
            if self._clock:
                self._rise_s = max(self._rise_s, began_s - self._left_s())
            self.stopped = self.stopped or self._stop(self.iterations, cost)
        self.bound = max(self.bound, self.rising.value)

    def _finish(self) -> None:
        if self.rising is None or self._finish_s <= 0 or self._rounds < self.params.rounds_before_finish:
            return
        stays = self.rising.open_stays(self.params.finish_stays)
        if stays is None or self.bound >= self.annealing.best_cost:
            return
        if (seconds := min(self._finish_s, self._left_s())) <= 0:
            return
        finish = cheapest_plan(self.flat, stays, seconds)
        self._finish_s = 0.0
        if finish.orders is not None and (cost := finish.orders.cost(self.flat)) < self.annealing.best_cost:
            self.annealing.best, self.annealing.best_cost = finish.orders, cost
        proven = math.inf if finish.complete and finish.orders is None else finish.bound
        if math.isfinite(proven) or proven > 0:
            self.bound = max(self.bound, min(float(self.annealing.best_cost), _whole(proven)))
        if finish.complete:
            self.bound = self.annealing.best_cost


def _whole(bound: float) -> float:
    return bound if math.isinf(bound) else math.ceil(bound - ROUNDING)
