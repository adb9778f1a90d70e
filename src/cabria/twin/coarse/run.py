"""The door: a stretch of time run through at coarse fidelity, and what came of it."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from cabria.planning.search.kernels import generator
from cabria.twin.coarse import kernels as k
from cabria.twin.coarse.ground import STRETCH_MM
from cabria.twin.coarse.problem import NONE, CoarseProblem

HOUR_MS = 3_600_000


@dataclass(frozen=True)
class CoarseRun:
    """One run. Columns of `series` are full hours, its rows those of `kernels` that begin with `S_`; `boxes` says of
    each what became of it: `AWAY`, `MOVING`, `STANDING` or `LEFT_AGAIN`. It stood in the yard from `stood_since_ms`,
    `NONE` where it never came or stood there in the beginning, until `stood_until_ms`, `NONE` where it still does."""

    problem: CoarseProblem
    seed: int
    count: np.ndarray
    series: np.ndarray
    turns: np.ndarray
    boxes: np.ndarray
    blocks: np.ndarray
    stood_since_ms: np.ndarray
    stood_until_ms: np.ndarray
    held_teu: np.ndarray
    cpu_s: float

    @property
    def is_sound(self) -> bool:
        """Whether every box found room, and the blocks hold in the end just the boxes that are said to be there."""
        here = self.blocks != NONE
        teu = np.bincount(self.blocks[here], self.problem.boxes.teu[here], self.problem.ground.blocks)
        return int(self.count[k.NO_ROOM]) == 0 and bool((teu == self.held_teu).all())

    @cached_property
    def measures(self) -> Mapping[str, float]:
        """Under the names of the fine twin's figures, as far as there are such."""
        count, problem = [int(value) for value in self.count], self.problem
        moves = count[k.OFF] + count[k.ON]
        crane_ms = count[k.CRANE_MS]
        gone, done, inside = count[k.SHIPS_GONE], count[k.ROAD_DONE], count[k.ROAD_IN]
        productive = moves + count[k.GATE_MOVES]
        room_teu = int(problem.room_teu.sum())
        occupancy = self.series[k.S_TEU] / room_teu
        run_ms = problem.hours * HOUR_MS
        return {
            "quay_moves": float(moves),
            "gmph": _ratio(moves * HOUR_MS, crane_ms),
            "crane_hours": crane_ms / HOUR_MS,
            "crane_waiting": _ratio(count[k.WAIT_LOADED] + count[k.WAIT_EMPTY] + count[k.WAIT_ORDER], crane_ms),
            "waiting/truck with the box under way": _ratio(count[k.WAIT_LOADED], crane_ms),
            "waiting/empty truck under way": _ratio(count[k.WAIT_EMPTY], crane_ms),
            "waiting/another crane's work comes first": _ratio(count[k.WAIT_ORDER], crane_ms),
            "crane_use": _ratio(crane_ms, problem.quay_cranes * run_ms),
            "berth_productivity": _ratio(count[k.SAILED_MOVES] * HOUR_MS, count[k.BERTH_MS]),
            "berth_hours": _ratio(count[k.BERTH_MS], gone * HOUR_MS),
            "ships_sailed": float(gone),
            "ships_waited_h": _ratio(count[k.SHIP_WAIT_MS], count[k.SHIPS_BERTHED] * HOUR_MS),
            "boxes_missed": float(count[k.MISSED]),
            "rehandles": _ratio(count[k.REHANDLES], productive),
            "road_trucks": float(done),
            "turn_min": _ratio(count[k.TURN_MS], done * 60_000),
            "turn_min_95": self._turn_min(0.95),
            "gate_queue_min": _ratio(count[k.GATE_MS], inside * 60_000),
            "road_trucks_put_off": float(count[k.PUT_OFF]),
            "occupancy_mean": float(occupancy.mean()),
            "occupancy_peak": float(occupancy.max()),
            "kwh_per_move": _ratio(self._wh(), moves * 1_000),
            "truck_use": _ratio(count[k.TRUCK_MS], problem.trucks * run_ms),
            "empty_drive": _ratio(count[k.EMPTY_M], count[k.EMPTY_M] + count[k.LOADED_M]),
            "yard_crane_use": _ratio(count[k.YARD_MS], problem.ground.blocks * run_ms),
        }

    def _turn_min(self, share: float) -> float:
        """The turn time that so many road trucks do not exceed, to the step of the count."""
        if not self.turns.sum():
            return 0.0
        step = int(np.searchsorted(np.cumsum(self.turns), share * self.turns.sum()))
        return (step + 1) * k.TURN_STEP_MS / 60_000

    def _wh(self) -> float:
        energy, count, problem = self.problem.energy, self.count, self.problem
        driven_m = energy.way_factor * int(count[k.EMPTY_M] + count[k.LOADED_M])
        return float(
            energy.truck_km * driven_m / 1_000
            + energy.loaded_km * energy.way_factor * int(count[k.LOADED_M]) / 1_000
            + energy.on_board_w * problem.trucks * problem.hours
            + energy.quay_lift * int(count[k.OFF] + count[k.ON])
            + energy.yard_lift * int(count[k.YARD_LIFTS])
        )


def _ratio(part: float, whole: float) -> float:
    return part / whole if whole else 0.0


def run(problem: CoarseProblem, seed: int = 0) -> CoarseRun:
    """The whole stretch; the same problem and seed give the same run."""
    began = time.process_time()
    state = _state(problem, seed)
    k.run(state, problem.hours * HOUR_MS)
    _count_unfinished(state)
    return CoarseRun(
        problem,
        seed,
        count=state.tally,
        series=state.series,
        turns=state.turns,
        boxes=state.box[k.STATE],
        blocks=state.box[k.BLOCK],
        stood_since_ms=state.box[k.STOOD_SINCE],
        stood_until_ms=state.box[k.STOOD_UNTIL],
        held_teu=state.block[k.HELD],
        cpu_s=time.process_time() - began,
    )


def _state(problem: CoarseProblem, seed: int) -> k.State:
    ships, boxes, road = problem.ships, problem.boxes, problem.road
    movers = problem.trucks + problem.most_visitors
    entries = 4 * movers + 4 * problem.quay_cranes + 2 * problem.ground.blocks + 2 * len(ships) + len(road) + 16
    state = k.State(
        clock=np.full(k.CLOCK_ROWS, 0, np.int64),
        law=_law(problem),
        share=_share(problem),
        heap=np.zeros((2, entries), np.int64),
        ship=_columns(k.SHIP_ROWS, len(ships)),
        box=_columns(k.BOX_ROWS, len(boxes)),
        road=_columns(k.ROAD_ROWS, len(road)),
        crane=_columns(k.CRANE_ROWS, problem.quay_cranes),
        job=_columns(k.JOB_ROWS, problem.quay_cranes * problem.look_ahead),
        mover=_columns(k.MOVER_ROWS, movers),
        block=_columns(k.BLOCK_ROWS, problem.ground.blocks),
        booked=np.zeros((problem.ground.blocks, len(ships)), np.int64),
        drive_ms=np.ascontiguousarray(problem.ground.drive_ms),
        way_m=np.ascontiguousarray(problem.ground.way_m),
        tally=np.zeros(k.TALLY_ROWS, np.int64),
        series=np.zeros((k.SERIES_ROWS, problem.hours), np.int64),
        turns=np.zeros(k.TURN_STEPS, np.int64),
        chance=generator(seed),
    )
    _set_ships(state, problem)
    _set_boxes(state, problem)
    state.road[k.COMES], state.road[k.BRINGS], state.road[k.TAKES] = road.there_ms, road.brings, road.takes
    _set_machines(state, problem)
    for row in (k.ROAD_FIRST, k.ROAD_LAST, k.LINE_FIRST, k.LINE_LAST):
        state.clock[row] = NONE
    state.clock[k.IDLE] = problem.trucks
    k.plan(state, 0, k.FULL_HOUR, 0)
    if len(ships):
        k.plan(state, int(ships.there_ms[0]), k.SHIP_THERE, 0)
    if len(road):
        k.plan(state, int(road.there_ms[0]), k.ROAD_COMES, 0)
    return state


def _columns(rows: int, count: int) -> np.ndarray:
    return np.full((rows, count), NONE, np.int64)


def _law(problem: CoarseProblem) -> np.ndarray:
    """In the order of the kernel's rows."""
    rates, ground = problem.rates, problem.ground
    machines = [problem.trucks, problem.most_visitors, problem.look_ahead, problem.quay_mm, STRETCH_MM, ground.gate]
    quay = [rates.quay_cycle]
    yard = [rates.fetch_before, rates.fetch_at_truck, rates.stack_before, rates.stack_at_truck, rates.stack_after]
    yard += [rates.yard_ahead, rates.dig]
    ways = [rates.lane_wait, rates.mooring, rates.unmooring, rates.unlocked, rates.busy_block, rates.full_block]
    choice = [rates.sent_ahead, rates.together, rates.out_of_turn]
    return np.array([*machines, *quay, *yard, *ways, ground.quay_places, *choice], np.int64)


def _share(problem: CoarseProblem) -> np.ndarray:
    rates = problem.rates
    return np.array(
        [
            rates.beside_lifts,
            rates.variation,
            rates.digs_for_ships,
            rates.digs_for_road,
            rates.drive_factor,
            rates.drive_variation,
            rates.in_the_way,
            rates.boxes_a_lift - 1,
            rates.passes,
        ]
    )


def _set_ships(state: k.State, problem: CoarseProblem) -> None:
    ships, boxes, ship = problem.ships, problem.boxes, state.ship
    ship[k.THERE], ship[k.LENGTH], ship[k.MOST] = ships.there_ms, ships.length_mm, ships.most_cranes
    ship[k.NEXT_CALL], ship[k.STATUS], ship[k.CRANES] = ships.next_call, k.EXPECTED, 0
    ship[k.DONE] = 0
    off = np.where(problem.stands_in == NONE, boxes.inbound, NONE)
    ship[k.LEFT] = 0
    for column, first, following in (
        (off, k.OFF_FIRST, k.OFF_NEXT),
        (boxes.outbound, k.ON_FIRST, k.ON_NEXT),
    ):
        rows = np.flatnonzero(column != NONE)
        rows = rows[np.argsort(column[rows], kind="stable")]
        of_ship = column[rows]
        starts = np.flatnonzero(np.diff(of_ship, prepend=NONE))
        ship[first, of_ship[starts]] = rows[starts]
        same = of_ship[1:] == of_ship[:-1]
        state.box[following, rows[:-1][same]] = rows[1:][same]
        ship[k.LEFT] += np.bincount(of_ship, minlength=len(ships))


def _set_boxes(state: k.State, problem: CoarseProblem) -> None:
    box, stands = state.box, problem.stands_in
    box[k.TEU], box[k.OUT], box[k.BLOCK] = problem.boxes.teu, problem.boxes.outbound, stands
    box[k.STATE] = np.where(stands == NONE, k.AWAY, k.STANDING)
    leaves = (stands != NONE) & (problem.boxes.outbound != NONE)
    np.add.at(state.booked, (stands[leaves], problem.boxes.outbound[leaves]), 1)


def _set_machines(state: k.State, problem: CoarseProblem) -> None:
    ground, block, stands = problem.ground, state.block, problem.stands_in
    here = stands != NONE
    block[k.ROOM], block[k.TIERS] = problem.room_teu, problem.tiers
    block[k.HELD] = np.bincount(stands[here], problem.boxes.teu[here], ground.blocks)
    block[k.BOXES_IN] = np.bincount(stands[here], minlength=ground.blocks)
    block[k.QUEUED], block[k.AT_WORK] = 0, 0
    state.mover[k.SPOT] = ground.quay_places // 2
    crane = state.crane
    crane[k.HEAD], crane[k.COUNT], crane[k.ASSIGNED], crane[k.PHASE], crane[k.STEP_AT] = 0, 0, 0, k.FREE, 0


def _count_unfinished(state: k.State) -> None:
    """Cranes and trucks that are at work when the run ends, and cranes that wait, count until then."""
    crane, job, mover, count, now = state.crane, state.job, state.mover, state.tally, int(state.clock[k.NOW])
    at_work = (crane[k.AT_SHIP] != NONE) & (crane[k.BEGAN] != NONE)
    count[k.CRANE_MS] += int((now - crane[k.BEGAN])[at_work].sum())
    waits = np.flatnonzero(at_work & (crane[k.PHASE] == k.WAITS))
    is_load = job[k.IS_LOAD, waits * int(state.law[k.LOOK_AHEAD]) + crane[k.HEAD, waits]] != 0
    for cause, those in ((k.WAIT_LOADED, waits[is_load]), (k.WAIT_EMPTY, waits[~is_load])):
        count[cause] += int((now - crane[k.SINCE, those]).sum())
    trucks = slice(0, int(state.law[k.TRUCKS]))
    busy = (mover[k.JOB, trucks] != NONE) | (mover[k.CARRIES, trucks] != NONE)
    count[k.TRUCK_MS] += int((now - mover[k.BUSY_SINCE, trucks])[busy].sum())
