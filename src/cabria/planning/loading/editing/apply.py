"""What a plan becomes by one edit: slots and the queues of the quay cranes. The yard follows in `desk`.

A load that leaves its slot leaves its crane step; nothing is done earlier because of it. One that gets another slot is
set by the crane that worked there last, as soon as everything below it stands and the lid is as it must be. Where that
crane has no time then, all cranes wait for this one cycle, so that they stay as far apart as they were planned.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from typing import NamedTuple

from cabria.domain.calls import VesselCall
from cabria.domain.containers import ContainerId
from cabria.domain.edits import Edit, Exchange, LeaveAshore, MoveTo
from cabria.domain.errors import DataError
from cabria.domain.plan import LoadingPlan
from cabria.domain.positions import StowPosition
from cabria.domain.terminal import QuayCrane
from cabria.domain.vessel import Level, Place
from cabria.domain.work import CraneStep, StepKind, WorkQueue
from cabria.referee.crane_travel import travel_s


def edited(call: VesselCall, plan: LoadingPlan, edit: Edit) -> LoadingPlan:
    """The plan with new slots and queues; yard moves and reasons are still those of before.

    Raises DataError for an edit that means nothing here: an unknown box, a slot that is taken or does not exist.
    Whether the result is legal is the referee's to say.
    """
    match edit:
        case Exchange(one, other):
            return _exchanged(call, plan, one, other)
        case MoveTo(container, to):
            _known(call, plan, container)
            _free(call, plan, to)
            return _set_in(call, _taken_out(plan, container), container, to)
        case LeaveAshore(container, reason):
            _known(call, plan, container)
            if container in plan.refused:
                raise DataError(f"{container} is ashore already: {plan.refused[container]}.")
            without = _taken_out(plan, container)
            return replace(without, refused={**without.refused, container: reason})
        case _:
            return replace(plan, waivers=(*plan.waivers, edit.waiver))


def _known(call: VesselCall, plan: LoadingPlan, container: ContainerId) -> None:
    if container not in call.load_by_id:
        aboard = container in call.arrival.by_container
        what = "was aboard on arrival" if aboard else "is not on the load list"
        raise DataError(f"{container} {what}; by hand only loads are moved.", place=f"container {container}")
    if container not in plan.loads and container not in plan.refused:
        raise DataError(f"The plan neither loads nor refuses {container}.", place=f"container {container}")


def _free(call: VesselCall, plan: LoadingPlan, to: StowPosition) -> Place:
    place = call.vessel.place(to)
    if place is None:
        raise DataError(f"{call.vessel.name} has no slot {to}.", place=f"slot {to}")
    standing = next((box for box, slot in _sailing(call, plan) if slot == to), None)
    if standing is not None:
        remedy = f"Exchange the two: {standing} is what stands there."
        raise DataError("The slot is taken.", place=f"slot {to}", remedy=remedy)
    return place


def _sailing(call: VesselCall, plan: LoadingPlan) -> Iterator[tuple[ContainerId, StowPosition]]:
    yield from plan.loads.items()
    for box, slot in call.remaining:
        yield box.id, plan.restows.get(box.id, slot)


def _exchanged(call: VesselCall, plan: LoadingPlan, one: ContainerId, other: ContainerId) -> LoadingPlan:
    for container in (one, other):
        _known(call, plan, container)
    if one == other:
        raise DataError(f"{one} cannot change places with itself.")
    if one in plan.refused and other in plan.refused:
        raise DataError(f"Both {one} and {other} are ashore.")
    new = {one: other, other: one}
    loads = {new.get(box, box): slot for box, slot in plan.loads.items()}
    refused = {box: why for box, why in plan.refused.items() if box not in loads}
    refused |= {box: f"left ashore for {new[box]}, as the planner asked" for box in new if box not in loads}
    queues = tuple(replace(queue, steps=tuple(_renamed(step, new) for step in queue.steps)) for queue in plan.queues)
    return replace(plan, loads=loads, refused=refused, queues=queues)


def _renamed(step: CraneStep, new: Mapping[ContainerId, ContainerId]) -> CraneStep:
    if step.kind is not StepKind.LOAD or new.keys().isdisjoint(step.containers):
        return step
    return replace(step, containers=tuple(new.get(box, box) for box in step.containers))


def _taken_out(plan: LoadingPlan, container: ContainerId) -> LoadingPlan:
    """Without the box in a slot, in a crane's step, or among those ashore."""
    return replace(
        plan,
        loads={box: slot for box, slot in plan.loads.items() if box != container},
        refused={box: why for box, why in plan.refused.items() if box != container},
        queues=tuple(replace(queue, steps=tuple(_without(queue.steps, container))) for queue in plan.queues),
    )


def _without(steps: Iterable[CraneStep], container: ContainerId) -> Iterator[CraneStep]:
    for step in steps:
        if step.kind is not StepKind.LOAD or container not in step.containers:
            yield step
            continue
        left = [pair for pair in zip(step.containers, step.positions, strict=True) if pair[0] != container]
        if left:
            containers, positions = zip(*left, strict=True)
            yield replace(step, containers=containers, positions=positions)


def _set_in(call: VesselCall, plan: LoadingPlan, container: ContainerId, to: StowPosition) -> LoadingPlan:
    loads = {**plan.loads, container: to}
    if not any(queue.steps for queue in plan.queues):
        return replace(plan, loads=loads)
    place = call.vessel.place(to)
    assert place is not None
    turn = _turn(call, plan, place)
    crane = next(crane for crane in call.terminal.quay_cranes if crane.id == turn.crane)
    return replace(plan, loads=loads, queues=_inserted(plan.queues, turn, crane, place.bay.number, container, to))


class _Turn(NamedTuple):
    """From when on a crane can set a box."""

    crane: str
    from_s: int


def _turn(call: VesselCall, plan: LoadingPlan, place: Place) -> _Turn:
    """After all that is lifted and set in the stack, and after the lid is off (hold) or on (deck)."""
    ready = [
        _Turn(queue.crane, step.end_s)
        for queue in plan.queues
        for step in queue.steps
        if _must_be_before(call, step, place)
    ]
    if ready:
        return max(ready, key=lambda turn: turn.from_s)
    if place.stack.level is Level.HOLD and (lids := call.vessel.lids_over.get(place.stack_id, ())):
        closed = [lid.id for lid in lids if lid.id not in call.lids_off]
        if closed:
            where = f"slot of bay {place.bay.number:02} in the hold"
            raise DataError(f"Lid {closed[0]} over it is not lifted at this call.", place=where)
    last = [_Turn(queue.crane, step.end_s) for queue in plan.queues for step in queue.steps[-1:]]
    in_bay = [
        _Turn(queue.crane, step.end_s) for queue in plan.queues for step in queue.steps if step.bay == place.bay.number
    ]
    return max(in_bay or last, key=lambda turn: turn.from_s)


def _must_be_before(call: VesselCall, step: CraneStep, place: Place) -> bool:
    is_hold = place.stack.level is Level.HOLD
    lids = call.vessel.lids_over if is_hold else call.vessel.lids_under
    if step.lid:
        wanted = StepKind.LID_OFF if is_hold else StepKind.LID_ON
        return step.kind is wanted and any(lid.id == step.lid for lid in lids.get(place.stack_id, ()))
    found = (call.vessel.place(position) for position in step.positions)
    return any(other is not None and other.stack_id == place.stack_id for other in found)


def _inserted(
    queues: tuple[WorkQueue, ...],
    turn: _Turn,
    crane: QuayCrane,
    bay: int,
    container: ContainerId,
    to: StowPosition,
) -> tuple[WorkQueue, ...]:
    """The queues with one more cycle. From when the crane is wanted elsewhere, all steps are that much later."""
    own = next(queue.steps for queue in queues if queue.crane == turn.crane)
    before = [step for step in own if step.start_s < turn.from_s]
    after = own[len(before) :]
    step = CraneStep(StepKind.LOAD, bay, 0, 0, (container,), (to,))
    ready_s = max([crane.ready_s, turn.from_s, *(s.end_s + travel_s(crane, s, step) for s in before[-1:])])
    step = replace(step, start_s=ready_s, end_s=ready_s + crane.cycle_s)
    late_s = max([0, *(step.end_s + travel_s(crane, step, s) - s.start_s for s in after[:1])])
    from_s = min([step.start_s, *(s.start_s for s in after[:1])])

    def later(s: CraneStep) -> CraneStep:
        return replace(s, start_s=s.start_s + late_s, end_s=s.end_s + late_s) if late_s and s.start_s >= from_s else s

    return tuple(
        replace(queue, steps=(*map(later, before), step, *map(later, after)))
        if queue.crane == turn.crane
        else replace(queue, steps=tuple(map(later, queue.steps)))
        for queue in queues
    )
