"""A quay without fixed berths that ships may leave only at high water, and a plan for it."""

from __future__ import annotations

from dataclasses import dataclass

from cabria.domain.errors import DataError

TEN_THOUSANDTHS = 10_000
"""Lengths are whole ten-thousandths of the instance's unit, so that a quay is full or not without rounding."""


@dataclass(frozen=True, slots=True)
class Tide:
    """A time when ships may leave, both ends included."""

    begin: int
    end: int

    def __post_init__(self) -> None:
        if not 0 <= self.begin <= self.end:
            raise DataError(f"A tide cannot last from {self.begin} to {self.end}.")


@dataclass(frozen=True, slots=True)
class TidalQuay:
    """A quay of `length`; ships by arrival, handling time and length; tides in order of time.

    A ship lies in one place for exactly its handling time, which ends within a tide. Raises DataError for lists of
    different length, a ship longer than the quay, no time to handle it, or no tide late enough.
    """

    length: int
    arrivals: tuple[int, ...]
    times: tuple[int, ...]
    lengths: tuple[int, ...]
    tides: tuple[Tide, ...]

    def __post_init__(self) -> None:
        if not 0 < len(self.arrivals) == len(self.times) == len(self.lengths):
            raise DataError("There should be one arrival, handling time and length for each of one or more ships.")
        last = max((tide.end for tide in self.tides), default=0)
        for ship, (arrival, time, length) in enumerate(zip(self.arrivals, self.times, self.lengths, strict=True), 1):
            if not 0 <= length <= self.length:
                raise DataError(f"Ship {ship} does not fit: {length} ten-thousandths on a quay of {self.length}.")
            if time < 1 or arrival < 0:
                raise DataError(f"Ship {ship} should take 1 unit of time or more and arrive at 0 or later.")
            if arrival + time > last:
                raise DataError(f"Ship {ship} cannot be done by the last tide, which ends at {last}.")

    @property
    def ships(self) -> range:
        return range(len(self.arrivals))


@dataclass(frozen=True, slots=True)
class QuayStay:
    """One ship from `start` at `position` (its near end, in ten-thousandths) of the quay; ships count from 0."""

    ship: int
    position: int
    start: int
