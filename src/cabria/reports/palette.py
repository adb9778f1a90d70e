"""A letter and a colour for each port: letters are unique, colours tell apart what a colour-blind eye can.

The first seven colours are those of Okabe & Ito (2008); the others were chosen one by one as the candidate farthest
from all before it (CIELAB, nearest of normal, protan, deutan and tritan sight after Machado et al. 2009).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from string import ascii_lowercase, ascii_uppercase, digits

from cabria.domain.calls import VesselCall
from cabria.domain.containers import Port

COLOURS = (
    "#56b4e9", "#e69f00", "#009e73", "#f0e442", "#0072b2", "#d55e00", "#cc79a7", "#9900ff",
    "#773300", "#00ff99", "#9977ff", "#3333bb", "#bbddff", "#999955", "#99ff77", "#005533",
)  # fmt: skip
THIS_PORT_COLOUR = "#5a6270"


@dataclass(frozen=True, slots=True)
class PortMark:
    """How a port is drawn. `index` names its colour in the page's style; 0 is the port of this call."""

    port: Port
    letter: str
    colour: str
    ink: str
    """Black or white, whichever reads better on the colour."""
    index: int


def port_marks(call: VesselCall) -> Mapping[Port, PortMark]:
    """Marks of every port of discharge in the call: this port, the rotation, then whatever else is aboard."""
    others = {s.container.pod for s in call.arrival} | {c.pod for c in call.loads}
    known = (call.port, *call.rotation)
    ports = [*known, *sorted(others.difference(known))]
    letters = assign_letters(ports)
    marks = {}
    for index, (port, letter) in enumerate(zip(ports, letters, strict=True)):
        colour = COLOURS[(index - 1) % len(COLOURS)] if index else THIS_PORT_COLOUR
        marks[port] = PortMark(port, letter, colour, readable_ink(colour), index)
    return marks


def assign_letters(ports: Iterable[str]) -> list[str]:
    """One letter per port, from its name within the country if one is free; numbers in brackets when all are gone."""
    taken: set[str] = set()
    letters = []
    for nth, port in enumerate(ports):
        wishes = [char for char in port[2:5].upper() if char in ascii_uppercase]
        free = (char for char in (*wishes, *ascii_uppercase, *ascii_lowercase, *digits) if char not in taken)
        letter = next(free, f"({nth})")
        taken.add(letter)
        letters.append(letter)
    return letters


def readable_ink(colour: str) -> str:
    """Black or white by contrast (WCAG 2 relative luminance)."""
    light = luminance(colour)
    return "#000000" if (light + 0.05) / 0.05 >= 1.05 / (light + 0.05) else "#ffffff"


def luminance(colour: str) -> float:
    def linear(channel: int) -> float:
        value = channel / 255
        return value / 12.92 if value <= 0.04045 else float(((value + 0.055) / 1.055) ** 2.4)

    red, green, blue = (linear(int(colour[i : i + 2], 16)) for i in (1, 3, 5))
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue
