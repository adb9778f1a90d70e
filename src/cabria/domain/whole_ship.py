"""Single-port stowage of a whole ship as the literature has it (Larsen and Pacino 2021).

Lengths are mm, masses kg, moments kg mm. Bays, stacks, tiers and slots are counted as in the source: bays from 0 at the
bow end of the file, stacks from 0 across, tiers from below, the two ends of a cell as slots 1 and 2. Destinations are
whole numbers: a smaller one is called at earlier. Two 20 ft fill a cell, or one 40 ft, which is written with slot 1.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

from cabria.domain.errors import DataError

STANDARD_MM, HIGH_CUBE_MM = 2_591, 2_896
FORE_SLOT, AFT_SLOT = 1, 2


class Load(NamedTuple):
    """One container: where it goes and what it is."""

    destination: int
    length_ft: int
    mass_kg: int
    is_reefer: bool
    height_mm: int


class Spot(NamedTuple):
    """A place on board."""

    bay: int
    stack: int
    tier: int
    slot: int


@dataclass(frozen=True, slots=True)
class StackPart:
    """The deck or the hold part of a stack, its cells bottom first with the number of plugs of each.

    `max_20_kg` limits each end, `max_40_kg` the whole (see the referee). `vcg_mm` is the height at which the source
    puts the mass of all that stands in it. Parts with one `block` belong together; deck block 2i-1 lies on the lid over
    hold block 2i of its bay.
    """

    bay: int
    stack: int
    is_deck: bool
    block: int
    max_height_mm: int
    max_20_kg: int
    max_40_kg: int
    vcg_mm: int
    tcg_mm: int
    lowest_tier: int
    plugs: tuple[int, ...]

    @property
    def lid(self) -> int:
        return (self.block + 1) // 2

    @property
    def tiers(self) -> range:
        return range(self.lowest_tier, self.lowest_tier + len(self.plugs))


@dataclass(frozen=True, slots=True)
class Section:
    """A bay's length of hull. `buoyancy_kg` has one value for each hydrostatic point."""

    lcg_mm: int
    lightship_kg: int
    min_shear_kg: int
    max_shear_kg: int
    max_bending_kg_mm: int
    buoyancy_kg: tuple[int, ...]


class Afloat(NamedTuple):
    """The hull at one displacement."""

    displacement_kg: int
    min_lcg_mm: int
    max_lcg_mm: int


@dataclass(frozen=True)
class Ship:
    name: str
    parts: tuple[StackPart, ...]
    sections: tuple[Section, ...]
    """One a bay, from the bow; bays without stacks too."""
    points: tuple[Afloat, ...]
    max_tcg_mm: int

    def __post_init__(self) -> None:
        displacements = [point.displacement_kg for point in self.points]
        if not displacements or displacements != sorted(set(displacements)):
            raise DataError(f"The hydrostatic points of ship {self.name} do not rise in displacement.")
        if any(len(section.buoyancy_kg) != len(self.points) for section in self.sections):
            raise DataError(f"A bay of ship {self.name} has not one buoyancy for each hydrostatic point.")
        seen: set[Spot] = set()
        for part in self.parts:
            if not 0 <= part.bay < len(self.sections):
                raise DataError(f"Ship {self.name} has no bay {part.bay}.")
            for tier in part.tiers:
                spot = Spot(part.bay, part.stack, tier, FORE_SLOT)
                if spot in seen:
                    raise DataError(f"Bay {part.bay}, stack {part.stack} of ship {self.name} has tier {tier} twice.")
                seen.add(spot)

    @cached_property
    def lightship_kg(self) -> int:
        return sum(section.lightship_kg for section in self.sections)

    @cached_property
    def part_at(self) -> Mapping[tuple[int, int, int], int]:
        """Index into `parts` by bay, stack and tier."""
        return {(part.bay, part.stack, tier): n for n, part in enumerate(self.parts) for tier in part.tiers}


@dataclass(frozen=True)
class WholeShip:
    """A ship, all containers, and where those of them stand that are on board and stay (the release)."""

    name: str
    ship: Ship
    containers: tuple[Load, ...]
    release: Mapping[int, Spot]

    def __post_init__(self) -> None:
        taken: dict[Spot, int] = {}
        for container, spot in self.release.items():
            if not 0 <= container < len(self.containers):
                raise DataError(f"The release of {self.name} places container {container}, which is not listed.")
            for half in halves(self.containers[container], spot):
                if half in taken:
                    text = f"Containers {taken[half]} and {container} both stand in"
                    raise DataError(f"{text} bay {half.bay}, stack {half.stack}, tier {half.tier}.")
                taken[half] = container
            if spot[:3] not in self.ship.part_at or spot.slot not in (FORE_SLOT, AFT_SLOT):
                raise DataError(
                    f"Container {container} stands in {tuple(spot)}, where ship {self.ship.name} has no cell."
                )

    @cached_property
    def to_load(self) -> tuple[int, ...]:
        return tuple(n for n in range(len(self.containers)) if n not in self.release)


Plan = Mapping[int, Spot]
"""Where loaded containers are put; those that are missing stay ashore."""


def halves(load: Load, spot: Spot) -> Iterator[Spot]:
    """The ends of cells a container fills."""
    yield spot
    if load.length_ft != 20:
        yield spot._replace(slot=AFT_SLOT if spot.slot == FORE_SLOT else FORE_SLOT)


def destinations(containers: Sequence[Load]) -> list[int]:
    return sorted({load.destination for load in containers})
