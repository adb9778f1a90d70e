from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cabria.domain.berth_events import later, with_delay, with_outage, with_ship, with_wind, without_ship
from cabria.domain.berthing import (
    BerthCase,
    BerthPlan,
    BerthRules,
    Eta,
    Quay,
    QuaySection,
    RailCrane,
    ShipCall,
    ShipId,
    Spell,
    Stay,
    WindSpell,
)
from cabria.domain.errors import DataError

A, B = ShipId("A"), ShipId("B")
CASE = BerthCase(
    Quay("Q", (QuaySection("1", 0, 500_000, 17_000),), (RailCrane("QC1", 0, 500_000),)),
    (ShipCall(A, 200_000, Eta(120, 60, 15), 300, 1), ShipCall(B, 200_000, Eta(600, 540), 300, 1)),
    BerthRules(2_880),
)
PLAN = BerthPlan((Stay(A, 0, 120, 480, ()), Stay(B, 0, 600, 900, ())))


@given(st.integers(-60, 5_000), st.integers(-60, 5_000))
def test_two_delays_add_up_and_touch_no_other_ship(first: int, second: int) -> None:
    twice = with_delay(with_delay(CASE, A, first), A, second)
    assert twice == with_delay(CASE, A, first + second)
    assert twice.ship_of[B] == CASE.ship_of[B]
    assert twice.ship_of[A].eta.spread_min == 15


@given(st.integers(0, 2_879), st.integers(0, 2_000))
def test_now_is_brought_to_the_step_and_the_frozen_time_counts_from_there(now: int, frozen: int) -> None:
    case = later(CASE, PLAN, now, frozen)
    assert case.now_min == now // 60 * 60
    assert case.frozen_until_min == case.now_min + frozen
    assert case.last_plan == PLAN


@pytest.mark.parametrize("now", [-1, 2_880])
def test_a_time_outside_the_plan_is_refused(now: int) -> None:
    with pytest.raises(DataError, match="not within"):
        later(CASE, PLAN, now)


def test_a_ship_at_the_quay_is_neither_late_nor_left_out() -> None:
    begun = later(CASE, PLAN, 180)
    with pytest.raises(DataError, match="at the quay already"):
        with_delay(begun, A, 60)
    with pytest.raises(DataError, match="at the quay already"):
        without_ship(begun, A)
    assert [ship.id for ship in without_ship(begun, B).ships] == ["A"]


def test_an_outage_said_twice_counts_once() -> None:
    spell = Spell(60, 120)
    once = with_outage(CASE, "QC1", spell)
    assert once.quay.cranes[0].outages == (spell,)
    assert with_outage(once, "QC1", spell) == once


def test_what_the_case_does_not_have_is_named_beside_what_it_has() -> None:
    with pytest.raises(DataError, match="no crane 'QC9'; it has QC1"):
        with_outage(CASE, "QC9", Spell(0, 60))
    with pytest.raises(DataError, match="no ship 'Z'; it has A, B"):
        with_delay(CASE, ShipId("Z"), 60)


def test_wind_and_an_emergency_ship_are_added() -> None:
    stranger = replace(CASE.ships[0], id=ShipId("SOS"))
    case = with_ship(with_wind(CASE, WindSpell(Spell(0, 60), 50)), stranger)
    assert case.gust_kn(0, 60) == 50
    assert case.ships[-1] == stranger
    with pytest.raises(DataError, match="twice"):
        with_ship(case, stranger)
