"""Trucks that tell their way: judged by what they say they drove, between the last no and the first yes."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests import runs_by_hand as by_hand

from cabria.domain.run_events import BatteryRead, EnergyUsed, RunEvent, TripBooked, TripDriven, TruckStood
from cabria.referee.run import judge_run

WAY = ("park", "back", "quay")
"""60 m each, at 5 m/s: 12 s."""
T1 = TruckStood(0, "T1", "park", is_visitor=False, tells_way=True)
T2 = TruckStood(0, "T2", "yard", is_visitor=False, tells_way=True)


def booked(truck: str, *segments: str, at_ms: int = 0) -> TripBooked:
    """With times that nobody can keep: they are hopes."""
    return TripBooked(at_ms, truck, (*((s, at_ms, at_ms) for s in segments[:-1]), (segments[-1], at_ms, None)), "")


def told(at_ms: int, passed: int, ahead_mm: int, left: int, since_ms: int | None, truck: str = "T1") -> TripDriven:
    return TripDriven(at_ms, truck, passed, ahead_mm, left, since_ms)


def rules(*events: RunEvent) -> list[str]:
    found = judge_run(events, by_hand.layout()).broken
    return [finding.rule.id for finding in found if finding.rule.id != "RUN-ENERGY"]


GOOD = (
    T1,
    booked("T1", *WAY),
    told(1_000, 1, 2_000, 0, 0),
    told(9_000, 1, 30_000, 1, 8_000),
    told(15_000, 2, 5_000, 1, 11_000),
    told(30_000, 3, 0, 2, 25_000),
)


def test_a_way_that_can_have_been_driven_breaks_no_rule_whatever_was_booked() -> None:
    assert rules(*GOOD) == []


@pytest.mark.parametrize(
    ("rule", "events"),
    [
        ("RUN-SPEED", (*GOOD[:3], told(15_000, 2, 5_000, 1, 14_000), told(20_000, 3, 0, 2, 19_000))),
        ("RUN-SPEED", (*GOOD[:3], told(9_000, 1, 10_000, 1, 8_000))),
        ("RUN-LANE", (*GOOD, told(31_000, 2, 0, 2, 30_000))),
        ("RUN-LANE", (*GOOD, told(31_000, 4, 0, 2, 30_000))),
        ("RUN-LANE", (T1, booked("T1", "back", "quay"))),
        ("RUN-LANE", (*GOOD[:5], booked("T1", "park", "back 2", "quay", at_ms=15_000))),
        ("RUN-LANE", (*GOOD[:5], booked("T1", "quay", at_ms=15_000))),
        ("RUN-TIME", (*GOOD[:5], told(16_000, 3, 0, 2, 17_000))),
        ("RUN-KNOWN", (TruckStood(0, "T1", "park", is_visitor=False), told(1_000, 1, 1, 0, 0))),
        ("RUN-OWNER", (*GOOD, T2._replace(stand="quay"))),
    ],
)
def test_what_cannot_have_been_driven_is_found(rule: str, events: Sequence[RunEvent]) -> None:
    assert rule in rules(*events)


def test_two_trucks_are_not_in_one_segment_before_the_first_has_said_that_it_is_out() -> None:
    first = (T2, booked("T2", "yard", "back", "quay"), *GOOD[:5])
    comes = told(15_500, 1, 1_000, 0, 15_100, "T2")
    assert set(rules(*first, comes)) == {"RUN-OWNER"}
    assert rules(*first, GOOD[5], comes._replace(at_ms=31_000, since_ms=30_000)) == []


def test_where_nobody_listened_no_speed_is_judged_and_what_comes_next_is_judged_again() -> None:
    unheard = (*GOOD[:3], told(1_100, 2, 0, 1, None), told(1_200, 2, 9_000, 1, 1_100))
    assert rules(*unheard) == []
    arrived = told(14_000, 3, 0, 2, 1_300)
    onward = booked("T1", "quay", "inland", "yard", at_ms=14_000)
    assert rules(*unheard, arrived, onward, told(26_000, 2, 0, 1, 25_000)) == []
    assert rules(*unheard, arrived, onward, told(25_000, 2, 0, 1, 24_000)) == ["RUN-SPEED"]


def energy(*events: RunEvent) -> list[str]:
    """What is found of a truck that stands at a charger of 150 kW from the beginning, and drives to the quay."""
    stands = TruckStood(0, "T1", "charger", is_visitor=False, tells_way=True)
    found = judge_run((stands, BatteryRead(0, "T1", 100_000), *events), by_hand.layout()).broken
    return [finding.rule.id for finding in found if finding.rule.id in ("RUN-ENERGY", "RUN-BATTERY")]


AWAY = booked("T1", "charger", "back", "quay", at_ms=60_000)
SETS_OUT = told(72_000, 1, 2_000, 0, 71_000)
THERE = told(100_000, 3, 0, 2, 90_000)


def used(at_ms: int, wh: int) -> EnergyUsed:
    return EnergyUsed(at_ms, "T1", wh)


@pytest.mark.parametrize(
    ("events", "found"),
    [
        ((used(50_000, -2_000), AWAY, used(71_000, -800), SETS_OUT, THERE, used(100_000, 400)), []),
        ((used(50_000, -2_000), AWAY, used(71_000, -1_000), SETS_OUT, THERE, used(100_000, 400)), ["RUN-ENERGY"]),
        ((AWAY, SETS_OUT, used(90_000, -3_000), THERE, used(100_000, 400)), []),
        ((AWAY, SETS_OUT, used(90_000, -3_100), THERE, used(100_000, 400)), ["RUN-ENERGY"]),
        ((AWAY, SETS_OUT, THERE, used(100_000, -2_600), used(101_000, 0)), []),
        ((AWAY, SETS_OUT, THERE, used(100_000, -2_999), used(101_000, 0)), ["RUN-ENERGY"]),
        ((AWAY, SETS_OUT, THERE, used(100_000, 400), used(160_000, -1)), ["RUN-ENERGY"]),
        ((used(60_000, -2_500), AWAY, SETS_OUT._replace(at_ms=61_000), THERE, used(100_000, 400)), []),
        ((used(60_000, -2_500), AWAY, SETS_OUT._replace(at_ms=61_000), THERE, used(100_000, 0)), ["RUN-ENERGY"]),
    ],
)
def test_what_a_truck_took_in_may_be_told_after_it_left_but_is_no_more_than_its_charger_gave(
    events: Sequence[RunEvent], found: list[str]
) -> None:
    assert energy(*events) == found


@given(
    st.integers(0, 200),
    st.lists(st.tuples(st.integers(1, 9_000), st.integers(0, 4_000)), min_size=8, max_size=30),
)
def test_whoever_drives_as_fast_as_allowed_is_found_good_whenever_its_states_come(
    starts_ms: int, states: list[tuple[int, int]]
) -> None:
    """States are `(later, delay)`: told so long after the one before, heard so much later, in order."""
    events: list[RunEvent] = [T1, booked("T1", *WAY)]
    at_ms = heard_ms = before_ms = 0
    last = (1, False, 0)
    for later_ms, delay_ms in states:
        at_ms += later_ms
        heard_ms = max(heard_ms, at_ms + delay_ms)
        front_mm = min(120_000, max(0, at_ms - starts_ms) * 5)
        passed, ahead_mm = 1 + front_mm // 60_000, front_mm % 60_000
        left = min(2, max(0, (front_mm - 18_000) // 60_000 + 1))
        if (passed, ahead_mm > 0, left) != last:
            last = (passed, ahead_mm > 0, left)
            events.append(told(heard_ms, passed, ahead_mm, left, before_ms))
        before_ms = at_ms
    assert rules(*events) == []
