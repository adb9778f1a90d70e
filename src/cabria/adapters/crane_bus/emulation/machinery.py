"""What an emulated crane moves with: the twin's cranes, handed in."""

from __future__ import annotations

from typing import Any, Protocol


class Machinery(Protocol):
    """Cranes of one kind: the gateway's verbs, and what an emulator needs besides. What they do comes back as run
    events with their job's name."""

    def work(self, crane: str, work: Any) -> None: ...

    def make_way(self, crane: str, job: str, at_mm: int) -> None: ...

    def take_back(self, crane: str, job: str) -> None: ...

    def holds(self, crane: str, work: Any) -> None:
        """It had lifted what the work says before, and goes on from there."""

    def stands_at(self, crane: str, at_mm: int) -> None:
        """Where it is at the start."""

    def permit(self, job: str) -> None:
        """The truck of a job stands there."""

    def stop(self, crane: str) -> None:
        """Out of service from now on."""

    def resume(self, crane: str) -> None: ...
