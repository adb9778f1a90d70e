"""The door: crane tasks of the literature, and of whoever brings times, windows and ready times of its own."""

from __future__ import annotations

import time
from dataclasses import dataclass
from itertools import count

from cabria.planning.cranes.tasks.bound import lower_bound
from cabria.planning.cranes.tasks.flat import Cooling, FlatTasks, Found
from cabria.planning.cranes.tasks.operators import one_turn_order, one_way_order, schedule, shared_evenly
from cabria.planning.cranes.tasks.problem import TaskProblem, TaskSchedule, mirrored_order
from cabria.planning.search.kernels import Array, generator
from cabria.planning.search.result import Listener, Progress, Result, silent
from cabria.planning.search.stopping import StoppingCriterion


@dataclass(frozen=True, slots=True)
class Params:
    """Searches go in rounds: four sweeps, two with a turn, from either side in turn, then orders. Each cools anew.

    `sweep_iterations` and `turn_iterations` are the lengths of their rounds, `order_pairs` how many pairs of tasks a
    round of orders looks at; hot and cold are by how much a plan may get worse, in units of makespan.
    """

    sweep_iterations: int = 100_000
    turn_iterations: int = 100_000
    order_pairs: int = 20_000_000
    sweep_hot: float = 7.0
    sweep_cold: float = 0.5
    turn_hot: float = 12.0
    turn_cold: float = 1.0
    order_hot: float = 40.0
    order_cold: float = 1.0


@dataclass(frozen=True, slots=True)
class TaskPlan:
    """A schedule, the best makespan met with cranes that sweep one way, and what bounds any."""

    schedule: TaskSchedule
    one_way: int
    load_bound: int
    bound_reason: str


def solve(
    problem: TaskProblem,
    stop: StoppingCriterion,
    *,
    seed: int = 0,
    params: Params = Params(),
    listen: Listener = silent,
) -> Result[TaskPlan]:
    """Cost is the makespan. An iteration is one plan tried; the criterion is asked between rounds."""
    began = time.process_time()
    bound = lower_bound(problem)
    search = _Search(problem, params, bound.makespan, generator(seed))
    stopped = ""
    for turn in count():
        stopped = search.proof() or stop(search.iterations, search.best.makespan)
        if stopped:
            break
        search.go_on(turn)
        listen(Progress("crane tasks", 0.0, search.best.makespan, search.iterations))
    plan = TaskPlan(schedule(problem, search.best.order, search.best.cranes), search.one_way, bound.load, bound.reason)
    costs = {"makespan": float(plan.schedule.makespan)}
    cpu_s = time.process_time() - began
    return Result(plan, costs, float(bound.makespan), seed, cpu_s, search.iterations, stopped)


class _Search:
    """The best plan so far and the three searches that take turns."""

    def __init__(self, problem: TaskProblem, params: Params, target: int, state: Array) -> None:
        self.problem, self.params, self.target, self.state = problem, params, target, state
        mirrored = problem.mirrored()
        self.ways = ((problem, FlatTasks(problem)), (mirrored, FlatTasks(mirrored)))
        self.iterations = 0
        cranes = shared_evenly(problem)
        order = one_way_order(problem, cranes)
        self.one_way = schedule(problem, order, cranes).makespan
        self.best = self.latest = Found(self.one_way, order, cranes, 0)

    def proof(self) -> str:
        return "no plan can be shorter" if self.best.makespan <= self.target else ""

    def go_on(self, turn: int) -> None:
        """The next of the searches."""
        kind, mirrored = turn % 7, turn % 7 % 2
        if kind == 6:
            self._reorder(self.best if turn % 2 else self.latest)
            return
        found = self._sweep(*self.ways[mirrored]) if kind < 4 else self._turn(*self.ways[mirrored])
        self.latest = _turned_round(self.problem, found) if mirrored else found
        self._keep(self.latest)

    def _sweep(self, problem: TaskProblem, flat: FlatTasks) -> Found:
        cooling = Cooling(self.params.sweep_iterations, self.params.sweep_hot, self.params.sweep_cold)
        found = flat.anneal_sweep(shared_evenly(problem), cooling, self.target, self.state)
        self.one_way = min(self.one_way, found.makespan)
        return Found(found.makespan, one_way_order(problem, found.cranes), found.cranes, found.iterations)

    def _turn(self, problem: TaskProblem, flat: FlatTasks) -> Found:
        cooling = Cooling(self.params.turn_iterations, self.params.turn_hot, self.params.turn_cold)
        last_hand = 2 * len(problem.cranes) - 1
        one_way = [last_hand - crane for crane in shared_evenly(problem)]
        hands, iterations = flat.anneal_turns(one_way, cooling, self.target, self.state)
        order, cranes = one_turn_order(problem, hands)
        return Found(schedule(problem, order, cranes).makespan, order, cranes, iterations)

    def _reorder(self, plan: Found) -> None:
        iterations = max(1, min(self.params.turn_iterations, self.params.order_pairs // len(plan.order) ** 2))
        cooling = Cooling(iterations, self.params.order_hot, self.params.order_cold)
        flat = self.ways[0][1]
        self._keep(flat.anneal_order(plan.order, plan.cranes, self.best, cooling, self.target, self.state))

    def _keep(self, found: Found) -> None:
        self.iterations += found.iterations
        if found.makespan < self.best.makespan:
            self.best = found


def _turned_round(problem: TaskProblem, found: Found) -> Found:
    """A plan of the mirrored problem as one of the problem."""
    behind = mirrored_order(problem)
    cranes = [0] * len(found.cranes)
    for task, crane in enumerate(found.cranes):
        cranes[behind[task]] = len(problem.cranes) - 1 - crane
    return Found(found.makespan, [behind[task] for task in found.order], cranes, found.iterations)
