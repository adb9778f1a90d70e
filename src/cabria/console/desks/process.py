"""A worker process as the server sees it: asked in turn, with a time limit, ended when it hangs, started anew after.

Operations go on whatever happens to it: they are in the server's process and wait for nothing here.
"""

from __future__ import annotations

import asyncio
import itertools
import os
import sys
from collections.abc import Callable
from contextlib import suppress
from typing import Any

import msgspec

from cabria.console.desks.wire import HEAD, MOST_BYTES, STOP, News, Order, Outcome, Reply, frame
from cabria.console.http.problems import ProblemError, refusal
from cabria.console.messages.parts import Problem

Hear = Callable[[News], None]


class WorkerProcess:
    """One process, which does one order after the other. `ask` may be called at any time; orders wait in line."""

    def __init__(self, program: str = "cabria.console.desks.worker") -> None:
        self._program = program
        self._process: asyncio.subprocess.Process | None = None
        self._in_line = asyncio.Lock()
        self._ids = itertools.count(1)
        self.starts = 0
        """How often a process was started."""

    @property
    def pid(self) -> int:
        """0 while there is none."""
        return self._process.pid if self._process is not None and self._process.returncode is None else 0

    async def ask(self, verb: str, *, limit_s: float, hear: Hear | None = None, **arguments: Any) -> Outcome:
        """Raises ProblemError: what the worker refuses, 503 when it died at it, 504 when it took too long."""
        async with self._in_line:
            order = Order(next(self._ids), verb, arguments)
            try:
                async with asyncio.timeout(limit_s):
                    return await self._done(order, hear)
            except TimeoutError:
                await self.kill()
                raise refusal(
                    504,
                    "took-too-long",
                    f"This took longer than {limit_s:.0f} s and was ended; nothing was changed.",
                    code="ended-after",
                    values={"seconds": round(limit_s)},
                ) from None
            except asyncio.CancelledError:
                await self.kill()
                raise
            except (EOFError, OSError, msgspec.DecodeError):
                await self.kill()
                raise refusal(
                    503,
                    "worker-died",
                    "The process that does this has died; nothing was changed.",
                    remedy="Try again: a new one is started.",
                    headers={"Retry-After": "1"},
                ) from None

    async def _done(self, order: Order, hear: Hear | None) -> Outcome:
        process = await self._running()
        assert process.stdin is not None
        assert process.stdout is not None
        process.stdin.write(frame(order))
        await process.stdin.drain()
        while True:
            reply = await _reply(process.stdout)
            if reply.news is not None and hear is not None:
                hear(reply.news)
            if reply.outcome is not None:
                return _answer(reply.outcome)

    async def _running(self) -> asyncio.subprocess.Process:
        if self._process is None or self._process.returncode is not None:
            self.starts += 1
            self._process = await asyncio.create_subprocess_exec(
                sys.executable,
                "-m",
                self._program,
                stdin=asyncio.subprocess.PIPE,
                stdout=asyncio.subprocess.PIPE,
                env={**os.environ, "PYTHONUNBUFFERED": "1"},
                start_new_session=True,  # Ctrl-C is for the server, which ends its workers itself
            )
        return self._process

    async def stop_planning(self) -> None:
        """Let it end with the best plan so far."""
        if self._process is not None and self._process.stdin is not None:
            with suppress(OSError):
                self._process.stdin.write(frame(Order(0, STOP, {})))
                await self._process.stdin.drain()

    async def kill(self) -> None:
        """End the process, in whatever it is. The next order starts another."""
        process, self._process = self._process, None
        if process is not None and process.returncode is None:
            with suppress(ProcessLookupError):
                process.kill()
            await _ended(process)


async def _ended(process: asyncio.subprocess.Process) -> None:
    """Waits for a process that was killed, also when cancelled meanwhile: a loop that closes first would leave it."""
    cancelled: asyncio.CancelledError | None = None
    while process.returncode is None:
        try:
            await process.wait()
        except asyncio.CancelledError as error:
            cancelled = error
    if cancelled is not None:
        raise cancelled


async def _reply(stream: asyncio.StreamReader) -> Reply:
    try:
        (length,) = HEAD.unpack(await stream.readexactly(HEAD.size))
        if length > MOST_BYTES:
            raise EOFError
        return msgspec.msgpack.decode(await stream.readexactly(length), type=Reply)
    except asyncio.IncompleteReadError as error:
        raise EOFError from error


def _answer(outcome: Outcome) -> Outcome:
    if outcome.is_done:
        return outcome
    raise ProblemError(msgspec.msgpack.decode(outcome.content, type=Problem))
