"""Tables of codes that a site can replace: spellings of container types, and the ports it knows.

A site's folder may hold `size_types.csv` (code,length_ft,height_mm,kind) and `ports.csv` (code). A file that is there
replaces ours whole; what is absent stays as shipped. We ship no ports: without a table no port is called unknown.
"""

from __future__ import annotations

import csv
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

from cabria.domain.containers import Kind, Port, SizeType
from cabria.domain.errors import DataError

OURS = Path(__file__).parent / "tables"
_MAX_BYTES = 8 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class CodeTables:
    """`size_types` come before the rules of ISO 6346; `ports` is None where the site has no table."""

    size_types: Mapping[str, SizeType] = field(default_factory=dict)
    ports: frozenset[Port] | None = None


@cache
def shipped_tables() -> CodeTables:
    return load_tables(OURS)


def load_tables(folder: Path) -> CodeTables:
    """Read a folder of tables. Raises DataError with file and line."""
    if not folder.is_dir():
        raise DataError("There is no such folder of code tables.", file=str(folder))
    sizes, ports = folder / "size_types.csv", folder / "ports.csv"
    return CodeTables(
        _size_types(sizes) if sizes.is_file() else shipped_tables().size_types,
        frozenset(Port(row["code"]) for _, row in _rows(ports, ("code",))) if ports.is_file() else None,
    )


def _size_types(path: Path) -> dict[str, SizeType]:
    found: dict[str, SizeType] = {}
    for line, row in _rows(path, ("code", "length_ft", "height_mm", "kind")):
        try:
            size = SizeType(row["code"], int(row["length_ft"]), int(row["height_mm"]), Kind(row["kind"]))
        except ValueError as error:
            raise DataError(f"{error}.", file=str(path), place=f"line {line}") from None
        if not (10 <= size.length_ft <= 60 and 500 <= size.height_mm <= 4000):
            raise DataError(
                f"No container is {size.length_ft} ft by {size.height_mm} mm.", file=str(path), place=f"line {line}"
            )
        found[row["code"]] = size
    return found


def _rows(path: Path, columns: tuple[str, ...]) -> list[tuple[int, dict[str, str]]]:
    if path.stat().st_size > _MAX_BYTES:
        raise DataError(f"The table is larger than {_MAX_BYTES // 1_000_000} MB.", file=str(path))
    try:
        text = path.read_text("utf-8-sig")
    except UnicodeDecodeError:
        raise DataError("The table is not text in UTF-8.", file=str(path)) from None
    numbered = [(n, line) for n, line in enumerate(text.splitlines(), 1) if line.strip() and not line.startswith("#")]
    if any(len(line) > 1000 for _, line in numbered):
        raise DataError("A line of the table is longer than 1,000 characters.", file=str(path))
    reader = csv.DictReader(line for _, line in numbered)
    rows: list[tuple[int, dict[str, str]]] = []
    for (number, _), row in zip(numbered[1:], reader, strict=False):
        kept = {column: (row.get(column) or "").strip() for column in columns}
        if missing := [column for column, value in kept.items() if not value]:
            raise DataError(f"The table needs a value in column {missing[0]}.", file=str(path), place=f"line {number}")
        rows.append((number, kept | {"code": kept["code"].upper()}))
    return rows
