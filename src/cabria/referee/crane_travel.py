"""Where the cranes are when: known cranes, honest times, and room for each other along the ship.

A crane's place is the number of the vessel bay it stands over; it travels four numbers in its `bay_travel_s`. When it
travels between two steps is its own choice, so what is judged is whether some motion exists: at every moment each
crane has a foremost and an aftmost place from which it made its last step and still makes its next, and two cranes
clash when even the foremost place of the one and the aftmost of the other are too near. With cranes of one speed this
is exact. Before its first and after its last step a crane may come from or go anywhere, at its speed.
"""

from __future__ import annotations

import math
from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise

from cabria.domain.findings import Finding, Severity
from cabria.domain.terminal import QuayCrane
from cabria.domain.vessel import VesselBay, VesselProfile
from cabria.domain.work import CraneStep, StepKind
from cabria.referee.condition import Case
from cabria.referee.rule import Rule

KNOWN = Rule("CRANE-KNOWN", Severity.HARD, "Every work queue is of a crane that the terminal has, one queue a crane.")
BAY = Rule("CRANE-BAY", Severity.HARD, "The crane stands over the bay of what it lifts.")
REACH = Rule("CRANE-REACH", Severity.HARD, "The crane's outreach covers all rows of the bay it works in.")
TIME = Rule(
    "CRANE-TIME",
    Severity.HARD,
    "The steps of a crane follow each other, none before it is ready and none shorter than its cycle or lid time.",
)
TRAVEL = Rule("CRANE-TRAVEL", Severity.HARD, "Between two steps there is time to travel.")
GAP = Rule(
    "CRANE-GAP",
    Severity.HARD,
    "Cranes keep their order and their distance along the ship at all times, also while travelling.",
)

LID_KINDS = (StepKind.LID_OFF, StepKind.LID_ON)
ROUNDING = 1e-6


def cranes_keep_time_and_distance(case: Case) -> Iterator[Finding]:
    if not case.plan.queues:
        return
    cranes = {crane.id: crane for crane in case.call.terminal.quay_cranes}
    bays = {bay.number: bay for bay in case.call.vessel.bays}
    seen: set[str] = set()
    tracks: dict[str, Track] = {}
    for queue in case.plan.queues:
        if queue.crane not in cranes or queue.crane in seen:
            what = "has a second work queue" if queue.crane in seen else "is not in the terminal"
            yield KNOWN.finding(f"Crane {queue.crane} {what}.", f"crane {queue.crane}")
            continue
        seen.add(queue.crane)
        crane = cranes[queue.crane]
        for step in queue.steps:
            yield from _stands_over(case.call.vessel, bays, crane, step)
        late = list(_takes_time(crane, queue.steps))
        yield from late
        if queue.steps and not late:
            tracks[crane.id] = Track(crane, queue.steps)
    yield from _keep_distance(case, tracks)


def not_judged(case: Case) -> dict[str, str]:
    if case.plan.queues:
        return {}
    return {rule.id: "The plan has no work queues yet." for rule in (KNOWN, BAY, REACH, TIME, TRAVEL, GAP)}


def _stands_over(
    vessel: VesselProfile, bays: dict[int, VesselBay], crane: QuayCrane, step: CraneStep
) -> Iterator[Finding]:
    if step.kind in LID_KINDS:
        lids = [lid for lid in vessel.hatch_covers if lid.id == step.lid]
        under = {stack.bay for lid in lids for stack in (*lid.closes, *lid.carries)}
        if under and step.bay not in under:
            text = f"Crane {crane.id} works lid {step.lid} from bay {step.bay:02}."
            yield BAY.finding(text, f"lid {step.lid}")
    for number, position in zip(step.containers, step.positions, strict=False):
        place = vessel.place(position)
        if place and place.bay.number != step.bay:
            text = f"Crane {crane.id} stands over bay {step.bay:02} at {step.start_s} s."
            yield BAY.finding(text, position, number)
    bay = bays.get(step.bay)
    if bay is None:
        yield BAY.finding(f"Crane {crane.id} stands over bay {step.bay:02}, which the ship does not have.")
    elif (rows := len({stack.row for stack in bay.stacks})) > crane.outreach_rows:
        text = f"Crane {crane.id} reaches {crane.outreach_rows} rows; the bay has {rows}."
        yield REACH.finding(text, f"bay {step.bay:02}", step.containers[0] if step.containers else None)


def _takes_time(crane: QuayCrane, steps: tuple[CraneStep, ...]) -> Iterator[Finding]:
    place = f"crane {crane.id}"
    if steps and steps[0].start_s < crane.ready_s:
        yield TIME.finding(f"It starts at {steps[0].start_s} s but is ready at {crane.ready_s} s.", place)
    for step in steps:
        least = crane.lid_s if step.kind in LID_KINDS else crane.cycle_s
        if step.end_s - step.start_s < least:
            text = f"The step from {step.start_s} to {step.end_s} s ({step.kind}) is shorter than {least} s."
            yield TIME.finding(text, place, step.containers[0] if step.containers else None)
    for earlier, later in pairwise(steps):
        needed = travel_s(crane, earlier, later)
        if later.start_s < earlier.end_s:
            text = f"The step at {later.start_s} s starts before the one until {earlier.end_s} s is over."
            yield TIME.finding(text, place)
        elif later.start_s - earlier.end_s < needed:
            text = (
                f"From bay {earlier.bay:02} at {earlier.end_s} s to bay {later.bay:02} at {later.start_s} s "
                f"it needs {needed} s."
            )
            yield TRAVEL.finding(text, place)


def travel_s(crane: QuayCrane, earlier: CraneStep, later: CraneStep) -> int:
    """Gantry time between two steps, rounded up."""
    return -(-abs(later.bay - earlier.bay) * crane.bay_travel_s // 4)


@dataclass(frozen=True)
class Track:
    """Where one crane can be over time."""

    crane: QuayCrane
    steps: tuple[CraneStep, ...]

    @cached_property
    def starts(self) -> list[int]:
        return [step.start_s for step in self.steps]

    @cached_property
    def events(self) -> list[int]:
        return sorted({time for step in self.steps for time in (step.start_s, step.end_s)})

    def reach(self, seconds: int) -> float:
        """Bay numbers travelled in some seconds."""
        if seconds == 0:
            return 0.0
        return 4 * seconds / self.crane.bay_travel_s if self.crane.bay_travel_s else math.inf

    def range_at(self, time_s: int) -> tuple[float, float]:
        """Least and greatest bay number at which the crane can be."""
        index = bisect_right(self.starts, time_s) - 1
        least, greatest = -math.inf, math.inf
        if index >= 0:
            step = self.steps[index]
            away = self.reach(max(0, time_s - step.end_s))
            least, greatest = step.bay - away, step.bay + away
        if index + 1 < len(self.steps):
            step = self.steps[index + 1]
            away = self.reach(step.start_s - time_s)
            least, greatest = max(least, step.bay - away), min(greatest, step.bay + away)
        return least, greatest


def _keep_distance(case: Case, tracks: dict[str, Track]) -> Iterator[Finding]:
    """One finding for each stretch of time in which two cranes have no room."""
    terminal = case.call.terminal
    along = sorted(terminal.quay_cranes, key=lambda crane: crane.x_mm, reverse=case.call.bow_towards_x)
    gap = 4 * (terminal.crane_gap_bays + 1)
    for index, fore in enumerate(along):
        for number, aft in enumerate(along[index + 1 :], 1):
            if fore.id in tracks and aft.id in tracks:
                yield from clashes(tracks[fore.id], tracks[aft.id], number * gap)


def clashes(fore: Track, aft: Track, apart: int) -> Iterator[Finding]:
    """Room is least at the start or end of some step: in between, the room left is a concave function of time."""
    is_clashing = False
    for time in sorted({*fore.events, *aft.events}):
        least, _ = fore.range_at(time)
        _, greatest = aft.range_at(time)
        if greatest - least >= apart - ROUNDING:
            is_clashing = False
        elif not is_clashing:
            is_clashing = True
            text = (
                f"At {time} s crane {fore.crane.id} is at bay {least:.0f} or further aft and {aft.crane.id} at bay "
                f"{greatest:.0f} or further forward; they must keep {apart} bay numbers apart."
            )
            yield GAP.finding(text, f"crane {fore.crane.id}")
