"""A run of the twin before the referee, who was not there and has nothing but the log as it is on disk."""

from __future__ import annotations

from tests.twin.test_twin import begun, its_layout, planned, run_to_end, twin_at_work

from cabria.adapters.files.run_log import event_of, line_of
from cabria.operations.settings import Settings
from cabria.referee.run import judge_run
from cabria.referee.run_figures import figures_of
from cabria.twin.failures import Reliability
from cabria.twin.twin import Fleet, Twin


def test_a_run_of_the_made_call_keeps_the_rules_and_its_figures_agree_with_the_plan() -> None:
    log = run_to_end(twin_at_work(spread=0.1))
    verdict = judge_run((event_of(line_of(event)) for event in log), its_layout(), [planned()])
    assert [str(finding) for finding in verdict.findings] == []
    call, plan = planned()
    figures = figures_of(log, its_layout(), [(call, plan)])
    steps = [step for queue in plan.queues for step in queue.steps]
    assert figures.moves == figures.calls[0].planned_moves == sum(len(step.containers) for step in steps)
    assert figures.calls[0].is_done
    assert figures.calls[0].makespan_s >= 0.9 * plan.makespan_s
    assert sum(crane.lids for crane in figures.quay_cranes) == sum(bool(step.lid) for step in steps)
    assert figures.trucks.trucks == 8
    assert 0 < (figures.trucks.empty_share or 0) < 1
    assert 0 < (figures.trucks.utilisation or 0) <= 1


def test_a_run_with_breakdowns_keeps_the_rules() -> None:
    often = Reliability(between_h=0.5, repair_min=4)
    fleet = Fleet(8, truck_reliability=often, quay_crane_reliability=often, yard_crane_reliability=often)
    verdict = judge_run(run_to_end(begun(Twin(its_layout(), Settings(), fleet, seed=4))), its_layout(), [planned()])
    # A truck that is held up between two segments may still be told out of the first too early.
    assert [str(finding) for finding in verdict.broken] == []
