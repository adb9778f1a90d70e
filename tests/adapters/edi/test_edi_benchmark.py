"""The benchmark `edi` keeps its contract."""

from __future__ import annotations

import json
from pathlib import Path

from tests.adapters.edi.samples import BOX_22, baplie_22, coprar

from benchmarks.edi import made_bay_plan, run
from cabria.adapters.edi import read_bay_plan

CONTRACT = ["benchmark", "instance", "seed", "cost", "bound", "proven", "cpu_s", "wall_s", "valid", "version"]


def test_one_row_an_instance_and_a_broken_one_does_not_stop_the_others(tmp_path: Path) -> None:
    (tmp_path / "a.edi").write_bytes(baplie_22(BOX_22))
    (tmp_path / "b.edi").write_bytes(b"nothing")
    (tmp_path / "c.edi").write_bytes(coprar("EQD+CN++45G1", "EQN+2", "LOC+11+CNSHA", "MEA+AAE+G+KGM:9000"))
    rows = list(run([tmp_path, "made:50", "made:none"], seconds=0, seed=3, jobs=1, solutions=tmp_path / "out"))
    good = [row for row in rows if "error" not in row]
    assert [(row["instance"], row["boxes"], row["roundtrip_lost"], row["valid"]) for row in good] == [
        ("a", 1, 0, True),
        ("c", 2, 0, True),
        ("made_50", 50, 0, True),
    ]
    assert all(list(row)[: len(CONTRACT)] == CONTRACT for row in good)
    assert [str(row["error"])[:20] for row in rows if "error" in row] == [
        "b, segment 1: This d",
        "'made:none' does not",
    ]
    (boxes,) = json.loads((tmp_path / "out" / "a.json").read_text())["boxes"]
    assert boxes == [["CQSU0901220", "22G1", 35, 3, 84, 19627, True, "CNSHA", "CNNGB"]]


def test_the_made_bay_plan_is_the_same_for_a_seed_and_has_nothing_odd() -> None:
    assert made_bay_plan(400, 1) == made_bay_plan(400, 1)
    assert made_bay_plan(400, 1) != made_bay_plan(400, 2)
    message = read_bay_plan(made_bay_plan(2_000), file="made")
    assert len(message.bay_plan()) == 2_000
    assert not message.findings
