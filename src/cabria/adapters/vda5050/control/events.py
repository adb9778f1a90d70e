"""What fleet control tells of its vehicles: facts for whoever gave the orders, and for the log."""

from __future__ import annotations

from typing import NamedTuple

from cabria.adapters.vda5050.state import ErrorLevel
from cabria.adapters.vda5050.topics import RobotId
from cabria.domain.said import Reason


class RobotSeen(NamedTuple):
    """A vehicle is on line for the first time, or again."""

    robot: RobotId


class RobotStopped(NamedTuple):
    """It does not go on by itself, and why: connection, mode, error, emergency stop."""

    robot: RobotId
    cause: str


class RobotResumed(NamedTuple):
    robot: RobotId


class OrderAcknowledged(NamedTuple):
    """The vehicle's state shows an order or update, so long after it was first sent."""

    robot: RobotId
    order: str
    update: int
    after_ms: int


class OrderTakenUp(NamedTuple):
    """The vehicle executes an order that was given before this program was started anew."""

    robot: RobotId
    order: str


class OrderUnanswered(NamedTuple):
    """Sent so many times, and no state shows it. It is sent on."""

    robot: RobotId
    order: str
    update: int
    times: int


class OrderRefused(NamedTuple):
    robot: RobotId
    order: str
    update: int
    error_type: str
    description: str


class NodePassed(NamedTuple):
    """`number` counts the nodes of the order's whole path from 0."""

    robot: RobotId
    order: str
    number: int


class OrderDone(NamedTuple):
    """The last node is passed and all actions are over."""

    robot: RobotId
    order: str


class OrderCancelled(NamedTuple):
    """As wanted. `number` is the last node passed."""

    robot: RobotId
    order: str
    number: int


class OrderLost(NamedTuple):
    """The vehicle cleared it by itself, as in manual mode. `number` is the last node passed."""

    robot: RobotId
    order: str
    number: int
    cause: str


class ActionEnded(NamedTuple):
    robot: RobotId
    action: str
    action_type: str
    is_done: bool
    result: str


class ErrorRaised(NamedTuple):
    """A vehicle reports an error that it did not report before."""

    robot: RobotId
    error_type: str
    level: ErrorLevel
    description: str


class ErrorCleared(NamedTuple):
    robot: RobotId
    error_type: str


class ZoneGranted(NamedTuple):
    robot: RobotId
    zone: str


class ZoneLeft(NamedTuple):
    """The vehicle needs the zone no more."""

    robot: RobotId
    zone: str


class MessageRefused(NamedTuple):
    """What came on a topic is no message."""

    topic: str
    reason: str


class Nonsense(NamedTuple):
    """A message that keeps to the schema and cannot be true. It changed nothing."""

    robot: RobotId
    reason: Reason


FleetEvent = (
    RobotSeen
    | RobotStopped
    | RobotResumed
    | OrderAcknowledged
    | OrderTakenUp
    | OrderUnanswered
    | OrderRefused
    | NodePassed
    | OrderDone
    | OrderCancelled
    | OrderLost
    | ActionEnded
    | ErrorRaised
    | ErrorCleared
    | ZoneGranted
    | ZoneLeft
    | MessageRefused
    | Nonsense
)
