"""A run done again from its journal: the inputs as they came, and what follows compared with what followed then.

The control is the one that runs a terminal; in place of a journal it writes to one that looks up whether the same is
written there. Where the journal ends, because the program died, what follows from its last input is kept as `missing`:
it was never acknowledged and never sent, and is appended before operations go on.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Any, NamedTuple

from cabria.domain.errors import DataError
from cabria.domain.run_events import RunEvent
from cabria.operations.gateways import Alarms, DurableJournal, EntryKind, Journal, JournalStoppedError, Record
from cabria.operations.journaling import FAILURES, JournaledControl, Outbox
from cabria.operations.records import AlarmRang, Command, OpenTerminal, Order
from cabria.operations.standing import Standing, put_back, standing_of
from cabria.planning.dispatch.traffic.lane_book import LaneBook
from cabria.planning.dispatch.traffic.lanes import Lanes

INPUTS = (EntryKind.COMMAND, EntryKind.REPORT, EntryKind.ALARM)


class Numbered(NamedTuple):
    """An entry of a journal, as a replay reads it."""

    number: int
    record: Record


class ReplayDivergedError(JournalStoppedError):
    """Doing it again gave something else: another version decides otherwise, or the journal was not written by us."""

    def __init__(self, number: int, stands: Record | None, followed: Record | None) -> None:
        self.number, self.stands, self.followed = number, stands, followed
        super().__init__(f"Entry {number} says {_told(stands)}; doing it again gives {_told(followed)}.")


def _told(record: Record | None) -> str:
    return "nothing" if record is None else f"{record.kind} {record.content!r:.120} at {record.at_ms} ms"


class _ReplayClock:
    """Says the time of the entry that is done again. Alarms ring when the journal says so."""

    now_ms = 0

    def after(self, delay_ms: int, handler: Callable[[Any], int | None], argument: Any = None) -> int:
        return 0


class _Nowhere:
    """Keeps no log."""

    def record(self, event: RunEvent) -> None: ...


class _WrittenBefore:
    """The journal of a replay: what is appended must be what stands there next; past its end it is kept."""

    def __init__(self, entries: Iterable[Numbered], after: int) -> None:
        self._entries: Iterator[Numbered] = iter(entries)
        self.next: Numbered | None = None
        self.written = after
        self.missing: list[Record] = []
        self._step()

    @property
    def durable(self) -> int:
        return self.written - len(self.missing)

    def append(self, record: Record) -> int:
        stands = self.next
        if stands is None:
            self.missing.append(record)
            self.written += 1
            return self.written
        if not _same(stands.record, record):
            raise ReplayDivergedError(stands.number, stands.record, record)
        self._step()
        return stands.number

    def wait(self, number: int) -> None: ...

    def _step(self) -> None:
        if self.next is not None:
            self.written = self.next.number
        self.next = next(self._entries, None)
        if self.next is not None and self.next.number != self.written + 1:
            raise DataError(
                f"Entry {self.next.number} follows entry {self.written}.", place=f"entry {self.next.number}"
            )


def _same(one: Record, other: Record) -> bool:
    """Tuples with other names are equal to Python, but not to us."""
    return one == other and type(one.content) is type(other.content)


class Replayed(NamedTuple):
    """`control` stands as it stood after entry `number` and what is `missing` of what followed from it."""

    control: JournaledControl
    number: int
    at_ms: int
    missing: tuple[Record, ...]


class _Answers:
    """An outbox that sends nothing: what machines said to an order at once stands in the journal next."""

    def __init__(self, journal: _WrittenBefore) -> None:
        self._journal = journal
        self.control: JournaledControl | None = None

    def put(self, number: int, order: Order) -> None:
        while self.control is not None and (entry := self._journal.next) is not None:
            if entry.record.kind is not EntryKind.ANSWER:
                return
            self.control.hear(entry.record.content)


def replay(entries: Iterable[Numbered], standing: Standing | None = None, after: int = 0) -> Replayed:
    """Do a run again: from its first entry, or from how it stood after entry `after` on.

    Raises ReplayDivergedError, and DataError for entries that cannot be.
    """
    journal, clock = _WrittenBefore(entries, after), _ReplayClock()
    answers = _Answers(journal)
    opened = _opened(journal) if standing is None else standing.opened
    lanes = LaneBook(Lanes.of_layout(opened.layout, opened.truck))
    control = answers.control = JournaledControl(opened, lanes, clock, answers, journal, _Nowhere())
    if standing is not None:
        clock.now_ms = standing.at_ms
        put_back(control, standing)
    while (entry := journal.next) is not None:
        clock.now_ms = entry.record.at_ms
        if entry.record.kind not in INPUTS:
            raise ReplayDivergedError(entry.number, entry.record, None)
        try:
            _do(control, entry.record)
        except JournalStoppedError:
            raise
        except FAILURES:
            if journal.next is entry:
                raise ReplayDivergedError(entry.number, entry.record, None) from None
            # Otherwise as then: the failure is an entry, which was compared.
    return Replayed(control, journal.durable, clock.now_ms, tuple(journal.missing))


def _opened(journal: _WrittenBefore) -> OpenTerminal:
    first = journal.next
    if first is None or not isinstance(first.record.content, OpenTerminal):
        raise DataError("The journal does not begin with the terminal it is of.", place="entry 1")
    return first.record.content


def _do(control: JournaledControl, record: Record) -> None:
    """An input, as it came."""
    content = record.content
    match content:
        case OpenTerminal():
            control.open()
        case Command():
            control.do(content, record.correlation)
        case AlarmRang(alarm):
            control.alarms.ring(alarm)
        case _:
            control.hear(content, record.correlation)


def take_up(
    replayed: Replayed, alarms: Alarms, outbox: Outbox, journal: DurableJournal, log: Journal
) -> JournaledControl:
    """Operations go on from where the journal ends, on a real clock, with real machines.

    What is missing is appended first. Orders of the journal that no machine has acknowledged are the outbox's to send.
    """
    if journal.written != replayed.number:
        raise ValueError(f"The journal has {journal.written} entries; {replayed.number} were done again.")
    before = replayed.control
    lanes = LaneBook(before.desk.board.lanes.lanes)
    control = JournaledControl(before.opened, lanes, alarms, outbox, journal, log)
    put_back(control, standing_of(before))
    for record in replayed.missing:
        number = journal.append(record)
        if isinstance(record.content, Order):
            outbox.put(number, record.content)
    return control
