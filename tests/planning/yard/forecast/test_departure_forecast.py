"""A forecast is worth something where there is something to learn, says so where there is not, and is calibrated."""

from __future__ import annotations

from dataclasses import replace
from functools import cache

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cabria.domain.errors import DataError
from cabria.experiments.yard_history import ForecastTrial, make_history, try_forecast
from cabria.planning.yard.forecast.problem import ForecastProblem, YardVisit
from cabria.planning.yard.forecast.solve import Forecaster, Params, solve

SMALL = Params(spans=8, rounds=12, leaves=8)
BOXES = 900


@cache
def trial(is_noise: bool) -> ForecastTrial:
    return try_forecast(make_history(BOXES, 1, is_noise=is_noise), params=SMALL)


@cache
def learned() -> Forecaster:
    return solve(ForecastProblem.of(make_history(BOXES, 1)), params=SMALL)


def test_what_can_be_learned_lowers_the_log_loss_and_the_rehandles() -> None:
    found = trial(is_noise=False)
    assert not found.knows_nothing
    assert found.log_loss < found.log_loss_of_base_rate - 0.3
    assert found.rehandles_with < found.rehandles_without


def test_a_history_of_noise_teaches_nothing_and_it_says_so() -> None:
    found = trial(is_noise=True)
    assert found.knows_nothing
    assert found.log_loss == found.log_loss_of_base_rate


def test_about_a_tenth_leaves_in_each_tenth_foretold() -> None:
    assert sum(trial(is_noise=False).tenths) == pytest.approx(1)
    assert max(trial(is_noise=False).tenths) < 0.22
    assert min(trial(is_noise=False).tenths) > 0.02


@settings(max_examples=20)
@given(
    st.integers(0, 10**7), st.none() | st.integers(0, 10**7), st.none() | st.integers(0, 10**7), st.text(max_size=3),
    st.booleans(),
)  # fmt: skip
def test_any_box_gets_a_distribution_that_lies_after_its_arrival(
    arrived_s: int, due_s: int | None, booked_s: int | None, line: str, has_hold: bool
) -> None:
    visit = YardVisit(arrived_s, None, line=line, vessel_due_s=due_s, appointment_s=booked_s, has_customs_hold=has_hold)
    (departure,) = learned().distributions([visit])
    assert (departure.points_s >= arrived_s).all()
    assert (np.diff(departure.points_s) >= 0).all()


def test_a_sooner_vessel_and_no_hold_mean_a_sooner_departure() -> None:
    export = next(visit for visit in make_history(BOXES, 2) if visit.vessel_due_s)
    later = replace(export, left_s=None, vessel_due_s=export.vessel_due_s + 7 * 86_400)
    soon, late = learned().distributions([export, later])
    assert np.median(soon.points_s) < np.median(late.points_s)


def test_a_short_history_gives_the_base_rate_and_says_so() -> None:
    forecaster = solve(ForecastProblem.of(make_history(60, 1)), params=SMALL)
    assert forecaster.knows_nothing
    assert len(forecaster.distributions(make_history(5, 2))) == 5
    assert forecaster.distributions([]) == []


def test_too_short_a_history_is_refused() -> None:
    with pytest.raises(DataError, match="too short"):
        solve(ForecastProblem.of(make_history(9, 1)))


def test_boxes_that_still_stand_teach_nothing() -> None:
    standing = YardVisit(5, None)
    assert ForecastProblem.of([standing]).visits == ()
    with pytest.raises(DataError, match="still stands"):
        _ = standing.stay_s
    with pytest.raises(DataError, match="cannot be"):
        YardVisit(5, 4)


def test_the_same_history_gives_the_same_forecast() -> None:
    again = solve(ForecastProblem.of(make_history(BOXES, 1)), params=SMALL)
    visits = make_history(20, 3)
    for one, other in zip(learned().distributions(visits), again.distributions(visits), strict=True):
        assert one.points_s.tolist() == pytest.approx(other.points_s.tolist())
