"""The whole-ship benchmark: a file that holds a whole plan at any moment, and rows for good and bad lists."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
from pathlib import Path

from benchmarks import samples
from benchmarks.whole_ship import SolutionFile, run
from cabria.domain.whole_ship import Spot
from cabria.planning.stowage.whole_ship.solve import Draft

PLAN = {3: Spot(1, 2, 0, 1), 1: Spot(0, 0, 40, 2)}
KILLED = """
import os, signal, sys
from pathlib import Path
from benchmarks.whole_ship import SolutionFile
from cabria.domain.whole_ship import Spot

file = SolutionFile(Path(sys.argv[1]))
file.write({0: Spot(0, 0, 0, 1)})
file.path.with_name(file.path.name + ".part").write_text('{"assign": [[0, 0', encoding="utf-8")
os.kill(os.getpid(), signal.SIGKILL)
"""


def test_a_program_killed_while_it_writes_leaves_the_plan_before(tmp_path: Path) -> None:
    path = tmp_path / "plan.json"
    ended = subprocess.run([sys.executable, "-c", KILLED, str(path)], check=False)
    assert ended.returncode == -signal.SIGKILL
    assert json.loads(path.read_text(encoding="utf-8")) == {"assign": [[0, 0, 0, 0, 1]]}


def test_the_first_draft_is_written_at_once_and_the_next_not_so_soon(tmp_path: Path) -> None:
    file = SolutionFile(tmp_path / "plan.json")
    file.offer(Draft(10.0, lambda: PLAN))
    file.offer(Draft(9.0, dict))
    assert json.loads(file.path.read_text(encoding="utf-8")) == {"assign": [[1, 0, 0, 40, 2], [3, 1, 2, 0, 1]]}


def test_a_list_that_cannot_be_read_is_told_and_the_others_go_on(tmp_path: Path) -> None:
    (tmp_path / "VSBad.txt").write_text("nonsense", encoding="utf-8")
    (row,) = run([tmp_path], seconds=1.0, seed=0, jobs=1, solutions=None)
    assert row["instance"] == "VSBad"
    assert "error" in row


def test_a_whole_list_is_loaded_in_the_least_time_and_she_may_sail(tmp_path: Path) -> None:
    file = samples.OWN / "whole_ship" / "VSLow1.txt"
    (row,) = run([file], seconds=0.1, seed=0, jobs=1, solutions=tmp_path, cpu=True)
    assert row["valid"], row["faults"]
    assert [path.name for path in tmp_path.iterdir()] == ["VSLow1.json"]
    assigned = json.loads((tmp_path / "VSLow1.json").read_text(encoding="utf-8"))["assign"]
    assert all(len(line) == 5 for line in assigned)
    assert len(assigned) > 1_000
