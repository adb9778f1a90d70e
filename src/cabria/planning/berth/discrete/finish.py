"""The exact end game: the time-indexed model over the few stays that are left, by HiGHS."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.optimize import LinearConstraint, milp
from scipy.sparse import csr_array

from cabria.planning.berth.discrete.problem import FlatBerths, Orders

Stay = tuple[int, int, int]
"""Ship, berth, start."""


@dataclass(frozen=True, slots=True)
class Finish:
    """`orders` are those of a cheapest plan among the stays, None when there is none or time ran out before one was
    found. `bound` is a lower bound on such plans: infinite when there are none.
    """

    orders: Orders | None
    bound: float
    complete: bool


def cheapest_plan(flat: FlatBerths, stays: list[Stay], seconds: float) -> Finish:
    """Each ship one stay; each berth a way through its time made of stays and of waiting."""
    ship, berth, start = (np.array(column, np.int64) for column in zip(*stays, strict=True))
    if len(np.unique(ship)) < flat.ships:
        return Finish(None, float("inf"), True)
    end = start + flat.times[ship, berth]
    cost = (end - flat.arrival[ship]).astype(float)
    matrix, low, high = _rows(flat, ship, berth, start, end)
    waits = matrix.shape[1] - len(stays)
    solved = milp(
        np.concatenate([cost, np.zeros(waits)]),
        constraints=LinearConstraint(matrix, low, high),
        integrality=np.concatenate([np.ones(len(stays)), np.zeros(waits)]),
        bounds=(0, 1),
        options={"time_limit": seconds},
    )
    if solved.status == 2:
        return Finish(None, float("inf"), True)
    bound = -np.inf if solved.mip_dual_bound is None else float(solved.mip_dual_bound)
    if solved.x is None:
        return Finish(None, bound, False)
    orders = Orders.empty(flat)
    for k in sorted(np.flatnonzero(solved.x[: len(stays)] > 0.5), key=lambda k: (start[k], end[k])):
        orders.append(int(ship[k]), int(berth[k]))
    return Finish(orders, bound, solved.status == 0)


def _rows(
    flat: FlatBerths, ship: np.ndarray, berth: np.ndarray, start: np.ndarray, end: np.ndarray
) -> tuple[csr_array, np.ndarray, np.ndarray]:
    """One row a ship, then one row an event of a berth: what arrives there goes on from there."""
    columns = np.arange(len(ship))
    entries = [(ship, columns, np.ones(len(ship)))]
    high = [1.0] * flat.ships
    row, column = flat.ships, len(ship)
    for each in range(flat.berths):
        here = np.flatnonzero(berth == each)
        if not len(here):
            continue
        events = np.unique(np.concatenate([start[here], end[here]]))
        entries.append((row + np.searchsorted(events, start[here]), here, np.ones(len(here))))
        entries.append((row + np.searchsorted(events, end[here]), here, -np.ones(len(here))))
        waits = np.arange(len(events) - 1)
        entries.append((row + waits, column + waits, np.ones(len(waits))))
        entries.append((row + waits + 1, column + waits, -np.ones(len(waits))))
        high += [1.0, *[0.0] * (len(events) - 2), -1.0]
        row, column = row + len(events), column + len(waits)
    rows, cols, values = (np.concatenate(parts) for parts in zip(*entries, strict=True))
    sides = np.array(high)
    return csr_array((values, (rows, cols)), shape=(row, column)), sides, sides
