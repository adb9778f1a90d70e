"""Runs of one planned call, one by one."""

from __future__ import annotations

from dataclasses import replace

import pytest
from tests.twin.test_twin import its_layout, planned

from benchmarks.terminal import run as run_benchmark
from cabria.domain.calls import VesselCall
from cabria.domain.errors import DataError
from cabria.domain.layout import Layout
from cabria.experiments.call_runs import RunSetting, run_call
from cabria.experiments.ground_plan import lay_out
from cabria.operations.berthing import standing_ready


def test_a_run_is_judged_and_measured_and_the_seed_decides() -> None:
    call, plan = planned()
    setting = RunSetting(trucks=6, seed=3)
    one, again = (run_call(call, plan, its_layout(), setting) for _ in range(2))
    assert one.judgement.is_good
    assert not one.stood_still
    assert one.events == again.events
    assert one.measures == again.measures
    assert 0.9 < one.measures["of_plan"] < 3
    other = run_call(call, plan, its_layout(), replace(setting, seed=4))
    assert other.events != one.events


def test_cranes_stand_ready_at_their_first_bays() -> None:
    call, plan = planned()
    ready = standing_ready(its_layout(), call, plan)
    assert {crane.id for crane in ready.terminal.quay_cranes} == {queue.crane for queue in plan.queues}
    assert all(crane.x_mm > call.berth_x_mm for crane in ready.terminal.quay_cranes)


def test_a_terminal_without_trucks_is_an_error() -> None:
    (row,) = run_benchmark(["made:0"], seconds=1, seed=0, jobs=1, solutions=None)
    assert "made:TRUCKS" in str(row["error"])


def test_what_the_layout_has_not_is_refused_by_name() -> None:
    call, plan = planned()
    with pytest.raises(DataError, match="999 trucks find"):
        run_call(call, plan, its_layout(), RunSetting(trucks=999))
    with pytest.raises(DataError, match="has no block B02"):
        run_call(call, plan, small_layout_of_one_block(call), RunSetting(trucks=2))


def small_layout_of_one_block(call: VesselCall) -> Layout:
    terminal = replace(
        call.terminal,
        blocks=call.terminal.blocks[:1],
        yard_cranes=tuple(crane for crane in call.terminal.yard_cranes if crane.block == call.terminal.blocks[0].id),
    )
    return lay_out(terminal)


def test_settings_that_cannot_be_are_refused_by_name() -> None:
    for setting, text in (({"trucks": 0}, "trucks is 0"), ({"variation": 0.9}, "variation is 0.9")):
        with pytest.raises(DataError, match=text):
            RunSetting(**setting)  # type: ignore[arg-type]
