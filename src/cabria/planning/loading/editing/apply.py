"""What a plan becomes by one edit: slots and the queues of the quay cranes. The yard follows in `desk`.

A box that gets another slot is set by the crane that worked there last, as soon as everything below it stands and the
lid is as it must be. Where that crane has no time then, all cranes wait for this one cycle, so that they stay as far
apart as they were planned. Where it takes the slot of another box that leaves it by the same edit, it is set in that
box's place.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from itertools import islice
from typing import NamedTuple

from cabria.domain.call_changes import END_OF_CALL_S
from cabria.domain.calls import VesselCall
from cabria.domain.containers import ContainerId
from cabria.domain.edits import Exchange, LeaveAshore, MoveTo, Several, SlotEdit, StayPut
from cabria.domain.errors import DataError
from cabria.domain.plan import LoadingPlan
from cabria.domain.plan_diff import NOTHING_DONE, WorkDone
from cabria.domain.positions import StowPosition
from cabria.domain.terminal import QuayCrane
from cabria.domain.vessel import Level, Place
from cabria.domain.work import OFF_SHIP, CraneStep, StepKind
from cabria.planning.loading.editing.rework import Insertion, Rework
from cabria.planning.loading.editing.work_index import At, WorkIndex
from cabria.referee.crane_travel import travel_s
from cabria.referee.wishes import may_be_loaded


@dataclass(frozen=True)
class Reworked:
    """A plan with its new slots and its old queues, and what becomes of these; yard moves and reasons are the old."""

    plan: LoadingPlan
    rework: Rework

    @property
    def whole(self) -> LoadingPlan:
        return replace(self.plan, queues=self.rework.queues(self.plan.queues))

    @property
    def makespan_s(self) -> int:
        return max((self.rework.end_s(queue) for queue in self.plan.queues), default=0)


@dataclass(frozen=True)
class AtWork:
    """A plan with its steps looked up, what of it is done, and what an edit has made of the steps so far."""

    call: VesselCall
    plan: LoadingPlan
    index: WorkIndex
    done: WorkDone = NOTHING_DONE
    rework: Rework = field(default_factory=Rework)

    @classmethod
    def of(cls, call: VesselCall, plan: LoadingPlan, done: WorkDone = NOTHING_DONE) -> AtWork:
        return cls(call, plan, WorkIndex.of(call.vessel, plan.queues), done)

    def after(self, edit: SlotEdit | Several) -> Reworked:
        """Raises DataError for an edit that means nothing here: an unknown box, a slot that is taken or does not exist,
        a box that is under way. Whether the result is legal is the referee's to say."""
        return self.after_all(edit.edits if isinstance(edit, Several) else (edit,))

    def after_all(self, edits: Iterable[SlotEdit]) -> Reworked:
        """The same of any number of edits that are done together; each box is named once."""
        asked = _Asked.of(edits)
        self._mean_something(asked)
        self._are_free(asked)
        plan, rework = self._with_slots(asked)
        at_work = replace(self, plan=plan, rework=rework)
        if any(queue.steps for queue in plan.queues):
            at_work = at_work._with_steps(asked.moves, was_restowed=self.plan.restows)
        return Reworked(plan, at_work.rework)

    def _with_steps(self, moves: Mapping[ContainerId, StowPosition], was_restowed: Collection[ContainerId]) -> AtWork:
        """Boxes taken off that were to stay, the highest first; then those without a step set, the lowest first."""
        aboard, at_work = self.call.arrival.by_container, self
        to_lift = [box for box in moves if box in aboard and box in self.plan.restows and box not in was_restowed]
        for box in sorted(to_lift, key=lambda box: -self._place(aboard[box].position).level_index):
            at_work = at_work._and_then(at_work._taken_off(box))
        have_a_step = set(self.rework.renamed.values())
        to_set = [box for box in moves if box not in have_a_step]
        for box in sorted(to_set, key=lambda box: self._place(moves[box]).level_index):
            kind = StepKind.RESTOW_ON if box in self.plan.restows else StepKind.LOAD
            at_work = at_work._and_then(at_work._set_in(kind, box, moves[box]))
        return at_work

    def _and_then(self, insertion: Insertion) -> AtWork:
        return replace(self, rework=replace(self.rework, put_in=(*self.rework.put_in, insertion)))

    def _mean_something(self, asked: _Asked) -> None:
        plan = self.plan
        for one, other in asked.exchanged.items():
            self._known(one)
            if one == other:
                raise DataError(f"{one} cannot change places with itself.")
            if one in plan.refused and other in plan.refused:
                raise DataError(f"Both {one} and {other} are ashore.")
        for container in asked.left:
            self._known(container)
            if container in plan.refused:
                raise DataError(f"{container} is ashore already: {plan.refused[container]}.")
        for container in asked.stays:
            if container not in plan.restows:
                raise DataError(f"The plan does not restow {container}.", place=f"container {container}")
            self._is_to_come(container, StepKind.RESTOW_OFF)
        for container in asked.moves:
            self._may_move(container)

    def _may_move(self, container: ContainerId) -> None:
        aboard = self.call.arrival.by_container.get(container)
        if container in self.plan.restows:
            self._is_to_come(container, StepKind.RESTOW_ON)
        elif aboard is None or aboard.container.pod == self.call.port:
            self._known(container)
        elif self.call.vessel.place(aboard.position) is None:
            text = f"{container} stands in no slot of the ship's profile."
            raise DataError(text, place=f"slot {aboard.position}")

    def _known(self, container: ContainerId) -> None:
        place = f"container {container}"
        if container not in self.call.load_by_id:
            aboard = container in self.call.arrival.by_container
            what = "was aboard on arrival" if aboard else "is not on the load list"
            raise DataError(f"{container} {what}; that is done with loads.", place=place)
        if container not in self.plan.loads and container not in self.plan.refused:
            raise DataError(f"The plan neither loads nor refuses {container}.", place=place)
        self._is_to_come(container, StepKind.LOAD)

    def _is_to_come(self, container: ContainerId, kind: StepKind) -> None:
        if not self.done:
            return
        begun = any(
            at.step < self.done.begun.get(self.index.crane(at), 0) and self.index.step(at).kind is kind
            for at in self.index.of_box.get(container, ())
        )
        if begun or (kind is StepKind.LOAD and container in self.done.fetched):
            where = "aboard or in a spreader" if begun else "on its way from the yard"
            raise DataError(f"{container} is {where} already.", place=f"container {container}")

    def _with_slots(self, asked: _Asked) -> tuple[LoadingPlan, Rework]:
        """Every box in its new slot; a load that takes another's slot has that one's step, and others none yet."""
        plan, successors = self.plan, self._successors(asked)
        staying = {box for box in asked.moves if box not in self.call.load_by_id}
        put = {box: to for box, to in asked.moves.items() if box not in staying}
        leaving = {box for box in (*put, *asked.left) if box in plan.loads}
        other = asked.exchanged
        loads = {other.get(box, box): slot for box, slot in plan.loads.items() if box not in leaving} | put
        refused = {box: why for box, why in {**plan.refused, **asked.left}.items() if box not in loads}
        refused |= {box: self._why_left(box, other[box]) for box in other if box not in loads}
        restows = {box: slot for box, slot in plan.restows.items() if box not in asked.stays}
        restows |= {box: asked.moves[box] for box in asked.moves if box in staying}
        taken = {(StepKind.LOAD, box) for box in leaving if box not in successors}
        taken |= {(StepKind.RESTOW_OFF, box) for box in asked.stays}
        taken |= {(StepKind.RESTOW_ON, box) for box in (*asked.stays, *staying)}
        after = replace(plan, loads=loads, restows=restows, refused=refused)
        return after, Rework(renamed={**other, **successors}, taken=frozenset(taken))

    def _successors(self, asked: _Asked) -> dict[ContainerId, ContainerId]:
        """Loads that leave their slot, by those that take it and are there in time for their step."""
        comer = {to: box for box, to in asked.moves.items() if box in self.call.load_by_id}
        found = {}
        for box in (*asked.moves, *asked.left):
            slot = self.plan.loads.get(box)
            to_come = comer.get(slot, box) if slot else box
            starts = [step.start_s for step in self.index.steps(self.index.of_box.get(box, ()))]
            if to_come != box and starts and max(starts) >= self.call.available_s.get(to_come, 0):
                found[box] = to_come
        return found

    def _why_left(self, box: ContainerId, other: ContainerId) -> str:
        load = self.call.load_by_id[box]
        if may_be_loaded(self.call, load):
            return f"left ashore for {other}, as the planner asked"
        return ", ".join(load.holds) or "it may not be loaded"

    def _are_free(self, asked: _Asked) -> None:
        comers: set[StowPosition] = set()
        for container, to in asked.moves.items():
            if self.call.vessel.place(to) is None:
                raise DataError(f"{self.call.vessel.name} has no slot {to}.", place=f"slot {to}")
            if to in comers:
                raise DataError("Two boxes would go there.", place=f"slot {to}")
            comers.add(to)
            for standing in self._standing.get(to, ()):
                stays = standing not in asked.moves and standing not in asked.left and standing not in asked.stays
                if standing == container and container not in self.call.available_s:
                    raise DataError("The slot is taken.", place=f"slot {to}")
                if stays:
                    standing = asked.exchanged.get(standing, standing)
                    remedy = f"Exchange the two: {standing} is what stands there."
                    raise DataError("The slot is taken.", place=f"slot {to}", remedy=remedy)

    @cached_property
    def _standing(self) -> Mapping[StowPosition, tuple[ContainerId, ...]]:
        """Who stands in each slot on departure."""
        found: dict[StowPosition, list[ContainerId]] = defaultdict(list)
        for box, slot in sailing(self.call, self.plan):
            found[slot].append(box)
        return {slot: tuple(boxes) for slot, boxes in found.items()}

    def _taken_off(self, container: ContainerId) -> Insertion:
        """After what is lifted from its stack, and its lid, else before anything is done in its bay."""
        at = self.call.arrival.by_container[container].position
        here = self._place(at)
        before = [turn for turn in self._must_be_before(here) if turn.step.kind in OFF_SHIP or turn.step.lid]
        in_bay = list(self._in_bay(here))
        if not before and here.stack.level is Level.HOLD:
            self._refuse_closed_hold(here)
        if before:
            last = max(before, key=lambda done: done.step.end_s)
            turn = _Turn(last.crane, last.step.end_s)
        elif in_bay:
            first = min(in_bay, key=lambda done: done.step.start_s)
            turn = _Turn(first.crane, first.step.start_s)
        else:
            raise DataError("No quay crane works in its bay.", place=f"bay {here.bay.number:02}")
        turn = _Turn(turn.crane, max(turn.from_s, self.done.now_s))
        if not self._is_able(turn, turn.from_s):
            raise DataError("No quay crane in service works there.", place=f"bay {here.bay.number:02}")
        return self._insertion(turn, CraneStep(StepKind.RESTOW_OFF, here.bay.number, 0, 0, (container,), (at,)))

    def _set_in(self, kind: StepKind, container: ContainerId, to: StowPosition) -> Insertion:
        place = self._place(to)
        turn = self._turn(kind, container, place)
        return self._insertion(turn, CraneStep(kind, place.bay.number, 0, 0, (container,), (to,)))

    def _place(self, slot: StowPosition) -> Place:
        place = self.call.vessel.place(slot)
        if place is None:
            raise DataError(f"{self.call.vessel.name} has no slot {slot}.", place=f"slot {slot}")
        return place

    def _turn(self, kind: StepKind, container: ContainerId, place: Place) -> _Turn:
        """After all that is lifted and set in the stack, after the lid is off (hold) or on (deck), after a restow is
        ashore and a late box is there, and not before now."""
        from_s = max(self.done.now_s, self.call.available_s.get(container, 0))
        off = self._now(self.index.of_box.get(container, ())) if kind is StepKind.RESTOW_ON else ()
        own = [*off, *(new for new in self._new if container in new.step.containers)]
        from_s = max([from_s, *(each.step.end_s for each in own)])
        ready = [each for each in self._must_be_before(place) if each.step.containers != (container,)]
        if not ready:
            self._refuse_closed_hold(place)
        for places in (ready, self._in_bay(place), self._last):
            turns = [_Turn(each.crane, each.step.end_s) for each in places]
            able = [turn for turn in turns if self._is_able(turn, max(turn.from_s, from_s))]
            if able:
                behind_s = max(turn.from_s for turn in turns) if places is ready else 0
                turn = max(able, key=lambda turn: turn.from_s)
                return _Turn(turn.crane, max(turn.from_s, from_s, behind_s))
        raise DataError("No quay crane in service works there.", place=f"bay {place.bay.number:02}")

    def _is_able(self, turn: _Turn, from_s: int) -> bool:
        crane = next((crane for crane in self.call.terminal.quay_cranes if crane.id == turn.crane), None)
        return crane is not None and _fits_from_s(crane, from_s) < END_OF_CALL_S

    def _refuse_closed_hold(self, place: Place) -> None:
        if place.stack.level is not Level.HOLD:
            return
        for lid in self.call.vessel.lids_over.get(place.stack_id, ()):
            if lid.id not in self.call.lids_off:
                where = f"slot of bay {place.bay.number:02} in the hold"
                raise DataError(f"Lid {lid.id} over it is not lifted at this call.", place=where)

    def _must_be_before(self, place: Place) -> Iterator[_Done]:
        is_hold = place.stack.level is Level.HOLD
        lids = self.call.vessel.lids_over if is_hold else self.call.vessel.lids_under
        wanted = StepKind.LID_OFF if is_hold else StepKind.LID_ON
        for lid in lids.get(place.stack_id, ()):
            yield from (each for each in self._now(self.index.of_lid.get(lid.id, ())) if each.step.kind is wanted)
        yield from self._now(self.index.in_stack.get(place.stack_id, ()))
        for new in self._new:
            if self._place(new.step.positions[0]).stack_id == place.stack_id:
                yield new

    def _in_bay(self, place: Place) -> Iterator[_Done]:
        return self._now(self.index.in_bay.get(place.bay.number, ()))

    @property
    def _last(self) -> Iterator[_Done]:
        """The last step of each crane."""
        for number, starts in enumerate(self.index.starts):
            yield from islice(self._now(At(number, step) for step in range(len(starts) - 1, -1, -1)), 1)

    def _now(self, places: Iterable[At]) -> Iterator[_Done]:
        """Steps as they are after what is decided so far, without those that are gone."""
        for at in places:
            if step := self.rework.step(self.index.step(at)):
                yield _Done(self.index.crane(at), step)

    @property
    def _new(self) -> Iterator[_Done]:
        return (_Done(crane, step) for crane, step in self.rework.new_steps)

    def _insertion(self, turn: _Turn, step: CraneStep) -> Insertion:
        """One cycle more. From when the crane is wanted elsewhere, all steps are that much later."""
        crane = next(crane for crane in self.call.terminal.quay_cranes if crane.id == turn.crane)
        before, after = self._beside(turn)
        ready_s = max([crane.ready_s, turn.from_s, *(s.end_s + travel_s(crane, s, step) for s in before)])
        ready_s = _fits_from_s(crane, ready_s)
        step = replace(step, start_s=ready_s, end_s=ready_s + crane.cycle_s)
        late_s = max([0, *(step.end_s + travel_s(crane, step, s) - s.start_s for s in after)])
        return Insertion(crane.id, step, min([step.start_s, *(s.start_s for s in after)]), late_s)

    def _beside(self, turn: _Turn) -> tuple[list[CraneStep], list[CraneStep]]:
        """What a crane does last that begins before a moment, and what it does first then; each one step or none."""
        before = [step for crane, step in self.rework.new_steps if crane == turn.crane and step.start_s < turn.from_s]
        after = [step for crane, step in self.rework.new_steps if crane == turn.crane and step.start_s >= turn.from_s]
        number = next((n for n, queue in enumerate(self.index.queues) if queue.crane == turn.crane), None)
        if number is not None:
            starts = self.index.starts[number]
            first = bisect_left(starts, turn.from_s, key=self.rework.moment_s)
            for places, found in ((range(first - 1, -1, -1), before), (range(first, len(starts)), after)):
                found += (done.step for done in islice(self._now(At(number, step) for step in places), 1))
        return sorted(before, key=_start_s)[-1:], sorted(after, key=_start_s)[:1]


@dataclass(frozen=True, slots=True)
class _Asked:
    """What is asked of each box; an exchange is asked of both."""

    exchanged: Mapping[ContainerId, ContainerId]
    moves: Mapping[ContainerId, StowPosition]
    left: Mapping[ContainerId, str]
    stays: Collection[ContainerId]

    @classmethod
    def of(cls, edits: Iterable[SlotEdit]) -> _Asked:
        exchanged: dict[ContainerId, ContainerId] = {}
        moves: dict[ContainerId, StowPosition] = {}
        left: dict[ContainerId, str] = {}
        stays: list[ContainerId] = []
        for edit in edits:
            match edit:
                case Exchange(one, other):
                    exchanged |= {one: other, other: one}
                case MoveTo(container, to):
                    moves[container] = to
                case LeaveAshore(container, reason):
                    left[container] = reason
                case StayPut(container):
                    stays.append(container)
        return cls(exchanged, moves, left, stays)


class _Done(NamedTuple):
    """A step and whose it is."""

    crane: str
    step: CraneStep


class _Turn(NamedTuple):
    """From when on a crane can set a box."""

    crane: str
    from_s: int


def sailing(call: VesselCall, plan: LoadingPlan) -> Iterator[tuple[ContainerId, StowPosition]]:
    """Every box aboard on departure with its slot."""
    yield from plan.loads.items()
    for box, slot in call.remaining:
        yield box.id, plan.restows.get(box.id, slot)


def _fits_from_s(crane: QuayCrane, ready_s: int) -> int:
    """When a cycle may begin that must not overlap an outage."""
    for outage in crane.outages:
        if ready_s < outage.until_s and ready_s + crane.cycle_s > outage.from_s:
            ready_s = outage.until_s
    return ready_s


def _start_s(step: CraneStep) -> int:
    return step.start_s
