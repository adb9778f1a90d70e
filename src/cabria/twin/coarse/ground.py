"""Tables of travel times from a layout's lanes: quay, blocks and gate, as one place each stretch of quay and block."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy.sparse import coo_array
from scipy.sparse.csgraph import dijkstra

from cabria.domain.errors import DataError
from cabria.domain.layout import Layout, Segment
from cabria.domain.machines import TruckModel
from cabria.domain.stands import StandKind

STRETCH_MM = 100_000
"""Of quay, for which one place stands."""
STANDS_A_PLACE = 8
"""Of the stands of a place so many are looked at, evenly over all."""


@dataclass(frozen=True)
class Ground:
    """Places are numbered: stretches of quay from its beginning, then blocks in the terminal's order, then the gate.

    `drive_ms[a, b]` and `way_m[a, b]` are the mean over the stands of both places on empty lanes, from rest to rest.
    """

    quay_places: int
    blocks: int
    drive_ms: np.ndarray
    way_m: np.ndarray

    @property
    def gate(self) -> int:
        return self.quay_places + self.blocks


def ground_of(layout: Layout, model: TruckModel = TruckModel()) -> Ground:
    """Raises DataError for a block, a stretch of quay or a gate that no truck reaches."""
    places = [_some(stands) for stands in _places(layout)]
    stands = [segment for place in places for segment in place]
    first = np.cumsum([0, *map(len, places)])
    number = {node.id: n for n, node in enumerate(layout.nodes)}
    time_ms = [_drive_ms(segment, model) for segment in layout.segments]
    ends = np.array([[number[s.start], number[s.end]] for s in layout.segments])
    shape = (len(layout.nodes), len(layout.nodes))
    graph = coo_array((np.array(time_ms, float), (ends[:, 0], ends[:, 1])), shape).tocsr()
    leaves = np.array([number[segment.end] for segment in stands])
    enters = np.array([number[segment.start] for segment in stands])
    sources, row = np.unique(leaves, return_inverse=True)
    reached, before = dijkstra(graph, indices=sources, return_predecessors=True)
    length_m = _length_m(layout, before, sources, number)
    last_ms = np.array([_drive_ms(segment, model) for segment in stands]) + 2 * model.drive.start_ms
    own_m = np.array([segment.length_mm / 1_000 for segment in stands])
    drive_ms = reached[np.ix_(row, enters)] + last_ms
    way_m = length_m[np.ix_(row, enters)] + own_m
    _refuse_islands(layout, places, first, drive_ms)
    return Ground(
        quay_places=len(places) - len(layout.terminal.blocks) - 1,
        blocks=len(layout.terminal.blocks),
        drive_ms=_means(drive_ms, first).astype(np.int64),
        way_m=_means(way_m, first).astype(np.int64),
    )


def _places(layout: Layout) -> list[list[Segment]]:
    terminal = layout.terminal
    quay: list[list[Segment]] = []
    for from_mm in range(0, terminal.quay_length_mm, STRETCH_MM):
        middle_mm = min(from_mm + STRETCH_MM // 2, terminal.quay_length_mm - 1)
        quay.append(list(layout.stands_at_quay(middle_mm)))
    blocks = [
        [s for s in layout.stands if s.stand is not None and s.stand.block == block.id] for block in terminal.blocks
    ]
    gate = [*layout.stands_of(StandKind.GATE_IN), *layout.stands_of(StandKind.GATE_OUT)]
    names = [f"quay at {n * STRETCH_MM // 1_000} m" for n in range(len(quay))]
    names += [block.id for block in terminal.blocks] + ["gate"]
    for name, stands in zip(names, [*quay, *blocks, gate], strict=True):
        if not stands and not name.startswith("quay"):
            raise DataError(f"Layout {layout.name} has no stand at {name}.", place=name)
    return [*_with_neighbours(quay, layout), *blocks, gate]


def _some(stands: list[Segment]) -> list[Segment]:
    count = min(len(stands), STANDS_A_PLACE)
    return [stands[(2 * n + 1) * len(stands) // (2 * count)] for n in range(count)]


def _with_neighbours(quay: Sequence[list[Segment]], layout: Layout) -> list[list[Segment]]:
    """A stretch without a stand of its own, at the quay's ends, shares those of the nearest that has some."""
    served = [n for n, stands in enumerate(quay) if stands]
    if not served:
        raise DataError(f"Layout {layout.name} has no stand at the quay.", place="quay")
    return [quay[min(served, key=lambda other: (abs(other - n), other))] for n in range(len(quay))]


def _drive_ms(segment: Segment, model: TruckModel) -> int:
    return 1_000 * segment.length_mm // min(segment.speed_mm_per_s, model.drive.speed_mm_per_s)


def _length_m(layout: Layout, before: np.ndarray, sources: np.ndarray, number: dict[str, int]) -> np.ndarray:
    """Of the quickest ways found: nodes in the order of a walk back along each tree."""
    metres = {}
    for segment in layout.segments:
        metres[number[segment.start], number[segment.end]] = segment.length_mm / 1_000
    length_m = np.full(before.shape, np.inf)
    for row, source in enumerate(sources.tolist()):
        length_m[row, source] = 0.0
        parents = before[row].tolist()
        known = length_m[row]
        for node in range(len(parents)):
            walk = []
            while np.isinf(known[node]) and parents[node] >= 0:
                walk.append(node)
                node = parents[node]
            for step in reversed(walk):
                known[step] = known[parents[step]] + metres[parents[step], step]
    return length_m


def _refuse_islands(layout: Layout, places: Sequence[list[Segment]], first: np.ndarray, drive_ms: np.ndarray) -> None:
    gate = slice(int(first[-2]), int(first[-1]))
    for n, stands in enumerate(places[:-1]):
        mine = slice(int(first[n]), int(first[n + 1]))
        if np.isinf(drive_ms[mine, gate].min()) or np.isinf(drive_ms[gate, mine].min()):
            raise DataError(f"No truck drives between the gate and {stands[0].id}.", place=stands[0].id)


def _means(values: np.ndarray, first: np.ndarray) -> np.ndarray:
    """The mean over each pair of places, ways that do not exist left out."""
    finite = np.isfinite(values)
    total = np.add.reduceat(np.add.reduceat(np.where(finite, values, 0.0), first[:-1], 0), first[:-1], 1)
    count = np.add.reduceat(np.add.reduceat(finite.astype(float), first[:-1], 0), first[:-1], 1)
    means: np.ndarray = total / np.maximum(count, 1)
    return means
