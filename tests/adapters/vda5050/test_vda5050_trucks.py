"""The gateway of trucks over the wire: trips on shared lanes, leased in order, with emulated vehicles on them."""

from __future__ import annotations

from collections.abc import Callable
from random import Random
from typing import Any

import msgspec
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
from cabria.domain.run_events import (
    BatteryRead,
    EnergyUsed,
    JobDone,
    MachineResumed,
    MachineStopped,
    RunEvent,
    TripDriven,
)
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
        stands = dict(zip(names, LAYOUT.stands_of(StandKind.PARKING), strict=False))
        for name, stand in stands.items():
            self.book.put(int(name[1:]), NUMBER[stand.id], 0)
            self.book.tells(int(name[1:]))
        self.gateway = VdaTrucks(
            LAYOUT,
            self.book,
            self,
            self._report,
            self._to_vehicle,
            robots={name: RobotId("ACME", name) for name in names},
            numbers=lambda name: int(name[1:]),
            utc_ms=lambda: START_MS + self.now_ms,
            tell=self.told.append,
        )
        self._wire: list[tuple[Topic, bytes]] = []
        self.vehicles: dict[str, Vehicle] = {}
        for name, stand in stands.items():
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
                    if topic.serial in self.vehicles:
                        self.vehicles[topic.serial].hear(topic.name, payload, START_MS + self.now_ms)
                else:
                    self.gateway.receive(str(topic), payload)
            self.gateway.tick()
            watch()

    def send(self, name: str, stand: int) -> str:
        """Book a trip and drive it; "" when the stand is not to be had."""
        self.book.catch_up(self.now_ms)
        passage = self.book.drive(int(name[1:]), stand, self.now_ms)
        if passage is None:
            return ""
        job = f"{name}/{stand}/{self.now_ms}"
        self.gateway.drive(name, job, passage, passage[-1].enter_ms, 0)
        return job

    def of(self, kind: type[Any]) -> list[Any]:
        return [report for report in self.reports if isinstance(report, kind)]

    def _report(self, event: RunEvent) -> None:
        self.reports.append(event)
        if isinstance(event, TripDriven):
            self.book.drove(int(event.truck[1:]), event.passed + (event.ahead_mm > 0), event.left, self.now_ms)

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


SOC_STEP_WH = TruckModel().battery_wh // 10_000
"""What the last digit of a charge on the wire is worth."""


def test_what_a_truck_takes_in_until_it_hears_that_it_is_unplugged_is_told() -> None:
    ground, truck = Ground(1), "T01"
    (first,) = ground.of(BatteryRead)
    ground.vehicles[truck].charge_wh = 200_000
    ground.gateway.charge(truck, "T01/charge")
    ground.run(60_000)
    assert ground.vehicles[truck].is_charging
    ground.gateway.unplug(truck)
    assert [done.job for done in ground.of(JobDone)] == ["T01/charge"]
    ground.run(40_000)
    assert not ground.vehicles[truck].is_charging
    last = ground.of(BatteryRead)[-1]
    assert last.wh == pytest.approx(ground.vehicles[truck].charge_wh, abs=2 * SOC_STEP_WH)
    assert sum(used.wh for used in ground.of(EnergyUsed)) == first.wh - last.wh


def test_what_a_truck_took_in_while_nobody_led_it_is_told_once_when_it_is_heard_again() -> None:
    ground = Ground(1)
    (first,) = ground.of(BatteryRead)
    ground.gateway.held("T01", first.wh - 5_000)
    ground.run(80_000)
    (used,) = ground.of(EnergyUsed)
    assert used.wh == pytest.approx(-5_000, abs=4 * SOC_STEP_WH)
    assert [read.wh for read in ground.of(BatteryRead)] == [first.wh, first.wh - 5_000 - used.wh]


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


def test_a_truck_whose_leave_ran_out_under_a_crane_while_nobody_answered_is_given_it_again() -> None:
    ground = Ground(1)
    ground.send("T01", NUMBER[LAYOUT.stands_of(StandKind.QUAY)[3].id])
    ground.run(240_000)
    vehicle = ground.vehicles["T01"]
    for _ in range(200):
        ground.now_ms += 200
        vehicle.advance(START_MS + ground.now_ms)
    ground._wire.clear()
    assert [error.error_type for error in vehicle.zones.errors] == ["RELEASE_LOST"]
    ground.run(5_000)
    assert list(vehicle.zones.errors) == []


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


@settings(max_examples=4)
@given(st.permutations(range(1, 7)), st.integers(0, len(STANDS) - 6))
def test_trips_booked_at_one_time_and_told_in_any_order_all_end(order: list[int], first: int) -> None:
    ground = Ground(6)
    passages = [ground.book.drive(number, STANDS[first + number - 1], ground.now_ms) for number in range(1, 7)]
    for number in order:
        passage = passages[number - 1]
        if passage is not None:
            ground.gateway.drive(f"T{number:02}", f"job {number}", passage, passage[-1].enter_ms, 0)
    jobs = {f"job {number}" for number, passage in enumerate(passages, 1) if passage is not None}
    for _ in range(40):
        ground.run(15_000)
        if len(ground.of(JobDone)) == len(jobs):
            break
    assert {done.job for done in ground.of(JobDone)} == jobs


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


def test_a_dead_truck_that_was_towed_is_told_where_it_stands_and_its_way_is_free_for_others() -> None:
    ground = Ground(2)
    ground.send("T01", STANDS[0])
    ground.run(20_000)
    dead = ground.vehicles.pop("T01")
    assert not ground.send("T02", STANDS[0]), "the stand is the dead truck's"
    resting = NUMBER[LAYOUT.stands_of(StandKind.PARKING)[2].id]
    ground.book.carried(1, resting, ground.now_ms)
    ground.gateway.tow("T01", resting)
    job = ground.send("T02", STANDS[0])
    for _ in range(20):
        ground.run(15_000)
    assert [done.job for done in ground.of(JobDone)] == [job]
    ground.vehicles["T01"] = dead
    ground.run(60_000)
    x, y, _ = pose_on(LAYOUT, LAYOUT.segments[resting].id)
    assert dead.drive.pose[:2] == pytest.approx((x, y), abs=0.05)
    assert dead.is_idle
    onward = ground.send("T01", STANDS[1])
    ground.run(300_000)
    assert [done.job for done in ground.of(JobDone)] == [job, onward]


def test_a_truck_that_a_person_takes_out_stops_where_it_is_and_goes_on_when_it_is_put_back() -> None:
    ground = Ground(1)
    job = ground.send("T01", STANDS[0])
    ground.run(20_000)
    ground.gateway.halt("T01")
    ground.run(20_000)
    vehicle = ground.vehicles["T01"]
    stood = vehicle.drive.pose
    vehicle.is_paused = False  # as one that begins anew
    ground.run(60_000)
    assert vehicle.drive.pose[:2] == pytest.approx(stood[:2], abs=1.0)
    assert vehicle.is_paused
    vehicle.raise_error("breakdown", "", ErrorLevel.FATAL)
    ground.gateway.go_on("T01")
    ground.run(5_000)
    assert [report.cause for report in ground.of(MachineStopped)] == ["error breakdown"]
    vehicle.errors.clear()
    ground.run(240_000)
    assert [report.job for report in ground.of(JobDone)] == [job]
    assert len(ground.of(MachineResumed)) == 1


def test_a_way_that_is_changed_behind_what_is_leased_is_driven() -> None:
    ground = Ground(1)
    here = ground.book.passages[1][-1].segment
    *others, first = sorted(STANDS, key=lambda stand: ground.book.least_ms(here, stand) or 0)
    job = ground.send("T01", first)
    ground.run(10_000)
    leased = ground.book.progress[1].leased
    before = ground.book.passages[1]
    found = ((stand, ground.book.redirect(1, stand, ground.now_ms)) for stand in others)
    stand, after = next((stand, way) for stand, way in found if way is not None)
    assert after is not None
    assert [w.segment for w in after[:leased]] == [w.segment for w in before[:leased]]
    ground.run(5_000)
    assert ground.book.progress[1].leased == leased, "nothing is leased of a way that the truck was not told"
    ground.gateway.delay("T01", after, after[-1].enter_ms)
    ground.run(300_000)
    assert [report.job for report in ground.of(JobDone)] == [job]
    x, y, _ = pose_on(LAYOUT, LAYOUT.segments[stand].id)
    assert ground.vehicles["T01"].drive.pose[:2] == pytest.approx((x, y), abs=0.05)


def test_of_a_way_that_changed_before_its_truck_was_told_the_first_nothing_is_leased_until_it_is_told() -> None:
    ground = Ground(1)
    here = ground.book.passages[1][-1].segment
    *others, first = sorted(STANDS, key=lambda stand: ground.book.least_ms(here, stand) or 0)
    before = ground.book.drive(1, first, ground.now_ms)
    assert before is not None
    found = ((stand, ground.book.redirect(1, stand, ground.now_ms)) for stand in others)
    stand, after = next((stand, way) for stand, way in found if way is not None)
    assert after is not None
    ground.gateway.drive("T01", "job", before, before[-1].enter_ms, 0)
    ground.run(20_000)
    assert ground.book.progress[1].leased == 1
    ground.gateway.delay("T01", after, after[-1].enter_ms)
    ground.run(300_000)
    assert [report.job for report in ground.of(JobDone)] == ["job"]
    x, y, _ = pose_on(LAYOUT, LAYOUT.segments[stand].id)
    assert ground.vehicles["T01"].drive.pose[:2] == pytest.approx((x, y), abs=0.05)


def test_a_truck_behind_one_that_stands_still_is_said_to_wait_for_it() -> None:
    ground = Ground(2)
    ground.send("T01", STANDS[0])
    ground.run(15_000)
    ground.vehicles["T01"].raise_error("breakdown", "", ErrorLevel.FATAL)
    ground.send("T02", STANDS[0] if ground.book.owner(STANDS[0]) is None else STANDS[1])
    ground.run(120_000)
    since_ms, before = ground.gateway.waits()["T02"]
    assert before == ("T01",)
    assert since_ms < ground.now_ms - 30_000


def test_every_stand_under_a_crane_has_a_zone_that_runs_counter_clockwise() -> None:
    zones = zone_set_of(LAYOUT).zones
    assert {zone.zone_id for zone in zones} == {LAYOUT.segments[number].id for number in STANDS}
    for zone in zones:
        corners = [(vertex.x, vertex.y) for vertex in zone.vertices]
        pairs = zip(corners, (*corners[1:], corners[0]), strict=True)
        assert sum(ax * by - bx * ay for (ax, ay), (bx, by) in pairs) > 0


def test_vehicles_of_no_truck_of_the_terminal_are_not_listened_to() -> None:
    ground = Ground(1)
    ground.gateway.receive("vda5050/v3/ACME/STRANGER/state", b"{}")
    message = ground.vehicles["T01"].last_will(START_MS + ground.now_ms)
    stranger = encode(msgspec.structs.replace(message, serial_number="STRANGER"))
    ground.gateway.receive("vda5050/v3/ACME/STRANGER/connection", stranger)
    assert "not of this fleet" in [told.reason for told in ground.told if isinstance(told, e.MessageRefused)][-1]
    assert [robot.serial for robot in ground.gateway.control.robots] == ["T01"]
