"""The benchmark of the stream measures a real server with real clients."""

from __future__ import annotations

from benchmarks import stream


def test_clients_see_every_truck_and_lose_nothing() -> None:
    (row,) = stream.run(["2x7"], seconds=0.5, seed=0, jobs=1, solutions=None)
    assert row["trucks_moved"] == 7
    assert row["lost"] == 0
    assert row["frames"] > 0  # type: ignore[operator]


def test_an_instance_that_is_none_says_how_to_write_one() -> None:
    (row,) = stream.run(["many"], seconds=0.5, seed=0, jobs=1, solutions=None)
    assert "50x300" in str(row["error"])
