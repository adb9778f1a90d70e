"""What the judge of random orders will not have."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cabria.domain.yard_bay import YardBay
from cabria.referee.stochastic_retrieval import judge_orders

BAY = YardBay(((1, 2), (2,), ()), 2)
FAIR = ((1, 3), (1, 0), (3, 0), (2, 0))


def test_a_fair_retrieval_is_counted() -> None:
    verdict, mean = judge_orders(BAY, [(0, 1, 2)], [FAIR])
    assert verdict
    assert mean == 1


@pytest.mark.parametrize(
    ("order", "moves", "reason"),
    [
        ((0, 1), FAIR, "every box once"),
        ((1, 0, 2), FAIR, "earlier window"),
        ((0, 1, 2), ((1, 3), (1, 0), (2, 0), (3, 0)), "wanted box does not stand"),
        ((0, 1, 2), ((1, 0),), "another box"),
        ((0, 1, 2), ((1, 3), (1, 2), (3, 0), (2, 0)), "puts the wanted box aside"),
        ((0, 1, 2), ((1, 3), (1, 0), (3, 0)), "still stand"),
        ((0, 1, 2), ((1, 9),), "no two places"),
        ((0, 1, 2), ((2, 3),), "wanted box does not stand"),
        ((0, 1, 2), (*FAIR, (1, 2)), "after the last box"),
    ],
    ids=[
        "missing box",
        "window order",
        "other order",
        "other box",
        "aside",
        "unfinished",
        "nowhere",
        "unneeded",
        "late",
    ],
)
def test_a_false_retrieval_is_refused(order: Sequence[int], moves: Sequence[tuple[int, int]], reason: str) -> None:
    verdict, _ = judge_orders(BAY, [order], [moves])
    assert not verdict
    assert reason in verdict.reason


def test_who_looks_ahead_is_found_out() -> None:
    ahead = [((1, 3), (1, 0), (3, 0), (2, 0)), ((1, 2), (1, 0), (2, 0), (2, 0))]
    verdict, _ = judge_orders(BAY, [(0, 1, 2), (0, 1, 2)], ahead)
    assert "only a later window reveals" in verdict.reason


def test_a_stack_above_its_highest_tier_is_refused() -> None:
    bay = YardBay(((1, 2), (2, 2)), 2)
    verdict, _ = judge_orders(bay, [(0, 1, 2, 3)], [((1, 2),)])
    assert "above tier 2" in verdict.reason


@given(st.lists(st.tuples(st.integers(-9, 9), st.integers(-9, 9)), max_size=8))
def test_any_moves_are_judged_and_nothing_is_raised(moves: list[tuple[int, int]]) -> None:
    verdict, _ = judge_orders(BAY, [(0, 1, 2)], [moves])
    assert isinstance(verdict.reason, str)
