"""Ships in simulated time: they berth when they are there, late or not."""

from __future__ import annotations

from dataclasses import dataclass
from random import Random

from cabria.domain.calls import VesselCall
from cabria.domain.plan import LoadingPlan
from cabria.operations.control import Control
from cabria.twin.agenda import Agenda


@dataclass(frozen=True, slots=True)
class ShipDelays:
    """Most ships are on time, the others late by a mean time (exponential), at most `latest_h`."""

    on_time: float = 0.65
    late_mean_h: float = 6.0
    latest_h: float = 48.0

    def __post_init__(self) -> None:
        if not 0 <= self.on_time <= 1 or self.late_mean_h <= 0 or self.latest_h < 0:
            raise ValueError(f"Ships {self.on_time:.0%} on time, {self.late_mean_h} h late in the mean, cannot be.")

    def drawn_ms(self, chance: Random) -> int:
        if chance.random() < self.on_time:
            return 0
        return round(3_600_000 * min(self.latest_h, chance.expovariate(1 / self.late_mean_h)))


class Ships:
    """Each ship's delay hangs on the seed and its call's id only."""

    def __init__(self, agenda: Agenda, control: Control, seed: int) -> None:
        self._agenda, self._control, self._seed = agenda, control, seed

    def expect(self, call: VesselCall, plan: LoadingPlan, at_ms: int, delays: ShipDelays | None = None) -> int:
        """A ship berths at a time, or later; returns when."""
        late_ms = 0 if delays is None else delays.drawn_ms(Random(f"{self._seed}/ships/{call.id}"))
        self._agenda.at(at_ms + late_ms, self._berth, (call, plan))
        return at_ms + late_ms

    def _berth(self, ship: tuple[VesselCall, LoadingPlan]) -> None:
        self._control.berth(*ship)
