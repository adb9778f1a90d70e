"""What the run log said and no picture keeps: when boxes came into the yard, and which way is booked for each truck."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field

from cabria.domain.containers import ContainerId
from cabria.domain.positions import YardPosition
from cabria.domain.run_events import Aboard, BoxesLanded, RunEvent, StockTaken, TripBooked, TruckLeft

BEFORE = -1
"""When a box came that stood there as the run began."""
SPARE = 2
"""So many times the boxes in the yard are remembered before those that have left are forgotten."""


@dataclass
class Memory:
    """Hears every event of the run log in order and once."""

    came_ms: dict[ContainerId, int] = field(default_factory=dict)
    """Of boxes in the yard, and of some that have left it."""
    trips: dict[str, TripBooked] = field(default_factory=dict)
    """By truck: its last trip."""

    def hear(self, events: Iterable[RunEvent]) -> None:
        for event in events:
            match event:
                case BoxesLanded():
                    for box, place in zip(event.containers, event.places, strict=True):
                        if isinstance(place, YardPosition):
                            self.came_ms.setdefault(box, event.at_ms)
                        elif isinstance(place, Aboard):
                            self.came_ms.pop(box, None)
                case StockTaken():
                    for stock in event.boxes:
                        if isinstance(stock.place, YardPosition):
                            self.came_ms.setdefault(stock.container, BEFORE)
                case TripBooked():
                    self.trips[event.truck] = event
                case TruckLeft():
                    self.trips.pop(event.truck, None)

    def of_boxes(self, in_yard: Collection[ContainerId]) -> dict[ContainerId, int]:
        """When each of these came, in a copy that another thread may read."""
        if len(self.came_ms) > SPARE * len(in_yard):
            there = set(in_yard)
            self.came_ms = {box: came_ms for box, came_ms in self.came_ms.items() if box in there}
        return dict(self.came_ms)
