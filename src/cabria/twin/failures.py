"""Machines that break down and are repaired, from a seed."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from random import Random

from cabria.domain.run_events import MachineResumed, MachineStopped, RunEvent
from cabria.twin.agenda import Agenda


@dataclass(frozen=True, slots=True)
class Reliability:
    """Mean time between the end of one breakdown and the next, and mean time to repair; both are drawn evenly likely at
    any moment (exponential)."""

    between_h: float
    repair_min: float


class Failures:
    """Each machine has breakdowns of its own, which hang on the seed and its name only."""

    def __init__(self, agenda: Agenda, hear: Callable[[RunEvent], None], seed: int) -> None:
        self._agenda, self._hear, self._seed = agenda, hear, seed
        self._chance: dict[str, Random] = {}
        self._reliability: dict[str, Reliability] = {}

    def expect(self, machines: Iterable[str], reliability: Reliability) -> None:
        """From now on these machines break down."""
        for machine in machines:
            self._chance[machine] = Random(f"{self._seed}/failures/{machine}")
            self._reliability[machine] = reliability
            self._agenda.after(self._drawn_ms(machine, 3_600_000 * reliability.between_h), self._stop, machine)

    def _stop(self, machine: str) -> None:
        self._hear(MachineStopped(self._agenda.now_ms, machine, "fault"))
        self._agenda.after(
            self._drawn_ms(machine, 60_000 * self._reliability[machine].repair_min), self._resume, machine
        )

    def _resume(self, machine: str) -> None:
        self._hear(MachineResumed(self._agenda.now_ms, machine))
        self._agenda.after(
            self._drawn_ms(machine, 3_600_000 * self._reliability[machine].between_h), self._stop, machine
        )

    def _drawn_ms(self, machine: str, mean_ms: float) -> int:
        return max(1, round(self._chance[machine].expovariate(1 / mean_ms)))
