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

    def drive(self, truck: str, job: str, passage: Passage, arrives_ms: int) -> None:
        self._agenda.at(arrives_ms, self._arrive, job)

    def _arrive(self, job: str) -> None:
        self._hear(JobDone(self._agenda.now_ms, job))
