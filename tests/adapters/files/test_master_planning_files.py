from __future__ import annotations

import io
import tarfile
from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cabria.adapters.files.master_planning_files import each_voyage, parse_voyage, read_voyage
from cabria.domain.errors import DataError
from cabria.domain.master_planning import MasterVoyage

SAMPLE = Path(__file__).resolve().parents[3] / "benchmarks" / "samples" / "master_planning" / "three_ports.txt"
LINES = SAMPLE.read_text(encoding="utf-8").splitlines()


def packed(folder: Path, members: dict[str, bytes]) -> Path:
    path = folder / "voyages.tar.xz"
    with tarfile.open(path, "w:xz") as archive:
        for name, content in members.items():
            entry = tarfile.TarInfo(name)
            entry.size = len(content)
            archive.addfile(entry, io.BytesIO(content))
    return path


def refusal(lines: list[str]) -> DataError:
    with pytest.raises(DataError) as caught:
        parse_voyage("\n".join(lines), file="voyage.txt")
    return caught.value


def test_a_voyage_is_read_in_kg_and_mm() -> None:
    voyage = read_voyage(SAMPLE)
    assert (voyage.name, voyage.ports, len(voyage.blocks), len(voyage.bays)) == ("three_ports", 3, 7, 4)
    assert (voyage.blocks[0].hold, voyage.blocks[6].hold, voyage.lid_over[1]) == (1, None, 0)
    assert (voyage.blocks[1].max_kg, voyage.blocks[1].lcg_mm) == (160_000, 30_000)
    assert (voyage.sorts[1].mass_kg, voyage.sorts[1].is_reefer, voyage.sorts[2].is_high) == (24_000, True, True)
    assert voyage.demand[1, 3] == (4, 1, 3, 1)
    assert voyage.release[3, 1] == (2, 0, 0, 0)
    assert voyage.bays[0].max_bending_kg_mm == 6_000 * 1_000_000


def test_a_folder_gives_its_voyages_and_what_cannot_be_read(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("", encoding="utf-8")
    (tmp_path / "b.txt").write_text("\n".join(LINES), encoding="utf-8")
    refused, read = each_voyage(tmp_path)
    assert isinstance(refused, DataError)
    assert "empty" in str(refused)
    assert isinstance(read, MasterVoyage)


def test_an_archive_gives_the_members_asked_for(tmp_path: Path) -> None:
    whole, broken = "\n".join(LINES).encode(), b"3 4\n"
    path = packed(tmp_path, {"in/S_1.txt": whole, "in/M_1.txt": broken, "README.md": b"words", "in/S_2.txt": whole})
    assert [voyage.name for voyage in each_voyage(f"{path}:S_*") if isinstance(voyage, MasterVoyage)] == ["S_1", "S_2"]
    refused = next(iter(each_voyage(f"{path}:M_1")))
    assert str(refused).startswith(f"{path}:in/M_1.txt, line 1: ")
    assert "named like X" in str(next(iter(each_voyage(f"{path}:X"))))


def test_a_damaged_archive_is_refused(tmp_path: Path) -> None:
    path = packed(tmp_path, {"S_1.txt": "\n".join(LINES).encode()})
    content = path.read_bytes()
    for damaged in (content[:-20], content[:40], b"not packed at all", content[:6] + b"\x00" * 100):
        path.write_bytes(damaged)
        assert all(isinstance(refused, DataError) for refused in each_voyage(path))
    assert all(isinstance(refused, DataError) for refused in each_voyage(tmp_path / "none.tar.xz"))


@pytest.mark.parametrize(
    ("line", "replaced", "expected"),
    [
        (0, "3 4 7 3", "4 values where 5 are due"),
        (0, "3 4 999999 3 4", "between 0 and 100,000"),
        (0, "31 4 7 3 4", "and at most"),
        (0, "1 4 7 3 4", "at least 2 ports"),
        (2, "2 -1 4 -1 6 -1 9", "between -1 and 7"),
        (2, "2 4 0 -1 6 -1 0", "not on deck"),
        (8, "8 12 8 12 8 12 x", "whole numbers"),
        (8, "8 12 8 12 8 12 -6", "between 0"),
        (11, "nan 160 150 180 150 160 90", "decimal numbers"),
        (11, "1e9 160 150 180 150 160 90", "decimal numbers"),
        (12, "99999999 30 10 10 -10 -10 -30", "at most 1,000"),
    ],
)
def test_a_wrong_line_is_refused_with_its_number(line: int, replaced: str, expected: str) -> None:
    refused = refusal([*LINES[:line], replaced, *LINES[line + 1 :]])
    assert (refused.file, refused.place) == ("voyage.txt", f"line {line + 1}")
    assert expected in refused.problem


def test_a_leg_or_a_block_told_twice_is_refused() -> None:
    first_leg = next(n for n, line in enumerate(LINES) if line == "1 2 3 1 2 2")
    assert "came before" in refusal([*LINES[: first_leg + 1], LINES[first_leg], *LINES[first_leg + 2 :]]).problem
    assert "came before" in refusal([*LINES[:-1], LINES[-2]]).problem


def test_a_file_that_is_too_short_or_too_long_is_refused() -> None:
    assert "goes on" in refusal([*LINES, "1 2 3"]).problem
    for end in range(0, len(LINES), 5):
        assert "ends where" in refusal(LINES[:end]).problem


@given(st.integers(0, len(LINES) - 1), st.text(st.characters(codec="utf-8"), max_size=30))
@settings(max_examples=60)
def test_any_line_may_be_rubbish(line: int, rubbish: str) -> None:
    with suppress(DataError):
        parse_voyage("\n".join([*LINES[:line], rubbish, *LINES[line + 1 :]]), file="voyage.txt")


def test_public_voyages_are_read(shared_data: Path) -> None:
    voyages = list(each_voyage(f"{shared_data}/stowage/master_planning_108.tar.xz:S_5_0_*"))
    assert len(voyages) == 6
    assert all(isinstance(voyage, MasterVoyage) for voyage in voyages)
