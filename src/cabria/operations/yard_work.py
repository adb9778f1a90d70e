"""Yard cranes: which box is lifted next, by which crane of its block, and which boxes must be out of the way first.

Cranes of one block share a rail (`rails.py`). The most urgent lift chooses its crane first: the nearest that can begin
now. If none can, because another is still at work there, no less urgent lift may take what it needs. A box that no
single crane can carry all the way is set down half way, where the next crane takes it on.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from typing import NamedTuple

from cabria.domain.containers import ContainerId
from cabria.domain.positions import YardPosition
from cabria.domain.run_events import MoveDone, MoveKind, MoveReleased, OnTruck, Place
from cabria.domain.said import Reason, said
from cabria.operations.board import Move, StopKind, YardCraneState
from cabria.operations.desk import Desk
from cabria.operations.gateways import YardWork
from cabria.operations.handover import Handover
from cabria.operations.moves import stop_made
from cabria.operations.places import aside, at_a_plug, half_way
from cabria.operations.rails import Rail, Standing, Stretch
from cabria.operations.truck_work import stands_at

BAY_MS = 1_000
"""What a bay number of travel counts against a millisecond of urgency."""


class Lift(NamedTuple):
    """A box to be lifted. `move` is that of the truck it is for; without one it is carried aside. Where the box goes is
    settled when the lift begins."""

    box: ContainerId
    source: Place
    target: Place
    pick_mm: int
    drop_mm: int
    reason: Reason
    move: Move | None = None
    handover: Handover | None = None
    wanted: ContainerId | None = None


class Held(NamedTuple):
    """A stretch of the rail that a more urgent lift waits for, its crane's place in the order, and whether only cranes
    that are giving way already are still in it."""

    crane: int
    stretch: Stretch
    is_soon: bool


def work_yard_cranes(desk: Desk) -> None:
    """Give yard cranes with nothing to do the most urgent lifts, reefers without a plug, or digs ahead."""
    waiting = _waiting(desk)
    buried = _buried(desk) if desk.settings.dig_ahead else {}
    for block, rail in desk.board.rails.items():
        cranes = desk.board.cranes_on(block)
        held: list[Held] = []
        if block in waiting and any(crane.is_free for crane in cranes):
            _serve(desk, rail, cranes, waiting[block], held)
        if desk.board.without_plug and any(crane.is_free for crane in cranes):
            _bring_to_plugs(desk, rail, cranes, held)
        if block in buried and any(crane.is_free for crane in cranes):
            _dig_ahead(desk, rail, cranes, buried[block], held)


def _waiting(desk: Desk) -> dict[str, list[Move]]:
    """By block, the moves whose truck stands there, or will before long, for a box that no crane is at."""
    board = desk.board
    coming: dict[str, list[Move]] = defaultdict(list)
    for truck in board.trucks.values():
        move = board.moves.get(truck.move)
        if move is None or move.stop.is_quay or move.stop.containers[0] in board.in_hand:
            continue
        if stands_at(desk, move):
            coming[_place(desk, move).block].append(move)
    waiting = {
        block: [move for move in moves if _is_soon(desk, move, is_alone=len(moves) == 1)]
        for block, moves in coming.items()
    }
    return {block: moves for block, moves in waiting.items() if moves}


def _is_soon(desk: Desk, move: Move, *, is_alone: bool) -> bool:
    """Whether a crane may begin for a truck by now. It begins sooner the farther it has to go along its block, while
    no other truck comes there that it would keep waiting."""
    board, settings = desk.board, desk.settings
    truck, is_fetched = board.trucks[move.truck], move.stop.kind is StopKind.YARD_GIVES
    if truck.stand not in stands_at(desk, move):
        return False
    ahead_ms = settings.yard_ahead_ms if is_fetched else settings.yard_takes_ahead_ms
    if is_alone:
        place = _place(desk, move)
        at_mm = board.at_mm(place) if is_fetched else board.handover(place, truck.stand).at_mm
        ways_mm = [abs(crane.at_mm - at_mm) for crane in board.cranes_on(place.block) if not crane.failed]
        ahead_ms += settings.yard_along_ms * min(ways_mm, default=0) // 1_000
    return truck.arrives_ms <= desk.now_ms + ahead_ms


def _serve(desk: Desk, rail: Rail, cranes: Sequence[YardCraneState], moves: list[Move], held: list[Held]) -> None:
    """Lift for trucks that stand at the block or are on their way there, the most urgent first."""
    free_mm = [crane.at_mm for crane in cranes if crane.is_free]

    def urgency(move: Move) -> tuple[int, str]:
        place = _place(desk, move)
        pitch_mm = desk.board.blocks[place.block].bay_pitch_mm
        away = min(abs(2 * at_mm // pitch_mm - place.bay) for at_mm in free_mm)
        comes_ms = max(0, desk.board.trucks[move.truck].arrives_ms - desk.now_ms)
        return desk.board.needed_ms(move, desk.now_ms) + BAY_MS * away + comes_ms, move.id

    for move in sorted(moves, key=urgency):
        if not any(crane.is_free for crane in cranes):
            return
        lift = _lift_for(desk, rail, cranes, move)
        if lift is not None:
            _begin(desk, rail, cranes, lift, held, may_send=True)


def _lift_for(desk: Desk, rail: Rail, cranes: Sequence[YardCraneState], move: Move) -> Lift | None:
    """What is to be lifted for a truck at the block: its box, one that stands over it, or its box half way."""
    board = desk.board
    box, end = move.stop.containers[0], move.stop.ends[0]
    if over := board.over(box):
        return _dig(desk, rail, over[-1], box) if move.stop.kind is StopKind.YARD_GIVES else None
    place = _place(desk, move)
    truck, stand = OnTruck(move.truck, end), board.trucks[move.truck].stand
    meeting = board.handover(place, stand)
    reason = said("truck-at-block")
    if not any(reach.holds(board.carried(place, stand)) for reach in rail.reach):
        return _carried_on(desk, rail, move, place, meeting)
    at_mm = board.at_mm(place)
    if move.stop.kind is StopKind.YARD_TAKES:
        return Lift(box, truck, place, meeting.at_mm, at_mm, reason, move, meeting)
    return Lift(box, place, truck, at_mm, meeting.at_mm, reason, move, meeting)


def _carried_on(desk: Desk, rail: Rail, move: Move, place: YardPosition, meeting: Handover) -> Lift | None:
    """A lift by one crane of a box that another must take on: off a truck to where both come, or to there from afar."""
    board, box = desk.board, move.stop.containers[0]
    both = [
        near.common(far)
        for near in rail.reach
        for far in rail.reach
        if near.holds(Stretch.over(meeting.at_mm)) and far.holds(Stretch.over(board.at_mm(place)))
    ]
    target = half_way(board, box, place.block, both, desk.settings)
    if target is None:
        return None
    if move.stop.kind is StopKind.YARD_TAKES:
        board.give_up(box)
        board.keep(box, target)
        truck = OnTruck(move.truck, move.stop.ends[0])
        reason = said("truck-at-half-way")
        return Lift(box, truck, target, meeting.at_mm, board.at_mm(target), reason, move, meeting)
    reason = said("half-way")
    return Lift(box, place, target, board.at_mm(place), board.at_mm(target), reason, wanted=box)


def _buried(desk: Desk) -> dict[str, list[ContainerId]]:
    """By block, the boxes that trucks will come for and others stand over, the most urgent first."""
    board = desk.board
    found: dict[str, list[tuple[int, str, ContainerId]]] = defaultdict(list)
    for move in board.moves.values():
        for stop in move.stops[move.at :]:
            for box in stop.containers if stop.kind is StopKind.YARD_GIVES else ():
                place = board.boxes[box]
                if isinstance(place, YardPosition) and board.over(box):
                    found[place.block].append((board.needed_ms(move, desk.now_ms), move.id, box))
    return {block: [box for *_, box in sorted(boxes)] for block, boxes in found.items()}


def _dig_ahead(
    desk: Desk, rail: Rail, cranes: Sequence[YardCraneState], boxes: Sequence[ContainerId], held: list[Held]
) -> None:
    """Free boxes whose trucks are still to come, while cranes have nothing else to do and room to do it."""
    for box in boxes:
        lift = _dig(desk, rail, desk.board.over(box)[-1], box)
        has_begun = lift is not None and _begin(desk, rail, cranes, lift, held, may_send=False)
        if has_begun and not any(crane.is_free for crane in cranes):
            return


def _bring_to_plugs(desk: Desk, rail: Rail, cranes: Sequence[YardCraneState], held: list[Held]) -> None:
    """Carry reefers that were set down without a plug to one, while cranes have nothing more urgent to do. One that a
    truck comes for is left to it."""
    board, block = desk.board, cranes[0].block
    asked = board.asked_for()
    for box in sorted(board.without_plug - board.in_hand - asked):
        place = board.boxes[box]
        if not isinstance(place, YardPosition) or place.block != block:
            continue
        lift = _dig(desk, rail, over[-1], box) if (over := board.over(box)) else _to_a_plug(desk, rail, box, place)
        has_begun = lift is not None and _begin(desk, rail, cranes, lift, held, may_send=True)
        if has_begun and not any(crane.is_free for crane in cranes):
            return


def _to_a_plug(desk: Desk, rail: Rail, box: ContainerId, source: YardPosition) -> Lift | None:
    at_mm = desk.board.at_mm(source)
    reach = [reach for reach in rail.reach if reach.holds(Stretch.over(at_mm))]
    target = at_a_plug(desk.board, box, source, desk.settings, reach)
    if target is None:
        return None
    return Lift(box, source, target, at_mm, desk.board.at_mm(target), said("reefer-to-plug"))


def _dig(desk: Desk, rail: Rail, top: ContainerId, wanted: ContainerId) -> Lift | None:
    """Carry the box on top of a wanted one aside, within the reach of a crane that comes over it."""
    board = desk.board
    source = board.boxes[top]
    if top in board.in_hand or not isinstance(source, YardPosition):
        return None
    here = Stretch.over(board.at_mm(source))
    target = aside(board, top, desk.settings, [reach for reach in rail.reach if reach.holds(here)])
    if target is None:
        return None
    at_mm = board.at_mm(source)
    return Lift(top, source, target, at_mm, board.at_mm(target), said("over-wanted", box=wanted), wanted=wanted)


def _begin(
    desk: Desk, rail: Rail, cranes: Sequence[YardCraneState], lift: Lift, held: list[Held], *, may_send: bool
) -> bool:
    """Begin a lift with the nearest crane that can now, or hold what it needs. Whether a crane was given something."""
    load = Stretch.over(lift.pick_mm, lift.drop_mm)
    able = sorted(
        (abs(crane.at_mm - lift.pick_mm), number, Stretch.over(crane.at_mm, *load))
        for number, crane in enumerate(cranes)
        if not crane.failed and rail.reach[number].holds(load)
    )
    for _, number, stretch in able:
        if not cranes[number].is_free or _is_held(rail, number, stretch, held):
            continue
        sent = rail.way(number, stretch, [crane.standing for crane in cranes])
        if sent is None or (sent and not may_send):
            continue
        if sent:
            _send_away(desk, cranes, sent, cranes[number].id)
            held.append(Held(number, stretch, True))
        else:
            _start(desk, cranes[number], lift, stretch)
        return True
    if able and may_send:
        _, number, stretch = able[0]
        at_work = [Standing(crane.standing.stretch, crane.work is None and not crane.failed) for crane in cranes]
        held.append(Held(number, stretch, cranes[number].is_free and rail.way(number, stretch, at_work) is not None))
    return False


def _is_held(rail: Rail, number: int, stretch: Stretch, held: Sequence[Held]) -> bool:
    """Whether a more urgent lift waits for a crane, or for some of the stretch that it would take."""
    return any(
        claim.is_soon if claim.crane == number else not rail.has_room(claim.crane, claim.stretch, number, stretch)
        for claim in held
    )


def _send_away(desk: Desk, cranes: Sequence[YardCraneState], sent: Sequence[tuple[int, int]], comes: str) -> None:
    for number, to_mm in sent:
        crane = cranes[number]
        crane.claim = Stretch.over(crane.at_mm, to_mm)
        job = desk.give(crane.id, "", said("makes-way", machine=comes), made_way, crane.id)
        desk.out.yard_cranes.make_way(crane.id, job, to_mm)


def made_way(desk: Desk, name: str) -> None:
    desk.board.yard_cranes[name].claim = None


def _start(desk: Desk, crane: YardCraneState, lift: Lift, stretch: Stretch) -> None:
    board, move = desk.board, lift.move
    crane.claim, crane.has_lifted = stretch, False
    board.in_hand.add(lift.box)
    if move is None:
        number = f"{crane.id}/dig/{desk.next_number()}"
        desk.record(MoveReleased(desk.now_ms, number, MoveKind.REHANDLE, (lift.box,), "", "", lift.reason))
        if isinstance(lift.target, YardPosition):
            board.keep(lift.box, lift.target)
        job = desk.give(crane.id, number, lift.reason, rehandled, (crane.id, number, lift.box))
    else:
        job = desk.give(crane.id, move.id, lift.reason, lifted, (crane.id, move.id, lift.box))
    target = board.settled(lift.box) if isinstance(lift.target, YardPosition) else lift.target
    crane.work = YardWork(job, lift.box, lift.source, target, crane.block, lift.handover)
    desk.out.yard_cranes.work(crane.id, crane.work)


def rehandled(desk: Desk, work: tuple[str, str, ContainerId]) -> None:
    """A box was carried aside, or half way."""
    crane, move, box = work
    _is_done(desk, crane, box)
    desk.record(MoveDone(desk.now_ms, move))


def lifted(desk: Desk, work: tuple[str, str, ContainerId]) -> None:
    """A crane is through with a truck's box."""
    crane, move, box = work
    board = desk.board
    done = board.yard_cranes[crane].work
    _is_done(desk, crane, box)
    if done is None or isinstance(done.target, OnTruck):
        return
    board.hanging[move] -= 1
    if not board.hanging[move]:
        del board.hanging[move]
        if move not in board.moves:
            desk.record(MoveDone(desk.now_ms, move))


def _is_done(desk: Desk, name: str, box: ContainerId) -> None:
    crane = desk.board.yard_cranes[name]
    crane.work = crane.claim = None
    desk.board.in_hand.discard(box)


def give_back(desk: Desk, crane: YardCraneState) -> None:
    """A crane out of service stands still: another may lift the box of its truck, if it has not lifted it yet."""
    work = crane.work
    if not crane.failed or work is None or crane.has_lifted or work.handover is None:
        return
    desk.take_back(work.job, said("is-out", machine=crane.id))
    desk.out.yard_cranes.take_back(crane.id, work.job)
    _is_done(desk, crane.id, work.container)


def has_lifted(desk: Desk, name: str) -> bool:
    """A crane has its box: a truck that is rid of it may go, and of a shared rail the crane needs only the way to where
    the box goes. Whether others gain by it."""
    board = desk.board
    crane = board.yard_cranes[name]
    work = crane.work
    if work is None:
        return False
    crane.has_lifted = True
    is_shared = len(board.rails[crane.block].cranes) > 1
    if is_shared:
        crane.claim = Stretch.over(*(_place_mm(desk, work, place) for place in (work.source, work.target)))
    if isinstance(work.source, OnTruck):
        move = board.moves[board.trucks[work.source.truck].move]
        board.hanging[move.id] += 1
        stop_made(desk, move)
    return is_shared or isinstance(work.source, OnTruck)


def has_set_down(desk: Desk, truck: str) -> None:
    """A truck has its box, and may go before the spreader is up again."""
    stop_made(desk, desk.board.moves[desk.board.trucks[truck].move])


def _place_mm(desk: Desk, work: YardWork, place: Place) -> int:
    if isinstance(place, YardPosition):
        return desk.board.at_mm(place)
    if work.handover is None:
        raise ValueError(f"Job {work.job} does not say where the truck is met.")
    return work.handover.at_mm


def _place(desk: Desk, move: Move) -> YardPosition:
    """The yard end of a move's next stop."""
    board, box = desk.board, move.stop.containers[0]
    place = board.goes_to[box] if move.stop.kind is StopKind.YARD_TAKES else board.boxes[box]
    if not isinstance(place, YardPosition):
        raise ValueError(f"Container {box} is at {place}, not in the yard.")
    return place
