"""Yard cranes: which box each lifts next, and which boxes must be out of the way first."""

from __future__ import annotations

from cabria.domain.containers import ContainerId
from cabria.domain.positions import YardPosition
from cabria.domain.run_events import MoveDone, MoveKind, MoveReleased, OnTruck, Place
from cabria.domain.stands import Side
from cabria.operations.board import Move, StopKind, YardCraneState
from cabria.operations.desk import Desk
from cabria.operations.gateways import YardWork
from cabria.operations.moves import stop_made
from cabria.operations.places import aside

BAY_MS = 1_000
"""What a bay number of travel counts against a millisecond of urgency."""


def work_yard_cranes(desk: Desk) -> None:
    """Give each yard crane with nothing to do the most urgent lift near it, or a dig ahead."""
    for crane in desk.board.yard_cranes.values():
        if crane.work is None and not crane.failed and not _serve(desk, crane) and desk.settings.dig_ahead:
            _dig_ahead(desk, crane)


def _serve(desk: Desk, crane: YardCraneState) -> bool:
    """Lift for the truck whose move is most urgent, if one stands at the block."""
    board = desk.board
    waiting = [
        move
        for truck in board.trucks.values()
        if truck.at_stop and not truck.is_driving and truck.move
        for move in (board.moves[truck.move],)
        if not move.stop.is_quay
        and _place(desk, move).block == crane.block
        and move.stop.containers[0] not in board.in_hand
    ]
    if not waiting:
        return False
    move = min(waiting, key=lambda m: (board.needed_ms(m, desk.now_ms) + BAY_MS * _bays_away(desk, crane, m), m.id))
    box, end = move.stop.containers[0], move.stop.ends[0]
    truck = OnTruck(move.truck, end)
    if move.stop.kind is StopKind.YARD_TAKES:
        _lift(desk, crane, move, box, truck, board.settled(box), "its truck stands at the block")
    elif over := board.over(box):
        return _rehandle(desk, crane, over[-1], box)
    else:
        _lift(desk, crane, move, box, board.boxes[box], truck, "its truck stands at the block")
    return True


def _dig_ahead(desk: Desk, crane: YardCraneState) -> None:
    board = desk.board
    coming = sorted(
        (board.needed_ms(move, desk.now_ms), move.id, box)
        for move in board.moves.values()
        for stop in move.stops[move.at :]
        if stop.kind is StopKind.YARD_GIVES
        for box in stop.containers
        if _block_of(board.boxes[box]) == crane.block and board.over(box)
    )
    for _, _, box in coming:
        if _rehandle(desk, crane, board.over(box)[-1], box):
            return


def _rehandle(desk: Desk, crane: YardCraneState, top: ContainerId, wanted: ContainerId) -> bool:
    """Carry the box on top of a wanted one aside."""
    board = desk.board
    target = aside(board, top, desk.settings)
    if target is None or top in board.in_hand:
        return False
    number = f"{crane.id}/dig/{desk.next_number()}"
    desk.record(MoveReleased(desk.now_ms, number, MoveKind.REHANDLE, (top,), "", "", f"stands over {wanted}"))
    board.keep(top, target)
    work = (crane.id, number, top)
    board.in_hand.add(top)
    job = desk.give(crane.id, number, f"stands over {wanted}", rehandled, work)
    crane.work = YardWork(job, top, board.boxes[top], board.settled(top), crane.block, False)
    desk.out.yard_cranes.work(crane.id, crane.work)
    return True


def rehandled(desk: Desk, work: tuple[str, str, ContainerId]) -> None:
    crane, move, box = work
    desk.board.yard_cranes[crane].work = None
    desk.board.in_hand.discard(box)
    desk.record(MoveDone(desk.now_ms, move))


def _lift(
    desk: Desk, crane: YardCraneState, move: Move, box: ContainerId, source: Place, target: Place, reason: str
) -> None:
    board = desk.board
    stand = board.stand_of[board.trucks[move.truck].stand].stand
    board.in_hand.add(box)
    job = desk.give(crane.id, move.id, reason, lifted, (crane.id, move.id, box))
    crane.work = YardWork(job, box, source, target, crane.block, stand is not None and stand.side is Side.LAND)
    desk.out.yard_cranes.work(crane.id, crane.work)


def lifted(desk: Desk, work: tuple[str, str, ContainerId]) -> None:
    """A truck's box is off or on."""
    crane, move, box = work
    desk.board.yard_cranes[crane].work = None
    desk.board.in_hand.discard(box)
    stop_made(desk, desk.board.moves[move])


def _place(desk: Desk, move: Move) -> YardPosition:
    """The yard end of a move's next stop."""
    board, box = desk.board, move.stop.containers[0]
    place = board.goes_to[box] if move.stop.kind is StopKind.YARD_TAKES else board.boxes[box]
    if not isinstance(place, YardPosition):
        raise ValueError(f"Container {box} is at {place}, not in the yard.")
    return place


def _block_of(place: Place) -> str:
    return place.block if isinstance(place, YardPosition) else ""


def _bays_away(desk: Desk, crane: YardCraneState, move: Move) -> int:
    pitch_mm = desk.board.blocks[crane.block].bay_pitch_mm
    return abs(2 * crane.at_mm // pitch_mm - _place(desk, move).bay)
