"""The state of the search and what it does to it: fill, price, prune, anneal; all work is done in the kernels."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from cabria.domain.berthing import ShipId, Stay
from cabria.planning.berth import kernels
from cabria.planning.berth.options import CELL, CRANES, LAST, START
from cabria.planning.berth.problem import BerthProblem
from cabria.planning.search.kernels import generator

Array = np.ndarray[Any, np.dtype[Any]]

FIRST_FACTOR = 0.2
"""Of the subgradient's step; larger ones throw good prices away."""


FEWEST_TAKEN, TAKEN_OF_12 = 10, 7
"""At most so many ships are taken out at once, or so many twelfths of them all; with less dense weeks stay dearer."""


class Search:
    """The options still in play, the prices, the best plan and the bound, in points.

    A plan is an array with a column of `options` for each ship, -1 for one left out. The options of the best plan stay
    in play even when they are too dear for a better one.
    """

    def __init__(self, problem: BerthProblem, seed: int) -> None:
        ships, steps = len(problem.ships), problem.steps
        self.problem = problem
        self.random = generator(seed)
        empty = np.zeros((6, 0), np.int32)
        self.options = np.ascontiguousarray(np.concatenate([empty, *problem.options], axis=1))
        self.cost = np.concatenate([np.zeros(0, np.int64), *problem.costs])
        self.offsets = np.concatenate([[0], np.cumsum([cost.size for cost in problem.costs])]).astype(np.int64)
        self.by_price = np.arange(self.cost.size)
        self.is_begun = np.array([problem.case.is_begun(ship.id) for ship in problem.ships], np.uint8)
        self.capacity = problem.in_order.sum(axis=1).astype(np.int64)
        self.moved_before = np.zeros(steps + 1, np.int64)
        for stay in problem.kept:
            if stay.end_min >= problem.case.now_min:
                self.moved_before[stay.end_min // problem.case.rules.step_min] += 1
        self.crane_price, self.quay_price = np.zeros(steps), np.zeros((steps, problem.cells))
        self.along_crane, self.along_quay = self.crane_price.copy(), self.quay_price.copy()
        self.best_crane_price, self.best_quay_price = self.crane_price.copy(), self.quay_price.copy()
        self.least = np.array([cost[0] for cost in problem.costs], float)
        self.pace = np.array([FIRST_FACTOR, -1e18, 0.0])
        self.lower = int(sum(cost[0] for cost in problem.costs))
        self.lower_alone = self.lower
        """What the ships would cost if each were alone."""
        self.is_proven = False
        self.is_spent = False
        """Whether nothing better is left among the options, so that to search on is no use."""
        self.best = np.full(ships, -1, np.int64)
        self.best_cost = self.price_of(self.best)

    @property
    def shared(self) -> tuple[Any, ...]:
        """What the kernels need of what the options share."""
        return (self.problem.width, self.problem.idle, self.capacity)

    @property
    def rail(self) -> tuple[Any, ...]:
        return (self.problem.reach, self.problem.in_order, self.is_begun)

    @property
    def channel(self) -> tuple[Any, ...]:
        return (self.moved_before, self.problem.movement_steps, self.problem.movement_limit)

    @property
    def slack(self) -> float:
        """How much above the least reduced cost an option of a cheaper plan may be."""
        return float(self.best_cost - self.problem.granularity - self.pace[1] + 1e-3)

    def price_of(self, plan: Array) -> int:
        return int(sum(self.cost[k] if k >= 0 else self.problem.unserved[i] for i, k in enumerate(plan)))

    def offer(self, plan: Array) -> None:
        """Take a plan that keeps ships and cranes apart as the best one if it is cheaper."""
        cost = self.price_of(plan)
        if cost < self.best_cost:
            self.best, self.best_cost = plan.copy(), cost

    def columns_of(self, last: Mapping[ShipId, Stay]) -> Array:
        """The option of each ship that repeats her stay of the last plan, -1 where there is none."""
        step = self.problem.case.rules.step_min
        plan = np.full(len(self.problem.ships), -1, np.int64)
        for i, ship in enumerate(self.problem.ships):
            stay = last.get(ship.id)
            if stay is None:
                continue
            a, b = self.offsets[i], self.offsets[i + 1]
            rows = self.options[:, a:b]
            begun = bool(self.is_begun[i])
            start = self.problem.case.now_min if begun else stay.start_min
            cranes = stay.work[-1].cranes if stay.work else 0
            alike = (rows[START] == start // step) & (rows[CRANES] == cranes)
            cells = [
                cell for cell in np.unique(rows[CELL]) if self.problem.position_mm(i, int(cell)) == stay.position_mm
            ]
            alike &= np.isin(rows[CELL], cells)
            found = np.flatnonzero(alike)
            if found.size:
                plan[i] = a + found[0]
        return plan

    def fill(self, plan: Array, order: Array) -> None:
        """Give each ship of the order that has no option her first one that fits; may leave some out."""
        self._fill(order, self.offsets, self.by_price, plan)

    def _fill(self, order: Array, offsets: Array, by_price: Array, plan: Array) -> None:
        place: Any = kernels.fill
        place(order, self.options, offsets, *self.shared, *self.rail, *self.channel, by_price, plan)

    def consistent(self, plan: Array) -> Array:
        """The plan without the options that do not fit beside those of ships named before them, begun ships first."""
        first = np.argsort(-self.is_begun.astype(int), kind="stable")
        kept = np.full(len(plan), -1, np.int64)
        for i in first:
            if plan[i] >= 0:
                offsets = np.zeros_like(self.offsets)
                offsets[i + 1 :] = 1
                self._fill(np.array([i], np.int64), offsets, plan[i : i + 1], kept)
        return kept

    def start(self, last: Mapping[ShipId, Stay]) -> None:
        """First plans: the last one as far as it holds, and ships placed one by one in several orders."""
        ships = self.problem.ships
        kept = self.consistent(self.columns_of(last)) if last else np.full(len(ships), -1, np.int64)
        arrival = np.array([ship.eta.planned_min for ship in ships], np.int64)
        work = np.array([ship.work_crane_min for ship in ships], np.int64)
        held = np.array([not self.problem.case.is_frozen(ship.id) for ship in ships], np.int64)
        tight = np.array([cost.size for cost in self.problem.costs], np.int64)
        for base in (kept, np.full(len(ships), -1, np.int64)):
            for key in (arrival, -work, tight):
                plan = base.copy()
                self.fill(plan, np.lexsort((key, held)).astype(np.int64))
                self.offer(plan)

    def climb(self, steps: int, piece: int, is_over: Callable[[], bool]) -> None:
        """Raise the bound, in pieces after which it may be over, and order the options by reduced cost."""
        done = 0
        while done < steps and not self.is_proven and not (done and is_over()):
            self._climb(min(piece, steps - done))
            done += piece
        self._order()

    def _climb(self, steps: int) -> None:
        target = min(float(self.best_cost), 3.0 * max(self.lower, self.lower_alone) + 1)
        rise: Any = kernels.climb
        bound = rise(
            self.options,
            self.cost,
            self.offsets,
            *self.shared,
            self.problem.unserved,
            steps,
            max(target, float(self.lower) + 1),
            self.pace,
            self.crane_price,
            self.quay_price,
            self.along_crane,
            self.along_quay,
            self.best_crane_price,
            self.best_quay_price,
            self.least,
        )
        self.lower = max(self.lower, self._on_the_lattice(bound))
        self.is_proven = self.is_proven or self.lower >= self.best_cost

    def _on_the_lattice(self, bound: float) -> int:
        """The least cost not below the bound that a plan can have."""
        grain = self.problem.granularity
        room = self.best_cost - bound + 1e-3
        return self.best_cost - int(room // grain) * grain if room > 0 else self.best_cost

    def reduced(self) -> Array:
        ships, steps = self.problem.idle.shape
        by_ship = np.zeros((ships, steps + 1))
        by_area = np.zeros((steps + 1, self.problem.cells + 1))
        kernels.sum_up(self.best_crane_price, self.best_quay_price, self.problem.idle, by_ship, by_area)
        reduced = np.zeros(self.cost.size)
        kernels.reduced_costs(self.options, self.cost, self.offsets, self.problem.width, by_ship, by_area, reduced)
        return reduced

    def _order(self) -> None:
        reduced = self.reduced()
        parts = [
            a + np.argsort(reduced[a:b], kind="stable")
            for a, b in zip(self.offsets[:-1], self.offsets[1:], strict=True)
        ]
        self.by_price = np.concatenate([np.zeros(0, np.int64), *parts]).astype(np.int64)

    def prune(self) -> None:
        """Put out of play what no plan cheaper than the best one can use; a ship without any proves the best."""
        slack = self.slack
        reduced = self.reduced()
        keep = np.zeros(self.cost.size, bool)
        for i in range(len(self.problem.ships)):
            a, b = self.offsets[i], self.offsets[i + 1]
            keep[a:b] = reduced[a:b] <= self.least[i] + slack
            if not keep[a:b].any() and self.problem.unserved[i] > self.least[i] + slack:
                self.is_proven, self.lower = True, self.best_cost
        keep[self.best[self.best >= 0]] = True
        self._keep(keep)

    def _keep(self, keep: Array) -> None:
        if keep.all():
            return
        place = np.cumsum(keep) - 1
        self.best = np.where(self.best >= 0, place[self.best], -1).astype(np.int64)
        counts = [int(keep[a:b].sum()) for a, b in zip(self.offsets[:-1], self.offsets[1:], strict=True)]
        by_price = self.by_price[keep[self.by_price]]
        self.options, self.cost = np.ascontiguousarray(self.options[:, keep]), self.cost[keep]
        self.offsets = np.concatenate([[0], np.cumsum(counts)]).astype(np.int64)
        self.by_price = place[by_price].astype(np.int64)

    def orders(self) -> tuple[Array, Array]:
        """Options by own cost and by reduced cost, those of one stretch and number of cranes side by side where they
        cost the same or the first of them leads; and where in each order the next such run begins.
        """
        ship = np.repeat(np.arange(len(self.offsets) - 1), np.diff(self.offsets))
        steps = self.problem.steps + 1
        stretch = ((ship * steps + self.options[START]) * steps + self.options[LAST]) * 1000 + self.options[CRANES]
        by_cost = np.lexsort((stretch, self.cost, ship))
        place = np.empty(self.cost.size, np.int64)
        place[self.by_price] = np.arange(self.cost.size)
        alike = np.unique(stretch, return_inverse=True)[1]
        leader = np.full(alike.max(initial=-1) + 1, self.cost.size)
        np.minimum.at(leader, alike, place)
        by_price = np.lexsort((place, leader[alike], ship))
        orders = np.ascontiguousarray(np.stack([by_cost, by_price]), np.int64)
        runs = np.zeros_like(orders)
        for order, run in zip(orders, runs, strict=True):
            begins = np.flatnonzero(np.diff(stretch[order], prepend=-1))
            ends = np.append(begins[1:], order.size)
            run[:] = np.repeat(ends, ends - begins)
        return orders, runs

    def anneal(self, iterations: int, piece: int, is_over: Callable[[], bool]) -> int:
        """Anneal from the best plan, in pieces after which it may be over; returns the iterations done.

        The temperature falls from what a ship costs on average by not being alone.
        """
        ships = max(1, len(self.problem.ships))
        hot = max(10.0 * self.problem.granularity, (self.best_cost - self.lower_alone) / ships)
        go_on: Any = kernels.anneal
        orders, runs = self.orders()
        picked, best, done = self.best.copy(), self.best.copy(), 0
        while done < iterations and not is_over():
            count = min(piece, iterations - done)
            go_on(
                self.options,
                self.cost,
                self.offsets,
                *self.shared,
                *self.rail,
                self.problem.unserved,
                *self.channel,
                orders,
                runs,
                picked,
                best,
                done,
                count,
                iterations,
                hot,
                hot / 30,
                max(FEWEST_TAKEN, ships * TAKEN_OF_12 // 12),
                self.random,
            )
            done += count
            self.offer(best)
        return done

    def rows(self) -> list[tuple[int, Array]]:
        """The ships that are served, by index, and the option each has."""
        return [(i, self.options[:, k]) for i, k in enumerate(self.best) if k >= 0]

    def __len__(self) -> int:
        return int(self.cost.size)
