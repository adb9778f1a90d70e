"""Yard cranes in simulated time."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from cabria.domain.layout import Layout
from cabria.domain.machines import YardCraneModel
from cabria.domain.positions import YardPosition
from cabria.domain.run_events import (
    BoxesLanded,
    BoxesLifted,
    CraneTravelled,
    EnergyUsed,
    JobDone,
    OnTruck,
    Place,
    RunEvent,
)
from cabria.domain.yard import YardBlock
from cabria.operations.gateways import YardWork
from cabria.twin.agenda import Agenda
from cabria.twin.stops import Handovers, Stops


class TwinYardCranes:
    """Gantry and trolley drive to the box, the spreader fetches it, and the same on the way to where it goes.

    For a truck under way the spreader waits low over its place, and a truck may drive when the spreader is clear of it.

    A place on a truck is where the lift's hand-over says: over the row beyond the block's edge, or before its end.
    """

    def __init__(
        self,
        agenda: Agenda,
        layout: Layout,
        model: YardCraneModel,
        hear: Callable[[RunEvent], None],
        stops: Stops,
        trucks: Handovers,
        paces: Mapping[str, float] | None = None,
    ) -> None:
        """`paces` are cranes that are slower or quicker than the model: what their work takes of what it says."""
        self._agenda, self._model, self._hear = agenda, model, hear
        self._paces = paces or {}
        self._stops, self._trucks = stops, trucks
        self._blocks: Mapping[str, YardBlock] = {block.id: block for block in layout.terminal.blocks}
        self._at_mm = {place.crane: place.at_mm for runway in layout.runways for place in runway.cranes}
        self._row = dict.fromkeys(self._at_mm, 0)
        self._taken_back: set[str] = set()

    def stands_at(self, crane: str, at_mm: int) -> None:
        """Where a crane is at the start, if not where its layout says."""
        self._at_mm[crane] = at_mm

    def holds(self, crane: str, work: YardWork) -> None:
        """It had lifted the box before the start, and goes on from there."""
        self._carry((crane, work))

    def work(self, crane: str, work: YardWork) -> None:
        self._agenda.after(self._go(crane, work, work.source), self._over, (crane, work, work.source))

    def _over(self, task: tuple[str, YardWork, Place]) -> None:
        """The spreader is over a place; down it goes, on to a truck only when that stands there."""
        crane, work, place = task
        if work.job in self._taken_back:
            return
        block = self._blocks[work.block]
        if isinstance(place, OnTruck):
            half_ms = self._own_ms(crane, self._model.half_down_ms(block.tiers)[0])
            if self._trucks.puts_off(place.truck, self._low, (*task, self._agenda.now_ms + half_ms)):
                return
        self._down(task, self._own_ms(crane, self._model.down_ms(block.tiers, _spot(work, place, block)[2])))

    def _low(self, task: tuple[str, YardWork, OnTruck, int]) -> None:
        """The truck stands there; the spreader is low over it since a time, or then."""
        crane, work, place, low_ms = task
        if work.job in self._taken_back or self._trucks.puts_off(place.truck, self._low, task):
            return
        rest_ms = self._own_ms(crane, self._model.half_down_ms(self._blocks[work.block].tiers)[1])
        self._down((crane, work, place), max(0, low_ms - self._agenda.now_ms) + rest_ms)

    def _down(self, task: tuple[str, YardWork, Place], down_ms: int) -> None:
        crane, work, place = task
        clear_ms = self._own_ms(crane, self._model.clear_ms)
        self._agenda.after(down_ms + clear_ms, self._lift if place is work.source else self._land, (crane, work))

    def _up_ms(self, crane: str, work: YardWork, place: Place) -> int:
        block = self._blocks[work.block]
        return self._own_ms(crane, self._model.up_ms(block.tiers, _spot(work, place, block)[2]))

    def _lift(self, task: tuple[str, YardWork]) -> None:
        crane, work = task
        if work.job in self._taken_back or self._stops.puts_off(crane, self._lift, task):
            return
        now_ms = self._agenda.now_ms
        self._hear(BoxesLifted(now_ms, crane, (work.container,), (work.source,)))
        self._agenda.after(self._up_ms(crane, work, work.source), self._carry, task)

    def _carry(self, task: tuple[str, YardWork]) -> None:
        crane, work = task
        if self._stops.puts_off(crane, self._carry, task):
            return
        self._agenda.after(self._go(crane, work, work.target), self._over, (crane, work, work.target))

    def _land(self, task: tuple[str, YardWork]) -> None:
        crane, work = task
        if self._stops.puts_off(crane, self._land, task):
            return
        now_ms = self._agenda.now_ms
        self._hear(BoxesLanded(now_ms, crane, (work.container,), (work.target,)))
        self._hear(EnergyUsed(now_ms, crane, self._model.wh_per_lift))
        self._agenda.after(self._up_ms(crane, work, work.target), self._end, (crane, work.job))

    def take_back(self, crane: str, job: str) -> None:
        self._taken_back.add(job)

    def make_way(self, crane: str, job: str, at_mm: int) -> None:
        self._agenda.after(self._travel(crane, at_mm), self._end, (crane, job))

    def _end(self, ended: tuple[str, str]) -> None:
        crane, job = ended
        if not self._stops.puts_off(crane, self._end, ended):
            self._hear(JobDone(self._agenda.now_ms, job))

    def _go(self, crane: str, work: YardWork, place: Place) -> int:
        """Set out for a place; returns how long until the spreader is over it."""
        block = self._blocks[work.block]
        at_mm, row, _ = _spot(work, place, block)
        travel_ms = self._model.travel_ms(
            abs(at_mm - self._at_mm[crane]), abs(row - self._row[crane]) * block.row_pitch_mm
        )
        self._row[crane] = row
        self._travel(crane, at_mm)
        return self._own_ms(crane, travel_ms)

    def _travel(self, crane: str, at_mm: int) -> int:
        """Set out along the rail; returns how long it takes."""
        from_mm, now_ms = self._at_mm[crane], self._agenda.now_ms
        gantry_mm = abs(at_mm - from_mm)
        if not gantry_mm:
            return 0
        gantry_ms = self._own_ms(crane, self._model.gantry.travel_ms(gantry_mm))
        self._at_mm[crane] = at_mm
        self._hear(CraneTravelled(now_ms, crane, from_mm, at_mm, now_ms + gantry_ms))
        self._hear(EnergyUsed(now_ms, crane, self._model.wh_per_gantry_km * gantry_mm // 1_000_000))
        return gantry_ms

    def _own_ms(self, crane: str, model_ms: int) -> int:
        return round(model_ms * self._paces.get(crane, 1))


def _spot(work: YardWork, place: Place, block: YardBlock) -> tuple[int, int, int]:
    """Distance along the block, row and tier; a truck's bed is tier 0."""
    if isinstance(place, YardPosition):
        return _middle_mm(place, block), place.row, place.tier
    if work.handover is None:
        raise ValueError(f"Job {work.job} does not say where the truck is met.")
    return work.handover.at_mm, work.handover.row, 0


def _middle_mm(position: YardPosition, block: YardBlock) -> int:
    """Of a box of a bay, from the outer edge of bay 1; odd bays are one pitch long."""
    return position.bay * block.bay_pitch_mm // 2
