"""A ship leaves: when all her work is done and no box of hers is on a truck any more."""

from __future__ import annotations

from cabria.domain.run_events import Aboard, ShipSailed
from cabria.domain.verdict import YES, Verdict, refuse
from cabria.operations.desk import Desk


def may_sail(desk: Desk, call: str) -> Verdict:
    """Whether her cranes are through, and what they set ashore has found its place."""
    board = desk.board
    cranes = [crane for crane in board.quay_cranes.values() if crane.call == call]
    for crane in cranes:
        if crane.next < len(crane.steps) or crane.work is not None:
            return refuse(f"{crane.id} still works her")
    names = {crane.id for crane in cranes}
    under_way = sum(move.queue in names for move in board.moves.values())
    return refuse(f"{under_way} moves of hers are under way") if under_way else YES


def sail(desk: Desk, call: str) -> None:
    """Last line off: she takes along what is aboard. Raises ValueError while `may_sail` refuses."""
    if not (verdict := may_sail(desk, call)):
        raise ValueError(f"Call {call} cannot sail: {verdict.reason}.")
    board = desk.board
    desk.record(ShipSailed(desk.now_ms, call))
    aboard = [box for box, place in board.boxes.items() if isinstance(place, Aboard) and place.call == call]
    for box in aboard:
        board.forget(box)
    del board.calls[call], desk.waits[call]
    for crane in board.quay_cranes.values():
        if crane.call == call:
            crane.take("", (), desk.now_ms)
