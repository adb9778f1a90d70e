"""Quay cranes in simulated time."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from random import Random
from typing import Any

from cabria.domain.calls import BAY_NUMBER_MM
from cabria.domain.run_events import (
    BoxesLanded,
    BoxesLifted,
    CraneTravelled,
    EnergyUsed,
    JobDone,
    LidLanded,
    LidLifted,
    OnTruck,
    RunEvent,
    Waited,
)
from cabria.domain.terminal import QuayCrane
from cabria.domain.work import LID_STEPS, OFF_SHIP, ONTO_SHIP
from cabria.operations.gateways import QuayWork
from cabria.twin.agenda import Agenda, Handler
from cabria.twin.stops import Handovers, Stops

LIFTED_AT, LANDED_AT = 0.35, 0.75
"""Share of a cycle after which the boxes have left where they stood, and stand where they go."""
LOWERING = 0.1
"""Share of a cycle for the way down on to a truck, or to the box on it: begun when the truck stands still."""
Begun = tuple[str, QuayWork, int]
"""Crane, step, and how long it will take."""
WH_PER_LIFT, WH_PER_M = 6_000, 60


@dataclass(frozen=True, slots=True)
class Spread:
    """How much cycles differ: lognormal with this coefficient of variation, and never the mean changed. `paces` are
    cranes that are slower or quicker with boxes than their plans count: what a cycle takes of what is planned."""

    variation: float = 0.0
    paces: Mapping[str, float] = field(default_factory=dict)

    def drawn(self, crane: str, planned_ms: int, chance: Random) -> int:
        planned_ms = max(1, round(planned_ms * self.paces.get(crane, 1.0)))
        if not self.variation:
            return planned_ms
        sigma = self.variation  # for small ones the same as that of the logarithm
        return max(1, round(planned_ms * chance.lognormvariate(-sigma * sigma / 2, sigma)))


class TwinQuayCranes:
    """They drive to their bay and lift, set down and come back in the time the step was planned for."""

    def __init__(
        self,
        agenda: Agenda,
        cranes: Mapping[str, QuayCrane],
        hear: Callable[[RunEvent], None],
        stops: Stops,
        trucks: Handovers,
        seed: int,
        spread: Spread,
    ) -> None:
        """Each crane draws from a chance of its own: its nth step is as slow whatever the others do, so that variants
        of a run on the same seed differ by what is varied only."""
        self._agenda, self._cranes, self._hear = agenda, cranes, hear
        self._stops, self._trucks = stops, trucks
        self._chance = {name: Random(f"{seed}/quay cranes/{name}") for name in cranes}
        self._spread = spread
        self._x_mm = {name: crane.x_mm for name, crane in cranes.items()}
        self._taken_back: set[str] = set()

    def stands_at(self, crane: str, x_mm: int) -> None:
        """Where a crane is at the start, if not where its terminal says."""
        self._x_mm[crane] = x_mm

    def holds(self, crane: str, work: QuayWork) -> None:
        """It had lifted what the work says before the start, and goes on from there."""
        self._carry((crane, work, work.duration_ms))

    def work(self, crane: str, work: QuayWork) -> None:
        self._agenda.after(self._travel(crane, work.x_mm), self._start, (crane, work))

    def make_way(self, crane: str, job: str, x_mm: int) -> None:
        self._agenda.after(self._travel(crane, x_mm), self._end, (crane, job))

    def take_back(self, crane: str, job: str) -> None:
        self._taken_back.add(job)

    def _travel(self, crane: str, x_mm: int) -> int:
        """Set out; returns how long it takes."""
        from_mm = self._x_mm[crane]
        distance_mm = abs(x_mm - from_mm)
        if not distance_mm:
            return 0
        travel_ms = -(-1_000 * distance_mm * self._cranes[crane].bay_travel_s // (4 * BAY_NUMBER_MM))
        now_ms = self._agenda.now_ms
        self._x_mm[crane] = x_mm
        self._hear(CraneTravelled(now_ms, crane, from_mm, x_mm, now_ms + travel_ms))
        self._hear(EnergyUsed(now_ms, crane, WH_PER_M * distance_mm // 1_000))
        return travel_ms

    def _start(self, task: tuple[str, QuayWork]) -> None:
        if task[1].job in self._taken_back or self._stops.puts_off(task[0], self._start, task):
            return
        quick = "" if task[1].kind in LID_STEPS else task[0]
        duration_ms = self._spread.drawn(quick, task[1].duration_ms, self._chance[task[0]])
        begun = (*task, duration_ms)
        if task[1].kind in ONTO_SHIP:
            self._after(begun, 0, LIFTED_AT - LOWERING, self._over_truck, (*begun, None))
        else:
            self._after(begun, 0, LIFTED_AT, self._lift, begun)

    def _after(self, task: Begun, done: float, share: float, then: Handler, argument: Any) -> None:
        """From one share of the cycle to another."""
        self._agenda.after(round(share * task[2]) - round(done * task[2]), then, argument)

    def _over_truck(self, task: tuple[str, QuayWork, int, int | None]) -> None:
        """The spreader is where the truck is to be, and goes down when it stands there."""
        crane, work, duration_ms, since_ms = task
        if work.job in self._taken_back:
            return
        now_ms = self._agenda.now_ms
        waiting = (crane, work, duration_ms, now_ms if since_ms is None else since_ms)
        is_load = work.kind in ONTO_SHIP
        trucks = [p.truck for p in (work.sources if is_load else work.targets) if isinstance(p, OnTruck)]
        if self._stops.puts_off(crane, self._over_truck, (crane, work, duration_ms, None)):
            return
        if trucks and self._trucks.puts_off(trucks[0], self._over_truck, waiting):
            return
        if since_ms is not None and since_ms < now_ms:
            cause = "truck with the box under way" if is_load else "empty truck under way"
            self._hear(Waited(now_ms, crane, since_ms, cause))
        at = LIFTED_AT if is_load else LANDED_AT
        self._after(waiting[:3], at - LOWERING, at, self._lift if is_load else self._land, waiting[:3])

    def _lift(self, task: Begun) -> None:
        crane, work, _ = task
        if work.job in self._taken_back or self._stops.puts_off(crane, self._lift, task):
            return
        if work.kind in LID_STEPS:
            self._hear(LidLifted(self._agenda.now_ms, crane, work.call, work.lid))
        else:
            self._hear(BoxesLifted(self._agenda.now_ms, crane, work.containers, work.sources))
        self._carry(task)

    def _carry(self, task: Begun) -> None:
        if task[1].kind in OFF_SHIP:
            self._after(task, LIFTED_AT, LANDED_AT - LOWERING, self._over_truck, (*task, None))
        else:
            self._after(task, LIFTED_AT, LANDED_AT, self._land, task)

    def _land(self, task: Begun) -> None:
        crane, work, _ = task
        if self._stops.puts_off(crane, self._land, task):
            return
        if work.kind in LID_STEPS:
            self._hear(LidLanded(self._agenda.now_ms, crane, work.call, work.lid))
        else:
            self._hear(BoxesLanded(self._agenda.now_ms, crane, work.containers, work.targets))
        self._hear(EnergyUsed(self._agenda.now_ms, crane, WH_PER_LIFT))
        self._after(task, LANDED_AT, 1, self._end, (crane, work.job))

    def _end(self, ended: tuple[str, str]) -> None:
        crane, job = ended
        if not self._stops.puts_off(crane, self._end, ended):
            self._hear(JobDone(self._agenda.now_ms, job))
