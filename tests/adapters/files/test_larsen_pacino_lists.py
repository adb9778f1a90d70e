"""Load lists of the Larsen-Pacino benchmark: what is read, what is refused, what stands on board to begin with."""

from __future__ import annotations

from pathlib import Path

import pytest

from cabria.adapters.files.larsen_pacino_lists import read_whole_ship
from cabria.domain.errors import DataError
from cabria.domain.whole_ship import Load, Spot
from cabria.referee.whole_ship import judge_whole_ship

VESSEL = """\
# Ship: bays stacks tiers tcgTollerance
1 2 4 0.100
## HydroPoints: displacement minLcg maxLcg metacenter
100 -4.830 -4.830 56.800
900 -4.830 -4.200 42.340
## Bay: index lcg minShear maxShear maxBending constWeight constWeighVcg
0 -4.500 -4090.000 3510.000 30000.000 200.000 15
### BuoyancyPoints: buojancy
100.5
900
### Stack: index tcg
0 -2.430
#### AboveDeck: identifier maxHeight maxWeight20 maxWeight40 vcg
1 13.050 67.500 100.800 26.100
#### Cell: tier reefer
3 2
2 1
#### BelowDeck: identifier maxHeight maxWeight20 maxWeight40 vcg
2 8.440 72.000 86.400 15.660
#### Cell: tier reefer
1 0
0 0
"""
LIST = """\
# Parameters: nPorts nContainers
3 3
# Transport type: id length=(20,40) weight type=(DC,RC,HC,HR)
0 20 3 DC
7 40 27 HR
# Container: startPort endPort typeId [bay stack tier slot]
0 2 7
0 1 0 0 0 0 1
0 1 0 0 0 0 2
"""


def write(folder: Path, text: str = LIST) -> Path:
    (folder / "vessel_T.txt").write_text(VESSEL)
    path = folder / "VTOne1.txt"
    path.write_text(text)
    return path


def test_a_list_and_its_ship_are_read(tmp_path: Path) -> None:
    given = read_whole_ship(write(tmp_path))
    assert given.containers[0] == Load(2, 40, 27_000, True, 2_896)
    assert given.release == {1: Spot(0, 0, 0, 1), 2: Spot(0, 0, 0, 2)}
    deck, hold = given.ship.parts
    assert (deck.plugs, deck.lowest_tier, deck.block, deck.tcg_mm) == ((1, 2), 2, 1, -2_430)
    assert (hold.max_40_kg, hold.vcg_mm, hold.lid, deck.lid) == (86_400, 15_660, 1, 1)
    assert given.ship.sections[0].buoyancy_kg == (100_500, 900_000)
    assert judge_whole_ship(given, {0: Spot(0, 0, 2, 1)}).figures["lid_overstows"] == 1


@pytest.mark.parametrize(
    ("old", "new", "place", "sentence"),
    [
        ("0 2 7", "0 2 8", "line 7", "There is no transport type 8"),
        ("0 2 7", "0 2", "line 7", "3 numbers should stand here, not 2"),
        ("0 2 7", "0 x 7", "line 7", "A whole number should stand where 'x' does"),
        ("40 27 HR", "40 27 XX", "line 5", "A type is a number"),
        ("3 3\n", "3 4\n", "", "promises 4 containers and has 3"),
        ("0 0 0 2", "0 0 0 1", "", "both stand in"),
        ("0 0 0 2", "0 0 9 2", "", "has no cell"),
        ("# Parameters: nPorts nContainers\n", "", "line 1", "before the first or after the last heading"),
        (LIST, "", "", "The file is empty"),
        (LIST, "# Parameters:", "", "This is no load list"),
    ],
)
def test_a_bad_list_is_told_by_line(tmp_path: Path, old: str, new: str, place: str, sentence: str) -> None:
    assert old in LIST
    path = write(tmp_path, LIST.replace(old, new, 1))
    with pytest.raises(DataError) as caught:
        read_whole_ship(path)
    assert sentence in str(caught.value)
    assert (caught.value.file, caught.value.place) == (str(path), place)


def test_a_list_without_its_ship_is_refused(tmp_path: Path) -> None:
    path = write(tmp_path)
    (tmp_path / "vessel_T.txt").unlink()
    with pytest.raises(DataError, match=r"vessel_T\.txt, and does not"):
        read_whole_ship(path)


def test_the_public_lists_are_read_and_their_release_is_counted(shared_data: Path) -> None:
    paths = sorted((shared_data / "stowage" / "larsen_pacino").glob("V*.txt"))
    assert len(paths) == 18
    given = read_whole_ship(next(path for path in paths if path.stem == "VSLow1"))
    figures = judge_whole_ship(given, {}).figures
    assert (len(given.containers), len(given.to_load)) == (2_724, 1_193)
    assert (figures["overstows"], figures["lid_overstows"], figures["ports_below"]) == (30, 25, 7_055)
