"""Why a box stands where it stands, and what other slots would cost: slow plain Python, no search state needed.

A box's terms are what it costs at its slot, with what it does to others there: to a box above it that leaves later,
to boxes on the lid over it. Alternatives are free slots on top of stacks and exchanges with other loads as long.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from heapq import nsmallest
from typing import Protocol

from cabria.domain.calls import SlotInstruction, VesselCall
from cabria.domain.containers import Container, ContainerId
from cabria.domain.plan import Reason
from cabria.domain.positions import StowPosition
from cabria.domain.stowage import Stowed
from cabria.domain.told import Told, told
from cabria.domain.vessel import End, Level, Place, StackId
from cabria.planning.stowage.flat import groups_of_stacks
from cabria.planning.stowage.legal import forbidden
from cabria.planning.stowage.problem import StowageProblem, has_plug, offers, takes
from cabria.planning.stowage.special import DangerousAboard
from cabria.referee.instruction import differences_of

LOOKED_AT = 60
"""How many of the cheapest other slots are looked at closely."""
MOST_IN_A_BAY = 2
"""Of other places named for one box: planners want to see different ones."""
LAST = 1 << 30


class Decided(Protocol):
    """What a stowage solution and a loading plan have in common."""

    @property
    def loads(self) -> Mapping[ContainerId, StowPosition]: ...
    @property
    def refused(self) -> Mapping[ContainerId, str]: ...
    @property
    def restows(self) -> Mapping[ContainerId, StowPosition]: ...


def explain(problem: StowageProblem, decided: Decided, container: ContainerId) -> Reason:
    """Terms of one load or restow and its three best other slots, in minutes more than where it stands.

    Raises KeyError for a container the call does not know.
    """
    return _Sailing(problem, decided).explain(container)


def said_of(problem: StowageProblem, decided: Decided, container: ContainerId) -> tuple[Told, ...]:
    """What speaks for where a load or restow stands; nothing of a box that stands nowhere."""
    sailing = _Sailing(problem, decided)
    here = sailing.places.get(container)
    return tuple(sailing.said(sailing.boxes[container], here)) if here else ()


def other_places(
    problem: StowageProblem, decided: Decided, container: ContainerId, most: int
) -> list[tuple[StowPosition, ContainerId | None]]:
    """Slots that look cheapest for a load, at most two in a bay, and which load stands there now; the cheapest first.

    Raises KeyError for a container the call does not know.
    """
    sailing = _Sailing(problem, decided)
    box, here = sailing.boxes[container], sailing.places.get(container)
    found: list[tuple[StowPosition, ContainerId | None]] = []
    in_bay: Counter[int] = Counter()
    for _, position, place, against in sorted(sailing.others(box, here), key=lambda other: (other[0], other[1])):
        in_bay[place.bay.number] += 1
        if in_bay[place.bay.number] <= MOST_IN_A_BAY:
            found.append((position, against))
        if len(found) == most:
            break
    return found


def explain_all(problem: StowageProblem, decided: Decided) -> dict[ContainerId, Reason]:
    """Terms and a sentence for every load, without alternatives."""
    sailing = _Sailing(problem, decided)
    ids = [*decided.loads, *decided.refused, *decided.restows]
    return {box: sailing.reason(box) for box in ids if box in sailing.boxes}


@dataclass
class _Sailing:
    """The ship on departure, laid out by stack and lid."""

    problem: StowageProblem
    decided: Decided

    @property
    def call(self) -> VesselCall:
        return self.problem.call

    @cached_property
    def boxes(self) -> Mapping[ContainerId, Container]:
        return {**{s.container.id: s.container for s in self.call.remaining}, **self.call.load_by_id}

    @cached_property
    def places(self) -> Mapping[ContainerId, Place]:
        """Where every box stands that has a place in the profile."""
        at = {stowed.container.id: stowed.position for stowed in self.call.remaining}
        at.update(self.decided.restows)
        at.update(self.decided.loads)
        found = ((box, self.call.vessel.place(position)) for box, position in at.items())
        return {box: place for box, place in found if place and box in self.boxes}

    @cached_property
    def new(self) -> Collection[ContainerId]:
        return {*self.decided.loads, *self.decided.restows}

    @cached_property
    def piles(self) -> Mapping[StackId, list[tuple[Place, Container]]]:
        piles: dict[StackId, list[tuple[Place, Container]]] = defaultdict(list)
        for box, place in self.places.items():
            piles[place.stack_id].append((place, self.boxes[box]))
        for pile in piles.values():
            pile.sort(key=lambda entry: entry[0].level_index)
        return piles

    @cached_property
    def groups(self) -> Mapping[StackId, int]:
        return groups_of_stacks(self.call.vessel, list(self.call.vessel.stack_by_id))

    @cached_property
    def in_group(self) -> Mapping[int, Counter[int]]:
        counts: dict[int, Counter[int]] = defaultdict(Counter)
        for box, place in self.places.items():
            counts[self.groups[place.stack_id]][self._order(self.boxes[box])] += 1
        return counts

    @cached_property
    def by_lid(self) -> tuple[Mapping[str, Counter[int]], Mapping[str, Counter[int]]]:
        """Boxes by port under and on each lid."""
        under: dict[str, Counter[int]] = defaultdict(Counter)
        upon: dict[str, Counter[int]] = defaultdict(Counter)
        profile = self.call.vessel
        for box, place in self.places.items():
            counts, lids = (under, profile.lids_over) if place.stack.level is Level.HOLD else (upon, profile.lids_under)
            for lid in lids.get(place.stack_id, ()):
                counts[lid.id][self._order(self.boxes[box])] += 1
        return under, upon

    def _order(self, box: Container) -> int:
        return self.call.order_of(box)

    def explain(self, container: ContainerId) -> Reason:
        box, here = self.boxes[container], self.places.get(container)
        reason = self.reason(container)
        if container in self.problem.refused:
            return reason
        now = sum(reason.terms.values())
        cheapest = nsmallest(LOOKED_AT, self.others(box, here), key=lambda other: (other[0], other[1]))
        alternatives: list[tuple[StowPosition, float, str]] = []
        bays: set[int] = set()
        for cost, position, place, against in cheapest:
            if place.bay.number not in bays:
                bays.add(place.bay.number)
                why = self._why_not(box, place, position, against, here)
                alternatives.append((position, round(cost - now, 2), why))
            if len(alternatives) == 3:
                break
        return Reason(reason.terms, tuple(alternatives), reason.text)

    def reason(self, container: ContainerId) -> Reason:
        box, here = self.boxes[container], self.places.get(container)
        if container in self.decided.refused or here is None:
            why = self.decided.refused.get(container, "no slot in the profile")
            return Reason({"refused": self.call.settings.refused_min}, (), f"Not loaded: {why}.")
        terms = self._terms(box, here, None)
        if container in self.decided.restows:
            terms["restow"] = self.call.settings.restow_min
        return Reason({name: value for name, value in terms.items() if value}, (), self._sentence(box, here, terms))

    def _sentence(self, box: Container, here: Place, terms: Mapping[str, float]) -> str:
        costs = [f"{name} {value:g} min" for name, value in terms.items() if value]
        said = ", ".join(part.text for part in self.said(box, here))
        return f"{said}; {', '.join(costs) if costs else 'it costs nothing there'}."

    def said(self, box: Container, here: Place) -> Iterator[Told]:
        """Where it stands, and what speaks for that."""
        count = self.in_group[self.groups[here.stack_id]][self._order(box)] - 1
        others = f"{count} others" if count != 1 else "one other"
        if here.stack.level is Level.DECK:
            text = "On deck in bay {bay:02} with {others} for {port} in its block"
            yield told(text, "stands-on-deck", bay=here.bay.number, others=others, port=box.pod)
        else:
            text = "In the hold of bay {bay:02} with {others} for {port} in its block"
            yield told(text, "stands-in-hold", bay=here.bay.number, others=others, port=box.pod)
        if box.needs_plug:
            yield told("at a plug", "at-plug")
        if self.decided.loads.get(box.id) in self._asked:
            yield told("as the carrier asks", "as-carrier-asks")
        yield from self._wished(box)
        if box.id in self.decided.restows:
            if self.call.arrival.by_container[box.id].position == self.decided.restows[box.id]:
                yield told("lifted and set back", "lifted-and-set-back")
            else:
                yield told("lifted because something under it leaves", "lifted-for-one-below")

    def _wished(self, box: Container) -> Iterator[Told]:
        """What the planner has to do with its slot."""
        wishes = self.call.wishes
        pins = self.problem.permitted.pins.get(box.id, ())
        for pin in pins:
            yield told("pinned to {part}{because}", "pinned", part=pin.to, because=pin.because)
        slot = self.decided.loads.get(box.id) or self.decided.restows.get(box.id)
        if not pins and wishes.budget and slot is not None and wishes.budget.earlier.get(box.id) == slot:
            yield told("kept where the earlier plan had it", "kept-as-before")

    @cached_property
    def _asked(self) -> Mapping[StowPosition | None, SlotInstruction]:
        return {instruction.position: instruction for instruction in self.call.instructions}

    def _terms(self, box: Container, place: Place, without: ContainerId | None) -> dict[str, float]:
        """What the box costs in a place, itself and perhaps another box thought away."""
        settings, order = self.call.settings, self._order(box)
        away = {box.id, without}
        ends = set(place.end.halves)
        entries = self.piles.get(place.stack_id, [])
        others = [(p, other) for p, other in entries if other.id not in away and ends.intersection(p.end.halves)]
        below = [other for p, other in others if p.level_index < place.level_index]
        above = [other for p, other in others if p.level_index > place.level_index]
        first = min((self._order(other) for other in below), default=LAST)
        overstows = (first < order) + sum(first >= self._order(other) > order for other in above)
        new_below = [o for p, o in others if p.level_index == place.level_index - 1 and o.id in self.new]
        inverted = bool(new_below) and (
            box.gross_mass_kg - sum(other.gross_mass_kg for other in new_below) > settings.max_inversion_kg
        )
        alone = self._count(self.in_group[self.groups[place.stack_id]], order, place, away) == 0
        lids = self._lid_overstows(order, place, away)
        return {
            "overstow": settings.overstow_min * overstows,
            "lid overstow": settings.overstow_min * lids,
            "inversion": settings.inversion_min * inverted,
            "port mixed": settings.port_mix_min * alone,
        }

    def _count(self, counts: Counter[int], order: int, place: Place, away: Collection[ContainerId | None]) -> int:
        """Boxes of a port in the group of a place, those thought away not counted."""
        group = self.groups[place.stack_id]
        gone = [
            box
            for box in away
            if box and (at := self.places.get(box)) and self.groups[at.stack_id] == group
            and self._order(self.boxes[box]) == order
        ]  # fmt: skip
        return counts[order] - len(gone)

    def _lid_overstows(self, order: int, place: Place, away: Collection[ContainerId | None]) -> int:
        """Lid overstows the box makes or is."""
        under, upon = self.by_lid
        profile, is_hold = self.call.vessel, place.stack.level is Level.HOLD
        lids = (profile.lids_over if is_hold else profile.lids_under).get(place.stack_id, ())
        overstows = 0
        for lid in lids:
            below = self._left(under.get(lid.id, Counter()), lid.id, Level.HOLD, away)
            on_top = self._left(upon.get(lid.id, Counter()), lid.id, Level.DECK, away)
            first = min(below, default=LAST)
            if is_hold:
                overstows += sum(n for o, n in on_top.items() if first >= o > order)
            else:
                overstows = max(overstows, int(first < order))
        return overstows

    def _left(
        self, counts: Counter[int], lid: str, level: Level, away: Collection[ContainerId | None]
    ) -> dict[int, int]:
        left = dict(counts)
        lids = self.call.vessel.lids_over if level is Level.HOLD else self.call.vessel.lids_under
        for box in away:
            place = self.places.get(box) if box else None
            if box and place and any(each.id == lid for each in lids.get(place.stack_id, ())):
                left[self._order(self.boxes[box])] -= 1
        return {order: n for order, n in left.items() if n > 0}

    def others(
        self, box: Container, here: Place | None
    ) -> Iterator[tuple[float, StowPosition, Place, ContainerId | None]]:
        """Cost, slot and place of all other slots of its length, and which load would go to the box's own slot."""
        for position, place in self._free(box):
            yield sum(self._terms(box, place, None).values()), position, place, None
        for other, position in self.decided.loads.items():
            against, there = self.boxes.get(other), self.places.get(other)
            if against is None or there is None or other == box.id or against.is_20 is not box.is_20:
                continue
            cost = sum(self._terms(box, there, other).values())
            if here is None:
                cost += self.call.settings.refused_min
            else:
                cost += sum(self._terms(against, here, box.id).values())
                cost -= sum(self._terms(against, there, None).values())
            yield cost, position, there, other

    def _free(self, box: Container) -> Iterator[tuple[StowPosition, Place]]:
        """The next free slot of each stack."""
        for bay in self.call.vessel.bays:
            for number, end in bay.ends():
                if box.is_20 is (end is End.BOTH):
                    continue
                for stack in bay.stacks:
                    entries = self.piles.get(StackId(bay.number, stack.row, stack.level), [])
                    levels = set()
                    for half in end.halves:
                        top = max((p.level_index + 1 for p, _ in entries if half in p.end.halves), default=0)
                        free = (i for i in range(top, len(stack.cells)) if offers(stack.cells[i], half))
                        levels.add(next(free, -1))
                    if len(levels) == 1 and (level := levels.pop()) >= 0:
                        yield StowPosition(number, stack.row, stack.cells[level].tier), Place(bay, stack, level, end)

    def _why_not(
        self, box: Container, place: Place, position: StowPosition, against: ContainerId | None, here: Place | None
    ) -> str:
        """What forbids the box there, or the other load at the box's own slot; "" when nothing does."""
        if place.stack_id in self.problem.closed_stacks:
            return "closed: boxes that stay aboard stand on the lid over it, or it cannot be judged"
        if not takes(place.cell, place.end, box):
            return f"the cell takes no {box.length_ft} ft container"
        if box.needs_plug and not has_plug(place.cell, place.end):
            return "no plug there"
        if wish := self.problem.permitted.why_not(box, position):
            return wish
        instruction = self._asked.get(position)
        if self._asked and instruction is None:
            return "the carrier's instruction does not name this slot"
        if instruction is not None and (wrong := list(differences_of(instruction, box))):
            return f"the carrier asks for {'; '.join(wrong)}"
        if not self._dangerous_without({box.id, against}).allows(box, place):
            return "too near to other dangerous goods, or under deck"
        entries = self.piles.get(place.stack_id, [])
        stack = [Stowed(other, self._position(other.id)) for _, other in entries if other.id not in (box.id, against)]
        found = forbidden(self.call, [*stack, Stowed(box, position)], {*self.new, box.id})
        if found:
            return found[0].text
        if against is not None and here is not None:
            other = self.boxes[against]
            if not takes(here.cell, here.end, other) or (other.needs_plug and not has_plug(here.cell, here.end)):
                return f"{against} would have to go to its slot, which does not take it"
            if wish := self.problem.permitted.why_not(other, self._position(box.id)):
                return f"{against} would have to go to its slot: {wish}"
            own = [e for _, e in self.piles[here.stack_id] if e.id not in (box.id, against)]
            swapped = [*(Stowed(e, self._position(e.id)) for e in own), Stowed(other, self._position(box.id))]
            if wrong_there := forbidden(self.call, swapped, {*self.new, against}):
                return f"{against} would have to go to its slot: {wrong_there[0].text}"
        return ""

    def _position(self, box: ContainerId) -> StowPosition:
        found = self.decided.loads.get(box) or self.decided.restows.get(box)
        return found or self.call.arrival.by_container[box].position

    def _dangerous_without(self, away: Collection[ContainerId | None]) -> DangerousAboard:
        aboard = DangerousAboard()
        for box, place in self.places.items():
            if self.boxes[box].dangerous and box not in away:
                aboard.add(self.boxes[box], place)
        return aboard
