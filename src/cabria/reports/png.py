"""A picture of the report on its own: as an SVG that carries its style, and as a PNG for mails, slides and screens.

The PNG's letters are those of the Bitstream Vera fonts that come with the paper sheets' library, so text shows on a
machine without any font, and the same picture gives the same bytes wherever it is made. Letters that Vera lacks
(Chinese, Arabic) are taken from the machine's own fonts; where it has none they show as empty boxes.
"""

from __future__ import annotations

import re
from importlib.resources import files
from math import sqrt

from cabria.reports.stylesheet import Scheme, page_style
from cabria.reports.svg import element

PNG_FONT = "Bitstream Vera Sans"
PNG_FONT_FILES = ("Vera.ttf", "VeraBd.ttf", "VeraIt.ttf", "VeraBI.ttf")
MOST_PIXELS = 100_000_000
"""Of a PNG: 400 MB while it is drawn; beyond it somebody's machine stands still."""

_OPENING = re.compile(r"<svg\b[^>]*>")
_SIZE = re.compile(r'\bwidth="([\d.]+)"[^>]*\bheight="([\d.]+)"')


def standalone(svg: str, scheme: Scheme = Scheme.LIGHT) -> str:
    """The picture with its style inside and the paper behind it, ready to be a file of its own.

    `svg` is what the functions of the reports give. The style is cut from templates/*.css by the classes in the
    picture; a new picture's own rules stand in a style sheet there, under a class of the picture. Raises ValueError
    for text that does not begin with an <svg> element.
    """
    opening = _OPENING.match(svg)
    if opening is None:
        raise ValueError("This is no picture: it does not begin with <svg>.")
    ports = sorted({int(index) for index in re.findall(r'\bclass="[^"]*\bp(\d+)\b', svg)})
    style = page_style(tuple(ports))
    paper = element("rect", width="100%", height="100%", style=f"fill:{style.variables[scheme]['--paper']}")
    rules = element("style", style.for_picture(svg, scheme))
    return f"{opening[0]}{rules}{paper}{svg[opening.end() :]}\n"


def png(svg: str, scheme: Scheme = Scheme.LIGHT, *, zoom: float = 2.0) -> bytes:
    """The picture in pixels, `zoom` to one of the SVG's; two look sharp on today's screens.

    One that would have more than `MOST_PIXELS` is drawn smaller. Raises ValueError for text that is no SVG.
    """
    from resvg_py import svg_to_bytes

    size = _SIZE.search(svg[:2000])
    if size:
        zoom = min(zoom, sqrt(MOST_PIXELS / max(1.0, float(size[1]) * float(size[2]))))
    fonts = files("reportlab").joinpath("fonts")
    alone = re.sub(r"system-ui[^;}]*sans-serif", f'"{PNG_FONT}"', standalone(svg, scheme))
    drawn: bytes = svg_to_bytes(
        svg_string=alone,
        zoom=zoom,
        font_family=PNG_FONT,
        sans_serif_family=PNG_FONT,
        font_files=[str(fonts.joinpath(name)) for name in PNG_FONT_FILES],
    )
    return drawn
