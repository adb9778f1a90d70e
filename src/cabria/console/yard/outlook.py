"""When boxes in the yard are expected to leave, how likely each is in the way, and the next moves of a block."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from cabria.console.messages import yard as m
from cabria.domain.calls import VesselCall
from cabria.domain.containers import ContainerId
from cabria.domain.gate_visits import OVER
from cabria.domain.plan import LoadingPlan
from cabria.domain.positions import YardPosition
from cabria.domain.work import StepKind
from cabria.operations.board import StackId
from cabria.operations.running import Picture
from cabria.planning.yard.in_the_way import chances_in_the_way

MOST_TASKS = 300
"""Moves of a block that are told at a time."""
BY_PLAN_ERROR_H = 0.5
"""How far from its planned time a box is fetched, as a rule."""
HOUR_MS = 3_600_000
TRUCK = "truck"
NOBODY_SAID = -1
Stacks = Mapping[StackId, Sequence[ContainerId]]


class Leaving(NamedTuple):
    """When a box is expected to leave (-1: nobody said), and with what ("": nobody said)."""

    at_ms: int
    by: str


def outlook(
    stacks: Stacks, leaving: Mapping[ContainerId, Leaving], came_ms: Mapping[ContainerId, int], now_ms: int
) -> m.YardOutlook:
    """45,000 boxes in half a second."""
    known_h = {box: max(0.0, (one.at_ms - now_ms) / HOUR_MS) for box, one in leaving.items() if one.at_ms >= 0}
    chances = chances_in_the_way(stacks.values(), known_h, BY_PLAN_ERROR_H)
    carriers: dict[str, int] = {"": 0}
    nothing = Leaving(NOBODY_SAID, "")
    found = [leaving.get(box, nothing) for box in chances]
    return m.YardOutlook(
        now_ms=now_ms,
        carriers=carriers_of(carriers, found),
        id=list(chances),
        came_ms=[came_ms.get(box, NOBODY_SAID) for box in chances],
        leaves_ms=[one.at_ms for one in found],
        by=[carriers[one.by] for one in found],
        dug_pm=[round(1_000 * chance) for chance in chances.values()],
    )


def carriers_of(numbers: dict[str, int], found: Sequence[Leaving]) -> list[str]:
    """Their names in the order of their numbers, which are given here."""
    for one in found:
        numbers.setdefault(one.by, len(numbers))
    return list(numbers)


def leaving_live(picture: Picture) -> dict[ContainerId, Leaving]:
    """Loads by the queues as they are now, boxes of appointments by these, others by what the calls' yards say."""
    found: dict[ContainerId, Leaving] = {}
    for one in picture.calls.values():
        for box in one.call.yard:
            if box.outbound:
                found[box.id] = Leaving(NOBODY_SAID, box.outbound)
    for visit in picture.visits.values():
        if visit.takes is not None and visit.state not in OVER:
            at_ms = visit.appointment.from_ms if visit.appointment else visit.since_ms
            found[visit.takes] = Leaving(max(0, at_ms), TRUCK)
    for one in picture.calls.values():
        found.update((box, Leaving(NOBODY_SAID, one.call.id)) for box in one.call.load_by_id)
    for _, call, at_ms, boxes in _steps_to_come(picture):
        found.update((box, Leaving(at_ms, call)) for box in boxes)
    return found


def leaving_planned(call: VesselCall, plan: LoadingPlan) -> dict[ContainerId, Leaving]:
    """Loads by the plan's queues, others by what the call's yard says. Times count from the call's beginning."""
    found = {box.id: Leaving(NOBODY_SAID, box.outbound) for box in call.yard if box.outbound}
    found.update((box, Leaving(NOBODY_SAID, call.id)) for box in call.load_by_id)
    for queue in plan.queues:
        for step in queue.steps:
            if step.kind is StepKind.LOAD:
                found.update((box, Leaving(1_000 * step.start_s, call.id)) for box in step.containers)
    return found


def _steps_to_come(picture: Picture) -> Iterator[tuple[str, str, int, tuple[ContainerId, ...]]]:
    """Crane, call, time and boxes of the load steps that are still to be done."""
    for crane in picture.quay_cranes.values():
        for step in crane.queue[crane.done :]:
            if step.kind is StepKind.LOAD:
                at_ms = max(picture.now_ms, crane.started_ms + 1_000 * step.start_s)
                yield crane.id, crane.call, at_ms, step.containers


def tasks_live(picture: Picture, block: str) -> m.YardTasks:
    """What is to be fetched, put down and lifted aside in a block, as the queues are now."""
    under_way = {box for move in picture.moves.values() for box in move.containers}
    wanted = [
        (at_ms, box, place, crane, call)
        for crane, call, at_ms, boxes in _steps_to_come(picture)
        for box in boxes
        if isinstance(place := picture.boxes.get(box), YardPosition) and place.block == block
    ]
    for visit in picture.visits.values():
        place = picture.boxes.get(visit.takes) if visit.takes is not None and visit.state not in OVER else None
        if isinstance(place, YardPosition) and place.block == block and visit.takes is not None:
            at_ms = visit.appointment.from_ms if visit.appointment else visit.since_ms
            wanted.append((max(picture.now_ms, at_ms), visit.takes, place, "", ""))
    found = list(_fetches(sorted(wanted, key=lambda one: one[0]), picture.stacks, under_way))
    for box, place in picture.goes_to.items():
        if place.block == block:
            call = next((name for name, one in picture.calls.items() if box in one.call.arrival.by_container), "")
            found.append(
                _task(picture.now_ms, "put", box, str(picture.boxes.get(box, "")), str(place), "", call, "", True)
            )
    return _told(block, picture.now_ms, found)


Wanted = tuple[int, ContainerId, YardPosition, str, str]


def _fetches(wanted: Sequence[Wanted], stacks: Stacks, under_way: set[ContainerId]) -> Iterator[m.YardTask]:
    """Each box in the order in which they are wanted, with what stands on it before; a box is lifted aside once."""
    gone: set[ContainerId] = set()
    for at_ms, box, place, crane, call in wanted:
        above = stacks.get((place.block, place.bay, place.row), ())[place.tier :]
        for other in reversed([other for other in above if other not in gone]):
            tier = place.tier + 1 + above.index(other)
            source = str(YardPosition(place.block, place.bay, place.row, tier))
            yield _task(at_ms, "dig", other, source, "", crane, call, box, other in under_way)
            gone.add(other)
        if box not in gone:
            yield _task(at_ms, "fetch", box, str(place), "", crane, call, "", box in under_way)
            gone.add(box)


def tasks_planned(call: VesselCall, plan: LoadingPlan, block: str) -> m.YardTasks:
    """The plan's own list of lifts, with the places to which digs go."""
    crane_of = {box: queue.crane for queue in plan.queues for step in queue.steps for box in step.containers}
    found = [
        _task(
            1_000 * move.due_s,
            "dig" if move.is_dig else "fetch",
            move.container,
            str(move.source),
            str(move.target) if move.target else "",
            crane_of.get(move.needed_for, ""),
            call.id,
            move.needed_for if move.is_dig else "",
            False,
        )
        for move in plan.yard_moves
        if block in (move.source.block, move.target.block if move.target else "")
    ]
    return _told(block, 0, found)


def _task(
    at_ms: int, kind: str, box: str, source: str, target: str, machine: str, call: str, needed_for: str, under_way: bool
) -> m.YardTask:
    return m.YardTask(
        at_ms=at_ms,
        kind=kind,
        box=box,
        source=source,
        target=target,
        machine=machine,
        call=call,
        needed_for=needed_for,
        is_under_way=under_way,
    )


def _told(block: str, now_ms: int, tasks: list[m.YardTask]) -> m.YardTasks:
    tasks.sort(key=lambda task: task.at_ms)
    return m.YardTasks(block=block, now_ms=now_ms, tasks=tasks[:MOST_TASKS], more=max(0, len(tasks) - MOST_TASKS))
