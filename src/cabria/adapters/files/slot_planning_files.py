"""Bay sections in the text format of the public slot planning instances (Delgado et al. 2012).

First line: ports, containers to load, containers on board, stacks, cells, locations, tiers. Then headings with their
lines: PODs, location, containers (stack, cell, slot -1 fore, 0 both or 1 aft, mass in kg, height in m, length in ft,
port, reefer, location, IMO category), stacks (mass limit in kg, height limit in m, location), cells from the bottom up,
stack by stack (stack, fore plug, aft plug, fore 20 ft, aft 20 ft, 40 ft, location). What follows the cells is a plan of
others and is not read. A cell of another location is no cell of the section.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from decimal import Decimal
from math import ceil, floor
from pathlib import Path
from typing import NamedTuple, TypeVar

from cabria.adapters.files.source_file import read_text
from cabria.domain.errors import DataError
from cabria.domain.slot_planning import BaySection, Slot, SlotBox, SlotCell, SlotPlace, SlotStack

MAX_BYTES = 5_000_000
HEADINGS = ("POD", "LOCATIONS", "CONTAINERS_TOLOAD", "CONTAINERS_LOADED", "STACKS", "CELLS")
_WIDTH = {"CONTAINERS_TOLOAD": 10, "CONTAINERS_LOADED": 10, "STACKS": 3, "CELLS": 7}


Thing = TypeVar("Thing")


class _Line(NamedTuple):
    number: int
    words: list[str]

    @property
    def place(self) -> str:
        return f"line {self.number}"

    def whole(self, column: int, least: int = 0) -> int:
        number = self.decimal(column)
        if number != int(number) or number < least:
            raise DataError(f"A whole number from {least} on should stand in column {column + 1}.", place=self.place)
        return int(number)

    def flag(self, column: int) -> bool:
        if self.words[column] not in ("0", "1"):
            raise DataError(f"0 or 1 should stand in column {column + 1}.", place=self.place)
        return self.words[column] == "1"

    def decimal(self, column: int) -> Decimal:
        word = self.words[column]
        digits = word.removeprefix("-").replace(".", "", 1)
        if not (digits.isascii() and digits.isdigit()) or len(word) > 20:
            raise DataError(f"A number should stand where {word[:20]!r} does.", place=self.place)
        return Decimal(word)


def read_bay_section(path: Path | str) -> BaySection:
    """The section in a file. Raises DataError with the file and the line."""
    try:
        return _section(read_text(path, limit_bytes=MAX_BYTES))
    except DataError as error:
        raise error.inside(str(path)) from None


def _section(text: str) -> BaySection:
    head, parts = _parts(text)
    _, to_load, on_board, stacks, cells, _, tiers = (head.whole(column) for column in range(7))
    promised = {"CONTAINERS_TOLOAD": to_load, "CONTAINERS_LOADED": on_board, "STACKS": stacks, "CELLS": cells}
    for heading, count in promised.items():
        if len(parts[heading]) != count:
            raise DataError(f"#{heading} should have {count} lines and has {len(parts[heading])}.", place="line 1")
    if stacks * tiers != cells:
        raise DataError(f"{stacks} stacks of {tiers} tiers are not {cells} cells.", place="line 1")
    if len(parts["LOCATIONS"]) != 1 or len(parts["LOCATIONS"][0].words) != 1:
        raise DataError("#LOCATIONS should have one line with one number.")
    location = parts["LOCATIONS"][0].words[0]
    piles = iter([parts["CELLS"][tiers * stack : tiers * (stack + 1)] for stack in range(stacks)])
    return BaySection(
        tuple(_each(parts["STACKS"], lambda line: _stack(line, next(piles), location))),
        tuple(_each(parts["CONTAINERS_TOLOAD"], _box)),
        tuple(_each(parts["CONTAINERS_LOADED"], lambda line: (_box(line), _place(line)))),
    )


def _parts(text: str) -> tuple[_Line, dict[str, list[_Line]]]:
    """The first line, and the lines below each heading."""
    lines = [_Line(number, line.split()) for number, line in enumerate(text.splitlines(), 1) if line.strip()]
    head = lines[0]
    if len(head.words) != 7:
        raise DataError("Seven numbers should stand in the first line.", place=head.place)
    parts: dict[str, list[_Line]] = {heading: [] for heading in HEADINGS}
    under = ""
    for line in lines[1:]:
        if line.words[0].startswith("#"):
            under = line.words[0][1:]
        elif under in parts:
            if len(line.words) != _WIDTH.get(under, len(line.words)):
                raise DataError(f"{_WIDTH[under]} numbers should stand here.", place=line.place)
            parts[under].append(line)
    return head, parts


def _each(lines: Iterable[_Line], read: Callable[[_Line], Thing]) -> Iterator[Thing]:
    """What `read` makes of each line; the line is told with what the nouns refuse."""
    for line in lines:
        try:
            yield read(line)
        except DataError as error:
            raise DataError(error.problem, place=error.place or line.place, remedy=error.remedy) from None


def _box(line: _Line) -> SlotBox:
    return SlotBox(
        length_ft=line.whole(5),
        mass_kg=ceil(line.decimal(3)),
        height_mm=ceil(1_000 * line.decimal(4)),
        port=line.whole(6),
        is_reefer=line.flag(7),
    )


def _place(line: _Line) -> SlotPlace:
    if line.words[2] not in ("-1", "0", "1"):
        raise DataError("-1, 0 or 1 should stand in column 3.", place=line.place)
    return SlotPlace(line.whole(0, 1), line.whole(1, 1), Slot(int(line.words[2])))


def _stack(line: _Line, cells: Iterable[_Line], location: str) -> SlotStack:
    return SlotStack(
        tuple(_each(cells, lambda cell: _cell(cell, location))), floor(line.decimal(0)), floor(1_000 * line.decimal(1))
    )


def _cell(line: _Line, location: str) -> SlotCell:
    fore_plug, aft_plug, fore_20, aft_20, whole_40 = (line.flag(column) for column in range(1, 6))
    if line.words[6] != location:
        return SlotCell(False, False, False)
    return SlotCell(fore_20, aft_20, whole_40, fore_plug, aft_plug)
