from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cabria.domain.containers import ContainerId
from cabria.domain.findings import Cause, Finding, Severity
from cabria.domain.told import told
from cabria.domain.vessel import Level
from cabria.domain.work import StepKind
from cabria.planning.loading.result import PlannedCall
from cabria.reports import figures
from cabria.reports.chart import Axis, time_ticks
from cabria.reports.curve_picture import buoyancies_kg
from cabria.reports.findings_list import bay_of, findings_by_rule
from cabria.reports.text import summary, verdict_text
from cabria.reports.wording import Clock, duration
from cabria.reports.work_blocks import work_blocks
from cabria.reports.yard_picture import crane_capacity, yard_load


def test_a_plan_with_a_hard_finding_of_its_own_is_not_legal(small_planned: PlannedCall) -> None:
    assert figures.verdict(small_planned).grade == "bad"
    came_so = replace(small_planned.judgement, findings=small_planned.judgement.findings[1:])
    assert figures.verdict(replace(small_planned, judgement=came_so)).grade == "doubtful"
    judged = replace(came_so, departure=replace(came_so.departure, not_judged=()))
    said = figures.verdict(replace(small_planned, judgement=judged))
    assert (said.grade, said.headline) == ("good", "The plan is legal: 0 hard findings caused by the plan")


def test_the_summary_tells_verdict_figures_refusals_and_time(small_planned: PlannedCall) -> None:
    words = summary(small_planned)
    for needed in (
        "The plan is NOT legal",
        "4 of 5",
        "greedy 0.750",
        "bound 0:20 h, gap 10.0 %",
        "0.25 m by the head",
        "1 x It has no verified gross mass. (LATE0000001)",
        "SHIP-HANG",
        "stowage 1.2",
    ):
        assert needed in words


def test_boxes_not_ready_are_told_apart_from_those_without_room(small_planned: PlannedCall) -> None:
    plan = replace(small_planned.plan, refused={**small_planned.plan.refused, ContainerId("COLD0000001"): "no plug"})
    planned = replace(small_planned, plan=plan)
    assert figures.refused_by_reason(planned) == {
        "for want of room": [("no plug", ["COLD0000001"])],
        "not ready to load": [("It has no verified gross mass.", ["LATE0000001"])],
    }
    assert "2 refused (1 for want of room, 1 not ready to load)" in figures.verdict(planned).details[0]


def test_what_the_profile_does_not_know_is_one_figure(small_planned: PlannedCall) -> None:
    unknown = replace(small_planned.judgement.departure, gm_mm=None, trim_mm=None, list_mdeg=None, draught_mm=None)
    planned = replace(
        small_planned,
        call=replace(small_planned.call, vessel=replace(small_planned.call.vessel, stations=())),
        judgement=replace(small_planned.judgement, departure=unknown),
    )
    told = {figure.name: figure.value for figure in figures.key_figures(planned)}
    assert told["GM, trim, list, draught"] == "not judged"
    assert told["cargo and tanks"] == "720 t"
    assert "displacement" not in told


@pytest.mark.parametrize(
    ("values", "limits", "share"),
    [
        ((50, -90), ((-100, 100), (-100, 200)), 0.9),
        ((10,), ((-5, None),), 0.0),
        ((30,), ((-5, 20),), 1.5),
        ((), (), 0.0),
    ],
)
def test_strength_is_told_as_share_of_the_nearest_limit(
    values: tuple[int, ...], limits: tuple[tuple[int | None, int | None], ...], share: float
) -> None:
    assert figures.share_of_limit(values, limits) == pytest.approx(share)


def test_the_verdict_shows_no_more_findings_than_asked_for(small_planned: PlannedCall) -> None:
    findings = tuple(Finding("SHIP-X", Severity.HARD, f"number {n}") for n in range(9))
    words = verdict_text(replace(small_planned.judgement, findings=findings), limit=2)
    assert words.count("number") == 2
    assert "... and 7 more" in words


def test_the_verdict_says_which_rules_were_not_judged_and_why(small_planned: PlannedCall) -> None:
    why = (told("No queues.", "no-queues"),)
    unjudged = {"WORK-ONCE": why, "WORK-FREE": why}
    words = verdict_text(replace(small_planned.judgement, findings=(), not_judged=unjudged))
    assert words.splitlines()[1:] == ["Not judged: WORK-ONCE, WORK-FREE: No queues."]


@pytest.mark.parametrize(("list_mdeg", "words"), [(400, "0.40° to starboard"), (-400, "0.40° to port"), (2, "0.00°")])
def test_a_list_has_a_side(list_mdeg: int, words: str) -> None:
    assert figures.list_in_words(list_mdeg) == words


@pytest.mark.parametrize(
    ("trim_mm", "words"), [(400, "0.40 m by the stern"), (-400, "0.40 m by the head"), (-2, "even keel")]
)
def test_a_trim_has_an_end(trim_mm: int, words: str) -> None:
    assert figures.trim_in_words(trim_mm) == words


@pytest.mark.parametrize(
    ("reached", "bound", "words"),
    [
        (110, 100, "gap 10.0 %"),
        (100, 100, "gap 0.0 %"),
        (0, 0, "no gap"),
        (5, 0, "the bound says nothing"),
        (1_600, 80, "20 times the bound"),
        (90, 100, "below its bound, so one of the two is wrong"),
    ],
)
def test_a_gap_is_told_in_words(reached: float, bound: float, words: str) -> None:
    assert figures.gap(reached, bound) == words


def test_findings_come_gravest_first_and_the_plans_own_before_what_came_aboard() -> None:
    found = [
        Finding("B", Severity.NOTE, ""),
        Finding("A", Severity.HARD, "", cause=Cause.ARRIVAL),
        Finding("C", Severity.HARD, ""),
        Finding("C", Severity.HARD, ""),
    ]
    assert [(group.rule, group.count) for group in findings_by_rule(found)] == [("C", 2), ("A", 1), ("B", 1)]


@pytest.mark.parametrize(
    ("place", "container", "bay"),
    [
        ("slot 0020082", None, 2),
        ("0010282", None, 2),
        ("bay 05 row 01 deck", None, 5),
        ("bay 3", None, 2),
        ("", "STAY0000001", 2),
        ("slot 9990182", None, None),
        ("", "NONE0000001", None),
    ],
)
def test_a_finding_knows_its_bay(
    small_planned: PlannedCall, place: str, container: str | None, bay: int | None
) -> None:
    finding = Finding("X", Severity.NOTE, "", place, ContainerId(container) if container else None)
    aboard = {stowed.container.id: stowed.position for stowed in small_planned.call.arrival}
    assert bay_of(finding, small_planned.call.vessel, aboard) == bay


def test_steps_of_one_kind_at_one_bay_and_level_make_a_block(small_planned: PlannedCall) -> None:
    first, *_ = small_planned.plan.queues
    blocks = list(work_blocks(first, small_planned.call.vessel))
    assert [(block.kind, block.level, block.containers) for block in blocks] == [
        (StepKind.DISCHARGE, Level.DECK, 3),
        (StepKind.RESTOW_OFF, Level.DECK, 1),
        (StepKind.LID_OFF, None, 0),
        (StepKind.LOAD, Level.HOLD, 1),
        (StepKind.LID_ON, None, 0),
        (StepKind.RESTOW_ON, Level.DECK, 1),
        (StepKind.LOAD, Level.DECK, 2),
    ]
    assert sum(block.steps for block in blocks) == len(first.steps)
    assert blocks[0].twins == 1


def test_a_long_pause_ends_a_block(small_planned: PlannedCall) -> None:
    first, *_ = small_planned.plan.queues
    late = replace(first.steps[1], start_s=9_000, end_s=9_120)
    queue = replace(first, steps=(first.steps[0], late))
    assert len(list(work_blocks(queue, small_planned.call.vessel))) == 2


def test_the_yards_load_counts_digs_apart(small_planned: PlannedCall) -> None:
    load = yard_load(small_planned.plan.yard_moves, ["Y1", "Y2"])
    assert load.moves == {("Y1", 1): 2}
    assert (load.digs["Y1"], load.retrievals["Y1"], load.peak) == (1, 1, 2)
    assert crane_capacity(small_planned.call.terminal) == {"Y1": 8}


def test_buoyancy_lies_between_the_points_of_the_profile(small_planned: PlannedCall) -> None:
    profile = small_planned.call.vessel
    assert buoyancies_kg(profile, 1_000_000) == [300_000] * 3
    assert buoyancies_kg(profile, 2_000_000) == []


@given(st.floats(-1e9, 1e9), st.floats(0.001, 1e9))
def test_ticks_are_round_and_inside_the_axis(low: float, span: float) -> None:
    axis = Axis(low, low + span, 0, 100)
    ticks = axis.ticks()
    assert len(ticks) <= 14
    assert all(-0.001 <= axis(tick) <= 100.001 for tick in ticks)


@given(st.integers(0, 10**9))
def test_a_call_of_any_length_has_few_time_ticks(end_s: int) -> None:
    ticks = time_ticks(end_s)
    assert 1 <= len(ticks) <= 15
    assert max(ticks) <= end_s


@given(st.text(max_size=30), st.integers(0, 10**12))
def test_the_clock_always_answers(start: str, second: int) -> None:
    assert Clock(start)(second)


def test_the_clock_tells_local_time_or_hours_from_the_start() -> None:
    assert Clock("2026-11-22T22:30")(7_200) == "23 00:30"
    assert Clock("")(7_260) == "+02:01"
    assert Clock("9999-12-31T23:59")(10**9) == "+277777:46"
    assert duration(7_260) == "2:01 h"
