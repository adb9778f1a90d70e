"""`call`: one call from load list to work queues, as `cabria plan` does it for a user, start-up included.

An instance is a call folder, or `made:reference` (the Chancay reference call) or `made:MOVES-TEU-SEED`. The program
runs in a process of its own; what it wrote is then read back and judged here. Cost is the crane makespan in minutes.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from cabria.domain.calls import VesselCall
    from cabria.domain.containers import ContainerId
    from cabria.domain.plan import LoadingPlan
    from cabria.referee.judgement import Judgement

DEFAULT_SECONDS = 60.0
SMALL_SECONDS = 15.0
"""Of a call with fewer moves than `SMALL_MOVES`, where no other budget is said."""
SMALL_MOVES = 3_000
MARGIN_SHARE, MARGIN_S = 0.03, 0.4
"""How much less than the budget `cabria plan` is told to take: its own end is an estimate."""
MASSES_FREE = "greedy with masses free"
CURVE_S = (5.0, 15.0, 60.0, 180.0)
FLAGS = {
    "curve": "every call with budgets of 5, 15, 60 and 180 s",
    "ablation": "every call with each part of the joint search switched off, at equal counts",
    "late": "every call once as it is and with loads that come late, effort quick, at equal counts",
}
LATE = ((0, False), (20, False), (100, False), (20, True), (100, True))
"""How many loads come late, as many as there are; and whether they are dangerous goods, for which no other stands."""
LATE_SPAN = (0.25, 0.9)
"""Between which shares of the call, as planned without any late, they come."""
ABLATION: dict[str, dict[str, object]] = {
    "all": {},
    "one round": {"rounds": 1},
    "boxes within a class of mass only": {"classes": False},
    "regular turns": {"order": False},
    "no feed in the cost": {"feed": False},
    "none of them": {"rounds": 1, "classes": False, "order": False, "feed": False},
}
MADE = (
    (800, 2_000, 1), (900, 3_000, 2), (1_000, 4_000, 3), (1_200, 5_000, 4), (1_400, 6_000, 5),
    (1_600, 8_000, 6), (1_800, 10_000, 7), (2_000, 12_000, 8), (2_200, 14_000, 9), (2_500, 16_000, 10),
)  # fmt: skip
"""Moves, size of the ship in TEU and seed of the small calls."""


ANCHORS = """
A whole call in a process of its own, start-up and papers included. `cost` is the crane makespan in minutes, `bound` is
what no crane split of the same slots can pass. Goals for the reference call: 60 s of wall time (a seaport's own system
claims three minutes), makespan within 2 % of its bound, at most half of the digs of the incumbent's greedy, no hard
finding; the ten smaller ones in 15 s each. `gap_percent` is the makespan's. Both baselines keep the slots as they were
stowed and exchange boxes of one class of mass only. The greedy with masses free chooses among all boxes that ours may
be exchanged for, but knows no limit of the ship: `hard` is what the referee forbids of it. `digs_bound, any slots`
counts boxes that stay in the yard upon ones that are loaded, which every plan digs away. `--curve` gives every call 5,
15, 60 and 180 s, `--ablation` switches off the parts of the joint search one by one, `--late` lets loads come late
at random between a quarter and nine tenths of the call (`late_refused` stay ashore). Loads that are missing from
`loaded` are on hold or have no verified mass. Known elsewhere, on other calls with slots and order fixed: 0.443 digs a
load with exact planned weights, 0.140 by the greedy and 0.089 by annealing within classes of 3 t.
"""


def default_paths() -> list[str]:
    return ["made:reference", *(f"made:{moves}-{teu}-{seed}" for moves, teu, seed in MADE)]


def run(
    paths: list[str],
    *,
    seconds: float,
    seed: int,
    jobs: int,
    solutions: Path | None,
    curve: bool = False,
    ablation: bool = False,
    late: bool = False,
) -> Iterator[dict[str, object]]:
    with tempfile.TemporaryDirectory() as scratch:
        for path in paths:
            for folder in _call_folders(path, Path(scratch)):
                if ablation:
                    yield from _ablation(folder, seed)
                elif late:
                    yield from _with_late(folder, seed)
                else:
                    for budget_s in CURVE_S if curve else (_budget_s(folder, seconds),):
                        yield {"budget_s": budget_s} | _measure(folder, Path(scratch), budget_s, seed, solutions)


def _budget_s(folder: Path, seconds: float) -> float:
    """What was said, or less for a small made call that has the budget of the short protocol."""
    moves = folder.name.partition("-")[0]
    is_small = moves.isdigit() and int(moves) < SMALL_MOVES
    return SMALL_SECONDS if is_small and seconds == DEFAULT_SECONDS else seconds


def _ablation(folder: Path, seed: int) -> Iterator[dict[str, object]]:
    """In this process, each with the same slots: what the cost of the whole comes to without a part of the search."""
    from dataclasses import replace

    from cabria.adapters.files.call_folder import read_call
    from cabria.planning.loading.joint.problem import Freedom
    from cabria.planning.loading.problem import EFFORTS, LoadingProblem
    from cabria.planning.loading.solve import solve

    call = read_call(folder)
    for name, off in ABLATION.items():
        freedom = Freedom(**{part: value for part, value in off.items() if part != "rounds"})  # type: ignore[arg-type]
        rounds = int(str(off.get("rounds", 2)))
        params = replace(EFFORTS["quick"], freedom=freedom, rounds=rounds, with_baselines=False,
                         yard_iterations_a_load=3_000)  # fmt: skip
        began = time.process_time()
        planned = solve(LoadingProblem(call), params=params, seed=seed, wall=time.perf_counter, cpu=time.process_time)
        figures, asked = planned.judgement.figures, planned.estimates
        yield {
            "instance": f"{folder.name}, {name}",
            "cost": figures.crane_makespan_s / 60,
            "valid": not planned.judgement.hard_by_plan,
            "digs": figures.digs,
            "inversions": _inversions(planned.judgement),
            "peak_block_moves_15_min": figures.peak_block_moves_15_min,
            "waiting_estimated_min": asked["crane waiting min"],
            "yard_crane_km": asked["yard crane km"],
            "truck_km": asked["truck km"],
            "kwh": asked["kWh"],
            "off_turn": asked["lifts off their turn"],
            "twin_share": figures.twin_lifts / max(1, figures.crane_moves),
            "cpu_s": time.process_time() - began,
        }


def _with_late(folder: Path, seed: int) -> Iterator[dict[str, object]]:
    """In this process: the same call, some of its loads there at random moments only."""
    from dataclasses import replace
    from random import Random

    from cabria.adapters.files.call_folder import read_call
    from cabria.planning.loading.problem import EFFORTS, LoadingProblem
    from cabria.planning.loading.solve import solve

    call = read_call(folder)
    params = replace(EFFORTS["quick"], with_baselines=False)
    loads: list[ContainerId] = []
    whole_s, told = 0, set()
    for most, is_dangerous in LATE:
        random = Random(seed)
        able = [box for box in loads if call.load_by_id[box].dangerous or not is_dangerous]
        late = random.sample(able, min(most, len(able)))
        if (len(late), is_dangerous) in told or (loads and not late):
            continue
        told.add((len(late), is_dangerous))
        first_s, last_s = (round(share * whole_s) for share in LATE_SPAN)
        began = time.process_time()
        problem = LoadingProblem(replace(call, available_s={box: random.randint(first_s, last_s) for box in late}))
        planned = solve(problem, params=params, seed=seed, wall=time.perf_counter, cpu=time.process_time)
        figures, bound = planned.judgement.figures, planned.bounds["crane makespan"].bound
        if not late:
            loads, whole_s = sorted(planned.plan.loads), figures.crane_makespan_s
        yield {
            "instance": f"{folder.name}, {len(late)} late{' of dangerous goods' if is_dangerous else ''}",
            "cost": figures.crane_makespan_s / 60,
            "bound": bound,
            "gap_percent": 100 * (figures.crane_makespan_s / 60 / bound - 1) if bound else None,
            "valid": not planned.judgement.hard_by_plan,
            "hard": len(planned.judgement.hard_by_plan),
            "late": len(late),
            "refused": figures.refused,
            "late_refused": sum(box in planned.plan.refused for box in late),
            "digs": figures.digs,
            "cpu_s": time.process_time() - began,
        }


def _inversions(judgement: Judgement) -> int:
    return sum(finding.rule == "STACK-INVERSION" for finding in judgement.findings)


def _call_folders(path: str, scratch: Path) -> list[Path]:
    """The call folders behind a path: made ones, the folder itself, or the calls in it."""
    from cabria.experiments.calls import make_scenario

    if path.startswith("made:"):
        folder = scratch / path.removeprefix("made:")
        if folder.name == "reference":
            make_scenario("chancay", folder)
        else:
            moves, teu, seed = map(int, folder.name.split("-"))
            make_scenario("made", folder, moves=moves, teu=teu, seed=seed)
        return [folder]
    given = Path(path)
    inside = sorted(file.parent for file in given.glob("*/call.toml"))
    return inside or [given]


def _measure(folder: Path, scratch: Path, seconds: float, seed: int, solutions: Path | None) -> dict[str, object]:
    out = scratch / f"{folder.name}-plan"
    command = [
        "plan",
        str(folder),
        "--out",
        str(out),
        "--seed",
        str(seed),
        "--seconds",
        str(max(1.0, (1 - MARGIN_SHARE) * seconds - MARGIN_S)),
    ]
    started = time.perf_counter()
    with tempfile.TemporaryFile("w+") as said:
        program = subprocess.Popen([sys.executable, "-m", "cabria", *command], stdout=said, stderr=subprocess.STDOUT)
        _, _, usage = os.wait4(program.pid, 0)
        wall_s = time.perf_counter() - started
        said.seek(0)
        last_words = (said.read().strip().splitlines() or ["it said nothing"])[-1]
    if not (out / "plan.json").is_file():
        return {"instance": folder.name, "error": last_words}
    row = _judge(folder, out) | {
        "instance": folder.name,
        "cpu_s": usage.ru_utime + usage.ru_stime,
        "wall_s": wall_s,
        "peak_mb": usage.ru_maxrss // 1024,
    }
    if solutions:
        solutions.mkdir(parents=True, exist_ok=True)
        shutil.copy(out / "plan.json", solutions / f"{folder.name}.json")
    shutil.rmtree(out)
    return row


def _greedy_with_masses_free(call: VesselCall, plan: LoadingPlan) -> dict[str, object]:
    """What the incumbent's greedy makes of the plan's slots and turns when it may choose among all boxes that ours may
    be exchanged for. It looks at no limit of the ship, so the referee's word on it is told as well."""
    from dataclasses import replace

    from cabria.planning.loading.joint.problem import JointProblem
    from cabria.planning.yard.baselines import incumbent_greedy
    from cabria.referee.judge import judge

    problem = JointProblem.of(call, plan.loads, plan.queues)
    greedy = incumbent_greedy(replace(problem.yard, groups=problem.groups))
    theirs = replace(plan, loads=greedy.loads, queues=greedy.queues, yard_moves=greedy.yard_moves)
    return {
        f"digs, {MASSES_FREE}": greedy.digs,
        f"inversions, {MASSES_FREE}": greedy.inversions,
        f"hard, {MASSES_FREE}": len(judge(call, theirs).hard_by_plan),
    }


def _judge(folder: Path, out: Path) -> dict[str, object]:
    import msgspec

    from cabria.adapters.files.call_folder import read_call
    from cabria.adapters.files.plan_json import read_plan
    from cabria.referee.judge import judge

    call = read_call(folder)
    plan = read_plan(out / "plan.json", call)
    judgement = judge(call, plan)
    figures, sails = judgement.figures, judgement.departure
    told = msgspec.json.decode((out / "plan.json").read_bytes())
    bound = (told["bounds"].get("crane makespan") or {}).get("bound")
    makespan_min = figures.crane_makespan_s / 60
    return {
        "cost": makespan_min,
        "bound": bound,
        "gap_percent": 100 * (makespan_min / bound - 1) if bound else None,
        "proven": bound is not None and makespan_min <= bound * (1 + 1e-9),
        "valid": not judgement.hard_by_plan,
        "hard": len(judgement.hard_by_plan),
        "loads": figures.loads,
        "loaded": figures.loaded,
        "discharged": figures.discharged,
        "overstows": figures.overstows,
        "lid_overstows": figures.lid_overstows,
        "restows": figures.restows,
        "gm_mm": sails.gm_mm,
        "trim_mm": sails.trim_mm,
        "list_mdeg": sails.list_mdeg,
        "digs": figures.digs,
        "digs_bound": (told["bounds"].get("digs") or {}).get("bound"),
        "digs_bound, any slots": (told["bounds"].get("digs, any slots") or {}).get("bound"),
        "digs_per_load": figures.digs_per_load,
        **_greedy_with_masses_free(call, plan),
        **{f"digs_per_load, {name}": value["digs per load"] for name, value in told["baselines"].items()},
        "peak_block_moves_15_min": figures.peak_block_moves_15_min,
        "crane_idle_s": figures.crane_idle_s,
        "inversions": _inversions(judgement),
        **{f"inversions, {name}": value["inversions"] for name, value in told["baselines"].items()},
        "waiting_estimated_min": told["estimates"].get("crane waiting min"),
        "yard_crane_km": told["estimates"].get("yard crane km"),
        "truck_km": told["estimates"].get("truck km"),
        "kwh": told["estimates"].get("kWh"),
        "off_turn": told["estimates"].get("lifts off their turn"),
        "total_min": sum(value for value in told["costs_min"].values() if value is not None),
        "total_bound_min": (told["bounds"].get("total, any slots") or {}).get("bound"),
        "twin_share": figures.twin_lifts / max(1, figures.crane_moves),
    }
