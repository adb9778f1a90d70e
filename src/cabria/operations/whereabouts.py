"""Where machines are on the ground plan at a time, as their booked trips and travels say."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Mapping
from itertools import pairwise
from math import atan2, hypot, pi
from typing import NamedTuple

from cabria.domain.layout import Layout, Point, Segment, along_block
from cabria.domain.run_events import CraneTravelled, RunEvent
from cabria.operations.board import Board
from cabria.operations.running import Whereabouts
from cabria.planning.dispatch.traffic.lane_book import Passage


class _Travel(NamedTuple):
    from_mm: int
    to_mm: int
    since_ms: int
    until_ms: int

    def at(self, now_ms: int) -> tuple[int, int]:
        """Where on the rail, and how fast."""
        if now_ms >= self.until_ms:
            return self.to_mm, 0
        took_ms = self.until_ms - self.since_ms
        way_mm = self.to_mm - self.from_mm
        return self.from_mm + way_mm * (now_ms - self.since_ms) // took_ms, 1_000 * way_mm // took_ms


class Plotter:
    """Hears the events of a run, and says where each machine of a board is."""

    def __init__(self, layout: Layout) -> None:
        self._layout = layout
        self._travels: dict[str, _Travel] = {}
        self._lines: dict[int, _Line] = {}
        self._blocks = {block.id: block for block in layout.terminal.blocks}

    def hear(self, event: RunEvent) -> None:
        if isinstance(event, CraneTravelled):
            self._travels[event.crane] = _Travel(event.from_mm, event.to_mm, event.at_ms, event.until_ms)

    def plot(self, board: Board, now_ms: int) -> dict[str, Whereabouts]:
        """All machines of a board."""
        passages = board.lanes.passages
        return self.places(
            {name: passages[truck.number] for name, truck in board.trucks.items() if truck.number in passages},
            {name: crane.x_mm for name, crane in board.quay_cranes.items()},
            {name: (lift.block, lift.at_mm) for name, lift in board.yard_cranes.items()},
            now_ms,
        )

    def places(
        self,
        trips: Mapping[str, Passage],
        quay_cranes: Mapping[str, int],
        yard_cranes: Mapping[str, tuple[str, int]],
        now_ms: int,
    ) -> dict[str, Whereabouts]:
        """Trucks by their trips: between two places they are as far as its times say. Cranes by where on their rail
        they go, or stand; yard cranes with their block."""
        found = {name: self._on_way(passage, now_ms) for name, passage in trips.items()}
        rail = self._layout.rail
        rail_y_mm = rail.waterside_mm + rail.gauge_mm // 2
        for name, stands_mm in quay_cranes.items():
            x_mm, speed = self._on_rail(name, stands_mm, now_ms)
            found[name] = Whereabouts(x_mm, rail_y_mm, 0, speed, now_ms)
        for name, (block, stands_mm) in yard_cranes.items():
            at_mm, speed = self._on_rail(name, stands_mm, now_ms)
            x_mm, y_mm, heading = self._over_block(block, at_mm)
            found[name] = Whereabouts(x_mm, y_mm, heading, speed, now_ms)
        return found

    def _on_rail(self, crane: str, stands_mm: int, now_ms: int) -> tuple[int, int]:
        travel = self._travels.get(crane)
        return (stands_mm, 0) if travel is None else travel.at(now_ms)

    def _on_way(self, passage: Passage, now_ms: int) -> Whereabouts:
        """A truck at rest has driven up to the end of its stand."""
        number = max(0, bisect_right(passage, now_ms, key=lambda window: window.enter_ms) - 1)
        segment = self._layout.segments[passage[number].segment]
        line = self._line(passage[number].segment, segment)
        driven_mm = segment.speed_mm_per_s * (now_ms - passage[number].enter_ms) // 1_000
        is_driving = number > 0 and driven_mm < segment.length_mm
        share = driven_mm / segment.length_mm if is_driving else 1.0
        return line.at(share, segment.speed_mm_per_s if is_driving else 0, now_ms)

    def _line(self, number: int, segment: Segment) -> _Line:
        if number not in self._lines:
            self._lines[number] = _Line(self._layout.points(segment))
        return self._lines[number]

    def _over_block(self, block: str, at_mm: int) -> tuple[int, int, int]:
        """The middle of a yard crane, and the heading of its block."""
        place = along_block(self._blocks[block], at_mm, at_mm)
        x_mm, y_mm = (place.x_from_mm + place.x_until_mm) // 2, (place.y_from_mm + place.y_until_mm) // 2
        return x_mm, y_mm, 0 if self._blocks[block].bays_along_quay else round(500 * pi)


class _Line:
    """A segment as drawn."""

    def __init__(self, points: tuple[Point, ...]) -> None:
        self._pieces = [(one, other, hypot(other[0] - one[0], other[1] - one[1])) for one, other in pairwise(points)]
        self._length_mm = sum(length for *_, length in self._pieces)

    def at(self, share: float, speed_mm_per_s: int, now_ms: int) -> Whereabouts:
        left_mm = share * self._length_mm
        number = 0
        while number < len(self._pieces) - 1 and left_mm > self._pieces[number][2]:
            left_mm -= self._pieces[number][2]
            number += 1
        (ax, ay), (bx, by), length_mm = self._pieces[number]
        part = min(1.0, left_mm / length_mm) if length_mm else 0.0
        return Whereabouts(
            round(ax + part * (bx - ax)),
            round(ay + part * (by - ay)),
            round(1_000 * atan2(by - ay, bx - ax)),
            speed_mm_per_s,
            now_ms,
        )
