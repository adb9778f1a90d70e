"""The judge of a whole yard's retrieval: each way to cheat has its sentence."""

from __future__ import annotations

import pytest

from cabria.domain.containers import ContainerId
from cabria.domain.errors import DataError
from cabria.domain.positions import YardPosition
from cabria.domain.retrieval_order import RetrievalMove, RetrievalOrder, Wanted
from cabria.domain.yard import YardBlock, YardBox, YardInventory
from cabria.referee.retrieval_order import judge_retrieval

BLOCK = YardBlock("A", 5, 2, 3)


def box(name: str, at: str, length_ft: int = 20) -> YardBox:
    return YardBox(ContainerId(name), YardPosition.parse(at), length_ft)


def order(*wanted: str, tolerance: int = 0, boxes: tuple[YardBox, ...] = ()) -> RetrievalOrder:
    """B stands on A in bay 1, C beside them, the long L in bay 4; A and C are of class X, B of class Y."""
    standing = (box("A", "A-1-1-1"), box("B", "A-1-1-2"), box("C", "A-1-2-1"), box("L", "A-4-1-1", 40), *boxes)
    classes = {ContainerId("A"): "X", ContainerId("C"): "X", ContainerId("B"): "Y"}
    places = tuple(Wanted(name, due) for due, name in enumerate(wanted, 1))
    return RetrievalOrder("by hand", (BLOCK,), YardInventory.of(standing), classes, {}, places, tolerance)


def move(name: str, source: str, target: str = "", serves: int = 0) -> RetrievalMove:
    return RetrievalMove(
        ContainerId(name), YardPosition.parse(source), YardPosition.parse(target) if target else None, serves
    )


def test_a_dig_and_two_retrievals_are_counted() -> None:
    moves = [move("B", "A-1-1-2", "A-1-2-2"), move("A", "A-1-1-1", serves=1), move("B", "A-1-2-2", serves=2)]
    verdict = judge_retrieval(order("X", "Y"), moves)
    assert (verdict.ok, verdict.digs, verdict.retrieved) == (True, 1, 2)


@pytest.mark.parametrize(
    ("moves", "sentence"),
    [
        ([move("A", "A-1-1-1", serves=1)], "lifted with 1 boxes on it"),
        ([move("A", "A-1-2-1", serves=1)], "does not stand at A-01-02-1"),
        ([move("A", "A-9-9-9", serves=1)], "does not stand at A-09-09-9"),
        ([move("B", "A-1-1-2", serves=1)], "is not of class 'X'"),
        ([move("C", "A-1-2-1", serves=4)], "place 4, which the order does not have"),
        ([move("C", "A-1-2-1", "A-1-1-4")], "does not exist"),
        ([move("C", "A-1-2-1", "Z-1-1-1")], "does not exist"),
        ([move("C", "A-1-2-1", "A-2-2-1")], "of 20 ft cannot stand in bay 2"),
        ([move("C", "A-1-2-1", "A-5-1-1")], "over the ground of bay 4"),
        ([move("L", "A-4-1-1", "A-2-1-1")], "over the ground of bay 1"),
        ([move("C", "A-1-2-1", "A-3-2-2")], "on a stack of 0"),
        ([move("B", "A-1-1-2", serves=2)], "is served at turn 1, allowed are 2 to 2"),
        ([], "2 places of the order are not served, first 1"),
        ([move("C", "A-1-2-1", serves=1), move("C", "A-1-2-1", serves=1)], "is served a second time"),
    ],
    ids=range(14),
)
def test_what_cannot_be_done_so_is_told(moves: list[RetrievalMove], sentence: str) -> None:
    assert any(sentence in finding for finding in judge_retrieval(order("X", "Y"), moves).findings)


def test_a_tolerance_lets_a_box_out_earlier() -> None:
    moves = [move("B", "A-1-1-2", serves=2), move("A", "A-1-1-1", serves=1)]
    assert not judge_retrieval(order("X", "Y"), moves).ok
    verdict = judge_retrieval(order("X", "Y", tolerance=1), moves)
    assert (verdict.ok, verdict.digs) == (True, 0)


@pytest.mark.parametrize(
    ("made", "sentence"),
    [
        (lambda: order("X", "X", "X"), "wants 3 boxes of class 'X', the yard has 2"),
        (lambda: order("Q"), "the yard has 0"),
        (lambda: order("X", tolerance=-1), "below 0"),
        (lambda: order(boxes=(box("N", "A-9-2-1", 40),)), "of 40 ft stands in the odd bay 9"),
        (lambda: order(boxes=(box("N", "A-11-2-1"),)), "stands outside the blocks"),
        (lambda: order(boxes=(box("N", "A-3-1-1"),)), "shares the ground of bay 3"),
    ],
    ids=range(6),
)
def test_an_order_that_no_yard_can_serve_is_refused(made: object, sentence: str) -> None:
    assert callable(made)
    with pytest.raises(DataError, match=sentence):
        made()
