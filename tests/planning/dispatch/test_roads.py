"""Ways on an empty terminal: as short as a slow search finds them, whole, and the same each time."""

from __future__ import annotations

from heapq import heappop, heappush

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from cabria.experiments.layouts import small_layout
from cabria.planning.dispatch.roads import Roads

ROADS = Roads(small_layout())
STANDS = np.flatnonzero(ROADS.is_stand).tolist()
COSTS = st.lists(st.integers(1, 500), min_size=len(ROADS.start), max_size=len(ROADS.start)).map(
    lambda costs: np.array(costs, np.int64)
)


def slow_cost(cost: list[int], from_stand: int, to_stand: int) -> int:
    """Segment by segment, with a heap; -1 where there is no way."""
    waiting, seen = [(0, from_stand)], set()
    while waiting:
        far, segment = heappop(waiting)
        if segment == to_stand:
            return far
        if segment in seen or (ROADS.is_stand[segment] and segment != from_stand):
            continue
        seen.add(segment)
        for after in np.flatnonzero(ROADS.start == ROADS.end[segment]).tolist():
            heappush(waiting, (far + cost[after], after))
    return -1


@settings(max_examples=12)
@given(COSTS, st.sampled_from(STANDS))
def test_no_shorter_way_is_found_by_a_slow_search(cost: np.ndarray, from_stand: int) -> None:
    distances = ROADS.distances(cost)
    row = distances.cost[STANDS.index(from_stand)].tolist()
    for to_stand, told in list(zip(STANDS, row, strict=True))[::4]:
        way = ROADS.way(cost, from_stand, to_stand)
        assert told == slow_cost(cost.tolist(), from_stand, to_stand)
        assert told == (-1 if way is None else way.cost)


@settings(max_examples=25)
@given(st.sampled_from(STANDS), st.sampled_from(STANDS), st.integers(1, 5))
def test_ways_are_whole_different_and_cheapest_first(from_stand: int, to_stand: int, count: int) -> None:
    cost = ROADS.times_ms(5_500)
    ways = ROADS.ways(cost, from_stand, to_stand, count)
    assert ways == ROADS.ways(cost, from_stand, to_stand, count)
    assert len({way.segments for way in ways}) == len(ways) <= count
    assert [way.cost for way in ways] == sorted(way.cost for way in ways)
    best = ROADS.way(cost, from_stand, to_stand)
    assert (best.cost if best else None) == (ways[0].cost if ways else None)
    for way in ways:
        assert (way.segments[0], way.segments[-1]) == (from_stand, to_stand)
        assert not ROADS.is_stand[list(way.segments[1:-1])].any()
        assert way.cost == cost[list(way.segments[1:])].sum()
        for one, after in zip(way.segments, way.segments[1:], strict=False):
            assert ROADS.end[one] == ROADS.start[after]


def test_lanes_of_all_pairs_are_those_of_the_single_way() -> None:
    distances = ROADS.distances(ROADS.length_mm)
    for i, j in ((0, 20), (20, 0), (3, 17)):
        way = ROADS.way(ROADS.length_mm, STANDS[i], STANDS[j])
        assert way is not None
        assert tuple(ROADS.lanes_between(distances, i, j))[::-1] == way.segments[1:-1]


def test_limits_of_speed_are_kept_and_times_rounded_up() -> None:
    slow, fast = ROADS.times_ms(1_000), ROADS.times_ms(99_000)
    assert (slow == ROADS.length_mm).all()
    assert (fast * ROADS.speed_mm_per_s >= 1_000 * ROADS.length_mm).all()
    assert ((fast - 1) * ROADS.speed_mm_per_s < 1_000 * ROADS.length_mm).all()


def test_there_are_several_ways_from_a_crane_to_a_block() -> None:
    layout = ROADS.layout
    crane = layout.stands_at_quay(layout.terminal.quay_cranes[0].x_mm)[0]
    for stand in layout.stands_at_bay("B02", 5):
        ways = ROADS.ways(ROADS.length_mm, ROADS.index[crane.id], ROADS.index[stand.id], 3)
        assert len(ways) >= 2
