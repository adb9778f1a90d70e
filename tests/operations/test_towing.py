"""A person says that a dead truck was towed: its way is free, its box is where they say, its work is given on."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.twin.test_twin import its_layout, planned, run_to_end, twin_at_work

from cabria.domain.containers import ContainerId
from cabria.domain.plan import departure
from cabria.domain.positions import YardPosition
from cabria.domain.run_events import (
    Aboard,
    BoxesLifted,
    MachineResumed,
    MachineStopped,
    MoveHandedOver,
    OnTruck,
    RunEvent,
    TruckTowed,
)
from cabria.operations.board import Truck, stack_of
from cabria.operations.towing import tow
from cabria.referee.run import RunReferee
from cabria.twin.twin import Twin

SetDown = Mapping[ContainerId, YardPosition]
STEP_MS = 5_000


def with_a_loaded_truck_under_way(seed: int = 0) -> tuple[Twin, Truck, SetDown]:
    """And where its box came from: there it is set down again."""
    twin = twin_at_work(seed=seed)
    board = twin.control.desk.board
    while twin.now_ms < 3_600_000:
        twin.run(twin.now_ms + STEP_MS)
        for truck in board.trucks.values():
            if truck.is_driving and len(board.beds.get(truck.id, ())) == 1:
                (box,) = board.beds[truck.id]
                came = [e for e in twin.log.events if isinstance(e, BoxesLifted) and box in e.containers]
                if came and isinstance(place := came[0].places[0], YardPosition):
                    return twin, truck, {box: replace(place, tier=len(board.stacks[stack_of(place)]) + 1)}
    raise AssertionError


def breaks_down(twin: Twin, truck: Truck) -> None:
    twin.control.hear(MachineStopped(twin.now_ms, truck.id, "its motor is dead"))


def towed(twin: Twin, truck: Truck, set_down: SetDown) -> str:
    """To the first stand that is free; its name."""
    board = twin.control.desk.board
    free = next(stand for stand in board.rests if not board.lanes.is_in_use(stand, truck.number, twin.now_ms))
    name = board.layout.segments[free].id
    assert tow(twin.control.desk, truck.id, name, set_down, "a tug took it away")
    twin.control.wake()
    return name


def broken(events: list[RunEvent], set_down: SetDown) -> list[str]:
    referee = RunReferee(its_layout(), [planned()])
    for event in events:
        if isinstance(event, TruckTowed):
            for box, place in set_down.items():
                referee.found(box, place)
        referee.hear(event)
    return [str(finding) for finding in referee.over().broken]


@settings(max_examples=2)
@given(seed=st.integers(0, 1_000))
def test_another_truck_fetches_the_box_from_where_it_was_set_down_and_the_ship_leaves_as_planned(seed: int) -> None:
    twin, truck, set_down = with_a_loaded_truck_under_way(seed)
    breaks_down(twin, truck)
    twin.run(twin.now_ms + 60_000)
    move = truck.move
    stand = towed(twin, truck, set_down)
    events = run_to_end(twin)
    assert [(e.move, e.truck) for e in events if isinstance(e, MoveHandedOver)] == [(move, truck.id)]
    assert [e.stand for e in events if isinstance(e, TruckTowed)] == [stand]
    board = twin.control.desk.board
    assert (board.layout.segments[truck.stand].id, truck.is_driving) == (stand, False)
    call, plan = planned()
    aboard = {box: place.position for box, place in board.boxes.items() if isinstance(place, Aboard)}
    assert aboard == {stowed.container.id: stowed.position for stowed in departure(call, plan)}
    assert broken(events, set_down) == []


def test_a_box_that_nobody_set_down_stays_on_the_truck_until_that_is_back() -> None:
    twin, truck, _ = with_a_loaded_truck_under_way()
    (box,) = twin.control.desk.board.beds[truck.id]
    breaks_down(twin, truck)
    towed(twin, truck, {})
    twin.run(twin.now_ms + 600_000)
    assert isinstance(place := twin.control.desk.board.boxes[box], OnTruck)
    assert place.truck == truck.id
    twin.control.hear(MachineResumed(twin.now_ms, truck.id))
    events = run_to_end(twin)
    assert isinstance(twin.control.desk.board.boxes[box], Aboard)
    assert broken(events, {}) == []


@pytest.mark.parametrize(
    ("case", "code"),
    [
        ("in service", "in-service"),
        ("another", "no-such-truck"),
        ("nowhere", "no-such-stand"),
        ("taken", "stand-taken"),
        ("other box", "box-not-on-truck"),
        ("in the air", "place-not-free"),
        ("on what a crane lifts", "place-not-free"),
    ],
)
def test_what_cannot_be_is_refused_and_changes_nothing(case: str, code: str) -> None:
    twin, truck, set_down = with_a_loaded_truck_under_way()
    board = twin.control.desk.board
    if case != "in service":
        breaks_down(twin, truck)
    others = [other.stand for other in board.trucks.values() if other is not truck]
    free = next(stand for stand in board.rests if not board.lanes.is_in_use(stand, truck.number, twin.now_ms))
    stand = board.layout.segments[others[0] if case == "taken" else free].id if case != "nowhere" else "NOWHERE"
    if case == "other box":
        set_down = {ContainerId("XXXU0000000"): next(iter(set_down.values()))}
    elif case == "in the air":
        set_down = {box: replace(place, tier=place.tier + 1) for box, place in set_down.items()}
    elif case == "on what a crane lifts":
        (box,), place = set_down, next(at for at in board.boxes.values() if isinstance(at, YardPosition))
        stack = board.stacks[stack_of(place)]
        set_down = {box: replace(place, tier=len(stack) + 1)}
        board.in_hand.add(stack[-1])
    before = (truck.stand, truck.is_driving, truck.move, len(twin.log.events))
    verdict = tow(twin.control.desk, "T99" if case == "another" else truck.id, stand, set_down, "a tug")
    assert verdict.code == code
    assert (truck.stand, truck.is_driving, truck.move, len(twin.log.events)) == before
