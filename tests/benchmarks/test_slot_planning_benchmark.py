from __future__ import annotations

import json
from pathlib import Path

from benchmarks import samples, slot_planning
from benchmarks.slot_planning_peers import by_cp_sat
from cabria.adapters.files.slot_planning_files import read_bay_section
from cabria.domain.slot_planning import Slot, SlotAssignment, SlotPlace
from cabria.referee.slot_planning import judge_slots

OWN = samples.OWN / "slot_planning"


def test_rows_and_solutions_agree_with_the_judge(tmp_path: Path) -> None:
    rows = {
        str(row["instance"]): row for row in slot_planning.run([OWN], seconds=30, seed=0, jobs=1, solutions=tmp_path)
    }
    assert [*rows] == ["made-heavy", "made-too-heavy", "made-two-ports"]
    assert all(row["proven"] for row in rows.values())
    for name in ("made-heavy", "made-two-ports"):
        told = json.loads((tmp_path / f"{name}.json").read_text())["assign"]
        plan = [SlotAssignment(number, SlotPlace(stack, tier, Slot(slot))) for number, stack, tier, slot in told]
        judged = judge_slots(read_bay_section(OWN / f"{name}.txt"), plan)
        assert judged.valid
        assert rows[name]["valid"] is True
        assert rows[name]["cost"] == rows[name]["bound"] == judged.cost()
    assert rows["made-too-heavy"]["cost"] == ""
    assert "no plan" in str(rows["made-too-heavy"]["stopped"])
    assert not (tmp_path / "made-too-heavy.json").exists()


def test_a_file_that_cannot_be_read_is_told_and_the_others_go_on(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("1 2 3\n")
    (tmp_path / "b.txt").write_bytes((OWN / "made-too-heavy.txt").read_bytes())
    rows = list(slot_planning.run([tmp_path], seconds=30, seed=0, jobs=1, solutions=None))
    assert "line 1" in str(rows[0]["error"])
    assert rows[1]["proven"] is True


def test_cp_sat_agrees_on_our_own_sections() -> None:
    """A model of its own, by cells."""
    costs = {path.stem: by_cp_sat(read_bay_section(path), 60) for path in sorted(OWN.glob("*.txt"))}
    assert costs["made-two-ports"] == (130, 130, True)
    assert costs["made-too-heavy"] == (None, None, True)
