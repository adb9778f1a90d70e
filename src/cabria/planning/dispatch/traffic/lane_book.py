"""Who owns which segment when: trips that meet nobody, in the order in which they were planned."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Mapping
from itertools import chain, starmap
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


class LaneBook:
    """The windows of all trucks. A truck is always somewhere: at rest on a stand, or on the way to one."""

    def __init__(self, lanes: Lanes, windows: int = 128) -> None:
        """`windows` is how many may be booked on one segment or junction at a time."""
        self.lanes = lanes
        self._passages: dict[int, Passage] = {}
        self._enters = np.zeros((lanes.resources, windows), np.int64)
        self._leaves = np.zeros((lanes.resources, windows), np.int64)
        self._owners = np.zeros((lanes.resources, windows), np.int32)
        self._counts = np.zeros(lanes.resources, np.int64)
        self._way = np.zeros(LONGEST_WAY, np.int32)
        self._way_ms = np.zeros(LONGEST_WAY, np.int64)

    @property
    def passages(self) -> Mapping[int, Passage]:
        return self._passages

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
        del self._passages[truck]

    def resume(self, passages: Mapping[int, Passage], now_ms: int) -> None:
        """Into an empty book: what each truck has booked of another, at the time it is."""
        for truck, passage in passages.items():
            self._book(truck, passage, now_ms)

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
        self._unbook(truck)
        self._book(truck, passage, now_ms)
        return passage

    def redirect(
        self, truck: int, stand: int, now_ms: int, *, ready_ms: int = 0, before_ms: int | None = None
    ) -> Passage | None:
        """Book another way for a truck that is on its way, from the segment in which its front is now, to a stand.

        It is at that segment's end at `ready_ms` first, where it stands still. None, and nothing is changed, when there
        is no way, the stand is not free, or the truck would not enter it by `before_ms`.
        """
        passage = self._passages[truck]
        number = self._front(passage, now_ms)
        if number == len(passage) - 1:
            return None
        here = passage[number]
        at_end_ms = max(now_ms, ready_ms, self._ready_ms(passage, number, now_ms))
        one, *other = self._resources(here)
        gap_ms, until_ms = k.free_gap(*self._books, one, other[0] if other else -1, truck, now_ms)
        if gap_ms > now_ms:
            return None
        from_ms = at_end_ms - int(self.lanes.pass_ms[here.segment])
        ways = self._find(truck, here.segment, stand, from_ms, until_ms)
        if ways < 2 or (before_ms is not None and self._way_ms[ways - 1] > before_ms):
            return None
        new = self._with_tails((*passage[:number], *self._windows(ways, here.enter_ms)), number)
        self._unbook(truck)
        self._book(truck, new, now_ms)
        return new

    def lease(self, truck: int, windows: int, now_ms: int) -> None:
        """The first so many windows of a trip are the truck's from now, or from when those before it have left.

        For trucks that are told their way piece by piece and cannot be called back: nobody is booked in between.
        """
        passage = self._passages[truck]
        leased = tuple(
            w._replace(enter_ms=min(w.enter_ms, max(now_ms, self._free_from_ms(truck, w)))) if n < windows else w
            for n, w in enumerate(passage)
        )
        if leased != passage:
            self._unbook(truck)
            self._book(truck, leased, now_ms)

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
        return passage[min(self._front(passage, now_ms) + 1, len(passage) - 1)].enter_ms

    def _front(self, passage: Passage, now_ms: int) -> int:
        """Which segment of a passage the truck's front is in."""
        return max(0, bisect_right(passage, now_ms, key=_entry) - 1)

    def _tail(self, passage: Passage, now_ms: int) -> int:
        """The first segment of a passage that the truck has not left."""
        return next(n for n, window in enumerate(passage) if window.leave_ms > now_ms)

    def _ready_ms(self, passage: Passage, number: int, now_ms: int) -> int:
        """When a truck can be at the end of the segment it is in; one on a stand that has not set out starts now."""
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
        names = list(self._passages)
        begins = [self._tail(passage, now_ms) for passage in self._passages.values()]
        parts = [passage[begin:] for passage, begin in zip(self._passages.values(), begins, strict=True)]
        windows = _rows(chain.from_iterable(parts))
        ends = np.cumsum([len(part) for part in parts])
        starts = np.concatenate(([0], ends[:-1]))
        new = k.slip(
            self.lanes.pass_ms,
            self.lanes.clear_ms,
            self.lanes.junctions,
            self.lanes.fits,
            self.lanes.resources,
            np.argsort(windows[:, 1], kind="stable"),
            np.repeat(starts, ends - starts),
            windows,
            int(starts[names.index(truck)]),
            now_ms,
            until_ms - now_ms,
        )
        is_changed = np.logical_or.reduceat((new != windows).any(axis=1), starts)
        changed: dict[int, Passage] = {}
        for number in np.flatnonzero(is_changed).tolist():
            slipped = starmap(Window, new[starts[number] : ends[number]].tolist())
            changed[names[number]] = (*self._passages[names[number]][: begins[number]], *slipped)
        for name in changed:
            self._unbook(name)
        for name, passage in changed.items():
            self._book(name, passage, now_ms)
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
        full = k.book_all(*self._books, self.lanes.junctions, _rows(passage), truck, now_ms)
        if full >= 0:
            raise ValueError(f"Segment or junction {full} has no room for another window.")
        self._passages[truck] = passage

    def _unbook(self, truck: int) -> None:
        k.unbook_all(*self._books, self.lanes.junctions, _rows(self._passages[truck]), truck)

    def _resources(self, window: Window) -> tuple[int, ...]:
        """What a window owns: the segment and its junction, if any."""
        junction = int(self.lanes.junctions[window.segment])
        return (window.segment,) if junction < 0 else (window.segment, len(self.lanes) + junction)
