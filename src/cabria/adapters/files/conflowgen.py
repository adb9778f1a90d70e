"""A yard's history from the tables of ConFlowGen: containers, trucks, deep-sea vessels and feeders (CSV or CSV.gz).

ConFlowGen (Kastner, Grasse and Jahn 2022) makes container flows of a terminal: which container comes and leaves by
which vehicle, and when each vehicle was there.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from pathlib import Path

from cabria.adapters.files.source_file import read_bytes, unzipped
from cabria.domain.errors import DataError
from cabria.planning.yard.forecast.problem import YardVisit

MAX_BYTES = 256 * 1024 * 1024
_VESSELS = ("deep_sea_vessels", "feeders")
_UNKNOWN_LENGTH_FT = 40
Row = Mapping[str, str]


def read_visits(folder: Path) -> tuple[YardVisit, ...]:
    """Every container's visit, in order of arrival. Raises DataError that names file and line.

    A vessel's realised arrival is not taken as known beforehand: `vessel_due_s` is left open.
    """
    vessel_at: dict[str, datetime] = {}
    for name in _VESSELS:
        for place, row in _rows(folder, name):
            vessel_at[_field(row, "id", place)] = _time(row, "realized_arrival", place)
    truck_at: dict[tuple[str, str], datetime] = {}
    for place, row in _rows(folder, "trucks"):
        for way in ("pickup", "delivery"):
            if row.get(f"realized_container_{way}_time"):
                truck_at[_field(row, "id", place), way] = _time(row, f"realized_container_{way}_time", place)
    spans = []
    for place, row in _rows(folder, "containers"):
        came = _when(row, "delivered_by", "delivery", vessel_at, truck_at, place)
        left = _when(row, "picked_up_by", "pickup", vessel_at, truck_at, place)
        spans.append((came, left, place, row))
    if not spans:
        raise DataError("The history has no container.", file=str(folder / "containers.csv"))
    first = min(came for came, _, _, _ in spans)
    monday = datetime(first.year, first.month, first.day) - timedelta(days=first.weekday())  # noqa: DTZ001
    visits = [_visit(came - monday, left - monday, place, row) for came, left, place, row in spans]
    return tuple(sorted(visits, key=lambda visit: visit.arrived_s))


def _visit(came: timedelta, left: timedelta, place: tuple[str, str], row: Row) -> YardVisit:
    if left < came:
        raise DataError("The container leaves before it comes.", file=place[0], place=place[1])
    length_ft, tonnes = _whole(row, "length", place), _whole(row, "weight", place)
    return YardVisit(
        int(came.total_seconds()),
        int(left.total_seconds()),
        length_ft if length_ft > 0 else _UNKNOWN_LENGTH_FT,
        1_000 * tonnes,
        row.get("storage_requirement", ""),
        row.get("delivered_by", ""),
        row.get("picked_up_by_initial", ""),
        port=row.get("destination_name", ""),
    )


def _when(
    row: Row,
    by: str,
    way: str,
    vessel_at: Mapping[str, datetime],
    truck_at: Mapping[tuple[str, str], datetime],
    place: tuple[str, str],
) -> datetime:
    vessel, truck = row.get(f"{by}_vehicle"), row.get(f"{by}_truck")
    found = vessel_at.get(vessel) if vessel else truck_at.get((truck or "", way))
    if found is None:
        raise DataError(f"Nothing says when the vehicle of {by} was there.", file=place[0], place=place[1])
    return found


def _rows(folder: Path, name: str) -> Iterator[tuple[tuple[str, str], Row]]:
    """Each row with its file and line."""
    packed, plain = folder / f"{name}.csv.gz", folder / f"{name}.csv"
    path = packed if packed.exists() else plain
    content = read_bytes(path, limit_bytes=MAX_BYTES)
    if path is packed:
        content = unzipped(content, file=str(path), limit_bytes=MAX_BYTES)
    try:
        reader = csv.DictReader(io.StringIO(content.decode("utf-8-sig")))
        for row in reader:
            yield (str(path), f"line {reader.line_num}"), {key: value or "" for key, value in row.items() if key}
    except UnicodeDecodeError:
        raise DataError("The file is not text in UTF-8.", file=str(path)) from None
    except csv.Error as error:
        raise DataError(f"The table cannot be read: {error}.", file=str(path)) from None


def _field(row: Row, name: str, place: tuple[str, str]) -> str:
    if not row.get(name):
        raise DataError(f"The column {name} is missing or empty.", file=place[0], place=place[1])
    return row[name]


def _time(row: Row, name: str, place: tuple[str, str]) -> datetime:
    text = _field(row, name, place)
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        found = None
    if found is None or found.tzinfo is not None or not 1970 <= found.year <= 2200:
        raise DataError(
            f"{text[:40]!r} in {name} is no local time such as 2026-01-28 07:15:07.", file=place[0], place=place[1]
        )
    return found


def _whole(row: Row, name: str, place: tuple[str, str]) -> int:
    text = _field(row, name, place)
    if not text.removeprefix("-").isdecimal() or len(text) > 6:
        raise DataError(f"{text[:40]!r} in {name} is no whole number.", file=place[0], place=place[1])
    return int(text)
