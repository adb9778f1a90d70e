"""`replan`: a plan of the reference call under way, changed by hand and made anew: prices, a breakdown, late boxes.

An instance is a call folder and a plan folder joined by a colon; none is out/chancay:out/chancay-plan. `cpu_s` is the
time of one price (the median of several), or until the whole answer; `first_s` until the first legal one. Cost is what
changes in the referee's minutes.
"""

from __future__ import annotations

import gc
import time
from collections.abc import Iterator
from pathlib import Path
from statistics import median

DEFAULT_SECONDS = 5.0
NOW_S, LATE, PRICES = 36_000, 20, 9
TOGETHER = 20
BUDGETS = {"down": (4_000, 4_000), "late": (60, 60)}
"""Boxes that may get another slot, and another crane."""
ANCHORS = """
Ten hours into the reference call. Goals: a price in 0.2 s on a desk that is open, also of 20 boxes together; the first
legal answer in 1 s and the whole in 5 s, within the change budget, for a crane that breaks down for good (4,000 boxes
in other slots, 4,000 by other cranes at most) and for 20 late boxes (60 and 60).
"""


def default_paths() -> list[str]:
    return ["out/chancay:out/chancay-plan"]


def run(
    paths: list[str], *, seconds: float, seed: int, jobs: int, solutions: Path | None
) -> Iterator[dict[str, object]]:
    from cabria.bootstrap.plans import open_plan
    from cabria.cli import NEW_OBJECTS_A_COLLECTION
    from cabria.domain.call_changes import BoxLate, CraneDown
    from cabria.planning.loading.replanning.standing import by_plan

    gc.set_threshold(NEW_OBJECTS_A_COLLECTION)
    for path in paths:
        call_folder, _, plan_folder = path.partition(":")
        if not Path(plan_folder, "plan.json").is_file():
            yield {"instance": path, "error": "there is no such plan; make it with `cabria run --no-serve`"}
            continue
        desk = open_plan(Path(call_folder), Path(plan_folder)).desk
        assert desk.judgement.figures.loads
        desk.warm()
        yield from _prices(path, desk)
        standing = by_plan(desk.plan, NOW_S)
        fixed = standing.done.fixed(desk.plan)
        start_s = {box: step.start_s for q in desk.plan.queues for step in q.steps for box in step.containers}
        free = sorted((box for box in desk.plan.loads if box not in fixed), key=lambda box: (start_s[box], box))
        late = tuple(BoxLate(box, NOW_S + 28_800) for box in free[: 10 * LATE : 10])
        crane = desk.plan.queues[len(desk.plan.queues) // 2].crane
        yield _replanned(f"{path}, {crane} down", desk, (CraneDown(crane, NOW_S),), standing, seed, BUDGETS["down"])
        yield _replanned(f"{path}, {len(late)} late", desk, late, standing, seed, BUDGETS["late"])


def _prices(path: str, desk) -> Iterator[dict[str, object]]:  # type: ignore[no-untyped-def]
    from cabria.domain.edits import Exchange, HandOver, LeaveAshore, MoveTo, Several

    boxes = sorted(desk.plan.loads)[: 2 * PRICES]
    crane, other = desk.plan.queues[0].crane, desk.plan.queues[1].crane
    loads = desk.plan.loads
    bay = loads[boxes[0]].bay
    near = sorted((box for box in loads if loads[box].bay == bay), key=lambda box: (loads[box], box))[:TOGETHER]
    shift = Several(tuple(MoveTo(a, loads[b]) for a, b in zip(near, [*near[1:], near[0]], strict=True)))
    for name, edits in (
        (f"{len(near)} boxes of a bay together", [shift]),
        ("exchange", [Exchange(*pair) for pair in zip(boxes[::2], boxes[1::2], strict=True)]),
        ("ashore", [LeaveAshore(box, "late") for box in boxes[:PRICES]]),
        ("hand over", [HandOver(crane, 2, other)]),
    ):
        spent = []
        for edit in edits:
            began = time.process_time()
            desk.price(edit)
            spent.append(time.process_time() - began)
        yield {"instance": f"{path}, price of {name}", "cpu_s": median(spent), "first_s": spent[0]}


def _replanned(  # type: ignore[no-untyped-def]
    name: str, desk, changes, standing, seed: int, budget: tuple[int, int]
) -> dict[str, object]:
    from cabria.planning.loading.replanning.problem import ReplanProblem
    from cabria.planning.loading.replanning.solve import solve
    from cabria.referee.replanning import Budget

    first: list[float] = []
    began = time.process_time()
    proposal = solve(
        ReplanProblem(desk, changes, standing, Budget(*budget)),
        seed=seed,
        keep=lambda _: first.append(time.process_time() - began),
    )
    cpu_s = time.process_time() - began
    return {
        "instance": name,
        "cost": proposal.price.minutes,
        "cpu_s": cpu_s,
        "first_s": first[0] if first else cpu_s,
        "valid": not proposal.wrong,
        "boxes": len(proposal.change.boxes),
        "moves": len(proposal.change.moves),
        "makespan_min": proposal.after.plan.makespan_s / 60,
    }
