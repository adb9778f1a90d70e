"""The tables of a history, and what each column means. `docs/reference/history.md` is written from them.

Times are UTC. A row lies in the partition of the day of its `at_utc`. Where nobody said, text is "" and a time is null;
rows that are older than a column have null in it.
"""

from __future__ import annotations

from collections.abc import Collection
from typing import Any, NamedTuple

import numpy as np

Array = np.ndarray[Any, np.dtype[Any]]
Columns = dict[str, Array]
"""Arrays of one length by the names of a table's columns; times are datetime64[ms]."""


class Column(NamedTuple):
    """`kind` is DuckDB's."""

    name: str
    kind: str
    meaning: str


class HistoryTable(NamedTuple):
    """Rows of a partition are kept in the order of `sorted_by`."""

    name: str
    meaning: str
    columns: tuple[Column, ...]
    sorted_by: tuple[str, ...] = ("at_utc",)

    @property
    def names(self) -> tuple[str, ...]:
        return tuple(column.name for column in self.columns)

    def select(self, written: Collection[str]) -> str:
        """The columns for a SELECT over files that have only the `written` ones: rows older than a column say null."""
        return ", ".join(
            column.name if column.name in written else f"NULL::{column.kind} AS {column.name}"
            for column in self.columns
        )


def _columns(*rows: tuple[str, str, str]) -> tuple[Column, ...]:
    return tuple(Column(*row) for row in rows)


TELEMETRY = HistoryTable(
    "telemetry",
    "where a machine was: once a second, of every truck and crane",
    _columns(
        ("at_utc", "TIMESTAMP_MS", "when"),
        ("machine", "VARCHAR", "its name"),
        ("x_mm", "INTEGER", "along the quay, on the ground plan"),
        ("y_mm", "INTEGER", "landwards from the quay's edge"),
        ("speed_mm_per_s", "INTEGER", "how fast it moves"),
    ),
    sorted_by=("machine", "at_utc"),
)
TABLES: tuple[HistoryTable, ...] = (
    HistoryTable(
        "lifts",
        "a crane has set down a container",
        _columns(
            ("at_utc", "TIMESTAMP_MS", "when it was set down"),
            ("lifted_utc", "TIMESTAMP_MS", "when it was lifted"),
            ("crane", "VARCHAR", "which crane"),
            ("container", "VARCHAR", "its number"),
            ("from_kind", "VARCHAR", "yard, ship or truck"),
            ("from_place", "VARCHAR", "block-bay-row-tier, call and slot, or the truck"),
            ("to_kind", "VARCHAR", "yard, ship or truck"),
            ("to_place", "VARCHAR", "as from_place"),
        ),
    ),
    HistoryTable(
        "moves",
        "a move from A to B is done",
        _columns(
            ("at_utc", "TIMESTAMP_MS", "when it was done"),
            ("released_utc", "TIMESTAMP_MS", "when it was let go on its way"),
            ("assigned_utc", "TIMESTAMP_MS", "when it got its truck, null without one"),
            ("move", "VARCHAR", "its name"),
            ("kind", "VARCHAR", "load, discharge, restow, gate-in and others"),
            ("call", "VARCHAR", "the ship's call"),
            ("queue", "VARCHAR", "the quay crane in whose queue it stood"),
            ("truck", "VARCHAR", "the last truck it had"),
            ("containers", "INTEGER", "how many"),
        ),
    ),
    HistoryTable(
        "trips",
        "a truck's trip was booked",
        _columns(
            ("at_utc", "TIMESTAMP_MS", "when it was booked"),
            ("arrives_utc", "TIMESTAMP_MS", "when it is to be there"),
            ("truck", "VARCHAR", "which truck"),
            ("from_segment", "VARCHAR", "where it stood"),
            ("to_segment", "VARCHAR", "where it goes"),
            ("segments", "INTEGER", "how many segments of lanes lie between"),
            ("reason", "VARCHAR", "why"),
        ),
    ),
    HistoryTable(
        "waits",
        "a crane has waited",
        _columns(
            ("at_utc", "TIMESTAMP_MS", "until when"),
            ("since_utc", "TIMESTAMP_MS", "since when"),
            ("crane", "VARCHAR", "which crane"),
            ("cause", "VARCHAR", "for what"),
        ),
    ),
    HistoryTable(
        "stops",
        "a machine was out of service and is back",
        _columns(
            ("at_utc", "TIMESTAMP_MS", "until when"),
            ("since_utc", "TIMESTAMP_MS", "since when"),
            ("machine", "VARCHAR", "which machine"),
            ("cause", "VARCHAR", "why"),
        ),
    ),
    HistoryTable(
        "calls",
        "a ship has sailed",
        _columns(
            ("at_utc", "TIMESTAMP_MS", "when it sailed"),
            ("berthed_utc", "TIMESTAMP_MS", "when it berthed"),
            ("call", "VARCHAR", "the call"),
            ("berth_x_mm", "INTEGER", "where along the quay"),
        ),
    ),
    HistoryTable(
        "arrivals",
        "a ship has come, of whose ETA was told",
        _columns(
            ("at_utc", "TIMESTAMP_MS", "when she was at the berth"),
            ("call", "VARCHAR", "the terminal call"),
            ("vessel", "VARCHAR", "her name, else her number"),
            ("service", "VARCHAR", "the liner service"),
            ("eta_utc", "TIMESTAMP_MS", "the ETA that was told first"),
            ("last_eta_utc", "TIMESTAMP_MS", "the ETA that was told last"),
        ),
    ),
    HistoryTable(
        "stays",
        "a container has left the yard",
        _columns(
            ("at_utc", "TIMESTAMP_MS", "when it left"),
            ("came_utc", "TIMESTAMP_MS", "when it came, null where it stood there when the log began"),
            ("container", "VARCHAR", "its number"),
            ("block", "VARCHAR", "where it stood last"),
            ("comes_by", "VARCHAR", "vessel or truck"),
            ("leaves_by", "VARCHAR", "vessel or truck"),
            ("digs", "INTEGER", "how often it was carried from one stack to another"),
            ("length_ft", "INTEGER", "20, 40 or 45; 0 where nobody said. This and what follows: as known when it came"),
            ("mass_kg", "INTEGER", "its gross mass"),
            ("kind", "VARCHAR", "reefer, dangerous, empty, dry"),
            ("line", "VARCHAR", "whose container it is"),
            ("service", "VARCHAR", "the ship that brings it, or the service that takes it"),
            ("port", "VARCHAR", "port of discharge"),
            ("due_utc", "TIMESTAMP_MS", "when the ship that takes it was expected"),
            ("appointment_utc", "TIMESTAMP_MS", "when a road truck was booked for it"),
            ("has_hold", "BOOLEAN", "whether customs held it"),
        ),
    ),
    HistoryTable(
        "energy",
        "a machine has used energy",
        _columns(
            ("at_utc", "TIMESTAMP_MS", "until when"),
            ("machine", "VARCHAR", "which machine"),
            ("wh", "INTEGER", "how much; less than nothing is given back or charged"),
        ),
    ),
    HistoryTable(
        "decisions",
        "something was decided that had a reason: trucks chosen, work refused, queues changed",
        _columns(
            ("at_utc", "TIMESTAMP_MS", "when"),
            ("what", "VARCHAR", "the event of the run log"),
            ("subject", "VARCHAR", "the move, truck, crane or call"),
            ("reason", "VARCHAR", "why"),
        ),
    ),
    TELEMETRY,
)
TABLE_BY_NAME = {table.name: table for table in TABLES}
_NUMPY_KINDS = {"INTEGER": "int32", "VARCHAR": "object", "BOOLEAN": "bool"}


def columns_of(table: HistoryTable, rows: list[tuple[Any, ...]]) -> Columns:
    """Rows in the order of the columns, times in milliseconds since 1970 or None, as arrays."""
    turned = list(zip(*rows, strict=True)) if rows else [()] * len(table.columns)
    return {column.name: _array(column.kind, values) for column, values in zip(table.columns, turned, strict=True)}


def _array(kind: str, values: tuple[Any, ...]) -> Array:
    if kind == "TIMESTAMP_MS":
        never = np.iinfo(np.int64).min  # what numpy keeps for "not a time", and DuckDB reads as null
        return np.array([never if value is None else value for value in values], np.int64).view("datetime64[ms]")
    return np.array(values, _NUMPY_KINDS[kind])
