"""The problem and a choice of boxes as the flat arrays that the kernel works on (see `kernels`)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate
from typing import Any

import numpy as np

from cabria.domain.plan import LoadingPlan, departure
from cabria.domain.stowage import Stowed
from cabria.domain.vessel import End, StackId, VesselStack
from cabria.domain.work import StepKind
from cabria.planning.yard import kernels
from cabria.planning.yard.kernels import Array
from cabria.planning.yard.operators import Price, price
from cabria.planning.yard.problem import NO_LIMIT, PEAK_MIN, WINDOW_S, Slot, YardProblem, neighbours_below

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
        below, above = _neighbours(slots)
        settings = problem.call.settings
        prices_min = (settings.dig_min, settings.inversion_min, PEAK_MIN)
        given = (
            _ints(slot.due_s for slot in slots),
            _ints(slot.due_s // WINDOW_S for slot in slots),
            _ints(accumulate((len(group) for group in problem.groups), initial=0)),
            _ints(slot for group in problem.groups for slot in group),
            _ints(n for n, group in enumerate(problem.groups) for _ in group),
            _ints(box.gross_mass_kg for box in boxes),
            _ints(operators.index(box.operator) if box.operator in operators else -1 for box in boxes),
            _ints(stack_number[(b.position.block, b.position.bay, b.position.row)] if b else -1 for b in standing),
            _ints(blocks.index(b.position.block) if b else -1 for b in standing),
            _ints(accumulate((len(stack) for stack in stack_boxes), initial=0)),
            _ints(box for stack in stack_boxes for box in stack),
            _ints(number_of_vessel_stack[slot.place.stack_id] for slot in slots),
            _table([_SHARES[slot.place.end] for slot in slots], 3),
            _table([_lever(slot) for slot in slots], 3),
            _table(below, 2),
            _table(above, 2),
            _ints(slot.partner for slot in slots),
            _ints(slot.pair_max_kg for slot in slots),
            _ints(slot.min_mass_kg for slot in slots),
            _ints(slot.max_mass_kg for slot in slots),
            _ints(operators.index(slot.operator) if slot.operator else -1 for slot in slots),
            _ints(drift_max(problem)),
            _ints([*(round(POINTS_PER_MIN * minutes) for minutes in prices_min), settings.max_inversion_kg]),
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
        """Half kilograms left in each vessel stack; nothing where there is already too much."""
        problem = self.problem
        carried = {stack_id: [0, 0, 0] for stack_id in self.vessel_stacks}
        aboard = _others_aboard(problem)
        for slot, box in enumerate(box_at):
            aboard.append(Stowed(problem.boxes[box], problem.slots[slot].position))
        for container, position in aboard:
            place = problem.call.vessel.place(position)
            if place is not None and place.stack_id in carried:
                for k, halves in enumerate(_SHARES[place.end]):
                    carried[place.stack_id][k] += halves * container.gross_mass_kg
        stacks = problem.call.vessel.stack_by_id
        rooms = [
            [max(0, limit - mass) for limit, mass in zip(_limits(stacks[stack_id]), carried[stack_id], strict=True)]
            for stack_id in self.vessel_stacks
        ]
        return _table(rooms, 3)

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
    parts = ((settings.dig_min, of.digs), (settings.inversion_min, of.inversions), (PEAK_MIN, of.peak_squares))
    return sum(round(POINTS_PER_MIN * minutes) * count for minutes, count in parts)


def _ints(values: Any) -> Array:
    return np.array(list(values), np.int64)


def _table(rows: Sequence[Sequence[int]], columns: int) -> Array:
    return np.array(rows, np.int64).reshape(-1, columns)


def _neighbours(slots: Sequence[Slot]) -> tuple[list[list[int]], list[list[int]]]:
    below = [[*slots_below, -1, -1][:2] for slots_below in neighbours_below(slots)]
    above = [[-1, -1] for _ in slots]
    for slot, others in enumerate(below):
        for other in others:
            if other >= 0:
                above[other][above[other].index(-1)] = slot
    return below, above


def _lever(slot: Slot) -> tuple[int, int, int]:
    stack = slot.place.stack
    along = stack.lcg_at_mm(slot.place.end)
    return along or 0, stack.tcg_mm or 0, slot.place.cell.vcg_mm or 0


def _limits(stack: VesselStack) -> tuple[int, int, int]:
    """In half kilograms, as `_SHARES` counts."""
    per_end = NO_LIMIT if stack.max_weight_20_kg is None else 2 * stack.max_weight_20_kg
    whole = NO_LIMIT if stack.max_weight_40_kg is None else 2 * stack.max_weight_40_kg
    return per_end, per_end, whole


def _others_aboard(problem: YardProblem) -> list[Stowed]:
    """What sails and is not loaded here: what stays, restowed as the queues say."""
    restows = {
        container: position
        for queue in problem.queues
        for step in queue.steps
        if step.kind is StepKind.RESTOW_ON
        for container, position in zip(step.containers, step.positions, strict=True)
    }
    return list(departure(problem.call, LoadingPlan(problem.call.id, {}, restows=restows)))
