"""The hot loops: laying a stack, the cost of a change, insertion one by one, and annealing.

Flat int64 arrays. A box is a row of `boxes`, a vessel stack a row of `stacks`, and what a stack holds is a sorted list
of boxes: the slots inside it follow from the list (`lay`). Costs are thousandths of a minute.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from numba import njit, types

from cabria.planning.search.kernels import random_below, random_share

Array = np.ndarray[Any, np.dtype[Any]]

INFEASIBLE = 1 << 60
ASHORE = -1
"""The "stack" of boxes that are not aboard."""

# Flags of a cell.
SHORT_FORE, SHORT_AFT, LONG, LONGEST, PLUG_FORE, PLUG_AFT = 1, 2, 4, 8, 16, 32

# Columns of `boxes`.
LENGTH, HEIGHT, MASS, WEIGHT, ORDER, NEEDS_PLUG, RANK, REFUSED_PRICE, KIND, BOX_COLUMNS = range(10)
"""LENGTH is 0 for 20 ft, 1 for 40 ft, 2 for 45 ft. WEIGHT is what stack limits count; RANK sorts within a stack."""

# Columns of `stacks`: what stands there for good, and what the stack bears. Weights and moments are doubled.
(
    TIERS, FORE, AFT, HEIGHT_FORE, HEIGHT_AFT, WEIGHT_FORE_2, WEIGHT_AFT_2, WEIGHT_2, LIMIT_20_2, LIMIT_40_2,
    LIMIT_HEIGHT, HAS_LONG, FIRST_FORE, FIRST_AFT, LASHING_2, LASHING_CAP_2, HAS_STEPS, IS_OPEN, IS_DECK, GROUP, BAY,
    TCG, STATION, STATION_SHARE, ZONE, IS_ENTANGLED, STACK_COLUMNS,
) = range(27)  # fmt: skip

# Entries of `prices`.
(
    OVERSTOW, INVERSION, LID_OVERSTOW, MIX, LID_MOVES, SPREAD, TCG_PRICE, STRENGTH_PRICE, BLOCKED, LATER_ROOM,
    PRICES,
) = range(11)  # fmt: skip

# Entries of `totals`.
STACKS_COST, LIDS_COST, MIX_COST, LID_MOVES_COST, REFUSED_COST, TCG_MOMENT, COUNT_ASHORE, BLOCKED_COST, TOTALS = range(
    9
)

# Columns of `sums`.
SHORTS, LONGS, HEIGHTS, WEIGHTS_2, SUMS = range(5)
"""Numbers of 20 ft and longer boxes, heights over both ends, doubled weights."""

UNEVEN_MM = 50
WHOLE_STACKS, MOVES_UNTIL, SWAPS_FROM = 1, 25, 32
"""Of a hundred changes tried, in this order: whole stacks, one box to a stack, ..., exchanges."""
TROUBLED_TRIES = 5
"""How many boxes are looked at for one that causes cost, when such a one is asked for."""
STATION_BITS = 10
LATEST = 1 << 30
NOBODY = -1


class Ship(NamedTuple):
    """What does not change."""

    stacks: Array
    flags: Array
    """Cells by stack and level."""
    boxes: Array
    lids_of: Array
    """Lids over (hold) or under (deck) each stack, padded with -1."""
    decks_from: Array
    decks: Array
    """The deck stacks on lid l are `decks[decks_from[l]:decks_from[l + 1]]`."""
    closed: Array
    """Whether a planner's wish closes a stack, by kind of box and stack."""
    open_stacks: Array
    """The stacks a search may fill, and in `kin` the boxes it may move: all, or those of its share of the ship."""
    kin_from: Array
    kin: Array
    """Boxes for port p are `kin[kin_from[p]:kin_from[p + 1]]`."""
    group_from: Array
    group_stacks: Array
    """Open stacks of group g are `group_stacks[group_from[g]:group_from[g + 1]]`."""
    prices: Array
    station_x: Array
    limits: Array
    """Least and greatest shear and bending by station."""
    windows: Array
    """Runs of neighbouring bays that only so many cranes can share: first bay, bay after the last, what a move costs
    there, whether one crane works there alone."""
    room_rows: Array
    """What later ports expect: port, port of discharge, TEU for that or a later one; by port."""
    room_caps: Array
    """TEU of the cells over and under each lid; the last row is for stacks without one."""
    max_inversion_kg: int
    window_target: int
    tcg_free: int


class State(NamedTuple):
    """What changes."""

    members: Array
    """Boxes of stack s are `members[s, :counts[s]]`, by rank."""
    counts: Array
    stack_cost: Array
    sums: Array
    """Of the boxes in `members` by stack: see the columns of `sums`."""
    where: Array
    """Stack of each box."""
    locked: Array
    """Whether a box keeps its stack."""
    by_order: Array
    """Boxes of each deck stack by port, those that stay included."""
    under_lid: Array
    """Boxes under each lid by port."""
    first_under: Array
    last_on: Array
    """The latest port on each lid, 0 when it is bare."""
    lid_over: Array
    """Boxes of each deck stack that leave later than one under its lids."""
    over_on_lid: Array
    """The same by lid; a stack that rests on two counts on both."""
    lid_boxes: Array
    """Boxes set or discharged under each lid."""
    on_lid: Array
    """Boxes on each lid by port."""
    blocked: Array
    """Boxes under each lid that leave earlier than one on it."""
    by_group: Array
    """Boxes by group of stacks and port."""
    moves: Array
    """Crane moves by bay."""
    surplus: Array
    """Weight less buoyancy by station."""
    teu_on: Array
    teu_under: Array
    """TEU over and under each lid by port; the last row is for stacks without one. Counted where room is expected."""
    room_of_lid: Array
    """Free TEU by lid and row of `room_rows` that can be filled without a restow or an overstow."""
    room: Array
    """The same over all lids."""
    totals: Array
    before: Array
    after: Array
    spare: Array
    going: Array
    coming: Array
    prefix: Array
    """The last six are for work in between."""


_I0, _I1, _I2 = types.int64, types.Array(types.int64, 1, "C"), types.Array(types.int64, 2, "C")
SHIP = types.NamedTuple((_I2, _I2, _I2, _I2, *[_I1] * 2, _I2, *[_I1] * 7, _I2, _I2, _I2, _I2, _I0, _I0, _I0), Ship)  # type: ignore[no-untyped-call]
STATE = types.NamedTuple(  # type: ignore[no-untyped-call]
    (
        _I2,
        _I1,
        _I1,
        _I2,
        _I1,
        _I1,
        _I2,
        _I2,
        *[_I1] * 5,
        _I2,
        _I1,
        _I2,
        *[_I1] * 2,
        _I2,
        _I2,
        _I2,
        _I1,
        *[_I1] * 3,
        _I2,
        *[_I1] * 3,
    ),
    State,
)
_QUICK: dict[str, Any] = {"cache": True, "nogil": True, "_nrt": False}
"""Without Numba's reference counting, for which nothing is allocated here: it made the changes three times slower."""
_U1 = types.Array(types.uint64, 1, "C")


@njit(types.int64(SHIP, types.int64, _I1, types.int64, _I2), **_QUICK)
def lay(ship: Ship, s: int, members: Array, count: int, placed: Array) -> Any:
    """Slots for the boxes of one stack, lowest rank first, and the stack's cost; INFEASIBLE when they do not fit.

    20 ft boxes go to the bottom, pairwise; a reefer goes to a plug as late as the plugs allow. Row k of `placed`
    becomes (level, end) of `members[k]`, end 0 fore, 1 aft, 2 both.
    """
    stacks, flags, boxes, prices = ship.stacks, ship.flags, ship.boxes, ship.prices
    tiers = stacks[s, TIERS]
    fore, aft = stacks[s, FORE], stacks[s, AFT]
    height_fore, height_aft = stacks[s, HEIGHT_FORE], stacks[s, HEIGHT_AFT]
    weight_fore, weight_aft, weight = stacks[s, WEIGHT_FORE_2], stacks[s, WEIGHT_AFT_2], stacks[s, WEIGHT_2]
    first_fore, first_aft = stacks[s, FIRST_FORE], stacks[s, FIRST_AFT]
    lashing = stacks[s, LASHING_2]
    below_fore, below_aft, below_both = NOBODY, NOBODY, NOBODY
    cost = 0
    short, cold_short, cold_long = 0, 0, 0
    heights, weights = height_fore + height_aft, weight
    for k in range(count):
        b = members[k]
        if boxes[b, LENGTH] == 0:
            short += 1
            cold_short += boxes[b, NEEDS_PLUG]
            heights += boxes[b, HEIGHT]
            weights += boxes[b, WEIGHT]
        else:
            cold_long += boxes[b, NEEDS_PLUG]
            heights += 2 * boxes[b, HEIGHT]
            weights += 2 * boxes[b, WEIGHT]
    # What can be seen at a glance, as most changes that are tried do not fit.
    if short > 0 and stacks[s, HAS_LONG]:
        return INFEASIBLE
    if weights > stacks[s, LIMIT_40_2] or heights > 2 * stacks[s, LIMIT_HEIGHT]:
        return INFEASIBLE
    if short + 2 * (count - short) > 2 * tiers - fore - aft:
        return INFEASIBLE
    if count > short and not stacks[s, HAS_STEPS] and (short + fore + aft) % 2:
        return INFEASIBLE
    used = 0
    for _ in range(short):
        while fore < tiers and flags[s, fore] & (SHORT_FORE | LONG | LONGEST) == 0:
            fore += 1
        while aft < tiers and flags[s, aft] & (SHORT_AFT | LONG | LONGEST) == 0:
            aft += 1
        fore_takes = fore < tiers and flags[s, fore] & SHORT_FORE != 0
        aft_takes = aft < tiers and flags[s, aft] & SHORT_AFT != 0
        if not fore_takes and not aft_takes:
            return INFEASIBLE
        is_fore = fore_takes and (not aft_takes or fore <= aft)
        level, chosen = 0, -1
        for attempt in range(2):
            if attempt == 1:  # nothing fits there for want of a plug
                if not fore_takes or not aft_takes:
                    break
                is_fore = not is_fore
            level = fore if is_fore else aft
            has_plug = flags[s, level] & (PLUG_FORE if is_fore else PLUG_AFT) != 0
            for k in range(short):
                if used >> k & 1 == 0:
                    cold = boxes[members[k], NEEDS_PLUG]
                    if cold and not has_plug:
                        continue
                    if chosen < 0 or (cold and not boxes[members[chosen], NEEDS_PLUG]):
                        chosen = k
                    if cold or cold_short == 0 or not has_plug:
                        break
            if chosen >= 0:
                break
        if chosen < 0:
            return INFEASIBLE
        used |= 1 << chosen
        b = members[chosen]
        cold_short -= boxes[b, NEEDS_PLUG]
        mass, order = boxes[b, MASS], boxes[b, ORDER]
        placed[chosen, 0] = level
        if is_fore:
            placed[chosen, 1] = 0
            fore += 1
            lashing += mass * (2 * height_fore + boxes[b, HEIGHT])
            height_fore += boxes[b, HEIGHT]
            weight_fore += 2 * boxes[b, WEIGHT]
            if order > first_fore:
                cost += prices[OVERSTOW]
            else:
                first_fore = order
            if below_fore != NOBODY and mass - below_fore > ship.max_inversion_kg:
                cost += prices[INVERSION]
            below_fore = mass
        else:
            placed[chosen, 1] = 1
            aft += 1
            lashing += mass * (2 * height_aft + boxes[b, HEIGHT])
            height_aft += boxes[b, HEIGHT]
            weight_aft += 2 * boxes[b, WEIGHT]
            if order > first_aft:
                cost += prices[OVERSTOW]
            else:
                first_aft = order
            if below_aft != NOBODY and mass - below_aft > ship.max_inversion_kg:
                cost += prices[INVERSION]
            below_aft = mass
        weight += boxes[b, WEIGHT]
    if count > short:
        while fore < tiers and flags[s, fore] & (SHORT_FORE | LONG | LONGEST) == 0:
            fore += 1
        while aft < tiers and flags[s, aft] & (SHORT_AFT | LONG | LONGEST) == 0:
            aft += 1
        if fore != aft:
            return INFEASIBLE
        if not stacks[s, HAS_STEPS] and abs(height_fore - height_aft) > UNEVEN_MM:
            return INFEASIBLE
    for _ in range(count - short):
        level = fore
        if level >= tiers:
            return INFEASIBLE
        flag = flags[s, level]
        has_plug = flag & (PLUG_FORE | PLUG_AFT) != 0
        must = False
        if cold_long > 0:
            plugs = 0
            for higher in range(level, tiers):
                if flags[s, higher] & LONG != 0 and flags[s, higher] & (PLUG_FORE | PLUG_AFT) != 0:
                    plugs += 1
            if plugs < cold_long:
                return INFEASIBLE
            must = has_plug and plugs == cold_long
        chosen = -1
        for k in range(short, count):
            if used >> k & 1 == 0:
                b = members[k]
                if boxes[b, NEEDS_PLUG] != 0:
                    if not has_plug:
                        continue
                elif must:
                    continue
                if flag & (LONGEST if boxes[b, LENGTH] == 2 else LONG) != 0:
                    chosen = k
                    break
        if chosen < 0:
            return INFEASIBLE
        used |= 1 << chosen
        b = members[chosen]
        cold_long -= boxes[b, NEEDS_PLUG]
        mass, order, height = boxes[b, MASS], boxes[b, ORDER], boxes[b, HEIGHT]
        placed[chosen, 0] = level
        placed[chosen, 1] = 2
        fore += 1
        lashing += mass * (2 * max(height_fore, height_aft) + height)
        # Both ends go on from the higher one for lashing, each from its own for the limit of height.
        height_fore += height
        height_aft += height
        weight_fore += boxes[b, WEIGHT]
        weight_aft += boxes[b, WEIGHT]
        weight += 2 * boxes[b, WEIGHT]
        if order > first_fore or order > first_aft:
            cost += prices[OVERSTOW]
        first_fore = min(first_fore, order)
        first_aft = min(first_aft, order)
        if below_both != NOBODY:
            if mass - below_both > ship.max_inversion_kg:
                cost += prices[INVERSION]
        elif below_fore != NOBODY and below_aft != NOBODY:
            if mass - below_fore - below_aft > ship.max_inversion_kg:
                cost += prices[INVERSION]
        below_both = mass
    if height_fore > stacks[s, LIMIT_HEIGHT] or height_aft > stacks[s, LIMIT_HEIGHT]:
        return INFEASIBLE
    if weight_fore > stacks[s, LIMIT_20_2] or weight_aft > stacks[s, LIMIT_20_2]:
        return INFEASIBLE
    if weight > stacks[s, LIMIT_40_2] or lashing > stacks[s, LASHING_CAP_2]:
        return INFEASIBLE
    return cost


@njit(types.void(SHIP, STATE, types.int64), **_QUICK)
def _count_lid_overstows(ship: Ship, state: State, s: int) -> None:
    """Boxes of deck stack s that leave later than one under a lid the stack rests on."""
    first = LATEST
    for j in range(ship.lids_of.shape[1]):
        lid = ship.lids_of[s, j]
        if lid >= 0 and state.first_under[lid] < first:
            first = state.first_under[lid]
    over = 0
    for order in range(first + 1, state.by_order.shape[1]):
        over += state.by_order[s, order]
    more = over - state.lid_over[s]
    if more != 0:
        state.totals[LIDS_COST] += more * ship.prices[LID_OVERSTOW]
        state.lid_over[s] = over
        for j in range(ship.lids_of.shape[1]):
            lid = ship.lids_of[s, j]
            if lid >= 0:
                state.over_on_lid[lid] += more


@njit(types.void(SHIP, STATE, types.int64), **_QUICK)
def _refresh_lids(ship: Ship, state: State, s: int) -> None:
    """Bring lid overstows and what is blocked under lids up to date after a change in stack s."""
    for j in range(ship.lids_of.shape[1]):
        lid = ship.lids_of[s, j]
        if lid < 0:
            continue
        last = state.on_lid.shape[1] - 1
        while last > 0 and state.on_lid[lid, last] == 0:
            last -= 1
        state.last_on[lid] = last
        blocked = 0
        for order in range(last):
            blocked += state.under_lid[lid, order]
        state.totals[BLOCKED_COST] += (blocked - state.blocked[lid]) * ship.prices[BLOCKED]
        state.blocked[lid] = blocked
    if ship.stacks[s, IS_DECK]:
        _count_lid_overstows(ship, state, s)
        return
    for j in range(ship.lids_of.shape[1]):
        lid = ship.lids_of[s, j]
        if lid < 0:
            continue
        first = LATEST
        for order in range(state.under_lid.shape[1]):
            if state.under_lid[lid, order] > 0:
                first = order
                break
        if first != state.first_under[lid]:
            state.first_under[lid] = first
            for at in range(ship.decks_from[lid], ship.decks_from[lid + 1]):
                _count_lid_overstows(ship, state, ship.decks[at])


@njit(types.void(SHIP, STATE, types.int64, types.int64, types.int64), **_QUICK)
def shift(ship: Ship, state: State, s: int, b: int, sign: int) -> None:
    """Count box b in (sign 1) or out (-1) of stack s, everywhere but in the stack's own cost and lid overstows."""
    order = ship.boxes[b, ORDER]
    if s == ASHORE:
        state.totals[REFUSED_COST] += sign * ship.boxes[b, REFUSED_PRICE]
        state.totals[COUNT_ASHORE] += sign
        return
    if ship.stacks[s, IS_DECK]:
        state.by_order[s, order] += sign
        for j in range(ship.lids_of.shape[1]):
            lid = ship.lids_of[s, j]
            if lid >= 0:
                state.on_lid[lid, order] += sign
    else:
        for j in range(ship.lids_of.shape[1]):
            lid = ship.lids_of[s, j]
            if lid >= 0:
                state.under_lid[lid, order] += sign
                state.lid_boxes[lid] += sign
                if state.lid_boxes[lid] == (1 if sign > 0 else 0):
                    state.totals[LID_MOVES_COST] += sign * ship.prices[LID_MOVES]
    group = ship.stacks[s, GROUP]
    state.by_group[group, order] += sign
    if state.by_group[group, order] == (1 if sign > 0 else 0):
        state.totals[MIX_COST] += sign * ship.prices[MIX]
    state.moves[ship.stacks[s, BAY]] += sign
    if ship.room_rows.shape[0] > 0:
        lid = ship.lids_of[s, 0] if ship.lids_of[s, 0] >= 0 else state.room_of_lid.shape[0] - 1
        teu = sign * (1 if ship.boxes[b, LENGTH] == 0 else 2)
        if ship.stacks[s, IS_DECK]:
            state.teu_on[lid, order] += teu
        else:
            state.teu_under[lid, order] += teu
    mass = ship.boxes[b, MASS]
    state.totals[TCG_MOMENT] += sign * mass * ship.stacks[s, TCG]
    station = ship.stacks[s, STATION]
    if ship.prices[STRENGTH_PRICE] > 0 and station >= 0:
        ahead = (mass * ship.stacks[s, STATION_SHARE]) >> STATION_BITS
        state.surplus[station] += sign * ahead
        state.surplus[station + 1] += sign * (mass - ahead)


@njit(types.int64(SHIP, STATE, types.int64, types.int64, types.int64, types.int64), **_QUICK)
def _cranes_cost(ship: Ship, state: State, bay_s: int, more_s: int, bay_t: int, more_t: int) -> Any:
    """Price of the crane moves, with `more_s` moves more in one bay and `more_t` in another.

    No split of the cranes is shorter than the moves of a run of bays by the cranes that have room there; the longest of
    these is what the long crane is paid for.
    """
    prefix, bays = state.prefix, state.moves.shape[0]
    for bay in range(bays):
        here = state.moves[bay]
        if bay == bay_s:
            here += more_s
        if bay == bay_t:
            here += more_t
        prefix[bay + 1] = prefix[bay] + here
    cost, longest = 0, 0
    for w in range(ship.windows.shape[0]):
        moves = prefix[ship.windows[w, 1]] - prefix[ship.windows[w, 0]]
        longest = max(longest, moves * ship.windows[w, 2])
        if ship.windows[w, 3] and moves > ship.window_target:
            cost += (moves - ship.window_target) * ship.prices[SPREAD]
    return cost + longest


@njit(types.int64(SHIP, types.int64), **_QUICK)
def _heel_cost(ship: Ship, moment: int) -> Any:
    tilt = abs(moment) - ship.tcg_free
    return (tilt >> 20) * ship.prices[TCG_PRICE] if tilt > 0 else 0


@njit(types.int64(SHIP, STATE), **_QUICK)
def _strain_cost(ship: Ship, state: State) -> Any:
    cost, force, moment = 0, 0, 0
    for i in range(state.surplus.shape[0]):
        if i > 0:
            moment += (force * (ship.station_x[i - 1] - ship.station_x[i])) // 1000
        force += state.surplus[i]
        over = 0
        if force > ship.limits[i, 1]:
            over += force - ship.limits[i, 1]
        if force < ship.limits[i, 0]:
            over += ship.limits[i, 0] - force
        if moment > ship.limits[i, 3]:
            over += (moment - ship.limits[i, 3]) >> 5
        if moment < ship.limits[i, 2]:
            over += (ship.limits[i, 2] - moment) >> 5
        cost += (over >> 10) * ship.prices[STRENGTH_PRICE]
    return cost


@njit(types.int64(SHIP, STATE), **_QUICK)
def _room_cost(ship: Ship, state: State) -> Any:
    """Price of what later ports expect to load and find no room for (Hall's condition at each port)."""
    missing, worst, port = 0, 0, -1
    for r in range(ship.room_rows.shape[0]):
        if ship.room_rows[r, 0] != port:
            missing += worst
            worst, port = 0, ship.room_rows[r, 0]
        worst = max(worst, ship.room_rows[r, 2] - state.room[r])
    return (missing + worst) * ship.prices[LATER_ROOM]


@njit(types.void(SHIP, STATE, types.int64), **_QUICK)
def refresh_room(ship: Ship, state: State, lid: int) -> None:
    """Bring the room over and under a lid up to date; the row after the last lid is for stacks without one."""
    orders = state.teu_on.shape[1]
    has_lid = lid < state.room_of_lid.shape[0] - 1
    for r in range(ship.room_rows.shape[0]):
        port, pod = ship.room_rows[r, 0], ship.room_rows[r, 1]
        over, under, first = ship.room_caps[lid, 0], ship.room_caps[lid, 1], LATEST
        for order in range(orders - 1, port, -1):
            over -= state.teu_on[lid, order]
            under -= state.teu_under[lid, order]
            if has_lid and state.under_lid[lid, order] > 0:
                first = order
        room = over if first >= pod else 0
        if not has_lid or state.last_on[lid] <= port:
            room += under
        state.room[r] += room - state.room_of_lid[lid, r]
        state.room_of_lid[lid, r] = room


@njit(types.void(SHIP, STATE, types.int64), **_QUICK)
def _refresh_rooms(ship: Ship, state: State, s: int) -> None:
    if ship.lids_of[s, 0] < 0:
        refresh_room(ship, state, state.room_of_lid.shape[0] - 1)
    for j in range(ship.lids_of.shape[1]):
        if ship.lids_of[s, j] >= 0:
            refresh_room(ship, state, ship.lids_of[s, j])


@njit(types.int64(SHIP, STATE), **_QUICK)
def total_cost(ship: Ship, state: State) -> Any:
    """All of it, the parts that concern the whole ship computed afresh."""
    totals = state.totals
    cost = totals[STACKS_COST] + totals[LIDS_COST] + totals[BLOCKED_COST] + totals[MIX_COST]
    cost += totals[LID_MOVES_COST] + totals[REFUSED_COST]
    cost += _cranes_cost(ship, state, 0, 0, 0, 0) + _heel_cost(ship, totals[TCG_MOMENT])
    cost += _room_cost(ship, state)
    return cost + _strain_cost(ship, state) if ship.prices[STRENGTH_PRICE] > 0 else cost


@njit(types.int64(SHIP, STATE, types.int64, _I1, types.int64, _I1, types.int64, _I1), **_QUICK)
def _changed(ship: Ship, state: State, s: int, out: Array, outs: int, new: Array, news: int, target: Array) -> Any:
    """Write the boxes of stack s without `out` and with `new` to `target`, in order of rank; return how many."""
    boxes = ship.boxes
    n = 0
    for k in range(state.counts[s]):
        b = state.members[s, k]
        stays = True
        for j in range(outs):
            if out[j] == b:
                stays = False
        if stays:
            target[n] = b
            n += 1
    for j in range(news):
        if n >= target.shape[0]:
            return -1
        b = new[j]
        at = n
        while at > 0 and boxes[target[at - 1], RANK] > boxes[b, RANK]:
            target[at] = target[at - 1]
            at -= 1
        target[at] = b
        n += 1
    return n


@njit(types.void(SHIP, STATE, types.int64, types.int64, _I1, types.int64), **_QUICK)
def _keep(ship: Ship, state: State, s: int, cost: int, members: Array, count: int) -> None:
    for k in range(count):
        state.members[s, k] = members[k]
        state.where[members[k]] = s
    state.counts[s] = count
    state.stack_cost[s] = cost


@njit(types.void(SHIP, STATE, types.int64, _I1, types.int64, types.int64), **_QUICK)
def _add_up(ship: Ship, state: State, s: int, boxes: Array, count: int, sign: int) -> None:
    """Bring the sums of stack s up to date for boxes that come (sign 1) or go (-1)."""
    for j in range(count):
        b = boxes[j]
        is_long = ship.boxes[b, LENGTH] > 0
        state.sums[s, LONGS if is_long else SHORTS] += sign
        state.sums[s, HEIGHTS] += sign * ship.boxes[b, HEIGHT] * (2 if is_long else 1)
        state.sums[s, WEIGHTS_2] += sign * ship.boxes[b, WEIGHT] * (2 if is_long else 1)


@njit(types.boolean(SHIP, STATE, types.int64, _I1, types.int64, _I1, types.int64), **_QUICK)
def _may_fit(ship: Ship, state: State, s: int, out: Array, outs: int, new: Array, news: int) -> Any:
    """False where stack s is closed to one of `new`, or would be too full, high or heavy, which sums alone tell."""
    stacks, boxes = ship.stacks, ship.boxes
    shorts, longs = state.sums[s, SHORTS], state.sums[s, LONGS]
    heights = state.sums[s, HEIGHTS] + stacks[s, HEIGHT_FORE] + stacks[s, HEIGHT_AFT]
    weights = state.sums[s, WEIGHTS_2] + stacks[s, WEIGHT_2]
    for side in range(2):
        group, count, sign = (out, outs, -1) if side == 0 else (new, news, 1)
        for j in range(count):
            b = group[j]
            if side == 1 and ship.closed[boxes[b, KIND], s]:
                return False
            if boxes[b, LENGTH] == 0:
                shorts += sign
                heights += sign * boxes[b, HEIGHT]
                weights += sign * boxes[b, WEIGHT]
            else:
                longs += sign
                heights += 2 * sign * boxes[b, HEIGHT]
                weights += 2 * sign * boxes[b, WEIGHT]
    taken = stacks[s, FORE] + stacks[s, AFT]
    if shorts > 0 and stacks[s, HAS_LONG]:
        return False
    if weights > stacks[s, LIMIT_40_2] or heights > 2 * stacks[s, LIMIT_HEIGHT]:
        return False
    if shorts + 2 * longs > 2 * stacks[s, TIERS] - taken:
        return False
    return not (longs > 0 and not stacks[s, HAS_STEPS] and (shorts + taken) % 2)


@njit(types.int64(SHIP, STATE, types.int64, _I1, types.int64, _I1, types.int64), **_QUICK)
def _mix_more(ship: Ship, state: State, s: int, out: Array, outs: int, new: Array, news: int) -> Any:
    """How many ports more the group of stack s would be for."""
    boxes, group, more = ship.boxes, ship.stacks[s, GROUP], 0
    for side in range(2):
        here, count = (out, outs) if side == 0 else (new, news)
        for j in range(count):
            order = boxes[here[j], ORDER]
            is_first = True  # each port is counted once
            for i in range(j):
                if boxes[here[i], ORDER] == order:
                    is_first = False
            if side == 1:
                for i in range(outs):
                    if boxes[out[i], ORDER] == order:
                        is_first = False
            if is_first:
                before = state.by_group[group, order]
                after = before
                for i in range(outs):
                    if boxes[out[i], ORDER] == order:
                        after -= 1
                for i in range(news):
                    if boxes[new[i], ORDER] == order:
                        after += 1
                more += (1 if after > 0 else 0) - (1 if before > 0 else 0)
    return more


@njit(types.int64(SHIP, _I2, types.int64, types.int64, _I1, types.int64, _I1, types.int64), **_QUICK)
def _count_after(ship: Ship, counts: Array, row: int, order: int, out: Array, outs: int, new: Array, news: int) -> Any:
    after = counts[row, order]
    for j in range(outs):
        if ship.boxes[out[j], ORDER] == order:
            after -= 1
    for j in range(news):
        if ship.boxes[new[j], ORDER] == order:
            after += 1
    return after


@njit(types.int64(SHIP, STATE, types.int64, _I1, types.int64, _I1, types.int64), **_QUICK)
def _deck_costs_more(ship: Ship, state: State, s: int, out: Array, outs: int, new: Array, news: int) -> Any:
    """What lids cost more when deck stack s loses `out` and gets `new`."""
    boxes, cost, first = ship.boxes, 0, LATEST
    for j in range(ship.lids_of.shape[1]):
        lid = ship.lids_of[s, j]
        if lid < 0:
            continue
        first = min(first, state.first_under[lid])
        last = state.last_on[lid]
        highest = last
        for i in range(news):
            highest = max(highest, boxes[new[i], ORDER])
        if highest == last:
            while last > 0 and _count_after(ship, state.on_lid, lid, last, out, outs, new, news) == 0:
                last -= 1
        else:
            last = highest
        if last != state.last_on[lid]:
            blocked = 0
            for order in range(last):
                blocked += state.under_lid[lid, order]
            cost += (blocked - state.blocked[lid]) * ship.prices[BLOCKED]
    over = 0
    for i in range(news):
        over += boxes[new[i], ORDER] > first
    for i in range(outs):
        over -= boxes[out[i], ORDER] > first
    return cost + over * ship.prices[LID_OVERSTOW]


@njit(types.int64(SHIP, STATE, types.int64, types.int64), **_QUICK)
def _first_elsewhere(ship: Ship, state: State, s: int, lid: int) -> Any:
    """The first port under the other lids of deck stack s."""
    first = LATEST
    for j in range(ship.lids_of.shape[1]):
        other = ship.lids_of[s, j]
        if other >= 0 and other != lid:
            first = min(first, state.first_under[other])
    return first


@njit(types.int64(SHIP, STATE, types.int64, _I1, types.int64, _I1, types.int64), **_QUICK)
def _hold_costs_more(ship: Ship, state: State, s: int, out: Array, outs: int, new: Array, news: int) -> Any:
    """What lids cost more when hold stack s loses `out` and gets `new`."""
    boxes, cost = ship.boxes, 0
    for j in range(ship.lids_of.shape[1]):
        lid = ship.lids_of[s, j]
        if lid < 0:
            continue
        first, last = state.first_under[lid], state.last_on[lid]
        lowest, blocked = first, 0
        for i in range(news):
            order = boxes[new[i], ORDER]
            lowest = min(lowest, order)
            blocked += order < last
        for i in range(outs):
            blocked -= boxes[out[i], ORDER] < last
        cost += blocked * ship.prices[BLOCKED]
        if lowest == first:
            orders = state.under_lid.shape[1]
            while lowest < orders and _count_after(ship, state.under_lid, lid, lowest, out, outs, new, news) == 0:
                lowest += 1
            if lowest == orders:
                lowest = LATEST
        if lowest != first:
            over = 0
            for at in range(ship.decks_from[lid], ship.decks_from[lid + 1]):
                deck = ship.decks[at]
                least = min(lowest, _first_elsewhere(ship, state, deck, lid))
                for order in range(least + 1, state.by_order.shape[1]):
                    over += state.by_order[deck, order]
                over -= state.lid_over[deck]
            cost += over * ship.prices[LID_OVERSTOW]
        before = state.lid_boxes[lid]
        after = before + news - outs
        cost += ((1 if after > 0 else 0) - (1 if before > 0 else 0)) * ship.prices[LID_MOVES]
    return cost


@njit(types.int64(SHIP, STATE, types.int64, _I1, types.int64, _I1, types.int64), **_QUICK)
def _costs_more(ship: Ship, state: State, s: int, out: Array, outs: int, new: Array, news: int) -> Any:
    """What stack s costs more with `new` for `out`, its own cost, heel, strength and cranes apart; s may be ASHORE."""
    cost = 0
    if s == ASHORE:
        for j in range(news):
            cost += ship.boxes[new[j], REFUSED_PRICE]
        for j in range(outs):
            cost -= ship.boxes[out[j], REFUSED_PRICE]
        return cost
    cost = _mix_more(ship, state, s, out, outs, new, news) * ship.prices[MIX]
    if ship.stacks[s, IS_DECK]:
        return cost + _deck_costs_more(ship, state, s, out, outs, new, news)
    return cost + _hold_costs_more(ship, state, s, out, outs, new, news)


@njit(
    types.void(SHIP, STATE, types.int64, types.int64, _I1, types.int64, _I1, types.int64),
    **_QUICK,
)
def _count_over(
    ship: Ship, state: State, s: int, t: int, going: Array, goings: int, coming: Array, comings: int
) -> None:
    """Count boxes `going` from s to t and `coming` from t to s, everywhere but in the stacks' own costs and lists."""
    for j in range(goings):
        shift(ship, state, s, going[j], -1)
        shift(ship, state, t, going[j], 1)
    for j in range(comings):
        shift(ship, state, t, coming[j], -1)
        shift(ship, state, s, coming[j], 1)
    for stack in (s, t):
        if stack != ASHORE:
            _refresh_lids(ship, state, stack)
            if ship.room_rows.shape[0] > 0:
                _refresh_rooms(ship, state, stack)


@njit(types.int64(SHIP, STATE, types.int64, types.int64, _I1, types.int64, _I1, types.int64), **_QUICK)
def _costs_more_apart(
    ship: Ship, state: State, s: int, t: int, going: Array, goings: int, coming: Array, comings: int
) -> Any:
    """What an exchange between stacks of two zones costs more, their own costs, strength and later room apart."""
    cost = _costs_more(ship, state, s, going, goings, coming, comings)
    cost += _costs_more(ship, state, t, coming, comings, going, goings)
    bay_s, tcg_s = (ship.stacks[s, BAY], ship.stacks[s, TCG]) if s != ASHORE else (-1, 0)
    bay_t, tcg_t = (ship.stacks[t, BAY], ship.stacks[t, TCG]) if t != ASHORE else (-1, 0)
    if goings != comings and bay_s != bay_t:
        cost += _cranes_cost(ship, state, bay_s, comings - goings, bay_t, goings - comings)
        cost -= _cranes_cost(ship, state, -1, 0, -1, 0)
    moment = state.totals[TCG_MOMENT]
    for j in range(goings):
        moment += ship.boxes[going[j], MASS] * (tcg_t - tcg_s)
    for j in range(comings):
        moment += ship.boxes[coming[j], MASS] * (tcg_s - tcg_t)
    return cost + _heel_cost(ship, moment) - _heel_cost(ship, state.totals[TCG_MOMENT])


@njit(
    types.int64(SHIP, STATE, types.int64, types.int64, _I1, types.int64, _I1, types.int64, types.int64, types.int64),
    **_QUICK,
)
def _cost_after(
    ship: Ship,
    state: State,
    s: int,
    t: int,
    going: Array,
    goings: int,
    coming: Array,
    comings: int,
    now: int,
    most: int,
) -> Any:
    """The total cost `now` after an exchange of boxes, but with the stacks' own costs as they were.

    Where it would be more than `most` anyway, it may be less than that.
    """
    apart = s == ASHORE or t == ASHORE or ship.stacks[s, ZONE] != ship.stacks[t, ZONE]
    entangled = (s != ASHORE and ship.stacks[s, IS_ENTANGLED]) or (t != ASHORE and ship.stacks[t, IS_ENTANGLED])
    is_simple = apart and not entangled
    is_whole = ship.prices[STRENGTH_PRICE] == 0 and ship.room_rows.shape[0] == 0
    if is_simple:
        cost = now + _costs_more_apart(ship, state, s, t, going, goings, coming, comings)
        if is_whole:
            return cost
        least = cost - _room_cost(ship, state)
        if ship.prices[STRENGTH_PRICE] > 0:
            least -= _strain_cost(ship, state)
        if least > most >= 0:
            return least
    before = total_cost(ship, state)
    _count_over(ship, state, s, t, going, goings, coming, comings)
    cost = now + total_cost(ship, state) - before
    _count_over(ship, state, t, s, going, goings, coming, comings)
    return cost


@njit(
    types.int64(SHIP, STATE, types.int64, types.int64, _I1, types.int64, _I1, types.int64, types.int64, types.int64),
    **_QUICK,
)
def change(
    ship: Ship,
    state: State,
    s: int,
    t: int,
    going: Array,
    goings: int,
    coming: Array,
    comings: int,
    now: int,
    most: int,
) -> Any:
    """Move boxes `going` from stack s to t and `coming` from t to s if the total cost becomes at most `most`.

    `now` is the total cost before; a `most` below 0 only asks. Returns what the cost is or would be (or less, where it
    would be more than `most` anyway), INFEASIBLE when a stack does not take it. Either stack may be ASHORE.
    """
    if s != ASHORE and not _may_fit(ship, state, s, going, goings, coming, comings):
        return INFEASIBLE
    if t != ASHORE and not _may_fit(ship, state, t, coming, comings, going, goings):
        return INFEASIBLE
    old = (state.stack_cost[s] if s != ASHORE else 0) + (state.stack_cost[t] if t != ASHORE else 0)
    limit = most + old if most >= 0 else most
    cost = _cost_after(ship, state, s, t, going, goings, coming, comings, now, limit) - old
    if cost > most >= 0:
        return cost
    cost_s, cost_t, count_s, count_t = 0, 0, 0, 0
    if t != ASHORE:
        count_t = _changed(ship, state, t, coming, comings, going, goings, state.after)
        if count_t < 0:
            return INFEASIBLE
        cost_t = lay(ship, t, state.after, count_t, state.spare)
        if cost_t == INFEASIBLE:
            return INFEASIBLE
        cost += cost_t
        if cost > most >= 0:
            return cost
    if s != ASHORE:
        count_s = _changed(ship, state, s, going, goings, coming, comings, state.before)
        if count_s < 0:
            return INFEASIBLE
        cost_s = lay(ship, s, state.before, count_s, state.spare)
        if cost_s == INFEASIBLE:
            return INFEASIBLE
        cost += cost_s
    if cost > most:
        return cost
    _count_over(ship, state, s, t, going, goings, coming, comings)
    if s != ASHORE:
        state.totals[STACKS_COST] += cost_s - state.stack_cost[s]
        _add_up(ship, state, s, going, goings, -1)
        _add_up(ship, state, s, coming, comings, 1)
        _keep(ship, state, s, cost_s, state.before, count_s)
    else:
        for j in range(comings):
            state.where[coming[j]] = ASHORE
    if t != ASHORE:
        state.totals[STACKS_COST] += cost_t - state.stack_cost[t]
        _add_up(ship, state, t, coming, comings, -1)
        _add_up(ship, state, t, going, goings, 1)
        _keep(ship, state, t, cost_t, state.after, count_t)
    else:
        for j in range(goings):
            state.where[going[j]] = ASHORE
    return cost


@njit(types.void(SHIP, STATE, _I1, types.int64), **_QUICK)
def insert(ship: Ship, state: State, order: Array, tries: int) -> None:
    """Take the boxes ashore in the given order into the cheapest of the first `tries` stacks that take them.

    Each box begins to look where the last one was put.
    """
    opens = ship.open_stacks.shape[0]
    box = state.going
    first = 0
    for index in range(order.shape[0]):
        b = order[index]
        if state.where[b] != ASHORE:
            continue
        box[0] = b
        now = total_cost(ship, state)
        best, best_cost = -1, now
        left = tries
        for step in range(opens):
            at = (first + step) % opens
            cost = change(ship, state, ASHORE, ship.open_stacks[at], box, 1, box, 0, now, -1)
            if cost == INFEASIBLE:
                continue
            if cost < best_cost:
                best, best_cost = at, cost
            left -= 1
            if left == 0:
                break
        if best >= 0:
            change(ship, state, ASHORE, ship.open_stacks[best], box, 1, box, 0, 0, INFEASIBLE - 1)
            first = best


@njit(types.int64(SHIP, STATE, types.int64, _I1), **_QUICK)
def relocate(ship: Ship, state: State, b: int, allowed: Array) -> Any:
    """Bring box b to the stack of `allowed` where it costs least, alone or against a box as long; return that stack.

    ASHORE when none takes it; what it changes places with may not be locked.
    """
    boxes, s = ship.boxes, state.where[b]
    going, coming = state.going, state.coming
    going[0] = b
    best_cost, best_t, best_c = INFEASIBLE, ASHORE, -1
    now = total_cost(ship, state)
    for at in range(allowed.shape[0]):
        t = allowed[at]
        if t == s:
            continue
        cost = change(ship, state, s, t, going, 1, coming, 0, now, -1)
        if cost < best_cost:
            best_cost, best_t, best_c = cost, t, -1
        for m in range(state.counts[t]):
            coming[0] = state.members[t, m]
            if boxes[coming[0], LENGTH] == boxes[b, LENGTH] and not state.locked[coming[0]]:
                cost = change(ship, state, s, t, going, 1, coming, 1, now, -1)
                if cost < best_cost:
                    best_cost, best_t, best_c = cost, t, coming[0]
    coming[0] = best_c
    if best_t != ASHORE:
        change(ship, state, s, best_t, going, 1, coming, 1 if best_c >= 0 else 0, now, INFEASIBLE - 1)
    return best_t


@njit(types.int64(SHIP, STATE, types.int64, types.int64, _I1, types.int64), **_QUICK)
def _partner(ship: Ship, state: State, s: int, b: int, pair: Array, at: int) -> Any:
    """Box b and another of 20 ft, next in rank in its stack or ashore (looked for in `kin` from index `at` on).

    Returns how many were found.
    """
    pair[0] = b
    if s == ASHORE:
        n = ship.kin.shape[0]
        for step in range(n):
            other = ship.kin[(at + step) % n]
            if (
                other != b
                and state.where[other] == ASHORE
                and ship.boxes[other, LENGTH] == 0
                and not state.locked[other]
            ):
                pair[1] = other
                return 2
        return 1
    found, before, after = False, -1, -1
    for k in range(state.counts[s]):
        other = state.members[s, k]
        if ship.boxes[other, LENGTH] != 0:
            break
        if other == b:
            found = True
        elif state.locked[other]:
            continue
        elif not found:
            before = other
        else:
            after = other
            break
    if after < 0 and before < 0:
        return 1
    pair[1] = after if after >= 0 else before
    return 2


@njit(types.int64(STATE, types.int64, _I1), **_QUICK)
def _all_of(state: State, s: int, target: Array) -> Any:
    """Write the boxes of stack s that may leave it to `target`; return how many."""
    n = 0
    for k in range(state.counts[s]):
        if not state.locked[state.members[s, k]]:
            target[n] = state.members[s, k]
            n += 1
    return n


@njit(types.int64(SHIP, STATE, types.int64), **_QUICK)
def _next_ashore(ship: Ship, state: State, at: int) -> Any:
    """The first box ashore of `kin` from index `at` on, -1 when there is none."""
    for step in range(ship.kin.shape[0]):
        b = ship.kin[(at + step) % ship.kin.shape[0]]
        if state.where[b] == ASHORE:
            return b
    return -1


@njit(types.int64(SHIP, STATE, types.int64, _U1), **_QUICK)
def _troubled(ship: Ship, state: State, b: int, random: Array) -> Any:
    """A box whose stack or lid costs something, if one is met soon; b is looked at first."""
    for _ in range(TROUBLED_TRIES):
        s = state.where[b]
        if s == ASHORE or state.stack_cost[s] >= ship.prices[OVERSTOW] > 0 or state.lid_over[s] > 0:
            return b
        if not ship.stacks[s, IS_DECK]:
            for j in range(ship.lids_of.shape[1]):
                lid = ship.lids_of[s, j]
                if lid >= 0 and state.blocked[lid] > 0 and ship.boxes[b, ORDER] < state.last_on[lid]:
                    return b
        b = ship.kin[random_below(random, ship.kin.shape[0])]
    return b


@njit(types.int64(SHIP, STATE, types.int64, _U1), **_QUICK)
def _target(ship: Ship, state: State, b: int, random: Array) -> Any:
    """A stack for box b: as often as not in a group in which another box for its port stands, else any."""
    if random_below(random, 2) == 0:
        order = ship.boxes[b, ORDER]
        first = ship.kin_from[order]
        s = state.where[ship.kin[first + random_below(random, ship.kin_from[order + 1] - first)]]
        if s != ASHORE:
            group = ship.stacks[s, GROUP]
            first = ship.group_from[group]
            return ship.group_stacks[first + random_below(random, ship.group_from[group + 1] - first)]
    return ship.open_stacks[random_below(random, ship.open_stacks.shape[0])]


@njit(types.int64(SHIP, STATE, types.int64, types.int64, _U1), **_QUICK)
def _like(ship: Ship, state: State, t: int, b: int, random: Array) -> Any:
    """A box of stack t, rather one as long as b and for another port; -1 when the stack is empty."""
    c, count = -1, state.counts[t]
    if count > 0:
        for _ in range(3):
            c = state.members[t, random_below(random, count)]
            if ship.boxes[c, LENGTH] == ship.boxes[b, LENGTH] and ship.boxes[c, ORDER] != ship.boxes[b, ORDER]:
                break
    return c


@njit(
    types.int64(SHIP, STATE, types.int64, types.int64, types.float64, types.float64, _U1),
    **_QUICK,
)
def anneal(ship: Ship, state: State, now: int, steps: int, hot: float, cold: float, random: Array) -> Any:
    """Try `steps` changes while the temperature falls from `hot` to `cold`; return the total cost at the end."""
    boxes, where = ship.boxes, state.where
    n = ship.kin.shape[0]
    opens = ship.open_stacks.shape[0]
    if n == 0 or opens == 0:
        return now
    going, coming = state.going, state.coming
    cooling = (cold / hot) ** (1.0 / max(1, steps))
    temperature = hot
    for _ in range(steps):
        temperature *= cooling
        luck = 1.0 - random_share(random)
        most = now + int(-temperature * np.log(luck))
        dice = random_below(random, 100)
        goings, comings = 1, 0
        if dice < WHOLE_STACKS:
            # Two stacks change all their boxes.
            s = ship.open_stacks[random_below(random, opens)]
            t = ship.open_stacks[random_below(random, opens)]
            for _ in range(4):
                if ship.stacks[t, IS_DECK] == ship.stacks[s, IS_DECK]:
                    break
                t = ship.open_stacks[random_below(random, opens)]
            goings, comings = _all_of(state, s, going), _all_of(state, t, coming)
        else:
            b = ship.kin[random_below(random, n)]
            if dice < 12 and state.totals[COUNT_ASHORE] > 0:
                b = _next_ashore(ship, state, random_below(random, n))
                if b < 0:
                    continue
            elif dice % 4 == 0:
                b = _troubled(ship, state, b, random)
            if state.locked[b]:
                continue
            s = where[b]
            going[0] = b
            t = ASHORE
            if dice != 99:
                t = _target(ship, state, b, random)
            if dice >= SWAPS_FROM and dice != 99:
                c = _like(ship, state, t, b, random)
                if c < 0 or state.locked[c]:
                    continue
                coming[0] = c
                comings = 1
            if s != t:
                short = boxes[b, LENGTH] == 0
                if short and random_below(random, 4) > 0:
                    goings = _partner(ship, state, s, b, going, random_below(random, n))
                if comings == 1 and boxes[coming[0], LENGTH] == 0 and (goings == 2 or not short):
                    comings = _partner(ship, state, t, coming[0], coming, random_below(random, n))
        if s == t or goings + comings == 0:
            continue
        cost = change(ship, state, s, t, going, goings, coming, comings, now, most)
        if cost <= most:
            now = cost
    return now
