"""The gate over a week: road trucks by the demand, as far as what they come for is there."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace

from cabria.domain.containers import ContainerId
from cabria.domain.positions import YardPosition
from cabria.domain.road_visits import RoadVisit
from cabria.experiments.demand.tables import Demand
from cabria.twin.twin import Twin

HOUR_MS = 3_600_000
KNOWN_AHEAD_H = 12
"""How long before their booked hour the yard knows which boxes are fetched."""
PUT_OFF_MS = 2 * HOUR_MS
"""A truck whose box is not ashore yet is told to come so much later."""
DAY_MS = 24 * HOUR_MS


class GateWeek:
    """Feeds a twin's gate hour by hour. A box that a truck comes for and that is not in the yard yet is fetched later,
    by a truck of its own where the first one brings a box."""

    def __init__(self, twin: Twin, demand: Demand, begins_s: int) -> None:
        self._twin, self._demand, self._begins_s = twin, demand, begins_s
        self.due_ms: dict[str, int] = {}
        """When each road truck of the day was at the gate."""
        self.came = self.put_off = 0
        self.refused: Counter[str] = Counter()
        """Road trucks turned away, by the reason without its box."""
        twin.agenda.at(0, self._hour)

    def _hour(self, _: object) -> int:
        twin, now_s = self._twin, self._begins_s + self._twin.now_ms // 1_000
        for visit in self._visits(now_s):
            twin.agenda.at(visit.at_ms, self._come, visit)
        wanted_ms = twin.control.desk.board.wanted_ms
        for visit in self._visits(now_s + KNOWN_AHEAD_H * 3_600):
            if visit.takes is not None and visit.appointment_ms is not None:
                wanted_ms[visit.takes] = visit.appointment_ms
        return HOUR_MS

    def _visits(self, from_s: int) -> list[RoadVisit]:
        """Of one hour, with times of the run."""
        begun_ms = 1_000 * (from_s - self._begins_s)
        return [
            replace(
                visit,
                at_ms=visit.at_ms + begun_ms,
                appointment_ms=None if visit.appointment_ms is None else max(0, visit.appointment_ms + begun_ms),
            )
            for visit in self._demand.road_visits(from_s, from_s + 3_600)
        ]

    def _come(self, visit: RoadVisit) -> None:
        if visit.takes is not None and not self._is_ashore(visit.takes):
            self._come_again(visit)
            if visit.brings is None:
                return
            visit = replace(visit, takes=None)
        self.came += 1
        self.due_ms[visit.id] = self._twin.now_ms
        verdict = self._twin.control.announce(visit)
        if not verdict:
            self.refused[_without_box(verdict.reason)] += 1

    def _come_again(self, visit: RoadVisit) -> None:
        """Later, for the box only."""
        first = not visit.id.endswith("L")
        self.put_off += first
        later = replace(visit, id=f"{visit.id}L" if first else visit.id, brings=None, at_ms=visit.at_ms + PUT_OFF_MS)
        self._twin.agenda.at(later.at_ms, self._come, later)

    def _is_ashore(self, box: ContainerId) -> bool:
        return isinstance(self._twin.control.desk.board.boxes.get(box), YardPosition)


def _without_box(reason: str) -> str:
    return " ".join(word for word in reason.split() if not any(char.isdigit() for char in word))
