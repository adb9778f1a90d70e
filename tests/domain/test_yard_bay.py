from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cabria.domain.errors import DataError
from cabria.domain.yard_bay import OUT, BayMove, YardBay

stacks = st.lists(st.lists(st.integers(1, 9), max_size=4).map(tuple), min_size=1, max_size=5).map(tuple)


@given(stacks)
def test_a_stack_without_badly_placed_boxes_never_rises_in_priority(given_stacks: tuple[tuple[int, ...], ...]) -> None:
    bay = YardBay(given_stacks, 4)
    sorted_bay = YardBay(tuple(tuple(sorted(stack, reverse=True)) for stack in given_stacks), 4)
    assert sorted_bay.badly_placed == 0
    assert (bay.badly_placed == 0) == (bay == sorted_bay)
    assert bay.priorities == sorted_bay.priorities


@pytest.mark.parametrize(
    ("given_stacks", "max_tier", "told"),
    [
        ((), 3, "1 to 1000 stacks"),
        (((1, 2, 3),), 2, "3 boxes exceed tier 2"),
        (((0,),), 2, "whole number"),
        (((True,),), 2, "whole number"),
        (((1,),), 0, "highest tier"),
    ],
    ids=["no stacks", "overfull", "priority 0", "a truth value", "no tiers"],
)
def test_nonsense_is_refused_at_birth(given_stacks: tuple[tuple[int, ...], ...], max_tier: int, told: str) -> None:
    with pytest.raises(DataError, match=told):
        YardBay(given_stacks, max_tier)


def test_a_move_to_place_nought_is_a_retrieval() -> None:
    assert BayMove(3, OUT).is_retrieval
    assert not BayMove(3, 1).is_retrieval
