"""Which late boxes a ship had better not wait for."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import replace

from cabria.domain.containers import ContainerId
from cabria.planning.cranes import kernels
from cabria.planning.cranes.flat import FlatProblem
from cabria.planning.cranes.lifts import Lift
from cabria.planning.cranes.problem import Block, CraneProblem


def not_waited_for(problem: CraneProblem, blocks: Sequence[Block], refused_s: int) -> frozenset[ContainerId]:
    """The boxes that come last, as many as it is cheapest to sail without when each left behind costs `refused_s` and
    the blocks of work stay in their order; none for blocks that cannot be done in it."""
    flat = FlatProblem.of(problem)
    lifts = [lift for lift in problem.lifts if problem.lift_ready_s(lift)]

    def cost(behind: Collection[ContainerId]) -> int:
        lates = flat.lates.copy()
        lates[kernels.THERE] = [_there_s(problem, lift, behind) for lift in lifts]
        without = replace(flat, lates=lates)
        return without.evaluate(without.pack(blocks)) + kernels.POINTS_PER_S * refused_s * len(behind)

    best: frozenset[ContainerId] = frozenset()
    best_cost = cost(best)
    for limit_s in sorted({*problem.ready_s.values()}, reverse=True):
        behind = frozenset(box for box, at_s in problem.ready_s.items() if at_s >= limit_s)
        if (behind_cost := cost(behind)) < best_cost:
            best, best_cost = behind, behind_cost
    return best


def _there_s(problem: CraneProblem, lift: Lift, behind: Collection[ContainerId]) -> int:
    return max((problem.ready_s.get(box, 0) for box in lift.containers if box not in behind), default=0)
