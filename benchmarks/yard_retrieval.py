"""`yard-retrieval`: boxes retrieved from a whole yard in a given order of classes; cost is digs.

An instance is a file in the form of `cabria.adapters.files.retrieval_json` (.json, .json.gz), a folder of them, or
`made:BOXES-SEED`, `made:BOXES-SEED-TOLERANCE` for one made here: 15 blocks of 3,000 slots. Solutions are the moves in
the same module's form. The moves are judged by the referee, and so are those of the two named rules.
"""

from __future__ import annotations

import re
import time
from collections.abc import Iterator
from functools import partial
from pathlib import Path

from benchmarks.samples import spread
from cabria.adapters.files.retrieval_json import read_retrieval_order, write_retrieval_moves
from cabria.domain.errors import DataError
from cabria.domain.retrieval_order import RetrievalOrder
from cabria.experiments.retrieval_orders import make_retrieval_order
from cabria.planning.search.stopping import MaxSeconds
from cabria.planning.yard.whole_yard.baselines import exact_planned_weights, incumbent_greedy
from cabria.planning.yard.whole_yard.plans import plan_of
from cabria.planning.yard.whole_yard.problem import WholeYardPlan, WholeYardProblem
from cabria.planning.yard.whole_yard.solve import Params, solve
from cabria.referee.retrieval_order import judge_retrieval

DEFAULT_SECONDS = 10.0
ANCHORS = """
Boxes of a made call are retrieved from a yard of 45,000 slots in the order in which six quay cranes want their classes;
choosing the box is part of the problem. `cost` is digs, `bound` a number of digs that no choice avoids (Lagrange).
`greedy_digs` and `exact_weight_digs` are the two named rules on the same order, carried out and judged alike; `ratio`
is ours to the greedy. Goal: 5,000 boxes in 10 s with at most half of the digs of the incumbent's greedy.
"""
Row = dict[str, object]
RESERVE = 0.25
"""Share of the budget that the search leaves for carrying out and writing."""
MADE = re.compile(r"made:(\d{1,5})-(\d{1,9})(?:-(\d{1,5}))?")


def default_paths() -> list[str]:
    return [*(f"made:5000-{seed}" for seed in range(5)), "made:5000-0-6", "made:5000-1-12"]


def run(paths: list[str], *, seconds: float, seed: int, jobs: int, solutions: Path | None) -> Iterator[Row]:
    instances = [file for path in paths for file in _files(path)]
    yield from spread(partial(_measure, seconds=seconds, seed=seed, solutions=solutions), instances, jobs)


def _files(path: str) -> list[str]:
    folder = Path(path)
    if path.startswith("made:") or not folder.is_dir():
        return [path]
    return sorted(str(file) for ending in ("*.json", "*.json.gz") for file in folder.glob(ending))


def _order(path: str) -> RetrievalOrder:
    if not path.startswith("made:"):
        return read_retrieval_order(Path(path))
    made = MADE.fullmatch(path)
    if made is None:
        raise DataError(f"{path!r:.60} is not written made:BOXES-SEED or made:BOXES-SEED-TOLERANCE.")
    boxes, seed, tolerance = (int(group or 0) for group in made.groups())
    return make_retrieval_order(boxes=boxes, seed=seed, tolerance=tolerance)


def _measure(path: str, *, seconds: float, seed: int, solutions: Path | None) -> Row:
    name = path if path.startswith("made:") else Path(path).name.removesuffix(".gz").removesuffix(".json")
    name = name.replace(":", "_")
    try:
        order = _order(path)
        began, wall = time.process_time(), time.perf_counter()
        problem = WholeYardProblem(order)
        stop = MaxSeconds(seconds * (1 - RESERVE), time.process_time, began)
        result = solve(problem, stop, seed=seed, params=Params.within(seconds))
        cpu_s, wall_s = time.process_time() - began, time.perf_counter() - wall
        greedy, exact = (plan_of(problem, rule(problem)) for rule in (incumbent_greedy, exact_planned_weights))
    except DataError as error:
        return {"instance": name, "error": str(error)}
    if solutions is not None:
        solutions.mkdir(parents=True, exist_ok=True)
        write_retrieval_moves(result.plan.moves, solutions / f"{name}.json")
    digs = _judged(order, result.plan)
    greedy_digs, exact_digs = _judged(order, greedy), _judged(order, exact)
    return {
        "instance": name,
        "cost": result.plan.digs,
        "bound": int(result.bound or 0),
        "proven": result.bound == result.plan.digs,
        "cpu_s": cpu_s,
        "wall_s": wall_s,
        "valid": digs == result.plan.digs,
        "boxes": len(order.wanted),
        "slots": sum(block.slots for block in order.blocks),
        "greedy_digs": greedy_digs,
        "exact_weight_digs": exact_digs,
        "ratio": result.plan.digs / greedy_digs if greedy_digs else 1.0,
        "moves": len(result.plan.moves),
        "stopped": result.stopped,
    }


def _judged(order: RetrievalOrder, plan: WholeYardPlan) -> int:
    """Digs as the referee counts them, -1 for a plan that it refuses."""
    verdict = judge_retrieval(order, plan.moves)
    return verdict.digs if verdict.ok else -1
