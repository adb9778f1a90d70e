"""Vehicles to jobs: least cost, proved, the same again, and quick from one tick to the next."""

from __future__ import annotations

from itertools import permutations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.optimize import linear_sum_assignment

from cabria.domain.errors import DataError
from cabria.planning.dispatch.assignment.kernels import FORBIDDEN, augment, bid, bound_of, repair
from cabria.planning.dispatch.assignment.problem import Array, AssignmentProblem
from cabria.planning.dispatch.assignment.solve import solve


def _problem(costs: Array, refused: dict[tuple[int, int], str] | None = None, **more: int) -> AssignmentProblem:
    vehicles, jobs = costs.shape
    named = tuple(f"truck {n}" for n in range(vehicles)), tuple(f"job {n}" for n in range(jobs))
    return AssignmentProblem(*named, costs, refused or {}, **more)


@st.composite
def _problems(draw: st.DrawFn, most: int = 8) -> AssignmentProblem:
    vehicles, jobs = draw(st.integers(0, most)), draw(st.integers(0, most))
    highest = draw(st.sampled_from([0, 3, 1_000]))
    seed = draw(st.integers(0, 2**32 - 1))
    generator = np.random.default_rng(seed)
    costs = generator.integers(0, highest + 1, (vehicles, jobs))
    share = draw(st.sampled_from([0.0, 0.3, 0.9]))
    refused = {(int(v), int(j)): "too wide" for v, j in np.argwhere(generator.random((vehicles, jobs)) < share)}
    return _problem(costs, refused, leave_cost=draw(st.sampled_from([2, highest, 10**6])))


def _by_trying_all(problem: AssignmentProblem) -> int:
    """Every way to give the scarcer side a partner or none."""
    vehicles, jobs = problem.costs.shape
    few, many = min(vehicles, jobs), max(vehicles, jobs)

    def cost_of(row: int, column: int) -> int:
        pair = (row, column) if vehicles <= jobs else (column, row)
        if column >= many or not problem.may(*pair):
            return problem.leave_cost
        return min(int(problem.costs[pair]), problem.leave_cost)

    return min(sum(map(cost_of, range(few), chosen)) for chosen in permutations(range(many + few), few))


def _by_scipy(problem: AssignmentProblem) -> int:
    costs = problem.costs.astype(float)
    for pair in problem.refused:
        costs[pair] = 1e12
    costs = costs if costs.shape[0] <= costs.shape[1] else costs.T
    leave = np.full((costs.shape[0], costs.shape[0]), 1e12)
    np.fill_diagonal(leave, problem.leave_cost)
    table = np.hstack([costs, leave])
    return int(table[linear_sum_assignment(table)].sum())


@given(_problems(most=3))
def test_no_other_assignment_is_cheaper(problem: AssignmentProblem) -> None:
    assert solve(problem).cost == _by_trying_all(problem)


@given(_problems(most=12))
def test_the_cost_is_that_of_another_solver_and_the_prices_prove_it(problem: AssignmentProblem) -> None:
    result = solve(problem)
    assert result.cost == _by_scipy(problem) == result.bound
    assert result.is_proven


@given(_problems())
def test_pairs_are_allowed_and_nobody_is_taken_twice(problem: AssignmentProblem) -> None:
    result = solve(problem)
    assert all(problem.may(*pair) for pair in result.pairs)
    for side in (0, 1):
        assert len({pair[side] for pair in result.pairs}) == len(result.pairs)
    paid = sum(int(problem.costs[pair]) for pair in result.pairs)
    assert paid + result.left * problem.leave_cost == result.cost
    assert result.left + len(result.pairs) == min(problem.costs.shape)


@given(_problems(), _problems())
def test_whatever_was_kept_from_before_the_cost_is_the_least(before: AssignmentProblem, now: AssignmentProblem) -> None:
    result = solve(now, kept=solve(before).kept)
    assert result.is_proven
    assert result.cost == solve(now).cost


@given(_problems(), st.lists(st.integers(0, 50), min_size=8, max_size=8))
def test_any_prices_not_above_0_prove_a_bound_that_holds(problem: AssignmentProblem, lowered: list[int]) -> None:
    if problem.costs.shape[0] > problem.costs.shape[1] or problem.refused:
        return
    prices = -np.array(lowered[: problem.costs.shape[1]], np.int64)
    table = np.ascontiguousarray(problem.costs.astype(np.int64))
    assert bound_of(table, problem.leave_cost, prices) <= solve(problem).cost


@given(_problems())
def test_the_same_question_has_the_same_answer(problem: AssignmentProblem) -> None:
    assert solve(problem) == solve(problem)


def test_nothing_is_searched_again_when_nothing_changed() -> None:
    problem = _problem(np.random.default_rng(1).integers(0, 1_000, (20, 40)))
    first = solve(problem)
    again = solve(problem, kept=first.kept)
    assert again.paths == 0
    assert again.pairs == first.pairs


def test_one_job_done_and_one_new_takes_few_searches() -> None:
    costs = np.random.default_rng(2).integers(0, 10_000, (60, 120))
    before = _problem(costs)
    kept = solve(before).kept
    changed = costs.copy()
    changed[:, 7] = np.random.default_rng(3).integers(0, 10_000, 60)
    jobs = (*before.jobs[:7], "job new", *before.jobs[8:])
    result = solve(AssignmentProblem(before.vehicles, jobs, changed), kept=kept)
    assert result.is_proven
    assert result.paths <= 3


def test_a_vehicle_waits_rather_than_drive_too_far() -> None:
    result = solve(_problem(np.array([[900, 950], [100, 120]]), leave_cost=500))
    assert result.pairs == ((1, 0),)
    assert (result.left, result.cost) == (1, 600)


def test_a_refused_pair_says_why() -> None:
    problem = _problem(np.array([[1, 2]]), {(0, 0): "battery too low for the way"})
    assert problem.may(0, 0).reason == "battery too low for the way"
    assert solve(problem).pairs == ((0, 1),)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"costs": np.array([[1, -1]])}, "from 0 to"),
        ({"costs": np.array([[1.0, 2.0]])}, "whole numbers"),
        ({"costs": np.array([[1]])}, "one for each"),
        ({"jobs": ("a", "a")}, "named twice"),
        ({"refused": {(0, 5): "no"}}, "no such pair"),
        ({"leave_cost": -1}, "from 0 to"),
    ],
    ids=["negative", "fractions", "shape", "twice", "pair", "leave"],
)
def test_nonsense_is_refused(change: dict[str, object], words: str) -> None:
    given_: dict[str, object] = {"vehicles": ("t",), "jobs": ("a", "b"), "costs": np.array([[1, 2]])} | change
    with pytest.raises(DataError, match=words):
        AssignmentProblem(**given_)  # type: ignore[arg-type]


@given(_problems(most=5))
def test_the_kernels_do_in_numba_what_they_say_in_python(problem: AssignmentProblem) -> None:
    if problem.costs.shape[0] > problem.costs.shape[1]:
        return
    rows, columns = problem.costs.shape
    costs = problem.costs.astype(np.int64)
    for pair in problem.refused:
        costs[pair] = FORBIDDEN
    states = []
    for kernels in ((repair, bid, augment), (repair.py_func, bid.py_func, augment.py_func)):
        state = [np.zeros(rows, np.int64), np.zeros(columns, np.int64)]
        state += [np.full(rows, -1, np.int64), np.full(columns, -1, np.int64)]
        for kernel in kernels:
            kernel(np.ascontiguousarray(costs), problem.leave_cost, *state)
        states.append([part.tolist() for part in state])
    assert states[0] == states[1]
