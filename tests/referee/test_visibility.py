"""The line of sight over the deck stacks."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st
from tests.builders import ship

from cabria.domain.vessel import Bridge
from cabria.referee.visibility import is_in_sight, line_of_sight_mm

LONG = replace(ship(), length_mm=300_000)
BRIDGE = Bridge(lcg_mm=100_000, eye_vcg_mm=50_000, bow_lcg_mm=300_000)
draughts, places = st.integers(8_000, 16_000), st.integers(100_000, 300_000)


@given(draughts)
def test_the_line_begins_at_the_eye_and_ends_at_the_water_500_m_ahead(draught: int) -> None:
    assert line_of_sight_mm(LONG, BRIDGE, BRIDGE.lcg_mm, draught, 0) == BRIDGE.eye_vcg_mm
    assert line_of_sight_mm(LONG, BRIDGE, BRIDGE.bow_lcg_mm + 500_000, draught, 0) == draught


def test_a_short_ship_must_see_two_of_her_lengths_ahead() -> None:
    short = replace(ship(), length_mm=200_000)
    assert line_of_sight_mm(short, BRIDGE, BRIDGE.bow_lcg_mm + 400_000, 10_000, 0) == 10_000


@given(draughts, places, places)
def test_the_line_falls_towards_the_bow(draught: int, one: int, other: int) -> None:
    first, second = sorted((one, other))
    assert line_of_sight_mm(LONG, BRIDGE, first, draught, 0) >= line_of_sight_mm(LONG, BRIDGE, second, draught, 0)


@given(draughts, places, st.integers(1, 3_000))
def test_trim_by_the_stern_and_a_light_ship_leave_less_room(draught: int, x: int, less: int) -> None:
    even = line_of_sight_mm(LONG, BRIDGE, x, draught, 0)
    assert line_of_sight_mm(LONG, BRIDGE, x, draught - less, 0) <= even
    assert line_of_sight_mm(LONG, BRIDGE, x, draught, less) <= even


def test_only_what_stands_ahead_and_near_the_line_ahead_can_hide_the_sea() -> None:
    assert is_in_sight(BRIDGE, 200_000, 17_000)
    assert not is_in_sight(BRIDGE, 200_000, 18_000)
    assert not is_in_sight(BRIDGE, 99_000, 0)
