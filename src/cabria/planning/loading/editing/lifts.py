"""Every lift in the yard of a plan: those that are done as they are, the others as slots and queues ask for them."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from dataclasses import replace

from cabria.domain.calls import VesselCall
from cabria.domain.containers import ContainerId
from cabria.domain.plan import LoadingPlan
from cabria.domain.plan_diff import WorkDone
from cabria.domain.work import CraneStep, StepKind, YardMove
from cabria.planning.yard.problem import in_order_of_need
from cabria.planning.yard.retrieval import fetched


def lifts_of(call: VesselCall, plan: LoadingPlan, done: WorkDone) -> tuple[YardMove, ...]:
    """Nothing for a plan without queues or without lifts, which says nothing of the yard.

    Raises DataError where the yard is so full that a box has nowhere to go.
    """
    if not plan.yard_moves or not plan.queues:
        return plan.yard_moves
    before = tuple(move for move in plan.yard_moves if move.needed_for in done.fetched) if done.fetched else ()
    loads = {box: slot for box, slot in plan.loads.items() if box not in done.fetched}
    queues = [replace(queue, steps=tuple(steps_of(queue.steps, loads))) for queue in plan.queues]
    return before + fetched(call, in_order_of_need(call, loads, queues), before)


def steps_of(steps: Iterable[CraneStep], loads: Collection[ContainerId]) -> Iterator[CraneStep]:
    """The load steps of some boxes, with no others in them."""
    for step in steps:
        if step.kind is not StepKind.LOAD:
            continue
        if all(box in loads for box in step.containers):
            yield step
        else:
            pairs = [p for p in zip(step.containers, step.positions, strict=False) if p[0] in loads]
            if pairs:
                containers, positions = zip(*pairs, strict=True)
                yield replace(step, containers=containers, positions=positions)
