"""Another plan from where work stands, by the command line: proposed, signed, dropped and taken back, or refused."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from cabria.bootstrap import MARK

from .conftest import Run

BOX = "TINU0000096"


def slots(plan: Path) -> object:
    return json.loads((plan / MARK).read_text())["loads"]


def test_what_is_proposed_is_dropped_or_signed_and_taken_back(cabria: Run, tiny: Path, tiny_plan: Path) -> None:
    before = slots(tiny_plan)
    assert BOX in str(before)
    for words, lands in ((("edit", "drop"), before), (("edit", "accept"), None)):
        outcome = cabria("replan", tiny, tiny_plan, "--shut-out", BOX)
        assert outcome.code == 0, outcome.err
        assert "Sign it with `cabria edit accept`" in outcome.out
        assert slots(tiny_plan) == before
        assert cabria(*words, tiny, tiny_plan).code == 0
        assert (slots(tiny_plan) == before) is (lands is not None)
    assert cabria("check", tiny, tiny_plan).code == 0
    assert "shut out" in cabria("edit", "undo", tiny, tiny_plan).out
    assert slots(tiny_plan) == before
    assert cabria("check", tiny, tiny_plan).code == 0


def test_nothing_proposed_is_nothing_to_sign(cabria: Run, tiny: Path, tiny_plan: Path) -> None:
    for verb in ("accept", "drop"):
        outcome = cabria("edit", verb, tiny, tiny_plan)
        assert outcome.code == 1
        assert outcome.complaint


@pytest.mark.parametrize("kind", ["late", "found", "refuse", "down"])
def test_each_change_is_proposed_or_refused_in_a_sentence(
    cabria: Run, tiny: Path, tiny_plan: Path, tmp_path: Path, kind: str
) -> None:
    late = tmp_path / "late.csv"
    late.write_text(f"container,ready\n{BOX},1:00\n")
    said = {
        "late": ("--late", late),
        "found": ("--found", f"{BOX}=B01-04-01-1"),
        "refuse": ("--refuse", f"{BOX}=0020182"),
        "down": ("--crane-down", "QC1:1:00"),
    }[kind]
    outcome = cabria("replan", tiny, tiny_plan, *said)
    assert outcome.code == 0, outcome.err
    assert cabria("edit", "accept", tiny, tiny_plan).code == 0
    assert cabria("check", tiny, tiny_plan).code == 0
    assert cabria("edit", "undo", tiny, tiny_plan).code == 0


def test_changes_that_mean_nothing_say_what_is_wrong(cabria: Run, tiny: Path, tiny_plan: Path, tmp_path: Path) -> None:
    late = tmp_path / "late.csv"
    late.write_text("container,ready\nTINU0000096\n")
    for words, said in (
        (("--shut-out", "NOPE0000000"), "not on the load list"),
        (("--found", f"{BOX}=Z9-01-01-1"), "no yard place"),
        (("--found", BOX), "BOX=PLACE"),
        (("--refuse", f"{BOX}=nowhere"), "nowhere"),
        (("--crane-down", "QC9"), "no quay crane QC9"),
        (("--crane-down", "QC1"), "No quay crane in service"),
        (("--now", "noon"), "is no moment"),
        (("--late", late), "line 2"),
        (("--late", tmp_path / "none.csv"), "no such file"),
    ):
        outcome = cabria("replan", tiny, tiny_plan, *words)
        assert outcome.code == 1, words
        assert said in outcome.complaint, words


@pytest.mark.parametrize("now", ["", "0:00", "0:10"])
def test_where_nothing_happened_nothing_is_proposed_and_no_file_changes(
    cabria: Run, tiny: Path, tiny_plan: Path, now: str
) -> None:
    before = {path.name: path.read_bytes() for path in tiny_plan.iterdir()}
    outcome = cabria("replan", tiny, tiny_plan, *(("--now", now) if now else ()))
    assert outcome.code == 0, outcome.err
    assert "edit accept" not in outcome.out
    assert {path.name: path.read_bytes() for path in tiny_plan.iterdir()} == before


def test_a_box_aboard_that_is_shut_out_is_refused_with_where_it_is(cabria: Run, tiny: Path, tiny_plan: Path) -> None:
    outcome = cabria("replan", tiny, tiny_plan, "--now", "1:00", "--shut-out", BOX)
    assert outcome.code == 1
    assert f"{BOX} is aboard or in a spreader already" in outcome.complaint
