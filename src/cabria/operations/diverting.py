"""Boxes on their way to a block whose crane is out of service go to another one."""

from __future__ import annotations

from cabria.domain.containers import ContainerId
from cabria.domain.said import said
from cabria.operations.board import Move, StopKind
from cabria.operations.desk import Desk
from cabria.operations.places import incoming


def divert_moves(desk: Desk) -> None:
    """Choose another place for boxes that no crane in service can set down where they were to go.

    A truck that stands at the block waits `Settings.divert_after_ms`, others turn off at once.
    """
    board = desk.board
    if not any(crane.failed for crane in board.yard_cranes.values()):
        return
    for move in board.moves.values():
        if move.stop.kind is StopKind.YARD_TAKES and move.truck and not _waits(desk, move):
            (box,) = move.stop.containers
            if box not in board.in_hand and not board.is_served(board.goes_to[box]):
                _divert(desk, move, box)


def _waits(desk: Desk, move: Move) -> bool:
    """Whether a move's truck stands where it was to go, and has not waited long."""
    board = desk.board
    truck = board.trucks[move.truck]
    if not truck.at_stop:
        return False
    until_ms = truck.arrives_ms + desk.settings.divert_after_ms
    if until_ms > desk.now_ms:
        desk.look_again_ms = min(until_ms, desk.look_again_ms or until_ms)
    return until_ms > desk.now_ms


def _divert(desk: Desk, move: Move, box: ContainerId) -> None:
    board = desk.board
    was, truck = board.goes_to[box], board.trucks[move.truck]
    board.give_up(box)
    place = incoming(board, box, truck.stand, board.waiting_by_block(), desk.settings)
    if place is None or not board.is_served(place):
        board.keep(box, was)
        return
    board.keep(box, place)
    move.note = said("block-out-of-reach", block=was.block, bay=was.bay, to=place.block)
    truck.at_stop = not truck.is_driving and truck.stand in board.stands_for_yard(place)
