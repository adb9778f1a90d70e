"""What is given: tasks in bays, cranes on one rail, and when a crane cannot work."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from cabria.domain.crane_tasks import CraneTasks
from cabria.domain.errors import DataError

Window = tuple[int, int]


@dataclass(frozen=True, slots=True)
class TaskProblem:
    """Tasks and cranes counted from 0, cranes from left to right, bays from 1; times in whole units of one kind.

    Tasks come bay by bay, and in a bay none stands before one that must precede it; `precedences` are pairs of tasks of
    one bay. `times[crane][task]` may differ by crane. `closed[crane]` are the windows (from, to) in which the crane
    cannot work, sorted and apart; a task is done without a break, so it starts after a window that it does not fit
    before. Otherwise as in `CraneTasks`.
    Raises DataError for lists that do not fit together.
    """

    bays: int
    bay_travel: int
    gap_bays: int
    task_bays: tuple[int, ...]
    times: tuple[tuple[int, ...], ...]
    start_bays: tuple[int, ...]
    ready_times: tuple[int, ...]
    precedences: tuple[tuple[int, int], ...] = ()
    closed: tuple[tuple[Window, ...], ...] = ()

    def __post_init__(self) -> None:
        tasks, cranes = len(self.task_bays), len(self.start_bays)
        if not tasks or not cranes:
            raise DataError("There should be at least one task and one crane.")
        if len(self.times) != cranes or len(self.ready_times) != cranes or len(self.closed) not in (0, cranes):
            raise DataError("The lists of cranes differ in length.")
        if any(len(row) != tasks or min(row) < 1 for row in self.times):
            raise DataError("Each crane should have a time above 0 for every task.")
        if (
            list(self.task_bays) != sorted(self.task_bays)
            or not 1 <= self.task_bays[0] <= self.task_bays[-1] <= self.bays
        ):
            raise DataError(f"Tasks should come bay by bay, in bays 1 to {self.bays}.")
        for first, then in self.precedences:
            if not 0 <= first < then < tasks or self.task_bays[first] != self.task_bays[then]:
                raise DataError(
                    f"Precedence {first}, {then} should join tasks of one bay, the earlier one listed first."
                )
        for windows in self.closed:
            if any(start >= end for start, end in windows) or any(a[1] > b[0] for a, b in pairwise(windows)):
                raise DataError("Closed windows of a crane should be sorted, apart and longer than nothing.")

    @classmethod
    def of(cls, given: CraneTasks) -> tuple[TaskProblem, tuple[int, ...]]:
        """The problem of an instance of the literature, and for each of its tasks the number in the instance."""
        numbers = given.in_order()
        place = {number: task for task, number in enumerate(numbers)}
        problem = cls(
            bays=given.bays,
            bay_travel=given.bay_travel,
            gap_bays=given.gap_bays,
            task_bays=tuple(given.task_bays[number - 1] for number in numbers),
            times=(tuple(given.times[number - 1] for number in numbers),) * len(given.start_bays),
            start_bays=given.start_bays,
            ready_times=given.ready_times,
            precedences=tuple((place[first], place[then]) for first, then in given.precedences),
        )
        return problem, numbers

    @property
    def tasks(self) -> range:
        return range(len(self.task_bays))

    @property
    def cranes(self) -> range:
        return range(len(self.start_bays))

    def arrival(self, crane: int, bay: int) -> int:
        """When the crane can be at a bay at the earliest."""
        return self.ready_times[crane] + abs(self.start_bays[crane] - bay) * self.bay_travel

    def least_time(self, task: int) -> int:
        return min(row[task] for row in self.times)

    def mirrored(self) -> TaskProblem:
        """The same seen from the other side of the quay: bays and cranes counted from the right."""
        order = mirrored_order(self)
        place = {task: number for number, task in enumerate(order)}
        return TaskProblem(
            bays=self.bays,
            bay_travel=self.bay_travel,
            gap_bays=self.gap_bays,
            task_bays=tuple(self.bays + 1 - self.task_bays[task] for task in order),
            times=tuple(tuple(row[task] for task in order) for row in reversed(self.times)),
            start_bays=tuple(self.bays + 1 - bay for bay in reversed(self.start_bays)),
            ready_times=self.ready_times[::-1],
            precedences=tuple((place[first], place[then]) for first, then in self.precedences),
            closed=self.closed[::-1],
        )


def mirrored_order(problem: TaskProblem) -> list[int]:
    """The task behind each task of the mirrored problem."""
    return sorted(problem.tasks, key=lambda task: -problem.task_bays[task])


@dataclass(frozen=True, slots=True)
class TaskSchedule:
    """For each task its crane, start and end, and all tasks in an order in which each starts as early as it may."""

    order: tuple[int, ...]
    cranes: tuple[int, ...]
    starts: tuple[int, ...]
    ends: tuple[int, ...]

    @property
    def makespan(self) -> int:
        return max(self.ends)


def places(problem: TaskProblem, cranes: Sequence[int]) -> list[int]:
    """Where each task stands when a crane's bays are counted less the room of the cranes to its left.

    Tasks of two cranes are in each other's way only where the order of these places is not that of the cranes.
    """
    return [bay - (problem.gap_bays + 1) * crane for bay, crane in zip(problem.task_bays, cranes, strict=True)]
