"""The past as the server sees it: a worker process that is told what is new before it is asked."""

from __future__ import annotations

import asyncio
import pickle
from collections.abc import Iterable
from contextlib import suppress
from itertools import islice
from typing import Any, NamedTuple

from cabria.console.desks.process import WorkerProcess
from cabria.console.desks.wire import Outcome
from cabria.console.http.problems import ProblemError, refusal
from cabria.domain.calls import VesselCall
from cabria.domain.errors import TerminalError
from cabria.domain.layout import Layout
from cabria.domain.plan import LoadingPlan
from cabria.operations.running import RunningTerminal, Told

PROGRAM = "cabria.console.past.worker"
AT_A_TIME = 2_000
"""Entries that are handed over in one go: some milliseconds in which nobody else has his turn."""
BETWEEN_S = 30.0
"""How often the worker is told what is new while nobody asks."""
CATCHING_UP_S = 600.0


class FinishedLog(NamedTuple):
    """A run log to be looked at where no terminal runs."""

    path: str
    layout: Layout
    calls: tuple[tuple[VesselCall, LoadingPlan], ...]


class Keeper:
    """`start` and `end` are called in the server's event loop; `ask` any time."""

    def __init__(self, terminal: RunningTerminal | None, log: FinishedLog | None) -> None:
        self.terminal, self.log = terminal, log
        self.worker = WorkerProcess(PROGRAM)
        self._in_line = asyncio.Lock()
        self._starts = -1
        """Of the worker, when it was last told everything."""
        self._handed = 0
        self._following: asyncio.Task[None] | None = None
        self._beside: Keeper | None = None

    @property
    def is_there(self) -> bool:
        return self.terminal is not None or self.log is not None

    def start(self) -> None:
        """Keep the worker up to date from now on."""
        if self.is_there:
            self._following = asyncio.create_task(self._follow(), name="past")

    @property
    def beside(self) -> Keeper:
        """Another worker over the same past, for what takes minutes, so that nobody waits for that here."""
        if self._beside is None:
            self._beside = Keeper(self.terminal, self.log)
        return self._beside

    async def end(self) -> None:
        if self._beside is not None:
            await self._beside.end()
        if self._following is not None:
            self._following.cancel()
            await asyncio.gather(self._following, return_exceptions=True)
        await self.worker.kill()

    async def ask(self, verb: str, *, limit_s: float, **arguments: Any) -> Outcome:
        """Raises ProblemError: 409 where nothing runs and no log is shown, else as `WorkerProcess.ask`."""
        async with self._in_line:
            await self._bring_up_to_date()
            return await self.worker.ask(verb, limit_s=limit_s, **arguments)

    async def _follow(self) -> None:
        while True:
            with suppress(ProblemError, TerminalError):
                async with self._in_line:
                    await self._bring_up_to_date()
                    await self.worker.ask("span", limit_s=CATCHING_UP_S, msgpack=True)
            await asyncio.sleep(BETWEEN_S)

    async def _bring_up_to_date(self) -> None:
        """Begin where the worker is new, then hand over entries that it cannot read itself."""
        if not self.is_there:
            raise refusal(409, "nothing-runs", "No terminal runs here.", remedy="Start it with `cabria run`.")
        if self._starts != self.worker.starts or not self.worker.pid:
            await self._begin()
        if self.terminal is not None and not self.terminal.journal:
            await self._hand_over(self.terminal.entries(self._handed))

    async def _begin(self) -> None:
        if self.terminal is not None:
            journal, zero_utc_ms = self.terminal.journal, self.terminal.zero_utc_ms
            await self.worker.ask("begin", limit_s=CATCHING_UP_S, journal=journal, zero_utc_ms=zero_utc_ms)
        elif self.log is not None:
            ground = await asyncio.to_thread(pickle.dumps, (self.log.layout, self.log.calls), pickle.HIGHEST_PROTOCOL)
            await self.worker.ask("begin_log", limit_s=CATCHING_UP_S, path=self.log.path, ground=ground)
        self._starts, self._handed = self.worker.starts, 0

    async def _hand_over(self, entries: Iterable[Told]) -> None:
        coming = iter(entries)
        while some := list(islice(coming, AT_A_TIME)):
            packed = await asyncio.to_thread(pickle.dumps, some, pickle.HIGHEST_PROTOCOL)
            await self.worker.ask("take", limit_s=CATCHING_UP_S, entries=packed)
            self._handed = some[-1].number
