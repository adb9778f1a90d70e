"""The moves of the search: keep what can be kept, put the others where they cost least, take away and put back."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from cabria.planning.berth.replanning import kernels
from cabria.planning.berth.replanning.problem import (
    CHANGE_UNITS,
    FlatWeek,
    ReplanProblem,
    WeekPlan,
    choices_of,
    last_hour,
)
from cabria.planning.search.kernels import Array

USUAL_WAIT_H = 100
"""Choices reach so many hours after arrival, as long as that leaves room for all ships."""


@dataclass
class Quay:
    """A quay with some ships on it. `row` and `place` are -1 for ships that are not; `price` is in CHANGE_UNITS."""

    flat: FlatWeek
    row: Array = field(init=False)
    place: Array = field(init=False)
    price: Array = field(init=False)

    def __post_init__(self) -> None:
        ships = len(self.flat.week.ships)
        self.row, self.place = np.full(ships, -1, np.int64), np.full(ships, -1, np.int64)
        self.price = np.zeros(ships, np.int64)
        self._pool, self._moves_left = self.flat.pool.copy(), self.flat.moves_left.copy()
        self._taken = self.flat.taken.copy()

    @property
    def plan(self) -> WeekPlan:
        return self.flat.plan(self.row, self.place)

    @property
    def total(self) -> int:
        return int(self.price.sum())

    def keep(self, ship: int, row: int, place: int) -> bool:
        """Put a ship there if sections, cranes and movements allow it."""
        flat = self.flat
        where = np.flatnonzero(flat.places[ship, : flat.place_count[ship]] == place)
        times = (flat.start, flat.cranes, flat.worked, flat.end)
        if not len(where) or not kernels.may_be_worked(row, *times, self._pool, self._moves_left):
            return False
        if not kernels.is_free(ship, row, place, flat.start, flat.end, flat.sections, self._taken):
            return False
        kernels.occupy(ship, row, place, 1, *times, flat.sections, self._pool, self._moves_left, self._taken)
        self.row[ship], self.place[ship] = row, place
        self.price[ship] = flat.cost[row] + flat.place_price[ship, where[0]]
        return True

    def take(self, plan: WeekPlan) -> bool:
        """Put all ships of a plan on the empty quay; whether each has a choice for it."""
        rows = [self.flat.row_of(ship, stay) for ship, stay in enumerate(plan)]
        first = self.flat.week.first_section
        return all(row >= 0 and self.keep(k, row, plan[k].section - first) for k, row in enumerate(rows))

    def insert(self, ship: int, state: Array) -> bool:
        """Put a ship where it costs least; whether there is such a place."""
        given: Any = (ship, 0.0, *self._arrays(), state)
        self.price[ship] = kernels.insert_cheapest(*given)
        return bool(self.price[ship] < kernels.NOWHERE)

    def anneal(self, rounds: int, removed: int, blink: float, heat: tuple[float, float], state: Array) -> Quay:
        """The best plan on the way of one annealing that starts here; this quay is left as it ended."""
        row, place, total = self.row.copy(), self.place.copy(), np.array([self.total], np.int64)
        old_row, old_place, paid, order = (np.zeros(len(row), np.int64) for _ in range(4))
        given: Any = (
            *self._arrays(), old_row, old_place, paid, self.price, order, row, place, total, rounds, removed, blink,
            heat[0] * CHANGE_UNITS, heat[1] * CHANGE_UNITS, state,
        )  # fmt: skip
        kernels.remove_and_insert(*given)
        best = Quay(self.flat)
        for ship in range(len(row)):
            if not best.keep(ship, int(row[ship]), int(place[ship])):
                raise AssertionError("The search ended in a plan that is not possible.")
        return best

    def _arrays(self) -> tuple[Array, ...]:
        flat = self.flat
        return (
            flat.first, flat.start, flat.cranes, flat.worked, flat.end, flat.cost, flat.places, flat.place_count,
            flat.sections, flat.place_price, self._pool, self._moves_left, self._taken, self.row, self.place,
        )  # fmt: skip


def first_plan(problem: ReplanProblem, state: Array) -> Quay:
    """At once: every ship stays where the old plan has her as long as that is possible, the others one by one, by
    arrival, where they cost least.
    """
    week = problem.week
    for wait in (USUAL_WAIT_H, last_hour(week)):
        choices = [choices_of(week, ship, ship.arrival + wait) for ship in week.ships]
        if not all(choices):
            continue
        quay = Quay(FlatWeek.of(problem, choices))
        stays = {stay.ship: stay for stay in problem.before or ()}
        by_arrival = sorted(range(len(week.ships)), key=lambda k: (week.ships[k].arrival, k))
        left = []
        for k in by_arrival:
            stay = stays.get(week.ships[k].id)
            row = -1 if stay is None else quay.flat.row_of(k, stay)
            if stay is None or row < 0 or not quay.keep(k, row, stay.section - week.first_section):
                left.append(k)
        if _insert_all(quay, left, state):
            return quay
    raise AssertionError("A ship found no place, although all ships could come one after another.")


def _insert_all(quay: Quay, ships: Sequence[int], state: Array) -> bool:
    return all(quay.insert(ship, state) for ship in ships)
