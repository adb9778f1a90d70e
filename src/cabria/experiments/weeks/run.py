"""One run of a scenario: demand, berths and yard made, the twin let go, its log judged and counted as it is written."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, replace
from statistics import mean, quantiles

import numpy as np

from cabria.domain.layout import Layout
from cabria.domain.yard import YardInventory
from cabria.experiments.call_runs import BREAKDOWNS
from cabria.experiments.demand.first_yard import yard_at
from cabria.experiments.demand.tables import Demand
from cabria.experiments.weeks.arrivals import vessel_of
from cabria.experiments.weeks.berths import ShipDue, berths_of
from cabria.experiments.weeks.expected import expected_ms
from cabria.experiments.weeks.gate import GateWeek
from cabria.experiments.weeks.ledger import Ledger
from cabria.experiments.weeks.office import Office, ShipStay
from cabria.experiments.weeks.scenario import Scenario, demand_of, layout_of, ships_within
from cabria.operations.gateways import Journal
from cabria.referee.run import RunJudgement
from cabria.referee.run_figures import RunFigures
from cabria.twin.quay_cranes import Spread
from cabria.twin.twin import Fleet, Twin

HOUR_MS = 3_600_000
STANDSTILL_H = 6
"""After so many hours without a step of any of a ship's quay cranes, though there is work, a run is given up."""


@dataclass(frozen=True, slots=True)
class GateCount:
    """Road trucks: how many came, how many were put off till their box was ashore, who was turned away and why, and
    how long each that came in had waited outside, in ms."""

    came: int
    put_off: int
    refused: Mapping[str, int]
    waited_ms: tuple[int, ...]


@dataclass(frozen=True)
class ScenarioRun:
    """One run and what it came to. `stood_still` is that the work came to a halt. CPU seconds are those of the
    process: making the demand, planning berths and calls, running the twin, judging its log."""

    scenario: Scenario
    seed: int
    figures: RunFigures
    judgement: RunJudgement
    ships: tuple[ShipStay, ...]
    gate: GateCount
    stood_still: bool
    events: int
    making_cpu_s: float
    planning_cpu_s: float
    running_cpu_s: float
    judging_cpu_s: float

    @property
    def cpu_s(self) -> float:
        return self.making_cpu_s + self.planning_cpu_s + self.running_cpu_s + self.judging_cpu_s

    @property
    def times_real_time(self) -> float:
        """Simulated time by all CPU time, judging included."""
        return self.figures.run_ms / 1_000 / self.cpu_s if self.cpu_s else 0.0

    @property
    def measures(self) -> Mapping[str, float]:
        """The figures a table shows, flat."""
        figures, trucks = self.figures, self.figures.trucks
        waiting = figures.waiting_share_by_cause
        sailed = [(ship, hours) for ship in self.ships if (hours := ship.berth_h)]
        moves_of = {call.call: call.moves for call in figures.calls}
        occupancy = [hour.occupancy or 0.0 for hour in figures.yard]
        turns_min = [ms / 60_000 for ms in figures.turn_ms]
        crane_h = sum(crane.last_ms - crane.first_ms for crane in figures.quay_cranes) / HOUR_MS
        return {
            "quay_moves": float(figures.moves),
            "gmph": figures.gross_moves_per_hour or 0.0,
            "crane_hours": crane_h,
            "crane_waiting": sum(waiting.values()),
            **{f"waiting/{cause}": share for cause, share in waiting.items()},
            "berth_productivity": (
                sum(moves_of.get(ship.call, 0) for ship, _ in sailed) / sum(hours for _, hours in sailed)
                if sailed
                else 0.0
            ),
            "ships_sailed": float(len(sailed)),
            "ships_waited_h": _mean(
                [(ship.line_fast_ms - ship.there_ms) / HOUR_MS for ship in self.ships if ship.line_fast_ms is not None]
            ),
            "boxes_missed": float(sum(ship.missed for ship in self.ships)),
            "boxes_left_behind": float(sum(ship.left_behind for ship in self.ships)),
            "rehandles": figures.rehandle_ratio or 0.0,
            "road_trucks": float(len(figures.turn_ms)),
            "turn_min": _mean(turns_min),
            "turn_min_95": quantiles(turns_min, n=20)[-1] if len(turns_min) > 1 else _mean(turns_min),
            "gate_queue_min": _mean([ms / 60_000 for ms in self.gate.waited_ms]),
            "road_trucks_refused": float(sum(self.gate.refused.values())),
            "road_trucks_put_off": float(self.gate.put_off),
            "occupancy_mean": _mean(occupancy),
            "occupancy_peak": max(occupancy, default=0.0),
            "kwh_per_move": figures.kwh_per_move or 0.0,
            "truck_use": trucks.utilisation or 0.0,
            "empty_drive": trucks.empty_share or 0.0,
            "yard_crane_use": _mean([crane.utilisation or 0.0 for crane in figures.yard_cranes]),
            "yard_crane_use_most": max((crane.utilisation or 0.0 for crane in figures.yard_cranes), default=0.0),
            "x_real_time": self.times_real_time,
        }


def run_scenario(scenario: Scenario, seed: int = 0, journal: Journal | None = None) -> ScenarioRun:
    """Run it to its end. The same scenario and seed give the same log, bit for bit; `journal` gets every event.

    Raises DataError, naming the place, for a scenario that cannot be run.
    """
    began = time.process_time()
    layout = layout_of(scenario)
    demand = demand_of(scenario, layout, seed)
    rows = {demand.ship(int(row)).id: int(row) for row in ships_within(demand, scenario)}
    due = [_due(demand, row, scenario) for row in rows.values()]
    yard = yard_at(demand, layout.terminal, scenario.begins_s, seed)
    made = time.process_time()
    berths = berths_of(due, layout, scenario.days, scenario.moves_a_crane_hour, seed)
    berths_cpu_s = time.process_time() - made
    ledger = Ledger(layout, journal)
    twin = _twin(scenario, layout, ledger, seed)
    _stock(twin, demand, yard, scenario)
    office = Office(twin, demand, scenario, ledger, seed)
    office.open(berths, rows)
    gate = GateWeek(twin, demand, scenario.begins_s)
    begun = time.process_time()
    stood_still = not _run_to_end(twin, scenario.days * 24)
    ledger.judge()
    running_cpu_s = time.process_time() - begun - office.planning_cpu_s - ledger.judging_cpu_s
    return ScenarioRun(
        scenario=scenario,
        seed=seed,
        figures=ledger.counter.figures(),
        judgement=ledger.referee.over(),
        ships=tuple(office.stays.values()),
        gate=_count(gate, ledger),
        stood_still=stood_still,
        events=ledger.events,
        making_cpu_s=made - began,
        planning_cpu_s=berths_cpu_s + office.planning_cpu_s,
        running_cpu_s=running_cpu_s,
        judging_cpu_s=ledger.judging_cpu_s,
    )


def _due(demand: Demand, row: int, scenario: Scenario) -> ShipDue:
    ship, service = demand.ship(row), demand.profile.services[demand.ships.service[row]]
    boxes = demand.boxes
    moves = int(
        np.count_nonzero((boxes.inbound == row) & (boxes.arrives_s > scenario.begins_s))
        + np.count_nonzero((boxes.outbound == row) & (boxes.departs_s > scenario.begins_s))
    )
    return ShipDue(ship.id, vessel_of(service), service.is_feeder, max(0, ship.ata_s - scenario.begins_s), moves)


def _twin(scenario: Scenario, layout: Layout, ledger: Ledger, seed: int) -> Twin:
    fleet = replace(
        BREAKDOWNS if scenario.has_breakdowns else Fleet(), trucks=scenario.trucks, spread=Spread(scenario.variation)
    )
    return Twin(layout, scenario.settings, fleet, seed, log=ledger)


def _stock(twin: Twin, demand: Demand, yard: YardInventory, scenario: Scenario) -> None:
    """The yard at the start, and when each box is expected to leave."""
    twin.control.take_stock(yard)
    boxes = demand.boxes
    here = np.flatnonzero((boxes.arrives_s <= scenario.begins_s) & (boxes.departs_s > scenario.begins_s))
    twin.control.desk.board.wanted_ms.update(expected_ms(demand, here, scenario.begins_s))


def _run_to_end(twin: Twin, hours: int) -> bool:
    """Whether no ship at work was ever without a step of her cranes for long."""
    before: dict[str, int] = {}
    idle_h: Counter[str] = Counter()
    for hour in range(1, hours + 1):
        twin.run(hour * HOUR_MS)
        done = _steps_done(twin)
        for call, steps in done.items():
            idle_h[call] = idle_h[call] + 1 if before.get(call) == steps else 0
            if idle_h[call] == STANDSTILL_H:
                return False
        before = done
    return True


def _steps_done(twin: Twin) -> dict[str, int]:
    """Of each ship that has steps left."""
    cranes = twin.control.desk.board.quay_cranes.values()
    done: Counter[str] = Counter()
    for crane in cranes:
        done[crane.call] += crane.next
    return {crane.call: done[crane.call] for crane in cranes if crane.next < len(crane.steps)}


def _count(gate: GateWeek, ledger: Ledger) -> GateCount:
    came_in_ms = ledger.came_in_ms
    waited = tuple(came_in_ms[truck] - at_ms for truck, at_ms in gate.due_ms.items() if truck in came_in_ms)
    return GateCount(gate.came, gate.put_off, dict(gate.refused), waited)


def _mean(values: list[float]) -> float:
    return mean(values) if values else 0.0
