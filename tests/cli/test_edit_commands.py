"""Changing a plan by hand from the command line, comparing plans, and papers made anew."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

from cabria.bootstrap import EDITS, MARK, OUTPUT

from .conftest import Run

BOX, TWIN_MATE = "TINU0000096", "TINU0000033"


def test_an_edit_is_priced_taken_undone_and_told(cabria: Run, tiny: Path, tiny_plan: Path, tmp_path: Path) -> None:
    before = (tiny_plan / MARK).read_bytes()
    first = shutil.copytree(tiny_plan, tmp_path / "first")
    tried = cabria("edit", "ashore", tiny, tiny_plan, BOX, "--why", "customs hold", "--try")
    assert "+600.0 min  refused" in tried.out
    assert (tiny_plan / MARK).read_bytes() == before
    assert cabria("edit", "ashore", tiny, tiny_plan, BOX, "--why", "customs hold", "--by", "M. Quispe").code == 0
    assert json.loads((tiny_plan / MARK).read_text())["refused"] == {BOX: "customs hold"}
    assert {path.name for path in tiny_plan.iterdir()} == {MARK, *EDITS}
    told = cabria("compare", tiny, first, tiny_plan).out
    assert "1 box stands elsewhere" in told
    assert "-> ashore" in told
    assert cabria("papers", tiny, tiny_plan).code == 0
    assert {path.name for path in tiny_plan.iterdir()} == {*OUTPUT, *EDITS}
    assert "leave TINU0000096 ashore" in cabria("edit", "undo", tiny, tiny_plan).out
    assert "Every box stands in the same slot." in cabria("compare", tiny, first, tiny_plan).out
    history = cabria("edit", "history", tiny, tiny_plan).out
    assert "M. Quispe: leave TINU0000096 ashore (customs hold)  +602.5 min" in history
    assert "0 edits count, 1 are undone." in history
    assert cabria("edit", "history", tiny, tiny_plan, "--after", 1, "--out", tmp_path / "then.json").code == 0
    assert json.loads((tmp_path / "then.json").read_text())["refused"] == {BOX: "customs hold"}


def test_what_the_referee_forbids_is_not_done(cabria: Run, tiny: Path, tiny_plan: Path) -> None:
    before = {path.name: path.read_bytes() for path in tiny_plan.iterdir()}
    outcome = cabria("edit", "exchange", tiny, tiny_plan, BOX, TWIN_MATE)
    assert outcome.code == 1
    assert "WORK-TWIN" in outcome.complaint
    assert "but is forbidden" in outcome.out
    assert {path.name: path.read_bytes() for path in tiny_plan.iterdir()} == before


def test_planning_does_not_write_over_what_was_done_by_hand(cabria: Run, tiny: Path, tiny_plan: Path) -> None:
    assert cabria("edit", "ashore", tiny, tiny_plan, BOX).code == 0
    outcome = cabria("plan", tiny, "--out", tiny_plan)
    assert outcome.code == 1
    assert "changed by hand" in outcome.complaint


def test_edits_of_nothing_say_what_is_wrong(cabria: Run, tiny: Path, tiny_plan: Path, tmp_path: Path) -> None:
    for words, said in (
        (("edit", "undo", tiny, tiny_plan), "nothing to undo"),
        (("edit", "move", tiny, tiny_plan, BOX, "nowhere"), "nowhere"),
        (("edit", "move", tiny, tiny_plan, BOX, "9990202"), "has no slot"),
        (("edit", "ashore", tiny, tiny_plan, "NOPE0000000"), "not on the load list"),
        (("edit", "ashore", tiny, tiny_plan, BOX, "--why", " "), "--why"),
        (("edit", "waive", tiny, tiny_plan, "NO-RULE", "--why", "x"), "no finding of NO-RULE"),
        (("edit", "history", tiny, tiny_plan, "--after", 1), "--out"),
        (("edit", "history", tiny, tiny_plan, "--after", 7, "--out", tmp_path / "x.json"), "0 entries"),
        (("papers", tiny, tmp_path / "none"), "no such file"),
        (("compare", tiny, tiny_plan, tmp_path / "none.json"), "no such file"),
    ):
        outcome = cabria(*words)
        assert outcome.code == 1, words
        assert said in outcome.complaint, words


def test_several_boxes_are_one_edit_with_one_price_and_one_undo(cabria: Run, tiny: Path, tiny_plan: Path) -> None:
    other = "TINU0000060"
    slots = json.loads((tiny_plan / MARK).read_text())["loads"]
    assert BOX in slots
    assert other in slots
    both = ("--set", f"{BOX}=ashore", "--set", f"{other}=ashore", "--why", "customs hold")
    assert "+1200.0 min  refused" in cabria("edit", "several", tiny, tiny_plan, *both, "--try").out
    assert cabria("edit", "several", tiny, tiny_plan, *both).code == 0
    assert set(json.loads((tiny_plan / MARK).read_text())["refused"]) == {BOX, other}
    assert cabria("edit", "undo", tiny, tiny_plan).code == 0
    assert json.loads((tiny_plan / MARK).read_text())["loads"] == slots
    for words, said in (
        (("--set", "BOX"), "BOX=PLACE"),
        (("--set", f"{BOX}=ashore", "--set", f"{BOX}={other}"), "named twice"),
        (("--set", f"{BOX}=stay"), "does not restow"),
        (("--set", f"{BOX}=nowhere"), "NOWHERE"),
    ):
        outcome = cabria("edit", "several", tiny, tiny_plan, *words)
        assert outcome.code == 1, words
        assert said in outcome.complaint, words
