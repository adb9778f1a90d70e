"""Two 20 ft boxes on one truck: fewer trips, every rule kept, and no box lost whatever happens on the way."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from functools import cache

from hypothesis import given, settings
from hypothesis import strategies as st
from tests.fakes.journal import JournalInMemory
from tests.twin.test_twin import its_layout, run_to_end

from cabria.adapters.journal.closed_form import encode
from cabria.domain.calls import VesselCall
from cabria.domain.containers import ContainerId
from cabria.domain.machines import TruckModel
from cabria.domain.plan import LoadingPlan, departure
from cabria.domain.positions import YardPosition
from cabria.domain.run_events import (
    Aboard,
    BoxesLanded,
    DeckEnd,
    MachineResumed,
    MachineStopped,
    MoveKind,
    MoveReleased,
    OnTruck,
    RunEvent,
    StockTaken,
    TruckTowed,
)
from cabria.experiments.calls import make_call
from cabria.operations.board import Move, Stop
from cabria.operations.journaling import JournaledControl
from cabria.operations.places import stacks_for, top_of
from cabria.operations.replay import replay
from cabria.operations.settings import Settings
from cabria.operations.standing import standing_of
from cabria.planning.loading.problem import LoadingProblem, Params
from cabria.planning.loading.solve import solve
from cabria.referee.run import RunReferee
from cabria.twin.quay_cranes import Spread
from cabria.twin.twin import Fleet, Twin

MINUTE_MS = 60_000
SetDown = Sequence[tuple[int, ContainerId, YardPosition]]


@cache
def planned() -> tuple[VesselCall, LoadingPlan]:
    """The made call of the twin's tests by cranes that lift one box at a time: a third of its boxes are of 20 ft."""
    call = make_call(moves=60, teu=1_200, seed=3, blocks=3, quay_cranes=2, yard_fill=0.3)
    cranes = tuple(replace(crane, may_twin=False) for crane in call.terminal.quay_cranes)
    call = replace(call, terminal=replace(call.terminal, quay_cranes=cranes))
    params = Params(
        stowage_iterations_a_load=200, crane_iterations=2_000, yard_iterations_a_load=50, with_baselines=False
    )
    return call, solve(LoadingProblem(call), params=params, wall=lambda: 0.0, cpu=lambda: 0.0).plan


def at_work(
    settings: Settings | None = None, trucks: int = 4, seed: int = 0, model: TruckModel | None = None
) -> tuple[Twin, JournaledControl, JournalInMemory]:
    journal = JournalInMemory()
    fleet = Fleet(trucks, spread=Spread(0.1), truck=model or TruckModel())
    twin = Twin(its_layout(), settings or Settings(replan_iterations=500), fleet, seed, journal=journal)
    call, plan = planned()
    twin.control.take_stock(call.yard)
    twin.control.berth(call, plan)
    assert isinstance(twin.control, JournaledControl)
    return twin, twin.control, journal


def broken(events: Iterable[RunEvent], set_down: SetDown = (), model: TruckModel | None = None) -> list[str]:
    """What the referee says, told where boxes were found that a person had set down."""
    referee, found = RunReferee(its_layout(), [planned()], truck=model), list(set_down)
    for event in events:
        while isinstance(event, TruckTowed) and found and found[0][0] == event.at_ms:
            referee.found(*found.pop(0)[1:])
        referee.hear(event)
    return [str(finding) for finding in referee.over().broken]


def pairs(events: Iterable[RunEvent]) -> list[MoveReleased]:
    return [event for event in events if isinstance(event, MoveReleased) and len(event.containers) == 2]


def aboard(control: JournaledControl) -> dict[ContainerId, object]:
    return {box: place.position for box, place in control.desk.board.boxes.items() if isinstance(place, Aboard)}


def as_planned() -> dict[ContainerId, object]:
    return {stowed.container.id: stowed.position for stowed in departure(*planned())}


@settings(max_examples=2)
@given(st.integers(2, 8), st.integers(0, 99), st.booleans())
def test_the_ship_leaves_as_planned_with_two_boxes_on_a_truck_and_with_one(
    trucks: int, seed: int, pair_boxes: bool
) -> None:
    twin, control, journal = at_work(Settings(pair_boxes=pair_boxes), trucks, seed)
    events = run_to_end(twin)
    assert broken(events) == []
    assert aboard(control) == as_planned()
    assert {event.kind.value for event in pairs(events)} == ({"load", "discharge"} if pair_boxes else set())
    ends = {
        place.end
        for event in events
        if isinstance(event, BoxesLanded)
        for place in event.places
        if isinstance(place, OnTruck)
    }
    assert (DeckEnd.AFT in ends) is pair_boxes
    assert encode(standing_of(replay(journal.numbered()).control)) == encode(standing_of(control))


def test_no_truck_carries_more_than_it_may() -> None:
    events = run_to_end(at_work()[0])
    stock = [stock for event in events if isinstance(event, StockTaken) for stock in event.boxes]
    mass_kg = {box.container: box.gross_mass_kg for box in stock}

    def heaviest_kg(events: Iterable[RunEvent]) -> int:
        return max(sum(mass_kg[box] for box in pair.containers) for pair in pairs(events))

    model = TruckModel(cargo_kg=heaviest_kg(events) - 1)
    assert any(f"may carry {model.cargo_kg:,} kg" in finding for finding in broken(events, model=model))
    lighter = run_to_end(at_work(model=model)[0])
    assert heaviest_kg(lighter) <= model.cargo_kg
    assert broken(lighter, model=model) == []


def pair_under_way(twin: Twin, control: JournaledControl, kind: MoveKind, later_ms: int) -> Move | None:
    """The next move of two boxes that gets a truck, so much later if it is still under way then."""
    moves = control.desk.board.moves
    while not twin.is_idle:
        pairs = (move for move in moves.values() if move.kind is kind and len(move.quay_stops) == 2)
        found = next((move for move in pairs if move.truck), None)
        if found is not None:
            twin.run(twin.now_ms + later_ms)
            return found if found.truck and found.id in moves else None
        twin.run(twin.now_ms + 10_000)
    return None


def upset(twin: Twin, control: JournaledControl, move: Move, data: st.DataObject) -> SetDown:
    """Something happens to a pair, or to its truck or crane. What was set down in the yard by hand for it."""
    board = control.desk.board
    stop = data.draw(st.sampled_from(move.quay_stops))
    crane = board.quay_cranes[stop.queue]
    match data.draw(st.sampled_from(["skip", "give", "hurry", "crane", "truck"])):
        case "skip":
            control.skip_step(crane.id, stop.containers[0], "damaged")
        case "give":
            to = next(name for name in board.quay_cranes if name != crane.id)
            control.give_bay(crane.id, planned_bay(stop), to, "it is late")
        case "hurry":
            control.hurry(stop.containers[0], "it is late")
        case "crane":
            twin.hear(MachineStopped(twin.now_ms, crane.id, "its hoist is dead"))
            control.expect_back(crane.id, twin.now_ms + 90 * MINUTE_MS)
            twin.run(twin.now_ms + data.draw(st.integers(1, 40)) * MINUTE_MS)
            twin.hear(MachineResumed(twin.now_ms, crane.id))
        case _:
            truck = move.truck
            twin.hear(MachineStopped(twin.now_ms, truck, "its motor is dead"))
            twin.run(twin.now_ms + data.draw(st.integers(0, 5)) * MINUTE_MS)
            set_down = towed(twin, control, truck)
            twin.hear(MachineResumed(twin.now_ms, truck))
            return set_down
    return ()


def planned_bay(stop: Stop) -> int:
    steps = (step for queue in planned()[1].queues for step in queue.steps)
    return next(step.bay for step in steps if step.containers == stop.containers)


def towed(twin: Twin, control: JournaledControl, truck: str) -> SetDown:
    """Its boxes are set down in the yard, each on the ground."""
    board = control.desk.board
    places: dict[ContainerId, YardPosition] = {}
    for box in sorted(board.beds.get(truck, ())):
        stacks = (stack for block in board.blocks.values() for stack in stacks_for(board, box, block))
        free = (top_of(board, stack) for stack in stacks if not board.height(stack))
        places[box] = next(place for place in free if place not in places.values())
    number = board.trucks[truck].number
    stand = next(stand for stand in board.rests if not board.lanes.is_in_use(stand, number, twin.now_ms))
    verdict = control.tow(truck, board.layout.segments[stand].id, places, "a tug took it away")
    return [(twin.now_ms, box, place) for box, place in places.items()] if verdict else ()


@settings(max_examples=4)
@given(st.data(), st.sampled_from([3, 6]), st.integers(0, 9))
def test_whatever_becomes_of_a_pair_every_box_ends_by_every_rule_and_again_bit_for_bit(
    data: st.DataObject, trucks: int, seed: int
) -> None:
    twin, control, journal = at_work(trucks=trucks, seed=seed)
    set_down: list[tuple[int, ContainerId, YardPosition]] = []
    kinds = st.sampled_from([MoveKind.DISCHARGE, MoveKind.LOAD])
    for kind, later_s in data.draw(st.lists(st.tuples(kinds, st.integers(0, 900)), min_size=1, max_size=3)):
        move = pair_under_way(twin, control, kind, 1_000 * later_s)
        if move is not None:
            set_down += upset(twin, control, move, data)
    events = run_to_end(twin)
    assert broken(events, set_down) == []
    board = control.desk.board
    assert not board.moves
    assert not board.goes_to
    assert all(crane.next == len(crane.steps) for crane in board.quay_cranes.values())
    assert {(box, slot) for box, slot in aboard(control).items() if box in planned()[1].loads} <= as_planned().items()
    assert encode(standing_of(replay(journal.numbered()).control)) == encode(standing_of(control))
