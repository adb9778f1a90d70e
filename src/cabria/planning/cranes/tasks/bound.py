"""A lower bound on the makespan, for any way of moving the cranes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from cabria.planning.cranes.tasks.problem import TaskProblem


@dataclass(frozen=True, slots=True)
class TaskBound:
    """`load` shares all work evenly; `makespan` is the best bound and never less."""

    load: int
    makespan: int
    reason: str


def lower_bound(problem: TaskProblem) -> TaskBound:
    """The larger of all work shared by all cranes, and the work in a stretch shared by those that fit into it.

    In a stretch of m * (gap_bays + 1) bays at most m cranes are at work at a time, none before it can be there.
    """
    load = _shared_by_all(problem)
    bounds = [(load, "all work shared by all cranes")]
    work = [0] * (problem.bays + 1)
    for task in problem.tasks:
        work[problem.task_bays[task]] += problem.least_time(task)
    worked = [bay for bay in range(1, problem.bays + 1) if work[bay]]
    for first in worked:
        for last in (bay for bay in worked if bay >= first):
            room = -(-(last - first + 1) // (problem.gap_bays + 1))
            if room >= len(problem.cranes):
                break
            stretch = [bay for bay in worked if first <= bay <= last]
            arrivals = sorted(min(problem.arrival(crane, bay) for bay in stretch) for crane in problem.cranes)
            ways = (len(stretch) - 1) * problem.bay_travel if room == 1 else 0
            makespan = _levelled(sum(work[bay] for bay in stretch) + ways, arrivals[:room])
            bounds.append((makespan, f"bays {first} to {last}, where {room} can work at a time"))
    alone = {
        task: min(problem.arrival(c, problem.task_bays[task]) + problem.times[c][task] for c in problem.cranes)
        for task in problem.tasks
    }
    bounds.append((max(alone.values()), f"task {max(alone, key=lambda task: alone[task]) + 1} alone"))
    makespan, reason = max(bounds, key=lambda bound: bound[0])
    return TaskBound(load, makespan, reason)


def _shared_by_all(problem: TaskProblem) -> int:
    """All work and the unavoidable travel by the best number of cranes: k of them leave k - 1 gaps undriven."""
    worked = sorted(set(problem.task_bays))
    arrivals = sorted(min(problem.arrival(crane, bay) for bay in worked) for crane in problem.cranes)
    gaps = sorted((b - a for a, b in pairwise(worked)), reverse=True)
    total = sum(map(problem.least_time, problem.tasks))
    return min(
        _levelled(total + problem.bay_travel * sum(gaps[count - 1 :]), arrivals[:count])
        for count in range(1, len(arrivals) + 1)
    )


def _levelled(work: int, arrivals: Sequence[int]) -> int:
    """When machines that begin at sorted `arrivals` are done with `work` at the earliest, shared at will."""
    return min(
        max(-(-(work + sum(arrivals[:count])) // count), arrivals[count - 1]) for count in range(1, len(arrivals) + 1)
    )
