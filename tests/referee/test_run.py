"""The referee for runs: the run by hand is good, and whatever is broken in it is found, by its rule."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from random import Random
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests import runs_by_hand as by_hand

from cabria.domain.containers import ContainerId
from cabria.domain.run_events import (
    BatteryRead,
    BoxesLanded,
    BoxesLifted,
    CraneTravelled,
    DeckEnd,
    EnergyUsed,
    JobDone,
    JobGiven,
    JobTakenBack,
    LidLifted,
    MachineResumed,
    MachineStopped,
    MoveDone,
    OnTruck,
    RunEvent,
    ShipSailed,
    Stock,
    StockTaken,
    TripBooked,
    TruckLeft,
    TruckStood,
    Waited,
    WorkRefused,
)
from cabria.referee.run import RunJudgement, judge_run
from cabria.referee.run_figures import figures_of
from cabria.referee.run_plugs import WITHOUT_MS
from cabria.referee.run_rules import PLUG, RUN_RULES, clock

Log = list[RunEvent]
Breaks = Callable[[Log], Log]
A = ContainerId


def judged(log: Log) -> RunJudgement:
    return judge_run(log, by_hand.layout(), [by_hand.called()])


def with_more(*events: RunEvent) -> Breaks:
    return lambda log: sorted([*log, *events], key=lambda event: event.at_ms)


def without(kind: type[RunEvent], number: int = 0) -> Breaks:
    """Drop the n-th event of a kind."""

    def breaks(log: Log) -> Log:
        place = [n for n, event in enumerate(log) if isinstance(event, kind)][number]
        return log[:place] + log[place + 1 :]

    return breaks


def changed(kind: type[RunEvent], number: int, **fields: Any) -> Breaks:
    """The n-th event of a kind with other fields."""

    def breaks(log: Log) -> Log:
        place = [n for n, event in enumerate(log) if isinstance(event, kind)][number]
        return sorted([*log[:place], log[place]._replace(**fields), *log[place + 1 :]], key=lambda event: event.at_ms)

    return breaks


def stock(name: str, length_ft: int, bay: int, row: int, tier: int) -> RunEvent:
    return StockTaken(0, (Stock(A(name), length_ft, 5_000, by_hand.position(bay, row, tier)),))


def windows(*parts: tuple[str, int, int | None]) -> dict[str, Any]:
    return {"windows": parts}


LATE = 590_000
BROKEN: list[tuple[str, str, Breaks]] = [
    ("RUN-TIME", "an event out of time", lambda log: [*log, JobDone(0, "QC1/9")]),
    ("RUN-TIME", "a truck that sets out before it is told", changed(TripBooked, 0, at_ms=10_500)),
    ("RUN-KNOWN", "a crane nobody has", changed(BoxesLifted, 0, crane="QC9")),
    ("RUN-KNOWN", "a truck nobody has", with_more(by_hand.trip(500, "T9", 0, "park 2", "back", "quay"))),
    ("RUN-STOCK", "a box that comes twice", with_more(stock("LOW", 40, 10, 1, 1))),
    (
        "RUN-STOCK",
        "a ship without a box of her call",
        changed(StockTaken, 1, boxes=(Stock(by_hand.OUT, 40, 10_000, by_hand.aboard("0020182")),)),
    ),
    ("RUN-PLACE", "two boxes in one place", with_more(stock("MORE", 40, 2, 3, 1))),
    ("RUN-PLACE", "a place outside the block", with_more(stock("MORE", 40, 18, 3, 1))),
    ("RUN-FLOATING", "a box on nothing", with_more(stock("MORE", 40, 2, 4, 2))),
    ("RUN-UNDER", "a box lifted from under another", lambda log: without(MoveDone)(_without_dig(log))),
    ("RUN-PAIR", "a 20 ft in an even bay", with_more(stock("MORE", 20, 2, 4, 1))),
    ("RUN-PAIR", "a 20 ft on the ground of a 40 ft", with_more(stock("MORE", 20, 3, 3, 2))),
    ("RUN-LIFT", "a box lifted from where it is not", changed(BoxesLifted, 0, places=(by_hand.position(2, 4, 1),))),
    ("RUN-LIFT", "a box that never comes down", without(BoxesLanded, 1)),
    ("RUN-BED", "a long box on one end", changed(BoxesLanded, 1, places=(OnTruck("T1", DeckEnd.FORE),))),
    ("RUN-HANDOVER", "a truck that is still on its way", changed(BoxesLifted, 4, at_ms=214_000)),
    ("RUN-HANDOVER", "a truck at the wrong stand", changed(BoxesLanded, 1, places=(OnTruck("T2"),))),
    ("RUN-REACH", "a yard crane beside the bay", without(CraneTravelled, 0)),
    ("RUN-REACH", "a yard crane that works at the quay", changed(BoxesLifted, 1, crane="YC1")),
    ("RUN-REACH", "a lift while travelling", changed(CraneTravelled, 0, until_ms=340_000)),
    ("RUN-LANE", "a trip over no lane", changed(TripBooked, 0, **windows(("park", 0, 9_000), ("field", 10_000, None)))),
    (
        "RUN-LANE",
        "lanes that do not join",
        changed(TripBooked, 0, **windows(("park", 0, 14_000), ("inland", 10_000, 26_000), ("quay", 22_000, None))),
    ),
    ("RUN-LANE", "a trip from elsewhere", with_more(by_hand.trip(560, "T2", 0, "park", "back", "quay"))),
    ("RUN-LANE", "a rest on the lane", with_more(by_hand.trip(560, "T2", 0, "park 2", "back 2"))),
    (
        "RUN-SPEED",
        "a truck that flies",
        changed(TripBooked, 0, **windows(("park", 0, 14_000), ("back", 10_000, 16_000), ("quay", 12_000, None))),
    ),
    (
        "RUN-SPEED",
        "a tail ahead of its truck",
        changed(TripBooked, 0, **windows(("park", 0, 11_000), ("back", 10_000, 26_000), ("quay", 22_000, None))),
    ),
    ("RUN-OWNER", "two trucks at one stand", with_more(by_hand.trip(30, "T2", 0, "park 2", "back", "quay"))),
    ("RUN-OWNER", "two trucks in one junction", with_more(by_hand.trip(11, "T2", 0, "park 2", "back 2", "quay"))),
    ("RUN-TRAVEL", "a crane that jumps", changed(CraneTravelled, 1, from_mm=9_000)),
    ("RUN-TRAVEL", "a crane that flies", changed(CraneTravelled, 1, until_ms=510_000)),
    ("RUN-TRAVEL", "a crane off its rail", with_more(CraneTravelled(100_000, "QC2", 100_000, 500_000, 9_000_000))),
    ("RUN-GAP", "quay cranes too near", with_more(CraneTravelled(100_000, "QC2", 100_000, 30_000, 500_000))),
    ("RUN-GAP", "yard cranes too near", with_more(CraneTravelled(100_000, "YC2", 52_000, 20_000, 200_000))),
    ("RUN-SLOT", "a slot that is taken", changed(BoxesLanded, 4, places=(by_hand.aboard("0060182"),))),
    ("RUN-SLOT", "a box on nothing", changed(BoxesLanded, 4, places=(by_hand.aboard("0020184"),))),
    ("RUN-LIDS", "the hold under a lid that is on", lambda log: _without_lids(log)),
    ("RUN-LIDS", "a lid with boxes on it", changed(LidLifted, 0, lid="02S")),
    ("RUN-LIDS", "a ship that sails with a lid off", without(LidLifted, 1)),
    ("RUN-QUEUE", "a step that is left out", lambda log: _without_lids(log)),
    ("RUN-QUEUE", "a box that is no step", changed(BoxesLanded, 4, containers=(by_hand.LOW,))),
    ("RUN-ABOARD", "a box in another slot", changed(BoxesLanded, 6, places=(by_hand.aboard("0020202"),))),
    ("RUN-JOB", "a job done twice", with_more(JobDone(LATE, "QC1/1"))),
    ("RUN-JOB", "a job never given", with_more(JobTakenBack(LATE, "QC1/99", "no"))),
    ("RUN-JOB", "a job given twice", with_more(JobGiven(LATE, "QC1/1", "", "QC1", "again"))),
    ("RUN-JOB", "a job of a move that is over", with_more(JobGiven(LATE, "QC1/7", "m1", "QC1", "again"))),
    ("RUN-MOVE", "a move done twice", with_more(MoveDone(LATE, "m1"))),
    ("RUN-MOVE", "a move done too soon", changed(MoveDone, 1, at_ms=159_000)),
    ("RUN-SERVICE", "a crane that lifts out of service", with_more(MachineStopped(70_000, "QC1", "wind"))),
    ("RUN-SERVICE", "a truck that drives out of service", with_more(MachineStopped(205_000, "T1", "fault"))),
    ("RUN-SERVICE", "a machine that was never out", with_more(MachineResumed(205_000, "T1"))),
    ("RUN-ENERGY", "a crane that uses none", lambda log: [e for e in log if not _is_energy_of(e, "QC1")]),
    ("RUN-ENERGY", "a truck that charges at the quay", changed(EnergyUsed, 6, at_ms=LATE, machine="QC1", wh=-5)),
    ("RUN-ENERGY", "a charge beyond the charger", with_more(EnergyUsed(550_000, "T1", -3_500))),
    ("RUN-ENERGY", "a truck that drives for nothing", changed(EnergyUsed, 0, wh=100)),
    ("RUN-BATTERY", "a battery below empty", with_more(BatteryRead(0, "T1", 900))),
    ("RUN-BATTERY", "a battery above full", with_more(BatteryRead(0, "T1", 280_000))),
    (
        "RUN-BATTERY",
        "a battery that holds more",
        with_more(BatteryRead(0, "T1", 9_000), BatteryRead(LATE, "T1", 15_000)),
    ),
    ("RUN-KNOWN", "a battery of no truck", with_more(BatteryRead(0, "QC1", 9_000))),
    ("RUN-KNOWN", "no work for no truck", with_more(WorkRefused(0, "QC1", "is low"))),
    ("RUN-PLUG", "a reefer dug away from its plug", lambda log: _reefer_set_aside(log, WITHOUT_MS + 1)),
    ("RUN-WAIT", "a crane that works while it waits", with_more(Waited(300_000, "QC1", 200_000, "no truck"))),
    ("RUN-WAIT", "waiting for two things", with_more(Waited(40_000, "QC1", 20_000, "no truck"))),
    ("RUN-OPEN", "a job that was not ended", with_more(JobGiven(LATE, "QC1/7", "", "QC1", "makes way"))),
    ("RUN-LANE", "a visitor beside the gate", with_more(TruckStood(LATE, "V1", "yard", True), TruckLeft(LATE, "V1"))),
]


def _is_energy_of(event: RunEvent, machine: str) -> bool:
    return isinstance(event, EnergyUsed) and event.machine == machine


def _reefer_set_aside(log: Log, for_ms: int, bay: int = 2, *, is_listed: bool = True) -> Log:
    """TOP is a reefer, is set down over that bay, and the log goes on for some time."""
    stocked, landed = log[0], next(e for e in log if isinstance(e, BoxesLanded) and e.containers == (by_hand.TOP,))
    assert isinstance(stocked, StockTaken)
    boxes = (box._replace(needs_plug=is_listed and box.container == by_hand.TOP) for box in stocked.boxes)
    there = landed._replace(places=(by_hand.position(bay, 3, 2 if bay == 2 else 1),))
    end = MachineStopped(landed.at_ms + for_ms, "YC2", "maintenance")
    return sorted(
        [stocked._replace(boxes=tuple(boxes)), *(there if e is landed else e for e in log[1:]), end],
        key=lambda event: event.at_ms,
    )


def _without_dig(log: Log) -> Log:
    return [e for e in log if not (isinstance(e, BoxesLifted | BoxesLanded) and e.containers == (by_hand.TOP,))]


def _without_lids(log: Log) -> Log:
    return [event for event in log if not type(event).__name__.startswith("Lid")]


def test_the_run_by_hand_is_good() -> None:
    verdict = judged(by_hand.good_run())
    assert [str(finding) for finding in verdict.findings] == []
    assert verdict.is_good
    assert verdict.events == len(by_hand.good_run())


@pytest.mark.parametrize(("rule", "what", "breaks"), BROKEN, ids=[f"{rule}: {what}" for rule, what, _ in BROKEN])
def test_what_is_broken_is_found(rule: str, what: str, breaks: Breaks) -> None:
    found = judged(breaks(by_hand.good_run())).findings
    assert rule in {finding.rule.id for finding in found}, [str(finding) for finding in found]


def test_every_rule_is_broken_by_some_log() -> None:
    assert {rule for rule, _, _ in BROKEN} == {rule.id for rule in RUN_RULES}


def test_a_finding_says_which_event_when_and_where() -> None:
    (finding,) = judged(changed(CraneTravelled, 1, until_ms=510_000)(by_hand.good_run())).findings
    assert str(finding).startswith("HARD RUN-TRAVEL event ")
    assert " at 0:08:20.000 QC1: It travels 12,680 mm in 10000 ms" in str(finding)


def test_a_run_that_is_cut_off_names_what_is_under_way_and_is_good() -> None:
    log = [event for event in by_hand.good_run() if event.at_ms < 250_000]
    verdict = judged(log)
    assert verdict.is_good, verdict.broken
    assert any(f.container == by_hand.IN and "still holds it" in f.text for f in verdict.findings)


def test_a_ship_that_sails_too_early_is_not_as_planned() -> None:
    log = [event for event in by_hand.good_run() if event.at_ms < 250_000]
    found = judged([*log, ShipSailed(250_000, by_hand.CALL)]).broken
    assert {"RUN-ABOARD", "RUN-QUEUE"} <= {finding.rule.id for finding in found}


MATTERS = (StockTaken, BoxesLifted, BoxesLanded, TripBooked, LidLifted, MoveDone, JobDone, TruckStood, CraneTravelled)


@given(st.data())
def test_no_event_that_matters_can_be_dropped(data: st.DataObject) -> None:
    log = by_hand.good_run()
    # Nothing follows from where the last crane drives, and a truck that never moves may as well not be there.
    idle = {len(log) - 1, *(n for n, e in enumerate(log) if isinstance(e, TruckStood) and e.truck == "T2")}
    idle |= {n for n, e in enumerate(log) if isinstance(e, CraneTravelled) and e.crane == "QC1"}
    place = data.draw(st.sampled_from([n for n, e in enumerate(log) if isinstance(e, MATTERS) and n not in idle]))
    assert judged(log[:place] + log[place + 1 :]).findings


@given(st.data())
def test_no_box_can_be_set_down_elsewhere(data: st.DataObject) -> None:
    log = by_hand.good_run()
    place = data.draw(st.sampled_from([n for n, e in enumerate(log) if isinstance(e, BoxesLanded)]))
    event = log[place]
    assert isinstance(event, BoxesLanded)
    elsewhere = st.builds(by_hand.position, st.integers(1, 18), st.integers(1, 5), st.integers(1, 5))
    there = data.draw(elsewhere | st.sampled_from([OnTruck("T1"), OnTruck("T2"), by_hand.aboard("0060382")]))
    moved = [*log[:place], event._replace(places=(there,)), *log[place + 1 :]]
    is_the_same = event.places == (there,)
    # Any free stack of the right bay is as good for a box that comes in or is in the way, and stays there.
    is_as_good = event.crane == "YC1" and judged(moved).is_good and event.containers[0] in (by_hand.TOP, by_hand.OUT)
    assert is_the_same or is_as_good or judged(moved).broken


@given(st.integers(600_000, 3 * WITHOUT_MS), st.sampled_from([2, 6, 10, 14]), st.booleans())
def test_only_a_reefer_that_stands_long_without_a_plug_is_found(for_ms: int, bay: int, is_listed: bool) -> None:
    log = _reefer_set_aside(by_hand.good_run(), for_ms, bay, is_listed=is_listed)
    found = [finding for finding in judged(log).broken if finding.rule is PLUG]
    assert bool(found) == (is_listed and bay in (2, 6) and for_ms > WITHOUT_MS)


def test_a_reefer_of_the_load_list_is_known_when_the_ship_has_berthed() -> None:
    log = _reefer_set_aside(by_hand.good_run(), WITHOUT_MS + 1, is_listed=False)
    call, plan = by_hand.called()
    cold = replace(call.loads[0], id=by_hand.TOP, set_point_tenth_c=-180)
    calls = [(replace(call, loads=(*call.loads, cold)), plan)]
    found = [finding for finding in judge_run(log, by_hand.layout(), calls).broken if finding.rule is PLUG]
    assert [(finding.at_ms, finding.place) for finding in found] == [(80_000 + WITHOUT_MS, "A1-02-03-2")]


@given(st.integers(0, 5), st.integers(1, 4), st.integers(-60_000, 60_000).filter(lambda ms: abs(ms) > 4_000))
def test_no_window_of_a_trip_can_be_shifted_far_unseen(trip: int, window: int, shift_ms: int) -> None:
    log = by_hand.good_run()
    place = [n for n, e in enumerate(log) if isinstance(e, TripBooked)][trip]
    event = log[place]
    assert isinstance(event, TripBooked)
    parts = list(event.windows)
    window = min(window, len(parts) - 2)
    name, enter_ms, leave_ms = parts[window]
    parts[window] = (name, enter_ms + shift_ms, None if leave_ms is None else leave_ms + shift_ms)
    assert judged([*log[:place], event._replace(windows=tuple(parts)), *log[place + 1 :]]).broken


@given(st.integers(0, 10**9))
def test_a_clock_can_be_read_back(at_ms: int) -> None:
    hours, minutes, seconds = clock(at_ms).split(":")
    assert round((int(hours) * 3_600 + int(minutes) * 60 + float(seconds)) * 1_000) == at_ms


@given(st.lists(st.sampled_from(by_hand.good_run()), max_size=60), st.randoms(use_true_random=False))
def test_no_log_however_wild_is_too_much(events: list[RunEvent], chance: Random) -> None:
    """Events in any order, left out, twice, of machines and boxes that are others'."""
    names = ["T1", "T2", "QC1", "QC2", "YC1", "QC9"]
    wild = [
        event._replace(crane=chance.choice(names)) if "crane" in event._fields and chance.random() < 0.3 else event
        for event in events
    ]
    verdict = judged(wild)
    assert verdict.events == len(wild)
    assert all(str(finding) for finding in verdict.findings)
    figures_of(wild, by_hand.layout(), [by_hand.called()])
