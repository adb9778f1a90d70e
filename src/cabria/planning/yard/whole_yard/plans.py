"""From a choice to moves, carried out exactly."""

from __future__ import annotations

from cabria.domain.positions import YardPosition
from cabria.domain.retrieval_order import RetrievalMove
from cabria.planning.yard.ground import Ground
from cabria.planning.yard.whole_yard.operators import in_the_way
from cabria.planning.yard.whole_yard.problem import Choice, WholeYardPlan, WholeYardProblem


def plan_of(problem: WholeYardProblem, choice: Choice) -> WholeYardPlan:
    """Raises DataError when the yard is so full that a box in the way has nowhere to go."""
    order = problem.order
    box_for = tuple(problem.boxes[box].id for box in choice.box_of)
    leaves = dict(zip(box_for, choice.turn_of, strict=True))
    ground = Ground.of({block.id: block for block in order.blocks}, order.yard, leaves, set())
    moves: list[RetrievalMove] = []
    for _, item in sorted((turn, item) for item, turn in enumerate(choice.turn_of)):
        container = box_for[item]
        for in_its_way in ground.above(container)[::-1]:
            source: YardPosition = ground.position(in_its_way)
            moves.append(RetrievalMove(in_its_way, source, ground.put_aside(in_its_way)))
        moves.append(RetrievalMove(container, ground.position(container), None, item + 1))
        ground.lift(container)
    return WholeYardPlan(tuple(moves), box_for, sum(move.is_dig for move in moves), in_the_way(problem, choice))
