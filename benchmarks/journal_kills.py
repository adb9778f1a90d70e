"""Killing who writes a journal, and the database under it, at random moments: what was acknowledged must be there."""

from __future__ import annotations

import random
import subprocess
import sys
import threading
import time
from dataclasses import dataclass, field
from queue import Empty, Queue

from benchmarks.postgres_server import PostgresServer
from cabria.adapters.journal.copying import verify
from cabria.adapters.journal.entries import record_of
from cabria.adapters.journal.opening import open_store

PATIENCE_S = 120.0
"""After which a writer that says nothing has failed."""


@dataclass
class Kills:
    """What came of them. `back_s` are the seconds from each kill to the next acknowledgement."""

    acknowledged: dict[int, str] = field(default_factory=dict)
    back_s: list[float] = field(default_factory=list)
    entries: int = 0
    lost: int = 0
    changed: int = 0
    twice: int = 0
    found_too_few: int = 0
    """How often a program that began again did not find all that was acknowledged before."""

    @property
    def is_good(self) -> bool:
        return not (self.lost or self.changed or self.twice or self.found_too_few)


class Writer:
    """A process of `benchmarks.journal_writer`, and what it tells."""

    def __init__(self, address: str, writers: int, kills: Kills) -> None:
        self._kills = kills
        self._told: Queue[float | None] = Queue()
        self._process = subprocess.Popen(
            [sys.executable, "-m", "benchmarks.journal_writer", address, str(writers)],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
        )
        self._thread = threading.Thread(target=self._listen, daemon=True)
        self._thread.start()

    def acknowledgement(self) -> float:
        """When the next one came. Raises RuntimeError when none comes."""
        try:
            at_s = self._told.get(timeout=PATIENCE_S)
        except Empty:
            at_s = None
        if at_s is None:
            self._process.kill()
            raise RuntimeError(f"The writer ended: {self._error()}")
        return at_s

    def forget(self) -> None:
        """What it told so far; the next acknowledgement is a new one."""
        while not self._told.empty():
            self._told.get_nowait()

    def kill(self) -> None:
        """And hear what it had still told."""
        self._process.kill()
        self._process.wait()
        self._thread.join()
        for pipe in (self._process.stdout, self._process.stderr):
            if pipe is not None:
                pipe.close()

    def _listen(self) -> None:
        assert self._process.stdout is not None
        for line in self._process.stdout:
            if not line.endswith(b"\n"):
                break
            first, second = line.decode().split()
            if first == "ready":
                if int(second) < max(self._kills.acknowledged, default=0):
                    self._kills.found_too_few += 1
                continue
            self._kills.acknowledged[int(first)] = second
            self._told.put(time.perf_counter())
        self._told.put(None)

    def _error(self) -> str:
        assert self._process.stderr is not None
        return self._process.stderr.read().decode(errors="replace")[-2_000:]


def kill_writers(address: str, times: int, writers: int, seed: int, longest_s: float = 0.4) -> Kills:
    """Kill the writing program so many times, each at a random moment while it writes, and begin anew at once."""
    chance, kills = random.Random(seed), Kills()
    writer = Writer(address, writers, kills)
    writer.acknowledgement()
    try:
        for _ in range(times):
            time.sleep(chance.uniform(0, longest_s))
            writer.kill()
            killed_s = time.perf_counter()
            writer = Writer(address, writers, kills)
            kills.back_s.append(writer.acknowledgement() - killed_s)
    finally:
        writer.kill()
    return _counted(address, kills)


def kill_server(
    server: PostgresServer, address: str, times: int, writers: int, seed: int, longest_s: float = 0.4
) -> Kills:
    """Kill the database under a program that goes on, and start it again at once."""
    chance, kills = random.Random(seed), Kills()
    writer = Writer(address, writers, kills)
    try:
        for _ in range(times):
            writer.acknowledgement()
            time.sleep(chance.uniform(0, longest_s))
            server.kill()
            killed_s = time.perf_counter()
            writer.forget()
            server.start()
            kills.back_s.append(writer.acknowledgement() - killed_s)
    finally:
        writer.kill()
    return _counted(address, kills)


def _counted(address: str, kills: Kills) -> Kills:
    """Look for everything that was acknowledged, in a journal that must be whole."""
    store = open_store(address)
    try:
        kills.entries = verify(store).head.number
        there = {entry.number: record_of(entry).content.job for entry in store.entries(0, kills.entries)}
    finally:
        store.close()
    kills.lost = sum(number not in there for number in kills.acknowledged)
    kills.changed = sum(there.get(number, job) != job for number, job in kills.acknowledged.items())
    kills.twice = len(there) - len(set(there.values()))
    return kills
