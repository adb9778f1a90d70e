"""One client's connection to a broker. It comes back by itself, later each time, and then begins anew.

No session is kept in the broker: states are told again and again, orders are sent until a state shows them, and what
must be known at once (connection, factsheet) is retained. So a link that was away lacks nothing after a second.
"""

from __future__ import annotations

import asyncio
import errno
import logging
import socket
import ssl
from collections.abc import Callable, Sequence
from contextlib import suppress
from random import Random
from typing import NamedTuple

from aiomqtt import Client, Message, MqttError, Will

from cabria.adapters.mqtt.address import Address

SOONEST_S, LATEST_S = 0.1, 5.0
"""Between two tries to connect."""
KEEPALIVE_S = 10
CONNECTING_S = 5.0
FLUSHING_S = 2.0
CANCELLED_S = 0.5
WAITING = 10_000
"""Messages that may wait to be written before the oldest are dropped."""

log = logging.getLogger(__name__)
logging.getLogger("mqtt").setLevel(logging.ERROR)  # it warns of every publish over ten that wait


class Outgoing(NamedTuple):
    topic: str
    payload: bytes
    qos: int = 0
    is_retained: bool = False


class Link:
    """`hear(topic, payload)` is called for what comes in, `connected()` each time the link is there, before anything
    else; `will` is asked for anew at each connection."""

    def __init__(
        self,
        address: Address,
        identifier: str,
        hear: Callable[[str, bytes], None],
        *,
        subscriptions: Sequence[tuple[str, int]] = (),
        will: Callable[[], Outgoing] | None = None,
        connected: Callable[[], None] = lambda: None,
    ) -> None:
        self._address, self._identifier, self._hear = address, identifier, hear
        self._subscriptions, self._will, self._on_connected = subscriptions, will, connected
        self._chance = Random(identifier)
        self._waiting: asyncio.Queue[Outgoing] = asyncio.Queue(WAITING)
        self._socket: object = None
        self.is_connected = False
        self.connections = 0

    def send(self, message: Outgoing) -> bool:
        """Put a message on the way; False when there is no link and it is dropped, as QoS 0 allows."""
        if not self.is_connected:
            return False
        if self._waiting.full():
            self._waiting.get_nowait()
        self._waiting.put_nowait(message)
        return True

    async def run(self) -> None:
        """Until cancelled."""
        wait_s = SOONEST_S
        while True:
            before: int = self.connections
            try:
                await self._be_connected()
            except (MqttError, OSError, TimeoutError) as error:
                log.info("%s has no link to %s: %s", self._identifier, self._address, error)
            task = asyncio.current_task()
            if task is not None and task.cancelling():  # the library's goodbye may hide that it was wanted
                raise asyncio.CancelledError
            wait_s = SOONEST_S if self.connections != before else wait_s
            await asyncio.sleep(wait_s * (0.5 + self._chance.random()))
            wait_s = min(LATEST_S, 2 * wait_s)

    def tear(self) -> None:
        """Drop the connection without a goodbye, so that the broker tells the last will. It comes back by itself."""
        if isinstance(self._socket, socket.socket):
            with suppress(OSError):
                self._socket.shutdown(socket.SHUT_RDWR)

    async def flush(self) -> None:
        """Until all that was sent is written, or the link is gone, or it takes too long."""
        for _ in range(round(FLUSHING_S / 0.01)):
            if not self.is_connected or self._waiting.empty():
                return
            await asyncio.sleep(0.01)

    async def _be_connected(self) -> None:
        will = self._will() if self._will else None
        client = Client(
            self._address.host,
            self._address.port,
            username=self._address.username or None,
            password=self._address.password or None,
            identifier=self._identifier,
            will=Will(*will) if will else None,
            clean_session=True,
            keepalive=KEEPALIVE_S,
            timeout=CONNECTING_S,
            queue_type=self._hearing(),
            tls_context=ssl.create_default_context() if self._address.has_tls else None,
        )
        async with client:
            self._waiting = asyncio.Queue(WAITING)
            if self._subscriptions:
                await client.subscribe(list(self._subscriptions))
            self._socket = client._client.socket()  # it is the only way to break a connection without a goodbye
            if isinstance(self._socket, socket.socket):  # small messages do not wait for the answer to the one before
                self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            self.is_connected = True
            self.connections += 1
            writing = asyncio.create_task(self._write(client))
            try:
                self._on_connected()
                async for _ in client.messages:
                    """Nothing is queued; it ends with the connection."""
            finally:
                self.is_connected = False
                writing.cancel()
                await asyncio.gather(writing, return_exceptions=True)

    def _hearing(self) -> type[asyncio.Queue[Message]]:
        """A queue that keeps nothing: messages are heard at once, for half of the time that going round would take."""
        hear = self._hear

        class Hearing(asyncio.Queue[Message]):
            def put_nowait(self, message: Message) -> None:
                hear(str(message.topic), message.payload)

        return Hearing

    async def _write(self, client: Client) -> None:
        try:
            while True:
                message = await self._waiting.get()
                await client.publish(*message)
        except MqttError as error:
            log.info("%s could not write: %s", self._identifier, error)
            self.tear()  # a connection on which nothing is written any more is none


async def end(task: asyncio.Task[None]) -> None:
    """Cancel a running link until it has ended: what it waits for in a library may lose a cancellation."""
    while not task.done():
        task.cancel()
        await asyncio.wait([task], timeout=CANCELLED_S)


def ignore_closed_sockets(loop: asyncio.AbstractEventLoop) -> None:
    """The client library asks once more for a socket that a dying broker has closed; that is no news for anybody."""

    def handle(loop: asyncio.AbstractEventLoop, context: dict[str, object]) -> None:
        error = context.get("exception")
        if not (isinstance(error, OSError) and error.errno == errno.EBADF):
            loop.default_exception_handler(context)

    loop.set_exception_handler(handle)
