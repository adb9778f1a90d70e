"""Two simple rules, named for comparison: a zone for each crane, and the nearest job first."""

from __future__ import annotations

from cabria.domain.rail_work import LEFT, RIGHT, RailJob
from cabria.planning.yard.rail.kernels import NO_HURRY
from cabria.planning.yard.rail.problem import JobOrder, RailProblem


def zones(problem: RailProblem) -> JobOrder:
    """The left crane takes jobs that begin in the left half, the right one the others, each by due time."""
    case = problem.case
    crane_of = []
    for job in case.jobs:
        crane = LEFT if 2 * job.source <= case.bays else RIGHT
        crane_of.append(crane if case.may_do(crane, job) else 1 - crane)

    def urgency(number: int) -> tuple[int, int, int]:
        job = case.jobs[number]
        return NO_HURRY if job.due_s is None else job.due_s, job.ready_s, number

    order: dict[int, None] = {}
    waiting = sorted(range(len(case.jobs)), key=urgency)
    while waiting:
        first = next(number for number in waiting if all(other in order for other in problem.before[number]))
        waiting.remove(first)
        order[first] = None
    return JobOrder(tuple(order), tuple(crane_of))


def nearest_first(problem: RailProblem) -> JobOrder:
    """Whichever crane is free first takes the job it can begin first, the nearest of several."""
    case = problem.case
    at, free_s = list(case.starts), [0, 0]
    done_s: dict[int, int] = {}
    order: list[int] = []
    crane_of = [LEFT] * len(case.jobs)
    while len(order) < len(case.jobs):
        offers = []
        for number, job in enumerate(case.jobs):
            if number in done_s or not all(first in done_s for first in problem.before[number]):
                continue
            ready_s = max([job.ready_s, *(done_s[first] for first in problem.before[number])])
            for crane in (LEFT, RIGHT):
                if case.may_do(crane, job):
                    travel_s = abs(at[crane] - job.source) * case.bay_travel_s
                    begin_s = max(ready_s, free_s[crane] + travel_s)
                    offers.append((max(ready_s, free_s[crane]), travel_s, number, crane, begin_s))
        _, _, number, crane, begin_s = min(offers)
        job = case.jobs[number]
        done_s[number] = free_s[crane] = begin_s + _length_s(job, case.bay_travel_s)
        at[crane] = job.target
        order.append(number)
        crane_of[number] = crane
    return JobOrder(tuple(order), tuple(crane_of))


def _length_s(job: RailJob, bay_travel_s: int) -> int:
    return job.lift_s + abs(job.source - job.target) * bay_travel_s + job.set_down_s
