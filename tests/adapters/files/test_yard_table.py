"""A yard as its people keep it: read with priorities, classes and hours; each fault named with its line."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cabria.adapters.files.yard_moves_csv import write_moves, yard_after
from cabria.adapters.files.yard_table import (
    order_by_priority,
    read_retrieval_list,
    read_yard_table,
    write_yard_table,
)
from cabria.domain.containers import ContainerId
from cabria.domain.errors import DataError
from cabria.planning.yard.whole_yard.baselines import incumbent_greedy
from cabria.planning.yard.whole_yard.plans import plan_of
from cabria.planning.yard.whole_yard.problem import WholeYardProblem

HEAD = "container,position,length_ft,priority,class,leaves_in_h\n"
GOOD = "ONE,A-02-01-1,40,2,X,5.5\nTWO,A-02-01-2,40,1,X,\nTHREE,A-07-03-1,20,,Y,-1\n"


def table(tmp_path: Path, lines: str = GOOD, head: str = HEAD) -> Path:
    (tmp_path / "yard.csv").write_text(head + lines)
    return tmp_path / "yard.csv"


def test_blocks_are_read_off_the_boxes_and_needs_beside_them(tmp_path: Path) -> None:
    read = read_yard_table(table(tmp_path), tiers=4)
    (block,) = read.blocks
    assert (block.id, block.bays, block.rows, block.tiers) == ("A", 4, 3, 4)
    assert read.priority_of == {"ONE": 2, "TWO": 1}
    assert read.class_of == {"ONE": "X", "TWO": "X", "THREE": "Y"}
    assert read.leaves_in_h == {"ONE": 5.5, "THREE": -1}
    assert read.rank_of == {"ONE": 1, "TWO": 0}
    assert read.bay("A-02") == (block, 2)


@pytest.mark.parametrize(
    ("lines", "place", "sentence"),
    [
        ("ONE,A-02-01-2,40,1,,\n", "line 2", "has nothing under it"),
        ("ONE,A-02-01-1,40,1,,\nTWO,A-02-01-1,40,2,,\n", "line 3, column B (position)", "already, in line 2"),
        ("ONE,A-02-01-1,40,1,,\nTWO,A-01-01-2,20,2,,\n", "line 3", "share the ground of bay 1"),
        ("ONE,A-02-01-1,40,1,,\nTWO,A-02-01-2,20,2,,\n", "line 3, column B (position)", "stands in the even bay 2"),
        ("ONE,A-02-01-1,40,0,,\n", "line 2, column D (priority)", "not between 1 and"),
        ("ONE,A-02-01-1,40,1.5,,\n", "line 2, column D (priority)", "no whole number"),
        ("ONE,A-02-01-1,40,first,,\n", "line 2, column D (priority)", "is not a number"),
        ("ONE,A-02-01-1,40,1,,soon\n", "line 2, column F (leaves_in_h)", "is not a number"),
        ("ONE,A-99999-01-1,40,1,,\n", "line 2, column B (position)", "The yard has no block 'A'"),
        ("ONE,A-02-01-1,40,1,,\nTWO,A-02-01-99,40,1,,\n", "line 3, column B (position)", "lies outside block A"),
    ],
    ids=range(10),
)
def test_a_bad_yard_is_refused_with_its_line(tmp_path: Path, lines: str, place: str, sentence: str) -> None:
    with pytest.raises(DataError) as caught:
        read_yard_table(table(tmp_path, lines))
    assert sentence in str(caught.value)
    assert (Path(caught.value.file).name, caught.value.place) == ("yard.csv", place)


def test_a_table_reads_back_as_it_was_written(tmp_path: Path) -> None:
    read = read_yard_table(table(tmp_path))
    write_yard_table(read, read.yard, tmp_path / "again.csv.gz")
    back = read_yard_table(tmp_path / "again.csv.gz")
    assert (back.yard, back.blocks) == (read.yard, read.blocks)
    assert (back.priority_of, back.class_of, back.leaves_in_h) == (read.priority_of, read.class_of, read.leaves_in_h)


def test_a_missing_priority_is_named_with_its_place(tmp_path: Path) -> None:
    read = read_yard_table(table(tmp_path))
    with pytest.raises(DataError, match="Container THREE at A-07-03-1 has no priority") as caught:
        order_by_priority(read, read.yard)
    assert caught.value.place == "line 4"


@pytest.mark.parametrize("text", ["A", "A-", "A-xx", "A-99", "B-02", "-02", "A-99999999999999999999"])
def test_a_bay_that_is_none_is_refused(tmp_path: Path, text: str) -> None:
    with pytest.raises(DataError):
        read_yard_table(table(tmp_path)).bay(text)


@pytest.mark.parametrize(
    ("wanted", "place", "sentence"),
    [
        ("container\nFOUR\n", "line 2, column A (container)", "does not stand in the yard"),
        ("container\nONE\nONE\n", "line 3, column A (container)", "is wanted twice"),
        ("class\nZ\n", "line 2, column A (class)", "no box of class 'Z'"),
        ("class\nX\nX\nX\n", "line 4", "wants 3 boxes of class 'X', the yard has 2"),
        ("class,due\nX,5\nX,4\n", "line 3", "before the place ahead of it"),
        ("container,class\n,\nONE,\n,X\n,X\n", "line 5", "wants 2 boxes of class 'X', the yard has 1"),
        ("colour\nred\n", "header", "no column class"),
    ],
    ids=range(7),
)
def test_a_bad_list_is_refused_with_its_line(tmp_path: Path, wanted: str, place: str, sentence: str) -> None:
    (tmp_path / "wanted.csv").write_text(wanted)
    read = read_yard_table(table(tmp_path))
    with pytest.raises(DataError) as caught:
        read_retrieval_list(tmp_path / "wanted.csv", read, tolerance=0)
    assert sentence in str(caught.value)
    assert (Path(caught.value.file).name, caught.value.place) == ("wanted.csv", place)


@given(wanted=st.permutations(["ONE", "TWO", "THREE"]), count=st.integers(0, 3))
def test_the_yard_after_the_moves_lacks_just_what_left(
    tmp_path_factory: pytest.TempPathFactory, wanted: list[str], count: int
) -> None:
    folder = tmp_path_factory.mktemp("lists")
    read = read_yard_table(table(folder))
    (folder / "wanted.csv").write_text("\n".join(["container", *wanted[: count + 1]]))
    problem = WholeYardProblem(read_retrieval_list(folder / "wanted.csv", read, tolerance=0))
    moves = plan_of(problem, incumbent_greedy(problem)).moves
    after = yard_after(read.yard, moves)
    assert {box.id for box in after} == {ContainerId(name) for name in ("ONE", "TWO", "THREE")} - set(
        map(ContainerId, wanted[: count + 1])
    )
    write_moves(moves, folder / "moves.csv")
    assert (folder / "moves.csv").read_text().count("\n") == len(moves) + 1
