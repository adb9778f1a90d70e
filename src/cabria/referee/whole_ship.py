"""Judges a plan of the whole-ship problem (Larsen and Pacino 2021) from the files' data and the plan alone.

Readings chosen where the paper leaves room, each held by a test: overstows are counted within a stack part, between
deck and hold only as deck cells over a lid; blocks are told apart by bay; a plug cell counts for each of its plugs that
a dry box keeps from use; empty parts, moves by pairs of neighbouring bays, and destinations of blocks count what is on
board in the end, release included, moves only what the plan loads. Shear and bending are exact: buoyancy between two
hydrostatic points is a fraction, never rounded.
"""

from __future__ import annotations

from collections import ChainMap, Counter
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise

from cabria.domain.whole_ship import AFT_SLOT, FORE_SLOT, Load, Plan, Ship, Spot, StackPart, WholeShip, halves

PRICES = {
    "unloaded": Fraction(1000),
    "overstows": Fraction(100),
    "lid_overstows": Fraction(100),
    "makespan": Fraction(1),
    "vertical_moment": Fraction(1, 10_000),
    "block_ports": Fraction(20),
    "empty_parts": Fraction(-10),
    "dry_at_plugs": Fraction(5),
    "ports_below": Fraction(-1, 2),
}
"""Cost of one of each; `vertical_moment` is of a tonne metre."""


@dataclass(frozen=True)
class WholeShipJudgement:
    """What is wrong with a plan (nothing: it is valid and seaworthy) and what it costs, by component.

    `figures` has the counts that `PRICES` are of.
    """

    faults: tuple[str, ...]
    figures: dict[str, Fraction]

    @property
    def costs(self) -> dict[str, Fraction]:
        return {name: PRICES[name] * count for name, count in self.figures.items()}

    @property
    def cost(self) -> Fraction:
        return sum(self.costs.values(), Fraction(0))


@dataclass(frozen=True)
class _Stood:
    """A stack part with what stands in it: for each level both ends."""

    part: StackPart
    ends: dict[int, list[int | None]]
    """By slot, the container at each level, bottom first."""

    @property
    def boxes(self) -> list[int]:
        """Each once, bottom first."""
        found: dict[int, None] = {}
        for level in range(len(self.part.plugs)):
            for slot in (FORE_SLOT, AFT_SLOT):
                container = self.ends[slot][level]
                if container is not None:
                    found.setdefault(container)
        return list(found)

    def cell(self, level: int) -> list[int]:
        return list(dict.fromkeys(c for slot in self.ends if (c := self.ends[slot][level]) is not None))


def judge_whole_ship(given: WholeShip, plan: Plan) -> WholeShipJudgement:
    """Never raises for a bad plan: its faults are told."""
    released = {half: box for box, spot in given.release.items() for half in halves(given.containers[box], spot)}
    faults = list(_misplaced(given, plan, released))
    sound = {box: spot for box, spot in plan.items() if not any(_misplaced(given, {box: spot}, released))}
    stood = _stand(given, {**given.release, **sound})
    loaded = set(sound)
    for column in stood:
        if loaded.intersection(column.boxes):
            faults += _stack_faults(given, column, loaded)
    faults += _afloat_faults(given, {**given.release, **sound})
    return WholeShipJudgement(tuple(faults), _figures(given, stood, sound))


def _misplaced(given: WholeShip, plan: Plan, released: dict[Spot, int]) -> Iterator[str]:
    """What is put where it cannot be; `released` has what stands in which end of a cell for good."""
    taken = ChainMap[Spot, int]({}, released)
    for container, spot in plan.items():
        if not 0 <= container < len(given.containers):
            yield f"container {container} is not listed"
        elif container in given.release:
            yield f"container {container} is on board and cannot be moved"
        elif tuple(spot[:3]) not in given.ship.part_at or spot.slot not in (FORE_SLOT, AFT_SLOT):
            yield f"container {container} is put into {tuple(spot)}, which is no place on board"
        else:
            load = given.containers[container]
            if load.length_ft != 20 and spot.slot != FORE_SLOT:
                yield f"container {container}, 40 ft, is written with slot {spot.slot}"
                continue
            for half in halves(load, spot):
                if half in taken:
                    yield f"container {container} is put into {tuple(half)}, where {taken[half]} stands"
                    break
            else:
                taken.update(dict.fromkeys(halves(load, spot), container))


def _stand(given: WholeShip, where: Plan) -> list[_Stood]:
    columns = [
        _Stood(part, {slot: [None] * len(part.plugs) for slot in (FORE_SLOT, AFT_SLOT)}) for part in given.ship.parts
    ]
    for container, spot in where.items():
        column = columns[given.ship.part_at[spot.bay, spot.stack, spot.tier]]
        for half in halves(given.containers[container], spot):
            column.ends[half.slot][half.tier - column.part.lowest_tier] = container
    return columns


def _stack_faults(given: WholeShip, column: _Stood, loaded: set[int]) -> Iterator[str]:
    """What the plan adds: a fault among boxes of the release alone is not its own."""
    part, loads = column.part, given.containers
    where = f"bay {part.bay}, stack {part.stack}, {'deck' if part.is_deck else 'hold'}"
    for level, plugs in enumerate(part.plugs):
        cell, below = column.cell(level), column.cell(level - 1) if level else []
        tier = f"{where}, tier {part.lowest_tier + level}"
        if not loaded.intersection(cell):
            continue
        if len(cell) == 1 and loads[cell[0]].length_ft == 20:
            yield f"{tier}: one 20 ft stands alone in its cell"
        if sum(loads[box].is_reefer for box in cell) > plugs:
            yield f"{tier}: there are {plugs} plugs for more reefers"
        if level and (not below or (len(below) == 1 and loads[below[0]].length_ft == 20)):
            yield f"{tier}: something hangs"
        if any(loads[box].length_ft == 20 for box in cell) and any(loads[box].length_ft != 20 for box in below):
            yield f"{tier}: a 20 ft stands on a 40 ft"
        yield from _inversions(given, column, level, loaded, tier)
    by_end = {
        slot: sum(Fraction(_share_kg(loads[box])) for box in column.ends[slot] if box is not None)
        for slot in column.ends
    }
    if max(by_end.values()) > part.max_20_kg:
        yield f"{where}: {float(max(by_end.values())):,.0f} kg at an end, {part.max_20_kg:,} are allowed"
    whole = sum(Fraction(loads[box].mass_kg, 2 if loads[box].length_ft == 20 else 1) for box in column.boxes)
    if whole > part.max_40_kg:
        yield f"{where}: {float(whole):,.0f} kg, {part.max_40_kg:,} are allowed"
    height = sum(Fraction(loads[box].height_mm, 2 if loads[box].length_ft == 20 else 1) for box in column.boxes)
    if height > part.max_height_mm:
        yield f"{where}: {float(height):,.1f} mm high, {part.max_height_mm:,} are allowed"


def _share_kg(load: Load) -> Fraction:
    """What a container lays on one end."""
    return Fraction(load.mass_kg, 1 if load.length_ft == 20 else 2)


def _inversions(given: WholeShip, column: _Stood, level: int, loaded: set[int], tier: str) -> Iterator[str]:
    if level == 0:
        return
    loads = given.containers
    for box in column.cell(level):
        if box not in loaded:
            continue
        if loads[box].length_ft == 20:
            under = [column.ends[slot][level - 1] for slot in column.ends if column.ends[slot][level] == box]
        else:
            under = list(column.cell(level - 1))
        standing = [other for other in under if other is not None]
        if standing and loads[box].mass_kg > sum(loads[other].mass_kg for other in standing):
            yield f"{tier}: container {box} is heavier than what it stands on"


def _afloat_faults(given: WholeShip, where: Plan) -> Iterator[str]:
    ship, loads = given.ship, given.containers
    cargo_kg = [0] * len(ship.sections)
    tcg_moment = 0
    for container, spot in where.items():
        cargo_kg[spot.bay] += loads[container].mass_kg
        tcg_moment += loads[container].mass_kg * ship.parts[ship.part_at[spot.bay, spot.stack, spot.tier]].tcg_mm
    masses = [section.lightship_kg + kg for section, kg in zip(ship.sections, cargo_kg, strict=True)]
    displacement = sum(masses)
    point = next((point for point in ship.points if point.displacement_kg >= displacement), None)
    if point is None:
        yield f"she displaces {displacement:,} kg, more than any hydrostatic point"
        return
    lcg = Fraction(sum(kg * section.lcg_mm for kg, section in zip(masses, ship.sections, strict=True)), displacement)
    if not point.min_lcg_mm <= lcg <= point.max_lcg_mm:
        yield f"LCG is {float(lcg):,.1f} mm, allowed are {point.min_lcg_mm:,} to {point.max_lcg_mm:,}"
    if abs(tcg_moment) > ship.max_tcg_mm * displacement:
        yield f"TCG is {tcg_moment / displacement:,.1f} mm, allowed are {ship.max_tcg_mm} to either side"
    excess = [kg - float_kg for kg, float_kg in zip(masses, buoyancies_kg(ship, displacement), strict=True)]
    shear = Fraction(0)
    for bay, section in enumerate(ship.sections):
        shear += excess[bay]
        if not section.min_shear_kg <= shear <= section.max_shear_kg:
            yield f"shear at bay {bay} is {float(shear):,.0f} kg"
        bending = sum((ship.sections[b].lcg_mm - section.lcg_mm) * excess[b] for b in range(bay + 1))
        if bending > section.max_bending_kg_mm:
            yield f"bending at bay {bay} is {float(bending) / 1e6:,.0f} t m"


def buoyancies_kg(ship: Ship, displacement_kg: int) -> list[Fraction]:
    """Of each bay, between the two hydrostatic points around the displacement."""
    pairs = list(enumerate(pairwise(ship.points)))
    if not pairs:
        return [Fraction(section.buoyancy_kg[0]) for section in ship.sections]
    index, (low, high) = next((p for p in pairs if displacement_kg <= p[1][1].displacement_kg), pairs[-1])
    share = Fraction(displacement_kg - low.displacement_kg, high.displacement_kg - low.displacement_kg)
    return [
        section.buoyancy_kg[index] + share * (section.buoyancy_kg[index + 1] - section.buoyancy_kg[index])
        for section in ship.sections
    ]


def _figures(given: WholeShip, stood: list[_Stood], plan: Plan) -> dict[str, Fraction]:
    loads = given.containers
    moves = Counter(spot.bay for spot in plan.values())
    bays = range(len(given.ship.sections))
    pairs = [moves[a] + moves[b] for a, b in pairwise(bays)] or [sum(moves.values())]
    ports = {(c.part.bay, c.part.block, loads[box].destination) for c in stood for box in c.boxes}
    counts: dict[str, int | Fraction] = {
        "unloaded": len(given.to_load) - len(plan),
        "overstows": sum(_overstows(given, column) for column in stood),
        "lid_overstows": _lid_overstows(given, stood),
        "makespan": max(pairs),
        "vertical_moment": Fraction(sum(loads[b].mass_kg * c.part.vcg_mm for c in stood for b in c.boxes), 10**6),
        "block_ports": len(ports),
        "empty_parts": sum(not column.boxes for column in stood),
        "dry_at_plugs": sum(
            min(plugs, sum(not loads[box].is_reefer for box in column.cell(level)))
            for column in stood
            for level, plugs in enumerate(column.part.plugs)
        ),
        "ports_below": sum(loads[box].destination for c in stood if not c.part.is_deck for box in c.boxes),
    }
    return {name: Fraction(count) for name, count in counts.items()}


def _overstows(given: WholeShip, column: _Stood) -> int:
    """Containers with something below, in a slot they cover, that leaves earlier."""
    earliest: dict[int, int] = {}
    count = 0
    for level in range(len(column.part.plugs)):
        for box in column.cell(level):
            covers = [slot for slot in column.ends if column.ends[slot][level] == box]
            destination = given.containers[box].destination
            count += any(earliest.get(slot, destination) < destination for slot in covers)
            for slot in covers:
                earliest[slot] = min(destination, earliest.get(slot, destination))
    return count


def _lid_overstows(given: WholeShip, stood: list[_Stood]) -> int:
    """Deck cells with a box bound later than some box under their lid."""
    loads = given.containers
    first_out: dict[tuple[int, int], int] = {}
    for column in stood:
        if not column.part.is_deck and column.boxes:
            lid = (column.part.bay, column.part.lid)
            soonest = min(loads[box].destination for box in column.boxes)
            first_out[lid] = min(soonest, first_out.get(lid, soonest))
    return sum(
        any(loads[box].destination > first_out[lid] for box in column.cell(level))
        for column in stood
        if column.part.is_deck and (lid := (column.part.bay, column.part.lid)) in first_out
        for level in range(len(column.part.plugs))
    )
