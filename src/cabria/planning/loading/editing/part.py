"""The parts of ship and yard that an edit touches, as small calls of their own, so that the referee can judge them at
once.

Most rules look at a stack, its neighbours, or the boxes on and under a lid; those of the yard at a block. Judged
before and after an edit on the same part, what differs is what differs on the whole: what lies outside is the same in
both, and so are findings that come only of looking at a part. Rules about the whole ship and the times of cranes are
not for here.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cached_property

from cabria.domain.calls import VesselCall
from cabria.domain.containers import Container, ContainerId
from cabria.domain.findings import Finding
from cabria.domain.plan import LoadingPlan
from cabria.domain.plan_diff import WorkDone
from cabria.domain.positions import StowPosition
from cabria.domain.stowage import BayPlan
from cabria.domain.vessel import HatchCover, StackId, VesselProfile
from cabria.domain.wishes import Wishes
from cabria.domain.work import WorkQueue
from cabria.domain.yard import YardBox, YardInventory
from cabria.planning.loading.editing.lifts import lifts_of, steps_of
from cabria.planning.loading.editing.work_index import WorkIndex
from cabria.referee import clearing, crane_work, instruction, load_list, wishes, yard_work
from cabria.referee.condition import Case
from cabria.referee.judge import CaseCheck, stowage_findings

LOCAL_CHECKS: tuple[CaseCheck, ...] = (
    *(check for check in load_list.LOAD_LIST_CHECKS if check is not load_list.late_boxes_are_there),
    clearing.nobody_in_the_way,
    clearing.nobody_on_opened_lids,
    instruction.slots_hold_their_class,
    crane_work.work_is_possible,
)
WISHES_OF_BOXES: tuple[CaseCheck, ...] = (
    wishes.pins_are_kept,
    wishes.forbidden_places_are_left,
    wishes.kept_places_are_as_they_were,
)


@dataclass(frozen=True)
class Ground:
    """Who stands where in a plan, aboard and ashore, looked up."""

    call: VesselCall
    plan: LoadingPlan

    @cached_property
    def in_stack(self) -> Mapping[StackId, frozenset[ContainerId]]:
        """Every box in every stack in which it stands, before or after."""
        found: dict[StackId, set[ContainerId]] = defaultdict(set)
        for box, slot in _places(self.call, self.plan):
            if place := self.call.vessel.place(slot):
                found[place.stack_id].add(box.id)
        return {stack: frozenset(boxes) for stack, boxes in found.items()}

    @cached_property
    def astray(self) -> frozenset[ContainerId]:
        """Boxes in no slot of the ship."""
        place = self.call.vessel.place
        return frozenset(box.id for box, slot in _places(self.call, self.plan) if place(slot) is None)

    @cached_property
    def _special(self) -> tuple[tuple[ContainerId, bool], ...]:
        boxes = {box.id: box for box, _ in _places(self.call, self.plan)}
        return tuple((box.id, bool(box.out_of_gauge)) for box in boxes.values() if box.out_of_gauge or box.dangerous)

    def special(self, *, dangerous: bool) -> frozenset[ContainerId]:
        """Boxes that matter from afar: out of gauge, and with dangerous goods where that is asked."""
        return frozenset(box for box, is_out_of_gauge in self._special if is_out_of_gauge or dangerous)

    @cached_property
    def _turn_of(self) -> Mapping[ContainerId, int]:
        ids = [*(stowed.container.id for stowed in self.call.arrival), *self.call.load_by_id]
        return {box: number for number, box in enumerate(ids)}

    def call_of(self, boxes: Collection[ContainerId]) -> VesselCall:
        """The call with no boxes but these, in their order."""
        call = self.call
        ordered = sorted(boxes, key=lambda box: self._turn_of.get(box, -1))
        aboard, loads = call.arrival.by_container, call.load_by_id
        return replace(
            call,
            arrival=BayPlan(tuple(aboard[box] for box in ordered if box in aboard)),
            loads=tuple(loads[box] for box in ordered if box in loads),
            yard=YardInventory(),
            later_loads=(),
            wishes=Wishes(),
            available_s={},
        )

    @cached_property
    def in_block(self) -> Mapping[str, tuple[YardBox, ...]]:
        found: dict[str, list[YardBox]] = defaultdict(list)
        for box in self.call.yard:
            found[box.position.block].append(box)
        return {block: tuple(boxes) for block, boxes in found.items()}


@dataclass(frozen=True)
class PartOfShip:
    """Stacks as a call of their own; for some rules with boxes that matter from afar."""

    stacks: frozenset[StackId]
    lids: frozenset[str]
    near: VesselCall
    far: VesselCall | None
    """With all cargo out of gauge, and all dangerous goods if such a box is moved; None where there are none."""

    moved: VesselCall
    """With the moved boxes alone, and what the planner wishes."""

    @classmethod
    def of(cls, ground: Ground, slots: Iterable[StowPosition], moved: Collection[ContainerId]) -> PartOfShip:
        """The stacks of these slots with all on and under their lids, and boxes that leave or enter them."""
        call = ground.call
        known = [*(call.load_by_id[box] for box in moved if box in call.load_by_id)]
        known += [call.arrival.by_container[box].container for box in moved if box in call.arrival.by_container]
        stacks = _stacks(call.vessel, slots, with_neighbours=any(box.out_of_gauge for box in known))
        near = ground.astray.union(moved, *(ground.in_stack.get(stack, ()) for stack in stacks))
        far = near | ground.special(dangerous=any(box.dangerous for box in known))
        lids = frozenset(lid.id for stack in stacks for lid in _lids(call.vessel, stack))
        wished = replace(ground.call_of(moved), wishes=call.wishes)
        return cls(stacks, lids, ground.call_of(near), ground.call_of(far) if far != near else None, wished)

    def queues(self, index: WorkIndex) -> tuple[WorkQueue, ...]:
        """The steps with boxes and lids of this part."""
        return index.part([*self.near.load_by_id, *self.near.arrival.by_container], self.lids)

    def case(self, plan: LoadingPlan) -> Case:
        """What is to be judged here of a plan that has the queues of this part."""
        return Case.of(self.near, part_of_plan(plan, self.near))

    def case_of_another(self, case: Case, plan: LoadingPlan) -> Case:
        """The case of another such plan."""
        return case.of_another(part_of_plan(plan, self.near))

    def findings(self, case: Case, plan: LoadingPlan) -> Iterator[Finding]:
        """What is wrong here with a plan, whose case this is."""
        for check in LOCAL_CHECKS:
            yield from (finding for finding in check(case) if self._is_here(finding))
        yield from stowage_findings(Case.of(self.far, part_of_plan(plan, self.far)) if self.far else case)
        if self.moved.wishes.standing:
            wished = Case.of(self.moved, part_of_plan(replace(plan, queues=()), self.moved))
            for check in WISHES_OF_BOXES:
                yield from check(wished)

    def findings_at_rest(self, case: Case, plan: LoadingPlan) -> Iterator[Finding]:
        """The same without what cranes do and planners wish; `case` is of a plan without queues."""
        for check in LOCAL_CHECKS:
            if check is not crane_work.work_is_possible:
                yield from check(case)
        yield from stowage_findings(Case.of(self.far, part_of_plan(plan, self.far)) if self.far else case)

    def _is_here(self, finding: Finding) -> bool:
        """Not so where a box that is restowed from here to elsewhere finds nothing there to stand on."""
        place = self.near.vessel.place(StowPosition.parse(finding.place)) if finding.place.isdigit() else None
        return place is None or place.stack_id in self.stacks


def part_of_plan(plan: LoadingPlan, call: VesselCall) -> LoadingPlan:
    """The plan for the boxes of a part, without its yard."""
    loads, aboard = call.load_by_id, call.arrival.by_container
    return replace(
        plan,
        loads={box: slot for box, slot in plan.loads.items() if box in loads},
        refused={box: why for box, why in plan.refused.items() if box in loads},
        restows={box: slot for box, slot in plan.restows.items() if box in aboard},
        yard_moves=(),
    )


@dataclass(frozen=True)
class PartOfYard:
    """Blocks with their boxes, and loads that come from there or from nowhere."""

    call: VesselCall
    blocks: frozenset[str]
    done: WorkDone

    @classmethod
    def of(cls, ground: Ground, boxes: Collection[ContainerId], done: WorkDone) -> PartOfYard:
        """The blocks in which these stand."""
        call = ground.call
        standing = call.yard.by_container
        blocks = {standing[box].position.block for box in boxes if box in standing}
        if not blocks:  # A load that stands nowhere is a finding only where there is a yard.
            blocks = {box.position.block for box in call.yard.boxes[:1]}
        here = tuple(box for block in sorted(blocks) for box in ground.in_block.get(block, ()))
        ids = {box.id for box in here if box.id in call.load_by_id}.union(boxes)
        small = replace(ground.call_of(ids), arrival=BayPlan(), yard=YardInventory(here), instructions=())
        return cls(small, frozenset(blocks), done)

    def queues(self, index: WorkIndex) -> tuple[WorkQueue, ...]:
        """The steps with loads from here."""
        return index.part(self.call.load_by_id, ())

    def with_moves(self, plan: LoadingPlan) -> LoadingPlan:
        """A plan that `of_plan` made, with every lift here that its queues ask for."""
        return replace(plan, yard_moves=lifts_of(self.call, plan, self.done))

    def findings(self, plan: LoadingPlan) -> Iterator[Finding]:
        """What is wrong here with a plan that `of_plan` made."""
        return yard_work.yard_work_is_possible(Case.of(self.call, plan))

    def of_plan(self, plan: LoadingPlan, queues: tuple[WorkQueue, ...]) -> LoadingPlan:
        """The loads from here, when they are loaded, and the lifts in these blocks; `queues` have their steps."""
        loads = {box: plan.loads[box] for box in self.call.load_by_id if box in plan.loads}
        return replace(
            plan,
            loads=loads,
            refused={},
            restows={},
            queues=tuple(replace(queue, steps=tuple(steps_of(queue.steps, loads))) for queue in queues),
            yard_moves=tuple(move for move in plan.yard_moves if move.source.block in self.blocks),
        )


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
