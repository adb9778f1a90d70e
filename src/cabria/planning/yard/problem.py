"""What is given: the slots of a call in the order the quay cranes want them, and which boxes may change places."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from operator import itemgetter

from cabria.domain.calls import CallSettings, VesselCall
from cabria.domain.containers import Container, ContainerId
from cabria.domain.errors import DataError
from cabria.domain.positions import StowPosition
from cabria.domain.stowage import Stowed
from cabria.domain.vessel import End, Place, StackId
from cabria.domain.work import StepKind, WorkQueue, YardMove
from cabria.domain.yard import YardBlock, YardBox, YardInventory
from cabria.planning.yard.ground import StackKey

WINDOW_S = 900
"""Peaks of yard blocks are counted in quarters of an hour."""
PEAK_MIN = 0.01
"""What the square of a block's moves in one window costs in minutes; small beside a dig."""

NO_LIMIT = 1 << 60


@dataclass(frozen=True, slots=True)
class Slot:
    """A slot to be loaded, when its crane wants the box, and what the box must be beyond its group."""

    position: StowPosition
    place: Place
    due_s: int
    planned_mass_kg: int
    """What the carrier's instruction says, else the mass of the box that stowage put here."""
    min_mass_kg: int
    max_mass_kg: int
    operator: str
    """Asked for by the carrier's instruction; "" is any."""
    partner: int
    """The slot lifted together with this one, -1 when it is lifted alone."""
    pair_max_kg: int


@dataclass(frozen=True)
class YardProblem:
    """Box and slot n belong together as stowage planned them; slots are in the order of their due times.

    `groups` are the numbers of slots whose boxes may be permuted: same length, height, kind, plug, port of discharge,
    full or empty, handling and class of mass. Dangerous and out-of-gauge boxes stay where they are.
    """

    call: VesselCall
    queues: tuple[WorkQueue, ...]
    slots: tuple[Slot, ...]
    boxes: tuple[Container, ...]
    groups: tuple[tuple[int, ...], ...]
    change_min: float = 0.0
    """What it costs in minutes that a slot gets another box than planned."""
    most_changes: int | None = None
    """How many slots may; None is any number."""

    @classmethod
    def of(
        cls,
        call: VesselCall,
        loads: Mapping[ContainerId, StowPosition],
        queues: Sequence[WorkQueue],
        fixed: Collection[ContainerId] = (),
    ) -> YardProblem:
        """Boxes that are `fixed` stay in their slot.

        Raises DataError when the queues do not load just what `loads` says, or a block is unknown.
        """
        instructions = {instruction.position: instruction for instruction in call.instructions}
        tolerance_kg = call.settings.instruction_mass_tolerance_kg
        twin_max_kg = {crane.id: crane.twin_max_kg for crane in call.terminal.quay_cranes}
        slots: list[Slot] = []
        boxes: list[Container] = []
        for due_s, crane, pairs in _load_steps(queues):
            first = len(slots)
            for number, (container_id, position) in enumerate(pairs):
                box, place = _planned(call, loads, crane, container_id, position)
                instruction = instructions.get(position)
                asked_kg = instruction.gross_mass_kg if instruction else None
                slots.append(
                    Slot(
                        position,
                        place,
                        due_s,
                        box.gross_mass_kg if asked_kg is None else asked_kg,
                        0 if asked_kg is None else asked_kg - tolerance_kg,
                        NO_LIMIT if asked_kg is None else asked_kg + tolerance_kg,
                        instruction.operator if instruction else "",
                        first + 1 - number if len(pairs) == 2 else -1,
                        twin_max_kg.get(crane, NO_LIMIT) if len(pairs) == 2 else NO_LIMIT,
                    )
                )
                boxes.append(box)
        _refuse_others(call, loads, boxes)
        return cls(call, tuple(queues), tuple(slots), tuple(boxes), _groups(boxes, call.settings, fixed))

    @cached_property
    def yard_boxes(self) -> tuple[YardBox | None, ...]:
        """Where each box stands; None for one that is not in the yard (it comes straight to the ship)."""
        by_container = self.call.yard.by_container
        return tuple(by_container.get(box.id) for box in self.boxes)

    @cached_property
    def number_of(self) -> Mapping[ContainerId, int]:
        return {box.id: number for number, box in enumerate(self.boxes)}

    @cached_property
    def touched_stacks(self) -> Mapping[StackKey, tuple[ContainerId, ...]]:
        """Yard stacks in which a box of this call stands, bottom first."""
        return {
            key: tuple(box.id for box in stack)
            for key, stack in self.call.yard.stacks.items()
            if any(box.id in self.number_of for box in stack)
        }

    @cached_property
    def blocks(self) -> Mapping[str, YardBlock]:
        return {block.id: block for block in self.call.terminal.blocks}

    @property
    def yard(self) -> YardInventory:
        return self.call.yard


@dataclass(frozen=True)
class YardSolution:
    """Which box goes in which slot, the work queues naming these boxes, and every lift in the yard in its order.

    `digs_bound` is the number of digs that no choice within the groups avoids.
    """

    loads: Mapping[ContainerId, StowPosition]
    queues: tuple[WorkQueue, ...]
    yard_moves: tuple[YardMove, ...]
    digs: int
    inversions: int
    """Loaded boxes heavier than a loaded box directly below by more than the call's settings allow."""
    peak_block_moves: int
    """Most boxes for the ship that one block gives in a window of `WINDOW_S`."""
    digs_bound: int

    @property
    def digs_per_load(self) -> float:
        return self.digs / len(self.loads) if self.loads else 0.0


def _load_steps(
    queues: Sequence[WorkQueue],
) -> Iterator[tuple[int, str, tuple[tuple[ContainerId, StowPosition], ...]]]:
    """Start, crane and boxes of every load step, by start; cranes in the order of the queues."""
    steps = [(step.start_s, n, queue.crane, step) for n, queue in enumerate(queues) for step in queue.steps]
    for start_s, _, crane, step in sorted(steps, key=itemgetter(0, 1)):
        if step.kind is StepKind.LOAD:
            yield start_s, crane, tuple(zip(step.containers, step.positions, strict=True))


def in_order_of_need(
    call: VesselCall, loads: Mapping[ContainerId, StowPosition], queues: Sequence[WorkQueue]
) -> list[tuple[int, Container]]:
    """When each load is wanted, and which. Raises DataError as `YardProblem.of` does."""
    found = [
        (due_s, _planned(call, loads, crane, container_id, position)[0])
        for due_s, crane, pairs in _load_steps(queues)
        for container_id, position in pairs
    ]
    _refuse_others(call, loads, [box for _, box in found])
    return found


def _planned(
    call: VesselCall,
    loads: Mapping[ContainerId, StowPosition],
    crane: str,
    container_id: ContainerId,
    position: StowPosition,
) -> tuple[Container, Place]:
    place = call.vessel.place(position)
    box = call.load_by_id.get(container_id)
    if place is None or box is None or loads.get(container_id) != position:
        raise DataError(f"Quay crane {crane} loads {container_id} in slot {position}, which is not planned.")
    return box, place


def _refuse_others(call: VesselCall, loads: Mapping[ContainerId, StowPosition], boxes: Sequence[Container]) -> None:
    """Raises DataError where the boxes of the queues are not just the loads, or stand in a block that is unknown."""
    if len(boxes) != len(loads):
        missing = sorted(set(loads) - {box.id for box in boxes})
        raise DataError(f"No quay crane loads container {missing[0]}." if missing else "A container is loaded twice.")
    known = {block.id: block for block in call.terminal.blocks}
    for box in boxes:
        standing = call.yard.by_container.get(box.id)
        if standing is not None and standing.position.block not in known:
            raise DataError(
                f"Container {box.id} stands in block {standing.position.block}, "
                f"which {call.terminal.name} does not have.",
                place=str(standing.position),
            )


def _groups(
    boxes: Sequence[Container], settings: CallSettings, fixed: Collection[ContainerId]
) -> tuple[tuple[int, ...], ...]:
    """Numbers of boxes that may stand for each other; groups of one are left out."""
    groups: dict[object, list[int]] = {}
    for number, box in enumerate(boxes):
        if not box.dangerous and box.out_of_gauge is None and box.id not in fixed:
            groups.setdefault(_group_of(box, settings.mass_class_kg), []).append(number)
    return tuple(tuple(group) for group in groups.values() if len(group) > 1)


def _group_of(box: Container, mass_class_kg: int) -> tuple[object, ...]:
    size = box.size_type
    return (
        size.length_ft, size.height_mm, size.kind, box.needs_plug, box.pod, box.is_full, box.handling,
        box.gross_mass_kg // max(1, mass_class_kg),
    )  # fmt: skip


def neighbours_below(problem: YardProblem) -> tuple[tuple[int, ...], ...]:
    """For each slot those directly below, two for a 40 ft on two 20 ft; none where an older box is among them."""
    at: dict[tuple[StackId, int, End], int] = {}
    for number, slot in enumerate(problem.slots):
        at.update({(slot.place.stack_id, slot.place.level_index, end): number for end in slot.place.end.halves})
    old = {
        (place.stack_id, place.level_index, end)
        for _, position in others_aboard(problem)
        if (place := problem.call.vessel.place(position))
        for end in place.end.halves
    }
    found = []
    for slot in problem.slots:
        below = [(slot.place.stack_id, slot.place.level_index - 1, end) for end in slot.place.end.halves]
        found.append(() if old & set(below) else tuple(sorted({at[key] for key in below if key in at})))
    return tuple(found)


def others_aboard(problem: YardProblem) -> list[Stowed]:
    """What sails and is not loaded here: what stays, restowed as the queues say."""
    restows = {
        container: position
        for queue in problem.queues
        for step in queue.steps
        if step.kind is StepKind.RESTOW_ON
        for container, position in zip(step.containers, step.positions, strict=True)
    }
    return [Stowed(box, restows.get(box.id, position)) for box, position in problem.call.remaining]
