"""What a planner asks of a plan: boxes pinned, places kept or forbidden, which crane works where and in what order, and
how much may change against an earlier plan.

Every wish carries the planner's reason and, if he says so, his name: whoever asks later why a box stands where it
stands is told.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Self

from cabria.domain.containers import Container, ContainerId, Port
from cabria.domain.errors import DataError
from cabria.domain.positions import StowPosition
from cabria.domain.told import told
from cabria.domain.vessel import End, Level, Place, StackId, VesselProfile
from cabria.domain.work import CraneStep

_PART = re.compile(r"bay (\d{1,3})(?: row (\d{1,2}))?(?: (hold|deck))?")
_LID = re.compile(r"(?:(on|under) )?lid (\S.*)")
_SPELLINGS = 'Write a slot such as "0020482", "bay 02 deck", "bay 02 row 04 hold", "lid 02P" or "under lid 02P".'


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
            raise DataError(
                told("A part of a ship is a slot, a bay with what is in it, or a lid.", "part-of-ship-malformed"),
                remedy=_SPELLINGS,
            )
        if self.row is not None and self.bay is None:
            raise DataError(told("A row is one of a bay.", "row-of-no-bay"), remedy=_SPELLINGS)

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
        raise DataError(
            told("{given} names no part of a ship.", "no-part-of-ship", given=repr(text[:60])), remedy=_SPELLINGS
        )

    def __str__(self) -> str:
        if self.slot is not None:
            return str(self.slot)
        if self.lid:
            return {Level.DECK: "on ", Level.HOLD: "under ", None: ""}[self.level] + f"lid {self.lid}"
        row = "" if self.row is None else f" row {self.row:02}"
        return f"bay {self.bay:02}{row}" + (f" {self.level}" if self.level else "")

    def is_of(self, profile: VesselProfile) -> bool:
        """Whether the ship has it."""
        if self.slot is not None:
            return profile.place(self.slot) is not None
        if self.lid:
            return any(lid.id == self.lid for lid in profile.hatch_covers)
        return any(
            self.bay in (bay.number, bay.fore, bay.aft)
            and self.row in (None, stack.row)
            and self.level in (None, stack.level)
            for bay in profile.bays
            for stack in bay.stacks
        )

    def contains(self, profile: VesselProfile, place: Place) -> bool:
        """Whether a box in this place stands in the part with both its ends."""
        return all(self._has(profile, place, half) for half in place.end.halves)

    def touches(self, profile: VesselProfile, place: Place) -> bool:
        """Whether a box in this place takes anything of the part."""
        return any(self._has(profile, place, half) for half in place.end.halves)

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


@dataclass(frozen=True, slots=True)
class Keep:
    """What a plan puts into this part of the ship stays there, slot by slot, and it puts nothing else there."""

    part: ShipPart
    stowed: tuple[tuple[ContainerId, StowPosition], ...]
    """Loads and restows that the plan has there."""
    reason: str = ""
    by: str = ""

    def __str__(self) -> str:
        count = len(self.stowed)
        return f"{self.part} kept with {count} {'box' if count == 1 else 'boxes'}{_why(self.reason, self.by)}"


@dataclass(frozen=True, slots=True)
class Worked:
    """What is worked: one box, or all that is lifted or set in a part of the ship, its lids included."""

    container: ContainerId | None = None
    part: ShipPart | None = None

    def __post_init__(self) -> None:
        if (self.container is None) is (self.part is None):
            raise DataError(told("Work is of one box, or in one part of the ship.", "work-of-what"))

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read `str` of it; what names no part of a ship is a container. Raises DataError."""
        words = " ".join(text.split())
        if " " in words or words.isdigit():
            return cls(part=ShipPart.parse(words))
        if not 0 < len(words) <= 40:
            raise DataError(
                told("{given} is neither a container nor a part of a ship.", "no-work-of-ship", given=repr(text[:60])),
                remedy=_SPELLINGS,
            )
        return cls(container=ContainerId(words.upper()))

    def __str__(self) -> str:
        return str(self.container or self.part)

    def includes(self, profile: VesselProfile, step: CraneStep) -> bool:
        """Whether a step of a crane is some of this work."""
        if self.part is None:
            return self.container in step.containers
        if step.lid:
            bays = next(((b.number, b.fore, b.aft) for b in profile.bays if b.number == step.bay), (step.bay,))
            return self.part.lid == step.lid or (self.part.bay in bays and self.part.row is None)
        places = (profile.place(position) for position in step.positions)
        return any(place is not None and self.part.touches(profile, place) for place in places)


@dataclass(frozen=True, slots=True)
class CraneWish:
    """Work that only this crane does, or that it leaves to the others."""

    crane: str
    work: Worked
    is_only: bool = True
    reason: str = ""
    by: str = ""

    def __str__(self) -> str:
        verb = "worked by no crane but" if self.is_only else "forbidden for crane"
        return f"{self.work} {verb} {self.crane}{_why(self.reason, self.by)}"


@dataclass(frozen=True, slots=True)
class OrderWish:
    """One piece of work is over before the other begins."""

    first: Worked
    then: Worked
    reason: str = ""
    by: str = ""

    def __post_init__(self) -> None:
        if self.first == self.then:
            raise DataError(told("{first} cannot be worked before itself.", "before-itself", first=self.first))

    def __str__(self) -> str:
        return f"{self.first} worked before {self.then}{_why(self.reason, self.by)}"


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
            raise DataError(
                told("A change budget of {boxes} boxes is less than none.", "budget-negative", boxes=self.at_most)
            )

    def __str__(self) -> str:
        return f"at most {self.at_most:,} of {len(self.earlier):,} planned boxes change{_why(self.reason, self.by)}"


StandingWish = Pin | Forbid | Keep | CraneWish | OrderWish
"""What may be asked of a plan that is there already."""
Wish = StandingWish | ChangeBudget


@dataclass(frozen=True)
class Wishes:
    """All that a planner asks of one plan."""

    pins: tuple[Pin, ...] = ()
    forbids: tuple[Forbid, ...] = ()
    budget: ChangeBudget | None = field(default=None)
    keeps: tuple[Keep, ...] = ()
    cranes: tuple[CraneWish, ...] = ()
    orders: tuple[OrderWish, ...] = ()

    @classmethod
    def of(cls, *wishes: Wish) -> Wishes:
        """Wishes by their kind; of several budgets the last counts."""
        budgets = [wish for wish in wishes if isinstance(wish, ChangeBudget)]
        return cls(
            tuple(wish for wish in wishes if isinstance(wish, Pin)),
            tuple(wish for wish in wishes if isinstance(wish, Forbid)),
            budgets[-1] if budgets else None,
            tuple(wish for wish in wishes if isinstance(wish, Keep)),
            tuple(wish for wish in wishes if isinstance(wish, CraneWish)),
            tuple(wish for wish in wishes if isinstance(wish, OrderWish)),
        )

    @property
    def standing(self) -> tuple[StandingWish, ...]:
        """All but the change budget."""
        return (*self.pins, *self.forbids, *self.keeps, *self.cranes, *self.orders)

    @property
    def all(self) -> tuple[Wish, ...]:
        return (*self.standing, *((self.budget,) if self.budget else ()))

    def without(self, dropped: tuple[Wish, ...]) -> Wishes:
        return Wishes.of(*(wish for wish in self.all if wish not in dropped))

    def and_also(self, more: Wishes) -> Wishes:
        """Both; of two budgets the other's counts."""
        return Wishes.of(*self.all, *more.all)

    def spelled_out(self, profile: VesselProfile) -> Wishes:
        """The same with what is kept as pins of its boxes, and its empty cells forbidden."""
        pins = [Pin(box, ShipPart(slot=slot), k.reason, k.by) for k in self.keeps for box, slot in k.stowed]
        empty = [forbid for keep in self.keeps for forbid in _empty_cells(profile, keep)]
        return self.and_also(Wishes(tuple(pins), tuple(empty)))

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


def _empty_cells(profile: VesselProfile, keep: Keep) -> Iterator[Forbid]:
    """The cells of a kept part in which neither end is taken."""
    if keep.part.slot is not None:
        if not keep.stowed:
            yield Forbid(keep.part, Cargo(), keep.reason, keep.by)
        return
    taken = {(place.stack_id, place.level_index) for _, slot in keep.stowed if (place := profile.place(slot))}
    for bay in profile.bays:
        for stack in bay.stacks:
            for level, cell in enumerate(stack.cells):
                number, end = list(bay.ends())[-1]
                is_free = (StackId(bay.number, stack.row, stack.level), level) not in taken
                if is_free and keep.part.touches(profile, Place(bay, stack, level, end)):
                    slot = StowPosition(number, stack.row, cell.tier)
                    yield Forbid(ShipPart(slot=slot), Cargo(), keep.reason, keep.by)


def _why(reason: str, by: str) -> str:
    told = ", ".join(part for part in (reason, f"asked by {by}" if by else "") if part)
    return f" ({told})" if told else ""
