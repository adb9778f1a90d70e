"""`dispatch`: vehicles to jobs at least cost (BENCHMARKS.md, section 9), beside scipy on the same tables in turns.

`made:100x200` is a row of fresh problems: vehicles and jobs anywhere on an apron of 1,600 m by 500 m, costs in
milliseconds of driving. With `-crowded` jobs are only at 12 quay cranes and 16 blocks, so that many cost the same; with
`-rolling` each problem is the tick after the one before: vehicles have driven on and one job in twenty is new.

`traffic:300` is traffic ticks for so many trucks on the large layout: `dispatch_traffic` says what a tick is.
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
from benchmarks.dispatch_traffic import Tick, Traffic
from cabria.experiments.layouts import large_layout
from cabria.planning.dispatch.assignment.problem import AssignmentProblem
from cabria.planning.dispatch.assignment.solve import solve

ANCHORS = """
Milliseconds of CPU for one assignment, ours and scipy's in turns. Goal: p99 at most 5 ms for 100 vehicles and 200 jobs,
50 ms for 300 and 600; measured elsewhere, scipy alone: 1.5 and 56 ms. `cost` is the total of all ticks, milliseconds of
driving; `bound` the total proved by prices.

Traffic: milliseconds of CPU for a tick of 300 trucks, goal p99 at most 50 ms. A tick is one second of the large layout:
whole trips are booked for all trucks that were served, and once a minute a truck stops for five minutes, so that all
behind it are put off (`standstill_ms`, the mean of these ticks) and look for ways round, ten in a tick. `cost` is how
many ticks took longer than 50 ms; valid when the referee for runs finds nothing in the trips.
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
_TRAFFIC_TICKS, _TRAFFIC_MS = 600, 50


def default_paths() -> list[str]:
    made = ["made:100x200", "made:300x600", "made:300x600-crowded", "made:100x200-rolling", "made:300x600-rolling"]
    return [*made, "traffic:300"]


def run(paths: Sequence[str | Path], *, seconds: float, seed: int, jobs: int, solutions: Path | None) -> Iterator[Row]:
    """One row a kind of problem: 200 ticks, or as many as the CPU seconds allow."""
    yield from samples.spread(partial(_row, seconds, seed), [str(path) for path in paths], jobs)


def _row(seconds: float, seed: int, path: str) -> Row:
    if path.startswith("traffic:"):
        return _traffic_row(path, seconds, seed)
    found = _NAME.fullmatch(path)
    if found is None or min(int(found[1]), int(found[2])) < 1:
        return {
            "instance": path,
            "error": "Write made:VEHICLESxJOBS, with -crowded or -rolling behind it, or traffic:TRUCKS.",
        }
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


def _traffic_row(path: str, seconds: float, seed: int) -> Row:
    trucks = path.partition(":")[2]
    if not trucks.isdigit() or not 1 <= int(trucks) <= 400:
        return {"instance": path, "error": "Traffic is for 1 to 400 trucks; write traffic:300."}
    wall, cpu = time.perf_counter(), time.process_time()
    traffic, ticks = Traffic(large_layout(), int(trucks), seed), list[Tick]()
    for tick in traffic.ticks(_TRAFFIC_TICKS):
        ticks.append(tick)
        if sum(tick.cpu_s for tick in ticks) > seconds:
            break
    took_ms = [1e3 * tick.cpu_s for tick in ticks]
    stops_ms = [1e3 * tick.cpu_s for tick in ticks if tick.is_standstill]
    findings = traffic.findings()
    return {
        "instance": path,
        "cost": sum(ms > _TRAFFIC_MS for ms in took_ms),
        "bound": 0,
        "proven": False,
        "cpu_s": round(time.process_time() - cpu, 3),
        "wall_s": round(time.perf_counter() - wall, 3),
        "valid": not findings,
        "ticks": len(ticks),
        "p50_ms": round(float(np.percentile(took_ms, 50)), 3),
        "p99_ms": round(float(np.percentile(took_ms, 99)), 3),
        "longest_ms": round(max(took_ms), 3),
        "standstill_ms": round(float(np.mean(stops_ms)), 3) if stops_ms else None,
        "trips": sum(tick.trips for tick in ticks),
        "changed_trips": sum(tick.changed for tick in ticks),
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
