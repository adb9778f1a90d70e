"""What a ground plan promises before anything drives on it: how far trips are, and how busy its junctions get."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from statistics import fmean

import numpy as np

from cabria.domain.layout import TRUCK_LENGTH_MM, Layout
from cabria.domain.machines import TruckModel
from cabria.domain.stands import StandKind
from cabria.planning.dispatch.traffic.lanes import NO_WAY, Lanes

MM_PER_M = 1_000
BUSY = 0.25


@dataclass(frozen=True, slots=True)
class LayoutFigures:
    """Metres between each quay crane where it stands and the stands of all blocks, each as likely as any other.

    `to_block_m` and `to_crane_m` take whichever side of the block comes; `nearest_side_m` is the mean of both ways
    with the nearer side of each bay, `beeline_m` what it would be if one could drive straight along and away from the
    quay. `busiest_junction` is that with the largest share of its time taken (`busiest_share`) by
    `busiest_trucks_per_h` when every crane makes `moves_per_h` and every truck goes the shortest way.
    """

    to_block_m: float
    to_crane_m: float
    nearest_side_m: float
    beeline_m: float
    moves_per_h: int
    busiest_junction: str
    busiest_trucks_per_h: float
    busiest_share: float
    busy_junctions: int
    """Those taken for more than a quarter of their time."""
    junctions: int


def layout_figures(layout: Layout, *, moves_per_h: int = 30) -> LayoutFigures | None:
    """None where no quay crane or no block has a stand, or there is no way between them."""
    number = {segment.id: n for n, segment in enumerate(layout.segments)}
    ways = _Ways(layout)
    quay = [
        number[stands[len(stands) // 2].id]
        for crane in layout.terminal.quay_cranes
        if (stands := layout.stands_at_quay(crane.x_mm))
    ]
    yard = [number[segment.id] for segment in layout.stands_of(StandKind.YARD)]
    out = np.array([[ways.length_mm(crane, stand) for stand in yard] for crane in quay])
    back = np.array([[ways.length_mm(stand, crane) for stand in yard] for crane in quay])
    if not out.size or min(out.min(), back.min()) < 0:
        return None
    trips = list(_nearest_side(layout, ways, quay, yard))
    per_trip = moves_per_h * len(quay) / (len(trips) / 2)
    taken, trucks = _use(layout, ways, trips, per_trip)
    busiest = max(taken, key=lambda name: (taken[name], name), default="")
    return LayoutFigures(
        to_block_m=float(out.mean()) / MM_PER_M,
        to_crane_m=float(back.mean()) / MM_PER_M,
        nearest_side_m=fmean(map(ways.trip_mm, trips)) / MM_PER_M,
        beeline_m=fmean(_beeline_mm(layout, *trip) for trip in trips) / MM_PER_M,
        moves_per_h=moves_per_h,
        busiest_junction=busiest,
        busiest_trucks_per_h=trucks.get(busiest, 0.0),
        busiest_share=taken.get(busiest, 0.0),
        busy_junctions=sum(share > BUSY for share in taken.values()),
        junctions=len(layout.junctions),
    )


class _Ways:
    """Shortest ways between stands, which are segments by number. A truck is taken to stand at the end of its stand."""

    def __init__(self, layout: Layout) -> None:
        lengths_mm = np.array([segment.length_mm for segment in layout.segments], np.int64)
        self._lanes = replace(Lanes.of_layout(layout, TruckModel()), pass_ms=lengths_mm)

    def length_mm(self, start: int, stand: int) -> int:
        """Negative where there is no way."""
        togo, lengths = self._lanes.togo_ms(stand), self._lanes.pass_ms
        return -1 if togo[start] == NO_WAY else int(togo[start] - lengths[start] + lengths[stand])

    def trip_mm(self, trip: tuple[int, int]) -> int:
        return self.length_mm(*trip)

    def between(self, start: int, stand: int) -> tuple[int, ...]:
        """The segments without both stands."""
        return self._lanes.way(start, stand)[1:-1]


def _nearest_side(layout: Layout, ways: _Ways, quay: list[int], yard: list[int]) -> Iterator[tuple[int, int]]:
    """Trips between each crane and each stretch of bays and back, by the nearer of the stands that serve it."""
    stretches: dict[tuple[str, int, int], list[int]] = {}
    for number in yard:
        served = layout.segments[number].stand
        if served is not None:
            stretches.setdefault((served.block, served.first_bay, served.last_bay), []).append(number)
    for crane in quay:
        for stands in stretches.values():
            yield min(((crane, stand) for stand in stands), key=ways.trip_mm)
            yield min(((stand, crane) for stand in stands), key=ways.trip_mm)


def _beeline_mm(layout: Layout, one: int, other: int) -> int:
    """Along the quay plus away from it, between the ends of two stands."""
    a, b = (layout.node_by_id[layout.segments[place].end] for place in (one, other))
    return abs(a.x_mm - b.x_mm) + abs(a.y_mm - b.y_mm)


def _use(
    layout: Layout, ways: _Ways, trips: list[tuple[int, int]], per_trip: float
) -> tuple[Mapping[str, float], Mapping[str, float]]:
    """By junction: the share of an hour it is taken, from a truck's entry until its tail is out, and trucks an hour."""
    taken: dict[str, float] = defaultdict(float)
    trucks: dict[str, float] = defaultdict(float)
    for trip in trips:
        before = ""
        for number in ways.between(*trip):
            segment = layout.segments[number]
            junction = layout.junction_of.get(segment.id)
            if junction is not None:
                length_mm = segment.length_mm + (TRUCK_LENGTH_MM if junction.id != before else 0)
                taken[junction.id] += per_trip * length_mm / segment.speed_mm_per_s / 3_600
                trucks[junction.id] += per_trip if junction.id != before else 0
            before = "" if junction is None else junction.id
    return taken, trucks
