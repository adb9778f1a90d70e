"""The gate: which road trucks come in, what each does in turn, and out again.

A road truck drives on the same lanes as driverless ones. It stands in the queue outside until a lane of the gate is
free; a box it brings or fetches is a move of its own, with it as the truck from the start. An automatic gate reads
numbers while trucks roll, so that passing it takes no time of its own.
"""

from __future__ import annotations

from dataclasses import replace

from cabria.domain.containers import ContainerId
from cabria.domain.gate_visits import VisitState
from cabria.domain.positions import YardPosition
from cabria.domain.road_visits import Brought, RoadVisit
from cabria.domain.run_events import (
    DeckEnd,
    MoveKind,
    MoveReleased,
    OnTruck,
    Stock,
    StockTaken,
    TruckLeft,
    TruckStood,
    VisitorRefused,
)
from cabria.domain.said import TURNED_AWAY, Said, said
from cabria.domain.verdict import YES, Verdict, refuse
from cabria.operations.board import Move, Stop, StopKind, Truck
from cabria.operations.desk import Desk
from cabria.operations.moves import keep_place
from cabria.operations.places import incoming
from cabria.operations.truck_work import drive

FIRST_VISITOR = 1_000_000
"""Numbers of road trucks in the lane book begin here."""


def announce(desk: Desk, visit: RoadVisit) -> Verdict:
    """A road truck is at the gate: it queues, or is turned away with the reason, which is written down."""
    verdict = may_come(desk, visit)
    if verdict:
        desk.board.at_gate.append(visit)
    else:
        desk.record(VisitorRefused(desk.now_ms, visit.id, Said(verdict.code, verdict.values)))
    return verdict


def may_come(desk: Desk, visit: RoadVisit) -> Verdict:
    """Whether what a road truck brings is new, and what it fetches stands in the yard for it."""
    board = desk.board
    if visit.id in board.trucks or any(other.id == visit.id for other in board.at_gate):
        return refuse(TURNED_AWAY["visit-here-already"], "visit-here-already", visit=visit.id)
    if visit.brings is not None:
        box = visit.brings.container
        if box in board.boxes or any(o.brings is not None and o.brings.container == box for o in board.at_gate):
            return refuse(TURNED_AWAY["box-here-already"], "box-here-already", box=box)
    return YES if visit.takes is None else may_take(desk, visit.takes)


def may_take(desk: Desk, box: ContainerId) -> Verdict:
    """Whether a box stands in the yard for whoever comes for it."""
    board = desk.board
    place = board.boxes.get(box)
    if place is None:
        return refuse(TURNED_AWAY["box-not-here"], "box-not-here", box=box)
    if not isinstance(place, YardPosition):
        return refuse(TURNED_AWAY["box-not-in-yard"], "box-not-in-yard", box=box, place=str(place))
    if any(box in state.call.load_by_id for state in board.calls.values()):
        return refuse(TURNED_AWAY["box-to-be-loaded"], "box-to-be-loaded", box=box)
    ordered = [*board.moves.values(), *(move for moves in board.errands.values() for move in moves)]
    if any(other.takes == box for other in board.at_gate) or any(
        box in stop.containers for move in ordered for stop in move.stops
    ):
        return refuse(TURNED_AWAY["box-anothers"], "box-anothers", box=box)
    return YES


def let_visitors_in(desk: Desk) -> None:
    """As many road trucks as there are free lanes in the gate, in the order in which they came."""
    board = desk.board
    while board.at_gate and len(board.errands) < desk.settings.most_visitors:
        stand = _free_lane(desk)
        if stand is None:
            return
        visit = board.at_gate.pop(0)
        room = _room_for(desk, visit.brings, stand)
        if room:
            _let_in(desk, visit, stand)
        else:
            desk.record(VisitorRefused(desk.now_ms, visit.id, Said(room.code, room.values)))
            _note(desk, visit.id, VisitState.REFUSED, room.reason)


def _free_lane(desk: Desk) -> int | None:
    """A stand of the gate that nobody has, nor has still to clear; if they are only to be cleared, look again then."""
    lanes, now_ms = desk.board.lanes, desk.now_ms
    clear_ms = {stand: lanes.clear_ms(stand) for stand in desk.board.gates_in if lanes.owner(stand) is None}
    for stand, at_ms in clear_ms.items():
        if at_ms <= now_ms:
            return stand
    if clear_ms:
        desk.look_again(min(clear_ms.values()))
    return None


def _room_for(desk: Desk, brought: Brought | None, stand: int) -> Verdict:
    """Keeps a place for what is brought."""
    if brought is None:
        return YES
    board, box = desk.board, brought.container
    board.length_ft[box], board.mass_kg[box] = brought.length_ft, brought.gross_mass_kg
    if brought.needs_plug:
        board.needs_plug.add(box)
    place = incoming(board, box, stand, board.waiting_by_block(), desk.settings)
    if place is None:
        board.forget(box)
        if brought.needs_plug:
            full = TURNED_AWAY["no-room-with-plug"]
            return refuse(full, "no-room-with-plug", box=box, length_ft=brought.length_ft)
        return refuse(TURNED_AWAY["no-room"], "no-room", box=box, length_ft=brought.length_ft)
    board.keep(box, place)
    return YES


def _let_in(desk: Desk, visit: RoadVisit, stand: int) -> None:
    board, now_ms = desk.board, desk.now_ms
    truck = Truck(visit.id, FIRST_VISITOR + desk.next_number(), stand, is_visitor=True)
    board.lanes.put(truck.number, stand, now_ms)
    board.trucks[visit.id] = truck
    desk.record(TruckStood(now_ms, visit.id, str(board.stand_of[stand].id), is_visitor=True))
    _note(desk, visit.id, VisitState.INSIDE)
    errands = board.errands[visit.id] = []
    due_ms = now_ms + desk.settings.visitor_ms
    if visit.brings is not None:
        box, length_ft = visit.brings.container, visit.brings.length_ft
        end = DeckEnd.FORE if length_ft == 20 else DeckEnd.WHOLE
        place = OnTruck(visit.id, end)
        stock = (Stock(box, length_ft, visit.brings.gross_mass_kg, place, visit.brings.needs_plug),)
        desk.record(StockTaken(now_ms, stock))
        board.know(stock)
        errands.append(_errand(visit.id, MoveKind.GATE_IN, StopKind.YARD_TAKES, box, end, due_ms))
    if visit.takes is not None:
        end = DeckEnd.FORE if board.length_ft[visit.takes] == 20 else DeckEnd.WHOLE
        errands.append(_errand(visit.id, MoveKind.GATE_OUT, StopKind.YARD_GIVES, visit.takes, end, due_ms))


def _errand(truck: str, kind: MoveKind, stop: StopKind, box: ContainerId, end: DeckEnd, due_ms: int) -> Move:
    return Move(f"{truck}/{kind}", kind, [Stop(stop, (box,), (end,))], truck=truck, due_ms=due_ms)


def see_visitors_on(desk: Desk) -> None:
    """Road trucks that are through with one thing begin the next, drive out, or are gone."""
    board = desk.board
    at_rest = [t for t in map(board.trucks.__getitem__, board.errands) if not (t.move or t.is_driving or t.failed)]
    # Those at the gate leave first, as others may wait for their stand.
    for truck in sorted(at_rest, key=lambda truck: truck.stand not in board.gates_out):
        if board.errands[truck.id]:
            _begin(desk, truck, board.errands[truck.id].pop(0))
        elif truck.stand in board.gates_out:
            _leave(desk, truck)
        else:
            free = [stand for stand in board.gates_out if board.lanes.owner(stand) is None]
            drive(desk, truck, free, said("drives-out"))


def _begin(desk: Desk, truck: Truck, move: Move) -> None:
    board = desk.board
    board.moves[move.id] = move
    truck.move, truck.at_stop = move.id, False
    reason = said("brought-by" if move.kind is MoveKind.GATE_IN else "comes-for-it", truck=truck.id)
    desk.record(MoveReleased(desk.now_ms, move.id, move.kind, move.stop.containers, "", "", reason))
    if move.stop.kind is StopKind.YARD_TAKES:
        keep_place(desk, move)


def _leave(desk: Desk, truck: Truck) -> None:
    board = desk.board
    board.lanes.remove(truck.number)
    del board.trucks[truck.id], board.errands[truck.id]
    for box in sorted(board.beds.pop(truck.id, set()) - board.in_hand):
        board.forget(box)
    desk.record(TruckLeft(desk.now_ms, truck.id))
    _note(desk, truck.id, VisitState.LEFT)


def _note(desk: Desk, visit: str, state: VisitState, reason: str = "") -> None:
    """In the gate's book, where the visit is in it."""
    if (known := desk.board.visits.get(visit)) is not None:
        desk.board.visits[visit] = replace(known, state=state, since_ms=desk.now_ms, reason=reason)
