"""Where a truck may stand as long as it likes: under a quay crane, beside a block, to charge, to wait, at the gate."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from cabria.domain.errors import DataError


class StandKind(StrEnum):
    """What a truck stands there for."""

    QUAY = "quay"
    """Under a quay crane, on one lane of its portal or back reach."""
    YARD = "yard"
    """Beside or at the end of a block, under its yard crane."""
    PARKING = "parking"
    CHARGER = "charger"
    GATE_IN = "gate-in"
    """A lane through which road trucks come in. Its way begins outside."""
    GATE_OUT = "gate-out"
    """A lane through which road trucks leave. Its way ends outside."""


class Side(StrEnum):
    """On which side of its block a stand lies, as seen by the ships: with end-loaded blocks, at which end."""

    WATER = "water"
    LAND = "land"


@dataclass(frozen=True, slots=True)
class Stand:
    """What a stand serves; fields of other kinds keep their defaults.

    YARD: the odd bays `first_bay` to `last_bay` of `block`, from its `side`. QUAY: cranes that stand `from_mm` <= x <
    `until_mm` along the quay, on `lane` (1 is nearest the water). CHARGER: `power_kw`.
    """

    kind: StandKind
    block: str = ""
    first_bay: int = 0
    last_bay: int = 0
    side: Side | None = None
    from_mm: int = 0
    until_mm: int = 0
    lane: int = 0
    power_kw: int = 0

    def __post_init__(self) -> None:
        is_yard, is_quay = self.kind is StandKind.YARD, self.kind is StandKind.QUAY
        if is_yard != bool(self.block) or is_yard != (self.side is not None):
            raise DataError(f"A stand of kind {self.kind} names block {self.block!r} and side {self.side}.")
        if is_yard and not (0 < self.first_bay <= self.last_bay and self.first_bay % 2 and self.last_bay % 2):
            raise DataError(f"Bays {self.first_bay} to {self.last_bay} are no rising range of odd bays.")
        if not is_yard and (self.first_bay or self.last_bay):
            raise DataError(f"A stand of kind {self.kind} serves no bays.")
        if is_quay and not (self.from_mm < self.until_mm and self.lane >= 1):
            raise DataError(
                f"A quay stand serves {self.from_mm} to {self.until_mm} mm on lane {self.lane}: no stretch of a lane."
            )
        if not is_quay and (self.from_mm or self.until_mm or self.lane):
            raise DataError(f"A stand of kind {self.kind} serves no stretch of the quay.")
        if (self.kind is StandKind.CHARGER) != (self.power_kw > 0):
            raise DataError(f"A stand of kind {self.kind} has {self.power_kw} kW.")

    def serves_bay(self, block: str, bay: int) -> bool:
        """Whether a box in that bay is handed over here; an even bay (40 ft) by a stand at either of its halves."""
        odd_bays = (bay,) if bay % 2 else (bay - 1, bay + 1)
        return self.block == block and any(self.first_bay <= odd <= self.last_bay for odd in odd_bays)

    def serves_quay(self, x_mm: int) -> bool:
        """Whether a quay crane that stands there along the quay reaches it."""
        return self.from_mm <= x_mm < self.until_mm
