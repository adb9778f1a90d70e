"""Which segments each truck may drive on: leased in the order in which the lane book has booked them.

The lane book's times slip on real ground; its order is kept. A segment, and the junction it lies in, is leased to the
next truck in order when the one before has left it with its tail.

Who is to pass first is asked of the book itself: a trip counts from when it is booked, before anybody is told of it.

No ring of trucks waits for itself: each waits for one to leave a segment that is booked to leave it before the first
is booked to come, and that one, if it waits, for somebody earlier still. That holds window by window: leases up to the
next place where a truck may wait, which keep junctions free, did make rings.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import NamedTuple

from cabria.planning.dispatch.traffic.lane_book import LaneBook, Passage

AHEAD_MS = 30_000
"""How long before a segment is booked it may be leased: what is leased cannot be given to another any more."""


class _Claim(NamedTuple):
    """A window of a truck's trip on a segment or junction."""

    truck: str
    window: int


@dataclass(slots=True)
class _Trip:
    """`rests` while its truck stands at the end of it; `is_told` when it may be leased, as its truck is to drive.
    `since_ms` is when something of it was leased or left last; `booking` is which of its truck's in the book."""

    passage: Passage
    booking: int
    leased: int = 1
    left: int = 0
    rests: bool = False
    is_told: bool = False
    since_ms: int = 0


class LaneLeases:
    """Leases of the trucks in `numbers`, which says what each is called in the book. `told(truck, leased, now_ms)` is
    called when a truck has more than before."""

    def __init__(self, book: LaneBook, numbers: Mapping[str, int], told: Callable[[str, int, int], None]) -> None:
        self._book, self._lanes, self._numbers, self._told = book, book.lanes, numbers, told
        self._trips: dict[str, _Trip] = {}
        self._claims: dict[int, list[_Claim]] = defaultdict(list)
        """In the order of the book, which keeps it when its times change."""
        for truck, number in numbers.items():
            progress = book.progress.get(number)
            leased, left = (progress.leased, progress.left) if progress is not None else (1, 0)
            self._trips[truck] = _Trip(book.passages[number], self._booking(truck), leased, left)
            self._claim(truck)

    def held(self, truck: str) -> Passage:
        """The windows of a truck's last trip that are leased to it and that it has not left."""
        trip = self._trips[truck]
        return trip.passage[trip.left : trip.leased]

    def rest(self, truck: str) -> None:
        """A truck stands at the end of what is booked for it."""
        self._withdraw(truck)
        passage = self._book.passages[self._numbers[truck]]
        self._trips[truck] = _Trip(passage, self._booking(truck), len(passage), len(passage) - 1, rests=True)
        self._claim(truck)

    def drive(self, truck: str, passage: Passage, now_ms: int) -> None:
        """A truck was told this way. As long as another is booked for it, of which it has still to be told, nothing is
        leased to it."""
        self._follow()
        trip = self._trips[truck]
        trip.is_told, trip.since_ms = _is_one_way(passage, trip.passage), now_ms

    def leave(self, truck: str, windows: int, now_ms: int) -> bool:
        """The tail of a truck is out of the first so many windows of its trip; whether that is news."""
        trip = self._trips[truck]
        if min(windows, trip.leased - 1) <= trip.left:
            return False
        trip.since_ms = now_ms
        for number in range(trip.left, min(windows, trip.leased - 1)):
            for resource in self._resources(trip, number):
                self._claims[resource].remove(_Claim(truck, number))
            trip.left = number + 1
        return True

    def grant(self, now_ms: int) -> None:
        """Lease what has become free."""
        self._follow()
        for truck, trip in self._trips.items():
            before = trip.leased
            while (until := self._next(truck, trip, now_ms)) > trip.leased:
                trip.leased = until
            if trip.leased > before:
                trip.since_ms = now_ms
                self._told(truck, trip.leased, now_ms)

    def waits(self, now_ms: int) -> Mapping[str, tuple[int, tuple[str, ...]]]:
        """Of each truck that waits for its next lease, since when nothing of its trip was leased or left, and the
        trucks that are to pass, or to leave, before."""
        found = {}
        for truck, trip in self._trips.items():
            if self._is_due(trip, now_ms):
                before = {claim.truck for claim in self._before(truck, trip)}
                if before:
                    found[truck] = (trip.since_ms, tuple(sorted(before)))
        return found

    def _follow(self) -> None:
        """The book may have other times for a trip, or another turn or way behind what is leased, or a new trip."""
        anew = []
        for truck, number in self._numbers.items():
            passage, trip, booking = self._book.passages[number], self._trips[truck], self._booking(truck)
            if passage is trip.passage:
                continue
            if booking == trip.booking:
                trip.passage = passage
                continue
            self._withdraw(truck)
            if trip.rests:
                self._trips[truck] = _Trip(passage, booking)
            else:
                trip.is_told = trip.is_told and _is_one_way(passage, trip.passage)
                trip.passage, trip.booking = passage, booking
            anew.append(truck)
        for truck in anew:  # when the times of all others are known
            self._claim(truck)

    def _booking(self, truck: str) -> int:
        return self._book.bookings.get(self._numbers[truck], 0)

    def _is_due(self, trip: _Trip, now_ms: int) -> bool:
        number = trip.leased
        return trip.is_told and number < len(trip.passage) and trip.passage[number].enter_ms <= now_ms + AHEAD_MS

    def _next(self, truck: str, trip: _Trip, now_ms: int) -> int:
        """How many windows may be leased now."""
        return trip.leased + (self._is_due(trip, now_ms) and not any(self._before(truck, trip)))

    def _before(self, truck: str, trip: _Trip) -> Iterator[_Claim]:
        """Claims of others on the next window that come first, or are leased."""
        for resource in self._resources(trip, trip.leased):
            is_first = True
            for claim in self._claims[resource]:
                if claim.truck == truck:
                    is_first = is_first and claim.window != trip.leased
                elif is_first or self._is_leased(claim):
                    yield claim

    def _is_leased(self, claim: _Claim) -> bool:
        return claim.window < self._trips[claim.truck].leased

    def _claim(self, truck: str) -> None:
        trip = self._trips[truck]
        for number in range(trip.left, len(trip.passage)):
            claim = _Claim(truck, number)
            for resource in self._resources(trip, number):
                claims = self._claims[resource]
                claims.insert(bisect_left(claims, self._order(claim), key=self._order), claim)

    def _order(self, claim: _Claim) -> tuple[int, str, int]:
        return self._trips[claim.truck].passage[claim.window].enter_ms, claim.truck, claim.window

    def _withdraw(self, truck: str) -> None:
        trip = self._trips[truck]
        for number in range(trip.left, len(trip.passage)):
            for resource in self._resources(trip, number):
                self._claims[resource].remove(_Claim(truck, number))

    def _resources(self, trip: _Trip, number: int) -> tuple[int, ...]:
        segment = trip.passage[number].segment
        junction = int(self._lanes.junctions[segment])
        return (segment,) if junction < 0 else (segment, len(self._lanes) + junction)


def _is_one_way(one: Passage, other: Passage) -> bool:
    """Whether they are over the same segments, at whatever times."""
    return [window.segment for window in one] == [window.segment for window in other]
