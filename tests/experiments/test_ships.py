"""Made ships carry what they say, look like ships, and sail safely with an even load."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cabria.domain.containers import Container, ContainerId, Port, SizeType
from cabria.domain.errors import DataError
from cabria.domain.positions import StowPosition
from cabria.domain.stowage import BayPlan
from cabria.domain.vessel import Level, VesselProfile, VesselStack
from cabria.experiments.ballast import ballast
from cabria.experiments.ships import MAX_TEU, MIN_TEU, make_ship
from cabria.referee.stability import stability

# Share of the TEU that a ship of this size carries at 14 t each: about what classes of ships are advertised with.
EVEN_LOADS = {1_000: 0.75, 1_700: 0.75, 2_500: 0.75, 4_250: 0.65, 6_600: 0.75, 8_500: 0.75, 10_000: 0.75,
              13_000: 0.70, 16_000: 0.75, 18_000: 0.73, 20_000: 0.68, 24_000: 0.62}  # fmt: skip
SIZE_40, SIZE_20 = SizeType.parse("42G1"), SizeType.parse("22G1")


def stacks_of(ship: VesselProfile, level: Level) -> list[VesselStack]:
    return [stack for bay in ship.bays for stack in bay.stacks if stack.level is level]


def even_load(ship: VesselProfile, share: float, mass_kg_per_teu: int = 14_000) -> BayPlan:
    """Boxes of one mass in a share of the ship's room: the hold first, then the deck in tiers, higher amidships."""
    xs = [stack.lcg_mm or 0 for bay in ship.bays for stack in bay.stacks]
    middle, reach = (max(xs) + min(xs)) / 2, (max(xs) - min(xs)) / 2
    places = []
    for bay in ship.bays:
        for stack in bay.stacks:
            for index, cell in enumerate(stack.cells):
                above = 100 + index + 4 * abs((stack.lcg_mm or 0) - middle) / reach
                number = bay.number if cell.takes_40 else bay.fore if cell.takes_20_fore else bay.aft
                assert number is not None
                order = above if stack.level is Level.DECK else cell.tier
                places.append((order, StowPosition(number, stack.row, cell.tier)))
    boxes, teu = [], 0
    for number, (_, position) in enumerate(sorted(places)):
        size = SIZE_40 if position.is_40 else SIZE_20
        teu += size.teu
        if teu > share * ship.capacity_teu:
            break
        box = Container(ContainerId(f"?{number}"), size, mass_kg_per_teu * size.teu, Port("PECHY"), Port("CNSHA"))
        boxes.append((box, position))
    return BayPlan.of(boxes)


@settings(max_examples=20)
@given(st.integers(MIN_TEU, MAX_TEU), st.integers(0, 3))
def test_a_made_ship_carries_the_teu_asked_for(teu: int, seed: int) -> None:
    assert make_ship(teu, seed=seed).capacity_teu == teu


@settings(max_examples=15)
@given(st.integers(MIN_TEU, MAX_TEU))
def test_buoyancy_along_the_ship_adds_up_to_displacement_and_its_centre(teu: int) -> None:
    ship = make_ship(teu)
    for index, point in enumerate(ship.hydrostatics):
        parts = [(station.buoyancy_kg[index], station.lcg_mm) for station in ship.stations]
        assert sum(kg for kg, _ in parts) == point.displacement_kg
        assert point.lcb_mm == round(sum(kg * x for kg, x in parts) / point.displacement_kg)


@settings(max_examples=15)
@given(st.integers(MIN_TEU, MAX_TEU))
def test_draught_and_trim_moment_rise_with_displacement(teu: int) -> None:
    points = make_ship(teu).hydrostatics
    for name in ("draught_mm", "trim_moment_kg_m_per_cm"):
        values = [getattr(point, name) for point in points]
        assert values == sorted(values)


@settings(max_examples=15)
@given(st.integers(MIN_TEU, MAX_TEU))
def test_made_ships_are_alike_to_port_and_starboard(teu: int) -> None:
    ship = make_ship(teu)
    for level in Level:
        tcgs = sorted(stack.tcg_mm or 0 for stack in stacks_of(ship, level))
        assert tcgs == sorted(-tcg for tcg in tcgs)


def test_the_same_arguments_make_the_same_ship_and_seeds_differ() -> None:
    assert make_ship(8_500, seed=3) == make_ship(8_500, seed=3)
    assert make_ship(8_500, seed=3) != make_ship(8_500, seed=4)


def test_the_reference_ship_of_18_000_teu_looks_like_one() -> None:
    ship = make_ship(18_000)
    cells = [cell for bay in ship.bays for stack in bay.stacks for cell in stack.cells]
    assert len(ship.bays) == 24
    assert len({stack.row for stack in stacks_of(ship, Level.DECK)}) == 23
    assert len({stack.row for stack in stacks_of(ship, Level.HOLD)}) == 21
    assert 8_800 <= sum(cell.takes_40 for cell in cells) <= 9_200
    assert 1_000 <= ship.plugs <= 1_400
    assert 8 <= max(len(stack.cells) for stack in stacks_of(ship, Level.DECK)) <= 9
    assert 3 * 24 <= len(ship.hatch_covers) <= 4 * 24
    assert any(cell.takes_45 for cell in cells)
    assert any(not cell.takes_40 for cell in cells)
    assert any(not (cell.takes_20_fore or cell.takes_20_aft) for cell in cells)


def test_holds_taper_and_their_floor_rises_towards_the_ends() -> None:
    ship = make_ship(18_000)
    rows = [sum(stack.level is Level.HOLD for stack in bay.stacks) for bay in ship.bays]
    floors = [min(stack.cells[0].tier for stack in bay.stacks if stack.level is Level.HOLD) for bay in ship.bays]
    assert rows[0] < rows[2] < rows[12] == 21
    assert rows[-1] < rows[12]
    assert floors[12] == 2
    assert floors[0] > 2
    assert floors[-1] > floors[-3] > 2


def test_deck_stacks_forward_are_low_enough_to_see_over() -> None:
    ship = make_ship(8_500)
    heights = [max(s.max_height_mm or 0 for s in bay.stacks if s.level is Level.DECK) for bay in ship.bays]
    assert heights[0] < heights[5] < heights[10]


def test_every_hold_stack_has_a_lid_over_it_and_every_lid_closes_something() -> None:
    ship = make_ship(13_000)
    for bay in ship.bays:
        for stack in bay.stacks:
            if stack.level is Level.HOLD:
                lids = [lid for lid in ship.hatch_covers if (bay.number, stack.row, Level.HOLD) in lid.closes]
                assert len(lids) == 1
    assert all(lid.closes for lid in ship.hatch_covers)


def test_hold_stacks_take_one_high_cube_less_than_they_have_tiers() -> None:
    for stack in stacks_of(make_ship(18_000), Level.HOLD):
        if len(stack.cells) > 1:
            assert stack.max_height_mm is not None
            assert len(stack.cells) * 2_591 <= stack.max_height_mm < len(stack.cells) * 2_896


@pytest.mark.parametrize(("teu", "share"), EVEN_LOADS.items())
def test_an_even_load_with_sensible_ballast_is_within_all_limits(teu: int, share: float) -> None:
    ship = make_ship(teu)
    plan = even_load(ship, share)
    afloat = stability(ship, plan, ballast(ship, plan))
    limits = ship.limits
    assert afloat.not_judged == ()
    assert afloat.displacement_kg <= (limits.max_displacement_kg or 0)
    assert (afloat.gm_mm or 0) >= (limits.min_gm_mm or 0)
    assert (afloat.draught_mm or 0) <= (limits.max_draught_mm or 0)
    assert -(limits.max_trim_by_head_mm or 0) <= (afloat.trim_mm or 0) <= (limits.max_trim_by_stern_mm or 0)
    assert abs(afloat.list_mdeg or 0) <= (limits.max_list_mdeg or 0)
    for station, shear, bending in zip(ship.stations, afloat.shear_kg, afloat.bending_kg_m, strict=True):
        assert (station.min_shear_kg or 0) <= shear <= (station.max_shear_kg or 0)
        assert (station.min_bending_kg_m or 0) <= bending <= (station.max_bending_kg_m or 0)


def test_tanks_come_in_pairs_that_balance() -> None:
    ship = make_ship(6_600)
    assert sum(tank.capacity_kg * tank.tcg_mm for tank in ship.tanks) == 0


@pytest.mark.parametrize("teu", [0, -5, 999, 24_001, 10**9])
def test_a_size_out_of_range_is_refused_in_a_sentence(teu: int) -> None:
    with pytest.raises(DataError, match=r"made from 1,000 to 24,000 TEU"):
        make_ship(teu)


@pytest.mark.parametrize("teu", [1_000, 18_000, 20_000, 24_000])
def test_every_tier_has_two_digits(teu: int) -> None:
    assert max(cell.tier for bay in make_ship(teu).bays for stack in bay.stacks for cell in stack.cells) < 100
