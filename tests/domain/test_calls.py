"""A vessel call, its lists and what contradicts itself in it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.builders import HERE, LAST, LATER, NEXT, box, call, load, plan, queue, slot

from cabria.domain.calls import PRESETS, CallSettings, SlotInstruction, preset_named
from cabria.domain.errors import DataError
from cabria.domain.plan import departure

PODS = st.lists(st.sampled_from([HERE, NEXT, LATER, LAST]), max_size=3)


@given(PODS)
def test_what_is_aboard_is_discharged_or_stays(pods: list[str]) -> None:
    made = call(arrival=[(box(f"B{n}", pod=pod), f"00200{82 + 2 * n}") for n, pod in enumerate(pods)])
    assert {*made.discharges, *made.remaining} == set(made.arrival)
    assert len(made.discharges) + len(made.remaining) == len(made.arrival)
    assert all(stowed.container.pod == HERE for stowed in made.discharges)
    assert all(stowed.container.pod != HERE for stowed in made.remaining)


@given(PODS)
def test_the_departure_is_what_stays_and_what_is_loaded(pods: list[str]) -> None:
    made = call(arrival=[(box(f"B{n}", pod=pod), f"00200{82 + 2 * n}") for n, pod in enumerate(pods)], loads=[box("L")])
    sailing = departure(made, plan({"L": "0060082"}))
    assert set(sailing) == {*made.remaining, *departure(call(loads=[box("L")]), plan({"L": "0060082"}))}


def test_a_restow_departs_from_its_new_slot() -> None:
    made = call(arrival=[(box("A"), "0020082")])
    assert departure(made, plan(restows={"A": "0060082"})).by_container[box("A").id].position == slot("0060082")


def test_ports_leave_in_the_order_of_the_rotation_and_unknown_ones_last() -> None:
    made = call()
    orders = [made.order_of(box("A", pod=pod)) for pod in (NEXT, LATER, LAST, "USNYC")]
    assert orders == [1, 2, 3, 4]


def test_a_box_to_load_twice_or_already_aboard_is_refused() -> None:
    with pytest.raises(DataError, match="on the load list twice"):
        call(loads=[box("A"), box("A")])
    with pytest.raises(DataError, match="aboard on arrival in slot 0020082"):
        call(arrival=[(box("A"), "0020082")], loads=[box("A")])


def test_a_rotation_that_returns_is_refused() -> None:
    with pytest.raises(DataError, match="again"):
        call(rotation=(NEXT, HERE))
    with pytest.raises(DataError, match="a port twice"):
        call(rotation=(NEXT, NEXT))


def test_two_instructions_for_one_slot_are_refused() -> None:
    with pytest.raises(DataError, match="names slot 0020082 twice"):
        call(instructions=(SlotInstruction(slot("0020082")), SlotInstruction(slot("0020082"))))


def test_the_makespan_of_a_plan_is_the_end_of_its_last_queue() -> None:
    queues = (queue("QC1", load(("A", "0020082"))), queue("QC2", load(("B", "0060082")), start_s=100))
    assert plan(queues=queues).makespan_s == 220
    assert plan().makespan_s == 0


@pytest.mark.parametrize("written", ["fast-ship", "Fast ship", "fast_ship "])
def test_a_preset_is_known_however_its_name_is_written(written: str) -> None:
    assert preset_named(written) == PRESETS["fast-ship"]


def test_balanced_is_the_default_and_every_preset_has_prices_of_its_own() -> None:
    assert PRESETS["balanced"] == CallSettings()
    assert len({repr(preset) for preset in PRESETS.values()}) == len(PRESETS)


@given(st.text(alphabet="xyz0", max_size=80))
def test_what_is_no_preset_is_refused_with_the_names_there_are(name: str) -> None:
    with pytest.raises(DataError, match="There are balanced, fast-ship"):
        preset_named(name)
