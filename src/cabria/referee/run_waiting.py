"""What trucks spent their time on, and what became of a box while a quay crane waited for it; from the log alone.

A truck's time is cut into legs. While a quay crane waits for a truck, the minute is put down to the leg in which the
truck with that box is in that minute; with no truck on it, to `NO_TRUCK`. A crane that waits for something else (other
cranes, a repair) waits for what the log says. Between two segments a truck takes as long as the limits allow; what it
takes longer is put down to the lanes.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from itertools import pairwise
from typing import Any

from cabria.domain.containers import ContainerId
from cabria.domain.layout import Layout, Segment, SegmentId
from cabria.domain.machines import TruckModel
from cabria.domain.positions import YardPosition
from cabria.domain.run_events import (
    BoxesLanded,
    BoxesLifted,
    JobDone,
    JobGiven,
    JobTakenBack,
    MoveDone,
    MoveReleased,
    OnTruck,
    Place,
    RunEvent,
    StockTaken,
    TripBooked,
    TruckAssigned,
    TruckStood,
    Waited,
)
from cabria.domain.stands import StandKind


class Leg(StrEnum):
    """What a truck's time goes into."""

    NO_MOVE = "nothing to do"
    EMPTY = "truck drives empty"
    LOADED = "truck drives loaded"
    LANE = "lanes taken by others"
    STAND = "stands taken by others"
    YARD_QUEUE = "yard crane has other work"
    DIG = "yard crane digs"
    YARD_WORK = "yard crane at work"
    QUAY_TURN = "not its turn at the quay crane"
    QUAY_WORK = "quay crane at work"
    NO_TRUCK = "no truck free"
    """Of a box only."""


FOR_A_TRUCK = ("no truck", "truck with the box under way", "box still in the yard", "empty truck under way")
"""Causes of waiting that the box's own story explains."""


@dataclass(slots=True)
class _Truck:
    segment: Segment | None
    since_ms: int
    leg: Leg = Leg.NO_MOVE
    move: str = ""
    boxes: set[ContainerId] = field(default_factory=set)
    trip: str = ""
    """The job it drives for."""
    coming: list[tuple[int, bool]] = field(default_factory=list)
    """On its trip: from when on it drives (true) or is held up by others."""


class TruckDiary:
    """Hears the events of a run one by one. `truck_ms` is the time of driverless trucks by leg, `crane_ms` by quay
    crane what its waiting is put down to, since it was last taken away with `pop_waiting`."""

    def __init__(self, layout: Layout, model: TruckModel | None = None) -> None:
        self._layout, self._model = layout, model or TruckModel()
        self._quay = {crane.id for crane in layout.terminal.quay_cranes}
        self.truck_ms: Counter[Leg] = Counter()
        self._trucks: dict[str, _Truck] = {}
        self._truck_of: dict[str, str] = {}
        self._boxes_of: dict[str, tuple[ContainerId, ...]] = {}
        self._place: dict[ContainerId, Place] = {}
        self._jobs: dict[str, JobGiven] = {}
        self._crane_jobs: Counter[str] = Counter()
        """By move: jobs of cranes under way."""
        self._spans: dict[str, list[tuple[int, int, Leg]]] = defaultdict(list)
        self._unexplained: dict[str, list[Waited]] = defaultdict(list)
        self._crane_move: dict[str, str] = {}
        self._crane_ms: dict[str, Counter[str]] = defaultdict(Counter)
        self._now_ms = 0
        self._hears: Mapping[type[Any], Any] = {
            StockTaken: self._stock,
            MoveReleased: self._released,
            MoveDone: self._move_done,
            TruckStood: self._stood,
            TruckAssigned: self._assigned,
            TripBooked: self._booked,
            JobGiven: self._given,
            JobDone: self._ended,
            JobTakenBack: self._ended,
            BoxesLifted: self._lifted,
            BoxesLanded: self._landed,
            Waited: self._waited,
        }

    def hear(self, event: RunEvent) -> None:
        """The next event of the log."""
        hear = self._hears.get(type(event))
        self._now_ms = max(self._now_ms, event.at_ms)
        if hear is not None:
            hear(event)

    def waiting(self, crane: str) -> Counter[str]:
        """What the waiting of a quay crane so far is put down to."""
        found = Counter(self._crane_ms.get(crane, {}))
        for wait in self._unexplained.get(crane, ()):
            found[wait.cause] += wait.at_ms - wait.since_ms
        return found

    def pop_waiting(self, crane: str) -> Counter[str]:
        """The same, and nothing is left of it."""
        found = self.waiting(crane)
        self._unexplained.pop(crane, None)
        self._crane_ms.pop(crane, None)
        return found

    def count_from(self, at_ms: int) -> None:
        """What went by until then no longer counts."""
        self._now_ms = max(self._now_ms, at_ms)
        self.over()
        self.truck_ms.clear()
        self._crane_ms.clear()
        self._unexplained.clear()

    def over(self) -> None:
        """Count trucks up to now, as if the log ended here."""
        for truck in self._trucks.values():
            self._catch_up(truck)
            self._close(truck, self._now_ms)

    def _stock(self, event: StockTaken) -> None:
        for box in event.boxes:
            self._place[box.container] = box.place

    def _released(self, event: MoveReleased) -> None:
        self._boxes_of[event.move] = event.containers

    def _move_done(self, event: MoveDone) -> None:
        self._boxes_of.pop(event.move, None)
        self._spans.pop(event.move, None)
        self._crane_jobs.pop(event.move, None)

    def _stood(self, event: TruckStood) -> None:
        if not event.is_visitor:
            self._trucks[event.truck] = _Truck(self._segment(event.stand), event.at_ms)

    def _segment(self, name: str) -> Segment | None:
        return self._layout.segment_by_id.get(SegmentId(name))

    def _assigned(self, event: TruckAssigned) -> None:
        truck = self._trucks.get(event.truck)
        if truck is not None:
            self._catch_up(truck)
            self._close(truck, event.at_ms)
            truck.move = event.move
            self._truck_of[event.move] = event.truck
            self._look_at(truck)

    def _booked(self, event: TripBooked) -> None:
        truck = self._trucks.get(event.truck)
        segments = [self._segment(name) for name, *_ in event.windows]
        if truck is None or None in segments:
            return
        self._catch_up(truck)
        truck.segment = segments[-1]
        truck.coming = []
        for number, ((_, enter_ms, _), (_, after_ms, _)) in enumerate(pairwise(event.windows)):
            from_ms = max(event.at_ms, enter_ms if number else 0)
            if after_ms <= from_ms:
                continue
            free_ms = (from_ms if not number else max(from_ms, enter_ms)) + self._pass_ms(segments[number])
            truck.coming.append((from_ms, True))
            if after_ms > free_ms:
                truck.coming.append((free_ms, False))
        if event.windows:
            truck.coming.append((max(event.at_ms, event.windows[-1][1]), True))
        self._catch_up(truck)

    def _pass_ms(self, segment: Segment | None) -> int:
        if segment is None:
            return 0
        drive = self._model.drive
        speed = min(segment.speed_mm_per_s, drive.speed_mm_per_s)
        start_ms = -(-500 * speed // drive.acceleration_mm_per_s2) if segment.stand is not None else 0
        return -(-1_000 * segment.length_mm // speed) + start_ms

    def _given(self, event: JobGiven) -> None:
        self._jobs[event.job] = event
        truck = self._trucks.get(event.machine)
        if truck is not None:
            truck.trip = event.job
            if event.move and event.move != truck.move:
                self._assigned(TruckAssigned(event.at_ms, event.move, event.machine, event.reason))
                self._turn(truck, event.at_ms, self._driving(truck))
        elif event.move:
            self._crane_jobs[event.move] += 1
            if event.machine in self._quay:
                self._crane_move[event.machine] = event.move
                for wait in self._unexplained.pop(event.machine, ()):
                    self._put_down(wait, event.move)
            self._look_at_trucks_of(event.move)

    def _ended(self, event: JobDone | JobTakenBack) -> None:
        job = self._jobs.pop(event.job, None)
        if job is None:
            return
        truck = self._trucks.get(job.machine)
        if truck is not None:
            self._catch_up(truck)
            if truck.trip == event.job:
                truck.trip, truck.coming = "", []
            self._look_at(truck)
            return
        if job.move in self._crane_jobs:
            self._crane_jobs[job.move] -= 1
        self._crane_move.pop(job.machine, None)
        self._look_at_trucks_of(job.move)

    def _look_at_trucks_of(self, move: str) -> None:
        """A crane began or ended something for a move: its truck, or the truck for whose box it digs."""
        truck = self._trucks.get(self._truck_of.get(move, ""))
        if truck is not None:
            self._look_at(truck)
            return
        for box in self._boxes_of.get(move, ()):
            here = self._place.get(box)
            for other in self._trucks.values():
                if (
                    isinstance(here, YardPosition)
                    and other.move
                    and any(_is_over(here, self._place.get(wanted)) for wanted in self._boxes_of.get(other.move, ()))
                ):
                    self._look_at(other)

    def _lifted(self, event: BoxesLifted) -> None:
        for box, place in zip(event.containers, event.places, strict=False):
            truck = self._trucks.get(place.truck) if isinstance(place, OnTruck) else None
            if truck is None:
                continue
            truck.boxes.discard(box)
            if not truck.boxes and truck.move:
                self._catch_up(truck)
                self._close(truck, event.at_ms)
                self._truck_of.pop(truck.move, None)
                truck.move = ""
                self._look_at(truck)

    def _landed(self, event: BoxesLanded) -> None:
        for box, place in zip(event.containers, event.places, strict=False):
            self._place[box] = place
            truck = self._trucks.get(place.truck) if isinstance(place, OnTruck) else None
            if truck is not None:
                truck.boxes.add(box)
                self._look_at(truck)

    def _look_at(self, truck: _Truck) -> None:
        """Which leg a truck is in from now on, when it stands still."""
        self._catch_up(truck)
        if not truck.trip:
            self._turn(truck, self._now_ms, self._at_rest(truck))

    def _at_rest(self, truck: _Truck) -> Leg:
        if not truck.move:
            return Leg.NO_MOVE
        stand = truck.segment.stand if truck.segment is not None else None
        kind = None if stand is None else stand.kind
        is_worked = self._crane_jobs[truck.move] > 0
        to_fetch = [
            p for box in self._boxes_of.get(truck.move, ()) if isinstance(p := self._place.get(box), YardPosition)
        ]
        if kind is StandKind.QUAY and not to_fetch:
            return Leg.QUAY_WORK if is_worked else Leg.QUAY_TURN
        if stand is None or kind is not StandKind.YARD:
            return Leg.STAND
        if to_fetch and not any(stand.serves_bay(place.block, place.bay) for place in to_fetch):
            return Leg.STAND
        if is_worked:
            return Leg.YARD_WORK
        return Leg.DIG if any(self._is_dug(place) for place in to_fetch) else Leg.YARD_QUEUE

    def _is_dug(self, wanted: YardPosition) -> bool:
        return any(
            _is_over(self._place.get(box), wanted)
            for job in self._jobs.values()
            if job.machine not in self._trucks and job.move
            for box in self._boxes_of.get(job.move, ())
        )

    def _catch_up(self, truck: _Truck) -> None:
        """Enter what a truck on its way has passed by now."""
        while truck.coming and truck.coming[0][0] <= self._now_ms:
            at_ms, drives = truck.coming.pop(0)
            leg = Leg.NO_MOVE if not truck.move else Leg.LANE if not drives else self._driving(truck)
            self._turn(truck, at_ms, leg)

    def _driving(self, truck: _Truck) -> Leg:
        return Leg.LOADED if truck.boxes else Leg.EMPTY

    def _turn(self, truck: _Truck, at_ms: int, leg: Leg) -> None:
        if leg is not truck.leg:
            self._close(truck, at_ms)
            truck.leg = leg

    def _close(self, truck: _Truck, at_ms: int) -> None:
        if at_ms > truck.since_ms:
            self.truck_ms[truck.leg] += at_ms - truck.since_ms
            if truck.move:
                self._spans[truck.move].append((truck.since_ms, at_ms, truck.leg))
        truck.since_ms = max(truck.since_ms, at_ms)

    def _waited(self, event: Waited) -> None:
        move = self._crane_move.get(event.crane)
        if move is None:
            self._unexplained[event.crane].append(event)
        else:
            self._put_down(event, move)

    def _put_down(self, wait: Waited, move: str) -> None:
        """Explain waiting by the legs of the move that was waited for."""
        account, left_ms = self._crane_ms[wait.crane], wait.at_ms - wait.since_ms
        if wait.cause not in FOR_A_TRUCK:
            account[wait.cause] += left_ms
            return
        spans = self._spans.get(move, [])
        truck = self._trucks.get(self._truck_of.get(move, ""))
        if truck is not None:
            self._catch_up(truck)
            spans = [*spans, (truck.since_ms, wait.at_ms, truck.leg)]
        for from_ms, until_ms, leg in spans:
            shared_ms = min(until_ms, wait.at_ms) - max(from_ms, wait.since_ms)
            if shared_ms > 0:
                account[leg] += shared_ms
                left_ms -= shared_ms
        if left_ms > 0:
            account[Leg.NO_TRUCK] += left_ms


def _is_over(one: Place | None, other: Place | None) -> bool:
    """Whether a place is above another on one stack of the yard."""
    return (
        isinstance(one, YardPosition)
        and isinstance(other, YardPosition)
        and (one.block, one.bay, one.row) == (other.block, other.bay, other.row)
        and one.tier > other.tier
    )
