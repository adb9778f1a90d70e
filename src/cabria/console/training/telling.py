"""Scenarios, sessions and scores as messages."""

from __future__ import annotations

from collections.abc import Iterable

from cabria.console.messages import training as m
from cabria.training.playing import moved_in_steps
from cabria.training.run import Act, TrainingRun
from cabria.training.scenario import MINUTE_MS, Fault, Scenario, Text
from cabria.training.scoring import Answered, Score, Sentence, answered
from cabria.training.start import Prepared

MOST_ACTS = 300
LONGEST = 200
STEP_MIN = 5
"""Of the curves in a report."""


def texts(text: Text) -> m.Texts:
    return m.Texts(text.es, text.en, text.zh)


def scenario_row(scenario: Scenario) -> m.TrainingScenario:
    return m.TrainingScenario(
        id=scenario.id,
        level=scenario.level,
        role=scenario.role,
        minutes=scenario.lasts_min,
        title=texts(scenario.title),
        teaches=texts(scenario.teaches),
        goals=[texts(goal) for goal in scenario.goals],
        faults=sorted({injection.fault.value for injection in scenario.injections}),
    )


def view(name: str, run: TrainingRun, *, snapshots: list[m.TrainingSnapshot], tells_all: bool) -> m.TrainingView:
    """`tells_all` is for instructors, who see what is to come. In the session's own thread."""
    scenario = run.scenario
    return m.TrainingView(
        id=name,
        scenario=scenario_row(scenario),
        seed=scenario.seed,
        now_ms=run.now_ms,
        begins_ms=run.begins_ms,
        ends_ms=run.ends_ms,
        is_over=run.is_over,
        alarms=alarm_rows(answered(run.alarms, run.acts)),
        acts=act_rows(run),
        notes=note_rows(run),
        snapshots=snapshots,
        coming=_coming(run) if tells_all else [],
        faults=[fault.value for fault in Fault],
        report="none",
    )


def alarm_rows(answers: Iterable[Answered]) -> list[m.TrainingAlarm]:
    return [
        m.TrainingAlarm(
            number=one.alarm.number,
            fault=one.alarm.fault,
            code=one.alarm.code,
            values=dict(one.alarm.values),
            text=one.alarm.text,
            answers=list(one.alarm.answers),
            at_ms=one.alarm.at_ms,
            until_ms=one.alarm.until_ms,
            answered_ms=one.answered_ms,
        )
        for one in answers
    ]


def sentence_rows(sentences: Iterable[Sentence]) -> list[m.TrainingSentence]:
    return [m.TrainingSentence(one.code, dict(one.values), one.text) for one in sentences]


def act_rows(run: TrainingRun) -> list[m.TrainingAct]:
    return [
        m.TrainingAct(
            at_ms=act.at_ms,
            by=act.by,
            verb=act.verb,
            text=_said(act)[:LONGEST],
            refused=act.refused,
            code=act.code,
            values=dict(act.values),
            alert=act.arguments[0] if act.verb == "acknowledge_alert" else 0,
        )
        for act in run.acts[-MOST_ACTS:]
    ]


def _said(act: Act) -> str:
    if act.verb == "expect_back":
        crane, back_ms = act.arguments
        return f"{crane}, {round((back_ms - act.at_ms) / MINUTE_MS)} min"
    if act.verb == "work_by":
        return str(act.arguments[2])
    return ", ".join(map(_short, act.arguments))


def _short(argument: object) -> str:
    return str(argument) if isinstance(argument, str | int | float) else type(argument).__name__


def note_rows(run: TrainingRun) -> list[m.TrainingNote]:
    return [m.TrainingNote(note.at_ms, note.by, note.text) for note in run.notes]


def _coming(run: TrainingRun) -> list[m.TrainingInjection]:
    rows = [
        m.TrainingInjection(
            one.fault, run.begins_ms + round(one.at_min * MINUTE_MS), one.machine, one.minutes, one.count
        )
        for one in run.scenario.injections
    ]
    return [row for row in rows if row.at_ms > run.now_ms]


def report_row(score: Score, run: TrainingRun, reference: TrainingRun, start: Prepared) -> m.TrainingReport:
    until_ms = max(run.now_ms, reference.now_ms)
    step_ms = STEP_MIN * MINUTE_MS
    people = sorted({act.by for act in run.acts})
    return m.TrainingReport(
        scenario=scenario_row(run.scenario),
        seed=run.scenario.seed,
        by=", ".join(people),
        minutes=(run.now_ms - run.begins_ms) / MINUTE_MS,
        total=score.total,
        policy=score.policy,
        lines=[
            m.ReportLine(line.measure, line.trainee, line.policy, line.bound, line.weight, line.share, line.points)
            for line in score.lines
        ],
        alarms=alarm_rows(score.session.answers),
        policy_alarms=alarm_rows(score.reference.answers),
        undone=sentence_rows(score.session.undone),
        broken=sentence_rows(score.session.broken),
        notes=note_rows(run),
        step_min=STEP_MIN,
        moved=moved_in_steps(run, start, step_ms, until_ms),
        policy_moved=moved_in_steps(reference, start, step_ms, until_ms),
    )
