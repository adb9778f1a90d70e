"""What an emulated truck knows after it was killed: where it stands, its battery, and which order it had last.

It comes back idle: the rest of an order is given anew by fleet control. What it says it has written down before.
"""

from __future__ import annotations

from typing import NamedTuple

import msgspec

from cabria.adapters.machine_memory import Fact, Memory
from cabria.adapters.vda5050.emulation.kinematics import Pose
from cabria.adapters.vda5050.emulation.order_taking import Held
from cabria.adapters.vda5050.emulation.vehicle import Vehicle
from cabria.adapters.vda5050.order import Node, Order
from cabria.domain.errors import DataError

STOOD = "stood"
MOST_FACTS = 200_000
"""In the file of poses, before only the last of each truck is kept."""


class Standing(NamedTuple):
    """`last_node` and `sequence` are the last that it passed, `order` and `update` what it had last."""

    x: float
    y: float
    theta: float
    charge_wh: float
    is_charging: bool
    last_node: str
    sequence: int
    order: str
    update: int
    is_done: bool
    """Whether that order was driven to its end."""


class TruckMemory:
    """Of all trucks of a program: `poses` is overwritten now and then, `executed` only grows."""

    def __init__(self, poses: Memory, executed: Memory) -> None:
        """Raises DataError for files that no trucks wrote."""
        self._poses, self._executed = poses, executed
        self._last: dict[str, Fact] = {fact.machine: fact for fact in poses.facts() if fact.what == STOOD}
        try:
            self._standings: dict[str, Standing] = {
                name: msgspec.convert(fact.detail, Standing) for name, fact in self._last.items()
            }
        except msgspec.ValidationError as error:
            raise DataError(
                f"No truck wrote this: {error}.", file=str(poses.path), remedy="Name another folder for the state."
            ) from None
        poses.keep_only(self._last.values())
        self._written = len(self._last)

    def put_back(self, name: str, vehicle: Vehicle) -> None:
        """A truck stands as it stood, without an order; one that is not remembered as it was placed."""
        stood = self._standings.get(name)
        if stood is None:
            return
        vehicle.stand_at(Pose(stood.x, stood.y, stood.theta), stood.last_node)
        vehicle.last_sequence = stood.sequence
        vehicle.charge_wh, vehicle.is_charging = stood.charge_wh, stood.is_charging
        if stood.order:
            end = Node(node_id=stood.last_node, sequence_id=stood.sequence, released=True, actions=())
            last = Order(
                header_id=0,
                timestamp="1970-01-01T00:00:00.000Z",
                version=vehicle.version,
                manufacturer=vehicle.robot.manufacturer,
                serial_number=vehicle.robot.serial,
                order_id=stood.order,
                order_update_id=stood.update,
                nodes=(end,),
                edges=(),
            )
            vehicle.held = Held(last, end, is_idle=True, was_cancelled=not stood.is_done)

    def keep(self, name: str, vehicle: Vehicle, now_ms: int) -> None:
        """How a truck stands now; to be called before it says so."""
        stands = _standing(vehicle)
        before = self._standings.get(name)
        if stands == before:
            return
        self._standings[name] = stands
        if stands.order and (before is None or stands.order != before.order):
            self._executed.write(Fact(name, "begun", now_ms, stands.order))
        if stands.is_done and (before is None or (stands.order, True) != (before.order, before.is_done)):
            self._executed.write(Fact(name, "arrived", now_ms, stands.order, places=(stands.last_node,)))
        self._last[name] = fact = Fact(name, STOOD, now_ms, stands.order, detail=stands)
        self._poses.write(fact)
        self._written += 1
        if self._written > MOST_FACTS:
            self._poses.keep_only(self._last.values())
            self._written = len(self._last)


def _standing(vehicle: Vehicle) -> Standing:
    pose, last = vehicle.drive.pose, vehicle.held.last if vehicle.held else None
    is_done = (
        last is not None
        and vehicle.is_idle
        and not (vehicle.held and vehicle.held.was_cancelled)
        and vehicle.last_sequence == last.nodes[-1].sequence_id
    )
    return Standing(
        round(pose.x, 3),
        round(pose.y, 3),
        round(pose.theta, 5),
        round(vehicle.charge_wh),
        vehicle.is_charging,
        vehicle.last_node,
        vehicle.last_sequence,
        last.order_id if last else "",
        last.order_update_id if last else 0,
        is_done,
    )
