"""Schedules from orders, in plain Python: the promise the kernels keep, and the last word on every plan."""

from __future__ import annotations

from collections.abc import Sequence

from cabria.planning.cranes.tasks.problem import TaskProblem, TaskSchedule, places


def schedule(problem: TaskProblem, order: Sequence[int], cranes: Sequence[int]) -> TaskSchedule:
    """Each task as early as the tasks before it in `order` allow; some order gives an optimal schedule.

    Two tasks of one crane are the travel between their bays apart. Tasks of two cranes whose places stand the wrong way
    round by m are m bays of travel apart. Tasks of one bay always are in each other's way, so precedences hold in any
    order that respects them.
    """
    place = places(problem, cranes)
    starts, ends = [0] * len(order), [0] * len(order)
    for k, task in enumerate(order):
        crane, bay = cranes[task], problem.task_bays[task]
        start = problem.arrival(crane, bay)
        for other in order[:k]:
            if cranes[other] == crane:
                start = max(start, ends[other] + abs(problem.task_bays[other] - bay) * problem.bay_travel)
            else:
                missing = place[other] - place[task] if cranes[other] < crane else place[task] - place[other]
                if missing > 0:
                    start = max(start, ends[other] + missing * problem.bay_travel)
        time = problem.times[crane][task]
        starts[task] = past_closed_windows(problem, crane, start, time)
        ends[task] = starts[task] + time
    return TaskSchedule(tuple(order), tuple(cranes), tuple(starts), tuple(ends))


def past_closed_windows(problem: TaskProblem, crane: int, start: int, time: int) -> int:
    """The earliest start from `start` on at which the crane can work for `time` without a break."""
    for closed_from, closed_to in problem.closed[crane] if problem.closed else ():
        if start < closed_to and start + time > closed_from:
            start = closed_to
    return start


def one_way_order(problem: TaskProblem, cranes: Sequence[int]) -> list[int]:
    """The order in which cranes sweep the ship to the right, right cranes ahead (Bierwirth and Meisel 2009)."""
    place = places(problem, cranes)
    return sorted(problem.tasks, key=lambda task: (place[task], task))


def one_turn_order(problem: TaskProblem, hands: Sequence[int]) -> tuple[list[int], list[int]]:
    """Order and cranes when all cranes go to the left, turn, and go to the right.

    Hand h below the number of cranes is crane h on its way to the left; from there on hands are cranes on their way
    back, the last crane first. The way to the left, left cranes ahead, comes before the way back, right cranes ahead.
    """
    count = len(problem.cranes)
    cranes = [min(hand, 2 * count - 1 - hand) for hand in hands]
    place = places(problem, cranes)
    way = [-1 if hand < count else 1 for hand in hands]
    return sorted(problem.tasks, key=lambda task: (way[task], way[task] * place[task], task)), cranes


def may_sweep(problem: TaskProblem, cranes: Sequence[int]) -> bool:
    """Whether a sweep to the right respects precedences: the right crane comes to a bay first."""
    return all(cranes[first] >= cranes[then] for first, then in problem.precedences)


def shared_evenly(problem: TaskProblem) -> list[int]:
    """A first plan: whole bays, from left to right, as even as whole bays allow."""
    total = sum(map(problem.least_time, problem.tasks))
    work = [0] * (problem.bays + 1)
    for task in problem.tasks:
        work[problem.task_bays[task]] += problem.least_time(task)
    crane_of, done = [0] * (problem.bays + 1), 0
    for bay in range(1, problem.bays + 1):
        crane_of[bay] = min(len(problem.cranes) - 1, (2 * done + work[bay]) * len(problem.cranes) // (2 * total))
        done += work[bay]
    return [crane_of[problem.task_bays[task]] for task in problem.tasks]
