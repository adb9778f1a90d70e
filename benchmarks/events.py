"""`events`: how many entries a second the twin's agenda works through, beside SimPy; and a year of demand.

An instance `made:MACHINES` is that many machines that work and rest in turn for times drawn beforehand: the same times
for both kernels, taken in slices that alternate, each slice in CPU seconds. `cost` is CPU microseconds an entry.

An instance `demand:MILLIONS` is a year of demand with all attributes at so many million TEU; `cost` is CPU seconds.

An instance `coarse:MILLIONS` or `coarse:MILLIONS:TRUCKS` is a year of the reference terminal at coarse fidelity, its
demand made too; `cost` is CPU seconds, kernels compiled before.

The instance `fidelity` holds coarse figures against those of the fine twin: a row for each call and week that is kept.
"""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

from benchmarks.terminal import planned_call, week_named
from cabria.domain.errors import DataError
from cabria.experiments.call_runs import RunSetting
from cabria.experiments.coarse.calibration import FINE_CALLS, FINE_SETTINGS, FINE_WEEKS, compared, worst
from cabria.experiments.coarse.calls import call_problem
from cabria.experiments.coarse.scenario_run import problem_of, run_coarse
from cabria.experiments.demand.generate import make_demand
from cabria.experiments.demand.profile import chancay_demand
from cabria.experiments.layouts import chancay_layout
from cabria.experiments.weeks.scenario import YEAR_DAYS, Scenario
from cabria.twin.agenda import Agenda, fork
from cabria.twin.coarse.run import CoarseRun
from cabria.twin.coarse.run import run as run_problem

ANCHORS = """
SimPy alone made 0.7 to 0.9 M events a second, plain heapq 1.8 to 3.1 M. Goal: at least twice as many as SimPy in one
run, and a fork of the whole agenda in under a second. A year of demand with all attributes at 1.5 M TEU: 10 s at most;
ConFlowGen took 81 s for 35 days at 1.0 M. A year of the terminal at 1.5 M TEU, coarse: 30 s at most.
"""
DEFAULT_SECONDS = 10.0
Row = dict[str, object]
SLICE_MS = 2_000
_SLEEPS = 4_096


def default_paths() -> list[str]:
    return ["made:60", "made:1000", "demand:1.5"]


def run(paths: Sequence[str | Path], *, seconds: float, seed: int, jobs: int, solutions: Path | None) -> Iterator[Row]:
    """One row an instance; one that is none of the module's kinds has the key `error`. `jobs` changes nothing, and
    `seconds` no year."""
    for path in map(str, paths):
        kind, _, number = path.partition(":")
        if kind == "demand":
            yield _demand_row(path, number, seed)
        elif kind == "coarse":
            yield _coarse_row(path, number, seed)
        elif path == "fidelity":
            yield from _fidelity_rows()
        elif kind != "made" or not number.isdigit() or not 0 < int(number) <= 1_000_000:
            yield {"instance": path, "error": f"{path}: write made:MACHINES with 1 to 1000000 machines, as made:60."}
        else:
            yield _row(path, int(number), seconds, seed)


class _Machine:
    """Works and rests for the times given, over and over."""

    __slots__ = ("at", "sleeps")

    def __init__(self, sleeps: list[int], at: int) -> None:
        self.sleeps, self.at = sleeps, at

    def wake(self, _: object) -> int:
        self.at = at = (self.at + 1) % _SLEEPS
        return self.sleeps[at]


def _row(name: str, machines: int, seconds: float, seed: int) -> Row:
    chance = random.Random(seed)
    sleeps = [chance.randint(1, 400) for _ in range(_SLEEPS)]
    starts = [chance.randrange(_SLEEPS) for _ in range(machines)]
    agenda = Agenda()
    for at in starts:
        agenda.after(sleeps[at], _Machine(sleeps, at).wake)
    peer = _simpy(sleeps, starts)
    cpu, wall = time.process_time(), time.perf_counter()
    ours_s = peer_s = 0.0
    entries, until_ms = 0, 0
    while time.process_time() - cpu < 0.9 * seconds:
        until_ms += max(1, SLICE_MS * 60 // machines)
        before = time.process_time()
        entries += agenda.run(until_ms)
        between = time.process_time()
        ours_s += between - before
        if peer is not None:
            peer.run(until=until_ms + 0.5)
            peer_s += time.process_time() - between
    before = time.process_time()
    fork(agenda)
    fork_s = time.process_time() - before
    return {
        "instance": name,
        "cost": round(1e6 * ours_s / entries, 4),
        "bound": None,
        "proven": False,
        "cpu_s": round(time.process_time() - cpu, 3),
        "wall_s": round(time.perf_counter() - wall, 3),
        "valid": len(agenda) == machines,
        "entries": entries,
        "entries_per_s": round(entries / ours_s),
        "simpy_per_s": round(entries / peer_s) if peer_s else None,
        "times_simpy": round(peer_s / ours_s, 2) if peer_s else None,
        "fork_s": round(fork_s, 4),
    }


def _demand_row(name: str, millions: str, seed: int) -> Row:
    """A year of demand; valid when no box leaves before it comes and the TEU over the quay are those asked for."""
    try:
        profile = chancay_demand(round(1_000_000 * float(millions)))
    except (ValueError, OverflowError, DataError) as error:
        return {"instance": name, "error": f"{name}: write demand:MILLIONS of TEU a year, as demand:1.5. {error}"}
    cpu, wall = time.process_time(), time.perf_counter()
    demand = make_demand(profile, seed)
    cpu_s, wall_s = time.process_time() - cpu, time.perf_counter() - wall
    quay_teu = sum(demand.quay_teu())
    in_order = bool((demand.boxes.arrives_s < demand.boxes.departs_s).all())
    return {
        "instance": name,
        "cost": round(cpu_s, 3),
        "bound": None,
        "proven": False,
        "cpu_s": round(cpu_s, 3),
        "wall_s": round(wall_s, 3),
        "valid": in_order and abs(quay_teu - profile.teu_a_year) < 0.02 * profile.teu_a_year,
        "boxes": len(demand.boxes),
        "road_trucks": len(demand.visits),
        "quay_teu": quay_teu,
    }


def _coarse_row(name: str, numbers: str, seed: int) -> Row:
    """A year of the terminal; valid when every box found room and the blocks hold what they should in the end."""
    millions, _, trucks = numbers.partition(":")
    cpu, wall = time.process_time(), time.perf_counter()
    try:
        scenario = Scenario(round(1_000_000 * float(millions)), YEAR_DAYS, 0, int(trucks) if trucks else 40)
        done = run_coarse(scenario, seed)
    except (ValueError, OverflowError, DataError) as error:
        return {"instance": name, "error": f"{name}: write coarse:MILLIONS[:TRUCKS], as coarse:1.5:40. {error}"}
    cpu_s, wall_s = time.process_time() - cpu, time.perf_counter() - wall
    return {
        "instance": name,
        "cost": round(cpu_s, 3),
        "bound": None,
        "proven": False,
        "cpu_s": round(cpu_s, 3),
        "wall_s": round(wall_s, 3),
        "valid": done.run.is_sound,
        "running_cpu_s": round(done.run.cpu_s, 3),
        **{key: round(value, 4) for key, value in done.measures.items() if "/" not in key},
    }


def _fidelity_rows() -> Iterator[Row]:
    """Coarse figures beside those kept of the fine twin; `cost` is the largest error, of shares the difference and of
    others relative. A run at coarse fidelity each; the calls' plan is made anew."""
    call, plan = planned_call()
    finds: dict[str, tuple[Mapping[str, float], Callable[[], CoarseRun]]] = {}
    for trucks, figures in FINE_CALLS.items():
        problem = call_problem(call, plan, chancay_layout(), RunSetting(trucks, settings=FINE_SETTINGS))
        finds[f"made:{trucks}"] = figures, partial(run_problem, problem)
    for name, figures in FINE_WEEKS.items():
        finds[name] = figures, partial(run_problem, problem_of(replace(week_named(name), settings=FINE_SETTINGS)))
    for name, (fine, find) in finds.items():
        cpu, wall = time.process_time(), time.perf_counter()
        done = find()
        rows = list(compared(name, fine, done.measures))
        yield {
            "instance": name,
            "cost": round(worst(iter(rows)), 4),
            "bound": None,
            "proven": False,
            "cpu_s": round(time.process_time() - cpu, 3),
            "wall_s": round(time.perf_counter() - wall, 3),
            "valid": done.is_sound,
            **{f"{row.figure}_fine": round(row.fine, 4) for row in rows},
            **{f"{row.figure}_coarse": round(row.coarse, 4) for row in rows},
        }


def _simpy(sleeps: list[int], starts: list[int]) -> Any:
    """The same machines in SimPy; None where it is not installed."""
    try:
        import simpy
    except ImportError:
        return None
    environment = simpy.Environment()

    def machine(at: int) -> Iterator[Any]:
        while True:
            yield environment.timeout(sleeps[at])
            at = (at + 1) % _SLEEPS

    for at in starts:
        environment.process(machine(at))
    return environment
