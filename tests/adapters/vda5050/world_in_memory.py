"""Fleet control and vehicles on a wire in memory, in their own time; schemas judge messages, states every tenth."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TypeVar

from tests.adapters.vda5050.published import breaches

from cabria.adapters.vda5050.control.events import FleetEvent
from cabria.adapters.vda5050.control.fleet_control import FleetControl
from cabria.adapters.vda5050.emulation.kinematics import Pose
from cabria.adapters.vda5050.emulation.vehicle import Vehicle
from cabria.adapters.vda5050.order import Edge, Node, NodePosition
from cabria.adapters.vda5050.parts import Action, BlockingType, Message
from cabria.adapters.vda5050.topics import RobotId, Topic, TopicName
from cabria.adapters.vda5050.wire import encode, topic_of
from cabria.adapters.vda5050.zones import ZoneSet
from cabria.domain.verdict import YES, Verdict

START_MS = 1_800_000_000_000
Event = TypeVar("Event")


class World:
    """`loses(topic, count)` says whether the wire loses the message of that number."""

    def __init__(
        self,
        vehicles: int = 1,
        *,
        version: str = "3.0.0",
        loses: Callable[[Topic, int], bool] = lambda topic, count: False,
        may_enter: Callable[[RobotId, str], Verdict] = lambda robot, zone: YES,
        zone_set: ZoneSet | None = None,
    ) -> None:
        self.now_ms, self.events, self.sent = START_MS, list[FleetEvent](), list[tuple[Topic, bytes]]()
        self._loses, self._count, self._on_wire = loses, 0, list[tuple[Topic, bytes]]()
        self.control = FleetControl(
            self._put, lambda: self.now_ms, self.events.append, may_enter=may_enter, zone_set=zone_set
        )
        self.vehicles: dict[RobotId, Vehicle] = {}
        for number in range(vehicles):
            robot = RobotId("ACME", f"T{number + 1:02}")
            place = Pose(0.0, 40.0 * number, 0.0)
            self.vehicles[robot] = Vehicle(robot, place, self._say, map_id="terminal", version=version)
            self.made(self.vehicles[robot])
        for vehicle in self.vehicles.values():
            vehicle.come_online(self.now_ms)
        self.run(1_000)

    def made(self, vehicle: Vehicle) -> None:
        """Before it comes on line."""

    @property
    def robot(self) -> RobotId:
        return next(iter(self.vehicles))

    @property
    def vehicle(self) -> Vehicle:
        return self.vehicles[self.robot]

    def run(self, for_ms: int, step_ms: int = 100) -> None:
        until_ms = self.now_ms + for_ms
        while self.now_ms < until_ms:
            self._deliver()
            self.now_ms += step_ms
            for vehicle in self.vehicles.values():
                vehicle.advance(self.now_ms)
            self._deliver()
            self.control.tick()

    def of(self, kind: type[Event]) -> list[Event]:
        return [event for event in self.events if isinstance(event, kind)]

    def _say(self, message: Message) -> None:
        self._put(topic_of(message, "vda5050"), encode(message))

    def _put(self, topic: Topic, payload: bytes) -> None:
        self._count += 1
        if topic.name is not TopicName.STATE or self._count % 10 == 0:
            assert breaches(topic.name, payload) == [], topic
        self.sent.append((topic, payload))
        if not self._loses(topic, self._count):
            self._on_wire.append((topic, payload))

    def _deliver(self) -> None:
        while self._on_wire:
            topic, payload = self._on_wire.pop(0)
            if topic.name in ("order", "instantActions", "zoneSet", "responses"):
                self.vehicles[topic.robot].hear(topic.name, payload, self.now_ms)
            else:
                self.control.receive(str(topic), payload)


def way(places: Sequence[tuple[float, float]], first: str = "n") -> tuple[list[Node], list[Edge]]:
    """Nodes at places in metres and the edges between them."""
    nodes = [
        Node(
            node_id=f"{first}{number}",
            sequence_id=0,
            released=False,
            node_position=NodePosition(x=x, y=y, map_id="terminal"),
            actions=(),
        )
        for number, (x, y) in enumerate(places)
    ]
    edges = [Edge(edge_id=f"e{number}", sequence_id=0, released=False, actions=()) for number in range(len(nodes) - 1)]
    return nodes, edges


def straight(metres: Sequence[float], y: float = 0.0) -> tuple[list[Node], list[Edge]]:
    return way([(x, y) for x in metres])


def action(action_type: str, name: str = "a1", blocking: BlockingType = BlockingType.HARD) -> Action:
    return Action(action_type=action_type, action_id=name, blocking_type=blocking)
