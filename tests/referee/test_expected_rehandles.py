"""The exact expectation against every order that can happen, and the drawn day against both."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from itertools import groupby, permutations, product
from math import prod

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cabria.domain.yard_bay import YardBay
from cabria.domain.yard_forecast import BlockForecast, Departure
from cabria.referee.expected_rehandles import drawn_rehandles, expected_rehandles, judge_tidying
from cabria.referee.yard_replay import BlockMove

SURE = Departure((1.0,))
NEVER = Departure((0.0,))


def _orders(boxes: list[int], periods: dict[int, int]) -> list[list[int]]:
    """Every order in which boxes with these periods can leave, each as likely as any other."""
    ordered = sorted(boxes, key=periods.__getitem__)
    groups = [list(group) for _, group in groupby(ordered, key=periods.__getitem__)]
    return [[box for part in parts for box in part] for parts in product(*(permutations(g) for g in groups))]


def _every_day(bay: YardBay, departures: dict[int, Departure]) -> Iterator[tuple[float, list[int]]]:
    """Each way a day can go, as its chance and the boxes in the order in which they leave."""
    boxes = list(bay.priorities)
    choices = [[*enumerate(departures[box].chances), (None, departures[box].stays)] for box in boxes]
    for picked in product(*choices):
        periods = {box: period for box, (period, _) in zip(boxes, picked, strict=True) if period is not None}
        orders = _orders(list(periods), periods)
        for order in orders:
            yield prod(chance for _, chance in picked) / len(orders), order


def _in_the_way(bay: YardBay, order: list[int]) -> int:
    leaves = {box: number for number, box in enumerate(order)}
    never = len(order)
    return sum(
        any(leaves.get(below, never) < leaves.get(box, never) for below in stack[:tier])
        for stack in bay.stacks
        for tier, box in enumerate(stack)
    )


@st.composite
def small_bays(draw: st.DrawFn) -> tuple[YardBay, dict[int, Departure]]:
    sizes = draw(st.lists(st.integers(0, 3), min_size=1, max_size=2))
    numbers = iter(range(1, 100))
    bay = YardBay(tuple(tuple(next(numbers) for _ in range(size)) for size in sizes), 3)
    share = st.integers(0, 4).map(lambda eighths: float(Fraction(eighths, 8)))
    return bay, {box: Departure((draw(share), draw(share))) for box in bay.priorities}


@given(small_bays())
def test_the_expectation_is_the_mean_over_every_day(case: tuple[YardBay, dict[int, Departure]]) -> None:
    bay, departures = case

    mean = sum(chance * _in_the_way(bay, order) for chance, order in _every_day(bay, departures))

    assert expected_rehandles([bay], departures) == pytest.approx(mean, abs=1e-9)


@given(st.permutations([1, 2, 3, 4]))
def test_certain_departures_count_the_badly_placed(stack: list[int]) -> None:
    departures = {box: Departure(tuple(float(period == box) for period in range(1, 5))) for box in stack}
    bay = YardBay((tuple(stack), ()), 4)

    assert expected_rehandles([bay], departures) == pytest.approx(bay.badly_placed)


def test_a_box_above_one_of_the_same_period_is_in_the_way_half_the_time() -> None:
    assert expected_rehandles([YardBay(((1, 2),), 2)], {1: SURE, 2: SURE}) == pytest.approx(0.5)


def test_drawn_days_with_room_come_to_the_expectation() -> None:
    bay = YardBay(((1, 2), (3, 4), (), (), (), ()), 1_0)
    departures = {box: Departure((0.3, 0.3)) for box in bay.priorities}

    drawn = drawn_rehandles([bay], departures, 4_000, seed=3)

    assert drawn == pytest.approx(expected_rehandles([bay], departures), abs=0.06)


def test_the_same_seed_draws_the_same_days() -> None:
    bay = YardBay(((1, 2, 3), ()), 3)
    departures = {box: Departure((0.3, 0.3)) for box in bay.priorities}

    assert drawn_rehandles([bay], departures, 50, 1) == drawn_rehandles([bay], departures, 50, 1)


def test_a_box_dug_in_a_full_block_waits_beside_and_goes_back() -> None:
    bay = YardBay(((1, 2), (3, 4)), 2)

    assert drawn_rehandles([bay], {1: SURE, 2: NEVER, 3: NEVER, 4: NEVER}, 5) == 1


def test_a_plan_over_its_time_is_refused() -> None:
    block = BlockForecast((YardBay(((1, 2), ()), 2),), {1: SURE, 2: NEVER})

    judgement = judge_tidying(block, [BlockMove(1, 1, 1, 2)], 1_000)

    assert not judgement.verdict
    assert "of the 1 s allowed" in judgement.verdict.reason


def test_a_plan_that_makes_it_worse_is_refused() -> None:
    block = BlockForecast((YardBay(((1,), (2,)), 2),), {1: SURE, 2: NEVER})

    judgement = judge_tidying(block, [BlockMove(1, 2, 1, 1)], 10_000_000)

    assert not judgement.verdict
    assert "rise from 0.000 to 1.000" in judgement.verdict.reason


def test_a_move_that_cannot_be_done_is_refused() -> None:
    block = BlockForecast((YardBay(((1,), ()), 2),), {1: SURE})

    assert not judge_tidying(block, [BlockMove(1, 2, 1, 1)], 10_000_000).verdict
