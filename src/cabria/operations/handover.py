"""Where a yard crane meets a truck: beside the bay of the box, or before the end of an end-loaded block."""

from __future__ import annotations

from typing import NamedTuple

from cabria.domain.layout import Layout, Segment
from cabria.domain.stands import Side
from cabria.domain.yard import YardBlock


class Handover(NamedTuple):
    """Where the middle of the crane is, in mm along its block from the outer edge of bay 1, and over which row.

    Row 0 lies beyond row 1, on the side of the water; the row after the last on that of the land.
    """

    at_mm: int
    row: int


def handover(layout: Layout, block: YardBlock, bay: int, stand: Segment) -> Handover:
    """Over a truck at a stand of a block, with a box of a bay.

    A stand that lies before or behind the stacks is met over itself, one beside them over the bay.
    """
    points = [*stand.via] or list(layout.points(stand))
    axis, origin_mm = (0, block.x_mm) if block.bays_along_quay else (1, block.y_mm)
    along = [point[axis] - origin_mm for point in points]
    middle_mm = (min(along) + max(along)) // 2
    if not 0 <= middle_mm <= block.bays * block.bay_pitch_mm:
        return Handover(middle_mm, (block.rows + 1) // 2)
    is_landside = stand.stand is not None and stand.stand.side is Side.LAND
    return Handover(bay * block.bay_pitch_mm // 2, block.rows + 1 if is_landside else 0)
