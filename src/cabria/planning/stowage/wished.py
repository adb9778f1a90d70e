"""What the planner decided is decided before the search: pinned slots, and the slots of an earlier plan to be kept.

What would hang above a free slot is held up first, by boxes that are free: a new one where an earlier plan is kept,
else the highest of the same stack, which costs one change instead of one for each box above the hole. What still
cannot stand where it was is let go, and is a change.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from heapq import nsmallest

from cabria.domain.calls import VesselCall
from cabria.domain.containers import Container, ContainerId
from cabria.domain.positions import StowPosition
from cabria.domain.stowage import Stowed
from cabria.domain.vessel import End, Place, StackId, VesselBay, VesselStack
from cabria.planning.stowage.legal import forbidden
from cabria.planning.stowage.problem import StowageProblem, has_plug, offers, takes, why_not
from cabria.planning.stowage.special import DangerousAboard, is_special
from cabria.planning.stowage.together import misplaced
from cabria.referee import clearing, positions, wishes
from cabria.referee.instruction import differences_of
from cabria.referee.rule import Offence

ROUNDS = 200
MOST_HOLDERS = 40
"""How many of the boxes that suit best are tried under a pinned one."""


@dataclass(frozen=True)
class Decided:
    """A problem in which wishes are decided, and what of them could not be."""

    problem: StowageProblem
    failed: Mapping[ContainerId, Offence]
    """Boxes pinned to a slot that cannot stand there."""
    let_go: Mapping[ContainerId, str]
    """Boxes of the earlier plan that get another slot, and why."""
    held: Mapping[ContainerId, StowPosition]
    """Boxes of the earlier plan that keep their slot."""


def pin_wishes(problem: StowageProblem) -> StowageProblem:
    """The problem with pinned slots and kept ones decided; a pin that cannot be met leaves its box ashore."""
    return decide(problem).problem


def decide(problem: StowageProblem) -> Decided:
    """Decide what wishes say about slots. Nothing is decided, and nothing fails, where there are none."""
    call = problem.call
    if not call.wishes.all:
        return Decided(problem, {}, {}, {})
    deciding = _Deciding(problem)
    deciding.pin()
    deciding.keep()
    deciding.settle()
    return deciding.decided()


@dataclass
class _Deciding:
    problem: StowageProblem
    firm: dict[ContainerId, Stowed] = field(default_factory=dict)
    kept: dict[ContainerId, Stowed] = field(default_factory=dict)
    holders: dict[ContainerId, Stowed] = field(default_factory=dict)
    failed: dict[ContainerId, Offence] = field(default_factory=dict)
    let_go: dict[ContainerId, str] = field(default_factory=dict)
    banned: set[tuple[ContainerId, StowPosition]] = field(default_factory=set)

    def __post_init__(self) -> None:
        problem = self.problem
        self.call = problem.call
        self.boxes = {box.id: box for box in (*(s.container for s in problem.lifted), *problem.loads)}
        self.asked = {instruction.position: instruction for instruction in self.call.instructions}
        self.standing = problem.staying_by_stack
        self.dangerous = DangerousAboard.of(problem)

    def pin(self) -> None:
        for box in self.boxes.values():
            slot = self._slot_of(box)
            if slot is not None:
                self.firm[box.id] = Stowed(box, slot)

    def _slot_of(self, box: Container) -> StowPosition | None:
        """The slot a box is pinned to: that very one, or one the search, which decides stacks, could not choose."""
        pins = self.problem.permitted.pins.get(box.id, ())
        slots = [pin.to.slot for pin in pins if pin.to.slot is not None]
        if slots:
            return slots[0]
        if not pins or is_special(box) or len(self.problem.kinds[self.problem.kind_of(box)]) < len(self._stack_ids):
            return None
        return next(self._permitted_slots(box), None)

    @property
    def _stack_ids(self) -> Collection[StackId]:
        return self.call.vessel.stack_by_id

    def _permitted_slots(self, box: Container) -> Iterator[StowPosition]:
        """Free slots in which a box may stand alone, the lowest of each stack first."""
        for bay in self.call.vessel.bays:
            for stack in bay.stacks:
                for number, end in bay.ends():
                    level = self._top(StackId(bay.number, stack.row, stack.level), end)
                    if level >= len(stack.cells):
                        continue
                    position = StowPosition(number, stack.row, stack.cells[level].tier)
                    if not self._may_stand(box, position):
                        continue
                    if not misplaced(self.problem, [*self.firm.values(), Stowed(box, position)], self.firm):
                        yield position

    def _top(self, stack_id: StackId, end: End) -> int:
        tops = [0]
        for _, position in (*self.standing.get(stack_id, ()), *self._put_in(stack_id)):
            place = self._place(position)
            if set(place.end.halves) & set(end.halves):
                tops.append(place.level_index + 1)
        return max(tops)

    def _place(self, position: StowPosition) -> Place:
        place = self.call.vessel.place(position)
        assert place is not None
        return place

    def keep(self) -> None:
        """Slots of the earlier plan, as far as each box for itself may keep its own."""
        budget = self.call.wishes.budget
        for number, slot in budget.earlier.items() if budget else ():
            box = self.boxes.get(number)
            if box is None or number in self.problem.loosened:
                continue
            if number in self.firm:
                if self.firm[number].position != slot:
                    self.let_go[number] = f"{self.problem.permitted.pins[number][0]}"
            elif why := self._why_not_kept(box, slot):
                self.let_go[number] = why
            else:
                self.kept[number] = Stowed(box, slot)

    def _why_not_kept(self, box: Container, slot: StowPosition) -> str:
        place = self.call.vessel.place(slot)
        if place is None:
            return f"{positions.SLOT.id}: the ship has no slot {slot}"
        if place.stack_id in self.problem.closed_stacks:
            return f"{clearing.LID.id}: boxes that stay aboard keep its stack closed"
        if why := self.problem.permitted.why_not(box, slot):
            return why
        asked = self.asked.get(slot)
        if self.asked and asked is not None and (wrong := next(differences_of(asked, box), "")):
            return f"INSTRUCTION-CLASS: the carrier asks for {wrong}"
        return ""

    def settle(self) -> None:
        """Hold up what hangs and let go what cannot stay, until nothing is wrong any more."""
        for _ in range(ROUNDS):
            self._hold_up()
            wrong = misplaced(self.problem, self._put(), self.firm)
            if not wrong:
                return
            for number, offence in wrong.items():
                self._take_away(number, offence)

    def _take_away(self, number: ContainerId, offence: Offence) -> None:
        if number in self.holders:
            stowed = self.holders.pop(number)
            self.banned.add((number, stowed.position))
        elif number in self.kept:
            del self.kept[number]
            self.let_go[number] = f"{offence.rule.id}: {offence.text}"
        else:
            del self.firm[number]
            self.failed[number] = offence

    def _put(self) -> list[Stowed]:
        return [*self.firm.values(), *self.kept.values(), *self.holders.values()]

    def _put_in(self, stack_id: StackId) -> list[Stowed]:
        return [entry for entry in self._put() if self._place(entry.position).stack_id == stack_id]

    def _hold_up(self) -> None:
        put: dict[StackId, list[Stowed]] = defaultdict(list)
        for entry in self._put():
            if place := self.call.vessel.place(entry.position):
                put[place.stack_id].append(entry)
        for stack_id in sorted(put):
            bay = next(bay for bay in self.call.vessel.bays if bay.number == stack_id.bay)
            pile = [*self.standing.get(stack_id, ()), *put[stack_id]]
            while (hole := next(_holes(bay, self.call.vessel.stack_by_id[stack_id], pile), None)) is not None:
                holder = self._holder(hole, pile) or self._dropped(hole, pile)
                if holder is None:
                    break
                pile = [entry for entry in pile if entry.container.id != holder.container.id] + [holder]
                self.holders[holder.container.id] = holder

    def _holder(self, hole: Sequence[StowPosition], pile: Sequence[Stowed]) -> Stowed | None:
        """A free box for a hole: any of the slots that would close it."""
        free = [box for box in self.boxes.values() if self._is_free(box)]
        above = self._above(hole[0], pile)
        for slot in hole:
            suiting = (box for box in free if self._may_stand(box, slot))
            for box in nsmallest(MOST_HOLDERS, suiting, key=lambda box: (self._worth(box, slot, above), box.id)):
                if self._carries(Stowed(box, slot), pile):
                    return Stowed(box, slot)
        return None

    def _is_free(self, box: Container) -> bool:
        """Nobody has put it anywhere; boxes of the earlier plan that may stay there are not taken."""
        taken = box.id in self.firm or box.id in self.kept or box.id in self.holders or box.id in self.failed
        return not taken and not is_special(box) and not self.problem.permitted.pins.get(box.id)

    def _may_stand(self, box: Container, slot: StowPosition) -> bool:
        place = self.call.vessel.place(slot)
        if place is None or (box.id, slot) in self.banned or place.stack_id in self.problem.closed_stacks:
            return False
        if box.is_20 is (place.end is End.BOTH) or not takes(place.cell, place.end, box):
            return False
        if (box.needs_plug and not has_plug(place.cell, place.end)) or self.problem.permitted.why_not(box, slot):
            return False
        if not self.dangerous.allows(box, place):
            return False
        asked = self.asked.get(slot)
        return asked is None or not any(differences_of(asked, box))

    def _above(self, slot: StowPosition, pile: Sequence[Stowed]) -> list[Container]:
        here = self._place(slot)
        ends = set(here.end.halves)
        return [
            box
            for box, position in pile
            if self._place(position).level_index > here.level_index and ends & set(self._place(position).end.halves)
        ]

    def _worth(self, box: Container, slot: StowPosition, above: Sequence[Container]) -> float:
        """Minutes a holder costs: what it hinders above it, a plug it does not need, a difference in mass."""
        settings, order = self.call.settings, self.call.order_of(box)
        cost = settings.overstow_min * sum(self.call.order_of(other) > order for other in above)
        cost += settings.inversion_min * any(
            other.gross_mass_kg - box.gross_mass_kg > settings.max_inversion_kg for other in above
        )
        place = self._place(slot)
        cost += 5.0 * (has_plug(place.cell, place.end) and not box.needs_plug) + 5.0 * bool(box.dangerous)
        lightest = min((other.gross_mass_kg for other in above), default=0)
        return cost + abs(box.gross_mass_kg - lightest) / 10_000

    def _carries(self, holder: Stowed, pile: Sequence[Stowed]) -> bool:
        """Whether a box may join a stack, what still hangs there left aside."""
        new = {entry.container.id for entry in (*pile, holder) if entry.container.id in self.boxes}
        wrong = forbidden(self.call, [*pile, holder], new)
        return all(offence.rule in (positions.SUPPORT, positions.LEVEL) for offence in wrong)

    def _dropped(self, hole: Sequence[StowPosition], pile: Sequence[Stowed]) -> Stowed | None:
        """The highest box of the earlier plan in the stack, set into the hole, where that saves changes."""
        kept = [entry for entry in pile if entry.container.id in self.kept]
        kept.sort(key=lambda entry: (-self._place(entry.position).level_index, entry.position))
        level = self._place(hole[0]).level_index
        above = [entry for entry in kept if self._place(entry.position).level_index > level]
        if len(above) < 2:
            return None
        top = above[0]
        rest = [entry for entry in pile if entry is not top]
        for slot in hole:
            dropped = Stowed(top.container, slot)
            if self._may_stand(top.container, slot) and self._carries(dropped, rest):
                del self.kept[top.container.id]
                self.let_go[top.container.id] = f"{positions.SUPPORT.id}: it fills slot {slot}, which others stand on"
                return dropped
        return None

    def decided(self) -> Decided:
        refused = {box: f"{offence.rule.id}: {offence.text}" for box, offence in self.failed.items()}
        loads = {box: why for box, why in refused.items() if box in self.call.load_by_id}
        problem = self.problem.pin(self._put(), loads)
        held = {box: entry.position for box, entry in self.kept.items()}
        return Decided(problem, self.failed, self.let_go, held)


def _holes(bay: VesselBay, stack: VesselStack, pile: Sequence[Stowed]) -> Iterator[list[StowPosition]]:
    """Slots over which something hangs, lowest first, each as the slots by which it may be closed.

    A longer box comes first where both ends are empty and no 20 ft box stands above, for no 20 ft stands on it.
    """
    numbers = {end: number for number, end in bay.ends()}
    ends = dict(bay.ends())
    levels = {cell.tier: level for level, cell in enumerate(stack.cells)}
    at: dict[tuple[int, End], int] = {}
    for box, position in pile:
        for half in ends[position.bay].halves:
            at[levels[position.tier], half] = 20 if box.is_20 else 40
    top = {half: max((level for level, end in at if end is half), default=-1) for half in (End.FORE, End.AFT)}
    for level, cell in enumerate(stack.cells):
        empty = [
            half
            for half in (End.FORE, End.AFT)
            if half in numbers and level < top[half] and (level, half) not in at and offers(cell, half)
        ]
        if not empty:
            continue
        short_above = any(kind == 20 for (other, _), kind in at.items() if other > level)
        both_free = all((level, half) not in at for half in (End.FORE, End.AFT))
        slots = [StowPosition(numbers[half], stack.row, cell.tier) for half in empty]
        if both_free and End.BOTH in numbers and not short_above:
            slots.insert(0, StowPosition(numbers[End.BOTH], stack.row, cell.tier))
        yield slots


def loosened(problem: StowageProblem, ashore: Sequence[Container], most: int) -> StowageProblem:
    """The same problem with up to `most` boxes of the earlier plan free to move, so that others find room.

    For a reefer one that needs no plug and stands at one; else the highest of stacks.
    """
    held = decide(problem).held
    by_id = {box.id: box for box in (*problem.loads, *(stowed.container for stowed in problem.lifted))}
    chosen: list[ContainerId] = []
    tops = _tops(problem.call, held)
    for box in ashore:
        if box.needs_plug:
            suiting = [
                number
                for number, slot in held.items()
                if by_id[number].is_20 is box.is_20
                and not by_id[number].needs_plug
                and (place := problem.call.vessel.place(slot))
                and has_plug(place.cell, place.end)
            ]
        else:
            suiting = [number for number in tops if by_id[number].is_20 is box.is_20]
        order = problem.call.order_of(box)
        suiting.sort(key=lambda number: (abs(problem.call.order_of(by_id[number]) - order), number))
        chosen += [number for number in suiting if number not in chosen][:2]
    return replace(problem, loosened=frozenset(chosen[:most]))


def _tops(call: VesselCall, held: Mapping[ContainerId, StowPosition]) -> list[ContainerId]:
    highest: dict[StackId, tuple[int, ContainerId]] = {}
    for number, slot in held.items():
        if place := call.vessel.place(slot):
            highest[place.stack_id] = max(highest.get(place.stack_id, (-1, number)), (place.level_index, number))
    return [number for _, number in highest.values()]


def changed(
    call: VesselCall, slots: Mapping[ContainerId, StowPosition], refused: Collection[ContainerId] = ()
) -> dict[ContainerId, StowPosition | None]:
    """Boxes of the earlier plan that a plan puts elsewhere, and where; None for one it leaves ashore.

    `slots` are the plan's loads and restows. What may not be loaded any more is no change.
    """
    budget = call.wishes.budget
    found: dict[ContainerId, StowPosition | None] = {}
    for box, was in budget.earlier.items() if budget else ():
        stays = call.arrival.by_container.get(box)
        now = slots.get(box, stays.position if stays and stays.container.pod != call.port else None)
        if now is not None and now != was:
            found[box] = now
        elif now is None and box in refused and not why_not(call, call.load_by_id[box]):
            found[box] = None
    return found


def over_budget(decided: Decided) -> Offence | None:
    """Why the change budget is too small, if it is."""
    budget = decided.problem.call.wishes.budget
    if budget is None or len(decided.let_go) <= budget.at_most:
        return None
    told = "; ".join(f"{box}: {why}" for box, why in list(decided.let_go.items())[:3])
    more = " ..." if len(decided.let_go) > 3 else ""
    text = f"{len(decided.let_go):,} boxes cannot keep their slot, {budget.at_most:,} may change: {told}{more}"
    return Offence(wishes.BUDGET, text)
