"""Loads that come late: cranes do other work meanwhile or wait, kernel and slow schedule agree, bounds hold."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from random import Random

from hypothesis import given, settings
from hypothesis import strategies as st
from tests.planning.cranes.calls_by_hand import Case, case, cranes, replay
from tests.planning.cranes.test_crane_split import SHORT, Made, assert_alike, cases, shuffled

from cabria.domain.containers import ContainerId
from cabria.domain.plan import LoadingPlan
from cabria.domain.vessel import Level
from cabria.domain.work import ONTO_SHIP
from cabria.planning.cranes.bound import lower_bound
from cabria.planning.cranes.carried import carried_over
from cabria.planning.cranes.lateness import not_waited_for
from cabria.planning.cranes.operators import first_plans, late_last, lift_times_s, schedule
from cabria.planning.cranes.problem import BlockFeed, CraneProblem, CraneSolution
from cabria.planning.cranes.solve import solve
from cabria.planning.search.result import Result
from cabria.planning.search.stopping import MaxIterations
from cabria.referee.judge import judge

TO_THE_END_S = 20_000


def ready(the: Case, mix: int, share: float = 0.3) -> dict[ContainerId, int]:
    random = Random(mix)
    return {box: random.randrange(1, TO_THE_END_S) for box in sorted(the.loads) if random.random() < share}


def problem_of(the: Case, ready_s: Mapping[ContainerId, int], feed: BlockFeed | None = None) -> CraneProblem:
    return CraneProblem.of(the.call, loads=the.loads, restows=the.restows, ready_s=ready_s, feed=feed)


def solved(problem: CraneProblem) -> Result[CraneSolution]:
    return solve(problem, MaxIterations(SHORT.iterations), params=SHORT)


@settings(max_examples=20)
@given(cases(), st.integers(0, 10**6))
def test_no_late_box_is_set_before_it_is_there_and_all_else_is_as_it_must_be(made: Made, mix: int) -> None:
    the = made.case()
    ready_s = ready(the, mix)
    result = solved(problem_of(the, ready_s))
    replay(the, result.plan.queues)
    plan = LoadingPlan(the.call.id, the.loads, restows=the.restows, queues=result.plan.queues)
    judgement = judge(replace(the.call, available_s=ready_s), plan)
    assert [f for f in judgement.findings if f.rule == "LIST-LATE" or f.rule.startswith(("CRANE-", "WORK-"))] == []
    assert judgement.figures.crane_makespan_s == result.plan.makespan_s


@settings(max_examples=40)
@given(cases(), st.integers(0, 10**6))
def test_in_a_hold_only_stacks_with_late_boxes_are_filled_after_a_late_one(made: Made, mix: int) -> None:
    the = made.case()
    call = replace(the.call, settings=replace(the.call.settings, may_dual_cycle=False))
    ready_s = ready(the, mix, share=0.2)
    waiting = {place.stack_id for box in ready_s if (place := call.vessel.place(the.loads[box]))}
    for work in CraneProblem.of(call, loads=the.loads, restows=the.restows, ready_s=ready_s).works:
        onto = [lift for section in work.sections for lift in section if lift.kind in ONTO_SHIP]
        first = next((n for n, lift in enumerate(onto) if ready_s.keys() & set(lift.containers)), len(onto))
        filled = {p.stack_id for lift in onto[first:] for slot in lift.positions if (p := call.vessel.place(slot))}
        assert {stack for stack in filled if stack.level is Level.HOLD} <= waiting


@settings(max_examples=40)
@given(cases(), st.integers(0, 10**6))
def test_the_kernel_waits_as_the_slow_way_does(made: Made, mix: int) -> None:
    the = made.case()
    feed = BlockFeed(dict.fromkeys(the.loads, "A"), {"A": 1}) if mix % 2 else None
    problem = problem_of(the, ready(the, mix), feed)
    if problem.works:
        assert_alike(problem, shuffled(problem, Random(mix)))


@settings(max_examples=30)
@given(cases(), st.integers(0, 10**6))
def test_no_order_of_the_work_beats_the_bound_and_without_late_boxes_it_is_no_higher(made: Made, mix: int) -> None:
    the = made.case()
    late = problem_of(the, ready(the, mix))
    bound = lower_bound(late)
    orders = [*first_plans(late), *(shuffled(late, Random(mix + n)) for n in range(3))] if late.works else []
    found = [scheduled for order in orders if (scheduled := schedule(late, order))]
    assert all(bound.seconds <= scheduled.makespan_s for scheduled in found)
    assert lower_bound(problem_of(the, {})).seconds <= bound.seconds


@settings(max_examples=30)
@given(cases(), st.integers(0, 10**6), st.booleans(), st.booleans())
def test_what_waits_for_late_boxes_is_left_to_a_second_sweep(
    made: Made, mix: int, upwards: bool, cut_bays: bool
) -> None:
    the = made.case()
    problem = problem_of(the, ready(the, mix))
    if not problem.works:
        return
    early, late = late_last(problem, lift_times_s(problem), upwards=upwards, cut_bays=cut_bays)
    sections = [problem.works[b.work].sections[n] for b in early for n in range(b.first, b.end)]
    assert not any(problem.lift_ready_s(lift) for section in sections for lift in section)
    for number, work in enumerate(problem.works):
        done = [n for b in (*early, *late) if b.work == number for n in range(b.first, b.end)]
        assert done == list(range(len(work.sections)))


def test_with_many_late_boxes_two_sweeps_begin_lower_than_one() -> None:
    the = case(11, cranes(2))
    plain = problem_of(the, {})
    late = dict.fromkeys(sorted(the.loads)[::4], 3 * solved(plain).plan.makespan_s // 4)
    problem = problem_of(the, late)
    with_two = min(plan.makespan_s for blocks in first_plans(problem) if (plan := schedule(problem, blocks)))
    carried = [carried_over(plain, blocks, problem) for blocks in first_plans(plain)]
    with_one = [schedule(problem, blocks) for blocks in carried]
    assert with_two < min(plan.makespan_s for plan in with_one if plan)


def test_a_crane_works_elsewhere_until_a_late_box_is_there() -> None:
    the = case(11, cranes(1))
    plain = solved(problem_of(the, {})).plan
    first = next(box for step in plain.queues[0].steps for box in step.containers if box in the.loads)
    late = {first: plain.makespan_s // 2}
    as_planned = schedule(problem_of(the, late), carried_over(problem_of(the, {}), plain.blocks, problem_of(the, late)))
    found = solved(problem_of(the, late)).plan
    assert as_planned is not None
    assert found.makespan_s < as_planned.makespan_s
    assert found.waiting_s < as_planned.waiting_s


def test_a_box_that_comes_when_all_is_done_is_waited_for_only_as_long_as_it_is_worth() -> None:
    the = case(11, cranes(2))
    soon, never = sorted(the.loads)[:2]
    problem = problem_of(the, {soon: 600, never: 10**6})
    blocks = solved(problem).plan.blocks
    assert not_waited_for(problem, blocks, refused_s=36_000) == {never}
    assert not_waited_for(problem, blocks, refused_s=10**7) == frozenset()


@settings(max_examples=40)
@given(cases(), st.integers(0, 10**6))
def test_a_split_is_carried_over_whole_and_in_its_order(made: Made, mix: int) -> None:
    the = made.case()
    before, after = problem_of(the, ready(the, mix)), problem_of(the, ready(the, mix + 1))
    blocks = shuffled(before, Random(mix)) if before.works else []
    carried = carried_over(before, blocks, after)
    for number, work in enumerate(after.works):
        own = sorted((block for block in carried if block.work == number), key=lambda block: block.first)
        sections = [section for block in own for section in range(block.first, block.end)]
        assert sections == list(range(len(work.sections)))
    assert carried_over(before, blocks, before) == blocks
    assert carried_over(before, blocks, replace(after, works=after.works[1:])) == [] or not after.works
