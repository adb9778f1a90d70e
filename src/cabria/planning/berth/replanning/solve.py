"""The door: a disrupted week planned again."""

from __future__ import annotations

import time
from dataclasses import dataclass

from cabria.planning.berth.replanning.exact import cheaper_plan
from cabria.planning.berth.replanning.operators import Quay, first_plan
from cabria.planning.berth.replanning.problem import CHANGE_UNITS, ReplanProblem, WeekPlan
from cabria.planning.search.kernels import generator
from cabria.planning.search.result import Listener, Progress, Result, silent
from cabria.planning.search.stopping import StoppingCriterion
from cabria.referee.berth_replanning import judge_week

PROVEN = "the plan is proven optimal"


@dataclass(frozen=True, slots=True)
class Params:
    """`annealings` of `rounds`, each from the best plan so far, with up to `removed` ships taken away at once; then one
    proof, for which `proof_work` is CP-SAT's deterministic time. Temperatures are in units of cost.
    """

    annealings: int = 6
    rounds: int = 10_000
    removed: int = 10
    blink: float = 0.1
    hot: float = 60.0
    cold: float = 1.0
    proof_work: float = 10.0


def replan_at_once(problem: ReplanProblem, seed: int = 0) -> WeekPlan:
    """A possible plan within milliseconds: what can stay stays."""
    return first_plan(problem, generator(seed)).plan


def solve(
    problem: ReplanProblem,
    stop: StoppingCriterion,
    *,
    seed: int = 0,
    params: Params = Params(),
    listen: Listener = silent,
) -> Result[WeekPlan]:
    """The cheapest plan, and among those found the one with fewest changes.

    A week that has not changed keeps its plan.
    """
    began = time.process_time()
    if problem.before is not None and problem.before_week == problem.week:
        return _result(problem, problem.before, None, seed, began, 0, "nothing has changed")
    quay, done, stopped = _anneal(problem, stop, seed, params, listen)
    plan, cost = quay.plan, quay.total // CHANGE_UNITS
    bound: int | None = None
    if not stopped:
        answer = cheaper_plan(problem.week, cost, params.proof_work)
        plan, bound = _with_fewer_changes(quay, answer.plan or plan, seed, params), answer.bound
        stopped = PROVEN if answer.bound >= judge_week(problem.week, plan).cost else "the proof took too long"
    return _result(problem, plan, bound, seed, began, done, stopped)


def _anneal(
    problem: ReplanProblem, stop: StoppingCriterion, seed: int, params: Params, listen: Listener
) -> tuple[Quay, int, str]:
    state = generator(seed)
    best = first_plan(problem, state)
    stopped = ""
    for number in range(1, params.annealings + 1):
        trial = Quay(best.flat)
        for ship in range(len(best.row)):
            trial.keep(ship, int(best.row[ship]), int(best.place[ship]))
        found = trial.anneal(params.rounds, params.removed, params.blink, (params.hot, params.cold), state)
        best = found if found.total < best.total else best
        rounds = number * params.rounds
        listen(Progress("berths", number / params.annealings, best.total / CHANGE_UNITS, rounds))
        if stopped := stop(rounds, best.total / CHANGE_UNITS):
            return best, rounds, stopped
    return best, params.annealings * params.rounds, stopped


def _with_fewer_changes(quay: Quay, plan: WeekPlan, seed: int, params: Params) -> WeekPlan:
    """A plan of the same cost, nearer to the one before: an annealing too cold for anything dearer."""
    current = Quay(quay.flat)
    if not current.take(plan):
        return plan
    cold = (4 / CHANGE_UNITS, 0.5 / CHANGE_UNITS)
    return current.anneal(params.rounds, params.removed, params.blink, cold, generator(seed)).plan


def _result(
    problem: ReplanProblem, plan: WeekPlan, bound: int | None, seed: int, began: float, rounds: int, stopped: str
) -> Result[WeekPlan]:
    judged = judge_week(problem.week, plan)
    costs = {"late": judged.late, "deadlines": judged.deadlines, "moves": judged.moves}
    return Result(plan, costs, bound, seed, time.process_time() - began, rounds, stopped)
