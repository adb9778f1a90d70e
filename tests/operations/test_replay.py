"""State is what the journal says: a run done again from it is the run, bit for bit, wherever it was cut off."""

from __future__ import annotations

from dataclasses import replace
from functools import cache

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.fakes.journal import JournalInMemory
from tests.twin.test_twin import begun, its_layout, run_to_end, twin_at_work

from cabria.adapters.journal.closed_form import decode, encode
from cabria.adapters.journal.entries import chained as chained_entry
from cabria.adapters.journal.entries import draft, record_of
from cabria.domain.containers import ContainerId
from cabria.domain.errors import DataError
from cabria.domain.positions import YardPosition
from cabria.domain.road_visits import Brought, RoadVisit
from cabria.domain.run_events import JobDone, MachineStopped, OnTruck, RunEvent
from cabria.operations.gateways import EntryKind, Record
from cabria.operations.journaling import JournaledControl
from cabria.operations.policies import run_by
from cabria.operations.reconciling import Difference
from cabria.operations.records import Command, InputFailed, OpenTerminal, Order
from cabria.operations.replay import Numbered, ReplayDivergedError, replay, take_up
from cabria.operations.settings import Settings
from cabria.operations.standing import Standing, standing_of
from cabria.twin.failures import Reliability
from cabria.twin.quay_cranes import Spread
from cabria.twin.twin import Fleet, Twin

CONSEQUENCES = (EntryKind.DECISION, EntryKind.ORDER, EntryKind.FAILURE)
OFTEN = Reliability(between_h=0.2, repair_min=4)


@cache
def run() -> tuple[JournalInMemory, tuple[tuple[int, bytes], ...], list[RunEvent]]:
    """Half an hour of the made call with breakdowns and a road truck: journal, how everything stood at times, log."""
    journal = JournalInMemory()
    fleet = Fleet(
        8, spread=Spread(0.2), truck_reliability=OFTEN, quay_crane_reliability=OFTEN, yard_crane_reliability=OFTEN
    )
    twin = begun(Twin(its_layout(), Settings(), fleet, seed=4, journal=journal))
    twin.visitors.expect([RoadVisit("R1", 300_000, brings=Brought(ContainerId("ROAD0000001"), 40, 20_000))])
    stood: list[tuple[int, bytes]] = []
    for _ in range(3):
        twin.run(twin.now_ms + 600_000)
        stood.append((journal.written, standing(twin.control)))
    return journal, tuple(stood), twin.log.events


def standing(control: object) -> bytes:
    assert isinstance(control, JournaledControl)
    return encode(standing_of(control))


def test_writing_a_journal_changes_nothing() -> None:
    journal = JournalInMemory()
    twin = begun(Twin(its_layout(), Settings(), Fleet(8, spread=Spread(0.2)), seed=1, journal=journal))
    assert run_to_end(twin) == run_to_end(twin_at_work(spread=0.2, seed=1))
    events = [r.content for r in journal.records if r.kind in (EntryKind.REPORT, EntryKind.ANSWER, EntryKind.DECISION)]
    assert events == twin.log.events


def test_a_run_done_again_stands_as_it_stood_bit_for_bit() -> None:
    journal, stood, events = run()
    assert any(isinstance(event, MachineStopped) for event in events)
    done = replay(journal.numbered())
    assert done.missing == ()
    assert done.number == journal.written
    assert standing(done.control) == stood[-1][1]


def test_from_any_snapshot_on_it_comes_to_the_same() -> None:
    journal, stood, _ = run()
    for number, body in stood:
        snapshot = decode(body)
        assert isinstance(snapshot, Standing)
        assert encode(snapshot) == body
        assert standing(replay(journal.numbered(number), snapshot, number).control) == stood[-1][1]


def test_what_stands_in_a_database_does_the_same_as_what_was_in_memory() -> None:
    journal, stood, _ = run()
    entries = [chained_entry(b"", draft(number, record)) for number, record in journal.numbered()]
    again = replay(Numbered(entry.number, record_of(entry)) for entry in entries)
    assert standing(again.control) == stood[-1][1]


@settings(max_examples=6)
@given(st.data())
def test_cut_off_anywhere_the_rest_of_what_followed_is_made_again(data: st.DataObject) -> None:
    journal, _, _ = run()
    cut = data.draw(st.integers(1, journal.written - 1))
    rest = journal.records[cut:]
    followed = next((n for n, record in enumerate(rest) if record.kind not in CONSEQUENCES), len(rest))
    done = replay(journal.numbered()[:cut])
    assert list(done.missing)[:followed] == rest[:followed]
    if rest[followed].kind is not EntryKind.ANSWER:
        assert len(done.missing) == followed


class Clock:
    now_ms = 0

    def __init__(self) -> None:
        self.set: list[int] = []

    def after(self, delay_ms: int, handler: object, argument: object = None) -> int:
        self.set.append(delay_ms)
        return len(self.set)


class Sent:
    def __init__(self) -> None:
        self.orders: list[tuple[int, Order]] = []

    def put(self, number: int, order: Order) -> None:
        self.orders.append((number, order))


class Nowhere:
    def record(self, event: RunEvent) -> None: ...


@pytest.mark.parametrize("share", [0.3, 0.7])
def test_operations_go_on_where_the_journal_ends(share: float) -> None:
    journal, _, _ = run()
    orders = [n for n, record in journal.numbered() if record.kind is EntryKind.ORDER]
    cut = orders[int(share * len(orders))] - 1
    left = JournalInMemory(journal.records[:cut])
    done = replay(left.numbered())
    clock, sent = Clock(), Sent()
    clock.now_ms = done.at_ms
    control = take_up(done, clock, sent, left, Nowhere())
    assert left.written == cut + len(done.missing)
    assert sent.orders[0] == (cut + 1, journal.records[cut].content)
    assert standing(control) == standing(done.control)
    assert len(clock.set) == len(control.alarms.pending)
    with pytest.raises(ValueError, match="were done again"):
        take_up(done, clock, sent, left, Nowhere())


def test_who_decides_otherwise_is_found_out_at_the_first_difference() -> None:
    journal, _, _ = run()
    first = journal.records[0]
    assert isinstance(first.content, OpenTerminal)
    other = first._replace(content=replace(first.content, settings=Settings(look_ahead=2)))
    with pytest.raises(ReplayDivergedError, match=r"Entry \d+ says .*; doing it again gives"):
        replay(Numbered(n, record) for n, record in enumerate([other, *journal.records[1:]], 1))


@settings(max_examples=4)
@given(st.data())
def test_an_entry_left_out_is_found_out(data: st.DataObject) -> None:
    journal, _, _ = run()
    out = data.draw(st.integers(1, journal.written // 2).filter(lambda n: journal.records[n].kind in CONSEQUENCES))
    records = [*journal.records[:out], *journal.records[out + 1 :]]
    with pytest.raises(ReplayDivergedError):
        replay(Numbered(n, record) for n, record in enumerate(records, 1))


def test_what_follows_carries_the_number_or_the_correlation_of_what_it_followed_from() -> None:
    journal, _, _ = run()
    control = replay(journal.numbered()).control
    assert isinstance(control, JournaledControl)
    left = JournalInMemory(journal.records)
    control = take_up(replay(journal.numbered()), Clock(), Sent(), left, Nowhere())
    visit = RoadVisit("R2", 0, takes=ContainerId("NOBODYS"))
    assert not control.announce(visit, correlation="gate/77")
    (asked, refused) = left.records[journal.written :]
    assert (asked.kind, asked.correlation) == (EntryKind.COMMAND, "gate/77")
    assert (refused.kind, refused.correlation) == (EntryKind.DECISION, "gate/77")
    control.announce(visit)
    assert left.records[-1].correlation == f"#{left.written - 1}"


def test_an_input_that_fails_is_told_to_its_sender_written_down_and_fails_again() -> None:
    journal, _, _ = run()
    left = JournalInMemory(journal.records)
    control = take_up(replay(journal.numbered()), Clock(), Sent(), left, Nowhere())
    with pytest.raises(KeyError):
        control.hear(MachineStopped(0, "nobody", "fault"))
    assert left.records[-1].kind is EntryKind.FAILURE
    assert isinstance(left.records[-1].content, InputFailed)
    again = replay(left.numbered())
    assert standing(again.control) == standing(control)
    assert replay(left.numbered()[:-1]).missing == (left.records[-1],)


def test_a_machine_that_is_back_is_believed_and_so_it_is_done_again() -> None:
    journal, _, _ = run()
    left = JournalInMemory(journal.records)
    control = take_up(replay(journal.numbered()), Clock(), Sent(), left, Nowhere())
    board = control.desk.board
    box, ours = next((b, p) for b, p in board.boxes.items() if isinstance(p, YardPosition) and not board.over(b))
    theirs, stranger = OnTruck("T03"), ContainerId("STRU0000001")
    said = {box: theirs, stranger: theirs}
    assert set(control.machine_says("T03", said)) == {
        Difference(box, ours, theirs),
        Difference(stranger, None, theirs),
    }
    assert board.boxes[box] == theirs
    assert stranger not in board.boxes
    assert control.machine_says("T03", {box: theirs}) == ()
    assert standing(replay(left.numbered()).control) == standing(control)


def test_the_end_of_a_job_said_twice_is_heard_once() -> None:
    journal, _, _ = run()
    said = next(r.content for r in journal.records if isinstance(r.content, JobDone))
    left = JournalInMemory(journal.records)
    control = take_up(replay(journal.numbered()), Clock(), Sent(), left, Nowhere())
    control.hear(said)
    assert left.written == journal.written


def test_nothing_is_decided_from_nothing() -> None:
    control = replay(run()[0].numbered()).control
    with pytest.raises(ValueError, match="Nothing came in"):
        control.scribe.record(JobDone(0, "Q1/1"))


def test_a_journal_that_is_none_is_refused() -> None:
    journal, _, _ = run()
    with pytest.raises(DataError, match="does not begin with the terminal"):
        replay([])
    with pytest.raises(DataError, match="Entry 2 follows entry 0"):
        replay(journal.numbered(1))
    strange = Record(EntryKind.COMMAND, 0, "", Command("__init__", ()))
    with pytest.raises(ReplayDivergedError, match="doing it again gives nothing"):
        replay([Numbered(1, journal.records[0]), Numbered(2, strange)])


def test_a_policy_that_was_chosen_under_way_is_kept_over_a_restart() -> None:
    journal = JournalInMemory()
    twin = begun(Twin(its_layout(), Settings(early_ms=7), Fleet(8), seed=4, journal=journal))
    assert isinstance(twin.control, JournaledControl)
    twin.run(300_000)
    assert twin.control.run_by("nearest-now")
    with pytest.raises(DataError, match="no policy"):
        twin.control.run_by("furthest")
    done = replay(journal.numbered())
    left = JournalInMemory(list(journal.records))
    again = take_up(done, Clock(), Sent(), left, Nowhere())
    for control in (twin.control, done.control, again):
        assert control.desk.settings == run_by(Settings(early_ms=7), "nearest-now")
    assert (again.desk.settings.early_ms, again.desk.settings.look_ahead) == (7, 1)
