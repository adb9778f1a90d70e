"""Hot loops of the discrete berths, on flat arrays of int64.

`sequence[berth, place]` is the ship in that place of the berth's order, `count[berth]` how many there are,
`done[berth, place]` when it is done, `price[berth, place]` the cost of all up to it. Every ship starts as early as its
arrival and the ship before allow. A ship that is done after its latest permitted time costs LATE for each unit.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numba import njit

from cabria.planning.search.kernels import Array, random_below, random_share

LATE = 1_000
FAR = 1 << 50
_QUICK: dict[str, Any] = {"cache": True, "nogil": True, "_nrt": False}

PATIENCE, SHRINK, INERTIA, FORGETTING = 60.0, 0.75, 0.7, 0.02
RELOCATE, SWAP, EXCHANGE_TAILS = 0, 1, 2


@njit("int64(int64, int64, int64, int64[::1], int64[:,::1], int64[:,::1])", **_QUICK)
def price_of(ship: int, berth: int, end: int, arrival: Array, times: Array, latest: Array) -> Any:
    """What it costs that a ship is done at a berth at `end`."""
    over = end - latest[ship, berth]
    return end - arrival[ship] + (LATE * over if over > 0 else 0)


@njit(
    "void(int64, int64, int64[::1], int64[::1], int64[:,::1], int64[:,::1], int64[:,::1], int64[::1],"
    " int64[:,::1], int64[:,::1])",
    **_QUICK,
)
def schedule_from(
    berth: int, place: int, arrival: Array, opening: Array, times: Array, latest: Array, sequence: Array,
    count: Array, done: Array, price: Array,
) -> Any:  # fmt: skip
    """Set `done` and `price` of one berth from a place on."""
    now = opening[berth] if place == 0 else done[berth, place - 1]
    total = 0 if place == 0 else price[berth, place - 1]
    for k in range(place, count[berth]):
        ship = sequence[berth, k]
        now = max(now, arrival[ship]) + times[ship, berth]
        total += price_of(ship, berth, now, arrival, times, latest)
        done[berth, k] = now
        price[berth, k] = total


@njit(
    "int64(int64, int64, int64, int64, int64[::1], int64[:,::1], int64[:,::1], int64[:,::1], int64[::1],"
    " int64[:,::1], int64[:,::1])",
    **_QUICK,
)
def rest_price(
    berth: int, now: int, place: int, bound: int, arrival: Array, times: Array, latest: Array, sequence: Array,
    count: Array, done: Array, price: Array,
) -> Any:  # fmt: skip
    """Cost of the ships from a place on when the berth is free at `now`; a larger number once it passes `bound`."""
    total = 0
    end = count[berth]
    for k in range(place, end):
        if k > 0 and now == done[berth, k - 1]:
            return total + price[berth, end - 1] - price[berth, k - 1]
        ship = sequence[berth, k]
        now = max(now, arrival[ship]) + times[ship, berth]
        total += price_of(ship, berth, now, arrival, times, latest)
        if total > bound:
            return total
    return total


@njit("int64(int64, int64, int64, int64, int64[::1], int64[:,::1], int64[:,::1], int64[:,::1], int64[::1])", **_QUICK)
def tail_price(
    berth: int, now: int, of: int, place: int, arrival: Array, times: Array, latest: Array, sequence: Array,
    count: Array,
) -> Any:  # fmt: skip
    """Cost of the ships of berth `of` from a place on when `berth` takes them from `now` on."""
    total = 0
    for k in range(place, count[of]):
        ship = sequence[of, k]
        if times[ship, berth] == 0:
            return FAR
        now = max(now, arrival[ship]) + times[ship, berth]
        total += price_of(ship, berth, now, arrival, times, latest)
    return total


@njit("int64(int64, int64, int64[::1], int64[:,::1])", **_QUICK)
def place_at(berth: int, time: int, count: Array, done: Array) -> Any:
    """The first place of a berth whose ship is done after a time."""
    low, high = 0, count[berth]
    while low < high:
        middle = (low + high) // 2
        if done[berth, middle] <= time:
            low = middle + 1
        else:
            high = middle
    return low


@njit("int64(int64, int64, int64[::1], int64[:,::1])", **_QUICK)
def free_at(berth: int, place: int, opening: Array, done: Array) -> Any:
    return opening[berth] if place == 0 else done[berth, place - 1]


@njit(
    "int64(int64, int64, int64, int64, int64, int64[::1], int64[::1], int64[:,::1], int64[:,::1], int64[:,::1],"
    " int64[::1], int64[:,::1], int64[:,::1])",
    **_QUICK,
)
def change_within(
    kind: int, berth: int, first: int, second: int, bound: int, arrival: Array, opening: Array, times: Array,
    latest: Array, sequence: Array, count: Array, done: Array, price: Array,
) -> Any:  # fmt: skip
    """Difference of cost when the ship at `first` goes to `second` or swaps with the one there, at the same berth."""
    low, high = min(first, second), max(first, second)
    now = free_at(berth, low, opening, done)
    before = 0 if low == 0 else price[berth, low - 1]
    old = price[berth, count[berth] - 1] - before
    total = 0
    for k in range(low, high + 1):
        if kind == SWAP:
            take = second if k == first else first if k == second else k
        elif first < second:
            take = first if k == second else k + 1
        else:
            take = first if k == second else k - 1
        ship = sequence[berth, take]
        now = max(now, arrival[ship]) + times[ship, berth]
        total += price_of(ship, berth, now, arrival, times, latest)
        if total > bound + old:
            return FAR
    rest = rest_price(berth, now, high + 1, bound + old - total, arrival, times, latest, sequence, count, done, price)
    return total + rest - old


@njit(
    "int64(int64, int64, int64, int64, int64, int64, int64[::1], int64[::1], int64[:,::1], int64[:,::1],"
    " int64[:,::1], int64[::1], int64[:,::1], int64[:,::1])",
    **_QUICK,
)
def change_between(
    kind: int, berth: int, place: int, other: int, there: int, bound: int, arrival: Array, opening: Array,
    times: Array, latest: Array, sequence: Array, count: Array, done: Array, price: Array,
) -> Any:  # fmt: skip
    """Difference of cost of a move that touches two berths; FAR when it is not allowed or passes `bound`."""
    now, then = free_at(berth, place, opening, done), free_at(other, there, opening, done)
    old = 0 if count[berth] == 0 else price[berth, count[berth] - 1] - (0 if place == 0 else price[berth, place - 1])
    if count[other] > 0:
        old += price[other, count[other] - 1] - (0 if there == 0 else price[other, there - 1])
    limit = bound + old
    if kind == EXCHANGE_TAILS:
        total = tail_price(berth, now, other, there, arrival, times, latest, sequence, count)
        if total > limit:
            return FAR
        total += tail_price(other, then, berth, place, arrival, times, latest, sequence, count)
        return total - old if total <= limit else FAR
    ship = sequence[berth, place]
    if times[ship, other] == 0:
        return FAR
    then = max(then, arrival[ship]) + times[ship, other]
    total = price_of(ship, other, then, arrival, times, latest)
    if kind == SWAP:
        back = sequence[other, there]
        if times[back, berth] == 0:
            return FAR
        now = max(now, arrival[back]) + times[back, berth]
        total += price_of(back, berth, now, arrival, times, latest)
        there += 1
    total += rest_price(other, then, there, limit - total, arrival, times, latest, sequence, count, done, price)
    if total > limit:
        return FAR
    total += rest_price(berth, now, place + 1, limit - total, arrival, times, latest, sequence, count, done, price)
    return total - old if total <= limit else FAR


@njit("void(int64, int64, int64, int64, int64, int64[:,::1], int64[::1], int64[::1])", **_QUICK)
def apply(
    kind: int, berth: int, place: int, other: int, there: int, sequence: Array, count: Array, spare: Array
) -> Any:
    """Change the orders as the move says; `done` and `price` must be set again from the places on."""
    if kind == SWAP:
        sequence[berth, place], sequence[other, there] = sequence[other, there], sequence[berth, place]
        return
    if kind == RELOCATE:
        ship = sequence[berth, place]
        for k in range(place, count[berth] - 1):
            sequence[berth, k] = sequence[berth, k + 1]
        count[berth] -= 1
        for k in range(count[other], there, -1):
            sequence[other, k] = sequence[other, k - 1]
        sequence[other, there] = ship
        count[other] += 1
        return
    kept = count[berth] - place
    for k in range(kept):
        spare[k] = sequence[berth, place + k]
    for k in range(there, count[other]):
        sequence[berth, place + k - there] = sequence[other, k]
    count[berth] = place + count[other] - there
    for k in range(kept):
        sequence[other, there + k] = spare[k]
    count[other] = there + kept


@njit("void(int64, int64[:,::1], int64[::1], int64[:,::1], int64[::1])", **_QUICK)
def keep(berths: int, sequence: Array, count: Array, best_sequence: Array, best_count: Array) -> Any:
    for berth in range(berths):
        best_count[berth] = count[berth]
        for k in range(count[berth]):
            best_sequence[berth, k] = sequence[berth, k]


@njit(
    "int64(int64[::1], int64[::1], int64[:,::1], int64[:,::1], int64[:,::1], int64[::1], int64[:,::1], int64[:,::1],"
    " int64[:,::1], int64[::1], int64[::1], int64, int64, int64, float64, float64, float64[::1], uint64[::1])",
    **_QUICK,
)
def anneal(
    arrival: Array, opening: Array, times: Array, latest: Array, sequence: Array, count: Array, done: Array,
    price: Array, best_sequence: Array, best_count: Array, spare: Array, best_cost: int, iterations: int, berths: int,
    hot: float, cold: float, mix: Array, state: Array,
) -> Any:  # fmt: skip
    """Cool from `hot` to `cold`; keeps the best orders in `best_*` and returns their cost.

    `mix` is (share of relocations, of swaps, of moves to anywhere in the order, reach of the others in places).
    """
    reach: Any = np.int64(mix[3])
    cost = 0
    for berth in range(berths):
        schedule_from(berth, 0, arrival, opening, times, latest, sequence, count, done, price)
        if count[berth] > 0:
            cost += price[berth, count[berth] - 1]
    if cost < best_cost:
        best_cost = cost
        keep(berths, sequence, count, best_sequence, best_count)
    heat = hot
    cooling = (cold / hot) ** (1000.0 / max(iterations, 1000))
    for step in range(iterations):
        if step % 1000 == 999:
            heat *= cooling
        berth = random_below(state, berths)
        if count[berth] == 0:
            continue
        place = random_below(state, count[berth])
        draw = random_share(state)
        other = random_below(state, berths)
        kind = RELOCATE if draw < mix[0] else SWAP if draw < mix[0] + mix[1] else EXCHANGE_TAILS
        if random_share(state) < mix[2]:
            there = random_below(state, count[other] + 1)
        else:
            there = place_at(other, free_at(berth, place, opening, done), count, done)
            there += random_below(state, 2 * reach + 1) - reach
            there = min(max(there, 0), count[other])
        if kind == SWAP and there == count[other]:
            continue
        bound: Any = np.int64(-heat * np.log(random_share(state) + 1e-300))
        if other == berth:
            if kind == EXCHANGE_TAILS or there == place or there == count[other]:
                continue
            change = change_within(
                kind, berth, place, there, bound, arrival, opening, times, latest, sequence, count, done, price
            )
        else:
            change = change_between(
                kind, berth, place, other, there, bound, arrival, opening, times, latest, sequence, count, done, price
            )
        if change > bound:
            continue
        apply(kind, berth, place, other, there, sequence, count, spare)
        schedule_from(
            berth, min(place, there) if other == berth else place, arrival, opening, times, latest, sequence, count,
            done, price,
        )  # fmt: skip
        if other != berth:
            schedule_from(other, there, arrival, opening, times, latest, sequence, count, done, price)
        cost += change
        if cost < best_cost:
            best_cost = cost
            keep(berths, sequence, count, best_sequence, best_count)
    return best_cost


@njit(
    "float64(int64, int64, int64, int64[::1], int64[:,::1], int64[:,::1], int64[:,::1], float64[::1], int64[:,::1],"
    " int64[::1], int64[::1], float64[:,::1], int64[:,::1], int64[::1], int64[::1])",
    **_QUICK,
)
def cheapest_way(
    berth: int, begin: int, end: int, arrival: Array, times: Array, earliest: Array, latest: Array, reward: Array,
    by_arrival: Array, members: Array, spare: Array, value: Array, last: Array, visits: Array,
    starts: Array,
) -> Any:  # fmt: skip
    """Cheapest way through one berth's time when each stay earns its ship's reward and may repeat.

    `value[berth, t]` becomes the least cost of being free at `begin + t`, `last[berth, t]` the ship that ends there or
    -1. Adds 1 to `visits` and the start to `starts` for each stay. `by_arrival[berth]` lists the `members[berth]` ships
    that may lie there. A ship starts from `earliest` on and is done by `latest`; one that would cost more than its
    reward never starts.
    """
    length = end - begin
    for t in range(length + 1):
        value[berth, t] = FAR
        last[berth, t] = -1
    value[berth, 0] = 0.0
    waiting, entered = 0, 0
    for t in range(length + 1):
        if t > 0 and value[berth, t - 1] <= value[berth, t]:
            value[berth, t] = value[berth, t - 1]
            last[berth, t] = -1
        here = value[berth, t]
        start = begin + t
        while entered < members[berth] and earliest[by_arrival[berth, entered], berth] <= start:
            spare[waiting] = by_arrival[berth, entered]
            waiting += 1
            entered += 1
        kept = 0
        for k in range(waiting):
            ship = spare[k]
            finish = start + times[ship, berth]
            gain = reward[ship] - (finish - arrival[ship])
            if gain <= 0.0 or finish > latest[ship, berth] or finish > end:
                continue
            spare[kept] = ship
            kept += 1
            if here - gain < value[berth, finish - begin]:
                value[berth, finish - begin] = here - gain
                last[berth, finish - begin] = ship
        waiting = kept
    t = length
    while t > 0:
        ship = last[berth, t]
        if ship < 0:
            t -= 1
        else:
            t -= times[ship, berth]
            visits[ship] += 1
            starts[ship] += begin + t
    return value[berth, length]


@njit(
    "float64(int64[::1], int64[::1], int64[::1], int64[:,::1], int64[:,::1], int64[:,::1], float64[::1], float64[::1],"
    " float64[::1], int64[:,::1], int64[::1], int64[::1], float64[:,::1], int64[:,::1], int64[::1], int64[::1],"
    " float64[::1], float64, float64[::1], int64)",
    **_QUICK,
)
def raise_bound(
    begin: Array, end: Array, arrival: Array, times: Array, earliest: Array, latest: Array, reward: Array,
    best_reward: Array, direction: Array, by_arrival: Array, members: Array, spare: Array, value: Array, last: Array,
    visits: Array, starts: Array, mean_start: Array, target: float, memory: Array, iterations: int,
) -> Any:  # fmt: skip
    """Subgradient steps on the ships' rewards; the best bound so far is returned and kept in `memory`.

    `memory` is (best bound, step factor, steps without progress, bound at the last progress). The bound is the sum of
    the rewards and of every berth's cheapest way. Step lengths after Polyak, direction with a share of the last one.
    `mean_start` follows the starts in the cheapest ways, as hints for a plan.
    """
    ships, berths = arrival.shape[0], begin.shape[0]
    for _ in range(iterations):
        bound = 0.0
        for ship in range(ships):
            visits[ship] = 0
            starts[ship] = 0
            bound += reward[ship]
        for berth in range(berths):
            bound += cheapest_way(
                berth, begin[berth], end[berth], arrival, times, earliest, latest, reward, by_arrival, members, spare,
                value, last, visits, starts,
            )  # fmt: skip
        if bound > memory[0]:
            memory[0] = bound
            for ship in range(ships):
                best_reward[ship] = reward[ship]
        if bound > memory[3] + 0.01 * (target - memory[0]):
            memory[3] = bound
            memory[2] = 0.0
        else:
            memory[2] += 1.0
            if memory[2] >= PATIENCE:
                memory[2] = 0.0
                memory[1] *= SHRINK
                for ship in range(ships):
                    reward[ship] = best_reward[ship]
        norm = 1e-9
        for ship in range(ships):
            direction[ship] = INERTIA * direction[ship] + 1 - visits[ship]
            norm += direction[ship] * direction[ship]
        length = memory[1] * max(target - bound, 1.0) / norm
        for ship in range(ships):
            reward[ship] += length * direction[ship]
            if visits[ship] > 0:
                mean_start[ship] += FORGETTING * (starts[ship] / visits[ship] - mean_start[ship])
    return memory[0]


@njit(
    "int64(int64, int64, int64, int64[::1], int64[:,::1], int64[:,::1], int64[:,::1], float64[::1], int64[:,::1],"
    " int64[::1], float64[:,::1], float64[::1], float64, int64[::1], int64[::1], int64[::1])",
    **_QUICK,
)
def useful_starts(
    berth: int, begin: int, end: int, arrival: Array, times: Array, earliest: Array, latest: Array, reward: Array,
    by_arrival: Array, members: Array, value: Array, onward: Array, slack: float, found: Array, first: Array,
    final: Array,
) -> Any:  # fmt: skip
    """The stays through which some way costs less than the cheapest one plus `slack`; their number.

    `value` as `cheapest_way` left it. `first[ship]` and `final[ship]` become the first start and last finish of these;
    the stays themselves are written to `found` as ship * 2^32 + start, as far as it reaches.
    """
    length = end - begin
    best = value[berth, length]
    onward[length] = 0.0
    for k in range(members[berth]):
        first[by_arrival[berth, k]] = FAR
        final[by_arrival[berth, k]] = -1
    count = 0
    for t in range(length - 1, -1, -1):
        onward[t] = onward[t + 1]
        start = begin + t
        for k in range(members[berth]):
            ship = by_arrival[berth, k]
            if earliest[ship, berth] > start:
                break
            finish = start + times[ship, berth]
            if finish > latest[ship, berth] or finish > end:
                continue
            worth = finish - arrival[ship] - reward[ship] + onward[finish - begin]
            onward[t] = min(onward[t], worth)
            if value[berth, t] + worth - best < slack:
                if count < found.shape[0]:
                    found[count] = (ship << 32) + start
                count += 1
                first[ship] = start
                final[ship] = max(final[ship], finish)
    return count
