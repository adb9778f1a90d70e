"""Dangerous goods on container ships: which classes keep which distance, and when two places keep it.

Facts of the IMDG Code (Amendment 40-20), restated:

- `TABLE`: general segregation between classes (7.2.4). Where the Dangerous Goods List has a special rule for a UN
  number it takes precedence; that list is not here, so the class decides alone.
- `MIXABLE`: compatibility groups of class 1 that may stand together (7.2.7.1.4). Pairs that the Code allows under
  further conditions (G with C, D, E; N with C, D, E; L with L) count as forbidden.
- `segregation_conflict`: containers on container ships with closed holds, both containers closed (7.4.3.2).

How the words of 7.4.3.2 are read on a profile, on the safe side where the profile is silent:

- *Container space* is 6 m fore and aft, 2.4 m athwartships: one 20 ft bay, one row between. Fore-and-aft distance is
  counted between the containers' ends in bay numbers (3.05 m each) and, where the profile gives positions, also in
  millimetres; the smaller counts. A distance either fore and aft or athwartships is enough.
- *Deck*: hatch covers and weather deck resist fire and liquid, so a container on deck and one in the hold are
  separated for codes 2 and 3. Code 4 asks for its distance along the ship whatever lies between.
- *Bulkhead*: profiles do not say where they are. Holds are at most two 40 ft bays long, so one is certain to lie
  between containers with a whole 40 ft bay between them: bay numbers 8 apart. No bulkhead runs along a hold.
- Code 1, "away from", asks nothing of closed containers. Open ones are reported for a person (rule DG-OPEN).
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import lru_cache

from cabria.domain.containers import Container, DangerousGoods, Kind
from cabria.domain.vessel import End, Level, Place, VesselBay

AWAY_FROM, SEPARATED_FROM, BY_A_HOLD, LONGITUDINALLY = 1, 2, 3, 4
CODE_NAMES: Mapping[int, str] = {
    AWAY_FROM: "away from",
    SEPARATED_FROM: "separated from",
    BY_A_HOLD: "separated by a complete compartment or hold from",
    LONGITUDINALLY: "separated longitudinally by an intervening complete compartment or hold from",
}

_CLASSES = ("1.1", "1.3", "1.4", "2.1", "2.2", "2.3", "3", "4.1", "4.2", "4.3", "5.1", "5.2", "6.1", "6.2", "7", "8")
# Symmetric, so the part below the diagonal; row by row. Within class 1 compatibility groups decide.
_LOWER_TRIANGLE = {
    "2.1": (4, 4, 2),
    "2.2": (2, 2, 1, 0),
    "2.3": (2, 2, 1, 0, 0),
    "3": (4, 4, 2, 2, 1, 2),
    "4.1": (4, 3, 2, 1, 0, 0, 0),
    "4.2": (4, 3, 2, 2, 1, 2, 2, 1),
    "4.3": (4, 4, 2, 2, 0, 0, 2, 0, 1),
    "5.1": (4, 4, 2, 2, 0, 0, 2, 1, 2, 2),
    "5.2": (4, 4, 2, 2, 1, 2, 2, 2, 2, 2, 2),
    "6.1": (2, 2, 0, 0, 0, 0, 0, 0, 1, 0, 1, 1),
    "6.2": (4, 4, 4, 4, 2, 2, 3, 3, 3, 2, 3, 3, 1),
    "7": (2, 2, 2, 2, 1, 1, 2, 2, 2, 2, 1, 2, 0, 3),
    "8": (4, 2, 2, 1, 0, 0, 0, 1, 1, 1, 2, 2, 0, 3, 2),
}
_SAME_ROW = {"1.2": "1.1", "1.5": "1.1", "1.6": "1.3", "3.1": "3", "3.2": "3", "3.3": "3"}
"""Divisions that share a row of the table; 3.1 to 3.3 are spellings of the Code before 1990."""

TABLE: Mapping[tuple[str, str], int] = {
    pair: code
    for row, codes in _LOWER_TRIANGLE.items()
    for column, code in zip(_CLASSES, codes, strict=False)
    for pair in ((row, column), (column, row))
} | {(name, name): 0 for name in _CLASSES if not name.startswith("1.")}

MIXABLE: Mapping[str, str] = {
    "A": "A", "B": "BS", "C": "CDES", "D": "CDES", "E": "CDES", "F": "FS", "G": "GS", "H": "HS", "J": "JS", "K": "KS",
    "L": "", "N": "NS", "S": "BCDEFGHJKNS",
}  # fmt: skip

_CLASS = re.compile(r"(\d(?:\.\d)?)([A-S])?")
BAY_NUMBERS_OF_CONTAINER_SPACE = 2
BAY_NUMBERS_OF_24_M = 8
BAY_NUMBERS_OF_A_SURE_BULKHEAD = 8
CONTAINER_SPACE_MM, METRES_24_MM = 6_000, 24_000
LENGTH_MM = {End.FORE: 6_058, End.AFT: 6_058, End.BOTH: 12_192}
REACH = BAY_NUMBERS_OF_24_M + 4
"""Places whose bay numbers differ by more than this are never in conflict."""


def division(imdg_class: str) -> str | None:
    """The row of the segregation table for a class such as 3, 2.1 or 1.4S; None where there is no such class."""
    match = _CLASS.fullmatch(imdg_class.strip().upper())
    if match is None:
        return None
    name = _SAME_ROW.get(match[1], match[1])
    return name if name in _CLASSES or name == "9" else None


def compatibility_group(imdg_class: str) -> str:
    match = _CLASS.fullmatch(imdg_class.strip().upper())
    return (match[2] or "") if match else ""


@lru_cache(maxsize=4096)
def segregation_code(class_a: str, class_b: str) -> int | None:
    """0 (the table's X) to 4 between two classes; None where a class is unknown and a person must decide."""
    a, b = division(class_a), division(class_b)
    if a is None or b is None:
        return None
    if a == "9" or b == "9":
        return 0
    if a.startswith("1.") and b.startswith("1."):
        group_a, group_b = compatibility_group(class_a), compatibility_group(class_b)
        if group_a not in MIXABLE or group_b not in MIXABLE:
            return None
        return 0 if group_b in MIXABLE[group_a] else SEPARATED_FROM
    return TABLE[a, b]


Hazards = tuple[tuple[str, ...], ...]
"""Of each substance in a container that counts for segregation: its class and its subsidiary classes."""


def hazards_of(container: Container) -> Hazards:
    """Goods in limited quantities are exempt (3.4.4.2)."""
    return tuple(
        sorted({(g.imdg_class, *g.subsidiary_classes) for g in container.dangerous if not g.is_limited_quantity})
    )


@lru_cache(maxsize=65536)
def code_between(a: Hazards, b: Hazards) -> int:
    """Strictest known code between the goods of two containers, subsidiary hazards included (7.2.3.3).

    Two substances of the same class stand together whatever their subsidiary hazards (7.2.6.1). Unknown classes are
    not in it: ask `is_known` and report them.
    """
    return max((_strictest(first, second) for first in a for second in b), default=0)


def _strictest(first: tuple[str, ...], second: tuple[str, ...]) -> int:
    main = division(first[0])
    if main is not None and main == division(second[0]):
        return segregation_code(first[0], second[0]) or 0
    return max(segregation_code(x, y) or 0 for x in first for y in second)


def is_known(goods: DangerousGoods) -> bool:
    """Whether class, subsidiary classes and UN number can be read; if not, nothing can be judged."""
    classes = (goods.imdg_class, *goods.subsidiary_classes)
    lacks_group = any((division(c) or "").startswith("1.") and not compatibility_group(c) for c in classes[:1])
    return 1 <= goods.un_number <= 3600 and all(division(c) is not None for c in classes) and not lacks_group


def is_closed(container: Container) -> bool:
    """Whether it fully encloses its contents by permanent structures; open tops, flats and platforms do not."""
    return container.size_type.kind not in (Kind.OPEN_TOP, Kind.PLATFORM)


def must_be_on_deck(goods: DangerousGoods) -> bool:
    """Where class or a range of UN numbers decides alone: stowage category D, on deck only on cargo ships.

    Organic peroxides (5.2) and self-reactive substances (UN 3221 to 3240) are category D throughout. Explosives but
    1.4 may go under deck only by their UN number's category; without the list they are kept on deck.
    """
    if goods.is_limited_quantity:
        return False
    name = division(goods.imdg_class) or ""
    return name == "5.2" or 3221 <= goods.un_number <= 3240 or (name.startswith("1.") and name != "1.4")


def segregation_conflict(a: Place, b: Place, code: int) -> bool:
    """Whether closed containers in two places are nearer than a segregation code allows."""
    if code <= AWAY_FROM:
        return False
    deck_a, deck_b = a.stack.level is Level.DECK, b.stack.level is Level.DECK
    if code == LONGITUDINALLY:
        return not (_is_24_m_apart(a, b) and (deck_a or deck_b or _has_sure_bulkhead_between(a, b)))
    if deck_a != deck_b:
        return False
    if code == SEPARATED_FROM:
        return not (_is_container_space_apart(a, b) or _rows_between(a, b) >= 1)
    if deck_a:
        return not (_is_container_space_apart(a, b) or _rows_between(a, b) >= 2)
    return not _has_sure_bulkhead_between(a, b)


def _is_container_space_apart(a: Place, b: Place) -> bool:
    return _is_apart(a, b, BAY_NUMBERS_OF_CONTAINER_SPACE, CONTAINER_SPACE_MM)


def _is_24_m_apart(a: Place, b: Place) -> bool:
    return _is_apart(a, b, BAY_NUMBERS_OF_24_M, METRES_24_MM)


def _has_sure_bulkhead_between(a: Place, b: Place) -> bool:
    return abs(a.bay.number - b.bay.number) >= BAY_NUMBERS_OF_A_SURE_BULKHEAD


def _is_apart(a: Place, b: Place, bay_numbers: int, distance_mm: int) -> bool:
    """Whether the ends of two containers are that far apart along the ship, by numbers and by positions if known."""
    fore_a, aft_a = _extent(a)
    fore_b, aft_b = _extent(b)
    if max(fore_a, fore_b) - min(aft_a, aft_b) < bay_numbers:
        return False
    lcg_a, lcg_b = a.stack.lcg_at_mm(a.end), b.stack.lcg_at_mm(b.end)
    if lcg_a is None or lcg_b is None:
        return True
    return abs(lcg_a - lcg_b) - (LENGTH_MM[a.end] + LENGTH_MM[b.end]) // 2 >= distance_mm


def _extent(place: Place) -> tuple[int, int]:
    """Bay numbers at the fore and aft end of a container: a 20 ft one in bay 03 reaches from 2 to 4."""
    bay = place.bay
    if place.end is End.BOTH:
        return bay.number - 2, bay.number + 2
    number = bay.fore if place.end is End.FORE else bay.aft
    middle = bay.number if number is None else number
    return middle - 1, middle + 1


def _rows_between(a: Place, b: Place) -> int:
    """Whole rows between two containers athwartships; -1 where they overlap."""
    apart = abs(athwart(a.bay, a.stack.row, a.stack.level) - athwart(b.bay, b.stack.row, b.stack.level))
    return apart // 2 - 1


def athwart(bay: VesselBay, row: int, level: Level) -> int:
    """Where a row lies across the ship, in half row pitches from the centre line, positive to starboard."""
    return athwart_of(row, is_centred=has_row_00(bay, level))


def athwart_of(row: int, *, is_centred: bool) -> int:
    """The same for who knows whether a row 00 stands on the centre line."""
    out = row if row % 2 else -row
    return out + 1 if bool(row % 2) is is_centred else out


def has_row_00(bay: VesselBay, level: Level) -> bool:
    for stack in bay.stacks:  # noqa: SIM110 - asked for every pair of dangerous goods, and any() takes twice the time
        if stack.row == 0 and stack.level is level:
            return True
    return False
