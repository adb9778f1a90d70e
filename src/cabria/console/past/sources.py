"""Where a past is read from: a journal that is being written, or a run log."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING

from cabria.domain.run_events import RunEvent
from cabria.operations.gateways import EntryKind
from cabria.operations.records import Command
from cabria.operations.running import OF_THE_LOG, Told

if TYPE_CHECKING:
    from cabria.console.past.attempt import Begun

BERTH = b'"berth"'
HEAD_BYTES = 200
"""Of a command; its verb stands within."""


def journal_entries(address: str, after: int) -> Iterator[Told]:
    """Of a journal behind entry `after` the terminal, its ships and the run log, as they stand; none is checked.

    Raises DataError for a journal that cannot be read, StoreLostError for a database that does not answer.
    """
    from cabria.adapters.journal.entries import EVENT_KINDS, Entry, record_of, unpacked
    from cabria.adapters.journal.opening import open_store

    def is_wanted(entry: Entry) -> bool:
        if entry.kind != EntryKind.COMMAND:
            return entry.kind in EVENT_KINDS
        return entry.number == 1 or BERTH in unpacked(entry.body)[:HEAD_BYTES]

    with closing(open_store(address)) as store:
        for entry in store.entries(after, store.head().number):
            if is_wanted(entry):
                yield Told(entry.number, record_of(entry, store.where))


def begun_from(address: str, handed: Sequence[Told]) -> Begun:
    """How operations stand at a journal's end, done again from its last snapshot, or from entries all handed over; and
    the log up to there. Raises DataError, StoreLostError, and ReplayDivergedError where it cannot be done again."""
    from cabria.adapters.journal.opening import open_store
    from cabria.adapters.journal.recovery import replayed
    from cabria.console.past.attempt import Begun
    from cabria.operations.replay import Numbered, replay
    from cabria.operations.standing import standing_of

    if address:
        with closing(open_store(address)) as store:
            done = replayed(store)
        entries: Iterable[Told] = journal_entries(address, 0)
    else:
        done = replay(Numbered(told.number, told.record) for told in handed)
        entries = handed
    begun = Begun(standing_of(done.control))
    for told in entries:
        content = told.record.content
        if told.number > done.number:
            break
        if told.record.kind in OF_THE_LOG:
            begun.hear((content,))
        elif isinstance(content, Command) and content.verb == "berth":
            begun.calls[content.arguments[0].id] = content.arguments[:2]
    return begun


def log_events(path: str) -> Iterator[RunEvent]:
    """Raises DataError for a log that cannot be read."""
    from cabria.adapters.files.run_log import read_run_log

    return read_run_log(Path(path))
