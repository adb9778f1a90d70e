"""The hot loop: annealing over which box goes into which slot and which lift has which turn, priced by differences.

Flat arrays; slots and boxes are numbered alike, `box_at[slot]` is the choice. Slots in the order in which they are
filled have ranks; `slot_at[rank]`. Lifts of a run take turns; turn n of all is filled by `lift_at[n]`, begins at
`turn_due[n]` and was lift n's in the regular order. Masses are kilograms, ways metres, costs points. Numbers below 0
mean "none". A yard stack lists its boxes bottom first, -1 for a box of somebody else.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from numba import njit, types

from cabria.planning.search.kernels import random_below, random_share
from cabria.planning.yard.kernels import digs_of, inversions_around, serves

Array = np.ndarray[Any, np.dtype[Any]]

DIG, INVERSION, TOLERANCE, OFF_ORDER, GANTRY, TWIN, TWIN_MAX, LATE, REACH, ORDER_SHARE = range(10)
"""Places in `prices`; the last two are by how many turns a lift may be off its regular one, and in how many of 100
changes a turn is changed."""

OPERATOR, YARD_STACK, BLOCK, RUNWAY, STANDS_X, TRUCK, READY = range(7)
"""Rows of `box`; TRUCK is points of a metre of truck with it, READY when it is there, in seconds."""
VESSEL_STACK, PARTNER, PAIR_MAX, MIN_MASS, MAX_MASS, ASKED, QUAY_X, AFTER, BEFORE, TWIN_OF, LIFT = range(11)
"""Rows of `slot`; AFTER and BEFORE are seconds between which it may be filled, TWIN_OF is the other end of a cell whose
boxes are lifted one by one because they are too heavy."""


class Given(NamedTuple):
    """What does not change."""

    group_from: Array
    group_slots: Array
    """Slots of each group; group g has `group_slots[group_from[g]:group_from[g + 1]]`."""
    group_of: Array
    """Of each entry of `group_slots`."""
    mass: Array
    """Of each box."""
    box: Array
    """By property (OPERATOR ...), of each box."""
    slot: Array
    """By property (VESSEL_STACK ...), of each slot."""
    share: Array
    """Of each slot, what a kg of its box counts under limits: fore end, aft end, 40 ft, lashing."""
    lever: Array
    """Of each slot, longitudinal, transverse and vertical, mm."""
    below: Array
    """Of each slot, up to two slots, where an inversion counts."""
    above: Array
    """The same the other way round."""
    support: Array
    """Of each slot, up to two slots that must be filled before it."""
    rests: Array
    """Of each slot, up to two slots that must be filled after it."""
    stack_from: Array
    stack_boxes: Array
    window_price: Array
    """Points by block and boxes given in a window."""
    lift_slots: Array
    """Of each lift, one or two slots."""
    duration: Array
    """Of each lift."""
    run_end: Array
    """Of each turn, the turn after the last of its run."""
    turn_due: Array
    """When each turn begins, in seconds."""
    drift_max: Array
    """By direction, kg mm."""
    prices: Array


class State(NamedTuple):
    """What changes."""

    box_at: Array
    slot_of: Array
    due: Array
    """Of each slot."""
    window: Array
    """Of each slot."""
    rank_of: Array
    """Of each slot."""
    block_at: Array
    """Block of the box of each rank."""
    place_at: Array
    """Its place along the runway, m."""
    lift_at: Array
    """Of each turn."""
    stack_digs: Array
    """Of each yard stack."""
    room: Array
    """Of each vessel stack, what is left under the limits that `share` counts."""
    handed_out: Array
    """By block and window, boxes."""
    drift: Array
    """By direction, kg mm."""


_I1, _I2, _INT = types.int64[::1], types.int64[:, ::1], types.int64
GIVEN = types.NamedTuple((*[_I1] * 4, *[_I2] * 8, *[_I1] * 2, *[_I2] * 2, *[_I1] * 5), Given)  # type: ignore[no-untyped-call]
STATE = types.NamedTuple((*[_I1] * 9, *[_I2] * 2, _I1), State)  # type: ignore[no-untyped-call]
_QUICK: dict[str, Any] = {"cache": True, "nogil": True, "_nrt": False}


@njit(types.int64(_INT, _INT, _I1, _I1, _I2, _INT), **_QUICK)
def _too_heavy(s: int, t: int, box_at: Array, mass: Array, slot: Array, limit: int) -> Any:
    """Pairs around two slots that are too heavy for a twin lift, each counted once."""
    found = 0
    other = slot[TWIN_OF, s]
    if other >= 0 and mass[box_at[s]] + mass[box_at[other]] > limit:
        found += 1
    other = slot[TWIN_OF, t]
    if other >= 0 and other != s and mass[box_at[t]] + mass[box_at[other]] > limit:
        found += 1
    return found


@njit(types.int64(_I1, *[_INT] * 3), **_QUICK)
def _next_of(block_at: Array, block: int, rank: int, end: int) -> Any:
    """The first rank after this one, before `end`, that fetches from the block; -1 for none."""
    for r in range(rank + 1, end):
        if block_at[r] == block:
            return r
    return -1


@njit(types.int64(_I1, *[_INT] * 3), **_QUICK)
def _last_of(block_at: Array, block: int, rank: int, begin: int) -> Any:
    """The last rank before this one, after `begin`, that fetches from the block; -1 for none."""
    for r in range(rank - 1, begin, -1):
        if block_at[r] == block:
            return r
    return -1


@njit(types.int64(_I1, _I1, *[_INT] * 3), **_QUICK)
def _way(block_at: Array, place_at: Array, block: int, first: int, second: int) -> Any:
    """Metres of a block's yard crane over the parts of its way that what stands at two ranks has a share in."""
    before = _last_of(block_at, block, first, -1)
    after = _next_of(block_at, block, second, block_at.shape[0])
    here = first if block_at[first] == block else -1
    there = second if block_at[second] == block else -1
    found = 0
    last = before
    if here >= 0:
        if last >= 0:
            found += abs(place_at[last] - place_at[here])
        last = here
    inner = _next_of(block_at, block, first, second)
    if inner >= 0:
        if last >= 0:
            found += abs(place_at[last] - place_at[inner])
        last = _last_of(block_at, block, second, first)
    if there >= 0:
        if last >= 0:
            found += abs(place_at[last] - place_at[there])
        last = there
    if after >= 0 and last >= 0:
        found += abs(place_at[last] - place_at[after])
    return found


@njit(types.int64(_I1, _I1, *[_INT] * 2), **_QUICK)
def _exchange_ranks(block_at: Array, place_at: Array, r: int, q: int) -> Any:
    """Exchange what two ranks fetch; returns by how many metres the yard cranes' ways have changed."""
    first, second = min(r, q), max(r, q)
    a, b = block_at[first], block_at[second]
    before = 0
    if a >= 0:
        before += _way(block_at, place_at, a, first, second)
    if b >= 0 and b != a:
        before += _way(block_at, place_at, b, first, second)
    block_at[first], block_at[second] = b, a
    place_at[first], place_at[second] = place_at[second], place_at[first]
    after = 0
    if a >= 0:
        after += _way(block_at, place_at, a, first, second)
    if b >= 0 and b != a:
        after += _way(block_at, place_at, b, first, second)
    return after - before


@njit(types.int64(_I2, _I2, *[_INT] * 3), **_QUICK)
def _exchange_windows(given: Array, price: Array, block: int, old: int, new: int) -> Any:
    """A box of a block is given in another window; returns the change in points."""
    if block < 0 or old == new:
        return 0
    before = price[block, given[block, old]] + price[block, given[block, new]]
    given[block, old] -= 1
    given[block, new] += 1
    return price[block, given[block, old]] + price[block, given[block, new]] - before


@njit(types.boolean(GIVEN, _I1, *[_INT] * 4), **_QUICK)
def _may_change_turns(given: Given, due: Array, first: int, second: int, early_due: int, late_due: int) -> Any:
    """Whether two lifts, the first now the earlier one, may change turns: what stands on the first comes later still,
    what the second stands on is there before."""
    slot, rests, support = given.slot, given.rests, given.support
    for n in range(2):
        s = given.lift_slots[first, n]
        if s >= 0:
            if late_due >= slot[BEFORE, s]:
                return False
            for side in range(2):
                if rests[s, side] >= 0 and due[rests[s, side]] <= late_due:
                    return False
        s = given.lift_slots[second, n]
        if s >= 0:
            if early_due <= slot[AFTER, s]:
                return False
            for side in range(2):
                if support[s, side] >= 0 and due[support[s, side]] >= early_due:
                    return False
    return True


@njit(types.int64(GIVEN, STATE, _INT, _INT, types.boolean), **_QUICK)
def _digs_around(given: Given, state: State, first: int, second: int, keep: bool) -> Any:
    """By how much the digs in the yard stacks of two lifts' boxes differ from `stack_digs`, each stack counted once;
    written down there when they are to be kept."""
    lift_slots, box, box_at, found = given.lift_slots, given.box, state.box_at, 0
    for i in range(4):
        s = lift_slots[first if i < 2 else second, i % 2]
        stack = box[YARD_STACK, box_at[s]] if s >= 0 else -1
        for j in range(i):
            u = lift_slots[first if j < 2 else second, j % 2]
            if u >= 0 and box[YARD_STACK, box_at[u]] == stack:
                stack = -1
        if stack >= 0:
            digs = digs_of(stack, state.due, state.slot_of, given.stack_from, given.stack_boxes)
            found += digs - state.stack_digs[stack]
            if keep:
                state.stack_digs[stack] = digs
    return found


@njit(types.boolean(GIVEN, STATE, *[_INT] * 4), **_QUICK)
def _ship_bears(given: Given, state: State, s: int, t: int, a: int, b: int) -> Any:
    """Whether the ship takes box b in slot s and box a, which is there, in slot t, where b is."""
    mass, slot = given.mass, given.slot
    if not serves(given.box[OPERATOR, b], slot[ASKED, s]) or not serves(given.box[OPERATOR, a], slot[ASKED, t]):
        return False
    gain = mass[b] - mass[a]
    if gain == 0:
        return True
    if mass[b] < slot[MIN_MASS, s] or mass[b] > slot[MAX_MASS, s]:
        return False
    if mass[a] < slot[MIN_MASS, t] or mass[a] > slot[MAX_MASS, t]:
        return False
    other = slot[PARTNER, s]
    if other >= 0 and other != t and mass[b] + mass[state.box_at[other]] > slot[PAIR_MAX, s]:
        return False
    other = slot[PARTNER, t]
    if other >= 0 and other != s and mass[a] + mass[state.box_at[other]] > slot[PAIR_MAX, t]:
        return False
    v, w = slot[VESSEL_STACK, s], slot[VESSEL_STACK, t]
    for k in range(4):
        more = gain * given.share[s, k]
        if v == w:
            more -= gain * given.share[t, k]
        elif gain < 0 and -gain * given.share[t, k] > state.room[w, k]:
            return False
        if more > 0 and more > state.room[v, k]:
            return False
    for k in range(3):
        moved = state.drift[k] + gain * (given.lever[s, k] - given.lever[t, k])
        if abs(moved) > given.drift_max[k] and abs(moved) > abs(state.drift[k]):
            return False
    return True


@njit(types.int64(GIVEN, STATE, *[_INT] * 4), **_QUICK)
def _mass_points(given: Given, state: State, s: int, t: int, a: int, b: int) -> Any:
    """What inversions and pairs too heavy to twin change by, with box b in slot s and box a in slot t."""
    prices, box_at, found = given.prices, state.box_at, 0
    for sign in range(-1, 2, 2):
        inverted = inversions_around(s, t, given.below, given.above, box_at, given.mass, prices[TOLERANCE])
        found += sign * prices[INVERSION] * inverted
        found += sign * prices[TWIN] * _too_heavy(s, t, box_at, given.mass, given.slot, prices[TWIN_MAX])
        box_at[s], box_at[t] = (b, a) if sign < 0 else (a, b)
    return found


@njit(types.int64(GIVEN, STATE, *[_INT] * 2), **_QUICK)
def _is_late(given: Given, state: State, box: int, slot: int) -> Any:
    return 1 if given.box[READY, box] > state.due[slot] else 0


@njit(types.int64(GIVEN, STATE, *[_INT] * 4), **_QUICK)
def _change_feed(given: Given, state: State, s: int, t: int, a: int, b: int) -> Any:
    """Box a, which was fetched for slot s, is fetched when b was, and b, fetched for t, when a was; points."""
    cost = _exchange_windows(
        state.handed_out, given.window_price, given.box[BLOCK, a], state.window[s], state.window[t]
    )
    cost += _exchange_windows(
        state.handed_out, given.window_price, given.box[BLOCK, b], state.window[t], state.window[s]
    )
    ways = _exchange_ranks(state.block_at, state.place_at, state.rank_of[s], state.rank_of[t])
    return cost + given.prices[GANTRY] * ways


@njit(types.void(GIVEN, STATE, *[_INT] * 4), **_QUICK)
def _change_feed_back(given: Given, state: State, s: int, t: int, a: int, b: int) -> None:
    """Undo `_change_feed`, without counting."""
    _exchange_windows(state.handed_out, given.window_price, given.box[BLOCK, b], state.window[s], state.window[t])
    _exchange_windows(state.handed_out, given.window_price, given.box[BLOCK, a], state.window[t], state.window[s])
    r, q = state.rank_of[s], state.rank_of[t]
    state.block_at[r], state.block_at[q] = state.block_at[q], state.block_at[r]
    state.place_at[r], state.place_at[q] = state.place_at[q], state.place_at[r]


@njit(types.int64(GIVEN, STATE, *[_INT] * 3), **_QUICK)
def exchange_boxes(given: Given, state: State, s: int, t: int, limit: int) -> Any:
    """Exchange the boxes of two slots of a group if the ship allows it and it costs no more than `limit` points.

    Returns the change of the cost, or limit + 1 when nothing was changed.
    """
    box, slot, prices = given.box, given.slot, given.prices
    a, b = state.box_at[s], state.box_at[t]
    if not _ship_bears(given, state, s, t, a, b):
        return limit + 1
    cost = (abs(box[STANDS_X, a] - slot[QUAY_X, t]) - abs(box[STANDS_X, a] - slot[QUAY_X, s])) * box[TRUCK, a]
    cost += (abs(box[STANDS_X, b] - slot[QUAY_X, s]) - abs(box[STANDS_X, b] - slot[QUAY_X, t])) * box[TRUCK, b]
    is_other_time = state.due[s] != state.due[t]
    p, q = box[YARD_STACK, a], box[YARD_STACK, b]
    digs_p = digs_q = 0
    if is_other_time:
        state.slot_of[a], state.slot_of[b] = t, s
        if p >= 0:
            digs_p = digs_of(p, state.due, state.slot_of, given.stack_from, given.stack_boxes)
            cost += prices[DIG] * (digs_p - state.stack_digs[p])
        if q >= 0 and q != p:
            digs_q = digs_of(q, state.due, state.slot_of, given.stack_from, given.stack_boxes)
            cost += prices[DIG] * (digs_q - state.stack_digs[q])
        state.slot_of[a], state.slot_of[b] = s, t
        if prices[LATE] > 0:
            late = _is_late(given, state, a, t) + _is_late(given, state, b, s)
            cost += prices[LATE] * (late - _is_late(given, state, a, s) - _is_late(given, state, b, t))
    gain = given.mass[b] - given.mass[a]
    if gain != 0:
        cost += _mass_points(given, state, s, t, a, b)
    is_fed = prices[GANTRY] >= 0
    if is_fed:
        cost += _change_feed(given, state, s, t, a, b)
    if cost > limit:
        if is_fed:
            _change_feed_back(given, state, s, t, a, b)
        return limit + 1
    state.box_at[s], state.box_at[t] = b, a
    state.slot_of[a], state.slot_of[b] = t, s
    if is_other_time:
        if p >= 0:
            state.stack_digs[p] = digs_p
        if q >= 0 and q != p:
            state.stack_digs[q] = digs_q
    if gain != 0:
        for k in range(4):
            state.room[slot[VESSEL_STACK, s], k] -= gain * given.share[s, k]
            state.room[slot[VESSEL_STACK, t], k] += gain * given.share[t, k]
        for k in range(3):
            state.drift[k] += gain * (given.lever[s, k] - given.lever[t, k])
    return cost


@njit(types.int64(GIVEN, STATE, *[_INT] * 4), **_QUICK)
def _set_turns(given: Given, state: State, first: int, second: int, early_due: int, late_due: int) -> Any:
    """The slots of the first lift are filled late, those of the second early; returns the change of the feed's cost."""
    cost = 0
    for n in range(2):
        s, t = given.lift_slots[first, n], given.lift_slots[second, n]
        if s < 0:
            continue
        state.due[s], state.due[t] = late_due, early_due
        if given.prices[GANTRY] >= 0:
            cost += _change_feed(given, state, s, t, state.box_at[s], state.box_at[t])
        state.window[s], state.window[t] = state.window[t], state.window[s]
        state.rank_of[s], state.rank_of[t] = state.rank_of[t], state.rank_of[s]
    return cost


@njit(types.void(GIVEN, STATE, *[_INT] * 4), **_QUICK)
def _set_turns_back(given: Given, state: State, first: int, second: int, early_due: int, late_due: int) -> None:
    """Undo `_set_turns`, without counting."""
    for n in range(1, -1, -1):
        s, t = given.lift_slots[first, n], given.lift_slots[second, n]
        if s < 0:
            continue
        state.window[s], state.window[t] = state.window[t], state.window[s]
        state.rank_of[s], state.rank_of[t] = state.rank_of[t], state.rank_of[s]
        if given.prices[GANTRY] >= 0:
            _change_feed_back(given, state, s, t, state.box_at[s], state.box_at[t])
        state.due[s], state.due[t] = early_due, late_due


@njit(types.int64(GIVEN, STATE, *[_INT] * 2), **_QUICK)
def _late_of(given: Given, state: State, first: int, second: int) -> Any:
    """How many boxes of two lifts are not there in time."""
    found = 0
    for n in range(2):
        s, t = given.lift_slots[first, n], given.lift_slots[second, n]
        if s >= 0:
            found += _is_late(given, state, state.box_at[s], s) + _is_late(given, state, state.box_at[t], t)
    return found


@njit(types.int64(GIVEN, STATE, *[_INT] * 3), **_QUICK)
def exchange_turns(given: Given, state: State, early: int, late: int, limit: int) -> Any:
    """Exchange the lifts of two turns of one run, `early` the earlier one, if boxes stay carried and it costs no more
    than `limit` points.

    Returns the change of the cost, or limit + 1 when nothing was changed.
    """
    prices, lift_slots = given.prices, given.lift_slots
    first, second = state.lift_at[early], state.lift_at[late]
    if abs(first - late) > prices[REACH] or abs(second - early) > prices[REACH]:
        return limit + 1
    is_single, is_other_single = lift_slots[first, 1] < 0, lift_slots[second, 1] < 0
    if given.duration[first] != given.duration[second] or is_single != is_other_single:
        return limit + 1
    early_due, late_due = given.turn_due[early], given.turn_due[late]
    if not _may_change_turns(given, state.due, first, second, early_due, late_due):
        return limit + 1

    off_before = (first != early) + (second != late)
    cost = prices[OFF_ORDER] * ((first != late) + (second != early) - off_before)
    if prices[LATE] > 0:
        cost -= prices[LATE] * _late_of(given, state, first, second)
    cost += _set_turns(given, state, first, second, early_due, late_due)
    cost += prices[DIG] * _digs_around(given, state, first, second, False)
    if prices[LATE] > 0:
        cost += prices[LATE] * _late_of(given, state, first, second)
    if cost > limit:
        _set_turns_back(given, state, first, second, early_due, late_due)
        return limit + 1
    _digs_around(given, state, first, second, True)
    state.lift_at[early], state.lift_at[late] = second, first
    return cost


@njit(types.int64(GIVEN, STATE, types.int64, types.float64, types.float64, types.uint64[::1]), **_QUICK)
def anneal(given: Given, state: State, iterations: int, hot: float, cold: float, dice: Array) -> Any:
    """Try `iterations` exchanges, cooling from `hot` to `cold` points, and change the state in place.

    Returns by how many points the cost has changed.
    """
    total = 0
    temperature = hot
    cooling = (cold / hot) ** (1.0 / max(1, iterations // 256))
    reach, order_share = given.prices[REACH], given.prices[ORDER_SHARE]
    entries, lifts = given.group_slots.shape[0], state.lift_at.shape[0]
    if entries == 0:
        order_share = 100
    for iteration in range(iterations):
        if iteration % 256 == 255:
            temperature *= cooling
        limit = int(-temperature * np.log(random_share(dice) + 1e-12))
        if order_share > 0 and random_below(dice, 100) < order_share:
            early = random_below(dice, lifts)
            late = early + 1 + random_below(dice, reach)
            if late >= given.run_end[early]:
                continue
            cost = exchange_turns(given, state, early, late, limit)
        else:
            entry = random_below(dice, entries)
            group = given.group_of[entry]
            other = given.group_from[group] + random_below(dice, given.group_from[group + 1] - given.group_from[group])
            if other == entry:
                continue
            cost = exchange_boxes(given, state, given.group_slots[entry], given.group_slots[other], limit)
        if cost <= limit:
            total += cost
    return total
