"""The broker inside the program, for one machine: nothing to install, loopback only."""

from __future__ import annotations

import asyncio
import logging
import sys
import warnings
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

from cabria.adapters.mqtt.address import LOOPBACK, Address, free_port
from cabria.domain.errors import DataError

ENDING_S = 5.0


@asynccontextmanager
async def embedded_broker(port: int = 0) -> AsyncIterator[Address]:
    """A broker on a port of the loopback, a free one when none is named. Raises DataError when the port is taken."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        from amqtt.broker import Broker
        from amqtt.errors import BrokerError
    for name in ("amqtt", "transitions"):
        logging.getLogger(name).setLevel(logging.CRITICAL)
    address = Address(LOOPBACK, port or free_port())
    broker = Broker(
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
