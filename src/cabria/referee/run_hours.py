"""What a run came to hour by hour, from its log alone: each quay crane's work and waiting, and what trucks were at.

A truck is busy from the first job it is given for a move until its bed is empty or the move done; while busy it drives
when it has a job under way, and waits otherwise. The last hour is as long as the log.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from cabria.domain.containers import ContainerId
from cabria.domain.layout import Layout
from cabria.domain.run_events import (
    BoxesLanded,
    BoxesLifted,
    EnergyUsed,
    JobDone,
    JobGiven,
    JobTakenBack,
    LidLanded,
    MachineResumed,
    MachineStopped,
    MoveDone,
    MoveReleased,
    OnTruck,
    RunEvent,
    TruckLeft,
    TruckStood,
    Waited,
)

HOUR_MS = 3_600_000


@dataclass(frozen=True, slots=True)
class CraneHour:
    """One quay crane in one hour of the run; `call` is the last it worked for, `waiting_ms` by cause."""

    hour: int
    crane: str
    call: str
    moves: int
    lids: int
    stopped_ms: int
    waiting_ms: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class TruckHour:
    """The driverless trucks in one hour, in milliseconds of all of them, visitors inside at its end, and Wh used by
    all machines. `waiting_ms` and `driving_ms` together are the time they were busy.
    """

    hour: int
    present_ms: int
    driving_ms: int
    waiting_ms: int
    stopped_ms: int
    visitors: int
    wh: int


@dataclass(slots=True)
class _Truck:
    is_visitor: bool
    since_ms: int
    state: str = "idle"
    move: str = ""
    jobs: set[str] = field(default_factory=set)
    boxes: set[ContainerId] = field(default_factory=set)


class HourCounter:
    """Hears the events of a run one by one; `crane_hours` and `truck_hours` say what they came to. With another
    `step_ms` the hours are as long as that."""

    def __init__(self, layout: Layout, step_ms: int = HOUR_MS) -> None:
        self._step_ms = step_ms
        self._quay = {crane.id for crane in layout.terminal.quay_cranes}
        self._now_ms = 0
        self._trucks: dict[str, _Truck] = {}
        self._truck_of: dict[str, str] = {}
        self._jobs: dict[str, JobGiven] = {}
        self._call_of: dict[str, str] = {}
        self._stopped: dict[str, int] = {}
        self._visitors = 0
        self._visitors_at: dict[int, int] = {}
        self._truck_ms: dict[int, Counter[str]] = defaultdict(Counter)
        self._wh: Counter[int] = Counter()
        self._crane: dict[tuple[int, str], Counter[str]] = defaultdict(Counter)
        self._waiting_ms: dict[tuple[int, str], Counter[str]] = defaultdict(Counter)
        self._calls_at: dict[tuple[int, str], str] = {}
        self._hears: Mapping[type[Any], Any] = {
            MoveReleased: self._released,
            MoveDone: self._move_done,
            JobGiven: self._given,
            JobDone: self._ended,
            JobTakenBack: self._ended,
            BoxesLifted: self._lifted,
            BoxesLanded: self._landed,
            LidLanded: self._lid_landed,
            TruckStood: self._stood,
            TruckLeft: self._left,
            MachineStopped: self._machine_stopped,
            MachineResumed: self._machine_resumed,
            Waited: self._waited,
            EnergyUsed: self._used,
        }

    def hear(self, event: RunEvent) -> None:
        """The next event of the log."""
        for hour in range(self._hour(self._now_ms), self._hour(event.at_ms)):
            self._visitors_at[hour] = self._visitors
        self._now_ms = max(self._now_ms, event.at_ms)
        hear = self._hears.get(type(event))
        if hear is not None:
            hear(event)

    def _stood(self, event: TruckStood) -> None:
        self._trucks[event.truck] = _Truck(event.is_visitor, event.at_ms)
        self._visitors += event.is_visitor

    def _left(self, event: TruckLeft) -> None:
        truck = self._trucks.pop(event.truck, None)
        if truck is not None:
            self._visitors -= truck.is_visitor
            self._turn(truck, "")

    def _turn(self, truck: _Truck, state: str) -> None:
        """A truck goes over from one state to another now."""
        if not truck.is_visitor:
            for hour, ms in self._by_hour(truck.since_ms, self._now_ms):
                self._truck_ms[hour][truck.state] += ms
        truck.since_ms, truck.state = self._now_ms, state

    def _look_at(self, truck: _Truck) -> None:
        state = "idle" if not truck.move else "driving" if truck.jobs else "waiting"
        if state != truck.state:
            self._turn(truck, state)

    def _released(self, event: MoveReleased) -> None:
        if event.queue and event.call:
            self._call_of[event.queue] = event.call

    def _given(self, event: JobGiven) -> None:
        truck = self._trucks.get(event.machine)
        if truck is None:
            return
        self._jobs[event.job] = event
        if event.move:
            truck.move = event.move
            truck.jobs.add(event.job)
            self._truck_of[event.move] = event.machine
        self._look_at(truck)

    def _ended(self, event: JobDone | JobTakenBack) -> None:
        job = self._jobs.pop(event.job, None)
        truck = self._trucks.get(job.machine) if job is not None else None
        if truck is not None:
            truck.jobs.discard(event.job)
            self._look_at(truck)

    def _move_done(self, event: MoveDone) -> None:
        truck = self._trucks.get(self._truck_of.pop(event.move, ""))
        if truck is not None and truck.move == event.move:
            self._frees(truck)

    def _frees(self, truck: _Truck) -> None:
        truck.move = ""
        self._look_at(truck)

    def _lifted(self, event: BoxesLifted) -> None:
        for box, place in zip(event.containers, event.places, strict=False):
            truck = self._trucks.get(place.truck) if isinstance(place, OnTruck) else None
            if truck is not None:
                truck.boxes.discard(box)
                if not truck.boxes:
                    self._frees(truck)

    def _landed(self, event: BoxesLanded) -> None:
        for box, place in zip(event.containers, event.places, strict=False):
            truck = self._trucks.get(place.truck) if isinstance(place, OnTruck) else None
            if truck is not None:
                truck.boxes.add(box)
        if event.crane in self._quay:
            self._crane_worked(event.crane)["moves"] += len(event.containers)

    def _lid_landed(self, event: LidLanded) -> None:
        self._crane_worked(event.crane)["lids"] += 1

    def _crane_worked(self, crane: str) -> Counter[str]:
        at = self._hour(self._now_ms), crane
        self._calls_at[at] = self._call_of.get(crane, "")
        return self._crane[at]

    def _machine_stopped(self, event: MachineStopped) -> None:
        self._stopped[event.machine] = event.at_ms

    def _machine_resumed(self, event: MachineResumed) -> None:
        since_ms = self._stopped.pop(event.machine, None)
        if since_ms is not None:
            self._count_stop(event.machine, since_ms)

    def _count_stop(self, machine: str, since_ms: int) -> None:
        for hour, ms in self._by_hour(since_ms, self._now_ms):
            if machine in self._quay:
                self._crane[hour, machine]["stopped_ms"] += ms
            elif machine in self._trucks and not self._trucks[machine].is_visitor:
                self._truck_ms[hour]["stopped"] += ms

    def _waited(self, event: Waited) -> None:
        for hour, ms in self._by_hour(event.since_ms, event.at_ms):
            self._waiting_ms[hour, event.crane][event.cause] += ms
            self._calls_at.setdefault((hour, event.crane), self._call_of.get(event.crane, ""))

    def _used(self, event: EnergyUsed) -> None:
        self._wh[self._hour(event.at_ms)] += max(0, event.wh)

    def over(self) -> None:
        """Count up to now, as if the log ended here."""
        for truck in self._trucks.values():
            self._turn(truck, truck.state)
        for machine, since_ms in self._stopped.items():
            self._count_stop(machine, since_ms)
            self._stopped[machine] = self._now_ms
        self._visitors_at[self._hour(self._now_ms)] = self._visitors

    def crane_hours(self) -> tuple[CraneHour, ...]:
        """Every hour in which a quay crane worked, waited or was out of service, by hour and crane."""
        return tuple(
            CraneHour(
                *at,
                self._calls_at.get(at, ""),
                self._crane[at]["moves"],
                self._crane[at]["lids"],
                self._crane[at]["stopped_ms"],
                dict(self._waiting_ms[at].most_common()),
            )
            for at in sorted({*self._crane, *self._waiting_ms})
        )

    def truck_hours(self) -> tuple[TruckHour, ...]:
        """Every hour up to the last, in order."""
        return tuple(
            TruckHour(
                hour,
                sum(counts[state] for state in ("idle", "driving", "waiting")),
                counts["driving"],
                counts["waiting"],
                counts["stopped"],
                self._visitors_at.get(hour, 0),
                self._wh[hour],
            )
            for hour in range(-(-self._now_ms // self._step_ms))
            for counts in (self._truck_ms[hour],)
        )

    def _hour(self, at_ms: int) -> int:
        """What happens at the full hour belongs to the one that ends."""
        return max(0, at_ms - 1) // self._step_ms

    def _by_hour(self, from_ms: int, until_ms: int) -> Iterator[tuple[int, int]]:
        """The hours that a span of time lies in, and how much of it in each."""
        while from_ms < until_ms:
            hour = from_ms // self._step_ms
            end_ms = min(until_ms, (hour + 1) * self._step_ms)
            yield hour, end_ms - from_ms
            from_ms = end_ms
