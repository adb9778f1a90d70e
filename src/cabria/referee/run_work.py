"""Jobs and moves of a run, time, energy and waiting: what was begun is ended, once, and what was used is told."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from cabria.domain.positions import YardPosition
from cabria.domain.run_events import (
    Aboard,
    BoxesLanded,
    BoxesLifted,
    EnergyUsed,
    JobDone,
    JobGiven,
    JobTakenBack,
    LidLanded,
    LidLifted,
    MoveDone,
    MoveDropped,
    MoveHandedOver,
    MoveKind,
    MoveReleased,
    OnTruck,
    RunEvent,
    TripBooked,
    TruckAssigned,
    Waited,
    WorkRefused,
)
from cabria.referee.run_boxes import Boxes
from cabria.referee.run_charging import Charging
from cabria.referee.run_cranes import Cranes, QuayDrive
from cabria.referee.run_rules import ENERGY, JOB, KNOWN, MOVE, OPEN, TIME, WAIT, Notebook
from cabria.referee.run_service import Service
from cabria.referee.run_trucks import Trucks

ENDS_IN: dict[MoveKind, tuple[type[Any], ...]] = {
    MoveKind.LOAD: (Aboard,),
    MoveKind.DISCHARGE: (YardPosition,),
    MoveKind.RESTOW: (Aboard, YardPosition),
    MoveKind.GATE_IN: (YardPosition,),
    MoveKind.GATE_OUT: (OnTruck,),
    MoveKind.REHANDLE: (YardPosition,),
    MoveKind.HOUSEKEEPING: (YardPosition,),
}


@dataclass
class Work:
    """`open_jobs` and `open_moves` are those under way."""

    book: Notebook
    service: Service
    boxes: Boxes
    trucks: Trucks
    cranes: Cranes
    charging: Charging
    open_jobs: dict[str, JobGiven] = field(default_factory=dict)
    open_moves: dict[str, MoveReleased] = field(default_factory=dict)
    _jobs: set[str] = field(default_factory=set)
    _moves: set[str] = field(default_factory=set)
    _last_ms: int = 0
    _worked: set[str] = field(default_factory=set)
    _used: set[str] = field(default_factory=set)
    _worked_ms: dict[str, int] = field(default_factory=dict)
    _waited_ms: dict[str, int] = field(default_factory=dict)

    def time(self, event: RunEvent) -> None:
        if event.at_ms < self._last_ms:
            self.book.broken(TIME, f"It stands after an event {self._last_ms - event.at_ms} ms later.")
        self._last_ms = max(self._last_ms, event.at_ms)

    def released(self, event: MoveReleased) -> None:
        if event.move in self._moves:
            self.book.broken(MOVE, "The move is released a second time.", event.move)
            return
        for box in event.containers:
            if box not in self.boxes.where:
                self.book.broken(KNOWN, "There is no such box.", event.move, box)
        self._moves.add(event.move)
        self.open_moves[event.move] = event

    def move_done(self, event: MoveDone) -> None:
        move = self.open_moves.pop(event.move, None)
        if move is None:
            what = "done a second time" if event.move in self._moves else "done but was never released"
            self.book.broken(MOVE, f"The move is {what}.", event.move)
            return
        for box in move.containers:
            place = self.boxes.where.get(box)
            if not isinstance(place, ENDS_IN[move.kind]):
                text = f"The move ({move.kind}) is said to be done, but the box is {place}."
                self.book.broken(MOVE, text, event.move, box)

    def move_dropped(self, event: MoveDropped) -> None:
        """Its boxes stand in the yard or aboard; what is on a truck or in a crane is another move's."""
        move = self.open_moves.pop(event.move, None)
        if move is None:
            self.book.broken(MOVE, "The move is dropped but is not under way.", event.move)
            return
        others = {box for other in self.open_moves.values() for box in other.containers}
        for box in move.containers:
            place = self.boxes.where.get(box)
            if box not in others and not isinstance(place, (YardPosition, Aboard)):
                self.book.broken(MOVE, f"The move is dropped while the box is {place}.", event.move, box)

    def assigned(self, event: TruckAssigned) -> None:
        if event.truck not in self.trucks.windows:
            self.book.broken(KNOWN, "There is no such truck.", event.truck)
        if event.move not in self.open_moves:
            self.book.broken(MOVE, f"Truck {event.truck} is to carry it, but it is not under way.", event.move)

    def given(self, event: JobGiven) -> None:
        if event.job in self._jobs:
            self.book.broken(JOB, "The job is given a second time.", event.job)
        if event.machine not in self.service.machines:
            self.book.broken(KNOWN, f"There is no machine {event.machine!r:.60}.", event.job)
        if event.move and event.move not in self.open_moves:
            self.book.broken(JOB, f"It is given for move {event.move}, which is not under way.", event.job)
        self._jobs.add(event.job)
        self.open_jobs[event.job] = event

    def job_ended(self, event: JobDone | JobTakenBack) -> None:
        if self.open_jobs.pop(event.job, None) is None:
            what = "ends a second time" if event.job in self._jobs else "ends but was never given"
            self.book.broken(JOB, f"The job {what}.", event.job)

    def crane_worked(self, event: BoxesLifted | BoxesLanded | LidLifted | LidLanded) -> None:
        self._worked.add(event.crane)
        self._worked_ms[event.crane] = event.at_ms

    def waited(self, event: Waited) -> None:
        if not isinstance(self.cranes.drives.get(event.crane), QuayDrive):
            self.book.broken(KNOWN, "There is no such quay crane.", event.crane)
        if event.since_ms > event.at_ms:
            self.book.broken(TIME, "Its waiting ends before it begins.", event.crane)
        if event.since_ms < self._worked_ms.get(event.crane, 0):
            self.book.broken(WAIT, "It worked while it is said to have waited.", event.crane)
        if event.since_ms < self._waited_ms.get(event.crane, 0):
            self.book.broken(WAIT, "It waited for something else at that time.", event.crane)
        self._waited_ms[event.crane] = max(event.at_ms, self._waited_ms.get(event.crane, 0))

    def booked(self, event: TripBooked) -> None:
        if len(event.windows) > 1:
            self._worked.add(event.truck)

    def handed_over(self, event: MoveHandedOver) -> None:
        """A truck gives a move back only while it has none of its boxes."""
        move = self.open_moves.get(event.move)
        if move is None:
            self.book.broken(MOVE, "The move is handed over but is not under way.", event.move)
            return
        for box in move.containers:
            place = self.boxes.where.get(box)
            if isinstance(place, OnTruck) and place.truck == event.truck:
                self.book.broken(MOVE, f"The move is handed over by {event.truck}, which has the box.", event.move, box)

    def refused(self, event: WorkRefused) -> None:
        if event.truck not in self.trucks.windows:
            self.book.broken(KNOWN, "There is no such truck.", event.truck)

    def used(self, event: EnergyUsed) -> None:
        if event.machine not in self.service.machines:
            self.book.broken(KNOWN, "There is no such machine.", event.machine)
        if event.wh >= 0:
            self._used.add(event.machine)
            return
        most_wh = self.charging.left_wh(event.machine, event.at_ms)
        self.charging.took(event)
        if most_wh is None:
            self.book.broken(ENERGY, f"It takes in {-event.wh:,} Wh where there is no charger.", event.machine)
            return
        if -event.wh > most_wh:
            text = f"It takes in {-event.wh:,} Wh in a time in which the charger gives {most_wh:,} Wh."
            self.book.broken(ENERGY, text, event.machine)

    def over(self) -> None:
        for machine in sorted(self._worked - self._used):
            if machine in self.service.machines and machine not in self.trucks.visitors:
                self.book.broken(ENERGY, "It worked and no energy was accounted for it.", machine)
        for job in self.open_jobs.values():
            self.book.broken(OPEN, f"The job, given to {job.machine}, was not ended.", job.job)
        for move in self.open_moves.values():
            self.book.broken(OPEN, f"The move ({move.kind}) was not ended.", move.move)
