"""The bus and emulated cranes on a wire in memory, in their own time; either side may be killed."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable
from functools import cache
from pathlib import Path
from random import Random
from typing import Any, TypeVar

from jsonschema import Draft202012Validator

from cabria.adapters.crane_bus import events as e
from cabria.adapters.crane_bus.crane_bus import CraneBus
from cabria.adapters.crane_bus.parts import Message
from cabria.adapters.crane_bus.topics import TO_CRANES, Topic, TopicName
from cabria.adapters.crane_bus.wire import encode, message_schemas, topic_of
from cabria.adapters.machine_memory import Memory
from cabria.bootstrap.emulation import CraneWorks
from cabria.domain.containers import ContainerId
from cabria.domain.layout import Layout
from cabria.domain.positions import StowPosition, YardPosition
from cabria.domain.run_events import Aboard, BoxesLanded, BoxesLifted, CraneTravelled, OnTruck, RunEvent, Waited
from cabria.domain.work import StepKind
from cabria.experiments.layouts import small_layout
from cabria.operations.gateways import QuayWork, YardWork
from cabria.operations.handover import Handover
from cabria.operations.order_desk import Alert, OrderDesk
from cabria.operations.records import MachineKind, Order
from cabria.twin.agenda import Agenda

START_MS = 1_800_000_000_000
LAYOUT: Layout = small_layout()
Found = TypeVar("Found")


@cache
def validator(name: TopicName) -> Draft202012Validator:
    schemas = message_schemas()
    return Draft202012Validator({"$ref": schemas["topics"][name]["$ref"], "$defs": schemas["$defs"]})


def breaches(name: TopicName, payload: bytes) -> list[str]:
    """What the published schema finds."""
    return [f"{error.json_path}: {error.message[:200]}" for error in validator(name).iter_errors(json.loads(payload))]


class Paper:
    """A journal that is durable as soon as it is told so."""

    written = durable = 0

    def append(self, record: Any) -> int:
        raise NotImplementedError

    def wait(self, number: int) -> None: ...


class Quay:
    """`loses(topic, count)` says whether the wire loses the message of that number, `reorders` how many come late."""

    def __init__(
        self,
        state: Path | None = None,
        *,
        run: str = "run",
        pace: float = 20.0,
        loses: Callable[[Topic, int], bool] = lambda topic, count: False,
        reorders: float = 0.0,
        seed: int = 0,
    ) -> None:
        self.clock, self.journal, self.state, self.run_name, self.pace = Agenda(), Paper(), state, run, pace
        self.reports: list[tuple[RunEvent, str]] = []
        self.alerts: list[Alert] = []
        self.told: list[e.CraneEvent] = []
        self.sent: list[tuple[Topic, bytes]] = []
        self._loses, self._reorders, self._chance, self._count = loses, reorders, Random(seed), 0
        self._seen: Counter[TopicName] = Counter()
        self._wire: list[tuple[Topic, bytes]] = []
        self.orders: dict[int, Order] = {}
        self.standing: set[str] = set()
        self.start_server()
        self.start_cranes()
        self.run(1_000)

    # Starts and kills

    def start_server(self) -> None:
        heard, still_ms = {}, dict[str, int]()
        for event, correlation in self.reports:
            heard[correlation.split("/")[1]] = correlation
            if isinstance(event, CraneTravelled):
                still_ms[event.crane] = event.until_ms
        self.desk = OrderDesk(self.journal, self, self.clock, self.alerts.append)
        self.bus = CraneBus(
            ("QC1", "YC01", "YC02"),
            self.run_name,
            self.clock,
            lambda event, correlation: self.reports.append((event, correlation)),
            self._put,
            self.desk,
            utc_ms=lambda: self.now_ms,
            terminal_ms=lambda utc_ms: utc_ms - START_MS,
            heard=heard,
            still_ms=still_ms,
            told_ms=self._told_ms,
            tell=self.told.append,
        )
        for truck in self.standing:
            self.bus.truck_stands(truck)
        done = {getattr(event, "job", "") for event, _ in self.reports}
        for number, order in self.orders.items():
            if order.verb != "work" or order.arguments[0].job not in done:
                self.desk.put(number, order)

    def _told_ms(self, crane: str) -> int:
        told = (event for event, _ in self.reports if isinstance(event, BoxesLifted | BoxesLanded | Waited))
        return max((event.at_ms for event in told if event.crane == crane), default=0)

    def start_cranes(self) -> None:
        memory = Memory(self.state / "executed-cranes.jsonl" if self.state else None)
        self.memory = memory
        works = self.works = CraneWorks(LAYOUT, lambda: self.now_ms, pace=self.pace, seed=1, memory=memory)
        self.cranes = {name: works.add(name, self._say) for name in works.sheets}
        for crane in self.cranes.values():
            crane.come_online(self.now_ms)

    def kill_cranes(self) -> None:
        """What was on its way to them is lost, what they said is not."""
        self.memory.close()
        self._wire = [(topic, payload) for topic, payload in self._wire if topic.name not in TO_CRANES]
        self.start_cranes()

    def kill_server(self) -> None:
        self._wire = [(topic, payload) for topic, payload in self._wire if topic.name in TO_CRANES]
        self.start_server()

    # What happens

    @property
    def now_ms(self) -> int:
        return START_MS + self.clock.now_ms

    def order(self, order: Order) -> int:
        number = len(self.orders) + 1
        self.orders[number] = order
        self.journal.written = self.journal.durable = number
        self.desk.put(number, order)
        return number

    def run(self, for_ms: int, step_ms: int = 100) -> None:
        until_ms = self.clock.now_ms + for_ms
        while self.clock.now_ms < until_ms:
            self._deliver()
            self.clock.run(self.clock.now_ms + step_ms)
            self.works.move()
            for crane in self.cranes.values():
                crane.advance(self.now_ms)
            self._deliver()
            self.bus.tick()
            for _, correlation in self.reports[-20:]:
                self.bus.durable(correlation)

    def send(self, number: int, order: Order) -> None:
        """The wire of the order desk."""
        self.bus.send(number, order)

    def cancel(self, number: int, machine: str) -> None:
        self.bus.cancel(number, machine)

    def events(self, kind: type[Found]) -> list[Found]:
        return [event for event, _ in self.reports if isinstance(event, kind)]

    def tells(self, kind: type[Found]) -> list[Found]:
        return [event for event in self.told if isinstance(event, kind)]

    def facts(self, what: str) -> list[str]:
        return [fact.job for fact in self.memory.facts() if fact.what == what]

    def put_on_wire(self, topic: Topic, payload: bytes) -> None:
        self._wire.append((topic, payload))

    def _say(self, message: Message) -> None:
        self._put(topic_of(message, "crane"), encode(message))

    def _put(self, topic: Topic, payload: bytes) -> None:
        self._count += 1
        self._seen[topic.name] += 1
        if self._seen[topic.name] < 5 or self._count % 100 == 0:
            assert breaches(topic.name, payload) == [], payload
        self.sent.append((topic, payload))
        if self._loses(topic, self._count):
            return
        at = self._chance.randrange(len(self._wire) + 1) if self._chance.random() < self._reorders else len(self._wire)
        self._wire.insert(at, (topic, payload))

    def _deliver(self) -> None:
        for _ in range(len(self._wire)):
            topic, payload = self._wire.pop(0)
            if topic.name in TO_CRANES:
                self.cranes[topic.crane].hear(topic.name, payload, self.now_ms)
            else:
                self.bus.receive(str(topic), payload)


def discharge(job: str, box: str = "BOX1", truck: str = "T01", x_mm: int = 90_000) -> Order:
    work = QuayWork(
        job,
        StepKind.DISCHARGE,
        x_mm,
        120_000,
        "V1",
        (ContainerId(box),),
        (Aboard("V1", StowPosition(2, 1, 82)),),
        (OnTruck(truck),),
        "",
    )
    return Order(MachineKind.QUAY_CRANE, "QC1", "work", (work,))


def lid_off(job: str, x_mm: int = 90_000) -> Order:
    work = QuayWork(job, StepKind.LID_OFF, x_mm, 180_000, "V1", (), (), (), "L1")
    return Order(MachineKind.QUAY_CRANE, "QC1", "work", (work,))


def stack(job: str, box: str = "BOX1", truck: str = "T01", bay: int = 4) -> Order:
    """A yard crane takes a box off a truck."""
    block = LAYOUT.runways[0].block
    place = YardPosition(block, bay, 2, 1)
    meeting = Handover(bay * 3_250, 0)
    work = YardWork(job, ContainerId(box), OnTruck(truck), place, block, meeting)
    return Order(MachineKind.YARD_CRANE, "YC01", "work", (work,))


def make_way(job: str, at_mm: int, crane: str = "YC01") -> Order:
    kind = MachineKind.QUAY_CRANE if crane.startswith("Q") else MachineKind.YARD_CRANE
    return Order(kind, crane, "make_way", (job, at_mm))


def take_back(job: str, crane: str = "YC01") -> Order:
    return Order(MachineKind.YARD_CRANE, crane, "take_back", (job,))
