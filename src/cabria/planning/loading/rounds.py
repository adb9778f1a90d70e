"""Slots given: cranes and boxes planned in turn, each round knowing what the one before it came to."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, replace

from cabria.domain.calls import VesselCall
from cabria.domain.containers import ContainerId
from cabria.domain.positions import StowPosition
from cabria.domain.work import StepKind, WorkQueue
from cabria.planning.cranes.carried import carried_over
from cabria.planning.cranes.problem import Block, BlockFeed, CraneProblem, CraneSolution
from cabria.planning.loading.joint.plans import JointSolution
from cabria.planning.loading.joint.problem import JointProblem, may_be_exchanged
from cabria.planning.loading.problem import Params
from cabria.planning.search.result import Listener, Result
from cabria.planning.search.stopping import MaxIterations, StoppingCriterion
from cabria.planning.stowage.problem import StowageSolution

GUIDES = ("block_peaks_min",)
"""What the crane planner pays to be led, and nobody else: the boxes' own cost tells the same better."""


@dataclass(frozen=True)
class Worked:
    """The best round, and what the first had to begin with: the slots as stowed and the queues in regular order."""

    split: Result[CraneSolution]
    chosen: Result[JointSolution]
    loads_at_first: Mapping[ContainerId, StowPosition]
    queues_at_first: tuple[WorkQueue, ...]
    late_min: float = 0.0
    """What it costs that boxes are wanted before they are there, and so stay ashore."""

    @property
    def cost(self) -> float:
        split = sum(cost for name, cost in self.split.costs.items() if name not in GUIDES)
        return self.chosen.cost + split + self.late_min


@dataclass(frozen=True)
class Rounds:
    """How the rounds are searched: `until(iterations, part, round)` ends a part, `watch(part)` adds up its time."""

    params: Params
    seed: int
    listen: Listener
    until: Callable[[int, str, int], StoppingCriterion]
    watch: Callable[[str], AbstractContextManager[None]]
    fixed: frozenset[ContainerId]

    def best(self, call: VesselCall, slots: StowageSolution, first: CraneProblem, box_iterations: int) -> Worked:
        """The cheapest of so many rounds. `first` is the work of the cranes for the slots as they were stowed."""
        found: Worked | None = None
        for worked in self._all(call, slots, first, box_iterations):
            if found is None or worked.cost < found.cost - 1e-6:
                found = worked
        assert found is not None
        return found

    def _all(
        self, call: VesselCall, slots: StowageSolution, work: CraneProblem, box_iterations: int
    ) -> Iterator[Worked]:
        # Compiled parts take time to load, and the first slots need not wait for them.
        from cabria.planning.cranes.lateness import not_waited_for
        from cabria.planning.cranes.solve import solve as split_cranes
        from cabria.planning.loading.joint.solve import solve as choose_boxes

        loads, at_first = slots.loads, None
        refused_s = round(60 * call.settings.refused_min)
        known: Sequence[Block] = ()
        for number in range(max(1, self.params.rounds)):
            iterations = self.params.crane_iterations // (1 if work.feed is None else FED_SHARE)
            with self.watch("cranes"):
                until = self.until(iterations, "cranes", number)
                split = split_cranes(work, until, seed=self.seed + number, listen=self.listen, known=known)
                if left_behind := not_waited_for(work, split.plan.blocks, refused_s):
                    ready_s = {box: at_s for box, at_s in work.ready_s.items() if box not in left_behind}
                    work, known = replace(work, ready_s=ready_s), split.plan.blocks
                    split = split_cranes(work, until, seed=self.seed + number, listen=self.listen, known=known)
            with self.watch("yard"):
                problem = JointProblem.of(call, loads, split.plan.queues, self.fixed, self.params.freedom)
                until = self.until(box_iterations, "yard", number)
                if number == 0 and until(0, float("inf")):
                    until = MaxIterations(min(box_iterations, LEAST_A_LOAD * len(loads)))
                chosen = choose_boxes(problem, until, seed=self.seed + number, listen=self.listen)
            at_first = at_first or split.plan.queues
            late_min = call.settings.refused_min * _late(call, chosen.plan.queues)
            yield Worked(split, chosen, slots.loads, at_first, late_min)
            loads, before = chosen.plan.loads, work
            feed = _feed(call, problem) if self.params.freedom.feed else None
            work = CraneProblem.of(call, loads=loads, restows=slots.restows, feed=feed, ready_s=call.available_s)
            known = carried_over(before, split.plan.blocks, work)


def without_substitute(call: VesselCall, fixed: Collection[ContainerId]) -> dict[ContainerId, int]:
    """When late boxes come that no other may stand for; slots of the others are chosen once cranes have times."""
    return {
        box: at_s
        for box, at_s in call.available_s.items()
        if (load := call.load_by_id.get(box)) and (box in fixed or not may_be_exchanged(load))
    }


def _late(call: VesselCall, queues: Sequence[WorkQueue]) -> int:
    """How many boxes are set before they are there."""
    late = call.available_s
    steps = (step for queue in queues for step in queue.steps if step.kind is StepKind.LOAD) if late else ()
    return sum(step.start_s < late.get(box, 0) for step in steps for box in step.containers)


LEAST_A_LOAD = 400
"""Changes a load that boxes get even when no time is left for them: without any they are as bad as by exact weights."""
FED_SHARE = 4
"""Later rounds look at yard blocks, which takes several times as long a trial, and get so much fewer."""


def _feed(call: VesselCall, problem: JointProblem) -> BlockFeed:
    standing = call.yard.by_container
    block_of = {load.id: standing[load.id].position.block for load in call.loads if load.id in standing}
    return BlockFeed(block_of, {block: max(1, round(limit)) for block, limit in problem.capacity.items()})
