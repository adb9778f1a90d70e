"""A ship leaves: when all her work is done and no box of hers is on a truck any more."""

from __future__ import annotations

from cabria.domain.run_events import Aboard, ShipSailed
from cabria.domain.verdict import YES, Verdict, refuse
from cabria.operations.desk import Desk


def may_sail(desk: Desk, call: str) -> Verdict:
    """Whether her cranes are through, and what they set ashore has found its place."""
    board = desk.board
    if call not in board.calls:
        return refuse("call {call} cannot sail: she is not at the quay", "not-at-the-quay", call=call)
    cranes = [crane for crane in board.quay_cranes.values() if crane.call == call]
    for crane in cranes:
        if crane.next < len(crane.steps) or crane.work is not None:
            return refuse(
                "call {call} cannot sail: {crane} still works her", "crane-still-works", call=call, crane=crane.id
            )
    names = {crane.id for crane in cranes}
    under_way = sum(move.queue in names for move in board.moves.values())
    if not under_way:
        return YES
    still = "call {call} cannot sail: {moves} moves of hers are under way"
    return refuse(still, "moves-under-way", call=call, moves=under_way)


def sail(desk: Desk, call: str) -> Verdict:
    """Last line off: she takes along what is aboard, or `may_sail` refuses."""
    if not (verdict := may_sail(desk, call)):
        return verdict
    board = desk.board
    desk.record(ShipSailed(desk.now_ms, call))
    aboard = [box for box, place in board.boxes.items() if isinstance(place, Aboard) and place.call == call]
    for box in aboard:
        board.forget(box)
    del board.calls[call], desk.waits[call]
    board.sailed.add(call)
    for crane in board.quay_cranes.values():
        if crane.call == call:
            crane.take("", (), desk.now_ms)
    return YES
