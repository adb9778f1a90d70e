"""Yard cranes begin before their truck is there: sooner to fetch its box than to come for the one it brings."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st
from tests.twin.test_twin import its_layout, planned, run_to_end, twin_at_work

from cabria.domain.run_events import JobGiven, MoveKind, MoveReleased, RunEvent, TripBooked, TruckAssigned
from cabria.operations.settings import Settings
from cabria.referee.run import judge_run


def leads_ms(events: list[RunEvent], kind: MoveKind) -> list[int]:
    """How long before its truck is on the stand each yard crane begins with a box of a move of a kind."""
    kinds, trucks, there_ms, found = dict[str, MoveKind](), dict[str, str](), dict[str, int](), list[int]()
    for event in events:
        if isinstance(event, MoveReleased):
            kinds[event.move] = event.kind
        elif isinstance(event, TruckAssigned):
            trucks[event.move] = event.truck
        elif isinstance(event, TripBooked):
            there_ms[event.truck] = event.windows[-1][1]
        elif isinstance(event, JobGiven) and event.machine.startswith("YC") and kinds.get(event.move) is kind:
            found.append(there_ms[trucks[event.move]] - event.at_ms)
    return found


@settings(max_examples=3)
@given(st.integers(0, 150_000), st.integers(0, 150_000))
def test_no_crane_begins_longer_ahead_than_it_may_and_every_rule_is_kept(fetch_ms: int, take_ms: int) -> None:
    at_most = Settings(yard_ahead_ms=fetch_ms, yard_takes_ahead_ms=take_ms, yard_along_ms=0)
    events = run_to_end(twin_at_work(at_most, trucks=4))
    assert max(leads_ms(events, MoveKind.LOAD)) <= fetch_ms
    assert max(leads_ms(events, MoveKind.DISCHARGE)) <= take_ms
    assert [str(finding) for finding in judge_run(events, its_layout(), [planned()]).broken] == []


def test_as_usual_it_begins_sooner_to_fetch_than_to_take() -> None:
    events = run_to_end(twin_at_work(Settings(yard_along_ms=0), trucks=4))
    assert max(leads_ms(events, MoveKind.LOAD)) > 60_000 >= max(leads_ms(events, MoveKind.DISCHARGE)) > 30_000


def test_it_begins_sooner_where_it_has_far_to_go_and_no_other_truck_comes() -> None:
    events = run_to_end(twin_at_work(trucks=4))
    longest_ms = 250 * max(block.bays * block.bay_pitch_mm for block in planned()[0].terminal.blocks) // 1_000
    for kind, usual_ms in ((MoveKind.LOAD, 110_000), (MoveKind.DISCHARGE, 60_000)):
        assert usual_ms < max(leads_ms(events, kind)) <= usual_ms + longest_ms
    assert [str(finding) for finding in judge_run(events, its_layout(), [planned()]).broken] == []
