"""The hot loops of block relocation: one level of a beam, its bound and its rollouts, on flat arrays.

A bay of S stacks and T tiers is `box[S * T]` (ranks of priorities, 1 first), `low[S * T]` (the lowest rank from the
ground up to that tier), `height[S]` and `quality[S]` (the lowest rank of a stack, `EMPTY` for none): a box is well
placed when its rank is not above the lowest below it. Stacks count from 0, stack S is outside. A relocation is coded
as `origin * 1024 + target`; retrievals are not coded, as each box leaves as soon as it may.

`given` is S, T, restricted, timed, trolley empty, trolley loaded, hoist both ways, points of a relocation, of a crane
millisecond, of a millisecond late. `account` is the crane's clock in ms, its stack and the points spent so far.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numba import njit

Array = np.ndarray[Any, np.dtype[Any]]

EMPTY = 32767
STEP = 1024
STACKS, TIERS, RESTRICTED, TIMED, TROLLEY_EMPTY, TROLLEY_LOADED, HOIST, PER_MOVE, PER_MS, PER_MS_LATE = range(10)
COUNT, BEST, EVALUATED, LOST, FOUND_PARENT, FOUND_MOVES, STORED = range(7)
"""Fields of a level's tally: candidates, best points, new states, whether a state was lost, the best plan."""
FRESH = -1
"""Instead of the last relocation, where boxes left after it."""
NEVER = np.int64(1) << 62
_QUICK: dict[str, Any] = {"cache": True, "nogil": True}
_INLINE: dict[str, Any] = {"forceinline": True} | _QUICK


@njit("uint64(uint64)", **_INLINE)
def _mix(x: Any) -> Any:
    x ^= x >> np.uint64(30)
    x *= np.uint64(0xBF58476D1CE4E5B9)
    x ^= x >> np.uint64(27)
    x *= np.uint64(0x94D049BB133111EB)
    x ^= x >> np.uint64(31)
    return x


@njit("void(int16[::1], int16[::1], int16[::1], int16[::1], int64, int64, int64)", **_INLINE)
def put(box: Array, low: Array, height: Array, quality: Array, tiers: Any, stack: Any, rank: Any) -> None:
    at = stack * tiers + height[stack]
    box[at] = rank
    if rank < quality[stack]:
        quality[stack] = rank
    low[at] = quality[stack]
    height[stack] += 1


@njit("int64(int16[::1], int16[::1], int16[::1], int16[::1], int64, int64)", **_INLINE)
def take(box: Array, low: Array, height: Array, quality: Array, tiers: Any, stack: Any) -> Any:
    height[stack] -= 1
    at = stack * tiers + height[stack]
    quality[stack] = low[at - 1] if height[stack] > 0 else EMPTY
    return np.int64(box[at])


@njit("void(int16[::1], int64, int64, int64, int64, int64[::1], int64[::1])", **_INLINE)
def _drive(
    height: Array, origin: Any, target: Any, late_since: Any, relocations: int, given: Array, account: Array
) -> None:
    """Book one move whose box is still on `origin`: crane time, lateness and points."""
    account[2] += relocations * given[PER_MOVE]
    if given[TIMED] == 0:
        return
    tiers = given[TIERS]
    lifts = tiers + 1 - height[origin]
    if target < given[STACKS]:
        lifts += tiers - height[target]
    worked = (
        abs(account[1] - origin) * given[TROLLEY_EMPTY]
        + abs(target - origin) * given[TROLLEY_LOADED]
        + lifts * given[HOIST]
    )
    account[0] += worked
    account[1] = target
    account[2] += worked * given[PER_MS]
    if account[0] > late_since:
        account[2] += (account[0] - late_since) * given[PER_MS_LATE]


@njit("int64(int16[::1], int16[::1], int16[::1], int16[::1], int64[::1], int64[::1], int64[::1])", **_INLINE)
def let_out(box: Array, low: Array, height: Array, quality: Array, due_ms: Array, given: Array, account: Array) -> Any:
    """Retrieve all boxes that may leave now, stack by stack; the lowest rank that stays, `EMPTY` when none does."""
    stacks, tiers = given[STACKS], given[TIERS]
    while True:
        first = EMPTY
        for s in range(stacks):
            first = min(first, quality[s])
        stays = True
        for s in range(stacks):
            while quality[s] == first and height[s] > 0 and box[s * tiers + height[s] - 1] == first:
                _drive(height, s, stacks, due_ms[first], 0, given, account)
                take(box, low, height, quality, tiers, s)
                stays = False
        if stays:
            return np.int64(first)


@njit("int64(int16[::1], int16[::1], int16[::1], int64, int64)", **_QUICK)
def badly_placed(box: Array, low: Array, height: Array, stacks: int, tiers: int) -> Any:
    count = 0
    for s in range(stacks):
        for at in range(s * tiers, s * tiers + height[s]):
            count += box[at] > low[at]
    return count


@njit("int64(int16[::1], int16[::1], int16[::1], int64, int64, int64, int64, int16[::1])", **_QUICK)
def forced_beyond(
    box: Array, low: Array, height: Array, stacks: int, tiers: int, bad: int, limit: int, peeled: Array
) -> Any:
    """Relocations that are needed beyond one a badly placed box; no more than `limit` are counted.

    Rounds after Tanaka and Mizuno (2018) and Jin and Tanaka (2023): while no box may leave and no badly placed box on
    top fits well anywhere, some relocation does not mend anything. Then the top of every stack is peeled off, which
    only makes the rest easier, and so on until a stack is bare.
    """
    for s in range(stacks):
        if height[s] == 0:
            return 0
        peeled[s] = height[s]
    rounds = 0
    while bad > 0 and rounds < limit:
        first, best = EMPTY, 0
        for s in range(stacks):
            q = low[s * tiers + peeled[s] - 1]
            if q < first:
                first = q
            if peeled[s] < tiers and q > best:
                best = q
        changed = True
        while changed:
            changed = False
            for s in range(stacks):
                while True:
                    at = s * tiers + peeled[s] - 1
                    rank = box[at]
                    if rank != first and not (rank > low[at] and rank <= best):
                        break
                    if rank > low[at]:
                        bad -= 1
                    peeled[s] -= 1
                    if bad == 0 or peeled[s] == 0:
                        return rounds
                    changed = True
                    best = max(best, low[at - 1])
                    if rank == first:
                        first = EMPTY
                        for t in range(stacks):
                            first = min(first, low[t * tiers + peeled[t] - 1])
        rounds += 1
        for s in range(stacks):
            at = s * tiers + peeled[s] - 1
            if box[at] > low[at]:
                bad -= 1
            peeled[s] -= 1
            if peeled[s] == 0:
                return rounds
    return rounds


@njit("int64(int16[::1], int16[::1], int16[::1], int64, int64, int16[::1])", **_QUICK)
def forced_again(box: Array, low: Array, height: Array, stacks: int, tiers: int, peeled: Array) -> Any:
    """Restricted relocation: badly placed boxes that must be moved twice (LB3 of Zhu et al. 2012).

    The targets are dug out one after another; a box above one that fits well on no other stack will be dug out again.
    Where several stacks hold boxes of the group that is next, nothing is said of the boxes above them. Boxes once moved
    are left out, which only makes the rest easier.
    """
    for s in range(stacks):
        peeled[s] = height[s]
    again = 0
    while True:
        first, at_stack, is_only = EMPTY, -1, True
        for s in range(stacks):
            if peeled[s] == 0:
                return again
            q = low[s * tiers + peeled[s] - 1]
            if q < first:
                first, at_stack, is_only = q, s, True
            elif q == first:
                is_only = False
        best: Any = 0 if is_only else EMPTY
        for s in range(stacks):
            if s != at_stack:
                best = max(best, low[s * tiers + peeled[s] - 1])
        while box[at_stack * tiers + peeled[at_stack] - 1] != first:
            again += box[at_stack * tiers + peeled[at_stack] - 1] > best
            peeled[at_stack] -= 1
        peeled[at_stack] -= 1


@njit("int64(int16[::1], int16[::1], int16[::1], int64, int64[::1], int16[::1])", **_QUICK)
def relocations_bound(box: Array, low: Array, height: Array, limit: int, given: Array, scratch: Array) -> Any:
    """How many relocations are needed at least, in a bay from which nothing may leave as it stands."""
    stacks, tiers = given[STACKS], given[TIERS]
    bad = badly_placed(box, low, height, stacks, tiers)
    beyond = forced_beyond(box, low, height, stacks, tiers, bad, limit - bad, scratch)
    if given[RESTRICTED]:
        beyond = max(beyond, forced_again(box, low, height, stacks, tiers, scratch))
    return bad + beyond


@njit("int64(int16[::1], int16[::1], int64, int64, int64, int64, int64)", **_INLINE)
def _tightest(height: Array, quality: Array, stacks: int, tiers: int, rank: int, one: int, other: int) -> Any:
    """The stack with boxes, but for two, on which a box fits well with the least room to spare; -1 for none."""
    chosen, least = -1, EMPTY
    for s in range(stacks):
        if quality[s] >= rank and quality[s] < least and height[s] < tiers and s != one and s != other:
            chosen, least = s, quality[s]
    return chosen


@njit("int64(int16[::1], int16[::1], int16[::1], int16[::1], int64, int64, int64, boolean)", **_INLINE)
def _greedy(
    box: Array, low: Array, height: Array, quality: Array, stacks: int, tiers: int, target: int, restricted: Any
) -> Any:
    """The relocation a greedy crane driver makes when nothing may leave, coded; -1 when there is no room.

    The box above the target goes where it fits well most tightly; before that, the largest badly placed box elsewhere
    that fits in between goes there. Where it fits nowhere, a stack is made fit by moving its top box well, onto other
    boxes; else it goes where it will be in the way latest. Restricted: without the two detours.
    """
    rank = box[target * tiers + height[target] - 1]
    chosen, latest, least, most = -1, -1, EMPTY + 1, -1
    for s in range(stacks):
        if s != target and height[s] < tiers:
            q = quality[s]
            if q >= rank and q < least:
                chosen, least = s, q
            if q > most:
                latest, most = s, q
    if latest < 0:
        return np.int64(-1)
    if restricted:
        return np.int64(target * STEP + (chosen if chosen >= 0 else latest))
    if chosen >= 0:
        between, largest = -1, rank - 1
        if height[chosen] < tiers - 1:
            for s in range(stacks):
                if s != target and s != chosen and height[s] > 0:
                    top = box[s * tiers + height[s] - 1]
                    if top > quality[s] and top <= least and top > largest:
                        between, largest = s, top
        return np.int64((between if between >= 0 else target) * STEP + chosen)
    opened, refuge, merit = -1, -1, -4 * EMPTY
    for s in range(stacks):
        if s != target and height[s] > 0 and quality[s] < rank:
            at = s * tiers + height[s] - 1
            below = low[at - 1] if height[s] > 1 else EMPTY
            if below >= rank:
                place = _tightest(height, quality, stacks, tiers, box[at], s, target)
                if place >= 0:
                    value = box[at] - quality[place] - min(below - rank, 100)
                    if value > merit:
                        opened, refuge, merit = s, place, value
    if opened >= 0:
        return np.int64(opened * STEP + refuge)
    return np.int64(target * STEP + latest)


@njit("void(int16[::1], int16[::1], int16[::1], int16[::1], int64, int64[::1], int64[::1])", **_INLINE)
def relocate(box: Array, low: Array, height: Array, quality: Array, move: int, given: Array, account: Array) -> None:
    origin, target = move // STEP, move % STEP
    _drive(height, origin, target, NEVER, 1, given, account)
    rank = take(box, low, height, quality, given[TIERS], origin)
    put(box, low, height, quality, given[TIERS], target, rank)


@njit("int64(int16[::1], int16[::1], int16[::1], int16[::1], int64[::1], int64[::1], int64[::1], int32[::1])", **_QUICK)
def roll_out(
    box: Array, low: Array, height: Array, quality: Array, due_ms: Array, given: Array, account: Array, made: Array
) -> Any:
    """Work the bay greedily to its end, on the arrays given; how many relocations `made` holds, -1 when stuck."""
    stacks, tiers = given[STACKS], given[TIERS]
    timed, restricted = given[TIMED] != 0, given[RESTRICTED] != 0
    count = 0
    while True:
        target = 0
        for s in range(1, stacks):
            if quality[s] < quality[target]:
                target = s
        first = quality[target]
        if first == EMPTY:
            break
        stays = True
        for s in range(target, stacks):
            while quality[s] == first and box[s * tiers + height[s] - 1] == first:
                if timed:
                    _drive(height, s, stacks, due_ms[first], 0, given, account)
                take(box, low, height, quality, tiers, s)
                stays = False
        if stays:
            if count == len(made):
                return -1
            move = _greedy(box, low, height, quality, stacks, tiers, target, restricted)
            if move < 0:
                return -1
            origin, onto = move // STEP, move % STEP
            if timed:
                _drive(height, origin, onto, NEVER, 1, given, account)
            rank = take(box, low, height, quality, tiers, origin)
            put(box, low, height, quality, tiers, onto, rank)
            made[count] = move
            count += 1
    if not timed:
        account[2] += count * given[PER_MOVE]
    return count


@njit("uint64(int16[::1], int64, int64, int64)", **_QUICK)
def _stack_name(box: Array, tiers: int, stack: int, height: int) -> Any:
    name = np.uint64(0)
    for tier in range(height):
        name ^= _mix(np.uint64(box[stack * tiers + tier]) * np.uint64(1024) + np.uint64(tier + 1))
    return name


@njit("uint64(int16[::1], int16[::1], int64[::1], int64[::1])", **_QUICK)
def state_name(box: Array, height: Array, given: Array, account: Array) -> Any:
    """A number for what stands where; while the crane's way costs nothing the order of the stacks does not count."""
    name = np.uint64(1)
    for s in range(given[STACKS]):
        stack = _stack_name(box, given[TIERS], s, height[s])
        name += _mix(stack + np.uint64(s + 1) if given[TIMED] else stack)
    if given[TIMED]:
        name += _mix(np.uint64(account[1] + 1))
    return name if name != np.uint64(0) else np.uint64(1)


@njit("boolean(uint64, int64, uint64[::1], int64[::1], int64[::1])", **_INLINE)
def is_news(name: Any, points: int, seen: Array, seen_points: Array, tally: Array) -> Any:
    """Whether a state was not yet reached for as few points; then it is kept in mind, as long as there is room."""
    mask = np.uint64(len(seen) - 1)
    at = name & mask
    while seen[at] != np.uint64(0):
        if seen[at] == name:
            if seen_points[at] <= points:
                return False
            seen_points[at] = points
            return True
        at = (at + np.uint64(1)) & mask
    if tally[STORED] * 2 < len(seen):
        seen[at] = name
        seen_points[at] = points
        tally[STORED] += 1
    return True


@njit("void(int16[::1], int16[::1], int64, int64, int16[::1], int16[::1], int16[::1], int16[::1])", **_QUICK)
def unpack(
    boxes: Array, heights: Array, stacks: int, tiers: int, box: Array, low: Array, height: Array, quality: Array
) -> None:
    for s in range(stacks):
        height[s] = heights[s]
        lowest = EMPTY
        for at in range(s * tiers, s * tiers + heights[s]):
            box[at] = boxes[at]
            lowest = min(lowest, boxes[at])
            low[at] = lowest
        quality[s] = lowest


@njit(
    "void(int16[:, ::1], int16[:, ::1], int64[:, ::1], int32[::1], int64, int64, int64[::1], int64[::1], float64[::1], "
    "uint64[::1], int64[::1], float32[::1], int32[::1], int32[::1], int64[::1], int32[::1])",
    **_QUICK,
)
def expand(
    boxes: Array,
    heights: Array,
    accounts: Array,
    came: Array,
    begin: int,
    end: int,
    due_ms: Array,
    given: Array,
    weights: Array,
    seen: Array,
    seen_points: Array,
    key: Array,
    parent: Array,
    move: Array,
    tally: Array,
    found: Array,
) -> None:
    """Try every sensible relocation in the states from `begin` to before `end`: bound it, roll it out, note its key.

    A key is what the rollout costs in all plus the bound at `weights[0]` points a relocation; the lowest go on. A
    rollout that got stuck counts `weights[1]` points more; `weights[2]` is the seed of what parts equals; with
    `weights[3]` 0 only states without a badly placed box are rolled out. A plan better than `tally[BEST]` is left in
    `found`: the relocation, then the rollout's.

    Left out without loss: a box moved twice with nothing leaving in between; of two relocations that touch four
    different stacks and let nothing out, the order with the lower priority last (both only while the crane's way costs
    nothing); all empty stacks but one; states seen before for as few points; states whose bound is not below the best.
    """
    stacks, tiers = given[STACKS], given[TIERS]
    timed, restricted = given[TIMED] != 0, given[RESTRICTED] != 0
    unit = given[PER_MOVE] + given[PER_MS] * (2 * given[HOIST] + given[TROLLEY_LOADED])
    slots = stacks * tiers
    box, low = np.empty(slots, np.int16), np.empty(slots, np.int16)
    height, quality = np.empty(stacks, np.int16), np.empty(stacks, np.int16)
    box2, low2 = np.empty(slots, np.int16), np.empty(slots, np.int16)
    height2, quality2 = np.empty(stacks, np.int16), np.empty(stacks, np.int16)
    scratch = np.empty(stacks, np.int16)
    account = np.empty(3, np.int64)
    made = np.empty(len(found) - 1, np.int32)
    for b in range(begin, end):
        unpack(boxes[b], heights[b], stacks, tiers, box, low, height, quality)
        bad = badly_placed(box, low, height, stacks, tiers)
        first = EMPTY
        for s in range(stacks):
            first = min(first, quality[s])
        for s in range(stacks):
            if height[s] == 0 or (restricted and quality[s] != first):
                continue
            if came[b] != FRESH and s == came[b] % STEP:
                continue
            at = s * tiers + height[s] - 1
            rank = box[at]
            lets_out = height[s] > 1 and box[at - 1] == first
            rest = bad - (rank > low[at])
            had_empty = False
            for d in range(stacks):
                if d == s or height[d] >= tiers:
                    continue
                if height[d] == 0 and not timed:
                    if had_empty or height[s] == 1:
                        continue
                    had_empty = True
                if came[b] != FRESH and not timed and not lets_out:
                    before, after = came[b] // STEP, came[b] % STEP
                    if s != before and d != before and d != after and rank > box[after * tiers + height[after] - 1]:
                        continue
                bound = rest + (rank > quality[d])
                if accounts[b, 2] + given[PER_MOVE] + bound * unit >= tally[BEST]:
                    continue
                for t in range(stacks):
                    height2[t] = height[t]
                    quality2[t] = quality[t]
                    for i in range(t * tiers, t * tiers + height[t]):
                        box2[i] = box[i]
                        low2[i] = low[i]
                for i in range(3):
                    account[i] = accounts[b, i]
                relocate(box2, low2, height2, quality2, s * STEP + d, given, account)
                let_out(box2, low2, height2, quality2, due_ms, given, account)
                name = state_name(box2, height2, given, account)
                if not is_news(name, account[2], seen, seen_points, tally):
                    continue
                tally[EVALUATED] += 1
                room = (tally[BEST] - account[2]) // max(unit, 1) + 1
                bound = relocations_bound(box2, low2, height2, room, given, scratch)
                if account[2] + bound * unit >= tally[BEST]:
                    continue
                is_open = bound > 0
                if is_open and weights[3] == 0.0:
                    value = np.float64(account[2]) + weights[0] * bound
                else:
                    value = weights[0] * bound
                    count = roll_out(box2, low2, height2, quality2, due_ms, given, account, made)
                    if count < 0:
                        value += account[2] + weights[1]
                    else:
                        value += account[2]
                        if account[2] < tally[BEST]:
                            tally[BEST] = account[2]
                            tally[FOUND_PARENT] = b
                            tally[FOUND_MOVES] = count + 1
                            found[0] = s * STEP + d
                            for i in range(count):
                                found[i + 1] = made[i]
                if not is_open:
                    continue
                if tally[COUNT] == len(key):
                    tally[LOST] = 1
                    continue
                noise = np.float64(_mix(name + np.uint64(weights[2])) >> np.uint64(40)) / np.float64(1 << 24)
                c = tally[COUNT]
                key[c] = value + noise * 0.01 * unit
                parent[c] = b
                move[c] = s * STEP + d
                tally[COUNT] = c + 1


@njit(
    "void(int16[:, ::1], int16[:, ::1], int64[:, ::1], int32[::1], int32[::1], int64[::1], int64[::1], "
    "int16[:, ::1], int16[:, ::1], int64[:, ::1], int32[::1])",
    **_QUICK,
)
def advance(
    boxes: Array,
    heights: Array,
    accounts: Array,
    parents: Array,
    moves: Array,
    due_ms: Array,
    given: Array,
    boxes2: Array,
    heights2: Array,
    accounts2: Array,
    came2: Array,
) -> None:
    """The states that follow from the chosen relocations, and from which relocation they came (`FRESH`: boxes left)."""
    stacks, tiers = given[STACKS], given[TIERS]
    box, low = np.empty(stacks * tiers, np.int16), np.empty(stacks * tiers, np.int16)
    height, quality = np.empty(stacks, np.int16), np.empty(stacks, np.int16)
    for n in range(len(parents)):
        b = parents[n]
        unpack(boxes[b], heights[b], stacks, tiers, box, low, height, quality)
        for i in range(3):
            accounts2[n, i] = accounts[b, i]
        relocate(box, low, height, quality, moves[n], given, accounts2[n])
        before = np.sum(height)
        let_out(box, low, height, quality, due_ms, given, accounts2[n])
        came2[n] = moves[n] if np.sum(height) == before else FRESH
        for s in range(stacks):
            heights2[n, s] = height[s]
            for at in range(s * tiers, s * tiers + height[s]):
                boxes2[n, at] = box[at]
