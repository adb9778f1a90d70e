"""Programs and databases killed while they write: a short form of `python -m benchmarks journal`."""

from __future__ import annotations

from pathlib import Path

from benchmarks.journal_kills import Kills, kill_server, kill_writers
from benchmarks.postgres_server import PostgresServer


def nothing_was_lost(kills: Kills) -> None:
    assert kills.acknowledged
    assert (kills.lost, kills.changed, kills.twice, kills.found_too_few) == (0, 0, 0, 0)


def test_a_program_killed_while_it_writes_a_file_loses_nothing_acknowledged(tmp_path: Path) -> None:
    nothing_was_lost(kill_writers(str(tmp_path / "killed.journal"), times=4, writers=10, seed=1, longest_s=0.1))


def test_a_program_killed_while_it_writes_to_postgresql_loses_nothing_acknowledged(postgres: PostgresServer) -> None:
    nothing_was_lost(kill_writers(postgres.new_database(), times=3, writers=10, seed=2, longest_s=0.1))


def test_a_program_goes_on_when_postgresql_was_killed_under_it(postgres: PostgresServer) -> None:
    nothing_was_lost(kill_server(postgres, postgres.new_database(), times=2, writers=10, seed=3, longest_s=0.1))
