"""The command line of the benchmarks: where options may stand, what is told of the unreadable, what names solutions."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from benchmarks.__main__ import main
from benchmarks.samples import files_in, made_name

BAY = {"name": "a", "T": 4, "stacks": [[1, 4, 2], [3, 5], []]}
FIRST = ["benchmark", "instance", "seed", "cost", "bound", "proven", "cpu_s", "wall_s", "valid", "version"]


def bays(folder: Path) -> str:
    path = folder / "bays.jsonl"
    path.write_text(json.dumps(BAY))
    return str(path)


@pytest.mark.parametrize("place", [0, 1, 2])
def test_options_may_stand_before_between_and_behind_the_paths(place: int, tmp_path: Path) -> None:
    words = ["relocation", bays(tmp_path)]
    words[place:place] = ["--restricted", "--seconds", "0.05", "--out", str(tmp_path / "rows.csv")]
    assert main(words) == 0
    header, row = csv.reader((tmp_path / "rows.csv").read_text().splitlines())
    assert header[: len(FIRST)] == FIRST
    assert row[1] == "a"


def test_an_unreadable_file_is_named_once_and_the_others_go_on(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    absent = str(tmp_path / "absent.jsonl")
    assert main(["relocation", absent, bays(tmp_path), "--seconds", "0.05"]) == 1
    told = capsys.readouterr()
    assert told.err.count(absent) == 1
    assert "instance=a" in told.out


@pytest.mark.parametrize("name", ["cranes", "berth", "berth-discrete", "berth-replan", "relocation", "premarshal"])
def test_a_folder_without_instances_is_refused_by_name(
    name: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main([name, str(tmp_path), "--seconds", "0.05"]) == 1
    assert str(tmp_path) in capsys.readouterr().err


@pytest.mark.parametrize("path", ["made:1.5:1", "made:nan:1", "made:0.995:none"])
def test_a_block_that_cannot_be_worked_is_told(path: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["slot-choice", path]) == 1
    assert path in capsys.readouterr().err


def test_a_solution_is_named_after_its_row(tmp_path: Path) -> None:
    rows = tmp_path / "rows.csv"
    main(["berth", "made:4:1", "--seconds", "0.5", "--solutions", str(tmp_path), "--out", str(rows)])
    main(["berth", str(tmp_path / "made-4-1.case.json"), "--seconds", "0.5", "--solutions", str(tmp_path / "again")])
    [row] = csv.DictReader(rows.read_text().splitlines())
    assert json.loads((tmp_path / f"{row['instance']}.json").read_text())["ships"]
    assert (tmp_path / "again" / "made-4-1.case.json").exists()


@given(st.lists(st.from_regex(r"[0-9]{1,3}", fullmatch=True), min_size=1, max_size=3))
def test_made_names_differ_where_paths_do_and_hold_no_colon(words: list[str]) -> None:
    name = made_name(":".join(["made", *words]))
    assert ":" not in name
    assert name.replace("-", ":") == ":".join(["made", *words])


def test_files_in_a_folder_come_in_order_and_by_ending(tmp_path: Path) -> None:
    for name in ("b.txt", "a.txt", "c.json"):
        (tmp_path / name).touch()
    assert [file.name for file in files_in(tmp_path, ".txt")] == ["a.txt", "b.txt"]
    assert files_in(tmp_path, ".csv") == [tmp_path]
    assert files_in(tmp_path / "absent", ".txt") == [tmp_path / "absent"]
