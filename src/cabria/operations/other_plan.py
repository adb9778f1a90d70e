"""A person gives a ship at work another plan: what is left of her is done by that from now on.

What is aboard or on a hook stays as it was done. Loads may have other slots, stay ashore or go after all; all else that
is to be done with her must be in the new queues, whoever does it. Their times count anew: as far apart as planned, and
all as soon as the first crane can begin.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace

from cabria.domain.containers import ContainerId
from cabria.domain.plan import LoadingPlan
from cabria.domain.positions import StowPosition, YardPosition
from cabria.domain.run_events import Aboard, PlanChanged
from cabria.domain.verdict import YES, Verdict, refuse
from cabria.domain.work import CraneStep, StepKind, WorkQueue
from cabria.operations.berthing import no_room
from cabria.operations.board import Board, CallState, QuayCraneState
from cabria.operations.desk import Desk
from cabria.operations.rails import Stretch
from cabria.operations.replanning import still_as_timed, take_over
from cabria.operations.skipping import Hull, Skipped, drop_move, may_go_back

Part = tuple[StepKind, str]
"""One box of a step, or its lid."""
Queues = Mapping[str, Sequence[CraneStep]]


def work_by(desk: Desk, call: str, plan: LoadingPlan, reason: str) -> Verdict:
    """Refused, with nothing changed, where the plan does not fit what has been done meanwhile, or could not be done."""
    board = desk.board
    state = board.calls.get(call)
    if state is None or plan.call_id != call:
        return refuse("call {call} is not at the quay", "call-not-worked", call=call[:60])
    taken = {queue.crane for queue in plan.queues if queue.steps}
    cranes = [crane for crane in board.quay_cranes.values() if crane.call == call or crane.id in taken]
    queues, lacking = _to_come_by(board, state, plan, cranes)
    verdict = (
        _has_its_cranes(board, state, queues)
        and _fits_what_is_done(board, state, plan, cranes)
        and (lacking and _can_be_done(desk, state, queues))
    )
    gone = list(_dropped(cranes, queues))
    verdict = verdict and may_go_back(desk, gone)
    if not verdict:
        return verdict
    slots = {
        box: slot for box in _loads_of(state.plan, plan) if (slot := plan.loads.get(box)) != state.plan.loads.get(box)
    }
    desk.record(PlanChanged(desk.now_ms, call, tuple(slots.items()), reason))
    for skipped in gone:
        drop_move(desk, board.quay_cranes[skipped.crane], skipped, reason)
    for box, slot in slots.items():
        if slot is None:
            board.wanted_ms.pop(box, None)
    merged = replace(state.plan, loads=plan.loads, refused=plan.refused, reasons=plan.reasons)
    board.calls[call] = replace(state, plan=merged)
    take_over(desk, board.calls[call], cranes, _from_now(desk, cranes, queues), reason)
    return YES


def _loads_of(*plans: LoadingPlan) -> Iterable[ContainerId]:
    return sorted({box for plan in plans for box in plan.loads})


def _to_come_by(
    board: Board, state: CallState, plan: LoadingPlan, cranes: Sequence[QuayCraneState]
) -> tuple[dict[str, list[CraneStep]], Verdict]:
    """What of the plan's queues is still to be done; a refusal where they lack something that must be."""
    left = {part for crane in cranes if crane.call == state.call.id for step in _rest(crane) for part in _parts(step)}
    left |= {
        (StepKind.LOAD, box)
        for box in plan.loads.keys() - state.plan.loads.keys() & state.call.load_by_id.keys()
        if isinstance(board.boxes.get(box), YardPosition)
    }
    queues = {queue.crane: list(_still(queue, left)) for queue in plan.queues}
    for kind, what in sorted(left):
        if kind is not StepKind.LOAD or what in plan.loads:
            lacks = "{kind} of {what} is still to be done and in no queue of the plan"
            return queues, refuse(lacks, "plan-lacks-step", kind=kind.value, what=what)
    return queues, YES


def _still(queue: WorkQueue, left: set[Part]) -> Iterator[CraneStep]:
    """Each part is taken from `left`, so that nothing is done twice."""
    for step in queue.steps:
        if step.lid:
            if (step.kind, step.lid) in left:
                left.discard((step.kind, step.lid))
                yield step
            continue
        pairs = [p for p in zip(step.containers, step.positions, strict=True) if (step.kind, p[0]) in left]
        if pairs:
            left.difference_update((step.kind, box) for box, _ in pairs)
            containers, positions = zip(*pairs, strict=True)
            yield replace(step, containers=containers, positions=positions)


def _rest(crane: QuayCraneState) -> Sequence[CraneStep]:
    return crane.steps[crane.next + crane.has_begun :]


def _parts(step: CraneStep) -> Iterator[Part]:
    yield from ((step.kind, what) for what in (step.containers or (step.lid,)))


def _fits_what_is_done(board: Board, state: CallState, plan: LoadingPlan, cranes: Sequence[QuayCraneState]) -> Verdict:
    """Whether each load that is aboard, or on a hook, has the slot that it has."""
    there: dict[ContainerId, StowPosition] = {}
    for box in state.plan.loads:
        place = board.boxes.get(box)
        if isinstance(place, Aboard) and place.call == state.call.id:
            there[box] = place.position
    for crane in cranes:
        if crane.call == state.call.id and crane.has_begun and crane.steps[crane.next].kind is StepKind.LOAD:
            step = crane.steps[crane.next]
            there.update(zip(step.containers, step.positions, strict=True))
    for box, slot in sorted(there.items()):
        if plan.loads.get(box) != slot:
            late = "{box} is in slot {slot} by now, and the plan has it elsewhere; plan from where work stands"
            return refuse(late, "plan-overtaken", box=box, slot=str(slot))
    return YES


def _has_its_cranes(board: Board, state: CallState, queues: Queues) -> Verdict:
    rail = board.quay_rail
    for name, steps in queues.items():
        if not steps:
            continue
        crane = board.quay_cranes.get(name)
        if crane is None:
            return refuse("there is no quay crane {crane}", "no-such-quay-crane", crane=name[:60])
        if crane.call not in ("", state.call.id):
            return refuse("{crane} works another ship, {call}", "works-another-ship", crane=name, call=crane.call)
        number = rail.cranes.index(name)
        for bay in sorted({step.bay for step in steps}):
            if not rail.reach[number].holds(Stretch.over(state.x_mm(bay))):
                error = no_room(board, rail, number, state.call, bay, state.x_mm(bay))
                return Verdict(False, error.problem, error.code, error.values)
    return YES


def _can_be_done(desk: Desk, state: CallState, queues: Queues) -> Verdict:
    """In the order of the plan's times, from how the ship stands; what could not be done before may stay so."""
    board, call = desk.board, state.call

    def problems(steps: Iterable[CraneStep]) -> Iterator[Verdict]:
        return Hull(board, call.id, call.vessel, sorted(steps, key=lambda step: step.start_s)).problems()

    cranes = [crane for crane in board.quay_cranes.values() if crane.call == call.id]
    begun = [replace(crane.steps[crane.next], start_s=-1) for crane in cranes if crane.has_begun]
    now = [step for crane in cranes for _, step in still_as_timed(desk, cranes, crane)]
    before = set(problems([*begun, *now]))
    steps = [step for queue in queues.values() for step in queue]
    return next((problem for problem in problems([*begun, *steps]) if problem not in before), YES)


def _dropped(cranes: Sequence[QuayCraneState], queues: Queues) -> Iterator[Skipped]:
    """Released steps that are no step of the new queues: what is on its way for them goes back."""
    kept = {(step.kind, frozenset(step.containers)) for steps in queues.values() for step in steps}
    for crane in cranes:
        for number in sorted(crane.moves):
            step = crane.steps[number]
            if number >= crane.next + crane.has_begun and (step.kind, frozenset(step.containers)) not in kept:
                yield Skipped(crane.id, number, step)


def _from_now(desk: Desk, cranes: Sequence[QuayCraneState], queues: Queues) -> Queues:
    """In seconds from now: no crane begins before it is through with what it is at."""
    busy_s = {c.id: c.steps[c.next].end_s - c.steps[c.next].start_s if c.has_begun else 0 for c in cranes}
    after_s = max((busy_s[name] - steps[0].start_s for name, steps in queues.items() if steps), default=0)
    return {
        name: [replace(step, start_s=step.start_s + after_s, end_s=step.end_s + after_s) for step in steps]
        for name, steps in queues.items()
    }
