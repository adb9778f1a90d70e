"""The benchmark of the twin's agenda."""

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
