"""The door: the moves of tonight that lower tomorrow's expected rehandles most in the crane time there is."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import dataclass

from cabria.planning.search.result import Listener, Progress, Result, silent
from cabria.planning.search.stopping import StoppingCriterion
from cabria.planning.yard.tidying.flat import FlatBlock
from cabria.planning.yard.tidying.operators import TimeBeam, block_price
from cabria.planning.yard.tidying.problem import FrontierPoint, TidyingPlan, TidyingProblem
from cabria.referee.yard_replay import BlockMove

Found = dict[int, tuple[float, tuple[BlockMove, ...]]]
"""Best expected rehandles and moves by crane time."""


@dataclass(frozen=True, slots=True)
class Params:
    """Each pass is wider than the one before. `origins` and `targets` are how many moves a state offers.

    `ms_a_rehandle` is the crane time for which a move may be a rehandle worse: it makes near targets come first.
    """

    widths: tuple[int, ...] = (4, 16, 64)
    origins: int = 16
    targets: int = 6
    ms_a_rehandle: int = 600_000


def solve(
    problem: TidyingProblem,
    stop: StoppingCriterion,
    *,
    seed: int = 0,
    params: Params = Params(),
    listen: Listener = silent,
) -> Result[TidyingPlan]:
    """Cost is the expected number of boxes in the way tomorrow; no bound is known. Iterations are passes done.

    Nothing is drawn, so the seed changes nothing. When `stop` counts passes, more crane time never expects more
    rehandles; a clock may cut a pass short, and then the best of what was reached is taken.
    """
    began = time.process_time()
    flat = FlatBlock.of(problem)
    before = block_price(flat)
    found: Found = {0: (before, ())}
    passes, stopped = 0, "all passes done"
    for width in params.widths:
        if reason := stop(passes, _best(found)):
            stopped = reason
            break
        beam = TimeBeam(flat, problem.budget_ms, width, params.origins, params.targets, 1 / params.ms_a_rehandle)
        for slice_ in range(beam.slices):
            if stopped := stop(passes, _best(found)):
                break
            beam.work(slice_)
        _add(found, beam)
        listen(Progress("tidying", (passes + 1) / len(params.widths), _best(found), passes + 1))
        if stopped:
            break
        passes, stopped = passes + 1, "all passes done"
    plan = _plan(found, before)
    return Result(plan, {"expected_rehandles": plan.after}, None, seed, time.process_time() - began, passes, stopped)


def _best(found: Found) -> float:
    return min(price for price, _ in found.values())


def _add(found: Found, beam: TimeBeam) -> None:
    for point, state in beam.frontier():
        known = found.get(point.crane_ms)
        if known is None or point.expected_rehandles < known[0] - 1e-9:
            found[point.crane_ms] = (point.expected_rehandles, beam.moves_to(state))


def _plan(found: Found, before: float) -> TidyingPlan:
    frontier = tuple(_falling(found))
    last = frontier[-1]
    moves = found[last.crane_ms][1]
    return TidyingPlan(moves, last.crane_ms, before, last.expected_rehandles, frontier)


def _falling(found: Found) -> Iterator[FrontierPoint]:
    best = float("inf")
    for crane_ms, (price, _) in sorted(found.items()):
        if price < best - 1e-9:
            best = price
            yield FrontierPoint(crane_ms, price)
