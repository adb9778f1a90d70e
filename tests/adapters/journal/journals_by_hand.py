"""Small journals for tests."""

from __future__ import annotations

from cabria.adapters.journal.group_commit import GroupCommitJournal
from cabria.adapters.journal.opening import open_journal, open_store
from cabria.adapters.journal.stores import Store
from cabria.domain.run_events import JobDone
from cabria.operations.gateways import EntryKind, Record


def report(number: int, job: str = "T01/7") -> Record:
    return Record(EntryKind.REPORT, 1_000 * number, "", JobDone(1_000 * number, job))


def filled(place: str, entries: int) -> None:
    """A journal with so many reports more."""
    with open_journal(place) as journal:
        append(journal, entries)


def append(journal: GroupCommitJournal, entries: int) -> None:
    for _ in range(entries):
        journal.append(report(journal.written + 1))


def jobs(store: Store) -> list[str]:
    from cabria.adapters.journal.entries import record_of

    return [record_of(entry).content.job for entry in store.entries(0, store.head().number)]


def jobs_at(place: str) -> list[str]:
    store = open_store(place)
    try:
        return jobs(store)
    finally:
        store.close()
