"""`berth`: a continuous quay with a crane pool, weeks made after Meisel and Bierwirth (2009), or cases as JSON.

Paths are `made:SHIPS` or `made:SHIPS:SEED`, and files as `docs/reference/berth-files.md` describes them. Cost is in the
paper's unit (a thousand) for made weeks, else in the money of the case. In solutions a ship is
`[ship, position_mm, start_min, end_min, [[from_min, until_min, cranes], ...]]`, ships counted from 1 in the order of
the case, which is written beside it as `NAME.case.json`.
"""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from functools import partial
from pathlib import Path

from benchmarks import berth_peers
from benchmarks.samples import files_in, made_name, spread
from cabria.adapters.files.berth_json import read_case, write_case
from cabria.domain.berthing import BerthCase, BerthPlan
from cabria.domain.errors import TerminalError
from cabria.experiments.berth_instances import made_week
from cabria.planning.berth.problem import EFFORTS, BerthProblem
from cabria.planning.berth.solve import solve
from cabria.planning.search.stopping import MaxSeconds
from cabria.referee.berthing import judge_berthing

Row = dict[str, object]

DEFAULT_SECONDS = 10.0
FLAGS = {"peers": "also run CP-SAT and HiGHS on the literature's model of it, each for as many seconds of wall time"}
UNIT = 1000
"""Money in the paper's unit of cost."""

ANCHORS = """
Cost of a week at a quay of 100 segments with ten cranes, one number of cranes a stay. Known elsewhere: CP-SAT proves 20
ships in 2 s and 30 in 10 s and fails at 40. Goal: 20 and 30 ships proven in 10 s, 40 and 60 with a bound within 15 % in
60 s. `gap` is what the cost lies above the bound, in per cent of the cost.
"""


def default_paths() -> list[str]:
    return ["made:20", "made:30", "made:40", "made:60"]


def run(
    paths: list[str], *, seconds: float, seed: int, jobs: int, solutions: Path | None, peers: bool = False
) -> Iterator[Row]:
    if solutions:
        solutions.mkdir(parents=True, exist_ok=True)
    measure = partial(_measure, seconds=seconds, seed=seed, out=solutions, peers=peers)
    yield from spread(measure, [each for path in paths for each in _instances(path)], jobs)


def _instances(path: str) -> list[str]:
    return [path] if path.startswith("made:") else [str(file) for file in files_in(Path(path), ".json")]


def _measure(path: str, *, seconds: float, seed: int, out: Path | None, peers: bool) -> Row:
    name = made_name(path) if path.startswith("made:") else Path(path).stem
    began, began_cpu = time.perf_counter(), time.process_time()
    try:
        case = _read(path)
    except TerminalError as error:
        return {"instance": name, "error": str(error)}
    unit = UNIT if path.startswith("made:") else 1
    # Half a second is left for what cannot be cut short, and for the judge.
    stop = MaxSeconds(seconds - min(0.5, seconds / 10), time.process_time, began_cpu)
    result = solve(BerthProblem.of(case), stop, seed=seed, params=EFFORTS["thorough"])
    judged = judge_berthing(case, result.plan)
    bound = None if result.bound is None else result.bound / unit
    cost = judged.cost / unit
    row: Row = {
        "instance": name,
        "cost": cost,
        "bound": bound,
        "proven": judged.is_valid and bound is not None and cost <= bound + 1e-9,
        "valid": judged.is_valid,
        "gap": None if bound is None or not cost else 100 * (cost - bound) / cost,
        "unserved": len(result.plan.unserved),
        "stopped": result.stopped,
        "cpu_s": time.process_time() - began_cpu,
        "wall_s": time.perf_counter() - began,
    }
    if out:
        _write(out / name, case, result.plan)
    return row | (_peers(case, seconds, unit) if peers else {})


def _read(path: str) -> BerthCase:
    if not path.startswith("made:"):
        return read_case(path)
    words = path.split(":")[1:]
    if len(words) not in (1, 2) or not all(word.isdecimal() and int(word) < 10_000 for word in words):
        raise TerminalError("A made week is named made:SHIPS or made:SHIPS:SEED.")
    return made_week(*map(int, words))


def _write(path: Path, case: BerthCase, plan: BerthPlan) -> None:
    write_case(case, path.with_name(f"{path.name}.case.json"))
    number = {ship.id: position for position, ship in enumerate(case.ships, 1)}
    ships = [
        [
            number[stay.ship],
            stay.position_mm,
            stay.start_min,
            stay.end_min,
            [[part.spell.start_min, part.spell.end_min, part.cranes] for part in stay.work],
        ]
        for stay in plan.stays
    ]
    path.with_name(f"{path.name}.json").write_text(json.dumps({"ships": ships}), encoding="utf-8")


def _peers(case: BerthCase, seconds: float, unit: int) -> Row:
    row: Row = {}
    for name, ask in (("cp_sat", berth_peers.by_cp_sat), ("highs", berth_peers.by_highs)):
        began = time.process_time()
        cost, bound = ask(case, seconds)
        row |= {
            f"{name}_cost": None if cost is None else cost / unit,
            f"{name}_bound": None if bound is None else bound / unit,
            f"{name}_cpu_s": time.process_time() - began,
        }
    return row
