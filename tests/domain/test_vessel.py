"""A vessel profile: what it refuses, and where its slots lie."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.builders import ship, slot, stack, vessel_bay, with_stack

from cabria.domain.errors import DataError
from cabria.domain.vessel import (
    Cell,
    End,
    HatchCover,
    HydrostaticPoint,
    Level,
    StackId,
    Tank,
    VesselBay,
    VesselProfile,
    VesselStack,
)

LITTLE = ship()
BAYS = [number for bay in LITTLE.bays for number, _ in bay.ends()]


@given(st.sampled_from(BAYS), st.sampled_from([0, 1, 2, 3, 4]), st.sampled_from([2, 4, 6, 82, 84, 86]))
def test_every_slot_lies_where_its_numbers_say(bay: int, row: int, tier: int) -> None:
    position = slot(f"{bay:03}{row:02}{tier:02}")
    place = LITTLE.place(position)
    assert place is not None
    assert place.cell.tier == tier
    assert place.stack_id == (place.bay.number, row, Level.HOLD if tier < 80 else Level.DECK)
    assert LITTLE.stack_by_id[place.stack_id] is place.stack
    assert dict(place.bay.ends())[bay] is place.end


@given(st.integers(0, 999), st.integers(0, 99), st.integers(0, 99))
def test_a_slot_the_profile_does_not_have_lies_nowhere(bay: int, row: int, tier: int) -> None:
    is_there = bay in BAYS and row <= 4 and tier in (2, 4, 6, 82, 84, 86)
    assert (LITTLE.place(slot(f"{bay:03}{row:02}{tier:02}")) is not None) is is_there


def test_a_single_bay_has_one_end_and_a_pair_three() -> None:
    assert list(vessel_bay(9).ends()) == [(9, End.FORE)]
    assert list(vessel_bay(2).ends()) == [(1, End.FORE), (3, End.AFT), (2, End.BOTH)]


@pytest.mark.parametrize(
    ("number", "fore", "aft"), [(2, 1, None), (2, 3, 1), (2, 1, 5), (9, None, None), (9, 9, 11), (9, 7, None)]
)
def test_a_bay_of_wrong_neighbours_is_refused(number: int, fore: int | None, aft: int | None) -> None:
    with pytest.raises(DataError):
        VesselBay(number, fore, aft, vessel_bay(2).stacks)


def test_tiers_must_rise_and_a_stack_needs_cells() -> None:
    with pytest.raises(DataError, match="do not rise"):
        VesselStack(0, Level.HOLD, (Cell(4), Cell(2)))
    with pytest.raises(DataError, match="no cells"):
        VesselStack(0, Level.HOLD, ())


def test_a_stack_or_a_slot_twice_is_refused() -> None:
    with pytest.raises(DataError, match="a stack twice"):
        VesselBay(2, 1, 3, (stack(Level.HOLD, 0, 2), stack(Level.HOLD, 0, 2)))
    with pytest.raises(DataError, match="twice in the profile"):
        VesselProfile("Two", (vessel_bay(2), vessel_bay(2)))


def test_deck_and_hold_of_one_number_may_be_paired_differently() -> None:
    hold = VesselBay(1, 1, None, (stack(Level.HOLD, 0, 9),))
    deck = VesselBay(2, 1, 3, (stack(Level.DECK, 0, 2),))
    profile = VesselProfile("Mixed", (hold, deck))
    below, above = profile.place(slot("0010002")), profile.place(slot("0010082"))
    assert below is not None
    assert above is not None
    assert (below.bay.number, above.bay.number) == (1, 2)


def test_a_lid_over_a_stack_the_profile_does_not_have_is_refused() -> None:
    with pytest.raises(DataError, match="Hatch cover X"):
        ship(hatch_covers=(HatchCover("X", (StackId(2, 9, Level.HOLD),), ()),))


def test_lids_are_found_from_the_stacks_they_close_and_carry() -> None:
    over = LITTLE.lids_over[StackId(2, 4, Level.HOLD)]
    under = LITTLE.lids_under[StackId(2, 4, Level.DECK)]
    assert [lid.id for lid in over] == [lid.id for lid in under] == ["02P"]
    assert StackId(2, 4, Level.DECK) not in LITTLE.lids_over


def test_hydrostatics_must_rise_and_buoyancy_must_match_them() -> None:
    with pytest.raises(DataError, match="do not rise"):
        VesselProfile("Falling", (vessel_bay(2),), hydrostatics=(HydrostaticPoint(2), HydrostaticPoint(1)))
    with pytest.raises(DataError, match="3 buoyancies for 2"):
        ship(hydrostatics=ship().hydrostatics[:2])


def test_a_profile_without_bays_is_refused() -> None:
    with pytest.raises(DataError, match="no bays"):
        VesselProfile("Raft", ())


def test_capacity_and_plugs_are_counted_from_the_cells() -> None:
    assert LITTLE.capacity_teu == 5 * 6 * (2 + 2 + 1)
    assert LITTLE.plugs == 5 * 2
    twenty_only = with_stack(LITTLE, 2, 0, Level.HOLD, cells=(Cell(2, takes_20_aft=False, takes_40=False),))
    assert twenty_only.capacity_teu == LITTLE.capacity_teu - 6 + 1


@given(st.integers(0, 500_000))
def test_the_centre_of_a_tanks_content_lies_between_empty_and_full(content: int) -> None:
    tank = Tank("T", 500_000, 0, 0, 1_000, 3_000)
    assert 1_000 <= tank.vcg_mm(content) <= 3_000
    assert (tank.vcg_mm(0), tank.vcg_mm(500_000)) == (1_000, 3_000)


def test_a_place_is_named_by_its_end() -> None:
    stack_at = stack(Level.DECK, 0, 2)
    assert [stack_at.lcg_at_mm(end) for end in (End.FORE, End.BOTH, End.AFT)] == [18_080, 15_000, 11_920]


def test_a_profile_changed_in_one_part_keeps_the_rest() -> None:
    renamed = replace(LITTLE, name="Other")
    assert renamed.bays == LITTLE.bays
    assert renamed.place(slot("0020082")) is not None
