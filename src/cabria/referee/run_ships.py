"""Ships at the quay in a run: each worked as its plan says, step by step, and left as its plan says.

What stands badly on arrival is not the run's fault; only what is set down or lifted here is judged.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Container, Iterator, Mapping
from dataclasses import dataclass, field, replace
from enum import Enum

from cabria.domain.calls import BAY_NUMBER_MM, VesselCall
from cabria.domain.containers import ContainerId
from cabria.domain.plan import LoadingPlan, departure
from cabria.domain.positions import StowPosition
from cabria.domain.run_events import (
    Aboard,
    BoxesLanded,
    BoxesLifted,
    LidLanded,
    LidLifted,
    LoadBroughtForward,
    PlanChanged,
    QueuesChanged,
    ShipBerthed,
    ShipSailed,
    StepSkipped,
    StockTaken,
)
from cabria.domain.vessel import End, HatchCover, Level, Place, StackId
from cabria.domain.work import OFF_SHIP, ONTO_SHIP, CraneStep, StepKind
from cabria.referee.condition import HALVES, support_level
from cabria.referee.rule import Rule
from cabria.referee.run_cranes import Cranes, QuayDrive
from cabria.referee.run_rules import ABOARD, KNOWN, LIDS, OPEN, QUEUE, REACH, SLOT, STOCK, Notebook
from cabria.referee.run_service import Service


class LidIs(Enum):
    """Where a hatch cover is."""

    ON = "on"
    OFF = "off"
    LIFTED_OFF = "being lifted off"
    LIFTED_ON = "being put on"


@dataclass(slots=True)
class Ship:
    """A call from berthing to sailing. `done` are the steps of each crane's queue that are done."""

    call: VesselCall
    plan: LoadingPlan
    berth: ShipBerthed | None = None
    has_sailed: bool = False
    where: dict[ContainerId, StowPosition] = field(default_factory=dict)
    standing: dict[tuple[StackId, End], dict[int, ContainerId]] = field(default_factory=dict)
    """For each end of each stack, who stands on each level."""
    lids: dict[str, LidIs] = field(default_factory=dict)
    done: dict[str, set[int]] = field(default_factory=dict)
    next: dict[str, int] = field(default_factory=dict)
    steps: dict[str, tuple[CraneStep, ...]] = field(default_factory=dict)
    last: dict[str, CraneStep] = field(default_factory=dict)
    """The step that each crane did last."""
    skipped: list[CraneStep] = field(default_factory=list)
    """What a person had left out."""

    def bay_mm(self, bay: int) -> int:
        """Where a bay lies along the quay at which she was berthed."""
        berth_mm = self.call.berth_x_mm if self.berth is None else self.berth.berth_x_mm
        towards = self.call.bow_towards_x if self.berth is None else self.berth.bow_towards_x
        return berth_mm + (-bay if towards else bay) * BAY_NUMBER_MM

    def put(self, box: ContainerId, position: StowPosition) -> None:
        self.where[box] = position
        if place := self.call.vessel.place(position):
            for half in HALVES[place.end]:
                self.standing.setdefault((place.stack_id, half), {})[place.level_index] = box

    def take(self, box: ContainerId) -> None:
        position = self.where.pop(box, None)
        place = self.call.vessel.place(position) if position else None
        if place:
            for half in HALVES[place.end]:
                levels = self.standing.get((place.stack_id, half), {})
                if levels.get(place.level_index) == box:
                    del levels[place.level_index]

    def above(self, place: Place) -> ContainerId | None:
        """A box over a place, the lowest."""
        over = [
            (level, box)
            for half in HALVES[place.end]
            for level, box in self.standing.get((place.stack_id, half), {}).items()
            if level > place.level_index
        ]
        return min(over)[1] if over else None

    def due(self) -> dict[ContainerId, StowPosition]:
        """Who is aboard when all is done, and where: as planned, but for what was skipped."""
        wanted = {s.container.id: s.position for s in departure(self.call, self.plan)}
        for step in self.skipped:
            if step.kind in ONTO_SHIP:
                for box in step.containers:
                    wanted.pop(box, None)
        for step in self.skipped:
            if step.kind in OFF_SHIP:
                wanted.update(zip(step.containers, step.positions, strict=True))
        return wanted

    @property
    def is_done(self) -> bool:
        return all(len(self.done[crane]) == len(steps) for crane, steps in self.steps.items())


class Ships:
    """All calls of a run, and what the log does to them."""

    def __init__(self, book: Notebook, service: Service, cranes: Cranes) -> None:
        self._book, self._service, self._cranes = book, service, cranes
        self.ships: dict[str, Ship] = {}
        self._held_lids: dict[str, tuple[str, str]] = {}

    def expect(self, call: VesselCall, plan: LoadingPlan) -> None:
        """One call more."""
        self.ships[call.id] = _ship(call, plan)

    def bay_mm(self, slot: Aboard) -> int | None:
        ship = self.ships.get(slot.call)
        place = None if ship is None else ship.call.vessel.place(slot.position)
        return None if ship is None or place is None else ship.bay_mm(place.bay.number)

    def berthed(self, event: ShipBerthed) -> None:
        ship = self.ships.get(event.call)
        if ship is None:
            self._book.broken(KNOWN, "There is no such call.", event.call)
        elif ship.berth is not None:
            self._book.broken(KNOWN, "She lies at the quay already, or has been there.", event.call)
        else:
            ship.berth = event

    def sailed(self, event: ShipSailed) -> None:
        ship = self._at_quay(event.call)
        if ship is not None:
            self._ended(ship)
            ship.has_sailed = True

    def stock(self, event: StockTaken) -> None:
        came: dict[str, dict[ContainerId, StowPosition]] = {}
        for stock in event.boxes:
            if isinstance(stock.place, Aboard):
                came.setdefault(stock.place.call, {})[stock.container] = stock.place.position
        for call, boxes in came.items():
            ship = self._at_quay(call)
            if ship is None:
                continue
            for box, position in boxes.items():
                ship.put(box, position)
            self._differs(STOCK, ship, {s.container.id: s.position for s in ship.call.arrival}, "her call")

    def queues_changed(self, event: QueuesChanged) -> None:
        """The new queues hold what was left to do, each box and lid once; a step that a crane is at may be in them."""
        ship = self._at_quay(event.call)
        if ship is None:
            return
        left = Counter(part for _, _, step in _left(ship) for part in _parts(step))
        steps: dict[str, tuple[CraneStep, ...]] = dict.fromkeys(ship.steps, ())
        for crane, queue in event.queues:
            is_at_it = bool(queue) and _same(queue[0], ship.last.get(crane)) and not left[_parts(queue[0])[0]]
            steps[crane] = queue[1:] if is_at_it else queue
        now = Counter(part for queue in steps.values() for step in queue for part in _parts(step))
        for part in (left - now) | (now - left):
            what = (
                "was left to do and is in no queue"
                if left[part] > now[part]
                else "is in a queue and was not left to do"
            )
            self._book.broken(QUEUE, f"After queues were changed {part[0]} of {part[1]} {what}.", event.call)
        ship.steps, ship.next, ship.done = steps, {}, {crane: set() for crane in steps}

    def plan_changed(self, event: PlanChanged) -> None:
        """Loads that were left to do are to stand elsewhere, or stay ashore, or go after all; what is aboard stays."""
        ship = self._at_quay(event.call)
        if ship is None:
            return
        slots = dict(event.slots)
        for box in slots:
            if box in ship.where:
                self._book.broken(QUEUE, "It is aboard, and another plan gives it another slot.", event.call, box)
            if box not in ship.call.load_by_id:
                self._book.broken(KNOWN, "Another plan loads it, and it is not on her list.", event.call, box)
        for crane, steps in ship.steps.items():
            at = ship.next.get(crane, 0)
            ship.steps[crane] = (*steps[:at], *(left for s in steps[at:] if (left := _without(s, slots)) is not None))
        crane = next(iter(ship.steps))
        ship.steps[crane] += tuple(
            CraneStep(StepKind.LOAD, 0, 0, 0, (box,), (slot,)) for box, slot in event.slots if slot is not None
        )
        loads = {box: slot for box, slot in {**ship.plan.loads, **slots}.items() if slot is not None}
        refused = {box: why for box, why in ship.plan.refused.items() if box not in loads}
        stays = {box: event.reason for box, slot in event.slots if slot is None}
        ship.plan = replace(ship.plan, loads=loads, refused={**refused, **stays})
        ship.skipped = [step for step in ship.skipped if not set(step.containers) & loads.keys()]

    def step_skipped(self, event: StepSkipped) -> None:
        """It was still to come in that crane's queue; what it means for the others is judged when they are done."""
        ship = self._at_quay(event.call)
        if ship is None:
            return
        steps, done = ship.steps.get(event.crane, ()), ship.done.setdefault(event.crane, set())
        to_come = range(ship.next.get(event.crane, 0), len(steps))
        number = next((n for n in to_come if n not in done and _same(steps[n], event.step)), None)
        if number is None:
            what = event.step.lid or ", ".join(event.step.containers)
            self._book.broken(QUEUE, f"{event.step.kind} of {what} is skipped, which is not to come.", event.crane)
            return
        ship.steps[event.crane] = (*steps[:number], *steps[number + 1 :])
        ship.done[event.crane] = {each - (each > number) for each in done}
        ship.skipped.append(event.step)

    def brought_forward(self, event: LoadBroughtForward) -> None:
        """A load over one bay is done before others there that it stands neither on nor under; its crane is at none."""
        ship = self._at_quay(event.call)
        if ship is None:
            return
        steps, number = ship.steps.get(event.crane, ()), ship.next.get(event.crane, 0)
        what = ", ".join(event.containers)
        found = [n for n in range(number + 1, len(steps)) if steps[n].containers == event.containers]
        if not found:
            self._book.broken(QUEUE, f"{what} is brought forward, which is not to come later.", event.crane)
            return
        step, passed = steps[found[0]], steps[number : found[0]]
        stacks = {self._stack(ship, position) for position in step.positions}
        for other in passed:
            which = ", ".join(other.containers) or other.lid
            if other.bay != step.bay or other.kind not in ONTO_SHIP or step.kind not in ONTO_SHIP:
                text = f"{step.kind} of {what} is brought forward past {other.kind} of {which}."
                self._book.broken(QUEUE, text, event.crane)
            elif not stacks.isdisjoint(self._stack(ship, position) for position in other.positions):
                text = f"{what} is brought forward past {which}, which goes on the same stack."
                self._book.broken(QUEUE, text, event.crane)
        ship.steps[event.crane] = (*steps[:number], step, *passed, *steps[found[0] + 1 :])

    @staticmethod
    def _stack(ship: Ship, position: StowPosition) -> StackId | None:
        place = ship.call.vessel.place(position)
        return None if place is None else place.stack_id

    def lifted(self, event: BoxesLifted) -> None:
        """The boxes of one lift leave together; what is over one of them must not be the other."""
        ship, aboard = self._worked(event, OFF_SHIP)
        if ship is None:
            return
        for box, slot in aboard:
            place = ship.call.vessel.place(slot.position)
            if place is not None and (above := ship.above(place)) is not None:
                self._book.broken(SLOT, f"It is lifted from under {above}.", slot, box)
            self._hold_is_open(ship, box, slot, place)
        for box, _ in aboard:
            ship.take(box)

    def landed(self, event: BoxesLanded) -> None:
        ship, aboard = self._worked(event, ONTO_SHIP)
        if ship is None:
            return
        for box, slot in aboard:
            place = ship.call.vessel.place(slot.position)
            if place is None:
                self._book.broken(SLOT, "The ship has no such slot.", slot, box)
            else:
                self._slot_is_ready(ship, box, slot, place)
                self._hold_is_open(ship, box, slot, place)
        for box, slot in aboard:
            ship.put(box, slot.position)

    def _worked(
        self, event: BoxesLifted | BoxesLanded, kinds: tuple[StepKind, ...]
    ) -> tuple[Ship | None, list[tuple[ContainerId, Aboard]]]:
        """The ship at the quay that a lift takes boxes from or brings them to, and these; its turn is judged."""
        aboard = _aboard(event)
        ship = self._at_quay(aboard[0][1].call) if aboard else None
        if ship is not None:
            boxes, slots = tuple(box for box, _ in aboard), tuple(slot.position for _, slot in aboard)
            self._in_turn(ship, event.crane, kinds, boxes, slots)
        return ship, aboard

    def lid_lifted(self, event: LidLifted) -> None:
        ship, lid = self._lid(event)
        if ship is None or lid is None:
            return
        if event.crane in self._held_lids:
            self._book.broken(LIDS, f"{event.crane} lifts it while it holds another.", f"lid {event.lid}")
        was = ship.lids[event.lid]
        if was is LidIs.ON:
            for stack in lid.carries:
                for half in HALVES[End.BOTH]:
                    for box in ship.standing.get((stack, half), {}).values():
                        self._book.broken(LIDS, f"It is lifted while {box} stands on it.", f"lid {event.lid}", box)
                        break
        elif was is not LidIs.OFF:
            self._book.broken(LIDS, f"It is lifted while it is {was.value}.", f"lid {event.lid}")
        kind = StepKind.LID_OFF if was is LidIs.ON else StepKind.LID_ON
        self._in_turn(ship, event.crane, (kind,), (), (), event.lid)
        ship.lids[event.lid] = LidIs.LIFTED_OFF if was is LidIs.ON else LidIs.LIFTED_ON
        self._held_lids[event.crane] = event.call, event.lid

    def lid_landed(self, event: LidLanded) -> None:
        ship, lid = self._lid(event)
        if ship is None or lid is None:
            return
        if self._held_lids.pop(event.crane, None) != (event.call, event.lid):
            self._book.broken(LIDS, f"{event.crane} sets it down but does not hold it.", f"lid {event.lid}")
        ship.lids[event.lid] = LidIs.OFF if ship.lids[event.lid] is LidIs.LIFTED_OFF else LidIs.ON

    def _lid(self, event: LidLifted | LidLanded) -> tuple[Ship | None, HatchCover | None]:
        self._service.works(event.crane, "works a lid")
        ship = self._at_quay(event.call)
        if ship is None:
            return None, None
        lid = next((lid for lid in ship.call.vessel.hatch_covers if lid.id == event.lid), None)
        if lid is None:
            self._book.broken(KNOWN, f"The ship has no lid {event.lid!r:.60}.", event.call)
        if not isinstance(self._cranes.drives.get(event.crane), QuayDrive):
            self._book.broken(REACH, f"{event.crane} is no quay crane.", f"lid {event.lid}")
            return ship, lid
        at_mm = self._cranes.stands_at_mm(event.crane, event.at_ms)
        bays = {ship.bay_mm(stack.bay) for stack in (*lid.closes, *lid.carries)} if lid else set()
        if lid and at_mm not in bays:
            self._book.broken(REACH, f"{event.crane} does not stand over it.", f"lid {event.lid}")
        return ship, lid

    def _at_quay(self, call: str) -> Ship | None:
        ship = self.ships.get(call)
        if ship is None or ship.berth is None or ship.has_sailed:
            self._book.broken(KNOWN, "She is not at the quay.", call)
            return None
        return ship

    def _in_turn(
        self,
        ship: Ship,
        crane: str,
        kinds: tuple[StepKind, ...],
        boxes: tuple[ContainerId, ...],
        slots: tuple[StowPosition, ...],
        lid: str = "",
    ) -> None:
        """Whether this is the next step of the crane's queue; if not, go on from where it is."""

        def fits(step: CraneStep) -> bool:
            same = sorted(zip(step.containers, step.positions, strict=False)) == sorted(zip(boxes, slots, strict=True))
            return step.kind in kinds and step.lid == lid and same

        steps, done = ship.steps.get(crane, ()), ship.done.setdefault(crane, set())
        number = ship.next.get(crane, 0)
        what = lid or ", ".join(f"{box} at {slot}" for box, slot in zip(boxes, slots, strict=True))
        container = boxes[0] if boxes else None
        if not (number < len(steps) and fits(steps[number])):
            found = [n for n, step in enumerate(steps) if n not in done and fits(step)]
            if not found:
                text = f"It does {kinds[0]} of {what}, which is no step of its queue, or is done."
                self._book.broken(QUEUE, text, crane, container)
                return
            text = f"It does step {found[0] + 1} of its queue ({what}) when it is the turn of step {number + 1}."
            self._book.broken(QUEUE, text, crane, container)
            number = found[0]
        done.add(number)
        ship.next[crane] = number + 1
        ship.last[crane] = steps[number]

    def _slot_is_ready(self, ship: Ship, box: ContainerId, slot: Aboard, place: Place) -> None:
        levels = [ship.standing.get((place.stack_id, half), {}) for half in HALVES[place.end]]
        taken = [level[place.level_index] for level in levels if place.level_index in level]
        if taken:
            self._book.broken(SLOT, f"It is set where {taken[0]} stands.", slot, box)
        if (above := ship.above(place)) is not None:
            self._book.broken(SLOT, f"It is set under {above}.", slot, box)
        for half, level in zip(HALVES[place.end], levels, strict=True):
            lower = support_level(place.stack, place.level_index, half)
            if lower is not None and lower not in level:
                self._book.broken(SLOT, f"It is set with nothing under its {half} end.", slot, box)
        if place.stack.level is Level.DECK:
            for lid in ship.call.vessel.lids_under.get(place.stack_id, ()):
                if ship.lids[lid.id] is not LidIs.ON:
                    self._book.broken(LIDS, f"It is set on deck while lid {lid.id} is not on.", slot, box)

    def _hold_is_open(self, ship: Ship, box: ContainerId, slot: Aboard, place: Place | None) -> None:
        if place is not None and place.stack.level is Level.HOLD:
            for lid in ship.call.vessel.lids_over.get(place.stack_id, ()):
                if ship.lids[lid.id] is not LidIs.OFF:
                    self._book.broken(LIDS, f"The hold is worked while lid {lid.id} is not off.", slot, box)

    def _differs(self, rule: Rule, ship: Ship, wanted: Mapping[ContainerId, StowPosition], whose: str) -> None:
        for box, position in wanted.items():
            stands = ship.where.get(box)
            if stands != position:
                where = "is not aboard" if stands is None else f"stands in slot {stands}"
                self._book.broken(rule, f"It {where}; {whose} has it in slot {position}.", ship.call.id, box)
        for box in ship.where:
            if box not in wanted:
                self._book.broken(rule, f"It is aboard, which {whose} does not say.", ship.call.id, box)

    def _ended(self, ship: Ship) -> None:
        self._differs(ABOARD, ship, ship.due(), "the plan")
        for crane, number, step in _left(ship):
            what = step.lid or ", ".join(step.containers)
            self._book.broken(QUEUE, f"Step {number + 1} of its queue ({step.kind} {what}) was never done.", crane)
        for lid, is_now in ship.lids.items():
            if is_now is not LidIs.ON:
                self._book.broken(LIDS, f"At the end it is {is_now.value}.", f"lid {lid}")

    def over(self) -> None:
        """The log ends: ships whose work is done must be as planned, others are named."""
        for ship in self.ships.values():
            if ship.has_sailed:
                continue
            left = sum(1 for _ in _left(ship))
            if ship.berth is None:
                self._book.broken(OPEN, "The ship has not come.", ship.call.id)
            elif ship.is_done:
                self._ended(ship)
            else:
                self._book.broken(OPEN, f"{left:,} steps of the plan are still to do.", ship.call.id)
        for crane, (_, lid) in self._held_lids.items():
            self._book.broken(OPEN, f"{crane} still holds it.", f"lid {lid}")


def _ship(call: VesselCall, plan: LoadingPlan) -> Ship:
    steps = {queue.crane: queue.steps for queue in plan.queues}
    lids = {lid.id: LidIs.OFF if lid.id in call.lids_off else LidIs.ON for lid in call.vessel.hatch_covers}
    return Ship(call, plan, lids=lids, steps=steps, done={crane: set() for crane in steps})


def _aboard(event: BoxesLifted | BoxesLanded) -> list[tuple[ContainerId, Aboard]]:
    pairs = zip(event.containers, event.places, strict=False)
    return [(box, place) for box, place in pairs if isinstance(place, Aboard)]


def _left(ship: Ship) -> Iterator[tuple[str, int, CraneStep]]:
    for crane, steps in ship.steps.items():
        for number, step in enumerate(steps):
            if number not in ship.done[crane]:
                yield crane, number, step


def _without(step: CraneStep, boxes: Container[ContainerId]) -> CraneStep | None:
    """A step without loads of those boxes; None where nothing is left of it."""
    if step.kind is not StepKind.LOAD:
        return step
    pairs = [pair for pair in zip(step.containers, step.positions, strict=True) if pair[0] not in boxes]
    if not pairs:
        return None
    containers, positions = zip(*pairs, strict=True)
    return replace(step, containers=containers, positions=positions)


def _parts(step: CraneStep) -> list[tuple[StepKind, str]]:
    """What a step does, one by one."""
    if step.lid:
        return [(step.kind, f"lid {step.lid}")]
    return [(step.kind, f"{box} at {slot}") for box, slot in zip(step.containers, step.positions, strict=True)]


def _same(step: CraneStep, other: CraneStep | None) -> bool:
    return other is not None and sorted(_parts(step)) == sorted(_parts(other))
