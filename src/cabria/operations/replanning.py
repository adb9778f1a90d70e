"""When a quay crane is out for long, what is left of its ship's work is divided anew among the cranes; when it is back,
again. A person may give a bay of one crane to another.

A short stop is waited for. A crane that has been out for `Settings.replan_after_ms` is taken to be out as long again,
unless somebody said when it is back (`Control.expect_back`). What hangs in its spreader it ends, and the rest of that
bay waits with it. Boxes on their way to a crane go to the one that has their step now; those whose turn has become far
off give their trucks back (`set_back_moves`).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from cabria.domain.containers import ContainerId
from cabria.domain.errors import DataError
from cabria.domain.run_events import DeckEnd, OnTruck, QueuesChanged
from cabria.domain.said import Reason, said
from cabria.domain.terminal import Outage, QuayCrane
from cabria.domain.verdict import YES, Verdict, refuse
from cabria.domain.work import ONTO_SHIP, CraneStep, StepKind, WorkQueue
from cabria.operations.arriving import there_ms
from cabria.operations.board import Board, CallState, Move, QuayCraneState, Stop, StopKind, Truck
from cabria.operations.crane_order import waits_of
from cabria.operations.desk import Desk
from cabria.operations.moves import keep_place
from cabria.operations.truck_work import stands_at

if TYPE_CHECKING:
    from cabria.planning.cranes.problem import CraneProblem
    from cabria.planning.cranes.rest import ToDo

LONGEST_S = 10**8
"""A plan that takes longer gives work to a crane that cannot do it."""


def divide_anew(desk: Desk, call: str, reason: Reason) -> Verdict:
    """Split what is left of a call among her cranes, and say why in the log.

    Cranes without a ship, which may be kept for the next one, are not asked.
    """
    from cabria.planning.cranes.solve import Params, solve
    from cabria.planning.search.stopping import MaxIterations

    state = desk.board.calls[call]
    cranes = [crane for crane in desk.board.quay_cranes.values() if crane.call == call]
    if not any(not crane.failed for crane in cranes):
        return refuse("no crane is in service", "no-crane-in-service")
    try:
        problem, _ = what_is_left(desk, state, cranes)
    except DataError as error:
        return _refused(error)
    iterations = desk.settings.replan_iterations
    solution = solve(problem, MaxIterations(iterations), params=Params(iterations)).plan
    if solution.makespan_s > LONGEST_S:
        return refuse("no crane in service reaches all that is left", "rest-out-of-reach")
    queues = {queue.crane: queue.steps for queue in solution.queues}
    take_over(desk, state, cranes, queues, reason)
    return YES


def give_bay(desk: Desk, crane: str, bay: int, to: str, reason: Reason) -> Verdict:
    """What is left for a quay crane over a bay, and over bays that a lid ties to it, is another's from now on: one of
    the same ship, or one without a ship. The order in the bay stays; the other does it when all is over soonest."""
    from cabria.planning.cranes.rest import given_to

    board = desk.board
    giver, taker = board.quay_cranes.get(crane), board.quay_cranes.get(to)
    if giver is None or taker is None or giver is taker:
        return refuse(
            "{crane} and {to} are not two quay cranes of this terminal", "not-two-cranes", crane=crane[:60], to=to[:60]
        )
    if giver.call not in board.calls:
        return refuse("{crane} works no ship", "works-no-ship", crane=crane)
    if taker.call not in ("", giver.call):
        return refuse("{crane} works another ship, {call}", "works-another-ship", crane=to, call=taker.call)
    if taker.failed:
        return refuse("{crane} is out of service", "crane-out", crane=to)
    state = board.calls[giver.call]
    cranes = [each for each in board.quay_cranes.values() if each.call == giver.call or each is taker]
    try:
        problem, todo = what_is_left(desk, state, cranes)
        queues = given_to(state.call, todo, problem, crane, bay, to)
    except DataError as error:
        return _refused(error)
    take_over(desk, state, cranes, {queue.crane: queue.steps for queue in queues}, reason)
    return YES


def what_is_left(desk: Desk, state: CallState, cranes: Sequence[QuayCraneState]) -> tuple[CraneProblem, Sequence[ToDo]]:
    """The work to come of a ship's cranes as a problem of its own, and as their queues have it. Raises DataError."""
    from cabria.planning.cranes.rest import ToDo, rest_of

    models = {crane.id: crane for crane in (*desk.board.layout.terminal.quay_cranes, *state.call.terminal.quay_cranes)}
    if len({(models[crane.id].may_twin, models[crane.id].twin_max_kg) for crane in cranes}) > 1:
        raise DataError("the cranes differ in the twins they lift", code="twins-differ")
    todo = [ToDo(crane.id, _to_come(crane), _bay_begun(crane)) for crane in cranes]
    if not any(queue.steps for queue in todo):
        raise DataError("nothing is left to divide", code="nothing-to-divide")
    loads = [box for queue in todo for step in queue.steps if step.kind is StepKind.LOAD for box in step.containers]
    ready_s = {box: -(-(at_ms - desk.now_ms) // 1_000) for box, at_ms in there_ms(desk, loads).items()}
    return rest_of(state.call, todo, _as_they_stand(desk, cranes, models), ready_s=ready_s), todo


def _refused(error: DataError) -> Verdict:
    return Verdict(False, error.problem, error.code, error.values)


def _to_come(crane: QuayCraneState) -> Sequence[CraneStep]:
    return crane.steps[crane.next + crane.has_begun :]


def _bay_begun(crane: QuayCraneState) -> int | None:
    """Where a crane out of service is in the middle of a step."""
    return crane.steps[crane.next].bay if crane.failed and crane.has_begun else None


def _as_they_stand(desk: Desk, able: Sequence[QuayCraneState], models: Mapping[str, QuayCrane]) -> list[QuayCrane]:
    """All cranes of the quay as they are now: where each stands and until when it is busy there, or out of service.
    Those of other ships may do nothing of this one."""
    names = {crane.id for crane in able}
    return [
        _as_it_stands(desk, crane, models[crane.id])
        if crane.id in names
        else replace(models[crane.id], x_mm=crane.x_mm, outreach_rows=0, outages=(), travels_from_x=False)
        for crane in desk.board.quay_cranes.values()
    ]


def _as_it_stands(desk: Desk, state: QuayCraneState, model: QuayCrane) -> QuayCrane:
    busy_s = -(-state.work.duration_ms // 1_000) if state.work is not None and state.has_begun else 0
    if state.failed:
        busy_s += -(-_back_in_ms(desk, state) // 1_000)
    begun_s = (desk.now_ms - state.started_ms) // 1_000
    planned = [Outage(max(busy_s, o.from_s - begun_s), o.until_s - begun_s) for o in model.outages
               if o.until_s - begun_s > busy_s]  # fmt: skip
    outages = (*((Outage(0, busy_s),) if busy_s else ()), *planned)
    ready_s = max(0, model.ready_s - begun_s)
    return replace(model, x_mm=state.x_mm, travels_from_x=True, outages=outages, ready_s=ready_s)


def _back_in_ms(desk: Desk, crane: QuayCraneState) -> int:
    """How long a crane out of service is expected to be out still."""
    now_ms = desk.now_ms
    return crane.back_ms - now_ms if crane.back_ms > now_ms else max(60_000, now_ms - crane.failed_ms)


def take_over(
    desk: Desk,
    state: CallState,
    cranes: Sequence[QuayCraneState],
    queues: Mapping[str, Sequence[CraneStep]],
    reason: Reason,
) -> None:
    """Cranes go on with other queues, in seconds from now; the steps they are at stay theirs."""
    board, call = desk.board, state.call
    moves = _moves_of(desk, call.id)
    for crane in cranes:
        steps = tuple(queues.get(crane.id, ()))
        if crane.work is not None and not crane.has_begun:
            desk.take_back(crane.work.job, reason)
            desk.out.quay_cranes.take_back(crane.id, crane.work.job)
            crane.work = None
        begun = _begun(crane)
        crane.take(call.id, (*begun, *steps), desk.now_ms)
        crane.released = len(begun)
        for step in steps:
            for box in step.containers if step.kind in ONTO_SHIP else ():
                board.wanted_ms[box] = desk.now_ms + 1_000 * step.start_s
    plan = replace(state.plan, queues=tuple(WorkQueue(crane.id, crane.steps) for crane in cranes))
    board.calls[call.id] = CallState(call, plan, state.splits + 1)
    desk.waits[call.id] = waits_of(board.layout.terminal, board.calls[call.id])
    desk.record(QueuesChanged(desk.now_ms, call.id, tuple((crane.id, crane.steps) for crane in cranes), reason))
    _point_moves(desk, cranes, moves)


def still_as_timed(
    desk: Desk, cranes: Sequence[QuayCraneState], crane: QuayCraneState
) -> Sequence[tuple[int, CraneStep]]:
    """The steps to come of one of a ship's cranes with their numbers, in seconds from now: as they were timed, and all
    cranes alike later where one could not begin so soon."""
    late_s = max((_late_s(desk, each) for each in cranes), default=0)
    after_s = late_s - _ago_s(desk, crane)
    first = crane.next + crane.has_begun
    return [
        (first + n, replace(step, start_s=step.start_s + after_s, end_s=step.end_s + after_s))
        for n, step in enumerate(_to_come(crane))
    ]


def _ago_s(desk: Desk, crane: QuayCraneState) -> int:
    return (desk.now_ms - crane.started_ms) // 1_000


def _late_s(desk: Desk, crane: QuayCraneState) -> int:
    """How much later than timed a crane can begin its next step, which is when the one it is at is over."""
    steps = _to_come(crane)
    begun = _begun(crane) if crane.has_begun else ()
    return 0 if not steps else max(0, (begun[0].end_s if begun else 0) - (steps[0].start_s - _ago_s(desk, crane)))


def _begun(crane: QuayCraneState) -> tuple[CraneStep, ...]:
    """The step a crane is at, on the clock that begins now."""
    if crane.work is None:
        return ()
    step = crane.steps[crane.next]
    return (replace(step, start_s=0, end_s=step.end_s - step.start_s),)


def _moves_of(desk: Desk, call: str) -> list[Move]:
    cranes = {crane.id for crane in desk.board.quay_cranes.values() if crane.call == call}
    return [move for move in desk.board.moves.values() if move.queue in cranes]


def _point_moves(desk: Desk, cranes: Sequence[QuayCraneState], moves: Sequence[Move]) -> None:
    """Each move to the crane that has its step now; one that is through with its crane keeps no step."""
    board = desk.board
    place = {
        (step.kind in ONTO_SHIP, frozenset(step.containers)): (crane, number)
        for crane in cranes
        for number, step in enumerate(crane.steps)
        if step.containers
    }
    for move in moves:
        to_come = [stop for stop in move.to_come if stop.is_quay]
        for stop in move.quay_stops:
            stop.step = -1
        for stop in to_come:
            crane, stop.step = place[stop.kind is StopKind.QUAY_TAKES, frozenset(stop.containers)]
            stop.queue = crane.id
            crane.moves[stop.step] = move.id
        if not to_come:
            move.due_ms = desk.now_ms
            continue
        _put_in_turn(board, move.stops)
        _put_in_turn(board, move.later)
        truck = board.trucks.get(move.truck)
        if truck is not None and not truck.is_driving:
            truck.at_stop = truck.stand in stands_at(desk, move)


def _put_in_turn(board: Board, stops: list[Stop]) -> None:
    """The two stops of a pair at the quay in the order of their turns; the one that a crane is at is the first."""

    def turn(stop: Stop) -> tuple[bool, tuple[int, str, int]]:
        crane = board.quay_cranes[stop.queue]
        return crane.work is None or crane.next != stop.step, board.turn(crane, stop.step)

    places = [number for number, stop in enumerate(stops) if stop.step >= 0]
    for number, stop in zip(places, sorted((stops[n] for n in places), key=turn), strict=True):
        stops[number] = stop


def set_back_moves(desk: Desk) -> None:
    """Moves whose turn has become far off give their trucks back; what is on one goes to the yard first."""
    board = desk.board
    for move in list(board.moves.values()):
        truck = board.trucks.get(move.truck)
        if truck is None or truck.failed or not _is_far_off(desk, move):
            continue
        if move.boxes & board.in_hand:
            continue
        ends = {box: end for stop in move.to_come for box, end in zip(stop.containers, stop.ends, strict=True)}
        on_truck = [(box, end) for box, end in ends.items() if isinstance(board.boxes.get(box), OnTruck)]
        if not on_truck:
            move.truck, truck.move, truck.at_stop = "", "", False
        else:
            _bring_back(desk, move, truck, on_truck)


def _is_far_off(desk: Desk, move: Move) -> bool:
    if move.step < 0 or move.later:
        return False
    crane = desk.board.quay_cranes[move.queue]
    return move.step >= crane.next + desk.settings.look_ahead


def _bring_back(desk: Desk, move: Move, truck: Truck, on_truck: Sequence[tuple[ContainerId, DeckEnd]]) -> None:
    """To the yard with what is on the truck; then the move begins from there."""
    at_quay = [stop for stop in move.to_come if stop.is_quay]
    singles = [pair for stop in at_quay for pair in zip(stop.containers, stop.ends, strict=True)]
    if at_quay[0].kind is StopKind.QUAY_TAKES:
        move.later = [*(Stop(StopKind.YARD_GIVES, (box,), (end,)) for box, end in singles), *at_quay]
    else:
        move.later = [*at_quay, *(Stop(StopKind.YARD_TAKES, (box,), (end,)) for box, end in singles)]
    move.stops, move.at = [Stop(StopKind.YARD_TAKES, (box,), (end,)) for box, end in on_truck], 0
    truck.at_stop = False
    keep_place(desk, move)


def stopped(desk: Desk, crane: QuayCraneState) -> int:
    """A quay crane is out of service; returns after how long to ask `is_still_out`."""
    crane.failed_ms, crane.back_ms = desk.now_ms, 0
    return desk.settings.replan_after_ms


def is_still_out(desk: Desk, crane: QuayCraneState) -> int:
    """It has been out for long: the others are given its work. Returns after how long to ask again."""
    if crane.back_ms >= desk.now_ms:
        return max(60_000, crane.back_ms - desk.now_ms)
    minutes = (desk.now_ms - crane.failed_ms) // 60_000
    _without(desk, crane, said("crane-out-long", crane=crane.id, minutes=minutes))
    return max(desk.settings.replan_after_ms, desk.now_ms - crane.failed_ms)


def is_back_at(desk: Desk, crane: QuayCraneState, back_ms: int) -> Verdict:
    """Somebody said when a crane out of service will be back."""
    if not crane.failed:
        return refuse("{machine} is in service", "in-service", machine=crane.id)
    crane.back_ms = back_ms
    minutes = max(0, back_ms - desk.now_ms) // 60_000
    return _without(desk, crane, said("crane-back-in", crane=crane.id, minutes=minutes))


def _without(desk: Desk, crane: QuayCraneState, reason: Reason) -> Verdict:
    if crane.call not in desk.board.calls:
        return refuse("{crane} works no ship", "works-no-ship", crane=crane.id)
    verdict = divide_anew(desk, crane.call, reason)
    crane.is_without_work = crane.is_without_work or bool(verdict)
    return verdict


def resumed(desk: Desk, crane: QuayCraneState) -> None:
    """A quay crane is back; it is given its share again if the others had been given its work."""
    if crane.is_without_work and crane.call in desk.board.calls:
        divide_anew(desk, crane.call, said("crane-back", crane=crane.id))
    crane.is_without_work = False
