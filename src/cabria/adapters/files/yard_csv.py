"""A yard inventory as CSV, plain or gzipped: which box stands where. Described in docs/reference/call-folder.md."""

from __future__ import annotations

import csv
import gzip
from collections.abc import Mapping, Sequence
from io import BytesIO, StringIO
from pathlib import Path

from cabria.adapters.files.load_tables import MIN_KG
from cabria.adapters.files.source_file import write_whole
from cabria.adapters.files.tables import Row, read_rows
from cabria.domain.containers import ContainerId, SizeType
from cabria.domain.errors import DataError
from cabria.domain.positions import YardPosition
from cabria.domain.terminal import Terminal
from cabria.domain.told import told
from cabria.domain.yard import YardBlock, YardBox, YardInventory

COLUMNS: Mapping[str, Sequence[str]] = {
    "container": ("container number", "container no", "contenedor", "equipment", "unit", "cntr", "box", "id"),
    "position": ("slot", "yard position", "location", "posicion", "ubicacion"),
    "length_ft": ("length", "size", "largo", "longitud", "tamano"),
    "size_type": ("iso code", "iso", "type", "tipo", "codigo iso"),
    "height_mm": ("height", "alto", "altura"),
    "gross_mass_kg": ("gross weight kg", "weight kg", "weight", "peso", "peso bruto", "peso kg"),
    "outbound": ("outbound vessel", "leaves by", "salida", "nave"),
    "needs_plug": ("needs plug", "plug", "reefer", "live reefer", "enchufe"),
}
YES, NO = ("yes", "y", "true", "1", "si", "x"), ("no", "n", "false", "0", "")
WRITTEN = ("container", "position", "length_ft", "height_mm", "gross_mass_kg", "outbound")


def read_yard(path: Path, terminal: Terminal) -> YardInventory:
    """The inventory of the terminal's yard. Raises DataError that names the line.

    Refused are positions outside a block, boxes that float, two boxes in one place, a box twice, a 40 ft box in an odd
    bay or the reverse, and 40 ft over 20 ft boxes.
    """
    return read_boxes(path, terminal.blocks, f"Terminal {terminal.name}")[0]


def read_boxes(path: Path, of: Sequence[YardBlock], whose: str) -> tuple[YardInventory, Mapping[ContainerId, int]]:
    """The inventory of some blocks as `read_yard` reads it, and the line of each box."""
    file = str(path)
    blocks = {block.id: block for block in of}
    boxes: list[YardBox] = []
    lines: dict[ContainerId, int] = {}
    by_position: dict[YardPosition, int] = {}
    for row in read_rows(path, COLUMNS, needed=("container", "position")):
        box = _box(row, blocks, whose)
        first = lines.setdefault(box.id, row.number)
        if first != row.number:
            raise row.refusal(
                told(
                    "Container {box} stands in the yard twice, first in line {first}.",
                    "in-yard-twice-in-table",
                    box=box.id,
                    first=first,
                ),
                "container",
            )
        first = by_position.setdefault(box.position, row.number)
        if first != row.number:
            raise row.refusal(
                told(
                    "Another box stands at {place} already, in line {first}.",
                    "yard-place-taken-in-table",
                    place=box.position,
                    first=first,
                ),
                "position",
            )
        boxes.append(box)
    _refuse_crossed(boxes, lines, file)
    try:
        return YardInventory.of(boxes), lines
    except DataError as error:
        at = by_position.get(YardPosition.parse(error.place)) if error.place else None
        place = f"line {at}" if at else error.place
        raise DataError(error.told, file=file, place=place, remedy=error.remedy) from None


def write_yard(
    yard: YardInventory, path: Path, further: Mapping[str, Mapping[ContainerId, object]] | None = None
) -> None:
    """Write the inventory; gzipped when the name ends so. Equal inventories give equal bytes.

    `further` are columns by name, each with what is known of some boxes.
    """
    columns = dict(further or {})
    if any(box.needs_plug for box in yard):
        columns["needs_plug"] = {box.id: "yes" for box in yard if box.needs_plug}
    text = StringIO(newline="")
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow((*WRITTEN, *columns))
    for box in yard:
        own = (box.id, box.position, box.length_ft, box.height_mm, box.gross_mass_kg, box.outbound)
        writer.writerow((*own, *(known.get(box.id, "") for known in columns.values())))
    content = text.getvalue().encode()
    write_whole(path, _zipped(content) if path.suffix == ".gz" else content)


def _zipped(content: bytes) -> bytes:
    packed = BytesIO()
    # No name and no time inside, so that the same yard is the same file.
    with gzip.GzipFile(filename="", mode="wb", fileobj=packed, mtime=0) as archive:
        archive.write(content)
    return packed.getvalue()


def _box(row: Row, blocks: Mapping[str, YardBlock], whose: str) -> YardBox:
    number = row.get("container").replace(" ", "").upper()
    if not number or len(number) > 17:
        raise row.refusal(told("The container number is missing or too long.", "number-missing-or-long"), "container")
    try:
        position = YardPosition.parse(row.get("position"))
    except DataError as error:
        raise row.refusal(error.told, "position", "Write it as B03-14-05-2.") from None
    block = blocks.get(position.block)
    if block is None:
        raise row.refusal(
            told("{part} has no block {block}.", "yard-has-no-block", part=whose, block=repr(position.block[:20])),
            "position",
        )
    if not block.has(position):
        raise row.refusal(
            told(
                "Position {place} lies outside block {block}, which has {bays} bays (20 ft, odd), {rows} rows and "
                "{tiers} tiers.",
                "yard-place-outside",
                place=position,
                block=block.id,
                bays=2 * block.bays - 1,
                rows=block.rows,
                tiers=block.tiers,
            ),
            "position",
        )
    length_ft, height_mm = _dimensions(row)
    if (length_ft > 20) is (position.bay % 2 == 1):
        kind = "odd" if position.bay % 2 else "even"
        raise row.refusal(
            told(
                "Container {box} of {length_ft} ft stands in the {what} bay {bay}.",
                "yard-bay-of-other-kind",
                box=number,
                length_ft=length_ft,
                what=kind,
                bay=position.bay,
            ),
            "position",
            "20 ft boxes stand in odd bays, longer ones in the even bay over two.",
        )
    return YardBox(
        ContainerId(number),
        position,
        length_ft,
        height_mm,
        row.whole_in("gross_mass_kg", low=0, high=100_000, likely=MIN_KG) or 0,
        row.get("outbound")[:60],
        _is_yes(row, "needs_plug"),
    )


def _is_yes(row: Row, column: str) -> bool:
    said = row.get(column).strip().lower().replace("í", "i")
    if said not in (*YES, *NO):
        raise row.refusal(told("{given} is neither yes nor no.", "neither-yes-nor-no", given=repr(said[:20])), column)
    return said in YES


def _dimensions(row: Row) -> tuple[int, int]:
    """Length and height, from their own columns or from the size-type code."""
    code = row.get("size_type")
    try:
        size = SizeType.parse(code) if code else None
    except DataError as error:
        raise row.refusal(error.told, "size_type") from None
    length_ft = row.whole_in("length_ft", low=10, high=60) or (size.length_ft if size else None)
    if length_ft is None:
        raise row.refusal(
            told("Neither the length nor the size-type code of the box is given.", "no-length"), "container"
        )
    return length_ft, row.whole_in("height_mm", low=1_000, high=4_000) or (size.height_mm if size else 2591)


def _refuse_crossed(boxes: Sequence[YardBox], lines: Mapping[ContainerId, int], file: str) -> None:
    """A 40 ft box and a 20 ft box, or two 40 ft boxes half a length apart, cannot share the ground."""
    ground: dict[tuple[str, int, int], YardBox] = {}
    for box in boxes:
        for bay in box.position.odd_bays:
            other = ground.setdefault((box.position.block, bay, box.position.row), box)
            if other.position.bay != box.position.bay:
                raise DataError(
                    told(
                        "Container {box} at {place} and {other} at {other_place} share the ground of bay {bay}, "
                        "one of them {length_ft} ft long, the other {other_ft} ft.",
                        "yard-ground-shared",
                        box=box.id,
                        place=box.position,
                        other=other.id,
                        other_place=other.position,
                        bay=bay,
                        length_ft=box.length_ft,
                        other_ft=other.length_ft,
                    ),
                    file=file,
                    place=f"line {lines[box.id]}",
                )
