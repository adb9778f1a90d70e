"""The folder of a history: rows come in, small files become one a day, what is old goes.

`TABLE/day=YYYY-MM-DD/NAME.parquet`. One process writes at a time; readers are never in its way.
"""

from __future__ import annotations

import fcntl
import secrets
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import date, timedelta
from hashlib import file_digest
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import msgspec
import numpy as np

from cabria.adapters.files.source_file import write_whole
from cabria.adapters.history.ledger import LEDGER, Ledger, Note, Part, Source, read_ledger, write_ledger
from cabria.adapters.history.reading import Standing
from cabria.adapters.history.tables import TABLE_BY_NAME, Columns, HistoryTable
from cabria.domain.errors import DataError

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

DAY_MS = 86_400_000
ROWS_A_GROUP = 1_000_000


class Broken(NamedTuple):
    """A part that is not what was written."""

    path: str
    problem: str

    def __str__(self) -> str:
        return f"{self.path}: {self.problem}"


class HistoryFolder:
    """A history on disk. Raises DataError for a folder that is none."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.ledger = read_ledger(root)

    @classmethod
    def made(cls, root: Path) -> HistoryFolder:
        """The history there, or a new one. Raises DataError for a folder with other things in it."""
        try:
            root.mkdir(parents=True, exist_ok=True)
            is_new = not (root / LEDGER).exists()
            if is_new and any(root.iterdir()):
                raise DataError("This folder holds other things.", file=str(root), remedy="Name an empty one.")
        except OSError as error:
            raise DataError(f"No history can be made here: {error.strerror or error}.", file=str(root)) from None
        if is_new:
            write_ledger(root, Ledger())
        return cls(root)

    @contextmanager
    def writing(self) -> Iterator[None]:
        """Nobody else writes meanwhile; the ledger is as the last one left it. Raises DataError when somebody does."""
        with (self.root / ".lock").open("w") as lock:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except OSError:
                raise DataError(
                    "Another process writes this history.", file=str(self.root), remedy="Wait until it has ended."
                ) from None
            self.ledger = read_ledger(self.root)
            yield

    def standing(self, source: str) -> Standing:
        """What was begun and not over as the source was last read. Raises DataError."""
        known = self.ledger.sources.get(source)
        if known is None or not known.open:
            return Standing()
        file = self.root / known.open
        try:
            return msgspec.msgpack.decode(file.read_bytes(), type=Standing)
        except (OSError, msgspec.DecodeError) as error:
            raise DataError(
                f"What was begun cannot be read: {error}.", file=str(file), remedy="Add the source anew under a name."
            ) from None

    def append(
        self,
        tables: Mapping[str, Columns],
        source: str,
        state: Source,
        standing: Standing | None = None,
        notes: Sequence[tuple[str, str]] = (),
    ) -> int:
        """Take in rows and how far the source is read now, both or neither. Returns how many rows.

        Called inside `writing`. Raises DataError when it cannot write.
        """
        parts = self.stage(tables, source)
        self.agree(parts, source, state, standing, notes)
        return sum(part.rows for part in parts)

    def stage(self, tables: Mapping[str, Columns], source: str) -> list[Part]:
        """Write rows that count only when they are agreed on. Called inside `writing`. Raises DataError."""
        try:
            return self._written(tables, source, secrets.token_hex(6))
        except OSError as error:
            raise self._refused(error) from None

    def agree(
        self,
        parts: Sequence[Part],
        source: str,
        state: Source,
        standing: Standing | None = None,
        notes: Sequence[tuple[str, str]] = (),
    ) -> None:
        """From now on these rows count, and the source is read as far as `state` says. Raises DataError."""
        before = self.ledger.sources.get(source)
        try:
            if standing is not None:
                state = msgspec.structs.replace(state, open=f"open-{secrets.token_hex(6)}.msgpack")
                write_whole(self.root / state.open, msgspec.msgpack.encode(standing))
            self.ledger.parts += parts
            self.ledger.sources[source] = state
            self.ledger.notes += [Note(source, *note) for note in notes]
            write_ledger(self.root, self.ledger)
            if before is not None and before.open:
                (self.root / before.open).unlink(missing_ok=True)
        except OSError as error:
            raise self._refused(error) from None

    def _refused(self, error: Exception) -> DataError:
        why = getattr(error, "strerror", None) or str(error).rstrip(".")
        return DataError(f"Rows cannot be written: {why}.", file=str(self.root))

    def _written(self, tables: Mapping[str, Columns], source: str, token: str) -> list[Part]:
        parts = []
        with connected() as connection:
            for name, columns in tables.items():
                table = TABLE_BY_NAME[name]
                for day, rows in _by_day(columns):
                    path = f"{name}/day={day}/{token}.parquet"
                    connection.register("rows", rows)
                    names = ", ".join(
                        f"CAST({column.name} AS {column.kind}) AS {column.name}" for column in table.columns
                    )
                    self._copy(connection, f"SELECT {names} FROM rows", table, path)
                    connection.unregister("rows")
                    parts.append(self._part(path, table, day, len(rows["at_utc"]), (source,)))
        return parts

    def _copy(self, connection: DuckDBPyConnection, query: str, table: HistoryTable, path: str) -> None:
        import duckdb

        target = self.root / path
        target.parent.mkdir(parents=True, exist_ok=True)
        try:
            connection.execute(
                f"COPY ({query} ORDER BY {', '.join(table.sorted_by)}) TO '{_quoted(target)}' "
                f"(FORMAT parquet, COMPRESSION zstd, ROW_GROUP_SIZE {ROWS_A_GROUP})"
            )
        except duckdb.Error as error:  # of a full disk DuckDB tells in its own way
            raise self._refused(error) from None

    def _part(self, path: str, table: HistoryTable, day: str, rows: int, sources: tuple[str, ...]) -> Part:
        file = self.root / path
        state = file.stat()
        return Part(path, table.name, day, rows, state.st_size, digest_of(file), sources, state.st_mtime_ns)

    def compact(self) -> int:
        """Make one file of several of a table and a day, and remove files that the ledger does not name.

        Returns how many files there are fewer. A part that is broken stays as it is. Called inside `writing`.
        """
        groups: dict[tuple[str, str], list[Part]] = {}
        for part in self.ledger.parts:
            groups.setdefault((part.table, part.day), []).append(part)
        fewer = 0
        with connected() as connection:
            for (name, day), parts in sorted(groups.items()):
                whole = [part for part in parts if self.trouble_with(part) is None]
                if len(whole) > 1:
                    self._join(connection, TABLE_BY_NAME[name], day, whole)
                    fewer += len(whole) - 1
        self._date_anew()
        self._remove_strangers()
        return fewer

    def _date_anew(self) -> None:
        """Parts that were touched and are what they were, as after a copy, need not be compared again each time."""
        dated = [self._dated(part) for part in self.ledger.parts]
        if dated != self.ledger.parts:
            self.ledger.parts = dated
            write_ledger(self.root, self.ledger)

    def _dated(self, part: Part) -> Part:
        if self.trouble_with(part) is not None:
            return part
        return msgspec.structs.replace(part, written_ns=(self.root / part.path).stat().st_mtime_ns)

    def _join(self, connection: DuckDBPyConnection, table: HistoryTable, day: str, parts: Sequence[Part]) -> None:
        path = f"{table.name}/day={day}/{secrets.token_hex(6)}.parquet"
        source = parquet_source(self.root, [part.path for part in parts])
        query = f"SELECT {table.select(columns_in(connection, source))} FROM {source}"
        self._copy(connection, query, table, path)
        sources = tuple(sorted({source for part in parts for source in part.sources}))
        joined = self._part(path, table, day, sum(part.rows for part in parts), sources)
        gone = {part.path for part in parts}
        self.ledger.parts = [part for part in self.ledger.parts if part.path not in gone] + [joined]
        write_ledger(self.root, self.ledger)
        for part in parts:
            (self.root / part.path).unlink(missing_ok=True)

    def _remove_strangers(self) -> None:
        known = {part.path for part in self.ledger.parts}
        for file in self.root.glob("*/day=*/*.parquet"):
            if file.relative_to(self.root).as_posix() not in known:
                file.unlink(missing_ok=True)
        kept = {source.open for source in self.ledger.sources.values()}
        for file in self.root.glob("open-*.msgpack"):
            if file.name not in kept:
                file.unlink(missing_ok=True)

    def forget(self, table: str, before: date) -> int:
        """Remove the partitions of a table of days before that day. Returns how many rows. Called inside `writing`."""
        old = [part for part in self.ledger.parts if part.table == table and part.day < before.isoformat()]
        gone = {part.path for part in old}
        self.ledger.parts = [part for part in self.ledger.parts if part.path not in gone]
        write_ledger(self.root, self.ledger)
        for part in old:
            (self.root / part.path).unlink(missing_ok=True)
        return sum(part.rows for part in old)

    def keep(self, today: date) -> dict[str, int]:
        """Remove what is older than `keep_days` says. Returns the rows by table. Called inside `writing`."""
        return {table: self.forget(table, today - timedelta(days)) for table, days in self.ledger.keep_days.items()}

    def trouble_with(self, part: Part, *, is_thorough: bool = False) -> Broken | None:
        """Whether a part is there and what was written. Every byte is compared where this `is_thorough`, and where the
        file was touched since."""
        file = self.root / part.path
        try:
            state = file.stat()
            if state.st_size != part.bytes:
                return Broken(part.path, f"It is {state.st_size:,} bytes long and was {part.bytes:,}.")
            is_touched = state.st_mtime_ns != part.written_ns
            if (is_thorough or is_touched) and digest_of(file) != part.sha256:
                return Broken(part.path, "Its content is not what was written.")
        except OSError as error:
            return Broken(part.path, f"It cannot be read: {error.strerror or error}.")
        return None

    def missing_days(self) -> list[str]:
        """Days between the first and the last of which no table has a row."""
        days = self.ledger.days()
        if not days:
            return []
        first, last = date.fromisoformat(days[0]), date.fromisoformat(days[-1])
        all_days = ((first + timedelta(number)).isoformat() for number in range((last - first).days))
        return sorted(set(all_days) - set(days))


def connected() -> DuckDBPyConnection:
    """DuckDB in memory, two threads, nothing fetched from elsewhere."""
    import duckdb

    return duckdb.connect(config={"autoinstall_known_extensions": False, "threads": 2})


def parquet_source(root: Path, paths: Iterable[str]) -> str:
    """What SQL reads these parts from, with the `day` of each."""
    files = ", ".join(f"'{_quoted(root.resolve() / path)}'" for path in paths)
    return f"read_parquet([{files}], union_by_name = true, hive_partitioning = true, hive_types = {{'day': DATE}})"


def columns_in(connection: DuckDBPyConnection, source: str) -> set[str]:
    """Names of the columns that were written there. Raises DuckDB's errors for parts that cannot be read."""
    return {str(row[0]) for row in connection.execute(f"DESCRIBE SELECT * FROM {source}").fetchall()}


def digest_of(file: Path) -> str:
    """SHA-256 of a file."""
    with file.open("rb") as stream:
        return file_digest(stream, "sha256").hexdigest()


def _quoted(path: Path) -> str:
    return str(path).replace("'", "''")


def _by_day(columns: Columns) -> Iterator[tuple[str, Columns]]:
    days = columns["at_utc"].astype("datetime64[D]")
    for day in np.unique(days):
        chosen = days == day
        yield str(day), {name: values[chosen] for name, values in columns.items()}
