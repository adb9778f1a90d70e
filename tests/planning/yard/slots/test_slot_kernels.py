"""Chances and prices of the kernels against plain Python and against chance itself."""

from __future__ import annotations

from math import exp
from random import Random

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.departures_by_hand import certain

from cabria.domain.errors import DataError
from cabria.planning.yard.slots.departures import POINTS, Departure
from cabria.planning.yard.slots.kernels import remaining, survival, survivals
from cabria.planning.yard.slots.standing import StandingBoxes, Weights

SEEDS = st.integers(0, 10**6)
STAYS_S = np.array([100.0, 400.0, 900.0, 2_000.0])


def guess(random: Random, now_s: float = 0.0) -> Departure:
    points = sorted(now_s + random.uniform(10, 2_000) for _ in range(POINTS))
    return Departure(np.array(points), random.uniform(50, 500))


def slow_survival(departure: Departure, at_s: float) -> float:
    points, edge = departure.points_s.tolist(), 0.5 / POINTS
    if at_s < points[0]:
        return 1 - edge * exp((at_s - points[0]) / departure.tail_s)
    if at_s >= points[-1]:
        return edge * exp((points[-1] - at_s) / departure.tail_s)
    low = max(n for n, point in enumerate(points) if point <= at_s)
    return 1 - (low + 0.5 + (at_s - points[low]) / (points[low + 1] - points[low])) / POINTS


@given(SEEDS)
def test_survival_is_the_slow_one_and_falls(seed: int) -> None:
    random = Random(seed)
    departure = guess(random)
    times = np.array(sorted(random.uniform(-500, 4_000) for _ in range(20)))
    out = np.empty(20)
    survivals(departure.points_s, departure.tail_s, times, out)
    assert out == pytest.approx([slow_survival(departure, at_s) for at_s in times.tolist()])
    assert out == pytest.approx([survival(departure.points_s, departure.tail_s, at_s) for at_s in times.tolist()])
    assert (np.diff(out) <= 1e-12).all()


@given(SEEDS, st.floats(0, 5_000))
def test_what_remains_lies_ahead_and_halves_what_is_left(seed: int, now_s: float) -> None:
    departure = guess(Random(seed))
    out = np.empty(POINTS)
    remaining(departure.points_s, departure.tail_s, now_s, out)
    assert (out >= now_s).all()
    assert (np.diff(out) >= 0).all()
    left = slow_survival(departure, now_s)
    middle_s = (out[POINTS // 2 - 1] + out[POINTS // 2]) / 2
    assert slow_survival(departure, middle_s) == pytest.approx(left / 2, rel=0.1)


@given(SEEDS)
def test_the_chance_to_be_in_the_way_is_that_of_drawn_departures(seed: int) -> None:
    random = Random(seed)
    standing = StandingBoxes(np.array([5, 5]))
    beneath = [guess(random) for _ in range(random.randint(1, 4))]
    for departure in beneath:
        standing.put(0, departure, 0.0)
    own = guess(random)
    prices = standing.prices(np.array([0, 1]), own, 0.0, stays_s=STAYS_S, skill=0.9)
    levels = (np.arange(200) + 0.5) / 200
    first = np.mean([
        np.prod([slow_survival(box, at_s) for box in beneath])
        for at_s in np.interp(levels, (np.arange(POINTS) + 0.5) / POINTS, own.points_s)
    ])  # fmt: skip
    assert prices.in_the_way[0] == pytest.approx(1 - first, abs=0.06)
    assert prices.in_the_way[1] == 0


def test_certain_departures_are_ranked_as_they_are() -> None:
    standing = StandingBoxes(np.array([3, 3, 3]))
    standing.put(0, certain(500), 0.0)
    standing.put(1, certain(1_500), 0.0)
    prices = standing.prices(np.arange(3), certain(1_000), 0.0, stays_s=STAYS_S, skill=1.0)
    assert prices.in_the_way == pytest.approx([1, 0, 0], abs=0.04)
    assert prices.room_lost[1] < prices.room_lost[2]


@given(SEEDS)
def test_without_skill_the_lowest_stack_is_the_cheapest(seed: int) -> None:
    random = Random(seed)
    standing = StandingBoxes(np.full(6, 4))
    for _ in range(12):
        room = np.flatnonzero(standing.height < 4).tolist()
        standing.put(random.choice(room), guess(random), 0.0)
    stacks = np.flatnonzero(standing.height < 4)
    prices = standing.prices(stacks, guess(random), 5.0, stays_s=STAYS_S, skill=0.0)
    cheapest = stacks[np.argmin(prices.in_the_way + prices.room_lost)]
    assert standing.height[cheapest] == standing.height[stacks].min()


@given(SEEDS, st.floats(0, 1e6))
def test_prices_are_chances_however_long_boxes_have_overstayed(seed: int, now_s: float) -> None:
    random = Random(seed)
    standing = StandingBoxes(np.full(4, 4))
    for stack in (0, 0, 1, 2, 2, 2):
        standing.put(stack, guess(random), 0.0)
    prices = standing.prices(np.arange(4), guess(random, now_s), now_s, stays_s=STAYS_S, skill=0.5)
    assert ((prices.in_the_way >= 0) & (prices.in_the_way <= 1)).all()
    assert np.isfinite(prices.room_lost).all()


def test_stacks_keep_their_limits() -> None:
    standing = StandingBoxes(np.array([1]))
    with pytest.raises(DataError, match="is empty"):
        standing.take(0, 0.0)
    standing.put(0, certain(5), 0.0)
    with pytest.raises(DataError, match="no room above tier 1"):
        standing.put(0, certain(5), 0.0)
    assert standing.take(0, 1.0).points_s[0] == 5


@pytest.mark.parametrize("points", [[2.0, 1.0], [float("nan")] * POINTS, list(range(POINTS, 0, -1))], ids=str)
def test_nonsense_is_no_departure(points: list[float]) -> None:
    with pytest.raises(DataError):
        Departure(np.array(points, float), 1.0)


def test_room_counts_most_where_departures_are_guessed_and_the_ground_is_full() -> None:
    weights = Weights()
    assert weights.of_room(0, 0.9) == weights.of_room(1, 0.9) == weights.room_lost
    assert weights.of_room(0.5, 0.9) > weights.room_lost > weights.of_room(0.5, 0.3)
