"""STAF text: small made-up ships that show one habit of the format each, and three real ones."""

from __future__ import annotations

import contextlib
import re
from collections.abc import Sequence
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cabria.adapters.files.staf import parse_staf, read_staf
from cabria.domain.errors import DataError
from cabria.domain.positions import StowPosition
from cabria.domain.vessel import End, Level, Place, StackId, VesselProfile

SHIP = "CLASS\tUNITS\tLCG IN USE\tLCG REF PT\tLCG + DIR\tVCG IN USE\tTCG IN USE\tTCG + DIR\tPOSITION FORMAT"
SECTION = "STAF BAY\tLEVEL\tLCG 20\tLCG 40\tSTACK WT 20\tSTACK WT 40\tMAX HEIGHT\tPAIRED BAY"
STACK = (
    "STAF BAY\tLEVEL\tISO STACK\tTOP TIER\tBOTTOM TIER\tTCG\tACCEPTS 20\tACCEPTS 40\tACCEPTS 45"
    "\tLCG 20\tLCG 40\tSTACK WT 20\tSTACK WT 40\tMAX HT"
)
TIER = "STAF BAY\tLEVEL\tISO TIER\tTIER VCG"
SLOT = "SLOT\tACCEPTS 20\tACCEPTS 40\tACCEPTS 45\tACCEPTS 48\tREEFER TYPE"
LID = "LID ID\tSTAF BAY\tLEVEL\tPORT ISO STACK\tSTBD ISO STACK\tJOIN LID FWD\tJOIN LID AFT"

# A hatch of two 20 ft bays, the aft one carrying what is said of 40 ft; one stack on deck, one in the hold.
SECTIONS = (
    "01 A 110.5 - 90.0 - - A",
    "01 B 110.5 - 72,5 - - A",
    "03 A 104.2 107.4 90.0 120.0 12.50 F",
    "03 B 104.2 107.4 96.0 120.0 - F",
)
STACKS = (
    "01 A 00 86 82 0.00 Y N N % - % - -",
    "03 A 00 86 82 0.00 Y Y N % % % % %",
    "01 B 00 06 04 0.00 Y N N % - % - -",
    "03 B 00 06 02 0.00 Y N N % % % 60.0 -",
)
SLOTS = ("030084 Y Y Y N I", "030004 Y Y N N N", "030006 N Y N N N", "010006 N N N N N")
LIDS = ("01B1 01 B 00 00 - 03B1", "01A1 01 A 00 00 - 03A1", "03B1 03 B 00 00 01B1 -", "03A1 03 A 00 00 01A1 -")


def table(name: str, columns: str, rows: Sequence[str]) -> list[str]:
    return [f"*{name}", f"**{columns}", *("\t".join(row.split()) for row in rows)]


def staf(
    *,
    ship: str = "TINY METRIC Y AP F TIER Y STBD BAY-STACK-TIER",
    sections: Sequence[str] = SECTIONS,
    stacks: Sequence[str] = STACKS,
    tiers: Sequence[str] = ("03 B 02 3.35", "03 B 04 5.95", "03 A 82 28,64"),
    slots: Sequence[str] = SLOTS,
    lids: Sequence[str] = LIDS,
) -> str:
    lines = [
        *table("SHIP", SHIP, [ship]),
        *table("SECTION", SECTION, sections),
        *table("STACK", STACK, stacks),
        *table("TIER", TIER, tiers),
        *table("SLOT", SLOT, slots),
        *table("LID", LID, lids),
        "*END",
    ]
    return "\r\n".join(lines) + "\r\n"


def read(text: str) -> VesselProfile:
    return parse_staf(text, file="tiny.txt")


def place(profile: VesselProfile, position: str) -> Place:
    found = profile.place(StowPosition.parse(position))
    assert found is not None, position
    return found


def refusal(text: str) -> str:
    with pytest.raises(DataError) as caught:
        read(text)
    assert caught.value.file == "tiny.txt"
    return str(caught.value)


def test_two_paired_sections_become_a_40_ft_bay() -> None:
    profile = read(staf())
    assert [(bay.number, bay.fore, bay.aft) for bay in profile.bays] == [(2, 1, 3)]
    assert profile.name == "TINY"
    assert profile.capacity_teu == 11


def test_a_slot_not_listed_is_as_its_stack() -> None:
    cell = place(read(staf()), "0020082").cell
    assert (cell.takes_20_fore, cell.takes_20_aft, cell.takes_40, cell.takes_45) == (True, True, True, False)


def test_a_listed_slot_overrides_its_stack() -> None:
    profile = read(staf())
    assert place(profile, "0020084").cell.takes_45
    assert place(profile, "0020004").cell.takes_40


def test_a_place_for_40_ft_only_and_one_for_20_ft_at_one_end() -> None:
    profile = read(staf())
    only_40 = place(profile, "0020006").cell
    assert (only_40.takes_20_fore, only_40.takes_20_aft, only_40.takes_40) == (False, False, True)
    aft_only = place(profile, "0030002").cell
    assert (aft_only.takes_20_fore, aft_only.takes_20_aft, aft_only.takes_40) == (False, True, False)


def test_a_slot_that_takes_nothing_at_either_end_is_no_cell() -> None:
    profile = read(staf(slots=[*SLOTS[:2], "030006 N N N N N", "010006 N N N N N"]))
    assert profile.place(StowPosition(2, 0, 6)) is None


def test_a_plug_is_at_the_end_of_the_bay_it_is_listed_for() -> None:
    cell = place(read(staf()), "0020084").cell
    assert (cell.has_plug_fore, cell.has_plug_aft) == (False, True)


def test_percent_takes_the_sections_value_and_commas_are_decimals() -> None:
    stack = place(read(staf()), "0020004").stack
    assert stack.max_weight_20_kg == 72_500, "the weaker of both ends"
    assert stack.max_weight_40_kg == 60_000
    assert (stack.lcg_fore_mm, stack.lcg_mm, stack.lcg_aft_mm) == (110_500, 107_400, 104_200)
    assert place(read(staf()), "0020082").stack.max_height_mm == 12_500
    assert place(read(staf()), "0020082").cell.vcg_mm == 28_640


def test_the_fore_section_may_carry_the_40_ft_as_well() -> None:
    sections = [
        "01 A - - 90.0 - - -",
        "03 A - - 90.0 120.0 - A",
        "05 A - - 90.0 - - F",
        "07 A - - - 120.0 - A",
    ]
    stacks = [
        "01 A 00 82 82 - Y N N - - % - -",
        "03 A 00 82 82 - Y Y N - - % % -",
        "05 A 00 82 82 - Y N N - - % - -",
        "07 A 00 82 82 - N Y N - - - % -",
    ]
    profile = read(staf(sections=sections, stacks=stacks, tiers=[], slots=[], lids=[]))
    assert [(bay.number, bay.fore, bay.aft) for bay in profile.bays] == [(1, 1, None), (4, 3, 5), (8, 7, 9)]
    assert place(profile, "0040082").cell.takes_40
    assert place(profile, "0080082").cell.takes_40


def test_a_section_alone_at_its_level_goes_with_the_pair_of_the_other() -> None:
    sections = [*SECTIONS[:1], "01 B 110.5 - 72,5 - - -", *SECTIONS[2:3], "03 B 104.2 107.4 96.0 120.0 - -"]
    assert [bay.number for bay in read(staf(sections=sections)).bays] == [2]


@pytest.mark.parametrize(("direction", "starboard_mm"), [("STBD", 2_500), ("PORT", -2_500)])
def test_the_athwart_direction_is_followed(direction: str, starboard_mm: int) -> None:
    stacks = [stack.replace("0.00", "2.50") for stack in STACKS]
    profile = read(staf(ship=f"TINY METRIC Y AP F TIER Y {direction} BAY-STACK-TIER", stacks=stacks))
    assert place(profile, "0020082").stack.tcg_mm == starboard_mm


def test_joined_lids_of_both_halves_are_one() -> None:
    hold, deck = StackId(2, 0, Level.HOLD), StackId(2, 0, Level.DECK)
    assert [(lid.closes, lid.carries) for lid in read(staf()).hatch_covers] == [((hold,), (deck,))]


def test_lids_joined_across_two_hatches_are_taken_apart_and_reported() -> None:
    profile = read(staf(lids=[*LIDS[:3], "03A1 03 A 00 00 01A1 05A1"]))
    assert "Lids 03A1 and 05A1, joined across two hatches, were taken apart." in profile.source


def test_what_the_source_does_not_say_is_said() -> None:
    assert "says nothing of hydrostatics, strength, tanks, limits of the ship." in read(staf()).source
    assert "hatch covers, heights of tiers" in read(staf(lids=[], tiers=[])).source


def test_slots_may_be_written_in_another_order() -> None:
    ship = "TINY METRIC Y AP F TIER Y STBD TIER-STACK-BAY"
    profile = read(staf(ship=ship, slots=["840003 Y Y Y N I"]))
    assert place(profile, "0020084").cell.takes_45


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("UNB+UNOA:2'", "This is no STAF text"),
        (staf(stacks=[]), "no rows in table STACK"),
        (staf().replace("*END\r\n", ""), "cut short"),
        (staf().partition("*STACK")[0], "no rows in table STACK"),
        (staf().replace("PAIRED BAY", "PAIR"), "no column PAIRED BAY"),
        (staf(ship="TINY FEET Y AP F TIER Y STBD BAY-STACK-TIER"), "line 3: Only METRIC"),
        (staf(ship="TINY METRIC Y AP F TIER Y STBD BAY-BAY-TIER"), "line 3: POSITION FORMAT"),
        (staf(sections=[*SECTIONS, SECTIONS[0]]), "line 10: Bay 01 is listed twice on deck"),
        (staf(sections=["01 C - - - - - A"]), "LEVEL should be A"),
        (staf(sections=["x1 A - - - - - A"]), "STAF BAY should be a whole number"),
        (staf(stacks=[*STACKS, STACKS[0]]), "Row 00 of bay 01 is listed twice on deck"),
        (staf(stacks=["09 A 00 82 82 - Y N N - - - - -"]), "not in table SECTION"),
        (staf(stacks=["01 A 00 02 82 - Y N N - - - - -"]), "Tiers cannot run from 82 to 02"),
        (staf(stacks=["01 A 00 99999999 82 - Y N N - - - - -"]), "TOP TIER should be"),
        (staf(stacks=["01 A 00 82 82 - Q N N - - - - -"]), "ACCEPTS 20 should be Y or N"),
        (staf(stacks=["01 A 00 82 82 1e99 Y N N - - - - -"]), "TCG should be a number"),
        (staf(stacks=["01 A 00 82 82 nan Y N N - - - - -"]), "TCG should be a number"),
        (staf(stacks=["01 A 00 82 82 99999999999 Y N N - - - - -"]), "TCG should be a number"),
        (staf(slots=["01008 Y N N N N"]), "SLOT should be six or seven digits"),
        (staf(slots=["019982 Y N N N N"]), "Slot 019982 lies in no stack"),
    ],
)
def test_what_is_wrong_is_told_with_file_and_line(text: str, says: str) -> None:
    assert says in refusal(text)


def test_binary_and_empty_files_are_refused(tmp_path: Path) -> None:
    (tmp_path / "binary.txt").write_bytes(b"*SHIP\x00\x01\x02")
    with pytest.raises(DataError, match="binary"):
        read_staf(tmp_path / "binary.txt")
    (tmp_path / "empty.txt").write_bytes(b"")
    with pytest.raises(DataError, match="empty"):
        read_staf(tmp_path / "empty.txt")


@given(st.data())
def test_text_cut_anywhere_is_refused_and_never_read_by_half(data: st.DataObject) -> None:
    text = staf()
    cut = data.draw(st.integers(0, text.index("*END") + 3))
    with pytest.raises(DataError):
        read(text[:cut])


@given(st.data())
def test_a_changed_character_is_read_or_refused_but_nothing_else(data: st.DataObject) -> None:
    text = staf()
    at = data.draw(st.integers(0, len(text) - 1))
    changed = text[:at] + data.draw(st.characters(codec="latin-1")) + text[at + 1 :]
    with contextlib.suppress(DataError):
        read(changed)


def real(shared_data: Path, name: str) -> VesselProfile:
    return read_staf(shared_data / "stowage" / "vessel_profiles" / name)


@pytest.mark.shared_data
@pytest.mark.parametrize(
    ("name", "teu", "plugs", "bays", "lids"),
    [
        ("OOL.OBEI.OOCL_BEIJING_STAF.txt", 8_888, 701, 20, 74),
        ("OOL.OASI.OOCL_ASIA_STAF.txt", 8_051, 710, 19, 71),
        ("DMS.MSK.ADAMS.txt", 5_896, 100, 17, 0),
    ],
)
def test_real_ships_are_read(shared_data: Path, name: str, teu: int, plugs: int, bays: int, lids: int) -> None:
    profile = real(shared_data, name)
    assert (profile.capacity_teu, profile.plugs) == (teu, plugs)
    assert (len(profile.bays), len(profile.hatch_covers)) == (bays, lids)


@pytest.mark.shared_data
def test_every_hold_stack_of_the_real_ships_with_lids_is_closed(shared_data: Path) -> None:
    for name in ("OOL.OBEI.OOCL_BEIJING_STAF.txt", "OOL.OASI.OOCL_ASIA_STAF.txt"):
        profile = real(shared_data, name)
        holds = [key for key in profile.stack_by_id if key.level is Level.HOLD]
        assert all(key in profile.lids_over for key in holds)


@pytest.mark.shared_data
def test_all_2799_boxes_of_a_real_voyage_stand_where_the_real_profile_allows(shared_data: Path) -> None:
    profile = real(shared_data, "OOL.OBEI.OOCL_BEIJING_STAF.txt")
    message = (shared_data / "edi" / "baplie_95b_smdg20_2799_boxes.edi").read_text("latin-1")
    boxes = re.findall(r"LOC\+147\+(\d{7}).*?EQD\+CN\+[^+']*\+(\w)", message, re.DOTALL)
    assert len(boxes) == 2_799
    for position, length in boxes:
        found = place(profile, position)
        cell = found.cell
        takes = {
            End.FORE: cell.takes_20_fore and length == "2",
            End.AFT: cell.takes_20_aft and length == "2",
            End.BOTH: cell.takes_45 if length in "9L" else cell.takes_40,
        }
        assert takes[found.end], (position, length)
