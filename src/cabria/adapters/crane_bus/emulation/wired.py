"""Emulated cranes on a broker, each with a connection and a last will of its own."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence

from cabria.adapters.crane_bus.emulation.crane import EmulatedCrane
from cabria.adapters.crane_bus.emulation.faults import CraneFaults
from cabria.adapters.crane_bus.messages import ConnectionState
from cabria.adapters.crane_bus.parts import Message
from cabria.adapters.crane_bus.topics import INTERFACE, TO_CRANES, Topic, TopicName
from cabria.adapters.crane_bus.wire import encode, topic_of
from cabria.adapters.faults_on_demand import Rates
from cabria.adapters.mqtt.address import Address
from cabria.adapters.mqtt.link import Link, Outgoing, end

STEP_S = 0.025
CONNECTING_S = 0.005
"""Between two cranes that connect for the first time."""


class WiredCrane:
    """A crane and its link. `make` gets what says its messages."""

    def __init__(
        self,
        name: str,
        make: Callable[[Callable[[Message], None]], EmulatedCrane],
        address: Address,
        clock_ms: Callable[[], int],
        *,
        interface: str = INTERFACE,
        rates: Rates,
        seed: int,
    ) -> None:
        self._interface, self._clock_ms = interface, clock_ms
        self.faults = CraneFaults(rates, f"{seed}/{name}", self._break)
        top = Topic(interface, name, TopicName.STATE)
        top.refuse_strange_levels()
        self.link = Link(
            address,
            f"{interface}-{name}",
            self._hear,
            subscriptions=[(str(top.named(topic)), 0) for topic in TO_CRANES],
            will=self._will,
            connected=lambda: self.crane.come_online(self._clock_ms()),
        )
        self.crane = make(self._say)  # what it says before there is a link is lost, and told again
        self._running: asyncio.Task[None] | None = None
        self._listener: Callable[[Topic, bytes, int], None] | None = None

    def listen(self, hear: Callable[[Topic, bytes, int], None]) -> None:
        """Somebody else hears what comes, and hands it on."""
        self._listener = hear

    def start(self) -> None:
        self._running = asyncio.create_task(self.link.run())

    def advance(self) -> None:
        now_ms = self._clock_ms()
        self.faults.advance(self.crane, now_ms)
        self.crane.advance(now_ms)

    async def stop(self) -> None:
        """Say goodbye and go."""
        if self._running is None:
            return
        self.crane.tell_connection(ConnectionState.OFFLINE)
        await self.link.flush()
        await end(self._running)

    def _say(self, message: Message) -> None:
        self.faults.pass_on(message, self._send)

    def _send(self, message: Message) -> None:
        self.link.send(self._outgoing(message))

    def _outgoing(self, message: Message) -> Outgoing:
        topic = topic_of(message, self._interface)
        return Outgoing(str(topic), encode(message), topic.name.qos, topic.name.is_retained)

    def _will(self) -> Outgoing:
        return self._outgoing(self.crane.last_will(self._clock_ms()))

    def _hear(self, topic: str, payload: bytes) -> None:
        at = Topic.parse(topic)
        if self._listener is not None:
            self._listener(at, payload, self._clock_ms())
        else:
            self.crane.hear(at.name, payload, self._clock_ms())

    def _break(self) -> None:
        """Without a goodbye: the broker tells the last will."""
        self.link.tear()


async def run_cranes(
    cranes: Sequence[WiredCrane],
    move: Callable[[], None],
    tell: Callable[[int], None] = lambda connected: None,
) -> None:
    """Until cancelled. `move` lets what is behind them move; `tell` hears once a second how many are connected."""
    try:
        for crane in cranes:
            crane.start()
            await asyncio.sleep(CONNECTING_S)
        step = 0
        while True:
            move()
            for crane in cranes:
                crane.advance()
            step += 1
            if step % round(1 / STEP_S) == 0:
                tell(sum(crane.link.is_connected for crane in cranes))
            await asyncio.sleep(STEP_S)
    finally:
        await asyncio.gather(*(crane.stop() for crane in cranes))
