from __future__ import annotations

import re
import struct
from functools import partial
from xml.etree import ElementTree as ET

import pytest
import resvg_py
from hypothesis import given, settings
from hypothesis import strategies as st

from cabria.reports import svg
from cabria.reports.png import png, standalone
from cabria.reports.stylesheet import Scheme, page_style, parse

SIGNATURE = b"\x89PNG\r\n\x1a\n"
SCHEMES = pytest.mark.parametrize("scheme", list(Scheme))


def a_picture(words: str = "QC1", width: int = 60, height: int = 20) -> str:
    parts = [svg.text(2, 14, words, class_="crane"), svg.element("rect", x=40, width=9, height=9, class_="k-load")]
    return svg.picture(width, height, parts, label="A crane's work", class_="chart")


@SCHEMES
def test_a_standalone_picture_needs_no_page_to_have_its_colours(scheme: Scheme) -> None:
    alone = standalone(a_picture(), scheme)
    assert "var(" not in alone
    assert "@media" not in alone
    assert ".k-load{fill:#0072b2}" in alone
    assert {"light": "fill:#fff", "dark": "fill:#1b222a"}[scheme] in alone


def test_a_standalone_picture_carries_no_rules_of_other_pictures() -> None:
    style = re.search(r"<style>(.*?)</style>", standalone(a_picture()), re.DOTALL)
    assert style
    assert "bay" not in style[1]
    assert "k-restow" not in style[1]


def test_a_port_has_the_colour_it_has_in_the_page() -> None:
    alone = standalone(svg.picture(9, 9, [svg.element("path", d="M0 0h9", class_="p2")], label="A port"))
    assert "path.p2{fill:#e69f00}" in alone


@given(st.text(max_size=20), st.integers(1, 90), st.integers(1, 90))
@settings(max_examples=20, deadline=None)
def test_a_standalone_picture_is_xml_with_the_same_words_in_it(words: str, width: int, height: int) -> None:
    before = ET.fromstring(a_picture(words, width, height))
    after = ET.fromstring(standalone(a_picture(words, width, height)))
    name = "{http://www.w3.org/2000/svg}text"
    assert [e.text for e in after.iter(name)] == [e.text for e in before.iter(name)]
    assert after.attrib == before.attrib


@given(st.integers(1, 90), st.integers(1, 90), st.sampled_from((1.0, 2.0, 3.0)))
@settings(max_examples=10, deadline=None)
def test_a_png_is_as_large_as_the_picture_times_the_zoom(width: int, height: int, zoom: float) -> None:
    drawn = png(a_picture(width=width, height=height), zoom=zoom)
    assert drawn.startswith(SIGNATURE)
    assert struct.unpack(">II", drawn[16:24]) == (width * zoom, height * zoom)


def test_text_shows_on_a_machine_without_fonts(monkeypatch: pytest.MonkeyPatch) -> None:
    here, blank = png(a_picture("MSC ÑAÑDÚ")), png(a_picture(""))
    monkeypatch.setattr(resvg_py, "svg_to_bytes", partial(resvg_py.svg_to_bytes, skip_system_fonts=True))
    assert png(a_picture("MSC ÑAÑDÚ")) == here != blank


def test_light_and_dark_differ_and_each_is_the_same_twice() -> None:
    light, dark = (png(a_picture(), scheme) for scheme in Scheme)
    assert light != dark
    assert light == png(a_picture())


def test_what_is_no_picture_is_refused() -> None:
    with pytest.raises(ValueError, match="no picture"):
        standalone("<html></html>")


def test_a_picture_beyond_all_screens_is_drawn_smaller(monkeypatch: pytest.MonkeyPatch) -> None:
    most = 10_000  # for the real one a machine works five seconds
    monkeypatch.setattr("cabria.reports.png.MOST_PIXELS", most)
    drawn = png(a_picture(width=most, height=4), zoom=3.0)
    width, height = struct.unpack(">II", drawn[16:24])
    assert most / 2 < width * height <= most


def test_rules_for_a_reader_s_screen_and_for_other_elements_are_left_out() -> None:
    style = parse(
        ":root { --ink: #111; } /* words */ @media print { :root { --ink: #000; } .a { fill: red } }"
        "@media (prefers-color-scheme: dark) { :root { --ink: #eee; } }"
        ".a, .b { fill: var(--ink); margin: 0 } .a:hover { fill: blue } body .a { fill: green } p.a { fill: pink }"
        "rect:not(.c, .d) { stroke: var(--ink) }"
    )
    picture = svg.picture(9, 9, [svg.element("rect", class_="a")], label="")
    assert style.for_picture(picture, Scheme.LIGHT).splitlines() == [
        ".a{fill:#111}",
        "rect:not(.c, .d){stroke:#111}",
    ]
    assert ".a{fill:#eee}" in style.for_picture(picture, Scheme.DARK)


def test_every_variable_of_the_style_sheets_is_known_in_both_schemes() -> None:
    style = page_style()
    used = {
        name for rule in style.rules for _, value in rule.declarations for name in re.findall(r"var\((.*?)\)", value)
    }
    assert used <= set(style.variables[Scheme.LIGHT])
    assert used <= set(style.variables[Scheme.DARK])
