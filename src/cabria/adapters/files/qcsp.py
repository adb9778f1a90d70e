"""Instances of quay crane scheduling (Kim and Park 2004, Meisel and Bierwirth 2011) in JSON, and their best values.

Keys: n tasks, b bays, q cranes, t travel time of a bay, s free bays between cranes; p times and l bays of the tasks, l0
start bays and r ready times of the cranes, Phi precedences. Tasks, bays and cranes are counted from 1.
"""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass
from pathlib import Path

import msgspec

from cabria.adapters.files.documents import decoded
from cabria.adapters.files.source_file import read_bytes, read_text
from cabria.domain.crane_tasks import CraneTasks
from cabria.domain.errors import DataError

MAX_BYTES = 20_000_000
COLUMNS = ("name", "z_unidirectional", "z_best")


@dataclass(frozen=True, slots=True)
class BestKnown:
    """The best makespan of cranes that sweep the ship one way, and of any; None where none is published."""

    one_way: int | None
    any_way: int | None


class _Instance(msgspec.Struct):
    n: int
    b: int
    q: int
    t: int
    s: int
    p: tuple[int, ...]
    l: tuple[int, ...]  # noqa: E741 - the files name it so
    l0: tuple[int, ...]
    r: tuple[int, ...]
    Phi: tuple[tuple[int, int], ...]


def read_crane_tasks(path: Path | str) -> CraneTasks:
    """The instance in a file. Raises DataError with the file and the key."""
    content = read_bytes(path, limit_bytes=MAX_BYTES)
    instance = decoded(content, _Instance, file=str(path), what="an instance of crane tasks")
    for key, said, listed in (("n", instance.n, len(instance.p)), ("q", instance.q, len(instance.l0))):
        if said != listed:
            raise DataError(f"It says {said}, but {listed} are listed.", file=str(path), place=key)
    try:
        return CraneTasks(
            bays=instance.b,
            bay_travel=instance.t,
            gap_bays=instance.s,
            times=instance.p,
            task_bays=instance.l,
            start_bays=instance.l0,
            ready_times=instance.r,
            precedences=instance.Phi,
        )
    except DataError as error:
        raise error.inside(str(path)) from None


def read_best_known(path: Path | str) -> dict[str, BestKnown]:
    """Best known values by name of instance, from `best_known.csv`. Raises DataError with the line."""
    rows = csv.DictReader(io.StringIO(read_text(path, limit_bytes=MAX_BYTES)), strict=True)
    try:
        if missing := [name for name in COLUMNS if name not in (rows.fieldnames or ())]:
            raise DataError(f"There is no column {missing[0]!r}.", place="line 1")
        return {
            row["name"]: BestKnown(*(_value(row[column], column, rows.line_num) for column in COLUMNS[1:]))
            for row in rows
        }
    except csv.Error as error:
        raise DataError(f"This is no CSV: {error}.", file=str(path), place=f"line {rows.line_num}") from None
    except DataError as error:
        raise error.inside(str(path)) from None


def _value(text: str | None, column: str, line: int) -> int | None:
    if not text:
        return None
    if not (text.isdecimal() and len(text) < 10):
        raise DataError(f"{column} should be a whole number, not {text[:40]!r}.", place=f"line {line}")
    return int(text)
