"""The link against real brokers: the embedded one and mosquitto, each in a process that can be killed."""

from __future__ import annotations

import asyncio
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from cabria.adapters.mqtt.address import LOOPBACK, Address, free_port
from cabria.adapters.mqtt.link import Link, Outgoing, end, ignore_closed_sockets
from cabria.adapters.mqtt.mosquitto import mosquitto_program, start_mosquitto
from cabria.adapters.vda5050.control import events as e
from cabria.adapters.vda5050.control.fleet_control import FleetControl
from cabria.adapters.vda5050.emulation.fleet import FleetSettings, WiredVehicle
from cabria.adapters.vda5050.emulation.kinematics import Pose
from cabria.adapters.vda5050.order import Edge, Node, NodePosition
from cabria.adapters.vda5050.topics import RobotId, Topic
from cabria.domain.errors import DataError

PATIENCE_S = 30.0


class Broker:
    """A process on a port of the loopback."""

    def __init__(self, kind: str, folder: Path) -> None:
        self._kind, self._folder = kind, folder
        self.address = Address(LOOPBACK, free_port())
        self.start()

    def start(self) -> None:
        if self._kind == "mosquitto":
            self._process, _ = start_mosquitto(self._folder, self.address.port)
        else:
            module = [sys.executable, "-m", "cabria.adapters.mqtt.embedded", str(self.address.port)]
            self._process = subprocess.Popen(module, stdout=subprocess.DEVNULL)

    def kill(self) -> None:
        self._process.kill()
        self._process.wait()


@pytest.fixture(params=["embedded", "mosquitto"])
def broker(request: pytest.FixtureRequest) -> Iterator[Broker]:
    folder = Path(tempfile.mkdtemp())
    started = Broker(request.param, folder)
    yield started
    started.kill()
    shutil.rmtree(folder)


async def _until(condition: Callable[[], bool]) -> None:
    async with asyncio.timeout(PATIENCE_S):
        while not condition():
            await asyncio.sleep(0.01)


def test_what_is_retained_the_last_will_and_a_killed_broker(broker: Broker) -> None:
    asyncio.run(_retained_will_and_kill(broker))


async def _retained_will_and_kill(broker: Broker) -> None:
    ignore_closed_sockets(asyncio.get_running_loop())
    heard: list[tuple[str, bytes]] = []

    def connected() -> None:
        truck.send(Outgoing("a/connection", b"ONLINE", 1, True))

    truck = Link(
        broker.address,
        "truck",
        lambda topic, payload: None,
        will=lambda: Outgoing("a/connection", b"BROKEN", 1, True),
        connected=connected,
    )
    control = Link(broker.address, "control", lambda t, p: heard.append((t, p)), subscriptions=[("+/connection", 1)])
    assert not truck.send(Outgoing("a/state", b""))
    tasks = [asyncio.create_task(truck.run())]
    await _until(lambda: truck.is_connected)
    await truck.flush()
    tasks.append(asyncio.create_task(control.run()))
    await _until(lambda: ("a/connection", b"ONLINE") in heard)
    truck.tear()
    await _until(lambda: ("a/connection", b"BROKEN") in heard)
    await _until(lambda: heard[-1] == ("a/connection", b"ONLINE"))
    broker.kill()
    await _until(lambda: not truck.is_connected and not control.is_connected)
    heard.clear()
    broker.start()
    await _until(lambda: ("a/connection", b"ONLINE") in heard)
    for task in tasks:
        await end(task)


def test_an_order_is_driven_over_the_wire_though_the_broker_dies_on_the_way(broker: Broker) -> None:
    asyncio.run(_order_over_the_wire(broker))


async def _order_over_the_wire(broker: Broker) -> None:
    ignore_closed_sockets(asyncio.get_running_loop())
    loop = asyncio.get_running_loop()
    start_s = loop.time()
    events: list[e.FleetEvent] = []

    def clock_ms() -> int:
        return 1_800_000_000_000 + round(1_000 * (loop.time() - start_s))

    def send(topic: Topic, payload: bytes) -> None:
        link.send(Outgoing(str(topic), payload, topic.name.qos, topic.name.is_retained))

    robot = RobotId("ACME", "T01")
    control = FleetControl(send, clock_ms, events.append)
    link = Link(broker.address, "control", control.receive, subscriptions=[(name, 1) for name in control.subscriptions])
    truck = WiredVehicle(robot, Pose(0.0, 0.0, 0.0), broker.address, FleetSettings(pace=20.0), clock_ms)
    running = asyncio.create_task(link.run())
    truck.start()

    async def run_until(condition: Callable[[], bool]) -> None:
        def step() -> bool:
            truck.advance(10)
            control.tick()
            return condition()

        await _until(step)

    await run_until(lambda: robot in control.robots and not control.robots[robot].stop)
    nodes = [
        Node(
            node_id=f"n{number}",
            sequence_id=0,
            released=False,
            node_position=NodePosition(x=200.0 * number, y=0.0, map_id="terminal"),
            actions=(),
        )
        for number in range(3)
    ]
    edges = [Edge(edge_id=f"e{number}", sequence_id=0, released=False, actions=()) for number in range(2)]
    control.give(robot, "o1", nodes, edges, released=2)
    await run_until(lambda: any(isinstance(event, e.OrderAcknowledged) for event in events))
    broker.kill()
    control.release(robot, 3)
    await run_until(lambda: truck.vehicle.drive.pose.x > 199.0)
    broker.start()
    await run_until(lambda: any(isinstance(event, e.OrderDone) for event in events))
    assert [event.number for event in events if isinstance(event, e.NodePassed)] == [1, 2]
    await truck.stop()
    await end(running)


def test_a_missing_mosquitto_is_told_with_the_command_that_mends_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MOSQUITTO", "/nowhere/mosquitto")
    with pytest.raises(DataError, match="make broker"):
        mosquitto_program()


@pytest.mark.parametrize(
    ("text", "host", "port", "has_tls"),
    [
        ("mqtt://127.0.0.1:1884", "127.0.0.1", 1884, False),
        ("mqtts://broker.terminal", "broker.terminal", 8883, True),
        ("mqtt://me:p%40ss@[::1]", "::1", 1883, False),
    ],
)
def test_addresses_are_read(text: str, host: str, port: int, has_tls: bool) -> None:
    address = Address.parse(text)
    assert (address.host, address.port, address.has_tls) == (host, port, has_tls)
    assert "p@ss" not in str(address)


@pytest.mark.parametrize("text", ["", "127.0.0.1", "http://a", "mqtt://", "mqtt://a:b", "mqtt://a:99999", "mqtt://a/b"])
def test_what_is_no_address_is_refused(text: str) -> None:
    with pytest.raises(DataError, match="mqtt://"):
        Address.parse(text)
