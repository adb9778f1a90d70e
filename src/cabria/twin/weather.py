"""Wind that stops all quay cranes at a time, from a seed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from random import Random

from cabria.domain.run_events import MachineResumed, MachineStopped, RunEvent
from cabria.twin.agenda import Agenda


@dataclass(frozen=True, slots=True)
class Wind:
    """Mean time from the end of one storm to the next, and how long one lasts in the mean; both exponential."""

    between_h: float
    lasts_h: float

    def __post_init__(self) -> None:
        if min(self.between_h, self.lasts_h) <= 0:
            raise ValueError(f"Storms {self.between_h} h apart that last {self.lasts_h} h cannot be.")


class Weather:
    """Storms come to every crane at the same moment; a crane ends what it has begun."""

    def __init__(self, agenda: Agenda, hear: Callable[[RunEvent], None], seed: int) -> None:
        self._agenda, self._hear, self._chance = agenda, hear, Random(f"{seed}/wind")

    def expect(self, cranes: Iterable[str], wind: Wind) -> None:
        """From now on the wind stops these cranes."""
        self._agenda.after(self._drawn_ms(wind.between_h), self._rises, (tuple(cranes), wind))

    def _rises(self, task: tuple[tuple[str, ...], Wind]) -> None:
        cranes, wind = task
        for crane in cranes:
            self._hear(MachineStopped(self._agenda.now_ms, crane, "wind"))
        self._agenda.after(self._drawn_ms(wind.lasts_h), self._drops, task)

    def _drops(self, task: tuple[tuple[str, ...], Wind]) -> None:
        cranes, wind = task
        for crane in cranes:
            self._hear(MachineResumed(self._agenda.now_ms, crane))
        self._agenda.after(self._drawn_ms(wind.between_h), self._rises, task)

    def _drawn_ms(self, mean_h: float) -> int:
        return max(1, round(self._chance.expovariate(1 / (3_600_000 * mean_h))))


class OutOfService:
    """Between those who stop machines and operations: a machine that is stopped for two reasons is back when the last
    of them is over, and is reported once."""

    def __init__(self, hear: Callable[[RunEvent], None]) -> None:
        self._hear = hear
        self._reasons: Counter[str] = Counter()

    def hear(self, event: RunEvent) -> None:
        """What failures and weather report."""
        if isinstance(event, MachineStopped):
            self._reasons[event.machine] += 1
            if self._reasons[event.machine] == 1:
                self._hear(event)
        elif isinstance(event, MachineResumed):
            self._reasons[event.machine] -= 1
            if not self._reasons[event.machine]:
                self._hear(event)
