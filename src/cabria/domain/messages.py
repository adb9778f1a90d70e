"""What the messages of the trade say, once read: bay plans, instructions, lists, reports and verified masses.

The names are those of the messages (UN/EDIFACT, SMDG): BAPLIE, MOVINS, COPRAR, COARRI, VERMAS and the lighter
CODECO, COPARN, COREOR, TPFREP, TANSTA. Times are ISO 8601 texts as far as the sender was exact
("2026-02-01T09:00"), local to the port unless they end in "Z". What a message does not say is "" or None.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum

from cabria.domain.calls import SlotInstruction
from cabria.domain.containers import Container, ContainerId, DangerousGoods, Port
from cabria.domain.errors import DataError
from cabria.domain.findings import Finding
from cabria.domain.positions import StowPosition
from cabria.domain.stowage import BayPlan, Stowed
from cabria.domain.told import Told, told


class Direction(StrEnum):
    """Which way the boxes of a list go over the rail."""

    LOAD = "load"
    DISCHARGE = "discharge"


@dataclass(frozen=True, slots=True)
class MessageHeader:
    """Who tells whom what about which ship, where and when.

    `kind` is the message type (BAPLIE), `dialect` its version and guide ("D.95B SMDG22"), `reference` the document
    number, `document` its kind (659::LOADONLY is "659 LOADONLY"), `function` 9 for an original, 5 for a replacement.
    """

    kind: str
    dialect: str = ""
    reference: str = ""
    document: str = ""
    function: str = ""
    sender: str = ""
    recipient: str = ""
    prepared_at: str = ""
    vessel_name: str = ""
    call_sign: str = ""
    imo: str = ""
    voyage: str = ""
    carrier: str = ""
    port: Port | None = None
    """Where the ship is worked, or which she leaves (LOC+5)."""
    next_port: Port | None = None
    eta: str = ""
    etd: str = ""
    direction: Direction | None = None
    message_reference: str = ""
    interchange_reference: str = ""
    segments: int = 0
    """How many segments the message has, UNH and UNT included."""
    first_segment: int = 1
    """Where in the file its UNH stands, counted from 1; UNA is not counted."""
    file: str = ""

    @property
    def vessel(self) -> str:
        """The ship in a few words, for titles and letters."""
        ids = [f"IMO {self.imo}" if self.imo else "", f"call sign {self.call_sign}" if self.call_sign else ""]
        known = ", ".join(text for text in (self.vessel_name, *ids) if text)
        return known or "ship not named"


@dataclass(frozen=True, slots=True)
class MessageEntry:
    """One container of a message and where the message says it.

    `position` is None where none is given or none can be read. `at` is when it was moved, `seals` its seals,
    `references` other references as (qualifier, value), `original_port` where its sea journey began,
    `segment` the place in the file.
    """

    container: Container
    position: StowPosition | None = None
    segment: int = 0
    at: str = ""
    seals: tuple[str, ...] = ()
    references: tuple[tuple[str, str], ...] = ()
    original_port: Port | None = None
    attached: tuple[ContainerId, ...] = ()
    """Numbers of boxes that travel in or on this one, such as a bundle of flats."""

    @property
    def place(self) -> str:
        """For findings and errors: "segment 12, slot 0350384"."""
        return f"segment {self.segment}, slot {self.position}" if self.position else f"segment {self.segment}"


@dataclass(frozen=True, slots=True)
class Breakbulk:
    """Cargo on board that is in no container. `positions` are the slots it takes; dimensions in millimetres."""

    positions: tuple[StowPosition, ...]
    id: str = ""
    description: str = ""
    gross_mass_kg: int = 0
    pol: Port | None = None
    pod: Port | None = None
    operator: str = ""
    length_mm: int | None = None
    width_mm: int | None = None
    height_mm: int | None = None
    dangerous: tuple[DangerousGoods, ...] = ()
    segment: int = 0


@dataclass(frozen=True, slots=True)
class EmptySlot:
    """A slot which the message names without cargo: `why` is its reason ("LOST"), `because_of` the box to blame."""

    position: StowPosition
    why: str = ""
    because_of: str = ""
    segment: int = 0


@dataclass(frozen=True, slots=True)
class BayPlanMessage:
    """BAPLIE: what stands where on board."""

    header: MessageHeader
    entries: tuple[MessageEntry, ...]
    breakbulk: tuple[Breakbulk, ...] = ()
    empty_slots: tuple[EmptySlot, ...] = ()
    findings: tuple[Finding, ...] = ()

    def bay_plan(self) -> BayPlan:
        """The condition of the ship. Raises DataError with file and segment for a box without a usable position, a
        box twice or two boxes in one slot: a plan made from half of them would be wrong."""
        by_position: dict[StowPosition, MessageEntry] = {}
        by_container: dict[ContainerId, MessageEntry] = {}
        stowed: list[Stowed] = []
        for entry in self.entries:
            number, position = entry.container.id, entry.position
            if position is None:
                raise self._refusal(
                    told("Container {box} has no usable position.", "box-without-position", box=number), entry
                )
            if number in by_container:
                first = by_container[number]
                problem = told(
                    "Container {box} stands in slot {slot} and, in segment {first}, in slot {other_slot}.",
                    "box-in-two-segments",
                    box=number,
                    slot=position,
                    first=first.segment,
                    other_slot=first.position,
                )
                raise self._refusal(problem, entry)
            if position in by_position:
                other = by_position[position].container.id
                problem = told(
                    "Containers {other} and {box} both stand in slot {slot}.",
                    "slot-in-two-segments",
                    other=other,
                    box=number,
                    slot=position,
                )
                raise self._refusal(problem, entry)
            by_position[position] = by_container[number] = entry
            stowed.append(Stowed(entry.container, position))
        return BayPlan(tuple(stowed))

    def _refusal(self, problem: Told, entry: MessageEntry) -> DataError:
        remedy = "Ask the sender for a corrected bay plan."
        return DataError(problem, file=self.header.file, place=f"segment {entry.segment}", remedy=remedy)


class OrderKind(StrEnum):
    """What the carrier wants done at a slot (HAN in MOVINS)."""

    LOAD = "load"
    DISCHARGE = "discharge"
    RESTOW = "restow"
    SHIFT = "shift"


@dataclass(frozen=True, slots=True)
class StowOrder:
    """One slot of an instruction; `container` is set when the carrier names a box, which is seldom."""

    kind: OrderKind
    slot: SlotInstruction
    container: Container | None = None
    remarks: tuple[str, ...] = ()
    segment: int = 0


@dataclass(frozen=True, slots=True)
class InstructionMessage:
    """MOVINS: what class of box the carrier wants in which slot."""

    header: MessageHeader
    orders: tuple[StowOrder, ...]
    findings: tuple[Finding, ...] = ()

    @property
    def instructions(self) -> tuple[SlotInstruction, ...]:
        """The slots to be loaded, each once; findings name those given twice."""
        by_slot: dict[StowPosition, SlotInstruction] = {}
        for order in self.orders:
            if order.kind is OrderKind.LOAD:
                by_slot.setdefault(order.slot.position, order.slot)
        return tuple(by_slot.values())


@dataclass(frozen=True, slots=True)
class LoadListMessage:
    """COPRAR: which boxes are to be loaded, or discharged (see `header.direction`)."""

    header: MessageHeader
    entries: tuple[MessageEntry, ...]
    findings: tuple[Finding, ...] = ()

    @property
    def containers(self) -> tuple[Container, ...]:
        return tuple(entry.container for entry in self.entries)


@dataclass(frozen=True, slots=True)
class MoveReport:
    """COARRI: which boxes were loaded or discharged, and when (`MessageEntry.at`)."""

    header: MessageHeader
    entries: tuple[MessageEntry, ...]
    findings: tuple[Finding, ...] = ()


@dataclass(frozen=True, slots=True)
class VerifiedMass:
    """The verified gross mass of one packed container (SOLAS VI/2).

    `method` is SM1 (the packed box was weighed), SM2 (its parts were) or "".
    """

    container: ContainerId
    gross_mass_kg: int
    method: str = ""
    determined_at: str = ""
    responsible: str = ""
    booking: str = ""
    segment: int = 0


@dataclass(frozen=True, slots=True)
class VerifiedMasses:
    """VERMAS."""

    header: MessageHeader
    entries: tuple[VerifiedMass, ...]
    findings: tuple[Finding, ...] = ()


@dataclass(frozen=True, slots=True)
class EquipmentMessage:
    """CODECO (gate), COPARN (release and pre-arrival), COREOR (pick-up): boxes, and how many where none is named."""

    header: MessageHeader
    entries: tuple[MessageEntry, ...]
    findings: tuple[Finding, ...] = ()
    references: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class CraneReport:
    """What one quay crane did, as TPFREP tells it: `moves`, and times by their code."""

    crane: str
    moves: int | None = None
    times: tuple[tuple[str, str], ...] = ()
    remarks: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class PerformanceReport:
    """TPFREP: how the call went. `times` are (code, time) of the whole call."""

    header: MessageHeader
    entries: tuple[CraneReport, ...]
    times: tuple[tuple[str, str], ...] = ()
    findings: tuple[Finding, ...] = ()


@dataclass(frozen=True, slots=True)
class TankStatus:
    """TANSTA: what is in the ship's tanks, in kilograms by tank."""

    header: MessageHeader
    entries: tuple[tuple[str, int], ...]
    findings: tuple[Finding, ...] = field(default=())


Message = (
    BayPlanMessage
    | InstructionMessage
    | LoadListMessage
    | MoveReport
    | VerifiedMasses
    | EquipmentMessage
    | PerformanceReport
    | TankStatus
)
