"""Wishes that cannot be met, each with the referee's rule that forbids it, where, and what to do instead."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from cabria.domain.calls import VesselCall
from cabria.domain.containers import Container
from cabria.domain.positions import StowPosition
from cabria.domain.stowage import Stowed
from cabria.domain.vessel import End, Level, StackId
from cabria.domain.wishes import ImpossibleWish, Pin, ShipPart, Wish
from cabria.planning.stowage.problem import StowageProblem, why_not
from cabria.planning.stowage.together import misplaced
from cabria.planning.stowage.wished import decide, over_budget
from cabria.referee import (
    clearing,
    dangerous_goods,
    instruction,
    load_list,
    plugs,
    positions,
    stack_limits,
    wishes,
)
from cabria.referee.condition import Condition
from cabria.referee.rule import Offence, Rule

REMEDIES: Mapping[str, str] = {
    positions.SLOT.id: "Name a place that the profile has.",
    positions.LENGTH.id: "Pin 20 ft boxes to odd bays, longer ones to even bays.",
    positions.CELL.id: "Pin it to a cell that takes its length.",
    positions.CLASH.id: "Pin one of the two elsewhere.",
    positions.SUPPORT.id: "Pin it lower, or pin a box under it.",
    positions.SHORT_ON_LONG.id: "Pin the 20 ft box lower, or the longer one elsewhere.",
    plugs.PLUG.id: "Pin it to a slot with a plug at its end.",
    stack_limits.WEIGHT_20.id: "Pin fewer or lighter boxes to the stack.",
    stack_limits.WEIGHT_40.id: "Pin fewer or lighter boxes to the stack.",
    stack_limits.HEIGHT.id: "Pin fewer or lower boxes to the stack.",
    stack_limits.LASHING.id: "Pin fewer or lighter boxes to the stack, or lower ones.",
    dangerous_goods.SEGREGATION.id: "Pin it further away, or leave it to the search.",
    dangerous_goods.DECK.id: "Pin it on deck.",
    clearing.STACK.id: "Pin it above what stays aboard, or elsewhere.",
    clearing.LID.id: "Pin it elsewhere.",
    instruction.CLASS.id: "Ask the carrier, or pin it to a slot of its class.",
    load_list.UNKNOWN.id: "Check the number, or wait for the list that has it.",
    load_list.RESTOW.id: "Only loads and boxes that must be lifted anyway can be pinned.",
    load_list.STOPPED.id: "Have the hold lifted first.",
    load_list.VERIFIED.id: "Deliver its verified mass first.",
    wishes.PIN.id: "Keep one of its pins.",
    wishes.FORBID.id: "Take back the pin or the prohibition.",
    wishes.BUDGET.id: "Allow more changes.",
}


def impossible(call: VesselCall) -> tuple[ImpossibleWish, ...]:
    """The wishes of a call that cannot be met, as far as that can be seen without a search; all of them at once."""
    if not call.wishes.all:
        return ()
    looking = _Looking(call)
    looking.look_at_places()
    looking.look_at_pins()
    looking.look_at_stacks()
    looking.look_at_all_together()
    return tuple(looking.found)


def unmet(wish: Wish, rule: str, text: str, place: str = "") -> ImpossibleWish:
    """A wish that a finished plan does not meet."""
    return ImpossibleWish(wish, rule, text, place, REMEDIES.get(rule, ""))


@dataclass
class _Looking:
    call: VesselCall
    found: list[ImpossibleWish] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.problem = StowageProblem.of(self.call)
        self.boxes = {
            **{stowed.container.id: stowed.container for stowed in self.problem.lifted},
            **self.call.load_by_id,
        }

    def _refuse(self, wish: Wish, rule: Rule, text: str, place: object = "") -> None:
        self.found.append(ImpossibleWish(wish, rule.id, text, str(place), REMEDIES.get(rule.id, "")))

    @property
    def _refused(self) -> tuple[Wish, ...]:
        return tuple(one.wish for one in self.found)

    def look_at_places(self) -> None:
        asked = self.call.wishes
        parts: list[tuple[Wish, ShipPart]] = [
            *((pin, pin.to) for pin in asked.pins),
            *((forbid, forbid.part) for forbid in asked.forbids),
        ]
        for wish, part in parts:
            if not part.is_of(self.call.vessel):
                self._refuse(wish, positions.SLOT, f"{self.call.vessel.name} has no {_named(part)}.", part)

    def look_at_pins(self) -> None:
        for pin in self.call.wishes.pins:
            if pin in self._refused:
                continue
            box = self.boxes.get(pin.container)
            if box is None:
                self._look_at_stranger(pin)
            elif (reason := why_not(self.call, box)) and box.id in self.call.load_by_id:
                self._refuse(pin, _rule_of(self.call, box), f"The box stays ashore: {reason}.", pin.to)
            elif (offence := self._why_nowhere(pin, box)) is not None:
                self._refuse(pin, offence.rule, offence.text, offence.place or pin.to)

    def _look_at_stranger(self, pin: Pin) -> None:
        """A pin of a box that is neither a load nor lifted."""
        aboard = self.call.arrival.by_container.get(pin.container)
        if aboard is None:
            text = "The box is neither on the load list nor aboard on arrival."
            self._refuse(pin, load_list.UNKNOWN, text, pin.to)
        elif aboard.container.pod == self.call.port:
            self._refuse(pin, load_list.RESTOW, "The box is discharged here.", aboard.position)
        elif not pin.is_met(self.call.vessel, aboard.position):
            text = f"The box stays aboard in slot {aboard.position}; nothing has to lift it."
            self._refuse(pin, load_list.RESTOW, text, aboard.position)

    def _why_nowhere(self, pin: Pin, box: Container) -> Offence | None:
        """None when there is a slot for a pinned box; else what forbids most of those it is pinned to."""
        reasons: Counter[Rule] = Counter()
        first: dict[Rule, Offence] = {}
        for slot in self._slots_of(pin, box):
            offence = self._why_not_there(box, slot)
            if offence is None:
                return None
            reasons[offence.rule] += 1
            first.setdefault(offence.rule, offence)
        if not first:
            kind = "20 ft" if box.is_20 else f"{box.length_ft} ft"
            return Offence(positions.LENGTH, f"There is no slot for a {kind} container.", str(pin.to), box.id)
        return first[max(reasons, key=lambda rule: (reasons[rule], rule.id))]

    def _slots_of(self, pin: Pin, box: Container) -> Iterator[StowPosition]:
        if pin.to.slot is not None:
            yield pin.to.slot
            return
        for bay in self.call.vessel.bays:
            for number, end in bay.ends():
                if box.is_20 is (end is End.BOTH):
                    continue
                for stack in bay.stacks:
                    for cell in stack.cells:
                        slot = StowPosition(number, stack.row, cell.tier)
                        if pin.is_met(self.call.vessel, slot):
                            yield slot

    def _why_not_there(self, box: Container, slot: StowPosition) -> Offence | None:
        """What forbids a box in a slot whatever the plan, what it stands on left aside."""
        condition = Condition.of(self.call.vessel, [Stowed(box, slot)], self.call.order_of, {box.id})
        for check in (positions.length_fits_bay, positions.cell_takes_length, plugs.reefers_have_power):
            for offence in check(condition):
                return offence
        if wish := self.problem.permitted.why_not(box, slot):
            pins = self.problem.permitted.pins[box.id]
            rule = wishes.FORBID if all(pin.is_met(self.call.vessel, slot) for pin in pins) else wishes.PIN
            return Offence(rule, f"{wish}.", str(slot), box.id)
        if (obstacle := self._in_the_way(box, slot)) is not None:
            return obstacle
        asked = next((i for i in self.call.instructions if i.position == slot), None)
        if asked is not None and (wrong := next(instruction.differences_of(asked, box), "")):
            return Offence(instruction.CLASS, f"The carrier asks for {wrong}.", str(slot), box.id)
        alone = misplaced(self.problem, [Stowed(box, slot)])
        return next((o for o in alone.values() if o.rule not in (positions.SUPPORT, positions.LEVEL)), None)

    def _in_the_way(self, box: Container, slot: StowPosition) -> Offence | None:
        """Boxes that stay aboard in the slot, or above it, or on a lid over it that stays on."""
        place = self.call.vessel.place(slot)
        assert place is not None
        for standing, position in self.problem.staying_by_stack.get(place.stack_id, ()):
            other = self.call.vessel.place(position)
            assert other is not None
            if set(other.end.halves).isdisjoint(place.end.halves):
                continue
            if other.level_index == place.level_index:
                text = f"The place is taken by {standing.id} in slot {position}, which stays aboard."
                return Offence(positions.CLASH, text, str(slot), box.id)
            if other.level_index > place.level_index:
                text = f"{standing.id} stays in place above it in slot {position}."
                return Offence(clearing.STACK, text, str(slot), box.id)
        if place.stack_id in self.problem.closed_stacks:
            text = "Boxes that stay aboard keep its stack closed."
            return Offence(clearing.LID, text, str(slot), box.id)
        return None

    def look_at_stacks(self) -> None:
        """More boxes pinned to one stack than it has cells for, or than it bears."""
        by_part: dict[ShipPart, list[Pin]] = defaultdict(list)
        for pin in self.call.wishes.pins:
            is_a_stack = pin.to.row is not None and pin.to.level is not None
            if is_a_stack and pin not in self._refused and pin.container in self.boxes:
                by_part[pin.to].append(pin)
        for part, pins in by_part.items():
            for pin, rule, text in self._too_many(part, pins):
                self._refuse(pin, rule, text, part)

    def _too_many(self, part: ShipPart, pins: Sequence[Pin]) -> Iterator[tuple[Pin, Rule, str]]:
        bay = next(bay for bay in self.call.vessel.bays if part.bay in (bay.number, bay.fore, bay.aft))
        stack = self.call.vessel.stack_by_id[StackId(bay.number, part.row or 0, part.level or Level.DECK)]
        standing = self.problem.staying_by_stack.get(StackId(bay.number, stack.row, stack.level), ())
        limit, room = stack.max_weight_40_kg, 2 * len(stack.cells)
        kg = sum(box.gross_mass_kg / (2 if box.is_20 else 1) for box, _ in standing)
        half_cells = sum(1 if box.is_20 else 2 for box, _ in standing)
        for pin in pins:
            box = self.boxes[pin.container]
            kg += box.gross_mass_kg / (2 if box.is_20 else 1)
            half_cells += 1 if box.is_20 else 2
            if limit is not None and kg > limit:
                yield pin, stack_limits.WEIGHT_40, f"{kg:,.0f} kg would count where {limit:,} kg are allowed."
            elif half_cells > room:
                yield pin, positions.CLASH, f"Its {len(stack.cells)} cells are taken by boxes that stay or are pinned."

    def look_at_all_together(self) -> None:
        """Pinned slots with each other and with what must hold them up, then what the change budget allows."""
        dropped = self._refused
        decided = decide(StowageProblem.of(replace(self.call, wishes=self.call.wishes.without(dropped))))
        for number, offence in decided.failed.items():
            for pin in self.call.wishes.pins_of(number):
                if pin not in dropped:
                    text = offence.text
                    if offence.rule in (positions.SUPPORT, positions.LEVEL):
                        text = f"{text} No box on the list that is free can be put under it."
                    self._refuse(pin, offence.rule, text, offence.place or pin.to)
        budget = self.call.wishes.budget
        if budget is not None and (excess := over_budget(decided)) is not None:
            self._refuse(budget, excess.rule, excess.text)


def _named(part: ShipPart) -> str:
    return f"slot {part}" if part.slot is not None else str(part)


def _rule_of(call: VesselCall, load: Container) -> Rule:
    """The referee's rule behind `why_not`."""
    if load.holds:
        return load_list.STOPPED
    if load.is_full and not load.mass_is_verified:
        return load_list.VERIFIED
    if load.pod == call.port or (call.rotation and load.pod not in call.port_order):
        return load_list.PORT
    return plugs.PLUG if load.needs_plug and not call.vessel.plugs else positions.CELL
