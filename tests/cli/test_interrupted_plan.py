"""Ctrl-C while several seeds are planned side by side: the best plan is kept, and no process is left behind."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

from cabria.adapters.files.plan_json import read_plan
from cabria.bootstrap.plans import read_call
from cabria.experiments.calls import make_scenario
from cabria.referee.judge import judge


def test_ctrl_c_with_two_jobs_leaves_the_best_plan_and_nothing_at_work(tmp_path: Path) -> None:
    folder, out = tmp_path / "call", tmp_path / "plan"
    make_scenario("made", folder, moves=240, teu=2_000, seed=8)
    words = ["plan", str(folder), "--out", str(out), "--jobs", "2", "--effort", "thorough"]
    command = [sys.executable, "-c", "from cabria.cli import main; main()", *words]
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, start_new_session=True
    ) as program:
        assert program.stderr is not None
        first_plan = iter(program.stderr.readline, "")
        assert any(line.startswith("reasons") for line in first_plan)
        os.killpg(program.pid, signal.SIGINT)  # as a terminal does: to the workers as well
        said, complaints = program.communicate(timeout=240)  # ends when nobody holds the other end any more
    assert program.returncode == 0, complaints
    assert "Ending with the best plan so far" in complaints
    assert "Traceback" not in complaints
    assert "Written to" in said
    call = read_call(folder)
    plan = read_plan(out / "plan.json", call)
    assert plan.queues
    assert not judge(call, plan).hard_by_plan
