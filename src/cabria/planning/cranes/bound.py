"""Proven lower bounds on the makespan, and in words what they come from."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import NamedTuple, Self

from cabria.domain.terminal import QuayCrane
from cabria.domain.told import Told, told
from cabria.planning.cranes.lifts import Lift
from cabria.planning.cranes.problem import SPAN_MM, BayWork, CraneProblem


class LowerBound(NamedTuple):
    """Seconds that no makespan can be below, and what they come from."""

    seconds: int
    reason: Told


def lower_bound(problem: CraneProblem) -> LowerBound:
    """The larger of two: work of any stretch of the quay that k cranes have no room to share with one more, by k.

    In a stretch shorter than `k * gap` at most k cranes stand at a time, so at best k work in it at any
    moment; the whole quay with all cranes is the last such stretch, and there the gantry travel counts that no split
    avoids (all distances between works but the largest, one less than there are cranes). What comes after a late box in
    the order of its bay cannot begin before the box is there; so each stretch counts once as a whole, and once more for
    each moment at which a box comes, from then on and with what waits for that alone. The order of lifts in a bay and
    which of them are dual cycles are taken as given.
    """
    if not problem.works:
        return LowerBound(0, told("there is no work", "bound-no-work"))
    left = [_LeftOfWork.of(problem, work) for work in problem.works]
    stretches = list(_stretches(problem))
    best = _of_whole_quay(problem, [of_work.from_s(0) for of_work in left])
    for ready_s in sorted({0, *map(problem.lift_ready_s, problem.lifts)}):
        left_s = [of_work.from_s(ready_s) for of_work in left]
        for together, first, last in stretches:
            release_s = max(ready_s, _release_s(problem, first, last))
            seconds = _shared(problem, sum(left_s[first:last]), together, release_s) if any(left_s[first:last]) else 0
            if seconds > best.seconds:
                best = LowerBound(seconds, _stretch(problem, first, last - 1, together, ready_s))
    return best


def _stretches(problem: CraneProblem) -> Iterator[tuple[int, int, int]]:
    """How many cranes have room, and the works (first, one after the last) of each stretch of the quay."""
    for together in range(1, len(problem.cranes)):
        for first in range(len(problem.works)):
            last = first
            while last < len(problem.works) and _reach_mm(problem, first, last) < together * problem.gap_mm:
                last += 1
            if last > first:
                yield together, first, last
    yield len(problem.cranes), 0, len(problem.works)


class _LeftOfWork(NamedTuple):
    """Seconds of the lifts of a work, each by the crane that does it fastest and without any travel."""

    whole_s: int
    late: tuple[tuple[int, int], ...]
    """Of each late lift in their order, when its boxes are there, and the seconds from then to the end of the work."""

    @classmethod
    def of(cls, problem: CraneProblem, work: BayWork) -> Self:
        able = [crane for crane in problem.cranes if problem.may_work(crane, work)]
        left_s, late = 0, []
        for lift in reversed([lift for section in work.sections for lift in section]):
            if ready_s := problem.lift_ready_s(lift):
                late.append((ready_s, left_s + min(_last_cycles_s(lift, crane) for crane in able)))
            left_s += min(lift.duration_s(crane) for crane in able)
        return cls(left_s, tuple(reversed(late)))

    def from_s(self, ready_s: int) -> int:
        """What cannot be done before the boxes that come at a moment, or later, are there; all at 0."""
        if not ready_s:
            return self.whole_s
        return next((left_s for there_s, left_s in self.late if there_s >= ready_s), 0)


def _last_cycles_s(lift: Lift, crane: QuayCrane) -> int:
    """A lift without its first box, where a crane sets two one by one: only the second may be late."""
    return lift.duration_s(crane) - (0 if lift.is_one_cycle_for(crane) else crane.cycle_s)


def _reach_mm(problem: CraneProblem, first: int, last: int) -> int:
    """Largest distance of two places in works `first` to `last`."""
    works = problem.works[first : last + 1]
    return max(work.last_x_mm for work in works) - min(work.first_x_mm for work in works)


def _release_s(problem: CraneProblem, first: int, last: int) -> int:
    return min(problem.offsets_s[work.ship] for work in problem.works[first:last])


def _shared(problem: CraneProblem, work_s: int, together: int, release_s: int) -> int:
    """The first moment by which cranes, `together` at a time at most, have had `work_s` of time to work."""
    moments = {release_s, *(time for crane in problem.cranes for time in _changes(crane) if time > release_s)}
    left_s = work_s
    ordered = sorted(moments)
    for now, then in pairwise(ordered):
        at_work = min(together, sum(_is_at_hand(crane, now) for crane in problem.cranes))
        if left_s <= at_work * (then - now):
            return now + -(-left_s // at_work) if left_s else now
        left_s -= at_work * (then - now)
    return ordered[-1] + -(-left_s // min(together, len(problem.cranes)))


def _changes(crane: QuayCrane) -> Iterator[int]:
    """When a crane comes to hand or goes out."""
    yield crane.ready_s
    for outage in crane.outages:
        yield from (outage.from_s, outage.until_s)


def _is_at_hand(crane: QuayCrane, now_s: int) -> bool:
    return now_s >= crane.ready_s and not any(outage.from_s <= now_s < outage.until_s for outage in crane.outages)


def _of_whole_quay(problem: CraneProblem, fastest: Sequence[int]) -> LowerBound:
    travel_s = min(crane.bay_travel_s for crane in problem.cranes)
    places = sorted({place for work in problem.works for place in (work.first_x_mm, work.last_x_mm)})
    steps = sorted(travel_s * (b - a) // SPAN_MM for a, b in pairwise(places))
    count = len(problem.cranes)
    on_the_way_s = sum(steps[: max(0, len(steps) - (count - 1))])
    release_s = _release_s(problem, 0, len(fastest))
    return LowerBound(
        _shared(problem, sum(fastest) + on_the_way_s, count, release_s),
        told("the whole work, shared evenly by {cranes} cranes that never wait", "bound-shared", cranes=count)
        if count > 1
        else told("the whole work, by one crane that never waits", "bound-one-crane"),
    )


def _stretch(problem: CraneProblem, first: int, last: int, together: int, ready_s: int) -> Told:
    works = problem.works[first : last + 1]
    bays = [bay for work in works for bay in work.bays]
    ships = {work.ship for work in works}
    where = f"bay {min(bays):02}" if len(set(bays)) == 1 else f"bays {min(bays):02} to {max(bays):02}"
    if len(ships) > 1:
        where = "the ends of two ships"
    elif len(problem.ships) > 1:
        where += f" of {problem.ships[works[0].ship].vessel.name}"
    cranes = "one crane" if together == 1 else f"{together} cranes"
    after_h = f"{ready_s / 3600:.1f}"
    if together == len(problem.cranes):
        if not ready_s:
            return told("all work left, shared evenly by {cranes}", "bound-all-left", cranes=cranes)
        return told(
            "all work left once boxes are there that come after {after_h} h, shared evenly by {cranes}",
            "bound-all-left-late",
            cranes=cranes,
            after_h=after_h,
        )
    if not ready_s:
        return told("{where}, where no more than {cranes} can work at a time", "bound-room", where=where, cranes=cranes)
    return told(
        "{where}, where no more than {cranes} can work at a time once boxes are there that come after {after_h} h",
        "bound-room-late",
        where=where,
        cranes=cranes,
        after_h=after_h,
    )
