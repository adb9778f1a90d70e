"""Road trucks in simulated time: they come to the gate when their visit says."""

from __future__ import annotations

from collections.abc import Iterable

from cabria.domain.road_visits import RoadVisit
from cabria.operations.control import Control
from cabria.twin.agenda import Agenda


class Visitors:
    """Expect visits at any time; each is announced to the gate, and drives with the same care as the other trucks."""

    def __init__(self, agenda: Agenda, control: Control) -> None:
        self._agenda, self._control = agenda, control

    def expect(self, visits: Iterable[RoadVisit]) -> None:
        """Raises ValueError for a visit in the past."""
        for visit in visits:
            self._agenda.at(visit.at_ms, self._come, visit)

    def _come(self, visit: RoadVisit) -> None:
        self._control.announce(visit)
