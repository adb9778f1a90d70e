"""A plan log reads back as it was written, and a broken one is refused with its line."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cabria.adapters.files.plan_log import read_plan_log, read_proposal, write_plan_log, write_proposal
from cabria.domain.call_changes import BoxLate, CraneDown, FoundAt, ListChanged, ShutOut
from cabria.domain.containers import Container, ContainerId, Port, SizeType
from cabria.domain.edits import (
    Ask,
    Exchange,
    HandOver,
    LeaveAshore,
    MoveTo,
    PlanLog,
    PlanLogEntry,
    Redo,
    Reorder,
    Replan,
    Several,
    StayPut,
    Undo,
    Waive,
    Withdraw,
    boxes_of,
)
from cabria.domain.errors import DataError
from cabria.domain.plan import Waiver
from cabria.domain.plan_diff import PlanDiff, QueueTail, WorkDone
from cabria.domain.positions import StowPosition, YardPosition
from cabria.domain.wishes import Cargo, CraneWish, Forbid, Keep, OrderWish, Pin, ShipPart, Worked
from cabria.domain.work import CraneStep, StepKind

numbers = st.from_regex(r"[A-Z]{4}[0-9]{7}", fullmatch=True).map(ContainerId)
words = st.text(st.characters(codec="utf-8", exclude_categories=("Cs",)), min_size=1, max_size=40)
positions = st.builds(StowPosition, st.integers(1, 120), st.integers(0, 24), st.integers(2, 98))
waivers = st.builds(Waiver, words, words, words, st.just("") | words, st.none() | numbers)
cranes = st.from_regex(r"QC[1-9]", fullmatch=True)
blocks = st.integers(1, 1_000_000)
seconds = st.integers(0, 10**8)
parts = st.builds(ShipPart, slot=positions) | st.builds(ShipPart, bay=st.integers(1, 99))
worked = st.builds(Worked, container=numbers) | st.builds(Worked, part=parts)
cargoes = st.builds(
    Cargo, st.none() | numbers, st.none() | st.just(Port("CNSHA")), st.sampled_from(["", "COS"]),
    st.sampled_from([None, 20, 40, 45]), st.booleans(), st.booleans(),
)  # fmt: skip
slots = st.dictionaries(numbers, positions, max_size=3)
wishes = st.one_of(
    st.builds(Pin, numbers, parts, words, words),
    st.builds(Forbid, parts, cargoes, words, words),
    st.builds(Keep, parts, slots.map(lambda found: tuple(found.items())), words, words),
    st.builds(CraneWish, cranes, worked, st.booleans(), words, words),
    st.tuples(worked, worked).filter(lambda two: two[0] != two[1]).flatmap(
        lambda two: st.builds(OrderWish, st.just(two[0]), st.just(two[1]), words, words)),
)  # fmt: skip
boxes = st.builds(
    lambda number, code, mass_kg: Container(number, SizeType.parse(code), mass_kg, Port("PECHY"), Port("CNSHA")),
    numbers, st.sampled_from(["22G1", "45G1", "45R1"]), st.integers(2_000, 35_000),
)  # fmt: skip
yard_places = st.builds(YardPosition, st.just("B1"), st.integers(1, 40), st.integers(1, 10), st.integers(1, 6))
known = st.one_of(
    wishes,
    st.builds(BoxLate, numbers, seconds),
    st.builds(ShutOut, numbers, words),
    st.builds(FoundAt, numbers, yard_places),
    st.builds(CraneDown, cranes, seconds, st.none() | seconds),
    st.builds(
        ListChanged, st.lists(boxes, max_size=2).map(tuple), st.lists(numbers, max_size=2).map(tuple),
        st.lists(boxes, max_size=2).map(tuple)),
)  # fmt: skip
steps = st.builds(
    lambda start_s, lift_s, box, slot: CraneStep(StepKind.LOAD, 2, start_s, start_s + lift_s, (box,), (slot,)),
    st.integers(0, 10**7), st.integers(1, 600), numbers, positions,
)  # fmt: skip
goals = st.dictionaries(numbers, st.none() | positions, max_size=3)
diffs = st.builds(
    PlanDiff, goals, goals, st.dictionaries(numbers, st.none() | words, max_size=2),
    st.lists(st.builds(QueueTail, cranes, st.integers(0, 99), st.lists(steps, max_size=2).map(tuple)), max_size=2)
    .map(tuple),
)  # fmt: skip
standings = st.builds(
    WorkDone, seconds, st.dictionaries(cranes, st.integers(0, 99), max_size=2), st.frozensets(numbers, max_size=2)
)
slot_edits = st.one_of(
    st.builds(Exchange, numbers, numbers),
    st.builds(MoveTo, numbers, positions),
    st.builds(LeaveAshore, numbers, words),
    st.builds(StayPut, numbers),
)
several = (
    st.lists(slot_edits, min_size=1, max_size=3)
    .filter(lambda edits: len({b for e in edits for b in boxes_of(e)}) == sum(len(boxes_of(e)) for e in edits))
    .map(lambda edits: Several(tuple(edits)))
)
edits = st.one_of(
    slot_edits,
    several,
    st.builds(Ask, wishes),
    st.builds(Withdraw, wishes),
    st.builds(HandOver, cranes, blocks, cranes),
    st.builds(Reorder, cranes, blocks, blocks),
    st.builds(Waive, waivers),
    st.builds(Replan, words, diffs, st.lists(known, max_size=2).map(tuple), standings),
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


@given(entries, st.integers(0, 99))
def test_a_proposal_reads_back_as_it_was_written(
    tmp_path_factory: pytest.TempPathFactory, entry: PlanLogEntry, after: int
) -> None:
    path = tmp_path_factory.mktemp("proposal") / "proposal.jsonl"
    write_proposal(entry, path, call_id="CALL-1", after=after)
    assert read_proposal(path, call_id="CALL-1", after=after) == entry
    with pytest.raises(DataError, match="was changed since"):
        read_proposal(path, call_id="CALL-1", after=after + 1)


@given(entry=entries, keep=st.floats(0, 1))
def test_a_line_cut_off_anywhere_is_refused_with_its_number(
    tmp_path_factory: pytest.TempPathFactory, entry: PlanLogEntry, keep: float
) -> None:
    path = tmp_path_factory.mktemp("cut") / "plan-log.jsonl"
    write_plan_log(PlanLog((entry,)), path, call_id="CALL-1")
    head, line = path.read_bytes().splitlines(keepends=True)
    path.write_bytes(head + line[: 1 + int(keep * (len(line) - 3))])
    with pytest.raises(DataError, match="line 2"):
        read_plan_log(path, call_id="CALL-1")


@given(st.binary(min_size=1, max_size=60).filter(lambda line: b"\n" not in line and b"\r" not in line))
def test_hostile_bytes_are_refused_with_the_line_number(tmp_path_factory: pytest.TempPathFactory, line: bytes) -> None:
    path = tmp_path_factory.mktemp("hostile") / "plan-log.jsonl"
    path.write_bytes(HEAD.encode() + line + b"\n")
    with pytest.raises(DataError, match="line 2"):
        read_plan_log(path, call_id="CALL-1")


HEAD = '{"format":"cabria.plan-log/1","call":"CALL-1"}\n'
SEVERAL = (
    '{"what":"several","at":"2026-01-01T00:00:00Z","by":"x",'
    '"edits":[{"what":"stay","container":"A"},{"what":"stay","container":"B"}]}\n'
)
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
        (HEAD + SEVERAL.replace("B", "A"), "line 2"),
        (HEAD + SEVERAL.replace("stay", "redo"), "line 2"),
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
        "a box twice",
        "no edit of a slot",
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
