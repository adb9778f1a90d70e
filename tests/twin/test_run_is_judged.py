"""A run of the twin before the referee, who was not there and has nothing but the log as it is on disk."""

from __future__ import annotations

from tests.twin.test_twin import planned, run_to_end, twin_at_work

from cabria.adapters.files.run_log import event_of, line_of
from cabria.experiments.layouts import chancay_layout
from cabria.referee.run import judge_run
from cabria.referee.run_figures import figures_of

STILL_BROKEN = {"RUN-ENERGY", "RUN-MOVE", "RUN-REACH", "RUN-SPEED", "RUN-TRAVEL"}
"""By cranes that make way, trucks that account for no energy, tails that leave too early, loads told done when their
truck is free. A rule that the twin keeps is struck from here."""


def test_a_run_of_the_made_call_keeps_the_rules_and_its_figures_agree_with_the_plan() -> None:
    log = run_to_end(twin_at_work(spread=0.1))
    verdict = judge_run((event_of(line_of(event)) for event in log), chancay_layout(), [planned()])
    assert {finding.rule.id for finding in verdict.findings} <= STILL_BROKEN, [str(f) for f in verdict.findings]
    call, plan = planned()
    figures = figures_of(log, chancay_layout(), [(call, plan)])
    steps = [step for queue in plan.queues for step in queue.steps]
    assert figures.moves == figures.calls[0].planned_moves == sum(len(step.containers) for step in steps)
    assert figures.calls[0].is_done
    assert figures.calls[0].makespan_s >= 0.9 * plan.makespan_s
    assert sum(crane.lids for crane in figures.quay_cranes) == sum(bool(step.lid) for step in steps)
    assert figures.trucks.trucks == 8
    assert 0 < (figures.trucks.empty_share or 0) < 1
    assert 0 < (figures.trucks.utilisation or 0) <= 1
