"""What becomes known of a call while it is worked: boxes late, shut out or found elsewhere, a crane out of service,
another load list. Each says what the call is after it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from functools import reduce

from cabria.domain.calls import VesselCall
from cabria.domain.containers import Container, ContainerId
from cabria.domain.errors import DataError
from cabria.domain.positions import YardPosition
from cabria.domain.terminal import Outage, QuayCrane
from cabria.domain.wishes import CraneWish, Forbid, Keep, OrderWish, Pin, Wishes
from cabria.domain.yard import YardBox, YardInventory

END_OF_CALL_S = 10**8
"""Until when a crane is out that nobody expects back."""


@dataclass(frozen=True, slots=True)
class BoxLate:
    """A load is not there before a second of the call."""

    container: ContainerId
    ready_s: int

    def __str__(self) -> str:
        return f"{self.container} is not there before {hours(self.ready_s)}"


@dataclass(frozen=True, slots=True)
class ShutOut:
    """A load may not be taken any more."""

    container: ContainerId
    reason: str = "shut out"

    def __str__(self) -> str:
        return f"{self.container} is not taken ({self.reason})"


@dataclass(frozen=True, slots=True)
class FoundAt:
    """A box stands elsewhere in the yard than was thought; what was thought to stand on it stands one tier lower."""

    container: ContainerId
    position: YardPosition

    def __str__(self) -> str:
        return f"{self.container} stands at {self.position}"


@dataclass(frozen=True, slots=True)
class CraneDown:
    """A quay crane is out of service; None is for the rest of the call."""

    crane: str
    from_s: int
    until_s: int | None = None

    def __str__(self) -> str:
        until = "for the rest of the call" if self.until_s is None else f"until {hours(self.until_s)}"
        return f"{self.crane} is out of service from {hours(self.from_s)} {until}"


@dataclass(frozen=True, slots=True)
class ListChanged:
    """Another load list: boxes that are new on it, gone from it, or described otherwise."""

    new: tuple[Container, ...] = ()
    gone: tuple[ContainerId, ...] = ()
    other: tuple[Container, ...] = ()

    def __str__(self) -> str:
        return f"a load list with {len(self.new):,} boxes new, {len(self.gone):,} gone, {len(self.other):,} changed"


CallChange = BoxLate | ShutOut | FoundAt | CraneDown | ListChanged | Pin | Forbid | Keep | CraneWish | OrderWish


def changed_call(call: VesselCall, changes: Iterable[CallChange]) -> VesselCall:
    """The call after changes, in their order. Raises DataError for what it does not have."""
    return reduce(_after, changes, call)


def difference_of_lists(call: VesselCall, loads: Iterable[Container]) -> ListChanged:
    """What another load list changes of the call's own."""
    listed = {box.id: box for box in loads}
    known = call.load_by_id
    return ListChanged(
        tuple(box for box in listed.values() if box.id not in known),
        tuple(sorted(set(known) - set(listed))),
        tuple(box for box in listed.values() if box.id in known and known[box.id] != box),
    )


def _after(call: VesselCall, change: CallChange) -> VesselCall:
    match change:
        case BoxLate(container, ready_s):
            _refuse_no_load(call, container)
            return replace(call, available_s={**call.available_s, container: ready_s})
        case ShutOut(container, reason):
            _refuse_no_load(call, container)
            return replace(call, loads=tuple(_held(box, reason) if box.id == container else box for box in call.loads))
        case FoundAt(container, position):
            return replace(call, yard=_found(call, container, position))
        case CraneDown(crane, from_s, until_s):
            return _without_crane(call, crane, Outage(from_s, END_OF_CALL_S if until_s is None else until_s))
        case ListChanged():
            return _with_list(call, change)
        case wish:
            return replace(call, wishes=call.wishes.and_also(Wishes.of(wish)))


def _refuse_no_load(call: VesselCall, container: ContainerId) -> None:
    if container not in call.load_by_id:
        raise DataError(f"{container} is not on the load list of call {call.id}.", place=f"container {container}")


def _held(box: Container, reason: str) -> Container:
    return box if reason in box.holds else replace(box, holds=(*box.holds, reason))


def _found(call: VesselCall, container: ContainerId, position: YardPosition) -> YardInventory:
    block = call.terminal.block(position.block)
    if block is None or not block.has(position):
        raise DataError(f"{call.terminal.name} has no yard place {position}.", place=str(position))
    was = call.yard.by_container.get(container)
    if was is None and container not in call.load_by_id:
        raise DataError(f"{container} is neither on the load list nor in the yard.", place=f"container {container}")
    box = was or _of_load(call.load_by_id[container], position)
    if (box.length_ft <= 20) is (position.bay % 2 == 0):
        raise DataError(f"A {box.length_ft} ft box cannot stand in bay {position.bay:02}.", place=str(position))
    others = [_lower(other, was.position) if was else other for other in call.yard if other.id != container]
    return YardInventory((*others, replace(box, position=position)))


def _of_load(load: Container, position: YardPosition) -> YardBox:
    return YardBox(load.id, position, load.length_ft, load.height_mm, load.gross_mass_kg, "", load.needs_plug)


def _lower(box: YardBox, gone: YardPosition) -> YardBox:
    at = box.position
    if (at.block, at.bay, at.row) != (gone.block, gone.bay, gone.row) or at.tier < gone.tier:
        return box
    return replace(box, position=replace(at, tier=at.tier - 1))


def _without_crane(call: VesselCall, name: str, outage: Outage) -> VesselCall:
    cranes = call.terminal.quay_cranes
    if all(crane.id != name for crane in cranes):
        known = ", ".join(crane.id for crane in cranes)
        raise DataError(f"{call.terminal.name} has no quay crane {name}.", remedy=f"There are {known}.")
    out = tuple(_out(crane, outage) if crane.id == name else crane for crane in cranes)
    return replace(call, terminal=replace(call.terminal, quay_cranes=out))


def _out(crane: QuayCrane, outage: Outage) -> QuayCrane:
    """One outage more; those that it touches become one with it."""
    apart = [o for o in crane.outages if o.until_s < outage.from_s or o.from_s > outage.until_s]
    touched = [o for o in crane.outages if o not in apart]
    whole = Outage(
        min([outage.from_s, *(o.from_s for o in touched)]), max([outage.until_s, *(o.until_s for o in touched)])
    )
    return replace(crane, outages=tuple(sorted([*apart, whole])))


def _with_list(call: VesselCall, change: ListChanged) -> VesselCall:
    other = {box.id: box for box in change.other}
    gone = set(change.gone)
    for container in (*gone, *other):
        _refuse_no_load(call, container)
    loads = (*(other.get(box.id, box) for box in call.loads if box.id not in gone), *change.new)
    return replace(call, loads=loads)


def hours(seconds: int) -> str:
    """A moment of a call as hours and minutes after its start, such as 26:30 h."""
    minutes = seconds // 60
    return f"{minutes // 60}:{minutes % 60:02} h"
