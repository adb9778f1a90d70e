"""What no plan of two cranes can pass: lateness, makespan and travel each bounded alone."""

from __future__ import annotations

from cabria.domain.rail_work import RailCase, RailJob


def bound(case: RailCase) -> int:
    """In the case's prices."""
    prices = case.prices
    return (
        prices.late * late_bound_s(case)
        + prices.makespan * makespan_bound_s(case)
        + prices.travel * travel_bound_s(case)
    )


def makespan_bound_s(case: RailCase) -> int:
    """The longest of: a job alone, all work halved, all stops near one place one after the other."""
    alone = [_earliest_done_s(case, job) for job in case.jobs]
    work_s = sum(_length_s(case, job) for job in case.jobs)
    return max([0, -(-work_s // 2), _crowded_s(case), *alone])


def _crowded_s(case: RailCase) -> int:
    """Two cranes are never both within a gap of bays; what is to be done there takes turns."""
    at = [0] * (case.bays + case.gap_bays + 1)
    for job in case.jobs:
        at[job.source] += job.lift_s
        at[job.target] += job.set_down_s
    return max(sum(at[bay : bay + case.gap_bays]) for bay in range(1, case.bays + 1))


def late_bound_s(case: RailCase) -> int:
    """The larger of two: each job alone; and the k-th job done, no sooner than the k shortest shared by two cranes.

    The k-th smallest bound on an end against the k-th smallest due time is the least lateness of any matching.
    """
    alone = sum(
        max(0, _earliest_done_s(case, job) - job.due_s) for job in case.jobs if job.due_s is not None
    )  # fmt: skip
    hurried = [job for job in case.jobs if job.due_s is not None]
    dues = sorted(job.due_s for job in hurried if job.due_s is not None)
    soonest = sorted(_earliest_done_s(case, job) for job in hurried)
    work_s, shared = 0, []
    for length_s in sorted(_length_s(case, job) for job in hurried):
        work_s += length_s
        shared.append(-(-work_s // 2))
    matched = sum(max(0, end - due, half - due) for end, half, due in zip(soonest, shared, dues, strict=True))
    return max(alone, matched)


def travel_bound_s(case: RailCase) -> int:
    """Between each two neighbouring bays: as often as loads cross it, and empty cranes must to be there again."""
    crossings = 0
    for bay in range(1, case.bays):
        right = sum(job.source <= bay < job.target for job in case.jobs)
        left = sum(job.target <= bay < job.source for job in case.jobs)
        from_left = sum(start <= bay for start in case.starts)
        from_right = 2 - from_left
        # How many more crossings go right than left: each crane ends on one side, so -1, 0 or 1 each.
        least = min(
            2 * max(left, right - net) + net if net >= 0 else 2 * max(right, left + net) - net
            for net in range(-from_right, from_left + 1)
        )
        is_needed = any(max(job.source, job.target) > bay for job in case.jobs) and from_right == 0
        is_needed |= any(min(job.source, job.target) <= bay for job in case.jobs) and from_left == 0
        crossings += max(least, int(is_needed))
    return crossings * case.bay_travel_s


def _length_s(case: RailCase, job: RailJob) -> int:
    return job.lift_s + abs(job.source - job.target) * case.bay_travel_s + job.set_down_s


def _earliest_done_s(case: RailCase, job: RailJob) -> int:
    reach = [abs(start - job.source) for crane, start in enumerate(case.starts) if case.may_do(crane, job)]
    return max(job.ready_s, min(reach) * case.bay_travel_s) + _length_s(case, job)
