"""A journal in one SQLite file: write-ahead log, flushed to disk at every commit.

A second, empty file beside it (`…-writer`) is locked by the operating system as long as a program writes; the lock
ends with the program, however it ends. Readers need no lock and see whole transactions only.
"""

from __future__ import annotations

import os
import sqlite3
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, Self

from cabria.adapters.journal.entries import Entry, Head, Snapshot, first_hash
from cabria.adapters.journal.migrations import APPLICATION_ID, MIGRATIONS
from cabria.adapters.journal.stores import StoreTakenError
from cabria.domain.errors import DataError, TerminalError

PAGE = 2_000
"""Entries read at a time."""
ENTRY = "number, kind, version, at_ms, correlation, body, hash"
READ = (
    "number, CAST(kind AS TEXT), CAST(version AS INTEGER), CAST(at_ms AS INTEGER), CAST(correlation AS TEXT),"
    " CAST(body AS BLOB), CAST(hash AS BLOB)"
)
"""A file that somebody else made may hold other types."""
NOT_OURS = "The file is no journal of ours."
NAME_A_JOURNAL = "Name a journal, or a backup of one."


class SqliteStore:
    """`open` reads; `write_to` writes, and makes the journal where there is none."""

    def __init__(self, path: Path, connection: sqlite3.Connection, lock: sqlite3.Connection | None) -> None:
        self.where = str(path)
        self._path, self._connection, self._lock = path, connection, lock
        self.journal = ""

    @classmethod
    def open(cls, path: Path) -> Self:
        """Raises DataError for what is no journal, is damaged, or was written by a newer version."""
        if not path.is_file():
            raise DataError("There is no such file.", file=str(path), remedy=NAME_A_JOURNAL)
        store = cls(path, _connected(path, "mode=ro"), None)
        try:
            store._check()
        except BaseException:
            store.close()
            raise
        return store

    @classmethod
    def write_to(cls, path: Path, name: str = "", *, journal_mode: str = "WAL") -> Self:
        """A new journal is called `name`. Raises DataError as `open`, and StoreTakenError."""
        if not path.parent.is_dir():
            raise DataError("There is no such folder.", file=str(path.parent))
        lock = _locked(path)
        try:
            is_new = not path.exists() or path.stat().st_size == 0
            store = cls(path, _connected(path, "mode=rwc"), lock)
        except BaseException:
            lock.close()
            raise
        try:
            store._make(name, journal_mode) if is_new else store._check()
            store._set_up(journal_mode)
            store._migrate()
        except BaseException:
            store.close()
            raise
        return store

    def head(self) -> Head:
        """The last entry, or what the chain begins with."""
        row = self._one("SELECT number, hash FROM entries ORDER BY number DESC LIMIT 1")
        return Head(*row) if row else Head(0, first_hash(self.journal))

    def entries(self, after: int, until: int) -> Iterator[Entry]:
        """Read a page at a time, so that a long reader does not keep the write-ahead log from being folded in."""
        while after < until:
            rows = self._all(
                f"SELECT {READ} FROM entries WHERE number > ? AND number <= ? ORDER BY number LIMIT {PAGE}",
                (after, until),
            )
            for row in rows:
                if None in row:
                    raise DataError(
                        "The entry lacks something.",
                        file=self.where,
                        place=f"entry {row[0]}",
                        remedy="Restore a backup.",
                    )
                yield Entry(*row)
            if not rows:
                return
            after = int(rows[-1][0])

    def snapshot(self, until: int) -> Snapshot | None:
        sql = "SELECT number, version, CAST(body AS BLOB), CAST(hash AS BLOB) FROM snapshots"
        row = self._one(f"{sql} WHERE number <= ? ORDER BY number DESC LIMIT 1", (until,))
        return Snapshot(*row) if row else None

    def write(self, entries: Sequence[Entry], snapshots: Sequence[Snapshot]) -> None:
        try:
            self._connection.execute("BEGIN IMMEDIATE")
            self._connection.executemany(f"INSERT INTO entries ({ENTRY}) VALUES (?, ?, ?, ?, ?, ?, ?)", entries)
            self._connection.executemany("INSERT OR IGNORE INTO snapshots VALUES (?, ?, ?, ?)", snapshots)
            self._connection.execute("COMMIT")
        except sqlite3.Error as error:
            raise TerminalError(f"{self.where} cannot be written: {error}.") from None

    def open_again(self) -> None:
        """A file is never lost for a while: what cannot be written stops the journal."""

    def close(self) -> None:
        self._connection.close()
        if self._lock is not None:
            self._lock.close()

    def _one(self, sql: str, values: tuple[object, ...] = ()) -> Any:
        try:
            return self._connection.execute(sql, values).fetchone()
        except sqlite3.Error as error:
            raise self._damaged(error) from None

    def _all(self, sql: str, values: tuple[object, ...]) -> list[Any]:
        try:
            return self._connection.execute(sql, values).fetchall()
        except sqlite3.Error as error:
            raise self._damaged(error) from None

    def _make(self, name: str, journal_mode: str) -> None:
        """The first transaction is a migration, so that a program that dies here leaves an empty file or a journal."""
        self.journal = name
        if not name:
            raise DataError("There is no journal here yet.", file=self.where, remedy=NAME_A_JOURNAL)
        self._connection.execute(f"PRAGMA journal_mode = {journal_mode}")

    def _set_up(self, journal_mode: str) -> None:
        """Every commit is on the disk when it returns; on a Mac that must be asked for."""
        for setting in (
            f"journal_mode = {journal_mode}",
            "synchronous = FULL",
            "fullfsync = ON",
            "busy_timeout = 10000",
        ):
            self._connection.execute(f"PRAGMA {setting}")

    def _migrate(self) -> None:
        """To the newest version, each step in one transaction."""
        (version,) = self._connection.execute("PRAGMA user_version").fetchone()
        try:
            for number, migration in enumerate(MIGRATIONS[version:], version + 1):
                self._connection.execute("BEGIN EXCLUSIVE")
                for statement in migration.sqlite:
                    self._connection.execute(statement)
                if number == 1:
                    self._connection.execute("INSERT INTO journal VALUES (?)", (self.journal,))
                self._connection.execute(f"PRAGMA application_id = {APPLICATION_ID}")
                self._connection.execute(f"PRAGMA user_version = {number}")
                self._connection.execute("COMMIT")
        except sqlite3.Error as error:
            raise TerminalError(f"{self.where} cannot be brought to version {len(MIGRATIONS)}: {error}.") from None
        flush_folder(self._path.parent)

    def _check(self) -> None:
        """Ours, readable, and not newer than this program."""
        try:
            (application,) = self._connection.execute("PRAGMA application_id").fetchone()
            (version,) = self._connection.execute("PRAGMA user_version").fetchone()
            if application != APPLICATION_ID or version < 1:
                raise DataError(NOT_OURS, file=self.where, remedy=NAME_A_JOURNAL)
            if version > len(MIGRATIONS):
                raise DataError(
                    f"The journal is of version {version}; this program knows up to {len(MIGRATIONS)}.",
                    file=self.where,
                    remedy="Use a newer Cabria.",
                )
            names = self._connection.execute("SELECT name FROM journal").fetchall()
        except sqlite3.Error as error:
            raise self._damaged(error) from None
        if len(names) != 1 or not isinstance(names[0][0], str):
            raise DataError("The journal has lost its name.", file=self.where, remedy="Restore a backup.")
        (self.journal,) = names[0]

    def _damaged(self, error: sqlite3.Error) -> DataError:
        text = str(error)
        if "not a database" in text:
            return DataError(NOT_OURS, file=self.where, remedy=NAME_A_JOURNAL)
        return DataError(f"The journal cannot be read: {text}.", file=self.where, remedy="Restore a backup.")


def _connected(path: Path, mode: str) -> sqlite3.Connection:
    """Transactions are begun and ended by us alone; one thread at a time uses it, not always the same."""
    try:
        connection = sqlite3.connect(
            f"{path.absolute().as_uri()}?{mode}", uri=True, isolation_level=None, check_same_thread=False, timeout=10
        )
        connection.execute("PRAGMA trusted_schema = OFF")
        return connection
    except sqlite3.Error as error:
        raise DataError(f"The journal cannot be opened: {error}.", file=str(path)) from None


def _locked(path: Path) -> sqlite3.Connection:
    """The sign of who writes. Raises StoreTakenError."""
    beside = path.with_name(f"{path.name}-writer")
    lock = _connected(beside, "mode=rwc")
    try:
        lock.execute("PRAGMA busy_timeout = 0")
        lock.execute("BEGIN EXCLUSIVE")
    except sqlite3.OperationalError as error:
        lock.close()
        if "locked" not in str(error):
            raise DataError(f"The journal cannot be opened: {error}.", file=str(path)) from None
        raise StoreTakenError(
            f"{path} is being written by another program; a journal has one writer at a time."
        ) from None
    except sqlite3.Error:
        lock.close()
        raise DataError("This stands where a journal keeps its lock; it is none of ours.", file=str(beside)) from None
    return lock


def flush_folder(folder: Path) -> None:
    """Names of files that were made or moved there are on the disk too."""
    if sys.platform == "win32":
        return
    number = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(number)
    finally:
        os.close(number)
