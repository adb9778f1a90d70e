"""The benchmarks of berths: rows that the judge confirms, solutions in the published form, refusals as rows."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from benchmarks import berth_discrete, berth_replan
from cabria.domain.berth_replanning import Stay
from cabria.domain.discrete_berths import Berthing
from cabria.experiments.discrete_berths import made_berths, made_disruption
from cabria.referee.berth_replanning import judge_week
from cabria.referee.discrete_berths import judge_berths


def test_a_solution_of_discrete_berths_counts_from_one(tmp_path: Path) -> None:
    [row] = berth_discrete.run(["made:12x3-1"], seconds=0.5, seed=0, jobs=1, solutions=tmp_path, no_departures=True)
    ships = json.loads((tmp_path / "made-12x3-1.json").read_text())["ships"]
    plan = [Berthing(ship - 1, berth - 1, start) for ship, berth, start in ships]
    judged = judge_berths(made_berths(12, 3, 1), plan)
    assert (judged.cost, judged.valid) == (row["cost"], row["valid"]) == (row["bound"], row["proven"])


def test_a_tidal_file_is_planned(tmp_path: Path) -> None:
    file = tmp_path / "tidal.csv"
    file.write_text("Vessels,2\nBegin,1,13\nEnd,7,20\nProcessing,3,4\nLength,1.6,1.6\nArrival,0,2\n")
    [row] = berth_discrete.run([str(tmp_path)], seconds=2.0, seed=0, jobs=1, solutions=tmp_path)
    assert (row["cost"], row["bound"], row["completions"]) == (3 + 5, 8, 10)
    assert json.loads((tmp_path / "tidal.json").read_text())["ships"][0] == [1, 0.0, 0]


def test_a_week_and_its_delays_are_planned_and_an_unchanged_one_is_left_alone(tmp_path: Path) -> None:
    week = made_disruption(2, 1)
    rows = list(berth_replan.run(["made:2-1"], seconds=10.0, seed=0, jobs=1, solutions=tmp_path, delays=True))
    assert len(rows) == 1 + 2 * len(berth_replan.DELAYS_H) + 1
    assert all(row["valid"] for row in rows)
    assert (rows[-1]["moved"], rows[-1]["cost"]) == (0, rows[0]["cost"])
    stays = [Stay(*each) for each in json.loads((tmp_path / "made-2-1.json").read_text())["ships"]]
    assert judge_week(week, stays).cost == rows[0]["cost"] == rows[0]["bound"]


@pytest.mark.parametrize("name", ["made:", "made:3-4-x", "absent.txt"])
def test_what_cannot_be_read_is_a_row_with_its_error(name: str, tmp_path: Path) -> None:
    path = name if name.startswith("made") else str(tmp_path / name)
    for module in (berth_discrete, berth_replan):
        [row] = module.run([path], seconds=1.0, seed=0, jobs=1, solutions=None)
        assert "error" in row
