"""`cabria yard` as its user meets it: the page on how to work the yard is followed, and then all goes wrong."""

from __future__ import annotations

import csv
import re
import shlex
from pathlib import Path

import pytest

from cabria.cli.yard_output import OUTPUT, SHARED

from .conftest import Outcome, Run

COMMANDS = ("map", "section", "retrieve", "premarshal", "tidy", "share", "put")
QUICK = ("--effort", "quick")


def blocks_of_page(repository: Path, language: str) -> list[str]:
    page = (repository / "docs" / "how-to" / "work-the-yard.md").read_text()
    return re.findall(rf"```{language}\n(.*?)```", page, re.DOTALL)


@pytest.fixture
def yard(repository: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The tables of the page, in a folder of their own."""
    monkeypatch.chdir(tmp_path)
    table, wanted = blocks_of_page(repository, "csv")
    Path("yard.csv").write_text(table)
    Path("wanted.csv").write_text(wanted)
    return Path("yard.csv")


def assert_refused(outcome: Outcome, *words: str) -> None:
    assert outcome.code == 1
    assert "Traceback" not in outcome.err
    assert outcome.err.count("cabria: ") == 1
    for word in words:
        assert word in outcome.complaint


def moves(folder: str) -> list[dict[str, str]]:
    with Path(folder, "moves.csv").open() as file:
        return list(csv.DictReader(file))


def test_every_command_of_the_page_runs(cabria: Run, yard: Path, repository: Path) -> None:
    for line in "".join(blocks_of_page(repository, "sh")).splitlines():
        program, *words = shlex.split(line)
        assert program == "cabria"
        quick = QUICK if words[1] in ("retrieve", "premarshal", "share") else ()
        outcome = cabria(*words, *quick)
        assert outcome.code == 0, outcome.err
        assert "Written to" in outcome.out
    for folder in ("moves", "emptied", "sorted", "tonight"):
        assert sorted(path.name for path in Path(folder).iterdir()) == sorted(OUTPUT)
    assert sorted(path.name for path in Path("shared").iterdir()) == sorted(SHARED)
    for picture in ("block.png", "bay.png"):
        assert Path(picture).read_bytes().startswith(b"\x89PNG")
    assert Path("yard-map.svg").read_text().startswith("<svg")
    assert "CBAU2000010" in Path("yard-with-it.csv").read_text()


def test_a_list_of_classes_is_served_in_its_order(cabria: Run, yard: Path) -> None:
    assert "5 boxes out with 0 digs" in cabria("yard", "retrieve", yard, "wanted.csv", "--out", "moves", *QUICK).out
    with yard.open() as file:
        class_of = {row["container"]: row["class"] for row in csv.DictReader(file)}
    assert [class_of[move["container"]] for move in moves("moves")] == [
        "YOK-40",
        "SHA-40",
        "SHA-20",
        "YOK-40",
        "SHA-40",
    ]


def test_a_sorted_bay_has_nothing_in_the_way(cabria: Run, yard: Path) -> None:
    assert cabria("yard", "premarshal", yard, "A-02", "--out", "sorted", *QUICK).code == 0
    assert "0 in the way" in cabria("yard", "section", "sorted/yard-after.csv", "A-02").out


def test_equal_priorities_leave_in_any_order(cabria: Run, yard: Path) -> None:
    yard.write_text(re.sub(r",\d,(SHA|YOK)-40", r",1,\1-40", yard.read_text()))
    assert "9 boxes out with 0 digs" in cabria("yard", "retrieve", yard, "--bay", "A-02", *QUICK).out


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("A-02-01-2", "A-02-01-4", "yard.csv, line 4: Container CBAU1000030 at A-02-01-3 has nothing under it"),
        ("A-02-02-2", "A-02-01-2", "line 6, column B (position): Another box stands at A-02-01-2 already, in line 3"),
        ("A-05-01-1", "A-03-01-1", "share the ground of bay 3"),
        ("A-05-02-1,20", "A-02-02-3,20", "Container CBAU1000127 of 20 ft stands in the even bay 2"),
        ("21000,3,", "21000,,", "yard.csv, line 2: Container CBAU1000010 at A-02-01-1 has no priority"),
        ("21000,3,", "21000,-3,", "line 2, column E (priority)"),
        ("CBAU1000025", "CBAU1000010", "stands in the yard twice, first in line 2"),
        ("position", "where", "no column position"),
    ],
    ids=range(8),
)
@pytest.mark.parametrize("command", ["retrieve", "premarshal"])
def test_a_yard_that_cannot_be_is_refused_with_its_place(
    cabria: Run, yard: Path, command: str, old: str, new: str, words: str
) -> None:
    text = yard.read_text()
    assert old in text
    yard.write_text(text.replace(old, new, 1))
    bay = ("--bay", "A-02") if command == "retrieve" else ("A-02",)
    assert_refused(cabria("yard", command, yard, *bay, "--out", "out"), words)
    assert not Path("out").exists()


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        ("map nothing.csv", "nothing.csv: There is no such file"),
        ("map yard.csv --block Z", "There is no block 'Z'. There are A."),
        ("map yard.csv --out picture.jpg", "written as .svg or .png"),
        ("map yard.csv --out nowhere/picture.svg", "cannot be written"),
        ("section yard.csv A", "not written BLOCK-BAY"),
        ("section yard.csv A-77", "Block A has no bay 77"),
        ("retrieve yard.csv", "either a list of what is wanted or a bay"),
        ("retrieve yard.csv wanted.csv --bay A-02", "either a list of what is wanted or a bay"),
        ("retrieve yard.csv nothing.csv", "nothing.csv: There is no such file"),
        ("retrieve yard.csv yard.csv --out yard.csv", "yard.csv"),
        ("premarshal yard.csv A-04", "on all the ground of bay 04"),
        ("tidy yard.csv Z", "There is no block 'Z'"),
        ("share yard.csv wanted.csv", "no column container, from, to"),
        ("share yard.csv yard.csv", "no column from, to"),
        ("put yard.csv CBAU1000010", "CBAU1000010 stands in the yard already"),
        ("put yard.csv NEW --length-ft 53", "53 ft long"),
        ("put yard.csv NEW --block Z", "There is no block 'Z'"),
        ("map yard.csv --terminal yard.csv", "yard.csv"),
    ],
    ids=range(18),
)
def test_what_is_asked_wrongly_is_told(cabria: Run, yard: Path, words: str, sentence: str) -> None:
    assert_refused(cabria("yard", *words.split()), sentence)
    assert sorted(path.name for path in Path().iterdir()) == ["wanted.csv", "yard.csv"]


@pytest.mark.parametrize(
    ("lines", "words"),
    [
        ("CBAU1000030,A-02-01,out", "line 2, column B (from): Yard position 'A-02-01' is not written"),
        ("CBAU1000030,truck,out", "line 2, column B (from): The box neither stands in the yard nor comes into it"),
        ("CBAU1000030,A-02-01-3,B-02-01-1", "line 2, column C (to): The box goes from one block to another"),
        ("CBAU1000030,A-92-01-3,out", "Block A has no place A-92-01-3"),
        ("CBAU1000030,Z-02-01-3,out", "There is no block 'Z'"),
        (
            "CBAU1000030,A-02-01-3,A-05-02-2\nX,A-01-01-1,A-05-01-1",
            "some.csv, container CBAU1000030: No crane reaches both bay 2 and bay 5",
        ),
    ],
    ids=range(6),
)
def test_moves_that_two_cranes_cannot_do_are_refused(cabria: Run, yard: Path, lines: str, words: str) -> None:
    Path("some.csv").write_text(f"container,from,to\n{lines}\n")
    assert_refused(cabria("yard", "share", yard, "some.csv", "--gap-bays", "2", "--out", "shared", *QUICK), words)
    assert not Path("shared").exists()


def test_boxes_that_trucks_bring_and_fetch_are_shared_too(cabria: Run, yard: Path) -> None:
    Path("some.csv").write_text("container,from,to,ready_s,due_s\nA,A-02-01-3,,0,60\nB,truck,A-05-02-2,30,\n")
    outcome = cabria("yard", "share", yard, "some.csv", "--gap-bays", "2", "--out", "shared", *QUICK)
    assert outcome.code == 0, outcome.err
    with Path("shared/schedule.csv").open() as file:
        rows = {row["container"]: row for row in csv.DictReader(file)}
    assert (rows["A"]["to"], rows["B"]["from"], rows["A"]["due_s"]) == ("out", "truck", "60")
    assert int(rows["B"]["lift_at_s"]) >= 30


def test_a_folder_of_somebody_else_is_left_alone(cabria: Run, yard: Path) -> None:
    Path("mine").mkdir()
    Path("mine/letter.txt").write_text("keep")
    assert_refused(cabria("yard", "retrieve", yard, "wanted.csv", "--out", "mine", *QUICK), "mine")
    assert [path.name for path in Path("mine").iterdir()] == ["letter.txt"]


def test_the_yard_of_a_call_is_drawn_with_its_terminal(cabria: Run, tiny: Path) -> None:
    outcome = cabria("yard", "map", tiny / "yard.csv", "--terminal", tiny / "terminal.json", "--out", tiny / "map.png")
    assert outcome.code == 0, outcome.err
    assert (tiny / "map.png").read_bytes().startswith(b"\x89PNG")


@pytest.mark.parametrize("command", COMMANDS)
def test_help_of_the_yard_fits_a_narrow_screen(cabria: Run, command: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    for words in (("yard",), ("yard", command)):
        outcome = cabria(*words, "--help")
        assert outcome.code == 0
        assert "..." not in outcome.out.partition("\n")[2]
        assert max(map(len, outcome.out.splitlines())) <= 80
        assert f"Example: cabria {words[0]}" in outcome.out
