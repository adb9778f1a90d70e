"""One bay section of a ship, what stands in it, what is to be loaded into it, and a plan of slots for it.

The slot planning problem of Delgado, Jensen, Janstrup, Rose and Andersen (2012). A section is a row of stacks, a stack
a pile of cells counted from 1 at the bottom. A cell holds one 40 ft container or a 20 ft one in each of its two slots.
"""

from __future__ import annotations

from dataclasses import astuple, dataclass
from enum import IntEnum

from cabria.domain.errors import DataError

MOST_STACKS = 30
MOST_TIERS = 30
HEAVIEST_KG = 10_000_000
HIGHEST_MM = 200_000


class Slot(IntEnum):
    """The part of a cell a container stands in, spelled as in the public files: both for a 40 ft one."""

    FORE = -1
    BOTH = 0
    AFT = 1

    @property
    def halves(self) -> tuple[Slot, ...]:
        """The single slots it covers."""
        return (Slot.FORE, Slot.AFT) if self is Slot.BOTH else (self,)


@dataclass(frozen=True, slots=True)
class SlotCell:
    """What a cell can take, slot by slot and whole, and where it has a plug. A cell that takes nothing is no cell of
    the section: what stands on it stands on the ship.
    """

    fore_20: bool
    aft_20: bool
    whole_40: bool
    fore_plug: bool = False
    aft_plug: bool = False

    @property
    def is_usable(self) -> bool:
        return self.fore_20 or self.aft_20 or self.whole_40

    def takes(self, slot: Slot) -> bool:
        return {Slot.FORE: self.fore_20, Slot.AFT: self.aft_20, Slot.BOTH: self.whole_40}[slot]

    def has_plug(self, slot: Slot) -> bool:
        """For a 40 ft container a plug at either end will do."""
        return (self.fore_plug and slot is not Slot.AFT) or (self.aft_plug and slot is not Slot.FORE)


@dataclass(frozen=True, slots=True)
class SlotStack:
    """The cells of a stack, bottom first, the mass it may carry and the height its fore and its aft pile may reach."""

    cells: tuple[SlotCell, ...]
    mass_limit_kg: int
    height_limit_mm: int

    def __post_init__(self) -> None:
        if not 1 <= len(self.cells) <= MOST_TIERS:
            raise DataError(f"A stack has 1 to {MOST_TIERS} tiers, not {len(self.cells)}.")
        if not 0 <= self.mass_limit_kg <= HEAVIEST_KG or not 0 <= self.height_limit_mm <= HIGHEST_MM:
            raise DataError("A stack's limits lie between 0 and 10,000 t and between 0 and 200 m.")

    @property
    def floor(self) -> int:
        """The tier at which the lowest container stands: the first usable one; past the last when there is none."""
        return next((tier for tier, cell in enumerate(self.cells, 1) if cell.is_usable), len(self.cells) + 1)


@dataclass(frozen=True, slots=True)
class SlotBox:
    """A container as slot planning knows it; `port` counts along the voyage, a higher one is called at later."""

    length_ft: int
    mass_kg: int
    height_mm: int
    port: int
    is_reefer: bool = False

    def __post_init__(self) -> None:
        if self.length_ft not in (20, 40):
            raise DataError(f"A container is 20 or 40 ft long here, not {self.length_ft}.")
        if not 0 <= self.mass_kg <= HEAVIEST_KG or not 0 < self.height_mm <= HIGHEST_MM:
            raise DataError("A container's mass or height is out of range.")
        if not 0 <= self.port < 10_000:
            raise DataError(f"A port is a number from 0 to 9,999, not {self.port}.")


@dataclass(frozen=True, slots=True, order=True)
class SlotPlace:
    """Where a container stands: stack and tier count from 1."""

    stack: int
    tier: int
    slot: Slot

    def __str__(self) -> str:
        return f"stack {self.stack}, tier {self.tier}, {self.slot.name.lower()}"


@dataclass(frozen=True)
class BaySection:
    """Stacks, the boxes to load (numbered from 0 in this order) and the boxes on board, which stay where they are.

    Boxes on board may break rules of their own, as hanging over a free cell. Raises DataError for stacks of different
    height, places that do not exist, a length that does not fit its slot, and two boxes in one slot.
    """

    stacks: tuple[SlotStack, ...]
    to_load: tuple[SlotBox, ...]
    on_board: tuple[tuple[SlotBox, SlotPlace], ...] = ()

    def __post_init__(self) -> None:
        if not 1 <= len(self.stacks) <= MOST_STACKS:
            raise DataError(f"A section has 1 to {MOST_STACKS} stacks, not {len(self.stacks)}.")
        if len({len(stack.cells) for stack in self.stacks}) > 1:
            raise DataError("The stacks of a section differ in their number of tiers.")
        if len(self.to_load) > 2 * MOST_STACKS * MOST_TIERS:
            raise DataError(f"{len(self.to_load):,} containers are more than any section holds.")
        taken: set[tuple[int, int, Slot]] = set()
        for box, place in self.on_board:
            if not (1 <= place.stack <= len(self.stacks) and 1 <= place.tier <= self.tiers):
                raise DataError(f"A container on board stands at {place}, which does not exist.")
            if (box.length_ft == 40) is not (place.slot is Slot.BOTH):
                raise DataError(f"A {box.length_ft} ft container on board cannot stand at {place}.")
            halves = {(place.stack, place.tier, half) for half in place.slot.halves}
            if taken & halves:
                raise DataError(f"Two containers on board stand at {place}.")
            taken |= halves

    @property
    def tiers(self) -> int:
        return len(self.stacks[0].cells)


@dataclass(frozen=True, slots=True, order=True)
class SlotAssignment:
    """Box number `box` of those to load goes to `place`."""

    box: int
    place: SlotPlace


@dataclass(frozen=True, slots=True)
class SlotPrices:
    """What an overstowing box, a port in a stack, a used stack and a non-reefer at a plug cost; as published."""

    overstow: int = 100
    port: int = 20
    stack: int = 10
    plug: int = 5

    def __post_init__(self) -> None:
        if not all(0 <= price <= 1_000_000 for price in astuple(self)):
            raise DataError("A price lies between 0 and 1,000,000.")


PUBLISHED = SlotPrices()
