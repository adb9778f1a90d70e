"""The door: the fewest moves after which no box of a bay stands above one that leaves earlier."""

from __future__ import annotations

import time
from dataclasses import dataclass

from cabria.planning.search.result import Listener, Progress, Result, silent
from cabria.planning.search.stopping import StoppingCriterion, horizon
from cabria.planning.yard.premarshal.bound import lower_bound
from cabria.planning.yard.premarshal.operators import UNKNOWN, Beam, FlatBay, Moves
from cabria.planning.yard.premarshal.problem import PremarshalPlan, PremarshalProblem


@dataclass(frozen=True, slots=True)
class Params:
    """`evaluations` of a bay are shared out over passes, unless the stopping criterion counts them itself.

    The first pass is `first_width` wide and says what width costs; each later one takes its share of what is left.
    From `thorough_width` on every move is tried, before only each box's best `targets`: fewer, and half the first
    width, in bays of more than `few_stacks`, where one evaluation costs most.
    """

    evaluations: int = 200_000
    first_width: int = 8
    shares: tuple[float, ...] = (0.2, 1.0)
    targets: int = 6
    few_targets: int = 3
    few_stacks: int = 12
    thorough_width: int = 1_000
    widest: int = 4_000


def solve(
    problem: PremarshalProblem,
    stop: StoppingCriterion,
    *,
    seed: int = 0,
    params: Params = Params(),
    listen: Listener = silent,
) -> Result[PremarshalPlan | None]:
    """Cost is the number of moves; the plan is None when none was found in time. Iterations are bays evaluated.

    Nothing is drawn, so the seed changes nothing.
    """
    began = time.process_time()
    flat, bound = FlatBay.of(problem), lower_bound(problem.bay)
    moves = flat.completed()
    is_broad = len(problem.bay.stacks) > params.few_stacks
    targets = params.few_targets if is_broad else params.targets
    width = max(1, params.first_width // 2) if is_broad else params.first_width
    spent, of, passes = 0, horizon(stop, params.evaluations), 0
    stopped = ""
    while not stopped:
        if moves is not None and len(moves) == bound:
            stopped = "the bound is met"
            break
        frugal = width < params.thorough_width
        beam = Beam(flat, width, targets if frugal else flat.boxes.shape[0], frugal)
        before = spent
        reasons: list[str] = []

        def may_go_on(evaluations: int, best: int, before: int = before, reasons: list[str] = reasons) -> bool:
            reasons.append(stop(before + evaluations, best))
            return not reasons[-1]

        moves = beam.run(moves, may_go_on)
        spent += beam.evaluations
        passes += 1
        listen(Progress("pre-marshalling", min(1.0, spent / of), _length(moves), spent))
        if not beam.left_out:
            stopped = "every plan was looked at" if moves else "it cannot be sorted"
            bound = len(moves) if moves else bound
            break
        affordable = int((of - spent) * width / max(1, beam.evaluations))
        stopped = stop(spent, _length(moves)) or ("" if affordable > width else "a wider pass would cost too much")
        share = params.shares[min(passes, len(params.shares)) - 1]
        width = min(params.widest, affordable, max(2 * width, int(affordable * share)))
    plan = None if moves is None else PremarshalPlan(moves, len(moves) == bound)
    costs = {} if moves is None else {"moves": float(len(moves))}
    return Result(plan, costs, float(bound), seed, time.process_time() - began, spent, stopped)


def _length(moves: Moves | None) -> int:
    return UNKNOWN if moves is None else len(moves)
