"""Which segments each truck may drive on: leased in the order in which the lane book has booked them.

The lane book's times slip on real ground; its order is kept. A segment, and the junction it lies in, is leased to the
next truck in order when the one before has left it with its tail. Where a truck may not stop, as in a junction, it gets
the lease only together with the place behind it where it may.
"""

from __future__ import annotations

from bisect import insort
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass
from typing import NamedTuple

from cabria.planning.dispatch.traffic.lane_book import Passage
from cabria.planning.dispatch.traffic.lanes import Lanes

AHEAD_MS = 30_000
"""How long before a segment is booked it may be leased: what is leased cannot be given to another any more."""


class _Claim(NamedTuple):
    enter_ms: int
    truck: str
    window: int


@dataclass(slots=True)
class _Trip:
    passage: Passage
    leased: int
    left: int = 0


class LaneLeases:
    """Leases of all trucks. `told(truck, leased, now_ms)` is called when a truck has more than before."""

    def __init__(self, lanes: Lanes, told: Callable[[str, int, int], None]) -> None:
        self._lanes, self._told = lanes, told
        self._trips: dict[str, _Trip] = {}
        self._claims: dict[int, list[_Claim]] = defaultdict(list)

    def leased(self, truck: str) -> int:
        """How many windows of its passage are leased to a truck."""
        return self._trips[truck].leased if truck in self._trips else 0

    def book(self, truck: str, passage: Passage) -> None:
        """A new trip of a truck that stands where it begins."""
        self._withdraw(truck)
        self._trips[truck] = _Trip(passage, 1)
        for number in range(len(passage)):
            self._claim(truck, number)

    def change(self, truck: str, passage: Passage) -> bool:
        """Other times, or another way behind what is leased; False when what is leased is not its beginning."""
        trip = self._trips[truck]
        begins = [window.segment for window in passage[: trip.leased]]
        if begins != [window.segment for window in trip.passage[: trip.leased]]:
            return False
        self._withdraw(truck)
        self._trips[truck] = _Trip(passage, trip.leased, trip.left)
        for number in range(trip.left, len(passage)):
            self._claim(truck, number)
        return True

    def leave(self, truck: str, windows: int) -> None:
        """The tail of a truck is out of the first so many windows of its trip."""
        trip = self._trips.get(truck)
        if trip is None:
            return
        for number in range(trip.left, min(windows, trip.leased - 1)):
            for resource in self._resources(trip, number):
                self._claims[resource] = [c for c in self._claims[resource] if (c.truck, c.window) != (truck, number)]
            trip.left = number + 1

    def grant(self, now_ms: int) -> None:
        """Lease what has become free."""
        for truck, trip in self._trips.items():
            before = trip.leased
            while (until := self._next(truck, trip, now_ms)) > trip.leased:
                trip.leased = until
            if trip.leased > before:
                self._told(truck, trip.leased, now_ms)

    def _next(self, truck: str, trip: _Trip, now_ms: int) -> int:
        """How many windows may be leased with the next place to stop; as many as are, when that is not free."""
        number = trip.leased
        if number == len(trip.passage) or trip.passage[number].enter_ms > now_ms + AHEAD_MS:
            return trip.leased
        while number < len(trip.passage):
            if not all(self._is_next(resource, truck) for resource in self._resources(trip, number)):
                return trip.leased
            number += 1
            if self._may_stop(trip, number - 1):
                return number
        return number

    def _is_next(self, resource: int, truck: str) -> bool:
        """Whether nobody else is to pass before, or is there by a lease."""
        for claim in self._claims[resource]:
            if claim.truck == truck:
                others = (c for c in self._claims[resource] if c.truck != truck)
                return all(claim.window >= self._trips[claim.truck].leased for claim in others)
            return False
        return True

    def _may_stop(self, trip: _Trip, number: int) -> bool:
        segment = trip.passage[number].segment
        return bool(self._lanes.may_wait[segment] or self._lanes.is_stand[segment])

    def _claim(self, truck: str, number: int) -> None:
        trip = self._trips[truck]
        for resource in self._resources(trip, number):
            insort(self._claims[resource], _Claim(trip.passage[number].enter_ms, truck, number))

    def _withdraw(self, truck: str) -> None:
        trip = self._trips.get(truck)
        if trip is None:
            return
        for number in range(len(trip.passage)):
            for resource in self._resources(trip, number):
                self._claims[resource] = [claim for claim in self._claims[resource] if claim.truck != truck]

    def _resources(self, trip: _Trip, number: int) -> tuple[int, ...]:
        segment = trip.passage[number].segment
        junction = int(self._lanes.junctions[segment])
        return (segment,) if junction < 0 else (segment, len(self._lanes) + junction)
