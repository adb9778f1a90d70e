"""The moves of the search: a first order, one annealing, and the raising of the lower bound."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from cabria.planning.berth.discrete import kernels
from cabria.planning.berth.discrete.problem import FlatBerths, Orders
from cabria.planning.search.kernels import Array

ROUNDING = 1e-3
"""More than all floating-point error in a bound, less than what matters between whole numbers."""


def first_orders(flat: FlatBerths) -> Orders:
    """Ships by arrival, each at the berth where she is done first."""
    orders = Orders.empty(flat)
    free = flat.opening.copy()
    for ship in np.argsort(flat.arrival, kind="stable"):
        done = np.maximum(free, flat.arrival[ship]) + flat.times[ship]
        berth = int(np.argmin(np.where(flat.times[ship] > 0, done, kernels.FAR)))
        orders.append(int(ship), berth)
        free[berth] = done[berth]
    return orders


@dataclass
class Annealing:
    """One cooling over `iterations`, done in pieces so that it may be stopped; the best orders are kept."""

    flat: FlatBerths
    current: Orders
    best: Orders
    best_cost: int
    state: Array
    mix: tuple[float, float, float, float]

    def cool(self, iterations: int, piece: int, hot: float, cold: float, goes_on: Callable[[int], bool]) -> None:
        """`goes_on` is told how many iterations a piece had and asked whether there shall be another."""
        flat, rows = self.flat, self.current.sequence.shape
        done, price, spare = np.zeros(rows, np.int64), np.zeros(rows, np.int64), np.zeros(rows[1], np.int64)
        ended = 0
        while ended < iterations:
            count = min(piece, iterations - ended)
            warm, cool = (hot * (cold / hot) ** ((ended + more) / iterations) for more in (0, count))
            self.best_cost = kernels.anneal(
                flat.arrival, flat.opening, flat.times, flat.latest, self.current.sequence, self.current.count, done,
                price, self.best.sequence, self.best.count, spare, self.best_cost, count, flat.berths, warm, cool,
                np.array(self.mix), self.state,
            )  # fmt: skip
            ended += count
            if not goes_on(count):
                return


def worth_of_each(flat: FlatBerths, orders: Orders) -> Array:
    """What the berth of each ship would save without her: a first guess of the rewards."""
    worth = np.zeros(flat.ships)
    for berth in range(flat.berths):
        ships = orders.at(berth)
        whole = _cost_at(flat, berth, ships)
        for place, ship in enumerate(ships):
            worth[ship] = whole - _cost_at(flat, berth, ships[:place] + ships[place + 1 :])
    return worth


def _cost_at(flat: FlatBerths, berth: int, ships: list[int]) -> float:
    free, cost = flat.opening[berth], 0
    for ship in ships:
        free = max(free, flat.arrival[ship]) + flat.times[ship, berth]
        cost += free - flat.arrival[ship]
    return float(cost)


class RisingBound:
    """A Lagrangian lower bound: every ship offers a reward for a stay, every berth takes its cheapest way through time,
    and the rewards are moved until each ship is taken once (the dual of the time-indexed model of Kramer et al. 2019).

    Stays that no plan cheaper than `best_known` can have are left out on the way, so the bound holds for such plans
    only; `value` is therefore never above `best_known`, and reaching it proves that plan.
    """

    def __init__(self, flat: FlatBerths, orders: Orders, best_known: int) -> None:
        self._flat = flat
        self._best_known = best_known
        self._earliest = np.ascontiguousarray(np.maximum(flat.arrival[:, None], flat.opening[None, :]))
        self._latest = flat.latest.copy()
        self._ends = np.maximum(np.where(flat.times > 0, flat.latest, 0).max(axis=0), flat.opening)
        span = int((self._ends - flat.opening).max())
        self._value = np.zeros((flat.berths, span + 1))
        self._last = np.zeros((flat.berths, span + 1), np.int64)
        self._onward = np.zeros(span + 1)
        self._reward = 0.7 * worth_of_each(flat, orders)
        self._best_reward = self._reward.copy()
        self._direction = np.zeros(flat.ships)
        self._mean_start = np.zeros(flat.ships)
        self._visits, self._starts, self._spare = (np.zeros(flat.ships, np.int64) for _ in range(3))
        self._memory = np.array([-np.inf, 1.0, 0.0, -np.inf])
        self.stays: list[tuple[int, int, int]] | None = None
        self._index()

    @property
    def value(self) -> int:
        """A whole number that no plan's cost lies below."""
        raised = self._memory[0]
        return 0 if raised < 0 else min(self._best_known, int(np.ceil(raised - ROUNDING)))

    @property
    def is_at_its_end(self) -> bool:
        return self.value >= self._best_known or bool(self._memory[1] < 0.01)

    def lower(self, best_known: int) -> None:
        """A better plan is known."""
        self._best_known = min(best_known, self._best_known)

    def rise(self, steps: int) -> None:
        """That many subgradient steps, then leave out the stays that are now proven useless."""
        flat = self._flat
        kernels.raise_bound(
            flat.opening, self._ends, flat.arrival, flat.times, self._earliest, self._latest, self._reward,
            self._best_reward, self._direction, self._by_arrival, self._members, self._spare, self._value, self._last,
            self._visits, self._starts, self._mean_start, float(self._best_known), self._memory, steps,
        )  # fmt: skip
        if self.value < self._best_known:
            self._leave_out_useless(0)

    def open_stays(self, most: int) -> list[tuple[int, int, int]] | None:
        """All stays (ship, berth, start) that a cheaper plan could have; None when there are more than `most`."""
        return self._leave_out_useless(most)

    def _leave_out_useless(self, most: int) -> list[tuple[int, int, int]] | None:
        flat = self._flat
        slack = self._best_known - 1 + ROUNDING - self._memory[0]
        found = np.zeros(most, np.int64)
        stays: list[tuple[int, int, int]] = []
        count = 0
        for berth in range(flat.berths):
            begin, end = int(flat.opening[berth]), int(self._ends[berth])
            given = (flat.arrival, flat.times, self._earliest, self._latest, self._best_reward)
            kernels.cheapest_way(
                berth, begin, end, *given, self._by_arrival, self._members, self._spare, self._value, self._last,
                self._visits, self._starts,
            )  # fmt: skip
            first, final = np.zeros(flat.ships, np.int64), np.zeros(flat.ships, np.int64)
            here = kernels.useful_starts(
                berth, begin, end, *given, self._by_arrival, self._members, self._value, self._onward, slack, found,
                first, final,
            )  # fmt: skip
            count += here
            stays += [(int(code) >> 32, berth, int(code) & 0xFFFFFFFF) for code in found[: min(here, most)]]
            ships = self._by_arrival[berth, : self._members[berth]]
            self._earliest[ships, berth] = np.maximum(self._earliest[ships, berth], first[ships])
            self._latest[ships, berth] = np.minimum(self._latest[ships, berth], final[ships])
            self._ends[berth] = min(end, max(begin, int(final[ships].max(initial=begin))))
        self._index()
        return stays if count <= most else None

    def _index(self) -> None:
        flat = self._flat
        self._by_arrival = np.zeros((flat.berths, flat.ships), np.int64)
        self._members = np.zeros(flat.berths, np.int64)
        fits = (flat.times > 0) & (self._earliest + flat.times <= self._latest)
        for berth in range(flat.berths):
            ships = np.flatnonzero(fits[:, berth])
            ships = ships[np.argsort(self._earliest[ships, berth], kind="stable")]
            self._by_arrival[berth, : len(ships)] = ships
            self._members[berth] = len(ships)
