"""`premarshal`: a bay sorted in as few moves as possible (BENCHMARKS.md, section 6), one row a bay."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from benchmarks import samples
from cabria.adapters.files.yard_bays import YardBayInstance
from cabria.domain.errors import DataError
from cabria.planning.search.stopping import FirstOf, MaxIterations, MaxSeconds
from cabria.planning.yard.premarshal.problem import PremarshalProblem
from cabria.planning.yard.premarshal.solve import solve
from cabria.referee.yard_replay import PREMARSHAL, replay_bay

ANCHORS = """
Bays made by ourselves (names: stacks-tiers-boxes-number) or public ones; `cost` is moves, `optimum` the published
proven one. Goal in 1 s: every bay that can be sorted is, mean of Bortfeldt and Forster's bays at most 59.0, gap to the
optima of Hottung et al. at most 1 % (10 s: 0.5 %). Known elsewhere: a fill-and-reduce greedy in a beam of 100 reaches
59.689 over all 640 of those bays in 0.256 s (59.688 over the 320 of the public file at hand), an exact method of 2019
proves about half of them in 2 s and leaves a quarter unsolved; a neural tree search claims gaps below 2 %.
"""
DEFAULT_SECONDS = 1.0
Row = dict[str, object]
_SEARCH_SHARE = 0.93
"""What follows is the last round, the judge and the file."""
_COUNTED_SHARE = 0.85
"""Passes are sized for this share of the time; the clock is only the guard behind it."""


def default_paths() -> list[str]:
    return [str(samples.OWN / "premarshal")]


def run(paths: Sequence[str | Path], *, seconds: float, seed: int, jobs: int, solutions: Path | None) -> Iterator[Row]:
    """One row a bay; a bay that cannot be read has the key `error`, one that nobody can sort says so in `remark`."""
    if solutions is not None:
        solutions.mkdir(parents=True, exist_ok=True)
    yield from samples.spread(partial(_row, _Asked(seconds, seed, solutions)), samples.yard_bays(paths), jobs)


@dataclass(frozen=True, slots=True)
class _Asked:
    seconds: float
    seed: int
    solutions: Path | None


def _row(asked: _Asked, entry: YardBayInstance | DataError) -> Row:
    if isinstance(entry, DataError):
        return {"instance": entry.file, "error": str(entry)}
    if entry.bay.boxes == entry.bay.slots and entry.bay.badly_placed:
        return {"instance": entry.name, "group": entry.group, "remark": "full to its last slot, cannot be sorted"}
    wall, cpu = time.perf_counter(), time.process_time()
    try:
        problem = PremarshalProblem(entry.bay)
    except DataError as error:
        return {"instance": entry.name, "error": f"{entry.file}, line {entry.line}: {error}"}
    result = solve(problem, _stop(entry, asked.seconds, cpu), seed=asked.seed)
    moves = result.plan.moves if result.plan else ()
    judged = replay_bay(entry.bay, moves, PREMARSHAL)
    if asked.solutions is not None:
        text = json.dumps({"moves": [list(move) for move in moves]})
        (asked.solutions / f"{entry.name}.json").write_text(text, encoding="utf-8")
    return {
        "instance": entry.name,
        "cost": judged.relocations if judged.verdict else "",
        "bound": round(result.bound or 0),
        "proven": result.plan is not None and result.plan.is_optimal,
        "cpu_s": round(time.process_time() - cpu, 4),
        "wall_s": round(time.perf_counter() - wall, 4),
        "valid": bool(judged.verdict),
        "group": entry.group,
        "optimum": "" if entry.optimum is None else entry.optimum,
        "evaluations": result.iterations,
        "remark": "" if result.plan else "no plan found in time",
    }


def _stop(entry: YardBayInstance, seconds: float, began: float) -> FirstOf:
    """So many evaluations as fit the time on the build machine, and the clock in case this one is slower."""
    microseconds = 2.5 + 0.0065 * entry.bay.boxes * len(entry.bay.stacks)
    evaluations = int(seconds * _COUNTED_SHARE * 1_000_000 / microseconds)
    return FirstOf((MaxIterations(evaluations), MaxSeconds(seconds * _SEARCH_SHARE, time.process_time, began)))
