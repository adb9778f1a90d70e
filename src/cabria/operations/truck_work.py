"""Trucks: where each has to stand with its move, and out of the way when it has nothing to do."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from cabria.domain.positions import YardPosition
from cabria.domain.run_events import OnTruck, TripBooked, TruckAssigned
from cabria.domain.said import Reason, said
from cabria.domain.stands import StandKind
from cabria.operations.board import Move, QuayCraneState, Stop, StopKind, Truck
from cabria.operations.desk import Desk
from cabria.planning.dispatch.traffic.kernels import ENDLESS
from cabria.planning.dispatch.traffic.lane_book import Passage

NO_WAY_MS = 10_000_000
"""Of a way that cannot be driven."""
TRIED = 6
"""Waiting places tried at most before a truck stays where it is."""
REST = (StandKind.PARKING, StandKind.CHARGER)


def give_truck(desk: Desk, move: Move, truck: Truck, reason: Reason) -> None:
    """A truck carries the boxes of a move from now on. It stays where it stands if no earlier turn needs that stand."""
    move.truck, truck.move = truck.id, move.id
    truck.at_stop = not truck.is_driving and truck.stand in stands_open_for(desk, move)
    desk.record(TruckAssigned(desk.now_ms, move.id, truck.id, reason))


def take_first_come(desk: Desk, crane: QuayCraneState, move: Move) -> None:
    """Empty trucks are alike to a crane that discharges: the one that stands at it first takes the box that is next, or
    the two if they go together."""
    board = desk.board
    if move.at:
        return
    stands = stands_at(desk, move)
    others = [board.moves[name] for name in crane.moves.values() if name in board.moves]
    there = [
        (truck.arrives_ms, truck.id)
        for other in others
        if other.stop.kind is StopKind.QUAY_GIVES and other.stop.queue == crane.id and other.truck and not other.at
        for truck in (board.trucks[other.truck],)
        if truck.stand in stands and not truck.failed
    ]
    if not there or min(there)[1] == move.truck:
        return
    mine, first = board.trucks.get(move.truck), board.trucks[min(there)[1]]
    if mine is not None and mine.stand in stands and mine.arrives_ms <= max(desk.now_ms, first.arrives_ms):
        return
    other = board.moves[first.move]
    give_truck(desk, move, first, said("at-crane-first", crane=crane.id))
    if mine is None:
        other.truck = ""
    else:
        give_truck(desk, other, mine, said("was-there-before", truck=first.id, crane=crane.id))


def is_next_at(crane: QuayCraneState, move: Move, number: int) -> bool:
    """Whether the next stop of a move is that of a crane's step."""
    stop = move.stop
    return stop.is_quay and (stop.queue, stop.step) == (crane.id, number)


def is_idle(truck: Truck) -> bool:
    """Whether a driverless truck may be given a move."""
    return not (truck.move or truck.is_driving or truck.failed or truck.is_low or truck.is_visitor)


def drive_to_stops(desk: Desk) -> None:
    """Send every truck with a move where its next stop is; one that cannot go there yet leaves the cranes' stands."""
    board = desk.board
    waiting = [board.moves[truck.move] for truck in board.trucks.values() if truck.move and truck.may_drive]
    in_use = stands_in_use(desk)
    for move in sorted(waiting, key=lambda move: (board.needed_ms(move, desk.now_ms), move.id)):
        truck = board.trucks[move.truck]
        if truck.at_stop and _was_carried_on(desk, move, truck):
            truck.at_stop = False
        if truck.at_stop or truck.is_driving:
            continue
        stands, reason = stands_open_for(desk, move), move.note or said("stop-there", stop=move.stop.kind.value)
        if truck.stand in stands:
            truck.at_stop = True
        elif not (stands and drive(desk, truck, stands, reason, onward=stands_onward(desk, move))):
            _wait_near(desk, truck, stands_at(desk, move), in_use)


def _was_carried_on(desk: Desk, move: Move, truck: Truck) -> bool:
    """Whether the box that a truck stands for was carried aside meanwhile, out of reach of its stand."""
    if move.stop.kind is not StopKind.YARD_GIVES or desk.board.in_hand.intersection(move.stop.containers):
        return False
    return truck.stand not in stands_at(desk, move)


def clear_stands(desk: Desk) -> None:
    """Trucks with nothing to do leave the stands at cranes."""
    in_use = stands_in_use(desk)
    for truck in desk.board.trucks.values():
        if is_idle(truck) and not is_out_of_the_way(desk, truck, in_use):
            drive(desk, truck, _free(desk, desk.board.rests), said("has-nothing-to-do"))


def _wait_near(desk: Desk, truck: Truck, targets: Sequence[int], in_use: set[int]) -> None:
    """A truck that cannot go to its stop yet waits on the way there: best under no quay crane's work, else parked.

    A road truck stays in the gate, or is parked: it does not come near the quay cranes.
    """
    board = desk.board
    if is_out_of_the_way(desk, truck, in_use) or not targets:
        return
    places = board.rests if truck.is_visitor else (*board.quay_stands, *board.rests)
    rests = [stand for stand in _free(desk, places) if stand not in in_use]
    ways = [
        (_sum(board.lanes.least_ms(truck.stand, rest), board.lanes.least_ms(rest, targets[0])), rest) for rest in rests
    ]
    best = [rest for _, rest in sorted(ways)[:TRIED]]
    drive(desk, truck, best, said("waits-for-stand"), in_order=True)


def _sum(there_ms: int | None, on_ms: int | None) -> int:
    """The last leg counts double: it is driven while a crane may wait."""
    return NO_WAY_MS if there_ms is None or on_ms is None else there_ms + 2 * on_ms


def stands_in_use(desk: Desk) -> set[int]:
    """Quay stands in reach of a crane from where it is or will be next; the same throughout a dispatch cycle."""
    if desk.in_use is None:
        desk.in_use = _stands_in_use(desk)
    return desk.in_use


def _stands_in_use(desk: Desk) -> set[int]:
    board = desk.board
    places = {crane.x_mm for crane in board.quay_cranes.values() if crane.next < len(crane.steps)}
    for crane in board.quay_cranes.values():
        places.update(
            board.calls[crane.call].x_mm(step.bay)
            for step in crane.steps[crane.next : crane.next + desk.settings.look_ahead]
        )
    return {stand for x_mm in places for stand in board.stands_for_quay(x_mm)}


def is_out_of_the_way(desk: Desk, truck: Truck, in_use: set[int]) -> bool:
    stand = desk.board.stand_of[truck.stand].stand
    if truck.is_visitor and truck.stand in desk.board.gates_in:
        return True
    return stand is not None and (stand.kind in REST or (stand.kind is StandKind.QUAY and truck.stand not in in_use))


def _free(desk: Desk, stands: Sequence[int]) -> list[int]:
    return [stand for stand in stands if desk.board.lanes.owner(stand) is None]


def stands_at(desk: Desk, move: Move) -> tuple[int, ...]:
    """All stands at which the next stop of a move may be made."""
    return stands_of(desk, move.stop)


def stands_of(desk: Desk, stop: Stop) -> tuple[int, ...]:
    """All stands at which a stop may be made."""
    board = desk.board
    if stop.is_quay:
        crane = board.quay_cranes[stop.queue]
        return board.stands_for_quay(board.calls[crane.call].x_mm(crane.steps[stop.step].bay))
    box = stop.containers[0]
    place = board.goes_to.get(box) if stop.kind is StopKind.YARD_TAKES else board.boxes[box]
    return board.stands_for_yard(place) if isinstance(place, YardPosition) else ()


def stands_onward(desk: Desk, move: Move) -> tuple[int, ...]:
    """Where its truck goes after its next stop: to the stop after that, or to where moves begin that come next and have
    no truck. Empty where nobody knows."""
    board = desk.board
    if move.at + 1 < len(move.stops):
        return stands_of(desk, move.stops[move.at + 1])
    if not move.queue:
        return ()
    wanting = sorted(
        (board.turn(board.quay_cranes[m.queue], m.step), m.id) for m in board.moves.values() if m.queue and not m.truck
    )
    starts = [stands_at(desk, board.moves[name]) for _, name in wanting[: desk.settings.onward_moves]]
    return tuple(sorted({stands[0] for stands in starts if stands}))


def stands_open_for(desk: Desk, move: Move) -> list[int]:
    """Those that are free; under quay cranes one is kept for every crane whose turn there is before.

    A truck for which its quay crane has begun keeps the stand that it is on, or on its way to; also for the next box.
    """
    board, stands = desk.board, stands_at(desk, move)
    if move.stop.is_quay and move.truck:
        stand = board.trucks[move.truck].stand
        if board.quay_cranes[move.stop.queue].is_at(move) and stand in stands:
            return [stand]
    free = [stand for stand in stands if _is_free(desk, move, stand)]
    return _spare(desk, move, free) if move.stop.is_quay and free else free


def _is_free(desk: Desk, move: Move, stand: int) -> bool:
    owner, truck = desk.board.lanes.owner(stand), desk.board.trucks.get(move.truck)
    return owner is None or (truck is not None and truck.stand == stand)


def _spare(desk: Desk, move: Move, stands: Sequence[int]) -> list[int]:
    """The stands without which every crane with an earlier turn still finds one.

    Turns follow the plan's times. The first of all turns therefore always finds a stand, and so does the next when
    that truck has left: trucks that came too early never keep out the one they wait for.
    """
    claims = list(_earlier_claims(desk, move))
    rivals = [len({crane for crane, other in claims if other & claim}) for _, claim in claims]
    left = [{stand for stand in claim if _is_free(desk, move, stand)} for _, claim in claims]
    return [
        s for s in stands if all(len(free - {s}) >= n or s not in free for free, n in zip(left, rivals, strict=True))
    ]


def _earlier_claims(desk: Desk, move: Move) -> Iterator[tuple[str, frozenset[int]]]:
    """Cranes and the stands one of which they need before this move's turn and have no truck at yet."""
    board = desk.board
    turn = board.turn(board.quay_cranes[move.queue], move.step)
    for crane in board.quay_cranes.values():
        bay = -1
        for number in range(crane.next, len(crane.steps)):
            step = crane.steps[number]
            if board.turn(crane, number) >= turn:
                break
            if not step.containers or step.bay == bay:
                continue
            bay = step.bay
            claim = frozenset(board.stands_for_quay(board.calls[crane.call].x_mm(bay)))
            other = board.moves.get(crane.moves.get(number, ""))
            truck = None if other is None else board.trucks.get(other.truck)
            if truck is None or truck.stand not in claim:
                yield crane.id, claim


def drive(
    desk: Desk,
    truck: Truck,
    stands: Sequence[int],
    reason: Reason,
    *,
    onward: Sequence[int] = (),
    in_order: bool = False,
) -> bool:
    """Book the trip to the one of some stands, of those that can be had, from which it is nearest to the first of some
    others; or to the first as they stand `in_order`."""
    board = desk.board
    others = [stand for stand in stands if stand != truck.stand]
    for stand in others if in_order else nearest_first(desk, truck.stand, others, onward):
        passage = board.lanes.drive(truck.number, stand, desk.now_ms)
        if passage is not None:
            _start(desk, truck, stand, passage, reason)
            return True
    return False


def nearest_first(desk: Desk, start: int, stands: Iterable[int], onward: Sequence[int]) -> list[int]:
    """Stands to which there is a way, by how long a truck drives there and on to the nearest of some others."""
    ways = [(way_ms(desk, start, (stand,)) + (way_ms(desk, stand, onward) if onward else 0), stand) for stand in stands]
    return [stand for ms, stand in sorted(ways) if ms < NO_WAY_MS]


def way_ms(desk: Desk, start: int, stands: Iterable[int]) -> int:
    """How long a truck drives to the nearest of some stands on empty lanes; NO_WAY_MS or more where there is no way."""
    times = [0 if stand == start else desk.board.lanes.least_ms(start, stand) for stand in stands]
    return min((ms for ms in times if ms is not None), default=NO_WAY_MS)


def through_ms(desk: Desk, start: int, stops: Sequence[Sequence[int]]) -> int:
    """How long a truck drives from stop to stop, each at the best of its stands."""
    if len(stops) == 1:
        return way_ms(desk, start, stops[0])
    ways = (way_ms(desk, start, (stand,)) + through_ms(desk, stand, stops[1:]) for stand in stops[0])
    return min(ways, default=NO_WAY_MS)


def _start(desk: Desk, truck: Truck, stand: int, passage: Passage, reason: Reason) -> None:
    if truck.is_charging:
        desk.out.trucks.unplug(truck.id)
    truck.stand, truck.is_driving = stand, True
    say(desk, truck, passage, reason)
    job = desk.give(truck.id, truck.move, reason, arrived, truck.id)
    desk.out.trucks.drive(truck.id, job, passage, truck.arrives_ms, _cargo_kg(desk, truck))


def _cargo_kg(desk: Desk, truck: Truck) -> int:
    """The boxes of its move that are on the truck now."""
    board, move = desk.board, desk.board.moves.get(truck.move)
    boxes = {box for stop in move.stops for box in stop.containers} if move else set()
    return sum(board.mass_kg[box] for box in boxes if isinstance(board.boxes.get(box), OnTruck))


def say(desk: Desk, truck: Truck, passage: Passage, reason: Reason) -> None:
    """Write a trip's times down."""
    name = desk.board.layout.segments
    truck.arrives_ms = passage[-1].enter_ms + int(desk.board.lanes.lanes.pass_ms[truck.stand])
    windows = tuple((name[w.segment].id, w.enter_ms, None if w.leave_ms >= ENDLESS else w.leave_ms) for w in passage)
    desk.record(TripBooked(desk.now_ms, truck.id, windows, reason))


def arrived(desk: Desk, name: str) -> None:
    """A truck stands where it was sent."""
    truck = desk.board.trucks[name]
    truck.is_driving = truck.is_delayed = truck.may_go_round = False
    if truck.move:
        truck.at_stop = truck.stand in stands_open_for(desk, desk.board.moves[truck.move])
