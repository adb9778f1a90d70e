"""The broker inside the program, for one machine: nothing to install, loopback only.

amqtt 0.12 as it is gives up with hundreds of clients: it goes through its subscriptions while others come and go
(RuntimeError), sends every new client what is retained for anybody, and compares each message with every filter there
is. `_FleetBroker` mends these three and leaves the protocol to amqtt.
"""

from __future__ import annotations

import asyncio
import logging
import sys
import warnings
from collections import deque
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, suppress
from typing import Any

from cabria.adapters.mqtt.address import LOOPBACK, Address, free_port
from cabria.domain.errors import DataError

with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    from amqtt.broker import Broker
    from amqtt.errors import BrokerError

ENDING_S = 5.0


class _Subscriptions(dict[str, Any]):
    """By filter. One may go through it while it changes; filters with wildcards are few and kept apart."""

    def __init__(self) -> None:
        super().__init__()
        self.wild: set[str] = set()

    def __iter__(self) -> Iterator[str]:
        return iter(list(self.keys()))

    def __setitem__(self, name: str, subscribers: Any) -> None:
        super().__setitem__(name, subscribers)
        if "+" in name or "#" in name:
            self.wild.add(name)

    def __delitem__(self, name: str) -> None:
        super().__delitem__(name)
        self.wild.discard(name)


class _FleetBroker(Broker):  # type: ignore[misc]
    """Every session is a clean one: who is not connected is sent nothing."""

    def __init__(self, settings: dict[str, Any]) -> None:
        super().__init__(settings)
        self._subscriptions = _Subscriptions()

    async def _run_broadcast(self, running_tasks: deque[asyncio.Task[Any]]) -> None:
        message = await self._broadcast_queue.get()
        topic = message["topic"]
        wild = [name for name in self._subscriptions.wild if self._matches(topic, name)]
        for name in (topic, *wild):
            for session, qos in self._subscriptions.get(name, ()):
                handler = self._get_handler(session) if session.transitions.state == "connected" else None
                if handler is not None:
                    sending = handler.mqtt_publish(topic, message["data"], message.get("qos", qos), retain=False)
                    running_tasks.append(asyncio.ensure_future(sending))

    async def _publish_retained_messages_for_subscription(self, subscription: Any, session: Any) -> None:
        """Only to those who subscribed."""
        if any(known is session for known, _ in self._subscriptions.get(subscription[0], ())):
            await super()._publish_retained_messages_for_subscription(subscription, session)


@asynccontextmanager
async def embedded_broker(port: int = 0) -> AsyncIterator[Address]:
    """A broker on a port of the loopback, a free one when none is named. Raises DataError when the port is taken."""
    for name in ("amqtt", "transitions"):
        logging.getLogger(name).setLevel(logging.CRITICAL)
    address = Address(LOOPBACK, port or free_port())
    broker = _FleetBroker(
        {
            "listeners": {"default": {"type": "tcp", "bind": f"{address.host}:{address.port}"}},
            "plugins": {"amqtt.plugins.authentication.AnonymousAuthPlugin": {"allow_anonymous": True}},
        }
    )
    try:
        await broker.start()
    except (BrokerError, OSError) as error:
        raise DataError(f"No broker could be started on port {address.port}: {error}.") from None
    try:
        yield address
    finally:
        with suppress(TimeoutError):
            await asyncio.wait_for(broker.shutdown(), ENDING_S)


async def _serve(port: int) -> None:
    async with embedded_broker(port) as address:
        print(address, flush=True)
        await asyncio.Event().wait()


if __name__ == "__main__":
    asyncio.run(_serve(int(sys.argv[1])))
