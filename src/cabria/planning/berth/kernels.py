"""The hot loops: pricing quay and cranes by Lagrange multipliers, and annealing over the options of ships.

Flat arrays: options are six int32 rows with one column each (see `options.START` and so on), those of ship i in
columns `offsets[i]` to `offsets[i + 1] - 1`, cheapest first; `cost` is theirs. `width` is in cells, times are steps.
`picked[i]` is the column ship i has, -1 when she is left out. `reach` is [ship, cell, crane], empty when every crane
reaches everything; `in_order` is [step, crane]; `moved_before` are movements of ships that are no longer planned.
"""

from __future__ import annotations

from math import exp, log
from typing import Any

import numpy as np
from numba import njit

from cabria.planning.search.kernels import random_below, random_share

Array = np.ndarray[Any, np.dtype[Any]]

START, END, FIRST, LAST, CRANES, CELL = 0, 1, 2, 3, 4, 5


@njit("void(float64[::1], float64[:, ::1], uint8[:, ::1], float64[:, ::1], float64[:, ::1])", cache=True, nogil=True)
def sum_up(crane_price: Array, quay_price: Array, idle: Array, by_ship: Array, by_area: Array) -> None:
    """Running sums of the prices: of cranes over the steps in which a ship can be worked, of quay over areas."""
    steps, cells = quay_price.shape
    for i in range(idle.shape[0]):
        for t in range(steps):
            by_ship[i, t + 1] = by_ship[i, t] + (0.0 if idle[i, t] else crane_price[t])
    for t in range(steps):
        row = 0.0
        for x in range(cells):
            row += quay_price[t, x]
            by_area[t + 1, x + 1] = by_area[t, x + 1] + row


@njit(
    "void(int32[:, ::1], int64[::1], int64[::1], int64[::1], float64[:, ::1], float64[:, ::1], float64[::1])",
    cache=True,
    nogil=True,
)
def reduced_costs(
    options: Array, cost: Array, offsets: Array, width: Array, by_ship: Array, by_area: Array, out: Array
) -> None:
    """What each option costs with the prices of what it takes."""
    for i in range(width.shape[0]):
        for k in range(offsets[i], offsets[i + 1]):
            s, e, p, q = options[START, k], options[END, k], options[CELL, k], options[CELL, k] + width[i]
            quay = by_area[e, q] - by_area[s, q] - by_area[e, p] + by_area[s, p]
            crane = by_ship[i, options[LAST, k]] - by_ship[i, options[FIRST, k]]
            out[k] = cost[k] + options[CRANES, k] * crane + quay


@njit(
    "float64(int32[:, ::1], int64[::1], int64[::1], int64[::1], uint8[:, ::1], int64[::1], int64[::1], int64, float64, "
    "float64[::1], float64[::1], float64[:, ::1], float64[::1], float64[:, ::1], float64[::1], float64[:, ::1], "
    "float64[::1])",
    cache=True,
    nogil=True,
)
def climb(
    options: Array,
    cost: Array,
    offsets: Array,
    width: Array,
    idle: Array,
    capacity: Array,
    unserved: Array,
    steps_to_do: int,
    target: float,
    pace: Array,
    crane_price: Array,
    quay_price: Array,
    along_crane: Array,
    along_quay: Array,
    best_crane_price: Array,
    best_quay_price: Array,
    best_least: Array,
) -> Any:
    """Raise the Lagrangian bound by subgradient steps and return the best one; its prices and the least reduced cost
    of each ship are left in the last three arrays.

    `pace` holds the step factor, the best bound so far and the steps since it rose, `along_crane` and `along_quay` the
    last direction, so that the next call goes on (Camerini, Fratta and Maffioli 1975: each direction leans on the one
    before).
    """
    ships = width.shape[0]
    steps, cells = quay_price.shape
    by_ship = np.zeros((ships, steps + 1))
    by_area = np.zeros((steps + 1, cells + 1))
    crane_use = np.zeros(steps)
    quay_use = np.zeros((steps, cells))
    chosen = np.zeros(ships, np.int64)
    least = np.zeros(ships)
    factor, best, without_gain = pace[0], pace[1], int(pace[2])
    for _ in range(steps_to_do):
        sum_up(crane_price, quay_price, idle, by_ship, by_area)
        bound = 0.0
        for t in range(steps):
            bound -= capacity[t] * crane_price[t]
        bound -= by_area[steps, cells]
        for i in range(ships):
            lowest, at = float(unserved[i]), -1
            w = width[i]
            for k in range(offsets[i], offsets[i + 1]):
                if cost[k] >= lowest:
                    break
                s, e, p = options[START, k], options[END, k], options[CELL, k]
                value = cost[k] + options[CRANES, k] * (by_ship[i, options[LAST, k]] - by_ship[i, options[FIRST, k]])
                value += by_area[e, p + w] - by_area[s, p + w] - by_area[e, p] + by_area[s, p]
                if value < lowest:
                    lowest, at = value, k
            chosen[i], least[i] = at, lowest
            bound += lowest
        if bound > best:
            if bound > best + 1e-5 * abs(best):
                without_gain = 0
            best = bound
            best_crane_price[:] = crane_price
            best_quay_price[:] = quay_price
            best_least[:] = least
        else:
            without_gain += 1
        if without_gain > 100:
            without_gain = 0
            factor *= 0.8
            crane_price[:] = best_crane_price
            quay_price[:] = best_quay_price
            along_crane[:] = 0.0
            along_quay[:] = 0.0
            continue
        for t in range(steps):
            crane_use[t] = -capacity[t]
        quay_use[:] = -1.0
        for i in range(ships):
            k = chosen[i]
            if k < 0:
                continue
            for t in range(options[START, k], options[END, k]):
                for x in range(options[CELL, k], options[CELL, k] + width[i]):
                    quay_use[t, x] += 1.0
            for t in range(options[FIRST, k], options[LAST, k]):
                if not idle[i, t]:
                    crane_use[t] += options[CRANES, k]
        size = 0.0
        for t in range(steps):
            along_crane[t] = 0.7 * along_crane[t] + 0.3 * crane_use[t]
            if crane_price[t] > 0 or along_crane[t] > 0:
                size += along_crane[t] * along_crane[t]
            for x in range(cells):
                along_quay[t, x] = 0.7 * along_quay[t, x] + 0.3 * quay_use[t, x]
                if quay_price[t, x] > 0 or along_quay[t, x] > 0:
                    size += 0.1 * along_quay[t, x] * along_quay[t, x]
        if size < 1e-9 or target <= bound:
            break
        length = factor * (target - bound) / size
        for t in range(steps):
            crane_price[t] = max(0.0, crane_price[t] + length * along_crane[t])
            for x in range(cells):
                quay_price[t, x] = max(0.0, quay_price[t, x] + 0.1 * length * along_quay[t, x])
    pace[0], pace[1], pace[2] = factor, best, without_gain
    return best


@njit(
    "boolean(int64, int32[:, ::1], int64[::1], uint8[:, ::1], uint8[:, :, ::1], uint8[:, ::1], int64)",
    cache=True,
    nogil=True,
)
def cranes_find_order(
    t: int, options: Array, picked: Array, idle: Array, reach: Array, in_order: Array, ships: int
) -> Any:
    """Whether the ships at work in a step can get their cranes without crossing: leftmost ship, leftmost cranes."""
    free = 0
    last_cell, last_ship = -1, -1
    while True:
        at, cell = -1, 1 << 30
        for j in range(ships):
            k = picked[j]
            if k < 0 or t < options[FIRST, k] or t >= options[LAST, k] or idle[j, t]:
                continue
            c = options[CELL, k]
            if (c > last_cell or (c == last_cell and j > last_ship)) and c < cell:
                at, cell = j, c
        if at < 0:
            return True
        missing = options[CRANES, picked[at]]
        while missing > 0 and free < in_order.shape[1]:
            if in_order[t, free] and reach[at, cell, free]:
                missing -= 1
            free += 1
        if missing > 0:
            return False
        last_cell, last_ship = cell, at


@njit("boolean(int64, int64[::1], int64, int64)", cache=True, nogil=True)
def _channel_is_full(at: int, movements: Array, window: int, limit: int) -> Any:
    for begin in range(max(0, at - window + 1), at + 1):
        count = 0
        for t in range(begin, min(begin + window, movements.shape[0])):
            count += movements[t]
        if count > limit:
            return True
    return False


@njit(
    "boolean(int64, int64, int32[:, ::1], int64[::1], int64[::1], uint8[:, ::1], int64[::1], uint8[:, :, ::1], "
    "uint8[:, ::1], uint8[::1], int64[::1], int64[::1], int64, int64)",
    cache=True,
    nogil=True,
)
def fits(
    i: int,
    k: int,
    options: Array,
    picked: Array,
    width: Array,
    idle: Array,
    capacity: Array,
    reach: Array,
    in_order: Array,
    is_begun: Array,
    use: Array,
    movements: Array,
    window: int,
    limit: int,
) -> Any:
    """Whether ship i, now without an option, may have option k beside the others."""
    s, e, p, cranes = options[START, k], options[END, k], options[CELL, k], options[CRANES, k]
    for t in range(options[FIRST, k], options[LAST, k]):
        if use[t] + cranes > capacity[t] and not idle[i, t]:
            return False
    ships = picked.shape[0]
    for j in range(ships):
        q = picked[j]
        if q >= 0 and options[START, q] < e and s < options[END, q]:
            if options[CELL, q] < p + width[i] and p < options[CELL, q] + width[j]:
                return False
    ok = True
    if limit <= 2 * ships:
        movements[e] += 1
        if not is_begun[i]:
            movements[s] += 1
            ok = not _channel_is_full(s, movements, window, limit)
        ok = ok and not _channel_is_full(e, movements, window, limit)
        movements[e] -= 1
        if not is_begun[i]:
            movements[s] -= 1
    if ok and reach.shape[0] > 0:
        picked[i] = k
        for t in range(options[FIRST, k], options[LAST, k]):
            if not idle[i, t] and not cranes_find_order(t, options, picked, idle, reach, in_order, ships):
                ok = False
                break
        picked[i] = -1
    return ok


@njit(
    "void(int64, int64, int64, int32[:, ::1], uint8[:, ::1], uint8[::1], int64[::1], int64[::1])",
    cache=True,
    nogil=True,
)
def take(i: int, k: int, sign: int, options: Array, idle: Array, is_begun: Array, use: Array, movements: Array) -> None:
    """Count the cranes and movements of an option in (sign 1) or out (-1)."""
    for t in range(options[FIRST, k], options[LAST, k]):
        if not idle[i, t]:
            use[t] += sign * options[CRANES, k]
    movements[options[END, k]] += sign
    if not is_begun[i]:
        movements[options[START, k]] += sign


@njit(
    "int64(int64, boolean, int64, int32[:, ::1], int64[::1], int64[::1], int64[::1], uint8[:, ::1], int64[::1], "
    "uint8[:, :, ::1], uint8[:, ::1], uint8[::1], int64[::1], int64[::1], int64, int64, int64[:, ::1], int64[:, ::1], "
    "int64[:, ::1], int64[:, ::1], int64[:, ::1], uint8[:, ::1], int64[::1], uint64[::1])",
    cache=True,
    nogil=True,
)
def first_fit(
    i: int,
    use_prices: bool,
    passed_over: int,
    options: Array,
    offsets: Array,
    picked: Array,
    width: Array,
    idle: Array,
    capacity: Array,
    reach: Array,
    in_order: Array,
    is_begun: Array,
    use: Array,
    movements: Array,
    window: int,
    limit: int,
    orders: Array,
    runs: Array,
    asked: Array,
    row_of: Array,
    until: Array,
    taken: Array,
    counter: Array,
    state: Array,
) -> Any:
    """The first option of ship i that fits, as `fits` would find it, -1 when none does; each fitting one is passed over
    with a chance of `passed_over` per cent.

    What the others leave free is looked up once: `until[cranes, step]` says how long so many cranes are free from a
    step on (column -1 holds the number of the call, `counter[0]`, that filled the row), `taken[row]` for each cell
    whether a ship lies there during a stretch of time (from a start to a last lift, which say the rest; `asked` holds
    the call that made its row). A row is made only while there is room; after that places are compared ship by ship.
    `runs` says where in each order the next stretch or number of cranes begins, so that the places of one for which
    cranes are missing are leapt over.
    """
    counter[0] += 1
    call, rows = counter[0], 0
    ships, cells, w = picked.shape[0], taken.shape[1], width[i]
    steps = idle.shape[1]
    order = 1 if use_prices else 0
    following = offsets[i]
    while following < offsets[i + 1]:
        z = following
        following = z + 1
        k = orders[order, z]
        cranes = options[CRANES, k]
        if until[cranes, steps + 1] != call:
            until[cranes, steps + 1] = call
            until[cranes, steps] = steps
            for t in range(steps - 1, -1, -1):
                is_free = idle[i, t] or use[t] + cranes <= capacity[t]
                until[cranes, t] = until[cranes, t + 1] if is_free else t
        s, last, p = options[START, k], options[LAST, k], options[CELL, k]
        e = options[END, k]
        if until[cranes, options[FIRST, k]] < last:
            following = runs[order, z]
            continue
        if asked[s, last] != call:
            asked[s, last] = call
            row_of[s, last] = -1
        row = row_of[s, last]
        if row < 0 and rows < taken.shape[0]:
            row = rows
            rows += 1
            row_of[s, last] = row
            for x in range(cells):
                taken[row, x] = 0
            for j in range(ships):
                q = picked[j]
                if q >= 0 and options[START, q] < e and s < options[END, q]:
                    low = max(0, options[CELL, q] - w + 1)
                    for x in range(low, options[CELL, q] + width[j]):
                        taken[row, x] = 1
        if row >= 0 and taken[row, p]:
            continue
        if row < 0 or reach.shape[0] > 0 or limit <= 2 * ships:
            if not fits(
                i, k, options, picked, width, idle, capacity, reach, in_order, is_begun, use, movements, window, limit
            ):
                continue
        if passed_over > 0 and random_below(state, 100) < passed_over:
            continue
        return k
    return -1


@njit(
    "int64(int32[:, ::1], int64[::1], int64[::1], int64[::1], uint8[:, ::1], int64[::1], uint8[:, :, ::1], "
    "uint8[:, ::1], uint8[::1], int64[::1], int64[::1], int64, int64, int64[:, ::1], int64[:, ::1], int64[::1], "
    "int64[::1], int64, int64, int64, float64, float64, int64, uint64[::1])",
    cache=True,
    nogil=True,
)
def anneal(
    options: Array,
    cost: Array,
    offsets: Array,
    width: Array,
    idle: Array,
    capacity: Array,
    reach: Array,
    in_order: Array,
    is_begun: Array,
    unserved: Array,
    moved_before: Array,
    window: int,
    limit: int,
    orders: Array,
    runs: Array,
    picked: Array,
    best: Array,
    done: int,
    iterations: int,
    of: int,
    hot: float,
    cold: float,
    largest: int,
    state: Array,
) -> Any:
    """Take out a few ships that lie near in time, put them back one by one at their first option that fits, and accept
    as annealing does; the best plan is left in `best`, its cost returned.

    `iterations` follow those `done`, on a way of so many from hot to cold. Options are tried by their own cost or by
    reduced cost (the two rows of `orders`, permutations within each ship, with `runs` for `first_fit`); now and then
    a fitting one is passed over.
    """
    ships, steps = width.shape[0], idle.shape[1]
    use = np.zeros(steps, np.int64)
    movements = moved_before.copy()
    asked = np.zeros((steps + 1, steps + 1), np.int64)
    row_of = np.zeros((steps + 1, steps + 1), np.int64)
    cells, most_cranes = 1, 0
    for i in range(ships):
        for k in range(offsets[i], offsets[i + 1]):
            cells = max(cells, options[CELL, k] + width[i])
            most_cranes = max(most_cranes, options[CRANES, k])
    until = np.zeros((most_cranes + 1, steps + 2), np.int64)
    taken = np.zeros((4096, cells), np.uint8)
    counter = np.zeros(1, np.int64)
    total = 0
    for i in range(ships):
        if picked[i] >= 0:
            take(i, picked[i], 1, options, idle, is_begun, use, movements)
            total += cost[picked[i]]
        else:
            total += unserved[i]
    best[:] = picked
    best_cost = total
    out = np.zeros(largest + 2, np.int64)
    before = np.zeros(largest + 2, np.int64)
    for iteration in range(done, done + iterations):
        temperature = hot * exp(log(cold / hot) * iteration / of)
        wanted = min(ships, 1 + random_below(state, largest))
        reach_steps = 3 + random_below(state, max(1, steps // 6))
        first = random_below(state, ships)
        middle = options[START, picked[first]] if picked[first] >= 0 else options[START, offsets[first]]
        out[0], count = first, 1
        for _ in range(60):
            if count >= wanted:
                break
            j = random_below(state, ships)
            known = False
            for n in range(count):
                known = known or out[n] == j
            begin = options[START, picked[j]] if picked[j] >= 0 else options[START, offsets[j]]
            if not known and abs(begin - middle) <= reach_steps:
                out[count] = j
                count += 1
        for n in range(count - 1, 0, -1):
            m = random_below(state, n + 1)
            out[n], out[m] = out[m], out[n]
        was = 0
        for n in range(count):
            i = out[n]
            before[n] = picked[i]
            if picked[i] >= 0:
                was += cost[picked[i]]
                take(i, picked[i], -1, options, idle, is_begun, use, movements)
            else:
                was += unserved[i]
            picked[i] = -1
        allowed = was - temperature * log(random_share(state) + 1e-300)
        use_prices = random_below(state, 4) > 0
        now = 0
        for n in range(count):
            i = out[n]
            found = first_fit(
                i,
                use_prices,
                10,
                options,
                offsets,
                picked,
                width,
                idle,
                capacity,
                reach,
                in_order,
                is_begun,
                use,
                movements,
                window,
                limit,
                orders,
                runs,
                asked,
                row_of,
                until,
                taken,
                counter,
                state,
            )
            now += cost[found] if found >= 0 else unserved[i]
            if now > allowed:
                break
            if found >= 0:
                picked[i] = found
                take(i, found, 1, options, idle, is_begun, use, movements)
        if now <= allowed:
            total += now - was
            if total < best_cost:
                best_cost = total
                best[:] = picked
            continue
        for n in range(count):
            i = out[n]
            if picked[i] >= 0:
                take(i, picked[i], -1, options, idle, is_begun, use, movements)
        for n in range(count):
            picked[out[n]] = before[n]
            if before[n] >= 0:
                take(out[n], before[n], 1, options, idle, is_begun, use, movements)
    return best_cost


@njit(
    "void(int64[::1], int32[:, ::1], int64[::1], int64[::1], uint8[:, ::1], int64[::1], uint8[:, :, ::1], "
    "uint8[:, ::1], uint8[::1], int64[::1], int64, int64, int64[::1], int64[::1])",
    cache=True,
    nogil=True,
)
def fill(
    order: Array,
    options: Array,
    offsets: Array,
    width: Array,
    idle: Array,
    capacity: Array,
    reach: Array,
    in_order: Array,
    is_begun: Array,
    moved_before: Array,
    window: int,
    limit: int,
    by_price: Array,
    picked: Array,
) -> None:
    """Give each ship without an option, in this order, her first one by `by_price` that fits beside the others."""
    use = np.zeros(idle.shape[1], np.int64)
    movements = moved_before.copy()
    for i in range(width.shape[0]):
        if picked[i] >= 0:
            take(i, picked[i], 1, options, idle, is_begun, use, movements)
    for i in order:
        if picked[i] >= 0:
            continue
        for z in range(offsets[i], offsets[i + 1]):
            k = by_price[z]
            if fits(
                i, k, options, picked, width, idle, capacity, reach, in_order, is_begun, use, movements, window, limit
            ):
                picked[i] = k
                take(i, k, 1, options, idle, is_begun, use, movements)
                break
