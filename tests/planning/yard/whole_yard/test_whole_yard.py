"""Whole yard: every plan passes the judge, the kernels count as the slow way does, the bound is one."""

from __future__ import annotations

from itertools import permutations, product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.planning.yard.whole_yard.small_orders import small_order

from cabria.domain.retrieval_order import RetrievalOrder
from cabria.experiments.retrieval_orders import make_retrieval_order
from cabria.planning.search.kernels import generator
from cabria.planning.search.stopping import MaxIterations
from cabria.planning.yard.whole_yard.baselines import exact_planned_weights, incumbent_greedy
from cabria.planning.yard.whole_yard.flat import FlatYard
from cabria.planning.yard.whole_yard.operators import first_choice, in_the_way
from cabria.planning.yard.whole_yard.plans import plan_of
from cabria.planning.yard.whole_yard.problem import Choice, WholeYardProblem
from cabria.planning.yard.whole_yard.solve import Params, solve
from cabria.referee.retrieval_order import judge_retrieval

SEEDS = st.integers(0, 10**6)
TOLERANCES = st.integers(0, 3)
SHORT = Params(iterations=20_000, iterations_a_round=5_000, bound_rounds=60)


def least_in_the_way(problem: WholeYardProblem) -> int:
    """By trying every choice and every order of turns."""
    items = range(len(problem.class_of_item))
    turns = [
        order for order in permutations(items)
        if all(problem.windows[n][0] <= order[n] <= problem.windows[n][1] for n in items)
    ]  # fmt: skip
    by_class = [
        permutations(boxes, len(taken)) for boxes, taken in zip(problem.boxes_of, problem.items_of, strict=True)
    ]
    least = 10**6
    for chosen in product(*by_class):
        box_of = [-1] * len(items)
        for taken, boxes in zip(problem.items_of, chosen, strict=True):
            for item, box in zip(taken, boxes, strict=True):
                box_of[item] = box
        least = min(least, *(in_the_way(problem, Choice(tuple(box_of), turn_of)) for turn_of in turns))
    return least


@given(SEEDS, TOLERANCES)
def test_every_plan_passes_the_judge_and_counts_as_it_does(seed: int, tolerance: int) -> None:
    order = small_order(seed, tolerance=tolerance)
    problem = WholeYardProblem(order)
    result = solve(problem, MaxIterations(SHORT.iterations), params=SHORT)
    plans = (result.plan, plan_of(problem, incumbent_greedy(problem)), plan_of(problem, exact_planned_weights(problem)))
    for plan in plans:
        verdict = judge_retrieval(order, plan.moves)
        assert verdict.ok, verdict.findings
        assert verdict.digs == plan.digs >= plan.in_the_way >= (result.bound or 0)
    assert result.cost == result.plan.digs


@settings(max_examples=25)
@given(SEEDS, st.integers(0, 1))
def test_tiny_orders_are_solved_as_well_as_by_trying_everything(seed: int, tolerance: int) -> None:
    order = small_order(seed, stacks=4, most=5, tolerance=tolerance)
    problem = WholeYardProblem(order)
    result = solve(problem, MaxIterations(SHORT.iterations), params=SHORT)
    least = least_in_the_way(problem)
    assert result.plan.in_the_way == least
    assert (result.bound or 0) <= least


@given(SEEDS, TOLERANCES, st.integers(0, 3_000))
def test_the_kernel_counts_as_the_slow_way_does(seed: int, tolerance: int, iterations: int) -> None:
    problem = WholeYardProblem(small_order(seed, tolerance=tolerance))
    flat = FlatYard.of(problem)
    if not problem.order.wanted:
        return
    choice = flat.choice(first_choice(problem))
    before = choice.digs
    change = choice.anneal(flat, iterations, 1.0, 0.1, generator(seed))
    assert choice.digs - before == change
    taken = choice.taken()
    assert choice.digs == in_the_way(problem, taken)
    anew = flat.choice(taken)
    for field in ("turn_of", "item_at", "box_of", "item_of", "stack_digs"):
        assert getattr(choice, field).tolist() == getattr(anew, field).tolist()
    assert all(first <= turn <= last for turn, (first, last) in zip(taken.turn_of, problem.windows, strict=True))
    assert [problem.class_of_box[box] for box in taken.box_of] == list(problem.class_of_item)


@given(SEEDS, TOLERANCES, st.lists(st.floats(-2, 2), min_size=12, max_size=12))
def test_whatever_the_prices_the_relaxation_bounds_every_choice(seed: int, tolerance: int, prices: list[float]) -> None:
    problem = WholeYardProblem(small_order(seed, tolerance=tolerance))
    items = len(problem.order.wanted)
    price, used = np.array(prices[:items], np.float64), np.zeros(items, np.int64)
    bound = FlatYard.of(problem).relaxed_digs(price, used) + float(price.sum())
    for rule in (first_choice, incumbent_greedy, exact_planned_weights):
        assert bound <= in_the_way(problem, rule(problem)) + 1e-6


def test_the_same_seed_and_counts_give_the_same_plan() -> None:
    problem = WholeYardProblem(small_order(5, stacks=9, most=20, tolerance=2))
    one, two = (solve(problem, MaxIterations(50_000), seed=3, params=SHORT) for _ in range(2))
    assert (one.plan, one.bound) == (two.plan, two.bound)


@pytest.fixture(scope="module")
def large() -> RetrievalOrder:
    return make_retrieval_order(boxes=3_000, seed=1, blocks=8)


def test_a_made_order_takes_at_most_half_of_the_incumbents_digs(large: RetrievalOrder) -> None:
    problem = WholeYardProblem(large)
    ours = solve(problem, MaxIterations(1_000_000), params=Params(bound_rounds=100))
    greedy = plan_of(problem, incumbent_greedy(problem))
    assert 2 * ours.plan.digs <= greedy.digs
    assert ours.bound is not None
    assert 0.7 * ours.plan.digs <= ours.bound <= ours.plan.digs


def test_freedom_within_the_order_never_needs_more_digs(large: RetrievalOrder) -> None:
    assert all(wanted.due == place for place, wanted in enumerate(large.wanted, 1))
    free = make_retrieval_order(boxes=3_000, seed=1, blocks=8, tolerance=6)
    strict, loose = (
        solve(WholeYardProblem(order), MaxIterations(2_000_000), params=Params(bound_rounds=1)).plan.digs
        for order in (large, free)
    )
    assert loose <= strict
