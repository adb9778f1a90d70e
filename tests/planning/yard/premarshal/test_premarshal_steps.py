"""Whole steps of pre-marshalling: their moves by the slow replay, their ends by plain reading of the stacks."""

from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from cabria.domain.yard_bay import BayMove, YardBay
from cabria.planning.yard.premarshal.guide import LEARNED, Guide
from cabria.planning.yard.premarshal.kernels import VALUES, guess
from cabria.planning.yard.premarshal.operators import FlatBay, StepBeam
from cabria.planning.yard.premarshal.problem import PremarshalProblem
from cabria.referee.yard_replay import PREMARSHAL, replay_bay


@st.composite
def roomy_bays(draw: st.DrawFn) -> YardBay:
    """Three to six stacks, half full at most."""
    count, tiers = draw(st.integers(3, 6)), draw(st.integers(3, 6))
    stacks: list[list[int]] = [[] for _ in range(count)]
    for box in draw(st.lists(st.integers(1, 20), min_size=1, max_size=count * tiers // 2)):
        draw(st.sampled_from([stack for stack in stacks if len(stack) < tiers])).append(box)
    return YardBay(tuple(map(tuple, stacks)), tiers)


def _after(bay: YardBay, moves: tuple[BayMove, ...]) -> list[list[int]]:
    stacks = [list(stack) for stack in bay.stacks]
    for origin, target in moves:
        stacks[target - 1].append(stacks[origin - 1].pop())
        assert len(stacks[target - 1]) <= bay.max_tier
    return stacks


@given(roomy_bays(), st.data())
@settings(max_examples=60)
def test_a_step_can_be_carried_out_and_leaves_what_it_says(bay: YardBay, data: st.DataObject) -> None:
    flat = FlatBay.of(PremarshalProblem(bay))
    count = len(bay.stacks)
    step = data.draw(st.integers(0, 3 * count + 1))

    moves = flat.stepped([step])

    stacks = _after(bay, moves)
    left = FlatBay.of(PremarshalProblem(YardBay(tuple(map(tuple, stacks)), bay.max_tier)))
    assert np.array_equal(flat.after(moves).good, left.good)
    if step < 2 * count:
        assert {move.origin - 1 for move in moves} <= {step % count}
    else:
        assert left.bad == flat.bad - len(moves)
    if step == 3 * count:
        assert len(moves) <= 1


@given(roomy_bays())
@settings(max_examples=30)
def test_the_plan_of_a_beam_by_steps_sorts_the_bay_and_is_no_longer_than_the_known(bay: YardBay) -> None:
    flat = FlatBay.of(PremarshalProblem(bay))
    known = flat.completed()

    moves = StepBeam(flat, 3, LEARNED).run(known, lambda evaluations, best: evaluations < 200)

    assert moves is not None
    assert known is None or len(moves) <= len(known)
    assert replay_bay(bay, moves, PREMARSHAL).verdict.ok


def test_an_unlearned_guide_believes_the_greedy_completion() -> None:
    guide, values = Guide.unlearned(), np.zeros(VALUES, np.float32)
    values[:-1], values[-1] = 3.0, 7.0

    hidden = np.zeros(len(guide.bias), np.float32)

    assert guess(values, guide.inward, guide.bias, guide.outward, guide.offset, hidden) == 7.0
