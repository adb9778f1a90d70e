"""The hot loops: the greedy completion of a bay, its description for the guide, and the growth of a beam by one move.

Flat arrays, int16: `boxes[stack, tier]` are ranks from 1, 0 where nothing stands; `height[stack]` how many stand there
and `good[stack]` how many of them, from the bottom, in an order without rehandles. Boxes above are badly placed, and a
stack is clean when it has none. `marks[stack]` tells what stands in a stack, whichever stack it is, so that bays that
differ only in the order of their stacks are one.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numba import njit

Array = np.ndarray[Any, np.dtype[Any]]

VALUES = 37
"""What `describe` and the greedy completion tell the guide about a bay."""
GROUND = 10_000
"""On the ground anything may stand: a rank above all."""
HOPELESS = 60
"""The most that the guide is told of how far the greedy completion is from one move a bad box."""
PARENT, ORIGIN, TARGET, BAD = 0, 1, 2, 3

_QUICK: dict[str, Any] = {"cache": True, "nogil": True}
_NONE = 99


@njit("uint64(uint64)", **_QUICK)
def mixed(x: Any) -> Any:
    x ^= x >> np.uint64(31)
    x *= np.uint64(0x9E3779B97F4A7C15)
    x ^= x >> np.uint64(29)
    x *= np.uint64(0xBF58476D1CE4E5B9)
    return x ^ (x >> np.uint64(32))


@njit("uint64(int16[::1], int64)", **_QUICK)
def mark_of(stack: Array, height: int) -> Any:
    mark = np.uint64(height + 77)
    for tier in range(height):
        mark = (mark + np.uint64(stack[tier])) * np.uint64(0x100000001B3)
        mark ^= mark >> np.uint64(29)
    return mixed(mark)


@njit("int64(int16[:, ::1], int16[::1], int16[::1], int64)", **_QUICK)
def fills_to(boxes: Array, good: Array, height: Array, stack: int) -> Any:
    """The tier to which a clean stack can be filled at once, by runs of bad boxes that lie on other stacks in order.

    The highest tier when no bad box lying on top is too late for it.
    """
    tiers = boxes.shape[1]
    ground = boxes[stack, height[stack] - 1] if height[stack] else GROUND
    filled = int(height[stack])
    all_fit = True
    for other in range(boxes.shape[0]):
        if other == stack or height[other] == good[other]:
            continue
        below = ground
        tier = height[other] - 1
        if boxes[other, tier] > ground:
            all_fit = False
        while tier >= good[other] and boxes[other, tier] <= below:
            below = boxes[other, tier]
            filled += 1
            tier -= 1
            if filled >= tiers:
                return tiers
    return tiers if all_fit else filled


@njit("float64(int64, int64, int16[::1], int64[:, ::1])", **_QUICK)
def _welcome(box: int, stack: int, height: Array, tops: Array) -> Any:
    """How well a box goes on a stack: in order and tight; else on an earlier one, to be taken off again in order."""
    clean_top, bad_top = tops[0, stack], tops[1, stack]
    if clean_top >= box:
        return 30_000.0 - clean_top
    if 0 < bad_top <= box:
        return 20_000.0 + bad_top
    if bad_top == 0:
        return 10_000.0 + height[stack]
    return 10_000.0 - 200.0 * height[stack] - bad_top


@njit("void(int16[:, ::1], int16[::1], int16[::1], int64, int64[:, ::1])", **_QUICK)
def look_at(boxes: Array, good: Array, height: Array, stack: int, tops: Array) -> None:
    """`tops[0]` is the top of a clean stack with room, else -1; `tops[1]` the top bad box, else 0."""
    tiers = boxes.shape[1]
    tops[0, stack], tops[1, stack] = -1, 0
    if height[stack] > good[stack]:
        tops[1, stack] = boxes[stack, height[stack] - 1]
    elif height[stack] < tiers:
        tops[0, stack] = boxes[stack, height[stack] - 1] if height[stack] else GROUND


@njit("int64(int16[:, ::1], int16[::1], int16[::1], int64[::1])", **_QUICK)
def _stack_to_take_down(boxes: Array, good: Array, height: Array, was_taken_down: Array) -> Any:
    """The lowest; of equals a clean one with early boxes before a dirty one with late boxes. Each once in turn."""
    found = -1
    for _ in range(2):
        least = 1e9
        for stack in range(boxes.shape[0]):
            if height[stack] == 0 or was_taken_down[stack]:
                continue
            mean = 0.0
            for tier in range(height[stack]):
                mean += boxes[stack, tier]
            mean /= height[stack]
            price = 1000.0 * height[stack] + (mean if height[stack] == good[stack] else -mean)
            if price < least:
                least, found = price, stack
        if found >= 0:
            break
        was_taken_down[:] = 0
    return found


@njit("int64(int16[:, ::1], int16[::1], int16[::1], int64, int64, int64, int64, int64[:, ::1])", **_QUICK)
def lift(
    boxes: Array, good: Array, height: Array, origin: int, target: int, bad: int, number: int, moves: Array
) -> Any:
    """Carry out a move and note it; returns the number of bad boxes then."""
    box = boxes[origin, height[origin] - 1]
    if height[origin] > good[origin]:
        bad -= 1
    else:
        good[origin] -= 1
    height[origin] -= 1
    boxes[origin, height[origin]] = 0
    top = height[target]
    if good[target] == top and (top == 0 or boxes[target, top - 1] >= box):
        good[target] += 1
    else:
        bad += 1
    boxes[target, top] = box
    height[target] += 1
    moves[number, 0] = origin
    moves[number, 1] = target
    return bad


@njit("int64(int16[::1], int64, int64[:, ::1], int64)", **_QUICK)
def tightest_placement(height: Array, tiers: int, tops: Array, only: int) -> Any:
    """Origin * stacks + target of the bad box on top that fits best on a clean stack, `only` on one or -1 for any.

    -1 when none fits. With fewer than three stacks open the last slot of a stack is not given away.
    """
    stacks = height.shape[0]
    with_room = 0
    for stack in range(stacks):
        with_room += height[stack] < tiers
    tightest, found = 2 * GROUND, -1
    for clean in range(stacks):
        if tops[0, clean] < 0 or (only >= 0 and clean != only):
            continue
        for dirty in range(stacks):
            box = tops[1, dirty]
            gap = tops[0, clean] - box
            if box and 0 <= gap < tightest:
                if with_room < 3 and height[clean] == tiers - 1 and height[dirty] < tiers:
                    continue
                tightest, found = gap, dirty * stacks + clean
    return found


@njit("int64(int16[:, ::1], int16[::1], int64, int64[:, ::1])", **_QUICK)
def most_welcoming(boxes: Array, height: Array, origin: int, tops: Array) -> Any:
    """The stack that the box on top of `origin` goes to when it must make way; -1 when all others are full."""
    box = boxes[origin, height[origin] - 1]
    best, found = -1e9, -1
    for stack in range(boxes.shape[0]):
        if stack != origin and height[stack] < boxes.shape[1]:
            welcome = _welcome(box, stack, height, tops)
            if welcome > best:
                best, found = welcome, stack
    return found


@njit(
    "int64(int16[:, ::1], int16[::1], int16[::1], int64, int64, int64[:, ::1], int64[::1], int64[:, ::1])",
    **_QUICK,
)
def complete(
    boxes: Array, good: Array, height: Array, bad: int, limit: int, tops: Array, was_taken_down: Array, moves: Array
) -> Any:
    """Sort the bay greedily, in place. Returns the number of moves, -1 when it would take more than `limit`.

    Bad boxes go where they belong, the tightest fit first; when none can, a stack is taken down until it is empty or
    can be filled again (Araya and Toledo 2023).
    """
    stacks, tiers = boxes.shape
    number, taken = 0, -1
    was_taken_down[:] = 0
    for stack in range(stacks):
        look_at(boxes, good, height, stack, tops)
    while bad > 0:
        if number + bad > limit:
            return -1
        origin, target = -1, -1
        if taken < 0:
            placement = tightest_placement(height, tiers, tops, -1)
            if placement >= 0:
                origin, target = placement // stacks, placement % stacks
            else:
                taken = _stack_to_take_down(boxes, good, height, was_taken_down)
                if taken < 0:
                    return -1
        if origin < 0:
            origin, target = taken, most_welcoming(boxes, height, taken, tops)
            if target < 0:
                return -1
        bad = lift(boxes, good, height, origin, target, bad, number, moves)
        number += 1
        look_at(boxes, good, height, origin, tops)
        look_at(boxes, good, height, target, tops)
        if taken >= 0 and (
            height[taken] == 0 or (height[taken] == good[taken] and fills_to(boxes, good, height, taken) >= tiers - 1)
        ):
            was_taken_down[taken] = 1
            taken = -1
    return number


@njit("void(int16[:, ::1], int16[::1], int16[::1], int64[:, ::1], float32[::1])", fastmath=True, **_QUICK)
def _describe_stacks(boxes: Array, good: Array, height: Array, by_rank: Array, values: Array) -> None:
    """Counts over the stacks; leaves in `by_rank` bad boxes, room on good tops and room on clean stacks by rank."""
    stacks, tiers = boxes.shape
    ranks = by_rank.shape[1] - 2
    by_rank[:] = 0
    bad, fewest_bad, lowest = 0, _NONE, _NONE
    empty, dirty, single, full, good_under_bad = 0, 0, 0, 0, 0
    rising, under_late, pairs, runs = 0, 0, 0, 0
    room, clean_room, wasted = 0, 0, 0
    latest, on_latest = 0, 0
    for stack in range(stacks):
        top, in_order = int(height[stack]), int(good[stack])
        ground = boxes[stack, in_order - 1] if in_order else ranks + 1
        by_rank[1, ground] += tiers - in_order
        room += tiers - top
        fewest_bad = min(fewest_bad, top - in_order)
        lowest = min(lowest, top)
        if top == in_order:
            by_rank[2, ground] += tiers - top
            clean_room += tiers - top
            empty += top == 0
            full += top == tiers
            if top:
                wasted += (tiers - top) * (ranks + 1 - ground)
            continue
        dirty += 1
        bad += top - in_order
        good_under_bad += in_order
        single += top - in_order == 1
        latest_here = 0
        for tier in range(in_order, top):
            box = int(boxes[stack, tier])
            by_rank[0, box] += 1
            under_late += box < latest_here
            latest_here = max(latest_here, box)
            rising += tier > in_order and box < boxes[stack, tier - 1]
            for below in range(in_order, tier):
                pairs += boxes[stack, below] > box
            if box > latest or (box == latest and top - 1 - tier < on_latest):
                latest, on_latest = box, top - 1 - tier
        tier = top - 1
        runs += 1
        while tier > in_order and boxes[stack, tier - 1] <= boxes[stack, tier]:
            runs += 1
            tier -= 1
    values[2] = fewest_bad
    values[3] = dirty
    values[4] = empty
    values[5] = rising
    values[6] = under_late
    values[7] = runs
    values[8] = clean_room
    values[9] = room
    values[17] = good_under_bad
    values[18] = full
    values[19] = wasted / ranks
    values[20] = bad
    values[21] = stacks
    values[22] = tiers
    values[23] = bad / stacks
    values[24] = pairs
    values[25] = single
    values[26] = lowest
    values[27] = on_latest


@njit("int64(int16[:, ::1], int16[::1], int64, int64, int64[::1])", **_QUICK)
def _good_before(boxes: Array, good: Array, rank: int, cleared: int, pool: Array) -> Any:
    """Good boxes earlier than `rank` in those `cleared` stacks that have fewest of them, but some; fewer if few do."""
    stacks = boxes.shape[0]
    for stack in range(stacks):
        earlier = 0
        while earlier < good[stack] and boxes[stack, good[stack] - 1 - earlier] < rank:
            earlier += 1
        pool[stack] = earlier if earlier else GROUND
    total = 0
    for _ in range(min(cleared, stacks)):
        least = np.argmin(pool)
        if pool[least] < GROUND:
            total += pool[least]
        pool[least] = GROUND
    return total


@njit("void(int16[:, ::1], int16[::1], int64[:, ::1], int64[:, ::1], float32[::1])", fastmath=True, **_QUICK)
def _describe_demand(boxes: Array, good: Array, by_rank: Array, pools: Array, values: Array) -> None:
    """Where bad boxes of a rank and later outnumber the room for them, and how many good ones that puts in the way."""
    tiers = boxes.shape[1]
    ranks = by_rank.shape[1] - 2
    wanted, room, clean_room = 0, 0, 0
    worst, worst_at, total, worst_clean, total_clean = 0, 0, 0, 0, 0
    for rank in range(ranks + 1, 0, -1):
        wanted += by_rank[0, rank]
        room += by_rank[1, rank]
        clean_room += by_rank[2, rank]
        if by_rank[0, rank] == 0:
            continue
        missing = wanted - room
        if missing > 0:
            total += missing
            if missing > worst:
                worst, worst_at = missing, rank
        if wanted > clean_room:
            total_clean += wanted - clean_room
            worst_clean = max(worst_clean, wanted - clean_room)
    cleared = (worst + tiers - 1) // tiers
    values[0] = _good_before(boxes, good, worst_at, cleared, pools[0]) if worst else 0
    values[10] = worst
    values[11] = total / ranks
    values[12] = worst_clean
    values[13] = total_clean / ranks


@njit("void(int16[:, ::1], int16[::1], int16[::1], int64, float32[::1])", fastmath=True, **_QUICK)
def _describe_ready(boxes: Array, good: Array, height: Array, ranks: int, values: Array) -> None:
    """Which bad boxes lying on top could go where they belong now, and how tightly."""
    stacks, tiers = boxes.shape
    ready, waiting, gaps = 0, 0, 0
    for dirty in range(stacks):
        if height[dirty] == good[dirty]:
            continue
        box = boxes[dirty, height[dirty] - 1]
        tightest = GROUND
        for clean in range(stacks):
            top = height[clean]
            if top == good[clean] and top < tiers:
                ground = boxes[clean, top - 1] if top else ranks + 1
                if box <= ground < tightest:
                    tightest = ground
        if tightest < GROUND:
            ready += 1
            gaps += tightest - box
        else:
            waiting += 1
    values[1] = values[2] if values[2] > 0 and values[20] > 0 else np.float32(values[20] > 0 and ready == 0)
    values[14] = ready
    values[15] = gaps / ranks
    values[16] = waiting


@njit("void(int16[:, ::1], int16[::1], int16[::1], int64, int64[:, ::1], float32[::1])", fastmath=True, **_QUICK)
def _describe_filled(boxes: Array, good: Array, height: Array, ranks: int, pools: Array, values: Array) -> None:
    """What is left when bad boxes go where they belong, the latest first, until none can."""
    stacks, tiers = boxes.shape
    tops, grounds = pools[0], pools[1]
    for stack in range(stacks):
        tops[stack] = height[stack]
        if height[stack] > good[stack]:
            grounds[stack] = 0
        elif height[stack] == 0:
            grounds[stack] = ranks + 1
        else:
            last = boxes[stack, height[stack] - 1]
            grounds[stack] = -last if height[stack] == tiers else last
    filled = 0
    while True:
        highest = 0
        for stack in range(stacks):
            highest = max(highest, grounds[stack])
        box, origin = 0, -1
        for stack in range(stacks):
            if grounds[stack] == 0:
                candidate = boxes[stack, tops[stack] - 1]
                if box < candidate <= highest:
                    box, origin = candidate, stack
        if origin < 0:
            break
        target, tightest = -1, GROUND
        for stack in range(stacks):
            if box <= grounds[stack] < tightest:
                tightest, target = grounds[stack], stack
        tops[target] += 1
        grounds[target] = -box if tops[target] == tiers else box
        tops[origin] -= 1
        filled += 1
        if tops[origin] == good[origin]:
            grounds[origin] = boxes[origin, tops[origin] - 1] if tops[origin] else ranks + 1
    fewest_bad, lowest, dirty, clean_room, dirty_room, highest = _NONE, _NONE, 0, 0, 0, 0
    for stack in range(stacks):
        lowest = min(lowest, tops[stack])
        if grounds[stack] == 0:
            dirty += 1
            dirty_room += tiers - tops[stack]
            fewest_bad = min(fewest_bad, tops[stack] - good[stack])
        else:
            clean_room += tiers - tops[stack]
            highest = max(highest, grounds[stack])
    values[28] = values[20] - filled
    values[29] = fewest_bad if dirty else 0
    values[30] = lowest if dirty else 0
    values[31] = dirty
    values[32] = clean_room
    values[33] = dirty_room
    values[34] = highest / ranks
    values[35] = filled
    values[36] = 0.0


@njit(
    "void(int16[:, ::1], int16[::1], int16[::1], int64[:, ::1], int64[:, ::1], float32[::1])", fastmath=True, **_QUICK
)
def describe(boxes: Array, good: Array, height: Array, by_rank: Array, pools: Array, values: Array) -> None:
    """What the guide is told of a bay; the last of `values` is left to the greedy completion.

    `by_rank` (3 x ranks + 2) and `pools` (2 x stacks) are room to work in. The order of the values is the guide's.
    """
    ranks = by_rank.shape[1] - 2
    _describe_stacks(boxes, good, height, by_rank, values)
    _describe_demand(boxes, good, by_rank, pools, values)
    _describe_ready(boxes, good, height, ranks, values)
    _describe_filled(boxes, good, height, ranks, pools, values)


@njit(
    "float64(float32[::1], float32[:, ::1], float32[::1], float32[::1], float64, float32[::1])",
    fastmath=True,
    **_QUICK,
)
def guess(values: Array, inward: Array, bias: Array, outward: Array, offset: float, hidden: Array) -> Any:
    """Moves beyond one a bad box that a bay is likely to need: a network with one layer of rectifiers."""
    hidden[:] = bias
    for number in range(values.shape[0]):
        value = values[number]
        for unit in range(hidden.shape[0]):
            hidden[unit] += value * inward[number, unit]
    extra = offset
    for unit in range(hidden.shape[0]):
        if hidden[unit] > 0:
            extra += hidden[unit] * outward[unit]
    return extra


@njit("uint64(uint64[::1], uint64[::1], uint64)", **_QUICK)
def _is_new(keys: Array, used: Array, key: Any) -> Any:
    """1 and remembered when a key was not met in this level; `used[0]` is the level's stamp in an open hash table."""
    mask = np.uint64(keys.shape[0] // 2 - 1)
    place = key & mask
    while keys[2 * place + np.uint64(1)] == used[0]:
        if keys[2 * place] == key:
            return np.uint64(0)
        place = (place + np.uint64(1)) & mask
    keys[2 * place] = key
    keys[2 * place + np.uint64(1)] = used[0]
    return np.uint64(1)


@njit(
    "int64(int64, int64, int64, int64, int64, boolean, int16[:, :, ::1], int16[:, ::1], int16[:, ::1], "
    "uint64[:, ::1], int64[::1], uint64[::1], uint64[::1], int64[:, ::1], float64[::1], int64[::1], "
    "float32[:, ::1], float32[::1], float32[::1], float64, int64)",
    **_QUICK,
)
def grow(
    first: int,
    end: int,
    level: int,
    offered: int,
    targets: int,
    frugal: bool,
    boxes: Array,
    good: Array,
    height: Array,
    marks: Array,
    came_to: Array,
    keys: Array,
    used: Array,
    offers: Array,
    prices: Array,
    best: Array,
    inward: Array,
    bias: Array,
    outward: Array,
    offset: float,
    ranks: int,
) -> Any:
    """Offer the children of states `first` to before `end`, all `level` moves from the start; returns offers so far.

    Each box on top goes to the `targets` stacks that welcome it most. `best` is length, level, parent, origin and
    target of the shortest plan known, the rest of it greedy; its last entry becomes 1 when a child was left out that a
    complete search would have to look at. A box is not moved twice running, of empty stacks only the first is used.
    With `frugal` stacks that can be filled at once are not taken down.
    """
    stacks, tiers = boxes.shape[1], boxes.shape[2]
    tops = np.zeros((2, stacks), np.int64)
    pools = np.zeros((2, stacks), np.int64)
    was_taken_down = np.zeros(stacks, np.int64)
    moves = np.zeros((4 * stacks * tiers + 100, 2), np.int64)
    by_rank = np.zeros((3, ranks + 2), np.int64)
    values = np.zeros(VALUES, np.float32)
    hidden = np.zeros(bias.shape[0], np.float32)
    welcome = np.zeros(stacks)
    child = np.zeros((stacks, tiers), np.int16)
    child_good = np.zeros(stacks, np.int16)
    child_height = np.zeros(stacks, np.int16)
    for state in range(first, end):
        mark = np.uint64(0)
        bad_before = 0
        for stack in range(stacks):
            mark += marks[state, stack]
            bad_before += height[state, stack] - good[state, stack]
            look_at(boxes[state], good[state], height[state], stack, tops)
        for origin in range(stacks):
            top = int(height[state, origin])
            if top == 0 or origin == came_to[state]:
                continue
            box = int(boxes[state, origin, top - 1])
            if (
                frugal
                and good[state, origin] == top
                and fills_to(boxes[state], good[state], height[state], origin) >= tiers - 1
            ):
                best[5] = 1
                continue
            met_empty = False
            for target in range(stacks):
                welcome[target] = -np.inf
                if target == origin or height[state, target] == tiers:
                    continue
                if height[state, target] == 0:
                    if met_empty or top == 1:
                        continue
                    met_empty = True
                welcome[target] = _welcome(box, target, height[state], tops)
            left = mark - marks[state, origin] + mark_of(boxes[state, origin], top - 1)
            for _ in range(targets):
                chosen = int(np.argmax(welcome))
                if welcome[chosen] == -np.inf:
                    break
                welcome[chosen] = -np.inf
                child[:] = boxes[state]
                child_good[:] = good[state]
                child_height[:] = height[state]
                bad = lift(child, child_good, child_height, origin, chosen, bad_before, 0, moves)
                if level + bad >= best[0]:
                    continue
                key = mixed(left - marks[state, chosen] + mark_of(child[chosen], child_height[chosen]))
                if not _is_new(keys, used, key):
                    continue
                price = 0.0
                rest = 0
                if bad > 0:
                    describe(child, child_good, child_height, by_rank, pools, values)
                    limit = min(best[0] - level, moves.shape[0] - bad - 50) + 15
                    rest = complete(child, child_good, child_height, bad, limit, pools, was_taken_down, moves)
                    values[VALUES - 1] = min(rest - bad, HOPELESS) if rest >= 0 else HOPELESS
                    price = bad + guess(values, inward, bias, outward, offset, hidden)
                if 0 <= rest < best[0] - level:
                    best[0], best[1], best[2], best[3], best[4] = level + rest, level, state, origin, chosen
                offers[offered, PARENT] = state
                offers[offered, ORIGIN] = origin
                offers[offered, TARGET] = chosen
                offers[offered, BAD] = bad
                prices[offered] = price
                offered += 1
            if np.max(welcome) > -np.inf:
                best[5] = 1
    return offered


@njit(
    "int64(int64, int64, int64, int64[:, ::1], float64[::1], int64[::1], int16[:, :, ::1], int16[:, ::1], "
    "int16[:, ::1], uint64[:, ::1], int16[:, :, ::1], int16[:, ::1], int16[:, ::1], uint64[:, ::1], int64[::1], "
    "int32[:, ::1])",
    **_QUICK,
)
def settle(
    offered: int,
    width: int,
    level: int,
    offers: Array,
    prices: Array,
    best: Array,
    boxes: Array,
    good: Array,
    height: Array,
    marks: Array,
    next_boxes: Array,
    next_good: Array,
    next_height: Array,
    next_marks: Array,
    came_to: Array,
    trail: Array,
) -> Any:
    """Build the `width` best offers as the next level and note their parents and moves in `trail`; returns how many."""
    bar = np.inf
    if offered > width:
        bar = np.partition(prices[:offered].copy(), width - 1)[width - 1]
    moves = np.zeros((1, 2), np.int64)
    kept = 0
    for offer in range(offered):
        if level + offers[offer, BAD] >= best[0]:
            continue
        if kept == width or prices[offer] > bar:
            best[5] = 1
            continue
        parent, origin, target = offers[offer, PARENT], offers[offer, ORIGIN], offers[offer, TARGET]
        next_boxes[kept] = boxes[parent]
        next_good[kept] = good[parent]
        next_height[kept] = height[parent]
        next_marks[kept] = marks[parent]
        lift(next_boxes[kept], next_good[kept], next_height[kept], origin, target, 0, 0, moves)
        next_marks[kept, origin] = mark_of(next_boxes[kept, origin], next_height[kept, origin])
        next_marks[kept, target] = mark_of(next_boxes[kept, target], next_height[kept, target])
        came_to[kept] = target
        trail[kept, PARENT] = parent
        trail[kept, ORIGIN] = origin
        trail[kept, TARGET] = target
        kept += 1
    return kept
