"""Trucks in simulated time: they keep to the windows of their passage, and charge where there is a charger."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from typing import Any, NamedTuple

from cabria.domain.layout import Layout
from cabria.domain.machines import TruckModel
from cabria.domain.run_events import BatteryRead, EnergyUsed, JobDone, RunEvent
from cabria.planning.dispatch.traffic.lane_book import Passage
from cabria.twin.agenda import Agenda, Handler

TELLS_MS = 900_000
"""A truck that stands tells that often what it used, and one at a charger what it took in."""


class _Trip(NamedTuple):
    entry: int
    job: str
    passage: Passage
    cargo_kg: int


class _Charge(NamedTuple):
    entry: int
    job: str
    power_kw: int
    since_ms: int


class TwinTrucks:
    """Nobody is in their way, as their passages were booked; so they stand where they were sent in time.

    A truck with a battery uses power all the time, and is charged evenly with the charger's power.
    """

    def __init__(self, agenda: Agenda, layout: Layout, model: TruckModel, hear: Callable[[RunEvent], None]) -> None:
        self._agenda, self._model, self._hear = agenda, model, hear
        self._segments = layout.segments
        self._trips: dict[str, _Trip] = {}
        self._awaited: dict[str, list[tuple[Handler, Any]]] = defaultdict(list)
        self._stand: dict[str, int] = {}
        self._held_wh: dict[str, int] = {}
        self._told_ms: dict[str, int] = {}
        self._charges: dict[str, _Charge] = {}

    def has_battery(self, truck: str, wh: int) -> None:
        """From now on the truck drives on a battery that holds so much."""
        self._held_wh[truck], self._told_ms[truck] = wh, self._agenda.now_ms
        self._read(truck)
        self._agenda.after(TELLS_MS, self._stands, truck)

    def stands_at(self, truck: str, stand: int) -> None:
        """Where a truck is at the start."""
        self._stand[truck] = stand

    def drive(self, truck: str, job: str, passage: Passage, arrives_ms: int, cargo_kg: int) -> None:
        self._trips[truck] = _Trip(self._agenda.at(arrives_ms, self._arrive, truck), job, passage, cargo_kg)

    def delay(self, truck: str, passage: Passage, arrives_ms: int) -> None:
        trip = self._trips[truck]
        self._agenda.cancel(trip.entry)
        entry = self._agenda.at(arrives_ms, self._arrive, truck)
        self._trips[truck] = trip._replace(entry=entry, passage=passage)

    def charge(self, truck: str, job: str) -> None:
        segment = self._segments[self._stand[truck]]
        if segment.stand is None or not segment.stand.power_kw:
            raise ValueError(f"Truck {truck} stands at {segment.id}, which is no charger.")
        self._tell_use(truck)
        self._read(truck)
        self._charge_on(truck, job, segment.stand.power_kw)

    def unplug(self, truck: str) -> None:
        if truck in self._charges:
            charge = self._take_in(truck)
            self._agenda.cancel(charge.entry)
            self._end_charge(truck, charge)

    def halt(self, truck: str) -> None:
        """It stands where it is booked to stand."""

    def go_on(self, truck: str) -> None:
        """It drives when it is booked to."""

    def tow(self, truck: str, stand: int) -> None:
        """It stands there; who waits for it waits until it comes again."""
        trip = self._trips.pop(truck, None)
        if trip is not None:
            self._agenda.cancel(trip.entry)
        self._stand[truck] = stand

    def puts_off(self, truck: str, handler: Handler, argument: Any) -> bool:
        """Whether a truck is on its way; `handler(argument)` then happens when it stands."""
        if truck not in self._trips:
            return False
        self._awaited[truck].append((handler, argument))
        return True

    def _arrive(self, truck: str) -> None:
        trip = self._trips.pop(truck)
        self._stand[truck] = trip.passage[-1].segment
        distance_mm = sum(self._segments[window.segment].length_mm for window in trip.passage[1:])
        self._tell_use(truck, self._model.drive_wh(distance_mm, trip.cargo_kg))
        self._hear(JobDone(self._agenda.now_ms, trip.job))
        for handler, argument in self._awaited.pop(truck, []):
            self._agenda.after(0, handler, argument)

    def _stands(self, truck: str) -> int:
        if truck not in self._trips:
            self._tell_use(truck)
        return TELLS_MS

    def _tell_use(self, truck: str, driven_wh: int = 0) -> None:
        now_ms, wh = self._agenda.now_ms, driven_wh
        if truck in self._held_wh:
            wh += self._model.on_board_wh(now_ms - self._told_ms[truck])
            self._told_ms[truck] = now_ms
            self._held_wh[truck] -= wh
        if wh:
            self._hear(EnergyUsed(now_ms, truck, wh))

    def _read(self, truck: str) -> None:
        self._hear(BatteryRead(self._agenda.now_ms, truck, self._held_wh[truck]))

    def _charge_on(self, truck: str, job: str, power_kw: int) -> None:
        missing_ms = -(-3_600 * (self._model.battery_wh - self._held_wh[truck]) // power_kw)
        entry = self._agenda.after(min(missing_ms, TELLS_MS), self._charged, truck)
        self._charges[truck] = _Charge(entry, job, power_kw, self._agenda.now_ms)

    def _take_in(self, truck: str) -> _Charge:
        """Count what was charged since it was last told."""
        charge, now_ms = self._charges.pop(truck), self._agenda.now_ms
        missing_wh = self._model.battery_wh - self._held_wh[truck]
        wh = min(missing_wh, charge.power_kw * (now_ms - charge.since_ms) // 3_600)
        self._held_wh[truck] += wh
        if wh:
            self._hear(EnergyUsed(now_ms, truck, -wh))
        return charge

    def _charged(self, truck: str) -> None:
        charge = self._take_in(truck)
        if self._held_wh[truck] < self._model.battery_wh:
            self._charge_on(truck, charge.job, charge.power_kw)
        else:
            self._end_charge(truck, charge)

    def _end_charge(self, truck: str, charge: _Charge) -> None:
        self._tell_use(truck)
        self._read(truck)
        self._hear(JobDone(self._agenda.now_ms, charge.job))
