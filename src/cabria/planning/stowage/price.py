"""What a plan costs in minutes, a bound no plan can pass, and what more room would cost."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import replace

from cabria.domain.calls import VesselCall
from cabria.domain.findings import Cause
from cabria.domain.stowage import Stowed
from cabria.domain.vessel import StackId
from cabria.planning.stowage import kernels as k
from cabria.planning.stowage.flat import FlatProblem
from cabria.planning.stowage.problem import StowageProblem, StowageSolution
from cabria.referee import overstows, stack_limits
from cabria.referee.condition import Condition
from cabria.referee.rule import attribute

MOST_OPENED = 12
"""How many lids are opened at most for the sake of room."""


def priced(problem: StowageProblem, solution: StowageSolution, soft: Mapping[str, float]) -> dict[str, float]:
    """Cost by component: what the referee counts at the call's prices, then what only the search pays (`soft`)."""
    call, settings = problem.call, problem.call.settings
    sailing = [
        *(Stowed(box, solution.restows.get(box.id, position)) for box, position in call.remaining),
        *(Stowed(call.load_by_id[box], position) for box, position in solution.loads.items()),
    ]
    after = Condition.of(call.vessel, sailing, call.order_of, {*solution.loads, *solution.restows})
    before = Condition.of(call.vessel, call.remaining, call.order_of)
    inversions = len(list(stack_limits.heavy_below_light(after, settings.max_inversion_kg)))
    return {
        "refused": settings.refused_min * len(solution.refused),
        "restows": settings.restow_min * len(solution.restows),
        "overstows": settings.overstow_min
        * sum(
            finding.cause is Cause.PLAN
            for rule in (overstows.no_overstow_in_stack, overstows.no_overstow_on_lid)
            for finding in attribute(rule(after), rule(before))
        ),
        "inversions": settings.inversion_min * inversions,
        **soft,
    }


def bound(problem: StowageProblem) -> float:
    """Minutes that every plan pays which moves nothing aboard without need.

    Loads that may not come aboard, reefers beyond the plugs that become free, and boxes that must be lifted because
    something under them leaves.
    """
    settings = problem.call.settings
    reefers = sum(load.needs_plug for load in problem.loads)
    refused = len(problem.refused) + max(0, reefers - _free_plugs(problem))
    return settings.refused_min * refused + settings.restow_min * (
        len(problem.lifted) + _set_back_for_discharge(problem)
    )


def _free_plugs(problem: StowageProblem) -> int:
    """Plugs at which nothing stands that stays."""
    taken = {
        (place.stack_id, place.level_index)
        for _, position in problem.staying
        if (place := problem.call.vessel.place(position))
    }
    return sum(
        cell.plugs
        for stack_id, stack in problem.call.vessel.stack_by_id.items()
        for level, cell in enumerate(stack.cells)
        if (stack_id, level) not in taken
    )


def _set_back_for_discharge(problem: StowageProblem) -> int:
    return len(StowageProblem.of(_without_instructions(problem.call)).set_back)


def _without_instructions(call: VesselCall) -> VesselCall:
    return replace(call, instructions=())


def more_lids(flat: FlatProblem, state: k.State) -> frozenset[str]:
    """Lids worth opening for boxes that found no room: those with most room for what stands on them."""
    problem, settings = flat.problem, flat.problem.call.settings
    ashore = [box for box, s in zip(flat.boxes, state.where, strict=True) if s == k.ASHORE]
    missing = len(ashore)
    if not missing or problem.call.instructions:
        return frozenset()
    opened: set[str] = set()
    for room, burden, lid in sorted(_closed_lids(problem), key=lambda entry: (entry[1] / entry[0], entry[2])):
        if missing <= 0 or len(opened) == MOST_OPENED:
            break
        if settings.restow_min * burden + 2 * settings.lid_min < settings.refused_min * min(room, missing) / 2:
            opened.add(lid)
            missing -= room
    return frozenset(problem.opened | opened) if opened else frozenset()


def _closed_lids(problem: StowageProblem) -> Iterator[tuple[int, int, str]]:
    """Free cells under each lid that stays on because of boxes on it, how many boxes, and the lid."""
    profile = problem.call.vessel
    top: dict[StackId, int] = defaultdict(int)
    count: dict[StackId, int] = defaultdict(int)
    for _, position in problem.staying:
        if place := profile.place(position):
            top[place.stack_id] = max(top[place.stack_id], place.level_index + 1)
            count[place.stack_id] += 1
    for lid in profile.hatch_covers:
        closed = [stack_id for stack_id in lid.closes if stack_id in problem.closed_stacks]
        room = sum(len(profile.stack_by_id[stack_id].cells) - top[stack_id] for stack_id in closed)
        burden = sum(count[stack_id] for stack_id in lid.carries)
        if room > 0 and burden > 0 and lid.id not in problem.opened:
            yield room, burden, lid.id
