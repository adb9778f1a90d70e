"""From work queues to moves: how far ahead of each quay crane boxes are on their way."""

from __future__ import annotations

from collections.abc import Iterator

from cabria.domain.containers import ContainerId
from cabria.domain.run_events import DeckEnd, MoveKind, MoveReleased
from cabria.domain.said import said
from cabria.domain.work import ONTO_SHIP, CraneStep, StepKind
from cabria.operations.arriving import is_there
from cabria.operations.board import Board, Move, QuayCraneState, Stop, StopKind

MOVE_OF = {
    StepKind.LOAD: MoveKind.LOAD,
    StepKind.RESTOW_ON: MoveKind.RESTOW,
    StepKind.DISCHARGE: MoveKind.DISCHARGE,
    StepKind.RESTOW_OFF: MoveKind.RESTOW,
}


def released_moves(board: Board, now_ms: int, look_ahead: int) -> Iterator[MoveReleased]:
    """Release what has come within `look_ahead` steps of any quay crane whose queue is not held.

    Each event has been put on the board.
    """
    for crane in board.quay_cranes.values():
        if crane.held:
            continue
        last = min(len(crane.steps), crane.next + look_ahead)
        while crane.released < last:
            number = crane.released
            step = crane.steps[number]
            if number in crane.moves:
                crane.released += 1
                continue
            if not _may_go(board, step, now_ms):
                break
            crane.released += 1
            if step.kind in MOVE_OF:
                move = _move(board, crane, number, step)
                board.moves[move.id] = move
                crane.moves[number] = move.id
                reason = said("before-its-turn", steps=number - crane.next, crane=crane.id)
                yield MoveReleased(now_ms, move.id, move.kind, step.containers, crane.call, crane.id, reason)


def _may_go(board: Board, step: CraneStep, now_ms: int) -> bool:
    """What goes aboard must be in the yard: brought, come ashore, and there if it comes late."""
    if step.kind in ONTO_SHIP:
        return all(is_there(board, box, now_ms) for box in step.containers)
    return all(box in board.boxes for box in step.containers)


def next_late_ms(board: Board, now_ms: int) -> int | None:
    """When the next box is there that comes late and is the next of a queue to be released."""
    return min(
        (
            late_ms
            for crane in board.quay_cranes.values()
            for step in crane.steps[crane.released : crane.released + 1]
            for box in step.containers
            if (late_ms := board.late_ms.get(box, 0)) > now_ms
        ),
        default=None,
    )


def _move(board: Board, crane: QuayCraneState, number: int, step: CraneStep) -> Move:
    ends = _ends(board, step.containers)
    singles = list(zip(step.containers, ends, strict=True))
    if step.kind in ONTO_SHIP:
        stops = [Stop(StopKind.YARD_GIVES, (box,), (end,)) for box, end in singles]
        stops.append(Stop(StopKind.QUAY_TAKES, step.containers, ends))
    else:
        stops = [Stop(StopKind.QUAY_GIVES, step.containers, ends)]
        stops += [Stop(StopKind.YARD_TAKES, (box,), (end,)) for box, end in singles]
    return Move(
        id=_name(board, crane, number),
        kind=MOVE_OF[step.kind],
        stops=stops,
        queue=crane.id,
        step=number,
    )


def _name(board: Board, crane: QuayCraneState, number: int) -> str:
    """Queues that were divided anew count their steps from 1 again."""
    splits = board.calls[crane.call].splits
    return f"{crane.call}/{crane.id}/{f'{splits}.' if splits else ''}{number + 1}"


def _ends(board: Board, containers: tuple[ContainerId, ...]) -> tuple[DeckEnd, ...]:
    if len(containers) == 2:
        return DeckEnd.FORE, DeckEnd.AFT
    return tuple(DeckEnd.FORE if board.length_ft[box] == 20 else DeckEnd.WHOLE for box in containers)
