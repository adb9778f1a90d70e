"""Places on board and in the yard: reading and writing are inverse."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cabria.domain.errors import DataError
from cabria.domain.positions import StowPosition, YardPosition

NUMBERS = st.integers(0, 99)
SLOTS = st.builds(StowPosition, st.integers(0, 999), NUMBERS, NUMBERS)
YARD = st.builds(
    YardPosition, st.text("ABCXYZ0189", min_size=1, max_size=4), st.integers(1, 99), NUMBERS, st.integers(1, 9)
)


@given(SLOTS)
def test_reading_and_writing_a_slot_are_inverse(position: StowPosition) -> None:
    assert StowPosition.parse(str(position)) == position
    assert len(str(position)) == 7


@given(SLOTS)
def test_a_slot_is_also_read_without_the_leading_nought(position: StowPosition) -> None:
    if position.bay < 100:
        assert StowPosition.parse(str(position)[1:]) == position


@given(SLOTS, SLOTS)
def test_slots_sort_as_they_are_written(a: StowPosition, b: StowPosition) -> None:
    assert (a < b) is (str(a) < str(b))


@given(YARD)
def test_reading_and_writing_a_yard_position_are_inverse(position: YardPosition) -> None:
    assert YardPosition.parse(str(position)) == position


@pytest.mark.parametrize("text", ["", "00200", "00200820", "A020082", "0020-82", "٠٠٢٠٠٨٢", "002 082"])
def test_what_is_no_slot_is_refused(text: str) -> None:
    with pytest.raises(DataError, match="BBBRRTT"):
        StowPosition.parse(text)


@pytest.mark.parametrize("text", ["", "A1", "A1-02-1", "-02-1-1", "A1-b-1-1", "A1-02-1-1-1", "A1-02--1"])
def test_what_is_no_yard_position_is_refused(text: str) -> None:
    with pytest.raises(DataError, match="BLOCK-BAY-ROW-TIER"):
        YardPosition.parse(text)


def test_even_bays_are_40_ft_over_two_odd_ones() -> None:
    assert StowPosition(2, 0, 82).is_40
    assert not StowPosition(1, 0, 82).is_40
    assert YardPosition("A1", 2, 1, 1).odd_bays == (1, 3)
    assert YardPosition("A1", 3, 1, 1).odd_bays == (3,)
