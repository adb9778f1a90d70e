from __future__ import annotations

from itertools import pairwise
from xml.etree import ElementTree as ET

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cabria.domain.vessel import Cell, End, Level, VesselBay, VesselProfile, VesselStack
from cabria.planning.loading.result import PlannedCall
from cabria.reports.aboard import Part, boxes_aboard
from cabria.reports.bay_layout import CELL_WIDTH, bay_layout
from cabria.reports.bay_picture import bay_picture, remaining_weight_kg
from cabria.reports.palette import port_marks

SVG = "{http://www.w3.org/2000/svg}"


@pytest.fixture(scope="module")
def picture(small_planned: PlannedCall) -> ET.Element:
    """Bay 02 of the small ship, parsed."""
    call = small_planned.call
    boxes = boxes_aboard(small_planned).of(2)
    layout = bay_layout(call.vessel, call.vessel.bays[0])
    drawn = bay_picture(layout, boxes, port_marks(call), lambda box: str(box.container.id))
    return ET.fromstring(drawn)


def labels(picture: ET.Element, name: str) -> list[tuple[str, float, float]]:
    group = picture.find(f"{SVG}g[@class='{name}']")
    assert group is not None
    return [(text.text or "", float(text.get("x", "")), float(text.get("y", ""))) for text in group]


def boxes_of(picture: ET.Element, part: Part) -> dict[str, ET.Element]:
    group = picture.find(f"{SVG}g[@class='{part}']")
    assert group is not None
    return {box.findtext(f"{SVG}title", ""): box for box in group.findall(f"{SVG}g")}


def rect_of(box: ET.Element) -> tuple[float, float, float, float]:
    rect = box.find(f"{SVG}rect")
    assert rect is not None
    x, y, width, height = (float(rect.get(name, "")) for name in ("x", "y", "width", "height"))
    return x, y, width, height


def signs_of(box: ET.Element) -> list[str]:
    return [text.text or "" for text in box.findall(f"{SVG}text")]


def test_row_00_stands_in_the_middle_even_rows_to_port_and_odd_to_starboard(picture: ET.Element) -> None:
    middle = float(picture.get("width", "")) / 2
    deck = {row: x for row, x, y in labels(picture, "rows") if y < 100}
    assert deck["00"] == middle
    assert deck["04"] < deck["02"] < middle < deck["01"] < deck["03"]


def test_without_a_row_00_the_rows_stand_beside_the_centre_line(picture: ET.Element) -> None:
    middle = float(picture.get("width", "")) / 2
    hold = {row: x for row, x, y in labels(picture, "rows") if y > 100}
    assert (hold["02"], hold["01"]) == (middle - CELL_WIDTH / 2, middle + CELL_WIDTH / 2)


def test_deck_lies_over_the_lids_and_the_lids_over_the_hold(picture: ET.Element) -> None:
    heights = {tier: y for tier, _, y in labels(picture, "tiers")}
    lids = picture.findall(f".//{SVG}rect[@class='lid']")
    assert heights["84"] < heights["82"] < heights["06"] < heights["04"] < heights["02"]
    assert len(lids) == 2
    for lid in lids:
        assert heights["82"] < float(lid.get("y", "")) < heights["06"] - 10
    port, starboard = (float(lid.get("x", "")) for lid in lids)
    assert port < float(picture.get("width", "")) / 2 < starboard


def test_a_40_fills_its_cell_and_20s_stand_fore_left_and_aft_right(picture: ET.Element) -> None:
    out = boxes_of(picture, Part.DISCHARGED)
    whole, fore, aft = (rect_of(out[f"DISC000000{n}"]) for n in (1, 2, 3))
    assert whole[2] == CELL_WIDTH - 1
    assert fore[2] == aft[2] == CELL_WIDTH / 2 - 1
    assert aft[0] == fore[0] + CELL_WIDTH / 2
    assert fore[1] == aft[1] == whole[1]


def test_every_box_is_drawn_in_its_part(picture: ET.Element) -> None:
    assert set(boxes_of(picture, Part.STAYS)) == {"STAY0000001"}
    assert set(boxes_of(picture, Part.LOADED)) == {"COLD0000001", "WIDE0000001", "VOID0000001"}
    lifted, put_back = (boxes_of(picture, part)["SHIF0000001"] for part in (Part.LIFTED, Part.PUT_BACK))
    assert rect_of(lifted)[0] > rect_of(put_back)[0]


def test_a_box_stands_in_the_column_of_its_row(picture: ET.Element) -> None:
    x, _, width, _ = rect_of(boxes_of(picture, Part.LOADED)["COLD0000001"])
    assert x + width / 2 == float(picture.get("width", "")) / 2


def test_letters_and_marks_say_what_colours_cannot(picture: ET.Element, small_planned: PlannedCall) -> None:
    loaded = boxes_of(picture, Part.LOADED)
    assert signs_of(loaded["COLD0000001"]) == ["S", "R"]
    assert signs_of(loaded["WIDE0000001"]) == ["R", "O"]
    assert signs_of(loaded["VOID0000001"]) == ["R", "E45"]
    assert signs_of(boxes_of(picture, Part.PUT_BACK)["SHIF0000001"]) == ["R", "↻"]
    call = small_planned.call
    single = bay_picture(
        bay_layout(call.vessel, call.vessel.bays[1]),
        boxes_aboard(small_planned).of(5),
        port_marks(call),
        lambda _: "fire",
    )
    fire = boxes_of(ET.fromstring(single), Part.LOADED)["fire"]
    assert signs_of(fire) == ["S", "3"]
    assert fire.find(f"{SVG}path[@class='dg']") is not None


def test_remaining_weight_follows_the_condition(picture: ET.Element) -> None:
    def of_row_00(condition: str) -> str:
        middle = float(picture.get("width", "")) / 2
        return next(words for words, x, _ in labels(picture, f"weights w-{condition}") if x == middle)

    assert [of_row_00(condition) for condition in ("arrival", "discharge", "departure")] == ["30", "40", "30"]


def test_half_of_a_40_rests_on_each_end() -> None:
    stack = VesselStack(1, Level.HOLD, (Cell(2),), max_weight_20_kg=50_000, max_weight_40_kg=80_000)
    assert remaining_weight_kg(stack, [(30_000, End.BOTH), (20_000, End.FORE), (10_000, End.AFT)]) == 15_000
    assert remaining_weight_kg(stack, [(90_000, End.BOTH)]) == -10_000
    assert remaining_weight_kg(VesselStack(1, Level.HOLD, (Cell(2),)), [(1, End.BOTH)]) is None


@given(st.sets(st.integers(0, 24), min_size=1, max_size=12), st.sets(st.integers(0, 24), max_size=12))
def test_whatever_rows_a_ship_has_port_is_left_starboard_right_and_no_two_overlap(
    deck: set[int], hold: set[int]
) -> None:
    stacks = [VesselStack(row, Level.DECK, (Cell(82),)) for row in deck]
    stacks += [VesselStack(row, Level.HOLD, (Cell(2),)) for row in hold]
    bay = VesselBay(2, 1, 3, tuple(stacks))
    layout = bay_layout(VesselProfile("ANY", (bay,)), bay)
    for level, rows in ((Level.DECK, deck), (Level.HOLD, hold)):
        lefts = sorted(layout.column_x(row, level) for row in rows)
        assert all(b - a >= CELL_WIDTH for a, b in pairwise(lefts))
        assert all(0 <= left <= layout.width - CELL_WIDTH for left in lefts)
        for row in rows - {0}:
            centre = layout.column_x(row, level) + CELL_WIDTH / 2
            assert (centre > layout.width / 2) == bool(row % 2)


def test_a_missing_row_00_leaves_its_gap_where_the_profile_knows_the_breadth() -> None:
    stacks = tuple(VesselStack(row, Level.HOLD, (Cell(2),), tcg_mm=(row + 1) // 2 * 2_500) for row in (1, 3))
    bay = VesselBay(2, 1, 3, stacks)
    layout = bay_layout(VesselProfile("ANY", (bay,)), bay)
    assert layout.column_x(1, Level.HOLD) - layout.width / 2 == CELL_WIDTH / 2


def test_a_cell_for_one_20_alone_is_drawn_as_the_half_it_is() -> None:
    cells = (Cell(2, takes_20_fore=False, takes_40=False), Cell(4, takes_40=False), Cell(6))
    stack = VesselStack(1, Level.HOLD, cells)
    bay = VesselBay(2, 1, 3, (stack,))
    layout = bay_layout(VesselProfile("ANY", (bay,)), bay)
    assert [layout.room(stack, cell).width for cell in cells] == [CELL_WIDTH / 2, CELL_WIDTH, CELL_WIDTH]
    assert layout.room(stack, cells[0]).x == layout.room(stack, cells[1]).x + CELL_WIDTH / 2
