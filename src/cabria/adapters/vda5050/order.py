"""`order` and `instantActions`: what a vehicle is told to do (7.3, 7.4)."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated

import msgspec
from msgspec import Meta

from cabria.adapters.vda5050.parts import Action, Angle, BlockingType, Message, Part, Positive, Trajectory, Uint32


class AllowedDeviation(Part, frozen=True, kw_only=True):
    """An ellipse around a node within which the node counts as reached (6.6.2.1)."""

    a: Positive
    b: Positive
    theta: Annotated[float, Meta(ge=-1.570796327, le=1.570796327)]


class NodePosition(Part, frozen=True, kw_only=True):
    """Metres on a map."""

    x: float
    y: float
    theta: Angle | None = None
    allowed_deviation_xy: AllowedDeviation | None = msgspec.field(default=None, name="allowedDeviationXY")
    allowed_deviation_theta: Annotated[float, Meta(ge=0, le=3.141592654)] | None = None
    map_id: str


class Node(Part, frozen=True, kw_only=True):
    node_id: str
    sequence_id: Uint32
    node_descriptor: str | None = None
    released: bool
    node_position: NodePosition | None = None
    actions: tuple[Action, ...]


class OrientationType(StrEnum):
    GLOBAL = "GLOBAL"
    TANGENTIAL = "TANGENTIAL"


class CorridorReferencePoint(StrEnum):
    KINEMATIC_CENTER = "KINEMATIC_CENTER"
    CONTOUR = "CONTOUR"


class CorridorLoss(StrEnum):
    """What a vehicle does that loses the right to use a corridor."""

    STOP = "STOP"
    RETURN = "RETURN"


class Corridor(Part, frozen=True, kw_only=True):
    """How far a vehicle may leave its trajectory to pass something (6.1.5)."""

    left_width: Positive
    right_width: Positive
    corridor_reference_point: CorridorReferencePoint | None = None
    release_required: bool | None = None
    release_loss_behavior: CorridorLoss | None = None


class Edge(Part, frozen=True, kw_only=True):
    """From the node before it in the order to the node behind it; metres and m/s."""

    edge_id: str
    sequence_id: Uint32
    edge_descriptor: str | None = None
    released: bool
    maximum_speed: float | None = None
    maximum_mobile_robot_height: float | None = None
    minimum_load_handling_device_height: float | None = None
    orientation: Angle | None = None
    orientation_type: OrientationType | None = None
    direction: str | None = None
    reach_orientation_before_entering: bool | None = None
    maximum_rotation_speed: float | None = None
    trajectory: Trajectory | None = None
    length: float | None = None
    corridor: Corridor | None = None
    actions: tuple[Action, ...]


class Order(Message, frozen=True, kw_only=True):
    """Nodes and edges in turn: the base, which is released, and behind it the horizon, which is not yet (6.1)."""

    order_id: str
    order_update_id: Uint32
    order_description: str | None = None
    nodes: tuple[Node, ...]
    edges: tuple[Edge, ...]

    @property
    def base_end(self) -> Node:
        """The decision point: the last node a vehicle may drive to. The order has no faults."""
        return [node for node in self.nodes if node.released][-1]

    @property
    def actions(self) -> tuple[Action, ...]:
        parts: tuple[Node | Edge, ...] = (*self.nodes, *self.edges)
        return tuple(action for part in parts for action in part.actions)


class InstantActions(Message, frozen=True, kw_only=True):
    """Actions that begin at once and block nothing (6.2.1)."""

    actions: tuple[Action, ...]

    def __post_init__(self) -> None:
        if any(action.blocking_type is not BlockingType.NONE for action in self.actions):
            raise ValueError("the blockingType of an instant action is NONE")


def faults_of(order: Order) -> list[str]:
    """What the rules of 6.1.1 find in an order that the schema lets pass; empty when it may be executed."""
    nodes, edges = order.nodes, order.edges
    if not nodes:
        return ["there is no node"]
    if len(edges) != len(nodes) - 1:
        return [f"{len(nodes)} nodes are joined by {len(edges)} edges"]
    parts: list[Node | Edge] = [nodes[0]]
    for edge, node in zip(edges, nodes[1:], strict=True):
        parts += [edge, node]
    found = []
    first = nodes[0].sequence_id
    for number, part in enumerate(parts):
        if part.sequence_id != first + number:
            found.append(f"{_name(part)} has sequenceId {part.sequence_id} instead of {first + number}")
            break
    if first % 2:
        found.append(f"the first node has the odd sequenceId {first}")
    if not nodes[0].released:
        found.append("the first node is not released")
    unreleased = next((number for number, part in enumerate(parts) if not part.released), len(parts))
    behind = [part for part in parts[unreleased:] if part.released]
    if behind:
        found.append(f"{_name(behind[0])} is released behind something that is not")
    elif unreleased % 2 == 0 and unreleased < len(parts):
        found.append(f"{_name(parts[unreleased - 1])} is released, but not the node it leads to")
    ids = [action.action_id for action in order.actions]
    if len(set(ids)) < len(ids):
        found.append("an actionId stands twice")
    return found


def _name(part: Node | Edge) -> str:
    return f"node {part.node_id}" if isinstance(part, Node) else f"edge {part.edge_id}"
