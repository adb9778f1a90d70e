"""Boxes that come late while a terminal is at work: none is set before it is there, and work is divided round them."""

from __future__ import annotations

from dataclasses import replace

from tests.fakes.journal import JournalInMemory
from tests.twin.test_twin import its_layout, planned, run_to_end

from cabria.adapters.journal.closed_form import encode
from cabria.domain.containers import ContainerId
from cabria.domain.gate_visits import Appointment
from cabria.domain.road_visits import Brought
from cabria.domain.run_events import Aboard, BoxesLanded, MachineResumed, MachineStopped, QueuesChanged, RunEvent
from cabria.domain.work import StepKind
from cabria.domain.yard import YardInventory
from cabria.operations.arriving import there_ms
from cabria.operations.board import QuayCraneState
from cabria.operations.journaling import JournaledControl
from cabria.operations.replay import replay
from cabria.operations.settings import Settings
from cabria.operations.standing import standing_of
from cabria.referee.run import judge_run
from cabria.twin.twin import Fleet, Twin

MINUTE_MS = 60_000
LATE_S = 150 * 60
FAILS_MS = 10 * MINUTE_MS
BACK_MS = 60 * MINUTE_MS


def late_boxes() -> frozenset[ContainerId]:
    """The first load of each quay crane's second half of loads; all of them are planned before they will be there."""
    loads = [[step for step in queue.steps if step.kind is StepKind.LOAD] for queue in planned()[1].queues]
    middle = [steps[len(steps) // 2] for steps in loads]
    assert all(FAILS_MS < 1_000 * step.start_s < 1_000 * LATE_S for step in middle)
    return frozenset(step.containers[0] for step in middle)


def begun(late_s: int, *, without: frozenset[ContainerId] = frozenset()) -> tuple[Twin, JournaledControl]:
    """The made call with boxes that come late, and others that the stock does not know."""
    call, plan = planned()
    twin = Twin(its_layout(), Settings(replan_iterations=2_000), Fleet(trucks=8), journal=JournalInMemory())
    assert isinstance(twin.control, JournaledControl)
    twin.control.take_stock(YardInventory(tuple(box for box in call.yard if box.id not in without)))
    late = dict.fromkeys(sorted(late_boxes() - without), late_s) if late_s else {}
    twin.control.berth(replace(call, available_s=late), plan)
    return twin, twin.control


def set_aboard(events: list[RunEvent]) -> dict[ContainerId, int]:
    return {
        box: event.at_ms
        for event in events
        if isinstance(event, BoxesLanded)
        for box, place in zip(event.containers, event.places, strict=True)
        if isinstance(place, Aboard)
    }


def broken(events: list[RunEvent]) -> list[str]:
    return [str(finding) for finding in judge_run(events, its_layout(), [planned()]).findings]


def test_no_late_box_is_set_before_it_is_there_and_all_are_set() -> None:
    soon, usual = (set_aboard(run_to_end(begun(late_s)[0])) for late_s in (LATE_S, 0))
    late = late_boxes()
    assert min(soon[box] for box in late) > 1_000 * LATE_S > max(usual[box] for box in late)
    assert soon.keys() == usual.keys()


def divided(late_s: int) -> tuple[Twin, JournaledControl]:
    """At work without its second crane since a while."""
    twin, control = begun(late_s)
    twin.run(FAILS_MS)
    twin.hear(MachineStopped(twin.now_ms, "QC2", "fault"))
    assert control.expect_back("QC2", BACK_MS)
    return twin, control


def test_work_divided_anew_is_planned_round_boxes_that_come_late() -> None:
    twin, control = divided(LATE_S)
    changed = next(event for event in reversed(twin.log.events) if isinstance(event, QueuesChanged))
    steps = [(changed.at_ms + 1_000 * step.start_s, step) for _, queue in changed.queues for step in queue]
    late = late_boxes()
    assert all(at_ms >= 1_000 * LATE_S for at_ms, step in steps if late.intersection(step.containers))
    assert sum(at_ms < 1_000 * LATE_S for at_ms, _ in steps) > len(steps) // 2
    assert encode(standing_of(divided(LATE_S)[1])) == encode(standing_of(control))
    twin.run(BACK_MS)
    twin.hear(MachineResumed(twin.now_ms, "QC2"))
    events = run_to_end(twin)
    assert min(set_aboard(events)[box] for box in late) > 1_000 * LATE_S
    assert broken(events) == []
    journal = control.scribe.journal
    assert isinstance(journal, JournalInMemory)
    assert encode(standing_of(replay(journal.numbered()).control)) == encode(standing_of(control))


def test_the_terminal_knows_when_boxes_come_from_its_gate_and_believes_it_more_than_the_call() -> None:
    late = sorted(late_boxes())
    box, other = late[0], late[-1]
    twin, control = begun(LATE_S, without=frozenset({box}))
    desk, visitor_ms = control.desk, control.desk.settings.visitor_ms
    assert there_ms(desk, late) == {other: 1_000 * LATE_S}
    at = planned()[0].load_by_id[box]
    brings = Brought(box, at.length_ft, at.gross_mass_kg, at.needs_plug)
    assert control.book(Appointment("V1", 60 * MINUTE_MS, 150 * MINUTE_MS, brings))
    assert there_ms(desk, late)[box] == 60 * MINUTE_MS + visitor_ms
    twin.run(70 * MINUTE_MS)
    assert there_ms(desk, late)[box] == 70 * MINUTE_MS + visitor_ms
    assert control.gate_in("V1")
    twin.run(70 * MINUTE_MS + 5_000)
    assert box in desk.board.boxes
    assert 0 < there_ms(desk, late)[box] - twin.now_ms <= visitor_ms
    aboard = set_aboard(run_to_end(twin))
    assert aboard[box] > 70 * MINUTE_MS


def test_what_a_crane_has_still_to_discharge_is_there_when_it_is_off() -> None:
    _, control = begun(0)
    crane = next(crane for crane in control.desk.board.quay_cranes.values() if crane.steps)
    number, step = next((n, step) for n, step in enumerate(crane.steps) if step.kind is StepKind.DISCHARGE)
    assert there_ms(control.desk, step.containers) == dict.fromkeys(step.containers, 1_000 * _until_s(crane, number))


def _until_s(crane: QuayCraneState, number: int) -> int:
    return crane.steps[number].end_s - crane.steps[crane.next].start_s
