"""From a schedule of blocks to the work queues of cranes, and a word on the longest one."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from cabria.domain.terminal import QuayCrane
from cabria.domain.work import CraneStep, StepKind, WorkQueue
from cabria.planning.cranes.bound import LowerBound
from cabria.planning.cranes.lifts import Lift
from cabria.planning.cranes.operators import Schedule
from cabria.planning.cranes.problem import Block, CraneProblem


def queues_of(problem: CraneProblem, blocks: Sequence[Block], scheduled: Schedule) -> tuple[WorkQueue, ...]:
    """A queue for every crane of the terminal, in the terminal's order; empty for one without work."""
    steps: dict[str, list[CraneStep]] = {crane_id: [] for crane_id in problem.queue_order}
    for start_s, block in sorted(zip(scheduled.starts_s, blocks, strict=True), key=lambda pair: pair[0]):
        steps[problem.cranes[block.crane].id].extend(_steps(problem, block, start_s))
    return tuple(WorkQueue(crane_id, tuple(steps[crane_id])) for crane_id in problem.queue_order)


def _steps(problem: CraneProblem, block: Block, start_s: int) -> Iterator[CraneStep]:
    crane, work = problem.cranes[block.crane], problem.works[block.work]
    place = work.sections[max(0, block.first - 1)][-1 if block.first else 0].bay
    now = start_s
    for section in work.sections[block.first : block.end]:
        for lift in section:
            now += problem.travel_time_s(abs(lift.bay - place))
            place = lift.bay
            for kind, containers, positions, duration in _cycles(lift, crane):
                yield CraneStep(kind, lift.bay, now, now + duration, containers, positions, lift.lid)
                now += duration


def _cycles(lift: Lift, crane: QuayCrane) -> Iterator[tuple[StepKind, tuple, tuple, int]]:  # type: ignore[type-arg]
    if lift.lid or len(lift.containers) == 1 or lift.is_twin_for(crane):
        yield lift.kind, lift.containers, lift.positions, lift.duration_s(crane)
        return
    for container, position in zip(lift.containers, lift.positions, strict=True):
        yield lift.kind, (container,), (position,), crane.cycle_s


def why_longest(problem: CraneProblem, blocks: Sequence[Block], scheduled: Schedule, bound: LowerBound) -> str:
    """Why the longest crane is the longest, in two or three sentences."""
    if not blocks:
        return "No quay crane has work."
    last = max(range(len(blocks)), key=lambda k: scheduled.ends_s[k])
    mine = [k for k, block in enumerate(blocks) if block.crane == blocks[last].crane]
    crane = problem.cranes[blocks[last].crane]
    lifts = [lift for k in mine for section in _sections(problem, blocks[k]) for lift in section]
    places = [place for k in mine for place in problem.works[blocks[k].work].places]
    working_s = sum(scheduled.ends_s[k] - scheduled.starts_s[k] for k in mine)
    first_s = min(scheduled.starts_s[k] for k in mine)
    moves = sum(len(lift.containers) for lift in lifts)
    lids = sum(bool(lift.lid) for lift in lifts)
    away_s = scheduled.makespan_s - first_s - working_s
    over = scheduled.makespan_s - bound.seconds
    return (
        f"{crane.id} is the last to finish, after {_hours(scheduled.makespan_s)}: "
        f"{moves:,} moves ({_kinds(lifts)}) and {lids} lids in bays {min(places):02} to {max(places):02} are "
        f"{_hours(working_s)} of work, {away_s / 60:.0f} min go into travel and giving way"
        + (f", and it begins after {first_s / 60:.0f} min. " if first_s else ". ")
        + f"No plan can be shorter than {_hours(bound.seconds)}: {bound.reason}. "
        + f"This one is {over / 60:.0f} min ({100 * over / max(1, bound.seconds):.1f} %) above that."
    )


def _sections(problem: CraneProblem, block: Block) -> tuple[tuple[Lift, ...], ...]:
    return problem.works[block.work].sections[block.first : block.end]


def _kinds(lifts: Sequence[Lift]) -> str:
    counts: dict[str, int] = {}
    for lift in lifts:
        if not lift.lid:
            counts[lift.kind.value] = counts.get(lift.kind.value, 0) + len(lift.containers)
    named = [f"{counts[kind.value]:,} {kind.value}" for kind in StepKind if kind.value in counts]
    return ", ".join(named) or "none"


def _hours(seconds: int) -> str:
    return f"{seconds / 3600:.1f} h"
