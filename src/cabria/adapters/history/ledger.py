"""What a history's folder holds, as it was last agreed: `ledger.json`.

A file that the ledger does not name is not there: rows are written first, then the ledger takes them in, in one step.
"""

from __future__ import annotations

from pathlib import Path

import msgspec

from cabria.adapters.files.source_file import read_bytes, write_whole
from cabria.domain.errors import DataError

FORMAT = "cabria.history/1"
LEDGER = "ledger.json"
MOST_BYTES = 500_000_000


class Part(msgspec.Struct, frozen=True):
    """A Parquet file of one table and one day (UTC); `sources` are whose rows it holds, `written_ns` when it was last
    changed, by its folder."""

    path: str
    table: str
    day: str
    rows: int
    bytes: int
    sha256: str
    sources: tuple[str, ...]
    written_ns: int = 0


class Note(msgspec.Struct, frozen=True):
    """Something odd that was seen as a source was read."""

    source: str
    place: str
    problem: str

    def __str__(self) -> str:
        return f"{self.source}, {self.place}: {self.problem}"


class Source(msgspec.Struct, frozen=True):
    """A log, a journal or a recorder, read up to entry `number`; what is begun lies in the file `open`, "" for none."""

    number: int
    zero_utc_ms: int
    digest: str = ""
    open: str = ""


class Ledger(msgspec.Struct):
    """`keep_days` is how long a table's rows are kept; a table that is not in it is kept for ever."""

    format: str = FORMAT
    parts: list[Part] = []
    sources: dict[str, Source] = {}
    notes: list[Note] = []
    keep_days: dict[str, int] = {}

    def days(self, table: str = "") -> list[str]:
        """Days that have rows, in order."""
        return sorted({part.day for part in self.parts if table in ("", part.table)})


def read_ledger(root: Path) -> Ledger:
    """Raises DataError, also for a folder that is no history, and for parts that lie outside of it."""
    file = root / LEDGER
    if not file.exists():
        raise DataError(
            "This folder holds no history.",
            file=str(root),
            remedy="Make one with `cabria history add FOLDER LOG`.",
        )
    try:
        ledger = msgspec.json.decode(read_bytes(file, limit_bytes=MOST_BYTES), type=Ledger)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise DataError(
            f"The ledger cannot be read: {error}.", file=str(file), remedy="Bring it back from a backup."
        ) from None
    if ledger.format != FORMAT:
        raise DataError(f"The ledger says {ledger.format!r}, not {FORMAT!r}.", file=str(file))
    for part in ledger.parts:
        if Path(part.path).is_absolute() or ".." in Path(part.path).parts:
            raise DataError("The ledger names a file outside of the history.", file=str(file), place=part.path)
    return ledger


def write_ledger(root: Path, ledger: Ledger) -> None:
    """Whole or not at all. Raises DataError."""
    write_whole(root / LEDGER, msgspec.json.format(msgspec.json.encode(ledger), indent=1))
