"""Segregation: the table's facts, and what its codes mean in places of a ship."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.builders import box, ship, slot

from cabria.domain.containers import DangerousGoods
from cabria.domain.vessel import Place, VesselProfile
from cabria.experiments.ships import make_ship
from cabria.referee.imdg import (
    BY_A_HOLD,
    LONGITUDINALLY,
    SEPARATED_FROM,
    code_between,
    division,
    hazards_of,
    is_closed,
    is_known,
    must_be_on_deck,
    segregation_code,
    segregation_conflict,
)

CLASSES = (
    "1.1D",
    "1.3G",
    "1.4S",
    "2.1",
    "2.2",
    "2.3",
    "3",
    "4.1",
    "4.2",
    "4.3",
    "5.1",
    "5.2",
    "6.1",
    "6.2",
    "7",
    "8",
    "9",
)
SHIP = make_ship(8_000)
SLOTS = [
    f"{number:03}{stack.row:02}{stack.cells[0].tier:02}"
    for bay in SHIP.bays
    for number, _ in bay.ends()
    for stack in bay.stacks
]


def place(position: str, profile: VesselProfile = SHIP) -> Place:
    found = profile.place(slot(position))
    assert found is not None
    return found


@pytest.mark.parametrize(
    ("a", "b", "code"),
    [
        ("3", "5.1", 2), ("2.1", "3", 2), ("2.1", "8", 1), ("4.2", "6.1", 1), ("6.2", "3", 3), ("1.1D", "8", 4),
        ("1.3G", "4.2", 3), ("1.4S", "6.1", 0), ("7", "2.2", 1), ("8", "8", 0), ("9", "1.1D", 0), ("2.3", "4.2", 2),
    ],
)  # fmt: skip
def test_the_table_says_what_the_code_says(a: str, b: str, code: int) -> None:
    assert segregation_code(a, b) == code


@given(st.sampled_from(CLASSES), st.sampled_from(CLASSES))
def test_segregation_is_mutual(a: str, b: str) -> None:
    assert segregation_code(a, b) == segregation_code(b, a)


def test_old_spellings_of_class_3_and_divisions_of_one_row_are_understood() -> None:
    assert segregation_code("3.2", "5.1") == segregation_code("3", "5.1")
    assert segregation_code("1.2E", "3") == segregation_code("1.5D", "3") == segregation_code("1.1A", "3")
    assert segregation_code("1.6N", "8") == segregation_code("1.3C", "8")


@pytest.mark.parametrize("unknown", ["", "2", "4.4", "X", "10", "1", "3.9"])
def test_an_unknown_class_has_no_code_and_is_never_waved_through(unknown: str) -> None:
    assert segregation_code(unknown, "3") is None
    assert not is_known(DangerousGoods(unknown, 1263))


def test_compatibility_groups_decide_within_class_1() -> None:
    assert segregation_code("1.1D", "1.2E") == 0
    assert segregation_code("1.1D", "1.4G") == SEPARATED_FROM
    assert segregation_code("1.4S", "1.1B") == 0
    assert segregation_code("1.1", "1.1D") is None
    assert not is_known(DangerousGoods("1.1", 81))


def test_the_strictest_of_main_and_subsidiary_hazards_counts_but_not_within_one_class() -> None:
    plain, flammable = (("6.1",),), (("6.1", "3"),)
    assert code_between(plain, (("5.1",),)) == 1
    assert code_between(flammable, (("5.1",),)) == 2
    assert code_between((("8", "4.2"),), (("8", "5.1"),)) == 0


def test_limited_quantities_are_no_hazard_for_segregation() -> None:
    goods = (DangerousGoods("3", 1263, is_limited_quantity=True), DangerousGoods("8", 1789))
    assert hazards_of(box("A", dangerous=goods)) == (("8",),)
    assert not must_be_on_deck(DangerousGoods("5.2", 3105, is_limited_quantity=True))


def test_what_class_or_un_number_keeps_on_deck() -> None:
    on_deck = [DangerousGoods("5.2", 3105), DangerousGoods("4.1", 3226), DangerousGoods("1.3G", 335)]
    assert all(must_be_on_deck(goods) for goods in on_deck)
    free = [DangerousGoods("4.1", 1325), DangerousGoods("1.4S", 12), DangerousGoods("3", 1263)]
    assert not any(must_be_on_deck(goods) for goods in free)


def test_open_tops_flats_and_platforms_are_not_closed() -> None:
    assert [is_closed(box("A", code=code)) for code in ("42G1", "45R1", "22T1", "42U1", "42P1")] == [
        True, True, True, False, False,
    ]  # fmt: skip


# --- places ---

PLACES = st.sampled_from(SLOTS)


@given(PLACES, PLACES, st.integers(0, 4))
def test_conflict_is_mutual(a: str, b: str, code: int) -> None:
    assert segregation_conflict(place(a), place(b), code) is segregation_conflict(place(b), place(a), code)


@given(PLACES, st.integers(2, 4))
def test_nothing_is_segregated_from_its_own_place(a: str, code: int) -> None:
    assert segregation_conflict(place(a), place(a), code)


@given(PLACES, PLACES)
def test_away_from_asks_nothing_of_closed_containers(a: str, b: str) -> None:
    assert not segregation_conflict(place(a), place(b), 1)


@given(PLACES, PLACES, st.sampled_from([(2, 3), (3, 4)]))
def test_a_stricter_code_is_never_laxer(a: str, b: str, codes: tuple[int, int]) -> None:
    lax, strict = codes
    assert segregation_conflict(place(a), place(b), strict) or not segregation_conflict(place(a), place(b), lax)


LITTLE = ship()


def conflict(a: str, b: str, code: int) -> bool:
    return segregation_conflict(place(a, LITTLE), place(b, LITTLE), code)


def test_on_deck_one_row_between_separates_and_two_make_a_complete_compartment() -> None:
    assert conflict("0020082", "0020182", SEPARATED_FROM)
    assert not conflict("0020082", "0020382", SEPARATED_FROM)
    assert conflict("0020082", "0020382", BY_A_HOLD)
    assert not conflict("0020282", "0020382", BY_A_HOLD)


def test_along_the_ship_an_empty_20_ft_bay_is_a_container_space() -> None:
    assert conflict("0010082", "0030082", SEPARATED_FROM)
    assert not conflict("0010082", "0050082", SEPARATED_FROM)
    assert conflict("0020082", "0060082", SEPARATED_FROM)  # two 40 ft end to end


def test_a_deck_between_separates_but_not_longitudinally() -> None:
    assert not conflict("0020002", "0020082", SEPARATED_FROM)
    assert not conflict("0020002", "0020082", BY_A_HOLD)
    assert conflict("0020002", "0020082", LONGITUDINALLY)


def test_in_the_hold_a_bulkhead_is_sure_only_beyond_a_whole_40_ft_bay() -> None:
    assert segregation_conflict(place_in_hold(0), place_in_hold(1), BY_A_HOLD)
    assert not segregation_conflict(place_in_hold(0), place_in_hold(2), BY_A_HOLD)


def test_24_m_are_kept_only_with_two_40_ft_bays_between() -> None:
    assert segregation_conflict(place_in_hold(0), place_in_hold(2), LONGITUDINALLY)
    assert not segregation_conflict(place_in_hold(0), place_in_hold(3), LONGITUDINALLY)


def place_in_hold(index: int) -> Place:
    """The lowest place of a hold stack on the centre line, so many 40 ft bays from the middle of the made ship."""
    middle = len(SHIP.bays) // 2
    bay = [bay for bay in SHIP.bays if bay.number % 2 == 0 and bay.number >= SHIP.bays[middle].number][index]
    stack = next(stack for stack in bay.stacks if stack.level == "hold")
    return place(f"{bay.number:03}{stack.row:02}{stack.cells[0].tier:02}")


@pytest.mark.parametrize("text", ["1.4s", " 3 ", "6.1"])
def test_classes_are_read_leniently(text: str) -> None:
    assert division(text) is not None
