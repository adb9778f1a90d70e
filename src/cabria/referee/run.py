"""The referee for runs: whether what a log says happened can have happened, and was what the plans asked for.

Everything is judged from the events alone, the layout, and the calls with their plans. A rule that is broken is told
with the number of the event, the time and the place; what the log says is then believed, so that one mistake is told
once. A run with a HARD finding fails.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from cabria.domain.calls import VesselCall
from cabria.domain.findings import Severity
from cabria.domain.layout import Layout
from cabria.domain.machines import TruckModel, YardCraneModel
from cabria.domain.plan import LoadingPlan
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
    MachineResumed,
    MachineStopped,
    MoveDone,
    MoveHandedOver,
    MoveReleased,
    QueuesChanged,
    RunEvent,
    ShipBerthed,
    ShipSailed,
    StockTaken,
    TripBooked,
    TruckAssigned,
    TruckLeft,
    TruckStood,
    TruckTowed,
    Waited,
    WorkRefused,
)
from cabria.referee.run_batteries import Batteries
from cabria.referee.run_boxes import Boxes
from cabria.referee.run_cranes import Cranes
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
        batteries = Batteries(book, trucks, truck or TruckModel())
        self._boxes = boxes = Boxes(book, service, layout, trucks)
        self._ships = ships = Ships(book, service, cranes, calls)
        self._work = work = Work(book, service, boxes, trucks, cranes)
        reach = Reach(book, layout, cranes, trucks, ships.bay_mm)
        self._hears: Mapping[type[Any], tuple[Hears, ...]] = {
            StockTaken: (boxes.stock, ships.stock),
            ShipBerthed: (ships.berthed,),
            ShipSailed: (ships.sailed, boxes.sailed),
            QueuesChanged: (ships.queues_changed,),
            MoveReleased: (work.released,),
            MoveDone: (work.move_done,),
            TruckAssigned: (work.assigned,),
            JobGiven: (work.given,),
            JobDone: (work.job_ended,),
            JobTakenBack: (work.job_ended,),
            CraneTravelled: (cranes.travelled,),
            BoxesLifted: (work.crane_worked, reach.lifted, ships.lifted, boxes.lifted),
            BoxesLanded: (work.crane_worked, reach.landed, ships.landed, boxes.landed),
            LidLifted: (work.crane_worked, ships.lid_lifted),
            LidLanded: (work.crane_worked, ships.lid_landed),
            TripBooked: (work.booked, trucks.booked),
            TruckStood: (trucks.stood,),
            TruckLeft: (boxes.truck_left, trucks.left),
            MachineStopped: (service.stopped,),
            MachineResumed: (service.resumed,),
            Waited: (work.waited,),
            EnergyUsed: (work.used, batteries.used),
            BatteryRead: (batteries.read,),
            WorkRefused: (work.refused,),
            MoveHandedOver: (work.handed_over,),
            TruckTowed: (service.takes_in_tow,),
        }

    def expect(self, call: VesselCall, plan: LoadingPlan) -> None:
        """A call and its plan that became known while the run was under way, before she berths."""
        self._ships.expect(call, plan)

    def hear(self, event: RunEvent) -> None:
        """The next event of the log."""
        book = self.book
        book.event += 1
        book.at_ms = event.at_ms
        self._trucks.time_goes_by(event.at_ms)
        self._work.time(event)
        for hear in self._hears.get(type(event), ()):
            hear(event)

    def over(self) -> RunJudgement:
        """The log ends here."""
        self._trucks.time_goes_by(None)
        for part in (self._cranes, self._boxes, self._ships, self._work):
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
