"""`berth-replan`: a disrupted week at one quay planned again, and every single further delay.

Solutions are `{"ships": [[ship, section, start, cranes], ...]}`: ships and sections as the file numbers them, hours,
and how many cranes work the ship for her whole stay, as the file's rules leave that open.

`--delays` first plans the week, then delays each ship in turn by each of DELAYS_H: `instant_cost` is the plan that is
there at once (`instant_ms` of CPU), `cost` the one after the search; `moved` and `instant_moved` count the ships whose
section, hour or cranes differ from the plan before the delay; `above_percent` is what cost lies above the bound. One
more row, `+nothing`, gives the unchanged week again.
"""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache, partial
from pathlib import Path

from benchmarks.samples import files_in, made_name, shared, spread
from cabria.adapters.files.barcelona import PublishedWeek, read_barcelona
from cabria.domain.berth_replanning import BerthWeek, moved_ships
from cabria.domain.errors import TerminalError
from cabria.experiments.discrete_berths import made_disruption
from cabria.planning.berth.replanning.exact import cold_cp_sat
from cabria.planning.berth.replanning.problem import ReplanProblem, WeekPlan
from cabria.planning.berth.replanning.solve import Params, replan_at_once, solve
from cabria.planning.search.result import Result
from cabria.planning.search.stopping import MaxSeconds
from cabria.referee.berth_replanning import judge_week

Row = dict[str, object]

DEFAULT_SECONDS = 10.0
FLAGS = {
    "delays": "also delay each ship in turn and plan again",
    "peers": "also run CP-SAT on the same week, without our plan and without what our bound leaves out",
}
DELAYS_H = (4, 12, 36)
PROOF_SHARE = 0.6
"""Of the seconds, for the proof, in CP-SAT's deterministic time, which runs about as fast as a clock."""

ANCHORS = """
A real disrupted week at a quay of Barcelona: hours late x sections x weight, missed berthing deadlines, and 5 for each
ship moved along the quay. Published optimum 838, a greedy plan 1,203, the naive one 3,883; CP-SAT alone was measured to
prove 838 in 2.3 s. Goal: proven in 1 s; after any single delay a possible plan at once and within 1 % of the full
solve in 10 s, moved ships counted. A solution's entries are ship, section, start, cranes.
"""


@dataclass(frozen=True, slots=True)
class _Case:
    path: str
    ship: int | None = None
    hours: int = 0


def default_paths() -> list[str]:
    folder = shared("quay/berth_replanning_barcelona")
    return [str(file) for file in sorted(folder.glob("*.json"))] if folder else ["made:16-1", "made:24-2"]


def run(
    paths: list[str],
    *,
    seconds: float,
    seed: int,
    jobs: int,
    solutions: Path | None,
    delays: bool = False,
    peers: bool = False,
) -> Iterator[Row]:
    if solutions:
        solutions.mkdir(parents=True, exist_ok=True)
    cases = [case for path in paths for each in _instances(path) for case in _cases(each, delays)]
    yield from spread(partial(_measure, seconds=seconds, seed=seed, out=solutions, peers=peers), cases, jobs)


def _instances(path: str) -> list[str]:
    return [path] if path.startswith("made:") else [str(file) for file in files_in(Path(path), ".json")]


def _cases(path: str, delays: bool) -> list[_Case]:
    cases = [_Case(path)]
    if delays:
        try:
            ships = _read(path).week.ships
        except (TerminalError, ValueError):
            return cases
        cases += [_Case(path, ship.id, hours) for hours in DELAYS_H for ship in ships]
        cases.append(_Case(path, ships[0].id, 0))
    return cases


def _read(path: str) -> PublishedWeek:
    if not path.startswith("made:"):
        return read_barcelona(path)
    try:
        ships, seed = (int(word) for word in path.removeprefix("made:").split("-"))
    except ValueError:
        raise ValueError("A made week is named made:SHIPS-SEED.") from None
    return PublishedWeek(made_disruption(ships, seed), None)


def _measure(case: _Case, *, seconds: float, seed: int, out: Path | None, peers: bool) -> Row:
    name = _name(case)
    try:
        published = _read(case.path)
        began, began_cpu = time.perf_counter(), time.process_time()
        if case.ship is None:
            week, row = published.week, {}
            result = _solve(ReplanProblem(week), seconds, seed)
        else:
            before = _plan_before(case.path, seconds, seed)
            began, began_cpu = time.perf_counter(), time.process_time()
            week = published.week.with_delay(case.ship, case.hours)
            result, row = _after_delay(ReplanProblem(week, before, published.week), before, seconds, seed)
    except (TerminalError, ValueError) as error:
        return {"instance": name, "error": str(error)}
    took: Row = {"cpu_s": time.process_time() - began_cpu, "wall_s": time.perf_counter() - began}
    judged = judge_week(week, result.plan)
    told: Row = {
        "instance": name,
        "cost": judged.cost,
        "bound": result.bound,
        "proven": judged.valid and result.bound is not None and judged.cost <= result.bound,
        **took,
        "valid": judged.valid,
        "stopped": result.stopped,
        **row,
    }
    if case.ship is None and published.optimal_cost is not None:
        told["published"] = published.optimal_cost
    if out:
        entries = [[stay.ship, stay.section, stay.start, stay.cranes] for stay in result.plan]
        (out / f"{name}.json").write_text(json.dumps({"ships": entries}), encoding="utf-8")
    return told | (_peer(week, seconds) if peers else {})


def _name(case: _Case) -> str:
    name = made_name(case.path) if case.path.startswith("made:") else Path(case.path).stem
    if case.ship is None:
        return name
    return f"{name}+ship{case.ship}+{case.hours}h" if case.hours else f"{name}+nothing"


@cache
def _plan_before(path: str, seconds: float, seed: int) -> WeekPlan:
    """Of the week as it was, for all delays that this process is given."""
    return _solve(ReplanProblem(_read(path).week), seconds, seed).plan


def _solve(problem: ReplanProblem, seconds: float, seed: int) -> Result[WeekPlan]:
    stop = MaxSeconds(seconds * (1 - PROOF_SHARE), time.process_time, time.process_time())
    return solve(problem, stop, seed=seed, params=Params(proof_work=PROOF_SHARE * seconds))


def _after_delay(problem: ReplanProblem, before: WeekPlan, seconds: float, seed: int) -> tuple[Result[WeekPlan], Row]:
    began = time.process_time()
    instant = replan_at_once(problem, seed)
    instant_ms = 1_000 * (time.process_time() - began)
    judged = judge_week(problem.week, instant)
    result = _solve(problem, seconds, seed)
    row: Row = {
        "instant_cost": judged.cost,
        "instant_ms": instant_ms,
        "instant_valid": judged.valid,
        "instant_moved": moved_ships(before, instant),
        "moved": moved_ships(before, result.plan),
    }
    if result.bound is not None:
        row["above_percent"] = 100 * (result.cost - result.bound) / max(1.0, result.bound)
    return result, row


def _peer(week: BerthWeek, seconds: float) -> Row:
    began = time.process_time()
    answer = cold_cp_sat(week, seconds)
    cost = None if answer.plan is None else judge_week(week, answer.plan).cost
    return {"cp_sat_cost": cost, "cp_sat_bound": answer.bound, "cp_sat_cpu_s": time.process_time() - began}
