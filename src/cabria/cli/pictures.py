"""Pictures that commands write, as the ending of their name says."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

from cabria.domain.errors import DataError

if TYPE_CHECKING:
    from cabria.reports.stylesheet import Scheme

ZOOMS = (2.0, 1.0, 0.5, 0.25)
MOST_PIXELS = 25_000_000
"""Of a PNG: more takes many seconds to draw and is seen by nobody."""


def write_picture(picture: str, path: Path, *, dark: bool) -> None:
    """As .svg or .png. Raises DataError for another ending, and for a picture that is too large as PNG."""
    from cabria.adapters.files.source_file import write_whole
    from cabria.reports.png import standalone
    from cabria.reports.stylesheet import Scheme

    scheme = Scheme.DARK if dark else Scheme.LIGHT
    if path.suffix.lower() == ".svg":
        write_whole(path, standalone(picture, scheme).encode())
    elif path.suffix.lower() == ".png":
        write_whole(path, _png(picture, scheme))
    else:
        raise DataError("A picture is written as .svg or .png.", file=str(path))


def _png(picture: str, scheme: Scheme) -> bytes:
    """As sharp as its size allows. Raises DataError for a picture that no screen could show."""
    from cabria.reports.png import png

    width, height = (float(size) for size in re.findall(r' (?:width|height)="([\d.]+)"', picture[:2000])[:2])
    zoom = next((zoom for zoom in ZOOMS if width * height * zoom * zoom <= MOST_PIXELS), None)
    if zoom is None:
        raise DataError("The picture is too large to be drawn.", remedy="Write it as .svg, or show one block.")
    return png(picture, scheme, zoom=zoom)


def refuse_picture(path: Path) -> None:
    """Raise DataError before any work for a name that `write_picture` would refuse."""
    if path.suffix.lower() not in (".svg", ".png"):
        raise DataError("A picture is written as .svg or .png.", file=str(path))
