"""Laws of the score: what is better is never worth less, the bound is worth all, the policy's own value its share."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cabria.training.scenario import Measure
from cabria.training.scoring import AT_POLICY, COUNTED, share_of

values = st.floats(0, 1_000, allow_nan=False)
RATED = [measure for measure in Measure if measure not in COUNTED and measure is not Measure.ALARMS]


@given(st.sampled_from(RATED), values, values, values, values)
def test_better_is_never_worth_less(measure: Measure, one: float, other: float, policy: float, better: float) -> None:
    best = policy + better if measure is Measure.MOVES else max(0.0, policy - better)
    worse, good = sorted((one, other), reverse=measure is not Measure.MOVES)
    assert 0 <= share_of(measure, worse, policy, best) <= share_of(measure, good, policy, best) + 1e-9 <= 1 + 1e-9


@given(st.sampled_from(RATED), st.floats(1, 1_000), st.floats(0.5, 1_000))
def test_the_bound_is_worth_all_and_the_policy_its_share(measure: Measure, policy: float, better: float) -> None:
    best = policy + better if measure is Measure.MOVES else max(0.0, policy - better)
    assert share_of(measure, best, policy, best) == pytest.approx(1.0)
    assert share_of(measure, policy, policy, best) == pytest.approx(AT_POLICY)


def test_one_rule_broken_halves_its_line() -> None:
    assert [share_of(Measure.RULES, count, 0, 0) for count in (0, 1, 3)] == [1.0, 0.5, 0.25]
