"""A condition of the ship, laid out by stack, level and end so that rules can look around in it.

Nothing is refused here: boxes outside the profile and two boxes in one place are kept apart for the rules to report.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import NamedTuple

from cabria.domain.calls import VesselCall
from cabria.domain.containers import Container, ContainerId
from cabria.domain.plan import LoadingPlan
from cabria.domain.positions import StowPosition
from cabria.domain.stowage import Stowed
from cabria.domain.told import told
from cabria.domain.vessel import Cell, End, Level, Place, StackId, VesselBay, VesselProfile, VesselStack

HALVES: Mapping[End, tuple[End, ...]] = {
    End.FORE: (End.FORE,),
    End.AFT: (End.AFT,),
    End.BOTH: (End.FORE, End.AFT),
}
NO_QUEUES = told("The plan has no work queues yet.", "no-queues")
"""Why rules of work are not judged."""


class Aboard(NamedTuple):
    """A container in a place of the profile."""

    container: Container
    position: StowPosition
    place: Place
    order: int
    """How soon it leaves: 1 at the next port."""
    is_new: bool
    """Put there by the plan: a load, or a restow."""

    @property
    def halves(self) -> tuple[End, ...]:
        return HALVES[self.place.end]

    @property
    def level_index(self) -> int:
        return self.place.level_index


@dataclass(slots=True)
class StackState:
    """One vessel stack with what stands in it. `halves` has, for each end, one place per cell, bottom first."""

    id: StackId
    bay: VesselBay
    stack: VesselStack
    boxes: list[Aboard] = field(default_factory=list)
    """Bottom first, those of one cell fore before aft."""
    halves: dict[End, list[Aboard | None]] = field(default_factory=dict)
    clashes: list[tuple[Aboard, Aboard]] = field(default_factory=list)
    """Boxes that found their place taken, and by whom; they are in `boxes` but not in `halves`."""

    def put(self, box: Aboard) -> None:
        self.boxes.append(box)
        for half in box.halves:
            if standing := self.halves[half][box.level_index]:
                self.clashes.append((box, standing))
                return
        for half in box.halves:
            self.halves[half][box.level_index] = box

    def __str__(self) -> str:
        return name_of_stack(self.id)


def name_of_stack(stack: StackId) -> str:
    return f"bay {stack.bay:02} row {stack.row:02} {stack.level}"


def offers(cell: Cell, half: End) -> bool:
    """Whether anything can stand in this end of a cell."""
    return cell.takes_40 or cell.takes_45 or (cell.takes_20_fore if half is End.FORE else cell.takes_20_aft)


def support_level(stack: VesselStack, level_index: int, half: End) -> int | None:
    """The level whose box must carry this end at `level_index`, or None where the ship itself does.

    The ship carries the lowest cell of an end; where the hold floor steps up that is not the lowest of the stack.
    """
    return next((lower for lower in range(level_index - 1, -1, -1) if offers(stack.cells[lower], half)), None)


@dataclass(frozen=True)
class Condition:
    """The ship with some containers aboard."""

    profile: VesselProfile
    stacks: Mapping[StackId, StackState]
    """Only stacks in which something stands."""
    astray: tuple[Stowed, ...]
    """Containers whose position the profile does not have."""
    changed: Collection[ContainerId]
    """Containers the plan put where they are."""

    @classmethod
    def of(
        cls,
        profile: VesselProfile,
        stowed: Iterable[Stowed],
        order_of: Callable[[Container], int],
        changed: Collection[ContainerId] = (),
    ) -> Condition:
        stacks: dict[StackId, StackState] = {}
        astray: list[Stowed] = []
        found: list[Aboard] = []
        for entry in stowed:
            container, position = entry
            place = profile.place(position)
            if place is None:
                astray.append(entry)
            else:
                found.append(Aboard(container, position, place, order_of(container), container.id in changed))
        # Where two boxes claim one place, the one that stood there before keeps it.
        found.sort(key=lambda box: (box.place.level_index, box.is_new, box.position, box.container.id))
        for box in found:
            stack_id = box.place.stack_id
            state = stacks.get(stack_id)
            if state is None:
                bay, stack = box.place.bay, box.place.stack
                halves: dict[End, list[Aboard | None]] = {half: [None] * len(stack.cells) for half in HALVES[End.BOTH]}
                state = stacks[stack_id] = StackState(stack_id, bay, stack, halves=halves)
            state.put(box)
        return cls(profile, dict(sorted(stacks.items())), tuple(astray), changed)

    def with_stacks(self, stacks: Collection[StackId], other: Condition) -> Condition:
        """The same ship, but with these stacks as another condition has them; boxes astray are left out."""
        here = {stack_id: state for stack_id, state in self.stacks.items() if stack_id not in stacks}
        there = {stack_id: state for stack_id, state in other.stacks.items() if stack_id in stacks}
        changed = {*self.changed, *other.changed}
        return Condition(self.profile, dict(sorted({**here, **there}.items())), (), changed)

    def boxes(self) -> Iterable[Aboard]:
        return (box for state in self.stacks.values() for box in state.boxes)

    def at(self, stack_id: StackId, level_index: int, half: End) -> Aboard | None:
        state = self.stacks.get(stack_id)
        return state.halves[half][level_index] if state and 0 <= level_index < len(state.stack.cells) else None

    def on_deck(self) -> Iterable[StackState]:
        return (state for state in self.stacks.values() if state.id.level is Level.DECK)


@dataclass(frozen=True)
class Case:
    """What is to be judged, with the three conditions of the ship that rules compare.

    `arrival` is everything aboard on arrival, `remaining` what of it stays, where it came; `departure` is how she
    sails if the plan is carried out. Loads that are not on the load list are left out of `departure`.
    """

    call: VesselCall
    plan: LoadingPlan
    arrival: Condition
    remaining: Condition
    departure: Condition
    sailing: tuple[Stowed, ...]
    """Every container of the departure with its position, also those the profile has no place for."""

    @classmethod
    def of(cls, call: VesselCall, plan: LoadingPlan) -> Case:
        orders = _orders_of(call)
        arrival = Condition.of(call.vessel, call.arrival, orders)
        remaining = Condition.of(call.vessel, call.remaining, orders)
        return cls(call, plan, arrival, remaining, *_departure(call, plan))

    def of_another(self, plan: LoadingPlan) -> Case:
        """Another plan of the same call."""
        departure, sailing = _departure(self.call, plan)
        return replace(self, plan=plan, departure=departure, sailing=sailing)


def _orders_of(call: VesselCall) -> Callable[[Container], int]:
    """How soon a container leaves the ship; 0 for here."""
    return lambda container: 0 if container.pod == call.port else call.order_of(container)


def _departure(call: VesselCall, plan: LoadingPlan) -> tuple[Condition, tuple[Stowed, ...]]:
    loaded = [number for number in plan.loads if number in call.load_by_id]
    sailing = sailing_of(call, plan)
    changed = {*loaded, *_elsewhere(call, _moved(call, plan))}
    return Condition.of(call.vessel, sailing, _orders_of(call), changed), sailing


def sailing_of(call: VesselCall, plan: LoadingPlan) -> tuple[Stowed, ...]:
    """Every container of the departure with its position."""
    moved, loads = _moved(call, plan), call.load_by_id
    return (
        *(Stowed(container, moved.get(container.id, position)) for container, position in call.remaining),
        *(Stowed(loads[number], position) for number, position in plan.loads.items() if number in loads),
    )


def _moved(call: VesselCall, plan: LoadingPlan) -> dict[ContainerId, StowPosition]:
    staying = {stowed.container.id for stowed in call.remaining}
    return {number: position for number, position in plan.restows.items() if number in staying}


def _elsewhere(call: VesselCall, moved: Mapping[ContainerId, StowPosition]) -> set[ContainerId]:
    """Restows that do not go back where they came from."""
    return {number for number, position in moved.items() if call.arrival.by_container[number].position != position}
