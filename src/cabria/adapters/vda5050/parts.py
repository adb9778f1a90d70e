"""What several messages of VDA 5050 share: the header, numbers with their limits, actions, trajectories."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated, Any

import msgspec
from msgspec import Meta

VERSION = "3.0.0"

Uint32 = Annotated[int, Meta(ge=0, le=4_294_967_295)]
Angle = Annotated[float, Meta(ge=-3.14159265359, le=3.14159265359)]
"""In radians."""
Positive = Annotated[float, Meta(ge=0)]
Share = Annotated[float, Meta(ge=0, le=1)]
Percent = Annotated[float, Meta(ge=0, le=100)]


class Part(msgspec.Struct, frozen=True, kw_only=True, rename="camel", omit_defaults=True):
    """An object of a message. Optional fields are None and then not on the wire; fields we do not know are ignored."""


class Message(Part, frozen=True, kw_only=True):
    """What every message begins with (7.2). `header_id` counts the messages of one topic."""

    header_id: Uint32
    timestamp: str
    """ISO 8601 in UTC."""
    version: str
    manufacturer: str
    serial_number: str


class BlockingType(StrEnum):
    """What may go on beside an action (6.2.2)."""

    NONE = "NONE"
    SINGLE = "SINGLE"
    """Driving, but no other action."""
    SOFT = "SOFT"
    """Other actions, but no driving."""
    HARD = "HARD"

    @property
    def lets_drive(self) -> bool:
        return self in (BlockingType.NONE, BlockingType.SINGLE)


class ActionParameter(Part, frozen=True, kw_only=True):
    key: str
    value: bool | int | float | str | list[Any] | dict[str, Any]


class Action(Part, frozen=True, kw_only=True):
    """Something a vehicle does, on a node, on an edge or at once (6.2)."""

    action_type: str
    action_id: str
    action_descriptor: str | None = None
    blocking_type: BlockingType
    action_parameters: tuple[ActionParameter, ...] | None = None
    retriable: bool | None = None

    def parameter(self, key: str) -> Any:
        """A parameter's value; None when there is none of that name."""
        return next((part.value for part in self.action_parameters or () if part.key == key), None)


class ControlPoint(Part, frozen=True, kw_only=True):
    x: float
    y: float
    weight: Annotated[float, Meta(gt=0)] | None = None


class Trajectory(Part, frozen=True, kw_only=True):
    """A clamped NURBS (7.3); of degree 1 it is the line through its control points."""

    degree: Annotated[int, Meta(ge=1, le=4_294_967_295)] | None = None
    knot_vector: tuple[Share, ...] | None = None
    control_points: tuple[ControlPoint, ...]

    def __post_init__(self) -> None:
        degree = self.degree or 1
        if len(self.control_points) <= degree:
            raise ValueError(f"{len(self.control_points)} control points are too few for degree {degree}")
        if self.knot_vector is not None and len(self.knot_vector) != len(self.control_points) + degree + 1:
            raise ValueError(f"{len(self.knot_vector)} knots do not fit {len(self.control_points)} control points")


class Position(Part, frozen=True, kw_only=True):
    """Where a vehicle is on a map, in metres; `theta` in radians."""

    x: float
    y: float
    theta: Angle
    map_id: str
    localized: bool
    localization_score: Share | None = None
    deviation_range: Positive | None = None


class Velocity(Part, frozen=True, kw_only=True):
    """In the vehicle's own coordinates, m/s and rad/s."""

    vx: float | None = None
    vy: float | None = None
    omega: float | None = None


class PlannedPath(Part, frozen=True, kw_only=True):
    trajectory: Trajectory
    traversed_nodes: tuple[str, ...] | None = None


class Waypoint(Part, frozen=True, kw_only=True):
    x: float
    y: float
    theta: Angle | None = None
    eta: str


class IntermediatePath(Part, frozen=True, kw_only=True):
    polyline: tuple[Waypoint, ...]


class BoundingBoxReference(Part, frozen=True, kw_only=True):
    x: float
    y: float
    z: float
    theta: float | None = None


class LoadDimensions(Part, frozen=True, kw_only=True):
    """In metres."""

    length: Positive
    width: Positive
    height: Positive | None = None
