"""The benchmark of the bus, small: nothing is lost although the broker is killed."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

from benchmarks.bus import run


def test_nothing_is_lost_when_the_broker_is_killed() -> None:
    with ThreadPoolExecutor() as at_once:  # most of the time trucks drive and everybody waits
        rows = at_once.map(
            lambda name: next(run([name], seconds=2, seed=1, jobs=1, solutions=None)), ["embedded:3", "mosquitto:3"]
        )
    for row in rows:
        assert row["cost"] == 0, row
        assert row["states"] > 5  # type: ignore[operator]
        assert row["orders"] >= 3  # type: ignore[operator]


def test_other_names_are_errors() -> None:
    rows = run(["embedded:0", "rabbit:3", "mosquitto:many"], seconds=1, seed=1, jobs=1, solutions=None)
    assert all("embedded:TRUCKS" in str(row["error"]) for row in rows)
