"""The benchmark of the bus, small: nothing is lost although the broker is killed."""

from __future__ import annotations

import pytest

from benchmarks.bus import run


@pytest.mark.parametrize("name", ["embedded:3", "mosquitto:3"])
def test_nothing_is_lost_when_the_broker_is_killed(name: str) -> None:
    (row,) = run([name], seconds=2, seed=1, jobs=1, solutions=None)
    assert row["cost"] == 0
    assert row["states"] > 5  # type: ignore[operator]
    assert row["orders"] >= 3  # type: ignore[operator]


def test_other_names_are_errors() -> None:
    rows = run(["embedded:0", "rabbit:3", "mosquitto:many"], seconds=1, seed=1, jobs=1, solutions=None)
    assert all("embedded:TRUCKS" in str(row["error"]) for row in rows)
