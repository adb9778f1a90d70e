"""Tidying a block: judged by the referee, never worse, and more minutes never expect more."""

from __future__ import annotations

import random
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cabria.domain.errors import DataError
from cabria.domain.yard_bay import YardBay
from cabria.domain.yard_forecast import BlockForecast, Departure
from cabria.planning.search.stopping import MaxIterations
from cabria.planning.yard.tidying.flat import FlatBlock
from cabria.planning.yard.tidying.operators import block_price
from cabria.planning.yard.tidying.problem import TidyingPlan, TidyingProblem
from cabria.planning.yard.tidying.solve import Params, solve
from cabria.referee.expected_rehandles import expected_rehandles, judge_tidying
from cabria.referee.yard_replay import CraneTimes

QUICK = Params(widths=(2, 6))
ALL_PASSES = MaxIterations(100)
MINUTE_MS = 60_000


def _block(seed: int, bays: int = 3, rows: int = 4, tiers: int = 4, fill: float = 0.6) -> BlockForecast:
    chance = random.Random(seed)
    numbers = iter(range(1, 10_000))
    made: list[YardBay] = []
    departures: dict[int, Departure] = {}
    for _ in range(bays):
        stacks: list[list[int]] = [[] for _ in range(rows)]
        for _ in range(int(rows * tiers * fill)):
            stack = chance.choice([stack for stack in stacks if len(stack) < tiers])
            stack.append(next(numbers))
            shares = [chance.random() for _ in range(4)]
            departures[stack[-1]] = Departure(tuple(share / sum(shares) for share in shares[:3]))
        made.append(YardBay(tuple(map(tuple, stacks)), tiers))
    return BlockForecast(tuple(made), departures)


def _plan(block: BlockForecast, minutes: float) -> TidyingPlan:
    return solve(TidyingProblem(block, int(minutes * MINUTE_MS)), ALL_PASSES, params=QUICK).plan


@given(st.integers(0, 1_000), st.integers(1, 9))
@settings(max_examples=20)
def test_the_kernel_expects_what_the_referee_expects(seed: int, tiers: int) -> None:
    block = _block(seed, tiers=tiers)

    price = block_price(FlatBlock.of(TidyingProblem(block, 0)))

    assert price == pytest.approx(expected_rehandles(block.bays, block.departures), abs=1e-9)


@given(st.integers(0, 1_000), st.floats(0, 40))
@settings(max_examples=15)
def test_every_plan_passes_the_referee_and_says_the_truth(seed: int, minutes: float) -> None:
    block = _block(seed)
    plan = _plan(block, minutes)

    judgement = judge_tidying(block, plan.moves, int(minutes * MINUTE_MS))

    assert judgement.verdict.ok, judgement.verdict.reason
    assert plan.crane_ms == judgement.crane_ms
    assert plan.before == pytest.approx(judgement.before)
    assert plan.after == pytest.approx(judgement.after)


@given(st.integers(0, 1_000), st.lists(st.floats(0, 60), min_size=2, max_size=4))
@settings(max_examples=10)
def test_more_minutes_never_expect_more_rehandles(seed: int, minutes: list[float]) -> None:
    block = _block(seed)

    after = [_plan(block, budget).after for budget in sorted(minutes)]

    assert all(later <= sooner + 1e-9 for sooner, later in pairwise(after))


@given(st.integers(0, 1_000))
@settings(max_examples=5)
def test_no_minutes_no_moves(seed: int) -> None:
    plan = _plan(_block(seed), 0)

    assert plan.moves == ()
    assert plan.after == plan.before


def test_the_frontier_says_what_fewer_minutes_would_give() -> None:
    block = _block(4)
    plan = _plan(block, 30)
    point = plan.frontier[len(plan.frontier) // 2]

    sooner = _plan(block, point.crane_ms / MINUTE_MS)

    assert sooner.after <= point.expected_rehandles + 1e-9
    assert plan.frontier[0].crane_ms == 0
    assert plan.frontier[-1].expected_rehandles == plan.after


def test_a_box_in_the_way_goes_where_it_is_not() -> None:
    bay = YardBay(((1, 2), (3,), (4,)), 3)
    soon, late, later = Departure((1.0, 0.0)), Departure((0.0, 1.0)), Departure((0.0, 0.0))
    plan = _plan(BlockForecast((bay,), {1: soon, 2: late, 3: soon, 4: later}), 3)

    assert [(move.origin, move.target) for move in plan.moves] == [(1, 3)]
    assert plan.after == 0


def test_the_nearer_of_two_good_targets_is_taken() -> None:
    here, far = YardBay(((1, 2), ()), 2), YardBay(((), ()), 2)
    block = BlockForecast((here, far, far), {1: Departure((1.0,)), 2: Departure((0.0,))})

    assert [move.target_bay for move in _plan(block, 10).moves] == [1]


def test_a_full_block_is_left_alone() -> None:
    block = BlockForecast((YardBay(((1, 2), (3, 4)), 2),), dict.fromkeys((1, 2, 3, 4), Departure((0.5,))))

    assert _plan(block, 60).moves == ()


def test_an_empty_block_is_left_alone() -> None:
    assert _plan(BlockForecast((YardBay(((), ()), 3),), {}), 60).moves == ()


def test_a_crane_without_weight_in_time_still_ends() -> None:
    problem = TidyingProblem(_block(1), MINUTE_MS, CraneTimes(0, 0, 0, 0, 0, 0))

    plan = solve(problem, ALL_PASSES, params=QUICK).plan

    assert plan.after <= plan.before


def test_the_same_problem_gives_the_same_plan() -> None:
    assert _plan(_block(2), 20) == _plan(_block(2), 20)


def test_a_stop_before_the_first_pass_leaves_the_block_as_it_is() -> None:
    result = solve(TidyingProblem(_block(3), MINUTE_MS), MaxIterations(0))

    assert result.plan.moves == ()
    assert "0 iterations" in result.stopped


@pytest.mark.parametrize("budget_ms", [-1, 10**9])
def test_a_budget_of_no_night_is_refused(budget_ms: int) -> None:
    with pytest.raises(DataError, match="0 to 24 hours"):
        TidyingProblem(_block(3), budget_ms)


def test_towers_are_refused() -> None:
    with pytest.raises(DataError, match="at most 16 tiers"):
        TidyingProblem(_block(3, tiers=17), 0)
