"""Run logs on disk: what was written is read, and what is no log is refused with its line."""

from __future__ import annotations

import gzip
import re
import typing
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests import runs_by_hand

from cabria.adapters.files.run_log import (
    BEFORE,
    EVENT_TYPES,
    FORMAT,
    RunLogWriter,
    event_of,
    line_of,
    read_run_log,
    write_run_log,
)
from cabria.domain import said
from cabria.domain.containers import ContainerId
from cabria.domain.errors import DataError
from cabria.domain.positions import StowPosition, YardPosition
from cabria.domain.run_events import Aboard, DeckEnd, MoveKind, OnTruck, RunEvent, Stock, WorkRefused
from cabria.domain.said import Reason
from cabria.domain.work import CraneStep, StepKind
from cabria.referee.run_rules import RUN_RULES

WHOLE = st.integers(-(2**53), 2**53)
NAMES = st.text(max_size=12)
SMALL = st.integers(0, 999)
SLOTS = st.builds(StowPosition, SMALL, SMALL, SMALL)
PLACES = (
    st.builds(YardPosition, NAMES, SMALL, SMALL, SMALL)
    | st.builds(Aboard, NAMES, SLOTS)
    | st.builds(OnTruck, NAMES, st.sampled_from(DeckEnd))
)
STOCK = st.builds(Stock, NAMES.map(ContainerId), SMALL, WHOLE, PLACES, st.booleans())
STEPS = st.builds(
    CraneStep,
    st.sampled_from(StepKind),
    SMALL,
    WHOLE,
    WHOLE,
    st.lists(NAMES.map(ContainerId), max_size=2).map(tuple),
    st.lists(SLOTS, max_size=2).map(tuple),
    NAMES,
)
BY_FIELD: dict[str, st.SearchStrategy[Any]] = {
    "boxes": st.lists(STOCK, max_size=4).map(tuple),
    "places": st.lists(PLACES, max_size=3).map(tuple),
    "containers": st.lists(NAMES.map(ContainerId), max_size=3).map(tuple),
    "windows": st.lists(st.tuples(NAMES, WHOLE, st.none() | WHOLE), max_size=4).map(tuple),
    "slots": st.lists(st.tuples(NAMES.map(ContainerId), st.none() | SLOTS), max_size=3).map(tuple),
    "queues": st.lists(st.tuples(NAMES, st.lists(STEPS, max_size=3).map(tuple)), max_size=3).map(tuple),
    "kind": st.sampled_from(MoveKind),
}
BY_TYPE: dict[object, st.SearchStrategy[Any]] = {
    int: WHOLE,
    str: NAMES,
    bool: st.booleans(),
    int | None: st.none() | WHOLE,
    CraneStep: STEPS,
    Reason: NAMES
    | st.sampled_from(sorted(said.SENTENCES)).flatmap(
        lambda code: st.builds(
            said.Said, st.just(code), st.fixed_dictionaries(dict.fromkeys(sorted(said.NAMES[code]), NAMES | WHOLE))
        )
    ),
}


def events_of(kind: type[RunEvent]) -> st.SearchStrategy[RunEvent]:
    hints = typing.get_type_hints(kind)
    fields: list[st.SearchStrategy[Any]] = [
        BY_FIELD[name] if name in BY_FIELD else BY_TYPE[hints[name]] for name in kind._fields
    ]
    return st.tuples(*fields).map(lambda values: kind(*values))


EVENTS = st.one_of([events_of(kind) for kind in EVENT_TYPES])


def archive(path: Path, text: str) -> Path:
    path.write_bytes(gzip.compress(text.encode(errors="surrogateescape")))
    return path


@given(EVENTS)
def test_an_event_is_read_as_it_was_written(event: RunEvent) -> None:
    again = event_of(line_of(event))
    assert again == event
    assert type(again) is type(event)
    assert repr(again) == repr(event)


def test_a_log_is_read_as_it_was_written_and_written_the_same_twice(tmp_path: Path) -> None:
    log = runs_by_hand.good_run()
    one, other = tmp_path / "one.jsonl.gz", tmp_path / "other.jsonl.gz"
    write_run_log(one, log)
    with RunLogWriter(other) as journal:
        for event in log:
            journal.record(event)
    assert list(read_run_log(one)) == log
    assert one.read_bytes() == other.read_bytes()
    assert journal.events == len(log)


def test_a_log_of_version_1_is_read_with_its_reasons_as_texts(tmp_path: Path) -> None:
    line = '["WorkRefused",5,"T01","38% of its battery is left, and others can do without it"]'
    (event,) = read_run_log(archive(tmp_path / "run.jsonl.gz", f'["{BEFORE}"]\n{line}\n'))
    assert event == WorkRefused(5, "T01", "38% of its battery is left, and others can do without it")


@pytest.mark.parametrize(
    "why", ['{"code":"sings","values":{}}', '{"code":"battery-spare","values":{}}', '{"code":7}', "[]"]
)
def test_a_reason_that_operations_cannot_give_is_refused_with_its_line(tmp_path: Path, why: str) -> None:
    path = archive(tmp_path / "run.jsonl.gz", f'["{FORMAT}"]\n["WorkRefused",5,"T01",{why}]\n')
    with pytest.raises(DataError, match="line 2"):
        list(read_run_log(path))


def test_line_n_plus_1_is_event_n(tmp_path: Path) -> None:
    path = tmp_path / "run.jsonl.gz"
    log = runs_by_hand.good_run()
    write_run_log(path, log)
    lines = gzip.decompress(path.read_bytes()).splitlines()
    assert lines[0].decode() == f'["{FORMAT}"]'
    assert event_of(lines[7]) == log[6]


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("", 1),
        ("hello\n", 1),
        ('["cabria.run-log/9"]\n', 1),
        (f'["{FORMAT}"]\n["MoveDone",5]\n', 2),
        (f'["{FORMAT}"]\n["MoveDone",5,"m"]\n["MoveDone","5","m"]\n', 3),
        (f'["{FORMAT}"]\n["MoveDone",5.5,"m"]\n', 2),
        (f'["{FORMAT}"]\n["Party",5,"m"]\n', 2),
        (f'["{FORMAT}"]\n[]\n', 2),
        (f'["{FORMAT}"]\n{{"a":1}}\n', 2),
        (f'["{FORMAT}"]\n[[1],5]\n', 2),
        (f'["{FORMAT}"]\n' + "[" * 100_000 + "\n", 2),
        (f'["{FORMAT}"]\n["BoxesLifted",1,"QC1",["A"],[["moon"]]]\n', 2),
        (f'["{FORMAT}"]\n["BoxesLifted",1,"QC1",["A"],[["truck","T1","roof"]]]\n', 2),
        (f'["{FORMAT}"]\n["StockTaken",1,[["A",40,5]]]\n', 2),
        (f'["{FORMAT}"]\n["StockTaken",1,[["A",40,5,["B",1,1,1],"cold"]]]\n', 2),
        (f'["{FORMAT}"]\n["MoveDone",5,"m"', 2),
        ('["\udcff"]\n', 1),
        (f'["{FORMAT}"]\n["MoveDone",5,"\udcff"]\n', 2),
    ],
    ids=range(18),
)
def test_what_is_no_log_is_refused_with_its_line(tmp_path: Path, text: str, line: int) -> None:
    with pytest.raises(DataError, match=rf"run\.jsonl\.gz, line {line}: "):
        list(read_run_log(archive(tmp_path / "run.jsonl.gz", text)))


def _cut(content: bytes) -> bytes:
    return content[: len(content) // 2]


def _bent(content: bytes) -> bytes:
    return content[:40] + bytes(b ^ 0x55 for b in content[40:60]) + content[60:]


@pytest.mark.parametrize(
    ("spoil", "said"),
    [
        (_cut, "cut off"),
        (_bent, "damaged|cut off|no event|does not say"),
        (lambda _: b"", "no gzip"),
        (lambda _: b"plain text", "no gzip"),
    ],
    ids=["cut", "bent", "empty", "plain"],
)
def test_a_damaged_file_is_refused(tmp_path: Path, spoil: Callable[[bytes], bytes], said: str) -> None:
    path = tmp_path / "run.jsonl.gz"
    write_run_log(path, runs_by_hand.good_run())
    path.write_bytes(spoil(path.read_bytes()))
    with pytest.raises(DataError, match=said):
        list(read_run_log(path))


def test_a_log_that_is_not_there_or_cannot_be_written_is_refused(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="no such file"):
        list(read_run_log(tmp_path / "none"))
    with pytest.raises(DataError, match="cannot be read"):
        list(read_run_log(tmp_path))
    with pytest.raises(DataError, match="left alone"):
        RunLogWriter(tmp_path)
    with pytest.raises(DataError, match="cannot be written"):
        RunLogWriter(tmp_path / "none" / "run.jsonl.gz")


def test_the_page_names_every_event_and_its_fields(repository: Path) -> None:
    page = (repository / "docs/reference/run-log.md").read_text()
    rows = re.findall(r"^\| `(\w+)` \| ([^|]+) \|", page, re.MULTILINE)
    told = {name: re.findall(r"`(\w+)`", fields) for name, fields in rows}
    assert told == {kind.__name__: list(kind._fields) for kind in EVENT_TYPES}


def test_the_page_names_every_rule(repository: Path) -> None:
    page = (repository / "docs/reference/run-log.md").read_text()
    told = re.findall(r"^\| (RUN-[A-Z]+) \| ([^|]+) \|$", page, re.MULTILINE)
    assert told == [(rule.id, rule.sentence) for rule in RUN_RULES]
