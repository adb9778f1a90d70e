"""Tasks along a ship for cranes on one rail, as the literature knows them, and a schedule of them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from cabria.domain.errors import DataError

LATEST = 1_000_000
"""No time of an instance lies beyond this, so that sums of times stay small whole numbers."""
MOST_TASKS = 2_000
MOST_BAYS = 500
MOST_CRANES = 30


@dataclass(frozen=True, slots=True)
class CraneTasks:
    """The quay crane scheduling problem of Kim and Park (2004) and Meisel and Bierwirth (2011).

    Tasks, bays and cranes are counted from 1, bays and cranes from left to right; `times`, `task_bays` and `start_bays`
    begin with number 1. Driving from bay to bay takes `bay_travel`. Cranes keep their order and at least `gap_bays`
    bays free between neighbours, also while they drive; they may stand beyond the last bay. A crane is there from its
    ready time on, over its start bay, which binds no other crane. `precedences` are pairs of tasks of one bay, the
    earlier one first.
    Raises DataError for lists that do not fit together, numbers out of range and tasks that wait for themselves.
    """

    bays: int
    bay_travel: int
    gap_bays: int
    times: tuple[int, ...]
    task_bays: tuple[int, ...]
    start_bays: tuple[int, ...]
    ready_times: tuple[int, ...]
    precedences: tuple[tuple[int, int], ...]

    def __post_init__(self) -> None:
        tasks, cranes = len(self.times), len(self.start_bays)
        _within("The number of bays", (self.bays,), 1, MOST_BAYS)
        _within("The number of tasks", (tasks,), 1, MOST_TASKS)
        _within("The number of cranes", (cranes,), 1, MOST_CRANES)
        if len(self.task_bays) != tasks or len(self.ready_times) != cranes:
            raise DataError("The lists of tasks or of cranes differ in length.")
        _within("Every time of a task", self.times, 1, LATEST)
        _within("Every bay of a task", self.task_bays, 1, self.bays)
        _within("Every start bay", self.start_bays, 1, MOST_BAYS)
        _within("Every ready time", self.ready_times, 0, LATEST)
        _within("The travel time of a bay", (self.bay_travel,), 0, LATEST)
        _within("The bays between cranes", (self.gap_bays,), 0, MOST_BAYS)
        for first, then in self.precedences:
            if not (1 <= first <= tasks and 1 <= then <= tasks):
                raise DataError(f"Precedence {first}, {then} names a task that is not there.")
            if self.task_bays[first - 1] != self.task_bays[then - 1]:
                raise DataError(f"Precedence {first}, {then} joins tasks of different bays.")
        self.in_order()

    @property
    def tasks(self) -> range:
        return range(1, len(self.times) + 1)

    @property
    def cranes(self) -> range:
        return range(1, len(self.start_bays) + 1)

    def in_order(self) -> tuple[int, ...]:
        """The tasks bay by bay, each after those that precede it. Raises DataError when precedences form a ring."""
        waits = dict.fromkeys(self.tasks, 0)
        followers: dict[int, list[int]] = {task: [] for task in self.tasks}
        for first, then in self.precedences:
            waits[then] += 1
            followers[first].append(then)
        free = [task for task in self.tasks if not waits[task]]
        order = []
        for task in free:
            order.append(task)
            for then in followers[task]:
                waits[then] -= 1
                if not waits[then]:
                    free.append(then)
        if len(order) != len(waits):
            raise DataError(f"Task {min(t for t in waits if waits[t])} would have to precede itself.")
        return tuple(sorted(order, key=lambda task: self.task_bays[task - 1]))


@dataclass(frozen=True, slots=True, order=True)
class ScheduledTask:
    """Task `task` is done by crane `crane` from `start` to `end` without a break; both are counted from 1."""

    task: int
    crane: int
    start: int
    end: int


def _within(what: str, numbers: Iterable[int], least: int, most: int) -> None:
    for number in numbers:
        if not least <= number <= most:
            raise DataError(f"{what} should lie between {least:,} and {most:,}, not at {number:,}.")
