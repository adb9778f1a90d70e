"""A year of demand in columns, and the domain's objects read from single rows.

Times are whole seconds from the profile's start; rows are in the order in which they come. `NONE` in a column of row
numbers is nobody, in a column of times never.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from cabria.domain.containers import Container, ContainerId, DangerousGoods, OutOfGauge, Port, SizeType
from cabria.domain.road_visits import Brought, RoadVisit
from cabria.experiments.demand.profile import DemandProfile, Stream

NONE = -1
DAY_S = 86_400
Integers = np.ndarray
"""One row an entry, of whole numbers."""


@dataclass(frozen=True, slots=True)
class Variant:
    """One kind of box: goods, code, how heavy, and what is special."""

    cargo: str
    size_type: SizeType
    share: float
    mean_kg: int
    spread_kg: int
    low_kg: int
    high_kg: int
    is_full: bool
    set_point_tenth_c: int | None
    dangerous: DangerousGoods | None
    is_out_of_gauge: bool


@dataclass(frozen=True, slots=True)
class Ships:
    """Calls, by their ATA. `discharged` and `loaded` count the boxes of this demand."""

    service: Integers
    number: Integers
    eta_s: Integers
    ata_s: Integers
    atd_s: Integers
    discharged: Integers
    loaded: Integers

    def __len__(self) -> int:
        return len(self.service)


@dataclass(frozen=True, slots=True)
class Boxes:
    """Boxes, by when they come. A box comes with ship `inbound` or road visit `brought_by`, and leaves likewise."""

    number: np.ndarray
    """Container numbers of eleven bytes."""
    stream: Integers
    variant: Integers
    gross_mass_kg: Integers
    pol: Integers
    pod: Integers
    operator: Integers
    over_height_mm: Integers
    over_width_mm: Integers
    """On each side."""
    inbound: Integers
    outbound: Integers
    brought_by: Integers
    taken_by: Integers
    arrives_s: Integers
    departs_s: Integers

    def __len__(self) -> int:
        return len(self.number)


@dataclass(frozen=True, slots=True)
class RoadVisits:
    """Road trucks, by when they come: `appointment_s` is when the booked hour begins."""

    arrives_s: Integers
    appointment_s: Integers
    brings: Integers
    takes: Integers

    def __len__(self) -> int:
        return len(self.arrives_s)


@dataclass(frozen=True, slots=True)
class ShipVisit:
    """One call of a service's ship."""

    id: str
    service: str
    ship_teu: int
    eta_s: int
    ata_s: int
    atd_s: int
    discharged: int
    loaded: int


@dataclass(frozen=True)
class Demand:
    """Every box that is at the terminal at some time of the year, with the ships and road trucks that carry it.

    Boxes that come before the year begins are its first stock; some leave after it ends. So ships and road visits
    begin before and end after the year, too.
    """

    profile: DemandProfile
    seed: int
    variants: tuple[Variant, ...]
    ports: tuple[str, ...]
    operators: tuple[str, ...]
    ships: Ships
    boxes: Boxes
    visits: RoadVisits

    @property
    def end_s(self) -> int:
        return self.profile.days * DAY_S

    def of_variants(self, what: str) -> np.ndarray:
        """A field of its variant for every box: `teu`, `length_ft`, `is_full`, `needs_plug`, `is_dangerous`."""
        fields = {
            "teu": [variant.size_type.teu for variant in self.variants],
            "length_ft": [variant.size_type.length_ft for variant in self.variants],
            "is_full": [variant.is_full for variant in self.variants],
            "needs_plug": [variant.set_point_tenth_c is not None for variant in self.variants],
            "is_dangerous": [variant.dangerous is not None for variant in self.variants],
        }
        column: np.ndarray = np.array(fields[what])[self.boxes.variant]
        return column

    def quay_teu(self) -> tuple[int, int]:
        """TEU that come off ships and go on to ships within the year."""
        boxes, teu = self.boxes, self.of_variants("teu")
        comes = (boxes.inbound != NONE) & (boxes.arrives_s >= 0) & (boxes.arrives_s < self.end_s)
        goes = (boxes.outbound != NONE) & (boxes.departs_s >= 0) & (boxes.departs_s < self.end_s)
        return int(teu[comes].sum()), int(teu[goes].sum())

    def stock_by_hour(self, weights: np.ndarray | None = None) -> np.ndarray:
        """Boxes at the terminal at each full hour of the year, or the sum of their weights."""
        hours = self.profile.days * 24
        weight = np.ones(len(self.boxes)) if weights is None else weights.astype(float)
        changes = np.zeros(hours + 2)
        for at_s, sign in ((self.boxes.arrives_s, 1.0), (self.boxes.departs_s, -1.0)):
            hour = np.clip(-(-at_s // 3_600), 0, hours + 1)
            changes += sign * np.bincount(hour, weight, hours + 2)
        return np.asarray(np.cumsum(changes)[:hours])

    def container(self, row: int) -> Container:
        """One box with all its attributes."""
        boxes = self.boxes
        variant = self.variants[boxes.variant[row]]
        side_mm = int(boxes.over_width_mm[row])
        gauge = OutOfGauge(port_mm=side_mm, starboard_mm=side_mm, over_height_mm=int(boxes.over_height_mm[row]))
        return Container(
            id=ContainerId(boxes.number[row].decode()),
            size_type=variant.size_type,
            gross_mass_kg=int(boxes.gross_mass_kg[row]),
            pol=Port(self.ports[boxes.pol[row]]),
            pod=Port(self.ports[boxes.pod[row]]),
            mass_is_verified=True,
            is_full=variant.is_full,
            operator=self.operators[boxes.operator[row]],
            set_point_tenth_c=variant.set_point_tenth_c,
            dangerous=() if variant.dangerous is None else (variant.dangerous,),
            out_of_gauge=gauge if variant.is_out_of_gauge else None,
        )

    def stream(self, row: int) -> Stream:
        return Stream(int(self.boxes.stream[row]))

    def ship(self, row: int) -> ShipVisit:
        """One call."""
        ships = self.ships
        service = self.profile.services[ships.service[row]]
        numbers = (ships.eta_s, ships.ata_s, ships.atd_s, ships.discharged, ships.loaded)
        eta_s, ata_s, atd_s, discharged, loaded = (int(column[row]) for column in numbers)
        name = f"{service.name}-{int(ships.number[row]):03}"
        return ShipVisit(name, service.name, service.ship_teu, eta_s, ata_s, atd_s, discharged, loaded)

    def road_visit(self, row: int, begins_s: int = 0) -> RoadVisit:
        """One road truck, for a run that begins at `begins_s`. Raises DataError for one that comes before."""
        visits = self.visits
        booked_s = int(visits.appointment_s[row])
        brings, takes = int(visits.brings[row]), int(visits.takes[row])
        return RoadVisit(
            id=f"V{row + 1:07}",
            at_ms=1_000 * (int(visits.arrives_s[row]) - begins_s),
            brings=None if brings == NONE else self._brought(brings),
            takes=None if takes == NONE else ContainerId(self.boxes.number[takes].decode()),
            appointment_ms=None if booked_s == NEVER_S else 1_000 * (booked_s - begins_s),
        )

    def _brought(self, row: int) -> Brought:
        box = self.container(row)
        return Brought(box.id, box.length_ft, box.gross_mass_kg, box.needs_plug)

    def road_visits(self, from_s: int, until_s: int) -> Iterator[RoadVisit]:
        """Road trucks that come within a time, for a run that begins with it."""
        first, last = np.searchsorted(self.visits.arrives_s, (from_s, until_s))
        return (self.road_visit(row, from_s) for row in range(int(first), int(last)))


NEVER_S = int(np.iinfo(np.int64).min)
"""In the column of appointments: none."""
