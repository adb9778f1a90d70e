"""What later ports are expected to load, as a table."""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import Path

from cabria.adapters.files.source_file import write_whole
from cabria.adapters.files.tables import Row, read_rows
from cabria.domain.calls import ExpectedLoads
from cabria.domain.containers import Port
from cabria.domain.errors import DataError
from cabria.domain.told import told

COLUMNS = {
    "port": ("pol", "port of loading", "puerto", "puerto de embarque"),
    "pod": ("port of discharge", "destination", "puerto de descarga", "destino"),
    "length_ft": ("length", "size", "largo"),
    "count": ("boxes", "quantity", "cantidad"),
    "mean_mass_kg": ("mean mass", "average weight", "peso medio"),
    "reefers": ("reefer", "plugs", "refrigerados"),
}
NEEDED = ("port", "pod", "length_ft", "count")
MOST_BOXES = 100_000


def read_later_loads(path: Path) -> tuple[ExpectedLoads, ...]:
    """One forecast a line. Raises DataError with file and line."""
    return tuple(_expected(row) for row in read_rows(path, COLUMNS, needed=NEEDED))


def _expected(row: Row) -> ExpectedLoads:
    length, count = row.whole_in("length_ft", low=20, high=45), row.whole_in("count", low=0, high=MOST_BOXES)
    if length is None or count is None:
        column = "count" if length is not None else "length_ft"
        raise row.refusal(told("This is missing.", "value-missing"), column)
    try:
        return ExpectedLoads(
            port=_port(row, "port"),
            pod=_port(row, "pod"),
            length_ft=length,
            count=count,
            mean_mass_kg=row.whole_in("mean_mass_kg", low=0, high=100_000) or 0,
            reefers=row.whole_in("reefers", low=0, high=MOST_BOXES) or 0,
        )
    except DataError as error:
        raise row.refusal(error.told) from None


def _port(row: Row, column: str) -> Port:
    text = row.get(column).upper()
    if not re.fullmatch(r"[A-Z]{2}[A-Z0-9]{3}", text):
        raise row.refusal(
            told("{given} is no port.", "no-port", given=repr(text[:40])), column, "Write its UN/LOCODE, such as CNSHA."
        )
    return Port(text)


def write_later_loads(loads: Iterable[ExpectedLoads], path: Path) -> None:
    """Write the table whole or not at all. Raises DataError."""
    rows = [f"{e.port},{e.pod},{e.length_ft},{e.count},{e.mean_mass_kg},{e.reefers}" for e in loads]
    write_whole(path, "\n".join([",".join(COLUMNS), *rows, ""]).encode())
