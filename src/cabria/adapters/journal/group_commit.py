"""A durable journal: many append, one thread writes, and one flush to disk acknowledges all who wait for it.

While the database flushes, new entries gather; the next flush takes them all. So one writer waits for one flush, and a
hundred writers share one, with nothing to set.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable
from contextlib import suppress
from threading import Condition, Thread
from time import monotonic, sleep
from types import TracebackType
from typing import Any, Self

from cabria.adapters.journal.closed_form import encode
from cabria.adapters.journal.entries import VERSION, Draft, Entry, Head, Snapshot, chained, draft, packed, snapshot_hash
from cabria.adapters.journal.stores import StoreLostError, WritingStore
from cabria.domain.errors import TerminalError
from cabria.operations.gateways import JournalStoppedError, Record

MOST_WAITING = 100_000
"""Entries not yet durable, above which who appends waits."""
PATIENCE_S = 30.0
"""For how long a database that went away is looked for before the journal stops."""
LOOK_AGAIN_S = 0.05


class GroupCommitJournal:
    """The `DurableJournal` over a store; a context manager that writes what is left and closes the store.

    Any thread may append and wait; `listen` is called in the writing thread.
    """

    def __init__(self, store: WritingStore, patience_s: float = PATIENCE_S) -> None:
        self.store, self._patience_s = store, patience_s
        self._head = store.head()
        self._written = self._durable = self._head.number
        self._drafts: list[Draft] = []
        self._standings: list[tuple[int, bytes]] = []
        self._listeners: list[Callable[[int], None]] = []
        self._stopped: JournalStoppedError | None = None
        self._is_closing = False
        self._changed = Condition()
        self._flushed = Condition()
        self._thread = Thread(target=self._write_all, name="journal", daemon=True)
        self._thread.start()

    @property
    def written(self) -> int:
        return self._written

    @property
    def durable(self) -> int:
        return self._durable

    @property
    def head(self) -> Head:
        """The last durable entry, to be noted down elsewhere: it seals all before it."""
        return self._head

    def append(self, record: Record) -> int:
        """The entry's number. What `record` holds may change afterwards."""
        with self._changed:
            self._refuse_stopped()
            # The body is made under the lock, so that entries stand in the order in which they were true.
            self._drafts.append(draft(self._written + 1, record))
            self._written += 1
            number = self._written
            self._changed.notify()
        if number - self._durable > MOST_WAITING:
            self.wait(number - MOST_WAITING)
        return number

    def keep(self, number: int, standing: Any) -> None:
        """How everything stood after an entry, written with the entries that wait."""
        body = encode(standing)
        with self._changed:
            self._refuse_stopped()
            if number != self._written:
                raise ValueError(f"Entry {self._written} was appended since everything stood as after entry {number}.")
            self._standings.append((number, body))
            self._changed.notify()

    def wait(self, number: int) -> None:
        with self._flushed:
            while self._durable < number:
                if self._stopped is not None:
                    raise self._stopped
                self._flushed.wait()

    def listen(self, listener: Callable[[int], None]) -> None:
        """From now on call `listener(number)` whenever entries up to `number` became durable, or will never be more."""
        with self._changed:
            self._listeners = [*self._listeners, listener]

    def unlisten(self, listener: Callable[[int], None]) -> None:
        with self._changed:
            self._listeners = [other for other in self._listeners if other != listener]

    def close(self) -> None:
        """Write what is left. Raises JournalStoppedError when that could not be."""
        with self._changed:
            self._is_closing = True
            self._changed.notify()
        self._thread.join()
        self.store.close()
        if self._stopped is not None:
            raise self._stopped

    def _refuse_stopped(self) -> None:
        if self._stopped is not None:
            raise self._stopped
        if self._is_closing:
            raise JournalStoppedError("The journal is closed.")

    def _write_all(self) -> None:
        while True:
            with self._changed:
                while not (self._drafts or self._standings or self._is_closing):
                    self._changed.wait()
                drafts, self._drafts = self._drafts, []
                standings, self._standings = self._standings, []
            if not (drafts or standings):
                return
            try:
                self._write(drafts, standings)
                self._tell()
            except TerminalError as error:
                self._stop(error)
                return
            except BaseException as error:
                self._stop(TerminalError(f"{type(error).__name__}: {error}"))  # nobody waits for ever
                raise

    def _write(self, drafts: list[Draft], standings: list[tuple[int, bytes]]) -> None:
        entries: list[Entry] = []
        last, hashes = self._head.hash, {self._head.number: self._head.hash}
        for one in drafts:
            entry = chained(last, one)
            entries.append(entry)
            last = hashes[entry.number] = entry.hash
        bodies = [(number, packed(body)) for number, body in standings]
        snapshots = [Snapshot(n, VERSION, body, snapshot_hash(hashes[n], body)) for n, body in bodies]
        head = Head(entries[-1].number, last) if entries else self._head
        try:
            self.store.write(entries, snapshots)
        except StoreLostError as error:
            self._write_after_loss(entries, snapshots, head, error)
        self._head = head

    def _write_after_loss(
        self, entries: list[Entry], snapshots: list[Snapshot], head: Head, lost: StoreLostError
    ) -> None:
        """The database went away in the middle: look for it, and see by its last entry whether it has them or not."""
        until_s = monotonic() + self._patience_s
        while True:
            try:
                self.store.open_again()
                found = self.store.head()
                if found == head:
                    return
                if found != self._head:
                    raise JournalStoppedError(f"{self.store.where} has entries up to {found.number} that are not ours.")
                self.store.write(entries, snapshots)
            except StoreLostError:
                if monotonic() > until_s:
                    raise lost from None
                sleep(LOOK_AGAIN_S)
            else:
                return

    def _tell(self) -> None:
        with self._flushed:
            self._durable = self._head.number
            self._flushed.notify_all()
        for listener in self._listeners:
            listener(self._durable)

    def _stop(self, error: TerminalError) -> None:
        stopped = (
            error if isinstance(error, JournalStoppedError) else JournalStoppedError(f"The journal stopped: {error}")
        )
        with self._changed, self._flushed:
            self._stopped = stopped
            self._flushed.notify_all()
        for listener in self._listeners:
            listener(self._durable)

    def refuse_stopped(self) -> None:
        """Raises JournalStoppedError when nothing can be written any more."""
        with self._changed:
            if self._stopped is not None:
                raise self._stopped

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


class Acknowledgements:
    """Waiting for a journal in an asyncio loop, one wake-up a flush, however many wait. A context manager, used inside
    the loop."""

    def __init__(self, journal: GroupCommitJournal) -> None:
        self._journal, self._loop = journal, asyncio.get_running_loop()
        self._waiting: deque[tuple[int, asyncio.Future[None]]] = deque()

    def __enter__(self) -> Self:
        self._journal.listen(self._flushed)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._journal.unlisten(self._flushed)

    async def append(self, record: Record) -> int:
        """Append and come back when the entry is durable."""
        number = self._journal.append(record)
        future: asyncio.Future[None] = self._loop.create_future()
        self._waiting.append((number, future))
        if self._journal.durable >= number:
            self._wake(self._journal.durable)
        await future
        return number

    def _flushed(self, durable: int) -> None:
        with suppress(RuntimeError):  # a loop that has ended waits for nothing
            self._loop.call_soon_threadsafe(self._wake, durable)

    def _wake(self, durable: int) -> None:
        while self._waiting and self._waiting[0][0] <= durable:
            _, future = self._waiting.popleft()
            if not future.done():
                future.set_result(None)
        try:
            self._journal.refuse_stopped()
        except JournalStoppedError as error:
            for _, future in self._waiting:
                if not future.done():
                    future.set_exception(error)
            self._waiting.clear()
