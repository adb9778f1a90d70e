"""The judge of crane tasks: each rule broken once, and its word on distance against ways drawn out in time."""

from __future__ import annotations

from fractions import Fraction
from itertools import pairwise

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from cabria.domain.crane_tasks import CraneTasks, ScheduledTask
from cabria.domain.errors import DataError
from cabria.referee.crane_tasks import judge_crane_tasks


def two_cranes(**changes: object) -> CraneTasks:
    facts: dict[str, object] = {
        "bays": 9, "bay_travel": 2, "gap_bays": 1, "times": (10, 10, 10), "task_bays": (2, 2, 6),
        "start_bays": (1, 5), "ready_times": (0, 0), "precedences": ((1, 2),),
    }  # fmt: skip
    return CraneTasks(**(facts | changes))  # type: ignore[arg-type]


LEGAL = (ScheduledTask(1, 1, 2, 12), ScheduledTask(2, 1, 12, 22), ScheduledTask(3, 2, 2, 12))


def test_a_legal_schedule_has_no_problems_and_its_latest_end_is_the_makespan() -> None:
    judgement = judge_crane_tasks(two_cranes(), LEGAL)
    assert judgement.valid
    assert judgement.makespan == 22


def test_a_task_started_before_its_crane_could_arrive_is_caught() -> None:
    early = (ScheduledTask(1, 1, 1, 11), *LEGAL[1:])
    assert judge_crane_tasks(two_cranes(), early).problems == ("task 1 starts at 1, before crane 1 can be there at 2",)


def test_a_task_started_before_its_crane_is_ready_is_caught() -> None:
    assert "before crane 2 can be there at 9" in judge_crane_tasks(two_cranes(ready_times=(0, 7)), LEGAL).problems[0]


def test_a_broken_precedence_is_caught() -> None:
    swapped = (ScheduledTask(2, 1, 2, 12), ScheduledTask(1, 1, 12, 22), LEGAL[2])
    assert judge_crane_tasks(two_cranes(), swapped).problems == (
        "task 2 starts before task 1, which precedes it, is done",
    )


def test_a_crane_that_passes_another_is_caught() -> None:
    given_two = two_cranes(task_bays=(2, 2, 4), precedences=())
    passed = (ScheduledTask(1, 1, 2, 12), ScheduledTask(2, 2, 106, 116), ScheduledTask(3, 1, 106, 116))
    assert judge_crane_tasks(given_two, passed).problems == ("cranes 1 and 2 are too close during tasks 3 and 2",)


def test_cranes_at_work_side_by_side_without_room_are_caught() -> None:
    close = two_cranes(task_bays=(2, 2, 3))
    schedule = (*LEGAL[:2], ScheduledTask(3, 2, 4, 14))
    assert "cranes 1 and 2 are too close during tasks 1 and 3" in judge_crane_tasks(close, schedule).problems


@pytest.mark.parametrize(("start", "valid"), [(23, False), (24, True)])
def test_cranes_one_bay_too_close_while_they_travel_are_caught(start: int, valid: bool) -> None:
    # Crane 1 leaves bay 2 at 22; crane 2 may be in bay 3 only when crane 1 has made the bay that is missing.
    close = two_cranes(task_bays=(2, 2, 3))
    schedule = (*LEGAL[:2], ScheduledTask(3, 2, start, start + 10))
    judgement = judge_crane_tasks(close, schedule)
    assert judgement.valid is valid
    assert valid or "1 are too few for 1 bays" in judgement.problems[0]


def test_a_crane_in_two_bays_at_once_is_caught() -> None:
    assert not judge_crane_tasks(two_cranes(), (*LEGAL[:2], ScheduledTask(3, 1, 29, 39))).valid
    assert judge_crane_tasks(two_cranes(), (*LEGAL[:2], ScheduledTask(3, 1, 30, 40))).valid


def test_what_is_missing_done_twice_too_short_or_unknown_is_caught() -> None:
    assert "task 3 is done 0 times" in judge_crane_tasks(two_cranes(), LEGAL[:2]).problems
    assert "task 3 is done 2 times" in judge_crane_tasks(two_cranes(), (*LEGAL, ScheduledTask(3, 2, 50, 60))).problems
    short = (*LEGAL[:2], ScheduledTask(3, 2, 2, 11))
    assert judge_crane_tasks(two_cranes(), short).problems == ("task 3 takes 9 instead of 10",)
    unknown = judge_crane_tasks(two_cranes(), (*LEGAL, ScheduledTask(4, 1, 0, 1), ScheduledTask(1, 0, 0, 1)))
    assert unknown.problems == ("task 4 or crane 1 does not exist", "task 1 or crane 0 does not exist")


@pytest.mark.parametrize(
    "nonsense",
    [
        {"times": (10, 10, 0)}, {"times": (10, 10)}, {"task_bays": (2, 2, 10)}, {"start_bays": (0, 5)},
        {"ready_times": (0, -1)}, {"precedences": ((1, 3),)}, {"precedences": ((1, 4),)},
        {"precedences": ((1, 2), (2, 1))}, {"bay_travel": -1}, {"gap_bays": 10**9}, {"times": ()}, {"bays": 0},
    ],
    ids=str,
)  # fmt: skip
def test_nonsense_is_refused_at_birth(nonsense: dict[str, object]) -> None:
    with pytest.raises(DataError, match=r"\w"):
        two_cranes(**nonsense)


@st.composite
def loose_schedules(draw: st.DrawFn) -> tuple[CraneTasks, list[ScheduledTask]]:
    """Two or three cranes, some tasks and any starts, legal for each crane by itself; often illegal between them."""
    cranes = draw(st.integers(2, 3))
    bays = draw(st.lists(st.integers(1, 6), min_size=2, max_size=4))
    tasks = CraneTasks(
        bays=6, bay_travel=draw(st.integers(1, 2)), gap_bays=draw(st.integers(0, 2)), times=(2,) * len(bays),
        task_bays=tuple(bays), start_bays=tuple(range(1, cranes + 1)), ready_times=(0,) * cranes, precedences=(),
    )  # fmt: skip
    schedule = [
        ScheduledTask(task, draw(st.integers(1, cranes)), start, start + 2)
        for task, start in enumerate(draw(st.lists(st.integers(12, 30), min_size=len(bays), max_size=len(bays))), 1)
    ]
    return tasks, schedule


def _stays(tasks: CraneTasks, schedule: list[ScheduledTask], crane: int) -> list[tuple[int, int, int]]:
    return sorted((e.start, e.end, tasks.task_bays[e.task - 1]) for e in schedule if e.crane == crane)


def _way_exists(tasks: CraneTasks, schedule: list[ScheduledTask]) -> bool:
    """Cranes one after the other from the left, each as far left as its own tasks and its left neighbour allow.

    Time in half units of travel and places in halves of a bay; a place is reachable when all later ones are.
    """
    room = tasks.gap_bays + 1
    times = [Fraction(half, 2) for half in range(2 * 40)]
    step = Fraction(1, 2) / tasks.bay_travel
    left = [Fraction(-1000)] * len(times)
    for crane in tasks.cranes:
        stays = _stays(tasks, schedule, crane)
        lowest = [place + room for place in left]
        for k, now in enumerate(times):
            for start, end, bay in stays:
                if start <= now <= end:
                    lowest[k] = max(lowest[k], Fraction(bay))
        for order in (range(1, len(times)), range(len(times) - 2, -1, -1)):
            for k in order:
                neighbour = k - 1 if order.step > 0 else k + 1
                lowest[k] = max(lowest[k], lowest[neighbour] - step)
        for k, now in enumerate(times):
            if any(start <= now <= end and lowest[k] > bay for start, end, bay in stays):
                return False
        left = lowest
    return True


@given(loose_schedules())
def test_distance_is_kept_exactly_when_ways_that_keep_it_can_be_drawn(
    case: tuple[CraneTasks, list[ScheduledTask]],
) -> None:
    tasks, schedule = case
    for crane in tasks.cranes:
        stays = _stays(tasks, schedule, crane)
        assume(all(then[0] >= now[1] + abs(then[2] - now[2]) * tasks.bay_travel for now, then in pairwise(stays)))
    assert judge_crane_tasks(tasks, schedule).valid is _way_exists(tasks, schedule)
