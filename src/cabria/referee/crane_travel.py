"""Where the cranes are when: known cranes, honest times, and room for each other along the ship.

A crane's place is that of the vessel bay it stands over, in mm along the quay; it travels four bay numbers in its
`bay_travel_s`. When it travels between two steps is its own choice, so what is judged is whether some motion exists: at
every moment each crane has a least and a greatest place from which it made its last step and still makes its next, and
two cranes clash when even the least place of the one and the greatest of the other are too near. With cranes of one
speed this is exact. Before its first step (unless it starts from where it stands) and after its last it may come from
or go anywhere, at its speed.
"""

from __future__ import annotations

import math
from bisect import bisect_right
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from typing import NamedTuple

from cabria.domain.calls import BAY_NUMBER_MM, VesselCall
from cabria.domain.findings import Finding, Severity
from cabria.domain.terminal import QuayCrane, Terminal
from cabria.domain.told import Told, told
from cabria.domain.vessel import VesselBay
from cabria.domain.work import LID_STEPS, CraneStep, StepKind
from cabria.referee.condition import NO_QUEUES, Case
from cabria.referee.rule import Rule

KNOWN = Rule("CRANE-KNOWN", Severity.HARD, "Every work queue is of a crane that the terminal has, one queue a crane.")
BAY = Rule("CRANE-BAY", Severity.HARD, "The crane stands over the bay of what it lifts.")
REACH = Rule(
    "CRANE-REACH", Severity.HARD, "The crane's outreach covers all rows of the bay it works in, and its rail the place."
)
TIME = Rule(
    "CRANE-TIME",
    Severity.HARD,
    "The steps of a crane follow each other, none before it is ready and none shorter than its cycle or lid time; "
    "a load and the discharge right after it may share a dual cycle where crane and settings allow it.",
)
OUTAGE = Rule("CRANE-OUTAGE", Severity.HARD, "No step overlaps a time in which the crane is out.")
TRAVEL = Rule("CRANE-TRAVEL", Severity.HARD, "Between two steps there is time to travel.")
GAP = Rule(
    "CRANE-GAP",
    Severity.HARD,
    "Cranes keep their order and their distance along the ship at all times, also while travelling.",
)

ROUNDING_MM = 1e-3


def cranes_keep_time_and_distance(case: Case) -> Iterator[Finding]:
    """Findings of all rules of this page; times of steps and of cranes are taken to be on one clock."""
    call = case.call
    if not case.plan.queues:
        return
    cranes = {crane.id: crane for crane in call.terminal.quay_cranes}
    bays = {bay.number: bay for bay in call.vessel.bays}
    seen: set[str] = set()
    tracks: dict[str, Track] = {}
    for queue in case.plan.queues:
        if queue.crane not in cranes or queue.crane in seen:
            text = (
                told("Crane {crane} has a second work queue.", "crane-with-two-queues", crane=queue.crane)
                if queue.crane in seen
                else told("Crane {crane} is not in the terminal.", "crane-not-there", crane=queue.crane)
            )
            yield KNOWN.finding(text, f"crane {queue.crane}")
            continue
        seen.add(queue.crane)
        crane = cranes[queue.crane]
        for step in queue.steps:
            yield from _stands_over(call, bays, crane, step)
        late = [
            *_takes_time(crane, queue.steps, may_dual_cycle=call.settings.may_dual_cycle),
            *travels_in_time(crane, stands(call, queue.steps), lambda x_mm: _bay_at(call, x_mm)),
        ]
        yield from late
        if queue.steps and not late:
            tracks[crane.id] = Track(crane, stands(call, queue.steps))
    yield from keep_distance(call.terminal, tracks, lambda x_mm: _bay_at(call, x_mm))


def not_judged(case: Case) -> dict[str, tuple[Told, ...]]:
    if case.plan.queues:
        return {}
    return {rule.id: (NO_QUEUES,) for rule in (KNOWN, BAY, REACH, TIME, OUTAGE, TRAVEL, GAP)}


def _bay_at(call: VesselCall, x_mm: float) -> str:
    return f"bay {abs(x_mm - call.berth_x_mm) / BAY_NUMBER_MM:02.0f}"


def _stands_over(call: VesselCall, bays: dict[int, VesselBay], crane: QuayCrane, step: CraneStep) -> Iterator[Finding]:
    if step.kind in LID_STEPS:
        lids = [lid for lid in call.vessel.hatch_covers if lid.id == step.lid]
        under = {stack.bay for lid in lids for stack in (*lid.closes, *lid.carries)}
        if under and step.bay not in under:
            text = told(
                "Crane {crane} works lid {lid} from bay {bay:02}.",
                "lid-from-other-bay",
                crane=crane.id,
                lid=step.lid,
                bay=step.bay,
            )
            yield BAY.finding(text, f"lid {step.lid}")
    for number, position in zip(step.containers, step.positions, strict=False):
        place = call.vessel.place(position)
        if place and place.bay.number != step.bay:
            text = told(
                "Crane {crane} stands over bay {bay:02} at {at_s} s.",
                "crane-over-other-bay",
                crane=crane.id,
                bay=step.bay,
                at_s=step.start_s,
            )
            yield BAY.finding(text, position, number)
    bay, container = bays.get(step.bay), step.containers[0] if step.containers else None
    if bay is None:
        text = told(
            "Crane {crane} stands over bay {bay:02}, which the ship does not have.",
            "crane-over-no-bay",
            crane=crane.id,
            bay=step.bay,
        )
        yield BAY.finding(text)
        return
    if (rows := len({stack.row for stack in bay.stacks})) > crane.outreach_rows:
        text = told(
            "Crane {crane} reaches {reached} rows; the bay has {rows}.",
            "outreach-too-short",
            crane=crane.id,
            reached=crane.outreach_rows,
            rows=rows,
        )
        yield REACH.finding(text, f"bay {step.bay:02}", container)
    if not crane.reaches(x_mm := call.quay_x_mm(step.bay)):
        text = told(
            "Crane {crane} does not come to {at_m} m along the quay, where the bay lies.",
            "rail-too-short",
            crane=crane.id,
            at_m=f"{x_mm / 1000:,.1f}",
        )
        yield REACH.finding(text, f"bay {step.bay:02}", container)


def _takes_time(crane: QuayCrane, steps: Sequence[CraneStep], *, may_dual_cycle: bool) -> Iterator[Finding]:
    place = f"crane {crane.id}"
    if steps and steps[0].start_s < crane.ready_s:
        text = told(
            "It starts at {at_s} s but is ready at {ready_s} s.",
            "crane-not-ready",
            at_s=steps[0].start_s,
            ready_s=crane.ready_s,
        )
        yield TIME.finding(text, place)
    for together in _cycles(crane, steps, may_dual_cycle=may_dual_cycle):
        first, last = together[0], together[-1]
        least = crane.lid_s if first.kind in LID_STEPS else crane.dual_cycle_s if len(together) > 1 else crane.cycle_s
        container = first.containers[0] if first.containers else None
        if last.end_s - first.start_s < least:
            text = told(
                "The step from {from_s} to {until_s} s ({kinds}) is shorter than {least_s} s.",
                "step-too-short",
                from_s=first.start_s,
                until_s=last.end_s,
                kinds=" and ".join(step.kind for step in together),
                least_s=least,
            )
            yield TIME.finding(text, place, container)
        for outage in crane.outages:
            if first.start_s < outage.until_s and last.end_s > outage.from_s:
                text = told(
                    "It works from {from_s} to {until_s} s but is out from {out_s} to {back_s} s.",
                    "crane-is-out",
                    from_s=first.start_s,
                    until_s=last.end_s,
                    out_s=outage.from_s,
                    back_s=outage.until_s,
                )
                yield OUTAGE.finding(text, place, container)


def _cycles(crane: QuayCrane, steps: Sequence[CraneStep], *, may_dual_cycle: bool) -> Iterator[Sequence[CraneStep]]:
    """Steps one by one, but a load and the discharge after it together where they can only be a dual cycle."""
    index = 0
    while index < len(steps):
        pair = steps[index : index + 2]
        is_dual = (
            may_dual_cycle
            and crane.dual_cycle_s > 0
            and [step.kind for step in pair] == [StepKind.LOAD, StepKind.DISCHARGE]
            and pair[0].bay == pair[1].bay
            and pair[0].end_s == pair[1].start_s
            and min(step.end_s - step.start_s for step in pair) < crane.cycle_s
        )
        yield pair if is_dual else pair[:1]
        index += 2 if is_dual else 1


class Stand(NamedTuple):
    """A crane at work in one place, in mm along the quay."""

    x_mm: int
    start_s: int
    end_s: int


Where = Callable[[float], str]
"""A place along the quay in the words of whoever reads the finding."""


def stands(call: VesselCall, steps: Sequence[CraneStep]) -> tuple[Stand, ...]:
    """Where the crane of some steps is, on the steps' own clock."""
    return tuple(Stand(call.quay_x_mm(step.bay), step.start_s, step.end_s) for step in steps)


def travels_in_time(crane: QuayCrane, places: Sequence[Stand], where: Where) -> Iterator[Finding]:
    """Findings where one stand begins before another is over, or before the crane can be there."""
    place = f"crane {crane.id}"
    start = [Stand(crane.x_mm, 0, crane.leaves_s)] if crane.travels_from_x else []
    for earlier, later in pairwise([*start, *places]):
        needed = gantry_s(crane, later.x_mm - earlier.x_mm)
        if later.start_s < earlier.end_s:
            text = told(
                "The step at {at_s} s starts before the one until {until_s} s is over.",
                "steps-overlap",
                at_s=later.start_s,
                until_s=earlier.end_s,
            )
            yield TIME.finding(text, place)
        elif later.start_s - earlier.end_s < needed:
            text = told(
                "From {where} at {from_s} s to {there} at {until_s} s it needs {needed_s} s.",
                "travel-too-short",
                where=where(earlier.x_mm),
                from_s=earlier.end_s,
                there=where(later.x_mm),
                until_s=later.start_s,
                needed_s=needed,
            )
            yield TRAVEL.finding(text, place)


def travel_s(crane: QuayCrane, earlier: CraneStep, later: CraneStep) -> int:
    """Gantry time between two steps at one ship, rounded up."""
    return gantry_s(crane, (later.bay - earlier.bay) * BAY_NUMBER_MM)


def gantry_s(crane: QuayCrane, distance_mm: int) -> int:
    """Travel time along the rail, rounded up."""
    return -(-abs(distance_mm) * crane.bay_travel_s // (4 * BAY_NUMBER_MM))


@dataclass(frozen=True)
class Track:
    """Where one crane can be over time."""

    crane: QuayCrane
    stands: tuple[Stand, ...]

    @cached_property
    def starts(self) -> list[int]:
        return [stand.start_s for stand in self._known]

    @cached_property
    def events(self) -> list[int]:
        return sorted({time for stand in self._known for time in stand[1:]})

    @cached_property
    def _known(self) -> list[Stand]:
        start = [Stand(self.crane.x_mm, 0, self.crane.leaves_s)] if self.crane.travels_from_x else []
        return [*start, *self.stands]

    def reach_mm(self, seconds: int) -> float:
        """How far it travels in some seconds."""
        if seconds == 0:
            return 0.0
        return 4 * BAY_NUMBER_MM * seconds / self.crane.bay_travel_s if self.crane.bay_travel_s else math.inf

    def range_at(self, time_s: int) -> tuple[float, float]:
        """Least and greatest place at which the crane can be, in mm along the quay."""
        index = bisect_right(self.starts, time_s) - 1
        least, greatest = -math.inf, math.inf
        if index >= 0:
            stand = self._known[index]
            away = self.reach_mm(max(0, time_s - stand.end_s))
            least, greatest = stand.x_mm - away, stand.x_mm + away
        if index + 1 < len(self._known):
            stand = self._known[index + 1]
            away = self.reach_mm(stand.start_s - time_s)
            least, greatest = max(least, stand.x_mm - away), min(greatest, stand.x_mm + away)
        return least, greatest


def keep_distance(terminal: Terminal, tracks: dict[str, Track], where: Where) -> Iterator[Finding]:
    """One finding for each stretch of time in which two cranes have no room."""
    along = sorted(terminal.quay_cranes, key=lambda crane: crane.x_mm)
    gap_mm = 4 * (terminal.crane_gap_bays + 1) * BAY_NUMBER_MM
    for index, left in enumerate(along):
        for number, right in enumerate(along[index + 1 :], 1):
            if left.id in tracks and right.id in tracks:
                yield from clashes(tracks[left.id], tracks[right.id], number * gap_mm, where)


def clashes(left: Track, right: Track, apart_mm: int, where: Where) -> Iterator[Finding]:
    """Room is least at the start or end of some stand: in between, the room left is a concave function of time."""
    is_clashing = False
    for time in sorted({*left.events, *right.events}):
        least, _ = left.range_at(time)
        _, greatest = right.range_at(time)
        if greatest - least >= apart_mm - ROUNDING_MM:
            is_clashing = False
        elif not is_clashing:
            is_clashing = True
            text = told(
                "At {at_s} s {crane} and {other}, as far apart as they can be, are at {where} and {there}; they must "
                "keep {bays} bay numbers apart.",
                "cranes-too-near",
                at_s=time,
                crane=left.crane.id,
                other=right.crane.id,
                where=where(least),
                there=where(greatest),
                bays=round(apart_mm / BAY_NUMBER_MM),
            )
            yield GAP.finding(text, f"crane {left.crane.id}")
