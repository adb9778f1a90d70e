"""Ground plans as JSON, version 1. `docs/reference/layout.md` explains every field.

The document follows `cabria.domain.layout` field by field; what is left out stands at its default. Blocks and machines
are in a terminal file beside it, which it names. Reading what was written gives an equal layout.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated, Any, Literal

import msgspec
from msgspec import Meta

from cabria.adapters.files.documents import decoded, text_like
from cabria.adapters.files.source_file import read_bytes, write_whole
from cabria.adapters.files.terminal_json import read_terminal, write_terminal
from cabria.domain.errors import DataError
from cabria.domain.layout import (
    BerthRange,
    CranePlace,
    Junction,
    JunctionId,
    LaneKind,
    Layout,
    Node,
    NodeId,
    QuayRail,
    Runway,
    Segment,
    SegmentId,
)
from cabria.domain.stands import Side, Stand, StandKind
from cabria.domain.terminal import Terminal

FORMAT = "cabria.layout/1"
MAX_BYTES = 50_000_000

Name = Annotated[str, Meta(min_length=1, max_length=60)]
Place = Annotated[int, Meta(ge=-20_000_000, le=20_000_000)]
Length = Annotated[int, Meta(ge=1, le=50_000_000)]
Distance = Annotated[int, Meta(ge=0, le=1_000_000)]
Bay = Annotated[int, Meta(ge=0, le=2_000)]
PointPart = Annotated[list[Place], Meta(min_length=2, max_length=2)]
FileName = Annotated[
    str, text_like(r"^[^/\\.\x00-\x1f][^/\\\x00-\x1f]*$", "the name of a file beside this one", max_length=200)
]


class _Part(msgspec.Struct, omit_defaults=True, forbid_unknown_fields=True):
    """A JSON object; a key nobody knows is refused."""


class NodePart(_Part):
    id: Name
    x_mm: Place
    y_mm: Place


class StandPart(_Part):
    """What a stand serves; see `domain.stands.Stand`."""

    kind: StandKind
    block: Annotated[str, Meta(max_length=60)] = ""
    first_bay: Bay = 0
    last_bay: Bay = 0
    side: Side | None = None
    from_mm: Place = 0
    until_mm: Place = 0
    lane: Annotated[int, Meta(ge=0, le=100)] = 0
    power_kw: Annotated[int, Meta(ge=0, le=10_000)] = 0


class SegmentPart(_Part):
    """A one-way piece of lane; `via` are the points [x, y] it runs by."""

    id: Name
    start: Name
    end: Name
    length_mm: Length
    speed_mm_per_s: Annotated[int, Meta(ge=1, le=100_000)]
    kind: LaneKind = LaneKind.ROAD
    stand: StandPart | None = None
    via: Annotated[list[PointPart], Meta(max_length=100)] = []


class JunctionPart(_Part):
    """Segments of which one truck at a time may be in any."""

    id: Name
    segments: Annotated[list[Name], Meta(min_length=1, max_length=1_000)]


class BerthPart(_Part):
    id: Name
    from_mm: Place
    until_mm: Place


class RailPart(_Part):
    """The quay cranes' rails; see `domain.layout.QuayRail`."""

    from_mm: Place
    until_mm: Place
    waterside_mm: Place = 3_000
    gauge_mm: Length = 35_000
    crane_width_mm: Length = 27_000
    back_reach_mm: Distance = 16_000


class CranePlacePart(_Part):
    crane: Name
    at_mm: Place


class RunwayPart(_Part):
    """The rails of a block's cranes; see `domain.layout.Runway`."""

    block: Name
    from_mm: Place
    until_mm: Place
    cranes: Annotated[list[CranePlacePart], Meta(max_length=20)] = []
    crane_length_mm: Length = 14_000
    gap_mm: Distance = 5_000
    reach_mm: Distance = 8_000


class LayoutDocument(_Part, kw_only=True):
    """A ground plan. Millimetres along the quay (x) and inland from its edge (y)."""

    format: Literal["cabria.layout/1"]
    name: Name
    terminal: FileName
    source: Annotated[str, Meta(max_length=2_000)] = ""
    rail: RailPart
    berths: Annotated[list[BerthPart], Meta(max_length=200)] = []
    runways: Annotated[list[RunwayPart], Meta(max_length=1_000)] = []
    nodes: Annotated[list[NodePart], Meta(min_length=1, max_length=50_000)]
    segments: Annotated[list[SegmentPart], Meta(min_length=1, max_length=50_000)]
    junctions: Annotated[list[JunctionPart], Meta(max_length=50_000)] = []


def read_layout(path: Path | str) -> Layout:
    """The ground plan in a JSON file, with the terminal in the file it names beside it.

    Raises DataError that names the file and the place in it. Whether trucks can drive on it is the referee's to say.
    """
    path = Path(path)
    content = read_bytes(path, limit_bytes=MAX_BYTES)
    document = decoded(content, LayoutDocument, file=str(path), what="A layout", form=FORMAT)
    beside = path.parent / document.terminal
    if not beside.is_file():
        raise DataError(
            f"The terminal's file {document.terminal} is not beside it.",
            file=str(path),
            place="$.terminal",
            remedy="Put it there, or name another one.",
        )
    return _layout(document, read_terminal(beside), str(path))


def parse_layout(content: bytes, terminal: Terminal, *, file: str) -> Layout:
    """The ground plan in the bytes of a JSON file, for a terminal that was read before. Raises DataError."""
    return _layout(decoded(content, LayoutDocument, file=file, what="A layout", form=FORMAT), terminal, file)


def write_layout(layout: Layout, path: Path | str) -> Path:
    """Write the layout's JSON file, and the terminal's beside it, whose path is returned; each whole or not at all.

    A terminal file that is there already is kept; DataError is raised when it holds another terminal.
    """
    path = Path(path)
    beside = terminal_file(path)
    content = layout_bytes(layout, beside.name)
    if not beside.exists():
        write_terminal(layout.terminal, beside)
    elif read_terminal(beside) != layout.terminal:
        raise DataError(
            f"It would hold the terminal {layout.terminal.name}, and holds another one.",
            file=str(beside),
            remedy="Give the layout another name or another folder.",
        )
    write_whole(path, content)
    return beside


def terminal_file(path: Path) -> Path:
    """`terminal.json` beside `layout.json`, `port-terminal.json` beside `port-layout.json` or `port.json`."""
    stem = path.stem.removesuffix("layout").rstrip("-")
    return path.with_name(f"{stem}-terminal.json" if stem else "terminal.json")


def layout_bytes(layout: Layout, terminal_name: str) -> bytes:
    """The layout's JSON file, a node, segment or junction a line; equal layouts give equal bytes. Raises DataError."""
    parts = {**_parts(layout), "format": FORMAT, "terminal": terminal_name}
    try:
        document = msgspec.convert(parts, LayoutDocument)
    except msgspec.ValidationError as error:
        raise DataError(f"Layout {layout.name} is beyond what the format holds: {error}.") from None
    return _laid_out(msgspec.to_builtins(document)).encode()


def layout_schema() -> dict[str, Any]:
    """The JSON schema of the format (2020-12), as kept in docs/reference/layout.schema.json."""
    schema = msgspec.json.schema(LayoutDocument)
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", "title": "Cabria layout", **schema}


def _layout(document: LayoutDocument, terminal: Terminal, file: str) -> Layout:
    fields = msgspec.structs.asdict
    try:
        return Layout(
            name=document.name,
            terminal=terminal,
            nodes=tuple(Node(NodeId(part.id), part.x_mm, part.y_mm) for part in document.nodes),
            segments=tuple(_segment(part) for part in document.segments),
            rail=QuayRail(**fields(document.rail)),
            junctions=tuple(
                Junction(JunctionId(part.id), tuple(map(SegmentId, part.segments))) for part in document.junctions
            ),
            berths=tuple(BerthRange(**fields(part)) for part in document.berths),
            runways=tuple(
                Runway(**{**fields(part), "cranes": tuple(CranePlace(**fields(place)) for place in part.cranes)})
                for part in document.runways
            ),
            source=document.source,
        )
    except DataError as error:
        raise error.inside(file) from None


def _segment(part: SegmentPart) -> Segment:
    try:
        return Segment(
            SegmentId(part.id),
            NodeId(part.start),
            NodeId(part.end),
            part.length_mm,
            part.speed_mm_per_s,
            part.kind,
            None if part.stand is None else Stand(**msgspec.structs.asdict(part.stand)),
            tuple((x_mm, y_mm) for x_mm, y_mm in part.via),
        )
    except DataError as error:
        raise DataError(error.problem, place=f"segment {part.id}") from None


def _parts(layout: Layout) -> dict[str, Any]:
    names = ("name", "source", "rail", "berths", "runways", "nodes", "segments", "junctions")
    return {name: msgspec.to_builtins(getattr(layout, name)) for name in names}


def _laid_out(document: dict[str, Any]) -> str:
    def line(value: Any) -> str:
        return json.dumps(value, separators=(",", ":"), ensure_ascii=False)

    def spread(value: Any) -> str:
        is_table = isinstance(value, list) and value and isinstance(value[0], dict)
        return "[\n" + ",\n".join(f"  {line(item)}" for item in value) + "\n ]" if is_table else line(value)

    return "{\n" + ",\n".join(f" {line(key)}: {spread(value)}" for key, value in document.items()) + "\n}\n"


if __name__ == "__main__":  # writes the handbook's schema
    print(json.dumps(layout_schema(), indent=1))
