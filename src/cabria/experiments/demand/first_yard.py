"""The yard in the middle of a year of demand: what stands there, set down stack by stack."""

from __future__ import annotations

from collections.abc import Iterator
from random import Random

import numpy as np

from cabria.domain.containers import ContainerId
from cabria.domain.errors import DataError
from cabria.domain.positions import YardPosition
from cabria.domain.terminal import Terminal
from cabria.domain.yard import YardBlock, YardBox, YardInventory
from cabria.experiments.demand.tables import NONE, Demand

REEFER_TIERS = 4
Cell = tuple[YardBlock, int, int]
"""A block, the first of two odd bays, and a row: one stack of 40 ft boxes or two of 20 ft boxes."""


def yard_at(demand: Demand, terminal: Terminal, at_s: int, seed: int = 0) -> YardInventory:
    """The boxes that are at the terminal at a time, spread evenly over its blocks: each stack of one length, reefers
    beside plugs, older boxes below, and a tier left free for digging. Raises DataError when they do not fit."""
    boxes = demand.boxes
    here = np.flatnonzero((boxes.arrives_s <= at_s) & (boxes.departs_s > at_s))
    is_reefer = demand.of_variants("needs_plug")[here]
    is_20 = demand.of_variants("length_ft")[here] == 20
    cells = _cells(terminal, Random(f"{seed}/yard"))
    return YardInventory.of(
        box
        for plug in (True, False)
        for short in (False, True)
        for box in _set_down(demand, here[(is_reefer == plug) & (is_20 == short)].tolist(), cells, plug=plug)
    )


def _cells(terminal: Terminal, chance: Random) -> dict[bool, list[Cell]]:
    """All cells in random order, those with plugs apart."""
    cells: dict[bool, list[Cell]] = {True: [], False: []}
    for block in terminal.blocks:
        for first in range(1, 2 * block.bays - 2, 4):
            has_plugs = any(bay in block.plug_bays for bay in range(first, first + 3))
            cells[has_plugs] += [(block, first, row) for row in range(1, block.rows + 1)]
    for some in cells.values():
        chance.shuffle(some)
    return cells


def _set_down(demand: Demand, rows: list[int], cells: dict[bool, list[Cell]], *, plug: bool) -> Iterator[YardBox]:
    """Boxes of one length, in the order in which they came. Boxes without plugs go where there are none first."""
    left = iter(rows)
    row = next(left, None)
    while row is not None:
        if not plug and not cells[False]:
            cells[False], cells[True] = cells[True], []
        if not cells[plug]:
            kind = "reefers" if plug else "boxes"
            raise DataError(f"The yard has no room for all the {kind} that stand there at that time.", place="yard")
        block, first, yard_row = cells[plug].pop()
        tiers = min(block.tiers - 1, REEFER_TIERS) if plug else block.tiers - 1
        is_20 = demand.container(row).is_20
        for bay in (first, first + 2) if is_20 else (first + 1,):
            if plug and is_20 and bay not in block.plug_bays:
                continue
            for tier in range(1, tiers + 1):
                if row is not None:
                    yield _yard_box(demand, row, YardPosition(block.id, bay, yard_row, tier))
                    row = next(left, None)


def _yard_box(demand: Demand, row: int, position: YardPosition) -> YardBox:
    box = demand.container(row)
    call = int(demand.boxes.outbound[row])
    outbound = "truck" if call == NONE else demand.ship(call).id
    return YardBox(
        ContainerId(box.id), position, box.length_ft, box.height_mm, box.gross_mass_kg, outbound, box.needs_plug
    )
