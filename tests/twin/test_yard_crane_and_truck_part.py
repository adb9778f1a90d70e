"""A truck drives when the yard crane's spreader is clear of it, not when that is up again."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st
from tests.twin.test_twin import run_to_end, twin_at_work

from cabria.domain.machines import YardCraneModel
from cabria.domain.run_events import BoxesLanded, BoxesLifted, JobDone, JobGiven, OnTruck, RunEvent, TripBooked


def waits_ms(events: list[RunEvent], told: type[BoxesLifted] | type[BoxesLanded]) -> list[int]:
    """Of each box that a yard crane takes off a truck, or sets on one, how long that truck stands still until it is
    next sent anywhere."""
    since_ms, found = dict[str, int](), list[int]()
    for event in events:
        if isinstance(event, told) and event.crane.startswith("YC") and isinstance(event.places[0], OnTruck):
            since_ms[event.places[0].truck] = event.at_ms
        elif isinstance(event, TripBooked) and event.truck in since_ms:
            found.append(event.at_ms - since_ms.pop(event.truck))
    return found


def test_a_truck_with_its_box_is_sent_on_before_the_crane_is_through() -> None:
    events = run_to_end(twin_at_work(trucks=4))
    done_ms = {event.job: event.at_ms for event in events if isinstance(event, JobDone)}
    up_ms, on = list[int](), dict[str, str]()
    for event in events:
        if isinstance(event, JobGiven):
            on[event.machine] = event.job
        elif isinstance(event, BoxesLanded) and event.crane.startswith("YC"):
            up_ms.append(done_ms[on[event.crane]] - event.at_ms)
    assert min(up_ms) > 5_000
    assert sorted(waits_ms(events, BoxesLanded))[0] == 0
    assert sorted(waits_ms(events, BoxesLifted))[0] == 0


@given(st.integers(1, 7), st.data())
def test_down_clear_and_up_take_no_less_than_down_lock_and_up_again(tiers: int, data: st.DataObject) -> None:
    model = YardCraneModel()
    tier = data.draw(st.integers(0, tiers))
    assert model.clear_ms + model.up_ms(tiers, tier) >= model.lock_ms + model.down_ms(tiers, tier)


@given(st.integers(1, 7))
def test_waiting_low_costs_a_crane_no_more_than_a_halt_and_saves_its_truck_the_way_down(tiers: int) -> None:
    model = YardCraneModel()
    low_ms, rest_ms = model.half_down_ms(tiers)
    assert model.down_ms(tiers, 0) <= low_ms + rest_ms <= model.down_ms(tiers, 0) + 2 * model.hoist.start_ms + 1
    assert rest_ms < model.down_ms(tiers, 0)
