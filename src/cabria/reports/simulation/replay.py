"""A run's log as a moving map: where every machine was when, packed small enough to lie within a page.

Trucks are followed by the segments they enter, cranes by their travels, blocks by what is set down and taken away.
Times are tenths of a second since the beginning of what is shown, each but the first told as the difference from the
one before; all of it is JSON, compressed (zlib) and written in base64. `templates/replay.js` reads it.
"""

from __future__ import annotations

import base64
import json
import zlib
from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from math import hypot
from typing import Any

from cabria.domain.calls import BAY_NUMBER_MM
from cabria.domain.containers import ContainerId
from cabria.domain.layout import TRUCK_LENGTH_MM, LaneKind, Layout, Segment, SegmentId
from cabria.domain.positions import YardPosition
from cabria.domain.run_events import (
    Aboard,
    BoxesLanded,
    BoxesLifted,
    CraneTravelled,
    JobDone,
    JobGiven,
    JobTakenBack,
    MachineResumed,
    MachineStopped,
    OnTruck,
    Place,
    RunEvent,
    ShipBerthed,
    ShipSailed,
    StockTaken,
    TripBooked,
    TruckLeft,
    TruckStood,
    Waited,
)

TENTH_MS = 100
MAP_MS = 7 * 24 * 3_600_000
"""So much of a run is put into a page: a week is about three megabytes."""
RESTS, IS_AT = -1, -2
"""Of a truck's way: it comes to rest or starts from there; it is at a place that is told (segment, thousandths)."""
KINDS = tuple(LaneKind)


@dataclass(slots=True)
class _Key:
    """From `at_ms` on a truck's front is in a segment, `share` of its length along."""

    at_ms: int
    segment: int
    share: float
    is_rest: bool = False


@dataclass(slots=True)
class _Truck:
    name: str
    is_visitor: bool
    keys: list[_Key] = field(default_factory=list)
    boxes: set[ContainerId] = field(default_factory=set)
    loads: list[tuple[int, int]] = field(default_factory=list)
    stops: list[list[int]] = field(default_factory=list)
    job: str = ""
    left_ms: int | None = None


@dataclass(slots=True)
class _Crane:
    name: str
    travels: list[tuple[int, int, int, int]] = field(default_factory=list)
    lifts: list[int] = field(default_factory=list)
    landed: list[tuple[int, int]] = field(default_factory=list)
    waits: list[tuple[int, int, int]] = field(default_factory=list)
    stops: list[list[int]] = field(default_factory=list)


class ReplayRecorder:
    """Hears the events of a run one by one; `packed` is what happened between two times."""

    def __init__(self, layout: Layout) -> None:
        self._layout = layout
        self._number = {segment.id: number for number, segment in enumerate(layout.segments)}
        self._rest = [_rest_share(layout, segment) for segment in layout.segments]
        self._trucks: dict[str, _Truck] = {}
        self._gone: list[_Truck] = []
        self._quay = {crane.id: _Crane(crane.id) for crane in layout.terminal.quay_cranes}
        self._yard = {crane.id: _Crane(crane.id) for crane in layout.terminal.yard_cranes}
        self._block_number = {block.id: number for number, block in enumerate(layout.terminal.blocks)}
        self._length_ft: dict[ContainerId, int] = {}
        self._stacked: list[tuple[int, int, int, int]] = []
        self._ships: dict[str, dict[str, Any]] = {}
        self._last_bay: dict[str, int] = defaultdict(int)
        self._causes: dict[str, int] = {}
        self._now_ms = 0
        self._hears: Mapping[type[Any], Any] = {
            StockTaken: self._stock,
            ShipBerthed: self._berthed,
            ShipSailed: self._sailed,
            TruckStood: self._stood,
            TruckLeft: self._left,
            TripBooked: self._booked,
            JobGiven: self._given,
            JobDone: self._done,
            JobTakenBack: self._done,
            BoxesLifted: self._lifted,
            BoxesLanded: self._landed,
            CraneTravelled: self._travelled,
            MachineStopped: self._machine_stopped,
            MachineResumed: self._machine_resumed,
            Waited: self._waited,
        }

    def hear(self, event: RunEvent) -> None:
        """The next event of the log."""
        self._now_ms = max(self._now_ms, event.at_ms)
        hear = self._hears.get(type(event))
        if hear is not None:
            hear(event)

    def _stock(self, event: StockTaken) -> None:
        for box in event.boxes:
            self._length_ft[box.container] = box.length_ft
            self._comes(box.container, box.place, event.at_ms)

    def _comes(self, box: ContainerId, place: Place, at_ms: int) -> None:
        if isinstance(place, YardPosition):
            self._stack(place, at_ms, 1)
        elif isinstance(place, Aboard):
            self._last_bay[place.call] = max(self._last_bay[place.call], place.position.bay)
        elif place.truck in self._trucks:
            truck = self._trucks[place.truck]
            truck.boxes.add(box)
            truck.loads.append((at_ms, len(truck.boxes)))

    def _stack(self, place: YardPosition, at_ms: int, sign: int) -> None:
        if place.block in self._block_number:
            self._stacked.append((at_ms, self._block_number[place.block], place.bay, sign))

    def _berthed(self, event: ShipBerthed) -> None:
        self._ships[event.call] = {
            "name": event.call,
            "at": event.at_ms,
            "until": None,
            "x": event.berth_x_mm,
            "forward": event.bow_towards_x,
        }

    def _sailed(self, event: ShipSailed) -> None:
        if event.call in self._ships:
            self._ships[event.call]["until"] = event.at_ms

    def _stood(self, event: TruckStood) -> None:
        if event.truck in self._trucks:
            self._gone.append(self._trucks[event.truck])
        truck = self._trucks[event.truck] = _Truck(event.truck, event.is_visitor)
        number = self._number.get(SegmentId(event.stand))
        if number is not None:
            truck.keys.append(_Key(event.at_ms, number, self._rest[number], is_rest=True))

    def _left(self, event: TruckLeft) -> None:
        truck = self._trucks.pop(event.truck, None)
        if truck is not None:
            truck.left_ms = event.at_ms
            self._gone.append(truck)

    def _booked(self, event: TripBooked) -> None:
        truck = self._trucks.get(event.truck)
        way = [(self._number.get(SegmentId(name)), enter_ms) for name, enter_ms, _ in event.windows]
        if truck is None or not truck.keys or not way:
            return
        now_ms = event.at_ms
        self._turn_away(truck, now_ms)
        ahead = [(number, enter_ms) for number, enter_ms in way if number is not None and enter_ms > now_ms]
        here = truck.keys[-1]
        if ahead and here.is_rest:
            length_mm = (1 - here.share) * self._layout.segments[here.segment].length_mm
            drive_ms = int(1_000 * length_mm / self._layout.segments[here.segment].speed_mm_per_s)
            start_ms = max(now_ms, ahead[0][1] - drive_ms)
            truck.keys.append(_Key(start_ms, here.segment, here.share, is_rest=True))
        truck.keys += [_Key(enter_ms, number, 0.0) for number, enter_ms in ahead]

    def _turn_away(self, truck: _Truck, now_ms: int) -> None:
        """Forget what was to come, and stay where the truck is by now."""
        keys = truck.keys
        count = len(keys)
        while count > 1 and keys[count - 1].at_ms > now_ms:
            count -= 1
        if count < len(keys):
            here, later = keys[count - 1], keys[count]
            if not here.is_rest and now_ms > here.at_ms:
                end = later.share if later.segment == here.segment else 1.0
                done = (now_ms - here.at_ms) / (later.at_ms - here.at_ms)
                keys[count:] = [_Key(now_ms, here.segment, here.share + (end - here.share) * done)]
            else:
                del keys[count:]

    def _given(self, event: JobGiven) -> None:
        truck = self._trucks.get(event.machine)
        if truck is not None:
            truck.job = event.job

    def _done(self, event: JobDone | JobTakenBack) -> None:
        for truck in self._trucks.values():
            if truck.job == event.job and truck.keys:
                truck.job = ""
                self._turn_away(truck, event.at_ms)
                segment = truck.keys[-1].segment
                if not truck.keys[-1].is_rest:
                    truck.keys.append(_Key(event.at_ms, segment, self._rest[segment], is_rest=True))

    def _lifted(self, event: BoxesLifted) -> None:
        for box, place in zip(event.containers, event.places, strict=False):
            if isinstance(place, YardPosition):
                self._stack(place, event.at_ms, -1)
            elif isinstance(place, OnTruck) and place.truck in self._trucks:
                truck = self._trucks[place.truck]
                truck.boxes.discard(box)
                truck.loads.append((event.at_ms, len(truck.boxes)))
        crane = self._crane(event.crane)
        if crane is not None and len(crane.lifts) % 2 == 0:
            crane.lifts.append(event.at_ms)

    def _landed(self, event: BoxesLanded) -> None:
        for box, place in zip(event.containers, event.places, strict=False):
            self._comes(box, place, event.at_ms)
        crane = self._crane(event.crane)
        if crane is not None:
            if len(crane.lifts) % 2:
                crane.lifts.append(event.at_ms)
            crane.landed.append((event.at_ms, len(event.containers)))

    def _crane(self, name: str) -> _Crane | None:
        return self._quay.get(name) or self._yard.get(name)

    def _travelled(self, event: CraneTravelled) -> None:
        crane = self._crane(event.crane)
        if crane is not None:
            crane.travels.append((event.at_ms, event.until_ms, event.from_mm, event.to_mm))

    def _machine_stopped(self, event: MachineStopped) -> None:
        machine = self._trucks.get(event.machine) or self._crane(event.machine)
        if machine is not None:
            machine.stops.append([event.at_ms])

    def _machine_resumed(self, event: MachineResumed) -> None:
        machine = self._trucks.get(event.machine) or self._crane(event.machine)
        if machine is not None and machine.stops and len(machine.stops[-1]) == 1:
            machine.stops[-1].append(event.at_ms)

    def _waited(self, event: Waited) -> None:
        crane = self._quay.get(event.crane)
        if crane is not None:
            cause = self._causes.setdefault(event.cause, len(self._causes))
            crane.waits.append((event.since_ms, event.at_ms, cause))

    def packed(self, from_ms: int = 0, until_ms: int | None = None) -> str:
        """All that is drawn between two times (until the log's end when none is given), as base64."""
        clip = _Clip(from_ms, self._now_ms if until_ms is None else min(until_ms, self._now_ms))
        trucks = [*self._gone, *self._trucks.values()]
        content = {
            "from": from_ms // TENTH_MS,
            "length": clip.tenths(clip.until_ms),
            "ground": {**_ground(self._layout), "rest": [round(1_000 * share) for share in self._rest]},
            "trucks": [drawn for truck in trucks if (drawn := self._drawn_truck(truck, clip)) is not None],
            "quay": [
                {**self._drawn_crane(crane, clip), "x": place.x_mm}
                for crane, place in zip(self._quay.values(), self._layout.terminal.quay_cranes, strict=True)
            ],
            "yard": [self._drawn_crane(crane, clip) for crane in self._yard.values()],
            "causes": list(self._causes),
            "blocks": self._drawn_blocks(clip),
            "ships": [
                ship | {"length": (self._last_bay[name] + 2) * BAY_NUMBER_MM, **clip.span(ship["at"], ship["until"])}
                for name, ship in self._ships.items()
                if clip.meets(ship["at"], ship["until"])
            ],
        }
        text = json.dumps(content, separators=(",", ":"), ensure_ascii=False)
        return base64.b64encode(zlib.compress(text.encode(), 9)).decode()

    def _drawn_truck(self, truck: _Truck, clip: _Clip) -> Mapping[str, Any] | None:
        if not truck.keys or not clip.meets(truck.keys[0].at_ms, truck.left_ms):
            return None
        first = max(0, bisect_right([key.at_ms for key in truck.keys], clip.from_ms) - 1)
        keys = [key for key in truck.keys[first:] if key.at_ms <= clip.until_ms]
        times, ways, places = [], [], []
        before: _Key | None = None
        for key in keys:
            times.append(clip.tenths(key.at_ms))
            way = self._way(before, key)
            ways.append(way)
            if way == IS_AT:
                places += [key.segment, round(1_000 * key.share)]
            before = key
        loads = clip.latest(truck.loads)
        return {
            "name": truck.name,
            **({"visitor": 1} if truck.is_visitor else {}),
            "t": _differences(times),
            "w": ways,
            "p": places,
            "lt": _differences([clip.tenths(at_ms) for at_ms, _ in loads]),
            "ln": [count for _, count in loads],
            **({"until": clip.tenths(truck.left_ms)} if truck.left_ms is not None else {}),
            **_stops(truck.stops, clip),
        }

    def _way(self, before: _Key | None, key: _Key) -> int:
        """How a truck comes to a place: to rest where it is, by the nth way out of where it was, or as it is told."""
        if before is None:
            return IS_AT
        if before.segment == key.segment and key.is_rest:
            return RESTS
        if key.share == 0.0:
            end = self._layout.segments[before.segment].end
            ids = [segment.id for segment in self._layout.leaving[end]]
            name = self._layout.segments[key.segment].id
            if name in ids:
                return ids.index(name)
        return IS_AT

    def _drawn_crane(self, crane: _Crane, clip: _Clip) -> dict[str, Any]:
        travels = [travel for travel in crane.travels if travel[0] <= clip.until_ms]
        past = [travel for travel in travels if travel[1] <= clip.from_ms]
        shown = [*past[-1:], *(travel for travel in travels if travel[1] > clip.from_ms)]
        lifts = [
            clip.tenths(at_ms)
            for number, at_ms in enumerate(crane.lifts)
            if at_ms <= clip.until_ms
            and (crane.lifts[number | 1] if number | 1 < len(crane.lifts) else at_ms) >= clip.from_ms
        ]
        landed = [
            (clip.tenths(at_ms), count) for at_ms, count in crane.landed if clip.from_ms <= at_ms <= clip.until_ms
        ]
        return {
            "name": crane.name,
            "t": [[clip.tenths(a), clip.tenths(b), start, end] for a, b, start, end in shown],
            "h": _differences(lifts),
            "n": _differences([at for at, _ in landed]),
            "nn": [count for _, count in landed],
            "waits": [[clip.tenths(a), clip.tenths(b), cause] for a, b, cause in crane.waits if clip.meets(a, b)],
            **_stops(crane.stops, clip),
        }

    def _drawn_blocks(self, clip: _Clip) -> Mapping[str, Any]:
        """TEU in each bay at the beginning, and what came and went."""
        blocks = self._layout.terminal.blocks
        stock = [[0] * block.bays for block in blocks]
        later = []
        for at_ms, block, bay, sign in self._stacked:
            if at_ms <= clip.from_ms:
                for cell in bay_cells(bay):
                    if 0 <= cell < len(stock[block]):
                        stock[block][cell] += sign
            elif at_ms <= clip.until_ms:
                later.append((clip.tenths(at_ms), block, bay if sign > 0 else -bay))
        return {
            "stock": stock,
            "t": _differences([at for at, _, _ in later]),
            "b": [block for _, block, _ in later],
            "s": [signed for _, _, signed in later],
        }


def bay_cells(bay: int) -> tuple[int, ...]:
    """Which odd bays, counted from 0, a box in a bay covers."""
    return ((bay - 1) // 2,) if bay % 2 else (bay // 2 - 1, bay // 2)


@dataclass(frozen=True, slots=True)
class _Clip:
    """What is shown, in milliseconds of the run."""

    from_ms: int
    until_ms: int

    def tenths(self, at_ms: int) -> int:
        return max(0, at_ms - self.from_ms) // TENTH_MS

    def meets(self, at_ms: int, until_ms: int | None) -> bool:
        return at_ms <= self.until_ms and (until_ms is None or until_ms >= self.from_ms)

    def span(self, at_ms: int, until_ms: int | None) -> Mapping[str, int | None]:
        return {"at": self.tenths(at_ms), "until": None if until_ms is None else self.tenths(until_ms)}

    def latest(self, marks: Sequence[tuple[int, int]]) -> list[tuple[int, int]]:
        """What is marked from the last mark before the beginning until the end."""
        first = max(0, bisect_right([at_ms for at_ms, _ in marks], self.from_ms) - 1)
        return [mark for mark in marks[first:] if mark[0] <= self.until_ms]


def _differences(times: Sequence[int]) -> list[int]:
    return [*times[:1], *(b - a for a, b in pairwise(times))]


def _stops(stops: Sequence[Sequence[int]], clip: _Clip) -> Mapping[str, Any]:
    spans = [
        [clip.tenths(stop[0]), clip.tenths(stop[1]) if len(stop) > 1 else None]
        for stop in stops
        if clip.meets(stop[0], stop[1] if len(stop) > 1 else None)
    ]
    return {"stops": spans} if spans else {}


def _rest_share(layout: Layout, segment: Segment) -> float:
    """Where the front of a truck at rest is, as a share of the segment's length."""
    points = layout.points(segment)
    pieces = [hypot(x - u, y - v) for (x, y), (u, v) in pairwise(points)]
    whole = sum(pieces) or 1.0
    if segment.stand is None:
        return 1.0
    if len(segment.via) > 1:
        return sum(pieces[:-1]) / whole
    return min(1.0, 0.5 + TRUCK_LENGTH_MM / 2 / whole)


def _ground(layout: Layout) -> Mapping[str, Any]:
    """Lanes, blocks and rails in decimetres; segments in the layout's order with the segments that follow each."""
    number = {segment.id: n for n, segment in enumerate(layout.segments)}
    rail = layout.rail
    return {
        "name": layout.name,
        "quay": layout.terminal.quay_length_mm // 100,
        "rail": [rail.waterside_mm // 100, rail.gauge_mm // 100, rail.crane_width_mm // 100, rail.back_reach_mm // 100],
        "segments": [
            {
                "p": [value // 100 for point in layout.points(segment) for value in point],
                "k": KINDS.index(segment.kind) if segment.stand is None else len(KINDS),
                "v": segment.speed_mm_per_s,
                "l": segment.length_mm,
                "n": [number[after.id] for after in layout.leaving[segment.end]],
            }
            for segment in layout.segments
        ],
        "blocks": [
            {
                "name": block.id,
                "x": block.x_mm // 100,
                "y": block.y_mm // 100,
                "bays": block.bays,
                "bay": block.bay_pitch_mm // 100,
                "across": block.rows * block.row_pitch_mm // 100,
                "room": block.rows * block.tiers,
                "along": block.bays_along_quay,
            }
            for block in layout.terminal.blocks
        ],
        "runways": [
            {
                "block": [block.id for block in layout.terminal.blocks].index(runway.block),
                "length": runway.crane_length_mm // 100,
                "reach": runway.reach_mm // 100,
                "cranes": {place.crane: place.at_mm for place in runway.cranes},
            }
            for runway in layout.runways
        ],
    }


def replay_section(
    events: Iterable[RunEvent], layout: Layout, words: str, *, from_ms: int = 0, until_ms: int | None = None
) -> str:
    """The markup of a map on which a run goes by, between two times; `words` say which run it is."""
    from jinja2 import Environment, PackageLoader, StrictUndefined

    recorder = ReplayRecorder(layout)
    for event in events:
        if until_ms is not None and event.at_ms > until_ms:
            break
        recorder.hear(event)
    loader = PackageLoader("cabria.reports", "templates")
    environment = Environment(loader=loader, autoescape=True, undefined=StrictUndefined, trim_blocks=True)
    environment.lstrip_blocks = True
    return environment.get_template("replay.html").render(words=words, data=recorder.packed(from_ms, until_ms))
