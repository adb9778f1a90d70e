"""The parts of ship and yard that an edit touches, as small calls of their own, so that the referee can judge them at
once.

Most rules look at a stack, its neighbours, or the boxes on and under a lid; those of the yard at a block. Judged
before and after an edit on the same part, what differs is what differs on the whole: what lies outside is the same in
both, and so are findings that come only of looking at a part. Rules about the whole ship and the times of cranes are
not for here.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, replace

from cabria.domain.calls import VesselCall
from cabria.domain.containers import Container, ContainerId
from cabria.domain.findings import Finding
from cabria.domain.plan import LoadingPlan
from cabria.domain.positions import StowPosition
from cabria.domain.stowage import BayPlan
from cabria.domain.vessel import HatchCover, StackId, VesselProfile
from cabria.domain.wishes import Wishes
from cabria.domain.work import CraneStep, StepKind
from cabria.domain.yard import YardInventory
from cabria.planning.yard.problem import YardProblem
from cabria.planning.yard.retrieval import retrieve
from cabria.referee import clearing, crane_work, instruction, yard_work
from cabria.referee.condition import Case
from cabria.referee.judge import CaseCheck, stowage_findings

LOCAL_CHECKS: tuple[CaseCheck, ...] = (
    clearing.nobody_in_the_way,
    clearing.nobody_on_opened_lids,
    instruction.slots_hold_their_class,
    crane_work.work_is_possible,
)


@dataclass(frozen=True)
class PartOfShip:
    """Stacks as a call of their own; for some rules with boxes that matter from afar."""

    stacks: frozenset[StackId]
    lids: frozenset[str]
    near: VesselCall
    far: VesselCall | None
    """With all cargo out of gauge, and all dangerous goods if such a box is moved; None where there are none."""

    @classmethod
    def of(
        cls,
        call: VesselCall,
        plans: Collection[LoadingPlan],
        slots: Iterable[StowPosition],
        moved: Collection[ContainerId],
    ) -> PartOfShip:
        """The stacks of these slots with all on and under their lids, as the plans have them."""
        loads = [call.load_by_id[box] for box in moved if box in call.load_by_id]
        profile, is_dangerous = call.vessel, any(box.dangerous for box in loads)
        stacks = _stacks(profile, slots, with_neighbours=any(box.out_of_gauge for box in loads))
        near: set[ContainerId] = set(moved)
        far: set[ContainerId] = set()
        for plan in plans:
            for box, slot in _places(call, plan):
                place = profile.place(slot)
                if place is None or place.stack_id in stacks:
                    near.add(box.id)
                elif box.out_of_gauge or (is_dangerous and box.dangerous):
                    far.add(box.id)
        lids = frozenset(lid.id for stack in stacks for lid in _lids(profile, stack))
        return cls(stacks, lids, _with_boxes(call, near), _with_boxes(call, near | far) if far - near else None)

    def case(self, plan: LoadingPlan) -> Case:
        return Case.of(self.near, self._of_plan(plan, self.near))

    def findings(self, case: Case, plan: LoadingPlan) -> Iterator[Finding]:
        """What is wrong here with a plan, whose case this is."""
        for check in LOCAL_CHECKS:
            yield from (finding for finding in check(case) if self._is_here(finding))
        yield from stowage_findings(Case.of(self.far, self._of_plan(plan, self.far)) if self.far else case)

    def _is_here(self, finding: Finding) -> bool:
        """Not so where a box that is restowed from here to elsewhere finds nothing there to stand on."""
        place = self.near.vessel.place(StowPosition.parse(finding.place)) if finding.place.isdigit() else None
        return place is None or place.stack_id in self.stacks

    def _of_plan(self, plan: LoadingPlan, call: VesselCall) -> LoadingPlan:
        """No yard, and of the queues only steps with boxes and lids of this part."""
        loads, aboard = call.load_by_id, call.arrival.by_container

        def is_here(step: CraneStep) -> bool:
            return step.lid in self.lids or any(box in loads or box in aboard for box in step.containers)

        return replace(
            plan,
            loads={box: slot for box, slot in plan.loads.items() if box in loads},
            refused={box: why for box, why in plan.refused.items() if box in loads},
            restows={box: slot for box, slot in plan.restows.items() if box in aboard},
            queues=tuple(replace(queue, steps=tuple(filter(is_here, queue.steps))) for queue in plan.queues),
            yard_moves=(),
        )


def _with_boxes(call: VesselCall, boxes: Collection[ContainerId]) -> VesselCall:
    return replace(
        call,
        arrival=BayPlan(tuple(stowed for stowed in call.arrival if stowed.container.id in boxes)),
        loads=tuple(box for box in call.loads if box.id in boxes),
        yard=YardInventory(),
        later_loads=(),
        wishes=Wishes(),
    )


@dataclass(frozen=True)
class PartOfYard:
    """Blocks with their boxes, and loads that come from there or from nowhere."""

    call: VesselCall
    blocks: frozenset[str]

    @classmethod
    def of(cls, call: VesselCall, boxes: Collection[ContainerId]) -> PartOfYard:
        """The blocks in which these stand."""
        standing = call.yard.by_container
        blocks = {standing[box].position.block for box in boxes if box in standing}
        if not blocks:  # A load that stands nowhere is a finding only where there is a yard.
            blocks = {box.position.block for box in call.yard.boxes[:1]}
        here = tuple(box for box in call.yard if box.position.block in blocks)
        ids = {box.id for box in here}.union(boxes)
        small = replace(
            call,
            arrival=BayPlan(),
            loads=tuple(box for box in call.loads if box.id in ids),
            yard=YardInventory(here),
            instructions=(),
            later_loads=(),
            wishes=Wishes(),
        )
        return cls(small, frozenset(blocks))

    def with_moves(self, plan: LoadingPlan) -> LoadingPlan:
        """A plan that `of_plan` made, with every lift here that its queues ask for."""
        problem = YardProblem.of(self.call, plan.loads, plan.queues)
        return replace(plan, yard_moves=retrieve(problem, range(len(problem.slots))))

    def findings(self, plan: LoadingPlan) -> Iterator[Finding]:
        """What is wrong here with a plan that `of_plan` made."""
        return yard_work.yard_work_is_possible(Case.of(self.call, plan))

    def of_plan(self, plan: LoadingPlan) -> LoadingPlan:
        """The loads from here, when they are loaded, and the lifts in these blocks."""
        loads = {box: slot for box, slot in plan.loads.items() if box in self.call.load_by_id}
        return replace(
            plan,
            loads=loads,
            refused={},
            restows={},
            queues=tuple(replace(queue, steps=tuple(_steps_of(queue.steps, loads))) for queue in plan.queues),
            yard_moves=tuple(move for move in plan.yard_moves if move.source.block in self.blocks),
        )


def _steps_of(steps: Iterable[CraneStep], loads: Collection[ContainerId]) -> Iterator[CraneStep]:
    for step in steps:
        if step.kind is StepKind.LOAD:
            pairs = [p for p in zip(step.containers, step.positions, strict=False) if p[0] in loads]
            if pairs:
                containers, positions = zip(*pairs, strict=True)
                yield replace(step, containers=containers, positions=positions)


def _places(call: VesselCall, plan: LoadingPlan) -> Iterator[tuple[Container, StowPosition]]:
    """Every box in every slot in which it stands, before or after."""
    yield from call.arrival
    for number, slot in plan.restows.items():
        if stowed := call.arrival.by_container.get(number):
            yield stowed.container, slot
    for number, slot in plan.loads.items():
        if load := call.load_by_id.get(number):
            yield load, slot


def _stacks(profile: VesselProfile, slots: Iterable[StowPosition], *, with_neighbours: bool) -> frozenset[StackId]:
    """Those of the slots with all on and under their lids; with neighbours, of these bays and the next as well."""
    places = [place for slot in slots if (place := profile.place(slot))]
    stacks = {place.stack_id for place in places}
    if with_neighbours:
        numbers = [bay.number for bay in profile.bays]
        near = {numbers.index(place.bay.number) + step for place in places for step in (-1, 0, 1)}
        bays = [bay for index, bay in enumerate(profile.bays) if index in near]
        stacks |= {StackId(bay.number, stack.row, stack.level) for bay in bays for stack in bay.stacks}
    return frozenset(stacks.union(*({*lid.closes, *lid.carries} for stack in stacks for lid in _lids(profile, stack))))


def _lids(profile: VesselProfile, stack: StackId) -> tuple[HatchCover, ...]:
    return (*profile.lids_over.get(stack, ()), *profile.lids_under.get(stack, ()))
