"""A session: the same twice, the same from a snapshot on, repaired machines that wait, no way out of it."""

from __future__ import annotations

import socket
from dataclasses import replace
from functools import cache
from pathlib import Path
from string import Formatter
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cabria.adapters.files.run_log import line_of
from cabria.adapters.journal import entries
from cabria.adapters.journal.opening import open_journal
from cabria.domain.errors import DataError
from cabria.domain.run_events import RunEvent
from cabria.operations.order_desk import OrderState
from cabria.operations.records import Command
from cabria.operations.running import Accepted, Mode, Refused
from cabria.training.files import scenario_named
from cabria.training.playing import events_of, moved_in_steps, play, reference_of
from cabria.training.run import TrainingRun
from cabria.training.scenario import MINUTE_MS, Fault, Injection, JournalStart, Measure, Scenario
from cabria.training.scoring import measured, scored
from cabria.training.script import SAID
from cabria.training.start import Prepared, prepared
from cabria.training.terminal import TrainingTerminal
from cabria.training.trainees import TraineeKind

ANSWER_S = 60.0


@cache
def scenario() -> Scenario:
    return replace(scenario_named("first-steps"), injections=(), lasts_min=40.0)


def start() -> Prepared:
    return prepared(scenario().start)


def begun(minutes: float = 0.0, injections: tuple[Injection, ...] = ()) -> TrainingRun:
    run = TrainingRun(replace(scenario(), injections=injections), start())
    run.run(round(minutes * MINUTE_MS))
    return run


def log(run: TrainingRun) -> list[RunEvent]:
    return events_of(run, start())


def to(run: TrainingRun, minutes: float) -> TrainingRun:
    run.run(round(minutes * MINUTE_MS))
    return run


def test_a_branch_goes_on_as_the_session_would_have_and_neither_hears_of_the_other() -> None:
    run = begun(8, (Injection(Fault.SPREADER, 15.0, minutes=6.0),))
    kept = run.snapshot()
    to(run, 25)
    one, other = TrainingRun.branch(kept), TrainingRun.branch(kept)
    other.inject(Injection(Fault.WIND, 0.0, minutes=5.0))
    assert log(to(one, 25)) == log(run)
    assert log(to(other, 25)) != log(run)
    assert len(run.alarms) == len(one.alarms) == len(other.alarms) - 1


def test_a_repaired_crane_waits_to_be_put_back_and_one_put_back_too_soon_does_not_work() -> None:
    run = begun(10, (Injection(Fault.SPREADER, 9.0, "QC1", minutes=6.0),))
    causes = run.control.desk.causes
    assert causes["QC1"][1] == "spreader fault"
    done = run.control.desk.board.quay_cranes["QC1"].next
    assert isinstance(run.do(Command("put_back", ("QC1",)), "ana"), Accepted)
    to(run, 12)
    assert "QC1" in causes
    assert run.control.desk.board.quay_cranes["QC1"].next == done
    to(run, 20)
    assert "QC1" in causes, "it is repaired and nobody has put it back"
    assert [alarm.answers for alarm in run.alarms] == [("acknowledge_alert",), ("put_back",)]
    assert isinstance(run.do(Command("put_back", ("QC1",)), "ana"), Accepted)
    to(run, 30)
    assert "QC1" not in causes
    found = measured(run, start())
    assert [(one.code, one.text) for one in found.broken] == [
        ("put-back", "QC1: it was put back before it was repaired.")
    ]
    assert [one.in_time for one in found.answers] == [False, True]


@cache
def weighed(breaks: bool) -> TrainingRun:
    """A box of the scenario about weights is weighed; nobody does anything."""
    told = scenario_named("wrong-weight")
    one = next(injection for injection in told.injections if injection.breaks is breaks)
    return play(replace(told, injections=(replace(one, at_min=6.0),)), TraineeKind.IDLE)


@pytest.mark.parametrize("breaks", [True, False])
def test_a_weight_matters_where_it_breaks_a_rule_and_nowhere_else(breaks: bool) -> None:
    run = weighed(breaks)
    found = measured(run, prepared(run.scenario.start))
    ((box, one),) = run.script.weighed.items()
    assert bool(one.rules) is breaks
    assert [sentence.code for sentence in found.broken] == (["too-heavy"] if breaks else [])
    assert run.alarms[0].answers == (("skip_step", "work_by") if breaks else ("acknowledge_alert",))
    assert run.alarms[0].values["box"] == box


@pytest.mark.parametrize("breaks", [True, False])
def test_a_box_left_ashore_is_a_mistake_where_its_weight_breaks_no_rule(breaks: bool) -> None:
    told = weighed(breaks)
    run = TrainingRun(told.scenario, prepared(told.scenario.start))
    to(run, 7)
    (box,) = run.script.weighed
    crane = next(c.id for c in run.control.desk.board.quay_cranes.values() if any(box in s.containers for s in c.steps))
    assert isinstance(run.do(Command("skip_step", (crane, box, "too heavy")), "ana"), Accepted)
    run.end()
    left = {one.values["box"] for one in measured(run, prepared(run.scenario.start)).broken if one.code == "left"}
    assert left, "the ship was not worked to her end"
    assert (box in left) is not breaks


def test_orders_that_nobody_hears_stay_open_and_machines_say_where_boxes_are_when_they_are_heard_again() -> None:
    run = begun(9, (Injection(Fault.BROKER, 8.0, minutes=6.0),))
    desk, board = run.control.desk, run.control.desk.board
    assert all(truck in desk.causes for truck in board.trucks)
    assert not any(crane in desk.causes for crane in (*board.quay_cranes, *board.yard_cranes))
    to(run, 13)
    unheard = run.script.open_orders()
    assert unheard, "operations went on and told cranes something"
    assert all(one.state is OrderState.SENT and not one.is_leased for one in unheard.values())
    silent = {alert.machine for alert in desk.alerts.values() if "does not acknowledge" in str(alert.problem)}
    assert silent == {one.order.machine for one in unheard.values()}
    moved = moved_in_steps(run, start(), MINUTE_MS, 13 * MINUTE_MS)
    assert moved[12] == moved[9], "cranes end what they have begun and no more"
    assert isinstance(run.do(Command("take_out", ("QC1", "to see")), "ana"), Accepted)
    to(run, 15)
    assert run.script.open_orders() == {}
    assert run.alarms[-1].code == "link-back"
    assert run.alarms[-1].values == {"count": 1}
    assert [sentence.code for sentence in measured(run, start()).broken] == ["not-heard"]
    assert isinstance(run.do(Command("put_back", ("QC1",)), "ana"), Accepted)
    to(run, 40)
    assert desk.causes == {}
    assert moved_in_steps(run, start(), MINUTE_MS, 40 * MINUTE_MS)[-1] > moved[12]


@given(st.sampled_from(sorted(SAID)))
def test_what_alarms_say_names_only_what_they_know(code: str) -> None:
    names = {name for _, name, _, _ in Formatter().parse(SAID[code]) if name}
    assert names <= {"minutes", "boxes", "box", "weighed_kg", "declared_kg", "slot", "rule", "place", "count", "why"}


def test_after_a_while_the_foreman_puts_it_back() -> None:
    run = begun(6, (Injection(Fault.SPREADER, 5.0, "QC1", minutes=4.0),))
    assert "QC1" in to(run, 28).control.desk.causes
    assert "QC1" not in to(run, 30).control.desk.causes


def test_what_cannot_be_injected_is_refused_and_changes_nothing() -> None:
    run = begun(5)
    before = len(log(run))
    for fault, machine in ((Fault.SPREADER, "QC9"), (Fault.TRUCK, "T99"), (Fault.CRANE, "T01")):
        with pytest.raises(DataError) as refused:
            run.inject(Injection(fault, 0.0, machine))
        assert refused.value.place == "machine"
    with pytest.raises(DataError):
        run.inject(Injection(Fault.LOAD_LIST, 0.0, count=60))
    assert len(log(run)) == before
    assert not run.alarms


def test_what_an_instructor_injects_is_in_the_policys_run_too() -> None:
    run = begun(7)
    run.inject(Injection(Fault.WIND, 0.0, minutes=4.0))
    to(run, 40)
    reference = play(reference_of(run), TraineeKind.POLICY, start=start())
    assert [(one.fault, one.at_ms) for one in reference.alarms] == [(Fault.WIND, 7 * MINUTE_MS)]
    score = scored(run.scenario, measured(run, start()), measured(reference, start()), start())
    assert score.session.answers[0].answered_ms is None
    assert score.reference.answers[0].in_time


def test_who_ends_before_the_work_is_done_gains_nothing() -> None:
    policy = play(scenario(), TraineeKind.POLICY, start=start())
    idle, early = begun(40), begun(6)
    early.end()
    ours = measured(policy, start())
    totals = [scored(scenario(), measured(run, start()), ours, start()).total for run in (policy, idle, early)]
    assert totals == sorted(totals, reverse=True)
    assert totals[2] < totals[1] - 10


FAULTS = st.builds(
    Injection,
    fault=st.sampled_from(list(Fault)),
    at_min=st.integers(1, 30).map(float),
    minutes=st.integers(1, 20).map(float),
    count=st.just(1),
)


@settings(max_examples=4)
@given(st.lists(FAULTS, min_size=3, max_size=6))
def test_whatever_goes_wrong_at_once_the_policy_brings_it_to_a_good_end(faults: list[Injection]) -> None:
    night = replace(scenario(), injections=tuple(faults), lasts_min=240.0)
    run = play(night, TraineeKind.POLICY, start=start())
    assert run.control.desk.causes == {}
    assert not run.control.desk.board.calls
    assert measured(run, start()).broken == ()


def test_what_is_taken_back_is_counted_and_what_is_refused_is_not() -> None:
    run = begun(5)
    assert isinstance(run.do(Command("hold_queue", ("QC1", "to think")), "ana"), Accepted)
    assert isinstance(run.do(Command("hold_queue", ("QC1", "again")), "ana"), Refused)
    assert isinstance(run.do(Command("release_queue", ("QC1",)), "ana"), Accepted)
    assert isinstance(run.do(Command("release_queue", ("QC1",)), "ana"), Refused)
    assert [str(one) for one in measured(run, start()).undone] == ["hold_queue QC1"]
    assert [bool(act.refused) for act in run.acts] == [False, True, False, True]


def test_an_hour_of_a_journal_is_a_start(tmp_path: Path) -> None:
    """What a session wrote is kept as a terminal keeps it, and another session begins in the middle of it."""
    first = begun(12)
    path = tmp_path / "terminal.journal"
    writer = open_journal(str(path))
    for told in first.kept.read(0, first.kept.durable):
        writer.append(told.record)
    writer.wait(writer.written)
    writer.close()
    again = prepared(JournalStart(str(path), 0.15))
    assert again.begins_ms <= 9 * MINUTE_MS
    run = TrainingRun(scenario(), again)
    assert run.now_ms == again.begins_ms > 8 * MINUTE_MS
    to(run, 40)
    found = measured(run, again)
    assert found.broken == ()
    assert found.values[Measure.MOVES] > 0


def test_a_journal_of_an_older_program_is_refused_with_its_file_and_what_to_do(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One in which trucks stood without saying whether they tell their way."""
    monkeypatch.setattr(entries, "line_of", lambda event: line_of(event).replace(b",false,false]", b",false]"))
    path = tmp_path / "old.journal"
    writer = open_journal(str(path))
    for told in begun(1).kept.read(0, 40):
        writer.append(told.record)
    writer.wait(writer.written)
    writer.close()
    with pytest.raises(DataError) as refused:
        prepared(JournalStart(str(path), 1.0))
    assert refused.value.file == str(path)
    assert refused.value.place.startswith("entry ")
    assert "TruckStood has 5 fields" in refused.value.problem
    assert "Another version of Cabria" in refused.value.remedy


def test_a_session_opens_no_socket(monkeypatch: pytest.MonkeyPatch) -> None:
    def refused(*_: Any, **__: Any) -> None:
        raise AssertionError("a training session reached for the network")

    for name in ("connect", "connect_ex", "bind", "sendto"):
        monkeypatch.setattr(socket.socket, name, refused)
    terminal = TrainingTerminal(begun(), speed=100.0).open()
    try:
        assert terminal.mode is Mode.TRAINING
        assert terminal.journal == ""
        assert not terminal.go_at(101.0)
        accepted = terminal.ask(Command("take_out", ("QC1", "tried")), by="ana").result(ANSWER_S)
        assert isinstance(accepted, Accepted)
        refused_ = terminal.ask(Command("connect", ("mqtt://quay",)), by="ana").result(ANSWER_S)
        assert isinstance(refused_, Refused)
        assert terminal.between_inputs(lambda run: run.inject(Injection(Fault.BROKER, 0.0))).result(ANSWER_S) is None
        terminal.between_inputs(TrainingRun.end).result(ANSWER_S)
        over = terminal.ask(Command("put_back", ("QC1",)), by="ana").result(ANSWER_S)
        assert isinstance(over, Refused)
        assert not terminal.go_at(1.0)
    finally:
        terminal.end()
