"""`cabria plan` with a planner's wishes, again from an earlier plan, and killed on the way."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from cabria.adapters.files.call_folder import read_call, write_call
from cabria.adapters.files.plan_json import read_plan
from cabria.experiments.calls import make_call
from cabria.referee.judge import judge

from .conftest import Run

PROGRAM = "from cabria.cli import main; main()"


def wishes(folder: Path, text: str) -> Path:
    path = folder / "my-wishes.toml"
    path.write_text(f'format = "cabria.wishes/1"\nby = "Ana"\n{text}', encoding="utf-8")
    return path


def loaded(plan: Path) -> dict[str, str]:
    slots: dict[str, str] = json.loads((plan / "plan.json").read_text())["loads"]
    return slots


def test_a_pin_is_kept_and_check_and_why_know_it(cabria: Run, tiny: Path, tiny_plan: Path, tmp_path: Path) -> None:
    box, slot = min(loaded(tiny_plan).items())
    file = wishes(tmp_path, f'[[pin]]\nbox = "{box}"\nto = "{slot}"\nwhy = "hot"\n')
    out = tmp_path / "out"
    assert cabria("plan", tiny, "--effort", "quick", "--out", out, "--wishes", file).code == 0
    assert loaded(out)[box] == slot
    document = json.loads((out / "plan.json").read_text())
    assert document["wishes"]["kept"] == [f"{box} pinned to {slot} (hot, asked by Ana)"]
    assert f"pinned to {slot} (hot, asked by Ana)" in cabria("why", tiny, out, box, "--wishes", file).out
    assert "WISH-PIN" not in cabria("check", tiny, out, "--wishes", file).out


def test_a_plan_that_breaks_a_wish_is_found_out_by_check(
    cabria: Run, tiny: Path, tiny_plan: Path, tmp_path: Path
) -> None:
    box, slot = min(loaded(tiny_plan).items())
    file = wishes(tmp_path, f'[[forbid]]\nplace = "{slot}"\nbox = "{box}"\n')
    assert f"{slot} forbidden for {box} (asked by Ana)" in cabria("check", tiny, tiny_plan, "--wishes", file).out


def test_impossible_wishes_are_all_told_and_nothing_is_written_unless_they_may_be_dropped(
    cabria: Run, tiny: Path, tmp_path: Path
) -> None:
    file = wishes(tmp_path, '[[pin]]\nbox = "NOBODY"\nto = "bay 02"\n[[forbid]]\nplace = "bay 99"\n')
    out = tmp_path / "out"
    refused = cabria("plan", tiny, "--effort", "quick", "--out", out, "--wishes", file)
    assert refused.code == 1
    assert "2 wishes cannot be met" in refused.complaint
    assert "LIST-UNKNOWN" in refused.complaint
    assert "POS-SLOT" in refused.complaint
    assert not out.exists()
    dropped = cabria("plan", tiny, "--effort", "quick", "--out", out, "--wishes", file, "--drop-impossible-wishes")
    assert dropped.code == 0
    assert "Planned without these wishes:" in dropped.out
    rules = [one["rule"] for one in json.loads((out / "plan.json").read_text())["wishes"]["dropped"]]
    assert rules == ["POS-SLOT", "LIST-UNKNOWN"]


def test_an_unchanged_call_keeps_its_plan(cabria: Run, tiny: Path, tiny_plan: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    outcome = cabria(
        "plan", tiny, "--effort", "quick", "--out", out, "--keep", tiny_plan, "--changes", "5", "--seed", "7"
    )
    assert outcome.code == 0
    assert "Changes against the earlier plan: 0 of 5 allowed." in outcome.out
    before, after = (json.loads((folder / "plan.json").read_text()) for folder in (tiny_plan, out))
    assert all(before[key] == after[key] for key in ("loads", "refused", "restows", "queues", "yard_moves"))


def test_changes_without_a_plan_to_keep_are_refused(cabria: Run, tiny: Path) -> None:
    assert "Name it with --keep" in cabria("plan", tiny, "--changes", "5").complaint


@pytest.fixture(scope="module")
def call_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("killed") / "call"
    write_call(make_call(moves=200, teu=1_500, seed=3), folder)
    return folder


@pytest.mark.parametrize(("phase", "nth", "is_worked"), [("cranes", 1, False), ("yard", 2, True)])
def test_a_run_that_is_killed_still_has_its_last_legal_plan(
    call_folder: Path, tmp_path: Path, phase: str, nth: int, is_worked: bool
) -> None:
    """Killed when a phase begins for the nth time: no signal handler, no tidying up."""
    out = tmp_path / "plan"
    words = [sys.executable, "-c", PROGRAM, "plan", str(call_folder), "--out", str(out), "--effort", "normal"]
    with subprocess.Popen(words, stderr=subprocess.PIPE, stdout=subprocess.DEVNULL, text=True) as run:
        assert run.stderr is not None
        seen, before = 0, ""
        for line in run.stderr:
            now = line.partition(":")[0]
            seen += now == phase != before
            before = now
            if seen == nth:
                run.kill()
                break
    assert run.returncode == -signal.SIGKILL
    call = read_call(call_folder)
    plan = read_plan(out / "plan.json", call)
    assert bool(plan.queues) is is_worked
    assert judge(call, plan).hard_by_plan == ()
    assert len(plan.loads) + len(plan.refused) == len(call.loads)
