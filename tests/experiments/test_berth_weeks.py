from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cabria.adapters.files.berth_port_calls import with_arrivals
from cabria.domain.berthing import BerthCase, BerthKind
from cabria.experiments.berth_weeks import HORIZON, make_berth_week, make_news, make_port_calls, make_quay

WEEKS = st.builds(make_berth_week, calls=st.integers(1, 60), berths=st.integers(3, 12), seed=st.integers(0, 10**6))


def test_the_public_figures_of_the_quay_are_kept() -> None:
    quay = make_quay(4)
    assert quay.length_mm == 1_500_000
    assert [section.kind for section in quay.sections].count(BerthKind.CONTAINER) == 2
    assert {section.depth_mm for section in quay.sections} == {17_800}
    assert len(quay.cranes) == 6


@given(WEEKS)
@settings(max_examples=25, deadline=None)
def test_every_ship_of_a_week_fits_the_quay_and_the_time(week: BerthCase) -> None:
    lowest = week.tide.lowest_mm(0, HORIZON)
    for ship in week.ships:
        assert ship.length_mm <= 400_000
        assert ship.wanted_position_mm is not None
        sections = week.quay.sections_under(ship.wanted_position_mm, ship.wanted_position_mm + ship.length_mm)
        assert {section.kind for section in sections} <= set(ship.kinds)
        assert ship.draught_mm + week.rules.under_keel_clearance_mm <= 17_800 + lowest
        assert ship.max_cranes <= len(week.quay.cranes)
        assert ship.last_finish_min is not None
        assert ship.wanted_finish_min is not None
        assert ship.wanted_finish_min < ship.last_finish_min


@given(st.integers(0, 1_000), st.integers(1, 30))
@settings(max_examples=10, deadline=None)
def test_the_same_seed_gives_the_same_week_and_another_one_another(seed: int, calls: int) -> None:
    week = make_berth_week(calls=calls, seed=seed)
    assert week == make_berth_week(calls=calls, seed=seed)
    assert week != make_berth_week(calls=calls, seed=seed + 1)


@pytest.mark.parametrize(("calls", "main", "feeder"), [(4, 3, 1), (8, 3, 3), (14, 3, 6), (28, 6, 12)])
def test_main_services_call_once_and_feeders_twice_where_there_are_calls_enough(
    calls: int, main: int, feeder: int
) -> None:
    ships = make_berth_week(calls=calls).ships
    assert len(ships) == calls
    assert sum(ship.priority == 2 for ship in ships) == main
    assert sum("Feeder" in ship.service for ship in ships) == feeder


def test_late_ships_storms_and_outages_are_as_many_as_asked_for() -> None:
    plain = make_berth_week(calls=8, late_ships=0, storms=0, outages=0)
    assert not plain.wind
    assert not any(crane.outages for crane in plain.quay.cranes)
    rough = make_berth_week(calls=8, late_ships=3, storms=2, outages=4)
    assert len(rough.wind) == 2
    assert sum(len(crane.outages) for crane in rough.quay.cranes) == 4
    later = [r.eta.planned_min - p.eta.planned_min for r, p in zip(rough.ships, plain.ships, strict=True)]
    assert sorted(later)[:5] == [0] * 5
    assert all(8 * 60 <= minutes < 30 * 60 for minutes in sorted(later)[5:])


def test_the_carriers_estimates_are_the_arrivals_of_the_week() -> None:
    week = make_berth_week(calls=14)
    told = with_arrivals(week, make_port_calls(week))
    assert told.case == week
    assert not told.strangers


def test_the_news_make_two_ships_of_the_later_days_late() -> None:
    week = make_berth_week(calls=14)
    told = with_arrivals(week, make_news(week, make_port_calls(week), seed=1))
    assert len(told.news) == 2
    for new in told.news:
        assert new.before_min >= 2 * 1_440
        assert new.after_min is not None
        assert 3 * 60 <= new.after_min - new.before_min < 14 * 60


def test_a_week_without_calls_is_refused() -> None:
    with pytest.raises(ValueError, match="calls"):
        make_berth_week(calls=0)
