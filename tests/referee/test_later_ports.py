"""Room for later ports, counted by hand."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.builders import HERE, LAST, LATER, NEXT, box, call, plan

from cabria.domain.calls import ExpectedLoads, VesselCall
from cabria.domain.errors import DataError
from cabria.domain.plan import LoadingPlan
from cabria.referee.condition import Case
from cabria.referee.later_ports import room_for_later_ports, teu_of_cell


def missing(made: VesselCall, planned: LoadingPlan, count: int, pod: str = LAST) -> int:
    asked = replace(made, later_loads=(ExpectedLoads(NEXT, pod, 20, count),))
    (room,) = room_for_later_ports(Case.of(asked, planned))
    assert (room.port, room.expected_teu) == (NEXT, count)
    return room.without_room_teu


def room(made: VesselCall, planned: LoadingPlan, pod: str = LAST) -> int:
    """Free TEU that suit a port."""
    most = 10 * made.vessel.capacity_teu
    return most - missing(made, planned, most, pod)


def test_an_empty_ship_is_all_room_and_what_does_not_fit_is_missing() -> None:
    made = call()
    capacity = sum(teu_of_cell(cell) for stack in made.vessel.stack_by_id.values() for cell in stack.cells)
    assert room(made, plan()) == capacity
    assert missing(made, plan(), capacity + 3) == 3


def test_a_box_for_the_port_itself_takes_no_room_there() -> None:
    made = call(loads=[box("A", pod=NEXT)])
    assert room(made, plan({"A": "0020082"})) == room(made, plan())


def test_a_box_on_a_lid_locks_the_hold_and_one_for_an_early_port_below_spoils_the_deck_for_late_ones() -> None:
    made = call(loads=[box("A", pod=LATER)])
    on_deck, below = plan({"A": "0020382"}), plan({"A": "0020302"})
    assert room(made, on_deck) < room(made, plan()) - 2
    assert room(made, below, LAST) < room(made, below, LATER)


@given(st.integers(0, 400), st.integers(0, 400))
def test_more_boxes_never_find_more_room(one: int, other: int) -> None:
    made, planned = call(loads=[box("A", pod=LATER)]), plan({"A": "0020382"})
    few, many = sorted((one, other))
    assert missing(made, planned, few) <= missing(made, planned, many)


@pytest.mark.parametrize(("port", "pod"), [(LAST, NEXT), (NEXT, NEXT), (HERE, NEXT), (NEXT, "USNYC")])
def test_a_forecast_against_the_rotation_is_refused(port: str, pod: str) -> None:
    with pytest.raises(DataError, match="does not visit these ports in that order"):
        replace(call(), later_loads=(ExpectedLoads(port, pod, 40, 1),))


@pytest.mark.parametrize("wrong", [{"length_ft": 30}, {"count": -1}, {"count": 1, "reefers": 2}])
def test_a_forecast_that_cannot_be_is_refused(wrong: dict[str, int]) -> None:
    with pytest.raises(DataError):
        ExpectedLoads(**{"port": NEXT, "pod": LAST, "length_ft": 40, "count": 1, **wrong})
