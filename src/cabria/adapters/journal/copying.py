"""Checking a journal from end to end, and copying one into another: backup, restore, from one database to the other.

A copy is checked entry by entry as it is made, so what is copied is whole. Who writes the journal goes on meanwhile;
the copy ends with the entry that was the last when it began. A file is written beside and put in its place at the end,
or, when it is an earlier copy of the same journal, only what is new is appended to it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import islice
from pathlib import Path
from typing import NamedTuple

from cabria.adapters.journal.entries import Entry, Head, Snapshot, checked, first_hash, record_of, snapshot_hash
from cabria.adapters.journal.opening import is_database, open_store, open_to_write
from cabria.adapters.journal.sqlite_store import SqliteStore, flush_folder
from cabria.adapters.journal.stores import Store, WritingStore
from cabria.domain.errors import DataError

BATCH = 5_000
"""Entries copied in one transaction."""


class Verified(NamedTuple):
    """A journal that is whole: its name, its last entry, and how many of each kind."""

    journal: str
    head: Head
    kinds: dict[str, int]
    snapshots: int


def verify(store: Store, seal: Head | None = None) -> Verified:
    """Read and check everything. `seal` is an entry that was noted down elsewhere, which must be in it.

    Raises BrokenChainError at the first entry that is not what was written, and DataError for one that says nothing, a
    false snapshot, and a journal that lacks its seal.
    """
    head, kinds, last = store.head(), dict[str, int](), Head(0, first_hash(store.journal))
    snapshots, sealed = 0, seal is None or seal == last
    for entry in checked(store.entries(0, head.number), last):
        record_of(entry, store.where)
        kinds[entry.kind] = kinds.get(entry.kind, 0) + 1
        last = Head(entry.number, entry.hash)
        sealed = sealed or last == seal
    for snapshot in _snapshots(store, head.number):
        entry = next(store.entries(snapshot.number - 1, snapshot.number))
        if snapshot.hash != snapshot_hash(entry.hash, snapshot.body):
            raise DataError("The snapshot is not what was kept.", place=f"snapshot {snapshot.number}")
        snapshots += 1
    if last != head:
        raise DataError(f"The journal ends at entry {last.number}, not at {head.number}.", place=f"entry {last.number}")
    if not sealed and seal is not None:
        raise DataError(
            f"The journal does not hold the sealed entry {seal.number}: its end was cut off, or it is another journal.",
            remedy="Restore a backup that holds it.",
        )
    return Verified(store.journal, head, kinds, snapshots)


def _snapshots(store: Store, until: int) -> Iterator[Snapshot]:
    while (snapshot := store.snapshot(until)) is not None:
        yield snapshot
        until = snapshot.number - 1


def backup(source: Store, target: Path) -> Head:
    """Into a file that needs nothing beside it; an earlier backup of the same journal is brought up to date.

    Raises DataError when the target is something else, which is left alone, or when the source is broken; up to there
    an earlier backup is brought up to date, a new one is not begun.
    """
    if target.exists():
        return _continue(source, target)
    return _whole_copy(source, target)


def _whole_copy(source: Store, target: Path) -> Head:
    """Written beside, and put in its place at the end."""
    draft = target.with_name(f".{target.name}.draft")
    _remove(draft)
    try:
        copied = _copy_into(source, SqliteStore.write_to(draft, source.journal, journal_mode="DELETE"))
        draft.replace(target)
        flush_folder(target.parent)
    finally:
        _remove(draft)
    return copied


def _continue(source: Store, target: Path) -> Head:
    store = SqliteStore.write_to(target, journal_mode="DELETE")
    if store.journal != source.journal:
        store.close()
        raise DataError(
            "This is a backup of another journal, so it is left alone.", file=str(target), remedy="Name another file."
        )
    return _copy_into(source, store)


def restore(source: Store, address: str) -> Head:
    """Into a place where there is no journal yet. Everything is checked before anything is written.

    Raises DataError when there is one already, or when the source is broken.
    """
    _refuse_taken(address)
    verify(source)
    if is_database(address):
        return _copy_into(source, open_to_write(address, source.journal))
    return _whole_copy(source, Path(address))


def _refuse_taken(address: str) -> None:
    if not is_database(address):
        if Path(address).exists():
            raise DataError("Something stands there already.", file=address, remedy="Name a place where nothing is.")
        return
    try:
        store = open_store(address)
    except DataError as error:
        if "no journal in this database" in error.problem:
            return
        raise
    where = store.where
    store.close()
    raise DataError("There is a journal already.", file=where, remedy="Name an empty database.")


def _copy_into(source: Store, target: WritingStore) -> Head:
    """All that the target lacks of what the source has now. Closes the target."""
    try:
        have, until = target.head(), source.head()
        if have.number > until.number or (have.number and _hash_at(source, have.number) != have.hash):
            raise DataError(
                f"Its entry {have.number} is not in the journal that is copied.",
                file=target.where,
                remedy="Name another file.",
            )
        for batch in _batches(checked(source.entries(have.number, until.number), have)):
            target.write(batch, [])
        snapshot = source.snapshot(until.number)
        if snapshot is not None and snapshot.hash == snapshot_hash(_hash_at(source, snapshot.number), snapshot.body):
            target.write([], [snapshot])
        return target.head()
    finally:
        target.close()


def _hash_at(store: Store, number: int) -> bytes:
    entry = next(store.entries(number - 1, number), None)
    return b"" if entry is None else entry.hash


def _batches(entries: Iterable[Entry]) -> Iterator[list[Entry]]:
    rows = iter(entries)
    while batch := list(islice(rows, BATCH)):
        yield batch


def _remove(path: Path) -> None:
    for end in ("", "-journal", "-wal", "-shm", "-writer"):
        path.with_name(path.name + end).unlink(missing_ok=True)
