"""A run hour by hour: every span of time is counted once, in the hours it lies in."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st
from tests.runs_by_hand import layout

from cabria.domain.containers import ContainerId
from cabria.domain.run_events import (
    BoxesLanded,
    BoxesLifted,
    EnergyUsed,
    JobDone,
    JobGiven,
    LidLanded,
    MachineResumed,
    MachineStopped,
    MoveDone,
    MoveKind,
    MoveReleased,
    OnTruck,
    RunEvent,
    TruckLeft,
    TruckStood,
    Waited,
)
from cabria.referee.run_hours import HOUR_MS, HourCounter

BOX = ContainerId("BOX")
MINUTE_MS = 60_000


def counted(*events: RunEvent) -> HourCounter:
    counter = HourCounter(layout())
    for event in events:
        counter.hear(event)
    counter.over()
    return counter


@given(st.integers(0, 10 * HOUR_MS), st.integers(1, 5 * HOUR_MS))
def test_waiting_is_shared_among_the_hours_and_none_is_lost(since_ms: int, span_ms: int) -> None:
    counter = counted(Waited(since_ms + span_ms, "QC1", since_ms, "no truck"))
    hours = counter.crane_hours()
    assert sum(hour.waiting_ms["no truck"] for hour in hours) == span_ms
    assert all(0 < hour.waiting_ms["no truck"] <= HOUR_MS for hour in hours)
    assert [hour.hour for hour in hours] == sorted({hour.hour for hour in hours})


@given(st.integers(1, 10 * HOUR_MS), st.integers(MINUTE_MS, HOUR_MS))
def test_shorter_steps_of_time_hold_the_same_and_may_be_asked_on_the_way(span_ms: int, step_ms: int) -> None:
    counter = HourCounter(layout(), step_ms)
    counter.hear(MachineStopped(0, "QC1", "wind"))
    counter.hear(EnergyUsed(span_ms // 2, "QC1", 7))
    counter.over()
    counter.hear(MachineResumed(span_ms, "QC1"))
    counter.over()
    steps = counter.crane_hours()
    assert sum(step.stopped_ms for step in steps) == span_ms
    assert all(step.stopped_ms <= step_ms for step in steps)
    assert sum(step.wh for step in counter.truck_hours()) == 7


@given(st.lists(st.tuples(st.sampled_from("JDRW"), st.integers(1, 2 * HOUR_MS)), max_size=20))
def test_a_truck_is_always_in_one_state(steps: list[tuple[str, int]]) -> None:
    events: list[RunEvent] = [TruckStood(0, "T1", "park", is_visitor=False)]
    at_ms = 0
    for number, (step, later_ms) in enumerate(steps):
        at_ms += later_ms
        events.append(
            {
                "J": JobGiven(at_ms, f"J{number}", "M", "T1", ""),
                "D": JobDone(at_ms, f"J{number - 1}"),
                "R": MoveDone(at_ms, "M"),
                "W": EnergyUsed(at_ms, "T1", 10),
            }[step]
        )
    counter = counted(*events)
    hours = counter.truck_hours()
    assert sum(hour.present_ms for hour in hours) == at_ms
    assert all(hour.driving_ms + hour.waiting_ms <= hour.present_ms <= HOUR_MS for hour in hours)
    assert sum(hour.wh for hour in hours) == 10 * sum(step == "W" for step, _ in steps)


def test_a_truck_drives_and_waits_until_its_bed_is_empty() -> None:
    counter = counted(
        TruckStood(0, "T1", "park", is_visitor=False),
        TruckStood(0, "V1", "park", is_visitor=True),
        JobGiven(10 * MINUTE_MS, "J1", "M1", "T1", ""),
        JobDone(15 * MINUTE_MS, "J1"),
        BoxesLanded(20 * MINUTE_MS, "YC1", (BOX,), (OnTruck("T1"),)),
        JobGiven(20 * MINUTE_MS, "J2", "M1", "T1", ""),
        JobDone(30 * MINUTE_MS, "J2"),
        BoxesLifted(40 * MINUTE_MS, "QC1", (BOX,), (OnTruck("T1"),)),
        JobGiven(45 * MINUTE_MS, "J3", "", "T1", "has nothing to do"),
        TruckLeft(50 * MINUTE_MS, "V1"),
        MachineStopped(50 * MINUTE_MS, "T1", "fault"),
        MachineResumed(60 * MINUTE_MS, "T1"),
    )
    (hour,) = counter.truck_hours()
    assert hour.driving_ms == 15 * MINUTE_MS
    assert hour.waiting_ms == 15 * MINUTE_MS
    assert hour.present_ms == 60 * MINUTE_MS
    assert hour.stopped_ms == 10 * MINUTE_MS
    assert hour.visitors == 0


def test_a_crane_hour_says_what_was_moved_and_for_which_call() -> None:
    counter = counted(
        MoveReleased(0, "M1", MoveKind.LOAD, (BOX,), "CALL-1", "QC1", ""),
        BoxesLanded(HOUR_MS, "QC1", (BOX,), (OnTruck("T1"),)),
        LidLanded(HOUR_MS + 1, "QC1", "CALL-1", "L1"),
        MachineStopped(HOUR_MS + 1, "QC2", "wind"),
        EnergyUsed(2 * HOUR_MS, "QC1", 5),
    )
    first, second, stopped = counter.crane_hours()
    assert (first.hour, first.crane, first.call, first.moves, first.lids) == (0, "QC1", "CALL-1", 1, 0)
    assert (second.hour, second.moves, second.lids) == (1, 0, 1)
    assert (stopped.crane, stopped.stopped_ms) == ("QC2", HOUR_MS - 1)
