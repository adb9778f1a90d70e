"""`cranes`: crane tasks, sequenced and shared (BENCHMARKS.md, section 3).

One row an instance, with the best makespan met by cranes that sweep one way, and the gaps in percent to the published
values in `best_known.csv` when it lies beside the instances.
"""

from __future__ import annotations

import json
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from benchmarks import samples
from cabria.adapters.files.qcsp import BestKnown, read_best_known, read_crane_tasks
from cabria.domain.crane_tasks import CraneTasks, ScheduledTask
from cabria.domain.errors import DataError
from cabria.planning.cranes.tasks.problem import TaskProblem
from cabria.planning.cranes.tasks.solve import TaskPlan, solve
from cabria.planning.search.result import Result
from cabria.referee.crane_tasks import judge_crane_tasks

ANCHORS = """
Crane tasks of Kim and Park (2004) and Meisel and Bierwirth (2011): `cost` is the makespan, `one_way` the best met with
cranes that sweep one way; `gap_one_way` and `gap_best` are percent above the best published sweep and schedule. Goal:
at 2 s mean 0.02 % above the sweep and none above 0.5 %; at 10 s mean 0.02 % above the best known. Published exact
methods: sweeps 0.6 to 5.8 s, any schedule 1 to 75 s.
"""
DEFAULT_SECONDS = 2.0
FLAGS = {"peers": "let CP-SAT and HiGHS solve the same instance in the same seconds; for a few small instances"}
Row = dict[str, object]
_BEST_KNOWN = "best_known.csv"
_SHORT_PROTOCOL = ("KP_A-13", "KP_F-63", "MB_B_n50_b15_q4_s1_01", "MB_C_n75_b20_q6_s1_01", "MB_F_n50_b15_q6_s1_01")
_SEARCH_SHARE = 0.96
"""What follows is the judge and the file."""
_ROUND_MARGIN = 1.2
"""A round may take so many times as long as the longest before it."""


def default_paths() -> list[str]:
    folder = samples.shared("quay/qcsp")
    if folder is None:
        return [str(samples.OWN / "qcsp")]
    return [str(folder / f"{name}.json") for name in _SHORT_PROTOCOL]


def run(
    paths: Sequence[str | Path], *, seconds: float, seed: int, jobs: int, solutions: Path | None, peers: bool = False
) -> Iterator[Row]:
    """One row an instance; an instance that cannot be read has the key `error`."""
    if solutions is not None:
        solutions.mkdir(parents=True, exist_ok=True)
    asked = _Asked(seconds, seed, solutions, peers)
    yield from samples.spread(partial(_row, asked), _files(paths), jobs)


@dataclass(frozen=True, slots=True)
class _Asked:
    seconds: float
    seed: int
    solutions: Path | None
    peers: bool


class _LastRoundFits:
    """Ends a search that is asked between rounds when one more would pass the time."""

    def __init__(self, seconds: float, started: float) -> None:
        self.seconds, self.started = seconds, started
        self.asked_s: float | None = None
        self.longest_s = 0.0

    def __call__(self, iterations: int, best_cost: float) -> str:
        now_s = time.process_time() - self.started
        if self.asked_s is not None:
            self.longest_s = max(self.longest_s, now_s - self.asked_s)
        self.asked_s = now_s
        return "no time for another round" if now_s + _ROUND_MARGIN * self.longest_s >= self.seconds else ""


def _files(paths: Sequence[str | Path]) -> list[Path]:
    """The instances in folders and files, in order."""
    return [file for path in map(Path, paths) for file in samples.files_in(path, ".json")]


def _row(asked: _Asked, path: Path) -> Row:
    row: Row = {"instance": path.stem}
    try:
        return row | _measured(asked, path)
    except DataError as error:
        return row | {"error": str(error)}


def _measured(asked: _Asked, path: Path) -> Row:
    cpu, wall = time.process_time(), time.perf_counter()
    given = read_crane_tasks(path)
    known = _known(path)
    problem, numbers = TaskProblem.of(given)
    result = solve(problem, _LastRoundFits(asked.seconds * _SEARCH_SHARE, cpu), seed=asked.seed)
    schedule = _told(result.plan, numbers)
    judgement = judge_crane_tasks(given, schedule)
    if asked.solutions is not None:
        _write(asked.solutions / f"{path.stem}.json", schedule)
    row = _result_row(result, judgement.makespan, known)
    row |= {"cpu_s": time.process_time() - cpu, "wall_s": time.perf_counter() - wall, "valid": judgement.valid}
    return row | (_peer_columns(given, asked.seconds) if asked.peers else {})


def _result_row(result: Result[TaskPlan], makespan: int, known: BestKnown) -> Row:
    assert result.bound is not None
    return {
        "cost": makespan,
        "bound": int(result.bound),
        "proven": makespan == int(result.bound),
        "one_way": result.plan.one_way,
        "load_bound": result.plan.load_bound,
        "best_one_way": _or_nothing(known.one_way),
        "best_known": _or_nothing(known.any_way),
        "gap_one_way": _gap(makespan, known.one_way),
        "gap_best": _gap(makespan, known.any_way),
        "iterations": result.iterations,
    }


def _known(path: Path) -> BestKnown:
    beside = path.parent / _BEST_KNOWN
    return read_best_known(beside).get(path.stem, BestKnown(None, None)) if beside.exists() else BestKnown(None, None)


def _or_nothing(number: int | None) -> int | str:
    return "" if number is None else number


def _gap(makespan: int, known: int | None) -> float | str:
    return 100 * (makespan / known - 1) if known else ""


def _told(plan: TaskPlan, numbers: Sequence[int]) -> list[ScheduledTask]:
    made = plan.schedule
    return sorted(
        ScheduledTask(number, made.cranes[task] + 1, made.starts[task], made.ends[task])
        for task, number in enumerate(numbers)
    )


def _write(path: Path, schedule: Sequence[ScheduledTask]) -> None:
    path.write_text(json.dumps({"tasks": [[each.task, each.crane, each.start, each.end] for each in schedule]}))


def _peer_columns(given: CraneTasks, seconds: float) -> Row:
    """What general solvers reach on one core in the same seconds; their bound where they have one."""
    from benchmarks.cranes_peers import PEERS

    row: Row = {}
    for name, peer in PEERS.items():
        began = time.process_time()
        makespan, bound = peer(given, seconds)
        row |= {
            f"{name}_cost": _or_nothing(makespan),
            f"{name}_bound": _or_nothing(bound),
            f"{name}_cpu_s": time.process_time() - began,
        }
    return row
