"""What a terminal's history taught, as slot choice minds it.

It comes in as a command, like all that changes what a terminal does: so a replay of the journal and a restart have it,
though the history and what was learned from it lie elsewhere and change. Nothing told is the plain rules.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Mapping

from cabria.domain.containers import ContainerId
from cabria.domain.errors import DataError
from cabria.operations.board import Board

Foretold = tuple[int, ...]
"""When a box leaves the yard, in milliseconds: ascending times, each the middle of an equal share of what may come."""
DEPARTURES, BLOCKS = "departures", "blocks"
LONGEST_BUSY_MS = 3_600_000
OF_NOTHING_KNOWN = 0.05
"""What a box below counts where nothing is known of either: enough that a low stack is preferred to a high one near by,
not enough for a long way. Measured beside 0 and 0.2 in `experiments/learning/README.md`."""


def refuse_unsorted(departures: Mapping[ContainerId, Foretold]) -> None:
    """Raises DataError for times that do not ascend."""
    for box, points in departures.items():
        if not points or list(points) != sorted(points):
            raise DataError(f"What is foretold of {box} does not ascend.", place=f"container {box}")


def refuse_unknown_blocks(board: Board, busy_ms: Mapping[str, int]) -> None:
    """Raises DataError for blocks that there are not, and for times below nothing or above an hour."""
    for block, ms in busy_ms.items():
        if block not in board.blocks:
            raise DataError(f"There is no block {block!r:.60}.", place="blocks")
        if not 0 <= ms <= LONGEST_BUSY_MS:
            raise DataError(f"{ms} ms for a box at a block is not between nothing and an hour.", place=f"block {block}")


def sooner(board: Board, below: ContainerId, box: ContainerId) -> float:
    """How likely one box leaves before another.

    Where plans say when both are wanted it is certain, also for one that is wanted below one of which nothing is known.
    Where something is foretold of only one of them and no plan wants the other, nobody knows: a half.
    Where nothing is known of either, little. Else 0.
    """
    theirs_ms, mine_ms = board.wanted_ms.get(below), board.wanted_ms.get(box)
    theirs = (theirs_ms,) if theirs_ms is not None else board.foretold.get(below)
    mine = (mine_ms,) if mine_ms is not None else board.foretold.get(box)
    if theirs is not None and mine is not None:
        later = sum(len(mine) - bisect_right(mine, at_ms) for at_ms in theirs)
        return later / (len(theirs) * len(mine))
    if theirs_ms is not None:
        return 1.0
    if theirs is None and mine is None:
        return OF_NOTHING_KNOWN
    return 0.5 if theirs is not None or mine_ms is None else 0.0
