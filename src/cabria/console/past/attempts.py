"""Tries: one at a time, each in a process of its own with a time limit. Operations go on whatever becomes of it."""

from __future__ import annotations

import asyncio
import pickle
import secrets
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from itertools import islice
from typing import Any

import msgspec

from cabria.console.desks.process import WorkerProcess
from cabria.console.desks.wire import News
from cabria.console.http.problems import problem_of, refusal
from cabria.console.messages import past as m
from cabria.console.past.keeper import AT_A_TIME, PROGRAM
from cabria.domain.errors import DataError
from cabria.operations.running import RunningTerminal

WAITING, RUNNING, DONE, STOPPED, FAILED = "waiting", "running", "done", "stopped", "failed"
LIMIT_S = 600.0
MOST_HOURS = 24
MOST_KEPT = 20
MOST_WAITING = 5


@dataclass(eq=False)
class _Attempt:
    told: m.Try
    worker: WorkerProcess = field(default_factory=lambda: WorkerProcess(PROGRAM))
    job: asyncio.Task[None] | None = None


class Attempts:
    """Used in the server's event loop."""

    def __init__(self) -> None:
        self._free = asyncio.Semaphore(1)
        self._all: dict[str, _Attempt] = {}

    def tries(self) -> list[m.Try]:
        """The latest first, without their results."""
        return [msgspec.structs.replace(one.told, result=None) for one in reversed(self._all.values())]

    def one(self, name: str) -> m.Try:
        """Raises DataError for one that is not known any more."""
        return self._attempt(name).told

    def begin(self, asked: m.AskTry, terminal: RunningTerminal, ship: bytes, by: str) -> m.Try:
        """`ship` is a call with its plan, pickled by us, or nothing. Raises ProblemError where too much is waiting."""
        if sum(one.told.state in (WAITING, RUNNING) for one in self._all.values()) >= MOST_WAITING:
            raise refusal(
                429, "too-many", "Too many tries are waiting.", code="too-many-tries", headers={"Retry-After": "60"}
            )
        told = m.Try(
            id=secrets.token_hex(6),
            asked=asked,
            by=by,
            since=datetime.now(UTC).isoformat(timespec="seconds"),
            state=WAITING,
            phase="",
            share=None,
            text="",
            orders=orders_of(asked),
        )
        attempt = self._all[told.id] = _Attempt(told)
        attempt.job = asyncio.create_task(self._run(attempt, terminal, ship), name=f"try {told.id}")
        over = [name for name, one in self._all.items() if one.told.state not in (WAITING, RUNNING)]
        for name in over[: max(0, len(self._all) - MOST_KEPT)]:
            del self._all[name]
        return told

    async def drop(self, name: str) -> m.Try:
        """Ended where it runs, and forgotten."""
        attempt = self._attempt(name)
        if attempt.job is not None and not attempt.job.done():
            attempt.job.cancel()
            with suppress(asyncio.CancelledError):
                await attempt.job
        self._all.pop(name, None)
        return attempt.told

    def taken(self, name: str, by: str) -> m.Try:
        self._tell(attempt := self._attempt(name), taken_by=by)
        return attempt.told

    async def end(self) -> None:
        jobs = [one.job for one in self._all.values() if one.job is not None and not one.job.done()]
        for job in jobs:
            job.cancel()
        await asyncio.gather(*jobs, return_exceptions=True)

    def _attempt(self, name: str) -> _Attempt:
        if name not in self._all:
            raise DataError(f"There is no try {name[:20]}.", place="try", code="no-such-try")
        return self._all[name]

    async def _run(self, attempt: _Attempt, terminal: RunningTerminal, ship: bytes) -> None:
        def hear(news: News) -> None:
            self._tell(attempt, phase=news.phase, share=news.share, text=news.text)

        try:
            async with self._free:
                self._tell(attempt, state=RUNNING, phase="reading")
                worker, asked = attempt.worker, msgspec.msgpack.encode(attempt.told.asked)
                if not terminal.journal:
                    await _hand_over(worker, terminal)
                outcome = await worker.ask(
                    "attempt", limit_s=LIMIT_S, hear=hear, journal=terminal.journal, asked=asked, ship=ship
                )
                result = msgspec.msgpack.decode(outcome.unpacked, type=m.Tried)
                self._tell(attempt, state=DONE, phase="done", share=1.0, result=result)
        except Exception as error:  # noqa: BLE001 - nobody waits for this task: what ends it is told here
            problem, _ = problem_of(error)
            self._tell(attempt, state=FAILED, text=problem.detail, problem=problem)
        except asyncio.CancelledError:
            self._tell(attempt, state=STOPPED, text="stopped")
        finally:
            await attempt.worker.kill()

    def _tell(self, attempt: _Attempt, **news: object) -> None:
        """A try is told as it was when it was told: each news makes another."""
        attempt.told = msgspec.structs.replace(attempt.told, **news)


async def _hand_over(worker: WorkerProcess, terminal: RunningTerminal) -> None:
    """The whole journal of a terminal that keeps it in memory."""
    coming = iter(terminal.entries(0))
    while some := list(islice(coming, AT_A_TIME)):
        packed = await asyncio.to_thread(pickle.dumps, some, pickle.HIGHEST_PROTOCOL)
        await worker.ask("hand", limit_s=LIMIT_S, entries=packed)


def orders_of(asked: m.AskTry) -> list[m.TakeOverOrder]:
    """What of a change operations can be told to do; trucks and ships are there or are not."""
    orders = []
    if asked.crane:
        orders.append(m.TakeOverOrder(what="out", name=asked.crane))
        if asked.shares:
            orders.append(m.TakeOverOrder(what="back", name=asked.crane, back_h=asked.crane_h))
    if asked.policy:
        orders.append(m.TakeOverOrder(what="policy", name=asked.policy))
    return orders


def commands_of(order: m.TakeOverOrder, cause: str, now_ms: int) -> tuple[str, tuple[Any, ...]]:
    """The command of the journal that an order is."""
    commands: Mapping[str, tuple[str, tuple[Any, ...]]] = {
        "out": ("take_out", (order.name, cause)),
        "back": ("expect_back", (order.name, now_ms + round(3_600_000 * order.back_h))),
        "policy": ("run_by", (order.name,)),
    }
    return commands[order.what]
