"""Many emulated trucks on one broker, each with a connection and a last will of its own."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from cabria.adapters.faults_on_demand import Rates
from cabria.adapters.mqtt.address import Address
from cabria.adapters.mqtt.link import Link, Outgoing, end
from cabria.adapters.vda5050.emulation.faults import Faults
from cabria.adapters.vda5050.emulation.kinematics import Pose
from cabria.adapters.vda5050.emulation.remembering import TruckMemory
from cabria.adapters.vda5050.emulation.vehicle import CHARGING_W, Vehicle
from cabria.adapters.vda5050.parts import Message
from cabria.adapters.vda5050.state import ConnectionState
from cabria.adapters.vda5050.topics import INTERFACE, TO_VEHICLES, RobotId, Topic
from cabria.adapters.vda5050.wire import encode, topic_of

LONGEST_STEP_MS, SHORTEST_STEP_MS = 100, 20
STEP_OF_TRUCKS_MS = 500
"""The longest step by the trucks' own time: what they tell is at most so old, if steps need not be too short for it."""
PARTS = 10
"""Trucks move in turn, a tenth of them every tenth of a step, so that their messages do not come in bursts."""
CONNECTING_S = 0.005
"""Between two trucks that connect for the first time."""


@dataclass(frozen=True, slots=True)
class FleetSettings:
    """`pace` is how much faster than in reality trucks drive and act; `interval_ms` how often they tell their state."""

    interface: str = INTERFACE
    version: str = "3.0.0"
    map_id: str = "terminal"
    pace: float = 1.0
    interval_ms: int = 500
    faults: Rates = field(default_factory=dict)
    seed: int = 0
    charging_w: int = CHARGING_W

    @property
    def step_ms(self) -> int:
        """How often trucks move, by the wire's time."""
        return max(SHORTEST_STEP_MS, min(LONGEST_STEP_MS, round(STEP_OF_TRUCKS_MS / self.pace)))


class WiredVehicle:
    """A truck and its link."""

    def __init__(
        self,
        robot: RobotId,
        pose: Pose,
        address: Address,
        settings: FleetSettings,
        clock_ms: Callable[[], int],
        memory: TruckMemory | None = None,
    ) -> None:
        self._settings, self._clock_ms, self._memory = settings, clock_ms, memory
        self.faults = Faults(settings.faults, f"{settings.seed}/{robot}", self._break)
        self.vehicle = Vehicle(
            robot,
            pose,
            self._say,
            map_id=settings.map_id,
            version=settings.version,
            interval_ms=settings.interval_ms,
            pace=settings.pace,
            charge=self.faults.charge(),
            remember=self._remember,
            least_interval_ms=settings.step_ms,
            charging_w=settings.charging_w,
        )
        if memory is not None:
            memory.put_back(robot.serial, self.vehicle)
        top = Topic(settings.interface, int(settings.version[0]), *robot, TO_VEHICLES[0])
        top.refuse_strange_levels()
        self.link = Link(
            address,
            f"{settings.interface}-{robot.manufacturer}-{robot.serial}",
            self._hear,
            subscriptions=[(str(top.named(name)), 0) for name in TO_VEHICLES],
            will=self._will,
            connected=lambda: self.vehicle.come_online(self._clock_ms()),
        )
        self._running: asyncio.Task[None] | None = None
        self._listener: Callable[[Topic, bytes, int], None] | None = None

    def listen(self, hear: Callable[[Topic, bytes, int], None]) -> None:
        """Somebody else hears what comes, and hands it on."""
        self._listener = hear

    def start(self) -> None:
        self._running = asyncio.create_task(self.link.run())

    def advance(self, step_ms: int) -> None:
        now_ms = self._clock_ms()
        self.faults.advance(self.vehicle, now_ms, step_ms)
        self.vehicle.advance(now_ms)

    async def stop(self) -> None:
        """Say goodbye and go."""
        if self._running is None:
            return
        self.vehicle.tell_connection(ConnectionState.OFFLINE)
        await self.link.flush()
        await end(self._running)

    def _remember(self, now_ms: int) -> None:
        if self._memory is not None:
            self._memory.keep(self.vehicle.robot.serial, self.vehicle, now_ms)

    def _say(self, message: Message) -> None:
        self.faults.pass_on(message, self._send)

    def _send(self, message: Message) -> None:
        self.link.send(self._outgoing(message))

    def _outgoing(self, message: Message) -> Outgoing:
        topic = topic_of(message, self._settings.interface)
        return Outgoing(str(topic), encode(message), topic.name.qos, topic.name.is_retained)

    def _will(self) -> Outgoing:
        return self._outgoing(self.vehicle.last_will(self._clock_ms()))

    def _hear(self, topic: str, payload: bytes) -> None:
        at = Topic.parse(topic)
        if self._listener is not None:
            self._listener(at, payload, self._clock_ms())
        else:
            self.vehicle.hear(at.name, payload, self._clock_ms())

    def _break(self) -> None:
        """Without a goodbye: the broker tells the last will."""
        self.link.tear()


async def run_fleet(
    places: Sequence[tuple[RobotId, Pose]],
    address: Address,
    settings: FleetSettings,
    clock_ms: Callable[[], int],
    tell: Callable[[int], None] = lambda connected: None,
    memory: TruckMemory | None = None,
) -> None:
    """Until cancelled; `tell` is told about once a second how many trucks are connected. With a `memory`, trucks that
    were killed stand where they stood."""
    fleet = [WiredVehicle(robot, pose, address, settings, clock_ms, memory) for robot, pose in places]
    try:
        for vehicle in fleet:
            vehicle.start()
            await asyncio.sleep(CONNECTING_S)
        step, step_ms = 0, settings.step_ms
        loop = asyncio.get_running_loop()
        due_s = loop.time()
        while True:
            for vehicle in fleet[step % PARTS :: PARTS]:
                vehicle.advance(step_ms)
            step += 1
            if step % (10 * PARTS) == 0:
                tell(sum(vehicle.link.is_connected for vehicle in fleet))
            due_s = max(due_s + step_ms / PARTS / 1_000, loop.time() - 1)
            await asyncio.sleep(max(0.0, due_s - loop.time()))
    finally:
        await asyncio.gather(*(vehicle.stop() for vehicle in fleet))
