"""The twelve scenarios, each played to its end by three trainees: the policy, one who does nothing, one who errs."""

from __future__ import annotations

from functools import cache

import pytest

from cabria.training.files import course
from cabria.training.playing import play
from cabria.training.run import TrainingRun
from cabria.training.scenario import LANGUAGES, Fault, Measure, Scenario
from cabria.training.scoring import Score, measured, scored
from cabria.training.start import prepared
from cabria.training.trainees import TraineeKind

COURSE = course()


@cache
def played(scenario: str) -> dict[TraineeKind, TrainingRun]:
    (one,) = [other for other in COURSE if other.id == scenario]
    start = prepared(one.start)
    return {kind: play(one, kind, start=start) for kind in TraineeKind}


def scores(scenario: Scenario) -> dict[TraineeKind, Score]:
    start = prepared(scenario.start)
    found = {kind: measured(run, start) for kind, run in played(scenario.id).items()}
    return {kind: scored(scenario, each, found[TraineeKind.POLICY], start) for kind, each in found.items()}


def test_the_course_has_twelve_steps_and_every_fault_there_is() -> None:
    assert [scenario.level for scenario in COURSE] == list(range(1, 13))
    assert {injection.fault for scenario in COURSE for injection in scenario.injections} == set(Fault)


def test_every_text_is_there_in_every_language() -> None:
    for scenario in COURSE:
        for text in (scenario.title, scenario.teaches, *scenario.goals):
            assert all(text.in_(language) for language in LANGUAGES)
            assert len({text.in_(language) for language in LANGUAGES}) == len(LANGUAGES)


@pytest.mark.parametrize("scenario", COURSE, ids=lambda scenario: scenario.id)
def test_the_policy_is_before_nothing_and_nothing_is_before_errors(scenario: Scenario) -> None:
    runs, found = played(scenario.id), scores(scenario)
    assert all(run.is_over for run in runs.values())
    totals = [found[kind].total for kind in (TraineeKind.POLICY, TraineeKind.IDLE, TraineeKind.ERRING)]
    assert totals[0] > totals[1] + 5
    assert totals[1] > totals[2] + 5
    policy = found[TraineeKind.POLICY]
    assert policy.total == pytest.approx(policy.policy)
    assert policy.session.broken == ()
    assert all(answer.in_time for answer in policy.session.answers)
    assert not any(answer.in_time for answer in found[TraineeKind.IDLE].session.answers)
    assert not runs[TraineeKind.POLICY].control.desk.board.calls, "every ship has left"
    for line in policy.lines:
        better = (
            line.trainee <= line.bound
            if line.measure in (Measure.MOVES, Measure.ALARMS)
            else line.trainee >= line.bound
        )
        assert better, f"{line.measure} is beyond its bound"
