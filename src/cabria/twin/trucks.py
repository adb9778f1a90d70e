"""Trucks in simulated time: they keep to the windows of their passage."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from typing import Any, NamedTuple

from cabria.domain.layout import Layout
from cabria.domain.machines import TruckModel
from cabria.domain.run_events import EnergyUsed, JobDone, RunEvent
from cabria.planning.dispatch.traffic.lane_book import Passage
from cabria.twin.agenda import Agenda, Handler


class _Trip(NamedTuple):
    entry: int
    job: str
    wh: int


class TwinTrucks:
    """Nobody is in their way, as their passages were booked; so they stand where they were sent in time."""

    def __init__(self, agenda: Agenda, layout: Layout, model: TruckModel, hear: Callable[[RunEvent], None]) -> None:
        self._agenda, self._model, self._hear = agenda, model, hear
        self._length_mm = [segment.length_mm for segment in layout.segments]
        self._trips: dict[str, _Trip] = {}
        self._awaited: dict[str, list[tuple[Handler, Any]]] = defaultdict(list)

    def drive(self, truck: str, job: str, passage: Passage, arrives_ms: int, cargo_kg: int) -> None:
        distance_mm = sum(self._length_mm[window.segment] for window in passage[1:])
        wh = self._model.drive_wh(distance_mm, cargo_kg)
        self._trips[truck] = _Trip(self._agenda.at(arrives_ms, self._arrive, truck), job, wh)

    def delay(self, truck: str, passage: Passage, arrives_ms: int) -> None:
        trip = self._trips[truck]
        self._agenda.cancel(trip.entry)
        self._trips[truck] = trip._replace(entry=self._agenda.at(arrives_ms, self._arrive, truck))

    def puts_off(self, truck: str, handler: Handler, argument: Any) -> bool:
        """Whether a truck is on its way; `handler(argument)` then happens when it stands."""
        if truck not in self._trips:
            return False
        self._awaited[truck].append((handler, argument))
        return True

    def _arrive(self, truck: str) -> None:
        trip = self._trips.pop(truck)
        self._hear(EnergyUsed(self._agenda.now_ms, truck, trip.wh))
        self._hear(JobDone(self._agenda.now_ms, trip.job))
        for handler, argument in self._awaited.pop(truck, []):
            self._agenda.after(0, handler, argument)
