from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cabria.adapters.files.yard_bays import read_yard_bays
from cabria.domain.errors import DataError
from cabria.domain.yard_bay import YardBay
from cabria.planning.search.stopping import MaxIterations
from cabria.planning.yard.relocation import kernels
from cabria.planning.yard.relocation.operators import FlatBay, crane_ms_bound, plan_of, price
from cabria.planning.yard.relocation.problem import CRANE_TIME, IN_TIME, RELOCATIONS, Prices, RelocationProblem
from cabria.planning.yard.relocation.solve import Params, solve
from cabria.referee.yard_replay import RETRIEVE, RETRIEVE_RESTRICTED, replay_bay

Stacks = tuple[tuple[int, ...], ...]


def bays(max_boxes: int, max_stacks: int = 4) -> st.SearchStrategy[YardBay]:
    """Bays with a tier to spare, distinct priorities or groups."""

    def stacked(priorities: list[int], stacks: int, places: list[int]) -> YardBay:
        piles: list[list[int]] = [[] for _ in range(stacks)]
        for priority, place in zip(priorities, places, strict=False):
            piles[place % stacks].append(priority)
        return YardBay(tuple(map(tuple, piles)), max(map(len, piles), default=1) + 1)

    boxes = st.one_of(
        st.lists(st.integers(1, 5), min_size=1, max_size=max_boxes),
        st.integers(1, max_boxes).flatmap(lambda n: st.permutations(range(1, n + 1))),
    )
    places = st.lists(st.integers(0, 99), min_size=max_boxes, max_size=max_boxes)
    return st.builds(stacked, boxes, st.integers(3, max_stacks), places)


def fewest_relocations(bay: YardBay, restricted: bool) -> int:
    """By trying everything, breadth first."""

    def let_out(stacks: list[list[int]]) -> Stacks:
        while any(stacks):
            first = min(box for stack in stacks for box in stack)
            ready = [stack for stack in stacks if stack and stack[-1] == first]
            if not ready:
                break
            ready[0].pop()
        return tuple(sorted(map(tuple, stacks)))

    level = {let_out([list(stack) for stack in bay.stacks])}
    seen = set(level)
    for relocations in range(100):
        if any(not any(stacks) for stacks in level):
            return relocations
        following: set[Stacks] = set()
        for stacks in level:
            first = min(box for stack in stacks for box in stack)
            for origin, stack in enumerate(stacks):
                if not stack or (restricted and first not in stack):
                    continue
                for target, other in enumerate(stacks):
                    if target != origin and len(other) < bay.max_tier:
                        after = [list(pile) for pile in stacks]
                        after[target].append(after[origin].pop())
                        following.add(let_out(after))
        level = following - seen
        seen |= level
    raise AssertionError("no way out")


@given(bays(7), st.booleans())
@settings(max_examples=120)
def test_the_bound_is_below_the_brute_force_optimum_and_the_proven_plan_meets_it(
    bay: YardBay, restricted: bool
) -> None:
    problem = RelocationProblem(bay, restricted)
    optimum = fewest_relocations(bay, restricted)
    assert FlatBay.of(problem).relocations_bound() <= optimum
    result = solve(problem, MaxIterations(1_000_000))
    assert result.bound == result.cost == optimum
    assert result.stopped == "proven optimal"


@given(bays(14, 6), st.booleans(), st.sampled_from([RELOCATIONS, CRANE_TIME, IN_TIME]))
@settings(max_examples=60)
def test_every_plan_replays_in_the_judge_and_costs_what_it_says(bay: YardBay, restricted: bool, prices: Prices) -> None:
    problem = RelocationProblem(bay, restricted, prices, due_s={1: 100, 3: 300})
    result = solve(problem, MaxIterations(300))
    judged = replay_bay(bay, result.plan.moves, RETRIEVE_RESTRICTED if restricted else RETRIEVE)
    assert judged.verdict, judged.verdict.reason
    assert result.plan.relocations == judged.relocations
    assert result.bound is not None
    assert result.bound <= result.cost + 1e-6
    assert result.costs == price(problem, result.plan)
    assert crane_ms_bound(problem, FlatBay.of(problem).relocations_bound()) <= judged.crane_ms


@given(bays(12, 5), st.booleans(), st.sampled_from([RELOCATIONS, CRANE_TIME, IN_TIME]))
@settings(max_examples=60)
def test_a_rollout_of_the_kernel_costs_what_the_slow_replay_says(
    bay: YardBay, restricted: bool, prices: Prices
) -> None:
    problem = RelocationProblem(bay, restricted, prices, crane_stack=2, due_s={1: 50, 2: 60})
    rolled = FlatBay.of(problem).roll_out()
    if rolled is not None:
        codes, points = rolled
        assert sum(price(problem, plan_of(problem, codes)).values()) == pytest.approx(points / 1000)


@given(bays(12, 5), st.randoms(use_true_random=False))
def test_a_bay_has_one_name_however_its_stacks_are_ordered(bay: YardBay, chance: object) -> None:
    order = np.random.default_rng(len(bay.stacks)).permutation(len(bay.stacks))
    other = YardBay(tuple(bay.stacks[n] for n in order), bay.max_tier)
    names = [
        kernels.state_name(flat.box, flat.height, flat.given, flat.account)
        for flat in (FlatBay.of(RelocationProblem(each)) for each in (bay, other))
    ]
    assert names[0] == names[1]


@pytest.mark.parametrize(
    ("stacks", "max_tier", "optimum"),
    [(((1, 5, 3), (1, 2, 1), (2, 4, 1)), 4, 5), (((3, 5), (5, 3, 1, 3), (4, 2, 2)), 5, 2)],
    ids=["low", "tall"],
)
def test_groups_spread_over_stacks_do_not_lift_the_restricted_bound(
    stacks: Stacks, max_tier: int, optimum: int
) -> None:
    bay = YardBay(stacks, max_tier)
    assert fewest_relocations(bay, restricted=True) == optimum
    assert solve(RelocationProblem(bay, restricted=True), MaxIterations(100_000)).bound == optimum


def test_the_same_seed_and_count_give_the_same_plan() -> None:
    problem = RelocationProblem(hard_bay())
    plans = {solve(problem, MaxIterations(5_000), seed=3).plan for _ in range(2)}
    assert len(plans) == 1


def test_more_rollouts_never_cost_more() -> None:
    costs = [solve(RelocationProblem(hard_bay()), MaxIterations(count)).cost for count in (1, 2_000, 20_000)]
    assert costs == sorted(costs, reverse=True)
    assert costs[-1] < costs[0]


def test_a_plan_under_way_is_planned_anew_from_where_it_stands() -> None:
    bay = hard_bay()
    result = solve(RelocationProblem(bay), MaxIterations(5_000))
    done = 10
    ((present,),) = replay_bay(bay, result.plan.moves[:done]).bays
    again = solve(RelocationProblem(present), MaxIterations(5_000))
    already = sum(not move.is_retrieval for move in result.plan.moves[:done])
    assert again.cost <= result.cost - already + 1
    assert replay_bay(present, again.plan.moves).verdict


def test_a_bay_without_a_way_out_is_proven_to_have_none() -> None:
    with pytest.raises(DataError, match="cannot be emptied"):
        solve(RelocationProblem(YardBay(((1, 3), (2, 4)), 2)), MaxIterations(10_000))


def test_boxes_that_are_due_leave_in_time_when_lateness_is_dear() -> None:
    bay = YardBay(((1, 6, 5), (2, 8), (3, 7), ()), 4)
    late = RelocationProblem(bay, prices=Prices(relocation=0, late_s=1), due_s={1: 0})
    costs: Mapping[str, float] = solve(late, MaxIterations(2_000)).costs
    first_out = replay_bay(bay, solve(late, MaxIterations(2_000)).plan.moves).left_ms[0]
    assert costs == {"late_s": first_out / 1000}


@pytest.mark.parametrize(
    ("change", "told"),
    [({"crane_stack": 9}, "stack 9"), ({"due_s": {1: 10**10}}, "Due times")],
    ids=["crane", "due"],
)
def test_nonsense_about_a_bay_is_refused(change: dict[str, object], told: str) -> None:
    with pytest.raises(DataError, match=told):
        RelocationProblem(hard_bay(), **change)  # type: ignore[arg-type]


def test_prices_that_cost_nothing_are_refused() -> None:
    with pytest.raises(DataError, match="one of them is not 0"):
        Prices(0, 0, 0)


def test_a_bay_as_wide_as_a_block_still_gets_a_plan() -> None:
    boxes = np.random.default_rng(1).permutation(1_000) + 1
    bay = YardBay(tuple(tuple(map(int, boxes[n : n + 10])) for n in range(0, 1_000, 10)), 11)
    result = solve(RelocationProblem(bay), MaxIterations(10))
    assert "too wide" in result.stopped
    assert replay_bay(bay, result.plan.moves).verdict


def test_public_bays_with_a_known_optimum_are_solved(shared_data: Path) -> None:
    optima = {"data3-3-1": 6, "data3-3-2": 5, "data3-3-3": 2, "data3-3-4": 4, "data3-3-5": 1}
    bays = [read for read in read_yard_bays(shared_data / "yard" / "cvs.jsonl.gz") if read.name in optima]
    bounds = {read.name: solve(RelocationProblem(read.bay), MaxIterations(100_000)).bound for read in bays}
    assert bounds == optima


def test_the_widths_fit_what_is_left() -> None:
    result = solve(RelocationProblem(hard_bay()), MaxIterations(30_000), params=Params(width=2, growth=2))
    assert 25_000 <= result.iterations <= 36_000


def hard_bay() -> YardBay:
    """Six stacks of six, in disorder, with two tiers to spare."""
    boxes = np.random.default_rng(7).permutation(36) + 1
    return YardBay(tuple(tuple(map(int, boxes[n : n + 6])) for n in range(0, 36, 6)), 8)
