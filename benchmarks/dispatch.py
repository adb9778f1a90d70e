"""`dispatch`: vehicles to jobs at least cost (BENCHMARKS.md, section 9), beside scipy on the same tables in turns.

`made:100x200` is a row of fresh problems: vehicles and jobs anywhere on an apron of 1,600 m by 500 m, costs in
milliseconds of driving. With `-crowded` jobs are only at 12 quay cranes and 16 blocks, so that many cost the same; with
`-rolling` each problem is the tick after the one before: vehicles have driven on and one job in twenty is new.
"""

from __future__ import annotations

import re
import time
from collections.abc import Iterator, Sequence
from functools import partial
from itertools import count, islice
from pathlib import Path
from typing import Any

import numpy as np
from scipy.optimize import linear_sum_assignment

from benchmarks import samples
from cabria.planning.dispatch.assignment.problem import AssignmentProblem
from cabria.planning.dispatch.assignment.solve import solve

ANCHORS = """
Milliseconds of CPU for one assignment, ours and scipy's in turns. Goal: p99 at most 5 ms for 100 vehicles and 200 jobs,
50 ms for 300 and 600; measured elsewhere, scipy alone: 1.5 and 56 ms. `cost` is the total of all ticks, milliseconds of
driving; `bound` the total proved by prices.
"""
DEFAULT_SECONDS = 5.0
Row = dict[str, object]
Array = np.ndarray[Any, np.dtype[Any]]
_NAME = re.compile(r"made:(\d{1,4})x(\d{1,4})(-crowded|-rolling|)")
_APRON_M = (1_600, 500)
_SPEED_M_S = 4.5
_PLACES = 28
_NEW_SHARE = 0.05
_DRIVEN_M = 20.0
_TICKS = 200


def default_paths() -> list[str]:
    return ["made:100x200", "made:300x600", "made:300x600-crowded", "made:100x200-rolling", "made:300x600-rolling"]


def run(paths: Sequence[str | Path], *, seconds: float, seed: int, jobs: int, solutions: Path | None) -> Iterator[Row]:
    """One row a kind of problem: 200 ticks, or as many as the CPU seconds allow."""
    yield from samples.spread(partial(_row, seconds, seed), [str(path) for path in paths], jobs)


def _row(seconds: float, seed: int, path: str) -> Row:
    found = _NAME.fullmatch(path)
    if found is None or min(int(found[1]), int(found[2])) < 1:
        return {"instance": path, "error": "No such problem; write made:VEHICLESxJOBS, -crowded or -rolling behind it."}
    wall, cpu = time.perf_counter(), time.process_time()
    ours_s, theirs_s, cost, bound, same, paths = [], [], 0, 0, True, 0
    kept = None
    for problem in islice(_problems(int(found[1]), int(found[2]), found[3], seed), _TICKS):
        began = time.process_time()
        result = solve(problem, kept=kept)
        between = time.process_time()
        other = int(problem.costs[linear_sum_assignment(problem.costs)].sum())
        ended = time.process_time()
        ours_s.append(between - began)
        theirs_s.append(ended - between)
        cost, bound, paths = cost + result.cost, bound + result.bound, paths + result.paths
        same = same and other == result.cost
        kept = result.kept if found[3] == "-rolling" else None
        if ended - cpu > seconds:
            break
    return {
        "instance": path,
        "cost": cost,
        "bound": bound,
        "proven": cost == bound,
        "cpu_s": round(time.process_time() - cpu, 3),
        "wall_s": round(time.perf_counter() - wall, 3),
        "valid": same,
        "ticks": len(ours_s),
        "p50_ms": round(1e3 * float(np.percentile(ours_s, 50)), 3),
        "p99_ms": round(1e3 * float(np.percentile(ours_s, 99)), 3),
        "scipy_p50_ms": round(1e3 * float(np.percentile(theirs_s, 50)), 3),
        "scipy_p99_ms": round(1e3 * float(np.percentile(theirs_s, 99)), 3),
        "paths_a_tick": round(paths / len(ours_s), 1),
    }


def _problems(vehicles: int, jobs: int, kind: str, seed: int) -> Iterator[AssignmentProblem]:
    generator = np.random.default_rng(seed)
    places = generator.random((_PLACES, 2)) * _APRON_M
    numbers = count(jobs)
    names = [f"job {number}" for number in range(jobs)]
    at, wanted = generator.random((vehicles, 2)) * _APRON_M, _wanted(generator, jobs, kind, places)
    while True:
        drives_m = np.abs(at[:, None] - wanted[None]).sum(axis=2)
        costs = (drives_m / _SPEED_M_S * 1_000).astype(np.int64)
        yield AssignmentProblem(tuple(f"truck {number}" for number in range(vehicles)), tuple(names), costs)
        if kind != "-rolling":
            at, wanted = generator.random((vehicles, 2)) * _APRON_M, _wanted(generator, jobs, kind, places)
            continue
        at = np.clip(at + generator.normal(0, _DRIVEN_M, at.shape), 0, _APRON_M)
        for job in np.flatnonzero(generator.random(jobs) < _NEW_SHARE).tolist():
            names[job], wanted[job] = f"job {next(numbers)}", generator.random(2) * _APRON_M


def _wanted(generator: np.random.Generator, jobs: int, kind: str, places: Array) -> Array:
    if kind == "-crowded":
        return places[generator.integers(0, len(places), jobs)]
    return generator.random((jobs, 2)) * _APRON_M
