"""The forecast of a block: chances are chances, and every box has one."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cabria.domain.errors import DataError
from cabria.domain.yard_bay import YardBay
from cabria.domain.yard_forecast import BlockForecast, Departure


@given(st.lists(st.floats(0, 0.2), min_size=1, max_size=5))
def test_leaving_and_staying_are_certain_together(chances: list[float]) -> None:
    departure = Departure(tuple(chances))

    assert sum(departure.chances) + departure.stays == pytest.approx(1)


@pytest.mark.parametrize("chances", [(), (-0.1,), (1.1,), (0.7, 0.7), (float("nan"),), (True,)], ids=repr)
def test_chances_that_are_none_are_refused(chances: tuple[float, ...]) -> None:
    with pytest.raises(DataError):
        Departure(chances)


def test_a_box_without_forecast_is_named() -> None:
    with pytest.raises(DataError, match="Box 7 has no forecast"):
        BlockForecast((YardBay(((7,),), 3),), {})


def test_a_box_stands_in_one_place_only() -> None:
    with pytest.raises(DataError, match="Box 7 stands in the block twice"):
        BlockForecast((YardBay(((7,),), 3), YardBay(((7,),), 3)), {7: Departure((0.5,))})


def test_forecasts_speak_of_the_same_periods() -> None:
    with pytest.raises(DataError, match="same periods"):
        BlockForecast((YardBay(((1, 2),), 3),), {1: Departure((0.5,)), 2: Departure((0.5, 0.1))})


def test_a_block_has_bays() -> None:
    with pytest.raises(DataError, match="at least one bay"):
        BlockForecast((), {})
