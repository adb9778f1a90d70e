"""`zoneSet` and `responses`: rules for areas, and fleet control's word on who may enter one (7.5, 7.6)."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated, Any

from msgspec import Meta

from cabria.adapters.vda5050.parts import ActionParameter, BlockingType, Message, Part, Share


class ZoneType(StrEnum):
    """What holds in a zone (6.4.1)."""

    BLOCKED = "BLOCKED"
    LINE_GUIDED = "LINE_GUIDED"
    RELEASE = "RELEASE"
    """Nobody enters without fleet control's leave."""
    COORDINATED_REPLANNING = "COORDINATED_REPLANNING"
    SPEED_LIMIT = "SPEED_LIMIT"
    ACTION = "ACTION"
    PRIORITY = "PRIORITY"
    PENALTY = "PENALTY"
    DIRECTED = "DIRECTED"
    BIDIRECTED = "BIDIRECTED"


class ReleaseLoss(StrEnum):
    """What a vehicle does that is in a RELEASE zone and loses its leave."""

    STOP = "STOP"
    CONTINUE = "CONTINUE"
    EVACUATE = "EVACUATE"


class DirectedLimitation(StrEnum):
    SOFT = "SOFT"
    RESTRICTED = "RESTRICTED"
    STRICT = "STRICT"


class BidirectedLimitation(StrEnum):
    SOFT = "SOFT"
    RESTRICTED = "RESTRICTED"


class Vertex(Part, frozen=True, kw_only=True):
    x: float
    y: float


class ZoneAction(Part, frozen=True, kw_only=True):
    action_type: str
    action_descriptor: str | None = None
    blocking_type: BlockingType
    action_parameters: tuple[ActionParameter, ...] | None = None
    retriable: bool | None = None


class Zone(Part, frozen=True, kw_only=True):
    """A polygon, counter-clockwise, and what its type needs besides."""

    zone_id: str
    zone_type: ZoneType
    zone_descriptor: str | None = None
    vertices: Annotated[tuple[Vertex, ...], Meta(min_length=3)]
    maximum_speed: float | None = None
    entry_actions: tuple[ZoneAction, ...] | None = None
    during_actions: tuple[ZoneAction, ...] | None = None
    exit_actions: tuple[ZoneAction, ...] | None = None
    release_loss_behavior: ReleaseLoss | None = None
    priority_factor: Share | None = None
    penalty_factor: Share | None = None
    direction: float | None = None
    directed_limitation: DirectedLimitation | None = None
    bidirected_limitation: BidirectedLimitation | None = None

    def __post_init__(self) -> None:
        for name in NEEDED.get(self.zone_type, ()):
            value: Any = getattr(self, name)
            if value is None:
                raise ValueError(f"a zone of type {self.zone_type} needs {name}")


NEEDED = {
    ZoneType.RELEASE: ("release_loss_behavior",),
    ZoneType.SPEED_LIMIT: ("maximum_speed",),
    ZoneType.ACTION: ("entry_actions", "during_actions", "exit_actions"),
    ZoneType.PRIORITY: ("priority_factor",),
    ZoneType.PENALTY: ("penalty_factor",),
    ZoneType.DIRECTED: ("direction", "directed_limitation"),
    ZoneType.BIDIRECTED: ("direction", "bidirected_limitation"),
}
"""What a zone of a type must say (table 6 and 7)."""


class ZoneSet(Part, frozen=True, kw_only=True):
    """Its content never changes; other zones are another set."""

    map_id: str
    zone_set_id: str
    zone_set_descriptor: str | None = None
    zones: tuple[Zone, ...]

    def __post_init__(self) -> None:
        names = [zone.zone_id for zone in self.zones]
        if len(set(names)) < len(names):
            raise ValueError("a zoneId stands twice")


class ZoneSetMessage(Message, frozen=True, kw_only=True):
    zone_set: ZoneSet


class GrantType(StrEnum):
    GRANTED = "GRANTED"
    QUEUED = "QUEUED"
    REVOKED = "REVOKED"
    REJECTED = "REJECTED"


class Response(Part, frozen=True, kw_only=True):
    """The answer to one request; `lease_expiry` stands with GRANTED only."""

    request_id: str
    grant_type: GrantType
    lease_expiry: str | None = None

    def __post_init__(self) -> None:
        if self.lease_expiry is not None and self.grant_type is not GrantType.GRANTED:
            raise ValueError(f"a lease comes with {self.grant_type}")


class Responses(Message, frozen=True, kw_only=True):
    responses: tuple[Response, ...]
