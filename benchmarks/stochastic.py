"""`stochastic`: boxes leave window by window, in an order inside each window that is told when the window begins.

An instance is a line of a file of bays whose priorities are time windows; `made:STACKS-TIERS-BOXES-SEED` is a random
one. Cost is the mean of relocations over the orders drawn, replayed by the referee.
"""

from __future__ import annotations

import json
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from random import Random

from benchmarks.samples import made_name, shared, spread

DEFAULT_SECONDS = 5.0
ORDERS = 1_000

ANCHORS = """
`cost` is the mean of relocations over `orders` random orders, `half_width` half of its 95 % confidence interval,
`bound` what no policy can pass in these orders (boxes above one that leaves earlier), `by_rule` the mean of expected
min-max in the same orders. Batch model, restricted moves (Galle, Barnhart and Jaillet 2018). Their means over all 720
bays a fill: best rules 6.227 (50 % full, expected min-max) and 10.959 (67 %, expected group assignment); over the 360
bays a fill in the public file 6.229 and 11.022. Goal: 6.20 and 10.85. `python -m benchmarks stochastic FILE` measures
all of a file.
"""


@dataclass(frozen=True)
class _Task:
    name: str
    group: str
    stacks: tuple[tuple[int, ...], ...]
    tiers: int
    seconds: float
    seed: int
    solutions: Path | None


def default_paths() -> list[str]:
    made = [f"made:{stacks}-{tiers}-{boxes}-1" for stacks, tiers, boxes in ((5, 4, 14), (8, 5, 27), (10, 6, 40))]
    sample = shared("yard/crptw_stochastic.jsonl.gz")
    return [*made, f"{sample}#15"] if sample else made


def run(
    paths: list[str], *, seconds: float, seed: int, jobs: int, solutions: Path | None
) -> Iterator[dict[str, object]]:
    if solutions:
        solutions.mkdir(parents=True, exist_ok=True)
    tasks: list[_Task] = []
    for path in paths:
        for entry in _bays(path):
            if len(entry) == 2:
                yield {"instance": entry[0], "error": entry[1]}
            else:
                name, group, stacks, tiers = entry
                tasks.append(_Task(name, group, stacks, tiers, seconds, seed, solutions))
    yield from spread(_measure, tasks, jobs)


def _bays(path: str) -> Iterator[tuple[str, str] | tuple[str, str, tuple[tuple[int, ...], ...], int]]:
    """Name, group, stacks and highest tier of each bay, or name and error; `FILE#N` takes every Nth."""
    from cabria.adapters.files.yard_bays import each_yard_bay
    from cabria.domain.errors import DataError

    if path.startswith("made:"):
        yield _made(path)
        return
    place, _, step = path.partition("#")
    files = sorted(Path(place).glob("*.jsonl*")) if Path(place).is_dir() else [Path(place)]
    if not files:
        yield path, "There is no file of bays (*.jsonl, *.jsonl.gz) in this folder."
    for file in files:
        try:
            for number, entry in enumerate(each_yard_bay(file)):
                if isinstance(entry, DataError):
                    yield str(file), str(entry)
                elif number % max(1, int(step or 1)) == 0:
                    yield entry.name, entry.group, entry.bay.stacks, entry.bay.max_tier
        except DataError as error:
            yield str(file), str(error)


def _made(path: str) -> tuple[str, str] | tuple[str, str, tuple[tuple[int, ...], ...], int]:
    """A bay with two boxes a window on average and room for every box in the way."""
    words = path.removeprefix("made:").split("-")
    if len(words) != 4 or not all(word.isdecimal() and len(word) < 10 for word in words):
        return path, "A made bay is written made:STACKS-TIERS-BOXES-SEED, for example made:8-5-27-1."
    stacks, tiers, boxes, seed = map(int, words)
    if not (2 <= stacks <= 100 and 2 <= tiers <= 10 and 1 <= boxes <= stacks * tiers - tiers + 1):
        return path, "A made bay has 2 to 100 stacks, 2 to 10 tiers and room for all boxes above any other."
    random = Random(seed)
    standing: list[list[int]] = [[] for _ in range(stacks)]
    for _ in range(boxes):
        random.choice([stack for stack in standing if len(stack) < tiers]).append(random.randint(1, max(1, boxes // 2)))
    return made_name(path), f"made {stacks}-{tiers}", tuple(map(tuple, standing)), tiers


def _measure(task: _Task) -> dict[str, object]:
    from cabria.domain.errors import DataError
    from cabria.domain.yard_bay import YardBay
    from cabria.planning.search.stopping import FirstOf, MaxIterations, MaxSeconds
    from cabria.planning.yard.stochastic.operators import Trials
    from cabria.planning.yard.stochastic.problem import StochasticProblem
    from cabria.planning.yard.stochastic.solve import Params, solve
    from cabria.referee.stochastic_retrieval import judge_orders

    began_s, wall_s = time.process_time(), time.perf_counter()
    budget = MaxSeconds(0.6 * task.seconds, time.process_time, began_s)
    bay = YardBay(task.stacks, task.tiers)
    problem = StochasticProblem(bay)
    try:
        result = solve(problem, FirstOf((MaxIterations(ORDERS), budget)), seed=task.seed, params=Params(ORDERS))
        count = result.iterations
        rule = solve(problem, MaxIterations(count), seed=task.seed, params=Params(count, count, Trials(last=0), 1))
    except DataError as error:
        return {"instance": task.name, "error": str(error)}
    plan = result.plan
    verdict, mean = judge_orders(bay, plan.orders, plan.moves)
    bound = sum(_in_the_way(bay.stacks, order) for order in plan.orders) / max(1, len(plan.orders))
    if task.solutions:
        told = {
            "orders": [[box + 1 for box in order] for order in plan.orders],
            "moves": plan.moves,
        }
        (task.solutions / f"{task.name}.json").write_text(json.dumps(told, separators=(",", ":")))
    return {
        "instance": task.name,
        "group": task.group,
        "cost": mean,
        "bound": bound,
        "proven": bool(verdict) and mean <= bound,
        "half_width": plan.half_width,
        "orders": len(plan.orders),
        "by_rule": rule.cost,
        "cpu_s": time.process_time() - began_s,
        "wall_s": time.perf_counter() - wall_s,
        "valid": bool(verdict) and abs(mean - result.cost) < 1e-9,
    }


def _in_the_way(stacks: Sequence[Sequence[int]], order: Sequence[int]) -> int:
    """How many boxes stand above one that leaves earlier in this order; each is moved once at least."""
    place = {box: rank for rank, box in enumerate(order)}
    boxes = iter(range(len(order)))
    count = 0
    for stack in stacks:
        earliest = len(order)
        for _ in stack:
            leaves = place[next(boxes)]
            count += leaves > earliest
            earliest = min(earliest, leaves)
    return count
