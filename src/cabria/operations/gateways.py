"""The Protocols everything outside is reached through. The twin and the live adapters both fulfil them.

Commands go out here; what machines report comes back as run events to `control.Control.hear`.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple, Protocol

from cabria.domain.containers import ContainerId
from cabria.domain.run_events import Place, RunEvent
from cabria.domain.work import StepKind
from cabria.planning.dispatch.traffic.lane_book import Passage


class Alarms(Protocol):
    """The injected clock: what time it is, and to be woken."""

    @property
    def now_ms(self) -> int: ...

    def after(self, delay_ms: int, handler: Callable[[Any], int | None], argument: Any = None) -> int: ...


class Journal(Protocol):
    """Where every event goes before anything else happens."""

    def record(self, event: RunEvent) -> None: ...


class QuayWork(NamedTuple):
    """One step of a quay crane: stand at `x_mm`, take what it says from the places and set it down at the others.

    `duration_ms` is what it is planned to take once the crane stands there.
    """

    job: str
    kind: StepKind
    x_mm: int
    duration_ms: int
    call: str
    containers: tuple[ContainerId, ...]
    sources: tuple[Place, ...]
    targets: tuple[Place, ...]
    lid: str


class YardWork(NamedTuple):
    """One lift of a yard crane. The place that is a truck's is over `stand_bay`, on the truck's side of the block."""

    job: str
    container: ContainerId
    source: Place
    target: Place
    block: str
    is_landside: bool


class QuayCranes(Protocol):
    """Reports: CraneTravelled, LidLifted, LidLanded, BoxesLifted, BoxesLanded, then JobDone."""

    def work(self, crane: str, work: QuayWork) -> None: ...

    def make_way(self, crane: str, job: str, x_mm: int) -> None:
        """Drive aside; it has no work there."""


class YardCranes(Protocol):
    """Reports: CraneTravelled, BoxesLifted, BoxesLanded, then JobDone."""

    def work(self, crane: str, work: YardWork) -> None: ...


class Trucks(Protocol):
    """Reports EnergyUsed and JobDone when the truck stands where its passage ends, on empty lanes at `arrives_ms`."""

    def drive(self, truck: str, job: str, passage: Passage, arrives_ms: int, cargo_kg: int) -> None: ...

    def delay(self, truck: str, passage: Passage, arrives_ms: int) -> None:
        """The trip it is on takes these times instead."""
