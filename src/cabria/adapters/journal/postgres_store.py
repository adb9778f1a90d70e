"""A journal in PostgreSQL, through one connection that holds the right to write (an advisory lock of its session).

Entries go over the very connection that holds the lock, so a program that has lost it cannot write any more. What is
committed is on the server's disk: a server that says otherwise (`fsync` off) is refused.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Iterator, Sequence
from threading import Thread
from time import monotonic, sleep
from typing import Any, Self, TypeVar
from urllib.parse import urlsplit

from cabria.adapters.journal.entries import Entry, Head, Snapshot, first_hash
from cabria.adapters.journal.migrations import MIGRATIONS, SCHEMA
from cabria.adapters.journal.stores import StoreLostError, StoreTakenError
from cabria.domain.errors import DataError, TerminalError

PAGE = 2_000
"""Entries read at a time."""
ANSWER_S = 10.0
"""How long a server may take to answer before it counts as lost."""
RELEASE_S = 5.0
"""How long the lock of a program that has just died may take to be free."""
WRITER = 0x43414252
"""The advisory lock: "CABR", and the number of the table."""
ENTRY = ("number", "kind", "version", "at_ms", "correlation", "body", "hash")
NAME_A_JOURNAL = "Name a database with a journal, as postgresql://user@host/database."

Result = TypeVar("Result")


class PostgresStore:
    """`open` reads; `write_to` writes, and makes the journal where there is none. One thread at a time uses it."""

    def __init__(self, url: str) -> None:
        self.where = without_password(url)
        self.journal = ""
        self._url = url
        self._asyncpg = _driver()
        self._loop = asyncio.new_event_loop()
        self._thread = Thread(target=self._loop.run_forever, name="journal's connection", daemon=True)
        self._thread.start()
        self._connection: Any = None
        self._writes = False

    @classmethod
    def open(cls, url: str) -> Self:
        """Raises DataError for a database without a journal, and for a newer one; StoreLostError for no answer."""
        store = cls(url)
        try:
            store._connect()
            store._check(store._version())
        except BaseException:
            store.close()
            raise
        return store

    @classmethod
    def write_to(cls, url: str, name: str = "") -> Self:
        """A new journal is called `name`. Raises as `open`, and StoreTakenError."""
        store = cls(url)
        try:
            store._connect()
            version = store._version()
            if version == 0 and not name:
                raise DataError("There is no journal here yet.", file=store.where, remedy=NAME_A_JOURNAL)
            if version:
                store._check(version)
            store._migrate(version, name)
            store._lock(RELEASE_S)
        except BaseException:
            store.close()
            raise
        return store

    def head(self) -> Head:
        """The last entry, or what the chain begins with."""
        rows = self._fetch(f"SELECT number, hash FROM {SCHEMA}.entries ORDER BY number DESC LIMIT 1")
        return Head(rows[0][0], rows[0][1]) if rows else Head(0, first_hash(self.journal))

    def entries(self, after: int, until: int) -> Iterator[Entry]:
        """Read a page at a time; no transaction stays open."""
        sql = f"SELECT {', '.join(ENTRY)} FROM {SCHEMA}.entries WHERE number > $1 AND number <= $2 ORDER BY number"
        while after < until:
            rows = self._fetch(f"{sql} LIMIT {PAGE}", after, until)
            for row in rows:
                yield Entry(*row)
            if not rows:
                return
            after = int(rows[-1][0])

    def snapshot(self, until: int) -> Snapshot | None:
        sql = f"SELECT number, version, body, hash FROM {SCHEMA}.snapshots WHERE number <= $1"
        rows = self._fetch(f"{sql} ORDER BY number DESC LIMIT 1", until)
        return Snapshot(*rows[0]) if rows else None

    def write(self, entries: Sequence[Entry], snapshots: Sequence[Snapshot]) -> None:
        self._run(self._write(entries, snapshots))

    def open_again(self) -> None:
        """A new connection, and the right to write."""
        self._disconnect()
        self._connect()
        self._lock(RELEASE_S)

    def close(self) -> None:
        self._disconnect()
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    async def _write(self, entries: Sequence[Entry], snapshots: Sequence[Snapshot]) -> None:
        async with self._connection.transaction():
            if entries:
                await self._connection.copy_records_to_table(
                    "entries", schema_name=SCHEMA, columns=ENTRY, records=entries
                )
            if snapshots:
                await self._connection.executemany(
                    f"INSERT INTO {SCHEMA}.snapshots VALUES ($1, $2, $3, $4) ON CONFLICT (number) DO NOTHING", snapshots
                )

    def _connect(self) -> None:
        settings = {
            "application_name": "cabria journal",
            "synchronous_commit": "on",
            "tcp_keepalives_idle": "5",
            "tcp_keepalives_interval": "2",
            "tcp_keepalives_count": "3",
        }
        asyncpg = self._asyncpg
        try:
            self._connection = self._run(
                asyncpg.connect(self._url, timeout=ANSWER_S, command_timeout=None, server_settings=settings)
            )
        except (asyncpg.InvalidPasswordError, asyncpg.InvalidAuthorizationSpecificationError) as error:
            raise DataError(f"The server lets nobody in by that name: {error}.", file=self.where) from None
        except (asyncpg.InvalidCatalogNameError, ValueError) as error:
            raise DataError(f"There is no such database: {error}.", file=self.where, remedy=NAME_A_JOURNAL) from None
        self._refuse_careless()

    def _refuse_careless(self) -> None:
        (fsync,) = self._fetch("SHOW fsync")[0]
        if fsync != "on":
            raise DataError(
                "The server says it has written before it has (fsync is off).",
                file=self.where,
                remedy="Set fsync = on; a journal there would be worth nothing.",
            )

    def _disconnect(self) -> None:
        """Ends the session even if the server does not answer."""
        if self._connection is not None:
            connection, self._connection = self._connection, None
            self._run(_ended(connection))

    def _lock(self, patience_s: float) -> None:
        """The right to write. A program that died a moment ago may still seem to have it."""
        until_s = monotonic() + patience_s
        lock = f"SELECT pg_try_advisory_lock({WRITER}, '{SCHEMA}.entries'::regclass::oid::int)"
        while not self._fetch(lock)[0][0]:
            if monotonic() > until_s:
                raise StoreTakenError(
                    f"{self.where} is being written by another program{self._holder()}; "
                    "a journal has one writer at a time."
                )
            sleep(0.05)

    def _holder(self) -> str:
        rows = self._fetch(
            "SELECT a.application_name, coalesce(a.client_addr::text, 'this machine') FROM pg_locks l"
            " JOIN pg_stat_activity a USING (pid) WHERE l.locktype = 'advisory' AND l.granted"
            f" AND l.classid = {WRITER}"
        )
        return f" ({rows[0][0]} on {rows[0][1]})" if rows else ""

    def _version(self) -> int:
        """0 for a database without a journal. Raises DataError for a schema of that name that is not ours."""
        if not self._fetch("SELECT 1 FROM pg_namespace WHERE nspname = $1", SCHEMA):
            return 0
        try:
            rows = self._fetch(f"SELECT max(version) FROM {SCHEMA}.migrations")
        except TerminalError:
            raise DataError(f"The schema {SCHEMA} is no journal of ours.", file=self.where) from None
        return int(rows[0][0] or 0)

    def _check(self, version: int) -> None:
        if version == 0:
            raise DataError("There is no journal in this database.", file=self.where, remedy=NAME_A_JOURNAL)
        if version > len(MIGRATIONS):
            raise DataError(
                f"The journal is of version {version}; this program knows up to {len(MIGRATIONS)}.",
                file=self.where,
                remedy="Use a newer Cabria.",
            )
        rows = self._fetch(f"SELECT name FROM {SCHEMA}.journal")
        if len(rows) != 1:
            raise DataError("The journal has lost its name.", file=self.where, remedy="Restore a backup.")
        self.journal = rows[0][0]

    def _migrate(self, version: int, name: str) -> None:
        """To the newest version, in one transaction; a second program that begins at the same time waits for it."""
        self._run(self._migrated(version, name))
        self._check(self._version())

    async def _migrated(self, version: int, name: str) -> None:
        if version == len(MIGRATIONS):
            return
        async with self._connection.transaction():
            await self._connection.execute(f"SELECT pg_advisory_xact_lock({WRITER})")
            await self._connection.execute(f"CREATE SCHEMA IF NOT EXISTS {SCHEMA}")
            await self._connection.execute(
                f"CREATE TABLE IF NOT EXISTS {SCHEMA}.migrations (version INTEGER PRIMARY KEY, what TEXT NOT NULL)"
            )
            done = await self._connection.fetchval(f"SELECT coalesce(max(version), 0) FROM {SCHEMA}.migrations")
            for number, migration in enumerate(MIGRATIONS[done:], done + 1):
                for statement in migration.postgresql:
                    await self._connection.execute(statement)
                if number == 1:
                    await self._connection.execute(f"INSERT INTO {SCHEMA}.journal VALUES ($1)", name)
                await self._connection.execute(
                    f"INSERT INTO {SCHEMA}.migrations VALUES ($1, $2)", number, migration.what
                )

    def _fetch(self, sql: str, *values: object) -> list[Any]:
        rows: list[Any] = self._run(self._connection.fetch(sql, *values))
        return rows

    def _run(self, work: Awaitable[Result]) -> Result:
        """Raises StoreLostError when the server is gone, TerminalError for what it refuses."""
        asyncpg = self._asyncpg
        try:
            return asyncio.run_coroutine_threadsafe(asyncio.wait_for(work, 6 * ANSWER_S), self._loop).result()
        except (asyncpg.InvalidPasswordError, asyncpg.InvalidAuthorizationSpecificationError):
            raise
        except asyncpg.InvalidCatalogNameError:
            raise
        except (
            OSError,
            TimeoutError,
            asyncpg.InterfaceError,
            asyncpg.PostgresConnectionError,
            asyncpg.OperatorInterventionError,
            asyncpg.InternalClientError,
        ) as error:
            raise StoreLostError(f"{self.where} does not answer: {error or type(error).__name__}.") from None
        except asyncpg.PostgresError as error:
            raise TerminalError(f"{self.where} refuses: {error}.") from None


def without_password(url: str) -> str:
    """A database's address as it may be shown."""
    parts = urlsplit(url)
    if parts.password is None and not parts.query:
        return url
    host = parts.netloc.rpartition("@")[2]
    user = f"{parts.username}@" if parts.username else ""
    return parts._replace(netloc=f"{user}{host}", query="").geturl()


async def _ended(connection: Any) -> None:
    """Without a word to a server that may not answer."""
    connection.terminate()


def _driver() -> Any:
    """Installed with the extra `postgresql`."""
    try:
        import asyncpg
    except ImportError:
        raise TerminalError(
            "A journal in PostgreSQL needs the driver asyncpg: install cabria[postgresql], or use a file."
        ) from None
    return asyncpg
