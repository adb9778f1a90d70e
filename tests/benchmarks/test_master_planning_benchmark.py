from __future__ import annotations

import json
from pathlib import Path

from benchmarks import master_planning, samples
from cabria.adapters.files.master_planning_files import read_voyage
from cabria.domain.master_planning import Stowing
from cabria.referee.master_planning import judge_master_plan

SAMPLE = samples.OWN / "master_planning" / "three_ports.txt"


def test_a_written_solution_is_judged_like_the_row_says(tmp_path: Path) -> None:
    [row] = master_planning.run([SAMPLE], seconds=0.2, seed=0, jobs=1, solutions=tmp_path)
    stowed = json.loads((tmp_path / "three_ports.json").read_text(encoding="utf-8"))["stow"]
    plan = [Stowing(load, discharge, sort - 1, block - 1, boxes) for load, discharge, sort, block, boxes in stowed]
    judged = judge_master_plan(read_voyage(SAMPLE), plan)
    assert (row["cost"], row["valid"], row["left"]) == (judged.cost, judged.is_valid, 0)
    assert isinstance(row["bound"], int)
    assert row["bound"] <= judged.cost


def test_a_file_that_cannot_be_read_does_not_stop_the_others(tmp_path: Path) -> None:
    (tmp_path / "broken.txt").write_text("3 4\n", encoding="utf-8")
    rows = list(master_planning.run([tmp_path, SAMPLE], seconds=0.1, seed=0, jobs=1, solutions=None))
    assert "broken.txt, line 1" in str(rows[0]["error"])
    assert rows[1]["valid"]
