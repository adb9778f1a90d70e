"""Scenarios, records and calibration at coarse fidelity."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.twin.test_twin import its_layout, planned

from cabria.domain.errors import DataError
from cabria.experiments.call_runs import RunSetting
from cabria.experiments.coarse.calibration import (
    FINE_CALLS,
    FINE_SETTINGS,
    FINE_WEEKS,
    Compared,
    compared,
    fitted,
    worst,
)
from cabria.experiments.coarse.calls import call_problem
from cabria.experiments.coarse.records import coarse_record, refuse_unheeded
from cabria.experiments.coarse.scenario_run import CoarseScenarioRun, problem_of, run_coarse
from cabria.experiments.layouts import small_layout
from cabria.experiments.weeks.scenario import Scenario
from cabria.referee.run_record import COUNTS, MEASURES
from cabria.twin.coarse import kernels as k
from cabria.twin.coarse.ground import ground_of
from cabria.twin.coarse.problem import NONE, Rates
from cabria.twin.coarse.run import run

WEEK = Scenario(300_000, days=4)


@pytest.fixture(scope="module")
def week() -> CoarseScenarioRun:
    return run_coarse(WEEK, seed=3)


def test_a_week_is_sound_and_says_how_it_went(week: CoarseScenarioRun) -> None:
    assert week.run.is_sound
    measures = week.measures
    assert measures["quay_moves"] > 1_000
    assert 10 < measures["gmph"] < 45
    assert 0 < measures["occupancy_mean"] <= measures["occupancy_peak"] <= 1
    assert 0 < measures["turn_min"] <= measures["turn_min_95"]
    assert measures["x_real_time"] > 500


def test_boxes_are_those_of_the_demand(week: CoarseScenarioRun) -> None:
    problem, states = week.run.problem, week.run.boxes
    by_ship = int(np.count_nonzero((problem.boxes.inbound != NONE) & (states != k.AWAY)))
    assert int(week.run.count[k.OFF]) <= by_ship <= int(week.run.count[k.OFF]) + problem.trucks + problem.quay_cranes
    gone = int(np.count_nonzero(states == k.LEFT_AGAIN))
    assert gone >= int(week.run.count[k.ON])
    assert int(week.run.count[k.ROAD_CAME]) == len(problem.road)


def test_the_same_seed_gives_the_same_week_and_another_one_another(week: CoarseScenarioRun) -> None:
    again, other = run_coarse(WEEK, seed=3), run_coarse(WEEK, seed=4)
    assert (again.run.count == week.run.count).all()
    assert (again.run.series == week.run.series).all()
    assert not (other.run.count == week.run.count).all()


def test_a_record_has_every_measure_a_sweep_asks_for(week: CoarseScenarioRun) -> None:
    record = coarse_record(WEEK, 7, 3)
    assert record.variant == 7
    assert record.is_good
    assert set(record.measures) == {*MEASURES, *COUNTS}
    assert record.measures["gmph"] == week.measures["gmph"]
    assert len(record.yard_hours) == 96
    assert sum(record.waiting.values()) == pytest.approx(record.measures["crane_waiting"])


def test_what_would_change_nothing_is_refused() -> None:
    refuse_unheeded(["trucks", "look_ahead"])
    with pytest.raises(DataError, match="truck_choice changes nothing"):
        refuse_unheeded(["trucks", "truck_choice"])
    with pytest.raises(DataError, match="no breakdowns"):
        coarse_record(replace(WEEK, has_breakdowns=True), 1, 0)


def test_a_problem_begins_with_the_yard_of_the_demand(week: CoarseScenarioRun) -> None:
    problem = problem_of(WEEK, 3)
    here = problem.stands_in != NONE
    teu = np.bincount(problem.stands_in[here], problem.boxes.teu[here], problem.ground.blocks)
    assert teu.sum() == int(week.run.series[k.S_TEU][0])
    assert teu.max() - teu.min() < 0.2 * teu.mean()


def test_travel_times_are_longer_the_further_the_way() -> None:
    ground = ground_of(small_layout())
    apart = ~np.eye(len(ground.drive_ms), dtype=bool)
    assert ground.drive_ms.shape == (ground.gate + 1, ground.gate + 1)
    assert (ground.drive_ms[apart] > 0).all()
    # Nobody drives faster than a truck can.
    assert (1_000 * 1_000 * ground.way_m[apart] <= 7_000 * ground.drive_ms[apart] + 7_000_000).all()


@given(st.floats(0.1, 100), st.floats(0.1, 100))
def test_an_error_is_of_the_fine_figure_or_of_the_whole(fine: float, coarse: float) -> None:
    relative = Compared("x", "gmph", fine, coarse).error
    assert relative == pytest.approx((coarse - fine) / fine)
    assert Compared("x", "crane_waiting", fine, coarse).error == pytest.approx(coarse - fine)


def test_fitting_finds_the_rates_that_were_hidden() -> None:
    def find(rates: Rates) -> dict[str, float]:
        return {"gmph": 30 / rates.drive_factor, "crane_waiting": rates.drive_variation}

    hidden = Rates(drive_factor=0.8, drive_variation=0.3)
    best, error = fitted(
        {"made": (find(hidden), find)},
        {"drive_factor": (0.6, 0.8, 1.0), "drive_variation": (0.1, 0.3)},
        Rates(),
    )
    assert (best.drive_factor, best.drive_variation, error) == (0.8, 0.3, 0)
    assert worst(compared("made", find(hidden), find(best))) == 0
    with pytest.raises(DataError, match="both fidelities"):
        compared("made", {"gmph": 1.0}, {"other": 1.0})


def test_what_the_fine_twin_found_rises_with_the_trucks() -> None:
    gmph = [figures["gmph"] for _, figures in sorted(FINE_CALLS.items())]
    assert gmph == sorted(gmph)


@pytest.mark.parametrize("name", FINE_WEEKS)
def test_a_week_is_as_near_to_the_fine_twin_as_the_page_says(name: str) -> None:
    millions, trucks, days = name.split(":")[1:]
    scenario = Scenario(round(1e6 * float(millions)), days=int(days), trucks=int(trucks), settings=FINE_SETTINGS)
    coarse = run_coarse(scenario).measures
    error = {row.figure: row.error for row in compared(name, FINE_WEEKS[name], coarse)}
    assert abs(error["gmph"]) < 0.07
    assert abs(error["crane_waiting"]) < 0.045
    assert abs(error["turn_min"]) < 0.07
    assert abs(error["occupancy_mean"]) < 0.02


def test_a_planned_call_is_worked_whole_with_its_own_cranes() -> None:
    call, plan = planned()
    problem = call_problem(call, plan, its_layout(), RunSetting(trucks=8))
    assert problem.rates.quay_cycle == 1_000 * call.terminal.quay_cranes[0].cycle_s
    done = run(problem, 0)
    assert done.is_sound
    assert done.measures["quay_moves"] == len(call.discharges) + len(plan.loads)
