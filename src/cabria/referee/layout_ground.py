"""Measures on the ground of a layout: where lanes cross, whether one runs through a block, how far a point lies off."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise
from math import isqrt

from cabria.domain.layout import Layout, Point, Rectangle, Segment

CELL_MM = 50_000
"""Lanes are compared with those in the same cell of a grid only."""

_Piece = tuple[Segment, Point, Point]


def crossings(layout: Layout) -> Iterator[tuple[Segment, Segment, Point]]:
    """Pairs of segments that cross or run on one another otherwise than at a shared end, and a point where they do.

    The two directions of one lane, between the same nodes, are no crossing.
    """
    cells: dict[tuple[int, int], list[_Piece]] = {}
    for segment in layout.segments:
        for a, b in pairwise(layout.points(segment)):
            for cell in _cells(a, b) if a != b else ():
                cells.setdefault(cell, []).append((segment, a, b))
    seen: set[tuple[str, str]] = set()
    for pieces in cells.values():
        for number, one in enumerate(pieces):
            for other in pieces[number + 1 :]:
                pair = (one[0].id, other[0].id) if one[0].id < other[0].id else (other[0].id, one[0].id)
                if pair[0] == pair[1] or pair in seen:
                    continue
                point = _meeting(layout, one, other)
                if point is not None:
                    seen.add(pair)
                    yield one[0], other[0], point


def _cells(a: Point, b: Point) -> Iterator[tuple[int, int]]:
    """Those a straight piece touches, column by column."""
    (x, y), (u, v) = sorted((a, b))
    for column in range(x // CELL_MM, u // CELL_MM + 1):
        ends = [y, v]
        if u > x:
            west, east = max(x, column * CELL_MM), min(u, (column + 1) * CELL_MM)
            ends = [y + (v - y) * (west - x) // (u - x), y + (v - y) * (east - x) // (u - x)]
        for row in range((min(ends) - 1) // CELL_MM, (max(ends) + 1) // CELL_MM + 1):
            yield column, row


def _meeting(layout: Layout, one: _Piece, other: _Piece) -> Point | None:
    (s, a, b), (t, c, d) = one, other
    if {s.start, s.end} == {t.start, t.end} and s.start == t.end:
        return None
    shared = {layout.node_by_id[node].point for node in {s.start, s.end} & {t.start, t.end}}
    if _aside(a, b, c) == 0 == _aside(a, b, d):
        return _overlap(a, b, c, d, shared)
    point = _crossing(a, b, c, d)
    return None if point in shared else point


def _aside(a: Point, b: Point, c: Point) -> int:
    """Positive when c lies to the left of the line from a to b, 0 when on it."""
    return (b[0] - a[0]) * (c[1] - a[1]) - (b[1] - a[1]) * (c[0] - a[0])


def _crossing(a: Point, b: Point, c: Point, d: Point) -> Point | None:
    p, q = _aside(c, d, a), _aside(c, d, b)
    r, s = _aside(a, b, c), _aside(a, b, d)
    if p * q > 0 or r * s > 0:
        return None
    return a[0] + (b[0] - a[0]) * p // (p - q), a[1] + (b[1] - a[1]) * p // (p - q)


def _overlap(a: Point, b: Point, c: Point, d: Point, shared: set[Point]) -> Point | None:
    """A point on both of two pieces of one straight line, when they have more in common than a shared end."""
    low, high = max(min(a, b), min(c, d)), min(max(a, b), max(c, d))
    if low > high or (low == high and low in shared):
        return None
    return low


def runs_through(a: Point, b: Point, ground: Rectangle) -> bool:
    """Whether a straight piece, or a point given twice, touches the inside of the rectangle (edges are outside)."""
    low_x, high_x = sorted((a[0], b[0]))
    low_y, high_y = sorted((a[1], b[1]))
    if (
        high_x <= ground.x_from_mm
        or low_x >= ground.x_until_mm
        or high_y <= ground.y_from_mm
        or low_y >= ground.y_until_mm
    ):
        return False
    corners = [(x, y) for x in (ground.x_from_mm, ground.x_until_mm) for y in (ground.y_from_mm, ground.y_until_mm)]
    asides = [_aside(a, b, corner) for corner in corners]
    return a == b or min(asides) < 0 < max(asides)


def middle(points: Sequence[Point]) -> Point:
    """The point half way along a line through points."""
    pieces = [isqrt((x - u) ** 2 + (y - v) ** 2) for (x, y), (u, v) in pairwise(points)]
    left = sum(pieces) // 2
    for (a, b), length in zip(pairwise(points), pieces, strict=True):
        if left <= length:
            share = left / length if length else 0.0
            return round(a[0] + (b[0] - a[0]) * share), round(a[1] + (b[1] - a[1]) * share)
        left -= length
    return points[-1]


def distance_mm(point: Point, ground: Rectangle) -> int:
    """From a point to the nearest of the rectangle, 0 inside, rounded down."""
    x = max(ground.x_from_mm - point[0], 0, point[0] - ground.x_until_mm)
    y = max(ground.y_from_mm - point[1], 0, point[1] - ground.y_until_mm)
    return isqrt(x * x + y * y)
