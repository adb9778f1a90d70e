"""The yard refuses boxes that float, double up or have no room."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.builders import box, yard, yard_position

from cabria.domain.errors import DataError
from cabria.domain.positions import YardPosition
from cabria.domain.yard import YardBlock

BLOCK = YardBlock("A1", bays=3, rows=2, tiers=2)


@given(st.permutations(["A", "B", "C", "D"]))
def test_a_stack_is_told_bottom_first_in_whatever_order_it_is_given(names: list[str]) -> None:
    inventory = yard(*((name, f"A1-02-1-{'ABCD'.index(name) + 1}") for name in names))
    assert [box.id for box in inventory.stacks["A1", 2, 1]] == ["A", "B", "C", "D"]


def test_floating_boxes_and_double_places_are_refused() -> None:
    with pytest.raises(DataError, match="nothing under it"):
        yard(("A", "A1-02-1-2"))
    with pytest.raises(DataError, match="both stand at A1-02-01-1"):
        yard(("A", "A1-02-1-1"), ("B", "A1-02-1-1"))
    with pytest.raises(DataError, match="stands in the yard twice"):
        yard(("A", "A1-02-1-1"), ("A", "A1-02-2-1"))


@given(st.integers(0, 8), st.integers(0, 4), st.integers(0, 4))
def test_a_block_has_exactly_its_grid(bay: int, row: int, tier: int) -> None:
    """Three 20 ft bays are 1, 3 and 5; 40 ft boxes stand in 2 and 4."""
    has = 1 <= bay <= 5 and 1 <= row <= 2 and 1 <= tier <= 2
    assert BLOCK.has(YardPosition("A1", bay, row, tier)) is has
    assert not BLOCK.has(YardPosition("A2", bay, row, tier))


def test_a_block_counts_its_slots_and_refuses_to_have_none() -> None:
    assert BLOCK.slots == 12
    with pytest.raises(DataError, match="no room"):
        YardBlock("A1", bays=3, rows=0, tiers=2)


def test_a_box_is_found_by_its_number() -> None:
    inventory = yard((box("A"), "A1-02-1-1"))
    assert inventory.by_container[box("A").id].position == yard_position("A1-02-1-1")
    assert len(inventory) == 1
