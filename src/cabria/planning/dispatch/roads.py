"""Ways on an empty terminal: how far it is from stand to stand, by which segments, and by which others.

A truck on a stand is taken to stand at its end: a way's cost is that of the segments after the first, the last
included. No way leads through a stand. What other trucks do is the business of traffic.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy.sparse import csr_array
from scipy.sparse.csgraph import dijkstra

from cabria.domain.layout import Layout

Array = np.ndarray[Any, np.dtype[Any]]

DEARER = 1.4
"""What a segment costs, of its cost before, once a way leads over it; for finding other ways."""
TRIES_PER_WAY = 4


@dataclass(frozen=True)
class Way:
    """Indices of segments from stand to stand, both included, and the sum of their costs without the first."""

    segments: tuple[int, ...]
    cost: int


@dataclass(frozen=True)
class Distances:
    """All shortest ways at once: `cost[i, j]` from stand `stands[i]` to stand `stands[j]`, -1 where there is none."""

    stands: Array
    """Indices of segments."""
    cost: Array
    before: Array
    """By source stand and node: the node before it on the way there."""


class Roads:
    """A layout as flat arrays over its segments, in the layout's order.

    int32 `start` and `end` (indices of nodes), `junction` (-1 for none); int64 `length_mm`, `speed_mm_per_s`; bool
    `is_stand`. `index` finds a segment's place by its id.
    """

    def __init__(self, layout: Layout) -> None:
        nodes = {node.id: number for number, node in enumerate(layout.nodes)}
        junctions = {junction.id: number for number, junction in enumerate(layout.junctions)}
        segments = layout.segments
        self.layout = layout
        self.index = {segment.id: number for number, segment in enumerate(segments)}
        self.start = np.array([nodes[segment.start] for segment in segments], np.int32)
        self.end = np.array([nodes[segment.end] for segment in segments], np.int32)
        self.junction = np.array(
            [junctions[layout.junction_of[s.id].id] if s.id in layout.junction_of else -1 for s in segments], np.int32
        )
        self.length_mm = np.array([segment.length_mm for segment in segments], np.int64)
        self.speed_mm_per_s = np.array([segment.speed_mm_per_s for segment in segments], np.int64)
        self.is_stand = np.array([segment.stand is not None for segment in segments], np.bool_)
        self._nodes = len(nodes)
        self._lane: dict[tuple[int, int], int] = {}
        """By two nodes: the segment from one to the other, no stand; of several the shortest, of equals the first."""
        for number in np.argsort(self.length_mm, kind="stable").tolist():
            if not self.is_stand[number]:
                self._lane.setdefault((int(self.start[number]), int(self.end[number])), number)

    def times_ms(self, speed_mm_per_s: int) -> Array:
        """Milliseconds a truck of that speed takes for each segment, limits kept, starting and braking not counted."""
        speed = np.minimum(self.speed_mm_per_s, speed_mm_per_s)
        return -(-1000 * self.length_mm // speed)

    def distances(self, cost: Array) -> Distances:
        """Cheapest ways between all stands, for whole positive costs of the segments."""
        stands = np.flatnonzero(self.is_stand).astype(np.int32)
        far, before = dijkstra(self._graph(cost), indices=self.end[stands], return_predecessors=True)
        reached = far[:, self.start[stands]]
        total = np.where(np.isfinite(reached), reached + cost[stands][None, :], -1).astype(np.int64)
        np.fill_diagonal(total, 0)
        return Distances(stands, total, before)

    def way(self, cost: Array, from_stand: int, to_stand: int) -> Way | None:
        """The cheapest way between two stands, given as indices of segments; None where there is none."""
        if from_stand == to_stand:
            return Way((from_stand,), 0)
        far, before = dijkstra(self._graph(cost), indices=int(self.end[from_stand]), return_predecessors=True)
        if not np.isfinite(far[self.start[to_stand]]):
            return None
        segments = (from_stand, *reversed(list(self._back(before, from_stand, to_stand))), to_stand)
        return Way(segments, int(cost[list(segments[1:])].sum()))

    def ways(self, cost: Array, from_stand: int, to_stand: int, count: int, *, most: float = 1.6) -> tuple[Way, ...]:
        """Up to `count` different ways, cheapest first, none dearer than `most` times the cheapest.

        Each is the cheapest after the segments of those before it were made dearer, so that they share little.
        """
        found: dict[tuple[int, ...], Way] = {}
        dearer = cost.astype(np.float64)
        for _ in range(count * TRIES_PER_WAY):
            way = self.way(np.rint(dearer).astype(np.int64), from_stand, to_stand)
            if way is None or len(way.segments) == 1:
                return () if way is None else (way,)
            true_cost = int(cost[list(way.segments[1:])].sum())
            if not found or true_cost <= most * next(iter(found.values())).cost:
                found.setdefault(way.segments, Way(way.segments, true_cost))
            if len(found) == count:
                break
            dearer[list(way.segments)] *= DEARER
        return tuple(sorted(found.values(), key=lambda way: (way.cost, way.segments)))

    def lanes_between(self, distances: Distances, from_place: int, to_place: int) -> Iterator[int]:
        """Segments between stands `stands[from_place]` and `stands[to_place]` on the cheapest way, last first."""
        stands = distances.stands
        return self._back(distances.before[from_place], int(stands[from_place]), int(stands[to_place]))

    def _back(self, before: Array, from_stand: int, to_stand: int) -> Iterator[int]:
        at, node = int(self.end[from_stand]), int(self.start[to_stand])
        while node != at:
            last = int(before[node])
            yield self._lane[last, node]
            node = last

    def _graph(self, cost: Array) -> csr_array:
        lanes = np.array(list(self._lane.values()), np.int64)
        ends = (self.start[lanes], self.end[lanes])
        return csr_array((cost[lanes].astype(np.float64), ends), shape=(self._nodes, self._nodes))
