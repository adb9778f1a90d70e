"""`history`: positions of a fleet at 1 Hz, written a day at a time, joined, and asked the documented questions.

An instance `ROWSxMACHINES` (rows in millions) is made from a seed: machines drive and stand on a grid of lanes. A row
of the table is one step: `write` (an hour of positions at a time, as a recorder does), `tidy` (one file a day), then
each question, in a process of its own so that its peak memory is its own. `cost` is wall seconds.
"""

from __future__ import annotations

import resource
import shutil
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path

import numpy as np

from cabria.adapters.history.asking import ask
from cabria.adapters.history.folder import HistoryFolder
from cabria.adapters.history.ledger import Source
from cabria.adapters.history.questions import QUESTION_BY_NAME
from cabria.adapters.history.tables import Columns

ANCHORS = """
Goal: 100 million positions answered in seconds on two cores. Five questions: two over all positions, one over the
positions of a day, one over a machine, one over hours of the day.
"""
DEFAULT_SECONDS = 0.0
Row = dict[str, object]
HOUR_S = 3_600
ZERO_MS = 1_767_225_600_000
QUESTIONS = {
    "truck-use": QUESTION_BY_NAME["truck-use"].sql,
    "where-trucks-stand": QUESTION_BY_NAME["where-trucks-stand"].sql,
    "one-day": "SELECT machine, max(x_mm) FROM telemetry WHERE day = DATE '2026-01-01' GROUP BY machine",
    "one-machine": "SELECT count(*), avg(speed_mm_per_s) FROM telemetry WHERE machine = 'T07'",
    "busy-hours": "SELECT hour(at_utc) AS hour, avg(speed_mm_per_s) FROM telemetry GROUP BY hour ORDER BY hour",
}


def default_paths() -> list[str]:
    return ["2x61"]


def run(paths: Sequence[str | Path], *, seconds: float, seed: int, jobs: int, solutions: Path | None) -> Iterator[Row]:
    """One row a step; `seconds` and `jobs` change nothing. `solutions` keeps the history there."""
    for path in map(str, paths):
        millions, _, machines = path.partition("x")
        if not (millions.isdecimal() and machines.isdecimal() and int(millions) > 0 and 0 < int(machines) <= 1_000):
            yield {"instance": path, "error": f"{path}: write ROWSxMACHINES, rows in millions, as 100x61."}
            continue
        root = Path(tempfile.mkdtemp(prefix="cabria-history-"))
        try:
            yield from _steps(path, int(millions) * 1_000_000, int(machines), seed, root / "history")
            if solutions is not None:
                shutil.copytree(root / "history", solutions / path, dirs_exist_ok=True)
        finally:
            shutil.rmtree(root, ignore_errors=True)


def _steps(name: str, rows: int, machines: int, seed: int, root: Path) -> Iterator[Row]:
    yield _measured(name, "write", lambda: _write(root, rows, machines, seed))
    yield _measured(name, "tidy", lambda: _tidy(root))
    for question, sql in QUESTIONS.items():
        yield _measured(name, question, lambda sql=sql: len(ask(HistoryFolder(root), sql).rows))  # type: ignore[misc]


def _measured(name: str, step: str, work: Callable[[], int]) -> Row:
    """Done in a forked process, whose time and memory are told; what is found counts as valid."""
    with ProcessPoolExecutor(1, mp_context=get_context("fork")) as pool:
        _WORK.append(work)
        try:
            wall_s, cpu_s, peak_mib, found = pool.submit(_worked).result()
        finally:
            _WORK.pop()
    return {
        "instance": name,
        "step": step,
        "cost": round(wall_s, 3),
        "wall_s": round(wall_s, 3),
        "cpu_s": round(cpu_s, 3),
        "peak_mib": round(peak_mib),
        "found": found,
        "valid": found > 0,
    }


_WORK: list[Callable[[], int]] = []


def _worked() -> tuple[float, float, float, int]:
    before, cpu = time.perf_counter(), time.process_time()
    found = _WORK[-1]()
    peak_mib = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1_024
    return time.perf_counter() - before, time.process_time() - cpu, peak_mib, found


def _write(root: Path, rows: int, machines: int, seed: int) -> int:
    folder = HistoryFolder.made(root)
    random = np.random.default_rng(seed)
    names = np.array([f"T{number:02}" for number in range(machines)], object)
    x_mm = random.integers(0, 1_200_000, machines)
    y_mm = random.integers(0, 400_000, machines)
    written, second = 0, 0
    while written < rows:
        span = min(HOUR_S, -(-(rows - written) // machines))
        columns, x_mm, y_mm = _hour(random, names, x_mm, y_mm, second, span)
        with folder.writing():
            state = Source(written, ZERO_MS)
            written += folder.append({"telemetry": columns}, "made", state)
        second += span
    return written


def _hour(
    random: np.random.Generator, names: np.ndarray, x_mm: np.ndarray, y_mm: np.ndarray, second: int, span: int
) -> tuple[Columns, np.ndarray, np.ndarray]:
    """Every machine drives a minute or two along x or y at up to 7 m/s, or stands."""
    machines = len(names)
    legs = -(-span // 90)
    speed = np.repeat(random.choice((0, 0, 3_000, 5_000, 7_000), (legs, machines)), 90, axis=0)[:span]
    is_along_x = np.repeat(random.random((legs, machines)) < 0.7, 90, axis=0)[:span]
    way = np.repeat(random.choice((-1, 1), (legs, machines)), 90, axis=0)[:span] * speed
    x = (x_mm + np.cumsum(np.where(is_along_x, way, 0), axis=0)) % 1_200_000
    y = (y_mm + np.cumsum(np.where(is_along_x, 0, way), axis=0)) % 400_000
    at_ms = ZERO_MS + 1_000 * np.repeat(np.arange(second, second + span), machines)
    columns: Columns = {
        "at_utc": at_ms.astype(np.int64).view("datetime64[ms]"),
        "machine": np.tile(names, span),
        "x_mm": x.astype(np.int32).ravel(),
        "y_mm": y.astype(np.int32).ravel(),
        "speed_mm_per_s": speed.astype(np.int32).ravel(),
    }
    return columns, x[-1], y[-1]


def _tidy(root: Path) -> int:
    folder = HistoryFolder(root)
    with folder.writing():
        folder.compact()
    return len(folder.ledger.parts)
