"""A bay plan holds each container once and each slot once."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.builders import box, slot, stowed

from cabria.domain.errors import DataError
from cabria.domain.stowage import BayPlan

POSITIONS = st.lists(st.sampled_from(["0020082", "0020084", "0060082", "0060084"]), unique=True)


@given(POSITIONS)
def test_what_is_put_in_is_found_by_slot_and_by_number(positions: list[str]) -> None:
    plan = stowed(*((box(f"B{position}"), position) for position in positions))
    assert len(plan) == len(positions)
    for container, position in plan:
        assert plan.by_position[position] is container
        assert plan.by_container[container.id].position == position


def test_two_boxes_in_one_slot_are_refused_with_both_names() -> None:
    with pytest.raises(DataError, match="A and B both stand in slot 0020082"):
        stowed((box("A"), "0020082"), (box("B"), "0020082"))


def test_one_box_in_two_slots_is_refused_with_both_slots() -> None:
    with pytest.raises(DataError, match="A stands in slots 0020082 and 0020084"):
        stowed((box("A"), "0020082"), (box("A"), "0020084"))


def test_an_empty_ship_is_a_bay_plan() -> None:
    assert list(BayPlan()) == []
    assert slot("0020082") not in BayPlan().by_position
