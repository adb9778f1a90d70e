"""What was taken in, what became of it and what is still to be sent: one SQLite file, flushed at every step.

A file is one row by the digest of its content, from the moment it is taken until for ever; its content is forgotten
after a time, the row is not. An interchange is known by who sent it, its reference and what it says without line
breaks, so that the same one in another wrapping is known again.
"""

from __future__ import annotations

import sqlite3
import zlib
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from enum import StrEnum
from pathlib import Path
from typing import NamedTuple

from cabria.domain.errors import DataError, TerminalError

VERSION = 1
APPLICATION_ID = 0x43425258
_TABLES = """
CREATE TABLE taken (
    number INTEGER PRIMARY KEY, digest TEXT NOT NULL UNIQUE, partner TEXT NOT NULL, name TEXT NOT NULL,
    at_ms INTEGER NOT NULL, content BLOB, state TEXT NOT NULL, tries INTEGER NOT NULL, what TEXT NOT NULL,
    is_removed INTEGER NOT NULL DEFAULT 0
) STRICT;
CREATE INDEX taken_state ON taken (state);
CREATE TABLE interchanges (
    sender TEXT NOT NULL, reference TEXT NOT NULL, saying TEXT NOT NULL, digest TEXT NOT NULL,
    PRIMARY KEY (sender, reference)
) STRICT, WITHOUT ROWID;
CREATE TABLE parcels (
    number INTEGER PRIMARY KEY, key TEXT NOT NULL UNIQUE, partner TEXT NOT NULL, folder TEXT NOT NULL,
    name TEXT NOT NULL, content BLOB, at_ms INTEGER NOT NULL, is_sent INTEGER NOT NULL
) STRICT;
CREATE INDEX parcels_unsent ON parcels (is_sent);
CREATE TABLE marks (name TEXT PRIMARY KEY, value INTEGER NOT NULL) STRICT, WITHOUT ROWID;
"""


class State(StrEnum):
    """What became of a file."""

    TAKEN = "taken"
    """Still to be worked on."""
    WAITING = "waiting"
    """For something that is not known yet, such as the call it is for."""
    DONE = "done"
    REFUSED = "refused"
    """Read, and not taken over; the letter says why."""
    ASIDE = "aside"
    """No message, or none that can be worked on."""
    AGAIN = "again"
    """An interchange that had come before in another wrapping."""


class Taken(NamedTuple):
    """A file that was taken in. `what` says in a sentence what became of it."""

    digest: str
    partner: str
    name: str
    at_ms: int
    state: State
    tries: int
    what: str
    is_removed: bool = False
    """Whether it is known to be out of `in`: one that comes then was sent again."""


class Parcel(NamedTuple):
    """A file to be written for a partner. The same `key` is sent once."""

    key: str
    partner: str
    folder: str
    name: str
    content: bytes


class Interchange(NamedTuple):
    """`saying` is a digest of what it says."""

    sender: str
    reference: str
    saying: str


class Ledger:
    """One writer at a time; a second one is refused."""

    def __init__(self, path: Path) -> None:
        """Raises DataError for a file that is no ledger, is damaged, or is written by another program now."""
        self.where = str(path)
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            self._db = sqlite3.connect(path, isolation_level=None, timeout=1.0, check_same_thread=False)
            self._db.execute("PRAGMA locking_mode = EXCLUSIVE")
            self._db.execute("PRAGMA journal_mode = WAL")
            self._db.execute("PRAGMA synchronous = FULL")
            self._make_or_check()
        except sqlite3.OperationalError as error:
            busy = "locked" in str(error)
            problem = "Another program writes this ledger now." if busy else f"The ledger cannot be opened: {error}."
            raise DataError(problem, file=self.where, remedy="End the other one first." if busy else "") from None
        except (sqlite3.DatabaseError, OSError) as error:
            raise DataError(f"This is no ledger of an exchange: {error}.", file=self.where) from None

    def _make_or_check(self) -> None:
        (version,) = self._db.execute("PRAGMA user_version").fetchone()
        (owner,) = self._db.execute("PRAGMA application_id").fetchone()
        (tables,) = self._db.execute("SELECT count(*) FROM sqlite_master").fetchone()
        if version == 0 and tables == 0:
            with self._whole():
                for statement in _TABLES.split(";"):
                    self._db.execute(statement)
                self._db.execute(f"PRAGMA user_version = {VERSION}")
                self._db.execute(f"PRAGMA application_id = {APPLICATION_ID}")
        elif owner != APPLICATION_ID or version > VERSION:
            told = "it was written by a newer Cabria" if owner == APPLICATION_ID else "it is something else"
            raise DataError(f"This is no ledger that can be read here: {told}.", file=self.where)
        else:
            with self._whole():  # takes the lock now, not at the first message
                self._db.execute("UPDATE marks SET value = value WHERE name = ''")

    @contextmanager
    def _whole(self) -> Iterator[None]:
        """One transaction: all of it or nothing."""
        try:
            self._db.execute("BEGIN IMMEDIATE")
            yield
            self._db.execute("COMMIT")
        except BaseException:
            if self._db.in_transaction:  # a full disk may have ended it already
                self._db.execute("ROLLBACK")
            raise

    @contextmanager
    def _writing(self) -> Iterator[None]:
        """The same. Raises TerminalError where it cannot be written now, as on a full disk."""
        try:
            with self._whole():
                yield
        except sqlite3.Error as error:
            raise TerminalError(f"{self.where} cannot be written: {error}.") from None

    def take(self, digest: str, partner: str, name: str, content: bytes, at_ms: int) -> bool:
        """Whether the content is to be worked on; it is kept then, durable when this returns. What was refused changed
        nothing, so whoever sends it again has it looked at again."""
        with self._writing():
            row = (digest, partner, name, at_ms, zlib.compress(content, 1), State.TAKEN)
            done = self._db.execute(
                "INSERT OR IGNORE INTO taken (digest, partner, name, at_ms, content, state, tries, what)"
                " VALUES (?, ?, ?, ?, ?, ?, 0, '')",
                row,
            )
            again = self._db.execute(
                "UPDATE taken SET state = ?, tries = 0, is_removed = 0, content = ?, name = ?, partner = ?, at_ms = ?"
                " WHERE digest = ? AND state = ?",
                (State.TAKEN, row[4], name, partner, at_ms, digest, State.REFUSED),
            )
            return done.rowcount + again.rowcount == 1

    def removed(self, digest: str) -> None:
        """The file is out of `in`."""
        with self._writing():
            self._db.execute("UPDATE taken SET is_removed = 1 WHERE digest = ?", (digest,))

    def note_aside(self, digest: str, partner: str, name: str, at_ms: int, why: str, parcels: Iterable[Parcel]) -> None:
        """A file that is not even fetched."""
        with self._writing():
            self._db.execute(
                "INSERT OR REPLACE INTO taken (digest, partner, name, at_ms, content, state, tries, what)"
                " VALUES (?, ?, ?, ?, NULL, ?, 0, ?)",
                (digest, partner, name, at_ms, State.ASIDE, why),
            )
            self._add(parcels, at_ms)

    def known(self, digest: str) -> Taken | None:
        row = self._db.execute(f"SELECT {_COLUMNS} FROM taken WHERE digest = ?", (digest,)).fetchone()
        return _taken(row) if row else None

    def to_do(self, *states: State) -> tuple[Taken, ...]:
        """Files in these states, in the order in which they came."""
        marks = ", ".join("?" * len(states))
        rows = self._db.execute(
            f"SELECT {_COLUMNS} FROM taken WHERE state IN ({marks}) ORDER BY number",
            states,
        )
        return tuple(_taken(row) for row in rows)

    def content(self, digest: str) -> bytes:
        """Raises LookupError once it has been forgotten."""
        row = self._db.execute("SELECT content FROM taken WHERE digest = ?", (digest,)).fetchone()
        if row is None or row[0] is None:
            raise LookupError(digest)
        return zlib.decompress(row[0])

    def begin(self, digest: str) -> int:
        """Work on a file begins; how often that is now. It is written before anything is tried, so that a file which
        ends the program is known the next time."""
        with self._writing():
            self._db.execute("UPDATE taken SET tries = tries + 1 WHERE digest = ?", (digest,))
        (tries,) = self._db.execute("SELECT tries FROM taken WHERE digest = ?", (digest,)).fetchone()
        return int(tries)

    def give_back(self, digest: str, why: str) -> None:
        """Work on a file was not begun after all, through no fault of its own."""
        with self._writing():
            self._db.execute("UPDATE taken SET tries = tries - 1, what = ? WHERE digest = ?", (why, digest))

    def same_reference(self, sender: str, reference: str) -> tuple[str, str] | None:
        """What the sender's interchange of this reference said, and the digest of its file."""
        row: tuple[str, str] | None = self._db.execute(
            "SELECT saying, digest FROM interchanges WHERE sender = ? AND reference = ?", (sender, reference)
        ).fetchone()
        return row

    def finish(
        self,
        digest: str,
        state: State,
        what: str,
        at_ms: int,
        *,
        interchange: Interchange | None = None,
        parcels: Iterable[Parcel] = (),
    ) -> None:
        """What became of a file, and all that is to be sent because of it, in one step."""
        with self._writing():
            tries = ", tries = 0" if state is State.WAITING else ""
            self._db.execute(f"UPDATE taken SET state = ?, what = ?{tries} WHERE digest = ?", (state, what, digest))
            if interchange is not None:
                self._db.execute("INSERT OR REPLACE INTO interchanges VALUES (?, ?, ?, ?)", (*interchange, digest))
            self._add(parcels, at_ms)

    def put(self, parcels: Iterable[Parcel], at_ms: int, mark: tuple[str, int] | None = None) -> None:
        """Files to be sent for a reason of our own, and up to where that reason has been followed."""
        with self._writing():
            self._add(parcels, at_ms)
            if mark is not None:
                self._db.execute("INSERT OR REPLACE INTO marks VALUES (?, ?)", mark)

    def _add(self, parcels: Iterable[Parcel], at_ms: int) -> None:
        self._db.executemany(
            "INSERT OR IGNORE INTO parcels (key, partner, folder, name, content, at_ms, is_sent)"
            " VALUES (?, ?, ?, ?, ?, ?, 0)",
            [(p.key, p.partner, p.folder, p.name, zlib.compress(p.content, 1), at_ms) for p in parcels],
        )

    def mark(self, name: str) -> int:
        """How far something has been followed; 0 when nobody said."""
        row = self._db.execute("SELECT value FROM marks WHERE name = ?", (name,)).fetchone()
        return int(row[0]) if row else 0

    def unsent(self, partner: str) -> Iterator[Parcel]:
        """In the order in which they were put."""
        after = 0
        while True:
            row = self._db.execute(
                "SELECT number, key, partner, folder, name, content FROM parcels"
                " WHERE is_sent = 0 AND partner = ? AND number > ? ORDER BY number LIMIT 1",
                (partner, after),
            ).fetchone()
            if row is None:
                return
            after, key, to, folder, name, content = row
            yield Parcel(key, to, folder, name, zlib.decompress(content))

    def sent(self, key: str) -> None:
        with self._writing():
            self._db.execute("UPDATE parcels SET is_sent = 1 WHERE key = ?", (key,))

    def forget_contents(self, before_ms: int) -> int:
        """Contents of files and of what was sent that are older; how many. That they came is never forgotten."""
        finished = (State.DONE, State.REFUSED, State.ASIDE, State.AGAIN)
        with self._writing():
            one = self._db.execute(
                "UPDATE taken SET content = NULL WHERE content IS NOT NULL AND at_ms < ? AND state IN (?, ?, ?, ?)",
                (before_ms, *finished),
            )
            other = self._db.execute(
                "UPDATE parcels SET content = NULL WHERE content IS NOT NULL AND at_ms < ? AND is_sent = 1",
                (before_ms,),
            )
            return one.rowcount + other.rowcount

    def counts(self) -> dict[str, int]:
        """Files by what became of them, and what is still to be sent."""
        found = dict(self._db.execute("SELECT state, count(*) FROM taken GROUP BY state").fetchall())
        (unsent,) = self._db.execute("SELECT count(*) FROM parcels WHERE is_sent = 0").fetchone()
        return {**{str(state): int(found.get(state, 0)) for state in State}, "unsent": int(unsent)}

    def close(self) -> None:
        self._db.close()


_COLUMNS = "digest, partner, name, at_ms, state, tries, what, is_removed"


def _taken(row: tuple[str, str, str, int, str, int, str, int]) -> Taken:
    return Taken(row[0], row[1], row[2], row[3], State(row[4]), row[5], row[6], bool(row[7]))
