"""What is given: a box that comes, the rules of the yard, and what its cranes have to do."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Self

from cabria.domain.containers import Container, ContainerId, Port
from cabria.domain.errors import DataError
from cabria.planning.yard.slots.departures import Departure
from cabria.referee.imdg import Hazards, hazards_of

LENGTHS_FT = (20, 40, 45)
ANYWHERE = Port("")


@dataclass(frozen=True, slots=True)
class YardGuest:
    """A box as slot choice sees it, whether it comes or stands. `service` is the liner service it leaves with."""

    id: ContainerId
    length_ft: int
    gross_mass_kg: int
    departure: Departure
    needs_plug: bool = False
    hazards: Hazards = ()
    service: str = ""
    port: Port = ANYWHERE

    def __post_init__(self) -> None:
        if self.length_ft not in LENGTHS_FT:
            raise DataError(f"Container {self.id} is {self.length_ft} ft long; the yard takes 20, 40 and 45 ft.")
        if self.gross_mass_kg < 0:
            raise DataError(f"Container {self.id} has a negative mass of {self.gross_mass_kg} kg.")

    @classmethod
    def of(cls, container: Container, departure: Departure, service: str = "") -> Self:
        return cls(
            container.id, container.length_ft, container.gross_mass_kg, departure, container.needs_plug,
            hazards_of(container), service, container.pod,
        )  # fmt: skip


@dataclass(frozen=True, slots=True)
class Allocation:
    """Bays of a block kept for services and ports; an empty tuple is any. Bays are odd, 1, 3, 5 ..."""

    block: str
    first_bay: int
    last_bay: int
    services: tuple[str, ...] = ()
    ports: tuple[Port, ...] = ()

    def takes(self, box: YardGuest) -> bool:
        return (not self.services or box.service in self.services) and (not self.ports or box.port in self.ports)

    def __str__(self) -> str:
        whose = ", ".join((*self.services, *self.ports)) or "anybody"
        return f"{self.block} bays {self.first_bay} to {self.last_bay} for {whose}"


@dataclass(frozen=True, slots=True)
class Segregation:
    """How many whole 20 ft bays, or else rows, must lie between boxes of a segregation code (`referee.imdg`)."""

    bays: int
    rows: int


USUAL_SEGREGATION: Mapping[int, Segregation] = {
    1: Segregation(0, 0), 2: Segregation(1, 1), 3: Segregation(1, 2), 4: Segregation(4, 100)
}  # fmt: skip
"""The distances of a deck, for want of a site's own: code 4 asks for them along the block whatever the row."""


@dataclass(frozen=True)
class YardRules:
    """A site's own rules and prices. Prices are minutes, so that a person can read and argue them.

    `row_tiers` lowers the highest tier of a block's row. `dangerous_blocks` None is any block. `bays_for_45_ft` are the
    even bays a 45 ft box may stand in, by block; None is any. A box heavier than the one beneath by more than
    `max_inversion_kg` is refused.
    """

    allocations: tuple[Allocation, ...] = ()
    row_tiers: Mapping[tuple[str, int], int] = field(default_factory=dict)
    bays_for_45_ft: Mapping[str, tuple[int, ...]] | None = None
    dangerous_blocks: tuple[str, ...] | None = None
    dangerous_tiers: int = 100
    segregation: Mapping[int, Segregation] = field(default_factory=lambda: USUAL_SEGREGATION)
    reefer_tiers: int = 100
    racks_for_reefers_only: bool = True
    max_inversion_kg: int = 1_000_000
    weight_class_kg: int = 5_000

    dig_min: float = 3.0
    backlog_share: float = 0.2
    """What a minute of a crane's backlog costs."""
    bay_travel_min: float = 0.05
    spread_min: float = 0.5
    """For a block that has twice its share of a service's boxes."""
    mixed_weights_min: float = 0.2
    outside_allocation_min: float = 5.0


@dataclass(frozen=True)
class YardWork:
    """What the cranes do now: backlog and bay of each block's crane, and stacks being worked (block, bay, row).

    A bay given without a row (0) is closed as a whole.
    """

    backlog_min: Mapping[str, float] = field(default_factory=dict)
    crane_bay: Mapping[str, int] = field(default_factory=dict)
    being_worked: tuple[tuple[str, int, int], ...] = ()


IDLE = YardWork()
