"""`terminal`: a terminal like Chancay's at work in the twin, real lanes and all (BENCHMARKS.md, section 9).

An instance `made:TRUCKS` is one call at six quay cranes of 36 moves an hour and fifteen yard cranes with so many
trucks. `cost` is the part of the cranes' limit that is not reached; the plan itself reaches `plan_share` of it (lids
and travel take the rest), the run `share`.

`made:TRUCKS:HOURS` works the call again and again, each time with the next seed, until so many hours are simulated, and
counts the runs that stood still (`deadlocks`) and the rules that the referee saw broken: every run is judged. `ends` in
place of `made` is the same call on blocks at right angles to the quay, served at their ends.

An instance `week:MILLIONS`, `week:MILLIONS:TRUCKS` or `week:MILLIONS:TRUCKS:DAYS` is a week of ships, road trucks and a
yard at so many million TEU a year; `cost` is the share of the time of quay cranes in which they wait. CPU seconds are
those of everything: demand, plans, run and referee; `year_cpu_min` is what a year of such weeks would take.
"""

from __future__ import annotations

import re
import sys
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import cache, partial
from itertools import count, islice
from pathlib import Path
from statistics import mean

from benchmarks import samples
from cabria.domain.calls import VesselCall
from cabria.domain.errors import DataError
from cabria.domain.plan import LoadingPlan
from cabria.experiments.call_runs import CallRun, RunSetting, run_call
from cabria.experiments.calls import make_call
from cabria.experiments.layouts import chancay_end_loaded_layout, chancay_layout
from cabria.experiments.weeks.run import run_scenario
from cabria.experiments.weeks.scenario import Scenario
from cabria.operations.policies import POLICIES
from cabria.operations.settings import Settings
from cabria.planning.loading.problem import LoadingProblem, Params
from cabria.planning.loading.solve import solve

ANCHORS = """
Share of the quay cranes' limit of 36 moves an hour. Without traffic and lanes, an early model of ours: 4 trucks a crane
75 %, 5 85 %, 6.7 91 to 94 %. Goal with lanes and leases: 85 / 90 / 94 %, and no deadlock. A week at 1.0 and
at 1.5 M TEU a year: at least 500 times real time (a year in under 8 minutes is the far goal); 28 to 30 moves per
crane hour are planned with.
"""
DEFAULT_SECONDS = 60.0
FLAGS = {"breakdowns": "machines break down and are repaired, and wind stops the quay cranes"}
CHOICES = {"policy": tuple(reversed(POLICIES))}
Row = dict[str, object]
CYCLE_S = 100
MOVES = 2_400
_MADE = re.compile(r"(made|ends):(\d{1,3})(?::(\d{1,5}))?")
_LAYOUTS = {"made": chancay_layout, "ends": chancay_end_loaded_layout}


def default_paths() -> list[str]:
    return ["made:24", "made:30", "made:40"]


def run(
    paths: Sequence[str | Path],
    *,
    seconds: float,
    seed: int,
    jobs: int,
    solutions: Path | None,
    breakdowns: bool = False,
    policy: str = "ours",
) -> Iterator[Row]:
    """One row an instance; a run takes what it takes, `seconds` and `jobs` change nothing."""
    settings = POLICIES[policy]
    for path in map(str, paths):
        made = _MADE.fullmatch(path)
        if path.startswith("week:"):
            yield _week_row(path, seed, breakdowns, settings)
        elif made is None or not 0 < int(made[2]) <= 70:
            yield {
                "instance": path,
                "error": f"{path}: write made:TRUCKS with 1 to 70 trucks, as made:40, made:40:100 or ends:40.",
            }
        else:
            setting = RunSetting(int(made[2]), has_breakdowns=breakdowns, settings=settings, seed=seed)
            yield _hours_row(path, setting, int(made[3]), jobs) if made[3] else _row(path, setting, policy)


def _hours_row(name: str, setting: RunSetting, hours: int, jobs: int) -> Row:
    """The call again and again, each with the next seed, until so many hours are simulated; every run is judged."""
    wall, cpu_s, run_ms, seeds = time.perf_counter(), 0.0, 0, count(setting.seed)
    shares: list[float] = []
    broken: list[str] = []
    stood_still: list[int] = []
    happened: Counter[str] = Counter()
    while run_ms < hours * 3_600_000:
        settings = [replace(setting, seed=seed) for seed in islice(seeds, jobs)]
        for run in samples.spread(partial(_run, name), settings, jobs):
            cpu_s, run_ms = cpu_s + run.cpu_s, run_ms + run.figures.run_ms
            shares.append((run.figures.gross_moves_per_hour or 0.0) * CYCLE_S / 3_600)
            broken += [f"seed {run.setting.seed}: {finding}" for finding in run.judgement.broken]
            stood_still += [run.setting.seed] * run.stood_still
            happened.update(type(event).__name__ for event in run.events)
            happened["moves"] += run.figures.moves
            happened["charged_kwh"] += sum(run.figures.charged_wh.values()) // 1_000
            print(f"{name} seed {run.setting.seed}: {run_ms / 3_600_000:.1f} h", file=sys.stderr, flush=True)
    return {
        "instance": name,
        "cost": round(1 - mean(shares), 4),
        "bound": None,
        "proven": False,
        "cpu_s": round(cpu_s, 3),
        "wall_s": round(time.perf_counter() - wall, 3),
        "valid": not broken and not stood_still,
        "share": round(mean(shares), 4),
        "runs": len(shares),
        "deadlocks": len(stood_still),
        "stood_still": " ".join(map(str, stood_still)),
        "broken_rules": len(broken),
        "first_broken": broken[0] if broken else "",
        "simulated_h": round(run_ms / 3_600_000, 2),
        "times_real_time": round(run_ms / 1_000 / cpu_s),
        "moves": happened["moves"],
        "stops": happened["MachineStopped"],
        "towed": happened["TruckTowed"],
        "handed_over": happened["MoveHandedOver"],
        "refused_work": happened["WorkRefused"],
        "charged_kwh": happened["charged_kwh"],
    }


def _row(name: str, setting: RunSetting, policy: str) -> Row:
    _, plan = planned_call()
    cpu, wall = time.process_time(), time.perf_counter()
    result = _run(name, setting)
    figures = result.figures
    limit = 3_600 / CYCLE_S
    share = (figures.gross_moves_per_hour or 0.0) / limit
    lifts = sum(sum(bool(step.containers) for step in queue.steps) for queue in plan.queues)
    hours = sum(queue.end_s - queue.steps[0].start_s for queue in plan.queues if queue.steps) / 3_600
    return {
        "instance": name,
        "cost": round(1 - share, 4),
        "bound": round(1 - lifts / hours / limit, 4),
        "proven": False,
        "cpu_s": round(time.process_time() - cpu, 3),
        "wall_s": round(time.perf_counter() - wall, 3),
        "valid": result.judgement.is_good and not result.stood_still,
        "policy": policy,
        "share": round(share, 4),
        "plan_share": round(lifts / hours / limit, 4),
        **{name: round(value, 4) for name, value in result.measures.items()},
        "deadlocks": int(result.stood_still),
        "simulated_h": round(figures.run_ms / 3_600_000, 2),
        "times_real_time": round(figures.run_ms / 1_000 / result.cpu_s),
    }


def _week_row(name: str, seed: int, breakdowns: bool, settings: Settings) -> Row:
    wall = time.perf_counter()
    try:
        scenario = replace(week_named(name), has_breakdowns=breakdowns, settings=settings)
        result = run_scenario(scenario, seed)
    except DataError as error:
        return {"instance": name, "error": f"{name}: {error}"}
    return {
        "instance": name,
        "cost": round(result.measures["crane_waiting"], 4),
        "bound": None,
        "proven": False,
        "cpu_s": round(result.cpu_s, 3),
        "wall_s": round(time.perf_counter() - wall, 3),
        "valid": result.judgement.is_good and not result.stood_still,
        "deadlocks": int(result.stood_still),
        "simulated_h": round(result.figures.run_ms / 3_600_000, 2),
        "times_real_time": round(result.times_real_time),
        "year_cpu_min": round(result.cpu_s * 365 / scenario.days / 60, 1),
        "planning_cpu_s": round(result.planning_cpu_s, 1),
        "judging_cpu_s": round(result.judging_cpu_s, 1),
        **{name: round(value, 4) for name, value in result.measures.items() if "/" not in name},
    }


def week_named(name: str) -> Scenario:
    """The scenario of `week:MILLIONS[:TRUCKS[:DAYS]]`. Raises DataError."""
    _, *numbers = name.split(":")
    try:
        millions, *whole = numbers
        return Scenario(
            round(1_000_000 * float(millions)), **dict(zip(("trucks", "days"), map(int, whole), strict=False))
        )
    except (ValueError, OverflowError) as error:
        raise DataError("write week:MILLIONS[:TRUCKS[:DAYS]], as week:1.5:40:7.", place=name) from error


def _run(name: str, setting: RunSetting) -> CallRun:
    return run_call(*planned_call(), _LAYOUTS[name.split(":")[0]](), setting)


@cache
def planned_call() -> tuple[VesselCall, LoadingPlan]:
    """A call of single lifts with its plan, the same each time."""
    call = make_call(moves=MOVES, teu=12_000, seed=5, blocks=15, quay_cranes=6)
    cranes = tuple(replace(crane, cycle_s=CYCLE_S, may_twin=False) for crane in call.terminal.quay_cranes)
    call = replace(call, terminal=replace(call.terminal, quay_cranes=cranes))
    params = Params(stowage_iterations_a_load=400, crane_iterations=200_000, yard_iterations_a_load=400)
    return call, solve(LoadingProblem(call), params=params, wall=time.perf_counter, cpu=time.process_time).plan
