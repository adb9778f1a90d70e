"""Key figures of the run by hand, counted by hand."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests import runs_by_hand as by_hand

from cabria.domain.containers import ContainerId
from cabria.domain.run_events import (
    OnTruck,
    RunEvent,
    Stock,
    StockTaken,
    TripBooked,
    TruckLeft,
    TruckStood,
)
from cabria.referee.run_figures import RunCounter, RunFigures, figures_of


def figures(log: list[RunEvent]) -> RunFigures:
    return figures_of(log, by_hand.layout(), [by_hand.called()])


def test_the_run_by_hand_counted_by_hand() -> None:
    run = figures(by_hand.good_run())
    (crane,) = run.quay_cranes
    assert (crane.crane, crane.moves, crane.lids) == ("QC1", 3, 2)
    assert (crane.first_ms, crane.last_ms) == (60_000, 480_000)
    assert crane.gross_moves_per_hour == pytest.approx(3 * 3600 / 420)
    assert crane.waiting_ms == {"empty truck under way": 34_000}
    # No truck is sent for 10 s, then it drives for 24 s.
    assert crane.leg_ms == {"no truck free": 10_000, "truck drives empty": 24_000}
    assert run.waiting_share_by_leg["truck drives empty"] == pytest.approx(24 / 480)
    assert crane.waiting_share == pytest.approx(34 / 480)
    assert run.waiting_share_by_cause == {"empty truck under way": pytest.approx(34 / 480)}
    (call,) = run.calls
    assert call.berth_productivity_per_hour == pytest.approx(3 * 6)
    assert (call.is_done, call.makespan_s) == (True, 480)
    assert (run.productive_moves, run.rehandles, run.rehandle_ratio) == (3, 1, pytest.approx(1 / 3))
    assert run.run_ms == 600_000


def test_trucks_drive_loaded_what_they_carry() -> None:
    trucks = figures(by_hand.good_run()).trucks
    assert (trucks.trucks, trucks.loaded_mm, trucks.empty_mm) == (2, 6 * 60_000, 6 * 60_000)
    assert trucks.empty_share == 0.5
    # From the job for m1 at 10 s to its end at 160 s, for m2 from 200 to 280 s, for m3 from 300 to 430 s.
    assert trucks.in_use_ms == 150_000 + 80_000 + 130_000
    assert trucks.waiting_ms == trucks.in_use_ms - 4 * 24_000
    assert trucks.present_ms == 2 * 600_000


def test_all_time_of_all_trucks_goes_into_some_leg() -> None:
    trucks = figures(by_hand.good_run()).trucks
    assert sum(trucks.leg_ms.values()) == trucks.present_ms
    assert trucks.leg_ms["quay crane at work"] == (90 - 34) * 1_000 + (240 - 224) * 1_000
    # For m1 from 114 s, when the truck is there, until the crane is told at 115 s, and from then until it has the box.
    assert trucks.leg_ms["yard crane at work"] >= 15_000


def test_yard_cranes_energy_and_occupancy() -> None:
    run = figures([*by_hand.good_run(), TruckStood(3_600_000, "T3", "park", False)])
    crane = run.yard_cranes[0]
    assert (crane.crane, crane.lifts, crane.rehandles, crane.working_ms) == ("YC1", 4, 1, 145_000)
    assert run.wh == {"QC1": 9_000, "YC1": 12_000, "T1": 1_000}
    assert run.kwh_per_move == pytest.approx(22 / 3)
    assert run.truck_kwh_per_move == pytest.approx(1 / 3)
    assert run.charged_wh == {"T1": 3_500}
    (hour,) = run.yard
    assert (hour.boxes, hour.teu, hour.slots_teu) == (3, 6, 144)


def test_a_road_truck_turns_from_gate_to_gate() -> None:
    box = Stock(ContainerId("GATE"), 40, 9_000, OnTruck("V1"))
    log: list[RunEvent] = [TruckStood(60_000, "V1", "park", True), StockTaken(60_000, (box,)), TruckLeft(660_000, "V1")]
    run = figures(sorted([*by_hand.good_run(), *log], key=lambda event: event.at_ms))
    assert run.turn_ms == (600_000,)
    assert run.mean_turn_ms == 600_000
    assert run.trucks.trucks == 2


def test_an_empty_log_has_no_figures_and_no_division_by_nothing() -> None:
    run = figures([])
    assert (run.moves, run.gross_moves_per_hour, run.rehandle_ratio, run.kwh_per_move) == (0, None, None, None)
    assert (run.trucks.empty_share, run.trucks.utilisation, run.mean_turn_ms) == (None, None, None)
    assert run.waiting_share_by_cause == {}


@given(st.integers(0, 700_000))
def test_no_figure_shrinks_as_a_run_goes_on(until_ms: int) -> None:
    log = by_hand.good_run()
    part, whole = figures([event for event in log if event.at_ms <= until_ms]), figures(log)
    assert part.moves <= whole.moves
    assert part.trucks.loaded_mm + part.trucks.empty_mm <= whole.trucks.loaded_mm + whole.trucks.empty_mm
    assert sum(part.wh.values()) <= sum(whole.wh.values())
    assert part.rehandles <= whole.rehandles


def test_a_trip_that_is_replaced_counts_only_as_far_as_it_was_driven() -> None:
    log = [event for event in by_hand.good_run() if event.at_ms <= 10_000]
    again = TripBooked(15_000, "T1", (("back", 10_000, 30_000), ("quay", 26_000, None)), "stood still")
    assert figures([*log, again]).trucks.empty_mm == 60_000


CUTS = st.integers(0, len(by_hand.good_run()))


def in_two(cut: int) -> tuple[RunFigures, RunFigures]:
    """What came before an event of the run by hand, and from there on."""
    log = by_hand.good_run()
    counter = RunCounter(by_hand.layout(), [by_hand.called()])
    for event in log[:cut]:
        counter.hear(event)
    before = counter.figures()
    counter.count_from(log[cut - 1].at_ms if cut else 0)
    for event in log[cut:]:
        counter.hear(event)
    return before, counter.figures()


@given(CUTS)
def test_a_run_counted_in_two_spans_is_the_run(cut: int) -> None:
    whole, spans = figures(by_hand.good_run()), in_two(cut)
    for count in ("run_ms", "moves", "productive_moves", "rehandles"):
        assert sum(getattr(span, count) for span in spans) == getattr(whole, count)
    for count in ("loaded_mm", "empty_mm", "in_use_ms", "present_ms"):
        assert sum(getattr(span.trucks, count) for span in spans) == getattr(whole.trucks, count)
    assert sum(span.wh.get("T1", 0) for span in spans) == whole.wh["T1"]
    assert sum(call.berth_ms for span in spans for call in span.calls) == whole.calls[0].berth_ms
    legs = [sum(span.trucks.leg_ms.values()) for span in spans]
    assert sum(legs) == sum(whole.trucks.leg_ms.values())


@given(CUTS)
def test_asking_for_figures_on_the_way_changes_nothing(cut: int) -> None:
    counter = RunCounter(by_hand.layout(), [by_hand.called()])
    for number, event in enumerate(by_hand.good_run()):
        if number == cut:
            assert counter.figures() == counter.figures()
        counter.hear(event)
    assert counter.figures() == figures(by_hand.good_run())


def test_a_crane_that_worked_before_has_its_hours_from_the_beginning_of_the_span() -> None:
    log = by_hand.good_run()
    counter = RunCounter(by_hand.layout(), [by_hand.called()])
    for event in log:
        if event.at_ms > 300_000:
            break
        counter.hear(event)
    counter.count_from(300_000)
    for event in log:
        if event.at_ms > 300_000:
            counter.hear(event)
    (crane,) = counter.figures().quay_cranes
    assert (crane.first_ms, crane.last_ms, crane.run_s) == (300_000, 480_000, 180)
    with pytest.raises(ValueError, match="cannot be counted from"):
        counter.count_from(0)
