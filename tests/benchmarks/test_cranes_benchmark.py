"""The benchmark of crane tasks: rows that the judge confirms, the published gaps, solutions in the published form."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from benchmarks import cranes
from cabria.adapters.files.qcsp import read_crane_tasks
from cabria.domain.crane_tasks import ScheduledTask
from cabria.referee.crane_tasks import judge_crane_tasks

INSTANCE = {
    "name": "two", "n": 4, "b": 6, "q": 2, "t": 1, "s": 1, "p": [5, 6, 7, 4], "l": [1, 2, 5, 6], "l0": [1, 5],
    "r": [0, 0], "Phi": [],
}  # fmt: skip


def written(folder: Path) -> Path:
    path = folder / "two.json"
    path.write_text(json.dumps(INSTANCE))
    (folder / "best_known.csv").write_text(
        "name,set,group,idx,n,b,q,s,load_lb,z_unidirectional,z_bidirectional,z_best\ntwo,A,,1,4,6,2,1,11,16,,10\n"
    )
    return path


def test_a_row_is_what_the_judge_says_of_the_solution_written(tmp_path: Path) -> None:
    path = written(tmp_path)
    [row] = cranes.run([path], seconds=0.2, seed=0, jobs=1, solutions=tmp_path / "plans")
    told = json.loads((tmp_path / "plans" / "two.json").read_text())["tasks"]
    judgement = judge_crane_tasks(read_crane_tasks(path), [ScheduledTask(*each) for each in told])
    assert (row["instance"], row["cost"], row["valid"]) == ("two", judgement.makespan, judgement.valid)
    assert row["valid"] is True
    assert [task for task, *_ in told] == [1, 2, 3, 4]
    assert (row["proven"], row["gap_one_way"]) == (True, -25.0)
    assert row["gap_best"] == pytest.approx(20.0)


def test_a_broken_file_among_others_is_a_row_with_its_error(tmp_path: Path) -> None:
    good = written(tmp_path)
    broken = tmp_path / "broken.json"
    broken.write_text(json.dumps(INSTANCE)[:40])
    rows = list(cranes.run([broken, good, "absent.json"], seconds=0.1, seed=0, jobs=1, solutions=None))
    assert ["error" in row for row in rows] == [True, False, True]
    assert "broken.json" in str(rows[0]["error"])


def test_a_folder_stands_for_the_instances_in_it(tmp_path: Path) -> None:
    written(tmp_path)
    [row] = cranes.run([tmp_path], seconds=0.1, seed=0, jobs=1, solutions=None)
    assert row["instance"] == "two"
