"""The hot loop: annealing by swapping the boxes of two slots of one group, priced by differences.

Flat arrays; slots and boxes are numbered alike and `box_at[slot]` is the choice. Masses are kilograms, costs points.
Numbers below 0 mean "none". A yard stack lists its boxes bottom first, -1 for a box of somebody else.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numba import njit

from cabria.planning.search.kernels import random_below, random_share

Array = np.ndarray[Any, np.dtype[Any]]

NEVER_S = 1 << 40
UNKNOWN_OPERATOR = -2
"""Of a box; it goes wherever an operator is asked for."""

_I1 = "int64[::1]"
_I2 = "int64[:, ::1]"
_GIVEN = (
    _I1,  # due: of each slot
    _I1,  # window: of each slot
    _I1,  # group_from
    _I1,  # group_slots: slots of each group; group g has group_slots[group_from[g]:group_from[g + 1]]
    _I1,  # group_of: of each entry of group_slots
    _I1,  # mass: of each box
    _I1,  # operator: of each box
    _I1,  # yard_stack: of each box
    _I1,  # block: of each box
    _I1,  # stack_from
    _I1,  # stack_boxes
    _I1,  # vessel_stack: of each slot
    _I2,  # share: of each slot, what a kg of its box counts under limits: fore end, aft end, 40 ft, lashing
    _I2,  # lever: of each slot, longitudinal, transverse and vertical, mm
    _I2,  # below: of each slot, up to two slots
    _I2,  # above: of each slot, up to two slots
    _I1,  # partner: of each slot
    _I1,  # pair_max: of each slot
    _I1,  # min_mass: of each slot
    _I1,  # max_mass: of each slot
    _I1,  # asked_operator: of each slot
    _I1,  # drift_max: by direction, kg mm
    _I1,  # prices: points of a dig, of an inversion, of one in a peak square; largest inversion in kg; points of a slot
    #       that gets another box than planned, and how many may
)
_STATE = (
    _I1,  # box_at
    _I1,  # slot_of
    _I1,  # stack_digs: of each yard stack
    _I2,  # room: of each vessel stack, what is left under the limits that `share` counts
    _I2,  # given: by block and window, boxes
    _I1,  # drift: by direction, kg mm
)


@njit("int64(int64, int64[::1], int64[::1], int64[::1], int64[::1])", cache=True, nogil=True)
def digs_of(stack: int, due: Array, slot_of: Array, stack_from: Array, stack_boxes: Array) -> Any:
    """Boxes of a yard stack that stand above one that leaves earlier."""
    found = 0
    first = NEVER_S
    for n in range(stack_from[stack], stack_from[stack + 1]):
        box = stack_boxes[n]
        leaves = due[slot_of[box]] if box >= 0 else NEVER_S
        if leaves > first:
            found += 1
        else:
            first = leaves
    return found


@njit("int64(int64, int64[:, ::1], int64[::1], int64[::1], int64)", cache=True, nogil=True)
def _is_inverted(slot: int, below: Array, box_at: Array, mass: Array, tolerance: int) -> Any:
    """1 when the box of a slot is too much heavier than those it stands on."""
    if slot < 0 or below[slot, 0] < 0:
        return 0
    excess = mass[box_at[slot]] - mass[box_at[below[slot, 0]]]
    if below[slot, 1] >= 0:
        excess -= mass[box_at[below[slot, 1]]]
    return 1 if excess > tolerance else 0


@njit("int64(int64, int64, int64[:, ::1], int64[:, ::1], int64[::1], int64[::1], int64)", cache=True, nogil=True)
def inversions_around(s: int, t: int, below: Array, above: Array, box_at: Array, mass: Array, tolerance: int) -> Any:
    """Inversions of two slots and of those directly above them, each counted once."""
    found = _is_inverted(s, below, box_at, mass, tolerance) + _is_inverted(t, below, box_at, mass, tolerance)
    for side in range(2):
        upper = above[s, side]
        if upper != t:
            found += _is_inverted(upper, below, box_at, mass, tolerance)
        upper = above[t, side]
        if upper != s and upper != above[s, 0] and upper != above[s, 1]:
            found += _is_inverted(upper, below, box_at, mass, tolerance)
    return found


@njit("boolean(int64, int64)", cache=True, nogil=True)
def serves(operator: int, asked: int) -> Any:
    return asked < 0 or operator == asked or operator == UNKNOWN_OPERATOR


@njit(f"int64({', '.join(_GIVEN + _STATE)}, int64, float64, float64, uint64[::1])", cache=True, nogil=True)
def anneal(
    due: Array,
    window: Array,
    group_from: Array,
    group_slots: Array,
    group_of: Array,
    mass: Array,
    operator: Array,
    yard_stack: Array,
    block: Array,
    stack_from: Array,
    stack_boxes: Array,
    vessel_stack: Array,
    share: Array,
    lever: Array,
    below: Array,
    above: Array,
    partner: Array,
    pair_max: Array,
    min_mass: Array,
    max_mass: Array,
    asked_operator: Array,
    drift_max: Array,
    prices: Array,
    box_at: Array,
    slot_of: Array,
    stack_digs: Array,
    room: Array,
    given: Array,
    drift: Array,
    iterations: int,
    hot: float,
    cold: float,
    state: Array,
) -> Any:
    """Try `iterations` swaps, cooling from `hot` to `cold` points, and change the state in place.

    Returns by how many points the cost has changed.
    """
    dig, inversion, peak, tolerance, change, most_changes = (
        prices[0],
        prices[1],
        prices[2],
        prices[3],
        prices[4],
        prices[5],
    )
    changed = 0
    for slot in range(box_at.shape[0]):
        changed += box_at[slot] != slot
    total = 0
    temperature = hot
    cooling = (cold / hot) ** (1.0 / max(1, iterations // 256))
    for iteration in range(iterations):
        if iteration % 256 == 255:
            temperature *= cooling
        entry = random_below(state, group_slots.shape[0])
        group = group_of[entry]
        other = group_from[group] + random_below(state, group_from[group + 1] - group_from[group])
        s, t = group_slots[entry], group_slots[other]
        if s == t:
            continue
        a, b = box_at[s], box_at[t]
        changes = int(b != s) + int(a != t) - int(a != s) - int(b != t)
        if changes > 0 and changed + changes > most_changes:
            continue

        # Hard: what the carrier asked for, twins, limits of vessel stacks, and how far the ship's moments may drift.
        gain = mass[b] - mass[a]
        if not serves(operator[b], asked_operator[s]) or not serves(operator[a], asked_operator[t]):
            continue
        if gain != 0:
            if mass[b] < min_mass[s] or mass[b] > max_mass[s] or mass[a] < min_mass[t] or mass[a] > max_mass[t]:
                continue
            if partner[s] >= 0 and partner[s] != t and mass[b] + mass[box_at[partner[s]]] > pair_max[s]:
                continue
            if partner[t] >= 0 and partner[t] != s and mass[a] + mass[box_at[partner[t]]] > pair_max[t]:
                continue
            allowed = True
            for k in range(4):
                more = gain * share[s, k]
                if vessel_stack[s] == vessel_stack[t]:
                    more -= gain * share[t, k]
                elif -gain * share[t, k] > room[vessel_stack[t], k] and gain < 0:
                    allowed = False
                if more > room[vessel_stack[s], k] and more > 0:
                    allowed = False
            for k in range(3):
                moment = drift[k] + gain * (lever[s, k] - lever[t, k])
                if abs(moment) > drift_max[k] and abs(moment) > abs(drift[k]):
                    allowed = False
            if not allowed:
                continue

        # What it costs: changes, digs of the yard stacks touched, peaks, inversions on board.
        cost = change * changes
        if due[s] != due[t]:
            p, q = yard_stack[a], yard_stack[b]
            slot_of[a], slot_of[b] = t, s
            digs_p = digs_q = 0
            if p >= 0:
                digs_p = digs_of(p, due, slot_of, stack_from, stack_boxes)
                cost += dig * (digs_p - stack_digs[p])
            if q >= 0 and q != p:
                digs_q = digs_of(q, due, slot_of, stack_from, stack_boxes)
                cost += dig * (digs_q - stack_digs[q])
            slot_of[a], slot_of[b] = s, t
            if block[a] != block[b] and window[s] != window[t]:
                if block[a] >= 0:
                    cost += 2 * peak * (given[block[a], window[t]] - given[block[a], window[s]] + 1)
                if block[b] >= 0:
                    cost += 2 * peak * (given[block[b], window[s]] - given[block[b], window[t]] + 1)
        else:
            p = q = -1
            digs_p = digs_q = 0
        if gain != 0:
            before = inversions_around(s, t, below, above, box_at, mass, tolerance)
            box_at[s], box_at[t] = b, a
            after = inversions_around(s, t, below, above, box_at, mass, tolerance)
            box_at[s], box_at[t] = a, b
            cost += inversion * (after - before)

        if cost > 0:
            chance = random_share(state)
            if chance >= np.exp(-cost / temperature):
                continue
        total += cost
        changed += changes
        box_at[s], box_at[t] = b, a
        slot_of[a], slot_of[b] = t, s
        if p >= 0:
            stack_digs[p] = digs_p
        if q >= 0 and q != p:
            stack_digs[q] = digs_q
        if block[a] != block[b] and window[s] != window[t]:
            if block[a] >= 0:
                given[block[a], window[s]] -= 1
                given[block[a], window[t]] += 1
            if block[b] >= 0:
                given[block[b], window[t]] -= 1
                given[block[b], window[s]] += 1
        if gain != 0:
            for k in range(4):
                room[vessel_stack[s], k] -= gain * share[s, k]
                room[vessel_stack[t], k] += gain * share[t, k]
            for k in range(3):
                drift[k] += gain * (lever[s, k] - lever[t, k])
    return total
