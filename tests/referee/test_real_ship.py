"""A real ship as she came: the rules fit reality, and nothing is blamed on a plan that does nothing."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from tests.builders import call, plan

from cabria.adapters.edi import read_bay_plan
from cabria.adapters.files.staf import read_staf
from cabria.domain.findings import Cause, Severity
from cabria.referee.judge import judge


@pytest.mark.shared_data
def test_a_full_ship_as_stowed_by_people_breaks_few_rules_and_none_by_an_empty_plan(shared_data: Path) -> None:
    [profile] = [path for path in (shared_data / "stowage" / "vessel_profiles").rglob("*BEIJING*") if path.is_file()]
    [message] = (shared_data / "edi").glob("baplie_*_2799_boxes.edi")
    bay_plan = read_bay_plan(message.read_bytes(), file=message.name).bay_plan()
    rotation = tuple(sorted({stowed.container.pod for stowed in bay_plan}))
    made = call(vessel=read_staf(profile), rotation=rotation, tank_contents_kg={})
    judgement = judge(replace(made, arrival=bay_plan), plan())
    assert [finding for finding in judgement.findings if finding.cause is Cause.PLAN] == []
    hard = [finding for finding in judgement.findings if finding.severity is Severity.HARD]
    assert {finding.rule for finding in hard} <= {"DG-SEGREGATION", "STACK-WEIGHT-20", "STACK-WEIGHT-40"}
    assert len(hard) < 30
    assert "Not judged:" in judgement.rules["SHIP-GM"]
