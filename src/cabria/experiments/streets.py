"""From one-way streets to a ground plan's nodes, segments and junctions.

Streets are straight, along the quay or away from it. Where two meet, the ground between four nodes is a junction with
the ways straight on and the turns from one street into the other. Pockets lie beside a street: a stand leaves it at
one node and joins it again at a later one. Between the pockets of a row one truck at a time passes a neck.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import Enum
from itertools import pairwise
from math import ceil

from cabria.domain.errors import DataError
from cabria.domain.layout import (
    LEAST_SEGMENT_MM,
    Junction,
    JunctionId,
    LaneKind,
    Node,
    NodeId,
    Point,
    Segment,
    SegmentId,
    drawn_length_mm,
)
from cabria.domain.stands import Stand

PIECE_MM = 40_000
"""Streets without pockets are cut into pieces no longer than this, so that trucks follow each other closely."""
TAPER_MM = 5_000
"""Along the street, from leaving it until standing beside it."""
TURN_SPEED_MM_PER_S = 3_000
POCKET_SPEED_MM_PER_S = 3_000


class Heading(Enum):
    """Which way a street leads; EAST is along the quay with rising x, NORTH inland with rising y."""

    EAST = "E"
    WEST = "W"
    NORTH = "N"
    SOUTH = "S"

    @property
    def is_along_quay(self) -> bool:
        return self in (Heading.EAST, Heading.WEST)

    @property
    def sign(self) -> int:
        return 1 if self in (Heading.EAST, Heading.NORTH) else -1


@dataclass(frozen=True, slots=True)
class Street:
    """A straight one-way street. `at_mm` is its y when it leads along the quay, else its x; it covers `from_mm` to
    `until_mm` of the other coordinate."""

    name: str
    heading: Heading
    at_mm: int
    from_mm: int
    until_mm: int
    speed_mm_per_s: int = 7_000
    kind: LaneKind = LaneKind.ROAD

    def __post_init__(self) -> None:
        if self.from_mm >= self.until_mm:
            raise DataError(f"Street {self.name} has no length.", place=self.name)

    @property
    def begin_mm(self) -> int:
        return self.from_mm if self.heading.sign > 0 else self.until_mm

    @property
    def end_mm(self) -> int:
        return self.until_mm if self.heading.sign > 0 else self.from_mm

    def point(self, along_mm: int, beside_mm: int = 0) -> Point:
        across = self.at_mm + beside_mm
        return (along_mm, across) if self.heading.is_along_quay else (across, along_mm)

    def meets(self, other: Street) -> bool:
        """Whether a street at right angles crosses or touches this one."""
        return (
            self.heading.is_along_quay != other.heading.is_along_quay
            and self.from_mm <= other.at_mm <= self.until_mm
            and other.from_mm <= self.at_mm <= other.until_mm
        )


@dataclass(frozen=True, slots=True)
class Pocket:
    """A stand `beside_mm` (positive to rising y or x) of a street, over a stretch of it."""

    id: str
    street: str
    from_mm: int
    until_mm: int
    beside_mm: int
    stand: Stand


@dataclass(frozen=True)
class Ground:
    """What was built: parts of a Layout, in a fixed order."""

    nodes: tuple[Node, ...]
    segments: tuple[Segment, ...]
    junctions: tuple[Junction, ...]
    begins: Mapping[str, NodeId]
    """The first node of each street that begins at no other street."""
    ends: Mapping[str, NodeId]
    """The last node of each street that ends at no other street."""


def build(streets: Sequence[Street], pockets: Sequence[Pocket], *, half_mm: int = 3_000) -> Ground:
    """The ground plan of the streets; a meeting of two is a square of 2 x `half_mm`.

    Meetings nearer to each other than a truck is long share one junction. Raises DataError when a pocket lies on no
    free stretch of its street.
    """
    builder = _Builder(half_mm)
    for street in streets:
        crossing = [other for other in streets if street.meets(other)]
        crossing.sort(key=lambda other: (street.heading.sign * other.at_mm, other.name))
        builder.lay(street, crossing, [pocket for pocket in pockets if pocket.street == street.name])
    for one in streets:
        if one.heading.is_along_quay:
            for other in streets:
                if one.meets(other):
                    builder.meet(one, other)
    return builder.ground()


class _Builder:
    def __init__(self, half_mm: int) -> None:
        self._half_mm = half_mm
        self._nodes: list[Node] = []
        self._segments: list[Segment] = []
        self._entries: dict[tuple[str, str], NodeId] = {}
        """Street and the one it meets: the node where it comes to the meeting."""
        self._exits: dict[tuple[str, str], NodeId] = {}
        self._joined: dict[str, str] = {}
        """A junction's name, and that of the one it was made a part of."""
        self._members: list[tuple[str, SegmentId]] = []
        self._begins: dict[str, NodeId] = {}
        self._ends: dict[str, NodeId] = {}
        self._counts: dict[str, int] = {}

    def lay(self, street: Street, crossing: Sequence[Street], pockets: Sequence[Pocket]) -> None:
        """A street's own nodes and segments, outside of the meetings."""
        sign = street.heading.sign
        left, placed = list(pockets), 0
        at, start, last = street.begin_mm, None, None
        if not crossing or abs(crossing[0].at_mm - at) > self._half_mm:
            start = self._begins[street.name] = self._node(street, at)
        for other in crossing:
            before, after = other.at_mm - sign * self._half_mm, other.at_mm + sign * self._half_mm
            if start is not None:
                entry = self._entries[street.name, other.name] = self._node(street, before)
                if last is not None and abs(before - at) < LEAST_SEGMENT_MM:
                    self._join(street, last, other, start, entry)
                else:
                    placed += self._stretch(street, at, before, start, entry, left)
            if sign * (street.end_mm - after) < 0:
                start = None
                break
            at, last = after, other
            start = self._exits[street.name, other.name] = self._node(street, after)
        if start is not None:
            end = self._ends[street.name] = self._node(street, street.end_mm)
            placed += self._stretch(street, at, street.end_mm, start, end, left)
        if placed != len(left):
            raise DataError(f"{len(left) - placed} pockets lie on no free stretch of street {street.name}.")

    def meet(self, one: Street, other: Street) -> None:
        """The ways over the ground where two streets meet."""
        name = _junction_name(one, other)
        for come, cross in ((one, other), (other, one)):
            entry = self._entries.get((come.name, cross.name))
            if entry is None:
                continue
            if (on := self._exits.get((come.name, cross.name))) is not None:
                self._cross(f"{come.name}+{cross.name}", entry, on, come.speed_mm_per_s, name)
            if (turn := self._exits.get((cross.name, come.name))) is not None:
                self._cross(f"{come.name}>{cross.name}", entry, turn, TURN_SPEED_MM_PER_S, name)

    def ground(self) -> Ground:
        members: dict[str, list[SegmentId]] = {}
        for name, segment in self._members:
            members.setdefault(self._root(name), []).append(segment)
        junctions = tuple(Junction(JunctionId(name), tuple(found)) for name, found in members.items())
        return Ground(tuple(self._nodes), tuple(self._segments), junctions, self._begins, self._ends)

    def _stretch(
        self, street: Street, from_mm: int, until_mm: int, start: NodeId, end: NodeId, pockets: Sequence[Pocket]
    ) -> int:
        """Lay the street between two meetings, with its pockets; how many of them lie there."""
        sign = street.heading.sign
        low, high = sorted((from_mm, until_mm))
        here = [pocket for pocket in pockets if low <= pocket.from_mm and pocket.until_mm <= high]
        spans = sorted({(p.from_mm, p.until_mm) for p in here}, reverse=sign < 0)
        at, node = from_mm, start
        for number, span in enumerate(spans):
            first, last = span[::sign]
            if abs(first - at) < LEAST_SEGMENT_MM and number == 0:
                first = at
            else:
                leave = self._node(street, first)
                self._pieces(street, at, first, node, leave, is_neck=abs(first - at) < LEAST_SEGMENT_MM)
                node = leave
            if abs(until_mm - last) < LEAST_SEGMENT_MM and number == len(spans) - 1:
                last, join = until_mm, end
            else:
                join = self._node(street, last)
            self._pieces(street, first, last, node, join)
            for pocket in here:
                if (pocket.from_mm, pocket.until_mm) == span:
                    self._pocket(street, pocket, first, last, node, join)
            at, node = last, join
        if node != end:
            self._pieces(street, at, until_mm, node, end)
        return len(here)

    def _pieces(
        self, street: Street, from_mm: int, until_mm: int, start: NodeId, end: NodeId, *, is_neck: bool = False
    ) -> None:
        number = ceil(abs(until_mm - from_mm) / PIECE_MM)
        cuts = [from_mm + (until_mm - from_mm) * n // number for n in range(1, number)]
        nodes = [start, *(self._node(street, cut) for cut in cuts), end]
        for (a, b), (here, there) in zip(pairwise(nodes), pairwise([from_mm, *cuts, until_mm]), strict=True):
            name = self._count(street.name)
            self._segment(name, a, b, abs(there - here), street.speed_mm_per_s, street.kind)
            if is_neck:
                self._members.append((name, SegmentId(name)))

    def _pocket(self, street: Street, pocket: Pocket, first: int, last: int, leave: NodeId, join: NodeId) -> None:
        taper = street.heading.sign * TAPER_MM
        via = (street.point(first + taper, pocket.beside_mm), street.point(last - taper, pocket.beside_mm))
        length = drawn_length_mm((street.point(first), *via, street.point(last))) + 1
        stand = Segment(
            SegmentId(pocket.id), leave, join, length, POCKET_SPEED_MM_PER_S, street.kind, pocket.stand, via
        )
        self._segments.append(stand)

    def _join(self, street: Street, last: Street, other: Street, start: NodeId, end: NodeId) -> None:
        """Two meetings with no room for a truck between them are one junction."""
        name = self._count(street.name)
        points = [node.point for node in self._nodes if node.id in (start, end)]
        self._segment(name, start, end, drawn_length_mm(points), street.speed_mm_per_s, LaneKind.CROSSING)
        one, two = self._root(_junction_name(street, last)), self._root(_junction_name(street, other))
        if one != two:
            self._joined[max(one, two)] = min(one, two)
        self._members.append((_junction_name(street, last), SegmentId(name)))

    def _cross(self, name: str, start: NodeId, end: NodeId, speed_mm_per_s: int, junction: str) -> None:
        self._segment(name, start, end, 2 * self._half_mm, speed_mm_per_s, LaneKind.CROSSING)
        self._members.append((junction, SegmentId(name)))

    def _segment(self, name: str, start: NodeId, end: NodeId, length_mm: int, speed: int, kind: LaneKind) -> None:
        self._segments.append(Segment(SegmentId(name), start, end, length_mm, speed, kind))

    def _node(self, street: Street, along_mm: int) -> NodeId:
        name = NodeId(self._count(f"{street.name}:"))
        self._nodes.append(Node(name, *street.point(along_mm)))
        return name

    def _count(self, prefix: str) -> str:
        self._counts[prefix] = self._counts.get(prefix, 0) + 1
        return f"{prefix}{'' if prefix.endswith(':') else '.'}{self._counts[prefix]}"

    def _root(self, name: str) -> str:
        while name in self._joined:
            name = self._joined[name]
        return name


def _junction_name(one: Street, other: Street) -> str:
    along, away = (one, other) if one.heading.is_along_quay else (other, one)
    return f"{along.name}x{away.name}"


def fan(
    prefix: str, hub: Node, ends: Sequence[Point], *, inward: bool, speed_mm_per_s: int
) -> Iterator[tuple[Node, Segment]]:
    """Ways between one node and several points, such as a gate's lanes; the caller puts them in a junction."""
    for number, (x_mm, y_mm) in enumerate(ends, start=1):
        node = Node(NodeId(f"{prefix}:{number}"), x_mm, y_mm)
        start, end = (node, hub) if inward else (hub, node)
        length = drawn_length_mm((start.point, end.point)) + 1
        name = SegmentId(f"{prefix}.{number}")
        yield node, Segment(name, start.id, end.id, length, speed_mm_per_s, LaneKind.CROSSING)
