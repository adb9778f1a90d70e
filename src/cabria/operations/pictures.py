"""How everything stands, copied from the board for others to look at."""

from __future__ import annotations

from collections.abc import Mapping

from cabria.domain.run_events import MoveKind, OnTruck
from cabria.operations.board import Board, QuayCraneState, Truck, YardCraneState
from cabria.operations.gateways import YardWork
from cabria.operations.journaling import JournaledControl
from cabria.operations.order_desk import OpenOrder
from cabria.operations.running import (
    AlertPicture,
    CallPicture,
    LiftPicture,
    LinkPicture,
    MovePicture,
    OrderPicture,
    Picture,
    QuayCranePicture,
    Service,
    TruckPicture,
    YardCranePicture,
)


def picture_of(
    control: JournaledControl,
    number: int,
    orders: Mapping[int, OpenOrder],
    links: Mapping[str, LinkPicture],
) -> Picture:
    """Between two inputs, in the thread of operations; a few milliseconds for ten thousand boxes."""
    board, desk = control.desk.board, control.desk
    return Picture(
        number=number,
        now_ms=desk.now_ms,
        boxes=dict(board.boxes),
        length_ft=dict(board.length_ft),
        mass_kg=dict(board.mass_kg),
        stacks={stack: tuple(boxes) for stack, boxes in board.stacks.items() if boxes},
        trucks={truck.id: _truck(board, truck, desk.causes) for truck in board.trucks.values()},
        quay_cranes={
            crane.id: _quay_crane(crane, desk.idle_since(crane.id), desk.causes) for crane in board.quay_cranes.values()
        },
        yard_cranes={crane.id: _yard_crane(board, crane, desk.causes) for crane in board.yard_cranes.values()},
        moves={
            move.id: MovePicture(
                move.id,
                move.kind,
                tuple(box for stop in move.stops for box in stop.containers),
                move.truck,
                move.queue,
                move.step,
                "" if move.is_done else move.stop.kind.value,
                move.due_ms,
                move.note,
            )
            for move in board.moves.values()
        },
        orders={name: _order(name, order) for name, order in orders.items()},
        jobs=desk.jobs_out,
        links=dict(links),
        alerts={
            alert.number: AlertPicture(
                alert.number, alert.at_ms, alert.machine, alert.order, alert.problem, alert.seen_by
            )
            for alert in desk.alerts.values()
        },
        calls={name: CallPicture(state.call, state.plan, state.splits) for name, state in board.calls.items()},
        at_gate=tuple(visit.id for visit in board.at_gate),
        visits=dict(board.visits),
        messages=dict(board.messages),
        goes_to=dict(board.goes_to),
        needs_plug=frozenset(board.needs_plug),
        sailed=frozenset(board.sailed),
    )


Causes = Mapping[str, tuple[int, str]]


def _service(failed: bool, name: str, causes: Causes, back_ms: int = 0) -> Service | None:
    return Service(*causes.get(name, (0, "")), back_ms) if failed else None


def _truck(board: Board, truck: Truck, causes: Causes) -> TruckPicture:
    progress = board.lanes.progress.get(truck.number)
    return TruckPicture(
        truck.id,
        board.layout.segments[truck.stand].id,
        truck.is_driving,
        truck.arrives_ms,
        truck.move,
        tuple(sorted(board.beds.get(truck.id, ()))),
        truck.charge_wh,
        board.truck.battery_wh,
        truck.is_low,
        truck.is_charging,
        truck.is_visitor,
        truck.is_towed,
        _service(truck.failed, truck.id, causes),
        board.lanes.passages.get(truck.number, ()),
        progress.left if progress is not None else 0,
        progress.fixed if progress is not None else None,
    )


def _quay_crane(crane: QuayCraneState, idle: tuple[int, str], causes: Causes) -> QuayCranePicture:
    work = crane.work
    return QuayCranePicture(
        crane.id,
        crane.x_mm,
        crane.call,
        crane.next,
        crane.released,
        len(crane.steps),
        work.job if work else "",
        work.containers if work else (),
        idle[1],
        idle[0],
        _service(crane.failed, crane.id, causes, crane.back_ms),
        crane.steps,
        crane.started_ms,
        crane.held,
        LiftPicture(work.kind, work.sources, work.targets, work.lid) if work else None,
    )


def _yard_crane(board: Board, crane: YardCraneState, causes: Causes) -> YardCranePicture:
    work = crane.work
    return YardCranePicture(
        crane.id,
        crane.block,
        crane.at_mm,
        work.job if work else "",
        work.container if work else "",
        _service(crane.failed, crane.id, causes),
        LiftPicture(_kind(board, work), (work.source,), (work.target,)) if work else None,
    )


def _kind(board: Board, work: YardWork) -> str:
    """Of the move that the box is carried for: its truck's, or "" when that is over and the truck has another."""
    named = (place.truck for place in (work.source, work.target) if isinstance(place, OnTruck))
    truck = board.trucks.get(next(named, ""))
    if truck is None:
        return MoveKind.REHANDLE
    move = board.moves.get(truck.move)
    return move.kind if move is not None and work.container in move.boxes else ""


def _order(number: int, one: OpenOrder) -> OrderPicture:
    order = one.order
    return OrderPicture(number, order.machine, order.verb, order.job, one.state.value, one.attempts, one.is_leased)
