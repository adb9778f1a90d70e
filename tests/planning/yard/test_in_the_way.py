"""The chance that a box is in the way of one beneath it, against counting."""

from __future__ import annotations

from itertools import permutations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cabria.domain.containers import ContainerId
from cabria.planning.yard.in_the_way import chances_in_the_way

HOURS = st.lists(st.integers(1, 200), min_size=1, max_size=5, unique=True)


def boxes(count: int) -> list[ContainerId]:
    return [ContainerId(f"BOX{n}") for n in range(count)]


@settings(max_examples=40, deadline=None)
@given(HOURS)
def test_known_departures_far_apart_are_counted_one_by_one(hours: list[int]) -> None:
    stack = boxes(len(hours))
    leaves = {box: 24.0 * hour for box, hour in zip(stack, hours, strict=True)}
    chances = chances_in_the_way([stack], leaves, error_h=0.1)
    for tier, box in enumerate(stack):
        is_in_the_way = any(hours[below] < hours[tier] for below in range(tier))
        assert chances[box] == pytest.approx(float(is_in_the_way), abs=0.05)


@pytest.mark.parametrize("height", [1, 2, 3, 5])
def test_where_nothing_is_known_every_order_is_as_likely(height: int) -> None:
    orders = list(permutations(range(height)))
    expected = sum(min(order[:-1], default=height) < order[-1] for order in orders) / len(orders)
    stack = boxes(height)
    assert chances_in_the_way([stack], {}, error_h=1.0)[stack[-1]] == pytest.approx(expected, abs=0.03)


@settings(max_examples=40, deadline=None)
@given(HOURS, st.integers(1, 400))
def test_a_box_that_leaves_later_is_no_less_in_the_way(hours: list[int], later_h: int) -> None:
    stack = boxes(len(hours))
    leaves = {box: float(hour) for box, hour in zip(stack, hours, strict=True)}
    before = chances_in_the_way([stack], leaves, error_h=6.0)[stack[-1]]
    after = chances_in_the_way([stack], {**leaves, stack[-1]: leaves[stack[-1]] + later_h}, error_h=6.0)[stack[-1]]
    assert after >= before - 1e-9
