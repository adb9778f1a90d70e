"""Checks gone through on a real wire, one after the other."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence

from cabria.adapters.conformance_check import Check, Going, Result
from cabria.adapters.mqtt.address import Address
from cabria.adapters.mqtt.link import Link, end
from cabria.domain.errors import DataError

STEP_S = 0.05
CONNECTING_S = 10.0


async def go_through(
    checks: Sequence[Check],
    link: Link,
    address: Address,
    *,
    clock_ms: Callable[[], int],
    tell: Callable[[Result], None],
) -> list[Result]:
    """All checks; `tell` gets each result when it is there. Raises DataError without a broker."""
    running = asyncio.create_task(link.run())
    try:
        await connected(link, address)
        going = Going(checks)
        told = 0
        while not going.is_over:
            await asyncio.sleep(STEP_S)
            going.advance(clock_ms())
            for result in going.results[told:]:
                tell(result)
            told = len(going.results)
        return going.results
    finally:
        await end(running)


async def connected(link: Link, address: Address) -> None:
    """When the link is up. Raises DataError when it does not come up."""
    for _ in range(round(CONNECTING_S / STEP_S)):
        if link.is_connected:
            return
        await asyncio.sleep(STEP_S)
    raise DataError(f"There is no broker at {address}.", remedy="Start one, or name another with --broker.")
