"""The work of one vessel bay as sections of lifts, in an order that is physically possible.

On the way out: deck boxes, then lid by lid the lid off and the hold under it, top-down. On the way in: lid by lid the
hold and its lid on, then the deck, bottom-up. Out is worked from the landside to the waterside and in the other way
round, so that the trolley never passes over a stack higher than the one it works at.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import NamedTuple

from cabria.domain.containers import Container, ContainerId
from cabria.domain.positions import StowPosition
from cabria.domain.terminal import QuayCrane
from cabria.domain.vessel import End, HatchCover, Level, Place, StackId, VesselProfile
from cabria.domain.work import StepKind

OUT_KINDS = (StepKind.DISCHARGE, StepKind.RESTOW_OFF)
IN_KINDS = (StepKind.LOAD, StepKind.RESTOW_ON)


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

    def is_twin_for(self, crane: QuayCrane) -> bool:
        """Whether this crane may take both boxes at once."""
        return len(self.containers) == 2 and crane.may_twin and self.mass_kg <= crane.twin_max_kg

    def duration_s(self, crane: QuayCrane) -> int:
        """One cycle, two for a twin that this crane may not take at once."""
        if self.lid:
            return crane.lid_s
        return crane.cycle_s if len(self.containers) == 1 or self.is_twin_for(crane) else 2 * crane.cycle_s


Section = tuple[Lift, ...]

LIFTS_A_SECTION = 12
"""A section is long enough to be cut once it has this many lifts; it is cut where a tier ends."""


class Side(NamedTuple):
    """Which way the quay lies: +1 when the ship is alongside with her starboard side, -1 with her port side."""

    landside: int

    def distance(self, row: int) -> int:
        """How far a row is from the landside, counted from the centre line: small is landside."""
        athwart = (row + 1) // 2 if row % 2 else -(row // 2)
        return -self.landside * athwart


def sections_of(
    vessel: VesselProfile, handled: Sequence[Handled], side: Side, twin_max_kg: int
) -> tuple[list[Section], int]:
    """Sections in order, and how many of them are the way out. `twin_max_kg` 0 forbids twins."""
    lids = _in_order(opened_lids(vessel, handled), side)
    going_out = [h for h in handled if h.kind in OUT_KINDS]
    coming_in = [h for h in handled if h.kind in IN_KINDS]

    def lifts(boxes: Iterable[Handled], *, out: bool) -> list[Lift]:
        return list(_lifts(boxes, side, out=out, twin_max_kg=twin_max_kg))

    def deck(boxes: list[Handled], *, out: bool) -> Iterator[list[Lift]]:
        on_deck = [h for h in boxes if h.place.stack.level is Level.DECK]
        for group in _by_lid_under(vessel, on_deck, side, out=out):
            yield lifts(group, out=out)

    def hold(boxes: list[Handled], order: Sequence[HatchCover], pick: Callable[[Sequence[str]], str]) -> _ByLid:
        return _hold_by_lid(vessel, boxes, order, pick)

    out_of_hold = hold(going_out, lids, lambda ids: ids[-1])
    into_hold = hold(coming_in, lids[::-1], lambda ids: ids[0])
    way_out = [
        *deck(going_out, out=True),
        lifts(out_of_hold.get("", ()), out=True),
        *([_lid(StepKind.LID_OFF, lid), *lifts(out_of_hold.get(lid.id, ()), out=True)] for lid in lids),
    ]
    way_in = [
        lifts(into_hold.get("", ()), out=False),
        *([*lifts(into_hold.get(lid.id, ()), out=False), _lid(StepKind.LID_ON, lid)] for lid in lids[::-1]),
        *deck(coming_in, out=False),
    ]
    sections_out = [part for section in way_out for part in _by_tiers(section)]
    sections_in = [part for section in way_in for part in _by_tiers(section)]
    return sections_out + sections_in, len(sections_out)


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
