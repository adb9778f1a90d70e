"""All machines on the wire: orders from the order desk to trucks and cranes, what they report to the control.

One thread uses it, that of operations. What a machine is told has been durable before; what it reports is acknowledged
when it is.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Mapping
from typing import Protocol

from cabria.adapters.crane_bus import events as c
from cabria.adapters.crane_bus.crane_bus import CraneBus
from cabria.adapters.running.watch import Patience, Watch
from cabria.adapters.vda5050.control import events as v
from cabria.adapters.vda5050.state import ConnectionState
from cabria.adapters.vda5050.topics import RobotId
from cabria.adapters.vda5050.trucks import VdaTrucks
from cabria.domain.run_events import JobDone, RunEvent
from cabria.domain.said import Reason, Said, said
from cabria.operations.gateways import Alarms
from cabria.operations.journaling import JournaledControl
from cabria.operations.order_desk import OpenOrder, OrderDesk, OrderState
from cabria.operations.records import MachineKind, Order
from cabria.operations.running import BROKER, LinkPicture, Whereabouts

LONGEST_TICK_S, SHORTEST_TICK_S = 0.1, 0.025
TICK_OF_TERMINAL_S = 1.0
"""The longest tick by the terminal's own time, if ticks need not be too short for it."""
WATCH_MS = 10_000
"""Between two looks at what has gone on for too long, by the terminal's time."""


class Operations(Protocol):
    """The thread that owns all this."""

    def next(self, do: Callable[[], None]) -> None: ...

    def post(self, do: Callable[[], None]) -> None: ...


class Machines:
    """A `Wire` of the order desk and a part of the thread of operations. `use` completes it before anything is sent."""

    def __init__(
        self, operations: Operations, alarms: Alarms, monotonic_s: Callable[[], float], *, speed: float = 1.0
    ) -> None:
        """`speed` is how much faster the terminal's time goes by than `monotonic_s`."""
        self._operations, self._alarms, self._monotonic_s = operations, alarms, monotonic_s
        self._tick_s = max(SHORTEST_TICK_S, min(LONGEST_TICK_S, TICK_OF_TERMINAL_S / speed))
        self._ticked_s, self._watched_ms = 0.0, 0
        self._watch = Watch(self._look, Patience().at(speed))
        self._unacknowledged: deque[tuple[int, str]] = deque()
        self._leases: deque[tuple[int, str, str, int]] = deque()
        self._restart = 0
        """Orders up to this number were given by a program that has ended since."""
        self._seen_ms: dict[str, int] = {}
        self._visitors: set[str] = set()
        """Road trucks that stand."""
        self._last_heard: dict[str, object] = {}
        """Of each machine its last state, or when that came."""
        self._control: JournaledControl
        self._desk: OrderDesk
        self._trucks: VdaTrucks
        self._cranes: CraneBus
        self._is_linked: Callable[[], bool]
        self.robots: Mapping[str, RobotId] = {}
        self._truck_of: Mapping[RobotId, str] = {}

    def use(
        self,
        control: JournaledControl,
        desk: OrderDesk,
        trucks: VdaTrucks,
        cranes: CraneBus,
        robots: Mapping[str, RobotId],
        is_linked: Callable[[], bool],
    ) -> None:
        self._control, self._desk, self._trucks, self._cranes = control, desk, trucks, cranes
        self._is_linked = is_linked
        self.robots, self._truck_of = robots, {robot: truck for truck, robot in robots.items()}

    def go_on(self, orders: Mapping[int, Order]) -> None:
        """After a restart: trucks stand or drive as the board says, and orders that have not ended are put again."""
        board = self._control.desk.board
        self._restart = max(orders, default=0)
        for truck in board.trucks.values():
            if truck.charge_wh is not None:
                self._trucks.held(truck.id, truck.charge_wh)
            if not truck.is_driving and not truck.is_visitor:
                if truck.id in self.robots:
                    self._trucks.stands(truck.id)
                self._cranes.truck_stands(truck.id)
        for number, order in sorted(orders.items()):
            self.put(number, order)

    # As an outbox

    def put(self, number: int, order: Order) -> None:
        """An order that was written. A truck that is to drive stands nowhere from now on, though it is told later: no
        crane may set down on it where it still is."""
        if order.to is MachineKind.TRUCK and order.verb == "drive":
            self._cranes.truck_leaves(order.machine)
        elif order.to is MachineKind.TRUCK and order.verb == "tow":
            self._cranes.truck_leaves(order.machine)
            self._desk.drop(order.machine)
        self._desk.put(number, order)

    # The wire of the order desk

    def send(self, number: int, order: Order) -> None:
        if order.to is not MachineKind.TRUCK:
            self._cranes.send(number, order)
        elif order.machine not in self.robots:  # a person drives it, and somebody says when it stands there
            self._desk.acknowledged(number, order.machine)
            self._desk.ended(number, order.machine, OrderState.DONE)
        elif order.verb == "drive":
            self._drive(number, order)
        else:
            getattr(self._trucks, order.verb)(order.machine, *order.arguments)
            self._desk.acknowledged(number, order.machine)
            if order.verb == "tow":
                self._cranes.truck_stands(order.machine)
            if not order.job:
                self._desk.ended(number, order.machine, OrderState.DONE)

    def cancel(self, number: int, machine: str) -> None:
        if machine not in self.robots:
            self._cranes.cancel(number, machine)

    def _drive(self, number: int, order: Order) -> None:
        """Given again with the same number, it is no new trip."""
        truck, (job, passage, arrives_ms, cargo_kg) = order.machine, order.arguments
        if self._trucks.job_of(truck) == job:
            return
        board = self._control.desk.board
        if number <= self._restart:
            leased_for, leased = board.leased.get(truck, ("", 1))
            booked = board.lanes.passages[board.trucks[truck].number]
            self._trucks.take_up(truck, job, booked, leased if leased_for == job else 1)
        else:
            self._trucks.drive(truck, job, passage, arrives_ms, cargo_kg)

    # What comes in

    def receive(self, topic: str, payload: bytes) -> None:
        """A message of the bus."""
        if topic.startswith("crane/"):
            self._cranes.receive(topic, payload)
        else:
            self._trucks.receive(topic, payload)

    def truck_reports(self, event: RunEvent) -> None:
        """As `hear` of the trucks."""
        self._control.hear(event)
        if isinstance(event, JobDone):
            truck = event.job.partition("/")[0]
            for number in [n for n, one in self._desk.open.items() if one.order.job == event.job]:
                self._desk.acknowledged(number, truck)
                self._desk.ended(number, truck, OrderState.DONE)
            state = self._control.desk.board.trucks.get(truck)
            if state is not None and not state.is_driving:
                self._cranes.truck_stands(truck)

    def crane_reports(self, event: RunEvent, correlation: str) -> None:
        """As `hear` of the cranes; acknowledged when it is durable."""
        self._control.hear(event, correlation)
        self._unacknowledged.append((self._control.scribe.journal.written, correlation))

    def truck_told(self, event: v.FleetEvent) -> None:
        """What fleet control says besides."""
        if isinstance(event, v.OrderAcknowledged | v.OrderTakenUp):
            truck = self._truck_of.get(event.robot, "")
            job = self._trucks.job_of(truck)
            orders = [(number, one.order) for number, one in self._desk.open.items()]
            for number in [number for number, order in orders if order.machine == truck and order.job == job]:
                self._desk.acknowledged(number, truck)
        elif isinstance(event, v.MessageRefused):
            self._look(event.topic, 0, said("message-refused", why=event.reason))
        elif isinstance(event, v.Nonsense):
            truck = self._truck_of.get(event.robot, str(event.robot))
            known = event.reason if isinstance(event.reason, Said) else said("nonsense", why=event.reason)
            self._look(truck, 0, known)
        elif isinstance(event, v.OrderRefused):
            truck = self._truck_of.get(event.robot, str(event.robot))
            self._look(truck, 0, said("order-refused", order=event.order, why=event.error_type))

    def crane_told(self, event: c.CraneEvent) -> None:
        """What the bus of cranes says besides."""
        if isinstance(event, c.Otherwise):
            self._look(event.crane, 0, said("job-otherwise", told=event.told, wanted=event.wanted))
        elif isinstance(event, c.Nonsense):
            self._look(event.crane, 0, said("nonsense", why=event.reason))
        elif isinstance(event, c.RefusedByCrane):
            self._look(event.crane, 0, said("message-not-taken", topic=event.topic, why=event.reason))
        elif isinstance(event, c.CraneSilent):
            self._look(event.crane, 0, event.cause)
        elif isinstance(event, c.MessageRefused):
            self._look(event.topic, 0, said("message-refused", why=event.reason))
        elif isinstance(event, c.NotOurs):
            self._look(event.crane, 0, said("job-nobody-gave", job=event.job))
        elif isinstance(event, c.Forgetful):
            self._look(event.crane, 0, said("memory-lost"))

    def lease(self, truck: str, job: str, windows: int) -> None:
        """As VdaTrucks asks: written down before anything else is decided, and the truck is told when it is durable."""
        self._operations.next(lambda: self._leased(truck, job, windows))

    def _leased(self, truck: str, job: str, windows: int) -> None:
        self._control.lane_leased(truck, job, windows)
        self._leases.append((self._control.scribe.journal.written, truck, job, windows))

    def _look(self, machine: str, order: int, problem: Said) -> None:
        """A person should look at it, when what is done now is done."""
        self._operations.post(lambda: self.alert(machine, order, problem))

    def alert(self, machine: str, order: int, problem: Reason) -> None:
        """Reason once until somebody has looked."""
        alerts = self._control.desk.alerts.values()
        if not any(a.machine == machine and a.problem == problem and not a.seen_by for a in alerts):
            self._control.raise_alert(machine, order, problem)

    # A part of the thread of operations

    def tick(self) -> None:
        now_s = self._monotonic_s()
        if now_s - self._ticked_s < self._tick_s:
            return
        self._ticked_s = now_s
        self._trucks.tick()
        self._cranes.tick()
        self._follow_visitors()
        self._note_signs_of_life()
        now_ms = self._alarms.now_ms
        if now_ms - self._watched_ms >= WATCH_MS:
            self._watched_ms = now_ms
            board, causes = self._control.desk.board, self._control.desk.causes
            out = {truck: causes[truck] for truck in self.robots if truck in causes and board.trucks[truck].is_driving}
            waits = self._trucks.waits()
            self._watch.look(now_ms, waits=waits, orders=self._desk.open, seen_ms=self._seen_ms, out=out)

    def flushed(self, durable: int) -> None:
        while self._leases and self._leases[0][0] <= durable:
            _, truck, job, windows = self._leases.popleft()
            self._trucks.leased(truck, job, windows)
        self._desk.flushed()
        last: dict[str, str] = {}
        while self._unacknowledged and self._unacknowledged[0][0] <= durable:
            correlation = self._unacknowledged.popleft()[1]
            last[correlation.split("/")[1]] = correlation
        for correlation in last.values():
            self._cranes.durable(correlation)

    def ended(self) -> None: ...

    @property
    def orders(self) -> Mapping[int, OpenOrder]:
        return self._desk.open

    @property
    def links(self) -> Mapping[str, LinkPicture]:
        now_ms, is_linked = self._alarms.now_ms, self._is_linked()
        links = {BROKER: LinkPicture(BROKER, is_linked, now_ms if is_linked else 0)}
        for truck, robot in self.robots.items():
            known = self._trucks.control.robots.get(robot)
            is_there = known is not None and known.connection is ConnectionState.ONLINE
            links[truck] = LinkPicture(truck, is_linked and is_there, self._seen_ms.get(truck, 0))
        board, heard = self._control.desk.board, self._cranes.heard_utc_ms
        for name in (*board.quay_cranes, *board.yard_cranes):
            links[name] = LinkPicture(name, is_linked and name in heard, self._seen_ms.get(name, 0))
        return links

    def whereabouts(self) -> Mapping[str, Whereabouts]:
        found, now_ms = {}, self._alarms.now_ms
        for truck, robot in self.robots.items():
            known = self._trucks.control.robots.get(robot)
            state = known.state if known is not None else None
            place = state.mobile_robot_position if state is not None else None
            if state is not None and place is not None:
                speed = state.velocity.vx if state.velocity is not None else None
                found[truck] = Whereabouts(
                    round(1_000 * place.x), round(1_000 * place.y), round(1_000 * place.theta),
                    round(1_000 * (speed or 0.0)), now_ms,
                )  # fmt: skip
        return found

    def _follow_visitors(self) -> None:
        """Road trucks tell nothing themselves: cranes hear of those that stand where they were sent."""
        visitors = [truck for truck in self._control.desk.board.trucks.values() if truck.is_visitor]
        there = {truck.id for truck in visitors if not truck.is_driving}
        for truck in there - self._visitors:
            self._cranes.truck_stands(truck)
        for truck in self._visitors - there:
            self._cranes.truck_leaves(truck)
        self._visitors = there

    def _note_signs_of_life(self) -> None:
        """A machine that told something since the last look lives."""
        heard: dict[str, object] = dict(self._cranes.heard_utc_ms)
        for truck, robot in self.robots.items():
            known = self._trucks.control.robots.get(robot)
            if known is not None and known.connection is ConnectionState.ONLINE:
                heard[truck] = known.state
        for name, last in heard.items():
            if last is not None and self._last_heard.get(name) is not last:
                self._last_heard[name], self._seen_ms[name] = last, self._alarms.now_ms
                if name in self.robots:
                    self._desk.alive(name)
