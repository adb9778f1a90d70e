"""A yard as its people keep it: a CSV of boxes with what planning asks for beyond their places, blocks read off it.

Columns beyond those of a yard inventory, all optional: `priority` (1 leaves first, equal ones are a group), `class`
(boxes of one class stand for each other) and `leaves_in_h` (hours from now).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from cabria.adapters.files.tables import Row, read_rows
from cabria.adapters.files.terminal_json import read_terminal
from cabria.adapters.files.yard_csv import COLUMNS, read_boxes, write_yard
from cabria.domain.containers import ContainerId
from cabria.domain.errors import DataError
from cabria.domain.positions import YardPosition
from cabria.domain.retrieval_order import RetrievalOrder, Wanted
from cabria.domain.yard import YardBlock, YardBox, YardInventory
from cabria.domain.yard_bay import MAX_PRIORITY

NEEDS = {
    "priority": ("prio", "retrieval priority", "prioridad", "orden"),
    "class": ("box class", "clase", "group", "grupo"),
    "leaves_in_h": ("leaves in h", "hours", "horas", "sale en h"),
}
MOST_BAYS, MOST_ROWS, MOST_TIERS = 500, 60, 16
MOST_HOURS = 100_000


@dataclass(frozen=True)
class YardTable:
    """The boxes, the blocks they stand in, and what is known of when they leave and what they may stand for."""

    file: str
    blocks: tuple[YardBlock, ...]
    yard: YardInventory
    line_of: Mapping[ContainerId, int]
    priority_of: Mapping[ContainerId, int]
    class_of: Mapping[ContainerId, str]
    leaves_in_h: Mapping[ContainerId, float]

    @cached_property
    def rank_of(self) -> Mapping[ContainerId, int]:
        """How soon boxes leave, 0 first, by priority or else by hours; equal ones alike."""
        known: Mapping[ContainerId, float] = self.priority_of or self.leaves_in_h
        ranks = {value: rank for rank, value in enumerate(sorted(set(known.values())))}
        return {container: ranks[value] for container, value in known.items()}

    def block(self, name: str) -> YardBlock:
        """Raises DataError."""
        found = next((block for block in self.blocks if block.id == name), None)
        if found is None:
            known = ", ".join(block.id for block in self.blocks[:12])
            raise DataError(f"There is no block {name!r:.30}.", file=self.file, remedy=f"There are {known}.")
        return found

    def bay(self, text: str) -> tuple[YardBlock, int]:
        """A bay written BLOCK-BAY. Raises DataError."""
        name, hyphen, number = text.strip().rpartition("-")
        if not hyphen or not (number.isascii() and number.isdigit() and len(number) < 5):
            raise DataError(f"{text!r:.30} is not written BLOCK-BAY, such as A-06.")
        block, bay = self.block(name), int(number)
        if not block.has(YardPosition(name, bay, 1, 1)):
            last = f"its bays are 01 to {2 * block.bays - 1:02}"
            raise DataError(f"Block {name} has no bay {number}; {last}.", file=self.file)
        return block, bay

    def priorities(self, boxes: Iterable[YardBox]) -> Mapping[ContainerId, int]:
        """Of these boxes. Raises DataError that names the first line without one."""
        found = {box.id: self.priority_of.get(box.id) for box in boxes}
        for container, priority in found.items():
            if priority is None:
                raise DataError(
                    f"Container {container} at {self.yard.by_container[container].position} has no priority.",
                    file=self.file,
                    place=f"line {self.line_of[container]}",
                    remedy="Write in column priority when it leaves: 1 is the first.",
                )
        return {container: priority for container, priority in found.items() if priority is not None}


def read_yard_table(path: Path, *, terminal: Path | None = None, tiers: int = 5) -> YardTable:
    """Raises DataError. Without a terminal the blocks are as large as the boxes in them show, `tiers` high at least."""
    blocks = read_terminal(terminal).blocks if terminal else _blocks_seen(path, tiers)
    yard, lines = read_boxes(path, blocks, "The terminal" if terminal else "The yard")
    priorities: dict[ContainerId, int] = {}
    classes: dict[ContainerId, str] = {}
    hours: dict[ContainerId, float] = {}
    for row in _rows(path):
        container = _number(row)
        if (priority := _whole(row, "priority")) is not None:
            priorities[container] = priority
        if row.get("class"):
            classes[container] = row.get("class")[:60]
        leaves = row.number_in("leaves_in_h", low=-MOST_HOURS, high=MOST_HOURS)
        if leaves is not None:
            hours[container] = float(leaves)
    return YardTable(str(path), blocks, yard, lines, priorities, classes, hours)


def write_yard_table(table: YardTable, yard: YardInventory, path: Path) -> None:
    """Boxes of `yard` with what the table knows of them; gzipped when the name ends so."""
    needs: Mapping[str, Mapping[ContainerId, object]] = {
        "priority": table.priority_of,
        "class": table.class_of,
        "leaves_in_h": {box: f"{hours:.15g}" for box, hours in table.leaves_in_h.items()},
    }
    write_yard(yard, path, {name: known for name, known in needs.items() if known})


def read_retrieval_list(path: Path, table: YardTable, *, tolerance: int) -> RetrievalOrder:
    """What is wanted in which order: a table with a column `container` or `class`, and perhaps `due`.

    Places of equal `due` are free among themselves. Raises DataError that names the line.
    """
    class_of = dict(table.class_of)
    wanted: list[Wanted] = []
    rows = list(_wanted_rows(path))
    for row in rows:
        if number := _number(row):
            _take(row, table, class_of, number)
    known = set(class_of.values())
    for row in rows:
        box_class = _number(row) or row.get("class")[:60]
        if not box_class:
            raise row.refusal("Neither a container nor a class is wanted here.", "container")
        if box_class not in known:
            raise row.refusal(f"The yard has no box of class {box_class!r:.60}.", "class")
        due = row.whole_in("due", low=0, high=1_000_000_000)
        wanted.append(Wanted(box_class, len(wanted) + 1 if due is None else due))
    masses = {box.id: box.gross_mass_kg for box in table.yard}
    try:
        return RetrievalOrder(path.stem, table.blocks, table.yard, class_of, masses, tuple(wanted), tolerance)
    except DataError as error:
        place = error.place
        if place.startswith("wanted "):
            place = f"line {rows[int(place.removeprefix('wanted ')) - 1].number}"
        raise DataError(error.problem, file=str(path), place=place, remedy=error.remedy) from None


def order_by_priority(table: YardTable, boxes: Iterable[YardBox]) -> RetrievalOrder:
    """All these boxes out, by their priorities. Raises DataError for one without."""
    priorities = table.priorities(boxes)
    wanted = tuple(Wanted(box, due) for box, due in sorted(priorities.items(), key=lambda entry: (entry[1], entry[0])))
    masses = {box.id: box.gross_mass_kg for box in table.yard}
    classes = {container: str(container) for container in priorities}
    return RetrievalOrder(Path(table.file).stem, table.blocks, table.yard, classes, masses, wanted)


def _take(row: Row, table: YardTable, class_of: dict[ContainerId, str], number: ContainerId) -> None:
    if number not in table.yard.by_container:
        raise row.refusal(f"Container {number} does not stand in the yard.", "container")
    if class_of.get(number) == number:
        raise row.refusal(f"Container {number} is wanted twice.", "container")
    class_of[number] = str(number)


def _wanted_rows(path: Path) -> Iterator[Row]:
    columns = {"container": COLUMNS["container"], "class": NEEDS["class"], "due": ("when", "hora", "turn")}
    try:
        yield from read_rows(path, columns, needed=("container",))
    except DataError as error:
        if error.place != "header":
            raise
        yield from read_rows(path, columns, needed=("class",))


def _rows(path: Path) -> Iterator[Row]:
    return read_rows(path, {**COLUMNS, **NEEDS}, needed=("container", "position"))


def _number(row: Row) -> ContainerId:
    return ContainerId(row.get("container").replace(" ", "").upper())


def _whole(row: Row, column: str) -> int | None:
    value = row.number_in(column, low=1, high=MAX_PRIORITY)
    if value is not None and value != int(value):
        raise row.refusal(f"{row.get(column)[:40]} is no whole number.", column)
    return None if value is None else int(value)


def _blocks_seen(path: Path, tiers: int) -> tuple[YardBlock, ...]:
    """As large as the places of the boxes ask for; a place beyond any block is left for the reader to refuse."""
    seen: dict[str, tuple[int, int, int]] = {}
    for row in _rows(path):
        try:
            at = YardPosition.parse(row.get("position"))
        except DataError:
            continue
        bay = max(at.odd_bays)
        if 1 <= bay < 2 * MOST_BAYS and 1 <= at.row <= MOST_ROWS and 1 <= at.tier <= MOST_TIERS:
            bays, rows, high = seen.get(at.block, (1, 1, tiers))
            seen[at.block] = max(bays, (bay + 1) // 2), max(rows, at.row), max(high, at.tier)
    return tuple(YardBlock(name, *size) for name, size in sorted(seen.items()))
