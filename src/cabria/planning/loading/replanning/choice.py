"""Boxes chosen anew for the slots of a plan that is worked otherwise than agreed, so that few are dug away for them.

Boxes change places within their class only; each that does has a small price, and no more do than may.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import replace

from cabria.domain.containers import ContainerId
from cabria.domain.work import StepKind
from cabria.planning.loading.editing.desk import Desk
from cabria.planning.loading.wishes import fixed_by_wishes
from cabria.planning.search.kernels import generator
from cabria.planning.search.stopping import StoppingCriterion
from cabria.planning.yard.flat import POINTS_PER_MIN, FlatProblem
from cabria.planning.yard.plans import queues_of
from cabria.planning.yard.problem import YardProblem

CHANGED_BOX_MIN = 0.25
"""What it costs that a slot gets another box than agreed: a dig saved is worth ten such boxes."""
ITERATIONS_A_ROUND = 100_000
HOT_SHARE, COLD_SHARE = 0.3, 0.02
"""Of the price of a dig, as in `planning/yard`."""


def chosen_anew(
    desk: Desk,
    stop: StoppingCriterion,
    *,
    iterations: int,
    seed: int,
    most_changes: int | None = None,
    within_cranes: bool = False,
) -> Desk:
    """The desk with other boxes in its slots where that saves digs; slots, times and cranes stay. Boxes under way, late
    ones, and those that wishes hold keep their slots, and `within_cranes` all keep the crane that lifts them."""
    held = desk.done.fixed(desk.plan) | held_by_wishes(desk) | desk.call.available_s.keys()
    problem = YardProblem.of(desk.call, desk.plan.loads, desk.plan.queues, held)
    groups = tuple(_of_one_crane(problem)) if within_cranes else problem.groups
    if not groups or not desk.plan.yard_moves:
        return desk
    problem = replace(problem, groups=groups, change_min=CHANGED_BOX_MIN, most_changes=most_changes)
    choice = _annealed(FlatProblem.of(problem), stop, iterations, seed)
    box_in = {problem.slots[slot].position: problem.boxes[box].id for slot, box in enumerate(choice)}
    loads = {box_in[slot]: slot for slot in desk.plan.loads.values()}
    plan = replace(desk.plan, loads=loads, queues=queues_of(problem, choice))
    return Desk.of(desk.call, plan, desk.done)


def _of_one_crane(problem: YardProblem) -> Iterator[tuple[int, ...]]:
    """The groups, each cut into the slots of one crane."""
    loads = ((queue.crane, step) for queue in problem.queues for step in queue.steps if step.kind is StepKind.LOAD)
    crane_of = {slot: crane for crane, step in loads for slot in step.positions}
    for group in problem.groups:
        cut: dict[str, list[int]] = defaultdict(list)
        for slot in group:
            cut[crane_of[problem.slots[slot].position]].append(slot)
        yield from (tuple(slots) for slots in cut.values() if len(slots) > 1)


def held_by_wishes(desk: Desk) -> frozenset[ContainerId]:
    """Loads that the planner wants where they are."""
    kept = (box for keep in desk.call.wishes.keeps for box, _ in keep.stowed)
    return fixed_by_wishes(desk.call, desk.plan.loads).union(kept)


def _annealed(flat: FlatProblem, stop: StoppingCriterion, iterations: int, seed: int) -> list[int]:
    choice = flat.choice(range(len(flat.problem.slots)))
    dig_points = POINTS_PER_MIN * max(flat.problem.call.settings.dig_min, 0.1)
    cost = best_cost = flat.points(choice)
    best: list[int] = choice.box_at.tolist()
    state = generator(seed)

    def temperature(done: int) -> float:
        return dig_points * HOT_SHARE * float((COLD_SHARE / HOT_SHARE) ** (done / iterations))

    for done in range(0, iterations, ITERATIONS_A_ROUND):
        if stop(done, best_cost / POINTS_PER_MIN):
            break
        until = min(iterations, done + ITERATIONS_A_ROUND)
        cost += choice.anneal(flat, until - done, temperature(done), temperature(until), state)
        if cost < best_cost:
            best, best_cost = choice.box_at.tolist(), cost
    return best
