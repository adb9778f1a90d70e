"""The terminal benchmark over weeks: how an instance is named, and what is told of one that cannot be."""

from __future__ import annotations

import pytest

from benchmarks import terminal


def test_a_name_says_how_many_teu_trucks_and_days() -> None:
    scenario = terminal.week_named("week:1.5:60:2")
    assert (scenario.teu_a_year, scenario.trucks, scenario.days) == (1_500_000, 60, 2)
    assert terminal.week_named("week:1").days == 7


@pytest.mark.parametrize(
    "name", ["week:", "week:much", "week:nan", "week:inf", "week:1.5:0", "week:1.5:40:500", "week:-1"]
)
def test_a_week_that_cannot_be_is_an_error_of_its_row(name: str) -> None:
    (row,) = terminal.run([name], seconds=1.0, seed=0, jobs=1, solutions=None)
    assert row["instance"] == name
    assert str(row["error"]).startswith(name)
