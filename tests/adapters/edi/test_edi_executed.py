"""Messages of what happened say what the referee's replay of the same log says, box by box."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.runs_by_hand import CALL, called, good_run, layout
from tests.twin.test_twin import its_layout, planned

from cabria.adapters.edi import read_any, read_bay_plan, read_move_report
from cabria.adapters.edi.carried import Dialect, carried
from cabria.adapters.edi.executed import (
    Executed,
    ShipMoves,
    departure_baplie,
    departure_plan,
    gate_report,
    move_reports,
    run_clock,
    utc_clock,
)
from cabria.domain.calls import VesselCall
from cabria.domain.containers import ContainerId
from cabria.domain.layout import Layout
from cabria.domain.messages import Direction, EquipmentMessage, MessageHeader
from cabria.domain.plan import LoadingPlan, departure
from cabria.domain.positions import StowPosition
from cabria.domain.road_visits import Brought, RoadVisit
from cabria.domain.run_events import Aboard, OnTruck, RunEvent, ShipSailed
from cabria.operations.settings import Settings
from cabria.referee.run import RunReferee
from cabria.twin.quay_cranes import Spread
from cabria.twin.twin import Fleet, Twin

IN = ContainerId("CBRU7000007")


@cache
def run() -> tuple[VesselCall, LoadingPlan, Layout, tuple[RunEvent, ...]]:
    """A made call to its end, and two road trucks: one brings a box, the other fetches it again."""
    call, plan = planned()
    twin = Twin(its_layout(), Settings(), Fleet(trucks=8, spread=Spread(0.2)), 3)
    twin.control.take_stock(call.yard)
    twin.control.berth(call, plan)
    twin.visitors.expect([RoadVisit("R1", 60_000, brings=Brought(IN, 40, 21_000))])
    twin.visitors.expect([RoadVisit("R2", 5_400_000, takes=IN)])
    while not twin.is_idle or twin.now_ms < 10_800_000:
        twin.run(twin.now_ms + 3_600_000)
    events = (*twin.log.events, ShipSailed(twin.now_ms, call.id))
    return call, plan, its_layout(), events


def heard(events: Sequence[RunEvent], call: VesselCall) -> tuple[Executed, ShipMoves]:
    executed = Executed()
    executed.expect(call)
    for event in events:
        executed.hear(event)
    return executed, executed.calls[call.id]


def replayed(events: Sequence[RunEvent], call: VesselCall, plan: LoadingPlan, on: Layout) -> dict[str, StowPosition]:
    """Where the referee has the boxes of the ship after these events."""
    referee = RunReferee(on, [(call, plan)])
    for event in events:
        referee.hear(event)
    return dict(referee._ships.ships[call.id].where)


def test_the_departure_bay_plan_is_what_the_referee_finds_aboard() -> None:
    call, plan, on, events = run()
    _, ship = heard(events, call)
    raw = departure_baplie(ship, run_clock("2026-03-02T06:00"))
    message = read_bay_plan(raw, file="departure")
    aboard = {entry.container.id: entry.position for entry in message.entries}
    assert aboard == replayed(events, call, plan, on)
    assert aboard == {box.id: slot for box, slot in departure(call, plan)}
    assert message.header.port == call.port
    assert message.header.etd
    by_number = {entry.container.id: entry.container for entry in message.entries}
    for box in call.loads:
        if box.id in by_number:
            assert by_number[box.id] == carried(box, Dialect.SMDG31)


@settings(max_examples=12)
@given(st.data())
def test_at_any_moment_it_is_what_stands_aboard_and_not_the_plan(data: st.DataObject) -> None:
    call, plan, on, events = run()
    part = events[: data.draw(st.integers(0, len(events) - 1))]
    _, ship = heard(part, call)
    assert {box.id: slot for box, slot in departure_plan(ship)} == replayed(part, call, plan, on)


def test_a_box_that_was_not_loaded_is_in_no_message() -> None:
    """The plan says IN and LOWER; the run stops after IN."""
    call, plan = called()
    events = good_run()
    full, _ = heard(events, call)
    landed = [n for n, event in enumerate(events) if any(isinstance(p, Aboard) for p in getattr(event, "places", ()))]
    _, ship = heard(events[: landed[-1]], call)
    report = read_move_report(move_reports(ship, run_clock(""))[Direction.LOAD], file="coarri")
    loaded = {entry.container.id for entry in report.entries}
    assert loaded < set(plan.loads)
    everything = read_move_report(move_reports(full.calls[CALL], run_clock(""))[Direction.LOAD], file="coarri")
    assert {entry.container.id: entry.position for entry in everything.entries} == dict(plan.loads)
    assert replayed(events, call, plan, layout())["STAYS"] == ship.aboard[ContainerId("STAYS")]


def test_coarri_tells_each_move_once_with_its_slot_and_time() -> None:
    call, plan, _, events = run()
    executed, ship = heard(events, call)
    reports = move_reports(ship, run_clock("2026-03-02T06:00"))
    unloaded = read_move_report(reports[Direction.DISCHARGE], file="coarri")
    told = {(entry.container.id, entry.position) for entry in unloaded.entries}
    assert told == {(stowed.container.id, stowed.position) for stowed in call.discharges}
    loaded = read_move_report(reports[Direction.LOAD], file="coarri")
    assert {entry.container.id: entry.position for entry in loaded.entries} == dict(plan.loads)
    for report in (unloaded, loaded):
        assert all("2026-03-02T06:00" <= entry.at <= "2026-03-03T06:00" for entry in report.entries)
        assert not [finding for finding in report.findings if finding.severity.value == "hard"]
    assert reports == move_reports(executed.calls[call.id], run_clock("2026-03-02T06:00"))


def test_codeco_tells_what_came_in_and_what_went_out() -> None:
    call, _, _, events = run()
    executed, _ = heard(events, call)
    assert [(move.container, move.truck, move.is_in) for move in executed.gate_moves] == [
        (IN, "R1", True),
        (IN, "R2", False),
    ]
    header = MessageHeader("CODECO", port=call.port, prepared_at="2026-03-02T06:00", carrier="ANP")
    for is_in, document in ((True, "34"), (False, "36")):
        moves = [move for move in executed.gate_moves if move.is_in is is_in]
        raw = gate_report(moves, executed, utc_clock(1_772_431_200_000), header, is_in=is_in)
        [message] = read_any(raw, file="codeco")
        assert isinstance(message, EquipmentMessage)
        assert message.header.document == document
        [entry] = message.entries
        assert (entry.container.id, entry.container.gross_mass_kg) == (IN, 21_000)
        assert re.fullmatch(r"2026-03-02T\d\d:\d\dZ?", entry.at)


def test_nothing_moved_is_nothing_to_tell() -> None:
    _, ship = heard([], called()[0])
    assert move_reports(ship, run_clock("")) == {}
    assert len(departure_plan(ship)) == 0


@pytest.mark.parametrize("text", ["2026-03-02T06:00", "2026-03-02T06:00:30", ""])
def test_clocks_say_times_that_messages_write(text: str) -> None:
    for clock in (run_clock(text), utc_clock(0)):
        assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d)?Z?", clock(3_600_000))


def test_boxes_on_a_bed_of_our_own_are_no_gate_moves() -> None:
    call, _, _, events = run()
    executed, _ = heard(events, call)
    beds = {p.truck for event in events for p in getattr(event, "places", ()) if isinstance(p, OnTruck)}
    assert len(beds) > 3
    assert len(executed.gate_moves) == 2
