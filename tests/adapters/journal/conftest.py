"""Both databases behind one door: each test that asks for `place` runs in a file and in a real PostgreSQL."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from benchmarks.postgres_server import PostgresServer


@pytest.fixture(scope="session")
def postgres() -> Iterator[PostgresServer]:
    """A server of our own. Its absence is a failure: `make database` installs it."""
    memory = Path("/dev/shm")  # killing a program needs no disk, and flushes of a busy one take long
    with PostgresServer(memory if memory.is_dir() else None) as server:
        yield server


@pytest.fixture(params=["sqlite", "postgresql"])
def place(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """An address where there is no journal yet."""
    if request.param == "sqlite":
        return str(tmp_path / "terminal.journal")
    server: PostgresServer = request.getfixturevalue("postgres")
    return server.new_database()
