"""`cabria layout`: a ground plan is made, judged and drawn, and nonsense refused with its place."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from cabria.adapters.files.layout_json import read_layout
from cabria.experiments.layouts import small_layout

from .conftest import Run


@pytest.fixture
def plan(cabria: Run, tmp_path: Path) -> Path:
    path = tmp_path / "layout.json"
    assert cabria("layout", "make", "small", "--out", path).code == 0
    return path


def test_a_layout_is_made_judged_and_drawn(cabria: Run, plan: Path) -> None:
    assert read_layout(plan) == small_layout()
    checked = cabria("layout", "check", plan)
    assert checked.code == 0
    assert checked.out.startswith("Small: a plan to drive on; 0 hard findings.\n")
    assert "By the nearer side of a block:" in checked.out
    assert cabria("layout", "draw", plan).code == 0
    assert plan.with_suffix(".svg").read_text().startswith("<svg")
    assert cabria("layout", "draw", plan, "--dark", "--out", plan.with_name("plan.png")).code == 0
    assert plan.with_name("plan.png").read_bytes().startswith(b"\x89PNG")


def test_lanes_are_laid_around_a_terminal_of_ones_own(cabria: Run, plan: Path, tiny: Path) -> None:
    again = plan.with_name("again") / "layout.json"
    again.parent.mkdir()
    assert cabria("layout", "around", plan.with_name("terminal.json"), "--out", again).code == 0
    assert read_layout(again).segments[0] == small_layout().segments[0]
    assert "a plan to drive on" in cabria("layout", "check", again).out
    refused = cabria("layout", "around", tiny / "terminal.json", "--out", again)
    assert refused.code == 1
    assert f"{tiny / 'terminal.json'}, B01: Block B01 lies 44 m too near" in refused.err


def test_cranes_in_one_place_are_refused_and_drawn_red(cabria: Run, plan: Path) -> None:
    beside = plan.with_name("terminal.json")
    terminal = json.loads(beside.read_text())
    terminal["quay_cranes"].append({**terminal["quay_cranes"][0], "id": "QC2"})
    beside.write_text(json.dumps(terminal))
    outcome = cabria("layout", "check", plan)
    assert outcome.code == 2
    assert "QC1: Quay cranes QC1 and QC2 stand 0 m apart" in outcome.out
    assert cabria("layout", "draw", plan).code == 0
    assert "1 places break a rule" in plan.with_suffix(".svg").read_text()


def test_a_blocks_closed_ways_are_told(cabria: Run, plan: Path) -> None:
    document = json.loads(plan.read_text())
    gone = {s["id"] for s in document["segments"] if ">R2" in s["id"] or s["id"].startswith(("R2W+A", "R2E+A"))}
    document["segments"] = [s for s in document["segments"] if s["id"] not in gone]
    for junction in document["junctions"]:
        junction["segments"] = [name for name in junction["segments"] if name not in gone]
    document["junctions"] = [junction for junction in document["junctions"] if junction["segments"]]
    plan.write_text(json.dumps(document))
    outcome = cabria("layout", "check", plan, "--limit", 50)
    assert outcome.code == 2
    assert "B02: Block B02 cannot be reached" in outcome.out
    assert "From a quay crane" not in outcome.out


def test_names_and_files_that_do_not_exist_are_told(cabria: Run, tmp_path: Path) -> None:
    outcome = cabria("layout", "make", "atlantis", "--out", tmp_path / "layout.json")
    assert outcome.code == 1
    assert "There is no layout 'atlantis'. Choose among small, chancay" in outcome.err
    assert cabria("layout", "check", tmp_path / "none.json").code == 1
    assert cabria("layout", "draw", tmp_path / "none.json", "--out", tmp_path / "plan.gif").code == 1
    assert list(tmp_path.iterdir()) == []
