"""The drawing of a ground plan: everything is on it, nothing outside, and what is wrong is red."""

from __future__ import annotations

import re
from xml.etree import ElementTree as ET

import pytest

from cabria.domain.findings import Finding, Severity
from cabria.experiments.layouts import LAYOUTS
from cabria.reports.layout_picture import layout_picture
from cabria.reports.layout_text import verdict
from cabria.reports.png import png, standalone
from cabria.reports.stylesheet import Scheme


@pytest.mark.parametrize("name", ["small", "chancay", "chancay-end-loaded"])
def test_every_stand_block_and_crane_is_drawn_within_the_sheet(name: str) -> None:
    layout = LAYOUTS[name]()
    drawn = layout_picture(layout)
    root = ET.fromstring(drawn)
    titles = [title.text or "" for title in root.iter("{http://www.w3.org/2000/svg}title")]
    for expected in (
        [segment.id for segment in layout.stands],
        [block.id for block in layout.terminal.blocks],
        [crane.id for crane in layout.terminal.quay_cranes],
        [crane.id for crane in layout.terminal.yard_cranes],
    ):
        named = {re.split(r"[: ]", title)[0] for title in titles}
        assert named >= {*expected}
    width, height = float(root.attrib["width"]), float(root.attrib["height"])
    for path in re.findall(r'\bd="([^"]+)"', drawn):
        for x, y in re.findall(r"[ML](-?[\d.]+) (-?[\d.]+)", path):
            assert -1 <= float(x) <= width + 1
            assert -12 <= float(y) <= height + 1
    assert drawn == layout_picture(LAYOUTS[name]())


def test_what_breaks_a_rule_is_red() -> None:
    layout = LAYOUTS["small"]()
    places = ("P1.1", "P1:1", "B01", "QC1", "YC01")
    sound = layout_picture(layout)
    bad = layout_picture(layout, [Finding("LAYOUT-X", Severity.HARD, "wrong", place) for place in places])
    assert 'class="ring"' in bad
    assert "5 places break a rule" in bad
    assert len(re.findall(r'class="[^"]*\bbad\b', bad)) == 5
    assert not re.findall(r'class="[^"]*\bbad\b', sound)
    assert layout_picture(layout, [Finding("LAYOUT-X", Severity.COMMERCIAL, "so so", "P1.1")]) == sound


def test_it_stands_alone_in_both_schemes_and_as_png() -> None:
    drawn = layout_picture(LAYOUTS["small"]())
    light, dark = (standalone(drawn, scheme) for scheme in Scheme)
    assert light != dark
    assert "var(" not in light + dark
    assert png(drawn, zoom=0.25).startswith(b"\x89PNG")


def test_the_verdict_names_the_gravest_first_and_not_more_than_asked() -> None:
    findings = [
        Finding("LAYOUT-B", Severity.COMMERCIAL, "dear", "here"),
        *(Finding("LAYOUT-A", Severity.HARD, f"wrong {n}", f"p{n}") for n in range(4)),
    ]
    assert verdict("Port", findings, limit=2).splitlines() == [
        "Port: NOT a plan to drive on; 4 hard findings.",
        "HARD LAYOUT-A: 4",
        "  p0: wrong 0",
        "  p1: wrong 1",
        "  ... and 2 more",
        "COMMERCIAL LAYOUT-B: 1",
        "  here: dear",
    ]
    assert verdict("Port", []) == "Port: a plan to drive on; 0 hard findings."
