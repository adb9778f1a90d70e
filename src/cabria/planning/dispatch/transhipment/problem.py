"""What is given: the terminal as drive times, and what stands and waits where when a decision is due."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import chain

from cabria.domain.errors import DataError


@dataclass(frozen=True, slots=True)
class Terminal:
    """Berths and blocks, known by their numbers, and how long a truck drives between them.

    `drive_s[berth][block]` is the mean over the berth's quay cranes, one way, in seconds; `rooms[block]` how many boxes
    a block may hold; `yard_crane_s` how long its crane is busy with one box. Raises DataError for what is no such
    terminal.
    """

    drive_s: tuple[tuple[float, ...], ...]
    rooms: tuple[int, ...]
    yard_crane_s: float

    def __post_init__(self) -> None:
        if not self.drive_s or not self.rooms:
            raise DataError("A terminal has at least one berth and one block.")
        if any(len(row) != len(self.rooms) for row in self.drive_s):
            raise DataError(f"Each berth needs a drive time to each of {len(self.rooms)} blocks.")
        if not all(0 <= drive < float("inf") for drive in chain.from_iterable(self.drive_s)):
            raise DataError("Drive times are seconds from 0 on.")
        if min(self.rooms) < 1 or not 0 < self.yard_crane_s < float("inf"):
            raise DataError("A block has room for a box or more, and a yard crane needs more than 0 s for one.")


@dataclass(frozen=True, slots=True)
class BlockState:
    """One block when a box looks for a place.

    `standing` boxes are in it and `coming` on their way to it or before its crane; `wanted` boxes are asked for by
    ships that load now and not yet handed out; `same_ship` boxes in it or coming leave with the ship the box leaves
    with, and `same_leg` of these also came with the ship it came with. `drive_in_s` is how long the box's truck drives
    to it.
    """

    standing: int = 0
    coming: int = 0
    wanted: int = 0
    same_ship: int = 0
    same_leg: int = 0
    drive_in_s: float = 0.0


@dataclass(frozen=True, slots=True)
class ArrivingBox:
    """A box on a truck under a quay crane.

    `next_berth` is where the ship it leaves with is expected, `stay_days` how long it will stand, and `called_back` the
    berths whose cranes will want the truck soon, if any; `at_berth` is where it is now. `is_last` is that its ship can
    begin to load when it is set down.
    """

    next_berth: int
    stay_days: float
    called_back: tuple[int, ...] = ()
    at_berth: int | None = None
    is_last: bool = False


@dataclass(frozen=True, slots=True)
class WaitingShip:
    """A ship that waits for a berth: boxes to discharge, and for each berth how long her boxes to load are driven to
    it, all together."""

    to_discharge: int
    fetch_s: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class WaitingJob:
    """A box that waits for a truck.

    `pick_s` is how long the nearest free truck drives to it. Of a box to load: `on_the_way` trucks carry or fetch boxes
    for its ship already, `before` boxes wait for the crane of its block.
    """

    is_load: bool
    pick_s: float
    on_the_way: int = 0
    before: int = 0


@dataclass(frozen=True, slots=True)
class Choice:
    """What was chosen, by number, and its cost in seconds by component: the reason in numbers."""

    chosen: int
    cost_s: Mapping[str, float]

    @property
    def total_s(self) -> float:
        return sum(self.cost_s.values())
