"""Run logs and journals into a history: what came since the last time, nothing twice."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple, cast

from cabria.adapters.history.folder import HistoryFolder, digest_of
from cabria.adapters.history.ledger import Part, Source
from cabria.adapters.history.reading import RunReader
from cabria.domain.calls import VesselCall
from cabria.domain.errors import DataError
from cabria.domain.run_events import RunEvent
from cabria.operations.gateways import EntryKind
from cabria.operations.records import Command, OpenTerminal
from cabria.operations.running import OF_THE_LOG, Told

if TYPE_CHECKING:
    from cabria.adapters.journal.stores import Store

ROWS_AT_ONCE = 500_000
"""Rows held in memory before they are written."""


class TakenIn(NamedTuple):
    """`events` read, `rows` written."""

    source: str
    events: int
    rows: int


def add_run_log(
    folder: HistoryFolder,
    log: Path,
    zero_utc_ms: int,
    name: str = "",
    tell: Callable[[int], None] = lambda events: None,
) -> TakenIn:
    """A finished run. The same log under the same name is taken once; another one under it is refused.

    Raises DataError, also for a log that was cut off: nothing of it is taken then.
    """
    from cabria.adapters.files.run_log import read_run_log

    source = name or log.name.partition(".")[0]
    try:
        digest = digest_of(log)
    except OSError as error:
        raise DataError(f"The log cannot be read: {error.strerror or error}.", file=str(log)) from None
    with folder.writing():
        known = folder.ledger.sources.get(source)
        if known is not None and known.digest == digest:
            return TakenIn(source, 0, 0)
        if known is not None:
            raise DataError(
                f"Another source is called {source!r} already.", file=str(log), remedy="Give this one a --name."
            )
        events = enumerate(read_run_log(log), 1)
        return _read(folder, source, Source(0, zero_utc_ms, digest), events, tell, is_all_or_nothing=True)


def add_journal(
    folder: HistoryFolder,
    address: str,
    zero_utc_ms: int | None = None,
    tell: Callable[[int], None] = lambda events: None,
) -> TakenIn:
    """What a terminal's journal has got since the last time. `zero_utc_ms` is for journals of simulated time only.

    Raises DataError, also for such a one without it.
    """
    from cabria.adapters.journal.entries import EVENT_KINDS, record_of
    from cabria.adapters.journal.opening import open_store

    store = open_store(address)
    try:
        with folder.writing():
            source = f"journal {store.journal}"
            known = folder.ledger.sources.get(source) or Source(0, _opened_utc_ms(store, zero_utc_ms))
            events = (
                (entry.number, record_of(entry, store.where).content)
                for entry in store.entries(known.number, store.head().number)
                if entry.kind in EVENT_KINDS or entry.kind == EntryKind.COMMAND
            )
            return _read(folder, source, known, events, tell)
    finally:
        store.close()


def add_told(folder: HistoryFolder, source: str, zero_utc_ms: int, entries: Callable[[int], Iterable[Told]]) -> TakenIn:
    """What a running terminal has written since the last time: `entries(after)` are those of its journal."""
    with folder.writing():
        known = folder.ledger.sources.get(source) or Source(0, zero_utc_ms)
        wanted = (*OF_THE_LOG, EntryKind.COMMAND)
        told = ((each.number, each.record.content) for each in entries(known.number) if each.record.kind in wanted)
        return _read(folder, source, known, told, lambda events: None)


def _opened_utc_ms(store: Store, zero_utc_ms: int | None) -> int:
    """When the journal's milliseconds began to count."""
    from cabria.adapters.journal.entries import record_of

    first = next(store.entries(0, 1), None)
    if first is None:
        raise DataError("The journal is empty.", file=store.where)
    opened = record_of(first, store.where).content
    if isinstance(opened, OpenTerminal) and opened.zero_utc_ms:
        return opened.zero_utc_ms
    if zero_utc_ms is None:
        raise DataError(
            "The journal does not say on which day it began: its time is simulated.",
            file=store.where,
            remedy="Say it with --start, such as --start 2026-11-02T06:00.",
        )
    return zero_utc_ms


def _read(
    folder: HistoryFolder,
    source: str,
    known: Source,
    events: Iterable[tuple[int, object]],
    tell: Callable[[int], None],
    *,
    is_all_or_nothing: bool = False,
) -> TakenIn:
    """Agreed on whenever rows are written, or only at the end: then an error before it leaves nothing behind."""
    reader = RunReader(known.zero_utc_ms, folder.standing(source))
    count, rows, number = 0, 0, known.number
    parts: list[Part] = []

    def agree() -> None:
        state = Source(number, known.zero_utc_ms, known.digest)
        folder.agree(parts, source, state, reader.standing, reader.notes)
        parts.clear()
        reader.notes.clear()

    for number, event in events:
        if isinstance(event, (Command, OpenTerminal)):
            _know(reader, event)
            continue
        reader.tell(number, cast(RunEvent, event))
        count += 1
        if reader.rows >= ROWS_AT_ONCE:
            rows += reader.rows
            parts += folder.stage(reader.take(), source)
            if not is_all_or_nothing:
                agree()
            tell(count)
    if count:
        rows += reader.rows
        parts += folder.stage(reader.take(), source)
        agree()
    return TakenIn(source, count, rows)


def _know(reader: RunReader, command: Command | OpenTerminal) -> None:
    for argument in command.arguments if isinstance(command, Command) else ():
        if isinstance(argument, VesselCall):
            reader.know(argument)
