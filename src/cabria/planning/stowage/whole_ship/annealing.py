"""The moves that are tried, and annealing: picks of boxes and parts, and chains of changes."""

from __future__ import annotations

from typing import Any

import numpy as np
from numba import njit, types

from cabria.planning.search.kernels import random_share
from cabria.planning.stowage.whole_ship.changes import change, try_change
from cabria.planning.stowage.whole_ship.kernels import (
    ASHORE,
    BLOCK,
    COST,
    COUNT_ASHORE,
    F0,
    FLOATING,
    I0,
    I1,
    IS_DECK,
    IS_LONG,
    LID,
    LINK_COMING,
    LINK_FROM,
    LINK_GOING,
    LINK_TO,
    MOST_LINKS,
    NOBODY,
    ORDER,
    QUICK,
    SHIP,
    STATE,
    U1,
    UNITS,
    WITHIN,
    Array,
    Ship,
    State,
    below,
)

# Kinds of moves; `shares` has how many of a thousand are of each.
MOVE, LOAD, SWAP, SWAP_ASHORE, UNLOAD, SWAP_ALL, SWAP_ONE, CHAIN, MOVES = range(9)
SIMILAR_TRIES, LINK_TRIES = 4, 24
LINK_SLACK = 100.0 * UNITS
"""What one change of a chain may cost at most."""


@njit(I0(SHIP, STATE, I0, I0, I1, U1), **WITHIN)
def _pick_aboard(ship: Ship, state: State, s: int, single: int, unit: Array, random: Array) -> Any:
    """A 40 ft, a pair of 20 ft next to each other in rank, or with `single` one box; returns how many."""
    count = state.counts[s]
    if count == 0:
        return 0
    k = below(random, count)
    unit[0] = state.members[s, k]
    if single or ship.kinds[unit[0], IS_LONG]:
        return 1
    other = k + 1 if below(random, 2) == 0 else k - 1
    if other < 0 or other >= count or ship.kinds[state.members[s, other], IS_LONG]:
        other = k - 1 if other > k else k + 1
    if other < 0 or other >= count or ship.kinds[state.members[s, other], IS_LONG]:
        return 0
    unit[1] = state.members[s, other]
    return 2


@njit(I0(SHIP, STATE, I0, I1, U1), **WITHIN)
def _pick_ashore(ship: Ship, state: State, single: int, unit: Array, random: Array) -> Any:
    """A 40 ft, two 20 ft (rather of one destination), or with `single` one box; places go to `state.at`, falling."""
    count = state.totals[COUNT_ASHORE]
    if count == 0:
        return 0
    kinds = ship.kinds
    state.at[0] = below(random, count)
    unit[0] = state.ashore[state.at[0]]
    if single or kinds[unit[0], IS_LONG]:
        return 1
    found = -1
    start = below(random, count)
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


@njit(types.boolean(SHIP, STATE, I0, I0), **WITHIN)
def _fits_in(ship: Ship, state: State, order: int, s: int) -> Any:
    """Whether a box for that port adds no port to the block of part s and no overstow on its lid."""
    parts = ship.parts
    if state.block_ports[parts[s, BLOCK], order] == 0:
        return False
    first = state.first[parts[s, LID]]
    return order <= first if parts[s, IS_DECK] else order >= first


@njit(types.void(SHIP, STATE, F0, I0, U1), **QUICK)
def chain(ship: Ship, state: State, slack: float, is_hard: int, random: Array) -> None:
    """Free a block of all boxes for one port, one after the other; all of it is taken back if it does not pay."""
    kinds, parts, links, totals = ship.kinds, ship.parts, state.links, state.totals
    s = ship.open_parts[below(random, ship.open_parts.shape[0])]
    if state.counts[s] == 0:
        return
    block, lid = parts[s, BLOCK], parts[s, LID]
    order = kinds[state.members[s, below(random, state.counts[s])], ORDER]
    if not parts[s, IS_DECK] and state.lid_over[lid] > 0 and below(random, 2) == 0:
        order = state.first[lid]
    count = 0
    for n in range(1, ship.block_parts[block, 0] + 1):
        p = ship.block_parts[block, n]
        for k in range(state.counts[p]):
            if kinds[state.members[p, k], ORDER] == order:
                if count == MOST_LINKS:
                    return
                links[count, LINK_FROM], links[count, LINK_GOING] = p, state.members[p, k]
                count += 1
    if count < 2 or state.block_ports[block, order] > count:
        return
    before = totals[COST] + state.excess[FLOATING]
    done = 0
    for n in range(count):
        s, c = links[n, LINK_FROM], links[n, LINK_GOING]
        for _ in range(LINK_TRIES):
            t = ship.open_parts[below(random, ship.open_parts.shape[0])]
            if parts[t, BLOCK] == block or not _fits_in(ship, state, order, t):
                continue
            comings, d = 0, NOBODY
            if state.counts[t] > 0 and (not kinds[c, IS_LONG] or below(random, 4) > 0):
                d = state.members[t, below(random, state.counts[t])]
                if (
                    kinds[d, ORDER] == order
                    or kinds[d, IS_LONG] != kinds[c, IS_LONG]
                    or not _fits_in(ship, state, kinds[d, ORDER], s)
                ):
                    continue
                state.coming[0] = d
                comings = 1
            elif not kinds[c, IS_LONG]:
                continue
            state.going[0] = c
            share = random_share(random)
            if try_change(ship, state, s, t, 1, comings, LINK_SLACK * share * share, is_hard):
                links[n, LINK_TO], links[n, LINK_COMING] = t, d
                done += 1
                break
        if done == n:
            break
    if done == count and totals[COST] + state.excess[FLOATING] - before <= slack:
        return
    for back in range(done):
        n = done - 1 - back
        s, t, c, d = links[n, LINK_FROM], links[n, LINK_TO], links[n, LINK_GOING], links[n, LINK_COMING]
        if d < 0:
            state.going[0] = c
            change(ship, state, t, s, 1, 0, 1e18, 0)
        else:
            state.going[0], state.coming[0] = d, c
            change(ship, state, s, t, 1, 1, 1e18, 0)


@njit(types.void(SHIP, STATE, I0, F0, F0, I0, I1, U1), **QUICK)
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
        dice = below(random, 1_000)
        kind = 0
        while dice >= shares[kind]:
            dice -= shares[kind]
            kind += 1
        s = ship.open_parts[below(random, opens)]
        t = ship.open_parts[below(random, opens)]
        goings, comings = 0, 0
        if kind in (LOAD, SWAP_ASHORE):
            t = s
            s = ASHORE
            goings = _pick_ashore(ship, state, 0, state.going, random)
            if goings == 0:
                continue
            if kind == SWAP_ASHORE:
                comings = _pick_aboard(ship, state, t, 0, state.coming, random)
                if comings == 0:
                    continue
        elif kind == CHAIN:
            chain(ship, state, slack, is_hard, random)
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
            elif kind in (SWAP, SWAP_ONE):
                if kind == SWAP_ONE and below(random, opens + 20) < state.totals[COUNT_ASHORE] // 8:
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
                        t = ship.open_parts[below(random, opens)]
                        comings = 0
                    if comings == 0:
                        continue
            if s == t:
                continue
        if goings == 1 and comings == 1 and state.going[0] == state.coming[0]:
            continue
        try_change(ship, state, s, t, goings, comings, slack, is_hard)
