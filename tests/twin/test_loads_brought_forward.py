"""Loads whose truck is there first go before their turn, and never so that the ship would be another."""

from __future__ import annotations

from dataclasses import replace
from functools import cache

from hypothesis import given, settings
from hypothesis import strategies as st
from tests.twin.test_twin import its_layout, planned, run_to_end, twin_at_work

from cabria.adapters.files.run_log import event_of, line_of
from cabria.domain.containers import ContainerId
from cabria.domain.plan import departure
from cabria.domain.run_events import Aboard, BoxesLanded, LoadBroughtForward, RunEvent
from cabria.domain.work import CraneStep, StepKind, WorkQueue
from cabria.operations.settings import Settings
from cabria.referee.run import judge_run
from cabria.referee.run_figures import figures_of
from cabria.referee.run_rules import QUEUE


@cache
def run_with(out_of_turn: int, trucks: int = 4, seed: int = 0) -> tuple[RunEvent, ...]:
    return tuple(run_to_end(twin_at_work(Settings(out_of_turn=out_of_turn), trucks, spread=0.1, seed=seed)))


def forward(events: tuple[RunEvent, ...]) -> list[LoadBroughtForward]:
    return [event for event in events if isinstance(event, LoadBroughtForward)]


def broken(events: list[RunEvent] | tuple[RunEvent, ...]) -> list[str]:
    return [str(finding) for finding in judge_run(events, its_layout(), [planned()]).broken]


@settings(max_examples=5)
@given(st.integers(0, 12), st.integers(2, 9), st.integers(0, 99))
def test_however_far_loads_may_go_forward_every_rule_is_kept_and_the_ship_leaves_as_planned(
    out_of_turn: int, trucks: int, seed: int
) -> None:
    events = run_with(out_of_turn, trucks, seed)
    assert broken(events) == []
    stands = {
        box: place.position
        for event in events
        if isinstance(event, BoxesLanded)
        for box, place in zip(event.containers, event.places, strict=True)
        if isinstance(place, Aboard)
    }
    wanted = {stowed.container.id: stowed.position for stowed in departure(*planned())}
    assert {box: wanted[box] for box in stands} == stands


def test_loads_go_forward_where_it_saves_time_and_the_log_says_why() -> None:
    early, in_turn = run_with(8), run_with(0)
    assert forward(early)
    assert not forward(in_turn)
    assert all(str(event.reason).endswith("is there first") for event in forward(early))
    late_s, soon_s = (
        sum(figures_of(run_with(ahead, seed=seed), its_layout(), [planned()]).calls[0].makespan_s for seed in (0, 1))
        for ahead in (0, 8)
    )
    assert soon_s < late_s


def test_an_event_is_read_from_a_log_as_it_was_written() -> None:
    for event in forward(run_with(8)):
        assert event_of(line_of(event)) == event


def test_the_referee_finds_a_load_brought_forward_that_then_does_not_come_first() -> None:
    events = list(run_with(8))
    place = next(n for n, event in enumerate(events) if isinstance(event, LoadBroughtForward))
    del events[place]
    assert any("when it is the turn of step" in finding for finding in broken(events))


def said_of(steps: tuple[CraneStep, ...], containers: tuple[ContainerId, ...]) -> str:
    """What the referee says first when boxes are brought forward in a queue of these steps, right after berthing."""
    call, plan = planned()
    crane = plan.queues[0].crane
    queues = (WorkQueue(crane, steps), *(WorkQueue(queue.crane, ()) for queue in plan.queues[1:]))
    berthed = [event for event in run_with(0) if event.at_ms == 0]
    log = [*berthed, LoadBroughtForward(0, call.id, crane, containers, "no reason")]
    verdict = judge_run(log, its_layout(), [(call, replace(plan, queues=queues))])
    return next((str(finding) for finding in verdict.broken if finding.rule is QUEUE), "")


def loads() -> tuple[CraneStep, ...]:
    """Single loads over one bay, on stacks that differ."""
    steps = [step for queue in planned()[1].queues for step in queue.steps if step.kind is StepKind.LOAD]
    by_row = {step.positions[0].row: step for step in steps if step.bay == steps[0].bay}
    return tuple(by_row.values())[:3]


def test_the_referee_takes_a_load_brought_forward_past_loads_on_other_stacks() -> None:
    assert said_of(loads(), loads()[2].containers) == ""


def test_the_referee_refuses_boxes_that_are_next_or_in_no_step() -> None:
    for containers in (loads()[0].containers, (), (ContainerId("ANPU0000000"),)):
        assert "is not to come later" in said_of(loads(), containers)


def test_the_referee_refuses_a_load_brought_forward_past_what_must_come_before_it() -> None:
    first, second, _ = loads()
    lid = CraneStep(StepKind.LID_OFF, first.bay, first.start_s, first.end_s, lid="L")
    below = replace(second, positions=first.positions)
    said = [
        said_of((before, second), second.containers)
        for before in (lid, replace(first, bay=first.bay + 4), replace(first, kind=StepKind.DISCHARGE))
    ]
    words = ["past lid off of L", "past load of", "past discharge of"]
    assert all(word in text for word, text in zip(words, said, strict=True))
    assert "which goes on the same stack" in said_of((first, below), below.containers)
