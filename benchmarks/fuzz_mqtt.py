"""Fuzzing of the MQTT inboxes: the terminal's (trucks and cranes), and those of an emulated truck and crane.

Honest messages are recorded, then broken: bytes, fields, types, numbers, nesting, topics, order in time. Between them a
second truck and a second crane, whose messages nobody breaks, are given work and must do it.
"""

from __future__ import annotations

import time
import traceback
from collections import Counter
from collections.abc import Callable
from random import Random
from typing import Any

from benchmarks.broken_json import IN_BYTES, NONSENSE, broken_bytes, broken_document, written
from benchmarks.fuzz import Row, memory_mb
from cabria.adapters.crane_bus.crane_bus import CraneBus
from cabria.adapters.crane_bus.topics import TO_CRANES
from cabria.adapters.crane_bus.topics import Topic as CraneTopic
from cabria.adapters.crane_bus.wire import encode as crane_bytes
from cabria.adapters.crane_bus.wire import topic_of as crane_topic_of
from cabria.adapters.machine_memory import Memory
from cabria.adapters.vda5050.control import events as e
from cabria.adapters.vda5050.control.fleet_control import FleetControl
from cabria.adapters.vda5050.emulation.kinematics import Pose
from cabria.adapters.vda5050.emulation.vehicle import Vehicle
from cabria.adapters.vda5050.order import Edge, Node, NodePosition
from cabria.adapters.vda5050.topics import TO_VEHICLES, RobotId
from cabria.adapters.vda5050.topics import Topic as TruckTopic
from cabria.adapters.vda5050.wire import encode as truck_bytes
from cabria.adapters.vda5050.wire import topic_of as truck_topic_of
from cabria.bootstrap.emulation import CraneWorks
from cabria.domain.run_events import JobDone, RunEvent
from cabria.experiments.layouts import small_layout
from cabria.operations.order_desk import OrderDesk
from cabria.operations.records import MachineKind, Order
from cabria.twin.agenda import Agenda

START_MS = 1_800_000_000_000
STEP_MS = 100
AT_A_TIME = 500
"""Broken messages between two looks at whether honest work goes on."""
KEPT = 400
"""Recorded messages of each sender."""
ANEW = 20
"""Looks after which the broken truck and crane are made anew: they may remember what they were told."""
PATIENCE_MS = 60_000
IN_TIME = 0.6
"""The share of messages, of those whose bytes are whole, that are dated now."""
BROKEN, HONEST = "T01", "T02"
BROKEN_CRANE, HONEST_CRANE = "YC01", "YC02"


class _Paper:
    """A journal that is durable at once."""

    written = durable = 0

    def append(self, record: object) -> int:
        raise NotImplementedError

    def wait(self, number: int) -> None: ...


class _Quay:
    """Both masters, two trucks and two cranes, in a time of their own."""

    def __init__(self, seed: int) -> None:
        self.clock, self.chance = Agenda(), Random(seed)
        self.crashes: Counter[str] = Counter()
        self.refused = self.sent = 0
        self.reports: list[RunEvent] = []
        self.done: set[str] = set()
        self.kept: dict[str, list[tuple[str, bytes]]] = {}
        self._journal = _Paper()
        self._orders = 0
        robots = [RobotId("ACME", BROKEN), RobotId("ACME", HONEST)]
        self.control = FleetControl(self._from_control, lambda: self.now_ms, self._heard, fleet=robots)
        self.desk = OrderDesk(self._journal, self, self.clock, lambda alert: None)
        self.bus = CraneBus(
            (BROKEN_CRANE, HONEST_CRANE),
            "fuzz",
            self.clock,
            self._report,
            self._from_bus,
            self.desk,
            utc_ms=lambda: self.now_ms,
            terminal_ms=lambda utc_ms: utc_ms - START_MS,
            tell=lambda event: None,
        )
        self.trucks = {name: self._truck(name, 40.0 * n) for n, name in enumerate((BROKEN, HONEST))}
        self.make_cranes()
        self.run(3_000)

    def _truck(self, name: str, y: float) -> Vehicle:
        truck = Vehicle(RobotId("ACME", name), Pose(0.0, y, 0.0), self._from_truck, pace=20.0)
        truck.come_online(self.now_ms)
        return truck

    def make_cranes(self) -> None:
        self.works = CraneWorks(small_layout(), lambda: self.now_ms, pace=20.0, seed=1, memory=Memory())
        self.cranes = {name: self.works.add(name, self._from_crane) for name in (BROKEN_CRANE, HONEST_CRANE)}
        for crane in self.cranes.values():
            crane.come_online(self.now_ms)

    def make_broken_anew(self) -> None:
        self.trucks[BROKEN] = self._truck(BROKEN, 0.0)
        self.make_cranes()

    @property
    def now_ms(self) -> int:
        return START_MS + self.clock.now_ms

    def run(self, for_ms: int) -> None:
        for _ in range(for_ms // STEP_MS):
            self.clock.run(self.clock.now_ms + STEP_MS)
            self._try("time", self.works.move)
            for truck in self.trucks.values():
                self._try("truck", lambda truck=truck: truck.advance(self.now_ms))  # type: ignore[misc]
            for crane in self.cranes.values():
                self._try("crane", lambda crane=crane: crane.advance(self.now_ms))  # type: ignore[misc]
            self._try("fleet control", self.control.tick)
            self._try("crane bus", self.bus.tick)

    def _try(self, what: str, does: Callable[[], object]) -> None:
        """Whatever is raised is a crash: the place of it is counted."""
        try:
            does()
        except Exception as error:  # noqa: BLE001
            place = traceback.extract_tb(error.__traceback__)[-1]
            self.crashes[f"{what}: {type(error).__name__} at {place.name}, line {place.lineno}: {error!s:.80}"] += 1

    # The wire: what is honest goes through and is recorded

    def _from_truck(self, message: Any) -> None:
        self._to_control(str(truck_topic_of(message, "vda5050")), truck_bytes(message))

    def _from_crane(self, message: Any) -> None:
        topic, payload = str(crane_topic_of(message, "crane")), crane_bytes(message)
        self._keep("crane bus", topic, payload)
        self._try("crane bus", lambda: self.bus.receive(topic, payload))

    def _to_control(self, topic: str, payload: bytes) -> None:
        self._keep("fleet control", topic, payload)
        self._try("fleet control", lambda: self.control.receive(topic, payload))

    def _from_control(self, topic: TruckTopic, payload: bytes) -> None:
        self._keep("truck", str(topic), payload)
        truck = self.trucks.get(topic.serial)
        if truck is not None:
            self.clock.after(0, lambda _: truck.hear(topic.name, payload, self.now_ms))

    def _from_bus(self, topic: CraneTopic, payload: bytes) -> None:
        self._keep("crane", str(topic), payload)
        self.clock.after(0, lambda _: self.cranes[topic.crane].hear(topic.name, payload, self.now_ms))

    def _keep(self, to: str, topic: str, payload: bytes) -> None:
        kept = self.kept.setdefault(to, [])
        if len(kept) < KEPT:
            kept.append((topic, payload))
        elif self.chance.random() < 0.01:
            kept[self.chance.randrange(KEPT)] = topic, payload

    def _heard(self, event: e.FleetEvent) -> None:
        if isinstance(event, e.MessageRefused | e.Nonsense):
            self.refused += 1
        elif isinstance(event, e.OrderDone):
            self.done.add(event.order)

    def _report(self, event: RunEvent, correlation: str) -> None:
        if isinstance(event, JobDone):
            self.done.add(event.job)
        self.bus.durable(correlation)

    def send(self, number: int, order: Order) -> None:
        self.bus.send(number, order)

    def cancel(self, number: int, machine: str) -> None:
        self.bus.cancel(number, machine)

    # Broken

    def break_one(self) -> None:
        """One message, to one of the four inboxes."""
        self.sent += 1
        to = self.chance.choice(sorted(self.kept))
        topic, payload = self.chance.choice(self.kept[to])
        topic = topic.replace(HONEST_CRANE, BROKEN_CRANE).replace(f"/{HONEST}/", f"/{BROKEN}/")
        payload = payload.replace(HONEST_CRANE.encode(), BROKEN_CRANE.encode()).replace(
            HONEST.encode(), BROKEN.encode()
        )
        broken = self._broken(payload)
        if to == "fleet control":
            self._try(to, lambda: self.control.receive(self._broken_topic(topic), broken))
        elif to == "crane bus":
            self._try(to, lambda: self.bus.receive(self._broken_topic(topic), broken))
        elif to == "truck":
            name = self.chance.choice(TO_VEHICLES)
            self._try(to, lambda: self.trucks[BROKEN].hear(name, broken, self.now_ms))
        else:
            crane_name = self.chance.choice(TO_CRANES)
            self._try(to, lambda: self.cranes[BROKEN_CRANE].hear(crane_name, broken, self.now_ms))

    def _broken_topic(self, topic: str) -> str:
        if self.chance.random() < 0.9:
            return topic
        levels = topic.split("/")
        levels[self.chance.randrange(len(levels))] = str(self.chance.choice(NONSENSE))[:300]
        broken = "/".join(levels)
        return topic if HONEST in broken or HONEST_CRANE in broken else broken

    def _broken(self, payload: bytes) -> bytes:
        if self.chance.random() < IN_BYTES:
            return broken_bytes(payload, self.chance)
        document = broken_document(payload, self.chance)
        if isinstance(document, dict) and self.chance.random() < IN_TIME and "timestamp" in document:
            seconds, ms = divmod(self.now_ms, 1_000)
            document["timestamp"] = f"{time.strftime('%Y-%m-%dT%H:%M:%S', time.gmtime(seconds))}.{ms:03}Z"
        return written(document)

    # Honest

    def work_broken(self) -> None:
        """The broken truck and crane have orders too, about which they say what they say."""
        robot = RobotId("ACME", BROKEN)
        known = self.control.robots.get(robot)
        if known is not None and known.order is not None:
            self._try("fleet control", lambda: self.control.forget(robot))
        if known is not None and known.order is None:
            x, y = self.trucks[BROKEN].drive.pose[:2]
            self._try("fleet control", lambda: self.control.give(robot, f"broken{self._orders}", *_two_metres(x, y), 2))
        for number in [n for n, order in self.desk.open.items() if order.order.machine == BROKEN_CRANE]:
            self.desk.cancel(number)
        self._put(BROKEN_CRANE)

    def _put(self, crane: str) -> str:
        """The crane is to make way; the job's name."""
        self._orders += 1
        self._journal.written = self._journal.durable = self._orders
        job, at_mm = f"{crane}/{self._orders}", 30_000 + 1_000 * (self._orders % 5)
        self.desk.put(self._orders, Order(MachineKind.YARD_CRANE, crane, "make_way", (job, at_mm)))
        return job

    def goes_on(self) -> bool:
        """Whether the honest truck drives and the honest crane makes way, as they are told now."""
        crane = self._put(HONEST_CRANE)
        truck = f"honest{self._orders}"
        robot = RobotId("ACME", HONEST)
        known = self.control.robots.get(robot)
        if known is None or known.order is not None or known.state is None:
            return False
        self.control.give(robot, truck, *_two_metres(*self.trucks[HONEST].drive.pose[:2]), 2)
        for _ in range(PATIENCE_MS // 1_000):
            self.run(1_000)
            if {truck, crane} <= self.done:
                return True
        return False


def _two_metres(x: float, y: float) -> tuple[list[Node], list[Edge]]:
    """To drive, and back the next time."""
    places = x, x + (2 if x < 50 else -2)
    nodes = [
        Node(
            node_id=f"n{number}",
            sequence_id=0,
            released=False,
            node_position=NodePosition(x=place, y=y, map_id="terminal"),
            actions=(),
        )
        for number, place in enumerate(places)
    ]
    return nodes, [Edge(edge_id="e", sequence_id=0, released=False, actions=())]


def run_part(seconds: float, seed: int) -> Row:
    """So long; the row says what crashed, and whether memory grew in the second half."""
    quay = _Quay(seed)
    began, cpu = time.perf_counter(), time.process_time()
    looks = stuck = 0
    half_mb = 0.0
    while (passed := time.perf_counter() - began) < seconds or looks < 2:
        quay.work_broken()
        for _ in range(AT_A_TIME):
            quay.break_one()
            if quay.chance.random() < 0.05:
                quay.run(STEP_MS)
        looks += 1
        stuck += not quay.goes_on()
        if looks % ANEW == 0:
            quay.make_broken_anew()
        if not half_mb and passed > seconds / 2:
            half_mb = memory_mb()
    for what, times in quay.crashes.most_common(10):
        print(f"{times} times {what}")
    crashes = sum(quay.crashes.values())
    end_mb = memory_mb()
    return {
        "cost": crashes + stuck,
        "bound": 0,
        "proven": crashes + stuck == 0,
        "cpu_s": round(time.process_time() - cpu, 2),
        "wall_s": round(time.perf_counter() - began, 2),
        "valid": crashes + stuck == 0 and end_mb < 1.1 * half_mb + 5,
        "messages": quay.sent,
        "told": quay.refused,
        "looks": looks,
        "stuck": stuck,
        "mb_half": round(half_mb, 1),
        "mb_end": round(end_mb, 1),
    }
