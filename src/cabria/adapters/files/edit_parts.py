"""Wishes and what becomes known of a call, as they are written in a plan log: each an object that says its `kind`."""

from __future__ import annotations

from typing import Annotated

import msgspec
from msgspec import Meta

from cabria.adapters.files.plan_json import Number, Place, Seconds, Slot
from cabria.adapters.files.wishes_toml import Part, PortCode, Words
from cabria.domain.call_changes import BoxLate, CallChange, CraneDown, FoundAt, ListChanged, ShutOut
from cabria.domain.containers import Container, ContainerId, Port
from cabria.domain.positions import StowPosition, YardPosition
from cabria.domain.wishes import Cargo, CraneWish, Forbid, Keep, OrderWish, Pin, ShipPart, StandingWish, Worked

Crane = Annotated[str, Meta(min_length=1, max_length=40, description="Name of a quay crane.")]


class _Wish(msgspec.Struct, forbid_unknown_fields=True, kw_only=True, tag_field="kind"):
    why: Words = ""
    by: Words = ""


class PinPart(_Wish, tag="pin"):
    """A box stands in this slot or part of the ship."""

    box: Number
    to: Part


class ForbidPart(_Wish, tag="forbid"):
    """None of these boxes is put there; nothing said of boxes is all."""

    place: Part
    box: Number | None = None
    pod: PortCode = ""
    operator: Annotated[str, Meta(max_length=20)] = ""
    length_ft: Annotated[int, Meta(ge=10, le=60)] | None = None
    reefers: bool = False
    dangerous: bool = False


class KeepPart(_Wish, tag="keep"):
    """These boxes stay in this part of the ship, in their slots, and no others come."""

    place: Part
    boxes: dict[Number, Slot]


class CraneWishPart(_Wish, tag="crane"):
    """A box or part of the ship is worked by this crane only, or (`only` false) not by it."""

    crane: Crane
    work: Part
    only: bool = True


class OrderPart(_Wish, tag="order"):
    """A box or part of the ship is worked before another."""

    first: Part
    then: Part


WishPart = PinPart | ForbidPart | KeepPart | CraneWishPart | OrderPart


class _Change(msgspec.Struct, forbid_unknown_fields=True, kw_only=True, tag_field="kind"):
    pass


class LatePart(_Change, tag="late"):
    """A load is not there before a second of the call."""

    box: Number
    ready_s: Seconds


class ShutOutPart(_Change, tag="shut out"):
    """A load may not be taken any more."""

    box: Number
    why: Words = "shut out"


class FoundPart(_Change, tag="found"):
    """A box stands elsewhere in the yard."""

    box: Number
    place: Place


class CraneDownPart(_Change, tag="crane down"):
    """A quay crane is out of service; without an end for the rest of the call."""

    crane: Crane
    from_s: Seconds
    until_s: Seconds | None = None


class ListPart(_Change, tag="list"):
    """What another load list has otherwise."""

    new: list[Container] = []
    gone: list[Number] = []
    other: list[Container] = []


ChangePart = LatePart | ShutOutPart | FoundPart | CraneDownPart | ListPart
KnownPart = ChangePart | WishPart


def wish_part(wish: StandingWish) -> WishPart:
    match wish:
        case Pin(box, to, why, by):
            return PinPart(box=box, to=str(to), why=why, by=by)
        case Forbid(place, cargo, why, by):
            return ForbidPart(
                place=str(place),
                box=cargo.container,
                pod=cargo.pod or "",
                operator=cargo.operator,
                length_ft=cargo.length_ft,
                reefers=cargo.reefers,
                dangerous=cargo.dangerous,
                why=why,
                by=by,
            )
        case Keep(place, stowed, why, by):
            return KeepPart(place=str(place), boxes={box: str(slot) for box, slot in stowed}, why=why, by=by)
        case CraneWish(crane, work, only, why, by):
            return CraneWishPart(crane=crane, work=str(work), only=only, why=why, by=by)
        case OrderWish(first, then, why, by):
            return OrderPart(first=str(first), then=str(then), why=why, by=by)


def wish_of(part: WishPart) -> StandingWish:
    """Raises DataError for what names no part of a ship."""
    why, by = part.why, part.by
    match part:
        case PinPart():
            return Pin(ContainerId(part.box), ShipPart.parse(part.to), why, by)
        case ForbidPart():
            box, pod = (ContainerId(part.box) if part.box else None), (Port(part.pod) if part.pod else None)
            cargo = Cargo(box, pod, part.operator, part.length_ft, part.reefers, part.dangerous)
            return Forbid(ShipPart.parse(part.place), cargo, why, by)
        case KeepPart():
            stowed = tuple((ContainerId(box), StowPosition.parse(slot)) for box, slot in part.boxes.items())
            return Keep(ShipPart.parse(part.place), stowed, why, by)
        case CraneWishPart():
            return CraneWish(part.crane, Worked.parse(part.work), part.only, why, by)
        case OrderPart():
            return OrderWish(Worked.parse(part.first), Worked.parse(part.then), why, by)


def known_part(change: CallChange) -> KnownPart:
    match change:
        case BoxLate(box, ready_s):
            return LatePart(box=box, ready_s=ready_s)
        case ShutOut(box, why):
            return ShutOutPart(box=box, why=why)
        case FoundAt(box, place):
            return FoundPart(box=box, place=str(place))
        case CraneDown(crane, from_s, until_s):
            return CraneDownPart(crane=crane, from_s=from_s, until_s=until_s)
        case ListChanged(new, gone, other):
            return ListPart(new=list(new), gone=list(gone), other=list(other))
        case wish:
            return wish_part(wish)


def known_of(part: KnownPart) -> CallChange:
    """Raises DataError for what names no place."""
    match part:
        case LatePart():
            return BoxLate(ContainerId(part.box), part.ready_s)
        case ShutOutPart():
            return ShutOut(ContainerId(part.box), part.why)
        case FoundPart():
            return FoundAt(ContainerId(part.box), YardPosition.parse(part.place))
        case CraneDownPart():
            return CraneDown(part.crane, part.from_s, part.until_s)
        case ListPart():
            return ListChanged(tuple(part.new), tuple(map(ContainerId, part.gone)), tuple(part.other))
        case wish:
            return wish_of(wish)
