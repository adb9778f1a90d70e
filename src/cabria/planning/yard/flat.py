"""The problem and a choice of boxes as the flat arrays that the kernel works on (see `kernels`)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import accumulate
from typing import Any

import numpy as np

from cabria.domain.containers import Container
from cabria.domain.vessel import End, Level, Place, StackId, VesselStack
from cabria.planning.yard import kernels
from cabria.planning.yard.kernels import Array
from cabria.planning.yard.operators import Price, price
from cabria.planning.yard.problem import (
    NO_LIMIT,
    PEAK_MIN,
    WINDOW_S,
    Slot,
    YardProblem,
    neighbours_below,
    others_aboard,
)

POINTS_PER_MIN = 1_000

# How many halves of a box's mass rest on (fore end, aft end, the 40 ft limit) of its stack.
_SHARES = {End.FORE: (2, 0, 1), End.AFT: (0, 2, 1), End.BOTH: (1, 1, 2)}

DRIFT_MM = (20, 2, 5)
"""How far the ship's centre may move for the yard's sake: along, across and up, in millimetres."""


@dataclass(frozen=True)
class FlatProblem:
    """`given` never changes; a `FlatChoice` does."""

    problem: YardProblem
    given: tuple[Array, ...]
    vessel_stacks: tuple[StackId, ...]
    blocks: tuple[str, ...]

    @classmethod
    def of(cls, problem: YardProblem) -> FlatProblem:
        slots, boxes = problem.slots, problem.boxes
        operators = sorted({slot.operator for slot in slots if slot.operator})
        standing = problem.yard_boxes
        blocks = tuple(sorted({box.position.block for box in standing if box}))
        yard_stacks = list(problem.touched_stacks)
        stack_number = {key: n for n, key in enumerate(yard_stacks)}
        vessel_stacks = tuple(sorted({slot.place.stack_id for slot in slots}))
        number_of_vessel_stack = {key: n for n, key in enumerate(vessel_stacks)}
        stack_boxes = [[problem.number_of.get(box, -1) for box in problem.touched_stacks[key]] for key in yard_stacks]
        below, above = _neighbours(problem)
        settings = problem.call.settings
        prices_min = (settings.dig_min, settings.inversion_min, PEAK_MIN, problem.change_min)
        *prices, change = (round(POINTS_PER_MIN * minutes) for minutes in prices_min)
        most_changes = NO_LIMIT if problem.most_changes is None else problem.most_changes
        given = (
            _ints(slot.due_s for slot in slots),
            _ints(slot.due_s // WINDOW_S for slot in slots),
            _ints(accumulate((len(group) for group in problem.groups), initial=0)),
            _ints(slot for group in problem.groups for slot in group),
            _ints(n for n, group in enumerate(problem.groups) for _ in group),
            _ints(box.gross_mass_kg for box in boxes),
            _ints(_operator_number(box.operator, operators) for box in boxes),
            _ints(stack_number[(b.position.block, b.position.bay, b.position.row)] if b else -1 for b in standing),
            _ints(blocks.index(b.position.block) if b else -1 for b in standing),
            _ints(accumulate((len(stack) for stack in stack_boxes), initial=0)),
            _ints(box for stack in stack_boxes for box in stack),
            _ints(number_of_vessel_stack[slot.place.stack_id] for slot in slots),
            _table(_shares(problem), 4),
            _table([_lever(slot) for slot in slots], 3),
            _table(below, 2),
            _table(above, 2),
            _ints(slot.partner for slot in slots),
            _ints(slot.pair_max_kg for slot in slots),
            _ints(slot.min_mass_kg for slot in slots),
            _ints(slot.max_mass_kg for slot in slots),
            _ints(operators.index(slot.operator) if slot.operator else -1 for slot in slots),
            _ints(drift_max(problem)),
            _ints([*prices, settings.max_inversion_kg, change, most_changes]),
        )
        return cls(problem, given, vessel_stacks, blocks)

    def choice(self, box_at: Sequence[int]) -> FlatChoice:
        """State of a choice, all of it counted anew."""
        slot_of = [0] * len(box_at)
        for slot, box in enumerate(box_at):
            slot_of[box] = slot
        window, stack_from, block = self.given[1], self.given[9], self.given[8]
        given = np.zeros((max(1, len(self.blocks)), 1 + int(max(window, default=0))), np.int64)
        for slot, box in enumerate(box_at):
            if block[box] >= 0:
                given[block[box], window[slot]] += 1
        slots = np.array(slot_of, np.int64)
        digs = [
            kernels.digs_of(stack, self.given[0], slots, stack_from, self.given[10])
            for stack in range(len(stack_from) - 1)
        ]
        return FlatChoice(
            np.array(box_at, np.int64), slots, _ints(digs), self._room(box_at), given, np.zeros(3, np.int64)
        )

    def _room(self, box_at: Sequence[int]) -> Array:
        """What is left in each vessel stack under each limit that `share` counts; 0 where it is passed already."""
        problem = self.problem
        carried = {stack_id: [0, 0, 0, 0] for stack_id in self.vessel_stacks}
        for container, place in _aboard(problem, box_at):
            if place.stack_id in carried:
                for k, halves in enumerate(_SHARES[place.end]):
                    carried[place.stack_id][k] += halves * container.gross_mass_kg
        for stack_id, boxes in _by_stack(_aboard(problem, box_at)).items():
            if stack_id in carried:
                carried[stack_id][3] = sum(lever * box.gross_mass_kg for box, _, lever in _with_lashing_levers(boxes))
        cap_kg_m = problem.call.vessel.limits.max_lashing_kg_m
        stacks = problem.call.vessel.stack_by_id
        rooms = [
            [
                max(0, limit - mass)
                for limit, mass in zip(_limits(stacks[stack_id], cap_kg_m), carried[stack_id], strict=True)
            ]
            for stack_id in self.vessel_stacks
        ]
        return _table(rooms, 4)

    def points(self, choice: FlatChoice) -> int:
        """The cost counted anew, in points."""
        return points(self.problem, price(self.problem, choice.box_at.tolist()))


@dataclass
class FlatChoice:
    """See `kernels`."""

    box_at: Array
    slot_of: Array
    stack_digs: Array
    room: Array
    given: Array
    drift: Array

    def anneal(self, flat: FlatProblem, iterations: int, hot: float, cold: float, state: Array) -> int:
        """Anneal in place; returns the change of the cost in points."""
        go_on: Any = kernels.anneal
        fields = (self.box_at, self.slot_of, self.stack_digs, self.room, self.given, self.drift)
        return int(go_on(*flat.given, *fields, iterations, hot, cold, state))


def drift_max(problem: YardProblem) -> tuple[int, int, int]:
    """Largest change of the ship's moments, in kg mm; no limit where the profile knows no hydrostatics."""
    vessel = problem.call.vessel
    if not vessel.hydrostatics:
        return NO_LIMIT, NO_LIMIT, NO_LIMIT
    cargo_kg = sum(s.container.gross_mass_kg for s in problem.call.remaining)
    ship_kg = vessel.lightship_kg + cargo_kg + sum(box.gross_mass_kg for box in problem.boxes)
    along, across, up = (ship_kg * drift for drift in DRIFT_MM)
    return along, across, up


def points(problem: YardProblem, of: Price) -> int:
    settings = problem.call.settings
    parts = (
        (settings.dig_min, of.digs),
        (settings.inversion_min, of.inversions),
        (PEAK_MIN, of.peak_squares),
        (problem.change_min, of.changes),
    )
    return sum(round(POINTS_PER_MIN * minutes) * count for minutes, count in parts)


def _ints(values: Any) -> Array:
    return np.array(list(values), np.int64)


def _table(rows: Sequence[Sequence[int]], columns: int) -> Array:
    return np.array(rows, np.int64).reshape(-1, columns)


def _neighbours(problem: YardProblem) -> tuple[list[list[int]], list[list[int]]]:
    below = [[*slots_below, -1, -1][:2] for slots_below in neighbours_below(problem)]
    above = [[-1, -1] for _ in below]
    for slot, others in enumerate(below):
        for other in others:
            if other >= 0:
                above[other][above[other].index(-1)] = slot
    return below, above


def _operator_number(operator: str, asked_for: Sequence[str]) -> int:
    if not operator:
        return kernels.UNKNOWN_OPERATOR
    return asked_for.index(operator) if operator in asked_for else -1


def _lever(slot: Slot) -> tuple[int, int, int]:
    stack = slot.place.stack
    along = stack.lcg_at_mm(slot.place.end)
    return along or 0, stack.tcg_mm or 0, slot.place.cell.vcg_mm or 0


def _limits(stack: VesselStack, lashing_cap_kg_m: int | None) -> tuple[int, int, int, int]:
    """Weights in half kilograms, as `_SHARES` counts; lashing in kg and half mm."""
    per_end = NO_LIMIT if stack.max_weight_20_kg is None else 2 * stack.max_weight_20_kg
    whole = NO_LIMIT if stack.max_weight_40_kg is None else 2 * stack.max_weight_40_kg
    is_lashed = lashing_cap_kg_m is not None and stack.level is Level.DECK
    return per_end, per_end, whole, 2_000 * (lashing_cap_kg_m or 0) if is_lashed else NO_LIMIT


def _aboard(problem: YardProblem, box_at: Sequence[int]) -> Iterator[tuple[Container, Place]]:
    """Everything that sails, and where."""
    for container, position in others_aboard(problem):
        place = problem.call.vessel.place(position)
        if place is not None:
            yield container, place
    for slot, box in enumerate(box_at):
        yield problem.boxes[box], problem.slots[slot].place


def _by_stack(aboard: Iterable[tuple[Container, Place]]) -> dict[StackId, list[tuple[Container, Place]]]:
    found: dict[StackId, list[tuple[Container, Place]]] = {}
    for container, place in aboard:
        found.setdefault(place.stack_id, []).append((container, place))
    return found


def _with_lashing_levers(boxes: Iterable[tuple[Container, Place]]) -> Iterator[tuple[Container, Place, int]]:
    """Twice the height of each box's middle over the base of its stack, the lever of the lashing surrogate."""
    reached = dict.fromkeys((End.FORE, End.AFT), 0)
    for container, place in sorted(boxes, key=lambda entry: (entry[1].level_index, entry[1].end)):
        base = max(reached[end] for end in place.end.halves)
        yield container, place, 2 * base + container.height_mm
        for end in place.end.halves:
            reached[end] = base + container.height_mm


def _shares(problem: YardProblem) -> list[list[int]]:
    levers = {
        (place.stack_id, place.level_index, place.end): lever
        for boxes in _by_stack(_aboard(problem, range(len(problem.slots)))).values()
        for _, place, lever in _with_lashing_levers(boxes)
    }
    places = [slot.place for slot in problem.slots]
    return [[*_SHARES[place.end], levers[(place.stack_id, place.level_index, place.end)]] for place in places]
