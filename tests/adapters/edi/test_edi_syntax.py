"""The envelope and the characters of EDIFACT."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.adapters.edi.samples import BOX_22, HEAD_22, baplie_22, box_22, interchange, message, rules

from cabria.adapters.edi import read_any, read_bay_plan
from cabria.adapters.edi.syntax import at, elements, parts, read_messages
from cabria.domain.errors import DataError

PLAIN = baplie_22(BOX_22)


def entries(data: bytes) -> tuple[object, ...]:
    """Boxes without the place where they stand."""
    return tuple((e.container, e.position) for e in read_bay_plan(data, file="f").entries)


def test_line_breaks_and_blanks_between_segments_change_nothing() -> None:
    as_text = PLAIN.decode().replace("\n", "")
    for between in ("", "\n", "\r\n", "  \r\n \t", "\n\n"):
        varied = as_text.replace("'", f"'{between}").encode()
        assert entries(varied) == entries(PLAIN)
        assert read_bay_plan(varied, file="f").findings == ()


def test_lines_wrapped_at_eighty_columns_are_joined() -> None:
    as_text = PLAIN.decode().replace("\n", "")
    wrapped = "\r\n".join(as_text[i : i + 80] for i in range(0, len(as_text), 80))
    assert entries(wrapped.encode()) == entries(PLAIN)


def test_an_interchange_without_una_or_with_a_byte_order_mark_is_read() -> None:
    bare = PLAIN.partition(b"\n")[2]
    assert bare.startswith(b"UNB")
    assert entries(bare) == entries(PLAIN)
    assert entries(b"\xef\xbb\xbf" + PLAIN) == entries(PLAIN)


def test_a_message_without_envelope_is_read() -> None:
    assert len(entries(message("BAPLIE:D:95B:UN:SMDG22", *HEAD_22, *BOX_22).encode())) == 1


def test_own_separators_are_followed() -> None:
    turned = PLAIN.decode().replace("\n", "").removeprefix("UNA:+.? '")
    turned = turned.translate(str.maketrans({":": "^", "+": "|", "'": "~"}))
    assert entries(f"UNA^|.! ~{turned}".encode()) == entries(PLAIN)


def test_own_separators_may_be_released_and_the_usual_ones_are_then_text() -> None:
    text = "UNA^|.! ~UNB|UNOC^3|A|B|260101^0000|1~UNH|1|X~FTX|AAA|||a!|b!^c!~d!!e+f:g'h?~UNT|3|1~UNZ|1|1~"
    (raw,) = read_messages(text.encode(), file="f")
    assert parts(elements(raw.segments[1]), 4) == ["a|b^c~d!e+f:g'h?"]


@given(st.text(st.characters(min_codepoint=32, max_codepoint=255), max_size=40))
def test_released_text_comes_back_as_it_was(text: str) -> None:
    escaped = "".join(f"?{char}" if char in "?+:'" else char for char in text)
    (raw,) = read_messages(f"UNH+1+X'FTX+AAA+++x{escaped}x'UNT+3+1'".encode(), file="f")
    assert parts(elements(raw.segments[1]), 4) == [f"x{text}x"]
    assert at(elements(raw.segments[1]), 4) == f"x{text}x"


def test_latin_1_and_utf_8_are_told_apart() -> None:
    named = baplie_22(BOX_22, head=[s.replace("QUIPU EXPRESS", "CORUÑA Ü") for s in HEAD_22])
    assert read_bay_plan(named, file="f").header.vessel_name == "CORUÑA Ü"
    assert read_bay_plan(named.decode("latin-1").encode(), file="f").header.vessel_name == "CORUÑA Ü"


def test_several_messages_and_interchanges_are_read_in_order() -> None:
    one = message("BAPLIE:D:95B:UN:SMDG22", *HEAD_22, *BOX_22, reference="7")
    two = message("TANSTA:D:00B:UN:SMDG20", "BGM++T1+9", "LOC+ZZZ+DB1P", "MEA+WT++TNE:812", reference="8")
    found = read_any(interchange(one, two) + interchange(one, una="UNA:+.? '"), file="f")
    assert [m.header.message_reference for m in found] == ["7", "8", "7"]
    assert all(not m.findings for m in found)


def test_two_bay_plans_in_one_file_are_refused_with_the_place_of_the_second() -> None:
    one = message("BAPLIE:D:95B:UN:SMDG22", *HEAD_22, *BOX_22)
    with pytest.raises(DataError, match="2 BAPLIE messages") as caught:
        read_bay_plan(interchange(one, one), file="two.edi")
    assert (caught.value.file, caught.value.place) == ("two.edi", "segment 17")


@pytest.mark.parametrize(
    ("before", "after", "rule"),
    [
        ("UNT+15+1", "UNT+99+1", "EDI-UNT-COUNT"),
        ("UNT+15+1", "UNT+15+2", "EDI-ENVELOPE"),
        ("UNZ+1+1", "UNZ+5+1", "EDI-UNZ-COUNT"),
        ("UNZ+1+1", "UNZ+1+4", "EDI-ENVELOPE"),
        ("UNZ+1+1'\n", "", "EDI-ENVELOPE"),
        ("UNZ+1+1'", "UNZ+1+1", "EDI-ENVELOPE"),
        ("UNZ+1+1'", "UNZ+1+1'\nMailed by a program", "EDI-ENVELOPE"),
        ("UNA", "Received: yesterday\n\nUNA", "EDI-ENVELOPE"),
        ("SMDG22", "SMDG99", "EDI-DIALECT"),
        (":UN:SMDG22", ":UN", "EDI-DIALECT"),
        ("RFF+BN", "ZZZ+1'RFF+BN", "EDI-SEGMENT"),
    ],
)
def test_what_is_wrong_around_the_boxes_is_found_and_nothing_else(before: str, after: str, rule: str) -> None:
    assert before in PLAIN.decode()
    read = read_bay_plan(PLAIN.decode().replace(before, after).encode(), file="f")
    assert [e.container for e in read.entries] == [e.container for e in read_bay_plan(PLAIN, file="f").entries]
    expected = {rule, "EDI-UNT-COUNT"} if rule == "EDI-SEGMENT" else {rule}
    assert set(rules(read.findings)) == expected


def test_places_count_segments_of_the_file_without_una() -> None:
    read = read_bay_plan(baplie_22(box_22(EQD="EQD+CN+CQSU0901221+22G1+++5")), file="f")
    assert [f.place for f in read.findings] == ["segment 9, slot 0350384"]
