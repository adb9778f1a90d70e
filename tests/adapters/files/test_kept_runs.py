"""Finished runs on disk: safe as soon as they are kept, and hostile files refused."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.simulated_by_hand import record

from cabria.adapters.files.kept_runs import KeptRuns
from cabria.domain.errors import DataError
from cabria.operations.settings import TruckChoice
from cabria.referee.run_record import Variant

QUESTION = {"kind": "call", "inputs": "abc", "variation": 0.1, "truck_choice": TruckChoice.IN_TIME}
VARIANT = Variant(1, {"trucks": 4, "variation": 0.5, "dig_ahead": True, "truck_choice": TruckChoice.EXACT})


def kept_in(path: Path, *, is_resumed: bool) -> KeptRuns:
    return KeptRuns(path, QUESTION, is_resumed=is_resumed)


def test_what_was_kept_is_there_again_even_when_the_program_was_killed(tmp_path: Path) -> None:
    path = tmp_path / "runs"
    with kept_in(path, is_resumed=False) as kept:
        kept.keep(VARIANT, record(seed=3))
        content = path.read_bytes()  # as a program that is killed now would leave it
    path.write_bytes(content + b'[{"trucks":4},{"vari')
    with kept_in(path, is_resumed=True) as kept:
        assert kept.records == [(VARIANT.settings, record(seed=3))]
        kept.keep(VARIANT, record(seed=4))
    with kept_in(path, is_resumed=True) as kept:
        assert [each.seed for _, each in kept.records] == [3, 4]


def test_runs_that_are_there_are_not_replaced(tmp_path: Path) -> None:
    path = tmp_path / "runs"
    with kept_in(path, is_resumed=False):
        pass
    with pytest.raises(DataError, match=r"runs here already.*--resume"):
        kept_in(path, is_resumed=False)


def test_another_question_is_refused_with_what_differs(tmp_path: Path) -> None:
    path = tmp_path / "runs"
    with kept_in(path, is_resumed=False):
        pass
    with pytest.raises(DataError, match=r"done with inputs abc, and now it is xyz"):
        KeptRuns(path, {**QUESTION, "inputs": "xyz"}, is_resumed=True)


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"{}\n", "does not say"),
        (b"\xff\xfe\n", "does not say"),
        (b'["cabria.sweep/2",{}]\n', "does not say"),
        (b"[" * 5_000 + b"\n", "does not say"),
        (b"  \n", "The file is empty"),
    ],
    ids=["another document", "no text", "another version", "deep", "blank"],
)
def test_what_is_no_sweep_is_refused(tmp_path: Path, content: bytes, said: str) -> None:
    path = tmp_path / "runs"
    path.write_bytes(content)
    with pytest.raises(DataError, match=said):
        kept_in(path, is_resumed=True)


@pytest.mark.parametrize("line", [b'[{"trucks":4},{"variant":"one"}]', b'[{"trucks":"\xff"}]'])
def test_a_line_that_is_no_run_is_named(tmp_path: Path, line: bytes) -> None:
    path = tmp_path / "runs"
    with kept_in(path, is_resumed=False) as kept:
        kept.keep(VARIANT, record())
    content = path.read_bytes()
    path.write_bytes(content + line + b"\n")
    with pytest.raises(DataError, match=r"line 3: This is no run of a sweep"):
        kept_in(path, is_resumed=True)


@given(st.binary(max_size=200))
def test_any_bytes_after_the_first_line_are_runs_or_refused(
    tmp_path_factory: pytest.TempPathFactory, tail: bytes
) -> None:
    path = tmp_path_factory.mktemp("kept") / "runs"
    with kept_in(path, is_resumed=False):
        pass
    path.write_bytes(path.read_bytes() + tail)
    try:
        with kept_in(path, is_resumed=True) as kept:
            assert kept.records == []
    except DataError:
        pass
