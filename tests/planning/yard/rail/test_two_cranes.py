"""Two cranes on one rail: every plan passes the judge, times are those of a slow reckoning, the bound is one."""

from __future__ import annotations

from itertools import permutations, product
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cabria.domain.rail_work import LEFT, RIGHT, RailCase, RailJob, RailPlan
from cabria.experiments.rail_shifts import make_rail_shift
from cabria.planning.search.stopping import MaxIterations
from cabria.planning.yard.rail.baselines import nearest_first, zones
from cabria.planning.yard.rail.bound import bound, late_bound_s, makespan_bound_s, travel_bound_s
from cabria.planning.yard.rail.operators import plan_of, timed
from cabria.planning.yard.rail.problem import JobOrder, RailProblem
from cabria.planning.yard.rail.solve import Params, planned, solve
from cabria.referee.rail_work import judge_rail

SEEDS = st.integers(0, 10**6)
SHORT = Params(iterations=4_000, iterations_a_round=1_000)


def small_case(seed: int, jobs: int) -> RailCase:
    """Short rails, wide gaps, uneven prices: everything is in everybody's way."""
    random = Random(seed)
    gap = random.randint(1, 4)
    bays = 2 * gap + random.randint(2, 9)
    made: list[RailJob] = []
    while len(made) < jobs:
        source = random.randint(1, bays)
        target = random.choice((source, random.randint(1, bays)))
        reachable = max(source, target) <= bays - gap or min(source, target) > gap
        ready_s = random.choice((0, random.randint(0, 300)))
        due_s = random.choice((None, ready_s + random.randint(0, 400)))
        if reachable:
            made.append(RailJob(source, target, random.randint(1, 60), random.randint(1, 60), ready_s, due_s))
    before = [(n, n + 1) for n in range(jobs - 1) if random.random() < 0.3]
    return RailCase("small", bays, (random.randint(1, 2), bays), tuple(made), tuple(before), gap, random.randint(1, 7))


def slow_times(problem: RailProblem, taken: JobOrder) -> dict[int, tuple[int, int]]:
    """Lift and set-down of each job, by looking at every stop of the other crane each time."""
    case = problem.case
    stops: list[list[tuple[int, int]]] = [[(case.starts[LEFT], 0)], [(case.starts[RIGHT], 0)]]
    times: dict[int, tuple[int, int]] = {}

    def free_at(crane: int, bay: int) -> int:
        overlaps = [
            (other + case.gap_bays - bay if crane == RIGHT else bay - other + case.gap_bays, end)
            for other, end in stops[1 - crane]
        ]
        return max([0, *(end + overlap * case.bay_travel_s for overlap, end in overlaps if overlap > 0)])

    for number in taken.order:
        job, crane = case.jobs[number], taken.crane_of[number]
        at, ends = stops[crane][-1]
        lift = max(ends + abs(at - job.source) * case.bay_travel_s, job.ready_s, free_at(crane, job.source))
        for first in problem.before[number]:
            lift = max(lift, times[first][1] + case.jobs[first].set_down_s)
        lifted = lift + job.lift_s
        down = max(lifted + abs(job.source - job.target) * case.bay_travel_s, free_at(crane, job.target))
        times[number] = lift, down
        stops[crane] += [(job.source, lifted), (job.target, down + job.set_down_s)]
    return times


@st.composite
def job_orders(draw: st.DrawFn) -> tuple[RailProblem, JobOrder]:
    problem = RailProblem(small_case(draw(SEEDS), draw(st.integers(1, 9))))
    order: list[int] = []
    for number in draw(st.permutations(range(len(problem.case.jobs)))):
        order += [n for n in (*range(number), number) if n not in order]
    crane_of = [
        draw(st.sampled_from([crane for crane in (LEFT, RIGHT) if problem.case.may_do(crane, job)]))
        for job in problem.case.jobs
    ]
    return problem, JobOrder(tuple(order), tuple(crane_of))


@settings(max_examples=150)
@given(job_orders())
def test_whatever_the_order_the_cranes_never_meet(drawn: tuple[RailProblem, JobOrder]) -> None:
    problem, taken = drawn
    found = timed(problem, taken)
    verdict = judge_rail(problem.case, plan_of(problem.case, found.tasks))
    assert verdict.ok, verdict.findings
    assert (verdict.late_s, verdict.makespan_s) == (found.late_s, found.makespan_s)
    assert verdict.travel_s >= found.travel_s - 1e-6


@given(job_orders())
def test_the_kernel_times_stops_as_the_slow_way_does(drawn: tuple[RailProblem, JobOrder]) -> None:
    problem, taken = drawn
    found = timed(problem, taken)
    assert {task.job: (task.lift_at_s, task.set_down_at_s) for task in found.tasks} == slow_times(problem, taken)


@settings(max_examples=30)
@given(SEEDS, st.integers(0, 12))
def test_a_search_is_legal_bounded_and_no_worse_than_the_rules(seed: int, jobs: int) -> None:
    problem = RailProblem(small_case(seed, jobs))
    result = solve(problem, MaxIterations(SHORT.iterations), seed=seed, params=SHORT)
    verdict = judge_rail(problem.case, result.plan)
    assert verdict.ok, verdict.findings
    assert verdict.cost == pytest.approx(result.cost)
    assert (result.bound or 0) <= result.cost + 1e-6
    assert late_bound_s(problem.case) <= verdict.late_s
    assert makespan_bound_s(problem.case) <= verdict.makespan_s
    assert travel_bound_s(problem.case) <= verdict.travel_s + 1e-6
    again = solve(problem, MaxIterations(SHORT.iterations), seed=seed, params=SHORT)
    assert again.plan == result.plan


def between_stops_s(case: RailCase, plan: RailPlan) -> int:
    """Travel without any way made to get out of the other crane's."""
    travel = 0
    for crane in (LEFT, RIGHT):
        at = case.starts[crane]
        for task in plan.tasks:
            job = case.jobs[task.job]
            if task.crane == crane:
                travel += abs(at - job.source) + abs(job.source - job.target)
                at = job.target
    return travel * case.bay_travel_s


@settings(max_examples=20)
@given(SEEDS)
def test_four_jobs_are_done_as_well_as_by_trying_everything(seed: int) -> None:
    problem = RailProblem(small_case(seed, 4))
    case = problem.case

    def cost(taken: JobOrder) -> int:
        found = timed(problem, taken)
        return found.late_s * case.prices.late + found.makespan_s * case.prices.makespan + found.travel_s

    orders = [o for o in permutations(range(4)) if all(o.index(a) < o.index(b) for a, b in case.before)]
    cranes = [c for c in product((LEFT, RIGHT), repeat=4) if all(map(case.may_do, c, case.jobs))]
    least = min(cost(JobOrder(order, crane_of)) for order in orders for crane_of in cranes)
    result = solve(problem, MaxIterations(SHORT.iterations), params=SHORT)
    assert result.costs["late"] + result.costs["makespan"] + between_stops_s(case, result.plan) <= least
    assert bound(case) <= least


def test_a_shift_is_far_better_than_zones_and_nearest_first() -> None:
    problem = RailProblem(make_rail_shift(jobs=60, seed=1))
    ours = solve(problem, MaxIterations(40_000))
    rules = [planned(problem, rule(problem)) for rule in (zones, nearest_first)]
    assert all(judge_rail(problem.case, result.plan).ok for result in (ours, *rules))
    assert 2 * ours.cost < min(result.cost for result in rules)
    assert ours.bound is not None
    assert ours.cost < 1.1 * ours.bound
