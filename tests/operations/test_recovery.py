"""Trucks that stop on the lanes: others go round or wait, moves not begun go to others, and a tug clears the way."""

from __future__ import annotations

from functools import cache

from tests.twin.test_twin import begun, its_layout, planned, run_to_end

from cabria.domain.plan import departure
from cabria.domain.run_events import (
    Aboard,
    MachineResumed,
    MachineStopped,
    MoveHandedOver,
    RunEvent,
    TripBooked,
    TruckAssigned,
    TruckTowed,
)
from cabria.domain.said import said
from cabria.operations.settings import Settings
from cabria.referee.run import judge_run
from cabria.twin.failures import Reliability
from cabria.twin.twin import Fleet, Twin

TOW_AFTER_MS = 300_000


@cache
def a_run_in_which_trucks_often_stop() -> tuple[Twin, tuple[RunEvent, ...]]:
    fleet = Fleet(8, truck_reliability=Reliability(between_h=0.4, repair_min=8))
    twin = begun(Twin(its_layout(), Settings(tow_after_ms=TOW_AFTER_MS), fleet, seed=3))
    return twin, tuple(run_to_end(twin))


def test_all_is_done_and_the_rules_are_kept() -> None:
    twin, events = a_run_in_which_trucks_often_stop()
    call, plan = planned()
    assert [str(finding) for finding in judge_run(events, its_layout(), [(call, plan)]).broken] == []
    boxes = twin.control.desk.board.boxes
    aboard = {box: place.position for box, place in boxes.items() if isinstance(place, Aboard)}
    assert aboard == {stowed.container.id: stowed.position for stowed in departure(call, plan)}


def test_trucks_are_towed_after_the_time_set_and_not_before() -> None:
    _, events = a_run_in_which_trucks_often_stop()
    since_ms: dict[str, int] = {}
    towed = 0
    for event in events:
        if isinstance(event, MachineStopped):
            since_ms[event.machine] = event.at_ms
        elif isinstance(event, MachineResumed):
            del since_ms[event.machine]
        elif isinstance(event, TruckTowed):
            towed += 1
            assert event.at_ms - since_ms[event.truck] >= TOW_AFTER_MS
    assert towed >= 3


def test_a_move_not_begun_goes_to_a_truck_in_service() -> None:
    _, events = a_run_in_which_trucks_often_stop()
    given_back: dict[str, str] = {}
    for event in events:
        if isinstance(event, MoveHandedOver):
            given_back[event.move] = event.truck
        elif isinstance(event, TruckAssigned):
            given_back.pop(event.move, "")
    assert any(isinstance(event, MoveHandedOver) for event in events)
    assert not given_back


def test_a_truck_behind_drives_on_sooner_when_the_one_before_it_is_back_or_another_way_is_shorter() -> None:
    _, events = a_run_in_which_trucks_often_stop()
    ends_ms: dict[str, int] = {}
    sooner = 0
    for event in events:
        if isinstance(event, TripBooked):
            if event.reason in (said("sooner-round"), said("is-back")):
                sooner += event.windows[-1][1] < ends_ms[event.truck]
            ends_ms[event.truck] = event.windows[-1][1]
    assert sooner >= 2
