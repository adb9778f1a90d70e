"""The layout as trucks see it: nodes and edges in metres, zones around stands under cranes, the map's bounds.

A node is where segments meet, an edge is a segment. x runs along the quay, y inland, as in the layout. The control
point of a truck is the middle of its front: a node is passed when the front is there, and on a stand the front is at
the stand's end.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from math import atan2, cos, hypot, sin

from cabria.adapters.vda5050.control.fleet_control import Bounds
from cabria.adapters.vda5050.order import AllowedDeviation, Edge, Node, NodePosition
from cabria.adapters.vda5050.parts import ControlPoint, Trajectory
from cabria.adapters.vda5050.zones import ReleaseLoss, Vertex, Zone, ZoneSet, ZoneType
from cabria.domain.layout import Layout, Segment, SegmentId
from cabria.domain.stands import StandKind

MAP = "terminal"
LEASED = (StandKind.QUAY, StandKind.YARD)
"""Stands in which cranes lower boxes: nobody enters without leave."""
BESIDE_M = 1.8
"""Half the width of a zone."""
REACH_M = 3.0
"""How far from a path's first node a truck may stand, so that it counts as on it."""
AROUND_M = 50.0
"""How far outside the lanes a truck may be and still be on the map."""


def node_of(layout: Layout, segment: Segment, *, is_first: bool = False) -> Node:
    """The node at a segment's end."""
    place = layout.node_by_id[segment.end]
    reach = AllowedDeviation(a=REACH_M, b=REACH_M, theta=0.0) if is_first else None
    position = NodePosition(x=place.x_mm / 1_000, y=place.y_mm / 1_000, map_id=MAP, allowed_deviation_xy=reach)
    return Node(node_id=segment.end, sequence_id=0, released=False, node_position=position, actions=())


def edge_of(layout: Layout, segment: Segment) -> Edge:
    """A segment; where it bends it carries the line to follow."""
    line = [ControlPoint(x=x / 1_000, y=y / 1_000) for x, y in layout.points(segment)]
    return Edge(
        edge_id=segment.id,
        sequence_id=0,
        released=False,
        maximum_speed=segment.speed_mm_per_s / 1_000,
        length=segment.length_mm / 1_000,
        trajectory=Trajectory(control_points=tuple(line)) if segment.via else None,
        actions=(),
    )


def path_along(layout: Layout, segments: Sequence[int]) -> tuple[list[Node], list[Edge]]:
    """Nodes and edges of a passage, by the numbers of its segments; the truck stands in the first."""
    way = [layout.segments[number] for number in segments]
    nodes = [node_of(layout, segment, is_first=not number) for number, segment in enumerate(way)]
    return nodes, [edge_of(layout, segment) for segment in way[1:]]


def pose_on(layout: Layout, stand: SegmentId) -> tuple[float, float, float]:
    """Where the front of a truck on a stand is, in metres, and its heading in radians."""
    (ax, ay), (bx, by) = list(pairwise(layout.points(layout.segment_by_id[stand])))[-1]
    return bx / 1_000, by / 1_000, atan2(by - ay, bx - ax)


def zone_set_of(layout: Layout) -> ZoneSet:
    """A RELEASE zone for every stand under a crane, named by its segment."""
    stands = [s for s in layout.stands if s.stand is not None and s.stand.kind in LEASED]
    zones = tuple(_zone(layout, stand) for stand in stands)
    return ZoneSet(map_id=MAP, zone_set_id=f"stands-of-{layout.name}", zones=zones)


def bounds_of(layout: Layout) -> Bounds:
    xs, ys = [node.x_mm / 1_000 for node in layout.nodes], [node.y_mm / 1_000 for node in layout.nodes]
    return Bounds(min(xs) - AROUND_M, min(ys) - AROUND_M, max(xs) + AROUND_M, max(ys) + AROUND_M)


def _zone(layout: Layout, stand: Segment) -> Zone:
    """Along the second half of the stand, so that who passes on the lane beside it is not in it."""
    points = [(x / 1_000, y / 1_000) for x, y in layout.points(stand)]
    (ax, ay), (bx, by) = max(pairwise(points), key=lambda piece: _length(*piece))
    heading = atan2(by - ay, bx - ax)
    aside_x, aside_y = -sin(heading) * BESIDE_M, cos(heading) * BESIDE_M
    corners = (
        (ax - aside_x, ay - aside_y),
        (bx - aside_x, by - aside_y),
        (bx + aside_x, by + aside_y),
        (ax + aside_x, ay + aside_y),
    )
    return Zone(
        zone_id=stand.id,
        zone_type=ZoneType.RELEASE,
        vertices=tuple(Vertex(x=round(x, 3), y=round(y, 3)) for x, y in corners),
        release_loss_behavior=ReleaseLoss.STOP,
    )


def _length(start: tuple[float, float], end: tuple[float, float]) -> float:
    return hypot(end[0] - start[0], end[1] - start[1])
