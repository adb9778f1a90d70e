"""Small random calls of a ship of four bays, and a replay that believes nothing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from random import Random

from cabria.domain.calls import BAY_NUMBER_MM, CallSettings, VesselCall
from cabria.domain.containers import Container, ContainerId, Port, SizeType
from cabria.domain.positions import StowPosition
from cabria.domain.stowage import BayPlan
from cabria.domain.terminal import QuayCrane, Terminal
from cabria.domain.vessel import Cell, End, HatchCover, Level, StackId, VesselBay, VesselProfile, VesselStack
from cabria.domain.work import StepKind, WorkQueue
from cabria.domain.yard import YardInventory

HERE, NEXT = Port("PECHY"), Port("MXZLO")
ROWS = (0, 1, 2, 3, 4)
TIERS = {Level.HOLD: (2, 4), Level.DECK: (82, 84, 86)}
SIZE_20, SIZE_40 = SizeType.parse("22G1"), SizeType.parse("42G1")


def ship() -> VesselProfile:
    """Bays 02, 06, 10 and the single bay 13; two lids a bay, and row 00 on deck rests on both.

    Lid 13P reaches under row 04 of bay 10 too, so that the two bays are worked as one when it is opened.
    """
    return VesselProfile("HANDY", tuple(_bay(number) for number in (2, 6, 10, 13)), tuple(_lids()))


def _bay(number: int) -> VesselBay:
    stacks = tuple(VesselStack(row, level, tuple(map(Cell, tiers))) for level, tiers in TIERS.items() for row in ROWS)
    if number % 2:
        return VesselBay(number, number, None, stacks)
    return VesselBay(number, number - 1, number + 1, stacks)


def _lids() -> list[HatchCover]:
    lids = []
    for number in (2, 6, 10, 13):
        for name, closed, carried in (("S", (0, 1, 3), (0, 1, 3)), ("P", (2, 4), (0, 2, 4))):
            lids.append(
                HatchCover(
                    f"{number:02}{name}",
                    tuple(StackId(number, row, Level.HOLD) for row in closed),
                    tuple(StackId(number, row, Level.DECK) for row in carried),
                )
            )
    lids[-1] = replace(lids[-1], carries=(*lids[-1].carries, StackId(10, 4, Level.DECK)))
    return lids


@dataclass(frozen=True)
class Case:
    call: VesselCall
    loads: Mapping[ContainerId, StowPosition]
    restows: Mapping[ContainerId, StowPosition]


def cranes(count: int, **facts: int | bool) -> tuple[QuayCrane, ...]:
    return tuple(QuayCrane(f"QC{n + 1}", x_mm=60_000 * n, **facts) for n in range(count))  # type: ignore[arg-type]


def case(
    seed: int,
    quay_cranes: Sequence[QuayCrane],
    *,
    gap_bays: int = 1,
    bow_towards_x: bool = False,
    may_dual_cycle: bool = False,
    is_begun: bool = False,
) -> Case:
    """A random call that can be worked: what stands in the way is restowed, partly into another bay.

    With `is_begun` some lids on which nothing stands are off.
    """
    the = _Maker(Random(seed)).make(tuple(quay_cranes), gap_bays, bow_towards_x)
    random = Random(seed)
    free = [lid for lid in the.call.vessel.hatch_covers if not _any_on(the, dict(_aboard(the)), lid.carries)]
    off = tuple(lid.id for lid in free if is_begun and random.random() < 0.5)
    settings = CallSettings(may_dual_cycle=may_dual_cycle)
    return replace(the, call=replace(the.call, settings=settings, lids_off=off))


def _aboard(the: Case) -> list[tuple[StowPosition, Container]]:
    return [(position, container) for container, position in the.call.arrival]


class _Maker:
    def __init__(self, random: Random) -> None:
        self.random = random
        self.count = 0
        self.ship = ship()

    def box(self, size_type: SizeType, pod: Port) -> Container:
        self.count += 1
        mass_kg = self.random.randrange(4_000, 30_000)
        return Container(ContainerId(f"HAND{self.count:07}"), size_type, mass_kg, Port("CNSHA"), pod)

    def make(self, quay_cranes: tuple[QuayCrane, ...], gap_bays: int, bow_towards_x: bool) -> Case:
        random = self.random
        before: dict[StackId, list[list[Container]]] = {}
        for stack_id in self.ship.stack_by_id:
            room = len(TIERS[stack_id.level])
            levels = random.randint(0, room) if random.random() < 0.7 else 0
            ends = self._ends(stack_id)
            before[stack_id] = [self._level(ends, random.choice((HERE, NEXT, NEXT))) for _ in range(levels)]
        kept, restowed = self._what_stays(before)
        arrival = {b.id: (b, p) for s, levels in before.items() for b, p in self._placed(s, levels)}
        after = dict(kept)
        restows: dict[ContainerId, StowPosition] = {}
        loads: dict[ContainerId, StowPosition] = {}
        load_list: list[Container] = []
        self._shuffle_between_bays(restowed)
        for stack_id, levels in restowed.items():
            after[stack_id] = [*kept[stack_id], *levels]
            new = {b.id: p for b, p in self._placed(stack_id, after[stack_id])}
            restows.update({b.id: new[b.id] for level in levels for b in level})
        for stack_id, levels in after.items():
            touchable = stack_id.level is Level.DECK or stack_id in self.opened_holds
            while touchable and len(levels) < len(TIERS[stack_id.level]) and random.random() < 0.6:
                levels = [*levels, self._level(len(levels[0]) if levels else self._ends(stack_id), NEXT)]
                new = {b.id: p for b, p in self._placed(stack_id, levels)}
                load_list.extend(levels[-1])
                loads.update({b.id: new[b.id] for b in levels[-1]})
        terminal = Terminal("Hand", HERE, 400_000, (), quay_cranes, crane_gap_bays=gap_bays)
        call = VesselCall(
            "HAND1", self.ship, "1", HERE, (NEXT,), BayPlan.of(arrival.values()), tuple(load_list), terminal,
            YardInventory(), settings=CallSettings(), bow_towards_x=bow_towards_x,
        )  # fmt: skip
        return Case(call, loads, restows)

    def _ends(self, stack_id: StackId) -> int:
        return 1 if stack_id.bay % 2 else self.random.choice((1, 2))

    def _level(self, ends: int, pod: Port) -> list[Container]:
        """One tier: a 40 ft box, or 20 ft boxes as a single bay or a pair has them."""
        return [self.box(SIZE_20, pod) for _ in range(2)] if ends == 2 else [self.box(SIZE_40, pod)]

    def _placed(self, stack_id: StackId, levels: list[list[Container]]) -> list[tuple[Container, StowPosition]]:
        found = []
        for tier, level in zip(TIERS[stack_id.level], levels, strict=False):
            bays = (stack_id.bay - 1, stack_id.bay + 1) if len(level) == 2 else (stack_id.bay,)
            found += [(box, StowPosition(bay, stack_id.row, tier)) for box, bay in zip(level, bays, strict=True)]
        return found

    def _what_stays(
        self, before: dict[StackId, list[list[Container]]]
    ) -> tuple[dict[StackId, list[list[Container]]], dict[StackId, list[list[Container]]]]:
        """What is not lifted at all, and what is restowed, by stack and bottom first."""
        self.opened_holds = {
            s for s, levels in before.items()
            if s.level is Level.HOLD and (any(level[0].pod == HERE for level in levels) or self.random.random() < 0.2)
        }  # fmt: skip
        opened = [lid for lid in self.ship.hatch_covers if self.opened_holds & set(lid.closes)]
        cleared = {stack for lid in opened for stack in lid.carries}
        kept, restowed = {}, {}
        for stack_id, levels in before.items():
            lowest = next((n for n, level in enumerate(levels) if level[0].pod == HERE), len(levels))
            lowest = 0 if stack_id in cleared else lowest
            kept[stack_id] = levels[:lowest]
            restowed[stack_id] = [level for level in levels[lowest:] if level[0].pod != HERE]
        return kept, restowed

    def _shuffle_between_bays(self, restowed: dict[StackId, list[list[Container]]]) -> None:
        """Restowed tiers of one make change places between deck stacks, whatever the bay."""
        for ends in (1, 2):
            spots = [
                (s, n) for s, levels in restowed.items() if s.level is Level.DECK and s.bay % 2 == 0
                for n, level in enumerate(levels) if len(level) == ends
            ]  # fmt: skip
            shuffled = [restowed[s][n] for s, n in spots]
            self.random.shuffle(shuffled)
            for (s, n), level in zip(spots, shuffled, strict=True):
                restowed[s][n] = level


class Impossible(AssertionError):
    """What the replay will not do."""


def replay(the: Case, queues: Sequence[WorkQueue]) -> None:
    """Carry out the queues step by step. Raises Impossible for anything that cannot be done."""
    _check_cranes(the, queues)
    aboard = dict(_aboard(the))
    lids_on = {lid.id for lid in the.call.vessel.hatch_covers} - set(the.call.lids_off)
    lids = {lid.id: lid for lid in the.call.vessel.hatch_covers}
    boxes = {c.id: c for c in (*the.call.loads, *(s.container for s in the.call.arrival))}
    ashore_since: dict[ContainerId, int] = {}
    steps = sorted((step for queue in queues for step in queue.steps), key=lambda step: (step.end_s, step.start_s))
    for step in steps:
        if step.kind is StepKind.LID_OFF:
            _need(step.lid in lids_on, "the lid is off already")
            _need(not _any_on(the, aboard, lids[step.lid].carries), "boxes stand on the lid")
            lids_on.remove(step.lid)
        elif step.kind is StepKind.LID_ON:
            _need(step.lid not in lids_on, "the lid is on already")
            lids_on.add(step.lid)
        for container, position in zip(step.containers, step.positions, strict=True):
            place = the.call.vessel.place(position)
            _need(place is not None and place.bay.number == step.bay, "the crane stands elsewhere")
            over = {lid.id for lid in the.call.vessel.lids_over.get(place.stack_id, ())}
            under = {lid.id for lid in the.call.vessel.lids_under.get(place.stack_id, ())}
            _need(not over & lids_on, "a lid is in the way")
            above = _beside(the, aboard, position, +1)
            _need(not above, f"{above} is above {position}")
            if step.kind in (StepKind.DISCHARGE, StepKind.RESTOW_OFF):
                _need(aboard.pop(position, None) is not None, f"{position} is empty")
                ashore_since[container] = step.end_s
            else:
                _need(position not in aboard, f"{position} is taken")
                _need(under <= lids_on, "there is no lid to stand on")
                _need(place.level_index == 0 or bool(_beside(the, aboard, position, -1)), f"{position} hangs")
                if step.kind is StepKind.RESTOW_ON:
                    _need(ashore_since[container] <= step.start_s, "the box is not ashore yet")
                aboard[position] = boxes[container]
    _need(lids_on == set(lids), "a lid was left off")
    left = {box.id: position for position, box in aboard.items()}
    wanted = {s.container.id: the.restows.get(s.container.id, s.position) for s in the.call.remaining}
    _need(left == {**wanted, **the.loads}, "the ship sails otherwise than planned")


def _need(holds: bool, why: str) -> None:
    if not holds:
        raise Impossible(why)


def _any_on(the: Case, aboard: Mapping[StowPosition, Container], stacks: Sequence[StackId]) -> bool:
    return any((place := the.call.vessel.place(position)) and place.stack_id in stacks for position in aboard)


def _beside(the: Case, aboard: Mapping[StowPosition, Container], position: StowPosition, step: int) -> list[str]:
    """What stands above (+1) or directly below (-1) in the same stack, sharing an end."""
    place = the.call.vessel.place(position)
    found = []
    for other in aboard:
        there = the.call.vessel.place(other)
        if there.stack_id == place.stack_id and (End.BOTH in (there.end, place.end) or there.end is place.end):
            distance = there.level_index - place.level_index
            if distance > 0 if step > 0 else distance == -1:
                found.append(str(other))
    return found


def _check_cranes(the: Case, queues: Sequence[WorkQueue]) -> None:
    terminal = the.call.terminal
    crane_of = {crane.id: crane for crane in terminal.quay_cranes}
    along = sorted(crane_of, key=lambda name: crane_of[name].x_mm, reverse=the.call.bow_towards_x)
    gap = 4 * (terminal.crane_gap_bays + 1)
    for queue in queues:
        crane = crane_of[queue.crane]
        for before, after in zip(queue.steps, queue.steps[1:], strict=False):
            travel_s = -(-abs(before.bay - after.bay) * crane.bay_travel_s // 4)
            _need(after.start_s - before.end_s >= travel_s, f"{queue.crane} travels too fast")
        setting_s = 0
        for step in queue.steps:
            _need(step.start_s >= crane.ready_s, f"{queue.crane} begins before it is ready")
            for outage in crane.outages:
                _need(step.end_s <= outage.from_s or step.start_s >= outage.until_s, f"{queue.crane} is out")
            took_s = step.end_s - step.start_s
            if setting_s:
                _need(step.kind is StepKind.DISCHARGE, "nothing is brought back")
                _need(setting_s + took_s == crane.dual_cycle_s, "a dual cycle has another duration")
                setting_s = 0
            elif the.call.settings.may_dual_cycle and step.kind is StepKind.LOAD and took_s < crane.cycle_s:
                setting_s = took_s
            else:
                _need(took_s == (crane.lid_s if step.lid else crane.cycle_s), "a step has another duration")
        if crane.travels_from_x and queue.steps:
            first = queue.steps[0]
            away_mm = abs(the.call.quay_x_mm(first.bay) - crane.x_mm)
            _need(first.start_s * 4 * BAY_NUMBER_MM >= away_mm * crane.bay_travel_s, f"{queue.crane} starts elsewhere")
    for a in queues:
        for b in queues:
            between = along.index(b.crane) - along.index(a.crane)
            if between <= 0:
                continue
            for i in a.steps:
                for j in b.steps:
                    missing = between * gap - (j.bay - i.bay)
                    if missing <= 0:
                        continue
                    room_s = max(j.start_s - i.end_s, i.start_s - j.end_s)
                    _need(
                        room_s * 4 >= missing * crane_of[a.crane].bay_travel_s,
                        f"{a.crane} at {i.bay} and {b.crane} at {j.bay} are too close",
                    )
