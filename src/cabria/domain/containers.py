"""The steel box: its number, its size and type, its mass, its journey and what is special about it.

Sources: ISO 6346 (numbers, check digit, size-type codes of 1984 and 1995 on), SOLAS VI/2 (verified gross
mass), IMDG Code (classes, UN numbers).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache
from typing import NewType

from cabria.domain.errors import DataError
from cabria.domain.told import told

ContainerId = NewType("ContainerId", str)
"""The container number, or a placeholder that begins with "?" where a message names no number."""

Port = NewType("Port", str)
"""A harbour as its UN/LOCODE, five characters such as PECHY."""

_NUMBER = re.compile(r"[A-Z]{4}[0-9]{7}")
# Letters count from 10 and skip the multiples of 11.
_LETTER_VALUES = dict(zip("ABCDEFGHIJKLMNOPQRSTUVWXYZ", (value for value in range(10, 39) if value % 11), strict=True))


def check_digit(owner_and_serial: str) -> int:
    """Check digit of the first ten characters of a container number (ISO 6346 annex A)."""
    total = sum(
        (_LETTER_VALUES[char] if char.isalpha() else int(char)) << place for place, char in enumerate(owner_and_serial)
    )
    return total % 11 % 10


def is_container_number(text: str) -> bool:
    """True for four letters and seven digits, whatever the check digit says."""
    return _NUMBER.fullmatch(text) is not None


def has_valid_check_digit(number: str) -> bool:
    return is_container_number(number) and check_digit(number[:10]) == int(number[10])


class Kind(StrEnum):
    """What a container is built for, by the third character of its size-type code."""

    DRY = "dry"
    VENTILATED = "ventilated"
    BULK = "bulk"
    NAMED_CARGO = "named cargo"
    REEFER = "reefer"
    INSULATED = "insulated"
    OPEN_TOP = "open top"
    PLATFORM = "platform"
    TANK = "tank"
    AIR = "air"


_FEET = {
    "1": 10, "2": 20, "3": 30, "4": 40, "9": 45, "B": 24, "G": 41, "H": 43,
    "L": 45, "M": 48, "N": 49, "P": 53,
}  # fmt: skip
_HEIGHT_1995_MM = {
    "0": 2438, "2": 2591, "4": 2743, "5": 2896, "6": 2896, "8": 1295, "9": 1219,
    "C": 2591, "D": 2743, "E": 2896, "F": 2896, "L": 2591, "M": 2743, "N": 2896, "P": 2896,
}  # fmt: skip
# Up to 1995 the second digit gave height and gooseneck tunnel together: 4 and 5 are both "over 8'6"".
_HEIGHT_1984_MM = {
    "0": 2438, "1": 2438, "2": 2591, "3": 2591, "4": 2896, "5": 2896, "6": 1295, "7": 1295, "8": 1295, "9": 1219,
}  # fmt: skip
_KIND_1995 = {
    "G": Kind.DRY, "V": Kind.VENTILATED, "B": Kind.BULK, "S": Kind.NAMED_CARGO, "R": Kind.REEFER,
    "H": Kind.INSULATED, "U": Kind.OPEN_TOP, "P": Kind.PLATFORM, "T": Kind.TANK, "K": Kind.TANK, "A": Kind.AIR,
    "N": Kind.TANK,
}  # fmt: skip
_KIND_1984 = {
    "0": Kind.DRY, "1": Kind.VENTILATED, "2": Kind.INSULATED, "3": Kind.REEFER, "4": Kind.REEFER,
    "5": Kind.OPEN_TOP, "6": Kind.PLATFORM, "7": Kind.TANK, "8": Kind.BULK, "9": Kind.AIR,
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class SizeType:
    """Length, height and kind behind an ISO 6346 size-type code; `code` keeps the spelling of the source."""

    code: str
    length_ft: int
    height_mm: int
    kind: Kind

    @classmethod
    def parse(cls, code: str) -> SizeType:
        """Read a code of 1995 on (45G1, L5R1, 42GP) or of 1984 (4500, 2230). Raises DataError."""
        return _parse_size_type(code)

    def __str__(self) -> str:
        return self.code

    @property
    def is_high_cube(self) -> bool:
        return self.height_mm > 2591

    @property
    def teu(self) -> int:
        return teu_of(self.length_ft)


def teu_of(length_ft: int) -> int:
    """Twenty-foot units: 1 up to 30 ft, 2 above, as terminals count them."""
    return 1 if length_ft <= 30 else 2


@lru_cache(maxsize=1024)
def _parse_size_type(code: str) -> SizeType:
    text = code.strip().upper()
    if len(text) != 4:
        raise DataError(
            told("Size-type code {given} does not have four characters.", "size-type-length", given=repr(code))
        )
    is_of_1984 = text[2].isdigit()
    heights, kinds = (_HEIGHT_1984_MM, _KIND_1984) if is_of_1984 else (_HEIGHT_1995_MM, _KIND_1995)
    if is_of_1984 and text[0] == "L":  # mixed spellings such as L500 are common for 45 ft
        heights = _HEIGHT_1995_MM
    length_ft, height_mm, kind = _FEET.get(text[0]), heights.get(text[1]), kinds.get(text[2])
    if length_ft is None or height_mm is None or kind is None:
        raise DataError(told("Size-type code {given} is not in ISO 6346.", "size-type-unknown", given=repr(code)))
    return SizeType(text, length_ft, height_mm, kind)


@dataclass(frozen=True, slots=True)
class DangerousGoods:
    """One dangerous substance in a container, as declared (IMDG Code)."""

    imdg_class: str
    """Class or division with an optional compatibility letter: "3", "2.1", "1.4S"."""
    un_number: int
    packing_group: str = ""
    subsidiary_classes: tuple[str, ...] = ()
    flash_point_tenth_c: int | None = None
    is_limited_quantity: bool = False
    is_marine_pollutant: bool = False
    technical_name: str = ""


@dataclass(frozen=True, slots=True)
class OutOfGauge:
    """How far cargo sticks out of the container, in millimetres on each side."""

    front_mm: int = 0
    back_mm: int = 0
    port_mm: int = 0
    starboard_mm: int = 0
    over_height_mm: int = 0

    def __post_init__(self) -> None:
        if min(self.front_mm, self.back_mm, self.port_mm, self.starboard_mm, self.over_height_mm) < 0:
            raise DataError(told("Out-of-gauge dimensions cannot be negative.", "gauge-negative"))


@dataclass(frozen=True, slots=True)
class Container:
    """One container and what must be known to carry it.

    `gross_mass_kg` includes the box itself; `mass_is_verified` says it is a VGM. `set_point_tenth_c` is the
    reefer temperature in tenths of a degree Celsius; a reefer without one travels unplugged. `holds` are the
    reasons for which it may not be loaded (customs, VGM, cut-off ...).
    """

    id: ContainerId
    size_type: SizeType
    gross_mass_kg: int
    pol: Port
    pod: Port
    mass_is_verified: bool = False
    is_full: bool = True
    onward_port: Port | None = None
    operator: str = ""
    set_point_tenth_c: int | None = None
    dangerous: tuple[DangerousGoods, ...] = ()
    out_of_gauge: OutOfGauge | None = None
    holds: tuple[str, ...] = ()
    booking: str = ""
    handling: tuple[str, ...] = ()
    remark: str = ""

    def __post_init__(self) -> None:
        if not self.id:
            raise DataError(told("A container needs a number.", "container-without-number"))
        if self.gross_mass_kg < 0:
            raise DataError(
                told(
                    "Container {box} has a negative mass of {mass_kg} kg.",
                    "mass-negative",
                    box=self.id,
                    mass_kg=self.gross_mass_kg,
                )
            )

    @property
    def length_ft(self) -> int:
        return self.size_type.length_ft

    @property
    def is_20(self) -> bool:
        """Stands in an odd bay. Anything longer takes a whole 40 ft cell."""
        return self.size_type.length_ft <= 20

    @property
    def height_mm(self) -> int:
        return self.size_type.height_mm

    @property
    def needs_plug(self) -> bool:
        """A reefer that must be fed with power on board: it has a set point."""
        return self.set_point_tenth_c is not None

    @property
    def has_number(self) -> bool:
        return not self.id.startswith("?")
