"""RELEASE zones: leases asked for, queued, extended, taken back and run out."""

from __future__ import annotations

import json

import pytest
from tests.adapters.vda5050.world_in_memory import World, straight

from cabria.adapters.vda5050.control import events as e
from cabria.adapters.vda5050.control.zone_desk import LEASE_MS
from cabria.adapters.vda5050.topics import RobotId, TopicName
from cabria.adapters.vda5050.zones import ReleaseLoss, Vertex, Zone, ZoneSet, ZoneType
from cabria.domain.verdict import YES, Verdict, refuse


def _zones(loss: ReleaseLoss = ReleaseLoss.STOP) -> ZoneSet:
    """From 100 m to 150 m along x, 100 m wide."""
    corners = ((100.0, -50.0), (150.0, -50.0), (150.0, 50.0), (100.0, 50.0))
    zone = Zone(
        zone_id="Q1",
        zone_type=ZoneType.RELEASE,
        vertices=tuple(Vertex(x=x, y=y) for x, y in corners),
        release_loss_behavior=loss,
    )
    return ZoneSet(map_id="terminal", zone_set_id="set-1", zones=(zone,))


def _nobody(robot: RobotId, zone: str) -> Verdict:
    return refuse("the crane is lowering")


def test_the_zone_set_is_given_and_enabled_before_the_first_order() -> None:
    world = World(zone_set=_zones())
    world.run(5_000)
    assert [(s.zone_set_id, s.zone_set_status) for s in world.vehicle.zones.states] == [("set-1", "ENABLED")]
    assert sum(topic.name is TopicName.ZONE_SET for topic, _ in world.sent) == 1


def test_a_truck_waits_at_the_border_until_it_has_leave() -> None:
    may = [_nobody]
    world = World(zone_set=_zones(), may_enter=lambda robot, zone: may[0](robot, zone))
    world.run(3_000)
    world.control.give(world.robot, "o1", *straight([0, 200]), released=2)
    world.run(60_000)
    assert world.vehicle.drive.pose.x == pytest.approx(100, abs=0.6)
    assert [request.request_status for request in world.vehicle.zones.requests] == ["REQUESTED"]
    may[0] = lambda robot, zone: YES
    world.run(60_000)
    assert world.of(e.OrderDone) == [e.OrderDone(world.robot, "o1")]
    assert world.of(e.ZoneGranted) == [e.ZoneGranted(world.robot, "Q1")]
    assert world.of(e.ZoneLeft) == [e.ZoneLeft(world.robot, "Q1")]


def test_two_trucks_pass_a_zone_one_after_the_other() -> None:
    world = World(2, zone_set=_zones())
    world.run(3_000)
    for number, robot in enumerate(world.vehicles):
        world.control.give(robot, f"o{number}", *straight([0, 200], y=40.0 * number), released=2)
    world.run(150_000)
    assert len(world.of(e.OrderDone)) == 2
    order = [event for event in world.events if isinstance(event, e.ZoneGranted | e.ZoneLeft)]
    assert [type(event) for event in order] == [e.ZoneGranted, e.ZoneLeft] * 2


def test_a_lease_is_extended_while_the_truck_is_in_the_zone() -> None:
    world = World(zone_set=_zones())
    world.run(3_000)
    world.control.give(world.robot, "o1", *straight([0, 125]), released=2)
    world.run(4 * LEASE_MS)
    assert world.of(e.OrderDone) != []
    assert [request.request_status for request in world.vehicle.zones.requests] == ["GRANTED"]
    assert list(world.vehicle.zones.errors) == []


@pytest.mark.parametrize(("loss", "stays"), [(ReleaseLoss.STOP, True), (ReleaseLoss.CONTINUE, False)])
def test_a_leave_taken_back_in_the_zone_is_lost_as_the_zone_says(loss: ReleaseLoss, stays: bool) -> None:
    world = World(zone_set=_zones(loss))
    world.run(3_000)
    world.control.give(world.robot, "o1", *straight([0, 250]), released=2)
    while world.vehicle.drive.pose.x < 115:
        world.run(500)
    world.control.zones.revoke("Q1")
    world.run(60_000)
    assert (world.of(e.OrderDone) == []) is stays
    assert ("RELEASE_LOST" in [event.error_type for event in world.of(e.ErrorRaised)]) is True
    assert (world.control.zones.holder("Q1") == world.robot) is stays


def test_without_fleet_control_a_lease_runs_out() -> None:
    world = World(zone_set=_zones())
    world.run(3_000)
    world.control.give(world.robot, "o1", *straight([0, 125, 250]), released=2)
    world.run(60_000)
    for _ in range(2 * LEASE_MS // 500):
        world.now_ms += 500
        world.vehicle.advance(world.now_ms)
    assert [request.request_status for request in world.vehicle.zones.requests] == ["EXPIRED"]
    assert [error.error_type for error in world.vehicle.zones.errors] == ["RELEASE_LOST"]


def test_a_request_for_a_zone_that_there_is_not_is_told_rejected_and_harmless() -> None:
    world = World(zone_set=_zones())
    world.run(3_000)
    state = json.loads(next(p for t, p in reversed(world.sent) if t.name is TopicName.STATE))
    request = {
        "requestId": "Z9",
        "requestType": "ACCESS",
        "zoneId": "nowhere",
        "zoneSetId": "set-1",
        "requestStatus": "REQUESTED",
    }
    false = state | {"headerId": 100_000, "zoneRequests": [request]}
    world.control.receive("vda5050/v3/ACME/T01/state", json.dumps(false).encode())
    assert "nowhere" in str(world.of(e.Nonsense)[0].reason)
    answer = json.loads(next(p for t, p in reversed(world.sent) if t.name is TopicName.RESPONSES))
    assert [response["grantType"] for response in answer["responses"]] == ["REJECTED"]
    assert world.control.zones.holder("nowhere") is None
