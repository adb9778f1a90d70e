from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.sections_by_hand import box, stack_of

from cabria.domain.errors import DataError
from cabria.domain.slot_planning import BaySection, Slot, SlotBox, SlotCell, SlotPlace, SlotPrices, SlotStack

FORE, BOTH, AFT = Slot.FORE, Slot.BOTH, Slot.AFT


@given(*4 * [st.booleans()])
def test_a_whole_cell_has_a_plug_where_either_slot_has_one(fore: bool, aft: bool, fore_20: bool, aft_20: bool) -> None:
    cell = SlotCell(fore_20, aft_20, True, fore, aft)
    assert cell.has_plug(BOTH) is (cell.has_plug(FORE) or cell.has_plug(AFT))
    assert (cell.has_plug(FORE), cell.has_plug(AFT)) == (fore, aft)
    assert [cell.takes(slot) for slot in Slot] == [fore_20, True, aft_20]


def test_the_floor_is_the_lowest_usable_cell() -> None:
    assert [stack_of(cells).floor for cells in ("BB", ".4", "..")] == [1, 2, 3]


def test_a_box_that_cannot_be_is_refused() -> None:
    for wrong in ((45, 1, 1, 1), (20, -1, 1, 1), (20, 1, 0, 1), (20, 10**9, 1, 1), (20, 1, 1, -1)):
        with pytest.raises(DataError):
            SlotBox(*wrong)


def test_a_stack_or_a_price_that_cannot_be_is_refused() -> None:
    with pytest.raises(DataError):
        SlotStack((), 1, 1)
    with pytest.raises(DataError):
        SlotStack((SlotCell(True, True, True),), -1, 1)
    with pytest.raises(DataError):
        SlotPrices(overstow=-1)


@pytest.mark.parametrize(
    "aboard",
    [
        ((box(40), SlotPlace(3, 1, BOTH)),),
        ((box(40), SlotPlace(1, 3, BOTH)),),
        ((box(40), SlotPlace(1, 1, AFT)),),
        ((box(20), SlotPlace(1, 1, BOTH)),),
        ((box(40), SlotPlace(1, 1, BOTH)), (box(20), SlotPlace(1, 1, FORE))),
    ],
    ids=["no stack", "no tier", "half a box", "too wide", "twice"],
)
def test_a_section_with_boxes_that_cannot_stand_so_is_refused(aboard: tuple[tuple[SlotBox, SlotPlace], ...]) -> None:
    with pytest.raises(DataError):
        BaySection((stack_of("BB"), stack_of("BB")), (), aboard)


def test_stacks_of_different_height_are_refused() -> None:
    with pytest.raises(DataError, match="tiers"):
        BaySection((stack_of("BB"), stack_of("B")), ())


def test_a_place_is_told_in_words() -> None:
    assert str(SlotPlace(2, 3, AFT)) == "stack 2, tier 3, aft"
