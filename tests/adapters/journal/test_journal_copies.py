"""Backup while writing, restore, and what is refused."""

from __future__ import annotations

import shutil
import sqlite3
import threading
from pathlib import Path

import pytest
from tests.adapters.journal.journals_by_hand import append, filled, jobs_at, report

from benchmarks.postgres_server import PostgresServer
from cabria.adapters.journal.copying import backup, restore, verify
from cabria.adapters.journal.entries import BrokenChainError, Head
from cabria.adapters.journal.opening import open_journal, open_store
from cabria.domain.errors import DataError


def backed_up(place: str, target: Path) -> Head:
    store = open_store(place)
    try:
        return backup(store, target)
    finally:
        store.close()


def restored(backup_file: Path, place: str) -> Head:
    store = open_store(str(backup_file))
    try:
        return restore(store, place)
    finally:
        store.close()


def seal_of(place: str) -> Head:
    store = open_store(place)
    try:
        return verify(store).head
    finally:
        store.close()


def test_a_backup_restored_on_an_empty_machine_is_the_journal_and_goes_on(place: str, tmp_path: Path) -> None:
    with open_journal(place) as journal:
        append(journal, 30)
        journal.keep(30, ("so", "it", "stood"))
        append(journal, 5)
    seal = backed_up(place, tmp_path / "backup.journal")
    again = str(tmp_path / "again.journal")
    assert restored(tmp_path / "backup.journal", again) == seal == seal_of(place)
    assert jobs_at(again) == jobs_at(place)
    filled(again, 2)
    assert seal_of(again).number == 37
    store = open_store(again)
    assert store.snapshot(40) == open_store(str(tmp_path / "backup.journal")).snapshot(40)
    store.close()


def test_a_backup_becomes_a_journal_in_the_other_database(postgres: PostgresServer, tmp_path: Path) -> None:
    filled(str(tmp_path / "a.journal"), 20)
    database = postgres.new_database()
    assert restored(tmp_path / "a.journal", database) == seal_of(str(tmp_path / "a.journal"))
    filled(database, 1)
    assert backed_up(database, tmp_path / "back.journal").number == 21
    with pytest.raises(DataError, match="journal already"):
        restored(tmp_path / "a.journal", database)


def test_a_backup_needs_nothing_beside_it(tmp_path: Path) -> None:
    filled(str(tmp_path / "a.journal"), 20)
    (tmp_path / "backups").mkdir()
    backed_up(str(tmp_path / "a.journal"), tmp_path / "backups" / "b.journal")
    assert [path.name for path in (tmp_path / "backups").iterdir()] == ["b.journal"]


def test_a_backup_made_while_the_terminal_writes_is_whole_and_holds_what_was_acknowledged_before(
    place: str, tmp_path: Path
) -> None:
    stop = threading.Event()

    def write() -> None:
        while not stop.is_set():
            journal.wait(journal.append(report(1)))

    with open_journal(place) as journal:
        append(journal, 500)
        journal.wait(500)
        thread = threading.Thread(target=write)
        thread.start()
        try:
            head = backed_up(place, tmp_path / "backup.journal")
        finally:
            stop.set()
            thread.join()
    assert head.number >= 500
    assert seal_of(str(tmp_path / "backup.journal")) == head


def test_an_earlier_backup_is_brought_up_to_date_and_another_journals_is_left_alone(place: str, tmp_path: Path) -> None:
    filled(place, 3)
    backed_up(place, tmp_path / "backup.journal")
    filled(place, 4)
    assert backed_up(place, tmp_path / "backup.journal").number == 7
    assert jobs_at(str(tmp_path / "backup.journal")) == jobs_at(place)
    other = tmp_path / "other.journal"
    filled(str(other), 2)
    before = jobs_at(str(other))
    with pytest.raises(DataError, match="another journal"):
        backed_up(place, other)
    assert jobs_at(str(other)) == before


def test_a_backup_that_went_its_own_way_is_not_continued(tmp_path: Path) -> None:
    place, copy = str(tmp_path / "a.journal"), tmp_path / "b.journal"
    filled(place, 3)
    backed_up(place, copy)
    filled(str(copy), 1)
    with open_journal(place) as journal:
        journal.append(report(4, "something else"))
    with pytest.raises(DataError, match="entry 4 is not in the journal"):
        backed_up(place, copy)


def test_nothing_that_stands_there_is_overwritten(tmp_path: Path) -> None:
    filled(str(tmp_path / "a.journal"), 3)
    letter = tmp_path / "letter.txt"
    letter.write_text("Dear Sirs")
    with pytest.raises(DataError, match="stands there already"):
        restored(tmp_path / "a.journal", str(letter))
    with pytest.raises(DataError, match="no journal of ours"):
        backed_up(str(tmp_path / "a.journal"), letter)
    assert letter.read_text() == "Dear Sirs"


def tampered(source: Path, target: Path, *orders: str) -> Path:
    """A copy that somebody changed who knew how."""
    shutil.copy(source, target)
    connection = sqlite3.connect(target)
    connection.execute("DROP TRIGGER no_change")
    connection.execute("DROP TRIGGER no_removal")
    for order in orders:
        connection.execute(order)
    connection.commit()
    connection.close()
    return target


@pytest.mark.parametrize(
    ("order", "first"),
    [
        ("UPDATE entries SET body = CAST(replace(body, 'T01', 'T02') AS BLOB) WHERE number = 7", 7),
        ("DELETE FROM entries WHERE number = 4", 4),
        ("UPDATE entries SET hash = zeroblob(32) WHERE number = 10", 10),
        ("UPDATE journal SET name = 'another'", 1),
    ],
    ids=["changed", "removed", "hash", "name"],
)
def test_the_first_broken_entry_is_named_and_nothing_broken_is_copied(tmp_path: Path, order: str, first: int) -> None:
    filled(str(tmp_path / "a.journal"), 10)
    backed_up(str(tmp_path / "a.journal"), tmp_path / "good.journal")
    bad = tampered(tmp_path / "good.journal", tmp_path / "bad.journal", order)
    store = open_store(str(bad))
    with pytest.raises(BrokenChainError) as broken:
        verify(store)
    assert broken.value.number == first
    store.close()
    for again in (lambda: backed_up(str(bad), tmp_path / "copy"), lambda: restored(bad, str(tmp_path / "copy"))):
        with pytest.raises(BrokenChainError):
            again()
        assert sorted(path.name for path in tmp_path.iterdir() if "copy" in path.name) == []


def test_a_false_snapshot_and_a_cut_off_end_are_seen(tmp_path: Path) -> None:
    place = str(tmp_path / "a.journal")
    with open_journal(place) as journal:
        append(journal, 10)
        journal.keep(10, ("so", "it", "stood"))
    seal = backed_up(place, tmp_path / "good.journal")
    cut = tampered(
        tmp_path / "good.journal",
        tmp_path / "cut.journal",
        "DELETE FROM entries WHERE number > 8",
        "DELETE FROM snapshots",
    )
    store = open_store(str(cut))
    assert verify(store).head.number == 8
    with pytest.raises(DataError, match="end was cut off"):
        verify(store, seal)
    store.close()
    false = tampered(tmp_path / "good.journal", tmp_path / "false.journal", "UPDATE snapshots SET body = x'5b5d'")
    store = open_store(str(false))
    with pytest.raises(DataError, match="snapshot is not what was kept"):
        verify(store)
    store.close()
