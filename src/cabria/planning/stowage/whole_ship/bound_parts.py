"""What of a problem the bound knows: stack parts that are alike as groups, boxes by sort, kind and size."""

from __future__ import annotations

from collections import defaultdict
from typing import NamedTuple

from cabria.domain.whole_ship import HIGH_CUBE_MM, STANDARD_MM, Load
from cabria.planning.stowage.whole_ship.problem import Standing, WholeShipProblem, ends_of, is_sound

NEVER = 1 << 40
"""A destination after all others; a mass that nothing has."""


class Size(NamedTuple):
    """What counts for the room a box takes."""

    is_long: bool
    is_high: bool

    @property
    def cells(self) -> float:
        return 1.0 if self.is_long else 0.5


class Sort(NamedTuple):
    """What counts for what a box costs where it stands."""

    size: Size
    is_reefer: bool
    destination: int


class Weight(NamedTuple):
    size: Size
    mass_kg: int


def size_of(load: Load) -> Size:
    is_long = load.length_ft != 20
    return Size(is_long, is_long and load.height_mm >= HIGH_CUBE_MM)


def sort_of(load: Load) -> Sort:
    return Sort(size_of(load), load.is_reefer, load.destination)


def weight_of(load: Load) -> Weight:
    return Weight(size_of(load), load.mass_kg)


class Group(NamedTuple):
    """Stack parts that are alike in what the bound knows of them. All room is what the release leaves."""

    bay: int
    block: int
    lid: int
    is_deck: bool
    was_empty: bool
    cells: int
    height_mm_2: int
    whole_kg_2: int
    """Twice the limit on half of the 20 ft and the 40 ft."""
    light_end_kg_2: int
    heavy_end_kg_2: int
    """Twice what an end may bear; a 40 ft counts half at either."""
    plugs: tuple[int, ...]
    takes_short: bool
    first: int
    last_first: int
    """The earliest destination of the release here, and the later of the earliest of both ends."""
    is_sound: bool
    vcg_mm: int
    bears_short_kg: int
    bears_long_kg: int
    """The heaviest box that may stand on the release."""

    @property
    def block_key(self) -> tuple[int, int]:
        return (self.bay, self.block)

    @property
    def lid_key(self) -> tuple[int, int]:
        return (self.bay, self.lid)

    def takes_sort(self, sort: Sort) -> bool:
        if sort.is_reefer and self.is_sound and not any(self.plugs):
            return False
        return sort.size.is_long or self.takes_short

    def bears_kg(self, size: Size) -> int:
        return self.bears_long_kg if size.is_long else self.bears_short_kg

    def takes_weight(self, weight: Weight) -> bool:
        mass, ends = weight.mass_kg, self.light_end_kg_2 + self.heavy_end_kg_2
        if weight.size.is_long:
            return mass <= self.bears_long_kg and mass <= self.light_end_kg_2 and 2 * mass <= self.whole_kg_2
        return self.takes_short and mass <= self.bears_short_kg and 2 * mass <= ends and mass <= self.whole_kg_2


def groups_of(problem: WholeShipProblem) -> dict[Group, list[int]]:
    """Stack parts with room, by what they are like."""
    groups: dict[Group, list[int]] = defaultdict(list)
    for n, standing in enumerate(problem.standing):
        group = _group(standing, problem.given.containers)
        if min(group.cells, group.height_mm_2, group.whole_kg_2, group.heavy_end_kg_2) > 0:
            groups[group].append(n)
    return dict(groups)


def _group(standing: Standing, loads: tuple[Load, ...]) -> Group:
    part, boxes = standing.part, standing.boxes()
    sound = is_sound(standing, loads)
    full = [cell for cell in standing.ends if None not in cell]
    at_end = [[box for cell in standing.ends if (box := cell[end]) is not None] for end in (0, 1)]
    firsts = [min((loads[box].destination for box in there), default=NEVER) for there in at_end]
    ends_kg_2 = [
        2 * part.max_20_kg - sum(loads[box].mass_kg * (2 if loads[box].length_ft == 20 else 1) for box in there)
        for there in at_end
    ]
    top = standing.ends[-1] if standing.ends else (None, None)
    return Group(
        part.bay, part.block, part.lid, part.is_deck, not boxes, len(part.plugs) - len(full),
        2 * part.max_height_mm - sum(loads[box].height_mm * ends_of(loads[box]) for box in boxes),
        2 * part.max_40_kg - sum(loads[box].mass_kg * ends_of(loads[box]) for box in boxes),
        min(ends_kg_2), max(ends_kg_2),
        part.plugs[len(standing.ends) :] if sound else (), not sound or top[0] is None or top[0] != top[1],
        min(firsts) if sound else NEVER, max(firsts) if sound else NEVER, sound, part.vcg_mm,
        *(_bears(standing, loads) if sound else (NEVER, NEVER)),
    )  # fmt: skip


def _bears(standing: Standing, loads: tuple[Load, ...]) -> tuple[int, int]:
    """The heaviest 20 ft and 40 ft that may stand on the release."""
    if not standing.ends:
        return NEVER, NEVER
    masses = [loads[box].mass_kg for box in dict.fromkeys(standing.ends[-1]) if box is not None]
    return max(masses), sum(masses)


def room_of(group: Group) -> int:
    """Cells that can be filled at most."""
    return min(group.cells, group.height_mm_2 // (2 * STANDARD_MM))
