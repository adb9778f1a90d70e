"""`slot-planning`: the boxes of one bay section in their slots (BENCHMARKS.md, section 2).

One row a section; a section that holds no plan has no cost, no bound and is proven.
"""

from __future__ import annotations

import json
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from benchmarks import samples
from cabria.adapters.files.slot_planning_files import read_bay_section
from cabria.domain.errors import DataError
from cabria.domain.slot_planning import BaySection, SlotAssignment
from cabria.planning.search.stopping import MaxSeconds
from cabria.planning.stowage.slot_planning.problem import SlotProblem
from cabria.planning.stowage.slot_planning.solve import solve
from cabria.referee.slot_planning import judge_slots

ANCHORS = """
Bay sections of Delgado et al. (2012): `cost` is 100 for an overstowing box, 20 for a port in a stack, 10 for a used
stack and 5 for a non-reefer at a plug. The published constraint program solved 92 % of 236 sections and proved 90 %
within 1 s each, 34 s in all. Goal: 98 % proven, 10 s in all. A section without a plan has no cost; `stopped` says so.
"""
DEFAULT_SECONDS = 1.0
FLAGS = {"peers": "let CP-SAT solve the same section in the same seconds on one core"}
Row = dict[str, object]
_FOLDER = "stowage/slot_planning/Delgado"
_SHORT_PROTOCOL = (
    "Instance_1_114_0_10_110_1_11_1",
    "Instance_1_78_0_10_90_1_9_2",
    "Instance_2_123_0_10_90_1_9_1",
    "Instance_3_68_0_8_72_1_9_1",
    "Instance_4_28_7_10_90_1_9_1",
)


def default_paths() -> list[str]:
    folder = samples.shared(_FOLDER)
    if folder is None:
        return [str(samples.OWN / "slot_planning")]
    return [str(folder / f"{name}.txt") for name in _SHORT_PROTOCOL]


def run(
    paths: Sequence[str | Path], *, seconds: float, seed: int, jobs: int, solutions: Path | None, peers: bool = False
) -> Iterator[Row]:
    """One row a section; a section that cannot be read has the key `error`."""
    if solutions is not None:
        solutions.mkdir(parents=True, exist_ok=True)
    files = [file for path in map(Path, paths) for file in samples.files_in(path, ".txt")]
    yield from samples.spread(partial(_row, _Asked(seconds, seed, solutions, peers)), files, jobs)


@dataclass(frozen=True, slots=True)
class _Asked:
    seconds: float
    seed: int
    solutions: Path | None
    peers: bool


def _row(asked: _Asked, path: Path) -> Row:
    row: Row = {"instance": path.stem}
    try:
        return row | _measured(asked, path)
    except DataError as error:
        return row | {"error": str(error)}


def _measured(asked: _Asked, path: Path) -> Row:
    cpu, wall = time.process_time(), time.perf_counter()
    section = read_bay_section(path)
    result = solve(SlotProblem(section), MaxSeconds(asked.seconds, time.process_time, cpu), seed=asked.seed)
    row: Row = {"cost": "", "bound": "", "proven": result.plan.is_proven}
    valid: bool | str = ""
    if result.bound is not None and result.bound < float("inf"):
        row["bound"] = int(result.bound)
    if (plan := result.plan.assignments) is not None:
        judged = judge_slots(section, plan)
        row["cost"], valid = judged.cost(), judged.valid
        if asked.solutions is not None:
            _write(asked.solutions / f"{path.stem}.json", plan)
    row |= {"cpu_s": time.process_time() - cpu, "wall_s": time.perf_counter() - wall, "valid": valid}
    row |= {name: int(cost) for name, cost in result.costs.items()}
    row |= {"programs": result.iterations, "stopped": result.stopped}
    return row | (_peer_columns(section, asked.seconds) if asked.peers else {})


def _peer_columns(section: BaySection, seconds: float) -> Row:
    """What CP-SAT reaches in the same seconds (of wall time) by a model of cells."""
    from benchmarks.slot_planning_peers import by_cp_sat

    began = time.process_time()
    cost, bound, is_proven = by_cp_sat(section, seconds)
    return {
        "cp_sat_cost": "" if cost is None else cost,
        "cp_sat_bound": "" if bound is None else bound,
        "cp_sat_proven": is_proven,
        "cp_sat_cpu_s": time.process_time() - began,
    }


def _write(path: Path, plan: Sequence[SlotAssignment]) -> None:
    assigned = [[e.box, e.place.stack, e.place.tier, int(e.place.slot)] for e in plan]
    path.write_text(json.dumps({"assign": assigned}), encoding="utf-8")
