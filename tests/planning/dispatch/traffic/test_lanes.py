"""Ways on an empty terminal: as short as a slow search finds them, and whole."""

from __future__ import annotations

from heapq import heappop, heappush
from itertools import pairwise

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from cabria.domain.machines import TruckModel
from cabria.experiments.layouts import small_layout
from cabria.planning.dispatch.traffic.lanes import NO_WAY, Lanes

LANES = Lanes.of_layout(small_layout(), TruckModel())
STANDS = np.flatnonzero(LANES.is_stand).tolist()
TIMES = st.lists(st.integers(1, 500), min_size=len(LANES), max_size=len(LANES))


def lanes_of(times: list[int]) -> Lanes:
    """The small layout's lanes with other times to pass them."""
    return Lanes.of(
        [exits_of(segment) for segment in range(len(LANES))], times, [0] * len(times), stands=STANDS, junctions=None
    )


def exits_of(segment: int) -> list[int]:
    exits: list[int] = LANES.exits[LANES.first_exit[segment] : LANES.first_exit[segment + 1]].tolist()
    return exits


def slow_time(times: list[int], start: int, stand: int) -> int:
    """Forward, segment by segment, from entering the start to entering the stand."""
    waiting, seen = [(0, start)], set()
    while waiting:
        ms, segment = heappop(waiting)
        if segment == stand:
            return ms
        if segment in seen or (LANES.is_stand[segment] and segment != start):
            continue
        seen.add(segment)
        for after in exits_of(segment):
            heappush(waiting, (ms + times[segment], after))
    return NO_WAY


@settings(max_examples=15, deadline=None)
@given(TIMES, st.sampled_from(STANDS))
def test_no_shorter_way_is_found_by_a_slow_search(times: list[int], stand: int) -> None:
    told = lanes_of(times).togo_ms(stand)
    for start in STANDS[::3]:
        assert told[start] == slow_time(times, start, stand)


@settings(max_examples=30, deadline=None)
@given(TIMES, st.sampled_from(STANDS), st.sampled_from(STANDS))
def test_a_way_is_whole_and_takes_the_time_it_was_told_to(times: list[int], start: int, stand: int) -> None:
    lanes = lanes_of(times)
    way = lanes.way(start, stand)
    if not way:
        assert lanes.togo_ms(stand)[start] == NO_WAY
        return
    assert (way[0], way[-1]) == (start, stand)
    assert not lanes.is_stand[list(way[1:-1])].any()
    assert all(after in exits_of(one) for one, after in pairwise(way))
    assert sum(times[segment] for segment in way[:-1]) == lanes.togo_ms(stand)[start]
