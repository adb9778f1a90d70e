"""`whole-ship`: single-port stowage of a whole ship (BENCHMARKS.md, section 1; Larsen and Pacino 2021).

`--seconds` is wall time from the start of the program on at most two cores; with `--cpu` it is half the CPU time that
two cores would give in those seconds, so that a crowded machine gives the figures of an idle one. One row a load list,
its ship beside it. The bound is sought in a process of its own beside the search. With `--solutions` the best plan so
far that she may sail with is in its file at any moment from the first such plan on.
"""

from __future__ import annotations

import contextlib
import json
import multiprocessing
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from multiprocessing.connection import Connection
from pathlib import Path

from benchmarks import samples
from cabria.adapters.files.larsen_pacino_lists import read_whole_ship
from cabria.domain.errors import DataError
from cabria.domain.whole_ship import Plan
from cabria.planning.search.stopping import MaxSeconds
from cabria.planning.stowage.whole_ship.bound import lower_bound
from cabria.planning.stowage.whole_ship.problem import WholeShipProblem
from cabria.planning.stowage.whole_ship.solve import Draft, ignore, solve
from cabria.referee.whole_ship import judge_whole_ship

ANCHORS = """
Larsen and Pacino 2021, ships S and M, 18 lists; `cost` is theirs (unloaded, overstows, lids, makespan, ...). Columns
`published_60_s` and `published_600_s` are their heuristic (C++, 4 threads at 4 GHz), `scratch` an early annealing of
ours. Goal in 60 s of wall time on two cores: every list seaworthy and below `scratch`, geometric mean at most half of
`published_600_s`, mean gap to our own proven bound at most 15 %; in 10 s below `published_600_s` everywhere.
"""
DEFAULT_SECONDS = 60.0
FLAGS = {"cpu": "count CPU time of two cores instead of wall time, for a machine that has more to do"}
CORES = 2
Row = dict[str, object]
START_UP_S = 2.5
"""What loading the program takes before the clock of a list runs, with kernels compiled before."""
FINISH_S = 1.0
"""Kept for reading the plan back, the judge and the file."""
BOUND_SHARE = 0.2
"""Of the budget of one core, for the bound."""
WRITTEN_EVERY_S = 1.0
NAMES = [f"V{ship}{load}{n}" for ship in "SM" for load in ("Low", "Med", "High") for n in (1, 2, 3)]
PUBLISHED_60_S = [
    40_610, 46_749, 54_414, 29_306, 72_429, 113_180, 81_920, 149_884, 273_579,
    17_012, 20_369, 40_247, 138_881, 181_337, 75_905, 497_521, 488_933, 667_474,
]  # fmt: skip
PUBLISHED_600_S = [
    34_023, 38_568, 55_737, 21_582, 59_382, 94_041, 68_652, 89_939, 250_844,
    11_227, 19_105, 33_166, 129_033, 144_138, 49_922, 449_387, 432_452, 597_292,
]  # fmt: skip
SCRATCH = [
    20_366, 26_543, 38_819, 9_927, 48_846, 63_809, 46_829, 66_358, 170_622,
    6_395, 8_144, 24_423, 84_306, 116_040, 9_819, 208_119, 153_319, 432_463,
]  # fmt: skip
ANCHORS_OF = dict(zip(NAMES, zip(PUBLISHED_60_S, PUBLISHED_600_S, SCRATCH, strict=True), strict=True))


def default_paths() -> list[str]:
    folder = samples.shared("stowage/larsen_pacino") or samples.OWN / "whole_ship"
    return [str(file) for name in ("VSLow1", "VMHigh1") if (file := folder / f"{name}.txt").is_file()]


def run(
    paths: Sequence[str | Path], *, seconds: float, seed: int, jobs: int, solutions: Path | None, cpu: bool = False
) -> Iterator[Row]:
    """One row a load list; one that cannot be read has the key `error`."""
    if solutions is not None:
        solutions.mkdir(parents=True, exist_ok=True)
    yield from samples.spread(partial(_row, _Asked(seconds, seed, solutions, cpu)), _files(paths), jobs)


@dataclass(frozen=True, slots=True)
class _Asked:
    seconds: float
    seed: int
    solutions: Path | None
    is_cpu: bool


def _files(paths: Sequence[str | Path]) -> Iterator[Path]:
    for given in map(Path, paths):
        if given.is_dir():
            yield from (file for file in sorted(given.glob("*.txt")) if not file.name.startswith("vessel_"))
        else:
            yield given


@dataclass(slots=True)
class SolutionFile:
    """One file that holds a whole plan at any moment, whenever the program is killed."""

    path: Path
    written_s: float | None = None
    """When last, by the clock of `time.perf_counter`."""

    def offer(self, draft: Draft) -> None:
        """Write it, unless another was written just before."""
        if self.written_s is None or time.perf_counter() - self.written_s >= WRITTEN_EVERY_S:
            self.write(draft.plan())

    def write(self, plan: Plan) -> None:
        text = json.dumps({"assign": [[box, *spot] for box, spot in sorted(plan.items())]})
        beside = self.path.with_name(self.path.name + ".part")
        beside.write_text(text, encoding="utf-8")
        beside.replace(self.path)
        self.written_s = time.perf_counter()


class _BoundBeside:
    """A bound sought in a process of its own; `cpu_s` is what it took."""

    def __init__(self, problem: WholeShipProblem, seconds: float) -> None:
        context = multiprocessing.get_context("fork")
        self._receiver, sender = context.Pipe(duplex=False)
        self._process = context.Process(target=_send_bound, args=(problem, seconds, sender), daemon=True)
        self._process.start()
        sender.close()
        self.cpu_s = seconds

    def result(self, patience_s: float) -> float | None:
        """None when it is not there within so many seconds more."""
        bound = None
        try:
            if self._receiver.poll(patience_s):
                bound, self.cpu_s = self._receiver.recv()
        except EOFError:
            pass
        self._process.kill()
        self._process.join()
        return bound


def _send_bound(problem: WholeShipProblem, seconds: float, sender: Connection) -> None:
    before = time.process_time()
    bound = lower_bound(problem, seconds)
    with contextlib.suppress(BrokenPipeError):  # Whoever asked was killed meanwhile.
        sender.send((bound, time.process_time() - before))


def _stop(asked: _Asked, wall: float, budget: float) -> MaxSeconds:
    """By wall time since `wall`, or by what CPU time the bound leaves of two cores."""
    if asked.is_cpu:
        return MaxSeconds((CORES - BOUND_SHARE) * budget, time.process_time, time.process_time())
    return MaxSeconds(max(0.5, wall + budget - time.perf_counter()), time.perf_counter, time.perf_counter())


def _row(asked: _Asked, file: Path) -> Row:
    wall, cpu = time.perf_counter(), time.process_time()
    try:
        given = read_whole_ship(file)
        problem = WholeShipProblem(given)
    except DataError as error:
        return {"instance": file.stem, "error": str(error)}
    budget = max(0.5, asked.seconds - START_UP_S - FINISH_S)
    beside = _BoundBeside(problem, BOUND_SHARE * budget)
    kept = None if asked.solutions is None else SolutionFile(asked.solutions / f"{given.name}.json")
    stop = _stop(asked, wall, budget)
    result = solve(problem, stop, seed=asked.seed, drafts=kept.offer if kept else ignore)
    if kept is not None:
        kept.write(result.plan)
    judged = judge_whole_ship(given, result.plan)
    bound = beside.result(asked.seconds if asked.is_cpu else 0.2)
    cost = float(judged.cost)
    published_60_s, published_600_s, scratch = ANCHORS_OF.get(given.name, (None, None, None))
    return {
        "instance": given.name,
        "cost": round(cost, 3),
        "bound": None if bound is None else round(bound, 3),
        "proven": bound is not None and cost <= bound + 1e-6,
        "cpu_s": round(time.process_time() - cpu + beside.cpu_s, 3),
        "wall_s": round(time.perf_counter() - wall + START_UP_S, 3),
        "valid": not judged.faults and abs(cost - result.cost) < 0.01,
        "gap": None if bound is None or bound <= 0 else round(cost / bound - 1, 4),
        "published_60_s": published_60_s,
        "published_600_s": published_600_s,
        "scratch": scratch,
        **{name: round(float(value), 3) for name, value in judged.costs.items()},
        "faults": "; ".join(judged.faults[:3]),
        "moves": result.iterations,
    }
