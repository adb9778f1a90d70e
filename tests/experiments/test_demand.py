"""A year of demand: what it sums to, that nothing contradicts itself, and that it is the same again."""

from __future__ import annotations

from dataclasses import astuple, replace
from functools import cache

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cabria.domain.containers import has_valid_check_digit
from cabria.domain.errors import DataError
from cabria.experiments.cargo import EXPORTS
from cabria.experiments.demand.generate import make_demand
from cabria.experiments.demand.numbers import container_numbers
from cabria.experiments.demand.profile import (
    REPORTED_LATE_H,
    REPORTED_ON_TIME,
    Service,
    Stream,
    chancay_demand,
    with_reported_delays,
    with_shares,
)
from cabria.experiments.demand.tables import DAY_S, NONE, Demand


@cache
def year() -> Demand:
    return make_demand(chancay_demand(300_000), seed=3)


def test_ships_bring_and_take_the_teu_asked_for() -> None:
    brought, taken = year().quay_teu()
    assert brought + taken == pytest.approx(300_000, rel=0.02)
    assert brought == pytest.approx(taken, rel=0.04)


def test_streams_kinds_and_hours_follow_the_profile() -> None:
    demand = year()
    boxes, teu = demand.boxes, demand.of_variants("teu")
    by_stream = [int(teu[boxes.stream == stream].sum()) for stream in Stream]
    over_quay = by_stream[0] + by_stream[1] + 2 * by_stream[2]
    assert 2 * by_stream[Stream.TRANSHIPMENT] / over_quay == pytest.approx(demand.profile.transhipment, abs=0.02)
    exports = boxes.stream == Stream.EXPORT
    full = demand.of_variants("is_full")[exports].mean()
    assert full == pytest.approx(sum(line.share for line in EXPORTS if line.is_full), abs=0.01)
    visits = demand.visits.arrives_s
    week = np.bincount(visits // 3_600 % 168, minlength=168) / len(visits) * 168
    # Ships call on fixed weekdays, so that some nights are busier than others; but nights stay nights.
    assert np.abs(week - demand.profile.road.week).mean() < 0.2
    assert np.corrcoef(week, demand.profile.road.week)[0, 1] > 0.9


@settings(max_examples=12)
@given(seed=st.integers(0, 10**6), teu=st.integers(2_000, 60_000), days=st.integers(7, 60))
def test_every_box_comes_and_leaves_once_and_in_that_order(seed: int, teu: int, days: int) -> None:
    demand = make_demand(chancay_demand(teu, days), seed)
    boxes, visits, ships = demand.boxes, demand.visits, demand.ships
    assert ((boxes.inbound == NONE) != (boxes.brought_by == NONE)).all()
    assert ((boxes.outbound == NONE) != (boxes.taken_by == NONE)).all()
    assert (boxes.arrives_s < boxes.departs_s).all()
    assert (np.diff(boxes.arrives_s) >= 0).all()
    assert (np.diff(visits.arrives_s) >= 0).all()
    for rows, by, at_s in (
        (visits.brings, boxes.brought_by, boxes.arrives_s),
        (visits.takes, boxes.taken_by, boxes.departs_s),
    ):
        trucks = np.flatnonzero(rows != NONE)
        assert sorted(rows[trucks]) == list(np.flatnonzero(by != NONE))
        assert (by[rows[trucks]] == trucks).all()
        assert (at_s[rows[trucks]] == visits.arrives_s[trucks]).all()
    for calls, at_s in ((boxes.inbound, boxes.arrives_s), (boxes.outbound, boxes.departs_s)):
        aboard = calls != NONE
        assert (at_s[aboard] > ships.ata_s[calls[aboard]]).all()
        assert (at_s[aboard] < ships.atd_s[calls[aboard]]).all()
    assert int(ships.discharged.sum()) == int((boxes.inbound != NONE).sum())
    assert int(ships.loaded.sum()) == int((boxes.outbound != NONE).sum())
    assert len(set(boxes.number.tolist())) == len(boxes)


def test_the_teu_that_come_are_those_that_leave_and_those_that_stay() -> None:
    demand = year()
    teu = demand.of_variants("teu").astype(float)
    stock = demand.stock_by_hour(teu)
    boxes, last_s = demand.boxes, 3_600 * (len(stock) - 1)
    came = teu[(boxes.arrives_s > 0) & (boxes.arrives_s <= last_s)].sum()
    left = teu[(boxes.departs_s > 0) & (boxes.departs_s <= last_s)].sum()
    assert stock[0] + came - left == pytest.approx(stock[-1])


def test_the_yard_holds_what_comes_times_how_long_it_stays() -> None:
    demand = year()
    boxes = demand.boxes
    stock = demand.stock_by_hour()
    came = (boxes.arrives_s >= 0) & (boxes.arrives_s < demand.end_s)
    a_day = came.sum() / demand.profile.days
    stay_days = (boxes.departs_s - boxes.arrives_s)[came].mean() / DAY_S
    assert stock.mean() == pytest.approx(a_day * stay_days, rel=0.03)
    assert stock.mean() < stock.max() < 1.7 * stock.mean()


def test_the_same_seed_gives_the_same_year_and_another_seed_another() -> None:
    profile = chancay_demand(20_000, 30)
    first, again, other = (make_demand(profile, seed) for seed in (1, 1, 2))
    for mine, same in zip(astuple(first.boxes), astuple(again.boxes), strict=True):
        assert (mine == same).all()
    assert len(first.boxes) != len(other.boxes) or (first.boxes.departs_s != other.boxes.departs_s).any()


def test_a_row_becomes_a_container_a_ship_and_a_road_truck() -> None:
    demand = year()
    reefer = int(np.flatnonzero(demand.of_variants("needs_plug"))[5])
    box = demand.container(reefer)
    assert has_valid_check_digit(box.id)
    assert box.needs_plug
    assert box.size_type.kind == "reefer"
    dangerous = demand.container(int(np.flatnonzero(demand.of_variants("is_dangerous"))[5]))
    assert dangerous.dangerous[0].un_number > 1_000
    call = demand.ship(200)
    assert call.ata_s < call.atd_s
    assert demand.container(int(np.flatnonzero(demand.boxes.outbound == 200)[0])).pod in dict(
        next(s.ports for s in demand.profile.services if s.name == call.service)
    )
    visits = list(demand.road_visits(10 * DAY_S, 11 * DAY_S))
    assert visits
    assert all(0 <= visit.at_ms < 1_000 * DAY_S for visit in visits)
    assert any(visit.brings and visit.takes for visit in visits)


def test_all_container_numbers_are_different_and_right() -> None:
    numbers = [text.decode() for text in container_numbers(("ANPU", "ZZZU"), 5_000, np.random.default_rng(1))]
    assert len(set(numbers)) == 5_000
    assert all(map(has_valid_check_digit, numbers))
    with pytest.raises(DataError, match="container numbers"):
        container_numbers(("ANPU",), 1_000_001, np.random.default_rng(1))


def test_shares_of_special_boxes_can_be_set() -> None:
    lines = with_shares(EXPORTS, empties=0.3, reefers=0.0, dangerous=0.1)
    assert sum(line.share for line in lines) == pytest.approx(1)
    assert sum(line.share for line in lines if not line.is_full) == pytest.approx(0.3)
    assert not any(line.set_points_tenth_c for line in lines)
    with pytest.raises(DataError):
        with_shares(EXPORTS, empties=0.9, reefers=0.5)


def test_a_terminal_with_few_plugs_gets_few_reefers() -> None:
    demand = make_demand(chancay_demand(50_000, 60, reefers=0.05), seed=1)
    assert demand.of_variants("needs_plug").mean() == pytest.approx(0.05, abs=0.005)


def test_services_may_be_late_as_carriers_were_reported_to_be() -> None:
    demand = make_demand(with_reported_delays(chancay_demand(10_000, 900)), seed=1)
    ships, services = demand.ships, demand.profile.services
    late_h = (ships.ata_s - ships.eta_s) / 3_600
    for number, service in enumerate(services):
        mine = late_h[ships.service == number]
        if service.delays is not None:
            assert (mine <= 24).mean() == pytest.approx(REPORTED_ON_TIME[service.name], abs=0.1)
            assert mine[mine > 24].mean() == pytest.approx(REPORTED_LATE_H, rel=0.2)
    plain = make_demand(chancay_demand(10_000, 900), seed=1).ships
    feeders = [number for number, service in enumerate(services) if service.is_feeder]
    assert set(plain.ata_s[np.isin(plain.service, feeders)]) == set(ships.ata_s[np.isin(ships.service, feeders)])


def test_nonsense_is_refused_by_name() -> None:
    profile = chancay_demand()
    with pytest.raises(DataError, match="ASIA1 hold 12000 TEU"):
        replace(profile, teu_a_year=8_000_000)
    with pytest.raises(DataError, match="Monday"):
        replace(profile, start="2027-01-05")
    with pytest.raises(DataError, match="two services"):
        replace(profile, services=profile.services[:1])
    with pytest.raises(DataError, match="no port"):
        Service("X", False, 1_000, 500, 0.0, {})
