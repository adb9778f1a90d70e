"""A scenario at coarse fidelity: the demand, the yard and the ships of `experiments.weeks`, without plans."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cache

import numpy as np

from cabria.domain.terminal import Terminal
from cabria.experiments.demand.tables import DAY_S, Demand
from cabria.experiments.layouts import LAYOUTS
from cabria.experiments.weeks.arrivals import vessel_of
from cabria.experiments.weeks.berths import SHIP_MM_A_CRANE
from cabria.experiments.weeks.scenario import Scenario, demand_of, layout_of
from cabria.twin.coarse.ground import Ground, ground_of
from cabria.twin.coarse.problem import NONE, Boxes, CoarseProblem, Rates, RoadTrucks, Ships
from cabria.twin.coarse.run import CoarseRun, run

MS = 1_000
TWINNED = 1.18
"""Boxes a lift where cranes may lift two 20 ft boxes at a time, by the fine twin's weeks of this demand."""


@dataclass(frozen=True)
class CoarseScenarioRun:
    """One run of a scenario, with the CPU seconds of everything."""

    scenario: Scenario
    seed: int
    run: CoarseRun
    making_cpu_s: float

    @property
    def cpu_s(self) -> float:
        return self.making_cpu_s + self.run.cpu_s

    @property
    def measures(self) -> Mapping[str, float]:
        """Under the names of `ScenarioRun.measures`, as far as there are such."""
        return {**self.run.measures, "x_real_time": self.scenario.days * DAY_S / max(self.cpu_s, 1e-3)}


def run_coarse(scenario: Scenario, seed: int = 0, rates: Rates | None = None) -> CoarseScenarioRun:
    """The same scenario and seed give the same run. Raises DataError, naming the place, for one that cannot be run."""
    began = time.process_time()
    problem = problem_of(scenario, seed, rates)
    making_cpu_s = time.process_time() - began
    return CoarseScenarioRun(scenario, seed, run(problem, seed), making_cpu_s)


def problem_of(scenario: Scenario, seed: int = 0, rates: Rates | None = None) -> CoarseProblem:
    """The demand of the scenario's stretch of its year in the coarse twin's columns. Raises DataError."""
    layout = layout_of(scenario)
    terminal = layout.terminal
    demand = demand_of(scenario, layout, seed)
    rows = rows_within(demand, scenario)
    calls = np.unique(np.concatenate([column[column != NONE] for column in (
        demand.boxes.inbound[rows][_comes(demand, scenario)[rows]],
        demand.boxes.outbound[rows],
    )]))  # fmt: skip
    # Ships that come after the run's end take their boxes later; for the run these boxes just stand.
    calls = calls[demand.ships.ata_s[calls] < scenario.ends_s]
    rates = rates or Rates()
    return CoarseProblem(
        ground=_ground(scenario.layout),
        room_teu=np.array([block.slots for block in terminal.blocks], np.int64),
        tiers=np.array([block.tiers for block in terminal.blocks], np.int64),
        quay_mm=terminal.quay_length_mm,
        quay_cranes=len(terminal.quay_cranes),
        trucks=scenario.trucks,
        look_ahead=scenario.settings.look_ahead,
        most_visitors=scenario.settings.most_visitors,
        hours=24 * scenario.days,
        ships=_ships(demand, calls, scenario, len(terminal.quay_cranes)),
        boxes=_boxes(demand, rows, calls, scenario),
        road=_road(demand, rows, scenario),
        stands_in=_first_yard(demand, rows, scenario, terminal, seed),
        rates=replace(
            rates,
            quay_cycle=MS * terminal.quay_cranes[0].cycle_s,
            boxes_a_lift=TWINNED if terminal.quay_cranes[0].may_twin else 1.0,
            variation=scenario.variation,
            yard_ahead=scenario.settings.yard_ahead_ms,
            busy_block=scenario.settings.busy_block_ms,
            out_of_turn=scenario.settings.out_of_turn,
        ),
    )


@cache
def _ground(layout: str) -> Ground:
    return ground_of(LAYOUTS[layout]())


def _comes(demand: Demand, scenario: Scenario) -> np.ndarray:
    """Boxes that come after the beginning."""
    comes: np.ndarray = demand.boxes.arrives_s > scenario.begins_s
    return comes


def rows_within(demand: Demand, scenario: Scenario) -> np.ndarray:
    boxes = demand.boxes
    return np.flatnonzero((boxes.arrives_s < scenario.ends_s) & (boxes.departs_s > scenario.begins_s))


def _numbers(of: np.ndarray, among: np.ndarray) -> np.ndarray:
    """Of each entry its place in a rising row, `NONE` where it is not in it."""
    if not len(among):
        return np.full(len(of), NONE)
    place = np.minimum(np.searchsorted(among, of), len(among) - 1)
    return np.where(among[place] == of, place, NONE)


def _ships(demand: Demand, calls: np.ndarray, scenario: Scenario, cranes: int) -> Ships:
    ships, services = demand.ships, demand.profile.services
    length_mm = np.array([vessel_of(service).length_mm or 0 for service in services], np.int64)
    service = ships.service[calls]
    following = np.full(len(calls), NONE)
    for number in range(len(services)):
        mine = np.flatnonzero(service == number)
        following[mine[:-1]] = mine[1:]
    return Ships(
        there_ms=MS * np.maximum(0, ships.ata_s[calls] - scenario.begins_s),
        length_mm=length_mm[service],
        most_cranes=np.clip(length_mm[service] // SHIP_MM_A_CRANE, 1, cranes),
        next_call=following,
    )


def _boxes(demand: Demand, rows: np.ndarray, calls: np.ndarray, scenario: Scenario) -> Boxes:
    inbound, outbound = (_numbers(column[rows], calls) for column in (demand.boxes.inbound, demand.boxes.outbound))
    inbound = np.where(_comes(demand, scenario)[rows], inbound, NONE)
    return Boxes(demand.of_variants("teu")[rows].astype(np.int64), inbound, outbound)


def _road(demand: Demand, rows: np.ndarray, scenario: Scenario) -> RoadTrucks:
    visits = demand.visits
    first, last = np.searchsorted(visits.arrives_s, (scenario.begins_s, scenario.ends_s))
    mine = slice(int(first), int(last))
    return RoadTrucks(
        MS * (visits.arrives_s[mine] - scenario.begins_s),
        _numbers(visits.brings[mine], rows),
        _numbers(visits.takes[mine], rows),
    )


def _first_yard(demand: Demand, rows: np.ndarray, scenario: Scenario, terminal: Terminal, seed: int) -> np.ndarray:
    """Boxes that stand there at the beginning, dealt out to the blocks in random order."""
    here = np.flatnonzero(~_comes(demand, scenario)[rows])
    stands = np.full(len(rows), NONE)
    teu = demand.of_variants("teu")[rows[here]]
    room = np.array([block.slots for block in terminal.blocks], float)
    order = np.random.default_rng([seed, 1]).permutation(len(here))
    upto = np.cumsum(teu[order]) / max(1, teu.sum())
    stands[here[order]] = np.searchsorted(np.cumsum(room)[:-1] / room.sum(), upto - 1e-12)
    return stands
