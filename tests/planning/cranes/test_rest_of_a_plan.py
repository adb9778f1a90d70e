"""What is left of a plan, divided anew: done to its end together with what was done before."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import replace

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from tests.planning.cranes.calls_by_hand import HERE, Case, case, cranes, replay

from cabria.domain.errors import DataError
from cabria.domain.terminal import Outage, QuayCrane
from cabria.domain.work import CraneStep, StepKind, WorkQueue
from cabria.planning.cranes.operators import schedule
from cabria.planning.cranes.problem import CraneProblem
from cabria.planning.cranes.rest import ToDo, as_planned, rest_of
from cabria.planning.cranes.solve import Params, solve
from cabria.planning.search.stopping import MaxIterations

SHORT = Params(iterations=2_000, iterations_a_round=1_000)
LATER_S = 20_000
"""So long after the last step begun before that every crane can be everywhere."""


def planned(the: Case) -> tuple[WorkQueue, ...]:
    problem = CraneProblem.of(the.call, loads=the.loads, restows=the.restows)
    return solve(problem, MaxIterations(SHORT.iterations), params=SHORT).plan.queues


def divided(the: Case, left: Iterable[ToDo], fleet: Iterable[QuayCrane]) -> tuple[WorkQueue, ...]:
    return solve(rest_of(the.call, left, tuple(fleet)), MaxIterations(SHORT.iterations), params=SHORT).plan.queues


def later(step: CraneStep, by_s: int) -> CraneStep:
    return replace(step, start_s=step.start_s + by_s, end_s=step.end_s + by_s)


@settings(max_examples=60)
@given(st.integers(0, 10**6), st.integers(1, 4), st.integers(0, 20_000), st.booleans())
def test_what_was_done_and_what_is_left_are_the_whole_plan(
    seed: int, count: int, until_s: int, bow_towards_x: bool
) -> None:
    the = case(seed, cranes(count), bow_towards_x=bow_towards_x)
    queues = planned(the)
    done = {q.crane: tuple(step for step in q.steps if step.start_s < until_s) for q in queues}
    left = [ToDo(q.crane, q.steps[len(done[q.crane]) :]) for q in queues]
    assume(any(queue.steps for queue in left))
    last_s = max((steps[-1].end_s for steps in done.values() if steps), default=0)
    again = {q.crane: q.steps for q in divided(the, left, the.call.terminal.quay_cranes)}
    whole = [
        WorkQueue(crane, (*done[crane], *(later(step, last_s + LATER_S) for step in again[crane]))) for crane in done
    ]
    replay(the, whole)
    assert Counter(boxes_of(q.steps for q in left)) == Counter(boxes_of(again.values()))


def boxes_of(queues: Iterable[Iterable[CraneStep]]) -> list[tuple[str, str]]:
    return [(step.kind, box) for steps in queues for step in steps for box in step.containers or (step.lid,)]


def test_a_crane_out_from_the_start_stays_in_the_way_until_it_is_back() -> None:
    the = case(3, cranes(2))
    left, right = sorted(the.call.terminal.quay_cranes, key=lambda crane: crane.x_mm)
    out = replace(right, x_mm=the.call.quay_x_mm(2), travels_from_x=True, outages=(Outage(0, 50_000),))
    beside = replace(left, x_mm=out.x_mm - 200_000, travels_from_x=True)
    first = {
        q.crane: q.steps[0].start_s
        for q in divided(the, [ToDo(q.crane, q.steps) for q in planned(the)], (beside, out))
        if q.steps
    }
    assert min(first.values()) >= 50_000


def test_a_bay_begun_is_ended_by_the_crane_that_began_it() -> None:
    the = case(5, cranes(3))
    queues = planned(the)
    mine = max(queues, key=lambda queue: len(queue.steps))
    bay = mine.steps[0].bay
    left = [ToDo(q.crane, q.steps, bay if q is mine else None) for q in queues]
    problem = rest_of(the.call, left, the.call.terminal.quay_cranes)
    assert [work.by for work in problem.works if bay in work.bays] == [mine.crane]
    again = divided(the, left, the.call.terminal.quay_cranes)
    assert {q.crane for q in again for step in q.steps if step.bay == bay} == {mine.crane}


def test_a_bay_that_no_crane_reaches_is_named() -> None:
    the = case(5, cranes(2))
    short = [replace(crane, outreach_rows=1) for crane in the.call.terminal.quay_cranes]
    assert the.call.port == HERE
    with pytest.raises(DataError, match="No quay crane reaches across the"):
        rest_of(the.call, [ToDo(q.crane, q.steps) for q in planned(the)], short)


@settings(max_examples=40)
@given(st.integers(0, 10**6), st.integers(1, 3), st.integers(0, 10_000))
def test_what_is_left_knows_of_late_boxes_and_all_of_it_is_done(seed: int, count: int, until_s: int) -> None:
    the = case(seed, cranes(count))
    queues = planned(the)
    done = {q.crane: sum(step.start_s < until_s for step in q.steps) for q in queues}
    left = [ToDo(q.crane, q.steps[done[q.crane] :]) for q in queues]
    to_set = sorted(box for kind, box in boxes_of(q.steps for q in left) if kind is StepKind.LOAD)
    assume(to_set)
    ready_s = {box: 100 * (seed + 7 * number) % 20_000 for number, box in enumerate(to_set) if number % 3 == 0}
    problem = rest_of(the.call, left, the.call.terminal.quay_cranes, ready_s=ready_s)
    again = solve(problem, MaxIterations(SHORT.iterations), params=SHORT).plan.queues
    assert Counter(boxes_of(q.steps for q in left)) == Counter(boxes_of(q.steps for q in again))
    set_s = {
        box: step.start_s for q in again for step in q.steps if step.kind is StepKind.LOAD for box in step.containers
    }
    assert all(set_s[box] >= at_s for box, at_s in ready_s.items())
    blocks = as_planned(the.call, left, problem)
    assert Counter((b.work, s) for b in blocks for s in range(b.first, b.end)) == Counter(
        (number, s) for number, work in enumerate(problem.works) for s in range(len(work.sections))
    )


def test_the_cranes_work_elsewhere_until_a_late_box_is_there() -> None:
    the = case(11, cranes(1))
    left = [ToDo(q.crane, q.steps) for q in planned(the)]
    first = next(box for kind, box in boxes_of(q.steps for q in left) if kind is StepKind.LOAD)
    whole_s = max(step.end_s for q in left for step in q.steps)
    problem = rest_of(the.call, left, the.call.terminal.quay_cranes, ready_s={first: whole_s // 2})
    waited = schedule(problem, as_planned(the.call, left, problem))
    assert waited is not None
    found = solve(problem, MaxIterations(SHORT.iterations), params=SHORT).plan
    assert found.makespan_s < waited.makespan_s
    assert found.waiting_s < waited.waiting_s
