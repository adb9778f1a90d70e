"""Visits of road trucks as the gate knows them: booked, come, inside, gone."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from cabria.domain.containers import ContainerId
from cabria.domain.errors import DataError
from cabria.domain.road_visits import Brought


@dataclass(frozen=True, slots=True)
class Appointment:
    """A road truck may come between two times of the run, with a box, for a box, or both."""

    id: str
    from_ms: int
    until_ms: int
    brings: Brought | None = None
    takes: ContainerId | None = None
    haulier: str = ""
    plate: str = ""

    def __post_init__(self) -> None:
        if not self.id:
            raise DataError("An appointment needs an id.")
        if self.until_ms <= self.from_ms:
            raise DataError(f"Appointment {self.id} ends before it begins.", place="until")
        if self.brings is None and self.takes is None:
            raise DataError(f"Appointment {self.id} brings nothing and takes nothing.")
        if self.brings is not None and self.brings.container == self.takes:
            raise DataError(f"Appointment {self.id} takes the box it brings.", place="takes")


class VisitState(StrEnum):
    BOOKED = "booked"
    CANCELLED = "cancelled"
    AT_GATE = "at the gate"
    """In the queue outside."""
    INSIDE = "inside"
    REFUSED = "turned away"
    LEFT = "left"


OVER = frozenset({VisitState.CANCELLED, VisitState.REFUSED, VisitState.LEFT})


@dataclass(frozen=True, slots=True)
class Visit:
    """How far a visit is, since when, and why where it was turned away."""

    id: str
    state: VisitState
    since_ms: int
    brings: Brought | None = None
    takes: ContainerId | None = None
    appointment: Appointment | None = None
    reason: str = ""

    @property
    def boxes(self) -> tuple[Brought | None, ContainerId | None]:
        return self.brings, self.takes
