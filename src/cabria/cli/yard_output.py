"""What `cabria yard` writes: folders of a plan, whole or not at all."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from cabria.cli.pictures import write_picture

if TYPE_CHECKING:
    from cabria.adapters.files.yard_table import YardTable
    from cabria.domain.rail_work import RailCase, RailPlan
    from cabria.domain.retrieval_order import RetrievalMove
    from cabria.planning.yard.rail.block_work import BlockLift

MOVES, AFTER, PICTURE, PICTURE_PNG, PICTURE_DARK = (
    "moves.csv",
    "yard-after.csv",
    "moves.svg",
    "moves.png",
    "moves-dark.svg",
)
OUTPUT = (MOVES, AFTER, PICTURE, PICTURE_PNG, PICTURE_DARK)
"""All that an output folder holds. One with anything else in it is never replaced."""
SCHEDULE, WAYS = "schedule.csv", "ways.csv"
CHART, CHART_PNG, CHART_DARK = "cranes.svg", "cranes.png", "cranes-dark.svg"
SHARED = (SCHEDULE, WAYS, CHART, CHART_PNG, CHART_DARK)
"""All that a folder of two cranes' work holds."""


def beside(yard: Path, ending: str) -> Path:
    """`yard-moves` beside `yard.csv`, whatever the file's endings."""
    name = yard.name
    for suffix in (".gz", ".csv", ".xlsx"):
        name = name.removesuffix(suffix)
    return yard.parent / re.sub(r"[/\\\0]", "_", f"{name}{ending}")


def refuse_folder(folder: Path, parts: Sequence[str] = OUTPUT) -> None:
    """Raise DataError before any planning for a folder that could not be written; its mark is the first of `parts`."""
    from cabria.adapters.files.whole_folder import refuse_taken

    refuse_taken(folder, mark=parts[0], parts=parts)


def write_plan(table: YardTable, moves: Sequence[RetrievalMove], folder: Path, headline: str) -> None:
    """Moves and the yard after them as tables, and a picture of each move."""
    from cabria.adapters.files.whole_folder import whole_folder
    from cabria.adapters.files.yard_moves_csv import write_moves, yard_after
    from cabria.adapters.files.yard_table import write_yard_table
    from cabria.reports.move_sequence import move_sequence
    from cabria.reports.yard_section import BoxWords

    labels = {container: str(priority) for container, priority in table.priority_of.items()}
    serves = {move.container: str(move.serves) for move in moves if move.serves}
    ranks = {move.container: move.serves for move in moves if move.serves} or table.rank_of
    words = BoxWords(ranks, labels or serves)
    blocks = {block.id: block for block in table.blocks}
    picture = move_sequence(blocks, table.yard.stacks, moves, words, headline)
    with whole_folder(folder, mark=MOVES, parts=OUTPUT) as draft:
        write_moves(moves, draft / MOVES)
        write_yard_table(table, yard_after(table.yard, moves), draft / AFTER)
        write_picture(picture, draft / PICTURE, dark=False)
        write_picture(picture, draft / PICTURE_DARK, dark=True)
        write_picture(picture, draft / PICTURE_PNG, dark=False)


def write_shared(
    moves: Sequence[tuple[str, BlockLift]], case: RailCase, plan: RailPlan, folder: Path, headline: str
) -> None:
    """Schedule and ways of two cranes as tables, and both in one picture."""
    from cabria.adapters.files.whole_folder import whole_folder
    from cabria.adapters.files.yard_moves_csv import write_schedule, write_ways
    from cabria.reports.rail_chart import rail_chart

    picture = rail_chart(case, plan, headline)
    with whole_folder(folder, mark=SCHEDULE, parts=SHARED) as draft:
        write_schedule(moves, case, plan, draft / SCHEDULE)
        write_ways(plan, draft / WAYS)
        write_picture(picture, draft / CHART, dark=False)
        write_picture(picture, draft / CHART_DARK, dark=True)
        write_picture(picture, draft / CHART_PNG, dark=False)
