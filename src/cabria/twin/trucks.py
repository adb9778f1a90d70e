"""Trucks in simulated time: they keep to the windows of their passage."""

from __future__ import annotations

from collections.abc import Callable

from cabria.domain.run_events import JobDone, RunEvent
from cabria.planning.dispatch.traffic.lane_book import Passage
from cabria.twin.agenda import Agenda


class TwinTrucks:
    """Nobody is in their way, as their passages were booked; so they stand where they were sent in time."""

    def __init__(self, agenda: Agenda, hear: Callable[[RunEvent], None]) -> None:
        self._agenda, self._hear = agenda, hear
        self._arrivals: dict[str, tuple[int, str]] = {}

    def drive(self, truck: str, job: str, passage: Passage, arrives_ms: int) -> None:
        self._arrivals[truck] = (self._agenda.at(arrives_ms, self._arrive, truck), job)

    def delay(self, truck: str, passage: Passage, arrives_ms: int) -> None:
        number, job = self._arrivals[truck]
        self._agenda.cancel(number)
        self.drive(truck, job, passage, arrives_ms)

    def _arrive(self, truck: str) -> None:
        _, job = self._arrivals.pop(truck)
        self._hear(JobDone(self._agenda.now_ms, job))
