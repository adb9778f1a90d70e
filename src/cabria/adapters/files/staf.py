"""Vessel profiles from STAF text, the tab-separated ship file that stowage programs exchange.

The file has tables SHIP, SECTION (a 20 ft bay, above or below deck), STACK, TIER, SLOT and LID, each with a line of
column names. No public description is known to us; what follows was learnt from three real ships:

- Two sections make a 40 ft bay when PAIRED BAY says A (with the next one aft) or F (forward). Which of the two carries
  the 40 ft flags, weights and plugs differs from ship to ship; the even bay number lies between them either way.
- STACK says what a stack takes between its bottom and top tier. SLOT lists only what differs: a slot that it does not
  list is as its stack; one that it lists as taking nothing takes no 20 ft. A cell exists when either end or the
  40 ft over both takes something.
- "%" in STACK means "as in SECTION", "-" means that nothing is said. Numbers may have a decimal comma.
- TIER VCG is the height of a container's centre (2.6 m a tier, the lowest 1.3 m above the double bottom).
- Lids are listed per section, those on B (hold) close stacks, those on A (deck) carry them. JOIN LID binds the lids of
  both halves of a hatch, and lids of both halves over the same rows are one lid to Cabria as well: its stacks do not
  tell fore from aft. A join across two hatches is not believed.

STAF says nothing of hydrostatics, strength, tanks or limits; the profile's `source` says so in a sentence.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple

from cabria.adapters.files.source_file import read_text
from cabria.domain.errors import DataError
from cabria.domain.vessel import Cell, HatchCover, Level, StackId, VesselBay, VesselProfile, VesselStack

MAX_BYTES = 5_000_000
MAX_TIERS = 30
NOTHING, INHERITED = ("", "-"), "%"
REQUIRED = {
    "SHIP": ("UNITS", "LCG + DIR", "TCG + DIR", "POSITION FORMAT"),
    "SECTION": ("STAF BAY", "LEVEL", "PAIRED BAY"),
    "STACK": ("STAF BAY", "LEVEL", "ISO STACK", "TOP TIER", "BOTTOM TIER", "ACCEPTS 20", "ACCEPTS 40"),
}
LEVELS = {"A": Level.DECK, "B": Level.HOLD}


def read_staf(path: Path | str, *, name: str = "", imo: str = "") -> VesselProfile:
    """The profile in a STAF file; `name` and `imo` fill in what STAF does not know. Raises DataError with the line."""
    return parse_staf(read_text(path, limit_bytes=MAX_BYTES), file=str(path), name=name, imo=imo)


def parse_staf(text: str, *, file: str, name: str = "", imo: str = "") -> VesselProfile:
    """The profile in the text of a STAF file. Raises DataError."""
    try:
        tables = _tables(text, file)
        ship = _ship(tables)
        sections = _sections(tables, ship)
        bays = tuple(_bays(sections))
        lids, notes = _hatch_covers(tables.get("LID", []), sections, bays)
        return VesselProfile(
            name=name or ship.name,
            bays=bays,
            hatch_covers=lids,
            imo=imo,
            source=_source(ship, file, sections, lids, notes),
        )
    except DataError as error:
        raise error.inside(file) from None


# --- The text: tables of rows ---


@dataclass(frozen=True, slots=True)
class _Row:
    """One line of a table, by column name, and where it stands."""

    values: Mapping[str, str]
    file: str
    line: int

    def text(self, column: str) -> str:
        """The value, "" where the table says nothing."""
        value = self.values.get(column, "").strip()
        return "" if value in NOTHING else value

    def error(self, problem: str) -> DataError:
        return DataError(problem, file=self.file, place=f"line {self.line}")

    def number(self, column: str, *, low: int = 0, high: int = 999) -> int:
        text = self.text(column)
        if not (text.isascii() and text.isdigit() and len(text) <= 6 and low <= int(text) <= high):
            raise self.error(f"{column} should be a whole number from {low} to {high}, not {text[:40]!r}.")
        return int(text)

    def thousandths(self, column: str, inherited: str = "") -> int | None:
        """Metres as millimetres or tonnes as kilograms; "%" takes the section's value."""
        text = self.text(column)
        text = (inherited if text == INHERITED else text).replace(",", ".")
        if text in NOTHING:
            return None
        whole, _, part = text.lstrip("+-").partition(".")
        if not (whole + part).isdecimal() or not text.isascii() or len(whole) > 6:
            raise self.error(f"{column} should be a number, not {text[:40]!r}.")
        size = int(whole or "0") * 1_000 + int((part + "000")[:3])
        return -size if text.startswith("-") else size

    def accepts(self, column: str) -> bool:
        text = self.text(column).upper()
        if text not in ("Y", "N", ""):
            raise self.error(f"{column} should be Y or N, not {text[:40]!r}.")
        return text == "Y"

    def level(self) -> Level:
        text = self.text("LEVEL").upper()
        if text not in LEVELS:
            raise self.error(f"LEVEL should be A (above deck) or B (below), not {text[:40]!r}.")
        return LEVELS[text]


def _tables(text: str, file: str) -> dict[str, list[_Row]]:
    tables: dict[str, list[_Row]] = {}
    columns: dict[str, list[str]] = {}
    table = ""
    for number, line in enumerate(text.replace("\r", "").split("\n"), 1):
        if line.startswith("**"):
            columns[table] = [column.strip().upper() for column in line[2:].split("\t")]
        elif line.startswith("*"):
            table = line[1:].strip().upper()
            tables.setdefault(table, [])
        elif line.strip():
            if table not in columns:
                raise DataError(
                    "This is no STAF text: a row stands before a table with column names (*SHIP, **CLASS ...).",
                    file=file,
                    place=f"line {number}",
                )
            tables[table].append(_Row(dict(zip(columns[table], line.split("\t"), strict=False)), file, number))
    _refuse_gaps(tables, columns, file)
    return tables


def _refuse_gaps(tables: Mapping[str, list[_Row]], columns: Mapping[str, list[str]], file: str) -> None:
    for table, needed in REQUIRED.items():
        if not tables.get(table):
            raise DataError(f"The STAF text has no rows in table {table}; is it cut short?", file=file)
        for column in needed:
            if column not in columns[table]:
                raise DataError(f"Table {table} has no column {column}.", file=file)
    if "END" not in tables:
        raise DataError("The STAF text has no *END; it is cut short.", file=file)


class _Ship(NamedTuple):
    name: str
    lcg_sign: int
    tcg_sign: int
    position_format: tuple[str, ...]


def _ship(tables: Mapping[str, list[_Row]]) -> _Ship:
    row = tables["SHIP"][0]
    if (units := row.text("UNITS").upper()) != "METRIC":
        raise row.error(f"Only METRIC units are read, not {units[:40]!r}.")
    form = tuple(row.text("POSITION FORMAT").upper().split("-"))
    if sorted(form) != ["BAY", "STACK", "TIER"]:
        raise row.error(f"POSITION FORMAT should name BAY, STACK and TIER, not {'-'.join(form)[:40]!r}.")
    return _Ship(
        name=row.text("CLASS") or "unnamed",
        lcg_sign=-1 if row.text("LCG + DIR").upper().startswith("A") else 1,
        tcg_sign=-1 if row.text("TCG + DIR").upper().startswith("P") else 1,
        position_format=form,
    )


# --- Sections: one 20 ft bay above or below deck, as the file lists it ---


@dataclass(frozen=True, slots=True)
class _Slot:
    """What one 20 ft place takes; the 40 and 45 ft flags hold for the place's pair."""

    takes_20: bool
    takes_40: bool
    takes_45: bool
    has_plug: bool = False


@dataclass(frozen=True, slots=True)
class _Pile:
    """A stack of one section."""

    row: int
    slots: Mapping[int, _Slot]
    """By tier."""
    max_weight_20_kg: int | None
    max_weight_40_kg: int | None
    max_height_mm: int | None
    tcg_mm: int | None
    lcg_20_mm: int | None
    lcg_40_mm: int | None


@dataclass(slots=True)
class _Section:
    bay: int
    level: Level
    pairing: str
    piles: dict[int, _Pile] = field(default_factory=dict)
    vcg_mm: dict[int, int] = field(default_factory=dict)


Sections = dict[tuple[int, Level], _Section]


def _sections(tables: Mapping[str, list[_Row]], ship: _Ship) -> Sections:
    sections: Sections = {}
    rows: dict[tuple[int, Level], _Row] = {}
    for row in tables["SECTION"]:
        key = row.number("STAF BAY", low=1), row.level()
        if key in sections:
            raise row.error(f"Bay {key[0]:02} is listed twice {_where(key[1])}.")
        sections[key] = _Section(*key, pairing=row.text("PAIRED BAY").upper())
        rows[key] = row
    for row in tables.get("TIER", []):
        section = _section_of(row, sections)
        if (vcg := row.thousandths("TIER VCG")) is not None:
            section.vcg_mm[row.number("ISO TIER", high=99)] = vcg
    slots = _slots(tables.get("SLOT", []), ship)
    for row in tables["STACK"]:
        section = _section_of(row, sections)
        pile = _pile(row, rows[section.bay, section.level], ship, slots, section)
        if pile.row in section.piles:
            raise row.error(f"Row {pile.row:02} of bay {section.bay:02} is listed twice {_where(section.level)}.")
        section.piles[pile.row] = pile
    _refuse_strays(slots, sections)
    return sections


def _where(level: Level) -> str:
    return "on deck" if level is Level.DECK else "in the hold"


def _section_of(row: _Row, sections: Sections) -> _Section:
    key = row.number("STAF BAY", low=1), row.level()
    if key not in sections:
        raise row.error(f"Bay {key[0]:02} {_where(key[1])} is not in table SECTION.")
    return sections[key]


Slots = dict[tuple[int, int, int], tuple[_Slot, _Row]]


def _slots(rows: Iterable[_Row], ship: _Ship) -> Slots:
    """The listed slots by bay, row and tier."""
    slots: Slots = {}
    for row in rows:
        text = row.text("SLOT")
        wide = len(text) - 4  # bays have two digits, or three
        if wide not in (2, 3) or not (text.isascii() and text.isdigit()):
            raise row.error(f"SLOT should be six or seven digits, not {text[:40]!r}.")
        parts, at = {}, 0
        for part in ship.position_format:
            width = wide if part == "BAY" else 2
            parts[part] = int(text[at : at + width])
            at += width
        slot = _Slot(
            row.accepts("ACCEPTS 20"),
            row.accepts("ACCEPTS 40"),
            row.accepts("ACCEPTS 45"),
            row.text("REEFER TYPE").upper() not in ("", "N"),
        )
        slots[parts["BAY"], parts["STACK"], parts["TIER"]] = slot, row
    return slots


def _pile(row: _Row, section_row: _Row, ship: _Ship, slots: Slots, section: _Section) -> _Pile:
    number = row.number("ISO STACK", high=99)
    bottom, top = row.number("BOTTOM TIER", high=99), row.number("TOP TIER", high=99)
    if not bottom <= top < bottom + 2 * MAX_TIERS:
        raise row.error(f"Tiers cannot run from {bottom:02} to {top:02}.")
    default = _Slot(row.accepts("ACCEPTS 20"), row.accepts("ACCEPTS 40"), row.accepts("ACCEPTS 45"))
    found = {
        tier: slots[key][0] if (key := (section.bay, number, tier)) in slots else default
        for tier in range(bottom, top + 1, 2)
    }

    def inherited(column: str, section_column: str = "") -> int | None:
        return row.thousandths(column, section_row.text(section_column or column))

    def signed(value: int | None, sign: int) -> int | None:
        return None if value is None else sign * value

    return _Pile(
        row=number,
        slots=found,
        max_weight_20_kg=inherited("STACK WT 20"),
        max_weight_40_kg=inherited("STACK WT 40"),
        max_height_mm=inherited("MAX HT", "MAX HEIGHT"),
        tcg_mm=signed(row.thousandths("TCG"), ship.tcg_sign),
        lcg_20_mm=signed(inherited("LCG 20"), ship.lcg_sign),
        lcg_40_mm=signed(inherited("LCG 40"), ship.lcg_sign),
    )


def _refuse_strays(slots: Slots, sections: Sections) -> None:
    known = {
        (section.bay, number, tier)
        for section in sections.values()
        for number, pile in section.piles.items()
        for tier in pile.slots
    }
    for (bay, number, tier), (_, row) in slots.items():
        if (bay, number, tier) not in known:
            raise row.error(f"Slot {bay:02}{number:02}{tier:02} lies in no stack of the table STACK.")


# --- Bays: sections in pairs ---


def _pairs(sections: Sections) -> dict[tuple[int, Level], tuple[int | None, int | None]]:
    """Fore and aft bay of each section's pair; a section that is alone at its level goes with the other level."""
    found: dict[tuple[int, Level], tuple[int | None, int | None]] = {}
    for key, section in sections.items():
        if section.pairing.startswith("A"):
            found[key] = (section.bay, section.bay + 2)
        elif section.pairing.startswith("F"):
            found[key] = (section.bay - 2, section.bay)
    for bay, level in sections:
        other = found.get((bay, Level.HOLD if level is Level.DECK else Level.DECK))
        found.setdefault((bay, level), other or (bay, None))
    return found


def _bays(sections: Sections) -> Iterator[VesselBay]:
    """Bays from the bow, each with its deck stacks and then its hold stacks, rows from port."""
    halves: dict[tuple[int | None, int | None], dict[Level, list[_Section]]] = {}
    pairs = _pairs(sections)
    for key in sorted(sections, key=lambda key: key[0]):
        halves.setdefault(pairs[key], {Level.DECK: [], Level.HOLD: []})[key[1]].append(sections[key])
    for (fore, aft), by_level in halves.items():
        stacks = tuple(
            stack for level in (Level.DECK, Level.HOLD) for stack in _stacks(fore, aft, level, by_level[level])
        )
        if stacks:
            number = fore + 1 if fore is not None and aft is not None else fore or aft
            assert number is not None
            yield VesselBay(number, fore, aft, stacks)


def _from_port(row: int) -> int:
    """Even rows lie to port, the highest outermost; 00 in the middle; odd rows to starboard."""
    return row if row % 2 else -row


def _stacks(fore: int | None, aft: int | None, level: Level, sections: Sequence[_Section]) -> Iterator[VesselStack]:
    rows = sorted({row for section in sections for row in section.piles}, key=_from_port)
    for row in rows:
        halves = {section.bay: section for section in sections if row in section.piles}
        stack = _stack(row, level, halves.get(fore or 0), halves.get(aft or 0))
        if stack is not None:
            yield stack


def _stack(row: int, level: Level, fore: _Section | None, aft: _Section | None) -> VesselStack | None:
    """Both halves of a stack as one; where they differ, the lower limit holds. None when it takes nothing."""
    here = [section for section in (fore, aft) if section is not None]
    piles = [section.piles[row] for section in here]
    ends = [section.piles[row].slots if section else {} for section in (fore, aft)]
    heights = {tier: vcg for section in here for tier, vcg in section.vcg_mm.items()}
    tiers = sorted({tier for pile in piles for tier in pile.slots})
    cells = tuple(
        cell for tier in tiers if (cell := _cell(tier, ends[0].get(tier), ends[1].get(tier), heights.get(tier)))
    )
    if not cells:
        return None
    lcg_fore = fore.piles[row].lcg_20_mm if fore else None
    lcg_aft = aft.piles[row].lcg_20_mm if aft else None
    return VesselStack(
        row=row,
        level=level,
        cells=cells,
        max_weight_20_kg=_least(pile.max_weight_20_kg for pile in piles),
        max_weight_40_kg=_least(pile.max_weight_40_kg for pile in piles),
        max_height_mm=_least(pile.max_height_mm for pile in piles),
        tcg_mm=next((pile.tcg_mm for pile in piles if pile.tcg_mm is not None), None),
        lcg_fore_mm=lcg_fore,
        lcg_mm=_least(pile.lcg_40_mm for pile in piles) or _middle(lcg_fore, lcg_aft),
        lcg_aft_mm=lcg_aft,
    )


def _cell(tier: int, fore: _Slot | None, aft: _Slot | None, vcg_mm: int | None) -> Cell | None:
    """The cell over both ends, or None where neither end nor the whole takes anything."""
    ends = [slot for slot in (fore, aft) if slot]
    cell = Cell(
        tier=tier,
        takes_20_fore=bool(fore and fore.takes_20),
        takes_20_aft=bool(aft and aft.takes_20),
        takes_40=any(slot.takes_40 for slot in ends),
        takes_45=any(slot.takes_45 for slot in ends),
        has_plug_fore=bool(fore and fore.has_plug),
        has_plug_aft=bool(aft and aft.has_plug),
        vcg_mm=vcg_mm,
    )
    return cell if cell.takes_20_fore or cell.takes_20_aft or cell.takes_40 or cell.takes_45 else None


def _least(values: Iterable[int | None]) -> int | None:
    return min((value for value in values if value is not None), default=None)


def _middle(a: int | None, b: int | None) -> int | None:
    return (a + b) // 2 if a is not None and b is not None else a if b is None else b


# --- Lids ---


@dataclass(frozen=True, slots=True)
class _Lid:
    """A line of table LID: rows athwart, from port, of one section."""

    id: str
    bay: int
    level: Level
    rows: frozenset[int]
    joined_to: tuple[str, ...]


def _hatch_covers(
    rows: Sequence[_Row], sections: Sections, bays: tuple[VesselBay, ...]
) -> tuple[tuple[HatchCover, ...], list[str]]:
    """The lids of each bay, and what was odd about them."""
    lids = [_lid(row, sections) for row in rows]
    notes: list[str] = []
    covers: list[HatchCover] = []
    for bay in bays:
        halves = {number for number in (bay.fore, bay.aft) if number is not None}
        here = [lid for lid in lids if lid.bay in halves]
        names = {lid.id for lid in here}
        strangers = (sorted((lid.id, name)) for lid in here for name in lid.joined_to if name not in names)
        notes += ["Lids {} and {}, joined across two hatches, were taken apart.".format(*pair) for pair in strangers]
        covers += _covers_of_bay(bay, here)
    return tuple(covers), sorted(set(notes))


def _lid(row: _Row, sections: Sections) -> _Lid:
    section = _section_of(row, sections)
    port, starboard = (row.number(f"{side} ISO STACK", high=99) for side in ("PORT", "STBD"))
    if _from_port(port) > _from_port(starboard):
        port, starboard = starboard, port
    return _Lid(
        id=row.text("LID ID"),
        bay=section.bay,
        level=section.level,
        rows=frozenset(r for r in section.piles if _from_port(port) <= _from_port(r) <= _from_port(starboard)),
        joined_to=tuple(name for column in ("JOIN LID FWD", "JOIN LID AFT") if (name := row.text(column))),
    )


def _is_one_with(lid: _Lid, other: _Lid) -> bool:
    """True for lids of both halves of a hatch that are joined, or lie over the same rows but for the hull's taper."""
    return lid.id in other.joined_to or lid.rows <= other.rows or other.rows <= lid.rows


def _covers_of_bay(bay: VesselBay, lids: Sequence[_Lid]) -> list[HatchCover]:
    """Hold lids with the deck lids that share most of their rows; those of both halves over the same rows are one."""
    groups: list[list[_Lid]] = []
    for lid in (lid for lid in lids if lid.level is Level.HOLD and lid.rows):
        same = next((group for group in groups if any(_is_one_with(lid, other) for other in group)), None)
        if same is None:
            groups.append([lid])
        else:
            same.append(lid)
    carried: list[set[int]] = [set() for _ in groups]
    for deck in (lid for lid in lids if lid.level is Level.DECK):
        shared = [len(deck.rows & frozenset[int]().union(*(lid.rows for lid in group))) for group in groups]
        if any(shared):
            carried[shared.index(max(shared))] |= deck.rows
    existing = {(stack.row, stack.level) for stack in bay.stacks}

    def ids(found: Iterable[int], level: Level) -> tuple[StackId, ...]:
        there = (row for row in sorted(found, key=_from_port) if (row, level) in existing)
        return tuple(StackId(bay.number, row, level) for row in there)

    covers = []
    for number, (group, deck_rows) in enumerate(zip(groups, carried, strict=True), 1):
        closes = ids(frozenset[int]().union(*(lid.rows for lid in group)), Level.HOLD)
        if closes:
            covers.append(HatchCover(f"{bay.number:02}-{number}", closes, ids(deck_rows, Level.DECK)))
    return covers


# --- What the source did not say ---


def _source(ship: _Ship, file: str, sections: Sections, lids: Sequence[HatchCover], notes: Sequence[str]) -> str:
    piles = [pile for section in sections.values() for pile in section.piles.values()]
    missing = ["hydrostatics", "strength", "tanks", "limits of the ship"]
    missing += [] if lids else ["hatch covers"]
    missing += [] if any(section.vcg_mm for section in sections.values()) else ["heights of tiers"]
    missing += [] if any(pile.lcg_20_mm is not None for pile in piles) else ["lengthwise places of bays"]
    missing += [] if any(pile.tcg_mm is not None for pile in piles) else ["athwartship places of rows"]
    missing += [] if any(pile.max_height_mm is not None for pile in piles) else ["stack heights"]
    said = f"STAF text {Path(file).name}, class {ship.name}. The source says nothing of {', '.join(missing)}."
    return " ".join([said, *notes])
