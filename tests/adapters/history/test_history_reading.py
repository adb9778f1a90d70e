from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests import runs_by_hand

from cabria.adapters.files.run_log import write_run_log
from cabria.adapters.history.asking import ask
from cabria.adapters.history.folder import HistoryFolder
from cabria.adapters.history.ledger import Source
from cabria.adapters.history.reading import RunReader
from cabria.adapters.history.taking_in import add_journal, add_run_log
from cabria.adapters.journal.opening import open_journal
from cabria.domain.containers import ContainerId
from cabria.domain.errors import DataError
from cabria.domain.machines import TruckModel
from cabria.domain.run_events import MachineResumed, MachineStopped, MoveDropped, MoveKind, MoveReleased, Waited
from cabria.operations.gateways import EntryKind, Record
from cabria.operations.records import Command, OpenTerminal
from cabria.operations.settings import Settings

ZERO_MS = 1_777_000_000_000
EVENTS = tuple(runs_by_hand.good_run())


def rows_of(tables: list[dict[str, dict[str, np.ndarray]]]) -> dict[str, list[tuple[object, ...]]]:
    found: dict[str, list[tuple[object, ...]]] = {}
    for batch in tables:
        for name, columns in batch.items():
            found.setdefault(name, []).extend(zip(*(values.tolist() for values in columns.values()), strict=True))
    return found


def read(events: tuple[object, ...]) -> dict[str, list[tuple[object, ...]]]:
    reader = RunReader(ZERO_MS)
    for number, event in enumerate(events, 1):
        reader.tell(number, event)  # type: ignore[arg-type]
    return rows_of([reader.take()])


def test_every_landing_is_a_lift_with_where_it_came_from() -> None:
    lifts = read(EVENTS)["lifts"]
    landings = [event for event in EVENTS if type(event).__name__ == "BoxesLanded"]
    assert len(lifts) == sum(len(event.containers) for event in landings)
    assert {(row[4], row[6]) for row in lifts} >= {("ship", "truck"), ("truck", "yard"), ("yard", "truck")}
    assert all(lifted <= landed for landed, lifted, *_ in lifts)


def test_a_box_that_leaves_the_yard_has_a_stay_with_its_digs() -> None:
    stays = read(EVENTS)["stays"]
    assert [row[6] for row in stays].count(0) == len(stays)
    assert {row[5] for row in stays} == {"vessel"}


@settings(max_examples=25)
@given(st.integers(0, len(EVENTS)))
def test_reading_may_end_anywhere_and_go_on_later(tmp_path_factory: pytest.TempPathFactory, cut: int) -> None:
    folder = HistoryFolder.made(tmp_path_factory.mktemp("history"))
    first = RunReader(ZERO_MS)
    for number, event in enumerate(EVENTS[:cut], 1):
        first.tell(number, event)
    taken = [first.take()]
    with folder.writing():
        folder.append({}, "run", Source(cut, ZERO_MS), first.standing)
    second = RunReader(ZERO_MS, HistoryFolder(folder.root).standing("run"))
    for number, event in enumerate(EVENTS[cut:], cut + 1):
        second.tell(number, event)
    assert rows_of([*taken, second.take()]) == read(EVENTS)


def test_a_clock_that_jumped_is_noted_with_the_event_and_the_rows_stay() -> None:
    reader = RunReader(ZERO_MS)
    for number, at_ms in enumerate((0, 5_000, 1_000, 2_000, 90_000_000), 1):
        reader.tell(number, Waited(at_ms, "QC1", at_ms, "no truck"))
    assert [place for place, _ in reader.notes] == ["event 3", "event 5"]
    assert "back by 4 s" in reader.notes[0][1]
    assert "25.0 h" in reader.notes[1][1]
    assert len(rows_of([reader.take()])["waits"]) == 5


def test_a_stop_counts_from_when_the_machine_first_stopped() -> None:
    reader = RunReader(0)
    for number, event in enumerate(
        (MachineStopped(1_000, "T01", "tyre"), MachineStopped(2_000, "T01", "tyre"), MachineResumed(9_000, "T01")), 1
    ):
        reader.tell(number, event)
    ((until, since, machine, cause),) = rows_of([reader.take()])["stops"]
    assert (machine, cause) == ("T01", "tyre")
    assert (until - since).total_seconds() == 8  # type: ignore[operator]


def test_a_move_that_is_dropped_is_no_move_and_says_why() -> None:
    reader = RunReader(0)
    reader.tell(1, MoveReleased(0, "M1", MoveKind.LOAD, (ContainerId("TINU0000011"),), "CALL", "QC1", "next"))
    reader.tell(2, MoveDropped(5_000, "M1", "skipped: refused by the ship"))
    assert not reader.standing.moves
    ((_, what, subject, reason),) = rows_of([reader.take()])["decisions"]
    assert (what, subject, reason) == ("MoveDropped", "M1", "skipped: refused by the ship")


def test_the_same_log_is_taken_in_once_and_another_of_its_name_is_refused(tmp_path: Path) -> None:
    log = tmp_path / "run.jsonl.gz"
    write_run_log(log, EVENTS)
    folder = HistoryFolder.made(tmp_path / "history")
    first = add_run_log(folder, log, ZERO_MS)
    assert first.events == len(EVENTS)
    assert add_run_log(folder, log, ZERO_MS).events == 0
    assert ask(folder, "SELECT count(*) FROM lifts").rows == [(len(read(EVENTS)["lifts"]),)]
    write_run_log(log, EVENTS[:-1])
    with pytest.raises(DataError, match="--name"):
        add_run_log(folder, log, ZERO_MS)


def test_nothing_of_a_log_that_was_cut_off_gets_in(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("cabria.adapters.history.taking_in.ROWS_AT_ONCE", 3)
    log = tmp_path / "run.jsonl.gz"
    write_run_log(log, EVENTS)
    log.write_bytes(log.read_bytes()[:-40])
    folder = HistoryFolder.made(tmp_path / "history")
    with pytest.raises(DataError):
        add_run_log(folder, log, ZERO_MS)
    assert not HistoryFolder(folder.root).ledger.parts
    assert ask(HistoryFolder(folder.root), "SELECT * FROM lifts").rows == []
    write_run_log(log, EVENTS)
    add_run_log(HistoryFolder(folder.root), log, ZERO_MS)
    assert ask(HistoryFolder(folder.root), "SELECT count(*) FROM lifts").rows == [(len(read(EVENTS)["lifts"]),)]


def test_a_journal_is_read_on_from_where_it_was(tmp_path: Path) -> None:
    address = str(tmp_path / "terminal.journal")
    folder = HistoryFolder.made(tmp_path / "history")
    half = len(EVENTS) // 2
    counts = []
    opened = OpenTerminal(runs_by_hand.layout(), TruckModel(), Settings(), ZERO_MS)
    with open_journal(address) as journal:
        journal.append(Record(EntryKind.COMMAND, 0, "", opened))
        journal.append(Record(EntryKind.COMMAND, 0, "", Command("berth", runs_by_hand.called())))
    for events in (EVENTS[:half], EVENTS[half:]):
        with open_journal(address) as journal:
            for event in events:
                journal.append(Record(EntryKind.REPORT, event.at_ms, "", event))
        counts.append(add_journal(folder, address).events)
    assert counts == [half, len(EVENTS) - half]
    assert add_journal(folder, address).events == 0
    assert ask(folder, "SELECT count(*) FROM lifts").rows == [(len(read(EVENTS)["lifts"]),)]


def test_a_journal_of_simulated_time_needs_a_day(tmp_path: Path) -> None:
    address = str(tmp_path / "terminal.journal")
    with open_journal(address) as journal:
        journal.append(Record(EntryKind.REPORT, 0, "", EVENTS[0]))
    with pytest.raises(DataError, match="--start"):
        add_journal(HistoryFolder.made(tmp_path / "history"), address)
