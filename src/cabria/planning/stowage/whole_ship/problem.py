"""What is given, as flat arrays: kinds of boxes instead of boxes, and stack parts with what stands there for good."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from cabria.domain.errors import DataError
from cabria.domain.whole_ship import AFT_SLOT, FORE_SLOT, Load, Spot, StackPart, WholeShip, destinations, halves
from cabria.planning.stowage.whole_ship import kernels as k
from cabria.planning.stowage.whole_ship.kernels import Array, Ship
from cabria.referee.whole_ship import PRICES

UNBORNE = 1 << 50
"""What stands on nothing may be as heavy as this, in kg."""
MOST_TIERS = 31
"""In a stack part: `kernels.lay` remembers its boxes as bits of one number."""
# Kept from each limit, as the kernel's sums are floating numbers.
SAFE_KG, SAFE_MM = 1.0, 0.001
_PRICE_ORDER = (
    "unloaded", "overstows", "lid_overstows", "makespan", "block_ports", "empty_parts", "dry_at_plugs", "ports_below",
)  # fmt: skip


@dataclass(frozen=True)
class Standing:
    """What the release has in one stack part, by level and slot."""

    part: StackPart
    ends: tuple[tuple[int | None, int | None], ...]
    """Containers fore and aft, lowest level first, up to the highest that holds one."""

    def boxes(self) -> list[int]:
        return list(dict.fromkeys(box for cell in self.ends for box in cell if box is not None))


@dataclass(frozen=True)
class WholeShipProblem:
    """A whole ship to be loaded. Parts where the release itself breaks a rule of stacks are left as they are."""

    given: WholeShip

    def __post_init__(self) -> None:
        if any(len(part.plugs) > MOST_TIERS for part in self.given.ship.parts):
            raise DataError(f"A stack of ship {self.given.ship.name} has more than {MOST_TIERS} tiers.")

    @cached_property
    def is_settled(self) -> bool:
        """Whether nothing can be loaded at all."""
        return not self.open_parts or not self.given.to_load

    @cached_property
    def ports(self) -> list[int]:
        return destinations(self.given.containers)

    @cached_property
    def boxes_of(self) -> dict[Load, list[int]]:
        """Containers to load by kind; kinds in the order in which they are laid, bottom first."""
        found: dict[Load, list[int]] = defaultdict(list)
        for box in self.given.to_load:
            found[self.given.containers[box]].append(box)
        return {load: found[load] for load in sorted(found, key=_rank)}

    @cached_property
    def standing(self) -> tuple[Standing, ...]:
        """By stack part."""
        ship = self.given.ship
        ends: list[dict[tuple[int, int], int]] = [{} for _ in ship.parts]
        for box, spot in self.given.release.items():
            for half in halves(self.given.containers[box], spot):
                ends[ship.part_at[half[:3]]][half.tier, half.slot] = box
        return tuple(_standing(part, found) for part, found in zip(ship.parts, ends, strict=True))

    @cached_property
    def lids(self) -> dict[tuple[int, int], int]:
        """Bay and lid, numbered."""
        return {key: n for n, key in enumerate(dict.fromkeys((p.bay, p.lid) for p in self.given.ship.parts))}

    @cached_property
    def blocks(self) -> dict[tuple[int, int], int]:
        """Bay and block, numbered."""
        return {key: n for n, key in enumerate(dict.fromkeys((p.bay, p.block) for p in self.given.ship.parts))}

    @cached_property
    def open_parts(self) -> tuple[int, ...]:
        """Parts with free cells in which the release breaks no rule."""
        return tuple(
            n
            for n, standing in enumerate(self.standing)
            if len(standing.ends) < len(standing.part.plugs) and is_sound(standing, self.given.containers)
        )

    @cached_property
    def flat(self) -> Ship:
        given = self.given
        levels = max((len(part.plugs) for part in given.ship.parts), default=0)
        plugs = np.zeros((len(given.ship.parts), levels + 1), np.int64)
        for n, part in enumerate(given.ship.parts):
            plugs[n, : len(part.plugs)] = part.plugs
        points = [
            (p.displacement_kg, p.min_lcg_mm + SAFE_MM, p.max_lcg_mm - SAFE_MM) if p.min_lcg_mm < p.max_lcg_mm
            else (p.displacement_kg, p.min_lcg_mm, p.max_lcg_mm)
            for p in given.ship.points
        ]  # fmt: skip
        limits = np.zeros((len(given.ship.sections), k.LIMIT_COLUMNS))
        for bay, section in enumerate(given.ship.sections):
            limits[bay] = (
                section.min_shear_kg + SAFE_KG,
                section.max_shear_kg - SAFE_KG,
                section.max_bending_kg_mm - SAFE_KG * k.LEVER_MM,
                section.lcg_mm,
            )
        return Ship(
            parts=np.array([self._part_row(n) for n in range(len(given.ship.parts))], np.int64),
            plugs=plugs,
            plugs_from=np.ascontiguousarray(np.cumsum((plugs > 0)[:, ::-1], axis=1)[:, ::-1]).astype(np.int64),
            kinds=self._kind_rows(),
            open_parts=np.array(self.open_parts, np.int64),
            prices=np.array([int(PRICES[name] * k.UNITS) for name in _PRICE_ORDER], np.int64),
            limits=limits,
            points=np.array(points, np.float64),
            buoyancy=np.array([section.buoyancy_kg for section in given.ship.sections], np.float64),
            max_tcg_mm=given.ship.max_tcg_mm - SAFE_MM,
            block_parts=self._block_parts(),
        )

    def _block_parts(self) -> Array:
        by_block: list[list[int]] = [[] for _ in self.blocks]
        for n in self.open_parts:
            part = self.given.ship.parts[n]
            by_block[self.blocks[part.bay, part.block]].append(n)
        rows = np.zeros((len(by_block), 1 + max(map(len, by_block), default=0)), np.int64)
        for row, parts in zip(rows, by_block, strict=True):
            row[: 1 + len(parts)] = [len(parts), *parts]
        return rows

    def _kind_rows(self) -> Array:
        rows = np.zeros((len(self.boxes_of), k.KIND_COLUMNS), np.int64)
        for n, load in enumerate(self.boxes_of):
            rows[n, k.IS_LONG] = load.length_ft != 20
            rows[n, k.HEIGHT] = load.height_mm
            rows[n, k.MASS] = load.mass_kg
            rows[n, k.ORDER] = self.ports.index(load.destination)
            rows[n, k.IS_COLD] = load.is_reefer
            rows[n, k.PORT] = load.destination
        return rows

    def _part_row(self, n: int) -> list[int]:
        standing, loads = self.standing[n], self.given.containers
        part, boxes = standing.part, standing.boxes()
        row = [0] * k.PART_COLUMNS
        row[k.BAY] = part.bay
        row[k.BLOCK] = self.blocks[part.bay, part.block]
        row[k.LID] = self.lids[part.bay, part.lid]
        row[k.IS_DECK] = part.is_deck
        row[k.CELLS] = len(part.plugs)
        row[k.LIMIT_HEIGHT_2], row[k.LIMIT_END_2] = 2 * part.max_height_mm, 2 * part.max_20_kg
        row[k.LIMIT_WHOLE_2], row[k.VCG], row[k.TCG] = 2 * part.max_40_kg, part.vcg_mm, part.tcg_mm
        row[k.BASE] = len(standing.ends)
        row[k.HEIGHT_2] = sum(loads[b].height_mm * ends_of(loads[b]) for b in boxes)
        row[k.WHOLE_2] = sum(loads[b].mass_kg * ends_of(loads[b]) for b in boxes)
        for column, end in ((k.FORE_2, 0), (k.AFT_2, 1)):
            there = [cell[end] for cell in standing.ends]
            row[column] = sum(2 * loads[b].mass_kg // ends_of(loads[b]) for b in there if b is not None)
        row[k.TOP_FORE] = row[k.TOP_AFT] = row[k.TOP_WHOLE] = UNBORNE
        if standing.ends:
            fore, aft = standing.ends[-1]
            row[k.TOP_FORE] = loads[fore].mass_kg if fore is not None else 0
            row[k.TOP_AFT] = loads[aft].mass_kg if aft is not None else 0
            row[k.TOP_WHOLE] = sum(loads[b].mass_kg for b in {fore, aft} if b is not None)
            row[k.TOP_IS_LONG] = fore is not None and loads[fore].length_ft != 20
        row[k.FIRST_FORE], row[k.FIRST_AFT] = (self._first(standing, end) for end in (0, 1))
        row[k.BASE_COST] = self._base_cost(standing)
        return row

    def _first(self, standing: Standing, end: int) -> int:
        loads = self.given.containers
        there = [self.ports.index(loads[b].destination) for cell in standing.ends if (b := cell[end]) is not None]
        return min(there, default=len(self.ports))

    def _base_cost(self, standing: Standing) -> int:
        """What the release costs by itself in one part, in UNITS."""
        loads, part = self.given.containers, standing.part
        boxes = standing.boxes()
        cost = PRICES["overstows"] * overstows(standing, loads)
        for plugs, cell in zip(part.plugs, standing.ends, strict=False):
            dry = sum(not loads[box].is_reefer for box in {*cell} if box is not None)
            cost += PRICES["dry_at_plugs"] * min(plugs, dry)
        if not part.is_deck:
            cost += PRICES["ports_below"] * sum(loads[box].destination for box in boxes)
        moment = sum(loads[box].mass_kg for box in boxes) * part.vcg_mm
        return int(cost * k.UNITS) + moment // k.MOMENT_DIVISOR


def _rank(load: Load) -> tuple[bool, int, int, bool, int]:
    return (load.length_ft != 20, -load.mass_kg, -load.destination, not load.is_reefer, load.height_mm)


def ends_of(load: Load) -> int:
    return 1 if load.length_ft == 20 else 2


def _standing(part: StackPart, found: dict[tuple[int, int], int]) -> Standing:
    top = max((tier for tier, _ in found), default=part.lowest_tier - 1)
    tiers = range(part.lowest_tier, top + 1)
    return Standing(part, tuple((found.get((tier, FORE_SLOT)), found.get((tier, AFT_SLOT))) for tier in tiers))


def overstows(standing: Standing, loads: Sequence[Load]) -> int:
    """Boxes of the release with one below that leaves earlier."""
    earliest: dict[int, int] = {}
    count = 0
    for cell in standing.ends:
        for box in dict.fromkeys(b for b in cell if b is not None):
            slots = [end for end in (0, 1) if cell[end] == box]
            count += any(earliest.get(end, UNBORNE) < loads[box].destination for end in slots)
            for end in slots:
                earliest[end] = min(earliest.get(end, UNBORNE), loads[box].destination)
    return count


def is_sound(standing: Standing, loads: Sequence[Load]) -> bool:
    """Whether the release keeps the rules of stacks here, so that whoever judges the whole stack finds no fault."""
    part, below = standing.part, (UNBORNE, UNBORNE)
    below_is_long = False
    for plugs, (fore, aft) in zip(part.plugs, standing.ends, strict=False):
        if fore is None or aft is None:
            return False
        cell = [loads[box] for box in dict.fromkeys((fore, aft))]
        is_long = fore == aft
        masses = (loads[fore].mass_kg, loads[aft].mass_kg)
        if sum(load.is_reefer for load in cell) > plugs or (below_is_long and not is_long):
            return False
        whole_below = below[0] if below_is_long else sum(below)
        if (masses[0] > whole_below) if is_long else any(m > b for m, b in zip(masses, below, strict=True)):
            return False
        below, below_is_long = masses, is_long
    boxes = [loads[box] for box in standing.boxes()]
    by_end = [
        sum(loads[box].mass_kg * 2 // ends_of(loads[box]) for cell in standing.ends if (box := cell[end]) is not None)
        for end in (0, 1)
    ]
    return (
        sum(load.height_mm * ends_of(load) for load in boxes) <= 2 * part.max_height_mm
        and sum(load.mass_kg * ends_of(load) for load in boxes) <= 2 * part.max_40_kg
        and max(by_end) <= 2 * part.max_20_kg
    )


def spots_of(problem: WholeShipProblem, members: Sequence[Sequence[int]]) -> dict[int, Spot]:
    """The plan in which each part is loaded with these kinds, in the order of `kernels.lay`."""
    return _Layer(problem).plan(members)


class _Layer:
    """Gives boxes of their kinds to cells, by the rules of `kernels.lay` in plain Python."""

    def __init__(self, problem: WholeShipProblem) -> None:
        self.loads = list(problem.boxes_of)
        self.left = {n: list(boxes) for n, boxes in enumerate(problem.boxes_of.values())}
        self.problem = problem

    def plan(self, members: Sequence[Sequence[int]]) -> dict[int, Spot]:
        placed: dict[int, Spot] = {}
        for n, kinds in enumerate(members):
            if kinds:
                placed.update(self._part(n, sorted(kinds)))
        return placed

    def _part(self, n: int, kinds: list[int]) -> dict[int, Spot]:
        standing = self.problem.standing[n]
        part, level = standing.part, len(standing.ends)
        tops, first = self._tops(standing)
        placed: dict[int, Spot] = {}
        while kinds:
            spot = Spot(part.bay, part.stack, part.lowest_tier + level, FORE_SLOT)
            plugs = part.plugs[level]
            with_plugs = sum(p > 0 for p in part.plugs[level:])
            a = self._next(kinds, plugs, with_plugs)
            if self.loads[a].length_ft != 20:
                placed[self.left[a].pop()] = spot
            else:
                b = self._next(kinds, plugs - self.loads[a].is_reefer, with_plugs)
                if self._is_crossed(a, b, tops, first):
                    a, b = b, a
                for kind, slot in ((a, FORE_SLOT), (b, AFT_SLOT)):
                    placed[self.left[kind].pop()] = spot._replace(slot=slot)
                tops = (self.loads[a].mass_kg, self.loads[b].mass_kg)
                first = (min(first[0], self.loads[a].destination), min(first[1], self.loads[b].destination))
            level += 1
        return placed

    def _tops(self, standing: Standing) -> tuple[tuple[int, int], tuple[int, int]]:
        loads = self.problem.given.containers
        first = [UNBORNE, UNBORNE]
        for cell in standing.ends:
            for end in (0, 1):
                first[end] = min([first[end], *(loads[b].destination for b in cell[end : end + 1] if b is not None)])
        if not standing.ends:
            return (UNBORNE, UNBORNE), (first[0], first[1])
        fore, aft = (0 if b is None else loads[b].mass_kg for b in standing.ends[-1])
        return (fore, aft), (first[0], first[1])

    def _is_crossed(self, a: int, b: int, tops: tuple[int, int], first: tuple[int, int]) -> bool:
        one, other = self.loads[a], self.loads[b]
        if one.mass_kg > tops[1] or other.mass_kg > tops[0]:
            return False
        straight = (one.destination > first[0]) + (other.destination > first[1])
        crossed = (one.destination > first[1]) + (other.destination > first[0])
        return one.mass_kg > tops[0] or other.mass_kg > tops[1] or crossed < straight

    def _next(self, kinds: list[int], plugs: int, with_plugs: int) -> int:
        """Strike from `kinds` the one that stands next."""
        cold = sum(self.loads[kind].is_reefer for kind in kinds)
        heaviest = [kind for kind in kinds if self.loads[kind][1:3] == self.loads[kinds[0]][1:3]]
        chosen = kinds[0]
        if cold:
            dry = [kind for kind in heaviest if not self.loads[kind].is_reefer]
            able = [kind for kind in heaviest if plugs > 0 or not self.loads[kind].is_reefer]
            if plugs > 0 and with_plugs <= cold:
                able = [kind for kind in heaviest if self.loads[kind].is_reefer] or dry
            chosen = able[0]
        kinds.remove(chosen)
        return chosen
