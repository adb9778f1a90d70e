"""The gateway of trucks over the wire: trips on shared lanes, leased in order, with emulated vehicles on them."""

from __future__ import annotations

from collections.abc import Callable
from random import Random
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.adapters.vda5050.published import breaches
from tests.adapters.vda5050.world_in_memory import START_MS

from cabria.adapters.vda5050.control import events as e
from cabria.adapters.vda5050.emulation.kinematics import Pose
from cabria.adapters.vda5050.emulation.vehicle import Vehicle
from cabria.adapters.vda5050.ground import MAP, pose_on, zone_set_of
from cabria.adapters.vda5050.parts import Message
from cabria.adapters.vda5050.state import ErrorLevel, OperatingMode
from cabria.adapters.vda5050.topics import RobotId, Topic
from cabria.adapters.vda5050.trucks import VdaTrucks
from cabria.adapters.vda5050.wire import encode, topic_of
from cabria.domain.machines import TruckModel
from cabria.domain.run_events import JobDone, MachineResumed, MachineStopped, RunEvent
from cabria.domain.stands import StandKind
from cabria.experiments.layouts import small_layout
from cabria.planning.dispatch.traffic.lane_book import LaneBook
from cabria.planning.dispatch.traffic.lanes import Lanes

LAYOUT = small_layout()
LANES = Lanes.of_layout(LAYOUT, TruckModel())
NUMBER = {segment.id: number for number, segment in enumerate(LAYOUT.segments)}
STANDS = [NUMBER[stand.id] for kind in (StandKind.YARD, StandKind.QUAY) for stand in LAYOUT.stands_of(kind)]


class Ground:
    """Trucks on parking stands; `now_ms` is the terminal's clock."""

    def __init__(self, trucks: int, loss: float = 0.0, seed: int = 0) -> None:
        self.now_ms, self.reports, self.told = 0, list[RunEvent](), list[e.FleetEvent]()
        self._chance, self._loss = Random(seed), loss
        self.book = LaneBook(LANES)
        names = [f"T{number + 1:02}" for number in range(trucks)]
        self.gateway = VdaTrucks(
            LAYOUT,
            self.book,
            self,
            self.reports.append,
            self._to_vehicle,
            robots={name: RobotId("ACME", name) for name in names},
            numbers=lambda name: int(name[1:]),
            utc_ms=lambda: START_MS + self.now_ms,
            tell=self.told.append,
        )
        self._wire: list[tuple[Topic, bytes]] = []
        self.vehicles: dict[str, Vehicle] = {}
        for name, stand in zip(names, LAYOUT.stands_of(StandKind.PARKING), strict=False):
            self.book.put(int(name[1:]), NUMBER[stand.id], 0)
            place = Pose(*pose_on(LAYOUT, stand.id))
            self.vehicles[name] = Vehicle(RobotId("ACME", name), place, self._say, map_id=MAP)
        for vehicle in self.vehicles.values():
            vehicle.come_online(START_MS)
        self.run(3_000)

    def after(self, delay_ms: int, handler: Callable[[Any], int | None], argument: Any = None) -> int:
        raise NotImplementedError

    def run(self, for_ms: int, watch: Callable[[], None] = lambda: None) -> None:
        for _ in range(for_ms // 200):
            self.now_ms += 200
            for vehicle in self.vehicles.values():
                vehicle.advance(START_MS + self.now_ms)
            while self._wire:
                topic, payload = self._wire.pop(0)
                if topic.name in ("order", "instantActions", "zoneSet", "responses"):
                    self.vehicles[topic.serial].hear(topic.name, payload, START_MS + self.now_ms)
                else:
                    self.gateway.receive(str(topic), payload)
            self.gateway.tick()
            watch()

    def send(self, name: str, stand: int) -> str:
        """Book a trip and drive it; "" when the stand is not to be had."""
        passage = self.book.drive(int(name[1:]), stand, self.now_ms)
        if passage is None:
            return ""
        job = f"{name}/{stand}/{self.now_ms}"
        self.gateway.drive(name, job, passage, passage[-1].enter_ms, 0)
        return job

    def of(self, kind: type[Any]) -> list[Any]:
        return [report for report in self.reports if isinstance(report, kind)]

    def _say(self, message: Message) -> None:
        self._put(topic_of(message, "vda5050"), encode(message))

    def _to_vehicle(self, topic: Topic, payload: bytes) -> None:
        assert breaches(topic.name, payload) == []
        self._put(topic, payload)

    def _put(self, topic: Topic, payload: bytes) -> None:
        if topic.name == "connection" or self._chance.random() >= self._loss:
            self._wire.append((topic, payload))


def test_a_trip_ends_with_the_truck_on_its_stand_and_the_job_done() -> None:
    ground = Ground(1)
    job = ground.send("T01", STANDS[0])
    ground.run(240_000)
    assert [report.job for report in ground.of(JobDone)] == [job]
    x, y, _ = pose_on(LAYOUT, LAYOUT.segments[STANDS[0]].id)
    assert ground.vehicles["T01"].drive.pose[:2] == pytest.approx((x, y), abs=0.05)
    assert ground.of(MachineStopped) == []


def test_a_stand_under_a_crane_is_entered_with_a_lease_of_its_zone_and_given_back() -> None:
    ground = Ground(1)
    quay = NUMBER[LAYOUT.stands_of(StandKind.QUAY)[3].id]
    ground.send("T01", quay)
    ground.run(240_000)
    zone = LAYOUT.segments[quay].id
    assert e.ZoneGranted(RobotId("ACME", "T01"), zone) in ground.told
    assert ground.gateway.control.zones.holder(zone) == RobotId("ACME", "T01")
    ground.send("T01", NUMBER[LAYOUT.stands_of(StandKind.PARKING)[0].id])
    ground.run(120_000)
    assert ground.gateway.control.zones.holder(zone) is None


@settings(max_examples=2)
@given(seed=st.integers(0, 1_000), loss=st.sampled_from([0.0, 0.2]))
def test_trucks_on_shared_lanes_all_arrive_and_no_two_have_one_segment(seed: int, loss: float) -> None:
    ground, chance = Ground(4, loss, seed), Random(seed)
    jobs = [job for name in ground.vehicles if (job := ground.send(name, chance.choice(STANDS)))]

    def nobody_shares() -> None:
        owners: dict[int, str] = {}
        for name, trip in ground.gateway._leases._trips.items():
            for number in range(trip.left, trip.leased):
                for resource in ground.gateway._leases._resources(trip, number):
                    assert owners.setdefault(resource, name) == name

    for _ in range(24):
        ground.run(15_000, nobody_shares)
        if len(ground.of(JobDone)) == len(jobs):
            break
    assert sorted(report.job for report in ground.of(JobDone)) == sorted(jobs)


def test_a_truck_that_a_person_moved_goes_on_with_the_rest_of_its_trip() -> None:
    ground = Ground(1)
    job = ground.send("T01", STANDS[0])
    ground.run(20_000)
    vehicle = ground.vehicles["T01"]
    vehicle.enter_mode(OperatingMode.MANUAL)
    ground.run(10_000)
    assert [report.cause for report in ground.of(MachineStopped)] == ["operating mode MANUAL"]
    vehicle.enter_mode(OperatingMode.AUTOMATIC)
    ground.run(240_000)
    assert len(ground.of(MachineResumed)) == 1
    assert [report.job for report in ground.of(JobDone)] == [job]


def test_a_truck_that_breaks_down_is_out_of_service_until_it_is_mended() -> None:
    ground = Ground(1)
    job = ground.send("T01", STANDS[0])
    ground.run(15_000)
    ground.vehicles["T01"].raise_error("breakdown", "", ErrorLevel.FATAL)
    ground.run(60_000)
    assert [report.cause for report in ground.of(MachineStopped)] == ["error breakdown"]
    ground.vehicles["T01"].errors.clear()
    ground.run(240_000)
    assert [report.job for report in ground.of(JobDone)] == [job]


def test_every_stand_under_a_crane_has_a_zone_that_runs_counter_clockwise() -> None:
    zones = zone_set_of(LAYOUT).zones
    assert {zone.zone_id for zone in zones} == {LAYOUT.segments[number].id for number in STANDS}
    for zone in zones:
        corners = [(vertex.x, vertex.y) for vertex in zone.vertices]
        pairs = zip(corners, (*corners[1:], corners[0]), strict=True)
        assert sum(ax * by - bx * ay for (ax, ay), (bx, by) in pairs) > 0
