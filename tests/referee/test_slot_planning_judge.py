from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.sections_by_hand import box, put, section_of, stack_of

from cabria.domain.slot_planning import Slot, SlotAssignment, SlotPrices
from cabria.referee.slot_planning import judge_slots

FORE, AFT = Slot.FORE, Slot.AFT


def test_a_section_counted_by_hand() -> None:
    """Stack 1: two 20 ft of port 1 with one of port 2 on the aft one, all but one off plugs. Stack 2: a 40 ft reefer,
    and on it a 40 ft of port 2 that leaves later."""
    section = section_of(
        "BAB", "PB.", load=(box(20), box(20), box(20, 2), box(40, is_reefer=True), box(40, 2)), aboard=""
    )
    plan = [put(0, 1, 1, FORE), put(1, 1, 1, AFT), put(2, 1, 2, AFT), put(3, 2, 1), put(4, 2, 2)]
    judged = judge_slots(section, plan)
    assert judged.problems == ()
    assert judged.costs() == {"overstow": 200, "ports": 80, "stacks": 20, "plugs": 5}
    assert judged.cost(SlotPrices(overstow=1, port=0, stack=0, plug=0)) == 2


def test_a_20_ft_box_overstows_what_is_below_in_its_own_slot_only() -> None:
    section = section_of("BB", load=(box(20), box(20, 2), box(20, 2)))
    assert judge_slots(section, [put(0, 1, 1, FORE), put(1, 1, 1, AFT), put(2, 1, 2, AFT)]).overstowing == 0
    assert judge_slots(section, [put(0, 1, 1, FORE), put(1, 1, 1, AFT), put(2, 1, 2, FORE)]).overstowing == 1


def test_a_box_overstows_once_however_many_are_below() -> None:
    section = section_of("BBB", load=(box(40), box(40), box(40, 2)))
    assert judge_slots(section, [put(0, 1, 1), put(1, 1, 2), put(2, 1, 3)]).overstowing == 1


def test_boxes_on_board_count_but_break_no_rule() -> None:
    judged = judge_slots(section_of("PBB", "BBB", aboard="11 23"), [])
    assert judged.valid
    assert judged.costs() == {"overstow": 0, "ports": 40, "stacks": 20, "plugs": 5}


def test_a_40_ft_box_at_two_plugs_counts_once_and_a_20_ft_one_at_its_own_only() -> None:
    assert judge_slots(section_of("P", load=(box(40),)), [put(0, 1, 1)]).plug_misuses == 1
    two = section_of("A", load=(box(20), box(20)))
    assert judge_slots(two, [put(0, 1, 1, FORE), put(1, 1, 1, AFT)]).plug_misuses == 1


BROKEN = {
    "missing": (section_of("B", load=(box(40),)), [], "stowed 0 times"),
    "twice": (section_of("BB", load=(box(40),)), [put(0, 1, 1), put(0, 1, 2)], "stowed 2 times"),
    "unknown box": (section_of("B"), [put(0, 1, 1)], "does not exist"),
    "unknown place": (section_of("B", load=(box(40),)), [put(0, 1, 2)], "does not exist"),
    "collision": (section_of("B", load=(box(40), box(20))), [put(0, 1, 1), put(1, 1, 1, AFT)], "2 boxes stand"),
    "length": (section_of("B", load=(box(40),)), [put(0, 1, 1, AFT)], "cannot stand"),
    "cell": (section_of("4", load=(box(20),)), [put(0, 1, 1, AFT)], "cannot stand"),
    "no plug": (section_of("A", load=(box(20, is_reefer=True),)), [put(0, 1, 1, FORE)], "has no plug"),
    "hanging": (section_of("BB", load=(box(40),)), [put(0, 1, 2)], "hangs"),
    "half hanging": (section_of("BB", load=(box(20), box(40))), [put(0, 1, 1, AFT), put(1, 1, 2)], "hangs"),
    "20 on 40": (section_of("BB", load=(box(20),), aboard="11"), [put(0, 1, 2, AFT)], "stands on a 40"),
    "below": (section_of("BBB", load=(box(40),), aboard="13"), [put(0, 1, 1)], "put below"),
    "mass": (section_of(stack_of("BB", 19), load=(box(40),), aboard="11"), [put(0, 1, 2)], "20,000 kg"),
    "height": (section_of(stack_of("B", height_mm=2_600), load=(box(40, is_high=True),)), [put(0, 1, 1)], "higher"),
}


@pytest.mark.parametrize("name", BROKEN)
def test_a_broken_rule_is_told(name: str) -> None:
    section, plan, told = BROKEN[name]
    problems = judge_slots(section, plan).problems
    assert any(told in problem for problem in problems), problems


def test_above_what_is_no_cell_of_the_section_a_box_stands_on_the_ship() -> None:
    assert judge_slots(section_of(".B", load=(box(40),)), [put(0, 1, 2)]).valid


@given(st.permutations(range(4)), st.permutations(range(2)))
def test_neither_the_order_of_a_plan_nor_that_of_stacks_changes_the_cost(order: list[int], sides: list[int]) -> None:
    section = section_of("PAB", "PAB", load=(box(40, 1), box(40, 2), box(40, 1), box(40, 3)))
    places = [(1, 1), (1, 2), (2, 1), (2, 2)]
    plan = [put(number, 1 + sides[places[number][0] - 1], places[number][1]) for number in order]
    straight: list[SlotAssignment] = [put(number, *place) for number, place in enumerate(places)]
    assert judge_slots(section, plan).costs() == judge_slots(section, straight).costs()
