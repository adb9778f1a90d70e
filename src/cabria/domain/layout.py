"""The ground plan: lanes, junctions and stands on which trucks drive, and the rails cranes stand on.

x runs along the quay from its beginning, y inland from the quay's edge; all in millimetres. A Layout refers to a
Terminal for the blocks and machines. One truck at a time owns a segment; of the segments of a junction one truck at a
time may be in any. Trucks drive forward only, from a segment's start to its end. A stand lies beside a lane, so that a
truck at rest is in nobody's way.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property
from itertools import pairwise
from math import isqrt
from typing import NewType

from cabria.domain.errors import DataError
from cabria.domain.stands import Stand, StandKind
from cabria.domain.terminal import Terminal
from cabria.domain.yard import YardBlock

NodeId = NewType("NodeId", str)
SegmentId = NewType("SegmentId", str)
JunctionId = NewType("JunctionId", str)
Point = tuple[int, int]

TRUCK_LENGTH_MM = 18_000
LEAST_SEGMENT_MM = 20_000
"""Of a segment in which a truck may have to wait: it and two metres of air. Only in junctions are segments shorter."""


class LaneKind(StrEnum):
    """What a segment belongs to."""

    ROAD = "road"
    PORTAL = "portal"
    """Under the quay cranes."""
    TRANSFER = "transfer"
    """Along a block, under the cantilever or at the end of its yard crane."""
    CROSSING = "crossing"
    """Within a junction."""
    GATE = "gate"


@dataclass(frozen=True, slots=True)
class Node:
    """A point where segments meet."""

    id: NodeId
    x_mm: int
    y_mm: int

    @property
    def point(self) -> Point:
        return self.x_mm, self.y_mm


@dataclass(frozen=True, slots=True)
class Segment:
    """A one-way piece of lane from node to node, by way of the points `via`; with a `stand`, a place to dwell.

    `speed_mm_per_s` is the limit for whoever drives there.
    """

    id: SegmentId
    start: NodeId
    end: NodeId
    length_mm: int
    speed_mm_per_s: int
    kind: LaneKind = LaneKind.ROAD
    stand: Stand | None = None
    via: tuple[Point, ...] = ()

    def __post_init__(self) -> None:
        if self.length_mm <= 0 or self.speed_mm_per_s <= 0:
            raise DataError(
                f"Segment {self.id} is {self.length_mm} mm long at {self.speed_mm_per_s} mm/s.", place=self.id
            )
        if self.start == self.end:
            raise DataError(f"Segment {self.id} ends where it starts, at node {self.end}.", place=self.id)


@dataclass(frozen=True, slots=True)
class Junction:
    """Segments of which one truck at a time may be in any."""

    id: JunctionId
    segments: tuple[SegmentId, ...]

    def __post_init__(self) -> None:
        if not self.segments or len(set(self.segments)) < len(self.segments):
            raise DataError(f"Junction {self.id} names no segment, or one twice.", place=self.id)


@dataclass(frozen=True, slots=True)
class BerthRange:
    """A named stretch of the quay."""

    id: str
    from_mm: int
    until_mm: int

    def __post_init__(self) -> None:
        if self.from_mm >= self.until_mm:
            raise DataError(f"Berth {self.id} ends before it begins.", place=self.id)


@dataclass(frozen=True, slots=True)
class QuayRail:
    """The quay cranes' rails, from `from_mm` to `until_mm` along the quay.

    `waterside_mm` is the y of the rail nearest the water; the other lies `gauge_mm` behind it. A crane is
    `crane_width_mm` wide from buffer to buffer; `back_reach_mm` is how far behind its rails it can set down.
    """

    from_mm: int
    until_mm: int
    waterside_mm: int = 3_000
    gauge_mm: int = 35_000
    crane_width_mm: int = 27_000
    back_reach_mm: int = 16_000

    def __post_init__(self) -> None:
        if self.from_mm >= self.until_mm or min(self.gauge_mm, self.crane_width_mm) <= 0 or self.back_reach_mm < 0:
            raise DataError("The quay rail has no length, or its cranes no width.", place="quay rail")


@dataclass(frozen=True, slots=True)
class CranePlace:
    """Where a yard crane stands at the start: the middle of it, in mm along its block from the outer edge of bay 1."""

    crane: str
    at_mm: int


@dataclass(frozen=True, slots=True)
class Runway:
    """The rails of one block and the yard cranes that share them, in their order.

    `from_mm` and `until_mm` are measured along the block from the outer edge of bay 1, so that a runway that begins
    before the block has a negative `from_mm`. Cranes are `crane_length_mm` long along the rails and keep at least
    `gap_mm` between them; `reach_mm` is how far beside the stacks they hand boxes over. Before and behind the stacks
    they reach as far as the rails.
    """

    block: str
    from_mm: int
    until_mm: int
    cranes: tuple[CranePlace, ...]
    crane_length_mm: int = 14_000
    gap_mm: int = 5_000
    reach_mm: int = 8_000

    def __post_init__(self) -> None:
        if self.from_mm >= self.until_mm or self.crane_length_mm <= 0 or min(self.gap_mm, self.reach_mm) < 0:
            raise DataError(f"The runway of block {self.block} has no length, or its cranes none.", place=self.block)


@dataclass(frozen=True, slots=True)
class Rectangle:
    """Ground covered, edges included."""

    x_from_mm: int
    y_from_mm: int
    x_until_mm: int
    y_until_mm: int

    def overlaps(self, other: Rectangle) -> bool:
        """Touching edges do not."""
        return (
            self.x_from_mm < other.x_until_mm
            and other.x_from_mm < self.x_until_mm
            and self.y_from_mm < other.y_until_mm
            and other.y_from_mm < self.y_until_mm
        )

    def grown(self, x_mm: int, y_mm: int) -> Rectangle:
        return Rectangle(self.x_from_mm - x_mm, self.y_from_mm - y_mm, self.x_until_mm + x_mm, self.y_until_mm + y_mm)


@dataclass(frozen=True)
class Layout:
    """The ground plan of one terminal. Every id stands once and every name has its object, or DataError is raised.

    Whether one can drive on it is judged by `cabria.referee.layout`.
    """

    name: str
    terminal: Terminal
    nodes: tuple[Node, ...]
    segments: tuple[Segment, ...]
    rail: QuayRail
    junctions: tuple[Junction, ...] = ()
    berths: tuple[BerthRange, ...] = ()
    runways: tuple[Runway, ...] = ()
    source: str = ""
    """Whose plan it is, in a sentence."""

    def __post_init__(self) -> None:
        _refuse_twice("node", (node.id for node in self.nodes))
        _refuse_twice("segment", (segment.id for segment in self.segments))
        _refuse_twice("junction", (junction.id for junction in self.junctions))
        _refuse_twice("berth", (berth.id for berth in self.berths))
        _refuse_twice("runway of block", (runway.block for runway in self.runways))
        for segment in self.segments:
            self._refuse_strange_ends(segment)
        self._refuse_strange_junctions()
        self._refuse_strange_runways()

    def _refuse_strange_ends(self, segment: Segment) -> None:
        for word, node in (("starts", segment.start), ("ends", segment.end)):
            if node not in self.node_by_id:
                raise DataError(
                    f"Segment {segment.id} {word} nowhere: there is no node {node!r:.60}.", place=segment.id
                )
        drawn = drawn_length_mm(self.points(segment))
        if segment.length_mm < drawn:
            raise DataError(
                f"Segment {segment.id} is drawn {drawn:,} mm long and said to be {segment.length_mm:,} mm.",
                place=segment.id,
            )

    def _refuse_strange_junctions(self) -> None:
        owner: dict[SegmentId, JunctionId] = {}
        for junction in self.junctions:
            for name in junction.segments:
                if name not in self.segment_by_id:
                    raise DataError(
                        f"Junction {junction.id} names segment {name!r:.60}, which does not exist.", place=junction.id
                    )
                if name in owner:
                    raise DataError(
                        f"Segment {name} lies in junction {owner[name]} and in junction {junction.id}.", place=name
                    )
                owner[name] = junction.id

    def _refuse_strange_runways(self) -> None:
        home = {crane.id: crane.block for crane in self.terminal.yard_cranes}
        seen: set[str] = set()
        for runway in self.runways:
            if self.terminal.block(runway.block) is None:
                raise DataError(f"A runway is for block {runway.block!r:.60}, which does not exist.", place="runways")
            for place in runway.cranes:
                if home.get(place.crane) != runway.block:
                    raise DataError(f"Yard crane {place.crane!r:.60} is none of this block.", place=runway.block)
                if place.crane in seen:
                    raise DataError(f"Yard crane {place.crane} has two places.", place=runway.block)
                seen.add(place.crane)

    @cached_property
    def node_by_id(self) -> Mapping[NodeId, Node]:
        return {node.id: node for node in self.nodes}

    @cached_property
    def segment_by_id(self) -> Mapping[SegmentId, Segment]:
        return {segment.id: segment for segment in self.segments}

    @cached_property
    def junction_of(self) -> Mapping[SegmentId, Junction]:
        """The junction a segment lies in, for those that lie in one."""
        return {name: junction for junction in self.junctions for name in junction.segments}

    @cached_property
    def stands(self) -> tuple[Segment, ...]:
        """Segments with a stand, in the layout's order."""
        return tuple(segment for segment in self.segments if segment.stand is not None)

    @cached_property
    def leaving(self) -> Mapping[NodeId, tuple[Segment, ...]]:
        """Segments that start at a node, for every node."""
        return _by_node(self.nodes, ((segment.start, segment) for segment in self.segments))

    @cached_property
    def arriving(self) -> Mapping[NodeId, tuple[Segment, ...]]:
        """Segments that end at a node, for every node."""
        return _by_node(self.nodes, ((segment.end, segment) for segment in self.segments))

    @cached_property
    def runway_of(self) -> Mapping[str, Runway]:
        return {runway.block: runway for runway in self.runways}

    def points(self, segment: Segment) -> tuple[Point, ...]:
        """How a segment runs over the ground, ends included."""
        return (self.node_by_id[segment.start].point, *segment.via, self.node_by_id[segment.end].point)

    def stands_of(self, kind: StandKind) -> tuple[Segment, ...]:
        return tuple(segment for segment in self.stands if segment.stand is not None and segment.stand.kind is kind)

    def stands_at_bay(self, block: str, bay: int) -> tuple[Segment, ...]:
        """Stands where a box of that bay is handed over; an even bay is a 40 ft box over two odd ones."""
        return tuple(
            segment for segment in self.stands if segment.stand is not None and segment.stand.serves_bay(block, bay)
        )

    def stands_at_quay(self, x_mm: int) -> tuple[Segment, ...]:
        """Stands in reach of a quay crane that stands there along the quay, nearest the water first."""
        here = [s for s in self.stands if s.stand is not None and s.stand.serves_quay(x_mm)]
        return tuple(sorted(here, key=lambda s: (s.stand.lane if s.stand else 0, s.id)))


def footprint(block: YardBlock) -> Rectangle:
    """The ground under a block's stacks."""
    along, across = block.bays * block.bay_pitch_mm, block.rows * block.row_pitch_mm
    width, depth = (along, across) if block.bays_along_quay else (across, along)
    return Rectangle(block.x_mm, block.y_mm, block.x_mm + width, block.y_mm + depth)


def along_block(block: YardBlock, from_mm: int, until_mm: int) -> Rectangle:
    """The ground across a block between two distances from the outer edge of bay 1; they may lie outside of it."""
    whole = footprint(block)
    if block.bays_along_quay:
        return Rectangle(block.x_mm + from_mm, whole.y_from_mm, block.x_mm + until_mm, whole.y_until_mm)
    return Rectangle(whole.x_from_mm, block.y_mm + from_mm, whole.x_until_mm, block.y_mm + until_mm)


def drawn_length_mm(points: Iterable[Point]) -> int:
    """Of a line through the points, each piece rounded down."""
    return sum(isqrt((x - u) ** 2 + (y - v) ** 2) for (x, y), (u, v) in pairwise(points))


def _by_node(nodes: Iterable[Node], ends: Iterable[tuple[NodeId, Segment]]) -> Mapping[NodeId, tuple[Segment, ...]]:
    found: dict[NodeId, list[Segment]] = {node.id: [] for node in nodes}
    for node, segment in ends:
        found[node].append(segment)
    return {node: tuple(segments) for node, segments in found.items()}


def _refuse_twice(what: str, ids: Iterable[str]) -> None:
    seen: set[str] = set()
    for name in ids:
        if name in seen:
            raise DataError(f"There are two of {what} {name}.", place=name)
        seen.add(name)
