"""A crane's steps gathered into blocks: what it does in one go at one bay and level."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from cabria.domain.vessel import Level, VesselProfile
from cabria.domain.work import CraneStep, StepKind, WorkQueue


@dataclass(frozen=True, slots=True)
class WorkBlock:
    """Consecutive steps of one kind at one bay and level. Lids have no level."""

    crane: str
    bay: int
    level: Level | None
    kind: StepKind
    start_s: int
    end_s: int
    steps: int
    containers: int
    twins: int
    lids: tuple[str, ...] = ()


def level_of(step: CraneStep, profile: VesselProfile) -> Level | None:
    places = (profile.place(position) for position in step.positions)
    return next((place.stack.level for place in places if place), None)


def work_blocks(queue: WorkQueue, profile: VesselProfile, longest_pause_s: int = 900) -> Iterator[WorkBlock]:
    """The queue's blocks in order; a pause longer than `longest_pause_s` ends a block too."""
    gathered: list[CraneStep] = []
    key: tuple[int, Level | None, StepKind] | None = None
    for step in queue.steps:
        its_key = (step.bay, level_of(step, profile), step.kind)
        if gathered and (its_key != key or step.start_s - gathered[-1].end_s > longest_pause_s):
            yield _block(queue.crane, gathered, profile)
            gathered = []
        gathered.append(step)
        key = its_key
    if gathered:
        yield _block(queue.crane, gathered, profile)


def _block(crane: str, steps: list[CraneStep], profile: VesselProfile) -> WorkBlock:
    first = steps[0]
    return WorkBlock(
        crane=crane,
        bay=first.bay,
        level=level_of(first, profile),
        kind=first.kind,
        start_s=first.start_s,
        end_s=steps[-1].end_s,
        steps=len(steps),
        containers=sum(len(step.containers) for step in steps),
        twins=sum(len(step.containers) == 2 for step in steps),
        lids=tuple(step.lid for step in steps if step.lid),
    )
