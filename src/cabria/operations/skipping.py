"""A person has a step of a quay crane's queue left out: its box stays where it is, ashore or aboard; a lid too.

What goes with the step goes with it: the other box of a twin lift, the other half of a restow, a lid's lifting and its
putting on. The steps that are left must still be possible: nothing is set where nothing carries it or on a slot that is
taken, nothing is lifted from under another box, and each lid is on at the end. Their order and times stay.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import NamedTuple

from cabria.domain.containers import ContainerId
from cabria.domain.plan import LoadingPlan
from cabria.domain.positions import StowPosition
from cabria.domain.run_events import Aboard, MoveDropped, MoveKind, MoveReleased, OnTruck, StepSkipped
from cabria.domain.said import Reason, said
from cabria.domain.verdict import YES, Verdict, refuse
from cabria.domain.vessel import Cell, End, Level, Place, StackId, VesselProfile, VesselStack
from cabria.domain.work import LID_STEPS, OFF_SHIP, ONTO_SHIP, CraneStep, StepKind
from cabria.operations.board import Board, CallState, Move, QuayCraneState, Stop, StopKind, Truck
from cabria.operations.desk import Desk
from cabria.operations.moves import keep_place
from cabria.operations.places import incoming
from cabria.operations.replanning import still_as_timed, take_over
from cabria.operations.truck_work import give_truck

HALVES: Mapping[End, tuple[End, ...]] = {
    End.FORE: (End.FORE,),
    End.AFT: (End.AFT,),
    End.BOTH: (End.FORE, End.AFT),
}


class Skipped(NamedTuple):
    """A step of a crane's queue, by its number there."""

    crane: str
    number: int
    step: CraneStep


def skip_step(desk: Desk, crane: str, what: str, reason: str) -> Verdict:
    """Leave out the next step of a quay crane's queue with a container, or with a lid, of that name."""
    board = desk.board
    state = board.quay_cranes.get(crane)
    if state is None or state.call not in board.calls:
        return refuse("{crane} is no quay crane that works a ship", "no-crane-at-work", crane=crane[:60])
    if state.work is not None and what in (*state.work.containers, state.work.lid):
        return refuse("{crane} is at it", "crane-at-it", crane=crane)
    first = next((s for s in _to_come(state) if what in (*s.step.containers, s.step.lid)), None)
    if first is None:
        return refuse(
            "no step to come in the queue of {crane} is of {what}", "no-such-step", crane=crane, what=what[:60]
        )
    gone = _with_what_goes_along(board, first)
    verdict = _may_be_left_out(desk, board.calls[state.call], gone)
    if not verdict:
        return verdict
    for skipped in gone:
        drop_move(desk, board.quay_cranes[skipped.crane], skipped, reason)
        desk.record(StepSkipped(desk.now_ms, state.call, skipped.crane, skipped.step, reason))
    _leave_out(
        desk,
        board.calls[state.call],
        gone,
        said("step-skipped", kind=first.step.kind.value, what=_what(first.step), why=reason),
    )
    return YES


def _to_come(crane: QuayCraneState) -> Iterator[Skipped]:
    """What its crane has not been told to do."""
    for number in range(crane.next + (crane.work is not None), len(crane.steps)):
        yield Skipped(crane.id, number, crane.steps[number])


def _with_what_goes_along(board: Board, first: Skipped) -> list[Skipped]:
    """In the order in which they would be done."""
    call = board.quay_cranes[first.crane].call
    rest = [s for c in board.quay_cranes.values() if c.call == call for s in _to_come(c) if s != first]
    found = [first]
    for one in found:
        along = [other for other in rest if _goes_along(one.step, other.step)]
        found += along
        rest = [other for other in rest if other not in along]
    return sorted(found, key=lambda s: board.turn(board.quay_cranes[s.crane], s.number))


def _goes_along(one: CraneStep, other: CraneStep) -> bool:
    """The two halves of a restow, a lid's two ways."""
    if one.kind in LID_STEPS:
        return one.lid == other.lid
    return not set(one.containers).isdisjoint(other.containers)


def _may_be_left_out(desk: Desk, state: CallState, gone: Sequence[Skipped]) -> Verdict:
    board = desk.board
    if not (verdict := may_go_back(desk, gone)):
        return verdict
    before = set(_problems(board, state, ()))
    for problem in _problems(board, state, gone):
        if problem not in before:
            return problem
    return YES


def may_go_back(desk: Desk, gone: Iterable[Skipped]) -> Verdict:
    """Whether what is on its way for some steps can stay where it is, or be brought back to the yard; with the other
    box on its truck."""
    board, gone = desk.board, list(gone)
    for skipped in gone:
        crane = board.quay_cranes[skipped.crane]
        move = board.moves.get(crane.moves.get(skipped.number, ""))
        if move is not None and crane.has_begun and crane.next != skipped.number and crane.is_at(move):
            other = "{crane} is at the other box of its truck; ask again when it is through with that"
            return refuse(other, "crane-at-pair", crane=crane.id)
    for box in (box for skipped in gone for box in _on_the_way_with(board, skipped)):
        if box in board.in_hand:
            return refuse("a yard crane is lifting {box}; ask again when it has", "box-in-hand", box=box)
        place = board.boxes.get(box)
        if isinstance(place, OnTruck):
            stand = board.trucks[place.truck].stand
            if incoming(board, box, stand, board.waiting_by_block(), desk.settings, ()) is None:
                return refuse("no stack in the yard takes {box} back", "no-room-back", box=box)
    return YES


def _on_the_way_with(board: Board, skipped: Skipped) -> Iterable[ContainerId]:
    """The boxes of a step, or of its move."""
    move = board.moves.get(board.quay_cranes[skipped.crane].moves.get(skipped.number, ""))
    return skipped.step.containers if move is None else sorted(move.boxes)


def _problems(board: Board, state: CallState, gone: Sequence[Skipped]) -> Iterator[Verdict]:
    """What cannot be done as it is to come, without some steps; in the order of the plan's times."""
    left_out = {(skipped.crane, skipped.number) for skipped in gone}
    steps = sorted(
        (board.turn(crane, number), crane.steps[number])
        for crane in board.quay_cranes.values()
        if crane.call == state.call.id
        for number in range(crane.next, len(crane.steps))
        if (crane.id, number) not in left_out
    )
    return Hull(board, state.call.id, state.call.vessel, [step for _, step in steps]).problems()


class Hull:
    """A ship with what is aboard now, worked in thought."""

    def __init__(self, board: Board, call: str, vessel: VesselProfile, steps: Sequence[CraneStep]) -> None:
        self._vessel, self._steps = vessel, steps
        self._standing: dict[tuple[StackId, End], dict[int, ContainerId]] = defaultdict(dict)
        self._where: dict[ContainerId, StowPosition] = {}
        for box, place in board.boxes.items():
            if isinstance(place, Aboard) and place.call == call:
                self._put(box, place.position)
        first = {step.lid: step.kind for step in reversed(steps) if step.lid}
        self._off = {lid for lid, kind in first.items() if kind is StepKind.LID_ON}

    def problems(self) -> Iterator[Verdict]:
        for step in self._steps:
            if step.kind is StepKind.LID_OFF:
                stands = "{box} would stand on lid {lid} when that comes off"
                yield from (refuse(stands, "on-lid", box=box, lid=step.lid) for box in self._on_lid(step.lid))
                self._off.add(step.lid)
            elif step.kind is StepKind.LID_ON:
                self._off.discard(step.lid)
            elif step.kind in OFF_SHIP:
                yield from self._lift(step)
            else:
                yield from self._set_down(step)
        yield from (refuse("lid {lid} would be off at the end", "lid-stays-off", lid=lid) for lid in sorted(self._off))

    def _lift(self, step: CraneStep) -> Iterator[Verdict]:
        slots = zip(step.containers, step.positions, strict=True)
        there = [(box, slot) for box, slot in slots if self._where.get(box) == slot]  # others are ashore already
        for box, slot in there:
            place = self._place(slot)
            for half in HALVES[place.end]:
                levels = self._standing[place.stack_id, half]
                above = [other for level, other in sorted(levels.items()) if level > place.level_index]
                if above and above[0] not in step.containers:
                    under = "{box} would have to be lifted from under {above}"
                    yield refuse(under, "lifted-from-under", box=box, above=above[0])
            yield from self._closed(box, place)
        for box, _ in there:
            self._take(box)

    def _set_down(self, step: CraneStep) -> Iterator[Verdict]:
        slots = zip(step.containers, step.positions, strict=True)
        for box, slot in [(box, slot) for box, slot in slots if self._where.get(box) != slot]:
            place = self._place(slot)
            for half in HALVES[place.end]:
                levels = self._standing[place.stack_id, half]
                if (there := levels.get(place.level_index)) is not None:
                    taken = "{box} would be set in slot {slot}, where {there} stands"
                    yield refuse(taken, "slot-taken", box=box, slot=str(slot), there=there)
                lower = carrier(place.stack, place.level_index, half)
                if lower is not None and lower not in levels:
                    nothing = "{box} would be set in slot {slot} with nothing under it"
                    yield refuse(nothing, "nothing-under", box=box, slot=str(slot))
                if any(level > place.level_index for level in levels):
                    under = "{box} would be set in slot {slot} under what stands in its stack"
                    yield refuse(under, "set-under", box=box, slot=str(slot))
            yield from self._closed(box, place)
            if place.stack.level is Level.DECK:
                for lid in self._vessel.lids_under.get(place.stack_id, ()):
                    if lid.id in self._off:
                        off = "{box} would be set on lid {lid} while that is off"
                        yield refuse(off, "lid-off", box=box, lid=lid.id)
            self._put(box, slot)

    def _closed(self, box: ContainerId, place: Place) -> Iterator[Verdict]:
        if place.stack.level is Level.HOLD:
            for lid in self._vessel.lids_over.get(place.stack_id, ()):
                if lid.id not in self._off:
                    closed = "{box} would be worked in the hold while lid {lid} is on"
                    yield refuse(closed, "lid-on", box=box, lid=lid.id)

    def _on_lid(self, name: str) -> Iterator[ContainerId]:
        for lid in self._vessel.hatch_covers:
            if lid.id == name:
                for stack in lid.carries:
                    for half in HALVES[End.BOTH]:
                        yield from self._standing[stack, half].values()

    def _place(self, slot: StowPosition) -> Place:
        place = self._vessel.place(slot)
        if place is None:
            raise ValueError(f"The ship has no slot {slot}.")
        return place

    def _put(self, box: ContainerId, slot: StowPosition) -> None:
        if (place := self._vessel.place(slot)) is not None:
            self._where[box] = slot
            for half in HALVES[place.end]:
                self._standing[place.stack_id, half][place.level_index] = box

    def _take(self, box: ContainerId) -> None:
        place = self._place(self._where.pop(box))
        for half in HALVES[place.end]:
            self._standing[place.stack_id, half].pop(place.level_index, None)


def carrier(stack: VesselStack, level: int, half: End) -> int | None:
    """The level that must carry an end of a box; None where the ship does."""
    return next((lower for lower in range(level - 1, -1, -1) if _takes(stack.cells[lower], half)), None)


def _takes(cell: Cell, half: End) -> bool:
    return cell.takes_40 or cell.takes_45 or (cell.takes_20_fore if half is End.FORE else cell.takes_20_aft)


def drop_move(desk: Desk, crane: QuayCraneState, skipped: Skipped, reason: str) -> None:
    """Nobody carries its boxes any more; what is on a truck goes back to the yard. The other step of a pair is released
    anew when the queues are taken over."""
    board = desk.board
    for box in skipped.step.containers:
        board.wanted_ms.pop(box, None)
    move = board.moves.get(crane.moves.get(skipped.number, ""))
    if move is None:
        return
    truck = board.trucks.get(move.truck)
    if truck is not None:
        truck.move, truck.at_stop = "", False
    for box in sorted(move.boxes & board.goes_to.keys()):
        board.give_up(box)
    back = None if truck is None else _way_back(desk, move, truck, reason)
    board.over_with(move)
    desk.record(MoveDropped(desk.now_ms, move.id, reason))
    if back is not None and truck is not None:
        board.moves[back.id] = back
        give_truck(desk, back, truck, "has its boxes")
        keep_place(desk, back)


def _way_back(desk: Desk, move: Move, truck: Truck, reason: str) -> Move | None:
    """The move that brings what is on a truck to the yard, released."""
    board = desk.board
    on_truck = [
        (box, place.end)
        for box in sorted(move.boxes & board.beds.get(truck.id, set()))  # others may hang above it still
        if isinstance(place := board.boxes[box], OnTruck)
    ]
    if not on_truck:
        return None
    stops = [Stop(StopKind.YARD_TAKES, (box,), (end,)) for box, end in on_truck]
    boxes = tuple(box for box, _ in on_truck)
    back = Move(f"{move.id}/back", MoveKind.HOUSEKEEPING, stops, due_ms=desk.now_ms, note=reason)
    desk.record(MoveReleased(desk.now_ms, back.id, back.kind, boxes, "", "", reason))
    return back


def _leave_out(desk: Desk, state: CallState, gone: Sequence[Skipped], reason: Reason) -> None:
    board = desk.board
    cranes = [crane for crane in board.quay_cranes.values() if crane.call == state.call.id]
    left_out = {(skipped.crane, skipped.number) for skipped in gone}
    queues = {
        crane.id: [step for n, step in still_as_timed(desk, cranes, crane) if (crane.id, n) not in left_out]
        for crane in cranes
    }
    board.calls[state.call.id] = replace(state, plan=_without(state.plan, [skipped.step for skipped in gone], reason))
    take_over(desk, board.calls[state.call.id], cranes, queues, reason)


def _without(plan: LoadingPlan, steps: Iterable[CraneStep], reason: Reason) -> LoadingPlan:
    onto = {box for step in steps if step.kind in ONTO_SHIP for box in step.containers}
    return replace(
        plan,
        loads={box: slot for box, slot in plan.loads.items() if box not in onto},
        restows={box: slot for box, slot in plan.restows.items() if box not in onto},
        refused={**plan.refused, **{box: str(reason) for box in sorted(onto) if box in plan.loads}},
    )


def _what(step: CraneStep) -> str:
    return step.lid or " and ".join(step.containers)
