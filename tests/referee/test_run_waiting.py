"""Time of trucks and waiting of cranes, explained from the run by hand."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st
from tests import runs_by_hand as by_hand

from cabria.domain.run_events import JobGiven, RunEvent, TruckAssigned, Waited
from cabria.referee.run import judge_run
from cabria.referee.run_figures import figures_of


@given(events=st.integers(1, len(by_hand.good_run())))
def test_wherever_the_log_ends_all_time_and_all_waiting_is_explained(events: int) -> None:
    run = figures_of(by_hand.good_run()[:events], by_hand.layout(), [by_hand.called()])
    assert sum(run.trucks.leg_ms.values()) == run.trucks.present_ms
    for crane in run.quay_cranes:
        assert sum(crane.leg_ms.values()) == sum(crane.waiting_ms.values())


def test_a_crane_that_waits_over_the_place_of_its_truck_waits_for_that_truck() -> None:
    log: list[RunEvent] = [event for event in by_hand.good_run() if not isinstance(event, Waited)]
    # QC1 was told at 0 s to fetch the box for m1, and would have let it down at 20 s: T1 came at 34 s.
    where = next(n for n, event in enumerate(log) if event.at_ms > 34_000)
    log.insert(where, Waited(34_000, "QC1", 20_000, "empty truck under way"))
    (crane,) = figures_of(log, by_hand.layout(), [by_hand.called()]).quay_cranes
    assert crane.leg_ms == {"truck drives empty": 14_000}


def test_waiting_for_another_crane_is_left_as_it_is_told() -> None:
    log: list[RunEvent] = [
        event._replace(cause="another crane's work comes first") if isinstance(event, Waited) else event
        for event in by_hand.good_run()
    ]
    (crane,) = figures_of(log, by_hand.layout(), [by_hand.called()]).quay_cranes
    assert crane.leg_ms == {"another crane's work comes first": 34_000}


def test_a_move_is_given_to_a_truck_that_is_there_while_it_is_under_way() -> None:
    log = by_hand.good_run()
    first = next(n for n, event in enumerate(log) if isinstance(event, JobGiven) and event.machine == "T1")
    good: list[RunEvent] = [*log[:first], TruckAssigned(log[first].at_ms, "m1", "T1", "nearest"), *log[first:]]
    assert judge_run(good, by_hand.layout(), [by_hand.called()]).is_good
    for move, truck in (("m1", "T9"), ("m9", "T1")):
        bad = [*log[:first], TruckAssigned(log[first].at_ms, move, truck, "nearest"), *log[first:]]
        (finding,) = judge_run(bad, by_hand.layout(), [by_hand.called()]).broken
        assert (move if move == "m9" else truck) in finding.place
