"""plan.json: nothing of a plan is lost, the same plan is the same file, and only what can be judged is read."""

from __future__ import annotations

import json
import math
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import jsonschema  # type: ignore[import-untyped]
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cabria.adapters.files.plan_json import plan_bytes, plan_schema, read_plan, write_plan
from cabria.domain.containers import ContainerId
from cabria.domain.errors import DataError
from cabria.domain.plan import LoadingPlan, Reason
from cabria.domain.positions import StowPosition, YardPosition
from cabria.domain.told import told
from cabria.domain.work import CraneStep, StepKind, WorkQueue, YardMove
from cabria.experiments.tiny import tiny_call
from cabria.planning.loading.result import Bound, Phase, PlannedCall
from cabria.referee.judge import judge

CALL = tiny_call()
BY_TWO = told("shared evenly by {cranes} cranes", "by-cranes", cranes=2)
NONE_KNOWN = told("none known", "bound-unknown")
LOADS = [box.id for box in CALL.loads]
VERDICT = judge(CALL, LoadingPlan(CALL.id, loads={}, refused=dict.fromkeys(LOADS, "not planned")))
STAYING = [stowed.container.id for stowed in CALL.remaining]

slots = st.builds(StowPosition, st.integers(1, 99), st.integers(0, 20), st.integers(2, 98))
places = st.builds(
    YardPosition, st.sampled_from(["B01", "X"]), st.integers(1, 99), st.integers(1, 20), st.integers(1, 9)
)
minutes = st.floats(allow_nan=False, allow_infinity=False) | st.just(math.inf)
texts = st.text(max_size=20)
seconds = st.integers(0, 10**6)


@st.composite
def steps(draw: st.DrawFn) -> CraneStep:
    boxes = tuple(draw(st.lists(st.sampled_from([*LOADS, *STAYING]), max_size=2, unique=True)))
    start_s = draw(seconds)
    return CraneStep(
        kind=draw(st.sampled_from(StepKind)),
        bay=draw(st.integers(0, 99)),
        start_s=start_s,
        end_s=start_s + draw(seconds),
        containers=boxes,
        positions=tuple(draw(slots) for _ in boxes),
        lid=draw(texts),
    )


plans = st.builds(
    LoadingPlan,
    call_id=st.just(CALL.id),
    loads=st.dictionaries(st.sampled_from(LOADS), slots),
    refused=st.dictionaries(st.sampled_from(LOADS), texts),
    restows=st.dictionaries(st.sampled_from(STAYING), slots),
    queues=st.lists(st.builds(WorkQueue, st.sampled_from(["QC1", "QC2"]), st.lists(steps(), max_size=4).map(tuple)))
    .map(tuple),
    yard_moves=st.lists(
        st.builds(YardMove, st.sampled_from(LOADS), places, st.none() | places, st.sampled_from(LOADS), seconds),
        max_size=4,
    ).map(tuple),
    tank_contents_kg=st.none() | st.dictionaries(texts, st.integers(0, 10**6), max_size=3),
    reasons=st.dictionaries(
        st.sampled_from(LOADS),
        st.builds(
            Reason,
            st.dictionaries(texts, minutes, max_size=3),
            st.lists(st.tuples(slots, minutes, texts), max_size=3).map(tuple),
            texts,
        ),
        max_size=2,
    ),
)  # fmt: skip


def planned(plan: LoadingPlan, **facts: Any) -> PlannedCall:
    """A planned call around a plan; the referee's word is on the empty plan, which it can always judge."""
    defaults: dict[str, Any] = {
        "costs_min": {"overstows": 30.0, "digs": 2.5},
        "bounds": {"makespan": Bound(1380, 1380, "s", BY_TWO), "digs": Bound(1, None, "digs", NONE_KNOWN)},
        "baselines": {"greedy": {"digs per load": 0.5}},
        "phases": (Phase("stowage", 1.25, 1.5),),
        "seed": 7,
        "stopped": "done",
        "version": "0.1",
    }
    return PlannedCall(CALL, plan, VERDICT, **{**defaults, **facts})


@given(plans)
def test_a_plan_reads_back_as_it_was_written(tmp_path_factory: pytest.TempPathFactory, plan: LoadingPlan) -> None:
    path = tmp_path_factory.mktemp("plans") / "plan.json"
    write_plan(planned(plan), path)
    assert read_plan(path, CALL) == plan


@settings(max_examples=40)
@given(plans)
def test_what_is_written_keeps_to_the_schema(plan: LoadingPlan) -> None:
    jsonschema.validate(json.loads(plan_bytes(planned(plan))), plan_schema())


def test_the_schema_in_the_handbook_is_fresh(repository: Path) -> None:
    page = repository / "docs" / "reference" / "plan.schema.json"
    assert json.loads(page.read_text()) == plan_schema(), (
        "write it again: python -m cabria.adapters.files.plan_json > docs/reference/plan.schema.json"
    )


def test_only_the_timings_tell_two_runs_apart(repository: Path) -> None:
    plan = read_plan(repository / "scenarios" / "tiny" / "right-plan.json", CALL)
    one = plan_bytes(planned(plan)).decode().splitlines()
    other = plan_bytes(planned(plan, phases=(Phase("stowage", 9.0, 8.0),))).decode().splitlines()
    changed = [line for line, again in zip(one, other, strict=True) if line != again]
    assert [line.split(":")[0] for line in changed] == [' "timings"']


def test_everything_known_about_a_plan_is_in_the_file(repository: Path) -> None:
    plan = read_plan(repository / "scenarios" / "tiny" / "right-plan.json", CALL)
    made = replace(planned(plan), judgement=judge(CALL, plan))
    written = json.loads(plan_bytes(made))
    assert (written["seed"], written["version"], written["stopped"]) == (7, "0.1", "done")
    assert written["figures"]["crane_makespan_s"] == 1380
    assert written["costs_min"] == {"overstows": 30.0, "digs": 2.5}
    assert written["bounds"]["digs"] == {
        "reached": 1,
        "bound": None,
        "unit": "digs",
        "note": "none known",
        "code": "bound-unknown",
        "values": {},
    }
    assert written["baselines"] == {"greedy": {"digs per load": 0.5}}
    assert written["stability"]["departure"]["cargo_kg"] == 176_000
    assert written["rules"] == dict(made.judgement.rules)
    assert len(written["findings"]) == len(made.judgement.findings)
    assert written["timings"]["phases"] == [{"name": "stowage", "wall_s": 1.25, "cpu_s": 1.5}]


def test_the_hand_made_plan_of_tiny_is_right(repository: Path) -> None:
    plan = read_plan(repository / "scenarios" / "tiny" / "right-plan.json", CALL)
    judgement = judge(CALL, plan)
    assert judgement.findings == ()
    figures = judgement.figures
    assert (figures.loaded, figures.discharged, figures.digs, figures.restows) == (7, 2, 1, 0)
    assert (figures.crane_makespan_s, figures.twin_lifts) == (1380, 1)


def changed(document: dict[str, Any], *path: Any, to: Any) -> dict[str, Any]:
    part = document
    for key in path[:-1]:
        part = part[key]
    part[path[-1]] = to
    return document


@pytest.mark.parametrize(
    ("change", "place", "sentence"),
    [
        (lambda d: changed(d, "call", to="OTHER"), "$.call", "of call 'OTHER', not of TINY"),
        (lambda d: changed(d, "format", to="cabria.plan/9"), "$.format", "A plan begins with format"),
        (lambda d: changed(d, "loeds", to={}), "$", "no key 'loeds'"),
        (lambda d: changed(d, "loads", "XXXU1234567", to="0020002"), "$.loads.XXXU1234567", "not on the load list"),
        (
            lambda d: changed(d, "loads", "TINU0000080", to="bay 2"),
            "$.loads.TINU0000080",
            "should be a slot such as 0060284",
        ),
        (lambda d: changed(d, "restows", to={LOADS[0]: "0020002"}), f"$.restows.{LOADS[0]}", "not aboard on arrival"),
        (
            lambda d: changed(d, "restows", to={"TINU0000012": "0020002"}),
            "$.restows.TINU0000012",
            "leaves the ship here",
        ),
        (lambda d: changed(d, "queues", 0, "steps", 3, "end_s", to=1), "$.queues[0].steps[3]", "before it starts"),
        (
            lambda d: changed(d, "queues", 0, "steps", 0, "positions", to=[]),
            "$.queues[0].steps[0]",
            "not as many positions as containers",
        ),
        (
            lambda d: changed(d, "queues", 0, "steps", 0, "containers", to=["XXXU1234567"]),
            "$.queues[0].steps[0]",
            "neither aboard nor on the load list",
        ),
        (
            lambda d: changed(d, "yard_moves", 0, "source", to="B01"),
            "$.yard_moves[0]",
            "not written BLOCK-BAY-ROW-TIER",
        ),
    ],
)
def test_what_cannot_be_judged_is_refused(
    repository: Path, tmp_path: Path, change: Callable[[dict[str, Any]], dict[str, Any]], place: str, sentence: str
) -> None:
    document = json.loads((repository / "scenarios" / "tiny" / "right-plan.json").read_text())
    path = tmp_path / "plan.json"
    path.write_text(json.dumps(change(document)))
    with pytest.raises(DataError) as caught:
        read_plan(path, CALL)
    assert sentence in str(caught.value)
    assert (caught.value.file, caught.value.place) == (str(path), place)


@pytest.mark.parametrize("content", [b"", b"{", b"\x00\x01\x02", b"[" * 100_000, b"plan"])
def test_what_is_no_plan_is_refused(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "plan.json").write_bytes(content)
    with pytest.raises(DataError, match=r"plan\.json"):
        read_plan(tmp_path / "plan.json", CALL)


def test_a_plan_names_its_boxes_in_the_order_of_the_planner() -> None:
    plan = LoadingPlan(
        CALL.id, loads={ContainerId("TINU0000080"): StowPosition(6, 2, 82), LOADS[0]: StowPosition(1, 0, 2)}
    )
    written = json.loads(plan_bytes(planned(plan)))
    assert list(written["loads"]) == ["TINU0000080", LOADS[0]]
