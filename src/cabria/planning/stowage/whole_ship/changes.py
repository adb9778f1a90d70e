"""A change of what is loaded into two stack parts, or one and the quay: what it costs, and its making.

Most changes that are tried fail, so each is first judged by sums (`_is_hopeless`), then the parts are laid, then all
tables follow, and the ship's limits come last. What fails there is struck from the tables again.
"""

from __future__ import annotations

from typing import Any

from numba import njit, types

from cabria.planning.stowage.whole_ship.kernels import (
    ACCEPTED,
    ASHORE,
    BASE,
    BASE_COST,
    BAY,
    BLOCK,
    BLOCK_PORT,
    BUSIEST,
    CELLS,
    COLDS,
    COST,
    COUNT_ASHORE,
    DISPLACEMENT,
    EMPTY_PART,
    F0,
    FLOATING,
    HEIGHT,
    HEIGHT_2,
    I0,
    I1,
    INFEASIBLE,
    IS_COLD,
    IS_DECK,
    IS_LONG,
    LID,
    LID_OVERSTOW,
    LIMIT_HEIGHT_2,
    LIMIT_WHOLE_2,
    MAKESPAN,
    MASS,
    MOMENT_DIVISOR,
    NOBODY,
    ORDER,
    PORT,
    PORT_BELOW,
    QUICK,
    SHIP,
    SHORTS,
    STATE,
    SUM_HEIGHT_2,
    SUM_WHOLE_2,
    TCG,
    TCG_MOMENT,
    TOP_IS_LONG,
    UNLOADED,
    VARYING,
    VCG,
    WHOLE_2,
    WITHIN,
    Array,
    Ship,
    State,
    afloat,
    busiest,
    first_under,
    lay,
    over_lid,
)


@njit(I0(I1, I0, I1, I0, I1, I0, I1), **WITHIN)
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


@njit(types.void(I1, I0), **WITHIN)
def _sort(kinds: Array, count: int) -> None:
    for i in range(1, count):
        c = kinds[i]
        k = i
        while k > 0 and kinds[k - 1] > c:
            kinds[k] = kinds[k - 1]
            k -= 1
        kinds[k] = c


@njit(I0(SHIP, STATE, I0, I1, I0, I0), **WITHIN)
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


@njit(types.void(SHIP, STATE, I0, I1, I0, I0), **WITHIN)
def _count_cells(ship: Ship, state: State, s: int, tops: Array, count: int, sign: int) -> None:
    lid = ship.parts[s, LID]
    if lid >= 0 and ship.parts[s, IS_DECK]:
        for k in range(count):
            state.on[lid, tops[k]] += sign


@njit(I0(SHIP, I0, I1, I0), **WITHIN)
def _cells_of(ship: Ship, s: int, members: Array, count: int) -> Any:
    short = 0
    while short < count and not ship.kinds[members[short], IS_LONG]:
        short += 1
    return short // 2 + count - short


@njit(types.void(SHIP, STATE, I0, I0, I1, I0, I1, I0), **WITHIN)
def _keep(ship: Ship, state: State, s: int, cost: int, members: Array, count: int, tops: Array, cells: int) -> None:
    for k in range(count):
        state.members[s, k] = members[k]
    for k in range(cells):
        state.tops[s, k] = tops[k]
    state.counts[s] = count
    state.cells[s] = cells
    state.stack_cost[s] = cost
    height, whole, shorts, colds, mass, ports = 0, 0, 0, 0, 0, 0
    for k in range(count):
        c = members[k]
        ends = 1 + ship.kinds[c, IS_LONG]
        height += ends * ship.kinds[c, HEIGHT]
        whole += ends * ship.kinds[c, MASS]
        shorts += 2 - ends
        colds += ship.kinds[c, IS_COLD]
        mass += ship.kinds[c, MASS]
        ports += ship.kinds[c, PORT]
    loads = state.loads
    loads[s, SUM_HEIGHT_2], loads[s, SUM_WHOLE_2], loads[s, SHORTS], loads[s, COLDS] = height, whole, shorts, colds
    loads[s, VARYING] = 0
    if count > 0:
        loads[s, VARYING] = cost - ship.parts[s, BASE_COST] - mass * ship.parts[s, VCG] // MOMENT_DIVISOR
        if not ship.parts[s, IS_DECK]:
            loads[s, VARYING] -= ports * ship.prices[PORT_BELOW]


@njit(types.void(STATE, I0, I1, I0), **WITHIN)
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


@njit(types.boolean(SHIP, STATE, I0, I1, I0, I1, I0), **WITHIN)
def _has_room(ship: Ship, state: State, s: int, out: Array, outs: int, into: Array, intos: int) -> Any:
    """Whether part s without and with these boxes keeps what hangs on sums alone."""
    kinds, parts, loads = ship.kinds, ship.parts, state.loads
    height = parts[s, HEIGHT_2] + loads[s, SUM_HEIGHT_2]
    whole = parts[s, WHOLE_2] + loads[s, SUM_WHOLE_2]
    shorts, colds = loads[s, SHORTS], loads[s, COLDS]
    for k in range(outs):
        c = out[k]
        ends = 1 + kinds[c, IS_LONG]
        height -= ends * kinds[c, HEIGHT]
        whole -= ends * kinds[c, MASS]
        shorts -= 2 - ends
        colds -= kinds[c, IS_COLD]
    for k in range(intos):
        c = into[k]
        ends = 1 + kinds[c, IS_LONG]
        height += ends * kinds[c, HEIGHT]
        whole += ends * kinds[c, MASS]
        shorts += 2 - ends
        colds += kinds[c, IS_COLD]
    if height > parts[s, LIMIT_HEIGHT_2] or whole > parts[s, LIMIT_WHOLE_2] or shorts % 2:
        return False
    cells = state.counts[s] - outs + intos - shorts // 2
    if parts[s, BASE] + cells > parts[s, CELLS] or (shorts > 0 and parts[s, TOP_IS_LONG]):
        return False
    return colds == 0 or colds <= 2 * ship.plugs_from[s, parts[s, BASE]]


@njit(I0(SHIP, STATE, I0, I1, I0, I1, I0), **WITHIN)
def _plain_cost(ship: Ship, state: State, s: int, out: Array, outs: int, into: Array, intos: int) -> Any:
    """How much dearer part s gets by masses, ports below and being empty."""
    parts, mass, ports = ship.parts, 0, 0
    for k in range(outs):
        mass -= ship.kinds[out[k], MASS]
        ports -= ship.kinds[out[k], PORT]
    for k in range(intos):
        mass += ship.kinds[into[k], MASS]
        ports += ship.kinds[into[k], PORT]
    cost = mass * parts[s, VCG] // MOMENT_DIVISOR
    if not parts[s, IS_DECK]:
        cost += ports * ship.prices[PORT_BELOW]
    if parts[s, BASE] == 0:
        count = state.counts[s]
        cost += ship.prices[EMPTY_PART] * ((count - outs + intos == 0) - (count == 0))
    return cost


@njit(types.void(SHIP, STATE, I0, I1, I0, I0), **WITHIN)
def _sketch(ship: Ship, state: State, s: int, boxes: Array, count: int, sign: int) -> None:
    """Enter whole units into (or strike them from) the tables of ports, as if each were a cell of its own."""
    parts, kinds = ship.parts, ship.kinds
    lid, is_deck = parts[s, LID], parts[s, IS_DECK]
    top = 0
    for k in range(count):
        order = kinds[boxes[k], ORDER]
        state.block_ports[parts[s, BLOCK], order] += sign
        if is_deck:
            top = max(top, order)
            if kinds[boxes[k], IS_LONG] or k + 1 == count:
                state.on[lid, top] += sign
                top = 0
        else:
            state.under[lid, order] += sign


@njit(I0(SHIP, STATE, I0, I1, I0, I1, I0), **WITHIN)
def _port_cost(ship: Ship, state: State, s: int, out: Array, outs: int, into: Array, intos: int) -> Any:
    """What the ports of these boxes cost in the block of part s now."""
    block, kinds, found = ship.parts[s, BLOCK], ship.kinds, 0
    for k in range(outs):
        found += (k == 0 or kinds[out[k], ORDER] != kinds[out[0], ORDER]) and state.block_ports[
            block, kinds[out[k], ORDER]
        ] > 0
    for k in range(intos):
        order = kinds[into[k], ORDER]
        is_new = k == 0 or order != kinds[into[0], ORDER]
        for j in range(outs):
            is_new = is_new and kinds[out[j], ORDER] != order
        found += is_new and state.block_ports[block, order] > 0
    return found * ship.prices[BLOCK_PORT]


@njit(I0(SHIP, STATE, I0, I0, I0, I0), **WITHIN)
def _outlook(ship: Ship, state: State, s: int, t: int, goings: int, comings: int) -> Any:
    """About the least a change of a unit at most either way can cost more, told without laying the parts.

    Overstows within both parts, and what stands at their plugs, are taken to vanish. Cells on deck are taken to hold
    whole units, so a change may rarely be thought dearer than it is. Boxes that come aboard are not counted.
    """
    going, coming, parts, prices = state.going, state.coming, ship.parts, ship.prices
    lid_s, lid_t = NOBODY, NOBODY
    cost, decks = -prices[MAKESPAN] * (goings + comings), 0
    if s != ASHORE:
        cost += _plain_cost(ship, state, s, going, goings, coming, comings) - state.loads[s, VARYING]
        cost -= _port_cost(ship, state, s, going, goings, coming, comings)
        _sketch(ship, state, s, going, goings, -1)
        _sketch(ship, state, s, coming, comings, 1)
        cost += _port_cost(ship, state, s, going, goings, coming, comings)
        decks += parts[s, IS_DECK]
        lid_s = parts[s, LID]
    if t != ASHORE:
        cost += _plain_cost(ship, state, t, coming, comings, going, goings) - state.loads[t, VARYING]
        cost -= _port_cost(ship, state, t, coming, comings, going, goings)
        _sketch(ship, state, t, coming, comings, -1)
        _sketch(ship, state, t, going, goings, 1)
        cost += _port_cost(ship, state, t, coming, comings, going, goings)
        decks += parts[t, IS_DECK]
        lid_t = parts[t, LID]
    if lid_s >= 0:
        cost += prices[LID_OVERSTOW] * (over_lid(state, lid_s) - state.lid_over[lid_s])
    if lid_t >= 0 and lid_t != lid_s:
        cost += prices[LID_OVERSTOW] * (over_lid(state, lid_t) - state.lid_over[lid_t])
    if s != ASHORE:
        _sketch(ship, state, s, going, goings, 1)
        _sketch(ship, state, s, coming, comings, -1)
    if t != ASHORE:
        _sketch(ship, state, t, coming, comings, 1)
        _sketch(ship, state, t, going, goings, -1)
    if not ship.kinds[going[0], IS_LONG] or (comings > 0 and not ship.kinds[coming[0], IS_LONG]):
        cost -= decks * prices[LID_OVERSTOW]
    return cost


@njit(I0(SHIP, STATE, I0, I1, I0, I1, I0, I1, I0, I1, I0), **WITHIN)
def _enter(
    ship: Ship, state: State, s: int, out: Array, outs: int, into: Array, intos: int,
    old_tops: Array, old_cells: int, tops: Array, cells: int,
) -> Any:  # fmt: skip
    """Enter a change of part s into the tables of ports, masses and lids; what new block ports cost."""
    cost = _count_boxes(ship, state, s, out, outs, -1) + _count_boxes(ship, state, s, into, intos, 1)
    _count_cells(ship, state, s, old_tops, old_cells, -1)
    _count_cells(ship, state, s, tops, cells, 1)
    return cost


@njit(types.boolean(SHIP, STATE, I0, I0, I0, I0, F0), **WITHIN)
def _is_hopeless(ship: Ship, state: State, s: int, t: int, goings: int, comings: int, slack: float) -> Any:
    """Whether sums alone tell that a change does not fit or costs too much."""
    going, coming = state.going, state.coming
    if s != ASHORE and not _has_room(ship, state, s, going, goings, coming, comings):
        return True
    if t != ASHORE and not _has_room(ship, state, t, coming, comings, going, goings):
        return True
    if goings > 2 or comings > 2:
        return False
    gain = slack + state.excess[FLOATING]
    if s == ASHORE:
        gain += (goings - comings) * ship.prices[UNLOADED]
    elif t == ASHORE:
        gain += (comings - goings) * ship.prices[UNLOADED]
    return _outlook(ship, state, s, t, goings, comings) > gain


@njit(types.boolean(SHIP, STATE, I0, I0, I0, I0, F0, I0), **QUICK)
def change(ship: Ship, state: State, s: int, t: int, goings: int, comings: int, slack: float, is_hard: int) -> Any:
    """Move `state.going` from part s to t and `state.coming` back, if that costs at most `slack` (in UNITS) more.

    Either part may be ASHORE; boxes from there are also named in `state.at`. When `is_hard`, no limit may be passed
    further than it is. Sums that `_is_hopeless` looks at are laid anew, so this is right without it.
    """
    going, coming, totals, prices, parts = state.going, state.coming, state.totals, ship.prices, ship.parts
    _sort(going, goings)
    _sort(coming, comings)
    # What it costs more, boxes that come aboard taken off.
    cost, cost_s, cost_t, lid_s, lid_t = 0, 0, 0, NOBODY, NOBODY
    count_s, count_t, cells_s, cells_t = 0, 0, 0, 0
    if s != ASHORE:
        count_s = _merge(state.members[s], state.counts[s], going, goings, coming, comings, state.new_s)
        cost_s = lay(ship, s, state.new_s, count_s, state.tops_s)
        if cost_s == INFEASIBLE:
            return False
        cells_s, lid_s = _cells_of(ship, s, state.new_s, count_s), parts[s, LID]
        cost += cost_s - state.stack_cost[s] + prices[UNLOADED] * (goings - comings)
    if t != ASHORE:
        count_t = _merge(state.members[t], state.counts[t], coming, comings, going, goings, state.new_t)
        cost_t = lay(ship, t, state.new_t, count_t, state.tops_t)
        if cost_t == INFEASIBLE:
            return False
        cells_t, lid_t = _cells_of(ship, t, state.new_t, count_t), parts[t, LID]
        cost += cost_t - state.stack_cost[t] + prices[UNLOADED] * (comings - goings)
    if lid_t == lid_s:
        lid_t = NOBODY
    lids = (state.lid_over[lid_s] if lid_s >= 0 else 0) + (state.lid_over[lid_t] if lid_t >= 0 else 0)
    at_best = prices[LID_OVERSTOW] * lids + (prices[BLOCK_PORT] + prices[MAKESPAN]) * (goings + comings)
    # Nothing but lids, block ports, the busiest pair and limits can still pay: reject what they cannot make good.
    if cost > slack + at_best + state.excess[FLOATING]:
        return False
    if s != ASHORE:
        cost += _enter(
            ship, state, s, going, goings, coming, comings, state.tops[s], state.cells[s], state.tops_s, cells_s
        )
    if t != ASHORE:
        cost += _enter(
            ship, state, t, coming, comings, going, goings, state.tops[t], state.cells[t], state.tops_t, cells_t
        )
    over_s, over_t = 0, 0
    if lid_s >= 0:
        over_s = over_lid(state, lid_s)
        cost += prices[LID_OVERSTOW] * (over_s - state.lid_over[lid_s])
    if lid_t >= 0:
        over_t = over_lid(state, lid_t)
        cost += prices[LID_OVERSTOW] * (over_t - state.lid_over[lid_t])
    most_moves = busiest(state.moves)
    cost += prices[MAKESPAN] * (most_moves - totals[BUSIEST])
    fits = cost - state.excess[FLOATING] <= slack
    if fits:
        fits = cost + afloat(ship, state, state.spare) - state.excess[FLOATING] <= slack
        if fits and is_hard:
            for kind in range(FLOATING):
                if state.spare[kind] > state.excess[kind]:
                    fits = False
    if not fits:
        if s != ASHORE:
            _enter(ship, state, s, coming, comings, going, goings, state.tops_s, cells_s, state.tops[s], state.cells[s])
        if t != ASHORE:
            _enter(ship, state, t, going, goings, coming, comings, state.tops_t, cells_t, state.tops[t], state.cells[t])
        return False
    if s != ASHORE:
        _keep(ship, state, s, cost_s, state.new_s, count_s, state.tops_s, cells_s)
    else:
        _exchange_ashore(state, goings, coming, comings)
    if t != ASHORE:
        _keep(ship, state, t, cost_t, state.new_t, count_t, state.tops_t, cells_t)
    else:
        _exchange_ashore(state, comings, going, goings)
    if lid_s >= 0:
        state.lid_over[lid_s], state.first[lid_s] = over_s, first_under(state, lid_s)
    if lid_t >= 0:
        state.lid_over[lid_t], state.first[lid_t] = over_t, first_under(state, lid_t)
    totals[COST] += cost
    totals[BUSIEST] = most_moves
    totals[ACCEPTED] += 1
    for kind in range(FLOATING + 1):
        state.excess[kind] = state.spare[kind]
    return True


@njit(types.boolean(SHIP, STATE, I0, I0, I0, I0, F0, I0), **WITHIN)
def try_change(ship: Ship, state: State, s: int, t: int, goings: int, comings: int, slack: float, is_hard: int) -> Any:
    """`change`, looked at from afar first, as most that are tried fail. It must move something."""
    if _is_hopeless(ship, state, s, t, goings, comings, slack):
        return False
    return change(ship, state, s, t, goings, comings, slack, is_hard)
