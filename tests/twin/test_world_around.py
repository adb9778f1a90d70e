"""What comes to the terminal from outside: road trucks, wind, ships that are late."""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cabria.domain.calls import VesselCall
from cabria.domain.containers import ContainerId
from cabria.domain.errors import DataError
from cabria.domain.plan import LoadingPlan, departure
from cabria.domain.positions import YardPosition
from cabria.domain.road_visits import Brought, RoadVisit
from cabria.domain.run_events import (
    Aboard,
    BoxesLanded,
    BoxesLifted,
    MachineResumed,
    MachineStopped,
    RunEvent,
    ShipBerthed,
    TripBooked,
    TruckLeft,
    TruckStood,
    VisitorRefused,
)
from cabria.domain.stands import StandKind
from cabria.domain.yard import YardBox, YardInventory
from cabria.experiments.calls import make_call
from cabria.experiments.layouts import chancay_layout, small_layout
from cabria.operations.settings import Settings
from cabria.planning.loading.problem import LoadingProblem, Params
from cabria.planning.loading.solve import solve
from cabria.referee.run import judge_run
from cabria.twin.agenda import fork
from cabria.twin.failures import Reliability
from cabria.twin.ships import ShipDelays
from cabria.twin.twin import Fleet, Twin
from cabria.twin.weather import OutOfService, Wind

HOUR_MS = 3_600_000


def stacked(count: int, block: str = "B01") -> YardInventory:
    """Boxes in stacks of three."""
    return YardInventory.of(
        YardBox(ContainerId(f"BOX{n}"), YardPosition(block, 2 + 4 * (n // 3 // 6), 1 + n // 3 % 6, 1 + n % 3))
        for n in range(count)
    )


def brings(n: int, at_ms: int, length_ft: int = 40, *, needs_plug: bool = False) -> RoadVisit:
    return RoadVisit(f"V{n}", at_ms, Brought(ContainerId(f"NEW{n}"), length_ft, 20_000, needs_plug))


def small_twin(boxes: int = 18) -> Twin:
    twin = Twin(small_layout(), Settings(), Fleet(trucks=2))
    twin.control.take_stock(stacked(boxes))
    return twin


def refusals(twin: Twin) -> list[str]:
    return [str(event.reason) for event in twin.log.events if isinstance(event, VisitorRefused)]


def test_a_road_truck_brings_a_box_fetches_another_and_leaves() -> None:
    twin = small_twin()
    twin.visitors.expect([replace(brings(1, 60_000), takes=ContainerId("BOX0"))])
    twin.run(HOUR_MS)
    events, board = twin.log.events, twin.control.desk.board
    assert isinstance(board.boxes[ContainerId("NEW1")], YardPosition)
    assert ContainerId("BOX0") not in board.boxes
    assert not board.errands
    assert not board.moves
    assert not board.goes_to
    (came,) = (event for event in events if isinstance(event, TruckStood) and event.is_visitor)
    (left,) = (event for event in events if isinstance(event, TruckLeft))
    assert came.at_ms == 60_000
    assert 120_000 < left.at_ms - came.at_ms < 1_800_000
    lanes = board.layout.stands_of(StandKind.GATE_IN)
    assert came.stand in {stand.id for stand in lanes}
    dug = [e.containers[0] for e in events if isinstance(e, BoxesLifted) and isinstance(e.places[0], YardPosition)]
    assert dug == ["BOX2", "BOX1", "BOX0"]


def test_trucks_in_the_queue_come_in_one_after_the_other_and_never_two_on_one_stand() -> None:
    twin = small_twin()
    twin.visitors.expect([brings(n, 1_000, 20 if n % 2 else 40) for n in range(8)])
    twin.visitors.expect([RoadVisit(f"W{n}", 2_000, takes=ContainerId(f"BOX{2 + 3 * n}")) for n in range(6)])
    twin.run(3 * HOUR_MS)
    events = twin.log.events
    assert sum(isinstance(event, TruckLeft) for event in events) == 14
    assert not refusals(twin)
    order = [event.truck for event in events if isinstance(event, TruckStood) and event.is_visitor]
    assert order == [f"V{n}" for n in range(8)] + [f"W{n}" for n in range(6)]
    assert_gate_is_owned_by_one(events)
    assert_nothing_floats(events)
    assert judge_run(events, small_layout()).is_good


def assert_gate_is_owned_by_one(events: list[RunEvent]) -> None:
    """From standing at the gate until the booked trip has left it, nobody else stands there."""
    stays: dict[str, list[tuple[int, int]]] = {}
    came = {e.truck: e for e in events if isinstance(e, TruckStood) and e.is_visitor}
    seen: set[str] = set()
    for event in events:
        if isinstance(event, TripBooked) and event.truck in came and event.truck not in seen:
            seen.add(event.truck)
            segment, enter_ms, leave_ms = event.windows[0]
            assert segment == came[event.truck].stand
            assert leave_ms is not None
            stays.setdefault(segment, []).append((enter_ms, leave_ms))
    assert all(one[1] <= other[0] for spans in stays.values() for one, other in pairwise(sorted(spans)))


def assert_nothing_floats(events: list[RunEvent]) -> None:
    heights: dict[tuple[str, int, int], int] = {}
    for box in stacked(18):
        key = (box.position.block, box.position.bay, box.position.row)
        heights[key] = heights.get(key, 0) + 1
    for event in events:
        if isinstance(event, BoxesLifted | BoxesLanded):
            for place in event.places:
                if isinstance(place, YardPosition):
                    key = (place.block, place.bay, place.row)
                    landed = isinstance(event, BoxesLanded)
                    assert place.tier == heights.get(key, 0) + landed
                    heights[key] = heights.get(key, 0) + (1 if landed else -1)


@settings(max_examples=10)
@given(st.lists(st.tuples(st.integers(0, 1_200), st.integers(0, 24), st.booleans()), max_size=14))
def test_whoever_comes_is_served_or_told_why_not(asked: list[tuple[int, int, bool]]) -> None:
    twin = small_twin()
    visits = []
    for n, (second, box, also_brings) in enumerate(asked):
        brought = Brought(ContainerId(f"NEW{n}"), 40, 9_000) if also_brings else None
        visits.append(RoadVisit(f"V{n}", 1_000 * second, brought, ContainerId(f"BOX{box}")))
    twin.visitors.expect(visits)
    twin.run(6 * HOUR_MS)
    left = {event.truck for event in twin.log.events if isinstance(event, TruckLeft)}
    refused = {event.truck for event in twin.log.events if isinstance(event, VisitorRefused)}
    assert left | refused == {visit.id for visit in visits}
    assert not left & refused
    assert_nothing_floats(twin.log.events)
    assert judge_run(twin.log.events, small_layout()).is_good


def test_the_gate_says_why_it_turns_a_truck_away() -> None:
    twin = small_twin()
    control = twin.control
    fetch = RoadVisit("A", 0, takes=ContainerId("BOX0"))
    assert control.announce(fetch)
    for visit, reason in (
        (fetch, "A is at the terminal already"),
        (RoadVisit("B", 0, takes=ContainerId("BOX0")), "container BOX0 is another's already"),
        (RoadVisit("C", 0, takes=ContainerId("NONE")), "container NONE is not at the terminal"),
        (RoadVisit("D", 0, Brought(ContainerId("BOX1"), 40, 1)), "container BOX1 is at the terminal already"),
    ):
        verdict = control.announce(visit)
        assert not verdict
        assert verdict.reason == reason
    twin.run(HOUR_MS)
    assert len(refusals(twin)) == 4


def test_a_reefer_without_a_free_plug_and_a_box_without_room_are_turned_away() -> None:
    twin = small_twin()
    twin.visitors.expect([brings(1, 0, needs_plug=True)])
    twin.run(HOUR_MS)
    assert refusals(twin) == ["no stack with a plug takes container NEW1 (40 ft)"]
    assert ContainerId("NEW1") not in twin.control.desk.board.length_ft
    chancay = Twin(chancay_layout(), Settings(), Fleet(trucks=2))
    chancay.visitors.expect([brings(1, 0, needs_plug=True)])
    chancay.run(HOUR_MS)
    place = chancay.control.desk.board.boxes[ContainerId("NEW1")]
    assert isinstance(place, YardPosition)
    plugs = chancay.control.desk.board.blocks[place.block].plug_bays
    assert set(plugs) & {place.bay - 1, place.bay, place.bay + 1}


def test_visits_that_make_no_sense_are_refused_at_birth() -> None:
    with pytest.raises(DataError, match="nothing"):
        RoadVisit("A", 0)
    with pytest.raises(DataError, match="before"):
        RoadVisit("A", -1, takes=ContainerId("B"))
    with pytest.raises(DataError, match="brings the box"):
        RoadVisit("A", 0, Brought(ContainerId("B"), 40, 1), ContainerId("B"))
    with pytest.raises(DataError):
        Brought(ContainerId("B"), 0, 1)


@cache
def planned() -> tuple[VesselCall, LoadingPlan]:
    made = make_call(moves=40, teu=1_200, seed=3, blocks=3, quay_cranes=2, yard_fill=0.3)
    # In the middle of the quay, so that the cranes that do not work have room on either side.
    call = replace(made, berth_x_mm=700_000)
    params = Params(
        stowage_iterations_a_load=200, crane_iterations=2_000, yard_iterations_a_load=50, with_baselines=False
    )
    return call, solve(LoadingProblem(call), params=params, wall=lambda: 0.0, cpu=lambda: 0.0).plan


def busy_twin(seed: int = 1) -> Twin:
    """A ship and road trucks at once, with wind and breakdowns."""
    call, plan = planned()
    fleet = Fleet(8, quay_crane_reliability=Reliability(1.0, 5.0), wind=Wind(between_h=1.0, lasts_h=0.2))
    twin = Twin(chancay_layout(), Settings(), fleet, seed)
    twin.control.take_stock(call.yard)
    twin.ships.expect(call, plan, 60_000, ShipDelays(on_time=0.0, late_mean_h=0.2))
    free = [box.id for box in call.yard if box.id not in call.load_by_id][:20]
    twin.visitors.expect(
        RoadVisit(f"V{n}", 90_000 * n, Brought(ContainerId(f"NEW{n}"), 20, 9_000), box) for n, box in enumerate(free)
    )
    return twin


def test_a_ship_and_road_trucks_are_served_side_by_side_through_wind_and_faults() -> None:
    twin = busy_twin()
    twin.run(2_000_000)
    copy = fork(twin)
    for each in (twin, copy):
        each.run(8 * HOUR_MS)
        assert each.is_idle
        assert not each.control.desk.board.errands
    events = twin.log.events
    assert events == copy.log.events
    (berthed,) = (event for event in events if isinstance(event, ShipBerthed))
    assert berthed.at_ms > 60_000
    assert {e.cause for e in events if isinstance(e, MachineStopped)} == {"wind", "fault"}
    left = sum(isinstance(event, TruckLeft) for event in events)
    assert left + len(refusals(twin)) == 20
    assert left >= 18
    assert judge_run(events, chancay_layout(), [planned()]).is_good
    board = twin.control.desk.board
    aboard = {box: place.position for box, place in board.boxes.items() if isinstance(place, Aboard)}
    assert aboard == {stowed.container.id: stowed.position for stowed in departure(*planned())}


def test_a_machine_stopped_for_two_reasons_is_back_after_the_last() -> None:
    heard: list[RunEvent] = []
    service = OutOfService(heard.append)
    stop, back = (lambda ms: MachineStopped(ms, "Q", "wind")), (lambda ms: MachineResumed(ms, "Q"))
    for event in (stop(1), stop(2), back(3), back(4), stop(5)):
        service.hear(event)
    assert [event.at_ms for event in heard] == [1, 4, 5]


def test_delays_and_wind_hang_on_the_seed() -> None:
    def storms(seed: int) -> list[int]:
        twin = Twin(small_layout(), Settings(), Fleet(2, wind=Wind(10, 2)), seed)
        twin.run(200 * HOUR_MS)
        return [event.at_ms for event in twin.log.events if isinstance(event, MachineStopped)]

    assert storms(1) == storms(1)
    assert storms(1) != storms(2)
    with pytest.raises(ValueError, match="cannot be"):
        Wind(0, 1)
    with pytest.raises(ValueError, match="cannot be"):
        ShipDelays(late_mean_h=0)
