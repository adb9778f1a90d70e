"""Simulated time beside a clock: as fast as in reality, ten times as fast, or standing still."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol


class Runs(Protocol):
    """What can be taken forward in time: an agenda, or a whole twin."""

    @property
    def now_ms(self) -> int: ...

    def run(self, until_ms: int) -> int: ...


class Pace:
    """How far simulated time has come for a reading of `clock`, in seconds. A `factor` of 0 is a pause."""

    def __init__(self, clock: Callable[[], float], now_ms: int, factor: float = 1.0) -> None:
        self._clock = clock
        self._from_ms, self._since_s, self._factor = now_ms, clock(), factor

    @property
    def factor(self) -> float:
        return self._factor

    @factor.setter
    def factor(self, factor: float) -> None:
        """From now on; what has gone by stays as it was."""
        if factor < 0:
            raise ValueError(f"Time does not run backwards ({factor} times real time).")
        self._from_ms, self._since_s, self._factor = self.due_ms(), self._clock(), factor

    def go_on(self, now_ms: int, factor: float) -> None:
        """At another factor from where a world has got to: what a slow machine still owes is let go."""
        self.factor = factor
        self._from_ms = min(self._from_ms, now_ms)

    def due_ms(self) -> int:
        return self._from_ms + int((self._clock() - self._since_s) * 1_000 * self._factor)


def run_paced(world: Runs, pace: Pace, until_ms: int, wait: Callable[[float], None], step_s: float = 0.05) -> None:
    """Take a world to `until_ms` at a pace; `wait` lets so many seconds go by on the pace's clock."""
    while world.now_ms < until_ms:
        world.run(min(until_ms, max(world.now_ms, pace.due_ms())))
        if world.now_ms < until_ms:
            wait(step_s)
