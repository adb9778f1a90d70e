"""What is given: the lifts of every vessel bay in a possible order, and the cranes in their order along the ship."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property

from cabria.domain.calls import VesselCall
from cabria.domain.containers import Container, ContainerId
from cabria.domain.errors import DataError
from cabria.domain.positions import StowPosition
from cabria.domain.stowage import Stowed
from cabria.domain.terminal import QuayCrane
from cabria.domain.vessel import End, Place, StackId, VesselProfile
from cabria.domain.work import StepKind, WorkQueue
from cabria.planning.cranes.lifts import Handled, Lift, Section, Side, opened_lids, sections_of

WAITING_PRICE = 0.01
"""What a minute of a waiting crane costs, in minutes of makespan."""
SHARED_BAY_S = 120
"""What it costs in makespan that a bay is handed from one crane to another."""


@dataclass(frozen=True, slots=True)
class BayWork:
    """The work of one vessel bay, or of several that a lid ties together, in a physically possible order.

    Sections are where it may be cut between cranes; the first `sections_out` of them are the way out. `waits_for` are
    the works (by index) whose way out must be over before this one's way in begins: boxes restowed from bay to bay.
    """

    places: tuple[int, ...]
    """Numbers of the vessel bays, rising."""
    rows: int
    sections: tuple[Section, ...]
    sections_out: int
    waits_for: tuple[int, ...] = ()

    @property
    def first_place(self) -> int:
        return self.places[0]

    @property
    def last_place(self) -> int:
        return self.places[-1]


@dataclass(frozen=True)
class CraneProblem:
    """Quay crane scheduling of one call (the QCSP of the literature, with lids, twins and restows).

    `cranes` run from the bow; places are numbers of vessel bays. Cranes c < d keep `(d - c) * gap` numbers apart,
    whichever of those between have work. `travel_s` is the gantry time over four numbers of the slowest crane and
    counts for all, so that room for one crane to give way is room for each.
    """

    call_id: str
    cranes: tuple[QuayCrane, ...]
    works: tuple[BayWork, ...]
    gap: int
    travel_s: int
    queue_order: tuple[str, ...]

    @classmethod
    def of(
        cls,
        call: VesselCall,
        *,
        loads: Mapping[ContainerId, StowPosition],
        restows: Mapping[ContainerId, StowPosition],
    ) -> CraneProblem:
        """Raises DataError when a box is out of reach: one that stays stands above it or on its lid and is not in
        `restows`, its slot is not in the profile, or no crane is there."""
        terminal = call.terminal
        handled = list(_handled(call, loads, restows))
        _refuse_what_is_buried(call, handled, restows)
        cranes = tuple(
            sorted(terminal.quay_cranes, key=lambda crane: crane.x_mm, reverse=call.bow_towards_x),
        )
        if handled and not cranes:
            raise DataError(f"Terminal {terminal.name} has no quay crane for the {len(handled)} moves of the call.")
        twin_max_kg = max((c.twin_max_kg for c in cranes if c.may_twin and call.settings.may_twin), default=0)
        works = _works(call.vessel, handled, Side(1 if call.bow_towards_x else -1), twin_max_kg)
        for work in works:
            if not any(crane.outreach_rows >= work.rows for crane in cranes):
                raise DataError(
                    f"No quay crane reaches across the {work.rows} rows of bay {work.first_place:02}.",
                    place=f"bay {work.first_place:02}",
                )
        return cls(
            call_id=call.id,
            cranes=cranes,
            works=works,
            gap=4 * (terminal.crane_gap_bays + 1),
            travel_s=max((crane.bay_travel_s for crane in cranes), default=0),
            queue_order=tuple(crane.id for crane in terminal.quay_cranes),
        )

    def travel_time_s(self, numbers: int) -> int:
        """Gantry time over a distance in bay numbers, rounded up."""
        return -(-max(0, numbers) * self.travel_s // 4)

    def may_work(self, crane: QuayCrane, work: BayWork) -> bool:
        return crane.outreach_rows >= work.rows

    @cached_property
    def lifts(self) -> tuple[Lift, ...]:
        return tuple(lift for work in self.works for section in work.sections for lift in section)


@dataclass(frozen=True, slots=True)
class Block:
    """A part of a bay's work that one crane does without leaving: sections `first` to before `end`."""

    work: int
    first: int
    end: int
    crane: int


@dataclass(frozen=True)
class CraneSolution:
    """Work queues in the terminal's order of cranes, and the blocks they are made of, by start."""

    queues: tuple[WorkQueue, ...]
    blocks: tuple[Block, ...]
    makespan_s: int
    waiting_s: int
    """Standing still between a crane's first and last step, travel not counted."""
    bound_s: int
    bound_reason: str
    why_longest: str


def _handled(
    call: VesselCall, loads: Mapping[ContainerId, StowPosition], restows: Mapping[ContainerId, StowPosition]
) -> Iterator[Handled]:
    def at(kind: StepKind, container: Container, position: StowPosition) -> Handled:
        place = call.vessel.place(position)
        if place is None:
            raise DataError(
                f"Container {container.id} ({kind}) has slot {position}, which the profile of "
                f"{call.vessel.name} does not have.",
                place=f"slot {position}",
            )
        return Handled(kind, container, position, place)

    for container, position in call.discharges:
        yield at(StepKind.DISCHARGE, container, position)
    staying = {stowed.container.id: stowed for stowed in call.remaining}
    for container_id, target in restows.items():
        stowed = staying.get(container_id)
        if stowed is None:
            raise DataError(f"Container {container_id} is to be restowed but does not stay aboard.")
        yield at(StepKind.RESTOW_OFF, stowed.container, stowed.position)
        yield at(StepKind.RESTOW_ON, stowed.container, target)
    for container_id, target in loads.items():
        load = call.load_by_id.get(container_id)
        if load is None:
            raise DataError(f"Container {container_id} is planned aboard but is not on the load list.")
        yield at(StepKind.LOAD, load, target)


def _refuse_what_is_buried(
    call: VesselCall, handled: Iterable[Handled], restows: Mapping[ContainerId, StowPosition]
) -> None:
    standing: dict[StackId, list[tuple[Stowed, Place]]] = {}
    for stowed in call.remaining:
        place = call.vessel.place(stowed.position)
        if stowed.container.id not in restows and place is not None:
            standing.setdefault(place.stack_id, []).append((stowed, place))

    def refuse(stowed: Stowed, why: str) -> None:
        raise DataError(
            f"Container {stowed.container.id} in slot {stowed.position} stays aboard and stands {why}.",
            place=f"slot {stowed.position}",
            remedy="It must be restowed.",
        )

    handled = list(handled)
    for h in handled:
        for stowed, place in standing.get(h.place.stack_id, ()):
            shares_end = End.BOTH in (place.end, h.place.end) or place.end is h.place.end
            if shares_end and place.level_index >= h.place.level_index:
                where = "above" if place.level_index > h.place.level_index else "in"
                refuse(stowed, f"{where} slot {h.position}, where {h.container.id} is lifted ({h.kind})")
    for lid in opened_lids(call.vessel, handled):
        for stack in lid.carries:
            for stowed, _ in standing.get(stack, ()):
                refuse(stowed, f"on hatch cover {lid.id}, which must be opened")


def _works(vessel: VesselProfile, handled: list[Handled], side: Side, twin_max_kg: int) -> tuple[BayWork, ...]:
    group_of = _tied_bays(vessel, handled)
    groups: dict[int, list[Handled]] = {}
    for h in sorted(handled, key=lambda h: (h.place.bay.number, h.position, h.kind)):
        groups.setdefault(group_of[h.place.bay.number], []).append(h)
    index = {group: number for number, group in enumerate(sorted(groups))}
    work_of_off = {
        h.container.id: index[group_of[h.place.bay.number]] for h in handled if h.kind is StepKind.RESTOW_OFF
    }
    works = []
    for group in sorted(groups):
        boxes = groups[group]
        sections, sections_out = sections_of(vessel, boxes, side, twin_max_kg)
        places = {lift.bay for section in sections for lift in section}
        comes_from = {work_of_off[h.container.id] for h in boxes if h.kind is StepKind.RESTOW_ON} - {index[group]}
        works.append(
            BayWork(
                places=tuple(sorted(places)),
                rows=max(len({stack.row for stack in h.place.bay.stacks}) for h in boxes),
                sections=tuple(sections),
                sections_out=sections_out,
                waits_for=tuple(sorted(comes_from)),
            )
        )
    return tuple(works)


def _tied_bays(vessel: VesselProfile, handled: Iterable[Handled]) -> dict[int, int]:
    """For each bay the lowest bay it is worked together with, because a lid to be opened touches both."""
    group = {bay.number: bay.number for bay in vessel.bays}
    for lid in opened_lids(vessel, handled):
        touched = {group[stack.bay] for stack in (*lid.closes, *lid.carries)}
        for number, current in group.items():
            if current in touched:
                group[number] = min(touched)
    return group
