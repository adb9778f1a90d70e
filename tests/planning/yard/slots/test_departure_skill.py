"""Skill is learned from what happened, and its absence is noticed."""

from __future__ import annotations

from random import Random

import numpy as np
import pytest
from tests.departures_by_hand import certain

from cabria.domain.errors import DataError
from cabria.planning.yard.slots.departures import Departure, DepartureSkill

DAY_S = 86_400.0


def taught(error_s: float | None, boxes: int = 600, *, is_noise: bool = False) -> tuple[DepartureSkill, float]:
    """A skill that has seen boxes come and leave with forecasts of a normal error, and the time now."""
    random = Random(1)
    skill = DepartureSkill()
    happenings: list[tuple[float, int, float]] = []
    now_s = 0.0
    for box in range(boxes):
        now_s += random.expovariate(1 / 1_000)
        happenings += [(now_s, box, 1), (now_s + random.lognormvariate(12, 1), box, 0)]
    leaves = {box: at_s for at_s, box, comes in happenings if not comes}
    for at_s, box, comes in sorted(happenings):
        if not comes:
            skill.left(box, at_s)
        elif error_s is None:
            skill.arrived(box, at_s)
        else:
            told = at_s + random.lognormvariate(12, 1) if is_noise else leaves[box] + random.gauss(0, error_s)
            skill.arrived(box, at_s, told)
    return skill, sorted(happenings)[-1][0]


def test_nobody_knows_anything_at_first() -> None:
    skill = DepartureSkill()
    assert skill.knows_nothing
    told, without = skill.arrived("a", 0.0, 1_000.0), skill.arrived("b", 0.0)
    assert told.points_s.tolist() == without.points_s.tolist()


def test_better_forecasts_have_more_skill_and_noise_has_none() -> None:
    sharp, fair, noise = (taught(error)[0].skill for error in (0.05 * DAY_S, 1 * DAY_S, 300 * DAY_S))
    assert 0.9 < sharp <= 1
    assert sharp > fair > 0.3
    assert noise < 0.1


def test_forecasts_that_only_look_like_stays_are_left_aside() -> None:
    skill, _ = taught(1.0, is_noise=True)
    assert skill.skill_used < 0.1


def test_a_sharp_forecast_makes_a_narrow_distribution_where_it_says() -> None:
    skill, now_s = taught(0.1 * DAY_S)
    departure = skill.arrived("new", now_s, now_s + 3 * DAY_S)
    assert np.abs(departure.points_s - now_s - 3 * DAY_S).max() < 0.5 * DAY_S


def test_a_distribution_is_taken_as_it_is_once_such_have_shown_skill() -> None:
    skill = DepartureSkill()
    for box in range(100):
        skill.arrived(box, 1_000.0 * box, certain(1_000.0 * box + 500))
        skill.left(box, 1_000.0 * box + 500)
    departure = Departure(np.linspace(1e6, 2e6, 16), 10.0)
    assert skill.arrived("new", 1e5, departure) is departure


def test_forecasts_in_the_past_do_no_harm() -> None:
    skill, now_s = taught(1 * DAY_S)
    departure = skill.arrived("late", now_s, now_s - 50 * DAY_S)
    assert np.isfinite(departure.points_s).all()
    assert departure.points_s[-1] > now_s


def test_unknown_boxes_may_leave_and_memory_is_bounded() -> None:
    skill = DepartureSkill()
    skill.left("never seen", 5.0)
    assert skill.skill == 0


@pytest.mark.parametrize("stay_s", [0.0, -1.0, float("inf")], ids=str)
def test_a_stay_is_longer_than_nothing(stay_s: float) -> None:
    with pytest.raises(DataError):
        DepartureSkill(stay_s)
