from __future__ import annotations

from dataclasses import replace
from xml.etree import ElementTree as ET

from cabria.domain.vessel import Cell, Level, VesselBay, VesselProfile, VesselStack
from cabria.planning.loading.result import PlannedCall
from cabria.reports.aboard import boxes_aboard
from cabria.reports.palette import port_marks
from cabria.reports.ship_picture import WIDTH, ship_layout, ship_picture

SVG = "{http://www.w3.org/2000/svg}"


def test_the_bow_is_on_the_right_and_bays_lie_by_their_length(small_planned: PlannedCall) -> None:
    columns = ship_layout(small_planned.call.vessel).columns
    assert columns[5][0] + columns[5][1] < columns[2][0]
    assert columns[2][1] > columns[5][1]


def test_without_lengths_bays_lie_by_their_numbers_and_do_not_overlap() -> None:
    stack = (VesselStack(0, Level.DECK, (Cell(82),)),)
    profile = VesselProfile("ANY", tuple(VesselBay(n, n - 1, n + 1, stack) for n in (2, 6, 10)))
    columns = ship_layout(profile).columns
    for fore, aft in ((2, 6), (6, 10)):
        assert columns[aft][0] + columns[aft][1] <= columns[fore][0]
    assert all(x >= 0 and x + width <= WIDTH for x, width in columns.values())


def test_each_bay_tells_its_moves_and_leads_to_its_picture(small_planned: PlannedCall) -> None:
    call = small_planned.call
    root = ET.fromstring(ship_picture(call.vessel, boxes_aboard(small_planned), port_marks(call)))
    links = {link.get("href"): link.findtext(f"{SVG}text") for link in root.iter(f"{SVG}a")}
    assert links == {"#bay-2": "02", "#bay-5": "05"}
    moves = [(text.get("class"), text.text) for text in root.findall(f"./{SVG}g[@class='moves']/{SVG}text")]
    assert sorted(moves) == [("discharge", "3"), ("load", "1"), ("load", "3"), ("restow", "1")]


def test_ports_of_the_strips_are_those_aboard(small_planned: PlannedCall) -> None:
    call = small_planned.call
    root = ET.fromstring(ship_picture(call.vessel, boxes_aboard(small_planned), port_marks(call)))

    def ports(view: str) -> set[str]:
        return {title.text or "" for title in root.findall(f"./{SVG}g[@class='v-{view}']//{SVG}title")}

    assert ports("arrival") == {"PECHY", "NLRTM"}
    assert ports("departure") == {"CNSHA", "NLRTM"}


def test_a_ship_without_deck_bays_is_drawn_too(small_planned: PlannedCall) -> None:
    call = small_planned.call
    hold = tuple(stack for stack in call.vessel.bays[0].stacks if stack.level is Level.HOLD)
    bare = replace(call.vessel, bays=(VesselBay(2, 1, 3, hold),), hatch_covers=())
    planned = replace(small_planned, call=replace(call, vessel=bare))
    boxes = boxes_aboard(planned)
    assert len(boxes.outside) == 8
    assert ship_picture(bare, boxes, port_marks(call)).startswith("<svg")
