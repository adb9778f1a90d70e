"""Where the work of a call stands: from the plan's own times at a moment, or from what a run says was done."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from cabria.domain.calls import VesselCall
from cabria.domain.containers import ContainerId
from cabria.domain.plan import LoadingPlan
from cabria.domain.plan_diff import WorkDone
from cabria.domain.positions import StowPosition, YardPosition
from cabria.domain.run_events import (
    Aboard,
    BoxesLanded,
    BoxesLifted,
    LidLanded,
    LidLifted,
    Place,
    RunEvent,
    ShipBerthed,
)
from cabria.domain.work import CraneStep, StepKind, WorkQueue

LEAD_S = 900
"""How long before its crane wants it a load leaves its place in the yard, where nobody says when it did."""


@dataclass(frozen=True)
class Standing:
    """The steps that each quay crane has begun, as they were done, and the loads that have left their yard place."""

    now_s: int = 0
    begun: Mapping[str, tuple[CraneStep, ...]] = field(default_factory=dict)
    fetched: frozenset[ContainerId] = frozenset()

    @property
    def done(self) -> WorkDone:
        return WorkDone(self.now_s, {crane: len(steps) for crane, steps in self.begun.items()}, self.fetched)

    def queues(self, plan: LoadingPlan) -> tuple[WorkQueue, ...]:
        """The plan's queues with what is begun as it was done; what others did is nobody's to do again."""
        boxes = {(step.kind, box) for steps in self.begun.values() for step in steps for box in step.containers}
        lids = {(step.kind, step.lid) for steps in self.begun.values() for step in steps if step.lid}
        found = {queue.crane: tuple(_left(queue.steps, boxes, lids)) for queue in plan.queues}
        cranes = [*found, *(crane for crane in self.begun if crane not in found)]
        return tuple(WorkQueue(crane, (*self.begun.get(crane, ()), *found.get(crane, ()))) for crane in cranes)


def as_known(plan: LoadingPlan, done: WorkDone) -> Standing:
    """As it stood when the plan was made anew the last time."""
    begun = {queue.crane: done.steps_begun(queue) for queue in plan.queues} if done else {}
    return Standing(done.now_s, begun, done.fetched)


def by_plan(plan: LoadingPlan, now_s: int, *, lead_s: int = LEAD_S) -> Standing:
    """What is begun and under way at a moment when all goes as planned."""
    begun = {queue.crane: tuple(step for step in queue.steps if step.start_s < now_s) for queue in plan.queues}
    out = (move for move in plan.yard_moves if not move.is_dig and now_s > 0)
    wanted = {
        box for steps in begun.values() for step in steps if step.kind is StepKind.LOAD for box in step.containers
    }
    return Standing(now_s, begun, frozenset({move.container for move in out if move.due_s < now_s + lead_s} | wanted))


def by_run(call: VesselCall, plan: LoadingPlan, events: Iterable[RunEvent], *, until_s: int | None = None) -> Standing:
    """What a run did at the call, up to a moment or to its end. Seconds are counted from when the ship berthed."""
    reading = _Reading(call, {crane.id: crane.cycle_s for crane in call.terminal.quay_cranes}, set(call.lids_off))
    for event in events:
        if reading.zero_ms is not None and until_s is not None and event.at_ms - reading.zero_ms > 1_000 * until_s:
            break
        reading.read(event)
    now_s = reading.now_s if until_s is None else until_s
    begun = {crane: tuple(steps) for crane, steps in reading.steps.items()}
    for crane, (kind, step) in reading.in_hand.items():
        end_s = max(now_s + 1, step.start_s + reading.cycle_s.get(crane, 0))
        slots = step.positions or tuple(plan.loads.get(b) or plan.restows[b] for b in step.containers if _has(plan, b))
        if len(slots) == len(step.containers):
            last = CraneStep(kind, step.bay or _bay(call, slots), step.start_s, end_s, step.containers, slots, step.lid)
            begun[crane] = (*begun.get(crane, ()), last)
    return Standing(now_s, begun, frozenset(box for box in reading.fetched if box in call.load_by_id))


def on_plans_clock(plan: LoadingPlan, standing: Standing) -> Standing:
    """The same work done, at the times the plan has for it; now is when the first step to come was to begin.

    For a plan that goes on in a running terminal, which times what is to come itself: how long that took which is done
    is nobody's to judge, and a run's lifts are no whole cycles.
    """
    planned = {(s.kind, what): s for queue in plan.queues for s in queue.steps for what in (s.containers or (s.lid,))}
    begun: dict[str, tuple[CraneStep, ...]] = {}
    for crane, steps in standing.begun.items():
        timed = []
        for step in steps:
            like = planned.get((step.kind, step.containers[0] if step.containers else step.lid), step)
            timed.append(replace(step, start_s=like.start_s, end_s=like.end_s))
        begun[crane] = tuple(sorted(timed, key=lambda step: step.start_s))
    found = replace(standing, begun=begun)
    to_come = [step.start_s for queue in found.queues(plan) for step in found.done.steps_to_come(queue)]
    return replace(found, now_s=min(to_come, default=max(0, plan.makespan_s)))


def _has(plan: LoadingPlan, box: ContainerId) -> bool:
    return box in plan.loads or box in plan.restows


def _bay(call: VesselCall, slots: Sequence[StowPosition]) -> int:
    place = call.vessel.place(slots[0]) if slots else None
    return place.bay.number if place else 0


@dataclass
class _Reading:
    call: VesselCall
    cycle_s: Mapping[str, int]
    lids_off: set[str]
    zero_ms: int | None = None
    now_s: int = 0
    steps: dict[str, list[CraneStep]] = field(default_factory=dict)
    in_hand: dict[str, tuple[StepKind, CraneStep]] = field(default_factory=dict)
    fetched: set[ContainerId] = field(default_factory=set)
    ashore: set[ContainerId] = field(default_factory=set)
    """Restows that are on the quay."""

    def read(self, event: RunEvent) -> None:
        if isinstance(event, ShipBerthed) and event.call == self.call.id:
            self.zero_ms = event.at_ms
        if self.zero_ms is None:
            return
        at_s = -(-(event.at_ms - self.zero_ms) // 1_000)
        self.now_s = max(self.now_s, at_s)
        match event:
            case BoxesLifted(_, crane, boxes, places):
                self._lifted(crane, boxes, places, at_s)
            case BoxesLanded(_, crane, boxes, places):
                self._landed(crane, boxes, places, at_s)
            case LidLifted(_, crane, call, lid) if call == self.call.id:
                kind = StepKind.LID_ON if lid in self.lids_off else StepKind.LID_OFF
                self.in_hand[crane] = (kind, CraneStep(kind, self._bay_of_lid(lid), at_s, at_s, lid=lid))
            case LidLanded(_, crane, call, lid) if call == self.call.id and crane in self.in_hand:
                kind, step = self.in_hand.pop(crane)
                self._end(crane, kind, step, at_s)
                self.lids_off.symmetric_difference_update({lid})
            case _:
                pass

    def _bay_of_lid(self, lid: str) -> int:
        cover = next((cover for cover in self.call.vessel.hatch_covers if cover.id == lid), None)
        return (cover.closes or cover.carries)[0].bay if cover else 0

    def _lifted(self, crane: str, boxes: tuple[ContainerId, ...], places: tuple[Place, ...], at_s: int) -> None:
        if all(isinstance(place, YardPosition) for place in places):
            self.fetched.update(boxes)
        elif slots := self._slots(places):
            kind = StepKind.DISCHARGE if self._leaves(boxes[0]) else StepKind.RESTOW_OFF
            self.in_hand[crane] = (kind, CraneStep(kind, _bay(self.call, slots), at_s, at_s, boxes, slots))
        elif crane in self.cycle_s and self._is_ours(boxes):
            kind = StepKind.RESTOW_ON if boxes[0] in self.ashore else StepKind.LOAD
            self.in_hand[crane] = (kind, CraneStep(kind, 0, at_s, at_s, boxes))

    def _landed(self, crane: str, boxes: tuple[ContainerId, ...], places: tuple[Place, ...], at_s: int) -> None:
        if crane not in self.in_hand:
            return
        kind, step = self.in_hand.pop(crane)
        slots = self._slots(places) or step.positions
        if kind is StepKind.RESTOW_OFF:
            self.ashore.update(boxes)
        landed = CraneStep(kind, _bay(self.call, slots), step.start_s, at_s, boxes, slots)
        self._end(crane, kind, landed, at_s)

    def _end(self, crane: str, kind: StepKind, step: CraneStep, at_s: int) -> None:
        done = CraneStep(kind, step.bay, step.start_s, at_s, step.containers, step.positions, step.lid)
        self.steps.setdefault(crane, []).append(done)

    def _slots(self, places: tuple[Place, ...]) -> tuple[StowPosition, ...]:
        return tuple(p.position for p in places if isinstance(p, Aboard) and p.call == self.call.id)

    def _leaves(self, box: ContainerId) -> bool:
        stowed = self.call.arrival.by_container.get(box)
        return stowed is not None and stowed.container.pod == self.call.port

    def _is_ours(self, boxes: tuple[ContainerId, ...]) -> bool:
        return all(box in self.call.load_by_id or box in self.call.arrival.by_container for box in boxes)


def _left(
    steps: Iterable[CraneStep], boxes: set[tuple[StepKind, ContainerId]], lids: set[tuple[StepKind, str]]
) -> Iterable[CraneStep]:
    """Steps without what is done."""
    for step in steps:
        if (step.kind, step.lid) in lids:
            continue
        pairs = [p for p in zip(step.containers, step.positions, strict=True) if (step.kind, p[0]) not in boxes]
        if len(pairs) == len(step.containers):
            yield step
        elif pairs:
            containers, positions = zip(*pairs, strict=True)
            yield replace(step, containers=containers, positions=positions)
