"""The hot loops: laying a stack part, the cost of a change, and annealing.

Flat int64 arrays. A kind is a row of `kinds`: boxes of one kind are alike in all the problem knows. A stack part is a
row of `parts`; what is loaded into it is a sorted list of kinds, from which the cells follow (`lay`). Costs are
millionths of the problem's unit.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from numba import njit, types

from cabria.planning.search.kernels import random_below, random_share

Array = np.ndarray[Any, np.dtype[Any]]

INFEASIBLE = 1 << 60
ASHORE = -1
"""The "part" of boxes that are not loaded."""
NOBODY = -1
UNITS = 1_000_000
"""Costs are counted in these."""

# Columns of `kinds`. PORT is the destination as the source counts it, ORDER its place among all destinations.
IS_LONG, HEIGHT, MASS, ORDER, IS_COLD, PORT, KIND_COLUMNS = range(7)

# Columns of `parts`: what stands there for good (from BASE on), and what the part bears. Figures with _2 are doubled.
(
    BAY, BLOCK, LID, IS_DECK, CELLS, LIMIT_HEIGHT_2, LIMIT_END_2, LIMIT_WHOLE_2, VCG, TCG,
    BASE, HEIGHT_2, FORE_2, AFT_2, WHOLE_2, TOP_FORE, TOP_AFT, TOP_WHOLE, TOP_IS_LONG, FIRST_FORE, FIRST_AFT, BASE_COST,
    PART_COLUMNS,
) = range(23)  # fmt: skip

# Entries of `prices`, in UNITS.
UNLOADED, OVERSTOW, LID_OVERSTOW, MAKESPAN, BLOCK_PORT, EMPTY_PART, DRY_AT_PLUG, PORT_BELOW, PRICES = range(9)
MOMENT_DIVISOR = 10_000
"""kg mm of vertical moment that cost one of the UNITS."""

# Entries of `totals`.
COST, COUNT_ASHORE, DISPLACEMENT, TCG_MOMENT, BUSIEST, ACCEPTED, TOTALS = range(7)

# Columns of `limits`, by bay: least and greatest shear (kg), greatest bending (kg mm), place lengthwise (mm).
MIN_SHEAR, MAX_SHEAR, MAX_BENDING, LCG, LIMIT_COLUMNS = range(5)

# The four kinds of limits of a ship afloat, and in what one of each is counted: about a tonne at the wrong end.
TRIM, LIST, SHEAR, BENDING, FLOATING = range(5)
TONNE_KG, LEVER_MM, ARM_MM = 1_000.0, 50_000.0, 10_000.0

# Kinds of moves; `shares` has how many of a thousand are of each.
MOVE, LOAD, SWAP, SWAP_ASHORE, UNLOAD, SWAP_ALL, SWAP_ONE, MOVES = range(8)
PARTNER_TRIES, SIMILAR_TRIES = 4, 4


class Ship(NamedTuple):
    """What does not change."""

    parts: Array
    plugs: Array
    """By part and level."""
    plugs_from: Array
    """Cells with plugs from a level on."""
    kinds: Array
    open_parts: Array
    """Parts that may be loaded."""
    prices: Array
    limits: Array
    points: Array
    """Displacement (kg), least and greatest LCG (mm) of each hydrostatic point."""
    buoyancy: Array
    """kg by bay and point."""
    max_tcg_mm: float


class State(NamedTuple):
    """What changes."""

    members: Array
    """Kinds loaded into part s are `members[s, :counts[s]]`, rising."""
    counts: Array
    stack_cost: Array
    tops: Array
    """Latest destination in each loaded cell of a part."""
    cells: Array
    """Loaded cells of a part."""
    ashore: Array
    """Kinds not loaded: the first `totals[COUNT_ASHORE]`."""
    block_ports: Array
    """Boxes by block and destination, the release included, as in all that follows."""
    under: Array
    """Boxes under each lid by destination."""
    first: Array
    """Earliest destination under each lid."""
    on: Array
    """Cells on each lid by latest destination."""
    lid_over: Array
    moves: Array
    """New boxes by bay."""
    mass: Array
    """kg by bay, the hull included."""
    totals: Array
    excess: Array
    """What each kind of limit is passed by; then the fine for it."""
    fines: Array
    """Price of one of each excess, in UNITS."""
    going: Array
    coming: Array
    at: Array
    """Places in `ashore` of what comes from there."""
    new_s: Array
    new_t: Array
    tops_s: Array
    tops_t: Array
    spare: Array
    """The last eight are for work in between."""


_I0, _F0, _I1, _I2 = types.int64, types.float64, types.Array(types.int64, 1, "C"), types.Array(types.int64, 2, "C")
_F1, _F2, _U1 = (
    types.Array(types.float64, 1, "C"),
    types.Array(types.float64, 2, "C"),
    types.Array(types.uint64, 1, "C"),
)
SHIP = types.NamedTuple((_I2, _I2, _I2, _I2, _I1, _I1, _F2, _F2, _F2, _F0), Ship)  # type: ignore[no-untyped-call]
STATE = types.NamedTuple(  # type: ignore[no-untyped-call]
    (_I2, _I1, _I1, _I2, _I1, _I1, _I2, _I2, _I1, _I2, *[_I1] * 4, _F1, _F1, *[_I1] * 7, _F1), State
)
_QUICK: dict[str, Any] = {"cache": True, "nogil": True, "_nrt": False}
"""Without Numba's reference counting, for which nothing is allocated here."""


@njit(
    types.int64(SHIP, types.int64, _I1, types.int64, types.int64, types.int64, types.int64, types.int64, types.int64),
    **_QUICK,
)
def _next(
    ship: Ship, s: int, members: Array, end: int, used: int, lowest: int, plugs: int, level: int, cold: int
) -> Any:
    """Which of the heaviest unused members stands next, -1 when none may."""
    if cold == 0:
        return lowest
    kinds = ship.kinds
    mass, is_long = kinds[members[lowest], MASS], kinds[members[lowest], IS_LONG]
    must = plugs > 0 and ship.plugs_from[s, level] <= cold
    fallback = -1
    for k in range(lowest, end):
        c = members[k]
        if kinds[c, MASS] != mass or kinds[c, IS_LONG] != is_long:
            break
        if used >> k & 1:
            continue
        if kinds[c, IS_COLD]:
            if plugs > 0:
                return k
        elif not must:
            return k
        elif fallback < 0:
            fallback = k
    return fallback


@njit(types.int64(SHIP, types.int64, _I1, types.int64, _I1), **_QUICK)
def lay(ship: Ship, s: int, members: Array, count: int, tops: Array) -> Any:
    """Cost of part s with these kinds loaded (rising); INFEASIBLE when they do not fit. Fills `tops`.

    Two by two the 20 ft come first, the heavier below; among equal mass the later destination, but a reefer when its
    last plug comes.
    """
    parts, kinds, prices = ship.parts, ship.kinds, ship.prices
    if count == 0:
        return parts[s, BASE_COST] + (prices[EMPTY_PART] if parts[s, BASE] == 0 else 0)
    short, cold = 0, 0
    height, whole = parts[s, HEIGHT_2], parts[s, WHOLE_2]
    cost, mass_sum, ports = parts[s, BASE_COST], 0, 0
    for k in range(count):
        c = members[k]
        cold += kinds[c, IS_COLD]
        mass_sum += kinds[c, MASS]
        ports += kinds[c, PORT]
        if kinds[c, IS_LONG]:
            height += 2 * kinds[c, HEIGHT]
            whole += 2 * kinds[c, MASS]
        else:
            short += 1
            height += kinds[c, HEIGHT]
            whole += kinds[c, MASS]
    if height > parts[s, LIMIT_HEIGHT_2] or whole > parts[s, LIMIT_WHOLE_2] or short % 2:
        return INFEASIBLE
    base = parts[s, BASE]
    if base + short // 2 + count - short > parts[s, CELLS] or (short > 0 and parts[s, TOP_IS_LONG]):
        return INFEASIBLE
    if cold > 0 and cold > 2 * ship.plugs_from[s, base]:
        return INFEASIBLE
    cost += mass_sum * parts[s, VCG] // MOMENT_DIVISOR
    if not parts[s, IS_DECK]:
        cost += ports * prices[PORT_BELOW]
    fore, aft = parts[s, FORE_2], parts[s, AFT_2]
    top_fore, top_aft, top_whole = parts[s, TOP_FORE], parts[s, TOP_AFT], parts[s, TOP_WHOLE]
    first_fore, first_aft = parts[s, FIRST_FORE], parts[s, FIRST_AFT]
    used, lowest, level = 0, 0, base
    for _ in range(short // 2):
        plugs = ship.plugs[s, level]
        free = plugs
        a = _next(ship, s, members, short, used, lowest, free, level, cold)
        if a < 0:
            return INFEASIBLE
        used |= 1 << a
        free -= kinds[members[a], IS_COLD]
        cold -= kinds[members[a], IS_COLD]
        while used >> lowest & 1:
            lowest += 1
        b = _next(ship, s, members, short, used, lowest, free, level, cold)
        if b < 0:
            return INFEASIBLE
        used |= 1 << b
        cold -= kinds[members[b], IS_COLD]
        while used >> lowest & 1:
            lowest += 1
        a, b = members[a], members[b]
        mass_a, mass_b, order_a, order_b = kinds[a, MASS], kinds[b, MASS], kinds[a, ORDER], kinds[b, ORDER]
        straight = mass_a <= top_fore and mass_b <= top_aft
        crossed = mass_a <= top_aft and mass_b <= top_fore
        if not straight and not crossed:
            return INFEASIBLE
        if crossed:
            over = (order_a > first_fore) + (order_b > first_aft)
            if not straight or over > (order_a > first_aft) + (order_b > first_fore):
                mass_a, mass_b, order_a, order_b = mass_b, mass_a, order_b, order_a
        cost += prices[OVERSTOW] * ((order_a > first_fore) + (order_b > first_aft))
        first_fore, first_aft = min(first_fore, order_a), min(first_aft, order_b)
        top_fore, top_aft, top_whole = mass_a, mass_b, mass_a + mass_b
        fore += 2 * mass_a
        aft += 2 * mass_b
        tops[level - base] = max(order_a, order_b)
        if plugs > 0:
            cost += prices[DRY_AT_PLUG] * min(plugs, 2 - kinds[a, IS_COLD] - kinds[b, IS_COLD])
        level += 1
    for _ in range(count - short):
        plugs = ship.plugs[s, level]
        k = _next(ship, s, members, count, used, lowest, plugs, level, cold)
        if k < 0:
            return INFEASIBLE
        used |= 1 << k
        while used >> lowest & 1:
            lowest += 1
        c = members[k]
        mass, order = kinds[c, MASS], kinds[c, ORDER]
        if mass > top_whole:
            return INFEASIBLE
        cold -= kinds[c, IS_COLD]
        if order > first_fore or order > first_aft:
            cost += prices[OVERSTOW]
        first_fore, first_aft = min(first_fore, order), min(first_aft, order)
        top_whole = mass
        fore += mass
        aft += mass
        tops[level - base] = order
        if plugs > 0 and not kinds[c, IS_COLD]:
            cost += prices[DRY_AT_PLUG]
        level += 1
    if max(fore, aft) > parts[s, LIMIT_END_2]:
        return INFEASIBLE
    return cost


@njit(types.float64(SHIP, STATE, _F1), **_QUICK)
def afloat(ship: Ship, state: State, excess: Array) -> Any:
    """The fine for limits passed, in UNITS; `excess` gets what each kind of limit is passed by."""
    displacement = float(state.totals[DISPLACEMENT])
    points, limits, buoyancy = ship.points, ship.limits, ship.buoyancy
    last = points.shape[0] - 1
    p = 0
    while p < last and points[p, 0] < displacement:
        p += 1
    low, share = 0, 0.0
    if last > 0:
        low = max(0, p - 1)
        share = (displacement - points[low, 0]) / (points[low + 1, 0] - points[low, 0])
    too_deep = max(0.0, displacement - points[last, 0])
    moment, shear, bending = 0.0, 0.0, 0.0
    over_shear, over_bending = 0.0, 0.0
    for bay in range(limits.shape[0]):
        if bay > 0:
            bending += shear * (limits[bay - 1, LCG] - limits[bay, LCG])
        mass = float(state.mass[bay])
        floating = buoyancy[bay, low]
        if last > 0:
            floating += share * (buoyancy[bay, low + 1] - floating)
        moment += mass * limits[bay, LCG]
        shear += mass - floating
        over_shear += max(0.0, limits[bay, MIN_SHEAR] - shear, shear - limits[bay, MAX_SHEAR])
        over_bending += max(0.0, bending - limits[bay, MAX_BENDING])
    over_trim = max(0.0, points[p, 1] * displacement - moment, moment - points[p, 2] * displacement)
    over_list = max(0.0, abs(float(state.totals[TCG_MOMENT])) - ship.max_tcg_mm * displacement)
    excess[TRIM] = over_trim / (TONNE_KG * LEVER_MM)
    excess[LIST] = over_list / (TONNE_KG * ARM_MM)
    excess[SHEAR] = (over_shear + too_deep) / TONNE_KG
    excess[BENDING] = over_bending / (TONNE_KG * LEVER_MM)
    fine = 0.0
    for kind in range(FLOATING):
        fine += state.fines[kind] * excess[kind]
    excess[FLOATING] = fine
    return fine


@njit(types.int64(_I1, types.int64, _I1, types.int64, _I1, types.int64, _I1), **_QUICK)
def _merge(members: Array, count: int, out: Array, outs: int, into: Array, intos: int, target: Array) -> Any:
    """`members` without `out` and with `into`, all rising."""
    n, o, i = 0, 0, 0
    for k in range(count):
        c = members[k]
        if o < outs and out[o] == c:
            o += 1
            continue
        while i < intos and into[i] < c:
            target[n] = into[i]
            n, i = n + 1, i + 1
        target[n] = c
        n += 1
    while i < intos:
        target[n] = into[i]
        n, i = n + 1, i + 1
    return n


@njit(types.void(_I1, types.int64), **_QUICK)
def _sort(kinds: Array, count: int) -> None:
    for i in range(1, count):
        c = kinds[i]
        k = i
        while k > 0 and kinds[k - 1] > c:
            kinds[k] = kinds[k - 1]
            k -= 1
        kinds[k] = c


@njit(types.int64(SHIP, STATE, types.int64, _I1, types.int64, types.int64), **_QUICK)
def _count_boxes(ship: Ship, state: State, s: int, boxes: Array, count: int, sign: int) -> Any:
    """Enter boxes into (or strike them from) all tables but those of cells; what new block ports cost."""
    kinds, parts = ship.kinds, ship.parts
    block, bay, lid = parts[s, BLOCK], parts[s, BAY], parts[s, LID]
    cost, mass = 0, 0
    for k in range(count):
        c = boxes[k]
        order = kinds[c, ORDER]
        mass += kinds[c, MASS]
        before = state.block_ports[block, order]
        state.block_ports[block, order] = before + sign
        if before == 0:
            cost += ship.prices[BLOCK_PORT]
        elif before + sign == 0:
            cost -= ship.prices[BLOCK_PORT]
        if lid >= 0 and not parts[s, IS_DECK]:
            state.under[lid, order] += sign
    state.moves[bay] += sign * count
    state.mass[bay] += sign * mass
    state.totals[TCG_MOMENT] += sign * mass * parts[s, TCG]
    state.totals[DISPLACEMENT] += sign * mass
    return cost


@njit(types.void(SHIP, STATE, types.int64, _I1, types.int64, types.int64), **_QUICK)
def _count_cells(ship: Ship, state: State, s: int, tops: Array, count: int, sign: int) -> None:
    lid = ship.parts[s, LID]
    if lid >= 0 and ship.parts[s, IS_DECK]:
        for k in range(count):
            state.on[lid, tops[k]] += sign


@njit(types.int64(STATE, types.int64), **_QUICK)
def over_lid(state: State, lid: int) -> Any:
    """Cells on a lid with a box bound later than one under it; sets `first`."""
    ports = state.under.shape[1]
    first = 0
    while first < ports and state.under[lid, first] == 0:
        first += 1
    state.first[lid] = first
    over = 0
    for order in range(first + 1, ports):
        over += state.on[lid, order]
    return over


@njit(types.int64(_I1), **_QUICK)
def busiest(moves: Array) -> Any:
    """Most new boxes in two neighbouring bays."""
    if moves.shape[0] == 1:
        return moves[0]
    most = 0
    for bay in range(moves.shape[0] - 1):
        most = max(most, moves[bay] + moves[bay + 1])
    return most


@njit(types.int64(SHIP, types.int64, _I1, types.int64), **_QUICK)
def _cells_of(ship: Ship, s: int, members: Array, count: int) -> Any:
    short = 0
    while short < count and not ship.kinds[members[short], IS_LONG]:
        short += 1
    return short // 2 + count - short


@njit(types.void(STATE, types.int64, types.int64, _I1, types.int64, _I1, types.int64), **_QUICK)
def _keep(state: State, s: int, cost: int, members: Array, count: int, tops: Array, cells: int) -> None:
    for k in range(count):
        state.members[s, k] = members[k]
    for k in range(cells):
        state.tops[s, k] = tops[k]
    state.counts[s] = count
    state.cells[s] = cells
    state.stack_cost[s] = cost


@njit(types.void(STATE, types.int64, _I1, types.int64), **_QUICK)
def _exchange_ashore(state: State, leaving: int, arriving: Array, arrivals: int) -> None:
    """Strike the boxes at `state.at` (falling places) from those ashore and add others."""
    count = state.totals[COUNT_ASHORE]
    for k in range(leaving):
        count -= 1
        state.ashore[state.at[k]] = state.ashore[count]
    for k in range(arrivals):
        state.ashore[count] = arriving[k]
        count += 1
    state.totals[COUNT_ASHORE] = count


@njit(
    types.boolean(SHIP, STATE, types.int64, types.int64, types.int64, types.int64, types.float64, types.int64),
    **_QUICK,
)
def change(ship: Ship, state: State, s: int, t: int, goings: int, comings: int, slack: float, is_hard: int) -> Any:
    """Move `state.going` from part s to t and `state.coming` back, if that costs at most `slack` (in UNITS) more.

    Either part may be ASHORE; boxes from there are also named in `state.at`. When `is_hard`, no limit may be passed
    further than it is.
    """
    going, coming, totals, prices, parts = state.going, state.coming, state.totals, ship.prices, ship.parts
    _sort(going, goings)
    _sort(coming, comings)
    before, after, loaded, cost_s, cost_t = 0, 0, 0, 0, 0
    count_s, count_t, cells_s, cells_t = 0, 0, 0, 0
    if s != ASHORE:
        count_s = _merge(state.members[s], state.counts[s], going, goings, coming, comings, state.new_s)
        cost_s = lay(ship, s, state.new_s, count_s, state.tops_s)
        if cost_s == INFEASIBLE:
            return False
        after += cost_s
        before += state.stack_cost[s]
        cells_s = _cells_of(ship, s, state.new_s, count_s)
        loaded += comings - goings
    if t != ASHORE:
        count_t = _merge(state.members[t], state.counts[t], coming, comings, going, goings, state.new_t)
        cost_t = lay(ship, t, state.new_t, count_t, state.tops_t)
        if cost_t == INFEASIBLE:
            return False
        after += cost_t
        before += state.stack_cost[t]
        cells_t = _cells_of(ship, t, state.new_t, count_t)
        loaded += goings - comings
    most = slack + before - after + loaded * prices[UNLOADED]
    lid_s, lid_t = (parts[s, LID] if s != ASHORE else -1), (parts[t, LID] if t != ASHORE else -1)
    lids = (state.lid_over[lid_s] if lid_s >= 0 else 0) + (
        state.lid_over[lid_t] if lid_t >= 0 and lid_t != lid_s else 0
    )
    # Nothing but lids, block ports and the busiest pair can still pay: reject what they cannot make good.
    if (
        most
        < -prices[LID_OVERSTOW] * lids
        - (prices[BLOCK_PORT] + prices[MAKESPAN]) * (goings + comings)
        - state.excess[FLOATING]
    ):
        return False
    extra = 0
    if s != ASHORE:
        extra += _count_boxes(ship, state, s, going, goings, -1)
        extra += _count_boxes(ship, state, s, coming, comings, 1)
        _count_cells(ship, state, s, state.tops[s], state.cells[s], -1)
        _count_cells(ship, state, s, state.tops_s, cells_s, 1)
    if t != ASHORE:
        extra += _count_boxes(ship, state, t, coming, comings, -1)
        extra += _count_boxes(ship, state, t, going, goings, 1)
        _count_cells(ship, state, t, state.tops[t], state.cells[t], -1)
        _count_cells(ship, state, t, state.tops_t, cells_t, 1)
    over_s, over_t = 0, 0
    if lid_s >= 0:
        over_s = over_lid(state, lid_s)
        extra += prices[LID_OVERSTOW] * (over_s - state.lid_over[lid_s])
    if lid_t >= 0 and lid_t != lid_s:
        over_t = over_lid(state, lid_t)
        extra += prices[LID_OVERSTOW] * (over_t - state.lid_over[lid_t])
    most_moves = busiest(state.moves)
    extra += prices[MAKESPAN] * (most_moves - totals[BUSIEST])
    fine = 0.0
    allowed = most - extra
    fits = allowed >= -state.excess[FLOATING]
    if fits:
        fine = afloat(ship, state, state.spare)
        fits = fine - state.excess[FLOATING] <= allowed
        if fits and is_hard:
            for kind in range(FLOATING):
                if state.spare[kind] > state.excess[kind]:
                    fits = False
    if not fits:
        if s != ASHORE:
            _count_boxes(ship, state, s, going, goings, 1)
            _count_boxes(ship, state, s, coming, comings, -1)
            _count_cells(ship, state, s, state.tops[s], state.cells[s], 1)
            _count_cells(ship, state, s, state.tops_s, cells_s, -1)
        if t != ASHORE:
            _count_boxes(ship, state, t, coming, comings, 1)
            _count_boxes(ship, state, t, going, goings, -1)
            _count_cells(ship, state, t, state.tops[t], state.cells[t], 1)
            _count_cells(ship, state, t, state.tops_t, cells_t, -1)
        return False
    if s != ASHORE:
        _keep(state, s, cost_s, state.new_s, count_s, state.tops_s, cells_s)
    if t != ASHORE:
        _keep(state, t, cost_t, state.new_t, count_t, state.tops_t, cells_t)
    if lid_s >= 0:
        state.lid_over[lid_s] = over_s
    if lid_t >= 0 and lid_t != lid_s:
        state.lid_over[lid_t] = over_t
    if s == ASHORE:
        _exchange_ashore(state, goings, coming, comings)
    elif t == ASHORE:
        _exchange_ashore(state, comings, going, goings)
    totals[COST] += after - before - loaded * prices[UNLOADED] + extra
    totals[BUSIEST] = most_moves
    totals[ACCEPTED] += 1
    for kind in range(FLOATING + 1):
        state.excess[kind] = state.spare[kind]
    return True


@njit(types.int64(SHIP, STATE, types.int64, types.int64, _I1, _U1), **_QUICK)
def _pick_aboard(ship: Ship, state: State, s: int, single: int, unit: Array, random: Array) -> Any:
    """A 40 ft, a pair of 20 ft next to each other in rank, or with `single` one box; returns how many."""
    count = state.counts[s]
    if count == 0:
        return 0
    k = random_below(random, count)
    unit[0] = state.members[s, k]
    if single or ship.kinds[unit[0], IS_LONG]:
        return 1
    other = k + 1 if random_below(random, 2) == 0 else k - 1
    if other < 0 or other >= count or ship.kinds[state.members[s, other], IS_LONG]:
        other = k - 1 if other > k else k + 1
    if other < 0 or other >= count or ship.kinds[state.members[s, other], IS_LONG]:
        return 0
    unit[1] = state.members[s, other]
    return 2


@njit(types.int64(SHIP, STATE, types.int64, _I1, _U1), **_QUICK)
def _pick_ashore(ship: Ship, state: State, single: int, unit: Array, random: Array) -> Any:
    """A 40 ft, two 20 ft (rather of one destination), or with `single` one box; places go to `state.at`, falling."""
    count = state.totals[COUNT_ASHORE]
    if count == 0:
        return 0
    kinds = ship.kinds
    state.at[0] = random_below(random, count)
    unit[0] = state.ashore[state.at[0]]
    if single or kinds[unit[0], IS_LONG]:
        return 1
    found = -1
    start = random_below(random, count)
    for step in range(count):
        place = (start + step) % count
        other = state.ashore[place]
        if place == state.at[0] or kinds[other, IS_LONG]:
            continue
        if found < 0:
            found = place
        if kinds[other, ORDER] == kinds[unit[0], ORDER]:
            found = place
            break
        if step > 64:
            break
    if found < 0:
        return 0
    unit[1] = state.ashore[found]
    if found > state.at[0]:
        state.at[1] = state.at[0]
        state.at[0] = found
    else:
        state.at[1] = found
    return 2


@njit(types.void(SHIP, STATE, types.int64, types.float64, types.float64, types.int64, _I1, _U1), **_QUICK)
def anneal(
    ship: Ship, state: State, steps: int, hot: float, cold: float, is_hard: int, shares: Array, random: Array
) -> None:
    """Try `steps` changes while the temperature falls from `hot` to `cold` (in UNITS)."""
    opens = ship.open_parts.shape[0]
    cooling = (cold / hot) ** (1.0 / max(1, steps))
    temperature = hot
    for _ in range(steps):
        temperature *= cooling
        slack = -temperature * np.log(1.0 - random_share(random))
        dice = random_below(random, 1_000)
        kind = 0
        while dice >= shares[kind]:
            dice -= shares[kind]
            kind += 1
        s = ship.open_parts[random_below(random, opens)]
        t = ship.open_parts[random_below(random, opens)]
        goings, comings = 0, 0
        if kind == LOAD or kind == SWAP_ASHORE:
            t = s
            s = ASHORE
            goings = _pick_ashore(ship, state, 0, state.going, random)
            if goings == 0:
                continue
            if kind == SWAP_ASHORE:
                comings = _pick_aboard(ship, state, t, 0, state.coming, random)
                if comings == 0:
                    continue
        elif kind == SWAP_ALL:
            if s == t or ship.parts[s, IS_DECK] != ship.parts[t, IS_DECK]:
                continue
            goings, comings = state.counts[s], state.counts[t]
            if goings + comings == 0:
                continue
            for k in range(goings):
                state.going[k] = state.members[s, k]
            for k in range(comings):
                state.coming[k] = state.members[t, k]
        else:
            single = 1 if kind == SWAP_ONE else 0
            goings = _pick_aboard(ship, state, s, single, state.going, random)
            if goings == 0:
                continue
            if kind == UNLOAD:
                t = ASHORE
            elif kind == SWAP or kind == SWAP_ONE:
                if kind == SWAP_ONE and random_below(random, opens + 20) < state.totals[COUNT_ASHORE] // 8:
                    t = ASHORE
                if t == ASHORE:
                    # The kernel names what comes from ashore as going.
                    state.coming[0] = state.going[0]
                    t, s = s, ASHORE
                    comings = 1
                    goings = _pick_ashore(ship, state, 1, state.going, random)
                    if ship.kinds[state.going[0], IS_LONG] != ship.kinds[state.coming[0], IS_LONG]:
                        continue
                else:
                    for _again in range(SIMILAR_TRIES):
                        comings = _pick_aboard(ship, state, t, single, state.coming, random)
                        if comings > 0 and (
                            ship.kinds[state.coming[0], IS_LONG] == ship.kinds[state.going[0], IS_LONG]
                        ):
                            break
                        t = ship.open_parts[random_below(random, opens)]
                        comings = 0
                    if comings == 0:
                        continue
            if s == t:
                continue
        if goings == 1 and comings == 1 and state.going[0] == state.coming[0]:
            continue
        change(ship, state, s, t, goings, comings, slack, is_hard)
