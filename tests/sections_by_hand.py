"""Small bay sections for the tests of slot planning."""

from __future__ import annotations

from cabria.domain.slot_planning import BaySection, Slot, SlotAssignment, SlotBox, SlotCell, SlotPlace, SlotStack

CELLS = {
    ".": SlotCell(False, False, False),
    "B": SlotCell(True, True, True),
    "4": SlotCell(False, False, True),
    "2": SlotCell(True, True, False),
    "A": SlotCell(True, True, True, aft_plug=True),
    "F": SlotCell(True, True, True, fore_plug=True),
    "P": SlotCell(True, True, True, fore_plug=True, aft_plug=True),
}


def stack_of(cells: str, mass_t: int = 1_000, height_mm: int = 100_000) -> SlotStack:
    """A stack written from the bottom up, a letter a cell."""
    return SlotStack(tuple(CELLS[cell] for cell in cells), 1_000 * mass_t, height_mm)


def box(length_ft: int, port: int = 1, mass_t: int = 10, *, is_high: bool = False, is_reefer: bool = False) -> SlotBox:
    return SlotBox(length_ft, 1_000 * mass_t, 2_896 if is_high else 2_591, port, is_reefer)


def section_of(*stacks: str | SlotStack, load: tuple[SlotBox, ...] = (), aboard: str = "") -> BaySection:
    """Stacks and boxes to load; `aboard` are 40 ft boxes of port 2, written stack and tier, as in "11 12"."""
    piles = tuple(stack_of(stack) if isinstance(stack, str) else stack for stack in stacks)
    places = tuple(SlotPlace(int(word[0]), int(word[1]), Slot.BOTH) for word in aboard.split())
    return BaySection(piles, load, tuple((box(40, 2), place) for place in places))


def put(number: int, stack: int, tier: int, slot: Slot = Slot.BOTH) -> SlotAssignment:
    return SlotAssignment(number, SlotPlace(stack, tier, slot))
