"""What an edit does to the queues of the quay cranes, said so that it can be done to all of their steps or to a part.

A step that goes leaves its time empty; nothing is done earlier because of it. For one that comes, everything that is
not begun by then waits where its crane has no time.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from heapq import merge

from cabria.domain.containers import ContainerId
from cabria.domain.work import CraneStep, StepKind, WorkQueue


@dataclass(frozen=True, slots=True)
class Insertion:
    """A step that `crane` does after those of its own that began before it; steps of all cranes that begin at `from_s`
    or later are then `late_s` later."""

    crane: str
    step: CraneStep
    from_s: int
    late_s: int

    def moment_s(self, at_s: int) -> int:
        """When something begins that was to begin then."""
        return at_s + self.late_s if at_s >= self.from_s else at_s


@dataclass(frozen=True)
class Rework:
    """Loads renamed in their steps, boxes taken out of steps of a kind, and steps more: each on the clock that those
    before it leave."""

    renamed: Mapping[ContainerId, ContainerId] = field(default_factory=dict)
    taken: frozenset[tuple[StepKind, ContainerId]] = frozenset()
    put_in: tuple[Insertion, ...] = ()

    @property
    def is_of_other_times(self) -> bool:
        """Whether it changes more than who is lifted."""
        return bool(self.taken or self.put_in)

    def queues(self, queues: tuple[WorkQueue, ...]) -> tuple[WorkQueue, ...]:
        """The queues after it. A part of the queues becomes the same part of what all of them become."""
        return tuple(self.queue(queue) for queue in queues)

    def queue(self, queue: WorkQueue) -> WorkQueue:
        steps = [now for step in queue.steps if (now := self.step(step)) is not None]
        new = sorted((step for crane, step in self.new_steps if crane == queue.crane), key=_start_s)
        return WorkQueue(queue.crane, tuple(merge(steps, new, key=_start_s) if new else steps))

    def end_s(self, queue: WorkQueue) -> int:
        """When a whole queue ends after it."""
        last = next((now for step in reversed(queue.steps) if (now := self.step(step)) is not None), None)
        ends = [last.end_s] if last else []
        return max([*ends, *(step.end_s for crane, step in self.new_steps if crane == queue.crane)], default=0)

    def step(self, step: CraneStep) -> CraneStep | None:
        """What a step becomes; None where nothing of it is left."""
        if not self._touched.isdisjoint(step.containers):
            left = [n for n, box in enumerate(step.containers) if (step.kind, box) not in self.taken]
            if not left:
                return None
            names = self.renamed if step.kind is StepKind.LOAD else {}
            boxes = tuple(names.get(step.containers[n], step.containers[n]) for n in left)
            is_whole = len(left) == len(step.containers)
            slots = step.positions if is_whole else tuple(step.positions[n] for n in left)
            step = replace(step, containers=boxes, positions=slots)
        return self.later(step)

    def later(self, step: CraneStep, since: int = 0) -> CraneStep:
        """A step with the times that those put in, from one of them on, leave it."""
        late_s = self.moment_s(step.start_s, since) - step.start_s
        return replace(step, start_s=step.start_s + late_s, end_s=step.end_s + late_s) if late_s else step

    def moment_s(self, at_s: int, since: int = 0) -> int:
        for insertion in self.put_in[since:]:
            at_s = insertion.moment_s(at_s)
        return at_s

    @cached_property
    def new_steps(self) -> tuple[tuple[str, CraneStep], ...]:
        """By whom each step that was put in is done, and when in the end."""
        return tuple((each.crane, self.later(each.step, number)) for number, each in enumerate(self.put_in, 1))

    @cached_property
    def _touched(self) -> frozenset[ContainerId]:
        return frozenset((*self.renamed, *(box for _, box in self.taken)))


def _start_s(step: CraneStep) -> int:
    return step.start_s
