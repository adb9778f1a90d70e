"""A quay crane out of service for long: the others are given its work, and it is given its share when it is back."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.twin.test_twin import its_layout, planned, run_to_end

from cabria.adapters.files.run_log import event_of, line_of
from cabria.domain.run_events import (
    Aboard,
    BoxesLanded,
    JobTakenBack,
    MachineResumed,
    MachineStopped,
    QueuesChanged,
    RunEvent,
)
from cabria.operations.settings import Settings
from cabria.referee.run import judge_run
from cabria.twin.quay_cranes import Spread
from cabria.twin.twin import Fleet, Twin

MINUTE_MS = 60_000


def begun(settings: Settings | None = None) -> Twin:
    call, plan = planned()
    twin = Twin(its_layout(), settings or Settings(replan_iterations=2_000), Fleet(trucks=8, spread=Spread(0.1)))
    twin.control.take_stock(call.yard)
    twin.control.berth(call, plan)
    return twin


def run_without(
    crane: str, from_min: int, until_min: int, *, is_said: bool = False, settings: Settings | None = None
) -> tuple[Twin, list[RunEvent]]:
    """A run of the small call in which a quay crane is out for a while, and somebody says for how long or nobody."""
    twin = begun(settings)
    twin.run(from_min * MINUTE_MS)
    twin.hear(MachineStopped(twin.now_ms, crane, "fault"))
    if is_said:
        twin.control.expect_back(crane, until_min * MINUTE_MS)
    twin.run(until_min * MINUTE_MS)
    twin.hear(MachineResumed(twin.now_ms, crane))
    return twin, run_to_end(twin)


def changes(events: list[RunEvent]) -> list[QueuesChanged]:
    return [event for event in events if isinstance(event, QueuesChanged)]


def broken(events: list[RunEvent]) -> list[str]:
    return [str(finding) for finding in judge_run(events, its_layout(), [planned()]).findings]


@settings(max_examples=8)
@given(st.sampled_from(["QC1", "QC2"]), st.integers(0, 60), st.integers(1, 150), st.booleans())
def test_whenever_a_crane_is_out_every_box_ends_where_the_plan_puts_it(
    crane: str, from_min: int, minutes: int, is_said: bool
) -> None:
    _, events = run_without(crane, from_min, from_min + minutes, is_said=is_said)
    assert broken(events) == []


def test_the_other_crane_does_the_work_and_the_log_says_why() -> None:
    twin, events = run_without("QC2", 24, 240)
    waited, _ = run_without("QC2", 24, 240, settings=Settings(replan_after_ms=10**9))
    assert twin.now_ms < waited.now_ms
    reasons = [str(event.reason) for event in changes(events)]
    assert reasons[0] == "QC2 has been out of service for 30 min and is taken to be so as long again"
    assert reasons[-1] == "QC2 is back in service"
    meanwhile = [e for e in events if isinstance(e, BoxesLanded) and 54 * MINUTE_MS < e.at_ms < 240 * MINUTE_MS]
    assert {e.crane for e in meanwhile if isinstance(e.places[0], Aboard)} == {"QC1"}


def test_a_short_stop_is_waited_for() -> None:
    _, events = run_without("QC2", 24, 40)
    assert changes(events) == []


def test_a_person_says_when_it_is_back() -> None:
    _, events = run_without("QC2", 24, 84, is_said=True)
    assert [str(event.reason) for event in changes(events)] == [
        "QC2 is said to be out of service for another 60 min",
        "QC2 is back in service",
    ]
    assert changes(events)[0].at_ms == 24 * MINUTE_MS


def test_a_step_that_was_not_begun_is_taken_back_and_one_that_was_is_not() -> None:
    for has_lifted in (False, True):
        twin = begun()
        crane = twin.control.desk.board.quay_cranes["QC2"]
        while crane.work is None or crane.has_lifted is not has_lifted:
            twin.run(twin.now_ms + 1_000)
        job = crane.work.job
        twin.hear(MachineStopped(twin.now_ms, "QC2", "fault"))
        assert twin.control.expect_back("QC2", twin.now_ms + 90 * MINUTE_MS)
        twin.run(twin.now_ms + 90 * MINUTE_MS)
        twin.hear(MachineResumed(twin.now_ms, "QC2"))
        events = run_to_end(twin)
        assert broken(events) == []
        taken = [event.job for event in events if isinstance(event, JobTakenBack)]
        assert taken == ([] if has_lifted else [job])


def test_what_cannot_be_is_refused_with_the_reason() -> None:
    twin = begun()
    assert twin.control.expect_back("QC1", 10 * MINUTE_MS).reason == "QC1 is in service"
    for crane in ("QC1", "QC2"):
        twin.hear(MachineStopped(0, crane, "wind"))
    assert twin.control.expect_back("QC1", 10 * MINUTE_MS).reason == "no crane is in service"


def test_changed_queues_are_read_from_a_log_as_they_were_written() -> None:
    _, events = run_without("QC1", 24, 84, is_said=True)
    for event in changes(events):
        assert event_of(line_of(event)) == event


@pytest.mark.parametrize("what", ["a step less", "a step twice"])
def test_the_referee_asks_for_all_that_was_left(what: str) -> None:
    _, events = run_without("QC2", 24, 84, is_said=True)
    at = next(number for number, event in enumerate(events) if isinstance(event, QueuesChanged))
    first = changes(events)[0]
    (name, steps), *others = first.queues
    wrong = steps[:-1] if what == "a step less" else (*steps, steps[-1])
    events[at] = first._replace(queues=((name, wrong), *others))
    found = judge_run(events[: at + 1], its_layout(), [planned()]).broken
    assert {finding.rule.id for finding in found} == {"RUN-QUEUE"}
    assert "After queues were changed" in found[0].text
