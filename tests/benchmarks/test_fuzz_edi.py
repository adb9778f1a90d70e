"""The short form of fuzzing the message exchange."""

from __future__ import annotations

from benchmarks import fuzz


def test_broken_files_break_nothing_for_two_seconds() -> None:
    [row] = fuzz.run(["edi"], seconds=2, seed=1, jobs=1, solutions=None)
    assert row["valid"], row
    assert row["cost"] == 0
    assert int(str(row["files"])) >= 20
