"""Retrieval in orders told window by window: kernels against plain Python, the policy against the referee."""

from __future__ import annotations

from itertools import permutations, product
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cabria.domain.errors import DataError
from cabria.domain.yard_bay import BayMove, YardBay
from cabria.planning.search.kernels import generator
from cabria.planning.search.result import Result
from cabria.planning.search.stopping import MaxIterations
from cabria.planning.yard.stochastic.operators import FlatBay, Trials
from cabria.planning.yard.stochastic.problem import Order, SampledRetrieval, StochasticProblem
from cabria.planning.yard.stochastic.solve import Params, solve
from cabria.referee.stochastic_retrieval import judge_orders
from cabria.referee.yard_replay import RETRIEVE_RESTRICTED, replay_bay

SEEDS = st.integers(0, 10**6)


def made(seed: int, stacks: int = 5, tiers: int = 4, boxes: int = 13) -> StochasticProblem:
    random = Random(seed)
    standing: list[list[int]] = [[] for _ in range(stacks)]
    for _ in range(boxes):
        room = [stack for stack in standing if len(stack) < tiers]
        random.choice(room).append(3 * random.randint(1, boxes // 2))
    return StochasticProblem(YardBay(tuple(map(tuple, standing)), tiers))


def retrieve_by_rule(problem: StochasticProblem, order: Order) -> list[tuple[int, int]]:
    """The moves of the expected min-max rule in one order, slowly, beside which the kernels are judged."""
    numbers = iter(range(problem.bay.boxes))
    stacks = [[next(numbers) for _ in stack] for stack in problem.bay.stacks]
    label = [problem.window_from[window + 1] - 1 for window in problem.window_of]
    moves: list[tuple[int, int]] = []
    for rank, wanted in enumerate(order):
        window = problem.window_of[wanted]
        if rank == problem.window_from[window]:
            for known in range(rank, problem.window_from[window + 1]):
                label[order[known]] = known
        source = next(n for n, stack in enumerate(stacks) if wanted in stack)
        while stacks[source][-1] != wanted:
            target = _rule(stacks, label, source, problem.bay.max_tier)
            stacks[target].append(stacks[source].pop())
            moves.append((source + 1, target + 1))
        stacks[source].pop()
        moves.append((source + 1, 0))
    return moves


def _rule(stacks: list[list[int]], label: list[int], source: int, tiers: int) -> int:
    own = label[stacks[source][-1]]
    room = [n for n, stack in enumerate(stacks) if n != source and len(stack) < tiers]
    if not room:
        raise DataError("No room.")
    least = [min((label[box] for box in stack), default=len(label) + 1) for stack in stacks]
    if good := [n for n in room if least[n] > own]:
        return min(good, key=lambda n: (least[n], -len(stacks[n]), n))
    return min(
        room,
        key=lambda n: (-least[n], sum(label[box] == least[n] for box in stacks[n]), -len(stacks[n]), n),
    )


def solved(problem: StochasticProblem, orders: int = 40, last: int = 32) -> Result[SampledRetrieval]:
    params = Params(orders, 10, Trials(8, last), 1 << 10)
    return solve(problem, MaxIterations(orders), seed=1, params=params)


@given(SEEDS)
def test_the_kernel_follows_the_rule_as_the_slow_way_does(seed: int) -> None:
    problem = made(seed)
    bay = FlatBay(problem, 1)
    order = bay.draw(generator(seed))
    assert list(bay.empty(order, Trials(last=0))) == retrieve_by_rule(problem, tuple(order.tolist()))


@given(SEEDS)
def test_every_order_is_carried_out_and_none_is_known_ahead(seed: int) -> None:
    problem = made(seed)
    result = solved(problem)
    verdict, mean = judge_orders(problem.bay, result.plan.orders, result.plan.moves)
    assert verdict, verdict.reason
    assert mean == pytest.approx(result.cost)


@given(SEEDS)
def test_the_replay_of_full_orders_counts_alike(seed: int) -> None:
    problem = made(seed)
    plan = solved(problem, orders=3).plan
    for order, moves, relocations in zip(plan.orders, plan.moves, plan.relocations, strict=True):
        rank = {box: n for n, box in enumerate(order, 1)}
        numbers = iter(range(problem.bay.boxes))
        stacks = tuple(tuple(rank[next(numbers)] for _ in stack) for stack in problem.bay.stacks)
        replayed = replay_bay(YardBay(stacks, problem.bay.max_tier), [BayMove(*m) for m in moves], RETRIEVE_RESTRICTED)
        assert replayed.verdict, replayed.verdict.reason
        assert replayed.relocations == relocations


@given(SEEDS)
def test_no_policy_passes_the_bound(seed: int) -> None:
    problem = made(seed, stacks=4, tiers=3, boxes=7)
    orders = every_order(problem)
    mean = sum(len(retrieve_by_rule(problem, order)) - len(order) for order in orders) / len(orders)
    assert mean >= problem.bound - 1e-9


def every_order(problem: StochasticProblem) -> list[Order]:
    windows = sorted(set(problem.window_of))
    inside = [[box for box, own in enumerate(problem.window_of) if own == window] for window in windows]
    return [tuple(box for part in parts for box in part) for parts in product(*map(permutations, inside))]


def optimal_mean(problem: StochasticProblem) -> float:
    """The least expected relocations, by looking at every policy: tiny bays only."""
    numbers = iter(range(problem.bay.boxes))
    stacks = tuple(tuple(next(numbers) for _ in stack) for stack in problem.bay.stacks)

    def expected(stacks: tuple[tuple[int, ...], ...], known: tuple[int, ...]) -> float:
        left = [box for stack in stacks for box in stack]
        if not left:
            return 0.0
        if not known:
            window = min(problem.window_of[box] for box in left)
            following = list(permutations([box for box in left if problem.window_of[box] == window]))
            return sum(expected(stacks, order) for order in following) / len(following)
        source = next(n for n, stack in enumerate(stacks) if known[0] in stack)
        box, rest = stacks[source][-1], stacks[source][:-1]
        if box == known[0]:
            return expected((*stacks[:source], rest, *stacks[source + 1 :]), known[1:])
        return 1 + min(
            expected(
                tuple(rest if n == source else (*s, box) if n == target else s for n, s in enumerate(stacks)), known
            )
            for target, stack in enumerate(stacks)
            if target != source and len(stack) < problem.bay.max_tier
        )

    return expected(stacks, ())


@settings(max_examples=15)
@given(SEEDS)
def test_the_policy_comes_close_to_the_best_there_is(seed: int) -> None:
    problem = made(seed, stacks=3, tiers=3, boxes=6)
    bay = FlatBay(problem, 1 << 10)
    orders = every_order(problem)
    flat = [bay.by_window.copy() for _ in orders]
    for array, order in zip(flat, orders, strict=True):
        array[:] = order
    mean = sum(len(bay.empty(array, Trials(32, 256))) - len(array) for array in flat) / len(flat)
    best = optimal_mean(problem)
    assert best - 1e-9 <= mean <= best + 0.35


def test_trying_out_beats_the_rule_over_many_bays() -> None:
    bays = [made(seed, stacks=6, tiers=5, boxes=20) for seed in range(8)]
    tried = sum(solved(bay, orders=100).cost for bay in bays)
    by_rule = sum(solved(bay, orders=100, last=0).cost for bay in bays)
    assert tried < by_rule


@settings(max_examples=5)
@given(SEEDS)
def test_the_same_seed_gives_the_same_moves(seed: int) -> None:
    assert solved(made(seed)).plan == solved(made(seed)).plan


def test_a_bay_without_boxes_needs_no_move() -> None:
    result = solved(StochasticProblem(YardBay(((), ()), 3)))
    assert result.cost == 0
    assert result.bound == 0


def test_a_bay_too_full_to_work_in_is_refused() -> None:
    with pytest.raises(DataError, match="nowhere to go"):
        solved(StochasticProblem(YardBay(((1, 2), (3, 3)), 2)))


def test_windows_may_have_gaps() -> None:
    problem = StochasticProblem(YardBay(((7, 900), (7,)), 3))
    assert problem.window_of == (0, 1, 0)
    assert problem.window_from == (0, 2, 3)
    assert problem.bound == 1
