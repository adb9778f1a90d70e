"""A ground plan refuses names without objects, things twice, and stands that serve nothing."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cabria.domain.errors import DataError
from cabria.domain.layout import (
    BerthRange,
    CranePlace,
    Junction,
    JunctionId,
    Layout,
    NodeId,
    QuayRail,
    Rectangle,
    Runway,
    Segment,
    SegmentId,
    along_block,
    footprint,
)
from cabria.domain.stands import Side, Stand, StandKind
from cabria.domain.yard import YardBlock
from cabria.experiments.layouts import small_layout

SMALL = small_layout()
LANE, OTHER = next(segment for segment in SMALL.segments if segment.stand is None), SMALL.segments[-1]


def with_segment(layout: Layout, segment: Segment) -> Layout:
    return replace(layout, segments=(*layout.segments, segment))


@pytest.mark.parametrize(
    ("broken", "says"),
    [
        (lambda: replace(SMALL, nodes=SMALL.nodes[1:]), "nowhere: there is no node 'P1:1'"),
        (lambda: replace(SMALL, nodes=(*SMALL.nodes, SMALL.nodes[0])), "two of node P1:1"),
        (lambda: with_segment(SMALL, LANE), "two of segment"),
        (lambda: with_segment(SMALL, replace(LANE, id=SegmentId("short"), length_mm=1)), "said to be 1 mm"),
        (lambda: replace(LANE, length_mm=0), "0 mm long"),
        (lambda: replace(LANE, end=LANE.start), "ends where it starts"),
        (lambda: Junction(JunctionId("J"), ()), "names no segment"),
        (lambda: Junction(JunctionId("J"), (LANE.id, LANE.id)), "or one twice"),
        (
            lambda: replace(SMALL, junctions=(Junction(JunctionId("J"), (SegmentId("none"),)),)),
            "'none', which does not exist",
        ),
        (
            lambda: replace(SMALL, junctions=tuple(Junction(JunctionId(j), (LANE.id,)) for j in "AB")),
            "lies in junction A and in junction B",
        ),
        (lambda: BerthRange("A1", 5, 5), "ends before it begins"),
        (lambda: QuayRail(0, 0), "no length"),
        (lambda: Runway("B01", 0, 0, ()), "no length"),
        (lambda: replace(SMALL, runways=(Runway("B99", 0, 1, ()),)), "'B99', which does not exist"),
        (lambda: replace(SMALL, runways=(Runway("B01", 0, 1, (CranePlace("YC02", 0),)),)), "none of this block"),
        (
            lambda: replace(SMALL, runways=(Runway("B01", 0, 1, (CranePlace("YC01", 0), CranePlace("YC01", 1))),)),
            "has two places",
        ),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_a_layout_is_refused_at_birth(broken: Callable[[], object], says: str) -> None:
    with pytest.raises(DataError, match=says):
        broken()


@pytest.mark.parametrize(
    ("fields", "says"),
    [
        ({"kind": StandKind.YARD, "block": "B01", "first_bay": 1, "last_bay": 3}, "side None"),
        ({"kind": StandKind.YARD, "block": "B01", "side": Side.LAND, "first_bay": 2, "last_bay": 3}, "odd bays"),
        ({"kind": StandKind.YARD, "block": "B01", "side": Side.LAND, "first_bay": 5, "last_bay": 3}, "odd bays"),
        ({"kind": StandKind.PARKING, "block": "B01"}, "names block"),
        ({"kind": StandKind.PARKING, "first_bay": 1}, "serves no bays"),
        ({"kind": StandKind.QUAY, "from_mm": 9, "until_mm": 9, "lane": 1}, "no stretch"),
        ({"kind": StandKind.QUAY, "from_mm": 0, "until_mm": 9}, "no stretch"),
        ({"kind": StandKind.GATE_IN, "until_mm": 9}, "no stretch of the quay"),
        ({"kind": StandKind.CHARGER}, "0 kW"),
        ({"kind": StandKind.PARKING, "power_kw": 9}, "9 kW"),
    ],
    ids=str,
)
def test_a_stand_serves_what_its_kind_can(fields: dict[str, object], says: str) -> None:
    with pytest.raises(DataError, match=says):
        Stand(**fields)  # type: ignore[arg-type]


@given(st.integers(1, 40), st.integers(1, 10))
def test_a_box_of_forty_feet_is_handed_over_where_either_half_is(bay: int, group: int) -> None:
    """Two stands with the odd bays up to 2 x group - 1 and from there on serve every bay together."""
    near = Stand(StandKind.YARD, "B", 1, 2 * group - 1, Side.LAND)
    far = Stand(StandKind.YARD, "B", 2 * group + 1, 99, Side.LAND)
    assert near.serves_bay("B", bay) is (bay <= 2 * group)
    assert far.serves_bay("B", bay) is (bay >= 2 * group)
    assert not near.serves_bay("C", bay)


@given(st.integers(0, 160_000))
def test_wherever_a_quay_crane_stands_it_has_a_stand_on_each_lane_in_reach(x_mm: int) -> None:
    """Half a truck beyond the end of a column it has those of the next one too."""
    stands = [segment.stand for segment in SMALL.stands_at_quay(x_mm)]
    lanes = [stand.lane for stand in stands if stand is not None]
    assert lanes in ([1, 2, 3], [1, 1, 2, 2, 3, 3])


def test_every_segment_leaves_one_node_and_arrives_at_one() -> None:
    assert sorted(s.id for found in SMALL.leaving.values() for s in found) == sorted(s.id for s in SMALL.segments)
    assert sorted(s.id for found in SMALL.arriving.values() for s in found) == sorted(s.id for s in SMALL.segments)
    assert all(OTHER in SMALL.leaving[NodeId(node)] for node in [OTHER.start])


def test_blocks_cover_their_ground_in_either_orientation() -> None:
    along = YardBlock("B", bays=4, rows=2, tiers=3, x_mm=10, y_mm=20)
    across = replace(along, bays_along_quay=False)
    assert footprint(along) == Rectangle(10, 20, 10 + 26_000, 20 + 5_700)
    assert footprint(across) == Rectangle(10, 20, 10 + 5_700, 20 + 26_000)
    assert along_block(along, 0, 6_500) == Rectangle(10, 20, 10 + 6_500, 20 + 5_700)
    assert along_block(across, -500, 6_500) == Rectangle(10, 20 - 500, 10 + 5_700, 20 + 6_500)
