"""A plan log reads back as it was written, and a broken one is refused with its line."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cabria.adapters.files.plan_log import read_plan_log, write_plan_log
from cabria.domain.containers import ContainerId
from cabria.domain.edits import Exchange, LeaveAshore, MoveTo, PlanLog, PlanLogEntry, Redo, Undo, Waive
from cabria.domain.errors import DataError
from cabria.domain.plan import Waiver
from cabria.domain.positions import StowPosition

numbers = st.from_regex(r"[A-Z]{4}[0-9]{7}", fullmatch=True).map(ContainerId)
words = st.text(st.characters(codec="utf-8", exclude_categories=("Cs",)), min_size=1, max_size=40)
positions = st.builds(StowPosition, st.integers(1, 120), st.integers(0, 24), st.integers(2, 98))
waivers = st.builds(Waiver, words, words, words, st.just("") | words, st.none() | numbers)
edits = st.one_of(
    st.builds(Exchange, numbers, numbers),
    st.builds(MoveTo, numbers, positions),
    st.builds(LeaveAshore, numbers, words),
    st.builds(Waive, waivers),
)
times = st.datetimes(datetime(2020, 1, 1), datetime(2100, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001 - zone beside
entries = st.builds(PlanLogEntry, edits, words, times, st.none() | st.floats(-1e6, 1e6))


@given(st.lists(entries, max_size=8), st.integers(0, 8))
def test_a_log_reads_back_as_it_was_written(tmp_path_factory: pytest.TempPathFactory, done: list, undone: int) -> None:  # type: ignore[type-arg]
    undo = PlanLogEntry(Undo(), "M. Quispe", datetime(2026, 1, 1, tzinfo=UTC))
    log = PlanLog((*done, *[undo] * min(undone, len(done))))
    path = tmp_path_factory.mktemp("log") / "plan-log.jsonl"
    write_plan_log(log, path, call_id="CALL-1")
    assert read_plan_log(path, call_id="CALL-1") == log


HEAD = '{"format":"cabria.plan-log/1","call":"CALL-1"}\n'
UNDO = '{"what":"undo","at":"2026-01-01T00:00:00Z","by":"x"}\n'


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "empty"),
        ("{}\n", "format"),
        ('{"format":"cabria.plan-log/1","call":"CALL-2"}\n', "of call 'CALL-2'"),
        (HEAD + "nonsense\n", "line 2"),
        (HEAD + '{"what":"explode","at":"2026-01-01T00:00:00Z","by":"x"}\n', "line 2"),
        (HEAD + '{"what":"move","at":"2026-01-01T00:00:00Z","by":"x","container":"A","to":"9"}\n', "line 2"),
        (HEAD + '{"what":"undo","at":"2026-01-01T00:00:00","by":"x"}\n', "line 2"),
        (HEAD + UNDO, "nothing to undo"),
        (HEAD + UNDO[:-20], "line 2"),
    ],
    ids=[
        "empty",
        "no format",
        "another call",
        "no json",
        "unknown",
        "no slot",
        "no zone",
        "undo of nothing",
        "cut off",
    ],
)
def test_a_broken_log_is_refused_with_its_line(tmp_path: Path, text: str, said: str) -> None:
    path = tmp_path / "plan-log.jsonl"
    path.write_text(text)
    with pytest.raises(DataError) as caught:
        read_plan_log(path, call_id="CALL-1")
    assert said in str(caught.value)
    assert "plan-log.jsonl" in str(caught.value)


def test_redo_is_written_too(tmp_path: Path) -> None:
    at = datetime(2026, 1, 1, tzinfo=UTC)
    edit = LeaveAshore(ContainerId("BOLU1234567"), "late")
    log = PlanLog(tuple(PlanLogEntry(what, "x", at) for what in (edit, Undo(), Redo())))
    write_plan_log(log, tmp_path / "log.jsonl", call_id="C")
    assert read_plan_log(tmp_path / "log.jsonl", call_id="C").edits == (edit,)
