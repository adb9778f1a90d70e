"""Where rows, tiers and lids of a bay lie in a picture seen from aft: port on the left, deck over hold.

Row 00 lies on the centre line, even rows to its left, odd rows to its right, both growing outwards. Lengths are
picture units, x to the right and y down.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from cabria.domain.vessel import Cell, End, HatchCover, Level, VesselBay, VesselProfile, VesselStack

CELL_WIDTH = 26
CELL_HEIGHT = 20
SIDE = 22
"""Room for tier numbers at both sides."""
HEAD = 28
"""Room for row numbers and remaining weights above the deck and below the hold."""
LID_GAP = 16


@dataclass(frozen=True, slots=True)
class Rect:
    x: float
    y: float
    width: float
    height: float


@dataclass(frozen=True)
class BayLayout:
    bay: VesselBay
    half_columns: int
    """Half the width of the grid, in cells times two."""
    tiers: dict[Level, tuple[int, ...]]
    lids: tuple[HatchCover, ...]
    centred: dict[Level, bool]

    @property
    def width(self) -> int:
        return self.half_columns * CELL_WIDTH + 2 * SIDE

    @property
    def height(self) -> int:
        tiers = sum(len(tiers) for tiers in self.tiers.values())
        return 2 * HEAD + tiers * CELL_HEIGHT + LID_GAP

    @property
    def deck_bottom(self) -> int:
        return HEAD + len(self.tiers[Level.DECK]) * CELL_HEIGHT

    @property
    def hold_top(self) -> int:
        return self.deck_bottom + LID_GAP

    def edge(self, level: Level) -> int:
        """Where a level's labels begin: its top on deck, its bottom in the hold."""
        return HEAD if level is Level.DECK else self.height - HEAD

    def column_x(self, row: int, level: Level) -> float:
        """Left side of a row's column."""
        return self.width / 2 + (steps_to_starboard(row, self.centred[level]) - 0.5) * CELL_WIDTH

    def tier_y(self, tier: int, level: Level) -> float:
        """Top of a tier."""
        below = self.tiers[level].index(tier)
        floor = self.deck_bottom if level is Level.DECK else self.height - HEAD
        return floor - (below + 1) * CELL_HEIGHT

    def cell(self, stack: VesselStack, cell: Cell, end: End = End.BOTH) -> Rect:
        """The cell, or the half of it that a 20 ft takes: fore on the left, aft on the right."""
        x, y = self.column_x(stack.row, stack.level), self.tier_y(cell.tier, stack.level)
        if end is End.BOTH or self.bay.number % 2:
            return Rect(x, y, CELL_WIDTH, CELL_HEIGHT)
        return Rect(x + (CELL_WIDTH / 2 if end is End.AFT else 0), y, CELL_WIDTH / 2, CELL_HEIGHT)

    def room(self, stack: VesselStack, cell: Cell) -> Rect:
        """What of the cell takes anything: all of it, or one half where only that end takes a 20 ft."""
        if cell.takes_40 or cell.takes_20_fore == cell.takes_20_aft:
            return self.cell(stack, cell)
        return self.cell(stack, cell, End.FORE if cell.takes_20_fore else End.AFT)

    def lid_bars(self) -> Iterator[tuple[HatchCover, Rect]]:
        """Each lid as a bar between deck and hold, over what it closes here or else under what it carries here."""
        for lid in self.lids:
            closed = [stack for stack in lid.closes if stack.bay == self.bay.number]
            stacks = closed or [stack for stack in lid.carries if stack.bay == self.bay.number]
            left = min(self.column_x(stack.row, stack.level) for stack in stacks)
            right = max(self.column_x(stack.row, stack.level) for stack in stacks) + CELL_WIDTH
            yield lid, Rect(left + 1, self.deck_bottom + LID_GAP / 2 - 3, right - left - 2, 6)


def steps_to_starboard(row: int, has_centre_row: bool) -> float:
    """Columns between the centre line and the middle of a row, positive to starboard."""
    if row == 0:
        return 0.0
    outward = (row + 1) // 2 - (0 if has_centre_row else 0.5)
    return outward if row % 2 else -outward


def bay_layout(profile: VesselProfile, bay: VesselBay) -> BayLayout:
    levels = {level: [stack for stack in bay.stacks if stack.level is level] for level in (Level.DECK, Level.HOLD)}
    centred = {level: has_centre_row(stacks) for level, stacks in levels.items()}
    reach = max(abs(steps_to_starboard(stack.row, centred[stack.level])) for stack in bay.stacks) + 0.5
    tiers = {
        level: tuple(sorted({cell.tier for stack in stacks for cell in stack.cells}))
        for level, stacks in levels.items()
    }
    lids = tuple(
        lid for lid in profile.hatch_covers if any(stack.bay == bay.number for stack in (*lid.closes, *lid.carries))
    )
    return BayLayout(bay, round(2 * reach), tiers, lids, centred)


def has_centre_row(stacks: list[VesselStack]) -> bool:
    """Whether the rows stand around a row 00, which may itself be missing (an engine casing, say).

    With it, row 03 lies twice as far out as row 01; without, three times.
    """
    tcg_mm = {stack.row: stack.tcg_mm for stack in stacks}
    if 0 in tcg_mm:
        return True
    inner, outer = tcg_mm.get(1), tcg_mm.get(3)
    return bool(inner and outer and outer < 2.5 * inner)
