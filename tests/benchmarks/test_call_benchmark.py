"""The benchmark of whole calls: the part that lets loads come late."""

from __future__ import annotations

from pathlib import Path

from benchmarks import call
from cabria.experiments.calls import make_scenario


def test_each_row_with_late_boxes_is_legal_and_of_as_many_as_there_are(tmp_path: Path) -> None:
    folder = tmp_path / "tiny"
    make_scenario("tiny", folder)
    rows = list(call.run([str(folder)], seconds=1.0, seed=0, jobs=1, solutions=None, late=True))
    assert [row["late"] for row in rows][:2] == [0, 7]
    assert len({row["instance"] for row in rows}) == len(rows)
    for row in rows:
        assert row["valid"] is True
        assert float(str(row["cost"])) >= float(str(row["bound"]))
        assert int(str(row["late_refused"])) <= int(str(row["late"]))
