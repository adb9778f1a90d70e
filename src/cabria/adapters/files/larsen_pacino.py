"""Vessels of the Larsen-Pacino stowage benchmark (DOI 10.11583/DTU.9916760, CC0): text under headings of hash marks.

How the source's words are read:

- Bays are numbered 2, 6, 10 ... by their index; those without stacks (bow, houses, stern) are stations only. A bay is
  one place lengthwise, so the 20 ft ends lie where the bay does.
- Stacks run from port; tiers of the hold are 02, 04 ... from the lowest of the ship, those of the deck 82, 84 ...
- `vcg` of a part of a stack is the height of its bottom: it steps by 2.61 m a tier. A cell's centre is half a tier
  above its own.
- A cell takes a 40 ft or two 20 ft; nothing is said of 45 ft. A cell with power has it at either end.
- Deck stacks of one block identifier stand on one lid, which closes the hold stacks of the same rows.
- The tolerance on the transverse centre is the limit `max_tcg_mm`; `maxBending` limits one sign, as the source does.

Draught, trim moments and the share of each tank in each bay are not in a profile or not in the source.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from cabria.adapters.files.source_file import read_text
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
from cabria.domain.whole_ship import Afloat, Section, Ship, StackPart

MAX_BYTES = 5_000_000
TIER_HEIGHT_MM = 2_610
# Headings by their first word: how many numbers each line under them has.
HEADINGS = {
    "Ship:": 4, "HydroPoints:": 4, "Tanks:": 5, "BayCoverage:": 2, "Bay:": 7, "BuoyancyPoints:": 1, "Stack:": 2,
    "AboveDeck:": 5, "BelowDeck:": 5, "Cell:": 2,
}  # fmt: skip
ONE_LINE = {"Ship:", "Tanks:", "Bay:", "Stack:", "AboveDeck:", "BelowDeck:"}
LARGEST, MAX_BAYS, MAX_STACKS = 10.0**7, 100, 40


def read_vessel(path: Path | str, *, name: str = "") -> VesselProfile:
    """The profile in a vessel file of the benchmark. Raises DataError with the line."""
    return parse_vessel(read_text(path, limit_bytes=MAX_BYTES), file=str(path), name=name)


def read_ship(path: Path | str) -> Ship:
    """The ship of the whole-ship problem in a vessel file of the benchmark. Raises DataError with the line."""
    try:
        return _ship(list(_blocks(read_text(Path(path), limit_bytes=MAX_BYTES))), Path(path).stem)
    except DataError as error:
        raise error.inside(str(path)) from None


def parse_vessel(text: str, *, file: str, name: str = "") -> VesselProfile:
    """The profile in the text of a vessel file. Raises DataError."""
    try:
        return _profile(list(_blocks(text)), name or f"Larsen-Pacino {Path(file).stem}", Path(file).name)
    except DataError as error:
        raise error.inside(file) from None


# --- The text: blocks of numbers under headings ---


@dataclass(frozen=True, slots=True)
class _Block:
    heading: str
    line: int
    rows: list[tuple[float, ...]]

    @property
    def row(self) -> tuple[float, ...]:
        if len(self.rows) != 1:
            raise self.error(f"{len(self.rows)} lines stand where one belongs")
        return self.rows[0]

    def error(self, problem: str) -> DataError:
        return DataError(f"{problem} under the heading {self.heading!r}.", place=f"line {self.line}")


def _blocks(text: str) -> Iterator[_Block]:
    block: _Block | None = None
    for number, line in enumerate(text.replace("\r", "").split("\n"), 1):
        if line.startswith("#"):
            if block is not None:
                yield _checked(block)
            block = _Block(_heading(line, number), number, [])
        elif line.strip():
            if block is None:
                raise DataError("This is no vessel of the benchmark: it begins without a heading.", place="line 1")
            block.rows.append(_numbers(line, number, HEADINGS[block.heading]))
    if block is not None:
        yield _checked(block)


def _checked(block: _Block) -> _Block:
    if not block.rows or (block.heading in ONE_LINE and len(block.rows) != 1):
        raise block.error(f"{len(block.rows)} lines stand where {'one belongs' if block.rows else 'some belong'}")
    return block


def _heading(line: str, number: int) -> str:
    words = line.lstrip("#").split()
    heading = words[0] if words else ""
    if heading not in HEADINGS:
        raise DataError(f"Heading {line[:40]!r} is not one of a benchmark vessel.", place=f"line {number}")
    return heading


def _numbers(line: str, number: int, count: int) -> tuple[float, ...]:
    words = line.split()
    try:
        found = tuple(float(word) for word in words)
    except ValueError:
        raise DataError(f"Numbers should stand here, not {line[:40]!r}.", place=f"line {number}") from None
    if len(found) != count:
        raise DataError(f"{count} numbers should stand here, not {len(found)}.", place=f"line {number}")
    if not all(abs(value) <= LARGEST for value in found):  # also refuses "nan"
        raise DataError(f"A number is beyond all ships: {line[:40]!r}.", place=f"line {number}")
    return found


# --- The ship ---


@dataclass(slots=True)
class _Part:
    """The deck or the hold part of a stack."""

    level: Level
    block: int
    max_height_mm: int
    max_weight_20_kg: int
    max_weight_40_kg: int
    bottom_mm: int
    plugs: dict[int, int]
    """How many plugs a tier has, by the source's index."""
    index: int
    tcg_mm: int


@dataclass(slots=True)
class _Bay:
    index: int
    row: tuple[float, ...]
    buoyancy_kg: tuple[int, ...]
    parts: list[_Part]


def _thousand(value: float) -> int:
    """Metres as millimetres, tonnes as kilograms."""
    return round(value * 1_000)


def _profile(blocks: Sequence[_Block], name: str, file: str) -> VesselProfile:
    ship = _only(blocks, "Ship:").row
    points = _only(blocks, "HydroPoints:").rows
    bays = _bays(blocks)
    if not 1 <= ship[0] <= MAX_BAYS or not 1 <= ship[1] <= MAX_STACKS:
        raise DataError(f"No ship has {ship[0]:g} bays and {ship[1]:g} stacks.", place="line 2")
    if len(bays) != int(ship[0]):
        raise DataError(f"The ship says {int(ship[0])} bays and has {len(bays)}; is the file cut short?")
    _refuse_stray_stacks(bays, int(ship[1]))
    lowest_deck_tier = min(
        (tier for bay in bays for p in bay.parts if p.level is Level.DECK for tier in p.plugs), default=0
    )
    made = tuple(_vessel_bay(bay, int(ship[1]), lowest_deck_tier) for bay in bays if bay.parts)
    return VesselProfile(
        name=name,
        bays=made,
        hatch_covers=tuple(lid for bay in bays for lid in _hatch_covers(bay, int(ship[1]))),
        hydrostatics=tuple(
            HydrostaticPoint(
                displacement_kg=_thousand(displacement),
                km_mm=_thousand(metacentre),
                min_lcg_mm=_thousand(low),
                max_lcg_mm=_thousand(high),
            )
            for displacement, low, high, metacentre in points
        ),
        stations=tuple(_station(bay) for bay in bays),
        tanks=tuple(
            Tank(f"T{number:02}", *(_thousand(value) for value in block.row))
            for number, block in enumerate((block for block in blocks if block.heading == "Tanks:"), 1)
        ),
        limits=VesselLimits(max_tcg_mm=_thousand(ship[3])),
        source=(
            f"Larsen-Pacino stowage benchmark, {file} (CC0, DOI 10.11583/DTU.9916760). The source says nothing of "
            "draught, trim moments, smallest GM and places for 45 ft."
        ),
    )


def _ship(blocks: Sequence[_Block], name: str) -> Ship:
    header = _only(blocks, "Ship:").row
    bays = _bays(blocks)
    if len(bays) != int(header[0]):
        raise DataError(f"The ship says {int(header[0])} bays and has {len(bays)}; is the file cut short?")
    return Ship(
        name=name,
        parts=tuple(_ship_part(bay, part) for bay in bays for part in bay.parts),
        sections=tuple(
            Section(
                lcg_mm=_thousand(bay.row[1]),
                lightship_kg=_thousand(bay.row[5]),
                min_shear_kg=_thousand(bay.row[2]),
                max_shear_kg=_thousand(bay.row[3]),
                max_bending_kg_mm=_thousand(bay.row[4]) * 1_000,
                buoyancy_kg=bay.buoyancy_kg,
            )
            for bay in bays
        ),
        points=tuple(
            Afloat(_thousand(displacement), _thousand(low), _thousand(high))
            for displacement, low, high, _ in _only(blocks, "HydroPoints:").rows
        ),
        max_tcg_mm=_thousand(header[3]),
    )


def _ship_part(bay: _Bay, part: _Part) -> StackPart:
    tiers = sorted(part.plugs)
    if not tiers or tiers != list(range(tiers[0], tiers[0] + len(tiers))):
        raise DataError(f"The cells of bay {bay.index}, stack {part.index} are not one above the other.")
    return StackPart(
        bay=bay.index,
        stack=part.index,
        is_deck=part.level is Level.DECK,
        block=part.block,
        max_height_mm=part.max_height_mm,
        max_20_kg=part.max_weight_20_kg,
        max_40_kg=part.max_weight_40_kg,
        vcg_mm=part.bottom_mm,
        tcg_mm=part.tcg_mm,
        lowest_tier=tiers[0],
        plugs=tuple(part.plugs[tier] for tier in tiers),
    )


def _refuse_stray_stacks(bays: Sequence[_Bay], stacks: int) -> None:
    for bay in bays:
        for part in bay.parts:
            if not 0 <= part.index < stacks:
                raise DataError(f"Bay {bay.index} has a stack {part.index} where the ship has {stacks} stacks.")


def _only(blocks: Sequence[_Block], heading: str) -> _Block:
    found = [block for block in blocks if block.heading == heading]
    if len(found) != 1:
        raise DataError(f"The file has {len(found)} parts under the heading {heading!r} where one belongs.")
    return found[0]


def _bays(blocks: Sequence[_Block]) -> list[_Bay]:
    """Bays in the order of the file, each with what stands under its heading until the next."""
    bays: list[_Bay] = []
    stack: tuple[float, ...] | None = None
    for block in blocks:
        if block.heading == "Bay:":
            if int(block.row[0]) != len(bays):
                raise block.error(f"Bay {block.row[0]:g} stands where bay {len(bays)} belongs")
            bays.append(_Bay(len(bays), block.row, (), []))
            stack = None
        elif block.heading in ("BuoyancyPoints:", "Stack:", "AboveDeck:", "BelowDeck:", "Cell:"):
            if not bays:
                raise block.error("No bay comes before what stands")
            if block.heading == "BuoyancyPoints:":
                bays[-1].buoyancy_kg = tuple(_thousand(value) for (value,) in block.rows)
            elif block.heading == "Stack:":
                stack = block.row
            elif block.heading == "Cell:":
                _fill(bays[-1], block)
            elif stack is None:
                raise block.error("No stack comes before what stands")
            else:
                bays[-1].parts.append(_part(block, stack))
    return bays


def _part(block: _Block, stack: tuple[float, ...]) -> _Part:
    identifier, height, weight_20, weight_40, vcg = block.row
    return _Part(
        level=Level.DECK if block.heading == "AboveDeck:" else Level.HOLD,
        block=int(identifier),
        max_height_mm=_thousand(height),
        max_weight_20_kg=_thousand(weight_20),
        max_weight_40_kg=_thousand(weight_40),
        bottom_mm=_thousand(vcg),
        plugs={},
        index=int(stack[0]),
        tcg_mm=_thousand(stack[1]),
    )


def _fill(bay: _Bay, block: _Block) -> None:
    if not bay.parts or bay.parts[-1].plugs:
        raise block.error("No part of a stack comes before the cells")
    for tier, reefer in block.rows:
        if not 0 <= tier <= 40 or tier != int(tier):
            raise block.error(f"{tier:g} is no tier")
        bay.parts[-1].plugs[int(tier)] = max(0, min(2, int(reefer)))


def _number(bay: _Bay) -> int:
    return 4 * bay.index + 2


def _row(index: int, count: int) -> int:
    """Row number of the stack `index` from port of `count`: even to port, 00 in the middle of an odd count."""
    middle = count // 2
    if count % 2:
        return 2 * (middle - index) if index <= middle else 2 * (index - middle) - 1
    return 2 * (middle - index) if index < middle else 2 * (index - middle) + 1


def _vessel_bay(bay: _Bay, stacks: int, lowest_deck_tier: int) -> VesselBay:
    parts = sorted(bay.parts, key=lambda part: (part.level is Level.HOLD, part.index))
    number = _number(bay)
    made = tuple(_stack(part, _row(part.index, stacks), bay, lowest_deck_tier) for part in parts)
    return VesselBay(number, number - 1, number + 1, made)


def _stack(part: _Part, row: int, bay: _Bay, lowest_deck_tier: int) -> VesselStack:
    first, offset = (82, lowest_deck_tier) if part.level is Level.DECK else (2, 0)
    lcg_mm = _thousand(bay.row[1])
    return VesselStack(
        row=row,
        level=part.level,
        cells=tuple(
            Cell(
                tier=first + 2 * (tier - offset),
                has_plug_fore=part.plugs[tier] > 0,
                has_plug_aft=part.plugs[tier] > 0,
                vcg_mm=part.bottom_mm + TIER_HEIGHT_MM * above + TIER_HEIGHT_MM // 2,
            )
            for above, tier in enumerate(sorted(part.plugs))
        ),
        max_weight_20_kg=part.max_weight_20_kg,
        max_weight_40_kg=part.max_weight_40_kg,
        max_height_mm=part.max_height_mm,
        tcg_mm=part.tcg_mm,
        lcg_fore_mm=lcg_mm,
        lcg_mm=lcg_mm,
        lcg_aft_mm=lcg_mm,
    )


def _station(bay: _Bay) -> Station:
    _, lcg, low_shear, high_shear, bending, weight, vcg = bay.row
    return Station(
        lcg_mm=_thousand(lcg),
        lightship_kg=_thousand(weight),
        lightship_vcg_mm=_thousand(vcg),
        buoyancy_kg=bay.buoyancy_kg,
        min_shear_kg=_thousand(low_shear),
        max_shear_kg=_thousand(high_shear),
        max_bending_kg_m=_thousand(bending),
    )


def _hatch_covers(bay: _Bay, stacks: int) -> Iterator[HatchCover]:
    decks = [part for part in bay.parts if part.level is Level.DECK]
    holds = {part.index for part in bay.parts if part.level is Level.HOLD}
    number = _number(bay)
    for block in sorted({part.block for part in decks}):
        indices = sorted(part.index for part in decks if part.block == block)
        closes = tuple(StackId(number, _row(i, stacks), Level.HOLD) for i in indices if i in holds)
        if closes:
            carries = tuple(StackId(number, _row(i, stacks), Level.DECK) for i in indices)
            yield HatchCover(f"{number:02}-{block}", closes, carries)
