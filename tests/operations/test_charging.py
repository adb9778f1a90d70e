"""Trucks' batteries over a call: nobody runs dry, none is charged with a box, and cranes keep trucks."""

from __future__ import annotations

from collections import Counter
from functools import cache

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.twin.test_twin import begun, its_layout, planned, run_to_end

from cabria.domain.machines import TruckModel
from cabria.domain.run_events import (
    BatteryRead,
    BoxesLanded,
    BoxesLifted,
    EnergyUsed,
    JobGiven,
    OnTruck,
    RunEvent,
    TruckAssigned,
    WorkRefused,
)
from cabria.experiments.layouts import small_layout
from cabria.operations import charging
from cabria.operations.board import reserve_wh
from cabria.operations.settings import Settings
from cabria.planning.dispatch.traffic.lanes import Lanes
from cabria.referee.run import judge_run
from cabria.referee.run_figures import figures_of
from cabria.twin.agenda import Agenda
from cabria.twin.trucks import TwinTrucks
from cabria.twin.twin import Fleet, Twin

LONG = 1_000_000
SMALL_BATTERY = TruckModel(battery_wh=50_000)


@cache
def a_run_on_small_batteries() -> tuple[RunEvent, ...]:
    return tuple(run_to_end(begun(Twin(its_layout(), Settings(), Fleet(6, SMALL_BATTERY, least_charge=0.7), seed=2))))


def test_batteries_that_last_an_hour_are_charged_and_the_rules_are_kept() -> None:
    events = a_run_on_small_batteries()
    verdict = judge_run(events, its_layout(), [planned()], truck=SMALL_BATTERY)
    assert [str(finding) for finding in verdict.broken] == []
    assert sum(isinstance(event, WorkRefused) for event in events) >= 6
    charged_wh = -sum(event.wh for event in events if isinstance(event, EnergyUsed) and event.wh < 0)
    assert charged_wh > 50_000
    figures = figures_of(events, its_layout(), [planned()])
    assert sum(figures.charged_wh.values()) == charged_wh
    assert 0 < (figures.truck_kwh_per_move or 0) < (figures.kwh_per_move or 0)


def test_the_same_log_twice() -> None:
    assert a_run_on_small_batteries() == a_run_on_small_batteries.__wrapped__()


def test_a_truck_that_takes_no_work_gets_none_until_it_has_been_charged() -> None:
    """And none that has a box on its bed goes to charge."""
    refused: set[str] = set()
    beds: Counter[str] = Counter()
    for event in a_run_on_small_batteries():
        if isinstance(event, WorkRefused):
            assert "left" in str(event.reason)
            refused.add(event.truck)
        elif isinstance(event, EnergyUsed) and event.wh < 0:
            refused.discard(event.machine)
        elif isinstance(event, TruckAssigned):
            assert event.truck not in refused
        elif isinstance(event, JobGiven) and "charge" in str(event.reason):
            assert not beds[event.machine]
        elif isinstance(event, BoxesLifted | BoxesLanded):
            for place in event.places:
                if isinstance(place, OnTruck):
                    beds[place.truck] += 1 if isinstance(event, BoxesLanded) else -1


def test_no_truck_goes_to_charge_for_more_than_what_is_left_of_the_call(monkeypatch: pytest.MonkeyPatch) -> None:
    def refused() -> int:
        twin = begun(Twin(its_layout(), Settings(low_charge=0.9), Fleet(6, least_charge=0.4), seed=2))
        return sum(isinstance(event, WorkRefused) for event in run_to_end(twin))

    assert refused() == 0
    monkeypatch.setattr(charging, "LATER", LONG)
    assert refused() > 0


def test_never_do_all_trucks_charge_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """As long as they need not: those that should go one after the other, where the call is long."""
    monkeypatch.setattr(charging, "LATER", LONG)
    big = TruckModel(battery_wh=600_000)
    fleet = Fleet(8, big, least_charge=1.0)
    twin = begun(Twin(its_layout(), Settings(low_charge=2.0, enough_charge=0.9995, least_charge=0.0), fleet, seed=1))
    events = run_to_end(twin)
    low: set[str] = set()
    most = 0
    for event in events:
        if isinstance(event, WorkRefused):
            low.add(event.truck)
        elif isinstance(event, BatteryRead) and event.wh == big.battery_wh:
            low.discard(event.truck)
        most = max(most, len(low))
    assert 1 <= most <= 2


def test_what_a_truck_keeps_for_a_move_lasts_for_the_longest_ways() -> None:
    layout, model = small_layout(), TruckModel()
    lanes = Lanes.of_layout(layout, model)
    chargers = [n for n, s in enumerate(layout.segments) if s.stand is not None and s.stand.power_kw]
    assert reserve_wh(lanes, chargers, model) > model.on_board_wh(4 * 3_600_000)
    assert reserve_wh(lanes, chargers, TruckModel(wh_per_km=2_200)) > reserve_wh(lanes, chargers, model)


@settings(max_examples=30, deadline=None)
@given(
    held_wh=st.integers(0, 280_000),
    waits_ms=st.lists(st.tuples(st.booleans(), st.integers(0, 4_000_000)), max_size=8),
)
def test_energy_adds_up_however_long_a_truck_stands_and_charges(held_wh: int, waits_ms: list[tuple[bool, int]]) -> None:
    layout = small_layout()
    agenda, heard = Agenda(), list[RunEvent]()
    trucks = TwinTrucks(agenda, layout, TruckModel(), heard.append)
    charger = next(n for n, s in enumerate(layout.segments) if s.stand is not None and s.stand.power_kw)
    trucks.has_battery("T1", held_wh)
    trucks.stands_at("T1", charger)
    for number, (charges, later_ms) in enumerate(waits_ms):
        trucks.unplug("T1")
        if charges:
            trucks.charge("T1", f"T1/{number}")
        agenda.run(agenda.now_ms + later_ms)
    trucks.unplug("T1")
    held = held_wh
    for event in heard:
        if isinstance(event, EnergyUsed):
            held -= event.wh
        elif isinstance(event, BatteryRead):
            assert event.wh == held
            assert event.wh <= TruckModel().battery_wh


def test_there_is_no_charge_where_there_is_no_charger() -> None:
    layout = small_layout()
    trucks = TwinTrucks(Agenda(), layout, TruckModel(), lambda event: None)
    trucks.stands_at("T1", next(n for n, s in enumerate(layout.segments) if s.stand is not None and s.stand.block))
    trucks.has_battery("T1", 1_000)
    with pytest.raises(ValueError, match="no charger"):
        trucks.charge("T1", "T1/1")
