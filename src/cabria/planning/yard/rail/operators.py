"""From an order of jobs to a plan: the times of all stops, and ways between them on which the cranes never meet.

With the stops of both cranes apart as `kernels` keeps them, the left crane can always be as far left as its own stops
let it, and the right one as far right; these two envelopes never come too near. Each way here stays as near to its
stops as the other's envelope allows, because travel costs.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise
from typing import Any, NamedTuple

import numpy as np

from cabria.domain.rail_work import LEFT, RIGHT, RailCase, RailPlan, RailTask, Waypoint
from cabria.planning.yard.rail import kernels
from cabria.planning.yard.rail.problem import JobOrder, RailProblem


class Stop(NamedTuple):
    """A crane stands over a bay from `start` to `end`."""

    bay: int
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Timed:
    """What an order comes to; travel is that between stops, without any way made to get out of the other's."""

    tasks: tuple[RailTask, ...]
    late_s: int
    makespan_s: int
    travel_s: int


Way = list[tuple[Fraction, Fraction]]
"""Times and bays of a way made of straight pieces."""


def timed(problem: RailProblem, taken: JobOrder) -> Timed:
    """Every job as early as those before it in the order let it."""
    count = len(taken.order)
    times, figures = np.zeros((count, 2), np.int64), np.zeros(3, np.int64)
    free_at = np.zeros((2, problem.case.bays + 1), np.int64)
    count_all: Any = kernels.timed
    order, crane_of = np.array(taken.order, np.int64), np.array(taken.crane_of, np.int64)
    count_all(*problem.given, order, crane_of, 1 << 60, free_at, times, figures)
    tasks = (RailTask(n, taken.crane_of[n], int(times[n, 0]), int(times[n, 1])) for n in range(count))
    return Timed(tuple(sorted(tasks, key=lambda task: task.lift_at_s)), *(int(figure) for figure in figures))


def plan_of(case: RailCase, tasks: Sequence[RailTask]) -> RailPlan:
    """Ways for both cranes: the right one gives way first or the left one, whichever travels less in all."""
    left, right = (_stops(case, crane, tasks) for crane in (LEFT, RIGHT))
    horizon = max((stop.end for stop in (*left, *right)), default=0)
    one, other = _ways(case, left, right, horizon)
    turned = [_mirrored(case, stops) for stops in (right, left)]
    mirror_one, mirror_other = _ways(case, turned[0], turned[1], horizon)
    if _travel(mirror_one) + _travel(mirror_other) < _travel(one) + _travel(other):
        one, other = ([(time, case.bays + 1 - bay) for time, bay in way] for way in (mirror_other, mirror_one))
    return RailPlan(tuple(tasks), (_waypoints(one), _waypoints(other)))


def travel_s(case: RailCase, plan: RailPlan) -> float:
    return case.bay_travel_s * sum(abs(b.bay - a.bay) for path in plan.paths for a, b in pairwise(path))


def _stops(case: RailCase, crane: int, tasks: Sequence[RailTask]) -> list[Stop]:
    stops = [Stop(case.starts[crane], 0, 0)]
    for task in sorted((task for task in tasks if task.crane == crane), key=lambda task: task.lift_at_s):
        job = case.jobs[task.job]
        stops.append(Stop(job.source, task.lift_at_s, task.lift_at_s + job.lift_s))
        stops.append(Stop(job.target, task.set_down_at_s, task.set_down_at_s + job.set_down_s))
    return stops


def _mirrored(case: RailCase, stops: Sequence[Stop]) -> list[Stop]:
    return [Stop(case.bays + 1 - stop.bay, stop.start, stop.end) for stop in stops]


def _ways(case: RailCase, left: Sequence[Stop], right: Sequence[Stop], horizon: int) -> tuple[Way, Way]:
    """The right crane keeps clear of the left one's leftmost way; the left one then of the right one's."""
    leftmost = _held(case, left, [Fraction(1)] * len(left), -1)
    high = [_extreme(leftmost, a, b, max) + case.gap_bays for a, b in _spans(right, horizon)]
    right_way = _held(case, right, high, 1)
    low = [_extreme(right_way, a, b, min) - case.gap_bays for a, b in _spans(left, horizon)]
    return _held(case, left, low, -1), right_way


def _spans(stops: Sequence[Stop], horizon: int) -> list[tuple[int, int]]:
    """The times between stops, and after the last."""
    return [(a.end, b.start) for a, b in pairwise(stops)] + [(stops[-1].end, max(horizon, stops[-1].end))]


def _held(case: RailCase, stops: Sequence[Stop], aims: Sequence[Fraction], side: int) -> Way:
    """After each stop the crane goes to the aim, when that lies on its `side` (1 is right) of both stops, as far as
    time allows; it comes to its next stop at the last moment."""
    way: Way = []
    pace = case.bay_travel_s
    for number, stop in enumerate(stops):
        here = Fraction(stop.bay)
        way += [(Fraction(stop.start), here), (Fraction(stop.end), here)]
        following = stops[number + 1] if number + 1 < len(stops) else None
        outer = max(side * aims[number], side * here, side * Fraction(following.bay) if following else side * here)
        if following is None:
            way.append((stop.end + pace * (outer - side * here), side * outer))
            continue
        there = Fraction(following.bay)
        # As far out as both ways, away and back, leave time for.
        spare = Fraction(following.start - stop.end, pace)
        outer = min(outer, (spare + side * here + side * there) / 2)
        way.append((stop.end + pace * (outer - side * here), side * outer))
        way.append((following.start - pace * (outer - side * there), side * outer))
    return way


def _extreme(way: Way, begin: int, end: int, pick: Any) -> Fraction:
    """The largest or smallest bay of a way from one time to another."""
    times = [time for time, _ in way]
    inside = [bay for _, bay in way[bisect_left(times, begin) : bisect_right(times, end)]]
    found: Fraction = pick(_at(way, times, Fraction(begin)), _at(way, times, Fraction(end)), *inside)
    return found


def _at(way: Way, times: Sequence[Fraction], time: Fraction) -> Fraction:
    after = bisect_right(times, time)
    if after == len(way):
        return way[-1][1]
    (began, here), (ends, there) = way[after - 1], way[after]
    return here + (there - here) * (time - began) / (ends - began)


def _travel(way: Way) -> Fraction:
    return sum((abs(b - a) for (_, a), (_, b) in pairwise(way)), Fraction(0))


def _waypoints(way: Way) -> tuple[Waypoint, ...]:
    """Without the points that say nothing new."""
    kept = [point for n, point in enumerate(way) if n == 0 or point != way[n - 1]]
    return tuple(Waypoint(float(time), float(bay)) for time, bay in kept)
