"""The link to the broker in a thread of its own: what comes in is posted to operations, what goes out handed over."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from contextlib import suppress
from threading import Event, Thread

from cabria.adapters.mqtt.address import Address
from cabria.adapters.mqtt.link import Link, Outgoing, end, ignore_closed_sockets

STARTING_S = 10.0
ENDING_S = 5.0


class Bus:
    """`hear(topic, payload)` is called in the thread of the bus. A context manager."""

    def __init__(
        self,
        address: Address,
        identifier: str,
        subscriptions: Sequence[tuple[str, int]],
        hear: Callable[[str, bytes], None],
    ) -> None:
        self.address = address
        self._identifier, self._subscriptions, self._hear = identifier, subscriptions, hear
        self._loop: asyncio.AbstractEventLoop | None = None
        self._link: Link | None = None
        self._task: asyncio.Task[None] | None = None
        self._is_there = Event()
        self._thread = Thread(target=self._run, name="bus", daemon=True)

    def start(self) -> None:
        self._thread.start()
        self._is_there.wait(STARTING_S)

    @property
    def is_connected(self) -> bool:
        return self._link is not None and self._link.is_connected

    def send(self, message: Outgoing) -> None:
        """From any thread; without a link it is dropped, as QoS 0 allows."""
        if self._loop is not None and self._link is not None:
            with suppress(RuntimeError):  # the loop has ended, and with it whatever could be sent
                self._loop.call_soon_threadsafe(self._link.send, message)

    def stop(self) -> None:
        """Write what waits and go."""
        if self._loop is not None and self._task is not None:
            with suppress(RuntimeError):
                asyncio.run_coroutine_threadsafe(self._end(), self._loop)
        self._thread.join(ENDING_S)

    def _run(self) -> None:
        with suppress(asyncio.CancelledError):
            asyncio.run(self._be_linked())

    async def _be_linked(self) -> None:
        self._loop = asyncio.get_running_loop()
        ignore_closed_sockets(self._loop)
        self._link = Link(self.address, self._identifier, self._hear, subscriptions=self._subscriptions)
        self._task = asyncio.create_task(self._link.run())
        self._is_there.set()
        with suppress(asyncio.CancelledError):
            await self._task

    async def _end(self) -> None:
        if self._link is not None and self._task is not None:
            await self._link.flush()
            await end(self._task)
