"""What a planner asks of a plan: boxes pinned, places forbidden, and how much may change against an earlier plan.

Every wish carries the planner's reason and, if he says so, his name: whoever asks later why a box stands where it
stands is told.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Self

from cabria.domain.containers import Container, ContainerId, Port
from cabria.domain.errors import DataError
from cabria.domain.positions import StowPosition
from cabria.domain.vessel import End, Level, Place, VesselProfile

_PART = re.compile(r"bay (\d{1,3})(?: row (\d{1,2}))?(?: (hold|deck))?")
_LID = re.compile(r"(?:(on|under) )?lid (\S.*)")
_SPELLINGS = 'Write a slot such as "0020482", "bay 02 deck", "bay 02 row 04 hold", "lid 02P" or "under lid 02P".'


def halves_of(place: Place) -> tuple[End, ...]:
    """The ends of its cell that a box in this place takes."""
    return (End.FORE, End.AFT) if place.end is End.BOTH else (place.end,)


@dataclass(frozen=True, slots=True)
class ShipPart:
    """A slot, a stack, a bay or one level of it, or what stands on or under a lid.

    An even bay is both its odd bays; a row without a level is the stack on deck and the one in the hold, a lid
    without a level what stands on it and under it.
    """

    slot: StowPosition | None = None
    bay: int | None = None
    row: int | None = None
    level: Level | None = None
    lid: str = ""

    def __post_init__(self) -> None:
        if sum((self.slot is not None, self.bay is not None, bool(self.lid))) != 1:
            raise DataError("A part of a ship is a slot, a bay with what is in it, or a lid.", remedy=_SPELLINGS)
        if self.row is not None and self.bay is None:
            raise DataError("A row is one of a bay.", remedy=_SPELLINGS)

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read `str` of a part. Raises DataError."""
        words = " ".join(text.split())
        if words.replace(" ", "").isdigit():
            return cls(slot=StowPosition.parse(words))
        if found := _PART.fullmatch(words):
            bay, row, level = found.groups()
            return cls(bay=int(bay), row=int(row) if row else None, level=Level(level) if level else None)
        if found := _LID.fullmatch(words):
            where = {"on": Level.DECK, "under": Level.HOLD, None: None}[found[1]]
            return cls(lid=found[2], level=where)
        raise DataError(f"{text[:60]!r} names no part of a ship.", remedy=_SPELLINGS)

    def __str__(self) -> str:
        if self.slot is not None:
            return str(self.slot)
        if self.lid:
            return {Level.DECK: "on ", Level.HOLD: "under ", None: ""}[self.level] + f"lid {self.lid}"
        row = "" if self.row is None else f" row {self.row:02}"
        return f"bay {self.bay:02}{row}" + (f" {self.level}" if self.level else "")

    def contains(self, profile: VesselProfile, place: Place) -> bool:
        """Whether a box in this place stands in the part with both its ends."""
        return all(self._has(profile, place, half) for half in halves_of(place))

    def touches(self, profile: VesselProfile, place: Place) -> bool:
        """Whether a box in this place takes anything of the part."""
        return any(self._has(profile, place, half) for half in halves_of(place))

    def _has(self, profile: VesselProfile, place: Place, half: End) -> bool:
        number = place.bay.fore if half is End.FORE else place.bay.aft
        if self.slot is not None:
            here = (place.stack.row, place.cell.tier)
            return here == (self.slot.row, self.slot.tier) and self.slot.bay in (number, place.bay.number)
        if self.level not in (None, place.stack.level):
            return False
        if self.lid:
            lids = profile.lids_over if place.stack.level is Level.HOLD else profile.lids_under
            return any(lid.id == self.lid for lid in lids.get(place.stack_id, ()))
        return self.bay in (number, place.bay.number) and self.row in (None, place.stack.row)


@dataclass(frozen=True, slots=True)
class Cargo:
    """Which boxes a wish is about: those for which all that is given holds; nothing given is every box."""

    container: ContainerId | None = None
    pod: Port | None = None
    operator: str = ""
    length_ft: int | None = None
    reefers: bool = False
    dangerous: bool = False

    def includes(self, box: Container) -> bool:
        return (
            self.container in (None, box.id)
            and self.pod in (None, box.pod)
            and self.operator in ("", box.operator)
            and self.length_ft in (None, box.length_ft)
            and (box.needs_plug or not self.reefers)
            and (bool(box.dangerous) or not self.dangerous)
        )

    @property
    def is_all(self) -> bool:
        return self == Cargo()

    def __str__(self) -> str:
        if self.container:
            return self.container
        if self.is_all:
            return "all boxes"
        parts = [
            f"{self.length_ft} ft" if self.length_ft else "",
            self.operator,
            "reefers" if self.reefers else "boxes",
            "with dangerous goods" if self.dangerous else "",
            f"for {self.pod}" if self.pod else "",
        ]
        return " ".join(part for part in parts if part)


@dataclass(frozen=True, slots=True)
class Pin:
    """A box stands in this part of the ship; a slot is that very slot."""

    container: ContainerId
    to: ShipPart
    reason: str = ""
    by: str = ""

    def is_met(self, profile: VesselProfile, position: StowPosition) -> bool:
        if self.to.slot is not None:
            return position == self.to.slot
        place = profile.place(position)
        return place is not None and self.to.contains(profile, place)

    @property
    def because(self) -> str:
        """Why and by whom, in brackets, as far as that was said."""
        return _why(self.reason, self.by)

    def __str__(self) -> str:
        return f"{self.container} pinned to {self.to}{self.because}"


@dataclass(frozen=True, slots=True)
class Forbid:
    """The plan puts none of these boxes into this part of the ship; what stands there already may stay."""

    part: ShipPart
    cargo: Cargo = Cargo()
    reason: str = ""
    by: str = ""

    def is_broken(self, profile: VesselProfile, box: Container, place: Place) -> bool:
        return self.cargo.includes(box) and self.part.touches(profile, place)

    def __str__(self) -> str:
        return f"{self.part} forbidden for {self.cargo}{_why(self.reason, self.by)}"


@dataclass(frozen=True)
class ChangeBudget:
    """Of the boxes that an earlier plan loads or restows, at most so many get another slot or stay ashore.

    `earlier` are the slots of that plan. Boxes that have left the list since, or may not be loaded any more, and boxes
    that are new on it, are free.
    """

    earlier: Mapping[ContainerId, StowPosition]
    at_most: int
    reason: str = ""
    by: str = ""

    def __post_init__(self) -> None:
        if self.at_most < 0:
            raise DataError(f"A change budget of {self.at_most} boxes is less than none.")

    def __str__(self) -> str:
        return f"at most {self.at_most:,} of {len(self.earlier):,} planned boxes change{_why(self.reason, self.by)}"


Wish = Pin | Forbid | ChangeBudget


@dataclass(frozen=True)
class Wishes:
    """All that a planner asks of one plan."""

    pins: tuple[Pin, ...] = ()
    forbids: tuple[Forbid, ...] = ()
    budget: ChangeBudget | None = field(default=None)

    @property
    def all(self) -> tuple[Wish, ...]:
        return (*self.pins, *self.forbids, *((self.budget,) if self.budget else ()))

    def without(self, dropped: tuple[Wish, ...]) -> Wishes:
        return Wishes(
            tuple(pin for pin in self.pins if pin not in dropped),
            tuple(forbid for forbid in self.forbids if forbid not in dropped),
            None if self.budget in dropped else self.budget,
        )

    def and_also(self, more: Wishes) -> Wishes:
        """Both; of two budgets the other's counts."""
        return Wishes((*self.pins, *more.pins), (*self.forbids, *more.forbids), more.budget or self.budget)

    def pins_of(self, container: ContainerId) -> tuple[Pin, ...]:
        return tuple(pin for pin in self.pins if pin.container == container)


@dataclass(frozen=True)
class ImpossibleWish:
    """A wish that cannot be met: the referee's rule that forbids it, in a sentence, where, and what to do."""

    wish: Wish
    rule: str
    text: str
    place: str = ""
    remedy: str = ""

    def __str__(self) -> str:
        at = f" at {self.place}" if self.place else ""
        return " ".join(part for part in (f"{self.wish}: {self.rule}{at}: {self.text}", self.remedy) if part)


class ImpossibleWishes(DataError):
    """Wishes that cannot be met, all of them."""

    def __init__(self, wishes: tuple[ImpossibleWish, ...]) -> None:
        self.wishes = wishes
        count = "One wish" if len(wishes) == 1 else f"{len(wishes):,} wishes"
        told = " ".join(f"({number}) {wish}" for number, wish in enumerate(wishes, 1))
        super().__init__(f"{count} cannot be met. {told}", remedy="To plan without, say --drop-impossible-wishes.")

    def inside(self, file: str) -> DataError:
        return self


def _why(reason: str, by: str) -> str:
    told = ", ".join(part for part in (reason, f"asked by {by}" if by else "") if part)
    return f" ({told})" if told else ""
