"""Places of a container, on board and in the yard, in the spelling of their standards."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Self

from cabria.domain.errors import DataError
from cabria.domain.told import told


@dataclass(frozen=True, slots=True, order=True)
class StowPosition:
    """Bay, row and tier on board, written BBBRRTT as in a bay plan (ISO 9711)."""

    bay: int
    row: int
    tier: int

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read BBBRRTT or BBRRTT. Raises DataError."""
        digits = text.strip()
        if len(digits) not in (6, 7) or not (digits.isascii() and digits.isdigit()):
            raise DataError(told("Position {given} is not written BBBRRTT.", "no-stow-position", given=repr(text)))
        return cls(int(digits[:-4]), int(digits[-4:-2]), int(digits[-2:]))

    def __str__(self) -> str:
        return f"{self.bay:03}{self.row:02}{self.tier:02}"

    @property
    def is_40(self) -> bool:
        """Even bays are 40 ft bays over the two odd bays beside them."""
        return self.bay % 2 == 0


@dataclass(frozen=True, slots=True, order=True)
class YardPosition:
    """Block, bay, row and tier in the yard, written BLOCK-BAY-ROW-TIER.

    An even bay is a 40 ft box over the two odd bays beside it.
    """

    block: str
    bay: int
    row: int
    tier: int

    @classmethod
    def parse(cls, text: str) -> Self:
        """Raises DataError."""
        block, *numbers = text.strip().split("-")
        if len(numbers) != 3 or not block or not all(n.isascii() and n.isdigit() for n in numbers):
            raise DataError(
                told("Yard position {given} is not written BLOCK-BAY-ROW-TIER.", "no-yard-position", given=repr(text))
            )
        bay, row, tier = map(int, numbers)
        return cls(block, bay, row, tier)

    def __str__(self) -> str:
        return f"{self.block}-{self.bay:02}-{self.row:02}-{self.tier}"

    @property
    def odd_bays(self) -> tuple[int, ...]:
        """The twenty-foot bays it covers."""
        return (self.bay,) if self.bay % 2 else (self.bay - 1, self.bay + 1)
