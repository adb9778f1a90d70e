"""Crane tasks: kernels against plain Python, the search against every schedule there is, and its promises."""

from __future__ import annotations

from itertools import permutations, product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cabria.domain.crane_tasks import CraneTasks, ScheduledTask
from cabria.domain.errors import DataError
from cabria.planning.cranes.tasks import kernels, turns
from cabria.planning.cranes.tasks.bound import lower_bound
from cabria.planning.cranes.tasks.flat import Cooling, FlatTasks, Found
from cabria.planning.cranes.tasks.operators import may_sweep, one_turn_order, one_way_order, schedule, shared_evenly
from cabria.planning.cranes.tasks.problem import TaskProblem, mirrored_order
from cabria.planning.cranes.tasks.solve import Params, TaskPlan, solve
from cabria.planning.search.kernels import generator
from cabria.planning.search.result import Result
from cabria.planning.search.stopping import MaxIterations
from cabria.referee.crane_tasks import judge_crane_tasks

SHORT = Params(sweep_iterations=1_000, turn_iterations=1_000, order_pairs=100_000)


@st.composite
def instances(draw: st.DrawFn, most_tasks: int = 5, most_cranes: int = 2) -> CraneTasks:
    """Small instances with starts and ready times at will, and precedences among neighbours in a bay."""
    cranes = draw(st.integers(1, most_cranes))
    bays = sorted(draw(st.lists(st.integers(1, 5), min_size=1, max_size=most_tasks)))
    neighbours = [(task, task + 1) for task in range(1, len(bays)) if bays[task - 1] == bays[task]]
    return CraneTasks(
        bays=5,
        bay_travel=draw(st.integers(0, 3)),
        gap_bays=draw(st.integers(0, 2)),
        times=tuple(draw(st.lists(st.integers(1, 20), min_size=len(bays), max_size=len(bays)))),
        task_bays=tuple(bays),
        start_bays=tuple(sorted(draw(st.lists(st.integers(1, 5), min_size=cranes, max_size=cranes)))),
        ready_times=tuple(draw(st.lists(st.integers(0, 9), min_size=cranes, max_size=cranes))),
        precedences=tuple(pair for pair in neighbours if draw(st.booleans())),
    )


@st.composite
def problems(draw: st.DrawFn, most_tasks: int = 12) -> TaskProblem:
    """Larger ones with times of each crane's own and windows in which a crane is closed."""
    problem, _ = TaskProblem.of(draw(instances(most_tasks, most_cranes=4)))
    times = st.lists(st.integers(1, 20), min_size=len(problem.task_bays), max_size=len(problem.task_bays)).map(tuple)
    window = st.tuples(st.integers(0, 40), st.integers(1, 30)).map(lambda pair: ((pair[0], sum(pair)),))
    return TaskProblem(
        bays=problem.bays, bay_travel=problem.bay_travel, gap_bays=problem.gap_bays, task_bays=problem.task_bays,
        times=tuple(draw(times) for _ in problem.cranes), start_bays=problem.start_bays,
        ready_times=problem.ready_times, precedences=problem.precedences,
        closed=tuple(draw(st.one_of(st.just(()), window)) for _ in problem.cranes),
    )  # fmt: skip


def solved(given_tasks: CraneTasks, iterations: int = 14_000, seed: int = 0) -> Result[TaskPlan]:
    return solve(TaskProblem.of(given_tasks)[0], MaxIterations(iterations), seed=seed, params=SHORT)


def shortest(problem: TaskProblem) -> int:
    """The best of all shares and all orders."""
    orders = [
        order
        for order in permutations(problem.tasks)
        if all(order.index(first) < order.index(then) for first, then in problem.precedences)
    ]
    return min(
        schedule(problem, order, cranes).makespan
        for cranes in product(problem.cranes, repeat=len(problem.task_bays))
        for order in orders
    )


@settings(max_examples=25)
@given(instances(most_tasks=4))
def test_the_search_meets_the_best_of_all_schedules_and_nothing_is_below_the_bound(tasks: CraneTasks) -> None:
    best = shortest(TaskProblem.of(tasks)[0])
    result = solved(tasks)
    assert result.bound is not None
    assert result.bound <= best == result.cost


@settings(max_examples=30)
@given(instances(most_tasks=20, most_cranes=4))
def test_every_schedule_passes_the_judge_with_the_makespan_told(tasks: CraneTasks) -> None:
    _, numbers = TaskProblem.of(tasks)
    result = solved(tasks, 3_000)
    made = result.plan.schedule
    told = [
        ScheduledTask(number, made.cranes[task] + 1, made.starts[task], made.ends[task])
        for task, number in enumerate(numbers)
    ]
    judgement = judge_crane_tasks(tasks, told)
    assert judgement.problems == ()
    assert judgement.makespan == result.cost >= (result.bound or 0)
    assert result.cost <= result.plan.one_way


@settings(max_examples=40)
@given(problems(), st.randoms(use_true_random=False))
def test_the_sweep_of_the_kernel_is_the_schedule_of_the_one_way_order(problem: TaskProblem, chance: object) -> None:
    cranes = sorted((chance.randrange(len(problem.cranes)) for _ in problem.tasks), reverse=True)  # type: ignore[attr-defined]
    flat = FlatTasks(problem)
    times, bay, _, start_bay, ready, closed_at, closed, travel, gap = flat.given
    work = np.zeros((len(problem.cranes), problem.bays + 1), np.int64)
    for task, crane in enumerate(cranes):
        work[crane, bay[task]] += times[crane, task]
    leaves = np.zeros((len(problem.cranes), problem.bays + len(problem.cranes) * gap + 1), np.int64)
    ends = np.zeros(len(problem.cranes), np.int64)
    kernels.sweep(
        work, leaves, ends, np.array(cranes), times, flat.first, start_bay, ready, closed_at, closed, travel, gap, 0,
        1 << 60,
    )  # fmt: skip
    assert may_sweep(problem, cranes)
    assert int(ends.max()) == schedule(problem, one_way_order(problem, cranes), cranes).makespan


def there_and_back(problem: TaskProblem, hands: list[int], limit: int) -> int:
    """The makespan of a plan with a turn as the kernel says it; where given up, the sum of ends that was too much."""
    flat, cranes = FlatTasks(problem), len(problem.cranes)
    times, bay, _, start_bay, ready, closed_at, closed, travel, gap = flat.given
    work = np.zeros((2 * cranes, problem.bays + 1), np.int64)
    for task, hand in enumerate(hands):
        work[hand, bay[task]] += times[min(hand, 2 * cranes - 1 - hand), task]
    places = problem.bays + gap * (cranes - 1) + 2
    ends = np.zeros(cranes, np.int64)
    beyond = turns.there_and_back(
        work, np.zeros((cranes, problem.bays + 1), np.int64), np.zeros((cranes, places), np.int64),
        np.zeros(places, np.int64), np.zeros(cranes, np.int64), ends, np.array(hands), times, flat.first, start_bay,
        ready, closed_at, closed, travel, gap, 0, limit,
    )  # fmt: skip
    return int(ends.max()) if beyond <= limit else int(beyond)


@settings(max_examples=60)
@given(problems(), st.randoms(use_true_random=False))
def test_the_kernel_of_plans_with_a_turn_tells_their_schedule(problem: TaskProblem, chance: object) -> None:
    hands = sorted(chance.randrange(2 * len(problem.cranes)) for _ in problem.tasks)  # type: ignore[attr-defined]
    bay_hands = [hands[task - problem.task_bays.index(problem.task_bays[task])] for task in problem.tasks]
    for plan in (hands, bay_hands):
        order, cranes = one_turn_order(problem, plan)
        assert all(order.index(first) < order.index(then) for first, then in problem.precedences)
        ends = schedule(problem, order, cranes).ends
        assert there_and_back(problem, plan, 1 << 60) == max(ends)
        total = sum(max((ends[t] for t in problem.tasks if cranes[t] == c), default=0) for c in problem.cranes)
        assert there_and_back(problem, plan, total - 1) == total


@settings(max_examples=40)
@given(problems())
def test_plans_with_a_turn_keep_precedences_and_get_no_worse(problem: TaskProblem) -> None:
    flat, last_hand = FlatTasks(problem), 2 * len(problem.cranes) - 1
    given_hands = [last_hand - crane for crane in shared_evenly(problem)]
    hands, iterations = flat.anneal_turns(given_hands, Cooling(400, 9.0, 0.5), 0, generator(2))
    assert iterations == 400
    assert all(hands[first] <= hands[then] for first, then in problem.precedences)
    before = schedule(problem, *one_turn_order(problem, given_hands)).makespan
    assert schedule(problem, *one_turn_order(problem, hands)).makespan <= before


def test_without_a_way_to_the_left_a_plan_with_a_turn_is_a_sweep() -> None:
    problem = TaskProblem(
        bays=4, bay_travel=1, gap_bays=1, task_bays=(1, 2, 2, 4), times=((3, 4, 5, 6),) * 2, start_bays=(1, 3),
        ready_times=(0, 0), precedences=((1, 2),),
    )  # fmt: skip
    cranes = [0, 1, 0, 1]
    assert one_turn_order(problem, [3 - crane for crane in cranes]) == (one_way_order(problem, cranes), cranes)


@settings(max_examples=40)
@given(problems())
def test_searches_tell_the_makespan_of_the_plan_they_hand_back(problem: TaskProblem) -> None:
    flat, cooling, state = FlatTasks(problem), Cooling(400, 5.0, 0.5), generator(1)
    swept = flat.anneal_sweep(shared_evenly(problem), cooling, 0, state)
    order = one_way_order(problem, swept.cranes)
    assert may_sweep(problem, swept.cranes)
    assert schedule(problem, order, swept.cranes).makespan == swept.makespan
    best = flat.anneal_order(order, swept.cranes, Found(swept.makespan, order, swept.cranes, 0), cooling, 0, state)
    assert schedule(problem, best.order, best.cranes).makespan == best.makespan <= swept.makespan
    assert all(best.order.index(first) < best.order.index(then) for first, then in problem.precedences)


@settings(max_examples=40)
@given(problems())
def test_no_task_lies_in_a_window_in_which_its_crane_is_closed(problem: TaskProblem) -> None:
    cranes = shared_evenly(problem)
    made = schedule(problem, one_way_order(problem, cranes), cranes)
    for task, crane in enumerate(cranes):
        for closed_from, closed_to in problem.closed[crane]:
            assert made.ends[task] <= closed_from or made.starts[task] >= closed_to


@settings(max_examples=40)
@given(problems())
def test_seen_from_the_other_side_of_the_quay_a_schedule_takes_as_long(problem: TaskProblem) -> None:
    mirrored, behind = problem.mirrored(), mirrored_order(problem)
    cranes = shared_evenly(mirrored)
    order = one_way_order(mirrored, cranes)
    turned = [0] * len(cranes)
    for task, crane in enumerate(cranes):
        turned[behind[task]] = len(problem.cranes) - 1 - crane
    here = schedule(problem, [behind[task] for task in order], turned)
    assert here.makespan == schedule(mirrored, order, cranes).makespan
    assert lower_bound(mirrored).makespan == lower_bound(problem).makespan


def test_the_same_seed_and_count_give_the_same_plan() -> None:
    tasks = CraneTasks(
        bays=8, bay_travel=1, gap_bays=1, times=tuple(7 + 5 * k % 23 for k in range(24)),
        task_bays=tuple(1 + k // 3 for k in range(24)), start_bays=(1, 3, 5), ready_times=(0, 0, 4), precedences=(),
    )  # fmt: skip
    assert solved(tasks, seed=3).plan == solved(tasks, seed=3).plan


def test_a_plan_as_short_as_the_bound_ends_the_search() -> None:
    alone = CraneTasks(
        bays=3, bay_travel=1, gap_bays=1, times=(5, 6), task_bays=(1, 3), start_bays=(1,), ready_times=(0,),
        precedences=(),
    )  # fmt: skip
    result = solved(alone, iterations=10**9)
    assert (result.cost, result.bound, result.stopped) == (13, 13, "no plan can be shorter")


@pytest.mark.parametrize(
    "nonsense",
    [
        {"times": ((1, 1),)}, {"times": ((1, 0), (1, 1))}, {"task_bays": (3, 2)}, {"task_bays": ()},
        {"precedences": ((0, 1),)}, {"closed": (((5, 3),), ())}, {"closed": (((0, 5), (4, 6)), ())}, {"closed": ((),)},
    ],
    ids=str,
)  # fmt: skip
def test_a_problem_whose_lists_do_not_fit_is_refused(nonsense: dict[str, object]) -> None:
    facts: dict[str, object] = {
        "bays": 4, "bay_travel": 1, "gap_bays": 1, "task_bays": (2, 3), "times": ((1, 1), (1, 1)),
        "start_bays": (1, 3), "ready_times": (0, 0),
    }  # fmt: skip
    with pytest.raises(DataError, match=r"\w"):
        TaskProblem(**(facts | nonsense))  # type: ignore[arg-type]
