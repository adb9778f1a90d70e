"""What is given and what is sought, and the flat arrays that the kernels work on."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from cabria.domain.discrete_berths import LATEST, Berthing, DiscreteBerths
from cabria.planning.berth.discrete import kernels
from cabria.planning.search.kernels import Array

BerthPlan = tuple[Berthing, ...]
NEVER = LATEST * 2


@dataclass(frozen=True)
class FlatBerths:
    """int64 arrays: `arrival[ship]`, `opening[berth]`, `times[ship, berth]` with 0 where the ship may not lie,
    `latest[ship, berth]` the latest completion.
    """

    arrival: Array
    opening: Array
    times: Array
    latest: Array

    @classmethod
    def of(cls, given: DiscreteBerths) -> FlatBerths:
        departures = np.array([NEVER if time is None else time for time in given.latest_departures], np.int64)
        closings = np.array(given.closings, np.int64)
        return cls(
            np.array(given.arrivals, np.int64),
            np.array(given.openings, np.int64),
            np.array(given.times, np.int64),
            np.ascontiguousarray(np.minimum(closings[None, :], departures[:, None])),
        )

    @property
    def ships(self) -> int:
        return len(self.arrival)

    @property
    def berths(self) -> int:
        return len(self.opening)


@dataclass
class Orders:
    """`sequence[berth, place]` is a ship, `count[berth]` how many stand in the row."""

    sequence: Array
    count: Array

    @classmethod
    def empty(cls, flat: FlatBerths) -> Orders:
        return cls(np.zeros((flat.berths, flat.ships + 1), np.int64), np.zeros(flat.berths, np.int64))

    def copy(self) -> Orders:
        return Orders(self.sequence.copy(), self.count.copy())

    def append(self, ship: int, berth: int) -> None:
        self.sequence[berth, self.count[berth]] = ship
        self.count[berth] += 1

    def at(self, berth: int) -> list[int]:
        return [int(ship) for ship in self.sequence[berth, : self.count[berth]]]

    def plan(self, flat: FlatBerths) -> BerthPlan:
        """Every ship as early as its berth's order allows, in order of ships."""
        plan = []
        for berth in range(flat.berths):
            free = int(flat.opening[berth])
            for ship in self.at(berth):
                start = max(free, int(flat.arrival[ship]))
                plan.append(Berthing(ship, berth, start))
                free = start + int(flat.times[ship, berth])
        return tuple(sorted(plan, key=lambda each: each.ship))

    def cost(self, flat: FlatBerths) -> int:
        """Time in port, and LATE for each unit by which a ship is done too late; slow, and independent of the kernels'
        differences.
        """
        cost = 0
        for each in self.plan(flat):
            end = each.start + int(flat.times[each.ship, each.berth])
            over = max(0, end - int(flat.latest[each.ship, each.berth]))
            cost += end - int(flat.arrival[each.ship]) + kernels.LATE * over
        return cost
