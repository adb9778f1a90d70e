"""Hot loops of master planning, on flat arrays. Blocks are rows; the row after the last block is the quay.

A group is the boxes of one leg, length, mass and need of power. `group[g]` = load port, discharge port, TEU, 40 ft,
reefer, kg. `stowed[b, g]` boxes of a group stand in a block; `items[b, :count[b]]` lists the groups in it and
`place[b, g]` where in that list one stands, -1 when not.

Kept by port: `used[b, port]` TEU, 40 ft, reefers and kg on leaving; `worked[b, port]` boxes loaded or discharged in a
block; `passing[b, port]` boxes that neither came aboard nor leave; `lifts[pair, port]`; `rest_kg[bay, port]` weight
less buoyancy; `moment[port]` lengthwise, upwards, athwart. `total` = boxes left, boxes restowed, lifts over the aim;
`soft` = boxes restowed as the softened search counts them (see `openness`), and the softness.

`block[b]` = bay, hold under it, deck over it (-1: none), lcg, vcg, tcg. `pairs[bay]` lists adjacent pairs, then -1.
`limit[port]` = least and most lengthwise moment, most upwards, least and most athwart. `hull[bay]` = lcg, least and
most shear, most bending.
"""

from __future__ import annotations

from math import exp
from typing import Any

from numba import njit

from cabria.planning.search.kernels import Array, random_below, random_share

_QUICK: dict[str, Any] = {"cache": True, "nogil": True, "_nrt": False}
LEFT_PRICE, RESTOW_PRICE = 1_000.0, 100.0
TONNE, TONNE_METRE = 1e3, 1e6
LENGTHWISE_ARM, UPRIGHT_ARM = 50.0, 10.0
"""Metres over which a box would have to be moved to mend an excess of moment: excesses are told in tonnes."""
HOPELESS = 15.0
"""Temperatures by which a change may be dearer, all excess forgiven, to be looked at further."""


@njit("float64(int64, int64[:,::1], int64[:,::1], int64[:,::1], int64[:,::1])", **_QUICK)
def excess_at(port: int, rest_kg: Array, moment: Array, limit: Array, hull: Array) -> Any:
    """How far a sailing is outside its limits, in tonnes to be moved; 0 when seaworthy."""
    tonne_metres = max(0.0, float(limit[port, 0] - moment[port, 0])) + max(0.0, float(moment[port, 0] - limit[port, 1]))
    excess = tonne_metres / (TONNE_METRE * LENGTHWISE_ARM)
    across = max(0.0, float(moment[port, 1] - limit[port, 2]))
    across += max(0.0, float(limit[port, 3] - moment[port, 2])) + max(0.0, float(moment[port, 2] - limit[port, 4]))
    excess += across / (TONNE_METRE * UPRIGHT_ARM)
    shear = 0
    bending = 0
    for bay in range(hull.shape[0]):
        if bay > 0:
            bending += shear * (hull[bay - 1, 0] - hull[bay, 0])
        shear += rest_kg[bay, port]
        excess += max(0.0, float(hull[bay, 1] - shear) / TONNE) + max(0.0, float(shear - hull[bay, 2]) / TONNE)
        excess += max(0.0, float(bending - hull[bay, 3])) / (TONNE_METRE * LENGTHWISE_ARM)
    return excess


@njit("void(int64, int64, int64, int64[:,::1], int64[:,::1], int64[::1], int64[::1])", **_QUICK)
def lift(bay: int, port: int, boxes: int, pairs: Array, lifts: Array, aim: Array, total: Array) -> Any:
    """More (or fewer) lifts in a bay at a port."""
    for j in range(pairs.shape[1]):
        pair = pairs[bay, j]
        if pair < 0:
            return
        before = lifts[pair, port]
        lifts[pair, port] = before + boxes
        total[2] += max(0, before + boxes - aim[port]) - max(0, before - aim[port])


@njit("float64(int64, float64)", **_QUICK)
def openness(boxes: int, softness: float) -> Any:
    """How far a lid counts as opened for some boxes: 0 for none, else 1, less the softer and the fewer they are."""
    return boxes / (boxes + softness) if boxes > 0 else 0.0


@njit(
    "void(int64, int64, int64, int64, int64[:,::1], int64[:,::1], int64[:,::1], int64[:,::1], int64[:,::1],"
    " int64[::1], int64[::1], float64[::1])",
    **_QUICK,
)
def work(
    of: int, port: int, boxes: int, bay: int, block: Array, pairs: Array, worked: Array, passing: Array, lifts: Array,
    aim: Array, total: Array, soft: Array,
) -> Any:  # fmt: skip
    """More (or fewer) boxes loaded or discharged in a block at a port, and what that does to the boxes on its lid."""
    before = worked[of, port]
    worked[of, port] = before + boxes
    lift(bay, port, boxes, pairs, lifts, aim, total)
    deck = block[of, 2]
    if deck < 0:
        return
    soft[0] += passing[deck, port] * (openness(before + boxes, soft[1]) - openness(before, soft[1]))
    if (before == 0) != (before + boxes == 0):
        restows = passing[deck, port] if before == 0 else -passing[deck, port]
        total[1] += restows
        lift(bay, port, 2 * restows, pairs, lifts, aim, total)


@njit(
    "void(int64, int64, int64, int64[:,::1], int64[:,::1], int64[:,::1], int32[:,::1], int32[:,::1], int32[::1],"
    " int32[:,::1], int64[:,:,::1], int64[:,::1], int64[:,::1], int64[:,::1], int64[:,::1], int64[:,::1], int64[::1],"
    " int64[::1], float64[::1])",
    **_QUICK,
)
def put(
    of: int, into: int, boxes: int, group: Array, block: Array, pairs: Array, stowed: Array, items: Array, count: Array,
    place: Array, used: Array, worked: Array, passing: Array, lifts: Array, rest_kg: Array, moment: Array, aim: Array,
    total: Array, soft: Array,
) -> Any:  # fmt: skip
    """More (or, below 0, fewer) boxes of a group `of` in a block, or on the quay."""
    before = stowed[into, of]
    stowed[into, of] = before + boxes
    if before == 0:
        items[into, count[into]] = of
        place[into, of] = count[into]
        count[into] += 1
    elif before + boxes == 0:
        count[into] -= 1
        last = items[into, count[into]]
        items[into, place[into, of]] = last
        place[into, last] = place[into, of]
        place[into, of] = -1
    if into == block.shape[0]:
        total[0] += boxes
        return
    load, discharge = group[of, 0], group[of, 1]
    bay, hold = block[into, 0], block[into, 1]
    kg = boxes * group[of, 5]
    for port in range(load, discharge):
        used[into, port, 0] += boxes * group[of, 2]
        used[into, port, 1] += boxes * group[of, 3]
        used[into, port, 2] += boxes * group[of, 4]
        used[into, port, 3] += kg
        rest_kg[bay, port] += kg
        moment[port, 0] += kg * block[into, 3]
        moment[port, 1] += kg * block[into, 4]
        moment[port, 2] += kg * block[into, 5]
    work(into, load, boxes, bay, block, pairs, worked, passing, lifts, aim, total, soft)
    work(into, discharge, boxes, bay, block, pairs, worked, passing, lifts, aim, total, soft)
    for port in range(load + 1, discharge):
        passing[into, port] += boxes
        if hold >= 0 and worked[hold, port] > 0:
            total[1] += boxes
            soft[0] += boxes * openness(worked[hold, port], soft[1])
            lift(bay, port, 2 * boxes, pairs, lifts, aim, total)


@njit("boolean(int64, int64, int64, int64, int64, int64[:,::1], int64[:,::1], int64[:,:,::1])", **_QUICK)
def has_room(into: int, of: int, boxes: int, out: int, out_boxes: int, group: Array, room: Array, used: Array) -> Any:
    """Whether boxes of group `of` fit into a block once others (of group `out`, -1: none) are gone. Quay: always."""
    if into == room.shape[0]:
        return True
    for port in range(group[of, 0], group[of, 1]):
        gone = out_boxes if out >= 0 and group[out, 0] <= port < group[out, 1] else 0
        for what in range(4):
            more = boxes * group[of, 2 + what] - (gone * group[out, 2 + what] if gone > 0 else 0)
            if more > 0 and used[into, port, what] + more > room[into, what]:
                return False
    return True


@njit("float64(int64, int64, int64[:,::1], int64[:,::1], int64[:,::1], int64[:,::1], float64[::1])", **_QUICK)
def reweigh(first: int, last: int, rest_kg: Array, moment: Array, limit: Array, hull: Array, excess: Array) -> Any:
    """Set the excess of the sailings from `first` to before `last` anew; by how much they changed together."""
    change = 0.0
    for port in range(first, last):
        now = excess_at(port, rest_kg, moment, limit, hull)
        change += now - excess[port]
        excess[port] = now
    return change


@njit("int64(int64[:,::1])", **_QUICK)
def crane_cost(lifts: Array) -> Any:
    """The most lifts in a pair of bays, summed over the ports."""
    cost = 0
    for port in range(lifts.shape[1]):
        most = 0
        for pair in range(lifts.shape[0]):
            most = max(most, lifts[pair, port])
        cost += most
    return cost


@njit("int64(uint64[::1], int64)", **_QUICK)
def some_of(state: Array, most: int) -> Any:
    """One half of the time, else all or a number between."""
    choice = random_below(state, 4)
    if choice < 2 or most == 1:
        return 1
    return most if choice == 2 else 1 + random_below(state, most)


@njit(
    "void(int64, int64, int64, int64, int64, int64, int64[:,::1], int64[:,::1], int64[:,::1], int32[:,::1],"
    " int32[:,::1], int32[::1], int32[:,::1], int64[:,:,::1], int64[:,::1], int64[:,::1], int64[:,::1], int64[:,::1],"
    " int64[:,::1], int64[::1], int64[::1], float64[::1])",
    **_QUICK,
)
def exchange(
    of: int, boxes: int, source: int, into: int, back: int, back_boxes: int, group: Array, block: Array, pairs: Array,
    stowed: Array, items: Array, count: Array, place: Array, used: Array, worked: Array, passing: Array, lifts: Array,
    rest_kg: Array, moment: Array, aim: Array, total: Array, soft: Array,
) -> Any:  # fmt: skip
    """Boxes of a group from one block to another, and others back (group -1: none)."""
    put(of, source, -boxes, group, block, pairs, stowed, items, count, place, used, worked, passing, lifts, rest_kg,
        moment, aim, total, soft)  # fmt: skip
    if back >= 0:
        put(back, into, -back_boxes, group, block, pairs, stowed, items, count, place, used, worked, passing, lifts,
            rest_kg, moment, aim, total, soft)  # fmt: skip
        put(back, source, back_boxes, group, block, pairs, stowed, items, count, place, used, worked, passing, lifts,
            rest_kg, moment, aim, total, soft)  # fmt: skip
    put(of, into, boxes, group, block, pairs, stowed, items, count, place, used, worked, passing, lifts, rest_kg,
        moment, aim, total, soft)  # fmt: skip


@njit("int64(int64, int64, int64, int64, int64, int64[:,::1], int32[:,::1])", **_QUICK)
def matched(of: int, wanted: int, source: int, into: int, back: int, group: Array, stowed: Array) -> Any:
    """How many boxes of a group can be exchanged for whole boxes of another of the same TEU: at most about `wanted`."""
    there = stowed[into, back]
    if group[of, 2] == group[back, 2]:
        return min(wanted, there)
    if group[of, 2] == 2:
        return min(wanted, there // 2)
    return 2 * min(max(1, wanted // 2), stowed[source, of] // 2, there)


@njit(
    "int64(int64, float64, float64, float64, int64[:,::1], int64[::1], int32[::1], int64[:,::1], int64[:,::1],"
    " int64[:,::1], int64[:,::1], int64[:,::1], int32[:,::1], int32[:,::1], int32[::1], int32[:,::1], int64[:,:,::1],"
    " int64[:,::1], int64[:,::1], int64[:,::1], int64[:,::1], int64[:,::1], float64[::1], int64[::1], int64[::1],"
    " float64[::1], uint64[::1])",
    **_QUICK,
)
def anneal(
    rounds: int, hot: float, cold: float, price: float, group: Array, first_kin: Array, kin: Array, block: Array,
    room: Array, pairs: Array, limit: Array, hull: Array, stowed: Array, items: Array, count: Array, place: Array,
    used: Array, worked: Array, passing: Array, lifts: Array, rest_kg: Array, moment: Array, excess: Array, aim: Array,
    total: Array, soft: Array, state: Array,
) -> Any:  # fmt: skip
    """Move boxes between blocks and the quay, and exchange them; how many of the rounds were accepted.

    Temperatures fall from `hot` to `cold`; `price` is that of a tonne of excess. The groups that differ from g in mass
    alone, and g, are `kin[first_kin[g]:first_kin[g + 1]]`.
    """
    quay = block.shape[0]
    accepted = 0
    cooling = (cold / hot) ** (1.0 / rounds)
    heat = hot
    standing = 0.0
    for port in range(excess.shape[0]):
        standing += excess[port]
    for _ in range(rounds):
        heat *= cooling
        source = random_below(state, quay + 1)
        into = random_below(state, quay + 1)
        if count[source] == 0 or into == source:
            continue
        of = items[source, random_below(state, count[source])]
        boxes = some_of(state, stowed[source, of])
        back = -1
        kind = random_below(state, 8)
        if kind == 0:
            back = kin[first_kin[of] + random_below(state, first_kin[of + 1] - first_kin[of])]
        elif kind < 5 and count[into] > 0:
            back = items[into, random_below(state, count[into])]
        if back == of:
            continue
        back_boxes = 0
        if back >= 0:
            boxes = matched(of, boxes, source, into, back, group, stowed)
            back_boxes = boxes * group[of, 2] // group[back, 2]
        if boxes == 0 or not has_room(into, of, boxes, back, back_boxes, group, room, used):
            continue
        if back >= 0 and not has_room(source, back, back_boxes, of, boxes, group, room, used):
            continue
        before = LEFT_PRICE * total[0] + RESTOW_PRICE * soft[0] + total[2]
        exchange(of, boxes, source, into, back, back_boxes, group, block, pairs, stowed, items, count, place, used,
                 worked, passing, lifts, rest_kg, moment, aim, total, soft)  # fmt: skip
        first = group[of, 0] if back < 0 else min(group[of, 0], group[back, 0])
        last = group[of, 1] if back < 0 else max(group[of, 1], group[back, 1])
        change = LEFT_PRICE * total[0] + RESTOW_PRICE * soft[0] + total[2] - before
        if change - price * standing > HOPELESS * heat:
            exchange(of, boxes, into, source, back, back_boxes, group, block, pairs, stowed, items, count, place, used,
                     worked, passing, lifts, rest_kg, moment, aim, total, soft)  # fmt: skip
            continue
        shift = reweigh(first, last, rest_kg, moment, limit, hull, excess)
        change += price * shift
        if change <= 0 or random_share(state) < exp(-change / heat):
            accepted += 1
            standing += shift
            continue
        exchange(of, boxes, into, source, back, back_boxes, group, block, pairs, stowed, items, count, place, used,
                 worked, passing, lifts, rest_kg, moment, aim, total, soft)  # fmt: skip
        reweigh(first, last, rest_kg, moment, limit, hull, excess)
    return accepted
