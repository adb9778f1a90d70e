"""The hot loop: an agenda in a heap, and what happens at each entry.

Everything is int64 in arrays with one row a field and one column a ship, box, crane ...; times are milliseconds of the
run. A *mover* is a truck or, in the columns behind the trucks, a place for a road truck inside the gate. A *job* is one
lift of a quay crane's next so many (`LOOK_AHEAD`), of one box or two: crane c has columns c * LOOK_AHEAD on, used in a
ring. Lists (boxes to discharge, to load, movers before a yard crane ...) are linked by a NEXT row, with `NONE` at the
end.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from numba import njit, types

from cabria.planning.search.kernels import random_share

Array = np.ndarray[Any, np.dtype[Any]]
NONE, NEVER = -1, 1 << 60

# What happens, in the low bits of an entry; whom it happens to stands above.
(
    SHIP_THERE, SHIP_MOORED, SHIP_GONE, ROAD_COMES, ROAD_AGAIN, ROAD_OUT, MOVER_ASKS, MOVER_SERVED, YARD_FREE,
    AT_QUAY, LEAVES_QUAY, CRANE_NEEDS, CRANE_ENDS, FULL_HOUR,
) = range(14)  # fmt: skip
_KINDS = 16

# Rows of `clock`.
NOW, ENTRIES, IDLE, ROAD_FIRST, ROAD_LAST, INSIDE, LINE_FIRST, LINE_LAST, HOUR = range(9)
CLOCK_ROWS = 9
# Rows of `law`, whole numbers, and of `share`.
(
    TRUCKS, VISITORS, LOOK_AHEAD, QUAY_MM, STRETCH, GATE, CYCLE, FETCH_BEFORE, FETCH_AT, STACK_BEFORE, STACK_AT,
    STACK_AFTER, AHEAD, DIG, LANE_WAIT, MOORING, UNMOORING, UNLOCKED, BUSY_BLOCK, FULL_BLOCK, QUAY_PLACES,
    SENT_AHEAD, TOGETHER, OUT_OF_TURN,
) = range(24)  # fmt: skip
(
    BESIDE, VARIATION, DIGS_SHIP, DIGS_ROAD, DRIVE_FACTOR, DRIVE_VARIATION, IN_THE_WAY, PAIRS, PASSES,
) = range(9)  # fmt: skip
# Rows of `ship`.
(
    THERE, LENGTH, MOST, NEXT_CALL, OFF_FIRST, ON_FIRST, LEFT, CRANES, FROM, STATUS, BERTHED, LINE_NEXT, DONE,
) = range(13)  # fmt: skip
SHIP_ROWS = 13
EXPECTED, IN_LINE, MOORING_NOW, WORKING, LEAVING, SAILED = range(6)
# Rows of `box`.
TEU, OUT, BLOCK, STATE, OFF_NEXT, ON_NEXT, WAITED, STOOD_SINCE, STOOD_UNTIL = range(9)
BOX_ROWS = 9
AWAY, MOVING, STANDING, LEFT_AGAIN = range(4)
# Rows of `road`.
COMES, BRINGS, TAKES, ROAD_NEXT = range(4)
ROAD_ROWS = 4
# Rows of `crane`.
AT_SHIP, HEAD, COUNT, ASSIGNED, PHASE, SINCE, STEP_AT, CYCLE_NOW, BEGAN, ENDED, PLACE = range(11)
CRANE_ROWS = 11
FREE, MOVES_OVER, WAITS, MOVES_ON = range(4)
# Rows of `job`.
BOX, SECOND, IS_LOAD, TRUCK, IS_THERE, MAY_PASS = range(6)
JOB_ROWS = 6
# Rows of `mover`.
SPOT, ARRIVES, CARRIES, ALSO, FETCHES, TO_BLOCK, JOB, VISIT, CAME, QUEUE_NEXT, BUSY_SINCE = range(11)
MOVER_ROWS = 11
# Rows of `block`.
ROOM, HELD, BOXES_IN, TIERS, QUEUE_FIRST, QUEUE_LAST, QUEUED, AT_WORK = range(8)
BLOCK_ROWS = 8
# Rows of `tally`.
(
    OFF, ON, MISSED, CRANE_MS, WAIT_LOADED, WAIT_EMPTY, TRUCK_MS, LOADED_M, EMPTY_M, YARD_LIFTS, REHANDLES, YARD_MS,
    ROAD_DONE, TURN_MS, GATE_MS, PUT_OFF, SHIPS_GONE, SHIP_WAIT_MS, BERTH_MS, NO_ROOM, EVENTS, ROAD_IN, ROAD_CAME,
    SHIPS_BERTHED, GATE_MOVES, SAILED_MOVES, WAIT_ORDER,
) = range(27)  # fmt: skip
TALLY_ROWS = 27
# Rows of `series`, at each full hour.
S_TEU, S_BOXES, S_MOVES, S_WAIT, S_QUAY, S_LINE, S_ROAD, S_TRUCKS = range(8)
SERIES_ROWS = 8
TURN_STEP_MS, TURN_STEPS = 15_000, 960
"""Turn times are counted in steps of 15 s, the last for all beyond."""

_LIFT_AT, _LAND_AT = 0.25, 0.65
"""Share of a cycle after which a crane needs its truck, with a box on it and empty (`twin.quay_cranes`)."""
_AT_TRUCK = 0.1
_ROOT_6 = 2.449
_WAY_THERE_MS, _YARD_MS = 140_000, 60_000
"""How long a truck is counted to drive to where it takes its box, and to stand under a yard crane."""


class State(NamedTuple):
    """All there is, as arrays; a kernel changes them in place. `booked[b, v]` boxes of block b leave with ship v."""

    clock: Array
    law: Array
    share: Array
    heap: Array
    ship: Array
    box: Array
    road: Array
    crane: Array
    job: Array
    mover: Array
    block: Array
    booked: Array
    drive_ms: Array
    way_m: Array
    tally: Array
    series: Array
    turns: Array
    chance: Array


_ROW, _TABLE = types.Array(types.int64, 1, "C"), types.Array(types.int64, 2, "C")
_STATE = types.NamedTuple(  # type: ignore[no-untyped-call]
    [
        _ROW, _ROW, types.Array(types.float64, 1, "C"), _TABLE, _TABLE, _TABLE, _TABLE, _TABLE, _TABLE, _TABLE,
        _TABLE, _TABLE, _TABLE, _TABLE, _ROW, _TABLE, _ROW, types.Array(types.uint64, 1, "C"),
    ],
    State,
)  # fmt: skip
_INT, _NOTHING = types.int64, types.void
_COMPILED: dict[str, Any] = {"cache": True, "nogil": True}


@njit(_NOTHING(_STATE, _INT, _INT, _INT), **_COMPILED)
def plan(s: State, at_ms: int, kind: int, whom: int) -> Any:
    """Put an entry into the agenda. Entries of one time come in the order of their kinds, then of whom."""
    heap, what = s.heap, kind + _KINDS * whom
    place = s.clock[ENTRIES]
    s.clock[ENTRIES] = place + 1
    while place > 0:
        above = (place - 1) >> 1
        if heap[0, above] < at_ms or (heap[0, above] == at_ms and heap[1, above] <= what):
            break
        heap[0, place], heap[1, place] = heap[0, above], heap[1, above]
        place = above
    heap[0, place], heap[1, place] = at_ms, what


@njit(_INT(_STATE), **_COMPILED)
def take(s: State) -> Any:
    """Take the first entry out, set the clock, and return what it is."""
    heap = s.heap
    s.clock[NOW], first = heap[0, 0], heap[1, 0]
    count = s.clock[ENTRIES] - 1
    s.clock[ENTRIES] = count
    at_ms, what = heap[0, count], heap[1, count]
    place = 0
    while True:
        below = 2 * place + 1
        if below >= count:
            break
        right = below + 1
        if right < count and (
            heap[0, right] < heap[0, below] or (heap[0, right] == heap[0, below] and heap[1, right] < heap[1, below])
        ):
            below = right
        if heap[0, below] > at_ms or (heap[0, below] == at_ms and heap[1, below] >= what):
            break
        heap[0, place], heap[1, place] = heap[0, below], heap[1, below]
        place = below
    heap[0, place], heap[1, place] = at_ms, what
    return first


@njit(types.float64(_STATE, types.float64), **_COMPILED)
def _spread(s: State, variation: float) -> Any:
    """A factor of mean 1: the sum of two even chances, which has about the middle of a bell."""
    even = random_share(s.chance) + random_share(s.chance) - 1.0
    return max(0.3, 1.0 + _ROOT_6 * variation * even)


@njit(_INT(_STATE, _INT, _INT), **_COMPILED)
def _drive(s: State, from_place: int, to_place: int) -> Any:
    """How long this drive takes: drawn anew each time."""
    working = s.law[TRUCKS] - s.clock[IDLE]
    factor = s.share[DRIVE_FACTOR] * _spread(s, s.share[DRIVE_VARIATION])
    return np.int64(factor * s.drive_ms[from_place, to_place]) + s.law[LANE_WAIT] * working


@njit(_NOTHING(_STATE, _INT, _INT, _INT), **_COMPILED)
def _send_to_block(s: State, m: int, b: int, is_fetch: int) -> Any:
    """A mover sets out for a block; its yard crane is asked as long ahead as it may begin."""
    now, place = s.clock[NOW], s.law[QUAY_PLACES] + b
    arrives = now + _drive(s, s.mover[SPOT, m], place)
    if m < s.law[TRUCKS]:
        is_empty = is_fetch and s.mover[CARRIES, m] == s.job[BOX, s.mover[JOB, m]]
        s.tally[EMPTY_M if is_empty else LOADED_M] += s.way_m[s.mover[SPOT, m], place]
    s.mover[ARRIVES, m] = arrives
    s.mover[FETCHES, m] = is_fetch
    s.mover[TO_BLOCK, m] = b
    s.mover[SPOT, m] = place
    plan(s, max(now, arrives - s.law[AHEAD]), MOVER_ASKS, m)


@njit(_NOTHING(_STATE, _INT, _INT), **_COMPILED)
def _book(s: State, box: int, by: int) -> Any:
    """One box more, or less, of its ship in its block."""
    if s.box[OUT, box] != NONE and s.box[BLOCK, box] != NONE:
        s.booked[s.box[BLOCK, box], s.box[OUT, box]] += by


@njit(_INT(_STATE, _INT, _INT), **_COMPILED)
def _choose_block(s: State, from_place: int, box: int) -> Any:
    """Near, not busy, not full, with few boxes of the same ship, and booked for the box; the least full where there is
    no room at all, and that is counted."""
    best, best_cost, emptiest, least = NONE, NEVER, 0, NEVER
    teu, out = s.box[TEU, box], s.box[OUT, box]
    for b in range(s.block.shape[1]):
        held, room = s.block[HELD, b], s.block[ROOM, b]
        if held - room < least:
            emptiest, least = b, held - room
        if held + teu <= room:
            fill = held / room
            cost = s.drive_ms[from_place, s.law[QUAY_PLACES] + b] + s.law[BUSY_BLOCK] * s.block[QUEUED, b]
            cost += np.int64(s.law[FULL_BLOCK] * fill * fill * fill)
            if out != NONE:
                cost += s.law[TOGETHER] * s.booked[b, out]
            if cost < best_cost:
                best, best_cost = b, cost
    if best == NONE:
        s.tally[NO_ROOM] += 1
        best = emptiest
    s.block[HELD, best] += teu
    s.box[BLOCK, box] = best
    _book(s, box, 1)
    return best


@njit(_NOTHING(_STATE, _INT), **_COMPILED)
def _serve(s: State, b: int) -> Any:
    """The yard crane of a block begins with the first mover in its line, if it is free."""
    if s.block[AT_WORK, b] or s.block[QUEUE_FIRST, b] == NONE:
        return
    now, m = s.clock[NOW], s.block[QUEUE_FIRST, b]
    s.block[QUEUE_FIRST, b] = s.mover[QUEUE_NEXT, m]
    if s.block[QUEUE_FIRST, b] == NONE:
        s.block[QUEUE_LAST, b] = NONE
    s.block[QUEUED, b] -= 1
    s.block[AT_WORK, b] = 1
    s.tally[YARD_LIFTS] += 1
    if s.mover[FETCHES, m]:
        is_road = m >= s.law[TRUCKS]
        above = (s.block[TIERS, b] - 1) * s.block[HELD, b] / s.block[ROOM, b] / 2
        digs = np.int64(s.share[DIGS_ROAD if is_road else DIGS_SHIP] * above + random_share(s.chance))
        s.tally[REHANDLES] += digs
        s.tally[YARD_LIFTS] += digs
        before, at, after = s.law[FETCH_BEFORE], s.law[FETCH_AT], digs * s.law[DIG]
        if is_road:
            # Nobody knew when this box would be wanted; for ships it is dug free while its truck is elsewhere.
            before, after = before + after, 0
    else:
        before, at, after = s.law[STACK_BEFORE], s.law[STACK_AT], s.law[STACK_AFTER]
    served = max(now + before, s.mover[ARRIVES, m]) + at
    s.tally[YARD_MS] += served + after - now
    plan(s, served, MOVER_SERVED, m)
    plan(s, served + after, YARD_FREE, b)


@njit(_NOTHING(_STATE, _INT), **_COMPILED)
def _ask(s: State, m: int) -> Any:
    b = s.mover[TO_BLOCK, m]
    s.mover[QUEUE_NEXT, m] = NONE
    if s.block[QUEUE_LAST, b] == NONE:
        s.block[QUEUE_FIRST, b] = m
    else:
        s.mover[QUEUE_NEXT, s.block[QUEUE_LAST, b]] = m
    s.block[QUEUE_LAST, b] = m
    s.block[QUEUED, b] += 1
    _serve(s, b)


@njit(_NOTHING(_STATE), **_COMPILED)
def _assign(s: State) -> Any:
    """Idle trucks to jobs: the job whose turn leaves least time first, and the truck that is there first. A job with
    time enough is looked at again at the next step of any crane."""
    ahead, trucks, now = s.law[LOOK_AHEAD], s.law[TRUCKS], s.clock[NOW]
    while s.clock[IDLE]:
        found, least = NONE, NEVER
        for c in range(s.crane.shape[1]):
            nth = s.crane[ASSIGNED, c]
            if nth < s.crane[COUNT, c]:
                j = c * ahead + (s.crane[HEAD, c] + nth) % ahead
                lead = _WAY_THERE_MS
                if s.job[IS_LOAD, j]:
                    block = s.law[QUAY_PLACES] + s.box[BLOCK, s.job[BOX, j]]
                    lead += _YARD_MS + s.drive_ms[block, s.crane[PLACE, c]]
                spare = max(now, s.crane[STEP_AT, c]) + nth * s.law[CYCLE] - lead
                if spare < least:
                    found, least = c, spare
        if found == NONE or least > now + s.law[SENT_AHEAD]:
            return
        j = found * ahead + (s.crane[HEAD, found] + s.crane[ASSIGNED, found]) % ahead
        box, is_load = s.job[BOX, j], s.job[IS_LOAD, j]
        to_place = s.law[QUAY_PLACES] + s.box[BLOCK, box] if is_load else s.crane[PLACE, found]
        truck, nearest = NONE, NEVER
        for m in range(trucks):
            if s.mover[JOB, m] == NONE and s.mover[CARRIES, m] == NONE:
                away = s.drive_ms[s.mover[SPOT, m], to_place]
                if away < nearest:
                    truck, nearest = m, away
        s.crane[ASSIGNED, found] += 1
        s.job[TRUCK, j] = truck
        s.mover[JOB, truck] = j
        s.mover[BUSY_SINCE, truck] = now
        s.clock[IDLE] -= 1
        if is_load:
            s.mover[CARRIES, truck], s.mover[ALSO, truck] = box, s.job[SECOND, j]
            _send_to_block(s, truck, s.box[BLOCK, box], 1)
        else:
            s.tally[EMPTY_M] += s.way_m[s.mover[SPOT, truck], to_place]
            plan(s, now + _drive(s, s.mover[SPOT, truck], to_place), AT_QUAY, truck)
            s.mover[SPOT, truck] = to_place


@njit(_NOTHING(_STATE, _INT), **_COMPILED)
def _is_rid(s: State, m: int) -> Any:
    """A truck has nothing to do any more."""
    s.mover[JOB, m] = NONE
    s.mover[CARRIES, m] = NONE
    s.tally[TRUCK_MS] += s.clock[NOW] - s.mover[BUSY_SINCE, m]
    s.clock[IDLE] += 1
    _assign(s)


@njit(_INT(_STATE, _INT), **_COMPILED)
def _next_box(s: State, v: int) -> Any:
    """The next box of a ship, taken off her lists: those to discharge first. A box to load that does not stand in the
    yard is left to the next call of her service. `NONE` when the lists are empty."""
    box = s.ship[OFF_FIRST, v]
    if box != NONE:
        s.ship[OFF_FIRST, v] = s.box[OFF_NEXT, box]
        s.ship[LEFT, v] -= 1
        return box
    while s.ship[ON_FIRST, v] != NONE:
        box = s.ship[ON_FIRST, v]
        s.ship[ON_FIRST, v] = s.box[ON_NEXT, box]
        s.ship[LEFT, v] -= 1
        if s.box[STATE, box] == STANDING:
            return box
        s.tally[MISSED] += 1
        later = s.ship[NEXT_CALL, v]
        while later != NONE and s.ship[STATUS, later] >= LEAVING:
            later = s.ship[NEXT_CALL, later]
        _book(s, box, -1)
        s.box[OUT, box] = later
        _book(s, box, 1)
        if later != NONE:
            s.box[ON_NEXT, box] = s.ship[ON_FIRST, later]
            s.ship[ON_FIRST, later] = box
            s.ship[LEFT, later] += 1
    return NONE


@njit(_NOTHING(_STATE, _INT), **_COMPILED)
def _go_on(s: State, c: int) -> Any:
    """Fill a crane's ring of jobs, give trucks to them, and let it begin its next step if it is free."""
    ahead, v = s.law[LOOK_AHEAD], s.crane[AT_SHIP, c]
    while s.crane[COUNT, c] < ahead:
        box = _next_box(s, v)
        if box == NONE:
            break
        j = c * ahead + (s.crane[HEAD, c] + s.crane[COUNT, c]) % ahead
        is_load, second = s.box[STATE, box] == STANDING, NONE
        if random_share(s.chance) < s.share[PAIRS] and (is_load or s.ship[OFF_FIRST, v] != NONE):
            second = _next_box(s, v)
        if is_load:
            s.box[STATE, box] = MOVING
            if second != NONE:
                s.box[STATE, second] = MOVING
        s.job[BOX, j], s.job[SECOND, j], s.job[IS_LOAD, j] = box, second, is_load
        s.job[TRUCK, j], s.job[IS_THERE, j] = NONE, 0
        s.job[MAY_PASS, j] = is_load and random_share(s.chance) < s.share[PASSES]
        s.crane[COUNT, c] += 1
    if s.crane[PHASE, c] == FREE and s.crane[COUNT, c]:
        j = c * ahead + s.crane[HEAD, c]
        cycle = np.int64(s.law[CYCLE] * _spread(s, s.share[VARIATION]))
        others = np.int64(s.law[CYCLE] * s.share[IN_THE_WAY])
        s.tally[WAIT_ORDER] += others
        beside = others + np.int64(s.law[CYCLE] * s.share[BESIDE] / (1.0 - s.share[BESIDE]))
        s.crane[CYCLE_NOW, c] = cycle
        s.crane[PHASE, c] = MOVES_OVER
        s.crane[STEP_AT, c] = s.clock[NOW]
        needs = _LIFT_AT if s.job[IS_LOAD, j] else _LAND_AT
        plan(s, s.clock[NOW] + beside + np.int64(needs * cycle), CRANE_NEEDS, c)
    _assign(s)


@njit(_NOTHING(_STATE, _INT), **_COMPILED)
def _meet(s: State, c: int) -> Any:
    """Crane and truck are there: the box goes from one to the other."""
    j = c * s.law[LOOK_AHEAD] + s.crane[HEAD, c]
    now, cycle = s.clock[NOW], s.crane[CYCLE_NOW, c]
    needs = _LIFT_AT if s.job[IS_LOAD, j] else _LAND_AT
    if s.crane[PHASE, c] == WAITS:
        s.tally[WAIT_LOADED if s.job[IS_LOAD, j] else WAIT_EMPTY] += now - s.crane[SINCE, c]
    s.crane[PHASE, c] = MOVES_ON
    s.mover[CARRIES, s.job[TRUCK, j]] = s.job[BOX, j]
    s.mover[ALSO, s.job[TRUCK, j]] = s.job[SECOND, j]
    plan(s, now + np.int64(_AT_TRUCK * cycle), LEAVES_QUAY, s.job[TRUCK, j])
    plan(s, now + np.int64((1.0 - needs) * cycle), CRANE_ENDS, c)


@njit(_INT(_STATE, _INT, _INT), **_COMPILED)
def _goes_first(s: State, c: int, nth: int) -> Any:
    """Make a job the next of its crane if it may be: its truck is there, and it is a load that others let pass. Returns
    whether it is the next."""
    ahead, head = s.law[LOOK_AHEAD], s.crane[HEAD, c]
    first, j = c * ahead + head, c * ahead + (head + nth) % ahead
    if not s.job[IS_THERE, j]:
        return 0
    if nth and not (nth <= s.law[OUT_OF_TURN] and s.job[MAY_PASS, j] and s.job[IS_LOAD, first]):
        return 0
    for row in range(s.job.shape[0]):
        s.job[row, first], s.job[row, j] = s.job[row, j], s.job[row, first]
    s.mover[JOB, s.job[TRUCK, j]] = j
    s.mover[JOB, s.job[TRUCK, first]] = first
    return 1


@njit(_NOTHING(_STATE, _INT), **_COMPILED)
def _needs(s: State, c: int) -> Any:
    """The crane is over the place where its truck is to stand."""
    for nth in range(s.crane[ASSIGNED, c]):
        if _goes_first(s, c, nth):
            _meet(s, c)
            return
    s.crane[PHASE, c] = WAITS
    s.crane[SINCE, c] = s.clock[NOW]


@njit(_NOTHING(_STATE, _INT), **_COMPILED)
def _at_quay(s: State, m: int) -> Any:
    j, ahead = s.mover[JOB, m], s.law[LOOK_AHEAD]
    c = j // ahead
    s.job[IS_THERE, j] = 1
    if s.crane[PHASE, c] == WAITS and _goes_first(s, c, (j - c * ahead - s.crane[HEAD, c]) % ahead):
        _meet(s, c)


@njit(_NOTHING(_STATE, _INT), **_COMPILED)
def _leaves_quay(s: State, m: int) -> Any:
    """Rid of its box for the ship, or with one off the ship to a block that is chosen now."""
    j = s.mover[JOB, m]
    box = s.mover[CARRIES, m]
    if s.job[IS_LOAD, j]:
        s.box[STATE, box] = LEFT_AGAIN
        if s.mover[ALSO, m] != NONE:
            s.box[STATE, s.mover[ALSO, m]] = LEFT_AGAIN
            s.mover[ALSO, m] = NONE
        _is_rid(s, m)
        return
    s.box[STATE, box] = MOVING
    if s.mover[ALSO, m] != NONE:
        s.box[STATE, s.mover[ALSO, m]] = MOVING
    b = _choose_block(s, s.mover[SPOT, m], box)
    s.mover[JOB, m] = NONE
    _send_to_block(s, m, b, 0)


@njit(_NOTHING(_STATE, _INT), **_COMPILED)
def _leave_yard(s: State, box: int) -> Any:
    b = s.box[BLOCK, box]
    s.box[STOOD_UNTIL, box] = s.clock[NOW]
    _book(s, box, -1)
    s.block[HELD, b] -= s.box[TEU, box]
    s.block[BOXES_IN, b] -= 1
    s.box[BLOCK, box] = NONE


@njit(_NOTHING(_STATE, _INT), **_COMPILED)
def _stand(s: State, box: int) -> Any:
    """A box stands in the yard; a road truck that was put off for it comes when it may be fetched."""
    s.box[STATE, box] = STANDING
    s.box[STOOD_SINCE, box] = s.clock[NOW]
    s.block[BOXES_IN, s.box[BLOCK, box]] += 1
    if s.box[WAITED, box] != NONE:
        plan(s, s.clock[NOW] + s.law[UNLOCKED], ROAD_AGAIN, s.box[WAITED, box])
        s.box[WAITED, box] = NONE


@njit(_NOTHING(_STATE, _INT), **_COMPILED)
def _next_errand(s: State, m: int) -> Any:
    """A road truck goes on: what it brings first, then what it takes, then out."""
    r = s.mover[VISIT, m]
    if s.road[BRINGS, r] != NONE:
        box = s.road[BRINGS, r]
        s.road[BRINGS, r] = NONE
        b = _choose_block(s, s.mover[SPOT, m], box)
        s.box[STATE, box] = MOVING
        s.mover[CARRIES, m] = box
        _send_to_block(s, m, b, 0)
    elif s.road[TAKES, r] != NONE:
        box = s.road[TAKES, r]
        s.road[TAKES, r] = NONE
        s.mover[CARRIES, m] = box
        s.box[STATE, box] = MOVING
        _send_to_block(s, m, s.box[BLOCK, box], 1)
    else:
        plan(s, s.clock[NOW] + _drive(s, s.mover[SPOT, m], s.law[GATE]), ROAD_OUT, m)


@njit(_NOTHING(_STATE, _INT), **_COMPILED)
def _served(s: State, m: int) -> Any:
    """A yard crane has given a mover its box, or taken it."""
    box, is_fetch = s.mover[CARRIES, m], s.mover[FETCHES, m]
    if is_fetch:
        _leave_yard(s, box)
    else:
        _stand(s, box)
    if m >= s.law[TRUCKS]:
        if is_fetch:
            s.box[STATE, box] = LEFT_AGAIN
        s.tally[GATE_MOVES] += 1
        _next_errand(s, m)
    elif s.mover[ALSO, m] != NONE:
        second = s.mover[ALSO, m]
        s.mover[CARRIES, m], s.mover[ALSO, m] = second, NONE
        _send_to_block(s, m, s.box[BLOCK, second] if is_fetch else _choose_block(s, s.mover[SPOT, m], second), is_fetch)
    elif is_fetch:
        j = s.mover[JOB, m]
        place = s.crane[PLACE, j // s.law[LOOK_AHEAD]]
        s.tally[LOADED_M] += s.way_m[s.mover[SPOT, m], place]
        plan(s, s.clock[NOW] + _drive(s, s.mover[SPOT, m], place), AT_QUAY, m)
        s.mover[SPOT, m] = place
    else:
        _is_rid(s, m)


@njit(_NOTHING(_STATE), **_COMPILED)
def _let_in(s: State) -> Any:
    """Road trucks from the queue outside, as long as there is a place inside."""
    while s.clock[ROAD_FIRST] != NONE and s.clock[INSIDE] < s.law[VISITORS]:
        r = s.clock[ROAD_FIRST]
        s.clock[ROAD_FIRST] = s.road[ROAD_NEXT, r]
        if s.clock[ROAD_FIRST] == NONE:
            s.clock[ROAD_LAST] = NONE
        m = s.law[TRUCKS]
        while s.mover[VISIT, m] != NONE:
            m += 1
        now = s.clock[NOW]
        s.clock[INSIDE] += 1
        s.tally[ROAD_IN] += 1
        s.tally[GATE_MS] += now - s.road[COMES, r]
        s.mover[VISIT, m], s.mover[CAME, m], s.mover[SPOT, m] = r, now, s.law[GATE]
        _next_errand(s, m)


@njit(_NOTHING(_STATE, _INT), **_COMPILED)
def _comes(s: State, r: int) -> Any:
    """A road truck is at the gate. One whose box is not ashore yet is told when to come again."""
    box = s.road[TAKES, r]
    if box != NONE and s.box[STATE, box] != STANDING:
        s.tally[PUT_OFF] += 1
        s.box[WAITED, box] = r
        return
    s.road[COMES, r] = s.clock[NOW]
    s.road[ROAD_NEXT, r] = NONE
    if s.clock[ROAD_LAST] == NONE:
        s.clock[ROAD_FIRST] = r
    else:
        s.road[ROAD_NEXT, s.clock[ROAD_LAST]] = r
    s.clock[ROAD_LAST] = r
    _let_in(s)


@njit(_NOTHING(_STATE, _INT), **_COMPILED)
def _goes_out(s: State, m: int) -> Any:
    turn = s.clock[NOW] - s.mover[CAME, m]
    s.tally[ROAD_DONE] += 1
    s.tally[TURN_MS] += turn
    s.turns[min(TURN_STEPS - 1, turn // TURN_STEP_MS)] += 1
    s.mover[VISIT, m], s.mover[CARRIES, m] = NONE, NONE
    s.clock[INSIDE] -= 1
    _let_in(s)


@njit(_INT(_STATE, _INT), **_COMPILED)
def _room_at_quay(s: State, v: int) -> Any:
    """Where along the quay a ship finds room, nearest its middle, but so that another like her has room beside her if
    it is long enough; `NONE` where there is none."""
    length, quay = s.ship[LENGTH, v], s.law[QUAY_MM]
    middle = (quay - length) // 2
    if quay >= 2 * length:
        middle = min(middle, quay - 2 * length)
    best, best_away = NONE, NEVER
    for other in range(-1, s.ship.shape[1]):
        if other >= 0 and not MOORING_NOW <= s.ship[STATUS, other] <= LEAVING:
            continue
        for side in range(2):
            if other < 0:
                at = middle
            elif side:
                at = s.ship[FROM, other] + s.ship[LENGTH, other]
            else:
                at = s.ship[FROM, other] - length
            if at < 0 or at + length > quay or abs(at - middle) >= best_away:
                continue
            is_free = True
            for lies in range(s.ship.shape[1]):
                if MOORING_NOW <= s.ship[STATUS, lies] <= LEAVING and (
                    at < s.ship[FROM, lies] + s.ship[LENGTH, lies] and s.ship[FROM, lies] < at + length
                ):
                    is_free = False
            if is_free:
                best, best_away = at, abs(at - middle)
    return best


@njit(_NOTHING(_STATE, _INT, _INT), **_COMPILED)
def _give_crane(s: State, c: int, v: int) -> Any:
    nth = s.ship[CRANES, v]
    s.ship[CRANES, v] += 1
    at = s.ship[FROM, v] + s.ship[LENGTH, v] * (2 * nth + 1) // (2 * s.ship[MOST, v])
    s.crane[AT_SHIP, c] = v
    s.crane[PLACE, c] = min(s.law[QUAY_PLACES] - 1, at // s.law[STRETCH])
    s.crane[BEGAN, c] = NONE


@njit(_NOTHING(_STATE, _INT), **_COMPILED)
def _begin(s: State, c: int) -> Any:
    s.crane[BEGAN, c] = s.clock[NOW]
    s.crane[ENDED, c] = s.clock[NOW]
    s.crane[PHASE, c] = FREE
    s.crane[HEAD, c], s.crane[COUNT, c], s.crane[ASSIGNED, c] = 0, 0, 0
    _go_on(s, c)


@njit(_INT(_STATE, _INT), **_COMPILED)
def _let_go(s: State, c: int) -> Any:
    """A crane with nothing left to do at its ship is free; returns whether it is."""
    if s.crane[COUNT, c]:
        return 0
    v = s.crane[AT_SHIP, c]
    s.tally[CRANE_MS] += s.crane[ENDED, c] - s.crane[BEGAN, c]
    s.crane[AT_SHIP, c] = NONE
    s.ship[CRANES, v] -= 1
    if s.ship[CRANES, v] == 0:
        s.ship[STATUS, v] = LEAVING
        plan(s, s.clock[NOW] + s.law[UNMOORING], SHIP_GONE, v)
    return 1


@njit(_NOTHING(_STATE), **_COMPILED)
def _berth(s: State) -> Any:
    """Ships that wait go to the quay in the order in which they came, whoever finds room and a crane; what cranes are
    left then help the ship at work with most boxes a crane."""
    before, v = NONE, s.clock[LINE_FIRST]
    while v != NONE:
        free = 0
        for c in range(s.crane.shape[1]):
            free += s.crane[AT_SHIP, c] == NONE
        if not free:
            return
        following, at = s.ship[LINE_NEXT, v], _room_at_quay(s, v)
        if at == NONE:
            before = v
        else:
            if before == NONE:
                s.clock[LINE_FIRST] = following
            else:
                s.ship[LINE_NEXT, before] = following
            if following == NONE:
                s.clock[LINE_LAST] = before
            now = s.clock[NOW]
            s.ship[FROM, v], s.ship[STATUS, v], s.ship[BERTHED, v] = at, MOORING_NOW, now
            s.tally[SHIPS_BERTHED] += 1
            s.tally[SHIP_WAIT_MS] += now - s.ship[THERE, v]
            for c in range(s.crane.shape[1]):
                if s.crane[AT_SHIP, c] == NONE and s.ship[CRANES, v] < s.ship[MOST, v]:
                    _give_crane(s, c, v)
            plan(s, now + s.law[MOORING], SHIP_MOORED, v)
        v = following
    for c in range(s.crane.shape[1]):
        if s.crane[AT_SHIP, c] == NONE:
            most, needy = 10 * s.law[LOOK_AHEAD], NONE
            for v in range(s.ship.shape[1]):
                if s.ship[STATUS, v] == WORKING and 0 < s.ship[CRANES, v] < s.ship[MOST, v]:
                    left = s.ship[LEFT, v] // s.ship[CRANES, v]
                    if left > most:
                        most, needy = left, v
            if needy == NONE:
                return
            _give_crane(s, c, needy)
            _begin(s, c)
            _let_go(s, c)


@njit(_NOTHING(_STATE, _INT), **_COMPILED)
def _ends(s: State, c: int) -> Any:
    """A crane has done a step."""
    ahead = s.law[LOOK_AHEAD]
    j = c * ahead + s.crane[HEAD, c]
    boxes = 1 if s.job[SECOND, j] == NONE else 2
    s.tally[ON if s.job[IS_LOAD, j] else OFF] += boxes
    s.ship[DONE, s.crane[AT_SHIP, c]] += boxes
    s.crane[HEAD, c] = (s.crane[HEAD, c] + 1) % ahead
    s.crane[COUNT, c] -= 1
    s.crane[ASSIGNED, c] -= 1
    s.crane[ENDED, c] = s.clock[NOW]
    s.crane[PHASE, c] = FREE
    _go_on(s, c)
    if _let_go(s, c):
        _berth(s)


@njit(_NOTHING(_STATE, _INT), **_COMPILED)
def _moored(s: State, v: int) -> Any:
    s.ship[STATUS, v] = WORKING
    for c in range(s.crane.shape[1]):
        if s.crane[AT_SHIP, c] == v:
            _begin(s, c)
    has_freed = 0
    for c in range(s.crane.shape[1]):
        if s.crane[AT_SHIP, c] == v and s.crane[COUNT, c] == 0:
            has_freed += _let_go(s, c)
    if has_freed:
        _berth(s)


@njit(_NOTHING(_STATE, _INT), **_COMPILED)
def _is_there(s: State, v: int) -> Any:
    s.ship[STATUS, v] = IN_LINE
    s.ship[LINE_NEXT, v] = NONE
    if s.clock[LINE_LAST] == NONE:
        s.clock[LINE_FIRST] = v
    else:
        s.ship[LINE_NEXT, s.clock[LINE_LAST]] = v
    s.clock[LINE_LAST] = v
    _berth(s)


@njit(_NOTHING(_STATE), **_COMPILED)
def _note_hour(s: State) -> Any:
    hour = s.clock[HOUR]
    s.clock[HOUR] = hour + 1
    for b in range(s.block.shape[1]):
        s.series[S_TEU, hour] += s.block[HELD, b]
        s.series[S_BOXES, hour] += s.block[BOXES_IN, b]
    s.series[S_MOVES, hour] = s.tally[OFF] + s.tally[ON]
    s.series[S_WAIT, hour] = s.tally[WAIT_LOADED] + s.tally[WAIT_EMPTY]
    for v in range(s.ship.shape[1]):
        s.series[S_QUAY, hour] += MOORING_NOW <= s.ship[STATUS, v] <= LEAVING
        s.series[S_LINE, hour] += s.ship[STATUS, v] == IN_LINE
    s.series[S_ROAD, hour] = s.clock[INSIDE]
    s.series[S_TRUCKS, hour] = s.law[TRUCKS] - s.clock[IDLE]
    plan(s, s.clock[NOW] + 3_600_000, FULL_HOUR, 0)


@njit(_NOTHING(_STATE, _INT), **_COMPILED)
def run(s: State, until_ms: int) -> Any:
    """Work the agenda off up to a time, itself left out; what lies later stays in it."""
    while s.clock[ENTRIES] and s.heap[0, 0] < until_ms:
        what = take(s)
        kind, whom = what % _KINDS, what // _KINDS
        s.tally[EVENTS] += 1
        if kind == MOVER_ASKS:
            _ask(s, whom)
        elif kind == MOVER_SERVED:
            _served(s, whom)
        elif kind == YARD_FREE:
            s.block[AT_WORK, whom] = 0
            _serve(s, whom)
        elif kind == AT_QUAY:
            _at_quay(s, whom)
        elif kind == LEAVES_QUAY:
            _leaves_quay(s, whom)
        elif kind == CRANE_NEEDS:
            _needs(s, whom)
        elif kind == CRANE_ENDS:
            _ends(s, whom)
        elif kind == ROAD_COMES:
            s.tally[ROAD_CAME] += 1
            if whom + 1 < s.road.shape[1]:
                plan(s, s.road[COMES, whom + 1], ROAD_COMES, whom + 1)
            _comes(s, whom)
        elif kind == ROAD_AGAIN:
            _comes(s, whom)
        elif kind == ROAD_OUT:
            _goes_out(s, whom)
        elif kind == SHIP_THERE:
            if whom + 1 < s.ship.shape[1]:
                plan(s, s.ship[THERE, whom + 1], SHIP_THERE, whom + 1)
            _is_there(s, whom)
        elif kind == SHIP_MOORED:
            _moored(s, whom)
        elif kind == SHIP_GONE:
            s.ship[STATUS, whom] = SAILED
            s.tally[SHIPS_GONE] += 1
            s.tally[SAILED_MOVES] += s.ship[DONE, whom]
            s.tally[BERTH_MS] += s.clock[NOW] - s.ship[BERTHED, whom]
            _berth(s)
        else:
            _note_hour(s)
    s.clock[NOW] = until_ms
