"""The door: quay crane split and sequence of one call."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from cabria.planning.cranes import kernels
from cabria.planning.cranes.bound import lower_bound
from cabria.planning.cranes.flat import FlatPlan, FlatProblem
from cabria.planning.cranes.operators import boxes_over_limit, first_plans, schedule
from cabria.planning.cranes.problem import (
    PEAK_PRICE_S,
    SHARED_BAY_S,
    WAITING_PRICE,
    Block,
    CraneProblem,
    CraneSolution,
)
from cabria.planning.cranes.queues import queues_by_ship, why_longest
from cabria.planning.search.kernels import generator
from cabria.planning.search.result import Listener, Progress, Result, silent
from cabria.planning.search.stopping import StoppingCriterion, horizon, share_used


@dataclass(frozen=True, slots=True)
class Params:
    """`iterations` is how long the annealing cools, unless the stopping criterion counts iterations itself.

    They are divided among the best `starts` first plans; each cools from a share of the best one's cost to another, by
    rounds after which the search may be stopped.
    """

    iterations: int = 200_000
    starts: int = 4
    iterations_a_round: int = 10_000
    hot_share: float = 0.001
    cold_share: float = 0.00001


def solve(
    problem: CraneProblem,
    stop: StoppingCriterion,
    *,
    seed: int = 0,
    params: Params = Params(),
    listen: Listener = silent,
    known: Sequence[Block] = (),
) -> Result[CraneSolution]:
    """Cost is the makespan and small prices of waiting and of shared bays, in minutes; the bound is the makespan's.

    `known` may be a split of nearly the same work, to begin from where it still is one of all work.
    """
    began = time.process_time()
    blocks, iterations, stopped = _search(problem, stop, seed, params, listen, known)
    scheduled = schedule(problem, blocks)
    if scheduled is None:
        raise AssertionError("The search ended in a plan that cannot be scheduled.")
    bound = lower_bound(problem)
    solution = CraneSolution(
        by_ship=queues_by_ship(problem, blocks, scheduled),
        blocks=tuple(blocks),
        makespan_s=scheduled.makespan_s,
        waiting_s=scheduled.waiting_s,
        bound_s=bound.seconds,
        bound_reason=bound.reason,
        why_longest=why_longest(problem, blocks, scheduled, bound),
    )
    costs = {
        "makespan_min": scheduled.makespan_s / 60,
        "waiting_min": WAITING_PRICE * scheduled.waiting_s / 60,
        "shared_bays_min": SHARED_BAY_S * (len(blocks) - len(problem.works)) / 60,
    }
    if problem.feed is not None:
        costs["block_peaks_min"] = PEAK_PRICE_S * boxes_over_limit(problem, blocks, scheduled) / 60
    cpu_s = time.process_time() - began
    return Result(solution, costs, bound.seconds / 60, seed, cpu_s, iterations, stopped)


def _search(
    problem: CraneProblem,
    stop: StoppingCriterion,
    seed: int,
    params: Params,
    listen: Listener,
    known: Sequence[Block],
) -> tuple[list[Block], int, str]:
    if not problem.works:
        return [], 0, "no work for a quay crane"
    flat = FlatProblem.of(problem)
    begins = [list(known)] if _is_of_all_work(problem, known) else []
    possible = [
        plan for plan in map(flat.pack, (*begins, *first_plans(problem))) if flat.evaluate(plan) < kernels.INFEASIBLE
    ]
    firsts = sorted(possible, key=flat.evaluate)[: max(1, params.starts)]
    best = FlatPlan(firsts[0].columns.copy(), firsts[0].count)
    best_cost = flat.evaluate(best)
    temperatures = (params.hot_share * best_cost, params.cold_share * best_cost)
    state = generator(seed)
    iterations, of, stopped = 0, horizon(stop, params.iterations), ""
    for number, current in enumerate(firsts, 1):
        begin, end = iterations, max(iterations, of * number // len(firsts))
        used_before, share = share_used(stop, iterations, of), 1 / len(firsts)
        while not (stopped := stop(iterations, best_cost / kernels.POINTS_PER_MIN)) and iterations < end:
            used = share_used(stop, iterations, of)
            if used >= number * share and iterations > begin:
                break
            count = min(params.iterations_a_round, end - iterations)
            cools_in = _cools_in(iterations - begin, end - begin, (used - used_before) / share, used > iterations / of)
            spell = (iterations - begin, count, max(cools_in, iterations - begin + count))
            best_cost = flat.anneal(current, best, best_cost, spell, temperatures, state)
            iterations += count
            listen(Progress("cranes", max(used, iterations / of), best_cost / kernels.POINTS_PER_MIN, iterations))
    return flat.unpack(best), iterations, stopped or f"{iterations:,} iterations done"


def _is_of_all_work(problem: CraneProblem, blocks: Sequence[Block]) -> bool:
    """Whether each section of each bay's work is in one block, of a crane that is there."""
    sections = Counter((block.work, section) for block in blocks for section in range(block.first, block.end))
    asked = {(number, section) for number, work in enumerate(problem.works) for section in range(len(work.sections))}
    is_once = sections.keys() == asked and max(sections.values(), default=0) == 1
    return is_once and all(block.crane in range(len(problem.cranes)) for block in blocks)


def _cools_in(done: int, planned: int, used: float, is_timed: bool) -> int:
    """In how many iterations the annealing of a first plan cools: as many as are planned, or as it comes to in its time
    where a clock ends the search earlier."""
    return min(planned, round(done / used)) if is_timed and done and used > 0 else planned
