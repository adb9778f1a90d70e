"""The checks on a real wire."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from cabria.adapters.conformance_check import Result
from cabria.adapters.conformance_wire import STEP_S, connected, go_through
from cabria.adapters.crane_bus.conformance.crane_checks import CraneProbe, crane_checks
from cabria.adapters.crane_bus.conformance.terminal_checks import TerminalWatch
from cabria.adapters.crane_bus.emulation.wired import WiredCrane
from cabria.adapters.crane_bus.topics import INTERFACE, Topic
from cabria.adapters.mqtt.address import Address
from cabria.adapters.mqtt.link import Link, Outgoing


async def try_crane(
    crane: str,
    address: Address,
    *,
    drive_mm: int,
    clock_ms: Callable[[], int],
    interface: str = INTERFACE,
    tell: Callable[[Result], None] = lambda result: None,
) -> list[Result]:
    """All checks of a crane; `tell` gets each result when it is there. Raises DataError without a broker."""

    def send(topic: Topic, payload: bytes) -> None:
        link.send(Outgoing(str(topic), payload, topic.name.qos, topic.name.is_retained))

    probe = CraneProbe(crane, interface, send, clock_ms)
    link = Link(
        address, f"conformance-{clock_ms()}", probe.receive, subscriptions=[(name, 1) for name in probe.subscriptions]
    )
    return await go_through(crane_checks(probe, drive_mm), link, address, clock_ms=clock_ms, tell=tell)


async def watch_terminal(
    wired: WiredCrane,
    move: Callable[[], None],
    address: Address,
    *,
    seconds: float,
    clock_ms: Callable[[], int],
) -> list[Result]:
    """Be a crane for so long, and say how it was led; `move` moves it. Raises DataError without a broker."""
    watch = TerminalWatch(wired.crane)
    wired.listen(watch.hear)
    until_ms = clock_ms() + round(1_000 * seconds)
    wired.start()
    try:
        await connected(wired.link, address)
        while clock_ms() < until_ms:
            await asyncio.sleep(STEP_S)
            move()
            wired.advance()
            watch.advance(clock_ms())
        return watch.results()
    finally:
        await wired.stop()
