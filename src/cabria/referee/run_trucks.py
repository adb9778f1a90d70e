"""Where trucks are in a run: on lanes that join, no faster than they can, and nowhere together.

A trip is judged when it is booked. That may be while it is driven: then it is told again, with other times to come. Who
owns a segment or a junction is judged when the time has come, as a later trip of a truck replaces what was still to
come. How a truck speeds up and slows down is not judged, only that it never passes the limits, and that its tail cannot
be gone before its front has driven on by its length. Trucks that tell their way are judged by that (`ToldWays`).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from heapq import heappop, heappush
from itertools import pairwise

from cabria.domain.layout import Layout, Segment, SegmentId
from cabria.domain.machines import TruckModel
from cabria.domain.run_events import TripBooked, TripDriven, TruckLeft, TruckStood, TruckTowed
from cabria.domain.stands import StandKind
from cabria.referee.run_rules import KNOWN, LANE, OWNER, SPEED, TIME, Notebook
from cabria.referee.run_service import Service
from cabria.referee.run_told_ways import ToldWays


@dataclass(slots=True)
class Window:
    """A truck's stay in a segment; `leave_ms` None is for good. `still_ms` is when it has come to rest there, `left_ms`
    when one that tells its way has said that it drives on."""

    truck: str
    segment: SegmentId
    enter_ms: int
    leave_ms: int | None
    event: int
    still_ms: int
    is_replaced: bool = False
    left_ms: int | None = None

    def holds_after(self, at_ms: int) -> bool:
        return self.leave_ms is None or self.leave_ms > at_ms


class Trucks:
    """Every truck's windows, and who is in each segment and junction."""

    def __init__(self, book: Notebook, service: Service, layout: Layout, model: TruckModel) -> None:
        self._book, self._service, self._layout, self._model = book, service, layout, model
        self.windows: dict[str, list[Window]] = {}
        self.visitors: set[str] = set()
        self.driven_mm: dict[str, int] = defaultdict(int)
        """The way each truck came, the segment it is in included, the one it began on not."""
        self._coming: list[tuple[int, int, Window]] = []
        self._count = 0
        self._inside: dict[str, list[Window]] = defaultdict(list)
        self.rested: dict[str, Window] = {}
        """Of trucks that tell their way where each rested before it drove to where it is."""
        self._told = ToldWays(book, layout, model.length_mm, self._least_ms)

    def stood(self, event: TruckStood) -> None:
        if event.truck in self.windows:
            self._book.broken(KNOWN, "The truck is on the terminal already.", event.truck)
            return
        segment = self._layout.segment_by_id.get(SegmentId(event.stand))
        if segment is None or segment.stand is None:
            self._book.broken(LANE, f"It stands at {event.stand!r:.60}, which is no stand.", event.truck)
        elif event.is_visitor and segment.stand.kind is not StandKind.GATE_IN:
            self._book.broken(LANE, f"A visitor comes in at {event.stand}, which is no gate.", event.truck)
        self.windows[event.truck] = []
        self._service.machines.add(event.truck)
        if event.tells_way and segment is not None:
            self._told.stood(event.truck, segment)
            self._rests(event.truck, segment.id, event.at_ms)
            return
        if event.is_visitor:
            self.visitors.add(event.truck)
        self._enter(Window(event.truck, SegmentId(event.stand), event.at_ms, None, self._book.event, event.at_ms))

    def left(self, event: TruckLeft) -> None:
        stand = self.stand_of(event.truck, event.at_ms)
        if event.truck not in self.windows:
            self._book.broken(KNOWN, "There is no such truck.", event.truck)
            return
        if stand is None or stand.stand is None or stand.stand.kind is not StandKind.GATE_OUT:
            where = "is on its way" if stand is None else f"stands at {stand.id}"
            self._book.broken(LANE, f"It leaves through the gate but {where}.", event.truck)
        self._cut(event.truck, event.at_ms)
        for window in self.windows.pop(event.truck):
            if window.leave_ms is None:
                window.leave_ms = event.at_ms

    def booked(self, event: TripBooked) -> None:
        """Judge a trip and believe it from here on."""
        if event.truck not in self.windows:
            self._book.broken(KNOWN, "There is no such truck.", event.truck)
            self.windows[event.truck] = []
        segments = [self._layout.segment_by_id.get(SegmentId(name)) for name, *_ in event.windows]
        known = [segment for segment in segments if segment is not None]
        if not known or len(known) < len(segments):
            strange = next((name for (name, *_), s in zip(event.windows, segments, strict=True) if s is None), "")
            self._book.broken(LANE, f"Its trip runs over {strange!r:.60}, which is no lane.", event.truck)
            return
        self._joined(event, known)
        if event.truck in self._told.ways:
            self._told.booked(event.truck, known)
            self.windows[event.truck][-1].leave_ms = event.at_ms
            return
        self._paced(event, known)
        self._continue(event, known)

    def driven(self, event: TripDriven) -> None:
        """Judge what a truck tells of its way, and believe it."""
        way = self._told.ways.get(event.truck)
        if way is None:
            self._book.broken(KNOWN, "There is no such truck that tells its way.", event.truck)
            return
        was_there = way.entered == 1
        self.driven_mm[event.truck] += self._told.drove(event)
        if was_there and way.entered > 1:
            self.windows[event.truck][-1].left_ms = event.at_ms
        if way.is_over:
            self._rests(event.truck, way.segments[-1].id, event.at_ms)

    def towed(self, event: TruckTowed) -> None:
        """A tug has put a truck on a stand, where that is said: it has left all else."""
        if not event.stand or event.truck not in self.windows:
            return
        segment = self._layout.segment_by_id.get(SegmentId(event.stand))
        if segment is None or segment.stand is None:
            self._book.broken(LANE, f"It is towed to {event.stand!r:.60}, which is no stand.", event.truck)
            return
        if event.truck in self._told.ways:
            self._told.carried(event.truck, segment)
            self._rests(event.truck, segment.id, event.at_ms)
            return
        self._cut(event.truck, event.at_ms)
        for window in self.windows[event.truck]:
            window.leave_ms = event.at_ms
        self.driven_mm[event.truck] -= segment.length_mm
        self._enter(Window(event.truck, segment.id, event.at_ms, None, self._book.event, event.at_ms))

    def drive_as_booked(self, ways: Mapping[str, Sequence[tuple[str, int, int | None]]], at_ms: int) -> None:
        """A simulation goes on in place of trucks that told their ways: from now on each is where it is booked to be.
        `ways` are the windows of every truck, as in `TripBooked`."""
        for truck in list(self._told.ways):
            del self._told.ways[truck]
            self.windows[truck] = []
            for name, enter_ms, leave_ms in ways[truck]:
                if leave_ms is None or leave_ms > at_ms:
                    segment = self._layout.segment_by_id[SegmentId(name)]
                    still_ms = enter_ms + self._stop_ms(segment)
                    self._enter(Window(truck, segment.id, enter_ms, leave_ms, self._book.event, still_ms))

    def _rests(self, truck: str, stand: SegmentId, at_ms: int) -> None:
        """A truck that tells its way has come to rest."""
        if self.windows[truck]:
            self.rested[truck] = self.windows[truck][-1]
        self.windows[truck] = [Window(truck, stand, at_ms, None, self._book.event, at_ms)]

    def _joined(self, event: TripBooked, segments: Sequence[Segment]) -> None:
        for one, other in pairwise(segments):
            if one.end != other.start:
                text = f"Its trip goes from {one.id} to {other.id}, which begins elsewhere."
                self._book.broken(LANE, text, event.truck)
        if segments[-1].stand is None:
            self._book.broken(LANE, f"Its trip ends on {segments[-1].id}, which is no stand.", event.truck)
        ends = [leave_ms is None for *_, leave_ms in event.windows]
        if any(ends[:-1]) or not ends[-1]:
            self._book.broken(LANE, "Of its windows the last, and no other, has no end.", event.truck)

    def _paced(self, event: TripBooked, segments: Sequence[Segment]) -> None:
        enters = [enter_ms for _, enter_ms, _ in event.windows]
        for (name, enter_ms, leave_ms), later_ms in zip(event.windows, enters[1:], strict=False):
            if later_ms < enter_ms or (leave_ms is not None and leave_ms < later_ms):
                self._book.broken(TIME, f"Its window on {name} ends before it begins.", event.truck)
                return
        for number in range(1, len(segments) - 1):
            segment, took_ms = segments[number], enters[number + 1] - enters[number]
            if took_ms < (least_ms := self._least_ms(segment, segment.length_mm)):
                text = f"It passes {segment.id} ({segment.length_mm:,} mm) in {took_ms} ms; it needs {least_ms} ms."
                self._book.broken(SPEED, text, event.truck)
        self._tail_follows(event, segments, enters)

    def _tail_follows(self, event: TripBooked, segments: Sequence[Segment], enters: Sequence[int]) -> None:
        for number, (name, _, leave_ms) in enumerate(event.windows[:-1]):
            if leave_ms is None:
                continue
            left_mm, there = self._model.length_mm, number + 1
            while segments[there].length_mm < left_mm and there + 1 < len(segments):
                left_mm -= segments[there].length_mm
                there += 1
            out_ms = enters[there] + self._least_ms(segments[there], left_mm)
            if leave_ms < out_ms:
                text = f"Its tail leaves {name} {out_ms - leave_ms} ms before its front is a truck's length ahead."
                self._book.broken(SPEED, text, event.truck)
                return

    def _least_ms(self, segment: Segment, distance_mm: int) -> int:
        return 1_000 * distance_mm // min(segment.speed_mm_per_s, self._model.drive.speed_mm_per_s)

    def _continue(self, event: TripBooked, segments: Sequence[Segment]) -> None:
        """Replace what was to come by the new trip, which must begin where the truck is."""
        truck, now_ms = event.truck, event.at_ms
        self._cut(truck, now_ms)
        windows = [
            Window(truck, segment.id, enter_ms, leave_ms, self._book.event, enter_ms + self._stop_ms(segment))
            for segment, (_, enter_ms, leave_ms) in zip(segments, event.windows, strict=True)
        ]
        mine = {(window.segment, window.enter_ms): window for window in self.windows[truck]}
        here = self.windows[truck][-1] if mine else None
        follows = next((n for n, w in enumerate(windows, 1) if here is mine.get((w.segment, w.enter_ms), mine)), 0)
        if not follows:
            where = "nowhere" if here is None else f"in {here.segment} since {here.enter_ms} ms"
            text = f"Its trip begins in {windows[0].segment} at {windows[0].enter_ms} ms, but it is {where}."
            self._book.broken(LANE, text, truck)
            if here is not None and here.leave_ms is None:
                here.leave_ms = now_ms
        for window in windows[:follows]:
            known = mine.get((window.segment, window.enter_ms))
            if known is not None:
                self._prolonged(known, window.leave_ms)
                known.leave_ms = window.leave_ms
        if follows and len(windows) > follows and windows[follows].enter_ms < now_ms:
            self._book.broken(TIME, "It is on its way before it was told to.", truck)
        for window in windows[follows:]:
            self._enter(window)

    def _prolonged(self, window: Window, leave_ms: int | None) -> None:
        """A truck that stays longer than it had said finds nobody in its segment."""
        if window.leave_ms is None or (leave_ms is not None and leave_ms <= window.leave_ms):
            return
        for resource in self._resources(window.segment):
            for other in self._inside[resource]:
                if other.truck != window.truck and not other.is_replaced and other.enter_ms >= window.leave_ms:
                    self._clash(resource, window, other)

    def _stop_ms(self, segment: Segment) -> int:
        return self._least_ms(segment, min(segment.length_mm, self._model.length_mm))

    def _enter(self, window: Window) -> None:
        self.windows[window.truck].append(window)
        self._count += 1
        heappush(self._coming, (window.enter_ms, self._count, window))

    def _cut(self, truck: str, now_ms: int) -> None:
        """Forget what is over and what was to come later than now."""
        kept = []
        for window in self.windows[truck]:
            if window.enter_ms > now_ms:
                window.is_replaced = True
            elif window.holds_after(now_ms):
                kept.append(window)
        self.windows[truck] = kept

    def time_goes_by(self, until_ms: int | None) -> None:
        """Judge who enters what before a time; None is the end of the log, and all that is booked."""
        while self._coming and (until_ms is None or self._coming[0][0] < until_ms):
            _, _, window = heappop(self._coming)
            if not window.is_replaced:
                self._begin(window)

    def _begin(self, window: Window) -> None:
        segment = self._layout.segment_by_id.get(window.segment)
        came_before = window.truck in self.driven_mm
        self.driven_mm[window.truck] += segment.length_mm if segment is not None and came_before else 0
        since_ms = self._service.stopped_ms.get(window.truck)
        if since_ms is not None and since_ms < window.enter_ms:
            self._service.works(window.truck, f"drives into {window.segment}")
        for resource in self._resources(window.segment):
            inside = [w for w in self._inside[resource] if not w.is_replaced and w.holds_after(window.enter_ms)]
            for other in inside:
                if other.truck != window.truck:
                    self._clash(resource, other, window)
            self._inside[resource] = [*inside, window]

    def _clash(self, resource: str, one: Window, other: Window) -> None:
        text = f"{other.truck} comes in while {one.truck} is there (booked by event {one.event})."
        self._book.broken_at(OWNER, other.event, other.enter_ms, text, resource)

    def _resources(self, segment: SegmentId) -> tuple[str, ...]:
        junction = self._layout.junction_of.get(segment)
        return (segment,) if junction is None else (segment, f"junction {junction.id}")

    def tells_way(self, truck: str) -> bool:
        return truck in self._told.ways

    def stand_of(self, truck: str, at_ms: int) -> Segment | None:
        """The stand at which a truck stands still; None while it drives or has been told to."""
        windows = self.windows.get(truck)
        if not windows or windows[-1].leave_ms is not None or windows[-1].still_ms > at_ms:
            return None
        segment = self._layout.segment_by_id.get(windows[-1].segment)
        return segment if segment is not None and segment.stand is not None else None
