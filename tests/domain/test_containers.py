"""Numbers, size-type codes and what a container refuses at birth."""

from __future__ import annotations

import contextlib
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.builders import box, box_20

from cabria.domain.containers import (
    Kind,
    OutOfGauge,
    SizeType,
    check_digit,
    has_valid_check_digit,
    is_container_number,
)
from cabria.domain.errors import DataError

OWNERS = st.text("ABCDEFGHIJKLMNOPQRSTUVWXYZ", min_size=3, max_size=3).map(lambda owner: owner + "U")
SERIALS = st.integers(0, 999_999).map(lambda serial: f"{serial:06}")


@pytest.mark.parametrize("number", ["CSQU3054383", "MSKU6011672", "TEXU3070079"])
def test_published_numbers_have_the_check_digit_they_end_in(number: str) -> None:
    assert has_valid_check_digit(number)


def test_a_made_up_serial_has_none() -> None:
    assert not has_valid_check_digit("HLXU1234567")


@given(OWNERS, SERIALS)
def test_exactly_one_digit_makes_a_number_valid(owner: str, serial: str) -> None:
    valid = [digit for digit in "0123456789" if has_valid_check_digit(owner + serial + digit)]
    assert valid == [str(check_digit(owner + serial))]


@given(OWNERS, SERIALS, st.integers(4, 9), st.integers(1, 9))
def test_one_wrong_digit_is_noticed_but_for_the_two_remainders_that_share_0(
    owner: str, serial: str, place: int, by: int
) -> None:
    number = owner + serial
    changed = number[:place] + str((int(number[place]) + by) % 10) + number[place + 1 :]
    if check_digit(number) == check_digit(changed):
        assert check_digit(number) == 0  # remainders 0 and 10 are both written 0


@pytest.mark.parametrize("text", ["", "MSKU601167", "MSK06011672", "msku6011672", "MSKU 601167", "MSKU60116722"])
def test_what_is_no_number_has_no_check_digit(text: str) -> None:
    assert not is_container_number(text)
    assert not has_valid_check_digit(text)


@pytest.mark.parametrize(
    ("code", "length_ft", "height_mm", "kind", "teu"),
    [
        ("22G1", 20, 2591, Kind.DRY, 1), ("45G1", 40, 2896, Kind.DRY, 2), ("42P3", 40, 2591, Kind.PLATFORM, 2),
        ("45R1", 40, 2896, Kind.REEFER, 2), ("L5G1", 45, 2896, Kind.DRY, 2), ("22T6", 20, 2591, Kind.TANK, 1),
        ("2210", 20, 2591, Kind.VENTILATED, 1), ("4500", 40, 2896, Kind.DRY, 2), ("4363", 40, 2591, Kind.PLATFORM, 2),
        ("2232", 20, 2591, Kind.REEFER, 1), ("4551", 40, 2896, Kind.OPEN_TOP, 2), ("L500", 45, 2896, Kind.DRY, 2),
        ("9500", 45, 2896, Kind.DRY, 2), ("12G0", 10, 2591, Kind.DRY, 1),
    ],
)  # fmt: skip
def test_size_type_codes_of_both_editions_are_read(
    code: str, length_ft: int, height_mm: int, kind: Kind, teu: int
) -> None:
    size_type = SizeType.parse(code)
    assert (size_type.length_ft, size_type.height_mm, size_type.kind, size_type.teu) == (
        length_ft,
        height_mm,
        kind,
        teu,
    )


@given(
    st.sampled_from("12349BGHLMNP"), st.sampled_from("024568 9CDEF".replace(" ", "")), st.sampled_from("GVBSRHUPTKAN")
)
def test_reading_and_writing_a_size_type_code_are_inverse(length: str, height: str, kind: str) -> None:
    code = f"{length}{height}{kind}1"
    assert str(SizeType.parse(code)) == code
    assert SizeType.parse(code.lower()) == SizeType.parse(f" {code} ")


@pytest.mark.parametrize("text", ["", "22", "22G", "22G11", "X2G1", "2XG1", "22X1", "52G1", "----", "٢٢G1"])
def test_any_other_text_is_refused_by_name(text: str) -> None:
    with pytest.raises(DataError, match=re.escape(repr(text))):
        SizeType.parse(text)


@given(st.text(max_size=6))
def test_whatever_is_read_has_a_length_and_a_height(text: str) -> None:
    with contextlib.suppress(DataError):
        size_type = SizeType.parse(text)
        assert size_type.length_ft >= 10
        assert size_type.height_mm > 1_000


def test_a_high_cube_is_higher_than_8_ft_6_in() -> None:
    assert SizeType.parse("45G1").is_high_cube
    assert not SizeType.parse("42G1").is_high_cube


def test_only_20_ft_and_shorter_stand_in_odd_bays() -> None:
    assert box_20("A").is_20
    assert not box("A").is_20
    assert not box("A", code="32G1").is_20


def test_a_reefer_without_a_set_point_needs_no_plug() -> None:
    assert box("A", code="45R1", set_point_tenth_c=0).needs_plug
    assert not box("A", code="45R1").needs_plug


def test_a_container_without_number_or_with_a_negative_mass_is_refused() -> None:
    with pytest.raises(DataError, match="needs a number"):
        box("")
    with pytest.raises(DataError, match="negative mass"):
        box("A", kg=-1)
    assert not box("?1").has_number
    assert box("MSKU6011672").has_number


@pytest.mark.parametrize("side", ["front_mm", "back_mm", "port_mm", "starboard_mm", "over_height_mm"])
def test_cargo_cannot_stick_out_by_less_than_nothing(side: str) -> None:
    with pytest.raises(DataError, match="negative"):
        OutOfGauge(**{side: -1})
