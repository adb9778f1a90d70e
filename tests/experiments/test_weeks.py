"""Weeks of a terminal: what a run may be asked for, and that what happens in it is what the demand says."""

from __future__ import annotations

from dataclasses import replace
from hashlib import sha256
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cabria.domain.berthing import CraneSpell, ShipId, Spell, Stay
from cabria.domain.containers import Port
from cabria.domain.errors import DataError
from cabria.domain.run_events import Aboard, BoxesLanded, OnTruck, RunEvent, ShipSailed, StockTaken, TruckLeft
from cabria.experiments.demand.tables import NONE, Demand
from cabria.experiments.layouts import chancay_layout
from cabria.experiments.weeks.arrivals import arrival, off_the_ship, vessel_of
from cabria.experiments.weeks.berths import ShipDue, berths_of, rail_limits, turns, with_crews
from cabria.experiments.weeks.expected import expected_ms
from cabria.experiments.weeks.run import ScenarioRun, run_scenario
from cabria.experiments.weeks.scenario import Scenario, demand_of, layout_of, ships_within

DAY = Scenario(teu_a_year=60_000, days=1, aboard=0.05)


class Log:
    """All events of a run."""

    def __init__(self) -> None:
        self.events: list[RunEvent] = []

    def record(self, event: RunEvent) -> None:
        self.events.append(event)


@pytest.fixture(scope="module")
def demand() -> Demand:
    return demand_of(DAY, chancay_layout(), seed=3)


@pytest.fixture(scope="module")
def run_and_log() -> tuple[ScenarioRun, Log]:
    log = Log()
    return run_scenario(DAY, seed=3, journal=log), log


@pytest.mark.parametrize(
    ("changes", "place"),
    [
        ({"layout": "chanca"}, "layout"),
        ({"days": 0}, "days"),
        ({"trucks": 0}, "trucks"),
        ({"begins_day": 364, "days": 2}, "begins_day"),
        ({"reefers": 0.9}, "reefers"),
    ],
)
def test_nonsense_is_refused_at_birth_with_its_place(changes: dict[str, Any], place: str) -> None:
    with pytest.raises(DataError) as refused:
        replace(DAY, **changes)
    assert refused.value.place == place


@pytest.mark.parametrize(
    ("scenario", "place"),
    [
        (Scenario(teu_a_year=2_700_000, reefers=0.0), "yard"),
        (Scenario(teu_a_year=1_500_000, reefers=0.2), "reefer racks"),
        (Scenario(teu_a_year=10_000_000), "ASIA1"),
        (replace(DAY, days=1, begins_day=30), "demand"),
    ],
    ids=["more boxes than slots", "more reefers than plugs", "more than the ships hold", "no ship at all"],
)
def test_demand_that_cannot_be_is_refused_with_its_place(scenario: Scenario, place: str) -> None:
    with pytest.raises(DataError) as refused:
        demand_of(scenario, layout_of(scenario), seed=3)
    assert refused.value.place == place


def test_a_ship_longer_than_the_quay_is_refused_by_name() -> None:
    small = replace(DAY, layout="small", teu_a_year=20_000, reefers=0.0)
    with pytest.raises(DataError, match="358 m long; the quay has 160 m") as refused:
        run_scenario(small, seed=3)
    assert refused.value.place == "ASIA2-004"


def test_a_day_is_worked_without_a_broken_rule(run_and_log: tuple[ScenarioRun, Log]) -> None:
    run, log = run_and_log
    assert run.judgement.broken == ()
    assert not run.stood_still
    assert run.events == len(log.events)
    (ship,) = run.ships
    assert ship.is_legal
    assert ship.sailed_ms is not None
    assert run.figures.moves == ship.discharged + ship.loaded > 0
    assert run.measures["road_trucks"] == len(run.figures.turn_ms) > 0


def test_the_same_seed_gives_the_same_log(run_and_log: tuple[ScenarioRun, Log]) -> None:
    again = Log()
    run_scenario(DAY, seed=3, journal=again)
    assert _print(again) == _print(run_and_log[1])


def test_every_box_leaves_as_the_demand_says(run_and_log: tuple[ScenarioRun, Log], demand: Demand) -> None:
    _, log = run_and_log
    row_of = {name.decode(): row for row, name in enumerate(demand.boxes.number.tolist())}
    places: dict[str, object] = {}
    by_ship = by_road = 0
    for event in log.events:
        if isinstance(event, StockTaken):
            places.update({stock.container: stock.place for stock in event.boxes})
        elif isinstance(event, BoxesLanded):
            places.update(zip(event.containers, event.places, strict=True))
        elif isinstance(event, ShipSailed):
            for box, place in places.items():
                if isinstance(place, Aboard) and place.call == event.call and box in row_of:
                    by_ship += 1
                    assert demand.ship(int(demand.boxes.outbound[row_of[box]])).id == event.call
        elif isinstance(event, TruckLeft):
            for box, place in places.items():
                if isinstance(place, OnTruck) and place.truck == event.truck:
                    by_road += 1
                    assert demand.boxes.outbound[row_of[box]] == NONE
    assert by_ship
    assert by_road


def test_a_ship_brings_all_that_the_demand_has_her_bring(demand: Demand) -> None:
    row = int(ships_within(demand, DAY)[0])
    service = demand.profile.services[demand.ships.service[row]]
    boxes = [off_the_ship(demand, int(n)) for n in (demand.boxes.inbound == row).nonzero()[0]]
    plan = arrival(vessel_of(service), service, boxes, 500, call=row, seed=3)
    here = {stowed.container.id for stowed in plan if stowed.container.pod == Port(demand.profile.port)}
    assert here == {box.id for box in boxes}
    assert len(plan) > len(boxes)


def test_a_ship_too_small_for_what_she_brings_is_refused(demand: Demand) -> None:
    feeder = demand.profile.services[3]
    boxes = [off_the_ship(demand, row) for row in range(1_600)]
    with pytest.raises(DataError, match="too small") as refused:
        arrival(vessel_of(feeder), feeder, boxes, 0, call=1, seed=3)
    assert refused.value.place == feeder.name


def test_boxes_are_expected_to_leave_after_they_come(demand: Demand) -> None:
    rows = (demand.boxes.outbound == NONE).nonzero()[0][:50]
    expected = expected_ms(demand, rows, DAY.begins_s)
    assert len(expected) == 50
    for row in rows.tolist():
        came_ms = 1_000 * (int(demand.boxes.arrives_s[row]) - DAY.begins_s)
        assert expected[demand.container(row).id] > came_ms


def test_ships_get_berths_apart_and_crews_in_order() -> None:
    layout = chancay_layout()
    ships = [_due(f"S{n}", 14_000, there_h=n, moves=600) for n in range(3)]
    berths = berths_of(ships, layout, days=2, moves_a_crane_hour=26, seed=0)
    assert {berth.ship for berth in berths} == {"S0", "S1", "S2"}
    for one in berths:
        for other in berths:
            is_there = one.starts_s < other.ends_s and other.starts_s < one.ends_s
            assert one is other or not is_there or one.lies_beside(other)
            is_worked = one.work_s[0] < other.work_s[1] and other.work_s[0] < one.work_s[1]
            assert one is other or not is_worked or one.is_worked_beside(other)


@settings(max_examples=15)
@given(st.lists(st.tuples(st.integers(0, 114), st.integers(0, 40), st.integers(1, 6)), min_size=1, max_size=8))
def test_crews_reach_their_ships_and_nobody_waits_in_a_circle(stays: list[tuple[int, int, int]]) -> None:
    layout = chancay_layout()
    due = [_due(f"S{n}", 14_000, there_h=0, moves=1) for n in range(len(stays))]
    planned = [
        Stay(
            ShipId(f"S{n}"),
            10_000 * at,
            60 * hour,
            60 * hour + 600,
            (CraneSpell(Spell(60 * hour, 60 * hour + 600), k),),
        )
        for n, (at, hour, k) in enumerate(stays)
    ]
    try:
        berths = with_crews(planned, due, layout)
    except DataError:
        return
    limits = rail_limits(layout)
    for berth, (_, _, count) in zip(berths, stays, strict=True):
        assert berth.cranes == tuple(range(berth.cranes[0], berth.cranes[0] + count))
        assert limits[berth.cranes[0]][0] <= berth.from_mm + 2 * 3_660
    order = [berth.ship for berth in sorted(berths, key=lambda berth: (berth.starts_s, berth.from_mm))]
    for ship, before in turns(berths).items():
        assert all(order.index(other) < order.index(ship) for other in (*before.sailed, *before.done))


def _due(name: str, teu: int, there_h: int, moves: int) -> ShipDue:
    service = replace(demand_service(), ship_teu=teu)
    return ShipDue(name, vessel_of(service), False, 3_600 * there_h, moves)


def demand_service() -> Any:
    from cabria.experiments.demand.profile import SERVICES

    return SERVICES[1]


def _print(log: Log) -> str:
    return sha256(repr(log.events).encode()).hexdigest()
