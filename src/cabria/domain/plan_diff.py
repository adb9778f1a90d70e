"""What one plan of a call has otherwise than another, and what of a plan is done already."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import TypeVar

from cabria.domain.containers import ContainerId
from cabria.domain.plan import LoadingPlan
from cabria.domain.positions import StowPosition
from cabria.domain.work import CraneStep, WorkQueue

Key = TypeVar("Key")
Value = TypeVar("Value")


@dataclass(frozen=True, slots=True)
class WorkDone:
    """Where work stands at a moment of the call: what nobody can plan otherwise any more."""

    now_s: int = 0
    begun: Mapping[str, int] = field(default_factory=dict)
    """How many steps each quay crane has begun."""
    fetched: frozenset[ContainerId] = frozenset()
    """Loads that have left their place in the yard: under way, or aboard."""

    def __bool__(self) -> bool:
        return bool(self.now_s or self.fetched or any(self.begun.values()))

    def steps_to_come(self, queue: WorkQueue) -> tuple[CraneStep, ...]:
        return queue.steps[self.begun.get(queue.crane, 0) :]

    def steps_begun(self, queue: WorkQueue) -> tuple[CraneStep, ...]:
        return queue.steps[: self.begun.get(queue.crane, 0)]

    def fixed(self, plan: LoadingPlan) -> frozenset[ContainerId]:
        """Boxes whose slot is decided: under way, or in a step that is begun."""
        lifted = {box for queue in plan.queues for step in self.steps_begun(queue) for box in step.containers}
        return self.fetched | lifted


NOTHING_DONE = WorkDone()


@dataclass(frozen=True, slots=True)
class QueueTail:
    """The steps of a crane's queue from one of them on."""

    crane: str
    after: int
    steps: tuple[CraneStep, ...]


@dataclass(frozen=True)
class PlanDiff:
    """Slots, refusals and queues that differ; None is for what the other plan does not say. Yard moves follow."""

    loads: Mapping[ContainerId, StowPosition | None] = field(default_factory=dict)
    restows: Mapping[ContainerId, StowPosition | None] = field(default_factory=dict)
    refused: Mapping[ContainerId, str | None] = field(default_factory=dict)
    tails: tuple[QueueTail, ...] = ()

    @classmethod
    def between(cls, before: LoadingPlan, after: LoadingPlan) -> PlanDiff:
        return cls(
            _changed(before.loads, after.loads),
            _changed(before.restows, after.restows),
            _changed(before.refused, after.refused),
            tuple(_tails(before.queues, after.queues)),
        )

    def __bool__(self) -> bool:
        return bool(self.loads or self.restows or self.refused or self.tails)

    def applied_to(self, plan: LoadingPlan) -> LoadingPlan:
        """The other plan, in the order of this one; yard moves, reasons and changes are still those of this one."""
        tails = {tail.crane: tail for tail in self.tails}
        known = {queue.crane for queue in plan.queues}
        queues = [_with_tail(queue, tails.get(queue.crane)) for queue in plan.queues]
        queues += [WorkQueue(tail.crane, tail.steps) for tail in self.tails if tail.crane not in known]
        return replace(
            plan,
            loads=_with(plan.loads, self.loads),
            restows=_with(plan.restows, self.restows),
            refused=_with(plan.refused, self.refused),
            queues=tuple(queues),
        )


def _changed(before: Mapping[Key, Value], after: Mapping[Key, Value]) -> dict[Key, Value | None]:
    keys = [*(key for key in before if before[key] != after.get(key)), *(key for key in after if key not in before)]
    return {key: after.get(key) for key in keys}


def _with(values: Mapping[Key, Value], changes: Mapping[Key, Value | None]) -> dict[Key, Value]:
    now = {**values, **changes}
    return {key: value for key, value in now.items() if value is not None}


def _tails(before: Collection[WorkQueue], after: Collection[WorkQueue]) -> Iterator[QueueTail]:
    was = {queue.crane: queue.steps for queue in before}
    now = {queue.crane: queue.steps for queue in after}
    for crane in (*now, *(crane for crane in was if crane not in now)):
        old, new = was.get(crane, ()), now.get(crane, ())
        if old != new:
            same = next((i for i, pair in enumerate(zip(old, new, strict=False)) if pair[0] != pair[1]), None)
            after_step = min(len(old), len(new)) if same is None else same
            yield QueueTail(crane, after_step, new[after_step:])


def _with_tail(queue: WorkQueue, tail: QueueTail | None) -> WorkQueue:
    return queue if tail is None else WorkQueue(queue.crane, (*queue.steps[: tail.after], *tail.steps))
