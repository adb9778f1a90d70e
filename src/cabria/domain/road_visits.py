"""Road trucks at the gate: what each brings and what it comes for."""

from __future__ import annotations

from dataclasses import dataclass

from cabria.domain.containers import ContainerId
from cabria.domain.errors import DataError


@dataclass(frozen=True, slots=True)
class Brought:
    """A box on the bed of a road truck."""

    container: ContainerId
    length_ft: int
    gross_mass_kg: int
    needs_plug: bool = False

    def __post_init__(self) -> None:
        if not self.container or self.length_ft <= 0 or self.gross_mass_kg < 0:
            raise DataError(f"A box of {self.length_ft} ft and {self.gross_mass_kg} kg cannot be brought.")


@dataclass(frozen=True, slots=True)
class RoadVisit:
    """One road truck, by appointment or without: at the gate `at_ms` after the run began, with a box, for a box, or
    both. `appointment_ms` is when its booked hour begins."""

    id: str
    at_ms: int
    brings: Brought | None = None
    takes: ContainerId | None = None
    appointment_ms: int | None = None

    def __post_init__(self) -> None:
        if not self.id or self.at_ms < 0:
            raise DataError(f"Road visit {self.id!r} at {self.at_ms} ms has no name, or comes before the run begins.")
        if self.brings is None and self.takes is None:
            raise DataError(f"Road visit {self.id} brings nothing and comes for nothing.", place=self.id)
        if self.brings is not None and self.brings.container == self.takes:
            raise DataError(f"Road visit {self.id} brings the box it comes for.", place=self.id)
