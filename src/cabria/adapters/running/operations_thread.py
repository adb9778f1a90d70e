"""The one thread that owns a control, and the way in for every other.

A turn takes time on, rings what is due, does what was posted, lets the parts on the wire look after themselves, and
tells what has become durable. Nothing in it waits for anything but the next message or alarm.
"""

from __future__ import annotations

import logging
import time
from collections import deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import Future, InvalidStateError
from contextlib import suppress
from functools import partial
from queue import Empty, SimpleQueue
from threading import Thread
from typing import Protocol

from cabria.domain.layout import Layout
from cabria.domain.verdict import YES, Verdict, refuse
from cabria.operations.gateways import DurableJournal, JournalStoppedError, Record
from cabria.operations.journaling import COMMANDS, FAILURES, JournaledControl
from cabria.operations.order_desk import OpenOrder
from cabria.operations.pictures import picture_of
from cabria.operations.records import Command
from cabria.operations.running import (
    OF_THE_LOG,
    Accepted,
    Batch,
    LinkPicture,
    Mode,
    Picture,
    Refused,
    Told,
    Whereabouts,
)
from cabria.operations.whereabouts import Plotter

log = logging.getLogger(__name__)

TURN_S = 0.05
"""The longest wait between two turns."""
PICTURE_S = 0.5
PLOT_S = 0.2
TELL_S = 0.02
"""Between two batches, so that under load they are few and long."""
ENDING_S = 30.0
MOST_SPEED = 10_000


class Time(Protocol):
    """What rings alarms: an agenda, or a clock of a site."""

    @property
    def now_ms(self) -> int: ...

    def run(self, until_ms: int) -> int: ...


class Pace(Protocol):
    """How far time has come."""

    @property
    def factor(self) -> float: ...

    def go_on(self, now_ms: int, factor: float) -> None:
        """From there on at another factor."""

    def due_ms(self) -> int: ...


class Part(Protocol):
    """Something that operations drive: machines on a wire."""

    def tick(self) -> None: ...

    def flushed(self, durable: int) -> None:
        """More of the journal is durable."""

    def ended(self) -> None:
        """Operations end; what was written last is durable."""

    @property
    def orders(self) -> Mapping[int, OpenOrder]: ...

    @property
    def links(self) -> Mapping[str, LinkPicture]: ...

    def whereabouts(self) -> Mapping[str, Whereabouts]:
        """Of machines that tell where they are; the others are where their trips say."""


class ToldJournal:
    """A durable journal whose entries are also kept to be told."""

    def __init__(self, journal: DurableJournal) -> None:
        self.journal = journal
        self.untold: deque[Told] = deque()

    @property
    def written(self) -> int:
        return self.journal.written

    @property
    def durable(self) -> int:
        return self.journal.durable

    def append(self, record: Record) -> int:
        number = self.journal.append(record)
        self.untold.append(Told(number, record))
        return number

    def wait(self, number: int) -> None:
        self.journal.wait(number)


class _Waiting:
    """An answer that waits for the disk."""

    __slots__ = ("future", "number", "reply")

    def __init__(self, number: int, future: Future[Accepted | Refused], reply: Accepted | Refused) -> None:
        self.number, self.future, self.reply = number, future, reply


class OperationsThread:
    """The `RunningTerminal` over a control, its time and its parts. `start` it once; `end` it."""

    def __init__(
        self,
        mode: Mode,
        layout: Layout,
        journal: ToldJournal,
        time_: Time,
        pace: Pace,
        *,
        read: Callable[[int, int], Iterator[Told]],
        zero_utc_ms: int,
        may_change_speed: bool,
        slice_ms: int | None = None,
        address: str = "",
        ended: Callable[[], None] = lambda: None,
    ) -> None:
        """`read(after, until)` gives entries of the journal in any thread. With `slice_ms`, time is taken on at most so
        far in a turn, and falls behind its pace when that is too much. `address` is the journal's where others may read
        it. `ended` is called at last, in this thread."""
        self.mode, self.layout, self.zero_utc_ms, self.journal = mode, layout, zero_utc_ms, address
        self.problem = ""
        self._journal, self._time, self._pace = journal, time_, pace
        self._read, self._ended, self._slice_ms = read, ended, slice_ms
        self._may_change_speed = may_change_speed
        self._posted: SimpleQueue[Callable[[], None] | None] = SimpleQueue()
        self._next: deque[Callable[[], None]] = deque()
        self._unanswered: set[Future[Accepted | Refused]] = set()
        self._waiting: deque[_Waiting] = deque()
        self._hearers: list[Callable[[Batch], None]] = []
        self._plotter = Plotter(layout)
        self._whereabouts: Mapping[str, Whereabouts] = {}
        self._picture: Picture | None = None
        self._drawn: Picture | None = None
        self._told_number = self._flushed_number = journal.durable
        self._told_s = self._drawn_s = self._plotted_s = 0.0
        self._is_ending = self._is_over = False
        self._thread = Thread(target=self._run, name="operations", daemon=True)
        self._parts: Sequence[Part] = ()
        self.control: JournaledControl

    def start(self, control: JournaledControl, parts: Sequence[Part] = ()) -> None:
        """From now on this thread owns them."""
        self.control, self._parts = control, parts
        self._draw()
        self._picture = self._drawn
        self._thread.start()

    # From any thread

    @property
    def now_ms(self) -> int:
        return self._time.now_ms

    @property
    def speed(self) -> float:
        return self._pace.factor

    def go_at(self, speed: float) -> Verdict:
        if not self._may_change_speed:
            return refuse("machines on a wire go at their own speed", "machines-set-speed")
        if not 0 <= speed <= MOST_SPEED:
            return refuse("a speed lies between 0 and {most}", "speed-out-of-range", most=MOST_SPEED)
        self.post(lambda: self._pace.go_on(self._time.now_ms, speed))
        return YES

    def ask(self, command: Command, *, by: str, correlation: str = "") -> Future[Accepted | Refused]:
        future: Future[Accepted | Refused] = Future()
        future.set_running_or_notify_cancel()  # who does not wait for the answer takes nothing back
        self._unanswered.add(future)
        future.add_done_callback(self._unanswered.discard)
        name = f"{by}/{correlation}" if correlation else by
        self.post(lambda: self._asked(command, name, future))
        if self._is_over:
            self._answer_no_more()
        return future

    def standing(self) -> Picture:
        assert self._picture is not None
        return self._picture

    def subscribe(self, hear: Callable[[Batch], None]) -> Callable[[], None]:
        self._hearers = [*self._hearers, hear]
        return lambda: self._forget(hear)

    def entries(self, after: int, until: int | None = None) -> Iterator[Told]:
        durable = self._journal.durable
        return self._read(after, durable if until is None else min(until, durable))

    def whereabouts(self) -> Mapping[str, Whereabouts]:
        return self._whereabouts

    def end(self) -> None:
        self._is_ending = True
        self._posted.put(None)
        if self._thread.ident is not None:  # else it was never started, and ends at once if it still is
            self._thread.join(ENDING_S)

    def wake(self) -> None:
        """There is something to be looked at, as more of the journal is durable."""
        self._posted.put(None)

    def post(self, do: Callable[[], None]) -> None:
        """Have something done in the thread of operations, in the order in which it was posted."""
        self._posted.put(do)

    # In its own

    def next(self, do: Callable[[], None]) -> None:
        """Have something done before anything else, when what is done now is done."""
        self._next.append(do)

    def between(self) -> None:
        """What was to be done next."""
        while self._next:
            self._do(self._next.popleft())

    def complain(self, error: Exception) -> None:
        """Something could not be handled; it is in the log and operations go on."""
        log.error("%s: %s", type(error).__name__, error)

    def _run(self) -> None:
        try:
            while not self._is_ending:
                self._turn()
            self._close()
        except JournalStoppedError as error:
            self.problem = str(error)
        except BaseException as error:
            self.problem = f"{type(error).__name__}: {error}"
            log.exception("operations have ended")
        finally:
            self._is_over = True
            self._answer_no_more()
            self._ended()

    def _answer_no_more(self) -> None:
        """In any thread, after the end."""
        for future in list(self._unanswered):
            with suppress(InvalidStateError):  # another thread was quicker
                future.set_exception(JournalStoppedError(self.problem or "Operations have ended."))

    def _turn(self) -> None:
        is_behind = self._take_time_on()
        self._do_posted(wait_s=0.0 if is_behind or self._next else TURN_S)
        for part in self._parts:
            self._do(part.tick)
            self.between()
        self._tell()

    def _take_time_on(self) -> bool:
        """Whether there is more to be done at once."""
        due_ms, now_ms = self._pace.due_ms(), self._time.now_ms
        until_ms = due_ms if self._slice_ms is None else min(due_ms, now_ms + self._slice_ms)
        if until_ms > now_ms:
            self._time.run(until_ms)
            self.between()
        return until_ms < due_ms

    def _do_posted(self, wait_s: float) -> None:
        try:
            do = self._posted.get(timeout=wait_s) if wait_s else self._posted.get_nowait()
            while True:
                if do is not None:
                    self._take_time_on()
                    self._do(do)
                    self.between()
                do = self._posted.get_nowait()
        except Empty:
            return

    def _do(self, do: Callable[[], None]) -> None:
        try:
            do()
        except JournalStoppedError:
            raise
        except FAILURES as error:
            self.complain(error)

    def _asked(self, command: Command, correlation: str, future: Future[Accepted | Refused]) -> None:
        before = self._journal.written
        reply: Accepted | Refused
        if command.verb not in COMMANDS:
            reply = Refused(
                f"There is no command {command.verb!r:.60}.", 0, "no-such-command", {"verb": command.verb[:60]}
            )
        else:
            try:
                answer = self.control.do(command, correlation)
            except JournalStoppedError:
                raise
            except FAILURES as error:
                reply = Refused.of(error, before + 1 if self._journal.written > before else 0)
            else:
                is_no = isinstance(answer, Verdict) and not answer.ok
                reply = Refused.of(answer, before + 1) if is_no else Accepted(before + 1, answer)
        self._waiting.append(_Waiting(self._journal.written, future, reply))

    def _tell(self) -> None:
        durable, now_s = self._journal.durable, time.monotonic()
        if durable > self._flushed_number:
            self._flush(durable)
        self._answer(durable)
        if durable > self._told_number and now_s - self._told_s >= TELL_S:
            self._told_s = now_s
            self._tell_batch(durable)
        if now_s - self._plotted_s >= PLOT_S:
            self._plotted_s = now_s
            self._plot()
        if self._drawn is not None and self._drawn.number <= durable:
            self._picture = self._drawn
        if now_s - self._drawn_s >= PICTURE_S and self._picture is self._drawn:
            self._drawn_s = now_s
            self._draw()

    def _flush(self, durable: int) -> None:
        """What waited for the disk goes out."""
        self._flushed_number = durable
        for part in self._parts:
            self._do(partial(part.flushed, durable))
            self.between()

    def _answer(self, durable: int) -> None:
        """Whoever asked, and what followed is durable."""
        while self._waiting and self._waiting[0].number <= durable:
            waiting = self._waiting.popleft()
            waiting.future.set_result(waiting.reply)

    def _tell_batch(self, durable: int) -> None:
        untold, entries = self._journal.untold, list[Told]()
        while untold and untold[0].number <= durable:
            entries.append(untold.popleft())
        self._told_number = durable
        for entry in entries:
            if entry.record.kind in OF_THE_LOG:
                self._plotter.hear(entry.record.content)
        batch = Batch(durable, self.now_ms, tuple(entries))
        for hear in self._hearers:
            self._told(hear, batch)

    def _told(self, hear: Callable[[Batch], None], batch: Batch) -> None:
        try:
            hear(batch)
        except Exception:
            log.exception("a listener failed and hears no more")
            self._forget(hear)

    def _plot(self) -> None:
        found = self._plotter.plot(self.control.desk.board, self.now_ms)
        for part in self._parts:
            found.update(part.whereabouts())
        self._whereabouts = found

    def _draw(self) -> None:
        orders: dict[int, OpenOrder] = {}
        links: dict[str, LinkPicture] = {}
        for part in self._parts:
            orders.update(part.orders)
            links.update(part.links)
        self._drawn = picture_of(self.control, self._journal.written, orders, links)

    def _close(self) -> None:
        """What is written becomes durable, and is told."""
        self._journal.wait(self._journal.written)
        self._flush(self._journal.durable)
        self._answer(self._journal.durable)
        self._tell_batch(self._journal.durable)
        for part in self._parts:
            part.ended()

    def _forget(self, hear: Callable[[Batch], None]) -> None:
        self._hearers = [other for other in self._hearers if other is not hear]
