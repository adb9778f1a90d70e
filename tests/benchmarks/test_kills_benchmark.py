"""A few kills of a real terminal at work: its program, the broker, emulated trucks and cranes."""

from __future__ import annotations

from pathlib import Path

import msgspec
import pytest

from benchmarks.kills import carried_out_twice, given, kill_parts, run

KILLS = 3


def test_killed_at_random_moments_the_terminal_loses_nothing_and_does_nothing_twice() -> None:
    kills = kill_parts(given("small"), KILLS, seed=7, has_servers=False, seconds=60, speed=100.0)
    assert kills.number == KILLS
    assert kills.acknowledged > 100
    assert (kills.lost, kills.changed, kills.twice) == (0, 0, [])
    (judged,) = kills.judgements
    assert judged.is_good, (judged.elsewhere, judged.not_as_planned)
    assert judged.moves > 10


def test_a_machine_that_did_a_job_twice_is_found(tmp_path: Path) -> None:
    lines = [{"machine": "QC1", "what": "lifted", "at_ms": n, "job": f"r/QC1/{job}"} for n, job in enumerate((1, 2, 1))]
    path = tmp_path / "executed-cranes.jsonl"
    path.write_bytes(b"".join(msgspec.json.encode(line) + b"\n" for line in lines))
    assert list(carried_out_twice(tmp_path)) == ["QC1 r/QC1/1 lifted: 2 times"]


@pytest.mark.parametrize("instance", ["small:3", "embedded:large:3", "embedded:small:many", "embedded:small:0"])
def test_an_instance_that_cannot_be_is_an_error(instance: str) -> None:
    (row,) = run([instance], seconds=1, seed=0, jobs=1, solutions=None)
    assert "embedded:small:10" in str(row["error"])
