"""Reefers in the yard: dug away from their plug they are given one again, and the referee sees when they are not."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cabria.domain.containers import ContainerId
from cabria.domain.layout import Layout
from cabria.domain.positions import YardPosition
from cabria.domain.road_visits import Brought, RoadVisit
from cabria.domain.yard import YardBox, YardInventory
from cabria.experiments.layouts import small_layout
from cabria.operations import yard_work
from cabria.operations.settings import Settings
from cabria.referee.run import judge_run
from cabria.referee.run_plugs import WITHOUT_MS
from cabria.referee.run_rules import PLUG
from cabria.twin.twin import Fleet, Twin

RACK, ROWS, TIERS = 2, 6, 4
"""The bay over the rack of block B01."""


def layout_with_a_rack() -> Layout:
    small = small_layout()
    blocks = tuple(replace(block, plug_bays=(3,) if block.id == "B01" else ()) for block in small.terminal.blocks)
    return replace(small, terminal=replace(small.terminal, blocks=blocks))


def full_rack() -> YardInventory:
    return YardInventory.of(
        YardBox(_reefer(row, tier), YardPosition("B01", RACK, row, tier), 40, needs_plug=True)
        for row in range(1, ROWS + 1)
        for tier in range(1, TIERS + 1)
    )


def _reefer(row: int, tier: int) -> ContainerId:
    return ContainerId(f"COLD{row}{tier}")


def fetched(box: ContainerId) -> Twin:
    """A road truck comes for a box of a full rack, and long after it another with a dry box."""
    twin = Twin(layout_with_a_rack(), Settings(), Fleet(trucks=1))
    twin.control.take_stock(full_rack())
    late = RoadVisit("V2", WITHOUT_MS + 1_800_000, Brought(ContainerId("DRY"), 40, 9_000))
    twin.visitors.expect([RoadVisit("V1", 0, takes=box), late])
    twin.run(late.at_ms + 1_800_000)
    return twin


@settings(max_examples=5)
@given(st.integers(1, ROWS), st.integers(1, TIERS - 1))
def test_a_reefer_dug_from_a_full_rack_comes_back_to_it(row: int, tier: int) -> None:
    twin = fetched(_reefer(row, tier))
    board = twin.control.desk.board
    for above in range(tier + 1, TIERS + 1):
        place = board.boxes[_reefer(row, above)]
        assert isinstance(place, YardPosition)
        assert place.bay == RACK
    assert board.without_plug == set()
    assert judge_run(twin.log.events, layout_with_a_rack()).broken == ()


def test_one_that_is_left_where_it_was_dug_to_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(yard_work, "_bring_to_plugs", lambda *_: None)
    twin = fetched(_reefer(3, 3))
    assert twin.control.desk.board.without_plug == {_reefer(3, 4)}
    assert [finding.rule for finding in judge_run(twin.log.events, layout_with_a_rack()).broken] == [PLUG]
