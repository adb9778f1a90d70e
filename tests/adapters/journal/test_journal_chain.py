"""The chain: what was written comes out as it went in, and no change goes unseen."""

from __future__ import annotations

from collections.abc import Callable
from hashlib import sha256

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cabria.adapters.journal.entries import (
    VERSION,
    BrokenChainError,
    Draft,
    Entry,
    Head,
    chained,
    checked,
    draft,
    first_hash,
    packed,
    record_of,
    unpacked,
)
from cabria.domain.containers import ContainerId
from cabria.domain.errors import DataError
from cabria.domain.positions import YardPosition
from cabria.domain.run_events import BoxesLanded, JobDone, OnTruck, RunEvent, TripBooked
from cabria.operations.gateways import EntryKind, Record
from cabria.operations.records import AlarmRang, Command, InputFailed

TIMES = st.integers(0, 2**40)
EVENTS: st.SearchStrategy[RunEvent] = st.one_of(
    st.builds(JobDone, st.integers(0, 2**40), st.text(max_size=8)),
    st.builds(
        lambda at, box: BoxesLanded(at, "Y1", (ContainerId(box),), (YardPosition("A", 1, 2, 3),)),
        st.integers(0, 2**40),
        st.text(max_size=11),
    ),
    st.builds(
        lambda at, truck: BoxesLanded(at, "Q1", (ContainerId("X"),), (OnTruck(truck),)), st.integers(0, 9), st.text()
    ),
    st.builds(lambda at: TripBooked(at, "T01", (("s1", 0, 5), ("s2", 4, None)), "why"), st.integers(0, 2**40)),
)
RECORDS = st.one_of(
    st.builds(Record, st.sampled_from([EntryKind.REPORT, EntryKind.DECISION]), TIMES, st.text(max_size=6), EVENTS),
    st.builds(Record, st.just(EntryKind.ALARM), TIMES, st.text(max_size=6), st.builds(AlarmRang, TIMES)),
    st.builds(Record, st.just(EntryKind.COMMAND), TIMES, st.just(""), st.builds(Command, st.text(), st.just(()))),
    st.builds(Record, st.just(EntryKind.FAILURE), TIMES, st.just(""), st.builds(InputFailed, st.text())),
)
START = Head(0, first_hash("a journal"))


def chain(records: list[Record]) -> list[Entry]:
    entries: list[Entry] = []
    for number, record in enumerate(records, 1):
        entries.append(chained(entries[-1].hash if entries else START.hash, draft(number, record)))
    return entries


def broken_at(entries: list[Entry]) -> int | None:
    try:
        list(checked(entries, START))
    except BrokenChainError as error:
        return error.number
    return None


@given(st.lists(RECORDS, max_size=6))
def test_records_come_out_as_they_went_in(records: list[Record]) -> None:
    read = [record_of(entry) for entry in checked(chain(records), START)]
    assert read == records
    assert [type(one.content) for one in read] == [type(one.content) for one in records]


@given(st.lists(RECORDS, min_size=1, max_size=6), st.data())
def test_the_first_changed_entry_is_named(records: list[Record], data: st.DataObject) -> None:
    entries = chain(records)
    at = data.draw(st.integers(0, len(entries) - 1))
    changes: list[Callable[[Entry], Entry]] = [
        lambda entry: entry._replace(body=entry.body + b" "),
        lambda entry: entry._replace(at_ms=entry.at_ms + 1),
        lambda entry: entry._replace(correlation=entry.correlation + "x"),
        lambda entry: entry._replace(kind="order"),
        lambda entry: entry._replace(version=VERSION + 1),
        lambda entry: entry._replace(hash=sha256(entry.hash).digest()),
    ]
    change = data.draw(st.sampled_from(changes))
    entries[at] = change(entries[at])
    assert broken_at(entries) == at + 1


@given(st.lists(RECORDS, min_size=2, max_size=6), st.data())
def test_removed_swapped_and_inserted_entries_are_seen(records: list[Record], data: st.DataObject) -> None:
    entries = chain(records)
    at = data.draw(st.integers(0, len(entries) - 2))
    assert broken_at(entries[:at] + entries[at + 1 :]) == at + 1
    swapped = [*entries]
    swapped[at], swapped[at + 1] = swapped[at + 1], swapped[at]
    assert broken_at(swapped) == at + 1
    false = chained(entries[at].hash, Draft(at + 2, "report", 1, 0, "", b"[]"))
    assert broken_at([*entries[: at + 1], false, *entries[at + 1 :]]) == at + 3


def test_the_same_entries_of_another_journal_do_not_fit() -> None:
    record = Record(EntryKind.ALARM, 0, "", AlarmRang(1))
    other = [chained(first_hash("another journal"), draft(1, record))]
    assert broken_at(other) == 1


@given(st.binary(max_size=50).map(lambda part: b"[" + part * 1_000))
def test_long_bodies_are_compressed_and_come_back(body: bytes) -> None:
    assert unpacked(packed(body)) == body
    if len(body) > 20_000:
        assert len(packed(body)) < len(body)


@pytest.mark.parametrize(
    "body",
    [b"", b"nothing", packed(b"[" * 30_000)[:-5], b"[1]", b'{"$":"os.system"}', b'["JobDone",1]'],
    ids=["empty", "text", "cut", "number", "stranger", "too-short"],
)
def test_bodies_that_say_nothing_are_refused_with_their_entry(body: bytes) -> None:
    entry = chained(START.hash, Draft(1, "report", VERSION, 0, "", body))
    with pytest.raises(DataError) as refusal:
        record_of(entry)
    assert refusal.value.place == "entry 1"


@pytest.mark.parametrize("version", [VERSION - 1, VERSION + 1])
def test_other_versions_are_refused(version: int) -> None:
    with pytest.raises(DataError, match="Another version of Cabria"):
        record_of(chained(START.hash, Draft(1, "alarm", version, 0, "", b"[]")))


def test_unknown_kinds_are_refused() -> None:
    strange = chained(START.hash, Draft(1, "wish", VERSION, 0, "", b"[]"))
    with pytest.raises(DataError, match="no kind 'wish'"):
        record_of(strange)
