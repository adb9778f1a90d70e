from __future__ import annotations

import json
from pathlib import Path

import pytest

from benchmarks import relocation
from cabria.domain.yard_bay import BayMove, YardBay
from cabria.referee.yard_replay import replay_bay

BAY = {"name": "a", "group": "g", "T": 4, "stacks": [[1, 4, 2], [3, 5], []]}


@pytest.mark.parametrize("flags", [{}, {"restricted": True}, {"crane_time": True}], ids=["free", "restricted", "time"])
def test_a_row_and_its_solution_agree_with_the_replay(tmp_path: Path, flags: dict[str, bool]) -> None:
    path = tmp_path / "bays.jsonl"
    path.write_text(json.dumps(BAY) + "\n{cut off\n")
    rows = list(relocation.run([path], seconds=0.05, seed=0, jobs=1, solutions=tmp_path / "out", **flags))
    good, bad = rows
    moves = json.loads((tmp_path / "out" / "a.json").read_text())["moves"]
    replayed = replay_bay(YardBay(((1, 4, 2), (3, 5), ()), 4), [BayMove(*move) for move in moves])
    assert replayed.verdict
    assert good["valid"] is True
    assert good["cost"] == (replayed.crane_s if flags.get("crane_time") else replayed.relocations)
    assert "line 2" in str(bad["error"])


def test_a_bay_without_a_way_out_and_a_missing_file_are_told(tmp_path: Path) -> None:
    path = tmp_path / "full.jsonl"
    path.write_text(json.dumps({"T": 2, "stacks": [[1, 3], [2, 4]]}))
    rows = list(relocation.run([path, tmp_path / "none"], seconds=0.05, seed=0, jobs=1, solutions=None))
    assert "cannot be emptied" in str(rows[0]["error"])
    assert "no such file" in str(rows[1]["error"])


def test_the_short_protocol_is_at_hand() -> None:
    assert all(Path(path).is_dir() for path in relocation.default_paths())
