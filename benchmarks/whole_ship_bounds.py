"""`whole-ship-bounds`: what no plan of a whole ship can cost less than (BENCHMARKS.md, section 1), with much time.

`--seconds` is time of one core a list. With `--plans DIR`, where `whole-ship --solutions DIR` left its plans, each is
judged and held against the bound.
"""

from __future__ import annotations

import json
import time
from collections.abc import Iterator, Sequence
from functools import partial
from pathlib import Path

from benchmarks import samples
from benchmarks.whole_ship import default_paths
from cabria.adapters.files.larsen_pacino_lists import read_whole_ship
from cabria.domain.errors import DataError
from cabria.domain.whole_ship import Spot, WholeShip
from cabria.planning.stowage.whole_ship.bound import lower_bound
from cabria.planning.stowage.whole_ship.problem import WholeShipProblem
from cabria.referee.whole_ship import judge_whole_ship

ANCHORS = """
No bound has been published for the lists of Larsen and Pacino 2021. Ours are proved: linear rows that every legal plan
keeps, and prices of these rows. Goal: plans of `whole-ship` at most 15 % above them in the mean.
"""
DEFAULT_SECONDS = 60.0
FOLDERS = {"plans": "plans written by whole-ship --solutions, to be held against the bounds"}
Row = dict[str, object]
__all__ = ["ANCHORS", "DEFAULT_SECONDS", "FOLDERS", "default_paths", "run"]


def run(
    paths: Sequence[str | Path], *, seconds: float, seed: int, jobs: int, solutions: Path | None,
    plans: Path | None = None,
) -> Iterator[Row]:  # fmt: skip
    """One row a load list; one that cannot be read has the key `error`. Nothing is drawn and nothing written."""
    yield from samples.spread(partial(_row, seconds, plans), _lists(paths), jobs)


def _lists(paths: Sequence[str | Path]) -> Iterator[Path]:
    for given in map(Path, paths):
        found = sorted(given.glob("*.txt")) if given.is_dir() else [given]
        yield from (file for file in found if not file.name.startswith("vessel_"))


def _row(seconds: float, plans: Path | None, file: Path) -> Row:
    wall, cpu = time.perf_counter(), time.process_time()
    try:
        given = read_whole_ship(file)
        cost, faults = _judged(given, plans / f"{given.name}.json" if plans else None)
    except DataError as error:
        return {"instance": file.stem, "error": str(error)}
    bound = lower_bound(WholeShipProblem(given), seconds)
    return {
        "instance": given.name,
        "cost": cost,
        "bound": None if bound is None else round(bound, 3),
        "proven": bound is not None and cost is not None and cost <= bound + 1e-6,
        "cpu_s": round(time.process_time() - cpu, 3),
        "wall_s": round(time.perf_counter() - wall, 3),
        "valid": not faults and (bound is None or cost is None or bound <= cost + 1e-3),
        "gap": None if cost is None or bound is None or bound <= 0 else round(cost / bound - 1, 4),
        "faults": "; ".join(faults[:3]),
    }


def _judged(given: WholeShip, file: Path | None) -> tuple[float | None, tuple[str, ...]]:
    """Cost and faults of the plan in a file; nothing where there is no such file."""
    if file is None or not file.is_file():
        return None, ()
    try:
        assigned = json.loads(file.read_text(encoding="utf-8"))["assign"]
        plan = {int(box): Spot(*map(int, spot)) for box, *spot in assigned}
    except (ValueError, KeyError, TypeError, OSError) as error:
        raise DataError(f"{file.name} is no plan of `whole-ship --solutions` ({error}); write it anew.") from error
    judged = judge_whole_ship(given, plan)
    return round(float(judged.cost), 3), judged.faults
