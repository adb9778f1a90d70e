"""Any profile by its content, and the page that describes it."""

from __future__ import annotations

from pathlib import Path

import pytest

from cabria.adapters.files.profile_json import profile_bytes
from cabria.adapters.files.profiles import describe, load_profile
from cabria.domain.errors import DataError
from cabria.domain.vessel import Cell, Level, VesselBay, VesselProfile, VesselStack
from cabria.experiments.ships import make_ship

STAF = (
    "*SHIP\n**CLASS\tUNITS\tLCG + DIR\tTCG + DIR\tPOSITION FORMAT\nTINY\tMETRIC\tF\tSTBD\tBAY-STACK-TIER\n"
    "*SECTION\n**STAF BAY\tLEVEL\tPAIRED BAY\n01\tA\t-\n"
    "*STACK\n**STAF BAY\tLEVEL\tISO STACK\tTOP TIER\tBOTTOM TIER\tACCEPTS 20\tACCEPTS 40\n"
    "01\tA\t00\t82\t82\tY\tN\n*END\n"
)
BENCHMARK = (
    "# Ship: bays stacks tiers tcgTollerance\n1 1 19 0.1\n## HydroPoints: displacement\n1000 0 0 9\n2000 0 0 8\n"
    "## Bay: index lcg\n0 0 -1 1 1 100 9\n### BuoyancyPoints: b\n1000\n2000\n### Stack: index tcg\n0 0\n"
    "#### AboveDeck: id\n1 5.2 60 60 20\n#### Cell: tier reefer\n10 0\n"
)


@pytest.mark.parametrize(
    ("content", "teu"),
    [
        (profile_bytes(make_ship(1_000)), 1_000),
        (b"\xef\xbb\xbf \n" + profile_bytes(make_ship(1_000)), 1_000),
        (STAF.encode(), 1),
        (b"\xef\xbb\xbf" + STAF.encode(), 1),
        (BENCHMARK.encode(), 2),
    ],
)
def test_a_profile_is_known_by_how_it_begins(tmp_path: Path, content: bytes, teu: int) -> None:
    (tmp_path / "ship").write_bytes(content)
    assert load_profile(tmp_path / "ship").capacity_teu == teu


@pytest.mark.parametrize("content", [b"UNB+UNOA:2+X'", b"PK\x03\x04", b"\x00" * 100, b"name,teu\nA,1\n", b"# Bay"])
def test_other_files_are_refused_with_what_can_be_read(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "ship").write_bytes(content)
    with pytest.raises(DataError, match="no vessel profile that Cabria knows") as caught:
        load_profile(tmp_path / "ship")
    assert caught.value.file == str(tmp_path / "ship")
    assert "STAF" in caught.value.remedy


def test_the_page_of_a_made_ship_has_its_figures() -> None:
    page = describe(make_ship(18_000))
    for words in ("18,000 TEU", "up to 23 rows on deck and 21 in the hold", "stations", "largest draught"):
        assert words in page
    assert "not judged" not in page


def test_the_page_says_what_is_missing() -> None:
    bay = VesselBay(2, 1, 3, (VesselStack(0, Level.HOLD, (Cell(2),)),))
    page = describe(VesselProfile("BARE", (bay,)))
    assert "GM, trim and draught will not be judged" in page
    assert "shear and bending will not be judged" in page


def test_the_side_view_has_the_bow_to_the_right_and_counts_rows() -> None:
    def bay(number: int, rows: tuple[int, ...]) -> VesselBay:
        stacks = tuple(VesselStack(row, Level.DECK, (Cell(82),)) for row in rows)
        return VesselBay(number, number - 1, number + 1, stacks)

    lines = describe(VesselProfile("TWO", (bay(2, (0,)), bay(6, (1, 2))))).splitlines()
    assert lines[-3:] == ["  82   2  1", "     ------", " bay   6  2"]
