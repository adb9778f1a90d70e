"""A move goes on: a stop is made, the next one is due, and after the last the truck is free."""

from __future__ import annotations

from cabria.domain.containers import ContainerId
from cabria.domain.errors import TerminalError
from cabria.domain.run_events import MoveDone
from cabria.domain.verdict import YES, Verdict, refuse
from cabria.operations.board import Move, StopKind
from cabria.operations.desk import Desk
from cabria.operations.places import incoming
from cabria.operations.truck_work import stands_onward


def stop_made(desk: Desk, move: Move) -> None:
    """The boxes of the next stop were lifted on to the truck or off it.

    A truck is free while its last box still hangs in the crane; that move is done when the crane is.
    """
    board = desk.board
    truck = board.trucks[move.truck]
    truck.at_stop = False
    made = move.stop
    move.at += 1
    if move.is_done and move.later:
        move.stops, move.at, move.later, move.truck = move.later, 0, [], ""
        truck.move = ""
    elif move.is_done:
        truck.move = ""
        board.over_with(move)
        if made.kind not in (StopKind.QUAY_TAKES, StopKind.YARD_TAKES):
            desk.record(MoveDone(desk.now_ms, move.id))
    elif move.stop.kind is StopKind.YARD_TAKES:
        keep_place(desk, move)


def keep_place(desk: Desk, move: Move) -> None:
    """Choose where the box of the next stop goes, now that it is known from where it comes."""
    board = desk.board
    (box,) = move.stop.containers
    if box in board.goes_to:
        return
    stand = board.trucks[move.truck].stand
    place = incoming(board, box, stand, board.waiting_by_block(), desk.settings, stands_onward(desk, move))
    if place is None:
        raise YardFullError(f"No stack takes container {box} ({board.length_ft[box]} ft).")
    board.keep(box, place)


def hurry(desk: Desk, box: ContainerId, reason: str) -> Verdict:
    """A move under way goes before others: trucks are chosen for it and boxes lifted for it first."""
    board = desk.board
    named = (
        move for move in board.moves.values() if any(box in s.containers for s in (*move.stops[move.at :], *move.later))
    )
    move = next(named, None)
    if move is None:
        return refuse("no move with {box} is under way", "no-such-move", box=box[:60])
    if move.is_hurried:
        return refuse("{box} is hurried already: {why}", "hurried-already", box=box, why=str(move.note))
    move.is_hurried, move.note = True, reason
    return YES


class YardFullError(TerminalError):
    """There is no place left for a box of its kind."""
