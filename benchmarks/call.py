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

DEFAULT_SECONDS = 60.0
MADE = (
    (800, 2_000, 1), (900, 3_000, 2), (1_000, 4_000, 3), (1_200, 5_000, 4), (1_400, 6_000, 5),
    (1_600, 8_000, 6), (1_800, 10_000, 7), (2_000, 12_000, 8), (2_200, 14_000, 9), (2_500, 16_000, 10),
)  # fmt: skip
"""Moves, size of the ship in TEU and seed of the small calls."""


ANCHORS = """
A whole call in a process of its own, start-up and papers included. `cost` is the crane makespan in minutes, `bound` is
what no crane split of the same slots can pass. Goals for the reference call: 60 s of wall time (a seaport's own system
claims three minutes), makespan within 2 % of its bound, at most half of the digs of the incumbent's greedy, no hard
finding. Loads that are missing from `loaded` are on hold or have no verified mass. Known elsewhere, on other calls with
slots and order fixed: 0.443 digs a load with exact planned weights, 0.140 by the greedy and 0.089 by annealing within
classes of 3 t.
"""


def default_paths() -> list[str]:
    return ["made:reference", *(f"made:{moves}-{teu}-{seed}" for moves, teu, seed in MADE)]


def run(
    paths: list[str], *, seconds: float, seed: int, jobs: int, solutions: Path | None
) -> Iterator[dict[str, object]]:
    with tempfile.TemporaryDirectory() as scratch:
        for path in paths:
            for folder in _call_folders(path, Path(scratch)):
                yield _measure(folder, Path(scratch), seconds, seed, solutions)


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
    command = ["plan", str(folder), "--out", str(out), "--seed", str(seed), "--seconds", str(seconds)]
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


def _judge(folder: Path, out: Path) -> dict[str, object]:
    import msgspec

    from cabria.adapters.files.call_folder import read_call
    from cabria.adapters.files.plan_json import read_plan
    from cabria.referee.judge import judge

    call = read_call(folder)
    judgement = judge(call, read_plan(out / "plan.json", call))
    figures, sails = judgement.figures, judgement.departure
    told = msgspec.json.decode((out / "plan.json").read_bytes())
    bound = (told["bounds"].get("crane makespan") or {}).get("bound")
    makespan_min = figures.crane_makespan_s / 60
    return {
        "cost": makespan_min,
        "bound": bound,
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
        "digs_per_load": figures.digs_per_load,
        **{f"digs_per_load, {name}": value["digs per load"] for name, value in told["baselines"].items()},
        "peak_block_moves_15_min": figures.peak_block_moves_15_min,
        "crane_idle_s": figures.crane_idle_s,
        "twin_share": figures.twin_lifts / max(1, figures.crane_moves),
    }
