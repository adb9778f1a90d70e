"""Vessels of the Larsen-Pacino benchmark: a made-up one of two bays, and the published ones."""

from __future__ import annotations

import contextlib
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cabria.adapters.files.larsen_pacino import parse_vessel, read_vessel
from cabria.domain.errors import DataError
from cabria.domain.vessel import HydrostaticPoint, Level, StackId, Station, Tank, VesselProfile

TINY = """\
# Ship: bays stacks tiers tcgTollerance
2 3 12 0.100
## HydroPoints: displacement minLcg maxLcg metacenter
1000 -4.830 -4.200 42.340
2000.5 -4.200 -3.790 34.540
## Tanks: cap(ton) lcg tcg vcg_empty vcg_full
264  20  -8   3  11
### BayCoverage: bay_idx(zero based) coverage(ratio)
1 1.000
## Bay: index lcg minShear maxShear maxBending constWeight constWeighVcg
0 30.000 -40.000 35.000 300.000 108.000  15
### BuoyancyPoints: buojancy
400.5
800
### Stack: index tcg
0 0.000
## Bay: index lcg minShear maxShear maxBending constWeight constWeighVcg
1 15.500 -40.000 35.000 300.000 98.000  15
### BuoyancyPoints: buojancy
599.5
1200.5
### Stack: index tcg
0 -2.430
#### AboveDeck: identifier maxHeight maxWeight20 maxWeight40 vcg
1 7.830 67.500 100.800 26.100
#### Cell: tier reefer
12 0
11 0
10 1
### Stack: index tcg
1 0.000
#### AboveDeck: identifier maxHeight maxWeight20 maxWeight40 vcg
1 5.220 67.500 100.800 26.100
#### Cell: tier reefer
11 0
10 0
#### BelowDeck: identifier maxHeight maxWeight20 maxWeight40 vcg
2 5.830 48.000 57.600 18.270
#### Cell: tier reefer
8 0
7 1
"""


def read(text: str = TINY) -> VesselProfile:
    return parse_vessel(text, file="tiny.txt")


def refusal(text: str) -> str:
    with pytest.raises(DataError) as caught:
        read(text)
    assert caught.value.file == "tiny.txt"
    return str(caught.value)


def test_bays_are_numbered_by_index_and_those_without_stacks_are_stations_only() -> None:
    profile = read()
    assert [bay.number for bay in profile.bays] == [6]
    assert [station.lcg_mm for station in profile.stations] == [30_000, 15_500]


def test_stacks_run_from_port_and_tiers_from_the_bottom_of_hold_and_deck() -> None:
    stacks = read().stack_by_id
    assert set(stacks) == {StackId(6, 2, Level.DECK), StackId(6, 0, Level.DECK), StackId(6, 0, Level.HOLD)}
    assert [cell.tier for cell in stacks[StackId(6, 2, Level.DECK)].cells] == [82, 84, 86]
    assert [cell.tier for cell in stacks[StackId(6, 0, Level.HOLD)].cells] == [16, 18]


def test_the_facts_of_a_stack_are_kept_exactly() -> None:
    stack = read().stack_by_id[StackId(6, 0, Level.HOLD)]
    assert (stack.max_height_mm, stack.max_weight_20_kg, stack.max_weight_40_kg) == (5_830, 48_000, 57_600)
    assert [cell.vcg_mm for cell in stack.cells] == [19_575, 22_185]
    assert [cell.plugs for cell in stack.cells] == [2, 0]
    assert (stack.tcg_mm, stack.lcg_mm) == (0, 15_500)


def test_deck_stacks_of_one_block_stand_on_one_lid() -> None:
    (lid,) = read().hatch_covers
    assert lid.closes == (StackId(6, 0, Level.HOLD),)
    assert lid.carries == (StackId(6, 2, Level.DECK), StackId(6, 0, Level.DECK))


def test_hydrostatics_stations_and_tanks_are_kept_exactly() -> None:
    profile = read()
    assert profile.hydrostatics[1] == HydrostaticPoint(2_000_500, 34_540, min_lcg_mm=-4_200, max_lcg_mm=-3_790)
    assert profile.stations[0] == Station(30_000, 108_000, 15_000, (400_500, 800_000), -40_000, 35_000, None, 300_000)
    assert profile.tanks == (Tank("T01", 264_000, 20_000, -8_000, 3_000, 11_000),)
    assert profile.limits.max_tcg_mm == 100
    assert "says nothing of draught" in profile.source


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "0 parts under the heading 'Ship:'"),
        ("hello\n", "begins without a heading"),
        ("# Boat: 1\n", "line 1: Heading '# Boat: 1' is not one"),
        (TINY.replace("2 3 12 0.100", "2 3 12"), "line 2: 4 numbers should stand here, not 3"),
        (TINY.replace("2 3 12 0.100", "3 3 12 0.1"), "says 3 bays and has 2"),
        (TINY.replace("2 3 12 0.100", "1e6 3 12 0.1"), "No ship has 1e+06 bays"),
        (TINY.replace("2 3 12 0.100", "2 1 12 0.1"), "a stack 1 where the ship has 1 stacks"),
        (TINY.replace("2 3 12 0.100", "2 x 12 0.1"), "Numbers should stand here"),
        (TINY.replace("1000 -4", "nan -4"), "beyond all ships"),
        (TINY.replace("1000 -4", "1e300 -4"), "beyond all ships"),
        (TINY.replace("1000 -4", "9000 -4"), "do not rise"),
        (TINY.replace("400.5\n800\n", "400.5\n"), "1 buoyancies"),
        (TINY.replace("400.5\n800\n", ""), "some belong"),
        (TINY.replace("12 0\n", "99 0\n"), "99 is no tier"),
        (TINY.replace("1 15.500", "7 15.500"), "Bay 7 stands where bay 1 belongs"),
        (TINY.partition("#### Cell")[0], "has no cells"),
        (TINY[: TINY.index("1 15.500")], "some belong"),
    ],
)
def test_what_is_wrong_is_told_with_file_and_place(text: str, says: str) -> None:
    assert says in refusal(text)


@given(st.data())
def test_a_changed_character_is_read_or_refused_but_nothing_else(data: st.DataObject) -> None:
    at = data.draw(st.integers(0, len(TINY) - 1))
    changed = TINY[:at] + data.draw(st.characters(codec="latin-1")) + TINY[at + 1 :]
    with contextlib.suppress(DataError):
        read(changed)


@pytest.mark.shared_data
@pytest.mark.parametrize(
    ("name", "teu", "bays", "stations", "tanks", "points", "lightship_t"),
    [("vessel_S.txt", 7_032, 19, 21, 18, 15, 36_075), ("vessel_M.txt", 10_264, 22, 24, 32, 42, 42_076)],
)
def test_the_published_ships_are_read(
    shared_data: Path, name: str, teu: int, bays: int, stations: int, tanks: int, points: int, lightship_t: int
) -> None:
    profile = read_vessel(shared_data / "stowage" / "larsen_pacino" / name)
    assert profile.capacity_teu == teu
    assert (len(profile.bays), len(profile.stations), len(profile.tanks)) == (bays, stations, tanks)
    assert len(profile.hydrostatics) == points
    assert profile.lightship_kg == lightship_t * 1_000
    holds = [key for key in profile.stack_by_id if key.level is Level.HOLD]
    assert all(len(profile.lids_over[key]) == 1 for key in holds)


@pytest.mark.shared_data
def test_published_buoyancies_add_up_to_the_displacement(shared_data: Path) -> None:
    profile = read_vessel(shared_data / "stowage" / "larsen_pacino" / "vessel_M.txt")
    for index, point in enumerate(profile.hydrostatics):
        total = sum(station.buoyancy_kg[index] for station in profile.stations)
        assert abs(total - point.displacement_kg) < 1_000
