"""`journal`: how many events are made durable a second, and what is lost when writers and databases are killed.

Instances: `sqlite:WRITERS` and `postgresql:WRITERS` write for the seconds given, that many at a time in one program,
each event waited for; `cost` is milliseconds an event, wall time, as it is the disk that is measured. With
`DATABASE:kills:N` the writing program is killed N times while it writes, with `postgresql:server-kills:N` the database
under it; `cost` is then the longest time in seconds until an event was acknowledged again. Valid: the chain is whole
and nothing acknowledged is lost.
"""

from __future__ import annotations

import asyncio
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from pathlib import Path

from benchmarks.journal_kills import Kills, kill_server, kill_writers
from benchmarks.postgres_server import NoPostgresError, PostgresServer
from cabria.adapters.journal.copying import verify
from cabria.adapters.journal.group_commit import Acknowledgements
from cabria.adapters.journal.opening import open_journal, open_store
from cabria.domain.run_events import JobDone
from cabria.operations.gateways import EntryKind, Record

ANCHORS = """
Every event is on the disk before it is acknowledged (SQLite with synchronous=FULL, PostgreSQL with fsync and
synchronous_commit on), and chained by SHA-256. One writer waits for one flush; a hundred share one. A terminal of 1.5 M
TEU makes about 10 events a second. Goal: kills at random moments lose no acknowledged event, and the terminal is back
in less than 5 s.
"""
DEFAULT_SECONDS = 3.0
DATABASES = ("sqlite", "postgresql")
WRITERS_KILLED = 20
"""Writers at a time in the program that is killed."""
Row = dict[str, object]


def default_paths() -> list[str]:
    rates = [f"{database}:{writers}" for database in DATABASES for writers in (1, 10, 100)]
    return [*rates, "sqlite:kills:20", "postgresql:kills:20", "postgresql:server-kills:5"]


def run(paths: Sequence[str | Path], *, seconds: float, seed: int, jobs: int, solutions: Path | None) -> Iterator[Row]:
    """One row an instance, one after the other whatever `jobs` says: they share a disk."""
    with ExitStack() as until_the_end:
        server: PostgresServer | None = None
        for path in map(str, paths):
            database, _, what = path.partition(":")
            kind, _, number = what.rpartition(":")
            if database not in DATABASES or not number.isdigit() or not 0 < int(number) <= 10_000 or not _fits(path):
                yield {
                    "instance": path,
                    "error": "write DATABASE:WRITERS, DATABASE:kills:N, postgresql:server-kills:N.",
                }
                continue
            try:
                if database == "postgresql" and server is None:
                    server = until_the_end.enter_context(PostgresServer())
            except NoPostgresError as error:
                yield {"instance": path, "error": str(error)}
                continue
            with tempfile.TemporaryDirectory(prefix="cabria-journal-") as folder:
                if database == "sqlite" or server is None:
                    address = str(Path(folder) / "benchmark.journal")
                else:
                    address = server.new_database()
                cpu, wall = time.process_time(), time.perf_counter()
                row = _row(address, kind, int(number), seconds, seed, server)
                times = {"cpu_s": round(time.process_time() - cpu, 3), "wall_s": round(time.perf_counter() - wall, 3)}
                yield {"instance": path, "bound": None, "proven": False} | times | row


def _fits(path: str) -> bool:
    kind = path.split(":")[1:-1]
    return kind in ([], ["kills"]) or (kind == ["server-kills"] and path.startswith("postgresql"))


def _row(address: str, kind: str, number: int, seconds: float, seed: int, server: PostgresServer | None) -> Row:
    if kind == "server-kills" and server is not None:
        return _killed(kill_server(server, address, number, WRITERS_KILLED, seed))
    if kind == "kills":
        return _killed(kill_writers(address, number, WRITERS_KILLED, seed))
    waits_s, wall_s = asyncio.run(_write(address, number, seconds))
    store = open_store(address)
    found = verify(store).head.number
    store.close()
    waits_s.sort()
    return {
        "cost": round(1_000 * wall_s / len(waits_s), 4),
        "valid": found == len(waits_s),
        "writers": number,
        "events": len(waits_s),
        "events_per_s": round(len(waits_s) / wall_s),
        "wait_median_ms": round(1_000 * waits_s[len(waits_s) // 2], 2),
        "wait_p99_ms": round(1_000 * waits_s[len(waits_s) * 99 // 100], 2),
    }


async def _write(address: str, writers: int, seconds: float) -> tuple[list[float], float]:
    """Seconds that each event waited for the disk, and seconds in all."""
    waits_s: list[float] = []
    with open_journal(address) as journal, Acknowledgements(journal) as acknowledged:
        began_s = time.perf_counter()

        async def writer() -> None:
            while (at_s := time.perf_counter()) < began_s + seconds:
                count = len(waits_s)
                await acknowledged.append(Record(EntryKind.REPORT, count, "", JobDone(count, "T01/1234")))
                waits_s.append(time.perf_counter() - at_s)

        await asyncio.gather(*(writer() for _ in range(writers)))
        return waits_s, time.perf_counter() - began_s


def _killed(kills: Kills) -> Row:
    return {
        "cost": round(max(kills.back_s), 3),
        "valid": kills.is_good,
        "writers": WRITERS_KILLED,
        "events": kills.entries,
        "kills": len(kills.back_s),
        "acknowledged": len(kills.acknowledged),
        "acknowledged_lost": kills.lost + kills.changed,
        "back_mean_s": round(sum(kills.back_s) / len(kills.back_s), 3),
        "back_worst_s": round(max(kills.back_s), 3),
    }
