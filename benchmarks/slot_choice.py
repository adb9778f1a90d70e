"""`slot-choice`: where to put an arriving box, in one block of 20 bays x 8 rows x 5 tiers over weeks.

An instance is `made:FILL:ERROR`, such as `made:0.55:1`: how full the block is on average and by how many days
forecasts err (standard deviation), or `made:0.55:none` without any. `yard:BLOCKS:COUNT` times COUNT decisions in
BLOCKS blocks of 40 bays x 10 rows x 5 tiers with all rules of a real yard. Cost is rehandles a retrieval, in the yard
milliseconds a decision.
"""

from __future__ import annotations

import json
import resource
import time
from array import array
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from benchmarks.samples import made_name, spread

DEFAULT_SECONDS = 60.0
FILLS, ERRORS = ("0.55", "0.70", "0.80"), ("0", "1", "3", "none")

ANCHORS = """
`cost` is rehandles a retrieval of our one policy, which is never told how good forecasts are; the other rules are fed
the same boxes: levelling, near-fit, near-fit that asks for a day of slack, and the incumbent's penalties. Anchors of
another simulation of the same block: levelling 0.87 / 1.21 / 1.36 at fills of 0.55 / 0.70 / 0.80; near-fit 0.69 / 0.67
/ 0.71 with a day of error and 1.25 / 1.28 / 1.25 with three. `skill` is what the policy found forecasts to be worth at
the end. Goal: as good as the best simple rule in every cell and 20 % better in half of them (where forecasts are
perfect, near-fit already rehandles nothing); 10 ms a decision, here `cost` of `yard` at the 99th percentile.
"""


@dataclass(frozen=True)
class _Task:
    name: str
    seconds: float
    seed: int
    solutions: Path | None


def default_paths() -> list[str]:
    return [*(f"made:{fill}:{error}" for error in ERRORS for fill in FILLS), "yard:15:2000"]


def run(
    paths: list[str], *, seconds: float, seed: int, jobs: int, solutions: Path | None
) -> Iterator[dict[str, object]]:
    if solutions:
        solutions.mkdir(parents=True, exist_ok=True)
    yield from spread(_measure, [_Task(path, seconds, seed, solutions) for path in paths], jobs)


def _measure(task: _Task) -> dict[str, object]:
    from cabria.domain.errors import DataError

    kind, *words = task.name.split(":")
    try:
        if kind == "made" and len(words) == 2:
            return _stack_weeks(task, float(words[0]), None if words[1] == "none" else float(words[1]))
        if kind == "yard" and len(words) == 2 and 1 <= int(words[0]) <= 100 and 10 <= int(words[1]) <= 10**8:
            return _time_decisions(task, int(words[0]), int(words[1]))
    except DataError as error:
        return {"instance": task.name, "error": str(error)}
    except ValueError:
        pass
    return {
        "instance": task.name,
        "error": "An instance is written made:FILL:ERROR, as in made:0.70:1 or made:0.70:none, or yard:BLOCKS:COUNT.",
    }


def _stack_weeks(task: _Task, fill: float, error_days: float | None) -> dict[str, object]:
    from cabria.experiments.slot_choice import make_block_weeks, stack_up
    from cabria.planning.yard.slots.stacking import SIMPLE_RULES, ByPenalty, LeastRehandles
    from cabria.referee.block_log import judge_block_log

    began_s, wall_s = time.process_time(), time.perf_counter()
    weeks = make_block_weeks(fill, error_days, task.seed)
    rule = LeastRehandles(weeks.stacks, weeks.tiers)
    done = stack_up(weeks, rule)
    verdict = judge_block_log(weeks.stacks, weeks.tiers, [(v.arrives_s, v.leaves_s) for v in weeks.visits], done.moves)
    if task.solutions:
        told = {"stacks": weeks.stacks, "tiers": weeks.tiers, "boxes": weeks.visits, "moves": done.moves}
        (task.solutions / f"{made_name(task.name)}.json").write_text(json.dumps(told, separators=(",", ":")))
    row: dict[str, object] = {
        "instance": made_name(task.name),
        "cost": done.rehandles_per_retrieval,
        "bound": 0.0,
        "proven": done.rehandles == 0,
        "valid": bool(verdict),
    }
    for name, penalty in SIMPLE_RULES.items():
        simple = stack_up(weeks, ByPenalty(weeks.stacks, weeks.tiers, penalty))
        row[name] = simple.rehandles_per_retrieval
    return row | {
        "retrievals": done.retrievals,
        "refused": done.refused,
        "skill": rule.skill.skill_used,
        "cpu_s": time.process_time() - began_s,
        "wall_s": time.perf_counter() - wall_s,
    }


def _time_decisions(task: _Task, blocks: int, decisions: int) -> dict[str, object]:
    from cabria.experiments.slot_yard import SlotYard

    began_s, wall_s = time.process_time(), time.perf_counter()
    yard = SlotYard(blocks, task.seed)
    spent_ms = array("d")
    placed = 0
    early_mb = 0.0
    while len(spent_ms) < decisions and time.process_time() - began_s < 0.9 * task.seconds:
        box = yard.next_box()
        before_s = time.process_time()
        choice = yard.choose(box)
        spent_ms.append(1_000 * (time.process_time() - before_s))
        placed += yard.carry_out(box, choice)
        if len(spent_ms) == decisions // 10:
            early_mb = _memory_mb()
    count = len(spent_ms)
    grown_mb = _memory_mb() - early_mb
    sorted_ms = sorted(spent_ms)
    return {
        "instance": made_name(task.name),
        "cost": sorted_ms[min(count - 1, int(0.99 * count))],
        "bound": None,
        "proven": False,
        "valid": placed == count,
        "median_ms": sorted_ms[count // 2],
        "grown_mb": grown_mb,
        "decisions": count,
        "stacks": len(yard.places),
        "boxes": len(yard.places.place_of),
        "cpu_s": time.process_time() - began_s,
        "wall_s": time.perf_counter() - wall_s,
    }


def _memory_mb() -> float:
    """The most memory this process has had so far."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
