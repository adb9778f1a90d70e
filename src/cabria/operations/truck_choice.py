"""Which truck goes for which box: those that are free now and those that soon will be, matched with the moves next."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

import numpy as np

from cabria.domain.positions import YardPosition
from cabria.domain.said import Said, said
from cabria.operations.board import Move, QuayCraneState, Stop, StopKind, Truck
from cabria.operations.desk import Desk
from cabria.operations.settings import TruckChoice
from cabria.operations.truck_work import (
    NO_WAY_MS,
    give_truck,
    is_idle,
    stands_at,
    stands_of,
    stands_open_for,
    through_ms,
    way_ms,
)
from cabria.planning.dispatch.assignment.problem import Array, AssignmentProblem
from cabria.planning.dispatch.assignment.solve import solve

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
    """A move that wants a truck, the stands where it may be begun, and how far it is on from each to the quay crane.

    Its truck is to be on that way by `due_ms` for the crane not to wait.
    """

    move: Move
    stands: list[int]
    on_ms: list[int]
    due_ms: int


def assign_trucks(desk: Desk) -> None:
    """Give trucks that have nothing to do to moves that have none.

    The moves whose turn is first are matched, as many as there are trucks that are free or soon will be. Only trucks
    that are free are sent; the others keep a move from going to a truck that is worse for it. The last free truck thus
    always goes to the move that is first of all.
    """
    comers = list(_comers(desk))
    asked = _asked(desk, len(comers))
    if not asked or not any(is_idle(comer.truck) for comer in comers):
        return
    for row, column in _pairs(desk, comers, asked):
        truck, each = comers[row].truck, asked[column]
        drive_ms = _way_ms(desk, truck.stand, each)
        if is_idle(truck) and drive_ms < NO_WAY_MS:
            _put_in_order(desk, each.move, truck)
            give_truck(desk, each.move, truck, _reason(desk, each, drive_ms))


def _put_in_order(desk: Desk, move: Move, truck: Truck) -> None:
    """The two boxes of a load are fetched in the order with less driving."""
    yard, rest = [stop for stop in move.stops if not stop.is_quay], [stop for stop in move.stops if stop.is_quay]
    if len(yard) == 2 and move.stops[0] is yard[0]:
        ways = ([first, second, *rest] for first, second in (yard, yard[::-1]))
        move.stops = min(ways, key=lambda stops: through_ms(desk, truck.stand, _to_quay(desk, stops)))


def _to_quay(desk: Desk, stops: Sequence[Stop]) -> list[tuple[int, ...]]:
    """The stands of each stop in the yard and of the first at the quay."""
    first = next(number for number, stop in enumerate(stops) if stop.is_quay)
    return [stands_of(desk, stop) for stop in stops[: first + 1]]


def _comers(desk: Desk) -> Iterator[Comer]:
    """Free trucks, and those that a crane is sure to free without another truck's help within the look-ahead."""
    board, now_ms = desk.board, desk.now_ms
    until_ms = now_ms + desk.settings.trucks_ahead_ms
    for truck in board.trucks.values():
        if is_idle(truck):
            yield Comer(truck, truck.stand, now_ms)
        elif truck.move and not (truck.is_visitor or truck.failed or truck.is_low):
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


def _asked(desk: Desk, trucks: int) -> list[Asked]:
    """The moves whose turn is first, as many as there are trucks; after the very first, those that are hurried.

    A move that cannot be begun yet keeps its truck: otherwise later ones could take all and wait for it for ever.
    """
    board = desk.board
    turns = sorted((board.turn(board.quay_cranes[m.queue], m.step), m.id) for m in board.moves.values() if not m.truck)
    moves = [board.moves[name] for _, name in turns]
    wanting = [*moves[:1], *sorted(moves[1:], key=lambda move: not move.is_hurried)]
    busy = board.waiting_by_block()
    asked = [_ask(desk, move, busy) for move in wanting[:trucks]]
    return [each for each in asked if each.stands]


def _ask(desk: Desk, move: Move, busy: Mapping[str, int]) -> Asked:
    needed_ms = desk.now_ms if move.is_hurried else _expected_ms(desk, desk.board.quay_cranes[move.queue], move.step)
    stands = stands_open_for(desk, move)
    if move.stop.is_quay:
        return Asked(move, stands, [0] * len(stands), needed_ms)
    on = _to_quay(desk, move.stops[move.at + 1 :])
    on_ms = [through_ms(desk, stand, on) for stand in stands]
    return Asked(move, stands, on_ms, needed_ms - _yard_ms(desk, move, busy))


def _expected_ms(desk: Desk, crane: QuayCraneState, number: int) -> int:
    """When a quay crane will be at a step, if it and those it must wait for go on as planned from where they are."""
    first, now_ms, steps = crane.next, desk.now_ms, crane.steps
    expected_ms = now_ms + 1_000 * (steps[number].start_s - steps[first].start_s)
    for step in range(first, number + 1):
        for name, last in desk.waits[crane.call].get((crane.id, step), ()):
            other = desk.board.quay_cranes[name]
            if other.next <= last:
                over_ms = now_ms + 1_000 * (other.steps[last].end_s - other.steps[other.next].start_s)
                expected_ms = max(expected_ms, over_ms + 1_000 * (steps[number].start_s - steps[step].start_s))
    return expected_ms


def _yard_ms(desk: Desk, move: Move, busy: Mapping[str, int]) -> int:
    """What yard cranes take until a truck has its boxes, roughly."""
    board, box = desk.board, move.stop.containers[0]
    place = board.boxes[box]
    before = busy[place.block] - 1 if isinstance(place, YardPosition) else 0
    return YARD_MS * (len(move.stops) - 1 + len(board.over(box))) + desk.settings.busy_crane_ms * max(0, before)


def _pairs(desk: Desk, comers: Sequence[Comer], asked: Sequence[Asked]) -> list[tuple[int, int]]:
    """Row of the truck and column of the move."""
    if not comers or not asked:
        return []
    ways_ms = np.array([[_way_ms(desk, comer.stand, each) for each in asked] for comer in comers])
    if desk.settings.truck_choice is TruckChoice.NEAREST:
        return _nearest(ways_ms)
    costs = ways_ms
    if desk.settings.truck_choice is TruckChoice.IN_TIME:
        there_ms = np.array([comer.free_ms for comer in comers])[:, None] + ways_ms
        late_ms = np.maximum(0, there_ms - np.array([each.due_ms for each in asked])[None, :])
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


def _way_ms(desk: Desk, start: int, asked: Asked) -> int:
    """By the best of the stands to the quay crane."""
    ways = (way_ms(desk, start, (stand,)) + on_ms for stand, on_ms in zip(asked.stands, asked.on_ms, strict=True))
    return min(ways, default=NO_WAY_MS)


def _reason(desk: Desk, asked: Asked, drive_ms: int) -> Said:
    """Why this truck, in seconds."""
    late_s = (desk.now_ms + drive_ms - asked.due_ms) // 1_000
    policy, drive_s = desk.settings.truck_choice.value, drive_ms // 1_000
    if late_s > 0:
        return said("late-at-crane", policy=policy, drive_s=drive_s, late_s=late_s)
    return said("time-for-crane", policy=policy, drive_s=drive_s, early_s=-late_s)
