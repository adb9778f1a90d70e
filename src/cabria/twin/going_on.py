"""A twin that goes on from how operations stood: of a living terminal, another twin, or a journal done again.

Operations stand exactly as they stood. Machines do not say how far they are with what they are at: a crane that drove
begins when it was to be there, one that had lifted goes on from there, one that had set down is through, any other
begins its job anew, and a truck arrives when it was booked to; those that told their way on a wire drive by their
bookings from then on. Who is out of service stays out until a time that was
said.
"""

from __future__ import annotations

from dataclasses import replace

from cabria.domain.run_events import (
    BoxesLanded,
    CraneTravelled,
    JobDone,
    JobGiven,
    LidLanded,
    MachineResumed,
    RunEvent,
)
from cabria.operations.board import Truck
from cabria.operations.gateways import Journal, Record
from cabria.operations.journaling import JournaledControl
from cabria.operations.records import MachineKind, Order
from cabria.operations.standing import Standing, put_back
from cabria.planning.dispatch.traffic.kernels import ENDLESS
from cabria.twin.agenda import fork
from cabria.twin.twin import Fleet, Twin


class Strokes:
    """Hears a run log, and knows how far cranes are with their jobs as far as it says."""

    def __init__(self) -> None:
        self.still_ms: dict[str, int] = {}
        """When the last travel of each is over."""
        self.set_down: set[str] = set()
        """Those that have set down what their job is for."""

    def hear(self, event: RunEvent) -> None:
        match event:
            case CraneTravelled():
                self.still_ms[event.crane] = event.until_ms
            case JobGiven():
                self.set_down.discard(event.machine)
            case BoxesLanded() | LidLanded():
                self.set_down.add(event.crane)


def going_on(standing: Standing, strokes: Strokes, fleet: Fleet, seed: int, log: Journal) -> Twin:
    """`strokes` heard the log up to there. `fleet` says how machines are, not how many: those are who they were. What
    happens from now on goes to `log`. The standing stays as it is.
    """
    standing = fork(standing)
    opened = standing.opened
    bare = replace(fleet, trucks=0, truck=opened.truck)
    twin = Twin(opened.layout, opened.settings, bare, seed, log=log, journal=_Forgetful())
    twin.run(standing.at_ms)
    control = twin.control
    assert isinstance(control, JournaledControl)
    put_back(control, standing)
    _Machines(twin, control, strokes).take_up()
    return twin


def ways_of(standing: Standing) -> dict[str, tuple[tuple[str, int, int | None], ...]]:
    """The windows that each truck has booked, as `TripBooked` tells them: by these it drives in a twin that goes on."""
    names = standing.opened.layout.segments
    return {
        truck.id: tuple(
            (names[w.segment].id, w.enter_ms, None if w.leave_ms >= ENDLESS else w.leave_ms)
            for w in standing.passages[truck.number]
        )
        for truck in standing.board["trucks"].values()
        if truck.number in standing.passages
    }


class _Machines:
    """Puts machines where they stood, and to what they were at."""

    def __init__(self, twin: Twin, control: JournaledControl, strokes: Strokes) -> None:
        self._twin, self._control, self._board = twin, control, control.desk.board
        self._strokes = strokes

    def take_up(self) -> None:
        board, twin = self._board, self._twin
        for name, crane in board.quay_cranes.items():
            twin.quay_cranes.stands_at(name, crane.x_mm)
        for name, lift in board.yard_cranes.items():
            twin.yard_cranes.stands_at(name, lift.at_mm)
        for truck in board.trucks.values():
            board.lanes.tells_no_more(truck.number)
            self._stand(truck)
        board.leased.clear()
        for name in self._control.desk.causes:
            twin.stops.stop(name)
        for order in list(self._control.scribe.orders_out.open.values()):
            if self._control.desk.is_out(order.job) and order.to is MachineKind.TRUCK:
                self._truck_again(order)
            elif self._control.desk.is_out(order.job):
                still_ms = self._strokes.still_ms.get(order.machine, 0)
                twin.agenda.at(max(twin.now_ms, still_ms), self._crane_again, order)
        for name, crane in board.quay_cranes.items():
            if crane.failed and crane.back_ms > twin.now_ms:
                twin.agenda.at(crane.back_ms, self._is_back, name)

    def _stand(self, truck: Truck) -> None:
        """At the end of its trip, or where that began."""
        trip = self._board.lanes.passages.get(truck.number, ())
        if trip:
            self._twin.trucks.stands_at(truck.id, trip[0 if truck.is_driving else -1].segment)
        if truck.charge_wh is not None and not truck.is_visitor:
            self._twin.trucks.has_battery(truck.id, truck.charge_wh)

    def _crane_again(self, order: Order) -> None:
        twin, machine = self._twin, order.machine
        if order.verb == "make_way" or machine in self._strokes.set_down:
            twin.hear(JobDone(twin.now_ms, order.job))
        elif order.to is MachineKind.QUAY_CRANE:
            has_lifted = self._board.quay_cranes[machine].has_lifted
            (twin.quay_cranes.holds if has_lifted else twin.quay_cranes.work)(machine, order.arguments[0])
        else:
            has_lifted = self._board.yard_cranes[machine].has_lifted
            (twin.yard_cranes.holds if has_lifted else twin.yard_cranes.work)(machine, order.arguments[0])

    def _truck_again(self, order: Order) -> None:
        twin, truck = self._twin, self._board.trucks[order.machine]
        if order.verb == "charge":
            twin.trucks.charge(truck.id, order.job)
        elif order.verb == "drive" and truck.is_driving:
            trip = self._board.lanes.passages[truck.number]
            arrives_ms = max(twin.now_ms, truck.arrives_ms)
            twin.trucks.drive(truck.id, order.job, trip, arrives_ms, int(order.arguments[-1]))

    def _is_back(self, crane: str) -> None:
        if crane in self._control.desk.causes:
            self._twin.hear(MachineResumed(self._twin.now_ms, crane))


class _Forgetful:
    """A journal that numbers entries and keeps none."""

    def __init__(self) -> None:
        self.written = 0

    @property
    def durable(self) -> int:
        return self.written

    def append(self, record: Record) -> int:
        self.written += 1
        return self.written

    def wait(self, number: int) -> None: ...
