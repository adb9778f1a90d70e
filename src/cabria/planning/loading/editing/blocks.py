"""The work of the cranes by hand: blocks of it handed from crane to crane, or done in another order.

A block is what a crane does in one bay, or in several that a lid ties together, without going elsewhere. Where one goes
elsewhere, every block begins as early as those allow that began before it in the plan; cranes keep their distance.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Self

from cabria.domain.calls import VesselCall
from cabria.domain.containers import ContainerId
from cabria.domain.edits import HandOver, Reorder
from cabria.domain.errors import DataError
from cabria.domain.plan_diff import WorkDone
from cabria.domain.terminal import Outage, QuayCrane
from cabria.domain.work import CraneStep, StepKind, WorkQueue
from cabria.planning.cranes.lifts import Lift
from cabria.planning.cranes.operators import Times, as_waits_allow, lift_times_s, schedule
from cabria.planning.cranes.problem import Block, CraneProblem
from cabria.planning.cranes.queues import queues_by_ship
from cabria.planning.cranes.rest import NOTHING_LATE, ToDo, as_planned, rest_of


@dataclass(frozen=True, slots=True)
class BlockOfWork:
    """One block as a planner sees it: `number` counts those of its crane that are not begun, from 1."""

    crane: str
    number: int
    bays: tuple[int, ...]
    start_s: int
    end_s: int
    kinds: tuple[tuple[StepKind, int], ...]
    """How many boxes are lifted, or lids, by what is done with them."""


@dataclass(frozen=True)
class ToDivide:
    """What is to come of some queues, as blocks in the order in which they begin, from a second of the call on."""

    call: VesselCall
    queues: tuple[WorkQueue, ...]
    done: WorkDone
    problem: CraneProblem
    blocks: tuple[Block, ...]

    @classmethod
    def of(
        cls,
        call: VesselCall,
        queues: tuple[WorkQueue, ...],
        done: WorkDone,
        *,
        orders_bind: bool = False,
        available_s: Mapping[ContainerId, int] = NOTHING_LATE,
    ) -> Self:
        """With `orders_bind` blocks are put in the order that the planner wishes, each with the crane that it has.

        `available_s` says of late boxes, those of the call or some, from which second of the call on cranes have them.
        Raises DataError where a bay is out of reach of all cranes.
        """
        todo = [ToDo(queue.crane, _from(done.steps_to_come(queue), done.now_s)) for queue in queues]
        known = {queue.crane: done.steps_begun(queue) for queue in queues}
        along = sorted(call.terminal.quay_cranes, key=lambda crane: crane.x_mm)
        cranes = _in_order([as_it_stands(call, crane, known.get(crane.id, ()), done) for crane in along])
        ready_s = {box: at_s - done.now_s for box, at_s in available_s.items()}
        problem = rest_of(call, todo, cranes, orders_bind=orders_bind, ready_s=ready_s)
        blocks = as_planned(call, todo, problem)
        if orders_bind and call.wishes.orders:
            blocks = as_waits_allow(problem, blocks)
        return cls(call, queues, done, problem, tuple(blocks))

    def not_waiting_for(self, boxes: Collection[ContainerId]) -> Self:
        """The same, some late boxes taken to be there."""
        ready_s = {box: at_s for box, at_s in self.problem.ready_s.items() if box not in boxes}
        return replace(self, problem=replace(self.problem, ready_s=ready_s))

    @cached_property
    def times_s(self) -> Times:
        return lift_times_s(self.problem)

    def own(self, crane: str) -> list[int]:
        """The places of a crane's blocks. Raises DataError for a crane that has no queue."""
        number = next((n for n, each in enumerate(self.problem.cranes) if each.id == crane), None)
        if number is None:
            known = ", ".join(each.id for each in self.problem.cranes)
            raise DataError(f"There is no quay crane {crane}.", remedy=f"There are {known}.")
        return [place for place, block in enumerate(self.blocks) if block.crane == number]

    def after(self, edit: HandOver | Reorder) -> tuple[WorkQueue, ...]:
        """The queues afterwards. Raises DataError for a block or crane there is not, and for work out of order."""
        if isinstance(edit, Reorder):
            return self.queues_of(self._reordered(edit))
        place = self._place(edit.crane, edit.block)
        self.own(edit.to)
        if edit.to == edit.crane:
            raise DataError(f"{edit.to} has that block already.")
        crane = next(number for number, each in enumerate(self.problem.cranes) if each.id == edit.to)
        work = self.problem.works[self.blocks[place].work]
        if not self.problem.may_work(self.problem.cranes[crane], work):
            raise DataError(f"{edit.to} cannot work there.", place=f"bay {work.bays[0]:02}")
        blocks = list(self.blocks)
        blocks[place] = replace(blocks[place], crane=crane)
        return self.queues_of(blocks)

    def _place(self, crane: str, number: int) -> int:
        own = self.own(crane)
        if not 1 <= number <= len(own):
            raise DataError(
                f"{crane} has no block {number}; {len(own)} are to come.", remedy="`cabria edit blocks` tells them."
            )
        return own[number - 1]

    def _reordered(self, edit: Reorder) -> list[Block]:
        own = self.own(edit.crane)
        place = self._place(edit.crane, edit.block)
        if edit.before != len(own) + 1:
            self._place(edit.crane, edit.before)
        if edit.before in (edit.block, edit.block + 1):
            raise DataError(f"Block {edit.block} of {edit.crane} is done there already.")
        to = own[edit.before - 1] if edit.before <= len(own) else len(self.blocks)
        moved = self.blocks[place]
        left = [*self.blocks[:place], None, *self.blocks[place + 1 :]]
        return [block for block in (*left[:to], moved, *left[to:]) if block is not None]

    def queues_of(self, blocks: Sequence[Block]) -> tuple[WorkQueue, ...]:
        """What is done and what is to come, as early as it may. Raises DataError for work out of order."""
        scheduled = schedule(self.problem, blocks, self.times_s)
        if scheduled is None:
            raise DataError("What is worked in a bay, and boxes restowed from bay to bay, would come out of order.")
        queues = queues_by_ship(self.problem, blocks, scheduled)[0]
        to_come = {queue.crane: _from(queue.steps, -self.done.now_s) for queue in queues}
        known = {queue.crane for queue in self.queues}
        begun = tuple(
            WorkQueue(queue.crane, (*self.done.steps_begun(queue), *to_come.get(queue.crane, ())))
            for queue in self.queues
        )
        return begun + tuple(
            WorkQueue(crane, steps) for crane, steps in to_come.items() if steps and crane not in known
        )

    def told(self) -> list[BlockOfWork]:
        """Blocks by crane and number, with the times they have in the queues."""
        at = {key: step for queue in self.queues for step in queue.steps for key in _keys(step)}
        counts: Counter[int] = Counter()
        found = []
        for block in self.blocks:
            counts[block.crane] += 1
            work = self.problem.works[block.work]
            lifts = [lift for section in work.sections[block.first : block.end] for lift in section]
            steps = [part for lift in lifts for part in ((lift, lift.back) if lift.back else (lift,))]
            kinds: Counter[StepKind] = Counter()
            for step in steps:
                kinds[step.kind] += len(step.containers) or 1
            ends = [at[key] for step in (steps[0], steps[-1]) for key in _keys(step)]
            crane = self.problem.cranes[block.crane].id
            bays = tuple(sorted({step.bay for step in steps}))
            first, last = min(step.start_s for step in ends), max(step.end_s for step in ends)
            found.append(BlockOfWork(crane, counts[block.crane], bays, first, last, tuple(sorted(kinds.items()))))
        return sorted(found, key=lambda block: (block.crane, block.number))


def as_it_stands(call: VesselCall, crane: QuayCrane, begun: Sequence[CraneStep], done: WorkDone) -> QuayCrane:
    """A crane on the clock that begins now: busy with what it has begun where it stands; one that is out and has begun
    nothing may be taken out of the way."""
    now_s = done.now_s
    ready_s = max(0, crane.ready_s - now_s)
    outages = tuple(Outage(max(0, o.from_s - now_s), o.until_s - now_s) for o in crane.outages if o.until_s > now_s)
    if not begun:
        return replace(crane, ready_s=ready_s, outages=outages)
    last = begun[-1]
    busy_s = max(0, last.end_s - now_s)
    if busy_s:
        later = tuple(Outage(max(busy_s, o.from_s), o.until_s) for o in outages if o.until_s > busy_s)
        outages = (Outage(0, busy_s), *later)
    elif outages and outages[0].from_s == 0:
        ready_s, outages = max(ready_s, outages[0].until_s), outages[1:]
        return replace(crane, ready_s=ready_s, outages=outages)
    return replace(crane, x_mm=call.quay_x_mm(last.bay), travels_from_x=True, outages=outages, ready_s=ready_s)


def _in_order(cranes: list[QuayCrane]) -> list[QuayCrane]:
    """Cranes keep their order along the quay; one that starts from nowhere is thought beside the one before it."""
    found: list[QuayCrane] = []
    for crane in cranes:
        least_mm = found[-1].x_mm + 1 if found else crane.x_mm
        highest_mm = min((c.x_mm for c in cranes[len(found) + 1 :] if c.travels_from_x), default=None)
        x_mm = crane.x_mm if crane.travels_from_x else max(least_mm, crane.x_mm)
        if highest_mm is not None and not crane.travels_from_x:
            x_mm = min(x_mm, highest_mm - 1)
        found.append(replace(crane, x_mm=x_mm))
    return found


def _from(steps: Sequence[CraneStep], now_s: int) -> tuple[CraneStep, ...]:
    """On the clock that begins now."""
    if not now_s:
        return tuple(steps)
    return tuple(replace(step, start_s=step.start_s - now_s, end_s=step.end_s - now_s) for step in steps)


def _keys(step: CraneStep | Lift) -> list[tuple[StepKind, str]]:
    """How a step is found again: what is done to which box or lid."""
    return [(step.kind, box) for box in step.containers] or [(step.kind, step.lid)]
