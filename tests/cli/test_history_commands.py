"""`cabria history`: a run taken in, asked, exported, checked and tidied."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from tests import runs_by_hand
from tests.cli.conftest import Run

from cabria.adapters.files.berth_json import write_case
from cabria.adapters.files.run_log import write_run_log
from cabria.experiments.berth_weeks import make_berth_week


@pytest.fixture
def history(cabria: Run, tmp_path: Path) -> Path:
    write_run_log(tmp_path / "run.jsonl.gz", runs_by_hand.good_run())
    folder = tmp_path / "history"
    outcome = cabria("history", "add", folder, tmp_path / "run.jsonl.gz", "--start", "2026-11-02T06:00")
    assert outcome.code == 0, outcome.err
    return folder


def test_a_run_is_asked_in_sql_and_by_a_questions_name(cabria: Run, history: Path) -> None:
    rows = json.loads(cabria("history", "ask", history, "SELECT day, crane FROM lifts", "--form", "json").out)
    assert rows[0]["day"] == "2026-11-02"
    table = cabria("history", "ask", history, "--question", "crane-rate").out
    assert table.startswith("day")
    assert "QC1" in table
    assert cabria("history", "ask", history, "--question", "crane-rate", "--form", "csv").out.startswith("day,crane")


def test_what_is_broken_is_said_beside_the_answer(cabria: Run, history: Path) -> None:
    part = next(history.glob("lifts/*/*.parquet"))
    part.write_bytes(part.read_bytes()[:-4])
    outcome = cabria("history", "ask", history, "SELECT count(*) AS lifts FROM lifts")
    assert (outcome.code, outcome.out.split()) == (0, ["lifts", "0"])
    assert part.name in outcome.err
    checked = cabria("history", "check", history)
    assert checked.code == 2
    assert part.name in checked.out


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (("ask", "{history}"), "Questions: crane-rate"),
        (("ask", "{history}", "--question", "luck"), "no question"),
        (("ask", "{history}", "DROP TABLE lifts"), "one SELECT"),
        (("ask", "{history}", "SELECT * FROM read_text('/etc/hostname')"), "something else than the history"),
        (
            ("ask", "{history}", "SELECT * FROM read_csv('https://example.invalid/x')"),
            "something else than the history",
        ),
        (("ask", "{history}", "ATTACH 'x.db'"), "one SELECT"),
        (("ask", "{folder}", "SELECT 1"), "`cabria history add FOLDER LOG`"),
        (("models", "{folder}"), "no history"),
        (("cranes", "{folder}", "{folder}"), "no history"),
        (("blocks", "{history}", "{folder}"), "call.toml: There is no such file"),
        (("export", "{history}", "{folder}/none/x.csv", "SELECT 1"), "no such folder"),
        (("add", "{history}", "{folder}/none.jsonl.gz"), "cannot be read"),
        (("add", "{history}", "{folder}/run.jsonl.gz"), "--start 2026-11-02T06:00"),
        (("export", "{history}", "{folder}/x.doc", "SELECT 1"), "One of .csv"),
        (("tidy", "{history}", "--keep", "luck=3"), "TABLE=DAYS"),
        (("tidy", "{history}", "--keep", "lifts=0"), "TABLE=DAYS"),
    ],
)
def test_what_cannot_be_is_refused_with_what_to_do(
    cabria: Run, history: Path, words: tuple[str, ...], says: str
) -> None:
    outcome = cabria("history", *(word.format(history=history, folder=history.parent) for word in words))
    assert outcome.code == 1
    assert says in outcome.complaint


def test_an_answer_is_exported_and_old_days_go(cabria: Run, history: Path, tmp_path: Path) -> None:
    assert cabria("history", "export", history, tmp_path / "lifts.csv", "SELECT * FROM lifts").code == 0
    assert (tmp_path / "lifts.csv").read_text().startswith("at_utc,")
    outcome = cabria("history", "tidy", history, "--keep", "lifts=30", "--today", "2027-01-01")
    assert "lifts: " in outcome.out
    assert not list(history.glob("lifts/*/*.parquet"))
    assert list(history.glob("moves/*/*.parquet"))


def test_delays_that_nothing_is_known_of_change_no_berth_case(cabria: Run, history: Path, tmp_path: Path) -> None:
    case = tmp_path / "case.json"
    write_case(make_berth_week(calls=4), case)
    before = case.read_bytes()
    outcome = cabria("history", "berths", history, case, "--today", "2026-11-03")
    assert outcome.code == 0, outcome.err
    assert "Nothing was learned of ships' delays yet" in outcome.out
    assert case.read_bytes() == before
    assert "berths" in cabria("history", "models", history).out
