"""From work queues to moves: how far ahead of each quay crane boxes are on their way."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence

from cabria.domain.containers import ContainerId
from cabria.domain.positions import YardPosition
from cabria.domain.run_events import DeckEnd, MoveKind, MoveReleased
from cabria.domain.work import ONTO_SHIP, CraneStep, StepKind
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
            if not _may_go(board, step):
                break
            crane.released += 1
            if step.kind in MOVE_OF:
                numbers = (number, number + 1) if _may_pair(board, crane, number) else (number,)
                move = _move(board, crane, numbers)
                board.moves[move.id] = move
                crane.moves.update(dict.fromkeys(numbers, move.id))
                boxes = tuple(box for each in numbers for box in crane.steps[each].containers)
                reason = f"{number - crane.next} steps before its turn at {crane.id}"
                yield MoveReleased(now_ms, move.id, move.kind, boxes, crane.call, crane.id, reason)


def _may_go(board: Board, step: CraneStep) -> bool:
    """A box must be on the terminal, and one that goes back aboard must first have come ashore."""
    if any(box not in board.boxes for box in step.containers):
        return False
    return step.kind is not StepKind.RESTOW_ON or all(
        isinstance(board.boxes.get(box), YardPosition) for box in step.containers
    )


def _may_pair(board: Board, crane: QuayCraneState, number: int) -> bool:
    """Whether one truck carries the box of a step and that of the next: 20 ft both, one way, over one bay."""
    if os.environ.get("PAIRS", "both") == "none" or number + 1 >= len(crane.steps) or number + 1 in crane.moves:
        return False
    one, other = crane.steps[number], crane.steps[number + 1]
    if os.environ.get("PAIRS", "both") not in ("both", str(one.kind)):
        return False
    return (
        one.kind is other.kind
        and one.kind in (StepKind.LOAD, StepKind.DISCHARGE)
        and one.bay == other.bay
        and all(len(step.containers) == 1 and board.length_ft.get(step.containers[0]) == 20 for step in (one, other))
        and _may_go(board, other)
    )


def _move(board: Board, crane: QuayCraneState, numbers: Sequence[int]) -> Move:
    """One truck's, with the boxes of some steps."""
    steps = [(number, crane.steps[number]) for number in numbers]
    boxes = tuple(box for _, step in steps for box in step.containers)
    end = dict(zip(boxes, _ends(board, boxes), strict=True))
    is_load = steps[0][1].kind in ONTO_SHIP
    kind = StopKind.QUAY_TAKES if is_load else StopKind.QUAY_GIVES
    quay = [Stop(kind, s.containers, tuple(end[box] for box in s.containers), number) for number, s in steps]
    yard = [Stop(StopKind.YARD_GIVES if is_load else StopKind.YARD_TAKES, (box,), (end[box],)) for box in boxes]
    return Move(
        id=_name(board, crane, numbers[0]),
        kind=MOVE_OF[steps[0][1].kind],
        stops=[*yard, *quay] if is_load else [*quay, *yard],
        queue=crane.id,
    )


def _name(board: Board, crane: QuayCraneState, number: int) -> str:
    """Queues that were divided anew count their steps from 1 again."""
    splits = board.calls[crane.call].splits
    return f"{crane.call}/{crane.id}/{f'{splits}.' if splits else ''}{number + 1}"


def _ends(board: Board, containers: tuple[ContainerId, ...]) -> tuple[DeckEnd, ...]:
    if len(containers) == 2:
        return DeckEnd.FORE, DeckEnd.AFT
    return tuple(DeckEnd.FORE if board.length_ft[box] == 20 else DeckEnd.WHOLE for box in containers)
