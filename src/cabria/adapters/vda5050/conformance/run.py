"""The checks on a real wire."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from cabria.adapters.mqtt.address import Address
from cabria.adapters.mqtt.link import Link, Outgoing, end
from cabria.adapters.vda5050.conformance.check import Going, Result
from cabria.adapters.vda5050.conformance.master_checks import MasterWatch
from cabria.adapters.vda5050.conformance.vehicle_checks import VehicleProbe, vehicle_checks
from cabria.adapters.vda5050.emulation.fleet import FleetSettings, WiredVehicle
from cabria.adapters.vda5050.emulation.kinematics import Pose
from cabria.adapters.vda5050.topics import INTERFACE, RobotId, Topic
from cabria.domain.errors import DataError

STEP_S = 0.05
CONNECTING_S = 10.0


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
    running = asyncio.create_task(link.run())
    try:
        await _connected(link, address)
        going = Going(vehicle_checks(probe, drive_m))
        told = 0
        while not going.is_over:
            await asyncio.sleep(STEP_S)
            going.advance(clock_ms())
            for result in going.results[told:]:
                tell(result)
            told = len(going.results)
        return going.results
    finally:
        await end(running)


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
        await _connected(wired.link, address)
        while not watch.is_over:
            await asyncio.sleep(STEP_S)
            watch.advance(clock_ms())
        return watch.results()
    finally:
        await wired.stop()


async def _connected(link: Link, address: Address) -> None:
    for _ in range(round(CONNECTING_S / STEP_S)):
        if link.is_connected:
            return
        await asyncio.sleep(STEP_S)
    raise DataError(f"There is no broker at {address}.", remedy="Start one, or name another with --broker.")
