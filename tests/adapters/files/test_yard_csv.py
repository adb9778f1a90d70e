"""A yard inventory reads back as it was written; whatever cannot stand so is named by its line."""

from __future__ import annotations

import gzip
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cabria.adapters.files.yard_csv import read_yard, write_yard
from cabria.domain.containers import ContainerId
from cabria.domain.errors import DataError
from cabria.domain.positions import YardPosition
from cabria.domain.terminal import QuayCrane, Terminal
from cabria.domain.yard import YardBlock, YardBox, YardInventory

TERMINAL = Terminal("Quay", "PECHY", 300_000, (YardBlock("A", 4, 2, 3), YardBlock("B", 2, 2, 2)), (QuayCrane("Q", 0),))
HEAD = "container,position,length_ft,height_mm,gross_mass_kg,outbound\n"


def read(tmp_path: Path, text: str) -> YardInventory:
    (tmp_path / "yard.csv").write_text(text)
    return read_yard(tmp_path / "yard.csv", TERMINAL)


@st.composite
def yards(draw: st.DrawFn) -> YardInventory:
    """Stacks of 20 ft or 40 ft boxes on the ground of block A."""
    boxes: list[YardBox] = []
    for row in (1, 2):
        for even in (2, 6):
            for bay in draw(st.sampled_from([(even,), (even - 1, even + 1), (even - 1,)])):
                boxes += [_box(draw, YardPosition("A", bay, row, tier + 1)) for tier in range(draw(st.integers(0, 3)))]
    return YardInventory.of(boxes)


def _box(draw: st.DrawFn, at: YardPosition) -> YardBox:
    return YardBox(
        ContainerId(f"BOX{at.row}{at.bay}{at.tier}"),
        at,
        40 if at.bay % 2 == 0 else 20,
        draw(st.sampled_from([2591, 2896])),
        draw(st.integers(0, 35_000)),
        draw(st.sampled_from(["", "truck", "CALL-1"])),
    )


@given(yard=yards().filter(len), name=st.sampled_from(["yard.csv", "yard.csv.gz"]))
def test_a_yard_reads_back_as_it_was_written(
    tmp_path_factory: pytest.TempPathFactory, yard: YardInventory, name: str
) -> None:
    path = tmp_path_factory.mktemp("yards") / name
    write_yard(yard, path)
    assert read_yard(path, TERMINAL) == yard


def test_the_same_yard_is_the_same_archive(tmp_path: Path) -> None:
    yard = YardInventory.of([YardBox(ContainerId("BOX1"), YardPosition("A", 1, 1, 1), 20)])
    write_yard(yard, tmp_path / "one.csv.gz")
    write_yard(yard, tmp_path / "two.csv.gz")
    assert (tmp_path / "one.csv.gz").read_bytes() == (tmp_path / "two.csv.gz").read_bytes()


def test_length_and_height_may_come_from_the_size_type(tmp_path: Path) -> None:
    box = read(tmp_path, "Contenedor;Ubicación;Tipo;Peso\nBOX1;A-2-1-1;45G1;12.500\n").boxes[0]
    assert (box.length_ft, box.height_mm, box.gross_mass_kg) == (40, 2896, 12_500)


@pytest.mark.parametrize(
    ("lines", "place", "sentence"),
    [
        ("BOX1,Z-01-01-1,20,,,\n", "line 2, column B (position)", "Terminal Quay has no block 'Z'"),
        ("BOX1,A-09-01-1,20,,,\n", "line 2, column B (position)", "lies outside block A, which has 7 bays"),
        ("BOX1,A-01-01-4,20,,,\n", "line 2, column B (position)", "lies outside block A"),
        ("BOX1,A-01-01,20,,,\n", "line 2, column B (position)", "not written BLOCK-BAY-ROW-TIER"),
        ("BOX1,A-01-01-2,20,,,\n", "line 2", "has nothing under it"),
        ("BOX1,A-01-01-1,20,,,\nBOX1,A-03-01-1,20,,,\n", "line 3, column A (container)", "twice, first in line 2"),
        ("BOX1,A-01-01-1,20,,,\nBOX2,A-01-01-1,20,,,\n", "line 3, column B (position)", "already, in line 2"),
        ("BOX1,A-01-01-1,40,,,\n", "line 2, column B (position)", "of 40 ft stands in the odd bay 1"),
        ("BOX1,A-02-01-1,20,,,\n", "line 2, column B (position)", "of 20 ft stands in the even bay 2"),
        ("BOX1,A-01-01-1,20,,,\nBOX2,A-02-01-1,40,,,\n", "line 3", "share the ground of bay 1"),
        ("BOX1,A-02-01-1,40,,,\nBOX2,A-04-01-1,40,,,\n", "line 3", "share the ground of bay 3"),
        ("BOX1,A-01-01-1,,,,\n", "line 2, column A (container)", "Neither the length nor the size-type"),
        ("BOX1,A-01-01-1,tall,,,\n", "line 2, column C (length_ft)", "'tall' is not a number"),
        (",A-01-01-1,20,,,\n", "line 2, column A (container)", "missing"),
    ],
)
def test_what_cannot_stand_so_is_named(tmp_path: Path, lines: str, place: str, sentence: str) -> None:
    with pytest.raises(DataError) as caught:
        read(tmp_path, HEAD + lines)
    assert sentence in str(caught.value)
    assert (Path(caught.value.file).name, caught.value.place) == ("yard.csv", place)


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"no archive", "damaged or no gzip archive"),
        (gzip.compress(HEAD.encode() * 100)[:-9], "cut off"),
        (gzip.compress(bytes(64 * 1024 * 1024)), "Unpacked, the file is larger than 48 MB"),
    ],
    ids=["no archive", "cut off", "too large"],
)
def test_a_harmed_archive_is_refused(tmp_path: Path, content: bytes, sentence: str) -> None:
    (tmp_path / "yard.csv.gz").write_bytes(content)
    with pytest.raises(DataError, match=sentence):
        read_yard(tmp_path / "yard.csv.gz", TERMINAL)
