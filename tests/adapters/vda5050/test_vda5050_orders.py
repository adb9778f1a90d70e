"""Fleet control and vehicles together: orders in base and horizon, over a wire that may lose any message."""

from __future__ import annotations

import json
from random import Random

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.adapters.vda5050.world_in_memory import World, action, straight, way

from cabria.adapters.vda5050.control import events as e
from cabria.adapters.vda5050.state import ErrorLevel, OperatingMode
from cabria.adapters.vda5050.topics import Topic, TopicName
from cabria.adapters.vda5050.wire import encode

VERSIONS = ["3.0.0", "2.1.0"]


@pytest.mark.parametrize("version", VERSIONS)
def test_an_order_released_at_once_is_driven_to_its_end(version: str) -> None:
    world = World(version=version)
    nodes, edges = straight([0, 50, 100])
    world.control.give(world.robot, "o1", nodes, edges, released=3)
    world.run(60_000)
    assert world.of(e.OrderDone) == [e.OrderDone(world.robot, "o1")]
    assert [event.number for event in world.of(e.NodePassed)] == [1, 2]
    assert world.vehicle.drive.pose.x == pytest.approx(100, abs=0.01)
    assert len(world.of(e.OrderAcknowledged)) == 1


@pytest.mark.parametrize("version", VERSIONS)
def test_a_vehicle_waits_at_the_end_of_its_base_until_more_is_released(version: str) -> None:
    world = World(version=version)
    nodes, edges = straight([0, 50, 100, 150])
    world.control.give(world.robot, "o1", nodes, edges, released=2)
    world.run(60_000)
    assert world.vehicle.drive.pose.x == pytest.approx(50, abs=0.01)
    assert world.of(e.OrderDone) == []
    world.control.release(world.robot, 3)
    world.run(1_000)
    world.control.release(world.robot, 4)
    world.run(60_000)
    assert world.of(e.OrderDone) == [e.OrderDone(world.robot, "o1")]
    assert [event.update for event in world.of(e.OrderAcknowledged)] == [0, 1, 2]


def test_an_update_begins_with_the_last_node_of_the_base_and_nothing_released_is_sent_again() -> None:
    world = World()
    nodes, edges = straight([0, 50, 100, 150])
    world.control.give(world.robot, "o1", nodes, edges, released=2)
    world.run(2_000)
    world.control.release(world.robot, 4)
    world.run(2_000)
    orders = [json.loads(payload) for topic, payload in world.sent if topic.name is TopicName.ORDER]
    assert [[n["sequenceId"] for n in order["nodes"]] for order in orders] == [[0, 2, 4, 6], [2, 4, 6]]
    assert [[n["released"] for n in order["nodes"]] for order in orders] == [[True, True, False, False], [True] * 3]
    assert [order["headerId"] for order in orders] == [0, 1]


def test_a_truck_that_gets_more_base_in_time_does_not_slow_down() -> None:
    world = World()
    nodes, edges = straight(list(range(0, 1000, 50)))
    world.control.give(world.robot, "o1", nodes, edges, released=4)
    slowest = 9.0
    for released in range(5, 15):
        world.control.release(world.robot, released)
        world.run(7_000)
        if released > 8:
            slowest = min(slowest, world.vehicle.drive.speed_m_per_s)
    assert slowest == pytest.approx(7.0)


def test_the_horizon_may_become_another_way() -> None:
    world = World()
    nodes, edges = straight([0, 50, 100])
    world.control.give(world.robot, "o1", nodes, edges, released=2)
    world.run(3_000)
    there, along = way([(50, 0), (50, 30), (50, 60)], first="m")
    world.control.reroute(world.robot, there[1:], along)
    world.run(2_000)
    assert [node.node_id for node in world.vehicle.nodes] == ["n1", "m1", "m2"]
    world.control.release(world.robot, 4)
    world.run(60_000)
    assert world.of(e.OrderDone) != []
    assert world.vehicle.drive.pose.y == pytest.approx(60, abs=0.01)


@settings(max_examples=8)
@given(seed=st.integers(0, 10_000), loss=st.sampled_from([0.1, 0.3, 0.5]))
def test_however_many_messages_are_lost_every_order_is_driven_once(seed: int, loss: float) -> None:
    chance = Random(seed)
    world = World(loses=lambda topic, count: topic.name is not TopicName.CONNECTION and chance.random() < loss)
    world.run(5_000)
    nodes, edges = straight([0, 30, 60, 90, 120])
    world.control.give(world.robot, "o1", nodes, edges, released=2)
    for released in (3, 4, 5):
        world.control.release(world.robot, released)
        world.run(3_000)
    world.run(90_000)
    assert world.of(e.OrderDone) == [e.OrderDone(world.robot, "o1")]
    assert [event.number for event in world.of(e.NodePassed)] == [1, 2, 3, 4]
    assert world.vehicle.drive.driven_m == pytest.approx(120, abs=0.1)
    assert world.of(e.OrderRefused) == []


@settings(max_examples=4)
@given(seed=st.integers(0, 10_000))
def test_messages_that_come_twice_or_out_of_order_change_nothing(seed: int) -> None:
    world, chance = World(), Random(seed)
    nodes, edges = straight([0, 50, 100])
    world.control.give(world.robot, "o1", nodes, edges, released=3)
    for _ in range(60):
        world.run(1_000)
        late = [(topic, payload) for topic, payload in world.sent[-20:] if topic.name is TopicName.STATE]
        for topic, payload in chance.sample(late, min(3, len(late))):
            world.control.receive(str(topic), payload)
    assert world.of(e.OrderDone) == [e.OrderDone(world.robot, "o1")]
    assert [event.number for event in world.of(e.NodePassed)] == [1, 2]
    assert world.of(e.Nonsense) == []


@pytest.mark.parametrize("version", VERSIONS)
def test_a_cancelled_order_ends_where_the_truck_can_stop_and_another_may_begin_there(version: str) -> None:
    world = World(version=version)
    nodes, edges = straight([0, 100, 200])
    world.control.give(world.robot, "o1", nodes, edges, released=3)
    world.run(8_000)
    world.control.cancel(world.robot)
    world.run(20_000)
    stopped_m = world.vehicle.drive.pose.x
    assert 0 < stopped_m < 100
    assert world.of(e.OrderCancelled) == [e.OrderCancelled(world.robot, "o1", 0)]
    assert [(end.action_type, end.is_done) for end in world.of(e.ActionEnded)] == [("cancelOrder", True)]
    world.control.give(world.robot, "o2", *straight([stopped_m, 150]), released=2)
    world.run(40_000)
    assert world.of(e.OrderDone) == [e.OrderDone(world.robot, "o2")]


def test_cancelling_what_was_never_taken_ends_it_too() -> None:
    world = World(loses=lambda topic, count: topic.name is TopicName.ORDER)
    world.control.give(world.robot, "o1", *straight([0, 50]), released=2)
    world.run(7_000)
    assert [event.times for event in world.of(e.OrderUnanswered)] == [5]
    world.control.cancel(world.robot)
    world.run(3_000)
    assert world.of(e.OrderCancelled) == [e.OrderCancelled(world.robot, "o1", 0)]


def test_an_order_that_is_refused_is_told_with_the_vehicles_reason_and_not_sent_again() -> None:
    world = World()
    world.control.give(world.robot, "o1", *straight([500, 600]), released=2)
    world.run(5_000)
    assert [(event.error_type, event.update) for event in world.of(e.OrderRefused)] == [("START_NODE_OUT_OF_RANGE", 0)]
    assert sum(topic.name is TopicName.ORDER for topic, _ in world.sent) == 1
    world.control.forget(world.robot)
    world.control.give(world.robot, "o2", *straight([0, 30]), released=2)
    world.run(30_000)
    assert world.of(e.OrderDone) == [e.OrderDone(world.robot, "o2")]


def test_actions_on_nodes_hold_the_truck_until_they_are_over() -> None:
    world = World()
    nodes, edges = straight([0, 50, 100])
    nodes[1] = msgspec.structs.replace(nodes[1], actions=(action("pick"),))
    nodes[2] = msgspec.structs.replace(nodes[2], actions=(action("waitForTrigger", "a2"),))
    world.control.give(world.robot, "o1", nodes, edges, released=3)
    world.run(25_000)
    assert world.vehicle.drive.pose.x == pytest.approx(50, abs=0.01)
    world.run(60_000)
    assert world.vehicle.drive.pose.x == pytest.approx(100, abs=0.01)
    assert world.of(e.OrderDone) == []
    assert len(world.vehicle.loads) == 1
    world.control.act(world.robot, "trigger")
    world.run(2_000)
    assert world.of(e.OrderDone) == [e.OrderDone(world.robot, "o1")]


def test_a_truck_in_a_persons_hands_has_lost_its_order_and_takes_another_afterwards() -> None:
    world = World()
    world.control.give(world.robot, "o1", *straight([0, 50, 100, 150]), released=4)
    world.run(15_000)
    world.vehicle.enter_mode(OperatingMode.MANUAL)
    world.run(1_000)
    assert [event.number for event in world.of(e.OrderLost)] == [1]
    assert world.of(e.RobotStopped)[-1].cause == "operating mode MANUAL"
    world.control.give(world.robot, "o2", *straight([world.vehicle.drive.pose.x, 150]), released=2)
    world.run(5_000)
    assert world.vehicle.is_idle
    world.vehicle.enter_mode(OperatingMode.AUTOMATIC)
    world.run(40_000)
    assert world.of(e.OrderDone) == [e.OrderDone(world.robot, "o2")]
    assert isinstance(world.of(e.RobotResumed)[-1], e.RobotResumed)


def test_errors_of_a_vehicle_are_told_once_and_told_when_they_are_gone() -> None:
    world = World()
    world.control.give(world.robot, "o1", *straight([0, 100]), released=2)
    world.run(3_000)
    world.vehicle.raise_error("motorTooHot", "85 degrees", ErrorLevel.CRITICAL)
    world.run(20_000)
    assert world.of(e.ErrorRaised) == [e.ErrorRaised(world.robot, "motorTooHot", ErrorLevel.CRITICAL, "85 degrees")]
    assert world.vehicle.drive.speed_m_per_s == 0
    assert world.of(e.RobotStopped)[-1].cause == "error motorTooHot"
    world.vehicle.errors.clear()
    world.run(60_000)
    assert world.of(e.ErrorCleared) == [e.ErrorCleared(world.robot, "motorTooHot")]
    assert world.of(e.OrderDone) == [e.OrderDone(world.robot, "o1")]


def test_a_broken_connection_stops_the_master_not_the_base() -> None:
    world = World()
    world.control.give(world.robot, "o1", *straight([0, 50, 100]), released=2)
    world.run(2_000)
    will = world.vehicle.last_will(world.now_ms)
    world.control.receive("vda5050/v3/ACME/T01/connection", encode(will))
    assert world.of(e.RobotStopped)[-1].cause == "connection connection_broken"
    world.control.release(world.robot, 3)
    sent = len(world.sent)
    for _ in range(300):
        world.now_ms += 100
        world.vehicle.advance(world.now_ms)
    assert world.vehicle.drive.pose.x == pytest.approx(50, abs=0.01)
    assert all(topic.name is TopicName.STATE for topic, _ in world.sent[sent:])
    world.vehicle.come_online(world.now_ms)
    world.run(30_000)
    assert world.of(e.OrderDone) == [e.OrderDone(world.robot, "o1")]


def _state(world: World) -> dict[str, object]:
    return json.loads(next(p for t, p in reversed(world.sent) if t.name is TopicName.STATE))


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"timestamp": "1999-01-01T00:00:00.000Z"}, "clock"),
        ({"mobileRobotPosition": {"x": 9e9, "y": 0, "theta": 0, "mapId": "m", "localized": True}}, "outside the map"),
        ({"lastNodeId": "nowhere", "lastNodeSequenceId": 2}, "not on its order"),
        ({"lastNodeSequenceId": 998}, "not on its order"),
        ({"lastNodeId": "", "lastNodeSequenceId": 998}, "not on its order"),
        ({"orderUpdateId": 77}, "never sent"),
        ({"velocity": {"vx": 1e308}}, "it drives at 1e+308 m/s"),
        ({"distanceSinceLastNode": -1e308}, "behind its last node"),
    ],
    ids=[
        "time in the past",
        "outside the map",
        "unknown node",
        "beyond its order",
        "beyond its order, at no node",
        "update from the future",
        "faster than anything",
        "on no edge there is",
    ],
)
def test_what_keeps_to_the_schema_and_cannot_be_true_is_told_and_harmless(change: dict[str, object], says: str) -> None:
    world = World()
    world.control.give(world.robot, "o1", *straight([0, 50, 100]), released=3)
    world.run(2_000)
    false = _state(world) | change | {"headerId": 100_000}
    world.control.receive("vda5050/v3/ACME/T01/state", json.dumps(false).encode())
    assert [says in event.reason for event in world.of(e.Nonsense)] == [True]
    world.run(40_000)
    assert world.of(e.OrderDone) == [e.OrderDone(world.robot, "o1")]
    assert [event.cause for event in world.of(e.RobotStopped)] == []


def test_a_vehicle_whose_clock_stands_still_is_told_once_however_far_it_falls_behind() -> None:
    world = World()
    stood = _state(world)
    for number in range(1, 6):
        world.now_ms += 61_000
        world.control.receive("vda5050/v3/ACME/T01/state", json.dumps(stood | {"headerId": 100 * number}).encode())
    assert [event.reason for event in world.of(e.Nonsense)] == ["its clock is 61 s off"]
    world.run(2_000)
    world.control.receive("vda5050/v3/ACME/T01/state", json.dumps(stood | {"headerId": 1_000}).encode())
    assert len(world.of(e.Nonsense)) == 2, "it made sense in between"


def test_an_order_that_nobody_gave_is_told_and_cancelled() -> None:
    world = World()
    other = World()
    other.control.give(other.robot, "foreign", *straight([0, 400]), released=2)
    other.run(500)
    payload = next(payload for topic, payload in other.sent if topic.name is TopicName.ORDER)
    world.vehicle.hear(TopicName.ORDER, payload, world.now_ms)
    world.run(15_000)
    assert "foreign" in str(world.of(e.Nonsense)[0].reason)
    assert world.vehicle.is_idle


def test_topics_and_payloads_of_strangers_are_told_and_change_nothing() -> None:
    world = World()
    for topic, payload in (("x", b""), ("vda5050/v3/ACME/T01/state", b"{"), ("vda5050/v9/A/B/state", b"{}")):
        world.control.receive(topic, payload)
    assert len(world.of(e.MessageRefused)) == 3
    assert list(world.control.robots) == [world.robot]


def test_a_vehicle_that_holds_few_nodes_gets_its_way_in_pieces() -> None:
    world = World()
    sheet = world.vehicle.sheet
    limits = msgspec.structs.replace(sheet.protocol_limits, maximum_array_lengths={"order.nodes": 4})
    world.vehicle.sheet = msgspec.structs.replace(sheet, protocol_limits=limits)
    world.vehicle.tell_factsheet()
    world.run(500)
    world.control.give(world.robot, "o1", *straight([10.0 * n for n in range(21)]), released=21)
    world.run(120_000)
    assert world.of(e.OrderDone) == [e.OrderDone(world.robot, "o1")]
    assert max(len(json.loads(p)["nodes"]) for t, p in world.sent if t.name is TopicName.ORDER) == 4


def test_finished_instant_actions_are_cleared_now_and_then() -> None:
    world = World()
    for _ in range(20):
        world.control.act(world.robot, "stateRequest")
        world.run(500)
    assert len(world.vehicle.instant.states) < 12


def test_pausing_holds_the_truck_and_its_actions() -> None:
    world = World()
    world.control.give(world.robot, "o1", *straight([0, 200]), released=2)
    world.run(5_000)
    world.control.act(world.robot, "startPause")
    world.run(20_000)
    assert world.vehicle.drive.speed_m_per_s == 0
    assert world.of(e.RobotStopped)[-1].cause == "paused"
    world.control.act(world.robot, "stopPause")
    world.run(60_000)
    assert world.of(e.OrderDone) == [e.OrderDone(world.robot, "o1")]


def test_topics_of_the_wire_keep_version_and_vehicle() -> None:
    world = World(version="2.1.0")
    assert {topic for topic, _ in world.sent if topic.name is TopicName.STATE} == {
        Topic("vda5050", 2, "ACME", "T01", TopicName.STATE)
    }


def test_an_order_that_could_not_be_sent_yet_is_not_taken_for_lost() -> None:
    world = World()
    world.control.robots[world.robot].connection = None
    world.control.give(world.robot, "o1", *straight([0, 20]), released=2)
    world.run(1_000)
    world.vehicle.come_online(world.now_ms)
    world.run(20_000)
    assert world.of(e.OrderLost) == []
    assert world.of(e.OrderDone) == [e.OrderDone(world.robot, "o1")]
