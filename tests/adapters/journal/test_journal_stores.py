"""A journal in either database: durable in order, one writer, whole transactions, and only ever appended."""

from __future__ import annotations

import asyncio
import sqlite3
import threading
from pathlib import Path
from typing import Any

import pytest
from tests.adapters.journal.journals_by_hand import append, filled, jobs_at, report

from benchmarks.postgres_server import PostgresServer
from cabria.adapters.journal import migrations
from cabria.adapters.journal.entries import Head, first_hash
from cabria.adapters.journal.group_commit import Acknowledgements, GroupCommitJournal
from cabria.adapters.journal.opening import latest_snapshot, open_journal, open_store, open_to_write
from cabria.adapters.journal.postgres_store import PostgresStore, without_password
from cabria.adapters.journal.sqlite_store import SqliteStore
from cabria.adapters.journal.stores import StoreTakenError
from cabria.domain.errors import DataError, TerminalError
from cabria.operations.gateways import JournalStoppedError


def test_entries_are_there_again_and_go_on_with_the_next_number(place: str) -> None:
    with open_journal(place) as journal:
        assert journal.append(report(1, "first")) == 1
        journal.wait(1)
        assert journal.durable == 1
        journal.append(report(2, "second"))
    with open_journal(place) as journal:
        assert journal.written == journal.durable == 2
        assert journal.append(report(3, "third")) == 3
    assert jobs_at(place) == ["first", "second", "third"]


def test_many_threads_write_in_one_order_and_nothing_is_lost_or_doubled(place: str) -> None:
    numbers: dict[int, str] = {}

    def write(name: int) -> None:
        for count in range(20):
            number = journal.append(report(count, f"{name}/{count}"))
            journal.wait(number)
            numbers[number] = f"{name}/{count}"

    with open_journal(place) as journal:
        threads = [threading.Thread(target=write, args=(name,)) for name in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert sorted(numbers) == list(range(1, 161))
    assert jobs_at(place) == [numbers[number] for number in range(1, 161)]


def test_a_loop_is_woken_for_each_of_its_entries(place: str) -> None:
    async def write() -> list[int]:
        with open_journal(place) as journal, Acknowledgements(journal) as acknowledged:
            return await asyncio.gather(*(acknowledged.append(report(n)) for n in range(50)))

    assert sorted(asyncio.run(write())) == list(range(1, 51))


def test_a_second_writer_is_refused_and_readers_are_not(place: str) -> None:
    with open_journal(place) as journal:
        append(journal, 3)
        journal.wait(3)
        with pytest.raises(StoreTakenError, match="one writer at a time"):
            refused_at_once(place)
        assert len(jobs_at(place)) == 3
        append(journal, 1)
    filled(place, 1)
    assert len(jobs_at(place)) == 5


def refused_at_once(place: str) -> None:
    """Without the patience for a program that died a moment ago."""
    if place.startswith("postgresql"):
        store = PostgresStore.open(place)
        try:
            store._lock(0)
        finally:
            store.close()
    else:
        open_to_write(place)


def test_snapshots_are_kept_with_their_entry(place: str) -> None:
    with open_journal(place) as journal:
        append(journal, 2)
        journal.keep(2, ("how", "it", "stood"))
        append(journal, 2)
        journal.keep(4, ("how", "it", "stands"))
        with pytest.raises(ValueError, match="appended since"):
            journal.keep(3, ())
    store = open_store(place)
    assert store.snapshot(1) is None
    latest = latest_snapshot(store, 10)
    earlier = latest_snapshot(store, 3)
    assert latest is not None
    assert earlier is not None
    assert (latest[0].number, latest[0].body) == (4, b'["how","it","stands"]')
    assert earlier[1] == Head(2, next(store.entries(1, 2)).hash)
    store.close()


def test_an_empty_journal_has_a_head_of_its_own(place: str) -> None:
    filled(place, 0)
    store = open_store(place)
    assert store.head() == Head(0, first_hash(store.journal))
    assert list(store.entries(0, 100)) == []
    store.close()


def test_entries_cannot_be_changed_or_removed_even_by_hand(place: str) -> None:
    filled(place, 3)
    for order in ("UPDATE {} SET at_ms = 7", "DELETE FROM {} WHERE number = 2"):
        with pytest.raises((TerminalError, sqlite3.Error), match="append-only"):
            carry_out(place, order)
    assert len(jobs_at(place)) == 3


def carry_out(place: str, order: str) -> None:
    if place.startswith("postgresql"):
        store = PostgresStore.open(place)
        try:
            store._fetch(order.format("cabria_journal.entries"))
        finally:
            store.close()
        return
    connection = sqlite3.connect(place)
    try:
        connection.execute(order.format("entries"))
    finally:
        connection.close()


def test_an_older_journal_is_migrated_and_a_newer_one_refused(place: str, monkeypatch: pytest.MonkeyPatch) -> None:
    filled(place, 2)
    next_version = migrations.Migration(
        "a note", ("CREATE TABLE note (text TEXT)",), ("CREATE TABLE cabria_journal.note (text TEXT)",)
    )
    with monkeypatch.context() as newer:
        for module in ("sqlite_store", "postgres_store"):
            newer.setattr(f"cabria.adapters.journal.{module}.MIGRATIONS", (*migrations.MIGRATIONS, next_version))
        filled(place, 1)
        carry_out(place, "SELECT * FROM {}".replace("{}", note_of(place)))
    for open_it in (open_store, open_to_write):
        with pytest.raises(DataError, match="Use a newer Cabria"):
            open_it(place)


def note_of(place: str) -> str:
    return "cabria_journal.note" if place.startswith("postgresql") else "note"


def test_a_write_that_fails_stops_the_journal_and_everybody_who_waits(tmp_path: Path) -> None:
    class Full(SqliteStore):
        def write(self, entries: Any, snapshots: Any) -> None:
            raise TerminalError("the disk is full")

    journal = GroupCommitJournal(Full.write_to(tmp_path / "full.journal", "full"))
    number = journal.append(report(1))
    with pytest.raises(JournalStoppedError, match="disk is full"):
        journal.wait(number)
    with pytest.raises(JournalStoppedError, match="disk is full"):
        journal.append(report(2))

    async def write() -> None:
        with Acknowledgements(journal) as acknowledged:
            await acknowledged.append(report(3))

    with pytest.raises(JournalStoppedError, match="disk is full"):
        asyncio.run(write())
    with pytest.raises(JournalStoppedError):
        journal.close()


def test_sqlite_is_set_up_to_be_on_the_disk_at_each_commit(tmp_path: Path) -> None:
    store = SqliteStore.write_to(tmp_path / "a.journal", "a")
    settings = {name: store._one(f"PRAGMA {name}")[0] for name in ("journal_mode", "synchronous", "fullfsync")}
    assert settings == {"journal_mode": "wal", "synchronous": 2, "fullfsync": 1}
    store.close()


def test_postgresql_commits_synchronously_and_one_that_does_not_flush_is_refused(
    postgres: PostgresServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    place = postgres.new_database()
    filled(place, 1)
    store = PostgresStore.open(place)
    assert store._fetch("SHOW synchronous_commit")[0][0] == "on"
    assert store._fetch("SHOW fsync")[0][0] == "on"
    monkeypatch.setattr(store, "_fetch", lambda sql, *values: [("off",)])
    with pytest.raises(DataError, match="fsync is off"):
        store._refuse_careless()
    store.close()


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (None, "no such file"),
        (b"", "no journal of ours"),
        (b"Dear Sirs, " * 100, "no journal of ours"),
        (b"SQLite format 3\x00" + b"\x00" * 5_000, "no journal of ours|cannot be read"),
    ],
    ids=["absent", "empty", "letter", "torn"],
)
def test_what_is_no_journal_is_refused(tmp_path: Path, content: bytes | None, said: str) -> None:
    path = tmp_path / "terminal.journal"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(DataError, match=said):
        open_store(str(path))


def test_another_programs_database_is_refused_and_left_as_it_is(tmp_path: Path) -> None:
    path = tmp_path / "other.sqlite"
    with sqlite3.connect(path) as connection:
        connection.execute("CREATE TABLE entries (number INTEGER)")
    connection.close()
    before = path.read_bytes()
    for open_it in (open_store, open_to_write):
        with pytest.raises(DataError, match="no journal of ours"):
            open_it(str(path))
    assert path.read_bytes() == before


@pytest.mark.parametrize("cut", [4_096, 9_000, 20_000])
def test_a_file_cut_off_is_refused_in_a_sentence(tmp_path: Path, cut: int) -> None:
    place = str(tmp_path / "cut.journal")
    filled(place, 400)
    with sqlite3.connect(place) as connection:
        connection.execute("PRAGMA journal_mode = DELETE")
    connection.close()
    data = Path(place).read_bytes()
    assert len(data) > 20_000
    Path(place).write_bytes(data[:cut])
    with pytest.raises(DataError, match=r"cannot be read|no journal|lost its name"):
        jobs_at(place)


def test_a_database_that_is_not_there_or_lets_nobody_in_is_refused_without_its_password(
    postgres: PostgresServer,
) -> None:
    with pytest.raises(DataError, match="no such database"):
        open_store(postgres.url.replace("/postgres", "/nowhere"))
    with pytest.raises(DataError, match="no journal in this database"):
        open_store(postgres.new_database())
    with pytest.raises(TerminalError) as refusal:
        open_store("postgresql://cabria:secret@127.0.0.1:1/terminal")
    assert "secret" not in str(refusal.value)
    assert without_password("postgresql://u:secret@h:5/d?password=secret") == "postgresql://u@h:5/d"
