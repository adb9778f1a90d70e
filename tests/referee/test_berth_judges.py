"""The judges of berths: a plan is fine until one rule is broken, and that rule is named."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cabria.domain.berth_replanning import BerthWeek, BlockKind, CraneOutage, NoMoves, QuayBlock, QuayShip, Stay
from cabria.domain.discrete_berths import Berthing, DiscreteBerths
from cabria.domain.errors import DataError
from cabria.domain.tidal_quay import QuayStay, TidalQuay, Tide
from cabria.referee.berth_replanning import judge_week
from cabria.referee.discrete_berths import judge_berths
from cabria.referee.tidal_quay import judge_tidal_quay

BERTHS = DiscreteBerths((0, 4), (2, 0), ((5, 0), (3, 6)), (12, 20), (None, 11))
GOOD = (Berthing(0, 0, 2), Berthing(1, 0, 7))
QUAY = TidalQuay(30, (0, 0), (4, 4), (20, 10), (Tide(3, 6), Tide(10, 12)))
SHIP = QuayShip(7, 20_000, 3, 5, 5, 2, 9, 6, 1, 3, 2, 2, 6, 50)
WEEK = BerthWeek(1, 8, (SHIP,), (QuayBlock(6, 8, 0, 9, BlockKind.ALONGSIDE, 2),), 4, 1, 5)


def test_a_good_plan_costs_the_sum_of_the_times_in_port() -> None:
    judged = judge_berths(BERTHS, GOOD)
    assert (judged.cost, judged.valid) == (7 + 6, True)


@pytest.mark.parametrize(
    ("plan", "said"),
    [
        ((GOOD[0],), "ship 2 berths 0 times"),
        ((*GOOD, GOOD[1]), "ship 2 berths 2 times"),
        ((Berthing(9, 0, 2), *GOOD), "ship 10 or berth 1 does not exist"),
        ((Berthing(0, 1, 2), GOOD[1]), "may not lie at berth 2"),
        ((GOOD[0], Berthing(1, 1, 3)), "arrives at 4"),
        ((Berthing(0, 0, 1), GOOD[1]), "opens at 2"),
        ((Berthing(0, 0, 8), Berthing(1, 0, 4)), "closes at 12"),
        ((GOOD[0], Berthing(1, 1, 6)), "must leave by 11"),
        ((GOOD[0], Berthing(1, 0, 6)), "lie at berth 1 at once"),
    ],
)
def test_each_broken_rule_of_a_berth_is_named(plan: tuple[Berthing, ...], said: str) -> None:
    assert any(said in problem for problem in judge_berths(BERTHS, plan).problems)


@given(st.integers(0, 4))
def test_a_later_start_costs_exactly_so_much_more(hours: int) -> None:
    free = DiscreteBerths((0,), (0,), ((5,),), (99,), (None,))
    assert judge_berths(free, (Berthing(0, 0, hours),)).cost == 5 + hours


@pytest.mark.parametrize(
    ("stays", "said"),
    [
        ((QuayStay(0, 0, 0), QuayStay(1, 15, 0)), "lie over each other"),
        ((QuayStay(0, 11, 0), QuayStay(1, 0, 0)), "beyond the quay"),
        ((QuayStay(0, 0, 3), QuayStay(1, 20, 0)), "in no tide"),
        ((QuayStay(0, 0, -1), QuayStay(1, 20, 0)), "arrives at 0"),
        ((QuayStay(0, 0, 0),), "ship 2 berths 0 times"),
        ((QuayStay(0, 0, 0), QuayStay(1, 20, 0), QuayStay(5, 0, 0)), "ship 6 does not exist"),
    ],
)
def test_each_broken_rule_of_a_tidal_quay_is_named(stays: tuple[QuayStay, ...], said: str) -> None:
    assert any(said in problem for problem in judge_tidal_quay(QUAY, stays).problems)


def test_a_good_tidal_plan_has_no_problems() -> None:
    judged = judge_tidal_quay(QUAY, (QuayStay(0, 0, 0), QuayStay(1, 20, 2)))
    assert (judged.cost, judged.problems) == (4 + 6, ())


def test_a_week_costs_lateness_deadline_and_change_of_place() -> None:
    judged = judge_week(WEEK, (Stay(7, 3, 8, 2),))
    assert (judged.late, judged.deadlines, judged.moves, judged.problems) == (3 * 2 * 2, 2 * 50, 5, ())


@pytest.mark.parametrize(
    ("stay", "said"),
    [
        (Stay(7, 2, 4, 2), "arrives at 5"),
        (Stay(7, 2, 5, 4), "cannot be worked at 2 by 4 cranes"),
        (Stay(7, 2, 5, 0), "cannot be worked at 2 by 0 cranes"),
        (Stay(7, 7, 9, 2), "cannot be worked at 7"),
        (Stay(7, 4, 5, 2), "lies over what is alongside"),
        (Stay(7, 2, 6, 3), "5 cranes work in hour 6, when there are 4"),
        (Stay(7, 2, 9, 2), "2 ships move in hour 9"),
        (Stay(8, 2, 5, 2), "there is no ship 8"),
    ],
)
def test_each_broken_rule_of_a_week_is_named(stay: Stay, said: str) -> None:
    assert any(said in problem for problem in judge_week(WEEK, (stay,)).problems)


def test_a_ship_whose_work_ends_in_a_gale_waits_alongside_without_cranes() -> None:
    gale = replace(WEEK, no_moves=(NoMoves(7, 20, 20_000),), crane_outages=(CraneOutage(8, 20, 4),))
    judged = judge_week(gale, (Stay(7, 2, 5, 2),))
    assert (judged.late, judged.problems) == (3 * 2 * (20 - 9), ())
    assert any("may not move" in problem for problem in judge_week(gale, (Stay(7, 2, 7, 2),)).problems)
    assert judge_week(replace(gale, no_moves=(NoMoves(7, 20, 20_001),)), (Stay(7, 2, 5, 2),)).late == 0


@pytest.mark.parametrize("arrivals", [(), (-1, 4), (0, 10**7), (0,)])
def test_berths_that_make_no_sense_are_refused(arrivals: tuple[int, ...]) -> None:
    with pytest.raises(DataError):
        replace(BERTHS, arrivals=arrivals)


@pytest.mark.parametrize("change", [{"sections": 0}, {"min_cranes": 3}, {"arrival": -1}, {"weight": -1}])
def test_calls_that_make_no_sense_are_refused(change: dict[str, int]) -> None:
    with pytest.raises(DataError):
        replace(SHIP, **change)


def test_a_ship_longer_than_the_quay_is_refused() -> None:
    with pytest.raises(DataError, match="too long"):
        replace(WEEK, ships=(replace(SHIP, sections=9),))
    with pytest.raises(DataError, match="does not fit"):
        replace(QUAY, lengths=(31, 10))
    with pytest.raises(DataError, match="last tide"):
        replace(QUAY, times=(13, 4))
