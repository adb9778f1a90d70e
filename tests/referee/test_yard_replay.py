from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cabria.domain.yard_bay import OUT, BayMove, YardBay
from cabria.referee.yard_replay import (
    PREMARSHAL,
    RETRIEVE_RESTRICTED,
    BlockMove,
    CraneEnergy,
    CraneTimes,
    Goal,
    ReplayRules,
    replay_bay,
    replay_block,
    replay_yard,
)

BAY = YardBay(((2, 1), (3,), ()), 3)


def moves(*pairs: tuple[int, int]) -> list[BayMove]:
    return [BayMove(*pair) for pair in pairs]


def test_a_plan_worked_out_by_hand_has_its_crane_time() -> None:
    bay = YardBay(((1, 2), ()), 2)
    replayed = replay_bay(bay, moves((1, 2), (1, OUT), (2, OUT)))
    assert replayed.verdict
    assert (replayed.relocations, replayed.retrieved) == (1, (1, 2))
    hoist = 2_590 + 5_180
    first = 1 * hoist + 2_400 + 2 * hoist
    second = 1_200 + 2 * hoist + 2 * 2_400
    third = 1_200 + 2 * hoist + 2_400
    assert replayed.crane_ms == first + second + third


def test_energy_is_lift_plus_rolling_plus_idling() -> None:
    bay = YardBay(((1,),), 1)
    still = CraneEnergy(rolling_per_mille=0, idle_w=0, efficiency_percent=100, tier_mm=1000, box_kg=1, spreader_kg=0)
    assert replay_bay(bay, moves((1, OUT)), energy=still).energy_uj == 9_807 * 1_000
    idle = CraneEnergy(rolling_per_mille=0, idle_w=1000, box_kg=0, spreader_kg=0)
    replayed = replay_bay(bay, moves((1, OUT)), energy=idle)
    assert replayed.kwh == pytest.approx(replayed.crane_hours)


@pytest.mark.parametrize(
    ("plan", "broken_at", "told"),
    [
        (((3, OUT),), 1, "Move 1: stack 3 is empty"),
        (((1, OUT), (2, OUT)), 2, "Move 2: a box of priority 3 leaves while one of priority 2 still stands"),
        (((4, 1),), 1, "there is no stack 4"),
        (((1, -1),), 1, "there is no stack -1"),
        (((0, 1),), 1, "there is no stack 0"),
        (((2, 2),), 1, "set back where it stood"),
        (((1, OUT),), 0, "2 boxes still stand, the first of priority 2"),
    ],
    ids=["empty", "too early", "beyond", "below nought", "nought", "in place", "unfinished"],
)
def test_the_first_broken_move_is_named(plan: tuple[tuple[int, int], ...], broken_at: int, told: str) -> None:
    replayed = replay_bay(BAY, moves(*plan))
    assert not replayed.verdict
    assert replayed.broken_at == broken_at
    assert told in replayed.verdict.reason


def test_no_box_goes_above_the_highest_tier() -> None:
    replayed = replay_bay(YardBay(((2, 1), (3,)), 2), moves((1, 2), (1, 2)))
    assert replayed.broken_at == 2
    assert "no room above tier 2" in replayed.verdict.reason


def test_restricted_plans_move_only_boxes_above_the_target() -> None:
    bay = YardBay(((1, 3), (2, 4), ()), 3)
    assert replay_bay(bay, moves((2, 3), (1, 2), (1, OUT)), ReplayRules(goal=Goal.ANY)).verdict
    replayed = replay_bay(bay, moves((2, 3), (1, 2), (1, OUT)), RETRIEVE_RESTRICTED)
    assert replayed.broken_at == 1
    assert "stands above none of priority 1" in replayed.verdict.reason


def test_pre_marshalling_ends_sorted_and_lets_nothing_out() -> None:
    bay = YardBay(((1, 2), ()), 2)
    assert replay_bay(bay, moves((1, 2)), PREMARSHAL).verdict
    assert "still stands above" in replay_bay(bay, [], PREMARSHAL).verdict.reason
    assert "may only be sorted" in replay_bay(bay, moves((1, 2), (1, OUT)), PREMARSHAL).verdict.reason


def test_a_block_is_its_bays_under_one_travelling_crane() -> None:
    bays = [YardBay(((2,),), 1), YardBay(((1,),), 1)]
    plan = [BlockMove(2, 1, 2, OUT), BlockMove(1, 1, 1, OUT)]
    times = CraneTimes(0, 0, 0, 0, gantry_empty_ms=10, gantry_loaded_ms=1)
    replayed = replay_block(bays, plan, times=times)
    assert replayed.verdict
    assert replayed.crane_ms == 20
    across = replay_block(bays, [BlockMove(2, 1, 1, 1)], times=times)
    assert "no room" in across.verdict.reason


def test_in_a_yard_each_block_has_its_crane_and_one_order_binds_all() -> None:
    blocks = [[YardBay(((2,),), 1)], [YardBay(((1,),), 1)]]
    late = [BlockMove(1, 1, 1, OUT, block=1), BlockMove(1, 1, 1, OUT, block=2)]
    assert replay_yard(blocks, late).broken_at == 1
    replayed = replay_yard(blocks, late[::-1])
    assert replayed.verdict
    assert replayed.crane_ms == 2 * replay_bay(blocks[0][0], moves((1, OUT))).crane_ms
    assert "no block 3" in replay_yard(blocks, [BlockMove(1, 1, 1, OUT, block=3)]).verdict.reason


@given(
    st.lists(st.lists(st.integers(1, 6), max_size=3).map(tuple), min_size=1, max_size=4).map(tuple),
    st.lists(st.tuples(st.integers(-1, 5), st.integers(-1, 5)), max_size=12),
)
def test_boxes_are_neither_lost_nor_made_whatever_the_moves(
    stacks: tuple[tuple[int, ...], ...], plan: list[tuple[int, int]]
) -> None:
    bay = YardBay(stacks, 3)
    replayed = replay_bay(bay, moves(*plan))
    ((after,),) = replayed.bays
    assert sorted((*after.priorities, *replayed.retrieved)) == list(bay.priorities)
    assert list(replayed.retrieved) == list(bay.priorities)[: len(replayed.retrieved)]
    assert replayed.energy_uj >= 0
