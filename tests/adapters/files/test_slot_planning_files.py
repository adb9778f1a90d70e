from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cabria.adapters.files.slot_planning_files import read_bay_section
from cabria.domain.errors import DataError
from cabria.domain.slot_planning import Slot, SlotBox, SlotCell, SlotPlace

GOOD = """1 1 1 2 4 1 2
#POD
4 9
#LOCATIONS
44
#CONTAINERS_TOLOAD
0 0 0 24360.50 2.90 40 9 1 44 0
#CONTAINERS_LOADED
2 1 -1 9000.00 2.59 20 4 0 44 0
#STACKS
270000.000000 23.320000 44
100000.500000 5.000000 44
#CELLS
1 0 0 0 0 0 0
1 0 1 1 1 1 44
2 0 0 1 1 1 44
2 1 0 0 0 1 44
#SOLUTION-AFT
 0 1
"""


def written(folder: Path, text: str) -> Path:
    path = folder / "section.txt"
    path.write_text(text, encoding="utf-8")
    return path


@pytest.mark.parametrize("line_end", ["\n", "\r\n"], ids=["unix", "dos"])
def test_a_section_is_read(tmp_path: Path, line_end: str) -> None:
    section = read_bay_section(written(tmp_path, GOOD.replace("\n", line_end)))
    assert section.to_load == (SlotBox(40, 24_361, 2_900, 9, True),)
    assert section.on_board == ((SlotBox(20, 9_000, 2_590, 4), SlotPlace(2, 1, Slot.FORE)),)
    first, second = section.stacks
    assert (first.mass_limit_kg, first.height_limit_mm, first.floor) == (270_000, 23_320, 2)
    assert first.cells == (SlotCell(False, False, False), SlotCell(True, True, True, aft_plug=True))
    assert (second.mass_limit_kg, second.cells[1]) == (100_000, SlotCell(False, False, True, fore_plug=True))


HOSTILE = {
    "first line": ("1 1 1 2 4 1 2", "1 1 1 2 4", "line 1"),
    "count of boxes": ("1 1 1 2 4 1 2", "1 3 1 2 4 1 2", "#CONTAINERS_TOLOAD"),
    "tiers": ("1 1 1 2 4 1 2", "1 1 1 2 4 1 3", "are not 4 cells"),
    "no tiers": ("1 1 1 2 4 1 2", "1 1 1 0 0 1 0", "should have 0 lines"),
    "word": ("24360.50", "heavy", "line 7"),
    "not a number": ("24360.50", "nan", "line 7"),
    "huge": ("24360.50", "9" * 30, "line 7"),
    "out of range": ("24360.50", "9" * 15, "line 7"),
    "length": ("2.90 40", "2.90 45", "line 7"),
    "reefer": ("9 1 44 0", "9 2 44 0", "line 7"),
    "short line": ("9 1 44 0", "9 1 44", "line 7"),
    "slot": ("2 1 -1", "2 1 5", "line 9"),
    "place": ("2 1 -1", "7 1 -1", "stack 7"),
    "cell": ("1 0 1 1 1 1 44", "1 0 1 1 x 1 44", "line 15"),
    "location": ("44\n#CONT", "44\n45\n#CONT", "#LOCATIONS"),
    "negative limit": ("100000.500000", "-1.0", "line 12"),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_what_cannot_be_used_is_told_with_its_place(tmp_path: Path, name: str) -> None:
    before, after, told = HOSTILE[name]
    assert before in GOOD
    with pytest.raises(DataError) as caught:
        read_bay_section(written(tmp_path, GOOD.replace(before, after, 1)))
    assert told in str(caught.value)
    assert "section.txt" in str(caught.value)


@given(st.integers(0, len(GOOD) - 1), st.sampled_from(["", "-", "#", "\n", "9999999999", "½", "."]))
def test_a_spoilt_file_is_read_or_refused(tmp_path_factory: pytest.TempPathFactory, place: int, put: str) -> None:
    path = written(tmp_path_factory.getbasetemp(), GOOD[:place] + put + GOOD[place + 1 :])
    told = "section.txt"
    try:
        read_bay_section(path)
    except DataError as error:
        told = str(error)
    assert "section.txt" in told


def test_every_public_section_is_read(shared_data: Path) -> None:
    files = sorted((shared_data / "stowage/slot_planning/Delgado").glob("*.txt"))
    assert len(files) == 234
    assert sum(len(read_bay_section(file).to_load) for file in files) > 9_000
