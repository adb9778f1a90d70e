"""The benchmark of stochastic retrieval: a bound that holds in the very orders drawn."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from benchmarks import stochastic


@pytest.mark.parametrize(
    "stacks",
    [[[3], [1, 2], [1], [3], [4, 4, 1]], [[1, 2], [2, 3], []], [[1, 1, 1], [], []]],
    ids=["many", "two", "one"],
)
def test_no_mean_lies_below_its_bound(stacks: list[list[int]], tmp_path: Path) -> None:
    path = tmp_path / "bays.jsonl"
    path.write_text(json.dumps({"name": "a", "T": 3, "stacks": stacks}))
    [row] = stochastic.run([str(path)], seconds=2.0, seed=0, jobs=1, solutions=tmp_path)
    assert row["valid"] is True
    assert float(str(row["bound"])) <= float(str(row["cost"]))
    assert row["proven"] == (row["bound"] == row["cost"])
    told = json.loads((tmp_path / "a.json").read_text())
    assert len(told["orders"]) == len(told["moves"]) == row["orders"]
    assert sorted(told["orders"][0]) == list(range(1, sum(map(len, stacks)) + 1))
