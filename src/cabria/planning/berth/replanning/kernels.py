"""Hot loops of berth replanning, on flat arrays of int64 as `problem.FlatWeek` describes them.

`row[ship]` is the chosen row of the choices, `place[ship]` the first section counted from 0; -1 while not on the quay.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numba import njit

from cabria.planning.search.kernels import Array, random_below, random_share

NOWHERE = 1 << 50
_QUICK: dict[str, Any] = {"cache": True, "nogil": True, "_nrt": False}


@njit(
    "void(int64, int64, int64, int64, int64[::1], int64[::1], int64[::1], int64[::1], int64[::1], int64[::1],"
    " int64[::1], int64[:,::1])",
    **_QUICK,
)
def occupy(
    ship: int, row: int, place: int, sign: int, start: Array, cranes: Array, worked: Array, end: Array,
    sections: Array, pool: Array, moves_left: Array, taken: Array,
) -> Any:  # fmt: skip
    """Put a ship on the quay (`sign` 1) or take her away (-1)."""
    moves_left[start[row]] -= sign
    moves_left[end[row]] -= sign
    for hour in range(start[row], worked[row]):
        pool[hour] -= sign * cranes[row]
    for hour in range(start[row], end[row]):
        for section in range(place, place + sections[ship]):
            taken[hour, section] += sign


@njit(
    "boolean(int64, int64[::1], int64[::1], int64[::1], int64[::1], int64[::1], int64[::1])",
    **_QUICK,
)
def may_be_worked(
    row: int, start: Array, cranes: Array, worked: Array, end: Array, pool: Array, moves_left: Array
) -> Any:
    """Whether cranes and movements allow a choice, wherever the ship lies."""
    if moves_left[start[row]] < 1 or moves_left[end[row]] < 1:
        return False
    for hour in range(start[row], worked[row]):
        if pool[hour] < cranes[row]:
            return False
    return True


@njit("boolean(int64, int64, int64, int64[::1], int64[::1], int64[::1], int64[:,::1])", **_QUICK)
def is_free(ship: int, row: int, place: int, start: Array, end: Array, sections: Array, taken: Array) -> Any:
    for hour in range(start[row], end[row]):
        for section in range(place, place + sections[ship]):
            if taken[hour, section] > 0:
                return False
    return True


@njit(
    "int64(int64, float64, int64[::1], int64[::1], int64[::1], int64[::1], int64[::1], int64[::1], int64[:,::1],"
    " int64[::1], int64[::1], int64[:,::1], int64[::1], int64[::1], int64[:,::1], int64[::1], int64[::1], uint64[::1])",
    **_QUICK,
)
def insert_cheapest(
    ship: int, blink: float, first: Array, start: Array, cranes: Array, worked: Array, end: Array, cost: Array,
    places: Array, place_count: Array, sections: Array, place_price: Array, pool: Array, moves_left: Array,
    taken: Array, row: Array, place: Array, state: Array,
) -> Any:  # fmt: skip
    """Give a ship the cheapest choice and place that is free, and occupy it; its price, NOWHERE when there is none.

    `places[ship]` are in the order of `place_price[ship]`. Each free spot is passed over with probability `blink`.
    """
    best, best_row, best_place = NOWHERE, -1, -1
    for r in range(first[ship], first[ship + 1]):
        if cost[r] >= best:
            break
        if not may_be_worked(r, start, cranes, worked, end, pool, moves_left):
            continue
        for k in range(place_count[ship]):
            price = cost[r] + place_price[ship, k]
            if price >= best:
                break
            if not is_free(ship, r, places[ship, k], start, end, sections, taken):
                continue
            if blink > 0.0 and random_share(state) < blink:
                continue
            best, best_row, best_place = price, r, places[ship, k]
    if best_row >= 0:
        row[ship] = best_row
        place[ship] = best_place
        occupy(
            ship, best_row, best_place, 1, start, cranes, worked, end, sections, pool, moves_left, taken
        )  # fmt: skip
    return best


@njit(
    "int64(int64[::1], int64[::1], int64[::1], int64[::1], int64[::1], int64[::1], int64[:,::1], int64[::1],"
    " int64[::1], int64[:,::1], int64[::1], int64[::1], int64[:,::1], int64[::1], int64[::1], int64[::1], int64[::1],"
    " int64[::1], int64[::1], int64[::1], int64[::1], int64[::1], int64[::1], int64, int64, float64, float64,"
    " float64,"
    " uint64[::1])",
    **_QUICK,
)
def remove_and_insert(
    first: Array, start: Array, cranes: Array, worked: Array, end: Array, cost: Array, places: Array,
    place_count: Array, sections: Array, place_price: Array, pool: Array, moves_left: Array, taken: Array, row: Array,
    place: Array, old_row: Array, old_place: Array, paid: Array, price: Array, order: Array, best_row: Array,
    best_place: Array, best: Array, rounds: int, most_removed: int, blink: float, hot: float, cold: float, state: Array,
) -> Any:  # fmt: skip
    """Rounds of taking away some ships that lie near each other in time and putting them back one after another.

    Simulated annealing from `hot` to `cold` decides whether a round is kept. `price[ship]` is the present price of
    each; `best[0]` the total of `best_row` and `best_place`, which are kept up to date. Returns the present total.
    """
    ships = sections.shape[0]
    total = 0
    for ship in range(ships):
        total += price[ship]
    heat = hot
    cooling = (cold / hot) ** (1.0 / max(rounds, 1))
    for _ in range(rounds):
        heat *= cooling
        allowed = np.int64(-heat * np.log(random_share(state) + 1e-300))
        wanted = min(ships, 1 + random_below(state, most_removed))
        seed = random_below(state, ships)
        count = 0
        order[0] = seed
        count = 1
        reach = 1 + random_below(state, 40)
        tries = 0
        while count < wanted and tries < 8 * wanted:
            tries += 1
            other = random_below(state, ships)
            near = start[row[other]] - reach <= end[row[seed]] and end[row[other]] + reach >= start[row[seed]]
            known = False
            for k in range(count):
                known = known or order[k] == other
            if near and not known:
                order[count] = other
                count += 1
        before = 0
        for k in range(count):
            ship = order[k]
            before += price[ship]
            old_row[k] = row[ship]
            old_place[k] = place[ship]
            occupy(ship, row[ship], place[ship], -1, start, cranes, worked, end, sections, pool, moves_left, taken)
        for k in range(count - 1, 0, -1):
            other = random_below(state, k + 1)
            order[k], order[other] = order[other], order[k]
            old_row[k], old_row[other] = old_row[other], old_row[k]
            old_place[k], old_place[other] = old_place[other], old_place[k]
        after = 0
        placed = 0
        while placed < count and after <= before + allowed:
            ship = order[placed]
            paid[placed] = insert_cheapest(
                ship, blink, first, start, cranes, worked, end, cost, places, place_count, sections, place_price,
                pool, moves_left, taken, row, place, state,
            )  # fmt: skip
            if paid[placed] >= NOWHERE:
                after = NOWHERE
                break
            after += paid[placed]
            placed += 1
        if placed == count and after <= before + allowed:
            for k in range(count):
                ship = order[k]
                price[ship] = paid[k]
            total += after - before
            if total < best[0]:
                best[0] = total
                for ship in range(ships):
                    best_row[ship] = row[ship]
                    best_place[ship] = place[ship]
            continue
        for k in range(placed):
            ship = order[k]
            occupy(ship, row[ship], place[ship], -1, start, cranes, worked, end, sections, pool, moves_left, taken)
        for k in range(count):
            ship = order[k]
            row[ship] = old_row[k]
            place[ship] = old_place[k]
            occupy(ship, row[ship], place[ship], 1, start, cranes, worked, end, sections, pool, moves_left, taken)
    return total
