"""Main dimensions of made ships, where their bays and houses stand, and the form of their hull, in metres and tonnes.

The dimensions are round figures of well-known public classes, listed in docs/reference/vessel-profile.md.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cached_property
from random import Random
from typing import NamedTuple

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

ROW_PITCH = 2.5
CELL_HEIGHT = 2.591
"""8 ft 6 in, the height that hold tiers are counted in."""
HALF_CELL = 3.08
"""From the centre of a 40 ft cell to that of a 20 ft box in it."""


def size_of(teu: float) -> Size:
    upper = next(i for i, size in enumerate(SIZES) if i and size.teu >= teu)
    low, high = SIZES[upper - 1], SIZES[upper]
    share = (teu - low.teu) / (high.teu - low.teu)
    return Size(*(a + share * (b - a) for a, b in zip(low, high, strict=True)))


def to_mm(metres: float) -> int:
    return round(metres * 1_000)


def to_kg(tonnes: float) -> int:
    return round(tonnes * 1_000)


@dataclass(frozen=True)
class Arrangement:
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


def half_breadth(s: float, z: float) -> float:
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


def fits(plan: Arrangement, x: float, height: float, tcg: float, clearance: float) -> bool:
    """True where the hull leaves room for a row at both ends of the 20 ft place centred at x."""
    share = min(
        half_breadth((end - plan.stern_x) / plan.size.loa, height / plan.size.depth)
        for end in (x - HALF_CELL, x + HALF_CELL)
    )
    return abs(tcg) + plan.row_pitch / 2 <= (plan.size.beam / 2 - clearance) * share
