"""Files of others are read with care, and our own are written whole or not at all."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from cabria.adapters.files.source_file import read_bytes, read_text, write_whole
from cabria.domain.errors import DataError


def test_a_file_is_replaced_whole(tmp_path: Path) -> None:
    target = tmp_path / "ship.json"
    write_whole(target, b"old")
    write_whole(target, b"new")
    assert target.read_bytes() == b"new"
    assert list(tmp_path.iterdir()) == [target]


def test_a_link_keeps_pointing_to_what_was_written(tmp_path: Path) -> None:
    (tmp_path / "link.json").symlink_to("ship.json")
    write_whole(tmp_path / "link.json", b"new")
    assert (tmp_path / "link.json").is_symlink()
    assert (tmp_path / "ship.json").read_bytes() == b"new"


def test_a_device_is_left_alone(tmp_path: Path) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    with pytest.raises(DataError, match="not a file"):
        write_whole(pipe, b"new")
    assert pipe.is_fifo()


@pytest.mark.parametrize("name", [".", "no/such/folder/ship.json", "loop", "a" * 300])
def test_a_place_that_cannot_be_written_is_refused_and_nothing_is_left(tmp_path: Path, name: str) -> None:
    (tmp_path / "loop").symlink_to("loop")
    with pytest.raises(DataError) as caught:
        write_whole(tmp_path / name, b"new")
    assert caught.value.file == str(tmp_path / name)
    assert [path.name for path in tmp_path.iterdir()] == ["loop"]


@pytest.mark.parametrize(
    ("content", "sentence"),
    [(b"", "is empty"), (b" \n", "is empty"), (b"x" * 11, "larger than"), (b"a\0b", "binary data")],
)
def test_what_is_no_text_is_refused(tmp_path: Path, content: bytes, sentence: str) -> None:
    (tmp_path / "file").write_bytes(content)
    with pytest.raises(DataError, match=sentence):
        read_text(tmp_path / "file", limit_bytes=10)


def test_an_endless_device_is_read_no_further_than_the_limit() -> None:
    with pytest.raises(DataError, match="larger than 1 MB"):
        read_bytes("/dev/zero", limit_bytes=1_000_000)
