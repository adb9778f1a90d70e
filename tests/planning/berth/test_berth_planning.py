from __future__ import annotations

from dataclasses import replace
from itertools import product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.berths_by_hand import case, ship, with_cranes

from cabria.domain.berth_events import later, with_delay, with_outage, with_ship
from cabria.domain.berthing import (
    BerthCase,
    BerthKind,
    BerthLayout,
    BerthPlan,
    ChangeKind,
    CraneRhythm,
    Eta,
    RailCrane,
    ShipCall,
    ShipId,
    Spell,
    TideTable,
    WindSpell,
    berth_changes,
)
from cabria.experiments.berth_instances import made_week
from cabria.experiments.berth_weeks import make_berth_week
from cabria.planning.berth import kernels
from cabria.planning.berth import solve as berth_solve
from cabria.planning.berth.operators import Search
from cabria.planning.berth.options import CELL, CRANES, END, FIRST, LAST, START
from cabria.planning.berth.problem import EFFORTS, BerthProblem
from cabria.planning.berth.solve import PROVEN, exact_needs_s, solve
from cabria.planning.search.result import Result
from cabria.planning.search.stopping import MaxIterations, MaxSeconds
from cabria.referee.berthing import judge_berthing

QUICK = replace(EFFORTS["quick"], iterations=500, pricing_steps=200)
WITHOUT_PROOF = replace(QUICK, few_options=0, rounds_before_exact=99)


def planned(given_case: BerthCase, seed: int = 0) -> Result[BerthPlan]:
    """The plan, after the referee has passed it and recomputed its cost."""
    result = solve(BerthProblem.of(given_case), MaxIterations(10**9), seed=seed, params=QUICK)
    judged = judge_berthing(given_case, result.plan)
    assert not judged.hard_by_plan, judged.hard_by_plan
    assert judged.cost == pytest.approx(result.cost)
    assert result.bound is None or result.bound <= result.cost + 1e-6
    return result


def ships(count: int) -> st.SearchStrategy[tuple[ShipCall, ...]]:
    one = st.builds(
        lambda eta, length, work, wanted: (eta, length, work, wanted),
        st.integers(1, 6),
        st.sampled_from([100, 150, 200]),
        st.integers(2, 6),
        st.integers(0, 5),
    )
    return st.lists(one, min_size=1, max_size=count).map(
        lambda drawn: tuple(
            ship(f"S{n}", eta, length, work, wanted_position_mm=wanted * 50_000)
            for n, (eta, length, work, wanted) in enumerate(drawn)
        )
    )


def cheapest_by_trying_all(problem: BerthProblem) -> int:
    """Of all choices of options; slow and plain, in points."""

    def clash(i: int, a: np.ndarray, j: int, b: np.ndarray) -> bool:
        beside = a[CELL] < b[CELL] + problem.width[j] and b[CELL] < a[CELL] + problem.width[i]
        return bool(beside and a[START] < b[END] and b[START] < a[END])

    best = int(problem.unserved.sum())
    choices = [
        [(int(c), row) for c, row in zip(cost, rows.T, strict=True)]
        for cost, rows in zip(problem.costs, problem.options, strict=True)
    ]
    for chosen in product(*choices):
        total = sum(cost for cost, _ in chosen)
        rows = [row for _, row in chosen]
        if total >= best or any(clash(i, rows[i], j, rows[j]) for j in range(len(rows)) for i in range(j)):
            continue
        at_work = [sum(int(r[CRANES]) for r in rows if r[FIRST] <= t < r[LAST]) for t in range(problem.steps)]
        if all(used <= free.sum() for used, free in zip(at_work, problem.in_order, strict=True)):
            best = total
    return best


@given(ships(3))
@settings(max_examples=8)
def test_the_proven_plan_is_the_cheapest_of_all(calls: tuple[ShipCall, ...]) -> None:
    tight = case(*calls, quay_m=250, cranes=3, horizon_min=12 * 60, position_step_mm=50_000)
    problem = BerthProblem.of(tight)
    result = planned(tight)
    assert result.stopped == PROVEN
    if not problem.impossible and len(problem.ships) == len(result.plan.stays):
        assert round(result.cost * 60) == cheapest_by_trying_all(problem)


@given(ships(6), st.integers(0, 5))
@settings(max_examples=6)
def test_every_plan_passes_the_referee_and_no_bound_is_above_a_proven_cost(
    calls: tuple[ShipCall, ...], seed: int
) -> None:
    week = case(*calls, horizon_min=48 * 60, mooring_gap_mm=20_000, mooring_min=30, unmooring_min=30)
    proven = planned(week, seed)
    guess = solve(BerthProblem.of(week), MaxIterations(10**9), seed=seed, params=WITHOUT_PROOF)
    assert guess.bound is not None
    assert guess.bound <= proven.cost + 1e-6 <= guess.cost + 2e-6


@pytest.mark.parametrize(("count", "seed"), [(10, 0), (20, 1)])
def test_weeks_of_the_literature_are_proven(count: int, seed: int) -> None:
    result = planned(made_week(count, seed))
    assert result.stopped == PROVEN
    assert result.bound == result.cost


@pytest.mark.parametrize("seed", range(3))
def test_real_weeks_with_tide_wind_channel_and_outages_pass_the_referee_with_named_cranes(seed: int) -> None:
    week = make_berth_week(calls=6, seed=seed)
    plan = planned(week).plan
    assert not plan.unserved
    assert all(part.crane_ids for stay in plan.stays for part in stay.work)


def test_one_seed_gives_one_plan() -> None:
    week = made_week(12, 3)
    assert planned(week, 4).plan == planned(week, 4).plan


@pytest.mark.parametrize("layout", [BerthLayout.HYBRID, BerthLayout.DISCRETE])
def test_discrete_and_hybrid_berths_are_kept(layout: BerthLayout) -> None:
    week = case(ship("A"), ship("B"), ship("C", length_m=150))
    week = replace(week, quay=replace(week.quay, layout=layout))
    assert len(planned(week).plan.stays) == 3


@pytest.mark.parametrize("rhythm", list(CraneRhythm))
def test_a_plan_with_one_number_a_stay_is_legal_in_every_rhythm(rhythm: CraneRhythm) -> None:
    result = planned(case(ship("A"), ship("B"), crane_rhythm=rhythm))
    assert (result.bound is None) == (rhythm is not CraneRhythm.STAY)


def test_rails_and_outreach_are_kept() -> None:
    cranes = (
        RailCrane("QC1", 0, 120_000),
        RailCrane("QC2", 100_000, 350_000, outreach_rows=12),
        RailCrane("QC3", 0, 350_000),
    )
    week = with_cranes(case(ship("A", reach_rows=15), ship("B", wanted_position_mm=200_000), ship("C")), cranes)
    assert len(planned(week).plan.stays) == 3


FINE = ship("FINE")
WIND = (WindSpell(Spell(0, 4320), 50),)
FALLING = TideTable((0, 4320), (0, 0))


def impossible_weeks() -> dict[str, tuple[BerthCase, str]]:
    plain = case(FINE)
    broken = tuple(replace(c, outages=(Spell(0, 4320),)) for c in plain.quay.cranes)
    shallow = replace(case(FINE, ship("NO", arrival_draught_mm=15_000)), tide=FALLING)
    shallow = replace(shallow, quay=replace(shallow.quay, channel_depth_mm=14_000))
    leaving = ship("NO", departure_draught_mm=15_000, latest_departure_min=24 * 60)
    ebb = replace(case(FINE, leaving), tide=TideTable((0, 240, 300, 4320), (2_000, 2_000, 0, 0)))
    ebb = replace(ebb, quay=replace(ebb.quay, channel_depth_mm=14_000))
    return {
        "400 m on 350 m": (case(FINE, ship("NO", length_m=400)), "BERTH-QUAY"),
        "no such quay": (case(FINE, ship("NO", kinds=(BerthKind.MULTIPURPOSE,))), "BERTH-KIND"),
        "too deep": (case(FINE, ship("NO", arrival_draught_mm=17_000)), "BERTH-DEPTH"),
        "channel": (shallow, "BERTH-TIDE"),
        "no tide before departure": (ebb, "BERTH-TIDE"),
        "must leave too soon": (case(FINE, ship("NO", latest_departure_min=6 * 60)), "BERTH-DEPARTURE"),
        "all cranes broken": (with_cranes(case(ship("NO")), broken), "CRANE-POOL"),
        "nobody reaches across": (case(FINE, ship("NO", reach_rows=40)), "CRANE-POOL"),
        "wind": (replace(case(FINE, ship("NO", wind_limit_kn=30)), wind=WIND), "BERTH-WIND"),
        "cranes stopped": (replace(case(ship("NO"), crane_wind_limit_kn=40), wind=WIND), "CRANE-POOL"),
    }


@pytest.mark.parametrize("wish", sorted(impossible_weeks()))
def test_an_impossible_wish_is_answered_with_the_rule_that_stops_it_and_the_rest_is_planned(wish: str) -> None:
    week, rule = impossible_weeks()[wish]
    result = planned(week)
    assert [(left.ship, left.rule) for left in result.plan.unserved] == [("NO", rule)]
    assert all(left.text for left in result.plan.unserved)
    assert len(result.plan.stays) == len(week.ships) - 1


RUNNING = made_week(15, 2)
EMERGENCY = ship("SOS", eta=Eta(52 * 60, 50 * 60), wanted_position_mm=300_000, priority=3, wanted_finish_min=60 * 60)


@pytest.fixture(scope="module")
def first_plan() -> BerthPlan:
    return planned(RUNNING).plan


def test_unchanged_input_gives_an_unchanged_plan(first_plan: BerthPlan) -> None:
    assert planned(replace(RUNNING, last_plan=first_plan), seed=7).plan == first_plan
    assert planned(later(RUNNING, first_plan, 48 * 60, 12 * 60), seed=7).plan == first_plan


def events(plan: BerthPlan) -> dict[str, BerthCase]:
    now = later(RUNNING, plan, 48 * 60, 6 * 60)
    waiting = next(stay.ship for stay in plan.stays if stay.start_min > 60 * 60)
    return {
        "delay": with_delay(now, waiting, 300),
        "outage": with_outage(now, "5", Spell(50 * 60, 70 * 60)),
        "emergency": with_ship(now, EMERGENCY),
    }


@pytest.mark.parametrize("event", ["delay", "emergency", "outage"])
def test_after_an_event_what_is_begun_or_frozen_stays_and_the_changes_are_listed(
    first_plan: BerthPlan, event: str
) -> None:
    now = events(first_plan)[event]
    plan = planned(now).plan
    moved = [change for change in berth_changes(first_plan, plan) if change.kind is ChangeKind.MOVED]
    assert len(moved) <= 4
    assert not any(now.is_begun(change.ship) for change in moved)
    assert len(plan.stays) == len(now.ships)


def test_a_broken_named_crane_of_a_kept_plan_is_replaced(first_plan: BerthPlan) -> None:
    now = later(RUNNING, first_plan, 48 * 60)
    named = next(stay for stay in first_plan.stays if stay.start_min > 50 * 60).work[0]
    hurt = with_outage(now, named.crane_ids[0], named.spell)
    assert planned(hurt).plan != first_plan


def test_changes_that_cost_are_not_made_for_little(first_plan: BerthPlan) -> None:
    prices = replace(RUNNING.rules, changes=replace(RUNNING.rules.changes, moved_ship=10**6))
    now = with_ship(later(replace(RUNNING, rules=prices), first_plan, 48 * 60), EMERGENCY)
    changed = berth_changes(first_plan, planned(now).plan)
    assert not [change for change in changed if change.kind is ChangeKind.MOVED]


@given(st.integers(0, 50))
@settings(max_examples=10)
def test_the_bound_of_the_kernel_is_what_plain_sums_give(seed: int) -> None:
    problem = BerthProblem.of(made_week(6, seed % 5))
    search = Search(problem, seed)
    draw = np.random.default_rng(seed)
    search.best_crane_price = draw.random(problem.steps) * 100
    search.best_quay_price = draw.random((problem.steps, problem.cells))
    reduced = search.reduced()
    for k in draw.integers(0, len(search), 20):
        i = int(np.searchsorted(search.offsets, k, side="right")) - 1
        s, e, first, last, cranes, cell = (int(v) for v in search.options[:, k])
        quay = search.best_quay_price[s:e, cell : cell + problem.width[i]].sum()
        crane = cranes * search.best_crane_price[first:last].sum()
        assert reduced[k] == pytest.approx(search.cost[k] + quay + crane)


def test_movements_are_kept_apart_where_the_channel_takes_one_an_hour() -> None:
    narrow = case(ship("A"), ship("B"), movements_per_h=1)
    times = [t for stay in planned(narrow).plan.stays for t in (stay.start_min, stay.end_min)]
    assert all(abs(a - b) >= 60 for n, a in enumerate(times) for b in times[:n])


@given(st.integers(0, 200), st.booleans())
@settings(max_examples=15)
def test_the_quick_look_up_finds_the_option_that_comparing_ship_by_ship_finds(seed: int, real: bool) -> None:
    week = make_berth_week(calls=5, seed=seed % 3) if real else made_week(12, seed)
    search = Search(BerthProblem.of(week), seed)
    search.start({})
    plan, i = search.best.copy(), seed % len(search.best)
    plan[i] = -1
    use, movements = np.zeros(search.problem.steps, np.int64), search.moved_before.copy()
    for j, k in enumerate(plan):
        if k >= 0:
            kernels.take(j, k, 1, search.options, search.problem.idle, search.is_begun, use, movements)
    given_all = (*search.shared, *search.rail, use, movements, *search.channel[1:])
    slow = [
        k
        for k in range(search.offsets[i], search.offsets[i + 1])
        if kernels.fits(i, k, search.options, plan, *given_all)
    ]
    side = search.problem.steps + 1
    asked, row_of = np.zeros((side, side), np.int64), np.zeros((side, side), np.int64)
    until = np.zeros((int(search.options[CRANES].max()) + 1, side + 1), np.int64)
    orders, runs = search.orders()
    taken, counter = np.zeros((seed % 40, search.problem.cells), np.uint8), np.zeros(1, np.int64)
    found = kernels.first_fit(
        i,
        False,
        0,
        search.options,
        search.offsets,
        plan,
        *given_all,
        orders,
        runs,
        asked,
        row_of,
        until,
        taken,
        counter,
        search.random,
    )
    assert (found in slow and search.cost[found] == search.cost[slow[0]]) if slow else found == -1


@pytest.mark.parametrize("short_s", [0.0, 0.01])
def test_the_exact_try_is_not_begun_without_time_for_a_model_of_that_size(
    monkeypatch: pytest.MonkeyPatch, short_s: float
) -> None:
    asked: list[int] = []
    monkeypatch.setattr(berth_solve, "improve", lambda search, *_: asked.append(len(search)))
    params = replace(EFFORTS["quick"], rounds=2, rounds_before_exact=1, iterations=10, pricing_steps=5)
    problem = BerthProblem.of(made_week(8))
    needed_s = exact_needs_s(sum(cost.size for cost in problem.costs))

    def asked_with(seconds: float) -> list[int]:
        asked.clear()
        solve(problem, MaxSeconds(seconds, lambda: 0.0, 0.0), params=replace(params, exact_options=10**9))
        return list(asked)

    sizes = asked_with(needed_s)
    assert sizes
    assert not asked_with(min(map(exact_needs_s, sizes)) - max(short_s, 1e-6))


def test_a_frozen_ship_waits_only_for_what_blocks_her() -> None:
    week = case(ship("A", length_m=200), ship("B", eta_h=12, length_m=200), quay_m=350)
    plan = planned(week).plan
    start = plan.stay_of[ShipId("A")].start_min
    slow = with_outage(later(week, plan, start + 60, 24 * 60), "QC1", Spell(start + 60, 4320))
    for name in ("QC2", "QC3"):
        slow = with_outage(slow, name, Spell(start + 60, 4320))
    after = planned(slow).plan
    assert after.stay_of[ShipId("B")].position_mm == plan.stay_of[ShipId("B")].position_mm
