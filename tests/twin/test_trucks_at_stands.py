"""Stands that trucks hold: for no turn but their own, and for no box that has been carried away. Work stood still."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st
from tests.twin.test_twin import begun, its_layout, run_to_end, twin_at_work

from cabria.domain.positions import YardPosition
from cabria.operations.board import Move, StopKind
from cabria.operations.desk import Desk
from cabria.operations.places import stacks_for, top_of
from cabria.operations.settings import Settings
from cabria.operations.truck_work import give_truck, stands_at
from cabria.twin.twin import Fleet, Twin


@settings(max_examples=6)
@given(st.integers(0, 40), st.integers(3, 8))
def test_a_truck_goes_on_when_its_box_was_carried_aside_while_it_came(minutes: int, trucks: int) -> None:
    twin = twin_at_work(Settings(dig_ahead=False), trucks, spread=0.1)
    twin.run(60_000 * minutes)
    move = _on_its_way_to_the_yard(twin)
    board, (box,) = twin.control.desk.board, move.stop.containers
    here, truck = board.boxes[box], board.trucks[move.truck]
    assert isinstance(here, YardPosition)
    board.in_hand.add(box)
    twin.run(truck.arrives_ms)
    assert truck.at_stop
    stacks = stacks_for(board, box, board.blocks[here.block])
    elsewhere = next(p for p in (top_of(board, s) for s in stacks) if truck.stand not in board.stands_for_yard(p))
    board.put(box, elsewhere)
    board.in_hand.discard(box)
    twin.control.wake()
    run_to_end(twin)
    assert not board.moves


def _on_its_way_to_the_yard(twin: Twin) -> Move:
    """A move whose truck drives to the only box it carries, which no crane is at and nothing stands on."""
    board = twin.control.desk.board
    while True:
        for truck in board.trucks.values():
            move = board.moves.get(truck.move)
            if move is None or move.stop.kind is not StopKind.YARD_GIVES or not truck.is_driving:
                continue
            (box,) = move.stop.containers
            if truck.arrives_ms > twin.now_ms and box not in board.in_hand and not board.over(box):
                return move
        twin.run(twin.now_ms + 1_000)


def test_a_stand_that_an_earlier_turn_needs_is_not_kept_by_a_truck_with_a_later_one() -> None:
    twin = begun(Twin(its_layout(), Settings(), Fleet(1)))
    twin.run(1)
    desk = twin.control.desk
    first, later = _discharges_of_one_crane(twin)
    stands = stands_at(desk, first)
    for number, stand in enumerate(stands[1:], 900):
        desk.board.lanes.put(number, stand, twin.now_ms)
    twin.control.add_truck("T99", str(desk.board.layout.segments[stands[0]].id))
    assert not _holds_its_stand(desk, later)
    assert _holds_its_stand(desk, first)


def _holds_its_stand(desk: Desk, move: Move) -> bool:
    """Whether truck T99, given a move, stays where it is for it. The move is given back."""
    truck = desk.board.trucks["T99"]
    give_truck(desk, move, truck, "as a test")
    move.truck = truck.move = ""
    return truck.at_stop


def _discharges_of_one_crane(twin: Twin) -> tuple[Move, Move]:
    """The first two of a crane over one bay, without trucks."""
    board = twin.control.desk.board
    for crane in board.quay_cranes.values():
        moves = [board.moves[name] for _, name in sorted(crane.moves.items())]
        empty = [move for move in moves if move.stop.kind is StopKind.QUAY_GIVES]
        if len(empty) > 1:
            for move in empty:
                move.truck = ""
            return empty[0], empty[1]
    raise AssertionError("No crane discharges.")
