"""Faults by name and rate, and when they come."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cabria.adapters.faults_on_demand import LASTS_MS, USUAL, Fault, Mischance, faults_of
from cabria.domain.errors import DataError

HOUR_MS = 3_600_000


@pytest.mark.parametrize("text", ["", "silence", " silence , breakdown"])
def test_faults_are_read_by_name(text: str) -> None:
    names = [part.strip() for part in text.split(",") if part.strip()]
    assert faults_of(text) == {Fault(name): USUAL[Fault(name)] for name in names}


def test_a_rate_stands_behind_a_colon() -> None:
    assert faults_of("breakdown:10,duplicates:0.5") == {Fault.BREAKDOWN: 10.0, Fault.DUPLICATES: 0.5}


@pytest.mark.parametrize(
    "text", ["earthquake", "silence:", "silence:often", "silence:0", "duplicates:2", "breakdown:nan", "breakdown:1e9"]
)
def test_unknown_faults_and_rates_are_refused_with_what_to_write(text: str) -> None:
    with pytest.raises(DataError) as refused:
        faults_of(text)
    assert refused.value.remedy


@given(seed=st.integers(0, 99), rate=st.floats(1, 100))
def test_what_lasts_comes_about_as_often_as_asked_for(seed: int, rate: float) -> None:
    mischance = Mischance({Fault.BREAKDOWN: rate}, str(seed))
    on = [mischance.is_on(Fault.BREAKDOWN, now_ms) for now_ms in range(0, 10 * HOUR_MS, LASTS_MS // 3)]
    began = sum(not before and now for before, now in pairwise(on))
    assert 2 * rate <= began <= 30 * rate + 10
