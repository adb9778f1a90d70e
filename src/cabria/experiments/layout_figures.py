"""What a ground plan promises before anything drives on it: how far trips are, and how busy its junctions get."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from statistics import fmean

import numpy as np

from cabria.domain.layout import TRUCK_LENGTH_MM, Layout
from cabria.domain.stands import StandKind
from cabria.planning.dispatch.roads import Distances, Roads

MM_PER_M = 1_000
BUSY = 0.25


@dataclass(frozen=True, slots=True)
class LayoutFigures:
    """Metres between each quay crane where it stands and the stands of all blocks, each as likely as any other.

    `to_block_m` and `to_crane_m` take whichever side of the block comes; `nearest_side_m` is the mean of both ways
    with the nearer side of each bay, `beeline_m` what it would be if one could drive straight along and away from the
    quay. `round_m` is there and back by one stand. `busiest_junction` is that with the
    largest share of its time taken (`busiest_share`) by `busiest_trucks_per_h` when every crane makes `moves_per_h`
    and every truck goes the shortest way.
    """

    to_block_m: float
    to_crane_m: float
    nearest_side_m: float
    beeline_m: float
    round_m: float
    moves_per_h: int
    busiest_junction: str
    busiest_trucks_per_h: float
    busiest_share: float
    busy_junctions: int
    """Those taken for more than a quarter of their time."""
    junctions: int


def layout_figures(layout: Layout, *, moves_per_h: int = 30) -> LayoutFigures | None:
    """None where no quay crane or no block has a stand, or there is no way between them."""
    roads = Roads(layout)
    distances = roads.distances(roads.length_mm)
    place = {int(stand): number for number, stand in enumerate(distances.stands)}
    quay = [
        place[roads.index[stands[len(stands) // 2].id]]
        for crane in layout.terminal.quay_cranes
        if (stands := layout.stands_at_quay(crane.x_mm))
    ]
    yard = [place[roads.index[segment.id]] for segment in layout.stands_of(StandKind.YARD)]
    out, back = distances.cost[np.ix_(quay, yard)], distances.cost[np.ix_(yard, quay)].T
    if not out.size or min(out.min(), back.min()) < 0:
        return None
    trips = list(_nearest_side(layout, distances, quay, yard))
    per_trip = moves_per_h * len(quay) / (len(trips) / 2)
    taken, trucks = _use(roads, distances, trips, per_trip)
    busiest = max(taken, key=lambda name: (taken[name], name), default="")
    return LayoutFigures(
        to_block_m=float(out.mean()) / MM_PER_M,
        to_crane_m=float(back.mean()) / MM_PER_M,
        nearest_side_m=fmean(int(distances.cost[trip]) for trip in trips) / MM_PER_M,
        beeline_m=fmean(_beeline_mm(layout, distances, *trip) for trip in trips) / MM_PER_M,
        round_m=float((out + back).mean()) / MM_PER_M,
        moves_per_h=moves_per_h,
        busiest_junction=busiest,
        busiest_trucks_per_h=trucks.get(busiest, 0.0),
        busiest_share=taken.get(busiest, 0.0),
        busy_junctions=sum(share > BUSY for share in taken.values()),
        junctions=len(layout.junctions),
    )


def _nearest_side(layout: Layout, distances: Distances, quay: list[int], yard: list[int]) -> Iterator[tuple[int, int]]:
    """Trips between each crane and each stretch of bays and back, by the nearer of the stands that serve it."""
    stretches: dict[tuple[str, int, int], list[int]] = {}
    for stand in yard:
        served = layout.segments[int(distances.stands[stand])].stand
        if served is not None:
            stretches.setdefault((served.block, served.first_bay, served.last_bay), []).append(stand)
    for crane in quay:
        for stands in stretches.values():
            yield crane, min(stands, key=lambda stand: int(distances.cost[crane, stand]))
            yield min(stands, key=lambda stand: int(distances.cost[stand, crane])), crane


def _beeline_mm(layout: Layout, distances: Distances, one: int, other: int) -> int:
    """Along the quay plus away from it, between the ends of two stands."""
    a, b = (layout.node_by_id[layout.segments[int(distances.stands[place])].end] for place in (one, other))
    return abs(a.x_mm - b.x_mm) + abs(a.y_mm - b.y_mm)


def _use(
    roads: Roads, distances: Distances, trips: list[tuple[int, int]], per_trip: float
) -> tuple[Mapping[str, float], Mapping[str, float]]:
    """By junction: the share of an hour it is taken, from a truck's entry until its tail is out, and trucks an hour."""
    names = [junction.id for junction in roads.layout.junctions]
    taken: dict[str, float] = defaultdict(float)
    trucks: dict[str, float] = defaultdict(float)
    for trip in trips:
        before = -1
        for segment in roads.lanes_between(distances, *trip):
            junction = int(roads.junction[segment])
            if junction >= 0:
                length = int(roads.length_mm[segment]) + (TRUCK_LENGTH_MM if junction != before else 0)
                taken[names[junction]] += per_trip * length / int(roads.speed_mm_per_s[segment]) / 3_600
                trucks[names[junction]] += per_trip if junction != before else 0
            before = junction
    return taken, trucks
