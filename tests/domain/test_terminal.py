"""The terminal's fixed parts agree with each other."""

from __future__ import annotations

import pytest
from tests.builders import terminal

from cabria.domain.errors import DataError
from cabria.domain.terminal import QuayCrane, YardCrane
from cabria.domain.yard import YardBlock


def test_nothing_stands_on_the_ground_twice() -> None:
    with pytest.raises(DataError, match="a block twice"):
        terminal(blocks=(YardBlock("A1", 1, 1, 1), YardBlock("A1", 2, 2, 2)))
    with pytest.raises(DataError, match="a quay crane twice"):
        terminal(quay_cranes=(QuayCrane("QC1", 0), QuayCrane("QC1", 9)))
    with pytest.raises(DataError, match="a yard crane twice"):
        terminal(yard_cranes=(YardCrane("Y1", "A1"), YardCrane("Y1", "A2")))


def test_a_yard_crane_stands_in_a_block_that_exists() -> None:
    with pytest.raises(DataError, match="block Z9, which does not exist"):
        terminal(yard_cranes=(YardCrane("Y1", "Z9"),))


def test_a_block_is_found_by_its_name() -> None:
    found = terminal().block("A2")
    assert found is not None
    assert found.id == "A2"
    assert terminal().block("Z9") is None


@pytest.mark.parametrize("times", [{"cycle_s": 0}, {"lid_s": -1}, {"bay_travel_s": -1}])
def test_a_crane_takes_time(times: dict[str, int]) -> None:
    with pytest.raises(DataError, match="impossible cycle time"):
        QuayCrane("QC1", 0, **times)
