"""What is given: ground, machines, and how long their work takes; ships, boxes and road trucks in columns."""

from __future__ import annotations

from dataclasses import dataclass, fields

import numpy as np

from cabria.domain.errors import DataError
from cabria.twin.coarse.ground import Ground

NONE = -1
NEVER = 1 << 60


@dataclass(frozen=True, slots=True)
class Rates:
    """How long work takes, in milliseconds unless said otherwise. The usual values are calibrated against the fine
    twin (`cabria.experiments.coarse.calibration`)."""

    quay_cycle: int = 120_000
    """One box between ship and truck, nobody waiting."""
    boxes_a_lift: float = 1.0
    """In the mean, where cranes lift two 20 ft boxes at a time; one truck carries both."""
    out_of_turn: int = 8
    """How many steps ahead of its turn a box may be loaded whose truck is there first."""
    passes: float = 0.5
    """Share of the loads that may: others stand over what comes before, or would."""
    beside_lifts: float = 0.07
    """Share of a quay crane's time for lids and travel."""
    in_the_way: float = 0.005
    """Share of lifting time that a quay crane waits because another's work comes first."""
    variation: float = 0.1
    """Coefficient of variation of a quay crane's cycles."""
    fetch_before: int = 60_000
    """A yard crane's way to a box and with it to the truck."""
    fetch_at_truck: int = 45_000
    stack_before: int = 60_000
    """A yard crane's way to the truck."""
    stack_at_truck: int = 40_000
    stack_after: int = 40_000
    """From off the truck to its place."""
    yard_ahead: int = 75_000
    """How long before a truck is there its yard crane may begin."""
    dig: int = 100_000
    """One box in the way lifted aside."""
    digs_for_ships: float = 0.6
    """Boxes in the way of one that a ship wants, by the boxes that stand on a box in the mean."""
    digs_for_road: float = 1.2
    """The same for one that a road truck fetches."""
    drive_factor: float = 0.65
    """Of driving times on empty lanes."""
    drive_variation: float = 0.5
    """Coefficient of variation of a drive."""
    lane_wait: int = 300
    """For every truck in work, how much longer a drive takes."""
    sent_ahead: int = 600_000
    """How much earlier than it must a truck is sent, at most."""
    mooring: int = 3_600_000
    unmooring: int = 1_800_000
    unlocked: int = 3_600_000
    """From a box's place in the yard until a road truck may fetch it."""
    busy_block: int = 90_000
    """What each box waiting for a yard crane counts when a block is chosen."""
    together: int = 20_000
    """What each box of the same ship in a block counts: boxes that are asked for together are spread over blocks."""
    full_block: int = 240_000
    """What the last place of a block counts, falling with the cube of how full it is."""

    def __post_init__(self) -> None:
        for each in fields(self):
            value = getattr(self, each.name)
            if not 0 <= value <= 36_000_000:
                raise DataError(f"{each.name} is {value}; it lies between 0 and ten hours.", place=each.name)
        if self.quay_cycle <= 0 or not 0 <= self.beside_lifts < 0.9 or max(self.variation, self.drive_variation) > 0.5:
            raise DataError(
                "A quay crane needs a cycle, and lifts boxes for a part of its time; no variation is over a half.",
                place="quay_cycle",
            )
        if not 0 < self.drive_factor <= 10 or not 1 <= self.boxes_a_lift <= 2 or self.passes > 1:
            raise DataError("Trucks drive, a crane lifts one box or two, and no share is over 1.", place="drive_factor")


@dataclass(frozen=True, slots=True)
class Energy:
    """What machines use, in Wh. A truck's load counts with the mean box."""

    way_factor: float = 1.25
    """Trucks drive so much further than from place to place: to stand aside, to wait, to the stand that is free."""
    truck_km: int = 1_100
    loaded_km: int = 375
    """More with a box on it."""
    on_board_w: int = 1_500
    quay_lift: int = 6_000
    yard_lift: int = 3_600
    """With the gantry's way to it."""


@dataclass(frozen=True)
class Ships:
    """Calls by arrival, in ms of the run. `most_cranes` work one at most; `next_call` is who takes what she misses."""

    there_ms: np.ndarray
    length_mm: np.ndarray
    most_cranes: np.ndarray
    next_call: np.ndarray

    def __len__(self) -> int:
        return len(self.there_ms)


@dataclass(frozen=True)
class Boxes:
    """Boxes by when they come. `inbound` and `outbound` are ships, `NONE` by road; of those that stand in the yard at
    the start both inbound and `brought_by` are `NONE`."""

    teu: np.ndarray
    inbound: np.ndarray
    outbound: np.ndarray

    def __len__(self) -> int:
        return len(self.teu)


@dataclass(frozen=True)
class RoadTrucks:
    """By when they are at the gate, in ms of the run; the boxes they bring and take, `NONE` for no box."""

    there_ms: np.ndarray
    brings: np.ndarray
    takes: np.ndarray

    def __len__(self) -> int:
        return len(self.there_ms)


@dataclass(frozen=True)
class CoarseProblem:
    """A stretch of time at a terminal. Raises DataError for what cannot be."""

    ground: Ground
    room_teu: np.ndarray
    tiers: np.ndarray
    quay_mm: int
    quay_cranes: int
    trucks: int
    look_ahead: int
    most_visitors: int
    hours: int
    ships: Ships
    boxes: Boxes
    road: RoadTrucks
    stands_in: np.ndarray
    """Of each box, the block it stands in at the start, or `NONE`."""
    rates: Rates = Rates()
    energy: Energy = Energy()

    def __post_init__(self) -> None:
        for name, low, high in (
            ("quay_cranes", 1, 64),
            ("trucks", 1, 2_000),
            ("look_ahead", 1, 64),
            ("most_visitors", 1, 2_000),
            ("hours", 1, 24 * 1_000),
        ):
            value = getattr(self, name)
            if not low <= value <= high:
                raise DataError(f"{name} is {value}; it lies between {low} and {high:,}.", place=name)
        if len(self.room_teu) != self.ground.blocks or len(self.tiers) != self.ground.blocks:
            raise DataError("Every block has room and tiers.", place="yard")
        if len(self.ships) and int(self.ships.length_mm.max()) > self.quay_mm:
            raise DataError("A ship is longer than the quay.", place="ships")
        self._refuse_strangers()
        standing = self.stands_in != NONE
        teu = np.bincount(self.stands_in[standing], self.boxes.teu[standing], self.ground.blocks)
        if (teu > self.room_teu).any():
            raise DataError(f"Block {int(np.argmax(teu - self.room_teu))} has no room for all it holds.", place="yard")

    def _refuse_strangers(self) -> None:
        for name, column, count in (
            ("inbound", self.boxes.inbound, len(self.ships)),
            ("outbound", self.boxes.outbound, len(self.ships)),
            ("next_call", self.ships.next_call, len(self.ships)),
            ("brings", self.road.brings, len(self.boxes)),
            ("takes", self.road.takes, len(self.boxes)),
            ("stands_in", self.stands_in, self.ground.blocks),
        ):
            if len(column) and not (int(column.min()) >= NONE and int(column.max()) < count):
                raise DataError(f"Column {name} names one of {count:,} that does not exist.", place=name)
        if len(self.stands_in) != len(self.boxes):
            raise DataError("Of every box it is said where it stands at the start.", place="stands_in")
        brought = self.road.brings[self.road.brings != NONE]
        taken = self.road.takes[self.road.takes != NONE]
        ways_in = (self.boxes.inbound != NONE).astype(int) + (self.stands_in != NONE)
        ways_in += np.bincount(brought, minlength=len(self.boxes))
        ways_out = (self.boxes.outbound != NONE) + np.bincount(taken, minlength=len(self.boxes))
        if (ways_in > 1).any() or (ways_out > 1).any():
            box = int(np.argmax((ways_in > 1) | (ways_out > 1)))
            raise DataError(f"Box {box} comes or leaves twice.", place="boxes")
