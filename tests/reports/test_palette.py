from __future__ import annotations

from itertools import combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cabria.planning.loading.result import PlannedCall
from cabria.reports.palette import COLOURS, THIS_PORT_COLOUR, assign_letters, luminance, port_marks, readable_ink

# Linear RGB as a person with full protanopia, deuteranopia or tritanopia sees it (Machado, Oliveira, Fernandes 2009).
SIGHTS = {
    "normal": ((1, 0, 0), (0, 1, 0), (0, 0, 1)),
    "protan": ((0.152286, 1.052583, -0.204868), (0.114503, 0.786281, 0.099216), (-0.003882, -0.048116, 1.051998)),
    "deutan": ((0.367322, 0.860646, -0.227968), (0.280085, 0.672501, 0.047413), (-0.011820, 0.042940, 0.968881)),
    "tritan": ((1.255528, -0.076749, -0.178779), (-0.078411, 0.930809, 0.147602), (0.004733, 0.691367, 0.303900)),
}


def lab(colour: str, sight: str) -> tuple[float, float, float]:
    """CIELAB of a colour as it is seen (sRGB primaries, D65)."""
    channels = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    r, g, b = (min(1.0, max(0.0, sum(k * c for k, c in zip(line, linear, strict=True)))) for line in SIGHTS[sight])
    xyz = (
        (0.4124 * r + 0.3576 * g + 0.1805 * b) / 0.9505,
        0.2126 * r + 0.7152 * g + 0.0722 * b,
        (0.0193 * r + 0.1192 * g + 0.9505 * b) / 1.089,
    )
    x, y, z = (v ** (1 / 3) if v > 0.008856 else 7.787 * v + 16 / 116 for v in xyz)
    return 116 * y - 16, 500 * (x - y), 200 * (y - z)


@pytest.mark.parametrize("sight", SIGHTS)
def test_every_pair_of_colours_can_be_told_apart(sight: str) -> None:
    """A difference of 2.3 is just noticed; here it is many times that, for colour-blind eyes too."""
    seen = [lab(colour, sight) for colour in (*COLOURS, THIS_PORT_COLOUR)]
    nearest = min(sum((p - q) ** 2 for p, q in zip(a, b, strict=True)) ** 0.5 for a, b in combinations(seen, 2))
    assert nearest > 14


@pytest.mark.parametrize("colour", [*COLOURS, THIS_PORT_COLOUR])
def test_a_letter_reads_well_on_every_colour(colour: str) -> None:
    lighter, darker = sorted((luminance(colour), luminance(readable_ink(colour))), reverse=True)
    assert (lighter + 0.05) / (darker + 0.05) >= 4.5


@given(st.lists(st.text(max_size=6), unique=True, max_size=90))
def test_no_two_ports_share_a_letter(ports: list[str]) -> None:
    letters = assign_letters(ports)
    assert len(set(letters)) == len(ports)


def test_a_port_takes_the_first_free_letter_of_its_own_name() -> None:
    assert assign_letters(["PECHY", "CNSHA", "CNSHK", "CLSAI"]) == ["C", "S", "H", "A"]


def test_this_port_is_grey_and_every_destination_has_a_mark(small_planned: PlannedCall) -> None:
    marks = port_marks(small_planned.call)
    assert marks[small_planned.call.port].colour == THIS_PORT_COLOUR
    assert list(marks) == ["PECHY", "CNSHA", "NLRTM"]
