"""A twin goes on from how another stood: to the end of the work, and within the rules as if it had been one run."""

from __future__ import annotations

from functools import cache

from hypothesis import given, settings
from hypothesis import strategies as st
from tests.fakes.journal import JournalInMemory
from tests.twin.test_twin import begun, its_layout, planned

from cabria.domain.run_events import RunEvent
from cabria.operations.replay import replay
from cabria.operations.settings import Settings
from cabria.operations.standing import Standing, standing_of
from cabria.referee.run import judge_run
from cabria.referee.run_figures import figures_of
from cabria.twin.going_on import Strokes, going_on
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


def gone_on(at_s: int, seed: int) -> tuple[Twin, EventLog]:
    standing, events = stood(at_s)
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


def test_the_same_seed_goes_the_same_way_and_leaves_the_standing_as_it_was() -> None:
    logs = []
    for _ in range(2):
        twin, log = gone_on(900, 7)
        twin.run(twin.now_ms + HOUR_MS)
        logs.append(log.events)
    assert logs[0] == logs[1]
