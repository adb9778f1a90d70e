"""Berths that take one ship at a time, the ships that want them, and a plan: which ship where from when."""

from __future__ import annotations

from dataclasses import dataclass, replace

from cabria.domain.errors import DataError

LATEST = 1_000_000
"""No time of an instance lies beyond this, so that sums of times stay small whole numbers."""
MOST_SHIPS = 5_000
MOST_BERTHS = 500


@dataclass(frozen=True, slots=True)
class DiscreteBerths:
    """Ships and berths, times in whole units of the instance.

    `times[ship][berth]` is the handling time, 0 where the ship may not lie. A ship starts after its arrival and after
    the berth's opening and is done by the berth's closing and by its own latest departure (None: no such limit).
    Raises DataError for lists that do not fit together and for times outside 0 to LATEST.
    """

    arrivals: tuple[int, ...]
    openings: tuple[int, ...]
    times: tuple[tuple[int, ...], ...]
    closings: tuple[int, ...]
    latest_departures: tuple[int | None, ...]

    def __post_init__(self) -> None:
        ships, berths = len(self.arrivals), len(self.openings)
        if not 1 <= ships <= MOST_SHIPS or not 1 <= berths <= MOST_BERTHS:
            raise DataError(f"There should be 1 to {MOST_SHIPS:,} ships and 1 to {MOST_BERTHS} berths.")
        if (len(self.times), len(self.latest_departures), len(self.closings)) != (ships, ships, berths):
            raise DataError("The lists of ships and berths differ in length.")
        for ship, row in enumerate(self.times, 1):
            if len(row) != berths:
                raise DataError(f"Ship {ship} has {len(row)} handling times for {berths} berths.")
            if not any(row):
                raise DataError(f"Ship {ship} may lie at no berth.")
        departures = tuple(time for time in self.latest_departures if time is not None)
        for given in (self.arrivals, self.openings, self.closings, departures, *self.times):
            if not all(0 <= time <= LATEST for time in given):
                raise DataError(f"Times should lie between 0 and {LATEST:,}.")

    @property
    def ships(self) -> range:
        return range(len(self.arrivals))

    @property
    def berths(self) -> range:
        return range(len(self.openings))

    def without_departures(self) -> DiscreteBerths:
        """The same instance when no ship must leave by a certain time; berths still close."""
        return replace(self, latest_departures=(None,) * len(self.arrivals))


@dataclass(frozen=True, slots=True)
class Berthing:
    """One ship at one berth from `start`; ship and berth are counted from 0."""

    ship: int
    berth: int
    start: int
