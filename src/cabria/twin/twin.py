"""A terminal in simulated time: its agenda, its machines, and the operations that run it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from random import Random

from cabria.domain.errors import DataError
from cabria.domain.layout import Layout, SegmentId
from cabria.domain.machines import TruckModel, YardCraneModel
from cabria.domain.run_events import MachineResumed, MachineStopped, RunEvent
from cabria.domain.stands import StandKind
from cabria.operations.control import Control
from cabria.operations.desk import Gateways
from cabria.operations.gateways import DurableJournal, Journal
from cabria.operations.journaling import JournaledControl
from cabria.operations.settings import Settings
from cabria.planning.dispatch.traffic.lane_book import LaneBook
from cabria.planning.dispatch.traffic.lanes import Lanes
from cabria.twin.agenda import Agenda
from cabria.twin.failures import Failures, Reliability
from cabria.twin.quay_cranes import Spread, TwinQuayCranes
from cabria.twin.ships import Ships
from cabria.twin.stops import Stops
from cabria.twin.trucks import TwinTrucks
from cabria.twin.visitors import Visitors
from cabria.twin.weather import OutOfService, Weather, Wind
from cabria.twin.yard_cranes import TwinYardCranes


@dataclass(frozen=True, slots=True)
class Fleet:
    """The machines of a run, how much quay crane cycles differ, how often what breaks down, and how often wind stops
    the quay cranes."""

    trucks: int = 40
    truck: TruckModel = field(default_factory=TruckModel)
    yard_crane: YardCraneModel = field(default_factory=YardCraneModel)
    yard_paces: Mapping[str, float] = field(default_factory=dict)
    """Yard cranes that are slower or quicker than their model: what their work takes of what it says."""
    spread: Spread = field(default_factory=Spread)
    truck_reliability: Reliability | None = None
    quay_crane_reliability: Reliability | None = None
    yard_crane_reliability: Reliability | None = None
    wind: Wind | None = None
    least_charge: float = 0.5
    """Share of its battery with which a truck begins the run at least; each its own, up to full."""

    def charged_wh(self, seed: str) -> int:
        """What a truck's battery holds at the start."""
        share = self.least_charge + (1 - self.least_charge) * Random(seed).random()
        return round(share * self.truck.battery_wh)


class EventLog:
    """All events of a run, in memory."""

    def __init__(self) -> None:
        self.events: list[RunEvent] = []

    def record(self, event: RunEvent) -> None:
        self.events.append(event)


class Twin:
    """`control` is told what there is and which ships berth; `run` lets time go by; `log` is what happened."""

    def __init__(
        self,
        layout: Layout,
        settings: Settings,
        fleet: Fleet,
        seed: int = 0,
        log: Journal | None = None,
        journal: DurableJournal | None = None,
    ) -> None:
        """With a `log` of its own, events go there and are not kept in memory. With a `journal`, an empty one, all that
        comes in and all that follows from it is written there too."""
        self.agenda, self.log = Agenda(), EventLog()
        self.stops = stops = Stops(self.agenda)
        cranes = {crane.id: crane for crane in layout.terminal.quay_cranes}
        self.trucks = trucks = TwinTrucks(self.agenda, layout, fleet.truck, self.hear)
        self.quay_cranes = TwinQuayCranes(self.agenda, cranes, self.hear, stops, trucks, seed, fleet.spread)
        self.yard_cranes = TwinYardCranes(
            self.agenda, layout, fleet.yard_crane, self.hear, stops, trucks, fleet.yard_paces
        )
        out = Gateways(
            alarms=self.agenda,
            journal=self.log if log is None else log,
            quay_cranes=self.quay_cranes,
            yard_cranes=self.yard_cranes,
            trucks=trucks,
        )
        lanes = LaneBook(Lanes.of_layout(layout, fleet.truck))
        self.control = (
            Control(layout, lanes, out, settings, fleet.truck)
            if journal is None
            else JournaledControl.over(layout, settings, fleet.truck, lanes, out, journal)
        )
        for number, stand in enumerate(_parked(layout, fleet.trucks), 1):
            self.control.add_truck(f"T{number:02}", stand)
            trucks.stands_at(f"T{number:02}", self.control.desk.board.stand_number[SegmentId(stand)])
            if layout.stands_of(StandKind.CHARGER):
                trucks.has_battery(f"T{number:02}", fleet.charged_wh(f"{seed}/battery/T{number:02}"))
        out_of_service = OutOfService(self.hear)
        self.failures = Failures(self.agenda, out_of_service.hear, seed)
        self.weather = Weather(self.agenda, out_of_service.hear, seed)
        self.visitors = Visitors(self.agenda, self.control)
        self.ships = Ships(self.agenda, self.control, seed)
        board = self.control.desk.board
        for machines, reliability in (
            (board.trucks, fleet.truck_reliability),
            (board.quay_cranes, fleet.quay_crane_reliability),
            (board.yard_cranes, fleet.yard_crane_reliability),
        ):
            if reliability is not None:
                self.failures.expect(machines, reliability)
        if fleet.wind is not None:
            self.weather.expect(board.quay_cranes, fleet.wind)

    @property
    def now_ms(self) -> int:
        return self.agenda.now_ms

    def hear(self, event: RunEvent) -> None:
        """What machines report."""
        self.control.hear(event)
        if isinstance(event, MachineStopped):
            self.stops.stop(event.machine)
        elif isinstance(event, MachineResumed):
            self.stops.resume(event.machine)

    def run(self, until_ms: int) -> int:
        """Let simulated time go by; returns how many entries of the agenda happened."""
        return self.agenda.run(until_ms)

    @property
    def is_idle(self) -> bool:
        """Whether every queue is done."""
        return all(crane.next >= len(crane.steps) for crane in self.control.desk.board.quay_cranes.values())


def _parked(layout: Layout, trucks: int) -> Iterable[str]:
    """Stands for so many trucks. Raises DataError when there are not enough."""
    stands = layout.stands_of(StandKind.PARKING)
    if trucks > len(stands):
        raise DataError(
            f"{trucks} trucks find {len(stands)} parking stands on layout {layout.name}.",
            remedy="Take fewer trucks, or a layout with more parking.",
        )
    return (stand.id for stand in stands[:trucks])
