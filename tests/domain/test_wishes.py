"""What a planner may ask, and how the parts of a ship he names are spelled and understood."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.builders import LATER, box, box_20, ship, slot

from cabria.domain.containers import ContainerId
from cabria.domain.errors import DataError
from cabria.domain.positions import StowPosition
from cabria.domain.vessel import Level
from cabria.domain.wishes import Cargo, ChangeBudget, Forbid, Pin, ShipPart, Wishes

LEVELS = st.sampled_from([None, *Level])
PARTS = st.one_of(
    st.builds(
        lambda *where: ShipPart(slot=StowPosition(*where)), st.integers(1, 99), st.integers(0, 20), st.integers(0, 99)
    ),
    st.builds(
        lambda bay, row, level: ShipPart(bay=bay, row=row, level=level),
        st.integers(1, 99),
        st.none() | st.integers(0, 20),
        LEVELS,
    ),
    st.builds(lambda lid, level: ShipPart(lid=lid, level=level), st.sampled_from(["02P", "A 7", "06S"]), LEVELS),
)


@given(PARTS)
def test_a_part_reads_back_as_it_is_written(part: ShipPart) -> None:
    assert ShipPart.parse(str(part)) == part


@given(PARTS)
def test_what_stands_in_a_part_touches_it(part: ShipPart) -> None:
    profile = ship()
    for bay in profile.bays:
        for number, _ in bay.ends():
            for stack in bay.stacks:
                for cell in stack.cells:
                    place = profile.place(StowPosition(number, stack.row, cell.tier))
                    assert place is not None
                    assert part.touches(profile, place) or not part.contains(profile, place)


@pytest.mark.parametrize("text", ["", "here", "bay", "bay 02 row", "deck", "lid", "0000", "bay 02 row 04 attic"])
def test_what_names_no_part_is_refused_with_the_spellings(text: str) -> None:
    with pytest.raises(DataError):
        ShipPart.parse(text)


def test_a_40_ft_box_touches_the_slot_of_either_end_and_stands_in_neither() -> None:
    profile = ship()
    place = profile.place(slot("0020082"))
    assert place is not None
    for end in ("0010082", "0030082", "bay 01", "bay 03"):
        assert ShipPart.parse(end).touches(profile, place)
        assert not ShipPart.parse(end).contains(profile, place)


def test_a_pin_to_a_slot_is_met_there_and_nowhere_else_in_its_cell() -> None:
    pin = Pin(ContainerId("A"), ShipPart.parse("0020082"))
    assert pin.is_met(ship(), slot("0020082"))
    assert not pin.is_met(ship(), slot("0010082"))


def test_cargo_is_every_box_that_all_that_is_said_holds_for() -> None:
    reefer = box("R", code="45R1", pod=LATER, set_point_tenth_c=-180)
    assert Cargo().includes(reefer)
    assert Cargo(pod=LATER, reefers=True, length_ft=40).includes(reefer)
    assert not Cargo(pod=LATER, reefers=True).includes(box_20("D", pod=LATER))
    assert not Cargo(dangerous=True).includes(reefer)
    assert not Cargo(container=ContainerId("X")).includes(reefer)


def test_a_wish_tells_what_who_and_why() -> None:
    pin = Pin(ContainerId("A"), ShipPart.parse("bay 02 deck"), "hot box", "M. Quispe")
    assert str(pin) == "A pinned to bay 02 deck (hot box, asked by M. Quispe)"
    assert str(Forbid(ShipPart.parse("lid 02P"), Cargo(pod=LATER))) == f"lid 02P forbidden for boxes for {LATER}"


def test_a_budget_is_not_less_than_none() -> None:
    with pytest.raises(DataError):
        ChangeBudget({}, -1)


def test_dropped_wishes_are_gone_and_the_others_stay() -> None:
    first, second = (Pin(ContainerId(name), ShipPart.parse("bay 02")) for name in "AB")
    wishes = Wishes((first, second), budget=ChangeBudget({}, 3))
    assert wishes.without((first,)) == Wishes((second,), budget=wishes.budget)
    assert wishes.without(wishes.all) == Wishes()
