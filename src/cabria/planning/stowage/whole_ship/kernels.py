"""What there is in flat arrays, and what it costs: laying a stack part, lids, and a ship afloat.

Flat int64 arrays. A kind is a row of `kinds`: boxes of one kind are alike in all the problem knows. A stack part is a
row of `parts`; what is loaded into it is a sorted list of kinds, from which the cells follow (`lay`). Costs are
millionths of the problem's unit.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from numba import njit, types

from cabria.planning.search.kernels import random_share

Array = np.ndarray[Any, np.dtype[Any]]

INFEASIBLE = 1 << 60
ASHORE = -1
"""The "part" of boxes that are not loaded."""
NOBODY = -1
UNITS = 1_000_000
"""Costs are counted in these."""

# Columns of `kinds`. PORT is the destination as the source counts it, ORDER its place among all destinations.
IS_LONG, HEIGHT, MASS, ORDER, IS_COLD, PORT, KIND_COLUMNS = *range(6), 8

# Columns of `parts`: what stands there for good (from BASE on), and what the part bears. Figures with _2 are doubled.
(
    BAY, BLOCK, LID, IS_DECK, CELLS, LIMIT_HEIGHT_2, LIMIT_END_2, LIMIT_WHOLE_2, VCG, TCG,
    BASE, HEIGHT_2, FORE_2, AFT_2, WHOLE_2, TOP_FORE, TOP_AFT, TOP_WHOLE, TOP_IS_LONG, FIRST_FORE, FIRST_AFT, BASE_COST,
    PART_COLUMNS,
) = (*range(22), 24)  # fmt: skip

# Entries of `prices`, in UNITS.
UNLOADED, OVERSTOW, LID_OVERSTOW, MAKESPAN, BLOCK_PORT, EMPTY_PART, DRY_AT_PLUG, PORT_BELOW, PRICES = range(9)

# Columns of `loads`: what is loaded into each part in sum, and what of its cost hangs on where each box stands.
SUM_HEIGHT_2, SUM_WHOLE_2, SHORTS, COLDS, VARYING, LOAD_COLUMNS = *range(5), 8
MOMENT_DIVISOR = 10_000
"""kg mm of vertical moment that cost one of the UNITS."""

# Entries of `totals`.
COST, COUNT_ASHORE, DISPLACEMENT, TCG_MOMENT, BUSIEST, ACCEPTED, TOTALS = range(7)

# Columns of `limits`, by bay: least and greatest shear (kg), greatest bending (kg mm), place lengthwise (mm).
MIN_SHEAR, MAX_SHEAR, MAX_BENDING, LCG, LIMIT_COLUMNS = range(5)

# The four kinds of limits of a ship afloat, and in what one of each is counted: about a tonne at the wrong end.
TRIM, LIST, SHEAR, BENDING, FLOATING = range(5)
TONNE_KG, LEVER_MM, ARM_MM = 1_000.0, 50_000.0, 10_000.0

# A chain of changes: at most so many, and of each from where, to where, what goes and what comes (or NOBODY).
MOST_LINKS = 12
LINK_FROM, LINK_TO, LINK_GOING, LINK_COMING, LINK_COLUMNS = range(5)


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
    block_parts: Array
    """By block: how many of its parts may be loaded, then which."""


class State(NamedTuple):
    """What changes."""

    members: Array
    """Kinds loaded into part s are `members[s, :counts[s]]`, rising."""
    counts: Array
    stack_cost: Array
    loads: Array
    """Sums over what is loaded into each part, see SUM_HEIGHT_2."""
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
    links: Array
    """The last nine are for work in between."""


I0, F0, I1, I2 = types.int64, types.float64, types.Array(types.int64, 1, "C"), types.Array(types.int64, 2, "C")
F1, F2, U1 = (
    types.Array(types.float64, 1, "C"),
    types.Array(types.float64, 2, "C"),
    types.Array(types.uint64, 1, "C"),
)
SHIP = types.NamedTuple((I2, I2, I2, I2, I1, I1, F2, F2, F2, F0, I2), Ship)  # type: ignore[no-untyped-call]
STATE = types.NamedTuple(  # type: ignore[no-untyped-call]
    (I2, I1, I1, I2, I2, I1, I1, I2, I2, I1, I2, *[I1] * 4, F1, F1, *[I1] * 7, F1, I2), State
)
QUICK: dict[str, Any] = {"cache": True, "nogil": True, "_nrt": False}
"""Without Numba's reference counting, as nothing is allocated here."""
WITHIN: dict[str, Any] = {**QUICK, "forceinline": True}
"""For what is called a million times a second: to hand over so many arrays would cost more than the work."""


@njit(I0(U1, I0), **WITHIN)
def below(random: Array, limit: int) -> Any:
    """As `random_below`, without a division."""
    return np.int64(random_share(random) * limit)


@njit(
    I0(SHIP, I0, I1, I0, I0, I0, I0, I0, I0),
    **WITHIN,
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


@njit(I0(SHIP, I0, I1, I0, I1), **WITHIN)
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


@njit(F0(SHIP, STATE, F1), **WITHIN)
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


@njit(I0(STATE, I0), **WITHIN)
def first_under(state: State, lid: int) -> Any:
    """Earliest destination under a lid, one more than the last when nothing is there."""
    first = 0
    while first < state.under.shape[1] and state.under[lid, first] == 0:
        first += 1
    return first


@njit(I0(STATE, I0), **WITHIN)
def over_lid(state: State, lid: int) -> Any:
    """Cells on a lid with a box bound later than one under it."""
    over = 0
    for order in range(first_under(state, lid) + 1, state.on.shape[1]):
        over += state.on[lid, order]
    return over


@njit(I0(I1), **WITHIN)
def busiest(moves: Array) -> Any:
    """Most new boxes in two neighbouring bays."""
    if moves.shape[0] == 1:
        return moves[0]
    most = 0
    for bay in range(moves.shape[0] - 1):
        most = max(most, moves[bay] + moves[bay + 1])
    return most
