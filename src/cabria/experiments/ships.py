"""Credible container ships of any size from 1,000 to 24,000 TEU, made from a few tables.

No real ship is copied. A ship is made in six steps; `arrangements` has the first two, `hydrostatics` the fifth:

1. *Size.* Main dimensions are interpolated in a table of round figures of well-known public classes: feeders of
   1,000 and 1,700 TEU, Panamax (32.2 m beam, 13 rows), 6,600 (40 m, 16 rows), 8,500 (42.8 m, 17 rows), 13,000
   (366 x 48.2 m, 19 rows), 16,000 (396 x 53.6 m, 21 rows), 18,000 (399 x 58.6 m, 23 rows), 24,000 (400 x 61.5 m,
   24 rows). Rows stand 2.5 m apart, bays 14 to 15 m.
2. *Hull form.* The hull narrows and its bottom rises towards bow and stern: a cell exists where its 20 ft ends fit
   inside, so rows drop out and the hold floor steps up. Where only the wider end
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

Lengths are metres and masses tonnes inside these modules; the profile has millimetres and kilograms. The origin is the
aft perpendicular on the centre line. Nothing is random but what `seed` varies a little: which bays have plugs, where
lids are split and how heavy the empty ship is.
"""

from __future__ import annotations

from dataclasses import replace
from random import Random

from cabria.domain.errors import DataError
from cabria.domain.vessel import (
    Bridge,
    Cell,
    HatchCover,
    Level,
    StackId,
    Tank,
    VesselBay,
    VesselLimits,
    VesselProfile,
    VesselStack,
)
from cabria.experiments.arrangements import (
    CELL_HEIGHT,
    HALF_CELL,
    Arrangement,
    fits,
    half_breadth,
    size_of,
    to_kg,
    to_mm,
)
from cabria.experiments.hydrostatics import displacement_t, hydrostatics, trim_limits

MIN_TEU, MAX_TEU = 1_000, 24_000
HIGH_CUBE = 2.896
DECK_TIER = 2.743
"""Between 8 ft 6 in and 9 ft 6 in: half of the deck boxes are high cubes."""


def make_ship(teu: int, *, seed: int = 0, name: str | None = None, imo: str = "", call_sign: str = "") -> VesselProfile:
    """A ship that carries exactly `teu`, the same for the same arguments. Raises DataError out of range."""
    if not MIN_TEU <= teu <= MAX_TEU:
        raise DataError(f"Ships are made from {MIN_TEU:,} to {MAX_TEU:,} TEU, not {teu:,}.")
    plan = Arrangement(size_of(teu), Random(f"{seed}/{teu}"))
    bays = _with_plugs(_bays(plan, teu), plan)
    points, stations = hydrostatics(plan)
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
        length_mm=to_mm(plan.size.lpp),
        beam_mm=to_mm(plan.size.beam),
        bridge=_bridge(bays, plan),
        source=f"Made by Cabria for {teu:,} TEU, seed {seed}; no real ship.",
    )


# --- Holds ---


def _hold_cells(plan: Arrangement, index: int, row: int) -> tuple[Cell, ...]:
    """Cells of a hold stack from its floor up to the coaming."""
    x, cells = plan.bay_x[index], []
    at_an_end = index < 3 or index >= plan.bay_count - 2
    for level in range(plan.hold_tiers):
        height = plan.bottom + (level + 0.5) * CELL_HEIGHT
        fore, aft = (fits(plan, x + side * HALF_CELL, height, plan.tcg(row), 0.95 * plan.row_pitch) for side in (1, -1))
        if (fore and aft) or (at_an_end and (fore or aft)):
            is_whole = fore and aft
            cells.append(Cell(2 + 2 * level, fore, aft, is_whole, vcg_mm=to_mm(height)))
    return tuple(cells)


# --- Deck ---


def _visible_height(plan: Arrangement, index: int, tiers: int) -> float:
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


def _bridge(bays: tuple[VesselBay, ...], plan: Arrangement) -> Bridge:
    """The eye is three metres above the highest stacks, so that cargo stays in sight at any draught."""
    highest = max(stack.max_height_mm or 0 for bay in bays for stack in bay.stacks if stack.level is Level.DECK)
    return Bridge(to_mm(plan.bridge_x), to_mm(plan.lid_top + 3) + highest, to_mm(plan.bow_x))


def _deck_rows(plan: Arrangement, index: int) -> tuple[int, ...]:
    return tuple(
        row
        for row in plan.row_numbers(plan.rows)
        if all(
            fits(plan, plan.bay_x[index] + side * HALF_CELL, 1.2 * plan.size.depth, plan.tcg(row), -1.0)
            for side in (1, -1)
        )
    )


def _deck_cells(plan: Arrangement, index: int, height: float) -> tuple[Cell, ...]:
    """Cells of a deck stack. Longer boxes stand above the lashing bridges, away from houses; the last bay and the
    one abaft the funnel have no room for lashing 20 ft boxes.
    """
    only_40 = index in (plan.bay_count - 1, plan.funnel_before)
    beside_house = {plan.house_before - 1, plan.house_before, plan.funnel_before - 1, plan.funnel_before}
    may_45 = index not in beside_house and index > 1
    # Tiers have two digits: decks of more than nine tiers are counted from 72, as on the largest real ships.
    first_tier = 82 if plan.size.teu <= 18_000 else 72
    return tuple(
        Cell(
            tier=first_tier + 2 * level,
            takes_20_fore=not only_40,
            takes_20_aft=not only_40,
            takes_45=may_45 and level >= 2,
            vcg_mm=to_mm(plan.lid_top + (level + 0.5) * DECK_TIER),
        )
        for level in range(max(1, int(height / CELL_HEIGHT)))
    )


def _stack(
    plan: Arrangement, index: int, row: int, level: Level, cells: tuple[Cell, ...], height: float
) -> VesselStack:
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
        max_height_mm=to_mm(height),
        tcg_mm=to_mm(plan.tcg(row)),
        lcg_fore_mm=to_mm(x + HALF_CELL),
        lcg_mm=to_mm(x),
        lcg_aft_mm=to_mm(x - HALF_CELL),
    )


def _bays(plan: Arrangement, teu: int) -> tuple[VesselBay, ...]:
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


def _hold_stacks(plan: Arrangement, index: int) -> list[VesselStack]:
    found = ((row, _hold_cells(plan, index, row)) for row in plan.row_numbers(plan.rows - 2))
    return [_hold_stack(plan, index, row, cells) for row, cells in found if any(cell.takes_40 for cell in cells)]


def _hold_stack(plan: Arrangement, index: int, row: int, cells: tuple[Cell, ...]) -> VesselStack:
    """A hold stack; its height leaves no room for as many high cubes as there are tiers."""
    return _stack(plan, index, row, Level.HOLD, cells, len(cells) * CELL_HEIGHT + 0.25)


def _deck_stacks(plan: Arrangement, index: int, tiers: int) -> list[VesselStack]:
    height = _visible_height(plan, index, tiers)
    cells = _deck_cells(plan, index, min(height, tiers * CELL_HEIGHT + 0.001))
    return [_stack(plan, index, row, Level.DECK, cells, height) for row in _deck_rows(plan, index)]


def _without_top_cells(plan: Arrangement, decks: list[list[VesselStack]], count: int) -> list[list[VesselStack]]:
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


def _without_a_20(plan: Arrangement, holds: list[list[VesselStack]]) -> list[list[VesselStack]]:
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


# --- Fittings ---


def _with_plugs(bays: tuple[VesselBay, ...], plan: Arrangement) -> tuple[VesselBay, ...]:
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


def _hatch_covers(bays: tuple[VesselBay, ...], plan: Arrangement) -> tuple[HatchCover, ...]:
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


def _limits(plan: Arrangement) -> VesselLimits:
    size = plan.size
    by_stern, by_head = trim_limits(size)
    deck_limit = 150.0 * min(1.0, 0.55 + size.beam / 130)
    tiers = max(4, round(size.beam / 6.5))
    return VesselLimits(
        min_gm_mm=1_000 if size.teu > 5_000 else 600,
        max_trim_by_stern_mm=to_mm(by_stern),
        max_trim_by_head_mm=to_mm(by_head),
        max_list_mdeg=1_000,
        max_draught_mm=to_mm(size.draught),
        max_displacement_kg=to_kg(displacement_t(size, size.draught)),
        max_lashing_kg_m=to_kg(round(0.9 * deck_limit * tiers * DECK_TIER / 2)),
    )


# --- Tanks ---


def _tanks(plan: Arrangement) -> tuple[Tank, ...]:
    """Ballast for a quarter of the scantling displacement, as ship M carries, and fuel before the engine."""
    size = plan.size
    ballast = 0.24 * displacement_t(size, size.draught)
    fore, aft = plan.bay_x[0] - plan.bay_pitch, plan.bay_x[-1] + plan.bay_pitch
    tanks = [_tank("FP", 0.06 * ballast, plan.bow_x - 14, 0, 0.1, 0.75 * size.depth)]
    groups = max(3, round(plan.bay_count / 3))
    for group in range(groups):
        x = fore + (aft - fore) * (group + 0.5) / groups
        width = half_breadth((x - plan.stern_x) / size.loa, 0.1)
        high = half_breadth((x - plan.stern_x) / size.loa, 0.6)
        for side, letter in ((-1, "P"), (1, "S")):
            tanks += [
                _tank(f"DB{group + 1}{letter}", 0.21 / groups * ballast * (0.5 + 0.5 * width), x,
                      side * 0.22 * size.beam * width, 0.0, plan.bottom),
                _tank(f"WB{group + 1}{letter}", 0.20 / groups * ballast * (0.5 + 0.5 * high), x,
                      side * 0.44 * size.beam * high, plan.bottom, 0.6 * size.depth),
            ]  # fmt: skip
    middle = plan.bow_x - 0.52 * size.loa
    for side, letter in ((-1, "P"), (1, "S")):
        tanks.append(_tank(f"HEEL{letter}", 0.02 * ballast, middle, side * 0.46 * size.beam, 3.0, 0.7 * size.depth))
    tanks.append(_tank("AP", 0.04 * ballast, plan.stern_x + 12, 0, 0.3 * size.depth, 0.75 * size.depth))
    for side, letter in ((-1, "P"), (1, "S")):
        x = plan.funnel_x + 1.5 * plan.bay_pitch
        tanks.append(
            _tank(f"FO{letter}", 0.018 * ballast / 0.24, x, side * 0.3 * size.beam, plan.bottom, 0.7 * size.depth)
        )
    return tuple(tanks)


def _tank(name: str, tonnes: float, x: float, tcg: float, low: float, high: float) -> Tank:
    return Tank(name, to_kg(round(tonnes)), to_mm(x), to_mm(tcg), to_mm(low), to_mm((low + high) / 2))
