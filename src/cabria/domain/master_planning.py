"""Master planning: which boxes of a whole voyage stand in which block of the ship.

Masses are kg, lengths mm, so moments are kg mm. Ports are counted from 1; blocks, bays and sorts from 0. A box goes
from a port to a later one and stays in its block; what is on board when the voyage begins (the release) does not move.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

from cabria.domain.errors import DataError

MAX_PORTS, MAX_BAYS, MAX_BLOCKS, MAX_SORTS, MAX_BOXES = 30, 200, 1_000, 200, 1_000_000

Leg = tuple[int, int]
"""Port of loading and port of discharge."""


class CargoSort(NamedTuple):
    """Boxes that are alike."""

    length_ft: int
    mass_kg: int
    is_reefer: bool
    is_high: bool

    @property
    def teu(self) -> int:
        return self.length_ft // 20


@dataclass(frozen=True, slots=True)
class Block:
    """A part of a bay, on deck or in the hold; `hold` is the block under a deck block's lid, None when there is none.

    `teu` is the room for all boxes, `feu` the most 40 ft, `plugs` the most reefers, `max_kg` the most they may weigh.
    """

    bay: int
    hold: int | None
    teu: int
    feu: int
    plugs: int
    max_kg: int
    lcg_mm: int
    vcg_mm: int
    tcg_mm: int


@dataclass(frozen=True, slots=True)
class BayHull:
    """A bay's length of the ship herself: what she weighs there, where, and what her girder bears at its end."""

    lightship_kg: int
    lcg_mm: int
    vcg_mm: int
    tcg_mm: int
    min_shear_kg: int
    max_shear_kg: int
    max_bending_kg_mm: int


@dataclass(frozen=True, slots=True)
class Sailing:
    """The limits when she leaves a port. `buoyancy_kg` has one value for each bay."""

    displacement_kg: int
    min_lcg_mm: int
    max_lcg_mm: int
    max_vcg_mm: int
    min_tcg_mm: int
    max_tcg_mm: int
    buoyancy_kg: tuple[int, ...]


class Stowing(NamedTuple):
    """A number of boxes of one sort and leg in one block."""

    load_port: int
    discharge_port: int
    sort: int
    block: int
    boxes: int


@dataclass(frozen=True)
class MasterVoyage:
    """A ship, her ports, what waits in each and what is on board when she comes to the first.

    `demand` gives the boxes of each sort by leg, `release` those on board by port of discharge and block; `sailings`
    are those from all ports but the last. `adjacent` are the pairs of bays that cranes cannot work at once.
    """

    name: str
    ports: int
    blocks: tuple[Block, ...]
    bays: tuple[BayHull, ...]
    adjacent: tuple[tuple[int, int], ...]
    sailings: tuple[Sailing, ...]
    sorts: tuple[CargoSort, ...]
    demand: Mapping[Leg, tuple[int, ...]]
    release: Mapping[tuple[int, int], tuple[int, ...]]

    def __post_init__(self) -> None:
        self._check_sizes()
        self._check_ship()
        self._check_boxes()

    def _check_sizes(self) -> None:
        _need(2 <= self.ports <= MAX_PORTS, f"A voyage has 2 to {MAX_PORTS} ports, this one {self.ports}.")
        for what, number, most in (
            ("bays", len(self.bays), MAX_BAYS),
            ("blocks", len(self.blocks), MAX_BLOCKS),
            ("sorts of cargo", len(self.sorts), MAX_SORTS),
        ):
            _need(0 < number <= most, f"There are {number} {what}, between 1 and {most} are possible.")
        _need(len(self.sailings) == self.ports - 1, "There is one sailing from each port but the last.")

    def _check_ship(self) -> None:
        bays, blocks = range(len(self.bays)), range(len(self.blocks))
        holds = [block.hold for block in self.blocks if block.hold is not None]
        _need(len(holds) == len(set(holds)), "Two deck blocks stand over one hold block.")
        _need(
            all(hold in blocks and self.blocks[hold].hold is None for hold in holds), "A lid lies over no hold block."
        )
        for number, block in enumerate(self.blocks, 1):
            _need(block.bay in bays, f"Block {number} lies in no bay.")
            least = min(block.teu, block.feu, block.plugs, block.max_kg)
            _need(least >= 0, f"Block {number} has less than no room.")
            _need(block.hold is None or self.blocks[block.hold].bay == block.bay, f"Block {number} covers another bay.")
        for pair in self.adjacent:
            _need(pair[0] != pair[1] and all(bay in bays for bay in pair), "A pair of adjacent bays is none.")
        for port, sailing in enumerate(self.sailings, 1):
            _need(len(sailing.buoyancy_kg) == len(bays), f"Port {port} needs a buoyancy for each bay.")
            _need(sailing.displacement_kg > 0, f"The ship does not float at port {port}.")
            _need(sailing.min_lcg_mm <= sailing.max_lcg_mm, f"Port {port} leaves no room for the centre lengthwise.")
            _need(sailing.min_tcg_mm <= sailing.max_tcg_mm, f"Port {port} leaves no room for the centre athwart.")

    def _check_boxes(self) -> None:
        for number, sort in enumerate(self.sorts, 1):
            _need(sort.length_ft in (20, 40) and sort.mass_kg > 0, f"Sort {number} is no 20 or 40 ft box of some mass.")
        for (load, discharge), boxes in self.demand.items():
            _need(1 <= load < discharge <= self.ports, f"A leg goes from port {load} to port {discharge}.")
            self._check_counts(boxes)
        for (discharge, block), boxes in self.release.items():
            _need(2 <= discharge <= self.ports, f"A box on board goes to port {discharge}.")
            _need(0 <= block < len(self.blocks), f"A box on board stands in block {block + 1}.")
            self._check_counts(boxes)
        total = sum(map(sum, self.demand.values())) + sum(map(sum, self.release.values()))
        _need(total <= MAX_BOXES, f"There are more than {MAX_BOXES:,} boxes.")

    def _check_counts(self, boxes: Sequence[int]) -> None:
        _need(len(boxes) == len(self.sorts), "Boxes are counted for each sort.")
        _need(min(boxes) >= 0, "There are fewer than no boxes.")

    @cached_property
    def lid_over(self) -> Mapping[int, int]:
        """The deck block over each hold block that has one."""
        return {block.hold: number for number, block in enumerate(self.blocks) if block.hold is not None}


def _need(holds: bool, problem: str) -> None:
    if not holds:
        raise DataError(problem)
