"""Where in the queues of a plan each box, lid, stack and bay is worked, looked up instead of looked for."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple, TypeVar

from cabria.domain.containers import ContainerId
from cabria.domain.vessel import StackId, VesselProfile
from cabria.domain.work import CraneStep, WorkQueue

_Key = TypeVar("_Key")


class At(NamedTuple):
    """The number of a queue and of a step in it."""

    queue: int
    step: int


@dataclass(frozen=True)
class WorkIndex:
    """The steps of some queues."""

    queues: tuple[WorkQueue, ...]
    of_box: Mapping[ContainerId, tuple[At, ...]]
    of_lid: Mapping[str, tuple[At, ...]]
    in_stack: Mapping[StackId, tuple[At, ...]]
    in_bay: Mapping[int, tuple[At, ...]]

    @classmethod
    def of(cls, profile: VesselProfile, queues: tuple[WorkQueue, ...]) -> WorkIndex:
        of_box: dict[ContainerId, list[At]] = defaultdict(list)
        of_lid: dict[str, list[At]] = defaultdict(list)
        in_stack: dict[StackId, list[At]] = defaultdict(list)
        in_bay: dict[int, list[At]] = defaultdict(list)
        for number, queue in enumerate(queues):
            for place, step in enumerate(queue.steps):
                at = At(number, place)
                in_bay[step.bay].append(at)
                if step.lid:
                    of_lid[step.lid].append(at)
                for box in step.containers:
                    of_box[box].append(at)
                for slot in step.positions:
                    if found := profile.place(slot):
                        in_stack[found.stack_id].append(at)
        return cls(queues, _frozen(of_box), _frozen(of_lid), _frozen(in_stack), _frozen(in_bay))

    @cached_property
    def starts(self) -> tuple[tuple[int, ...], ...]:
        """When the steps of each queue start."""
        return tuple(tuple(step.start_s for step in queue.steps) for queue in self.queues)

    def step(self, at: At) -> CraneStep:
        return self.queues[at.queue].steps[at.step]

    def crane(self, at: At) -> str:
        return self.queues[at.queue].crane

    def steps(self, places: Iterable[At]) -> Iterator[CraneStep]:
        return (self.step(at) for at in places)

    def part(self, boxes: Iterable[ContainerId], lids: Iterable[str]) -> tuple[WorkQueue, ...]:
        """The queues with no steps but those of some boxes and lids."""
        found = {at for box in boxes for at in self.of_box.get(box, ())}
        found.update(at for lid in lids for at in self.of_lid.get(lid, ()))
        return self.only(found)

    def only(self, places: Collection[At]) -> tuple[WorkQueue, ...]:
        """The queues with no steps but these."""
        steps: list[list[CraneStep]] = [[] for _ in self.queues]
        for at in sorted(places):
            steps[at.queue].append(self.step(at))
        return tuple(WorkQueue(queue.crane, tuple(own)) for queue, own in zip(self.queues, steps, strict=True))


def _frozen(found: Mapping[_Key, list[At]]) -> dict[_Key, tuple[At, ...]]:
    return {key: tuple(places) for key, places in found.items()}
