"""Boxes that cannot stay as they are planned, and the smallest change that helps each of them.

A box that comes late changes places with one of its kind that is wanted later; so does one whose slot is refused. A
late one without such another is set at the end where it stands highest. Else all cranes wait for it or, where ways are
weighed, it changes with the highest of a stack or is shut out, whatever costs least. One that is not taken leaves its
slot to one of its kind from the quay, or to the highest of its own stack or of another; on top of its stack it just
goes. Where nothing fills the hole, what stands above goes to free slots, or stays ashore too. One that is new takes
such a slot, or a free one on top of a stack. No more boxes change than the budget allows.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from itertools import islice

from cabria.domain.calls import VesselCall
from cabria.domain.containers import Container, ContainerId
from cabria.domain.edits import Exchange, LeaveAshore, MoveTo, Several, boxes_of
from cabria.domain.errors import DataError
from cabria.domain.plan import LoadingPlan
from cabria.domain.positions import StowPosition
from cabria.domain.vessel import Cell, End, Place, StackId
from cabria.domain.work import CraneStep, StepKind
from cabria.planning.loading.editing.apply import AtWork, sailing
from cabria.planning.loading.editing.desk import Desk
from cabria.planning.stowage.problem import has_plug, offers, takes
from cabria.referee.replanning import Budget, changed_boxes, changed_moves
from cabria.referee.wishes import may_be_loaded

NOT_PLANNED = "new on the load list"
FREE_SLOTS_TRIED = 8
FILLERS_TRIED = 4
SHUT_OUT = "it comes too late for the ship"
ON_NOTHING = "what it would stand on is not taken"
Edit = Exchange | LeaveAshore | MoveTo


@dataclass(frozen=True)
class Repair:
    """A desk whose plan does not do any more. `given_up` are boxes for which nothing was found."""

    desk: Desk
    priced: int = 0
    """How many ways out are priced for each box; 0 takes the first that looks well."""
    weighs: bool = False
    """Whether the ways out of a late box without one of its kind are priced; else all cranes wait for it."""
    waited: bool = False
    """Whether they do."""
    given_up: Mapping[ContainerId, str] = field(default_factory=dict)
    agreed: LoadingPlan | None = None
    """From which no more than `budget` may differ; the desk's own plan is the default."""
    budget: Budget = field(default_factory=Budget)

    @property
    def call(self) -> VesselCall:
        return self.desk.call

    @property
    def plan(self) -> LoadingPlan:
        return self.desk.plan

    @cached_property
    def fixed(self) -> frozenset[ContainerId]:
        wishes = self.call.wishes
        held = {pin.container for pin in wishes.pins} | {box for keep in wishes.keeps for box, _ in keep.stowed}
        return self.desk.done.fixed(self.plan) | held

    @cached_property
    def start_s(self) -> Mapping[ContainerId, int]:
        """When each load is set."""
        steps = (step for queue in self.plan.queues for step in queue.steps if step.kind is StepKind.LOAD)
        return {box: step.start_s for step in steps for box in step.containers}

    @cached_property
    def to_leave(self) -> dict[ContainerId, str]:
        """Planned loads that are not taken, and why."""
        found = {
            box: ", ".join(self.call.load_by_id[box].holds) or "it may not be loaded"
            for box in self.plan.loads
            if not may_be_loaded(self.call, self.call.load_by_id[box])
        }
        return found | {box: why for box, why in self.given_up.items() if box in self.plan.loads}

    @cached_property
    def late(self) -> list[ContainerId]:
        """Loads that would be set before they are there, first wanted first."""
        late = [b for b, s in self.call.available_s.items() if self.start_s.get(b, s) < s and b not in self.to_leave]
        return sorted(late, key=lambda box: (self.start_s[box], box))

    @cached_property
    def misplaced(self) -> list[ContainerId]:
        """Loads in slots that the planner or the chief officer refuses."""
        profile = self.call.vessel
        return [
            box
            for box, slot in self.plan.loads.items()
            if self.call.wishes.forbids and (place := profile.place(slot)) and self._is_forbidden(box, place)
        ]

    def _is_forbidden(self, box: ContainerId, place: Place) -> bool:
        container = self.call.load_by_id[box]
        return any(forbid.is_broken(self.call.vessel, container, place) for forbid in self.call.wishes.forbids)

    @cached_property
    def new(self) -> list[ContainerId]:
        """Boxes on the list that could be taken and are planned nowhere."""
        return [box for box, why in self.plan.refused.items() if why == NOT_PLANNED]

    @property
    def cannot_stay(self) -> list[ContainerId]:
        """Planned loads that something is wrong with."""
        return [*self.late, *self.misplaced, *self.to_leave]

    @property
    def is_needed(self) -> bool:
        return bool(self.cannot_stay or self.new)

    def done(self) -> Repair:
        """The desk after one round; what could not be helped is given up."""
        used: set[ContainerId] = set()
        edits: list[Edit] = []
        goes: dict[ContainerId, StowPosition | None] = {}
        given_up = dict(self.given_up)
        waited_for: list[ContainerId] = []
        left = self._left_of_budget()
        for box in (*self.cannot_stay, *self.new):
            if box in used:
                continue
            chosen = self._chosen(box, used, left, goes)
            if chosen:
                edits.extend(chosen)
                used.update(member for edit in chosen for member in boxes_of(edit))
                left = left.less(*self._changes(chosen))
                goes |= self._goes(chosen)
            elif box in self.late:
                waited_for.append(box)
            elif box in self.misplaced:
                given_up[box] = "its slot was refused, and no other was found"
            elif box in self.new:
                given_up[box] = "new on the load list; no slot was found where it may stand"
        after = AtWork.of(self.call, self.plan, self.desk.done).after_all(edits).whole if edits else self.plan
        waits = bool(waited_for) and not edits
        if waits:
            after = self._waited(after, waited_for[0])
        refused = {box: given_up.get(box, why) if why == NOT_PLANNED else why for box, why in after.refused.items()}
        desk = Desk.of(self.call, replace(after, refused=refused), self.desk.done)
        return replace(self, desk=desk, given_up=given_up, waited=self.waited or waits)

    def _left_of_budget(self) -> Budget:
        if self.agreed is None or self.budget == Budget():
            return self.budget
        boxes = changed_boxes(self.call, self.agreed, self.plan)
        return self.budget.less(len(boxes), len(changed_moves(self.agreed, self.plan)))

    def _changes(self, way: tuple[Edit, ...]) -> tuple[int, int]:
        """Boxes that may be loaded and get another slot or none, and those that another crane lifts."""
        boxes, moves = 0, 0
        for box, slot in self._goes(way).items():
            was = self.plan.loads.get(box)
            boxes += was is not None and slot != was and may_be_loaded(self.call, self.call.load_by_id[box])
            moves += None not in (was, slot) and self._crane_in.get(slot) not in (None, self._crane_in.get(was))
        return boxes, moves

    def _goes(self, way: tuple[Edit, ...]) -> dict[ContainerId, StowPosition | None]:
        """Where boxes go; None is ashore."""
        goes: dict[ContainerId, StowPosition | None] = {}
        for edit in way:
            match edit:
                case Exchange(one, other):
                    goes |= {one: self.plan.loads.get(other), other: self.plan.loads.get(one)}
                case MoveTo(container, to):
                    goes[container] = to
                case LeaveAshore(container):
                    goes[container] = None
        return goes

    def _stacks_bear(self, way: tuple[Edit, ...], gone: Mapping[ContainerId, StowPosition | None]) -> bool:
        """Whether stacks that boxes go to bear what stands there after that, with what went before it in this round."""
        goes = self._goes(way)
        coming = [
            (place, box)
            for box, slot in {**gone, **goes}.items()
            if slot is not None and (place := self.call.vessel.place(slot))
        ]
        for stack in {place.stack_id for place, box in coming if box in goes}:
            staying = [
                (place, box) for place, box in self._stacks.get(stack, ()) if box not in goes and box not in gone
            ]
            if not self._is_borne([*staying, *((place, box) for place, box in coming if place.stack_id == stack)]):
                return False
        return True

    def _is_borne(self, standing: list[tuple[Place, ContainerId]]) -> bool:
        """By the weight limits of their stack (rules STACK-WEIGHT-20 and STACK-WEIGHT-40)."""
        stack = standing[0][0].stack
        long_kg = sum(self._mass_kg[box] for place, box in standing if place.end is End.BOTH)
        short_kg = [sum(self._mass_kg[box] for place, box in standing if place.end is end) for end in End.BOTH.halves]
        at_ends = stack.max_weight_20_kg is None or long_kg + 2 * max(short_kg) <= 2 * stack.max_weight_20_kg
        return at_ends and (stack.max_weight_40_kg is None or 2 * long_kg + sum(short_kg) <= 2 * stack.max_weight_40_kg)

    @cached_property
    def _mass_kg(self) -> Mapping[ContainerId, int]:
        aboard = (stowed.container for stowed in self.call.arrival)
        return {box.id: box.gross_mass_kg for box in (*aboard, *self.call.loads)}

    @cached_property
    def _crane_in(self) -> Mapping[StowPosition | None, str]:
        """Who loads each slot."""
        queues = self.plan.queues
        return {s: q.crane for q in queues for step in q.steps if step.kind is StepKind.LOAD for s in step.positions}

    def _waited(self, plan: LoadingPlan, box: ContainerId) -> LoadingPlan:
        """All cranes wait for a late box that nobody can stand for, so that they stay as far apart as they were."""
        from_s, late_s = self.start_s[box], self.call.available_s[box] - self.start_s[box]

        def later(step: CraneStep) -> CraneStep:
            if step.start_s < from_s:
                return step
            return replace(step, start_s=step.start_s + late_s, end_s=step.end_s + late_s)

        return replace(plan, queues=tuple(replace(q, steps=tuple(map(later, q.steps))) for q in plan.queues))

    def _chosen(
        self,
        box: ContainerId,
        used: Collection[ContainerId],
        left: Budget,
        gone: Mapping[ContainerId, StowPosition | None],
    ) -> tuple[Edit, ...]:
        """The first way out within the budget that stacks bear, or the cheapest of those priced that are legal."""

        def may_be_gone(way: tuple[Edit, ...]) -> bool:
            return left.allows(*self._changes(way)) and self._stacks_bear(way, gone)

        ways = filter(may_be_gone, self._ways(box, used))
        chosen = self._cheapest(box, islice(ways, self.priced)) if self.priced else next(ways, ())
        if chosen or box not in self.late or not self.weighs:
            return chosen
        return self._cheapest(box, filter(may_be_gone, self._ways_of_late(box, used)))

    def _cheapest(self, box: ContainerId, ways: Iterable[tuple[Edit, ...]]) -> tuple[Edit, ...]:
        """Of those that are legal; none where waiting for the box costs less."""
        best: tuple[float, tuple[Edit, ...]] = (math.inf, ())
        if box in self.late:
            best = ((self.call.available_s[box] - self.start_s[box]) / 60, ())
        for way in ways:
            try:
                price = self.desk.price(Several(way))
            except DataError:
                continue
            is_wished = not any(finding.rule.startswith("WISH-") for finding in price.new)
            if not price.forbidden and is_wished and price.minutes < best[0]:
                best = price.minutes, way
        return best[1]

    def _ways(self, box: ContainerId, used: Collection[ContainerId]) -> Iterator[tuple[Edit, ...]]:
        if box in self.to_leave:
            yield from self._ways_to_leave(box, used)
        elif box in self.plan.loads:
            for other in self._of_its_kind(box, used):
                yield (Exchange(box, other),)
            if box in self.late and self._is_top(box):
                yield (MoveTo(box, self.plan.loads[box]),)
        else:
            for slot in islice(self._free_slots(box), FREE_SLOTS_TRIED):
                yield (MoveTo(box, slot),)

    def _ways_of_late(self, box: ContainerId, used: Collection[ContainerId]) -> Iterator[tuple[Edit, ...]]:
        """Changed with the highest of a stack, or shut out."""
        at, out = self.plan.loads[box], LeaveAshore(box, SHUT_OUT)
        for other in islice((other for other in self._fillers(box) if other not in used), FILLERS_TRIED):
            fill = MoveTo(other, at)
            yield fill, MoveTo(box, self.plan.loads[other])
            yield fill, out

    def _ways_to_leave(self, box: ContainerId, used: Collection[ContainerId]) -> Iterator[tuple[Edit, ...]]:
        leave = LeaveAshore(box, self.to_leave[box])
        ashore = [other for other in self._kin(box) if other in self.plan.refused]
        for other in ashore:
            if other not in used and may_be_loaded(self.call, self.call.load_by_id[other]):
                yield (Exchange(box, other),)
        if self._is_top(box):
            yield (leave,)
            return
        for other in self._fillers(box):
            if other not in used:
                yield MoveTo(other, self.plan.loads[box]), leave
        for rest in self._ways_without_those_above(box, used):
            yield *rest, leave

    def _ways_without_those_above(
        self, box: ContainerId, used: Collection[ContainerId]
    ) -> Iterator[tuple[MoveTo | LeaveAshore, ...]]:
        """Where nothing fills a hole, what stands above it goes elsewhere, or stays ashore with it."""
        place = self.call.vessel.place(self.plan.loads[box])
        above = self._above(place)[::-1] if place else []
        if place is None or any(other not in self.plan.loads or other in {*self.fixed, *used} for other in above):
            return
        free = [list(islice(self._slots_elsewhere(other, place.stack_id), FREE_SLOTS_TRIED)) for other in above]
        for number in range(max(map(len, free), default=0)):
            taken: set[StowPosition] = set()
            way: list[MoveTo | LeaveAshore] = []
            for other, slots in zip(above, free, strict=True):
                slot = next((slot for slot in slots[number:] if slot not in taken), None)
                way.append(MoveTo(other, slot) if slot else LeaveAshore(other, ON_NOTHING))
                taken.update([slot] if slot else [])
            yield tuple(way)
        yield tuple(LeaveAshore(other, ON_NOTHING) for other in above)

    def _slots_elsewhere(self, box: ContainerId, stack: StackId) -> Iterator[StowPosition]:
        places = ((slot, self.call.vessel.place(slot)) for slot in self._free_slots(box))
        return (slot for slot, place in places if place and place.stack_id != stack)

    def _of_its_kind(self, box: ContainerId, used: Collection[ContainerId]) -> list[ContainerId]:
        """Loads that may stand for it, those that need fewer digs and less of a change of times first."""
        mine, ready = self.start_s.get(box, 0), self.call.available_s
        place = self.call.vessel.place(self.plan.loads[box])
        found = []
        for other in self._kin(box):
            theirs = self.start_s.get(other)
            if theirs is None or other in used or other in self.fixed or other in self.to_leave:
                continue
            there = self.call.vessel.place(self.plan.loads[other])
            if theirs < ready.get(box, 0) or mine < max(ready.get(other, 0), self.desk.done.now_s):
                continue
            if place and there and (self._is_forbidden(other, place) or self._is_forbidden(box, there)):
                continue
            if self._is_too_heavy(other, box) or self._is_too_heavy(box, other):
                continue
            found.append((self._digs(other, mine), abs(theirs - mine), other))
        return [other for *_, other in sorted(found)]

    def _is_too_heavy(self, box: ContainerId, other: ContainerId) -> bool:
        """Whether the spreader that lifts another box and its mate would bear this one instead."""
        crane, mates = self._lifted_with.get(other, ("", ()))
        mass_kg = sum(self.call.load_by_id[mate].gross_mass_kg for mate in (box, *mates))
        return bool(mates) and box not in mates and mass_kg > self._twin_max_kg.get(crane, 0)

    @cached_property
    def _twin_max_kg(self) -> Mapping[str, int]:
        return {crane.id: crane.twin_max_kg for crane in self.call.terminal.quay_cranes}

    @cached_property
    def _lifted_with(self) -> Mapping[ContainerId, tuple[str, tuple[ContainerId, ...]]]:
        """By load that is lifted with another: by whom, and with which."""
        twins = (
            (queue.crane, step.containers)
            for queue in self.plan.queues
            for step in queue.steps
            if step.kind is StepKind.LOAD and len(step.containers) > 1
        )
        return {box: (crane, tuple(b for b in boxes if b != box)) for crane, boxes in twins for box in boxes}

    def _digs(self, box: ContainerId, wanted_s: int) -> int:
        """Boxes that stand on it in the yard and are wanted later than it."""
        standing = self.call.yard.by_container.get(box)
        if standing is None:
            return 0
        at = standing.position
        stack = self.call.yard.stacks[at.block, at.bay, at.row]
        gone = self.desk.done.fetched
        return sum(
            other.position.tier > at.tier and other.id not in gone and self.start_s.get(other.id, 1 << 40) > wanted_s
            for other in stack
        )

    @cached_property
    def _by_kind(self) -> Mapping[tuple[object, ...], list[ContainerId]]:
        found: dict[tuple[object, ...], list[ContainerId]] = defaultdict(list)
        for box in self.call.loads:
            if not box.dangerous and box.out_of_gauge is None:
                found[self._kind(box)].append(box.id)
        return found

    def _kind(self, box: Container) -> tuple[object, ...]:
        size = box.size_type
        mass = box.gross_mass_kg // max(1, self.call.settings.mass_class_kg)
        return size.length_ft, size.height_mm, size.kind, box.needs_plug, box.pod, box.is_full, box.handling, mass

    def _kin(self, box: ContainerId) -> list[ContainerId]:
        return [other for other in self._by_kind.get(self._kind(self.call.load_by_id[box]), ()) if other != box]

    @cached_property
    def _stacks(self) -> Mapping[StackId, list[tuple[Place, ContainerId]]]:
        """Who stands in each stack on departure, bottom first."""
        found: dict[StackId, list[tuple[Place, ContainerId]]] = defaultdict(list)
        for box, slot in sailing(self.call, self.plan):
            if place := self.call.vessel.place(slot):
                found[place.stack_id].append((place, box))
        return {stack: sorted(boxes, key=lambda entry: entry[0].level_index) for stack, boxes in found.items()}

    def _is_top(self, box: ContainerId) -> bool:
        place = self.call.vessel.place(self.plan.loads[box])
        return place is None or not self._above(place)

    def _above(self, place: Place) -> list[ContainerId]:
        ends = set(place.end.halves)
        return [
            other
            for there, other in self._stacks[place.stack_id]
            if there.level_index > place.level_index and ends & set(there.end.halves)
        ]

    def _fillers(self, box: ContainerId) -> Iterator[ContainerId]:
        """Highest of its own stack, then highest of others, as long and for the same port first."""
        load, place = self.call.load_by_id[box], self.call.vessel.place(self.plan.loads[box])
        if place is None:
            return
        own = [other for other in self._above(place)[::-1] if self._fits(other, place, load)]
        tops = (boxes[-1][1] for boxes in self._stacks.values())
        others = [o for o in tops if o not in own and o in self.plan.loads and self._fits(o, place, load)]
        yield from sorted([*own[:1], *others], key=lambda o: (self._overstows(o, place, load.id), o not in own, o))[:8]

    def _overstows(self, filler: ContainerId, hole: Place, left: ContainerId) -> int:
        """How many there would be in the stack of a hole with another box in it, as far as it has to do with that."""
        order = self._order[filler]
        others = [(p, box) for p, box in self._stacks[hole.stack_id] if box not in (filler, left)]
        under = any(self._order[box] < order for p, box in others if p.level_index < hole.level_index)
        return under + sum(self._order[box] > order for p, box in others if p.level_index > hole.level_index)

    @cached_property
    def _order(self) -> Mapping[ContainerId, int]:
        call = self.call
        return {box.id: call.order_of(box) for box in (*(stowed.container for stowed in call.remaining), *call.loads)}

    def _fits(self, other: ContainerId, place: Place, load: Container) -> bool:
        box = self.call.load_by_id.get(other)
        if other in self.fixed or other in self.to_leave or other in self.call.available_s:
            return False
        if box is None or box.dangerous or box.out_of_gauge or box.is_20 is not load.is_20:
            return False
        return takes(place.cell, place.end, box) and (not box.needs_plug or has_plug(place.cell, place.end))

    def _free_slots(self, box: ContainerId) -> Iterator[StowPosition]:
        """The next free slot of each stack that takes it, where it stands on none that leaves earlier; deck last."""
        load = self.call.load_by_id[box]
        order = self.call.order_of(load)
        aboard = {s.container.id: s.container for s in self.call.arrival} | dict(self.call.load_by_id)
        found: list[tuple[bool, int, int, StowPosition]] = []
        for bay in self.call.vessel.bays:
            for number, end in bay.ends():
                if load.is_20 is (end is End.BOTH):
                    continue
                for stack in bay.stacks:
                    entries = self._stacks.get(StackId(bay.number, stack.row, stack.level), [])
                    levels = {_free_level(entries, stack.cells, half) for half in end.halves}
                    level = levels.pop() if len(levels) == 1 else -1
                    if level < 0:
                        continue
                    place = Place(bay, stack, level, end)
                    below = [self.call.order_of(aboard[other]) for _, other in entries]
                    if takes(place.cell, end, load) and (not load.needs_plug or has_plug(place.cell, end)):
                        worse = sum(o < order for o in below)
                        alike = -sum(o == order for o in below)
                        slot = StowPosition(number, stack.row, stack.cells[level].tier)
                        found.append((worse > 0, worse, alike, slot))
        yield from (slot for *_, slot in sorted(found))


def _free_level(entries: list[tuple[Place, ContainerId]], cells: tuple[Cell, ...], half: End) -> int:
    top = max((place.level_index + 1 for place, _ in entries if half in place.end.halves), default=0)
    return next((level for level in range(top, len(cells)) if offers(cells[level], half)), -1)
