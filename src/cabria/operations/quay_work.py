"""Quay cranes: each does its queue in order, when its truck comes and no other crane is in the way.

A step begins when its truck is on the way to a stand under the crane, as a trip that is booked comes to its end; the
crane then waits over the truck's place, if it has to, and not before it has begun.
"""

from __future__ import annotations

from cabria.domain.run_events import Aboard, MoveDone, OnTruck, Place
from cabria.domain.said import said
from cabria.domain.work import LID_STEPS, OFF_SHIP, ONTO_SHIP, CraneStep
from cabria.operations.board import QuayCraneState
from cabria.operations.desk import Desk
from cabria.operations.gateways import QuayWork
from cabria.operations.moves import stop_made
from cabria.operations.rails import Standing, Stretch
from cabria.operations.truck_work import is_next_at, stands_at, take_first_come
from cabria.operations.turns import bring_forward, others_first


def work_quay_cranes(desk: Desk) -> None:
    """Begin the next step of every quay crane that can."""
    for crane in desk.board.quay_cranes.values():
        if crane.work is not None or crane.is_moving or crane.next >= len(crane.steps):
            continue
        cause = _hindrance(desk, crane)
        desk.waits_for(crane.id, cause)
        if not cause:
            _begin(desk, crane)


def _hindrance(desk: Desk, crane: QuayCraneState) -> str:
    """What the next step waits for; "" when it may begin. Sends the crane ahead where it may already stand."""
    if crane.failed:
        return "crane out of service"
    if crane.held:
        return "queue held"
    board, step = desk.board, crane.steps[crane.next]
    for other, last in desk.waits[crane.call].get((crane.id, crane.next), ()):
        if board.quay_cranes[other].next <= last:
            return "another crane's work comes first"
    x_mm = board.calls[crane.call].x_mm(step.bay)
    if x_mm != crane.x_mm and not _make_room(desk, crane, x_mm):
        return "another crane is in the way"
    if step.kind in LID_STEPS:
        return ""
    ahead_ms = desk.settings.quay_ahead_ms
    if (others := others_first(desk, crane)) and x_mm == crane.x_mm:
        ahead_ms = min(ahead_ms, desk.settings.turn_ahead_ms)
        bring_forward(desk, crane, others, desk.now_ms + ahead_ms)
        step = crane.steps[crane.next]
    move = board.moves.get(crane.moves.get(crane.next, ""))
    if move is None:
        return "box not released"
    if step.kind in OFF_SHIP:
        take_first_come(desk, crane, move)
    truck = board.trucks.get(move.truck)
    if truck is None:
        return "no truck"
    soon_ms = desk.now_ms + ahead_ms
    is_next = is_next_at(crane, move, crane.next)
    if not (is_next and truck.stand in stands_at(desk, move) and truck.arrives_ms <= soon_ms):
        if desk.now_ms < truck.arrives_ms - ahead_ms:
            desk.look_again(truck.arrives_ms - ahead_ms)
        return _where(step, is_next)
    return ""


def _where(step: CraneStep, is_on_its_way: bool) -> str:
    if step.kind in ONTO_SHIP:
        return "truck with the box under way" if is_on_its_way else "box still in the yard"
    return "empty truck under way"


def _make_room(desk: Desk, crane: QuayCraneState, x_mm: int) -> bool:
    """Whether the way to a place is free. The cranes in it are sent aside, but only if all of them can go."""
    order = list(desk.board.quay_cranes.values())
    standing = [Standing(Stretch.over(c.x_mm), c.work is None and not (c.failed or c.is_moving)) for c in order]
    sent = desk.board.quay_rail.way(order.index(crane), Stretch.over(x_mm), standing)
    for number, to_mm in sent or ():
        other = order[number]
        other.is_moving = True
        job = desk.give(other.id, "", said("makes-way", machine=crane.id), _made_way, other.id)
        desk.out.quay_cranes.make_way(other.id, job, to_mm)
    return sent == []


def _made_way(desk: Desk, name: str) -> None:
    desk.board.quay_cranes[name].is_moving = False


def _begin(desk: Desk, crane: QuayCraneState) -> None:
    board, number = desk.board, crane.next
    step = crane.steps[number]
    state = board.calls[crane.call]
    move = board.moves.get(crane.moves.get(number, ""))
    ashore: tuple[Place, ...] = ()
    if move is not None:
        ashore = tuple(OnTruck(move.truck, end) for end in move.stop.ends)
    aboard: tuple[Place, ...] = tuple(Aboard(crane.call, position) for position in step.positions)
    is_load = step.kind in ONTO_SHIP
    name = "" if move is None else move.id
    job = desk.give(crane.id, name, said("step-of-queue", step=number + 1), _stepped, (crane.id, name))
    crane.work = QuayWork(
        job=job,
        kind=step.kind,
        x_mm=state.x_mm(step.bay),
        duration_ms=1_000 * (step.end_s - step.start_s),
        call=crane.call,
        containers=step.containers,
        sources=ashore if is_load else aboard,
        targets=aboard if is_load else ashore,
        lid=step.lid,
    )
    crane.has_lifted = False
    desk.out.quay_cranes.work(crane.id, crane.work)


def handed_over(desk: Desk, crane_name: str) -> None:
    """The truck under a quay crane has its boxes, or is rid of them, and may go before the crane is through."""
    crane = desk.board.quay_cranes[crane_name]
    move = desk.board.moves.get(crane.moves.get(crane.next, ""))
    if move is not None:
        stop_made(desk, move)


def _stepped(desk: Desk, work: tuple[str, str]) -> None:
    name, move = work
    crane = desk.board.quay_cranes[name]
    if crane.work is not None and crane.work.kind in ONTO_SHIP and move not in desk.board.moves:
        desk.record(MoveDone(desk.now_ms, move))
    crane.work = None
    crane.next += 1
