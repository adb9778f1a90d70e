"""Whether a vehicle takes an order: figure 8 of the standard and its list of refusals (6.1.2, 6.1.4)."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from enum import Enum, auto
from math import hypot

from cabria.adapters.vda5050.emulation.kinematics import Pose
from cabria.adapters.vda5050.factsheet import ActionScope, Factsheet
from cabria.adapters.vda5050.order import Node, Order, faults_of
from cabria.adapters.vda5050.parts import Action
from cabria.adapters.vda5050.state import ErrorLevel, OperatingMode, Reference, VehicleError

REACH_M = 2.0
"""How far from its first node a vehicle may stand when no deviation is given."""


class Taking(Enum):
    """What an order that is not refused is."""

    NEW = auto()
    UPDATE = auto()
    DUPLICATE = auto()
    """The same once more: to be ignored."""


@dataclass(frozen=True, slots=True)
class Held:
    """What a vehicle knows of the order it has or had last."""

    last: Order
    base_end: Node
    is_idle: bool
    was_cancelled: bool


@dataclass(frozen=True, slots=True)
class Circumstances:
    """What else decides."""

    pose: Pose
    mode: OperatingMode
    maps: Collection[str]
    sheet: Factsheet


def taking(order: Order, held: Held | None, now: Circumstances) -> Taking | VehicleError:
    """What to do with an order, or the error by which it is refused."""
    return _strange(order, now) or _out_of_turn(order, held, now)


def _strange(order: Order, now: Circumstances) -> VehicleError | None:
    """Whatever the vehicle is doing, this order cannot be executed."""
    faults = faults_of(order)
    if faults:
        return order_error("VALIDATION_FAILURE", order, "; ".join(faults))
    if not now.mode.takes_orders:
        return order_error("MOBILE_ROBOT_NOT_AVAILABLE", order, f"operating mode {now.mode}")
    unknown = {n.node_position.map_id for n in order.nodes if n.node_position is not None} - set(now.maps)
    if unknown:
        return order_error("UNKNOWN_MAP_ID", order, f"map {sorted(unknown)[0]} is not here")
    most = now.sheet.protocol_limits.most("order.nodes")
    if most is not None and len(order.nodes) > most:
        reason = f"{len(order.nodes)} nodes; {most} can be held"
        return order_error("INSUFFICIENT_MEMORY", order, reason, ErrorLevel.URGENT)
    unusable = _unusable(order, now.sheet)
    if unusable:
        return order_error("UNSUPPORTED_PARAMETER", order, f"{unusable} cannot be used", ErrorLevel.CRITICAL)
    for scope, actions in _actions(order):
        for action in actions:
            if not now.sheet.can(action.action_type, scope):
                return order_error("INVALID_ORDER_ACTION", order, f"no action {action.action_type} here")
    return None


def _out_of_turn(order: Order, held: Held | None, now: Circumstances) -> Taking | VehicleError:
    if held is None or order.order_id != held.last.order_id:
        return _new(order, held, now)
    if order.order_update_id < held.last.order_update_id:
        return order_error("OUTDATED_ORDER_UPDATE", order, f"update {held.last.order_update_id} is here already")
    if held.was_cancelled and order.order_update_id != held.last.order_update_id:
        return order_error("ORDER_UPDATE_FOLLOWING_CANCEL", order, "the order was cancelled")
    if order.order_update_id == held.last.order_update_id:
        if (order.nodes, order.edges) == (held.last.nodes, held.last.edges):
            return Taking.DUPLICATE
        return order_error("SAME_ORDER_UPDATE_ID", order, "the same update came with another content")
    first, end = order.nodes[0], held.base_end
    if (first.node_id, first.sequence_id) != (end.node_id, end.sequence_id):
        reason = f"the base ends at {end.node_id} ({end.sequence_id}), not at {first.node_id} ({first.sequence_id})"
        return order_error("NO_ROUTE_TO_TARGET", order, reason)
    return Taking.UPDATE


def _new(order: Order, held: Held | None, now: Circumstances) -> Taking | VehicleError:
    if held is not None and not held.is_idle:
        return order_error("OTHER_ORDER_ACTIVE", order, f"order {held.last.order_id} is under way")
    if order.order_update_id != 0:
        return order_error("VALIDATION_FAILURE", order, "a new order begins with orderUpdateId 0")
    if order.nodes[0].sequence_id != 0:
        return order_error("VALIDATION_FAILURE", order, "a new order begins with sequenceId 0")
    place = order.nodes[0].node_position
    if place is not None:
        deviation = place.allowed_deviation_xy
        reach = max(REACH_M, deviation.a) if deviation else REACH_M
        away = hypot(place.x - now.pose.x, place.y - now.pose.y)
        if away > reach:
            return order_error("START_NODE_OUT_OF_RANGE", order, f"{order.nodes[0].node_id} is {away:.1f} m away")
    return Taking.NEW


def _unusable(order: Order, sheet: Factsheet) -> str:
    """An optional field that is there and that the factsheet does not list; "" when there is none."""
    for parameter, is_there in (
        ("order.nodes.nodePosition", any(node.node_position for node in order.nodes)),
        ("order.edges.trajectory", any(edge.trajectory for edge in order.edges)),
        ("order.edges.corridor", any(edge.corridor for edge in order.edges)),
        ("order.edges.orientation", any(edge.orientation is not None for edge in order.edges)),
        ("order.edges.direction", any(edge.direction is not None for edge in order.edges)),
        ("order.edges.length", any(edge.length is not None for edge in order.edges)),
        ("order.edges.maximumSpeed", any(edge.maximum_speed is not None for edge in order.edges)),
    ):
        if is_there and not sheet.understands(parameter):
            return parameter
    return ""


def _actions(order: Order) -> tuple[tuple[ActionScope, tuple[Action, ...]], ...]:
    return (
        (ActionScope.NODE, tuple(action for node in order.nodes for action in node.actions)),
        (ActionScope.EDGE, tuple(action for edge in order.edges for action in edge.actions)),
    )


def order_error(
    error_type: str, order: Order, description: str, level: ErrorLevel = ErrorLevel.WARNING
) -> VehicleError:
    """An error that names the order it is about."""
    references = (
        Reference(reference_key="headerId", reference_value=str(order.header_id)),
        Reference(reference_key="orderId", reference_value=order.order_id),
        Reference(reference_key="orderUpdateId", reference_value=str(order.order_update_id)),
    )
    return VehicleError(
        error_type=error_type, error_references=references, error_description=description, error_level=level
    )
