"""A person says that a dead truck was towed: its way is free, it rests at a named stand, its work is given on.

Only a person knows. What is on the truck stays there, and waits until the truck is back in service; or the person says
where in the yard it was set down, and is believed as a machine is: another truck fetches it from there.
"""

from __future__ import annotations

from collections.abc import Mapping

from cabria.domain.containers import ContainerId
from cabria.domain.layout import SegmentId
from cabria.domain.positions import YardPosition
from cabria.domain.run_events import Aboard, MoveDone, MoveHandedOver, TruckTowed
from cabria.domain.verdict import YES, Verdict, refuse
from cabria.operations.board import Board, Move, StopKind, Truck, stack_of
from cabria.operations.desk import Desk


def tow(desk: Desk, name: str, stand: str, set_down: Mapping[ContainerId, YardPosition], reason: str) -> Verdict:
    """The truck stands at `stand` from now on, out of service; the boxes in `set_down` are all that were on it."""
    verdict = _may_be_towed(desk, name, stand) and _may_stand_there(desk, name, set_down)
    if not verdict:
        return verdict
    board, truck = desk.board, desk.board.trucks[name]
    if truck.is_charging:
        desk.out.trucks.unplug(name)
    for job in [job for job in desk.jobs_out if job.startswith(f"{name}/")]:
        desk.take_back(job, reason)
    truck.stand = board.stand_number[SegmentId(stand)]
    truck.is_driving = truck.at_stop = truck.is_charging = False
    truck.is_towed = truck.is_delayed = truck.may_go_round = False
    board.lanes.carried(truck.number, truck.stand, desk.now_ms)
    board.leased.pop(name, None)
    desk.out.trucks.tow(name, truck.stand)
    desk.record(TruckTowed(desk.now_ms, name, reason, stand))
    for box, place in sorted(set_down.items()):
        if box in board.goes_to:
            board.give_up(box)
        board.put(box, place)
    if set_down and truck.move:
        _give_on(desk, truck, board.moves[truck.move], reason)
    for other in board.trucks.values():
        other.may_go_round = other.is_driving
    return YES


def _may_be_towed(desk: Desk, name: str, stand: str) -> Verdict:
    board, truck = desk.board, desk.board.trucks.get(name)
    if truck is None or truck.is_visitor:
        return refuse("there is no truck {truck} of ours", "no-such-truck", truck=name[:60])
    if not truck.failed:
        return refuse("{machine} is in service", "in-service", machine=name)
    number = board.stand_number.get(SegmentId(stand))
    if number is None:
        return refuse("there is no stand {stand}", "no-such-stand", stand=stand[:60])
    if board.lanes.is_in_use(number, truck.number, desk.now_ms):
        return refuse("stand {stand} is taken or booked", "stand-taken", stand=stand)
    return YES


def _may_stand_there(desk: Desk, name: str, set_down: Mapping[ContainerId, YardPosition]) -> Verdict:
    board = desk.board
    if not set_down:
        return YES
    on_it = board.beds.get(name, set())
    for box, place in sorted(set_down.items()):
        if box not in on_it:
            return refuse("{box} is not on {truck}", "box-not-on-truck", box=box[:60], truck=name)
        if not _is_next(board, place):
            return refuse("nothing can stand at {place} next", "place-not-free", place=str(place))
    if left := sorted(on_it - set_down.keys()):
        return refuse("{box} is on {truck} too: say where it is", "box-left-on-truck", box=left[0], truck=name)
    move = board.moves.get(board.trucks[name].move)
    if _is_at_work(board, on_it | (set() if move is None else move.boxes)):
        return refuse("a crane is at work for {truck}; it ends that first", "crane-at-work-for", truck=name)
    return YES


def _is_next(board: Board, place: YardPosition) -> bool:
    """Whether a box can have been set down there while no crane takes one from that stack or brings one."""
    if place.block not in board.blocks:
        return False
    stack = stack_of(place)
    boxes = board.stacks[stack]
    is_worked = any(box in board.in_hand for box in boxes) or any(
        stack_of(at) == stack for at in board.goes_to.values()
    )
    return not is_worked and place.tier == len(boxes) + 1


def _is_at_work(board: Board, boxes: set[ContainerId]) -> bool:
    """Whether a crane is at some boxes, be they on their truck still or not."""
    at_quay = {box for crane in board.quay_cranes.values() if crane.work for box in crane.work.containers}
    return not boxes.isdisjoint(board.in_hand | at_quay)


def _give_on(desk: Desk, truck: Truck, move: Move, reason: str) -> None:
    """Its boxes stand in the yard: that is where they were to go, or another truck fetches them from there, or the
    other one of a pair from the ship."""
    board = desk.board
    truck.move = move.truck = ""
    if move.later:
        move.stops, move.later = move.later, []
    is_load = move.stops[0].kind is StopKind.YARD_GIVES
    left = {
        box for stop in move.stops for box in stop.containers if isinstance(board.boxes.get(box), Aboard) is not is_load
    }
    if not left:
        board.over_with(move)
        desk.record(MoveDone(desk.now_ms, move.id))
        return
    move.stops, move.at = [stop for stop in move.stops if not left.isdisjoint(stop.containers)], 0
    desk.record(MoveHandedOver(desk.now_ms, move.id, truck.id, reason))
