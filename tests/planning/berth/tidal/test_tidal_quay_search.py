"""Quays with tides: plans pass the judge, proven ones are the cheapest of all."""

from __future__ import annotations

from itertools import product

from hypothesis import given, settings
from hypothesis import strategies as st

from cabria.domain.tidal_quay import QuayStay, TidalQuay, Tide
from cabria.planning.berth.tidal.solve import Params, better_plan, first_plan, lower_bound, solve
from cabria.referee.tidal_quay import judge_tidal_quay

SHIPS = st.lists(st.tuples(st.integers(0, 6), st.integers(1, 4), st.integers(0, 3)), min_size=1, max_size=3)
TIDES = tuple(Tide(begin, begin + 2) for begin in range(2, 60, 6))


def quay(ships: list[tuple[int, int, int]]) -> TidalQuay:
    arrivals, times, lengths = zip(*ships, strict=True)
    return TidalQuay(3, arrivals, times, lengths, TIDES)


@settings(max_examples=15)
@given(SHIPS)
def test_a_proven_plan_is_the_cheapest_of_all(ships: list[tuple[int, int, int]]) -> None:
    problem = quay(ships)
    result = solve(problem, params=Params(work=5.0))
    judged = judge_tidal_quay(problem, result.plan)
    assert judged.valid
    assert judged.cost == result.cost == result.bound
    spots = [
        [QuayStay(ship, position, start) for start in range(20) for position in range(4 - problem.lengths[ship])]
        for ship in problem.ships
    ]
    good = [
        [s for s in mine if judge_tidal_quay(problem, [s]).cost <= judged.cost and _alone(problem, s)] for mine in spots
    ]
    costs = (judge_tidal_quay(problem, plan) for plan in product(*good))
    assert min(j.cost for j in costs if j.valid) == judged.cost


def _alone(problem: TidalQuay, stay: QuayStay) -> bool:
    return not any(
        p.startswith(f"ship {stay.ship + 1} ") and "times" not in p for p in judge_tidal_quay(problem, [stay]).problems
    )


@given(SHIPS)
def test_the_first_plan_passes_the_judge(ships: list[tuple[int, int, int]]) -> None:
    problem = quay(ships)
    assert judge_tidal_quay(problem, first_plan(problem)).valid


@settings(max_examples=15)
@given(SHIPS, st.integers(0, 99))
def test_a_better_plan_lies_between_the_bound_and_the_first(ships: list[tuple[int, int, int]], seed: int) -> None:
    problem = quay(ships)
    costs = [judge_tidal_quay(problem, plan).cost for plan in (better_plan(problem, 20, seed), first_plan(problem))]
    assert lower_bound(problem) <= costs[0] <= costs[1]
