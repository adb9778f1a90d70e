"""Whether crane, box and truck are in one place when a box is lifted or set down."""

from __future__ import annotations

from collections.abc import Callable

from cabria.domain.calls import BAY_NUMBER_MM
from cabria.domain.containers import ContainerId
from cabria.domain.layout import Layout, Segment
from cabria.domain.positions import YardPosition
from cabria.domain.run_events import Aboard, BoxesLanded, BoxesLifted, OnTruck, Place
from cabria.domain.yard import YardBlock
from cabria.referee.run_cranes import Cranes, YardDrive
from cabria.referee.run_rules import HANDOVER, KNOWN, REACH, Notebook
from cabria.referee.run_trucks import Trucks

NEAR_MM = 500
"""How far from the middle of a box a crane may stand and still take it."""
END_STAND_MM = 6_000
"""A stand that covers less than this along a block lies at its end."""


class Reach:
    """`bay_mm` says where a slot of a call lies along the quay, None for a slot or call that is not there."""

    def __init__(
        self,
        book: Notebook,
        layout: Layout,
        cranes: Cranes,
        trucks: Trucks,
        bay_mm: Callable[[Aboard], int | None],
    ) -> None:
        self._book, self._layout, self._cranes, self._trucks, self._bay_mm = book, layout, cranes, trucks, bay_mm
        self._blocks = {block.id: block for block in layout.terminal.blocks}

    def lifted(self, event: BoxesLifted) -> None:
        self._judge(event)

    def landed(self, event: BoxesLanded) -> None:
        self._judge(event)

    def _judge(self, event: BoxesLifted | BoxesLanded) -> None:
        drive = self._cranes.drives.get(event.crane)
        if drive is None:
            self._book.broken(KNOWN, "There is no such crane.", event.crane)
            return
        at_mm = self._cranes.stands_at_mm(event.crane, event.at_ms)
        for box, place in zip(event.containers, event.places, strict=False):
            if at_mm is None:
                self._book.broken(REACH, f"{event.crane} lifts or lands it while it travels.", place, box)
            elif isinstance(drive, YardDrive):
                self._yard(event, drive.block, at_mm, box, place)
            else:
                self._quay(event, at_mm, box, place)

    def _quay(self, event: BoxesLifted | BoxesLanded, at_mm: int, box: ContainerId, place: Place) -> None:
        if isinstance(place, OnTruck):
            stand = self._stand(event, box, place)
            if stand is not None and (stand.stand is None or not stand.stand.serves_quay(at_mm)):
                text = f"{place.truck} stands at {stand.id}, out of reach of {event.crane} at {at_mm:,} mm."
                self._book.broken(HANDOVER, text, place, box)
        elif isinstance(place, Aboard):
            bay_mm = self._bay_mm(place)
            if bay_mm is not None and abs(bay_mm - at_mm) > NEAR_MM:
                off = (bay_mm - at_mm) / BAY_NUMBER_MM
                self._book.broken(REACH, f"{event.crane} stands {abs(off):.1f} bay numbers beside it.", place, box)
        else:
            self._book.broken(REACH, f"Quay crane {event.crane} does not reach the yard.", place, box)

    def _yard(self, event: BoxesLifted | BoxesLanded, block: str, at_mm: int, box: ContainerId, place: Place) -> None:
        if isinstance(place, OnTruck):
            stand = self._stand(event, box, place)
            if stand is not None and not self._hands_over(self._blocks[block], stand, at_mm):
                text = f"{place.truck} stands at {stand.id}, out of reach of {event.crane} at {at_mm:,} mm."
                self._book.broken(HANDOVER, text, place, box)
        elif isinstance(place, YardPosition) and place.block == block:
            off_mm = abs(place.bay * self._blocks[block].bay_pitch_mm // 2 - at_mm)
            if off_mm > NEAR_MM:
                self._book.broken(REACH, f"{event.crane} stands {off_mm:,} mm beside it.", place, box)
        else:
            self._book.broken(REACH, f"{event.crane} works in block {block} only.", place, box)

    def _stand(self, event: BoxesLifted | BoxesLanded, box: ContainerId, place: OnTruck) -> Segment | None:
        stand = self._trucks.stand_of(place.truck, event.at_ms)
        if stand is None:
            self._book.broken(HANDOVER, f"{place.truck} does not stand at a stand.", place, box)
        return stand

    def _hands_over(self, block: YardBlock, segment: Segment, at_mm: int) -> bool:
        """Whether a crane there reaches a truck at a stand: over a bay it serves, or before the block's end."""
        stand = segment.stand
        if stand is None or stand.block != block.id:
            return False
        origin_mm = block.x_mm if block.bays_along_quay else block.y_mm
        along = [point[0 if block.bays_along_quay else 1] - origin_mm for point in self._layout.points(segment)]
        if max(along) - min(along) < END_STAND_MM:
            return min(along) - block.bay_pitch_mm <= at_mm <= max(along) + block.bay_pitch_mm
        half_mm = block.bay_pitch_mm // 2
        return (stand.first_bay - 1) * half_mm <= at_mm <= (stand.last_bay + 1) * half_mm
