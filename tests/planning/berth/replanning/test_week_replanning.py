"""Disrupted weeks: plans pass the judge, proven ones are the cheapest, what has not changed stays."""

from __future__ import annotations

from dataclasses import replace
from itertools import product
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from cabria.adapters.files.barcelona import read_barcelona
from cabria.domain.berth_replanning import BerthWeek, NoMoves, QuayShip, Stay, moved_ships
from cabria.experiments.discrete_berths import made_disruption
from cabria.planning.berth.replanning.exact import cheaper_plan, cold_cp_sat
from cabria.planning.berth.replanning.operators import first_plan
from cabria.planning.berth.replanning.problem import CHANGE_UNITS, ReplanProblem
from cabria.planning.berth.replanning.solve import PROVEN, Params, replan_at_once, solve
from cabria.planning.search.kernels import generator
from cabria.planning.search.stopping import MaxIterations
from cabria.referee.berth_replanning import judge_week

SEEDS = st.integers(0, 10**6)
SHORT = Params(annealings=2, rounds=1_000, proof_work=5.0)
CALL = st.tuples(st.integers(0, 3), st.integers(1, 2), st.integers(1, 5), st.integers(0, 4), st.integers(1, 3))


def at_will(_: int, __: float) -> str:
    return ""


def tiny(calls: list[tuple[int, int, int, int, int]]) -> BerthWeek:
    """A quay of three sections and two cranes, one movement an hour, and a gale."""
    ships = tuple(
        QuayShip(number, 10_000, sections, arrival, arrival, 0, due, work, 1, 2, 1, weight)
        for number, (arrival, sections, work, due, weight) in enumerate(calls)
    )
    return BerthWeek(1, 3, tuple(replace(s, planned_section=1) for s in ships), (), 2, 2, 5, (), (NoMoves(4, 6, 0),))


def least_cost(week: BerthWeek, horizon: int) -> int:
    """All stays of all ships against the judge."""
    stays = [
        [
            Stay(ship.id, section, start, cranes)
            for section in range(1, 5 - ship.sections)
            for start in range(ship.arrival, horizon)
            for cranes in (1, 2)
        ]
        for ship in week.ships
    ]
    judged = (judge_week(week, plan) for plan in product(*stays))
    return min(each.cost for each in judged if each.valid)


@settings(max_examples=10)
@given(st.lists(CALL, min_size=1, max_size=2))
def test_a_tiny_week_is_planned_as_cheaply_as_can_be(calls: list[tuple[int, int, int, int, int]]) -> None:
    week = tiny(calls)
    result = solve(ReplanProblem(week), at_will, params=SHORT)
    assert result.stopped == PROVEN
    assert judge_week(week, result.plan).valid
    assert result.cost == result.bound == least_cost(week, 16)


@settings(max_examples=10)
@given(SEEDS)
def test_a_plan_made_at_once_passes_the_judge_and_the_search_never_makes_it_dearer(seed: int) -> None:
    week = made_disruption(10, seed)
    at_once = judge_week(week, replan_at_once(ReplanProblem(week)))
    result = solve(ReplanProblem(week), MaxIterations(1_000), params=SHORT)
    judged = judge_week(week, result.plan)
    assert at_once.problems == judged.problems == ()
    assert judged.cost == result.cost <= at_once.cost


@settings(max_examples=8)
@given(SEEDS, st.integers(0, 9), st.integers(1, 40))
def test_a_delay_moves_only_ships_that_must_move_at_once(seed: int, late: int, hours: int) -> None:
    week = made_disruption(10, seed)
    before = replan_at_once(ReplanProblem(week))
    changed = week.with_delay(late, hours)
    after = replan_at_once(ReplanProblem(changed, before, week))
    assert judge_week(changed, after).valid
    assert moved_ships(before, after) <= 1


def test_an_unchanged_week_keeps_its_plan() -> None:
    week = made_disruption(10, 4)
    before = replan_at_once(ReplanProblem(week))
    assert solve(ReplanProblem(week, before, week), at_will, params=SHORT).plan == before
    assert moved_ships(before, before) == 0


def test_prices_in_the_kernels_are_those_of_the_judge() -> None:
    week = made_disruption(12, 9)
    quay = first_plan(ReplanProblem(week), generator(0))
    best = quay.anneal(2_000, 6, 0.1, (30.0, 1.0), generator(1))
    assert best.total == CHANGE_UNITS * judge_week(week, best.plan).cost


def test_of_two_equal_plans_the_one_with_fewer_changes_is_kept() -> None:
    week = replace(tiny([(0, 1, 2, 4, 1)]), move_penalty=0)
    before = (Stay(0, 2, 0, 2),)
    later = replace(week, no_moves=())
    result = solve(ReplanProblem(later, before, week), at_will, params=SHORT)
    assert result.plan == before


def test_the_same_seed_gives_the_same_plan() -> None:
    problem = ReplanProblem(made_disruption(14, 2))
    plans = [solve(problem, MaxIterations(2_000), seed=3, params=SHORT).plan for _ in range(2)]
    assert plans[0] == plans[1]


def test_no_plan_is_cheaper_than_a_proven_one() -> None:
    week = made_disruption(8, 3)
    alone = cold_cp_sat(week, 10.0)
    assert alone.plan is not None
    cost = judge_week(week, alone.plan).cost
    assert cost == alone.bound
    assert cheaper_plan(week, cost, 10.0).plan is None
    found = cheaper_plan(week, cost + 1, 10.0)
    assert found.plan is not None
    assert judge_week(week, found.plan).cost == found.bound == cost


def test_the_real_week_is_proven(shared_data: Path) -> None:
    [file] = (shared_data / "quay/berth_replanning_barcelona").glob("*.json")
    published = read_barcelona(file)
    result = solve(ReplanProblem(published.week), at_will)
    assert result.cost == result.bound == published.optimal_cost == 838
