"""The shadow counts another terminal's days and its own by the same referee, and can reach nobody."""

from __future__ import annotations

import json
import socket
import subprocess
import sys
from functools import cache
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.twin.test_twin import its_layout, planned, run_to_end

from cabria.adapters.edi import read_move_report
from cabria.adapters.edi.executed import Executed, move_reports, run_clock
from cabria.bootstrap.shadow import Shadow, Tally, against_messages, shadowed, tally_of
from cabria.bootstrap.shadow_feeds import write_shadow
from cabria.domain.containers import ContainerId
from cabria.domain.errors import DataError
from cabria.domain.road_visits import Brought, RoadVisit
from cabria.domain.run_events import RunEvent
from cabria.operations.settings import Settings, TruckChoice
from cabria.referee.run_figures import figures_of
from cabria.twin.twin import Fleet, Twin

POOR = Settings(look_ahead=1, truck_choice=TruckChoice.NEAREST, dig_ahead=False)
EVENING_MS = 1_772_492_400_000
"""An hour before midnight."""
BOX = ContainerId("CBRU7000007")


@cache
def theirs(rules: Settings = POOR) -> tuple[RunEvent, ...]:
    """A terminal that looks ahead badly, with a road truck that brings a box and another that fetches it."""
    call, plan = planned()
    twin = Twin(its_layout(), rules, Fleet(trucks=6), 1)
    twin.control.take_stock(call.yard)
    twin.control.berth(call, plan)
    twin.visitors.expect(
        [RoadVisit("R1", 600_000, brings=Brought(BOX, 40, 21_000)), RoadVisit("R2", 9_000_000, takes=BOX)]
    )
    return tuple(run_to_end(twin))


def test_it_says_what_it_would_have_saved_by_the_referees_words() -> None:
    days = shadowed(theirs(), its_layout(), [planned()])
    assert len(days) == 1
    [day] = days
    assert day.broken == ()
    assert day.theirs == tally_of(figures_of(theirs(), its_layout(), [planned()]))
    assert day.ours.moves == day.theirs.moves
    assert day.ours.gate_visits == day.theirs.gate_visits == 2
    assert day.ours.crane_waiting_s < day.theirs.crane_waiting_s / 2
    assert (day.held_back, day.not_served) == ((), 0)


def test_shadowing_itself_it_saves_nothing() -> None:
    """The same operations over the same work: but for moments at which a road truck is seen, and for trips to chargers,
    as ours wait there for the ship to be told, the same."""
    [day] = shadowed(theirs(Settings()), its_layout(), [planned()], seed=1)
    assert day.ours.moves == day.theirs.moves
    assert abs(day.ours.digs - day.theirs.digs) <= 3
    loaded_m = [tally.driven_m - tally.empty_m for tally in (day.ours, day.theirs)]
    assert abs(loaded_m[0] - loaded_m[1]) < 0.1 * loaded_m[1]


def test_days_end_at_midnight_and_add_up() -> None:
    two = shadowed(theirs(), its_layout(), [planned()], zero_utc_ms=EVENING_MS)
    assert [day.day for day in two] == ["2026-03-02", "2026-03-03"]
    [one] = shadowed(theirs(), its_layout(), [planned()])
    for name in ("moves", "digs", "driven_m", "gate_visits", "crane_s"):
        assert sum(getattr(day.theirs, name) for day in two) == getattr(one.theirs, name)
        assert sum(getattr(day.ours, name) for day in two) == getattr(one.ours, name)


@settings(max_examples=3)
@given(st.data())
def test_a_feed_that_stops_anywhere_is_told_as_far_as_it_came(data: st.DataObject) -> None:
    cut = data.draw(st.integers(0, len(theirs())))
    shadow = Shadow(its_layout())
    shadow.expect(*planned())
    for event in theirs()[:cut]:
        shadow.hear(event)
    days = shadow.over()
    assert sum(day.theirs.moves for day in days) <= 58
    assert all(day.broken == () for day in days)


def test_a_ship_nobody_told_of_is_refused() -> None:
    with pytest.raises(DataError, match="Nobody told the shadow"):
        shadowed(theirs(), its_layout(), [])


def test_no_gateway_behind_it_can_send(monkeypatch: pytest.MonkeyPatch) -> None:
    def cut(*_: object, **__: object) -> None:
        raise AssertionError("The shadow reaches for the network.")

    monkeypatch.setattr(socket, "socket", cut)
    monkeypatch.setattr(socket, "create_connection", cut)
    shadow = Shadow(its_layout())
    shadow.expect(*planned())
    for event in theirs()[:2_000]:
        shadow.hear(event)
    assert shadow.twin is not None
    out = shadow.twin.control.desk.out
    for gateway in (out.alarms, out.quay_cranes, out.yard_cranes, out.trucks):
        assert type(gateway).__module__.startswith("cabria.twin.")


def test_it_does_not_even_know_a_wire() -> None:
    program = (
        "import sys, cabria.bootstrap.shadow as s; from cabria.experiments.layouts import small_layout;"
        "s.Shadow(small_layout())._begun();"
        "print([m for m in sys.modules if m.startswith(('aiomqtt', 'amqtt', 'paho', 'asyncssh', 'cabria.adapters'))])"
    )
    told = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, timeout=120, check=True)
    assert told.stdout.strip() == "[]"


def test_messages_alone_tell_the_time_of_the_work() -> None:
    call, plan = planned()
    executed = Executed()
    executed.expect(call)
    for event in theirs():
        executed.hear(event)
    raw = move_reports(executed.calls[call.id], run_clock("2026-03-02T06:00"))
    reports = [read_move_report(part, file="") for part in raw.values()]
    found = against_messages(call, plan, its_layout(), reports)
    assert found.their_moves == found.our_moves == 58
    assert found.our_hours < found.their_hours
    assert (found.other_slots, found.broken) == (0, ())
    with pytest.raises(DataError, match="No report says when"):
        against_messages(call, plan, its_layout(), [])


def test_the_page_and_its_figures_are_written_whole(tmp_path: Path) -> None:
    days = shadowed(theirs(), its_layout(), [planned()], zero_utc_ms=EVENING_MS)
    write_shadow(days, "Port <of> call", tmp_path / "shadow")
    document = json.loads((tmp_path / "shadow" / "shadow.json").read_text())
    assert [day["theirs"]["digs"] for day in document["days"]] == [day.theirs.digs for day in days]
    page = (tmp_path / "shadow" / "shadow.html").read_text()
    assert "Port &lt;of&gt; call" in page
    assert page.index("2026-03-03") < page.index("2026-03-02")
    assert f"<td>{days[0].theirs.digs}</td><td>{days[0].ours.digs}</td>" in page


def test_tallies_subtract_cause_by_cause() -> None:
    assert Tally(moves=3, waiting_s={"a": 5, "b": 1}) - Tally(moves=1, waiting_s={"a": 2, "b": 1}) == Tally(
        moves=2, waiting_s={"a": 3}
    )
