"""What is given and what is sought, and the flat arrays that the kernels work on."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from cabria.domain.berth_replanning import BerthWeek, BlockKind, QuayShip, Stay
from cabria.planning.search.kernels import Array

WeekPlan = tuple[Stay, ...]


@dataclass(frozen=True, slots=True)
class Choice:
    """Berthing at `start` with `cranes`: work until `worked`, departure at `end`, and its price but for the place."""

    start: int
    cranes: int
    worked: int
    end: int
    cost: int


def choices_of(week: BerthWeek, ship: QuayShip, last_start: int, most_cost: float = float("inf")) -> list[Choice]:
    """Every start until `last_start` with every number of cranes that is permitted for the ship alone, cheapest first,
    among equals the earliest departure and then the usual number of cranes.
    """
    closed = closed_hours(week, ship)
    found = []
    for start in range(ship.arrival, last_start + 1):
        if any(begin <= start < end for begin, end in closed):
            continue
        missed = 0 if ship.berth_deadline is None else ship.deadline_penalty * max(0, start - ship.berth_deadline)
        if missed > most_cost:
            break
        for cranes in range(ship.min_cranes, min(ship.max_cranes, week.crane_pool) + 1):
            worked = start + max(1, -(-ship.workload // cranes))
            end = next((until for begin, until in closed if begin <= worked < until), worked)
            cost = missed + ship.sections * ship.weight * max(0, end - ship.due)
            if cost <= most_cost:
                found.append(Choice(start, cranes, worked, end, cost))
    usual = ship.std_cranes
    return sorted(found, key=lambda c: (c.cost, c.end, abs(c.cranes - usual), c.start, c.cranes))


def closed_hours(week: BerthWeek, ship: QuayShip) -> list[tuple[int, int]]:
    """When a ship may neither berth nor leave, merged and in order."""
    merged: list[tuple[int, int]] = []
    for start, end in sorted((w.start, w.end) for w in week.no_moves if ship.length_cm >= w.min_length_cm):
        if merged and start <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(end, merged[-1][1]))
        else:
            merged.append((start, end))
    return merged


def last_hour(week: BerthWeek) -> int:
    """An hour by which all ships, one after another, could be gone."""
    known = [ship.arrival for ship in week.ships] + [block.end for block in week.blocks]
    known += [o.end for o in week.crane_outages] + [w.end for w in week.no_moves]
    work = sum(max(1, -(-ship.workload // ship.min_cranes)) + 1 for ship in week.ships)
    return max(known) + work + 2


@dataclass(frozen=True)
class ReplanProblem:
    """A week, and the plan that was valid until now with the week that it was made for (None: there was none).

    Of two plans that cost the same, the one with fewer changes to `before` is better.
    """

    week: BerthWeek
    before: WeekPlan | None = None
    before_week: BerthWeek | None = None


CHANGE_UNITS = 2_048
"""A cost of 1 in the units of the kernels; each ship whose time or place changes costs a unit or two."""


@dataclass
class FlatWeek:
    """Choices of all ships one after another: those of ship k are rows `first[k]` to before `first[k + 1]`.

    `places[k]` are the sections, from 0, in which it may lie, `place_price[k]` what they cost, cheapest first,
    `place_count[k]` of them. `pool[hour]`, `moves_left[hour]` and `taken[hour, section]` are the quay without ships.
    """

    week: BerthWeek
    choices: list[list[Choice]]
    first: Array
    start: Array
    cranes: Array
    worked: Array
    end: Array
    cost: Array
    places: Array
    place_price: Array
    place_count: Array
    sections: Array
    pool: Array
    moves_left: Array
    taken: Array

    @classmethod
    def of(cls, problem: ReplanProblem, choices: list[list[Choice]]) -> FlatWeek:
        week, old = problem.week, {stay.ship: stay for stay in problem.before or ()}
        hours = 2 + max([c.end for each in choices for c in each] + [b.end for b in week.blocks])
        rows = [choice for each in choices for choice in each]
        start, cranes, worked, end, cost = (
            np.array([getattr(c, name) for c in rows], np.int64)
            for name in ("start", "cranes", "worked", "end", "cost")
        )
        first = np.cumsum([0, *(len(each) for each in choices)]).astype(np.int64)
        cost *= CHANGE_UNITS
        for k, ship in enumerate(week.ships):
            if (stay := old.get(ship.id)) is not None:
                here = slice(first[k], first[k + 1])
                cost[here] += (start[here] != stay.start) | (cranes[here] != stay.cranes)
        order = np.concatenate([np.argsort(cost[a:b], kind="stable") + a for a, b in pairwise(first)])
        start, cranes, worked, end, cost = (column[order] for column in (start, cranes, worked, end, cost))
        sections = np.array([ship.sections for ship in week.ships], np.int64)
        places, place_price, place_count = _places(week, old)
        pool, moves_left, taken = _empty_quay(week, hours)
        return cls(
            week, choices, first, start, cranes, worked, end, cost, places, place_price, place_count, sections, pool,
            moves_left, taken,
        )  # fmt: skip

    def plan(self, row: Array, place: Array) -> WeekPlan:
        """The stays for each ship's row of choice and place."""
        return tuple(
            Stay(ship.id, self.week.first_section + int(place[k]), int(self.start[row[k]]), int(self.cranes[row[k]]))
            for k, ship in enumerate(self.week.ships)
        )

    def row_of(self, ship: int, stay: Stay) -> int:
        """The row of a stay among its ship's choices; -1 when it is no longer one."""
        here = slice(self.first[ship], self.first[ship + 1])
        same = np.flatnonzero((self.start[here] == stay.start) & (self.cranes[here] == stay.cranes))
        return int(self.first[ship] + same[0]) if len(same) else -1


def _places(week: BerthWeek, old: Mapping[int, Stay]) -> tuple[Array, Array, Array]:
    width = week.last_section - week.first_section + 1
    places, prices = (np.zeros((len(week.ships), width), np.int64) for _ in range(2))
    counts = np.zeros(len(week.ships), np.int64)
    for k, ship in enumerate(week.ships):
        planned = None if ship.planned_section is None else ship.planned_section - week.first_section
        lay = old[ship.id].section - week.first_section if ship.id in old else None
        wanted = next((known for known in (lay, planned) if known is not None), 0)
        priced = []
        for place in range(width - ship.sections + 1):
            price = CHANGE_UNITS * week.move_penalty * (planned not in (None, place)) + (lay not in (None, place))
            priced.append((price, abs(place - wanted), place))
        priced.sort()
        counts[k] = len(priced)
        places[k, : len(priced)] = [place for _, _, place in priced]
        prices[k, : len(priced)] = [price for price, _, _ in priced]
    return places, prices, counts


def _empty_quay(week: BerthWeek, hours: int) -> tuple[Array, Array, Array]:
    pool = np.full(hours, week.crane_pool, np.int64)
    moves_left = np.full(hours, week.max_moves_per_hour, np.int64)
    taken = np.zeros((hours, week.last_section - week.first_section + 1), np.int64)
    for outage in week.crane_outages:
        pool[outage.start : outage.end] -= outage.cranes
    for block in week.blocks:
        low = max(0, block.first - week.first_section)
        taken[block.start : block.end, low : max(0, block.last - week.first_section + 1)] += 1
        if block.kind is BlockKind.ALONGSIDE:
            pool[block.start : block.end] -= block.cranes
            moves_left[block.end] -= 1
    return pool, moves_left, taken
