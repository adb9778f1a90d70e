"""A vessel call: everything a loading plan is made from."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from difflib import get_close_matches
from functools import cached_property

from cabria.domain.containers import Container, ContainerId, Port, SizeType
from cabria.domain.errors import DataError
from cabria.domain.findings import Finding
from cabria.domain.positions import StowPosition
from cabria.domain.stowage import BayPlan, Stowed
from cabria.domain.terminal import Terminal
from cabria.domain.told import told
from cabria.domain.vessel import VesselProfile
from cabria.domain.wishes import Wishes
from cabria.domain.yard import YardInventory

BAY_NUMBER_MM = 3_660
"""Length of ship to one bay number: a 40 ft bay is four numbers and, with its gap, some 14.6 m."""


@dataclass(frozen=True, slots=True)
class SlotInstruction:
    """What the carrier asks for one slot (MOVINS): a class of container, never a box. None is "any"."""

    position: StowPosition
    size_type: SizeType | None = None
    pod: Port | None = None
    gross_mass_kg: int | None = None
    is_reefer: bool = False
    is_full: bool | None = None
    operator: str = ""


@dataclass(frozen=True, slots=True)
class ExpectedLoads:
    """A forecast of what a later port will load for one that follows it."""

    port: Port
    pod: Port
    length_ft: int
    count: int
    mean_mass_kg: int = 0
    reefers: int = 0

    def __post_init__(self) -> None:
        if self.length_ft not in (20, 40, 45):
            raise DataError(
                told(
                    "Expected boxes are 20, 40 or 45 ft long, not {length_ft}.",
                    "expected-of-other-length",
                    length_ft=self.length_ft,
                )
            )
        if self.count < 0 or not 0 <= self.reefers <= self.count:
            raise DataError(
                told(
                    "{count} boxes with {reefers} reefers among them cannot be expected.",
                    "expected-impossible",
                    count=self.count,
                    reefers=self.reefers,
                )
            )

    @property
    def teu(self) -> int:
        return self.count * (1 if self.length_ft == 20 else 2)


@dataclass(frozen=True, slots=True)
class CallSettings:
    """What a planner may set for a call; the defaults are those of a new terminal.

    Costs are minutes a planner would pay: of a quay crane, of a yard crane, of the ship at a later port.
    """

    mass_class_kg: int = 3_000
    """Boxes within one class of mass are interchangeable for a slot."""
    instruction_mass_tolerance_kg: int = 3_000
    """How far a box's mass may lie from what the carrier's instruction says."""
    overstow_min: float = 30.0
    """A box above, or on the lid over, one that leaves earlier: two crane moves later on, and berth time."""
    restow_min: float = 6.0
    dig_min: float = 2.5
    inversion_min: float = 1.0
    """A heavy box above a light one."""
    refused_min: float = 600.0
    port_mix_min: float = 1.5
    """One more port in the deck or the hold of a lid, which the crane of that port must come to."""
    lid_min: float = 6.0
    """A lid taken off and put back."""
    long_crane_min: float = 2.0
    """A move more in the busiest two neighbouring bays, where one crane works at a time: that crane ends last."""
    crane_spread_min: float = 0.5
    """A move above a crane's even share in any two neighbouring bays."""
    later_room_min: float = 20.0
    """A TEU forecast at a later port for which no room is left there without a restow or an overstow."""
    waiting_min: float = 0.25
    """A minute in which a quay crane waits for a box that is late."""
    block_peak_min: float = 0.01
    """The square of the boxes that a yard block gives in a quarter of an hour."""
    yard_crane_min: float = 0.05
    """A minute in which a yard crane travels along its block."""
    truck_km_min: float = 0.1
    kwh_min: float = 0.005
    off_order_min: float = 0.1
    """A lift that a quay crane makes earlier or later than the regular order of its bay has it."""
    off_order_lifts: int = 10
    """By how many lifts it may be earlier or later; 0 keeps the regular order."""
    max_inversion_kg: int = 3_000
    """How much heavier a loaded box may be than the loaded box below before it is reported."""
    may_twin: bool = True
    may_dual_cycle: bool = False
    """Whether a crane may load and discharge in one cycle, in the hold under one lid or on the decks of a bay."""


PRESETS: Mapping[str, CallSettings] = {
    "balanced": CallSettings(),
    "fast-ship": CallSettings(
        overstow_min=20.0,
        port_mix_min=0.5,
        lid_min=8.0,
        long_crane_min=6.0,
        crane_spread_min=1.5,
        later_room_min=10.0,
        waiting_min=1.0,
        dig_min=1.5,
    ),
    "clean-later-ports": CallSettings(
        overstow_min=90.0, port_mix_min=6.0, long_crane_min=1.0, crane_spread_min=0.25, later_room_min=60.0
    ),
    "calm-yard": CallSettings(
        dig_min=7.5,
        inversion_min=0.5,
        mass_class_kg=5_000,
        max_inversion_kg=5_000,
        block_peak_min=0.05,
        yard_crane_min=0.25,
        off_order_lifts=20,
    ),
    "least-energy": CallSettings(truck_km_min=0.5, kwh_min=0.25, yard_crane_min=0.1, off_order_min=0.05),
}
"""Named settings. Single prices may be set besides: minutes of this port's cranes, of later ports, of the yard."""


def preset_named(name: str) -> CallSettings:
    """The settings of a preset, however its name is written. Raises DataError for a name that is none."""
    plain = "-".join(name.replace("_", " ").replace("-", " ").lower().split())
    if plain in PRESETS:
        return PRESETS[plain]
    close = get_close_matches(plain, PRESETS, n=1)
    given = repr(name[:40])
    if close:
        raise DataError(
            told("There is no preset {given}. Do you mean {close}?", "preset-near", given=given, close=close[0])
        )
    raise DataError(
        told("There is no preset {given}. There are {known}.", "preset-unknown", given=given, known=", ".join(PRESETS))
    )


@dataclass(frozen=True)
class VesselCall:
    """One call of one ship: what she brings, what she takes, where that stands and who works her.

    Containers aboard on arrival whose POD is `port` are discharged. `rotation` are the coming ports, this call's
    port not included, in sailing order; every POD of cargo must be in it for overstows to be judged.
    `tank_contents_kg` says what the tanks hold (by tank id). `findings` are what the readers found odd.
    """

    id: str
    vessel: VesselProfile
    voyage: str
    port: Port
    rotation: tuple[Port, ...]
    arrival: BayPlan
    loads: tuple[Container, ...]
    terminal: Terminal
    yard: YardInventory
    instructions: tuple[SlotInstruction, ...] = ()
    settings: CallSettings = field(default_factory=CallSettings)
    tank_contents_kg: Mapping[str, int] = field(default_factory=dict)
    berth_x_mm: int = 0
    """Where the ship's bow lies along the quay."""
    bow_towards_x: bool = False
    """True when the bow points to growing x; bays then run against x."""
    start: str = ""
    """First line fast, as ISO 8601 local time; plans count seconds from here."""
    lids_off: tuple[str, ...] = ()
    """Hatch covers that are off when the plan begins, because their bays are begun already."""
    later_loads: tuple[ExpectedLoads, ...] = ()
    """What later ports are expected to load; room is kept for it where that costs little."""
    findings: tuple[Finding, ...] = ()
    wishes: Wishes = field(default_factory=Wishes)
    """What the planner asks of the plan."""
    available_s: Mapping[ContainerId, int] = field(default_factory=dict)
    """When loads that come late are there, in seconds of the call; all others are there when it begins."""

    def __post_init__(self) -> None:
        if self.port in self.rotation:
            raise DataError(
                told(
                    "The rotation of call {call} visits {port} again; give the coming ports only.",
                    "rotation-visits-again-at",
                    call=self.id,
                    port=self.port,
                )
            )
        if len(self.rotation) != len(set(self.rotation)):
            raise DataError(
                told("The rotation of call {call} names a port twice.", "rotation-port-twice", call=self.id)
            )
        for expected in self.later_loads:
            if not 0 < self.port_order.get(expected.port, 0) < self.port_order.get(expected.pod, 0):
                raise DataError(
                    told(
                        "Loads are expected at {port} for {pod}, but the rotation does not visit these ports in that "
                        "order.",
                        "expected-off-rotation",
                        port=expected.port,
                        pod=expected.pod,
                    )
                )
        seen: set[ContainerId] = set()
        for container in self.loads:
            if container.id in seen:
                raise DataError(
                    told("Container {box} is on the load list twice.", "list-names-twice", box=container.id),
                    place=f"container {container.id}",
                )
            seen.add(container.id)
            aboard = self.arrival.by_container.get(container.id)
            if aboard is not None:
                raise DataError(
                    told(
                        "Container {box} is to be loaded but is aboard on arrival in slot {slot}.",
                        "load-aboard-already",
                        box=container.id,
                        slot=aboard.position,
                    ),
                    place=f"container {container.id}",
                )
        if unknown := set(self.lids_off) - {lid.id for lid in self.vessel.hatch_covers}:
            raise DataError(
                told(
                    "Lid {lid} is said to be off, but {vessel} has no such lid.",
                    "lid-off-unknown",
                    lid=min(unknown),
                    vessel=self.vessel.name,
                )
            )
        slots: set[StowPosition] = set()
        for instruction in self.instructions:
            slot = instruction.position
            if slot in slots:
                raise DataError(
                    told("The carrier's instruction names slot {slot} twice.", "instructed-twice", slot=slot),
                    place=f"slot {slot}",
                )
            slots.add(slot)

    def quay_x_mm(self, bay: int) -> int:
        """Where a bay, by its number, lies along the quay."""
        along = bay * BAY_NUMBER_MM
        return self.berth_x_mm - along if self.bow_towards_x else self.berth_x_mm + along

    @cached_property
    def discharges(self) -> tuple[Stowed, ...]:
        return tuple(stowed for stowed in self.arrival if stowed.container.pod == self.port)

    @cached_property
    def remaining(self) -> tuple[Stowed, ...]:
        """What stays aboard."""
        return tuple(stowed for stowed in self.arrival if stowed.container.pod != self.port)

    @cached_property
    def load_by_id(self) -> Mapping[ContainerId, Container]:
        return {container.id: container for container in self.loads}

    @cached_property
    def port_order(self) -> Mapping[Port, int]:
        """How soon each port comes: 1 is the next."""
        return {port: index for index, port in enumerate(self.rotation, 1)}

    def order_of(self, container: Container) -> int:
        """How soon a container leaves the ship; one bound for an unknown port leaves last."""
        return self.port_order.get(container.pod, len(self.rotation) + 1)
