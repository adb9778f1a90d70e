"""Pre-marshalling: plans by the slow replay, bounds and proofs by brute force, the kernel by plain Python."""

from __future__ import annotations

from collections import deque

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from cabria.domain.errors import DataError
from cabria.domain.yard_bay import YardBay
from cabria.planning.search.stopping import MaxIterations
from cabria.planning.yard.premarshal import kernels
from cabria.planning.yard.premarshal.bound import lower_bound
from cabria.planning.yard.premarshal.guide import LEARNED
from cabria.planning.yard.premarshal.operators import FlatBay
from cabria.planning.yard.premarshal.problem import PremarshalProblem
from cabria.planning.yard.premarshal.solve import Params, solve
from cabria.referee.yard_replay import PREMARSHAL, replay_bay

Stacks = tuple[tuple[int, ...], ...]


@st.composite
def bays(draw: st.DrawFn, most_stacks: int = 4, most_boxes: int = 7, highest: int = 4) -> YardBay:
    """Bays with a slot or more to spare."""
    count, tiers = draw(st.integers(2, most_stacks)), draw(st.integers(2, highest))
    boxes = draw(st.lists(st.integers(1, 9), max_size=min(most_boxes, count * tiers - 1)))
    stacks: list[list[int]] = [[] for _ in range(count)]
    for box in boxes:
        draw(st.sampled_from([stack for stack in stacks if len(stack) < tiers])).append(box)
    return YardBay(tuple(map(tuple, stacks)), tiers)


def _fewest_moves(bay: YardBay) -> int | None:
    """By looking at every bay that can be reached; None when none is sorted."""
    start: Stacks = tuple(sorted(bay.stacks))
    seen, waiting = {start}, deque([(start, 0)])
    while waiting:
        stacks, moves = waiting.popleft()
        if YardBay(stacks, bay.max_tier).badly_placed == 0:
            return moves
        for child in _children(stacks, bay.max_tier):
            if child not in seen:
                seen.add(child)
                waiting.append((child, moves + 1))
    return None


def _children(stacks: Stacks, tiers: int) -> list[Stacks]:
    children: list[Stacks] = []
    for origin, target in ((a, b) for a in range(len(stacks)) for b in range(len(stacks)) if a != b):
        if stacks[origin] and len(stacks[target]) < tiers:
            child = list(stacks)
            child[origin], child[target] = stacks[origin][:-1], (*stacks[target], stacks[origin][-1])
            children.append(tuple(sorted(child)))
    return children


@given(bays(most_stacks=4, most_boxes=6, highest=3))
@settings(max_examples=30)
def test_the_bound_is_below_the_optimum_and_a_proof_is_one(bay: YardBay) -> None:
    fewest = _fewest_moves(bay)
    assume(fewest is not None)

    result = solve(PremarshalProblem(bay), MaxIterations(2_000), params=Params(thorough_width=60))

    assert lower_bound(bay) <= fewest
    assert result.plan is not None
    assert len(result.plan.moves) >= fewest
    assert result.bound is not None
    assert result.bound <= fewest
    if result.plan.is_optimal:
        assert len(result.plan.moves) == fewest


@given(bays(most_stacks=8, most_boxes=24, highest=6))
@settings(max_examples=25)
def test_every_plan_replays_and_ends_sorted(bay: YardBay) -> None:
    result = solve(PremarshalProblem(bay), MaxIterations(300))
    assume(result.plan is not None)

    replayed = replay_bay(bay, result.plan.moves, PREMARSHAL)

    assert replayed.verdict.ok, replayed.verdict.reason
    assert replayed.relocations == result.cost


@given(bays(most_stacks=6, most_boxes=16, highest=5))
@settings(max_examples=25)
def test_the_order_of_the_stacks_does_not_change_the_bound(bay: YardBay) -> None:
    assert lower_bound(YardBay(bay.stacks[::-1], bay.max_tier)) == lower_bound(bay)


@given(bays(most_stacks=6, most_boxes=16, highest=5))
@settings(max_examples=25)
def test_bays_that_differ_in_the_size_of_gaps_have_the_same_plan(bay: YardBay) -> None:
    spread = YardBay(tuple(tuple(10 * box - 3 for box in stack) for stack in bay.stacks), bay.max_tier)

    plans = [solve(PremarshalProblem(b), MaxIterations(200)).plan for b in (bay, spread)]

    assert plans[0] == plans[1]


@given(bays(most_stacks=6, most_boxes=16, highest=5))
@settings(max_examples=30)
def test_the_guide_is_told_what_stands_in_the_bay(bay: YardBay) -> None:
    assume(bay.boxes)
    flat = FlatBay.of(PremarshalProblem(bay))
    values = np.zeros(kernels.VALUES, np.float32)
    stacks = len(bay.stacks)

    kernels.describe(
        flat.boxes,
        flat.good,
        flat.height,
        np.zeros((3, flat.ranks + 2), np.int64),
        np.zeros((2, stacks), np.int64),
        values,
    )

    assert values[20] == flat.bad >= bay.badly_placed
    assert values[9] == bay.slots - bay.boxes
    assert values[4] == bay.stacks.count(())
    assert values[18] == sum(
        len(s) == bay.max_tier and YardBay((s,), bay.max_tier).badly_placed == 0 for s in bay.stacks
    )


def test_the_network_is_what_plain_arithmetic_says() -> None:
    values = np.linspace(0, 3, kernels.VALUES, dtype=np.float32)
    inner = np.maximum(values @ LEARNED.inward + LEARNED.bias, 0)

    told = kernels.guess(
        values, LEARNED.inward, LEARNED.bias, LEARNED.outward, LEARNED.offset, np.zeros(len(LEARNED.bias), np.float32)
    )

    assert told == pytest.approx(float(inner @ LEARNED.outward) + LEARNED.offset, rel=1e-4)


def test_equal_priorities_are_one_group() -> None:
    result = solve(PremarshalProblem(YardBay(((3, 3), (5, 5, 5)), 4)), MaxIterations(100))

    assert result.plan is not None
    assert result.plan.moves == ()
    assert result.plan.is_optimal


def test_one_box_that_blocks_is_one_move() -> None:
    result = solve(PremarshalProblem(YardBay(((1, 2), (3,)), 2)), MaxIterations(100))

    assert result.plan is not None
    assert [tuple(move) for move in result.plan.moves] == [(1, 2)]
    assert result.stopped == "the bound is met"


def test_a_bay_that_cannot_be_sorted_has_no_plan() -> None:
    result = solve(PremarshalProblem(YardBay(((1, 2, 3),), 4)), MaxIterations(100))

    assert result.plan is None


def test_the_same_bay_gives_the_same_plan() -> None:
    bay = YardBay(((2, 9, 4), (7, 8, 1), (5, 6, 3), (10, 11, 12)), 5)

    assert len({solve(PremarshalProblem(bay), MaxIterations(1_000)).plan.moves for _ in range(2)}) == 1  # type: ignore[union-attr]


def test_more_evaluations_are_never_longer_here() -> None:
    bay = YardBay(((2, 9, 4, 14), (7, 8, 1, 13), (5, 6, 3, 15), (10, 11, 12, 16)), 6)

    lengths = [solve(PremarshalProblem(bay), MaxIterations(count)).cost for count in (1, 500, 4_000)]

    assert lengths == sorted(lengths, reverse=True)


def test_a_full_bay_is_refused() -> None:
    with pytest.raises(DataError, match="full to its last slot"):
        PremarshalProblem(YardBay(((1, 2), (3, 4)), 2))


def test_a_full_bay_in_order_needs_nothing() -> None:
    assert PremarshalProblem(YardBay(((2, 1), (4, 3)), 2)).bay.badly_placed == 0


@pytest.mark.parametrize(("stacks", "tiers"), [(101, 4), (4, 17)])
def test_sizes_of_no_bay_are_refused(stacks: int, tiers: int) -> None:
    with pytest.raises(DataError, match="at most 100 stacks and 16 tiers"):
        PremarshalProblem(YardBay(((),) * stacks, tiers))
