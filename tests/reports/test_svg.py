from __future__ import annotations

from xml.etree import ElementTree as ET

from hypothesis import given
from hypothesis import strategies as st

from cabria.reports import svg

ANY_TEXT = st.text(st.characters(exclude_categories=("Cs",)))


def as_xml_reads(words: str) -> str:
    """What an XML reader gives back: unknown control characters replaced, line ends made newlines."""
    kept = "".join(
        char if char in "\t\n\r" or (char >= " " and char not in "\ufffe\uffff") else "\ufffd" for char in words
    )
    return kept.replace("\r\n", "\n").replace("\r", "\n")


@given(ANY_TEXT)
def test_any_text_comes_back_from_an_xml_reader(words: str) -> None:
    element = ET.fromstring(svg.text(1, 2, words))
    assert (element.text or "") == as_xml_reads(words)


@given(ANY_TEXT)
def test_any_attribute_stays_inside_its_quotes(words: str) -> None:
    element = ET.fromstring(svg.element("g", aria_label=words))
    assert list(element.attrib) == ["aria-label"]


@given(st.floats(-1e6, 1e6))
def test_a_number_is_written_to_a_hundredth_of_a_pixel(value: float) -> None:
    assert abs(float(svg.number(value)) - value) <= 0.0051
    assert "e" not in svg.number(value)


def test_attributes_lose_the_trailing_underscore_and_none_is_left_out() -> None:
    assert (
        svg.element("rect", x=1.50, class_="lid", rx=None, stroke_width=2)
        == '<rect x="1.5" class="lid" stroke-width="2"/>'
    )


def test_a_picture_says_what_it_shows() -> None:
    root = ET.fromstring(svg.picture(10, 20, [svg.title("a < b")], label="Bay 02"))
    assert root.get("aria-label") == "Bay 02"
    assert root.get("viewBox") == "0 0 10 20"
