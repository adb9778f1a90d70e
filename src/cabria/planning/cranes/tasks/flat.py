"""The problem as the kernels want it: flat arrays, and one method a search."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from cabria.planning.cranes.tasks import kernels, turns
from cabria.planning.cranes.tasks.problem import TaskProblem
from cabria.planning.search.kernels import Array


@dataclass(frozen=True, slots=True)
class Cooling:
    """How long a search cools, from and to which temperature, in units of makespan."""

    iterations: int
    hot: float
    cold: float


@dataclass(frozen=True, slots=True)
class Found:
    """The best plan of a search: tasks in order, the crane of each task; and how many iterations were made."""

    makespan: int
    order: list[int]
    cranes: list[int]
    iterations: int


class FlatTasks:
    """Arrays of a problem, made once."""

    def __init__(self, problem: TaskProblem) -> None:
        tasks = len(problem.task_bays)
        bay = _whole(problem.task_bays)
        windows = problem.closed or ((),) * len(problem.cranes)
        self.given: tuple[Any, ...] = (
            np.array(problem.times, np.int64),
            bay,
            _closure(tasks, problem.precedences),
            _whole(problem.start_bays),
            _whole(problem.ready_times),
            np.cumsum([0, *map(len, windows)], dtype=np.int64),
            np.array([window for of_crane in windows for window in of_crane], np.int64).reshape(-1, 2),
            problem.bay_travel,
            problem.gap_bays + 1,
        )
        self.first = np.searchsorted(bay, np.arange(problem.bays + 2)).astype(np.int64)

    def anneal_sweep(self, cranes: Sequence[int], cooling: Cooling, target: int, state: Array) -> Found:
        """From a plan that may sweep to the right to the best one met; an order is not told, it follows."""
        best, done = _whole(cranes), np.zeros(1, np.int64)
        anneal: Any = kernels.anneal_sweep
        makespan = anneal(
            *self.given, self.first, _whole(cranes), best,
            cooling.iterations, target, cooling.hot, cooling.cold, state, done,
        )  # fmt: skip
        return Found(int(makespan), [], best.tolist(), int(done[0]))

    def anneal_turns(self, hands: Sequence[int], cooling: Cooling, target: int, state: Array) -> tuple[list[int], int]:
        """From hands as in `operators.one_turn_order` to the best ones met; and the iterations made."""
        best, done = _whole(hands), np.zeros(1, np.int64)
        anneal: Any = turns.anneal_turns
        anneal(
            *self.given, self.first, _whole(hands), best,
            cooling.iterations, target, cooling.hot, cooling.cold, state, done,
        )  # fmt: skip
        return best.tolist(), int(done[0])

    def anneal_order(
        self, order: Sequence[int], cranes: Sequence[int], best: Found, cooling: Cooling, target: int, state: Array
    ) -> Found:
        """From a plan to the best one met, `best` if none is better."""
        best_order, best_cranes, done = _whole(best.order), _whole(best.cranes), np.zeros(1, np.int64)
        anneal: Any = kernels.anneal_order
        makespan = anneal(
            *self.given, _whole(order), _whole(cranes), best_order, best_cranes, best.makespan,
            cooling.iterations, target, cooling.hot, cooling.cold, state, done,
        )  # fmt: skip
        return Found(int(makespan), best_order.tolist(), best_cranes.tolist(), int(done[0]))


def _whole(numbers: Sequence[int]) -> Array:
    return np.array(numbers, np.int64)


def _closure(tasks: int, precedences: Sequence[tuple[int, int]]) -> Array:
    """1 where the first task must precede the second, directly or through others; pairs go up in number."""
    before = np.zeros((tasks, tasks), np.uint8)
    for first, then in sorted(precedences, key=lambda pair: pair[1]):
        before[:, then] |= before[:, first]
        before[first, then] = 1
    return before
