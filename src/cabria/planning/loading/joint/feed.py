"""The feed estimate: how long quay cranes will wait for boxes, from what a plan asks of trucks and yard cranes.

A move takes as long as the slowest of quay crane, yard crane and truck lets it, rounded off where two are as slow.
Fitted to the twin (README, "The feed estimate"); it knows nothing of breakdowns, wind and road trucks.
"""

from __future__ import annotations

from cabria.domain.machines import YardCraneModel
from cabria.planning.loading.joint.problem import JointProblem

YARD_CRANE_MIN, DIG_MIN, TRUCK_MIN = 2.03, 1.93, 8.3
"""What a move takes of a yard crane beside its way along the block, a dig, and a truck's round."""
WAY_SHARE = 0.8
"""How much of a yard crane's way from load to load comes on top: the rest is gone while the next truck is awaited."""
SHARPNESS = 5.1
"""How sharply the slowest alone decides: the exponent of the mean of the three."""
ENOUGH_TRUCKS = 10.0
"""Trucks a quay crane, where a terminal does not say how many it has."""


def waiting_min(problem: JointProblem, gantry_m: int, digs: int) -> float:
    """Crane minutes waited in the whole call."""
    moves = moves_of(problem)
    if not moves:
        return 0.0
    quay, *others = _paces_min(problem, moves, gantry_m, digs)
    return moves * (_together(quay, *others) - quay)


def waited_a_yard_crane_min(problem: JointProblem, gantry_m: int) -> float:
    """What a minute more of yard cranes' work makes quay cranes wait, where the ways are about so long."""
    moves = moves_of(problem)
    if not moves:
        return 0.0
    paces = _paces_min(problem, moves, gantry_m, 0)
    share: float = (paces[1] / _together(*paces)) ** (SHARPNESS - 1)
    return _per_yard_crane(problem) * share


def moves_of(problem: JointProblem) -> int:
    return len(problem.yard.slots) + len(problem.yard.call.discharges)


def gantry_min(gantry_m: int) -> float:
    """Of a way along the block at full speed."""
    return 1_000 * gantry_m / YardCraneModel().gantry.speed_mm_per_s / 60


def _together(*paces_min: float) -> float:
    return float(sum(pace**SHARPNESS for pace in paces_min) ** (1 / SHARPNESS))


def _paces_min(problem: JointProblem, moves: int, gantry_m: int, digs: int) -> tuple[float, float, float]:
    """What quay cranes, yard cranes and trucks would each need for a move of one quay crane, were they alone."""
    cranes, queues = _at_work(problem), problem.yard.queues
    quay = max(queue.end_s for queue in queues) / 60 * cranes / moves
    own_work = YARD_CRANE_MIN + (WAY_SHARE * gantry_min(gantry_m) + DIG_MIN * digs) / moves
    trucks = problem.yard.call.terminal.trucks / cranes or ENOUGH_TRUCKS
    return quay, own_work * _per_yard_crane(problem), TRUCK_MIN / trucks


def _at_work(problem: JointProblem) -> int:
    return max(1, sum(bool(queue.steps) for queue in problem.yard.queues))


def _per_yard_crane(problem: JointProblem) -> float:
    """Quay cranes at work for each yard crane; a block without one that is named has one."""
    terminal = problem.yard.call.terminal
    served = {crane.block for crane in terminal.yard_cranes}
    count = len(terminal.yard_cranes) + sum(block.id not in served for block in terminal.blocks)
    return _at_work(problem) / max(1, count)
