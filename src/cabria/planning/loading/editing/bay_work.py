"""What is done over each bay of the ship, in its order whatever the time, so that bays with the same work are found."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Self

from cabria.domain.containers import ContainerId
from cabria.domain.plan import LoadingPlan
from cabria.domain.terminal import QuayCrane
from cabria.domain.vessel import VesselProfile
from cabria.domain.work import StepKind, WorkQueue

Sequence = tuple[tuple[object, ...], ...]
"""Kind, boxes and lid of each step, and of a twin what its crane may lift: no rule of work within a bay asks more."""
RESTOWS = (StepKind.RESTOW_OFF, StepKind.RESTOW_ON)


@dataclass(frozen=True)
class BayWork:
    """The work of some queues by bay, and what of it hangs together between bays."""

    sequence: Mapping[int, Sequence]
    restows: Mapping[ContainerId, tuple[int, ...]]
    """The bays where each box is lifted and set back, in that order of time."""
    too_soon: frozenset[ContainerId]
    """Boxes that are set back before they were put on the quay."""

    @classmethod
    def of(cls, queues: Iterable[WorkQueue], cranes: Iterable[QuayCrane]) -> Self:
        """The order is the referee's where two steps begin and end together."""
        found: dict[int, list[tuple[object, ...]]] = defaultdict(list)
        restows: dict[ContainerId, tuple[int, ...]] = {}
        ashore_s: dict[ContainerId, int] = {}
        too_soon: set[ContainerId] = set()
        twins = {crane.id: (crane.may_twin, crane.twin_max_kg) for crane in cranes}
        steps = (
            (step.start_s, step.end_s, queue.crane, number, step)
            for queue in queues
            for number, step in enumerate(queue.steps)
        )
        for *_, crane, _, step in sorted(steps, key=lambda entry: entry[:4]):
            twin = twins.get(crane) if len(step.containers) > 1 else None
            found[step.bay].append((twin, step.kind, step.containers, step.lid))
            if step.kind in RESTOWS:
                restows.update({box: (*restows.get(box, ()), step.bay) for box in step.containers})
                if step.kind is StepKind.RESTOW_OFF:
                    ashore_s.update(dict.fromkeys(step.containers, step.end_s))
                else:
                    too_soon.update(box for box in step.containers if ashore_s.get(box, 0) > step.start_s)
        return cls({bay: tuple(own) for bay, own in found.items()}, restows, frozenset(too_soon))

    def differs_in(self, other: BayWork) -> set[int]:
        """Bays where other work is done, or in another order; with a box that is restowed those it goes between."""
        bays = self.sequence.keys() | other.sequence.keys()
        found = {bay for bay in bays if self.sequence.get(bay) != other.sequence.get(bay)}
        for box in self.restows.keys() | other.restows.keys():
            was, now = self.restows.get(box, ()), other.restows.get(box, ())
            if was != now or box in self.too_soon | other.too_soon:
                found.update(was, now)
        return found

    def tied(self, bays: Collection[int], profile: VesselProfile) -> frozenset[int]:
        """These bays and all that lids or restows tie to them."""
        groups = [{stack.bay for stack in (*lid.closes, *lid.carries)} for lid in profile.hatch_covers]
        groups += [set(between) for between in self.restows.values()]
        found = set(bays)
        size = -1
        while size != len(found):
            size = len(found)
            for group in groups:
                if not found.isdisjoint(group):
                    found |= group
        return frozenset(found)


def only(plan: LoadingPlan, bays: Collection[int]) -> LoadingPlan:
    """The plan with no steps but those over some bays."""
    queues = (replace(queue, steps=tuple(s for s in queue.steps if s.bay in bays)) for queue in plan.queues)
    return replace(plan, queues=tuple(queues))
