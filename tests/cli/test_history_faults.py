"""`cabria history` with a file spoilt, a clock that jumped and a day missing: each is named, and the rest answers."""

from __future__ import annotations

import json
import shutil
from datetime import UTC, datetime
from pathlib import Path
from uuid import uuid4

import pytest
from tests.cli.conftest import Run

from cabria.adapters.files.port_calls import write_port_calls
from cabria.adapters.history.asking import ask
from cabria.adapters.history.folder import HistoryFolder
from cabria.adapters.history.ledger import Source
from cabria.adapters.history.questions import QUESTION_BY_NAME
from cabria.adapters.history.tables import TABLE_BY_NAME, columns_of
from cabria.domain.port_calls import (
    Classifier,
    Location,
    PortCall,
    PortCallBook,
    PortCallService,
    PortCallVessel,
    ServiceEvent,
    ServiceType,
    TerminalCall,
    Timestamp,
)

DAY_MS, HOUR_MS = 86_400_000, 3_600_000
ZERO_MS = 20_454 * DAY_MS
DAYS = (0, 1, 3)
"""The third day is missing."""
JUMP = "The clock jumped back by 3,600 s; rows lie as they were told."
READS = {
    "crane-rate": "lifts",
    "crane-waiting": "waits",
    "rehandles": "stays",
    "truck-use": "telemetry",
    "where-trucks-stand": "telemetry",
    "energy": "energy",
    "stays": "stays",
}
"""The table behind each question."""


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Three days of every table that a question asks, four in all; the clock jumped on the second."""
    folder = HistoryFolder.made(tmp_path_factory.mktemp("faults") / "h")
    for day in DAYS:
        at = [ZERO_MS + day * DAY_MS + hour * HOUR_MS for hour in range(1, 9)]
        rows: dict[str, list[tuple[object, ...]]] = {
            "lifts": [(ms, ms - 60_000, "QC1", f"BOX{ms}", "ship", "TINY 0110282", "truck", "T01") for ms in at],
            "waits": [(ms, ms - 90_000, "QC1", "no truck") for ms in at],
            "energy": [(ms, "QC1", 6_000) for ms in at],
            "telemetry": [(ms, f"T0{n % 3}", 1_000 * n, 9_000, 500 * (n % 2)) for n, ms in enumerate(at)],
            "stays": [
                (ms, ms - HOUR_MS, f"BOX{ms}", "B01", "vessel", "truck", n % 2, 40, 9_000, "dry", "", "", "", None,
                 None, False)
                for n, ms in enumerate(at)
            ],
        }  # fmt: skip
        notes = [("event 77", JUMP)] if day == 1 else []
        with folder.writing():
            tables = {name: columns_of(TABLE_BY_NAME[name], found) for name, found in rows.items()}
            folder.append(tables, "run 1", Source(day + 1, ZERO_MS), None, notes)
    return folder.root


@pytest.fixture
def folder(made: Path, tmp_path: Path) -> Path:
    """A copy of it, to be spoilt."""
    return Path(shutil.copytree(made, tmp_path / "h"))


def spoilt(folder: Path, table: str, harm: str) -> str:
    """The first file of a table; returns its name."""
    part = min(folder.glob(f"{table}/*/*.parquet"))
    content = part.read_bytes()
    if harm == "gone":
        part.unlink()
    elif harm == "cut off":
        part.write_bytes(content[: len(content) // 2])
    else:
        part.write_bytes(content[:-40] + bytes(32) + content[-8:])
    return part.name


@pytest.mark.parametrize("harm", ["gone", "cut off", "written over"])
@pytest.mark.parametrize("question", QUESTION_BY_NAME)
def test_every_question_names_what_is_wrong_and_the_rest_answers(
    cabria: Run, made: Path, folder: Path, question: str, harm: str
) -> None:
    name = spoilt(folder, READS[question], harm)
    outcome = cabria("history", "ask", folder, "--question", question, "--form", "json")
    assert outcome.code == 0
    assert f"Left out {READS[question]}/day=2026-01-01/{name}" in outcome.err
    assert "8 rows" in outcome.err
    assert "Nothing was recorded on 2026-01-03." in outcome.err
    assert f"Note: run 1, event 77: {JUMP}" in outcome.err
    whole = HistoryFolder(made)
    whole.ledger.parts = [part for part in whole.ledger.parts if not part.path.endswith(name)]
    rest = ask(whole, QUESTION_BY_NAME[question].sql)
    told = [tuple(row.values()) for row in json.loads(outcome.out)]
    assert [tuple(map(str, row)) for row in told] == [tuple(map(str, row)) for row in rest.rows]
    assert told


def test_a_check_names_all_of_it_and_fails(cabria: Run, folder: Path) -> None:
    names = [spoilt(folder, table, "written over") for table in ("lifts", "energy")]
    outcome = cabria("history", "check", folder)
    assert outcome.code == 2
    assert all(name in outcome.out for name in names)
    assert "Nothing was recorded on 2026-01-03." in outcome.out
    assert JUMP in outcome.out


def test_what_needs_more_memory_than_it_may_use_says_so_and_what_to_do(cabria: Run, made: Path) -> None:
    sql = "SELECT list(x) FROM (SELECT a.range * b.range AS x FROM range(3000) a, range(3000) b)"
    outcome = cabria("history", "ask", made, sql, "--memory-mb", 64)
    assert outcome.code == 1
    assert "more memory than the 64MB" in outcome.complaint
    assert "--memory-mb" in outcome.complaint
    assert cabria("history", "ask", made, "--question", "truck-use", "--memory-mb", 64).code == 0


@pytest.mark.parametrize("question", QUESTION_BY_NAME)
def test_a_question_is_answered_without_any_file_at_all(cabria: Run, folder: Path, question: str) -> None:
    shutil.rmtree(folder / READS[question])
    outcome = cabria("history", "ask", folder, "--question", question, "--form", "json")
    assert (outcome.code, json.loads(outcome.out)) == (0, [])
    assert outcome.err.count("Left out") == len(DAYS)


def test_a_copy_without_its_times_is_whole_and_tidied_once(cabria: Run, made: Path, tmp_path: Path) -> None:
    folder = Path(shutil.copytree(made, tmp_path / "h", copy_function=shutil.copy))
    assert "Left out" not in cabria("history", "ask", folder, "--question", "truck-use").err
    spoilt(folder, "energy", "written over")
    assert cabria("history", "tidy", folder).code == 0
    parts = HistoryFolder(folder).ledger.parts
    assert {(folder / p.path).stat().st_mtime_ns == p.written_ns for p in parts if p.table != "energy"} == {True}
    assert cabria("history", "check", folder).code == 2


def test_learning_from_what_is_left_names_what_is_missing(cabria: Run, folder: Path) -> None:
    name = spoilt(folder, "stays", "cut off")
    outcome = cabria("history", "learn", folder, "--today", "2026-01-06", "--days", 3, "--judge", 2)
    assert outcome.code == 0
    assert outcome.err.count(name) == 1
    assert outcome.out.count("too little history") == 5
    listed = cabria("history", "models", folder)
    assert listed.out.count("not used") == 5


def test_port_calls_come_into_a_history_once(cabria: Run, folder: Path, tmp_path: Path) -> None:
    file = tmp_path / "port-calls.json"
    write_port_calls(arrived(), file)
    assert "1 ships came" in cabria("history", "add", folder, file).out
    assert "nothing new" in cabria("history", "add", folder, file).out
    sql = "SELECT vessel, eta_utc, last_eta_utc, at_utc FROM arrivals"
    (row,) = json.loads(cabria("history", "ask", folder, sql, "--form", "json").out)
    assert row == {
        "vessel": "CABRIA TINY",
        "eta_utc": "2026-01-01T06:00:00",
        "last_eta_utc": "2026-01-01T08:00:00",
        "at_utc": "2026-01-01T09:30:00",
    }


def arrived() -> PortCallBook:
    """A ship whose ETA was told twice, and who came later than both."""
    port_call = PortCall(uuid4(), "PECHY", PortCallVessel("9811000", "", "CABRIA TINY"))
    call = TerminalCall(uuid4(), port_call.id, "Pacific", "PAC")
    berth = PortCallService(uuid4(), call.id, ServiceType.BERTH, ServiceEvent.ARRIVED, Location("PECHY"))
    told = ((Classifier.ESTIMATED, 6, 0), (Classifier.ESTIMATED, 8, 0), (Classifier.ACTUAL, 9, 30))
    stamps = tuple(Timestamp(uuid4(), berth.id, how, datetime(2026, 1, 1, h, m, tzinfo=UTC)) for how, h, m in told)
    return PortCallBook((port_call,), (call,), (berth,), stamps)
