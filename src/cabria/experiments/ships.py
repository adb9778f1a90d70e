"""Credible container ships of any size from 1,000 to 24,000 TEU, made from a few tables.

No real ship is copied. A ship is made in six steps, each a small function below:

1. *Size.* Main dimensions are interpolated in `SIZES`, round figures of well-known public classes: feeders of
   1,000 and 1,700 TEU, Panamax (32.2 m beam, 13 rows), 6,600 (40 m, 16 rows), 8,500 (42.8 m, 17 rows), 13,000
   (366 x 48.2 m, 19 rows), 16,000 (396 x 53.6 m, 21 rows), 18,000 (399 x 58.6 m, 23 rows), 24,000 (400 x 61.5 m,
   24 rows). Rows stand 2.5 m apart, bays 14 to 15 m.
2. *Hull form.* `_half_breadth` narrows the hull towards bow and stern, more at the bottom than at the deck: a cell
   exists where its 20 ft ends fit inside, so rows drop out and the hold floor steps up. Where only the wider end
   fits, the cell takes a 20 ft alone.
3. *Deck.* Stacks are as high as the line of sight from the bridge allows (sea visible 500 m ahead of the bow, SOLAS
   V/22) and one tier higher until the ship carries its TEU; what is too much is left off the top, outboard rows at
   the bow first.
4. *Fittings.* Lids, plugs, places for 45 ft and for 40 ft only, limits of weight and height of each stack.
5. *Hydrostatics.* Displacement, draught and moments from the dimensions with textbook approximations (Schneekluth
   and Bertram, Ship Design for Efficiency and Economy, 1998: KB by Morrish, waterplane from the block coefficient);
   metacentre and distribution of buoyancy scaled from ship M of Larsen and Pacino (CC0, DOI 10.11583/DTU.9916760),
   whose strength limits are scaled likewise, shear with the displacement and bending with Cb B L^2 as class rules do.
6. *Tanks.* Peaks, double-bottom and wing pairs along the length, a heeling pair, fuel.

Lengths are metres and masses tonnes inside this module; the profile has millimetres and kilograms. The origin is the
aft perpendicular on the centre line. Nothing is random but what `seed` varies a little: which bays have plugs, where
lids are split, how strong deck stacks are, and how heavy the empty ship is.
"""

from __future__ import annotations

import math
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from random import Random
from typing import NamedTuple

from cabria.domain.errors import DataError
from cabria.domain.vessel import (
    Cell,
    HatchCover,
    HydrostaticPoint,
    Level,
    StackId,
    Station,
    Tank,
    VesselBay,
    VesselLimits,
    VesselProfile,
    VesselStack,
)

MIN_TEU, MAX_TEU = 1_000, 24_000
TWIN_ISLAND_TEU = 14_000
"""Above this size the bridge stands forward of the funnel, so that it sees over its deck boxes."""


class Size(NamedTuple):
    """Main dimensions of a class of ships, in metres and tonnes; `draught` is the scantling draught."""

    teu: float
    loa: float
    lpp: float
    beam: float
    depth: float
    draught: float
    block: float
    lightship: float
    plugs: float


SIZES = (
    Size(1_000, 148, 138, 22.8, 11.2, 8.4, 0.68, 4_600, 180),
    Size(1_700, 175, 164, 27.6, 14.2, 9.8, 0.67, 8_000, 300),
    Size(2_500, 209, 196, 29.8, 16.4, 11.5, 0.66, 11_500, 400),
    Size(4_250, 260, 245, 32.2, 19.3, 12.6, 0.67, 17_000, 450),
    Size(6_600, 300, 286, 40.0, 24.2, 14.2, 0.66, 27_000, 550),
    Size(8_500, 335, 320, 42.8, 24.6, 14.6, 0.66, 33_000, 700),
    Size(10_000, 349, 334, 45.6, 27.2, 15.2, 0.67, 38_000, 800),
    Size(13_000, 366, 350, 48.2, 29.8, 15.8, 0.69, 46_000, 900),
    Size(16_000, 396, 374, 53.6, 30.2, 16.0, 0.70, 55_000, 1_100),
    Size(18_000, 399, 378, 58.6, 30.3, 16.0, 0.70, 60_000, 1_200),
    Size(20_000, 400, 383, 58.8, 32.5, 16.0, 0.71, 62_000, 1_250),
    Size(24_000, 400, 386, 61.5, 33.2, 17.0, 0.71, 67_000, 1_300),
)

# Ship M of Larsen and Pacino at a scantling displacement of 140,403 t (13.8 m draught at 42.8 m beam):
# displacement as a share of that, metacentre above the keel, and thousandths of the buoyancy in each twelfth of the
# ship's length from the bow.
HULL = (
    (0.233, 34.37, (12, 27, 53, 91, 124, 147, 155, 154, 135, 68, 26, 8)),
    (0.376, 26.71, (15, 29, 57, 93, 122, 141, 148, 147, 135, 79, 28, 6)),
    (0.530, 22.91, (16, 31, 59, 94, 121, 136, 141, 141, 133, 87, 34, 7)),
    (0.693, 20.94, (17, 32, 62, 95, 119, 132, 136, 135, 131, 92, 43, 6)),
    (0.865, 19.96, (16, 34, 64, 96, 117, 128, 131, 131, 128, 95, 53, 7)),
    (1.046, 19.58, (15, 35, 66, 96, 115, 125, 127, 127, 125, 96, 60, 13)),
    (1.238, 19.59, (15, 37, 68, 96, 113, 121, 123, 123, 122, 96, 66, 20)),
)
HULL_BEAM, HULL_DRAUGHT, HULL_LPP, HULL_BLOCK = 42.8, 13.8, 345.0, 0.65
HULL_DISPLACEMENT = 140_403.0
# Share of the largest permitted still-water bending moment at shares of the length, as the IACS Common Structural
# Rules distribute it; the ends keep the 9 % that ship M has there.
BENDING_SHARE = ((0.0, 0.09), (0.06, 0.09), (0.1, 0.15), (0.3, 1.0), (0.7, 1.0), (0.9, 0.15), (0.94, 0.09), (1.0, 0.09))
# Of ship M, in tonne-metres and tonnes.
HULL_BENDING, HULL_SHEAR = 625_000.0, 8_450.0

# Empty ship: share of its weight, and height of its centre as a share of the depth.
STEEL, MACHINERY, HOUSE = (0.74, 0.50), (0.16, 0.42), (0.10, 1.25)

ROW_PITCH = 2.5
CELL_HEIGHT = 2.591
"""8 ft 6 in, the height that hold tiers are counted in."""
HIGH_CUBE = 2.896
DECK_TIER = 2.743
"""Between 8 ft 6 in and 9 ft 6 in: half of the deck boxes are high cubes."""
HALF_CELL = 3.08
"""From the centre of a 40 ft cell to that of a 20 ft box in it."""
WATER = 1.025


def make_ship(teu: int, *, seed: int = 0, name: str | None = None, imo: str = "", call_sign: str = "") -> VesselProfile:
    """A ship that carries exactly `teu`, the same for the same arguments. Raises DataError out of range."""
    if not MIN_TEU <= teu <= MAX_TEU:
        raise DataError(f"Ships are made from {MIN_TEU:,} to {MAX_TEU:,} TEU, not {teu:,}.")
    plan = _Plan(_size(teu), Random(f"{seed}/{teu}"))
    bays = _with_plugs(_bays(plan, teu), plan)
    points, stations = _hydrostatics(plan)
    return VesselProfile(
        name=name or f"CABRIA {teu}",
        bays=bays,
        hatch_covers=_hatch_covers(bays, plan),
        hydrostatics=points,
        stations=stations,
        tanks=_tanks(plan),
        limits=_limits(plan),
        imo=imo,
        call_sign=call_sign,
        length_mm=_mm(plan.size.lpp),
        beam_mm=_mm(plan.size.beam),
        source=f"Made by Cabria for {teu:,} TEU, seed {seed}; no real ship.",
    )


def _size(teu: float) -> Size:
    upper = next(i for i, size in enumerate(SIZES) if i and size.teu >= teu)
    low, high = SIZES[upper - 1], SIZES[upper]
    share = (teu - low.teu) / (high.teu - low.teu)
    return Size(*(a + share * (b - a) for a, b in zip(low, high, strict=True)))


def _mm(metres: float) -> int:
    return round(metres * 1_000)


def _kg(tonnes: float) -> int:
    return round(tonnes * 1_000)


def _interpolate(x: float, table: Sequence[tuple[float, float]]) -> float:
    """Linear between the points of a table that rises in x, constant beyond its ends."""
    upper = bisect_right([point[0] for point in table], x)
    if upper in (0, len(table)):
        return table[min(upper, len(table) - 1)][1]
    (x0, y0), (x1, y1) = table[upper - 1], table[upper]
    return y0 + (y1 - y0) * (x - x0) / (x1 - x0)


# --- 1. Size and general arrangement ---


@dataclass(frozen=True)
class _Plan:
    """The general arrangement: where bays and houses stand. x runs forward from the aft perpendicular."""

    size: Size
    random: Random

    @property
    def is_twin(self) -> bool:
        return self.size.teu > TWIN_ISLAND_TEU

    @property
    def stern_x(self) -> float:
        return -0.4 * (self.size.loa - self.size.lpp)

    @property
    def bow_x(self) -> float:
        return self.stern_x + self.size.loa

    @cached_property
    def rows(self) -> int:
        """Rows on deck; the hold has two less, for the wing tanks."""
        return round((self.size.beam - 0.7) / ROW_PITCH)

    @property
    def row_pitch(self) -> float:
        return min(ROW_PITCH, self.size.beam / self.rows)

    @property
    def bottom(self) -> float:
        """Height of the double bottom, on which the lowest hold tier stands."""
        return max(1.2, self.size.beam / 24)

    @property
    def lid_top(self) -> float:
        """Height on which deck stacks stand: coaming and lid above the upper deck."""
        return self.size.depth + 2.2

    @property
    def hold_tiers(self) -> int:
        return int((self.size.depth + 1.5 - self.bottom - 0.2) / CELL_HEIGHT)

    @property
    def _forecastle(self) -> float:
        return 8 + 0.03 * self.size.loa

    @property
    def _mooring_deck(self) -> float:
        return 2 + 0.01 * self.size.loa

    @property
    def _houses(self) -> float:
        return 27.0 if self.is_twin else 14 + 0.025 * self.size.loa

    @cached_property
    def bay_count(self) -> int:
        return round((self.size.loa - self._forecastle - self._mooring_deck - self._houses) / 14.4)

    @cached_property
    def bay_pitch(self) -> float:
        room = self.size.loa - self._forecastle - self._mooring_deck - self._houses
        return room / self.bay_count

    @property
    def house_before(self) -> int:
        """Index of the bay just abaft the bridge."""
        return round(0.34 * self.bay_count) if self.is_twin else self.funnel_before

    @property
    def funnel_before(self) -> int:
        """Index of the bay just abaft the funnel, over the engine."""
        return self.bay_count - max(1, round(0.22 * self.bay_count))

    @cached_property
    def bay_x(self) -> tuple[float, ...]:
        """Centre of each 40 ft bay, from the bow."""
        x = self.bow_x - self._forecastle
        centres = []
        for index in range(self.bay_count):
            x -= self._gap_before(index)
            centres.append(x - self.bay_pitch / 2)
            x -= self.bay_pitch
        return tuple(centres)

    def _gap_before(self, index: int) -> float:
        houses = (index == self.house_before) + (index == self.funnel_before)
        return houses * self._houses / 2

    @property
    def bridge_x(self) -> float:
        return self.bay_x[self.house_before] + self.bay_pitch / 2 + self._houses / 2

    @property
    def funnel_x(self) -> float:
        return self.bay_x[self.funnel_before] + self.bay_pitch / 2 + self._houses / 4

    def tcg(self, row: int) -> float:
        """Distance of a row from the centre line, starboard positive: odd rows to starboard, 00 in the middle."""
        steps = (row + 1) // 2 - (0 if self.rows % 2 else 0.5)
        return (steps if row % 2 else -steps) * self.row_pitch

    def row_numbers(self, count: int) -> tuple[int, ...]:
        """`count` rows from port to starboard, such as 04 02 00 01 03."""
        first = 0 if self.rows % 2 else 1
        return tuple(sorted(range(first, first + count), key=self.tcg))


# --- 2. Hull form and cells ---


def _half_breadth(s: float, z: float) -> float:
    """Half breadth of the hull as a share of the largest, at a share `s` of the length from the stern and a share
    `z` of the depth from the keel. A full mid-body, a fine entrance, a run that ends in a wide transom above water;
    towards both ends the bottom rises.
    """
    bottom = 0.48 * math.pow(max(0.0, 1 - s / 0.24), 1.2) + 0.42 * math.pow(max(0.0, (s - 0.86) / 0.14), 1.3)
    if z < bottom:
        return 0.0
    z = (z - bottom) / (1 - bottom)
    entrance, run = 0.62 + 0.16 * z, 0.05 + 0.34 * max(0.0, 1 - z)
    if s > entrance:
        return max(0.0, 1 - math.pow((s - entrance) / (1 - entrance), 1.5 + 1.0 * z))
    if s < run:
        transom = 0.80 * min(1.0, z)
        return 1 - (1 - transom) * math.pow((run - s) / run, 1.6)
    return 1.0


def _fits(plan: _Plan, x: float, height: float, tcg: float, clearance: float) -> bool:
    """True where the hull leaves room for a row at both ends of the 20 ft place centred at x."""
    share = min(
        _half_breadth((end - plan.stern_x) / plan.size.loa, height / plan.size.depth)
        for end in (x - HALF_CELL, x + HALF_CELL)
    )
    return abs(tcg) + plan.row_pitch / 2 <= (plan.size.beam / 2 - clearance) * share


def _hold_cells(plan: _Plan, index: int, row: int) -> tuple[Cell, ...]:
    """Cells of a hold stack from its floor up to the coaming."""
    x, cells = plan.bay_x[index], []
    at_an_end = index < 3 or index >= plan.bay_count - 2
    for level in range(plan.hold_tiers):
        height = plan.bottom + (level + 0.5) * CELL_HEIGHT
        fore, aft = (
            _fits(plan, x + side * HALF_CELL, height, plan.tcg(row), 0.95 * plan.row_pitch) for side in (1, -1)
        )
        if (fore and aft) or (at_an_end and (fore or aft)):
            is_whole = fore and aft
            cells.append(Cell(2 + 2 * level, fore, aft, is_whole, vcg_mm=_mm(height)))
    return tuple(cells)


# --- 3. Deck ---


def _visible_height(plan: _Plan, index: int, tiers: int) -> float:
    """How high deck stacks may stand above the lids so that the bridge sees the water 500 m ahead of the bow.

    The bridge is as high as the highest stacks just before it need. Abaft the bridge only `tiers` count.
    """
    full = tiers * HIGH_CUBE
    x = plan.bay_x[index] - plan.bay_pitch / 2
    if index >= plan.house_before:
        return full
    lid = plan.lid_top - 0.9 * plan.size.draught
    eye = lid + full + 2
    horizon = plan.bow_x + 500
    return min(full, eye * (horizon - x) / (horizon - plan.bridge_x) - lid)


def _deck_rows(plan: _Plan, index: int) -> tuple[int, ...]:
    return tuple(
        row
        for row in plan.row_numbers(plan.rows)
        if all(
            _fits(plan, plan.bay_x[index] + side * HALF_CELL, 1.2 * plan.size.depth, plan.tcg(row), -1.0)
            for side in (1, -1)
        )
    )


def _deck_cells(plan: _Plan, index: int, height: float) -> tuple[Cell, ...]:
    """Cells of a deck stack. Longer boxes stand above the lashing bridges, away from houses; the last bay and the
    one abaft the funnel have no room for lashing 20 ft boxes.
    """
    only_40 = index in (plan.bay_count - 1, plan.funnel_before)
    beside_house = {plan.house_before - 1, plan.house_before, plan.funnel_before - 1, plan.funnel_before}
    may_45 = index not in beside_house and index > 1
    return tuple(
        Cell(
            tier=82 + 2 * level,
            takes_20_fore=not only_40,
            takes_20_aft=not only_40,
            takes_45=may_45 and level >= 2,
            vcg_mm=_mm(plan.lid_top + (level + 0.5) * DECK_TIER),
        )
        for level in range(max(1, int(height / CELL_HEIGHT)))
    )


def _stack(plan: _Plan, index: int, row: int, level: Level, cells: tuple[Cell, ...], height: float) -> VesselStack:
    x, count = plan.bay_x[index], len(cells)
    strength = min(1.0, 0.55 + plan.size.beam / 130)
    if level is Level.HOLD:
        weight_20, weight_40 = min(24.0 * count, 216.0), 27.5 * count
    else:
        strong = 1.0 if 1 < index < plan.bay_count - 1 else 0.85
        weight_20, weight_40 = 100.0 * strength * strong, 150.0 * strength * strong
    return VesselStack(
        row=row,
        level=level,
        cells=cells,
        max_weight_20_kg=round(weight_20) * 1_000,
        max_weight_40_kg=round(weight_40) * 1_000,
        max_height_mm=_mm(height),
        tcg_mm=_mm(plan.tcg(row)),
        lcg_fore_mm=_mm(x + HALF_CELL),
        lcg_mm=_mm(x),
        lcg_aft_mm=_mm(x - HALF_CELL),
    )


def _bays(plan: _Plan, teu: int) -> tuple[VesselBay, ...]:
    """All bays, with deck stacks just high enough for `teu`."""
    holds = [_hold_stacks(plan, index) for index in range(plan.bay_count)]
    below = sum(_teu(stack) for stacks in holds for stack in stacks)
    for tiers in range(3, 15):
        decks = [_deck_stacks(plan, index, tiers) for index in range(plan.bay_count)]
        excess = below + sum(_teu(stack) for stacks in decks for stack in stacks) - teu
        if excess >= 0:
            break
    else:
        raise DataError(f"No arrangement of {teu:,} TEU was found.")
    decks = _without_top_cells(plan, decks, excess // 2)
    if excess % 2:
        holds = _without_a_20(plan, holds)
    return tuple(
        VesselBay(4 * index + 2, 4 * index + 1, 4 * index + 3, (*decks[index], *holds[index]))
        for index in range(plan.bay_count)
    )


def _teu(stack: VesselStack) -> int:
    return sum(2 if cell.takes_40 else 1 for cell in stack.cells)


def _hold_stacks(plan: _Plan, index: int) -> list[VesselStack]:
    found = ((row, _hold_cells(plan, index, row)) for row in plan.row_numbers(plan.rows - 2))
    return [_hold_stack(plan, index, row, cells) for row, cells in found if any(cell.takes_40 for cell in cells)]


def _hold_stack(plan: _Plan, index: int, row: int, cells: tuple[Cell, ...]) -> VesselStack:
    """A hold stack; its height leaves no room for as many high cubes as there are tiers."""
    return _stack(plan, index, row, Level.HOLD, cells, len(cells) * CELL_HEIGHT + 0.25)


def _deck_stacks(plan: _Plan, index: int, tiers: int) -> list[VesselStack]:
    height = _visible_height(plan, index, tiers)
    cells = _deck_cells(plan, index, min(height, tiers * CELL_HEIGHT + 0.001))
    return [_stack(plan, index, row, Level.DECK, cells, height) for row in _deck_rows(plan, index)]


def _without_top_cells(plan: _Plan, decks: list[list[VesselStack]], count: int) -> list[list[VesselStack]]:
    """Leave `count` cells out, the topmost of stacks from outboard in and from the bow aft."""
    order = sorted(
        ((index, place) for index, stacks in enumerate(decks) for place, _ in enumerate(stacks)),
        key=lambda at: (-abs(plan.tcg(decks[at[0]][at[1]].row)), at[0], at[1]),
    )
    lowered = [list(stacks) for stacks in decks]
    while count > 0:
        for index, place in order[:count]:
            stack = lowered[index][place]
            if len(stack.cells) > 1:
                lowered[index][place] = replace(stack, cells=stack.cells[:-1])
                count -= 1
    return lowered


def _without_a_20(plan: _Plan, holds: list[list[VesselStack]]) -> list[list[VesselStack]]:
    """Leave out one place for a 20 ft alone, at the bottom of the first stack that has one."""
    index, place = next(
        (index, place)
        for index, stacks in enumerate(holds)
        for place, stack in enumerate(stacks)
        if not stack.cells[0].takes_40
    )
    lowered = [list(stacks) for stacks in holds]
    stack = lowered[index][place]
    lowered[index][place] = _hold_stack(plan, index, stack.row, stack.cells[1:])
    return lowered


# --- 4. Fittings ---


def _with_plugs(bays: tuple[VesselBay, ...], plan: _Plan) -> tuple[VesselBay, ...]:
    """Plugs until the ship has its number: aft on the two lowest deck tiers of most bays (fore too on the lowest of
    some, for 20 ft reefers), and on the lower hold tiers of a few. A rack serves all rows of a tier.
    """
    target = round(plan.size.plugs)
    inner = list(range(2, plan.bay_count - 1))
    plan.random.shuffle(inner)
    in_hold = inner[: max(1, plan.bay_count // 4)]
    racks = [(index, Level.DECK, level, False) for level in (0, 1) for index in inner]
    racks[len(inner) : len(inner)] = [(index, Level.HOLD, level, False) for index in in_hold for level in (0, 1)]
    racks += [(index, Level.DECK, 0, True) for index in inner] + [(index, Level.DECK, 2, False) for index in inner]
    racks += [(index, Level.HOLD, level, False) for level in (2, 3) for index in inner]
    fitted = list(bays)
    for index, level, tier, is_fore in racks:
        if target <= 0:
            break
        bay, added = _with_rack(fitted[index], level, tier, is_fore)
        fitted[index] = bay
        target -= added
    return tuple(fitted)


def _with_rack(bay: VesselBay, level: Level, tier_index: int, is_fore: bool) -> tuple[VesselBay, int]:
    """The bay with a plug at one end of every cell of a tier, and how many that were."""
    tiers = sorted({cell.tier for stack in bay.stacks if stack.level is level for cell in stack.cells})
    if tier_index >= len(tiers):
        return bay, 0
    added, stacks = 0, []
    for stack in bay.stacks:
        cells = list(stack.cells)
        for place, cell in enumerate(cells):
            if stack.level is level and cell.tier == tiers[tier_index] and cell.takes_40:
                cells[place] = replace(cell, has_plug_fore=True) if is_fore else replace(cell, has_plug_aft=True)
                added += 1
        stacks.append(replace(stack, cells=tuple(cells)))
    return replace(bay, stacks=tuple(stacks)), added


def _hatch_covers(bays: tuple[VesselBay, ...], plan: _Plan) -> tuple[HatchCover, ...]:
    """Two to four lids athwart over each hold. Deck stacks one row outboard of a lid overhang it and stand on it too;
    those further out stand on the side.
    """
    split_odd = plan.random.random() < 0.5
    lids: list[HatchCover] = []
    for bay in bays:
        hold = sorted((s.row for s in bay.stacks if s.level is Level.HOLD), key=plan.tcg)
        deck = sorted((s.row for s in bay.stacks if s.level is Level.DECK), key=plan.tcg)
        for number, rows in enumerate(_split(hold, 2 if plan.rows <= 9 else 3 if plan.rows <= 18 else 4, split_odd), 1):
            reach = 1.1 * plan.row_pitch
            port = plan.tcg(rows[0]) - (reach if rows[0] == hold[0] else 0.1)
            starboard = plan.tcg(rows[-1]) + (reach if rows[-1] == hold[-1] else 0.1)
            lids.append(
                HatchCover(
                    id=f"{bay.number:02}-{number}",
                    closes=tuple(StackId(bay.number, row, Level.HOLD) for row in rows),
                    carries=tuple(
                        StackId(bay.number, row, Level.DECK) for row in deck if port <= plan.tcg(row) <= starboard
                    ),
                )
            )
    return tuple(lids)


def _split(rows: list[int], parts: int, wide_inside: bool) -> list[list[int]]:
    """Rows in runs of nearly equal length, from port; the odd ones go to the inner or to the outer lids."""
    parts = max(1, min(parts, len(rows) // 2))
    sizes = [len(rows) // parts] * parts
    inside_first = sorted(range(parts), key=lambda part: abs(part - (parts - 1) / 2), reverse=not wide_inside)
    for part in inside_first[: len(rows) % parts]:
        sizes[part] += 1
    ends = [sum(sizes[: part + 1]) for part in range(parts)]
    return [rows[end - size : end] for end, size in zip(ends, sizes, strict=True) if size]


# --- 5. Hydrostatics and strength ---


def _displacement(size: Size, draught: float) -> float:
    """Tonnes at a draught: block coefficient grows a little as the hull sinks in."""
    share = draught / size.draught
    return WATER * size.lpp * size.beam * size.draught * size.block * math.pow(share, 1.12)


def _waterplane(size: Size, draught: float) -> float:
    """Waterplane coefficient; wide modern transoms add to the textbook's (1 + 2 Cb) / 3."""
    block = size.block * math.pow(draught / size.draught, 0.12)
    return min(0.95, (1 + 2 * block) / 3 + 0.06 * draught / size.draught)


def _metacentre(size: Size, draught: float) -> float:
    """Ship M's KM with its BM scaled by B^2/T and its KB by T."""
    share = _displacement(size, draught) / _displacement(size, size.draught)
    hull_km = _interpolate(share, [(row[0], row[1]) for row in HULL])
    hull_draught = HULL_DRAUGHT * draught / size.draught
    block = size.block * math.pow(draught / size.draught, 0.12)
    kb_per_draught = 5 / 6 - block / (3 * _waterplane(size, draught))  # Morrish
    hull_bm = hull_km - kb_per_draught * hull_draught
    return kb_per_draught * draught + hull_bm * (size.beam / HULL_BEAM) ** 2 * hull_draught / draught


def _trim_moment(size: Size, draught: float) -> float:
    """Tonne-metres to trim 1 cm: waterplane inertia I = Cwp^2 B L^3 / 13 over the length."""
    inertia = _waterplane(size, draught) ** 2 * size.beam * size.lpp**3 / 13
    return WATER * inertia / (100 * size.lpp)


def _station_bounds(plan: _Plan) -> tuple[tuple[float, float, float], ...]:
    """Fore end, centre and aft end of each station from the bow: forecastle, each bay, each house, mooring deck."""
    half = plan.bay_pitch / 2
    spans: list[tuple[float, float]] = [(plan.bow_x, plan.bay_x[0] + half)]
    for x in plan.bay_x:
        if spans[-1][1] > x + half + 0.1:
            spans.append((spans[-1][1], x + half))
        spans.append((x + half, x - half))
    spans.append((spans[-1][1], plan.stern_x))
    return tuple((fore, (fore + aft) / 2, aft) for fore, aft in spans)


def _buoyancy_shares(plan: _Plan, share: float) -> list[float]:
    """Share of the buoyancy at each station when the ship displaces `share` of its scantling displacement."""
    upper = min(max(1, bisect_right([row[0] for row in HULL], share)), len(HULL) - 1)
    low, high = HULL[upper - 1], HULL[upper]
    weight = min(1.0, max(0.0, (share - low[0]) / (high[0] - low[0])))
    fullness = HULL_BLOCK / plan.size.block
    parts = [math.pow(a + weight * (b - a), fullness**2) for a, b in zip(low[2], high[2], strict=True)]
    running = [sum(parts[:k]) / sum(parts) for k in range(len(parts) + 1)]
    cumulative = [(k / len(parts), value) for k, value in enumerate(running)]

    def ahead_of(x: float) -> float:
        return _interpolate((plan.bow_x - x) / plan.size.loa, cumulative)

    return [ahead_of(aft) - ahead_of(fore) for fore, _, aft in _station_bounds(plan)]


def _lightship(plan: _Plan) -> list[tuple[int, int]]:
    """Mass in kg and height of its centre in mm at each station: steel along the hull, machinery, house."""
    size, bounds = plan.size, _station_bounds(plan)
    total = size.lightship * plan.random.uniform(0.985, 1.015)
    steel_by_length = [
        (fore - aft) * (0.62 if centre > plan.bow_x - 0.12 * size.loa or centre < plan.stern_x + 0.08 * size.loa else 1)
        for fore, centre, aft in bounds
    ]
    weights = []
    for (fore, _, aft), steel in zip(bounds, steel_by_length, strict=True):
        parts = [
            (STEEL[0] * steel / sum(steel_by_length), STEEL[1]),
            (MACHINERY[0] * (fore >= plan.funnel_x > aft), MACHINERY[1]),
            (HOUSE[0] * (fore >= plan.bridge_x > aft), HOUSE[1]),
        ]
        mass = sum(part for part, _ in parts)
        vcg = sum(part * height for part, height in parts) / mass
        weights.append((_kg(total * mass), _mm(vcg * size.depth)))
    return weights


def _hydrostatics(plan: _Plan) -> tuple[tuple[HydrostaticPoint, ...], tuple[Station, ...]]:
    """Points from light ship to a tenth above scantling draught, and the stations with their buoyancy at each.

    The buoyancies of a point add up to its displacement exactly, and their moment gives its LCB.
    """
    size, bounds = plan.size, _station_bounds(plan)
    centres = [_mm(centre) for _, centre, _ in bounds]
    points: list[HydrostaticPoint] = []
    columns: list[list[int]] = []
    for step in range(16):
        draught = size.draught * (0.26 + 0.84 * step / 15)
        displacement = _displacement(size, draught)
        shares = _buoyancy_shares(plan, displacement / _displacement(size, size.draught))
        column = [_kg(displacement * share) for share in shares]
        total = sum(column)
        lcb = sum(kg * x for kg, x in zip(column, centres, strict=True)) / total
        lcf = lcb - 0.022 * size.lpp * (draught / size.draught) ** 2
        trim_moment = _trim_moment(size, draught)
        reach_mm = 100 * trim_moment / displacement * 1_000
        trim_by_stern, trim_by_head = _trim_limits(size)
        columns.append(column)
        points.append(
            HydrostaticPoint(
                displacement_kg=total,
                km_mm=_mm(_metacentre(size, draught)),
                draught_mm=_mm(draught),
                lcb_mm=round(lcb),
                lcf_mm=round(lcf),
                trim_moment_kg_m_per_cm=_kg(trim_moment),
                min_lcg_mm=round(lcb - reach_mm * trim_by_stern),
                max_lcg_mm=round(lcb + reach_mm * trim_by_head),
            )
        )
    return tuple(points), _stations(plan, centres, columns)


def _stations(plan: _Plan, centres: list[int], columns: list[list[int]]) -> tuple[Station, ...]:
    size = plan.size
    scale = size.lpp / HULL_LPP * size.beam / HULL_BEAM * size.block / HULL_BLOCK
    bending = _kg(HULL_BENDING * scale * size.lpp / HULL_LPP)
    shear = _kg(HULL_SHEAR * _displacement(size, size.draught) / HULL_DISPLACEMENT)
    stations = []
    for index, ((mass, vcg), x) in enumerate(zip(_lightship(plan), centres, strict=True)):
        share = (plan.bow_x - x / 1_000) / size.loa
        near_end = 0.7 if share < 0.1 or share > 0.92 else 1.0
        limit = round(bending * _interpolate(share, BENDING_SHARE))
        stations.append(
            Station(
                lcg_mm=x,
                lightship_kg=mass,
                lightship_vcg_mm=vcg,
                buoyancy_kg=tuple(column[index] for column in columns),
                min_shear_kg=-round(shear * near_end),
                max_shear_kg=round(shear * near_end),
                min_bending_kg_m=-limit // 2,
                max_bending_kg_m=limit,
            )
        )
    return tuple(stations)


def _trim_limits(size: Size) -> tuple[float, float]:
    """Largest trim by the stern and by the head, metres."""
    return round(0.006 * size.lpp, 1), round(0.003 * size.lpp, 1)


def _limits(plan: _Plan) -> VesselLimits:
    size = plan.size
    by_stern, by_head = _trim_limits(size)
    deck_limit = 150.0 * min(1.0, 0.55 + size.beam / 130)
    tiers = max(4, round(size.beam / 6.5))
    return VesselLimits(
        min_gm_mm=1_000 if size.teu > 5_000 else 600,
        max_trim_by_stern_mm=_mm(by_stern),
        max_trim_by_head_mm=_mm(by_head),
        max_list_mdeg=1_000,
        max_draught_mm=_mm(size.draught),
        max_displacement_kg=_kg(_displacement(size, size.draught)),
        max_lashing_kg_m=_kg(round(0.9 * deck_limit * tiers * DECK_TIER / 2)),
    )


# --- 6. Tanks ---


def _tanks(plan: _Plan) -> tuple[Tank, ...]:
    """Ballast for a quarter of the scantling displacement, as ship M carries, and fuel before the engine."""
    size = plan.size
    ballast = 0.24 * _displacement(size, size.draught)
    fore, aft = plan.bay_x[0] - plan.bay_pitch, plan.bay_x[-1] + plan.bay_pitch
    tanks = [_tank("FP", 0.06 * ballast, plan.bow_x - 14, 0, 0.1, 0.75 * size.depth, size)]
    groups = max(3, round(plan.bay_count / 3))
    for group in range(groups):
        x = fore + (aft - fore) * (group + 0.5) / groups
        width = _half_breadth((x - plan.stern_x) / size.loa, 0.1)
        high = _half_breadth((x - plan.stern_x) / size.loa, 0.6)
        for side, letter in ((-1, "P"), (1, "S")):
            tanks += [
                _tank(f"DB{group + 1}{letter}", 0.21 / groups * ballast * (0.5 + 0.5 * width), x,
                      side * 0.22 * size.beam * width, 0.0, plan.bottom, size),
                _tank(f"WB{group + 1}{letter}", 0.20 / groups * ballast * (0.5 + 0.5 * high), x,
                      side * 0.44 * size.beam * high, plan.bottom, 0.6 * size.depth, size),
            ]  # fmt: skip
    middle = plan.bow_x - 0.52 * size.loa
    for side, letter in ((-1, "P"), (1, "S")):
        tanks.append(
            _tank(f"HEEL{letter}", 0.02 * ballast, middle, side * 0.46 * size.beam, 3.0, 0.7 * size.depth, size)
        )
    tanks.append(_tank("AP", 0.04 * ballast, plan.stern_x + 12, 0, 0.3 * size.depth, 0.75 * size.depth, size))
    for side, letter in ((-1, "P"), (1, "S")):
        x = plan.funnel_x + 1.5 * plan.bay_pitch
        tanks.append(
            _tank(f"FO{letter}", 0.018 * ballast / 0.24, x, side * 0.3 * size.beam, plan.bottom, 0.7 * size.depth, size)
        )
    return tuple(tanks)


def _tank(name: str, tonnes: float, x: float, tcg: float, low: float, high: float, size: Size) -> Tank:
    return Tank(name, _kg(round(tonnes)), _mm(x), _mm(tcg), _mm(low), _mm((low + high) / 2))
