"""`master-planning`: a whole voyage, boxes to blocks at every port (BENCHMARKS.md, section 2).

PATH is an instance file, a folder, or the public `.tar.xz` itself; `archive.tar.xz:S_5_*` means the members whose names
match. One row a voyage; cost, its components and validity are the referee's.
"""

from __future__ import annotations

import json
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from benchmarks import samples
from cabria.adapters.files.master_planning_files import each_voyage
from cabria.domain.errors import DataError
from cabria.domain.master_planning import MasterVoyage
from cabria.planning.search.stopping import MaxSeconds
from cabria.planning.stowage.master.problem import MasterPlan, MasterProblem
from cabria.planning.stowage.master.solve import Params, solve
from cabria.referee.master_planning import judge_master_plan

ANCHORS = """
108 voyages of 5, 7 and 10 ports with ships S and M (DOI 10.11583/DTU.22293412). Nothing is published to compare with;
cost = 1,000 a box left + 100 a box restowed + the lifts of the busiest pair of bays, summed over the ports.
"""
DEFAULT_SECONDS = 30.0
FLAGS = {"branch": "use up to a third of the time, on the wall's clock, for a bound with whole lids"}
Row = dict[str, object]
_SEARCH_SHARE = 0.97
"""What follows is the last round, the judge and the file."""


def default_paths() -> list[str]:
    archive = samples.shared("stowage/master_planning_108.tar.xz")
    return [f"{archive}:S_5_*_60_1"] if archive else [str(samples.OWN / "master_planning")]


def run(
    paths: Sequence[str | Path], *, seconds: float, seed: int, jobs: int, solutions: Path | None, branch: bool = False
) -> Iterator[Row]:
    """One row a voyage; one that cannot be read has the key `error`."""
    if solutions is not None:
        solutions.mkdir(parents=True, exist_ok=True)
    voyages = (voyage for path in paths for voyage in each_voyage(path))
    yield from samples.spread(partial(_row, _Asked(seconds, seed, solutions, branch)), voyages, jobs)


@dataclass(frozen=True, slots=True)
class _Asked:
    seconds: float
    seed: int
    solutions: Path | None
    branch: bool


def _row(asked: _Asked, voyage: MasterVoyage | DataError) -> Row:
    if isinstance(voyage, DataError):
        return {"instance": voyage.file, "error": str(voyage)}
    wall, cpu = time.perf_counter(), time.process_time()
    stop = MaxSeconds(asked.seconds * _SEARCH_SHARE, time.process_time, cpu)
    params = Params(branching_s=asked.seconds / 3 if asked.branch else 0.0)
    result = solve(MasterProblem(voyage), stop, seed=asked.seed, params=params)
    judged = judge_master_plan(voyage, result.plan)
    if asked.solutions is not None:
        (asked.solutions / f"{voyage.name}.json").write_text(_written(result.plan), encoding="utf-8")
    return {
        "instance": voyage.name,
        "cost": judged.cost,
        "bound": result.bound,
        "proven": judged.is_valid and judged.cost == result.bound,
        "cpu_s": round(time.process_time() - cpu, 3),
        "wall_s": round(time.perf_counter() - wall, 3),
        "valid": judged.is_valid,
        "left": judged.costs["left"] // 1_000,
        "restowed": judged.costs["restowed"] // 100,
        "crane": judged.costs["crane"],
        "rounds": result.iterations,
    }


def _written(plan: MasterPlan) -> str:
    """Load port, discharge port, type, block, boxes: all counted from 1, as in the instance."""
    rows = [[s.load_port, s.discharge_port, s.sort + 1, s.block + 1, s.boxes] for s in plan]
    return json.dumps({"stow": rows})
