"""One ship's call from what is known when her lists close: what she brings, what stands ready for her, and the plan."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from cabria.domain.calls import VesselCall
from cabria.domain.containers import Container, Port
from cabria.domain.layout import Layout
from cabria.domain.terminal import QuayCrane
from cabria.domain.vessel import VesselProfile
from cabria.domain.yard import YardInventory
from cabria.experiments.ballast import ballast
from cabria.experiments.demand.profile import Service
from cabria.experiments.demand.tables import Demand
from cabria.experiments.weeks.arrivals import arrival, off_the_ship, on_to_the_ship, rotation_of, vessel_of
from cabria.experiments.weeks.berths import Berth, rail_limits
from cabria.planning.loading.problem import LoadingProblem, Params
from cabria.planning.loading.result import PlannedCall
from cabria.planning.loading.solve import solve

EFFORT = Params(
    stowage_iterations_a_load=40,
    crane_iterations=40_000,
    yard_iterations_a_load=40,
    with_baselines=False,
    repairs=1,
    may_open_lids=False,
)
"""Good enough for a run of weeks: some seconds for a call of 4,000 moves."""
MOST_FULL = 0.9
"""Of the ship's TEU, with all she leaves with."""


@dataclass(frozen=True, slots=True)
class Lists:
    """Rows of the demand's boxes that a ship brings, and that she is to take and that stand in the yard; `ship` is her
    own row among the ships."""

    ship: int
    discharged: Sequence[int]
    loaded: Sequence[int]


@dataclass(frozen=True, slots=True)
class Ground:
    """Where a call is made, and when line and list are known: seconds of the run."""

    layout: Layout
    yard: YardInventory
    berth: Berth
    begins_s: int


def make_call(
    demand: Demand, service: Service, lists: Lists, ground: Ground, *, aboard: float, seed: int
) -> VesselCall:
    """The call as the planner gets it. Raises DataError for a ship too small for what she brings."""
    vessel = vessel_of(service)
    discharges = [off_the_ship(demand, row) for row in lists.discharged]
    loads = tuple(on_to_the_ship(demand, row) for row in lists.loaded)
    through_teu = _room_teu(vessel, discharges, loads, aboard)
    plan = arrival(vessel, service, discharges, through_teu, call=lists.ship, seed=seed)
    return VesselCall(
        id=ground.berth.ship,
        vessel=vessel,
        voyage=ground.berth.ship.rpartition("-")[2],
        port=Port(demand.profile.port),
        rotation=rotation_of(service),
        arrival=plan,
        loads=loads,
        terminal=replace(ground.layout.terminal, quay_cranes=_crew(ground)),
        yard=ground.yard,
        tank_contents_kg=ballast(vessel, plan),
        berth_x_mm=ground.berth.from_mm,
        start=_clock(demand, ground.begins_s + ground.berth.starts_s),
    )


def plan_call(call: VesselCall, seed: int) -> PlannedCall:
    """The whole plan, by our own planner with little effort."""
    return solve(LoadingProblem(call), params=EFFORT, seed=seed, wall=time.perf_counter, cpu=time.process_time)


def _room_teu(vessel: VesselProfile, discharges: Sequence[Container], loads: Sequence[Container], aboard: float) -> int:
    """What may stay aboard so that she is full neither on coming nor on leaving."""
    most = int(MOST_FULL * vessel.capacity_teu)
    comes, goes = (sum(box.size_type.teu for box in boxes) for boxes in (discharges, loads))
    return max(0, min(int(aboard * vessel.capacity_teu), most - comes, most - goes))


def _crew(ground: Ground) -> tuple[QuayCrane, ...]:
    """The cranes of her berth, each no farther along the rail than the others leave it room."""
    limits = rail_limits(ground.layout)
    cranes = sorted(ground.layout.terminal.quay_cranes, key=lambda crane: crane.x_mm)
    return tuple(
        replace(cranes[number], rail_from_mm=limits[number][0], rail_until_mm=limits[number][1])
        for number in ground.berth.cranes
    )


def _clock(demand: Demand, at_s: int) -> str:
    return (datetime.fromisoformat(demand.profile.start) + timedelta(seconds=at_s)).isoformat(timespec="minutes")
