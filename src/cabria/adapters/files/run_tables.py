"""Runs as tables, Parquet or CSV: one row a run, a crane's hour, a cause of its waiting, an hour of the terminal.

`docs/reference/simulation-tables.md` explains every column.
"""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from io import StringIO
from pathlib import Path
from typing import Any

from cabria.adapters.files.source_file import write_whole
from cabria.referee.run_hours import HOUR_MS, TruckHour
from cabria.referee.run_record import COUNTS, MEASURES, RunRecord, Value, Variant

Runs = Sequence[tuple[Variant, RunRecord]]
WHOLE = frozenset({"moves", "productive_moves", "rehandles", "visits"})
KEY = {"run": "INTEGER", "variant": "INTEGER", "seed": "BIGINT"}
NAMES = ("runs", "crane-hours", "crane-waiting", "hours")


class TableForm(StrEnum):
    PARQUET = "parquet"
    CSV = "csv"


@dataclass(frozen=True, slots=True)
class Table:
    """`columns` are their names and types, as DuckDB calls them."""

    columns: Mapping[str, str]
    rows: Iterator[Sequence[Any]]


def table_files(form: TableForm) -> tuple[str, ...]:
    """The files that `write_tables` writes."""
    return tuple(f"{name}.{form}" for name in NAMES)


def write_tables(runs: Runs, folder: Path, form: TableForm = TableForm.PARQUET) -> None:
    """All tables into a folder. Raises DataError when one cannot be written."""
    write: Callable[[Table, Path], None] = _write_parquet if form is TableForm.PARQUET else _write_csv
    for table, file in zip(tables(runs), table_files(form), strict=True):
        write(table, folder / file)


def tables(runs: Runs) -> Iterator[Table]:
    """In the order of `NAMES`."""
    settings = {name: _type(value) for variant, _ in runs[:1] for name, value in variant.settings.items()}
    measures = {name: "BIGINT" if name in WHOLE else "DOUBLE" for name in (*MEASURES, *COUNTS)}
    outcome = {"is_good": "BOOLEAN", "verdict": "VARCHAR", "broken": "INTEGER", "cpu_s": "DOUBLE"}
    yield Table({**KEY, **settings, **outcome, **measures}, _run_rows(runs))
    hours = {"hour": "INTEGER", "crane": "VARCHAR"}
    counts = {"call": "VARCHAR", "moves": "INTEGER", "lids": "INTEGER", "waiting_s": "DOUBLE", "stopped_s": "DOUBLE"}
    yield Table({**KEY, **hours, **counts}, _crane_rows(runs))
    yield Table({**KEY, **hours, "cause": "VARCHAR", "waiting_s": "DOUBLE"}, _waiting_rows(runs))
    trucks = dict.fromkeys(("trucks", "trucks_driving", "trucks_waiting", "trucks_idle", "trucks_stopped"), "DOUBLE")
    yard = {"boxes": "INTEGER", "teu": "INTEGER", "slots_teu": "INTEGER", "occupancy": "DOUBLE"}
    yield Table({**KEY, "hour": "INTEGER", **trucks, "visitors": "INTEGER", "kwh": "DOUBLE", **yard}, _hour_rows(runs))


def _type(value: Value) -> str:
    return {bool: "BOOLEAN", int: "BIGINT", float: "DOUBLE"}.get(type(value), "VARCHAR")


def _keyed(runs: Runs) -> Iterator[tuple[list[Any], Variant, RunRecord]]:
    for number, (variant, record) in enumerate(runs, 1):
        yield [number, variant.number, record.seed], variant, record


def _run_rows(runs: Runs) -> Iterator[Sequence[Any]]:
    for key, variant, record in _keyed(runs):
        outcome = [record.is_good, record.verdict, record.broken, round(record.cpu_s, 3)]
        yield [
            *key,
            *variant.settings.values(),
            *outcome,
            *(record.measures.get(name) for name in (*MEASURES, *COUNTS)),
        ]


def _crane_rows(runs: Runs) -> Iterator[Sequence[Any]]:
    for key, _, record in _keyed(runs):
        for at in record.crane_hours:
            waiting_s = sum(at.waiting_ms.values()) / 1_000
            yield [*key, at.hour, at.crane, at.call, at.moves, at.lids, waiting_s, at.stopped_ms / 1_000]


def _waiting_rows(runs: Runs) -> Iterator[Sequence[Any]]:
    for key, _, record in _keyed(runs):
        for at in record.crane_hours:
            for cause, ms in at.waiting_ms.items():
                yield [*key, at.hour, at.crane, cause, ms / 1_000]


def _hour_rows(runs: Runs) -> Iterator[Sequence[Any]]:
    for key, _, record in _keyed(runs):
        yard = {at.at_ms // HOUR_MS - 1: at for at in record.yard_hours}
        trucks = {at.hour: at for at in record.truck_hours}
        for hour in sorted({*trucks, *(hour for hour in yard if hour >= 0)}):
            at, stock = trucks.get(hour), yard.get(hour)
            boxes = [None] * 4 if stock is None else [stock.boxes, stock.teu, stock.slots_teu, stock.occupancy]
            yield [*key, hour, *([None] * 7 if at is None else _truck_cells(at)), *boxes]


def _truck_cells(at: TruckHour) -> Sequence[float]:
    idle_ms = at.present_ms - at.driving_ms - at.waiting_ms
    spans_ms = (at.present_ms, at.driving_ms, at.waiting_ms, idle_ms, at.stopped_ms)
    return [*(round(ms / HOUR_MS, 4) for ms in spans_ms), at.visitors, at.wh / 1_000]


def _as_csv(table: Table) -> bytes:
    text = StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(table.columns)
    whole = [number for number, kind in enumerate(table.columns.values()) if kind == "BIGINT"]
    for row in table.rows:
        cells = [_cell(value) for value in row]
        for number in whole:
            cells[number] = cells[number].removesuffix(".0")
        writer.writerow(cells)
    return text.getvalue().encode()


def _cell(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        return repr(round(value, 6))
    return " ".join(str(value).split())


def _write_csv(table: Table, path: Path) -> None:
    write_whole(path, _as_csv(table))


def _write_parquet(table: Table, path: Path) -> None:
    """By way of a CSV beside it, which DuckDB reads with the types of the columns."""
    import duckdb

    between, target = path.with_suffix(".csv.part"), path.with_suffix(".parquet.part")
    try:
        write_whole(between, _as_csv(table))
        with duckdb.connect(config={"autoinstall_known_extensions": False, "threads": 1}) as connection:
            source = connection.read_csv(
                str(between), header=True, dtype=dict(table.columns), na_values="", delimiter=",", quotechar='"'
            )
            source.write_parquet(str(target), compression="zstd")
        target.replace(path)
    finally:
        between.unlink(missing_ok=True)
        target.unlink(missing_ok=True)
