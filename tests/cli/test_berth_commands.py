"""`cabria berth` as a berth planner meets it: a week made, planned, planned again, judged, and all that goes wrong."""

from __future__ import annotations

import csv
import json
import shutil
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from cabria.adapters.files.port_calls import read_port_calls
from cabria.cli import main
from cabria.domain.port_calls import Classifier
from cabria.reports import png as png_module

from .conftest import Outcome, Run

QUICK = ("--effort", "quick")


def files_in(folder: Path) -> list[str]:
    return sorted(str(path.relative_to(folder)) for path in folder.rglob("*"))


def assert_refused(outcome: Outcome, *words: str) -> None:
    assert outcome.code == 1
    assert "Traceback" not in outcome.err
    assert outcome.err.count("cabria: ") == 1
    for word in words:
        assert word in outcome.complaint


def changed(path: Path, change: Callable[[dict[str, Any]], object]) -> Path:
    document = json.loads(path.read_text())
    change(document)
    path.write_text(json.dumps(document))
    return path


@pytest.fixture(scope="session")
def kept_week(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A week of four calls and its plan, made once; see `week`."""
    folder = tmp_path_factory.mktemp("berths")
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        for words in (
            ["make", "week", "--calls", "4", "--seed", "1"],
            ["plan", "week", *QUICK, "--port-calls", "week/port-calls.json"],
        ):
            patch.setattr(sys, "argv", ["cabria", "berth", *words])
            with pytest.raises(SystemExit) as end:
                main()
            assert not end.value.code
    return folder


@pytest.fixture
def week(kept_week: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder to stand in with `week` and `week-plan`, to be spoilt."""
    shutil.copytree(kept_week, tmp_path, dirs_exist_ok=True)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_a_plan_comes_with_tables_charts_and_answers_to_the_port_calls(week: Path) -> None:
    assert files_in(week / "week-plan") == [
        "berth-case.json", "berth-plan.json", "chart-dark.svg", "chart.png", "chart.svg", "cranes.csv",
        "port-calls.json", "ships.csv",
    ]  # fmt: skip
    with (week / "week-plan" / "ships.csv").open() as file:
        assert len(list(csv.DictReader(file))) == 4
    answers = read_port_calls(week / "week-plan" / "port-calls.json")
    asked = [told for told in answers.timestamps if told.classifier is Classifier.REQUESTED]
    assert len(asked) == 8
    assert json.loads((week / "week-plan" / "berth-plan.json").read_text())["costs"]


def test_the_same_seed_gives_the_same_files(week: Path, cabria: Run) -> None:
    outcome = cabria("berth", "plan", "week", *QUICK, "--out", "again", "--port-calls", "week/port-calls.json")
    assert outcome.code == 0
    assert "The plan is legal" in outcome.out
    for name in files_in(week / "again"):
        assert (week / "again" / name).read_bytes() == (week / "week-plan" / name).read_bytes(), name


def test_the_plan_is_judged_and_shown(week: Path, cabria: Run) -> None:
    judged = cabria("berth", "check", "week-plan")
    assert judged.code == 0
    assert judged.out.startswith("The plan is legal: 0 hard findings")
    shown = cabria("berth", "show", "week-plan/berth-plan.json", "--case", "week", "--chart", "dark.svg", "--dark")
    assert shown.code == 0
    assert "PAC-1" in shown.out
    assert "#1b222a" in (week / "dark.svg").read_text()


def test_a_late_ship_is_planned_again_and_the_change_is_told(week: Path, cabria: Run) -> None:
    outcome = cabria(
        "berth", "replan", "week-plan", *QUICK, "--now", "2026-11-23T12:00", "--late", "SOL-3=10",
        "--crane-out", "QC3=30/40", "--wind", "45=150/151",
    )  # fmt: skip
    assert outcome.code == 0, outcome.err
    assert "Against the last plan:" in outcome.out
    assert "SOL-3" in outcome.out.split("Against the last plan:")[1]
    case = json.loads((week / "week-plan-next" / "berth-case.json").read_text())
    assert (case["now_min"], case["frozen_until_min"]) == (720, 1_080)
    assert any(wind["gust_kn"] == 45 for wind in case["wind"])
    with (week / "week-plan-next" / "changes.csv").open() as file:
        assert "SOL-3" in [row["ship"] for row in csv.DictReader(file)]
    again = cabria("berth", "replan", "week-plan-next", *QUICK, "--now", "13", "--out", "third")
    assert again.code == 0
    assert "Nothing changes against the last plan." in again.out


def test_a_ship_that_will_not_come_is_dropped(week: Path, cabria: Run) -> None:
    outcome = cabria("berth", "replan", "week-plan", *QUICK, "--without", "SOL-3")
    assert outcome.code == 0
    assert "1 dropped" in outcome.out


def test_the_carriers_news_move_ships(week: Path, cabria: Run) -> None:
    outcome = cabria("berth", "replan", "week-plan", *QUICK, "--now", "6", "--port-calls", "week/news.json")
    assert outcome.code == 0
    told = [line for line in outcome.out.splitlines() if ": expected " in line]
    assert [line.endswith("(EST)") for line in told] == [True, True]
    assert "Port calls: " in outcome.out


def test_a_ship_longer_than_the_quay_is_not_served_and_the_rule_is_named(week: Path, cabria: Run) -> None:
    changed(week / "week" / "berth-case.json", lambda case: case["ships"][1].update(length_mm=1_600_000))
    outcome = cabria("berth", "plan", "week", *QUICK, "--out", "long")
    assert outcome.code == 0
    assert "Not served: 1" in outcome.out
    assert "SIA-2" in outcome.out.split("Not served: 1")[1].splitlines()[1]
    assert "BERTH-" in outcome.out
    assert "Not served" in (week / "long" / "chart.svg").read_text()


def test_a_plan_in_which_two_ships_share_a_metre_is_not_legal_and_drawn_red(week: Path, cabria: Run) -> None:
    lengths = {
        ship["id"]: ship["length_mm"] for ship in json.loads((week / "week/berth-case.json").read_text())["ships"]
    }

    def shared(plan: dict[str, Any]) -> None:
        one, other = plan["stays"][:2]
        other |= {**one, "ship": other["ship"], "position_mm": one["position_mm"] + lengths[one["ship"]] - 1_000}

    changed(week / "week-plan" / "berth-plan.json", shared)
    outcome = cabria("berth", "check", "week-plan", "--chart", "bad.svg")
    assert outcome.code == 2
    assert "HARD BERTH-OVERLAP: 1 caused by the plan" in outcome.out
    assert "share 1 m of quay" in (week / "bad.svg").read_text()


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (("plan", "nowhere"), "no such file"),
        (("plan", "week/port-calls.json"), "A berth case begins with format"),
        (("plan", "week", "--port-calls", "week/berth-case.json"), "'format'"),
        (("plan", "week", "--out", "full"), "holds theirs.txt"),
        (("plan", "week", "--out", "full/theirs.txt"), "no folder"),
        (("make", "week"), "holds berth-case.json"),
        (("make", "full"), "holds theirs.txt"),
        (("check", "week"), "no such file"),
        (("check", "week/berth-case.json"), "A berth plan begins with format"),
        (("show", "week-plan", "--chart", "week.gif"), ".svg or .png"),
        (("show", "week-plan", "--chart", "none/week.png"), "cannot be written"),
        (("replan", "full/theirs.txt"), "--case FILE"),
        (("replan", "week-plan", "--now", "soon"), "--now: 'soon' is no time"),
        (("replan", "week-plan", "--now", "9000"), "--now: Minute 540000 is not within"),
        (("replan", "week-plan", "--late", "SOL-3"), "SHIP=HOURS"),
        (("replan", "week-plan", "--late", "NOBODY=3"), "--late: The case has no ship 'NOBODY'"),
        (("replan", "week-plan", "--crane-out", "QC99=1/2"), "no crane 'QC99'; it has QC1"),
        (("replan", "week-plan", "--crane-out", "QC1=5/2"), "--crane-out"),
        (("replan", "week-plan", "--wind", "strong=1/2"), "speed of gusts"),
        (("replan", "week-plan", "--without", "NOBODY"), "--without"),
    ],
    ids=lambda words: " ".join(words) if isinstance(words, tuple) else None,
)
def test_what_cannot_be_done_is_refused_and_nothing_is_left(
    week: Path, cabria: Run, words: tuple[str, ...], says: str
) -> None:
    (week / "full").mkdir()
    (week / "full" / "theirs.txt").write_text("theirs")
    before = files_in(week)
    assert_refused(cabria("berth", *words), says)
    assert files_in(week) == before


@pytest.mark.parametrize(
    ("key", "value", "says"),
    [
        ("length_mm", -1, "$.ships[0].length_mm: This should be at least 1."),
        ("length_mm", "long", "$.ships[0].length_mm"),
        ("lenght_mm", 5, "no key 'lenght_mm'"),
        ("work_crane_min", 0, "$.ships[0].work_crane_min"),
        ("wanted_position_mm", 12_345, "not on the step"),
    ],
)
def test_a_ship_that_cannot_be_is_refused_with_its_place(
    week: Path, cabria: Run, key: str, value: object, says: str
) -> None:
    changed(week / "week" / "berth-case.json", lambda case: case["ships"][0].update({key: value}))
    assert_refused(cabria("berth", "plan", "week", "--out", "new"), "berth-case.json", says)
    assert not (week / "new").exists()


@pytest.mark.parametrize("content", [b"", b"{", b"\0" * 99, b"[" * 99_999, b"[]"])
def test_broken_files_are_refused(week: Path, cabria: Run, content: bytes) -> None:
    (week / "week" / "berth-case.json").write_bytes(content)
    assert_refused(cabria("berth", "plan", "week"), "berth-case.json")
    (week / "week-plan" / "berth-plan.json").write_bytes(content)
    assert_refused(cabria("berth", "show", "week-plan"), "berth-plan.json")
    (week / "calls.json").write_bytes(content)
    assert_refused(cabria("berth", "replan", "week-plan", "--case", "week-plan", "--port-calls", "calls.json"))


def test_an_unknown_port_call_event_is_refused_with_its_place(week: Path, cabria: Run) -> None:
    def odd(document: dict[str, Any]) -> None:
        document["portCallServices"][0]["portCallServiceEventTypeCode"] = "BOOM"

    changed(week / "week" / "port-calls.json", odd)
    outcome = cabria("berth", "plan", "week", "--port-calls", "week/port-calls.json")
    assert_refused(outcome, "port-calls.json", "portCallServices[0].portCallServiceEventTypeCode", "'BOOM'")


def test_port_calls_for_a_case_without_a_clock_are_refused(week: Path, cabria: Run) -> None:
    changed(week / "week" / "berth-case.json", lambda case: case.pop("beginning"))
    outcome = cabria("berth", "plan", "week", "--port-calls", "week/port-calls.json")
    assert_refused(outcome, "week/berth-case.json, beginning", "2026-11-23T00:00-05:00")


def test_a_full_disk_leaves_the_older_plan_whole(week: Path, cabria: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object, **__: object) -> bytes:
        raise OSError(28, "No space left on device")

    before = {name: (week / "week-plan" / name).read_bytes() for name in files_in(week / "week-plan")}
    monkeypatch.setattr(png_module, "png", full)
    assert_refused(cabria("berth", "plan", "week", *QUICK, "--seed", "5"), "No space left")
    assert {name: (week / "week-plan" / name).read_bytes() for name in files_in(week / "week-plan")} == before
    assert not [name for name in files_in(week) if name.startswith(".cabria")]


def test_the_help_of_every_command_has_an_example(cabria: Run) -> None:
    for command in ("make", "plan", "replan", "check", "show"):
        outcome = cabria("berth", command, "--help")
        assert outcome.code == 0
        assert f"cabria berth {command} " in " ".join(outcome.out.split("Example:")[1].split())
