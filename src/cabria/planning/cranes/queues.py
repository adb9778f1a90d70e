"""From a schedule of blocks to the work queues of cranes, and a word on the longest one."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from cabria.domain.calls import BAY_NUMBER_MM
from cabria.domain.terminal import QuayCrane
from cabria.domain.work import CraneStep, StepKind, WorkQueue
from cabria.planning.cranes.bound import LowerBound
from cabria.planning.cranes.lifts import Lift
from cabria.planning.cranes.operators import Schedule, fits_from_s
from cabria.planning.cranes.problem import Block, CraneProblem


def queues_by_ship(
    problem: CraneProblem, blocks: Sequence[Block], scheduled: Schedule
) -> tuple[tuple[WorkQueue, ...], ...]:
    """For each ship, on its own clock, a queue for every crane of the terminal in its order; empty without work."""
    steps: list[dict[str, list[CraneStep]]] = [
        {crane.id: [] for crane in problem.terminal.quay_cranes} for _ in problem.ships
    ]
    for start_s, block in sorted(zip(scheduled.starts_s, blocks, strict=True), key=lambda pair: pair[0]):
        ship = problem.works[block.work].ship
        steps[ship][problem.cranes[block.crane].id].extend(_steps(problem, block, start_s, problem.offsets_s[ship]))
    return tuple(tuple(WorkQueue(crane, tuple(own)) for crane, own in of_ship.items()) for of_ship in steps)


def _steps(problem: CraneProblem, block: Block, start_s: int, offset_s: int) -> Iterator[CraneStep]:
    crane, work = problem.cranes[block.crane], problem.works[block.work]
    bay = work.sections[max(0, block.first - 1)][-1 if block.first else 0].bay
    now = start_s
    for section in work.sections[block.first : block.end]:
        for lift in section:
            travel_s = problem.travel_time_s(BAY_NUMBER_MM * abs(lift.bay - bay))
            bay = lift.bay
            now = max(now, problem.lift_ready_s(lift))
            now = fits_from_s(crane, now, travel_s + lift.duration_s(crane)) + travel_s
            for part, duration_s in _cycles(lift, crane):
                begin = now - offset_s
                yield CraneStep(
                    part.kind, part.bay, begin, begin + duration_s, part.containers, part.positions, part.lid
                )
                now += duration_s


def _cycles(lift: Lift, crane: QuayCrane) -> Iterator[tuple[Lift, int]]:
    """What the crane really does: lifts as steps of the queue show them, and how long each takes."""
    if lift.back is not None and lift.is_dual_for(crane):
        setting_s = crane.dual_cycle_s // 2
        yield lift, setting_s
        yield lift.back, crane.dual_cycle_s - setting_s
    elif lift.back is not None:
        yield from _cycles(replace(lift, back=None), crane)
        yield from _cycles(lift.back, crane)
    elif lift.lid or lift.is_one_cycle_for(crane):
        yield lift, lift.duration_s(crane)
    else:
        for container, position in zip(lift.containers, lift.positions, strict=True):
            yield replace(lift, containers=(container,), positions=(position,)), crane.cycle_s


def why_longest(problem: CraneProblem, blocks: Sequence[Block], scheduled: Schedule, bound: LowerBound) -> str:
    """Why the longest crane is the longest, in two or three sentences."""
    if not blocks:
        return "No quay crane has work."
    last = max(range(len(blocks)), key=lambda k: scheduled.ends_s[k])
    mine = [k for k, block in enumerate(blocks) if block.crane == blocks[last].crane]
    crane = problem.cranes[blocks[last].crane]
    lifts = [lift for k in mine for section in _sections(problem, blocks[k]) for lift in section]
    bays = [bay for k in mine for bay in problem.works[blocks[k].work].bays]
    first_s = min(scheduled.starts_s[k] for k in mine)
    out_s = sum(max(0, min(o.until_s, scheduled.makespan_s) - max(o.from_s, first_s)) for o in crane.outages)
    working_s = sum(lift.duration_s(crane) for lift in lifts)
    moves = sum(lift.count for lift in lifts)
    lids = sum(bool(lift.lid) for lift in lifts)
    away_s = scheduled.makespan_s - first_s - working_s - out_s
    over = scheduled.makespan_s - bound.seconds
    return (
        f"{crane.id} is the last to finish, after {_hours(scheduled.makespan_s)}: "
        f"{moves:,} moves ({_kinds(lifts)}) and {lids} {'lid' if lids == 1 else 'lids'} in {_bays(bays)} are "
        f"{_hours(working_s)} of work, {away_s / 60:.0f} min go into travel and giving way"
        + (f", it is out for {out_s / 60:.0f} min" if out_s else "")
        + (f", and it begins after {first_s / 60:.0f} min. " if first_s else ". ")
        + f"No plan can be shorter than {_hours(bound.seconds)}: {bound.reason.text}. "
        + f"This one is {over / 60:.0f} min ({100 * over / max(1, bound.seconds):.1f} %) above that."
    )


def _sections(problem: CraneProblem, block: Block) -> tuple[tuple[Lift, ...], ...]:
    return problem.works[block.work].sections[block.first : block.end]


def _kinds(lifts: Sequence[Lift]) -> str:
    counts: dict[StepKind, int] = {}
    for lift in lifts:
        for part in (lift, lift.back) if lift.back else (lift,):
            counts[part.kind] = counts.get(part.kind, 0) + len(part.containers)
    return ", ".join(f"{counts[kind]:,} {kind}" for kind in StepKind if counts.get(kind)) or "none"


def _bays(numbers: Sequence[int]) -> str:
    first, last = min(numbers), max(numbers)
    return f"bay {first:02}" if first == last else f"bays {first:02} to {last:02}"


def _hours(seconds: int) -> str:
    minutes = round(seconds / 60)
    return f"{minutes // 60}:{minutes % 60:02} h"
