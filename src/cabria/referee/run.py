"""The referee for runs: whether what a log says happened can have happened, and was what the plans asked for.

Everything is judged from the events alone, the layout, and the calls with their plans. A rule that is broken is told
with the number of the event, the time and the place; what the log says is then believed, so that one mistake is told
once. A run with a HARD finding fails.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from cabria.domain.calls import VesselCall
from cabria.domain.containers import ContainerId
from cabria.domain.findings import Severity
from cabria.domain.layout import Layout
from cabria.domain.machines import TruckModel, YardCraneModel
from cabria.domain.plan import LoadingPlan
from cabria.domain.positions import StowPosition
from cabria.domain.run_events import (
    BatteryRead,
    BoxesLanded,
    BoxesLifted,
    CraneTravelled,
    EnergyUsed,
    JobDone,
    JobGiven,
    JobTakenBack,
    LidLanded,
    LidLifted,
    LoadBroughtForward,
    MachineResumed,
    MachineStopped,
    MoveDone,
    MoveDropped,
    MoveHandedOver,
    MoveReleased,
    Place,
    PlanChanged,
    QueuesChanged,
    RunEvent,
    ShipBerthed,
    ShipSailed,
    StepSkipped,
    StockTaken,
    TripBooked,
    TripDriven,
    TruckAssigned,
    TruckLeft,
    TruckStood,
    TruckTowed,
    Waited,
    WorkRefused,
)
from cabria.referee.run_batteries import Batteries
from cabria.referee.run_boxes import Boxes, InCrane
from cabria.referee.run_charging import Charging
from cabria.referee.run_cranes import Cranes
from cabria.referee.run_plugs import Plugs
from cabria.referee.run_reach import Reach
from cabria.referee.run_rules import Notebook, RunFinding
from cabria.referee.run_service import Service
from cabria.referee.run_ships import Ships
from cabria.referee.run_trucks import Trucks
from cabria.referee.run_work import Work

Hears = Callable[[Any], None]


@dataclass(frozen=True, slots=True)
class RunJudgement:
    """What was found in the log of a run; `events` is how many there were."""

    events: int
    findings: tuple[RunFinding, ...]

    @property
    def is_good(self) -> bool:
        """Whether no rule is broken; notes do not count."""
        return not self.broken

    @property
    def broken(self) -> tuple[RunFinding, ...]:
        return tuple(f for f in self.findings if f.rule.severity is Severity.HARD)


class RunReferee:
    """Hears the events of a run one by one; `over` says what was found in all."""

    def __init__(
        self,
        layout: Layout,
        calls: Iterable[tuple[VesselCall, LoadingPlan]] = (),
        *,
        truck: TruckModel | None = None,
        yard_crane: YardCraneModel | None = None,
    ) -> None:
        """`truck` and `yard_crane` are the models of the run's machines, where they are not the usual ones."""
        self.book = book = Notebook()
        self._service = service = Service(book, set())
        self._cranes = cranes = Cranes(book, service, layout, yard_crane or YardCraneModel())
        service.machines.update(cranes.drives)
        self._trucks = trucks = Trucks(book, service, layout, truck or TruckModel())
        charging = Charging(layout, trucks)
        batteries = Batteries(book, trucks, charging, truck or TruckModel())
        self._boxes = boxes = Boxes(book, service, layout, trucks, truck or TruckModel())
        self._ships = ships = Ships(book, service, cranes)
        self._plugs = plugs = Plugs(book, layout)
        self._work = work = Work(book, service, boxes, trucks, cranes, charging)
        reach = Reach(book, layout, cranes, trucks, ships.bay_mm)
        self._hears: Mapping[type[Any], tuple[Hears, ...]] = {
            StockTaken: (boxes.stock, ships.stock, plugs.stock),
            ShipBerthed: (ships.berthed, plugs.berthed),
            ShipSailed: (ships.sailed, boxes.sailed),
            QueuesChanged: (ships.queues_changed,),
            PlanChanged: (ships.plan_changed,),
            StepSkipped: (ships.step_skipped,),
            LoadBroughtForward: (ships.brought_forward,),
            MoveReleased: (work.released,),
            MoveDone: (work.move_done,),
            MoveDropped: (work.move_dropped,),
            TruckAssigned: (work.assigned,),
            JobGiven: (work.given,),
            JobDone: (work.job_ended,),
            JobTakenBack: (work.job_ended,),
            CraneTravelled: (cranes.travelled,),
            BoxesLifted: (work.crane_worked, reach.lifted, ships.lifted, boxes.lifted),
            BoxesLanded: (work.crane_worked, reach.landed, ships.landed, boxes.landed, plugs.landed),
            LidLifted: (work.crane_worked, ships.lid_lifted),
            LidLanded: (work.crane_worked, ships.lid_landed),
            TripBooked: (work.booked, trucks.booked),
            TripDriven: (trucks.driven,),
            TruckStood: (trucks.stood,),
            TruckLeft: (boxes.truck_left, trucks.left),
            MachineStopped: (service.stopped,),
            MachineResumed: (service.resumed,),
            Waited: (work.waited,),
            EnergyUsed: (work.used, batteries.used, charging.told),
            BatteryRead: (batteries.read,),
            WorkRefused: (work.refused,),
            MoveHandedOver: (work.handed_over,),
            TruckTowed: (service.takes_in_tow, trucks.towed),
        }
        for call, plan in calls:
            self.expect(call, plan)

    def expect(self, call: VesselCall, plan: LoadingPlan) -> None:
        """A call and its plan that became known while the run was under way, before she berths."""
        self._ships.expect(call, plan)
        self._plugs.expect(call)

    def hear(self, event: RunEvent) -> None:
        """The next event of the log."""
        book = self.book
        book.event += 1
        book.at_ms = event.at_ms
        self._trucks.time_goes_by(event.at_ms)
        self._work.time(event)
        for hear in self._hears.get(type(event), ()):
            hear(event)

    def found(self, box: ContainerId, place: Place) -> None:
        """From now on a box stands elsewhere than the events say: a machine has found it there, and is believed."""
        self._boxes.found(box, place)

    def drive_as_booked(self, ways: Mapping[str, Sequence[tuple[str, int, int | None]]], at_ms: int) -> None:
        """From now on no truck tells its way: a simulation goes on, and each is where it is booked to be."""
        self._trucks.drive_as_booked(ways, at_ms)

    def due_aboard(self, call: str) -> Mapping[ContainerId, StowPosition]:
        """Who is to be aboard a ship when her work is done, and where: as planned, but for what was skipped."""
        return self._ships.ships[call].due()

    @property
    def where(self) -> Mapping[ContainerId, Place | InCrane]:
        """Every box on the terminal and the ships at its quay, as the events so far say."""
        return self._boxes.where

    def over(self) -> RunJudgement:
        """The log ends here."""
        self._trucks.time_goes_by(None)
        for part in (self._cranes, self._boxes, self._plugs, self._ships, self._work):
            part.over()
        return RunJudgement(self.book.event, tuple(self.book.findings))


def judge_run(
    events: Iterable[RunEvent],
    layout: Layout,
    calls: Iterable[tuple[VesselCall, LoadingPlan]] = (),
    *,
    truck: TruckModel | None = None,
    yard_crane: YardCraneModel | None = None,
) -> RunJudgement:
    """Judge a whole log."""
    referee = RunReferee(layout, calls, truck=truck, yard_crane=yard_crane)
    for event in events:
        referee.hear(event)
    return referee.over()
