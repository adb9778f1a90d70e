"""Public instances of berth allocation: the common text format of discrete berths, and tidal quays as CSV.

*Discrete* (Cordeau et al. 2005; Lalla-Ruiz et al. 2012; Kramer et al. 2019), numbers between blanks: ships N, berths M,
N arrivals, M berth openings, N rows of M handling times (99999 or 0: the ship may not lie there), M berth closings,
N latest departures of ships. What follows differs between the sets, counts nowhere in what they publish, and is not
looked at. Chosen readings: the `200` of the Cordeau files is a time like any other, as the closings make it useless;
the files of the Lalla-Ruiz set called hybrid are read as discrete ones, for they say nothing of ships that take two
berths.

*Tidal* (Ernst, Oguz, Singh and Taherkhani 2017), one vector a line behind its name: `Vessels,N`, `Begin` and `End` of
the times when ships may leave, `Processing`, `Length`, `Arrival`. Chosen readings, from the optimization model that is
published with the files: the quay is 3 long whatever the lengths; lengths are rounded to four digits; a ship lies in
one place from its start for exactly its processing time and its completion lies in a tide, both ends included.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

from cabria.adapters.files.source_file import read_text
from cabria.domain.discrete_berths import LATEST, MOST_BERTHS, MOST_SHIPS, DiscreteBerths
from cabria.domain.errors import DataError
from cabria.domain.tidal_quay import TEN_THOUSANDTHS, TidalQuay, Tide

FORBIDDEN = 99_999
TIDAL_QUAY_LENGTH = 3 * TEN_THOUSANDTHS
_LIMIT_BYTES = 20_000_000
_VECTORS = ("Begin", "End", "Processing", "Length", "Arrival")


def read_berth_instance(path: Path | str) -> DiscreteBerths | TidalQuay:
    """The instance in a file of either kind, told apart by its first letters. Raises DataError with file and place."""
    text = read_text(path, limit_bytes=_LIMIT_BYTES)
    try:
        if text.lstrip()[:7].lower() == "vessels":
            return _tidal(text)
        return _discrete(_Numbers(text))
    except DataError as error:
        raise error.inside(str(path)) from None


def _discrete(numbers: _Numbers) -> DiscreteBerths:
    ships = numbers.take("the number of ships", 1, MOST_SHIPS)
    berths = numbers.take("the number of berths", 1, MOST_BERTHS)
    arrivals = numbers.row(ships, "the arrivals")
    openings = numbers.row(berths, "the berth openings")
    times = tuple(numbers.row(berths, f"the handling times of ship {ship}") for ship in range(1, ships + 1))
    closings = numbers.row(berths, "the berth closings")
    departures = numbers.row(ships, "the latest departures")
    allowed = tuple(tuple(0 if time == FORBIDDEN else time for time in row) for row in times)
    return DiscreteBerths(arrivals, openings, allowed, closings, departures)


class _Numbers:
    """The whole numbers of a text, one after another, each refused with its line."""

    def __init__(self, text: str) -> None:
        self._words = self._split(text)
        self._line = 1

    @staticmethod
    def _split(text: str) -> Iterator[tuple[int, str]]:
        for number, line in enumerate(text.splitlines(), 1):
            for word in line.split():
                yield number, word

    def row(self, count: int, what: str) -> tuple[int, ...]:
        return tuple(self.take(what, 0, LATEST) for _ in range(count))

    def take(self, what: str, least: int, most: int) -> int:
        try:
            self._line, word = next(self._words)
        except StopIteration:
            raise DataError(
                f"The file ends before {what} are whole.",
                place=f"line {self._line}",
                remedy="Get the whole file; ships, berths, arrivals, openings, times, closings and departures are due.",
            ) from None
        if not re.fullmatch(r"[0-9]{1,12}(\.0*)?", word, re.ASCII) or not least <= float(word) <= most:
            problem = f"{word[:40]!r} stands among {what}; a whole number from {least} to {most:,} is due."
            raise DataError(problem, place=f"line {self._line}")
        return int(float(word))


def _tidal(text: str) -> TidalQuay:
    vectors: dict[str, tuple[int, list[str]]] = {}
    for number, line in enumerate(text.splitlines(), 1):
        name, *cells = (cell.strip() for cell in line.split(","))
        if not name and not any(cells):
            continue
        # The public files write Processin in some places.
        known = next((v for v in ("Vessels", *_VECTORS) if v == name or v == f"{name}g"), None)
        if known is None:
            raise DataError(f"{name[:40]!r} names no vector of a tidal instance.", place=f"line {number}")
        if known in vectors:
            raise DataError(f"{known} stands twice, first in line {vectors[known][0]}.", place=f"line {number}")
        vectors[known] = (number, [cell for cell in cells if cell])
    for name in _VECTORS:
        if name not in vectors:
            raise DataError(f"The vector {name} is missing.", remedy=f"Due are {', '.join(_VECTORS)}.")
    ships = int(_values(vectors, "Vessels", MOST_SHIPS, whole=True, count=1)[0])
    begins = _values(vectors, "Begin", LATEST, whole=True)
    ends = _values(vectors, "End", LATEST, whole=True, count=len(begins))
    tides = tuple(Tide(int(begin), int(end)) for begin, end in zip(begins, ends, strict=True))
    _refuse_disorder(tides, vectors["End"][0])
    times = _values(vectors, "Processing", LATEST, whole=True, count=ships)
    lengths = _values(vectors, "Length", 1_000, whole=False, count=ships)
    arrivals = _values(vectors, "Arrival", LATEST, whole=True, count=ships)
    return TidalQuay(
        TIDAL_QUAY_LENGTH,
        tuple(int(arrival) for arrival in arrivals),
        tuple(int(time) for time in times),
        tuple(round(length * TEN_THOUSANDTHS) for length in lengths),
        tides,
    )


def _refuse_disorder(tides: tuple[Tide, ...], line: int) -> None:
    for before, after in pairwise(tides):
        if after.begin <= before.end:
            raise DataError(f"The tide from {after.begin} begins before the one until {before.end} is over.",
                            place=f"line {line}")  # fmt: skip


def _values(
    vectors: dict[str, tuple[int, list[str]]], name: str, most: float, *, whole: bool, count: int | None = None
) -> list[float]:
    """The numbers of a vector, each from 0 to `most`; as many as due."""
    if name not in vectors:
        raise DataError(f"The line {name} is missing.")
    line, cells = vectors[name]
    values = []
    for cell in cells:
        try:
            value = float(cell)
        except ValueError:
            value = math.nan
        if not 0 <= value <= most or (whole and value != int(value)):
            kind = "whole number" if whole else "number"
            problem = f"{cell[:40]!r} stands in {name}; a {kind} from 0 to {most:,} is due."
            raise DataError(problem, place=f"line {line}")
        values.append(value)
    if count is not None and len(values) != count:
        raise DataError(f"{name} has {len(values)} numbers; {count} are due.", place=f"line {line}")
    return values
