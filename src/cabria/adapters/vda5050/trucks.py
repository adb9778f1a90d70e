"""The gateway `Trucks` over VDA 5050: passages become orders, leases release them, states become reports.

A trip is one order: base are the segments that are leased, horizon is the rest. When a vehicle loses its order (a
person took over, it refused, it came back from somewhere) the rest of the trip is given as a new order from where it
stands. What stops a vehicle is told as MachineStopped, and MachineResumed when it goes on.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from msgspec.structs import replace

from cabria.adapters.timestamps import unstamp
from cabria.adapters.vda5050.control import events as e
from cabria.adapters.vda5050.control.fleet_control import FleetControl, Settings
from cabria.adapters.vda5050.control.order_in_hand import OrderInHand
from cabria.adapters.vda5050.control.robot import Robot
from cabria.adapters.vda5050.ground import MAP, bounds_of, path_along, pose_on, zone_set_of
from cabria.adapters.vda5050.lane_leases import LaneLeases
from cabria.adapters.vda5050.order import Node, NodePosition
from cabria.adapters.vda5050.state import ConnectionState, State
from cabria.adapters.vda5050.topics import INTERFACE, RobotId, Topic
from cabria.domain.layout import Layout
from cabria.domain.machines import TruckModel
from cabria.domain.run_events import (
    BatteryRead,
    EnergyUsed,
    JobDone,
    MachineResumed,
    MachineStopped,
    RunEvent,
    TripDriven,
)
from cabria.domain.verdict import YES, Verdict, refuse
from cabria.operations.gateways import Alarms
from cabria.planning.dispatch.traffic.lane_book import LaneBook, Passage

FULL = 99.0
"""Percent at which a battery counts as full."""
PART = ":"
HERE = ".here"
"""Of the node at which a vehicle stands when it is given what is left of a trip."""
AGAIN_MS = 5_000
"""Between two tries to give what is left of a trip."""
AT_NODE_MM = 50
"""A front no further than this behind a node is at it."""


@dataclass
class _Trip:
    """`first` is the window that the order under way begins in; nodes are passed at the ends of windows. `released`
    windows are leased and known to be: the vehicle may be told."""

    job: str
    passage: Passage
    run: str
    released: int = 1
    parts: int = 0
    first: int = 0
    passed: int = 0
    tried_ms: int = -AGAIN_MS
    is_taken_up: bool = False
    """Whether it was begun by a program that has ended since, and nobody has looked yet how far it is."""
    told: int = 1
    """Segments whose end the terminal knows it to have passed."""
    is_moving: bool = False
    """Whether its front is in the segment behind the last node that it passed."""
    left: int = 0
    """Windows that its tail is out of."""

    @property
    def name(self) -> str:
        """Of its first order on the wire."""
        return f"{self.run}/{self.job}" if self.run else self.job

    @property
    def order(self) -> str:
        return self.name if self.parts == 1 else f"{self.name}{PART}{self.parts}"

    def part_of(self, order: str) -> int:
        """Which part of it an order on the wire is; 0 for none."""
        if order == self.name:
            return 1
        name, _, part = order.rpartition(PART)
        return int(part) if name == self.name and part.isdecimal() else 0


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
        lease: Callable[[str, str, int], None] | None = None,
        run: str = "",
        stopped: Iterable[str] = (),
        taken_out: Iterable[str] = (),
        speed: float = 1.0,
    ) -> None:
        """`robots` says which vehicle a truck of the terminal is, `numbers` its number in the lane book; `tell` gets
        all that fleet control says, for the log.

        `lease(truck, job, windows)` writes down that so many windows are leased and says `leased` when that is durable;
        without it the lane book is told at once. `run` begins the names of orders on the wire, so that those of two
        journals differ. `stopped` are trucks that are known to be out of service, `taken_out` those that a person took.
        `speed` is how much faster the terminal's time goes by than the vehicles' clocks.
        """
        self._layout, self._book, self._alarms, self._hear, self._tell = layout, book, alarms, hear, tell
        self._model = model or TruckModel()
        self._robots, self._numbers = dict(robots), numbers
        self._trucks = {robot: truck for truck, robot in robots.items()}
        self._trips: dict[str, _Trip] = {}
        self._charging: dict[str, str] = {}
        self._to_charge: set[str] = set()
        """Trucks that are to be told so as soon as they are there."""
        self._stopped: set[str] = set(stopped)
        self._taken_out = set(taken_out)
        self._lease, self._run = lease, run
        self._speed, self._utc_ms = speed, utc_ms
        self._battery_wh: dict[str, int] = {}
        """What each battery held when it was last told."""
        self._towed: dict[str, int] = {}
        """Where a tug has put trucks that have still to be told so."""
        self._placed_ms: dict[str, int] = {}
        """When each was told so last."""
        self._may_have_charged: set[str] = set()
        """Trucks that may have taken in something since: unplugged, but not heard since, or led by a program that has
        ended. They are asked anew as soon as they say that they do not charge."""
        self._looked_at: dict[str, tuple[State, int | None]] = {}
        """Of each truck the state that was looked at last, and when that was so; None while nobody knows how far it is
        on a trip that is taken up."""
        self._leases = LaneLeases(book, {truck: numbers(truck) for truck in robots}, self._leased)
        self.control = FleetControl(
            send,
            utc_ms,
            self._heard,
            may_enter=self._may_enter,
            adopt=self._adopt,
            interface=interface,
            settings=Settings(bounds=bounds_of(layout)),
            zone_set=zone_set_of(layout),
            fleet=frozenset(self._trucks),
        )

    def drive(self, truck: str, job: str, passage: Passage, arrives_ms: int, cargo_kg: int) -> None:
        """The trip is done when the vehicle has passed the last node; `arrives_ms` is the terminal's hope.

        Its lanes are leased with the next tick: by then those who were booked before it at the same time are known.
        """
        trip = self._trips.get(truck)
        if trip is not None and trip.job == job:
            return
        self._trips[truck] = _Trip(job, passage, self._run)
        self._leases.drive(truck, passage, self._alarms.now_ms)
        self._give(truck)

    def take_up(self, truck: str, job: str, passage: Passage, leased: int) -> None:
        """A trip that was given by a program that has ended since; so many of its windows were leased then."""
        self._trips[truck] = _Trip(job, passage, self._run, leased, is_taken_up=True)
        self._leases.drive(truck, passage, self._alarms.now_ms)

    def job_of(self, truck: str) -> str:
        """The job of the trip that a truck is on, "" when it is on none."""
        trip = self._trips.get(truck)
        return trip.job if trip is not None else ""

    def waits(self) -> Mapping[str, tuple[int, tuple[str, ...]]]:
        """Of each truck that waits for a lane since when nothing of its trip was leased or left, and for whom."""
        return self._leases.waits(self._alarms.now_ms)

    def held(self, truck: str, wh: int) -> None:
        """What its battery held when that was last told: what it used and took in since is still to be told."""
        self._battery_wh[truck] = wh
        self._may_have_charged.add(truck)

    def stands(self, truck: str) -> None:
        """A truck is at rest where its last trip ended."""
        self._leases.rest(truck)

    def delay(self, truck: str, passage: Passage, arrives_ms: int) -> None:
        """Other times, or another way behind what is leased."""
        trip = self._trips.get(truck)
        if trip is None:
            return
        is_other = [w.segment for w in passage] != [w.segment for w in trip.passage]
        trip.passage = passage
        robot = self.control.robots.get(self._robots[truck])
        if is_other and robot is not None and robot.order is not None:
            nodes, edges = path_along(self._layout, [w.segment for w in passage[trip.first :]])
            told = max(robot.order.base, robot.order.wanted)
            self.control.reroute(robot.topic.robot, nodes[told:], edges[told - 1 :])
        self._leases.drive(truck, passage, self._alarms.now_ms)

    def charge(self, truck: str, job: str) -> None:
        if self._charging.get(truck) == job:
            return
        self._charging[truck] = job
        self._to_charge.add(truck)
        self._start_charging()

    def _start_charging(self) -> None:
        for truck in [truck for truck in self._to_charge if self._robots[truck] in self.control.robots]:
            self._to_charge.remove(truck)
            self._act(truck, "startCharging")

    def unplug(self, truck: str) -> None:
        self._to_charge.discard(truck)
        if truck in self._charging:
            self._act(truck, "stopCharging")
            self._end_charge(truck)

    def halt(self, truck: str) -> None:
        """A person has taken it out of service: it stops, and keeps its order."""
        self._taken_out.add(truck)
        self._stopped.add(truck)
        self._keep_halted()

    def go_on(self, truck: str) -> None:
        """A person has put it back; what else keeps it, if anything does, is told with the next tick."""
        self._taken_out.discard(truck)
        self._stopped.discard(truck)
        robot = self.control.robots.get(self._robots[truck])
        if robot is not None and not _is_told(robot, "stopPause"):
            self._act(truck, "stopPause")

    def tow(self, truck: str, stand: int) -> None:
        """It is told where it stands as soon as it hears again, and given nothing before."""
        self._trips.pop(truck, None)
        self._charging.pop(truck, None)
        self._to_charge.discard(truck)
        self._towed[truck] = stand
        self._leases.rest(truck)
        self._place_towed()

    def _place_towed(self) -> None:
        for truck, stand in list(self._towed.items()):
            robot = self.control.robots.get(self._robots[truck])
            if robot is None or robot.state is None or robot.connection is not ConnectionState.ONLINE:
                continue
            segment = self._layout.segments[stand]
            if robot.order is not None:
                self.control.cancel(robot.topic.robot)
            elif robot.state.last_node_id == segment.end:
                del self._towed[truck]
            elif self._alarms.now_ms >= self._placed_ms.get(truck, 0) + AGAIN_MS:
                self._placed_ms[truck] = self._alarms.now_ms
                x, y, theta = pose_on(self._layout, segment.id)
                self.control.act(
                    robot.topic.robot, "initializePosition", x=x, y=y, theta=theta, mapId=MAP, lastNodeId=segment.end
                )

    def _keep_halted(self) -> None:
        """Whoever was taken out by a person stays so until that person puts it back, also when it begins anew."""
        for truck in self._taken_out:
            robot = self.control.robots.get(self._robots[truck])
            is_driving = robot is not None and robot.state is not None and not robot.state.paused
            if robot is not None and is_driving and not _is_told(robot, "startPause"):
                self._act(truck, "startPause")

    def _tell_what_else_stops(self) -> None:
        """Trucks that were put back and do not go on."""
        for robot_id, robot in self.control.robots.items():
            truck = self._trucks[robot_id]
            if not robot.stop or truck in self._stopped or robot.state is None:
                continue
            if not (robot.state.paused and _is_told(robot, "stopPause")):
                self._stopped.add(truck)
                self._hear(MachineStopped(self._alarms.now_ms, truck, robot.stop))

    def receive(self, topic: str, payload: bytes) -> None:
        """A message of the bus."""
        self.control.receive(topic, payload)
        self._look()

    def tick(self) -> None:
        """Every so often: what waits is tried again."""
        self.control.tick()
        self._look()
        self._start_charging()
        self._keep_halted()
        self._place_towed()
        self._tell_what_else_stops()
        for truck, trip in list(self._trips.items()):
            robot = self.control.robots.get(self._robots[truck])
            if robot is None or robot.order is not None or robot.stop or robot.state is None:
                continue
            if trip.is_taken_up:
                self._find_out(trip, robot.state)
            if trip.passed < len(trip.passage) - 1:
                self._give(truck)
            else:
                self._arrived(truck, trip)
        self._leases.grant(self._alarms.now_ms)

    def _look(self) -> None:
        """Tell how far trucks are, read batteries, and lease what has become free."""
        is_news = False
        for truck, robot_id in self._robots.items():
            robot = self.control.robots.get(robot_id)
            before = self._looked_at.get(truck)
            if robot is None or robot.state is None or (before is not None and before[0] is robot.state):
                continue
            self._read_battery(truck, robot.state)
            trip = self._trips.get(truck)
            if trip is not None and robot.state.order_id == trip.order:
                is_news |= self._tell_way(truck, trip, robot.state)
            is_known = trip is None or not trip.is_taken_up
            self._looked_at[truck] = robot.state, self._said_ms(robot.state) if is_known else None
        if is_news:
            self._leases.grant(self._alarms.now_ms)

    def _said_ms(self, state: State) -> int:
        """When a state was so, by the terminal's time."""
        age_ms = max(0, self._utc_ms() - unstamp(state.timestamp))
        return self._alarms.now_ms - round(age_ms * self._speed)

    def _tell_way(self, truck: str, trip: _Trip, state: State) -> bool:
        """How far a truck is on its trip, if that is news; whether its tail has left anything."""
        ahead_mm = round(1_000 * (state.distance_since_last_node or 0.0))
        is_moving = ahead_mm > AT_NODE_MM and trip.passed + 1 < len(trip.passage)
        return self._drove(truck, trip, trip.passed, is_moving, self._behind_tail(trip, ahead_mm), ahead_mm)

    def _drove(self, truck: str, trip: _Trip, passed: int, is_moving: bool, left: int, ahead_mm: int) -> bool:
        left = max(trip.left, left)
        was, now = (trip.told, trip.is_moving, trip.left), (passed + 1, is_moving, left)
        if now[:2] < was[:2]:  # it was put back, as a vehicle that begins anew between two nodes
            now = (*was[:2], left)
        if now == was:
            return False
        trip.told, trip.is_moving, trip.left = now
        before = self._looked_at.get(truck)
        since_ms = before[1] if before is not None else None
        entered_mm = ahead_mm if now[1] else 0
        self._hear(TripDriven(self._alarms.now_ms, truck, trip.told, entered_mm, left, since_ms))
        return self._leases.leave(truck, left, self._alarms.now_ms)

    def _behind_tail(self, trip: _Trip, ahead_mm: int) -> int:
        """How many windows of a trip a vehicle has left with its tail, its front so far behind the last node."""
        reach_mm = self._model.length_mm + self._model.air_mm
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
        if truck in self._towed:
            return
        trip.tried_ms = now_ms
        trip.first, trip.parts = trip.passed, trip.parts + 1
        nodes, edges = path_along(self._layout, [window.segment for window in trip.passage[trip.first :]])
        if trip.parts > 1 and robot.state is not None and robot.state.mobile_robot_position is not None:
            nodes[0] = _here(nodes[0], robot.state)
        released = max(1, trip.released - trip.first)
        self.control.give(self._robots[truck], trip.order, nodes, edges, released)

    def _leased(self, truck: str, leased: int, now_ms: int) -> None:
        trip = self._trips[truck]
        if self._lease is not None:
            self._lease(truck, trip.job, leased)
            return
        self._book.lease(self._numbers(truck), leased, now_ms)
        self.leased(truck, trip.job, leased)

    def leased(self, truck: str, job: str, leased: int) -> None:
        """That so many windows of a trip are leased is known for good: the vehicle is told."""
        trip = self._trips.get(truck)
        if trip is None or trip.job != job:
            return
        trip.released = max(trip.released, leased)
        robot = self.control.robots.get(self._robots[truck])
        if robot is not None and robot.order is not None and robot.order.order_id == trip.order:
            self.control.release(self._robots[truck], leased - trip.first)

    def _may_enter(self, robot: RobotId, zone: str) -> Verdict:
        """A stand under a crane is entered by who has the lease of its segment."""
        truck = self._trucks.get(robot, "")
        trip = self._trips.get(truck)
        leased = trip.passage[: trip.released] if trip else self._leases.held(truck)
        if any(self._layout.segments[window.segment].id == zone for window in leased):
            return YES
        return refuse(f"the lane of {zone} is not leased to {truck or robot}")

    def _adopt(self, robot: RobotId, state: State) -> OrderInHand | None:
        """The order that a vehicle executes, if it is part of a trip that is taken up."""
        truck = self._trucks.get(robot, "")
        trip = self._trips.get(truck)
        part = trip.part_of(state.order_id) if trip is not None and trip.is_taken_up else 0
        if trip is None or not part:
            return None
        number = self._window_of(trip, state)
        first = number - state.last_node_sequence_id // 2
        if number < 0 or first < 0:
            return None
        trip.is_taken_up, trip.parts, trip.first, trip.passed = False, part, first, number
        nodes, edges = path_along(self._layout, [window.segment for window in trip.passage[first:]])
        if not state.last_node_sequence_id:  # it may be named for where the vehicle stood (`_here`)
            nodes[0] = replace(nodes[0], node_id=state.last_node_id)
        order = OrderInHand.taken_up(state, nodes, edges)
        order.release(trip.released - first)
        return order

    def _find_out(self, trip: _Trip, state: State) -> None:
        """How far a vehicle that is idle has come on a trip that is taken up."""
        trip.is_taken_up = False
        part = trip.part_of(state.order_id)
        if part:
            trip.parts, trip.passed = part, max(0, self._window_of(trip, state))
            trip.first = trip.passed

    def _window_of(self, trip: _Trip, state: State) -> int:
        """The window of a trip at whose end a vehicle was last; -1 when it was at none."""
        node = state.last_node_id.removesuffix(HERE)
        ends = [self._layout.segments[window.segment].end for window in trip.passage]
        found = [number for number, end in enumerate(ends) if end == node and number >= trip.passed]
        return found[0] if found else -1

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
            if truck in self._stopped and truck not in self._taken_out:
                self._stopped.remove(truck)
                self._hear(MachineResumed(self._alarms.now_ms, truck))
        elif isinstance(event, e.OrderRefused):
            self.control.forget(event.robot)
        elif trip is not None and isinstance(event, e.NodePassed) and event.order == trip.order:
            trip.passed = trip.first + event.number
        elif trip is not None and isinstance(event, e.OrderLost):
            self._lost(trip, event)
        elif trip is not None and isinstance(event, e.OrderDone) and event.order == trip.order:
            self._arrived(truck, trip)

    def _lost(self, trip: _Trip, event: e.OrderLost) -> None:
        """What it did before it lost its order counts, as far as it still knows."""
        robot = self.control.robots[event.robot]
        if robot.state is not None and trip.part_of(robot.state.order_id):
            trip.passed = max(trip.passed, self._window_of(trip, robot.state))

    def _arrived(self, truck: str, trip: _Trip) -> None:
        last = len(trip.passage) - 1
        self._drove(truck, trip, last, False, last, 0)
        del self._trips[truck]
        self._leases.rest(truck)
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
        if truck not in self._battery_wh:
            self._battery_wh[truck] = wh = self._wh(state)
            self._hear(BatteryRead(self._alarms.now_ms, truck, wh))
        elif truck in self._may_have_charged and not state.power_supply.charging:
            self._tell_use(truck)
            self._may_have_charged.remove(truck)
        if truck in self._charging and state.power_supply.state_of_charge >= FULL:
            self._act(truck, "stopCharging")
            self._end_charge(truck)

    def _end_charge(self, truck: str) -> None:
        job = self._charging.pop(truck)
        self._tell_use(truck)
        self._may_have_charged.add(truck)
        self._hear(JobDone(self._alarms.now_ms, job))

    def _wh(self, state: State) -> int:
        return round(state.power_supply.state_of_charge / 100 * self._model.battery_wh)

    def _act(self, truck: str, action_type: str) -> None:
        if self._robots[truck] in self.control.robots:
            self.control.act(self._robots[truck], action_type)


def _is_told(robot: Robot, action_type: str) -> bool:
    """Whether an instant action is on its way."""
    return any(pending.action.action_type == action_type for pending in robot.pending.values())


def _here(node: Node, state: State) -> Node:
    """A node where the vehicle stands, to begin with in the place of one that it has passed (6.1.3.1)."""
    place = state.mobile_robot_position
    assert place is not None
    position = NodePosition(x=place.x, y=place.y, map_id=MAP)
    return Node(node_id=f"{node.node_id}{HERE}", sequence_id=0, released=False, node_position=position, actions=())
