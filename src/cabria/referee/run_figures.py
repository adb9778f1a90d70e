"""What a run achieved: key figures from its log, by the definitions of TIC 4.0 where it has one.

Gross moves per hour of a crane are boxes it handed over between ship and shore, by the hours from its first work of a
call to its last, waiting and travelling included. Gross berth hours run from first line fast to last line released (or
the log's end) with nothing deducted. A lid is no move, and a restow over the quay is two. Shares are of 1; a figure of
which there is none is None.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from cabria.domain.calls import VesselCall
from cabria.domain.containers import ContainerId
from cabria.domain.layout import Layout, SegmentId
from cabria.domain.plan import LoadingPlan
from cabria.domain.positions import YardPosition
from cabria.domain.run_events import (
    BoxesLanded,
    BoxesLifted,
    EnergyUsed,
    JobDone,
    JobGiven,
    JobTakenBack,
    LidLanded,
    LidLifted,
    MoveDone,
    MoveKind,
    MoveReleased,
    OnTruck,
    RunEvent,
    ShipBerthed,
    ShipSailed,
    StockTaken,
    TripBooked,
    TruckLeft,
    TruckStood,
    Waited,
)
from cabria.referee.run_waiting import TruckDiary

HOUR_MS = 3_600_000


@dataclass(frozen=True, slots=True)
class QuayCraneFigures:
    """One quay crane at one call. `planned_s` is the end of its queue, None where it has none."""

    crane: str
    call: str
    moves: int
    lids: int
    first_ms: int
    last_ms: int
    waiting_ms: Mapping[str, int]
    """By cause, as the log names it."""
    leg_ms: Mapping[str, int]
    """The same waiting by what became of the box meanwhile (`cabria.referee.run_waiting`)."""
    planned_s: int | None
    run_s: int
    """From the ship's berthing to its last work."""

    @property
    def gross_moves_per_hour(self) -> float | None:
        return _per_hour(self.moves, self.last_ms - self.first_ms)

    @property
    def waiting_share(self) -> float | None:
        """Of its time from the ship's berthing to its last work."""
        return _share(sum(self.waiting_ms.values()), 1_000 * self.run_s)


@dataclass(frozen=True, slots=True)
class CallFigures:
    """One call. `makespan_s` is from berthing to the last work of any crane so far; `is_done` says if that is all."""

    call: str
    moves: int
    planned_moves: int
    berth_ms: int
    planned_makespan_s: int
    makespan_s: int

    @property
    def is_done(self) -> bool:
        return self.moves >= self.planned_moves

    @property
    def berth_productivity_per_hour(self) -> float | None:
        """Moves per gross berth hour."""
        return _per_hour(self.moves, self.berth_ms)


@dataclass(frozen=True, slots=True)
class TruckFigures:
    """Driverless trucks. Way is counted when a segment is entered; a truck is in use while it has a move to do."""

    trucks: int
    loaded_mm: int
    empty_mm: int
    in_use_ms: int
    waiting_ms: int
    """At rest while in use."""
    present_ms: int
    leg_ms: Mapping[str, int]
    """All their time by what it went into."""

    @property
    def empty_share(self) -> float | None:
        """Of the way driven."""
        return _share(self.empty_mm, self.loaded_mm + self.empty_mm)

    @property
    def utilisation(self) -> float | None:
        return _share(self.in_use_ms, self.present_ms)


@dataclass(frozen=True, slots=True)
class YardCraneFigures:
    """One yard crane; it works while it has a job. Rehandles are lifts from one yard place to another."""

    crane: str
    lifts: int
    rehandles: int
    working_ms: int
    run_ms: int

    @property
    def utilisation(self) -> float | None:
        return _share(self.working_ms, self.run_ms)


@dataclass(frozen=True, slots=True)
class YardHour:
    """Boxes and twenty-foot units in the yard at the end of an hour of the run."""

    at_ms: int
    boxes: int
    teu: int
    slots_teu: int

    @property
    def occupancy(self) -> float | None:
        return _share(self.teu, self.slots_teu)


@dataclass(frozen=True, slots=True)
class RunFigures:
    """What one run achieved."""

    run_ms: int
    quay_cranes: tuple[QuayCraneFigures, ...]
    calls: tuple[CallFigures, ...]
    trucks: TruckFigures
    yard_cranes: tuple[YardCraneFigures, ...]
    yard: tuple[YardHour, ...]
    productive_moves: int
    """Boxes loaded, discharged, restowed, or through the gate."""
    rehandles: int
    wh: Mapping[str, int]
    """Used by each machine; what was charged is not counted against it."""
    charged_wh: Mapping[str, int]
    """By each truck, at chargers."""
    driverless: frozenset[str]
    """The terminal's own trucks."""
    turn_ms: tuple[int, ...]
    """Of each road truck, from gate-in to gate-out."""

    @property
    def moves(self) -> int:
        """Between ship and shore."""
        return sum(crane.moves for crane in self.quay_cranes)

    @property
    def gross_moves_per_hour(self) -> float | None:
        """Of all quay cranes: moves by the sum of their hours."""
        return _per_hour(self.moves, sum(crane.last_ms - crane.first_ms for crane in self.quay_cranes))

    @property
    def rehandle_ratio(self) -> float | None:
        """Rehandles per productive move."""
        return _share(self.rehandles, self.productive_moves)

    @property
    def waiting_share_by_cause(self) -> Mapping[str, float]:
        """Of the time of all quay cranes, from berthing to their last work."""
        return self._shares(crane.waiting_ms for crane in self.quay_cranes)

    @property
    def waiting_share_by_leg(self) -> Mapping[str, float]:
        """Of the same time, by what became of the box that was waited for."""
        return self._shares(crane.leg_ms for crane in self.quay_cranes)

    def _shares(self, waiting_ms: Iterable[Mapping[str, int]]) -> Mapping[str, float]:
        total_ms = 1_000 * sum(crane.run_s for crane in self.quay_cranes)
        causes: Counter[str] = Counter()
        for each in waiting_ms:
            causes.update(each)
        return {cause: ms / total_ms for cause, ms in causes.most_common()} if total_ms else {}

    @property
    def kwh_per_move(self) -> float | None:
        share = _share(sum(self.wh.values()), self.moves)
        return None if share is None else share / 1_000

    @property
    def truck_kwh_per_move(self) -> float | None:
        """Of driverless trucks alone."""
        share = _share(sum(wh for machine, wh in self.wh.items() if machine in self.driverless), self.moves)
        return None if share is None else share / 1_000

    @property
    def mean_turn_ms(self) -> float | None:
        return _share(sum(self.turn_ms), len(self.turn_ms))


def _share(part: int, whole: int) -> float | None:
    return part / whole if whole else None


def _per_hour(count: int, span_ms: int) -> float | None:
    return count * HOUR_MS / span_ms if span_ms > 0 else None


@dataclass(slots=True)
class _Crane:
    """A quay crane's work at one call so far."""

    moves: int = 0
    lids: int = 0
    first_ms: int = -1
    last_ms: int = 0
    waiting_ms: Counter[str] = field(default_factory=Counter)
    leg_ms: Counter[str] = field(default_factory=Counter)
    has_landed: bool = False

    def works(self, at_ms: int) -> None:
        self.first_ms = at_ms if self.first_ms < 0 else self.first_ms
        self.last_ms = at_ms


@dataclass(slots=True)
class _Truck:
    """A truck so far. `coming` is what it will have driven when: entry, length, and whether with a box. `stood_ms` is
    when it came, `came_ms` since when it counts."""

    stood_ms: int
    is_visitor: bool
    came_ms: int
    left_ms: int | None = None
    coming: list[tuple[int, int, bool]] = field(default_factory=list)
    boxes: set[ContainerId] = field(default_factory=set)
    loaded_mm: int = 0
    empty_mm: int = 0
    move: str = ""
    since_ms: int = 0
    in_use_ms: int = 0
    driving_ms: int = 0

    def driven_mm(self, now_ms: int) -> tuple[int, int]:
        """By now: with a box, and without."""
        entered = [(length_mm, is_loaded) for enter_ms, length_mm, is_loaded in self.coming if enter_ms <= now_ms]
        loaded_mm = sum(length_mm for length_mm, is_loaded in entered if is_loaded)
        return self.loaded_mm + loaded_mm, self.empty_mm + sum(mm for mm, _ in entered) - loaded_mm

    def drive_on(self, now_ms: int) -> None:
        """Count what was entered by now, and forget the rest."""
        self.loaded_mm, self.empty_mm = self.driven_mm(now_ms)
        self.coming.clear()

    def used_ms(self, now_ms: int) -> int:
        """How long it had a move by now."""
        return self.in_use_ms + (now_ms - self.since_ms if self.move else 0)

    def frees(self, now_ms: int) -> None:
        self.in_use_ms, self.move = self.used_ms(now_ms), ""

    def count_from(self, at_ms: int) -> None:
        self.coming = [segment for segment in self.coming if segment[0] > at_ms]
        self.loaded_mm = self.empty_mm = self.in_use_ms = self.driving_ms = 0
        self.came_ms, self.since_ms = max(self.came_ms, at_ms), at_ms


class RunCounter:
    """Hears the events of a run one by one; `figures` says at any time what it came to, all of it or from a moment on.

    Of a span, a quay crane's hours at a call begin with the span where it had worked there before; so do a call's gross
    berth hours, a truck's time and a job under way. A road truck's turn counts whole in the span in which it leaves.
    """

    def __init__(self, layout: Layout, calls: Iterable[tuple[VesselCall, LoadingPlan]] = ()) -> None:
        self._layout = layout
        self._diary = TruckDiary(layout)
        self._calls = {call.id: (call, plan) for call, plan in calls}
        self._quay = {crane.id for crane in layout.terminal.quay_cranes}
        self._yard_cranes = {crane.id: Counter[str]() for crane in layout.terminal.yard_cranes}
        self._slots_teu = sum(block.slots for block in layout.terminal.blocks)
        self._now_ms = self._from_ms = self._from_hour = 0
        self._berthed_ms: dict[str, int] = {}
        self._sailed_ms: dict[str, int] = {}
        self._cranes: dict[tuple[str, str], _Crane] = defaultdict(_Crane)
        self._call_of = {queue.crane: call for call, (_, plan) in self._calls.items() for queue in plan.queues}
        self._trucks: dict[str, _Truck] = {}
        self._jobs: dict[str, JobGiven] = {}
        self._moves: dict[str, MoveReleased] = {}
        self._truck_of: dict[str, str] = {}
        self._from_yard: set[str] = set()
        self._productive = self._rehandles = 0
        self._wh: Counter[str] = Counter()
        self._charged_wh: Counter[str] = Counter()
        self._turns: list[int] = []
        self._length_ft: dict[ContainerId, int] = {}
        self._yard: Counter[str] = Counter()
        self._hours: list[YardHour] = []
        self._hears: Mapping[type[Any], Any] = {
            StockTaken: self._stock,
            ShipBerthed: self._berthed,
            ShipSailed: self._sailed,
            MoveReleased: self._released,
            MoveDone: self._move_done,
            JobGiven: self._given,
            JobDone: self._job_ended,
            JobTakenBack: self._job_ended,
            BoxesLifted: self._lifted,
            BoxesLanded: self._landed,
            LidLifted: self._lid_lifted,
            LidLanded: self._lid_landed,
            TripBooked: self._booked,
            TruckStood: self._stood,
            TruckLeft: self._left,
            Waited: self._waited,
            EnergyUsed: self._used,
        }

    def expect(self, call: VesselCall, plan: LoadingPlan) -> None:
        """A call and its plan that became known while the run was under way."""
        self._calls[call.id] = (call, plan)

    def hear(self, event: RunEvent) -> None:
        """The next event of the log."""
        while event.at_ms >= (len(self._hours) + 1) * HOUR_MS:
            at_ms = (len(self._hours) + 1) * HOUR_MS
            self._hours.append(YardHour(at_ms, self._yard["boxes"], self._yard["teu"], self._slots_teu))
        self._now_ms = max(self._now_ms, event.at_ms)
        self._diary.hear(event)
        hear = self._hears.get(type(event))
        if hear is not None:
            hear(event)

    def count_from(self, at_ms: int) -> None:
        """From now on only what happens after `at_ms` counts; all events up to then were heard. Raises ValueError for
        a time that has gone by."""
        if at_ms < self._now_ms:
            raise ValueError(f"The log is at {self._now_ms} ms; it cannot be counted from {at_ms} ms.")
        self._now_ms = self._from_ms = at_ms
        self._diary.count_from(at_ms)
        under_way = [
            key for key, crane in self._cranes.items() if crane.first_ms >= 0 and key[1] not in self._sailed_ms
        ]
        landed = {key for key in under_way if self._cranes[key].has_landed}
        self._cranes.clear()
        for key in under_way:
            self._cranes[key] = _Crane(first_ms=at_ms, last_ms=at_ms, has_landed=key in landed)
        for crane in self._yard_cranes.values():
            crane.clear()
        self._trucks = {name: truck for name, truck in self._trucks.items() if truck.left_ms is None}
        for truck in self._trucks.values():
            truck.count_from(at_ms)
        self._productive = self._rehandles = 0
        self._wh.clear()
        self._charged_wh.clear()
        self._turns.clear()
        self._from_hour = len(self._hours)

    def _stock(self, event: StockTaken) -> None:
        for box in event.boxes:
            self._length_ft[box.container] = box.length_ft
            if isinstance(box.place, YardPosition):
                self._count_yard(box.container, 1)
            elif isinstance(box.place, OnTruck) and box.place.truck in self._trucks:
                self._trucks[box.place.truck].boxes.add(box.container)

    def _count_yard(self, box: ContainerId, sign: int) -> None:
        self._yard["boxes"] += sign
        self._yard["teu"] += sign * (1 if self._length_ft.get(box, 40) <= 20 else 2)

    def _berthed(self, event: ShipBerthed) -> None:
        self._berthed_ms[event.call] = event.at_ms

    def _sailed(self, event: ShipSailed) -> None:
        self._sailed_ms[event.call] = event.at_ms

    def _released(self, event: MoveReleased) -> None:
        self._moves[event.move] = event
        if event.queue and event.call and self._call_of.get(event.queue) != event.call:
            self._crane(event.queue).leg_ms.update(self._diary.pop_waiting(event.queue))
            self._call_of[event.queue] = event.call

    def _move_done(self, event: MoveDone) -> None:
        move = self._moves.pop(event.move, None)
        if move is None:
            return
        truck = self._trucks.get(self._truck_of.pop(event.move, ""))
        if truck is not None and truck.move == event.move:
            truck.frees(event.at_ms)
        if move.kind is MoveKind.REHANDLE:
            self._rehandles += len(move.containers)
        elif move.kind is not MoveKind.HOUSEKEEPING:
            self._productive += len(move.containers)

    def _given(self, event: JobGiven) -> None:
        self._jobs[event.job] = event
        truck = self._trucks.get(event.machine)
        if truck is not None and event.move and truck.move != event.move:
            truck.frees(event.at_ms)
            truck.move, truck.since_ms = event.move, event.at_ms
            self._truck_of[event.move] = event.machine

    def _job_ended(self, event: JobDone | JobTakenBack) -> None:
        job = self._jobs.pop(event.job, None)
        if job is None:
            return
        took_ms = event.at_ms - max(job.at_ms, self._from_ms)
        if job.machine in self._yard_cranes:
            self._yard_cranes[job.machine]["ms"] += took_ms
        elif job.machine in self._trucks and job.move:
            self._trucks[job.machine].driving_ms += took_ms
        elif job.machine in self._quay:
            crane = self._crane(job.machine)
            if crane.has_landed:
                crane.works(event.at_ms)
            crane.has_landed = False

    def _crane(self, crane: str) -> _Crane:
        return self._cranes[crane, self._call_of.get(crane, "")]

    def _lifted(self, event: BoxesLifted) -> None:
        for box, place in zip(event.containers, event.places, strict=False):
            if isinstance(place, YardPosition):
                self._count_yard(box, -1)
            elif isinstance(place, OnTruck) and place.truck in self._trucks:
                self._trucks[place.truck].boxes.discard(box)
        if event.crane in self._quay:
            self._crane(event.crane).works(event.at_ms)
        elif all(isinstance(place, YardPosition) for place in event.places):
            self._from_yard.add(event.crane)
        else:
            self._from_yard.discard(event.crane)

    def _landed(self, event: BoxesLanded) -> None:
        for box, place in zip(event.containers, event.places, strict=False):
            if isinstance(place, YardPosition):
                self._count_yard(box, 1)
            elif isinstance(place, OnTruck) and place.truck in self._trucks:
                self._trucks[place.truck].boxes.add(box)
        if event.crane in self._quay:
            crane = self._crane(event.crane)
            crane.works(event.at_ms)
            crane.moves += len(event.containers)
            crane.has_landed = True
        elif event.crane in self._yard_cranes:
            self._yard_cranes[event.crane]["lifts"] += len(event.containers)
            is_within_yard = all(isinstance(place, YardPosition) for place in event.places)
            self._yard_cranes[event.crane]["rehandles"] += is_within_yard and event.crane in self._from_yard

    def _lid_lifted(self, event: LidLifted) -> None:
        self._crane(event.crane).works(event.at_ms)

    def _lid_landed(self, event: LidLanded) -> None:
        crane = self._crane(event.crane)
        crane.works(event.at_ms)
        crane.lids += 1
        crane.has_landed = True

    def _booked(self, event: TripBooked) -> None:
        truck = self._trucks.get(event.truck)
        if truck is None:
            return
        truck.drive_on(event.at_ms)
        segments, is_loaded = self._layout.segment_by_id, bool(truck.boxes)
        for name, enter_ms, _ in event.windows[1:]:
            if SegmentId(name) in segments:
                truck.coming.append((enter_ms, segments[SegmentId(name)].length_mm, is_loaded))

    def _stood(self, event: TruckStood) -> None:
        self._trucks[event.truck] = _Truck(event.at_ms, event.is_visitor, event.at_ms)

    def _left(self, event: TruckLeft) -> None:
        truck = self._trucks.get(event.truck)
        if truck is not None and truck.left_ms is None:
            truck.left_ms = event.at_ms
            truck.drive_on(event.at_ms)
            truck.frees(event.at_ms)
            if truck.is_visitor:
                self._turns.append(event.at_ms - truck.stood_ms)

    def _waited(self, event: Waited) -> None:
        self._crane(event.crane).waiting_ms[event.cause] += event.at_ms - max(event.since_ms, self._from_ms)

    def _used(self, event: EnergyUsed) -> None:
        self._wh[event.machine] += max(0, event.wh)
        if event.wh < 0:
            self._charged_wh[event.machine] -= event.wh

    def figures(self) -> RunFigures:
        """As if the log ended here."""
        self._diary.over()
        run_ms = self._now_ms - self._from_ms
        cranes = tuple(self._quay_crane(*key) for key in sorted(self._cranes) if self._cranes[key].first_ms >= 0)
        calls = [call for call in self._berthed_ms if self._sailed_ms.get(call, self._now_ms) >= self._from_ms]
        return RunFigures(
            run_ms=run_ms,
            quay_cranes=cranes,
            calls=tuple(self._call(call, cranes) for call in calls),
            trucks=self._fleet(),
            yard_cranes=tuple(
                YardCraneFigures(crane, c["lifts"], c["rehandles"], c["ms"], run_ms)
                for crane, c in self._yard_cranes.items()
            ),
            yard=tuple(self._hours[self._from_hour :]),
            productive_moves=self._productive,
            rehandles=self._rehandles,
            wh=dict(self._wh),
            charged_wh=dict(self._charged_wh),
            driverless=frozenset(name for name, truck in self._trucks.items() if not truck.is_visitor),
            turn_ms=tuple(self._turns),
        )

    def _quay_crane(self, name: str, call: str) -> QuayCraneFigures:
        crane = self._cranes[name, call]
        _, plan = self._calls.get(call, (None, None))
        queue = next((q for q in plan.queues if q.crane == name), None) if plan else None
        leg_ms = crane.leg_ms.copy()
        if self._call_of.get(name, "") == call:
            leg_ms.update(self._diary.waiting(name))
        return QuayCraneFigures(
            crane=name,
            call=call,
            moves=crane.moves,
            lids=crane.lids,
            first_ms=crane.first_ms,
            last_ms=crane.last_ms,
            waiting_ms=dict(crane.waiting_ms),
            leg_ms=dict(leg_ms),
            planned_s=None if queue is None else queue.end_s,
            run_s=-(-(crane.last_ms - max(self._berthed_ms.get(call, 0), self._from_ms)) // 1_000),
        )

    def _call(self, name: str, cranes: Iterable[QuayCraneFigures]) -> CallFigures:
        _, plan = self._calls.get(name, (None, None))
        mine = [crane for crane in cranes if crane.call == name]
        return CallFigures(
            call=name,
            moves=sum(crane.moves for crane in mine),
            planned_moves=sum(len(step.containers) for queue in plan.queues for step in queue.steps) if plan else 0,
            berth_ms=self._sailed_ms.get(name, self._now_ms) - max(self._berthed_ms[name], self._from_ms),
            planned_makespan_s=plan.makespan_s if plan else 0,
            makespan_s=max((crane.run_s for crane in mine), default=0),
        )

    def _fleet(self) -> TruckFigures:
        own = [truck for truck in self._trucks.values() if not truck.is_visitor]
        driven_mm = [truck.driven_mm(self._now_ms) for truck in own]
        in_use_ms = sum(truck.used_ms(self._now_ms) for truck in own)
        return TruckFigures(
            trucks=len(own),
            loaded_mm=sum(loaded_mm for loaded_mm, _ in driven_mm),
            empty_mm=sum(empty_mm for _, empty_mm in driven_mm),
            in_use_ms=in_use_ms,
            waiting_ms=max(0, in_use_ms - sum(truck.driving_ms for truck in own)),
            present_ms=sum((self._now_ms if t.left_ms is None else t.left_ms) - t.came_ms for t in own),
            leg_ms={str(leg): ms for leg, ms in self._diary.truck_ms.most_common()},
        )


def figures_of(
    events: Iterable[RunEvent], layout: Layout, calls: Iterable[tuple[VesselCall, LoadingPlan]] = ()
) -> RunFigures:
    """The figures of a whole log."""
    counter = RunCounter(layout, calls)
    for event in events:
        counter.hear(event)
    return counter.figures()
