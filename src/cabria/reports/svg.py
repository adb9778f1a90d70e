"""A very small SVG writer: elements as text, everything from outside escaped."""

from __future__ import annotations

import re
from collections.abc import Iterable

Number = int | float

# XML 1.0 knows no control characters, not even escaped ones.
_NOT_XML = re.compile(r"[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_SPECIAL = re.compile(r"[&<>\"']")


def escape(text: str) -> str:
    """Text made safe for XML content and for quoted attributes."""
    if text.isascii() and text.isprintable() and not _SPECIAL.search(text):
        return text
    text = _NOT_XML.sub("\ufffd", text).replace("&", "&amp;").replace("<", "&lt;")
    return text.replace(">", "&gt;").replace('"', "&quot;").replace("'", "&#39;")


def number(value: Number) -> str:
    """At most two decimals: a hundredth of a pixel is never seen."""
    return str(value) if isinstance(value, int) else f"{value:.2f}".rstrip("0").rstrip(".")


def element(name: str, content: str | None = None, /, **attributes: str | Number | None) -> str:
    """One element; `content` is markup already. `class_` becomes class, other underscores hyphens; None is left out."""
    parts = [
        f' {key.rstrip("_").replace("_", "-")}="{escape(value) if isinstance(value, str) else number(value)}"'
        for key, value in attributes.items()
        if value is not None
    ]
    return f"<{name}{''.join(parts)}/>" if content is None else f"<{name}{''.join(parts)}>{content}</{name}>"


def text(x: Number, y: Number, words: str, **attributes: str | Number | None) -> str:
    return element("text", escape(words), x=x, y=y, **attributes)


def title(words: str) -> str:
    """What a reader sees on hovering over the element it stands in."""
    return f"<title>{escape(words)}</title>"


def group(parts: Iterable[str], **attributes: str | Number | None) -> str:
    return element("g", "".join(parts), **attributes)


def box_path(x: Number, y: Number, width: Number, height: Number) -> str:
    """Path data of a rectangle; many of them make one element."""
    return f"M{number(x)} {number(y)}h{number(width)}v{number(height)}h{number(-width)}z"


def polyline(points: Iterable[tuple[Number, Number]], **attributes: str | Number | None) -> str:
    return element("polyline", points=" ".join(f"{number(x)},{number(y)}" for x, y in points), **attributes)


def picture(
    width: Number, height: Number, parts: Iterable[str], *, label: str, class_: str = "", largest: float = 1.0
) -> str:
    """A whole picture, with the words a screen reader says instead; it may be shown up to `largest` times its size."""
    return element(
        "svg",
        "".join(parts),
        xmlns="http://www.w3.org/2000/svg",
        viewBox=f"0 0 {number(width)} {number(height)}",
        width=width,
        height=height,
        role="img",
        aria_label=label,
        class_=class_ or None,
        style=f"max-width:{number(width * largest)}px" if largest > 1 else None,
    )


def moved(inner: str, x: Number, y: Number) -> str:
    """A whole picture as a part of another, its corner at x, y."""
    return inner.replace("<svg ", f'<svg x="{number(x)}" y="{number(y)}" ', 1)


def height_of(whole: str) -> int:
    """The height with which a picture was made."""
    found = re.search(r'\bheight="([\d.]+)"', whole)
    if found is None:
        raise ValueError("This is no picture: it has no height.")
    return round(float(found[1]))
