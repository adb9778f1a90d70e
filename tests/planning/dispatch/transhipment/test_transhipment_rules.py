"""Blocks, berths, boxes and trucks for transhipment: what the rules promise, whatever the numbers."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cabria.domain.errors import DataError
from cabria.planning.dispatch.transhipment.problem import (
    ArrivingBox,
    BlockState,
    Terminal,
    WaitingJob,
    WaitingShip,
)
from cabria.planning.dispatch.transhipment.rules import (
    Params,
    choose_berth,
    choose_block,
    choose_job,
    choose_ship,
    choose_truck,
)

TERMINAL = Terminal(drive_s=((40.0, 40.0, 200.0), (200.0, 120.0, 40.0)), rooms=(10, 10, 10), yard_crane_s=90.0)
ONLY_BACK = Params(back=1, away_s=0, inward=0, inward_last=0, onward=0, queue=0, leg_s=0, ship_s=0, slot_s=0)

_seconds = st.floats(0, 1_000)
_states = st.builds(
    BlockState,
    standing=st.integers(0, 10),
    coming=st.integers(0, 5),
    wanted=st.integers(0, 5),
    same_ship=st.integers(0, 10),
    same_leg=st.integers(0, 5),
    drive_in_s=_seconds,
)
_boxes = st.builds(
    ArrivingBox,
    next_berth=st.integers(0, 1),
    stay_days=st.floats(0, 30),
    called_back=st.sampled_from([(), (0,), (1,), (0, 1)]),
    at_berth=st.sampled_from([None, 0, 1]),
    is_last=st.booleans(),
)


@given(_boxes, st.lists(_states, min_size=3, max_size=3))
def test_a_full_block_is_never_chosen(box: ArrivingBox, blocks: list[BlockState]) -> None:
    choice = choose_block(TERMINAL, box, blocks)
    room = [state.standing + state.coming < 10 for state in blocks]
    assert (choice is None) == (not any(room))
    if choice is not None:
        assert room[choice.chosen]
        assert all(cost >= 0 for cost in choice.cost_s.values())


@given(_boxes, st.lists(_states, min_size=3, max_size=3), st.integers(0, 2))
def test_a_block_that_fills_up_is_not_chosen_for_it(box: ArrivingBox, blocks: list[BlockState], which: int) -> None:
    before = choose_block(TERMINAL, box, blocks)
    fuller = [replace(s, coming=s.coming + 1) if number == which else s for number, s in enumerate(blocks)]
    after = choose_block(TERMINAL, box, fuller)
    if before is not None and before.chosen != which:
        assert after is not None
        assert after.chosen == before.chosen


def test_a_truck_that_is_wanted_back_sets_its_box_down_near_by() -> None:
    blocks = [BlockState(), BlockState(), BlockState()]
    wanted = choose_block(TERMINAL, ArrivingBox(1, 14, called_back=(1,)), blocks, ONLY_BACK)
    assert wanted is not None
    assert wanted.chosen == 2
    assert wanted.cost_s["truck back"] == 40


def test_a_box_that_stays_long_leaves_the_last_near_places_to_others() -> None:
    blocks = [BlockState(standing=9), BlockState(standing=9), BlockState(standing=1)]
    params = replace(ONLY_BACK, slot_s=250)
    chosen = [choose_block(TERMINAL, ArrivingBox(0, days, (0,)), blocks, params) for days in (7.0, 21.0)]
    assert [choice.chosen for choice in chosen if choice] == [0, 2]


def test_the_last_box_of_a_ship_goes_the_shortest_way() -> None:
    near, far = BlockState(drive_in_s=20, coming=1), BlockState(drive_in_s=150)
    params = replace(ONLY_BACK, inward=0.1, inward_last=1.0, queue=1.0)
    chosen = [
        choose_block(TERMINAL, ArrivingBox(0, 14, is_last=last), [near, far, far], params) for last in (False, True)
    ]
    assert [choice.chosen for choice in chosen if choice] == [1, 0]


def test_a_truck_stays_with_its_berth_when_another_calls_too() -> None:
    blocks = [BlockState()] * 3
    params = replace(ONLY_BACK, away_s=150)
    choices = [choose_block(TERMINAL, ArrivingBox(0, 14, (0, 1), at), blocks, params) for at in (0, 1)]
    assert [choice.chosen for choice in choices if choice] == [0, 2]


@given(st.lists(st.floats(0, 200_000), max_size=12))
def test_a_late_ship_lets_those_go_first_that_can_be_on_time(waits_s: list[float]) -> None:
    chosen = choose_ship(waits_s)
    assert (chosen is None) == (not waits_s)
    if chosen is None:
        return
    wait_s = waits_s[chosen]
    in_time = [w for w in waits_s if w < Params().on_time_s]
    if wait_s >= Params().most_s or (in_time and wait_s < Params().on_time_s):
        assert wait_s == max([w for w in waits_s if w >= Params().most_s] or in_time)
    else:
        assert not in_time
        assert wait_s == max(waits_s)


def test_boxes_asked_for_together_are_spread_over_blocks() -> None:
    blocks = [BlockState(same_leg=3), BlockState(same_leg=1), BlockState(same_leg=2)]
    choice = choose_block(TERMINAL, ArrivingBox(0, 14), blocks, replace(ONLY_BACK, leg_s=10))
    assert choice is not None
    assert choice.chosen == 1


def test_a_ship_goes_where_her_boxes_are_when_room_is_alike() -> None:
    blocks = [BlockState()] * 3
    near_second = WaitingShip(to_discharge=100, fetch_s=(9_000.0, 1_000.0))
    choice = choose_berth(TERMINAL, near_second, [0, 1], blocks, Params(fetch=1))
    assert choice is not None
    assert choice.chosen == 1
    assert choose_berth(TERMINAL, near_second, [], blocks) is None


def test_a_ship_goes_where_there_is_room_near_by() -> None:
    blocks = [BlockState(standing=10), BlockState(standing=10), BlockState()]
    choice = choose_berth(TERMINAL, WaitingShip(100, (0.0, 0.0)), [0, 1], blocks)
    assert choice is not None
    assert choice.chosen == 1


@given(_seconds, _seconds)
def test_a_box_on_a_hook_goes_before_one_in_the_yard_that_is_not_much_nearer(hook_s: float, yard_s: float) -> None:
    choice = choose_job(TERMINAL, [WaitingJob(is_load=True, pick_s=yard_s), WaitingJob(is_load=False, pick_s=hook_s)])
    assert choice is not None
    if hook_s < yard_s + Params().crane_waits_s:
        assert choice.chosen == 1
    elif hook_s > yard_s + Params().crane_waits_s:
        assert choice.chosen == 0


def test_a_ship_with_trucks_enough_leaves_the_next_to_another() -> None:
    served = WaitingJob(is_load=True, pick_s=10, on_the_way=9)
    other = WaitingJob(is_load=True, pick_s=150, on_the_way=1)
    choice = choose_job(TERMINAL, [served, other])
    assert choice is not None
    assert choice.chosen == 1
    assert choose_job(TERMINAL, []) is None


@given(st.lists(_seconds, max_size=12))
def test_the_truck_is_the_first_there(picks_s: list[float]) -> None:
    chosen = choose_truck(picks_s)
    assert (chosen is None) == (not picks_s)
    if chosen is not None:
        assert picks_s[chosen] == min(picks_s)
        assert chosen == picks_s.index(min(picks_s))


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"drive_s": ()}, "at least one berth"),
        ({"drive_s": ((1.0,),)}, "Each berth needs"),
        ({"drive_s": ((1.0, -1.0, 1.0),)}, "from 0 on"),
        ({"rooms": (0, 1, 1)}, "room for a box"),
        ({"yard_crane_s": 0.0}, "more than 0 s"),
    ],
    ids=["no berth", "a drive missing", "negative", "no room", "no time"],
)
def test_no_terminal_is_refused(change: dict[str, object], words: str) -> None:
    with pytest.raises(DataError, match=words):
        replace(TERMINAL, **change)  # type: ignore[arg-type]
