"""A call on the reference terminal with its blocks at right angles to the quay, from berthing to the last box."""

from __future__ import annotations

from dataclasses import replace

import pytest

from cabria.domain.run_events import CraneTravelled, JobGiven
from cabria.experiments.call_runs import CallRun, RunSetting, run_call
from cabria.experiments.calls import make_call
from cabria.experiments.layouts import chancay_end_loaded_layout
from cabria.planning.loading.problem import LoadingProblem, Params
from cabria.planning.loading.solve import solve

PARAMS = Params(stowage_iterations_a_load=50, crane_iterations=500, yard_iterations_a_load=20, with_baselines=False)


@pytest.fixture(scope="module")
def run() -> CallRun:
    made = make_call(moves=60, teu=1_200, seed=3, blocks=15, quay_cranes=6, yard_fill=0.1)
    # In the middle of the quay, so that the cranes that do not work have room on either side.
    call = replace(made, berth_x_mm=800_000)
    plan = solve(LoadingProblem(call), params=PARAMS, wall=lambda: 0.0, cpu=lambda: 0.0).plan
    return run_call(call, plan, chancay_end_loaded_layout(), RunSetting(trucks=10, seed=1))


def test_it_is_worked_to_its_end_without_a_broken_rule(run: CallRun) -> None:
    assert [str(finding) for finding in run.judgement.findings] == []
    assert not run.stood_still
    (call,) = run.figures.calls
    assert call.is_done
    assert call.moves >= 55


def test_yard_cranes_carry_boxes_to_the_ends_of_their_blocks(run: CallRun) -> None:
    """They are met there: every second way along a block of 390 m ends before its first bay or behind its last."""
    given = {event.machine for event in run.events if isinstance(event, JobGiven) and event.machine.startswith("YC")}
    ends = [
        event
        for event in run.events
        if isinstance(event, CraneTravelled) and event.crane in given and not 0 <= event.to_mm <= 390_000
    ]
    assert len(ends) >= 50
