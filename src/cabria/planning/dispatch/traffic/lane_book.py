"""Who owns which segment when: trips that meet nobody, in the order in which they were planned."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Mapping
from itertools import chain
from operator import attrgetter
from typing import NamedTuple

import numpy as np

from cabria.planning.dispatch.traffic import kernels as k
from cabria.planning.dispatch.traffic.lanes import NO_WAY, Array, Lanes

LONGEST_WAY = 4_096
"""Segments a trip may have."""


class Window(NamedTuple):
    """A truck's stay in one segment, from its front's entry until its tail has left. The last one has no end."""

    segment: int
    enter_ms: int
    leave_ms: int


Passage = tuple[Window, ...]
"""A trip from rest to rest. Its first window begins when the truck came to where it starts."""


_entry = attrgetter("enter_ms")


def _rows(windows: Iterable[Window]) -> Array:
    """Of segment, entry and leaving."""
    return np.fromiter(chain.from_iterable(windows), np.int64).reshape(-1, 3)


class Progress(NamedTuple):
    """How far a truck is that tells its way itself: its front was in so many windows of its passage, its tail is out
    of so many, and so many are leased to it."""

    entered: int = 1
    left: int = 0
    leased: int = 1

    @property
    def fixed(self) -> int:
        """Windows that cannot be anybody else's any more."""
        return max(self.entered, self.leased)


class LaneBook:
    """The windows of all trucks. A truck is always somewhere: at rest on a stand, or on the way to one.

    Trucks of a twin drive as they are booked. Others tell their way themselves (`drove`, `lease`), and `catch_up` books
    what is to come as late as they are, in the order in which it was booked.
    """

    def __init__(self, lanes: Lanes, windows: int = 128) -> None:
        """`windows` is how many may be booked on one segment or junction at a time."""
        self.lanes = lanes
        self._passages: dict[int, Passage] = {}
        self._rows: dict[int, Array] = {}
        """Of each passage, for the kernels."""
        self._progress: dict[int, Progress] = {}
        """Of trucks that tell their way."""
        self._bookings: dict[int, int] = {}
        self._enters = np.zeros((lanes.resources, windows), np.int64)
        self._leaves = np.zeros((lanes.resources, windows), np.int64)
        self._owners = np.zeros((lanes.resources, windows), np.int32)
        self._counts = np.zeros(lanes.resources, np.int64)
        self._way = np.zeros(LONGEST_WAY, np.int32)
        self._way_ms = np.zeros(LONGEST_WAY, np.int64)

    @property
    def passages(self) -> Mapping[int, Passage]:
        return self._passages

    @property
    def bookings(self) -> Mapping[int, int]:
        """How often each truck's way was booked anew. Then alone it may be before others that it was behind."""
        return self._bookings

    def put(self, truck: int, stand: int, at_ms: int) -> None:
        """A truck begins its life on a stand. Raises ValueError when it is there already or the stand is not free."""
        if truck in self._passages:
            raise ValueError(f"Truck {truck} is on the lanes already.")
        if not self.lanes.is_stand[stand]:
            raise ValueError(f"Segment {stand} is no stand; a truck may not rest there.")
        if self.owner(stand) is not None:
            raise ValueError(f"Stand {stand} is taken by truck {self.owner(stand)}.")
        self._book(truck, (Window(stand, at_ms, k.ENDLESS),), at_ms)

    def remove(self, truck: int) -> None:
        """A truck leaves the terminal."""
        self._unbook(truck)
        del self._passages[truck], self._rows[truck]
        self._progress.pop(truck, None)

    def resume(
        self, passages: Mapping[int, Passage], now_ms: int, progress: Mapping[int, Progress] | None = None
    ) -> None:
        """Into an empty book: what each truck has booked of another, at the time it is, and how far it has told."""
        self._progress = dict(progress or {})
        for truck, passage in passages.items():
            self._book(truck, passage, now_ms)

    @property
    def progress(self) -> Mapping[int, Progress]:
        """How far trucks are that tell their way."""
        return self._progress

    def tells_no_more(self, truck: int) -> None:
        """From now on it is where it is booked to be."""
        self._progress.pop(truck, None)

    def tells(self, truck: int) -> None:
        """From now on a truck, which is at rest, tells its way itself."""
        passage = self._passages[truck]
        self._progress[truck] = Progress(len(passage), len(passage) - 1, len(passage))

    def drove(self, truck: int, entered: int, left: int, now_ms: int) -> None:
        """A truck tells how far it is; what it has left is free from now on."""
        before, passage = self._progress[truck], self._passages[truck]
        after = Progress(max(before.entered, entered), max(before.left, left), max(before.leased, entered))
        self._progress[truck] = after
        told = tuple(
            Window(w.segment, min(w.enter_ms, now_ms), min(w.leave_ms, now_ms) if n < after.left else w.leave_ms)
            if n < after.entered
            else w
            for n, w in enumerate(passage)
        )
        self._change(truck, told, now_ms)

    def catch_up(self, now_ms: int) -> Mapping[int, Passage]:
        """Book everybody as late as those are who tell their way; returns the passages that changed.

        Nobody who was to drive by now and has not told that drives before now; everybody behind keeps the order of
        passing. What is leased stays a truck's from when it was leased.
        """
        if not any(self._is_late(truck, now_ms) for truck in self._progress):
            return {}
        names = [name for name, passage in self._passages.items() if name not in self._progress or len(passage) > 1]
        states = [self._progress.get(name) or self._as_booked(name, now_ms) for name in names]
        rows = [self._rows[name][state.left :] for name, state in zip(names, states, strict=True)]
        windows = np.concatenate(rows)
        lengths = np.array([len(row) for row in rows])
        starts = lengths.cumsum() - lengths
        fixed = np.array([state.fixed - state.left for state in states])
        number = np.arange(len(windows)) - np.repeat(starts, lengths)
        is_fixed = number < np.repeat(fixed, lengths)
        new = k.catch_up(
            self.lanes.pass_ms,
            self.lanes.clear_ms,
            self.lanes.junctions,
            self.lanes.fits,
            self.lanes.resources,
            np.lexsort((windows[:, 1], ~is_fixed)),
            np.repeat(starts, lengths),
            windows,
            is_fixed,
            number < np.repeat([state.entered - state.left for state in states], lengths),
            now_ms,
        )
        changed: dict[int, Passage] = {}
        for name, state, start, length in zip(names, states, starts.tolist(), lengths.tolist(), strict=True):
            part = new[start : start + length]
            if (part != windows[start : start + length]).any():
                changed[name] = (*self._passages[name][: state.left], *map(Window._make, part.tolist()))
        for name in changed:
            self._unbook(name)
        for name, passage in changed.items():
            self._book(name, passage, now_ms)
        return changed

    def _is_late(self, truck: int, now_ms: int) -> bool:
        """Whether a truck has not told yet what it was to do by now."""
        state, passage = self._progress[truck], self._passages[truck]
        return (state.entered < len(passage) and passage[state.entered].enter_ms < now_ms) or (
            state.left < state.entered and passage[state.left].leave_ms <= now_ms
        )

    def _as_booked(self, truck: int, now_ms: int) -> Progress:
        passage = self._passages[truck]
        entered = self._front(passage, now_ms) + 1
        return Progress(entered, self._tail(passage, now_ms), entered)

    def owner(self, stand: int) -> int | None:
        """The truck that is, or will be, on a stand for good; None when there is none."""
        count = self._counts[stand]
        if count and self._leaves[stand, count - 1] >= k.ENDLESS:
            return int(self._owners[stand, count - 1])
        return None

    def clear_ms(self, stand: int) -> int:
        """When the last of those booked has left a stand; 0 when there is none, and never while it has an owner."""
        return int(self._leaves[stand, : self._counts[stand]].max(initial=0))

    def least_ms(self, start: int, stand: int) -> int | None:
        """How long a trip from rest to rest takes at least, on empty lanes; None where there is no way."""
        togo = int(self.lanes.togo_ms(stand)[start])
        return None if togo == NO_WAY else togo + int(self.lanes.pass_ms[stand])

    def drive(self, truck: int, stand: int, now_ms: int) -> Passage | None:
        """Book the trip by which a truck at rest stands on another stand first; None when that stand is not free.

        The passage replaces the truck's own, in which it must have come to rest by `now_ms` (ValueError otherwise).
        """
        here = self._passages[truck][-1]
        if here.enter_ms > now_ms:
            raise ValueError(f"Truck {truck} comes to rest at {here.enter_ms} ms only; it is {now_ms} ms.")
        ways = self._find(truck, here.segment, stand, now_ms, k.ENDLESS)
        if ways < 2:
            return None
        passage = self._windows(ways, here.enter_ms)
        self._book_anew(truck, passage, now_ms)
        if truck in self._progress:
            self._progress[truck] = Progress()
        return passage

    def carried(self, truck: int, stand: int, now_ms: int) -> None:
        """A truck was carried to a stand, whatever it had booked. Raises ValueError where it may not rest there."""
        if not self.lanes.is_stand[stand] or self.is_in_use(stand, truck, now_ms):
            raise ValueError(f"Truck {truck} cannot rest at {stand}: it is no stand, or taken.")
        self._book_anew(truck, (Window(stand, now_ms, k.ENDLESS),), now_ms)
        if truck in self._progress:
            self.tells(truck)

    def is_in_use(self, stand: int, truck: int, now_ms: int) -> bool:
        """Whether somebody else is booked there, now or later."""
        count = int(self._counts[stand])
        others = self._owners[stand, :count] != truck
        return bool((self._leaves[stand, :count][others] > now_ms).any())

    def redirect(
        self, truck: int, stand: int, now_ms: int, *, ready_ms: int = 0, before_ms: int | None = None
    ) -> Passage | None:
        """Book another way for a truck that is on its way, from the segment in which its front is now, to a stand.

        It is at that segment's end at `ready_ms` first, where it stands still. None, and nothing is changed, when there
        is no way, the stand is not free, or the truck would not enter it by `before_ms`. The way of a truck that tells
        it changes behind what is leased to it.
        """
        passage = self._passages[truck]
        number = self._last_of(truck, now_ms)
        if number == len(passage) - 1:
            return None
        here = passage[number]
        at_end_ms = max(now_ms, ready_ms, self._ready_ms(truck, number, now_ms))
        one, *other = self._resources(here)
        gap_ms, until_ms = k.free_gap(*self._books, one, other[0] if other else -1, truck, now_ms)
        if gap_ms > now_ms:
            return None
        from_ms = at_end_ms - int(self.lanes.pass_ms[here.segment])
        ways = self._find(truck, here.segment, stand, from_ms, until_ms)
        if ways < 2 or (before_ms is not None and self._way_ms[ways - 1] > before_ms):
            return None
        new = (*passage[:number], *self._windows(ways, here.enter_ms))
        if truck not in self._progress:
            new = self._with_tails(new, number)
        self._book_anew(truck, new, now_ms)
        return new

    def lease(self, truck: int, windows: int, now_ms: int) -> None:
        """The first so many windows of a trip are the truck's from now: those before it have left.

        For trucks that are told their way piece by piece and cannot be called back: nobody is booked in between. Where
        the truck does not tell its way, from when those before it are booked to have left.
        """
        passage, state = self._passages[truck], self._progress.get(truck)
        leased = tuple(
            w._replace(enter_ms=min(w.enter_ms, now_ms if state else max(now_ms, self._free_from_ms(truck, w))))
            if n < windows
            else w
            for n, w in enumerate(passage)
        )
        if state is not None:
            self._progress[truck] = state._replace(leased=max(state.leased, windows))
        self._change(truck, leased, now_ms)

    def _change(self, truck: int, passage: Passage, now_ms: int) -> None:
        if passage != self._passages[truck]:
            self._unbook(truck)
            self._book(truck, passage, now_ms)

    def _free_from_ms(self, truck: int, window: Window) -> int:
        """When the last of those who come before a window has left."""
        return max(
            (
                int(self._leaves[resource, n])
                for resource in self._resources(window)
                for n in range(int(self._counts[resource]))
                if self._owners[resource, n] != truck and self._enters[resource, n] < window.enter_ms
            ),
            default=0,
        )

    def next_entry_ms(self, truck: int, now_ms: int) -> int:
        """When a truck's front enters the next segment of its way; when it entered the last one, if it is there."""
        passage = self._passages[truck]
        return passage[min(self._last_of(truck, now_ms) + 1, len(passage) - 1)].enter_ms

    def _last_of(self, truck: int, now_ms: int) -> int:
        """The last segment of its passage that a truck cannot be kept out of any more."""
        state = self._progress.get(truck)
        return state.fixed - 1 if state is not None else self._front(self._passages[truck], now_ms)

    def _front(self, passage: Passage, now_ms: int) -> int:
        """Which segment of a passage the truck's front is in."""
        return max(0, bisect_right(passage, now_ms, key=_entry) - 1)

    def _tail(self, passage: Passage, now_ms: int) -> int:
        """The first segment of a passage that the truck has not left."""
        return next(n for n, window in enumerate(passage) if window.leave_ms > now_ms)

    def _ready_ms(self, truck: int, number: int, now_ms: int) -> int:
        """When a truck can be at the end of a segment; one on a stand that has not set out starts now."""
        passage, state = self._passages[truck], self._progress.get(truck)
        if state is not None:
            ahead = passage[state.entered - 1 : number + 1]
            return now_ms + sum(int(self.lanes.pass_ms[window.segment]) for window in ahead)
        pass_ms = int(self.lanes.pass_ms[passage[number].segment])
        if number == 0:
            return min(now_ms + pass_ms, passage[1].enter_ms)
        return passage[number].enter_ms + pass_ms

    def _find(self, truck: int, start: int, stand: int, from_ms: int, until_ms: int) -> int:
        """How many segments the way has that is in `_way` and `_way_ms` then."""
        found: int = k.earliest_way(
            self.lanes.first_exit,
            self.lanes.exits,
            self.lanes.pass_ms,
            self.lanes.clear_ms,
            self.lanes.junctions,
            self.lanes.togo_ms(stand),
            self.lanes.is_stand,
            self.lanes.may_wait,
            *self._books,
            start,
            stand,
            from_ms,
            until_ms,
            truck,
            self._way,
            self._way_ms,
        )
        return found

    def hold(self, truck: int, now_ms: int, until_ms: int) -> Mapping[int, Passage]:
        """A truck stands still from now until a time; everybody keeps the order of passing and comes as late as that
        makes them. Returns the passages that changed; none when its front has come to its stand, where it rolls out.

        The order is that of the times before, along which each entry follows what it waits for: entering the segment
        before, and the tail of whoever was there. So there is no circle of waits, however late anybody is.
        """
        here = self._passages[truck]
        if until_ms <= now_ms or here[-1].enter_ms <= now_ms:
            return {}
        names, rows = list(self._passages), list(self._rows.values())
        begins = [int((row[:, 2] > now_ms).argmax()) for row in rows]
        windows = np.concatenate([row[begin:] for row, begin in zip(rows, begins, strict=True)])
        lengths = np.array([len(row) - begin for row, begin in zip(rows, begins, strict=True)])
        starts = lengths.cumsum() - lengths
        new = k.slip(
            self.lanes.pass_ms,
            self.lanes.clear_ms,
            self.lanes.junctions,
            self.lanes.fits,
            self.lanes.resources,
            np.argsort(windows[:, 1], kind="stable"),
            np.repeat(starts, lengths),
            windows,
            int(starts[names.index(truck)]),
            now_ms,
            until_ms - now_ms,
        )
        is_late = (new != windows).any(axis=1)
        full = k.put_off(*self._books, self.lanes.junctions, np.repeat(names, lengths), windows, new, now_ms)
        if full >= 0:
            raise ValueError(f"Segment or junction {full} has no room for another window.")
        changed: dict[int, Passage] = {}
        for number in np.flatnonzero(np.logical_or.reduceat(is_late, starts)).tolist():
            start, end = int(starts[number]), int(starts[number] + lengths[number])
            first = start + int(is_late[start:end].argmax())
            kept = begins[number] + first - start
            name = names[number]
            changed[name] = (*self._passages[name][:kept], *map(Window._make, new[first:end].tolist()))
            self._rows[name] = np.concatenate((rows[number][:kept], new[first:end]))
        self._passages.update(changed)
        return changed

    def _with_tails(self, passage: Passage, front: int) -> Passage:
        """The windows before the one the front is in, left when the truck is a length ahead on its new way."""
        tails = list(passage)
        for number in range(front):
            left_ms, there = self._clear_ms(passage[number]), number + 1
            while not self.lanes.fits[passage[there].segment] and there + 1 < len(passage):
                pass_ms = int(self.lanes.pass_ms[passage[there].segment])
                if left_ms <= pass_ms:
                    break
                left_ms -= pass_ms
                there += 1
            leave_ms = min(passage[number].leave_ms, passage[there].enter_ms + left_ms)
            tails[number] = passage[number]._replace(leave_ms=leave_ms)
        return tuple(tails)

    def _clear_ms(self, window: Window) -> int:
        return int(self.lanes.clear_ms[window.segment])

    def _windows(self, steps: int, came_ms: int) -> Passage:
        way = self._way[:steps].tolist()
        enters = [came_ms, *self._way_ms[1:steps].tolist()]
        clear_ms = self.lanes.clear_ms[way].tolist()
        leaves = [later + clear for clear, later in zip(clear_ms[:-1], enters[1:], strict=True)]
        return tuple(map(Window, way, enters, [*leaves, k.ENDLESS]))

    @property
    def _books(self) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
        return self._enters, self._leaves, self._owners, self._counts

    def _book(self, truck: int, passage: Passage, now_ms: int) -> None:
        self._passages[truck], self._rows[truck] = passage, _rows(passage)
        full = k.book_all(*self._books, self.lanes.junctions, self._rows[truck], truck, now_ms)
        if full >= 0:
            raise ValueError(f"Segment or junction {full} has no room for another window.")

    def _book_anew(self, truck: int, passage: Passage, now_ms: int) -> None:
        """Wherever there is a gap."""
        self._unbook(truck)
        self._book(truck, passage, now_ms)
        self._bookings[truck] = self._bookings.get(truck, 0) + 1

    def _unbook(self, truck: int) -> None:
        k.unbook_all(*self._books, self.lanes.junctions, self._rows[truck], truck)

    def _resources(self, window: Window) -> tuple[int, ...]:
        """What a window owns: the segment and its junction, if any."""
        junction = int(self.lanes.junctions[window.segment])
        return (window.segment,) if junction < 0 else (window.segment, len(self.lanes) + junction)
