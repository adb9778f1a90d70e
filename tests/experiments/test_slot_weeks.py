"""A block over weeks: what it makes is possible, and knowing more never costs more by much."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cabria.domain.errors import DataError
from cabria.experiments.slot_choice import BlockWeeks, Visit, make_block_weeks, stack_up
from cabria.experiments.slot_yard import SlotYard
from cabria.planning.yard.slots.stacking import FULL, SIMPLE_RULES, ByPenalty, LeastRehandles
from cabria.referee.block_log import judge_block_log

SEEDS = st.integers(0, 10**6)


def rehandles(weeks: BlockWeeks, rule: str = "") -> float:
    stacker = (
        ByPenalty(weeks.stacks, weeks.tiers, SIMPLE_RULES[rule]) if rule else LeastRehandles(weeks.stacks, weeks.tiers)
    )
    return stack_up(weeks, stacker).rehandles_per_retrieval


def small(fill: float, error_days: float | None, seed: int, boxes: int = 300) -> BlockWeeks:
    return make_block_weeks(fill, error_days, seed, boxes=boxes, bays=3, rows=4, tiers=4)


@settings(max_examples=10)
@given(SEEDS, st.sampled_from(["", *SIMPLE_RULES]), st.sampled_from([0, 1, None]))
def test_every_move_can_be_made(seed: int, rule: str, error_days: float | None) -> None:
    weeks = small(0.6, error_days, seed)
    stacker = ByPenalty(12, 4, SIMPLE_RULES[rule]) if rule else LeastRehandles(12, 4)
    done = stack_up(weeks, stacker)
    verdict = judge_block_log(12, 4, [(v.arrives_s, v.leaves_s) for v in weeks.visits], done.moves)
    assert verdict, verdict.reason


def test_ours_beats_every_named_rule_with_a_day_of_error() -> None:
    weeks = make_block_weeks(0.7, 1, 3, boxes=2_000)
    ours = rehandles(weeks)
    assert all(ours < 0.8 * rehandles(weeks, rule) for rule in ("levelling", "near_fit", "incumbent"))


def test_without_forecasts_ours_levels() -> None:
    weeks = small(0.6, None, 3, 1_500)
    assert rehandles(weeks) < 1.02 * rehandles(weeks, "levelling")


@given(SEEDS)
def test_the_same_seed_makes_the_same_weeks(seed: int) -> None:
    assert small(0.5, 1, seed, 20) == small(0.5, 1, seed, 20)


@pytest.mark.parametrize(("fill", "error"), [(0, 1), (1, 1), (0.5, -1)], ids=str)
def test_nonsense_is_refused(fill: float, error: float) -> None:
    with pytest.raises(DataError):
        make_block_weeks(fill, error, 0)


def test_a_full_block_turns_boxes_away() -> None:
    visits = tuple(Visit(n, 100 + n, None) for n in range(5))
    done = stack_up(BlockWeeks(2, 2, visits), LeastRehandles(2, 2))
    assert done.refused == 1
    assert LeastRehandles(1, 1).put_aside(0, 0.0) == FULL


VISITS = [(0, 9), (1, 5), (2, 99)]
FAIR = [(0, 0, 0, 1), (1, 1, 0, 2), (2, 2, 0, 2), (5, 2, 2, 1), (5, 1, 2, 0), (9, 2, 1, 2), (9, 0, 1, 0)]


def test_a_fair_log_is_accepted() -> None:
    assert judge_block_log(2, 2, VISITS, FAIR)


@pytest.mark.parametrize(
    ("moves", "reason"),
    [
        ([*FAIR[:3], (5, 1, 2, 0)], "on top"),
        ([*FAIR[:3], (5, 2, 2, 1)], "for nobody"),
        ([(3, 0, 0, 1)], "not at its time"),
        ([*FAIR[:2], (4, 1, 2, 0)], "its time is"),
        ([(0, 0, 0, 3)], "no two places"),
        ([(0, 7, 0, 1)], "unknown box"),
        ([(0, 0, 0, 1), (1, 1, 0, 1), (2, 2, 0, 1)], "above tier"),
        ([*FAIR[:4], (5, 0, 1, 2)], "between a box put aside"),
        ([(0, 0, 0, 1), (1, 1, 0, 2), (10, 1, 2, 1)], "still stands"),
    ],
    ids=["beneath", "aside", "late", "early", "nowhere", "unknown", "high", "astray", "left behind"],
)
def test_a_false_log_is_refused(moves: list[tuple[int, int, int, int]], reason: str) -> None:
    visits = VISITS if reason != "still stands" else [(0, 3), (1, 50)]
    verdict = judge_block_log(2, 2, visits, moves)
    assert not verdict
    assert reason in verdict.reason or "for nobody" in verdict.reason


def test_a_yard_of_all_kinds_keeps_going() -> None:
    yard = SlotYard(1, 1)
    for _ in range(40):
        box = yard.next_box()
        assert yard.carry_out(box, yard.choose(box))
