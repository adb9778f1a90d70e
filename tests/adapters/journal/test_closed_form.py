"""Nouns as JSON and back, and nothing but nouns."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path
from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cabria.adapters.journal.closed_form import decode, encode
from cabria.domain.containers import ContainerId, Port, SizeType
from cabria.domain.errors import DataError
from cabria.domain.positions import StowPosition, YardPosition
from cabria.domain.run_events import Aboard, DeckEnd, OnTruck
from cabria.domain.work import StepKind
from cabria.experiments.tiny import tiny_call
from cabria.operations.gateways import QuayWork
from cabria.operations.records import Command, MachineKind, Order

NUMBERS = st.integers(min_value=-(2**62), max_value=2**62)
LEAVES = st.one_of(
    st.none(),
    st.booleans(),
    NUMBERS,
    st.floats(allow_nan=False, allow_infinity=False),
    st.text(),
    st.sampled_from([*DeckEnd, *StepKind, *MachineKind]),
    st.builds(YardPosition, st.text(max_size=3), NUMBERS, NUMBERS, NUMBERS),
    st.builds(OnTruck, st.text(max_size=4), st.sampled_from(DeckEnd)),
    st.builds(Aboard, st.text(max_size=4), st.builds(StowPosition, NUMBERS, NUMBERS, NUMBERS)),
)
VALUES = st.recursive(
    LEAVES,
    lambda inner: st.one_of(
        st.lists(inner, max_size=4),
        st.lists(inner, max_size=4).map(tuple),
        st.dictionaries(st.one_of(st.text(), NUMBERS), inner, max_size=4),
        st.builds(Command, st.text(), st.lists(inner, max_size=3).map(tuple)),
    ),
    max_leaves=20,
)


@settings(max_examples=60)
@given(VALUES)
def test_what_goes_in_comes_out(value: Any) -> None:
    out = decode(encode(value))
    assert out == value
    assert type(out) is type(value)
    assert encode(out) == encode(value)


def test_a_whole_call_goes_in_and_comes_out() -> None:
    assert decode(encode(tiny_call())) == tiny_call()


def test_an_order_keeps_its_types() -> None:
    work = QuayWork(
        job="QC1/1",
        kind=StepKind.LOAD,
        x_mm=5,
        duration_ms=90_000,
        call="C",
        containers=(ContainerId("ABCU0000001"),),
        sources=(OnTruck("T01"),),
        targets=(Aboard("C", StowPosition(2, 0, 82)),),
        lid="",
    )
    order = decode(encode(Order(MachineKind.QUAY_CRANE, "QC1", "work", (work,))))
    assert order.arguments == (work,)
    assert isinstance(order.arguments[0], QuayWork)
    assert isinstance(order.arguments[0].sources[0], OnTruck)


def test_fields_at_their_defaults_are_left_out_so_that_new_ones_need_no_new_version() -> None:
    box = tiny_call().loads[0]
    assert b"handling" not in encode(box)
    assert decode(encode(SizeType.parse("22G1"))) == SizeType.parse("22G1")
    assert Port("PECHY") in encode(box).decode()


@pytest.mark.parametrize("value", [Path("a"), object(), print, b"bytes"], ids=["path", "object", "function", "bytes"])
def test_what_is_no_noun_does_not_go_in(value: object) -> None:
    with pytest.raises(TypeError):
        encode(value)


@pytest.mark.parametrize(
    "text",
    [
        b"",
        b"{",
        b"\xff",
        b'{"$": "os.system", "is": "true"}',
        b'{"$": "builtins.eval"}',
        b'{"$": 7}',
        b'{"$": ["list"]}',
        b"{}",
        b'{"$": "list"}',
        b'{"$": "set", "of": [{"$": "list", "of": []}]}',
        b'{"$": "map", "of": [1]}',
        b'{"$": "map", "of": [[{"$": "list", "of": []}, 1]]}',
        b'{"$": "function", "is": "yard_work.nothing"}',
        b'{"$": "function", "is": "os.system"}',
        b'{"$": "positions.YardPosition", "block": "A"}',
        b'{"$": "positions.YardPosition", "block": "A", "bay": 1, "row": 1, "tier": 1, "colour": 3}',
        b'{"$": "run_events.DeckEnd", "is": "middle"}',
        b'{"$": "run_events.DeckEnd"}',
        b'{"$": "terminal.Outage", "from_s": 5, "until_s": 1}',
        b"[" * 5_000 + b"]" * 5_000,
        b'["\xff"]',
    ],
)
def test_hostile_text_is_refused_in_a_sentence(text: bytes) -> None:
    with pytest.raises(DataError) as refusal:
        decode(text)
    assert str(refusal.value).endswith(".")


@given(st.recursive(st.none() | st.booleans() | st.integers(-9, 9) | st.text(max_size=5), lambda inner: st.one_of(
    st.lists(inner, max_size=3),
    st.dictionaries(st.sampled_from(["$", "is", "of", "block", "bay"]), inner, max_size=3),
), max_leaves=12))  # fmt: skip
def test_any_json_is_read_or_refused(value: Any) -> None:
    with suppress(DataError):
        decode(msgspec.json.encode(value))
