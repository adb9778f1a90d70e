"""The journal benchmark, on a file and for a moment; `tests/adapters/journal` kills programs and databases."""

from __future__ import annotations

from benchmarks.journal import run


def test_writers_are_counted_and_the_chain_is_whole() -> None:
    (row,) = run(["sqlite:10"], seconds=0.2, seed=0, jobs=1, solutions=None)
    assert row["valid"]
    assert row["writers"] == 10
    assert int(str(row["events"])) >= 10


def test_what_is_no_instance_is_told() -> None:
    rows = list(run(["oracle:1", "sqlite:none", "sqlite:server-kills:3"], seconds=0.2, seed=0, jobs=1, solutions=None))
    assert all("write DATABASE:WRITERS" in str(row["error"]) for row in rows)
