"""Reading in a second process gives what reading here gives, errors included."""

from __future__ import annotations

import operator
import os
from functools import partial
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cabria.adapters.files import aside


@pytest.fixture
def large(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(aside, "WORTH_IT_BYTES", 0)
    monkeypatch.setattr(os, "cpu_count", lambda: 2)
    return tmp_path


def test_it_is_read_in_another_process_while_something_is_done_here(large: Path) -> None:
    done: list[int] = []
    other = aside.read_aside(partial(os.getpid), large, lambda: done.append(os.getpid()))
    assert done == [os.getpid()]
    assert other != os.getpid()


def test_an_error_is_the_one_of_reading_here(large: Path) -> None:
    with pytest.raises(ZeroDivisionError):
        aside.read_aside(partial(operator.truediv, 1, 0), large, list)


def test_what_cannot_be_sent_back_is_read_here(large: Path) -> None:
    assert next(aside.read_aside(partial(iter, range(3)), large, list)) == 0
    assert aside.read_aside(partial(memoryview, b"sea"), large, list).tobytes() == b"sea"


def test_an_error_of_what_is_done_meanwhile_ends_both(large: Path) -> None:
    with pytest.raises(ZeroDivisionError):
        aside.read_aside(partial(os.getpid), large, lambda: 1 / 0)


@settings(max_examples=20)
@given(st.binary(max_size=200))
def test_a_small_folder_is_read_here(content: bytes) -> None:
    assert aside.read_aside(partial(bytes, content), Path(os.devnull), list) == content


def test_without_a_second_core_it_is_read_here(large: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "cpu_count", lambda: 1)
    assert aside.read_aside(partial(os.getpid), large, list) == os.getpid()
