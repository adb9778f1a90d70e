"""Rows of the stream from the pictures of the running terminal."""

from __future__ import annotations

from typing import NamedTuple

from cabria.console.live.tally import Tally
from cabria.console.messages import live as m
from cabria.domain.calls import BAY_NUMBER_MM
from cabria.domain.plan import LoadingPlan
from cabria.domain.run_events import Aboard, OnTruck, Place
from cabria.domain.work import CraneStep
from cabria.operations import running as r

ALONG_MM = 8 * BAY_NUMBER_MM
"""Of a ship beyond her last bay, where her length is not known."""


def out_of(service: r.Service | None) -> m.Out | None:
    return None if service is None else m.Out(since_ms=service.since_ms, cause=service.cause, back_ms=service.back_ms)


def truck_row(truck: r.TruckPicture) -> m.TruckRow:
    return m.TruckRow(
        id=truck.id,
        state=_truck_state(truck),
        stand=truck.stand,
        arrives_ms=truck.arrives_ms if truck.is_driving else 0,
        move=truck.move,
        boxes=list(truck.boxes),
        charge=None if truck.charge_wh is None else round(truck.charge_wh / max(1, truck.battery_wh), 3),
        is_visitor=truck.is_visitor,
        out=out_of(truck.out),
    )


def _truck_state(truck: r.TruckPicture) -> str:
    if truck.out is not None:
        return "towed" if truck.is_towed else "out"
    if truck.is_driving:
        return "driving"
    if truck.is_charging:
        return "charging"
    if truck.move:
        return "waiting"
    return "low" if truck.is_low else "idle"


def quay_crane_row(crane: r.QuayCranePicture) -> m.QuayCraneRow:
    return m.QuayCraneRow(
        id=crane.id,
        state=_quay_crane_state(crane),
        call=crane.call,
        done=crane.done,
        released=crane.released,
        steps=crane.steps,
        job=crane.job,
        boxes=list(crane.containers),
        waits_for=crane.waits_for,
        waits_since_ms=crane.waits_since_ms,
        is_held=bool(crane.held),
        out=out_of(crane.out),
        lift=_lift(crane.lift),
    )


def _lift(lift: r.LiftPicture | None) -> m.Lift | None:
    if lift is None:
        return None
    return m.Lift(
        kind=lift.kind,
        sources=[_place(place) for place in lift.sources],
        targets=[_place(place) for place in lift.targets],
        lid=lift.lid,
    )


def _place(place: Place) -> str:
    match place:
        case Aboard():
            return str(place.position)
        case OnTruck():
            return place.truck
        case _:
            return str(place)


def _quay_crane_state(crane: r.QuayCranePicture) -> str:
    if crane.out is not None:
        return "out"
    if crane.job:
        return "waiting" if crane.waits_for else "working"
    if crane.held:
        return "held"
    return "waiting" if crane.done < crane.steps else "idle"


def yard_crane_row(crane: r.YardCranePicture) -> m.YardCraneRow:
    state = "out" if crane.out is not None else "working" if crane.job else "idle"
    return m.YardCraneRow(
        id=crane.id,
        block=crane.block,
        state=state,
        job=crane.job,
        box=crane.container,
        out=out_of(crane.out),
        lift=_lift(crane.lift),
    )


def move_row(move: r.MovePicture) -> m.MoveRow:
    return m.MoveRow(
        id=move.id,
        kind=move.kind,
        boxes=list(dict.fromkeys(move.containers)),
        truck=move.truck,
        queue=move.queue,
        step=move.step,
        next_stop=move.next_stop,
        due_ms=move.due_ms,
        note=str(move.note),
    )


def link_row(link: r.LinkPicture) -> m.LinkRow:
    return m.LinkRow(name=link.name, is_connected=link.is_connected, seen_ms=link.seen_ms)


class Promise(NamedTuple):
    """What was planned for a call by the first plan that was seen; later ones are of what was left of it."""

    end_ms: int
    boxes: int


class PlanFacts(NamedTuple):
    """What a plan adds up to; reckoned once."""

    plan: LoadingPlan
    steps: int
    boxes: int
    work_s: int
    """Of all cranes, from the first step of each to its last."""

    @classmethod
    def of(cls, plan: LoadingPlan) -> PlanFacts:
        queues = [queue for queue in plan.queues if queue.steps]
        return cls(
            plan,
            sum(len(queue.steps) for queue in queues),
            sum(len(step.containers) for queue in queues for step in queue.steps),
            sum(queue.end_s - queue.steps[0].start_s for queue in queues),
        )


def call_row(
    one: r.CallPicture,
    facts: PlanFacts,
    plan_id: str,
    cranes: list[r.QuayCranePicture],
    tally: Tally,
    now_ms: int,
    promise: Promise,
) -> m.CallRow:
    """`cranes` are those that work her. Her end is expected as late as the crane that is farthest behind."""
    call, began_ms = one.call, tally.began_ms.get(one.call.id, 0)
    division = tally.divisions.get(call.id)
    since_ms = division.at_ms if division else began_ms
    queues = division.queues if division else {queue.crane: queue.steps for queue in one.plan.queues}
    end_ms = tally.last_ms.get(call.id, began_ms)
    for crane in cranes:
        steps = queues.get(crane.id, ())
        if crane.done >= crane.steps or not steps:
            continue
        behind_ms = max(0, _behind_ms(steps, crane, since_ms, now_ms))
        end_ms = max(end_ms, since_ms + 1_000 * steps[-1].end_s + behind_ms)
    left = sum(max(0, crane.steps - crane.done) for crane in cranes)
    return m.CallRow(
        id=call.id,
        vessel=call.vessel.name,
        voyage=call.voyage,
        plan=plan_id,
        berth_x_mm=call.berth_x_mm,
        bow_towards_x=call.bow_towards_x,
        length_mm=call.vessel.length_mm or max(bay.number for bay in call.vessel.bays) * BAY_NUMBER_MM + ALONG_MM,
        done=max(0, facts.steps - left),
        total=facts.steps,
        done_boxes=tally.handed_over[call.id],
        total_boxes=min(promise.boxes, division.boxes) if division else facts.boxes,
        began_ms=began_ms,
        planned_end_ms=promise.end_ms,
        expected_end_ms=end_ms,
        late_ms=end_ms - promise.end_ms,
        splits=one.splits,
    )


def _behind_ms(steps: tuple[CraneStep, ...], crane: r.QuayCranePicture, since_ms: int, now_ms: int) -> int:
    """How late the step is that the crane is at; steps are counted from the queue's end, as both ends agree there."""
    left = min(len(steps), crane.steps - crane.done)
    return now_ms - (since_ms + 1_000 * steps[len(steps) - left].end_s)
