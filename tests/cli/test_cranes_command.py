"""`cabria cranes`: the split made anew for slots that stand, and what it says to bad wishes."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import pytest

from .conftest import Run

PARTS = ["crane-chart.png", "crane-chart.svg", "cranes.json", "work-queues.csv"]


def test_the_split_is_written_drawn_and_told(cabria: Run, tiny: Path, tiny_plan: Path) -> None:
    outcome = cabria("cranes", tiny, tiny_plan)
    assert (outcome.code, outcome.complaint) == (0, "")
    assert "QC1 is the last to finish" in outcome.out
    folder = tiny.with_name("tiny-cranes")
    assert sorted(path.name for path in folder.iterdir()) == PARTS
    assert (folder / "crane-chart.png").read_bytes().startswith(b"\x89PNG")
    document = json.loads((folder / "cranes.json").read_text())
    assert document["bound_s"] <= document["makespan_s"]
    with (folder / "work-queues.csv").open(newline="") as file:
        told = [row["containers"].split() for row in csv.DictReader(file)]
    written = [step["containers"] for queue in document["ships"][0]["queues"] for step in queue["steps"]]
    assert told == written


def test_a_crane_that_is_out_takes_longer_and_is_drawn(cabria: Run, tiny: Path, tiny_plan: Path) -> None:
    makespans = []
    for wishes in ((), ("--out-of-work", "QC1=0:10-1:10")):
        assert cabria("cranes", tiny, tiny_plan, *wishes).code == 0
        makespans.append(json.loads((tiny.with_name("tiny-cranes") / "cranes.json").read_text())["makespan_s"])
    assert makespans[0] < makespans[1] <= makespans[0] + 3_600 + 180
    assert "QC1 is out" in (tiny.with_name("tiny-cranes") / "crane-chart.svg").read_text()


def test_late_boxes_of_the_call_are_waited_for(cabria: Run, tiny: Path, tiny_plan: Path) -> None:
    made = json.loads((tiny_plan / "plan.json").read_text())
    boxes = sorted(made["loads"])[:2]
    (tiny / "late.csv").write_text(f"container,ready\n{boxes[0]},1:30\n{boxes[1]},900:00\n")
    toml = tiny / "call.toml"
    toml.write_text(toml.read_text().replace("[files]", '[files]\nlate = "late.csv"'))
    outcome = cabria("cranes", tiny, tiny_plan)
    assert outcome.code == 0, outcome.out
    assert f"Late boxes cheaper to sail without than to wait for: 1 ({boxes[1]})." in outcome.out
    document = json.loads((tiny.with_name("tiny-cranes") / "cranes.json").read_text())
    steps = [step for queue in document["ships"][0]["queues"] for step in queue["steps"] if step["kind"] == "load"]
    set_s = {box: step["start_s"] for step in steps for box in step["containers"]}
    assert set_s[boxes[0]] >= 5_400
    assert set_s[boxes[1]] >= 900 * 3_600


def test_two_ships_are_worked_side_by_side(cabria: Run, tiny: Path, tiny_plan: Path, tmp_path: Path) -> None:
    assert cabria("scenario", "make", "tiny", tmp_path / "other").code == 0
    toml = tmp_path / "other" / "call.toml"
    toml.write_text(toml.read_text().replace("berth_x_mm = ", "berth_x_mm = 1"))
    outcome = cabria(
        "cranes", tiny, tiny_plan, "--beside", tmp_path / "other", "--beside-plan", tiny_plan, "--later", "1:00"
    )
    assert outcome.code == 0, outcome.out
    document = json.loads((tiny.with_name("tiny-cranes") / "cranes.json").read_text())
    assert len(document["ships"]) == 2
    assert (tiny.with_name("tiny-cranes") / "work-queues-2.csv").is_file()


def test_an_outage_is_drawn_at_the_same_hour_for_a_ship_that_comes_later(
    cabria: Run, tiny: Path, tiny_plan: Path, tmp_path: Path
) -> None:
    assert cabria("scenario", "make", "tiny", tmp_path / "other").code == 0
    toml = tmp_path / "other" / "call.toml"
    text = toml.read_text().replace("berth_x_mm = ", "berth_x_mm = 1").replace("T06:00", "T07:00")
    toml.write_text(text)
    outcome = cabria(
        "cranes", tiny, tiny_plan, "--beside", tmp_path / "other", "--beside-plan", tiny_plan, "--later", "1:00",
        "--out-of-work", "QC1=1:30-1:40",
    )  # fmt: skip
    assert outcome.code == 0, outcome.out
    assert "QC1 is out, 02 07:30 to 02 07:40" in (tiny.with_name("tiny-cranes") / "crane-chart-2.svg").read_text()


@pytest.mark.parametrize(
    ("wish", "sentence"),
    [
        (("--out-of-work", "QC1"), "'QC1' is no crane and span of time, such as QC3=5:30-11:00"),
        (("--out-of-work", "QC9=1:00-2:00"), "has no crane QC9. It has QC1."),
        (("--out-of-work", "QC1=2:00-1:00"), "'QC1=2:00-1:00' ends before it begins"),
        (("--dual-cycle", "5"), "--dual-cycle: A dual cycle of 5 s is shorter than a single one of QC1"),
        (("--later", "soon"), "'soon' is no time in hours and minutes"),
    ],
)
def test_a_bad_wish_is_told_in_a_sentence(
    cabria: Run, tiny: Path, tiny_plan: Path, wish: tuple[str, str], sentence: str
) -> None:
    outcome = cabria(
        "cranes", tiny, tiny_plan, *wish, *(("--beside", tiny, "--beside-plan", tiny_plan) if "--later" in wish else ())
    )
    assert outcome.code == 1
    assert sentence in outcome.complaint
    assert not tiny.with_name("tiny-cranes").exists()


def test_the_starts_of_two_calls_say_how_much_later_the_other_is(
    cabria: Run, tiny: Path, tiny_plan: Path, tmp_path: Path
) -> None:
    assert cabria("scenario", "make", "tiny", tmp_path / "other").code == 0
    toml = tmp_path / "other" / "call.toml"
    text = toml.read_text().replace("berth_x_mm = ", "berth_x_mm = 1")
    start = next(line for line in text.splitlines() if line.startswith("start"))
    toml.write_text(text.replace(start, 'start = "2099-01-01T00:00"'))
    both = (tiny, tiny_plan, "--beside", tmp_path / "other", "--beside-plan", tiny_plan)
    assert "another difference than 1:00" in cabria("cranes", *both, "--later", "1:00").complaint
    toml.write_text(text.replace(start, 'start = "1999-01-01T00:00"'))
    assert "begins before the first. Name her first." in cabria("cranes", *both).complaint


@pytest.mark.parametrize("wish", [("--later", "1:00"), ("--beside-plan", "tiny-plan")], ids=lambda wish: wish[0])
def test_a_wish_about_the_other_ship_needs_her(cabria: Run, tiny: Path, tiny_plan: Path, wish: tuple[str, str]) -> None:
    outcome = cabria("cranes", tiny, tiny_plan, *wish)
    assert outcome.code == 1
    assert f"{wish[0]}: There is no other ship" in outcome.complaint


def test_two_ships_in_one_place_are_refused(cabria: Run, tiny: Path, tiny_plan: Path) -> None:
    outcome = cabria("cranes", tiny, tiny_plan, "--beside", tiny, "--beside-plan", tiny_plan)
    assert outcome.code == 1
    assert "lie in one place" in outcome.complaint


def test_outages_that_overlap_count_as_one(cabria: Run, tiny: Path, tiny_plan: Path) -> None:
    makespans = []
    for spans in (("0:10-1:00",), ("0:10-0:40", "0:30-1:00")):
        wishes = [word for span in spans for word in ("--out-of-work", f"QC1={span}")]
        assert cabria("cranes", tiny, tiny_plan, *wishes).code == 0
        makespans.append(json.loads((tiny.with_name("tiny-cranes") / "cranes.json").read_text())["makespan_s"])
    assert makespans[0] == makespans[1]


def test_somebody_elses_folder_is_left_alone(cabria: Run, tiny: Path, tiny_plan: Path, tmp_path: Path) -> None:
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "letter.txt").write_text("dear")
    outcome = cabria("cranes", tiny, tiny_plan, "--out", tmp_path / "mine")
    assert outcome.code == 1
    assert "letter.txt" in outcome.complaint
