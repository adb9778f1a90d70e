"""Judges a schedule of crane tasks from scratch: every task once, precedence, arrival, order of cranes and distance.

Distance is judged at all times, on the way too. Count places so that a crane's place is its bay less `gap_bays` + 1 for
each crane to its left: then cranes keep their distance as long as no crane's place is below that of its left neighbour.
Of two tasks of different cranes whose places stand the wrong way round by m, the cranes must cover m bays between the
end of one and the start of the other. This is needed for each pair, and when it holds for all pairs there are ways for
all cranes (each place as far left as the tasks of its own and of the cranes to the left allow) that keep distance.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations

from cabria.domain.crane_tasks import CraneTasks, ScheduledTask


@dataclass(frozen=True, slots=True)
class TaskJudgement:
    """`makespan` is the latest end of the tasks told, 0 when none is."""

    makespan: int
    problems: tuple[str, ...]

    @property
    def valid(self) -> bool:
        return not self.problems


def judge_crane_tasks(given: CraneTasks, schedule: Sequence[ScheduledTask]) -> TaskJudgement:
    """Every broken rule in words. Entries that name no task or no crane of the instance are a problem of their own."""
    known = [each for each in schedule if each.task in given.tasks and each.crane in given.cranes]
    problems = [f"task {e.task} or crane {e.crane} does not exist" for e in schedule if e not in known]
    problems += _presence(given, known)
    problems += [problem for each in known for problem in _one_task(given, each)]
    problems += _precedence(given, known)
    problems += [problem for one, other in combinations(known, 2) for problem in _pair(given, one, other)]
    return TaskJudgement(max((each.end for each in known), default=0), tuple(problems))


def _presence(given: CraneTasks, schedule: Iterable[ScheduledTask]) -> Iterator[str]:
    done = [each.task for each in schedule]
    for task in given.tasks:
        if (times := done.count(task)) != 1:
            yield f"task {task} is done {times} times"


def _one_task(given: CraneTasks, each: ScheduledTask) -> Iterator[str]:
    time = given.times[each.task - 1]
    if each.end - each.start != time:
        yield f"task {each.task} takes {each.end - each.start} instead of {time}"
    ready = given.ready_times[each.crane - 1]
    way = abs(given.start_bays[each.crane - 1] - given.task_bays[each.task - 1]) * given.bay_travel
    if each.start < ready + way:
        yield f"task {each.task} starts at {each.start}, before crane {each.crane} can be there at {ready + way}"


def _precedence(given: CraneTasks, schedule: Iterable[ScheduledTask]) -> Iterator[str]:
    by_task = {each.task: each for each in schedule}
    for first, then in given.precedences:
        if first in by_task and then in by_task and by_task[then].start < by_task[first].end:
            yield f"task {then} starts before task {first}, which precedes it, is done"


def _pair(given: CraneTasks, one: ScheduledTask, other: ScheduledTask) -> Iterator[str]:
    left, right = sorted((one, other), key=lambda each: each.crane)
    left_bay, right_bay = given.task_bays[left.task - 1], given.task_bays[right.task - 1]
    if left.crane == right.crane:
        missing_bays = abs(right_bay - left_bay)
    else:
        missing_bays = left_bay + (right.crane - left.crane) * (given.gap_bays + 1) - right_bay
        if missing_bays <= 0:
            return
    between = max(right.start - left.end, left.start - right.end)
    if between >= missing_bays * given.bay_travel:
        return
    if left.crane == right.crane:
        yield f"crane {left.crane} cannot do tasks {left.task} and {right.task} with {between} between them"
    elif between < 0:
        yield f"cranes {left.crane} and {right.crane} are too close during tasks {left.task} and {right.task}"
    else:
        yield (
            f"cranes {left.crane} and {right.crane} come too close between tasks {left.task} and {right.task}: "
            f"{between} are too few for {missing_bays} bays"
        )
