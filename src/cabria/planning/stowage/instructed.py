"""Stowage to a carrier's instruction (MOVINS): each slot named takes a box of the class asked for.

Boxes and slots of one class are matched at least cost (assignment problem): near in mass, low slots first. What the
stack then forbids is taken out and matched again, until nothing is forbidden.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

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

Array = np.ndarray[Any, np.dtype[Any]]

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
    groups = _groups(problem, slots)
    matched: dict[ContainerId, StowPosition] = {}
    for _ in range(ROUNDS):
        matched = dict(sorted(pair for group in groups for pair in group.matched.items()))
        wrong = _wrong(problem, matched)
        if not wrong:
            break
        for group in groups:
            group.ban(wrong)
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


@dataclass(frozen=True, slots=True)
class _Class:
    """Loads that all suit the same slots, mass apart; slots by number."""

    boxes: Sequence[Container]
    suiting: frozenset[int]


class _Group:
    """Loads that share slots, directly or over others: as many of them matched as possible, at the least cost."""

    def __init__(self, problem: StowageProblem, slots: Sequence[_Slot], classes: Sequence[_Class]) -> None:
        numbers = sorted(frozenset().union(*(alike.suiting for alike in classes)))
        self._boxes = [box.id for alike in classes for box in alike.boxes]
        self._positions = [slots[number].position for number in numbers]
        self._costs = np.concatenate([_costs(problem, alike, slots, numbers) for alike in classes])
        self._row = {box: row for row, box in enumerate(self._boxes)}
        self._column = {position: column for column, position in enumerate(self._positions)}
        self.matched = self._match()

    def ban(self, pairs: Collection[tuple[ContainerId, StowPosition]]) -> None:
        """Match anew without these, where they are of this group."""
        mine = [(self._row[box], self._column[position]) for box, position in pairs if box in self._row]
        for row, column in mine:
            self._costs[row, column] = FORBIDDEN
        if mine:
            self.matched = self._match()

    def _match(self) -> dict[ContainerId, StowPosition]:
        pairs = zip(*linear_sum_assignment(self._costs), strict=True)
        return {
            self._boxes[row]: self._positions[column] for row, column in pairs if self._costs[row, column] < FORBIDDEN
        }


def _costs(problem: StowageProblem, alike: _Class, slots: Sequence[_Slot], numbers: Sequence[int]) -> Array:
    """What each box of a class costs in each of some slots, in kilograms; FORBIDDEN where it may not stand."""
    asked_kg = [slots[number].instruction.gross_mass_kg for number in numbers]
    mass_kg = np.array([box.gross_mass_kg for box in alike.boxes], float)
    off = np.abs(mass_kg[:, None] - np.array([np.nan if kg is None else kg for kg in asked_kg]))
    off[:, [kg is None for kg in asked_kg]] = 0.0
    costs: Array = off + LEVEL_PRICE * np.array([slots[number].place.level_index for number in numbers])
    costs[[box.id in problem.must_load for box in alike.boxes]] -= FORBIDDEN
    costs[off > problem.call.settings.instruction_mass_tolerance_kg] = FORBIDDEN
    costs[:, [number not in alike.suiting for number in numbers]] = FORBIDDEN
    return costs


def _groups(problem: StowageProblem, slots: Sequence[_Slot]) -> list[_Group]:
    by_kind: dict[tuple[object, ...], list[Container]] = defaultdict(list)
    for load in problem.loads:
        kind = problem.kind_of(load)
        key = (str(load.size_type), load.pod, load.operator, load.needs_plug, load.is_full, kind)
        by_kind[key].append(load)
    groups: list[tuple[list[_Class], frozenset[int]]] = []
    for boxes in by_kind.values():
        numbers = frozenset(number for number, slot in enumerate(slots) if _suits(problem, boxes[0], slot))
        joined = [_Class(boxes, numbers)]
        apart = []
        for others, their_numbers in groups:
            if numbers & their_numbers:
                joined = [*others, *joined]
                numbers |= their_numbers
            else:
                apart.append((others, their_numbers))
        groups = [*apart, (joined, numbers)]
    return [_Group(problem, slots, classes) for classes, numbers in groups if numbers]


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
