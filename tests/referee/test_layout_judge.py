"""Nonsense on the ground is found out and its place named; sound plans pass, and their sound twins too."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cabria.domain.findings import Severity
from cabria.domain.layout import (
    CranePlace,
    Junction,
    JunctionId,
    LaneKind,
    Layout,
    Node,
    NodeId,
    Point,
    QuayRail,
    Rectangle,
    Segment,
    SegmentId,
)
from cabria.domain.machines import TruckModel
from cabria.domain.stands import Stand, StandKind
from cabria.domain.terminal import QuayCrane, YardCrane
from cabria.experiments.layouts import small_layout
from cabria.planning.dispatch.traffic.lanes import NO_WAY, Lanes
from cabria.referee.layout import RULES, judge_layout
from cabria.referee.layout_ground import crossings, distance_mm, middle, runs_through

SMALL = small_layout()
ROW = re.compile(r"^\| ([A-Z]+(?:-[A-Z0-9]+)+) \| ([A-Z]+) \| (.+) \|$", re.MULTILINE)
LANES = [segment for segment in SMALL.segments if segment.stand is None]


def without(layout: Layout, *names: str) -> Layout:
    """The layout with segments taken away, from the junctions too."""
    gone = set(names)
    parts = (replace(j, segments=tuple(s for s in j.segments if s not in gone)) if gone & {*j.segments} else j
             for j in layout.junctions if not gone >= {*j.segments})  # fmt: skip
    return replace(layout, segments=tuple(s for s in layout.segments if s.id not in gone), junctions=tuple(parts))


def with_lane(layout: Layout, *points: Point, stand: Stand | None = None, ends: tuple[str, str] = ("", "")) -> Layout:
    """A lane `new` through the points, from and to new nodes or those that `ends` names."""
    start, end = Node(NodeId("new:1"), *points[0]), Node(NodeId("new:2"), *points[-1])
    nodes = [node for node, name in zip((start, end), ends, strict=True) if not name]
    lane = Segment(
        SegmentId("new"),
        NodeId(ends[0]) if ends[0] else start.id,
        NodeId(ends[1]) if ends[1] else end.id,
        900_000,
        3_000,
        LaneKind.ROAD,
        stand,
        points[1:-1],
    )
    return replace(layout, nodes=(*layout.nodes, *nodes), segments=(*layout.segments, lane))


def reversed_lane(layout: Layout, name: str) -> Layout:
    return replace(
        layout,
        segments=tuple(
            replace(s, start=s.end, end=s.start, via=s.via[::-1]) if s.id == name else s for s in layout.segments
        ),
    )


def with_terminal(layout: Layout, **changes: object) -> Layout:
    return replace(layout, terminal=replace(layout.terminal, **changes))  # type: ignore[arg-type]


def with_block_at(x_mm: int, y_mm: int) -> Layout:
    first, second = SMALL.terminal.blocks
    return with_terminal(SMALL, blocks=(first, replace(second, x_mm=x_mm, y_mm=y_mm)))


def with_cranes(*x_mm: int) -> Layout:
    return with_terminal(SMALL, quay_cranes=tuple(QuayCrane(f"QC{n}", x) for n, x in enumerate(x_mm, start=1)))


def with_yard_cranes(*at_mm: int) -> Layout:
    """So many on the first block, and none on the second."""
    cranes = tuple(YardCrane(f"YC0{n}", "B01") for n in range(1, len(at_mm) + 1))
    places = tuple(CranePlace(crane.id, at) for crane, at in zip(cranes, at_mm, strict=True))
    first, second = SMALL.runways
    return replace(
        SMALL,
        terminal=replace(SMALL.terminal, yard_cranes=cranes),
        runways=(replace(first, cranes=places), replace(second, cranes=())),
    )


def changed_stand(name: str, **changes: object) -> Layout:
    return replace(
        SMALL,
        segments=tuple(
            replace(s, stand=replace(s.stand, **changes))  # type: ignore[arg-type]
            if s.id == name and s.stand is not None
            else s
            for s in SMALL.segments
        ),
    )


def stands_of(block: str, side: str = "") -> list[str]:
    return [s.id for s in SMALL.stands if s.stand and s.stand.block == block and (s.stand.side or "").startswith(side)]


ROUND_WITH_TRAP = replace(
    with_lane(SMALL, (200_000, 71_000), (240_000, 71_000)),
    nodes=(
        *SMALL.nodes,
        Node(NodeId("t1"), 200_000, 20_000),
        Node(NodeId("t2"), 240_000, 20_000),
        Node(NodeId("t3"), 240_000, 60_000),
    ),
    segments=(
        *SMALL.segments,
        Segment(SegmentId("in"), LANES[-1].end, NodeId("t1"), 900_000, 5_000),
        Segment(SegmentId("t12"), NodeId("t1"), NodeId("t2"), 90_000, 5_000),
        Segment(SegmentId("t23"), NodeId("t2"), NodeId("t3"), 90_000, 5_000),
        Segment(SegmentId("t31"), NodeId("t3"), NodeId("t1"), 90_000, 5_000),
    ),
)
"""A round into which a lane leads and from which none comes back."""


@pytest.mark.parametrize(
    ("layout", "rule", "place"),
    [
        (lambda: replace(SMALL, nodes=(*SMALL.nodes, Node(NodeId("lost"), 0, 0))), "LAYOUT-END", "lost"),
        (lambda: with_lane(SMALL, (1_000, 300_000), (90_000, 300_000)), "LAYOUT-END", "new:1"),
        (lambda: with_lane(SMALL, (1_000, 300_000), (90_000, 300_000)), "LAYOUT-END", "new:2"),
        (lambda: without(SMALL, *(s.id for s in LANES if s.id.startswith("GI"))), "LAYOUT-END", "GI:1"),
        (lambda: without(SMALL, "R1W+A2S", "A2S>R1W", "A2N>R1W", "R1W+A1N", "R1W.1"), "LAYOUT-REACH", "B01w01"),
        (lambda: unreachable_block(), "LAYOUT-REACH", "B02"),
        (lambda: ROUND_WITH_TRAP, "LAYOUT-TRAP", "in"),
        (lambda: shortened("P1.1"), "LAYOUT-LENGTH", "P1.1"),
        (lambda: two_way("P1.1", together=False), "LAYOUT-TWO-WAY", "P1.1"),
        (lambda: with_lane(SMALL, (80_000, 1_000), (80_000, 30_000)), "LAYOUT-CROSSING", "Q103"),
        (lambda: replace(SMALL, junctions=()), "LAYOUT-NODE", "R1W:4"),
        (
            lambda: replace(SMALL, junctions=(*SMALL.junctions, Junction(JunctionId("J"), (SegmentId("K01"),)))),
            "LAYOUT-BLOCKED",
            "K01",
        ),
        (lambda: with_block_at(100_000, 110_000), "LAYOUT-OVERLAP", "B01"),
        (lambda: with_block_at(122_000, 104_000), "LAYOUT-OVERLAP", "B01"),
        (lambda: with_block_at(0, 164_000), "LAYOUT-THROUGH", None),
        (lambda: with_lane(SMALL, (1_000, -2_000), (90_000, -2_000)), "LAYOUT-THROUGH", "new:1"),
        (lambda: replace(SMALL, rail=QuayRail(0, 161_000)), "LAYOUT-RAIL", ""),
        (lambda: with_cranes(-1), "LAYOUT-RAIL", "QC1"),
        (lambda: with_yard_cranes(3_000), "LAYOUT-RAIL", "YC01"),
        (lambda: with_terminal(SMALL, yard_cranes=(*SMALL.terminal.yard_cranes, YardCrane("YC9", "B01"))),
         "LAYOUT-RAIL", "YC9"),
        (lambda: with_cranes(80_000, 80_000), "LAYOUT-CRANES", "QC1"),
        (lambda: with_cranes(80_000, 106_999), "LAYOUT-CRANES", "QC1"),
        (lambda: with_yard_cranes(20_000, 20_000), "LAYOUT-CRANES", "YC01"),
        (lambda: with_yard_cranes(20_000, 38_999), "LAYOUT-CRANES", "YC01"),
        (lambda: without(SMALL, "Q103", "Q203", "Q303"), "LAYOUT-NO-STAND", "QC1"),
        (lambda: without(SMALL, *stands_of("B02")), "LAYOUT-NO-STAND", "YC02"),
        (lambda: without(SMALL, "Q101", "Q201", "Q301"), "LAYOUT-RAIL-GAP", "quay rail"),
        (lambda: without(SMALL, "B01w01", "B01l01"), "LAYOUT-BAY", "B01-01"),
        (lambda: changed_stand("B01w01", block="B07"), "LAYOUT-STAND", "B01w01"),
        (lambda: changed_stand("B01w02", last_bay=25), "LAYOUT-STAND", "B01w02"),
        (lambda: changed_stand("B01w01", block="B02"), "LAYOUT-STAND", "B01w01"),
        (lambda: replace(SMALL, runways=SMALL.runways[1:]), "LAYOUT-STAND", "B01w01"),
        (lambda: changed_stand("Q103", from_mm=0, until_mm=9_000), "LAYOUT-STAND", "Q103"),
        (lambda: replace(SMALL, rail=QuayRail(0, 160_000, 30_000)), "LAYOUT-STAND", "Q103"),
    ],
)  # fmt: skip
def test_nonsense_is_refused_with_its_place(layout: Callable[[], Layout], rule: str, place: str | None) -> None:
    found = [finding for finding in judge_layout(layout()) if finding.rule == rule]
    assert found
    assert place is None or place in {finding.place for finding in found}


def shortened(name: str) -> Layout:
    """A lane of no more than a truck's length, and a node moved so that this is true on the ground."""
    lane = SMALL.segment_by_id[SegmentId(name)]
    start = SMALL.node_by_id[lane.start]
    end = replace(SMALL.node_by_id[lane.end], x_mm=start.x_mm, y_mm=start.y_mm + 19_999)
    return replace(
        SMALL,
        nodes=tuple(end if node.id == end.id else node for node in SMALL.nodes),
        segments=tuple(
            replace(s, length_mm=19_999 if s.id == name else 90_000) if end.id in (s.start, s.end) else s
            for s in SMALL.segments
        ),
    )


def unreachable_block() -> Layout:
    """Every way into the aisles on both sides of the block is closed."""
    return without(SMALL, *(s.id for s in LANES if re.match(r"(A\d[NS]>R2[WE]|R2[WE]\+A)", s.id)))


def two_way(name: str, *, together: bool) -> Layout:
    there = SMALL.segment_by_id[SegmentId(name)]
    back = replace(there, id=SegmentId("back"), start=there.end, end=there.start)
    junctions = (*SMALL.junctions, Junction(JunctionId("both"), (there.id, back.id))) if together else SMALL.junctions
    return replace(SMALL, segments=(*SMALL.segments, back), junctions=junctions)


@pytest.mark.parametrize(
    "layout",
    [
        lambda: SMALL,
        lambda: with_cranes(50_000, 77_000),
        lambda: with_yard_cranes(20_000, 39_000),
        lambda: without(SMALL, *stands_of("B01", "w")),
        lambda: without(SMALL, "K01", "C01"),
    ],
    ids=["small", "cranes side by side", "yard cranes", "one side", "no charger"],
)
def test_the_sound_twins_pass(layout: Callable[[], Layout]) -> None:
    hard = [finding for finding in judge_layout(layout()) if finding.severity is Severity.HARD]
    assert hard == []


def test_both_ways_of_a_lane_may_lie_in_one_junction() -> None:
    assert "LAYOUT-TWO-WAY" not in {finding.rule for finding in judge_layout(two_way("P1.1", together=True))}


@settings(max_examples=25)
@given(st.sampled_from(LANES), st.booleans())
def test_the_judge_and_the_shortest_ways_agree_on_what_can_be_reached(lane: Segment, turned: bool) -> None:
    """One lane closed, or turned round: a stand is named just when there is no way to it or from it."""
    layout = reversed_lane(SMALL, lane.id) if turned else without(SMALL, lane.id)
    lanes = Lanes.of_layout(layout, TruckModel())
    kinds = {number: segment.stand.kind for number, segment in enumerate(layout.segments) if segment.stand is not None}
    lost = any(
        lanes.togo_ms(j)[i] == NO_WAY
        for i, come in kinds.items()
        for j, go in kinds.items()
        if i != j and come is not StandKind.GATE_OUT and go is not StandKind.GATE_IN
    )
    assert lost is any(finding.rule == "LAYOUT-REACH" for finding in judge_layout(layout))


def test_the_page_lists_every_rule_in_the_order_of_the_code(repository: Path) -> None:
    page = (repository / "docs" / "reference" / "layout.md").read_text(encoding="utf-8")
    assert ROW.findall(page) == [(rule.id, rule.severity.upper(), rule.sentence) for rule in RULES]


coordinates = st.integers(-60_000, 60_000)
points = st.tuples(coordinates, coordinates)


@given(points, points, points, points)
def test_lanes_cross_where_both_of_them_are(a: Point, b: Point, c: Point, d: Point) -> None:
    """They do when each has its ends on both sides of the other; and never elsewhere than on both."""
    nodes = tuple(Node(NodeId(name), *point) for name, point in zip("abcd", (a, b, c, d), strict=True))
    layout = replace(
        SMALL,
        nodes=nodes,
        segments=tuple(Segment(SegmentId(name), NodeId(name[0]), NodeId(name[1]), 10**6, 1) for name in ("ab", "cd")),
        junctions=(),
    )

    def aside(p: Point, q: Point, r: Point) -> int:
        return (q[0] - p[0]) * (r[1] - p[1]) - (q[1] - p[1]) * (r[0] - p[0])

    sides = (aside(a, b, c), aside(a, b, d), aside(c, d, a), aside(c, d, b))
    found = list(crossings(layout))
    if 0 not in sides:
        assert bool(found) is ((sides[0] > 0) != (sides[1] > 0) and (sides[2] > 0) != (sides[3] > 0))
    for _, _, (x, y) in found:
        for p, q in ((a, b), (c, d)):
            assert min(p[0], q[0]) - 1 <= x <= max(p[0], q[0]) + 1
            assert min(p[1], q[1]) - 1 <= y <= max(p[1], q[1]) + 1


@given(points, points)
def test_a_lane_runs_through_a_block_when_a_point_of_it_lies_inside(a: Point, b: Point) -> None:
    ground = Rectangle(-20_000, -10_000, 20_000, 10_000)
    inside = any(
        ground.x_from_mm < a[0] + (b[0] - a[0]) * n / 64 < ground.x_until_mm
        and ground.y_from_mm < a[1] + (b[1] - a[1]) * n / 64 < ground.y_until_mm
        for n in range(65)
    )
    assert runs_through(a, b, ground) or not inside
    if distance_mm(a, ground) == 0 and distance_mm(b, ground) == 0 and middle([a, b]) == (0, 0) and a != b:
        assert runs_through(a, b, ground)
    assert not runs_through((a[0], 10_000), (b[0], 10_000), ground), "the edge is no inside"
