"""The conformance kit finds nothing wrong with our truck and our fleet control, and what is wrong with others."""

from __future__ import annotations

from typing import Any

import pytest
from tests.adapters.vda5050.published import breaches
from tests.adapters.vda5050.world_in_memory import START_MS, straight

from cabria.adapters.conformance_check import Going, Outcome, Result, is_conformant
from cabria.adapters.vda5050.conformance.master_checks import MasterWatch
from cabria.adapters.vda5050.conformance.vehicle_checks import VehicleProbe, vehicle_checks
from cabria.adapters.vda5050.control import events as e
from cabria.adapters.vda5050.control.fleet_control import FleetControl
from cabria.adapters.vda5050.emulation.kinematics import Pose
from cabria.adapters.vda5050.emulation.vehicle import Vehicle
from cabria.adapters.vda5050.order import Order
from cabria.adapters.vda5050.parts import Message
from cabria.adapters.vda5050.topics import RobotId, Topic, TopicName
from cabria.adapters.vda5050.wire import encode, topic_of

ROBOT = RobotId("ACME", "T01")


def _tried(kind: type[Vehicle], drive_m: float = 0.0) -> dict[str, Result]:
    """The results of all checks of a vehicle, by title."""
    now_ms = START_MS
    wire: list[tuple[Topic, bytes]] = []

    def say(message: Message) -> None:
        wire.append((topic_of(message, "vda5050"), encode(message)))

    def send(topic: Topic, payload: bytes) -> None:
        if b"malformed" not in payload:
            assert breaches(topic.name, payload) == []
        vehicle.hear(topic.name, payload, now_ms)

    vehicle = kind(ROBOT, Pose(10.0, 20.0, 0.5), say)
    probe = VehicleProbe(ROBOT, "vda5050", send, lambda: now_ms)
    going = Going(vehicle_checks(probe, drive_m))
    vehicle.come_online(now_ms)
    while not going.is_over:
        now_ms += 100
        vehicle.advance(now_ms)
        while wire:
            topic, payload = wire.pop(0)
            probe.receive(str(topic), payload)
        going.advance(now_ms)
    return {result.title: result for result in going.results}


def test_our_emulated_truck_passes_every_check() -> None:
    results = _tried(Vehicle, drive_m=40.0)
    assert {title: result.detail for title, result in results.items() if result.outcome is not Outcome.PASSED} == {}
    assert [result.number for result in results.values()][:2] == ["V01", "V02"]


def test_a_truck_that_may_not_drive_is_not_driven() -> None:
    results = _tried(Vehicle)
    tried = [result for result in results.values() if result.outcome is Outcome.NOT_TRIED]
    assert [result.clause for result in tried] == ["6.1.1", "6.4.3"]
    assert is_conformant(list(results.values()))


class TakesAnything(Vehicle):
    """Every order is a new one."""

    def _take(self, order: Order) -> None:
        self._accept(order, is_new=True)


class CountsByTwo(Vehicle):
    def tell_state(self) -> None:
        self._headers.next(TopicName.STATE, 0)
        super().tell_state()


class NeverCancels(Vehicle):
    def hear(self, name: TopicName, payload: bytes, now_ms: int) -> None:
        if b"cancelOrder" not in payload:
            super().hear(name, payload, now_ms)


@pytest.mark.parametrize(
    ("kind", "title"),
    [
        (TakesAnything, "An order that begins far away is refused"),
        (TakesAnything, "An outdated update is refused"),
        (CountsByTwo, "Numbers of states go up by one"),
        (NeverCancels, "An order can be cancelled; its name is kept"),
    ],
    ids=["takes what is far", "takes what is outdated", "counts by two", "never cancels"],
)
def test_what_is_wrong_with_a_truck_is_found(kind: type[Vehicle], title: str) -> None:
    results = _tried(kind)
    assert results[title].outcome is Outcome.FAILED
    assert not is_conformant(list(results.values()))


def _watched(kind: type[FleetControl], seconds: int = 200) -> dict[str, Result]:
    """A fleet control sends a truck to and fro while it is watched."""
    now_ms, orders = START_MS, 0
    to_truck: list[tuple[Topic, bytes]] = []
    to_control: list[tuple[Topic, bytes]] = []

    def hear(event: e.FleetEvent) -> None: ...

    control = kind(lambda topic, payload: to_truck.append((topic, payload)), lambda: now_ms, hear)

    def say(message: Message) -> None:
        to_control.append((topic_of(message, "vda5050"), encode(message)))

    vehicle = Vehicle(ROBOT, Pose(0.0, 0.0, 0.0), say)
    watch = MasterWatch(vehicle, until_ms=now_ms + 1_000 * seconds, from_ms=now_ms)
    vehicle.come_online(now_ms)
    while not watch.is_over:
        now_ms += 100
        watch.advance(now_ms)
        while to_control:
            topic, payload = to_control.pop(0)
            control.receive(str(topic), payload)
        robot = control.robots[ROBOT]
        if robot.order is None and not robot.stop:
            orders += 1
            x = vehicle.drive.pose.x
            control.give(ROBOT, f"o{orders}", *straight([x, x + 20, x + 40]), released=2)
        elif robot.order is not None and robot.order.passed >= 1:
            control.release(ROBOT, 3)
        control.tick()
        while to_truck:
            watch.hear(*to_truck.pop(0), now_ms)
    return {result.title: result for result in watch.results()}


def test_our_fleet_control_passes_every_check_that_is_tried() -> None:
    results = _watched(FleetControl)
    assert {title: result.detail for title, result in results.items() if result.outcome is Outcome.FAILED} == {}
    assert sum(result.outcome is Outcome.PASSED for result in results.values()) >= 11


class SendsOnce(FleetControl):
    """What is lost is lost."""

    def tick(self) -> None:
        for robot in self.robots.values():
            if robot.order is not None:
                robot.order.sent_ms = self._now_ms()

    def _go_on(self, robot: Any) -> None:
        if robot.order is not None:
            robot.order.sent_ms = self._now_ms()
        super()._go_on(robot)


def test_a_fleet_control_that_never_sends_again_is_found() -> None:
    results = _watched(SendsOnce, seconds=60)
    failed = [title for title, result in results.items() if result.outcome is Outcome.FAILED]
    assert failed == ["An order that no state shows is sent again with the same content"]
