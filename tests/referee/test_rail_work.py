"""The judge of two cranes on one rail, and what the domain refuses: each fault has its sentence."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from cabria.domain.errors import DataError
from cabria.domain.rail_work import LEFT, RIGHT, RailCase, RailJob, RailPlan, RailTask, Waypoint
from cabria.referee.rail_work import judge_rail

JOBS = (RailJob(2, 2, 10, 10, 0, 30), RailJob(9, 7, 10, 10, 5, None))
CASE = RailCase("by hand", 10, (1, 10), JOBS, ((0, 1),), gap_bays=3, bay_travel_s=2)


def way(*points: tuple[float, float]) -> tuple[Waypoint, ...]:
    return tuple(Waypoint(time_s, bay) for time_s, bay in points)


GOOD = RailPlan(
    (RailTask(0, LEFT, 2, 12), RailTask(1, RIGHT, 22, 36)),
    (way((0, 1), (2, 2)), way((0, 10), (20, 9), (32, 9), (36, 7))),
)


def path(crane: int, *points: tuple[float, float]) -> RailPlan:
    paths = list(GOOD.paths)
    paths[crane] = way(*points)
    return replace(GOOD, paths=(paths[0], paths[1]))


def tasks(*those: RailTask) -> RailPlan:
    return replace(GOOD, tasks=those)


def test_a_plan_by_hand_is_judged_and_measured() -> None:
    verdict = judge_rail(CASE, GOOD)
    assert verdict.findings == ()
    assert (verdict.late_s, verdict.makespan_s, verdict.travel_s) == (0, 46, 8.0)
    assert verdict.cost == 10 * 46 + 8


@pytest.mark.parametrize(
    ("plan", "sentence"),
    [
        (path(LEFT, (0, 1), (2, 2), (24, 2), (34, 7)), "bays apart"),
        (path(LEFT, (0, 1), (2, 2), (30, 2), (34, 4), (36, 4.5), (40, 4.5)), "bays apart"),
        (path(LEFT, (0, 1), (1, 2)), "too fast from 0 s on"),
        (path(LEFT, (0, 2)), "begins over bay 2"),
        (path(LEFT, (0, 1), (2, 2), (1, 2)), "goes back in time"),
        (path(LEFT, (0, 1), (2, 2), (30, 2), (34, 0)), "leaves the rail"),
        (path(LEFT, (0, 1), (2, 2), (12, 2), (13, 1.5)), "sets down over bay 2 at 12 s but is not there"),
        (path(LEFT), "is missing or no way"),
        (path(LEFT, (0, float("nan"))), "is missing or no way"),
        (tasks(GOOD.tasks[0]), "job 1 is done 0 times"),
        (tasks(*GOOD.tasks, RailTask(7, LEFT, 0, 0)), "does job 7"),
        (tasks(*GOOD.tasks, RailTask(0, LEFT, 60, 70)), "job 0 is done 2 times"),
        (tasks(RailTask(0, RIGHT, 2, 12), GOOD.tasks[1]), "out of the right crane's reach"),
        (tasks(GOOD.tasks[0], RailTask(1, RIGHT, 21, 36)), "job 1 is lifted before job 0 is done"),
        (tasks(GOOD.tasks[0], RailTask(1, RIGHT, 4, 36)), "lifted at 4 s, ready at 5 s"),
        (tasks(RailTask(0, LEFT, 2, 11), GOOD.tasks[1]), "set down before it is lifted"),
    ],
    ids=range(16),
)
def test_each_fault_is_told(plan: RailPlan, sentence: str) -> None:
    assert any(sentence in finding for finding in judge_rail(CASE, plan).findings)


def test_two_jobs_at_once_are_one_too_many() -> None:
    case = replace(CASE, jobs=(JOBS[0], RailJob(2, 2, 10, 10)), before=())
    plan = RailPlan((RailTask(0, LEFT, 2, 12), RailTask(1, LEFT, 10, 20)), GOOD.paths)
    assert any("before it has done job 0" in finding for finding in judge_rail(case, plan).findings)


@pytest.mark.parametrize(
    ("made", "sentence"),
    [
        (lambda: replace(CASE, bays=3), "do not hold two cranes"),
        (lambda: replace(CASE, starts=(1, 3)), "cannot start over bays 1 and 3"),
        (lambda: replace(CASE, jobs=(RailJob(1, 10),), before=()), "No crane reaches both bay 1 and bay 10"),
        (lambda: replace(CASE, before=((0, 1), (1, 0))), "Job 0 waits for itself"),
        (lambda: replace(CASE, before=((0, 5),)), "no pair of jobs 0 and 5"),
        (lambda: RailJob(1, 1, 0, 5), "at least a second"),
    ],
    ids=range(6),
)
def test_what_no_two_cranes_can_do_is_refused(made: Callable[[], object], sentence: str) -> None:
    with pytest.raises(DataError, match=sentence):
        made()
