"""A ship moved by a person: she lies where she was put, and the referee sees what that breaks."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.berths_by_hand import case, ship

from cabria.domain.berth_events import later
from cabria.domain.berthing import BerthCase, BerthPlan, ShipId
from cabria.domain.errors import DataError
from cabria.planning.berth.options import Pin
from cabria.planning.berth.problem import EFFORTS, BerthProblem
from cabria.planning.berth.solve import solve
from cabria.planning.berth.what_if import on_the_grid, replanned_around, with_ships_moved
from cabria.planning.search.stopping import MaxIterations
from cabria.referee.berthing import judge_berthing

WEEK = case(ship("A"), ship("B", wanted_position_mm=120_000), ship("C", eta_h=6, wanted_position_mm=240_000))
ENDLESS = MaxIterations(10**9)
A, B, C = ShipId("A"), ShipId("B"), ShipId("C")


@pytest.fixture(scope="module")
def plan() -> BerthPlan:
    return solve(BerthProblem.of(WEEK), ENDLESS, params=EFFORTS["quick"]).plan


def test_a_ship_put_upon_another_is_told_as_an_overlap_and_the_other_stays(plan: BerthPlan) -> None:
    there = plan.stay_of[A]
    moved = with_ships_moved(WEEK, plan, {B: Pin(there.position_mm, there.start_min)})
    assert moved.stay_of[A] == there
    assert (moved.stay_of[B].position_mm, moved.stay_of[B].start_min) == (there.position_mm, there.start_min)
    assert "BERTH-OVERLAP" in {finding.rule for finding in judge_berthing(WEEK, moved).hard_by_plan}


def test_replanning_around_the_pin_makes_room_for_it(plan: BerthPlan) -> None:
    there = plan.stay_of[A]
    pin = Pin(there.position_mm, there.start_min)
    result = replanned_around(WEEK, plan, {B: pin}, ENDLESS)
    assert judge_berthing(WEEK, result.plan).is_valid
    assert (result.plan.stay_of[B].position_mm, result.plan.stay_of[B].start_min) == pin
    assert result.plan.stay_of[A] != there
    assert judge_berthing(WEEK, result.plan).cost >= judge_berthing(WEEK, plan).cost


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 300_000), st.integers(0, 60 * 60))
def test_a_moved_ship_lies_where_she_was_put_and_breaks_no_rule_of_work(
    plan: BerthPlan, position_mm: int, start_min: int
) -> None:
    pin = on_the_grid(WEEK, Pin(position_mm, start_min))
    moved = with_ships_moved(WEEK, plan, {A: pin})
    stay = moved.stay_of[A]
    assert (stay.position_mm, stay.start_min) == pin
    assert [moved.stay_of[other].position_mm for other in (B, C)] == [
        plan.stay_of[other].position_mm for other in (B, C)
    ]
    broken = {finding.rule for finding in judge_berthing(WEEK, moved).hard_by_plan}
    if not broken & {"BERTH-QUAY", "BERTH-EARLY", "BERTH-DEPARTURE"}:
        assert not broken & {"BERTH-WORK", "CRANE-COUNT", "CRANE-MOORING", "BERTH-GRID"}


def test_a_ship_nobody_expects_or_that_lies_at_the_quay_is_not_moved(plan: BerthPlan) -> None:
    with pytest.raises(DataError, match="no ship"):
        with_ships_moved(WEEK, plan, {ShipId("X"): Pin(0, 0)})
    begun: BerthCase = later(WEEK, plan, plan.stay_of[A].start_min + 60)
    with pytest.raises(DataError, match="at the quay already"):
        replanned_around(begun, plan, {A: Pin(0, 3_000)}, ENDLESS)
