"""Files that are no messages, or no longer: one clear sentence with file and place, whatever they hold."""

from __future__ import annotations

import lzma
from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.adapters.edi.samples import BOX_22, baplie_22, box_22, rules

from cabria.adapters.edi import check_file, load, read_any, read_bay_plan, read_load_list
from cabria.adapters.edi.syntax import MAX_BYTES, MAX_SEGMENT_CHARS
from cabria.domain.errors import DataError

PLAIN = baplie_22(BOX_22)
LAST_BOX_SEGMENT = PLAIN.index(b"UNT")


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        (b"", "empty"),
        (b" \r\n \t", "empty"),
        (PLAIN[:60] + b"\0" + PLAIN[60:], "binary"),
        (PLAIN.decode().encode("utf-16"), "binary"),
        (b"\x89PNG\r\n\x1a\n" + bytes(20), "binary"),
        (b"%PDF-1.7 and so on", "does not begin as an EDIFACT"),
        (b"PK\x03\x04 packed", "does not begin as an EDIFACT"),
        (b"number;slot\nCQSU0901220;0350384\n", "does not begin as an EDIFACT"),
        (PLAIN[PLAIN.index(b"+137") :], "its head was cut off"),
        (PLAIN[:LAST_BOX_SEGMENT], "has no end"),
        (PLAIN[: LAST_BOX_SEGMENT - 5], "breaks off inside"),
        (b"UNA:+.? '", "no message in it"),
        (b"UNB+UNOA:2+A+B+260101:0000+1'UNZ+0+1'", "no message in it"),
        (b"UNA::.? 'UNB", "four different separators"),
        (PLAIN.replace(b"BAPLIE", b"INVOIC"), "'INVOIC' are not read here"),
        (PLAIN.replace(b"XYZ", b"X" * 10_000_000), f"at most {MAX_SEGMENT_CHARS:,}"),
        (b"UNB+" + b"A" * 10_000_000, f"at most {MAX_SEGMENT_CHARS:,}"),
        (PLAIN.replace(b"RFF+BN", b"A'" * 1_000_001 + b"RFF+BN"), "more than 1,000,000 segments"),
        (PLAIN.replace(b"RFF+BN:BK1", b"RFF+BN:BK1'" * 2_000 + b"RFF+BN:BK1"), "more than 999 segments of one kind"),
        (b"UNB+" + bytes(b"A'" * (MAX_BYTES // 2)), "at most 67 MB"),
    ],
)
def test_a_file_that_cannot_be_a_message_is_refused_in_one_sentence_that_names_it(data: bytes, sentence: str) -> None:
    with pytest.raises(DataError, match=sentence) as caught:
        read_any(data, file="from_carrier.edi")
    told = str(caught.value)
    assert told.startswith("from_carrier.edi")
    assert "\n" not in told
    assert len(told) < 400


@given(st.integers(min_value=0, max_value=len(PLAIN) - 1))
def test_a_file_cut_anywhere_is_refused_or_complete(length: int) -> None:
    """Only the very end, with nothing but counts in it, may be missing."""
    try:
        boxes: int | None = len(read_bay_plan(PLAIN[:length], file="f").entries)
    except DataError:
        boxes = None
    assert boxes in ((None,) if length < PLAIN.index(b"UNT") + len("UNT+15+") else (None, 1))


@given(st.data())
def test_a_file_with_any_bytes_overwritten_is_read_or_refused_but_never_breaks_the_reader(data: st.DataObject) -> None:
    spoiled = bytearray(
        baplie_22(BOX_22, box_22(LOC_147="LOC+147+0020102::5", DGS="DGS+IMD+3+1263+23:CEL+2", DIM="DIM+9+CMT:::30"))
    )
    for _ in range(data.draw(st.integers(1, 8))):
        spoiled[data.draw(st.integers(0, len(spoiled) - 1))] = data.draw(st.integers(0, 255))
    with suppress(DataError):  # any other error fails the test
        read_any(bytes(spoiled), file="f")


@pytest.mark.parametrize("mass", ["inf", "NaN", "1e999", "9" * 5000, "-5", "²", "١٢٣", "0x10", "1_0"])
def test_a_mass_that_is_no_number_is_a_finding_and_the_box_has_none(mass: str) -> None:
    data = PLAIN.decode().replace("19627", mass).encode()
    read = read_bay_plan(data, file="f")
    assert read.entries[0].container.gross_mass_kg == 0
    assert {"EDI-MASS", "EDI-MASS-MISSING"} <= set(rules(read.findings))


def test_a_message_of_another_kind_is_named() -> None:
    with pytest.raises(DataError, match="This is BAPLIE, a COPRAR was expected"):
        read_load_list(PLAIN, file="f")


def test_a_file_over_the_limit_is_refused_before_it_is_read(tmp_path: Path) -> None:
    huge = tmp_path / "huge.edi"
    with huge.open("wb") as stream:
        stream.truncate(200_000_000)
    with pytest.raises(DataError, match="has 200 MB") as caught:
        check_file(huge)
    assert caught.value.file == str(huge)


def test_an_archive_that_unpacks_beyond_the_limit_is_refused(tmp_path: Path) -> None:
    bomb = tmp_path / "bomb.edi.xz"
    bomb.write_bytes(lzma.compress(bytes(MAX_BYTES + 2)))
    with pytest.raises(DataError, match="at most 67 MB"):
        load(bomb)


@pytest.mark.parametrize(("name", "content"), [("a.edi.xz", b"no archive"), ("b.edi.xz", lzma.compress(PLAIN)[:-20])])
def test_a_damaged_archive_is_refused(tmp_path: Path, name: str, content: bytes) -> None:
    (tmp_path / name).write_bytes(content)
    with pytest.raises(DataError, match="archive"):
        load(tmp_path / name)


def test_a_path_without_a_file_is_refused(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="no such file"):
        check_file(tmp_path / "absent.edi")
    with pytest.raises(DataError, match="not a file"):
        check_file(tmp_path)
