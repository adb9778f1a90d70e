"""The order of the cranes' work, replayed over the ship from arrival to departure.

Steps of all cranes are done in the order in which they start. A step that cannot be done is reported and then done
all the same, so that one mistake is told once and the rest is judged on the ship as planned.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from cabria.domain.containers import Container, ContainerId
from cabria.domain.findings import Finding, Severity
from cabria.domain.positions import StowPosition
from cabria.domain.terminal import QuayCrane
from cabria.domain.told import Told, told
from cabria.domain.vessel import End, HatchCover, Level, Place, StackId, VesselProfile
from cabria.domain.work import LID_STEPS, OFF_SHIP, CraneStep, StepKind
from cabria.referee.condition import HALVES, NO_QUEUES, Case, support_level
from cabria.referee.rule import Rule

STEP = Rule(
    "WORK-STEP", Severity.HARD, "A step lifts one container, two in a twin lift, or one lid that the profile knows."
)
ONCE = Rule(
    "WORK-ONCE",
    Severity.HARD,
    "Each discharge, load and restow of the plan is done exactly once, and nothing else is lifted.",
)
SLOT = Rule("WORK-SLOT", Severity.HARD, "A container is lifted from where it stands and set where the plan has it.")
FREE = Rule("WORK-FREE", Severity.HARD, "A container is lifted only when nothing stands above it.")
SUPPORT = Rule(
    "WORK-SUPPORT",
    Severity.HARD,
    "A container is set only into a free place, with nothing above it and something under each of its ends.",
)
LIDS = Rule(
    "WORK-LIDS",
    Severity.HARD,
    "The hold is worked only with the lids over the stack off, and deck containers are set only on lids that are on.",
)
LID_LIFT = Rule(
    "WORK-LID-LIFT",
    Severity.HARD,
    "A lid is lifted off only when it is on and nothing stands on it, and put on only when it is off.",
)
LIDS_CLOSED = Rule("WORK-LIDS-CLOSED", Severity.HARD, "All lids are on when the work is done.")
TWIN = Rule(
    "WORK-TWIN",
    Severity.HARD,
    "A twin lift is of two 20 ft containers at the two ends of one cell, no heavier together than the spreader bears, "
    "where crane and settings allow it.",
)

"""Steps that take a container off the ship; the others of a container set it on board."""


def work_is_possible(case: Case) -> Iterator[Finding]:
    """Nothing to say while the plan has no work queues."""
    if not case.plan.queues:
        return
    yield from _done_once(case)
    replay = _Replay.of(case)
    cranes = {crane.id: crane for crane in case.call.terminal.quay_cranes}
    steps = [
        (step.start_s, step.end_s, queue.crane, index, step)
        for queue in case.plan.queues
        for index, step in enumerate(queue.steps)
    ]
    for *_, name, _, step in sorted(steps, key=lambda entry: entry[:4]):
        findings = list(_malformed(case.call.vessel, step))
        yield from findings
        if findings:
            continue
        if step.kind in LID_STEPS:
            yield from replay.lid(step)
        else:
            if len(step.containers) == 2:
                yield from _twin(replay, step, cranes.get(name), may_twin=case.call.settings.may_twin)
            yield from replay.boxes(step)
    for lid in case.call.vessel.hatch_covers:
        if lid.id in replay.lids_off:
            text = told("The lid is still off when the work is done.", "lid-left-off")
            yield LIDS_CLOSED.finding(text, f"lid {lid.id}")


def not_judged(case: Case) -> dict[str, tuple[Told, ...]]:
    if case.plan.queues:
        return {}
    rules = (STEP, ONCE, SLOT, FREE, SUPPORT, LIDS, LID_LIFT, LIDS_CLOSED, TWIN)
    return {rule.id: (NO_QUEUES,) for rule in rules}


def _malformed(vessel: VesselProfile, step: CraneStep) -> Iterator[Finding]:
    where = f"bay {step.bay:02}"
    if step.kind in LID_STEPS:
        if step.containers or step.positions:
            text = told("A step for lid {lid} also names containers.", "lid-step-with-boxes", lid=step.lid or "?")
            yield STEP.finding(text, where)
        elif all(lid.id != step.lid for lid in vessel.hatch_covers):
            text = told("The profile has no lid {lid}.", "no-such-lid", lid=step.lid or "without a name")
            yield STEP.finding(text, where)
    elif len(step.containers) not in (1, 2) or len(step.containers) != len(step.positions) or step.lid:
        text = told(
            "A step ({kind}) names {boxes} containers and {slots} slots.",
            "step-malformed",
            kind=step.kind,
            boxes=len(step.containers),
            slots=len(step.positions),
        )
        yield STEP.finding(text, where, step.containers[0] if step.containers else None)


def _done_once(case: Case) -> Iterator[Finding]:
    """What the plan asks for, against what the queues do."""
    wanted: dict[tuple[StepKind, ContainerId], int] = {}
    for container, _ in case.call.discharges:
        wanted[StepKind.DISCHARGE, container.id] = 0
    for number in case.plan.restows:
        wanted[StepKind.RESTOW_OFF, number] = 0
        wanted[StepKind.RESTOW_ON, number] = 0
    for number in case.plan.loads:
        wanted[StepKind.LOAD, number] = 0
    for queue in case.plan.queues:
        for step in queue.steps:
            for number in step.containers:
                if (step.kind, number) in wanted:
                    wanted[step.kind, number] += 1
                else:
                    text = told(
                        "Crane {crane} lifts it ({kind}), which the plan does not ask for.",
                        "lift-not-asked-for",
                        crane=queue.crane,
                        kind=step.kind,
                    )
                    yield ONCE.finding(text, f"bay {step.bay:02}", number)
    for (kind, number), times in wanted.items():
        if times != 1:
            text = told(
                "{work} is done {times} times instead of once.", "move-not-once", work=kind.capitalize(), times=times
            )
            yield ONCE.finding(text, "", number)


def _twin(replay: _Replay, step: CraneStep, crane: QuayCrane | None, *, may_twin: bool) -> Iterator[Finding]:
    def wrong(text: Told) -> Finding:
        return TWIN.finding(text, step.positions[0], step.containers[0])

    if not may_twin:
        yield wrong(told("The settings allow no twin lifts.", "twins-not-allowed"))
    if crane and not crane.may_twin:
        yield wrong(told("Crane {crane} makes no twin lifts.", "crane-without-twins", crane=crane.id))
    boxes = [replay.known.get(number) for number in step.containers]
    if all(boxes) and not all(box and box.is_20 for box in boxes):
        yield wrong(told("Both containers of a twin lift must be 20 ft long.", "twin-not-short"))
    mass = sum(box.gross_mass_kg for box in boxes if box)
    if crane and mass > crane.twin_max_kg:
        yield wrong(
            told(
                "The two weigh {mass_kg:,} kg; the spreader of {crane} bears {limit_kg:,} kg.",
                "twin-too-heavy",
                mass_kg=mass,
                crane=crane.id,
                limit_kg=crane.twin_max_kg,
            )
        )
    places = [replay.vessel.place(position) for position in step.positions]
    cells = {(place.stack_id, place.level_index) for place in places if place}
    ends = {place.end for place in places if place}
    if all(places) and (len(cells) != 1 or ends != {End.FORE, End.AFT}):
        yield wrong(
            told(
                "Slots {slot} and {other_slot} are not the two ends of one cell.",
                "twin-not-one-cell",
                slot=step.positions[0],
                other_slot=step.positions[1],
            )
        )


class _Columns(dict[tuple[StackId, End], list[list[ContainerId]]]):
    """Empty until somebody stands there."""

    def __init__(self, vessel: VesselProfile) -> None:
        super().__init__()
        self.vessel = vessel

    def __missing__(self, key: tuple[StackId, End]) -> list[list[ContainerId]]:
        levels: list[list[ContainerId]] = [[] for _ in self.vessel.stack_by_id[key[0]].cells]
        self[key] = levels
        return levels


@dataclass(slots=True)
class _Replay:
    """The ship as it is at one moment of the work."""

    vessel: VesselProfile
    known: dict[ContainerId, Container]
    targets: dict[ContainerId, StowPosition]
    """Where the plan has the containers that are set on board."""
    where: dict[ContainerId, StowPosition]
    """Containers aboard now."""
    standing: _Columns
    """For each end of each stack, who stands on each level; two where a place is claimed twice."""
    lids: dict[str, HatchCover]
    lids_off: set[str] = field(default_factory=set)
    ashore_s: dict[ContainerId, int] = field(default_factory=dict)
    """When a restow was put on the quay."""

    @classmethod
    def of(cls, case: Case) -> _Replay:
        call = case.call
        replay = cls(
            vessel=call.vessel,
            known={**{s.container.id: s.container for s in call.arrival}, **call.load_by_id},
            targets={**case.plan.loads, **case.plan.restows},
            where={},
            standing=_Columns(call.vessel),
            lids={lid.id: lid for lid in call.vessel.hatch_covers},
            lids_off=set(call.lids_off),
        )
        for container, position in call.arrival:
            replay._set(container.id, position)
        return replay

    def _set(self, number: ContainerId, position: StowPosition) -> None:
        self.where[number] = position
        if place := self.vessel.place(position):
            for half in HALVES[place.end]:
                self.standing[place.stack_id, half][place.level_index].append(number)

    def _lift(self, number: ContainerId) -> None:
        position = self.where.pop(number, None)
        place = self.vessel.place(position) if position else None
        if place:
            for half in HALVES[place.end]:
                self.standing[place.stack_id, half][place.level_index].remove(number)

    def lid(self, step: CraneStep) -> Iterator[Finding]:
        lid, place = self.lids[step.lid], f"lid {step.lid}"
        if step.kind is StepKind.LID_ON:
            if lid.id not in self.lids_off:
                yield LID_LIFT.finding(told("It is put on while it is on.", "lid-on-already"), place)
            self.lids_off.discard(lid.id)
            return
        if lid.id in self.lids_off:
            yield LID_LIFT.finding(told("It is lifted off while it is off.", "lid-off-already"), place)
        for stack in lid.carries:
            for half in HALVES[End.BOTH]:
                for level in self.standing[stack, half]:
                    if level:
                        text = told(
                            "It is lifted off at {at_s} s while {other} stands on it in slot {slot}.",
                            "lid-lifted-with-box",
                            at_s=step.start_s,
                            other=level[0],
                            slot=self.where[level[0]],
                        )
                        yield LID_LIFT.finding(text, place, level[0])
                        self.lids_off.add(lid.id)
                        return
        self.lids_off.add(lid.id)

    def boxes(self, step: CraneStep) -> Iterator[Finding]:
        pairs = list(zip(step.containers, step.positions, strict=True))
        if step.kind in OFF_SHIP:
            for number, position in pairs:
                yield from self._lifted(step, number, position)
            for number, _ in pairs:
                self._lift(number)
                self.ashore_s[number] = step.end_s
        else:
            for number, position in pairs:
                yield from self._let_down(step, number, position)
            for number, position in pairs:
                if number not in self.where:
                    self._set(number, position)

    def _lifted(self, step: CraneStep, number: ContainerId, position: StowPosition) -> Iterator[Finding]:
        stands = self.where.get(number)
        if stands != position:
            text = (
                told(
                    "It is lifted from slot {slot} but stands in slot {there}.",
                    "lifted-from-elsewhere",
                    slot=position,
                    there=stands,
                )
                if stands
                else told("It is not aboard.", "not-aboard")
            )
            yield SLOT.finding(text, position, number)
        place = self.vessel.place(stands) if stands else None
        if place is None:
            return
        if above := self._above(place):
            text = told(
                "It is lifted ({kind}) at {at_s} s while {other} stands above it.",
                "lifted-from-under",
                kind=step.kind,
                at_s=step.start_s,
                other=above,
            )
            yield FREE.finding(text, position, number)
        yield from self._hold_is_open(step, number, position, place)

    def _let_down(self, step: CraneStep, number: ContainerId, position: StowPosition) -> Iterator[Finding]:
        if number in self.where:
            text = told("It is set while it stands in slot {slot}.", "set-while-aboard", slot=self.where[number])
            yield SLOT.finding(text, position, number)
            return
        if step.kind is StepKind.RESTOW_ON and self.ashore_s.get(number, step.start_s + 1) > step.start_s:
            text = told("It is set back before it was put on the quay.", "set-back-too-early")
            yield SLOT.finding(text, position, number)
        target = self.targets.get(number)
        if target is not None and target != position:
            text = told(
                "It is set into slot {slot}; the plan has it in slot {planned}.",
                "set-elsewhere",
                slot=position,
                planned=target,
            )
            yield SLOT.finding(text, position, number)
        place = self.vessel.place(position)
        if place is None:
            yield SLOT.finding(told("The ship has no such slot.", "set-in-no-slot"), position, number)
            return
        yield from self._place_is_ready(step, number, position, place)
        yield from self._hold_is_open(step, number, position, place)
        if place.stack.level is Level.DECK:
            for lid in self.vessel.lids_under.get(place.stack_id, ()):
                if lid.id in self.lids_off:
                    text = told(
                        "It is set on deck at {at_s} s while lid {lid} under it is off.",
                        "set-on-missing-lid",
                        at_s=step.start_s,
                        lid=lid.id,
                    )
                    yield LIDS.finding(text, position, number)

    def _place_is_ready(
        self, step: CraneStep, number: ContainerId, position: StowPosition, place: Place
    ) -> Iterator[Finding]:
        halves = HALVES[place.end]
        columns = {half: self.standing[place.stack_id, half] for half in halves}
        taken = [columns[half][place.level_index][0] for half in halves if columns[half][place.level_index]]
        if taken:
            text = told(
                "It is set at {at_s} s where {other} still stands.",
                "set-where-taken",
                at_s=step.start_s,
                other=taken[0],
            )
            yield SUPPORT.finding(text, position, number)
        if above := self._above(place):
            text = told("It is set at {at_s} s under {other}.", "set-under-box", at_s=step.start_s, other=above)
            yield SUPPORT.finding(text, position, number)
        for half in halves:
            lower = support_level(place.stack, place.level_index, half)
            if lower is not None and not columns[half][lower]:
                text = told(
                    "It is set at {at_s} s with nothing under its {ends} end.",
                    "set-on-nothing",
                    at_s=step.start_s,
                    ends=half,
                )
                yield SUPPORT.finding(text, position, number)

    def _hold_is_open(
        self, step: CraneStep, number: ContainerId, position: StowPosition, place: Place
    ) -> Iterator[Finding]:
        if place.stack.level is Level.HOLD:
            for lid in self.vessel.lids_over.get(place.stack_id, ()):
                if lid.id not in self.lids_off:
                    text = told(
                        "It is moved ({kind}) at {at_s} s while lid {lid} over it is on.",
                        "moved-under-lid",
                        kind=step.kind,
                        at_s=step.start_s,
                        lid=lid.id,
                    )
                    yield LIDS.finding(text, position, number)

    def _above(self, place: Place) -> ContainerId | None:
        for half in HALVES[place.end]:
            for level in self.standing[place.stack_id, half][place.level_index + 1 :]:
                if level:
                    return level[0]
        return None
