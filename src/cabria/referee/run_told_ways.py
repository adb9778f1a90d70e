"""Trucks that tell their way themselves: judged by what they say they drove, not by when they were booked to.

A report says how far a truck is, and when it said last that it was not so far yet: what it tells of happened in
between. So nothing has to be tolerated. It drove too fast if it did even from the earliest moment to the latest; two
trucks met if one says that it is in a segment before the other has said that its tail is out, in whatever order their
messages came, as nobody may be let in before. Where nobody listened (`since_ms` None) no speed is judged. A truck that
is out of service may end what it was told before, as one does that has lost its link. Road trucks tell nothing, so
that meetings with them are not judged.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from cabria.domain.layout import Layout, Segment, SegmentId
from cabria.domain.run_events import TripDriven
from cabria.referee.run_rules import LANE, OWNER, SPEED, TIME, Notebook


@dataclass(slots=True)
class Way:
    """A truck's last trip: its front has passed the ends of `passed` segments and was in `entered`, its tail is out of
    `left`. It passed the last end, or set out, after `after_ms`; None where nobody knows."""

    segments: Sequence[Segment]
    passed: int = 1
    entered: int = 1
    left: int = 0
    after_ms: int | None = None

    @property
    def is_over(self) -> bool:
        return self.passed == len(self.segments)


class ToldWays:
    """Every telling truck's way, and who is in each segment and junction."""

    def __init__(self, book: Notebook, layout: Layout, length_mm: int, least_ms: Callable[[Segment, int], int]) -> None:
        """`least_ms` says in what time a truck passes so much of a segment at least."""
        self._book, self._layout, self._length_mm, self._least_ms = book, layout, length_mm, least_ms
        self.ways: dict[str, Way] = {}
        self._inside: dict[str, dict[str, int]] = defaultdict(dict)
        """Of each segment and junction the trucks in it, with how many parts of it they are in."""

    def stood(self, truck: str, stand: Segment) -> None:
        self.ways[truck] = Way((stand,))
        self._enter(truck, stand)

    def carried(self, truck: str, stand: Segment) -> None:
        """A tug has put a truck on a stand."""
        way = self.ways[truck]
        for segment in way.segments[way.left : way.entered]:
            self._leave(truck, segment)
        self.stood(truck, stand)

    def booked(self, truck: str, segments: Sequence[Segment]) -> None:
        """Another way, from where it stands, or behind where it is."""
        way = self.ways[truck]
        if way.is_over:
            if segments[0].id != way.segments[-1].id:
                text = f"Its trip begins in {segments[0].id}, but it stands in {way.segments[-1].id}."
                self._book.broken(LANE, text, truck)
            self.ways[truck] = Way(segments, after_ms=self._book.at_ms)
            return
        known = [segment.id for segment in way.segments[: way.entered]]
        if [segment.id for segment in segments[: way.entered]] != known:
            self._book.broken(LANE, f"Its other way leaves out that it is in {known[-1]}.", truck)
            return
        way.segments = segments

    def drove(self, event: TripDriven) -> int:
        """Judge a report and believe it; how many millimetres of segments it entered anew."""
        way = self.ways[event.truck]
        entered = event.passed + (event.ahead_mm > 0)
        is_whole = event.passed >= 1 and entered <= len(way.segments) and 0 <= event.left < entered
        if not is_whole or event.passed < way.passed or entered < way.entered or event.left < way.left:
            text = (
                f"It says it passed {event.passed} and left {event.left} of {len(way.segments)} segments; "
                f"it had passed {way.passed} and left {way.left}."
            )
            self._book.broken(LANE, text, event.truck)
            return 0
        if event.since_ms is not None and event.since_ms > event.at_ms:
            self._book.broken(TIME, "It was not so far at a time that is still to come.", event.truck)
        self._judge_pace(event, way)
        if event.left > way.left:
            self._judge_tail(event, way)
        new = way.segments[way.entered : entered]
        for segment in new:
            self._enter(event.truck, segment)
        for segment in way.segments[way.left : event.left]:
            self._leave(event.truck, segment)
        if event.passed > way.passed:
            way.after_ms = event.since_ms
        way.passed, way.entered, way.left = event.passed, entered, event.left
        return sum(segment.length_mm for segment in new)

    def _judge_pace(self, event: TripDriven, way: Way) -> None:
        """From the first moment it can have been where it was to the last at which it can have come where it is."""
        if way.after_ms is None or event.since_ms is None:
            return
        passed = way.segments[way.passed : event.passed]
        least_ms = sum(self._least_ms(segment, segment.length_mm) for segment in passed)
        if event.ahead_mm:
            least_ms += self._least_ms(way.segments[event.passed], event.ahead_mm)
        took_ms = event.at_ms - way.after_ms
        if took_ms < least_ms:
            text = f"It drove on from {way.segments[way.passed - 1].id} in {took_ms} ms; it needs {least_ms} ms."
            self._book.broken(SPEED, text, event.truck)

    def _judge_tail(self, event: TripDriven, way: Way) -> None:
        ahead_mm = event.ahead_mm + sum(segment.length_mm for segment in way.segments[event.left : event.passed])
        if ahead_mm < self._length_mm:
            text = f"Its tail leaves {way.segments[event.left - 1].id} with its front {ahead_mm:,} mm ahead."
            self._book.broken(SPEED, text, event.truck)

    def _enter(self, truck: str, segment: Segment) -> None:
        for resource in self._resources(segment.id):
            inside = self._inside[resource]
            for other in inside:
                if other != truck:
                    text = f"{truck} comes in before {other} has said that it is out."
                    self._book.broken(OWNER, text, resource)
            inside[truck] = inside.get(truck, 0) + 1

    def _leave(self, truck: str, segment: Segment) -> None:
        for resource in self._resources(segment.id):
            inside = self._inside[resource]
            inside[truck] -= 1
            if not inside[truck]:
                del inside[truck]

    def _resources(self, segment: SegmentId) -> tuple[str, ...]:
        junction = self._layout.junction_of.get(segment)
        return (segment,) if junction is None else (segment, f"junction {junction.id}")
