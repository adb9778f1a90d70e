"""The bound of a whole ship: every plan the judge lets pass keeps all its rows and costs no less than it says."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from itertools import product

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from cabria.domain.whole_ship import Afloat, Load, Plan, Section, Ship, Spot, StackPart, WholeShip
from cabria.planning.search.stopping import MaxIterations
from cabria.planning.stowage.whole_ship.bound import Relaxation
from cabria.planning.stowage.whole_ship.bound_afloat import waters_of
from cabria.planning.stowage.whole_ship.bound_model import Model
from cabria.planning.stowage.whole_ship.bound_parts import Group, Size, Weight, sort_of, weight_of
from cabria.planning.stowage.whole_ship.bound_stacks import LONG, SHORT, height_cuts, weight_rows
from cabria.planning.stowage.whole_ship.problem import WholeShipProblem
from cabria.planning.stowage.whole_ship.solve import Params, solve
from cabria.referee.whole_ship import judge_whole_ship

FAR = 10**12
MASSES_KG = (3_000, 9_000, 14_000, 27_000)


def small_ship(bays: int, limit_kg: int) -> Ship:
    """Two lids a bay, of one stack each; points close together, so that there is more than one range."""
    parts = tuple(
        StackPart(
            bay, stack, deck, 2 * stack + (1 if deck else 2), 8_000, 60_000, 90_000, 20_000 if deck else 5_000,
            3_000 * (2 * stack - 1), 40 if deck else 0, (1, 0, 0),
        )
        for bay, stack, deck in product(range(bays), range(2), (True, False))
    )  # fmt: skip
    sections = tuple(
        Section(10_000 * (bays - 1 - 2 * bay), 100_000, -limit_kg, limit_kg, FAR, (50_000, 200_000, 1_000_000))
        for bay in range(bays)
    )
    points = tuple(Afloat(kg * bays, -5_000, 5_000) for kg in (50_000, 200_000, 1_000_000))
    return Ship("small", parts, sections, points, 5_000)


LOADS = st.builds(
    Load, st.integers(1, 4), st.sampled_from([20, 20, 40, 40, 40]), st.sampled_from(MASSES_KG), st.booleans(),
    st.just(2_591),
)  # fmt: skip


@st.composite
def problems(draw: st.DrawFn) -> WholeShipProblem:
    """Three bays with a release of up to two boxes high."""
    spots = draw(st.lists(st.sampled_from([(b, s, t) for b in range(3) for s in (0, 1) for t in (0, 40)]), unique=True))
    release = tuple(Load(draw(st.integers(1, 4)), 40, draw(st.sampled_from(MASSES_KG)), False, 2_591) for _ in spots)
    loads = draw(st.lists(LOADS, min_size=1, max_size=40))
    loads = [load._replace(height_mm=2_896) if load.length_ft == 40 and draw(st.booleans()) else load for load in loads]
    at = {n: Spot(*spot, 1) for n, spot in enumerate(spots)}
    limit_kg = draw(st.sampled_from([60_000, 200_000]))
    return WholeShipProblem(WholeShip("small", small_ship(3, limit_kg), (*release, *loads), at))


def counts_of(relaxation: Relaxation, plan: Plan) -> Mapping[int, float]:
    """The variables that say what is loaded where, as a plan has them."""
    problem, cargo = relaxation.problem, relaxation.cargo
    group_of = {part: group for group, parts in cargo.groups.items() for part in parts}
    counts = dict.fromkeys([*cargo.put.values(), *cargo.weigh.values(), *cargo.kinds.values(), cargo.excess], 0.0)
    for box, spot in plan.items():
        load, group = problem.given.containers[box], group_of[problem.given.ship.part_at[spot[:3]]]
        for variable in (
            cargo.put[group, sort_of(load)], cargo.weigh[group, weight_of(load)], cargo.kinds[spot.bay, load],
        ):  # fmt: skip
            counts[variable] += 1
    return counts


def least_at(relaxation: Relaxation, plan: Plan) -> float:
    """What the relaxation says a plan costs at least; an error where the plan breaks a row."""
    given = relaxation.problem.given
    displacement = given.ship.lightship_kg + sum(given.containers[box].mass_kg for box in [*given.release, *plan])
    waters = next(range_ for range_ in waters_of(given) if range_.least_kg <= displacement <= range_.most_kg)
    found = relaxation.enter(waters).relaxed(60.0, counts_of(relaxation, plan))
    assert found is not None, "the plan breaks a row"
    return relaxation.fixed + found


@settings(max_examples=12)
@given(problems(), st.integers(0, 3))
def test_every_legal_plan_keeps_all_rows_and_costs_no_less_than_they_say(problem: WholeShipProblem, seed: int) -> None:
    result = solve(problem, MaxIterations(4_000), seed=seed, params=Params(round_steps=1_000))
    assume(not judge_whole_ship(problem.given, result.plan).faults)
    relaxation = Relaxation(problem)
    at_plan = least_at(relaxation, result.plan)
    assert at_plan <= result.cost + 1e-3
    found = [relaxation.enter(waters).relaxed(60.0) for waters in waters_of(problem.given)]
    assert min(value for value in found if value is not None) + relaxation.fixed <= at_plan + 1e-3


@cache
def stack_group(height_mm: int, whole_kg: int, end_kg: int, cells: int) -> Group:
    return Group(
        0, 1, 1, True, True, cells, 2 * height_mm, 2 * whole_kg, 2 * end_kg, 2 * end_kg, (0,) * cells, True, 1 << 40,
        1 << 40, True, 0, 1 << 40, 1 << 40,
    )  # fmt: skip


@given(
    st.lists(st.sampled_from(MASSES_KG), max_size=4),
    st.lists(st.tuples(st.sampled_from(MASSES_KG), st.sampled_from(MASSES_KG)), max_size=4),
    st.integers(8, 30),
    st.integers(10, 40),
)
def test_every_stack_that_is_not_too_heavy_keeps_the_rows_of_masses(
    longs: list[int], pairs: list[tuple[int, int]], end_6: int, whole_6: int
) -> None:
    group = stack_group(2_591 * 8, whole_6 * 6_000, end_6 * 6_000, 8)
    shorts = [mass for pair in pairs for mass in pair]
    fits = sum(longs) + sum(shorts) / 2 <= whole_6 * 6_000 and all(
        sum(pair[end] for pair in pairs) + sum(longs) / 2 <= end_6 * 6_000 for end in (0, 1)
    )
    if not fits:
        return
    stands = [*(Weight(LONG, mass) for mass in longs), *(Weight(SHORT, mass) for mass in shorts)]
    for masses, limit in weight_rows(group, [Weight(size, mass) for size in (SHORT, LONG) for mass in MASSES_KG]):
        assert sum(masses.get(weight, 0.0) for weight in stands) <= limit + 1e-9


def test_a_stack_that_bears_120_t_holds_four_boxes_of_27_t() -> None:
    group = stack_group(15_660, 120_960, 81_000, 6)
    heavy = Weight(Size(True, True), 27_000)
    assert min(limit / masses[heavy] for masses, limit in weight_rows(group, [heavy]) if heavy in masses) == 4.0


@given(st.integers(0, 9), st.integers(0, 9), st.integers(0, 3), st.integers(0, 9_000))
def test_every_stack_that_fits_keeps_the_height_cuts(low: int, high: int, free_cells: int, free_2: int) -> None:
    height_2, cells = 2 * (2_591 * low + 2_896 * high) + free_2, max(1, low + high + free_cells)
    assert all(a * low + b * high <= limit for a, b, limit in height_cuts(height_2, cells))


def test_a_stack_of_the_deck_takes_nine_standard_or_eight_high_boxes() -> None:
    cuts = height_cuts(2 * 23_490, 9)
    broken = [(low, high) for low, high in [(9, 1), (8, 1), (1, 8)] if all(a * low + b * high <= c for a, b, c in cuts)]
    assert (9, 1) not in broken
    assert np.all([a * 9 <= c and b * 8 <= c for a, b, c in cuts])


def test_ranges_of_displacement_leave_none_out() -> None:
    given = WholeShip("range", small_ship(3, FAR), tuple(Load(1, 40, 27_000, False, 2_591) for _ in range(40)), {})
    ranges = waters_of(given)
    assert [(r.least_kg, r.most_kg) for r in ranges] == [(600_000, 1_380_000), (300_000, 600_000)]


def test_a_bound_follows_from_prices_even_where_a_solver_would_err() -> None:
    model = Model()
    a, b = model.variable(-3.0, 10.0), model.variable(-2.0, 10.0)
    model.at_most({a: 1.0, b: 1.0}, 4.0)
    assert model.relaxed(5.0) == pytest.approx(-12.0)
    assert model.relaxed(5.0, {a: 1.0}) == pytest.approx(-9.0)
