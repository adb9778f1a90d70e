"""Emulated trucks: they move as the twin's do, and go wrong on demand."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.adapters.vda5050.world_in_memory import START_MS, World, straight

from cabria.adapters.faults_on_demand import Fault, faults_of
from cabria.adapters.machine_memory import Memory
from cabria.adapters.vda5050.control import events as e
from cabria.adapters.vda5050.emulation.faults import Faults
from cabria.adapters.vda5050.emulation.kinematics import Drive, Pose, leg_along
from cabria.adapters.vda5050.emulation.remembering import TruckMemory
from cabria.adapters.vda5050.emulation.vehicle import Vehicle
from cabria.adapters.vda5050.parts import Message
from cabria.adapters.vda5050.topics import RobotId
from cabria.adapters.vda5050.wire import encode, topic_of
from cabria.domain.machines import TruckModel

AXIS = TruckModel().drive


@settings(max_examples=25)
@given(metres=st.lists(st.floats(1, 200), min_size=1, max_size=6), step_ms=st.sampled_from([50, 100, 200]))
def test_a_drive_from_rest_to_rest_takes_as_long_as_the_twin_says(metres: list[float], step_ms: int) -> None:
    drive = Drive(Pose(0, 0, 0), AXIS)
    at = 0.0
    for length in metres:
        drive.legs.append(leg_along([(at, 0), (at + length, 0)], None, 9.0))
        at += length
    passed = took_ms = 0
    while passed < len(metres):
        before = drive.speed_m_per_s
        passed += drive.advance(step_ms / 1_000, at - drive.driven_m)
        took_ms += step_ms
        assert drive.speed_m_per_s <= AXIS.speed_mm_per_s / 1_000
        assert drive.speed_m_per_s - before <= AXIS.acceleration_mm_per_s2 / 1_000 * step_ms / 1_000 + 0.051
    assert drive.driven_m == pytest.approx(at, abs=0.01)
    assert took_ms == pytest.approx(AXIS.travel_ms(round(1_000 * at)), rel=0.08, abs=3_000)


def test_slower_lanes_are_entered_slowly() -> None:
    drive = Drive(Pose(0, 0, 0), AXIS)
    drive.legs.append(leg_along([(0, 0), (200, 0)], None, 7.0))
    drive.legs.append(leg_along([(200, 0), (250, 0)], None, 3.0))
    while drive.driven_m < 249:
        drive.advance(0.1, 250 - drive.driven_m)
        assert drive.driven_m < 200.5 or drive.speed_m_per_s < 3.2


def test_a_leg_that_bends_is_followed_and_as_long_as_it_is_said_to_be() -> None:
    leg = leg_along([(0, 0), (10, 0), (10, 10)], 25.0, 3.0)
    assert leg.length_m == 25.0
    assert leg.pose(12.5)[:2] == pytest.approx((10, 0))
    assert leg.pose(25.0)[:2] == pytest.approx((10, 10))
    assert leg.pose(20.0).theta == pytest.approx(1.5708, abs=1e-3)


@pytest.mark.parametrize("kinds", [(fault,) for fault in Fault] + [tuple(Fault)], ids=[*Fault, "all at once"])
def test_whatever_goes_wrong_with_a_truck_no_order_is_driven_twice(kinds: tuple[Fault, ...]) -> None:
    world = World()
    faults = Faults(faults_of(",".join(kinds)), "7", lambda: None)

    def say(message: Message) -> None:
        faults.pass_on(message, lambda kept: world._put(topic_of(kept, "vda5050"), encode(kept)))

    world.vehicle._say = say
    given_orders, was_done = 0, 0
    for _ in range(80):
        faults.advance(world.vehicle, world.now_ms, 1_000)
        robot = world.control.robots[world.robot]
        if robot.order is None and not robot.stop:
            x = world.vehicle.drive.pose.x
            given_orders += 1
            world.control.give(world.robot, f"o{given_orders}", *straight([x, x + 20]), released=2)
        world.run(1_000)
        was_done = len(world.of(e.OrderDone))
    done = [event.order for event in world.of(e.OrderDone)]
    assert len(done) == len(set(done))
    assert world.vehicle.drive.driven_m <= 20.0 * given_orders + 0.1
    if Fault.BATTERY not in kinds:
        assert was_done >= 3
    if Fault.WRONG_STATE in kinds:
        assert world.of(e.Nonsense) != []


def test_the_same_seed_has_the_same_faults() -> None:
    states: list[Message] = []
    world = World()
    world.vehicle._say = states.append
    world.run(100_000)

    def told(seed: str) -> list[bytes]:
        kept: list[bytes] = []
        faults = Faults(faults_of("duplicates,reordering,wrong-state"), seed, lambda: None)
        for state in states:
            faults.pass_on(state, lambda passed: kept.append(encode(passed)))
        return kept

    assert told("1") == told("1")
    assert told("1") != told("2")


def test_a_truck_whose_clock_jumps_does_not_drive_for_a_year() -> None:
    world = World()
    world.control.give(world.robot, "o1", *straight([0, 400]), released=2)
    world.run(2_000)
    world.vehicle.advance(START_MS + 10**12)
    assert world.vehicle.drive.driven_m < 100


def test_a_truck_that_was_killed_stands_where_it_said_it_stood(tmp_path: Path) -> None:
    before = RememberedWorld(tmp_path)
    before.control.give(before.robot, "o1", *straight([0, 100, 200]), released=2)
    before.run(8_000)
    said = before.control.robots[before.robot].state
    assert said is not None
    assert said.mobile_robot_position is not None
    before.close()
    after = RememberedWorld(tmp_path)
    back = after.control.robots[after.robot].state
    assert back is not None
    assert back.mobile_robot_position is not None
    assert abs(back.mobile_robot_position.x - said.mobile_robot_position.x) < 0.01
    assert (back.order_id, back.node_states) == ("o1", ())
    after.close()


def test_what_trucks_began_and_ended_is_written_down_once(tmp_path: Path) -> None:
    for order in ("o1", "o2"):
        world = RememberedWorld(tmp_path)
        x_m = world.vehicle.drive.pose.x
        world.control.give(world.robot, order, *straight([x_m, x_m + 20]), released=2)
        world.run(20_000)
        world.close()
    with closing(Memory(tmp_path / "executed")) as executed:
        told = [(fact.what, fact.job) for fact in executed.facts()]
    assert told == [("begun", "o1"), ("arrived", "o1"), ("begun", "o2"), ("arrived", "o2")]


class RememberedWorld(World):
    """A truck that remembers, in a world that is at rest between two programs."""

    def __init__(self, folder: Path) -> None:
        self._files = [Memory(folder / name) for name in ("poses", "executed")]
        self._memory = TruckMemory(*self._files)
        super().__init__()

    def made(self, vehicle: Vehicle) -> None:
        self._memory.put_back("T01", vehicle)
        vehicle._remember = lambda now_ms: self._memory.keep("T01", vehicle, now_ms)

    def close(self) -> None:
        for file in self._files:
            file.close()


@settings(max_examples=5)
@given(st.sampled_from([50_000, 150_000, 300_000]), st.integers(1, 20))
def test_a_truck_takes_no_more_than_its_charger_gives(charging_w: int, minutes: int) -> None:
    truck = Vehicle(RobotId("ACME", "T1"), Pose(0.0, 0.0, 0.0), lambda message: None, charge=0.2, charging_w=charging_w)
    truck.advance(START_MS)
    before_wh, truck.is_charging = truck.charge_wh, True
    for second in range(1, 60 * minutes + 1):
        truck.advance(START_MS + 1_000 * second)
    taken_wh = truck.charge_wh - before_wh
    assert 0.8 * charging_w * minutes / 60 <= taken_wh <= charging_w * minutes / 60
