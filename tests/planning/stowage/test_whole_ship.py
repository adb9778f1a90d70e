"""The whole-ship room against its judge: the kernel's cost, legal plans, the bound, one plan for one seed."""

from __future__ import annotations

from functools import cache
from itertools import permutations, product
from random import Random

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cabria.domain.errors import DataError
from cabria.domain.whole_ship import Afloat, Load, Section, Ship, Spot, StackPart, WholeShip
from cabria.planning.search.kernels import generator
from cabria.planning.search.stopping import MaxIterations
from cabria.planning.stowage.whole_ship import kernels as k
from cabria.planning.stowage.whole_ship.annealing import anneal, chain
from cabria.planning.stowage.whole_ship.bound import lower_bound
from cabria.planning.stowage.whole_ship.changes import change
from cabria.planning.stowage.whole_ship.hands import can_be_dealt, deal, half_the_room, put_together
from cabria.planning.stowage.whole_ship.operators import Kept, copy_into, shares, unloaded
from cabria.planning.stowage.whole_ship.problem import WholeShipProblem, spots_of
from cabria.planning.stowage.whole_ship.solve import Draft, Params, solve
from cabria.referee.whole_ship import judge_whole_ship

FAR = 10**12


def made_ship(bays: int, stacks: int, tiers: int, *, plugged: int = 1, limit_kg: int = FAR) -> Ship:
    parts = tuple(
        StackPart(
            bay, stack, deck, 2 * (stack // 2) + (1 if deck else 2), 2_610 * tiers, 60_000, 90_000,
            20_000 if deck else 5_000, 3_000 * (2 * stack - stacks + 1), 40 if deck else 0,
            tuple(int(level < plugged) for level in range(tiers)),
        )
        for bay, stack, deck in product(range(bays), range(stacks), (True, False))
    )  # fmt: skip
    sections = tuple(
        Section(10_000 * (bays - 1 - 2 * bay), 100_000, -limit_kg, limit_kg, FAR, (50_000, 1_000_000))
        for bay in range(bays)
    )
    points = (Afloat(50_000 * bays, -3_000, 3_000), Afloat(1_000_000 * bays, -3_000, 3_000))
    return Ship("made", parts, sections, points, 500)


def box(destination: int, length_ft: int = 40, kg: int = 9_000, *, reefer: bool = False, mm: int = 2_591) -> Load:
    return Load(destination, length_ft, kg, reefer, mm)


def many_boxes(count: int) -> tuple[Load, ...]:
    """Of all sorts, in an order without meaning."""
    return tuple(
        box(
            1 + n * 7 % 4,
            20 if n % 3 == 0 else 40,
            (3_000, 9_000, 14_000, 21_000)[n * 5 % 4],
            reefer=n % 11 == 0,
            mm=2_896 if n % 3 == 1 else 2_591,
        )
        for n in range(count)
    )


@cache
def busy_ship() -> WholeShipProblem:
    """Four bays with a release: 40 ft in some holds, a pair of 20 ft, and one 20 ft alone."""
    release_boxes = (box(2), box(3), box(1, 20), box(4, 20), box(2, 20), box(3), box(4))
    spots = [
        Spot(0, 0, 0, 1), Spot(0, 1, 0, 1), Spot(1, 0, 0, 1), Spot(1, 0, 0, 2), Spot(2, 1, 40, 1),
        Spot(2, 0, 40, 1), Spot(3, 3, 0, 1),
    ]  # fmt: skip
    return WholeShipProblem(
        WholeShip("busy", made_ship(4, 4, 3, limit_kg=60_000), release_boxes + many_boxes(90), dict(enumerate(spots)))
    )


def members_of(state: k.State) -> list[list[int]]:
    return Kept(state.members, state.counts, 0, True).members()


@settings(max_examples=15)
@given(st.integers(0, 1 << 30), st.integers(0, 30_000), st.sampled_from([0.1, 10.0, 500.0]))
def test_what_the_kernel_counts_is_what_the_judge_counts(seed: int, steps: int, temperature: float) -> None:
    problem = busy_ship()
    state = unloaded(problem)
    hot = temperature * k.UNITS
    anneal(problem.flat, state, steps, hot, hot, 0, shares(), generator(seed))
    judged = judge_whole_ship(problem.given, spots_of(problem, members_of(state)))
    assert state.totals[k.COST] / k.UNITS == pytest.approx(float(judged.cost), abs=0.001)
    at_sea = ("LCG", "TCG", "shear", "bending", "she displaces")
    assert all(fault.startswith(at_sea) for fault in judged.faults)
    k.afloat(problem.flat, state, state.excess)
    assert state.excess[: k.FLOATING].any() or not judged.faults


@settings(max_examples=10)
@given(st.integers(0, 1 << 30))
def test_no_box_is_lost_or_doubled(seed: int) -> None:
    problem = busy_ship()
    state = unloaded(problem)
    anneal(problem.flat, state, 20_000, 50.0 * k.UNITS, 1.0 * k.UNITS, 0, shares(), generator(seed))
    ashore = state.ashore[: state.totals[k.COUNT_ASHORE]].tolist()
    held = sorted([*ashore, *(kind for kinds in members_of(state) for kind in kinds)])
    assert held == unloaded(problem).ashore.tolist()


@settings(max_examples=10)
@given(st.integers(0, 1 << 30), st.sampled_from([1.0, 100.0]))
def test_all_tables_are_what_they_would_be_if_made_anew(seed: int, temperature: float) -> None:
    problem = busy_ship()
    state, again = unloaded(problem), unloaded(problem)
    hot = temperature * k.UNITS
    anneal(problem.flat, state, 20_000, hot, hot, 0, shares(), generator(seed))
    load_again(problem, again, members_of(state))
    for name in ("stack_cost", "loads", "cells", "block_ports", "under", "first", "on", "lid_over", "moves", "mass"):
        assert np.array_equal(getattr(state, name), getattr(again, name)), name
    same = [k.COST, k.COUNT_ASHORE, k.DISPLACEMENT, k.TCG_MOMENT, k.BUSIEST]
    assert state.totals[same].tolist() == again.totals[same].tolist()


@settings(max_examples=10)
@given(st.integers(0, 1 << 30), st.sampled_from([1.0, 30.0, 500.0]))
def test_what_two_hands_do_is_put_together_as_if_one_had_done_it(seed: int, temperature: float) -> None:
    problem, dice = busy_ship(), Random(seed)
    states, again = (unloaded(problem), unloaded(problem)), unloaded(problem)
    hot = temperature * k.UNITS
    for n in range(3):
        dealt = deal(problem.flat, states, dice)
        for hand, (own, state) in enumerate(zip(dealt.ships, states, strict=True)):
            anneal(own, state, 5_000, hot, hot, 0, shares(), generator(seed + 2 * n + hand))
        put_together(problem.flat, states, dealt)
    load_again(problem, again, members_of(states[0]))
    same = [k.COST, k.COUNT_ASHORE, k.DISPLACEMENT, k.TCG_MOMENT, k.BUSIEST]
    for state in states:
        for name in ("stack_cost", "block_ports", "under", "first", "on", "lid_over", "moves", "mass"):
            assert np.array_equal(getattr(state, name), getattr(again, name)), name
        assert state.totals[same].tolist() == again.totals[same].tolist()
        ashore = [each.ashore[: each.totals[k.COUNT_ASHORE]].tolist() for each in (state, again)]
        assert sorted(ashore[0]) == sorted(ashore[1])


@settings(max_examples=10)
@given(st.integers(0, 1 << 30))
def test_she_passes_half_the_limits_by_half_of_what_she_passes_the_whole(seed: int) -> None:
    problem = busy_ship()
    ship, state = problem.flat, unloaded(problem)
    anneal(ship, state, 2_000, 500.0 * k.UNITS, 500.0 * k.UNITS, 0, shares(), generator(seed))
    k.afloat(ship, state, state.excess)
    half = half_the_room(ship, state)
    state.totals[k.TCG_MOMENT] -= state.totals[k.TCG_MOMENT] // 2
    k.afloat(half, state, state.spare)
    assert state.spare[: k.FLOATING] * 2 == pytest.approx(state.excess[: k.FLOATING], abs=0.01)


def test_a_ship_with_one_lid_is_not_dealt_out() -> None:
    assert can_be_dealt(busy_ship().flat)
    one_lid = WholeShipProblem(WholeShip("small", made_ship(1, 2, 2), many_boxes(8), {}))
    assert len(one_lid.lids) == 1
    assert not can_be_dealt(one_lid.flat)


def load_again(problem: WholeShipProblem, state: k.State, members: list[list[int]]) -> None:
    """Part by part, all that it holds at once, whatever it costs."""
    for s, kinds in enumerate(members):
        if not kinds:
            continue
        ashore = state.ashore[: state.totals[k.COUNT_ASHORE]].tolist()
        places = []
        for kind in kinds:
            places.append(ashore.index(kind))
            ashore[places[-1]] = k.NOBODY
        state.going[: len(kinds)] = kinds
        state.at[: len(kinds)] = sorted(places, reverse=True)
        assert change(problem.flat, state, k.ASHORE, s, len(kinds), 0, 1e18, 0)


@settings(max_examples=10)
@given(st.integers(0, 1 << 30), st.floats(0.0, 1e8))
def test_a_chain_that_does_not_pay_leaves_no_trace(seed: int, hardly: float) -> None:
    problem = busy_ship()
    state, before = unloaded(problem), unloaded(problem)
    numbers = generator(seed)
    anneal(problem.flat, state, 20_000, 50.0 * k.UNITS, 5.0 * k.UNITS, 0, shares(), numbers)
    for _ in range(50):
        copy_into(before, state)
        chain(problem.flat, state, -hardly, 0, numbers)
        held = all(np.array_equal(before.members[s, :n], state.members[s, :n]) for s, n in enumerate(before.counts))
        if held:
            assert state.totals[k.COST] == before.totals[k.COST]
            assert np.array_equal(state.on, before.on)
            assert np.array_equal(state.block_ports, before.block_ports)
        else:
            fined = [one.totals[k.COST] + one.excess[k.FLOATING] for one in (before, state)]
            assert fined[1] - fined[0] <= -hardly + 1.0


def test_drafts_get_cheaper_and_each_is_a_plan_she_may_sail_with() -> None:
    problem, drafts = busy_ship(), list[Draft]()
    result = solve(problem, MaxIterations(300_000), params=Params(round_steps=5_000), drafts=drafts.append)
    costs = [draft.cost for draft in drafts]
    assert costs == sorted(costs, reverse=True)
    assert result.cost == pytest.approx(costs[-1], abs=0.01)
    for draft in drafts:
        judged = judge_whole_ship(problem.given, draft.plan())
        assert judged.faults == ()
        assert float(judged.cost) == pytest.approx(draft.cost, abs=0.001)


@pytest.mark.parametrize("seed", range(5))
def test_even_a_search_of_no_time_ends_with_a_plan_she_may_sail_with(seed: int) -> None:
    problem = busy_ship()
    params = Params(round_steps=500, first_rounds=1)
    result = solve(problem, MaxIterations(1), seed=seed, params=params)
    assert judge_whole_ship(problem.given, result.plan).faults == ()


def test_a_plan_is_valid_and_its_cost_above_its_bound() -> None:
    problem = busy_ship()
    bound = lower_bound(problem, 5.0)
    result = solve(problem, MaxIterations(500_000), bound=bound)
    assert bound is not None
    assert judge_whole_ship(problem.given, result.plan).faults == ()
    assert bound <= result.cost


def test_the_same_seed_gives_the_same_plan_whatever_the_threads_do() -> None:
    params = Params(round_steps=5_000)
    first, second = (solve(busy_ship(), MaxIterations(100_000), seed=3, params=params) for _ in range(2))
    assert first.plan == second.plan
    assert first.iterations == second.iterations


def test_a_search_that_is_stopped_at_once_still_returns_a_legal_plan() -> None:
    problem = busy_ship()
    result = solve(problem, lambda iterations, cost: "told to stop", params=Params(round_steps=200, first_rounds=1))
    judged = judge_whole_ship(problem.given, result.plan)
    assert result.stopped == "told to stop"
    assert not [fault for fault in judged.faults if fault.startswith("bay")]


def test_a_ship_without_room_sails_as_she_is() -> None:
    full = WholeShip("full", made_ship(1, 1, 1), (box(1), box(2), box(3)), {0: Spot(0, 0, 0, 1), 1: Spot(0, 0, 40, 1)})
    result = solve(WholeShipProblem(full), MaxIterations(100))
    assert result.plan == {}
    assert result.cost == pytest.approx(float(judge_whole_ship(full, {}).cost))


def test_a_stack_beyond_what_the_kernel_remembers_is_refused() -> None:
    with pytest.raises(DataError, match="more than 31 tiers"):
        WholeShipProblem(WholeShip("tower", made_ship(1, 1, 32), (box(1),), {}))


def brute_force(given: WholeShip) -> float:
    """The cheapest plan without a fault, over all ways to put boxes into cells (they must be 40 ft)."""
    cells = [
        Spot(part.bay, part.stack, tier, 1)
        for part in given.ship.parts
        for tier in part.tiers
        if Spot(part.bay, part.stack, tier, 1) not in given.release.values()
    ]
    best = float("inf")
    boxes = given.to_load
    for count in range(len(boxes) + 1):
        for chosen in permutations(cells, count):
            for loaded in {boxes[:count], boxes[len(boxes) - count :]}:
                judged = judge_whole_ship(given, dict(zip(loaded, chosen, strict=True)))
                if not judged.faults:
                    best = min(best, float(judged.cost))
    return best


TINY_LOADS = st.lists(
    st.builds(box, st.integers(1, 3), kg=st.sampled_from([3_000, 9_000]), mm=st.sampled_from([2_591, 2_896])),
    min_size=2,
    max_size=3,
)


@settings(max_examples=8)
@given(TINY_LOADS, st.sampled_from([0, 40]))
def test_the_bound_is_below_and_the_search_at_what_brute_force_finds(loads: list[Load], tier: int) -> None:
    release = {0: Spot(0, 0, tier, 1)}
    ship = made_ship(1, 1, 2, plugged=0)
    problem = WholeShipProblem(WholeShip("tiny", ship, (box(2), *loads), release))
    best = brute_force(problem.given)
    bound = lower_bound(problem, 5.0)
    assert bound is not None
    assert bound <= best + 1e-6
    result = solve(problem, MaxIterations(20_000), params=Params(round_steps=1_000))
    assert bound <= result.cost
    # Brute force may leave the middle box ashore only with another; the search may do better.
    assert result.cost <= best + 1e-6


def test_of_an_odd_number_of_20_ft_one_stays_ashore_and_the_bound_says_so() -> None:
    problem = WholeShipProblem(WholeShip("odd", made_ship(1, 1, 2, plugged=0), (box(1, 20),), {}))
    assert lower_bound(problem, 5.0) == pytest.approx(float(judge_whole_ship(problem.given, {}).cost), abs=0.01)
