"""From work queues to moves: how far ahead of each quay crane boxes are on their way."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

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


def released_moves(board: Board, now_ms: int, look_ahead: int, *, pairs: bool) -> Iterator[MoveReleased]:
    """Release what has come within `look_ahead` steps of any quay crane whose queue is not held; with `pairs`, two
    20 ft boxes for one truck where two steps allow it.

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
                numbers = (number, number + 1) if pairs and _may_pair(board, crane, number, now_ms) else (number,)
                move = _move(board, crane, numbers)
                board.moves[move.id] = move
                crane.moves.update(dict.fromkeys(numbers, move.id))
                boxes = tuple(box for each in numbers for box in crane.steps[each].containers)
                reason = said("before-its-turn", steps=number - crane.next, crane=crane.id)
                yield MoveReleased(now_ms, move.id, move.kind, boxes, crane.call, crane.id, reason)


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


def _may_pair(board: Board, crane: QuayCraneState, number: int, now_ms: int) -> bool:
    """Whether one truck can carry the box of a step and that of the next: both of 20 ft, the same way over one bay."""
    if number + 1 >= len(crane.steps) or number + 1 in crane.moves:
        return False
    one, other = crane.steps[number : number + 2]
    boxes = (*one.containers, *other.containers)
    return (
        (one.kind, one.bay) == (other.kind, other.bay)
        and len(one.containers) == len(other.containers) == 1
        and _may_go(board, other, now_ms)
        and all(board.length_ft[box] == 20 for box in boxes)
        and sum(board.mass_kg[box] for box in boxes) <= board.truck.cargo_kg
    )


def _move(board: Board, crane: QuayCraneState, numbers: Sequence[int]) -> Move:
    """One truck's move with the boxes of some steps."""
    steps = [crane.steps[number] for number in numbers]
    kind, boxes = steps[0].kind, tuple(box for step in steps for box in step.containers)
    end = dict(zip(boxes, _ends(board, boxes), strict=True))
    is_load = kind in ONTO_SHIP
    at_yard, at_quay = StopKind.YARD_TAKES, StopKind.QUAY_GIVES
    if is_load:
        at_yard, at_quay = StopKind.YARD_GIVES, StopKind.QUAY_TAKES
    yard = [Stop(at_yard, (box,), (end[box],)) for box in boxes]
    quay = [
        Stop(at_quay, step.containers, tuple(end[box] for box in step.containers), crane.id, number)
        for number, step in zip(numbers, steps, strict=True)
    ]
    stops = [*yard, *quay] if is_load else [*quay, *yard]
    return Move(_name(board, crane, numbers[0]), MOVE_OF[kind], stops)


def _name(board: Board, crane: QuayCraneState, number: int) -> str:
    """Queues that were divided anew count their steps from 1 again."""
    splits = board.calls[crane.call].splits
    return f"{crane.call}/{crane.id}/{f'{splits}.' if splits else ''}{number + 1}"


def _ends(board: Board, containers: tuple[ContainerId, ...]) -> tuple[DeckEnd, ...]:
    if len(containers) == 2:
        return DeckEnd.FORE, DeckEnd.AFT
    return tuple(DeckEnd.FORE if board.length_ft[box] == 20 else DeckEnd.WHOLE for box in containers)
