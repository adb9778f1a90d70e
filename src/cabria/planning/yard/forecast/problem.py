"""What is given: visits of boxes to the yard, as they were known when each box came."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from cabria.domain.errors import DataError

LONGEST_STAY_S = 400 * 86_400


@dataclass(frozen=True, slots=True)
class YardVisit:
    """One box: what was known as it came, and when it left (None: it still stands).

    Times are seconds from a Monday, 00:00 local time. `vessel_due_s` is when its outbound vessel is expected,
    `appointment_s` when its truck is booked; both as known on arrival, None where nothing was. Words may be "".
    """

    arrived_s: int
    left_s: int | None
    length_ft: int = 40
    mass_kg: int = 0
    kind: str = ""
    comes_by: str = ""
    leaves_by: str = ""
    line: str = ""
    service: str = ""
    port: str = ""
    vessel_due_s: int | None = None
    appointment_s: int | None = None
    has_customs_hold: bool = False

    def __post_init__(self) -> None:
        if self.left_s is not None and not 0 <= self.left_s - self.arrived_s <= LONGEST_STAY_S:
            raise DataError(f"A box came at {self.arrived_s} s and left at {self.left_s} s, which cannot be.")

    @property
    def stay_s(self) -> int:
        """Raises DataError for a box that still stands."""
        if self.left_s is None:
            raise DataError("A box that still stands has no stay yet.")
        return self.left_s - self.arrived_s

    @property
    def plan_s(self) -> int | None:
        """When it is planned to leave: its appointment, else its vessel."""
        return self.vessel_due_s if self.appointment_s is None else self.appointment_s


@dataclass(frozen=True)
class ForecastProblem:
    """A history to learn from; boxes that still stand are left out."""

    visits: tuple[YardVisit, ...]

    @classmethod
    def of(cls, visits: Sequence[YardVisit]) -> ForecastProblem:
        """In order of arrival."""
        gone = [visit for visit in visits if visit.left_s is not None]
        return cls(tuple(sorted(gone, key=lambda visit: visit.arrived_s)))
