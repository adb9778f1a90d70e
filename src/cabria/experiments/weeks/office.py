"""The planning office over a week: closes lists, plans ships, berths them when there is room, and lets them sail.

A ship's load list are the boxes that the demand sends with her, and those an earlier ship of her service left behind,
as far as they stand in the yard when the list is closed. Who is not there then, or finds no slot, goes with the next.
"""

from __future__ import annotations

import time
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

import numpy as np

from cabria.domain.calls import VesselCall
from cabria.domain.containers import ContainerId
from cabria.domain.plan import LoadingPlan
from cabria.domain.positions import YardPosition
from cabria.domain.yard import YardBox, YardInventory
from cabria.experiments.demand.profile import Service
from cabria.experiments.demand.tables import Demand
from cabria.experiments.weeks.arrivals import vessel_of
from cabria.experiments.weeks.berths import MOORING_MIN, UNMOORING_MIN, Before, Berth, turns
from cabria.experiments.weeks.calls import Ground, Lists, make_call, plan_call
from cabria.experiments.weeks.expected import expected_ms
from cabria.experiments.weeks.ledger import Ledger
from cabria.experiments.weeks.scenario import Scenario
from cabria.operations.sailing import may_sail, sail
from cabria.twin.twin import Twin

MINUTE_MS = 60_000
LOOK_MS = 5 * MINUTE_MS
"""How often somebody looks whether a ship may berth or sail."""


@dataclass(slots=True)
class ShipStay:
    """One call as it went. Times are milliseconds of the run; None has not happened."""

    call: str
    service: str
    row: int
    """Of the demand's ships."""
    berth: Berth
    length_mm: int
    there_ms: int
    """When she is in the roads."""
    before: Before
    line_fast_ms: int | None = None
    done_ms: int | None = None
    """When her last box stood where it was to go."""
    sailed_ms: int | None = None
    discharged: int = 0
    loaded: int = 0
    missed: int = 0
    """Boxes that were to go with her and were not in the yard when her list closed."""
    left_behind: int = 0
    """Boxes of her list for which the plan found no slot."""
    planned_s: int = 0
    """The cranes' makespan by the plan."""
    is_legal: bool = False
    planning_cpu_s: float = 0.0

    @property
    def berth_h(self) -> float | None:
        """Gross: first line fast to last line off."""
        if self.line_fast_ms is None or self.sailed_ms is None:
            return None
        return (self.sailed_ms - self.line_fast_ms) / 3_600_000


@dataclass
class Office:
    """Works through the twin's agenda; `open` enters all ships."""

    twin: Twin
    demand: Demand
    scenario: Scenario
    ledger: Ledger
    seed: int
    stays: dict[str, ShipStay] = field(default_factory=dict)
    planning_cpu_s: float = 0.0
    _planned: dict[str, tuple[VesselCall, LoadingPlan]] = field(default_factory=dict)
    _left: dict[str, list[int]] = field(default_factory=lambda: defaultdict(list))
    """Rows of boxes that the next ship of each service takes."""

    def open(self, berths: Sequence[Berth], rows: Mapping[str, int]) -> None:
        """Expect these ships; `rows` are theirs in the demand."""
        before = turns(berths)
        for berth in berths:
            row = rows[berth.ship]
            service, vessel = self._service(row).name, vessel_of(self._service(row))
            there_s = max(0, int(self.demand.ships.ata_s[row]) - self.scenario.begins_s)
            stay = ShipStay(berth.ship, service, row, berth, vessel.length_mm or 0, 1_000 * there_s, before[berth.ship])
            self.stays[berth.ship] = stay
            closes_ms = 1_000 * berth.starts_s - round(3_600_000 * self.scenario.lists_close_h)
            self.twin.agenda.at(max(0, closes_ms), self._close, stay)
            self.twin.agenda.at(stay.there_ms, self._line_fast, stay)

    def _service(self, row: int) -> Service:
        service: Service = self.demand.profile.services[self.demand.ships.service[row]]
        return service

    def _close(self, stay: ShipStay) -> None:
        """Close the lists and plan the call, if that is not done."""
        if stay.line_fast_ms is None and stay.call not in self._planned:
            self._plan(stay)

    def _plan(self, stay: ShipStay) -> None:
        began = time.process_time()
        discharged = self._brought(stay.row)
        loaded = self._ready(stay)
        ground = Ground(self.twin.control.desk.board.layout, self._yard(), stay.berth, self.scenario.begins_s)
        service = self._service(stay.row)
        lists = Lists(stay.row, discharged, loaded)
        call = make_call(self.demand, service, lists, ground, aboard=self.scenario.aboard, seed=self.seed)
        planned = plan_call(call, self.seed)
        refused = set(planned.plan.refused)
        self._left[stay.service] += [row for row in loaded if self._name(row) in refused]
        stay.discharged, stay.loaded, stay.left_behind = len(discharged), len(planned.plan.loads), len(refused)
        stay.planned_s, stay.is_legal = planned.plan.makespan_s, not planned.judgement.hard_by_plan
        self._planned[stay.call] = call, replace(planned.plan, reasons={}, yard_moves=())
        stay.planning_cpu_s = time.process_time() - began
        self.planning_cpu_s += stay.planning_cpu_s

    def _brought(self, row: int) -> list[int]:
        boxes = self.demand.boxes
        rows: list[int] = np.flatnonzero((boxes.inbound == row) & (boxes.arrives_s > self.scenario.begins_s)).tolist()
        return rows

    def _ready(self, stay: ShipStay) -> list[int]:
        """The load list; boxes that are not in the yard are left to the next ship."""
        boxes, places = self.demand.boxes, self.twin.control.desk.board.boxes
        due = np.flatnonzero((boxes.outbound == stay.row) & (boxes.departs_s > self.scenario.begins_s)).tolist()
        due += self._left.pop(stay.service, [])
        ready = [row for row in due if isinstance(places.get(self._name(row)), YardPosition)]
        there = set(ready)
        self._left[stay.service] += [row for row in due if row not in there]
        stay.missed = len(due) - len(ready)
        return ready

    def _yard(self) -> YardInventory:
        board = self.twin.control.desk.board
        return YardInventory.of(
            YardBox(
                box, place, board.length_ft[box], gross_mass_kg=board.mass_kg[box], needs_plug=box in board.needs_plug
            )
            for box, place in board.boxes.items()
            if isinstance(place, YardPosition)
        )

    def _name(self, row: int) -> ContainerId:
        return ContainerId(self.demand.boxes.number[row].decode())

    def _line_fast(self, stay: ShipStay) -> int | None:
        """As soon as she is there and her place is free, be it before the planned time."""
        if any(self.stays[other].sailed_ms is None for other in stay.before.sailed):
            return LOOK_MS
        self._close(stay)
        stay.line_fast_ms = self.twin.now_ms
        self.twin.agenda.after(MOORING_MIN * MINUTE_MS, self._begin, stay)
        return None

    def _begin(self, stay: ShipStay) -> int | None:
        """As soon as her cranes are free."""
        if any(self.stays[other].done_ms is None for other in stay.before.done):
            return LOOK_MS
        call, plan = self._planned.pop(stay.call)
        self._foretell(call)
        self.ledger.expect(call, plan)
        self.twin.control.berth(call, plan)
        self.twin.agenda.after(LOOK_MS, self._look, stay)
        return None

    def _foretell(self, call: VesselCall) -> None:
        """Tell the yard when the boxes that come are expected to leave."""
        wanted_ms = self.twin.control.desk.board.wanted_ms
        rows = np.array(self._brought(self.stays[call.id].row), np.int64)
        wanted_ms.update(expected_ms(self.demand, rows, self.scenario.begins_s))

    def _look(self, stay: ShipStay) -> int | None:
        if not may_sail(self.twin.control.desk, stay.call):
            return LOOK_MS
        stay.done_ms = self.twin.now_ms
        self.twin.agenda.after(UNMOORING_MIN * MINUTE_MS, self._sail, stay)
        return None

    def _sail(self, stay: ShipStay) -> None:
        sail(self.twin.control.desk, stay.call)
        stay.sailed_ms = self.twin.now_ms
