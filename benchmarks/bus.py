"""`bus`: a fleet of emulated trucks on a real MQTT broker, with fleet control here, and the broker killed half-way.

An instance `embedded:TRUCKS` or `mosquitto:TRUCKS` names the broker and how many trucks tell their state twice a
second. Three processes: the broker, the trucks (`cabria emulate`), and fleet control, which gives every truck an order
in turn and releases it in two pieces. After half of the time the broker is killed (SIGKILL) and started again.

`cost` counts what was lost: states that a connected truck sent and nobody heard, and orders that were not driven, or
twice. Latencies are in milliseconds, of a state from the truck to fleet control and of an order from fleet control to
the state that shows it, without the time from the kill until all trucks are back. What a truck tells while no broker
runs is not sent and not lost: states are told again and again.
"""

from __future__ import annotations

import asyncio
import os
import shutil
import signal
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from math import cos, sin
from pathlib import Path

from cabria.adapters.mqtt.address import LOOPBACK, Address, free_port
from cabria.adapters.mqtt.link import Link, Outgoing, end, ignore_closed_sockets
from cabria.adapters.mqtt.mosquitto import start_mosquitto
from cabria.adapters.timestamps import unstamp
from cabria.adapters.vda5050.control import events as e
from cabria.adapters.vda5050.control.fleet_control import FleetControl
from cabria.adapters.vda5050.order import Edge, Node, NodePosition
from cabria.adapters.vda5050.topics import RobotId, Topic, TopicName
from cabria.domain.errors import DataError, TerminalError

ANCHORS = """
Goal: 300 emulated trucks at 2 Hz through the embedded broker and through mosquitto; nothing lost, p99 of a state and of
order to acknowledgement below 100 ms, a killed broker survived. Latencies hold for a machine with cores to spare:
`load` is what else ran (processes that wanted a core, over the last minute).
"""
DEFAULT_SECONDS = 20.0
Row = dict[str, object]
MOST_TRUCKS = 500
P99_MS = 100
HZ = 2
ORDER_EVERY_S = 0.05
STRIDE_M = 15.0
TICK_S = 0.1
CONNECTED_S = 180.0
DONE_S = 30.0
DOWN_S = 0.5


def default_paths() -> list[str]:
    return ["embedded:300", "mosquitto:300"]


def run(paths: Sequence[str | Path], *, seconds: float, seed: int, jobs: int, solutions: Path | None) -> Iterator[Row]:
    """One row an instance; `seconds` is the wall time that is measured, `jobs` changes nothing."""
    for path in map(str, paths):
        kind, _, number = path.partition(":")
        if kind not in ("embedded", "mosquitto") or not number.isdigit() or not 0 < int(number) <= MOST_TRUCKS:
            yield {"instance": path, "error": f"{path}: write embedded:TRUCKS or mosquitto:TRUCKS, up to 500 trucks."}
            continue
        try:
            yield asyncio.run(_Trial(path, kind, int(number), seconds, seed).run())
        except TerminalError as error:
            yield {"instance": path, "error": f"{path}: {error}"}


class _Broker:
    """A broker in a process of its own, which can be killed and started again on the same port."""

    def __init__(self, kind: str) -> None:
        self._kind = kind
        self._folder = Path(tempfile.mkdtemp(prefix="bus-"))
        self.address = Address(LOOPBACK, free_port())
        self.cpu_s = 0.0
        self._process = self._start()

    def _start(self) -> subprocess.Popen[bytes]:
        if self._kind == "mosquitto":
            return start_mosquitto(self._folder, self.address.port)[0]
        module = [sys.executable, "-m", "cabria.adapters.mqtt.embedded", str(self.address.port)]
        return subprocess.Popen(module, stdout=subprocess.DEVNULL)

    def kill(self) -> None:
        self._process.kill()
        self.cpu_s += _ended(self._process)

    def restart(self) -> None:
        self._process = self._start()

    def close(self) -> None:
        self.kill()
        shutil.rmtree(self._folder, ignore_errors=True)


def _ended(process: subprocess.Popen[bytes]) -> float:
    """Wait for the end of a process; its CPU seconds."""
    _, status, used = os.wait4(process.pid, 0)
    process.returncode = status
    return used.ru_utime + used.ru_stime


@dataclass
class _Heard:
    """States by truck: their numbers, and how late they came."""

    last: dict[RobotId, int] = field(default_factory=dict)
    late_ms: list[float] = field(default_factory=list)
    answered_ms: list[float] = field(default_factory=list)
    states: int = 0
    lost: int = 0
    while_down: int = 0


class _Trial:
    def __init__(self, name: str, kind: str, trucks: int, seconds: float, seed: int) -> None:
        self._name, self._trucks, self._seconds, self._seed = name, trucks, seconds, seed
        self._broker = _Broker(kind)
        self._heard = _Heard()
        self._is_disturbed = self._is_measured = False
        self._given: dict[str, RobotId] = {}
        self._done: list[str] = []
        self._nonsense = self._killed_ms = self._back_ms = 0
        self._control = FleetControl(self._send, _now_ms, self._hear)
        self._link = Link(
            self._broker.address,
            "fleet-control",
            self._receive,
            subscriptions=[(name, 1 if name.endswith("connection") else 0) for name in self._control.subscriptions],
        )

    async def run(self) -> Row:
        ignore_closed_sockets(asyncio.get_running_loop())
        began, cpu = time.perf_counter(), time.process_time()
        await asyncio.sleep(DOWN_S)
        address = str(self._broker.address)
        command = [sys.executable, "-m", "cabria", "emulate", "--trucks", str(self._trucks), "--hz", str(HZ)]
        emulator = subprocess.Popen(
            [*command, "--broker", address, "--seed", str(self._seed)], stdout=subprocess.DEVNULL
        )
        tasks = [asyncio.create_task(self._link.run()), asyncio.create_task(self._tick())]
        back_s = None
        try:
            await self._all_back(CONNECTED_S)
            self._is_measured = True
            giving = asyncio.create_task(self._give_orders())
            await asyncio.sleep(self._seconds / 2)
            back_s = await self._kill_the_broker()
            await asyncio.sleep(self._seconds / 2)
            giving.cancel()
            await self._all_done()
        finally:
            emulator.send_signal(signal.SIGTERM)
            emulator_s = _ended(emulator)
            for task in tasks:
                await end(task)
            self._broker.close()
        return self._row(back_s, time.perf_counter() - began, time.process_time() - cpu, emulator_s)

    def _row(self, back_s: float | None, wall_s: float, cpu_s: float, emulator_s: float) -> Row:
        heard = self._heard
        undone, twice = len(set(self._given) - set(self._done)), len(self._done) - len(set(self._done))
        lost = heard.lost + undone + twice
        state_p99, order_p99 = _percentile(heard.late_ms, 0.99), _percentile(heard.answered_ms, 0.99)
        is_good = lost == 0 and back_s is not None and max(state_p99, order_p99) < P99_MS and heard.states > 0
        return {
            "instance": self._name,
            "cost": lost,
            "bound": 0,
            "proven": lost == 0,
            "cpu_s": round(cpu_s, 2),
            "wall_s": round(wall_s, 2),
            "valid": is_good,
            "trucks": self._trucks,
            "states": heard.states,
            "states_lost": heard.lost,
            "states_not_sent_while_down": heard.while_down,
            "state_p50_ms": round(_percentile(heard.late_ms, 0.5), 1),
            "state_p99_ms": round(state_p99, 1),
            "orders": len(self._given),
            "orders_lost": undone,
            "orders_twice": twice,
            "order_p50_ms": round(_percentile(heard.answered_ms, 0.5), 1),
            "order_p99_ms": round(order_p99, 1),
            "back_s": None if back_s is None else round(back_s, 2),
            "nonsense": self._nonsense,
            "broker_cpu_s": round(self._broker.cpu_s, 2),
            "trucks_cpu_s": round(emulator_s, 2),
            "load": round(os.getloadavg()[0], 1),
        }

    async def _tick(self) -> None:
        while True:
            self._control.tick()
            await asyncio.sleep(TICK_S)

    async def _all_back(self, within_s: float) -> float:
        """Until every truck is on line and its factsheet known; the seconds it took. Raises DataError."""
        began = time.perf_counter()
        while True:
            ready = sum(not robot.stop and robot.sheet is not None for robot in self._control.robots.values())
            if ready == self._trucks and self._link.is_connected:
                return time.perf_counter() - began
            if time.perf_counter() - began > within_s:
                raise DataError(f"{ready} of {self._trucks} trucks are on line after {within_s:.0f} s.")
            await asyncio.sleep(0.02)

    async def _kill_the_broker(self) -> float:
        """Seconds from its new start until every truck has told its state again."""
        self._is_disturbed, self._killed_ms = True, _now_ms()
        self._broker.kill()
        for robot in self._control.robots.values():
            robot.connection, robot.stop = None, "the broker was killed"
        await asyncio.sleep(DOWN_S)
        self._broker.restart()
        took_s = await self._all_back(CONNECTED_S)
        await asyncio.sleep(1)
        self._is_disturbed, self._back_ms = False, _now_ms()
        return took_s

    async def _give_orders(self) -> None:
        """To one truck after the other; who is still under way is passed over."""
        number = 0
        while True:
            for name in list(self._control.robots):
                robot = self._control.robots[name]
                if robot.order is None and robot.state is not None and robot.state.mobile_robot_position is not None:
                    number += 1
                    order = f"O{number}"
                    self._given[order] = name
                    place = robot.state.mobile_robot_position
                    nodes, edges = _ahead(place.x, place.y, place.theta)
                    self._control.give(name, order, nodes, edges, released=2)
                await asyncio.sleep(ORDER_EVERY_S)

    async def _all_done(self) -> None:
        until = time.perf_counter() + DONE_S
        while len(set(self._done)) < len(self._given) and time.perf_counter() < until:
            await asyncio.sleep(0.1)

    def _send(self, topic: Topic, payload: bytes) -> None:
        self._link.send(Outgoing(str(topic), payload, topic.name.qos, topic.name.is_retained))

    def _receive(self, topic: str, payload: bytes) -> None:
        came_ms = time.time_ns() / 1e6
        self._control.receive(topic, payload)
        at = Topic.parse(topic)
        robot = self._control.robots.get(at.robot)
        if at.name is TopicName.STATE and robot is not None and robot.state is not None and self._is_measured:
            self._count(at.robot, robot.state.header_id, came_ms - unstamp(robot.state.timestamp))

    def _count(self, robot: RobotId, number: int, late_ms: float) -> None:
        heard = self._heard
        gap = number - heard.last.get(robot, number - 1) - 1
        heard.last[robot] = number
        heard.states += 1
        if self._is_disturbed:
            heard.while_down += max(0, gap)
        else:
            heard.lost += max(0, gap)
            heard.late_ms.append(late_ms)

    def _hear(self, event: e.FleetEvent) -> None:
        if isinstance(event, e.OrderAcknowledged):
            was_sent_ms = _now_ms() - event.after_ms
            if not self._is_disturbed and not self._killed_ms - 1_000 < was_sent_ms < self._back_ms:
                self._heard.answered_ms.append(event.after_ms)
        elif isinstance(event, e.NodePassed) and event.number == 1:
            self._control.release(event.robot, 3)
        elif isinstance(event, e.OrderDone):
            self._done.append(event.order)
        elif isinstance(event, e.Nonsense | e.OrderRefused | e.OrderLost | e.MessageRefused):
            self._nonsense += 1


def _ahead(x: float, y: float, theta: float) -> tuple[list[Node], list[Edge]]:
    """Two edges straight on."""
    nodes = [
        Node(
            node_id=f"n{number}",
            sequence_id=0,
            released=False,
            node_position=NodePosition(
                x=x + number * STRIDE_M * cos(theta), y=y + number * STRIDE_M * sin(theta), map_id="terminal"
            ),
            actions=(),
        )
        for number in range(3)
    ]
    return nodes, [Edge(edge_id=f"e{n}", sequence_id=0, released=False, actions=()) for n in range(2)]


def _percentile(values: Sequence[float], share: float) -> float:
    if len(values) < 2:
        return values[0] if values else 0.0
    return statistics.quantiles(values, n=1_000, method="inclusive")[round(share * 1_000) - 1]


def _now_ms() -> int:
    return time.time_ns() // 1_000_000
