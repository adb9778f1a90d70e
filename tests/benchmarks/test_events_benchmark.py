"""The benchmark of the twin's agenda and of a year of demand."""

from __future__ import annotations

from benchmarks.events import run


def test_the_agenda_and_simpy_work_through_the_same_machines() -> None:
    (row,) = run(["made:20"], seconds=0.1, seed=1, jobs=1, solutions=None)
    assert row["valid"] is True
    assert row["entries"] > 0  # type: ignore[operator]
    assert row["times_simpy"] is not None


def test_a_name_that_says_no_number_of_machines_is_an_error() -> None:
    (row,) = run(["made:many"], seconds=0.1, seed=1, jobs=1, solutions=None)
    assert "made:MACHINES" in str(row["error"])


def test_a_year_of_demand_is_a_row_and_nonsense_an_error() -> None:
    row, *errors = run(
        ["demand:0.1", "demand:much", "demand:-1", "demand:nan"], seconds=1, seed=1, jobs=1, solutions=None
    )
    assert row["valid"] is True
    assert row["boxes"] > 40_000  # type: ignore[operator]
    assert all("demand:1.5" in str(error["error"]) for error in errors)
    assert len(errors) == 3
