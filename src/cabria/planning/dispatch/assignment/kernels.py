"""Shortest augmenting paths over a dense cost table, with prices kept from tick to tick.

Rows are the scarcer side. Row r is matched with column `column_of[r]`, -1 when it is left; `row_of` is the inverse.
Prices of rows and columns hold `row_price[r] + column_price[c] <= cost[r, c]` and `row_price[r] <= leave` throughout;
column prices are never above 0, and 0 on free columns. Matched pairs, and left rows against `leave`, hold equality.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numba import njit

FORBIDDEN = 1 << 60
"""In a cost table: this pair may not be. Far above any sum of costs, far below what an int64 holds."""
_FREE = -1
_PASSES = 2


@njit("int64(int64[:,::1], int64, int64[::1], int64[::1], int64[::1], int64[::1])", cache=True, nogil=True)
def repair(cost: Any, leave: int, row_price: Any, column_price: Any, column_of: Any, row_of: Any) -> Any:
    """Keep of an old matching and its column prices what still holds under these costs; how many rows stay matched.

    In: a matching and column prices at most 0. Out: all that the module promises, with some rows unmatched.
    """
    rows, columns = cost.shape
    freed = np.empty(columns, np.int64)
    many = 0
    for c in range(columns):
        if row_of[c] == _FREE:
            column_price[c] = 0
    for r in range(rows):
        price = leave
        for c in range(columns):
            price = min(price, cost[r, c] - column_price[c])
        row_price[r] = price
    for r in range(rows):
        c = column_of[r]
        if c != _FREE and cost[r, c] - column_price[c] > row_price[r]:
            column_of[r] = _FREE
            row_of[c] = _FREE
            freed[many] = c
            many += 1
    while many > 0:
        many -= 1
        c = freed[many]
        if column_price[c] == 0:
            continue
        column_price[c] = 0
        for r in range(rows):
            if cost[r, c] < row_price[r]:
                row_price[r] = cost[r, c]
                own = column_of[r]
                if own != _FREE:
                    column_of[r] = _FREE
                    row_of[own] = _FREE
                    freed[many] = own
                    many += 1
    matched = 0
    for r in range(rows):
        if column_of[r] != _FREE:
            matched += 1
    return matched


@njit("void(int64[:,::1], int64, int64[::1], int64[::1], int64[::1], int64[::1])", cache=True, nogil=True)
def bid(cost: Any, leave: int, row_price: Any, column_price: Any, column_of: Any, row_of: Any) -> None:
    """Unmatched rows take their cheapest column and lower its price to their second choice, driving out who was there
    (augmenting row reduction, Jonker and Volgenant 1987). Two passes; whoever is still unmatched is left to `augment`.
    """
    rows, columns = cost.shape
    waiting = np.empty(rows, np.int64)
    many = 0
    for r in range(rows):
        if column_of[r] == _FREE:
            waiting[many] = r
            many += 1
    for _ in range(_PASSES):
        asked = many
        many = 0
        place = 0
        budget = 4 * asked
        while place < asked:
            r = waiting[place]
            place += 1
            first = leave
            second = leave
            best = _FREE
            for c in range(columns):
                price = cost[r, c] - column_price[c]
                if price < second:
                    if price < first:
                        second = first
                        first = price
                        best = c
                    else:
                        second = price
            row_price[r] = second if best != _FREE else leave
            if best == _FREE:
                continue
            before = row_of[best]
            if first == second and before != _FREE:
                row_price[r] = first
                waiting[many] = r
                many += 1
                continue
            column_price[best] -= second - first
            column_of[r] = best
            row_of[best] = r
            if before != _FREE:
                column_of[before] = _FREE
                budget -= 1
                if budget > 0 and first < second:
                    place -= 1
                    waiting[place] = before
                else:
                    waiting[many] = before
                    many += 1


@njit("int64(int64[:,::1], int64, int64[::1], int64[::1], int64[::1], int64[::1])", cache=True, nogil=True)
def augment(cost: Any, leave: int, row_price: Any, column_price: Any, column_of: Any, row_of: Any) -> Any:
    """Match or leave every unmatched row by a shortest path (Edmonds and Karp 1972, Tomizawa 1971); how many paths."""
    rows, columns = cost.shape
    distance = np.empty(columns, np.int64)
    came_from = np.empty(columns, np.int64)
    open_columns = np.empty(columns, np.int64)
    reached_rows = np.empty(rows, np.int64)
    reached_at = np.empty(rows, np.int64)
    done_columns = np.empty(columns, np.int64)
    paths = 0
    for root in range(rows):
        if column_of[root] != _FREE:
            continue
        price = leave
        for c in range(columns):
            distance[c] = FORBIDDEN
            open_columns[c] = c
            price = min(price, cost[root, c] - column_price[c])
        row_price[root] = price
        if price == leave:
            continue
        paths += 1
        still_open = columns
        row = root
        at = 0
        reached = 0
        done = 0
        leave_at = FORBIDDEN
        leave_row = _FREE
        end = _FREE
        while True:
            reached_rows[reached] = row
            reached_at[reached] = at
            reached += 1
            if at + leave - row_price[row] < leave_at:
                leave_at = at + leave - row_price[row]
                leave_row = row
            nearest = FORBIDDEN
            place = _FREE
            shift = at - row_price[row]
            for k in range(still_open):
                c = open_columns[k]
                reach = shift + cost[row, c] - column_price[c]
                if reach < distance[c]:
                    distance[c] = reach
                    came_from[c] = row
                if distance[c] < nearest or (distance[c] == nearest and row_of[c] == _FREE):
                    nearest = distance[c]
                    place = k
            if leave_at <= nearest:
                at = leave_at
                break
            c = open_columns[place]
            at = nearest
            if row_of[c] == _FREE:
                end = c
                break
            still_open -= 1
            open_columns[place] = open_columns[still_open]
            done_columns[done] = c
            done += 1
            row = row_of[c]
        for k in range(done):
            c = done_columns[k]
            column_price[c] += distance[c] - at
        for k in range(reached):
            row_price[reached_rows[k]] += at - reached_at[k]
        if end == _FREE:
            if leave_row == root:
                continue
            end = column_of[leave_row]
            column_of[leave_row] = _FREE
        while True:
            row = came_from[end]
            row_of[end] = row
            before = column_of[row]
            column_of[row] = end
            if row == root:
                break
            end = before
    return paths


@njit("int64(int64[:,::1], int64, int64[::1])", cache=True, nogil=True)
def bound_of(cost: Any, leave: int, column_price: Any) -> Any:
    """No matching costs less than this, whatever the column prices, as long as none is above 0 (weak duality)."""
    rows, columns = cost.shape
    total = 0
    for c in range(columns):
        total += column_price[c]
    for r in range(rows):
        price = leave
        for c in range(columns):
            price = min(price, cost[r, c] - column_price[c])
        total += price
    return total
