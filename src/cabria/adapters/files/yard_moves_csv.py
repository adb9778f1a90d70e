"""Moves in the yard as a table, and the yard as it is when they are done."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Sequence
from dataclasses import replace
from io import StringIO
from pathlib import Path

from cabria.adapters.files.source_file import write_whole
from cabria.adapters.files.tables import Row, read_rows
from cabria.domain.errors import DataError
from cabria.domain.positions import YardPosition
from cabria.domain.rail_work import RailCase, RailPlan
from cabria.domain.retrieval_order import RetrievalMove
from cabria.domain.yard import YardBox, YardInventory
from cabria.planning.yard.rail.block_work import BlockLift

COLUMNS = ("move", "container", "from", "to", "serves")
OUT, TRUCK = "out", "truck"
CRANES = ("left", "right")
MOST_S = 10_000_000


def write_moves(moves: Iterable[RetrievalMove], path: Path) -> None:
    """One line a move in its order; `to` is "out" for a box that leaves, `serves` then its place in the order."""
    rows = [
        (number, move.container, move.source, move.target or OUT, move.serves or "")
        for number, move in enumerate(moves, 1)
    ]
    write_whole(path, _table(COLUMNS, rows))


def read_lifts(path: Path) -> tuple[tuple[str, BlockLift], ...]:
    """Containers and their moves from a table as `write_moves` makes it, perhaps with `ready_s` and `due_s`.

    `from` may be "truck" or empty, `to` "out" or empty. Raises DataError that names the line.
    """
    columns = {"container": ("box", "contenedor"), "from": ("source", "de"), "to": ("target", "a"),
               "ready_s": ("ready",), "due_s": ("due", "wanted_s")}  # fmt: skip
    found = []
    for row in read_rows(path, columns, needed=("container", "from", "to")):
        source, target = _place(row, "from", TRUCK), _place(row, "to", OUT)
        if source is None and target is None:
            raise row.refusal("The box neither stands in the yard nor comes into it.", "from")
        ready_s = row.whole_in("ready_s", low=0, high=MOST_S) or 0
        lift = BlockLift(source, target, ready_s, row.whole_in("due_s", low=0, high=MOST_S))
        if len({place.block for place in lift.places}) > 1:
            raise row.refusal("The box goes from one block to another, which is not the work of one rail.", "to")
        found.append((row.get("container")[:30], lift))
    return tuple(found)


def write_schedule(moves: Sequence[tuple[str, BlockLift]], case: RailCase, plan: RailPlan, path: Path) -> None:
    """One line a job in the order of lifting, times in seconds."""
    rows = []
    for task in sorted(plan.tasks, key=lambda task: (task.lift_at_s, task.crane)):
        (container, lift), job = moves[task.job], case.jobs[task.job]
        done_s = task.set_down_at_s + job.set_down_s
        places = lift.source or TRUCK, lift.target or OUT
        rows.append((container, CRANES[task.crane], *places, task.lift_at_s, task.set_down_at_s, done_s,
                     "" if job.due_s is None else job.due_s))  # fmt: skip
    head = ("container", "crane", "from", "to", "lift_at_s", "set_down_at_s", "done_at_s", "due_s")
    write_whole(path, _table(head, rows))


def write_ways(plan: RailPlan, path: Path) -> None:
    """Where each crane is when; between two lines it moves evenly."""
    rows = [
        (CRANES[crane], f"{point.time_s:g}", f"{point.bay:g}") for crane, way in enumerate(plan.paths) for point in way
    ]
    write_whole(path, _table(("crane", "time_s", "bay"), rows))


def _place(row: Row, column: str, nowhere: str) -> YardPosition | None:
    text = row.get(column)
    if text.lower() in ("", nowhere):
        return None
    try:
        return YardPosition.parse(text)
    except DataError as error:
        raise row.refusal(error.problem, column, f"Write it as B03-14-05-2, or {nowhere}.") from None


def _table(head: Sequence[str], rows: Iterable[Sequence[object]]) -> bytes:
    text = StringIO(newline="")
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(head)
    writer.writerows(rows)
    return text.getvalue().encode()


def yard_after(yard: YardInventory, moves: Iterable[RetrievalMove]) -> YardInventory:
    """Raises DataError for moves after which a box would float."""
    boxes: dict[str, YardBox] = {box.id: box for box in yard}
    for move in moves:
        if move.target is None:
            boxes.pop(move.container, None)
        else:
            boxes[move.container] = replace(boxes[move.container], position=move.target)
    return YardInventory.of(sorted(boxes.values(), key=lambda box: box.position))
