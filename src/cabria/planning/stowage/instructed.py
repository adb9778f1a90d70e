"""Stowage to a carrier's instruction (MOVINS): each slot named takes a box of the class asked for.

Boxes and slots of one class are matched at least cost (assignment problem): near in mass, low slots first. What the
stack then forbids is taken out and matched again, until nothing is forbidden.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from scipy.optimize import linear_sum_assignment

from cabria.domain.calls import SlotInstruction, VesselCall
from cabria.domain.containers import Container, ContainerId
from cabria.domain.positions import StowPosition
from cabria.domain.stowage import Stowed
from cabria.domain.vessel import End, Place, StackId
from cabria.planning.stowage.legal import forbidden
from cabria.planning.stowage.problem import StowageProblem, has_plug, takes
from cabria.planning.stowage.special import DangerousAboard, closes_stack, lost_places, usable_levels
from cabria.referee.instruction import differences_of

ROUNDS = 60
FORBIDDEN = 1e7
LEVEL_PRICE = 2_000.0
"""What a level higher costs, in kilograms of difference in mass."""


@dataclass(frozen=True, slots=True)
class _Slot:
    instruction: SlotInstruction
    place: Place

    @property
    def position(self) -> StowPosition:
        return self.instruction.position


def pin_instructed(problem: StowageProblem) -> StowageProblem:
    """The problem with every load pinned to a slot of its class or refused."""
    slots = _slots(problem)
    banned: set[tuple[ContainerId, StowPosition]] = set()
    matched: dict[ContainerId, StowPosition] = {}
    for _ in range(ROUNDS):
        matched = _match(problem.call, problem.loads, slots, banned)
        wrong = _wrong(problem, matched)
        if not wrong:
            break
        banned |= wrong
    else:
        matched = _without(matched, _wrong(problem, matched))
        while wrong := _wrong(problem, matched):
            matched = _without(matched, wrong)
    by_id = {load.id: load for load in problem.loads}
    pins = [Stowed(by_id[box], slot) for box, slot in matched.items()]
    refused = {load.id: _why(problem.call, load, slots) for load in problem.loads if load.id not in matched}
    return problem.pin(pins, refused).with_needed_lids()


def _slots(problem: StowageProblem) -> list[_Slot]:
    """Instructed slots that are in the profile, free and within reach, in order of position."""
    call = problem.call
    usable = usable_levels(problem, keep_instructed_free=False)
    taken: dict[tuple[StackId, End], int] = defaultdict(int)
    for _, position in problem.staying:
        if place := call.vessel.place(position):
            for half in (End.FORE, End.AFT):
                if place.end in (half, End.BOTH):
                    key = (place.stack_id, half)
                    taken[key] = max(taken[key], place.level_index + 1)
    slots = []
    for instruction in sorted(call.instructions, key=lambda i: i.position):
        place = call.vessel.place(instruction.position)
        if place is None or place.stack_id in problem.closed_stacks:
            continue
        top = max(taken[place.stack_id, half] for half in (End.FORE, End.AFT) if place.end in (half, End.BOTH))
        if top <= place.level_index < usable.get(place.stack_id, 99):
            slots.append(_Slot(instruction, place))
    return slots


def _suits(call: VesselCall, box: Container, slot: _Slot) -> bool:
    """Whether a slot asks for boxes such as this one, mass apart."""
    if not takes(slot.place.cell, slot.place.end, box):
        return False
    if box.needs_plug and not has_plug(slot.place.cell, slot.place.end):
        return False
    return not any(differences_of(slot.instruction, box))


def _is_near(call: VesselCall, box: Container, slot: _Slot) -> bool:
    asked = slot.instruction.gross_mass_kg
    return asked is None or abs(box.gross_mass_kg - asked) <= call.settings.instruction_mass_tolerance_kg


def _match(
    call: VesselCall,
    loads: Sequence[Container],
    slots: Sequence[_Slot],
    banned: Collection[tuple[ContainerId, StowPosition]],
) -> dict[ContainerId, StowPosition]:
    """As many boxes to slots as possible, the cheapest such matching; by groups that share no slot."""
    matched: dict[ContainerId, StowPosition] = {}
    for boxes, numbers in _groups(call, loads, slots):
        costs = np.full((len(boxes), len(numbers)), FORBIDDEN)
        for row, box in enumerate(boxes):
            for column, number in enumerate(numbers):
                slot = slots[number]
                if (box.id, slot.position) in banned or not _suits(call, box, slot) or not _is_near(call, box, slot):
                    continue
                asked = slot.instruction.gross_mass_kg
                off = 0 if asked is None else abs(box.gross_mass_kg - asked)
                costs[row, column] = off + LEVEL_PRICE * slot.place.level_index
        for row, column in zip(*linear_sum_assignment(costs), strict=True):
            if costs[row, column] < FORBIDDEN:
                matched[boxes[row].id] = slots[numbers[column]].position
    return dict(sorted(matched.items()))


def _groups(
    call: VesselCall, loads: Sequence[Container], slots: Sequence[_Slot]
) -> Iterable[tuple[list[Container], list[int]]]:
    """Boxes and numbers of slots that may be matched with each other, directly or over others."""
    classes: dict[tuple[object, ...], list[Container]] = defaultdict(list)
    for load in loads:
        key = (str(load.size_type), load.pod, load.operator, load.needs_plug, load.is_full)
        classes[key].append(load)
    groups: list[tuple[list[Container], set[int]]] = []
    for boxes in classes.values():
        numbers = {number for number, slot in enumerate(slots) if _suits(call, boxes[0], slot)}
        joined = list(boxes)
        apart = []
        for other_boxes, other_numbers in groups:
            if numbers & other_numbers:
                joined = [*other_boxes, *joined]
                numbers |= other_numbers
            else:
                apart.append((other_boxes, other_numbers))
        groups = [*apart, (joined, numbers)]
    return ((boxes, sorted(numbers)) for boxes, numbers in groups if numbers)


def _wrong(
    problem: StowageProblem, matched: Mapping[ContainerId, StowPosition]
) -> set[tuple[ContainerId, StowPosition]]:
    """Boxes and their slots that a stack, another box's cargo or dangerous goods forbid."""
    call = problem.call
    by_id = {load.id: load for load in problem.loads}
    stacks: dict[StackId, list[Stowed]] = defaultdict(list)
    for container, position in problem.staying:
        if place := call.vessel.place(position):
            stacks[place.stack_id].append(Stowed(container, position))
    new: dict[StackId, list[tuple[int, Stowed]]] = defaultdict(list)
    aboard = DangerousAboard.of(problem)
    wrong: set[tuple[ContainerId, StowPosition]] = set()
    for box_id, position in matched.items():
        place = call.vessel.place(position)
        assert place is not None
        box = by_id[box_id]
        if box.dangerous:
            if aboard.allows(box, place):
                aboard.add(box, place)
            else:
                wrong.add((box_id, position))
        new[place.stack_id].append((place.level_index, Stowed(box, position)))
    lost: dict[StackId, int] = {}
    for box, position in (entry for entries in new.values() for _, entry in entries):
        for stack_id, level in _lost_to(call, box, position):
            if any(_level(call, entry) >= level for entry in stacks[stack_id]):
                wrong.add((box.id, position))
            lost[stack_id] = min(lost.get(stack_id, level), level)
    for stack_id, entries in new.items():
        boxes = [entry for _, entry in entries]
        found = forbidden(call, [*stacks[stack_id], *boxes], {box.container.id for box in boxes})
        named = {offence.container for offence in found}
        wrong |= {(box.id, position) for box, position in boxes if box.id in named}
        wrong |= {(e.container.id, e.position) for level, e in entries if level >= lost.get(stack_id, 99)}
        if any(offence.container is None for offence in found):
            top = max(entries, key=lambda entry: (entry[0], entry[1].position))[1]
            wrong.add((top.container.id, top.position))
    return wrong


def _lost_to(call: VesselCall, box: Container, position: StowPosition) -> Iterator[tuple[StackId, int]]:
    """Stacks that may not be used from a level on because of cargo that is out of gauge."""
    place = call.vessel.place(position)
    assert place is not None
    yield from lost_places(call.vessel, box, place)
    if closes_stack(box):
        yield place.stack_id, place.level_index + 1


def _level(call: VesselCall, stowed: Stowed) -> int:
    place = call.vessel.place(stowed.position)
    assert place is not None
    return place.level_index


def _without(
    matched: Mapping[ContainerId, StowPosition], wrong: Collection[tuple[ContainerId, StowPosition]]
) -> dict[ContainerId, StowPosition]:
    return {box: slot for box, slot in matched.items() if (box, slot) not in wrong}


def _why(call: VesselCall, load: Container, slots: Sequence[_Slot]) -> str:
    suiting = [slot for slot in slots if _suits(call, load, slot)]
    if not suiting:
        return "the carrier's instruction names no free slot for its class"
    if not any(_is_near(call, load, slot) for slot in suiting):
        return f"no instructed slot of its class is for a mass near {load.gross_mass_kg:,} kg"
    return "the instructed slots of its class are taken, or cannot be reached without hanging"
