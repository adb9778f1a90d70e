"""An output folder appears whole or not at all, and takes nobody's place but an older output's."""

from __future__ import annotations

import shutil
from itertools import count
from pathlib import Path

import pytest

from cabria.adapters.files import whole_folder as whole_folder_module
from cabria.adapters.files.source_file import write_whole
from cabria.adapters.files.whole_folder import refuse_taken, whole_folder
from cabria.domain.errors import DataError

MARK = "plan.json"
PARTS = (MARK, "index.html")


def write(folder: Path, text: str, *, then: type[BaseException] | None = None) -> None:
    with whole_folder(folder, mark=MARK, parts=PARTS) as draft:
        (draft / MARK).write_text(text)
        if then:
            raise then


def test_a_folder_appears_only_when_it_is_complete(tmp_path: Path) -> None:
    target = tmp_path / "new" / "plan"
    with whole_folder(target) as draft:
        (draft / MARK).write_text("{}")
        assert not target.exists()
    assert (target / MARK).read_text() == "{}"
    assert [path.name for path in target.parent.iterdir()] == ["plan"]


def test_a_failure_leaves_neither_folder_nor_draft_nor_parents(tmp_path: Path) -> None:
    with pytest.raises(ZeroDivisionError):
        write(tmp_path / "new" / "plan", "{}", then=ZeroDivisionError)
    assert list(tmp_path.iterdir()) == []


def test_ctrl_c_keeps_the_plan_that_was_there(tmp_path: Path) -> None:
    write(tmp_path / "plan", "old")
    with pytest.raises(KeyboardInterrupt):
        write(tmp_path / "plan", "new", then=KeyboardInterrupt)
    assert (tmp_path / "plan" / MARK).read_text() == "old"
    assert [path.name for path in tmp_path.iterdir()] == ["plan"]


def test_ctrl_c_while_the_older_folder_is_removed_leaves_nothing_of_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(tmp_path / "plan", "old")
    removed, asked = shutil.rmtree, count()

    def interrupted(folder: Path, *, ignore_errors: bool) -> None:
        if next(asked) == 0:
            raise KeyboardInterrupt
        removed(folder, ignore_errors=ignore_errors)

    monkeypatch.setattr(shutil, "rmtree", interrupted)
    with pytest.raises(KeyboardInterrupt):
        write(tmp_path / "plan", "new")
    assert (tmp_path / "plan" / MARK).read_text() == "new"
    assert [path.name for path in tmp_path.iterdir()] == ["plan"]


def test_where_the_system_can_old_and_new_change_names_in_one_step(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """So that no moment is without either, whenever the program is killed."""
    write(tmp_path / "plan", "old")

    def renamed(self: Path, target: Path) -> Path:
        raise AssertionError("two steps")

    monkeypatch.setattr(Path, "rename", renamed)
    write(tmp_path / "plan", "new")
    assert (tmp_path / "plan" / MARK).read_text() == "new"
    assert [path.name for path in tmp_path.iterdir()] == ["plan"]


def test_ctrl_c_between_old_and_new_puts_the_old_one_back(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write(tmp_path / "plan", "old")
    rename = Path.rename

    def interrupted(self: Path, target: Path) -> Path:
        if (self / MARK).read_text() == "new":
            raise KeyboardInterrupt
        return rename(self, target)

    monkeypatch.setattr(Path, "rename", interrupted)
    monkeypatch.setattr(whole_folder_module, "_swapped", lambda one, other: False)
    with pytest.raises(KeyboardInterrupt):
        write(tmp_path / "plan", "new")
    assert (tmp_path / "plan" / MARK).read_text() == "old"
    assert [path.name for path in tmp_path.iterdir()] == ["plan"]


def test_an_older_plan_gives_way_to_a_new_one(tmp_path: Path) -> None:
    write(tmp_path / "plan", "old")
    write(tmp_path / "plan", "new")
    assert (tmp_path / "plan" / MARK).read_text() == "new"
    assert [path.name for path in tmp_path.iterdir()] == ["plan"]


def test_a_link_to_an_older_plan_stays_a_link(tmp_path: Path) -> None:
    write(tmp_path / "plan", "old")
    (tmp_path / "latest").symlink_to("plan")
    write(tmp_path / "latest", "new")
    assert (tmp_path / "latest").is_symlink()
    assert (tmp_path / "plan" / MARK).read_text() == "new"


@pytest.mark.parametrize("names", [["love.txt"], [MARK, "love.txt"], ["index.html"], [MARK, ".git"]])
def test_a_folder_with_anything_of_somebody_else_is_left_alone(tmp_path: Path, names: list[str]) -> None:
    target = tmp_path / "letters"
    target.mkdir()
    for name in names:
        (target / name).write_text("mine")
    with pytest.raises(DataError, match=r"holds .* left alone"):
        refuse_taken(target, mark=MARK, parts=PARTS)
    with pytest.raises(DataError, match=r"holds .* left alone"):
        write(target, "new")
    assert sorted(path.name for path in target.iterdir()) == sorted(names)


@pytest.mark.parametrize("name", ["file", "file/plan", "loop", "a" * 300, ".", "/proc/plan"])
def test_a_place_that_cannot_be_written_is_refused_before_the_work(
    tmp_path: Path, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    place = tmp_path / "place"
    place.mkdir()
    (place / "file").touch()
    (place / "loop").symlink_to("loop")
    monkeypatch.chdir(place)
    with pytest.raises(DataError) as caught:
        refuse_taken(Path(name))
    assert caught.value.file == name
    with pytest.raises(DataError):
        write(Path(name), "new")
    assert sorted(path.name for path in place.iterdir()) == ["file", "loop"]


def test_the_folder_somebody_stands_in_is_left_alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    with pytest.raises(DataError, match="you stand in"):
        refuse_taken(Path())


def test_errors_about_the_draft_name_the_folder(tmp_path: Path) -> None:
    with pytest.raises(DataError) as caught, whole_folder(tmp_path / "plan") as draft:
        write_whole(draft / "no" / "such" / "file", b"")
    assert caught.value.file == str(tmp_path / "plan" / "no" / "such" / "file")
