"""How a terminal stood at a moment, as its run log says: every event is folded in, and a picture may be taken between.

The log does not say everything that operations know. What it leaves open is seen from what follows: a crane waits when
the log tells of that wait later, a truck charges when it has a job without a trip, and takes work again when its
battery is as full as `ENOUGH`. Alerts, links, orders and the gate's queue are not in it.
"""

from __future__ import annotations

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from cabria.domain import run_events as e
from cabria.domain.calls import VesselCall
from cabria.domain.containers import ContainerId
from cabria.domain.layout import Layout, SegmentId
from cabria.domain.machines import TruckModel
from cabria.domain.plan import LoadingPlan
from cabria.domain.positions import YardPosition
from cabria.domain.work import LID_STEPS, CraneStep, WorkQueue
from cabria.operations import running as r
from cabria.operations.board import StackId, stack_of
from cabria.operations.whereabouts import Plotter
from cabria.planning.dispatch.traffic.kernels import ENDLESS
from cabria.planning.dispatch.traffic.lane_book import Passage, Window

ENOUGH = 0.6
"""Share of its battery with which a truck that refused work takes it again."""


@dataclass(slots=True)
class _Truck:
    id: str
    is_visitor: bool
    trip: Passage
    job: str = ""
    is_driving: bool = False
    has_new_trip: bool = False
    """Whether a trip was booked for a job that is about to be given."""
    move: str = ""
    charge_wh: int | None = None
    is_low: bool = False
    is_towed: bool = False
    out: r.Service | None = None


@dataclass(slots=True)
class _QuayCrane:
    id: str
    x_mm: int
    call: str = ""
    steps: tuple[CraneStep, ...] = ()
    started_ms: int = 0
    done: int = 0
    released: int = 0
    job: str = ""
    move: str = ""
    boxes: tuple[ContainerId, ...] = ()
    out: r.Service | None = None

    def take(self, call: str, steps: tuple[CraneStep, ...], now_ms: int) -> None:
        self.call, self.steps, self.started_ms, self.done, self.released = call, steps, now_ms, 0, 0


@dataclass(slots=True)
class _YardCrane:
    id: str
    block: str
    at_mm: int
    job: str = ""
    box: str = ""
    out: r.Service | None = None


@dataclass(slots=True)
class _Move:
    released: e.MoveReleased
    truck: str = ""


@dataclass
class Scene:
    """`hear` the run log from its first event. `calls` are those that it may tell of, with their plans; `segments` says
    which number of the layout's list a segment has."""

    layout: Layout
    calls: Mapping[str, tuple[VesselCall, LoadingPlan]]
    segments: Mapping[SegmentId, int]
    battery_wh: int = field(default_factory=lambda: TruckModel().battery_wh)
    boxes: dict[ContainerId, e.Place] = field(default_factory=dict)
    length_ft: dict[ContainerId, int] = field(default_factory=dict)
    mass_kg: dict[ContainerId, int] = field(default_factory=dict)
    needs_plug: set[ContainerId] = field(default_factory=set)
    stacks: dict[StackId, tuple[ContainerId, ...]] = field(default_factory=dict)
    _beds: dict[str, set[ContainerId]] = field(default_factory=lambda: defaultdict(set))
    _trucks: dict[str, _Truck] = field(default_factory=dict)
    _quay_cranes: dict[str, _QuayCrane] = field(default_factory=dict)
    _yard_cranes: dict[str, _YardCrane] = field(default_factory=dict)
    _moves: dict[str, _Move] = field(default_factory=dict)
    _jobs: dict[str, str] = field(default_factory=dict)
    """By job: whose."""
    _at_quay: dict[str, r.CallPicture] = field(default_factory=dict)
    berthed: dict[str, tuple[int, int | None]] = field(default_factory=dict)
    """By call: when she was fast, and when she left."""

    def __post_init__(self) -> None:
        self._plotter = Plotter(self.layout)
        for crane in sorted(self.layout.terminal.quay_cranes, key=lambda crane: crane.x_mm):
            self._quay_cranes[crane.id] = _QuayCrane(crane.id, crane.x_mm)
        for runway in self.layout.runways:
            for place in runway.cranes:
                self._yard_cranes[place.crane] = _YardCrane(place.crane, runway.block, place.at_mm)
        self._hears: Mapping[type[Any], Callable[[Any], None]] = {
            e.StockTaken: self._stock_taken,
            e.ShipBerthed: self._ship_berthed,
            e.ShipSailed: self._ship_sailed,
            e.PlanChanged: self._plan_changed,
            e.QueuesChanged: self._queues_changed,
            e.MoveReleased: self._move_released,
            e.MoveDone: self._move_done,
            e.MoveHandedOver: self._handed_over,
            e.TruckAssigned: self._assigned,
            e.TruckStood: self._truck_stood,
            e.TruckLeft: self._truck_left,
            e.TripBooked: self._trip_booked,
            e.JobGiven: self._job_given,
            e.JobDone: self._job_done,
            e.JobTakenBack: self._job_taken_back,
            e.CraneTravelled: self._travelled,
            e.BoxesLifted: self._lifted,
            e.BoxesLanded: self._landed,
            e.MachineStopped: self._stopped,
            e.MachineResumed: self._resumed,
            e.TruckTowed: self._towed,
            e.WorkRefused: self._refused,
            e.BatteryRead: self._battery_read,
            e.EnergyUsed: self._energy_used,
        }

    def hear(self, event: e.RunEvent) -> None:
        """The next event of the log."""
        hear = self._hears.get(type(event))
        if hear is not None:
            hear(event)

    def picture(self, number: int, now_ms: int, waits: Mapping[str, Sequence[e.Waited]]) -> r.Picture:
        """After event `number`. It holds the live parts: look at it before the next event is heard."""
        return r.Picture(
            number=number,
            now_ms=now_ms,
            boxes=self.boxes,
            length_ft=self.length_ft,
            mass_kg=self.mass_kg,
            stacks=self.stacks,
            trucks={truck.id: self._truck_picture(truck) for truck in self._trucks.values()},
            quay_cranes={
                crane.id: _quay_crane_picture(crane, _wait_at(waits.get(crane.id, ()), now_ms))
                for crane in self._quay_cranes.values()
            },
            yard_cranes={
                crane.id: r.YardCranePicture(crane.id, crane.block, crane.at_mm, crane.job, crane.box, crane.out)
                for crane in self._yard_cranes.values()
            },
            moves={name: _move_picture(move) for name, move in self._moves.items()},
            orders={},
            jobs=tuple(self._jobs),
            links={},
            alerts={},
            calls=dict(self._at_quay),
            at_gate=(),
            needs_plug=frozenset(self.needs_plug),
        )

    def whereabouts(self, now_ms: int) -> Mapping[str, r.Whereabouts]:
        """Trucks as they were booked; what they tell of their way is not followed."""
        return self._plotter.places(
            {truck.id: truck.trip for truck in self._trucks.values()},
            {crane.id: crane.x_mm for crane in self._quay_cranes.values()},
            {crane.id: (crane.block, crane.at_mm) for crane in self._yard_cranes.values()},
            now_ms,
        )

    def _stock_taken(self, event: e.StockTaken) -> None:
        for stock in event.boxes:
            self.length_ft[stock.container], self.mass_kg[stock.container] = stock.length_ft, stock.gross_mass_kg
            if stock.needs_plug:
                self.needs_plug.add(stock.container)
            self._put(stock.container, stock.place)

    def _put(self, box: ContainerId, place: e.Place) -> None:
        before = self.boxes.get(box)
        if isinstance(before, YardPosition):
            self._take_off(stack_of(before), box)
        elif isinstance(before, e.OnTruck):
            self._beds[before.truck].discard(box)
        self.boxes[box] = place
        if isinstance(place, e.OnTruck):
            self._beds[place.truck].add(box)
        elif isinstance(place, YardPosition):
            self.stacks[stack_of(place)] = (*self.stacks.get(stack_of(place), ()), box)

    def _take_off(self, stack: StackId, box: ContainerId) -> None:
        left = tuple(other for other in self.stacks.get(stack, ()) if other != box)
        if left:
            self.stacks[stack] = left
        else:
            self.stacks.pop(stack, None)

    def _forget(self, box: ContainerId) -> None:
        for known in (self.boxes, self.length_ft, self.mass_kg):
            known.pop(box, None)
        self.needs_plug.discard(box)

    def _ship_berthed(self, event: e.ShipBerthed) -> None:
        self.berthed[event.call] = event.at_ms, None
        if event.call not in self.calls:
            return
        call, plan = self.calls[event.call]
        self._at_quay[event.call] = r.CallPicture(call, plan, 0)
        for queue in plan.queues:
            if queue.crane in self._quay_cranes:
                self._quay_cranes[queue.crane].take(event.call, queue.steps, event.at_ms)

    def _ship_sailed(self, event: e.ShipSailed) -> None:
        self._at_quay.pop(event.call, None)
        if event.call in self.berthed:
            self.berthed[event.call] = self.berthed[event.call][0], event.at_ms
        for box in [b for b, at in self.boxes.items() if isinstance(at, e.Aboard) and at.call == event.call]:
            self._forget(box)
        for crane in self._quay_cranes.values():
            if crane.call == event.call:
                crane.take("", (), event.at_ms)

    def _plan_changed(self, event: e.PlanChanged) -> None:
        before = self._at_quay.get(event.call)
        if before is not None:
            loads = {box: slot for box, slot in {**before.plan.loads, **dict(event.slots)}.items() if slot is not None}
            self._at_quay[event.call] = r.CallPicture(before.call, replace(before.plan, loads=loads), before.splits)

    def _queues_changed(self, event: e.QueuesChanged) -> None:
        for name, steps in event.queues:
            if name in self._quay_cranes:
                self._quay_cranes[name].take(event.call, steps, event.at_ms)
        before = self._at_quay.get(event.call)
        if before is not None:
            plan = replace(before.plan, queues=tuple(WorkQueue(*queue) for queue in event.queues))
            self._at_quay[event.call] = r.CallPicture(before.call, plan, before.splits + 1)

    def _move_released(self, event: e.MoveReleased) -> None:
        self._moves[event.move] = _Move(event)
        if event.queue in self._quay_cranes:
            self._quay_cranes[event.queue].released += 1

    def _move_done(self, event: e.MoveDone) -> None:
        move = self._moves.pop(event.move, None)
        if move is not None and move.truck in self._trucks and self._trucks[move.truck].move == event.move:
            self._trucks[move.truck].move = ""

    def _handed_over(self, event: e.MoveHandedOver) -> None:
        self._trucks[event.truck].move = ""
        if event.move in self._moves:
            self._moves[event.move].truck = ""

    def _assigned(self, event: e.TruckAssigned) -> None:
        move = self._moves.get(event.move)
        if move is not None:
            if move.truck in self._trucks and self._trucks[move.truck].move == event.move:
                self._trucks[move.truck].move = ""
            move.truck = event.truck
        self._trucks[event.truck].move = event.move

    def _truck_stood(self, event: e.TruckStood) -> None:
        window = Window(self._number(event.stand), event.at_ms, int(ENDLESS))
        self._trucks[event.truck] = _Truck(event.truck, event.is_visitor, (window,))

    def _truck_left(self, event: e.TruckLeft) -> None:
        self._trucks.pop(event.truck, None)
        for box in self._beds.pop(event.truck, ()):
            self._forget(box)

    def _trip_booked(self, event: e.TripBooked) -> None:
        truck = self._trucks.get(event.truck)
        if truck is None or not event.windows:
            return
        truck.trip = tuple(
            Window(self._number(name), enter_ms, int(ENDLESS) if leave_ms is None else leave_ms)
            for name, enter_ms, leave_ms in event.windows
        )
        truck.has_new_trip = not truck.is_driving

    def _number(self, segment: str) -> int:
        return self.segments[SegmentId(segment)]

    def _job_given(self, event: e.JobGiven) -> None:
        self._jobs[event.job] = event.machine
        if (truck := self._trucks.get(event.machine)) is not None:
            truck.job, truck.is_driving, truck.has_new_trip = event.job, truck.has_new_trip, False
        elif (crane := self._quay_cranes.get(event.machine)) is not None:
            is_lid = crane.done < len(crane.steps) and crane.steps[crane.done].kind in LID_STEPS
            if event.move or is_lid:
                crane.job, crane.move = event.job, event.move
                move = self._moves.get(event.move)
                crane.boxes = () if move is None else move.released.containers
        elif (lift := self._yard_cranes.get(event.machine)) is not None and event.move:
            lift.job, lift.box = event.job, self._next_of(event.move)

    def _next_of(self, name: str) -> str:
        """The box of a move that a yard crane is likely to be sent for: the first that still stands in the yard."""
        move = self._moves.get(name)
        boxes = () if move is None else move.released.containers
        return next((box for box in boxes if isinstance(self.boxes.get(box), YardPosition)), boxes[0] if boxes else "")

    def _job_done(self, event: e.JobDone) -> None:
        self._job_over(event.job, is_done=True)

    def _job_taken_back(self, event: e.JobTakenBack) -> None:
        self._job_over(event.job, is_done=False)

    def _job_over(self, job: str, *, is_done: bool) -> None:
        machine = self._jobs.pop(job, "")
        if (truck := self._trucks.get(machine)) is not None and truck.job == job:
            truck.job, truck.is_driving = "", False
        elif (crane := self._quay_cranes.get(machine)) is not None and crane.job == job:
            crane.job, crane.move, crane.boxes = "", "", ()
            crane.done += is_done
        elif (lift := self._yard_cranes.get(machine)) is not None and lift.job == job:
            lift.job = lift.box = ""

    def _travelled(self, event: e.CraneTravelled) -> None:
        self._plotter.hear(event)
        if event.crane in self._quay_cranes:
            self._quay_cranes[event.crane].x_mm = event.to_mm
        elif event.crane in self._yard_cranes:
            self._yard_cranes[event.crane].at_mm = event.to_mm

    def _lifted(self, event: e.BoxesLifted) -> None:
        """A box counts as where it stood until it is set down; the truck under it is free when that was its last."""
        if event.crane in self._yard_cranes:
            self._yard_cranes[event.crane].box = event.containers[0]
        for place in event.places:
            truck = self._trucks.get(place.truck) if isinstance(place, e.OnTruck) else None
            if truck is not None and not truck.is_visitor and self._beds[truck.id] <= set(event.containers):
                truck.move = ""

    def _landed(self, event: e.BoxesLanded) -> None:
        for box, place in zip(event.containers, event.places, strict=True):
            self._put(box, place)

    def _machine(self, name: str) -> _Truck | _QuayCrane | _YardCrane | None:
        return self._trucks.get(name) or self._quay_cranes.get(name) or self._yard_cranes.get(name)

    def _stopped(self, event: e.MachineStopped) -> None:
        if (machine := self._machine(event.machine)) is not None:
            machine.out = r.Service(event.at_ms, event.cause)

    def _resumed(self, event: e.MachineResumed) -> None:
        if (machine := self._machine(event.machine)) is not None:
            machine.out = None
        if isinstance(machine, _Truck):
            machine.is_towed = False

    def _towed(self, event: e.TruckTowed) -> None:
        truck = self._trucks[event.truck]
        truck.is_towed = not event.stand
        if event.stand:
            truck.trip = (Window(self._number(event.stand), event.at_ms, int(ENDLESS)),)
            truck.is_driving = truck.has_new_trip = False

    def _refused(self, event: e.WorkRefused) -> None:
        self._trucks[event.truck].is_low = True

    def _battery_read(self, event: e.BatteryRead) -> None:
        self._holds(self._trucks[event.truck], event.wh)

    def _energy_used(self, event: e.EnergyUsed) -> None:
        truck = self._trucks.get(event.machine)
        if truck is not None and truck.charge_wh is not None:
            self._holds(truck, truck.charge_wh - event.wh)

    def _holds(self, truck: _Truck, wh: int) -> None:
        truck.charge_wh = wh
        truck.is_low = truck.is_low and wh < ENOUGH * self.battery_wh

    def _truck_picture(self, truck: _Truck) -> r.TruckPicture:
        end = truck.trip[-1]
        segment = self.layout.segments[end.segment]
        return r.TruckPicture(
            truck.id,
            segment.id,
            truck.is_driving,
            end.enter_ms + 1_000 * segment.length_mm // segment.speed_mm_per_s,
            truck.move,
            tuple(sorted(self._beds.get(truck.id, ()))),
            truck.charge_wh,
            self.battery_wh,
            truck.is_low,
            bool(truck.job) and not truck.is_driving,
            truck.is_visitor,
            truck.is_towed,
            truck.out,
        )


def _quay_crane_picture(crane: _QuayCrane, wait: e.Waited | None) -> r.QuayCranePicture:
    return r.QuayCranePicture(
        crane.id,
        crane.x_mm,
        crane.call,
        crane.done,
        crane.released,
        len(crane.steps),
        crane.job,
        crane.boxes,
        "" if wait is None else wait.cause,
        0 if wait is None else wait.since_ms,
        crane.out,
        crane.steps,
        crane.started_ms,
    )


def _move_picture(move: _Move) -> r.MovePicture:
    it = move.released
    return r.MovePicture(it.move, it.kind, it.containers, move.truck, it.queue, -1, "", 0, "")


def _wait_at(waits: Sequence[e.Waited], now_ms: int) -> e.Waited | None:
    """The wait that a moment lies in, of those of one crane by when they ended."""
    number = bisect_right(waits, now_ms, key=lambda wait: wait.at_ms)
    wait = waits[number] if number < len(waits) else None
    return wait if wait is not None and wait.since_ms <= now_ms else None
