"""`relocation`: the boxes of a bay out in their order (BENCHMARKS.md, section 5), as few relocations as possible.

One row a bay of a collection in JSON lines; crane hours and kWh are the referee's.
"""

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
from cabria.planning.search.stopping import MaxSeconds
from cabria.planning.yard.relocation.problem import CRANE_TIME, RELOCATIONS, RelocationProblem
from cabria.planning.yard.relocation.solve import solve
from cabria.referee.yard_replay import RETRIEVE, RETRIEVE_RESTRICTED, replay_bay

ANCHORS = """
Bays of Caserta et al. (names: height-stacks-number, highest tier height + 2) and others; `cost` is relocations, or with
`--crane-time` crane seconds. Goal, unrestricted, 1 s: mean over all 420 bays of Caserta et al. at most 23.6, of 10-6 at
most 71, of 10-10 at most 102. Known elsewhere for these means: rake search with 100 states 24.476; an exact method of
2023 in 2 s about 23.9 (71.8 and 105.0). Crane time, mean of 10-10: published GRASP in 300 s 22,241 s.
"""
DEFAULT_SECONDS = 1.0
FLAGS = {
    "restricted": "only boxes above the target may be moved",
    "crane-time": "least crane time instead of fewest relocations",
}
Row = dict[str, object]
_SEARCH_SHARE = 0.96
"""What follows is the last round, the judge and the file."""


def default_paths() -> list[str]:
    return [str(samples.OWN / "relocation")]


def run(
    paths: Sequence[str | Path],
    *,
    seconds: float,
    seed: int,
    jobs: int,
    solutions: Path | None,
    restricted: bool = False,
    crane_time: bool = False,
) -> Iterator[Row]:
    """One row a bay; a bay that cannot be read or emptied has the key `error`."""
    if solutions is not None:
        solutions.mkdir(parents=True, exist_ok=True)
    asked = _Asked(seconds, seed, solutions, restricted, crane_time)
    yield from samples.spread(partial(_row, asked), samples.yard_bays(paths), jobs)


@dataclass(frozen=True, slots=True)
class _Asked:
    seconds: float
    seed: int
    solutions: Path | None
    restricted: bool
    crane_time: bool


def _row(asked: _Asked, entry: YardBayInstance | DataError) -> Row:
    if isinstance(entry, DataError):
        return {"instance": entry.file, "error": str(entry)}
    wall, cpu = time.perf_counter(), time.process_time()
    prices = CRANE_TIME if asked.crane_time else RELOCATIONS
    try:
        stop = MaxSeconds(asked.seconds * _SEARCH_SHARE, time.process_time, cpu)
        result = solve(RelocationProblem(entry.bay, asked.restricted, prices), stop, seed=asked.seed)
    except DataError as error:
        return {"instance": entry.name, "error": f"{entry.file}, line {entry.line}: {error}"}
    judged = replay_bay(entry.bay, result.plan.moves, RETRIEVE_RESTRICTED if asked.restricted else RETRIEVE)
    cost = judged.crane_s if asked.crane_time else judged.relocations
    if asked.solutions is not None:
        text = json.dumps({"moves": [list(move) for move in result.plan.moves]})
        (asked.solutions / f"{entry.name}.json").write_text(text, encoding="utf-8")
    return {
        "instance": entry.name,
        "cost": cost,
        "bound": result.bound if asked.crane_time else round(result.bound or 0),
        "proven": result.bound is not None and cost <= result.bound * (1 + 1e-9),
        "cpu_s": round(time.process_time() - cpu, 4),
        "wall_s": round(time.perf_counter() - wall, 4),
        "valid": bool(judged.verdict) and abs(cost - result.cost) < 1e-6,
        "group": entry.group,
        "relocations": judged.relocations,
        "crane_h": round(judged.crane_hours, 5),
        "kwh": round(judged.kwh, 3),
        "rollouts": result.iterations,
    }
