"""The gateway `Trucks` over VDA 5050: passages become orders, leases release them, states become reports.

A trip is one order: base are the segments that are leased, horizon is the rest. When a vehicle loses its order (a
person took over, it refused, it came back from somewhere) the rest of the trip is given as a new order from where it
stands. What stops a vehicle is told as MachineStopped, and MachineResumed when it goes on.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from cabria.adapters.vda5050.control import events as e
from cabria.adapters.vda5050.control.fleet_control import FleetControl, Settings
from cabria.adapters.vda5050.ground import MAP, bounds_of, path_along, zone_set_of
from cabria.adapters.vda5050.lane_leases import LaneLeases
from cabria.adapters.vda5050.order import Node, NodePosition
from cabria.adapters.vda5050.state import State
from cabria.adapters.vda5050.topics import INTERFACE, RobotId, Topic
from cabria.domain.layout import Layout
from cabria.domain.machines import TruckModel
from cabria.domain.run_events import BatteryRead, EnergyUsed, JobDone, MachineResumed, MachineStopped, RunEvent
from cabria.domain.verdict import YES, Verdict, refuse
from cabria.operations.gateways import Alarms
from cabria.planning.dispatch.traffic.lane_book import LaneBook, Passage

FULL = 99.0
"""Percent at which a battery counts as full."""
AGAIN_MS = 5_000
"""Between two tries to give what is left of a trip."""


@dataclass
class _Trip:
    """`first` is the window that the order under way begins in; nodes are passed at the ends of windows."""

    job: str
    passage: Passage
    parts: int = 0
    first: int = 0
    passed: int = 0
    tried_ms: int = -AGAIN_MS

    @property
    def order(self) -> str:
        return self.job if self.parts == 1 else f"{self.job}:{self.parts}"


class VdaTrucks:
    """`receive` and `tick` drive it, `send` puts a message on the wire; reports go to `hear`."""

    def __init__(
        self,
        layout: Layout,
        book: LaneBook,
        alarms: Alarms,
        hear: Callable[[RunEvent], None],
        send: Callable[[Topic, bytes], None],
        *,
        robots: Mapping[str, RobotId],
        numbers: Callable[[str], int],
        utc_ms: Callable[[], int],
        model: TruckModel | None = None,
        interface: str = INTERFACE,
        tell: Callable[[e.FleetEvent], None] = lambda event: None,
    ) -> None:
        """`robots` says which vehicle a truck of the terminal is, `numbers` its number in the lane book; `tell` gets
        all that fleet control says, for the log."""
        self._layout, self._book, self._alarms, self._hear, self._tell = layout, book, alarms, hear, tell
        self._model = model or TruckModel()
        self._robots, self._numbers = dict(robots), numbers
        self._trucks = {robot: truck for truck, robot in robots.items()}
        self._trips: dict[str, _Trip] = {}
        self._charging: dict[str, str] = {}
        self._stopped: set[str] = set()
        self._battery_wh: dict[str, int] = {}
        self._leases = LaneLeases(book.lanes, self._leased)
        self.control = FleetControl(
            send,
            utc_ms,
            self._heard,
            may_enter=self._may_enter,
            interface=interface,
            settings=Settings(bounds=bounds_of(layout)),
            zone_set=zone_set_of(layout),
        )

    def drive(self, truck: str, job: str, passage: Passage, arrives_ms: int, cargo_kg: int) -> None:
        """The trip is done when the vehicle has passed the last node; `arrives_ms` is the terminal's hope."""
        self._trips[truck] = _Trip(job, passage)
        self._leases.book(truck, passage)
        self._leases.grant(self._alarms.now_ms)
        self._give(truck)

    def delay(self, truck: str, passage: Passage, arrives_ms: int) -> None:
        """Other times, or another way behind what is leased already; a way that leaves that out is not driven."""
        trip = self._trips.get(truck)
        if trip is None or not self._leases.change(truck, passage):
            return
        is_other = [w.segment for w in passage] != [w.segment for w in trip.passage]
        trip.passage = passage
        robot = self.control.robots.get(self._robots[truck])
        if is_other and robot is not None and robot.order is not None:
            nodes, edges = path_along(self._layout, [w.segment for w in passage[trip.first :]])
            told = max(robot.order.base, robot.order.wanted)
            self.control.reroute(robot.topic.robot, nodes[told:], edges[told - 1 :])

    def charge(self, truck: str, job: str) -> None:
        self._charging[truck] = job
        self._act(truck, "startCharging")

    def unplug(self, truck: str) -> None:
        if truck in self._charging:
            self._act(truck, "stopCharging")
            self._end_charge(truck)

    def receive(self, topic: str, payload: bytes) -> None:
        """A message of the bus."""
        self.control.receive(topic, payload)
        self._look()

    def tick(self) -> None:
        """Every so often: what waits is tried again."""
        self.control.tick()
        self._look()
        for truck, trip in self._trips.items():
            robot = self.control.robots.get(self._robots[truck])
            if robot is not None and robot.order is None and trip.passed < len(trip.passage) - 1:
                self._give(truck)

    def _look(self) -> None:
        """Take back what tails have left, lease what is free, and read batteries."""
        for truck, robot_id in self._robots.items():
            robot = self.control.robots.get(robot_id)
            if robot is None or robot.state is None:
                continue
            self._read_battery(truck, robot.state)
            trip = self._trips.get(truck)
            if trip is not None and robot.state.order_id == trip.order:
                self._leases.leave(truck, self._behind_tail(trip, robot.state))
        self._leases.grant(self._alarms.now_ms)

    def _behind_tail(self, trip: _Trip, state: State) -> int:
        """How many windows of a trip a vehicle has left with its tail."""
        reach_mm = self._model.length_mm + self._model.air_mm
        ahead_mm = round(1_000 * (state.distance_since_last_node or 0.0))
        for number in range(trip.passed, -1, -1):
            if ahead_mm >= reach_mm:
                return number + 1
            ahead_mm += self._layout.segments[trip.passage[number].segment].length_mm
        return 0

    def _give(self, truck: str) -> None:
        """The trip, or what is left of it, as a new order to a vehicle that has none."""
        trip, robot = self._trips[truck], self.control.robots.get(self._robots[truck])
        now_ms = self._alarms.now_ms
        if robot is None or robot.order is not None or robot.stop or now_ms - trip.tried_ms < AGAIN_MS:
            return
        trip.tried_ms = now_ms
        trip.first, trip.parts = trip.passed, trip.parts + 1
        nodes, edges = path_along(self._layout, [window.segment for window in trip.passage[trip.first :]])
        if trip.parts > 1 and robot.state is not None and robot.state.mobile_robot_position is not None:
            nodes[0] = _here(nodes[0], robot.state)
        released = max(1, self._leases.leased(truck) - trip.first)
        self.control.give(self._robots[truck], trip.order, nodes, edges, released)

    def _leased(self, truck: str, leased: int, now_ms: int) -> None:
        trip = self._trips[truck]
        self._book.lease(self._numbers(truck), leased, now_ms)
        robot = self.control.robots.get(self._robots[truck])
        if robot is not None and robot.order is not None and robot.order.order_id == trip.order:
            self.control.release(self._robots[truck], leased - trip.first)

    def _may_enter(self, robot: RobotId, zone: str) -> Verdict:
        """A stand under a crane is entered by who has the lease of its segment."""
        truck = self._trucks.get(robot, "")
        trip = self._trips.get(truck)
        leased = trip.passage[: self._leases.leased(truck)] if trip else ()
        if any(self._layout.segments[window.segment].id == zone for window in leased):
            return YES
        return refuse(f"the lane of {zone} is not leased to {truck or robot}")

    def _heard(self, event: e.FleetEvent) -> None:
        self._tell(event)
        if isinstance(event, e.MessageRefused):
            return
        truck = self._trucks.get(event.robot)
        if truck is None:
            return
        trip = self._trips.get(truck)
        if isinstance(event, e.RobotStopped):
            if truck not in self._stopped:
                self._stopped.add(truck)
                self._hear(MachineStopped(self._alarms.now_ms, truck, event.cause))
        elif isinstance(event, e.RobotResumed):
            if truck in self._stopped:
                self._stopped.remove(truck)
                self._hear(MachineResumed(self._alarms.now_ms, truck))
        elif isinstance(event, e.OrderRefused):
            self.control.forget(event.robot)
        elif trip is not None and isinstance(event, e.NodePassed) and event.order == trip.order:
            trip.passed = trip.first + event.number
        elif trip is not None and isinstance(event, e.OrderDone) and event.order == trip.order:
            self._arrived(truck, trip)

    def _arrived(self, truck: str, trip: _Trip) -> None:
        del self._trips[truck]
        self._leases.book(truck, trip.passage[-1:])
        self._tell_use(truck)
        self._hear(JobDone(self._alarms.now_ms, trip.job))

    def _tell_use(self, truck: str) -> None:
        robot = self.control.robots.get(self._robots[truck])
        if robot is None or robot.state is None:
            return
        wh = self._wh(robot.state)
        used_wh = self._battery_wh.get(truck, wh) - wh
        self._battery_wh[truck] = wh
        self._hear(EnergyUsed(self._alarms.now_ms, truck, used_wh))
        self._hear(BatteryRead(self._alarms.now_ms, truck, wh))

    def _read_battery(self, truck: str, state: State) -> None:
        self._battery_wh.setdefault(truck, self._wh(state))
        if truck in self._charging and state.power_supply.state_of_charge >= FULL:
            self._act(truck, "stopCharging")
            self._end_charge(truck)

    def _end_charge(self, truck: str) -> None:
        job = self._charging.pop(truck)
        self._tell_use(truck)
        self._hear(JobDone(self._alarms.now_ms, job))

    def _wh(self, state: State) -> int:
        return round(state.power_supply.state_of_charge / 100 * self._model.battery_wh)

    def _act(self, truck: str, action_type: str) -> None:
        if self._robots[truck] in self.control.robots:
            self.control.act(self._robots[truck], action_type)


def _here(node: Node, state: State) -> Node:
    """A node where the vehicle stands, to begin with in the place of one that it has passed (6.1.3.1)."""
    place = state.mobile_robot_position
    assert place is not None
    position = NodePosition(x=place.x, y=place.y, map_id=MAP)
    return Node(node_id=f"{node.node_id}.here", sequence_id=0, released=False, node_position=position, actions=())
