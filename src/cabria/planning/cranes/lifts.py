"""The work of one vessel bay as sections of lifts, in an order that is physically possible.

On the way out: deck boxes, then lid by lid the lid off and the hold under it, top-down. On the way in: lid by lid the
hold and its lid on, then the deck, bottom-up. Out is worked from the landside to the waterside and in the other way
round, so that the trolley never passes over a stack higher than the one it works at. Only late boxes, what stands upon
them, and the lids over them wait until all else in the bay is set.

With dual cycles a hold that is both emptied and filled is worked stack by stack between the two: its lid off, the first
stack out, then each cycle sets a box into an emptied stack and brings one back from the next, its lid on. Where that
gives more of them, a bay is worked part by part, a part being the decks and holds that lids tie together: what comes on
the deck of a part that is done is set while the deck of the next is emptied.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import groupby
from types import MappingProxyType
from typing import NamedTuple, Self, TypeVar

from cabria.domain.containers import Container, ContainerId
from cabria.domain.positions import StowPosition
from cabria.domain.terminal import QuayCrane
from cabria.domain.vessel import End, HatchCover, Level, Place, StackId, VesselProfile
from cabria.domain.work import OFF_SHIP, ONTO_SHIP, StepKind

T = TypeVar("T")


class Handled(NamedTuple):
    """A box that a quay crane lifts, where and why."""

    kind: StepKind
    container: Container
    position: StowPosition
    place: Place


@dataclass(frozen=True, slots=True)
class Lift:
    """What a crane lifts in one go: a box, a twin of 20 ft boxes (fore, aft), or a lid."""

    kind: StepKind
    bay: int
    containers: tuple[ContainerId, ...] = ()
    positions: tuple[StowPosition, ...] = ()
    mass_kg: int = 0
    lid: str = ""
    back: Lift | None = None
    """What a dual cycle brings back after it has set these boxes."""

    def is_twin_for(self, crane: QuayCrane) -> bool:
        """Whether this crane may take both boxes at once."""
        return len(self.containers) == 2 and crane.may_twin and self.mass_kg <= crane.twin_max_kg

    def duration_s(self, crane: QuayCrane) -> int:
        """One cycle, two for a twin that this crane may not take at once."""
        if self.lid:
            return crane.lid_s
        if self.back is not None:
            return crane.dual_cycle_s if self.is_dual_for(crane) else self.alone_s(crane) + self.back.alone_s(crane)
        return self.alone_s(crane)

    def alone_s(self, crane: QuayCrane) -> int:
        return crane.cycle_s if self.is_one_cycle_for(crane) else 2 * crane.cycle_s

    def is_one_cycle_for(self, crane: QuayCrane) -> bool:
        return len(self.containers) == 1 or self.is_twin_for(crane)

    def is_dual_for(self, crane: QuayCrane) -> bool:
        """Whether this crane sets these boxes and brings others back in one cycle."""
        if self.back is None or not crane.dual_cycle_s:
            return False
        return self.is_one_cycle_for(crane) and self.back.is_one_cycle_for(crane)

    @property
    def count(self) -> int:
        """Boxes lifted, there and back."""
        return len(self.containers) + (self.back.count if self.back else 0)


Section = tuple[Lift, ...]

LIFTS_A_SECTION = 12
"""A section is long enough to be cut once it has this many lifts; it is cut where a tier ends."""
NOTHING_LATE: Mapping[ContainerId, int] = MappingProxyType({})


class Rules(NamedTuple):
    """What the cranes and the call allow in a bay. `twin_max_kg` 0 forbids twins; `lids_off` are off already, and
    late boxes are not there before `ready_s`."""

    twin_max_kg: int
    may_dual_cycle: bool = False
    lids_off: frozenset[str] = frozenset()
    ready_s: Mapping[ContainerId, int] = NOTHING_LATE


class Side(NamedTuple):
    """Which way the quay lies: +1 when the ship is alongside with her starboard side, -1 with her port side."""

    landside: int

    def distance(self, row: int) -> int:
        """How far a row is from the landside, counted from the centre line: small is landside."""
        athwart = (row + 1) // 2 if row % 2 else -(row // 2)
        return -self.landside * athwart


def sections_of(
    vessel: VesselProfile, handled: Sequence[Handled], lids: Iterable[HatchCover], side: Side, rules: Rules
) -> tuple[list[Section], int]:
    """Sections in order, and how many of them are the way out. `lids` are off meanwhile."""
    out_then_in = _out_then_in(vessel, handled, lids, side, rules)
    if not rules.may_dual_cycle or not _may_be_parted(handled, rules):
        return out_then_in
    parted = _part_by_part(vessel, handled, list(lids), side, rules)
    return parted if _dual_cycles_in(parted[0]) > _dual_cycles_in(out_then_in[0]) else out_then_in


def _out_then_in(
    vessel: VesselProfile, handled: Sequence[Handled], lids: Iterable[HatchCover], side: Side, rules: Rules
) -> tuple[list[Section], int]:
    """All that leaves before anything comes in, but for holds that are worked in dual cycles."""
    lids = _in_order(lids, side)
    dual = _dual_holds(vessel, handled, lids) if rules.may_dual_cycle else {}
    turned = {h.container.id for boxes in dual.values() for h in boxes}
    handled = [h for h in handled if h.container.id not in turned]
    singly = [lid for lid in lids if lid.id not in dual]
    going_out = [h for h in handled if h.kind in OFF_SHIP]
    coming_in = [h for h in handled if h.kind in ONTO_SHIP]

    def lifts(boxes: Iterable[Handled], *, out: bool) -> list[Lift]:
        return list(_lifts(boxes, side, out=out, twin_max_kg=rules.twin_max_kg))

    def off(lid: HatchCover) -> list[Lift]:
        return [] if lid.id in rules.lids_off else [_lid(StepKind.LID_OFF, lid)]

    def deck(boxes: list[Handled], *, out: bool) -> Iterator[list[Lift]]:
        on_deck = [h for h in boxes if h.place.stack.level is Level.DECK]
        for group in _by_lid_under(vessel, on_deck, side, out=out):
            yield lifts(group, out=out)

    def hold(boxes: list[Handled], order: Sequence[HatchCover], pick: Callable[[Sequence[str]], str]) -> _ByLid:
        return _hold_by_lid(vessel, boxes, order, pick)

    out_of_hold = hold(going_out, singly, lambda ids: ids[-1])
    into_hold = hold(coming_in, singly[::-1], lambda ids: ids[0])
    way_out = [
        *deck(going_out, out=True),
        lifts(out_of_hold.get("", ()), out=True),
        *([*off(lid), *lifts(out_of_hold.get(lid.id, ()), out=True)] for lid in singly),
    ]
    way_in = [
        *(
            [*off(lid), *_dual_cycles(dual[lid.id], side, rules.twin_max_kg), _lid(StepKind.LID_ON, lid)]
            for lid in lids
            if lid.id in dual
        ),
        lifts(into_hold.get("", ()), out=False),
        *([*lifts(into_hold.get(lid.id, ()), out=False), _lid(StepKind.LID_ON, lid)] for lid in singly[::-1]),
        *deck(coming_in, out=False),
    ]
    sections_out = [part for section in way_out for part in _by_tiers(section)]
    if rules.ready_s:
        way_in = _late_last(way_in, _Waiting.of(vessel, coming_in, rules.ready_s))
    sections_in = [part for section in way_in for part in _by_tiers(section)]
    return sections_out + sections_in, len(sections_out)


class _Waiting(NamedTuple):
    """Before when boxes cannot be set and lids not put on, because late boxes come first; the others wait for none."""

    boxes_s: Mapping[ContainerId, int]
    lids_s: Mapping[str, int]

    @classmethod
    def of(cls, vessel: VesselProfile, coming_in: Sequence[Handled], ready_s: Mapping[ContainerId, int]) -> Self:
        boxes_s: dict[ContainerId, int] = {}
        lids_s: dict[str, int] = {}
        stack_s: dict[StackId, int] = {}
        from_below = sorted(coming_in, key=_height)
        for (on_deck, _), level in groupby(from_below, key=_height):
            together = list(level)
            for h in together:
                stack = h.place.stack_id
                under = (lids_s.get(lid.id, 0) for lid in vessel.lids_under.get(stack, ())) if on_deck else ()
                stack_s[stack] = max((stack_s.get(stack, 0), ready_s.get(h.container.id, 0), *under))
            for h in together:
                stack = h.place.stack_id
                boxes_s[h.container.id] = stack_s[stack]
                for lid in () if on_deck else vessel.lids_over.get(stack, ()):
                    lids_s[lid.id] = max(lids_s.get(lid.id, 0), stack_s[stack])
        return cls(boxes_s, lids_s)

    def for_s(self, lift: Lift) -> int:
        if lift.lid:
            return self.lids_s.get(lift.lid, 0) if lift.kind is StepKind.LID_ON else 0
        return max(self.boxes_s.get(box, 0) for box in lift.containers)


def _height(h: Handled) -> tuple[bool, int]:
    return h.place.stack.level is Level.DECK, h.place.level_index


def _late_last(way_in: Iterable[Sequence[Lift]], waiting: _Waiting) -> list[list[Lift]]:
    """What waits for late boxes after all else, in the order in which they come. What stands upon a box, or on the lid
    over it, never waits less long, so that the order stays one that is possible."""
    lifts = [list(group) for group in way_in]
    late = [lift for group in lifts for lift in group if waiting.for_s(lift)]
    return [*([lift for lift in group if not waiting.for_s(lift)] for group in lifts), sorted(late, key=waiting.for_s)]


def opened_lids(vessel: VesselProfile, handled: Iterable[Handled]) -> list[HatchCover]:
    """Lids over any hold stack in which something is lifted, in the profile's order."""
    wanted = {
        lid.id
        for h in handled
        if h.place.stack.level is Level.HOLD
        for lid in vessel.lids_over.get(h.place.stack_id, ())
    }
    return [lid for lid in vessel.hatch_covers if lid.id in wanted]


_ByLid = Mapping[str, list[Handled]]


def _dual_holds(vessel: VesselProfile, handled: Sequence[Handled], lids: Sequence[HatchCover]) -> _ByLid:
    """Boxes in the hold by the lid over them, where both discharges and loads are there, and nothing else is."""
    found: dict[str, list[Handled]] = {}
    spoiled: set[str] = set()
    for h in handled:
        if h.place.stack.level is Level.HOLD:
            over = [lid.id for lid in vessel.lids_over.get(h.place.stack_id, ())]
            if len(over) != 1 or h.kind not in (StepKind.DISCHARGE, StepKind.LOAD):
                spoiled.update(over)
            elif over:
                found.setdefault(over[0], []).append(h)
    holds = {lid.id: found[lid.id] for lid in lids if lid.id in found and lid.id not in spoiled}
    return {
        lid: boxes
        for lid, boxes in holds.items()
        if len({h.kind for h in boxes}) == 2 and len({h.place.bay.number for h in boxes}) == 1
    }


def _may_be_parted(handled: Sequence[Handled], rules: Rules) -> bool:
    """One bay to which nothing comes late."""
    is_one_bay = len({h.place.bay.number for h in handled}) == 1
    return is_one_bay and not any(h.container.id in rules.ready_s for h in handled)


def _dual_cycles_in(sections: Iterable[Section]) -> int:
    return sum(lift.back is not None for section in sections for lift in section)


class _Part(NamedTuple):
    """Decks and holds of a bay that opened lids tie together, or one deck stack that stands on none of these."""

    lids: list[HatchCover]
    hold: list[Handled]
    out: list[Lift]
    into: list[Lift]


def _part_by_part(
    vessel: VesselProfile, handled: Sequence[Handled], lids: Sequence[HatchCover], side: Side, rules: Rules
) -> tuple[list[Section], int]:
    """Each part's deck out, its hold and its lids on; what comes on its deck goes with what leaves the next decks.

    The order of parts is Johnson's, as that of the stacks of a hold; where boxes are restowed to comes last, so that
    all restows are off in the way out, which ends in the last part's hold.
    """
    parts, last = _parts_of(vessel, handled, lids, side, rules.twin_max_kg)
    sections: list[Section] = []
    coming: list[Lift] = []
    sections_out = 0
    for part in [*_fewest_cycles(parts, lambda part: (part.out, part.into)), *last]:
        sections += _by_tiers([*_paired(part.out, coming)])
        in_hold, out_of_hold = _out_then_in(vessel, part.hold, part.lids, side, rules)
        sections_out = len(sections) + out_of_hold
        sections += in_hold
        coming += part.into
    return sections + list(_by_tiers(coming)), sections_out


def _paired(leaving: Sequence[Lift], coming: list[Lift]) -> Iterator[Lift]:
    """Each discharge with the first that is still to come, which is taken from `coming`."""
    for lift in leaving:
        yield replace(coming.pop(0), back=lift) if coming and lift.kind is StepKind.DISCHARGE else lift


def _parts_of(
    vessel: VesselProfile, handled: Sequence[Handled], lids: Sequence[HatchCover], side: Side, twin_max_kg: int
) -> tuple[list[_Part], list[_Part]]:
    """The parts, and as one the parts to which boxes are restowed."""
    opened = {lid.id for lid in lids}
    part_of = {lid.id: number for number, lid in enumerate(lids)}
    lids_at: dict[StackId, list[str]] = {}
    for h in handled:
        near = vessel.lids_under if h.place.stack.level is Level.DECK else vessel.lids_over
        lids_at[h.place.stack_id] = [lid.id for lid in near.get(h.place.stack_id, ()) if lid.id in opened]
    for tied in lids_at.values():
        merged = {part_of[lid] for lid in tied}
        part_of = {lid: min(merged) if part in merged else part for lid, part in part_of.items()}
    found: dict[int | StackId, list[Handled]] = {}
    for h in handled:
        tied = lids_at[h.place.stack_id]
        found.setdefault(part_of[tied[0]] if tied else h.place.stack_id, []).append(h)

    def part(keys: Collection[int | StackId]) -> _Part:
        boxes = [h for key in keys for h in found[key]]
        deck = [h for h in boxes if h.place.stack.level is Level.DECK]
        return _Part(
            lids=[lid for lid in lids if part_of[lid.id] in keys],
            hold=[h for h in boxes if h.place.stack.level is Level.HOLD],
            out=list(_lifts((h for h in deck if h.kind in OFF_SHIP), side, out=True, twin_max_kg=twin_max_kg)),
            into=list(_lifts((h for h in deck if h.kind in ONTO_SHIP), side, out=False, twin_max_kg=twin_max_kg)),
        )

    last = [key for key, boxes in found.items() if any(h.kind is StepKind.RESTOW_ON for h in boxes)]
    return [part([key]) for key in found if key not in last], [part(last)] if last else []


def _dual_cycles(boxes: Iterable[Handled], side: Side, twin_max_kg: int) -> Iterator[Lift]:
    """The fewest cycles that empty and fill the stacks of a hold, a stack being filled once it is empty.

    A flow shop of two machines, solved by Johnson's rule (Goodchild & Daganzo 2006).
    """
    stacks: dict[int, list[Handled]] = {}
    for h in sorted(boxes, key=lambda h: side.distance(h.position.row)):
        stacks.setdefault(h.position.row, []).append(h)
    jobs = []
    for stack in stacks.values():
        out = list(_lifts((h for h in stack if h.kind in OFF_SHIP), side, out=True, twin_max_kg=twin_max_kg))
        into = list(_lifts((h for h in stack if h.kind in ONTO_SHIP), side, out=False, twin_max_kg=twin_max_kg))
        jobs.append((out, into))
    leaving: list[Lift] = []
    coming: list[tuple[int, Lift]] = []
    for out, into in _fewest_cycles(jobs, lambda job: job):
        leaving += out
        coming += [(len(leaving), lift) for lift in into]
    gone = set_down = 0
    while gone < len(leaving) or set_down < len(coming):
        may_set = set_down < len(coming) and coming[set_down][0] <= gone
        lift = coming[set_down][1] if may_set else leaving[gone]
        if may_set and gone < len(leaving):
            lift = replace(lift, back=leaving[gone])
        gone += gone < len(leaving)
        set_down += may_set
        yield lift


def _fewest_cycles(jobs: Iterable[T], out_and_in: Callable[[T], tuple[Sequence[Lift], Sequence[Lift]]]) -> list[T]:
    """Johnson's rule: what is filled more than emptied first, by how little is to be taken out; then the others, by how
    much is to be set in."""

    def key(job: T) -> tuple[bool, int]:
        out, into = map(len, out_and_in(job))
        return out >= into, out if out < into else -into

    return sorted(jobs, key=key)


def _in_order(lids: Iterable[HatchCover], side: Side) -> list[HatchCover]:
    """Landside first; lids over one another's bays stay in the profile's order."""
    return sorted(lids, key=lambda lid: _mean([side.distance(stack.row) for stack in lid.closes or lid.carries]))


def _mean(values: Sequence[int]) -> float:
    return sum(values) / max(1, len(values))


def _lid(kind: StepKind, lid: HatchCover) -> Lift:
    stack: StackId = (lid.closes or lid.carries)[0]
    return Lift(kind, stack.bay, lid=lid.id)


def _hold_by_lid(
    vessel: VesselProfile, boxes: Iterable[Handled], order: Sequence[HatchCover], pick: Callable[[Sequence[str]], str]
) -> _ByLid:
    """Hold boxes by the lid whose turn they wait for ("" without a lid): the last of theirs to be lifted off on the
    way out, the first of theirs to be put on on the way in."""
    found: dict[str, list[Handled]] = {}
    for h in boxes:
        if h.place.stack.level is Level.HOLD:
            over = {lid.id for lid in vessel.lids_over.get(h.place.stack_id, ())}
            ids = [lid.id for lid in order if lid.id in over]
            found.setdefault(pick(ids) if ids else "", []).append(h)
    return found


def _by_lid_under(vessel: VesselProfile, boxes: Iterable[Handled], side: Side, *, out: bool) -> Iterator[list[Handled]]:
    groups: dict[tuple[int, str], list[Handled]] = {}
    for h in boxes:
        lids = vessel.lids_under.get(h.place.stack_id, ())
        groups.setdefault((h.place.bay.number, lids[0].id if lids else ""), []).append(h)
    sign = 1 if out else -1
    yield from sorted(
        groups.values(),
        key=lambda group: (group[0].place.bay.number, sign * _mean([side.distance(h.position.row) for h in group])),
    )


def _by_tiers(section: Sequence[Lift]) -> Iterator[Section]:
    """The section in parts of whole tiers; a lid stays with what comes before it, or after it when it comes first."""
    part: list[Lift] = []
    for lift in section:
        is_full = len(part) >= LIFTS_A_SECTION and part[-1].positions and lift.positions
        if is_full and part[-1].positions[0].tier != lift.positions[0].tier:
            yield tuple(part)
            part = []
        part.append(lift)
    if part:
        yield tuple(part)


_END_ORDER = {End.BOTH: 0, End.FORE: 1, End.AFT: 2}


def _lifts(boxes: Iterable[Handled], side: Side, *, out: bool, twin_max_kg: int) -> Iterator[Lift]:
    """Tier by tier: top-down from the landside on the way out, bottom-up from the waterside on the way in."""
    sign = 1 if out else -1

    def cell(h: Handled) -> tuple[int, ...]:
        return (h.place.bay.number, -sign * h.position.tier, sign * side.distance(h.position.row))

    ordered = sorted(boxes, key=lambda h: (*cell(h), _END_ORDER[h.place.end]))
    for _, group in groupby(ordered, key=cell):
        together = list(group)
        mass_kg = sum(h.container.gross_mass_kg for h in together)
        is_twin = (
            [h.place.end for h in together] == [End.FORE, End.AFT]
            and together[0].kind is together[1].kind
            and together[0].kind in (StepKind.DISCHARGE, StepKind.LOAD)
            and mass_kg <= twin_max_kg
        )
        for part in [together] if is_twin else [[h] for h in together]:
            yield Lift(
                part[0].kind,
                part[0].place.bay.number,
                tuple(h.container.id for h in part),
                tuple(h.position for h in part),
                sum(h.container.gross_mass_kg for h in part),
            )
