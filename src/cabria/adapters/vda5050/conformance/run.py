"""The checks on a real wire."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from cabria.adapters.conformance_check import Result
from cabria.adapters.conformance_wire import STEP_S, connected, go_through
from cabria.adapters.mqtt.address import Address
from cabria.adapters.mqtt.link import Link, Outgoing
from cabria.adapters.vda5050.conformance.master_checks import MasterWatch
from cabria.adapters.vda5050.conformance.vehicle_checks import VehicleProbe, vehicle_checks
from cabria.adapters.vda5050.emulation.fleet import FleetSettings, WiredVehicle
from cabria.adapters.vda5050.emulation.kinematics import Pose
from cabria.adapters.vda5050.topics import INTERFACE, RobotId, Topic


async def try_vehicle(
    robot: RobotId,
    address: Address,
    *,
    drive_m: float,
    clock_ms: Callable[[], int],
    interface: str = INTERFACE,
    tell: Callable[[Result], None] = lambda result: None,
) -> list[Result]:
    """All checks of a vehicle; `tell` gets each result when it is there. Raises DataError without a broker."""

    def send(topic: Topic, payload: bytes) -> None:
        link.send(Outgoing(str(topic), payload, topic.name.qos, topic.name.is_retained))

    probe = VehicleProbe(robot, interface, send, clock_ms)
    link = Link(
        address, f"conformance-{clock_ms()}", probe.receive, subscriptions=[(name, 1) for name in probe.subscriptions]
    )
    return await go_through(vehicle_checks(probe, drive_m), link, address, clock_ms=clock_ms, tell=tell)


async def watch_master(
    robot: RobotId,
    address: Address,
    pose: Pose,
    settings: FleetSettings,
    *,
    seconds: float,
    clock_ms: Callable[[], int],
) -> list[Result]:
    """Be a truck for so long, and say how it was led. Raises DataError without a broker."""
    began_ms = clock_ms()
    wired = WiredVehicle(robot, pose, address, settings, clock_ms)
    watch = MasterWatch(wired.vehicle, until_ms=began_ms + round(1_000 * seconds), from_ms=began_ms)
    wired.listen(watch.hear)
    wired.start()
    try:
        await connected(wired.link, address)
        while not watch.is_over:
            await asyncio.sleep(STEP_S)
            watch.advance(clock_ms())
        return watch.results()
    finally:
        await wired.stop()
