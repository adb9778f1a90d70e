"""Yard bays from the public collections: JSON lines, plain or gzipped, one bay a line.

A line has `stacks` (each bottom first, of retrieval priorities or time windows, 1 leaves first), `T` (highest tier) and
optionally `S` (stacks), `N` (boxes), `W` (time windows), `set`, `group`, `name`, `opt` (proven optimum, null when
unknown). Other keys are kept as they are. This is the form of cvs, zhu, firmino, cpmp_bf, cpmp_emm, cpmp_dlts, crptw.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from cabria.adapters.files.source_file import read_bytes, unzipped
from cabria.domain.errors import DataError
from cabria.domain.yard_bay import MAX_STACKS, MAX_TIERS, YardBay

MAX_BYTES = 64 * 1024 * 1024
MAX_LINE_CHARS = 2_000_000
_READ_KEYS = {"set", "group", "name", "S", "T", "N", "W", "opt", "stacks"}
_LIKE_THIS = 'Write it as {"name": "a", "T": 4, "stacks": [[3, 1], [], [2]]}.'


@dataclass(frozen=True)
class YardBayInstance:
    """One line: the bay and what the collection says about it. `line` counts from 1.

    `windows` is given where a priority is a time window whose inner order is not known; `optimum` where one is proven.
    """

    name: str
    bay: YardBay
    file: str
    line: int
    group: str = ""
    collection: str = ""
    windows: int | None = None
    optimum: int | None = None
    further: Mapping[str, object] = field(default_factory=dict)


def read_yard_bays(path: Path) -> list[YardBayInstance]:
    """All bays of a file. Raises the DataError of the first line that cannot be used."""
    bays = []
    for entry in each_yard_bay(path):
        if isinstance(entry, DataError):
            raise entry
        bays.append(entry)
    return bays


def each_yard_bay(path: Path) -> Iterator[YardBayInstance | DataError]:
    """The bays of a file one by one; for a line that cannot be used the DataError that names it, and on with the next.

    Refused are a floating box (null, 0 or an empty entry under another), a stack above T, a missing or negative
    priority, S or N that do not match the stacks, and a name used twice. Raises DataError when the file as a whole
    cannot be read.
    """
    file = str(path)
    seen: dict[str, int] = {}
    empty = True
    for number, line in enumerate(_lines(path), 1):
        if not line.strip():
            continue
        empty = False
        try:
            instance = _instance(line, file, number)
            first = seen.setdefault(instance.name, number)
            if first != number:
                raise DataError(f"The name {instance.name!r} is used twice, first in line {first}.")
        except DataError as error:
            place = ", ".join(part for part in (f"line {number}", error.place) if part)
            yield DataError(error.problem, file=file, place=place, remedy=error.remedy)
        else:
            yield instance
    if empty:
        yield DataError("The file holds no bay.", file=file, remedy=_LIKE_THIS)


def _lines(path: Path) -> list[str]:
    content = read_bytes(path, limit_bytes=MAX_BYTES)
    if path.suffix.lower() == ".gz":
        content = unzipped(content, file=str(path), limit_bytes=MAX_BYTES)
    try:
        return content.decode("utf-8-sig").split("\n")
    except UnicodeDecodeError:
        raise DataError("The file is not text in UTF-8.", file=str(path)) from None


def _instance(line: str, file: str, number: int) -> YardBayInstance:
    if len(line) > MAX_LINE_CHARS:
        raise DataError("The line is too long for a bay.")
    try:
        given = json.loads(line, parse_constant=_no_number)
    except (ValueError, RecursionError):
        raise DataError("This is no JSON.", remedy=_LIKE_THIS) from None
    if not isinstance(given, dict):
        raise DataError("This is no JSON object.", remedy=_LIKE_THIS)
    highest = _whole(given, "T", 1, MAX_TIERS)
    if highest is None:
        raise DataError("The highest tier T is missing.", remedy=_LIKE_THIS)
    bay = YardBay(_stacks(given.get("stacks"), highest), highest)
    for key, counted, word in (("S", len(bay.stacks), "stacks"), ("N", bay.boxes, "boxes")):
        said = _whole(given, key, 0, MAX_STACKS * MAX_TIERS)
        if said is not None and said != counted:
            raise DataError(f"{key} says {said} {word}, the stacks hold {counted}.", place=key)
    return YardBayInstance(
        name=_word(given, "name") or f"{Path(file).name.split('.')[0]}_{number}",
        bay=bay,
        file=file,
        line=number,
        group=_word(given, "group"),
        collection=_word(given, "set"),
        windows=_whole(given, "W", 1, MAX_STACKS * MAX_TIERS),
        optimum=_whole(given, "opt", 0, 1_000_000_000),
        further={key: value for key, value in given.items() if key not in _READ_KEYS},
    )


def _stacks(given: object, highest: int) -> tuple[tuple[int, ...], ...]:
    if not isinstance(given, list) or not all(isinstance(stack, list) for stack in given):
        raise DataError("The stacks must be a list of lists of priorities.", place="stacks", remedy=_LIKE_THIS)
    for number, stack in enumerate(given, 1):
        _refuse_holes(stack, number)
        if len(stack) > highest:
            raise DataError(f"{len(stack)} boxes exceed tier {highest}.", place=f"stack {number}")
    return tuple(map(tuple, given))


def _refuse_holes(stack: list[object], number: int) -> None:
    """Null, 0, "" and an empty list say that no box stands there, which only nothing above may follow."""
    for tier, entry in enumerate(stack, 1):
        if entry is None or entry in (0, "", []):
            place = f"stack {number}, tier {tier}"
            if tier < len(stack):
                raise DataError("There is no box here, and the one above floats.", place=place)
            raise DataError("The priority of a box is missing.", place=place, remedy="Leave empty tiers out.")


def _whole(given: Mapping[str, object], key: str, low: int, high: int) -> int | None:
    value = given.get(key)
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int) or not low <= value <= high:
        raise DataError(f"{key} must be a whole number from {low} to {high}.", place=key)
    return value


def _word(given: Mapping[str, object], key: str) -> str:
    """A name fit for a file: no separators, no control characters, not long."""
    value = given.get(key, "")
    if not isinstance(value, str | int) or isinstance(value, bool):
        raise DataError(f"{key} must be a word.", place=key)
    text = str(value).strip()
    if len(text) > 100 or not text.isprintable() or any(sign in text for sign in '/\\:*?"<>|') or text.startswith("."):
        raise DataError(f"{key} must be a word of at most 100 letters, fit for the name of a file.", place=key)
    return text


def _no_number(constant: str) -> float:
    raise ValueError(constant)
