"""A retrieval order reads back as it was written; what is wrong with one is told with its place."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.planning.yard.whole_yard.small_orders import small_order

from cabria.adapters.files.retrieval_json import (
    read_retrieval_moves,
    read_retrieval_order,
    write_retrieval_moves,
    write_retrieval_order,
)
from cabria.domain.errors import DataError
from cabria.planning.yard.whole_yard.baselines import incumbent_greedy
from cabria.planning.yard.whole_yard.plans import plan_of
from cabria.planning.yard.whole_yard.problem import WholeYardProblem


@given(seed=st.integers(0, 10**6), name=st.sampled_from(["order.json", "order.json.gz"]))
def test_an_order_and_its_moves_read_back_as_written(
    tmp_path_factory: pytest.TempPathFactory, seed: int, name: str
) -> None:
    folder = tmp_path_factory.mktemp("orders")
    order = small_order(seed, tolerance=seed % 3)
    write_retrieval_order(order, folder / name)
    back = read_retrieval_order(folder / name)
    assert (back.wanted, back.tolerance, back.class_of) == (order.wanted, order.tolerance, order.class_of)
    assert [(box.id, box.position) for box in back.yard] == [(box.id, box.position) for box in order.yard]
    moves = plan_of(WholeYardProblem(back), incumbent_greedy(WholeYardProblem(back))).moves
    write_retrieval_moves(moves, folder / "moves.json")
    assert read_retrieval_moves(folder / "moves.json") == moves


GOOD = {
    "format": "yard-retrieval/1",
    "blocks": [["A", 5, 2, 3]],
    "boxes": [["ONE", "A-01-01-1", 20, "X", 9000], ["TWO", "A-01-01-2", 20, "", 0]],
    "wanted": [["X", 1, 9000]],
}


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"format": "other"}, "begins with format 'yard-retrieval/1'"),
        ({"boxes": [["ONE", "A-01-01-2", 20, "X", 0]]}, "has nothing under it"),
        ({"boxes": [["ONE", "A-01-01-1", 20, "X", 0]] * 2}, "stands in the yard twice"),
        ({"boxes": [["ONE", "A-01-01-1", 20, "X", 0], ["TWO", "A-01-01-1", 20, "X", 0]]}, "both stand at A-01-01-1"),
        ({"boxes": [["ONE", "A-01-01", 20, "X", 0]]}, "boxes[0]: 'A-01-01' is not written BLOCK-BAY-ROW-TIER"),
        ({"boxes": [["ONE", "A-01-01-1", 40, "X", 0]]}, "of 40 ft stands in the odd bay 1"),
        ({"boxes": [["ONE", "A-01-01-1", 20, "X"]]}, "$.boxes[0]"),
        ({"boxes": [["ONE", "A-01-01-1", 20, "X", 10**30]]}, "$.boxes[0][4]"),
        ({"wanted": [["X", 2, 0], ["X", 1, 0]]}, "wanted 2: It is due at 1, before the place ahead of it"),
        ({"wanted": [["Y", 1, 0]]}, "the yard has 0"),
        ({"wanted": None}, "$.wanted"),
        ({"tolerance": -3}, "$.tolerance"),
        ({"blocks": [["A", 0, 2, 3]]}, "$.blocks[0][1]"),
        ({"crane": 1}, "There is no key 'crane'"),
    ],
    ids=range(14),
)
def test_a_bad_order_is_refused_with_its_place(tmp_path: Path, changes: dict[str, object], words: str) -> None:
    path = tmp_path / "order.json"
    path.write_text(json.dumps(GOOD))
    assert len(read_retrieval_order(path).wanted) == 1
    path.write_text(json.dumps(GOOD | changes))
    with pytest.raises(DataError) as caught:
        read_retrieval_order(path)
    assert words in str(caught.value)
    assert str(path) in str(caught.value)


@pytest.mark.parametrize("content", ["", "[]", "{", '{"moves": [["A", "A-1-1-1", "", -1]]}', '{"moves": [["A"]]}'])
def test_bad_moves_are_refused(tmp_path: Path, content: str) -> None:
    (tmp_path / "moves.json").write_text(content)
    with pytest.raises(DataError):
        read_retrieval_moves(tmp_path / "moves.json")


def test_a_cut_off_archive_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "order.json.gz"
    write_retrieval_order(small_order(1), path)
    path.write_bytes(path.read_bytes()[:-12])
    with pytest.raises(DataError, match="cut off"):
        read_retrieval_order(path)
