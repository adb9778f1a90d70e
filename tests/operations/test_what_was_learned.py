"""What a history taught comes in as a command: slots mind it, a replay has it, and without it nothing changes."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.fakes.journal import JournalInMemory
from tests.twin.test_twin import begun, its_layout

from cabria.adapters.journal.closed_form import encode
from cabria.domain.containers import ContainerId
from cabria.domain.errors import DataError
from cabria.domain.positions import YardPosition
from cabria.domain.run_events import OnTruck, RulesChanged, Stock
from cabria.experiments.layouts import small_layout
from cabria.operations.board import Board, stack_of
from cabria.operations.journaling import JournaledControl
from cabria.operations.learned import OF_NOTHING_KNOWN, sooner
from cabria.operations.places import aside, incoming
from cabria.operations.rails import Stretch
from cabria.operations.replay import replay
from cabria.operations.settings import Settings
from cabria.operations.standing import standing_of
from cabria.twin.twin import Fleet, Twin

BOX, OTHER = ContainerId("BOX"), ContainerId("OTHER")
DAY_MS = 86_400_000
POINTS = st.lists(st.integers(0, 10**9), min_size=1, max_size=8).map(lambda found: tuple(sorted(found)))


def board() -> Board:
    return Twin(small_layout(), Settings(), Fleet(1)).control.desk.board


@settings(max_examples=50)
@given(POINTS, POINTS)
def test_one_of_two_leaves_first_or_both_at_once(ours: tuple[int, ...], theirs: tuple[int, ...]) -> None:
    found = BOARD
    found.foretold = {BOX: ours, OTHER: theirs}
    first, second = sooner(found, BOX, OTHER), sooner(found, OTHER, BOX)
    ties = sum(theirs.count(at_ms) for at_ms in ours) / (len(ours) * len(theirs))
    assert first + second + ties == pytest.approx(1)


BOARD = board()


def test_what_plans_say_is_certain_whatever_is_foretold() -> None:
    found = board()
    found.foretold = {BOX: (1, 2), OTHER: (3, 4)}
    found.wanted_ms = {BOX: 10, OTHER: 5}
    assert (sooner(found, BOX, OTHER), sooner(found, OTHER, BOX)) == (0, 1)


def test_without_anything_foretold_plans_count_and_a_low_stack_is_a_little_better() -> None:
    found = board()
    assert sooner(found, BOX, OTHER) == sooner(found, OTHER, BOX) == OF_NOTHING_KNOWN
    found.wanted_ms = {OTHER: 5}
    assert (sooner(found, OTHER, BOX), sooner(found, BOX, OTHER)) == (1, 0)


def test_a_box_in_the_way_goes_on_one_that_leaves_after_it() -> None:
    """Two boxes of the same height near by, at the same distance; the lower row would be taken otherwise."""
    found = board()
    places = {"TOP": (11, 1, 2), "UNDER": (11, 1, 1), "EARLY": (11, 2, 1), "LATE": (11, 3, 1)}
    boxes = {ContainerId(name): YardPosition("B01", *at) for name, at in places.items()}
    others = {
        ContainerId(f"FULL{bay:02}{row}{tier}"): YardPosition("B01", bay, row, tier)
        for bay in range(1, 24, 2)
        for row in range(1, 7)
        for tier in range(1, 5)
        if (bay, row) not in {(11, 1), (11, 2), (11, 3)}
    }
    found.know(
        Stock(box, 20, 9_000, place) for box, place in sorted({**boxes, **others}.items(), key=lambda p: p[1].tier)
    )
    top, reach = ContainerId("TOP"), (Stretch(0, 1_000_000),)
    before = aside(found, top, Settings(), reach)
    assert before is not None
    assert stack_of(before) == ("B01", 11, 2)
    found.foretold = {top: (2 * DAY_MS,), ContainerId("EARLY"): (DAY_MS,), ContainerId("LATE"): (9 * DAY_MS,)}
    after = aside(found, top, Settings(), reach)
    assert after is not None
    assert stack_of(after) == ("B01", 11, 3)


def test_it_stands_in_the_journal_and_a_replay_has_it() -> None:
    journal = JournalInMemory()
    twin = begun(Twin(its_layout(), Settings(), Fleet(4), seed=1, journal=journal))
    control = twin.control
    assert isinstance(control, JournaledControl)
    control.foretell({BOX: (1_000, 2_000), OTHER: (500,)}, "two boxes by model 0af3")
    twin.run(60_000)
    assert encode(standing_of(replay(journal.numbered()).control)) == encode(standing_of(control))
    told = [event for event in twin.log.events if isinstance(event, RulesChanged)]
    assert [event.reason for event in told] == ["two boxes by model 0af3"]
    control.foretell({}, "the forecasts have drifted")
    assert not control.desk.board.foretold


def test_times_that_do_not_ascend_are_refused_and_nothing_is_minded() -> None:
    control = Twin(small_layout(), Settings(), Fleet(1)).control
    with pytest.raises(DataError, match="does not ascend"):
        control.foretell({OTHER: (1, 2), BOX: (2, 1)}, "made by hand")
    assert not control.desk.board.foretold


def test_a_box_goes_to_another_block_where_those_that_wait_count_more() -> None:
    """One box waits at the near block: as long as blocks count alike that is no reason to drive on."""
    found = board()
    for crane, block in (("YC01", "B01"), ("YC02", "B02")):
        assert [crane] == [each.id for each in found.cranes_on(block)]
    box = ContainerId("NEW")
    found.know([Stock(box, 40, 9_000, OnTruck("T01"), needs_plug=False)])
    chosen = []
    for busy_ms in ({}, {"B01": 900_000}, {"B02": 900_000}):
        found.busy_ms = busy_ms
        place = incoming(found, box, found.quay_stands[0], {"B01": 1}, replace(Settings(), busy_block_ms=0))
        chosen.append("" if place is None else place.block)
    assert chosen == ["B01", "B02", "B01"]


def test_what_blocks_count_stands_in_the_journal_with_its_reason() -> None:
    journal = JournalInMemory()
    control = begun(Twin(its_layout(), Settings(), Fleet(4), seed=1, journal=journal)).control
    assert isinstance(control, JournaledControl)
    block = next(iter(control.desk.board.blocks))
    control.weigh_blocks({block: 120_000}, "its crane is slow")
    again = replay(journal.numbered()).control
    assert again.desk.board.busy_ms == {block: 120_000}
    for wrong in ({"NONE": 1}, {block: -1}, {block: 10**9}):
        with pytest.raises(DataError):
            control.weigh_blocks(wrong, "made by hand")
    assert control.desk.board.busy_ms == {block: 120_000}


def test_a_box_that_has_left_is_forgotten() -> None:
    found = board()
    found.know([Stock(BOX, 20, 9_000, YardPosition("B01", 1, 1, 1))])
    found.foretold = {BOX: (1, 2)}
    found.forget(BOX)
    assert not found.foretold
