"""A terminal as JSON: quay, cranes, yard blocks, trucks. Described in docs/reference/call-folder.md."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

import msgspec
from msgspec import Meta

from cabria.adapters.files.documents import decoded, text_like
from cabria.adapters.files.source_file import read_bytes, write_whole
from cabria.domain.errors import DataError
from cabria.domain.terminal import Outage, QuayCrane, Terminal, YardCrane
from cabria.domain.yard import YardBlock

FORMAT = "cabria.terminal/1"
MAX_BYTES = 8 * 1024 * 1024

Name = Annotated[str, Meta(min_length=1, max_length=60)]
Count = Annotated[int, Meta(ge=1, le=1_000)]
Seconds = Annotated[int, Meta(ge=0, le=1_000_000)]
Millimetres = Annotated[int, Meta(ge=-100_000_000, le=100_000_000)]
Positive = Annotated[int, Meta(ge=1, le=100_000_000)]


class _Part(msgspec.Struct, forbid_unknown_fields=True):
    """A JSON object; a key nobody knows is refused."""


class BlockPart(_Part, kw_only=True):
    """Rows x bays x tiers under one crane runway; see `domain.yard.YardBlock`."""

    id: Annotated[str, text_like(r"^[^\s-]{1,20}$", "a name of 1 to 20 characters without blank or hyphen")]
    bays: Count
    rows: Count
    tiers: Annotated[int, Meta(ge=1, le=20)]
    x_mm: Millimetres = 0
    y_mm: Millimetres = 0
    bay_pitch_mm: Positive = 6500
    row_pitch_mm: Positive = 2850
    bays_along_quay: bool = True
    plug_bays: Annotated[list[Count], Meta(max_length=1_000)] = []


class OutagePart(_Part, kw_only=True):
    from_s: Annotated[int, Meta(ge=0, le=100_000_000)]
    until_s: Annotated[int, Meta(ge=1, le=100_000_000)]


class QuayCranePart(_Part, kw_only=True):
    id: Name
    x_mm: Millimetres
    cycle_s: Annotated[int, Meta(ge=1, le=100_000)] = 120
    lid_s: Seconds = 180
    bay_travel_s: Seconds = 60
    may_twin: bool = True
    twin_max_kg: Annotated[int, Meta(ge=0, le=1_000_000)] = 50_000
    outreach_rows: Count = 24
    ready_s: Annotated[int, Meta(ge=0, le=100_000_000)] = 0
    dual_cycle_s: Annotated[int, Meta(ge=0, le=100_000)] = 0
    outages: Annotated[list[OutagePart], Meta(max_length=1_000)] = []
    rail_from_mm: Millimetres | None = None
    rail_until_mm: Millimetres | None = None
    travels_from_x: bool = False


class YardCranePart(_Part, kw_only=True):
    id: Name
    block: Name
    move_s: Annotated[int, Meta(ge=1, le=100_000)] = 110
    rehandle_s: Annotated[int, Meta(ge=1, le=100_000)] = 90


class TerminalDocument(_Part, kw_only=True):
    """A terminal. Lengths are millimetres along and away from the quay, times whole seconds."""

    format: Literal["cabria.terminal/1"]
    name: Name
    port: Annotated[str, text_like(r"^[A-Z]{2}[A-Z0-9]{3}$", "a port as UN/LOCODE, such as CNSHA")]
    quay_length_mm: Positive
    crane_gap_bays: Annotated[int, Meta(ge=0, le=20)] = 1
    trucks: Annotated[int, Meta(ge=0, le=10_000)] = 0
    truck_speed_mm_per_s: Positive = 5_500
    quay_cranes: Annotated[list[QuayCranePart], Meta(min_length=1, max_length=100)]
    yard_cranes: Annotated[list[YardCranePart], Meta(max_length=1_000)] = []
    blocks: Annotated[list[BlockPart], Meta(max_length=1_000)] = []


def read_terminal(path: Path) -> Terminal:
    """The terminal in a JSON file. Raises DataError that names the file and the place in it."""
    content = read_bytes(path, limit_bytes=MAX_BYTES)
    document = decoded(content, TerminalDocument, file=str(path), what="A terminal", form=FORMAT)
    parts = msgspec.structs.asdict(document)
    del parts["format"]
    parts["blocks"] = tuple(
        YardBlock(**{**msgspec.structs.asdict(block), "plug_bays": tuple(block.plug_bays)}) for block in document.blocks
    )
    parts["yard_cranes"] = tuple(YardCrane(**msgspec.structs.asdict(crane)) for crane in document.yard_cranes)
    try:
        parts["quay_cranes"] = tuple(map(_quay_crane, document.quay_cranes))
        return Terminal(**parts)
    except DataError as error:
        raise error.inside(str(path)) from None


def _quay_crane(part: QuayCranePart) -> QuayCrane:
    outages = tuple(Outage(outage.from_s, outage.until_s) for outage in part.outages)
    return QuayCrane(**{**msgspec.structs.asdict(part), "outages": outages})


def write_terminal(terminal: Terminal, path: Path) -> None:
    """Write the terminal's JSON file whole or not at all; equal terminals give equal bytes."""
    try:
        document = msgspec.convert({"format": FORMAT, **msgspec.to_builtins(terminal)}, TerminalDocument)
    except msgspec.ValidationError as error:
        raise DataError(f"Terminal {terminal.name} is beyond what the format holds: {error}.", file=str(path)) from None
    write_whole(path, msgspec.json.format(msgspec.json.encode(document), indent=1) + b"\n")
