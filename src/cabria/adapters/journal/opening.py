"""Journals by their address: a file's path, or postgresql://user@host/database."""

from __future__ import annotations

import secrets
from pathlib import Path

from cabria.adapters.journal.entries import Head, Snapshot, snapshot_hash
from cabria.adapters.journal.group_commit import GroupCommitJournal
from cabria.adapters.journal.sqlite_store import SqliteStore
from cabria.adapters.journal.stores import Store, WritingStore
from cabria.domain.errors import DataError

POSTGRESQL = ("postgresql://", "postgres://")


def is_database(address: str) -> bool:
    return address.startswith(POSTGRESQL)


def shown(address: str) -> str:
    """An address without a password."""
    if not is_database(address):
        return address
    from cabria.adapters.journal.postgres_store import without_password

    return without_password(address)


def open_store(address: str) -> Store:
    """To read. Raises DataError for what is no journal, and StoreLostError for a server that does not answer."""
    if is_database(address):
        from cabria.adapters.journal.postgres_store import PostgresStore

        return PostgresStore.open(address)
    return SqliteStore.open(Path(address))


def open_to_write(address: str, name: str = "") -> WritingStore:
    """A journal that is there, or a new one called `name`. Raises as `open_store`, and StoreTakenError."""
    if is_database(address):
        from cabria.adapters.journal.postgres_store import PostgresStore

        return PostgresStore.write_to(address, name)
    return SqliteStore.write_to(Path(address), name)


def open_journal(address: str) -> GroupCommitJournal:
    """The journal of a terminal, made where there is none, ready to be written."""
    return GroupCommitJournal(open_to_write(address, new_name()))


def new_name() -> str:
    """Of a journal: no two have the same."""
    return secrets.token_hex(16)


def latest_snapshot(store: Store, until: int) -> tuple[Snapshot, Head] | None:
    """The last one not after an entry, and that entry, which it was checked against. Raises DataError."""
    snapshot = store.snapshot(until)
    if snapshot is None:
        return None
    entry = next(store.entries(snapshot.number - 1, snapshot.number), None)
    if entry is None or snapshot.hash != snapshot_hash(entry.hash, snapshot.body):
        raise DataError(
            "The snapshot is not what was kept.",
            file=store.where,
            place=f"snapshot {snapshot.number}",
            remedy="Replay from the first entry.",
        )
    return snapshot, Head(entry.number, entry.hash)
