"""Judges the work of two cranes on one rail: where each is at every time, and whether it does what it says.

Ways are made of straight pieces, so that the distance of the cranes is least at a waypoint of one of them: looking
there is looking at all times. Fractions, no rounding; a thousandth of a bay is forgiven.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise
from math import isfinite

from cabria.domain.rail_work import LEFT, RIGHT, RailCase, RailPlan, RailTask, Waypoint

FORGIVEN = Fraction(1, 1000)
NAMES = ("left crane", "right crane")


@dataclass(frozen=True)
class RailVerdict:
    """Findings are sentences. Figures in seconds: what is late, the end of the last job, the cranes' travel."""

    findings: tuple[str, ...]
    late_s: int
    makespan_s: int
    travel_s: float
    cost: float

    @property
    def ok(self) -> bool:
        return not self.findings


def judge_rail(case: RailCase, plan: RailPlan) -> RailVerdict:
    """Never raises, whatever the plan says."""
    known = [t for t in plan.tasks if 0 <= t.job < len(case.jobs) and t.crane in (LEFT, RIGHT)]
    findings = [f"{t.crane} does job {t.job}, which does not exist" for t in plan.tasks if t not in known]
    findings += _once(case, known)
    ways = []
    for crane in (LEFT, RIGHT):
        said = list(_way_is_possible(case, crane, plan.paths[crane]))
        findings += said
        ways.append(None if said else _Way(plan.paths[crane]))
    left, right = ways
    if left and right:
        findings += _apart(case, left, right)
        for task in known:
            findings += _stands_still(case, task, (left, right)[task.crane])
    findings += _in_time(case, known)
    done = {task.job: _done_s(case, task) for task in known}
    dues = [(done[n], job.due_s) for n, job in enumerate(case.jobs) if n in done and job.due_s is not None]
    late_s = sum(max(0, at - due) for at, due in dues)
    makespan_s = max(done.values(), default=0)
    travel_s = sum(float(way.travel) * case.bay_travel_s for way in ways if way)
    prices = case.prices
    cost = prices.late * late_s + prices.makespan * makespan_s + prices.travel * travel_s
    return RailVerdict(tuple(findings), late_s, makespan_s, travel_s, cost)


def _once(case: RailCase, tasks: Sequence[RailTask]) -> Iterator[str]:
    for number, job in enumerate(case.jobs):
        doing = [task for task in tasks if task.job == number]
        if len(doing) != 1:
            yield f"job {number} is done {len(doing)} times"
        for task in doing:
            if not case.may_do(task.crane, job):
                yield f"job {number} is out of the {NAMES[task.crane]}'s reach"


def _way_is_possible(case: RailCase, crane: int, way: Sequence[Waypoint]) -> Iterator[str]:
    name = NAMES[crane]
    if not way or not all(isfinite(point.time_s) and isfinite(point.bay) for point in way):
        yield f"the way of the {name} is missing or no way"
        return
    if way[0].time_s != 0 or abs(Fraction(way[0].bay) - case.starts[crane]) > FORGIVEN:
        yield f"the {name} begins over bay {way[0].bay:g} at {way[0].time_s:g} s, not over {case.starts[crane]} at 0 s"
    for a, b in pairwise(way):
        moved = abs(Fraction(b.bay) - Fraction(a.bay))
        if b.time_s < a.time_s:
            yield f"the way of the {name} goes back in time at {a.time_s:g} s"
            return
        if moved * case.bay_travel_s > Fraction(b.time_s) - Fraction(a.time_s) + FORGIVEN * case.bay_travel_s:
            yield f"the {name} is too fast from {a.time_s:g} s on"
    if not all(1 - FORGIVEN <= Fraction(point.bay) <= case.bays + FORGIVEN for point in way):
        yield f"the {name} leaves the rail"


class _Way:
    def __init__(self, points: Sequence[Waypoint]) -> None:
        self.times = [Fraction(point.time_s) for point in points]
        self.bays = [Fraction(point.bay) for point in points]
        self.travel = sum((abs(b - a) for a, b in pairwise(self.bays)), Fraction(0))

    def at(self, time: Fraction) -> Fraction:
        after = bisect_right(self.times, time)
        if after == 0:
            return self.bays[0]
        if after == len(self.times):
            return self.bays[-1]
        began, ends = self.times[after - 1], self.times[after]
        share = (time - began) / (ends - began)
        return self.bays[after - 1] + share * (self.bays[after] - self.bays[after - 1])


def _apart(case: RailCase, left: _Way, right: _Way) -> Iterator[str]:
    for time in sorted({*left.times, *right.times}):
        distance = right.at(time) - left.at(time)
        if distance < case.gap_bays - FORGIVEN:
            yield f"at {float(time):g} s the cranes are {float(distance):.3g} bays apart"


def _stands_still(case: RailCase, task: RailTask, way: _Way) -> Iterator[str]:
    job = case.jobs[task.job]
    for what, bay, start, length in (
        ("lifts", job.source, task.lift_at_s, job.lift_s),
        ("sets down", job.target, task.set_down_at_s, job.set_down_s),
    ):
        end = start + length
        times = [Fraction(start), Fraction(end), *(time for time in way.times if start < time < end)]
        if any(abs(way.at(time) - bay) > FORGIVEN for time in times):
            yield f"job {task.job}: the {NAMES[task.crane]} {what} over bay {bay} at {start} s but is not there"


def _in_time(case: RailCase, tasks: Sequence[RailTask]) -> Iterator[str]:
    for crane in (LEFT, RIGHT):
        own = sorted((task for task in tasks if task.crane == crane), key=lambda task: task.lift_at_s)
        for a, b in pairwise(own):
            if b.lift_at_s < _done_s(case, a):
                yield f"the {NAMES[crane]} lifts for job {b.job} before it has done job {a.job}"
    for task in tasks:
        job = case.jobs[task.job]
        if task.lift_at_s < job.ready_s:
            yield f"job {task.job} is lifted at {task.lift_at_s} s, ready at {job.ready_s} s"
        if task.set_down_at_s < task.lift_at_s + job.lift_s:
            yield f"job {task.job} is set down before it is lifted"
    by_job = {task.job: task for task in tasks}
    for first, then in case.before:
        if first in by_job and then in by_job and by_job[then].lift_at_s < _done_s(case, by_job[first]):
            yield f"job {then} is lifted before job {first} is done"


def _done_s(case: RailCase, task: RailTask) -> int:
    return task.set_down_at_s + case.jobs[task.job].set_down_s
