"""A block's moves given to two cranes: in the order in which they are done the boxes can be moved so."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.planning.yard.whole_yard.small_orders import BLOCKS, small_order

from cabria.domain.errors import DataError
from cabria.domain.positions import YardPosition
from cabria.planning.search.stopping import MaxIterations
from cabria.planning.yard.rail.block_work import BlockLift, rail_case
from cabria.planning.yard.rail.problem import RailProblem
from cabria.planning.yard.rail.solve import solve
from cabria.planning.yard.whole_yard.baselines import incumbent_greedy
from cabria.planning.yard.whole_yard.plans import plan_of
from cabria.planning.yard.whole_yard.problem import WholeYardProblem
from cabria.referee.rail_work import judge_rail
from cabria.referee.retrieval_order import judge_retrieval


@settings(max_examples=30)
@given(st.integers(0, 10**6))
def test_moves_in_the_order_of_the_cranes_are_still_possible(seed: int) -> None:
    order = small_order(seed, stacks=8, most=20, tolerance=100)
    block = BLOCKS[0]
    moves = [
        move
        for move in plan_of(WholeYardProblem(order), incumbent_greedy(WholeYardProblem(order))).moves
        if {place.block for place in (move.source, move.target or move.source)} == {block.id}
    ]
    case = rail_case("block", block, [BlockLift(m.source, m.target) for m in moves], (1, 9), gap_bays=2)
    plan = solve(RailProblem(case), MaxIterations(2_000), seed=seed).plan
    assert judge_rail(case, plan).ok
    done = sorted(plan.tasks, key=lambda task: task.set_down_at_s)
    findings = judge_retrieval(order, [moves[task.job] for task in done]).findings
    assert not [finding for finding in findings if "place" not in finding]


def test_a_box_from_a_truck_waits_for_the_stack_beneath_it() -> None:
    block = BLOCKS[0]
    lifts = [
        BlockLift(YardPosition("A", 5, 1, 2), YardPosition("A", 3, 1, 1)),
        BlockLift(YardPosition("A", 5, 1, 1), None, due_s=100),
        BlockLift(None, YardPosition("A", 4, 1, 1), ready_s=50),
    ]
    case = rail_case("block", block, lifts, (1, 9), gap_bays=2)
    assert [(job.source, job.target) for job in case.jobs] == [(5, 3), (5, 5), (4, 4)]
    assert case.before == ((0, 1), (0, 2), (1, 2))


def test_places_outside_the_block_are_refused() -> None:
    with pytest.raises(DataError, match="has no place A-31-01-1"):
        rail_case("block", BLOCKS[0], [BlockLift(YardPosition("A", 31, 1, 1), None)], (1, 9))
    with pytest.raises(DataError, match="a source or a target"):
        BlockLift(None, None)
