"""The hot loops of traffic: windows of time in which trucks own segments, and the earliest way between them.

A *resource* is a segment or, behind the segments, a junction. Row r of `enters`, `leaves` and `owners` holds the
windows booked on resource r, `counts[r]` of them, by time and apart from each other; one truck's may overlap. Times are
integer milliseconds; `ENDLESS` is a window without an end, as of a truck at rest on its stand.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numba import njit

ENDLESS = 1 << 60
_OPTIONS: dict[str, Any] = {"cache": True, "nogil": True}
_BOOKS = "int64[:,::1], int64[:,::1], int32[:,::1], int64[::1]"


@njit(f"UniTuple(int64, 2)({_BOOKS}, int64, int64, int64)", **_OPTIONS)
def _free_on(enters: Any, leaves: Any, owners: Any, counts: Any, resource: int, me: int, at_ms: int) -> Any:
    """The first time from `at_ms` on at which nobody else owns the resource, and when somebody next does."""
    for n in range(counts[resource]):
        if owners[resource, n] == me or leaves[resource, n] <= at_ms:
            continue
        if enters[resource, n] > at_ms:
            return at_ms, enters[resource, n]
        at_ms = leaves[resource, n]
    return at_ms, ENDLESS


@njit(f"UniTuple(int64, 2)({_BOOKS}, int64, int64, int64, int64)", **_OPTIONS)
def free_gap(enters: Any, leaves: Any, owners: Any, counts: Any, one: int, other: int, me: int, at_ms: int) -> Any:
    """The first gap from `at_ms` on in which two resources (the second -1 for none) are nobody else's: from, until."""
    while True:
        from_ms, until_ms = _free_on(enters, leaves, owners, counts, one, me, at_ms)
        if other < 0 or from_ms >= ENDLESS:
            return from_ms, until_ms
        later_ms, other_ms = _free_on(enters, leaves, owners, counts, other, me, from_ms)
        if later_ms == from_ms:
            return from_ms, min(until_ms, other_ms)
        at_ms = later_ms


@njit("void(int64[::1], int64[::1], int64, int64, int64)", **_OPTIONS)
def _push(keys: Any, heap: Any, size: int, key: int, label: int) -> Any:
    """Put a label into a binary heap of `size` labels, least key first."""
    keys[label] = key
    place = size
    while place > 0:
        above = (place - 1) >> 1
        if keys[heap[above]] < key or (keys[heap[above]] == key and heap[above] < label):
            break
        heap[place] = heap[above]
        place = above
    heap[place] = label


@njit("int64(int64[::1], int64[::1], int64)", **_OPTIONS)
def _pop(keys: Any, heap: Any, size: int) -> Any:
    """Take the label of least key out of a heap of `size` labels; among equal keys the older one."""
    first, last = heap[0], heap[size - 1]
    size -= 1
    place = 0
    while True:
        below = 2 * place + 1
        if below >= size:
            break
        other = below + 1
        if other < size and (
            keys[heap[other]] < keys[heap[below]]
            or (keys[heap[other]] == keys[heap[below]] and heap[other] < heap[below])
        ):
            below = other
        if keys[last] < keys[heap[below]] or (keys[last] == keys[heap[below]] and last < heap[below]):
            break
        heap[place] = heap[below]
        place = below
    heap[place] = last
    return first


@njit("int64[::1](int64[::1], int32[::1], int64[::1], boolean[::1], int64)", **_OPTIONS)
def least_times(first_entry: Any, entries: Any, pass_ms: Any, is_stand: Any, target: int) -> Any:
    """Least time from entering each segment to entering the target on empty lanes, -1 where there is no way.

    Segments that lead into s are `entries[first_entry[s]:first_entry[s + 1]]`. Other stands are not driven through.
    """
    segments, room = len(pass_ms), len(entries) + 1
    togo_ms = np.full(segments, -1, np.int64)
    segment_of = np.empty(room, np.int64)
    keys, heap = np.empty(room, np.int64), np.empty(room, np.int64)
    segment_of[0] = target
    _push(keys, heap, 0, 0, 0)
    labels, size = 1, 1
    while size > 0:
        label = _pop(keys, heap, size)
        size -= 1
        here = segment_of[label]
        if togo_ms[here] >= 0:
            continue
        togo_ms[here] = keys[label]
        if is_stand[here] and here != target:
            continue
        for n in range(first_entry[here], first_entry[here + 1]):
            before = entries[n]
            if togo_ms[before] < 0:
                segment_of[labels] = before
                _push(keys, heap, size, keys[label] + pass_ms[before], labels)
                labels += 1
                size += 1
    return togo_ms


@njit(
    "int64(int64[::1], int32[::1], int64[::1], int64[::1], int64[::1], int64[::1], boolean[::1], boolean[::1],"
    f"{_BOOKS}, int64, int64, int64, int64, int64, int32[::1], int64[::1])",
    **_OPTIONS,
)
def earliest_way(
    first_exit: Any,
    exits: Any,
    pass_ms: Any,
    clear_ms: Any,
    junctions: Any,
    togo_ms: Any,
    is_stand: Any,
    may_wait: Any,
    enters: Any,
    leaves: Any,
    owners: Any,
    counts: Any,
    start: int,
    target: int,
    from_ms: int,
    until_ms: int,
    me: int,
    way: Any,
    way_ms: Any,
) -> Any:
    """The way by which truck `me`, on segment `start` from `from_ms`, stands on `target` for good first.

    It must have left the start by `until_ms`, which is `ENDLESS` on a stand that is its own.

    Safe intervals (Phillips and Likhachev 2011): a label is a segment with one gap of it and the earliest entry there.
    A truck may wait in some segments until its gap ends; it leaves a segment `clear_ms` after it entered the next.
    Segments that follow s are `exits[first_exit[s]:first_exit[s + 1]]`; `togo_ms[s]` is the least time from entering s
    to entering the target, negative where there is no way. Other stands are not driven through. Writes the segments and
    the times of entry, later ones as late as the arrival allows; returns how many, 0 when there is no way.
    """
    room = 256
    segment_of = np.empty(room, np.int32)
    entry, until, parent, keys, heap, newer = (
        np.empty(room, np.int64),
        np.empty(room, np.int64),
        np.empty(room, np.int64),
        np.empty(room, np.int64),
        np.empty(room, np.int64),
        np.empty(room, np.int64),
    )
    newest = np.full(len(pass_ms), -1, np.int64)
    if togo_ms[start] < 0:
        return 0
    segment_of[0], entry[0], until[0], parent[0], newer[0] = start, from_ms, until_ms, -1, -1
    newest[start] = 0
    _push(keys, heap, 0, from_ms + togo_ms[start], 0)
    labels, size, found = 1, 1, -1
    while size > 0:
        label = _pop(keys, heap, size)
        size -= 1
        here = segment_of[label]
        if here == target:
            found = label
            break
        ready_ms = entry[label] + pass_ms[here]
        latest_ms = ENDLESS if until[label] >= ENDLESS else until[label] - clear_ms[here]
        if not may_wait[here]:
            latest_ms = min(latest_ms, ready_ms)
        for n in range(first_exit[here], first_exit[here + 1]):
            there = exits[n]
            if togo_ms[there] < 0 or (is_stand[there] and there != target):
                continue
            at_ms = ready_ms
            junction = -1 if junctions[there] < 0 else len(pass_ms) + junctions[there]
            while at_ms <= latest_ms:
                at_ms, gap_ends = free_gap(enters, leaves, owners, counts, there, junction, me, at_ms)
                if at_ms > latest_ms or at_ms >= ENDLESS:
                    break
                is_known = False
                if there == target:
                    is_known = gap_ends < ENDLESS
                elif gap_ends < ENDLESS and at_ms + pass_ms[there] + clear_ms[there] > gap_ends:
                    is_known = True
                other = newest[there]
                while other >= 0 and not is_known:
                    is_known = until[other] == gap_ends and entry[other] <= at_ms
                    other = newer[other]
                if not is_known:
                    if labels == room:
                        segment_of = np.concatenate((segment_of, np.empty(room, np.int32)))
                        entry = np.concatenate((entry, np.empty(room, np.int64)))
                        until = np.concatenate((until, np.empty(room, np.int64)))
                        parent = np.concatenate((parent, np.empty(room, np.int64)))
                        keys = np.concatenate((keys, np.empty(room, np.int64)))
                        heap = np.concatenate((heap, np.empty(room, np.int64)))
                        newer = np.concatenate((newer, np.empty(room, np.int64)))
                        room *= 2
                    segment_of[labels], entry[labels], until[labels] = there, at_ms, gap_ends
                    parent[labels], newer[labels] = label, newest[there]
                    newest[there] = labels
                    _push(keys, heap, size, at_ms + togo_ms[there], labels)
                    labels += 1
                    size += 1
                if gap_ends >= ENDLESS:
                    break
                at_ms = gap_ends
    if found < 0:
        return 0
    steps = 0
    label = found
    while label >= 0:
        steps += 1
        label = parent[label]
    if steps > len(way):
        return 0
    label = found
    for n in range(steps - 1, -1, -1):
        way[n], way_ms[n] = segment_of[label], entry[label]
        label = parent[label]
        if 0 < n < steps - 1 and may_wait[segment_of[label]]:
            # As late as what follows allows, but the segment before must be left in time.
            latest_ms = way_ms[n + 1] - pass_ms[way[n]]
            if until[label] < ENDLESS:
                latest_ms = min(latest_ms, until[label] - clear_ms[segment_of[label]])
            way_ms[n] = max(way_ms[n], latest_ms)
    return steps


@njit(f"int64({_BOOKS}, int64, int64, int64, int64, int64)", **_OPTIONS)
def book(
    enters: Any,
    leaves: Any,
    owners: Any,
    counts: Any,
    resource: int,
    me: int,
    enter_ms: int,
    leave_ms: int,
    now_ms: int,
) -> Any:
    """Book one window, and forget those that are over at `now_ms`. Returns 0 when the row is full, else 1."""
    kept = 0
    for n in range(counts[resource]):
        if leaves[resource, n] > now_ms:
            enters[resource, kept] = enters[resource, n]
            leaves[resource, kept] = leaves[resource, n]
            owners[resource, kept] = owners[resource, n]
            kept += 1
    counts[resource] = kept
    if kept == enters.shape[1]:
        return 0
    place = kept
    while place > 0 and enters[resource, place - 1] > enter_ms:
        enters[resource, place] = enters[resource, place - 1]
        leaves[resource, place] = leaves[resource, place - 1]
        owners[resource, place] = owners[resource, place - 1]
        place -= 1
    enters[resource, place], leaves[resource, place], owners[resource, place] = enter_ms, leave_ms, me
    counts[resource] = kept + 1
    return 1


@njit(f"void({_BOOKS}, int64, int64)", **_OPTIONS)
def unbook(enters: Any, leaves: Any, owners: Any, counts: Any, resource: int, me: int) -> Any:
    """Strike out all windows of a truck on a resource."""
    kept = 0
    for n in range(counts[resource]):
        if owners[resource, n] != me:
            enters[resource, kept] = enters[resource, n]
            leaves[resource, kept] = leaves[resource, n]
            owners[resource, kept] = owners[resource, n]
            kept += 1
    counts[resource] = kept


@njit(f"int64({_BOOKS}, int64[::1], int64[:,::1], int64, int64)", **_OPTIONS)
def book_all(
    enters: Any, leaves: Any, owners: Any, counts: Any, junctions: Any, windows: Any, me: int, now_ms: int
) -> Any:
    """Book a passage, rows of segment, entry and leaving, but for what is over at `now_ms`; the junctions too.

    Returns -1, or the segment or junction on which there is no room.
    """
    for n in range(len(windows)):
        segment, enter_ms, leave_ms = windows[n, 0], windows[n, 1], windows[n, 2]
        if leave_ms <= now_ms:
            continue
        if not book(enters, leaves, owners, counts, segment, me, enter_ms, leave_ms, now_ms):
            return segment
        junction = junctions[segment]
        if junction >= 0:
            junction += len(junctions)
            if not book(enters, leaves, owners, counts, junction, me, enter_ms, leave_ms, now_ms):
                return junction
    return -1


@njit(f"void({_BOOKS}, int64[::1], int64[:,::1], int64)", **_OPTIONS)
def unbook_all(enters: Any, leaves: Any, owners: Any, counts: Any, junctions: Any, windows: Any, me: int) -> Any:
    """Strike out all windows of a truck on the segments of a passage and their junctions."""
    for n in range(len(windows)):
        segment = windows[n, 0]
        unbook(enters, leaves, owners, counts, segment, me)
        if junctions[segment] >= 0:
            unbook(enters, leaves, owners, counts, len(junctions) + junctions[segment], me)


@njit(f"int64({_BOOKS}, int64[::1], int64[::1], int64[:,::1], int64[:,::1], int64)", **_OPTIONS)
def put_off(
    enters: Any, leaves: Any, owners: Any, counts: Any, junctions: Any, trucks: Any, old: Any, new: Any, now_ms: int
) -> Any:
    """Give windows that are booked, rows of segment, entry and leaving, later times that keep every order.

    `trucks` are their owners; each truck's stand in the order of its way. Later ones are changed first, so that a
    truck's windows on one junction are not taken for each other. Returns -1, or where there is no room.
    """
    for n in range(len(old) - 1, -1, -1):
        if old[n, 1] == new[n, 1] and old[n, 2] == new[n, 2]:
            continue
        for place in range(2):
            resource = old[n, 0]
            if place:
                if junctions[resource] < 0:
                    break
                resource = len(junctions) + junctions[resource]
            is_found = False
            for m in range(counts[resource] - 1, -1, -1):
                if (
                    owners[resource, m] == trucks[n]
                    and enters[resource, m] == old[n, 1]
                    and leaves[resource, m] == old[n, 2]
                ):
                    enters[resource, m], leaves[resource, m] = new[n, 1], new[n, 2]
                    is_found = True
                    break
            if not is_found and not book(
                enters, leaves, owners, counts, resource, trucks[n], new[n, 1], new[n, 2], now_ms
            ):
                return resource
    return -1


@njit(**_OPTIONS)
def _free_ms(
    at_ms: Any, n: Any, here: Any, junction: Any, owner: Any, first: Any, windows: Any, junctions: Any, new: Any
) -> Any:
    """When window n may be entered that is wanted at `at_ms`: once who owns its segment and junction is out of them."""
    for place in range(2):
        resource = junction if place else here
        other = owner[resource] if resource >= 0 else -1
        if other < 0 or first[other] == first[n]:
            continue
        # A tail may be out of a later part of a junction before it is out of an earlier one.
        for part in range(first[other], other + 1):
            there = windows[part, 0]
            is_there = there == here or (place and junctions[there] == junctions[here])
            if is_there and new[part, 2] < ENDLESS:
                at_ms = max(at_ms, new[part, 2])
    return at_ms


@njit(**_OPTIONS)
def _let_tails_wait(
    n: Any,
    me: Any,
    at_ms: Any,
    enters_ms: Any,
    pass_ms: Any,
    clear_ms: Any,
    fits: Any,
    windows: Any,
    new: Any,
) -> None:
    """Keep the truck's windows before n, of which `me` is the first, for as long as its tail is in them."""
    if n > me:
        new[n - 1, 2] = at_ms + clear_ms[windows[n - 1, 0]]
    # A truck that enters late may have its tail in what is before the last segment, if that is short.
    passed_ms = 0
    for before in range(n - 2, me - 1, -1):
        after, tail_ms = windows[before + 1, 0], clear_ms[windows[before, 0]]
        passed_ms += pass_ms[after]
        if passed_ms >= tail_ms or fits[after]:
            break
        halt_ms = max(0, at_ms - enters_ms[before + 1] - passed_ms)
        new[before, 2] = max(new[before, 2], enters_ms[before + 1] + tail_ms + halt_ms)


@njit(
    "int64[:,::1](int64[::1], int64[::1], int64[::1], boolean[::1], int64, int64[::1], int64[::1], int64[:,::1],"
    "int64, int64, int64)",
    **_OPTIONS,
)
def slip(
    pass_ms: Any,
    clear_ms: Any,
    junctions: Any,
    fits: Any,
    resources: int,
    order: Any,
    first: Any,
    windows: Any,
    held: int,
    now_ms: int,
    late_ms: int,
) -> Any:
    """When everybody enters and leaves after truck `held` has stood still for `late_ms` from `now_ms` on.

    Windows (rows of segment, entry, leaving) stand truck by truck, each truck's in the order of its way; `first[n]` is
    where those of window n's truck begin, and `held` that of the truck that stands still. `order` lists windows by the
    time of entry. Returns the windows with the new times.
    """
    new = windows.copy()
    owner = np.full(resources, -1, np.int64)
    for n in order:
        me, here, enter_ms = first[n], windows[n, 0], windows[n, 1]
        junction = len(pass_ms) + junctions[here] if junctions[here] >= 0 else -1
        if enter_ms <= now_ms:
            if me == held and windows[n, 2] > now_ms:
                new[n, 2] += late_ms
        else:
            at_ms = enter_ms
            if n > me and windows[n - 1, 1] <= now_ms:
                at_ms += late_ms if me == held else 0
            elif n > me:
                stay_ms = min(pass_ms[windows[n - 1, 0]], enter_ms - windows[n - 1, 1])
                at_ms = max(at_ms, new[n - 1, 1] + stay_ms)
            at_ms = _free_ms(at_ms, n, here, junction, owner, first, windows, junctions, new)
            _let_tails_wait(n, me, at_ms, new[:, 1], pass_ms, clear_ms, fits, windows, new)
            new[n, 1] = at_ms
        owner[here] = n
        if junction >= 0:
            owner[junction] = n
    return new


@njit(
    "int64[:,::1](int64[::1], int64[::1], int64[::1], boolean[::1], int64, int64[::1], int64[::1], int64[:,::1],"
    "boolean[::1], boolean[::1], int64)",
    **_OPTIONS,
)
def catch_up(
    pass_ms: Any,
    clear_ms: Any,
    junctions: Any,
    fits: Any,
    resources: int,
    order: Any,
    first: Any,
    windows: Any,
    is_fixed: Any,
    is_entered: Any,
    now_ms: int,
) -> Any:
    """When everybody enters and leaves if those who are late drive on now.

    Windows and `first` as for `slip`. A truck was in the windows that `is_entered` says; those that are fixed besides
    are its own from their entry on, whenever it comes there. `order` lists the fixed windows first, and all by the time
    of entry. Returns the windows with the new times.
    """
    new = windows.copy()
    comes_ms = np.zeros(len(windows), np.int64)
    owner = np.full(resources, -1, np.int64)
    for n in order:
        me, here = first[n], windows[n, 0]
        junction = len(pass_ms) + junctions[here] if junctions[here] >= 0 else -1
        at_ms = now_ms
        if is_entered[n]:
            if new[n, 2] <= now_ms:
                new[n, 2] = now_ms + clear_ms[here]
        else:
            if n > me and not is_entered[n - 1]:
                at_ms = comes_ms[n - 1] + pass_ms[windows[n - 1, 0]]
            if not is_fixed[n]:
                at_ms = max(at_ms, windows[n, 1])
                at_ms = _free_ms(at_ms, n, here, junction, owner, first, windows, junctions, new)
                new[n, 1] = at_ms
            _let_tails_wait(n, me, at_ms, comes_ms, pass_ms, clear_ms, fits, windows, new)
        comes_ms[n] = at_ms
        owner[here] = n
        if junction >= 0:
            owner[junction] = n
    return new
