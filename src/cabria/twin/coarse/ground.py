"""Tables of travel times from a layout's lanes: quay, blocks and gate, as one place each stretch of quay and block."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from scipy.sparse import coo_array
from scipy.sparse.csgraph import dijkstra

from cabria.domain.errors import DataError
from cabria.domain.layout import Layout, NodeId, Segment
from cabria.domain.machines import TruckModel
from cabria.domain.stands import StandKind

STRETCH_MM = 100_000
"""Of quay, for which one place stands."""
BAYS_A_BLOCK = 6
"""Of the bays of a block so many are looked at, evenly over all."""
USUAL_TRUCK = TruckModel()
Choice = list[Segment]
"""Stands of which a truck takes the one it is at first: the lanes under a crane, the two sides of a bay."""


@dataclass(frozen=True)
class Ground:
    """Places are numbered: stretches of quay from its beginning, then blocks in the terminal's order, then the gate.

    `drive_ms[a, b]` and `way_m[a, b]` are the mean over the bays of both places on empty lanes, from rest to rest.
    """

    quay_places: int
    blocks: int
    drive_ms: np.ndarray
    way_m: np.ndarray

    @property
    def gate(self) -> int:
        return self.quay_places + self.blocks


def ground_of(layout: Layout, model: TruckModel = USUAL_TRUCK) -> Ground:
    """Raises DataError for a block, a stretch of quay or a gate that no truck reaches."""
    places = _places(layout)
    choices = [choice for place in places for choice in place]
    stands = [segment for choice in choices for segment in choice]
    first_choice = np.cumsum([0, *map(len, places)])
    first = np.cumsum([0, *map(len, choices)])
    number = {node.id: n for n, node in enumerate(layout.nodes)}
    time_ms = np.array([_drive_ms(segment, model) for segment in layout.segments], float)
    starts = np.array([number[segment.start] for segment in layout.segments])
    ends = np.array([number[segment.end] for segment in layout.segments])
    graph = coo_array((time_ms, (starts, ends)), (len(number), len(number))).tocsr()
    sources, row = np.unique([number[segment.end] for segment in stands], return_inverse=True)
    reached, before = dijkstra(graph, indices=sources, return_predecessors=True)
    enters = np.array([number[segment.start] for segment in stands])
    own_ms = np.array([_drive_ms(segment, model) for segment in stands]) + 2 * model.drive.start_ms
    own_m = np.array([segment.length_mm / 1_000 for segment in stands])
    drive_ms = reached[np.ix_(row, enters)] + own_ms
    way_m = _length_m(layout, before, sources, number)[np.ix_(row, enters)] + own_m
    nearest = _nearest(drive_ms, first)
    drive_ms = np.take_along_axis(drive_ms, nearest, 1)
    way_m = np.take_along_axis(way_m, nearest, 1)
    stand_places = first[first_choice]
    _refuse_islands(places, stand_places, first_choice, drive_ms)
    return Ground(
        quay_places=len(places) - len(layout.terminal.blocks) - 1,
        blocks=len(layout.terminal.blocks),
        drive_ms=_means(drive_ms, stand_places, first_choice).astype(np.int64),
        way_m=_means(way_m, stand_places, first_choice).astype(np.int64),
    )


def _places(layout: Layout) -> list[list[Choice]]:
    terminal = layout.terminal
    quay: list[Choice] = []
    for from_mm in range(0, terminal.quay_length_mm, STRETCH_MM):
        middle_mm = min(from_mm + STRETCH_MM // 2, terminal.quay_length_mm - 1)
        quay.append(list(layout.stands_at_quay(middle_mm)))
    blocks = [_bays(layout, block.id) for block in terminal.blocks]
    gate = [*layout.stands_of(StandKind.GATE_IN), *layout.stands_of(StandKind.GATE_OUT)]
    for name, choices in zip([*(block.id for block in terminal.blocks), "gate"], [*blocks, gate], strict=True):
        if not choices:
            raise DataError(f"Layout {layout.name} has no stand at {name}.", place=name)
    return [*([stands] for stands in _with_neighbours(quay, layout)), *blocks, [gate]]


def _bays(layout: Layout, block: str) -> list[Choice]:
    by_bay: dict[int, Choice] = {}
    for segment in layout.stands:
        if segment.stand is not None and segment.stand.block == block:
            by_bay.setdefault(segment.stand.first_bay, []).append(segment)
    bays = [by_bay[bay] for bay in sorted(by_bay)]
    count = min(len(bays), BAYS_A_BLOCK)
    return [bays[(2 * n + 1) * len(bays) // (2 * count)] for n in range(count)]


def _with_neighbours(quay: Sequence[Choice], layout: Layout) -> list[Choice]:
    """A stretch without a stand of its own, at the quay's ends, shares those of the nearest that has some."""
    served = [n for n, stands in enumerate(quay) if stands]
    if not served:
        raise DataError(f"Layout {layout.name} has no stand at the quay.", place="quay")
    return [quay[min(served, key=lambda other: (abs(other - n), other))] for n in range(len(quay))]


def _drive_ms(segment: Segment, model: TruckModel) -> int:
    return 1_000 * segment.length_mm // min(segment.speed_mm_per_s, model.drive.speed_mm_per_s)


def _length_m(layout: Layout, before: np.ndarray, sources: np.ndarray, number: Mapping[NodeId, int]) -> np.ndarray:
    """Of the quickest ways found: nodes in the order of a walk back along each tree."""
    metres = {(number[s.start], number[s.end]): s.length_mm / 1_000 for s in layout.segments}
    length_m = np.full(before.shape, np.inf)
    for row, source in enumerate(sources.tolist()):
        length_m[row, source] = 0.0
        parents = before[row].tolist()
        known = length_m[row]
        for last in range(len(parents)):
            node, walk = last, []
            while np.isinf(known[node]) and parents[node] >= 0:
                walk.append(node)
                node = parents[node]
            for step in reversed(walk):
                known[step] = known[parents[step]] + metres[parents[step], step]
    return length_m


def _nearest(drive_ms: np.ndarray, first: np.ndarray) -> np.ndarray:
    """For each stand to leave and each choice of stands to reach, the number of the one that is reached first."""
    columns = [
        low + np.argmin(drive_ms[:, low:high], axis=1)
        for low, high in zip(first[:-1].tolist(), first[1:].tolist(), strict=True)
    ]
    return np.stack(columns, axis=1)


def _refuse_islands(
    places: Sequence[list[Choice]], stands: np.ndarray, choices: np.ndarray, drive_ms: np.ndarray
) -> None:
    for n, place in enumerate(places[:-1]):
        out_ms = drive_ms[stands[n] : stands[n + 1], choices[-2] : choices[-1]]
        in_ms = drive_ms[stands[-2] : stands[-1], choices[n] : choices[n + 1]]
        if np.isinf(out_ms.min()) or np.isinf(in_ms.min()):
            name = place[0][0].id
            raise DataError(f"No truck drives between the gate and {name}.", place=name)


def _means(values: np.ndarray, rows: np.ndarray, columns: np.ndarray) -> np.ndarray:
    """The mean over each pair of places, ways that do not exist left out."""
    finite = np.isfinite(values)
    total, count = (
        np.add.reduceat(np.add.reduceat(each, rows[:-1], 0), columns[:-1], 1)
        for each in (np.where(finite, values, 0.0), finite.astype(float))
    )
    means: np.ndarray = total / np.maximum(count, 1)
    return means
