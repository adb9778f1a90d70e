"""Wishes through the whole call: kept past cranes and yard, dropped or refused, explained, and told as changes."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import replace
from itertools import pairwise
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cabria.domain.calls import VesselCall
from cabria.domain.containers import ContainerId
from cabria.domain.plan import LoadingPlan
from cabria.domain.positions import StowPosition
from cabria.domain.vessel import Level
from cabria.domain.wishes import Cargo, ChangeBudget, Forbid, ImpossibleWishes, Pin, ShipPart, Wishes
from cabria.experiments.calls import make_call
from cabria.planning.loading.explain import explain_text
from cabria.planning.loading.problem import EFFORTS, LoadingProblem, Params
from cabria.planning.loading.result import PlannedCall
from cabria.planning.loading.solve import solve

SHORT = replace(EFFORTS["quick"], stowage_iterations_a_load=200, crane_iterations=20_000, with_baselines=False)


def planned(
    call: VesselCall,
    *,
    params: Params = SHORT,
    seed: int = 0,
    earlier: LoadingPlan | None = None,
    keep: Callable[[PlannedCall], None] | None = None,
) -> PlannedCall:
    problem = LoadingProblem(call, earlier)
    return solve(problem, seed=seed, params=params, keep=keep, wall=time.perf_counter, cpu=time.process_time)


@pytest.fixture(scope="module")
def call() -> VesselCall:
    return make_call(moves=300, teu=1_500, seed=3)


@pytest.fixture(scope="module")
def first(call: VesselCall) -> PlannedCall:
    return planned(call)


def kept(call: VesselCall, plan: LoadingPlan, changes: int) -> VesselCall:
    budget = ChangeBudget({**plan.loads, **plan.restows}, changes)
    return replace(call, wishes=replace(call.wishes, budget=budget))


def some_slot(plan: LoadingPlan) -> tuple[ContainerId, StowPosition]:
    return min(plan.loads.items())


def test_a_pinned_box_stays_there_past_cranes_and_yard_and_says_who_wants_it(
    call: VesselCall, first: PlannedCall
) -> None:
    box, slot = some_slot(first.plan)
    wishes = Wishes((Pin(box, ShipPart(slot=slot), "hot box", "M. Quispe"),))
    result = planned(replace(call, wishes=wishes), seed=4)
    assert result.plan.loads[box] == slot
    assert result.judgement.broken_wishes == ()
    assert f"pinned to {slot} (hot box, asked by M. Quispe)" in result.plan.reasons[box].text
    told = explain_text(result.call, result.plan, box)
    assert "asked by M. Quispe" in told
    assert f"forbidden: {box} pinned to {slot}" in told


def test_a_forbidden_bay_is_left_and_an_alternative_there_says_so(call: VesselCall, first: PlannedCall) -> None:
    box, slot = some_slot(first.plan)
    place = call.vessel.place(slot)
    assert place is not None
    part = ShipPart(bay=place.bay.number)
    result = planned(replace(call, wishes=Wishes(forbids=(Forbid(part, reason="crew at work"),))))
    assert result.judgement.broken_wishes == ()
    assert result.plan.loads[box] != slot


def test_an_unchanged_call_planned_again_gives_the_same_plan_whatever_the_budget(
    call: VesselCall, first: PlannedCall
) -> None:
    again = planned(kept(call, first.plan, 25), seed=9, earlier=first.plan)
    assert replace(again.plan, reasons={}) == replace(first.plan, reasons={})
    assert again.plan.changes == ()


def test_new_and_vanished_boxes_change_no_more_than_the_budget_and_each_change_says_why(
    call: VesselCall, first: PlannedCall
) -> None:
    gone = {number for number, _ in sorted(first.plan.loads.items())[:5]}
    new = tuple(
        replace(call.load_by_id[number], id=ContainerId(f"NEWU{index:07}")) for index, number in enumerate(sorted(gone))
    )
    loads = (*(load for load in call.loads if load.id not in gone), *new)
    changed = kept(replace(call, loads=loads), first.plan, 10)
    result = planned(changed)
    assert result.judgement.broken_wishes == ()
    assert result.judgement.hard_by_plan == ()
    moved = {
        box for box in result.plan.loads if box in first.plan.loads and result.plan.loads[box] != first.plan.loads[box]
    }
    assert moved <= {change.container for change in result.plan.changes}
    assert len(result.plan.changes) <= 10
    assert all(change.why for change in result.plan.changes)


def test_impossible_wishes_stop_the_planning_all_named_or_are_dropped(call: VesselCall, first: PlannedCall) -> None:
    box, slot = some_slot(first.plan)
    wrong = Pin(ContainerId("NOBODY"), ShipPart(slot=slot))
    odd = Pin(box, ShipPart(slot=StowPosition(999, 0, 82)))
    wished = replace(call, wishes=Wishes((wrong, odd)))
    with pytest.raises(ImpossibleWishes) as refused:
        planned(wished)
    assert [one.rule for one in refused.value.wishes] == ["POS-SLOT", "LIST-UNKNOWN"]
    assert "NOBODY" in str(refused.value)
    assert "999" in str(refused.value)
    result = planned(wished, params=replace(SHORT, drops_impossible_wishes=True))
    assert [one.wish for one in result.dropped] == [odd, wrong]
    assert result.judgement.hard_by_plan == ()


@given(st.integers(0, 10_000))
@settings(max_examples=3)
def test_whatever_is_wished_is_kept_or_dropped_by_name(seed: int) -> None:
    """Cranes and yard included: boxes of a class change places in the yard, but not past a wish."""
    random = Random(seed)
    call = make_call(moves=200, teu=1_500, seed=seed % 3)
    bays = [bay.number for bay in call.vessel.bays]
    boxes = random.sample(call.loads, 6)
    wishes = Wishes(
        tuple(Pin(box.id, ShipPart(bay=random.choice(bays))) for box in boxes[:4]),
        (
            Forbid(ShipPart(bay=random.choice(bays), level=Level.DECK), Cargo(operator=boxes[4].operator)),
            Forbid(ShipPart(bay=random.choice(bays)), Cargo(pod=boxes[5].pod)),
            Forbid(ShipPart(bay=random.choice(bays), level=Level.HOLD)),
        ),
    )
    result = planned(replace(call, wishes=wishes), params=replace(SHORT, drops_impossible_wishes=True), seed=seed)
    assert [str(finding) for finding in result.judgement.broken_wishes] == []
    assert result.judgement.hard_by_plan == ()
    assert {*result.call.wishes.all, *(one.wish for one in result.dropped)} == set(wishes.all)


def test_plans_on_the_way_are_legal_and_come_early(call: VesselCall) -> None:
    on_the_way: list[PlannedCall] = []
    last = planned(call, keep=on_the_way.append)
    assert [bool(plan.plan.queues) for plan in on_the_way] == [False, True]
    assert all(plan.judgement.hard_by_plan == () for plan in (*on_the_way, last))
    assert len(last.plan.refused) <= len(on_the_way[-1].plan.refused)


def test_passes_grow_up_to_the_effort_asked_for() -> None:
    for effort in EFFORTS.values():
        passes = [params.stowage_iterations_a_load for params in effort.passes()]
        assert passes[-1] == effort.stowage_iterations_a_load
        assert all(5 * before <= after for before, after in pairwise(passes))
    assert len(list(replace(EFFORTS["thorough"], seconds=10).passes())) == 2
