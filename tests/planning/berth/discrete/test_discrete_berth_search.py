"""Discrete berths: the search against the judge, kernels against slow sums, bounds against every possible plan."""

from __future__ import annotations

from itertools import count, permutations, product

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from cabria.domain.discrete_berths import DiscreteBerths
from cabria.experiments.discrete_berths import made_berths
from cabria.planning.berth.discrete import kernels, peers
from cabria.planning.berth.discrete.finish import cheapest_plan
from cabria.planning.berth.discrete.operators import Annealing, RisingBound, first_orders
from cabria.planning.berth.discrete.problem import FlatBerths
from cabria.planning.berth.discrete.solve import PROVEN, Params, solve
from cabria.planning.search.kernels import generator
from cabria.planning.search.stopping import MaxIterations, MaxSeconds
from cabria.referee.discrete_berths import judge_berths

SEEDS = st.integers(0, 10**6)
SHORT = Params(iterations=20_000, first_iterations=10_000, piece=5_000)


def at_will(_: int, __: float) -> str:
    return ""


def tiny(seed: int) -> DiscreteBerths:
    return made_berths(5, 2, seed)


def least_cost(given: DiscreteBerths) -> int:
    """Every berth for every ship, in every order."""
    best = 10**9
    for order in permutations(given.ships):
        for berths in product(given.berths, repeat=len(order)):
            free, cost = list(given.openings), 0
            for ship, berth in zip(order, berths, strict=True):
                if not given.times[ship][berth]:
                    break
                free[berth] = max(free[berth], given.arrivals[ship]) + given.times[ship][berth]
                cost += free[berth] - given.arrivals[ship]
            else:
                best = min(best, cost)
    return best


@settings(max_examples=8)
@given(SEEDS)
def test_a_tiny_plan_is_the_cheapest_of_all_and_proven(seed: int) -> None:
    problem = tiny(seed)
    result = solve(problem, at_will, params=Params(iterations=20_000, first_iterations=10_000, finish_s=5.0))
    judged = judge_berths(problem, result.plan)
    assert judged.valid
    assert judged.cost == result.cost == result.bound == least_cost(problem)
    assert result.stopped == PROVEN


@settings(max_examples=15)
@given(SEEDS)
def test_every_plan_passes_the_judge_and_no_bound_lies_above_its_cost(seed: int) -> None:
    problem = made_berths(25, 4, seed)
    result = solve(problem, at_will, params=SHORT, seed=seed)
    judged = judge_berths(problem, result.plan)
    assert judged.valid
    assert judged.cost == result.cost
    assert result.bound is not None
    assert 0 < result.bound <= judged.cost


@settings(max_examples=15)
@given(SEEDS, SEEDS)
def test_the_kernels_differences_add_up_to_the_slow_sum(seed: int, draw: int) -> None:
    flat = FlatBerths.of(made_berths(20, 4, seed))
    first = first_orders(flat)
    annealing = Annealing(flat, first, first.copy(), kernels.FAR, generator(draw), (0.4, 0.4, 0.3, 2.0))
    annealing.cool(5_000, 1_000, 20.0, 1.0, lambda _: True)
    assert annealing.best_cost == annealing.best.cost(flat) <= first_orders(flat).cost(flat)
    ships = sorted(ship for berth in range(flat.berths) for ship in annealing.best.at(berth))
    assert ships == list(range(flat.ships))


@settings(max_examples=6)
@given(SEEDS)
def test_a_rising_bound_never_passes_the_cheapest_plan(seed: int) -> None:
    problem = tiny(seed)
    flat = FlatBerths.of(problem)
    orders = first_orders(flat)
    best = least_cost(problem)
    loose = RisingBound(flat, orders, orders.cost(flat) + 50)
    for _ in range(5):
        loose.rise(50)
        assert loose.value <= best
    stays = loose.open_stays(10_000)
    assert stays is not None
    finish = cheapest_plan(flat, stays, 10.0)
    assert finish.orders is not None
    assert finish.orders.cost(flat) == round(finish.bound) == best


def test_the_same_seed_and_counts_give_the_same_plan() -> None:
    problem = made_berths(30, 5, 3)
    plans = [solve(problem, MaxIterations(30_000), seed=5, params=SHORT).plan for _ in range(2)]
    assert plans[0] == plans[1]


def test_what_cannot_be_done_in_time_is_priced_and_told_by_the_judge() -> None:
    problem = DiscreteBerths((0, 0), (0,), ((5,), (5,)), (100,), (6, 6))
    result = solve(problem, at_will, params=SHORT)
    assert result.costs["late"] > 0
    assert not judge_berths(problem, result.plan).valid
    assert judge_berths(problem.without_departures(), result.plan).valid


def test_a_stop_between_two_pieces_keeps_the_best_plan() -> None:
    problem = made_berths(25, 4, 1)
    result = solve(problem, MaxIterations(5_000), params=SHORT)
    assert result.iterations == 5_000
    assert judge_berths(problem, result.plan).valid


def test_other_solvers_on_the_same_model_agree() -> None:
    problem = tiny(7)
    flat = FlatBerths.of(problem)
    answers = [peers.cp_sat(flat, 10.0, 0), peers.highs(flat, 10.0)]
    assert [answer.cost for answer in answers] == [least_cost(problem)] * 2


def test_the_cheapest_way_repeats_a_ship_and_pays_her_reward_each_time() -> None:
    arrays = [np.zeros(1), np.array([[2]]), np.array([[0]]), np.array([[9]])]
    arrival, times, earliest, latest = (array.astype(np.int64) for array in arrays)
    value, last = np.zeros((1, 5)), np.zeros((1, 5), np.int64)
    visits, starts, spare = (np.zeros(1, np.int64) for _ in range(3))
    members = np.ones(1, np.int64)
    least = kernels.cheapest_way(
        0, 0, 4, arrival, times, earliest, latest, np.array([10.0]), np.zeros((1, 1), np.int64), members, spare,
        value, last, visits, starts,
    )  # fmt: skip
    assert least == (2 - 10) + (4 - 10)
    assert (visits[0], starts[0]) == (2, 2)


def test_the_bound_is_not_raised_on_when_the_time_is_over() -> None:
    ticks = count(1)
    stop = MaxSeconds(30.0, lambda: float(next(ticks)), 0.0)
    params = Params(first_iterations=5_000, piece=5_000, bound_steps=1, bound_rounds=1_000)
    result = solve(made_berths(30, 4, 1), stop, params=params)
    assert result.stopped == "30 s used"
    assert next(ticks) < 50
