"""`berth-discrete`: which ship at which berth in what order, and quays with tides.

Files of the discrete format and tidal CSV files are told apart by their content (`adapters/files/berth_instances`).
Solutions count ships and berths from 1. A tidal quay has no berths: there the second number is the position of the
ship's near end on the quay, in the file's unit of length.
"""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from functools import partial
from pathlib import Path

from benchmarks.samples import files_in, made_name, shared, spread
from cabria.adapters.files.berth_instances import read_berth_instance
from cabria.domain.discrete_berths import DiscreteBerths
from cabria.domain.errors import TerminalError
from cabria.domain.tidal_quay import TEN_THOUSANDTHS, TidalQuay
from cabria.experiments.discrete_berths import made_berths
from cabria.planning.berth.discrete import peers as peer_solvers
from cabria.planning.berth.discrete.problem import FlatBerths
from cabria.planning.berth.discrete.solve import Params, solve
from cabria.planning.berth.tidal.solve import Params as TidalParams
from cabria.planning.berth.tidal.solve import solve as solve_tidal
from cabria.planning.search.stopping import MaxSeconds
from cabria.referee.discrete_berths import judge_berths
from cabria.referee.tidal_quay import judge_tidal_quay

Row = dict[str, object]

DEFAULT_SECONDS = 20.0
FLAGS = {
    "no-departures": "drop the ships' latest departures; berths still close",
    "peers": "also run CP-SAT and HiGHS on the same instance, each for as many seconds of wall time",
}
FINISH_SHARE = 0.65
"""Of the seconds, for the exact end game once few stays are left."""
TIDAL_SHARE = 0.7

ANCHORS = """
Sum of completion minus arrival. Known elsewhere, with `--no-departures`: the five Cordeau files 1409, 1261, 1129, 1302,
1207 in 0.4 s; with departures f200x15-01, -02 and -03 12,653, 10,388 and 11,536 in 3 s by annealing, and -02 10,896 in
200 s by a public solver. `bound` is a Lagrangian bound or better, `proven` when it meets the cost. Tidal quays: cost is
of the same kind, `completions` is the sum that the set's authors minimize.
"""


def default_paths() -> list[str]:
    files = [
        ("quay/berth_discrete_cordeau", "scenario01.txt"),
        ("quay/berth_discrete_kramer", "f200x15-02.txt"),
        ("quay/berth_hybrid_lalla_ruiz", "f30x3-01.txt"),
        ("quay/berth_tidal_ernst", "16_1_2c_Noon_3c_1.csv"),
    ]
    there = [str(folder / name) for place, name in files if (folder := shared(place)) is not None]
    return there or ["made:40x5-1", "made:60x7-2"]


def run(
    paths: list[str],
    *,
    seconds: float,
    seed: int,
    jobs: int,
    solutions: Path | None,
    no_departures: bool = False,
    peers: bool = False,
) -> Iterator[Row]:
    if solutions:
        solutions.mkdir(parents=True, exist_ok=True)
    measure = partial(_measure, seconds=seconds, seed=seed, out=solutions, departures=not no_departures, peers=peers)
    yield from spread(measure, [each for path in paths for each in _instances(path)], jobs)


def _instances(path: str) -> list[str]:
    return [path] if path.startswith("made:") else [str(file) for file in files_in(Path(path), ".txt", ".csv")]


def _measure(path: str, *, seconds: float, seed: int, out: Path | None, departures: bool, peers: bool) -> Row:
    name = made_name(path) if path.startswith("made:") else Path(path).stem
    began, began_cpu = time.perf_counter(), time.process_time()
    try:
        given = _read(path)
        if isinstance(given, TidalQuay):
            row, solution = _tidal(given, seconds, seed)
        else:
            given = given if departures else given.without_departures()
            row, solution = _discrete(given, seconds, seed, began_cpu)
    except (TerminalError, ValueError) as error:
        return {"instance": name, "error": str(error)}
    row = {"instance": name, **row, "cpu_s": time.process_time() - began_cpu, "wall_s": time.perf_counter() - began}
    if out:
        (out / f"{name}.json").write_text(json.dumps({"ships": solution}), encoding="utf-8")
    if peers and isinstance(given, DiscreteBerths):
        row |= _peers(given, seconds, seed)
    return row


def _read(path: str) -> DiscreteBerths | TidalQuay:
    if not path.startswith("made:"):
        return read_berth_instance(path)
    try:
        ships, berths, seed = (int(word) for word in path.removeprefix("made:").replace("x", "-").split("-"))
    except ValueError:
        raise ValueError("A made instance is named made:SHIPSxBERTHS-SEED.") from None
    return made_berths(ships, berths, seed)


def _discrete(given: DiscreteBerths, seconds: float, seed: int, began: float) -> tuple[Row, list[list[int]]]:
    # A tenth of a second is left for reading, judging and writing.
    stop = MaxSeconds(seconds - min(0.1, seconds / 10), time.process_time, began)
    result = solve(given, stop, seed=seed, params=Params(finish_s=FINISH_SHARE * seconds))
    judged = judge_berths(given, result.plan)
    row = _row(judged.cost, judged.valid, result.bound, result.stopped) | {"iterations": result.iterations}
    if judged.problems:
        row["problems"] = "; ".join(judged.problems[:3])
    return row, [[each.ship + 1, each.berth + 1, each.start] for each in result.plan]


def _row(cost: float, is_valid: bool, bound: float | None, stopped: str) -> Row:
    return {
        "cost": cost,
        "bound": bound,
        "proven": is_valid and bound is not None and cost <= bound,
        "valid": is_valid,
        "stopped": stopped,
    }


def _tidal(given: TidalQuay, seconds: float, seed: int) -> tuple[Row, list[list[float]]]:
    result = solve_tidal(
        given, seed=seed, params=TidalParams(seconds=TIDAL_SHARE * seconds, work=seconds, orders=int(60 * seconds))
    )
    judged = judge_tidal_quay(given, result.plan)
    row = _row(judged.cost, judged.valid, result.bound, result.stopped)
    row["completions"] = judged.cost + sum(given.arrivals)
    return row, [[stay.ship + 1, stay.position / TEN_THOUSANDTHS, stay.start] for stay in result.plan]


def _peers(given: DiscreteBerths, seconds: float, seed: int) -> Row:
    flat = FlatBerths.of(given)
    row: Row = {}
    for name, answer in (
        ("cp_sat", peer_solvers.cp_sat(flat, seconds, seed)),
        ("highs", peer_solvers.highs(flat, seconds)),
    ):
        row |= {f"{name}_cost": answer.cost, f"{name}_bound": answer.bound, f"{name}_cpu_s": answer.cpu_s}
    return row
