"""Where a box in the way goes: on none that a truck comes for, as long as its block has another place."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from cabria.domain.containers import ContainerId
from cabria.domain.positions import YardPosition
from cabria.domain.run_events import DeckEnd, MoveKind, Stock
from cabria.experiments.layouts import small_layout
from cabria.operations.board import Board, Move, Stop, StopKind, stack_of
from cabria.operations.places import aside
from cabria.operations.rails import Stretch
from cabria.operations.settings import Settings
from cabria.twin.twin import Fleet, Twin

LAST_BAY, ROWS, TIERS = 23, 6, 4
REACH = (Stretch(0, 1_000_000),)


@settings(max_examples=25)
@given(st.lists(st.booleans(), min_size=ROWS - 1, max_size=ROWS - 1), st.integers(1, 3))
def test_a_box_in_the_way_goes_on_none_that_a_truck_comes_for(asked: list[bool], height: int) -> None:
    board = _board_full_but_for_the_last_bay()
    wanted, *_, top = _pile(board, LAST_BAY, 1, 3)
    _ask(board, wanted)
    for row, is_asked in enumerate(asked, 2):
        lowest = _pile(board, LAST_BAY, row, height)[0]
        if is_asked:
            _ask(board, lowest)
    place = aside(board, top, Settings(), REACH)
    assert place is not None
    assert board.asked_for().isdisjoint(board.stacks[stack_of(place)])


def test_it_goes_on_one_where_the_block_has_no_other_place() -> None:
    board = _board_full_but_for_the_last_bay(first_bay=1)
    wanted, *_, top = _pile(board, LAST_BAY, 1, 3)
    _ask(board, wanted)
    for row in range(2, ROWS + 1):
        _ask(board, _pile(board, LAST_BAY, row, 2)[0])
    place = aside(board, top, Settings(), REACH)
    assert place is not None
    assert place.bay == LAST_BAY


def _board_full_but_for_the_last_bay(first_bay: int = LAST_BAY - 8) -> Board:
    """As far as boxes in the way are carried; farther off there is room."""
    board = Twin(small_layout(), Settings(), Fleet(1)).control.desk.board
    for bay in range(first_bay, LAST_BAY, 2):
        for row in range(1, ROWS + 1):
            _pile(board, bay, row, TIERS)
    return board


def _pile(board: Board, bay: int, row: int, height: int) -> list[ContainerId]:
    boxes = [ContainerId(f"BOX{bay:02}{row}{tier}") for tier in range(1, height + 1)]
    board.know(Stock(box, 20, 9_000, YardPosition("B01", bay, row, tier)) for tier, box in enumerate(boxes, 1))
    return boxes


def _ask(board: Board, box: ContainerId) -> None:
    """A truck comes for it."""
    stop = Stop(StopKind.YARD_GIVES, (box,), (DeckEnd.FORE,))
    board.moves[f"for {box}"] = Move(f"for {box}", MoveKind.GATE_OUT, [stop])
