"""Trucks out of service: others go round them, what they had not begun goes to others, and a tug clears the way.

A truck that stops on a lane is expected to stand there until the tug comes. Everybody behind it then comes later, in
the order in which they were to pass; who is there sooner another way goes round. With the tug the truck goes on as it
was booked: with a box to its stops, so that the box is late; without one to the next place to park. Of trucks on a wire
nobody knows when a tug comes: they stand where they are until they say otherwise, and a person is told.
"""

from __future__ import annotations

from cabria.domain.run_events import MoveHandedOver, OnTruck, TruckTowed
from cabria.domain.said import Reason, said
from cabria.operations.board import Move, Truck
from cabria.operations.desk import Desk
from cabria.operations.following import catch_up_with_trucks
from cabria.operations.truck_work import drive, is_out_of_the_way, say, stands_in_use

WORTH_MS = 10_000
"""What another way must save."""
AT_A_TIME = 10
"""Trucks that look for another way in one cycle, so that no cycle takes long; the next ones follow a second later."""
SOON_MS = 1_000


def has_stopped(desk: Desk, truck: Truck) -> None:
    """A truck is out of service from now on."""
    board, now_ms = desk.board, desk.now_ms
    truck.failed, truck.failed_ms = True, now_ms
    if not truck.is_driving:
        return
    truck.held_until_ms = now_ms + desk.settings.tow_after_ms
    catch_up_with_trucks(desk)
    by_number = {other.number: other for other in board.trucks.values()}
    for number, passage in board.lanes.hold(truck.number, now_ms, truck.held_until_ms).items():
        other = by_number[number]
        other.is_delayed = other.may_go_round = True
        if number not in board.lanes.progress:  # others drive when they can and say so
            say(desk, other, passage, said("truck-stands-still", truck=truck.id))
            desk.out.trucks.delay(other.id, passage, other.arrives_ms)


def is_back(desk: Desk, truck: Truck) -> None:
    """It is in service again: it drives on, and those behind it need not wait as long as they thought."""
    was_held_ms = truck.held_until_ms - desk.now_ms
    truck.failed = truck.is_towed = False
    if truck.is_driving and was_held_ms > 0:
        ready_ms = desk.board.lanes.next_entry_ms(truck.number, desk.now_ms) - was_held_ms
        _redirect(desk, truck, truck.stand, said("is-back"), ready_ms)
    for other in desk.board.trucks.values():
        other.may_go_round = other.is_delayed


def recover_trucks(desk: Desk) -> None:
    """Moves that trucks out of service had not begun are given back; those that stood long enough are towed, but for
    those that tell their way themselves."""
    board = desk.board
    _go_round(desk)
    out = [truck for truck in board.trucks.values() if truck.failed]
    if not out:
        return
    in_use = stands_in_use(desk)
    for truck in out:
        _hand_over(desk, truck)
        if truck.number in board.lanes.progress:
            continue
        stays = not truck.is_driving and (truck.at_stop or (not truck.move and is_out_of_the_way(desk, truck, in_use)))
        if not stays and not truck.is_towed and desk.now_ms >= truck.failed_ms + desk.settings.tow_after_ms:
            _tow(desk, truck)
        elif not stays and truck.is_towed and not (truck.move or truck.is_driving):
            drive(desk, truck, _parking(desk), said("towed-aside"))


def _hand_over(desk: Desk, truck: Truck) -> None:
    """Give back the move of a truck without a box that no crane works for."""
    board = desk.board
    move = board.moves.get(truck.move)
    if move is None or truck.is_visitor or move.at or _is_served(desk, move):
        return
    move.truck = truck.move = ""
    truck.at_stop = False
    desk.record(MoveHandedOver(desk.now_ms, move.id, truck.id, said("not-begun")))


def _is_served(desk: Desk, move: Move) -> bool:
    """Whether a crane works on a move, or has put a box of it on its truck."""
    board = desk.board
    boxes = move.stop.containers
    return (
        board.is_at_quay_crane(move)
        or any(box in board.in_hand for box in boxes)
        or any(isinstance(board.boxes.get(box), OnTruck) for box in boxes)
    )


def _tow(desk: Desk, truck: Truck) -> None:
    """A tug takes it on: its trip goes on as it was booked when it stopped, or without a move to where it may rest."""
    truck.is_towed = True
    minutes = (desk.now_ms - truck.failed_ms) // 60_000
    on = said("towed-on", minutes=minutes, move=truck.move)
    desk.record(TruckTowed(desk.now_ms, truck.id, on if truck.move else said("towed-idle", minutes=minutes)))
    if not truck.move:
        if truck.is_driving:
            any(_redirect(desk, truck, stand, said("towed-aside")) for stand in _parking(desk)[:3])
        else:
            drive(desk, truck, _parking(desk), said("towed-aside"))


def _parking(desk: Desk) -> list[int]:
    lanes = desk.board.lanes
    return [stand for stand in desk.board.rests if lanes.owner(stand) is None]


def _go_round(desk: Desk) -> None:
    """Whoever was delayed looks once, and again when somebody is back, for a way that is shorter now; the first to go
    on first."""
    board, now_ms = desk.board, desk.now_ms
    late = [truck for truck in board.trucks.values() if truck.may_go_round and truck.is_driving and truck.may_drive]
    late.sort(key=lambda truck: (board.lanes.next_entry_ms(truck.number, now_ms), truck.number))
    for truck in late[:AT_A_TIME]:
        truck.may_go_round = False
        _redirect(desk, truck, truck.stand, said("sooner-round"))
    if len(late) > AT_A_TIME:
        desk.look_again(now_ms + SOON_MS)


def _redirect(desk: Desk, truck: Truck, stand: int, reason: Reason, ready_ms: int = 0) -> bool:
    """Book another way from where a truck is, if it is there sooner by that, or when it goes somewhere else."""
    board = desk.board
    is_new = stand != truck.stand
    before_ms = None if is_new else board.lanes.passages[truck.number][-1].enter_ms - WORTH_MS
    passage = board.lanes.redirect(truck.number, stand, desk.now_ms, ready_ms=ready_ms, before_ms=before_ms)
    if passage is None:
        return False
    truck.stand = stand
    say(desk, truck, passage, reason)
    desk.out.trucks.delay(truck.id, passage, truck.arrives_ms)
    return True
