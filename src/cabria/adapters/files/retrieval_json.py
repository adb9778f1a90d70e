"""A retrieval order and its moves as plain JSON lists, for exchange with others. Gzipped where the name ends so.

    {"format": "yard-retrieval/1", "name": "...", "tolerance": 0,
     "blocks": [[id, bays, rows, tiers], ...],
     "boxes": [[id, "BLOCK-BAY-ROW-TIER", length_ft, class, mass_kg], ...],
     "wanted": [[class, due, planned_mass_kg], ...]}

An empty class is a box that nobody wants. A solution is {"moves": [[id, from, to, serves], ...]}, where `to` is "" for
a box that leaves the yard and `serves` then its place in the order, from 1; else 0.
"""

from __future__ import annotations

import gzip
from collections.abc import Iterable
from io import BytesIO
from pathlib import Path
from typing import Annotated, Literal

import msgspec
from msgspec import Meta

from cabria.adapters.files.documents import decoded, misfit
from cabria.adapters.files.source_file import read_bytes, unzipped, write_whole
from cabria.domain.containers import ContainerId
from cabria.domain.errors import DataError
from cabria.domain.positions import YardPosition
from cabria.domain.retrieval_order import RetrievalMove, RetrievalOrder, Wanted
from cabria.domain.yard import YardBlock, YardBox, YardInventory

FORMAT = "yard-retrieval/1"
MAX_BYTES = 64 * 1024 * 1024

Name = Annotated[str, Meta(min_length=1, max_length=60)]
Label = Annotated[str, Meta(max_length=80)]
Count = Annotated[int, Meta(ge=1, le=1_000)]
Tiers = Annotated[int, Meta(ge=1, le=20)]
Feet = Annotated[int, Meta(ge=10, le=60)]
Mass = Annotated[int, Meta(ge=0, le=100_000)]
Due = Annotated[int, Meta(ge=0, le=1_000_000_000)]
Places = Annotated[int, Meta(ge=0, le=1_000_000)]


class _Order(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    format: Literal["yard-retrieval/1"]
    name: Name = "order"
    tolerance: Places = 0
    blocks: Annotated[list[tuple[Name, Count, Count, Tiers]], Meta(max_length=1_000)]
    boxes: Annotated[list[tuple[Name, Name, Feet, Label, Mass]], Meta(max_length=500_000)]
    wanted: Annotated[list[tuple[Name, Due, Mass]], Meta(max_length=500_000)]


class _Moves(msgspec.Struct, forbid_unknown_fields=True):
    moves: Annotated[list[tuple[Name, Name, Label, Places]], Meta(max_length=2_000_000)]


def read_retrieval_order(path: Path) -> RetrievalOrder:
    """Raises DataError that names the file and the place in it."""
    file = str(path)
    document = decoded(_content(path), _Order, file=file, what="A retrieval order", form=FORMAT)
    try:
        blocks = tuple(YardBlock(*block) for block in document.blocks)
        boxes = [
            YardBox(ContainerId(id_), _position(at, f"boxes[{n}]"), length_ft, gross_mass_kg=mass_kg)
            for n, (id_, at, length_ft, _, mass_kg) in enumerate(document.boxes)
        ]
        return RetrievalOrder(
            document.name,
            blocks,
            YardInventory.of(boxes),
            {ContainerId(id_): box_class for id_, _, _, box_class, _ in document.boxes if box_class},
            {ContainerId(id_): mass_kg for id_, _, _, _, mass_kg in document.boxes},
            tuple(Wanted(*wanted) for wanted in document.wanted),
            document.tolerance,
        )
    except DataError as error:
        raise error.inside(file) from None


def write_retrieval_order(order: RetrievalOrder, path: Path) -> None:
    """Equal orders give equal bytes."""
    document = {
        "format": FORMAT,
        "name": order.name,
        "tolerance": order.tolerance,
        "blocks": [(block.id, block.bays, block.rows, block.tiers) for block in order.blocks],
        "boxes": [
            (box.id, str(box.position), box.length_ft, order.class_of.get(box.id, ""), order.mass_kg.get(box.id, 0))
            for box in order.yard
        ],
        "wanted": [(wanted.box_class, wanted.due, wanted.planned_mass_kg) for wanted in order.wanted],
    }
    content = msgspec.json.encode(document) + b"\n"
    write_whole(path, _zipped(content) if path.suffix == ".gz" else content)


def read_retrieval_moves(path: Path) -> tuple[RetrievalMove, ...]:
    """Raises DataError. Whether the moves are possible is for the judge to say."""
    file = str(path)
    try:
        document = msgspec.json.decode(_content(path), type=_Moves)
        return tuple(
            RetrievalMove(
                ContainerId(id_), _position(source, f"moves[{n}]"),
                _position(target, f"moves[{n}]") if target else None, serves,
            )
            for n, (id_, source, target, serves) in enumerate(document.moves)
        )  # fmt: skip
    except msgspec.ValidationError as error:
        raise misfit(error, file) from None
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise DataError(f"The file is not JSON: {error}.", file=file) from None
    except DataError as error:
        raise error.inside(file) from None


def write_retrieval_moves(moves: Iterable[RetrievalMove], path: Path) -> None:
    rows = [(move.container, str(move.source), str(move.target or ""), move.serves) for move in moves]
    write_whole(path, msgspec.json.encode({"moves": rows}) + b"\n")


def _position(text: str, place: str) -> YardPosition:
    try:
        return YardPosition.parse(text)
    except (DataError, ValueError):
        raise DataError(f"{text!r:.60} is not written BLOCK-BAY-ROW-TIER.", place=place) from None


def _content(path: Path) -> bytes:
    content = read_bytes(path, limit_bytes=MAX_BYTES)
    return unzipped(content, file=str(path), limit_bytes=MAX_BYTES) if path.suffix == ".gz" else content


def _zipped(content: bytes) -> bytes:
    packed = BytesIO()
    # No name and no time inside, so that the same order is the same file.
    with gzip.GzipFile(filename="", mode="wb", fileobj=packed, mtime=0) as archive:
        archive.write(content)
    return packed.getvalue()
