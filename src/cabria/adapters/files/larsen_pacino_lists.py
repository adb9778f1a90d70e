"""Load lists of the Larsen-Pacino stowage benchmark, each with the ship beside it that its name tells.

A list is text: a line of parameters (ports, containers), transport types (id, length in feet, mass in tonnes, DC or HC
for dry boxes, RC or HR for reefers, the second of each high), then one container a line: port of loading, port of
discharge, type and, for what is on board and stays, bay, stack, tier and slot. The second letter of the file's name is
that of its ship: VSLow1.txt goes with vessel_S.txt.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from cabria.adapters.files.larsen_pacino import read_ship
from cabria.adapters.files.source_file import read_text
from cabria.domain.errors import DataError
from cabria.domain.whole_ship import HIGH_CUBE_MM, STANDARD_MM, Load, Spot, WholeShip

MAX_BYTES = 5_000_000
MOST_CONTAINERS = 100_000
KINDS = {"DC": (False, False), "HC": (False, True), "RC": (True, False), "HR": (True, True)}
"""Whether a reefer and whether high, by the source's word."""


def read_whole_ship(path: Path) -> WholeShip:
    """The instance of a load list. Raises DataError with file and line, also when its ship is not beside it."""
    vessel = path.with_name(f"vessel_{path.name[1:2]}.txt")
    if not vessel.is_file():
        raise DataError(f"Its ship should lie beside it as {vessel.name}, and does not.", file=str(path))
    ship = read_ship(vessel)
    try:
        loads, release = _lists(read_text(path, limit_bytes=MAX_BYTES))
        return WholeShip(path.stem, ship, tuple(loads), release)
    except DataError as error:
        raise error.inside(str(path)) from None


def _lists(text: str) -> tuple[list[Load], dict[int, Spot]]:
    types: dict[int, tuple[int, int, bool, int]] = {}
    loads: list[Load] = []
    release: dict[int, Spot] = {}
    promised = None
    part = 0
    for number, line in _lines(text):
        place = f"line {number}"
        if line.startswith("#"):
            part += 1
        elif part == 1:
            promised = _numbers(line.split(), 2, place)[1]
        elif part == 2:
            types[_whole(line.split()[0], place)] = _type(line.split(), place)
        elif part == 3:
            if len(loads) >= MOST_CONTAINERS:
                raise DataError(f"There are more than {MOST_CONTAINERS:,} containers.", place=place)
            spot = _container(line.split(), types, loads, place)
            if spot is not None:
                release[len(loads) - 1] = spot
        else:
            raise DataError("A line stands before the first or after the last heading.", place=place)
    if promised is None:
        raise DataError("This is no load list of the benchmark: it says not how many containers it has.")
    if promised != len(loads):
        raise DataError(f"The list promises {promised} containers and has {len(loads)}; is it cut short?")
    return loads, release


def _lines(text: str) -> Iterator[tuple[int, str]]:
    for number, line in enumerate(text.splitlines(), 1):
        if line.strip():
            yield number, line.strip()


def _whole(word: str, place: str) -> int:
    if not word.isdecimal() or len(word) > 9:
        raise DataError(f"A whole number should stand where {word[:20]!r} does.", place=place)
    return int(word)


def _numbers(words: list[str], count: int, place: str) -> list[int]:
    if len(words) != count:
        raise DataError(f"{count} numbers should stand here, not {len(words)}.", place=place)
    return [_whole(word, place) for word in words]


def _type(words: list[str], place: str) -> tuple[int, int, bool, int]:
    if len(words) != 4 or words[3] not in KINDS or words[1] not in ("20", "40"):
        raise DataError("A type is a number, 20 or 40, a mass in tonnes and one of DC, RC, HC, HR.", place=place)
    is_reefer, is_high = KINDS[words[3]]
    mass_t = _whole(words[2], place)
    if not 0 < mass_t <= 100:
        raise DataError(f"No container weighs {mass_t} t.", place=place)
    return int(words[1]), 1_000 * mass_t, is_reefer, HIGH_CUBE_MM if is_high else STANDARD_MM


def _container(
    words: list[str], types: dict[int, tuple[int, int, bool, int]], loads: list[Load], place: str
) -> Spot | None:
    numbers = _numbers(words, 7 if len(words) > 3 else 3, place)
    kind = types.get(numbers[2])
    if kind is None:
        raise DataError(f"There is no transport type {numbers[2]}.", place=place)
    loads.append(Load(numbers[1], *kind))
    return Spot(*numbers[3:]) if len(numbers) == 7 else None
