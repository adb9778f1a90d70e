"""When loads that are not in the yard yet will be there, as far as the terminal knows.

What it knows: road trucks that are booked, at the gate or inside with a box; quay cranes that have still to take one
off another ship; and the moment that the call gives for a box that comes late.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from cabria.domain.containers import ContainerId
from cabria.domain.gate_visits import VisitState
from cabria.domain.positions import YardPosition
from cabria.domain.work import OFF_SHIP
from cabria.operations.board import Board
from cabria.operations.desk import Desk


def is_there(board: Board, box: ContainerId, now_ms: int) -> bool:
    """Whether a box stands in the yard, and not only its place while it is said to come late."""
    return isinstance(board.boxes.get(box), YardPosition) and board.late_ms.get(box, 0) <= now_ms


def there_ms(desk: Desk, boxes: Iterable[ContainerId]) -> dict[ContainerId, int]:
    """When boxes that are not in the yard are taken to be: what is under way goes before what was said of it. Boxes of
    which nobody knows are left out, as are those on trucks of the terminal."""
    board = desk.board
    awaited = {box for box in boxes if not is_there(board, box, desk.now_ms)}
    if not awaited:
        return {}
    under_way = (*_booked(desk), *_to_be_discharged(desk), *_at_the_gate(desk), *_inside(desk))
    return {box: at_ms for box, at_ms in (*board.late_ms.items(), *under_way) if box in awaited}


def _booked(desk: Desk) -> Iterator[tuple[ContainerId, int]]:
    for visit in desk.board.visits.values():
        if visit.state is VisitState.BOOKED and visit.brings is not None and visit.appointment is not None:
            comes_ms = max(desk.now_ms, visit.appointment.from_ms)
            yield visit.brings.container, comes_ms + desk.settings.visitor_ms


def _at_the_gate(desk: Desk) -> Iterator[tuple[ContainerId, int]]:
    for visit in desk.board.at_gate:
        if visit.brings is not None:
            yield visit.brings.container, desk.now_ms + desk.settings.visitor_ms


def _inside(desk: Desk) -> Iterator[tuple[ContainerId, int]]:
    """What road trucks inside have still on them, by when it is due."""
    board = desk.board
    for name, errands in board.errands.items():
        begun = board.moves.get(board.trucks[name].move)
        for move in (*errands, *([begun] if begun else [])):
            for box in move.stop.containers if not move.is_done else ():
                if box in board.beds.get(name, ()):
                    yield box, max(desk.now_ms, move.due_ms)


def _to_be_discharged(desk: Desk) -> Iterator[tuple[ContainerId, int]]:
    """What quay cranes have still to take off, by when they are through with it if they go on as planned."""
    for crane in desk.board.quay_cranes.values():
        for step in crane.steps[crane.next :]:
            for box in step.containers if step.kind in OFF_SHIP else ():
                yield box, desk.now_ms + 1_000 * (step.end_s - crane.steps[crane.next].start_s)
