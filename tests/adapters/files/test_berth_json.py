from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import jsonschema  # type: ignore[import-untyped]
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cabria.adapters.files.berth_json import (
    CaseDocument,
    PlanDocument,
    read_case,
    read_plan,
    schema,
    write_case,
    write_plan,
)
from cabria.domain.berthing import (
    BerthCase,
    BerthLayout,
    BerthPlan,
    CraneSpell,
    Eta,
    ShipId,
    Spell,
    Stay,
    Unserved,
)
from cabria.domain.errors import DataError
from cabria.domain.findings import Finding, Severity
from cabria.experiments.berth_weeks import make_berth_week
from cabria.planning.search.result import Result

PLAN = BerthPlan(
    (Stay(ShipId("PAC-1"), 700_000, 1_320, 3_000, (CraneSpell(Spell(1_380, 2_970), 2, ("QC1", "QC2")),)),),
    (Unserved(ShipId("SIA-2"), "BERTH-DEPTH", "She is too deep."),),
)
WEEK = make_berth_week(calls=4)


def test_why_a_ship_is_left_out_is_read_back_with_its_word(tmp_path: Path) -> None:
    left = Unserved(ShipId("B"), "CRANE-POOL", "2 reach her.", "left-out-of-reach", {"cranes": 2, "least": 3})
    write_plan(BerthPlan((), (left,)), tmp_path / "plan.json")
    (read,) = read_plan(tmp_path / "plan.json").unserved
    assert (read.text, read.code, read.values) == (left.text, left.code, left.values)


@given(
    st.builds(make_berth_week, calls=st.integers(1, 20), seed=st.integers(0, 10**6), outages=st.integers(0, 3)),
    st.sampled_from(BerthLayout),
    st.booleans(),
    st.text(max_size=40),
)
@settings(max_examples=15, deadline=None)
def test_a_case_that_is_written_is_read_back(
    tmp_path_factory: pytest.TempPathFactory, week: BerthCase, layout: BerthLayout, is_running: bool, name: str
) -> None:
    path = tmp_path_factory.mktemp("berth") / "case.json"
    case = replace(week, quay=replace(week.quay, layout=layout), name=name)
    if is_running:
        case = replace(case, last_plan=PLAN, now_min=600, frozen_until_min=900)
    write_case(case, path)
    assert read_case(path) == case
    jsonschema.validate(json.loads(path.read_text()), schema(CaseDocument))


def test_a_plan_that_is_written_is_read_back_with_or_without_its_certificate(tmp_path: Path) -> None:
    path = tmp_path / "plan.json"
    write_plan(PLAN, path)
    assert read_plan(path) == PLAN
    result = Result(PLAN, {"late": 100.0}, 90.0, 7, 1.5, 1_000, "1,000 iterations done")
    findings = [Finding("BERTH-GAP", Severity.HARD, "Too near.", "ships A and B")]
    write_plan(PLAN, path, case="A week", result=result, findings=findings)
    assert read_plan(path) == PLAN
    told = json.loads(path.read_text())
    assert (told["case"], told["costs"], told["bound"], told["seed"]) == ("A week", {"late": 100}, 90, 7)
    assert told["findings"][0]["rule"] == "BERTH-GAP"
    assert "cpu_s" not in told
    jsonschema.validate(told, schema(PlanDocument))


@pytest.fixture
def document(tmp_path: Path) -> dict[str, Any]:
    write_case(WEEK, tmp_path / "whole.json")
    whole: dict[str, Any] = json.loads((tmp_path / "whole.json").read_text())
    return whole


def read(tmp_path: Path, document: object) -> BerthCase:
    (tmp_path / "case.json").write_text(json.dumps(document))
    return read_case(tmp_path / "case.json")


def test_an_arrival_may_be_told_by_quantiles(tmp_path: Path, document: dict[str, Any]) -> None:
    document["ships"][0]["eta"] = {"quantiles_min": {"0.1": 540, "0.5": 600, "0.9": 728}}
    assert read(tmp_path, document).ships[0].eta == Eta(600, 540, 100)


def test_work_may_be_told_by_moves(tmp_path: Path, document: dict[str, Any]) -> None:
    del document["ships"][0]["work_crane_min"]
    document["ships"][0] |= {"moves": 1_401, "moves_per_crane_h": 28}
    assert read(tmp_path, document).ships[0].work_crane_min == 3_003


@pytest.mark.parametrize(
    ("where", "value", "says", "place"),
    [
        (("ships", 0, "length_mm"), -5, "at least 1", "$.ships[0].length_mm"),
        (("ships", 0, "length_mm"), 1.5, "whole number", "$.ships[0].length_mm"),
        (("ships", 0, "length_mm"), 10**30, "at most", "$.ships[0].length_mm"),
        (("ships", 0, "lenght_mm"), 5, "no key 'lenght_mm'", "$.ships[0]"),
        (("ships", 0, "max_cranes"), 1, "asks for 2 to 1 cranes", "ships[0]"),
        (("ships", 0, "id"), "SIA-2", "twice", ""),
        (("ships", 0, "kinds"), ["banana"], "none of the words", "$.ships[0].kinds[0]"),
        (("ships", 0, "kinds"), [], "not be empty", "$.ships[0].kinds"),
        (("ships", 0, "moves"), 900, "either by work_crane_min, or by moves", "ships[0]"),
        (("ships", 0, "eta"), {}, "neither planned_min nor quantiles_min", "ships[0].eta"),
        (("ships", 0, "eta"), {"quantiles_min": {"0.5": 3}}, "one quantile above", "ships[0].eta"),
        (("ships", 0, "eta"), {"quantiles_min": {"0.5": 3, "0.9": 5}, "planned_min": 3}, "not by both", "ships[0].eta"),
        (("ships", 0, "eta"), {"planned_min": 5, "earliest_min": 9}, "cannot come at 9", "ships[0].eta"),
        (("ships", 0, "window"), {"start_min": 9, "end_min": 9}, "no length", "ships[0].window"),
        (("quay", "sections", 1, "start_mm"), 1, "must begin where", "quay"),
        (("quay", "cranes", 0, "outages"), [{"start_min": 9, "end_min": 3}], "length", "quay.cranes[0].outages[0]"),
        (("quay", "cranes", 1, "id"), "QC1", "twice", "quay"),
        (("rules", "step_min"), 37, "no multiple of the step", "rules"),
        (("rules", "horizon_min"), 9_000_000, "300,000 steps of time", "rules.horizon_min"),
        (("rules", "position_step_mm"), 1, "steps of place", "rules.position_step_mm"),
        (("tide", "heights_mm"), [1], "as many heights as times", "tide"),
        (("now_min",), 7, "not on the step", ""),
        (("format",), "cabria.berth-case/9", "cabria.berth-case/1", "$.format"),
        (("last_plan",), {"stays": [{"ship": "A", "position_mm": 0, "start_min": 5, "end_min": 5}]}, "not after",
         "last_plan.stays[0]"),
    ],
)  # fmt: skip
def test_a_case_that_cannot_be_is_refused_with_its_place(
    tmp_path: Path, document: dict[str, Any], where: tuple[str | int, ...], value: object, says: str, place: str
) -> None:
    part: Any = document
    for key in where[:-1]:
        part = part[key]
    part[where[-1]] = value
    with pytest.raises(DataError, match=says) as refused:
        read(tmp_path, document)
    assert refused.value.file.endswith("case.json")
    assert refused.value.place == place


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"", "empty"),
        (b"\0\xff", "not JSON"),
        (b'{"format": "cabria.berth-plan/1", "stays": [', "not JSON"),
        (b'{"stays": []}', "begins with format"),
        (b'{"format": "cabria.berth-plan/1"}', "'stays' is missing"),
        (b'{"format": "cabria.berth-plan/1", "stays": [{"ship": "A"}]}', "missing"),
    ],
    ids=["empty", "binary", "cut off", "without a form", "without stays", "without a place"],
)
def test_a_plan_that_is_none_is_refused(tmp_path: Path, content: bytes, says: str) -> None:
    (tmp_path / "plan.json").write_bytes(content)
    with pytest.raises(DataError, match=says):
        read_plan(tmp_path / "plan.json")


def test_steps_too_fine_for_any_computer_are_refused(tmp_path: Path) -> None:
    week = make_berth_week(calls=14)
    write_case(replace(week, rules=replace(week.rules, position_step_mm=100)), tmp_path / "case.json")
    with pytest.raises(DataError, match="more than a computer holds"):
        read_case(tmp_path / "case.json")


def test_a_ship_twice_in_a_plan_is_refused(tmp_path: Path) -> None:
    stay = {"ship": "A", "position_mm": 0, "start_min": 5, "end_min": 9}
    (tmp_path / "plan.json").write_text(json.dumps({"format": "cabria.berth-plan/1", "stays": [stay, stay]}))
    with pytest.raises(DataError, match="ship A twice"):
        read_plan(tmp_path / "plan.json")


@pytest.mark.parametrize(("document", "name"), [(CaseDocument, "berth-case"), (PlanDocument, "berth-plan")])
def test_the_berth_schemas_in_the_handbook_are_fresh(
    repository: Path, document: type[CaseDocument] | type[PlanDocument], name: str
) -> None:
    page = repository / "docs" / "reference" / f"{name}.schema.json"
    assert json.loads(page.read_text()) == schema(document), (
        f"write it again: python -m cabria.adapters.files.berth_json {name} > docs/reference/{name}.schema.json"
    )
