"""The benchmark of two cranes on one rail: a row a shift, its solution in plain lists, a clear word to a bad name."""

from __future__ import annotations

import json
from pathlib import Path

from benchmarks.rail import run


def test_a_shift_is_planned_judged_and_written(tmp_path: Path) -> None:
    (row,) = run(["made:12-0.5-3"], seconds=0.2, seed=1, jobs=1, solutions=tmp_path)
    assert row["valid"] is True
    assert row["bound"] <= row["cost"] <= min(row["zones"], row["nearest_first"])  # type: ignore[operator, type-var]
    written = json.loads((tmp_path / "12-0.5-3.json").read_text())
    assert sorted(job for job, *_ in written["tasks"]) == list(range(1, 13))
    assert {crane for _, crane, *_ in written["tasks"]} <= {1, 2}
    assert [len(way) > 0 for way in written["ways"]] == [True, True]


def test_a_name_that_says_no_shift_is_an_error() -> None:
    (row,) = run(["made:12"], seconds=0.2, seed=1, jobs=1, solutions=None)
    assert "made:JOBS-LOAD-SEED" in str(row["error"])
