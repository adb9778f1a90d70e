"""Stowage to a carrier's instruction (MOVINS): each slot named takes a box of the class asked for.

Boxes and slots of one class are matched at least cost (assignment problem): near in mass, low slots first. What the
stack then forbids is taken out and matched again, until nothing is forbidden.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from scipy.optimize import linear_sum_assignment

from cabria.domain.calls import SlotInstruction, VesselCall
from cabria.domain.containers import Container, ContainerId
from cabria.domain.positions import StowPosition
from cabria.domain.stowage import Stowed
from cabria.domain.vessel import End, Place, StackId
from cabria.planning.stowage.problem import StowageProblem, has_plug, takes
from cabria.planning.stowage.special import usable_levels
from cabria.planning.stowage.together import misplaced
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
        matched = _match(problem, slots, banned)
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
    refused = {load.id: _why(problem, load, slots) for load in problem.loads if load.id not in matched}
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


def _suits(problem: StowageProblem, box: Container, slot: _Slot) -> bool:
    """Whether a slot asks for boxes such as this one, mass apart, and the planner does not forbid it."""
    if not takes(slot.place.cell, slot.place.end, box):
        return False
    if box.needs_plug and not has_plug(slot.place.cell, slot.place.end):
        return False
    if problem.permitted.why_not(box, slot.position):
        return False
    return not any(differences_of(slot.instruction, box))


def _is_near(call: VesselCall, box: Container, slot: _Slot) -> bool:
    asked = slot.instruction.gross_mass_kg
    return asked is None or abs(box.gross_mass_kg - asked) <= call.settings.instruction_mass_tolerance_kg


def _match(
    problem: StowageProblem,
    slots: Sequence[_Slot],
    banned: Collection[tuple[ContainerId, StowPosition]],
) -> dict[ContainerId, StowPosition]:
    """As many boxes to slots as possible, the cheapest such matching; by groups that share no slot."""
    matched: dict[ContainerId, StowPosition] = {}
    for boxes, numbers in _groups(problem, slots):
        costs = np.full((len(boxes), len(numbers)), FORBIDDEN)
        for row, box in enumerate(boxes):
            for column, number in enumerate(numbers):
                slot = slots[number]
                if (box.id, slot.position) in banned or not _suits(problem, box, slot):
                    continue
                if not _is_near(problem.call, box, slot):
                    continue
                asked = slot.instruction.gross_mass_kg
                off = 0 if asked is None else abs(box.gross_mass_kg - asked)
                costs[row, column] = off + LEVEL_PRICE * slot.place.level_index
                if box.id in problem.must_load:
                    costs[row, column] -= FORBIDDEN
        for row, column in zip(*linear_sum_assignment(costs), strict=True):
            if costs[row, column] < FORBIDDEN:
                matched[boxes[row].id] = slots[numbers[column]].position
    return dict(sorted(matched.items()))


def _groups(problem: StowageProblem, slots: Sequence[_Slot]) -> Iterable[tuple[list[Container], list[int]]]:
    """Boxes and numbers of slots that may be matched with each other, directly or over others."""
    classes: dict[tuple[object, ...], list[Container]] = defaultdict(list)
    for load in problem.loads:
        kind = problem.kind_of(load)
        key = (str(load.size_type), load.pod, load.operator, load.needs_plug, load.is_full, kind)
        classes[key].append(load)
    groups: list[tuple[list[Container], set[int]]] = []
    for boxes in classes.values():
        numbers = {number for number, slot in enumerate(slots) if _suits(problem, boxes[0], slot)}
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
    by_id = {load.id: load for load in problem.loads}
    put = [Stowed(by_id[box], slot) for box, slot in matched.items()]
    return {(box, matched[box]) for box in misplaced(problem, put, problem.must_load)}


def _without(
    matched: Mapping[ContainerId, StowPosition], wrong: Collection[tuple[ContainerId, StowPosition]]
) -> dict[ContainerId, StowPosition]:
    return {box: slot for box, slot in matched.items() if (box, slot) not in wrong}


def _why(problem: StowageProblem, load: Container, slots: Sequence[_Slot]) -> str:
    suiting = [slot for slot in slots if _suits(problem, load, slot)]
    if not suiting:
        return "the carrier's instruction names no free slot for its class"
    if not any(_is_near(problem.call, load, slot) for slot in suiting):
        return f"no instructed slot of its class is for a mass near {load.gross_mass_kg:,} kg"
    return "the instructed slots of its class are taken, or cannot be reached without hanging"
