"""`rail`: two cranes that cannot pass each other on the rail of one block; cost is in the case's prices.

An instance is `made:JOBS-LOAD-SEED`: so many retrievals, put-aways and tidying moves, and the share of both cranes'
time that handling takes. Solutions are `{"tasks": [[job, crane, lift_s, set_down_s], ...],
"ways": [[[s, bay], ...], ...]}`, jobs and cranes counted from 1.
"""

from __future__ import annotations

import json
import re
import time
from collections.abc import Iterator
from functools import partial
from pathlib import Path

from benchmarks.samples import spread
from cabria.domain.rail_work import RIGHT, RailPlan
from cabria.experiments.rail_shifts import make_rail_shift
from cabria.planning.search.stopping import MaxSeconds
from cabria.planning.yard.rail.baselines import nearest_first, zones
from cabria.planning.yard.rail.problem import RailProblem
from cabria.planning.yard.rail.solve import Params, planned, solve
from cabria.referee.rail_work import judge_rail

DEFAULT_SECONDS = 2.0
ANCHORS = """
Jobs of one block shared by two cranes that keep a distance and never pass. `cost` is lateness, makespan and gantry
travel in the case's prices, `bound` what no plan can pass. `zones` (each crane its half) and `nearest_first` are the
two simple rules on the same jobs.
"""
MADE = re.compile(r"made:(\d{1,4})-(0\.\d{1,3}|1\.0)-(\d{1,9})")
Row = dict[str, object]


def default_paths() -> list[str]:
    return ["made:60-0.8-1", "made:60-1.0-1", "made:150-0.9-0"]


def run(paths: list[str], *, seconds: float, seed: int, jobs: int, solutions: Path | None) -> Iterator[Row]:
    if solutions:
        solutions.mkdir(parents=True, exist_ok=True)
    yield from spread(partial(_measure, seconds=seconds, seed=seed, solutions=solutions), paths, jobs)


def _measure(path: str, *, seconds: float, seed: int, solutions: Path | None) -> Row:
    found = MADE.fullmatch(path)
    if not found or not 2 <= int(found[1]) <= 1_000:
        return {"instance": path, "error": "An instance is written made:JOBS-LOAD-SEED, for example made:60-0.8-1."}
    wall, cpu = time.perf_counter(), time.process_time()
    case = make_rail_shift(jobs=int(found[1]), load=float(found[2]), seed=int(found[3]))
    problem = RailProblem(case)
    stop = MaxSeconds(0.9 * seconds, time.process_time, cpu)
    result = solve(problem, stop, seed=seed, params=Params.within(0.8 * seconds, len(case.jobs)))
    verdict = judge_rail(case, result.plan)
    row: Row = {
        "instance": path.removeprefix("made:"),
        "cost": round(float(verdict.cost), 1),
        "bound": result.bound,
        "proven": result.bound is not None and float(verdict.cost) <= result.bound,
        "cpu_s": round(time.process_time() - cpu, 3),
        "wall_s": round(time.perf_counter() - wall, 3),
        "valid": verdict.ok,
        "late_s": verdict.late_s,
        "makespan_s": verdict.makespan_s,
        "travel_s": round(float(verdict.travel_s)),
        "zones": round(float(judge_rail(case, planned(problem, zones(problem)).plan).cost), 1),
        "nearest_first": round(float(judge_rail(case, planned(problem, nearest_first(problem)).plan).cost), 1),
    }
    if solutions:
        (solutions / f"{row['instance']}.json").write_text(json.dumps(_written(result.plan)), encoding="utf-8")
    return row


def _written(plan: RailPlan) -> dict[str, object]:
    return {
        "tasks": [[task.job + 1, 1 + (task.crane == RIGHT), task.lift_at_s, task.set_down_at_s] for task in plan.tasks],
        "ways": [[[point.time_s, point.bay] for point in way] for way in plan.paths],
    }
