"""A disrupted week at one quay: what was planned, what is now known, and a new plan.

The quay is cut into sections; hours are whole. A ship lies in one place with one number of cranes for its whole stay.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

from cabria.domain.errors import DataError

MOST_HOURS = 10_000
MOST_SECTIONS = 500
MOST_SHIPS = 500
MOST_CRANES = 100
MOST_PRICE = 1_000_000


@dataclass(frozen=True, slots=True)
class QuayShip:
    """One call. `workload` is in crane-hours; `planned_section` is None for a ship that was not in the old plan.

    `due` is the hour of departure after which lateness is counted, `weight` its multiplier. A ship that berths after
    `berth_deadline` costs `deadline_penalty` for each hour. Raises DataError for numbers that make no sense.
    """

    id: int
    length_cm: int
    sections: int
    arrival: int
    planned_hour: int | None
    planned_section: int | None
    due: int
    workload: int
    min_cranes: int
    max_cranes: int
    std_cranes: int
    weight: int = 1
    berth_deadline: int | None = None
    deadline_penalty: int = 0

    def __post_init__(self) -> None:
        hours = (self.arrival, self.due, self.planned_hour or 0, self.berth_deadline or 0, self.workload)
        if not all(0 <= hour <= MOST_HOURS for hour in hours):
            raise DataError(f"Hours and crane-hours of ship {self.id} should lie between 0 and {MOST_HOURS:,}.")
        if not 1 <= self.sections <= MOST_SECTIONS:
            raise DataError(f"Ship {self.id} needs {self.sections} sections; 1 to {MOST_SECTIONS} can be.")
        if not 1 <= self.min_cranes <= self.std_cranes <= self.max_cranes <= MOST_CRANES:
            raise DataError(f"The cranes of ship {self.id} should be 1 <= least <= usual <= most <= {MOST_CRANES}.")
        if not (0 <= self.weight <= MOST_PRICE and 0 <= self.deadline_penalty <= MOST_PRICE):
            raise DataError(f"Prices of ship {self.id} should lie between 0 and {MOST_PRICE:,}.")


class BlockKind(StrEnum):
    ALONGSIDE = "alongside"
    """A ship that lies there already and leaves at the end; her cranes are in use and her leaving is a movement."""
    CLOSED = "closed"


@dataclass(frozen=True, slots=True)
class QuayBlock:
    """Sections `first` to `last`, both included, that no ship may use from hour `start` until `end`."""

    first: int
    last: int
    start: int
    end: int
    kind: BlockKind
    cranes: int = 0

    def __post_init__(self) -> None:
        if self.first > self.last or not 0 <= self.start < self.end <= MOST_HOURS:
            raise DataError(f"A block cannot hold sections {self.first} to {self.last}, {self.start} to {self.end}.")
        if not 0 <= self.cranes <= MOST_CRANES:
            raise DataError(f"A block cannot use {self.cranes} cranes.")


@dataclass(frozen=True, slots=True)
class CraneOutage:
    start: int
    end: int
    cranes: int

    def __post_init__(self) -> None:
        if not 0 <= self.start < self.end <= MOST_HOURS or not 0 <= self.cranes <= MOST_CRANES:
            raise DataError(f"{self.cranes} cranes cannot be out from hour {self.start} to {self.end}.")


@dataclass(frozen=True, slots=True)
class NoMoves:
    """From `start` until before `end` no ship of at least `min_length_cm` may berth or leave."""

    start: int
    end: int
    min_length_cm: int

    def __post_init__(self) -> None:
        if not 0 <= self.start < self.end <= MOST_HOURS:
            raise DataError(f"Movements cannot stop from hour {self.start} to {self.end}.")


@dataclass(frozen=True, slots=True)
class Stay:
    """What is decided for one ship, by its id."""

    ship: int
    section: int
    start: int
    cranes: int


@dataclass(frozen=True, slots=True)
class BerthWeek:
    """Everything known of the week. Raises DataError for ships that cannot lie anywhere or share an id.

    Cost of a plan: for each ship sections x weight x hours late, the price of a missed berthing deadline, and
    `move_penalty` when it lies in another section than planned.
    """

    first_section: int
    last_section: int
    ships: tuple[QuayShip, ...]
    blocks: tuple[QuayBlock, ...]
    crane_pool: int
    max_moves_per_hour: int
    move_penalty: int
    crane_outages: tuple[CraneOutage, ...] = ()
    no_moves: tuple[NoMoves, ...] = ()

    def __post_init__(self) -> None:
        if not 0 <= self.first_section <= self.last_section <= MOST_SECTIONS:
            raise DataError(f"The quay cannot have sections {self.first_section} to {self.last_section}.")
        if not 1 <= len(self.ships) <= MOST_SHIPS or len({ship.id for ship in self.ships}) < len(self.ships):
            raise DataError(f"There should be 1 to {MOST_SHIPS} ships, each with an id of its own.")
        if not 1 <= self.crane_pool <= MOST_CRANES or self.max_moves_per_hour < 1:
            raise DataError("There should be at least one crane and one movement an hour.")
        if not 0 <= self.move_penalty <= MOST_PRICE:
            raise DataError(f"The price of a moved ship should lie between 0 and {MOST_PRICE:,}.")
        for ship in self.ships:
            if ship.sections > self.last_section - self.first_section + 1 or ship.min_cranes > self.crane_pool:
                raise DataError(f"Ship {ship.id} is too long for the quay or needs more cranes than there are.")

    def with_delay(self, ship_id: int, hours: int) -> BerthWeek:
        """The same week when one ship arrives later; its due hour stays as promised."""
        late = [replace(s, arrival=s.arrival + hours) if s.id == ship_id else s for s in self.ships]
        return replace(self, ships=tuple(late))


def moved_ships(before: Sequence[Stay], after: Sequence[Stay]) -> int:
    """How many ships another plan treats otherwise in place, hour or cranes."""
    old: Mapping[int, Stay] = {stay.ship: stay for stay in before}
    return sum(old.get(stay.ship) != stay for stay in after)
