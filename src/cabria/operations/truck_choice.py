"""Which truck goes for which box: those that are free now and those that soon will be, matched with the moves next."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

import numpy as np

from cabria.domain.positions import YardPosition
from cabria.operations.board import Move, StopKind, Truck
from cabria.operations.desk import Desk
from cabria.operations.settings import TruckChoice
from cabria.operations.truck_work import give_truck, is_idle, stands_at, stands_open_for
from cabria.planning.dispatch.assignment.problem import Array, AssignmentProblem
from cabria.planning.dispatch.assignment.solve import solve

NO_WAY_MS = 10_000_000
LATENESS_WEIGHT = 20
"""How much more a second of lateness counts than one of driving."""
YARD_MS = 60_000
"""What a yard crane takes with a truck that stands there, roughly."""
QUAY_MS = 30_000
"""What a quay crane takes until a truck that stands there is rid of its boxes, roughly."""


class Comer(NamedTuple):
    """A truck, the stand where it will have nothing to do, and when."""

    truck: Truck
    stand: int
    free_ms: int


class Asked(NamedTuple):
    """A move that wants a truck, where it may be begun, and when a truck must be there for the crane not to wait."""

    move: Move
    stands: list[int]
    latest_ms: int


def assign_trucks(desk: Desk) -> None:
    """Give trucks that have nothing to do to moves that have none.

    The moves whose turn is first are matched, as many as there are trucks that are free or soon will be. Only trucks
    that are free are sent; the others keep a move from going to a truck that is worse for it. The last free truck thus
    always goes to the move that is first of all.
    """
    comers = list(_comers(desk))
    asked = list(_asked(desk, len(comers)))
    if not asked or not any(is_idle(comer.truck) for comer in comers):
        return
    ways_ms = np.array([[_way_ms(desk, comer.stand, stands) for _, stands, _ in asked] for comer in comers])
    for row, column in _pairs(desk, comers, asked, ways_ms):
        truck, move = comers[row].truck, asked[column].move
        if is_idle(truck) and ways_ms[row, column] < NO_WAY_MS:
            give_truck(desk, move, truck, _reason(desk, comers[row], asked[column], int(ways_ms[row, column])))


def _comers(desk: Desk) -> Iterator[Comer]:
    """Free trucks, and those that a crane is sure to free without another truck's help within the look-ahead."""
    board, now_ms = desk.board, desk.now_ms
    until_ms = now_ms + desk.settings.trucks_ahead_ms
    for truck in board.trucks.values():
        if is_idle(truck):
            yield Comer(truck, truck.stand, now_ms)
        elif truck.move and not (truck.is_visitor or truck.failed):
            free_ms = _free_ms(desk, truck, board.moves[truck.move])
            if free_ms is not None and free_ms <= until_ms:
                yield Comer(truck, truck.stand, free_ms)


def _free_ms(desk: Desk, truck: Truck, move: Move) -> int | None:
    """When a truck on the way to its last stop, or at it, will be rid of its move; None when nobody can say."""
    board = desk.board
    if move.at < len(move.stops) - 1:
        return None
    there_ms = max(desk.now_ms, truck.arrives_ms)
    if move.stop.kind is StopKind.YARD_TAKES and truck.stand in stands_at(desk, move):
        return there_ms + YARD_MS
    if move.stop.kind is StopKind.QUAY_TAKES:
        crane = board.quay_cranes[move.queue]
        if crane.work is not None and crane.next == move.step:
            return there_ms + QUAY_MS
    return None


def _asked(desk: Desk, trucks: int) -> Iterator[Asked]:
    """The moves whose turn is first, as many as there are trucks, and where each may be begun.

    A move that cannot be begun yet keeps its truck: otherwise later ones could take all and wait for it for ever.
    """
    board = desk.board
    wanting = sorted(
        (board.turn(board.quay_cranes[m.queue], m.step), m.id) for m in board.moves.values() if not m.truck
    )
    busy = board.waiting_by_block()
    for _, name in wanting[:trucks]:
        move = board.moves[name]
        if stands := stands_open_for(desk, move):
            latest_ms = board.needed_ms(move, desk.now_ms) - _from_there_ms(desk, move, stands[0], busy)
            yield Asked(move, stands, latest_ms)


def _from_there_ms(desk: Desk, move: Move, stand: int, busy: dict[str, int]) -> int:
    """How long after its arrival at its first stop a truck is at the quay crane, roughly."""
    if move.stop.is_quay:
        return 0
    board = desk.board
    crane = board.quay_cranes[move.queue]
    quay = board.stands_for_quay(board.calls[crane.call].x_mm(crane.steps[move.step].bay))
    way_ms = min((ms for ms in (board.lanes.least_ms(stand, there) for there in quay) if ms is not None), default=0)
    place = board.boxes[move.stop.containers[0]]
    waiting = busy[place.block] if isinstance(place, YardPosition) else 0
    digs = len(board.over(move.stop.containers[0]))
    return way_ms + YARD_MS * (len(move.stops) - 1 + digs) + desk.settings.busy_crane_ms * max(0, waiting - 1)


def _pairs(desk: Desk, comers: Sequence[Comer], asked: Sequence[Asked], ways_ms: Array) -> list[tuple[int, int]]:
    """Row of the truck and column of the move."""
    if desk.settings.truck_choice is TruckChoice.NEAREST:
        return _nearest(ways_ms)
    costs = ways_ms
    if desk.settings.truck_choice is TruckChoice.IN_TIME:
        there_ms = np.array([comer.free_ms for comer in comers])[:, None] + ways_ms
        late_ms = np.maximum(0, there_ms - np.array([each.latest_ms for each in asked])[None, :])
        costs = ways_ms + LATENESS_WEIGHT * late_ms
    trucks = tuple(comer.truck.id for comer in comers)
    moves = tuple(each.move.id for each in asked)
    return list(solve(AssignmentProblem(trucks, moves, np.minimum(costs, 1_000_000_000))).pairs)


def _nearest(ways_ms: Array) -> list[tuple[int, int]]:
    """The most urgent move first, each with the truck that is there first."""
    pairs, free = [], ways_ms.copy()
    for column in range(min(ways_ms.shape)):
        row = int(free[:, column].argmin())
        pairs.append((row, column))
        free[row, :] = 10 * NO_WAY_MS
    return pairs


def _way_ms(desk: Desk, start: int, stands: Sequence[int]) -> int:
    times = [0 if stand == start else desk.board.lanes.least_ms(start, stand) for stand in stands]
    return min((ms for ms in times if ms is not None), default=NO_WAY_MS)


def _reason(desk: Desk, comer: Comer, asked: Asked, way_ms: int) -> str:
    """Why this truck, in seconds."""
    late_s = (desk.now_ms + way_ms - asked.latest_ms) // 1_000
    told = f"{late_s} s late for its crane" if late_s > 0 else f"{-late_s} s before its crane needs it there"
    return f"{desk.settings.truck_choice}: {way_ms // 1_000} s away, {told}"
