"""What a plan costs in minutes, a bound no plan can pass, and what more room would cost."""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import replace

import numpy as np
from scipy.optimize import linprog

from cabria.domain.calls import VesselCall
from cabria.domain.containers import Container
from cabria.domain.findings import Cause
from cabria.domain.stowage import Stowed
from cabria.domain.vessel import End, Place, StackId
from cabria.planning.stowage import kernels as k
from cabria.planning.stowage.flat import FlatProblem
from cabria.planning.stowage.problem import StowageProblem, StowageSolution, offers
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

    Loads that may not come aboard; boxes that must be lifted because something under them leaves; and what a linear
    programme finds that the rest costs in refusals and overstows when only room, plugs and cargo that stays under lids
    and in stacks are looked at.
    """
    settings = problem.call.settings
    forced = len(problem.lifted) + _set_back_for_discharge(problem)
    return settings.refused_min * len(problem.refused) + settings.restow_min * forced + _least_of_loads(problem)


def _least_of_loads(problem: StowageProblem) -> float:
    """Sorts of loads (20 ft or longer, plug, port) to sorts of room (the first port that stays below), or ashore.

    A load that leaves after the first port that stays under its stack's lids, or under all free cells of its stack, is
    an overstow wherever it stands there.
    """
    settings, room = problem.call.settings, _room(problem)
    sorts = sorted(Counter((b.is_20, b.needs_plug, problem.call.order_of(b)) for b in problem.loads).items())
    if not sorts:
        return 0.0
    firsts = sorted(room)
    costs, uses = [], []
    for (is_20, cold, order), _ in sorts:
        for first in firsts:
            costs.append(settings.overstow_min if order > first else 0.0)
            uses.append((first, 1 if is_20 else 2, int(cold)))
        costs.append(settings.refused_min)
        uses.append((-1, 0, 0))
    width = len(firsts) + 1
    limits = np.array([[teu * (of == first), cold * (of == first)] for first in firsts for of, teu, cold in uses])
    rows = limits.reshape(len(firsts), len(uses), 2).transpose(0, 2, 1).reshape(2 * len(firsts), len(uses))
    demand = np.kron(np.eye(len(sorts)), np.ones(width))
    found = linprog(
        costs, A_ub=rows, b_ub=[amount for first in firsts for amount in room[first]], A_eq=demand,
        b_eq=[count for _, count in sorts], method="highs",
    )  # fmt: skip
    return math.floor(1_000 * float(found.fun)) / 1_000 if found.status == 0 else 0.0


def _room(problem: StowageProblem) -> Mapping[int, tuple[int, int]]:
    """Free TEU and plugs by the first port of what stays below: under the lids, or under all free cells of a stack."""
    profile, order_of = problem.call.vessel, problem.call.order_of
    standing: dict[StackId, list[tuple[Place, Container]]] = defaultdict(list)
    under: dict[str, int] = {}
    for container, position in problem.staying:
        if place := profile.place(position):
            standing[place.stack_id].append((place, container))
            for lid in profile.lids_over.get(place.stack_id, ()):
                under[lid.id] = min(under.get(lid.id, k.LATEST), order_of(container))
    room: dict[int, tuple[int, int]] = defaultdict(lambda: (0, 0))
    for stack_id, stack in profile.stack_by_id.items():
        if stack_id in problem.closed_stacks:
            continue
        boxes = standing[stack_id]
        first = min((under.get(lid.id, k.LATEST) for lid in profile.lids_under.get(stack_id, ())), default=k.LATEST)
        first = min([first, *(order_of(box) for place, box in boxes if place.end is End.BOTH)])
        taken = {(place.level_index, half) for place, _ in boxes for half in place.end.halves}
        free = [(level, half, cell) for level, cell in enumerate(stack.cells) for half in (End.FORE, End.AFT)
                if (level, half) not in taken]  # fmt: skip
        teu = sum(offers(cell, half) for _, half, cell in free)
        plugs = sum(cell.has_plug_fore if half is End.FORE else cell.has_plug_aft for _, half, cell in free)
        room[first] = (room[first][0] + teu, room[first][1] + plugs)
    return room


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
