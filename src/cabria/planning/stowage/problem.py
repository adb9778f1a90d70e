"""What is given: what stays where it is, what must be lifted and set again, and what may be loaded and where.

`StowageProblem.of(call)` decides once what the search may not touch: boxes that cannot be loaded at all, boxes aboard
that must be lifted because something under them leaves, and the lids that are opened.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property

from cabria.domain.calls import VesselCall
from cabria.domain.containers import Container, ContainerId
from cabria.domain.positions import StowPosition
from cabria.domain.stowage import Stowed
from cabria.domain.vessel import Cell, End, Level, Place, StackId, VesselProfile
from cabria.planning.stowage.permitted import Permitted

LENGTHS_FT = (20, 40, 45)


@dataclass(frozen=True)
class StowageSolution:
    """A slot for each load that is taken, a reason for each that is not, new slots of boxes lifted and set again.

    A restow may go back to its old slot. `tank_contents_kg` proposes ballast; None keeps what the tanks hold.
    """

    loads: Mapping[ContainerId, StowPosition]
    refused: Mapping[ContainerId, str]
    restows: Mapping[ContainerId, StowPosition]
    tank_contents_kg: Mapping[str, int] | None = None


@dataclass(frozen=True)
class StowageProblem:
    """One call as the search sees it.

    `staying` are boxes aboard at their place, those included that are lifted for a lid and set back where they were
    (`set_back`). `lifted` lose what they stand on and need a new place like a load. `loads` are what may be loaded;
    `refused` says why the others may not. `opened` are the lids that are opened.
    """

    call: VesselCall
    staying: tuple[Stowed, ...]
    set_back: tuple[Stowed, ...]
    lifted: tuple[Stowed, ...]
    loads: tuple[Container, ...]
    refused: Mapping[ContainerId, str]
    opened: frozenset[str]
    pinned: Mapping[ContainerId, StowPosition] = field(default_factory=dict)
    """Loads and restows whose slot is decided; they are not among `loads` and `lifted` any more but in `staying`."""
    must_load: frozenset[ContainerId] = frozenset()
    """Boxes that are left ashore only when nothing else is possible."""
    loosened: frozenset[ContainerId] = frozenset()
    """Boxes of the earlier plan that may move although they could stay."""

    @classmethod
    def of(cls, call: VesselCall, also_open: Collection[str] = ()) -> StowageProblem:
        """`also_open` are lids to open although nothing under them is discharged."""
        lifted = _standing_over_a_hole(call)
        staying = tuple(stowed for stowed in call.remaining if stowed.container.id not in lifted)
        touched = [*call.discharges, *(Stowed(c, at) for c, at in call.remaining if c.id in lifted)]
        named = [instruction.position for instruction in call.instructions] + wished_slots(call)
        opened = {*also_open, *lids_over(call.vessel, [*(stowed.position for stowed in touched), *named])}
        refused = {load.id: reason for load in call.loads if (reason := why_not(call, load))}
        return cls(
            call=call,
            staying=staying,
            set_back=_standing_on(call.vessel, staying, opened),
            lifted=tuple(stowed for stowed in call.remaining if stowed.container.id in lifted),
            loads=tuple(load for load in call.loads if load.id not in refused),
            refused=refused,
            opened=frozenset(opened),
            must_load=frozenset(pin.container for pin in call.wishes.pins),
        )

    def with_needed_lids(self) -> StowageProblem:
        """The same problem, but lids under which nothing is discharged, lifted or pinned stay on."""
        touched = [stowed.position for stowed in (*self.call.discharges, *self.lifted)]
        touched += [
            self.call.arrival.by_container[box].position for box in self.pinned if box not in self.call.load_by_id
        ]
        opened = lids_over(self.call.vessel, [*touched, *self.pinned.values()])
        set_back = _standing_on(self.call.vessel, self.set_back, opened)
        return replace(self, opened=frozenset(opened), set_back=set_back)

    def pin(self, pins: Iterable[Stowed], refused: Mapping[ContainerId, str]) -> StowageProblem:
        """The same problem with some boxes' slots decided and some more refused."""
        pins = tuple(pins)
        decided = {stowed.container.id: stowed.position for stowed in pins}
        return replace(
            self,
            staying=(*self.staying, *pins),
            lifted=tuple(stowed for stowed in self.lifted if stowed.container.id not in decided),
            loads=tuple(load for load in self.loads if load.id not in decided and load.id not in refused),
            refused={**self.refused, **refused},
            pinned={**self.pinned, **decided},
        )

    @cached_property
    def staying_by_stack(self) -> Mapping[StackId, Sequence[Stowed]]:
        """What stays or is pinned, where the profile has a place for it."""
        found: dict[StackId, list[Stowed]] = defaultdict(list)
        for stowed in self.staying:
            if place := self.call.vessel.place(stowed.position):
                found[place.stack_id].append(stowed)
        return dict(found)

    @cached_property
    def permitted(self) -> Permitted:
        return Permitted(self.call)

    @property
    def closed_from(self) -> Mapping[StackId, tuple[int, int]]:
        """Stacks that the planner closed for all boxes, and from which level on at the fore and aft end."""
        return self.permitted.closed_from

    @property
    def kinds(self) -> tuple[frozenset[StackId], ...]:
        """For each kind of box the stacks that the planner closed to it; kind 0 may go anywhere."""
        return self.permitted.kinds

    def kind_of(self, box: Container) -> int:
        return self.permitted.kind_of(box)

    @cached_property
    def closed_stacks(self) -> frozenset[StackId]:
        """Stacks into which nothing may be put: under a lid that stays on, or under boxes that hang."""
        profile = self.call.vessel
        under_a_box = {
            stack_id
            for stack_id, lids in profile.lids_over.items()
            if any(lid.id not in self.opened and lid.id in self._burdened_lids for lid in lids)
        }
        return frozenset(under_a_box | _odd_stacks(profile, self.staying))

    @cached_property
    def _burdened_lids(self) -> frozenset[str]:
        """Lids on which something stands that nobody lifts."""
        profile = self.call.vessel
        set_back = {stowed.container.id for stowed in self.set_back}
        return frozenset(
            lid.id
            for container, position in self.staying
            if container.id not in set_back and container.id not in self.pinned and (place := profile.place(position))
            for lid in profile.lids_under.get(place.stack_id, ())
        )


def why_not(call: VesselCall, load: Container) -> str:
    """Why a load cannot be taken whatever the plan, or "" when it can."""
    if load.holds:
        return f"on hold: {', '.join(load.holds)}"
    if load.is_full and not load.mass_is_verified:
        return "no verified gross mass (SOLAS VI/2)"
    if load.pod == call.port:
        return f"its port of discharge is this port, {call.port}"
    if call.rotation and load.pod not in call.port_order:
        return f"its port of discharge {load.pod or '(none)'} is not in the ship's rotation"
    if load.length_ft not in LENGTHS_FT:
        return f"no cell for a length of {load.length_ft} ft"
    if not call.vessel.has_cell_for(load.length_ft, with_plug=load.needs_plug):
        plug = " with a plug" if load.needs_plug else ""
        return f"the ship has no cell of {load.length_ft} ft{plug}"
    return ""


def wished_slots(call: VesselCall) -> list[StowPosition]:
    """A slot of each stack to which the planner pins a box or in which he keeps one; lids over them are opened."""
    wishes, known = call.wishes, call.load_by_id
    kept = [slot for box, slot in wishes.budget.earlier.items() if box in known] if wishes.budget else []
    parts = [pin.to for pin in wishes.pins if pin.container in known]
    slots = [part.slot for part in parts if part.slot is not None]
    for part in parts:
        if part.row is not None and part.level is Level.HOLD:
            slots += [
                StowPosition(bay.number, stack.row, stack.cells[0].tier)
                for bay in call.vessel.bays
                for stack in bay.stacks
                if (stack.row, stack.level) == (part.row, part.level) and part.bay in (bay.number, bay.fore, bay.aft)
            ]
    return [*kept, *slots]


def takes(cell: Cell, end: End, box: Container) -> bool:
    """Whether a cell takes a box of this length at this end."""
    if box.is_20:
        return (end is End.FORE and cell.takes_20_fore) or (end is End.AFT and cell.takes_20_aft)
    return end is End.BOTH and (cell.takes_45 if box.length_ft > 40 else cell.takes_40)


def has_plug(cell: Cell, end: End) -> bool:
    """A 20 ft reefer needs the plug of its own end, a longer one either."""
    return (cell.has_plug_fore and end is not End.AFT) or (cell.has_plug_aft and end is not End.FORE)


def _standing_over_a_hole(call: VesselCall) -> set[ContainerId]:
    """Boxes that stay aboard over one that is discharged or lifted."""
    by_stack: dict[StackId, list[tuple[int, Place, Container]]] = defaultdict(list)
    for container, position in call.arrival:
        if place := call.vessel.place(position):
            by_stack[place.stack_id].append((place.level_index, place, container))
    lifted: set[ContainerId] = set()
    for boxes in by_stack.values():
        holes: set[End] = set()
        for _, place, container in sorted(boxes, key=lambda entry: entry[0]):
            if container.pod == call.port:
                holes.update(place.end.halves)
            elif holes.intersection(place.end.halves):
                lifted.add(container.id)
                holes.update(place.end.halves)
    return lifted


def lids_over(profile: VesselProfile, positions: Iterable[StowPosition]) -> set[str]:
    """Lids that must be off to reach slots."""
    places = [profile.place(position) for position in positions]
    return {lid.id for place in places if place for lid in profile.lids_over.get(place.stack_id, ())}


def _standing_on(profile: VesselProfile, stowed: Iterable[Stowed], lids: Collection[str]) -> tuple[Stowed, ...]:
    return tuple(
        entry
        for entry in stowed
        if (place := profile.place(entry.position))
        and any(lid.id in lids for lid in profile.lids_under.get(place.stack_id, ()))
    )


def _odd_stacks(profile: VesselProfile, staying: Iterable[Stowed]) -> set[StackId]:
    """Stacks in which a box stands that nothing carries, or where a plan of the ship disagrees with the profile."""
    taken: dict[StackId, dict[End, set[int]]] = defaultdict(lambda: {End.FORE: set(), End.AFT: set()})
    odd: set[StackId] = set()
    for container, position in staying:
        place = profile.place(position)
        if place is None:
            continue
        if container.is_20 is (place.end is End.BOTH):
            odd.add(place.stack_id)
        for half in place.end.halves:
            if place.level_index in taken[place.stack_id][half]:
                odd.add(place.stack_id)
            taken[place.stack_id][half].add(place.level_index)
    for stack_id, by_half in taken.items():
        cells = profile.stack_by_id[stack_id].cells
        for half, levels in by_half.items():
            offered = [level for level, cell in enumerate(cells) if offers(cell, half)]
            if levels != set(offered[: len(levels)]):
                odd.add(stack_id)
    return odd


def offers(cell: Cell, half: End) -> bool:
    """Whether anything can stand in this end of a cell."""
    return cell.takes_40 or cell.takes_45 or (cell.takes_20_fore if half is End.FORE else cell.takes_20_aft)
