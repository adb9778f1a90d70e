"""Wishes as a planner writes them: read as meant, read back as written, refused with file and place."""

from __future__ import annotations

import tempfile
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cabria.adapters.files.call_folder import read_call, write_call
from cabria.adapters.files.wishes_toml import keep_plan, read_wishes, write_wishes
from cabria.domain.containers import ContainerId, Port
from cabria.domain.errors import DataError
from cabria.domain.positions import StowPosition
from cabria.domain.wishes import Cargo, ChangeBudget, Forbid, Pin, ShipPart, Wishes
from cabria.experiments.tiny import tiny_call

WORDS = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)
PARTS = st.sampled_from([ShipPart.parse(text) for text in ("0020482", "bay 02 deck", "bay 01 row 04", "under lid A 1")])
NUMBERS = st.sampled_from([ContainerId(text) for text in ("BOLU1234567", "?X1", "lower")])
CARGOES = st.builds(
    Cargo,
    st.none() | NUMBERS,
    st.none() | st.just(Port("CNSHA")),
    st.sampled_from(["", "MAE"]),
    st.none() | st.just(40),
    st.booleans(),
    st.booleans(),
)
BUDGETS = st.builds(
    ChangeBudget, st.dictionaries(NUMBERS, st.builds(StowPosition, st.integers(1, 99), st.just(4), st.just(82))),
    st.integers(0, 9), WORDS, WORDS,
)  # fmt: skip
WISHES = st.builds(
    Wishes,
    st.lists(st.builds(Pin, NUMBERS, PARTS, WORDS, WORDS), max_size=3).map(tuple),
    st.lists(st.builds(Forbid, PARTS, CARGOES, WORDS, WORDS), max_size=3).map(tuple),
    st.none() | BUDGETS,
)


@given(WISHES)
@settings(max_examples=25)
def test_wishes_read_back_as_they_are_written(wishes: Wishes) -> None:
    with tempfile.TemporaryDirectory() as folder:
        write_wishes(wishes, Path(folder), "wishes.toml", call_id="C1")
        assert read_wishes(Path(folder) / "wishes.toml", call_id="C1") == wishes


def written(folder: Path, text: str) -> Path:
    path = folder / "wishes.toml"
    path.write_text(f'format = "cabria.wishes/1"\n{text}', encoding="utf-8")
    return path


def test_who_asks_is_said_once_and_may_be_somebody_else(tmp_path: Path) -> None:
    file = written(
        tmp_path,
        'by = "Ana"\n[[pin]]\nbox = "bolu1234567"\nto = "bay 02"\n'
        '[[pin]]\nboxes = ["A", "B"]\nto = "bay 02"\nby = "Eva"\n',
    )
    assert [(pin.container, pin.by) for pin in read_wishes(file, call_id="C").pins] == [
        ("BOLU1234567", "Ana"), ("A", "Eva"), ("B", "Eva"),
    ]  # fmt: skip


REFUSED = {
    '[[pin]]\nbox = "A"\nto = "attic"': "pin 1, to",
    '[[pin]]\nto = "bay 02"': "names no box",
    '[[pin]]\nboxes = ["A", "B"]\nto = "0020482"': "cannot stand in the one slot",
    '[[pin]]\nbox = "A"': "'to' is missing",
    '[[forbid]]\nplace = "bay 02"\nbots = "A"': "no key 'bots'",
    '[[forbid]]\nplace = "bay 02"\npod = "nowhere"': "UN/LOCODE",
    '[budget]\nplan = "../other.json"\nchanges = 3': "outside the folder",
    '[budget]\nplan = "none.json"\nchanges = 3': "no such file",
    '[budget]\nplan = "none.json"\nchanges = -3': "at least 0",
    "pin = 3": "a list",
    "]]": "not TOML",
}


@pytest.mark.parametrize("text", REFUSED)
def test_what_is_no_wish_is_refused_with_file_and_place(tmp_path: Path, text: str) -> None:
    file = written(tmp_path, text)
    with pytest.raises(DataError) as refused:
        read_wishes(file, call_id="C")
    assert REFUSED[text] in str(refused.value)
    assert str(tmp_path) in str(refused.value)


def test_a_file_of_another_form_and_an_empty_one_are_refused(tmp_path: Path) -> None:
    (tmp_path / "wishes.toml").write_text('format = "cabria.call/1"\n')
    with pytest.raises(DataError, match=r"cabria\.wishes/1"):
        read_wishes(tmp_path / "wishes.toml", call_id="C")
    (tmp_path / "wishes.toml").write_text("")
    with pytest.raises(DataError, match="empty"):
        read_wishes(tmp_path / "wishes.toml", call_id="C")


def test_an_earlier_plan_is_read_with_boxes_that_the_call_has_no_more(tmp_path: Path) -> None:
    plan = tmp_path / "plan.json"
    plan.write_text(
        '{"format": "cabria.plan/1", "call": "C", "loads": {"GONE": "0020482"}, "restows": {"R": "0020484"}}'
    )
    budget = keep_plan(plan, 3, call_id="C")
    assert {box: str(slot) for box, slot in budget.earlier.items()} == {"GONE": "0020482", "R": "0020484"}
    with pytest.raises(DataError, match="of call 'C'"):
        keep_plan(plan, 3, call_id="OTHER")


def test_wishes_are_part_of_the_call_folder(tmp_path: Path) -> None:
    call = tiny_call()
    wishes = Wishes((Pin(call.loads[0].id, ShipPart.parse("bay 02 deck"), "hot"),), (), ChangeBudget({}, 0))
    write_call(replace(call, wishes=wishes), tmp_path / "call")
    assert read_call(tmp_path / "call").wishes == wishes
