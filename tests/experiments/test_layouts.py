"""Ground plans that are made can be driven on, whatever the blocks; and those of the handbook promise what it says."""

from __future__ import annotations

import re
from dataclasses import replace
from itertools import product
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cabria.domain.errors import DataError
from cabria.domain.layout import LaneKind, Layout
from cabria.domain.stands import Side, Stand, StandKind
from cabria.domain.terminal import QuayCrane, Terminal, YardCrane
from cabria.domain.yard import YardBlock
from cabria.experiments.ground_plan import Plan, lay_out
from cabria.experiments.layout_figures import layout_figures
from cabria.experiments.layouts import LAYOUTS
from cabria.experiments.streets import Heading, Pocket, Street, build
from cabria.referee.layout import judge_layout


def made(blocks: tuple[YardBlock, ...], quay_mm: int, plan: Plan) -> Layout:
    terminal = Terminal(
        "Made",
        "PECHY",
        quay_mm,
        blocks,
        (QuayCrane("QC1", quay_mm // 2),),
        tuple(YardCrane(f"Y{b.id}{n}", b.id) for b in blocks for n in range(2 if b.bays > 20 else 1)),
    )
    return lay_out(terminal, plan=plan)


@settings(max_examples=15)
@given(
    columns=st.integers(1, 3),
    rows=st.integers(1, 4),
    bays=st.integers(5, 41),
    across=st.integers(3, 12),
    bays_per_stand=st.integers(5, 9),
    spare_m=st.integers(0, 400),
    gate_lanes=st.integers(1, 5),
)
def test_rows_and_columns_of_any_blocks_can_be_driven_on(
    columns: int, rows: int, bays: int, across: int, bays_per_stand: int, spare_m: int, gate_lanes: int
) -> None:
    pitch_x, pitch_y = bays * 6_500 + 40_000, across * 2_850 + 43_500
    blocks = tuple(
        YardBlock(f"B{row}{column}", bays, across, 4, 40_000 + column * pitch_x, 104_000 + row * pitch_y)
        for row, column in product(range(rows), range(columns))
    )
    plan = Plan(bays_per_stand, chargers=2, parking=3, gate_lanes=gate_lanes)
    layout = made(blocks, 80_000 + columns * pitch_x + 1_000 * spare_m, plan)
    assert judge_layout(layout) == ()


@settings(max_examples=8)
@given(
    groups=st.integers(1, 3),
    in_group=st.integers(1, 4),
    bays=st.integers(5, 41),
    across=st.integers(10, 12),
    spare_m=st.integers(0, 400),
)
def test_end_loaded_blocks_in_any_groups_can_be_driven_on(
    groups: int, in_group: int, bays: int, across: int, spare_m: int
) -> None:
    width = across * 2_850 + 4_000
    pitch = in_group * width + 50_000
    blocks = tuple(
        YardBlock(f"B{g}{n}", bays, across, 5, 60_000 + g * pitch + n * width, 140_000, bays_along_quay=False)
        for g, n in product(range(groups), range(in_group))
    )
    layout = made(blocks, 120_000 + groups * pitch + 1_000 * spare_m, Plan())
    assert judge_layout(layout) == ()


BLOCK = YardBlock("B1", 12, 6, 4, 40_000, 104_000)


@pytest.mark.parametrize(
    ("blocks", "says"),
    [
        ((), "no block to lay lanes around"),
        ((BLOCK, replace(BLOCK, id="B2", bays_along_quay=False)), "some at right angles"),
        ((replace(BLOCK, x_mm=32_999),), "begin 32.999 m along the quay; the avenue beside them needs 33 m"),
        ((replace(BLOCK, y_mm=103_999),), "Block B1 lies 0.001 m too near"),
        ((BLOCK, replace(BLOCK, id="B2", y_mm=161_000)), "Block B2 lies 0.1 m too near"),
        ((replace(BLOCK, y_mm=130_499, bays_along_quay=False),), "Block B1 lies 0.001 m too near"),
    ],
)
def test_blocks_that_leave_no_room_for_lanes_are_named(blocks: tuple[YardBlock, ...], says: str) -> None:
    with pytest.raises(DataError, match=re.escape(says)):
        made(blocks, 200_000, Plan())


@pytest.mark.parametrize("name", LAYOUTS)
def test_the_layouts_that_can_be_made_break_no_rule(name: str) -> None:
    assert judge_layout(LAYOUTS[name]()) == ()


def test_the_reference_has_what_is_public_about_chancay() -> None:
    layout = LAYOUTS["chancay"]()
    terminal = layout.terminal
    assert (terminal.quay_length_mm, len(terminal.quay_cranes), len(terminal.blocks)) == (1_500_000, 6, 15)
    assert sum(len(b.plug_bays) * b.rows * 4 for b in terminal.blocks) == 960
    for block in terminal.blocks:
        for bay in range(1, 2 * block.bays):
            sides = {s.stand.side for s in layout.stands_at_bay(block.id, bay) if s.stand is not None}
            assert sides == {Side.WATER, Side.LAND}
    resting = sum(len(layout.stands_of(kind)) for kind in (StandKind.PARKING, StandKind.CHARGER))
    assert resting > 60, "the largest fleet has a place to rest"


@pytest.mark.parametrize("name", ["chancay", "chancay-end-loaded", "large"])
def test_the_handbook_tells_what_the_layouts_promise(name: str, repository: Path) -> None:
    figures = layout_figures(LAYOUTS[name]())
    assert figures is not None
    page = (repository / "docs" / "reference" / "layout.md").read_text(encoding="utf-8")
    row = re.search(rf"^\| `{name}` \| ([\d,]+) m \| ([\d,]+) m \| (\d+) trucks/h \| (\d+) % \|$", page, re.MULTILINE)
    assert row is not None
    said = [int(figure.replace(",", "")) for figure in row.groups()]
    assert said == [
        round(figures.nearest_side_m),
        round(figures.beeline_m),
        round(figures.busiest_trucks_per_h),
        round(100 * figures.busiest_share),
    ]
    assert figures.busy_junctions == 0
    assert figures.beeline_m <= figures.nearest_side_m <= max(figures.to_block_m, figures.to_crane_m)


def test_more_moves_make_junctions_busier_in_proportion() -> None:
    once, twice = (layout_figures(LAYOUTS["small"](), moves_per_h=moves) for moves in (20, 40))
    assert once is not None
    assert twice is not None
    assert twice.busiest_share == pytest.approx(2 * once.busiest_share)
    assert twice.nearest_side_m == once.nearest_side_m


EAST = Street("E", Heading.EAST, 0, 0, 100_000)
PARK = Stand(StandKind.PARKING)


def test_a_crossing_of_two_streets_is_one_junction_of_four_ways() -> None:
    ground = build([EAST, Street("N", Heading.NORTH, 50_000, -50_000, 50_000)], [])
    (junction,) = ground.junctions
    assert {*junction.segments} == {"E+N", "E>N", "N+E", "N>E"}


def test_streets_that_meet_at_their_ends_make_a_corner() -> None:
    ground = build([EAST, Street("N", Heading.NORTH, 100_000, 0, 50_000)], [])
    assert [junction.segments for junction in ground.junctions] == [("E>N",)]


def test_crossings_with_no_room_for_a_truck_between_them_are_one_junction() -> None:
    near = [Street(f"N{x}", Heading.NORTH, 1_000 * x, -50_000, 50_000) for x in (40, 60)]
    far = [Street(f"N{x}", Heading.NORTH, 1_000 * x, -50_000, 50_000) for x in (30, 70)]
    assert [len(ground.junctions) for ground in (build([EAST, *near], []), build([EAST, *far], []))] == [1, 2]


def test_between_pockets_one_truck_at_a_time_passes_a_neck() -> None:
    pockets = [Pocket(f"K{n}", "E", 40_000 * n + 2_000, 40_000 * n + 38_000, 4_000, PARK) for n in range(2)]
    ground = build([EAST], pockets)
    assert [len(junction.segments) for junction in ground.junctions] == [1]
    lanes = [segment for segment in ground.segments if segment.stand is None]
    assert sum(segment.length_mm for segment in lanes) == 100_000
    assert {segment.kind for segment in ground.segments} == {LaneKind.ROAD}


def test_a_pocket_needs_a_free_stretch_and_a_street_some_length() -> None:
    across = Street("N", Heading.NORTH, 50_000, -50_000, 50_000)
    with pytest.raises(DataError, match="1 pockets lie on no free stretch of street E"):
        build([EAST, across], [Pocket("K", "E", 30_000, 70_000, 4_000, PARK)])
    with pytest.raises(DataError, match="has no length"):
        Street("E", Heading.EAST, 0, 5, 5)
