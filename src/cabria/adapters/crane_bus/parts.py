"""What several messages share: the header, names with their limits, locations, cargo.

Words are those of TIC 4.0 where it has one: CHE (cargo handling equipment), job instruction, cargo, collect, deliver,
gantry, trolley, hoist, spreader, hatch cover. Lengths are whole millimetres, times ISO 8601 in UTC.
"""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated

import msgspec
from msgspec import Meta

VERSION = "1.0"

Name = Annotated[str, Meta(min_length=1, max_length=60, pattern=r"^[^\x00-\x1f]*$")]
JobId = Annotated[str, Meta(min_length=3, max_length=160, pattern=r"^[A-Za-z0-9_-]{1,40}/[^\x00-\x1f]+$")]
"""RUN/NAME: the run of the terminal that the job is of, and its name there. Never used twice."""
LogName = Annotated[str, Meta(pattern=r"^[A-Za-z0-9_-]{1,40}$")]
"""Of a crane's memory, in which its reports are numbered."""
Text = Annotated[str, Meta(max_length=300)]
Moment = Annotated[
    str,
    Meta(pattern=r"^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}(\.[0-9]{1,6})?(Z|[+-][0-9]{2}:[0-9]{2})$"),
]
"""ISO 8601 in UTC."""
Uint32 = Annotated[int, Meta(ge=0, le=4_294_967_295)]
Number = Annotated[int, Meta(ge=0, le=9_000_000_000_000_000)]
Milliseconds = Annotated[int, Meta(ge=0, le=86_400_000)]
Along = Annotated[int, Meta(ge=-20_000_000, le=20_000_000)]
"""Of a quay crane along the quay, of a yard crane along its block from the outer edge of bay 1."""


class Part(msgspec.Struct, frozen=True, kw_only=True, rename="camel", omit_defaults=True):
    """An object of a message. Optional fields are None and then not on the wire; fields nobody knows are ignored."""


class Message(Part, frozen=True, kw_only=True):
    """What every message begins with. `header_id` counts the messages of one topic."""

    header_id: Uint32
    timestamp: Moment
    version: Annotated[str, Meta(pattern=r"^1\.[0-9]{1,3}$")]
    che_id: Name


class CheType(StrEnum):
    """What kind of crane."""

    STS = "STS"
    """Ship to shore."""
    RMG = "RMG"
    RTG = "RTG"
    ASC = "ASC"

    @property
    def is_quay(self) -> bool:
        return self is CheType.STS


class YardLocation(Part, frozen=True, kw_only=True, tag_field="type", tag="YARD"):
    """A slot of a block; an even bay is a 40 ft box over the two odd ones beside it."""

    block: Name
    bay: Annotated[int, Meta(ge=1, le=2_000)]
    row: Annotated[int, Meta(ge=1, le=100)]
    tier: Annotated[int, Meta(ge=1, le=20)]


class VesselLocation(Part, frozen=True, kw_only=True, tag_field="type", tag="VESSEL"):
    """A slot of a ship, BBBRRTT as in ISO 9711."""

    vessel_visit: Name
    position: Annotated[str, Meta(pattern=r"^[0-9]{6,7}$")]


class DeckPosition(StrEnum):
    """Which part of a truck's bed."""

    WHOLE = "WHOLE"
    FORE = "FORE"
    AFT = "AFT"


class TruckLocation(Part, frozen=True, kw_only=True, tag_field="type", tag="TRUCK"):
    """On a truck."""

    truck_id: Name
    deck_position: DeckPosition = DeckPosition.WHOLE


Location = YardLocation | VesselLocation | TruckLocation


class ContainerAt(Part, frozen=True, kw_only=True):
    """A container and where it is or was."""

    container_id: Name
    location: Location


class Cargo(Part, frozen=True, kw_only=True):
    """A container, where it is collected and where it is delivered."""

    container_id: Name
    collect: Location
    deliver: Location


class HatchCover(Part, frozen=True, kw_only=True):
    """A lid of a ship."""

    vessel_visit: Name
    hatch_cover_id: Annotated[str, Meta(max_length=60)]


class HandoverPlace(Part, frozen=True, kw_only=True):
    """Where a yard crane meets a truck: how far along the block, and over which row (0 and rows + 1 lie beside it)."""

    gantry_mm: Along
    row: Annotated[int, Meta(ge=0, le=101)]
