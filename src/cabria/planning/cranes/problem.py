"""What is given: the lifts of every vessel bay in a possible order, and the cranes in their order along the quay."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from itertools import pairwise
from typing import NamedTuple

from cabria.domain.calls import BAY_NUMBER_MM, VesselCall
from cabria.domain.containers import Container, ContainerId
from cabria.domain.errors import DataError
from cabria.domain.positions import StowPosition
from cabria.domain.stowage import Stowed
from cabria.domain.terminal import QuayCrane, Terminal
from cabria.domain.told import Told
from cabria.domain.vessel import End, HatchCover, Place, StackId
from cabria.domain.wishes import Worked
from cabria.domain.work import CraneStep, StepKind, WorkQueue
from cabria.planning.cranes.lifts import Handled, Lift, Rules, Section, Side, opened_lids, sections_of

WAITING_PRICE = 0.01
"""What a minute of a waiting crane costs, in minutes of makespan."""
SHARED_BAY_S = 120
"""What it costs in makespan that a bay is handed from one crane to another."""
PEAK_PRICE_S = 30
"""What it costs in makespan that a yard block must hand out one box more than it can in a quarter of an hour."""
SPAN_MM = 4 * BAY_NUMBER_MM
"""The stretch of quay a crane passes in its `bay_travel_s`."""
QUARTER_HOUR_S = 900


@dataclass(frozen=True, slots=True)
class ShipWork:
    """What is to be loaded and restowed at one call; its discharges the call knows itself.

    `offset_s` is when its cranes may begin, on the clock that all ships of a problem share. `ready_s` are loads that
    nobody has before that moment, on the ship's own clock.
    """

    call: VesselCall
    loads: Mapping[ContainerId, StowPosition]
    restows: Mapping[ContainerId, StowPosition]
    offset_s: int = 0
    ready_s: Mapping[ContainerId, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class BlockFeed:
    """From which yard block each load comes, and how many boxes each block can hand out in a quarter of an hour."""

    block_of: Mapping[ContainerId, str]
    limits: Mapping[str, int]


class Wait(NamedTuple):
    """Sections of a work from `since` on begin once those of work `other` (by index) before `until` are over."""

    other: int
    until: int
    since: int


@dataclass(frozen=True, slots=True)
class BayWork:
    """The work of one vessel bay, or of several that a lid ties together, in a physically possible order.

    Sections are where it may be cut between cranes; the first `sections_out` of them are the way out. `waits` are for
    boxes restowed from bay to bay, and for the order that the planner wishes. `ship` is the index of its call.
    """

    ship: int
    bays: tuple[int, ...]
    """Numbers of the vessel bays, rising."""
    first_x_mm: int
    last_x_mm: int
    """Where its bays lie along the quay."""
    rows: int
    sections: tuple[Section, ...]
    sections_out: int
    waits: tuple[Wait, ...] = ()
    by: str = ""
    """The only crane that may do it, as it is in the middle of a step there; "" is any."""
    may: frozenset[str] | None = None
    """The cranes that may do it as the planner wishes; None is all."""


@dataclass(frozen=True)
class CraneProblem:
    """Quay crane scheduling of one call, or of ships side by side (the QCSP of the literature, with lids, twins, dual
    cycles, restows, outages, late boxes and yard blocks).

    `cranes` and `works` are in their order along the quay. Cranes c < d keep `(d - c) * gap_mm` apart, whichever of
    those between have work. `travel_s` is the gantry time over `SPAN_MM` of the slowest crane and counts for all, so
    that room for one crane to give way is room for each. A crane waits for loads that are not there before `ready_s`,
    on the clock that all ships share.
    """

    ships: tuple[VesselCall, ...]
    offsets_s: tuple[int, ...]
    cranes: tuple[QuayCrane, ...]
    works: tuple[BayWork, ...]
    gap_mm: int
    travel_s: int
    feed: BlockFeed | None = None
    ready_s: Mapping[ContainerId, int] = field(default_factory=dict)

    @classmethod
    def of(
        cls,
        call: VesselCall,
        *,
        loads: Mapping[ContainerId, StowPosition],
        restows: Mapping[ContainerId, StowPosition],
        feed: BlockFeed | None = None,
        ready_s: Mapping[ContainerId, int] | None = None,
    ) -> CraneProblem:
        """One ship. Raises DataError as `side_by_side` does."""
        return cls.side_by_side([ShipWork(call, loads, restows, ready_s=ready_s or {})], feed=feed)

    @classmethod
    def side_by_side(cls, ships: Sequence[ShipWork], *, feed: BlockFeed | None = None) -> CraneProblem:
        """Ships worked at once by the cranes of one terminal.

        Raises DataError when a box is out of reach: one that stays stands above it or on its lid and is not in
        `restows`, its slot is not in the profile, or no crane is there; when the terminals differ; and when two ships
        lie in one place.
        """
        terminal = ships[0].call.terminal
        if any(ship.call.terminal != terminal for ship in ships):
            raise DataError("The calls are not at one terminal: their quays or cranes differ.")
        _refuse_one_place(ships)
        cranes = tuple(sorted(terminal.quay_cranes, key=lambda crane: crane.x_mm))
        works = [work for number, ship in enumerate(ships) for work in _works_of_ship(number, ship, cranes)]
        works = along_the_quay(works)
        for work in works:
            refuse_unreachable(work, cranes)
        return cls(
            ships=tuple(ship.call for ship in ships),
            offsets_s=tuple(ship.offset_s for ship in ships),
            cranes=cranes,
            works=tuple(works),
            gap_mm=SPAN_MM * (terminal.crane_gap_bays + 1),
            travel_s=max((crane.bay_travel_s for crane in cranes), default=0),
            feed=feed,
            ready_s={
                box: ship.offset_s + at_s
                for ship in ships
                for box, at_s in ship.ready_s.items()
                if at_s > 0 and box in ship.loads
            },
        )

    @property
    def terminal(self) -> Terminal:
        return self.ships[0].terminal

    def travel_time_s(self, distance_mm: int) -> int:
        """Gantry time, rounded up."""
        return -(-max(0, distance_mm) * self.travel_s // SPAN_MM)

    def may_work(self, crane: QuayCrane, work: BayWork) -> bool:
        return _may_work(crane, work)

    def lift_ready_s(self, lift: Lift) -> int:
        """When all boxes that it sets on board are there."""
        if lift.kind is not StepKind.LOAD or not self.ready_s:
            return 0
        return max(self.ready_s.get(box, 0) for box in lift.containers)

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
    """Work queues and the blocks they are made of, by start."""

    by_ship: tuple[tuple[WorkQueue, ...], ...]
    """For each ship the queues in the terminal's order of cranes, on the ship's own clock."""
    blocks: tuple[Block, ...]
    makespan_s: int
    waiting_s: int
    """Standing still between a crane's first and last step, travel not counted."""
    bound_s: int
    bound_reason: Told
    why_longest: str

    @property
    def queues(self) -> tuple[WorkQueue, ...]:
        """Those of the first ship."""
        return self.by_ship[0]


def _may_work(crane: QuayCrane, work: BayWork) -> bool:
    reaches = crane.outreach_rows >= work.rows and crane.reaches(work.first_x_mm) and crane.reaches(work.last_x_mm)
    return reaches and work.by in ("", crane.id) and (work.may is None or crane.id in work.may)


def _refuse_one_place(ships: Sequence[ShipWork]) -> None:
    stretches = sorted(
        (min(places), max(places), ship.call.vessel.name)
        for ship in ships
        if (places := [ship.call.quay_x_mm(bay.number) for bay in ship.call.vessel.bays])
    )
    for (_, end_mm, left), (start_mm, _, right) in pairwise(stretches):
        if start_mm <= end_mm:
            stretch = f"{start_mm / 1000:,.1f} to {end_mm / 1000:,.1f} m along the quay"
            raise DataError(
                f"{left} and {right} lie in one place, {stretch}.",
                remedy="Where a ship lies is berth_x_mm in her call.toml.",
            )


def refuse_unreachable(work: BayWork, cranes: Sequence[QuayCrane]) -> None:
    if any(_may_work(crane, work) for crane in cranes):
        return
    place = f"bay {work.bays[0]:02}"
    if work.may is not None and any(_may_work(crane, replace(work, may=None)) for crane in cranes):
        raise DataError(f"No quay crane may work {place} as the planner wishes.", place=place)
    if any(crane.outreach_rows >= work.rows for crane in cranes):
        raise DataError(f"No quay crane that comes along the quay to {place} reaches across it.", place=place)
    raise DataError(f"No quay crane reaches across the {work.rows} rows of {place}.", place=place)


def cranes_asked(call: VesselCall, sections: Iterable[Section]) -> frozenset[str] | None:
    """Who may do a work by the planner's wishes, None where he asks nothing; a wish for a part of it holds for all."""
    if not call.wishes.cranes:
        return None
    steps = [step for section in sections for step in _steps(section)]
    may = {crane.id for crane in call.terminal.quay_cranes}
    for wish in call.wishes.cranes:
        if any(wish.work.includes(call.vessel, step) for step in steps):
            may &= {wish.crane} if wish.is_only else may - {wish.crane}
    return frozenset(may) if len(may) < len(call.terminal.quay_cranes) else None


def _steps(section: Section) -> Iterator[CraneStep]:
    """What is lifted in it, with no times yet."""
    for whole in section:
        for lift in (whole, whole.back) if whole.back else (whole,):
            yield CraneStep(lift.kind, lift.bay, 0, 0, lift.containers, lift.positions, lift.lid)


def tied(call: VesselCall, works: Sequence[BayWork], *, orders_bind: bool = True) -> list[BayWork]:
    """The works of one ship with what each waits for: boxes restowed from bay to bay, and work that is wished first.

    A wish that goes against the order within a bay, the restows or an earlier wish binds nothing; the referee says so.
    """
    off_from = {box: number for number, work in enumerate(works) for box in _boxes(work, StepKind.RESTOW_OFF)}
    waits: list[list[Wait]] = []
    for number, work in enumerate(works):
        sources = {off_from[box] for box in _boxes(work, StepKind.RESTOW_ON) if box in off_from} - {number}
        waits.append([Wait(other, works[other].sections_out, work.sections_out) for other in sorted(sources)])
    for wish in call.wishes.orders if orders_bind else ():
        first, then = ([_places(call, work, worked) for work in works] for worked in (wish.first, wish.then))
        wished = [
            [Wait(other, places[-1] + 1, since[0]) for other, places in enumerate(first) if places and other != number]
            if since
            else []
            for number, since in enumerate(then)
        ]
        with_it = [before + new for before, new in zip(waits, wished, strict=True)]
        if _can_be_done(works, with_it):
            waits = with_it
    return [replace(work, waits=tuple(of_work)) for work, of_work in zip(works, waits, strict=True)]


def _boxes(work: BayWork, kind: StepKind) -> Iterator[ContainerId]:
    for section in work.sections:
        for lift in section:
            if lift.kind is kind:
                yield from lift.containers


def _places(call: VesselCall, work: BayWork, worked: Worked) -> list[int]:
    """The sections in which some of what is named is worked."""
    return [
        number
        for number, section in enumerate(work.sections)
        if any(worked.includes(call.vessel, step) for step in _steps(section))
    ]


def _can_be_done(works: Sequence[BayWork], waits: Sequence[Sequence[Wait]]) -> bool:
    """Whether no section waits for itself, over however many works."""
    done = [0] * len(works)
    is_on = True
    while is_on:
        is_on = False
        for number, work in enumerate(works):
            until = min(
                (wait.since for wait in waits[number] if done[wait.other] < wait.until), default=len(work.sections)
            )
            if until > done[number]:
                done[number], is_on = until, True
    return all(count == len(work.sections) for count, work in zip(done, works, strict=True))


def _works_of_ship(number: int, ship: ShipWork, cranes: Sequence[QuayCrane]) -> Iterator[BayWork]:
    """The works of one ship by bay; `waits` counts them from 0."""
    call = ship.call
    handled = list(_handled(call, loads=ship.loads, restows=ship.restows))
    _refuse_what_is_buried(call, handled, ship.restows)
    if handled and not cranes:
        name = call.terminal.name
        raise DataError(f"Terminal {name} has no quay crane for the {len(handled)} moves of the call.")
    rules = Rules(
        twin_max_kg=max((c.twin_max_kg for c in cranes if c.may_twin and call.settings.may_twin), default=0),
        may_dual_cycle=call.settings.may_dual_cycle,
        lids_off=frozenset(call.lids_off),
        ready_s={box: at_s for box, at_s in ship.ready_s.items() if at_s > 0},
    )
    yield from tied(call, [cut_before_late(work, rules.ready_s) for work in _works(number, call, handled, rules)])


def cut_before_late(work: BayWork, late: Collection[ContainerId]) -> BayWork:
    """The work with a section begun wherever a late box is set, so that cranes may go elsewhere until it is there."""
    if not late:
        return work
    sections = [_parts(section, late) for section in work.sections]
    out = sum(len(parts) for parts in sections[: work.sections_out])
    return replace(work, sections=tuple(part for parts in sections for part in parts), sections_out=out)


def _parts(section: Section, late: Collection[ContainerId]) -> list[Section]:
    firsts = [
        number
        for number, lift in enumerate(section)
        if number and lift.kind is StepKind.LOAD and any(box in late for box in lift.containers)
    ]
    return [section[first:end] for first, end in pairwise((0, *firsts, len(section)))]


def along_the_quay(works: Sequence[BayWork]) -> list[BayWork]:
    """In order of place; what counted the works of its own ship counts those of all."""
    of_ship: dict[int, list[int]] = {}
    for index, work in enumerate(works):
        of_ship.setdefault(work.ship, []).append(index)
    order = sorted(range(len(works)), key=lambda index: (works[index].first_x_mm, works[index].last_x_mm, index))
    rank = {index: place for place, index in enumerate(order)}
    return [
        replace(
            works[index],
            waits=tuple(
                wait._replace(other=rank[of_ship[works[index].ship][wait.other]]) for wait in works[index].waits
            ),
        )
        for index in order
    ]


def _handled(
    call: VesselCall, *, loads: Mapping[ContainerId, StowPosition], restows: Mapping[ContainerId, StowPosition]
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


def _works(ship: int, call: VesselCall, handled: list[Handled], rules: Rules) -> Iterator[BayWork]:
    lids = _lids_off_meanwhile(call, handled)
    group_of = tied_bays(call, lids)
    groups: dict[int, list[Handled]] = {}
    for h in sorted(handled, key=lambda h: (h.place.bay.number, h.position, h.kind)):
        groups.setdefault(group_of[h.place.bay.number], []).append(h)
    lids_of: dict[int, list[HatchCover]] = {}
    for lid in lids:
        lids_of.setdefault(group_of[_some_bay(lid)], []).append(lid)
    bays = {bay.number: bay for bay in call.vessel.bays}
    for group in sorted({*groups, *lids_of}):
        boxes = groups.get(group, [])
        side = Side(1 if call.bow_towards_x else -1)
        sections, sections_out = sections_of(call.vessel, boxes, lids_of.get(group, ()), side, rules)
        worked = sorted({lift.bay for section in sections for lift in section})
        places = [call.quay_x_mm(bay) for bay in worked]
        yield BayWork(
            ship=ship,
            bays=tuple(worked),
            first_x_mm=min(places),
            last_x_mm=max(places),
            rows=max(len({stack.row for stack in bays[bay].stacks}) for bay in worked),
            sections=tuple(sections),
            sections_out=sections_out,
            may=cranes_asked(call, sections),
        )


def _lids_off_meanwhile(call: VesselCall, handled: Iterable[Handled]) -> list[HatchCover]:
    """Lids to be opened and lids that are off already; all are on in the end."""
    wanted = {lid.id for lid in opened_lids(call.vessel, handled)} | set(call.lids_off)
    return [lid for lid in call.vessel.hatch_covers if lid.id in wanted]


def _some_bay(lid: HatchCover) -> int:
    return (lid.closes or lid.carries)[0].bay


def tied_bays(call: VesselCall, lids: Iterable[HatchCover]) -> dict[int, int]:
    """For each bay the lowest bay it is worked together with, because a lid that comes off touches both."""
    group = {bay.number: bay.number for bay in call.vessel.bays}
    for lid in lids:
        touched = {group[stack.bay] for stack in (*lid.closes, *lid.carries)}
        for number, current in group.items():
            if current in touched:
                group[number] = min(touched)
    return group
