"""Where a container may stand: slots, lengths, cells and what is under it."""

from __future__ import annotations

from collections.abc import Iterator

from cabria.domain.findings import Severity
from cabria.domain.told import told
from cabria.domain.vessel import Cell, End
from cabria.referee.condition import Aboard, Condition, StackState, support_level
from cabria.referee.rule import Offence, Rule

SLOT = Rule("POS-SLOT", Severity.HARD, "Every container stands in a slot the vessel profile has.")
LENGTH = Rule(
    "POS-LENGTH",
    Severity.HARD,
    "A 20 ft container stands in an odd bay, a longer one in an even bay over two odd ones.",
)
CELL = Rule(
    "POS-CELL", Severity.HARD, "The cell takes a container of this length: 45 ft only where it says so, nothing longer."
)
CLASH = Rule("POS-CLASH", Severity.HARD, "One container per slot; a 40 ft and a 20 ft never share an end of a cell.")
SUPPORT = Rule(
    "POS-SUPPORT", Severity.HARD, "No container hangs: each of its ends stands on the ship, a lid or another container."
)
LEVEL = Rule("POS-LEVEL", Severity.HARD, "A 40 ft container stands level: what is under its two ends is equally high.")
SHORT_ON_LONG = Rule("POS-20-ON-40", Severity.HARD, "No 20 ft container stands on a longer one.")

UNLEVEL_MM = 50
"""Differences in height up to this are unevenness, not a missing or another container."""


def slot_exists(condition: Condition) -> Iterator[Offence]:
    for container, position in condition.astray:
        text = told("{vessel} has no slot {slot}.", "no-such-slot", vessel=condition.profile.name, slot=position)
        yield Offence(SLOT, text, str(position), container.id)


def length_fits_bay(condition: Condition) -> Iterator[Offence]:
    for box in condition.boxes():
        if box.container.is_20 is (box.place.end is End.BOTH):
            kind = "even (40 ft)" if box.position.is_40 else "odd (20 ft)"
            text = told(
                "A {length_ft} ft container cannot stand in the {bays} bay {bay:02}.",
                "bay-of-other-length",
                length_ft=box.container.length_ft,
                bays=kind,
                bay=box.position.bay,
            )
            yield Offence(LENGTH, text, str(box.position), box.container.id)


def takes(cell: Cell, end: End, length_ft: int) -> bool:
    """Whether a cell takes a container of this length at this end."""
    if end is End.FORE:
        return cell.takes_20_fore
    if end is End.AFT:
        return cell.takes_20_aft
    return cell.takes_45 if length_ft > 40 else cell.takes_40


def cell_takes_length(condition: Condition) -> Iterator[Offence]:
    for box in condition.boxes():
        if not takes(box.place.cell, box.place.end, box.container.length_ft) or box.container.length_ft > 45:
            text = told(
                "The cell takes no {length_ft} ft container.", "cell-of-other-length", length_ft=box.container.length_ft
            )
            yield Offence(CELL, text, str(box.position), box.container.id)


def one_box_per_place(condition: Condition) -> Iterator[Offence]:
    for state in condition.stacks.values():
        for box, standing in state.clashes:
            text = told(
                "The place is taken by {other} in slot {slot}.",
                "place-taken",
                other=standing.container.id,
                slot=standing.position,
            )
            yield Offence(CLASH, text, str(box.position), box.container.id, standing.container.id)


def nothing_hangs(condition: Condition) -> Iterator[Offence]:
    for state in condition.stacks.values():
        for box in state.boxes:
            hanging = [half for half in box.halves if not is_carried(state, box.level_index, half)]
            if hanging:
                text = told("Nothing stands under its {ends} end.", "end-hangs", ends=" and ".join(hanging))
                yield Offence(SUPPORT, text, str(box.position), box.container.id, amount=len(hanging))


def is_carried(state: StackState, level_index: int, half: End) -> bool:
    lower = support_level(state.stack, level_index, half)
    return lower is None or state.halves[half][lower] is not None


def stands_level(condition: Condition) -> Iterator[Offence]:
    for state in condition.stacks.values():
        if has_steps(state):
            continue  # what the ship itself puts under each end is not in the profile
        for box in state.boxes:
            if box.place.end is not End.BOTH:
                continue
            fore, aft = (height_below(state, box, half) for half in (End.FORE, End.AFT))
            if fore is not None and aft is not None and abs(fore - aft) > UNLEVEL_MM:
                text = told(
                    "The containers under its ends are {fore_mm} mm (fore) and {aft_mm} mm (aft) high.",
                    "not-level",
                    fore_mm=fore,
                    aft_mm=aft,
                )
                yield Offence(LEVEL, text, str(box.position), box.container.id)


def has_steps(state: StackState) -> bool:
    """Whether the floor is not the same at both ends, or a cell in between is missing at one end."""
    levels = range(len(state.stack.cells))
    return any(
        support_level(state.stack, level, End.FORE) != support_level(state.stack, level, End.AFT) for level in levels
    )


def height_below(state: StackState, box: Aboard, half: End) -> int | None:
    """Sum of heights under one end of a container, None where something is missing."""
    total = 0
    for level in range(box.level_index):
        standing = state.halves[half][level]
        if standing is None:
            return None
        total += standing.container.height_mm
    return total


def no_short_on_long(condition: Condition) -> Iterator[Offence]:
    for state in condition.stacks.values():
        for box in state.boxes:
            if box.place.end is End.BOTH or box.level_index == 0:
                continue
            below = state.halves[box.place.end][box.level_index - 1]
            if below and below.place.end is End.BOTH:
                text = told(
                    "It stands on the {length_ft} ft container {other}.",
                    "short-on-long",
                    length_ft=below.container.length_ft,
                    other=below.container.id,
                )
                yield Offence(SHORT_ON_LONG, text, str(box.position), box.container.id, below.container.id)
