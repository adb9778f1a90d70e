"""After a lost link: what a machine says of boxes is true, and where we believed otherwise a person is told."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from cabria.domain.containers import ContainerId
from cabria.domain.run_events import Place
from cabria.operations.board import Board


class Difference(NamedTuple):
    """Where we believed a box to be, None where we knew of none, and where the machine says it is."""

    container: ContainerId
    ours: Place | None
    theirs: Place


def believe(board: Board, boxes: Mapping[ContainerId, Place]) -> tuple[Difference, ...]:
    """Put each box where the machine says it is. One that we know nothing of is only told: somebody must look at it."""
    differences = tuple(
        Difference(container, board.boxes.get(container), theirs)
        for container, theirs in sorted(boxes.items())
        if board.boxes.get(container) != theirs
    )
    for container, ours, theirs in differences:
        if ours is not None:
            board.put(container, theirs)
    return differences
