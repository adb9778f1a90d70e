"""`stowage`: slots for a real call, weighed by what becomes of them: cranes and yard plan on, and the referee counts.

An instance is `made:reference` (the Chancay reference call), `made:MOVES-TEU-SEED`, `real:LOADS-SEED` (the OOCL BEIJING
with her own bay plan, from the public data) or a call folder. `--seconds` is CPU time for stowage, over all its
threads; cranes and yard get the counts of `cabria plan --effort normal`. Cost is the referee's count at the call's
prices, in minutes.
"""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from benchmarks.samples import made_name, shared, spread

if TYPE_CHECKING:
    from cabria.domain.calls import VesselCall
    from cabria.domain.plan import LoadingPlan
    from cabria.planning.stowage.problem import StowageSolution

DEFAULT_SECONDS = 20.0
CRANE_ITERATIONS = 1_000_000
YARD_ITERATIONS_A_LOAD = 3_000
FOR_A_PERSON = frozenset({"DG-CATEGORY", "DG-UNKNOWN", "DG-OPEN"})
"""Rules that only a person can judge."""

ANCHORS = """
Stowage for calls with named boxes. `cost` is what the referee counts at the call's prices (refused, restows,
overstows, inversions) and `bound` what no plan avoids, both in minutes; the other columns say what cranes and yard make
of the slots. `safety` are findings of severity SAFETY by the plan but those that only a person can judge.
"""


@dataclass(frozen=True, slots=True)
class Task:
    path: str
    seconds: float
    seed: int
    solutions: Path | None


def default_paths() -> list[str]:
    real = ["real:900-1", "real:1800-1"] if shared("stowage/vessel_profiles") and shared("edi") else []
    return ["made:reference", "made:2500-8000-1", *real]


def run(
    paths: list[str], *, seconds: float, seed: int, jobs: int, solutions: Path | None
) -> Iterator[dict[str, object]]:
    yield from spread(_measure, [Task(path, seconds, seed, solutions) for path in paths], jobs)


def _call(path: str) -> VesselCall:
    """Raises DataError for a folder that is none, or a real call where the public data is missing."""
    from cabria.adapters.edi import load, read_bay_plan
    from cabria.adapters.files.call_folder import read_call
    from cabria.adapters.files.profiles import load_profile
    from cabria.domain.containers import Port
    from cabria.domain.errors import DataError
    from cabria.experiments.calls import make_call, reference_call
    from cabria.experiments.real_calls import call_of_ship

    kind, _, rest = path.partition(":")
    if path == "made:reference":
        return reference_call()
    try:
        numbers = [int(number) for number in rest.split("-")]
        if kind == "made":
            moves, teu, seed = numbers
            return make_call(moves=moves, teu=teu, seed=seed)
        if kind == "real":
            loads, seed = numbers
            edi, profiles = shared("edi"), shared("stowage/vessel_profiles")
            if edi is None or profiles is None:
                raise DataError("The real ship's files are not here.", remedy="Set CABRIA_SHARED_DATA to their folder.")
            message = read_bay_plan(load(edi / "baplie_95b_smdg20_2799_boxes.edi"), file="baplie")
            ship = load_profile(profiles / "OOL.OBEI.OOCL_BEIJING_STAF.txt")
            leaving = [Port("TWKHH"), Port("HKHKG")]
            return call_of_ship(ship, message.bay_plan(), discharged=leaving, loads=loads, seed=seed)
    except ValueError as error:
        raise DataError(
            f"{path!r} is no call.", remedy="Write made:reference, made:MOVES-TEU-SEED or real:LOADS-SEED."
        ) from error
    return read_call(Path(path))


def _measure(task: Task) -> dict[str, object]:
    from cabria.domain.errors import DataError

    name = made_name(task.path)
    try:
        return {"instance": name, **_row(task, _call(task.path), name)}
    except DataError as error:
        return {"instance": name, "error": str(error)}


def _row(task: Task, call: VesselCall, name: str) -> dict[str, object]:
    from cabria.planning.search.stopping import MaxSeconds
    from cabria.planning.stowage.problem import StowageProblem
    from cabria.planning.stowage.solve import solve

    wall, began = time.perf_counter(), time.process_time()
    problem = StowageProblem.of(call)
    result = solve(problem, MaxSeconds(task.seconds, time.process_time, began), seed=task.seed)
    cpu_s, wall_s = time.process_time() - began, time.perf_counter() - wall
    stowage = {key: result.costs[key] for key in ("refused", "restows", "overstows", "inversions")}
    cost = sum(stowage.values())
    plan = _worked(call, result.plan, task.seed)
    if task.solutions:
        task.solutions.mkdir(parents=True, exist_ok=True)
        slots = {str(box): str(slot) for box, slot in sorted(({**plan.loads, **plan.restows}).items())}
        (task.solutions / f"{name}.json").write_text(json.dumps(slots, indent=1) + "\n", encoding="utf-8")
    return {
        "cost": cost,
        "bound": result.bound,
        "proven": result.bound is not None and cost <= result.bound + 1e-9,
        "cpu_s": cpu_s,
        "wall_s": wall_s,
        **_judged(call, plan),
        "objective_min": result.cost,
        "iterations": result.iterations,
    }


def _worked(call: VesselCall, stowed: StowageSolution, seed: int) -> LoadingPlan:
    """The whole plan: the slots, who works them when, and what comes from the yard."""
    from cabria.domain.plan import LoadingPlan
    from cabria.planning.cranes.problem import CraneProblem
    from cabria.planning.cranes.solve import solve as split_cranes
    from cabria.planning.search.stopping import MaxIterations
    from cabria.planning.yard.problem import YardProblem
    from cabria.planning.yard.solve import solve as choose_boxes

    cranes = CraneProblem.of(call, loads=stowed.loads, restows=stowed.restows)
    queues = split_cranes(cranes, MaxIterations(CRANE_ITERATIONS), seed=seed).plan.queues
    yard = YardProblem.of(call, stowed.loads, queues)
    chosen = choose_boxes(yard, MaxIterations(YARD_ITERATIONS_A_LOAD * len(call.loads)), seed=seed).plan
    return LoadingPlan(
        call_id=call.id,
        loads=chosen.loads,
        refused=stowed.refused,
        restows=stowed.restows,
        queues=chosen.queues,
        yard_moves=chosen.yard_moves,
        tank_contents_kg=stowed.tank_contents_kg,
    )


def _judged(call: VesselCall, plan: LoadingPlan) -> dict[str, object]:
    from cabria.domain.findings import Cause, Severity
    from cabria.referee.judge import judge

    judgement = judge(call, plan)
    figures, sails = judgement.figures, judgement.departure
    by_plan = [finding for finding in judgement.findings if finding.cause is Cause.PLAN]
    return {
        "valid": not judgement.hard_by_plan,
        "refused": figures.refused,
        "overstows": figures.overstows,
        "lid_overstows": figures.lid_overstows,
        "restows": figures.restows,
        "inversions": sum(finding.rule == "STACK-INVERSION" for finding in by_plan),
        "digs": figures.digs,
        "makespan_min": figures.crane_makespan_s / 60,
        "gm_mm": sails.gm_mm,
        "trim_mm": sails.trim_mm,
        "list_mdeg": sails.list_mdeg,
        "safety": sum(f.severity is Severity.SAFETY and f.rule not in FOR_A_PERSON for f in by_plan),
    }
