"""Moves in the yard as a table, and the yard as it is when they are done."""

from __future__ import annotations

import csv
from collections.abc import Iterable
from dataclasses import replace
from io import StringIO
from pathlib import Path

from cabria.adapters.files.source_file import write_whole
from cabria.domain.retrieval_order import RetrievalMove
from cabria.domain.yard import YardBox, YardInventory

COLUMNS = ("move", "container", "from", "to", "serves")
OUT = "out"


def write_moves(moves: Iterable[RetrievalMove], path: Path) -> None:
    """One line a move in its order; `to` is "out" for a box that leaves, `serves` then its place in the order."""
    text = StringIO(newline="")
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(COLUMNS)
    for number, move in enumerate(moves, 1):
        writer.writerow((number, move.container, move.source, move.target or OUT, move.serves or ""))
    write_whole(path, text.getvalue().encode())


def yard_after(yard: YardInventory, moves: Iterable[RetrievalMove]) -> YardInventory:
    """Raises DataError for moves after which a box would float."""
    boxes: dict[str, YardBox] = {box.id: box for box in yard}
    for move in moves:
        if move.target is None:
            boxes.pop(move.container, None)
        else:
            boxes[move.container] = replace(boxes[move.container], position=move.target)
    return YardInventory.of(sorted(boxes.values(), key=lambda box: box.position))
