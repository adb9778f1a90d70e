"""Batteries in a run: what a truck used and was charged with adds up to what it says, and is within its battery."""

from __future__ import annotations

from dataclasses import dataclass, field

from cabria.domain.machines import TruckModel
from cabria.domain.run_events import BatteryRead, EnergyUsed
from cabria.referee.run_charging import Charging
from cabria.referee.run_rules import BATTERY, ENERGY, KNOWN, Notebook
from cabria.referee.run_trucks import Trucks


@dataclass
class Batteries:
    """Every truck's battery since it was read first; of a truck whose battery is never read nothing is judged but
    what it drove."""

    book: Notebook
    trucks: Trucks
    charging: Charging
    model: TruckModel
    held_wh: dict[str, int] = field(default_factory=dict)
    _used_wh: dict[str, int] = field(default_factory=dict)
    """What each used at most: where what it took in is told in one with what it drove, a charger may have given all."""
    _told_mm: dict[str, int] = field(default_factory=dict)
    _told: set[str] = field(default_factory=set)

    def read(self, event: BatteryRead) -> None:
        if event.truck not in self.trucks.windows:
            self.book.broken(KNOWN, "There is no such truck.", event.truck)
            return
        held = self.held_wh.get(event.truck, event.wh)
        if held != event.wh:
            text = f"Its battery holds {event.wh:,} Wh; after what was used and charged it is {held:,} Wh."
            self.book.broken(BATTERY, text, event.truck)
        self.held_wh[event.truck] = event.wh
        self._within(event.truck)

    def used(self, event: EnergyUsed) -> None:
        truck = event.machine
        if truck in self.held_wh:
            self.held_wh[truck] -= event.wh
            self._within(truck)
        if truck in self.trucks.windows:
            driven_mm = self.trucks.driven_mm.get(truck, 0)
            has_driven = driven_mm > self._told_mm.get(truck, 0)
            self._told_mm[truck] = driven_mm
            given_wh = (self.charging.left_wh(truck, event.at_ms) or 0) if has_driven else 0
            if event.wh >= 0 or has_driven:
                self._used_wh[truck] = self._used_wh.get(truck, 0) + max(0, event.wh) + max(0, given_wh)
                self._drove(truck)

    def _within(self, truck: str) -> None:
        """Told once for each truck."""
        held, most = self.held_wh[truck], self.model.battery_wh
        if 0 <= held <= most or truck in self._told:
            return
        self._told.add(truck)
        how = "is empty" if held < 0 else f"takes {most:,} Wh"
        self.book.broken(BATTERY, f"Its battery {how}, but holds {held:,} Wh by what was told.", truck)

    def _drove(self, truck: str) -> None:
        """It used at least what an empty truck does for the way it came, the stand it is on included."""
        if self.trucks.stand_of(truck, self.book.at_ms) is None or truck in self.trucks.visitors:
            return
        driven_mm = self.trucks.driven_mm[truck]
        least_wh = driven_mm * self.model.wh_per_km // 1_000_000
        if self._used_wh[truck] < least_wh and truck not in self._told:
            self._told.add(truck)
            text = (
                f"It drove {driven_mm // 1_000:,} m and used {self._used_wh[truck]:,} Wh; empty it needs {least_wh:,}."
            )
            self.book.broken(ENERGY, text, truck)
