"""The terminal's fixed parts: quay, cranes, yard blocks, trucks, and how fast they work."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

from cabria.domain.errors import DataError
from cabria.domain.told import told
from cabria.domain.yard import YardBlock


@dataclass(frozen=True, slots=True, order=True)
class Outage:
    """Seconds from the call's start in which a machine does no work: broken, under repair, or between two shifts."""

    from_s: int
    until_s: int

    def __post_init__(self) -> None:
        if not 0 <= self.from_s < self.until_s:
            raise DataError(
                told(
                    "An outage from {from_s} to {until_s} s is no span of time.",
                    "outage-no-span",
                    from_s=self.from_s,
                    until_s=self.until_s,
                )
            )

    def __str__(self) -> str:
        return f"{self.from_s} to {self.until_s} s"


@dataclass(frozen=True, slots=True)
class QuayCrane:
    """A ship-to-shore crane. `x_mm` is where it stands along the quay at the start of the call.

    One cycle (`cycle_s`) moves one container or a twin lift; `lid_s` is one hatch cover off or on; `bay_travel_s`
    is the gantry time over one 40 ft bay of the ship, that is four bay numbers (less distance, less time, rounded up).
    In a dual cycle (`dual_cycle_s`, 0 where the crane does none) it sets a box and brings another back.
    """

    id: str
    x_mm: int
    cycle_s: int = 120
    lid_s: int = 180
    bay_travel_s: int = 60
    may_twin: bool = True
    twin_max_kg: int = 50_000
    outreach_rows: int = 24
    ready_s: int = 0
    """Seconds after the call's start at which it may begin."""
    dual_cycle_s: int = 0
    outages: tuple[Outage, ...] = ()
    """Rising and apart. No step may overlap one; what is begun before is ended before."""
    rail_from_mm: int | None = None
    rail_until_mm: int | None = None
    """How far along the quay it comes; None is no end."""
    travels_from_x: bool = False
    """True when it stands at `x_mm` at the start and must travel from there, or stays there while it is out from the
    start; False when where it stood counts not."""

    def __post_init__(self) -> None:
        if self.cycle_s <= 0 or self.lid_s < 0 or self.bay_travel_s < 0:
            raise DataError(told("Quay crane {crane} has an impossible cycle time.", "cycle-impossible", crane=self.id))
        if self.dual_cycle_s and self.dual_cycle_s < self.cycle_s:
            raise DataError(
                told(
                    "A dual cycle of quay crane {crane} is shorter than a single one.",
                    "dual-cycle-short",
                    crane=self.id,
                )
            )
        if any(later.from_s < earlier.until_s for earlier, later in pairwise(self.outages)):
            raise DataError(
                told("Outages of quay crane {crane} overlap or are out of order.", "outages-overlap", crane=self.id)
            )
        if None not in (self.rail_from_mm, self.rail_until_mm) and self.rail_from_mm >= self.rail_until_mm:  # type: ignore[operator]
            raise DataError(
                told("The rail of quay crane {crane} ends before it begins.", "rail-ends-first", crane=self.id)
            )

    @property
    def leaves_s(self) -> int:
        """When it can leave where it stands at the start."""
        return self.outages[0].until_s if self.outages and self.outages[0].from_s == 0 else 0

    def reaches(self, x_mm: int) -> bool:
        """Whether it can stand at a place along the quay."""
        after_start = self.rail_from_mm is None or x_mm >= self.rail_from_mm
        return after_start and (self.rail_until_mm is None or x_mm <= self.rail_until_mm)


@dataclass(frozen=True, slots=True)
class YardCrane:
    """A yard crane on the runway of one block. One productive move or rehandle takes `move_s`."""

    id: str
    block: str
    move_s: int = 110
    rehandle_s: int = 90


@dataclass(frozen=True, slots=True)
class Terminal:
    """What stands on the ground.

    `crane_gap_bays` is the number of 40 ft bays two quay cranes keep between them. A crane's place along the ship is
    the number of the vessel bay it stands over (`VesselBay.number`, a single 20 ft bay included), and a 40 ft bay is
    four numbers long: two cranes always stay at least `4 * (crane_gap_bays + 1)` bay numbers apart.
    """

    name: str
    port: str
    quay_length_mm: int
    blocks: tuple[YardBlock, ...]
    quay_cranes: tuple[QuayCrane, ...]
    yard_cranes: tuple[YardCrane, ...] = ()
    trucks: int = 0
    truck_speed_mm_per_s: int = 5_500
    crane_gap_bays: int = 1

    def __post_init__(self) -> None:
        for what, ids in (
            ("block", [block.id for block in self.blocks]),
            ("quay crane", [crane.id for crane in self.quay_cranes]),
            ("yard crane", [crane.id for crane in self.yard_cranes]),
        ):
            if len(ids) != len(set(ids)):
                raise DataError(
                    told(
                        "Terminal {terminal} has a {what} twice.",
                        "named-twice-in-terminal",
                        terminal=self.name,
                        what=what,
                    )
                )
        known = {block.id for block in self.blocks}
        for crane in self.yard_cranes:
            if crane.block not in known:
                raise DataError(
                    told(
                        "Yard crane {crane} stands in block {block}, which does not exist.",
                        "yard-crane-in-no-block",
                        crane=crane.id,
                        block=crane.block,
                    )
                )

    def block(self, block_id: str) -> YardBlock | None:
        return next((block for block in self.blocks if block.id == block_id), None)
