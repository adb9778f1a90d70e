"""An output folder appears whole or not at all."""

from __future__ import annotations

from pathlib import Path

import pytest

from cabria.bootstrap import MARK, whole_folder
from cabria.domain.errors import DataError


def write_and_fail(target: Path, text: str) -> None:
    with whole_folder(target) as draft:
        (draft / MARK).write_text(text)
        raise ZeroDivisionError


def test_a_folder_appears_only_when_it_is_complete(tmp_path: Path) -> None:
    target = tmp_path / "plan"
    with whole_folder(target) as draft:
        (draft / MARK).write_text("{}")
        assert not target.exists()
    assert (target / MARK).read_text() == "{}"


def test_a_failure_leaves_neither_folder_nor_draft(tmp_path: Path) -> None:
    with pytest.raises(ZeroDivisionError):
        write_and_fail(tmp_path / "plan", "{}")
    assert list(tmp_path.iterdir()) == []


def test_a_failure_keeps_the_plan_that_was_there(tmp_path: Path) -> None:
    target = tmp_path / "plan"
    with whole_folder(target) as draft:
        (draft / MARK).write_text("old")
    with pytest.raises(ZeroDivisionError):
        write_and_fail(target, "new")
    assert (target / MARK).read_text() == "old"


def test_an_older_plan_gives_way_to_a_new_one(tmp_path: Path) -> None:
    target = tmp_path / "plan"
    for text in ("old", "new"):
        with whole_folder(target) as draft:
            (draft / MARK).write_text(text)
    assert (target / MARK).read_text() == "new"
    assert [path.name for path in tmp_path.iterdir()] == ["plan"]


def test_a_folder_that_is_not_ours_is_left_alone(tmp_path: Path) -> None:
    target = tmp_path / "letters"
    target.mkdir()
    (target / "love.txt").write_text("mine")
    with pytest.raises(DataError, match="left alone"), whole_folder(target):
        pass
    assert (target / "love.txt").read_text() == "mine"
