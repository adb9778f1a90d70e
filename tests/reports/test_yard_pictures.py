"""Pictures of the yard: every box once, every move once, nothing outside the picture, strangers' text made safe."""

from __future__ import annotations

from collections import Counter
from xml.etree import ElementTree as ET

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.planning.yard.whole_yard.small_orders import BLOCKS, small_order

from cabria.domain.containers import ContainerId
from cabria.domain.positions import YardPosition
from cabria.domain.retrieval_order import RetrievalMove, RetrievalOrder
from cabria.domain.yard import YardBlock, YardBox, YardInventory
from cabria.planning.yard.whole_yard.baselines import incumbent_greedy
from cabria.planning.yard.whole_yard.plans import plan_of
from cabria.planning.yard.whole_yard.problem import WholeYardProblem
from cabria.reports.move_sequence import MOST_FRAMES, move_sequence
from cabria.reports.png import png, standalone
from cabria.reports.stylesheet import Scheme
from cabria.reports.yard_heat_map import Heat, heat_map, heat_of
from cabria.reports.yard_section import BoxWords, blocking_boxes, section_picture

SVG = "{http://www.w3.org/2000/svg}"
SEEDS = st.integers(0, 10**6)


def classes(root: ET.Element) -> Counter[str]:
    return Counter(element.get("class") or "" for element in root.iter())


def ranks(order: RetrievalOrder) -> dict[ContainerId, int]:
    return {box.id: n % 7 for n, box in enumerate(order.yard) if n % 3}


def assert_within(root: ET.Element) -> None:
    width, height = float(root.get("width", 0)), float(root.get("height", 0))
    for element in root.iter():
        if element.tag in (f"{SVG}rect", f"{SVG}text") and element.get("x"):
            assert 0 <= float(element.get("x", 0)) <= width
            assert 0 <= float(element.get("y", 0)) <= height


@given(SEEDS, st.sampled_from([("A", 2), ("A", 5), ("B", 2), ("B", 3)]))
def test_a_section_shows_each_box_of_its_bay_once(seed: int, where: tuple[str, int]) -> None:
    order = small_order(seed)
    block = next(block for block in BLOCKS if block.id == where[0])
    stacks = order.yard.stacks
    root = ET.fromstring(section_picture(block, where[1], stacks, BoxWords(ranks(order)), "A bay"))
    here = {key: stack for key, stack in stacks.items() if key[:2] == where}
    drawn = classes(root)
    assert drawn["box"] + drawn["foreign"] == sum(map(len, here.values()))
    assert drawn["blocking"] == sum(len(list(blocking_boxes(stack, ranks(order)))) for stack in here.values())
    assert drawn["slot"] == block.rows * block.tiers
    assert_within(root)


def test_boxes_above_one_that_leaves_sooner_are_in_the_way() -> None:
    at = YardPosition("A", 1, 1, 1)
    stack = [YardBox(ContainerId(name), at, 20) for name in "ABCD"]
    order = {ContainerId("A"): 3, ContainerId("B"): 1, ContainerId("D"): 1}
    assert list(blocking_boxes(stack, order)) == ["C"]
    assert list(blocking_boxes(stack, {})) == []


@given(SEEDS)
def test_every_move_has_its_picture(seed: int) -> None:
    order = small_order(seed, stacks=8, most=15)
    moves = plan_of(WholeYardProblem(order), incumbent_greedy(WholeYardProblem(order))).moves
    blocks = {block.id: block for block in BLOCKS}
    root = ET.fromstring(move_sequence(blocks, order.yard.stacks, moves, BoxWords(), "Moves"))
    drawn = classes(root)
    assert drawn["moved"] == drawn["head"] == len(moves)
    here = [move for move in moves if move.target and (move.target.block, move.target.bay) == (
        move.source.block, move.source.bay)]  # fmt: skip
    assert drawn["target"] == len(here)
    assert_within(root)


def test_a_long_plan_shows_its_digs_and_counts_the_rest() -> None:
    block = YardBlock("A", 60, 2, 2)
    boxes = [YardBox(ContainerId(f"B{n}"), YardPosition("A", 2 * n + 1, 1, 1), 20) for n in range(60)]
    moves = [RetrievalMove(box.id, box.position, None, n) for n, box in enumerate(boxes, 1)]
    moves[0] = RetrievalMove(boxes[0].id, boxes[0].position, YardPosition("A", 1, 2, 1))
    root = ET.fromstring(move_sequence({"A": block}, YardInventory.of(boxes).stacks, moves, BoxWords(), "Long"))
    assert classes(root)["moved"] == 1 <= MOST_FRAMES
    assert any("59 further moves" in (text.text or "") for text in root.iter(f"{SVG}text"))
    assert ET.fromstring(move_sequence({}, {}, [], BoxWords(), "None")).tag == f"{SVG}svg"


@settings(max_examples=30)
@given(SEEDS, st.sampled_from(list(Heat)), st.integers(1, 2))
def test_the_map_has_a_square_for_each_slot_that_is_hot(seed: int, heat: Heat, blocks: int) -> None:
    order = small_order(seed)
    heats = heat_of(order.yard.stacks, heat, ranks(order))
    root = ET.fromstring(heat_map(BLOCKS[:blocks], heats, heat, "Yard"))
    names = {block.id for block in BLOCKS[:blocks]}
    titles = [e for e in root.iter(f"{SVG}rect") if e.get("class") == "heat" and e.find(f"{SVG}title") is not None]
    assert len(titles) == sum(bool(value) for (name, _, _), value in heats.items() if name in names)
    assert_within(root)


@pytest.mark.parametrize("scheme", list(Scheme))
def test_the_pictures_stand_alone_and_become_png(scheme: Scheme) -> None:
    order = small_order(3)
    picture = section_picture(BLOCKS[0], 2, order.yard.stacks, BoxWords(ranks(order)), "<script>&\0")
    assert "<script>" not in picture
    assert "var(" not in standalone(picture, scheme)
    assert png(picture, scheme, zoom=0.5).startswith(b"\x89PNG")
