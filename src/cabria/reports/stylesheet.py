"""The style of the report's page, cut down to what one picture needs, so that the picture can stand alone.

A picture in a page takes its colours from variables that follow the reader's light or dark screen. Outside the page
nothing sets them, and most drawing programs know neither variables nor media queries: here they are worked in.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from importlib.resources import files


class Scheme(StrEnum):
    LIGHT = "light"
    DARK = "dark"


SVG_PROPERTIES = ("fill", "stroke", "font", "text", "opacity", "paint-order", "dominant-baseline", "letter-spacing")
"""First words of the properties that matter within a picture; the others lay out the page around it."""

_COMMENT = re.compile(r"/\*.*?\*/", re.DOTALL)
_VARIABLE = re.compile(r"var\((--[\w-]+)\)")
_CLASS = re.compile(r"\.([A-Za-z_][\w-]*)")
_TAG = re.compile(r"(?:^|[\s>+~])([A-Za-z][\w]*)")
_NOT = re.compile(r":not\([^()]*\)")
_COMMA_OUTSIDE_BRACKETS = re.compile(r",(?![^()]*\))")


@dataclass(frozen=True, slots=True)
class Rule:
    selectors: tuple[str, ...]
    declarations: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Stylesheet:
    rules: tuple[Rule, ...]
    variables: Mapping[Scheme, Mapping[str, str]]

    def for_picture(self, svg: str, scheme: Scheme) -> str:
        """The rules that can touch an element of the picture, with the scheme's colours in the places of variables."""
        classes = {name for found in re.findall(r'\bclass="([^"]*)"', svg) for name in found.split()}
        tags = set(re.findall(r"<([A-Za-z]\w*)", svg))
        known = self.variables[scheme]
        lines = []
        for rule in self.rules:
            selectors = [selector for selector in rule.selectors if _may_touch(selector, classes, tags)]
            declarations = [
                f"{name}:{_VARIABLE.sub(lambda found: known[found[1]], value)}"
                for name, value in rule.declarations
                if name.startswith(SVG_PROPERTIES)
            ]
            if selectors and declarations:
                lines.append(f"{','.join(selectors)}{{{';'.join(declarations)}}}")
        return "\n".join(lines)


def _may_touch(selector: str, classes: set[str], tags: set[str]) -> bool:
    """A selector that asks for a state, an attribute or something outside the picture touches nothing in it."""
    plain = _NOT.sub("", selector)
    if re.search(r"[:\[*]", plain):
        return False
    return classes.issuperset(_CLASS.findall(plain)) and tags.issuperset(_TAG.findall(plain))


def parse(css: str) -> Stylesheet:
    """Rules outside of media queries, and the variables of `:root` with those of the query for dark screens."""
    css = _COMMENT.sub("", css)
    rules: list[Rule] = []
    light: dict[str, str] = {}
    dark: dict[str, str] = {}
    for head, body in _blocks(css):
        if head.startswith("@media"):
            if "prefers-color-scheme: dark" in head:
                for _, inner in (block for block in _blocks(body) if block[0] == ":root"):
                    dark |= _variables(inner)
        elif head == ":root":
            light |= _variables(body)
        else:
            selectors = tuple(" ".join(part.split()) for part in _COMMA_OUTSIDE_BRACKETS.split(head))
            rules.append(Rule(selectors, tuple(_declarations(body))))
    return Stylesheet(tuple(rules), {Scheme.LIGHT: light, Scheme.DARK: {**light, **dark}})


def _blocks(css: str) -> Iterator[tuple[str, str]]:
    """Each `head { body }` of the outermost level."""
    depth, start, opened = 0, 0, 0
    for at, char in enumerate(css):
        if char == "{":
            depth += 1
            if depth == 1:
                opened = at
        elif char == "}":
            depth -= 1
            if depth == 0:
                yield " ".join(css[start:opened].split()), css[opened + 1 : at]
                start = at + 1


def _declarations(body: str) -> Iterator[tuple[str, str]]:
    for declaration in body.split(";"):
        name, colon, value = declaration.partition(":")
        if colon:
            yield name.strip(), " ".join(value.split())


def _variables(body: str) -> dict[str, str]:
    return {name: value for name, value in _declarations(body) if name.startswith("--")}


@cache
def page_style(port_indices: tuple[int, ...] = ()) -> Stylesheet:
    """All style sheets of the report together; `port_indices` are those of the port colours (`.p3`) that are needed."""
    from jinja2 import Environment, StrictUndefined

    environment = Environment(undefined=StrictUndefined, autoescape=True)
    marks = [(mark, 0, 0) for mark in _port_marks(port_indices)]
    sheets = sorted(
        (file for file in files("cabria.reports").joinpath("templates").iterdir() if file.name.endswith(".css")),
        key=lambda file: (file.name != "page.css", file.name),  # the page's own first: it sets the variables
    )
    return parse("\n".join(environment.from_string(sheet.read_text("utf-8")).render(ports=marks) for sheet in sheets))


def _port_marks(indices: Iterable[int]) -> Iterator[Mapping[str, str | int]]:
    from cabria.reports.palette import COLOURS, THIS_PORT_COLOUR, readable_ink

    for index in indices:
        colour = COLOURS[(index - 1) % len(COLOURS)] if index else THIS_PORT_COLOUR
        yield {"index": index, "colour": colour, "ink": readable_ink(colour)}
