"""What is given: slots, work queues and yard, boxes that may stand for each other, lifts that may change turns."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from cabria.domain.calls import CallSettings, VesselCall
from cabria.domain.containers import Container, ContainerId, Kind
from cabria.domain.machines import TruckModel, YardCraneModel
from cabria.domain.positions import StowPosition, YardPosition
from cabria.domain.vessel import End, StackId
from cabria.domain.work import ONTO_SHIP, CraneStep, StepKind, WorkQueue
from cabria.domain.yard import YardBlock
from cabria.planning.yard.problem import WINDOW_S, YardProblem

PLAIN = (Kind.DRY, Kind.VENTILATED, Kind.REEFER, Kind.INSULATED)
"""Closed boxes that a ship carries alike as long as they need no power."""
NO_TIME, NO_END = -(1 << 40), 1 << 40

_TRUCK, _YARD_CRANE = TruckModel(), YardCraneModel()


@dataclass(frozen=True, slots=True)
class Lift:
    """One load cycle of a quay crane: its slots (two for twins), and the turn the regular order gives it in its run."""

    slots: tuple[int, ...]
    run: int
    home: int
    duration_s: int


@dataclass(frozen=True, slots=True)
class Freedom:
    """What may be changed. Each can be switched off, to see what it is worth."""

    classes: bool = True
    """Boxes of one class of mass may stand for another where the ship's limits allow it; else only within a class."""
    order: bool = True
    """Lifts may change turns inside a bay."""
    feed: bool = True
    """Block peaks, yard cranes' ways, truck kilometres and energy count; else digs and inversions alone."""


FREE = Freedom()


@dataclass(frozen=True)
class JointProblem:
    """Slots and boxes as in `YardProblem`, in the order of the queues as the crane planner made them.

    `runs` are lifts of one crane in one bay with nothing but boxes set on board between them, in their regular order;
    within a run lifts of equal length may change turns. `groups` are slots whose boxes may be exchanged.
    """

    yard: YardProblem
    groups: tuple[tuple[int, ...], ...]
    lifts: tuple[Lift, ...]
    runs: tuple[tuple[int, ...], ...]
    freedom: Freedom = FREE

    @classmethod
    def of(
        cls,
        call: VesselCall,
        loads: Mapping[ContainerId, StowPosition],
        queues: Sequence[WorkQueue],
        fixed: Collection[ContainerId] = (),
        freedom: Freedom = FREE,
    ) -> JointProblem:
        """Boxes that are `fixed` stay in their slot. Raises DataError as `YardProblem.of` does."""
        yard = YardProblem.of(call, loads, queues, fixed)
        runs = _runs(yard)
        lifts = tuple(lift for run in runs for lift in run)
        numbers = iter(range(len(lifts)))
        by_run = tuple(tuple(next(numbers) for _ in run) for run in runs)
        return cls(yard, _groups(yard, fixed) if freedom.classes else yard.groups, lifts, by_run, freedom)

    @property
    def settings(self) -> CallSettings:
        return self.yard.call.settings

    @cached_property
    def lift_of(self) -> Mapping[int, int]:
        """The lift of each slot."""
        return {slot: number for number, lift in enumerate(self.lifts) for slot in lift.slots}

    @cached_property
    def supports(self) -> tuple[tuple[int, ...], ...]:
        """For each slot the slots loaded here that a box in it stands on."""
        at = self._slot_at
        found = []
        for slot in self.yard.slots:
            below = ((slot.place.stack_id, slot.place.level_index - 1, end) for end in slot.place.end.halves)
            found.append(tuple(sorted({at[key] for key in below if key in at})))
        return tuple(found)

    @cached_property
    def turns_s(self) -> tuple[tuple[int, int], ...]:
        """For each slot the span of time in which it may be filled: after the restowed boxes under it, before those
        upon it."""
        begins = {
            (place.stack_id, place.level_index, end): step.start_s
            for queue in self.yard.queues
            for step in queue.steps
            if step.kind is StepKind.RESTOW_ON
            for position in step.positions
            if (place := self.yard.call.vessel.place(position))
            for end in place.end.halves
        }
        found = []
        for slot in self.yard.slots:
            stack, level, ends = slot.place.stack_id, slot.place.level_index, slot.place.end.halves
            after = [begins[key] for end in ends if (key := (stack, level - 1, end)) in begins]
            before = [begins[key] for end in ends if (key := (stack, level + 1, end)) in begins]
            found.append((max(after, default=NO_TIME), min(before, default=NO_END)))
        return tuple(found)

    @cached_property
    def could_be_twins(self) -> tuple[tuple[int, int], ...]:
        """Pairs of slots, the two ends of one cell, that are filled one by one because their boxes are too heavy."""
        if not self.twin_max_kg:
            return ()
        pairs = []
        for (stack, level, end), slot in self._slot_at.items():
            other = self._slot_at.get((stack, level, End.AFT)) if end is End.FORE else None
            alone = other is not None and self.yard.slots[slot].place.end is End.FORE
            if alone and other is not None and self.yard.slots[slot].partner < 0 and self.yard.slots[other].partner < 0:
                pairs.append((slot, other))
        return tuple(pairs)

    @cached_property
    def twin_max_kg(self) -> int:
        cranes = self.yard.call.terminal.quay_cranes
        return max((c.twin_max_kg for c in cranes if c.may_twin and self.settings.may_twin), default=0)

    @cached_property
    def twin_min(self) -> float:
        """What a twin lift saves of the makespan: a cycle, shared by all cranes."""
        cranes = self.yard.call.terminal.quay_cranes
        return min((c.cycle_s for c in cranes), default=0) / 60 / max(1, len(cranes))

    @cached_property
    def runway_m(self) -> tuple[int, ...]:
        """Where each box stands along its block's runway; 0 for one that is not in the yard."""
        blocks = self.yard.blocks
        return tuple(
            0 if box is None else blocks[box.position.block].bay_pitch_mm * box.position.bay // 2_000
            for box in self.yard.yard_boxes
        )

    def way_m(self, boxes: Iterable[int]) -> int:
        """The ways of yard cranes along their blocks from box to box, fetched in this order."""
        last: dict[str, int] = {}
        found = 0
        for box in boxes:
            if standing := self.yard.yard_boxes[box]:
                here = self.runway_m[box]
                found += abs(here - last.get(standing.position.block, here))
                last[standing.position.block] = here
        return found

    @cached_property
    def regular_gantry_m(self) -> int:
        """That way with every box where stowage has it and every lift at its regular turn."""
        return self.way_m(range(len(self.yard.slots)))

    @cached_property
    def stands_m(self) -> tuple[tuple[int, int], ...]:
        """Where a truck fetches each box: along the quay and from it; the quay's middle for one not in the yard."""
        blocks = self.yard.blocks
        middle = (self.yard.call.terminal.quay_length_mm // 2_000, 0)
        return tuple(
            middle if box is None else _place_m(blocks[box.position.block], box.position)
            for box in self.yard.yard_boxes
        )

    @cached_property
    def quay_m(self) -> tuple[int, ...]:
        """Where along the quay each slot's bay lies."""
        return tuple(self.yard.call.quay_x_mm(slot.place.bay.number) // 1_000 for slot in self.yard.slots)

    @cached_property
    def capacity(self) -> Mapping[str, float]:
        """How many boxes each block hands out in a quarter of an hour, by its yard cranes' own times."""
        by_block: dict[str, list[int]] = {}
        for crane in self.yard.call.terminal.yard_cranes:
            by_block.setdefault(crane.block, []).append(crane.move_s)
        alone = [YARD_CRANE_S]
        return {
            block: sum(WINDOW_S / max(1, move_s) for move_s in by_block.get(block, alone)) for block in self.yard.blocks
        }

    @property
    def dig_min(self) -> float:
        """A dig with the energy of its lift."""
        return self.settings.dig_min + self.settings.kwh_min * _YARD_CRANE.wh_per_lift / 1_000

    @property
    def gantry_min_per_m(self) -> float:
        """A yard crane's way along its block: its time and its energy."""
        seconds = 1_000 / _YARD_CRANE.gantry.speed_mm_per_s
        kwh = _YARD_CRANE.wh_per_gantry_km / 1e6
        return self.settings.yard_crane_min * seconds / 60 + self.settings.kwh_min * kwh

    def truck_min_per_m(self, box: Container) -> float:
        """A truck's way with this box and back empty."""
        kwh = truck_kwh_per_km(box.gross_mass_kg) / 1_000
        return 2 * self.settings.truck_km_min / 1_000 + self.settings.kwh_min * kwh

    @cached_property
    def _slot_at(self) -> Mapping[tuple[StackId, int, End], int]:
        return {
            (slot.place.stack_id, slot.place.level_index, end): number
            for number, slot in enumerate(self.yard.slots)
            for end in slot.place.end.halves
        }


YARD_CRANE_S = 110
"""A move of a yard crane where the terminal names none for a block."""


def truck_kwh_per_km(mass_kg: int) -> float:
    """Out with a box and back without it."""
    return (2 * _TRUCK.wh_per_km + _TRUCK.wh_per_t_km * mass_kg / 1_000) / 1_000


def yard_crane_kwh(lifts: int, gantry_m: int) -> float:
    return (lifts * _YARD_CRANE.wh_per_lift + gantry_m * _YARD_CRANE.wh_per_gantry_km / 1_000) / 1_000


def _place_m(block: YardBlock, position: YardPosition) -> tuple[int, int]:
    along, across = block.bay_pitch_mm * position.bay // 2, block.row_pitch_mm * (2 * position.row - 1) // 2
    x, y = (along, across) if block.bays_along_quay else (across, along)
    return (block.x_mm + x) // 1_000, (block.y_mm + y) // 1_000


def _runs(yard: YardProblem) -> tuple[tuple[Lift, ...], ...]:
    slot_at = {slot.position: number for number, slot in enumerate(yard.slots)}
    runs: list[tuple[Lift, ...]] = []
    for queue in yard.queues:
        for steps in _stretches(queue):
            run = len(runs)
            runs.append(
                tuple(
                    Lift(tuple(slot_at[position] for position in step.positions), run, home, step.end_s - step.start_s)
                    for home, step in enumerate(steps)
                )
            )
    return tuple(runs)


def _stretches(queue: WorkQueue) -> Iterator[list[CraneStep]]:
    """The loads of each stretch of a queue in which one bay is filled without anything else between."""
    stretch: list[CraneStep] = []
    for step in queue.steps:
        if step.kind not in ONTO_SHIP or (stretch and stretch[-1].bay != step.bay):
            if stretch:
                yield stretch
            stretch = []
        if step.kind is StepKind.LOAD:
            stretch.append(step)
    if stretch:
        yield stretch


def may_be_exchanged(box: Container) -> bool:
    """Whether another may stand for it, where there is one like it."""
    return not box.dangerous and box.out_of_gauge is None


def _groups(yard: YardProblem, fixed: Collection[ContainerId]) -> tuple[tuple[int, ...], ...]:
    """Numbers of boxes that the ship carries alike but for their mass.

    Where the carrier's instruction says what a slot takes, boxes are exchanged within their class only, and only with
    other such slots.
    """
    class_of = {slot: number for number, group in enumerate(yard.groups) for slot in group}
    asked = {instruction.position for instruction in yard.call.instructions}
    groups: dict[object, list[int]] = {}
    for number, (slot, box) in enumerate(zip(yard.slots, yard.boxes, strict=True)):
        if box.id in fixed or not may_be_exchanged(box):
            continue
        if slot.position in asked:
            key: object = ("class", class_of.get(number, -1 - number))
        else:
            size = box.size_type
            kind = None if size.kind in PLAIN else size.kind
            key = (size.length_ft, size.height_mm, kind, box.needs_plug, box.pod)
        groups.setdefault(key, []).append(number)
    return tuple(tuple(group) for group in groups.values() if len(group) > 1)
