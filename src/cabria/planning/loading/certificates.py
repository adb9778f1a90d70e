"""What a planned call costs part by part, what no plan can be below, and how others would choose its boxes."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

from cabria.domain.calls import VesselCall
from cabria.domain.containers import ContainerId
from cabria.domain.positions import StowPosition
from cabria.domain.told import Told, told
from cabria.domain.work import WorkQueue
from cabria.planning.cranes.problem import CraneSolution
from cabria.planning.loading.joint.plans import JointSolution
from cabria.planning.loading.result import Bound
from cabria.planning.loading.rounds import GUIDES
from cabria.planning.search.result import Result
from cabria.planning.stowage.problem import StowageSolution
from cabria.planning.yard.baselines import exact_planned_weights, incumbent_greedy
from cabria.planning.yard.problem import YardProblem, YardSolution
from cabria.referee.judgement import Figures

BASELINES = {"incumbent's greedy": incumbent_greedy, "exact planned weights": exact_planned_weights}
HERE = told("for these slots and this split among cranes", "bound-here")
NONE_KNOWN = told("none known", "bound-unknown")
ANY_SPLIT = told("all lifts, as many twins as can be, shared evenly", "bound-any-split")
STOWAGE_ALONE = told("refusals, restows and overstows alone", "bound-stowage-alone")
BURIED = told("boxes that stay, upon ones that leave", "bound-buried")
ANY_SLOTS = told("bounds of stowage and of any makespan", "bound-any-slots")


def costs_min(
    stowed: Result[StowageSolution], split: Result[CraneSolution], chosen: Result[JointSolution]
) -> dict[str, float]:
    """By component; inversions are those after boxes were exchanged."""
    found = {name: cost for name, cost in stowed.costs.items() if name != "inversions"}
    found |= {_in_words(name): cost for name, cost in split.costs.items() if name not in GUIDES}
    return found | dict(chosen.costs)


def _in_words(name: str) -> str:
    return name.removesuffix("_min").replace("_", " ")


def bounds(
    call: VesselCall,
    figures: Figures,
    stowed: Result[StowageSolution],
    split: Result[CraneSolution],
    chosen: Result[JointSolution],
) -> dict[str, Bound]:
    """Each part beside the least it can be, and the whole: once for these slots, once whatever the slots."""
    joint, costs = chosen.plan, costs_min(stowed, split, chosen)
    makespan = figures.crane_makespan_s / 60
    least = least_makespan_min(call, stowed.plan.loads)
    parts = {name: Bound(part.reached, part.bound, "min", _note(part.bound)) for name, part in joint.parts.items()}
    others = {
        name: Bound(cost, None, "min", NONE_KNOWN) for name, cost in costs.items() if name in ("waiting", "shared bays")
    }
    parts_min = sum(part.bound for part in joint.parts.values() if part.bound is not None)
    total, stowage_min = sum(costs.values()), stowed.bound or 0.0
    return {
        "crane makespan": Bound(makespan, split.bound, "min", split.plan.bound_reason),
        "crane makespan, any slots": Bound(makespan, least, "min", ANY_SPLIT),
        "stowage": Bound(stowed.cost, stowed.bound, "min", STOWAGE_ALONE),
        "digs": Bound(figures.digs, joint.digs_bound, "digs", HERE),
        "digs, any slots": Bound(figures.digs, digs_whatever_the_slots(call, joint.loads), "digs", BURIED),
        **{f"{name}, priced" if name == "digs" else name: bound for name, bound in parts.items()},
        **others,
        "total": Bound(total, stowed.cost + (split.bound or 0.0) + parts_min, "min", HERE),
        "total, any slots": Bound(total, stowage_min + least, "min", ANY_SLOTS),
    }


def _note(bound: float | None) -> Told:
    return NONE_KNOWN if bound is None else HERE


def estimates(chosen: JointSolution) -> dict[str, float]:
    """What the plan asks of trucks and yard cranes, and how long quay cranes will wait for them."""
    return {
        "truck km": round(chosen.truck_km, 1),
        "yard crane km": round(chosen.gantry_km, 1),
        "kWh": round(chosen.kwh),
        "crane waiting min": round(chosen.waiting_min, 1),
        "lifts off their turn": chosen.off_order,
        "pairs too heavy to twin": chosen.heavy_pairs,
    }


def least_makespan_min(call: VesselCall, loads: Mapping[ContainerId, StowPosition]) -> float:
    """What no plan that loads these boxes is below, wherever they go: discharges as they are lifted at best, a cycle
    for each 40 ft load and for every two 20 ft ones, all shared evenly by cranes that never wait."""
    cranes = call.terminal.quay_cranes
    if not cranes:
        return 0.0
    cycle_s = min(crane.cycle_s for crane in cranes)
    if call.settings.may_dual_cycle:
        cycle_s = min(cycle_s, *(-(-crane.dual_cycle_s // 2) or crane.cycle_s for crane in cranes))
    twin_max_kg = max((crane.twin_max_kg for crane in cranes if crane.may_twin and call.settings.may_twin), default=0)
    short = sum(call.load_by_id[box].is_20 for box in loads)
    onto = len(loads) - (short // 2 if twin_max_kg else 0)
    return (onto + _fewest_lifts_off(call, twin_max_kg)) * cycle_s / 60 / len(cranes)


def digs_whatever_the_slots(call: VesselCall, loads: Collection[ContainerId]) -> int:
    """Boxes in the yard that are not loaded here and stand above one that is: no plan that loads these leaves them."""
    found = 0
    for stack in call.yard.stacks.values():
        is_buried = False
        for box in stack:
            found += is_buried and box.id not in loads
            is_buried = is_buried or box.id in loads
    return found


def _fewest_lifts_off(call: VesselCall, twin_max_kg: int) -> int:
    """Discharges, two 20 ft boxes of one cell in one lift where a spreader bears them."""
    cells: dict[object, list[int]] = {}
    for container, position in call.discharges:
        place = call.vessel.place(position)
        key = (place.stack_id, place.level_index) if place and container.is_20 else container.id
        cells.setdefault(key, []).append(container.gross_mass_kg)
    return sum(1 if sum(masses) <= twin_max_kg else len(masses) for masses in cells.values())


def baselines(
    call: VesselCall,
    loads: Mapping[ContainerId, StowPosition],
    queues: Sequence[WorkQueue],
    fixed: frozenset[ContainerId],
) -> dict[str, dict[str, float]]:
    """The same slots and the same order of cranes, with the boxes of a class chosen as others choose them.

    `loads` and `queues` are as stowage and crane planner made them, before boxes and turns were chosen.
    """
    problem = YardProblem.of(call, loads, queues, fixed)
    return {name: _figures(method(problem)) for name, method in BASELINES.items()}


def _figures(theirs: YardSolution) -> dict[str, float]:
    return {
        "digs per load": theirs.digs_per_load,
        "digs": theirs.digs,
        "inversions": theirs.inversions,
        "loads' peak of a block in 15 min": theirs.peak_block_moves,
    }
