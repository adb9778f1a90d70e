"""Made cargo: the shares of its trade are met to the box, and each box is one that could be."""

from __future__ import annotations

from collections import Counter
from itertools import islice
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cabria.domain.containers import Port, has_valid_check_digit
from cabria.experiments.cargo import EXPORTS, IMPORTS, apportion, container_numbers, make_cargo

HERE, NEAR, FAR = Port("PECHY"), Port("ECPSJ"), Port("CNSHA")


@given(
    shares=st.dictionaries(st.integers(0, 9), st.floats(0.001, 10), min_size=1),
    count=st.integers(0, 5_000),
)
def test_apportioned_numbers_add_up_and_are_never_a_whole_box_off(shares: dict[int, float], count: int) -> None:
    parts = apportion(shares, count)
    total = sum(shares.values())
    assert sum(parts.values()) == count
    assert all(abs(parts[key] - count * share / total) < 1 + 1e-6 for key, share in shares.items())


def test_container_numbers_are_right_and_never_repeat() -> None:
    numbers = list(islice(container_numbers(Random(1)), 60_000))
    assert len(set(numbers)) == len(numbers)
    assert all(map(has_valid_check_digit, numbers[:500]))


@pytest.mark.parametrize("lines", [EXPORTS, IMPORTS])
@given(seed=st.integers(0, 10**6), count=st.integers(0, 400))
def test_made_boxes_are_boxes_that_could_be(lines: tuple, seed: int, count: int) -> None:  # type: ignore[type-arg]
    random = Random(seed)
    boxes = make_cargo(
        lines, count, pol={HERE: 1}, pod={NEAR: 1, FAR: 2}, cold_pod={FAR: 1}, numbers=container_numbers(random),
        random=random,
    )  # fmt: skip
    assert len(boxes) == count
    assert len({box.id for box in boxes}) == count
    for box in boxes:
        assert 2_000 <= box.gross_mass_kg <= 32_000
        assert box.mass_is_verified
        assert not box.needs_plug or (box.size_type.kind == "reefer" and box.pod == FAR)
        assert box.out_of_gauge is None or box.size_type.kind in ("platform", "open top")


def test_the_trade_is_the_same_for_the_same_seed() -> None:
    def make(seed: int) -> list[object]:
        random = Random(seed)
        numbers = container_numbers(random)
        return list(make_cargo(EXPORTS, 200, pol={HERE: 1}, pod={FAR: 1}, numbers=numbers, random=random))

    assert make(4) == make(4)
    assert make(4) != make(5)


def test_peruvian_exports_have_the_mix_that_is_told() -> None:
    random = Random(1)
    boxes = make_cargo(EXPORTS, 5_000, pol={HERE: 1}, pod={FAR: 1}, numbers=container_numbers(random), random=random)
    share = {name: count / 5_000 for name, count in Counter(_traits(boxes)).items()}
    assert 0.24 < share["20 ft"] < 0.28
    assert 0.14 < share["live reefer"] < 0.16
    assert 0.02 < share["dangerous"] < 0.03
    assert 0.19 < share["empty"] < 0.22
    assert len({goods.imdg_class for box in boxes for goods in box.dangerous}) >= 8


def _traits(boxes: list) -> list[str]:  # type: ignore[type-arg]
    return [
        name
        for box in boxes
        for name, is_so in (
            ("20 ft", box.is_20),
            ("live reefer", box.needs_plug),
            ("dangerous", bool(box.dangerous)),
            ("empty", not box.is_full),
        )
        if is_so
    ]
