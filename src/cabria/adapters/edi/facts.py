"""What one segment says of a box, whatever the dialect: grouped by qualifier, never by its place in the message.

BAPLIE 1.5, 2.x and 3.1, MOVINS, COPRAR, COARRI, CODECO and their kin describe a container with the same few
segments and different habits: ports in LOC+9/11 or LOC+6/12, mass in MEA+WT, MEA+VGM or MEA+AAE+VGM, height in
DIM+9 or DIM+13. A fact is what remains when the habit is taken away, and `problem` what was odd about it. Facts depend
on the segment's text alone, so equal segments are interpreted once.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterable
from decimal import Decimal
from enum import IntEnum
from functools import lru_cache
from typing import NamedTuple

from cabria.adapters.edi.syntax import Elements, at, elements, parts
from cabria.domain.containers import DangerousGoods, Port
from cabria.domain.errors import DataError
from cabria.domain.findings import Severity
from cabria.domain.positions import StowPosition
from cabria.domain.told import Told, told


class Do(IntEnum):
    """What the collector of a message does with a fact."""

    SKIP = 0
    SET = 1
    """The value of an attribute of the box; the first one stays."""
    ADD = 2
    """One more value of an attribute of the box."""
    CELL = 3
    EQUIPMENT = 4
    GOODS = 5
    """Dangerous goods; texts that follow are theirs."""
    GOODS_TEXT = 6
    ORDER = 7
    """From here on the slots are to be loaded, discharged, restowed (MOVINS)."""
    COUNT = 8
    UNKNOWN = 9
    ONWARD = 10
    """One of several ways to say where the box goes after its port of discharge."""


class Problem(NamedTuple):
    rule: str
    severity: Severity
    text: Told


class Fact(NamedTuple):
    do: Do
    attribute: str = ""
    value: object = None
    problem: Problem | None = None


class Equipment(NamedTuple):
    """EQD: `status` 4 empty, 5 full; `transport` 2 export, 3 import, 6 transhipment."""

    kind: str
    number: str
    size_code: str
    status: str
    transport: str


class Mass(NamedTuple):
    kind: str
    kg: int


SKIP = Fact(Do.SKIP)
VERIFIED = "VGM"
# Gross mass as declared: WT in 2.x, G in COPRAR and CODECO, AET and EGW in 3.1. T is tare, AAA the net mass of goods.
_GROSS = {"WT", "G", "AET", "EGW", "AAD", "AAB"}
_KG = {"KGM": Decimal(1), "LBR": Decimal("0.45359237"), "TNE": Decimal(1000)}
_KG_MISSPELT = {
    "KG": "KGM",
    "KGS": "KGM",
    "LBS": "LBR",
    "LB": "LBR",
    "TN": "TNE",
    "MT": "TNE",
    "TON": "TNE",
    "T": "TNE",
}
_MM = {
    "CMT": Decimal(10), "MMT": Decimal(1), "MTR": Decimal(1000), "INH": Decimal("25.4"), "FOT": Decimal("304.8"),
    "CM": Decimal(10), "MM": Decimal(1), "M": Decimal(1000),
}  # fmt: skip
_NUMBER = re.compile(r"[+-]?\d{1,12}(?:[.,]\d{0,9})?", re.ASCII)
_NUMBER_CHARS = 35
_PORT = re.compile(r"[A-Z]{2}[A-Z2-9]{3}")
IMDG_CLASS = re.compile(r"[1-9](\.\d)?[A-HJ-NS]?")
_EXCESS = {
    "5": "front_mm",
    "6": "back_mm",
    "7": "starboard_mm",
    "8": "port_mm",
    "9": "over_height_mm",
    "13": "over_height_mm",
}
_PACKING_GROUPS = {"1": "I", "2": "II", "3": "III", "I": "I", "II": "II", "III": "III"}
# Ways to say where a box goes after its port of discharge, the strongest first.
ONWARD_QUALIFIERS = ("83", "7", "170", "13", "152", "64")


def number(text: str) -> Decimal | None:
    """A decimal number with point or comma, at most twelve digits before it; None for anything else."""
    return Decimal(text.replace(",", ".")) if _NUMBER.fullmatch(text) else None


def kilograms(value: str, unit: str) -> tuple[int | None, Problem | None]:
    """A mass in whole kilograms, never rounded below what was declared, and what was odd."""
    if unit == "KGM" and value.isascii() and value.isdigit() and len(value) < 12:
        return int(value), None
    amount, known = number(value), _KG_MISSPELT.get(unit, unit)
    if amount is None:
        return None, Problem(
            "EDI-MASS",
            Severity.SAFETY,
            told("The mass {given} is not a number.", "edi-mass-no-number", given=repr(value[:20])),
        )
    if not known:
        return math.ceil(amount), Problem(
            "EDI-UNIT",
            Severity.SAFETY,
            told("The mass {given} has no unit; read as kilograms.", "edi-mass-without-unit", given=value),
        )
    if known not in _KG:
        return None, Problem(
            "EDI-UNIT",
            Severity.SAFETY,
            told(
                "The mass {given} is in the unknown unit {unit}.",
                "edi-mass-unknown-unit",
                given=value,
                unit=repr(unit[:10]),
            ),
        )
    kg = math.ceil(amount * _KG[known])
    if kg < 0:
        return None, Problem(
            "EDI-MASS",
            Severity.SAFETY,
            told("The mass {given} {unit} is negative.", "edi-mass-negative", given=value, unit=unit),
        )
    if known != unit:
        return kg, Problem(
            "EDI-UNIT",
            Severity.NOTE,
            told(
                "The unit {unit} is spelt {known} in the standard.", "edi-unit-misspelt", unit=repr(unit), known=known
            ),
        )
    return kg, None


def tenth_celsius(value: str, unit: str) -> tuple[int | None, Problem | None]:
    """A temperature in tenths of a degree Celsius and what was odd."""
    amount = number(value)
    if amount is None or abs(amount) > 1000:
        return None, Problem(
            "EDI-TEMPERATURE",
            Severity.SAFETY,
            told(
                "The temperature {given} is not a number of degrees.",
                "edi-temperature-no-number",
                given=repr(value[:20]),
            ),
        )
    if unit in ("FAH", "F"):
        return round((amount - 32) * 50 / 9), None
    if unit == "CEL":
        return round(amount * 10), None
    odd = told(
        "The temperature {given} is in {unit}; read as degrees Celsius.",
        "edi-temperature-unit",
        given=value,
        unit=repr(unit[:10]),
    )
    return round(amount * 10), Problem("EDI-UNIT", Severity.NOTE, odd)


def millimetres(value: str, unit: str) -> int | None:
    """A length in whole millimetres, rounded up; None if it is not one."""
    amount, factor = number(value), _MM.get(unit)
    return None if amount is None or factor is None or amount < 0 else math.ceil(amount * factor)


def port(text: str) -> tuple[Port, Problem | None]:
    """A port as it is spelt, and a problem unless it has the form of a UN/LOCODE."""
    code = text.upper()[:35]
    if _PORT.fullmatch(code):
        return Port(code), None
    return Port(code), Problem(
        "EDI-PORT",
        Severity.COMMERCIAL,
        told("Port {given} has not the form of a UN/LOCODE.", "edi-port-malformed", given=repr(code)),
    )


def container_number(text: str) -> str:
    """A container number as ISO 6346 writes it, without the blanks and strokes people put in."""
    if not (text.isalnum() and text.isupper()):
        text = "".join(char for char in text if char.isalnum()).upper()
    return text[:_NUMBER_CHARS]


def interpret(segment: str) -> Fact:
    """What a segment says of a box; unknown tags are `Do.UNKNOWN`."""
    if segment.startswith("LOC+147+"):
        return _cell(at(segment[8:].split("+"), 0))
    read = _READERS.get(segment[:3])
    if read is None or segment[3:4] not in ("+", ""):
        return Fact(Do.UNKNOWN, segment[:3])
    return read(elements(segment))


def _location(e: Elements) -> Fact:
    qualifier = at(e, 1)
    if qualifier == "147":
        return _cell(at(e, 2))
    place = at(e, 2)
    if qualifier in ("9", "6", "11", "12"):
        attribute = {"9": "pol", "6": "pol_of_1_5", "11": "pod", "12": "pod_of_1_5"}[qualifier]
        if not place:
            return SKIP
        code, problem = port(place)
        return Fact(Do.SET, attribute, code, problem)
    if qualifier == "76" and place:
        return Fact(Do.SET, "original_port", *port(place))
    if qualifier in ONWARD_QUALIFIERS and place:
        code, problem = port(place)
        return Fact(Do.ONWARD, qualifier, code, problem)
    return SKIP


def _cell(text: str) -> Fact:
    is_number = len(text) == 7 and text.isascii() and text.isdigit()
    if is_number and text[:3] != "000" and text[5:] != "00" and text[6] in "02468":
        return Fact(Do.CELL, text, StowPosition(int(text[:3]), int(text[3:5]), int(text[5:])))
    if not text or text.strip("0") == "":
        return Fact(Do.CELL, text, None)
    try:
        position = StowPosition.parse(text)
    except DataError:
        said = told("Position {given} is not written BBBRRTT.", "no-stow-position", given=repr(text[:20]))
        return Fact(Do.CELL, text, None, Problem("EDI-POSITION", Severity.HARD, said))
    if position.bay == 0 or position.tier == 0:
        said = told("Position {given} has no bay or no tier.", "edi-position-without-bay", given=text)
        return Fact(Do.CELL, text, None, Problem("EDI-POSITION", Severity.HARD, said))
    if position.tier % 2:
        said = told(
            "Position {given} has the odd tier {tier:02}; tiers are even.",
            "edi-odd-tier",
            given=text,
            tier=position.tier,
        )
        return Fact(Do.CELL, text, position, Problem("EDI-TIER", Severity.COMMERCIAL, said))
    return Fact(Do.CELL, text, position)


def _equipment(e: Elements) -> Fact:
    """Each box has its own number; what stands around it repeats, so it is interpreted once."""
    kind, size_code, status, transport = _equipment_around(tuple(e[1:2]), tuple(e[3:7]))
    return Fact(Do.EQUIPMENT, "", Equipment(kind, at(e, 2), size_code, status, transport))


@lru_cache(maxsize=4096)
def _equipment_around(before: Iterable[str], after: Iterable[str]) -> tuple[str, str, str, str]:
    e = [*before, *after]
    return at(e, 0), at(e, 1).upper(), at(e, 4), at(e, 3)


def _measurement(e: Elements) -> Fact:
    kind = _mass_kind(e[1] if len(e) > 1 else "", e[2] if len(e) > 2 else "")
    unit, colon, value = e[3].partition(":") if len(e) == 4 else ("", "", "")
    if ":" in value or not colon:
        unit, value = at(e, 3), at(e, 3, 1)
    if not kind or not value:
        return SKIP
    kg, problem = kilograms(value.strip(), unit.strip())
    return Fact(Do.ADD if kg is not None else Do.SKIP, "masses", Mass(kind, kg or 0), problem)


@lru_cache(maxsize=256)
def _mass_kind(purpose: str, measured: str) -> str:
    """Which mass of a box a MEA tells, "" for anything else: element 1 says it in 2.x, element 2 in the later ones."""
    candidates = (at([purpose], 0), at([measured], 0))
    return next((kind for kind in candidates if kind in _GROSS or kind == VERIFIED), "")


def _dimension(e: Elements) -> Fact:
    qualifier, unit = at(e, 1), at(e, 2)
    sizes = [millimetres(text, unit) if (text := at(e, 2, i)) else None for i in (1, 2, 3)]
    if qualifier == "1":
        return Fact(Do.SET, "gross_dimensions", tuple(sizes))
    side = _EXCESS.get(qualifier)
    if side is None:
        return SKIP
    excess = next((size for size in sizes if size is not None), None)
    if excess is None:
        said = told(
            "Out-of-gauge dimension {given} cannot be read.",
            "edi-gauge-unreadable",
            given=repr(":".join(parts(e, 2))[:30]),
        )
        return Fact(Do.SKIP, problem=Problem("EDI-DIMENSION", Severity.SAFETY, said))
    return Fact(Do.ADD, "excess", (side, excess))


def _temperature(e: Elements) -> Fact:
    if at(e, 1) not in ("2", "") or not at(e, 2):
        return SKIP
    tenths, problem = tenth_celsius(at(e, 2), at(e, 2, 1))
    return Fact(Do.SET if tenths is not None else Do.SKIP, "set_point", tenths, problem)


def _range(e: Elements) -> Fact:
    """RNG+4 and RNG+5: lowest and highest temperature; their lower end serves when no set point is given."""
    if at(e, 1) not in ("4", "5") or not at(e, 2, 1):
        return SKIP
    tenths, problem = tenth_celsius(at(e, 2, 1), at(e, 2))
    return Fact(Do.SET if tenths is not None else Do.SKIP, "range_from", tenths, problem)


def _goods(e: Elements) -> Fact:
    """DGS: element 2 class, 3 UN number, 4 flash point, 5 packing group, 10 labels (D.95B to D.13B)."""
    imdg_class, un_text = at(e, 2).upper().replace(",", "."), at(e, 3)
    is_number = un_text.isascii() and un_text.isdigit() and len(un_text) <= 4
    flash: int | None = None
    problem: Problem | None = None
    if at(e, 4):
        flash, problem = tenth_celsius(at(e, 4), at(e, 4, 1) or "CEL")
    if not IMDG_CLASS.fullmatch(imdg_class):
        problem = Problem(
            "EDI-DANGEROUS",
            Severity.SAFETY,
            told("IMDG class {given} does not exist in this form.", "edi-no-goods-class", given=repr(imdg_class[:10])),
        )
    elif not is_number or int(un_text) == 0:
        problem = Problem(
            "EDI-DANGEROUS",
            Severity.SAFETY,
            told("UN number {given} has not four digits.", "edi-no-goods-number", given=repr(un_text[:10])),
        )
    labels = tuple(text for i in range(4) if IMDG_CLASS.fullmatch(text := at(e, 10, i).upper()) and text != imdg_class)
    group = _PACKING_GROUPS.get(at(e, 5).upper(), "")
    goods = DangerousGoods(imdg_class[:10], int(un_text) if is_number else 0, group, labels, flash)
    return Fact(Do.GOODS, "", goods, problem)


def _text(e: Elements) -> Fact:
    """FTX: free text is element 4, its coded form element 3."""
    qualifier = at(e, 1)
    pieces = tuple(parts(e, 4))
    if qualifier in ("AAC", "AAD"):
        return Fact(Do.GOODS_TEXT, qualifier, pieces)
    if qualifier == "AAA":
        return Fact(Do.ADD, "description", pieces) if any(pieces) else SKIP
    if qualifier in ("HAN", "SIN", "AAI"):
        text = join_text([pieces]) or at(e, 3)
        return Fact(Do.ADD, "handling", text) if text else SKIP
    if qualifier == "AGW":
        return Fact(Do.SET, "why_empty", at(e, 3) or join_text([pieces]))
    return SKIP


def _attribute(e: Elements) -> Fact:
    """ATT+26 in D.13B: technical name (TNM) and the like of the goods before."""
    if at(e, 2) == "TNM":
        return Fact(Do.GOODS_TEXT, "TNM", (at(e, 3, 3),))
    return SKIP


def _handling(e: Elements) -> Fact:
    code = at(e, 1).upper()
    if code in ("LOA", "DIS", "RES", "SHI"):
        return Fact(Do.ORDER, code)
    text = at(e, 1, 3) or code
    return Fact(Do.ADD, "handling", text) if text else SKIP


def _party(e: Elements) -> Fact:
    qualifier = at(e, 1)
    if qualifier in ("CA", "CF") and at(e, 2):
        return Fact(Do.SET, "operator", at(e, 2))
    if qualifier == "SPC":
        return Fact(Do.SET, "responsible", at(e, 3) or at(e, 4) or at(e, 2))
    return SKIP


def _reference(e: Elements) -> Fact:
    qualifier, value = at(e, 1), at(e, 1, 1)
    # The guides of 2.x demand a reference and say "1" where there is none.
    if not value or (qualifier == "BM" and value == "1"):
        return SKIP
    return Fact(Do.ADD, "references", (qualifier, value))


def _seal(e: Elements) -> Fact:
    return Fact(Do.ADD, "seals", at(e, 1)) if at(e, 1) else SKIP


def _attached(e: Elements) -> Fact:
    return Fact(Do.ADD, "attached", container_number(at(e, 2))) if at(e, 2) else SKIP


def _quantity(e: Elements) -> Fact:
    text = at(e, 1)
    return Fact(Do.SET, "quantity", int(text)) if text.isdigit() and len(text) < 5 and text.isascii() else SKIP


def _time(e: Elements) -> Fact:
    when = moment(at(e, 1, 1), at(e, 1, 2))
    return Fact(Do.ADD, "times", (at(e, 1), when)) if when else SKIP


def _count(e: Elements) -> Fact:
    return Fact(Do.COUNT, at(e, 1), at(e, 1, 1))


def _document(e: Elements) -> Fact:
    return Fact(Do.SET, "method", at(e, 1)) if at(e, 1) in ("SM1", "SM2") else SKIP


def moment(text: str, form: str) -> str:
    """A time of DTM as ISO 8601, as exact as it was given; "" if it is no time. `form` may be wrong or absent."""
    match = re.fullmatch(r"(\d{6,14})(UTC|GMT|Z)?.{0,6}", text, re.ASCII)
    if match is None:
        return ""
    digits = match[1]
    if len(digits) in (6, 10) or (len(digits) == 12 and form == "200"):
        digits = "20" + digits
    year, month, day, rest = digits[:4], digits[4:6], digits[6:8], digits[8:]
    if not ("1900" <= year <= "2199" and "01" <= month <= "12" and "01" <= day <= "31"):
        return ""
    clock = ":".join(rest[i : i + 2] for i in range(0, len(rest) - 1, 2))
    if clock and not re.fullmatch(r"([01]\d|2[0-3])(:[0-5]\d){0,2}", clock):
        return ""
    zone = "Z" if match[2] and clock else ""
    return f"{year}-{month}-{day}" + (f"T{clock if ':' in clock else clock + ':00'}{zone}" if clock else "")


def join_text(parts: list[tuple[str, ...]]) -> str:
    """Free text of several components and segments in one line.

    A component that is full (70 characters) flows on into the next, any other is a line of its own.
    """
    text = ""
    full = True
    for pieces in parts:
        for piece in pieces:
            if piece:
                text += piece if full else f" {piece}"
                full = len(piece) == TEXT_CHARS
    return text.strip()


TEXT_CHARS = 70
"""Length of a component of free text (data element 4440 up to D.95B)."""


def _goods_item(_: Elements) -> Fact:
    """GID: cargo in a slot without a container."""
    return Fact(Do.SET, "is_breakbulk", True)


def _skip(_: Elements) -> Fact:
    return SKIP


_READERS: dict[str, Callable[[Elements], Fact]] = {
    "LOC": _location, "EQD": _equipment, "MEA": _measurement, "DIM": _dimension, "TMP": _temperature, "RNG": _range,
    "DGS": _goods, "FTX": _text, "ATT": _attribute, "HAN": _handling, "NAD": _party, "RFF": _reference, "SEL": _seal,
    "EQA": _attached, "EQN": _quantity, "DTM": _time, "CNT": _count, "DOC": _document,
    "GID": _goods_item,
    **dict.fromkeys(
        ("GDS", "TDT", "UNS", "TMD", "CTA", "COM", "PCI", "TSR", "DAM", "PIA", "GOR", "NAM", "PAC", "AUT", "STS"),
        _skip,
    ),
}  # fmt: skip
