"""A twin goes on from how another stood: to the end of the work, and within the rules as if it had been one run."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from functools import cache

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.fakes.journal import JournalInMemory
from tests.twin.test_twin import begun, its_layout, planned

from cabria.domain.run_events import RunEvent, TripBooked, TruckStood
from cabria.operations.replay import replay
from cabria.operations.settings import Settings
from cabria.operations.standing import Standing, standing_of
from cabria.planning.dispatch.traffic.lane_book import Progress
from cabria.referee.run import RunReferee, judge_run
from cabria.referee.run_figures import figures_of
from cabria.twin.going_on import Strokes, going_on, ways_of
from cabria.twin.quay_cranes import Spread
from cabria.twin.twin import EventLog, Fleet, Twin

HOUR_MS = 3_600_000


@cache
def stood(at_s: int) -> tuple[Standing, tuple[RunEvent, ...]]:
    """How operations stood after so many seconds of the made call, done again from the journal, and the log so far."""
    journal = JournalInMemory()
    twin = begun(Twin(its_layout(), Settings(), Fleet(8, spread=Spread(0.2)), seed=4, journal=journal))
    twin.run(1_000 * at_s)
    return standing_of(replay(journal.numbered()).control), tuple(twin.log.events)


def gone_on(at_s: int, seed: int, progress: Mapping[int, Progress] | None = None) -> tuple[Twin, EventLog]:
    standing, events = stood(at_s)
    standing = replace(standing, progress=progress or {})
    strokes, log = Strokes(), EventLog()
    for event in events:
        strokes.hear(event)
    return going_on(standing, strokes, Fleet(spread=Spread(0.2)), seed, log), log


@given(at_s=st.integers(1, 2_400), seed=st.integers(0, 3))
@settings(max_examples=4)
def test_from_any_moment_on_the_work_comes_to_its_end_and_no_rule_is_broken(at_s: int, seed: int) -> None:
    twin, log = gone_on(at_s, seed)
    assert twin.now_ms == stood(at_s)[0].at_ms
    twin.run(twin.now_ms + 6 * HOUR_MS)
    assert twin.is_idle
    whole = [*stood(at_s)[1], *log.events]
    assert [str(finding) for finding in judge_run(whole, its_layout(), [planned()]).broken] == []
    (call,) = figures_of(whole, its_layout(), [planned()]).calls
    assert call.is_done


@pytest.mark.parametrize("at_s", [600, 1_500])
def test_trucks_that_told_their_way_on_a_wire_drive_by_their_bookings_from_then_on(at_s: int) -> None:
    """As a living terminal's do. Nobody tells how far they are any more; they are not taken to be late for that."""
    trucks = stood(at_s)[0].board["trucks"].values()
    ways = stood(at_s)[0].passages
    told = {t.number: Progress() if t.is_driving else Progress(*(3 * [len(ways[t.number])])) for t in trucks}
    twin, log = gone_on(at_s, 0, told)
    twin.run(twin.now_ms + 6 * HOUR_MS)
    assert twin.is_idle
    assert [
        str(finding) for finding in judge_run([*stood(at_s)[1], *log.events], its_layout(), [planned()]).broken
    ] == []


def test_a_referee_believes_bookings_where_a_simulation_goes_on_in_place_of_trucks_that_told_their_way() -> None:
    standing, events = stood(900)
    referee = RunReferee(its_layout())
    for event in events:
        if isinstance(event, TruckStood):
            referee.hear(event._replace(tells_way=True))
    driving = {truck.id for truck in standing.board["trucks"].values() if truck.is_driving}
    assert driving
    referee.drive_as_booked(ways_of(standing), standing.at_ms)
    for truck, way in ways_of(standing).items():
        name, enter_ms, leave_ms = way[-1]
        assert leave_ms is None
        known = len(referee.book.findings)
        referee.hear(TripBooked(standing.at_ms + HOUR_MS, truck, ((name, enter_ms, None),), "stays"))
        assert len(referee.book.findings) == known, "it is where it was booked to be"


def test_the_same_seed_goes_the_same_way_and_leaves_the_standing_as_it_was() -> None:
    logs = []
    for _ in range(2):
        twin, log = gone_on(900, 7)
        twin.run(twin.now_ms + HOUR_MS)
        logs.append(log.events)
    assert logs[0] == logs[1]
