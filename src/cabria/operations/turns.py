"""A load is brought forward in its crane's queue when its truck is there first; the second box of a truck follows it.

Only among loads over one bay that stand in different rows: none of them is set on, under or beside the lid of another,
so the ship leaves as planned whatever their order. The queue's times are given to its steps anew, in the new order.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from cabria.domain.run_events import LoadBroughtForward
from cabria.domain.said import said
from cabria.domain.work import ONTO_SHIP, CraneStep
from cabria.operations.board import Move, QuayCraneState
from cabria.operations.desk import Desk
from cabria.operations.truck_work import is_next_at, stands_at


def others_first(desk: Desk, crane: QuayCraneState) -> tuple[int, ...]:
    """Numbers of the steps to come, the next not among them, that may be done before it and have moves under way."""
    steps, first = crane.steps, crane.next
    if steps[first].kind not in ONTO_SHIP:
        return ()
    rows = {position.row for position in steps[first].positions}
    found = []
    for number in range(first + 1, min(len(steps), crane.released, first + 1 + desk.settings.out_of_turn)):
        step = steps[number]
        if step.kind not in ONTO_SHIP or step.bay != steps[first].bay:
            break
        own = {position.row for position in step.positions}
        move = desk.board.moves.get(crane.moves.get(number, ""))
        if move is not None and move.step == number and rows.isdisjoint(_rows(crane, move)):
            found.append(number)
        rows |= own
    return tuple(found)


def _rows(crane: QuayCraneState, move: Move) -> set[int]:
    """Where the boxes go that a truck has, or fetches, for its crane: the second is not to wait for others."""
    left = [stop.step for stop in move.to_come if stop.queue == crane.id]
    return {position.row for number in left for position in crane.steps[number].positions}


def comes_ms(desk: Desk, crane: QuayCraneState, number: int) -> int | None:
    """When the truck of a step stands under its crane; None as long as its trip there is not booked."""
    board = desk.board
    move = board.moves.get(crane.moves.get(number, ""))
    truck = None if move is None else board.trucks.get(move.truck)
    if move is None or truck is None or truck.failed or not is_next_at(crane, move, number):
        return None
    return max(desk.now_ms, truck.arrives_ms) if truck.stand in stands_at(desk, move) else None


def bring_forward(desk: Desk, crane: QuayCraneState, others: tuple[int, ...], by_ms: int) -> None:
    """Give the next turn to the truck that is there first, if that is not the one whose turn it is, and it is there by
    then; before all to one that the crane has taken a box from."""
    known = {
        number: (ms, not _is_second(desk, crane, number), number)
        for number in (crane.next, *others)
        if (ms := comes_ms(desk, crane, number)) is not None
    }
    first = min(known, key=known.__getitem__, default=crane.next)
    if first == crane.next or known[first][0] > by_ms:
        return
    move = desk.board.moves[crane.moves[first]]
    reason = said("is-there-first", truck=move.truck)
    desk.record(LoadBroughtForward(desk.now_ms, crane.call, crane.id, crane.steps[first].containers, reason))
    _to_front(desk, crane, first)


def _is_second(desk: Desk, crane: QuayCraneState, number: int) -> bool:
    return desk.board.moves[crane.moves[number]].quay_stops[0].step != number


def _to_front(desk: Desk, crane: QuayCraneState, number: int) -> None:
    next_, steps = crane.next, crane.steps
    front = (steps[number], *steps[next_:number])
    crane.steps = (*steps[:next_], *_timed(front, steps[next_].start_s), *steps[number + 1 :])
    passed = [
        (move, stop)
        for move in desk.board.moves.values()
        for stop in move.quay_stops
        if stop.queue == crane.id and next_ <= stop.step <= number
    ]
    for old in range(next_, number + 1):
        crane.moves.pop(old, None)
    for move, stop in passed:
        stop.step = next_ if stop.step == number else stop.step + 1
        crane.moves[stop.step] = move.id


def _timed(steps: tuple[CraneStep, ...], start_s: int) -> Iterator[CraneStep]:
    """One after the other from a time on, each as long as it was."""
    for step in steps:
        end_s = start_s + step.end_s - step.start_s
        yield replace(step, start_s=start_s, end_s=end_s)
        start_s = end_s
