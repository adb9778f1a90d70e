"""What does not fit a document's form is told in plain words, with its place."""

from __future__ import annotations

import json
from typing import Annotated, Any, Literal

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec import Meta

from cabria.adapters.files.documents import decoded, text_like
from cabria.domain.errors import DataError

FORM = "quay/1"


class Bollard(msgspec.Struct, array_like=True, forbid_unknown_fields=True):
    x_mm: int
    load_kg: int = 0


class Quay(msgspec.Struct, forbid_unknown_fields=True):
    format: Literal["quay/1"]
    length_mm: Annotated[int, Meta(ge=1, le=10**6)]
    name: Annotated[str, Meta(min_length=1, max_length=5)] = "A"
    berth: Annotated[str, text_like(r"^B\d$", "a berth such as B1")] = "B1"
    side: Literal["port", "starboard"] = "port"
    draught_m: float | None = None
    bollards: Annotated[list[Bollard], Meta(max_length=2)] = []


def read(text: str | bytes) -> Quay:
    content = text.encode() if isinstance(text, str) else text
    return decoded(content, Quay, file="quay.json", what="A quay", form=FORM)


def quay(**facts: Any) -> str:
    return json.dumps({"format": FORM, "length_mm": 7, **facts})


@given(st.builds(Quay, format=st.just(FORM), length_mm=st.integers(1, 10**6), draught_m=st.none() | st.floats(0, 30)))
def test_what_fits_is_read_as_it_was_written(written: Quay) -> None:
    assert read(msgspec.json.encode(written)) == written


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("", "quay.json: The file is not JSON: Input data was truncated."),
        ("{", "quay.json: The file is not JSON: Input data was truncated."),
        ("[]", "quay.json, $.format: A quay begins with format 'quay/1'; this file says no format."),
        ('{"format": "ship/1"}', "quay.json, $.format: A quay begins with format 'quay/1'; this file says 'ship/1'."),
        ('{"format": "quay/1"}', "quay.json, $: The key 'length_mm' is missing."),
        (quay(colour=1), "quay.json, $: There is no key 'colour'."),
        (quay(length_mm="x"), "quay.json, $.length_mm: This should be a whole number, not a text."),
        (quay(length_mm=1.5), "quay.json, $.length_mm: This should be a whole number, not a fraction."),
        (quay(length_mm=10**30), "quay.json, $.length_mm: This should be at most 1,000,000."),
        (quay(length_mm=0), "quay.json, $.length_mm: This should be at least 1."),
        (quay(name=""), "quay.json, $.name: This should not be empty."),
        (quay(name="Callao"), "quay.json, $.name: This should have at most 5 characters."),
        (quay(berth="7"), "quay.json, $.berth: This should be a berth such as B1."),
        (quay(side="left"), "quay.json, $.side: 'left' is none of the words that may stand here."),
        (quay(draught_m=[]), "quay.json, $.draught_m: This should be a number or null, not a list."),
        (quay(bollards=[[1], [2], [3]]), "quay.json, $.bollards: This should have at most 2 entries."),
        (quay(bollards=[{}]), "quay.json, $.bollards[0]: This should be a list, not a table of named values."),
        (
            '{"format": "quay/1", "length_mm": 1, "length_mm": 2}',
            "quay.json, key length_mm: 'length_mm' is named twice in one table.",
        ),
        (
            '{"format": "quay/1", "bollards": ' + "[" * 100_000,
            "quay.json: The file is not JSON: it is nested too deeply.",
        ),
    ],
)
def test_what_does_not_fit_is_told_in_plain_words(text: str, sentence: str) -> None:
    with pytest.raises(DataError) as caught:
        read(text)
    assert str(caught.value) == sentence
