"""The benchmark of weeks at a continuous quay: rows the judge confirms, solutions, and an outsider's answer."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from benchmarks import berth, berth_peers
from cabria.adapters.files.berth_json import read_case
from cabria.experiments.berth_instances import made_week


def rows(*paths: str, out: Path | None = None) -> list[berth.Row]:
    return list(berth.run(list(paths), seconds=20, seed=0, jobs=1, solutions=out))


def test_a_week_is_solved_judged_and_written_with_its_case(tmp_path: Path) -> None:
    (row,) = rows("made:8:1", out=tmp_path)
    assert row["valid"] is True
    assert row["proven"] is True
    assert row["cost"] == row["bound"]
    ships = json.loads((tmp_path / "made-8-1.json").read_text(encoding="utf-8"))["ships"]
    assert sorted(ship[0] for ship in ships) == list(range(1, 9))
    assert read_case(tmp_path / "made-8-1.case.json") == made_week(8, 1)
    (again,) = rows(str(tmp_path / "made-8-1.case.json"))
    assert again["cost"] == pytest.approx(1000 * row["cost"])  # type: ignore[operator]


def test_what_cannot_be_read_is_a_row_with_the_reason(tmp_path: Path) -> None:
    broken = tmp_path / "broken.json"
    broken.write_text("{", encoding="utf-8")
    found = rows("made:x", "made:8:1:2", str(broken), str(tmp_path / "none.json"))
    assert [sorted(row) for row in found] == [["error", "instance"]] * 4
    assert "no such file" in str(found[3]["error"])


@pytest.mark.parametrize("seed", [2, 3])
def test_an_outsider_told_the_literature_model_finds_the_same_cost(seed: int) -> None:
    cost, bound = berth_peers.by_cp_sat(made_week(9, seed), 20)
    (row,) = rows(f"made:9:{seed}")
    assert row["proven"] is True
    assert cost == bound == 1000 * row["cost"]  # type: ignore[operator]
