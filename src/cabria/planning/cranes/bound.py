"""Proven lower bounds on the makespan, and in words what they come from."""

from __future__ import annotations

from itertools import pairwise
from typing import NamedTuple

from cabria.planning.cranes.problem import BayWork, CraneProblem


class LowerBound(NamedTuple):
    seconds: int
    reason: str


def lower_bound(problem: CraneProblem) -> LowerBound:
    """The larger of two: work of any stretch of the ship that k cranes have no room to share with one more, by k.

    In a stretch shorter than `k * gap` at most k cranes stand at a time, so its work needs the k that are ready
    first; the whole ship with all cranes is the last such stretch, and there the gantry travel counts that no split
    avoids (all distances between works but the largest, one less than there are cranes).
    """
    if not problem.works:
        return LowerBound(0, "there is no work")
    fastest = [_fastest_s(problem, work) for work in problem.works]
    ready = sorted(crane.ready_s for crane in problem.cranes)
    best = _of_whole_ship(problem, fastest, ready)
    for together in range(1, len(ready)):
        for first in range(len(fastest)):
            last = first
            while last < len(fastest) and _reach(problem, first, last) < together * problem.gap:
                last += 1
            if last == first:
                continue
            seconds = _shared(sum(fastest[first:last]), ready[:together])
            if seconds > best.seconds:
                best = LowerBound(seconds, _stretch(problem, first, last - 1, together))
    return best


def _fastest_s(problem: CraneProblem, work: BayWork) -> int:
    """Each lift by the crane that does it fastest, without any travel."""
    able = [crane for crane in problem.cranes if problem.may_work(crane, work)]
    return sum(min(lift.duration_s(crane) for crane in able) for section in work.sections for lift in section)


def _reach(problem: CraneProblem, first: int, last: int) -> int:
    """Largest distance of two places in works `first` to `last`."""
    works = problem.works[first : last + 1]
    return max(work.last_place for work in works) - min(work.first_place for work in works)


def _shared(work_s: int, ready: list[int]) -> int:
    """When `work_s` can be over if everybody ready takes part: level the ready times, then divide."""
    level = 0
    for count in range(1, len(ready) + 1):
        level = -(-(work_s + sum(ready[:count])) // count)
        if count == len(ready) or level <= ready[count]:
            break
    return level


def _of_whole_ship(problem: CraneProblem, fastest: list[int], ready: list[int]) -> LowerBound:
    travel_s = min(crane.bay_travel_s for crane in problem.cranes)
    places = sorted({place for work in problem.works for place in (work.first_place, work.last_place)})
    steps = sorted(travel_s * (b - a) // 4 for a, b in pairwise(places))
    on_the_way_s = sum(steps[: max(0, len(steps) - (len(ready) - 1))])
    return LowerBound(
        _shared(sum(fastest) + on_the_way_s, ready),
        f"the whole work, shared evenly by {len(ready)} cranes that never wait",
    )


def _stretch(problem: CraneProblem, first: int, last: int, together: int) -> str:
    low = min(work.first_place for work in problem.works[first : last + 1])
    high = max(work.last_place for work in problem.works[first : last + 1])
    where = f"bay {low:02}" if low == high else f"bays {low:02} to {high:02}"
    cranes = "one crane" if together == 1 else f"{together} cranes"
    return f"{where}, where no more than {cranes} can work at a time"
