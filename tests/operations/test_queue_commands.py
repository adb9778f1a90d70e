"""What a person changes in the work under way: a step left out, a bay given away, a box hurried. The rest ends well."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from functools import cache

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.fakes.journal import JournalInMemory
from tests.twin.test_twin import begun, its_layout, planned, run_to_end

from cabria.adapters.files.run_log import event_of, line_of
from cabria.adapters.journal.closed_form import encode
from cabria.domain.calls import VesselCall
from cabria.domain.containers import ContainerId
from cabria.domain.plan import LoadingPlan, departure
from cabria.domain.positions import StowPosition, YardPosition
from cabria.domain.run_events import (
    Aboard,
    BoxesLanded,
    BoxesLifted,
    MoveDropped,
    OnTruck,
    QueuesChanged,
    RunEvent,
    StepSkipped,
    TruckAssigned,
)
from cabria.domain.said import said
from cabria.domain.verdict import Verdict
from cabria.domain.vessel import StackId
from cabria.domain.work import LID_STEPS, OFF_SHIP, ONTO_SHIP, CraneStep, StepKind
from cabria.operations.board import QuayCraneState
from cabria.operations.journaling import JournaledControl
from cabria.operations.replay import replay
from cabria.operations.settings import Settings
from cabria.operations.standing import standing_of
from cabria.planning.cranes.problem import CraneProblem
from cabria.planning.cranes.solve import Params, solve
from cabria.planning.search.stopping import MaxIterations
from cabria.referee.run import judge_run
from cabria.referee.run_rules import RunFinding
from cabria.twin.quay_cranes import Spread
from cabria.twin.twin import Fleet, Twin

MINUTE_MS = 60_000


def at_work(minutes: int, trucks: int = 8) -> tuple[Twin, JournaledControl, JournalInMemory]:
    """The made call, under way for a while."""
    journal = JournalInMemory()
    twin = begun(
        Twin(its_layout(), Settings(replan_iterations=500), Fleet(trucks, spread=Spread(0.1)), journal=journal)
    )
    twin.run(minutes * MINUTE_MS)
    assert isinstance(twin.control, JournaledControl)
    return twin, twin.control, journal


def to_come(control: JournaledControl) -> list[tuple[QuayCraneState, CraneStep]]:
    cranes = control.desk.board.quay_cranes.values()
    return [(crane, step) for crane in cranes for step in crane.steps[crane.next :]]


def broken(events: list[RunEvent]) -> tuple[RunFinding, ...]:
    return judge_run(events, its_layout(), [planned()]).broken


def ask(control: JournaledControl, data: st.DataObject) -> Verdict:
    crane, step = data.draw(st.sampled_from(to_come(control)))
    match data.draw(st.sampled_from(["skip", "give", "hurry"])):
        case "skip":
            return control.skip_step(crane.id, step.lid or step.containers[-1], "damaged")
        case "give":
            to = next(name for name in control.desk.board.quay_cranes if name != crane.id)
            return control.give_bay(crane.id, step.bay, to, "it is late")
        case _:
            return control.hurry(step.containers[0] if step.containers else ContainerId(step.lid), "it is late")


@settings(max_examples=6)
@given(st.data(), st.integers(0, 60), st.sampled_from([2, 8]))
def test_whatever_is_granted_or_refused_the_run_ends_by_every_rule_and_again_bit_for_bit(
    data: st.DataObject, minutes: int, trucks: int
) -> None:
    twin, control, journal = at_work(minutes, trucks)
    for _ in range(2):
        written = len(twin.log.events)
        verdict = ask(control, data)
        assert verdict or (verdict.reason and len(twin.log.events) == written)
        twin.run(twin.now_ms + data.draw(st.integers(0, 10)) * MINUTE_MS)
        if not to_come(control):
            break
    events = run_to_end(twin)
    assert broken(events) == ()
    assert encode(standing_of(replay(journal.numbered()).control)) == encode(standing_of(control))
    for event in events:
        if isinstance(event, (StepSkipped, MoveDropped, QueuesChanged)):
            assert event_of(line_of(event)) == event


def test_a_load_left_out_stays_ashore_and_one_on_a_truck_goes_back() -> None:
    twin, control, _ = at_work(0)
    board = control.desk.board
    while True:
        twin.run(twin.now_ms + 10_000)
        loads = [(c, s) for c, s in to_come(control) if s.kind is StepKind.LOAD and c.work is not None]
        under_way = [(c, s) for c, s in loads if isinstance(board.boxes[s.containers[0]], OnTruck)]
        granted = next((s for c, s in under_way if control.skip_step(c.id, s.containers[0], "papers")), None)
        if granted is not None:
            break
    events = run_to_end(twin)
    assert broken(events) == ()
    assert all(isinstance(board.boxes[box], YardPosition) for box in granted.containers)
    assert [event.reason for event in events if isinstance(event, MoveDropped)] == ["papers"]
    (state,) = board.calls.values()
    assert all("papers" in state.plan.refused[box] for box in granted.containers)


def test_a_discharge_stays_aboard_once_nothing_is_to_be_set_in_its_slot() -> None:
    twin, control, _ = at_work(0)
    outs = [(crane, step) for crane, step in to_come(control) if step.kind is StepKind.DISCHARGE]
    assert not any(control.skip_step(crane.id, step.containers[0], "not for us") for crane, step in outs)
    granted = True
    while granted:
        loads = [(crane, step) for crane, step in reversed(to_come(control)) if step.kind is StepKind.LOAD]
        granted = any(control.skip_step(crane.id, step.containers[0], "no room") for crane, step in loads)
    left_out = next(step for crane, step in outs if control.skip_step(crane.id, step.containers[0], "not for us"))
    events = run_to_end(twin)
    assert broken(events) == ()
    for box, slot in zip(left_out.containers, left_out.positions, strict=True):
        assert control.desk.board.boxes[box] == Aboard(planned()[0].id, slot)


def test_what_could_not_be_worked_any_more_is_refused_with_the_reason() -> None:
    _, control, _ = at_work(0)
    reasons = Counter[str]()
    for crane, step in to_come(control):
        verdict = control.skip_step(crane.id, step.lid or step.containers[0], "why not")
        reasons[" ".join(word for word in verdict.reason.split() if not any(map(str.isdigit, word)))] += 1
    assert {
        "would be set in slot where stands",
        "would have to be lifted from under",
        "would be set in slot with nothing under it",
    } < set(reasons)
    crane = next(iter(control.desk.board.quay_cranes))
    assert control.skip_step(crane, "NOBODY", "x").reason == f"no step to come in the queue of {crane} is of NOBODY"
    assert control.skip_step("QC9", "NOBODY", "x").reason == "QC9 is no quay crane that works a ship"


@cache
def with_a_restow() -> tuple[VesselCall, LoadingPlan]:
    """The made call, with one box that is lifted and set back where it was."""
    call, plan = planned()
    touched = {stack(call, slot) for slot in (*plan.loads.values(), *(slot for _, slot in call.discharges))}
    free = [stowed for stowed in call.remaining if stack(call, stowed.position) not in touched]
    box, slot = max(((s.container.id, s.position) for s in free), key=lambda at: at[1].tier)
    problem = CraneProblem.of(call, loads=plan.loads, restows={box: slot})
    queues = solve(problem, MaxIterations(500), params=Params(500)).plan.queues
    return call, replace(plan, restows={box: slot}, queues=queues)


def stack(call: VesselCall, slot: StowPosition) -> StackId:
    place = call.vessel.place(slot)
    assert place is not None
    return place.stack_id


@pytest.mark.parametrize("half", [StepKind.RESTOW_OFF, StepKind.RESTOW_ON])
def test_both_halves_of_a_restow_go_together_until_the_box_is_ashore(half: StepKind) -> None:
    call, plan = with_a_restow()
    (box,) = plan.restows
    twin = Twin(its_layout(), Settings(), Fleet(8), journal=JournalInMemory())
    twin.control.take_stock(call.yard)
    twin.control.berth(call, plan)
    control = twin.control
    assert isinstance(control, JournaledControl)
    board = control.desk.board
    while half is StepKind.RESTOW_ON and (not isinstance(board.boxes[box], YardPosition) or box in board.in_hand):
        twin.run(twin.now_ms + 10_000)
    crane = next(crane for crane, step in to_come(control) if box in step.containers)
    assert control.skip_step(crane.id, box, "its line wants it so")
    events = run_to_end(twin)
    assert judge_run(events, its_layout(), [(call, plan)]).broken == ()
    skipped = [event.step.kind for event in events if isinstance(event, StepSkipped)]
    assert skipped == [StepKind.RESTOW_OFF, StepKind.RESTOW_ON][half is StepKind.RESTOW_ON :]
    assert isinstance(board.boxes[box], Aboard) is (half is StepKind.RESTOW_OFF)


def test_a_step_that_a_crane_is_at_is_not_skipped() -> None:
    twin, control, _ = at_work(0)
    crane = control.desk.board.quay_cranes["QC1"]
    while crane.work is None or not crane.work.containers:
        twin.run(twin.now_ms + 1_000)
    assert control.skip_step("QC1", crane.work.containers[0], "too late").reason == "QC1 is at it"


def test_a_bay_given_away_is_worked_by_the_other_crane_in_its_order() -> None:
    twin, control, _ = at_work(20)
    board = control.desk.board
    giver = board.quay_cranes["QC2"]
    bay = giver.steps[-1].bay
    mine = [step.containers or (step.lid,) for step in giver.steps[giver.next + 1 :] if step.bay == bay]
    assert mine
    assert control.give_bay("QC2", bay, "QC1", "QC2 is needed elsewhere")
    theirs = [s.containers or (s.lid,) for s in board.quay_cranes["QC1"].steps if (s.containers or (s.lid,)) in mine]
    assert theirs == mine
    events = run_to_end(twin)
    assert broken(events) == ()
    (changed,) = [event for event in events if isinstance(event, QueuesChanged)]
    assert changed.reason == said("bay-given", bay=bay, crane="QC1", why="QC2 is needed elsewhere")
    landed = {box: e.crane for e in events if isinstance(e, BoxesLanded) for box in e.containers if e.crane[0] == "Q"}
    assert {landed[box] for boxes in mine for box in boxes if box in landed} == {"QC1"}


@pytest.mark.parametrize(
    ("crane", "bay", "to", "reason"),
    [
        ("QC1", 1, "QC1", "QC1 and QC1 are not two quay cranes of this terminal"),
        ("QC1", 1, "T01", "QC1 and T01 are not two quay cranes of this terminal"),
        ("QC1", 777, "QC2", "QC1 has nothing to come over bay 777"),
    ],
)
def test_a_bay_that_cannot_be_given_is_refused(crane: str, bay: int, to: str, reason: str) -> None:
    _, control, _ = at_work(0)
    assert control.give_bay(crane, bay, to, "x") == Verdict(False, reason)


def test_a_hurried_move_gets_a_truck_sooner_and_its_turn_stays() -> None:
    twin, control, _ = at_work(1, trucks=4)
    board = control.desk.board
    turns = sorted((board.turn(board.quay_cranes[m.queue], m.step), m.id) for m in board.moves.values() if not m.truck)
    last = turns[-1][1]
    box = board.moves[last].stop.containers[0]
    assert control.hurry(ContainerId("NOBODY"), "x").reason == "no move with NOBODY is under way"
    assert control.hurry(box, "it is late")
    assert control.hurry(box, "again").reason == f"{box} is hurried already: it is late"
    hurried, usual = run_to_end(twin), run_to_end(at_work(1, trucks=4)[0])
    assert broken(hurried) == ()
    order, usual_order = (
        [event.move for event in events if isinstance(event, TruckAssigned)] for events in (hurried, usual)
    )
    assert order.index(last) < usual_order.index(last)


def test_the_referee_finds_a_step_skipped_that_was_not_to_come_and_a_move_dropped_from_a_truck() -> None:
    twin, _, _ = at_work(0)
    call, plan = planned()
    off = {
        step.containers: (queue.crane, step) for queue in plan.queues for step in queue.steps if step.kind in OFF_SHIP
    }
    while not (lifted := [e for e in twin.log.events if isinstance(e, BoxesLifted) and e.containers in off]):
        twin.run(twin.now_ms + 60_000)
    events = list(twin.log.events)
    crane, done = off[lifted[0].containers]
    now_ms = events[-1].at_ms
    found = broken([*events, StepSkipped(now_ms, call.id, crane, done, "lost")])
    assert f"{done.kind} of {', '.join(done.containers)} is skipped, which is not to come." in found[-1].text
    board = twin.control.desk.board
    move = next(m for m in board.moves.values() if any(isinstance(board.boxes[b], OnTruck) for b in m.stop.containers))
    found = broken([*events, MoveDropped(now_ms, move.id, "lost")])
    assert "The move is dropped while the box is" in found[-1].text


def test_a_ship_is_not_as_planned_when_a_skipped_load_is_aboard_all_the_same() -> None:
    call, plan = planned()
    loads = [(q.crane, step) for q in plan.queues for step in q.steps if step.kind in ONTO_SHIP]
    crane, last = loads[-1]
    twin, _, _ = at_work(0)
    at = next(n for n, event in enumerate(twin.log.events, 1) if type(event).__name__ == "ShipBerthed") + 1
    events = run_to_end(twin)
    found = broken([*events[:at], StepSkipped(0, call.id, crane, last, "no"), *events[at:]])
    assert {finding.rule.id for finding in found} == {"RUN-QUEUE", "RUN-ABOARD"}
    assert any("is aboard, which the plan does not say" in finding.text for finding in found)


def test_nothing_is_left_out_by_itself() -> None:
    twin, control, _ = at_work(0)
    run_to_end(twin)
    aboard = {box: p.position for box, p in control.desk.board.boxes.items() if isinstance(p, Aboard)}
    assert aboard == {stowed.container.id: stowed.position for stowed in departure(*planned())}
    assert not any(step.kind in LID_STEPS for _, step in to_come(control))
